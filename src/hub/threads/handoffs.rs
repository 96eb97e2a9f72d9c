//! A conversation goes from the bot to a person and back.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::event::OrderKey;
use crate::ids::RecordId;
use crate::journey::{
    Asked, ConversationOwner, Handoff, HandoffAct, HandoffEvent, HandoffLimit, HandoffRefusal, HandoffState,
    Speech, handoff,
};
use crate::record::Millis;
use crate::store::{Key, Stop, Stored, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::stored::Marker;
use super::super::{Context, Who, keys as hub_keys, members};
use super::keys;
use super::packets::Passed;

/// Most acts that are kept of one conversation at one record.
const MAX_ACTS: usize = 1_000;

/// What is kept of a conversation at one record.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversation {
    /// The host's id of it.
    #[serde(rename = "c")]
    name: Box<str>,
    #[serde(rename = "e")]
    events: Vec<HandoffEvent>,
    /// What was passed on with the latest request.
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    passed: Option<Passed>,
    /// By the ids of requests, the hash of all that each said.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    said: BTreeMap<Box<str>, u64>,
    /// Under which skill and since when it waits, if it does.
    #[serde(rename = "q", default, skip_serializing_if = "Option::is_none")]
    queued: Option<(Box<str>, Millis)>,
}

impl Conversation {
    /// The host's id of it.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Stored for Conversation {
    const KIND: &'static str = "conversation";
    const VERSION: u16 = 2;
    const JOURNAL: bool = true;

    fn upcast(version: u16, data: &str) -> Option<String> {
        (version == 1).then(|| super::packets::upcast(data)).flatten()
    }
}

/// A bot's request for a person. `Debug` shows how much was asked, not what.
#[derive(Clone)]
pub struct HandoffRequest<'a> {
    /// The caller's own name for this request, unique in the conversation: sending it again changes nothing, and another
    /// request of that name is refused.
    pub id: &'a str,
    /// The host's id of the conversation.
    pub conversation: &'a str,
    /// Why: the host's word.
    pub reason: &'a str,
    /// Of which skill.
    pub skill: &'a str,
    /// What was asked and answered, the earliest first.
    pub asked: &'a [Asked],
    /// Where the whole transcript is: the host's reference.
    pub transcript: Option<&'a str>,
    /// How long, at the most, it may wait for somebody to accept.
    pub accept_within: Option<TimeDelta>,
    /// How many seconds after accepting, at the most, the first answer may take.
    pub start_within_seconds: Option<u32>,
    /// The channel in which the agent works: what it may see of her threads is told.
    pub channel: &'a Channel,
}

impl fmt::Debug for HandoffRequest<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HandoffRequest")
            .field("skill", &self.skill)
            .field("asked", &self.asked.len())
            .field("channel", &self.channel)
            .finish_non_exhaustive()
    }
}

/// Where a conversation stands after somebody wanted something of it.
#[derive(Debug, Clone, PartialEq)]
pub enum HandoffOutcome {
    /// It is done, or the same was done before under the same id.
    Done {
        /// Where it stands.
        handoff: Box<Handoff>,
    },
    /// It may not be done; nothing has changed.
    Refused {
        /// Why.
        why: HandoffRefusal,
        /// Where it stands.
        handoff: Box<Handoff>,
    },
    /// More was done about this conversation than is kept: 1,000 acts. Whoever has it may still let go of it.
    TooMuch,
    /// It cannot be kept, and why; nothing has changed.
    Invalid {
        /// Why.
        why: HandoffLimit,
    },
    /// Nobody is known by that name.
    Unknown,
}

pub(super) struct Found {
    home: RecordId,
    place: [u8; 16],
    own: Option<Conversation>,
    pub(super) events: Vec<HandoffEvent>,
    pub(super) passed: Option<Passed>,
    said: BTreeMap<Box<str>, u64>,
}

/// The instant at which a conversation is judged: not before anything that is known of it, as a unit that is run again keeps
/// the instant at which it began, and the clocks of several machines differ.
pub(super) fn instant(context: &Context<'_>, events: &[HandoffEvent]) -> DateTime<Utc> {
    events.iter().map(|event| event.order.time).fold(context.now, Ord::max)
}

