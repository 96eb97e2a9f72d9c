//! Many events of one subject, one message: collected for a person, put into the outbox once.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::hub::scan::each;
use crate::ids::{CommandId, RecordId};
use crate::messaging::Message;
use crate::messaging::digest::{Digest, DigestPolicy, digest_key};
use crate::record::Millis;
use crate::store::{Once, Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::outbox::{is_of_one, put_in};
use super::stored::Marker;
use super::{CommandKey, Context, Enqueue, EnqueueOutcome, Who, keys, members};

/// The digest of one record under one word of the host.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct DigestBox {
    /// The host's word.
    #[serde(rename = "k")]
    key: String,
    /// Told apart from an earlier one in the same place.
    #[serde(rename = "i")]
    id: CommandId,
    /// The number of the next delivery.
    #[serde(rename = "n", default)]
    next: u32,
    #[serde(rename = "d")]
    digest: Digest<String>,
    /// What is closed and not yet in the outbox.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    ready: Vec<Ready>,
}

#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Ready {
    #[serde(rename = "n")]
    number: u32,
    #[serde(rename = "t")]
    at: DateTime<Utc>,
    #[serde(rename = "i")]
    items: Vec<String>,
}

impl fmt::Debug for Ready {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ready")
            .field("at", &self.at)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

impl Stored for DigestBox {
    const KIND: &'static str = "digest";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

impl DigestBox {
    /// Most items that wait in one box, and most bytes of an item and of the host's word.
    const MAX_ITEMS: usize = 1_000;
    const MAX_ITEM: usize = 2_048;
    const MAX_KEY: usize = 256;

    fn close(&mut self, at: DateTime<Utc>, items: Vec<String>) {
        self.ready.push(Ready { number: self.next, at, items });
        self.next = self.next.saturating_add(1);
    }

    /// Closes the window if its time has come.
    fn roll(&mut self, now: DateTime<Utc>) {
        if let Some(due) = self.digest.due(now) {
            self.close(due.at, due.items);
        }
    }

    fn waiting(&self) -> usize {
        self.ready.iter().map(|ready| ready.items.len()).sum::<usize>().saturating_add(self.digest.waiting())
    }

    /// When there is something to put into the outbox.
    fn due(&self) -> Option<DateTime<Utc>> {
        let window = self.digest.closes_at().filter(|_| self.digest.waiting() > 0);
        self.ready.iter().map(|ready| ready.at).chain(window).min()
    }

