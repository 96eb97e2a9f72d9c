//! Dates: typing mistakes in their ISO text, and how far apart they are.
//!
//! ```
//! use throughline::similarity::date;
//! use throughline::time::NaiveDate;
//! let born: NaiveDate = "1985-07-12".parse()?;
//! let typed: NaiveDate = "1985-12-07".parse()?;
//! assert_eq!(date::damerau_levenshtein(born, typed), 4);
//! assert_eq!(date::days_between(born, typed), 148);
//! assert_eq!(date::months_between(born, typed), 4);
//! assert_eq!(date::years_between(born, typed), 0);
//! assert!(date::day_and_month_swapped(born, typed));
//! # Ok::<(), chrono::ParseError>(())
//! ```

use chrono::{Datelike, Days, Months};

use super::{Text, damerau, edits};
use crate::time::NaiveDate;

/// The ISO 8601 text of a date (`1985-07-12`), prepared for comparison.
#[must_use]
pub fn text(date: NaiveDate) -> Text {
    Text::new(&date.to_string())
}

/// [`levenshtein`](super::levenshtein) distance of the ISO texts: one mistyped digit is 1, swapped digits are 2.
#[must_use]
pub fn levenshtein(a: NaiveDate, b: NaiveDate) -> usize {
    edits::levenshtein(&text(a), &text(b))
}

/// [`damerau_levenshtein`](super::damerau_levenshtein) distance of the ISO texts: one mistyped digit or two swapped ones
/// are 1.
#[must_use]
pub fn damerau_levenshtein(a: NaiveDate, b: NaiveDate) -> usize {
    damerau::damerau_levenshtein(&text(a), &text(b))
}

/// Days from the earlier to the later.
#[must_use]
pub fn days_between(a: NaiveDate, b: NaiveDate) -> u64 {
    a.signed_duration_since(b).num_days().unsigned_abs()
}

/// Whole months from the earlier to the later.
///
/// A month is over on the same day of the next month, or on its last day where it has no such day: from 31 January to
/// 28 February is one month in a common year.
#[must_use]
pub fn months_between(a: NaiveDate, b: NaiveDate) -> u32 {
    let (earlier, later) = (a.min(b), a.max(b));
    let months = |date: NaiveDate| i64::from(date.year()) * 12 + i64::from(date.month0());
    let apart = u32::try_from(months(later) - months(earlier)).unwrap_or(0);
    let over = earlier.checked_add_months(Months::new(apart)).is_some_and(|end| end <= later);
    if over { apart } else { apart.saturating_sub(1) }
}

/// Whole years from the earlier to the later: a person's age when the other date is today.
#[must_use]
pub fn years_between(a: NaiveDate, b: NaiveDate) -> u32 {
    months_between(a, b) / 12
}

/// Whether the dates differ, and are the same once day and month of one change places (7 December against 12 July).
#[must_use]
pub fn day_and_month_swapped(a: NaiveDate, b: NaiveDate) -> bool {
    a != b && a.year() == b.year() && a.day() == b.month() && a.month() == b.day()
}

/// Whether the dates are at most that many days apart, without overflow at the ends of the calendar.
#[must_use]
pub fn within_days(a: NaiveDate, b: NaiveDate, days: u64) -> bool {
    let (earlier, later) = (a.min(b), a.max(b));
    earlier.checked_add_days(Days::new(days)).is_none_or(|end| later <= end)
}
