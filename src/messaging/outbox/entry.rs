//! One message to one person in one channel, as the outbox keeps it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::identifier::ValueHash;
use crate::ids::{CommandId, OutboxKey, RecordId};
use crate::keyed::Pepper;
use crate::messaging::delivery::{DeliveryLog, DeliveryState};
use crate::messaging::kpi::KpiGroup;
use crate::messaging::rendered::Rendered;
use crate::messaging::{AddressId, Class, EscalationStep, Message, MessageKind, Purpose, Urgency};
use crate::pii::Pii;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// The key of a message to a person at a step in a channel, in a class of attempts. Whoever asks for the same again gets
/// the same key, so the outbox holds it once, and so does a provider that honours idempotency keys. A message that is to
/// be sent again on purpose is another class of attempts.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::ids::RecordId;
/// use throughline::keyed::Pepper;
/// use throughline::messaging::outbox::outbox_key;
/// let (pepper, person) = (Pepper::new(b"from your secret manager"), RecordId::from_bytes([1; 16]));
/// let key = |class| outbox_key(&pepper, "ready-4711", person, "first", &Channel::Sms, class);
/// assert_eq!(key("first"), key("first"));
/// assert_ne!(key("first"), key("asked to repeat"));
/// ```
#[must_use]
pub fn outbox_key(
    pepper: &Pepper,
    message: &str,
    person: RecordId,
    step: &str,
    channel: &Channel,
    attempt_class: &str,
) -> OutboxKey {
    let parts: [&[u8]; 5] = [
        message.as_bytes(),
        person.as_bytes(),
        step.as_bytes(),
        channel.as_str().as_bytes(),
        attempt_class.as_bytes(),
    ];
    OutboxKey::from_bytes(pepper.digest("outbox", &parts))
}

/// A [`Message`] as an entry keeps it, to decide on it again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryMessage {
    /// The host's id of it.
    pub id: String,
    /// How strongly it is held back.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// What caps count it as.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Its priority against competing messages.
    #[serde(default)]
    pub priority: i64,
    /// How its text came about.
    #[serde(default)]
    pub kind: MessageKind,
    /// How soon the person ought to see it.
    #[serde(default)]
    pub urgency: Urgency,
    /// From when on it is pointless.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
    /// The fact it tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told_key: Option<String>,
    /// How long it may wait for a better channel, in milliseconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience_ms: Option<i64>,
}

impl From<&Message> for EntryMessage {
    fn from(message: &Message) -> Self {
        Self {
            id: message.id.clone(),
            class: message.class,
            purpose: message.purpose.clone(),
            category: message.category.clone(),
            priority: message.priority,
            kind: message.kind,
            urgency: message.urgency,
            expires_at: message.expires_at,
            told_key: message.told_key.clone(),
            patience_ms: message.patience.map(|patience| patience.num_milliseconds()),
        }
    }
}

impl EntryMessage {
    /// The message, written for these channels.
    #[must_use]
    pub fn to_message(&self, channels: impl IntoIterator<Item = Channel>) -> Message {
        Message {
            category: self.category.clone(),
            priority: self.priority,
            kind: self.kind,
            urgency: self.urgency,
            expires_at: self.expires_at,
            told_key: self.told_key.clone(),
            patience: self.patience_ms.and_then(TimeDelta::try_milliseconds),
            written_for: Some(channels.into_iter().collect()),
            ..Message::new(self.id.clone(), self.class, self.purpose.clone())
        }
    }
}

