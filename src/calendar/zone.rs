//! A time zone: its name, and when its wall clocks show what.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::tz::{AmbiguousOffset, Offset, TimeZone};
use serde::{Deserialize, Serialize};

use super::wall::{DAY, WallTime};
use crate::time::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// An IANA zone name such as `Asia/Tehran`: well-formed, not yet known to exist.
///
/// Ask [`Zones`](super::Zones) for the [`Zone`]. Names are kept as written; the database compares them without regard
/// to ASCII case and [`Zone::id`] gives its spelling.
///
/// ```
/// use throughline::calendar::ZoneId;
/// assert_eq!(ZoneId::parse("Asia/Tehran")?.as_str(), "Asia/Tehran");
/// assert!(ZoneId::parse("../etc/passwd").is_err());
/// # Ok::<(), throughline::calendar::ZoneError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ZoneId(Box<str>);

impl ZoneId {
    /// Reads a name: 1 to 64 of `A-Z a-z 0-9 + - _`, in parts divided by single slashes.
    ///
    /// # Errors
    /// [`ZoneErrorKind::MalformedName`] for anything else.
    pub fn parse(name: &str) -> Result<Self, ZoneError> {
        let well_formed = name.len() <= 64
            && name.split('/').all(|part| {
                !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-_".contains(&b))
            });
        if well_formed {
            Ok(Self(name.into()))
        } else {
            Err(ZoneError { kind: ZoneErrorKind::MalformedName, data_of: None })
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ZoneId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for ZoneId {
    type Err = ZoneError;

    fn from_str(name: &str) -> Result<Self, ZoneError> {
        Self::parse(name)
    }
}

impl TryFrom<String> for ZoneId {
    type Error = ZoneError;

    fn try_from(name: String) -> Result<Self, ZoneError> {
        Self::parse(&name)
    }
}

impl From<ZoneId> for String {
    fn from(id: ZoneId) -> Self {
        id.0.into_string()
    }
}

/// What the caller does about a [`ZoneError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ZoneErrorKind {
    /// The text cannot be a zone name: fix the input, or treat the zone as unknown.
    MalformedName,
    /// The database has no such zone: treat the zone as unknown, never as UTC.
    UnknownZone,
    /// The zone data handed in is not in the TZif format (RFC 9636): fix the data.
    MalformedData,
}

/// A zone that cannot be had. Its text never repeats a name that came from outside.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZoneError {
    kind: ZoneErrorKind,
    /// The zone whose data the host handed in.
    data_of: Option<ZoneId>,
}

impl ZoneError {
    pub(super) const fn unknown() -> Self {
        Self { kind: ZoneErrorKind::UnknownZone, data_of: None }
    }

    pub(super) const fn data(of: ZoneId) -> Self {
        Self { kind: ZoneErrorKind::MalformedData, data_of: Some(of) }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ZoneErrorKind {
        self.kind
    }
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, &self.data_of) {
            (ZoneErrorKind::MalformedName, _) => f.write_str("not a time zone name"),
            (ZoneErrorKind::UnknownZone, _) => f.write_str("time zone not in the database"),
            (ZoneErrorKind::MalformedData, Some(id)) => write!(f, "time zone data of `{id}` is not TZif"),
            (ZoneErrorKind::MalformedData, None) => f.write_str("time zone data is not TZif"),
        }
    }
}

impl std::error::Error for ZoneError {}

/// When a clock on the wall shows a time: see [`Zone::resolve`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resolution {
    /// The first instant of it.
    pub earliest: DateTime<Utc>,
    /// The last instant of it; the same as `earliest` except where the clocks repeat an hour.
    pub latest: DateTime<Utc>,
    /// The clocks skip this time: both instants are the first one after the skip.
    pub skipped: bool,
}

/// A zone of the database, with its rules. Cheap to clone.
///
/// Every function is total: instants and dates beyond the year 9999 take the offset in force at that end.
#[derive(Clone)]
pub struct Zone {
    id: ZoneId,
    rules: TimeZone,
}

impl Zone {
    pub(super) const fn new(id: ZoneId, rules: TimeZone) -> Self {
        Self { id, rules }
    }

    /// Coordinated universal time, for a caller who means it.
    #[must_use]
    pub fn utc() -> Self {
        Self { id: ZoneId("UTC".into()), rules: TimeZone::UTC }
    }

    /// Its name, as the database spells it.
    #[must_use]
    pub const fn id(&self) -> &ZoneId {
        &self.id
    }

    /// Seconds to add to UTC to get what the wall clock shows at that instant, east of Greenwich positive.
    ///
    /// # Complexity
    /// O(log t) in the number of the zone's recorded changes.
    #[must_use]
    pub fn offset_seconds(&self, at: DateTime<Utc>) -> i32 {
        self.offset(at.timestamp()).seconds()
    }

