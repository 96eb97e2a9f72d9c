//! From weighed pairs to who is who, when the data comes from several sources.

use serde::{Deserialize, Serialize};

use super::assign_matching::matching;
use crate::identity::union_find::UnionFind;

/// A pair of records, by their rows, and its weight in bits.
pub type WeighedPair = (u32, u32, f64);

/// What to do when a record's best links weigh the same, to the last bit, and only one of them may be taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ties {
    /// Take none of them: the data does not tell which one it is. Nor does a weaker link to the same source take
    /// their place.
    #[default]
    Drop,
    /// Take the one whose rows come first.
    LowestRow,
}

/// Pairs or sources that do not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AssignError {
    /// A pair names a row that there is not.
    #[error("a pair names a row that there is not")]
    UnknownRow,
    /// A pair's weight is not a number.
    #[error("a weight is not a number")]
    Weight,
    /// One-to-one needs records of at most two sources.
    #[error("one-to-one links are between two sources, and the pairs are of more")]
    ThreeSources,
}

/// Pairs of rows of which each record is in at most one.
#[derive(Debug, Clone, PartialEq)]
pub struct OneToOne {
    /// The pairs, the smaller row first, in order.
    pub pairs: Vec<WeighedPair>,
    /// How many groups of connected records were too large for the best assignment: theirs is a good one, of at least
    /// half its weight.
    pub approximate_groups: u32,
    /// How many records are in those groups.
    pub approximate_records: u32,
}

/// The pairs at or above the threshold, each once with its largest weight, the smaller row first: heaviest first, then
/// by rows.
fn heaviest_first(
    records: usize,
    pairs: &[WeighedPair],
    threshold_bits: f64,
) -> Result<Vec<WeighedPair>, AssignError> {
    let mut found = Vec::new();
    for (a, b, weight) in pairs {
        if *a.max(b) as usize >= records {
            return Err(AssignError::UnknownRow);
        }
        if weight.is_nan() {
            return Err(AssignError::Weight);
        }
        if *weight >= threshold_bits && a != b {
            // A zero has no sign.
            found.push((*a.min(b), *a.max(b), *weight + 0.0));
        }
    }
    found.sort_unstable_by(|x, y| (x.0, x.1).cmp(&(y.0, y.1)).then(y.2.total_cmp(&x.2)));
    found.dedup_by_key(|pair| (pair.0, pair.1));
    found.sort_by(|x, y| y.2.total_cmp(&x.2));
    Ok(found)
}

/// Records that are connected by pairs at or above the threshold: for each row the smallest row of its cluster.
///
/// # Errors
/// A pair names a row of `records` or more, or has no weight.
///
/// # Complexity
/// O(n log n) in the pairs, linear in the records.
///
/// ```
/// use throughline::identity::linkage::connected_components;
/// let pairs = [(4, 2, 7.5), (2, 1, 3.0), (0, 3, -2.0)];
/// assert_eq!(connected_components(5, &pairs, 0.0)?, [0, 1, 1, 3, 1]);
/// # Ok::<(), throughline::identity::linkage::AssignError>(())
/// ```
pub fn connected_components(
    records: usize,
    pairs: &[WeighedPair],
    threshold_bits: f64,
) -> Result<Vec<u32>, AssignError> {
    let mut sets = UnionFind::new(records);
    heaviest_first(records, pairs, threshold_bits)?.iter().for_each(|(a, b, _)| {
        sets.union(*a, *b);
    });
    Ok(sets.into_roots())
}

/// The sources that clusters may hold one record of.
struct Members {
    /// By cluster: the sources that it holds a record of, in order.
    own: Vec<Vec<u32>>,
    /// By cluster: the sources of which it may not take a record, as which one it is was a tie.
    closed: Vec<Vec<u32>>,
}

fn overlap(a: &[u32], b: &[u32]) -> bool {
    let (few, many) = if a.len() < b.len() { (a, b) } else { (b, a) };
    few.iter().any(|source| many.binary_search(source).is_ok())
}

fn add(into: &mut Vec<u32>, from: &[u32]) {
    into.extend_from_slice(from);
    into.sort_unstable();
    into.dedup();
}

impl Members {
    fn get(list: &[Vec<u32>], cluster: u32) -> &[u32] {
        list.get(cluster as usize).map_or(&[], Vec::as_slice)
    }

    /// Whether two clusters may become one.
    fn fit(&self, a: u32, b: u32) -> bool {
        let (own_a, own_b) = (Self::get(&self.own, a), Self::get(&self.own, b));
        !overlap(own_a, own_b)
            && !overlap(own_a, Self::get(&self.closed, b))
            && !overlap(own_b, Self::get(&self.closed, a))
    }

    /// The cluster `from` becomes part of `into`.
    fn join(&mut self, into: u32, from: u32) {
        for list in [&mut self.own, &mut self.closed] {
            let moved = list.get_mut(from as usize).map(std::mem::take).unwrap_or_default();
            if let Some(kept) = list.get_mut(into as usize)
                && !moved.is_empty()
            {
                add(kept, &moved);
            }
        }
    }

