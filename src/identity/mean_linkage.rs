//! Mean linkage: of all clusters with weights between them, the two with the highest mean join first.
//!
//! The mean is over the pairs of records that have a weight: agglomerative clustering with unweighted average linkage
//! (Sokal and Michener 1958) on a graph that is not complete. A heap holds the pairs of clusters by their means; a
//! join folds the shorter list of neighbours into the longer one, and what the heap still says about pairs that
//! changed is passed over when it comes up.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BinaryHeap};

use hashbrown::HashMap;

use super::evidence::MatchWeight;
use super::scale::Scale;

/// No index.
const NONE: u32 = u32::MAX;
/// Up to how many records the pairs of clusters are kept in a square.
const SQUARE: usize = 64;

/// Two records and their weight.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weighed {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) weight: f64,
}

impl Weighed {
    /// Whether it is shown rather than the other: the larger weight, then the smaller records.
    fn stronger(&self, other: &Self) -> bool {
        let weight = MatchWeight(self.weight).cmp(&MatchWeight(other.weight));
        weight.then_with(|| (other.a, other.b).cmp(&(self.a, self.b))).is_gt()
    }
}

/// Who knows the clusters and what forbids to join them.
pub(super) trait Ground {
    /// The cluster of a record, named by one of its records.
    fn cluster(&mut self, record: u32) -> u32;

    /// Joins the clusters of the two, or says under which number it refused to; `known` is the number of the last refusal
    /// of the same pair, if any.
    fn join(&mut self, pair: Weighed, known: Option<u32>) -> Result<(), u32>;
}

/// All weights between two clusters.
#[derive(Debug, Clone, Copy)]
struct Between {
    clusters: [u32; 2],
    /// The next in the list of each of the clusters.
    next: [u32; 2],
    sum: i64,
    /// Of how many pairs of records; 0 when it was folded into another.
    count: u32,
    strongest: Weighed,
    refused: u32,
    aside: bool,
}

impl Between {
    const fn other(&self, cluster: u32) -> u32 {
        if self.clusters[0] == cluster { self.clusters[1] } else { self.clusters[0] }
    }
}

/// What the heap says about two clusters. Out of date when the count is another by now.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    sum: i64,
    count: u32,
    between: u32,
    a: u32,
    b: u32,
}

