//! The only time types of the public interface, re-exported from one place.
//!
//! Instants are `DateTime<Utc>`; dates and wall times without a zone are `NaiveDate` and `NaiveTime`; lengths are
//! `TimeDelta`. Zones live in [`calendar`](crate::calendar) behind our own `ZoneId`.
//!
//! ```
//! use throughline::time::{DateTime, TimeDelta, Utc};
//! let noon: DateTime<Utc> = "2026-03-20T12:00:00Z".parse()?;
//! assert_eq!(noon + TimeDelta::hours(2), "2026-03-20T14:00:00Z".parse::<DateTime<Utc>>()?);
//! # Ok::<(), chrono::ParseError>(())
//! ```

pub use chrono::{DateTime, Days, Months, NaiveDate, NaiveTime, TimeDelta, Timelike, Utc, Weekday};

/// The instant that many milliseconds after 1970-01-01T00:00:00Z, or the nearest representable one.
///
/// Total: never fails, never panics.
#[must_use]
pub fn from_millis(millis: i64) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(millis).unwrap_or(if millis < 0 {
        DateTime::<Utc>::MIN_UTC
    } else {
        DateTime::<Utc>::MAX_UTC
    })
}
