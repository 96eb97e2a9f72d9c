//! When a period ends: the last day of a month, a quarter, a year, in the calendar and the zone that the customer lives by.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use crate::calendar::{Zone, from_jalali, to_jalali};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// By which calendar months and years are counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reckoning {
    /// The Gregorian calendar.
    #[default]
    Gregorian,
    /// The Iranian calendar, whose year begins in March.
    Iranian,
}

/// A length of time on the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// So many days.
    Days(u32),
    /// So many months; a day that the month does not have is its last one.
    Months(u32),
    /// So many years.
    Years(u32),
}

/// A stretch of the calendar that begins with the first of a month.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cycle {
    /// A month.
    Month,
    /// Three months.
    Quarter,
    /// Six months.
    HalfYear,
    /// A year.
    Year,
}

impl Cycle {
    const fn months(self) -> i32 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::HalfYear => 6,
            Self::Year => 12,
        }
    }
}

/// When something that begins on a day ends: after a span, then at the end of a cycle, then some days of grace later.
///
/// As by section 188 of the German Civil Code, a span of months that begins on the 10th ends with the 10th.
///
/// ```
/// use throughline::wallet::period::{Cycle, PeriodRule, Reckoning, Span};
/// let earned = "2026-08-31".parse()?;
/// let half_a_year = PeriodRule { after: Some(Span::Months(6)), end_of: Some(Cycle::Month), ..PeriodRule::default() };
/// assert_eq!(half_a_year.last_day(earned), Some("2027-02-28".parse()?));
/// // 29 Esfand 1405, the last day of the Iranian year.
/// let year = PeriodRule { end_of: Some(Cycle::Year), reckoning: Reckoning::Iranian, ..PeriodRule::default() };
/// assert_eq!(year.last_day(earned), Some("2027-03-20".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PeriodRule {
    /// First so long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<Span>,
    /// Then to the end of the cycle that the day is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_of: Option<Cycle>,
    /// Of the next one instead.
    pub next: bool,
    /// Then so many days.
    pub grace_days: u32,
    /// By which calendar.
    pub reckoning: Reckoning,
}

impl PeriodRule {
    /// Until the end of the cycle.
    #[must_use]
    pub const fn end_of(cycle: Cycle) -> Self {
        Self { after: None, end_of: Some(cycle), next: false, grace_days: 0, reckoning: Reckoning::Gregorian }
    }

    /// So long.
    #[must_use]
    pub const fn lasting(span: Span) -> Self {
        Self { after: Some(span), end_of: None, next: false, grace_days: 0, reckoning: Reckoning::Gregorian }
    }

    /// The last day of what begins on a day. `None` beyond the years that the calendar knows (the Iranian one: 1200 to 1500).
    #[must_use]
    pub fn last_day(&self, start: NaiveDate) -> Option<NaiveDate> {
        let of = self.reckoning;
        let day = match self.after {
            None => start,
            Some(Span::Days(days)) => start.checked_add_signed(TimeDelta::days(days.into()))?,
            Some(Span::Months(months)) => of.plus_months(start, i32::try_from(months).ok()?)?,
            Some(Span::Years(years)) => of.plus_months(start, i32::try_from(years).ok()?.checked_mul(12)?)?,
        };
        let day = match self.end_of {
            None => day,
            Some(cycle) => of.first_after(day, cycle, i32::from(self.next))?.pred_opt()?,
        };
        day.checked_add_signed(TimeDelta::days(self.grace_days.into()))
    }

    /// The first instant after it: the start of the day after the last day, by the clocks of the zone.
    #[must_use]
    pub fn until(&self, start: DateTime<Utc>, zone: &Zone) -> Option<DateTime<Utc>> {
        let after = self.last_day(zone.local(start).0)?.succ_opt()?;
        Some(zone.start_of(after))
    }

    /// The first day of the cycle that a day is in; the day itself if the rule has none.
    #[must_use]
    pub fn first_day(&self, day: NaiveDate) -> Option<NaiveDate> {
        match self.end_of {
            None => Some(day),
            Some(cycle) => self.reckoning.first_after(day, cycle, -1),
        }
    }
}

impl Reckoning {
    /// Months since year 0, and the day of the month.
    fn parts(self, day: NaiveDate) -> Option<(i32, u32)> {
        let (year, month, of_month) = match self {
            Self::Gregorian => (day.year(), day.month(), day.day()),
            Self::Iranian => to_jalali(day).map(|day| (day.year, day.month, day.day))?,
        };
        Some((year.checked_mul(12)?.checked_add(i32::try_from(month).ok()? - 1)?, of_month))
    }

    fn day(self, months: i32, day: u32) -> Option<NaiveDate> {
        let (year, month) = (months.div_euclid(12), u32::try_from(months.rem_euclid(12)).ok()? + 1);
        match self {
            Self::Gregorian => NaiveDate::from_ymd_opt(year, month, day),
            Self::Iranian => from_jalali(year, month, day),
        }
    }