    fn is_spent(&self) -> bool {
        self.ready.is_empty() && self.digest.closes_at().is_none()
    }
}

/// What became of an item for a digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "digest")]
pub enum DigestAdded {
    /// It waits with the others; there is a digest to be put into the outbox from then on.
    Waits {
        /// When, if no further item changes that. Not after the call for an item that goes at once.
        until: DateTime<Utc>,
    },
    /// A thousand items wait already, or the item is over 2,048 bytes, or the host's word over 256; nothing has changed.
    TooMuch,
    /// Nobody is known by that name; nothing has changed.
    Unknown,
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl Stored for DigestAdded {
    const KIND: &'static str = "digest_added";
    const VERSION: u16 = 1;
}

/// A digest whose time has come: write its message and [send](digest_send) it. `Debug` shows how many items, not which.
#[derive(Clone, PartialEq)]
pub struct DueDigest {
    /// A record of the person.
    pub record: RecordId,
    /// The host's word for what it is about.
    pub key: String,
    /// When it came to be due.
    pub at: DateTime<Utc>,
    /// The items, in the order of their arrival.
    pub items: Vec<String>,
    place: [u8; 16],
    id: CommandId,
    number: u32,
}

impl fmt::Debug for DueDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DueDigest")
            .field("record", &self.record)
            .field("at", &self.at)
            .field("items", &self.items.len())
            .finish_non_exhaustive()
    }
}

/// What became of a digest.
#[derive(Debug, Clone, PartialEq)]
pub enum DigestOutcome {
    /// It is done with, as the outbox says: put in, or not to be sent.
    Done(EnqueueOutcome),
    /// An item came in meanwhile that belongs to it: ask what is due again, and write it anew.
    Changed,
    /// Another worker was faster, or she has been erased.
    Gone,
}

/// Adds an item to what a person is to be told together under one word of the host, such as the order that it is
/// about. The window is hers: items that come in by another of her records join it.
///
/// The policy is asked at each item and is not kept, so changing it, or a template, opens no second window. An item is the
/// host's own text, an id or JSON, as it wants it back.
///
/// ```
/// # #[cfg(all(feature = "tzdb", feature = "phone"))] {
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use throughline::calendar::Zones;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{CommandKey, DigestOutcome, Enqueue, EnqueueOutcome, Hub, Rules, Who};
/// use throughline::messaging::digest::DigestPolicy;
/// use throughline::messaging::{Class, Message, Policy, Rendered};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"phone":"+989124471000"}}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let policy = DigestPolicy { max_items: Some(2), ..DigestPolicy::default() };
/// for item in ["answer-1", "answer-2"] {
///     hub.digest_add(&CommandKey::new(item), &who, "review-9", item, &policy)?;
/// }
/// let due = hub.digests_due(10)?;
/// assert_eq!(due[0].items, ["answer-1", "answer-2"]);
///
/// let message = Message::new("answers", Class::Service, "service.reviews".parse()?);
/// let texts = BTreeMap::from([(Channel::Sms, Rendered::text(format!("{} answers", due[0].items.len())))]);
/// let (rules, zones) = (Policy::default(), Zones::bundled());
/// let request = Enqueue::new(&message, &texts, &rules, &zones);
/// let done = hub.digest_send(&due[0], &request)?;
/// assert!(matches!(done, DigestOutcome::Done(EnqueueOutcome::Queued { .. })));
/// assert_eq!(hub.digest_send(&due[0], &request)?, DigestOutcome::Gone, "once");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her records and in the items that wait.
pub fn digest_add(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    who: &Who,
    key: &str,
    item: &str,
    policy: &DigestPolicy,
) -> Result<DigestAdded, Stop> {
    let name = who.bytes(context);
    let request = context.request("digest_add", &[&name, key.as_bytes(), item.as_bytes()]);
    let once = command.once(tx, context, request, |tx| {
        if key.len() > DigestBox::MAX_KEY || item.len() > DigestBox::MAX_ITEM {
            return Ok(DigestAdded::TooMuch);
        }
        match who.record(tx, context)? {
            Some(record) => add(tx, context, record, key, item, policy),
            None => Ok(DigestAdded::Unknown),
        }
    })?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => DigestAdded::KeyReused,
    })
}

fn add(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    record: RecordId,
    key: &str,
    item: &str,
    policy: &DigestPolicy,
) -> Result<DigestAdded, Stop> {
    let place = |record: RecordId| digest_key(&context.rules.pepper, record.into(), key);
    // Each of her boxes, there or not, is guarded: of two calls that find none at once one opens a window.
    let records = members::cluster(tx, record)?.0;
    let wanted: Vec<_> = records.iter().map(|id| keys::digest(*id, place(*id))).collect();
    let found = tx.get_many::<DigestBox>(&wanted)?;
    let known = records.iter().zip(found).filter_map(|(id, held)| Some((*id, held?)));
    let open = known.min_by_key(|(id, held)| (held.digest.closes_at().is_none(), *id != record, *id));
    let (record, before) = match open {
        Some((id, held)) => (id, Some(held)),
        None => (record, None),
    };
    let mut now = before.clone().unwrap_or_else(|| DigestBox {
        key: key.to_owned(),
        id: context.mint.next(CommandId::from_bytes),
        next: 0,
        digest: Digest::default(),
        ready: Vec::new(),
    });
    if now.waiting() >= DigestBox::MAX_ITEMS {
        return Ok(DigestAdded::TooMuch);
    }
    for due in now.digest.add(item.to_owned(), context.now, policy) {
        now.close(due.at, due.items);
    }
    let until = now.due().unwrap_or(context.now);
    // An erasure that runs at the same time sees that there is something new.
    tx.bump_range(&keys::event_range(record))?;
    save(tx, record, place(record), before.as_ref(), &now)?;
    Ok(DigestAdded::Waits { until })
}

