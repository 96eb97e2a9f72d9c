//! Clusters of weighed pairs.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};
use throughline::identity::linkage::{self, Ties};
use throughline::identity::{Explain, Graph, MatchClip, QuarantineReason, Rules, partition};
use throughline::ids::RecordId;
use throughline::time::DateTime;

use super::Failure;
use crate::table::Column;

/// Clusters, and what was held back.
pub(super) struct Clustered {
    /// The cluster of each record: one of its rows.
    pub(super) clusters: Vec<u32>,
    /// Reasons for which links were not followed, and how often.
    pub(super) quarantine: Vec<(String, u64)>,
    /// What else is worth telling.
    pub(super) notes: Vec<String>,
}

/// A pair of rows, the smaller first, and what it weighs.
pub(super) type Pair = (u32, u32, f64);

/// A hash of the record's id: as good as random, and the same in any order of rows.
fn record_id(ids: &Column, row: u32) -> RecordId {
    let digest = Sha256::digest(ids.at(row as usize).as_bytes());
    RecordId::from_bytes(digest.first_chunk::<16>().copied().unwrap_or_default())
}

/// Records that no pair names are a cluster each, all others are put together by the rules of shops.
pub(super) fn by_rules(pairs: Vec<Pair>, ids: &Column, threshold_bits: f64) -> Result<Clustered, Failure> {
    let rows = ids.cells().len();
    let mut clusters: Vec<u32> = (0..u32::try_from(rows)?).collect();
    let mut places = vec![u32::MAX; rows];
    for row in pairs.iter().flat_map(|(left, right, _)| [*left, *right]) {
        if let Some(place) = places.get_mut(row as usize) {
            *place = 0;
        }
    }
    let mut named: Vec<(RecordId, u32)> = clusters
        .iter()
        .zip(&places)
        .filter(|(_, place)| **place == 0)
        .map(|(row, _)| (record_id(ids, *row), *row))
        .collect();
    named.sort_unstable();
    for (number, (_, row)) in (0_u32..).zip(&named) {
        if let Some(place) = places.get_mut(*row as usize) {
            *place = number;
        }
    }
    let place = |row: u32| places.get(row as usize).copied().unwrap_or(u32::MAX);
    let pairs = pairs.into_iter().map(|(left, right, bits)| (place(left), place(right), bits)).collect();
    let first_seen = DateTime::UNIX_EPOCH;
    let graph = Graph::from_matches(named.iter().map(|(id, _)| (*id, first_seen)).collect(), pairs)?;
    let partition = partition(&graph, &rules(threshold_bits)?, Explain::No);
    for cluster in partition.clusters() {
        let row = |place: u32| named.get(place as usize).map(|(_, row)| *row);
        let mut members = cluster.places().filter_map(row);
        let Some(first) = members.next() else { continue };
        for member in members {
            if let Some(own) = clusters.get_mut(member as usize) {
                *own = first;
            }
        }
    }
    let mut quarantine: BTreeMap<&str, u64> = BTreeMap::new();
    for held in partition.quarantined() {
        *quarantine.entry(words(&held.reason)).or_default() += 1;
    }
    Ok(Clustered {
        clusters,
        quarantine: quarantine.into_iter().map(|(why, times)| (why.to_owned(), times)).collect(),
        notes: Vec::new(),
    })
}

/// The rules of shops with this threshold; a weight counts as much as the threshold at least.
fn rules(threshold_bits: f64) -> Result<Rules, Failure> {
    let mut rules = Rules { match_threshold_bits: threshold_bits, ..Rules::retail() };
    let MatchClip { low, high } = rules.match_clip;
    rules.match_clip = MatchClip { low: low.max(1.0 - threshold_bits), high: high.max(threshold_bits) };
    rules.validate()?;
    Ok(rules)
}

const fn words(reason: &QuarantineReason) -> &'static str {
    match reason {
        QuarantineReason::Outweighed => "other pairs of the two clusters outweigh it",
        QuarantineReason::TooManyRecords => "the cluster would have too many records",
        QuarantineReason::WeakBridge => "it alone would join two clusters",
        _ => "forbidden by a rule",
    }
}

