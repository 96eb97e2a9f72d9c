//! What a person was told, and how a message fared.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::OutboxKey;
use crate::messaging::Rendered;
use crate::messaging::delivery::DeliveryState;
use crate::messaging::kpi::{Kpi, KpiFold, KpiGroup};
use crate::messaging::outbox::{Entry, EntryState};
use crate::reason::Reason;
use crate::store::{Key, Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

use super::super::scan::each;
use super::super::stored::Marker;
use super::super::{Context, Who, keys, members};
use super::entries;

/// A message that was not to be sent, and why: the latest such decision for each step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unsent {
    /// The host's id of the message.
    pub message: String,
    /// The step.
    pub step: String,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// She was in the control group; it would have gone by this channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ghost: Option<Channel>,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Stored for Unsent {
    const KIND: &'static str = "unsent_message";
    const VERSION: u16 = 1;
}

/// One message to her.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageToldOf {
    /// Its entry.
    pub entry: OutboxKey,
    /// The host's id of the message.
    pub message: String,
    /// The step.
    pub step: String,
    /// The channel.
    pub channel: Channel,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// Where it stands.
    pub state: EntryState,
    /// What was reported on it.
    pub delivery: DeliveryState,
    /// Why it stands there.
    pub reasons: Vec<Reason>,
    /// Its text.
    pub rendered: Option<Rendered>,
}

impl MessageToldOf {
    fn of(mut entry: Entry) -> Self {
        let rendered = entry.contents.remove(&entry.channel);
        Self {
            entry: entry.key,
            delivery: entry.delivery(),
            message: entry.message.id,
            step: entry.step,
            channel: entry.channel,
            created_at: entry.created_at,
            state: entry.state,
            reasons: entry.reasons,
            rendered,
        }
    }

    /// Whether the provider has accepted it.
    #[must_use]
    pub const fn is_sent(&self) -> bool {
        matches!(self.state, EntryState::Sent { .. })
    }
}

/// What a person was told, is about to be told, and was not told.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Messages {
    /// Her messages, the oldest first.
    pub messages: Vec<MessageToldOf>,
    /// What was not to be sent, the oldest first.
    pub unsent: Vec<Unsent>,
}

/// Everything that she was told through the outbox, for whoever talks to her; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her messages.
pub fn messages(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<Messages>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut found = Messages::default();
    for id in members::cluster(tx, record)?.0 {
        for key in index(tx, &keys::entries_to(id))? {
            found.messages.extend(entries::get(tx, key)?.map(MessageToldOf::of));
        }
        each::<Unsent>(tx, &keys::all_unsent(id), |_, unsent| found.unsent.push(unsent))?;
    }
    found.messages.sort_by_key(|message| (message.created_at, message.entry));
    found.unsent.sort_by(|a, b| (a.at, &a.message, &a.step).cmp(&(b.at, &b.message, &b.step)));
    Ok(Some(found))
}

/// The key figures of a message by variant, channel and segment. Those of erased people are gone with them.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the entries of the message.
pub fn kpi(tx: &mut Tx<'_>, context: &Context<'_>, message: &str) -> Result<BTreeMap<KpiGroup, Kpi>, Stop> {
    let mut fold = KpiFold::default();
    for key in index(tx, &keys::entries_with(entries::message(context, message)))? {
        if let Some(entry) = entries::get(tx, key)? {
            fold.add(key, &entry.kpi_group(), &entry.log);
        }
    }
    Ok(fold.table())
}

/// The entries of an index.
pub(super) fn index(tx: &mut Tx<'_>, prefix: &Key) -> Result<Vec<OutboxKey>, Stop> {
    let mut found = Vec::new();
    each::<Marker>(tx, prefix, |key, _| found.extend(keys::entry_of(&key)))?;
    Ok(found)
}
