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
//! | `m` record, `e` | the last event of a record with several: an index |
//! | `m` record, `t` | the thread that was edited last at the record: a view |
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
//! | `O` entry | an [entry](crate::messaging::outbox::Entry) of the outbox: a fact |
//! | `T` time, entry | the entry has something to be done about it then: an index |
//! | `M` record, entry | the entry is to the record's person: an index |
//! | `W` message, entry | the entry is of that message: an index |
//! | `K` provider's id | which entry it is: an index |
//! | `N` record, time, entry | a send that counts for the caps |
//! | `a` record, entry | the entry waits in the outbox, when it is due and how important it is: an index |
//! | `G` record | a range key: whoever changes what counts for the record's caps bumps it |
//! | `f` record, fact | which entry tells the record's person the fact |
//! | `F` record, step | what was decided not to be sent to the record's person, and why |
//! | `A` value, channel | what is known of an address in a channel: bounces, complaints, refusals |
//! | `H` day, channel, part | how a channel fared on a day |
//! | `C` message | what was heard of a message that somebody wrote |
//! | `i` record, digest | what waits to be told the record's person together: a fact |
//! | `j` time, record, digest | the digest is due then: an index |
//! | `L` product, location | what is kept of the product there: a [`Shelf`](crate::stock::reservation::Shelf) |
//! | `Q` cart or order | what it did with stock: a [`Ticket`](crate::stock::reservation::Ticket) |
//! | `R` place, service, time | who has places in a [slot](crate::stock::promise::SlotBook) |
//! | `V` cart or order | the slot that it booked |
//! | `X` cart or order | what it was [promised](crate::stock::promise::Promise), and when it came true |
//! | `Y` place, day | how many promises were kept there |
//! | `#` order | the [order](crate::stock::order::Order), and under which keys its units are held |
//! | `@` time, order | time alone brings something about for the order then: an index |
//! | `$` record, order | the order is of the record's person: an index |
//! | `%` repeat order | the [repeat order](crate::stock::order::Subscription), and when it is due |
//! | `&` time, repeat order | its next order is due then: an index |
//! | `+` record, repeat order | the repeat order is of the record's person: an index |
//! | `=` repeat order, date | what became of its order for that date |
//! | `B` account | what an account counts, its limits, in how many parts it is kept |
//! | `B` account, part | its balances and the head of its lines |
//! | `E` transfer | an [entry](crate::wallet::ledger::Entry) of the books: a fact |
//! | `J` account, part, number | a line of an account |
//! | `I` record, `a`, unit | which account the record has |
//! | `I` record, `f`, family | the record is a member of a family: an index |
//! | `U` account | the lots of an account of points |
//! | `Z` `d` act | what an act on a wallet did, to know it when it comes again |
//! | `Z` `e` account, time, act | what an act earned, for the tiers |
//! | `Z` `h` account, part, time, hold | a hold that ends then, on an account of the house |
//! | `Z` `f` family | the account that it shares, and the members |
//! | `Z` `g` gift card's code | its account and terms, to whom it is bound, what on it pays no more |
//! | `Z` `w` subject | wrong gift card codes |
//! | `t` record, part | the record's [part](crate::journey::ThreadPart) of a thread: a fact |
//! | `z` record | a range key: whoever begins a thread at the record bumps it |
//! | `1` record, conversation | who had a conversation when, and what was passed on: a fact |
//! | `2` skill, time, record, conversation | the conversation waits for somebody of that skill: an index |
//! | `3` record, episode | the abandonment was told |
//! | `4` subscriber | how far it has read the journal |

use crate::channel::Channel;
use crate::identifier::ValueHash;
use crate::ids::{DecisionId, EventKey, OutboxKey, QuoteId, RecordId};
use crate::record::Millis;
use crate::store::Key;

