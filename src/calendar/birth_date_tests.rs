use super::{BirthDate, BirthDateErrorKind, BirthDatePrecision, JALALI_MONTHS, MONTHS, from_jalali};
use crate::calendar::jalali::is_leap;
use crate::text::fold;
use crate::time::{NaiveDate, TimeDelta};
use chrono::Datelike;
use proptest::prelude::*;

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn read(text: &str) -> Vec<NaiveDate> {
    BirthDate::parse(text).unwrap_or_else(|error| panic!("{text}: {error}")).readings().collect()
}

fn kind(text: &str) -> BirthDateErrorKind {
    BirthDate::parse(text).map(|date| date.precision()).expect_err(text).kind()
}

#[test]
fn one_day_in_many_writings() {
    for text in [
        "1991-08-03",
        "1991/08/03",
        "1991/8/3",
        "1991.08.03",
        "19910803",
        "03.08.1991",
        "3.8.91",
        "3 August 1991",
        "3rd of Aug 1991",
        "Aug 3, 1991",
        "AUGUST 3 1991",
        "1991 August 3",
        "3-Aug-91",
        "Sat, 3 Aug 1991",
        "1991-08-03T00:00:00Z",
        "1991-08-03 00:00:00.000",
        "۱۳۷۰/۰۵/۱۲",
        "1370/05/12",
        "1370-5-12",
        "13700512",
        "12.05.1370",
        "۱۲ مرداد ۱۳۷۰",
        "٣ أغسطس ١٩٩١",
        "3 августа 1991 г.",
        "3 אוגוסט 1991",
        "3 באוגוסט 1991",
        "3 לאוגוסט 1991",
        "۱۲ مرداد ماه ۱۳۷۰",
        "۱۲ مردادماه سال ۱۳۷۰",
        "۱۲ مرداد ۷۰",
        "12 مرداد 70",
        "3 августа 91",
        "3 באוגוסט 91",
        "٣ أغسطس ٩١",
        "\u{200f}\u{202a}1991-08-03\u{202c}",
        "  1991 - 08 - 03 ",
    ] {
        assert_eq!(read(text), [day(1991, 8, 3)], "{text}");
        assert_eq!(BirthDate::parse(text).unwrap().precision(), BirthDatePrecision::Day);
    }
}

#[test]
fn what_may_be_day_or_month_keeps_both_readings() {
    assert_eq!(read("03/08/1991"), [day(1991, 3, 8), day(1991, 8, 3)]);
    assert_eq!(read("۰۳/۰۸/۱۹۹۱"), [day(1991, 3, 8), day(1991, 8, 3)]);
    assert_eq!(read("25/08/1991"), [day(1991, 8, 25)]);
    assert_eq!(read("08/25/1991"), [day(1991, 8, 25)]);
    assert_eq!(read("08/08/1991"), [day(1991, 8, 8)]);
    assert_eq!(read("03.08.1991"), [day(1991, 8, 3)]);
    assert_eq!(read("08.25.1991"), [day(1991, 8, 25)]);
    assert_eq!(read("01/02/05"), [day(2005, 1, 2), day(2005, 2, 1)]);
    assert_eq!(read("25/12/57"), [day(1957, 12, 25)]);
    assert_eq!(BirthDate::parse("03/08/1991").unwrap().day(), None);
}

#[test]
fn a_two_digit_year_is_of_the_month_s_calendar() {
    for (text, expected) in [
        ("5 دی 69", day(1990, 12, 26)),
        ("۱ فروردین ۰۹", day(1930, 3, 21)),
        ("۱ فروردین ۰۳", day(2024, 3, 20)),
        ("5 ژانویه 69", day(1969, 1, 5)),
        ("5 января 69", day(1969, 1, 5)),
        ("5 Jan 29", day(2029, 1, 5)),
        ("5 Jan 30", day(1930, 1, 5)),
    ] {
        assert_eq!(read(text), [expected], "{text}");
    }
}

