//! Trying other rules on the stored facts, and going over to them in one step.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::hub::scan::each;
use crate::ids::{ProfileId, RecordId};
use crate::store::{Key, Stop, Tx};

use super::bulk::refresh;
use super::fold::Dirty;
use super::stored::Component;
use super::{Context, keys, resolve};

/// What other rules would make of the stored facts. Ids and counts only.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rehearsal {
    /// How many records were looked at.
    pub records: u64,
    /// Profiles that would hold records of several present ones: the id that they would have, and the present ids.
    pub merges: BTreeMap<ProfileId, BTreeSet<ProfileId>>,
    /// Present profiles whose records would be in several: the present id, and the ids that they would have.
    pub splits: BTreeMap<ProfileId, BTreeSet<ProfileId>>,
    /// Every present profile that would not hold the records that it holds now, or would have another id.
    pub affected: BTreeSet<ProfileId>,
    /// By how many profiles there would be more, or fewer.
    pub difference: i64,
}

/// What would become of the stored profiles under the rules of this hub: another model, threshold or limit than the one
/// they were put together by. Nothing is written; [`apply`] writes the same.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// That of putting all profiles together, in one unit of work: time and memory linear in the store. An in-memory store
/// takes no writes meanwhile; for a large tenant rehearse on a copy.
pub fn rehearse(tx: &mut Tx<'_>, context: &Context<'_>) -> Result<Rehearsal, Stop> {
    let rehearsal = apply(tx, context)?;
    tx.discard();
    Ok(rehearsal)
}

/// Puts all profiles together by the rules in force, as one unit of work: every reader sees all of the old or all of the
/// new. Returns what has changed.
///
/// This is the step after a rehearsal: open a hub with the new rules over the same store and apply. A hub that still has
/// the old rules must no longer be used.
///
/// # Errors
/// Of the store; `TooLarge`, with nothing changed, if more than [`MAX_WRITES`](crate::store::MAX_WRITES) keys
/// change: with a new model each record changes about as many as it has blocks, so some 5,000 records; with a new
/// threshold only records whose component changes count. Beyond that use [`Hub::rebuild`](super::Hub::rebuild), which
/// goes page by page; until it is done some profiles are by the old rules. `Conflict` if others write all the time.
///
/// # Complexity
/// As [`rehearse`].
pub fn apply(tx: &mut Tx<'_>, context: &Context<'_>) -> Result<Rehearsal, Stop> {
    let rules = context.rules;
    let before = founders(tx)?;
    let mut dirty = Dirty::default();
    let mut seen: Vec<RecordId> = Vec::new();
    let mut after: Option<Key> = None;
    loop {
        let (last, ids) = refresh(tx, rules, after.as_ref(), &mut dirty)?;
        seen.extend(ids);
        if last.is_none() {
            break;
        }
        after = last;
    }
    resolve::resolve(tx, rules, dirty)?;
    Ok(compare(&seen, &before, &founders(tx)?))
}

/// The founder of each record that is not alone in its profile.
fn founders(tx: &mut Tx<'_>) -> Result<BTreeMap<RecordId, RecordId>, Stop> {
    let prefix = keys::prefix(keys::COMPONENTS);
    let mut founders = BTreeMap::new();
    each::<Component>(tx, &prefix, |_, component| {
        for cluster in component.clusters.into_iter().filter(|cluster| cluster.len() > 1) {
            let Some(founder) = cluster.first().copied() else { continue };
            founders.extend(cluster.into_iter().map(|record| (record, founder)));
        }
    })?;
    Ok(founders)
}

fn compare(
    records: &[RecordId],
    before: &BTreeMap<RecordId, RecordId>,
    after: &BTreeMap<RecordId, RecordId>,
) -> Rehearsal {
    let mut into: BTreeMap<ProfileId, BTreeSet<ProfileId>> = BTreeMap::new();
    let mut from: BTreeMap<ProfileId, BTreeSet<ProfileId>> = BTreeMap::new();
    for record in records {
        let of =
            |founders: &BTreeMap<_, _>| ProfileId::from(founders.get(record).copied().unwrap_or(*record));
        let (old, new) = (of(before), of(after));
        into.entry(old).or_default().insert(new);
        from.entry(new).or_default().insert(old);
    }
    let count = |map: &BTreeMap<_, _>| i64::try_from(map.len()).unwrap_or(i64::MAX);
    let difference = count(&from) - count(&into);
    from.retain(|_, old| old.len() > 1);
    let renamed = into.iter().filter(|(old, new)| new.len() != 1 || !new.contains(old)).map(|(old, _)| *old);
    let affected: BTreeSet<ProfileId> = renamed.chain(from.values().flatten().copied()).collect();
    into.retain(|_, new| new.len() > 1);
    Rehearsal {
        records: u64::try_from(records.len()).unwrap_or(u64::MAX),
        merges: from,
        splits: into,
        affected,
        difference,
    }
}
