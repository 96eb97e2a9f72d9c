//! A cap as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::calendar::{Zone, ZoneId};
use crate::channel::Channel;
use crate::time::Weekday;

/// No more than so many messages in a time.
///
/// ```
/// use throughline::messaging::{CalendarUnit, Cap, CapWindow};
/// let cap: Cap = serde_json::from_str(r#"{
///     "id": "promo-3-a-week", "limit": 3, "window": {"calendar": "week"}, "category": "promo", "count_by": "message"
/// }"#)?;
/// assert_eq!(cap.window, CapWindow::calendar(CalendarUnit::Week));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cap {
    /// The host's name of it, which reasons repeat.
    pub id: String,
    /// How many are allowed. None at all with 0: such a cap never opens.
    pub limit: u32,
    /// In which time.
    pub window: CapWindow,
    /// Counts and caps this channel only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<Channel>,
    /// Counts and caps this category only, as it was recorded with each send.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// What is counted.
    #[serde(default)]
    pub count_by: CountBy,
}

impl Cap {
    /// A cap on everything together.
    #[must_use]
    pub fn new(id: impl Into<String>, limit: u32, window: CapWindow) -> Self {
        Self { id: id.into(), limit, window, channel: None, category: None, count_by: CountBy::Send }
    }
}

/// What a cap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountBy {
    /// Every send.
    #[default]
    Send,
    /// Every message once, when it was first sent; sending it again is never capped.
    Message,
}

/// The time in which a cap counts. Written `{"rolling_seconds": 86400}` or `{"calendar": "week", "week_start": "mon",
/// "zone": "Asia/Tehran"}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub enum CapWindow {
    /// The seconds before now: what is exactly that old has left it.
    Rolling {
        /// How many.
        seconds: u32,
    },
    /// The day, week or month that it is now.
    Calendar {
        /// Which of them.
        unit: CalendarUnit,
        /// The first day of a week; `None` for that of the recipient's region.
        week_start: Option<Weekday>,
        /// The zone whose date counts; `None` for that of the recipient.
        zone: Option<ZoneId>,
    },
}

impl CapWindow {
    /// So many days of 24 hours.
    #[must_use]
    pub const fn rolling_days(days: u16) -> Self {
        Self::Rolling { seconds: days as u32 * 86_400 }
    }

    /// The recipient's own calendar.
    #[must_use]
    pub const fn calendar(unit: CalendarUnit) -> Self {
        Self::Calendar { unit, week_start: None, zone: None }
    }
}

/// A unit of the calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CalendarUnit {
    /// A date.
    Day,
    /// Seven dates.
    Week,
    /// A month of the Gregorian calendar.
    Month,
}

/// The stored shape of a [`CapWindow`].
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default, alias = "rolling_s", skip_serializing_if = "Option::is_none")]
    rolling_seconds: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    calendar: Option<CalendarUnit>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    week_start: Option<String>,
    #[serde(default, alias = "tz", skip_serializing_if = "Option::is_none")]
    zone: Option<ZoneId>,
}

impl TryFrom<Written> for CapWindow {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        match written {
            Written { rolling_seconds: Some(seconds), calendar: None, week_start: None, zone: None } => {
                Ok(Self::Rolling { seconds })
            }
            Written { rolling_seconds: None, calendar: Some(unit), week_start, zone } => {
                let named = |name: String| DAYS.iter().find(|(_, short)| *short == name);
                let week_start = match week_start {
                    None => None,
                    Some(_) if unit != CalendarUnit::Week => return Err("only a week has a first day"),
                    Some(name) => Some(named(name).ok_or("a day is one of `mon` to `sun`")?.0),
                };
                Ok(Self::Calendar { unit, week_start, zone })
            }
            _ => Err("a cap counts in `rolling_seconds` or in a `calendar` unit"),
        }
    }
}

impl From<CapWindow> for Written {
    fn from(window: CapWindow) -> Self {
        match window {
            CapWindow::Rolling { seconds } => {
                Self { rolling_seconds: Some(seconds), calendar: None, week_start: None, zone: None }
            }
            CapWindow::Calendar { unit, week_start, zone } => {
                let short =
                    |day| DAYS.iter().find(|(known, _)| *known == day).map(|(_, name)| (*name).into());
                let week_start = week_start.and_then(short);
                Self { rolling_seconds: None, calendar: Some(unit), week_start, zone }
            }
        }
    }
}

const DAYS: [(Weekday, &str); 7] = [
    (Weekday::Mon, "mon"),
    (Weekday::Tue, "tue"),
    (Weekday::Wed, "wed"),
    (Weekday::Thu, "thu"),
    (Weekday::Fri, "fri"),
    (Weekday::Sat, "sat"),
    (Weekday::Sun, "sun"),
];

/// The zones that caps name, found in a database. See [`Policy::locate`](super::super::Policy::locate).
#[derive(Debug, Clone, Default)]
pub struct PinnedZones(BTreeMap<ZoneId, Zone>);

impl PinnedZones {
    /// These zones, each under the name that the caps use.
    pub fn new(zones: impl IntoIterator<Item = (ZoneId, Zone)>) -> Self {
        Self(zones.into_iter().collect())
    }

    pub(super) fn get(&self, id: &ZoneId) -> Option<&Zone> {
        self.0.get(id)
    }
}

impl PartialEq for PinnedZones {
    /// By name: one database gives one zone for one name.
    fn eq(&self, other: &Self) -> bool {
        self.0.keys().eq(other.0.keys())
    }
}
