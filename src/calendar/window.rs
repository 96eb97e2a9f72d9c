//! One window of wall time, and what a dated exception puts in its place.

use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::wall::{DAY, WallTime};
use crate::time::Weekday;

/// A time in a week. Written `["fri", "16:00"]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WeekTime {
    /// The day of the week.
    pub day: Weekday,
    /// The time of that day.
    pub time: WallTime,
}

impl WeekTime {
    /// A time in a week.
    #[must_use]
    pub const fn new(day: Weekday, time: WallTime) -> Self {
        Self { day, time }
    }

    fn seconds(self) -> i64 {
        i64::from(self.day.num_days_from_monday()) * DAY + i64::from(self.time.seconds())
    }
}

/// The lower-case three-letter name of a day.
pub(super) const fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

/// Reads such a name.
pub(super) fn day_named(name: &str) -> Option<Weekday> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    [Mon, Tue, Wed, Thu, Fri, Sat, Sun].into_iter().find(|day| day_name(*day) == name)
}

impl Serialize for WeekTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (day_name(self.day), self.time).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for WeekTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (name, time) = <(String, WallTime)>::deserialize(deserializer)?;
        let day = day_named(&name).ok_or_else(|| D::Error::custom("a day is one of `mon` to `sun`"))?;
        Ok(Self { day, time })
    }
}

/// A half-open window of wall time: the start belongs to it, the end does not.
///
/// As instants it runs from the earliest instant that shows its start to the latest that shows its end, so that it
/// never opens twice in the night when the clocks go back; a time that the clocks skip counts as the first instant
/// after the skip.
///
/// Written `{"start": "21:00", "end": "08:00"}` or `{"from": ["fri", "16:00"], "to": ["sat", "20:00"]}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum Window {
    /// Every day. An end at or before the start is on the next day.
    Daily {
        /// When it begins.
        start: WallTime,
        /// When it has ended.
        end: WallTime,
    },
    /// Every week. The end is its next time after the start, so a window may run over the end of the week.
    Weekly {
        /// When it begins.
        from: WeekTime,
        /// When it has ended.
        to: WeekTime,
    },
}

impl Window {
    /// A window of every day.
    #[must_use]
    pub const fn daily(start: WallTime, end: WallTime) -> Self {
        Self::Daily { start, end }
    }

    /// A window of every week.
    #[must_use]
    pub const fn weekly(from: WeekTime, to: WeekTime) -> Self {
        Self::Weekly { from, to }
    }

    /// A start equal to the end could mean never or always, and a day cannot begin at its end.
    pub(super) fn is_empty(self) -> bool {
        match self {
            Self::Daily { start, end } => start == end,
            Self::Weekly { from, to } => from == to,
        }
    }

    pub(super) fn starts_at_the_end_of_a_day(self) -> bool {
        let start = match self {
            Self::Daily { start, .. } => start,
            Self::Weekly { from, .. } => from.time,
        };
        start == WallTime::END_OF_DAY
    }

    /// Start and end in wall seconds since the beginning of a day of that weekday, if a window starts on it.
    pub(super) fn on(self, weekday: Weekday) -> Option<(i64, i64)> {
        match self {
            Self::Daily { start, end } => Some(after_midnight(start, end)),
            Self::Weekly { from, to } if from.day == weekday => {
                let start = i64::from(from.time.seconds());
                let length = to.seconds() - from.seconds();
                let length = if length <= 0 { length + 7 * DAY } else { length };
                Some((start, start + length))
            }
            Self::Weekly { .. } => None,
        }
    }
}

/// Start and end in wall seconds of a day, the end moved past midnight where it does not come after the start.
pub(super) fn after_midnight(start: WallTime, end: WallTime) -> (i64, i64) {
    let (start, end) = (i64::from(start.seconds()), i64::from(end.seconds()));
    (start, if end <= start { end + DAY } else { end })
}

/// The stored shape of a [`Window`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<WallTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<WallTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<WeekTime>,
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<WeekTime>,
}

impl TryFrom<Written> for Window {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { start: Some(start), end: Some(end), from: None, to: None } => {
                Ok(Self::Daily { start, end })
            }
            Written { start: None, end: None, from: Some(from), to: Some(to) } => {
                Ok(Self::Weekly { from, to })
            }
            _ => Err("a window has `start` and `end`, or `from` and `to`"),
        }
    }
}

impl From<Window> for Written {
    fn from(window: Window) -> Self {
        match window {
            Window::Daily { start, end } => Self { start: Some(start), end: Some(end), from: None, to: None },
            Window::Weekly { from, to } => Self { start: None, end: None, from: Some(from), to: Some(to) },
        }
    }
}

/// What holds on one date instead of the windows that start on it.
///
/// A window belongs to the date on which it starts: an exception neither cuts nor moves one that began the day
/// before.
///
/// Written `"closed"`, `"whole_day"` or `{"hours": [["10:00", "14:00"]]}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exception {
    /// No window starts on the date.
    Closed,
    /// The whole date belongs to the windows, from its first instant to that of the next; the windows that start on it
    /// still hold, as they may run past midnight.
    WholeDay,
    /// These windows start on the date, and no others. An end at or before its start is on the next day.
    Hours(Vec<(WallTime, WallTime)>),
}
