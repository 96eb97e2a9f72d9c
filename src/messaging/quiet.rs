//! Quiet hours: is it a bad time for this person, and until when.

use crate::calendar::{Calendar, WeekTime, Window, Windows, Zone, ZoneId, Zones};
use crate::time::{DateTime, TimeDelta, Utc};

/// How many days ahead an instant is sought that is open in every candidate zone.
pub(super) const SEARCH_DAYS: i64 = 8;

/// What is known of the zone a person is in.
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::Zones;
/// use throughline::messaging::Whereabouts;
/// let zones = Zones::bundled();
/// assert!(matches!(Whereabouts::locate(&zones, Some("Asia/Kabul"), [], None), Whereabouts::Known(_)));
/// assert!(matches!(Whereabouts::locate(&zones, Some("Mars/Olympus"), [], None), Whereabouts::Unknown));
/// let either = Whereabouts::locate(&zones, None, ["Europe/Kyiv", "Asia/Tehran"], None);
/// assert!(matches!(either, Whereabouts::Candidates(zones) if zones.len() == 2));
/// # }
/// ```
#[derive(Debug, Clone, Default)]
pub enum Whereabouts {
    /// The zone.
    Known(Zone),
    /// It is one of these: those of a country code, of an address, of the devices used. Never empty when it comes from
    /// [`Whereabouts::locate`]; empty counts as unknown.
    Candidates(Vec<Zone>),
    /// Unknown, and the policy says to take this one.
    Fallback(Zone),
    /// Unknown.
    #[default]
    Unknown,
}

impl Whereabouts {
    /// Finds the zones of those names: the known one, else the candidates, else the fallback, else unknown.
    ///
    /// A name that the database does not have says nothing; it never counts as UTC.
    #[must_use]
    pub fn locate<'n>(
        zones: &Zones,
        known: Option<&str>,
        candidates: impl IntoIterator<Item = &'n str>,
        fallback: Option<&ZoneId>,
    ) -> Self {
        if let Some(zone) = known.and_then(|name| zones.named(name).ok()) {
            return Self::Known(zone);
        }
        let found: Vec<Zone> = candidates.into_iter().filter_map(|name| zones.named(name).ok()).collect();
        if !found.is_empty() {
            return Self::Candidates(found);
        }
        fallback.and_then(|id| zones.zone(id).ok()).map_or(Self::Unknown, Self::Fallback)
    }
}

/// Why quiet hours answer as they do, where the windows alone do not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum QuietReason {
    /// Nobody knows the person's zone, and the policy names no fallback.
    TimezoneUnknown,
    /// The zones the person may be in share no open time within eight days, or the windows never end.
    NoCommonWindow,
    /// The zone is the policy's fallback.
    FallbackTimezone,
}

impl QuietReason {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::TimezoneUnknown => "timezone_unknown",
            Self::NoCommonWindow => "no_common_window",
            Self::FallbackTimezone => "fallback_timezone",
        }
    }
}

/// Whether it is quiet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quiet {
    /// Whether messages wait now.
    pub quiet: bool,
    /// The first instant that is not quiet, later than now; `None` if it is not quiet now, or if nobody can say and the
    /// message is held.
    pub until: Option<DateTime<Utc>>,
    /// Why, where the windows alone do not say it.
    pub reason: Option<QuietReason>,
}

