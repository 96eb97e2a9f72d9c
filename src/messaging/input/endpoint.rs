//! One way to reach a person, and how that went so far.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::consent::{ConsentRecord, Suppression};
use crate::channel::Channel;
use crate::pii::Pii;
use crate::time::{DateTime, TimeDelta, Utc};

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

/// What came of the messages sent to an endpoint in the last [`Engagement::DAYS`] days. Machines' opens are left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Engagement {
    /// Messages sent there.
    pub sent: u32,
    /// Of these, delivered.
    pub delivered: u32,
    /// Of these, opened, clicked or answered by a person.
    pub engaged: u32,
}

impl Engagement {
    /// How many days back engagement counts: half a year.
    pub const DAYS: i64 = 183;

    /// Counts what happened in the last [`Engagement::DAYS`] days, now included: each message once, whatever the order
    /// and however often a report came. What a person opened counts as delivered too. Also tells when a person last
    /// engaged there, in that time.
    ///
    /// # Complexity
    /// O(n log n) in the number of interactions.
    ///
    /// ```
    /// use throughline::messaging::{Engagement, Interaction, InteractionKind::*};
    /// let at = "2026-05-01T12:00:00Z".parse()?;
    /// let seen = |message, kind, bot| Interaction { message, kind, at, bot };
    /// let log = [seen("m1", Sent, false), seen("m1", Opened, true), seen("m2", Sent, false), seen("m2", Clicked, false)];
    /// let (figures, last) = Engagement::over(log, "2026-06-01T12:00:00Z".parse()?);
    /// assert_eq!(figures, Engagement { sent: 2, delivered: 1, engaged: 1 });
    /// assert_eq!(last, Some(at));
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn over<'a>(
        interactions: impl IntoIterator<Item = Interaction<'a>>,
        now: DateTime<Utc>,
    ) -> (Self, Option<DateTime<Utc>>) {
        let mut messages: BTreeMap<&str, [bool; 3]> = BTreeMap::new();
        let mut last = None;
        for interaction in interactions {
            let age = now - interaction.at;
            if interaction.bot || age < TimeDelta::zero() || age >= TimeDelta::days(Self::DAYS) {
                continue;
            }
            let [sent, delivered, engaged] = messages.entry(interaction.message).or_default();
            match interaction.kind {
                InteractionKind::Sent => *sent = true,
                InteractionKind::Delivered => *delivered = true,
                InteractionKind::Opened | InteractionKind::Clicked | InteractionKind::Replied => {
                    *engaged = true;
                    last = last.max(Some(interaction.at));
                }
            }
        }
        let mut figures = Self::default();
        for [sent, delivered, engaged] in messages.into_values() {
            // A report may come without the record of the sending.
            figures.sent = figures.sent.saturating_add(u32::from(sent || delivered || engaged));
            figures.delivered = figures.delivered.saturating_add(u32::from(delivered || engaged));
            figures.engaged = figures.engaged.saturating_add(u32::from(engaged));
        }
        (figures, last)
    }
}

/// What happened to a message sent to an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InteractionKind {
    /// It was sent.
    Sent,
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// It was answered.
    Replied,
}

/// One line of the log that [`Engagement::over`] counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interaction<'a> {
    /// The message.
    pub message: &'a str,
    /// What happened to it.
    pub kind: InteractionKind,
    /// When.
    pub at: DateTime<Utc>,
    /// A machine did it: a scanner, a privacy proxy.
    pub bot: bool,
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
    /// How good a way it is by the host's own reckoning, the higher the better; what is not a number counts as 0.
    /// `None` leaves it to the policy's [score](super::super::ScoreWeights).
    pub score: Option<f64>,
    /// What came of the messages sent there.
    pub engagement: Engagement,
    /// When the person last opened, clicked or replied there; breaks ties of the score.
    pub last_engaged: Option<DateTime<Utc>>,
    /// When the person last wrote to us there.
    pub last_inbound: Option<DateTime<Utc>>,
    /// What one message there costs, in minor units of the sender's currency; `None` leaves it to the policy.
    pub cost: Option<u32>,
    /// Whether the address is suppressed.
    pub suppression: Option<Suppression>,
    /// What was said about this very address, whoever holds it. Joined with the person's ledgers.
    pub ledger: Vec<ConsentRecord>,
}

impl Endpoint {
    /// A reachable, unverified endpoint with no history.
    #[must_use]
    pub const fn new(channel: Channel, address: AddressId) -> Self {
        Self {
            channel,
            address,
            verified: false,
            reachable: true,
            score: None,
            engagement: Engagement { sent: 0, delivered: 0, engaged: 0 },
            last_engaged: None,
            last_inbound: None,
            cost: None,
            suppression: None,
            ledger: Vec::new(),
        }
    }
}
