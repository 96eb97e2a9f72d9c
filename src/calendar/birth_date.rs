//! Birth dates as people and tills write them.

use std::fmt;

use super::from_jalali;
use crate::pii;
use crate::text::fold;
use crate::time::NaiveDate;
use chrono::Datelike;

/// The first year that is read as one of the Gregorian calendar.
const FIRST_YEAR: i32 = 1850;
/// The last one.
const LAST_YEAR: i32 = 2100;
/// The years that are read as those of the Iranian calendar: Gregorian 1871 to 2072.
const JALALI_YEARS: std::ops::RangeInclusive<i32> = 1250..=1450;
/// Two-digit years below are of this century, the others of the last one.
const PIVOT: i32 = 30;
/// The same in the Iranian calendar: 1409 began in March 2030.
const JALALI_PIVOT: i32 = 9;
/// A longer text is no date.
const MAX_BYTES: usize = 128;
/// The greatest number that is taken for an age.
const OLDEST: i32 = 120;

/// How much of a birth date is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BirthDatePrecision {
    /// The year. The reading is its first day.
    Year,
    /// Year and month. The reading is the first day of the month.
    Month,
    /// The day.
    Day,
}

/// A written birth date: the one or two days that the writing may mean.
///
/// Read are `1991-08-03` (a time of day may follow), `19910803`, `1991/8/3`, `3/8/1991`, `03.08.1991`, `3 August 1991`,
/// `Aug 3, 1991`, `August 1991`, `1991-08`, `1991`, in the digits of every script and with the months' names in English,
/// Russian, Persian, Arabic and Hebrew. Years 1250 to 1450 are those of the Iranian calendar (`1370/05/12` is 1991-08-03);
/// the Islamic lunar calendar, whose years are the same numbers, is not read. A named month and a year of two different
/// calendars are no day. Of `3/8/1991` it cannot be known which number is the month, so there are two readings; with dots
/// the day comes first.
///
/// A full date may end in a two-digit year (`3/8/91`, `Aug 3, 91`); one that would begin with it is not read. Below 30 it
/// is of this century, otherwise of the last one. It is Gregorian unless the month is one of the Iranian calendar
/// (`۱۲ مرداد ۷۰` is of 1370), where years below 9 are of this century.
///
/// `Debug` shows the precision and no date.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BirthDate {
    first: NaiveDate,
    second: Option<NaiveDate>,
    precision: BirthDatePrecision,
}

/// Why a text is no birth date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum BirthDateErrorKind {
    /// It is empty.
    Empty,
    /// It does not have the shape of a date.
    Unreadable,
    /// It has the shape of a date that is in no calendar, such as 30 February or a month of one calendar in a year of
    /// the other.
    Impossible,
    /// Its year is neither 1850 to 2100 nor, in the Iranian calendar, 1250 to 1450.
    OutOfRange,
    /// It is what systems store for no date: 1900-01-01, 1970-01-01, 0001-01-01, 9999-12-31, zeros.
    Placeholder,
    /// It is a number of 0 to 120, most likely an age.
    Age,
}

/// The text is no birth date. It does not hold the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{}", .kind.message())]
pub struct BirthDateError {
    kind: BirthDateErrorKind,
}

impl BirthDateError {
    /// Why.
    #[must_use]
    pub const fn kind(&self) -> BirthDateErrorKind {
        self.kind
    }
}

impl BirthDateErrorKind {
    const fn message(self) -> &'static str {
        match self {
            Self::Empty => "the birth date is empty",
            Self::Unreadable => "not written as a date",
            Self::Impossible => "no such day in the calendar",
            Self::OutOfRange => "the year of birth is out of range",
            Self::Placeholder => "a date that stands for no date",
            Self::Age => "an age, not a date",
        }
    }
}

impl From<BirthDateErrorKind> for BirthDateError {
    fn from(kind: BirthDateErrorKind) -> Self {
        Self { kind }
    }
}

