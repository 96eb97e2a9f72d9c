//! When a carrier brings it.

use serde::{Deserialize, Serialize};

use super::super::Method;
use super::working_day::Hours;
use super::{NoPromise, PickupRules, Promise, Step, StepKind, Way, label};
use crate::calendar::{WallTime, Windows, Zone};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// The most days that are looked at for a day on which the carrier works.
const MOST_DAYS: u32 = 400;
/// The most delivery days that are tried for one on which somebody is there.
const MOST_TRIES: u32 = 31;

/// How long a carrier takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transit {
    /// So many of its working days after that of collection; none is the same day.
    Days(u8),
    /// So many minutes of its working hours: a courier who comes at once.
    Minutes(u32),
}

/// How a carrier works for one location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Carrier {
    /// The service, in the host's word for it.
    pub service: Method,
    /// When it works: the days count for transit, the hours for couriers. Holidays are exceptions.
    pub works: Windows,
    /// At which times of day it collects at the location, on the days on which it works. Not asked of couriers.
    #[serde(default)]
    pub collects: Vec<WallTime>,
    /// How long it takes.
    pub transit: Transit,
    /// From when to when it delivers on the day of arrival, at the destination. Not asked of couriers.
    #[serde(default = "all_day")]
    pub delivers: (WallTime, WallTime),
}

const fn all_day() -> (WallTime, WallTime) {
    (WallTime::MIDNIGHT, WallTime::END_OF_DAY)
}

/// Where it is brought.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'a> {
    /// Home, work, a pick-up point or a locker.
    pub way: Way,
    /// The zone there.
    pub zone: &'a Zone,
    /// When somebody is there to take it, or to hand it over; always if not given.
    pub hours: Option<&'a Windows>,
    /// On how many open days it waits for her there, at a pick-up point or a locker.
    pub keep_days: u8,
}

/// When a carrier brings what is ordered now.
///
/// Ready by the location's rules; then the next time that the carrier collects; then its days of transit, counted in its
/// own calendar; then the first of its delivery days on which somebody is there. A courier leaves at once and takes
/// minutes of its working hours. At a pick-up point or in a locker she can have it when it opens after the carrier has been
/// there at the latest.
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::Zones;
/// use throughline::stock::promise::{Carrier, Destination, PickupRules, Way, deliver};
/// let tehran = Zones::bundled().named("Asia/Tehran")?;
/// let week = r#"{"windows": [{"from": ["sat", "08:00"], "to": ["sat", "18:00"]},
///     {"from": ["wed", "08:00"], "to": ["wed", "18:00"]}, {"from": ["thu", "08:00"], "to": ["thu", "18:00"]}]}"#;
/// let rules: PickupRules = serde_json::from_str(&format!(r#"{{"hours": {week}, "prep_minutes": 60}}"#))?;
/// let carrier: Carrier = serde_json::from_str(&format!(
///     r#"{{"service": "post", "works": {week}, "collects": ["16:00"], "transit": {{"days": 1}}, "delivers": ["09:00", "17:00"]}}"#
/// ))?;
/// let home = Destination { way: Way::Home, zone: &tehran, hours: None, keep_days: 0 };
/// // Thursday noon: collected at four, no work on Friday, there on Saturday.
/// let promise = deliver(&rules, &tehran, &carrier, &home, "2026-11-19T12:00:00+03:30".parse()?).map_err(|_| "no")?;
/// assert_eq!(promise.by, "2026-11-21T17:00:00+03:30".parse::<throughline::time::DateTime<throughline::time::Utc>>()?);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Why nothing can be promised.
///
/// # Complexity
/// O(windows) for each day until then, at most some hundreds.
pub fn deliver(
    rules: &PickupRules,
    zone: &Zone,
    carrier: &Carrier,
    to: &Destination<'_>,
    now: DateTime<Utc>,
) -> Result<Promise, NoPromise> {
    let prepared = rules.prepared(zone, now)?;
    let mut steps = prepared.steps;
    let (from, by) = match carrier.transit {
        Transit::Minutes(minutes) => {
            let hours = Hours { windows: &carrier.works, zone };
            let leaves = hours.open_from(prepared.ready).ok_or(NoPromise::NoCarrier)?;
            steps.push(Step { what: StepKind::Collected, at: leaves });
            let takes = TimeDelta::minutes(i64::from(minutes));
            let there = hours.calendar().add(leaves, takes).ok_or(NoPromise::NoCarrier)?;
            steps.push(Step { what: StepKind::Arrives, at: there });
            let taken = match to.hours {
                Some(windows) => {
                    Hours { windows, zone: to.zone }.open_from(there).ok_or(NoPromise::NobodyThere)?
                }
                None => there,
            };
            if taken > there {
                steps.push(Step { what: StepKind::SomebodyThere, at: taken });
            }
            (taken, taken)
        }
        Transit::Days(days) => {
            let (date, leaves) = carrier.next_collection(zone, prepared.ready).ok_or(NoPromise::NoCarrier)?;
            steps.push(Step { what: StepKind::Collected, at: leaves });
            carrier.next_delivery(date, leaves, days, to, &mut steps)?
        }
    };
    let mut promise =
        Promise { way: to.way, made: now, from, by, until: None, label: label(zone, now, by).into(), steps };
    if matches!(to.way, Way::PickupPoint | Way::Locker) {
        promise.wait_for_her(to)?;
    }
    Ok(promise)
}

