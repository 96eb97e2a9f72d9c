//! The rules of the kinds that occur in one graph, in the form that the inner loops want.

use super::graph::{Graph, level_rank};
use super::policy::{Class, Rules};

/// The hard limit on the holders of a value that links: they are compared pair by pair.
const MOST_HOLDERS: u32 = 32;
const DAY: i64 = 86_400_000;

/// One kind's policy.
#[derive(Debug, Clone, Copy)]
pub(super) struct Compiled {
    /// Whether values of the kind can link records at all.
    pub(super) links: bool,
    pub(super) contact: bool,
    pub(super) identifies: bool,
    /// Two different values never in one profile, of a kind that links.
    pub(super) exclusive: bool,
    /// Whether its values tell persons apart (exclusive and of class person).
    pub(super) person_key: bool,
    pub(super) strength: u8,
    pub(super) max_records: u32,
    pub(super) max_persons: Option<u32>,
    pub(super) attaches: u8,
    /// 3 is higher than any level: never.
    pub(super) merges: u8,
    /// How many values, and in how many milliseconds.
    pub(super) limit: Option<(u32, Option<i64>)>,
    /// In milliseconds.
    pub(super) decay: Option<i64>,
}

impl Compiled {
    /// Whether a profile may hold only so many values of the kind.
    pub(super) const fn bounded(&self) -> bool {
        self.exclusive || self.limit.is_some()
    }
}

/// The policies by the graph's kind index.
pub(super) fn compile(graph: &Graph, rules: &Rules) -> Vec<Compiled> {
    let compiled = |kind| {
        let policy = rules.policy(kind);
        let links = matches!(policy.class, Class::Person | Class::Device);
        Compiled {
            links,
            contact: policy.contact,
            identifies: policy.identifies,
            exclusive: policy.exclusive && links,
            person_key: policy.exclusive && policy.class == Class::Person,
            strength: policy.strength,
            max_records: u32::from(policy.max_records).min(MOST_HOLDERS),
            max_persons: policy.max_persons.map(u32::from),
            attaches: level_rank(policy.attaches),
            merges: policy.merges.map_or(3, level_rank),
            limit: policy.limit.filter(|_| links).map(|limit| {
                (u32::from(limit.values), limit.window.map(|seconds| i64::from(seconds) * 1000))
            }),
            decay: policy.decay_days.map(|days| i64::from(days) * DAY),
        }
    };
    graph.kinds.iter().map(compiled).collect()
}
