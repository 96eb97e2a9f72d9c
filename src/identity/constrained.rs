//! The canonical constrained merge inside one raw component: strongest evidence first in a total order, joined unless
//! something forbids it.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::classify::Classified;
use super::compiled::Compiled;
use super::evidence::{Evidence, MatchWeight, QuarantineReason, Tier};
use super::graph::{Graph, SUBJECT, Times, level_of};
use super::mean_linkage::{Ground, MeanLinkage, Weighed};
use super::scale::Scale;
use super::union_find::UnionFind;
use crate::ids::DecisionId;

/// One record's claim to one value, both by index.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    /// The value's index in the graph.
    pub(super) value: u32,
    /// The record's place in the component.
    pub(super) record: u32,
    pub(super) mark: u8,
    pub(super) times: Times,
}

impl Held {
    pub(super) const fn level(&self) -> u8 {
        self.mark & 3
    }

    /// Joins a claim to the same pair.
    fn join(&mut self, other: &Self) {
        let (a, b) = (self.level() == 2, other.level() == 2);
        let (proved_first, proved_last) = match (a, b) {
            (true, true) => (
                self.times.proved_first.min(other.times.proved_first),
                self.times.proved_last.max(other.times.proved_last),
            ),
            (false, true) => (other.times.proved_first, other.times.proved_last),
            _ => (self.times.proved_first, self.times.proved_last),
        };
        self.mark = self.level().max(other.level()) | ((self.mark | other.mark) & SUBJECT);
        self.times = Times {
            first: self.times.first.min(other.times.first),
            last: self.times.last.max(other.times.last),
            proved_first,
            proved_last,
        };
    }
}

/// What a component consists of. Records are named by their place in `records`.
#[derive(Debug)]
pub(super) struct Component<'a> {
    pub(super) graph: &'a Graph,
    pub(super) policies: &'a [Compiled],
    /// Which values are evidence, by the graph's value index.
    pub(super) classified: &'a Classified,
    pub(super) max_records: u32,
    pub(super) scale: Scale,
    pub(super) records: usize,
    /// All holds of its records, in any order, with repetitions.
    pub(super) held: Vec<Held>,
    pub(super) links: &'a [(u32, u32, DecisionId)],
    pub(super) aparts: &'a [(u32, u32, DecisionId)],
    /// The weights of its pairs, each pair once.
    pub(super) matches: &'a [(u32, u32, f64)],
}

/// What speaks for an edge, by index.
#[derive(Debug, Clone, Copy)]
pub(super) enum Source {
    Decision(DecisionId),
    Value { value: u32, level: u8 },
    Match(f64),
}

impl Source {
    /// Equal for equal evidence, and in an order of its own.
    pub(super) fn key(self) -> impl Ord {
        match self {
            Self::Decision(id) => (0, Some(id), 0, 0, MatchWeight(0.0)),
            Self::Value { value, level } => (1, None, value, level, MatchWeight(0.0)),
            Self::Match(weight) => (2, None, 0, 0, MatchWeight(weight)),
        }
    }

    pub(super) fn evidence(self, graph: &Graph) -> Option<Evidence> {
        Some(match self {
            Self::Decision(id) => Evidence::Decision(id),
            Self::Match(weight) => Evidence::Match { weight: MatchWeight(weight) },
            Self::Value { value, level } => {
                let value = graph.values.get(value as usize)?;
                let kind = graph.kinds.get(usize::from(value.kind))?.clone();
                Evidence::Value { hash: value.hash, kind, level: level_of(level) }
            }
        })
    }
}

/// What the clusters on both sides must be for the edge to join them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Condition {
    Always,
    NotBothIdentified,
    NeitherIdentified,
}

#[derive(Debug, Clone, Copy)]
struct Edge {
    tier: Tier,
    strength: u8,
    a: u32,
    b: u32,
    condition: Condition,
    source: Source,
}

