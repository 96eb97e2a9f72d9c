//! Forgetting: as if a record had never been seen.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::identifier::Identifier;
use crate::identity::Class;
use crate::ids::RecordId;
use crate::record::{ClaimLevel, Millis, Record};
use crate::store::{Once, Stop, Stored, Tx};

use super::fold::Dirty;
use super::standing::is_spoken;
use super::stored::Holders;
use super::{
    CommandKey, Context, Who, addresses, blocks, coupons, decided, digests, erased, event_log, holders, keys,
    members, orders, outbox, resolve, threads, wallet,
};

/// What shall happen when the erased person is heard of again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Afterwards {
    /// Events that name her are refused, so that no repeated delivery, late event or partner's list brings her back.
    Suppress,
    /// She may come back as a stranger.
    Admit,
}

/// The answer to an erasure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureOutcome {
    /// All is gone from the store's content. An embedded store on disk drops stale pages with its own `scrub`.
    Erased {
        /// How many records.
        records: usize,
        /// How many events.
        events: usize,
    },
    /// Nobody is known by that name; nothing has changed.
    Unknown,
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl Stored for ErasureOutcome {
    const KIND: &'static str = "erasure_outcome";
    const VERSION: u16 = 1;
}

/// What to erase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// One record.
    Record(RecordId),
    /// Every record of the profile.
    Profile(Who),
}

/// Erases records with their events, claims, fields, consent, decisions, messages, digests and receipts, in one batch. What is known
/// of an address goes with the last record that holds it.
///
/// Afterwards everything is as if the records had never been seen, and other records that they held together are apart.
/// The books of a wallet are kept, as the law of most countries asks for; nothing leads from her to her accounts any more, and
/// what is still on them stays there for the house to book out before.
/// What a linkage model counted when it was trained goes with its next training ([`Linkage`](super::Linkage)).
/// Who may ask for it is for the host to decide: an erasure is a weapon in the wrong hands.
///
/// # Errors
/// Of the store; `TooLarge` if the records have more events than one batch may delete (about 49,000).
///
/// # Complexity
/// Linear in the events of the records and in the records of the components they are in.
pub fn erase(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    what: &What,
    afterwards: Afterwards,
) -> Result<ErasureOutcome, Stop> {
    let (of, name) = match what {
        What::Record(id) => (b"record", *id.as_bytes()),
        What::Profile(Who::Record(id)) => (b"member", *id.as_bytes()),
        What::Profile(Who::Profile(id)) => (b"people", *id.as_bytes()),
        What::Profile(Who::Identifier(identifier)) => {
            (b"holder", *identifier.digest(&context.rules.pepper).as_bytes())
        }
    };
    let suppress = [u8::from(afterwards == Afterwards::Suppress)];
    let request = context.request("erase", &[of, &name, &suppress]);
    let once = command.once(tx, context, request, |tx| {
        let records = match what {
            What::Record(id) => tx.exists(&keys::record(*id))?.then(|| vec![*id]),
            What::Profile(who) => match who.record(tx, context)? {
                Some(id) => Some(members::cluster(tx, id)?.0),
                None => None,
            },
        };
        let Some(records) = records else { return Ok(ErasureOutcome::Unknown) };
        let mut dirty = Dirty::default();
        let mut events = 0;
        for &id in &records {
            events += erase_record(tx, context, id, afterwards, &mut dirty)?;
        }
        for id in &records {
            dirty.records.remove(id);
        }
        resolve::resolve(tx, context.rules, dirty)?;
        if let Some(linkage) = &context.rules.linkage {
            linkage.forget_names();
        }
        Ok(ErasureOutcome::Erased { records: records.len(), events })
    })?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => ErasureOutcome::KeyReused,
    })
}

/// Lets an erased person's identifier be used again, because she asks for it. Returns whether it was refused before.
///
/// # Errors
/// Of the store only.
pub fn readmit(tx: &mut Tx<'_>, context: &Context<'_>, identifier: &Identifier) -> Result<bool, Stop> {
    erased::forget(tx, context.rules, identifier)
}

fn erase_record(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    id: RecordId,
    afterwards: Afterwards,
    dirty: &mut Dirty,
) -> Result<usize, Stop> {
    let rules = context.rules;
    let Some(record) = tx.get::<Record>(&keys::record(id))? else { return Ok(0) };
    // Everything that was in one component with it is put together again.
    let around = members::around(tx, id)?;
    let neighbours: BTreeSet<RecordId> = around.component.clusters.into_iter().flatten().collect();
    if let Some(component) = around.id {
        dirty.components.insert(component);
    }
    dirty.records.extend(neighbours);
    dirty.records.extend(decided::forget_record(tx, id)?);
    blocks::remove(tx, id, &mut dirty.crossed)?;
    for (identifier, claim) in &record.claims {
        if !is_spoken(&record, identifier, rules) {
            continue;
        }
        let value = identifier.digest(&rules.pepper);
        holders::remove(tx, value, id)?;
        dirty.values.insert(value);
        let person = rules.identity.policy(identifier.kind()).class == Class::Person;
        if afterwards == Afterwards::Suppress && (person || *identifier == record.subject) {
            let others = holders::get(tx, value)?;
            if !is_held(tx, identifier, claim.level(), &others)? {
                erased::remember(tx, rules, identifier, Millis::from(context.now))?;
            }
        }
    }
    tx.guard_range(&keys::event_range(id))?;
    let events = event_log::keys(tx, id)?;
    for key in &events {
        if let Some(event) = keys::event_of(key) {
            tx.delete(&keys::receipt(event));
        }
        tx.delete(key);
    }
    tx.delete(&keys::event_range(id));
    coupons::forget(tx, id)?;
    outbox::forget(tx, context, id)?;
    digests::forget(tx, id)?;
    orders::forget(tx, id)?;
    wallet::forget(tx, id)?;
    threads::forget(tx, context, id)?;
    for identifier in record.claims.keys() {
        let value = identifier.digest(&rules.pepper);
        if holders::get(tx, value)?.count == 0 {
            addresses::forget(tx, value)?;
        }
    }
    tx.delete(&keys::membership(id));
    tx.delete(&keys::record(id));
    tx.announce(&keys::record(id));
    Ok(events.len())
}

/// Whether somebody else claims the value at least as well: then it goes on working for her. Who merely typed what the
/// erased person had proved does not keep it working.
fn is_held(
    tx: &mut Tx<'_>,
    identifier: &Identifier,
    level: ClaimLevel,
    others: &Holders,
) -> Result<bool, Stop> {
    if others.listed.is_empty() {
        return Ok(others.count > 0);
    }
    let wanted: Vec<_> = others.listed.iter().map(|id| keys::record(*id)).collect();
    let found = tx.get_many::<Record>(&wanted)?;
    let mut claims = found.iter().flatten().filter_map(|record| record.claims.get(identifier));
    Ok(claims.any(|claim| claim.level() >= level))
}
