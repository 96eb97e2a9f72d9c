//! Who is one person: records into profiles, as a function of the set of facts.

use super::classify::{Classified, NONE, classify, flag};
use super::compiled::{Compiled, compile};
use super::constrained::{self, Component, Held, Outcome, Refused, Taken};
use super::evidence::GenericValue;
use super::graph::Graph;
use super::mean_linkage::MeanLinkage;
use super::policy::Rules;
use super::result::{self, Partition};
use super::scale::Scale;
use super::union_find::UnionFind;
use crate::ids::DecisionId;

/// Whether to keep the links that hold each profile together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Explain {
    /// Only the outcome.
    #[default]
    No,
    /// The links too: a tree for each profile. Costs the pairwise merge in every component.
    Yes,
}

/// What became of the contested components, one after the other; all by record index of the graph.
#[derive(Default)]
pub(super) struct Merged {
    /// The records, each with the smallest record of its profile.
    pub(super) profiles: Vec<(u32, u32)>,
    /// In the order in which they joined.
    pub(super) taken: Vec<Taken>,
    pub(super) refused: Vec<Refused>,
}

impl Merged {
    fn add(&mut self, records: &[u32], outcome: Outcome, explain: Explain) {
        let record = |place: u32| records.get(place as usize).copied().unwrap_or(NONE);
        // Places are in the order of the ids.
        let ends = |a: u32, b: u32| (record(a.min(b)), record(a.max(b)));
        self.profiles.extend(records.iter().copied().zip(outcome.roots.iter().map(|root| record(*root))));
        self.refused.extend(outcome.refused.into_iter().map(|refused| {
            let (a, b) = ends(refused.a, refused.b);
            Refused { a, b, ..refused }
        }));
        if explain == Explain::Yes {
            self.taken.extend(outcome.taken.into_iter().map(|taken| {
                let (a, b) = ends(taken.a, taken.b);
                Taken { a, b, ..taken }
            }));
        }
    }

    fn and(mut self, next: Self) -> Self {
        self.profiles.extend(next.profiles);
        self.taken.extend(next.taken);
        self.refused.extend(next.refused);
        self
    }
}

/// Puts the records of one person together.
///
/// 1. Values that are blocked, generic (held by too many records or by records of too many persons) or of a class that
///    never links are no evidence. The others, the match weights that reach the threshold and the decisions to link
///    make *raw components*.
/// 2. In a component in which nothing stands against it, all records are one profile.
/// 3. In the others the evidence of all pairs is taken in a total order: decisions, proved values, observed values,
///    match weights, unproved ones; within a tier by level, strength of the kind, record ids. A link joins two
///    clusters unless a decision keeps them apart, one of them is identified and the value is not good enough for that,
///    an exclusive kind or a limit would be broken anew, or there would be too many records. What is refused and
///    still separates two profiles in the end is listed as quarantined.
/// 4. Match weights speak together, those far below the threshold and below zero too: give the weights of all pairs that
///    were compared. Of all clusters as they stand when the turn of the weights comes, the two with the highest mean
///    join first; the mean is over the pairs between them that have a weight, each clipped as
///    [`MatchClip`](super::MatchClip) says. Equal means go by the record ids of the strongest pair, which also stands
///    for the link. It goes on as long as a mean reaches the threshold and nothing forbids the join; two clusters that
///    something keeps apart are tried again when one of them has grown. With
///    [`MatchLinkage::Single`](super::MatchLinkage) each weight that reaches the threshold is a link by itself.
///
/// The result is a function of the set of facts: no order of calls, no duplicate and no other component changes it.
///
/// # Complexity
/// O(p α(p)) for p pairs of record and value where nothing stands against a component; in the others a sort of the pairs
/// of holders, at most 32 for each value, and O(e log e) for e match weights. A component that match weights hold
/// together is contested when a member is identified or one of its weights misses the threshold.
#[must_use]
pub fn partition(graph: &Graph, rules: &Rules, explain: Explain) -> Partition {
    let policies = compile(graph, rules);
    let classified = classify(graph, &policies);
    let grown = grow(graph, &classified, rules);
    let contested = contested(graph, &policies, rules, &grown, explain);
    let merged = match &contested {
        Some(contested) => {
            merge_contested(graph, &policies, &classified, rules, &grown.roots, (contested, explain))
        }
        None => Merged::default(),
    };
    result::assemble(graph, grown.roots, &merged, generic(graph, &classified))
}

