//! What becomes of an entry: a pure function.

use super::entry::{Entry, EntryState};
use super::rules::OutboxRules;
use crate::ids::CommandId;
use crate::messaging::delivery::{DeliveryEvent, DeliveryKind};
use crate::messaging::sender::{Accepted, SendError, SendErrorKind};
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// What has happened.
#[derive(Debug, Clone, PartialEq)]
pub enum Fact {
    /// A worker takes it up to send it, under this token.
    Claim {
        /// The claim's name.
        token: CommandId,
    },
    /// The provider accepted it.
    Accepted {
        /// What the provider said.
        accepted: Accepted,
    },
    /// The provider did not, or did not say.
    Refused {
        /// The claim's name.
        token: CommandId,
        /// What the provider said.
        error: SendError,
    },
    /// The decision, asked again, is to decide again then.
    Defer {
        /// When.
        until: DateTime<Utc>,
        /// Why.
        reasons: Vec<Reason>,
    },
    /// The decision, asked again, is not to send it.
    Drop {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// A provider reports on it.
    Reported {
        /// What.
        event: DeliveryEvent,
    },
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq)]
pub struct Advanced {
    /// The entry as it is now.
    pub entry: Entry,
    /// Why.
    pub reason: Reason,
}

/// The next state of an entry.
///
/// * A claim takes an entry that is due, or one whose lease has ended: that one may have been sent, which is noted. After
///   the last attempt it fails (`attempts_exhausted`), after the expiry it expires.
/// * An acceptance is a fact whoever reports it, also after the lease: the entry is sent.
/// * A refusal counts only from the worker who holds the claim (`stale_claim` otherwise). A transient or unknown one is
///   tried again after [`OutboxRules::wait`], or when the provider asks, if that is later and before the expiry.
/// * A decision to wait or to drop counts unless a lease is running.
/// * So does a report that shows that the provider had accepted it: nobody sends it again. One that had been cancelled or
///   had expired keeps that in its log, as an [anomaly](crate::messaging::delivery::DeliveryState::anomaly).
///
/// What does not apply leaves the entry as it is and says why.
///
/// ```
/// # use throughline::messaging::outbox::*;
/// # fn example(entry: Entry, token: throughline::ids::CommandId) -> Result<(), Box<dyn std::error::Error>> {
/// let now = "2026-03-20T12:00:00Z".parse()?;
/// let claimed = advance(entry, Fact::Claim { token }, &OutboxRules::default(), now);
/// assert_eq!(claimed.reason.rule, "claimed");
/// assert_eq!(claimed.entry.attempts, 1);
/// # Ok(())
/// # }
/// ```
#[must_use]
pub fn advance(mut entry: Entry, fact: Fact, rules: &OutboxRules, now: DateTime<Utc>) -> Advanced {
    let reason = match fact {
        Fact::Claim { token } => claim(&mut entry, token, rules, now),
        Fact::Accepted { accepted } => accept(&mut entry, accepted, now),
        Fact::Refused { token, error } => refuse(&mut entry, token, &error, rules, now),
        Fact::Defer { until, reasons } => decided(&mut entry, EntryState::Waiting { until }, reasons, now),
        Fact::Drop { reasons } => {
            let pointless = reasons.first().is_some_and(|reason| is_expiry(&reason.rule));
            let state =
                if pointless { EntryState::Expired { at: now } } else { EntryState::Cancelled { at: now } };
            decided(&mut entry, state, reasons, now)
        }
        Fact::Reported { event } => reported(&mut entry, &event, now),
    };
    Advanced { entry, reason }
}

fn is_expiry(rule: &str) -> bool {
    matches!(rule, "expired" | "would_expire")
}

/// Why nobody may take it up now, if so.
fn held(entry: &Entry, now: DateTime<Utc>) -> Option<Reason> {
    match entry.state {
        EntryState::Claimed { until, .. } if now < until => Some(Reason::new("claimed_elsewhere")),
        state if !state.is_open() => Some(Reason::new("settled").evidence(state.as_str())),
        _ => None,
    }
}

