//! What a decision looks at: the message and the person. The caller fills these from wherever it keeps them.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::consent::{ConsentRecord, Relationship, Suppression};
use super::purpose::Purpose;
use super::quiet::Whereabouts;
use crate::channel::Channel;
use crate::pii::Pii;
use crate::region::Region;
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

/// A message to decide on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The host's id of it, no personal data.
    pub id: String,
    /// How strongly it is held back.
    pub class: Class,
    /// What it is for.
    pub purpose: Purpose,
    /// From when on it is pointless.
    pub expires_at: Option<DateTime<Utc>>,
    /// The fact it tells. A person who has been told a fact is not told again.
    pub told_key: Option<String>,
    /// How long it may wait for a better channel when another one is open.
    pub patience: TimeDelta,
    /// The channels it has a text for; `None` means all.
    pub written_for: Option<BTreeSet<Channel>>,
}

impl Message {
    /// A message that never expires, tells no fact of its own, waits for no better channel and has a text for each.
    #[must_use]
    pub fn new(id: impl Into<String>, class: Class, purpose: Purpose) -> Self {
        Self {
            id: id.into(),
            class,
            purpose,
            expires_at: None,
            told_key: None,
            patience: TimeDelta::zero(),
            written_for: None,
        }
    }
}

/// The host's opaque id of an address, such as a keyed hash. Never the address itself; all the same `Debug` shows only
/// a tag of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AddressId(Pii<String>);

impl AddressId {
    /// Takes the id.
    #[must_use]
    pub fn new(id: impl Into<String>) -> Self {
        Self(Pii::new(id.into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.reveal()
    }
}

/// One way to reach a person.
#[derive(Debug, Clone)]
pub struct Endpoint {
    /// The channel.
    pub channel: Channel,
    /// The address, by its opaque id.
    pub address: AddressId,
    /// The person has proved that the address is theirs.
    pub verified: bool,
    /// The channel is up and the address has not failed.
    pub reachable: bool,
    /// How good a way it is, the higher the better; what is not a number counts as 0.
    pub score: f64,
    /// When the person last opened, clicked or replied there; breaks ties of the score.
    pub last_engaged: Option<DateTime<Utc>>,
    /// Whether the address is suppressed.
    pub suppression: Option<Suppression>,
    /// What was said about this very address, whoever holds it. Joined with the person's ledgers.
    pub ledger: Vec<ConsentRecord>,
}

impl Endpoint {
    /// A reachable, unverified endpoint with a score of 0 and no history.
    #[must_use]
    pub const fn new(channel: Channel, address: AddressId) -> Self {
        Self {
            channel,
            address,
            verified: false,
            reachable: true,
            score: 0.0,
            last_engaged: None,
            suppression: None,
            ledger: Vec::new(),
        }
    }
}

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
    /// What the person bought.
    pub relationship: Option<Relationship>,
    /// Why the person is sent nothing, if so.
    pub suppression: Option<PersonSuppression>,
    /// The facts the person has been told.
    pub told: BTreeSet<String>,
    /// The person is in the control group of this message.
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
            .field("told", &self.told.len())
            .field("suppression", &self.suppression)
            .field("holdout", &self.holdout)
            .finish_non_exhaustive()
    }
}
