//! The outcome of a partition: profiles, what was held back, and why.

use std::sync::Arc;

use super::constrained::{Refused, Taken};
use super::evidence::{GenericValue, Link, Quarantined};
use super::graph::Graph;
use super::partition::Merged;
use crate::ids::{ProfileId, RecordId};

/// Records in profiles.
///
/// Profiles are in the order of their smallest record ids, members in the order of their ids. Two partitions are equal
/// when they say the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Partition {
    ids: Arc<[RecordId]>,
    /// The smallest record of the raw component, by record.
    component: Vec<u32>,
    /// The number of the profile, by record.
    profile: Vec<u32>,
    founders: Vec<u32>,
    /// Where each profile's members begin; one more at the end.
    starts: Vec<u32>,
    members: Vec<u32>,
    quarantined: Vec<Quarantined>,
    generic: Vec<GenericValue>,
    links: Vec<Link>,
    /// The places of the links, in the order of joining.
    joins: Vec<u32>,
}

/// One profile's records.
#[derive(Debug, Clone, Copy)]
pub struct Cluster<'a> {
    partition: &'a Partition,
    number: usize,
}

impl<'a> Cluster<'a> {
    /// The record that founded it: the one seen first, among equals the one with the smallest id.
    #[must_use]
    pub fn founder(&self) -> RecordId {
        self.partition.id(self.partition.founders.get(self.number).copied())
    }

    /// Its public id.
    #[must_use]
    pub fn profile(&self) -> ProfileId {
        self.founder().into()
    }

    /// The smallest record id of the raw component that the profile is part of.
    #[must_use]
    pub fn component(&self) -> RecordId {
        let member = self.indices().first();
        self.partition.id(member.and_then(|member| self.partition.component.get(*member as usize)).copied())
    }

    /// Its records, in the order of their ids.
    pub fn members(&self) -> impl ExactSizeIterator<Item = RecordId> + use<'a> {
        let partition = self.partition;
        self.indices().iter().map(move |member| partition.id(Some(*member)))
    }

    /// Its records by their places among all records in the order of their ids, ascending: to look up what is held in
    /// that order, without a search for each id.
    ///
    /// ```
    /// use throughline::identity::{Explain, GraphBuilder, Rules, partition};
    /// use throughline::ids::RecordId;
    /// let mut graph = GraphBuilder::default();
    /// let at = "2026-03-20T09:00:00Z".parse()?;
    /// let [_, b, c] = [1, 2, 3].map(|n| graph.record(RecordId::from_bytes([n; 16]), at));
    /// graph.matched(b, c, 8.0);
    /// let people = partition(&graph.build(), &Rules::retail(), Explain::No);
    /// let places: Vec<Vec<u32>> = people.clusters().map(|person| person.places().collect()).collect();
    /// assert_eq!(places, [vec![0], vec![1, 2]]);
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    ///
    /// # Complexity
    /// Linear in the records of the cluster.
    pub fn places(&self) -> impl ExactSizeIterator<Item = u32> + use<'a> {
        self.indices().iter().copied()
    }

    fn indices(&self) -> &'a [u32] {
        let starts = &self.partition.starts;
        match (starts.get(self.number), starts.get(self.number + 1)) {
            (Some(from), Some(to)) => {
                self.partition.members.get(*from as usize..*to as usize).unwrap_or_default()
            }
            _ => &[],
        }
    }
}

impl Partition {
    fn id(&self, index: Option<u32>) -> RecordId {
        let id = index.and_then(|index| self.ids.get(index as usize));
        id.copied().unwrap_or(RecordId::from_bytes([0; 16]))
    }

    fn index(&self, record: RecordId) -> Option<usize> {
        self.ids.binary_search(&record).ok()
    }

    /// The profiles, in the order of their smallest record ids.
    pub fn clusters(&self) -> impl ExactSizeIterator<Item = Cluster<'_>> {
        (0..self.founders.len()).map(|number| Cluster { partition: self, number })
    }

    /// The profile that holds the record; `None` for a record that was not in the graph. O(log n).
    #[must_use]
    pub fn cluster_of(&self, record: RecordId) -> Option<Cluster<'_>> {
        let number = *self.profile.get(self.index(record)?)?;
        Some(Cluster { partition: self, number: number as usize })
    }

    /// The public id of the profile that holds the record. O(log n).
    #[must_use]
    pub fn profile_of(&self, record: RecordId) -> Option<ProfileId> {
        self.cluster_of(record).map(|cluster| cluster.profile())
    }

    /// The smallest record id of the raw component that the record is in: records of different components never share
    /// evidence. O(log n).
    #[must_use]
    pub fn component_of(&self, record: RecordId) -> Option<RecordId> {
        let root = self.component.get(self.index(record)?)?;
        self.ids.get(*root as usize).copied()
    }

    /// The links that were held back and whose records are in different profiles, sorted. Of the links between two
    /// profiles with the same reason and evidence, the one with the smallest record ids stands for all.
    #[must_use]
    pub fn quarantined(&self) -> &[Quarantined] {
        &self.quarantined
    }

    /// The values that are too common to be evidence, in the order of their hashes.
    #[must_use]
    pub fn generic(&self) -> &[GenericValue] {
        &self.generic
    }

    /// The links that hold each profile together, with [`Explain::Yes`](super::Explain::Yes): a tree for each, sorted.
    #[must_use]
    pub fn links(&self) -> &[Link] {
        &self.links
    }

    /// How the profiles formed, with [`Explain::Yes`](super::Explain::Yes): the same links in the order in which they
    /// joined. Each joins the two clusters that its records are in by then, as the links before it left them; for match
    /// weights it is the strongest pair between the two. Raw components come one after the other, in the order of their
    /// smallest record ids: between two of them no order is meant.
    ///
    /// ```
    /// use throughline::identity::{Explain, GraphBuilder, Rules, partition};
    /// use throughline::ids::RecordId;
    /// let mut graph = GraphBuilder::default();
    /// let at = "2026-03-20T09:00:00Z".parse()?;
    /// let [a, b, c] = [1, 2, 3].map(|n| graph.record(RecordId::from_bytes([n; 16]), at));
    /// graph.matched(a, b, 2.0);
    /// graph.matched(a, c, 3.5);
    /// graph.matched(b, c, 8.0);
    /// let people = partition(&graph.build(), &Rules::retail(), Explain::Yes);
    /// let order: Vec<_> = people.joins().map(|link| (link.a.as_bytes()[0], link.b.as_bytes()[0])).collect();
    /// assert_eq!(order, [(2, 3), (1, 3)]);
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    pub fn joins(&self) -> impl Iterator<Item = &Link> {
        self.joins.iter().filter_map(|place| self.links.get(*place as usize))
    }
}

