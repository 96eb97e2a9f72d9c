//! The message to decide on.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::super::purpose::Purpose;
use crate::channel::Channel;
use crate::time::{DateTime, TimeDelta, Utc};

/// How strongly a message is held back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Owed to the person: a receipt, a code. Keeps no quiet hours, caps, conflicts or control group; does keep
    /// suppression and a refusal of everything on the channel.
    Transactional,
    /// About a running order or contract. Keeps everything but caps.
    Service,
    /// Everything else. Keeps everything.
    Marketing,
}

/// How its text came about, for channels that take free text only as an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageKind {
    /// Free text.
    #[default]
    FreeForm,
    /// Free text by a person of the business, who answers by hand.
    HumanReply,
    /// A text that the channel's operator has approved beforehand.
    Template,
}

/// How soon the person ought to see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// Some day this week.
    Low,
    /// Today.
    #[default]
    Normal,
    /// Within minutes.
    High,
}

/// A message to decide on.
///
/// ```
/// use throughline::messaging::{Class, Message, MessageKind, Urgency};
/// use throughline::time::TimeDelta;
/// let offer = Message {
///     category: Some("promo".into()),
///     priority: 5,
///     kind: MessageKind::Template,
///     urgency: Urgency::Low,
///     patience: Some(TimeDelta::hours(2)),
///     ..Message::new("spring-sale", Class::Marketing, "marketing.offers".parse()?)
/// };
/// assert_eq!(offer.told_key, None);
/// # Ok::<(), throughline::messaging::InvalidPurpose>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The host's id of it, no personal data.
    pub id: String,
    /// How strongly it is held back.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// What caps count it as, such as `promo`.
    pub category: Option<String>,
    /// Its priority against competing messages; the higher wins.
    pub priority: i64,
    /// How its text came about.
    pub kind: MessageKind,
    /// How soon the person ought to see it.
    pub urgency: Urgency,
    /// From when on it is pointless.
    pub expires_at: Option<DateTime<Utc>>,
    /// The fact it tells. A person who has been told a fact is not told again.
    pub told_key: Option<String>,
    /// How long it may wait for a better channel when another one is open; `None` leaves it to the policy.
    pub patience: Option<TimeDelta>,
    /// The channels it has a text for; `None` means all.
    pub written_for: Option<BTreeSet<Channel>>,
}

impl Message {
    /// A free text of normal urgency and priority 0 that never expires, tells no fact of its own, leaves its patience to
    /// the policy and has a text for each channel.
    #[must_use]
    pub fn new(id: impl Into<String>, class: Class, purpose: Purpose) -> Self {
        Self {
            id: id.into(),
            class,
            purpose,
            category: None,
            priority: 0,
            kind: MessageKind::default(),
            urgency: Urgency::default(),
            expires_at: None,
            told_key: None,
            patience: None,
            written_for: None,
        }
    }
}
