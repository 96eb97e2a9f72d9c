//! What somebody was doing last, in whatever channel.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::{Event, StoredEvent};
use crate::ids::{EventKey, RecordId};
use crate::journey::{Entry, ThreadKind, Touch};
use crate::record::{Millis, Record};
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::super::{Context, Who, keys as hub_keys, members};
use super::keys;
use super::parts::Head;

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

/// What somebody was doing last. `Debug` does not show the object.
#[derive(Clone, PartialEq)]
pub struct LastState {
    /// In which channel.
    pub channel: Channel,
    /// When.
    pub at: DateTime<Utc>,
    /// Her last event.
    pub event: Option<Entry>,
    /// The thread that she or somebody for her edited last: its kind, the host's id of its object, and where.
    pub thread: Option<(ThreadKind, Box<str>, Touch)>,
}

impl fmt::Debug for LastState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LastState")
            .field("channel", &self.channel)
            .field("at", &self.at)
            .field("event", &self.event)
            .field("thread", &self.thread.as_ref().map(|(kind, _, last)| (kind, last)))
            .finish()
    }
}

/// What she was doing last, in whatever channel: kept when it is written, so that the next channel has it at once. `None` if
/// nobody is meant.
///
/// An event that arrives late takes its place in time. Of events of one millisecond at one record the one with the greater
/// key counts. What a channel may see of the thread is for [`thread`](super::thread()) to say.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{Hub, Rules};
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
/// let last = hub.last_state(&user.into())?.ok_or("nobody")?;
/// assert_eq!(last.channel, Channel::App);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(k) keys for the k records of the profile.
pub fn last_state(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<LastState>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut event: Option<(Millis, EventKey, RecordId)> = None;
    let mut thread: Option<Head> = None;
    for member in members::cluster(tx, record)?.0 {
        let place = match tx.get::<LastEvent>(&keys::last_event(member))? {
            Some(LastEvent(last)) => Some(last),
            None => tx.get::<Record>(&hub_keys::record(member))?.map(|record| record.first),
        };
        event = event.max(place.map(|(at, key)| (at, key, member)));
        if let Some(head) = tx.get::<Head>(&keys::head(member))?
            && thread.as_ref().is_none_or(|known| (known.last.at, known.part) < (head.last.at, head.part))
        {
            thread = Some(head);
        }
    }
    let event = match event {
        Some((at, key, member)) => tx
            .get::<StoredEvent>(&hub_keys::event(member, at, key))?
            .and_then(|stored| Event::from_stored(&stored).ok())
            .map(|event| Entry::new(&event, member, key)),
        None => None,
    };
    let of_thread = thread.as_ref().map(|head| (head.last.at.into(), head.last.channel.clone()));
    let of_event = event.as_ref().map(|entry| (entry.order.time, entry.channel.clone()));
    let latest = match (of_thread, of_event) {
        (Some(thread), Some(event)) => Some(if event.0 > thread.0 { event } else { thread }),
        (one, other) => one.or(other),
    };
    Ok(latest.map(|(at, channel)| LastState {
        channel,
        at,
        event,
        thread: thread.map(|head| (head.kind, head.object, head.last)),
    }))
}
