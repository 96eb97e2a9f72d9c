//! The level that a customer has reached, and until when.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::period::{Cycle, PeriodRule, Span};
use crate::calendar::Zone;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// One level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tier {
    /// The host's name of it.
    pub name: String,
    /// Reached with so many qualifying points in the window.
    pub from: u64,
}

/// Which days count towards a level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// The last so many days, the present one included.
    Days(u32),
    /// The cycle that the day is in, by the reckoning of the rule for how long a level lasts.
    Cycle(Cycle),
    /// All days.
    Always,
}

/// When a level that has been reached begins.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// On the day itself.
    #[default]
    AtOnce,
    /// On the first day of the next month.
    NextMonth,
}

/// What happens when a level ends and is not reached anew.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Downgrade {
    /// To the level that the points of the window reach.
    #[default]
    ToEarned,
    /// One level down, or to what the points reach if that is more.
    OneStep,
    /// Never down.
    Never,
}

/// By which levels are reached and kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierRules {
    /// The levels, each from more points than the one before.
    pub tiers: Vec<Tier>,
    /// Which days count.
    pub window: Window,
    /// When a level begins.
    #[serde(default)]
    pub start: Start,
    /// How long a level lasts from the day it was reached, without grace.
    pub lasts: PeriodRule,
    /// So many days longer, in which it can still be reached anew.
    #[serde(default)]
    pub grace_days: u32,
    /// And then.
    #[serde(default)]
    pub downgrade: Downgrade,
}

/// Levels that contradict each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "each tier must have a name of its own and begin with more points than the one before, and a period must pass"
)]
pub struct TierRulesError(());

/// Points that count towards a level, with the day on which they were earned. Those taken back are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Qualifying {
    /// When.
    pub at: DateTime<Utc>,
    /// How many.
    pub points: u64,
}

/// A customer's level at an instant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TierStanding {
    /// Its name; none below the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<String>,
    /// The first day of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<NaiveDate>,
    /// Its last day, without grace; none if it does not end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<NaiveDate>,
    /// Whether it is in its days of grace.
    pub in_grace: bool,
    /// Points in the window of today.
    pub points: u64,
    /// The next level, and how many points are missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<(String, u64)>,
    /// The level that she has reached and that has not begun, and its first day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub coming: Option<(String, NaiveDate)>,
}

/// Where the customer stands while her history is told.
#[derive(Clone, Copy)]
struct At {
    /// How many levels she has: 0 is below the first.
    level: usize,
    since: NaiveDate,
    until: Option<NaiveDate>,
}

/// A level that is reached and has not begun, beside the one that she has.
#[derive(Clone, Copy)]
struct Coming {
    level: usize,
    from: NaiveDate,
}

impl TierRules {
    /// A year to the end of the next one, grace of a month, one step down.
    #[must_use]
    pub fn retail(tiers: Vec<Tier>) -> Self {
        Self {
            tiers,
            window: Window::Days(365),
            start: Start::AtOnce,
            lasts: PeriodRule { after: Some(Span::Years(1)), ..PeriodRule::end_of(Cycle::Month) },
            grace_days: 30,
            downgrade: Downgrade::OneStep,
        }
    }

    /// Checks them.
    ///
    /// # Errors
    /// Levels out of order, two of one name, or a period of no length.
    pub fn check(&self) -> Result<(), TierRulesError> {
        let rising = self.tiers.iter().zip(self.tiers.iter().skip(1)).all(|(one, next)| one.from < next.from);
        let names: std::collections::BTreeSet<&str> = self.tiers.iter().map(|tier| &*tier.name).collect();
        let passes = self.lasts.after.is_some() || self.lasts.end_of.is_some();
        if rising && names.len() == self.tiers.len() && passes { Ok(()) } else { Err(TierRulesError(())) }
    }

