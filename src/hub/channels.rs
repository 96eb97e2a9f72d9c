//! How the channels of the business fare, counted as it happens.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::hub::scan::each_after;
use crate::ids::OutboxKey;
use crate::messaging::delivery::{Delivery, DeliveryKind};
use crate::messaging::outbox::{Entry, EntryState};
use crate::messaging::{ChannelHealth, SendErrorKind};
use crate::record::Millis;
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::{Context, keys};

/// A day's count of one channel, or a part of it: several workers that count at once seldom meet in one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelDay {
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    channel: Option<Channel>,
    #[serde(rename = "s", default, skip_serializing_if = "is_zero")]
    sent: u32,
    #[serde(rename = "b", default, skip_serializing_if = "is_zero")]
    bounced: u32,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    complained: u32,
    #[serde(rename = "i", default, skip_serializing_if = "is_zero")]
    inbound: u32,
    #[serde(rename = "u", default, skip_serializing_if = "is_zero")]
    unanswered: u32,
}

const fn is_zero(count: &u32) -> bool {
    *count == 0
}

impl Stored for ChannelDay {
    const KIND: &'static str = "channel_day";
    const VERSION: u16 = 1;
}

/// What was heard of a message that somebody wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Inbound {
    #[serde(rename = "t")]
    at: Millis,
    #[serde(rename = "u", default, skip_serializing_if = "std::ops::Not::not")]
    unanswered: bool,
}

impl Stored for Inbound {
    const KIND: &'static str = "inbound_message";
    const VERSION: u16 = 1;
}

/// In how many parts a day of a channel is counted.
const PARTS: u8 = 32;
const DAY: i64 = 86_400_000;

/// How each channel fared since an instant, for the [readiness](crate::messaging::Readiness) gate: give it to
/// [`Dispatch::health`](super::Dispatch::health) and [`Enqueue::health`](super::Enqueue::health). A channel with
/// nothing to tell is not in it.
///
/// Sent, bounced for good and complained are those of the messages that were put into the outbox since the beginning
/// of the instant's day (UTC), whenever the reports on them came; so are the messages that people [wrote](inbound()).
/// Each message counts once for each, whatever is reported again and in whichever order. Four weeks are a good window:
/// a bounce of yesterday still counts, one of last year does not. What erased people had is still in the figures,
/// without a trace of whose it was.
///
/// [`ChannelHealth::outage`], [`can_answer`](ChannelHealth::can_answer) and [`backlog`](ChannelHealth::backlog) are not
/// counted here: set them in the answer.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::hub::{Hub, Rules};
/// use throughline::store::{MemoryStore, Tenant};
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let (at, since) = ("2026-03-20T09:00:00Z".parse()?, "2026-03-01T00:00:00Z".parse()?);
/// assert!(hub.inbound(&Channel::WhatsApp, "chat-7/1", at, false)?);
/// assert!(hub.inbound(&Channel::WhatsApp, "chat-7/1", at, true)?, "nobody answered it in time");
/// assert!(!hub.inbound(&Channel::WhatsApp, "chat-7/1", at, false)?, "told before");
/// let health = hub.channel_health(since)?[&Channel::WhatsApp];
/// assert_eq!((health.inbound, health.unanswered), (1, 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the days and channels, whatever was sent. Ask once for a run of the dispatcher, not for each decision.
pub fn channel_health(
    tx: &mut Tx<'_>,
    _: &Context<'_>,
    since: DateTime<Utc>,
) -> Result<BTreeMap<Channel, ChannelHealth>, Stop> {
    let mut found: BTreeMap<Channel, ChannelHealth> = BTreeMap::new();
    let from = Some(keys::channel_days_before(day(since)));
    each_after::<ChannelDay>(tx, &keys::prefix(keys::CHANNEL_DAYS), from, |_, counted| {
        let Some(channel) = counted.channel else { return };
        let health = found.entry(channel).or_default();
        health.sent = health.sent.saturating_add(counted.sent);
        health.bounced = health.bounced.saturating_add(counted.bounced);
        health.complained = health.complained.saturating_add(counted.complained);
        health.inbound = health.inbound.saturating_add(counted.inbound);
        health.unanswered = health.unanswered.saturating_add(counted.unanswered);
    })?;
    Ok(found)
}

