//! The index from identifier values to the records that hold them.

use crate::identifier::ValueHash;
use crate::ids::RecordId;
use crate::store::{Stop, Tx};

use super::keys;
use super::stored::{Holder, Holders};

/// Who holds a value.
pub(crate) fn get(tx: &mut Tx<'_>, value: ValueHash) -> Result<Holders, Stop> {
    Ok(tx.get(&keys::holders(value))?.unwrap_or_default())
}

/// Adds a holder. Two reads and one or two writes, however many hold the value.
pub(crate) fn add(tx: &mut Tx<'_>, value: ValueHash, record: RecordId) -> Result<(), Stop> {
    let mut head = get(tx, value)?;
    if head.count > Holders::LISTED {
        let own_key = keys::holder(value, record);
        if !tx.exists(&own_key)? {
            head.count = head.count.saturating_add(1);
            tx.put(&own_key, &Holder {})?;
            tx.put(&keys::holders(value), &head)?;
        }
        return Ok(());
    }
    let Err(at) = head.listed.binary_search(&record) else { return Ok(()) };
    head.listed.insert(at, record);
    head.count += 1;
    if head.count > Holders::LISTED {
        for listed in std::mem::take(&mut head.listed) {
            tx.put(&keys::holder(value, listed), &Holder {})?;
        }
    }
    tx.put(&keys::holders(value), &head)
}

/// Removes a holder. When few enough are left they are listed again, so the index is a function of who holds the value
/// now.
pub(crate) fn remove(tx: &mut Tx<'_>, value: ValueHash, record: RecordId) -> Result<(), Stop> {
    let mut head = get(tx, value)?;
    if head.count > Holders::LISTED {
        let own_key = keys::holder(value, record);
        if !tx.exists(&own_key)? {
            return Ok(());
        }
        tx.delete(&own_key);
        head.count -= 1;
        if head.count <= Holders::LISTED {
            let limit = usize::try_from(Holders::LISTED).unwrap_or(usize::MAX);
            // Every writer under this prefix writes the head too, which this unit of work has read.
            for (key, _) in tx.scan::<Holder>(&keys::holders_beyond(value), None, limit)?.items {
                head.listed.extend(keys::holder_of(&key));
                tx.delete(&key);
            }
        }
    } else {
        let Ok(at) = head.listed.binary_search(&record) else { return Ok(()) };
        head.listed.remove(at);
        head.count -= 1;
    }
    if head.count == 0 {
        tx.delete(&keys::holders(value));
        return Ok(());
    }
    tx.put(&keys::holders(value), &head)
}
