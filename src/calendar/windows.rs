//! A set of windows with its dated exceptions, checked once.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::wall::{DAY, WallTime};
use super::window::{Exception, Window, after_midnight};
use super::zone::{Zone, instant};
use crate::time::{DateTime, NaiveDate, Utc, Weekday};

/// Most windows in one set.
pub const MAX_WINDOWS: usize = 500;
/// Most dated exceptions in one set, and most windows in one exception.
pub const MAX_EXCEPTIONS: usize = 10_000;

/// Windows of wall time, united, with dated exceptions: opening hours, quiet hours, business hours.
///
/// It has no zone of its own: a [`Calendar`](super::Calendar) lays it on the UTC line in the zone of a shop or of a
/// recipient. Overlapping and touching windows count as one.
///
/// ```
/// use throughline::calendar::{Exception, Windows};
/// let hours: Windows = serde_json::from_str(r#"{
///     "windows": [{"start": "09:00", "end": "18:00"}, {"from": ["fri", "16:00"], "to": ["sat", "20:00"]}],
///     "exceptions": {"2026-03-20": "closed", "2026-03-21": {"hours": [["10:00", "14:00"]]}}
/// }"#)?;
/// assert_eq!(hours.exceptions().get(&"2026-03-20".parse()?), Some(&Exception::Closed));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Windows {
    windows: Vec<Window>,
    exceptions: BTreeMap<NaiveDate, Exception>,
}

impl Windows {
    /// These windows, without exceptions.
    ///
    /// # Errors
    /// `EmptyWindow` for a window whose end equals its start, `StartAtEndOfDay` for one that starts at `24:00`,
    /// `TooMany` over [`MAX_WINDOWS`].
    pub fn new(windows: impl IntoIterator<Item = Window>) -> Result<Self, WindowsError> {
        let windows: Vec<Window> = windows.into_iter().take(MAX_WINDOWS + 1).collect();
        if windows.len() > MAX_WINDOWS {
            return Err(WindowsError(WindowsErrorKind::TooMany));
        }
        if windows.iter().any(|window| window.is_empty()) {
            return Err(WindowsError(WindowsErrorKind::EmptyWindow));
        }
        if windows.iter().any(|window| window.starts_at_the_end_of_a_day()) {
            return Err(WindowsError(WindowsErrorKind::StartAtEndOfDay));
        }
        Ok(Self { windows, exceptions: BTreeMap::new() })
    }

    /// The same with an exception on a date, in place of an earlier one on that date.
    ///
    /// # Errors
    /// As [`Windows::new`], for the exception's own hours and for [`MAX_EXCEPTIONS`].
    pub fn with_exception(mut self, date: NaiveDate, exception: Exception) -> Result<Self, WindowsError> {
        if let Exception::Hours(hours) = &exception {
            if hours.len() > MAX_WINDOWS {
                return Err(WindowsError(WindowsErrorKind::TooMany));
            }
            if hours.iter().any(|(start, end)| start == end) {
                return Err(WindowsError(WindowsErrorKind::EmptyWindow));
            }
            if hours.iter().any(|(start, _)| *start == WallTime::END_OF_DAY) {
                return Err(WindowsError(WindowsErrorKind::StartAtEndOfDay));
            }
        }
        self.exceptions.insert(date, exception);
        if self.exceptions.len() > MAX_EXCEPTIONS {
            return Err(WindowsError(WindowsErrorKind::TooMany));
        }
        Ok(self)
    }

    /// The same with each of these dates a [whole day](Exception::WholeDay).
    ///
    /// # Errors
    /// As [`Windows::with_exception`].
    pub fn with_whole_days(self, dates: impl IntoIterator<Item = NaiveDate>) -> Result<Self, WindowsError> {
        dates.into_iter().try_fold(self, |windows, date| windows.with_exception(date, Exception::WholeDay))
    }

    /// The windows.
    #[must_use]
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The exceptions by date.
    #[must_use]
    pub const fn exceptions(&self) -> &BTreeMap<NaiveDate, Exception> {
        &self.exceptions
    }

