//! Going through the pairs of blocks, each pair once.

use std::sync::{Mutex, PoisonError};

use super::block::{Pass, membership};
use super::columns::Table;
use super::matcher::{Memo, SIDE_BY_SIDE};
use super::sources::Sources;

/// The possible pairs of all passes, each in the first pass that finds it.
pub(super) struct PairLoop<'a> {
    sources: &'a Sources,
    /// By row and pass the block.
    of: Vec<u32>,
    width: usize,
    /// What threads remember from one call to the next.
    memos: Mutex<Vec<Memo>>,
}

/// A memory of names, lent to a thread.
struct Lent<'a>(&'a Mutex<Vec<Memo>>, Memo);

impl<'a> Lent<'a> {
    fn new(memos: &'a Mutex<Vec<Memo>>) -> Self {
        let known = memos.lock().unwrap_or_else(PoisonError::into_inner).pop();
        Self(memos, known.unwrap_or_else(Memo::new))
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let memo = std::mem::replace(&mut self.1, Memo::none());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(memo);
    }
}

impl<'a> PairLoop<'a> {
    pub(super) fn new(passes: &[Pass], table: &'a Table) -> Self {
        // With one pass no pair can be met twice, and a row may be in several blocks.
        let of = if passes.len() > 1 { membership(passes, table.rows) } else { Vec::new() };
        Self { sources: &table.sources, of, width: passes.len(), memos: Mutex::default() }
    }

    /// The row's blocks of the passes before this one.
    fn before(&self, row: u32, pass: usize) -> &[u32] {
        let start = row as usize * self.width;
        self.of.get(start..start + pass).unwrap_or_default()
    }

    /// Shows `each` every possible pair of these blocks of a pass that no pass before it finds, the smaller row first, some
    /// at a time. So many blocks make a chunk, which one thread goes through; what comes of each chunk is returned in order.
    ///
    /// # Complexity
    /// The pairs of the blocks, times the passes before.
    pub(super) fn visit<T: Default + Send>(
        &self,
        pass: usize,
        blocks: &[&[u32]],
        chunk: usize,
        each: &(impl Fn(&mut T, &[(u32, u32)], &mut Memo) + Sync),
    ) -> Vec<T> {
        let one = |memo: &mut Memo, blocks: &[&[u32]]| {
            let mut found = T::default();
            let mut pairs = Vec::with_capacity(SIDE_BY_SIDE);
            for block in blocks {
                for (i, left) in block.iter().enumerate() {
                    let own = self.before(*left, pass);
                    for right in block.iter().skip(i + 1) {
                        let others = self.before(*right, pass);
                        if !share(own, others) && self.sources.possible(*left, *right) {
                            pairs.push((*left, *right));
                            if pairs.len() == SIDE_BY_SIDE {
                                each(&mut found, &pairs, memo);
                                pairs.clear();
                            }
                        }
                    }
                }
            }
            each(&mut found, &pairs, memo);
            found
        };
        #[cfg(feature = "parallel")]
        {
            use rayon::iter::ParallelIterator;
            use rayon::slice::ParallelSlice;
            blocks
                .par_chunks(chunk)
                .map_init(|| Lent::new(&self.memos), |lent, blocks| one(&mut lent.1, blocks))
                .collect()
        }
        #[cfg(not(feature = "parallel"))]
        {
            let mut lent = Lent::new(&self.memos);
            blocks.chunks(chunk).map(|blocks| one(&mut lent.1, blocks)).collect()
        }
    }
}

/// Whether two rows are in one block of any of these passes. Without a branch for each, many are looked at at once.
#[inline]
fn share(one: &[u32], other: &[u32]) -> bool {
    const AT_ONCE: usize = 8;
    one.chunks(AT_ONCE)
        .zip(other.chunks(AT_ONCE))
        .any(|(one, other)| one.iter().zip(other).fold(false, |found, (a, b)| found | ((a == b) & (*a != 0))))
}
