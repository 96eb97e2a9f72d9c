//! Whether, where and when to send one message to one customer.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Zones;
use crate::channel::Channel;
use crate::identifier::{Identifier, IdentifierKind, takes_texts};
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::{
    self, AddressId, Decision, Endpoint, Message, Policy, Recipient, Traced, Whereabouts,
};
use crate::record::{ClaimLevel, Record};
use crate::region::Region;
use crate::store::{Stop, Tx};

use super::consents::{ledger, preferences};
use super::outbox::{bookings, told};
use super::standing::standing;
use super::{Context, Rules, Who, addresses, keys, members};

/// A question about one message.
#[derive(Debug, Clone, Copy)]
pub struct Inquiry<'a> {
    /// The message.
    pub message: &'a Message,
    /// The sender's rules.
    pub policy: &'a Policy,
    /// The zone database.
    pub zones: &'a Zones,
    /// The facts that the person has been told already.
    pub told: &'a BTreeSet<String>,
    /// Whether the person is in the message's control group.
    pub holdout: bool,
}

/// Whether, where and when to send the message; `None` if nobody is meant.
///
/// The profile's addresses, time zones, preferences and consent come from its records, and what waits for her in the
/// outbox or went to her of late competes with the message; consent of several records is the most restrictive of
/// them, so a merge never grants what one of them refused.
///
/// # Errors
/// Of the store only.
pub fn decide(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    inquiry: &Inquiry<'_>,
) -> Result<Option<Decision>, Stop> {
    let recipient = asked(tx, context, who, inquiry)?;
    let decided = |recipient| messaging::decide(inquiry.message, &recipient, inquiry.policy, context.now);
    Ok(recipient.map(decided))
}

/// The same, with what every gate said of every channel: for support, audit, and whoever asks why.
///
/// # Errors
/// Of the store only.
pub fn decide_traced(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    inquiry: &Inquiry<'_>,
) -> Result<Option<Traced>, Stop> {
    let recipient = asked(tx, context, who, inquiry)?;
    let traced =
        |recipient| messaging::decide_traced(&[], inquiry.message, &recipient, inquiry.policy, context.now);
    Ok(recipient.map(traced))
}

/// The person, knowing whether she has been told; `None` if nobody is meant.
fn asked(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    inquiry: &Inquiry<'_>,
) -> Result<Option<Recipient>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let records = records_of(tx, record)?;
    let mut recipient = recipient(tx, context, &records, inquiry, None)?;
    if let Some(key) = &inquiry.message.told_key {
        let fact = told::fact(context, key);
        if !told::marks(tx, &records, fact)?.is_empty() {
            recipient.told.insert(key.clone());
        }
    }
    Ok(Some(recipient))
}

/// The records of the profile that a record is in.
pub(crate) fn records_of(tx: &mut Tx<'_>, record: RecordId) -> Result<Vec<(RecordId, Record)>, Stop> {
    let ids = members::cluster(tx, record)?.0;
    let wanted: Vec<_> = ids.iter().copied().map(keys::record).collect();
    let found = tx.get_many::<Record>(&wanted)?;
    Ok(ids.into_iter().zip(found).filter_map(|(id, record)| Some((id, record?))).collect())
}

/// The address that a decision names by its opaque id, for sending: as the customer's source wrote it if it is among
/// the profile's fields, else in the form for comparing.
///
/// # Errors
/// Of the store only.
pub fn address(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    address: &AddressId,
) -> Result<Option<String>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let records = records_of(tx, record)?;
    Ok(address_of(&records, context.rules, address))
}

/// The same among records.
pub(crate) fn address_of(
    records: &[(RecordId, Record)],
    rules: &Rules,
    address: &AddressId,
) -> Option<String> {
    for (_, record) in records {
        let mut known = standing(record, rules).map(|(known, _)| known);
        let Some(found) = known.find(|known| known.digest(&rules.pepper).to_string() == address.as_str())
        else {
            continue;
        };
        let written = record.fields.get(found.kind().as_str()).map(|field| field.value.reveal());
        let same = written.filter(|written| {
            Identifier::parse(found.kind().clone(), written, &rules.identifiers)
                .is_ok_and(|parsed| parsed == *found)
        });
        return Some(same.map_or(found.reveal(), |written| written).to_owned());
    }
    None
}