/// A profile while its records are counted.
struct Growing {
    seen: i64,
    founder: u32,
    size: u32,
}

/// Numbers the profiles and translates indices into ids. Linear in the records, plus a sort of what was held back.
#[expect(clippy::indexing_slicing, reason = "roots are records of the graph")]
pub(super) fn assemble(
    graph: &Graph,
    component: Vec<u32>,
    merged: &Merged,
    generic: Vec<GenericValue>,
) -> Partition {
    let refined = (!merged.profiles.is_empty()).then(|| {
        let mut label = component.clone();
        for (record, smallest) in &merged.profiles {
            label[*record as usize] = *smallest;
        }
        label
    });
    let label = refined.as_deref().unwrap_or(&component);
    let (quarantined, links, joins) = translate(graph, label, merged);
    // A label is the smallest record of its profile, so it comes first and numbers the profile.
    let mut profile = vec![0_u32; label.len()];
    let mut profiles: Vec<Growing> = Vec::new();
    for ((record, root), seen) in (0_u32..).zip(label).zip(&graph.first_seen) {
        if *root == record {
            profile[record as usize] = u32::try_from(profiles.len()).unwrap_or(u32::MAX);
            profiles.push(Growing { seen: *seen, founder: record, size: 1 });
        } else {
            let number = profile[*root as usize];
            profile[record as usize] = number;
            let growing = &mut profiles[number as usize];
            growing.size += 1;
            if *seen < growing.seen {
                (growing.seen, growing.founder) = (*seen, record);
            }
        }
    }
    let founders: Vec<u32> = profiles.iter().map(|growing| growing.founder).collect();
    let mut starts: Vec<u32> = Vec::with_capacity(profiles.len() + 1);
    let mut total = 0;
    starts.push(0);
    for growing in &profiles {
        starts.push(total);
        total += growing.size;
    }
    // Filling a profile moves the entry after its own from its start to its end: to the start of the next.
    let mut members = vec![0_u32; label.len()];
    for (record, number) in (0_u32..).zip(&profile) {
        let next = &mut starts[*number as usize + 1];
        members[*next as usize] = record;
        *next += 1;
    }
    Partition {
        ids: graph.ids.clone(),
        component,
        profile,
        founders,
        starts,
        members,
        quarantined,
        generic,
        links,
        joins,
    }
}

/// What was held back between profiles, sorted and each once; the links, sorted; and the links in the order of joining.
#[expect(clippy::indexing_slicing, reason = "labels and ends are records of the graph")]
fn translate(graph: &Graph, label: &[u32], merged: &Merged) -> (Vec<Quarantined>, Vec<Link>, Vec<u32>) {
    let mut between = Vec::new();
    for refused in &merged.refused {
        let (left, right) = (label[refused.a as usize], label[refused.b as usize]);
        if left != right {
            between.push((left.min(right), left.max(right), refused));
        }
    }
    between.sort_unstable_by(|x, y| {
        let order = (x.0, x.1, &x.2.reason).cmp(&(y.0, y.1, &y.2.reason));
        order
            .then_with(|| x.2.source.key().cmp(&y.2.source.key()))
            .then_with(|| (x.2.a, x.2.b).cmp(&(y.2.a, y.2.b)))
    });
    between.dedup_by(|x, y| {
        (x.0, x.1, &x.2.reason) == (y.0, y.1, &y.2.reason) && x.2.source.key() == y.2.source.key()
    });
    let mut held_back: Vec<&Refused> = between.into_iter().map(|(_, _, refused)| refused).collect();
    let id = |index: u32| graph.ids[index as usize];
    held_back.sort_unstable_by_key(|refused| (refused.a, refused.b));
    let mut quarantined: Vec<Quarantined> = Vec::with_capacity(held_back.len());
    for Refused { a, b, reason, source } in held_back {
        if let Some(evidence) = source.evidence(graph) {
            quarantined.push(Quarantined { a: id(*a), b: id(*b), reason: reason.clone(), evidence });
        }
    }
    // Already in the order of the records, so this has little left to do.
    quarantined.sort();
    let mut taken: Vec<(u32, &Taken)> = (0..).zip(&merged.taken).collect();
    taken.sort_unstable_by_key(|(_, taken)| (taken.a, taken.b));
    let mut joins = vec![0_u32; taken.len()];
    let mut links = Vec::with_capacity(taken.len());
    for (place, (turn, taken)) in (0_u32..).zip(taken) {
        joins[turn as usize] = place;
        if let Some(evidence) = taken.source.evidence(graph) {
            links.push(Link { a: id(taken.a), b: id(taken.b), tier: taken.tier, evidence });
        }
    }
    (quarantined, links, joins)
}
