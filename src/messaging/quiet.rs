//! Quiet hours: is it a bad time for this person, and until when.

use crate::calendar::{Calendar, Windows, Zone, ZoneId, Zones};
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
