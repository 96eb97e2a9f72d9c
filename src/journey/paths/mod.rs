//! The ways that customers take: journeys as columns, cleaned, mapped and counted.
//!
//! * [`Paths`] holds journeys compactly: a million journeys with four million touches take some 40 MB.
//! * [`Aliases`] make one name out of the many addresses of a page.
//! * [`Cleaning`] makes a path out of touches: look-back, then steps such as collapsing equal neighbours.
//! * [`Paths::push_history`] makes paths of one customer's touches and conversions.
//! * [`follows`] is the directly-follows map: which touch follows which, where journeys start and end.
//! * [`variants`] counts whole paths.

mod alias;
mod clean;
mod error;
mod follows;
mod history;
mod set;
mod variants;

pub use alias::{
    AliasError, AliasErrorKind, AliasRule, AliasRules, Aliases, MAX_ALIAS_RULES, MAX_ALIASED_BYTES,
};
pub use clean::{CleanTouch, Cleaning, CleaningStep, Fate};
pub use error::{PathsError, PathsErrorKind};
pub use follows::{Follows, follows};
pub use history::{Conversion, HistorySettings, PathTrace};
pub use set::{Outcome, Path, Paths, Touch};
pub use variants::{Variant, variants};