/// Whether it is the same act. When a request is sent again its deadline is counted from a later instant; all else that it
/// says is compared by its hash, where that was kept.
fn is_same(known: &HandoffAct, again: &HandoffAct, said: Option<u64>, says: Option<u64>) -> bool {
    match (known, again) {
        _ if said.is_some() && said != says => false,
        (
            HandoffAct::Requested { skill, start_within_seconds, .. },
            HandoffAct::Requested { skill: other, start_within_seconds: within, .. },
        ) => skill == other && start_within_seconds == within,
        (known, again) => known == again,
    }
}

/// What all her records hold of a conversation.
pub(super) fn find(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    name: &str,
) -> Result<Option<Found>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let place = context.rules.pepper.digest("conversation", &[name.as_bytes()]);
    let members = members::cluster(tx, record)?.0;
    let wanted: Vec<_> = members.iter().map(|id| keys::handoff(*id, place)).collect();
    let found = tx.get_many::<Conversation>(&wanted)?;
    let mut held: Vec<(RecordId, Conversation)> =
        members.into_iter().zip(found).filter_map(|(id, held)| Some((id, held?))).collect();
    let events = held.iter().flat_map(|(_, held)| held.events.iter().cloned()).collect();
    let said = held.iter().flat_map(|(_, held)| held.said.clone()).collect();
    let latest = held.iter().filter(|(_, held)| held.passed.is_some());
    let passed = latest
        .max_by_key(|(_, held)| {
            let requests =
                held.events.iter().filter(|event| matches!(event.act, HandoffAct::Requested { .. }));
            requests.map(|event| &event.order).max()
        })
        .and_then(|(_, held)| held.passed.clone());
    // Where it is kept already, so that it stays in one place.
    held.sort_by_key(|(id, _)| (*id != record, *id));
    let own = held.into_iter().next();
    let home = own.as_ref().map_or(record, |(id, _)| *id);
    Ok(Some(Found { home, place, own: own.map(|(_, held)| held), events, passed, said }))
}

/// Asks for a person to take over a conversation, and keeps what is passed on to that person. Who she is, what happened
/// lately and what is open is not kept with it: [`handoff_packet`](super::handoff_packet()) tells it as it is known then.
///
/// ```
/// use std::sync::Arc;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{HandoffOutcome, HandoffRequest, Hub, Rules, ThreadSettings, Who};
/// use throughline::journey::{Asked, ConversationOwner, HandoffAct, PacketSettings, Speech};
/// use throughline::pii::Pii;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = r#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"firstName":"Leïla"}}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line.as_bytes(), &hub.import())?)?.record);
/// let asked = [Asked { question: "order".into(), answer: Some(Pii::new("4711".into())) }];
/// let request = HandoffRequest {
///     id: "ask-1",
///     conversation: "chat-9",
///     reason: "refund over the bot's limit",
///     skill: "refunds",
///     asked: &asked,
///     transcript: None,
///     accept_within: None,
///     start_within_seconds: None,
///     channel: &Channel::CallCentre,
/// };
/// hub.request_handoff(&who, &request)?;
/// let accept = HandoffAct::Accepted { agent: "agent-3".into() };
/// let accepted = hub.handoff_act(&who, "chat-9", "accept-1", &accept)?;
/// assert!(matches!(accepted, HandoffOutcome::Done { .. }));
/// let (settings, packets) = (ThreadSettings::retail(), PacketSettings::default());
/// let packet = hub.handoff_packet(&who, "chat-9", &settings, &packets)?.ok_or("nothing is told")?;
/// assert!(packet.still_to_ask(&["order"]).is_empty());
/// assert_eq!(hub.may_speak(&who, "chat-9", &ConversationOwner::Bot)?, Some(Speech::Refused));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the acts of the conversation.
pub fn request_handoff(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    request: &HandoffRequest<'_>,
) -> Result<HandoffOutcome, Stop> {
    let texts = [request.reason, request.transcript.unwrap_or_default()].map(HandoffLimit::of_text);
    if let Err(why) =
        texts.into_iter().chain([HandoffLimit::of_asked(request.asked)]).collect::<Result<(), _>>()
    {
        return Ok(HandoffOutcome::Invalid { why });
    }
    let accept_by = request.accept_within.and_then(|within| context.now.checked_add_signed(within));
    let act = HandoffAct::Requested {
        skill: request.skill.into(),
        accept_by,
        start_within_seconds: request.start_within_seconds,
    };
    let passed = (Passed::with(request, accept_by), says(context, request));
    act_on(tx, context, who, request.conversation, request.id, act, Some(passed))
}

