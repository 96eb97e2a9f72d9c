//! Gates: what one way to reach a person says to one message.

use serde::{Deserialize, Serialize};

use super::input::{Class, Endpoint, Message, Recipient};
use super::policy::Policy;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// Where in the order of questions a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Suppression of the address, and consent.
    Consent,
    /// What the person prefers.
    Preference,
    /// Whether the channel and the address work, and the business is ready for the channel.
    Reachable,
    /// Whether the channel takes free messages now.
    ServiceWindow,
    /// Whether it is a bad time.
    QuietHours,
    /// Whether it is too much.
    FrequencyCap,
    /// Whether there is a text for the channel.
    Render,
}

impl Stage {
    /// All, in order.
    pub const ALL: [Self; 7] = [
        Self::Consent,
        Self::Preference,
        Self::Reachable,
        Self::ServiceWindow,
        Self::QuietHours,
        Self::FrequencyCap,
        Self::Render,
    ];

    /// Its stable name, which is also the rule that a refusal names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Consent => "consent",
            Self::Preference => "preference",
            Self::Reachable => "reachable",
            Self::ServiceWindow => "service_window",
            Self::QuietHours => "quiet_hours",
            Self::FrequencyCap => "frequency_cap",
            Self::Render => "render",
        }
    }

    /// Whether messages of that class pass it unasked.
    #[must_use]
    pub const fn bypassed_by(self, class: Class) -> bool {
        match class {
            Class::Transactional => matches!(self, Self::QuietHours | Self::FrequencyCap),
            Class::Service => matches!(self, Self::FrequencyCap),
            Class::Marketing => false,
        }
    }
}

/// What a gate says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Go on. With a reason where the gate has evidence to show.
    Pass(Option<Reason>),
    /// Not before that instant, for that reason. An instant that has come is a pass.
    Until(DateTime<Utc>, Reason),
    /// Not at all, for that reason.
    Block(Reason),
}

/// What a gate looks at.
#[derive(Debug, Clone, Copy)]
pub struct Context<'a> {
    /// The message.
    pub message: &'a Message,
    /// The person.
    pub recipient: &'a Recipient,
    /// The way to reach the person.
    pub endpoint: &'a Endpoint,
    /// The sender's rules.
    pub policy: &'a Policy,
    /// The instant that is asked about: that of the decision, or a later one at which the message might go.
    pub now: DateTime<Utc>,
}

/// One question of the host's own about one way to reach a person, which
/// [`decide_with`](super::decide_with()) asks beside those of this crate. The order in which gates are given makes no
/// difference, the [`Stage`] does.
///
/// # To ensure correctness
/// A pure function of its argument. Where it says [`Verdict::Until`] it says so, or blocks, at every instant before the
/// one that it names: a deferral is worked out by asking again then.
pub trait Gate {
    /// Where it stands.
    fn stage(&self) -> Stage;
    /// What it says.
    fn judge(&self, context: &Context<'_>) -> Verdict;
}
