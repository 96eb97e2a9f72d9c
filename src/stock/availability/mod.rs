//! How many can be sold, where, through which channel, now and by a date; and how sure that is.
//!
//! * [`Level`] is what is known of a product at a location, [`Level::available`] what of it can be sold;
//! * [`SafetyRules`] keep a buffer by item, location and method, [`ChannelRules`] divide one pool among channels;
//! * [`Assortment`] answers for hundreds of locations and products at once;
//! * [`Count`] is what a shop counted, and [`Count::estimate`] how many of it are there when the customer arrives.

mod assortment;
mod channels;
mod confidence;
mod count;
mod level;
mod safety;

#[cfg(test)]
mod tests;

pub use assortment::{Assortment, Network, View};
pub use channels::{ChannelRules, ChannelShare};
pub use confidence::{ConfidenceRules, Estimate};
pub use count::{Count, CountSource};
pub use level::{Available, Beyond, BeyondKind, Dated, Level, Limit, Limits, MAX_DATED};
pub use safety::{Safety, SafetyRule, SafetyRules};