fn generic(graph: &Graph, classified: &Classified) -> Vec<GenericValue> {
    classified
        .flags
        .iter()
        .zip(&graph.values)
        .filter_map(|(flags, value)| {
            let reason = Classified::generic(*flags)?;
            let kind = graph.kinds.get(usize::from(value.kind))?.clone();
            Some(GenericValue { hash: value.hash, kind, reason })
        })
        .collect()
}

/// What is known of a component while it grows, by its root.
mod state {
    /// It has an identified member.
    pub(super) const IDENTIFIED: u8 = 1;
    /// Something stands against taking it whole.
    pub(super) const CONTESTED: u8 = 2;
    /// It was joined by a value that links unidentified profiles only.
    pub(super) const UNPROVEN: u8 = 4;
    /// It was joined by a match weight.
    pub(super) const MATCHED: u8 = 8;
}

/// The raw components.
struct Grown {
    /// The root of each record: the smallest record of its component.
    roots: Vec<u32>,
    /// What is known of each component, by root.
    states: Vec<u8>,
    /// A holder of each value; [`NONE`] or [`DEAD`] for values that link nobody.
    first: Vec<u32>,
}

/// In place of a value's first holder: the value does not link.
const DEAD: u32 = NONE - 1;
/// In place of a value's first holder: its turn has not come.
const LATER: u32 = NONE - 2;

/// Grows the raw components.
///
/// Values that join all their holders come first, then those that may not join two identified clusters, then those
/// that join none with an identified member or say something else of each pair. So a component is contested only if a
/// conditional value was needed to hold it together: one that joins what is joined anyway changes nothing, whenever
/// its turn comes.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn grow(graph: &Graph, classified: &Classified, rules: &Rules) -> Grown {
    let start = |flags: &u8| match flags {
        flags if flags & flag::DEAD != 0 => DEAD,
        flags if flags & flag::CONDITIONAL != 0 => LATER,
        _ => NONE,
    };
    let mut first: Vec<u32> = classified.flags.iter().map(start).collect();
    let mut sets = UnionFind::new(graph.ids.len());
    let mut later: Vec<(u32, u32)> = Vec::new();
    for (record, value) in &graph.pairs {
        let holder = &mut first[*value as usize];
        match *holder {
            DEAD => {}
            LATER => later.push((*record, *value)),
            NONE => *holder = *record,
            other => *holder = sets.union(other, *record),
        }
    }
    sets.flatten();
    let mut states = vec![0_u8; graph.ids.len()];
    for (record, identified) in (0_u32..).zip(&classified.identified) {
        states[sets.find(record) as usize] |= identified;
    }
    let mut join = |a: u32, b: u32, verdict: fn(u8, u8) -> u8| -> u32 {
        let (a, b) = (sets.find(a), sets.find(b));
        if a == b {
            return a;
        }
        let (x, y) = (states[a as usize], states[b as usize]);
        let root = sets.union(a, b);
        states[root as usize] = x | y | verdict(x, y);
        root
    };
    let mut unproven = Vec::new();
    for (record, value) in later {
        if classified.flags[value as usize] & (flag::NEITHER | flag::MIXED) != 0 {
            unproven.push((record, value));
            continue;
        }
        let holder = &mut first[value as usize];
        *holder = match *holder {
            LATER => record,
            other => join(other, record, |x, y| (x & y & state::IDENTIFIED) * state::CONTESTED),
        };
    }
    for (record, value) in unproven {
        let mixed = classified.flags[value as usize] & flag::MIXED != 0;
        let verdict = if mixed { |_, _| state::CONTESTED } else { |_, _| state::UNPROVEN };
        let holder = &mut first[value as usize];
        *holder = match *holder {
            LATER => record,
            other => join(other, record, verdict),
        };
    }
    for (a, b, _) in &graph.verdicts.links {
        join(*a, *b, |_, _| state::CONTESTED);
    }
    let scale = Scale::of(rules);
    for (a, b, weight) in &graph.matches {
        if scale.links(*weight) {
            join(*a, *b, |_, _| state::MATCHED);
        }
    }
    Grown { roots: sets.into_roots(), states, first }
}

