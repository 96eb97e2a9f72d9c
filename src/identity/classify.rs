//! Which values are evidence: one sweep over the pairs counts holders, levels and persons; one over the values decides.

use super::compiled::Compiled;
use super::evidence::GenericReason;
use super::graph::{Graph, Marks, SUBJECT};

/// No index.
pub(super) const NONE: u32 = u32::MAX;
/// More than one index.
const MANY: u32 = u32::MAX - 1;

/// What a value demands of its component, and whether it links at all.
pub(super) mod flag {
    /// The value does not link: blocked, generic, or of a kind that never links.
    pub(in super::super) const DEAD: u8 = 1;
    /// Links only profiles of which not both are identified.
    pub(in super::super) const NOT_BOTH: u8 = 2;
    /// Links only profiles of which neither is identified.
    pub(in super::super) const NEITHER: u8 = 4;
    /// What it says differs from pair to pair of its holders.
    pub(in super::super) const MIXED: u8 = 8;
    /// The time between its proofs matters.
    pub(in super::super) const DECAYS: u8 = 16;
    /// The flags of values that do not simply join all their holders.
    pub(in super::super) const CONDITIONAL: u8 = NOT_BOTH | NEITHER | MIXED;
    /// Too many holders.
    pub(in super::super) const GENERIC_RECORDS: u8 = 32;
    /// Holders of too many persons.
    pub(in super::super) const GENERIC_PERSONS: u8 = 64;
}

/// What a kind asks of the sweep.
mod ask {
    pub(super) const IDENTIFIES: u16 = 1;
    pub(super) const PERSON_KEY: u16 = 2;
    pub(super) const CONTACT: u16 = 4;
    pub(super) const COUNTS_PERSONS: u16 = 8;
    pub(super) const ANYTHING: u16 = 15;
}

/// A value's tally in two bytes, so that a pair touches as little memory as it can: what its kind asks in bits 0 to 3,
/// a bit for each level at which it is claimed from bit 4, and from bit 8 the number of its holds, which stops at 255:
/// more than 32 are too many whatever the rules.
mod tally {
    pub(super) const LEVELS: u16 = 4;
    pub(super) const HOLDS: u16 = 8;
    pub(super) const FULL: u16 = u16::MAX << HOLDS;
}

/// What is known of all values and records after the sweep.
#[derive(Debug)]
pub(super) struct Classified {
    /// Of each value.
    pub(super) flags: Vec<u8>,
    /// 1 for records that hold an identifying value; swept claims count too, so this errs on the side of 1.
    pub(super) identified: Vec<u8>,
}

impl Classified {
    /// The flags of a value.
    pub(super) fn flags(&self, value: u32) -> u8 {
        self.flags.get(value as usize).copied().unwrap_or(flag::DEAD)
    }

    /// Whether the value is evidence.
    pub(super) fn usable(&self, value: u32) -> bool {
        self.flags(value) & flag::DEAD == 0
    }

    /// Why the value is generic, if it is.
    pub(super) const fn generic(flags: u8) -> Option<GenericReason> {
        if flags & flag::GENERIC_RECORDS != 0 {
            Some(GenericReason::Records)
        } else if flags & flag::GENERIC_PERSONS != 0 {
            Some(GenericReason::Persons)
        } else {
            None
        }
    }
}

