//! Small random worlds, and the partition of one straight from its definition: no index, no shortcut, sets of ids.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::items_after_statements,
    reason = "a failure here is a failed test"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::identifier::{IdentifierKind, ValueHash};
use throughline::identity::{
    Class, Decision, DecisionKind, Evidence, GenericReason, GenericValue, Graph, GraphBuilder, KindPolicy,
    Limit, MatchClip, MatchLinkage, MatchWeight, QuarantineReason, Quarantined, Rules, Tier, ValueInput,
};
use throughline::ids::{DecisionId, RecordId};
use throughline::record::{Claim, ClaimLevel, ProofKind};
use throughline::time::{DateTime, Utc, from_millis};

const DAY: i64 = 86_400_000;

#[derive(Debug, Clone)]
pub(crate) struct Hold {
    pub(crate) record: RecordId,
    pub(crate) value: ValueHash,
    pub(crate) claim: Claim,
    pub(crate) subject: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) rules: Rules,
    pub(crate) records: Vec<(RecordId, DateTime<Utc>)>,
    pub(crate) values: Vec<ValueInput>,
    pub(crate) holds: Vec<Hold>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) matches: Vec<(RecordId, RecordId, f64)>,
}

pub(crate) fn record(n: u8) -> RecordId {
    // Not in the order of n, so that order of ids and order of calls differ.
    let mut bytes = [n; 16];
    bytes[0] = n.wrapping_mul(151);
    RecordId::from_bytes(bytes)
}

pub(crate) fn value(n: u8) -> ValueHash {
    let mut bytes = [n; 16];
    bytes[0] = n.wrapping_mul(89);
    ValueHash::from_bytes(bytes)
}

pub(crate) fn day(n: i64) -> DateTime<Utc> {
    from_millis(n * DAY)
}

fn level() -> impl Strategy<Value = ClaimLevel> {
    prop_oneof![
        2 => Just(ClaimLevel::Asserted),
        4 => Just(ClaimLevel::Observed),
        4 => Just(ClaimLevel::Verified)
    ]
}

pub(crate) const KINDS: [IdentifierKind; 6] = [
    IdentifierKind::UserId,
    IdentifierKind::LoyaltyCard,
    IdentifierKind::Email,
    IdentifierKind::Phone,
    IdentifierKind::DeviceId,
    IdentifierKind::HouseholdId,
];

/// Tight rules, so that a dozen records run into every one of them.
fn rules() -> impl Strategy<Value = Rules> {
    let limit = prop_oneof![
        Just(None),
        (1..4_u16, prop_oneof![Just(None), Just(Some(10 * 86_400)), Just(Some(86_400))])
            .prop_map(|(values, window)| Some(Limit { values, window }))
    ];
    let tweak = (limit, 2..7_u16, 1..3_u16, prop_oneof![Just(None), Just(Some(5_u16))], level());
    // In eighths of a bit, which floating point adds without rounding.
    let matching = (-8..40_i32, 0..80_i32, 0..80_i32, proptest::bool::weighted(0.15));
    (proptest::collection::vec(tweak, KINDS.len()), 3..12_u32, matching).prop_map(
        |(tweaks, cap, matching)| {
            let mut rules = Rules::retail();
            for (kind, (limit, max_records, persons, decay, attaches)) in KINDS.iter().zip(tweaks) {
                let policy = rules.kinds.get_mut(kind).unwrap();
                policy.limit = limit;
                policy.max_records = max_records;
                if policy.class == Class::Device {
                    policy.max_persons = Some(persons);
                }
                policy.decay_days = decay;
                if !policy.contact {
                    policy.attaches = attaches;
                    policy.merges = policy.merges.map(|level| level.max(attaches));
                }
            }
            rules.max_records_per_profile = cap;
            let (threshold, low, above, single) = matching;
            let eighths = |n: i32| f64::from(n) / 8.0;
            rules.match_threshold_bits = eighths(threshold);
            rules.match_clip =
                MatchClip { low: eighths(low.max(1 - threshold)), high: eighths(threshold.max(0) + above) };
            rules.match_linkage = if single { MatchLinkage::Single } else { MatchLinkage::Mean };
            rules
        },
    )
}

