//! Which records one unit of work compares, and what each pair weighs.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use crate::identity::linkage::{PreparedRecord, Sketch};
use crate::ids::RecordId;
use crate::record::Record;
use crate::store::{Stop, Tx};

use super::blocks::{self, Crossed};
use super::fold::Dirty;
use super::linkage::Linkage;
use super::stored::{Block, Blocks, Place};
use super::{Rules, keys};

/// Does something for each item. Where data is missing the other items still say what they need, so that a store across
/// a network brings it all at once.
pub(crate) fn each<T>(
    items: impl IntoIterator<Item = T>,
    mut one: impl FnMut(T) -> Result<(), Stop>,
) -> Result<(), Stop> {
    let mut paused = false;
    for item in items {
        match one(item) {
            Err(Stop::Pause) => paused = true,
            done => done?,
        }
    }
    if paused { Err(Stop::Pause) } else { Ok(()) }
}

/// A pair of records, the smaller id first, with its weight in bits.
pub(crate) type Pair = (RecordId, RecordId, f64);

/// What has been read of blocks and records, so that each is read and prepared once.
pub(crate) struct Matching<'r> {
    linkage: &'r Linkage,
    rules: &'r Rules,
    records: BTreeMap<RecordId, Option<PreparedRecord>>,
    /// In which blocks records are, and what is remembered of their values.
    entries: BTreeMap<RecordId, Blocks>,
    blocks: blocks::Known,
    weights: BTreeMap<(RecordId, RecordId), Option<f64>>,
    /// Blocks whose size crossed the limit of their rule.
    pub(crate) crossed: Vec<Crossed>,
}

impl<'r> Matching<'r> {
    /// Nothing read yet; `None` if nothing is matched.
    pub(crate) fn new(rules: &'r Rules) -> Option<Self> {
        Some(Self {
            linkage: rules.linkage.as_ref()?,
            rules,
            records: BTreeMap::new(),
            entries: BTreeMap::new(),
            blocks: BTreeMap::new(),
            weights: BTreeMap::new(),
            crossed: Vec::new(),
        })
    }

    /// Puts the records into the blocks that they now belong to. Afterwards what was written last of all of them is at hand.
    pub(crate) fn update(
        &mut self,
        tx: &mut Tx<'_>,
        Dirty { records: ids, fresh, folded, .. }: &mut Dirty,
    ) -> Result<(), Stop> {
        let missing: Vec<_> = ids.iter().copied().filter(|id| !folded.contains_key(id)).collect();
        let wanted: Vec<_> = missing.iter().map(|id| keys::record(*id)).collect();
        for (id, found) in missing.into_iter().zip(tx.get_many::<Record>(&wanted)?) {
            folded.extend(found.map(|record| (id, Box::new(record))));
        }
        for id in &*ids {
            let known = folded.get(id);
            self.records.insert(*id, known.and_then(|record| self.linkage.prepare(record, self.rules)));
        }
        each(&*ids, |&id| {
            let held = if fresh.contains(&id) { Blocks::default() } else { blocks::entry(tx, id)? };
            let prepared = self.records.get(&id).and_then(Option::as_ref);
            let places = prepared.map(|record| self.linkage.places(record, self.rules)).unwrap_or_default();
            let sketch = prepared.map(|record| self.linkage.sketch(record, self.rules));
            let entry = Blocks { places, sketch };
            blocks::put(tx, id, &held, &entry, &mut self.blocks, &mut self.crossed)?;
            self.entries.insert(id, entry);
            Ok(())
        })
    }

