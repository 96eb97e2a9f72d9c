//! How a date, or a date and a time of day, is written.

use std::fmt;

use jiff::civil::{Date, DateTime, Time};
use serde::{Deserialize, Serialize};

/// How dates are written: `%Y` year, `%y` its last two digits, `%m` month, `%d` day, `%b` and `%B` English month
/// name, `%H` hour, `%M` minute, `%S` second, `%%` a percent sign; `%+` a whole ISO 8601 date with or without a time of
/// day after `T` or a space; everything else stands for itself.
///
/// ```
/// use throughline::identity::linkage::DateFormat;
/// let format: DateFormat = "%d/%m/%Y".parse()?;
/// assert_eq!(format.seconds("02/01/1970"), Some(86_400));
/// assert_eq!(format.seconds("31/02/1970"), None);
/// # Ok::<(), throughline::identity::linkage::DateFormatError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DateFormat {
    length: u8,
    text: [u8; DateFormat::LONGEST],
}

/// From where seconds are counted.
pub(crate) const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// A date format is empty, too long, not ASCII or has an unknown directive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateFormatError(());

impl fmt::Display for DateFormatError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a known date format")
    }
}

impl std::error::Error for DateFormatError {}

impl DateFormat {
    const LONGEST: usize = 39;

    /// `%Y-%m-%d`.
    #[must_use]
    pub fn iso_date() -> Self {
        Self::fixed(b"%Y-%m-%d", 8)
    }

    /// `%+`.
    #[must_use]
    pub fn iso() -> Self {
        Self::fixed(b"%+", 2)
    }

    fn fixed(format: &[u8], length: u8) -> Self {
        let mut text = [0; Self::LONGEST];
        for (to, from) in text.iter_mut().zip(format) {
            *to = *from;
        }
        Self { length, text }
    }

    fn bytes(&self) -> &[u8] {
        self.text.get(..usize::from(self.length)).unwrap_or_default()
    }

    /// The format's own text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(self.bytes()).unwrap_or_default()
    }

    /// Seconds from 1970-01-01T00:00:00 to the date in UTC; nothing if the text is not such a date. Numbers may have
    /// fewer digits than usual; spaces around the whole text are passed over.
    #[must_use]
    pub fn seconds(&self, text: &str) -> Option<i64> {
        let mut rest = text.trim_matches(' ').as_bytes();
        let (mut year, mut month, mut day) = (1900_i16, 1_i8, 1_i8);
        let (mut hour, mut minute, mut second) = (0_i8, 0_i8, 0_i8);
        let mut format = self.bytes().iter();
        while let Some(&byte) = format.next() {
            if byte != b'%' {
                rest = rest.strip_prefix(&[byte])?;
                if byte == b' ' {
                    rest = rest.trim_ascii_start();
                }
                continue;
            }
            match format.next()? {
                b'Y' => year = number(&mut rest, 4)?,
                b'y' => {
                    let two = number(&mut rest, 2)?;
                    year = if two < 69 { 2000 } else { 1900 } + two;
                }
                b'm' => month = small(number(&mut rest, 2)?)?,
                b'd' => day = small(number(&mut rest, 2)?)?,
                b'b' => month = month_name(&mut rest, true)?,
                b'B' => month = month_name(&mut rest, false)?,
                b'H' => hour = small(number(&mut rest, 2)?)?,
                b'M' => minute = small(number(&mut rest, 2)?)?,
                b'S' => second = small(number(&mut rest, 2)?)?,
                b'+' => {
                    year = number(&mut rest, 4)?;
                    rest = rest.strip_prefix(b"-")?;
                    month = small(number(&mut rest, 2)?)?;
                    rest = rest.strip_prefix(b"-")?;
                    day = small(number(&mut rest, 2)?)?;
                    if let Some(time) = rest.strip_prefix(b"T").or_else(|| rest.strip_prefix(b" ")) {
                        rest = time;
                        hour = small(number(&mut rest, 2)?)?;
                        rest = rest.strip_prefix(b":")?;
                        minute = small(number(&mut rest, 2)?)?;
                        if let Some(seconds) = rest.strip_prefix(b":") {
                            rest = seconds;
                            second = small(number(&mut rest, 2)?)?;
                        }
                        rest = rest.strip_suffix(b"Z").unwrap_or(rest);
                    }
                }
                _ => rest = rest.strip_prefix(b"%")?,
            }
        }
        if !rest.is_empty() {
            return None;
        }
        let date = Date::new(year, month, day).ok()?;
        let time = Time::new(hour, minute, second, 0).ok()?;
        Some(date.to_datetime(time).duration_since(EPOCH).as_secs())
    }
}

