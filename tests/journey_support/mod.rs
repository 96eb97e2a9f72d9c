//! The 2,000 journeys with known answers.
#![allow(clippy::unwrap_used, dead_code, reason = "helpers of tests, of which each test takes some")]

use std::collections::BTreeMap;

use throughline::journey::paths::{Outcome, Paths};

const ROWS: &str = include_str!("../data/journey/paths_2k.csv");

pub(crate) fn rows() -> Vec<(Vec<&'static str>, Outcome)> {
    let row = |line: &'static str| {
        let mut cells = line.split(',');
        let path: Vec<&str> = cells.next().unwrap().split(" > ").collect();
        let mut number = || cells.next().unwrap();
        let conversions = number().parse().unwrap();
        let value_minor = number().parse().unwrap();
        (path, Outcome { conversions, value_minor, nulls: number().parse().unwrap() })
    };
    ROWS.lines().skip(1).map(row).collect()
}

pub(crate) fn paths() -> Paths {
    let mut paths = Paths::new();
    for (path, outcome) in rows() {
        paths.push(path, outcome).unwrap();
    }
    paths
}

/// An object of the expected file.
pub(crate) fn map<T: serde::de::DeserializeOwned>(value: &serde_json::Value) -> BTreeMap<String, T> {
    serde_json::from_value(value.clone()).unwrap()
}