/// The digests whose time has come, the longest due first.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the answer.
pub fn digests_due(tx: &mut Tx<'_>, context: &Context<'_>, limit: usize) -> Result<Vec<DueDigest>, Stop> {
    let found = tx.scan::<Marker>(&keys::prefix(keys::DIGESTS_DUE), None, limit)?;
    let now = Millis::from(context.now);
    let mut due = Vec::new();
    for (key, _) in found.items {
        let Some((at, record, place)) = keys::digest_due_of(&key) else { continue };
        if at > now || due.len() >= limit {
            break;
        }
        let held = match tx.get::<DigestBox>(&keys::digest(record, place)) {
            // What cannot be read does not stop the others.
            Err(Stop::Failed(error)) if is_of_one(error.kind()) => continue,
            held => held?,
        };
        let Some(mut held) = held else { continue };
        held.roll(context.now);
        let DigestBox { key, id, ready, .. } = held;
        due.extend(ready.into_iter().filter(|ready| ready.at <= context.now).map(|ready| DueDigest {
            record,
            key: key.clone(),
            at: ready.at,
            items: ready.items,
            place,
            id,
            number: ready.number,
        }));
    }
    Ok(due)
}

/// Puts a digest into the outbox as one message and takes it out of what waits, in one step: of any number of workers one
/// does. A digest that may not be sent is done with as well, and kept with the reasons.
///
/// The message's id is the host's; its step is the request's with the digest's own number behind it, so each digest is a
/// message of its own. A fact that the message may name does not count: each digest has its own.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// That of [`decide`](super::decide()).
pub fn digest_send(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    due: &DueDigest,
    request: &Enqueue<'_>,
) -> Result<DigestOutcome, Stop> {
    let Some(before) = tx.get::<DigestBox>(&keys::digest(due.record, due.place))? else {
        return Ok(DigestOutcome::Gone);
    };
    let mut now = before.clone();
    now.roll(context.now);
    let position = now.ready.iter().position(|ready| ready.number == due.number);
    let Some(position) = position.filter(|_| now.id == due.id) else { return Ok(DigestOutcome::Gone) };
    let ready = now.ready.remove(position);
    if ready.items != due.items {
        return Ok(DigestOutcome::Changed);
    }
    save(tx, due.record, due.place, Some(&before), &now)?;
    let step = format!("{}/{}/{}", request.step, due.id, due.number);
    let message = Message { told_key: None, ..request.message.clone() };
    let request = Enqueue { message: &message, step: &step, ..*request };
    Ok(DigestOutcome::Done(put_in(tx, context, due.record, &request, None)?))
}

fn save(
    tx: &mut Tx<'_>,
    record: RecordId,
    place: [u8; 16],
    before: Option<&DigestBox>,
    now: &DigestBox,
) -> Result<(), Stop> {
    let key = keys::digest(record, place);
    if now.is_spent() {
        tx.delete(&key);
        tx.announce(&key);
    } else {
        tx.put(&key, now)?;
    }
    let index = |held: &DigestBox| held.due().map(|at| keys::digest_due(Millis::from(at), record, place));
    let (was, is) = (before.and_then(index), index(now));
    if was != is {
        was.iter().for_each(|key| tx.delete(key));
        if let Some(key) = is {
            tx.put(&key, &Marker {})?;
        }
    }
    Ok(())
}

/// Deletes what waits for a record's person.
pub(crate) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    let mut gone = Vec::new();
    each::<DigestBox>(tx, &keys::digests(record), |key, held| gone.push((key, held.due())))?;
    for (key, due) in gone {
        if let (Some(at), Some(place)) = (due, keys::digest_of(&key)) {
            tx.delete(&keys::digest_due(Millis::from(at), record, place));
        }
        tx.delete(&key);
        tx.announce(&key);
    }
    Ok(())
}
