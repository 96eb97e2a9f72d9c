//! Which pairs are compared: blocks of records that agree on a rule's key.

use hashbrown::HashMap;

use super::columns::Table;
use super::compiled::find;
use super::hash;
use super::key;
use super::model::{BlockingRule, KeyPart, Model};
use super::sources::Sources;

/// How one rule, or one part by which its large blocks are split, groups the records.
pub(super) struct Pass {
    /// The rule's place.
    pub(super) rule: usize,
    /// The records of all blocks of two and more, block after block; rows ascend in a block.
    pub(super) rows: Vec<u32>,
    /// Where each block ends in `rows`.
    pub(super) ends: Vec<u32>,
    /// The records in blocks of the rule that are too large, also after they were split.
    pub(super) skipped: u64,
    /// The largest block, also of those that are too large.
    pub(super) largest: u32,
    /// How many possible pairs the blocks make.
    pub(super) pairs: u64,
}

impl Pass {
    pub(super) fn blocks(&self) -> impl Iterator<Item = &[u32]> {
        let starts = std::iter::once(0).chain(self.ends.iter().copied());
        starts.zip(&self.ends).filter_map(|(start, end)| self.rows.get(start as usize..*end as usize))
    }

    pub(super) const fn pairs(&self) -> u64 {
        self.pairs
    }
}

/// The numbers of key parts over all records, made once each.
pub(super) struct Keys<'a> {
    model: &'a Model,
    table: &'a Table,
    of_value: HashMap<KeyPart, Vec<u64>>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(model: &'a Model, table: &'a Table) -> Self {
        Self { model, table, of_value: HashMap::new() }
    }

    /// The key of every record for all parts; 0 where one is missing.
    fn of_all(&mut self, parts: &[KeyPart]) -> Vec<u64> {
        let mut keys: Vec<u64> = vec![1; self.table.rows];
        for part in parts {
            let found = find(&self.model.columns, &part.column).ok();
            let Some(values) = found.and_then(|at| self.table.columns.get(at)) else {
                return vec![0; self.table.rows];
            };
            let of_value = self.of_value.entry(part.clone()).or_insert_with(|| {
                let one = |value| key::number(Some(value), part.form, 0);
                values.values.iter().map(one).collect()
            });
            for (key, cell) in keys.iter_mut().zip(&values.cells) {
                let own = cell.checked_sub(1).and_then(|at| of_value.get(at as usize)).copied().unwrap_or(0);
                *key = if own == 0 || *key == 0 { 0 } else { hash::join(*key, own) };
            }
        }
        keys
    }

    /// How many pairs of records agree on all parts, however large their blocks.
    pub(super) fn pairs(&mut self, parts: &[KeyPart]) -> u64 {
        let sorted = sorted(&self.of_all(parts));
        sorted.chunk_by(|a, b| a.0 == b.0).map(|block| self.table.sources.pairs(rows(block))).sum()
    }

    /// The blocks of a rule: first those that are small enough, then the large ones split by each part.
    ///
    /// With a `budget` the most records of a block is lowered until the rule finds no more pairs than that: large blocks
    /// share what is frequent, which says least. `None` if even blocks of a few records are too many.
    pub(super) fn passes(
        &mut self,
        rule: &BlockingRule,
        place: usize,
        budget: Option<u64>,
    ) -> Option<(BlockingRule, Vec<Pass>)> {
        let keys = self.of_all(&rule.parts);
        let sorted = sorted(&keys);
        let mut rule = rule.clone();
        if let Some(budget) = budget {
            rule.max_block = largest_within(&sorted, &self.table.sources, rule.max_block, budget)?;
        }
        let mut large: Vec<u64> = Vec::new();
        let mut passes = vec![group(&sorted, &self.table.sources, rule.max_block, place, &mut large)];
        if !large.is_empty() && !rule.split.is_empty() {
            let large: hashbrown::HashSet<u64> = large.into_iter().collect();
            let mut compared = vec![false; keys.len()];
            let mut left = budget.map(|budget| budget.saturating_sub(passes.iter().map(Pass::pairs).sum()));
            for part in rule.split.clone() {
                let mut finer = self.of_all(std::slice::from_ref(&part));
                for (finer, key) in finer.iter_mut().zip(&keys) {
                    *finer = if *finer != 0 && large.contains(key) { hash::join(*key, *finer) } else { 0 };
                }
                let sorted = self::sorted(&finer);
                let pass = group(&sorted, &self.table.sources, rule.max_block, place, &mut Vec::new());
                if let Some(left) = &mut left {
                    if pass.pairs() > *left {
                        rule.split.retain(|other| *other != part);
                        continue;
                    }
                    *left -= pass.pairs();
                }
                passes.push(pass);
                let small =
                    sorted.chunk_by(|a, b| a.0 == b.0).filter(|block| block.len() <= rule.max_block as usize);
                for (_, row) in small.flatten() {
                    if let Some(compared) = compared.get_mut(*row as usize) {
                        *compared = true;
                    }
                }
            }
            let skipped =
                keys.iter().zip(compared).filter(|(key, compared)| large.contains(*key) && !compared);
            let skipped = skipped.count() as u64;
            passes.iter_mut().for_each(|pass| pass.skipped = skipped);
        }
        Some((rule, passes))
    }
}

