//! What whoever takes a conversation is told: what was passed on is kept, what is known of the person is looked up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::channel::Channel;
use crate::journey::{Asked, ConversationOwner, Document, Packet, PacketInput, PacketSettings, handoff};
use crate::locale::Locale;
use crate::pii::Pii;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::decide::records_of;
use super::super::timelines::timeline;
use super::super::{Context, Who, profile};
use super::handoffs::{Found, HandoffRequest, find, instant};
use super::show::{Shown, ThreadSettings, threads_of};

/// How far back the packet's timeline looks, in days.
const LOOK_BACK_DAYS: i64 = 90;

/// What was passed on with a request: nothing that is known of the person besides, so that nothing of another record of hers
/// stays here when that one is erased, or turns out to be somebody else's.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Passed {
    #[serde(rename = "r")]
    reason: Box<str>,
    #[serde(rename = "s")]
    skill: Box<str>,
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    asked: Vec<Asked>,
    /// Where the transcript is.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    transcript: Option<Box<str>>,
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    accept_by: Option<DateTime<Utc>>,
    /// Where the agent works.
    #[serde(rename = "c")]
    channel: Channel,
}

impl Passed {
    pub(super) fn with(request: &HandoffRequest<'_>, accept_by: Option<DateTime<Utc>>) -> Self {
        Self {
            reason: request.reason.into(),
            skill: request.skill.into(),
            asked: request.asked.to_vec(),
            transcript: request.transcript.map(Into::into),
            accept_by,
            channel: request.channel.clone(),
        }
    }

    pub(super) fn reason(self) -> Box<str> {
        self.reason
    }
}

/// A conversation as version 1 kept it, with a whole packet: what had been passed on is kept, what had been copied out of the
/// profile is dropped. Agents worked in the call centre then, as their channel was not kept.
pub(super) fn upcast(data: &str) -> Option<String> {
    let mut data: Value = serde_json::from_str(data).ok()?;
    let held = data.as_object_mut()?;
    if let Some(Value::Object(mut packet)) = held.remove("p") {
        let mut passed = Map::new();
        for (before, now) in
            [("reason", "r"), ("skill", "s"), ("asked", "q"), ("transcript", "t"), ("accept_by", "b")]
        {
            passed.extend(packet.remove(before).map(|value| (now.to_owned(), value)));
        }
        passed.insert("c".to_owned(), Channel::CallCentre.as_str().into());
        held.insert("w".to_owned(), Value::Object(passed));
    }
    serde_json::to_string(&data).ok()
}

/// What whoever has a conversation, or is about to take it, is told: what the bot passed on with its latest request, and who
/// she is, what happened lately and what is open, as it is known now and as far as the agent's channel may see it. `None` if
/// nobody is meant, or the conversation is the bot's: then there is nobody to tell.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads and in her events of the last 90 days.
pub fn handoff_packet(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    conversation: &str,
    settings: &ThreadSettings,
    packets: &PacketSettings,
) -> Result<Option<Packet>, Stop> {
    let Some(Found { events, passed: Some(passed), .. }) = find(tx, context, who, conversation)? else {
        return Ok(None);
    };
    if handoff(&events, instant(context, &events)).owner == ConversationOwner::Bot {
        return Ok(None);
    }
    let since = context.now.checked_sub_signed(TimeDelta::days(LOOK_BACK_DAYS));
    let Some(timeline) = timeline(tx, context, who, since)? else { return Ok(None) };
    let threads = threads_of(tx, context, who, &passed.channel, settings)?.unwrap_or_default();
    let documents: Vec<&Document> = threads.iter().filter_map(Shown::document).collect();
    let fields: BTreeMap<Box<str>, Pii<Box<str>>> = profile(tx, context, who)?
        .map(|profile| profile.fields.into_iter().map(|(name, field)| (name, field.value)).collect())
        .unwrap_or_default();
    let mut consents: BTreeMap<Box<str>, (DateTime<Utc>, bool)> = BTreeMap::new();
    if let Some(record) = who.record(tx, context)? {
        for (_, record) in records_of(tx, record)? {
            for fact in &record.consents {
                let known = consents.get(&fact.purpose).copied();
                // Of a yes and a no at once the no counts.
                if known.is_none_or(|known| (known.0, !known.1) < (fact.at, !fact.granted)) {
                    consents.insert(fact.purpose.clone(), (fact.at, fact.granted));
                }
            }
        }
    }
    let up_to_now = timeline.entries().partition_point(|entry| entry.order.time <= context.now);
    let language: Option<Locale> = fields.get("locale").and_then(|locale| locale.reveal().parse().ok());
    let input = PacketInput {
        reason: &passed.reason,
        skill: &passed.skill,
        language,
        consents: consents.into_iter().map(|(purpose, (_, granted))| (purpose, granted)).collect(),
        profile: fields,
        timeline: timeline.entries().get(..up_to_now).unwrap_or_default(),
        threads: &documents,
        asked: &passed.asked,
        transcript: passed.transcript.as_deref(),
        accept_by: passed.accept_by,
    };
    Ok(Some(Packet::build(&input, packets)))
}
