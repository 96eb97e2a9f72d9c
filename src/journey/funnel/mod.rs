//! Funnels: how far people get through a series of steps, and how long it takes them.
//!
//! A [`Funnel`] says what counts; [`Funnel::profile`] answers for one person, [`Funnel::report`] for many, with
//! conversion and median time between steps, per segment and per channel of entry.
//!
//! Steps are predicates that the caller evaluates: [`FunnelEvent::steps`] has a bit for each step that the event matches.
//! Events of one instant are unordered among themselves, and each serves one step of an attempt only.
//!
//! ```
//! use throughline::journey::funnel::{Funnel, FunnelEvent};
//! use throughline::time::from_millis;
//! let event = |seconds: i64, step: u32| FunnelEvent { steps: step, ..FunnelEvent::at(from_millis(seconds * 1000)) };
//! // Viewed, added (and viewed again), bought: each bit a step.
//! let visit = [event(0, 0b001), event(20, 0b010), event(25, 0b001), event(50, 0b100)];
//! let funnel = Funnel::new(3, 600);
//! let report = funnel.report([(None, &visit[..])])?;
//! assert_eq!(report.total.steps.iter().map(|step| step.reached).collect::<Vec<_>>(), [1, 1, 1]);
//! assert_eq!(report.total.median_millis, Some(50_000));
//! # Ok::<(), throughline::journey::funnel::FunnelError>(())
//! ```

mod any;
mod chains;
mod matching;
mod profile;
mod report;
mod settings;

pub use profile::{FunnelEvent, Passage, ProfileFunnel};
pub use report::{FunnelCounts, FunnelReport, FunnelTally, StepCount};
pub use settings::{
    Counting, Entry, Exclusion, ExclusionPolicy, Funnel, FunnelError, FunnelErrorKind, MAX_STEPS, StepOrder,
};
