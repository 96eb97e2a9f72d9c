//! From facts to views: the components that a change touches are computed again, by the same function that a batch uses.
//!
//! A stored *component* is a set of records connected by identifier values that few enough records hold, by match
//! weights that reach the threshold, or by decisions of people. It holds everything that may influence how its records are put together, so one change re-runs
//! the components it touches and nothing else.

use std::collections::{BTreeMap, BTreeSet};

use crate::identifier::ValueHash;
use crate::identity::{Class, Decision, Explain, Graph, GraphBuilder, Partition, ValueInput, partition};
use crate::ids::{DecisionId, RecordId};
use crate::record::Record;
use crate::store::{Stop, Tx};

use super::fold::Dirty;
use super::matching::{Matching, Pair, each};
use super::standing::is_evidence;
use super::stored::{Component, Holders, Membership};
use super::{Rules, decided, holders, keys, members};

/// Records with everything that may influence how they are put together.
pub(crate) struct Neighbourhood {
    pub(crate) records: BTreeMap<RecordId, Box<Record>>,
    /// For each record, in the order of its claims: the hash of the identifier, or `None` where it is no evidence.
    values: BTreeMap<RecordId, Vec<Option<ValueHash>>>,
    /// Who holds each value that the records claim.
    pub(crate) holders: BTreeMap<ValueHash, Holders>,
    pub(crate) decisions: BTreeMap<DecisionId, Decision>,
    /// Records that nobody has heard of before.
    fresh: BTreeSet<RecordId>,
    /// The ids under which the records' components are stored now.
    stored: BTreeSet<RecordId>,
    /// Which component each record belongs to.
    component_of: BTreeMap<RecordId, RecordId>,
    /// Pairs that matching looks at.
    pub(crate) candidates: Vec<Pair>,
    /// The match weights inside the components.
    matches: Vec<Pair>,
}

impl Neighbourhood {
    fn values_of(&self, record: RecordId) -> &[Option<ValueHash>] {
        self.values.get(&record).map_or(&[], Vec::as_slice)
    }
}

/// Computes the components of everything that changed, and stores what differs.
///
/// Linear in the records of the touched components, besides the partition itself.
pub(crate) fn resolve(tx: &mut Tx<'_>, rules: &Rules, mut dirty: Dirty) -> Result<(), Stop> {
    if dirty.is_empty() {
        return Ok(());
    }
    let mut matching = Matching::new(rules);
    want(tx, &dirty, matching.is_some());
    if let Some(matching) = &mut matching {
        matching.update(tx, &mut dirty)?;
    }
    let (mut around, reached) = reached(tx, rules, &mut dirty, matching.as_mut())?;
    if reached.len() < 2 && around.stored.is_empty() {
        // Nobody near: the record is a profile of its own, which is stored nowhere.
        return Ok(());
    }
    load(tx, rules, reached, &mut around, matching.as_mut())?;
    let partition = partition(&graph(&around), &rules.identity, Explain::No);
    write(tx, &around, &partition)
}

/// Everything that may influence the records that changed or hold a value that changed.
pub(crate) fn neighbourhood(tx: &mut Tx<'_>, rules: &Rules, mut dirty: Dirty) -> Result<Neighbourhood, Stop> {
    let mut matching = Matching::new(rules);
    want(tx, &dirty, matching.is_some());
    let (mut around, reached) = reached(tx, rules, &mut dirty, matching.as_mut())?;
    load(tx, rules, reached, &mut around, matching.as_mut())?;
    Ok(around)
}

/// What will be read of the changed records.
fn want(tx: &mut Tx<'_>, dirty: &Dirty, matches: bool) {
    let known = dirty.records.difference(&dirty.fresh);
    let known = known.flat_map(|id| [Some(keys::membership(*id)), matches.then(|| keys::blocks(*id))]);
    let decided = dirty.records.iter().map(|id| keys::decided(*id));
    tx.want(&known.flatten().chain(decided).collect::<Vec<_>>());
}

/// The changed records, those that share a value or a decision with them or match them, and the stored components of
/// all. Of the neighbourhood, the changed records themselves are loaded.
fn reached(
    tx: &mut Tx<'_>,
    rules: &Rules,
    dirty: &mut Dirty,
    matching: Option<&mut Matching<'_>>,
) -> Result<(Neighbourhood, BTreeSet<RecordId>), Stop> {
    let mut around = Neighbourhood {
        records: BTreeMap::new(),
        values: BTreeMap::new(),
        holders: BTreeMap::new(),
        decisions: BTreeMap::new(),
        fresh: std::mem::take(&mut dirty.fresh),
        stored: dirty.components.clone(),
        component_of: BTreeMap::new(),
        candidates: Vec::new(),
        matches: Vec::new(),
    };
    let mut reached: BTreeSet<RecordId> = BTreeSet::new();
    let mut folded = std::mem::take(&mut dirty.folded);
    each(&dirty.records, |&id| {
        reach(tx, id, &mut reached, &mut around)?;
        let known = match folded.remove(&id) {
            Some(known) => Some(known),
            None => tx.get::<Record>(&keys::record(id))?.map(Box::new),
        };
        let Some(record) = known else { return Ok(()) };
        let values = values(&record, rules);
        each(values.iter().flatten(), |value| reach_holders(tx, *value, &mut reached, &mut around))?;
        around.values.insert(id, values);
        around.records.insert(id, record);
        let decisions = decided::of(tx, id)?;
        each(decisions.iter().flat_map(decided::touched), |touched| {
            reach(tx, touched, &mut reached, &mut around)
        })
    })?;
    each(&dirty.values, |value| reach_holders(tx, *value, &mut reached, &mut around))?;
    if let Some(matching) = matching {
        each(&dirty.records, |&id| {
            let strong = matching.strong(tx, id)?;
            each(strong, |other| reach(tx, other, &mut reached, &mut around))
        })?;
        reach_crossed(tx, rules, dirty, matching, &mut reached, &mut around)?;
    }
    Ok((around, reached))
}

