//! The questions one asks of windows in a zone.

use super::spans::{Span, Spans, holds};
use super::wall::DAY;
use super::windows::Windows;
use super::zone::{Zone, instant};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// How many days ahead a question looks, a little over three years. What lies further counts as never.
pub const HORIZON_DAYS: u16 = 1_100;

/// Windows on the UTC line: one set in one zone, or the union of several, each in its own.
///
/// A borrowed view that costs nothing to make. Every question is answered to the nanosecond, and every one ends:
/// none looks further than [`HORIZON_DAYS`].
///
/// # Complexity
/// With `w` windows over all parts: [`contains`](Self::contains) is O(w) and reads the zone's rules for the windows
/// of the last days only. The others are O(w) for each day between the instant asked about and the answer.
#[derive(Debug, Clone)]
pub struct Calendar<'a> {
    parts: Vec<(&'a Windows, &'a Zone)>,
    /// Windows that start on earlier local dates are left out.
    first: Option<NaiveDate>,
}

impl<'a> Calendar<'a> {
    /// These windows in that zone.
    #[must_use]
    pub fn new(windows: &'a Windows, zone: &'a Zone) -> Self {
        Self { parts: vec![(windows, zone)], first: None }
    }

    /// The same windows in each of several zones, united: inside where it is inside in any. Inside nowhere without a
    /// zone.
    pub fn in_any(windows: &'a Windows, zones: impl IntoIterator<Item = &'a Zone>) -> Self {
        Self { parts: zones.into_iter().map(|zone| (windows, zone)).collect(), first: None }
    }

    /// United with further windows in their zone.
    #[must_use]
    pub fn or(mut self, windows: &'a Windows, zone: &'a Zone) -> Self {
        self.parts.push((windows, zone));
        self
    }

    /// Without the windows that start before that local date: what is left of a night that began the day before does not
    /// count.
    ///
    /// ```
    /// use throughline::calendar::{Calendar, Windows, Zone};
    /// let bar: Windows = serde_json::from_str(r#"{"windows": [{"start": "18:00", "end": "02:00"}]}"#)?;
    /// let zone = Zone::utc();
    /// let night = "2026-03-21T01:00:00Z".parse()?;
    /// assert!(Calendar::new(&bar, &zone).contains(night));
    /// assert!(!Calendar::new(&bar, &zone).starting_from("2026-03-21".parse()?).contains(night));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn starting_from(mut self, date: NaiveDate) -> Self {
        self.first = Some(date);
        self
    }

    /// Whether the instant lies in a window.
    #[must_use]
    pub fn contains(&self, now: DateTime<Utc>) -> bool {
        // Windows begin and end on whole seconds, so the second an instant lies in decides.
        let first = self.first.map(day_of);
        self.parts.iter().any(|(windows, zone)| holds(windows, zone, now.timestamp(), first))
    }

    /// The first start after `now` of a stretch of windows; touching windows are one stretch. `None` if there is none
    /// within the horizon.
    #[must_use]
    pub fn next_start(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let horizon = horizon(now);
        let found = self.spans(now, horizon).map(|span| span.start).find(|start| *start > now.timestamp())?;
        (found <= horizon).then(|| instant(found))
    }

    /// The first end after `now` of a stretch of windows: until when it lasts if `now` is inside, or the end of the
    /// next stretch. `None` if there is none within the horizon, so `None` inside means that it never ends.
    #[must_use]
    pub fn next_end(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.next_end_within(now, TimeDelta::days(i64::from(HORIZON_DAYS)))
    }

    /// As [`next_end`](Self::next_end), looking no further than that length ahead, which is included; at most the
    /// horizon.
    #[must_use]
    pub fn next_end_within(&self, now: DateTime<Utc>, length: TimeDelta) -> Option<DateTime<Utc>> {
        let limit = horizon(now).min(now.timestamp().saturating_add(length.num_seconds()));
        let found = self.spans(now, limit).next()?.end;
        (found <= limit).then(|| instant(found))
    }

    /// How much of the time from `from` until `until` lies in windows. Zero if `until` is not after `from`; `None` if
    /// they lie further apart than the horizon.
    ///
    /// Adjacent stretches add up: `between(a, b) + between(b, c) == between(a, c)`.
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> Option<TimeDelta> {
        if until <= from {
            return Some(TimeDelta::zero());
        }
        if until.timestamp() > horizon(from) {
            return None;
        }
        let mut total = TimeDelta::zero();
        for Span { start, end } in self.spans(from, until.timestamp()) {
            let (start, end) = (instant(start).max(from), instant(end).min(until));
            if start >= until {
                break;
            }
            total = total.checked_add(&(end - start))?;
        }
        Some(total)
    }

    /// The first instant at which that much time in windows has passed since `start`, counted on the UTC line; `start`
    /// itself for zero or less. `None` if that is beyond the horizon.
    ///
    /// ```
    /// # #[cfg(feature = "tzdb")] {
    /// use throughline::calendar::{Calendar, Windows, Zones};
    /// use throughline::time::TimeDelta;
    /// let zone = Zones::bundled().named("Europe/Kyiv")?;
    /// let office: Windows = serde_json::from_str(r#"{"windows": [{"start": "09:00", "end": "17:00"}]}"#)?;
    /// // 16:00 in Kyiv, plus four hours: one today, three tomorrow.
    /// let due = Calendar::new(&office, &zone).add("2026-01-28T14:00:00Z".parse()?, TimeDelta::hours(4));
    /// assert_eq!(due, Some("2026-01-29T10:00:00Z".parse()?));
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn add(&self, start: DateTime<Utc>, duration: TimeDelta) -> Option<DateTime<Utc>> {
        if duration <= TimeDelta::zero() {
            return Some(start);
        }
        let horizon = horizon(start);
        // Whatever the windows, that much time has not passed before.
        if start.checked_add_signed(duration)?.timestamp() > horizon {
            return None;
        }
        let mut left = duration;
        for span in self.spans(start, horizon) {
            let (opens, closes) = (instant(span.start).max(start), instant(span.end));
            let open = closes - opens;
            if left <= open {
                let due = opens.checked_add_signed(left)?;
                return (due.timestamp() <= horizon).then_some(due);
            }
            left -= open;
        }
        None
    }

    fn spans(&self, from: DateTime<Utc>, to: i64) -> Spans<'a> {
        Spans::new(&self.parts, from.timestamp(), to, self.first.map(day_of))
    }
}

fn day_of(date: NaiveDate) -> i64 {
    i64::from(date.to_epoch_days())
}

fn horizon(now: DateTime<Utc>) -> i64 {
    now.timestamp() + i64::from(HORIZON_DAYS) * DAY
}