impl BirthDate {
    /// Reads a written birth date. There is no clock: a date in the future is read, see [`BirthDate::is_after`].
    ///
    /// # Errors
    /// A [`BirthDateError`] whose kind says whether it is empty, unreadable, impossible, out of range, a placeholder or
    /// an age.
    ///
    /// ```
    /// use throughline::calendar::BirthDate;
    /// let jalali = BirthDate::parse("۱۳۷۰/۰۵/۱۲")?;
    /// let gregorian = BirthDate::parse("1991-08-03")?;
    /// assert_eq!(jalali, gregorian);
    ///
    /// let ambiguous = BirthDate::parse("03/08/1991")?;
    /// assert_eq!(ambiguous.readings().count(), 2);
    /// assert!(ambiguous.readings().any(|day| Some(day) == gregorian.day()));
    /// # Ok::<(), throughline::calendar::BirthDateError>(())
    /// ```
    pub fn parse(raw: &str) -> Result<Self, BirthDateError> {
        if raw.len() > MAX_BYTES {
            return Err(BirthDateErrorKind::Unreadable.into());
        }
        let folded = fold(raw);
        if folded.is_empty() {
            return Err(BirthDateErrorKind::Empty.into());
        }
        let written = Written::of(&folded).ok_or(BirthDateErrorKind::Unreadable)?;
        Ok(written.read()?)
    }

    /// The days that it may be: one, or two in ascending order.
    pub fn readings(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        std::iter::once(self.first).chain(self.second)
    }

    /// The day, if it can be only one.
    #[must_use]
    pub fn day(&self) -> Option<NaiveDate> {
        (self.second.is_none() && self.precision == BirthDatePrecision::Day).then_some(self.first)
    }

    /// The Gregorian year of the first reading. (A year of the Iranian calendar lies in two.)
    #[must_use]
    pub fn year(&self) -> i32 {
        self.first.year()
    }

    /// How much of it is known.
    #[must_use]
    pub const fn precision(&self) -> BirthDatePrecision {
        self.precision
    }

    /// Whether every reading is later than that day.
    #[must_use]
    pub fn is_after(&self, day: NaiveDate) -> bool {
        self.readings().all(|reading| reading > day)
    }

    fn new(mut days: Vec<NaiveDate>, precision: BirthDatePrecision) -> Result<Self, BirthDateErrorKind> {
        days.sort_unstable();
        days.dedup();
        if let [day] = days.as_slice()
            && precision == BirthDatePrecision::Day
            && is_placeholder(*day)
        {
            return Err(BirthDateErrorKind::Placeholder);
        }
        let mut days = days.into_iter();
        let first = days.next().ok_or(BirthDateErrorKind::Impossible)?;
        Ok(Self { first, second: days.next(), precision })
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BirthDate({:?}, {:04x})", self.precision, pii::tag(self))
    }
}

fn is_placeholder(day: NaiveDate) -> bool {
    day.ordinal() == 1 && matches!(day.year(), 1900 | 1970)
}

/// A number as it was written.
#[derive(Debug, Clone, Copy)]
struct Number {
    value: i32,
    digits: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Calendar {
    Gregorian,
    Iranian,
}

/// A month that was named.
#[derive(Debug, Clone, Copy)]
struct Month {
    calendar: Calendar,
    number: i32,
}

/// The parts of a written date in their order.
#[derive(Debug, Default)]
struct Written {
    numbers: Vec<Number>,
    month: Option<Month>,
    /// How many numbers stand before the month's name.
    before_month: usize,
    dots: bool,
}

impl Written {
    fn of(folded: &str) -> Option<Self> {
        let mut written = Self::default();
        let mut rest = date_part(folded);
        while let Some(c) = rest.chars().next() {
            let end = rest.find(|other: char| kind_of(other) != kind_of(c)).unwrap_or(rest.len());
            let (part, after) = rest.split_at_checked(end)?;
            match kind_of(c) {
                Kind::Digit => {
                    let value = if part.len() > 8 { return None } else { part.parse().ok()? };
                    written.numbers.push(Number { value, digits: part.len() });
                }
                Kind::Letter => written.word(part)?,
                Kind::Between => written.dots |= part.trim() == ".",
                Kind::Other => return None,
            }
            if written.numbers.len() > 3 {
                return None;
            }
            rest = after;
        }
        Some(written)
    }

    fn word(&mut self, word: &str) -> Option<()> {
        if IGNORED.contains(&word) {
            return Some(());
        }
        let month = month_named(word)?;
        self.before_month = self.numbers.len();
        self.month.replace(month).is_none().then_some(())
    }