    fn plus_months(self, day: NaiveDate, count: i32) -> Option<NaiveDate> {
        let (months, of_month) = self.parts(day)?;
        let months = months.checked_add(count)?;
        // No month has fewer than 28 days.
        (28..=of_month.max(28)).rev().find_map(|longest| self.day(months, of_month.min(longest)))
    }

    /// The first day of the cycle after that of a day, and `more` further ones.
    fn first_after(self, day: NaiveDate, cycle: Cycle, more: i32) -> Option<NaiveDate> {
        let length = cycle.months();
        let (months, _) = self.parts(day)?;
        let first = months.checked_sub(months.rem_euclid(length))?;
        self.day(first.checked_add(length.checked_mul(more.checked_add(1)?)?)?, 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn cycles_end_with_their_last_day() {
        let ends =
            |cycle, next, start: &str| PeriodRule { next, ..PeriodRule::end_of(cycle) }.last_day(day(start));
        for (cycle, next, start, end) in [
            (Cycle::Month, false, "2026-03-10", "2026-03-31"),
            (Cycle::Month, true, "2026-01-31", "2026-02-28"),
            (Cycle::Month, true, "2027-12-01", "2028-01-31"),
            (Cycle::Quarter, false, "2026-03-31", "2026-03-31"),
            (Cycle::Quarter, true, "2026-11-22", "2027-03-31"),
            (Cycle::HalfYear, false, "2026-07-01", "2026-12-31"),
            (Cycle::Year, true, "2027-02-28", "2028-12-31"),
        ] {
            assert_eq!(ends(cycle, next, start), Some(day(end)), "{cycle:?} {next} {start}");
        }
        let first = PeriodRule::end_of(Cycle::Quarter).first_day(day("2026-11-22"));
        assert_eq!(first, Some(day("2026-10-01")));
    }

    #[test]
    fn months_end_where_they_are_shorter() {
        let after = |span, start: &str| PeriodRule::lasting(span).last_day(day(start)).unwrap().to_string();
        assert_eq!(after(Span::Months(1), "2026-01-31"), "2026-02-28");
        assert_eq!(after(Span::Months(1), "2028-01-30"), "2028-02-29");
        assert_eq!(after(Span::Years(1), "2028-02-29"), "2029-02-28");
        assert_eq!(after(Span::Days(30), "2026-02-01"), "2026-03-03");
        let beyond = |rule: PeriodRule| rule.last_day(day("2026-03-10"));
        assert_eq!(beyond(PeriodRule::lasting(Span::Years(u32::MAX))), None);
        assert_eq!(beyond(PeriodRule::lasting(Span::Months(u32::MAX))), None);
        assert_eq!(beyond(PeriodRule::lasting(Span::Days(u32::MAX))), None);
    }

    #[test]
    fn iranian_months_and_years() {
        let rule = |cycle| PeriodRule { reckoning: Reckoning::Iranian, ..PeriodRule::end_of(cycle) };
        // 1 Farvardin 1405 is 21 March 2026; 1403 was a leap year.
        assert_eq!(rule(Cycle::Month).last_day(day("2026-03-21")), Some(day("2026-04-20")));
        assert_eq!(rule(Cycle::Year).last_day(day("2026-03-20")), Some(day("2026-03-20")));
        assert_eq!(rule(Cycle::Year).last_day(day("2024-06-01")), Some(day("2025-03-20")));
        let month = PeriodRule { reckoning: Reckoning::Iranian, ..PeriodRule::lasting(Span::Months(6)) };
        // 31 Shahrivar and six months: 29 Esfand 1405.
        assert_eq!(month.last_day(day("2026-09-22")), Some(day("2027-03-20")));
        assert_eq!(rule(Cycle::Year).last_day(day("1700-01-01")), None);
    }

    #[test]
    #[cfg(feature = "tzdb")]
    fn the_end_is_the_start_of_the_next_day_there() {
        let zones = crate::calendar::Zones::bundled();
        let until = |zone: &str, at: &str| {
            let zone = zones.named(zone).unwrap();
            PeriodRule::end_of(Cycle::Month).until(at.parse().unwrap(), &zone).unwrap().to_rfc3339()
        };
        // Already the first of April in Tehran.
        assert_eq!(until("Asia/Tehran", "2026-03-31T20:45:00Z"), "2026-04-30T20:30:00+00:00");
        assert_eq!(until("UTC", "2026-03-31T20:45:00Z"), "2026-04-01T00:00:00+00:00");
        assert_eq!(until("Asia/Jerusalem", "2026-03-10T00:00:00Z"), "2026-03-31T21:00:00+00:00");
    }
}
