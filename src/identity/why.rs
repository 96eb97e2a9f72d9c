//! Why two records are one person, and why they are not, as data.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::{Deserialize, Serialize};

use super::classify::{Classified, classify};
use super::compiled::{Compiled, compile};
use super::constrained::{
    Bounded, Held, Source, Word, counts, crossed, first_proofs, joined, policy, proven, swept, union, word,
};
use super::evidence::{Evidence, GenericReason, MatchWeight, QuarantineReason, Tier};
use super::graph::{Graph, level_of};
use super::partition::{Explain, partition};
use super::policy::{Class, Rules};
use super::scale::{Scale, mean};
use crate::identifier::{IdentifierKind, ValueHash};
use crate::ids::RecordId;

/// One step from record to record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Where it starts.
    pub from: RecordId,
    /// Where it leads.
    pub to: RecordId,
    /// Its place in the order of evidence.
    pub tier: Tier,
    /// What speaks for it.
    pub evidence: Evidence,
}

/// The chain of links that makes the two records one person, from `a` to `b`; `None` when they are not in one profile,
/// empty when they are one record.
///
/// The chain is a proof: [`check_path`] verifies it against the graph without running the partition.
///
/// # Complexity
/// That of an explained [`partition`] of the graph: give it the raw component only.
#[must_use]
pub fn why(graph: &Graph, rules: &Rules, a: RecordId, b: RecordId) -> Option<Vec<Step>> {
    let people = partition(graph, rules, Explain::Yes);
    if people.profile_of(a)? != people.profile_of(b)? {
        return None;
    }
    let mut steps: BTreeMap<RecordId, Vec<Step>> = BTreeMap::new();
    for link in people.links() {
        for (from, to) in [(link.a, link.b), (link.b, link.a)] {
            let step = Step { from, to, tier: link.tier, evidence: link.evidence.clone() };
            steps.entry(from).or_default().push(step);
        }
    }
    // The links of a profile are a tree, so the first way found is the only one.
    let mut came: BTreeMap<RecordId, Step> = BTreeMap::new();
    let mut queue = VecDeque::from([a]);
    while let Some(at) = queue.pop_front() {
        for step in steps.remove(&at).unwrap_or_default() {
            if step.to != a && !came.contains_key(&step.to) {
                queue.push_back(step.to);
                came.insert(step.to, step);
            }
        }
    }
    let mut path = Vec::new();
    let mut at = b;
    while at != a {
        let step = came.remove(&at)?;
        at = step.from;
        path.push(step);
    }
    path.reverse();
    Some(path)
}

/// A step that the graph does not bear out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("step {step} is not borne out by the evidence")]
pub struct BrokenPath {
    /// The first such step, counted from 0; the number of steps if the path ends at another record.
    pub step: usize,
}

/// Verifies a chain of links against the evidence: each step starts where the last one ended, and says what the graph
/// and the rules say about its two records. Whether something else forbids a step is not looked at.
///
/// # Errors
/// The first step that does not hold.
pub fn check_path(
    graph: &Graph,
    rules: &Rules,
    a: RecordId,
    b: RecordId,
    path: &[Step],
) -> Result<(), BrokenPath> {
    let facts = Facts::of(graph, rules);
    let mut at = a;
    for (number, step) in path.iter().enumerate() {
        if step.from != at || facts.holds(step) != Some(true) {
            return Err(BrokenPath { step: number });
        }
        at = step.to;
    }
    if at == b { Ok(()) } else { Err(BrokenPath { step: path.len() }) }
}

/// What stands between two profiles.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Obstacle {
    /// Nothing speaks for it: no record of one shares anything with a record of the other.
    NoSharedEvidence,
    /// They share a value that the rules block.
    Blocked {
        /// The value.
        hash: ValueHash,
        /// Its kind.
        kind: IdentifierKind,
    },
    /// They share a value that too many share.
    Generic {
        /// The value.
        hash: ValueHash,
        /// Its kind.
        kind: IdentifierKind,
        /// Too many of what.
        reason: GenericReason,
    },
    /// They share a value of a class that never links: a household, a session.
    NeverLinks {
        /// The value.
        hash: ValueHash,
        /// Its kind.
        kind: IdentifierKind,
        /// The class of the kind.
        class: Class,
    },
    /// Their match weight is below the threshold.
    BelowThreshold {
        /// The largest weight between the two profiles.
        weight: MatchWeight,
    },
    /// Some of their match weights reach the threshold, but the mean of all that lie between the two profiles does not.
    Outweighed {
        /// The mean, of weights clipped as the rules say.
        mean: MatchWeight,
        /// The largest weight between the two profiles, as it is.
        strongest: MatchWeight,
    },
    /// Something speaks for it, and this speaks against.
    HeldBack {
        /// Why.
        reason: QuarantineReason,
        /// What speaks for it; `None` where the reason holds whatever speaks for it.
        evidence: Option<Evidence>,
    },
}

