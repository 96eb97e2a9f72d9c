//! Which names a map shows, if there are more than it holds.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

/// What all other names are called.
const OTHER: &str = "(other)";

/// The most names that keep their own.
const MOST: usize = 65_534;

/// In how many journeys each name stands.
#[derive(Clone, Default)]
pub(super) struct Names {
    journeys: BTreeMap<Box<str>, u64>,
    /// The last that keeps its name, once it was asked for; `None` if all do.
    last: OnceLock<Option<(Reverse<u64>, Box<str>)>>,
}

impl PartialEq for Names {
    fn eq(&self, other: &Self) -> bool {
        self.journeys == other.journeys
    }
}

impl Eq for Names {}

impl Names {
    /// Counts the names of one journey, each once: one customer alone makes no name frequent.
    pub(super) fn add<'a>(&mut self, names: impl IntoIterator<Item = &'a str>) {
        self.last = OnceLock::new();
        let names: BTreeSet<&str> = names.into_iter().collect();
        for name in names {
            match self.journeys.get_mut(name) {
                Some(count) => *count += 1,
                None => _ = self.journeys.insert(name.into(), 1),
            }
        }
    }

    /// The name itself or what all other names are called: of too many those in the most journeys keep theirs, and of names in equally
    /// many the first by name.
    pub(super) fn shown<'a>(&self, name: &'a str) -> &'a str {
        let last = self.last.get_or_init(|| {
            let place = MOST.checked_sub(1).filter(|_| self.journeys.len() > MOST)?;
            let mut all: Vec<(Reverse<u64>, &str)> =
                self.journeys.iter().map(|(name, &count)| (Reverse(count), &**name)).collect();
            let (_, &mut (count, name), _) = all.select_nth_unstable(place);
            Some((count, name.into()))
        });
        let Some((count, last)) = last else { return name };
        let here = self.journeys.get(name).copied().unwrap_or_default();
        if (Reverse(here), name) <= (*count, &**last) { name } else { OTHER }
    }

    /// The way through those names, the same one again and again being one node.
    pub(super) fn way<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        let mut way: Vec<&str> = names.into_iter().map(|name| self.shown(name)).collect();
        way.dedup();
        way
    }
}
