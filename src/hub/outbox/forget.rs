//! Forgetting what the outbox holds of a record.

use crate::ids::RecordId;
use crate::store::{Stop, Tx};

use super::super::{Context, keys};
use super::entries;
use super::messages::{Unsent, index};
use crate::hub::scan::each;

/// Deletes the entries of a record with their indexes, its sends, what it was told and what it was not. Whoever puts
/// something in bumps the record's event range, which the erasure guards.
pub(crate) fn forget(tx: &mut Tx<'_>, context: &Context<'_>, record: RecordId) -> Result<(), Stop> {
    for key in index(tx, &keys::entries_to(record))? {
        if let Some(entry) = entries::get(tx, key)? {
            entries::delete(tx, context, &entry);
        }
    }
    let mut gone = Vec::new();
    each::<Unsent>(tx, &keys::all_unsent(record), |key, _| gone.push(key))?;
    gone.iter().for_each(|key| tx.delete(key));
    tx.delete(&keys::booking_range(record));
    Ok(())
}