#[test]
fn parts_of_a_date_say_how_much_is_known() {
    for (text, first, precision) in [
        ("1991", day(1991, 1, 1), BirthDatePrecision::Year),
        ("۱۳۷۰", day(1991, 3, 21), BirthDatePrecision::Year),
        ("1991-08", day(1991, 8, 1), BirthDatePrecision::Month),
        ("08/1991", day(1991, 8, 1), BirthDatePrecision::Month),
        ("August 1991", day(1991, 8, 1), BirthDatePrecision::Month),
        ("مرداد ۱۳۷۰", day(1991, 7, 23), BirthDatePrecision::Month),
    ] {
        let date = BirthDate::parse(text).unwrap();
        assert_eq!(
            (date.readings().collect::<Vec<_>>(), date.precision()),
            (vec![first], precision),
            "{text}"
        );
        assert_eq!(date.day(), None);
    }
}

#[test]
fn what_is_no_birth_date_says_why() {
    use BirthDateErrorKind::{Age, Empty, Impossible, OutOfRange, Placeholder, Unreadable};
    for (text, expected) in [
        ("", Empty),
        (" \u{200f} ", Empty),
        ("1900-01-01", Placeholder),
        ("01/01/1900", Placeholder),
        ("1970-01-01", Placeholder),
        ("01.01.70", Placeholder),
        ("0001-01-01", Placeholder),
        ("9999-12-31", Placeholder),
        ("99991231", Placeholder),
        ("0000-00-00", Placeholder),
        ("00/00/0000", Placeholder),
        ("00000000", Placeholder),
        ("01011970", Placeholder),
        ("01011900", Placeholder),
        ("1 January 1970", Placeholder),
        ("1991-00-00", Placeholder),
        ("1991-02-29", Impossible),
        ("31/04/1991", Impossible),
        ("1991-13-01", Impossible),
        ("1371/12/30", Impossible),
        ("1370/07/31", Impossible),
        ("32011991", OutOfRange),
        ("70/05/12", Impossible),
        ("91/8/3", Unreadable),
        ("5 دی 1990", Impossible),
        ("۵ دی ۱۹۹۰", Impossible),
        ("دی 1990", Impossible),
        ("3 August 1370", Impossible),
        ("August 1370", Impossible),
        ("3 августа 1370", Impossible),
        ("3 באוגוסט 1370", Impossible),
        ("٣ أغسطس ١٣٧٠", Impossible),
        ("5 دی 1700", OutOfRange),
        ("31 مهر 70", Impossible),
        ("3 בבאוגוסט 1991", Unreadable),
        ("1700-05-05", OutOfRange),
        ("2101-01-01", OutOfRange),
        ("1500/01/01", OutOfRange),
        ("42", Age),
        ("٤٢", Age),
        ("0", Age),
        ("120", Age),
        ("121", Unreadable),
        ("N/A", Unreadable),
        ("unknown", Unreadable),
        ("3 Foober 1991", Unreadable),
        ("1-2-3-4", Unreadable),
        ("199-1-1", Unreadable),
        ("10000000000", Unreadable),
        ("3 4 Aug 1991", Unreadable),
        ("Aug Aug 1991", Unreadable),
        ("+1991-08-03", Unreadable),
    ] {
        assert_eq!(kind(text), expected, "{text}");
    }
    assert_eq!(kind(&"1".repeat(10_000)), Unreadable);
}

