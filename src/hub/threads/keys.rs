//! Where threads and what belongs to them live; the table of all keys is in [`super::super::keys`].

use crate::hub::keys::key;
use crate::ids::RecordId;
use crate::journey::PartId;
use crate::store::Key;

pub(crate) fn part(record: RecordId, id: PartId) -> Key {
    key(&[b"t", record.as_bytes(), id.as_bytes()])
}

/// All parts of a record.
pub(crate) fn parts(record: RecordId) -> Key {
    key(&[b"t", record.as_bytes()])
}

/// The record and the part, from a key of [`part`].
pub(crate) fn part_of(key: &Key) -> Option<(RecordId, PartId)> {
    let rest = key.as_bytes().strip_prefix(b"t")?;
    let (record, id) = rest.split_first_chunk::<16>()?;
    Some((RecordId::from_bytes(*record), PartId::from_bytes(id.try_into().ok()?)))
}

/// The thread that was edited last at a record: a neighbour of [`last_event`] and of the record's membership, because who
/// asks what she did last reads the three of each record.
pub(crate) fn head(record: RecordId) -> Key {
    key(&[b"m", record.as_bytes(), b"t"])
}

/// What stands for all parts of a record: whoever begins a part bumps it, and guards those of all records of the person.
pub(crate) fn part_range(record: RecordId) -> Key {
    key(&[b"z", record.as_bytes()])
}

/// The last event of a record with several.
pub(crate) fn last_event(record: RecordId) -> Key {
    key(&[b"m", record.as_bytes(), b"e"])
}

pub(crate) fn handoff(record: RecordId, conversation: [u8; 16]) -> Key {
    key(&[b"1", record.as_bytes(), &conversation])
}

pub(crate) fn handoffs(record: RecordId) -> Key {
    key(&[b"1", record.as_bytes()])
}

pub(crate) fn handoff_of(key: &Key) -> Option<(RecordId, [u8; 16])> {
    let rest = key.as_bytes().strip_prefix(b"1")?;
    let (record, conversation) = rest.split_first_chunk::<16>()?;
    Some((RecordId::from_bytes(*record), conversation.try_into().ok()?))
}

/// A request waits in the queue of a skill.
pub(crate) fn queued(skill: [u8; 16], at: [u8; 8], record: RecordId, conversation: [u8; 16]) -> Key {
    key(&[b"2", &skill, &at, record.as_bytes(), &conversation])
}

/// The queue of a skill, the longest waiting first.
pub(crate) fn queue(skill: [u8; 16]) -> Key {
    key(&[b"2", &skill])
}

/// The record and the conversation, from a key of [`queued`].
pub(crate) fn queued_of(key: &Key) -> Option<(RecordId, [u8; 16])> {
    let rest = key.as_bytes().get(25..)?;
    let (record, conversation) = rest.split_first_chunk::<16>()?;
    Some((RecordId::from_bytes(*record), conversation.try_into().ok()?))
}

/// An abandonment that was told.
pub(crate) fn abandonment(record: RecordId, episode: [u8; 16]) -> Key {
    key(&[b"3", record.as_bytes(), &episode])
}

pub(crate) fn abandonments(record: RecordId) -> Key {
    key(&[b"3", record.as_bytes()])
}

/// How far a subscriber has read the journal.
pub(crate) fn subscriber(name: [u8; 16]) -> Key {
    key(&[b"4", &name])
}
