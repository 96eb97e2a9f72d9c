//! Unread after so long: the next channel. Told once, whichever channel it was.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::time::{DateTime, TimeDelta, Utc};

/// How far a message got with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Progress {
    /// It left.
    Sent,
    /// It arrived.
    Delivered,
    /// The person opened it.
    Opened,
    /// The person followed a link in it.
    Clicked,
    /// The person answered it.
    Replied,
}

/// One step of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EscalationStep {
    /// Where it goes.
    pub channel: Channel,
    /// How many seconds it has to get as far as it should.
    #[serde(alias = "wait_s")]
    pub wait_seconds: u32,
    /// How far it should get. Opened and further always is enough.
    pub until: Progress,
}

/// A step that was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepSend {
    /// Its position in the plan.
    pub step: usize,
    /// When.
    pub at: DateTime<Utc>,
}

/// What became known of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepEventKind {
    /// The provider took it.
    Sent,
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link in it was followed.
    Clicked,
    /// It was answered.
    Replied,
    /// It will not arrive.
    Failed,
    /// The person wants no more of it.
    Unsubscribed,
    /// The person reported it as unwanted.
    Complained,
}

impl StepEventKind {
    const fn progress(self) -> Option<Progress> {
        match self {
            Self::Sent => Some(Progress::Sent),
            Self::Delivered => Some(Progress::Delivered),
            Self::Opened => Some(Progress::Opened),
            Self::Clicked => Some(Progress::Clicked),
            Self::Replied => Some(Progress::Replied),
            Self::Failed | Self::Unsubscribed | Self::Complained => None,
        }
    }
}

/// An event of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepEvent {
    /// The step's position in the plan.
    pub step: usize,
    /// What happened.
    #[serde(rename = "type")]
    pub kind: StepEventKind,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// When we heard of it, if later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
    /// A machine did it: a scanner, a privacy proxy. Such an event says nothing of the person.
    #[serde(default)]
    pub bot: bool,
}

/// Why a plan is at its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EscalationEnd {
    /// The person has it.
    Reached,
    /// The person wants no more.
    OptedOut,
    /// No step is left.
    Exhausted,
}

/// What to do next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Escalation {
    /// Send that step now; decide on it as on any message.
    Send {
        /// Its position in the plan.
        step: usize,
    },
    /// Ask again then.
    Wait {
        /// When the step that is under way has had its time.
        until: DateTime<Utc>,
    },
    /// Nothing more.
    Stop {
        /// Why.
        reason: EscalationEnd,
    },
}

/// What to do next in a plan, by what is known now.
///
/// A refusal on any step ends it, and so does a step that got as far as it should, or that a person opened: whoever has
/// read it in one channel is not told again in the next. A failure moves on at once, otherwise the next step comes when
/// the last one has had its time. What became known later than `now` and what machines did is not looked at.
///
/// # Complexity
/// O(s + e) in the number of sends and events.
///
/// ```
/// use throughline::messaging::{Escalation, EscalationStep, StepSend, escalate};
/// let plan: Vec<EscalationStep> = serde_json::from_str(r#"[
///     {"channel": "push", "wait_seconds": 1800, "until": "opened"},
///     {"channel": "sms", "wait_seconds": 0, "until": "delivered"}
/// ]"#)?;
/// let sent = [StepSend { step: 0, at: "2026-06-01T10:00:00Z".parse()? }];
/// assert_eq!(
///     escalate(&plan, &sent, &[], "2026-06-01T10:10:00Z".parse()?),
///     Escalation::Wait { until: "2026-06-01T10:30:00Z".parse()? },
/// );
/// assert_eq!(escalate(&plan, &sent, &[], "2026-06-01T10:30:00Z".parse()?), Escalation::Send { step: 1 });
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn escalate(
    plan: &[EscalationStep],
    sends: &[StepSend],
    events: &[StepEvent],
    now: DateTime<Utc>,
) -> Escalation {
    let known = || events.iter().filter(|event| !event.bot && event.received_at.unwrap_or(event.at) <= now);
    let sent = || sends.iter().filter(|send| send.at <= now);
    let stop = |reason| Escalation::Stop { reason };
    if known().any(|event| matches!(event.kind, StepEventKind::Unsubscribed | StepEventKind::Complained)) {
        return stop(EscalationEnd::OptedOut);
    }
    let enough = |step: usize, progress: Progress| {
        let goal = plan.get(step).map_or(Progress::Opened, |step| step.until.min(Progress::Opened));
        // A step that ought to be clicked or answered ends the plan when it is opened as well.
        progress >= goal
    };
    let reached = known().any(|event| event.kind.progress().is_some_and(|got| enough(event.step, got)))
        || sent().any(|send| enough(send.step, Progress::Sent));
    if reached {
        return stop(EscalationEnd::Reached);
    }
    let Some(last) = sent().max_by_key(|send| (send.step, send.at)) else {
        return if plan.is_empty() { stop(EscalationEnd::Exhausted) } else { Escalation::Send { step: 0 } };
    };
    let failed = known().any(|event| event.step == last.step && event.kind == StepEventKind::Failed);
    let wait = plan.get(last.step).map_or(0, |step| step.wait_seconds);
    let until = last.at.checked_add_signed(TimeDelta::seconds(i64::from(wait)));
    let next = last.step.saturating_add(1);
    match until {
        Some(until) if !failed && now < until => Escalation::Wait { until },
        _ if next < plan.len() => Escalation::Send { step: next },
        _ => stop(EscalationEnd::Exhausted),
    }
}