/// Whether `now` is in the quiet hours of a person, and until when.
///
/// With several candidate zones it is quiet where it is quiet in any of them. With no zone at all it is quiet without
/// an end, unless there are no quiet hours to keep.
///
/// # Complexity
/// O(w z) for `w` windows and `z` zones for each day until the answer; see [`Calendar`].
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use throughline::calendar::{Window, Windows, Zones};
/// use throughline::messaging::{Whereabouts, quiet};
/// let night = Windows::new([Window::daily("21:00".parse()?, "08:00".parse()?)])?;
/// let person = Whereabouts::locate(&Zones::bundled(), None, ["America/New_York", "Pacific/Honolulu"], None);
/// let answer = quiet(&night, &person, "2026-07-01T16:00:00Z".parse()?);
/// assert_eq!(answer.until, Some("2026-07-01T18:00:00Z".parse()?)); // 08:00 in Honolulu
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn quiet(windows: &Windows, whereabouts: &Whereabouts, now: DateTime<Utc>) -> Quiet {
    if windows.is_empty() {
        return Quiet { quiet: false, until: None, reason: None };
    }
    if let Whereabouts::Known(zone) | Whereabouts::Fallback(zone) = whereabouts
        && let Some(until) = in_steady_zone(windows, zone, now)
    {
        let fallback = matches!(whereabouts, Whereabouts::Fallback(_));
        let reason = fallback.then_some(QuietReason::FallbackTimezone);
        return Quiet { quiet: until.is_some(), until, reason };
    }
    let (calendar, reason, limit) = match whereabouts {
        Whereabouts::Known(zone) => (Calendar::new(windows, zone), None, None),
        Whereabouts::Fallback(zone) => {
            (Calendar::new(windows, zone), Some(QuietReason::FallbackTimezone), None)
        }
        Whereabouts::Candidates(zones) if !zones.is_empty() => {
            (Calendar::in_any(windows, zones), None, Some(TimeDelta::days(SEARCH_DAYS)))
        }
        Whereabouts::Candidates(_) | Whereabouts::Unknown => {
            return Quiet { quiet: true, until: None, reason: Some(QuietReason::TimezoneUnknown) };
        }
    };
    if !calendar.contains(now) {
        return Quiet { quiet: false, until: None, reason };
    }
    let end = limit.map_or_else(|| calendar.next_end(now), |limit| calendar.next_end_within(now, limit));
    match end {
        Some(end) => Quiet { quiet: true, until: Some(end), reason },
        None => Quiet { quiet: true, until: None, reason: Some(QuietReason::NoCommonWindow) },
    }
}

/// The same on days on which the clocks do not change, without a look at the zone for each window: until when it is quiet,
/// if it is. `None` where clocks change within some days, where windows have exceptions, or where it is quiet for days on
/// end: then the calendar has to be asked.
fn in_steady_zone(windows: &Windows, zone: &Zone, now: DateTime<Utc>) -> Option<Option<DateTime<Utc>>> {
    const DAY: i64 = 86_400;
    const WEEK: i64 = 7 * DAY;
    if !windows.exceptions().is_empty() {
        return None;
    }
    let weekly = windows.windows().iter().any(|window| matches!(window, Window::Weekly { .. }));
    // Further than a window reaches, on either side.
    let reach = TimeDelta::days(if weekly { 8 } else { 2 });
    if !zone.steady(now.checked_sub_signed(reach)?, now.checked_add_signed(reach)?) {
        return None;
    }
    let offset = i64::from(zone.offset_seconds(now));
    let here = now.timestamp().checked_add(offset)?;
    let mut end = here;
    // Windows that follow one another without a gap are one.
    while let Some(left) = windows
        .windows()
        .iter()
        .filter_map(|window| {
            let (period, start, until) = match window {
                Window::Daily { start, end } => (DAY, i64::from(start.seconds()), i64::from(end.seconds())),
                Window::Weekly { from, to } => (WEEK, in_week(*from), in_week(*to)),
            };
            // 1970-01-01 was a Thursday: three days into a week that begins on Monday.
            let place = (end + 3 * DAY).rem_euclid(period);
            let length = (until - start).rem_euclid(period);
            // From `00:00` to `24:00` is a whole day, not none.
            let length = if length == 0 { period } else { length };
            let passed = (place - start).rem_euclid(period);
            (passed < length).then_some(length - passed)
        })
        .max()
    {
        end += left;
        if end - here > reach.num_seconds() - DAY {
            return None;
        }
    }
    if end == here {
        return Some(None);
    }
    Some(Some(DateTime::from_timestamp(end.checked_sub(offset)?, 0)?))
}

/// Seconds from the beginning of Monday.
fn in_week(at: WeekTime) -> i64 {
    i64::from(at.day.num_days_from_monday()) * 86_400 + i64::from(at.time.seconds())
}
