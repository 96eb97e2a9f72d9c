//! What a worker does with an entry, in two units of work: takes it up, and settles it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Zones;
use crate::channel::Channel;
use crate::ids::{CommandId, OutboxKey, RecordId};
use crate::messaging::delivery::{DeliveryEvent, DeliveryKind};
use crate::messaging::outbox::{Advanced, Entry, EntryState, Fact, advance, outbox_key};
use crate::messaging::{
    self, Accepted, AddressId, ChannelHealth, Decision, Outgoing, Policy, SendError, SendErrorKind,
};
use crate::pii::Pii;
use crate::reason::Reason;
use crate::record::{Millis, Record};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::decide::{address_of, recipient, records_of};
use super::super::stored::Marker;
use super::super::{Context, Inquiry, addresses, keys};
use super::enqueue::flattened;
use super::{entries, escalate, told};

/// What came of taking up an entry.
#[derive(Debug, Clone, PartialEq)]
pub enum Claimed {
    /// It is this worker's until the lease ends: send it, then settle it under the token.
    Send {
        /// What to send.
        outgoing: Box<Outgoing>,
        /// The claim's name.
        token: CommandId,
    },
    /// There is nothing to send: it has to wait, or must not be sent any more.
    Settled {
        /// Where it stands now.
        state: EntryState,
        /// Why.
        reason: Reason,
    },
    /// It is not to be taken up: another worker has it, it is not due, it is gone.
    Skipped {
        /// Why.
        reason: Reason,
    },
}

/// The entries that have something to be done about them, the longest due first.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the answer.
pub fn due_messages(tx: &mut Tx<'_>, context: &Context<'_>, limit: usize) -> Result<Vec<OutboxKey>, Stop> {
    let found = tx.scan::<Marker>(&keys::prefix(keys::DUE), None, limit)?;
    let now = Millis::from(context.now);
    let due = found.items.iter().filter(|(key, _)| keys::due_at(key).is_some_and(|at| at <= now));
    Ok(due.filter_map(|(key, _)| keys::entry_of(key)).collect())
}

/// Takes up an entry that is due, to send it: decides again, and claims it under a lease.
///
/// Consent may have been withdrawn and quiet hours may have begun since it was put in; she may have been told by an entry
/// of another record that turned out to be hers. What has not been attempted may change its channel; what has may have
/// been sent, so it keeps its channel, its address and its key.
///
/// # Errors
/// Of the store only.
pub fn claim_message(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: OutboxKey,
    policy: &Policy,
    zones: &Zones,
    health: &Arc<BTreeMap<Channel, ChannelHealth>>,
) -> Result<Claimed, Stop> {
    let token = context.mint.next(CommandId::from_bytes);
    let Some(entry) = entries::get(tx, key)? else {
        return Ok(Claimed::Skipped { reason: Reason::new("gone") });
    };
    let rules = &context.rules.outbox;
    // What cannot be claimed is not decided on.
    let tried = advance(entry.clone(), Fact::Claim { token }, rules, context.now);
    if tried.entry == entry {
        return Ok(Claimed::Skipped { reason: tried.reason });
    }
    let records = records_of(tx, entry.who)?;
    let end = |tx: &mut Tx<'_>, fact: Fact| {
        let Advanced { entry: after, reason } = advance(entry.clone(), fact, rules, context.now);
        entries::save(tx, context, Some(&entry), &after)?;
        Ok(Claimed::Settled { state: after.state, reason })
    };
    let drop = |rule: &'static str| Fact::Drop { reasons: vec![Reason::new(rule)] };
    if records.is_empty() {
        return end(tx, drop("unknown_person"));
    }
    if let Some(fact) = told_elsewhere(tx, context, &records, &entry)? {
        return end(tx, fact);
    }
    if let Some(fact) = escalate::over(tx, context, &records, &entry)? {
        return end(tx, fact);
    }
    let decision = decide_again(tx, context, &records, &entry, policy, zones, health)?;
    let (channel, address) = match decision {
        Decision::Send { channel, address, .. } => (channel, address),
        Decision::Defer { until, reasons, .. } => return end(tx, Fact::Defer { until, reasons }),
        decision @ (Decision::Drop { .. } | Decision::Ghost { .. }) => {
            return end(tx, Fact::Drop { reasons: flattened(&decision) });
        }
    };
    for (id, _) in &records {
        tx.guard_range(&keys::booking_range(*id))?;
    }
    let (Some(text), Some(rendered)) =
        (address_of(&records, context.rules, &address), entry.contents.get(&channel).cloned())
    else {
        return end(tx, drop("address_gone"));
    };
    let Some(entry) = moved(tx, context, &records, entry.clone(), &channel, &address)? else {
        return end(tx, drop("already_told"));
    };
    let before = entries::get(tx, entry.key)?;
    let Advanced { entry: after, reason } = advance(entry, Fact::Claim { token }, rules, context.now);
    entries::save(tx, context, before.as_ref(), &after)?;
    if !matches!(after.state, EntryState::Claimed { .. }) {
        return Ok(Claimed::Settled { state: after.state, reason });
    }
    let outgoing = Outgoing {
        key: after.key,
        message: after.message.id,
        step: after.step,
        channel,
        address_id: address,
        address: Pii::new(text),
        rendered,
        attempt: after.attempts,
        expires_at: after.message.expires_at,
    };
    Ok(Claimed::Send { outgoing: Box::new(outgoing), token })
}