fn claim() -> impl Strategy<Value = Claim> {
    proptest::collection::vec((level(), 0..20_i64), 1..3).prop_map(|claims| {
        let one = |(level, at): &(ClaimLevel, i64)| Claim::new(*level, day(*at), ProofKind::Source);
        let mut all = one(&claims[0]);
        claims.iter().for_each(|claim| all.join(&one(claim)));
        all
    })
}

prop_compose! {
    pub(crate) fn world()(records in 1..14_u8, values in 1..10_u8, rules in rules())(
        seen in proptest::collection::vec(0..5_i64, usize::from(records)),
        kinds in proptest::collection::vec(
            (0..KINDS.len(), prop_oneof![12 => Just(0_u32), 1 => Just(40_u32)], proptest::bool::weighted(0.05)),
            usize::from(values)
        ),
        holds in proptest::collection::vec((0..records, 0..values, claim(), proptest::bool::weighted(0.2)), 0..40),
        decisions in proptest::collection::vec(
            (
                0..6_i64,
                proptest::bool::ANY,
                proptest::collection::vec(0..records, 1..4),
                proptest::collection::vec(0..records, 1..4),
                proptest::bool::weighted(0.2)
            ),
            0..4
        ),
        matches in prop_oneof![
            proptest::collection::vec((0..records, 0..records, -80..100_i32), 0..6),
            proptest::collection::vec((0..records, 0..records, -80..100_i32), 0..60),
            // Few different weights, so that means are equal.
            proptest::collection::vec((0..records, 0..records, (-2..4_i32).prop_map(|n| n * 16)), 0..60),
        ],
        rules in Just(rules),
    ) -> World {
        World {
            rules,
            records: (0..).zip(seen).map(|(n, seen)| (record(n), day(seen))).collect(),
            values: (0..).zip(kinds).map(|(n, (kind, holders_total, blocked))| ValueInput {
                hash: value(n),
                kind: KINDS[kind].clone(),
                holders_total,
                blocked,
            }).collect(),
            holds: holds.into_iter().map(|(r, v, claim, subject)| Hold {
                record: record(r), value: value(v), claim, subject
            }).collect(),
            decisions: (0..).zip(decisions).map(|(n, (at, link, left, right, retracted))| Decision {
                id: DecisionId::from_bytes([n; 16]),
                at: day(at),
                kind: if link {
                    DecisionKind::Link(record(left[0]), record(right[0]))
                } else {
                    DecisionKind::KeepApart(
                        left.into_iter().map(record).collect(),
                        right.into_iter().map(record).collect(),
                    )
                },
                by: None,
                retracted,
            }).collect(),
            matches: matches.into_iter().map(|(a, b, weight)| (record(a), record(b), f64::from(weight) / 8.0)).collect(),
        }
    }
}

impl World {
    /// The same facts about other people.
    pub(crate) fn renamed(mut self) -> Self {
        let other = |id: RecordId| {
            let mut bytes = *id.as_bytes();
            bytes[15] ^= 0x80;
            bytes[1] ^= 0x80;
            RecordId::from_bytes(bytes)
        };
        let other_value = |hash: ValueHash| {
            let mut bytes = *hash.as_bytes();
            bytes[15] ^= 0x80;
            ValueHash::from_bytes(bytes)
        };
        self.records.iter_mut().for_each(|(id, _)| *id = other(*id));
        self.values.iter_mut().for_each(|value| value.hash = other_value(value.hash));
        for hold in &mut self.holds {
            hold.record = other(hold.record);
            hold.value = other_value(hold.value);
        }
        for decision in &mut self.decisions {
            match &mut decision.kind {
                DecisionKind::Link(a, b) => (*a, *b) = (other(*a), other(*b)),
                DecisionKind::KeepApart(left, right) => {
                    left.iter_mut().chain(right).for_each(|id| *id = other(*id));
                }
            }
        }
        self.matches.iter_mut().for_each(|(a, b, _)| (*a, *b) = (other(*a), other(*b)));
        self
    }