    /// The records that share a block with this one, of those that are looked at, and weigh at least the threshold.
    pub(crate) fn strong(&mut self, tx: &mut Tx<'_>, id: RecordId) -> Result<Vec<RecordId>, Stop> {
        self.load(tx, std::iter::once(id))?;
        self.load_blocks(tx, &[id])?;
        let mut others: BTreeSet<RecordId> = BTreeSet::new();
        let places = self.places(id);
        for place in places.iter().filter(|place| self.is_looked_at(place, places)) {
            if let Some(block) = self.blocks.get(&place.block) {
                others.extend(&block.listed);
            }
        }
        others.remove(&id);
        self.prepare(tx, std::iter::once(id))?;
        let threshold = self.rules.identity.match_threshold_bits;
        self.load(tx, others.iter().copied())?;
        self.give_up(id, &mut others, threshold);
        self.prepare(tx, others.iter().copied())?;
        let strong =
            others.into_iter().filter(|other| self.weigh(id, *other).is_some_and(|bits| bits >= threshold));
        Ok(strong.collect())
    }

    /// Leaves out with whom the record cannot weigh so much, by what is remembered of both.
    fn give_up(&self, id: RecordId, others: &mut BTreeSet<RecordId>, bits: f64) {
        let own = self.records.get(&id).and_then(Option::as_ref);
        let Some((own, sketch)) = own.zip(self.sketch(id)) else { return };
        let bound = self.linkage.scorer().bound(own, sketch);
        others.retain(|other| self.sketch(*other).is_none_or(|other| bound.may_weigh(bits, other)));
    }

    /// What is remembered of a record, if it was read.
    fn sketch(&self, id: RecordId) -> Option<&Sketch> {
        self.entries.get(&id)?.sketch.as_ref()
    }

    /// The pairs among these records that share a block that is looked at.
    pub(crate) fn candidates(&mut self, tx: &mut Tx<'_>, ids: &[RecordId]) -> Result<Vec<Pair>, Stop> {
        self.load(tx, ids.iter().copied())?;
        let mut together: BTreeMap<Place, Vec<RecordId>> = BTreeMap::new();
        for id in ids {
            for place in self.places(*id) {
                together.entry(*place).or_default().push(*id);
            }
        }
        let shared: BTreeSet<RecordId> =
            together.values().filter(|found| found.len() > 1).flatten().copied().collect();
        if shared.is_empty() {
            return Ok(Vec::new());
        }
        self.load_blocks(tx, &shared.iter().copied().collect::<Vec<_>>())?;
        self.prepare(tx, shared.iter().copied())?;
        let mut pairs: BTreeSet<(RecordId, RecordId)> = BTreeSet::new();
        for (place, found) in together.iter().filter(|(_, found)| found.len() > 1) {
            if !found.first().is_some_and(|id| self.is_looked_at(place, self.places(*id))) {
                continue;
            }
            for (at, a) in found.iter().enumerate() {
                pairs.extend(found.iter().skip(at + 1).map(|b| (*a.min(b), *a.max(b))));
            }
        }
        Ok(pairs.into_iter().filter_map(|(a, b)| Some((a, b, self.weigh(a, b)?))).collect())
    }

    /// All pairs among these records.
    pub(crate) fn all(&mut self, tx: &mut Tx<'_>, ids: &[RecordId]) -> Result<Vec<Pair>, Stop> {
        self.prepare(tx, ids.iter().copied())?;
        let mut pairs = Vec::new();
        for (at, a) in ids.iter().enumerate() {
            for b in ids.iter().skip(at + 1) {
                let (a, b) = (*a.min(b), *a.max(b));
                pairs.extend(self.weigh(a, b).map(|weight| (a, b, weight)));
            }
        }
        Ok(pairs)
    }

    /// Whether the record is compared with others.
    pub(crate) fn takes_part(&mut self, tx: &mut Tx<'_>, id: RecordId) -> Result<bool, Stop> {
        self.prepare(tx, std::iter::once(id))?;
        Ok(self.records.get(&id).is_some_and(Option::is_some))
    }

    /// Whether all pairs of a component of so many records are weighed.
    pub(crate) fn weighs_all(&self, records: usize) -> bool {
        u32::try_from(records).is_ok_and(|records| records <= self.linkage.weighs_all_within())
    }

