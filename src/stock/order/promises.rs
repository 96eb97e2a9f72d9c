//! What became of what a parcel was promised for.

use super::facts::Parcel;
use super::state::ParcelState;
use crate::time::{DateTime, Utc};

/// What became of a parcel, as far as a promise is concerned. What is settled stays so: of several answers in the course of
/// time the first one that is not [`Fulfilment::Open`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fulfilment {
    /// It is still to come.
    Open,
    /// All of it was there for the customer: ready to be picked up, or delivered.
    There {
        /// When.
        at: DateTime<Utc>,
    },
    /// It does not come, or not all of it: units were not found and nothing came instead, the carrier lost it, or it came
    /// back without having reached the customer.
    Missed,
    /// It was called off before it was there.
    CalledOff,
    /// All of it comes in another parcel.
    Replaced,
}

impl Parcel {
    /// What became of it. That goods which are ready wait at the shop until nobody fetches them any more is no fault of the
    /// promise, and neither is that a parcel is called off.
    #[must_use]
    pub fn fulfilment(&self) -> Fulfilment {
        match (self.state, self.ready_at) {
            (_, Some(_)) if self.without => Fulfilment::Missed,
            (_, Some(at)) => Fulfilment::There { at },
            (ParcelState::Lost | ParcelState::CameBack, None) => Fulfilment::Missed,
            (ParcelState::Cancelled, None) if self.without => Fulfilment::Missed,
            (ParcelState::Cancelled, None) if self.by_line().is_empty() => Fulfilment::Replaced,
            (ParcelState::Cancelled | ParcelState::PickupExpired, None) => Fulfilment::CalledOff,
            (_, None) => Fulfilment::Open,
        }
    }
}
