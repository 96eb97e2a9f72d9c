//! Sets of records, joined one pair at a time. The root of a set is its smallest member, so it depends on the set only.

/// A forest over `0..n` in which every parent is at most its child.
#[derive(Debug, Clone)]
pub(super) struct UnionFind(Vec<u32>);

#[expect(
    clippy::indexing_slicing,
    reason = "parents are places in the same vector, and callers pass interned indices"
)]
impl UnionFind {
    /// Every element alone.
    pub(super) fn new(n: usize) -> Self {
        Self((0..).take(n).collect())
    }

    /// The smallest member of the set. Halves the path on the way: O(log n) amortised.
    pub(super) fn find(&mut self, mut x: u32) -> u32 {
        loop {
            let parent = self.0[x as usize];
            if parent == x {
                return x;
            }
            let grandparent = self.0[parent as usize];
            self.0[x as usize] = grandparent;
            x = grandparent;
        }
    }

    /// The smallest member of the set, without shortening the path.
    pub(super) fn root(&self, mut x: u32) -> u32 {
        while self.0[x as usize] != x {
            x = self.0[x as usize];
        }
        x
    }

    /// Joins two sets and returns the root of the joined set.
    pub(super) fn union(&mut self, a: u32, b: u32) -> u32 {
        let (a, b) = (self.find(a), self.find(b));
        let (low, high) = if a < b { (a, b) } else { (b, a) };
        self.0[high as usize] = low;
        low
    }

    /// Makes every element point to its root, in one sweep.
    pub(super) fn flatten(&mut self) {
        for x in 0..self.0.len() {
            self.0[x] = self.0[self.0[x] as usize];
        }
    }

    /// The root of every element.
    pub(super) fn into_roots(mut self) -> Vec<u32> {
        self.flatten();
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_the_smallest_member() {
        let mut sets = UnionFind::new(7);
        for (a, b) in [(5, 3), (3, 6), (1, 2), (6, 2)] {
            sets.union(a, b);
        }
        assert_eq!(sets.find(5), 1);
        assert_eq!(sets.into_roots(), [0, 1, 1, 1, 4, 1, 1]);
    }
}
