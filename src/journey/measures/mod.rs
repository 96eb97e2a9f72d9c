//! How well the channels work as one: journeys that cross channels, work that is continued where it was left, questions
//! that nobody has to answer twice, and a grade of each pair of channels.
//!
//! [`MeasureCounts`] takes one customer after another.
//!
//! | measure | what it counts |
//! |---|---|
//! | [`crossing`](MeasureReport::crossing) | journeys with touchpoints in more than one channel; a journey ends with a break longer than [`MeasureSettings::break_seconds`] |
//! | [`continuation`](MeasureReport::continuation) | of the switches to a channel while something that was worked on in another one lay open, those after which the same thing was worked on there, before the next switch |
//! | [`resumed`](MeasureReport::resumed) | how long it took from the last touch of the thing in the one channel to the first in the other |
//! | [`questions`](MeasureReport::questions) | of the occasions on which a channel needed an answer that the customer had already given, those on which it had it |
//! | [`by_channels`](MeasureReport::by_channels) | customers by the number of channels that they use |
//! | [`pairs`](MeasureReport::pairs) | continuation from each channel to each other one, and the grade of both together |
//!
//! # The grade of a pair
//! One direction *works* if enough switches with open work were seen ([`MeasureSettings::least_switches`]) and the lower
//! confidence bound of their continuation is at least [`MeasureSettings::connected_rate`]. A pair of which one direction
//! works is [`Grade::Connected`]; one of which both do, with half of the work taken up within
//! [`MeasureSettings::interactive_seconds`], is [`Grade::Interactive`]; else it is [`Grade::Separate`]. Where too little was
//! seen in both directions there is no grade.
//!
//! ```
//! use throughline::event::OrderKey;
//! use throughline::journey::measures::{MeasureCounts, MeasureSettings};
//! use throughline::journey::{Touchpoint, Work};
//! use throughline::time::from_millis;
//! let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
//! let (added, bought) = (at("a", 0), at("b", 5400));
//! let cart = |ends| Some(Work { object: "cart-7", ends });
//! let mut counts = MeasureCounts::new(MeasureSettings::default());
//! counts.add(&[
//!     Touchpoint { work: cart(false), ..Touchpoint::new(&added, "web", "Product Added") },
//!     Touchpoint { work: cart(true), ..Touchpoint::new(&bought, "till", "Order Completed") },
//! ]);
//! let report = counts.finish();
//! assert_eq!((report.crossing, report.continuation.continued, report.resumed.median_millis), (1, 1, Some(5_400_000)));
//! assert_eq!(report.pairs[0].grade, None, "one switch proves nothing");
//! ```

mod counts;
mod open;
mod report;

pub use counts::MeasureCounts;
pub use report::{ChannelPair, Continuations, Grade, MeasureReport, MeasureSettings, Questions, Resumptions};

/// Of one customer so many channels are looked at in pairs, the first ones used.
pub const MAX_PAIRED_CHANNELS: usize = 64;