/// Blocks that have become too large, or small enough again: pairs that only they find come and go.
fn reach_crossed(
    tx: &mut Tx<'_>,
    rules: &Rules,
    dirty: &Dirty,
    matching: &mut Matching<'_>,
    reached: &mut BTreeSet<RecordId>,
    around: &mut Neighbourhood,
) -> Result<(), Stop> {
    let crossed = std::mem::take(&mut matching.crossed);
    each(dirty.crossed.iter().chain(&crossed), |block| {
        each(&block.members, |&member| {
            // Who is alone has no pair to lose.
            if tx.exists(&keys::membership(member))? {
                reach(tx, member, reached, around)?;
            }
            Ok(())
        })?;
        if block.too_large {
            return Ok(());
        }
        let found = matching.candidates(tx, &block.members)?;
        let strong = found.into_iter().filter(|(_, _, bits)| *bits >= rules.identity.match_threshold_bits);
        each(strong.flat_map(|(a, b, _)| [a, b]), |id| reach(tx, id, reached, around))
    })
}

/// Loads the rest of the neighbourhood.
fn load(
    tx: &mut Tx<'_>,
    rules: &Rules,
    reached: BTreeSet<RecordId>,
    around: &mut Neighbourhood,
    matching: Option<&mut Matching<'_>>,
) -> Result<(), Stop> {
    let others: Vec<_> = reached.iter().copied().filter(|id| !around.records.contains_key(id)).collect();
    let wanted: Vec<_> = others.iter().map(|id| keys::record(*id)).collect();
    for (id, record) in others.into_iter().zip(tx.get_many::<Record>(&wanted)?) {
        let Some(record) = record else { continue };
        around.values.insert(id, values(&record, rules));
        around.records.insert(id, Box::new(record));
    }
    let all: BTreeSet<ValueHash> = around.values.values().flatten().flatten().copied().collect();
    let wanted: Vec<_> = all.iter().map(|value| keys::holders(*value)).collect();
    for (value, head) in all.into_iter().zip(tx.get_many::<Holders>(&wanted)?) {
        around.holders.insert(value, head.unwrap_or_default());
    }
    each(reached, |id| {
        around.decisions.extend(decided::of(tx, id)?.into_iter().map(|decision| (decision.id, decision)));
        Ok(())
    })?;
    let Some(matching) = matching else {
        around.component_of = components(around, rules);
        return Ok(());
    };
    around.candidates = matching.candidates(tx, &around.records.keys().copied().collect::<Vec<_>>())?;
    around.component_of = components(around, rules);
    around.matches = inside(tx, around, matching)?;
    Ok(())
}

/// The weights inside the components: of all pairs, or in a very large component of those that share a block.
fn inside(tx: &mut Tx<'_>, around: &Neighbourhood, matching: &mut Matching<'_>) -> Result<Vec<Pair>, Stop> {
    let mut members: BTreeMap<RecordId, Vec<RecordId>> = BTreeMap::new();
    for (&record, &component) in &around.component_of {
        if matching.takes_part(tx, record)? {
            members.entry(component).or_default().push(record);
        }
    }
    let component = |record: &RecordId| around.component_of.get(record);
    let is_large = |id: Option<&RecordId>| {
        id.and_then(|id| members.get(id)).is_some_and(|members| !matching.weighs_all(members.len()))
    };
    let large =
        around.candidates.iter().filter(|(a, b, _)| component(a) == component(b) && is_large(component(a)));
    let mut pairs: Vec<Pair> = large.copied().collect();
    for members in members.values().filter(|members| members.len() > 1) {
        if matching.weighs_all(members.len()) {
            pairs.extend(matching.all(tx, members)?);
        }
    }
    Ok(pairs)
}

fn reach(
    tx: &mut Tx<'_>,
    id: RecordId,
    reached: &mut BTreeSet<RecordId>,
    around: &mut Neighbourhood,
) -> Result<(), Stop> {
    if reached.insert(id) && !around.fresh.contains(&id) {
        let known = members::around(tx, id)?;
        around.stored.extend(known.id);
        reached.extend(known.component.clusters.into_iter().flatten());
    }
    Ok(())
}

