//! Taking in what providers report.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::OutboxKey;
use crate::messaging::delivery::{DeliveryEvent, DeliveryKind, DeliveryState};
use crate::messaging::outbox::{Advanced, Entry, Fact, advance};
use crate::messaging::{ChannelScope, ConsentRecord, ConsentState, PurposeScope};
use crate::reason::Reason;
use crate::store::{Stop, Tx};

use super::super::{Context, addresses, consents};
use super::entries;
use super::told::Told;

/// Which message a report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeliveryOf<'a> {
    /// The one with this idempotency key, if the provider hands it back. The better way: it is known before the provider
    /// has answered.
    Key(&'a str),
    /// The one that the provider calls so.
    Provider {
        /// The channel.
        channel: &'a Channel,
        /// The provider's id.
        id: &'a str,
    },
}

/// What became of a report.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "report")]
pub enum DeliveryOutcome {
    /// It is taken in.
    Recorded {
        /// Of this entry.
        entry: OutboxKey,
        /// What is known of it now.
        state: DeliveryState,
    },
    /// It says nothing that was not known: a repeated webhook.
    Known {
        /// Of this entry.
        entry: OutboxKey,
    },
    /// It is of no message of ours, as far as we know, and why; nothing has changed. If the provider named the message by
    /// its own id, the answer to our call may be under way: let the provider report again.
    Refused {
        /// Why.
        reasons: Vec<Reason>,
    },
}

/// Takes in a provider's report on a message. Any order and any repetition leave the same.
///
/// A report that shows that the provider had accepted the message settles it. A hard bounce suppresses the address at
/// once, soft ones after [`BounceRules`](crate::messaging::delivery::BounceRules), a complaint stops marketing there; an
/// unsubscription of hers is a withdrawal of the message's purpose, up to its first segment, in its channel, for her and
/// for the address. What bots do counts neither as hers nor against anything.
///
/// Check the provider's signature before you call this: whoever can report can stop an address.
///
/// # Errors
/// Of the store only.
pub fn delivery(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    of: DeliveryOf<'_>,
    event: &DeliveryEvent,
) -> Result<DeliveryOutcome, Stop> {
    let refused = |rule: &'static str| Ok(DeliveryOutcome::Refused { reasons: vec![Reason::new(rule)] });
    let key = match of {
        DeliveryOf::Key(text) => match text.parse::<OutboxKey>() {
            Ok(key) => Some(key),
            Err(_) => return refused("malformed_key"),
        },
        DeliveryOf::Provider { channel, id } => {
            tx.get::<Told>(&entries::provider(context, channel, id))?.map(|found| found.entry)
        }
    };
    let Some(key) = key else { return refused("unknown_message") };
    let Some(entry) = entries::get(tx, key)? else { return refused("unknown_message") };
    let now = context.now;
    let event = DeliveryEvent { received_at: event.received_at.min(now), ..event.clone() };
    let fact = Fact::Reported { event: event.clone() };
    let Advanced { entry: after, .. } = advance(entry.clone(), fact, &context.rules.outbox, now);
    entries::save(tx, context, Some(&entry), &after)?;
    // A log keeps the earliest report of a kind; the address and the ledger look at each one.
    let mut is_new = after != entry;
    if event.is_hers() || !event.kind.is_of_the_person() {
        is_new |= addresses::change(tx, &after.address, &after.channel, |facts| facts.report(key, &event))?;
    }
    if event.kind == DeliveryKind::Unsubscribed && event.is_hers() {
        is_new |= unsubscribed(tx, context, &after, &event)?;
    }
    Ok(if is_new {
        DeliveryOutcome::Recorded { entry: key, state: after.delivery() }
    } else {
        DeliveryOutcome::Known { entry: key }
    })
}

fn unsubscribed(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    entry: &Entry,
    event: &DeliveryEvent,
) -> Result<bool, Stop> {
    let purpose = entry.message.purpose.as_str();
    let root = purpose.split('.').next().and_then(|root| root.parse().ok());
    let purpose = root.map_or(PurposeScope::All, PurposeScope::Under);
    let said = ConsentRecord {
        evidence: Some(crate::pii::Pii::new(format!("outbox:{}", entry.key))),
        ..ConsentRecord::new(
            purpose,
            ChannelScope::Only(entry.channel.clone()),
            ConsentState::Withdrawn,
            event.happened_at(),
        )
    };
    let is_new = consents::note(tx, context, entry.who, &said)?;
    Ok(addresses::said(tx, &entry.address, &entry.channel, false, &said)? || is_new)
}
