//! Where each kind of fact and view lives: one letter, then ids. No key holds a customer's value.
//!
//! | key | value |
//! |---|---|
//! | `r` record | [`Record`](crate::record::Record): a fact |
//! | `e` record, time, event | the event as it came: a fact |
//! | `g` record | a range key: whoever adds an event to the record bumps it |
//! | `x` event | receipt: where the event went, to know it when it comes again |
//! | `d` record | which decisions of people touch the record: an index |
//! | `D` decision | a person's decision: a fact |
//! | `v` value | who holds an identifier value: an index |
//! | `h` value, record | the same for a value with very many holders |
//! | `l` record | the blocks that the record is in, and a sketch of its values in keyed hashes: an index |
//! | `b` block | the records of a block, or how many they are: an index |
//! | `p` block, record | the same for a block of very many records |
//! | `m` record | the component that the record is in, if it is not alone: a view |
//! | `k` component | the component's clusters and quarantine: a view |
//! | `s` value | the value belongs to an erased person |
//! | `S` | how many erasures there were |
//! | `c` command | the answer to a command |
//! | `n` nonce | a proof that has been used |
//! | `q` code or campaign | how often a coupon, or all of a campaign, were used |
//! | `y` record, campaign | how often a record used coupons of a campaign |
//! | `u` key | what a cart or order did with a coupon |
//! | `w` subject | wrong coupon codes |
//! | `o` quote | how often a quote was used, and whether it was taken back |
//! | `P` product, zone, currency | what a product cost over time |

use crate::identifier::ValueHash;
use crate::ids::{DecisionId, EventKey, QuoteId, RecordId};
use crate::record::Millis;
use crate::store::Key;

fn key(parts: &[&[u8]]) -> Key {
    // All parts have fixed widths far below the longest key.
    Key::new(&parts.concat()).unwrap_or_else(|_| Key::empty())
}

pub(crate) fn record(id: RecordId) -> Key {
    key(&[b"r", id.as_bytes()])
}

pub(crate) fn record_of(key: &Key) -> Option<RecordId> {
    Some(RecordId::from_bytes(key.as_bytes().strip_prefix(b"r")?.try_into().ok()?))
}

pub(crate) const RECORDS: &[u8] = b"r";
pub(crate) const RECEIPTS: &[u8] = b"x";
pub(crate) const HOLDERS: &[u8] = b"v";
pub(crate) const COMPONENTS: &[u8] = b"k";

/// Every key of one kind.
pub(crate) fn prefix(kind: &[u8]) -> Key {
    key(&[kind])
}

/// Milliseconds as bytes whose order is the order of time, before 1970 too.
fn ordered(at: Millis) -> [u8; 8] {
    (at.0.cast_unsigned() ^ (1 << 63)).to_be_bytes()
}

pub(crate) fn event(record: RecordId, at: Millis, event: EventKey) -> Key {
    key(&[b"e", record.as_bytes(), &ordered(at), event.as_bytes()])
}

pub(crate) fn events(record: RecordId) -> Key {
    key(&[b"e", record.as_bytes()])
}

/// What stands for all events of a record: an erasure guards it, so that no event slips past.
pub(crate) fn event_range(record: RecordId) -> Key {
    key(&[b"g", record.as_bytes()])
}

/// Below every event of that instant or later, above every earlier one.
pub(crate) fn events_before(record: RecordId, at: Millis) -> Key {
    key(&[b"e", record.as_bytes(), &ordered(at)])
}

/// The event's own key, from the key under which it is stored.
pub(crate) fn event_of(key: &Key) -> Option<EventKey> {
    Some(EventKey::from_bytes(*key.as_bytes().last_chunk()?))
}

pub(crate) fn receipt(event: EventKey) -> Key {
    key(&[b"x", event.as_bytes()])
}

pub(crate) fn decision(id: DecisionId) -> Key {
    key(&[b"D", id.as_bytes()])
}

pub(crate) fn decided(record: RecordId) -> Key {
    key(&[b"d", record.as_bytes()])
}

pub(crate) fn holders(value: ValueHash) -> Key {
    key(&[b"v", value.as_bytes()])
}

pub(crate) fn holder(value: ValueHash, record: RecordId) -> Key {
    key(&[b"h", value.as_bytes(), record.as_bytes()])
}

pub(crate) fn holders_beyond(value: ValueHash) -> Key {
    key(&[b"h", value.as_bytes()])
}

/// The holding record, from a key of [`holder`] or [`in_block`].
pub(crate) fn holder_of(key: &Key) -> Option<RecordId> {
    Some(RecordId::from_bytes(*key.as_bytes().last_chunk()?))
}

pub(crate) fn blocks(record: RecordId) -> Key {
    key(&[b"l", record.as_bytes()])
}

pub(crate) fn block(block: [u8; 8]) -> Key {
    key(&[b"b", &block])
}

pub(crate) fn in_block(block: [u8; 8], record: RecordId) -> Key {
    key(&[b"p", &block, record.as_bytes()])
}

pub(crate) fn block_beyond(block: [u8; 8]) -> Key {
    key(&[b"p", &block])
}

pub(crate) fn membership(record: RecordId) -> Key {
    key(&[b"m", record.as_bytes()])
}

pub(crate) fn component(id: RecordId) -> Key {
    key(&[b"k", id.as_bytes()])
}

pub(crate) fn erased(value: ValueHash) -> Key {
    key(&[b"s", value.as_bytes()])
}

pub(crate) fn erasures() -> Key {
    key(&[b"S"])
}

pub(crate) fn command(digest: [u8; 16]) -> Key {
    key(&[b"c", &digest])
}

pub(crate) fn nonce(digest: [u8; 16]) -> Key {
    key(&[b"n", &digest])
}

pub(crate) fn coupon(digest: [u8; 16]) -> Key {
    key(&[b"q", &digest])
}

pub(crate) fn coupon_of(record: RecordId, campaign: [u8; 16]) -> Key {
    key(&[b"y", record.as_bytes(), &campaign])
}

/// All that a record used coupons for.
pub(crate) fn coupons_of(record: RecordId) -> Key {
    key(&[b"y", record.as_bytes()])
}

pub(crate) fn coupon_use(digest: [u8; 16]) -> Key {
    key(&[b"u", &digest])
}

pub(crate) fn coupon_guesses(digest: [u8; 16]) -> Key {
    key(&[b"w", &digest])
}

pub(crate) fn quote(id: QuoteId) -> Key {
    key(&[b"o", id.as_bytes()])
}

pub(crate) fn price_history(digest: [u8; 16]) -> Key {
    key(&[b"P", &digest])
}