    pub(crate) fn beside(mut self, other: Self) -> Self {
        self.records.extend(other.records);
        self.values.extend(other.values);
        self.holds.extend(other.holds);
        self.decisions.extend(other.decisions);
        self.matches.extend(other.matches);
        self
    }

    /// The facts about some records, with the full count of holders of values that are generic.
    pub(crate) fn only(&self, keep: impl Fn(RecordId) -> bool) -> Self {
        let mut world = self.clone();
        world.records.retain(|(id, _)| keep(*id));
        world.holds.retain(|hold| keep(hold.record));
        let facts = Facts::of(self);
        let generic: BTreeSet<ValueHash> = facts.generic.iter().map(|value| value.hash).collect();
        for value in &mut world.values {
            if generic.contains(&value.hash) {
                value.holders_total = u32::MAX;
            }
        }
        world.matches.retain(|(a, b, _)| keep(*a) && keep(*b));
        world
    }
}

pub(crate) fn build(world: &World) -> Graph {
    let mut graph = GraphBuilder::default();
    let records: BTreeMap<RecordId, _> =
        world.records.iter().map(|(id, seen)| (*id, graph.record(*id, *seen))).collect();
    let values: BTreeMap<ValueHash, _> =
        world.values.iter().map(|value| (value.hash, graph.value(value))).collect();
    for hold in &world.holds {
        graph.hold(records[&hold.record], values[&hold.value], &hold.claim, hold.subject);
    }
    for decision in &world.decisions {
        graph.decision(decision.clone());
    }
    for (a, b, weight) in &world.matches {
        graph.matched(records[a], records[b], *weight);
    }
    graph.build()
}

/// The same facts in another order, some of them twice.
pub(crate) fn order(world: &World, mut seed: u64) -> World {
    let mut next = |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % n.max(1)
    };
    fn shuffle<T: Clone>(list: &mut Vec<T>, next: &mut impl FnMut(usize) -> usize) {
        if !list.is_empty() {
            let again = list[next(list.len())].clone();
            list.push(again);
        }
        for at in (1..list.len()).rev() {
            list.swap(at, next(at + 1));
        }
    }
    let mut world = world.clone();
    shuffle(&mut world.records, &mut next);
    shuffle(&mut world.values, &mut next);
    shuffle(&mut world.holds, &mut next);
    shuffle(&mut world.decisions, &mut next);
    shuffle(&mut world.matches, &mut next);
    world
}

pub(crate) struct Naive {
    pub(crate) clusters: Vec<Vec<RecordId>>,
    pub(crate) founders: Vec<RecordId>,
    pub(crate) components: Vec<RecordId>,
    pub(crate) quarantined: Vec<Quarantined>,
    pub(crate) generic: Vec<GenericValue>,
    /// In the order of joining, with the smallest record of the raw component.
    pub(crate) joins: Vec<(RecordId, RecordId, RecordId, Tier)>,
}

type Set = BTreeSet<RecordId>;

/// The facts as sets.
struct Facts<'a> {
    rules: &'a Rules,
    values: BTreeMap<ValueHash, ValueInput>,
    claims: BTreeMap<(ValueHash, RecordId), (Claim, bool)>,
    generic: Vec<GenericValue>,
}