impl Edge {
    /// The total order in which edges are taken. Records and values are numbered in the order of their ids.
    fn key(&self) -> impl Ord {
        let (level, weight, value, decision) = match self.source {
            Source::Decision(id) => (0, 0.0, 0, Some(id)),
            Source::Value { value, level } => (level, 0.0, value, None),
            Source::Match(weight) => (0, weight, 0, None),
        };
        let weight = Reverse(MatchWeight(weight));
        (self.tier, Reverse(level), Reverse(self.strength), weight, self.a, self.b, value, decision)
    }
}

#[derive(Debug)]
pub(super) struct Taken {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) tier: Tier,
    pub(super) source: Source,
}

/// A link that was held back.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) a: u32,
    pub(super) b: u32,
    pub(super) reason: QuarantineReason,
    pub(super) source: Source,
}

/// The clusters of a component: `roots` names the smallest place in the cluster of each place.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) roots: Vec<u32>,
    /// In the order in which they joined.
    pub(super) taken: Vec<Taken>,
    pub(super) refused: Vec<Refused>,
}

/// A value of a bounded kind that a cluster holds, with its first claim there.
pub(super) type Bounded = (u16, u32, i64);

/// What is known of a cluster, at its root.
#[derive(Debug, Clone, Default)]
struct Cluster {
    size: u32,
    identified: u32,
    /// The next member after each place, in a ring.
    next: u32,
    /// Only of kinds of which the whole component holds more values than one profile may.
    bounded: Vec<Bounded>,
}

struct Merge<'a> {
    component: &'a Component<'a>,
    sets: UnionFind,
    clusters: Vec<Cluster>,
    /// Both directions, sorted.
    aparts: Vec<(u32, u32, DecisionId)>,
    /// Refusals that last as long as neither cluster grows, by their roots, with their sizes.
    memo: BTreeMap<(u32, u32), (u32, u32, QuarantineReason)>,
    outcome: Outcome,
}

pub(super) fn policy<'a>(graph: &Graph, policies: &'a [Compiled], value: u32) -> Option<&'a Compiled> {
    let value = graph.values.get(value as usize)?;
    policies.get(usize::from(value.kind))
}

/// Sorts holds by value and record, and joins repeated ones.
pub(super) fn joined(mut held: Vec<Held>) -> Vec<Held> {
    held.sort_unstable_by_key(|held| (held.value, held.record));
    held.dedup_by(|next, kept| {
        let same = (next.value, next.record) == (kept.value, kept.record);
        if same {
            kept.join(next);
        }
        same
    });
    held
}

/// The first proof of a contact value of each record; values that are blocked prove nothing.
pub(super) fn first_proofs(graph: &Graph, policies: &[Compiled], records: usize, held: &[Held]) -> Vec<i64> {
    let mut proofs = vec![i64::MIN; records];
    for hold in held.iter().filter(|hold| hold.level() == 2) {
        let contact = policy(graph, policies, hold.value).is_some_and(|policy| policy.contact);
        let blocked = graph.values.get(hold.value as usize).is_none_or(|value| value.blocked);
        if let Some(proof) = proofs.get_mut(hold.record as usize).filter(|_| contact && !blocked) {
            let at = hold.times.proved_first;
            *proof = if *proof == i64::MIN { at } else { at.min(*proof) };
        }
    }
    proofs
}

/// Whether the claim was made before the record's first proof, without proof, and not again since.
pub(super) fn swept(hold: &Held, proofs: &[i64]) -> bool {
    let proof = proofs.get(hold.record as usize).copied().unwrap_or(i64::MIN);
    hold.level() < 2 && hold.mark & SUBJECT == 0 && hold.times.last < proof
}

/// The time between the proofs of two records: 0 when they overlap.
fn gap(a: &Times, b: &Times) -> i64 {
    let later_start = a.proved_first.max(b.proved_first);
    later_start.saturating_sub(a.proved_last.min(b.proved_last)).max(0)
}

/// Whether somebody proved a contact value. A proof is never swept.
pub(super) fn proven(policy: &Compiled, holders: &[Held]) -> bool {
    policy.contact && holders.iter().any(|hold| hold.level() == 2)
}

/// Whether a claim that was not swept counts towards limits.
pub(super) const fn counts(policy: &Compiled, proven: bool, hold: &Held) -> bool {
    hold.level() >= policy.attaches && (!proven || hold.level() == 2)
}