/// Where an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case", deny_unknown_fields)]
pub enum EntryState {
    /// To be sent from then on.
    Queued {
        /// When.
        due: DateTime<Utc>,
    },
    /// The decision was to decide again then.
    Waiting {
        /// When.
        until: DateTime<Utc>,
    },
    /// A worker is sending it. When the lease has ended it is anybody's again.
    Claimed {
        /// When the lease ends.
        until: DateTime<Utc>,
        /// The claim's own name: who settles it has to know it.
        token: CommandId,
    },
    /// The provider accepted it.
    Sent {
        /// When we learned of it.
        at: DateTime<Utc>,
    },
    /// It will not be sent: the provider refuses it, or every attempt failed.
    Failed {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It may not be sent any more.
    Cancelled {
        /// Since when.
        at: DateTime<Utc>,
    },
    /// It came to be pointless.
    Expired {
        /// Since when.
        at: DateTime<Utc>,
    },
}

impl EntryState {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Waiting { .. } => "waiting",
            Self::Claimed { .. } => "claimed",
            Self::Sent { .. } => "sent",
            Self::Failed { .. } => "failed",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
        }
    }

    /// When something is to be done about it next; `None` if nothing is.
    #[must_use]
    pub const fn due(&self) -> Option<DateTime<Utc>> {
        match self {
            Self::Queued { due } => Some(*due),
            Self::Waiting { until } | Self::Claimed { until, .. } => Some(*until),
            Self::Sent { .. } | Self::Failed { .. } | Self::Cancelled { .. } | Self::Expired { .. } => None,
        }
    }

    /// Whether it may still be sent.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.due().is_some()
    }
}

/// Which step of a plan of [escalation](crate::messaging::escalate) an entry is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryPlan {
    /// The name of the plan's first step.
    pub first: String,
    /// Its position in the plan.
    pub position: usize,
    /// The plan, to ask before it is sent whether an earlier step has reached the person meanwhile.
    pub steps: Vec<EscalationStep>,
}

impl EntryPlan {
    /// The name of the step at a position of a plan whose first step has that name.
    #[must_use]
    pub fn step(first: &str, position: usize) -> String {
        if position == 0 { first.to_owned() } else { format!("{first}/{position}") }
    }
}

/// One message to one person in one channel. `Debug` shows neither texts nor addresses.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Its key, of which the provider's idempotency key is made.
    pub key: OutboxKey,
    /// A record of the person.
    pub who: RecordId,
    /// The message.
    pub message: EntryMessage,
    /// The step of the message's plan.
    pub step: String,
    /// The class of attempts.
    pub attempt_class: String,
    /// Its place in a plan of escalation, if it is a later step of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plan: Option<EntryPlan>,
    /// The channel.
    pub channel: Channel,
    /// The address, by its opaque id.
    pub address: AddressId,
    /// The texts, one for each channel that it may go by.
    pub contents: BTreeMap<Channel, Rendered>,
    /// The variant of the text, if it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The segment that the person is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// The keyed hash of the fact that it tells: told to a person once.
    pub fact: ValueHash,
    /// When it was put into the outbox.
    pub created_at: DateTime<Utc>,
    /// Where it stands.
    pub state: EntryState,
    /// How often it was claimed.
    #[serde(default)]
    pub attempts: u32,
    /// An attempt ended without an answer: it may have been sent.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uncertain: bool,
    /// Since when it counts among the person's sends: its first claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub booked_at: Option<DateTime<Utc>>,
    /// The provider's id of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub provider_id: Option<Pii<String>>,
    /// Why it stands where it stands, the deciding reason first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// What was reported on it.
    #[serde(default, skip_serializing_if = "DeliveryLog::is_empty")]
    pub log: DeliveryLog,
}

impl Entry {
    /// Whether it was surely not sent.
    #[must_use]
    pub fn is_surely_unsent(&self) -> bool {
        let claimed_or_sent = matches!(self.state, EntryState::Claimed { .. } | EntryState::Sent { .. });
        !claimed_or_sent && !self.uncertain && !self.log.shows_sent()
    }

    /// What was reported on it, joined.
    #[must_use]
    pub fn delivery(&self) -> DeliveryState {
        self.log.state()
    }

    /// The group in which it is counted.
    #[must_use]
    pub fn kpi_group(&self) -> KpiGroup {
        KpiGroup {
            message: self.message.id.clone(),
            variant: self.variant.clone().or_else(|| {
                let text = self.contents.get(&self.channel)?;
                text.fields.get(Rendered::VARIANT).cloned()
            }),
            channel: self.channel.clone(),
            segment: self.segment.clone(),
        }
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("key", &self.key)
            .field("message", &self.message.id)
            .field("channel", &self.channel)
            .field("state", &self.state)
            .field("attempts", &self.attempts)
            .field("uncertain", &self.uncertain)
            .field("reasons", &self.reasons)
            .finish_non_exhaustive()
    }
}
