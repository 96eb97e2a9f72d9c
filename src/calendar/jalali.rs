//! The Iranian calendar (Jalali, Solar Hijri).

use chrono::{Datelike, TimeDelta};

use crate::time::NaiveDate;

/// The years that are converted, both included.
const YEARS: std::ops::RangeInclusive<i32> = 1200..=1500;

/// A day of the Iranian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JalaliDay {
    /// The year.
    pub year: i32,
    /// The month, 1 to 12.
    pub month: u32,
    /// The day of the month, 1 to 31.
    pub day: u32,
}

/// The Gregorian day of a day of the Iranian (Jalali, Solar Hijri) calendar; none for a day that it does not have and for
/// years before 1200 and after 1500.
///
/// Six months of 31 days, five of 30, and Esfand of 29 or 30. The leap years follow a cycle of 33 years in which year `y`
/// is one if `(25 y + 11) mod 33 < 8`; in these years the cycle gives the calendar in force in Iran, which is astronomical.
///
/// ```
/// use throughline::calendar::from_jalali;
/// use throughline::time::NaiveDate;
/// assert_eq!(from_jalali(1403, 1, 1), NaiveDate::from_ymd_opt(2024, 3, 20));
/// assert_eq!(from_jalali(1403, 12, 30), NaiveDate::from_ymd_opt(2025, 3, 20));
/// assert_eq!(from_jalali(1404, 12, 30), None);
/// ```
#[must_use]
pub fn from_jalali(year: i32, month: u32, day: u32) -> Option<NaiveDate> {
    let length = match month {
        1..=6 => 31,
        7..=11 => 30,
        12 => 29 + u32::from(is_leap(year)),
        _ => return None,
    };
    if !(1..=length).contains(&day) {
        return None;
    }
    let before_month = 31 * (month - 1) - month.saturating_sub(7);
    first_day(year)?.checked_add_signed(TimeDelta::days(i64::from(before_month + day - 1)))
}

/// The day of the Iranian calendar; none before its year 1200 (1821) and after 1500 (2122).
///
/// ```
/// use throughline::calendar::{JalaliDay, to_jalali};
/// let day = "2026-11-22".parse()?;
/// assert_eq!(to_jalali(day), Some(JalaliDay { year: 1405, month: 9, day: 1 }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn to_jalali(date: NaiveDate) -> Option<JalaliDay> {
    let guess = date.year() - 621;
    let year = if first_day(guess)? <= date { guess } else { guess - 1 };
    let of_year = u32::try_from((date - first_day(year)?).num_days()).ok()?;
    let (month, day) = if of_year < 186 {
        (of_year / 31, of_year % 31)
    } else {
        (6 + (of_year - 186) / 30, (of_year - 186) % 30)
    };
    Some(JalaliDay { year, month: month + 1, day: day + 1 })
}

/// 1 Farvardin. 8 leap years in 33; that of 1200 was 21 March 1821.
fn first_day(year: i32) -> Option<NaiveDate> {
    if !YEARS.contains(&year) {
        return None;
    }
    let leaps = i64::from((8 * year + 21).div_euclid(33) - (8 * 1200 + 21_i32).div_euclid(33));
    let days = 365 * i64::from(year - 1200) + leaps;
    NaiveDate::from_ymd_opt(1821, 3, 21)?.checked_add_signed(TimeDelta::days(days))
}

pub(super) const fn is_leap(year: i32) -> bool {
    (25 * year + 11).rem_euclid(33) < 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_comes_back() {
        let first = first_day(1200).unwrap();
        let mut before = None;
        for days in 0..109_570 {
            let date = first + TimeDelta::days(days);
            let Some(jalali) = to_jalali(date) else {
                assert!(date > from_jalali(1500, 1, 1).unwrap());
                continue;
            };
            assert_eq!(from_jalali(jalali.year, jalali.month, jalali.day), Some(date), "{date}");
            assert!(before < Some(jalali), "{date}");
            before = Some(jalali);
        }
        assert_eq!(to_jalali(first.pred_opt().unwrap()), None);
    }
}