/// Decides what each value says and whether it says the same of all pairs of its holders.
///
/// Linear in values and pairs; values near their limits are counted exactly, which sorts their pairs.
pub(super) fn classify(graph: &Graph, policies: &[Compiled]) -> Classified {
    let counts_persons = policies.iter().any(|policy| policy.links && policy.max_persons.is_some())
        && policies.iter().any(|policy| policy.person_key);
    let asks: Vec<u16> = policies.iter().map(|policy| asks(policy, counts_persons)).collect();
    let mut tallies: Vec<u16> =
        graph.kind_of.iter().map(|kind| asks.get(usize::from(*kind)).copied().unwrap_or(0)).collect();
    for value in &graph.special {
        if let (Some(tally), Some(entry)) =
            (tallies.get_mut(*value as usize), graph.values.get(*value as usize))
            && entry.blocked
        {
            *tally = 0;
        }
    }
    let mut identified = vec![0_u8; graph.ids.len()];
    let mut person = if counts_persons { vec![NONE; graph.ids.len()] } else { Vec::new() };
    let mut devices = Vec::new();
    let (tallied, known) = (&mut tallies, (&mut *identified, &mut *person, &mut devices));
    let proofs = match &graph.marks {
        Marks::Uniform(mark) => {
            let level = *mark & 3;
            sweep(&graph.pairs, |_| level, tallied, known)
        }
        Marks::Each(marks) => {
            let level = |hold: usize| marks.get(hold).copied().unwrap_or(0) & 3;
            sweep(&graph.pairs, level, tallied, known)
        }
    };
    let mut suspects =
        if devices.is_empty() { Vec::new() } else { shared(&devices, &person, policies, graph) };
    let table: Vec<[u8; 8]> = policies
        .iter()
        .map(|policy| std::array::from_fn(|levels| demands(policy, u32::try_from(levels).unwrap_or(0))))
        .collect();
    let mut flags = Vec::with_capacity(tallies.len());
    for ((index, tally), kind) in (0_u32..).zip(&tallies).zip(&graph.kind_of) {
        let (Some(policy), Some(table)) = (policies.get(usize::from(*kind)), table.get(usize::from(*kind)))
        else {
            flags.push(flag::DEAD);
            continue;
        };
        let holds = tally >> tally::HOLDS;
        if u32::from(holds) > policy.max_records {
            suspects.push(index);
        }
        let said = table.get(usize::from(tally >> tally::LEVELS & 7)).copied().unwrap_or(flag::DEAD);
        flags.push(if holds > 1 { said } else { said & flag::DEAD });
    }
    for value in &graph.special {
        if let (Some(flags), Some(entry)) =
            (flags.get_mut(*value as usize), graph.values.get(*value as usize))
        {
            let most = policies.get(usize::from(entry.kind)).map_or(0, |policy| policy.max_records);
            if entry.blocked {
                *flags = flag::DEAD;
            } else if entry.holders > most && *flags & flag::DEAD == 0 {
                *flags = flag::DEAD | flag::GENERIC_RECORDS;
            }
        }
    }
    suspects.retain(|value| flags.get(*value as usize).is_some_and(|flags| flags & flag::DEAD == 0));
    if !suspects.is_empty() {
        super::generic::count(graph, policies, &suspects, &mut flags);
    }
    if !graph.times.is_empty() {
        if proofs {
            swept(graph, &tallies, &mut flags);
        }
        if flags.iter().any(|flags| flags & (flag::DECAYS | flag::DEAD) == flag::DECAYS) {
            decayed(graph, policies, &mut flags);
        }
    }
    Classified { flags, identified }
}

/// What a kind asks of the sweep.
fn asks(policy: &Compiled, counts_persons: bool) -> u16 {
    let bit = |on, bit| if on { bit } else { 0 };
    bit(policy.identifies, ask::IDENTIFIES)
        | bit(policy.person_key && counts_persons, ask::PERSON_KEY)
        | bit(policy.contact, ask::CONTACT)
        | bit(policy.max_persons.is_some() && policy.links && counts_persons, ask::COUNTS_PERSONS)
}

/// The sweep over the pairs: fills the tallies, which records are identified and by which person key, and the holds of
/// values that count persons; says whether any contact value was proved.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn sweep(
    pairs: &[(u32, u32)],
    level: impl Fn(usize) -> u8,
    tallies: &mut [u16],
    (identified, person, devices): (&mut [u8], &mut [u32], &mut Vec<(u32, u32)>),
) -> bool {
    let mut proofs = false;
    for (hold, (record, value)) in pairs.iter().enumerate() {
        let tally = &mut tallies[*value as usize];
        let level = level(hold);
        *tally |= 1 << (tally::LEVELS + u16::from(level));
        if *tally < tally::FULL {
            *tally += 1 << tally::HOLDS;
        }
        let asks = *tally;
        if asks & ask::ANYTHING != 0 {
            if asks & ask::COUNTS_PERSONS != 0 {
                devices.push((*record, *value));
            }
            if level >= 1 && asks & ask::IDENTIFIES != 0 {
                identified[*record as usize] = 1;
            }
            if level >= 1 && asks & ask::PERSON_KEY != 0 {
                meet(&mut person[*record as usize], *value);
            }
            proofs |= level == 2 && asks & ask::CONTACT != 0;
        }
    }
    proofs
}

