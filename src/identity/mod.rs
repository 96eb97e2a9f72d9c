//! Who is this? Records into profiles, by evidence and rules.
//!
//! A *record* is what one source says about one person; a *profile* is a set of records that [`partition()`] puts
//! together. Evidence is a shared identifier value, a match weight, or a person's decision; [`Rules`] say what each
//! kind of identifier proves.

mod blocked;
mod classify;
mod compiled;
mod constrained;
mod decision;
mod evidence;
mod generic;
mod graph;
pub mod linkage;
mod mean_linkage;
mod partition;
mod policy;
mod proof;
mod result;
mod scale;
mod stop_list;
mod survivorship;
mod union_find;
mod why;

pub use blocked::{Blocked, BlockedReason};
pub use decision::{Decision, DecisionKind};
pub use evidence::{
    Evidence, GenericReason, GenericValue, Link, MatchWeight, QuarantineReason, Quarantined, Tier,
};
pub use graph::{Graph, GraphBuilder, GraphError, RecordIx, ValueInput, ValueIx};
pub use partition::{Explain, partition};
pub use policy::{Class, KindPolicy, Limit, MatchClip, MatchLinkage, Rules, RulesError, RulesErrorKind};
pub use proof::{Proof, ProofError, ProofErrorKind};
pub use result::{Cluster, Partition};
pub use survivorship::{Criterion, FieldValue, Survivor, SurvivorshipRules, WonBy, survive};
pub use why::{BrokenPath, Obstacle, Step, WhyNot, check_path, why, why_not};
