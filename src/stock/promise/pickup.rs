//! When she can collect it in the shop.

use serde::{Deserialize, Serialize};

use super::working_day::Hours;
use super::{NoPromise, Promise, Step, StepKind, Way, label};
use crate::calendar::{WallTime, Windows, Zone};
use crate::time::{DateTime, TimeDelta, Utc};

/// How a shop prepares what is collected there.
///
/// ```
/// use throughline::stock::promise::PickupRules;
/// let rules: PickupRules = serde_json::from_str(r#"{
///     "hours": {"windows": [{"start": "09:00", "end": "21:00"}], "exceptions": {"2026-03-20": "closed"}},
///     "prep_minutes": 90, "work_cutoff": "19:00"
/// }"#)?;
/// assert_eq!(rules.keep_days, 3);
/// assert!(serde_json::from_str::<PickupRules>(r#"{"prep_minute": 90}"#).is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PickupRules {
    /// When somebody works there, in the shop's zone: the week with its holidays and special days.
    pub hours: Windows,
    /// When customers may collect, if not whenever somebody works there.
    pub collection_hours: Option<Windows>,
    /// How many minutes of work it takes. They pass only while somebody works.
    pub prep_minutes: u32,
    /// What is ordered at this time of day or later is prepared from the next day on which the shop opens.
    pub work_cutoff: Option<WallTime>,
    /// What is ready at this time of day or later is collected from the next day on which the shop opens. It does not move
    /// the work.
    pub pickup_cutoff: Option<WallTime>,
    /// On how many days on which the shop opens it is kept, the first one being that of the promise.
    pub keep_days: u8,
}

impl Default for PickupRules {
    /// An hour of work, kept for three days, by hours that are yet to be set.
    fn default() -> Self {
        Self {
            hours: Windows::default(),
            collection_hours: None,
            prep_minutes: 60,
            work_cutoff: None,
            pickup_cutoff: None,
            keep_days: 3,
        }
    }
}

/// When the work can begin and when it is done.
pub(super) struct Prepared {
    pub(super) ready: DateTime<Utc>,
    pub(super) steps: Vec<Step>,
}

impl PickupRules {
    /// When what is ordered now is ready, by the hours in which somebody works.
    pub(super) fn prepared(&self, zone: &Zone, now: DateTime<Utc>) -> Result<Prepared, NoPromise> {
        let hours = Hours { windows: &self.hours, zone };
        let (calendar, start, moved) =
            hours.dealt_with(now, self.work_cutoff).ok_or(NoPromise::NeverOpens)?;
        let work = TimeDelta::minutes(i64::from(self.prep_minutes));
        let ready = calendar.add(start, work).ok_or(NoPromise::NeverOpens)?;
        let mut steps = Vec::with_capacity(6);
        if moved {
            steps.push(Step { what: StepKind::AfterWorkCutoff, at: start });
        } else if start > now {
            steps.push(Step { what: StepKind::Closed, at: start });
        }
        steps.push(Step { what: StepKind::Ready, at: ready });
        Ok(Prepared { ready, steps })
    }
}

/// When what is ordered now can be collected in a shop, and until when it is kept there.
///
/// The work begins when the shop is open, at once or when it opens next, after the cut-off for work on the next day that it
/// opens. It takes its minutes of open time, counted on the UTC line: a night in which the clocks change neither adds nor
/// takes any. She may come while customers may collect, and after the cut-off for collecting on the next such day.
///
/// A night of work belongs to the day on which it began: a cut-off at one in the morning is that of the day before.
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::Zones;
/// use throughline::stock::promise::{PickupRules, pickup};
/// let jerusalem = Zones::bundled().named("Asia/Jerusalem")?;
/// let rules: PickupRules = serde_json::from_str(r#"{
///     "hours": {"windows": [
///         {"from": ["thu", "09:00"], "to": ["thu", "19:00"]},
///         {"from": ["fri", "08:00"], "to": ["fri", "14:00"]},
///         {"from": ["sun", "09:00"], "to": ["sun", "19:00"]}
///     ]},
///     "prep_minutes": 90
/// }"#)?;
/// // Half past one on a Friday: half an hour of work today, the rest on Sunday.
/// let promise = pickup(&rules, &jerusalem, "2026-11-20T13:30:00+02:00".parse()?).map_err(|_| "never open")?;
/// assert_eq!(promise.from, "2026-11-22T10:00:00+02:00".parse::<throughline::time::DateTime<throughline::time::Utc>>()?);
/// assert_eq!(promise.label, "2-day");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// `NeverOpens` if the hours do not allow it within [`HORIZON_DAYS`](crate::calendar::HORIZON_DAYS).
///
/// # Complexity
/// O(windows) for each day until then.
pub fn pickup(rules: &PickupRules, zone: &Zone, now: DateTime<Utc>) -> Result<Promise, NoPromise> {
    let Prepared { ready, mut steps } = rules.prepared(zone, now)?;
    let hours = Hours { windows: rules.collection_hours.as_ref().unwrap_or(&rules.hours), zone };
    let (_, from, moved) = hours.dealt_with(ready, rules.pickup_cutoff).ok_or(NoPromise::NeverOpens)?;
    if moved {
        steps.push(Step { what: StepKind::AfterPickupCutoff, at: from });
    } else if from > ready {
        steps.push(Step { what: StepKind::Opens, at: from });
    }
    let until = hours.end_of_open_day(from, rules.keep_days);
    if let Some(until) = until {
        steps.push(Step { what: StepKind::KeptUntil, at: until });
    }
    let label = label(zone, now, from);
    Ok(Promise { way: Way::PickUp, made: now, from, by: from, until, label: label.into(), steps })
}
