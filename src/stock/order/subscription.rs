//! Repeat orders: the same again, every so often.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::calendar::{from_jalali, to_jalali};
use crate::time::{Days, Months, NaiveDate};

/// Whose months count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MonthCalendar {
    /// January, February, …
    #[default]
    Gregorian,
    /// فروردین, اردیبهشت, …
    Jalali,
}

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "every", deny_unknown_fields)]
pub enum Every {
    /// Every so many days.
    Days {
        /// How many.
        days: u16,
    },
    /// Every so many months, on the day of the first order or, in a shorter month, on its last day.
    Months {
        /// How many.
        months: u16,
        /// Whose.
        #[serde(default)]
        calendar: MonthCalendar,
    },
}

/// A repeat order.
///
/// Dates are counted from the first order, not from the last one, so what begins on the 31st of January comes on the 28th of
/// February and again on the 31st of March, and a skipped or moved delivery moves no other.
///
/// ```
/// use std::collections::BTreeSet;
/// use throughline::stock::order::{Every, MonthCalendar, Subscription};
/// let monthly = Subscription {
///     first: "2026-01-31".parse()?,
///     every: Every::Months { months: 1, calendar: MonthCalendar::Gregorian },
///     skipped: BTreeSet::new(),
///     paused_until: None,
///     last: None,
/// };
/// let open = |_| true;
/// assert_eq!(monthly.next_after("2026-01-31".parse()?, open), Some("2026-02-28".parse()?));
/// assert_eq!(monthly.next_after("2026-02-28".parse()?, open), Some("2026-03-31".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subscription {
    /// The day of the first order.
    pub first: NaiveDate,
    /// How often.
    pub every: Every,
    /// Which of them, from 0 for the first, the customer leaves out.
    #[serde(default)]
    pub skipped: BTreeSet<u32>,
    /// None comes before that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until: Option<NaiveDate>,
    /// None comes after that day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<NaiveDate>,
}

/// Deliveries that are looked through for the next one.
const MOST: u32 = 5_000;
/// Days that a delivery is put off for closed days.
const LONGEST_CLOSURE: u64 = 60;

impl Subscription {
    /// The day of the next order after a day. Where the shop is closed it comes on the next day on which it is open; `None`
    /// if there is none any more.
    ///
    /// # Complexity
    /// O(deliveries passed since the first, at most 5,000).
    #[must_use]
    pub fn next_after(&self, day: NaiveDate, is_open: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        let start = self.close_to(day);
        (start..start.saturating_add(MOST))
            .filter(|number| !self.skipped.contains(number))
            .find_map(|number| {
                // Beyond the last representable day nothing comes.
                let due = self.due(number)?;
                let open = self.put_off(due, &is_open)?;
                (open > day && self.paused_until.is_none_or(|until| open >= until)).then_some(open)
            })
            .filter(|due| self.last.is_none_or(|last| *due <= last))
    }

    /// Whether it says how often at all: every none days are none.
    #[must_use]
    pub const fn comes(&self) -> bool {
        match self.every {
            Every::Days { days } => days > 0,
            Every::Months { months, .. } => months > 0,
        }
    }

    /// Which deliveries come on a day, those that are left out or paused too: more than one where the shop was closed on the
    /// days before.
    ///
    /// # Complexity
    /// O(days a delivery may be put off for).
    #[must_use]
    pub fn numbers_on(&self, day: NaiveDate, is_open: impl Fn(NaiveDate) -> bool) -> Vec<u32> {
        let start = self.close_to(day);
        // Every day one, and all that were put off to it.
        let within = start..start.saturating_add(MOST);
        within
            .map_while(|number| Some((number, self.due(number).filter(|due| *due <= day)?)))
            .filter(|(_, due)| self.put_off(*due, &is_open) == Some(day))
            .map(|(number, _)| number)
            .collect()
    }

    /// The first open day from that one on.
    fn put_off(&self, due: NaiveDate, is_open: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        (0..LONGEST_CLOSURE)
            .find_map(|days| due.checked_add_days(Days::new(days)).filter(|day| is_open(*day)))
    }

    /// A delivery that is surely not after the next one.
    fn close_to(&self, day: NaiveDate) -> u32 {
        let days = day
            .signed_duration_since(self.first)
            .num_days()
            .saturating_sub(2 * LONGEST_CLOSURE.cast_signed());
        let longest = match self.every {
            Every::Days { days } => i64::from(days.max(1)),
            Every::Months { months, .. } => 31 * i64::from(months.max(1)),
        };
        u32::try_from(days.max(0) / longest).unwrap_or(u32::MAX)
    }

    /// The day of a delivery, closed days aside.
    fn due(&self, number: u32) -> Option<NaiveDate> {
        match self.every {
            Every::Days { days } => {
                self.first.checked_add_days(Days::new(u64::from(days.max(1)) * u64::from(number)))
            }
            Every::Months { months, calendar } => {
                let passed = u32::from(months.max(1)).checked_mul(number)?;
                match calendar {
                    MonthCalendar::Gregorian => self.first.checked_add_months(Months::new(passed)),
                    MonthCalendar::Jalali => {
                        let first = to_jalali(self.first)?;
                        let month = i64::from(first.month) - 1 + i64::from(passed);
                        let year = i32::try_from(i64::from(first.year) + month / 12).ok()?;
                        let month = u32::try_from(month % 12).ok()? + 1;
                        // The last day of a shorter month.
                        (0..3).find_map(|back| from_jalali(year, month, first.day.checked_sub(back)?))
                    }
                }
            }
        }
    }
}
