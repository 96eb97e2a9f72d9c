//! Who is one person: records into profiles, as a function of the set of facts.

use super::classify::{Classified, NONE, classify, flag};
use super::compiled::{Compiled, compile};
use super::constrained::{self, Component, Held, Outcome};
use super::evidence::GenericValue;
use super::graph::Graph;
use super::policy::Rules;
use super::result::{self, Partition};
use super::union_find::UnionFind;

/// Whether to keep the links that hold each profile together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Explain {
    /// Only the outcome.
    #[default]
    No,
    /// The links too: a tree for each profile. Costs the pairwise merge in every component.
    Yes,
}

/// The refusals and links of one component, by record index of the graph.
pub(super) struct Merged {
    pub(super) records: Vec<u32>,
    pub(super) outcome: Outcome,
}

/// Puts the records of one person together.
///
/// 1. Values that are blocked, generic (held by too many records or by records of too many persons) or of a class that
///    never links are no evidence. The others, the match weights above the threshold and the decisions to link make
///    *raw components*.
/// 2. In a component in which nothing stands against it, all records are one profile.
/// 3. In the others the evidence of all pairs is taken in a total order: decisions, proved values, observed values,
///    match weights, unproved ones; within a tier by level, strength of the kind, weight, record ids. A link joins two
///    clusters unless a decision keeps them apart, one of them is identified and the value is not good enough for that,
///    an exclusive kind or a limit would be broken anew, or there would be too many records. What is refused and
///    still separates two profiles in the end is listed as quarantined.
///
/// The result is a function of the set of facts: no order of calls, no duplicate and no other component changes it.
///
/// # Complexity
/// O(p α(p)) for p pairs of record and value where nothing stands against a component; in the others a sort of the pairs
/// of holders, at most 32 for each value.
#[must_use]
pub fn partition(graph: &Graph, rules: &Rules, explain: Explain) -> Partition {
    let policies = compile(graph, rules);
    let classified = classify(graph, &policies);
    let grown = grow(graph, &classified, rules);
    let contested = contested(graph, &policies, rules, &grown, explain);
    let merged = match &contested {
        Some(contested) => merge_contested(graph, &policies, &classified, rules, &grown.roots, contested),
        None => Vec::new(),
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
    for (a, b, weight) in &graph.matches {
        if *weight >= rules.match_threshold_bits {
            join(*a, *b, |_, _| state::CONTESTED);
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
            let both = state::UNPROVEN | state::IDENTIFIED;
            let exposed = known & both == both || known & state::CONTESTED != 0;
            *size > 1 && (everything || exposed || *size > rules.max_records_per_profile)
        })
        .collect();
    for (a, b, _) in &graph.verdicts.aparts {
        if roots[*a as usize] == roots[*b as usize] {
            contested[roots[*a as usize] as usize] = true;
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
    contested: &[bool],
) -> Vec<Merged> {
    // The number of each record's component, and its place there.
    let mut number = vec![NONE; roots.len()];
    let mut place = vec![0_u32; roots.len()];
    let mut members: Vec<Vec<u32>> = Vec::new();
    for (record, root) in (0_u32..).zip(roots) {
        if !contested[*root as usize] {
            continue;
        }
        // A root is the smallest record of its component, so it comes first.
        if *root == record {
            number[record as usize] = u32::try_from(members.len()).unwrap_or(NONE);
            members.push(Vec::new());
        }
        let own = number[*root as usize];
        number[record as usize] = own;
        let own = &mut members[own as usize];
        place[record as usize] = u32::try_from(own.len()).unwrap_or(NONE);
        own.push(record);
    }
    let mut holds: Vec<(u32, usize)> = Vec::new();
    for (hold, (record, _)) in graph.pairs.iter().enumerate() {
        let own = number[*record as usize];
        if own != NONE {
            holds.push((own, hold));
        }
    }
    holds.sort_unstable();
    let mut holds = holds.chunk_by(|a, b| a.0 == b.0).peekable();
    let at = |record: u32| place[record as usize];
    let mut components: Vec<Component<'_>> = Vec::with_capacity(members.len());
    for (own, records) in (0_u32..).zip(&members) {
        let mine = holds.next_if(|group| group.first().is_some_and(|first| first.0 == own));
        let held = mine.unwrap_or_default().iter().map(|(_, hold)| {
            let (record, value) = graph.pairs[*hold];
            Held { value, record: at(record), mark: graph.mark(*hold), times: graph.times(*hold) }
        });
        components.push(Component {
            graph,
            policies,
            classified,
            max_records: rules.max_records_per_profile,
            threshold: rules.match_threshold_bits,
            records: records.len(),
            held: held.collect(),
            links: Vec::new(),
            aparts: Vec::new(),
            matches: Vec::new(),
        });
    }
    let component_of = |record: u32| number[record as usize];
    for (a, b, id) in &graph.verdicts.links {
        if let Some(component) = components.get_mut(component_of(*a) as usize) {
            component.links.push((at(*a), at(*b), *id));
        }
    }
    for (a, b, id) in &graph.verdicts.aparts {
        if component_of(*a) == component_of(*b)
            && let Some(component) = components.get_mut(component_of(*a) as usize)
        {
            component.aparts.push((at(*a), at(*b), *id));
        }
    }
    for (a, b, weight) in &graph.matches {
        if component_of(*a) == component_of(*b)
            && let Some(component) = components.get_mut(component_of(*a) as usize)
        {
            component.matches.push((at(*a), at(*b), *weight));
        }
    }
    let run = |(mut component, records)| Merged { records, outcome: constrained::merge(&mut component) };
    let work: Vec<(Component<'_>, Vec<u32>)> = components.into_iter().zip(members).collect();
    // Components have nothing in common, and come back in the order in which they went.
    #[cfg(feature = "parallel")]
    if work.len() >= MANY_COMPONENTS {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        return work.into_par_iter().map(run).collect();
    }
    work.into_iter().map(run).collect()
}

/// From how many components on it pays to merge them on all cores.
#[cfg(feature = "parallel")]
const MANY_COMPONENTS: usize = 256;