    fn close(&mut self, cluster: u32, sources: &[u32]) {
        if let Some(closed) = self.closed.get_mut(cluster as usize) {
            add(closed, sources);
        }
    }
}

/// Links each record to its best partners only, when some sources hold nobody twice: for each row the smallest row of
/// its cluster.
///
/// `sources` names the source of each row, `duplicate_free` those that hold nobody twice; a cluster gets at most one
/// record of each of these. Two clusters become one if the heaviest link that either may still follow is the one
/// between them, over and over until none does. That is the same as to follow the links from the heaviest to the
/// lightest and to leave out those that would put two records of such a source together, which is how it is done.
///
/// Links that weigh the same are looked at together: if following all of them puts no two records of such a source
/// together all are followed, else `ties` decides.
///
/// # Errors
/// A pair names a row that `sources` does not have, or has no weight.
///
/// # Complexity
/// O(n log n) in the pairs, times the duplicate-free sources of a cluster.
///
/// ```
/// use throughline::identity::linkage::{Ties, single_best_link};
/// // Row 0 is of one shop, rows 1 and 2 are of another that holds nobody twice.
/// let pairs = [(0, 1, 9.0), (0, 2, 4.0)];
/// assert_eq!(single_best_link(&pairs, &[0, 1, 1], &[1], 0.0, Ties::Drop)?, [0, 0, 2]);
/// let tie = [(0, 1, 9.0), (0, 2, 9.0)];
/// assert_eq!(single_best_link(&tie, &[0, 1, 1], &[1], 0.0, Ties::Drop)?, [0, 1, 2]);
/// assert_eq!(single_best_link(&tie, &[0, 1, 1], &[1], 0.0, Ties::LowestRow)?, [0, 0, 2]);
/// # Ok::<(), throughline::identity::linkage::AssignError>(())
/// ```
pub fn single_best_link(
    pairs: &[WeighedPair],
    sources: &[u32],
    duplicate_free: &[u32],
    threshold_bits: f64,
    ties: Ties,
) -> Result<Vec<u32>, AssignError> {
    let pairs = heaviest_first(sources.len(), pairs, threshold_bits)?;
    let mut duplicate_free = duplicate_free.to_vec();
    duplicate_free.sort_unstable();
    let own = |source: &u32| {
        if duplicate_free.binary_search(source).is_ok() { vec![*source] } else { Vec::new() }
    };
    let mut members =
        Members { own: sources.iter().map(own).collect(), closed: vec![Vec::new(); sources.len()] };
    let mut sets = UnionFind::new(sources.len());
    for alike in pairs.chunk_by(|x, y| x.2 == y.2) {
        // Links between clusters as they are before any link of this weight.
        let mut links: Vec<(u32, u32)> = Vec::new();
        for (a, b, _) in alike {
            let (a, b) = (sets.find(*a), sets.find(*b));
            if a != b && members.fit(a, b) {
                links.push((a.min(b), a.max(b)));
            }
        }
        if ties == Ties::LowestRow {
            for (a, b) in links {
                let (a, b) = (sets.find(a), sets.find(b));
                if a != b && members.fit(a, b) {
                    members.join(a.min(b), a.max(b));
                    sets.union(a, b);
                }
            }
            continue;
        }
        links.sort_unstable();
        links.dedup();
        for group in groups(&links) {
            follow_together(&group, &mut sets, &mut members);
        }
    }
    Ok(sets.into_roots())
}