/// What a value says about a pair of its holders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Word {
    Edge(Tier, Condition),
    Refused(QuarantineReason),
}

pub(super) fn word(
    policy: &Compiled,
    proven: bool,
    (a, a_swept): (&Held, bool),
    (b, b_swept): (&Held, bool),
) -> Word {
    let level = a.level().min(b.level());
    let decayed = level == 2 && policy.decay.is_some_and(|most| gap(&a.times, &b.times) > most);
    let tier = match level {
        0 => Tier::Unproven,
        1 => Tier::Observed,
        _ => Tier::Verified,
    };
    let merging = |level| {
        if level >= policy.merges { Condition::Always } else { Condition::NotBothIdentified }
    };
    if a_swept || b_swept {
        Word::Refused(QuarantineReason::BeforeProof)
    } else if policy.contact && proven && level < 2 {
        Word::Refused(QuarantineReason::UnverifiedAgainstProof)
    } else if decayed {
        Word::Refused(QuarantineReason::Decayed)
    } else if level < policy.attaches {
        Word::Refused(QuarantineReason::Unproven)
    } else if policy.contact && !proven {
        Word::Edge(Tier::Unproven, Condition::NeitherIdentified)
    } else {
        Word::Edge(tier, merging(level))
    }
}

/// Runs the merge. O(e log e) for e pairs of holders and weights, plus for each attempt the members and bounded values of
/// the two clusters.
pub(super) fn merge(component: &mut Component<'_>, linkage: &mut MeanLinkage) -> Outcome {
    let held = joined(std::mem::take(&mut component.held));
    let component = &*component;
    let proofs = first_proofs(component.graph, component.policies, component.records, &held);
    let cluster = |place| Cluster { size: 1, next: place, ..Cluster::default() };
    let mut clusters: Vec<Cluster> = (0..).take(component.records).map(cluster).collect();
    let mut edges = Vec::new();
    let mut refused = Vec::new();
    let tight = tight(component, &held);
    for group in held.chunk_by(|a, b| a.value == b.value) {
        let Some(first) = group.first() else { continue };
        let Some(policy) = policy(component.graph, component.policies, first.value) else { continue };
        let Some(value) = component.graph.values.get(first.value as usize) else { continue };
        let proven = proven(policy, group);
        let usable = component.classified.usable(first.value);
        let bounds = usable && tight.contains(&value.kind);
        let identifies = policy.identifies && !value.blocked;
        if bounds || identifies {
            for hold in group.iter().filter(|hold| !swept(hold, &proofs)) {
                let Some(cluster) = clusters.get_mut(hold.record as usize) else { continue };
                if identifies && hold.level() >= 1 {
                    cluster.identified = 1;
                }
                if bounds && counts(policy, proven, hold) {
                    cluster.bounded.push((value.kind, hold.value, hold.times.first));
                }
            }
        }
        if usable {
            pair_up(policy, proven, group, &proofs, &mut edges, &mut refused);
        }
    }
    if !tight.is_empty() {
        for cluster in &mut clusters {
            cluster.bounded.sort_unstable();
        }
    }
    others(component, &mut edges);
    edges.sort_unstable_by(|a, b| a.key().cmp(&b.key()));
    let mut aparts: Vec<_> =
        component.aparts.iter().flat_map(|(a, b, id)| [(*a, *b, *id), (*b, *a, *id)]).collect();
    aparts.sort_unstable();
    let mut merge = Merge {
        component,
        sets: UnionFind::new(component.records),
        clusters,
        aparts,
        memo: BTreeMap::new(),
        outcome: Outcome { roots: Vec::new(), taken: Vec::new(), refused },
    };
    // In the order of tiers, the weights come before what is unproved.
    let unproven = edges.partition_point(|edge| edge.tier < Tier::Unproven);
    let (before, after) = edges.split_at_checked(unproven).unwrap_or_default();
    for edge in before {
        merge.try_edge(edge);
    }
    let by_mean = component.scale.by_mean() && !component.matches.is_empty();
    if by_mean {
        linkage.run(&component.scale, component.records, component.matches, &mut merge);
    }
    for edge in after {
        merge.try_edge(edge);
    }
    let Merge { sets, mut outcome, .. } = merge;
    outcome.roots = sets.into_roots();
    if by_mean {
        outweighed(component, &mut outcome);
    }
    outcome
}