/// Which components need the constrained merge, by root; `None` when none does.
#[expect(clippy::indexing_slicing, reason = "roots and first holders are records of the graph")]
fn contested(
    graph: &Graph,
    policies: &[Compiled],
    rules: &Rules,
    grown: &Grown,
    explain: Explain,
) -> Option<Vec<bool>> {
    let roots = &grown.roots;
    let mut size = vec![0_u32; roots.len()];
    for root in roots {
        size[*root as usize] += 1;
    }
    let everything = explain == Explain::Yes;
    let mut any = false;
    let mut contested: Vec<bool> = grown
        .states
        .iter()
        .zip(&size)
        .map(|(known, size)| {
            let conditional = known & (state::UNPROVEN | state::MATCHED) != 0;
            let exposed = conditional && known & state::IDENTIFIED != 0 || known & state::CONTESTED != 0;
            *size > 1 && (everything || exposed || *size > rules.max_records_per_profile)
        })
        .collect();
    for (a, b, _) in &graph.verdicts.aparts {
        if roots[*a as usize] == roots[*b as usize] {
            contested[roots[*a as usize] as usize] = true;
        }
    }
    // Where all weights reach the threshold, so does every mean of them.
    let scale = Scale::of(rules);
    if scale.by_mean() {
        for (a, b, weight) in &graph.matches {
            let root = roots[*a as usize] as usize;
            let matched = grown.states[root] & state::MATCHED != 0;
            if matched && roots[*b as usize] as usize == root && !scale.links(*weight) {
                contested[root] = true;
            }
        }
    }
    // Bounded kinds get a column each: how many different values of the kind the component holds.
    let mut columns: Vec<(usize, u8)> = Vec::with_capacity(policies.len());
    let mut width = 0;
    for policy in policies {
        let least = if policy.exclusive { Some(1) } else { policy.limit.map(|(most, _)| most) };
        // A count that does not fit a byte contests: the merge looks closer.
        columns
            .push(least.map_or((UNBOUNDED, 0), |least| (width, u8::try_from(least).unwrap_or(u8::MAX - 1))));
        width += usize::from(least.is_some());
    }
    if width > 0 {
        let mut counts = vec![0_u8; width * roots.len()];
        for (holder, kind) in grown.first.iter().zip(&graph.kind_of) {
            let Some((column, most)) = columns.get(usize::from(*kind)) else { continue };
            if *holder >= LATER || *column == UNBOUNDED {
                continue;
            }
            let root = roots[*holder as usize] as usize;
            let count = &mut counts[root * width + column];
            *count = count.saturating_add(1);
            if *count > *most && size[root] > 1 {
                contested[root] = true;
            }
        }
    }
    for contested in &contested {
        any |= contested;
    }
    any.then_some(contested)
}

/// The column of kinds that are not bounded.
const UNBOUNDED: usize = usize::MAX;

