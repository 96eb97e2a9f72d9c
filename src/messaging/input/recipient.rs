//! The person, as far as messages are concerned.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::super::consent::{ConsentRecord, Relationship};
use super::super::quiet::Whereabouts;
use super::super::readiness::ChannelHealth;
use super::Endpoint;
use crate::channel::Channel;
use crate::region::Region;
use crate::time::{DateTime, Utc};

/// Why a person is sent nothing at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonSuppression {
    /// The person has been erased, or is being erased.
    Erased,
    /// The law or a court forbids it.
    Legal,
}

impl PersonSuppression {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Erased => "erased",
            Self::Legal => "legal",
        }
    }
}

/// A message that was sent to the person, as it was when it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PastSend {
    /// When.
    pub at: DateTime<Utc>,
    /// Where.
    pub channel: Channel,
    /// What it counted as then: a later change of the message's category does not reach back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The message, for caps that count messages and not sends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether caps count it. What bypassed the caps is kept with `false` unless the sender says otherwise.
    #[serde(default = "yes", skip_serializing_if = "is_yes")]
    pub counts: bool,
}

const fn yes() -> bool {
    true
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_yes(flag: &bool) -> bool {
    *flag
}

impl PastSend {
    /// A send that counts, without a category and an id.
    #[must_use]
    pub const fn new(at: DateTime<Utc>, channel: Channel) -> Self {
        Self { at, channel, category: None, message: None, counts: true }
    }
}

/// Another message to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Competing {
    /// Its priority; the higher wins.
    pub priority: i64,
    /// When it goes or went.
    pub at: DateTime<Utc>,
}

/// A person, as far as messages are concerned.
#[derive(Clone, Default)]
pub struct Recipient {
    /// Where the person is.
    pub whereabouts: Whereabouts,
    /// The region whose rules hold.
    pub region: Option<Region>,
    /// The ways to reach the person, in any order.
    pub endpoints: Vec<Endpoint>,
    /// The consent ledgers, one for each record that makes up the person, in any order.
    pub ledgers: Vec<Vec<ConsentRecord>>,
    /// What the person chose to get where, as a ledger of its own: a refusal that covers purpose and channel shuts the
    /// channel, anything else leaves it open.
    pub preferences: Vec<ConsentRecord>,
    /// What the person bought.
    pub relationship: Option<Relationship>,
    /// Why the person is sent nothing, if so.
    pub suppression: Option<PersonSuppression>,
    /// The facts the person has been told.
    pub told: BTreeSet<String>,
    /// What the person was sent, in any order; as far back as the longest cap.
    pub sends: Vec<PastSend>,
    /// The other messages that are due or were sent to the person, this one not among them.
    pub competing: Vec<Competing>,
    /// How the channels of the business are doing, the same for everybody; a channel that is not listed counts as well.
    pub health: Arc<BTreeMap<Channel, ChannelHealth>>,
    /// The person is in the control group of this message: see [`holdout`](super::super::holdout()).
    pub holdout: bool,
}

impl Recipient {
    /// A person of whom nothing else is known.
    #[must_use]
    pub fn new(whereabouts: Whereabouts) -> Self {
        Self { whereabouts, ..Self::default() }
    }
}

impl fmt::Debug for Recipient {
    /// Counts only: what a person was told and bought is theirs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipient")
            .field("endpoints", &self.endpoints)
            .field("ledgers", &self.ledgers.len())
            .field("preferences", &self.preferences.len())
            .field("told", &self.told.len())
            .field("sends", &self.sends.len())
            .field("competing", &self.competing.len())
            .field("suppression", &self.suppression)
            .field("holdout", &self.holdout)
            .finish_non_exhaustive()
    }
}