/// Holds back the weights that reach the threshold between clusters whose mean does not.
fn outweighed(component: &Component<'_>, outcome: &mut Outcome) {
    let root = |place: u32| outcome.roots.get(place as usize).copied().unwrap_or(place);
    let scale = &component.scale;
    let mut between: Vec<(u32, u32, Weighed)> = Vec::new();
    for (a, b, weight) in component.matches {
        let (x, y) = (root(*a), root(*b));
        if x != y {
            between.push((x.min(y), x.max(y), Weighed { a: *a, b: *b, weight: *weight }));
        }
    }
    if !between.iter().any(|(_, _, pair)| scale.links(pair.weight)) {
        return;
    }
    between.sort_unstable_by_key(|(low, high, _)| (*low, *high));
    for pairs in between.chunk_by(|x, y| (x.0, x.1) == (y.0, y.1)) {
        let (sum, count) = scale.sum(pairs.iter().map(|(_, _, pair)| pair.weight));
        if scale.reaches(sum, count) {
            continue;
        }
        for (_, _, Weighed { a, b, weight }) in pairs {
            if scale.links(*weight) {
                let (reason, source) = (QuarantineReason::Outweighed, Source::Match(*weight));
                outcome.refused.push(Refused { a: *a, b: *b, reason, source });
            }
        }
    }
}

/// The bounded kinds of which the component holds more values than one profile may: no union breaks the others.
fn tight(component: &Component<'_>, held: &[Held]) -> Vec<u16> {
    let mut kinds: Vec<u16> = held
        .chunk_by(|a, b| a.value == b.value)
        .filter_map(|group| group.first())
        .filter(|first| component.classified.usable(first.value))
        .filter_map(|first| component.graph.values.get(first.value as usize))
        .map(|value| value.kind)
        .collect();
    kinds.sort_unstable();
    let more = |group: &[u16]| {
        let kind = *group.first()?;
        let policy = component.policies.get(usize::from(kind))?;
        let most = if policy.exclusive { Some(1) } else { policy.limit.map(|(most, _)| most) }?;
        (group.len() > most as usize).then_some(kind)
    };
    kinds.chunk_by(|a, b| a == b).filter_map(more).collect()
}

/// What one value says about all pairs of its holders.
fn pair_up(
    policy: &Compiled,
    proven: bool,
    group: &[Held],
    proofs: &[i64],
    edges: &mut Vec<Edge>,
    refused: &mut Vec<Refused>,
) {
    for (at, left) in group.iter().enumerate() {
        let left = (left, swept(left, proofs));
        for right in group.iter().skip(at + 1) {
            let right = (right, swept(right, proofs));
            let (a, b) = (left.0.record, right.0.record);
            let source = Source::Value { value: left.0.value, level: left.0.level().min(right.0.level()) };
            match word(policy, proven, left, right) {
                Word::Edge(tier, condition) => {
                    edges.push(Edge { tier, strength: policy.strength, a, b, condition, source });
                }
                Word::Refused(reason) => refused.push(Refused { a, b, reason, source }),
            }
        }
    }
}

/// Decisions, and match weights that join one by one.
fn others(component: &Component<'_>, edges: &mut Vec<Edge>) {
    let edge = |tier, a, b, source| Edge { tier, strength: 0, a, b, condition: Condition::Always, source };
    edges
        .extend(component.links.iter().map(|(a, b, id)| edge(Tier::Decision, *a, *b, Source::Decision(*id))));
    if !component.scale.by_mean() {
        let linking = component.matches.iter().filter(|(_, _, weight)| component.scale.links(*weight));
        edges.extend(linking.map(|(a, b, weight)| edge(Tier::Matched, *a, *b, Source::Match(*weight))));
    }
}