impl Carrier {
    /// The first working day, from a date on.
    fn works_from(&self, from: NaiveDate) -> Option<NaiveDate> {
        let mut date = from;
        for _ in 0..MOST_DAYS {
            if self.works.opens_on(date) {
                return Some(date);
            }
            date = date.succ_opt()?;
        }
        None
    }

    fn next_collection(&self, zone: &Zone, ready: DateTime<Utc>) -> Option<(NaiveDate, DateTime<Utc>)> {
        let (mut date, _) = zone.local(ready);
        // A collection on the first working day may be over; there is one on the second.
        for _ in 0..2 {
            date = self.works_from(date)?;
            let times = self.collects.iter().map(|time| zone.earliest(date, *time));
            if let Some(at) = times.filter(|at| *at >= ready).min() {
                return Some((date, at));
            }
            date = date.succ_opt()?;
        }
        None
    }

    /// From when and by when it is delivered.
    fn next_delivery(
        &self,
        collected: NaiveDate,
        leaves: DateTime<Utc>,
        days: u8,
        to: &Destination<'_>,
        steps: &mut Vec<Step>,
    ) -> Result<(DateTime<Utc>, DateTime<Utc>), NoPromise> {
        let mut date = collected;
        for _ in 0..days {
            date = date.succ_opt().and_then(|next| self.works_from(next)).ok_or(NoPromise::NoCarrier)?;
        }
        let (first, last) = self.delivers;
        let mut arrived = None;
        for _ in 0..MOST_TRIES {
            let from = to.zone.earliest(date, first).max(leaves);
            let by = to.zone.latest(date, last);
            if from < by {
                arrived = arrived.or(Some(from));
                let there = match to.hours {
                    Some(windows) => Hours { windows, zone: to.zone }.open_from(from),
                    None => Some(from),
                };
                if let Some(there) = there.filter(|there| *there < by) {
                    let arrived = arrived.unwrap_or(there);
                    steps.push(Step { what: StepKind::Arrives, at: arrived });
                    if there > arrived {
                        steps.push(Step { what: StepKind::SomebodyThere, at: there });
                    }
                    return Ok((there, by));
                }
            }
            date = date.succ_opt().and_then(|next| self.works_from(next)).ok_or(NoPromise::NoCarrier)?;
        }
        Err(NoPromise::NobodyThere)
    }
}

impl Promise {
    /// At a pick-up point: from the opening after the carrier's last chance on, for so many open days.
    fn wait_for_her(&mut self, to: &Destination<'_>) -> Result<(), NoPromise> {
        let always = Windows::default();
        let hours = Hours { windows: to.hours.unwrap_or(&always), zone: to.zone };
        if to.hours.is_some() {
            let opens = hours.open_from(self.by).ok_or(NoPromise::NobodyThere)?;
            if opens > self.by {
                self.steps.push(Step { what: StepKind::Opens, at: opens });
            }
            self.by = opens;
            self.from = self.from.min(opens);
            self.until = hours.end_of_open_day(opens, to.keep_days);
        } else {
            let (date, _) = to.zone.local(self.by);
            let last = date.checked_add_days(chrono::Days::new(u64::from(to.keep_days)));
            self.until = last.map(|date| to.zone.start_of(date)).filter(|until| *until > self.by);
        }
        if let Some(until) = self.until {
            self.steps.push(Step { what: StepKind::KeptUntil, at: until });
        }
        self.label = label(to.zone, self.made, self.by).into();
        Ok(())
    }
}
