//! Where the wallet's facts live; the table is in [`hub::keys`](super::super::keys).

use crate::hub::keys::key;
use crate::ids::RecordId;
use crate::record::Millis;
use crate::store::Key;
use crate::time::{DateTime, Utc};
use crate::wallet::ledger::{AccountId, TransferId};

/// What an account counts, its limits and in how many parts it is kept.
pub(super) fn account(id: AccountId) -> Key {
    key(&[b"B", id.as_bytes()])
}

pub(super) fn part(id: AccountId, part: u8) -> Key {
    key(&[b"B", id.as_bytes(), &[part]])
}

pub(super) fn entry(id: TransferId) -> Key {
    key(&[b"E", id.as_bytes()])
}

pub(super) fn line(id: AccountId, part: u8, number: u64) -> Key {
    key(&[b"J", id.as_bytes(), &[part], &number.to_be_bytes()])
}

pub(super) fn lines(id: AccountId, part: u8) -> Key {
    key(&[b"J", id.as_bytes(), &[part]])
}

/// A hold with an end time in a part of an account of the house, by its end.
pub(super) fn ending(id: AccountId, part: u8, until: DateTime<Utc>, hold: TransferId) -> Key {
    let seconds = until.timestamp().wrapping_sub(i64::MIN).to_be_bytes();
    let nanoseconds = until.timestamp_subsec_nanos().to_be_bytes();
    key(&[b"Z", b"h", id.as_bytes(), &[part], &seconds, &nanoseconds, hold.as_bytes()])
}

pub(super) fn all_ending(id: AccountId, part: u8) -> Key {
    key(&[b"Z", b"h", id.as_bytes(), &[part]])
}

pub(super) fn held(record: RecordId, unit: [u8; 16]) -> Key {
    key(&[b"I", record.as_bytes(), b"a", &unit])
}

pub(super) fn all_held(record: RecordId) -> Key {
    key(&[b"I", record.as_bytes(), b"a"])
}

pub(super) fn in_family(record: RecordId, family: [u8; 16]) -> Key {
    key(&[b"I", record.as_bytes(), b"f", &family])
}

pub(super) fn families_of(record: RecordId) -> Key {
    key(&[b"I", record.as_bytes(), b"f"])
}

/// The family of a key of [`in_family`].
pub(super) fn family_of(key: &Key) -> Option<[u8; 16]> {
    key.as_bytes().last_chunk().copied()
}

pub(super) fn lots(account: AccountId) -> Key {
    key(&[b"U", account.as_bytes()])
}

pub(super) fn earned(account: AccountId, at: Millis, act: TransferId) -> Key {
    key(&[b"Z", b"e", account.as_bytes(), &at.0.wrapping_sub(i64::MIN).to_be_bytes(), act.as_bytes()])
}

pub(super) fn all_earned(account: AccountId) -> Key {
    key(&[b"Z", b"e", account.as_bytes()])
}

pub(super) fn done(act: TransferId) -> Key {
    key(&[b"Z", b"d", act.as_bytes()])
}

pub(super) fn gift(digest: [u8; 16]) -> Key {
    key(&[b"Z", b"g", &digest])
}

pub(super) fn guesses(digest: [u8; 16]) -> Key {
    key(&[b"Z", b"w", &digest])
}

pub(super) fn family(digest: [u8; 16]) -> Key {
    key(&[b"Z", b"f", &digest])
}