impl<'a> Facts<'a> {
    fn of(world: &'a World) -> Self {
        let values = world.values.iter().map(|value| (value.hash, value.clone())).collect();
        let mut claims: BTreeMap<(ValueHash, RecordId), (Claim, bool)> = BTreeMap::new();
        for hold in &world.holds {
            claims
                .entry((hold.value, hold.record))
                .and_modify(|(claim, subject)| {
                    claim.join(&hold.claim);
                    *subject |= hold.subject;
                })
                .or_insert((hold.claim, hold.subject));
        }
        let mut facts = Self { rules: &world.rules, values, claims, generic: Vec::new() };
        facts.generic = facts.find_generic();
        facts
    }

    fn policy(&self, value: ValueHash) -> &KindPolicy {
        self.rules.policy(&self.values[&value].kind)
    }

    fn holders(&self, value: ValueHash) -> Vec<RecordId> {
        self.claims.keys().filter(|(v, _)| *v == value).map(|(_, r)| *r).collect()
    }

    fn links(&self, value: ValueHash) -> bool {
        !self.values[&value].blocked && matches!(self.policy(value).class, Class::Person | Class::Device)
    }

    fn find_generic(&self) -> Vec<GenericValue> {
        let mut generic = Vec::new();
        for (hash, value) in &self.values {
            if !self.links(*hash) {
                continue;
            }
            let policy = self.policy(*hash);
            let holders = self.holders(*hash);
            let count = holders.len().max(value.holders_total as usize);
            let mut reason = None;
            if count > usize::from(policy.max_records) {
                reason = Some(GenericReason::Records);
            } else if let Some(most) = policy.max_persons {
                let mut persons: BTreeMap<&IdentifierKind, BTreeSet<ValueHash>> = BTreeMap::new();
                for ((other, record), (claim, _)) in &self.claims {
                    let policy = self.policy(*other);
                    if holders.contains(record)
                        && policy.exclusive
                        && policy.class == Class::Person
                        && !self.values[other].blocked
                        && claim.level() >= ClaimLevel::Observed
                    {
                        persons.entry(&self.values[other].kind).or_default().insert(*other);
                    }
                }
                if persons.values().any(|values| values.len() > usize::from(most)) {
                    reason = Some(GenericReason::Persons);
                }
            }
            if let Some(reason) = reason {
                generic.push(GenericValue { hash: *hash, kind: value.kind.clone(), reason });
            }
        }
        generic
    }

    fn usable(&self, value: ValueHash) -> bool {
        self.links(value) && !self.generic.iter().any(|generic| generic.hash == value)
    }

    fn first_proof(&self, record: RecordId) -> Option<DateTime<Utc>> {
        self.claims
            .iter()
            .filter(|((v, r), _)| *r == record && self.policy(*v).contact && !self.values[v].blocked)
            .filter_map(|(_, (claim, _))| claim.verified.map(|proof| proof.first_at))
            .min()
    }

    fn swept(&self, value: ValueHash, record: RecordId) -> bool {
        let (claim, subject) = self.claims[&(value, record)];
        claim.verified.is_none() && !subject && self.first_proof(record).is_some_and(|at| claim.last_at < at)
    }

    fn identified(&self, record: RecordId) -> bool {
        self.claims.iter().any(|((v, r), (claim, _))| {
            *r == record
                && self.policy(*v).identifies
                && claim.level() >= ClaimLevel::Observed
                && !self.values[v].blocked
                && !self.swept(*v, *r)
        })
    }

    fn proven(&self, value: ValueHash) -> bool {
        self.holders(value).iter().any(|record| self.claims[&(value, *record)].0.verified.is_some())
    }

    /// The bounded values that a set of records holds, with the first claim of each.
    fn held(&self, kind: &IdentifierKind, records: &Set) -> BTreeMap<ValueHash, DateTime<Utc>> {
        let mut held = BTreeMap::new();
        for ((value, record), (claim, _)) in &self.claims {
            let policy = self.policy(*value);
            let detached = policy.contact && self.proven(*value) && claim.verified.is_none();
            if records.contains(record)
                && self.values[value].kind == *kind
                && self.usable(*value)
                && !self.swept(*value, *record)
                && !detached
                && claim.level() >= policy.attaches
            {
                let first = held.entry(*value).or_insert(claim.first_at);
                *first = claim.first_at.min(*first);
            }
        }
        held
    }