fn reach_holders(
    tx: &mut Tx<'_>,
    value: ValueHash,
    reached: &mut BTreeSet<RecordId>,
    around: &mut Neighbourhood,
) -> Result<(), Stop> {
    each(holders::get(tx, value)?.listed, |holder| reach(tx, holder, reached, around))
}

/// The values by which a record may be connected, by its claims.
fn values(record: &Record, rules: &Rules) -> Vec<Option<ValueHash>> {
    let claims = record.claims.keys();
    claims
        .map(|identifier| is_evidence(record, identifier, rules).then(|| identifier.digest(&rules.pepper)))
        .collect()
}

/// The graph of a neighbourhood, in the form in which `identity` takes it.
pub(crate) fn graph(around: &Neighbourhood) -> Graph {
    graph_with(around, &[])
}

/// The same with more match weights, of pairs in different components.
pub(crate) fn graph_with(around: &Neighbourhood, more: &[Pair]) -> Graph {
    let mut builder = GraphBuilder::default();
    let mut rows = BTreeMap::new();
    for (&id, record) in &around.records {
        let row = builder.record(id, record.first_seen());
        rows.insert(id, row);
        for ((identifier, claim), hash) in record.claims.iter().zip(around.values_of(id)) {
            let Some(hash) = *hash else { continue };
            let total = around.holders.get(&hash).map_or(0, |head| head.count);
            let value = builder.value(&ValueInput {
                holders_total: total,
                ..ValueInput::new(hash, identifier.kind().clone())
            });
            builder.hold(row, value, claim, *identifier == record.subject);
        }
    }
    for decision in around.decisions.values() {
        builder.decision(decision.clone());
    }
    for (a, b, weight) in around.matches.iter().chain(more) {
        if let (Some(a), Some(b)) = (rows.get(a), rows.get(b)) {
            builder.matched(*a, *b, *weight);
        }
    }
    builder.build()
}

/// Which records are connected, by values that few enough hold, by match weights and by decisions: the component's id
/// is its least record.
fn components(around: &Neighbourhood, rules: &Rules) -> BTreeMap<RecordId, RecordId> {
    let mut parent: BTreeMap<RecordId, RecordId> = around.records.keys().map(|&id| (id, id)).collect();
    let mut join = |a: RecordId, b: RecordId| {
        let (a, b) = (root(&parent, a), root(&parent, b));
        if parent.contains_key(&a) && parent.contains_key(&b) {
            parent.insert(a.max(b), a.min(b));
        }
    };
    let mut first: BTreeMap<ValueHash, RecordId> = BTreeMap::new();
    for (&id, record) in &around.records {
        for (identifier, value) in record.claims.keys().zip(around.values_of(id)) {
            let Some(value) = *value else { continue };
            let policy = rules.identity.policy(identifier.kind());
            let count = around.holders.get(&value).map_or(0, |head| head.count);
            if matches!(policy.class, Class::Person | Class::Device) && count <= u32::from(policy.max_records)
            {
                join(*first.entry(value).or_insert(id), id);
            }
        }
    }
    for (a, b, weight) in &around.candidates {
        if *weight >= rules.identity.match_threshold_bits {
            join(*a, *b);
        }
    }
    for decision in around.decisions.values().filter(|decision| !decision.retracted) {
        let mut touched = decided::touched(decision).into_iter();
        if let Some(one) = touched.next() {
            touched.for_each(|other| join(one, other));
        }
    }
    around.records.keys().map(|&id| (id, root(&parent, id))).collect()
}

fn root(parent: &BTreeMap<RecordId, RecordId>, mut id: RecordId) -> RecordId {
    while let Some(&up) = parent.get(&id)
        && up != id
    {
        id = up;
    }
    id
}

fn write(tx: &mut Tx<'_>, around: &Neighbourhood, partition: &Partition) -> Result<(), Stop> {
    let component_of = &around.component_of;
    let mut fresh: BTreeMap<RecordId, Component> = BTreeMap::new();
    for cluster in partition.clusters() {
        let founder = cluster.founder();
        let Some(&component) = component_of.get(&founder) else { continue };
        let others = cluster.members().filter(|member| *member != founder);
        fresh.entry(component).or_default().clusters.push(std::iter::once(founder).chain(others).collect());
    }
    for entry in partition.quarantined() {
        if let Some(component) = component_of.get(&entry.a).and_then(|id| fresh.get_mut(id)) {
            component.quarantine.push(entry.clone());
        }
    }
    fresh.retain(|_, component| {
        component.clusters.sort();
        component.clusters.len() > 1
            || component.clusters.iter().any(|cluster| cluster.len() > 1)
            || !component.quarantine.is_empty()
    });
    for &id in &around.stored {
        if !fresh.contains_key(&id) {
            tx.delete(&keys::component(id));
        }
    }
    for (&record, component) in component_of {
        if fresh.contains_key(component) {
            tx.put(&keys::membership(record), &Membership { component: *component })?;
        } else if !around.fresh.contains(&record) {
            tx.delete(&keys::membership(record));
        }
    }
    fresh.iter().try_for_each(|(&id, component)| tx.put(&keys::component(id), component))
}
