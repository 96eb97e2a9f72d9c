//! What somebody was doing last, in whatever channel.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::{Event, StoredEvent};
use crate::ids::{EventKey, RecordId};
use crate::journey::{Document, Entry, Sight};
use crate::record::{Millis, Record};
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::super::{Context, Who, keys as hub_keys, members};
use super::keys;
use super::parts::{Head, load};
use super::show::{ThreadSettings, TouchedThread};

/// The last event of a record with several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct LastEvent((Millis, EventKey));

impl Stored for LastEvent {
    const KIND: &'static str = "last";
    const VERSION: u16 = 1;
}

/// Keeps the place of a record's last event, if that is not its first. `first` and `before` are the record's first event
/// now and before this one.
pub(crate) fn note_event(
    tx: &mut Tx<'_>,
    record: RecordId,
    before: (Millis, EventKey),
    first: (Millis, EventKey),
    event: (Millis, EventKey),
) -> Result<(), Stop> {
    let key = keys::last_event(record);
    let known = tx.get::<LastEvent>(&key)?.map_or(before, |LastEvent(last)| last);
    let last = known.max(event);
    if last == first { Ok(()) } else { tx.put(&key, &LastEvent(last)) }
}

/// The instant of a record's last event, if it is not its first.
pub(crate) fn last_event(tx: &mut Tx<'_>, record: RecordId) -> Result<Option<Millis>, Stop> {
    Ok(tx.get::<LastEvent>(&keys::last_event(record))?.map(|LastEvent((at, _))| at))
}

/// What somebody was doing last, as far as a channel may know it.
#[derive(Debug, Clone, PartialEq)]
pub struct LastState {
    /// In which channel.
    pub channel: Channel,
    /// When.
    pub at: DateTime<Utc>,
    /// Her last event.
    pub event: Option<Entry>,
    /// Of the threads that the channel may know of, the one that she or somebody for her edited last.
    pub thread: Option<TouchedThread>,
}

/// What she was doing last, in whatever channel, for the channel that asks: kept when it is written, so that the next channel
/// has it at once. `None` if nobody is meant, or nothing is known of her that the channel may know.
///
/// An event that arrives late takes its place in time. Of events of one millisecond at one record the one with the greater
/// key counts. Of threads the answer is what it would be if she had none but those that the channel may know of: what is
/// hidden from it is neither named nor counted as the last that she did, and of what it sees in outline only the object, the
/// device and the step are left out.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules, ThreadSettings};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let mut record = None;
/// for line in [
///     r#"{"type":"track","event":"Card Topped Up","messageId":"1","userId":"u-7","context":{"channel":"app"}}"#,
///     r#"{"type":"page","name":"Home","messageId":"2","userId":"u-7","timestamp":"2020-01-01T00:00:00Z","context":{"channel":"web"}}"#,
/// ] {
///     record = Some(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record);
/// }
/// let user = throughline::identifier::Identifier::parse(
///     throughline::identifier::IdentifierKind::UserId, "u-7", &Default::default())?;
/// let last = hub.last_state(&user.into(), &Channel::Till, &ThreadSettings::retail())?.ok_or("nobody")?;
/// assert_eq!(last.channel, Channel::App);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(k) keys for the k records of the profile. Linear in her threads besides where several of her records have threads, or
/// the one that was edited last is not for the channel to see as a whole.
pub fn last_state(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<LastState>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut event: Option<(Millis, EventKey, RecordId)> = None;
    let mut heads: Vec<Head> = Vec::new();
    for member in members::cluster(tx, record)?.0 {
        let place = match tx.get::<LastEvent>(&keys::last_event(member))? {
            Some(LastEvent(last)) => Some(last),
            None => tx.get::<Record>(&hub_keys::record(member))?.map(|record| record.first),
        };
        event = event.max(place.map(|(at, key)| (at, key, member)));
        heads.extend(tx.get::<Head>(&keys::head(member))?);
    }
    let event = match event {
        Some((at, key, member)) => tx
            .get::<StoredEvent>(&hub_keys::event(member, at, key))?
            .and_then(|stored| Event::from_stored(&stored).ok())
            .map(|event| Entry::new(&event, member, key)),
        None => None,
    };
    let thread = touched(tx, context, record, heads, channel, settings)?;
    let of_thread = thread.as_ref().map(|touched| (touched.last.at.into(), touched.last.channel.clone()));
    let of_event = event.as_ref().map(|entry| (entry.order.time, entry.channel.clone()));
    let latest = match (of_thread, of_event) {
        (Some(thread), Some(event)) => Some(if event.0 > thread.0 { event } else { thread }),
        (one, other) => one.or(other),
    };
    Ok(latest.map(|(at, channel)| LastState { channel, at, event, thread }))
}

/// The last thread at work of those that the channel may know of, given the last of each of her records.
fn touched(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    mut heads: Vec<Head>,
    channel: &Channel,
    settings: &ThreadSettings,
) -> Result<Option<TouchedThread>, Stop> {
    // All her threads are at one record: what was kept with the last edit there is all that counts for it.
    if let [Head { kind, sensitivity: Some(sensitivity), .. }] = heads.as_slice()
        && settings.visibility.sight(kind, *sensitivity, channel) == Sight::Whole
    {
        let head = heads.pop();
        return Ok(head.and_then(|head| TouchedThread::seen(head.kind, head.object, head.last, Sight::Whole)));
    }
    if heads.is_empty() {
        return Ok(None);
    }
    let Some(parts) = load(tx, context, &Who::Record(record))? else { return Ok(None) };
    let is_head = |document: &Document| heads.iter().any(|head| document.versions.0.contains_key(&head.part));
    let seen = parts.met(&settings.rules).into_iter().filter_map(|met| {
        let (sight, is_head) = (settings.sight(&met.document, channel), is_head(&met.document));
        let Document { kind, object, last, .. } = met.document;
        TouchedThread::seen(kind, object, last, sight).map(|touched| (is_head, touched))
    });
    let last = seen.max_by_key(|(is_head, touched)| (touched.last.at, *is_head));
    Ok(last.map(|(_, touched)| touched))
}
