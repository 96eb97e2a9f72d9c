//! Counting the pairs of blocks by what can be said of them.

use std::hash::Hash;

use hashbrown::HashMap;

use super::block::Pass;
use super::columns::Table;
use super::matcher::Memo;
use super::pair_loop::PairLoop;
use super::sources::Sources;

/// What is said of pairs, in order, with how many pairs it is said of.
pub(super) type Tally<K> = Vec<(K, u64)>;

/// Blocks at a time for one thread.
const CHUNK: usize = 256;

/// Counts every possible pair of the blocks once, however many passes find it. `say` is given the smaller row first.
///
/// # Complexity
/// The pairs of the blocks, times the passes where there are several; memory for the records times the passes and for
/// what is said.
pub(super) fn tally<K: Eq + Hash + Ord + Send>(
    passes: &[Pass],
    table: &Table,
    say: &(impl Fn(u32, u32, &mut Memo) -> K + Sync),
) -> Tally<K> {
    let pairs = PairLoop::new(passes, table);
    let each = |counts: &mut HashMap<K, u64>, pairs: &[(u32, u32)], memo: &mut Memo| {
        for (left, right) in pairs {
            *counts.entry(say(*left, *right, memo)).or_default() += 1;
        }
    };
    let mut counts: HashMap<K, u64> = HashMap::new();
    for (at, pass) in passes.iter().enumerate() {
        let blocks: Vec<&[u32]> = pass.blocks().collect();
        let found = pairs.visit(at, &blocks, CHUNK, &each);
        for (key, pairs) in found.into_iter().flatten() {
            *counts.entry(key).or_default() += pairs;
        }
    }
    let mut tally: Tally<K> = counts.into_iter().collect();
    tally.sort_unstable_by(|(a, _), (b, _)| a.cmp(b));
    tally
}

/// Blocks of the rows of each person.
pub(super) fn of_groups(persons: &[Option<u32>], sources: &Sources) -> Pass {
    let mut rows: Vec<(u32, u32)> =
        (0_u32..).zip(persons).filter_map(|(row, person)| Some(((*person)?, row))).collect();
    rows.sort_unstable();
    blocks(rows.chunk_by(|a, b| a.0 == b.0).map(|group| group.iter().map(|(_, row)| *row)), sources)
}

/// A block for each pair.
pub(super) fn of_pairs(pairs: &[(u32, u32)], sources: &Sources) -> Pass {
    let mut pairs: Vec<[u32; 2]> = pairs.iter().map(|(a, b)| [*a.min(b), *a.max(b)]).collect();
    pairs.sort_unstable();
    pairs.dedup();
    blocks(pairs.into_iter().map(IntoIterator::into_iter), sources)
}

fn blocks(
    blocks: impl Iterator<Item = impl ExactSizeIterator<Item = u32> + Clone>,
    sources: &Sources,
) -> Pass {
    let mut pass = Pass { rule: 0, rows: Vec::new(), ends: Vec::new(), skipped: 0, largest: 0, pairs: 0 };
    for block in blocks.filter(|block| block.len() > 1) {
        pass.largest = pass.largest.max(u32::try_from(block.len()).unwrap_or(u32::MAX));
        pass.pairs += sources.pairs(block.clone());
        pass.rows.extend(block);
        pass.ends.push(u32::try_from(pass.rows.len()).unwrap_or(u32::MAX));
    }
    pass
}
