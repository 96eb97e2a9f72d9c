//! From what every channel says to one decision.

use serde::{Deserialize, Serialize};

use super::gate::{Stage, Verdict};
use super::input::{AddressId, Class, PersonSuppression};
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

    fn drop(rule: &'static str) -> Self {
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

/// Another message to the same person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Competing {
    /// Its priority; the higher wins.
    pub priority: i64,
    /// When it goes or went.
    pub at: DateTime<Utc>,
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
enum State<'a> {
    Open,
    Opens { at: DateTime<Utc>, gate: Stage, reason: &'a Reason },
    Shut { gate: Stage, reason: &'a Reason },
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
/// # Complexity
/// O(c log c + g) in the number of channels and of gate answers.
#[must_use]
pub fn combine(inquiry: &Inquiry<'_>, channels: &[ChannelGates]) -> Decision {
    if inquiry.expires_at.is_some_and(|expiry| expiry <= inquiry.now) {
        return Decision::drop("expired");
    }
    if let Some(suppression) = inquiry.suppression {
        let reasons = vec![Reason::new("suppressed").evidence(suppression.as_str())];
        return Decision::Drop { reasons, channels: Vec::new() };
    }
    if inquiry.told {
        return Decision::drop("already_told");
    }
    let mut ranked: Vec<(&ChannelGates, State<'_>)> =
        channels.iter().map(|channel| (channel, state(inquiry, channel))).collect();
    ranked.sort_by(|(a, _), (b, _)| number(b.score).total_cmp(&number(a.score)));

    let in_time = |at: DateTime<Utc>| inquiry.expires_at.is_none_or(|expiry| at < expiry);
    let open = ranked.iter().find(|(_, state)| matches!(state, State::Open));
    let opening = ranked.iter().filter_map(|(channel, state)| match state {
        State::Opens { at, reason, .. } if in_time(*at) => Some((*channel, *at, *reason)),
        _ => None,
    });
    let Some((best, _)) = open else {
        return match opening.min_by_key(|(_, at, _)| *at) {
            Some((channel, until, reason)) => defer(channel, until, vec![reason.clone()]),
            None => refuse(&ranked),
        };
    };
    // A channel of a higher score than the best open one that is worth the wait; the best of them.
    let worth_it = |at: DateTime<Utc>| at - inquiry.now <= inquiry.patience;
    let better =
        opening.clone().find(|(channel, at, _)| number(channel.score) > number(best.score) && worth_it(*at));
    if let Some((channel, until, reason)) = better {
        return defer(channel, until, vec![reason.clone(), Reason::new("patience")]);
    }
    if inquiry.class == Class::Marketing
        && let Some(until) = clear_of_competition(inquiry)
    {
        if !in_time(until) {
            let reasons = vec![Reason::new("would_expire"), Reason::new("conflict")];
            return Decision::Drop { reasons, channels: Vec::new() };
        }
        return defer(best, until, vec![Reason::new("conflict")]);
    }
    let held_out = inquiry.holdout && inquiry.class != Class::Transactional;
    let mut reasons = vec![Reason::new(if held_out { "holdout" } else { "ok" })];
    reasons.extend(passed(inquiry.class, best));
    let (channel, address) = (best.channel.clone(), best.address.clone());
    if held_out {
        Decision::Ghost { channel, address, reasons }
    } else {
        Decision::Send { channel, address, reasons }
    }
}

fn state<'a>(inquiry: &Inquiry<'_>, channel: &'a ChannelGates) -> State<'a> {
    let asked = || channel.verdicts.iter().filter(|(stage, _)| !stage.bypassed_by(inquiry.class));
    let shut = asked().filter_map(|(stage, verdict)| match verdict {
        Verdict::Block(reason) => Some((*stage, reason)),
        _ => None,
    });
    if let Some((gate, reason)) = shut.min_by_key(|(stage, reason)| (*stage, reason.rule.clone())) {
        return State::Shut { gate, reason };
    }
    let waits = asked().filter_map(|(stage, verdict)| match verdict {
        Verdict::Until(at, reason) if *at > inquiry.now => Some((*at, *stage, reason)),
        _ => None,
    });
    // Of two gates that open at one instant the earlier stage is named.
    match waits.max_by_key(|(at, stage, reason)| (*at, std::cmp::Reverse((*stage, reason.rule.clone())))) {
        Some((at, gate, reason)) => State::Opens { at, gate, reason },
        None => State::Open,
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

fn defer(channel: &ChannelGates, until: DateTime<Utc>, reasons: Vec<Reason>) -> Decision {
    Decision::Defer { channel: channel.channel.clone(), address: channel.address.clone(), until, reasons }
}

fn refuse(ranked: &[(&ChannelGates, State<'_>)]) -> Decision {
    let expires = ranked.iter().any(|(_, state)| matches!(state, State::Opens { .. }));
    let channels = ranked.iter().filter_map(|(channel, state)| match state {
        State::Open => None,
        State::Opens { gate, reason, .. } | State::Shut { gate, reason } => Some(Refusal {
            channel: channel.channel.clone(),
            address: channel.address.clone(),
            gate: gate.as_str().to_owned(),
            reason: (*reason).clone(),
        }),
    });
    let rule = if expires { "would_expire" } else { "no_channel" };
    Decision::Drop { reasons: vec![Reason::new(rule)], channels: channels.collect() }
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