    /// The vote of a pair, in bits; `None` if one of the two takes no part.
    fn weigh(&mut self, a: RecordId, b: RecordId) -> Option<f64> {
        let (a, b) = (a.min(b), a.max(b));
        match self.weights.entry((a, b)) {
            Entry::Occupied(known) => *known.get(),
            Entry::Vacant(slot) => {
                let of = |id| self.records.get(id).and_then(Option::as_ref);
                let weight = match (of(&a), of(&b)) {
                    (Some(a), Some(b)) => {
                        let scorer = self.linkage.scorer();
                        let threshold = self.rules.identity.match_threshold_bits;
                        Some(scorer.vote_bits(scorer.weight_bits(a, b), threshold))
                    }
                    _ => None,
                };
                *slot.insert(weight)
            }
        }
    }

    /// Whether a block has too many records, as far as it was read.
    fn is_too_large(&self, place: &Place) -> bool {
        place.is_too_large(self.blocks.get(&place.block).map_or(0, Block::count))
    }

    /// Whether the pairs of a block are looked at: it is small enough, and if it splits a rule's block that is not.
    fn is_looked_at(&self, place: &Place, places: &[Place]) -> bool {
        let splits = || Place::of_rule(places, place.rule).is_some_and(|(whole, _)| self.is_too_large(whole));
        !self.is_too_large(place) && (place.split == Place::WHOLE || splits())
    }

    /// The blocks that a record is in, if they were read.
    fn places(&self, id: RecordId) -> &[Place] {
        self.entries.get(&id).map_or(&[], |entry| &entry.places)
    }

    /// Reads which blocks the records are in.
    fn load(&mut self, tx: &mut Tx<'_>, ids: impl Iterator<Item = RecordId>) -> Result<(), Stop> {
        let missing: Vec<_> = ids.filter(|id| !self.entries.contains_key(id)).collect();
        tx.want(&missing.iter().map(|id| keys::blocks(*id)).collect::<Vec<_>>());
        each(missing, |id| {
            self.entries.insert(id, blocks::entry(tx, id)?);
            Ok(())
        })
    }

    /// Reads the blocks of these records: those of the rules, and of those that are too large the blocks that split them.
    fn load_blocks(&mut self, tx: &mut Tx<'_>, ids: &[RecordId]) -> Result<(), Stop> {
        let places = ids.iter().flat_map(|id| self.places(*id));
        let whole = places.filter(|place| place.split == Place::WHOLE);
        let whole = whole.map(|place| place.block).collect();
        self.load_heads(tx, whole)?;
        let rules = ids.iter().flat_map(|id| self.places(*id).chunk_by(|a, b| a.rule == b.rule));
        let large = rules.filter_map(<[Place]>::split_last).filter(|(whole, _)| self.is_too_large(whole));
        let splits = large.flat_map(|(_, splits)| splits).map(|place| place.block).collect();
        self.load_heads(tx, splits)
    }

    fn load_heads(&mut self, tx: &mut Tx<'_>, mut blocks: BTreeSet<[u8; 8]>) -> Result<(), Stop> {
        blocks.retain(|block| !self.blocks.contains_key(block));
        let wanted: Vec<_> = blocks.iter().map(|block| keys::block(*block)).collect();
        for (block, found) in blocks.into_iter().zip(tx.get_many::<Block>(&wanted)?) {
            self.blocks.insert(block, found.unwrap_or_default());
        }
        Ok(())
    }

    fn prepare(&mut self, tx: &mut Tx<'_>, ids: impl Iterator<Item = RecordId>) -> Result<(), Stop> {
        let missing: Vec<_> = ids.filter(|id| !self.records.contains_key(id)).collect();
        let wanted: Vec<_> = missing.iter().map(|id| keys::record(*id)).collect();
        for (id, found) in missing.into_iter().zip(tx.get_many::<Record>(&wanted)?) {
            let prepared = found.and_then(|record| self.linkage.prepare(&record, self.rules));
            self.records.insert(id, prepared);
        }
        Ok(())
    }
}
