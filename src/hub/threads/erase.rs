//! Forgetting what was left unfinished.

use crate::ids::RecordId;
use crate::journey::ThreadPart;
use crate::store::{Key, Stop, Tx};

use super::super::Context;
use super::abandoned::Mark;
use super::handoffs::{Conversation, queue_key};
use super::keys;
use crate::hub::scan::each;

/// Deletes a record's parts of threads, its conversations and all that hangs on them.
pub(crate) fn forget(tx: &mut Tx<'_>, context: &Context<'_>, record: RecordId) -> Result<(), Stop> {
    let mut gone: Vec<Key> = vec![keys::head(record), keys::last_event(record), keys::part_range(record)];
    each::<ThreadPart>(tx, &keys::parts(record), |key, _| gone.push(key))?;
    each::<Conversation>(tx, &keys::handoffs(record), |key, held| {
        gone.extend(queue_key(context, &key, &held));
        gone.push(key.clone());
    })?;
    each::<Mark>(tx, &keys::abandonments(record), |key, _| gone.push(key))?;
    for key in &gone {
        tx.delete(key);
        // Subscribers learn of threads and conversations only; the rest was never told.
        if keys::part_of(key).is_some() || keys::handoff_of(key).is_some() {
            tx.announce(key);
        }
    }
    Ok(())
}
