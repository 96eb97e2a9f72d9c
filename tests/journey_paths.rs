//! The directly-follows map and the variants of 2,000 journeys against pm4py's.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use serde_json::Value;
use throughline::journey::paths::{follows, variants};

#[path = "journey_support/mod.rs"]
mod support;
use support::{map, paths, rows};

#[test]
fn equal_to_pm4py() {
    let expected: Value = serde_json::from_str(include_str!("data/journey/paths_2k_dfg_pm4py.json")).unwrap();
    let paths = paths();
    let ours = follows(&paths);
    assert_eq!((ours.pairs.len(), ours.transitions(), ours.empty), (144, 4920, 0));
    let pairs: BTreeMap<String, u64> =
        ours.pairs.iter().map(|((from, to), count)| (format!("{from} -> {to}"), *count)).collect();
    assert_eq!(pairs, map(&expected["dfg"]));
    let named = |counts: BTreeMap<Box<str>, u64>| -> BTreeMap<String, u64> {
        counts.into_iter().map(|(name, count)| (name.into(), count)).collect()
    };
    assert_eq!(named(ours.starts), map(&expected["start"]));
    assert_eq!(named(ours.ends), map(&expected["end"]));

    let all = variants(&paths);
    assert_eq!(all.iter().map(|variant| variant.journeys).sum::<u64>(), 2000);
    let top: Vec<(String, u64)> =
        all.iter().take(50).map(|variant| (variant.path.join(" > "), variant.journeys)).collect();
    let theirs = expected["variants_top50"].as_array().unwrap();
    let theirs: Vec<(String, u64)> = theirs
        .iter()
        .map(|one| (one["path"].as_str().unwrap().to_owned(), one["n"].as_u64().unwrap()))
        .collect();
    assert_eq!(top, theirs);
}

#[test]
fn the_order_of_paths_makes_no_difference() {
    let mut reversed = throughline::journey::paths::Paths::new();
    for (path, outcome) in rows().into_iter().rev() {
        reversed.push(path, outcome).unwrap();
    }
    assert_eq!(follows(&paths()), follows(&reversed));
    assert!(variants(&paths()) == variants(&reversed));
}