/// Links that put at most one record of each source into a cluster. Of two sources those whose weights add up to the
/// most; of more the best first, and none of those that weigh the same where only one may be followed.
pub(super) fn one_to_one(
    pairs: &[Pair],
    ids: &Column,
    sources: &Column,
    threshold_bits: f64,
) -> Result<Clustered, Failure> {
    // Ties are decided by the order of the rows: take them in the order of the ids, which is the same for any file.
    let mut order: Vec<u32> = (0_u32..).zip(ids.cells()).map(|(row, _)| row).collect();
    order.sort_unstable_by(|a, b| ids.at(*a as usize).cmp(ids.at(*b as usize)));
    let mut ranks = vec![0; order.len()];
    for (rank, row) in (0_u32..).zip(&order) {
        if let Some(own) = ranks.get_mut(*row as usize) {
            *own = rank;
        }
    }
    let rank = |row: u32| ranks.get(row as usize).copied().unwrap_or(u32::MAX);
    let row = |rank: u32| order.get(rank as usize).copied().unwrap_or(u32::MAX);
    let ranked: Vec<Pair> =
        pairs.iter().map(|(left, right, bits)| (rank(*left), rank(*right), *bits)).collect();
    let source_of: Vec<u32> =
        order.iter().filter_map(|row| sources.cells().get(*row as usize).copied()).collect();
    let different: BTreeSet<u32> = source_of.iter().copied().collect();

    let mut notes = Vec::new();
    let found = if different.len() <= 2 {
        let best = linkage::one_to_one(&ranked, &source_of, threshold_bits)?;
        if best.approximate_groups > 0 {
            let (groups, records) = (best.approximate_groups, best.approximate_records);
            notes.push(format!(
                "{records} records in {groups} groups were too many for the best links: good ones were taken"
            ));
        }
        linkage::connected_components(source_of.len(), &best.pairs, threshold_bits)?
    } else {
        let all: Vec<u32> = different.into_iter().collect();
        linkage::single_best_link(&ranked, &source_of, &all, threshold_bits, Ties::Drop)?
    };
    let clusters: Vec<u32> =
        ranks.iter().map(|rank| row(found.get(*rank as usize).copied().unwrap_or(*rank))).collect();
    let cluster = |row: u32| clusters.get(row as usize).copied().unwrap_or(row);
    let held: BTreeSet<(u32, u32)> = pairs
        .iter()
        .filter(|pair| pair.2 >= threshold_bits)
        .map(|(left, right, _)| (cluster(*left), cluster(*right)))
        .filter(|(a, b)| a != b)
        .map(|(a, b)| (a.min(b), a.max(b)))
        .collect();
    let quarantine = match held.len() as u64 {
        0 => Vec::new(),
        held => vec![("the cluster would have two records of one source".to_owned(), held)],
    };
    Ok(Clustered { clusters, quarantine, notes })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Table;

    /// The clusters of records `id source`, by id, in the given order of rows.
    fn linked(records: &[&str], pairs: &[(&str, &str, f64)]) -> (Vec<(String, String)>, u64) {
        let mut table = Table::new(["id", "source"]);
        records.iter().for_each(|record| table.push_row(&record.split(' ').collect::<Vec<_>>()).unwrap());
        let [ids, sources] = [0, 1].map(|place| &table.columns()[place]);
        let row = |id: &str| {
            u32::try_from(records.iter().position(|record| record.starts_with(id)).unwrap()).unwrap()
        };
        let pairs: Vec<Pair> =
            pairs.iter().map(|(a, b, bits)| (row(a).min(row(b)), row(a).max(row(b)), *bits)).collect();
        let clustered = one_to_one(&pairs, ids, sources, 1.0).unwrap();
        let name = |row: usize| ids.at(row).to_owned();
        let mut clusters: Vec<(String, String)> = (0..records.len())
            .map(|row| (name(row), name(clustered.clusters[row] as usize)))
            .filter(|(id, cluster)| id != cluster)
            .collect();
        clusters.sort();
        (clusters, clustered.quarantine.iter().map(|(_, times)| times).sum())
    }

    fn as_texts(clusters: &[(String, String)]) -> Vec<(&str, &str)> {
        clusters.iter().map(|(id, cluster)| (&**id, &**cluster)).collect()
    }

    #[test]
    fn links_of_two_sources_add_up_to_the_most() {
        let mut records = ["a1 x", "a2 x", "b1 y", "b2 y"];
        // The heaviest link alone would leave two records without a partner.
        let pairs = [("a1", "b1", 10.0), ("a1", "b2", 9.0), ("a2", "b1", 8.0), ("a2", "b2", 0.5)];
        let (clusters, held) = linked(&records, &pairs);
        assert_eq!((as_texts(&clusters), held), (vec![("b1", "a2"), ("b2", "a1")], 1));
        records.reverse();
        assert_eq!(linked(&records, &pairs), (clusters, held));
        let tie = [("a1", "b2", 9.0), ("a1", "b1", 9.0)];
        for _ in 0..2 {
            records.reverse();
            assert_eq!(as_texts(&linked(&records, &tie).0), [("b1", "a1")]);
        }
    }

    #[test]
    fn of_three_sources_a_tie_is_left_open() {
        let mut records = ["a1 x", "b1 y", "b2 y", "c1 z"];
        let tie = [("a1", "b1", 9.0), ("a1", "b2", 9.0), ("a1", "c1", 7.0), ("b1", "c1", 3.0)];
        for _ in 0..2 {
            records.reverse();
            let (clusters, held) = linked(&records, &tie);
            assert_eq!((as_texts(&clusters), held), (vec![("c1", "a1")], 2));
        }
    }
}
