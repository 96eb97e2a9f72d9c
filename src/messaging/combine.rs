//! From what every channel says to one decision.

use std::cmp::Ordering;

use serde::{Deserialize, Serialize};

use super::gate::{Stage, Verdict};
use super::input::{AddressId, Class, Competing, PersonSuppression};
use crate::channel::Channel;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// What to do with a message. The first reason is the one that decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "decision", rename_all = "snake_case", deny_unknown_fields)]
pub enum Decision {
    /// Send it now.
    Send {
        /// Where.
        channel: Channel,
        /// To which address.
        address: AddressId,
        /// `ok`, then what allowed it.
        reasons: Vec<Reason>,
    },
    /// Decide again at that instant, not before. It is later than now and before the message expires.
    Defer {
        /// The channel that opens then.
        channel: Channel,
        /// The address there.
        address: AddressId,
        /// When to decide again.
        until: DateTime<Utc>,
        /// What it waits for.
        reasons: Vec<Reason>,
    },
    /// Do not send it.
    Drop {
        /// Why.
        reasons: Vec<Reason>,
        /// What stands in the way on each channel, the best first; empty if the message itself is the cause.
        channels: Vec<Refusal>,
    },
    /// It would be sent now, but the person is in the control group: keep the record, send nothing.
    Ghost {
        /// Where it would have gone.
        channel: Channel,
        /// To which address.
        address: AddressId,
        /// `holdout`, then what would have allowed it.
        reasons: Vec<Reason>,
    },
}

impl Decision {
    /// The reasons, the deciding one first.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        match self {
            Self::Send { reasons, .. }
            | Self::Defer { reasons, .. }
            | Self::Drop { reasons, .. }
            | Self::Ghost { reasons, .. } => reasons,
        }
    }

    pub(super) fn drop(rule: &'static str) -> Self {
        Self::Drop { reasons: vec![Reason::new(rule)], channels: Vec::new() }
    }
}

/// What stands in the way on one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The channel.
    pub channel: Channel,
    /// The address there.
    pub address: AddressId,
    /// The stage of the gate, as a name.
    pub gate: String,
    /// The gate's reason.
    pub reason: Reason,
}

/// What every gate said of one way to reach the person.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelGates {
    /// The channel.
    pub channel: Channel,
    /// The address there.
    pub address: AddressId,
    /// How good a way it is, the higher the better; what is not a number counts as 0.
    pub score: f64,
    /// What the gates said, in any order.
    pub verdicts: Vec<(Stage, Verdict)>,
}

/// What is asked, apart from the channels.
#[derive(Debug, Clone)]
pub struct Inquiry<'a> {
    /// The instant of the decision.
    pub now: DateTime<Utc>,
    /// The class of the message.
    pub class: Class,
    /// Its priority against competing messages.
    pub priority: i64,
    /// From when on it is pointless.
    pub expires_at: Option<DateTime<Utc>>,
    /// How long it may wait for a better channel.
    pub patience: TimeDelta,
    /// Why the person is sent nothing, if so.
    pub suppression: Option<PersonSuppression>,
    /// The person has been told the fact.
    pub told: bool,
    /// The person is in the control group.
    pub holdout: bool,
    /// Other messages to the person.
    pub competing: &'a [Competing],
    /// How far from one of higher priority a marketing message keeps.
    pub conflict: TimeDelta,
}

impl Inquiry<'_> {
    /// A message of that class, now, with nothing else to look at.
    #[must_use]
    pub const fn new(class: Class, now: DateTime<Utc>) -> Self {
        Self {
            now,
            class,
            priority: 0,
            expires_at: None,
            patience: TimeDelta::zero(),
            suppression: None,
            told: false,
            holdout: false,
            competing: &[],
            conflict: TimeDelta::zero(),
        }
    }
}

/// One channel's answer, gates taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    Open,
    Opens(DateTime<Utc>),
    Shut,
}

/// A channel as far as the choice among them is concerned.
#[derive(Debug, Clone, Copy)]
pub(super) struct Candidate {
    pub(super) score: f64,
    pub(super) state: State,
}

/// What a message waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    Gate,
    Patience,
    Conflict,
}

/// A decision by the positions of channels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Choice {
    Expired,
    Suppressed(PersonSuppression),
    AlreadyTold,
    Send(usize),
    Ghost(usize),
    Wait {
        channel: usize,
        until: DateTime<Utc>,
        why: Wait,
    },
    /// The distance to another message would be kept only when this one has expired.
    ConflictExpires,
    Refuse {
        would_expire: bool,
    },
}