    fn count(&self, kind: &IdentifierKind, records: &Set, window: Option<u32>) -> usize {
        let held = self.held(kind, records);
        match window {
            None => held.len(),
            Some(window) => held
                .values()
                .map(|start| {
                    held.values()
                        .filter(|time| {
                            **time >= *start
                                && (**time - *start).num_milliseconds() < i64::from(window) * 1000
                        })
                        .count()
                })
                .max()
                .unwrap_or(0),
        }
    }
}

#[derive(Clone, PartialEq)]
enum Needs {
    Nothing,
    NotBoth,
    Neither,
}

struct Edge {
    tier: Tier,
    level: ClaimLevel,
    strength: u8,
    weight: f64,
    a: RecordId,
    b: RecordId,
    evidence: Evidence,
    needs: Needs,
}

fn find(clusters: &[Set], record: RecordId) -> usize {
    clusters.iter().position(|cluster| cluster.contains(&record)).unwrap()
}

fn join(clusters: &mut Vec<Set>, a: RecordId, b: RecordId) {
    let (i, j) = (find(clusters, a), find(clusters, b));
    if i != j {
        let moved = clusters[j].clone();
        clusters[i].extend(moved);
        clusters.remove(j);
    }
}

/// The newest word on each pair.
fn words(world: &World) -> BTreeMap<(RecordId, RecordId), (DateTime<Utc>, DecisionId, bool)> {
    let present: Set = world.records.iter().map(|(id, _)| *id).collect();
    let mut words = BTreeMap::new();
    let mut decisions: Vec<&Decision> =
        world.decisions.iter().filter(|decision| !decision.retracted).collect();
    let apart = |decision: &Decision| matches!(decision.kind, DecisionKind::KeepApart(..));
    decisions.sort_by_key(|decision| (decision.at, apart(decision), decision.id));
    for decision in decisions {
        let pairs: Vec<(RecordId, RecordId, bool)> = match &decision.kind {
            DecisionKind::Link(a, b) => vec![(*a, *b, true)],
            DecisionKind::KeepApart(left, right) => {
                left.iter().flat_map(|a| right.iter().map(|b| (*a, *b, false))).collect()
            }
        };
        for (a, b, link) in pairs {
            if a != b && present.contains(&a) && present.contains(&b) {
                words.insert((a.min(b), a.max(b)), (decision.at, decision.id, link));
            }
        }
    }
    words
}

