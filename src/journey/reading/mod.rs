//! From events to journeys: which events are touches, of which channel, what a conversion is and what it is worth.
//!
//! [`JourneyRules`] say it as plain data; [`JourneyReader`] is the same made ready, and makes one [`Journey`] of one
//! customer's events. A journey gives everything that the other questions ask for:
//!
//! | question | input |
//! |---|---|
//! | [stages](super::stages), [funnels](super::funnel) | [`Journey::touchpoints`], [`Journey::funnel_events`] |
//! | [pain points](super::pain_points) | [`Journey::pain_touchpoints`] |
//! | [measures](super::measures) | [`Journey::contacts`] |
//! | maps ([paths](super::paths)) | [`Journey::channel_nodes`], [`Journey::touchpoint_nodes`] |
//! | [attribution](super::attribution) | [`Journey::touches`], [`Journey::conversions`] |
//! | all of them for many customers | [`JourneyTally`] |
//!
//! A journey is a function of the set of events: in whatever order they arrive, and however often, it is the same to the
//! last byte.
//!
//! ```
//! use throughline::event::{EventBuilder, Import};
//! use throughline::journey::reading::JourneyRules;
//! use throughline::money::Currency;
//! use throughline::time::from_millis;
//! let import = Import::new(from_millis(9_000_000));
//! let event = |id: &str, minute: i64, name: &str| {
//!     EventBuilder::track(name).message_id(id).user_id("u-1").timestamp(from_millis(minute * 60_000))
//! };
//! let events = [
//!     event("3", 9, "Order Completed").property("order_id", "o-7").property("currency", "EUR").property_number("total", "49.90"),
//!     event("1", 1, "Product Viewed"),
//!     event("2", 5, "Product Added").property("cart_id", "c-1"),
//!     event("4", 60, "Order Refunded").property("order_id", "o-7"),
//!     event("5", 61, "Signed Out"),
//! ];
//! let events = events.map(|event| event.build(&import));
//! let events: Vec<_> = events.into_iter().collect::<Result<_, _>>()?;
//! let reader = JourneyRules::retail(Currency::parse("EUR")?).compile()?;
//! let journey = reader.journey(&events);
//! assert_eq!(journey.touches().len(), 2);
//! let values: Vec<i64> = journey.conversions(None).iter().map(|one| one.value_minor).collect();
//! assert_eq!(values, [4_990, -4_990]); // the refund names the order, not the amount
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod compiled;
mod error;
mod funnel;
mod money;
mod names;
mod retail;
mod rules;
mod step;
mod tally;
mod which;

pub use compiled::JourneyReader;
pub use error::{JourneyRulesError, JourneyRulesErrorKind};
pub use funnel::{FunnelRules, TouchpointIs};
pub use money::OrderBook;
pub use rules::{
    ChannelRule, ConversionRule, FeedbackRule, JourneyRules, QuestionRule, RefundRule, WorkRule, Worth,
};
pub use step::{Journey, JourneyStep, StepKind, StepMoney, StepQuestion, StepWork};
pub use tally::{JourneyReports, JourneyTally, ReadingCounts, TallyError, TallySettings};
pub use which::{PropertyIs, Which};
