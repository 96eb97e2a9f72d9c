//! The index from blocks to the records in them: how a record finds those that it may be matched with.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::ids::RecordId;
use crate::store::{Stop, Tx};

use super::keys;
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

/// Takes a record out of all blocks.
pub(crate) fn remove(tx: &mut Tx<'_>, record: RecordId, crossed: &mut Vec<Crossed>) -> Result<(), Stop> {
    let held = entry(tx, record)?;
    put(tx, record, &held, &Blocks::default(), &mut Known::new(), crossed)
}

/// Takes a record out of the blocks that it is in and puts it into these and no others. Two reads and two writes for each block that it enters or leaves.
///
/// A block that splits another holds records only while that one is too large: most blocks are small, and a record
/// would be in as many again for nothing.
pub(crate) fn put(
    tx: &mut Tx<'_>,
    record: RecordId,
    held: &Blocks,
    entry: &Blocks,
    known: &mut Known,
    crossed: &mut Vec<Crossed>,
) -> Result<(), Stop> {
    if held == entry {
        return Ok(());
    }
    let (before, after) = (&held.places, &entry.places);
    let whole = before.iter().chain(after).filter(|place| place.split == Place::WHOLE);
    tx.want(&whole.map(|place| keys::block(place.block)).collect::<Vec<_>>());
    let rules: BTreeSet<u8> = before.iter().chain(after).map(|place| place.rule).collect();
    let mut index = Index { tx, known, crossed };
    each(rules, |rule| match (Place::of_rule(before, rule), Place::of_rule(after, rule)) {
        (Some((whole, left)), Some((same, entered))) if whole == same => {
            if index.is_too_large(whole)? {
                each(left.iter().filter(|place| !entered.contains(place)), |place| {
                    index.leave(place, record)
                })?;
                each(entered.iter().filter(|place| !left.contains(place)), |place| {
                    index.enter(place, record)
                })?;
            }
            Ok(())
        }
        (left, entered) => {
            left.map_or(Ok(()), |(whole, splits)| index.leave_rule(whole, splits, record))?;
            entered.map_or(Ok(()), |(whole, splits)| index.enter_rule(whole, splits, record))
        }
    })?;
    let key = keys::blocks(record);
    if after.is_empty() {
        tx.delete(&key);
        return Ok(());
    }
    tx.put(&key, entry)
}

/// [`add`] or [`take`].
type Change = fn(&mut Tx<'_>, &mut Known, &Place, RecordId) -> Result<Option<Crossed>, Stop>;

/// The index while one record enters and leaves blocks.
struct Index<'i, 't> {
    tx: &'i mut Tx<'t>,
    known: &'i mut Known,
    crossed: &'i mut Vec<Crossed>,
}

impl Index<'_, '_> {
    fn is_too_large(&mut self, place: &Place) -> Result<bool, Stop> {
        Ok(place.is_too_large(head(self.tx, self.known, place.block)?.count()))
    }

    fn enter(&mut self, place: &Place, record: RecordId) -> Result<(), Stop> {
        self.crossed.extend(add(self.tx, self.known, place, record)?);
        Ok(())
    }

    fn leave(&mut self, place: &Place, record: RecordId) -> Result<(), Stop> {
        self.crossed.extend(take(self.tx, self.known, place, record)?);
        Ok(())
    }

    /// Enters a rule's own block and, if that is too large, those that split it. Who makes it too large takes the others
    /// along.
    fn enter_rule(&mut self, whole: &Place, splits: &[Place], record: RecordId) -> Result<(), Stop> {
        let crossed = add(self.tx, self.known, whole, record)?;
        if self.is_too_large(whole)? {
            each(splits, |place| self.enter(place, record))?;
        }
        let Some(crossed) = crossed else { return Ok(()) };
        self.of_others(whole, &crossed, record, add)?;
        self.crossed.push(crossed);
        Ok(())
    }

    /// Leaves a rule's own block and, if that was too large, those that split it. The last one over the limit takes the
    /// others along.
    fn leave_rule(&mut self, whole: &Place, splits: &[Place], record: RecordId) -> Result<(), Stop> {
        if self.is_too_large(whole)? {
            each(splits, |place| self.leave(place, record))?;
        }
        let Some(crossed) = take(self.tx, self.known, whole, record)? else { return Ok(()) };
        self.of_others(whole, &crossed, record, take)?;
        self.crossed.push(crossed);
        Ok(())
    }

    /// Changes the splits of the other members of a block that has crossed its limit. What these cross says nothing more:
    /// they have no other members.
    fn of_others(
        &mut self,
        whole: &Place,
        crossed: &Crossed,
        record: RecordId,
        change: Change,
    ) -> Result<(), Stop> {
        let others = crossed.members.iter().filter(|member| **member != record);
        each(others, |member| {
            let places = of(self.tx, *member)?;
            let splits = Place::of_rule(&places, whole.rule).map_or(&[][..], |(_, splits)| splits);
            each(splits, |place| change(self.tx, self.known, place, *member).map(drop))
        })
    }
}

/// The block, read once.
fn head<'k>(tx: &mut Tx<'_>, known: &'k mut Known, block: [u8; 8]) -> Result<&'k mut Block, Stop> {
    match known.entry(block) {
        Entry::Occupied(held) => Ok(held.into_mut()),
        Entry::Vacant(slot) => Ok(slot.insert(tx.get(&keys::block(block))?.unwrap_or_default())),
    }
}

fn add(tx: &mut Tx<'_>, known: &mut Known, place: &Place, record: RecordId) -> Result<Option<Crossed>, Stop> {
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
    let crossed =
        (before == u32::from(place.most)).then(|| Crossed { too_large: true, members: head.listed.clone() });
    if before >= Block::LISTED {
        head.beyond = before + 1;
        for listed in std::mem::take(&mut head.listed) {
            tx.put(&keys::in_block(place.block, listed), &Holder {})?;
        }
    }
    tx.put(&key, head)?;
    Ok(crossed)
}

fn take(
    tx: &mut Tx<'_>,
    known: &mut Known,
    place: &Place,
    record: RecordId,
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
    Ok((after == u32::from(place.most)).then(|| Crossed { too_large: false, members: head.listed.clone() }))
}