pub(crate) fn naive(world: &World) -> Naive {
    let facts = Facts::of(world);
    let words = words(world);
    let mut edges: Vec<Edge> = Vec::new();
    let mut refused: Vec<Quarantined> = Vec::new();
    let singles = || world.records.iter().map(|(id, _)| Set::from([*id])).collect::<Vec<_>>();
    let mut raw = singles();
    for (hash, value) in &facts.values {
        if !facts.usable(*hash) {
            continue;
        }
        let policy = facts.policy(*hash);
        let holders = facts.holders(*hash);
        for a in &holders {
            for b in holders.iter().filter(|b| a < *b) {
                join(&mut raw, *a, *b);
                let (x, y) = (facts.claims[&(*hash, *a)].0, facts.claims[&(*hash, *b)].0);
                let level = x.level().min(y.level());
                let evidence = Evidence::Value { hash: *hash, kind: value.kind.clone(), level };
                let mut refuse = |reason| {
                    refused.push(Quarantined { a: *a, b: *b, reason, evidence: evidence.clone() });
                };
                if facts.swept(*hash, *a) || facts.swept(*hash, *b) {
                    refuse(QuarantineReason::BeforeProof);
                    continue;
                }
                if policy.contact && facts.proven(*hash) && level != ClaimLevel::Verified {
                    refuse(QuarantineReason::UnverifiedAgainstProof);
                    continue;
                }
                if let (Some(p), Some(q), Some(days)) = (x.verified, y.verified, policy.decay_days) {
                    let apart = (q.first_at - p.last_at).max(p.first_at - q.last_at);
                    if apart.num_milliseconds() > i64::from(days) * DAY {
                        refuse(QuarantineReason::Decayed);
                        continue;
                    }
                }
                if level < policy.attaches {
                    refuse(QuarantineReason::Unproven);
                    continue;
                }
                let (tier, needs) = if policy.contact && level != ClaimLevel::Verified {
                    (Tier::Unproven, Needs::Neither)
                } else {
                    let tier = match level {
                        ClaimLevel::Asserted => Tier::Unproven,
                        ClaimLevel::Observed => Tier::Observed,
                        ClaimLevel::Verified => Tier::Verified,
                    };
                    let merges = policy.merges.is_some_and(|merges| level >= merges);
                    (tier, if merges { Needs::Nothing } else { Needs::NotBoth })
                };
                let strength = policy.strength;
                edges.push(Edge { tier, level, strength, weight: 0.0, a: *a, b: *b, evidence, needs });
            }
        }
    }
    for ((a, b), (_, id, link)) in &words {
        if *link {
            join(&mut raw, *a, *b);
            let evidence = Evidence::Decision(*id);
            let (tier, level) = (Tier::Decision, ClaimLevel::Asserted);
            edges.push(Edge {
                tier,
                level,
                strength: 0,
                weight: 0.0,
                a: *a,
                b: *b,
                evidence,
                needs: Needs::Nothing,
            });
        }
    }
    let mut weights: BTreeMap<(RecordId, RecordId), f64> = BTreeMap::new();
    for (a, b, weight) in world.matches.iter().filter(|(a, b, _)| a != b) {
        let best = weights.entry((*a.min(b), *a.max(b))).or_insert(*weight);
        *best = best.max(*weight);
    }
    for ((a, b), weight) in weights.clone() {
        if weight >= world.rules.match_threshold_bits {
            join(&mut raw, a, b);
            if world.rules.match_linkage == MatchLinkage::Single {
                edges.push(Edge::of_match(a, b, weight));
            }
        }
    }
    edges.sort_by(|x, y| {
        x.tier
            .cmp(&y.tier)
            .then(y.level.cmp(&x.level))
            .then(y.strength.cmp(&x.strength))
            .then(y.weight.total_cmp(&x.weight))
            .then((x.a, x.b).cmp(&(y.a, y.b)))
            .then(x.evidence.cmp(&y.evidence))
    });
    let mut stage = Stage { facts: &facts, words: &words, clusters: singles(), refused, joins: Vec::new() };
    let unproven = edges.iter().position(|edge| edge.tier == Tier::Unproven).unwrap_or(edges.len());
    let after = edges.split_off(unproven);
    edges.into_iter().for_each(|edge| _ = stage.attempt(edge));
    if world.rules.match_linkage == MatchLinkage::Mean {
        stage.mean_linkage(&weights);
    }
    after.into_iter().for_each(|edge| _ = stage.attempt(edge));
    if world.rules.match_linkage == MatchLinkage::Mean {
        stage.outweighed(&weights);
    }
    let Stage { mut clusters, mut refused, joins, .. } = stage;
    clusters.sort_by_key(|cluster| *cluster.first().unwrap());
    let mut seen = BTreeSet::new();
    refused.sort_by_key(|entry| (entry.a, entry.b));
    let mut quarantined: Vec<Quarantined> = refused
        .into_iter()
        .filter(|entry| {
            let (i, j) = (find(&clusters, entry.a), find(&clusters, entry.b));
            i != j && seen.insert((i.min(j), i.max(j), entry.reason.clone(), entry.evidence.clone()))
        })
        .collect();
    quarantined.sort();
    let first_seen: BTreeMap<RecordId, DateTime<Utc>> = world.records.iter().copied().collect();
    Naive {
        founders: clusters
            .iter()
            .map(|cluster| *cluster.iter().min_by_key(|id| (first_seen[id], **id)).unwrap())
            .collect(),
        components: clusters
            .iter()
            .map(|cluster| *raw[find(&raw, *cluster.first().unwrap())].first().unwrap())
            .collect(),
        clusters: clusters.into_iter().map(|cluster| cluster.into_iter().collect()).collect(),
        quarantined,
        joins: joins
            .into_iter()
            .map(|(a, b, tier)| (*raw[find(&raw, a)].first().unwrap(), a, b, tier))
            .collect(),
        generic: facts.generic,
    }
}

