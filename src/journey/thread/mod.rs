//! Threads: things that people leave unfinished in one channel and take up in another.
//!
//! What events tell of them is folded by [`threads`]. What the host itself keeps of them, field by field, hangs on the
//! records of a person as [`ThreadPart`]s, which [`meet`] shows as one [`Document`].

mod acts;
mod difference;
mod document;
mod edit;
mod error;
mod kind;
mod meet;
mod part;
mod rules;

pub use acts::{Closed, Effect, Seen, Thread, ThreadAct, ThreadState, threads};
pub use difference::{Difference, FieldNews, difference};
pub use document::{Document, FieldMove, MeetReport, Met, StepState, Touch, Versions};
pub use edit::ThreadEdit;
pub use error::{ThreadError, ThreadErrorKind};
pub use kind::ThreadKind;
pub use meet::{Member, meet};
pub use part::{KnownEdit, PartId, ThreadPart};
pub use rules::{FieldShape, KindRules, Meeting, Sensitivity, ThreadRules};