    fn read(&self) -> Result<BirthDate, BirthDateErrorKind> {
        use BirthDatePrecision::{Day, Month, Year};
        match (self.numbers.as_slice(), self.month) {
            ([only], None) if only.digits == 8 => {
                let (year, month, day) = (only.value / 10_000, only.value / 100 % 100, only.value % 100);
                match day_of(year, month, day) {
                    Err(error) if error != BirthDateErrorKind::Placeholder => {
                        // `03081991`
                        let (day, month, year) =
                            (only.value / 1_000_000, only.value / 10_000 % 100, only.value % 10_000);
                        either(day, month, year, false).map_err(|other| match other {
                            BirthDateErrorKind::Placeholder => other,
                            _ => error,
                        })
                    }
                    other => BirthDate::new(vec![other?], Day),
                }
            }
            ([only], None) if only.digits <= 3 && only.value <= OLDEST => Err(BirthDateErrorKind::Age),
            ([only], None) if only.digits == 4 => {
                BirthDate::new(vec![day_of(only.value, 1, 1).map_err(in_range)?], Year)
            }
            ([year, month], None) if year.digits == 4 && month.digits <= 2 => {
                BirthDate::new(vec![day_of(year.value, month.value, 1)?], Month)
            }
            ([month, year], None) if year.digits == 4 && month.digits <= 2 => {
                BirthDate::new(vec![day_of(year.value, month.value, 1)?], Month)
            }
            ([year, month, day], None) if year.digits == 4 && month.digits <= 2 && day.digits <= 2 => {
                BirthDate::new(vec![day_of(year.value, month.value, day.value)?], Day)
            }
            ([first, second, year], None)
                if first.digits <= 2 && second.digits <= 2 && matches!(year.digits, 2 | 4) =>
            {
                if first.value == 0 && second.value == 0 {
                    return Err(BirthDateErrorKind::Placeholder);
                }
                either(first.value, second.value, year_of(*year, Calendar::Gregorian), self.dots)
            }
            ([year], Some(month)) if year.digits == 4 => {
                BirthDate::new(vec![day_in(month, *year, 1)?], Month)
            }
            ([first, second], Some(month)) => {
                let (day, year) = if first.digits == 4 { (second, first) } else { (first, second) };
                if day.digits > 2
                    || !matches!(year.digits, 2 | 4)
                    || self.before_month > 1 && first.digits != 4
                {
                    return Err(BirthDateErrorKind::Unreadable);
                }
                BirthDate::new(vec![day_in(month, *year, day.value)?], Day)
            }
            _ => Err(BirthDateErrorKind::Unreadable),
        }
    }
}

/// The day of a named month.
fn day_in(month: Month, year: Number, day: i32) -> Result<NaiveDate, BirthDateErrorKind> {
    let year = year_of(year, month.calendar);
    let found = day_of(year, month.number, day)?;
    let is_of_year = JALALI_YEARS.contains(&year) == (month.calendar == Calendar::Iranian);
    if is_of_year { Ok(found) } else { Err(BirthDateErrorKind::Impossible) }
}

/// A year alone is out of range, never impossible.
const fn in_range(kind: BirthDateErrorKind) -> BirthDateErrorKind {
    match kind {
        BirthDateErrorKind::Impossible => BirthDateErrorKind::OutOfRange,
        other => other,
    }
}

const fn year_of(number: Number, calendar: Calendar) -> i32 {
    let (pivot, century) = match calendar {
        Calendar::Gregorian => (PIVOT, 1900),
        Calendar::Iranian => (JALALI_PIVOT, 1300),
    };
    match number.digits {
        2 if number.value < pivot => century + 100 + number.value,
        2 => century + number.value,
        _ => number.value,
    }
}

/// Both orders of day and month, as far as they are days; only the day first after dots, unless that is impossible.
fn either(first: i32, second: i32, year: i32, dots: bool) -> Result<BirthDate, BirthDateErrorKind> {
    let day_first = day_of(year, second, first);
    let month_first = day_of(year, first, second);
    match (day_first, month_first) {
        (Ok(one), Ok(_)) if dots => BirthDate::new(vec![one], BirthDatePrecision::Day),
        (Ok(one), Ok(other)) => BirthDate::new(vec![one, other], BirthDatePrecision::Day),
        (Ok(one), Err(_)) | (Err(_), Ok(one)) => BirthDate::new(vec![one], BirthDatePrecision::Day),
        (Err(error), Err(_)) => Err(error),
    }
}

/// The day in the calendar that the year is of.
fn day_of(year: i32, month: i32, day: i32) -> Result<NaiveDate, BirthDateErrorKind> {
    if year <= 1 || year == 9999 {
        return Err(BirthDateErrorKind::Placeholder);
    }
    let month = u32::try_from(month).map_err(|_| BirthDateErrorKind::Impossible)?;
    let day = u32::try_from(day).map_err(|_| BirthDateErrorKind::Impossible)?;
    if month == 0 && day == 0 {
        return Err(BirthDateErrorKind::Placeholder);
    }
    if JALALI_YEARS.contains(&year) {
        return from_jalali(year, month, day).ok_or(BirthDateErrorKind::Impossible);
    }
    if !(FIRST_YEAR..=LAST_YEAR).contains(&year) {
        return Err(BirthDateErrorKind::OutOfRange);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(BirthDateErrorKind::Impossible)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Digit,
    Letter,
    Between,
    Other,
}

fn kind_of(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digit,
        '-' | '/' | '.' | ' ' | ',' | '\\' | '،' | '_' | '\'' => Kind::Between,
        c if c.is_alphabetic() => Kind::Letter,
        _ => Kind::Other,
    }
}

/// The text before a time of day (`1991-08-03T00:00:00Z`, `03/08/1991 00:00`).
fn date_part(folded: &str) -> &str {
    if let Some((date, time)) = folded.split_once('t')
        && date.ends_with(|c: char| c.is_ascii_digit())
        && time.starts_with(|c: char| c.is_ascii_digit())
    {
        return date;
    }
    match folded.split_once(':') {
        Some((before, _)) => before.rsplit_once(' ').map_or(folded, |(date, _)| date),
        None => folded,
    }
}

/// Gregorian months in English, Russian, Persian, Arabic and Hebrew.
const MONTHS: [&str; 12] = [
    "january jan января январь янв ינואר ژانویه جنوری ینایر",
    "february feb февраля февраль фев פברואר فوریه فبرایر",
    "march mar марта март мар מרצ مارس",
    "april apr апреля апрель апр אפריל اوریل ابریل",
    "may мая май מאי مه مایو",
    "june jun июня июнь июн יוני ژوین یونیو",
    "july jul июля июль июл יולי ژوییه جولای یولیو",
    "august aug августа август авг אוגוסט اوت اغسطس",
    "september sep sept сентября сентябрь сен ספטמבר سپتامبر سبتمبر",
    "october oct октября октябрь окт אוקטובר اکتبر اکتوبر",
    "november nov ноября ноябрь ноя נובמבר نوامبر نوفمبر",
    "december dec декабря декабрь дек דצמבר دسامبر دیسمبر",
];

/// Months of the Iranian calendar.
const JALALI_MONTHS: [&str; 12] = [
    "فروردین",
    "اردیبهشت",
    "خرداد",
    "تیر",
    "مرداد امرداد",
    "شهریور",
    "مهر",
    "ابان",
    "اذر",
    "دی",
    "بهمن",
    "اسفند",
];

/// Words around a date that say nothing about it.
const IGNORED: [&str; 23] = [
    "st",
    "nd",
    "rd",
    "th",
    "of",
    "г",
    "года",
    "ماه",
    "سال",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "mon",
    "tue",
    "wed",
    "thu",
    "fri",
    "sat",
    "sun",
];

fn month_named(word: &str) -> Option<Month> {
    // `באוגוסט`, in August; `مردادماه`, the month Mordad.
    let in_hebrew = || word.strip_prefix(['ב', 'ל']).and_then(month_of_table);
    let in_persian = || word.strip_suffix("ماه").and_then(month_of_table);
    month_of_table(word).or_else(in_hebrew).or_else(in_persian)
}

fn month_of_table(word: &str) -> Option<Month> {
    let within = |table: [&str; 12], calendar| {
        let mut months = (1..).zip(table);
        let found = months.find(|(_, names)| names.split(' ').any(|name| name == word));
        found.map(|(number, _)| Month { calendar, number })
    };
    within(MONTHS, Calendar::Gregorian).or_else(|| within(JALALI_MONTHS, Calendar::Iranian))
}

#[cfg(test)]
#[path = "birth_date_tests.rs"]
mod tests;
