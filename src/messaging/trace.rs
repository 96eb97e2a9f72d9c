//! Everything that led to a decision, as data and as a table.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::combine::{Decision, Inquiry};
use super::gate::{Stage, Verdict};
use super::input::{AddressId, Endpoint};
use super::judge::Judge;
use crate::channel::Channel;
use crate::reason::Reason;
use crate::text::pad;
use crate::time::{DateTime, Utc};

/// What every gate of every channel said of a message at an instant, the best channel first.
///
/// `Display` writes a table in plain text without an address in it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trace {
    /// The instant asked about.
    pub now: DateTime<Utc>,
    /// What was looked at of the message itself, and whether it stopped there: expiry, suppression of the person, a fact
    /// already told.
    pub message: Vec<(String, bool)>,
    /// The channels.
    pub channels: Vec<TracedChannel>,
    /// The decision in one word, and its reasons.
    pub outcome: (String, Vec<Reason>),
}

/// What the gates said of one channel.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TracedChannel {
    /// The channel.
    pub channel: Channel,
    /// The address there.
    pub address: AddressId,
    /// How good a way it is.
    pub score: f64,
    /// Every gate that was asked, in order; those that the class bypasses were not.
    pub gates: Vec<GateAnswer>,
}

/// What one gate said.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GateAnswer {
    /// Where it stands.
    pub stage: Stage,
    /// What it said.
    pub verdict: Verdict,
}

pub(super) fn of(
    judge: &Judge<'_>,
    inquiry: &Inquiry<'_>,
    endpoints: &[(&Endpoint, f64)],
    decision: &Decision,
) -> Trace {
    let message = [
        ("expired", inquiry.expires_at.is_some_and(|expiry| expiry <= inquiry.now)),
        ("suppressed", inquiry.suppression.is_some()),
        ("already_told", inquiry.told),
    ];
    let channel = |(endpoint, score): &(&Endpoint, f64)| TracedChannel {
        channel: endpoint.channel.clone(),
        address: endpoint.address.clone(),
        score: *score,
        gates: judge
            .verdicts(endpoint, inquiry.now)
            .into_iter()
            .map(|(stage, verdict)| GateAnswer { stage, verdict })
            .collect(),
    };
    let outcome = match decision {
        Decision::Send { channel, .. } => format!("send {channel}"),
        Decision::Defer { channel, until, .. } => format!("defer {channel} until {}", written(*until)),
        Decision::Drop { .. } => "drop".to_owned(),
        Decision::Ghost { channel, .. } => format!("ghost {channel}"),
    };
    Trace {
        now: inquiry.now,
        message: message.into_iter().map(|(rule, stops)| (rule.to_owned(), stops)).collect(),
        channels: endpoints.iter().map(channel).collect(),
        outcome: (outcome, decision.reasons().to_vec()),
    }
}

fn written(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true)
}

fn row(f: &mut fmt::Formatter<'_>, cells: [&str; 4], reason: &str) -> fmt::Result {
    for (cell, width) in cells.into_iter().zip([12, 7, 16, 30]) {
        write!(f, "{}  ", pad(cell, width))?;
    }
    writeln!(f, "{reason}")
}

fn why(reasons: &[&Reason]) -> String {
    let one = |reason: &&Reason| match &*reason.evidence {
        [] => reason.rule.to_string(),
        evidence => format!("{} ({})", reason.rule, evidence.join(", ")),
    };
    reasons.iter().map(one).collect::<Vec<String>>().join("; ")
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        row(f, ["channel", "score", "gate", "answer"], "reason")?;
        for (rule, stops) in &self.message {
            row(f, ["", "", rule, if *stops { "stop" } else { "pass" }], "")?;
        }
        for channel in &self.channels {
            let score = format!("{:.4}", channel.score);
            for answer in &channel.gates {
                let (verdict, reasons) = match &answer.verdict {
                    Verdict::Pass(reason) => ("pass".to_owned(), reason.as_ref()),
                    Verdict::Until(at, reason) => (format!("until {}", written(*at)), Some(reason)),
                    Verdict::Block(reason) => ("block".to_owned(), Some(reason)),
                };
                let reasons: Vec<&Reason> = reasons.into_iter().collect();
                row(f, [channel.channel.as_str(), &score, answer.stage.as_str(), &verdict], &why(&reasons))?;
            }
        }
        let (outcome, reasons) = &self.outcome;
        let reasons: Vec<&Reason> = reasons.iter().collect();
        writeln!(f, "{outcome}: {}", why(&reasons))
    }
}
