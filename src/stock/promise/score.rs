//! A promise, how it came about, and whether it was kept.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::calendar::Zone;
use crate::time::{DateTime, Utc};

/// How she gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Collected in the shop that has it.
    PickUp,
    /// Delivered at home.
    Home,
    /// Delivered at work.
    Work,
    /// Collected at a pick-up point, another shop included.
    PickupPoint,
    /// Collected from a locker.
    Locker,
}

/// One step of a promise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepKind {
    /// It was too late for that day's work: it begins then.
    AfterWorkCutoff,
    /// Nobody works now: it begins then.
    Closed,
    /// It is packed.
    Ready,
    /// It was ready too late to be collected that day: she may come then.
    AfterPickupCutoff,
    /// It is ready while nobody may collect: she may come then.
    Opens,
    /// The carrier takes it.
    Collected,
    /// The carrier brings it, at the earliest.
    Arrives,
    /// It would arrive while nobody is there: then is the first time when somebody is.
    SomebodyThere,
    /// It is kept for her until then.
    KeptUntil,
}

/// What happens when.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// What.
    pub what: StepKind,
    /// When.
    pub at: DateTime<Utc>,
}

/// When she has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// How.
    pub way: Way,
    /// When it was made.
    pub made: DateTime<Utc>,
    /// From when on she can have it, at the earliest.
    pub from: DateTime<Utc>,
    /// By when she can have it. It is kept if she can at this instant or before.
    pub by: DateTime<Utc>,
    /// Until when it waits for her, if it does.
    pub until: Option<DateTime<Utc>>,
    /// The days until she can have it, in the words of [`label`].
    pub label: Cow<'static, str>,
    /// How it came about, in the order of time.
    pub steps: Vec<Step>,
}

/// Why nothing can be promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoPromise {
    /// The location does not open long enough, not within three years.
    NeverOpens,
    /// The carrier never comes, or never delivers.
    NoCarrier,
    /// Nobody is there when the carrier delivers.
    NobodyThere,
}

/// How a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "promise")]
pub enum PromiseStanding {
    /// Nothing happened, and it is not due yet.
    Open,
    /// Kept, so many seconds before it was due.
    Kept {
        /// How many.
        early_seconds: u64,
    },
    /// Broken, by so many seconds so far.
    Broken {
        /// How many.
        late_seconds: u64,
    },
    /// Broken for good: she does not get it, or not all of it.
    Missed,
    /// It was called off before it was due: neither kept nor broken.
    Withdrawn,
}

impl Promise {
    /// Whether it was kept: by what happened, or by what did not happen until now.
    ///
    /// ```
    /// use throughline::stock::promise::{Promise, PromiseStanding, Way};
    /// let (made, by) = ("2026-03-20T09:00:00Z".parse()?, "2026-03-20T16:40:00Z".parse()?);
    /// let promise = Promise { way: Way::PickUp, made, from: by, by, until: None, label: "same day".into(), steps: vec![] };
    /// assert_eq!(promise.score(None, made), PromiseStanding::Open);
    /// assert_eq!(promise.score(Some("2026-03-20T16:30:00Z".parse()?), by), PromiseStanding::Kept { early_seconds: 600 });
    /// assert_eq!(promise.score(None, "2026-03-20T16:41:00Z".parse()?), PromiseStanding::Broken { late_seconds: 60 });
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn score(&self, happened: Option<DateTime<Utc>>, now: DateTime<Utc>) -> PromiseStanding {
        let late = (happened.unwrap_or(now) - self.by).num_seconds();
        match happened {
            _ if late > 0 => PromiseStanding::Broken { late_seconds: late.unsigned_abs() },
            Some(_) => PromiseStanding::Kept { early_seconds: late.unsigned_abs() },
            None => PromiseStanding::Open,
        }
    }
}

/// How many promises were kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromiseScore {
    /// So many were kept.
    pub kept: u64,
    /// So many were broken.
    pub broken: u64,
}

impl PromiseScore {
    /// Counts one that is not open any more.
    pub fn count(&mut self, standing: PromiseStanding) {
        match standing {
            PromiseStanding::Open | PromiseStanding::Withdrawn => {}
            PromiseStanding::Kept { .. } => self.kept = self.kept.saturating_add(1),
            PromiseStanding::Broken { .. } | PromiseStanding::Missed => {
                self.broken = self.broken.saturating_add(1);
            }
        }
    }

    /// The part that was kept, in hundredths of a percent, rounded down; `None` if none was made.
    #[must_use]
    pub fn kept_share(&self) -> Option<u16> {
        let all = u128::from(self.kept) + u128::from(self.broken);
        let share = (u128::from(self.kept) * 10_000).checked_div(all)?;
        u16::try_from(share).ok()
    }
}

/// How soon it is, counted in days of the wall clock in a zone: `same day`, `next day`, `2-day` to `6-day`, `multi-week`.
///
/// Source of the words: the values of `pickup_sla` in Google's specification of local inventory data, 2025.
#[must_use]
pub fn label(zone: &Zone, now: DateTime<Utc>, from: DateTime<Utc>) -> &'static str {
    let days = (zone.local(from).0 - zone.local(now).0).num_days();
    match days {
        ..=0 => "same day",
        1 => "next day",
        2 => "2-day",
        3 => "3-day",
        4 => "4-day",
        5 => "5-day",
        6 => "6-day",
        _ => "multi-week",
    }
}