/// A keyed hash of all that a request says.
fn says(context: &Context<'_>, request: &HandoffRequest<'_>) -> u64 {
    let HandoffRequest {
        id,
        conversation,
        reason,
        skill,
        asked,
        transcript,
        accept_within,
        start_within_seconds,
        channel,
    } = request;
    let within = accept_within.map(|within| within.num_milliseconds());
    let all = (id, conversation, reason, skill, asked, transcript, within, start_within_seconds, channel);
    let bytes = serde_json::to_vec(&all).unwrap_or_default();
    context.request("handoff_request", &[&bytes]).first_chunk().copied().map_or(0, u64::from_be_bytes)
}

/// What an agent does about a conversation: takes it, does not, answers for the first time, gives it back, ends it. `id` is the
/// caller's own name for the act, unique in the conversation.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the acts of the conversation.
pub fn handoff_act(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    conversation: &str,
    id: &str,
    act: &HandoffAct,
) -> Result<HandoffOutcome, Stop> {
    act_on(tx, context, who, conversation, id, act.clone(), None)
}

/// Where a conversation stands now; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the acts of the conversation.
pub fn handoff_of(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    conversation: &str,
) -> Result<Option<Handoff>, Stop> {
    let found = find(tx, context, who, conversation)?;
    Ok(found.map(|found| handoff(&found.events, instant(context, &found.events))))
}

/// Whether somebody may speak in a conversation now; `None` if nobody is meant. Ask before a bot's answer goes out.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the acts of the conversation.
pub fn may_speak(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    conversation: &str,
    speaker: &ConversationOwner,
) -> Result<Option<Speech>, Stop> {
    Ok(handoff_of(tx, context, who, conversation)?.map(|handoff| handoff.may_speak(speaker)))
}

/// One conversation that waits for a person. `Debug` does not name it. What whoever takes it is told,
/// [`handoff_packet`](super::handoff_packet()) says.
#[derive(Clone, PartialEq)]
pub struct WaitingConversation {
    /// A record of the person.
    pub record: RecordId,
    /// The host's id of the conversation.
    pub conversation: Box<str>,
    /// Since when it waits.
    pub since: DateTime<Utc>,
    /// Why a person is asked for: the host's word.
    pub reason: Box<str>,
    /// Until when, at the latest, somebody is to accept.
    pub accept_by: Option<DateTime<Utc>>,
}

impl fmt::Debug for WaitingConversation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitingConversation")
            .field("record", &self.record)
            .field("since", &self.since)
            .finish_non_exhaustive()
    }
}

/// What waits for somebody of a skill, the longest waiting first. What has expired is not listed, and taken
/// out of the queue.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in what is listed and in what has expired since.
pub fn waiting_handoffs(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    skill: &str,
    limit: usize,
) -> Result<Vec<WaitingConversation>, Stop> {
    let prefix = keys::queue(skill_digest(context, skill));
    let mut waiting = Vec::new();
    let mut listed = BTreeSet::new();
    let mut after = None;
    loop {
        let found = tx.scan::<Marker>(&prefix, after.as_ref(), 64)?;
        after = found.items.last().map(|(key, _)| key.clone());
        let places: Vec<(Key, (RecordId, [u8; 16]))> = found
            .items
            .into_iter()
            .filter_map(|(key, _)| keys::queued_of(&key).map(|place| (key, place)))
            .collect();
        let wanted: Vec<Key> =
            places.iter().map(|(_, (record, place))| keys::handoff(*record, *place)).collect();
        tx.want(&wanted);
        for (key, (record, place)) in places {
            if waiting.len() >= limit {
                return Ok(waiting);
            }
            let held = tx.get::<Conversation>(&keys::handoff(record, place))?;
            let is_over = held.as_ref().is_none_or(|held| {
                let now = instant(context, &held.events);
                handoff(&held.events, now).state != Some(HandoffState::Requested)
            });
            let Some(held) = held.filter(|_| !is_over) else {
                tx.delete(&key);
                continue;
            };
            // Another record of hers may know who took it since.
            let Some(all) = find(tx, context, &Who::Record(record), &held.name)? else { continue };
            let now = handoff(&all.events, instant(context, &all.events));
            if let (Some(HandoffState::Requested), Some((_, since))) = (now.state, held.queued)
                && listed.insert((all.home, place))
            {
                waiting.push(WaitingConversation {
                    record,
                    conversation: held.name,
                    since: since.into(),
                    reason: held.passed.map(Passed::reason).unwrap_or_default(),
                    accept_by: now.deadline,
                });
            }
        }
        if !found.more || after.is_none() {
            return Ok(waiting);
        }
    }
}