/// The answer of [`why_not`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WhyNot {
    /// They are one person.
    SameProfile,
    /// A record is not in the graph.
    Unknown,
    /// They are not, and these are all the reasons, sorted.
    Apart(Vec<Obstacle>),
}

/// All that stands between the profiles of two records.
///
/// # Complexity
/// That of a [`partition`] of the graph plus the pairs of records of the two profiles that share a value: give it the
/// raw components only.
#[must_use]
pub fn why_not(graph: &Graph, rules: &Rules, a: RecordId, b: RecordId) -> WhyNot {
    let people = partition(graph, rules, Explain::No);
    let (Some(left), Some(right)) = (people.cluster_of(a), people.cluster_of(b)) else {
        return WhyNot::Unknown;
    };
    if left.founder() == right.founder() {
        return WhyNot::SameProfile;
    }
    let index = |id: RecordId| graph.index_of(id);
    let left: BTreeSet<u32> = left.members().filter_map(index).collect();
    let right: BTreeSet<u32> = right.members().filter_map(index).collect();
    let facts = Facts::of(graph, rules);
    let mut obstacles = BTreeSet::new();
    let across = |a: u32, b: u32| {
        (left.contains(&a) && right.contains(&b)) || (left.contains(&b) && right.contains(&a))
    };
    facts.values_between(&left, &right, &mut obstacles);
    for entry in people.quarantined() {
        if let (Some(a), Some(b)) = (index(entry.a), index(entry.b))
            && across(a, b)
            && entry.reason != QuarantineReason::Outweighed
        {
            let (reason, evidence) = (entry.reason.clone(), Some(entry.evidence.clone()));
            obstacles.insert(Obstacle::HeldBack { reason, evidence });
        }
    }
    let scale = Scale::of(rules);
    let weights = || graph.matches.iter().filter(|(a, b, _)| across(*a, *b)).map(|(_, _, weight)| *weight);
    if let Some(strongest) = weights().map(MatchWeight).max() {
        let (sum, count) = scale.sum(weights());
        if !scale.links(strongest.0) {
            obstacles.insert(Obstacle::BelowThreshold { weight: strongest });
        } else if scale.by_mean() && !scale.reaches(sum, count) {
            obstacles.insert(Obstacle::Outweighed { mean: mean(sum, count), strongest });
        }
    }
    if obstacles.is_empty() {
        obstacles.insert(Obstacle::NoSharedEvidence);
    }
    let mut against = |reason| {
        obstacles.insert(Obstacle::HeldBack { reason, evidence: None });
    };
    for (_, _, id) in graph.verdicts.aparts.iter().filter(|(a, b, _)| across(*a, *b)) {
        against(QuarantineReason::KeptApart(*id));
    }
    let (held_left, held_right) = (facts.bounded(&left), facts.bounded(&right));
    let both = union(&held_left, &held_right);
    crossed(graph, &facts.policies, &held_left, &held_right, &both).for_each(&mut against);
    if left.len() + right.len() > rules.max_records_per_profile as usize {
        against(QuarantineReason::TooManyRecords);
    }
    WhyNot::Apart(obstacles.into_iter().collect())
}

/// The claims of a graph, joined and judged.
struct Facts<'a> {
    graph: &'a Graph,
    rules: &'a Rules,
    policies: Vec<Compiled>,
    classified: Classified,
    /// By value and record.
    held: Vec<Held>,
    proofs: Vec<i64>,
}

impl<'a> Facts<'a> {
    fn of(graph: &'a Graph, rules: &'a Rules) -> Self {
        let policies = compile(graph, rules);
        let held = graph.pairs.iter().enumerate().map(|(hold, (record, value))| Held {
            value: *value,
            record: *record,
            mark: graph.mark(hold),
            times: graph.times(hold),
        });
        let held = joined(held.collect());
        let proofs = first_proofs(graph, &policies, graph.ids.len(), &held);
        let classified = classify(graph, &policies);
        Self { graph, rules, policies, classified, held, proofs }
    }

    fn holders(&self, value: u32) -> &[Held] {
        let from = self.held.partition_point(|held| held.value < value);
        let to = self.held.partition_point(|held| held.value <= value);
        self.held.get(from..to).unwrap_or_default()
    }

    fn swept(&self, hold: &Held) -> bool {
        swept(hold, &self.proofs)
    }

