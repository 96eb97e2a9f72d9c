//! The decision on one message to one person.

use std::cmp::Reverse;

use super::combine::{ChannelGates, Decision, Inquiry, combine};
use super::gate::{Context, Gate, standard_gates};
use super::input::{Endpoint, Message, Recipient};
use super::policy::Policy;
use crate::time::{DateTime, Utc};

/// Whether to send a message to a person, where and when, by the [standard gates](standard_gates).
///
/// A pure function: the same arguments give the same decision, whatever the order of endpoints and of the ledgers.
/// The [module](super) shows it at work. Decide again at the instant of a deferral, and again before the message
/// leaves: consent may have been withdrawn meanwhile.
///
/// # Complexity
/// O(e log e + e l) for `e` endpoints and `l` ledger entries, and the quiet hours once for each endpoint.
#[must_use]
pub fn decide(message: &Message, recipient: &Recipient, policy: &Policy, now: DateTime<Utc>) -> Decision {
    decide_with(&standard_gates(), message, recipient, policy, now)
}

/// The same by a list of gates: the [standard ones](standard_gates) and the host's own.
#[must_use]
pub fn decide_with(
    gates: &[&dyn Gate],
    message: &Message,
    recipient: &Recipient,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Decision {
    let mut endpoints: Vec<&Endpoint> = recipient.endpoints.iter().collect();
    let configured = |endpoint: &Endpoint| {
        policy.channels.iter().position(|channel| *channel == endpoint.channel).unwrap_or(usize::MAX)
    };
    endpoints.sort_by_cached_key(|endpoint| {
        (
            Reverse(endpoint.last_engaged),
            configured(endpoint),
            endpoint.channel.clone(),
            endpoint.address.clone(),
        )
    });
    let channels: Vec<ChannelGates> = endpoints
        .into_iter()
        .map(|endpoint| {
            let context = Context { message, recipient, endpoint, policy, now };
            let verdicts = gates.iter().map(|gate| (gate.stage(), gate.judge(&context))).collect();
            ChannelGates {
                channel: endpoint.channel.clone(),
                address: endpoint.address.clone(),
                score: endpoint.score,
                verdicts,
            }
        })
        .collect();
    let inquiry = Inquiry {
        expires_at: message.expires_at,
        patience: message.patience,
        suppression: recipient.suppression,
        told: message.told_key.as_ref().is_some_and(|key| recipient.told.contains(key)),
        holdout: recipient.holdout,
        ..Inquiry::new(message.class, now)
    };
    combine(&inquiry, &channels)
}