    /// The date and time on the wall at that instant.
    ///
    /// ```
    /// # #[cfg(feature = "tzdb")] {
    /// use throughline::calendar::Zones;
    /// let kabul = Zones::bundled().named("Asia/Kabul")?;
    /// let (date, time) = kabul.local("2026-03-20T20:00:00Z".parse()?);
    /// assert_eq!((date.to_string(), time.to_string()), ("2026-03-21".into(), "00:30:00".into()));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn local(&self, at: DateTime<Utc>) -> (NaiveDate, NaiveTime) {
        let shift = TimeDelta::seconds(i64::from(self.offset_seconds(at)));
        let utc = at.naive_utc();
        let local = utc.checked_add_signed(shift).unwrap_or(utc);
        (local.date(), local.time())
    }

    /// When the clocks show that time on that date.
    ///
    /// * Usually once: `earliest` equals `latest`.
    /// * Where the clocks go back, some times come twice: `earliest` and `latest` differ.
    /// * Where they go forward, some times, and once in Apia a whole date, are skipped: both instants are the first
    ///   after the skip.
    ///
    /// # Complexity
    /// O(log t) in the number of the zone's recorded changes; a skipped time adds at most 17 such steps.
    ///
    /// ```
    /// # #[cfg(feature = "tzdb")] {
    /// use throughline::calendar::Zones;
    /// let zone = Zones::bundled().named("America/New_York")?;
    /// let twice = zone.resolve("2026-11-01".parse()?, "01:30".parse()?);
    /// assert_eq!((twice.latest - twice.earliest).num_minutes(), 60);
    /// let never = zone.resolve("2026-03-08".parse()?, "02:30".parse()?);
    /// assert!(never.skipped);
    /// assert_eq!(zone.local(never.earliest).1.to_string(), "03:00:00");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn resolve(&self, date: NaiveDate, time: WallTime) -> Resolution {
        let local = i64::from(date.to_epoch_days()) * DAY + i64::from(time.seconds());
        let (earliest, latest, skipped) = self.resolve_seconds(local);
        Resolution { earliest: instant(earliest), latest: instant(latest), skipped }
    }

    /// The first instant at which the clocks show that time on that date; see [`Zone::resolve`].
    #[must_use]
    pub fn earliest(&self, date: NaiveDate, time: WallTime) -> DateTime<Utc> {
        self.resolve(date, time).earliest
    }

    /// The last instant at which the clocks show that time on that date; see [`Zone::resolve`].
    #[must_use]
    pub fn latest(&self, date: NaiveDate, time: WallTime) -> DateTime<Utc> {
        self.resolve(date, time).latest
    }

    /// The first instant of a local date, which is `01:00` where the clocks skip midnight. A date that is skipped
    /// altogether begins when the next one does.
    ///
    /// ```
    /// # #[cfg(feature = "tzdb")] {
    /// use throughline::calendar::Zones;
    /// let cairo = Zones::bundled().named("Africa/Cairo")?;
    /// let first = cairo.start_of("2026-04-24".parse()?);
    /// assert_eq!(cairo.local(first).1.to_string(), "01:00:00");
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn start_of(&self, date: NaiveDate) -> DateTime<Utc> {
        self.earliest(date, WallTime::MIDNIGHT)
    }

    /// Whether the zone's rules change nothing after `from` and until `to`, that instant included. May say no where only
    /// the name of the time changes.
    pub(crate) fn steady(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        let (from, to) = (timestamp(from.timestamp()), timestamp(to.timestamp()));
        self.rules.following(from).next().is_none_or(|change| change.timestamp() > to)
    }

    fn offset(&self, utc: i64) -> Offset {
        self.rules.to_offset(timestamp(utc))
    }

    /// What the wall clock shows, in seconds on the local line.
    pub(super) fn local_seconds(&self, utc: i64) -> i64 {
        utc.saturating_add(i64::from(self.offset(utc).seconds()))
    }

    /// Earliest and latest UTC second of a second on the local line, and whether the clocks skip it.
    pub(super) fn resolve_seconds(&self, local: i64) -> (i64, i64, bool) {
        // A civil time written as if it were UTC.
        let civil = Offset::UTC.to_datetime(timestamp(local));
        let utc = |offset: Offset| local.saturating_sub(i64::from(offset.seconds()));
        match self.rules.to_ambiguous_timestamp(civil).offset() {
            AmbiguousOffset::Unambiguous { offset } => (utc(offset), utc(offset), false),
            AmbiguousOffset::Fold { before, after } => {
                let (one, other) = (utc(before), utc(after));
                (one.min(other), one.max(other), false)
            }
            AmbiguousOffset::Gap { before, after } => {
                // Before the change the clocks show less than `local`, from the change on they show more.
                let (mut below, mut reached) = (utc(after), utc(before));
                while reached - below > 1 {
                    let middle = below + (reached - below) / 2;
                    if self.local_seconds(middle) < local { below = middle } else { reached = middle }
                }
                (reached, reached, true)
            }
        }
    }
}

impl fmt::Debug for Zone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Zone({})", self.id)
    }
}

/// The instant of a UTC second, or the nearest representable one.
pub(super) fn instant(utc: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(utc, 0).unwrap_or(if utc < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}

/// The nearest instant that the zone rules cover.
fn timestamp(utc: i64) -> Timestamp {
    let covered = utc.clamp(Timestamp::MIN.as_second(), Timestamp::MAX.as_second());
    Timestamp::from_second(covered).unwrap_or(Timestamp::UNIX_EPOCH)
}