/// Keys with their rows, in order; rows without a key are left out.
///
/// What is sorted is one number for each row: as many of the key's first bits as fit before the row's own. The few keys
/// that these do not tell apart are put in order afterwards.
fn sorted(keys: &[u64]) -> Vec<(u64, u32)> {
    let rows = keys.len() as u64;
    let of_row = u64::MAX.checked_shr(rows.leading_zeros()).unwrap_or(0);
    let with_row = |(key, row): (&u64, u64)| (*key != 0).then_some(key & !of_row | row);
    let mut short: Vec<u64> = Vec::with_capacity(keys.len());
    short.extend(keys.iter().zip(0..).filter_map(with_row));
    short.sort_unstable();
    let whole = |short: &u64| {
        let row = short & of_row;
        let key = usize::try_from(row).ok().and_then(|row| keys.get(row));
        (key.copied().unwrap_or(0), u32::try_from(row).unwrap_or(u32::MAX))
    };
    let mut sorted: Vec<(u64, u32)> = short.iter().map(whole).collect();
    for alike in sorted.chunk_by_mut(|a, b| a.0 & !of_row == b.0 & !of_row) {
        if !alike.is_sorted() {
            alike.sort_unstable();
        }
    }
    sorted
}

/// The rows of a block.
fn rows(block: &[(u64, u32)]) -> impl ExactSizeIterator<Item = u32> {
    block.iter().map(|(_, row)| *row)
}

/// No block is so small that it says too little.
const SMALLEST: u32 = 6;

/// The most records that a block may have for all blocks together to have at most so many pairs.
fn largest_within(sorted: &[(u64, u32)], sources: &Sources, most: u32, budget: u64) -> Option<u32> {
    let mut pairs_by_size = vec![0_u64; most as usize + 1];
    for block in sorted.chunk_by(|a, b| a.0 == b.0) {
        if let Some(pairs) = pairs_by_size.get_mut(block.len()) {
            *pairs += sources.pairs(rows(block));
        }
    }
    let mut total = 0;
    let mut fits = 0;
    for (size, pairs) in (0_u32..).zip(&pairs_by_size) {
        total += pairs;
        if total > budget {
            break;
        }
        fits = size;
    }
    (fits >= SMALLEST.min(most)).then_some(fits)
}

fn group(
    sorted: &[(u64, u32)],
    sources: &Sources,
    max_block: u32,
    rule: usize,
    large: &mut Vec<u64>,
) -> Pass {
    let mut pass = Pass { rule, rows: Vec::new(), ends: Vec::new(), skipped: 0, largest: 0, pairs: 0 };
    for block in sorted.chunk_by(|a, b| a.0 == b.0) {
        let size = u32::try_from(block.len()).unwrap_or(u32::MAX);
        pass.largest = pass.largest.max(size);
        if size > max_block {
            pass.skipped += u64::from(size);
            large.extend(block.first().map(|(key, _)| *key));
        } else if size > 1 {
            pass.pairs += sources.pairs(rows(block));
            pass.rows.extend(rows(block));
            pass.ends.push(u32::try_from(pass.rows.len()).unwrap_or(u32::MAX));
        }
    }
    pass
}

/// For each record the number of its block in each pass, record after record; 0 where it is in none.
pub(super) fn membership(passes: &[Pass], rows: usize) -> Vec<u32> {
    let width = passes.len();
    let mut of = vec![0_u32; rows * width];
    for (at, pass) in passes.iter().enumerate() {
        for (number, block) in (1_u32..).zip(pass.blocks()) {
            for row in block {
                if let Some(cell) = of.get_mut(*row as usize * width + at) {
                    *cell = number;
                }
            }
        }
    }
    of
}

#[cfg(test)]
#[path = "block_tests.rs"]
mod tests;