pub(super) fn key(parts: &[&[u8]]) -> Key {
    // All parts have fixed widths far below the longest key.
    Key::join(parts).unwrap_or_else(|_| Key::empty())
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
pub(super) fn ordered(at: Millis) -> [u8; 8] {
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

pub(crate) const DUE: &[u8] = b"T";

pub(crate) fn entry(id: OutboxKey) -> Key {
    key(&[b"O", id.as_bytes()])
}

pub(crate) fn due(at: Millis, entry: OutboxKey) -> Key {
    key(&[b"T", &ordered(at), entry.as_bytes()])
}

/// The instant of a key of [`due`] or [`digest_due`].
pub(crate) fn due_at(key: &Key) -> Option<Millis> {
    let bytes = key.as_bytes().get(1..9)?.try_into().ok()?;
    Some(Millis((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()))
}

/// The entry, from a key that ends with one.
pub(crate) fn entry_of(key: &Key) -> Option<OutboxKey> {
    Some(OutboxKey::from_bytes(*key.as_bytes().last_chunk()?))
}

pub(crate) fn entry_to(record: RecordId, entry: OutboxKey) -> Key {
    key(&[b"M", record.as_bytes(), entry.as_bytes()])
}

pub(crate) fn entries_to(record: RecordId) -> Key {
    key(&[b"M", record.as_bytes()])
}

pub(crate) fn entry_with(message: [u8; 16], entry: OutboxKey) -> Key {
    key(&[b"W", &message, entry.as_bytes()])
}

pub(crate) fn entries_with(message: [u8; 16]) -> Key {
    key(&[b"W", &message])
}

pub(crate) fn provider_id(digest: [u8; 16]) -> Key {
    key(&[b"K", &digest])
}

pub(crate) fn booking(record: RecordId, at: Millis, entry: OutboxKey) -> Key {
    key(&[b"N", record.as_bytes(), &ordered(at), entry.as_bytes()])
}

pub(crate) fn bookings(record: RecordId) -> Key {
    key(&[b"N", record.as_bytes()])
}

/// Below every send of that instant or later, above every earlier one.
pub(crate) fn bookings_before(record: RecordId, at: Millis) -> Key {
    key(&[b"N", record.as_bytes(), &ordered(at)])
}

/// The instant of a key of [`booking`].
pub(crate) fn booked_at(key: &Key) -> Option<Millis> {
    let bytes = key.as_bytes().get(17..25)?.try_into().ok()?;
    Some(Millis((u64::from_be_bytes(bytes) ^ (1 << 63)).cast_signed()))
}

pub(crate) fn waiting(record: RecordId, entry: OutboxKey) -> Key {
    key(&[b"a", record.as_bytes(), entry.as_bytes()])
}

pub(crate) fn all_waiting(record: RecordId) -> Key {
    key(&[b"a", record.as_bytes()])
}

/// What stands for all sends of a record, and all that wait to be sent: a decision guards it.
pub(crate) fn booking_range(record: RecordId) -> Key {
    key(&[b"G", record.as_bytes()])
}

pub(crate) fn told(record: RecordId, fact: ValueHash) -> Key {
    key(&[b"f", record.as_bytes(), fact.as_bytes()])
}

pub(crate) fn unsent(record: RecordId, step: [u8; 16]) -> Key {
    key(&[b"F", record.as_bytes(), &step])
}

pub(crate) fn all_unsent(record: RecordId) -> Key {
    key(&[b"F", record.as_bytes()])
}

pub(crate) fn address(value: ValueHash, channel: &Channel) -> Key {
    key(&[b"A", value.as_bytes(), channel.as_str().as_bytes()])
}

/// An address in every channel.
pub(crate) fn addresses(value: ValueHash) -> Key {
    key(&[b"A", value.as_bytes()])
}

pub(crate) const CHANNEL_DAYS: &[u8] = b"H";

pub(crate) fn channel_day(day: i64, channel: [u8; 16], part: u8) -> Key {
    key(&[b"H", &ordered(Millis(day)), &channel, &[part]])
}

/// Below every count of that day or later, above every earlier one.
pub(crate) fn channel_days_before(day: i64) -> Key {
    key(&[b"H", &ordered(Millis(day))])
}

pub(crate) fn inbound(digest: [u8; 16]) -> Key {
    key(&[b"C", &digest])
}

pub(crate) const DIGESTS_DUE: &[u8] = b"j";

pub(crate) fn digest(record: RecordId, place: [u8; 16]) -> Key {
    key(&[b"i", record.as_bytes(), &place])
}

pub(crate) fn digests(record: RecordId) -> Key {
    key(&[b"i", record.as_bytes()])
}

/// The place of a key of [`digest`].
pub(crate) fn digest_of(key: &Key) -> Option<[u8; 16]> {
    key.as_bytes().last_chunk().copied()
}

pub(crate) fn digest_due(at: Millis, record: RecordId, place: [u8; 16]) -> Key {
    key(&[b"j", &ordered(at), record.as_bytes(), &place])
}

/// The parts of a key of [`digest_due`].
pub(crate) fn digest_due_of(key: &Key) -> Option<(Millis, RecordId, [u8; 16])> {
    let record = key.as_bytes().get(9..25)?.try_into().ok()?;
    Some((due_at(key)?, RecordId::from_bytes(record), digest_of(key)?))
}
