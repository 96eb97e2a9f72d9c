//! When the customer has it: collected in the shop, delivered at home or at work, or waiting at a pick-up point.
//!
//! Every instant is computed on the UTC line in the zone and by the hours of whoever does the work: the shop packs while it
//! is open, the carrier counts its own working days, the office takes parcels when somebody is there. A [`Promise`] tells
//! how it came about ([`Step`]), carries the label that shop windows on the web use, and is [scored](Promise::score) later.

mod delivery;
mod fees;
mod pickup;
mod score;
mod slot;
mod working_day;

#[cfg(feature = "tzdb")]
#[cfg(test)]
mod tests;

pub use delivery::{Carrier, Destination, Transit, deliver};
pub use fees::{FeeKind, FeeLine, FeeRules, ReturnWay, WayFee};
pub use pickup::{PickupRules, pickup};
pub use score::{NoPromise, Promise, PromiseScore, PromiseStanding, Step, StepKind, Way, label};
pub use slot::{Slot, SlotBook, SlotPlan, SlotRefusal};
pub(super) use working_day::Hours;
