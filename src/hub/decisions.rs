//! What people decide about records: these two are one person, these are not. Decisions are facts; taking one back is
//! a fact too, and leaves the profiles as if it had never been made.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::identity::{Decision, DecisionKind};
use crate::ids::{DecisionId, ProfileId, RecordId};
use crate::store::{Once, Stop, Stored, Tx};

use super::fold::Dirty;
use super::{CommandKey, Context, decided, keys, members, resolve};

/// The answer to a decision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DecisionOutcome {
    /// It is stored and the profiles are as it says, or the reasons why not are in their quarantine.
    Made {
        /// Its id, to take it back.
        decision: DecisionId,
        /// The profiles that now hold the records it names.
        profiles: Vec<ProfileId>,
    },
    /// A record that it names is unknown; nothing has changed.
    UnknownRecord,
    /// It names no two different records; nothing has changed.
    Nothing,
    /// There is no such decision; nothing has changed.
    UnknownDecision,
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl Stored for DecisionOutcome {
    const KIND: &'static str = "decision_outcome";
    const VERSION: u16 = 1;
}

/// Decides that two records are one person.
///
/// A person's word outranks exclusive identifiers and limits; a later word on the same two records outranks it.
/// [`CommandKey::by`] says whose word it is.
///
/// # Errors
/// Of the store only.
pub fn link(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    a: RecordId,
    b: RecordId,
) -> Result<DecisionOutcome, Stop> {
    decide(tx, context, command, "link", DecisionKind::Link(a.min(b), a.max(b)))
}

/// Decides that no record of one side is the same person as a record of the other: the way to undo a merge.
///
/// With the records of two former profiles as the two sides, the profiles are as they were before they merged.
///
/// # Errors
/// Of the store only.
pub fn keep_apart(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    one: &[RecordId],
    other: &[RecordId],
) -> Result<DecisionOutcome, Stop> {
    let side = |records: &[RecordId]| -> Vec<RecordId> {
        records.iter().copied().collect::<BTreeSet<_>>().into_iter().collect()
    };
    let (one, other) = (side(one), side(other));
    let kind =
        if one <= other { DecisionKind::KeepApart(one, other) } else { DecisionKind::KeepApart(other, one) };
    decide(tx, context, command, "keep_apart", kind)
}

/// Takes a decision back: everything is as if it had never been made.
///
/// # Errors
/// Of the store only.
pub fn retract(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    decision: DecisionId,
) -> Result<DecisionOutcome, Stop> {
    let request = context.request("retract", &[decision.as_bytes()]);
    answer(command.once(tx, context, request, |tx| {
        let Some(known) = tx.get::<Decision>(&keys::decision(decision))? else {
            return Ok(DecisionOutcome::UnknownDecision);
        };
        let touched = decided::touched(&known);
        tx.put(&keys::decision(decision), &Decision { retracted: true, ..known })?;
        resolve::resolve(tx, context.rules, Dirty::of(touched.iter().copied()))?;
        Ok(DecisionOutcome::Made { decision, profiles: profiles(tx, &touched)? })
    })?)
}

/// The decisions that name a record, in the order of their ids, those taken back among them.
///
/// ```
/// use std::sync::Arc;
/// use throughline::event::Event;
/// use throughline::hub::{CommandKey, Hub, Rules};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let mut seen = Vec::new();
/// for line in [r#"{"type":"page","anonymousId":"a"}"#, r#"{"type":"page","anonymousId":"b"}"#] {
///     seen.push(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record);
/// }
/// let command = CommandKey::new("ticket-4711").by("agent-7");
/// hub.link(&command, seen[0], seen[1])?;
/// let decisions = hub.decisions(seen[0])?;
/// assert_eq!(decisions[0].by, command.actor(&hub.rules().pepper));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
pub fn decisions(tx: &mut Tx<'_>, _context: &Context<'_>, record: RecordId) -> Result<Vec<Decision>, Stop> {
    decided::of(tx, record)
}

fn decide(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    name: &str,
    kind: DecisionKind,
) -> Result<DecisionOutcome, Stop> {
    let decision = Decision {
        id: context.mint.next(DecisionId::from_bytes),
        at: context.now,
        kind,
        by: command.actor(&context.rules.pepper),
        retracted: false,
    };
    let request = match &decision.kind {
        DecisionKind::Link(a, b) => context.request(name, &[a.as_bytes(), b.as_bytes()]),
        DecisionKind::KeepApart(one, other) => context.request(name, &[&bytes(one), &bytes(other)]),
    };
    answer(command.once(tx, context, request, |tx| {
        let touched = decided::touched(&decision);
        let names_two = match &decision.kind {
            DecisionKind::Link(a, b) => a != b,
            DecisionKind::KeepApart(one, other) => {
                !one.is_empty() && !other.is_empty() && one.iter().all(|id| !other.contains(id))
            }
        };
        if !names_two {
            return Ok(DecisionOutcome::Nothing);
        }
        for &record in &touched {
            if !tx.exists(&keys::record(record))? {
                return Ok(DecisionOutcome::UnknownRecord);
            }
        }
        decided::remember(tx, &decision)?;
        resolve::resolve(tx, context.rules, Dirty::of(touched.iter().copied()))?;
        Ok(DecisionOutcome::Made { decision: decision.id, profiles: profiles(tx, &touched)? })
    })?)
}

fn answer(once: Once<DecisionOutcome>) -> Result<DecisionOutcome, Stop> {
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => DecisionOutcome::KeyReused,
    })
}

fn bytes(records: &[RecordId]) -> Vec<u8> {
    records.iter().flat_map(|record| *record.as_bytes()).collect()
}

fn profiles(tx: &mut Tx<'_>, records: &BTreeSet<RecordId>) -> Result<Vec<ProfileId>, Stop> {
    let found: Result<BTreeSet<ProfileId>, Stop> =
        records.iter().map(|record| members::profile_of(tx, *record)).collect();
    Ok(found?.into_iter().collect())
}