impl Edge {
    fn of_match(a: RecordId, b: RecordId, weight: f64) -> Self {
        let evidence = Evidence::Match { weight: MatchWeight(weight) };
        let (tier, level) = (Tier::Matched, ClaimLevel::Asserted);
        Self { tier, level, strength: 0, weight, a, b, evidence, needs: Needs::Nothing }
    }
}

type Words = BTreeMap<(RecordId, RecordId), (DateTime<Utc>, DecisionId, bool)>;
type Weights = BTreeMap<(RecordId, RecordId), f64>;
type Weighed = (f64, RecordId, RecordId);

/// The clusters while they grow.
struct Stage<'a> {
    facts: &'a Facts<'a>,
    words: &'a Words,
    clusters: Vec<Set>,
    refused: Vec<Quarantined>,
    joins: Vec<(RecordId, RecordId, Tier)>,
}

impl Stage<'_> {
    /// Whether the ends are in one cluster now.
    fn attempt(&mut self, edge: Edge) -> bool {
        let (i, j) = (find(&self.clusters, edge.a), find(&self.clusters, edge.b));
        if i == j {
            return true;
        }
        match forbidden(self.facts, self.words, &edge, &self.clusters[i], &self.clusters[j]) {
            None => {
                join(&mut self.clusters, edge.a, edge.b);
                self.joins.push((edge.a, edge.b, edge.tier));
                true
            }
            Some(reason) => {
                let Edge { a, b, evidence, .. } = edge;
                self.refused.push(Quarantined { a, b, reason, evidence });
                false
            }
        }
    }

    /// The weights between each two clusters.
    fn between(&self, weights: &Weights) -> Vec<(Set, Set, Vec<Weighed>)> {
        let mut between: BTreeMap<(usize, usize), Vec<Weighed>> = BTreeMap::new();
        for ((a, b), weight) in weights {
            let (i, j) = (find(&self.clusters, *a), find(&self.clusters, *b));
            if i != j {
                between.entry((i.min(j), i.max(j))).or_default().push((*weight, *a, *b));
            }
        }
        let clusters = &self.clusters;
        between.into_iter().map(|((i, j), list)| (clusters[i].clone(), clusters[j].clone(), list)).collect()
    }

    /// The mean of what the weights count.
    fn mean(&self, weights: &[Weighed]) -> Ratio {
        let MatchClip { low, high } = self.facts.rules.match_clip;
        let sum: f64 = weights.iter().map(|(weight, _, _)| weight.clamp(-low, high)).sum();
        Ratio(sum, u32::try_from(weights.len()).unwrap().into())
    }

    fn threshold(&self) -> Ratio {
        Ratio(self.facts.rules.match_threshold_bits, 1.0)
    }

    /// Mean linkage, all means computed anew each time.
    fn mean_linkage(&mut self, weights: &Weights) {
        let mut aside: BTreeSet<(Set, Set)> = BTreeSet::new();
        loop {
            let mut best: Option<(Ratio, f64, RecordId, RecordId, Set, Set)> = None;
            for (left, right, list) in self.between(weights) {
                let mean = self.mean(&list);
                if mean < self.threshold() || aside.contains(&(left.clone(), right.clone())) {
                    continue;
                }
                let stronger =
                    |x: &&Weighed, y: &&Weighed| x.0.total_cmp(&y.0).then((y.1, y.2).cmp(&(x.1, x.2)));
                let (weight, a, b) = *list.iter().max_by(stronger).unwrap();
                let better = best
                    .as_ref()
                    .is_none_or(|best| mean > best.0 || (mean == best.0 && (a, b) < (best.2, best.3)));
                if better {
                    best = Some((mean, weight, a, b, left, right));
                }
            }
            let Some((_, weight, a, b, left, right)) = best else { return };
            if !self.attempt(Edge::of_match(a, b, weight)) {
                // It comes back when a side is another set.
                aside.insert((left.clone(), right.clone()));
                aside.insert((right, left));
            }
        }
    }

    fn outweighed(&mut self, weights: &Weights) {
        for (_, _, list) in self.between(weights) {
            if self.mean(&list) >= self.threshold() {
                continue;
            }
            for (weight, a, b) in list {
                if weight >= self.facts.rules.match_threshold_bits {
                    let (reason, evidence) =
                        (QuarantineReason::Outweighed, Edge::of_match(a, b, weight).evidence);
                    self.refused.push(Quarantined { a, b, reason, evidence });
                }
            }
        }
    }
}

