//! Gates: what one way to reach a person says to one message.

use super::consent::{ConsentQuestion, consent_across};
use super::input::{Class, Endpoint, Message, Recipient};
use super::policy::Policy;
use super::quiet::{QuietReason, quiet};
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// Where in the order of questions a gate stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Suppression of the address, and consent.
    Consent,
    /// What the person prefers.
    Preference,
    /// Whether the channel and the address work.
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
#[derive(Debug, Clone, PartialEq)]
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
    /// The instant of the decision.
    pub now: DateTime<Utc>,
}

/// One question about one way to reach a person. Must be a pure function of its argument.
///
/// A host adds its own to [`standard_gates`] and calls [`decide_with`](super::decide_with()); the order of the list
/// makes no difference, the [`Stage`] does.
pub trait Gate {
    /// Where it stands.
    fn stage(&self) -> Stage;
    /// What it says.
    fn judge(&self, context: &Context<'_>) -> Verdict;
}

/// The gates of this crate: consent, reachability, quiet hours, and whether the message is written for the channel.
#[must_use]
pub const fn standard_gates() -> [&'static dyn Gate; 4] {
    [&Consent, &Reachable, &Quiet, &Written]
}

struct Consent;

impl Gate for Consent {
    fn stage(&self) -> Stage {
        Stage::Consent
    }

    fn judge(&self, context: &Context<'_>) -> Verdict {
        let Context { message, recipient, endpoint, policy, now } = *context;
        let question = ConsentQuestion {
            now,
            class: message.class,
            purpose: &message.purpose,
            channel: &endpoint.channel,
            rule: policy.consent_rule(message.class, recipient.region),
            suppression: endpoint.suppression,
            relationship: recipient.relationship.as_ref(),
        };
        let ledgers = recipient.ledgers.iter().chain([&endpoint.ledger]).map(Vec::as_slice);
        let (_, answer) = consent_across(ledgers, &question);
        let reason = answer.to_reason();
        if answer.allowed() { Verdict::Pass(Some(reason)) } else { Verdict::Block(reason) }
    }
}

struct Reachable;

impl Gate for Reachable {
    fn stage(&self) -> Stage {
        Stage::Reachable
    }

    fn judge(&self, context: &Context<'_>) -> Verdict {
        if !context.endpoint.reachable {
            return Verdict::Block(Reason::new("unreachable"));
        }
        if !context.endpoint.verified && context.policy.verified_only.contains(&context.message.class) {
            return Verdict::Block(Reason::new("unverified"));
        }
        Verdict::Pass(None)
    }
}

struct Quiet;

impl Gate for Quiet {
    fn stage(&self) -> Stage {
        Stage::QuietHours
    }

    fn judge(&self, context: &Context<'_>) -> Verdict {
        let Context { recipient, policy, now, .. } = *context;
        let answer = quiet(policy.quiet_hours.of(recipient.region), &recipient.whereabouts, now);
        let why = answer.reason.map(QuietReason::as_str);
        match (answer.quiet, answer.until) {
            (false, _) => Verdict::Pass(why.map(Reason::new)),
            (true, Some(until)) => {
                let reason = Reason::new(Stage::QuietHours.as_str());
                Verdict::Until(until, why.into_iter().fold(reason, Reason::evidence))
            }
            (true, None) => Verdict::Block(Reason::new(why.unwrap_or(Stage::QuietHours.as_str()))),
        }
    }
}

struct Written;

impl Gate for Written {
    fn stage(&self) -> Stage {
        Stage::Render
    }

    fn judge(&self, context: &Context<'_>) -> Verdict {
        match &context.message.written_for {
            Some(channels) if !channels.contains(&context.endpoint.channel) => {
                Verdict::Block(Reason::new("missing_variant"))
            }
            _ => Verdict::Pass(None),
        }
    }
}
