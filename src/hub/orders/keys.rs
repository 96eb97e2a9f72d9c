//! The keys of orders.

use crate::hub::Context;
use crate::hub::keys::{key, ordered};
use crate::ids::{OrderId, RecordId};
use crate::record::Millis;
use crate::stock::ReservationKey;
use crate::store::Key;
use crate::time::NaiveDate;

/// Orders about which time alone brings something about.
pub(super) const DUE: &[u8] = b"@";

pub(super) fn order(id: OrderId) -> Key {
    key(&[b"#", id.as_bytes()])
}

pub(super) fn due(at: Millis, order: OrderId) -> Key {
    key(&[DUE, &ordered(at), order.as_bytes()])
}

/// Below every order that is due after the instant.
pub(super) fn due_after(at: Millis) -> Key {
    key(&[DUE, &ordered(Millis(at.0.saturating_add(1)))])
}

pub(super) fn of_record(record: RecordId, order: OrderId) -> Key {
    key(&[b"$", record.as_bytes(), order.as_bytes()])
}

/// All orders of a record.
pub(super) fn all_of_record(record: RecordId) -> Key {
    key(&[b"$", record.as_bytes()])
}

/// Repeat orders of which an order is due.
pub(super) const REPEATS_DUE: &[u8] = b"&";

fn repeat_id(context: &Context<'_>, number: &ReservationKey) -> [u8; 16] {
    context.rules.pepper.digest("repeat_order", &[number.as_str().as_bytes()])
}

pub(super) fn repeat(context: &Context<'_>, number: &ReservationKey) -> Key {
    key(&[b"%", &repeat_id(context, number)])
}

pub(super) fn repeat_due(context: &Context<'_>, at: Millis, number: &ReservationKey) -> Key {
    key(&[REPEATS_DUE, &ordered(at), &repeat_id(context, number)])
}

/// Below every repeat order that is due after the instant.
pub(super) fn repeats_due_after(at: Millis) -> Key {
    key(&[REPEATS_DUE, &ordered(Millis(at.0.saturating_add(1)))])
}

pub(super) fn repeat_of(context: &Context<'_>, record: RecordId, number: &ReservationKey) -> Key {
    key(&[b"+", record.as_bytes(), &repeat_id(context, number)])
}

/// All repeat orders of a record.
pub(super) fn all_repeats_of(record: RecordId) -> Key {
    key(&[b"+", record.as_bytes()])
}

/// What became of the order for a date.
pub(super) fn renewal(context: &Context<'_>, number: &ReservationKey, date: NaiveDate) -> Key {
    key(&[b"=", &repeat_id(context, number), &ordered(Millis(i64::from(date.to_epoch_days())))])
}

/// The repeat order that a key of [`repeat_due`] or [`repeat_of`] ends with.
pub(super) fn repeat_behind(of: &Key) -> Option<Key> {
    of.as_bytes().last_chunk::<16>().map(|id| key(&[b"%", id]))
}

/// When the repeat order that such a key ends with is due.
pub(super) fn due_behind(at: Millis, of: &Key) -> Option<Key> {
    of.as_bytes().last_chunk::<16>().map(|id| key(&[REPEATS_DUE, &ordered(at), id]))
}

/// What became of all orders of the repeat order that such a key ends with.
pub(super) fn renewals_behind(of: &Key) -> Option<Key> {
    of.as_bytes().last_chunk::<16>().map(|id| key(&[b"=", id]))
}

/// Under which an order's units are held; `None` if there is no such name.
pub(super) fn ticket(order: OrderId, number: usize) -> Option<ReservationKey> {
    ReservationKey::parse(&format!("{order}/{number}")).ok()
}

/// The order that a key of [`due`] or [`of_record`] ends with.
pub(super) fn order_of(key: &Key) -> Option<OrderId> {
    key.as_bytes().last_chunk::<16>().map(|id| OrderId::from_bytes(*id))
}
