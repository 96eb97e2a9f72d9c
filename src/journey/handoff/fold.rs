//! Who has a conversation, from what happened.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::OrderKey;
use crate::time::{DateTime, TimeDelta, Utc};

/// Who has a conversation. `Debug` does not name an agent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationOwner {
    /// The bot.
    Bot,
    /// Those of a skill: nobody in particular yet.
    Queue(Box<str>),
    /// A person on our side, by the host's id.
    Agent(Box<str>),
}

impl fmt::Debug for ConversationOwner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bot => f.write_str("Bot"),
            Self::Queue(skill) => write!(f, "Queue({skill})"),
            Self::Agent(_) => f.write_str("Agent(..)"),
        }
    }
}

/// What somebody does about a conversation. `Debug` does not name an agent.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum HandoffAct {
    /// The bot asks for a person.
    Requested {
        /// Of which skill.
        skill: Box<str>,
        /// Until when, at the latest, somebody is to accept; for ever if nothing is said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        accept_by: Option<DateTime<Utc>>,
        /// How many seconds after accepting, at the most, the first answer may take.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        start_within_seconds: Option<u32>,
    },
    /// An agent takes it.
    Accepted {
        /// Who.
        agent: Box<str>,
    },
    /// An agent does not, or not any more before the first answer.
    Declined {
        /// Who.
        agent: Box<str>,
    },
    /// The agent gives the first answer.
    Started {
        /// Who.
        agent: Box<str>,
    },
    /// The agent gives it back to the bot, which may speak again.
    Returned {
        /// Who.
        agent: Box<str>,
    },
    /// The agent ends it.
    Closed {
        /// Who.
        agent: Box<str>,
    },
}

impl fmt::Debug for HandoffAct {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Requested { .. } => "Requested",
            Self::Accepted { .. } => "Accepted",
            Self::Declined { .. } => "Declined",
            Self::Started { .. } => "Started",
            Self::Returned { .. } => "Returned",
            Self::Closed { .. } => "Closed",
        })
    }
}

/// One act, in its place in time.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HandoffEvent {
    /// Its place in the total order.
    pub order: OrderKey,
    /// What was done.
    pub act: HandoffAct,
}

/// Where a hand-off stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffState {
    /// It waits in a queue.
    Requested,
    /// An agent has it and has not answered yet.
    Accepted,
    /// An agent refused it.
    Declined,
    /// Nobody took it in time, or who took it did not answer in time.
    Expired,
    /// An agent answers.
    Active,
    /// The bot has it back.
    Returned,
    /// It ended.
    Closed,
}

/// Why an act changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandoffRefusal {
    /// A request waits already, or an agent has it.
    AlreadyRequested,
    /// Nobody asked for a person, or the deadline is over.
    NotRequested,
    /// Another agent has it, or this one accepted before.
    AlreadyAccepted,
    /// This agent does not have it.
    NotTheOwner,
    /// Another act has that id.
    IdTaken,
}

/// An act that changes nothing, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RefusedAct {
    /// The act.
    pub event: HandoffEvent,
    /// Why.
    pub why: HandoffRefusal,
}

/// From when on somebody has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnerSince {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Who.
    pub owner: ConversationOwner,
}

/// Whether somebody may speak in a conversation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speech {
    /// Yes.
    Allowed,
    /// Only to say that somebody will come: it waits in a queue.
    HoldingOnly,
    /// No: somebody else has it.
    Refused,
}

/// Where a conversation stands between bot, queue and agents.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Handoff {
    /// How often a person was asked for.
    pub round: u32,
    /// Where the latest request stands; `None` if nobody was asked for.
    pub state: Option<HandoffState>,
    /// Who has it.
    pub owner: ConversationOwner,
    /// When it expires if nothing happens.
    pub deadline: Option<DateTime<Utc>>,
    /// Who had it from when on, the earliest first. Before that it was the bot's.
    pub owners: Vec<OwnerSince>,
    /// What changed nothing.
    pub refused: Vec<RefusedAct>,
    start_within: Option<TimeDeltaSeconds>,
}

/// Whole seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
struct TimeDeltaSeconds(u32);

impl Handoff {
    /// Who had it at an instant. O(log n).
    #[must_use]
    pub fn owner_at(&self, at: DateTime<Utc>) -> &ConversationOwner {
        let count = self.owners.partition_point(|span| span.since <= at);
        let span = count.checked_sub(1).and_then(|place| self.owners.get(place));
        span.map_or(&ConversationOwner::Bot, |span| &span.owner)
    }

    /// Whether somebody may speak now. A bot must be silent while an agent has it, and speaks again by itself when it has
    /// it back.
    #[must_use]
    pub fn may_speak(&self, speaker: &ConversationOwner) -> Speech {
        match (&self.owner, speaker) {
            (owner, speaker) if owner == speaker => Speech::Allowed,
            (ConversationOwner::Queue(_), ConversationOwner::Bot) => Speech::HoldingOnly,
            _ => Speech::Refused,
        }
    }

