//! The decision on one message to one person.

use std::cmp::{Ordering, Reverse};

use super::combine::{
    Candidate, Choice, Decision, Inquiry, Refusal, State, Wait, choose, of_message, ranked, refuse, stopped,
    waiting,
};
use super::gate::Gate;
use super::input::{Endpoint, Message, Recipient};
use super::judge::{Judge, Standing};
use super::policy::Policy;
use super::trace::{self, Trace};
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// How often a deferral is worked out anew before the message is given up: far more often than any person's consents,
/// sends and quiet hours change.
const MOST_STEPS: usize = 1_024;

/// Whether to send a message to a person, where and when.
///
/// The gates stand in the order of [`Stage`](super::Stage): suppression and consent, preference, reachability and
/// readiness, service window, quiet hours, caps, rendering. Then the channels are [combined](super::combine()), the
/// distance to other messages is kept, and last comes the control group.
///
/// The instant of a deferral is one at which the message goes, if nothing else happens until then: the first instant at
/// which no gate, no better channel within the patience and no competing message is in the way. What cannot go at any
/// instant, because the consent ends before the quiet hours do, is dropped.
///
/// A pure function: the same arguments give the same decision, whatever the order of endpoints, ledgers and sends. The
/// [module](super) shows it at work. Decide again at the instant of a deferral, and again before the message leaves:
/// consent may have been withdrawn meanwhile.
///
/// # Complexity
/// For `e` endpoints, `l` ledger entries, `c` caps and `n` sends O(e l + c n), and the quiet hours once; for a deferral
/// the same again at each instant at which a gate opens or closes in between.
#[must_use]
pub fn decide(message: &Message, recipient: &Recipient, policy: &Policy, now: DateTime<Utc>) -> Decision {
    decide_with(&[], message, recipient, policy, now)
}

/// The same with gates of the host's own beside those of this crate.
#[must_use]
pub fn decide_with(
    gates: &[&dyn Gate],
    message: &Message,
    recipient: &Recipient,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Decision {
    let inquiry = inquiry(message, recipient, policy, now);
    if let Some(choice) = stopped(&inquiry) {
        return of_message(choice);
    }
    Decider::new(Judge::new(message, recipient, policy, gates, now)).decide(inquiry)
}

/// A decision with everything that led to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Traced {
    /// The decision.
    pub decision: Decision,
    /// What every gate of every channel said.
    pub trace: Trace,
}

/// The same as [`decide_with`], with what every gate said of every channel at `now`, for support and audit. It takes many
/// times as long.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::messaging::{AddressId, Class, Endpoint, Message, Policy, Recipient, Whereabouts, decide_traced};
/// let message = Message::new("spring-sale", Class::Marketing, "marketing.offers".parse()?);
/// let mut person = Recipient::new(Whereabouts::Unknown);
/// person.endpoints.push(Endpoint::new(Channel::Sms, AddressId::new("a-1")));
/// let traced = decide_traced(&[], &message, &person, &Policy::default(), "2026-06-01T08:30:00Z".parse()?);
/// let table = traced.trace.to_string();
/// assert!(table.contains("consent") && table.contains("block") && table.contains("no_consent"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn decide_traced(
    gates: &[&dyn Gate],
    message: &Message,
    recipient: &Recipient,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Traced {
    let decision = decide_with(gates, message, recipient, policy, now);
    let judge = Judge::new(message, recipient, policy, gates, now);
    let decider = Decider::new(judge);
    let inquiry = inquiry(message, recipient, policy, now);
    let trace = trace::of(&decider.judge, &inquiry, &decider.order(), &decision);
    Traced { decision, trace }
}

fn inquiry<'a>(
    message: &Message,
    recipient: &'a Recipient,
    policy: &Policy,
    now: DateTime<Utc>,
) -> Inquiry<'a> {
    Inquiry {
        priority: message.priority,
        expires_at: message.expires_at,
        patience: message.patience.unwrap_or_else(|| policy.patience()),
        suppression: recipient.suppression,
        told: message.told_key.as_ref().is_some_and(|key| recipient.told.contains(key)),
        holdout: recipient.holdout,
        competing: &recipient.competing,
        conflict: policy.conflict(),
        ..Inquiry::new(message.class, now)
    }
}

/// Why an instant was put off, for which channel, how all stood then, and whether nothing else changes in between.
type Waited = (Wait, usize, Vec<Standing>, bool);

struct Decider<'a> {
    judge: Judge<'a>,
    endpoints: &'a [Endpoint],
    scores: Vec<f64>,
}

impl<'a> Decider<'a> {
    fn new(judge: Judge<'a>) -> Self {
        let endpoints = &*judge.recipient.endpoints;
        let score = |endpoint| score(endpoint, judge.message, judge.policy);
        let scores = endpoints.iter().map(score).collect();
        Self { judge, endpoints, scores }
    }

    fn standings(&self, at: DateTime<Utc>) -> Vec<Standing> {
        self.endpoints.iter().map(|endpoint| self.judge.standing(endpoint, at)).collect()
    }

    /// The standings at a later instant, where nothing but what the gates have asked to wait for changes before it.
    fn later(&self, before: &[Standing], at: DateTime<Utc>) -> Vec<Standing> {
        let one = |(standing, endpoint): (&Standing, &Endpoint)| match standing.state {
            State::Opens(then) if then == at => Standing { state: State::Open, why: None },
            State::Opens(then) if then > at => standing.clone(),
            State::Shut if !self.judge.has_own() => standing.clone(),
            _ => self.judge.standing(endpoint, at),
        };
        before.iter().zip(self.endpoints).map(one).collect()
    }