/// One decision from what the gates of every channel said.
///
/// 1. Expired, a suppressed person, a fact already told: drop.
/// 2. A channel is shut if any gate blocks it (the first one is named), and otherwise opens at the latest instant
///    that a gate asks for. Gates that the class [bypasses](Stage::bypassed_by) are not asked.
/// 3. The best open channel sends, unless a better one opens within the patience: then the message waits for that one.
///    Without an open channel it waits for the first to open. What would open only when the message has expired
///    drops it as `would_expire`; nothing to wait for, as `no_channel`.
/// 4. Marketing keeps its distance from messages of higher priority. Last, the control group.
///
/// Ties go to the channel that comes first in the list.
///
/// It takes every instant as it was given. [`decide`](super::decide()) asks the gates again at each, so that the instant
/// it names is one at which the message can go.
///
/// # Complexity
/// O(c log c + g) in the number of channels and of gate answers.
#[must_use]
pub fn combine(inquiry: &Inquiry<'_>, channels: &[ChannelGates]) -> Decision {
    let answers: Vec<Gates<'_>> = channels.iter().map(|channel| gates(inquiry, channel)).collect();
    let candidates: Vec<Candidate> = channels
        .iter()
        .zip(&answers)
        .map(|(channel, gates)| Candidate { score: channel.score, state: gates.state })
        .collect();
    let choice = choose(inquiry, &candidates, |_, _| Ordering::Equal);
    let reason = |position: usize| {
        let why = answers.get(position).and_then(|gates| gates.why);
        why.map(|(_, reason)| reason.clone()).into_iter().collect::<Vec<Reason>>()
    };
    let place = |position: usize| channels.get(position).map(|channel| (channel, channel.address.clone()));
    match choice {
        Choice::Send(position) | Choice::Ghost(position) => {
            let Some((channel, address)) = place(position) else { return Decision::drop("no_channel") };
            let held_out = matches!(choice, Choice::Ghost(_));
            let mut reasons = vec![Reason::new(if held_out { "holdout" } else { "ok" })];
            reasons.extend(passed(inquiry.class, channel));
            let channel = channel.channel.clone();
            if held_out {
                Decision::Ghost { channel, address, reasons }
            } else {
                Decision::Send { channel, address, reasons }
            }
        }
        Choice::Wait { channel: position, until, why } => {
            let Some((channel, address)) = place(position) else { return Decision::drop("no_channel") };
            let reasons = waiting(why, || reason(position));
            Decision::Defer { channel: channel.channel.clone(), address, until, reasons }
        }
        Choice::Refuse { would_expire } => {
            let refusals = ranked(&candidates, |_, _| Ordering::Equal).into_iter().filter_map(|position| {
                let (channel, address) = place(position)?;
                let (gate, reason) = answers.get(position)?.why?;
                let (gate, reason) = (gate.as_str().to_owned(), reason.clone());
                Some(Refusal { channel: channel.channel.clone(), address, gate, reason })
            });
            refuse(would_expire, refusals.collect())
        }
        other => of_message(other),
    }
}

/// The reasons of a deferral.
pub(super) fn waiting(why: Wait, gate: impl FnOnce() -> Vec<Reason>) -> Vec<Reason> {
    match why {
        Wait::Gate => gate(),
        Wait::Patience => {
            let mut reasons = gate();
            reasons.push(Reason::new("patience"));
            reasons
        }
        Wait::Conflict => vec![Reason::new("conflict")],
    }
}

pub(super) fn refuse(would_expire: bool, channels: Vec<Refusal>) -> Decision {
    let rule = if would_expire { "would_expire" } else { "no_channel" };
    Decision::Drop { reasons: vec![Reason::new(rule)], channels }
}

/// The decision where the message itself is the cause.
pub(super) fn of_message(choice: Choice) -> Decision {
    match choice {
        Choice::Expired => Decision::drop("expired"),
        Choice::AlreadyTold => Decision::drop("already_told"),
        Choice::Suppressed(suppression) => {
            let reasons = vec![Reason::new("suppressed").evidence(suppression.as_str())];
            Decision::Drop { reasons, channels: Vec::new() }
        }
        Choice::ConflictExpires => {
            let reasons = vec![Reason::new("would_expire"), Reason::new("conflict")];
            Decision::Drop { reasons, channels: Vec::new() }
        }
        _ => Decision::drop("no_channel"),
    }
}

/// The causes that concern the message and not its channels, if one stops it.
pub(super) fn stopped(inquiry: &Inquiry<'_>) -> Option<Choice> {
    if inquiry.expires_at.is_some_and(|expiry| expiry <= inquiry.now) {
        return Some(Choice::Expired);
    }
    if let Some(suppression) = inquiry.suppression {
        return Some(Choice::Suppressed(suppression));
    }
    inquiry.told.then_some(Choice::AlreadyTold)
}