/// Where a conversation waits, if it does.
pub(super) fn queue_key(context: &Context<'_>, key: &Key, held: &Conversation) -> Option<Key> {
    let (skill, at) = held.queued.as_ref()?;
    let (record, place) = keys::handoff_of(key)?;
    let at = (at.0.cast_unsigned() ^ (1 << 63)).to_be_bytes();
    Some(keys::queued(skill_digest(context, skill), at, record, place))
}

fn skill_digest(context: &Context<'_>, skill: &str) -> [u8; 16] {
    context.rules.pepper.digest("skill", &[skill.as_bytes()])
}

fn act_on(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    conversation: &str,
    id: &str,
    act: HandoffAct,
    passed: Option<(Passed, u64)>,
) -> Result<HandoffOutcome, Stop> {
    let names = [conversation, id].into_iter().map(HandoffLimit::of_name);
    if let Err(why) = names.chain([act.check()]).collect::<Result<(), _>>() {
        return Ok(HandoffOutcome::Invalid { why });
    }
    let Some(found) = find(tx, context, who, conversation)? else { return Ok(HandoffOutcome::Unknown) };
    let Found { home, place, own, mut events, said, .. } = found;
    let says = passed.as_ref().map(|(_, says)| *says);
    let now = instant(context, &events);
    if let Some(event) = events.iter().find(|event| *event.order.id == *id) {
        let handoff = handoff(&events, now).into();
        return Ok(if is_same(&event.act, &act, said.get(id).copied(), says) {
            HandoffOutcome::Done { handoff }
        } else {
            HandoffOutcome::Refused { why: HandoffRefusal::IdTaken, handoff }
        });
    }
    // Whoever has it may always let go of it. That is one more act at most, as nobody can take it after that.
    let lets_go =
        matches!(act, HandoffAct::Declined { .. } | HandoffAct::Returned { .. } | HandoffAct::Closed { .. });
    if events.len() >= MAX_ACTS && !lets_go {
        return Ok(HandoffOutcome::TooMuch);
    }
    let event = HandoffEvent {
        // Acts of one instant come in the order in which they were taken in.
        order: OrderKey { time: now, sequence: u64::try_from(events.len()).ok(), id: id.into() },
        act,
    };
    events.push(event.clone());
    let next = handoff(&events, now);
    if let Some(refused) = next.refused.iter().find(|refused| refused.event == event) {
        let why = refused.why;
        events.pop();
        return Ok(HandoffOutcome::Refused { why, handoff: handoff(&events, now).into() });
    }
    let mut kept = own.unwrap_or_else(|| Conversation {
        name: conversation.into(),
        events: Vec::new(),
        passed: None,
        said: BTreeMap::new(),
        queued: None,
    });
    kept.events.push(event);
    if let Some((passed, says)) = passed {
        kept.passed = Some(passed);
        kept.said.insert(id.into(), says);
    }
    // An erasure of the record at the same time finds it.
    tx.bump_range(&hub_keys::event_range(home))?;
    let own = keys::handoff(home, place);
    if let Some(before) = queue_key(context, &own, &kept) {
        tx.delete(&before);
    }
    kept.queued = match &next.owner {
        ConversationOwner::Queue(skill) => Some((skill.clone(), Millis::from(now))),
        _ => None,
    };
    if let Some(now) = queue_key(context, &own, &kept) {
        tx.put(&now, &Marker {})?;
    }
    tx.put(&own, &kept)?;
    Ok(HandoffOutcome::Done { handoff: next.into() })
}