impl Ord for Candidate {
    /// By mean; of equal means, the strongest pair with the smaller records is the largest.
    fn cmp(&self, other: &Self) -> Ordering {
        let (left, right) =
            (i128::from(self.sum) * i128::from(other.count), i128::from(other.sum) * i128::from(self.count));
        left.cmp(&right).then_with(|| (other.a, other.b, other.between).cmp(&(self.a, self.b, self.between)))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Candidate {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Candidate {}

/// Where the weights between two clusters are.
#[derive(Debug, Default)]
struct Index {
    /// The side of the square; 0: the map is used.
    side: usize,
    square: Vec<u32>,
    map: HashMap<(u32, u32), u32>,
}

impl Index {
    fn clear(&mut self, records: usize) {
        self.side = if records <= SQUARE { records } else { 0 };
        self.square.clear();
        self.square.resize(self.side * self.side, NONE);
        // Emptying a map costs its capacity, so that of a large component is not kept.
        if self.map.capacity() > 0 {
            self.map = HashMap::new();
        }
    }

    fn entry(&mut self, x: u32, y: u32) -> Option<&mut u32> {
        let pair = (x.min(y), x.max(y));
        if self.side == 0 {
            return Some(self.map.entry(pair).or_insert(NONE));
        }
        self.square.get_mut(pair.0 as usize * self.side + pair.1 as usize)
    }
}

/// The memory of a run, to be used again.
#[derive(Debug, Default)]
pub(super) struct MeanLinkage {
    betweens: Vec<Between>,
    /// The first entry and the number of entries of each cluster's list, entries that were folded away included.
    heads: Vec<(u32, u32)>,
    index: Index,
    heap: BinaryHeap<Candidate>,
    /// What was set aside until the cluster grows.
    asides: BTreeMap<u32, Vec<u32>>,
}

#[expect(clippy::indexing_slicing, reason = "lists and heap hold indices of the same vectors")]
impl MeanLinkage {
    /// Joins clusters of `records` records until no mean reaches the threshold, or all that do are refused. A refused
    /// pair is tried again when one of the two has grown.
    ///
    /// O(e log e) for e weights, plus at most one more attempt for each refused pair of clusters and growth of either.
    pub(super) fn run(
        &mut self,
        scale: &Scale,
        records: usize,
        matches: &[(u32, u32, f64)],
        ground: &mut impl Ground,
    ) {
        self.gather(scale, records, matches, ground);
        while let Some(top) = self.heap.pop() {
            let between = self.betweens[top.between as usize];
            if between.count != top.count {
                continue;
            }
            let known = Some(between.refused).filter(|refused| *refused != NONE);
            match ground.join(between.strongest, known) {
                Ok(()) => self.fold(scale, top.between),
                Err(refused) => {
                    let entry = &mut self.betweens[top.between as usize];
                    (entry.refused, entry.aside) = (refused, true);
                    for cluster in between.clusters {
                        self.asides.entry(cluster).or_default().push(top.between);
                    }
                }
            }
        }
    }

    /// Sums up the weights between the clusters as they stand.
    fn gather(
        &mut self,
        scale: &Scale,
        records: usize,
        matches: &[(u32, u32, f64)],
        ground: &mut impl Ground,
    ) {
        self.betweens.clear();
        self.heads.clear();
        self.heads.resize(records, (NONE, 0));
        self.index.clear(records);
        self.asides.clear();
        for (a, b, weight) in matches {
            let (x, y) = (ground.cluster(*a), ground.cluster(*b));
            if x == y {
                continue;
            }
            let own = u32::try_from(self.betweens.len()).unwrap_or(NONE);
            let Some(known) = self.index.entry(x, y) else { continue };
            let strongest = Weighed { a: *a, b: *b, weight: *weight };
            let sum = scale.counted(*weight);
            if *known == NONE {
                *known = own;
                let (clusters, next) = ([x, y], [self.heads[x as usize].0, self.heads[y as usize].0]);
                for cluster in clusters {
                    let head = &mut self.heads[cluster as usize];
                    *head = (own, head.1 + 1);
                }
                let (count, refused, aside) = (1, NONE, false);
                self.betweens.push(Between { clusters, next, sum, count, strongest, refused, aside });
            } else {
                let known = *known;
                self.add(known, sum, 1, strongest);
            }
        }
        let mut candidates = std::mem::take(&mut self.heap).into_vec();
        candidates.clear();
        for (between, own) in self.betweens.iter().zip(0..) {
            candidates.extend(candidate(scale, between, own));
        }
        self.heap = candidates.into();
    }

    fn add(&mut self, to: u32, sum: i64, count: u32, strongest: Weighed) {
        let entry = &mut self.betweens[to as usize];
        entry.sum = entry.sum.saturating_add(sum);
        entry.count += count;
        if strongest.stronger(&entry.strongest) {
            entry.strongest = strongest;
        }
        (entry.refused, entry.aside) = (NONE, false);
    }

    fn push(&mut self, scale: &Scale, own: u32) {
        self.heap.extend(candidate(scale, &self.betweens[own as usize], own));
    }

    /// Makes the two clusters one, named as the one with the longer list.
    fn fold(&mut self, scale: &Scale, joined: u32) {
        let [x, y] = self.betweens[joined as usize].clusters;
        let longer = self.heads[x as usize].1 >= self.heads[y as usize].1;
        let (kept, gone) = if longer { (x, y) } else { (y, x) };
        self.betweens[joined as usize].count = 0;
        let mut at = self.heads[gone as usize].0;
        while at != NONE {
            let own = at;
            let entry = self.betweens[own as usize];
            let side = usize::from(entry.clusters[0] != gone);
            at = entry.next[side];
            let third = entry.other(gone);
            if entry.count == 0 {
                continue;
            }
            let Some(known) = self.index.entry(kept, third) else { continue };
            if *known == NONE {
                *known = own;
                let head = &mut self.heads[kept as usize];
                let moved = &mut self.betweens[own as usize];
                (moved.clusters[side], moved.next[side]) = (kept, head.0);
                *head = (own, head.1 + 1);
            } else {
                let known = *known;
                self.betweens[own as usize].count = 0;
                self.add(known, entry.sum, entry.count, entry.strongest);
                self.push(scale, known);
            }
        }
        self.heads[gone as usize] = (NONE, 0);
        if self.asides.is_empty() {
            return;
        }
        for cluster in [kept, gone] {
            for own in self.asides.remove(&cluster).unwrap_or_default() {
                let entry = &mut self.betweens[own as usize];
                if entry.aside && entry.count > 0 {
                    entry.aside = false;
                    self.push(scale, own);
                }
            }
        }
    }
}

/// What the heap is told about two clusters, if they may join.
fn candidate(scale: &Scale, between: &Between, own: u32) -> Option<Candidate> {
    let Between { sum, count, strongest: Weighed { a, b, .. }, .. } = *between;
    scale.reaches(sum, count).then_some(Candidate { sum, count, between: own, a, b })
}

#[cfg(test)]
#[path = "mean_linkage_tests.rs"]
mod tests;