fn number(rest: &mut &[u8], digits: usize) -> Option<i16> {
    let length = rest.iter().take(digits).take_while(|byte| byte.is_ascii_digit()).count();
    let (found, after) = rest.split_at_checked(length)?;
    *rest = after;
    std::str::from_utf8(found).ok()?.parse().ok()
}

fn small(number: i16) -> Option<i8> {
    i8::try_from(number).ok()
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

fn month_name(rest: &mut &[u8], short: bool) -> Option<i8> {
    let whole = |name: &&str| if short { 3 } else { name.len() };
    let at = MONTHS.iter().position(|name| {
        let name = name.as_bytes().get(..whole(name)).unwrap_or_default();
        rest.get(..name.len()).is_some_and(|start| start.eq_ignore_ascii_case(name))
    })?;
    *rest = rest.get(MONTHS.get(at).map(whole)?..)?;
    i8::try_from(at + 1).ok()
}

impl std::str::FromStr for DateFormat {
    type Err = DateFormatError;

    fn from_str(format: &str) -> Result<Self, DateFormatError> {
        let bytes = format.as_bytes();
        let length = u8::try_from(bytes.len()).map_err(|_| DateFormatError(()))?;
        if bytes.is_empty() || bytes.len() > Self::LONGEST || !format.is_ascii() {
            return Err(DateFormatError(()));
        }
        let mut walk = bytes.iter();
        while let Some(&byte) = walk.next() {
            if byte == b'%' && !walk.next().is_some_and(|directive| b"YymdbBHMS+%".contains(directive)) {
                return Err(DateFormatError(()));
            }
        }
        Ok(Self::fixed(bytes, length))
    }
}

impl TryFrom<String> for DateFormat {
    type Error = DateFormatError;

    fn try_from(format: String) -> Result<Self, DateFormatError> {
        format.parse()
    }
}

impl From<DateFormat> for String {
    fn from(format: DateFormat) -> Self {
        format.as_str().to_owned()
    }
}

impl fmt::Debug for DateFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(format: &str, text: &str) -> Option<i64> {
        format.parse::<DateFormat>().unwrap().seconds(text)
    }

    #[test]
    fn dates_are_read_as_duckdb_reads_them() {
        for (format, text, found) in [
            ("%Y-%m-%d", "2000-1-2", Some(946_771_200)),
            ("%Y-%m-%d", " 2000-01-02 ", Some(946_771_200)),
            ("%Y-%m-%d", "2000-01-02x", None),
            ("%Y-%m-%d", "99-01-02", Some(-59_042_908_800)),
            ("%Y-%m-%d", "2000-02-30", None),
            ("%Y-%m-%d", "20000-01-02", None),
            ("%Y-%m-%d", "+2000-01-02", None),
            ("%Y-%m-%d", "2000--1-02", None),
            ("%Y-%m-%d", "0000-01-01", Some(-62_167_219_200)),
            ("%Y-%m-%d", "9999-12-31", Some(253_402_214_400)),
            ("%Y-%m-%d", "", None),
            ("%d/%m/%y", "1/2/68", Some(3_095_280_000)),
            ("%d/%m/%y", "1/2/69", Some(-28_857_600)),
            ("%d/%m/%y", "01/02/2000", None),
            ("%d %B %Y", "1 march 2000", Some(951_868_800)),
            ("%d %B %Y", "1 Mar 2000", None),
            ("%d %b %Y", "1 MAR 2000", Some(951_868_800)),
            ("%d %b %Y", "1 march 2000", None),
            ("%Y-%m-%d %H:%M:%S", "2000-01-02 24:00:00", None),
            ("%Y-%m-%d %H:%M:%S", "2000-01-02 23:59:60", None),
            ("%Y-%m-%d %H:%M:%S", "2000-01-02  23:59:59", Some(946_857_599)),
            ("%Y-%m-%d %H:%M:%S", "2000-01-02 23:59", None),
            ("%+", "2000-01-02", Some(946_771_200)),
            ("%+", "2000-01-02T00:01:00Z", Some(946_771_260)),
            ("%+", "2000-01-02 00:01", Some(946_771_260)),
            ("%Y%%", "1970%", Some(0)),
        ] {
            assert_eq!(seconds(format, text), found, "{format} {text}");
        }
    }

    #[test]
    fn unknown_formats_are_errors() {
        for format in ["", "%", "%Q", "%Y-%", "%Y года", &"%Y".repeat(20)] {
            assert!(format.parse::<DateFormat>().is_err(), "{format}");
        }
    }
}
