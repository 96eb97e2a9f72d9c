//! Exact counts for the few values that may be generic.

use std::collections::{BTreeMap, BTreeSet};

use super::classify::flag;
use super::compiled::Compiled;
use super::graph::Graph;

/// Marks those of the suspects that are generic.
///
/// # Complexity
/// Two sweeps over the pairs, and a sort of the pairs of the suspects and of their holders' person keys.
pub(super) fn count(graph: &Graph, policies: &[Compiled], suspects: &[u32], flags: &mut [u8]) {
    let mut suspected = vec![false; graph.values.len()];
    for value in suspects {
        if let Some(mark) = suspected.get_mut(*value as usize) {
            *mark = true;
        }
    }
    let is = |marks: &[bool], index: u32| marks.get(index as usize).copied().unwrap_or(false);
    let mut held: Vec<(u32, u32)> =
        graph.pairs.iter().filter(|(_, value)| is(&suspected, *value)).map(|(r, v)| (*v, *r)).collect();
    held.sort_unstable();
    held.dedup();
    let policy_of = |value: u32| {
        let value = graph.values.get(value as usize)?;
        policies.get(usize::from(value.kind)).map(|policy| (policy, value))
    };
    let mut asked = vec![false; graph.ids.len()];
    let mut any = false;
    for group in held.chunk_by(|a, b| a.0 == b.0) {
        let Some((value, _)) = group.first() else { continue };
        let Some((policy, _)) = policy_of(*value) else { continue };
        if u32::try_from(group.len()).unwrap_or(u32::MAX) > policy.max_records {
            if let Some(flags) = flags.get_mut(*value as usize) {
                *flags = flag::DEAD | flag::GENERIC_RECORDS;
            }
        } else if policy.max_persons.is_some() {
            any = true;
            for (_, record) in group {
                if let Some(mark) = asked.get_mut(*record as usize) {
                    *mark = true;
                }
            }
        }
    }
    if !any {
        return;
    }
    let mut keys: BTreeMap<u32, Vec<(u16, u32)>> = BTreeMap::new();
    for (hold, (record, value)) in graph.pairs.iter().enumerate() {
        if is(&asked, *record)
            && graph.mark(hold) & 3 >= 1
            && let Some((policy, entry)) = policy_of(*value)
            && policy.person_key
            && !entry.blocked
        {
            keys.entry(*record).or_default().push((entry.kind, *value));
        }
    }
    for group in held.chunk_by(|a, b| a.0 == b.0) {
        let Some((value, _)) = group.first() else { continue };
        let Some(most) = policy_of(*value).and_then(|(policy, _)| policy.max_persons) else { continue };
        let persons: BTreeSet<(u16, u32)> =
            group.iter().filter_map(|(_, record)| keys.get(record)).flatten().copied().collect();
        let mut by_kind: BTreeMap<u16, u32> = BTreeMap::new();
        for (kind, _) in persons {
            *by_kind.entry(kind).or_default() += 1;
        }
        let generic = by_kind.values().any(|count| *count > most);
        if let Some(flags) = flags.get_mut(*value as usize).filter(|flags| **flags & flag::DEAD == 0)
            && generic
        {
            *flags = flag::DEAD | flag::GENERIC_PERSONS;
        }
    }
}
