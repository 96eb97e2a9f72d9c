//! Days as people of a language and country write them.

use chrono::Datelike;

use super::to_jalali;
use crate::time::NaiveDate;

/// The order of day, month and year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    DayMonthYear,
    MonthDayYear,
    YearMonthDay,
}

/// How days are written in numbers in one language and country: the order, the sign between, the digits, the calendar.
///
/// The year has four digits and day and month two, so that no reader takes one for the other more easily than she must.
/// Persian is written in the Iranian calendar. Source of the conventions: Unicode CLDR 47, the orders and signs of `yMd`.
///
/// ```
/// use throughline::calendar::DateFormat;
/// let day = "2026-11-22".parse()?;
/// assert_eq!(DateFormat::of("de").format(day), "22.11.2026");
/// assert_eq!(DateFormat::of("en-US").format(day), "11/22/2026");
/// assert_eq!(DateFormat::of("fa").format(day), "۱۴۰۵/۰۹/۰۱");
/// assert_eq!(DateFormat::of("ar-EG").format(day), "٢٢/١١/٢٠٢٦");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateFormat {
    order: Order,
    between: char,
    zero: char,
    iranian: bool,
}

impl DateFormat {
    /// The conventions of a language tag such as `fa`, `ar-EG` or `en-GB`; the international ones (ISO 8601) if the
    /// language is not known. Case and `_` for `-` do not count.
    #[must_use]
    pub fn of(tag: &str) -> Self {
        let tag = tag.to_ascii_lowercase().replace('_', "-");
        let mut parts = tag.split('-');
        let language = parts.next().unwrap_or_default();
        let region = parts.find(|part| part.len() == 2).unwrap_or_default();
        let days = |between| Self { order: Order::DayMonthYear, between, zero: '0', iranian: false };
        let years = |between| Self { order: Order::YearMonthDay, ..days(between) };
        match (language, region) {
            ("en", "" | "us" | "ph") => Self { order: Order::MonthDayYear, ..days('/') },
            ("en", "ca" | "za" | "se") | ("sv" | "lt", _) => years('-'),
            ("zh" | "ja", _) => years('/'),
            ("en" | "es" | "fr" | "it" | "pt" | "el" | "hi" | "id" | "vi", _) => days('/'),
            ("nl" | "da", _) => days('-'),
            (
                "de" | "ru" | "uk" | "be" | "kk" | "tr" | "az" | "he" | "iw" | "pl" | "cs" | "sk" | "fi"
                | "nb" | "no" | "ro" | "bg" | "hy" | "ka",
                _,
            ) => days('.'),
            ("fa", "af") => Self { zero: '۰', ..years('/') },
            ("fa", _) => Self { zero: '۰', iranian: true, ..years('/') },
            ("ar", "ae" | "ma" | "dz" | "tn" | "ly" | "eh") => days('/'),
            ("ar", _) => Self { zero: '٠', ..days('/') },
            ("ur", _) => days('/'),
            _ => years('-'),
        }
    }

    /// The day in numbers. A day outside the years that the Iranian calendar is converted for is written in the Gregorian
    /// one.
    #[must_use]
    pub fn format(&self, day: NaiveDate) -> String {
        let iranian = if self.iranian { to_jalali(day) } else { None };
        let (year, month, day) =
            iranian.map_or((day.year(), day.month(), day.day()), |day| (day.year, day.month, day.day));
        let (year, month, day) = (format!("{year:04}"), format!("{month:02}"), format!("{day:02}"));
        let parts = match self.order {
            Order::DayMonthYear => [day, month, year],
            Order::MonthDayYear => [month, day, year],
            Order::YearMonthDay => [year, month, day],
        };
        let mut text = String::with_capacity(24);
        for (place, part) in parts.iter().enumerate() {
            if place > 0 {
                text.push(self.between);
            }
            let digit = |c: char| char::from_u32(u32::from(self.zero) + c.to_digit(10)?);
            text.extend(part.chars().map(|c| digit(c).unwrap_or(c)));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_language_has_its_order() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 21).unwrap();
        for (tag, written) in [
            ("he", "21.03.2026"),
            ("ru_RU", "21.03.2026"),
            ("fa-IR", "۱۴۰۵/۰۱/۰۱"),
            ("ar-AE", "21/03/2026"),
            ("en-GB", "21/03/2026"),
            ("xx", "2026-03-21"),
            ("", "2026-03-21"),
        ] {
            assert_eq!(DateFormat::of(tag).format(day), written, "{tag}");
        }
        assert_eq!(DateFormat::of("fa").format(NaiveDate::MIN).chars().last(), Some('۱'));
    }
}