/// The person as far as a message is concerned. What `own`, the entry that it is about, was booked for does not count
/// against itself.
pub(crate) fn recipient(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &[(RecordId, Record)],
    inquiry: &Inquiry<'_>,
    own: Option<OutboxKey>,
) -> Result<Recipient, Stop> {
    let rules = context.rules;
    let ids = records.iter().map(|(id, _)| *id);
    let (sends, competing) = bookings::of(tx, ids, inquiry.policy, context.now, own)?;
    let records: Vec<&Record> = records.iter().map(|(_, record)| record).collect();
    let latest = |name: &str| {
        let fields = records.iter().filter_map(|record| record.fields.get(name));
        fields.max_by_key(|field| (field.at, field.event)).map(|field| &**field.value.reveal())
    };
    let others = records.iter().filter_map(|record| record.fields.get("timezone"));
    let whereabouts = Whereabouts::locate(
        inquiry.zones,
        latest("timezone"),
        others.map(|field| &**field.value.reveal()),
        inquiry.policy.quiet_hours.fallback_zone.as_ref(),
    );
    let mut endpoints = endpoints(records.iter().copied(), rules);
    for endpoint in &mut endpoints {
        let facts = addresses::get(tx, &endpoint.address, &endpoint.channel)?;
        let verdict = facts.health.verdict(&rules.bounces, context.now);
        endpoint.suppression = verdict.suppression;
        (endpoint.engagement, endpoint.last_engaged) = facts.engagement(context.now);
        // What arrived there proves more than a numbering plan.
        endpoint.reachable |= endpoint.engagement.delivered > 0;
        endpoint.reachable &= verdict.reachable;
        endpoint.ledger = facts.ledger;
    }
    Ok(Recipient {
        region: latest("address.country").and_then(Region::parse),
        endpoints,
        ledgers: records.iter().map(|record| ledger(record)).collect(),
        preferences: records
            .iter()
            .flat_map(|record| preferences(record, &inquiry.message.purpose))
            .collect(),
        told: inquiry.told.clone(),
        sends,
        competing,
        holdout: inquiry.holdout,
        ..Recipient::new(whereabouts)
    })
}

/// One endpoint per channel and address that the records name, the best claim to it counting. What a later proof has
/// detached is no way to reach her: whoever planted it would get her messages. No text message reaches a fixed line.
pub(crate) fn endpoints<'r>(records: impl IntoIterator<Item = &'r Record>, rules: &Rules) -> Vec<Endpoint> {
    let mut found: BTreeMap<(Channel, String), (ClaimLevel, bool)> = BTreeMap::new();
    for record in records {
        for (identifier, claim) in standing(record, rules) {
            for channel in channels(identifier, record) {
                let address = identifier.digest(&rules.pepper).to_string();
                let reachable = channel != Channel::Sms || takes_texts(identifier.reveal());
                let (level, _) = found.entry((channel, address)).or_insert((ClaimLevel::Asserted, reachable));
                *level = (*level).max(claim.level());
            }
        }
    }
    let endpoint = |((channel, address), (level, reachable))| Endpoint {
        verified: level == ClaimLevel::Verified,
        reachable,
        ..Endpoint::new(channel, AddressId::new(address))
    };
    found.into_iter().map(endpoint).collect()
}

/// The channels in which a message can reach an identifier.
fn channels(identifier: &Identifier, record: &Record) -> Vec<Channel> {
    match (identifier.kind(), &record.channel) {
        (IdentifierKind::Email, _) => vec![Channel::Email],
        (IdentifierKind::Phone, Channel::WhatsApp) => vec![Channel::Sms, Channel::WhatsApp],
        (IdentifierKind::Phone, _) => vec![Channel::Sms],
        (IdentifierKind::DeviceId, Channel::App) => vec![Channel::Push],
        _ => Vec::new(),
    }
}
