//! Where decisions of people are kept: each once, and an index from the records that they name.

use std::collections::BTreeSet;

use crate::identity::{Decision, DecisionKind};
use crate::ids::{DecisionId, RecordId};
use crate::store::{Stop, Tx};

use super::keys;
use super::stored::Decided;

/// The decisions that name a record.
pub(crate) fn of(tx: &mut Tx<'_>, record: RecordId) -> Result<Vec<Decision>, Stop> {
    let Some(decided) = tx.get::<Decided>(&keys::decided(record))? else { return Ok(Vec::new()) };
    let wanted: Vec<_> = decided.decisions.into_iter().map(keys::decision).collect();
    Ok(tx.get_many::<Decision>(&wanted)?.into_iter().flatten().collect())
}

/// The records that a decision names.
pub(crate) fn touched(decision: &Decision) -> BTreeSet<RecordId> {
    match &decision.kind {
        DecisionKind::Link(a, b) => [*a, *b].into(),
        DecisionKind::KeepApart(one, other) => one.iter().chain(other).copied().collect(),
    }
}

/// Stores a decision and its index entries.
pub(crate) fn remember(tx: &mut Tx<'_>, decision: &Decision) -> Result<(), Stop> {
    tx.put(&keys::decision(decision.id), decision)?;
    for record in touched(decision) {
        let key = keys::decided(record);
        let mut decided: Decided = tx.get(&key)?.unwrap_or_default();
        decided.decisions.insert(decision.id);
        tx.put(&key, &decided)?;
    }
    Ok(())
}

fn forget(tx: &mut Tx<'_>, decision: DecisionId, touched: &BTreeSet<RecordId>) -> Result<(), Stop> {
    tx.delete(&keys::decision(decision));
    for &record in touched {
        let key = keys::decided(record);
        let mut decided: Decided = tx.get(&key)?.unwrap_or_default();
        decided.decisions.remove(&decision);
        if decided.decisions.is_empty() {
            tx.delete(&key);
        } else {
            tx.put(&key, &decided)?;
        }
    }
    Ok(())
}

/// Takes a record out of every decision that names it, as if it had never been seen. Returns the records that those
/// decisions also name.
pub(crate) fn forget_record(tx: &mut Tx<'_>, record: RecordId) -> Result<BTreeSet<RecordId>, Stop> {
    let mut others = BTreeSet::new();
    let Some(decided) = tx.get::<Decided>(&keys::decided(record))? else { return Ok(others) };
    for id in decided.decisions {
        let Some(mut decision) = tx.get::<Decision>(&keys::decision(id))? else { continue };
        let named = touched(&decision);
        others.extend(named.iter().copied());
        forget(tx, id, &named)?;
        if let DecisionKind::KeepApart(one, other) = &mut decision.kind {
            one.retain(|side| *side != record);
            other.retain(|side| *side != record);
            if !one.is_empty() && !other.is_empty() {
                if one > other {
                    std::mem::swap(one, other);
                }
                remember(tx, &decision)?;
            }
        }
    }
    others.remove(&record);
    Ok(others)
}
