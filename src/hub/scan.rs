//! Reading everything under a prefix, a page after the other, in the order of the keys.

use crate::store::{Key, Stop, Stored, Tx};

/// How many values are read at once.
const PAGE: usize = 256;

/// Every value under a prefix.
pub(super) fn each<T: Stored>(tx: &mut Tx<'_>, prefix: &Key, take: impl FnMut(Key, T)) -> Result<(), Stop> {
    each_after(tx, prefix, None, take)
}

/// Every value under a prefix whose key comes after one.
pub(super) fn each_after<T: Stored>(
    tx: &mut Tx<'_>,
    prefix: &Key,
    after: Option<Key>,
    mut take: impl FnMut(Key, T),
) -> Result<(), Stop> {
    each_while(tx, prefix, after, |key, value| {
        take(key, value);
        true
    })
}

/// The values under a prefix whose key comes after one, until one is not wanted.
pub(super) fn each_while<T: Stored>(
    tx: &mut Tx<'_>,
    prefix: &Key,
    after: Option<Key>,
    take: impl FnMut(Key, T) -> bool,
) -> Result<(), Stop> {
    some(tx, prefix, after, usize::MAX, take)
}

/// The first so many keys under a prefix.
pub(super) fn first_keys<T: Stored>(tx: &mut Tx<'_>, prefix: &Key, limit: usize) -> Result<Vec<Key>, Stop> {
    let mut keys = Vec::new();
    some::<T>(tx, prefix, None, limit, |key, _| {
        keys.push(key);
        true
    })?;
    Ok(keys)
}

/// Deletes every value under a prefix.
pub(super) fn delete_all<T: Stored>(tx: &mut Tx<'_>, prefix: &Key) -> Result<(), Stop> {
    first_keys::<T>(tx, prefix, usize::MAX)?.iter().for_each(|key| tx.delete(key));
    Ok(())
}

fn some<T: Stored>(
    tx: &mut Tx<'_>,
    prefix: &Key,
    mut after: Option<Key>,
    mut left: usize,
    mut take: impl FnMut(Key, T) -> bool,
) -> Result<(), Stop> {
    while left > 0 {
        let found = tx.scan::<T>(prefix, after.as_ref(), left.min(PAGE))?;
        left = left.saturating_sub(found.items.len());
        after = found.items.last().map(|(key, _)| key.clone());
        let go_on = found.items.into_iter().all(|(key, value)| take(key, value));
        if !go_on || !found.more || after.is_none() {
            break;
        }
    }
    Ok(())
}