#[inline]
fn meet(known: &mut u32, value: u32) {
    if *known == NONE {
        *known = value;
    } else if *known != value && value != NONE {
        *known = MANY;
    }
}

/// The devices whose holders may be more persons than their kinds allow, given the holds of devices.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn shared(devices: &[(u32, u32)], person: &[u32], policies: &[Compiled], graph: &Graph) -> Vec<u32> {
    let mut persons = vec![NONE; graph.kind_of.len()];
    let mut suspects = Vec::new();
    for (record, value) in devices {
        let person = person[*record as usize];
        if person == NONE {
            continue;
        }
        let known = &mut persons[*value as usize];
        let before = *known;
        meet(known, person);
        if before == *known {
            continue;
        }
        let policy = policies.get(usize::from(graph.kind_of[*value as usize]));
        let nobody = policy.is_some_and(|policy| policy.max_persons == Some(0));
        if *known == MANY || nobody {
            suspects.push(*value);
        }
    }
    suspects
}

/// What a value that is claimed at these levels demands of its component.
fn demands(policy: &Compiled, levels: u32) -> u8 {
    const VERIFIED: u32 = 4;
    let lowest = u8::try_from(levels.trailing_zeros()).unwrap_or(3);
    let decays = if policy.decay.is_some() && levels & VERIFIED != 0 { flag::DECAYS } else { 0 };
    let merging = |level| if level >= policy.merges { 0 } else { flag::NOT_BOTH };
    if !policy.links {
        return flag::DEAD;
    }
    if lowest < policy.attaches {
        flag::MIXED
    } else if !policy.contact {
        merging(lowest) | decays
    } else if levels == VERIFIED {
        merging(2) | decays
    } else if levels & VERIFIED != 0 {
        flag::MIXED
    } else {
        flag::NEITHER
    }
}

/// Marks values that a record claimed before its first proof and not again.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn swept(graph: &Graph, tallies: &[u16], flags: &mut [u8]) {
    let Marks::Each(marks) = &graph.marks else { return };
    let mut proof = vec![i64::MIN; graph.ids.len()];
    let holds = || graph.pairs.iter().zip(marks).zip(&graph.times);
    for (((record, value), mark), times) in holds() {
        if mark & 3 == 2 && tallies[*value as usize] & ask::CONTACT != 0 {
            let proof = &mut proof[*record as usize];
            *proof = if *proof == i64::MIN { times.proved_first } else { times.proved_first.min(*proof) };
        }
    }
    for (((record, value), mark), times) in holds() {
        if mark & 3 < 2 && mark & SUBJECT == 0 && times.last < proof[*record as usize] {
            flags[*value as usize] |= flag::MIXED;
        }
    }
}

/// Marks values whose proofs lie further apart than they last.
#[expect(clippy::indexing_slicing, reason = "pairs were checked when the graph was built")]
fn decayed(graph: &Graph, policies: &[Compiled], flags: &mut [u8]) {
    let Marks::Each(marks) = &graph.marks else { return };
    let mut spans = vec![(i64::MAX, i64::MIN); flags.len()];
    for (((_, value), mark), times) in graph.pairs.iter().zip(marks).zip(&graph.times) {
        if mark & 3 == 2 && flags[*value as usize] & flag::DECAYS != 0 {
            let span = &mut spans[*value as usize];
            *span = (span.0.min(times.proved_last), span.1.max(times.proved_first));
        }
    }
    for (((earliest, latest), flags), kind) in spans.into_iter().zip(flags).zip(&graph.kind_of) {
        let decay = policies.get(usize::from(*kind)).and_then(|policy| policy.decay);
        if decay.is_some_and(|most| latest.saturating_sub(earliest) > most) {
            *flags |= flag::MIXED;
        }
    }
}
