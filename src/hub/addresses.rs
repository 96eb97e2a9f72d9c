//! What is known of an address itself, whoever holds it: how it fares, and what was refused there.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::hub::scan::delete_all;
use crate::identifier::ValueHash;
use crate::ids::OutboxKey;
use crate::messaging::delivery::{AddressHealth, DeliveryEvent, DeliveryKind, DeliveryLog};
use crate::messaging::{AddressId, ConsentRecord, ConsentState, Engagement, Interaction, InteractionKind};
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::keys;

/// What is known of one address in one channel.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AddressFacts {
    /// Bounces and complaints.
    #[serde(rename = "h", default, skip_serializing_if = "AddressHealth::is_empty")]
    pub(crate) health: AddressHealth,
    /// Refusals, and grants by whoever proved that the address is hers, in time order. No evidence: that is the record's.
    #[serde(rename = "l", default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) ledger: Vec<ConsentRecord>,
    /// What became of the latest messages to it.
    #[serde(rename = "m", default, skip_serializing_if = "BTreeMap::is_empty")]
    messages: BTreeMap<OutboxKey, DeliveryLog>,
}

impl Stored for AddressFacts {
    const KIND: &'static str = "address_facts";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

impl AddressFacts {
    /// Most entries of a ledger: the latest.
    const MAX_LEDGER: usize = 64;

    /// Most messages that are remembered: the latest.
    const MAX_MESSAGES: usize = 32;

    /// Joins a report on a message to it.
    pub(crate) fn report(&mut self, message: OutboxKey, event: &DeliveryEvent) {
        self.health.add(message, event);
        self.messages.entry(message).or_default().add(event);
        while self.messages.len() > Self::MAX_MESSAGES {
            let oldest = self.messages.iter().min_by_key(|(key, log)| (log.earliest(), **key));
            let Some(oldest) = oldest.map(|(key, _)| *key) else { return };
            self.messages.remove(&oldest);
        }
    }

    /// What came of the messages sent there, and when she last did something with one.
    pub(crate) fn engagement(&self, now: DateTime<Utc>) -> (Engagement, Option<DateTime<Utc>>) {
        let kinds = [
            (DeliveryKind::Sent, InteractionKind::Sent),
            (DeliveryKind::Delivered, InteractionKind::Delivered),
            (DeliveryKind::Opened, InteractionKind::Opened),
            (DeliveryKind::Clicked, InteractionKind::Clicked),
            (DeliveryKind::Replied, InteractionKind::Replied),
        ];
        let named: Vec<(String, &DeliveryLog)> =
            self.messages.iter().map(|(key, log)| (key.to_string(), log)).collect();
        let interactions = named.iter().flat_map(|(key, log)| {
            kinds.iter().filter_map(move |(reported, kind)| {
                let at = log.first(*reported)?;
                Some(Interaction { message: key, kind: *kind, at, bot: false })
            })
        });
        Engagement::over(interactions, now)
    }

    /// Adds to the ledger. Any order and any repetition give the same ledger.
    pub(crate) fn note(&mut self, said: &ConsentRecord) {
        let said = ConsentRecord { evidence: None, ..said.clone() };
        let order = |entry: &ConsentRecord| {
            (entry.at, entry.state, entry.purpose.clone(), entry.channel.clone(), entry.expires_at)
        };
        if let Err(place) = self.ledger.binary_search_by_key(&order(&said), order) {
            self.ledger.insert(place, said);
            let beyond = self.ledger.len().saturating_sub(Self::MAX_LEDGER);
            self.ledger.drain(..beyond);
        }
    }
}

/// The value of which an address's id is the hash.
pub(crate) fn value(address: &AddressId) -> Option<ValueHash> {
    address.as_str().parse().ok()
}

/// What is known of an address.
pub(crate) fn get(tx: &mut Tx<'_>, address: &AddressId, channel: &Channel) -> Result<AddressFacts, Stop> {
    let Some(value) = value(address) else { return Ok(AddressFacts::default()) };
    Ok(tx.get(&keys::address(value, channel))?.unwrap_or_default())
}

/// Changes what is known of an address. Returns whether it is another than before.
pub(crate) fn change(
    tx: &mut Tx<'_>,
    address: &AddressId,
    channel: &Channel,
    change: impl FnOnce(&mut AddressFacts),
) -> Result<bool, Stop> {
    let Some(value) = value(address) else { return Ok(false) };
    let key = keys::address(value, channel);
    let known = tx.get::<AddressFacts>(&key)?.unwrap_or_default();
    let mut facts = known.clone();
    change(&mut facts);
    if facts == known {
        return Ok(false);
    }
    tx.put(&key, &facts)?;
    Ok(true)
}

/// Keeps what was said about an address under the address. A grant is kept only where something was refused, and only if
/// whoever grants has proved that the address is hers: nobody lifts another's refusal by typing her address.
pub(crate) fn said(
    tx: &mut Tx<'_>,
    address: &AddressId,
    channel: &Channel,
    is_proved: bool,
    said: &ConsentRecord,
) -> Result<bool, Stop> {
    change(tx, address, channel, |facts| match said.state {
        ConsentState::Withdrawn | ConsentState::Denied => facts.note(said),
        ConsentState::Granted if is_proved && !facts.ledger.is_empty() => facts.note(said),
        ConsentState::Granted | ConsentState::Pending => {}
    })
}

/// Deletes what is known of an address in every channel.
pub(crate) fn forget(tx: &mut Tx<'_>, value: ValueHash) -> Result<(), Stop> {
    delete_all::<AddressFacts>(tx, &keys::addresses(value))
}