/// Counts a message that somebody wrote and that wants an answer, and, told later of the same message, that it got
/// none in the time that the business has set itself. `id` is the host's own of the message and is kept as a keyed
/// hash. Any order and any repetition leave the same figures; of several instants of one message the earliest counts.
/// Returns whether anything is new.
///
/// # Errors
/// Of the store only.
pub fn inbound(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    channel: &Channel,
    id: &str,
    at: DateTime<Utc>,
    unanswered: bool,
) -> Result<bool, Stop> {
    let digest = context.rules.pepper.digest("inbound", &[channel.as_str().as_bytes(), id.as_bytes()]);
    let key = keys::inbound(digest);
    let at = Millis::from(at);
    let before = tx.get::<Inbound>(&key)?;
    let after = before.map_or(Inbound { at, unanswered }, |known| Inbound {
        at: known.at.min(at),
        unanswered: known.unanswered || unanswered,
    });
    if before == Some(after) {
        return Ok(false);
    }
    tx.put(&key, &after)?;
    let part = digest[0] % PARTS;
    if let Some(known) = before {
        change(tx, context, channel, day(known.at.into()), part, |counted| {
            counted.inbound = counted.inbound.saturating_sub(1);
            counted.unanswered = counted.unanswered.saturating_sub(known.unanswered.into());
        })?;
    }
    change(tx, context, channel, day(at_of(after)), part, |counted| {
        counted.inbound = counted.inbound.saturating_add(1);
        counted.unanswered = counted.unanswered.saturating_add(after.unanswered.into());
    })?;
    Ok(true)
}

fn at_of(inbound: Inbound) -> DateTime<Utc> {
    inbound.at.into()
}

/// Counts what has become known of an entry.
pub(super) fn count(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    before: Option<&Entry>,
    entry: &Entry,
) -> Result<(), Stop> {
    let was = before.map(Figures::of).unwrap_or_default();
    let is = Figures::of(entry);
    if was == is {
        return Ok(());
    }
    let part = part_of(entry.key);
    change(tx, context, &entry.channel, day(entry.created_at), part, |counted| {
        let new = |is: bool, was: bool| u32::from(is && !was);
        counted.sent = counted.sent.saturating_add(new(is.sent, was.sent));
        counted.bounced = counted.bounced.saturating_add(new(is.bounced, was.bounced));
        counted.complained = counted.complained.saturating_add(new(is.complained, was.complained));
    })
}

/// What counts of an entry. It only ever grows, whatever the order of the reports.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Figures {
    sent: bool,
    bounced: bool,
    complained: bool,
}

impl Figures {
    fn of(entry: &Entry) -> Self {
        let log = &entry.log;
        // A provider that knows at once that there is no such address spares us the bounce, not the bad experience.
        let nobody = SendErrorKind::NoSuchAddress.as_str();
        let refused = matches!(entry.state, EntryState::Failed { .. })
            && entry.reasons.iter().any(|reason| reason.evidence.iter().any(|told| told == nobody));
        let bounced = refused || log.first(DeliveryKind::HardBounced).is_some();
        let complained = log.first(DeliveryKind::Complained).is_some();
        // A complaint and an unsubscription prove that it was sent as well as a delivery does.
        let sent = refused
            || log.state().delivery >= Delivery::Sent
            || complained
            || log.first(DeliveryKind::Unsubscribed).is_some();
        Self { sent, bounced, complained }
    }
}

fn part_of(entry: OutboxKey) -> u8 {
    entry.as_bytes()[0] % PARTS
}

fn day(at: DateTime<Utc>) -> i64 {
    at.timestamp_millis().div_euclid(DAY)
}

fn change(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    channel: &Channel,
    day: i64,
    part: u8,
    change: impl FnOnce(&mut ChannelDay),
) -> Result<(), Stop> {
    let digest = context.rules.pepper.digest("channel", &[channel.as_str().as_bytes()]);
    let key = keys::channel_day(day, digest, part);
    let mut counted = tx.get::<ChannelDay>(&key)?.unwrap_or_default();
    change(&mut counted);
    counted.channel = Some(channel.clone());
    tx.put(&key, &counted)
}
