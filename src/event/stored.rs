//! The stored form of an event.

use std::fmt;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::import::{Import, import};
use super::{ClockPolicy, Event, EventError, EventErrorKind, EventFlags, Limits};
use crate::channel::Channel;
use crate::time::{DateTime, Utc, from_millis};

/// An event as it is kept: its raw JSON embedded as JSON, and what the import decided.
///
/// Serialise it with `serde_json` directly, not through a `serde_json::Value` nor inside a flattened or tagged
/// container: those rewrite the raw text.
///
/// ```
/// use throughline::event::{Event, Import, StoredEvent};
/// let json = r#"{"type":"track", "event":"Wave","n":1.50}"#;
/// let event = Event::from_segment(json.as_bytes(), &Import::new("2026-03-20T09:00:00Z".parse()?))?;
/// let stored = serde_json::to_string(&event.to_stored())?;
/// let back: StoredEvent = serde_json::from_str(&stored)?;
/// assert_eq!(Event::from_stored(&back)?.to_segment(), json);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredEvent {
    /// The host's clock at import, milliseconds since 1970.
    imported: i64,
    /// When it was received as decided at import, milliseconds since 1970.
    received: i64,
    /// When it happened as decided at import, milliseconds since 1970.
    corrected: i64,
    /// What was odd.
    #[serde(default, skip_serializing_if = "EventFlags::is_empty")]
    flags: EventFlags,
    /// The channel.
    channel: Channel,
    /// The source.
    source: Box<str>,
    /// The event as it came in.
    raw: Box<RawValue>,
}

impl StoredEvent {
    /// The event's JSON as it came in.
    #[must_use]
    pub fn raw(&self) -> &str {
        self.raw.get()
    }

    /// When it happened, as decided at import.
    #[must_use]
    pub fn corrected(&self) -> DateTime<Utc> {
        from_millis(self.corrected)
    }

    /// When it was received, as decided at import.
    #[must_use]
    pub fn received(&self) -> DateTime<Utc> {
        from_millis(self.received)
    }
}

impl fmt::Debug for StoredEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredEvent")
            .field("received", &self.received())
            .field("corrected", &self.corrected())
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}

impl Event {
    /// The stored form. Reading it back gives an equal event, whatever the settings are by then.
    #[must_use]
    pub fn to_stored(&self) -> StoredEvent {
        #[expect(clippy::expect_used, reason = "the importer accepted this text as one JSON value")]
        let raw = RawValue::from_string(self.to_segment().to_owned()).expect("an event is one JSON value");
        StoredEvent {
            imported: self.imported.timestamp_millis(),
            received: self.time.received.timestamp_millis(),
            corrected: self.time.corrected.timestamp_millis(),
            flags: self.flags,
            channel: self.channel.clone(),
            source: self.source().into(),
            raw,
        }
    }

    /// Reads the stored form through the same importer. Time, flags, channel and source are those decided at import,
    /// not decided anew.
    ///
    /// # Errors
    /// As [`Event::from_segment`]; only if the store was changed by somebody else.
    pub fn from_stored(stored: &StoredEvent) -> Result<Self, EventError> {
        let settings = Import {
            received_at: from_millis(stored.imported),
            channel: Some(stored.channel.clone()),
            source: Some(stored.source.to_string()),
            pinned: true,
            limits: Limits::widest(),
            clock: ClockPolicy::backfill(),
        };
        let mut event = import(stored.raw().as_bytes(), &settings)?;
        if event.source() != &*stored.source {
            return Err(EventErrorKind::Malformed { line: 1, column: 1 }.into());
        }
        event.channel = stored.channel.clone();
        event.flags = stored.flags;
        event.time.received = stored.received();
        event.time.corrected = stored.corrected();
        Ok(event)
    }
}
