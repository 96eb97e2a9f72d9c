//! The events of a record, in the order of their times.

use crate::event::StoredEvent;
use crate::hub::scan::each_after;
use crate::ids::RecordId;
use crate::record::Millis;
use crate::store::{Key, Stop, Tx};

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
    take: impl FnMut(Key, StoredEvent),
) -> Result<(), Stop> {
    let after = since.map(|since| super::keys::events_before(record, since));
    each_after(tx, &super::keys::events(record), after, take)
}
