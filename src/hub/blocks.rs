//! The index from blocks to the records in them: how a record finds those that it may be matched with.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::ids::RecordId;
use crate::store::{Stop, Tx};

use super::keys;
use super::linkage::Linkage;
use super::matching::each;
use super::stored::{Block, Blocks, Holder, Place};

/// A block whose size has crossed the limit of its rule, with the records in it at that moment.
///
/// Records that come later are looked at for their own sake.
#[derive(Debug, Clone)]
pub(crate) struct Crossed {
    /// It has become too large, so pairs that only it found are found no more; otherwise it is looked at again.
    pub(crate) too_large: bool,
    pub(crate) members: Vec<RecordId>,
}

/// Blocks that have been read, as they are after what this unit of work has written.
pub(crate) type Known = BTreeMap<[u8; 8], Block>;

/// The blocks that a record is in now.
pub(crate) fn of(tx: &mut Tx<'_>, record: RecordId) -> Result<Vec<Place>, Stop> {
    Ok(entry(tx, record)?.places)
}

/// The blocks that a record is in now, and what is remembered of its values.
pub(crate) fn entry(tx: &mut Tx<'_>, record: RecordId) -> Result<Blocks, Stop> {
    Ok(tx.get::<Blocks>(&keys::blocks(record))?.unwrap_or_default())
}

/// Puts a record into these blocks and no others, with nothing remembered of its values.
pub(crate) fn set(
    tx: &mut Tx<'_>,
    linkage: Option<&Linkage>,
    record: RecordId,
    places: Vec<Place>,
    known: &mut Known,
    crossed: &mut Vec<Crossed>,
) -> Result<(), Stop> {
    put(tx, linkage, record, &Blocks { places, sketch: None }, known, crossed)
}

/// Puts a record into these blocks and no others. Two reads and two writes for each block that it enters or leaves.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    linkage: Option<&Linkage>,
    record: RecordId,
    entry: &Blocks,
    known: &mut Known,
    crossed: &mut Vec<Crossed>,
) -> Result<(), Stop> {
    let held = self::entry(tx, record)?;
    if held == *entry {
        return Ok(());
    }
    let (before, places) = (&held.places, &entry.places);
    let most = |place: &Place| linkage.and_then(|linkage| linkage.max_block(place.rule));
    each(before.iter().filter(|place| !places.contains(place)), |place| {
        crossed.extend(remove(tx, known, place, record, most(place))?);
        Ok(())
    })?;
    each(places.iter().filter(|place| !before.contains(place)), |place| {
        crossed.extend(add(tx, known, place, record, most(place))?);
        Ok(())
    })?;
    let key = keys::blocks(record);
    if places.is_empty() {
        tx.delete(&key);
        return Ok(());
    }
    tx.put(&key, entry)
}

/// The block, read once.
fn head<'k>(tx: &mut Tx<'_>, known: &'k mut Known, block: [u8; 8]) -> Result<&'k mut Block, Stop> {
    match known.entry(block) {
        Entry::Occupied(held) => Ok(held.into_mut()),
        Entry::Vacant(slot) => Ok(slot.insert(tx.get(&keys::block(block))?.unwrap_or_default())),
    }
}

fn add(
    tx: &mut Tx<'_>,
    known: &mut Known,
    place: &Place,
    record: RecordId,
    most: Option<u32>,
) -> Result<Option<Crossed>, Stop> {
    let key = keys::block(place.block);
    let head = head(tx, known, place.block)?;
    if head.beyond > 0 {
        let own_key = keys::in_block(place.block, record);
        if !tx.exists(&own_key)? {
            head.beyond = head.beyond.saturating_add(1);
            tx.put(&own_key, &Holder {})?;
            tx.put(&key, head)?;
        }
        return Ok(None);
    }
    let Err(at) = head.listed.binary_search(&record) else { return Ok(None) };
    let before = head.count();
    head.listed.insert(at, record);
    let crossed = (most == Some(before)).then(|| Crossed { too_large: true, members: head.listed.clone() });
    if before >= Block::LISTED {
        head.beyond = before + 1;
        for listed in std::mem::take(&mut head.listed) {
            tx.put(&keys::in_block(place.block, listed), &Holder {})?;
        }
    }
    tx.put(&key, head)?;
    Ok(crossed)
}

fn remove(
    tx: &mut Tx<'_>,
    known: &mut Known,
    place: &Place,
    record: RecordId,
    most: Option<u32>,
) -> Result<Option<Crossed>, Stop> {
    let key = keys::block(place.block);
    let head = head(tx, known, place.block)?;
    if head.beyond > 0 {
        let own_key = keys::in_block(place.block, record);
        if !tx.exists(&own_key)? {
            return Ok(None);
        }
        tx.delete(&own_key);
        head.beyond -= 1;
        if head.beyond <= Block::LISTED {
            head.beyond = 0;
            let limit = usize::try_from(Block::LISTED).unwrap_or(usize::MAX);
            // Every writer under this prefix writes the head too, which this unit of work has read.
            for (own_key, _) in tx.scan::<Holder>(&keys::block_beyond(place.block), None, limit)?.items {
                head.listed.extend(keys::holder_of(&own_key));
                tx.delete(&own_key);
            }
        }
    } else {
        let Ok(at) = head.listed.binary_search(&record) else { return Ok(None) };
        head.listed.remove(at);
    }
    let after = head.count();
    if after == 0 {
        tx.delete(&key);
    } else {
        tx.put(&key, head)?;
    }
    Ok((most == Some(after)).then(|| Crossed { too_large: false, members: head.listed.clone() }))
}
