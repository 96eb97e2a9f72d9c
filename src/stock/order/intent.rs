//! What a step calls for: messages, and what else is to be done.

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use super::super::reservation::Line;
use super::State;
use crate::cart::Sku;
use crate::time::{DateTime, Utc};

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IntentKind {
    /// The order is there, with its promise.
    Confirmation,
    /// The payment failed: a link to try again.
    PaymentRetry,
    /// Less was found: wait, take something else, or do without.
    Choice,
    /// It waits, with the code and the opening hours.
    Ready,
    /// It waits no longer than until then.
    PickupReminder,
    /// It is not kept any longer; the money comes back.
    PickupExpired,
    /// It is on the way, with the carrier's number.
    Tracking,
    /// It comes today.
    OutForDelivery,
    /// It arrived.
    Delivered,
    /// It was handed over.
    Receipt,
    /// How was it? Not before the intent's instant.
    Review,
    /// It comes later, with the new promise.
    Delay,
    /// It was lost on the way; the money comes back.
    Lost,
    /// It came back without having reached her; the money comes back.
    CameBack,
    /// How to send it back.
    ReturnLabel,
    /// What came back.
    ReturnReceipt,
    /// How much is paid back, and for what.
    Refunded,
    /// It was called off, and what was used for it is given back.
    Cancellation,
}

/// A message that a step calls for. Of one order each has its own key, so a host that hands intents to the outbox under
/// it tells nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// Unique within the order, for ever: `parcel/1/ready`, `payment/2`.
    pub key: String,
    /// What is told.
    pub kind: IntentKind,
    /// The state that was entered.
    pub state: State,
    /// Of which parcel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parcel: Option<u16>,
    /// Of which line of the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u16>,
    /// How many units of that line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub units: Option<u32>,
    /// Of which return.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of_return: Option<String>,
    /// Not before then, if not at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_before: Option<DateTime<Utc>>,
    /// An instant that it is about: the promise, the new promise, the end of the time to pick up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<DateTime<Utc>>,
    /// Where it waits, or where it came back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// Whether it is a reminder, which keeps quiet hours.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reminder: bool,
    /// Units of what an apology gives, by its rule.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apology: Option<u32>,
}

/// What else a step calls for. [`hub`](crate::hub) does what concerns stock in the same unit of work; the rest is for the
/// host's payment provider and shop floor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "do")]
pub enum Effect {
    /// Reserve and commit these for a new parcel.
    Allocate {
        /// The parcel.
        parcel: u16,
        /// What, where.
        lines: Vec<Line>,
    },
    /// These left the location with the parcel.
    Issue {
        /// The parcel.
        parcel: u16,
        /// What, from where.
        lines: Vec<Line>,
    },
    /// These are for sale again.
    Release {
        /// The parcel.
        parcel: u16,
        /// What, where.
        lines: Vec<Line>,
        /// They were looked for and not found.
        not_found: bool,
    },
    /// These came back.
    Restock {
        /// Of which return, or of which parcel that never reached the customer.
        of: CameFrom,
        /// What, where.
        lines: Vec<Line>,
        /// Of these, they cannot be sold any more.
        damaged: Vec<Line>,
    },
    /// Something else comes instead of what was paid: its price may be another.
    Reprice {
        /// The order's line.
        line: u16,
        /// What comes instead.
        sku: Sku,
        /// How many.
        units: u32,
    },
    /// Pay back what was paid for these units, or let go of what was authorised for them: they are not coming.
    PayBack {
        /// The order's line and how many of it.
        units: Vec<(u16, u32)>,
    },
    /// Pay back what these returned units cost, as the order's split says.
    Refund {
        /// Of which return.
        of_return: String,
        /// The order's line and how many of it.
        units: Vec<(u16, u32)>,
    },
    /// Give back coupons and points that were used for the order.
    GiveBack,
    /// Place an order for these in exchange.
    Exchange {
        /// Of which return.
        of_return: String,
        /// What the customer gets instead.
        goods: Vec<(Sku, u32)>,
        /// What she gave for it: the order's line and how many of it. Units beyond are refunded.
        units: Vec<(u16, u32)>,
    },
    /// The customer waits outside: bring it.
    BringOut {
        /// The parcel.
        parcel: u16,
        /// From where.
        location: LocationId,
    },
}

/// From where goods came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CameFrom {
    /// From the customer: the host's number of the return.
    Return(String),
    /// From the way to her: the parcel.
    Parcel(u16),
}