impl Ground for Merge<'_> {
    fn cluster(&mut self, record: u32) -> u32 {
        self.sets.find(record)
    }

    fn join(&mut self, pair: Weighed, known: Option<u32>) -> Result<(), u32> {
        let Weighed { a, b, weight } = pair;
        let (tier, condition, source) = (Tier::Matched, Condition::Always, Source::Match(weight));
        let Err(reason) = self.attempt(&Edge { tier, strength: 0, a, b, condition, source }) else {
            return Ok(());
        };
        let before = known.and_then(|known| self.outcome.refused.get(known as usize).zip(Some(known)));
        if let Some((_, known)) = before.filter(|(before, _)| before.reason == reason) {
            return Err(known);
        }
        let number = u32::try_from(self.outcome.refused.len()).unwrap_or(u32::MAX);
        self.outcome.refused.push(Refused { a, b, reason, source });
        Err(number)
    }
}

impl Merge<'_> {
    fn try_edge(&mut self, edge: &Edge) {
        if let Err(reason) = self.attempt(edge) {
            let Edge { a, b, source, .. } = *edge;
            self.outcome.refused.push(Refused { a, b, reason, source });
        }
    }

    /// Joins the clusters of the two records, unless they are in one already or something forbids it.
    fn attempt(&mut self, edge: &Edge) -> Result<(), QuarantineReason> {
        let (a, b) = (self.sets.find(edge.a), self.sets.find(edge.b));
        if a == b {
            return Ok(());
        }
        let (low, high) = (a.min(b), a.max(b));
        let Edge { tier, source, .. } = *edge;
        let bounded = self.forbidden(edge, low, high)?;
        let taken = self.clusters.get_mut(high as usize).map(std::mem::take).unwrap_or_default();
        let mut next = taken.next;
        if let Some(cluster) = self.clusters.get_mut(low as usize) {
            cluster.identified += taken.identified;
            cluster.bounded = bounded;
            cluster.size += taken.size;
            std::mem::swap(&mut cluster.next, &mut next);
        }
        // Swapping the successors of one place in each ring makes one ring of the two.
        if let Some(cluster) = self.clusters.get_mut(high as usize) {
            cluster.next = next;
        }
        self.sets.union(low, high);
        self.outcome.taken.push(Taken { a: edge.a, b: edge.b, tier, source });
        Ok(())
    }

    /// The first reason, in a fixed order, why the edge must not join the two clusters; otherwise what the joined
    /// cluster holds.
    fn forbidden(&mut self, edge: &Edge, low: u32, high: u32) -> Result<Vec<Bounded>, QuarantineReason> {
        let nothing = Cluster::default();
        let left = self.clusters.get(low as usize).unwrap_or(&nothing);
        let right = self.clusters.get(high as usize).unwrap_or(&nothing);
        let sizes = (left.size, right.size);
        let remembered = self
            .memo
            .get(&(low, high))
            .filter(|(a, b, _)| (*a, *b) == sizes && edge.tier != Tier::Decision)
            .map(|(_, _, reason)| reason.clone());
        if let Some(QuarantineReason::KeptApart(_)) = &remembered {
            return remembered.map_or(Ok(Vec::new()), Err);
        }
        if remembered.is_none()
            && let Some(decision) = self.kept_apart(low, high, sizes)
        {
            let reason = QuarantineReason::KeptApart(decision);
            self.memo.insert((low, high), (sizes.0, sizes.1, reason.clone()));
            return Err(reason);
        }
        let left = self.clusters.get(low as usize).unwrap_or(&nothing);
        let right = self.clusters.get(high as usize).unwrap_or(&nothing);
        let identified = (left.identified > 0, right.identified > 0);
        match edge.condition {
            Condition::NotBothIdentified if identified == (true, true) => {
                return Err(QuarantineReason::BothIdentified);
            }
            Condition::NeitherIdentified if identified != (false, false) => {
                return Err(QuarantineReason::Unproven);
            }
            _ => {}
        }
        if edge.tier == Tier::Matched && left.identified >= 2 && right.identified >= 2 {
            return Err(QuarantineReason::WeakBridge);
        }
        if let Some(reason) = remembered {
            return Err(reason);
        }
        let joined = union(&left.bounded, &right.bounded);
        let free = edge.tier == Tier::Decision;
        let crossed = if free || joined.is_empty() {
            None
        } else {
            let Component { graph, policies, .. } = *self.component;
            crossed(graph, policies, &left.bounded, &right.bounded, &joined).next()
        };
        let cap = self.component.max_records;
        let reason =
            crossed.or_else(|| (sizes.0 + sizes.1 > cap).then_some(QuarantineReason::TooManyRecords));
        match reason {
            None => Ok(joined),
            Some(reason) => {
                if !free {
                    self.memo.insert((low, high), (sizes.0, sizes.1, reason.clone()));
                }
                Err(reason)
            }
        }
    }

    /// The smallest decision that keeps a member of one apart from a member of the other.
    fn kept_apart(&self, low: u32, high: u32, sizes: (u32, u32)) -> Option<DecisionId> {
        if self.aparts.is_empty() {
            return None;
        }
        let (smaller, other) = if sizes.0 <= sizes.1 { (low, high) } else { (high, low) };
        let mut decision = None;
        let mut member = smaller;
        loop {
            let from = self.aparts.partition_point(|(a, _, _)| *a < member);
            for (_, partner, id) in self.aparts.iter().skip(from).take_while(|(a, _, _)| *a == member) {
                if self.sets.root(*partner) == other {
                    decision = Some(decision.map_or(*id, |least: DecisionId| least.min(*id)));
                }
            }
            member = self.clusters.get(member as usize).map_or(smaller, |cluster| cluster.next);
            if member == smaller {
                return decision;
            }
        }
    }
}

