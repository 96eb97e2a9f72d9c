//! What a clock on the wall shows, to the second.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::time::{NaiveTime, Timelike};

/// Seconds in a day of the wall clock.
pub(super) const DAY: i64 = 86_400;

/// A time of day without a date or a zone, in whole seconds from `00:00` to `24:00`.
///
/// `24:00` is the end of the day and the `00:00` of the next. Written `HH:MM` or `HH:MM:SS`.
///
/// ```
/// use throughline::calendar::WallTime;
/// let closing: WallTime = "21:30".parse()?;
/// assert_eq!(closing.seconds(), 77_400);
/// assert_eq!(closing.to_string(), "21:30");
/// assert!("24:00".parse::<WallTime>().is_ok());
/// assert!("24:01".parse::<WallTime>().is_err());
/// # Ok::<(), throughline::calendar::InvalidWallTime>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WallTime(u32);

impl WallTime {
    /// `00:00`.
    pub const MIDNIGHT: Self = Self(0);
    /// `24:00`.
    pub const END_OF_DAY: Self = Self(86_400);

    /// From hours, minutes and seconds; `None` past `24:00:00`.
    #[must_use]
    pub const fn new(hours: u32, minutes: u32, seconds: u32) -> Option<Self> {
        if hours > 24 || minutes > 59 || seconds > 59 {
            return None;
        }
        let total = hours * 3_600 + minutes * 60 + seconds;
        if total > 86_400 { None } else { Some(Self(total)) }
    }

    /// Seconds since `00:00`, at most 86,400.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl From<NaiveTime> for WallTime {
    /// Drops the fraction of the second.
    fn from(time: NaiveTime) -> Self {
        Self(time.num_seconds_from_midnight())
    }
}

impl FromStr for WallTime {
    type Err = InvalidWallTime;

    fn from_str(text: &str) -> Result<Self, InvalidWallTime> {
        let mut parts = [0; 3];
        let mut count = 0;
        for (slot, word) in parts.iter_mut().zip(text.split(':')) {
            if word.len() != 2 || !word.bytes().all(|b| b.is_ascii_digit()) {
                return Err(InvalidWallTime(()));
            }
            *slot = word.parse().map_err(|_| InvalidWallTime(()))?;
            count += 1;
        }
        if count < 2 || text.len() != count * 3 - 1 {
            return Err(InvalidWallTime(()));
        }
        let [hours, minutes, seconds] = parts;
        Self::new(hours, minutes, seconds).ok_or(InvalidWallTime(()))
    }
}

impl TryFrom<String> for WallTime {
    type Error = InvalidWallTime;

    fn try_from(text: String) -> Result<Self, InvalidWallTime> {
        text.parse()
    }
}

impl From<WallTime> for String {
    fn from(time: WallTime) -> Self {
        time.to_string()
    }
}

impl fmt::Display for WallTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (hours, minutes, seconds) = (self.0 / 3_600, self.0 / 60 % 60, self.0 % 60);
        write!(f, "{hours:02}:{minutes:02}")?;
        if seconds == 0 { Ok(()) } else { write!(f, ":{seconds:02}") }
    }
}

/// The text is not a time of day: write `HH:MM` or `HH:MM:SS`, at most `24:00`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a time of day from `00:00` to `24:00`")]
pub struct InvalidWallTime(());

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips() {
        for seconds in 0..=86_400 {
            let time = WallTime(seconds);
            assert_eq!(time.to_string().parse::<WallTime>(), Ok(time));
        }
    }

    #[test]
    fn refuses_what_is_not_a_time() {
        for text in [
            "",
            ":",
            "8:00",
            "08",
            "08:0",
            "08:60",
            "25:00",
            "24:00:01",
            "08:00:00:00",
            "08:00:",
            "۰۸:۰۰",
            "-1:00",
            "+8:00",
            "08:00 ",
        ] {
            assert!(text.parse::<WallTime>().is_err(), "{text}");
        }
    }
}