    fn candidates(&self, standings: &[Standing]) -> Vec<Candidate> {
        let both = self.scores.iter().zip(standings);
        both.map(|(score, standing)| Candidate { score: *score, state: standing.state }).collect()
    }

    /// Of two endpoints of one score: the one where the person engaged last, then the configured order of channels, then
    /// an order that depends on nothing but the endpoints themselves.
    fn tie(&self, one: usize, other: usize) -> Ordering {
        let (Some(one), Some(other)) = (self.endpoints.get(one), self.endpoints.get(other)) else {
            return Ordering::Equal;
        };
        let channels = &self.judge.policy.channels;
        let configured = |endpoint: &Endpoint| {
            channels.iter().position(|channel| *channel == endpoint.channel).unwrap_or(usize::MAX)
        };
        Reverse(one.last_engaged)
            .cmp(&Reverse(other.last_engaged))
            .then_with(|| configured(one).cmp(&configured(other)))
            .then_with(|| one.channel.cmp(&other.channel))
            .then_with(|| one.address.cmp(&other.address))
    }

    /// The endpoints with their scores, the best first.
    fn order(&self) -> Vec<(&'a Endpoint, f64)> {
        let shut = |score: &f64| Candidate { score: *score, state: State::Shut };
        let candidates: Vec<Candidate> = self.scores.iter().map(shut).collect();
        let order = ranked(&candidates, |one, other| self.tie(one, other)).into_iter();
        order
            .filter_map(|position| Some((self.endpoints.get(position)?, *self.scores.get(position)?)))
            .collect()
    }

    fn decide(&self, mut inquiry: Inquiry<'_>) -> Decision {
        let now = inquiry.now;
        // What was waited for when the instant was last put off.
        let mut waited: Option<Waited> = None;
        for step in 0..2 * MOST_STEPS {
            let at = inquiry.now;
            let standings = match &waited {
                Some((_, _, before, true)) => self.later(before, at),
                _ => self.standings(at),
            };
            let candidates = self.candidates(&standings);
            match choose(&inquiry, &candidates, |one, other| self.tie(one, other)) {
                Choice::Send(position) | Choice::Ghost(position) if at > now => {
                    return self.defer(position, at, waited.as_ref());
                }
                choice @ (Choice::Send(position) | Choice::Ghost(position)) => {
                    return self.send(position, at, matches!(choice, Choice::Ghost(_)));
                }
                Choice::Wait { channel, until, why } => {
                    // A consent may begin or end before: what follows from it is looked at when it does.
                    let change = self.judge.next_change(at, until, &standings);
                    let change = change.filter(|_| step < MOST_STEPS);
                    inquiry.now = change.unwrap_or(until);
                    waited = Some((why, channel, standings, change.is_none()));
                }
                Choice::Refuse { would_expire } => return self.refuse(would_expire, &standings, &candidates),
                other => return of_message(other),
            }
        }
        Decision::drop("no_channel")
    }

    fn send(&self, position: usize, at: DateTime<Utc>, held_out: bool) -> Decision {
        let Some(endpoint) = self.endpoints.get(position) else { return Decision::drop("no_channel") };
        let mut reasons = vec![Reason::new(if held_out { "holdout" } else { "ok" })];
        self.judge.passed(endpoint, at, &mut reasons);
        let (channel, address) = (endpoint.channel.clone(), endpoint.address.clone());
        if held_out {
            Decision::Ghost { channel, address, reasons }
        } else {
            Decision::Send { channel, address, reasons }
        }
    }

    fn defer(&self, position: usize, until: DateTime<Utc>, waited: Option<&Waited>) -> Decision {
        let Some(endpoint) = self.endpoints.get(position) else { return Decision::drop("no_channel") };
        let reasons = waited.map_or_else(Vec::new, |(why, channel, standings, _)| {
            let gate = |position: usize| {
                let (_, finding) = standings.get(position)?.why.as_ref()?;
                Some(self.judge.reason(self.endpoints.get(position)?, finding))
            };
            // The channel that opens may not be the one that was waited for: then it says itself why it was shut, unless
            // it was open and has been waiting with the other.
            match gate(position).filter(|_| *channel != position) {
                Some(reason) => vec![reason],
                None => waiting(*why, || gate(*channel).into_iter().collect()),
            }
        });
        Decision::Defer {
            channel: endpoint.channel.clone(),
            address: endpoint.address.clone(),
            until,
            reasons,
        }
    }

    fn refuse(&self, would_expire: bool, standings: &[Standing], candidates: &[Candidate]) -> Decision {
        let order = ranked(candidates, |one, other| self.tie(one, other)).into_iter();
        let refusals = order.filter_map(|position| {
            let endpoint = self.endpoints.get(position)?;
            let (stage, finding) = standings.get(position)?.why.as_ref()?;
            Some(Refusal {
                channel: endpoint.channel.clone(),
                address: endpoint.address.clone(),
                gate: stage.as_str().to_owned(),
                reason: self.judge.reason(endpoint, finding),
            })
        });
        refuse(would_expire, refusals.collect())
    }
}

fn score(endpoint: &Endpoint, message: &Message, policy: &Policy) -> f64 {
    endpoint.score.unwrap_or_else(|| policy.score.score(endpoint, message.urgency).total)
}
