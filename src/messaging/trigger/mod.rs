//! What starts a message: an event, a state, a day of the year.
//!
//! [`fire`] takes what happened to a person (her [signals](Signal)), what was started before, and the [triggers](Trigger),
//! and says which messages are due now, each under a step that is the same whenever it is asked again, so that the outbox
//! sends it once.

mod calendar;
mod fire;
mod occurrence;
mod signal;

pub use fire::{Firing, Started, TriggerFacts, fire, next_firing};
pub use signal::{Signal, SignalKind};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::calendar::WallTime;
use crate::cart::Sku;

/// What a trigger waits for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "on", rename_all = "snake_case", deny_unknown_fields)]
pub enum Start {
    /// Something happens.
    Signal {
        /// What.
        kind: SignalKind,
    },
    /// A price falls by at least that much.
    PriceDrop {
        /// In basis points of the old price.
        least_basis_points: u32,
    },
    /// What was delivered is used up: so many days a unit after delivery, less the lead.
    Replenishment {
        /// How many days a unit of a product lasts.
        days_a_unit: BTreeMap<Sku, u16>,
        /// How many days before it is used up.
        lead_days: u16,
    },
    /// A product has been delivered so many times: somebody may want it regularly.
    DeliveredAgain {
        /// How many times, the last one included.
        times: u16,
    },
    /// The person's birthday, in her zone.
    Birthday {
        /// How many days before.
        lead_days: u16,
        /// At which time of the day.
        at: WallTime,
        /// By which calendar the day comes round.
        #[serde(default)]
        calendar: BirthdayCalendar,
    },
    /// A year after an order of hers.
    SeasonLastYear {
        /// How many days before the day of that order.
        lead_days: u16,
        /// At which time of the day.
        at: WallTime,
    },
}

/// By which calendar a birthday comes round.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BirthdayCalendar {
    /// The Gregorian one; who was born on 29 February has it on the 28th in common years.
    #[default]
    Gregorian,
    /// The Iranian one; who was born on 30 Esfand has it on the 29th in common years.
    Iranian,
}

/// Whether a trigger may start again for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum ReEntry {
    /// For each subject (order, cart, product, year) once.
    #[default]
    OncePerSubject,
    /// Once and never again.
    Once,
    /// For each subject once, and not within so many days of the last start.
    AfterDays(u16),
}

/// What calls a message off while it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unless {
    /// What happens meanwhile.
    pub kind: SignalKind,
    /// Only if it happens to the same subject. A cart is bought under the name of an order: say no then.
    #[serde(default)]
    pub same_subject: bool,
}

/// Starts a message when something happens.
///
/// ```
/// use throughline::messaging::trigger::Trigger;
/// let review: Trigger = serde_json::from_str(r#"{
///     "id": "review", "message": "how-was-it", "start": {"on": "signal", "kind": "order_delivered"},
///     "delay_seconds": 604800, "unless": [{"kind": "order_returned", "same_subject": true}]
/// }"#)?;
/// assert_eq!(review.valid_for_seconds, 86_400);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// Its name; a part of the step, so never use it for something else later.
    pub id: String,
    /// The message that it starts, by the host's name.
    pub message: String,
    /// What it waits for.
    pub start: Start,
    /// How long it waits after that, in seconds.
    #[serde(default)]
    pub delay_seconds: u32,
    /// From when on it is too late, in seconds after it was due. A day, if nothing is said.
    #[serde(default = "a_day")]
    pub valid_for_seconds: u32,
    /// What calls it off while it waits.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub unless: BTreeSet<Unless>,
    /// Whether it may start again.
    #[serde(default)]
    pub re_entry: ReEntry,
}

const fn a_day() -> u32 {
    86_400
}

impl Trigger {
    /// A trigger without delay, valid for a day, once per subject.
    #[must_use]
    pub fn new(id: impl Into<String>, message: impl Into<String>, start: Start) -> Self {
        Self {
            id: id.into(),
            message: message.into(),
            start,
            delay_seconds: 0,
            valid_for_seconds: a_day(),
            unless: BTreeSet::new(),
            re_entry: ReEntry::default(),
        }
    }

    /// The triggers of a retailer: news of an order at once; the abandoned cart after an hour, unless something is bought;
    /// a review a week after delivery, unless it was returned; a word before coffee runs out is the host's to add, as it
    /// knows its products.
    #[must_use]
    pub fn retail() -> Vec<Self> {
        let on = |id: &str, kind| Self::new(id, id, Start::Signal { kind });
        let unless = |kind, same_subject| BTreeSet::from([Unless { kind, same_subject }]);
        let ten: Option<WallTime> = WallTime::new(10, 0, 0);
        let mut triggers = vec![
            on("order-placed", SignalKind::OrderPlaced),
            Self {
                unless: unless(SignalKind::OrderDelivered, true),
                ..on("order-shipped", SignalKind::OrderShipped)
            },
            Self {
                unless: unless(SignalKind::OrderCollected, true),
                ..on("order-ready", SignalKind::OrderReady)
            },
            on("order-delivered", SignalKind::OrderDelivered),
            Self {
                delay_seconds: 3_600,
                unless: unless(SignalKind::OrderPlaced, false),
                re_entry: ReEntry::AfterDays(7),
                ..on("cart-abandoned", SignalKind::CartAbandoned)
            },
            Self::new("price-dropped", "price-dropped", Start::PriceDrop { least_basis_points: 500 }),
            on("back-in-stock", SignalKind::BackInStock),
            Self {
                delay_seconds: 7 * 86_400,
                valid_for_seconds: 7 * 86_400,
                unless: unless(SignalKind::OrderReturned, true),
                ..on("review", SignalKind::OrderDelivered)
            },
            Self::new("subscription", "subscription", Start::DeliveredAgain { times: 3 }),
        ];
        triggers.extend(ten.into_iter().flat_map(|at| {
            let calendar = BirthdayCalendar::Gregorian;
            [
                Self::new("birthday", "birthday", Start::Birthday { lead_days: 0, at, calendar }),
                Self::new("last-year", "last-year", Start::SeasonLastYear { lead_days: 14, at }),
            ]
        }));
        triggers
    }
}