/// The kinds whose exclusivity, then those whose limit, the union would break anew.
pub(super) fn crossed<'a>(
    graph: &'a Graph,
    policies: &'a [Compiled],
    left: &'a [Bounded],
    right: &'a [Bounded],
    joined: &'a [Bounded],
) -> impl Iterator<Item = QuarantineReason> + 'a {
    let of = |list: &[Bounded], kind: u16, window| {
        let from = list.partition_point(|held| held.0 < kind);
        let to = list.partition_point(|held| held.0 <= kind);
        most(list.get(from..to).unwrap_or_default(), window)
    };
    let broken = move |kind: u16, limit: u32, window| {
        let after = of(joined, kind, window);
        after > limit && after > of(left, kind, window).max(of(right, kind, window))
    };
    let policy = |kind: u16| policies.get(usize::from(kind));
    let kinds = || joined.chunk_by(|a, b| a.0 == b.0).filter_map(|group| group.first()).map(|held| held.0);
    let name = |kind: u16| graph.kinds.get(usize::from(kind)).cloned();
    let exclusive = kinds()
        .filter(move |kind| policy(*kind).is_some_and(|policy| policy.exclusive) && broken(*kind, 1, None))
        .filter_map(name)
        .map(QuarantineReason::Exclusive);
    let limits = kinds()
        .filter(move |kind| {
            let limit = policy(*kind).and_then(|policy| policy.limit);
            limit.is_some_and(|(limit, window)| broken(*kind, limit, window))
        })
        .filter_map(name)
        .map(QuarantineReason::Limit);
    exclusive.chain(limits)
}

/// How many values of one kind were first claimed within any one window.
fn most(values: &[Bounded], window: Option<i64>) -> u32 {
    let count = match window {
        None => values.len(),
        Some(window) => {
            let mut times: Vec<i64> = values.iter().map(|held| held.2).collect();
            times.sort_unstable();
            times
                .iter()
                .enumerate()
                .map(|(at, start)| {
                    let end = start.saturating_add(window);
                    times.partition_point(|time| *time < end).saturating_sub(at)
                })
                .max()
                .unwrap_or(0)
        }
    };
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Both lists in one, each value once with its first claim.
pub(super) fn union(left: &[Bounded], right: &[Bounded]) -> Vec<Bounded> {
    let mut joined = Vec::with_capacity(left.len() + right.len());
    joined.extend_from_slice(left);
    joined.extend_from_slice(right);
    joined.sort_unstable();
    joined.dedup_by_key(|held| (held.0, held.1));
    joined
}