/// Runs the constrained merge in every contested component, in the order of their smallest records.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn merge_contested(
    graph: &Graph,
    policies: &[Compiled],
    classified: &Classified,
    rules: &Rules,
    roots: &[u32],
    (contested, explain): (&[bool], Explain),
) -> Merged {
    // The number of each record's component, and its place there.
    let mut number = vec![NONE; roots.len()];
    let mut place = vec![0_u32; roots.len()];
    let mut sizes: Vec<u32> = Vec::new();
    for (record, root) in (0_u32..).zip(roots) {
        if !contested[*root as usize] {
            continue;
        }
        // A root is the smallest record of its component, so it comes first.
        if *root == record {
            number[record as usize] = u32::try_from(sizes.len()).unwrap_or(NONE);
            sizes.push(0);
        }
        let own = number[*root as usize];
        number[record as usize] = own;
        let size = &mut sizes[own as usize];
        place[record as usize] = *size;
        *size += 1;
    }
    let components = sizes.len();
    let numbered = |a: u32, b: u32| {
        let own = number[a as usize];
        (own != NONE && own == number[b as usize]).then_some(own)
    };
    let at = |record: u32| place[record as usize];
    let records = (0_u32..).zip(&number).filter(|(_, own)| **own != NONE);
    let records = Grouped::new(components, 0, records.map(|(record, own)| (*own, record)));
    let holds = graph.pairs.iter().enumerate().map(|(hold, (record, _))| (number[*record as usize], hold));
    let holds = Grouped::new(components, 0, holds.filter(|(own, _)| *own != NONE));
    let decided = |list: &[(u32, u32, DecisionId)]| {
        let inside = list.iter().filter_map(|(a, b, id)| Some((numbered(*a, *b)?, (at(*a), at(*b), *id))));
        Grouped::new(components, (0, 0, DecisionId::from_bytes([0; 16])), inside)
    };
    let (links, aparts) = (decided(&graph.verdicts.links), decided(&graph.verdicts.aparts));
    let matches = graph.matches.iter();
    let matches = matches.filter_map(|(a, b, weight)| Some((numbered(*a, *b)?, (at(*a), at(*b), *weight))));
    let matches = Grouped::new(components, (0, 0, 0.0), matches);
    let scale = Scale::of(rules);
    let run = |linkage: &mut MeanLinkage, own: usize, merged: &mut Merged| {
        let held = holds.of(own).iter().map(|hold| {
            let (record, value) = graph.pairs[*hold];
            Held { value, record: at(record), mark: graph.mark(*hold), times: graph.times(*hold) }
        });
        let records = records.of(own);
        let mut component = Component {
            graph,
            policies,
            classified,
            max_records: rules.max_records_per_profile,
            scale,
            records: records.len(),
            held: held.collect(),
            links: links.of(own),
            aparts: aparts.of(own),
            matches: matches.of(own),
        };
        merged.add(records, constrained::merge(&mut component, linkage), explain);
    };
    let some = |first: usize| {
        let mut linkage = MeanLinkage::default();
        let mut merged = Merged::default();
        (first..components.min(first + AT_A_TIME)).for_each(|own| run(&mut linkage, own, &mut merged));
        merged
    };
    // Components have nothing in common, and come back in the order in which they went.
    #[cfg(feature = "parallel")]
    if components > AT_A_TIME {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        let parts = 0..components.div_ceil(AT_A_TIME);
        let parts: Vec<Merged> = parts.into_par_iter().map(|part| some(part * AT_A_TIME)).collect();
        return parts.into_iter().fold(Merged::default(), Merged::and);
    }
    (0..components).step_by(AT_A_TIME).map(some).fold(Merged::default(), Merged::and)
}

/// How many components one task merges.
const AT_A_TIME: usize = 128;

/// Items in groups, within a group in the order in which they came.
struct Grouped<T> {
    /// Where each group begins; one more at the end.
    starts: Vec<usize>,
    items: Vec<T>,
}

#[expect(clippy::indexing_slicing, reason = "every item names one of the groups")]
impl<T: Copy> Grouped<T> {
    /// Linear in the groups and items.
    fn new(groups: usize, filler: T, items: impl Iterator<Item = (u32, T)> + Clone) -> Self {
        let mut starts = vec![0_usize; groups + 1];
        for (group, _) in items.clone() {
            starts[group as usize + 1] += 1;
        }
        let mut total = 0;
        for start in &mut starts {
            total += *start;
            *start = total;
        }
        let mut sorted = vec![filler; total];
        // Filling a group moves its start to its end: to the start of the next.
        for (group, item) in items {
            let start = &mut starts[group as usize];
            sorted[*start] = item;
            *start += 1;
        }
        starts.rotate_right(1);
        if let Some(first) = starts.first_mut() {
            *first = 0;
        }
        Self { starts, items: sorted }
    }

    fn of(&self, group: usize) -> &[T] {
        &self.items[self.starts[group]..self.starts[group + 1]]
    }
}
