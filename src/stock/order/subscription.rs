//! Repeat orders: the same again, every so often.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::calendar::{HORIZON_DAYS, from_jalali, to_jalali};
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

/// A shop that is asked about later and later days.
struct Shop<F> {
    is_open: F,
    /// From that day until the day before that one it is closed.
    closed: Option<(NaiveDate, NaiveDate)>,
}

impl<F: Fn(NaiveDate) -> bool> Shop<F> {
    /// The first day on which it is open, from one on that is not before the last one asked for; no day is looked at twice.
    fn opens(&mut self, due: NaiveDate) -> Option<NaiveDate> {
        let (from, until) =
            self.closed.filter(|(from, until)| (*from..*until).contains(&due)).unwrap_or((due, due));
        // Where the last representable day is near, up to that.
        let end = due.checked_add_days(Days::new(LONGEST_CLOSURE)).unwrap_or(NaiveDate::MAX);
        let mut day = until;
        while day < end {
            if (self.is_open)(day) {
                self.closed = Some((from, day));
                return Some(day);
            }
            day = day.succ_opt()?;
        }
        self.closed = Some((from, day));
        None
    }
}

impl Subscription {
    /// The day of the next order after a day. Where the shop is closed it comes on the next day on which it is open, of the 60
    /// from its own on; `None` if there is none any more, or the shop is closed for longer than
    /// [three years](crate::calendar::HORIZON_DAYS).
    ///
    /// # Complexity
    /// O(deliveries left out) and O(days on which the shop is closed), at most some thousands.
    #[must_use]
    pub fn next_after(&self, day: NaiveDate, is_open: impl Fn(NaiveDate) -> bool) -> Option<NaiveDate> {
        // None comes before the pause is over.
        let after = self.paused_until.and_then(|until| until.pred_opt()).map_or(day, |last| day.max(last));
        let start = self.close_to(after);
        let (mut shop, mut closed_since) = (Shop { is_open, closed: None }, None);
        for number in (start..start.saturating_add(MOST)).filter(|number| !self.skipped.contains(number)) {
            // Beyond the last representable day nothing comes.
            let due = self.due(number)?;
            if self.last.is_some_and(|last| due > last) {
                return None;
            }
            if let Some(open) = shop.opens(due) {
                if open > after {
                    return Some(open).filter(|open| self.last.is_none_or(|last| *open <= last));
                }
                closed_since = None;
            } else if due.signed_duration_since(*closed_since.get_or_insert(due)).num_days()
                > i64::from(HORIZON_DAYS)
            {
                return None;
            }
        }
        None
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
    /// O(days that a delivery may be put off for).
    #[must_use]
    pub fn numbers_on(&self, day: NaiveDate, is_open: impl Fn(NaiveDate) -> bool) -> Vec<u32> {
        let start = self.close_to(day);
        let mut shop = Shop { is_open, closed: None };
        let all = (start..start.saturating_add(MOST)).map_while(|number| Some((number, self.due(number)?)));
        all.take_while(|(_, due)| *due <= day)
            .filter(|(_, due)| shop.opens(*due) == Some(day))
            .map(|(number, _)| number)
            .collect()
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