    fn give(&mut self, state: HandoffState, owner: ConversationOwner, at: DateTime<Utc>) {
        self.state = Some(state);
        if self.owner != owner {
            self.owners.push(OwnerSince { since: at, owner: owner.clone() });
            self.owner = owner;
        }
    }

    fn expire(&mut self, now: DateTime<Utc>) {
        if let Some(deadline) = self.deadline.filter(|deadline| *deadline < now) {
            self.deadline = None;
            // A request that came after its own deadline expires at once.
            let since = self.owners.last().map_or(deadline, |span| span.since.max(deadline));
            self.give(HandoffState::Expired, ConversationOwner::Bot, since);
        }
    }

    fn apply(&mut self, act: &HandoffAct, at: DateTime<Utc>) -> Result<(), HandoffRefusal> {
        use HandoffState::{Accepted, Active, Closed, Declined, Requested, Returned};
        let waits = self.state == Some(Requested);
        let owns = |agent: &str| matches!(&self.owner, ConversationOwner::Agent(owner) if **owner == *agent);
        let is_taken = matches!(self.owner, ConversationOwner::Agent(_));
        match act {
            HandoffAct::Requested { skill, accept_by, start_within_seconds } => {
                if waits || is_taken {
                    return Err(HandoffRefusal::AlreadyRequested);
                }
                self.round = self.round.saturating_add(1);
                self.deadline = *accept_by;
                self.start_within = start_within_seconds.map(TimeDeltaSeconds);
                self.give(Requested, ConversationOwner::Queue(skill.clone()), at);
            }
            HandoffAct::Accepted { agent } => {
                if !waits {
                    let taken = HandoffRefusal::AlreadyAccepted;
                    return Err(if is_taken { taken } else { HandoffRefusal::NotRequested });
                }
                let within = self.start_within.map(|within| TimeDelta::seconds(i64::from(within.0)));
                self.deadline = within.and_then(|within| at.checked_add_signed(within));
                self.give(Accepted, ConversationOwner::Agent(agent.clone()), at);
            }
            HandoffAct::Declined { agent } => {
                let has_accepted = self.state == Some(Accepted) && owns(agent);
                if !(waits || has_accepted) {
                    return Err(if is_taken {
                        HandoffRefusal::NotTheOwner
                    } else {
                        HandoffRefusal::NotRequested
                    });
                }
                self.deadline = None;
                self.give(Declined, ConversationOwner::Bot, at);
            }
            HandoffAct::Started { agent } | HandoffAct::Returned { agent } | HandoffAct::Closed { agent } => {
                if !owns(agent) {
                    return Err(HandoffRefusal::NotTheOwner);
                }
                self.deadline = None;
                match act {
                    HandoffAct::Started { .. } => self.state = Some(Active),
                    HandoffAct::Returned { .. } => self.give(Returned, ConversationOwner::Bot, at),
                    _ => self.give(Closed, ConversationOwner::Bot, at),
                }
            }
        }
        Ok(())
    }
}

/// Where a conversation stands at `now`. A function of the set of acts up to then: their order and repetition do not
/// matter; of acts with one event id the first in order counts. What an act may not do changes nothing and is told.
///
/// A deadline counts whether or not anybody looked when it came: an agent who accepts at that very instant is in time, one
/// who accepts later is not.
///
/// # Complexity
/// O(n log n) for n acts.
///
/// ```
/// use throughline::event::OrderKey;
/// use throughline::journey::{ConversationOwner, HandoffAct, HandoffEvent, HandoffState, Speech, handoff};
/// use throughline::time::from_millis;
/// let at = |seconds: i64, act| HandoffEvent {
///     order: OrderKey { time: from_millis(seconds * 1000), sequence: None, id: seconds.to_string().into() },
///     act,
/// };
/// let asked = HandoffAct::Requested { skill: "loans".into(), accept_by: None, start_within_seconds: None };
/// let events = [at(0, asked), at(60, HandoffAct::Accepted { agent: "a-7".into() })];
/// let before = handoff(&events, from_millis(30_000));
/// assert_eq!((before.state, before.may_speak(&ConversationOwner::Bot)), (Some(HandoffState::Requested), Speech::HoldingOnly));
/// let after = handoff(&events, from_millis(60_000));
/// assert_eq!(after.may_speak(&ConversationOwner::Bot), Speech::Refused);
/// ```
#[must_use]
pub fn handoff(events: &[HandoffEvent], now: DateTime<Utc>) -> Handoff {
    let mut sorted: Vec<&HandoffEvent> = events.iter().filter(|event| event.order.time <= now).collect();
    sorted.sort();
    let mut seen = HashSet::with_capacity(sorted.len());
    let mut handoff = Handoff {
        round: 0,
        state: None,
        owner: ConversationOwner::Bot,
        deadline: None,
        owners: Vec::new(),
        refused: Vec::new(),
        start_within: None,
    };
    for event in sorted {
        if !seen.insert(&*event.order.id) {
            continue;
        }
        handoff.expire(event.order.time);
        if let Err(why) = handoff.apply(&event.act, event.order.time) {
            handoff.refused.push(RefusedAct { event: event.clone(), why });
        }
    }
    handoff.expire(now);
    handoff
}
