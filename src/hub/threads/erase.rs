//! Forgetting what was left unfinished.

use crate::ids::RecordId;
use crate::store::{Key, Stop, Tx};

use super::keys;
use super::parts::each;

/// Deletes a record's parts of threads and all that hangs on them.
pub(crate) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    let mut gone: Vec<Key> = vec![keys::head(record), keys::last_event(record)];
    each::<crate::journey::ThreadPart>(tx, &keys::parts(record), |key, _| gone.push(key.clone()))?;
    for key in &gone {
        tx.delete(key);
    }
    Ok(())
}