    /// Whether the step says what the facts say; `None` when it names what does not exist.
    fn holds(&self, step: &Step) -> Option<bool> {
        let (from, to) = (self.graph.index_of(step.from)?, self.graph.index_of(step.to)?);
        let pair = (from.min(to), from.max(to));
        Some(match &step.evidence {
            Evidence::Decision(id) => {
                let named = self.graph.verdicts.links.binary_search(&(pair.0, pair.1, *id));
                step.tier == Tier::Decision && named.is_ok()
            }
            Evidence::Match { weight } => {
                let found =
                    self.graph.matches.binary_search_by_key(&pair, |entry| (entry.0, entry.1)).ok()?;
                let (_, _, known) = self.graph.matches.get(found)?;
                step.tier == Tier::Matched
                    && MatchWeight(*known) == *weight
                    && Scale::of(self.rules).links(*known)
            }
            Evidence::Value { hash, kind, level } => {
                let kind = u16::try_from(self.graph.kinds.binary_search(kind).ok()?).ok()?;
                let values = &self.graph.values;
                let value = values.binary_search_by_key(&(*hash, kind), |value| (value.hash, value.kind));
                let value = u32::try_from(value.ok()?).ok()?;
                let policy = policy(self.graph, &self.policies, value)?;
                let holders = self.holders(value);
                let of = |record| holders.iter().find(|hold| hold.record == record);
                let (a, b) = (of(pair.0)?, of(pair.1)?);
                let said = word(policy, proven(policy, holders), (a, self.swept(a)), (b, self.swept(b)));
                from != to
                    && self.classified.usable(value)
                    && level_of(a.level().min(b.level())) == *level
                    && matches!(said, Word::Edge(tier, _) if tier == step.tier)
            }
        })
    }

    /// What the values that records of both sides hold say against joining them.
    fn values_between(
        &self,
        left: &BTreeSet<u32>,
        right: &BTreeSet<u32>,
        obstacles: &mut BTreeSet<Obstacle>,
    ) {
        for holders in self.held.chunk_by(|a, b| a.value == b.value) {
            let side = |side: &BTreeSet<u32>| -> Vec<&Held> {
                holders.iter().filter(|hold| side.contains(&hold.record)).collect()
            };
            let (ours, theirs) = (side(left), side(right));
            let (Some(first), false) = (ours.first(), theirs.is_empty()) else { continue };
            let Some(value) = self.graph.values.get(first.value as usize) else { continue };
            let Some(kind) = self.graph.kinds.get(usize::from(value.kind)).cloned() else { continue };
            let Some(policy) = policy(self.graph, &self.policies, first.value) else { continue };
            let flags = self.classified.flags(first.value);
            let hash = value.hash;
            if value.blocked {
                obstacles.insert(Obstacle::Blocked { hash, kind });
            } else if !policy.links {
                let class = self.rules.policy(&kind).class;
                obstacles.insert(Obstacle::NeverLinks { hash, kind, class });
            } else if let Some(reason) = Classified::generic(flags) {
                obstacles.insert(Obstacle::Generic { hash, kind, reason });
            } else {
                let proven = proven(policy, holders);
                for a in &ours {
                    for b in &theirs {
                        let said = word(policy, proven, (a, self.swept(a)), (b, self.swept(b)));
                        if let Word::Refused(reason) = said {
                            let source = Source::Value { value: a.value, level: a.level().min(b.level()) };
                            let evidence = source.evidence(self.graph);
                            obstacles.insert(Obstacle::HeldBack { reason, evidence });
                        }
                    }
                }
            }
        }
    }

    /// The values of bounded kinds that the records hold, sorted, each with its first claim.
    fn bounded(&self, records: &BTreeSet<u32>) -> Vec<Bounded> {
        let mut bounded = Vec::new();
        for holders in self.held.chunk_by(|a, b| a.value == b.value) {
            let Some(first) = holders.first().filter(|first| self.classified.usable(first.value)) else {
                continue;
            };
            let Some(value) = self.graph.values.get(first.value as usize) else { continue };
            let Some(policy) = policy(self.graph, &self.policies, first.value) else { continue };
            let proven = proven(policy, holders);
            let claims = holders.iter().filter(|hold| {
                policy.bounded()
                    && records.contains(&hold.record)
                    && !self.swept(hold)
                    && counts(policy, proven, hold)
            });
            if let Some(first) = claims.map(|hold| hold.times.first).min() {
                bounded.push((value.kind, holders.first().map_or(0, |hold| hold.value), first));
            }
        }
        bounded.sort_unstable();
        bounded
    }
}
