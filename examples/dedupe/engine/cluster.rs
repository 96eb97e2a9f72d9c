//! Clusters of weighed pairs.

use std::collections::BTreeMap;

use hashbrown::HashSet;
use sha2::{Digest as _, Sha256};
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
        let row = |id: RecordId| {
            let found = named.binary_search_by_key(&id, |(id, _)| *id).ok();
            found.and_then(|place| named.get(place)).map(|(_, row)| *row)
        };
        let mut members = cluster.members().filter_map(row);
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

/// Takes the links from the strongest to the weakest, each unless both sides have a record of one source already.
pub(super) fn one_to_one(pairs: &[Pair], ids: &Column, sources: &Column, threshold_bits: f64) -> Clustered {
    let mut links: Vec<&Pair> = pairs.iter().filter(|pair| pair.2 >= threshold_bits).collect();
    let name = |row: u32| ids.at(row as usize);
    let ends = |pair: &Pair| (name(pair.0).min(name(pair.1)), name(pair.0).max(name(pair.1)));
    links.sort_unstable_by(|a, b| b.2.total_cmp(&a.2).then_with(|| ends(a).cmp(&ends(b))));
    let mut clusters: Vec<u32> = (0_u32..).zip(ids.cells()).map(|(row, _)| row).collect();
    let mut members: Vec<Vec<u32>> = clusters.iter().map(|row| vec![*row]).collect();
    let mut refused = HashSet::new();
    let source = |row: &u32| sources.cells().get(*row as usize).copied();
    for (left, right, _) in links {
        let of = |row: u32| clusters.get(row as usize).copied().unwrap_or(row);
        let (a, b) = (of(*left).min(of(*right)), of(*left).max(of(*right)));
        let (Some(own), Some(other)) = (members.get(a as usize), members.get(b as usize)) else { continue };
        if a == b {
            continue;
        }
        if own.iter().any(|own| other.iter().any(|other| source(own) == source(other))) {
            refused.insert((a, b));
            continue;
        }
        let moved = members.get_mut(b as usize).map(std::mem::take).unwrap_or_default();
        for row in &moved {
            if let Some(cluster) = clusters.get_mut(*row as usize) {
                *cluster = a;
            }
        }
        if let Some(own) = members.get_mut(a as usize) {
            own.extend(moved);
        }
    }
    let held = refused.len() as u64;
    let why = "the cluster would have two records of one source".to_owned();
    Clustered { clusters, quarantine: if held == 0 { Vec::new() } else { vec![(why, held)] } }
}