/// The rules of [`combine`] over what the channels come to. `tie` orders channels of one score, the better first; those
/// that it calls equal stand in the order given.
pub(super) fn choose(
    inquiry: &Inquiry<'_>,
    channels: &[Candidate],
    tie: impl Fn(usize, usize) -> Ordering,
) -> Choice {
    if let Some(choice) = stopped(inquiry) {
        return choice;
    }
    let better = |(a, one): &(usize, &Candidate), (b, other): &(usize, &Candidate)| {
        number(other.score).total_cmp(&number(one.score)).then_with(|| tie(*a, *b)).then(a.cmp(b))
    };
    let in_time = |at: DateTime<Utc>| inquiry.expires_at.is_none_or(|expiry| at < expiry);
    let open = channels.iter().enumerate().filter(|(_, channel)| channel.state == State::Open);
    let opening = channels.iter().enumerate().filter_map(|(position, channel)| match channel.state {
        State::Opens(at) if in_time(at) => Some((at, (position, channel))),
        _ => None,
    });
    let Some((best, winner)) = open.min_by(better) else {
        let first = opening.min_by(|(at, one), (then, other)| at.cmp(then).then_with(|| better(one, other)));
        return first.map_or_else(
            || {
                let would_expire = channels.iter().any(|channel| matches!(channel.state, State::Opens(_)));
                Choice::Refuse { would_expire }
            },
            |(until, (channel, _))| Choice::Wait { channel, until, why: Wait::Gate },
        );
    };
    // The best of the channels of a higher score than the best open one that are worth the wait.
    let worth_it = |(at, (_, channel)): &(DateTime<Utc>, (usize, &Candidate))| {
        number(channel.score) > number(winner.score) && *at - inquiry.now <= inquiry.patience
    };
    if let Some((until, (channel, _))) =
        opening.filter(worth_it).min_by(|(_, one), (_, other)| better(one, other))
    {
        return Choice::Wait { channel, until, why: Wait::Patience };
    }
    if inquiry.class == Class::Marketing
        && let Some(until) = clear_of_competition(inquiry)
    {
        return if in_time(until) {
            Choice::Wait { channel: best, until, why: Wait::Conflict }
        } else {
            Choice::ConflictExpires
        };
    }
    if inquiry.holdout && inquiry.class != Class::Transactional {
        Choice::Ghost(best)
    } else {
        Choice::Send(best)
    }
}

/// The positions of channels, the best first.
pub(super) fn ranked(channels: &[Candidate], tie: impl Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut ranked: Vec<(usize, f64)> =
        channels.iter().enumerate().map(|(position, channel)| (position, number(channel.score))).collect();
    ranked.sort_by(|(a, one), (b, other)| other.total_cmp(one).then_with(|| tie(*a, *b)).then(a.cmp(b)));
    ranked.into_iter().map(|(position, _)| position).collect()
}

/// The gates of one channel taken together.
struct Gates<'a> {
    state: State,
    why: Option<(Stage, &'a Reason)>,
}

fn gates<'a>(inquiry: &Inquiry<'_>, channel: &'a ChannelGates) -> Gates<'a> {
    let asked = || channel.verdicts.iter().filter(|(stage, _)| !stage.bypassed_by(inquiry.class));
    let shut = asked().filter_map(|(stage, verdict)| match verdict {
        Verdict::Block(reason) => Some((*stage, reason)),
        _ => None,
    });
    if let Some(why) = shut.min_by_key(|(stage, reason)| (*stage, reason.rule.clone())) {
        return Gates { state: State::Shut, why: Some(why) };
    }
    let waits = asked().filter_map(|(stage, verdict)| match verdict {
        Verdict::Until(at, reason) if *at > inquiry.now => Some((*at, *stage, reason)),
        _ => None,
    });
    // Of two gates that open at one instant the earlier stage is named.
    match waits.max_by_key(|(at, stage, reason)| (*at, std::cmp::Reverse((*stage, reason.rule.clone())))) {
        Some((at, gate, reason)) => Gates { state: State::Opens(at), why: Some((gate, reason)) },
        None => Gates { state: State::Open, why: None },
    }
}

/// What the gates that the message passed had to show, by stage.
fn passed(class: Class, channel: &ChannelGates) -> Vec<Reason> {
    let mut shown: Vec<(Stage, &Reason)> = channel
        .verdicts
        .iter()
        .filter_map(|(stage, verdict)| match verdict {
            Verdict::Pass(Some(reason)) if !stage.bypassed_by(class) => Some((*stage, reason)),
            _ => None,
        })
        .collect();
    shown.sort_by(|(a, one), (b, other)| a.cmp(b).then_with(|| one.rule.cmp(&other.rule)));
    shown.into_iter().map(|(_, reason)| reason.clone()).collect()
}

/// The first instant that is far enough from every competing message, if now is not.
fn clear_of_competition(inquiry: &Inquiry<'_>) -> Option<DateTime<Utc>> {
    let higher = || inquiry.competing.iter().filter(|other| other.priority > inquiry.priority);
    let too_near = |at: DateTime<Utc>| {
        higher().filter(|other| (other.at - at).abs() < inquiry.conflict).map(|other| other.at).max()
    };
    let mut clear = None;
    let mut at = inquiry.now;
    // Every round passes at least one more of them.
    for _ in 0..=inquiry.competing.len() {
        let Some(other) = too_near(at) else { break };
        at = other.checked_add_signed(inquiry.conflict)?;
        clear = Some(at);
    }
    clear
}

fn number(score: f64) -> f64 {
    if score.is_nan() { 0.0 } else { score + 0.0 }
}
