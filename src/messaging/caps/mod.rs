//! Frequency caps: how many messages are enough.

mod count;
mod data;

pub use count::{CapQuestion, CapsAnswer, frequency_caps};
pub(super) use count::{CapState, Counter};
pub use data::{CalendarUnit, Cap, CapWindow, CountBy, PinnedZones};
