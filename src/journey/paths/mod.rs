//! The ways that customers take: journeys as columns, cleaned, mapped and counted.
//!
//! * [`Paths`] holds journeys compactly: a million journeys with four million touches take some 40 MB.
//! * [`Cleaning`] makes a path out of touches: look-back, then steps such as collapsing equal neighbours.
//! * [`follows`] is the directly-follows map: which touch follows which, where journeys start and end.
//! * [`variants`] counts whole paths.

mod clean;
mod error;
mod follows;
mod set;
mod variants;

pub use clean::{Cleaning, CleaningStep};
pub use error::{PathsError, PathsErrorKind};
pub use follows::{Follows, follows};
pub use set::{Outcome, Path, Paths, Touch};
pub use variants::{Variant, variants};
