//! Which messages are due now.

use serde::{Deserialize, Serialize};

use super::occurrence::{Occurrence, occurrences};
use super::{ReEntry, Signal, Trigger};
use crate::calendar::Zone;
use crate::reason::Reason;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};
use chrono::SecondsFormat;

/// What is known of a person.
#[derive(Clone, Copy, Default)]
pub struct TriggerFacts<'a> {
    /// What happened to her, in any order; what is told twice counts once.
    pub signals: &'a [Signal],
    /// Her day of birth.
    pub born: Option<NaiveDate>,
    /// Her time zone. Without one no day of the year starts anything: nobody knows when it is her morning.
    pub zone: Option<&'a Zone>,
    /// What was started before.
    pub started: &'a [Started],
}

impl std::fmt::Debug for TriggerFacts<'_> {
    /// Counts only: what happened to a person is hers.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TriggerFacts")
            .field("signals", &self.signals.len())
            .field("started", &self.started.len())
            .finish_non_exhaustive()
    }
}

/// A message that was started before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Started {
    /// The trigger.
    pub trigger: String,
    /// The subject, as [`Firing::subject`] had it.
    pub subject: String,
    /// When it was due.
    pub at: DateTime<Utc>,
}

/// A message that is due.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Firing {
    /// The trigger.
    pub trigger: String,
    /// The message.
    pub message: String,
    /// What it is about.
    pub subject: String,
    /// The step of the message: the same whenever it is asked again, another for each start. A part of the outbox's key.
    pub step: String,
    /// Since when it is due.
    pub due: DateTime<Utc>,
    /// From when on it is too late.
    pub expires: DateTime<Utc>,
    /// Why.
    pub reasons: Vec<Reason>,
}

impl Firing {
    /// What is to be remembered when it has been started.
    #[must_use]
    pub fn started(&self) -> Started {
        Started { trigger: self.trigger.clone(), subject: self.subject.clone(), at: self.due }
    }
}

struct Candidate<'t> {
    due: DateTime<Utc>,
    trigger: &'t Trigger,
    occurrence: Occurrence,
}

/// The messages that are due now, the earliest first.
///
/// A trigger starts for each subject that it waits for, after its delay, unless something called it off, unless it is too
/// late, and as often as its [re-entry](ReEntry) allows. Asking twice gives the same; asking after what was started has
/// been remembered gives what is left. The order of the signals makes no difference.
///
/// # Complexity
/// O(t s log s) for `t` triggers over `s` signals, and O(s²) for what is used up.
///
/// ```
/// use throughline::messaging::trigger::{Signal, SignalKind, Trigger, TriggerFacts, fire};
/// let triggers = Trigger::retail();
/// let left = Signal::new(SignalKind::CartAbandoned, "cart-7", "2026-06-01T10:00:00Z".parse()?);
/// let bought = Signal::new(SignalKind::OrderPlaced, "order-9", "2026-06-01T10:40:00Z".parse()?);
/// let now = "2026-06-01T11:00:00Z".parse()?;
/// let signals = [left, bought];
/// let due = fire(&triggers, &TriggerFacts { signals: &signals[..1], ..TriggerFacts::default() }, now);
/// assert_eq!(due[0].step, "cart-abandoned/cart-7");
/// // She bought it elsewhere meanwhile: only the order is news.
/// let due = fire(&triggers, &TriggerFacts { signals: &signals, ..TriggerFacts::default() }, now);
/// assert_eq!(due.iter().map(|one| &*one.trigger).collect::<Vec<_>>(), ["order-placed"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn fire(triggers: &[Trigger], facts: &TriggerFacts<'_>, now: DateTime<Utc>) -> Vec<Firing> {
    let mut started: Vec<Started> = facts.started.to_vec();
    let mut firings = Vec::new();
    for Candidate { due, trigger, occurrence } in candidates(triggers, facts, now) {
        let expires = end(trigger, due);
        if due > now || expires <= now || !may_start(trigger, &occurrence, due, &started) {
            continue;
        }
        let firing =
            Firing {
                trigger: trigger.id.clone(),
                message: trigger.message.clone(),
                step: format!("{}/{}", trigger.id, occurrence.subject),
                due,
                expires,
                reasons: vec![Reason::new("trigger").evidence(format!("trigger:{}", trigger.id)).evidence(
                    format!("since:{}", occurrence.at.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
                )],
                subject: occurrence.subject,
            };
        started.push(firing.started());
        firings.push(firing);
    }
    firings
}

/// The next instant at which [`fire`] may have more to say if nothing else happens; none if nothing waits.
#[must_use]
pub fn next_firing(
    triggers: &[Trigger],
    facts: &TriggerFacts<'_>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    candidates(triggers, facts, now)
        .into_iter()
        .filter(|one| one.due > now && may_start(one.trigger, &one.occurrence, one.due, facts.started))
        .map(|one| one.due)
        .min()
}

/// What waits or is due and was not called off, by instant, trigger and subject.
fn candidates<'t>(
    triggers: &'t [Trigger],
    facts: &TriggerFacts<'_>,
    now: DateTime<Utc>,
) -> Vec<Candidate<'t>> {
    let mut all = Vec::new();
    for trigger in triggers {
        for occurrence in occurrences(trigger, facts, now) {
            let delay = TimeDelta::seconds(i64::from(trigger.delay_seconds));
            let Some(due) = occurrence.at.checked_add_signed(delay) else { continue };
            if !called_off(trigger, &occurrence, facts, now) {
                all.push(Candidate { due, trigger, occurrence });
            }
        }
    }
    all.sort_by(|one, other| {
        (one.due, &one.trigger.id, &one.occurrence.subject).cmp(&(
            other.due,
            &other.trigger.id,
            &other.occurrence.subject,
        ))
    });
    all
}

fn called_off(
    trigger: &Trigger,
    occurrence: &Occurrence,
    facts: &TriggerFacts<'_>,
    now: DateTime<Utc>,
) -> bool {
    trigger.unless.iter().any(|unless| {
        facts.signals.iter().any(|signal| {
            signal.kind == unless.kind
                && signal.at >= occurrence.since
                && signal.at <= now
                && (!unless.same_subject || signal.subject == occurrence.of)
        })
    })
}

fn may_start(trigger: &Trigger, occurrence: &Occurrence, due: DateTime<Utc>, started: &[Started]) -> bool {
    let mut before = started.iter().filter(|one| one.trigger == trigger.id);
    match trigger.re_entry {
        ReEntry::OncePerSubject => !before.any(|one| one.subject == occurrence.subject),
        ReEntry::Once => before.next().is_none(),
        ReEntry::AfterDays(days) => {
            let pause = TimeDelta::days(i64::from(days));
            !before.any(|one| one.subject == occurrence.subject || (due - one.at).abs() < pause)
        }
    }
}

fn end(trigger: &Trigger, due: DateTime<Utc>) -> DateTime<Utc> {
    due.checked_add_signed(TimeDelta::seconds(i64::from(trigger.valid_for_seconds))).unwrap_or(due)
}