#[test]
fn the_iranian_calendar_agrees_with_known_days() {
    for ((year, month, of_month), gregorian) in [
        ((1300, 1, 1), day(1921, 3, 21)),
        ((1301, 1, 1), day(1922, 3, 22)),
        ((1304, 1, 1), day(1925, 3, 21)),
        ((1342, 12, 30), day(1964, 3, 20)),
        ((1357, 11, 22), day(1979, 2, 11)),
        ((1358, 1, 12), day(1979, 4, 1)),
        ((1370, 5, 12), day(1991, 8, 3)),
        ((1375, 12, 30), day(1997, 3, 20)),
        ((1376, 1, 1), day(1997, 3, 21)),
        ((1379, 1, 1), day(2000, 3, 20)),
        ((1399, 12, 30), day(2021, 3, 20)),
        ((1400, 1, 1), day(2021, 3, 21)),
        ((1403, 1, 1), day(2024, 3, 20)),
        ((1404, 1, 1), day(2025, 3, 21)),
        ((1408, 12, 30), day(2030, 3, 20)),
    ] {
        assert_eq!(from_jalali(year, month, of_month), Some(gregorian), "{year}/{month}/{of_month}");
    }
    let leaps: Vec<i32> = (1370..=1412).filter(|year| is_leap(*year)).collect();
    assert_eq!(leaps, [1370, 1375, 1379, 1383, 1387, 1391, 1395, 1399, 1403, 1408, 1412]);
}

#[test]
fn every_day_of_the_iranian_calendar_follows_the_one_before() {
    let mut expected = from_jalali(1200, 1, 1).unwrap();
    for year in 1200..=1500 {
        for month in 1..=12 {
            for of_month in 1..=31 {
                if let Some(found) = from_jalali(year, month, of_month) {
                    assert_eq!(found, expected, "{year}/{month}/{of_month}");
                    expected += TimeDelta::days(1);
                }
            }
        }
        // The year begins at the equinox, 19 to 22 March.
        assert!(expected.month() == 3 && (19..=22).contains(&expected.day()), "{year}");
    }
    assert_eq!(from_jalali(1199, 1, 1), None);
    assert_eq!(from_jalali(1501, 1, 1), None);
    assert_eq!(from_jalali(1370, 0, 1), None);
    assert_eq!(from_jalali(1370, 1, 0), None);
    assert_eq!(from_jalali(1370, u32::MAX, u32::MAX), None);
}

#[test]
fn names_of_months_are_folded_and_different() {
    let tables = MONTHS.iter().chain(&JALALI_MONTHS);
    let names: Vec<&str> = tables.flat_map(|names| names.split(' ')).collect();
    for name in &names {
        assert_eq!(fold(name), *name);
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name}");
    }
}

#[test]
fn nothing_shows_the_date() {
    let date = BirthDate::parse("1991-08-03").unwrap();
    let shown = format!("{date:?}");
    assert!(!shown.contains("1991") && shown.starts_with("BirthDate(Day, "), "{shown}");
    assert!(date.is_after(day(1991, 8, 2)) && !date.is_after(day(1991, 8, 3)));
    assert_eq!(date.year(), 1991);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn nothing_panics(text in "\\PC{0,40}") {
        let _ = BirthDate::parse(&text);
    }

    #[test]
    fn nothing_that_looks_like_a_date_panics(text in "[0-9۰-۹٠-٩/. a-u:,-]{0,14}") {
        if let Ok(date) = BirthDate::parse(&text) {
            prop_assert!((1..=2).contains(&date.readings().count()));
            prop_assert!(date.readings().is_sorted());
        }
    }

    #[test]
    fn digits_and_marks_do_not_matter(year in 1850..2100_i32, ordinal in 2..365_u32) {
        let date = NaiveDate::from_yo_opt(year, ordinal).unwrap();
        for pattern in ["%Y-%m-%d", "%d/%m/%Y", "%Y%m%d", "%d.%m.%Y", "%d %B %Y", "%B %d, %Y"] {
            let text = date.format(pattern).to_string();
            let native = |zero: char| -> String {
                text.chars()
                    .map(|c| c.to_digit(10).map_or(c, |digit| char::from_u32(u32::from(zero) + digit).unwrap()))
                    .collect()
            };
            let plain = BirthDate::parse(&text).unwrap();
            prop_assert!(plain.readings().any(|reading| reading == date));
            for written in [native('۰'), native('٠'), format!("\u{200f}{text}\u{200e}")] {
                prop_assert_eq!(BirthDate::parse(&written).unwrap(), plain);
            }
        }
    }
}