    /// The level of a customer who earned that, in any order, on the day of an instant in the zone.
    ///
    /// A level is reached on the day on which the points of the window are there, and lasts as long as the rule says. If at
    /// its end, grace included, the points of the window reach it again, it goes on from the day on which it would have
    /// ended; else she goes down. Reaching the level that she has prolongs it when it ends, not before. One that begins next
    /// month leaves her what she has until then.
    ///
    /// ```
    /// use throughline::calendar::Zone;
    /// use throughline::wallet::tier::{Qualifying, Tier, TierRules};
    /// let tier = |name: &str, from| Tier { name: name.to_owned(), from };
    /// let rules = TierRules::retail(vec![tier("نقره‌ای", 500), tier("طلایی", 2_000)]);
    /// let earned = [Qualifying { at: "2026-03-10T12:00:00Z".parse()?, points: 800 }];
    /// let standing = rules.standing(&earned, &Zone::utc(), "2026-11-22T12:00:00Z".parse()?);
    /// assert_eq!(standing.tier.as_deref(), Some("نقره‌ای"));
    /// assert_eq!(standing.until, Some("2027-03-31".parse()?));
    /// assert_eq!(standing.next, Some(("طلایی".to_owned(), 1_200)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(n log n + p) for n earnings and p periods between the first and the instant, at most 10,000 of them.
    #[must_use]
    pub fn standing(&self, earned: &[Qualifying], zone: &Zone, now: DateTime<Utc>) -> TierStanding {
        let today = zone.local(now).0;
        let mut days: BTreeMap<NaiveDate, u64> = BTreeMap::new();
        for one in earned.iter().filter(|one| one.at <= now) {
            let day = days.entry(zone.local(one.at).0).or_default();
            *day = day.saturating_add(one.points);
        }
        let mut at = At { level: 0, since: NaiveDate::MIN, until: None };
        let mut coming: Option<Coming> = None;
        let mut periods = 0;
        for day in days.keys() {
            self.begin(&mut at, &mut coming, &days, *day, &mut periods);
            let level = self.reached(self.points(&days, *day));
            if level > coming.map_or(at.level, |coming| coming.level) {
                let from = match self.start {
                    Start::AtOnce => *day,
                    Start::NextMonth => self.next_month(*day).unwrap_or(*day),
                };
                coming = Some(Coming { level, from });
                self.begin(&mut at, &mut coming, &days, *day, &mut periods);
            }
        }
        self.begin(&mut at, &mut coming, &days, today, &mut periods);
        let points = self.points(&days, today);
        let tier = |level: usize| level.checked_sub(1).and_then(|place| self.tiers.get(place));
        let name = |level: usize| tier(level).map(|tier| tier.name.clone());
        TierStanding {
            tier: name(at.level),
            since: (at.level > 0 && at.since > NaiveDate::MIN).then_some(at.since),
            until: at.until.filter(|_| at.level > 0),
            in_grace: at.level > 0 && at.until.is_some_and(|until| until < today),
            points,
            next: self.tiers.get(at.level).map(|next| (next.name.clone(), next.from.saturating_sub(points))),
            coming: coming.and_then(|coming| Some((name(coming.level)?, coming.from))),
        }
    }

    fn next_month(&self, day: NaiveDate) -> Option<NaiveDate> {
        let month = PeriodRule { reckoning: self.lasts.reckoning, ..PeriodRule::end_of(Cycle::Month) };
        month.last_day(day)?.succ_opt()
    }

    /// Goes on to a day: what she has goes on or down until a level begins that she has reached, and from then on.
    fn begin(
        &self,
        at: &mut At,
        coming: &mut Option<Coming>,
        days: &BTreeMap<NaiveDate, u64>,
        day: NaiveDate,
        periods: &mut u32,
    ) {
        if let Some(Coming { level, from }) = coming.take_if(|coming| coming.from <= day) {
            self.pass(at, days, from, periods);
            if level > at.level {
                *at = At { level, since: from, until: self.lasts.last_day(from) };
            }
        }
        self.pass(at, days, day, periods);
    }

    /// Lets the periods go by that end before a day.
    fn pass(&self, at: &mut At, days: &BTreeMap<NaiveDate, u64>, day: NaiveDate, periods: &mut u32) {
        while let Some(until) = at.until {
            let grace = TimeDelta::days(self.grace_days.into());
            let end = until.checked_add_signed(grace).unwrap_or(NaiveDate::MAX);
            if day <= end || at.level == 0 || *periods >= 10_000 {
                return;
            }
            *periods += 1;
            let earned = self.reached(self.points(days, end));
            let level = match self.downgrade {
                _ if earned >= at.level => at.level,
                Downgrade::ToEarned => earned,
                Downgrade::OneStep => earned.max(at.level - 1),
                Downgrade::Never => at.level,
            };
            let next = until.succ_opt().unwrap_or(until);
            let since = if level == at.level { at.since } else { next };
            let lasts = if level == 0 { None } else { self.lasts.last_day(next) };
            // A period that does not pass would not end either.
            *at = At { level, since, until: lasts.filter(|lasts| *lasts > until) };
        }
    }

    /// Points in the window of a day.
    fn points(&self, days: &BTreeMap<NaiveDate, u64>, day: NaiveDate) -> u64 {
        let first = match self.window {
            Window::Always => None,
            Window::Days(count) => {
                let back = TimeDelta::days(i64::from(count.max(1)) - 1);
                Some(day.checked_sub_signed(back).unwrap_or(NaiveDate::MIN))
            }
            Window::Cycle(cycle) => {
                let rule = PeriodRule { reckoning: self.lasts.reckoning, ..PeriodRule::end_of(cycle) };
                rule.first_day(day)
            }
        };
        let first = first.unwrap_or(NaiveDate::MIN);
        days.range(first..=day.max(first)).fold(0_u64, |sum, (_, points)| sum.saturating_add(*points))
    }

    /// How many levels so many points reach.
    fn reached(&self, points: u64) -> usize {
        self.tiers.iter().take_while(|tier| tier.from <= points).count()
    }
}
