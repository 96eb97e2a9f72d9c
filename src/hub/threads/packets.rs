//! What whoever takes a conversation is told: what was passed on is kept, what is known of the person is looked up.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::channel::Channel;
use crate::ids::RecordId;
use crate::journey::{
    Asked, ConversationOwner, Document, Entry, Packet, PacketInput, PacketSettings, TimelineFilter, Turn,
    handoff,
};
use crate::locale::Locale;
use crate::messaging::{
    Class, ConsentQuestion, ConsentRecord, ConsentRule, Purpose, PurposeScope, consent_across,
};
use crate::pii::Pii;
use crate::record::{Millis, Record};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::consents::ledger;
use super::super::decide::records_of;
use super::super::timelines::timeline_page;
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
/// Of each purpose that she spoke of, it tells whether she may be told in the agent's channel, as
/// [`consent_at`](crate::hub::consent_at()) would where silence is no consent; a purpose of which nothing that she said
/// concerns that channel is left out, and what she said of every purpose is under `*`.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her threads and in what she said about consent, for each purpose of it; of her events, as pages of
/// [`timeline_page`](crate::hub::timeline_page()) that hold as many entries as are told.
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
    let entries = latest(tx, context, who, packets.entries)?;
    let threads = threads_of(tx, context, who, &passed.channel, settings)?.unwrap_or_default();
    let documents: Vec<&Document> = threads.iter().filter_map(Shown::document).collect();
    let fields: BTreeMap<Box<str>, Pii<Box<str>>> = profile(tx, context, who)?
        .map(|profile| profile.fields.into_iter().map(|(name, field)| (name, field.value)).collect())
        .unwrap_or_default();
    let consents = match who.record(tx, context)? {
        Some(record) => allowed(&records_of(tx, record)?, &passed.channel, context.now),
        None => BTreeMap::new(),
    };
    let language: Option<Locale> = fields.get("locale").and_then(|locale| locale.reveal().parse().ok());
    let input = PacketInput {
        reason: &passed.reason,
        skill: &passed.skill,
        language,
        consents,
        profile: fields,
        timeline: &entries,
        threads: &documents,
        asked: &passed.asked,
        transcript: passed.transcript.as_deref(),
        accept_by: passed.accept_by,
    };
    Ok(Some(Packet::build(&input, packets)))
}

/// Her latest events of the last days up to now, the earliest first.
fn latest(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who, wanted: usize) -> Result<Vec<Entry>, Stop> {
    let filter = TimelineFilter {
        from: context.now.checked_sub_signed(TimeDelta::days(LOOK_BACK_DAYS)),
        // Events have whole milliseconds.
        until: Some(Millis(Millis::from(context.now).0.saturating_add(1)).into()),
        ..TimelineFilter::default()
    };
    let (mut backwards, mut cursor) = (Vec::new(), None);
    while backwards.len() < wanted {
        let most = wanted.saturating_sub(backwards.len());
        let page = timeline_page(tx, context, who, &filter, cursor.as_ref(), Turn::Earlier, most)?;
        let Some(page) = page else { break };
        backwards.extend(page.entries.into_iter().rev());
        let Some(next) = page.next else { break };
        cursor = Some(next);
    }
    backwards.reverse();
    Ok(backwards)
}

/// Of each purpose that these records' ledgers speak of, whether she may be told in that channel.
fn allowed(
    records: &[(RecordId, Record)],
    channel: &Channel,
    now: DateTime<Utc>,
) -> BTreeMap<Box<str>, bool> {
    let ledgers: Vec<Vec<ConsentRecord>> = records.iter().map(|(_, record)| ledger(record)).collect();
    let answer = |ledgers: &[Vec<ConsentRecord>], purpose: &Purpose| {
        let question = ConsentQuestion {
            now,
            class: Class::Marketing,
            purpose,
            channel,
            rule: ConsentRule::OptIn,
            suppression: None,
            relationship: None,
        };
        let (_, answer) = consent_across(ledgers.iter().map(Vec::as_slice), &question);
        answer.evidence.is_some().then(|| answer.allowed())
    };
    let spoken_of: BTreeSet<&Purpose> = ledgers
        .iter()
        .flatten()
        .filter_map(|said| match &said.purpose {
            PurposeScope::Under(purpose) => Some(purpose),
            PurposeScope::All => None,
        })
        .collect();
    let one = |purpose: &Purpose| Some((purpose.as_str().into(), answer(&ledgers, purpose)?));
    let mut allowed: BTreeMap<Box<str>, bool> = spoken_of.into_iter().filter_map(one).collect();
    // What was said of everything, whatever was said of one thing since.
    let of_all = |ledger: &Vec<ConsentRecord>| {
        ledger.iter().filter(|said| said.purpose == PurposeScope::All).cloned().collect()
    };
    let of_all: Vec<Vec<ConsentRecord>> = ledgers.iter().map(of_all).collect();
    let any: Option<Purpose> = "any".parse().ok();
    if let Some(is_allowed) = any.and_then(|any| answer(&of_all, &any)) {
        allowed.insert("*".into(), is_allowed);
    }
    allowed
}
