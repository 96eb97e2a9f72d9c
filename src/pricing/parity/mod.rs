//! Is it the same price everywhere? An audit over what customers were shown.

mod audit;
mod exception;
mod observation;
mod report;

#[cfg(test)]
mod tests;

pub use audit::{DeclaredRate, ParityRules, audit};
pub use exception::{ChannelException, ExceptionError, ExceptionId, ExceptionReason};
pub use observation::{Observation, ParityKey, Trace};
pub use report::{Basis, Excused, Finding, ParityReport, PartedBy, Verdict};
