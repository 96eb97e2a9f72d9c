//! The keys of orders.

use crate::hub::keys::{key, ordered};
use crate::ids::{OrderId, RecordId};
use crate::record::Millis;
use crate::stock::ReservationKey;
use crate::store::Key;

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

/// Under which an order's units are held; `None` if there is no such name.
pub(super) fn ticket(order: OrderId, number: usize) -> Option<ReservationKey> {
    ReservationKey::parse(&format!("{order}/{number}")).ok()
}

/// The order that a key of [`due`] or [`of_record`] ends with.
pub(super) fn order_of(key: &Key) -> Option<OrderId> {
    key.as_bytes().last_chunk::<16>().map(|id| OrderId::from_bytes(*id))
}