/// A sum over a number, compared without division.
#[derive(Clone, Copy)]
struct Ratio(f64, f64);

impl PartialEq for Ratio {
    fn eq(&self, other: &Self) -> bool {
        self.partial_cmp(other) == Some(std::cmp::Ordering::Equal)
    }
}

impl PartialOrd for Ratio {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        (self.0 * other.1).partial_cmp(&(other.0 * self.1))
    }
}

fn forbidden(
    facts: &Facts<'_>,
    words: &BTreeMap<(RecordId, RecordId), (DateTime<Utc>, DecisionId, bool)>,
    edge: &Edge,
    left: &Set,
    right: &Set,
) -> Option<QuarantineReason> {
    let apart = words
        .iter()
        .filter(|((a, b), (_, _, link))| {
            !link && ((left.contains(a) && right.contains(b)) || (left.contains(b) && right.contains(a)))
        })
        .map(|(_, (_, id, _))| *id)
        .min();
    if let Some(id) = apart {
        return Some(QuarantineReason::KeptApart(id));
    }
    let identified = |set: &Set| set.iter().filter(|id| facts.identified(**id)).count();
    let (x, y) = (identified(left), identified(right));
    if edge.needs == Needs::NotBoth && x > 0 && y > 0 {
        return Some(QuarantineReason::BothIdentified);
    }
    if edge.needs == Needs::Neither && (x > 0 || y > 0) {
        return Some(QuarantineReason::Unproven);
    }
    if edge.tier == Tier::Matched && x >= 2 && y >= 2 {
        return Some(QuarantineReason::WeakBridge);
    }
    if edge.tier != Tier::Decision {
        let both: Set = left.union(right).copied().collect();
        let broken = |kind: &IdentifierKind, most: usize, window| {
            let after = facts.count(kind, &both, window);
            after > most && after > facts.count(kind, left, window).max(facts.count(kind, right, window))
        };
        for kind in facts.rules.kinds.keys() {
            if facts.rules.policy(kind).exclusive && broken(kind, 1, None) {
                return Some(QuarantineReason::Exclusive(kind.clone()));
            }
        }
        for kind in facts.rules.kinds.keys() {
            if let Some(limit) = facts.rules.policy(kind).limit
                && broken(kind, usize::from(limit.values), limit.window)
            {
                return Some(QuarantineReason::Limit(kind.clone()));
            }
        }
    }
    (left.len() + right.len() > facts.rules.max_records_per_profile as usize)
        .then_some(QuarantineReason::TooManyRecords)
}
