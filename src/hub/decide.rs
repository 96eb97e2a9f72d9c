//! Whether, where and when to send one message to one customer.

use std::collections::{BTreeMap, BTreeSet};

use crate::calendar::Zones;
use crate::channel::Channel;
use crate::identifier::{Identifier, IdentifierKind};
use crate::messaging::{
    self, AddressId, ConsentRecord, ConsentState, Decision, Endpoint, Message, Policy, Recipient, Whereabouts,
};
use crate::record::{ClaimLevel, Record};
use crate::region::Region;
use crate::store::{Stop, Tx};

use super::standing::standing;
use super::{Context, Rules, Who, keys, members};

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
/// The profile's addresses, time zones and consent come from its records; consent of several records is the most
/// restrictive of them, so a merge never grants what one of them refused.
///
/// # Errors
/// Of the store only.
pub fn decide(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    inquiry: &Inquiry<'_>,
) -> Result<Option<Decision>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let wanted: Vec<_> = members::cluster(tx, record)?.0.into_iter().map(keys::record).collect();
    let records: Vec<Record> = tx.get_many::<Record>(&wanted)?.into_iter().flatten().collect();
    let recipient = recipient(&records, inquiry, context.rules);
    Ok(Some(messaging::decide(inquiry.message, &recipient, inquiry.policy, context.now)))
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
    let rules = context.rules;
    let wanted: Vec<_> = members::cluster(tx, record)?.0.into_iter().map(keys::record).collect();
    for record in tx.get_many::<Record>(&wanted)?.into_iter().flatten() {
        let mut known = standing(&record, rules).map(|(known, _)| known);
        let Some(found) = known.find(|known| known.digest(&rules.pepper).to_string() == address.as_str())
        else {
            continue;
        };
        let written = record.fields.get(found.kind().as_str()).map(|field| field.value.reveal());
        let same = written.filter(|written| {
            Identifier::parse(found.kind().clone(), written, &rules.identifiers)
                .is_ok_and(|parsed| parsed == *found)
        });
        return Ok(Some(same.map_or(found.reveal(), |written| written).to_owned()));
    }
    Ok(None)
}

fn recipient(records: &[Record], inquiry: &Inquiry<'_>, rules: &Rules) -> Recipient {
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
    Recipient {
        region: latest("address.country").and_then(Region::parse),
        endpoints: endpoints(records, rules),
        ledgers: records.iter().map(ledger).collect(),
        told: inquiry.told.clone(),
        holdout: inquiry.holdout,
        ..Recipient::new(whereabouts)
    }
}

/// One endpoint per channel and address that the records name, the best claim to it counting. What a later proof has
/// detached is no way to reach her: whoever planted it would get her messages.
fn endpoints(records: &[Record], rules: &Rules) -> Vec<Endpoint> {
    let mut found: BTreeMap<(Channel, String), ClaimLevel> = BTreeMap::new();
    for record in records {
        for (identifier, claim) in standing(record, rules) {
            for channel in channels(identifier, record) {
                let address = identifier.digest(&rules.pepper).to_string();
                let level = found.entry((channel, address)).or_insert(ClaimLevel::Asserted);
                *level = (*level).max(claim.level());
            }
        }
    }
    let endpoint = |((channel, address), level): ((Channel, String), ClaimLevel)| Endpoint {
        verified: level == ClaimLevel::Verified,
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

/// What one record was told about consent. What cannot be read as a grant is no grant; a refusal that cannot be read is a
/// refusal of everything.
fn ledger(record: &Record) -> Vec<ConsentRecord> {
    let entry = |fact: &crate::record::ConsentFact| {
        let purpose = fact.purpose.parse();
        let (purpose, state) = match (purpose, fact.granted) {
            (Ok(purpose), true) => (purpose, ConsentState::Granted),
            (Ok(purpose), false) => (purpose, ConsentState::Withdrawn),
            (Err(_), true) => return None,
            (Err(_), false) => (messaging::PurposeScope::All, ConsentState::Withdrawn),
        };
        let channel =
            fact.channel.clone().map_or(messaging::ChannelScope::All, messaging::ChannelScope::Only);
        Some(ConsentRecord::new(purpose, channel, state, fact.at))
    };
    record.consents.iter().filter_map(entry).collect()
}
