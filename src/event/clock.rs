//! When an event happened, from up to four clocks.

use chrono::NaiveDateTime;
use serde::{Deserialize, Serialize};

use super::flags::{EventFlags, Flag};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc, from_millis};

/// How far a clock is believed.
///
/// ```
/// use throughline::event::ClockPolicy;
/// assert!(ClockPolicy::backfill().max_age_seconds.is_none());
/// assert_eq!(ClockPolicy::default().max_age_seconds, Some(90 * 86_400));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ClockPolicy {
    /// Oldest age at receipt, in seconds; an older event is moved to this bound. `None` for backfills.
    pub max_age_seconds: Option<u32>,
    /// How far a time may lie ahead before it is flagged, in seconds. Times ahead of the receipt are moved to it either
    /// way.
    pub max_ahead_seconds: u32,
}

impl Default for ClockPolicy {
    /// Live events: at most 90 days late, clocks at most 5 minutes ahead.
    fn default() -> Self {
        Self { max_age_seconds: Some(90 * 86_400), max_ahead_seconds: 300 }
    }
}

impl ClockPolicy {
    /// For imports of history: any age.
    #[must_use]
    pub fn backfill() -> Self {
        Self { max_age_seconds: None, ..Self::default() }
    }

    fn earliest(self, receipt: DateTime<Utc>) -> DateTime<Utc> {
        self.max_age_seconds
            .and_then(|age| receipt.checked_sub_signed(TimeDelta::seconds(age.into())))
            .unwrap_or(DateTime::<Utc>::MIN_UTC)
    }

    fn latest(self, receipt: DateTime<Utc>) -> DateTime<Utc> {
        receipt
            .checked_add_signed(TimeDelta::seconds(self.max_ahead_seconds.into()))
            .unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// An event's times. What could not be read is `None` here and flagged; the raw text keeps it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventTime {
    pub(super) original: Option<DateTime<Utc>>,
    pub(super) sent: Option<DateTime<Utc>>,
    pub(super) stamped: Option<DateTime<Utc>>,
    pub(super) received: DateTime<Utc>,
    pub(super) corrected: DateTime<Utc>,
}

impl EventTime {
    /// When it happened by the device's clock (`originalTimestamp`).
    #[must_use]
    pub const fn original(&self) -> Option<DateTime<Utc>> {
        self.original
    }

    /// When it was sent, by the device's clock (`sentAt`).
    #[must_use]
    pub const fn sent(&self) -> Option<DateTime<Utc>> {
        self.sent
    }

    /// What the sender states as the time of the event (`timestamp`).
    #[must_use]
    pub const fn stamped(&self) -> Option<DateTime<Utc>> {
        self.stamped
    }

    /// When it was received (`receivedAt`, else the host's clock at import), in whole milliseconds.
    #[must_use]
    pub const fn received(&self) -> DateTime<Utc> {
        self.received
    }

    /// When it happened as far as anybody can tell, in whole milliseconds: what timelines are ordered by.
    #[must_use]
    pub const fn corrected(&self) -> DateTime<Utc> {
        self.corrected
    }
}

/// A time as it stands in an event.
#[derive(Debug, Clone, Copy, Default)]
pub(super) enum RawTime<'a> {
    #[default]
    Absent,
    Text(&'a str),
    Number(&'a str),
    Wrong,
}

/// The four times of an event as they stand in it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct RawTimes<'a> {
    pub(super) original: RawTime<'a>,
    pub(super) sent: RawTime<'a>,
    pub(super) stamped: RawTime<'a>,
    pub(super) received: RawTime<'a>,
}

/// Corrects for the skew of the device's clock: `received - (sent - original)`; without both, what the sender states
/// (`timestamp`), which is already corrected in Segment's own exports; without any, the receipt. A result later than
/// the receipt, or older than the policy's age, is moved to that bound.
///
/// The receipt itself is the event's own `receivedAt` if it agrees with the host's clock within the policy's bounds.
pub(super) fn correct(
    raw: RawTimes<'_>,
    host: DateTime<Utc>,
    policy: ClockPolicy,
    flags: &mut EventFlags,
) -> EventTime {
    let original = read(raw.original, flags);
    let sent = read(raw.sent, flags);
    let stamped = read(raw.stamped, flags);
    let claimed = read(raw.received, flags);
    let received = claimed.map_or(host, |at| at.clamp(policy.earliest(host), policy.latest(host)));
    if claimed.is_some_and(|at| at != received) {
        flags.set(Flag::ReceiptClamped);
    }
    let received = whole_millis(received);
    let candidate = match (original, sent) {
        (Some(original), Some(sent)) => {
            if sent != received {
                flags.set(Flag::SkewCorrected);
            }
            received.checked_sub_signed(sent.signed_duration_since(original))
        }
        _ => stamped,
    };
    let Some(candidate) = candidate else {
        flags.set(Flag::MissingTime);
        return EventTime { original, sent, stamped, received, corrected: received };
    };
    if candidate > policy.latest(received) {
        flags.set(Flag::FarAhead);
    }
    let corrected = candidate.clamp(policy.earliest(received), received);
    if corrected != candidate {
        flags.set(Flag::Clamped);
    }
    EventTime { original, sent, stamped, received, corrected: whole_millis(corrected) }
}

pub(super) fn whole_millis(at: DateTime<Utc>) -> DateTime<Utc> {
    from_millis(at.timestamp_millis())
}

fn read(raw: RawTime<'_>, flags: &mut EventFlags) -> Option<DateTime<Utc>> {
    let parsed = match raw {
        RawTime::Absent => return None,
        RawTime::Text(text) => parse(text, flags),
        RawTime::Number(text) => epoch(text, flags),
        RawTime::Wrong => None,
    };
    let Some(at) = parsed else {
        flags.set(Flag::UnparsableTime);
        return None;
    };
    // 1970 up to and including 2999.
    if !(0..32_503_680_000).contains(&at.timestamp()) {
        flags.set(Flag::AbsurdTime);
        return None;
    }
    Some(at)
}

/// RFC 3339, with a space for the `T`, without an offset (then UTC), or a date alone (then its start in UTC).
fn parse(text: &str, flags: &mut EventFlags) -> Option<DateTime<Utc>> {
    let text = text.trim();
    if text.len() > 64 {
        return None;
    }
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Some(at.to_utc());
    }
    if text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() >= 9 {
        return epoch(text, flags);
    }
    let at = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"]
        .iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
        .or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?.and_hms_opt(0, 0, 0));
    if let Some(at) = at {
        flags.set(Flag::AssumedUtc);
        return Some(at.and_utc());
    }
    DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f%z").ok().map(|at| at.to_utc())
}

/// Seconds up to eleven digits, milliseconds from there; a fraction is cut off.
fn epoch(text: &str, flags: &mut EventFlags) -> Option<DateTime<Utc>> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: i64 = whole.parse().ok()?;
    flags.set(Flag::EpochTime);
    if number.unsigned_abs() < 100_000_000_000 {
        DateTime::from_timestamp(number, 0)
    } else {
        DateTime::from_timestamp_millis(number)
    }
}