    /// Neither windows nor exceptions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.windows.is_empty() && self.exceptions.is_empty()
    }

    /// Whether a window starts on a date: whether a business that has these hours works on that day.
    ///
    /// ```
    /// use throughline::calendar::Windows;
    /// let week: Windows = serde_json::from_str(r#"{
    ///     "windows": [{"from": ["sat", "09:00"], "to": ["sat", "17:00"]}], "exceptions": {"2026-03-21": "closed"}
    /// }"#)?;
    /// assert!(week.opens_on("2026-03-28".parse()?));
    /// assert!(!week.opens_on("2026-03-21".parse()?));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn opens_on(&self, date: NaiveDate) -> bool {
        let mut opens = false;
        self.starting_on(i64::from(date.to_epoch_days()), |_, _| opens = true);
        opens
    }

    /// When the last of the windows that start on a date has ended, in a zone; `None` if none starts on it.
    #[must_use]
    pub fn closes(&self, date: NaiveDate, zone: &Zone) -> Option<DateTime<Utc>> {
        let mut last = None;
        self.starting_on(i64::from(date.to_epoch_days()), |_, end| last = last.max(Some(end)));
        last.map(|end| instant(zone.resolve_seconds(end).1))
    }

    /// Whether a window that starts on `began` lasts until a time of a date, by the clock on the wall, and does not only begin
    /// then.
    pub(crate) fn lasts_until(&self, began: NaiveDate, date: NaiveDate, time: WallTime) -> bool {
        let at = i64::from(date.to_epoch_days()) * DAY + i64::from(time.seconds());
        let mut lasts = false;
        self.starting_on(i64::from(began.to_epoch_days()), |start, end| lasts |= start < at && at <= end);
        lasts
    }

    /// More days than any window runs past the date on which it starts, a skipped date included.
    pub(super) fn reach_days(&self) -> i64 {
        if self.windows.iter().any(|window| matches!(window, Window::Weekly { .. })) { 8 } else { 3 }
    }

    /// Calls back with start and end, in wall seconds of the local line, of what starts on that day.
    pub(super) fn starting_on(&self, day: i64, mut found: impl FnMut(i64, i64)) {
        let midnight = day * DAY;
        let mut found = |(start, end): (i64, i64)| found(midnight + start, midnight + end);
        let exception = if self.exceptions.is_empty() {
            None
        } else {
            let date = i32::try_from(day).ok().and_then(NaiveDate::from_epoch_days);
            date.and_then(|date| self.exceptions.get(&date))
        };
        match exception {
            Some(Exception::Closed) => return,
            Some(Exception::Hours(hours)) => {
                hours.iter().for_each(|(start, end)| found(after_midnight(*start, *end)));
                return;
            }
            Some(Exception::WholeDay) => found((0, DAY)),
            None => {}
        }
        let weekday = weekday(day);
        self.windows.iter().filter_map(|window| window.on(weekday)).for_each(found);
    }
}

/// The weekday of a day counted from 1970-01-01, a Thursday.
fn weekday(day: i64) -> Weekday {
    match day.rem_euclid(7) {
        0 => Weekday::Thu,
        1 => Weekday::Fri,
        2 => Weekday::Sat,
        3 => Weekday::Sun,
        4 => Weekday::Mon,
        5 => Weekday::Tue,
        _ => Weekday::Wed,
    }
}

/// The stored shape of [`Windows`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    windows: Vec<Window>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    exceptions: BTreeMap<NaiveDate, Exception>,
}

impl TryFrom<Written> for Windows {
    type Error = WindowsError;

    fn try_from(written: Written) -> Result<Self, WindowsError> {
        written.exceptions.into_iter().try_fold(Self::new(written.windows)?, |windows, (date, exception)| {
            windows.with_exception(date, exception)
        })
    }
}

impl From<Windows> for Written {
    fn from(windows: Windows) -> Self {
        Self { windows: windows.windows, exceptions: windows.exceptions }
    }
}

/// What is wrong with a set of windows; each is fixed in the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum WindowsErrorKind {
    /// A window's end equals its start, which could mean never or always.
    EmptyWindow,
    /// A window starts at `24:00`: write `00:00` of the next day.
    StartAtEndOfDay,
    /// More than [`MAX_WINDOWS`] windows or [`MAX_EXCEPTIONS`] exceptions.
    TooMany,
}

/// Windows that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowsError(WindowsErrorKind);

impl WindowsError {
    /// What to fix.
    #[must_use]
    pub const fn kind(&self) -> WindowsErrorKind {
        self.0
    }
}

impl fmt::Display for WindowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            WindowsErrorKind::EmptyWindow => "window ends when it starts, which could mean never or always",
            WindowsErrorKind::StartAtEndOfDay => "window starts at `24:00`, which is `00:00` of the next day",
            WindowsErrorKind::TooMany => "too many windows or exceptions",
        })
    }
}

impl std::error::Error for WindowsError {}