fn claim(entry: &mut Entry, token: CommandId, rules: &OutboxRules, now: DateTime<Utc>) -> Reason {
    if let Some(reason) = held(entry, now) {
        return reason;
    }
    if entry.state.due().is_some_and(|due| now < due) {
        return Reason::new("not_due");
    }
    let lease_ended = matches!(entry.state, EntryState::Claimed { .. });
    entry.uncertain |= lease_ended;
    if entry.message.expires_at.is_some_and(|expiry| expiry <= now) {
        return end(entry, EntryState::Expired { at: now }, Reason::new("expired"), now);
    }
    if entry.attempts >= rules.max_attempts.max(1) {
        let reason = Reason::new("attempts_exhausted");
        return end(entry, EntryState::Failed { at: now }, reason, now);
    }
    entry.attempts = entry.attempts.saturating_add(1);
    entry.booked_at.get_or_insert(now);
    let until = now.checked_add_signed(rules.lease()).unwrap_or(DateTime::<Utc>::MAX_UTC);
    entry.state = EntryState::Claimed { until, token };
    Reason::new(if lease_ended { "lease_ended" } else { "claimed" })
}

fn accept(entry: &mut Entry, accepted: Accepted, now: DateTime<Utc>) -> Reason {
    if entry.provider_id.is_none() {
        entry.provider_id = accepted.provider_id;
    }
    entry.log.add(&DeliveryEvent::new(DeliveryKind::Sent, now));
    sent(entry, now)
}

fn sent(entry: &mut Entry, now: DateTime<Utc>) -> Reason {
    if matches!(entry.state, EntryState::Sent { .. }) {
        return Reason::new("already_sent");
    }
    entry.booked_at.get_or_insert(now);
    entry.state = EntryState::Sent { at: now };
    entry.reasons = vec![Reason::new("accepted")];
    Reason::new("accepted")
}

fn refuse(
    entry: &mut Entry,
    token: CommandId,
    error: &SendError,
    rules: &OutboxRules,
    now: DateTime<Utc>,
) -> Reason {
    if !matches!(entry.state, EntryState::Claimed { token: held, .. } if held == token) {
        return Reason::new("stale_claim");
    }
    let told = |rule: &'static str| {
        let reason = Reason::new(rule).evidence(error.kind().as_str());
        match error.provider_code() {
            Some(code) => reason.evidence(format!("code:{code}")),
            None => reason,
        }
    };
    entry.uncertain |= error.kind() == SendErrorKind::Unknown;
    if matches!(error.kind(), SendErrorKind::Permanent | SendErrorKind::NoSuchAddress) {
        return end(entry, EntryState::Failed { at: now }, told("refused_by_provider"), now);
    }
    if entry.attempts >= rules.max_attempts.max(1) {
        return end(entry, EntryState::Failed { at: now }, told("attempts_exhausted"), now);
    }
    let wait = rules.wait(entry.key, entry.attempts);
    let wait = error.wait().map_or(wait, |asked| asked.max(wait));
    let due = now.checked_add_signed(wait).unwrap_or(DateTime::<Utc>::MAX_UTC);
    if entry.message.expires_at.is_some_and(|expiry| expiry <= due) {
        return end(entry, EntryState::Expired { at: now }, told("would_expire"), now);
    }
    entry.state = EntryState::Queued { due };
    let reason = told("retry");
    entry.reasons = vec![reason.clone()];
    reason
}

fn decided(entry: &mut Entry, state: EntryState, reasons: Vec<Reason>, now: DateTime<Utc>) -> Reason {
    if let Some(reason) = held(entry, now) {
        return reason;
    }
    entry.uncertain |= matches!(entry.state, EntryState::Claimed { .. });
    let reason = reasons.first().cloned().unwrap_or_else(|| Reason::new(state.as_str()));
    end(entry, state, reason.clone(), now);
    entry.reasons = reasons;
    reason
}

/// Puts it into a state in which nobody works on it.
fn end(entry: &mut Entry, state: EntryState, reason: Reason, now: DateTime<Utc>) -> Reason {
    entry.state = state;
    match state {
        EntryState::Cancelled { .. } => {
            entry.log.add(&DeliveryEvent::new(DeliveryKind::Cancelled, now));
        }
        EntryState::Expired { .. } => {
            entry.log.add(&DeliveryEvent::new(DeliveryKind::Expired, now));
        }
        _ => {}
    }
    if entry.is_surely_unsent() {
        entry.booked_at = None;
    }
    entry.reasons = vec![reason.clone()];
    reason
}

fn reported(entry: &mut Entry, event: &DeliveryEvent, now: DateTime<Utc>) -> Reason {
    if !entry.log.add(event) {
        return Reason::new("known_report");
    }
    if entry.log.shows_sent() {
        sent(entry, now);
    }
    Reason::new("reported").evidence(event.kind.as_str())
}

#[cfg(test)]
#[path = "machine_tests.rs"]
mod tests;
