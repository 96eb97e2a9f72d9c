//! Where journeys hurt: steps at which people give up, do the same again and again, are sent back and forth between
//! channels, or say that it was bad.
//!
//! [`PainCounts`] takes one journey after another (a session, or all that a customer did, as the caller cuts them) and
//! [`PainCounts::finish`] tells which steps are worse than the others.
//!
//! # What counts
//! For every step and kind of pain a journey counts once. A step is a pain point if enough journeys visited it
//! ([`PainSettings::least_journeys`]) and the lower confidence bound of its rate (Wilson's) is above the rate of all steps
//! together, and above [`PainSettings::least_rate`]. So three of three prove nothing, and a step that is as bad as all
//! others is no finding. The findings are ranked by how many journeys more than usual were hit, at least.
//!
//! ```
//! use throughline::event::OrderKey;
//! use throughline::journey::Touchpoint;
//! use throughline::journey::pain_points::{PainCounts, PainKind, PainSettings};
//! use throughline::time::from_millis;
//! let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
//! let orders = [at("a", 0), at("b", 60), at("c", 90)];
//! let mut counts = PainCounts::new(PainSettings::retail());
//! for journey in 0..300 {
//!     let names = ["Home", "Checkout Started", "Order Completed"];
//!     // Two of three give up at the checkout.
//!     let names = if journey % 3 == 0 { &names[..] } else { &names[..2] };
//!     let touchpoints = orders.iter().zip(names).map(|(order, name)| Touchpoint::new(order, "web", name));
//!     counts.add(&touchpoints.collect::<Vec<_>>());
//! }
//! let report = counts.finish();
//! let worst = &report.points[0];
//! assert_eq!((worst.kind, &*worst.step.name, worst.affected), (PainKind::Exit, "Checkout Started", 200));
//! assert_eq!(report.points.len(), 1);
//! ```

mod counts;
mod report;
mod settings;

pub use counts::PainCounts;
pub use report::{PainKind, PainPoint, PainReport, PainStep, StepPains};
pub use settings::PainSettings;