/// Links, group by group of those that hang together.
fn groups(links: &[(u32, u32)]) -> Vec<Vec<(u32, u32)>> {
    let mut nodes: Vec<u32> = links.iter().flat_map(|(a, b)| [*a, *b]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    let place =
        |node: u32| nodes.binary_search(&node).ok().and_then(|at| u32::try_from(at).ok()).unwrap_or(0);
    let mut sets = UnionFind::new(nodes.len());
    links.iter().for_each(|(a, b)| {
        sets.union(place(*a), place(*b));
    });
    let mut keyed: Vec<(u32, (u32, u32))> =
        links.iter().map(|link| (sets.find(place(link.0)), *link)).collect();
    keyed.sort_unstable();
    keyed.chunk_by(|x, y| x.0 == y.0).map(|group| group.iter().map(|(_, link)| *link).collect()).collect()
}

/// Follows all links of a group, or none if that puts two records of one source together.
fn follow_together(links: &[(u32, u32)], sets: &mut UnionFind, members: &mut Members) {
    let mut clusters: Vec<u32> = links.iter().flat_map(|(a, b)| [*a, *b]).collect();
    clusters.sort_unstable();
    clusters.dedup();
    let mut own: Vec<u32> =
        clusters.iter().flat_map(|cluster| Members::get(&members.own, *cluster)).copied().collect();
    let all = own.len();
    own.sort_unstable();
    own.dedup();
    let closed = |cluster: &u32| {
        let (closed, of_it) = (Members::get(&members.closed, *cluster), Members::get(&members.own, *cluster));
        closed.iter().any(|source| own.binary_search(source).is_ok() && !of_it.contains(source))
    };
    if own.len() == all && !clusters.iter().any(closed) {
        for (a, b) in links {
            let (a, b) = (sets.find(*a), sets.find(*b));
            if a != b {
                members.join(a.min(b), a.max(b));
                sets.union(a, b);
            }
        }
        return;
    }
    let before: Vec<Vec<u32>> =
        clusters.iter().map(|cluster| Members::get(&members.own, *cluster).to_vec()).collect();
    let of = |cluster: &u32| clusters.binary_search(cluster).ok().and_then(|at| before.get(at));
    for (a, b) in links {
        if let (Some(of_a), Some(of_b)) = (of(a), of(b)) {
            members.close(*a, of_b);
            members.close(*b, of_a);
        }
    }
}

/// Links each record of one source to at most one of the other so that the weights above the threshold add up to the
/// most. Pairs within a source, and those below the threshold, are left out.
///
/// Connected records whose smaller side times larger side is at most 262,144 (512 on either side) get the best
/// assignment (H. W. Kuhn, "The Hungarian Method for the Assignment Problem", 1955, with shortest augmenting paths).
/// Larger groups get their links heaviest first, which reaches at least half of the best sum; the answer tells how many
/// those are.
///
/// # Errors
/// A pair names a row that `sources` does not have, or has no weight; the pairs at or above the threshold are of more
/// than two sources.
///
/// # Complexity
/// O(n log n) in the pairs, and for each group of s records on its smaller and l on its larger side O(s² l), at most
/// 134 million steps; O(s l) memory.
///
/// ```
/// use throughline::identity::linkage::one_to_one;
/// // 0 and 1 are of one source, 2 and 3 of the other. The heaviest link alone would leave 1 without partner.
/// let pairs = [(0, 2, 10.0), (0, 3, 9.0), (1, 2, 8.0)];
/// assert_eq!(one_to_one(&pairs, &[0, 0, 1, 1], 0.0)?.pairs, [(0, 3, 9.0), (1, 2, 8.0)]);
/// # Ok::<(), throughline::identity::linkage::AssignError>(())
/// ```
pub fn one_to_one(
    pairs: &[WeighedPair],
    sources: &[u32],
    threshold_bits: f64,
) -> Result<OneToOne, AssignError> {
    let source = |row: u32| sources.get(row as usize).copied();
    let mut links = heaviest_first(sources.len(), pairs, threshold_bits)?;
    links.retain(|(a, b, _)| source(*a) != source(*b));
    let mut both: Vec<u32> = links.iter().flat_map(|(a, b, _)| [source(*a), source(*b)]).flatten().collect();
    both.sort_unstable();
    both.dedup();
    if both.len() > 2 {
        return Err(AssignError::ThreeSources);
    }
    let mut sets = UnionFind::new(sources.len());
    links.iter().for_each(|(a, b, _)| {
        sets.union(*a, *b);
    });
    let mut keyed: Vec<(u32, WeighedPair)> = links.iter().map(|pair| (sets.find(pair.0), *pair)).collect();
    keyed.sort_by_key(|(group, _)| *group); // stable: heaviest first within a group
    let mut found = OneToOne { pairs: Vec::new(), approximate_groups: 0, approximate_records: 0 };
    let mut taken = vec![false; sources.len()];
    for group in keyed.chunk_by(|x, y| x.0 == y.0) {
        let first = both.first().copied();
        let links: Vec<WeighedPair> = group
            .iter()
            .map(
                |(_, (a, b, weight))| if source(*a) == first { (*a, *b, *weight) } else { (*b, *a, *weight) },
            )
            .collect();
        let (best, exact) = matching(&links, threshold_bits);
        if let Some(records) = (!exact).then(|| count_records(&links)) {
            found.approximate_groups += 1;
            found.approximate_records = found.approximate_records.saturating_add(records);
        }
        // Links at the very threshold add nothing to the sum; they are followed where both records are left.
        for (a, b, weight) in best.into_iter().chain(links) {
            let free = |row: u32| taken.get(row as usize) == Some(&false);
            if free(a) && free(b) {
                for row in [a, b] {
                    if let Some(taken) = taken.get_mut(row as usize) {
                        *taken = true;
                    }
                }
                found.pairs.push((a.min(b), a.max(b), weight));
            }
        }
    }
    found.pairs.sort_unstable_by_key(|(a, b, _)| (*a, *b));
    Ok(found)
}

fn count_records(links: &[WeighedPair]) -> u32 {
    let mut rows: Vec<u32> = links.iter().flat_map(|(a, b, _)| [*a, *b]).collect();
    rows.sort_unstable();
    rows.dedup();
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[path = "assign_tests.rs"]
mod tests;
