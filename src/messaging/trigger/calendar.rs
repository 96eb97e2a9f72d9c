//! Days that come round.

use chrono::Datelike;

use super::BirthdayCalendar;
use crate::calendar::{from_jalali, to_jalali};
use crate::time::NaiveDate;

/// The days on which a birthday falls that lie between two days, both included.
pub(super) fn birthdays(
    born: NaiveDate,
    calendar: BirthdayCalendar,
    from: NaiveDate,
    until: NaiveDate,
) -> Vec<NaiveDate> {
    let years = from.year() - 1..=until.year() + 1;
    let days = years.filter_map(|year| match calendar {
        BirthdayCalendar::Gregorian => same_day(born, year),
        BirthdayCalendar::Iranian => {
            let day = to_jalali(born)?;
            let year = year - 621;
            from_jalali(year, day.month, day.day).or_else(|| from_jalali(year, day.month, day.day - 1))
        }
    });
    days.filter(|day| *day > born && (from..=until).contains(day)).collect()
}

/// The same day of another year, and 28 for 29 February in common years.
pub(super) fn same_day(day: NaiveDate, year: i32) -> Option<NaiveDate> {
    day.with_year(year).or_else(|| day.with_day(28)?.with_year(year))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn birthdays_come_round() {
        let leap =
            birthdays(day("1992-02-29"), BirthdayCalendar::Gregorian, day("2026-01-01"), day("2028-12-31"));
        assert_eq!(leap, [day("2026-02-28"), day("2027-02-28"), day("2028-02-29")]);
        // 30 Esfand 1403; 1404 has no such day, and 1 Farvardin 1405 is 21 March 2026.
        let iranian =
            birthdays(day("2025-03-20"), BirthdayCalendar::Iranian, day("2026-01-01"), day("2026-12-31"));
        assert_eq!(iranian, [day("2026-03-20")]);
        assert_eq!(
            birthdays(day("2026-05-01"), BirthdayCalendar::Gregorian, day("2026-05-01"), day("2026-12-31")),
            []
        );
    }
}