/// Settles an entry by the provider's answer. `None` if the entry is gone.
///
/// # Errors
/// Of the store only. If nobody can tell whether it was settled, do nothing: when the lease has ended the entry is sent
/// again under the same key.
pub fn settle_message(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: OutboxKey,
    token: CommandId,
    answer: &Result<Accepted, SendError>,
) -> Result<Option<(EntryState, Reason)>, Stop> {
    let Some(entry) = entries::get(tx, key)? else { return Ok(None) };
    let fact = match answer {
        Ok(accepted) => Fact::Accepted { accepted: accepted.clone() },
        Err(error) => Fact::Refused { token, error: error.clone() },
    };
    let report = match answer {
        Ok(_) => Some(DeliveryKind::Sent),
        Err(error) if error.kind() == SendErrorKind::NoSuchAddress => Some(DeliveryKind::HardBounced),
        Err(_) => None,
    };
    let Advanced { entry: after, reason } = advance(entry.clone(), fact, &context.rules.outbox, context.now);
    entries::save(tx, context, Some(&entry), &after)?;
    if let Some(kind) = report {
        let event = DeliveryEvent::new(kind, context.now);
        addresses::change(tx, &after.address, &after.channel, |facts| facts.report(key, &event))?;
    }
    Ok(Some((after.state, reason)))
}

/// What becomes of an entry because another one tells her the same: of entries that were put in before two records came
/// to be one person one is sent.
fn told_elsewhere(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &[(RecordId, Record)],
    entry: &Entry,
) -> Result<Option<Fact>, Stop> {
    let may_be_sent = matches!(entry.state, EntryState::Claimed { .. }) || entry.uncertain;
    if may_be_sent {
        return Ok(None);
    }
    for mark in told::marks(tx, records, entry.fact)? {
        if mark == entry.key {
            continue;
        }
        let Some(other) = entries::get(tx, mark)? else { continue };
        let later = |at: DateTime<Utc>| {
            let at = at.max(context.now).checked_add_signed(TimeDelta::seconds(1));
            let reasons = vec![Reason::new("told_elsewhere").evidence(mark.to_string())];
            Fact::Defer { until: at.unwrap_or(DateTime::<Utc>::MAX_UTC), reasons }
        };
        match other.state {
            EntryState::Claimed { until, .. } => return Ok(Some(later(until))),
            state => match state.due() {
                // Of two that wait the one that was put in first goes.
                Some(due) if !other.uncertain => {
                    if (other.created_at, other.key) < (entry.created_at, entry.key) {
                        return Ok(Some(later(due)));
                    }
                }
                _ => {
                    let reasons = vec![Reason::new("already_told").evidence(mark.to_string())];
                    return Ok(Some(Fact::Drop { reasons }));
                }
            },
        }
    }
    Ok(None)
}

fn decide_again(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &[(RecordId, Record)],
    entry: &Entry,
    policy: &Policy,
    zones: &Zones,
    health: &Arc<BTreeMap<Channel, ChannelHealth>>,
) -> Result<Decision, Stop> {
    let pinned = entry.attempts > 0;
    let channels: Vec<Channel> =
        if pinned { vec![entry.channel.clone()] } else { entry.contents.keys().cloned().collect() };
    let message = entry.message.to_message(channels);
    let told = BTreeSet::new();
    let inquiry = Inquiry { message: &message, policy, zones, told: &told, holdout: false };
    let mut recipient = recipient(tx, context, records, &inquiry, Some(entry.key))?;
    recipient.health = Arc::clone(health);
    if pinned {
        recipient
            .endpoints
            .retain(|endpoint| endpoint.channel == entry.channel && endpoint.address == entry.address);
    }
    Ok(messaging::decide(&message, &recipient, policy, context.now))
}

/// The entry for the channel and the address that the decision chose; `None` if there is another one there. One that goes
/// by another channel than it was put in for is another entry: the first is closed.
fn moved(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &[(RecordId, Record)],
    entry: Entry,
    channel: &Channel,
    address: &AddressId,
) -> Result<Option<Entry>, Stop> {
    if entry.channel == *channel {
        return Ok(Some(Entry { address: address.clone(), ..entry }));
    }
    let person = records.first().map_or(entry.who, |(founder, _)| *founder);
    let key = outbox_key(
        &context.rules.pepper,
        &entry.message.id,
        person,
        &entry.step,
        channel,
        &entry.attempt_class,
    );
    let known = entries::get(tx, key)?;
    if known.as_ref().is_some_and(|known| !known.is_surely_unsent() || known.who != entry.who) {
        return Ok(None);
    }
    let fact =
        Fact::Drop { reasons: vec![Reason::new("other_channel").evidence(format!("channel:{channel}"))] };
    let closed = advance(entry.clone(), fact, &context.rules.outbox, context.now).entry;
    entries::save(tx, context, Some(&entry), &closed)?;
    let entry = Entry {
        key,
        channel: channel.clone(),
        address: address.clone(),
        state: EntryState::Queued { due: context.now },
        ..entry
    };
    entries::save(tx, context, known.as_ref(), &entry)?;
    Ok(Some(entry))
}
