//! What happens to an order.

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use super::super::promise::Promise;
use crate::cart::Sku;
use crate::time::{DateTime, Utc};

/// A parcel as it is planned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewParcel {
    /// Where it is put together.
    pub from: LocationId,
    /// Where the customer picks it up; `None` if it is brought to her.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pick_up: Option<LocationId>,
    /// The order's line and how many of it.
    pub units: Vec<(u16, u32)>,
    /// When the customer was promised to have it, if she was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
}

/// What becomes of units that were not found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "how")]
pub enum Resolution {
    /// They come in another parcel, from elsewhere or later. Its units are the missing ones.
    Wait {
        /// That parcel, without units.
        from: LocationId,
        /// Where the customer picks it up; `None` if it is brought to her.
        #[serde(default)]
        pick_up: Option<LocationId>,
        /// When the customer is promised to have it now, if she is.
        #[serde(default)]
        promise: Option<Promise>,
    },
    /// Something else comes instead, from the same location and in the same parcel.
    Substitute {
        /// What.
        sku: Sku,
    },
    /// The customer does without.
    Cancel,
}

/// How whoever hands over knows that it is she.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// She gave the right code.
    Code,
    /// She gave a wrong code: the parcel stays where it is, and the code is counted.
    WrongCode,
    /// A person at the shop made sure who she is.
    Identity,
}

/// What happened. Every act says how things stand, so hearing of it twice changes nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "act")]
pub enum OrderAct {
    /// The payment was refused: before it was authorised, or when the authorised amount was to be captured.
    PaymentFailed {
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// The payment is authorised: the amount is set aside, and not yet captured.
    Authorised {
        /// Which attempt, from 1.
        attempt: u32,
    },
    /// All that was ordered is paid.
    Paid,
    /// Units of a parcel were looked for and not found.
    Short {
        /// The parcel.
        parcel: u16,
        /// The order's line.
        line: u16,
        /// How many of the line were ever missing in this parcel, in all: those that were decided about count.
        units: u32,
    },
    /// The customer, or a rule of the host, decided about missing units.
    Resolve {
        /// The parcel.
        parcel: u16,
        /// The order's line.
        line: u16,
        /// What becomes of them.
        how: Resolution,
    },
    /// So many units of the parcel are packed by now.
    Packed {
        /// The parcel.
        parcel: u16,
        /// Who packed it: only the location that the parcel comes from.
        at: LocationId,
        /// The order's line and how many of it are packed in all.
        units: Vec<(u16, u32)>,
    },
    /// The carrier took it.
    Shipped {
        /// The parcel.
        parcel: u16,
    },
    /// It is on the last way.
    OutForDelivery {
        /// The parcel.
        parcel: u16,
    },
    /// It arrived where it is picked up. That is not yet with the customer.
    Arrived {
        /// The parcel.
        parcel: u16,
        /// Where: only where it is picked up.
        at: LocationId,
    },
    /// The carrier left it with the customer.
    Delivered {
        /// The parcel.
        parcel: u16,
    },
    /// The customer is outside, in her car or at the door.
    CheckedIn {
        /// The parcel. Where exactly she waits is between her and the shop, and is not kept here.
        parcel: u16,
    },
    /// The customer is to take it.
    HandOver {
        /// The parcel.
        parcel: u16,
        /// How that is known.
        proof: Proof,
    },
    /// The time to pick it up is nearly over: see [`due_acts`](super::due_acts).
    RemindOfPickup {
        /// The parcel.
        parcel: u16,
    },
    /// The time to pick it up is over: see [`due_acts`](super::due_acts).
    ExpirePickup {
        /// The parcel.
        parcel: u16,
    },
    /// It will come at another time than was promised. The order tells her; that the promise which stands is another one is
    /// for `hub::give_promise` to keep.
    PromiseMoved {
        /// The parcel.
        parcel: u16,
        /// When.
        to: DateTime<Utc>,
        /// When that was found: of two moves the later found one stands, in whatever order they are heard of.
        found_at: DateTime<Utc>,
    },
    /// The carrier lost it, or cannot say where it is.
    Lost {
        /// The parcel.
        parcel: u16,
    },
    /// It came back without the customer having had it: it could not be delivered, nobody fetched it, or it was lost and is
    /// found. Its goods are on the shelf where it came back.
    CameBack {
        /// The parcel.
        parcel: u16,
        /// Where: also where it was to be picked up, if that shop keeps the goods.
        at: LocationId,
    },
    /// The customer wants to give goods back.
    RequestReturn {
        /// The host's number of the return.
        id: String,
        /// The order's line and how many of it.
        units: Vec<(u16, u32)>,
        /// What she wants instead of the money.
        #[serde(default)]
        exchange: Vec<(Sku, u32)>,
    },
    /// Returned goods came in, at whatever location.
    ReceiveReturn {
        /// The host's number of the return.
        id: String,
        /// Where those came in that were not known to be in.
        at: LocationId,
        /// The order's line and how many of it are in by now, in all; all that are to come back if it is empty.
        #[serde(default)]
        units: Vec<(u16, u32)>,
        /// The order's line and how many of those in by now cannot be sold any more, in all.
        #[serde(default)]
        damaged: Vec<(u16, u32)>,
    },
    /// What has not come in of a return does not come any more.
    WithdrawReturn {
        /// The host's number of the return.
        id: String,
    },
    /// The refund was paid.
    Refunded {
        /// The host's number of the return.
        id: String,
    },
    /// Call one parcel off.
    CancelParcel {
        /// The parcel.
        parcel: u16,
    },
    /// Call all of it off.
    Cancel,
}
