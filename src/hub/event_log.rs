//! The events of a record, in the order of their times.

use crate::event::StoredEvent;
use crate::ids::RecordId;
use crate::record::Millis;
use crate::store::{Key, Stop, Tx};

/// Events read at a time.
const PAGE: usize = 1_000;

/// The keys of all events of a record.
pub(crate) fn keys(tx: &mut Tx<'_>, record: RecordId) -> Result<Vec<Key>, Stop> {
    let mut keys = Vec::new();
    each(tx, record, None, |key, _| keys.push(key))?;
    Ok(keys)
}

/// Every event of a record from an instant on, in time order.
pub(crate) fn each(
    tx: &mut Tx<'_>,
    record: RecordId,
    since: Option<Millis>,
    mut take: impl FnMut(Key, StoredEvent),
) -> Result<(), Stop> {
    let prefix = super::keys::events(record);
    let mut after = since.map(|since| super::keys::events_before(record, since));
    loop {
        let found = tx.scan::<StoredEvent>(&prefix, after.as_ref(), PAGE)?;
        after = found.items.last().map(|(key, _)| key.clone());
        for (key, event) in found.items {
            take(key, event);
        }
        if !found.more || after.is_none() {
            return Ok(());
        }
    }
}
