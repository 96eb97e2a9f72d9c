//! One person's events from all their records, in one order.

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::{Event, OrderKey};
use crate::ids::{EventKey, RecordId};
use crate::time::{DateTime, Utc};

/// One event on a timeline: enough to show it and to find the rest.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its place in the total order.
    pub order: OrderKey,
    /// Where it happened.
    pub channel: Channel,
    /// Which system sent it.
    pub source: Box<str>,
    /// The `type` word.
    pub kind: Box<str>,
    /// The name of the track, page or screen event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Box<str>>,
    /// The record that it hangs on.
    pub record: RecordId,
    /// Under which key the event is stored.
    pub event: EventKey,
}

impl Entry {
    /// The entry of an event that hangs on that record and is stored under that key.
    #[must_use]
    pub fn new(event: &Event, record: RecordId, key: EventKey) -> Self {
        Self {
            order: event.order_key(),
            channel: event.channel().clone(),
            source: event.source().into(),
            kind: event.kind().word().into(),
            name: event.kind().name().map(|name| name.as_str().into()),
            record,
            event: key,
        }
    }
}

/// By [`OrderKey`], then stored key, then record: no two different entries are equal.
impl Ord for Entry {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order
            .cmp(&other.order)
            .then_with(|| self.event.cmp(&other.event))
            .then_with(|| self.record.cmp(&other.record))
            .then_with(|| {
                (&self.channel, &self.source, &self.kind, &self.name).cmp(&(
                    &other.channel,
                    &other.source,
                    &other.kind,
                    &other.name,
                ))
            })
    }
}

impl PartialOrd for Entry {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("order", &self.order)
            .field("record", &self.record)
            .field("event", &self.event)
            .finish_non_exhaustive()
    }
}

/// The events of one person in the total order of [`OrderKey`], each stored event once. A function of the set of
/// entries: neither the order of arrival nor their division among records changes it.
///
/// ```
/// use throughline::event::{EventBuilder, Import};
/// use throughline::ids::{EventKey, RecordId};
/// use throughline::journey::{Entry, Timeline};
///
/// let import = Import::new("2026-03-20T12:00:00Z".parse()?);
/// let entry = |id: u8, at: &str| -> Result<Entry, Box<dyn std::error::Error>> {
///     let event = EventBuilder::page("Home").message_id(&id.to_string()).timestamp(at.parse()?).build(&import)?;
///     Ok(Entry::new(&event, RecordId::from_bytes([id % 2; 16]), EventKey::from_bytes([id; 16])))
/// };
/// let (a, b, c) = (entry(1, "2026-03-20T09:00:00Z")?, entry(2, "2026-03-20T08:00:00Z")?, entry(3, "2026-03-20T10:00:00Z")?);
/// let timeline = Timeline::merge([vec![a.clone(), c.clone()], vec![b.clone(), b.clone()]]);
/// assert_eq!(timeline.entries(), [b, a, c]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Timeline {
    entries: Vec<Entry>,
}

impl Timeline {
    /// Merges the records' streams. Streams that are sorted are merged, others are sorted first.
    ///
    /// # Complexity
    /// n entries in k sorted streams: O(n log k) comparisons (the sort recognises ascending runs).
    #[must_use]
    pub fn merge(streams: impl IntoIterator<Item = Vec<Entry>>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for mut stream in streams {
            if entries.is_empty() {
                entries = stream;
            } else {
                entries.append(&mut stream);
            }
        }
        entries.sort();
        let mut seen = HashSet::with_capacity(entries.len());
        entries.retain(|entry| seen.insert(entry.event));
        Self { entries }
    }

    /// The entries, earliest first.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries from `from` (inclusive) to `until` (exclusive). O(log n).
    #[must_use]
    pub fn between(&self, from: DateTime<Utc>, until: DateTime<Utc>) -> &[Entry] {
        let start = self.entries.partition_point(|entry| entry.order.time < from);
        let end = self.entries.partition_point(|entry| entry.order.time < until);
        self.entries.get(start..end).unwrap_or_default()
    }

    /// The latest entry not after `now`. O(log n).
    #[must_use]
    pub fn latest(&self, now: DateTime<Utc>) -> Option<&Entry> {
        let end = self.entries.partition_point(|entry| entry.order.time <= now);
        self.entries.get(..end)?.last()
    }

    /// The channels of the timeline, each once, in the order of first contact.
    #[must_use]
    pub fn channels(&self) -> Vec<&Channel> {
        let mut channels: Vec<&Channel> = Vec::new();
        for entry in &self.entries {
            if !channels.contains(&&entry.channel) {
                channels.push(&entry.channel);
            }
        }
        channels
    }
}
