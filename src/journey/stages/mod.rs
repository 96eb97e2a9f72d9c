//! How near customers are: awareness, consideration, purchase, service, loyalty, with times of entry and exit.
//!
//! [`StageRules`] say which touchpoints lead to which stage, as plain data; [`stages`] answers for one customer,
//! [`StageCounts`] for many.
//!
//! ```
//! use throughline::event::OrderKey;
//! use throughline::journey::Touchpoint;
//! use throughline::journey::stages::{Stage, StageRules, stages};
//! use throughline::time::from_millis;
//! let at = |id: &str, seconds: i64| OrderKey { time: from_millis(seconds * 1000), sequence: None, id: id.into() };
//! let orders = [at("a", 0), at("b", 60), at("c", 90), at("d", 300)];
//! let names = ["Home", "Product Viewed", "Promotion Viewed", "Order Completed"];
//! let visit: Vec<Touchpoint<'_>> =
//!     orders.iter().zip(names).map(|(order, name)| Touchpoint::new(order, "web", name)).collect();
//! let stays = stages(&visit, &StageRules::retail());
//! // A promotion seen again does not take back what was considered.
//! assert_eq!(stays.iter().map(|stay| stay.stage).collect::<Vec<_>>(), [Stage::Awareness, Stage::Consideration, Stage::Purchase]);
//! assert_eq!(stays[1].exited, Some(from_millis(300_000)));
//! ```

mod counts;
mod rules;
mod stay;

pub use counts::{Move, StageCount, StageCounts, StageReport};
pub use rules::{Stage, StageRule, StageRules};
pub use stay::{Stay, StayEnd, stages};
