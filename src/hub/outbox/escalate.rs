//! Unread after so long: the next channel, until she has it or no step is left.

use std::collections::{BTreeMap, BTreeSet};

use crate::channel::Channel;
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::delivery::{Delivery, DeliveryKind};
use crate::messaging::outbox::{Advanced, Entry, EntryPlan, EntryState, Fact, advance};
use crate::messaging::{
    self, Escalation, EscalationEnd, EscalationStep, Progress, Rendered, StepEvent, StepEventKind, StepSend,
};
use crate::reason::Reason;
use crate::record::Record;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::decide::records_of;
use super::super::{Context, Who, keys};
use super::enqueue::put_in;
use super::messages::index;
use super::{Enqueue, EnqueueOutcome, entries};

/// Most steps of a plan.
const MAX_STEPS: usize = 16;

/// What came of asking a plan for its next step.
#[derive(Debug, Clone, PartialEq)]
pub enum EscalateOutcome {
    /// That step is in the outbox now.
    Put {
        /// Its position in the plan.
        position: usize,
        /// Its entry.
        entry: OutboxKey,
        /// Its channel.
        channel: Channel,
        /// When it is to be sent.
        due: DateTime<Utc>,
    },
    /// A step is under way. Ask again then, or when a report on it comes in.
    Wait {
        /// When it will have had its time.
        until: DateTime<Utc>,
    },
    /// Nothing more will be sent.
    Stop {
        /// Why.
        reason: EscalationEnd,
    },
    /// The message itself may not be sent in any channel: it has expired, she is in the control group, another message
    /// has told her the fact, the plan is too long.
    NotSent {
        /// Why.
        reasons: Vec<Reason>,
    },
    /// Nobody is known by that name; nothing has changed.
    Unknown,
}

/// Puts the next step of a plan into the outbox if it is due: the first one at once, each further one when the last has
/// had its time and she has not got it, or as soon as the last cannot be sent or has bounced.
///
/// A step goes by its own channel only, and is decided on as any message is; one that is refused there gives way to the
/// next at once. The first step is the request's own; a message that was put in by [`enqueue`](super::super::enqueue())
/// under the same step counts as it. The later ones tell the fact again on purpose.
///
/// An open, a click or an answer in any channel ends the plan, whenever it becomes known: also a step that is in the
/// outbox by then is not sent, which is asked again when a worker takes it up. What a bot does ends nothing.
///
/// There is no command key: a plan's steps have keys of their own, so repeated and concurrent calls put each in once. Ask
/// at the instant that the answer names, and whenever a step fails or a report on one comes in.
///
/// ```
/// # #[cfg(all(feature = "tzdb", feature = "phone"))] {
/// use std::collections::BTreeMap;
/// use std::sync::Arc;
/// use throughline::calendar::Zones;
/// use throughline::channel::Channel;
/// use throughline::event::Event;
/// use throughline::hub::{Enqueue, EscalateOutcome, Hub, Rules, Who};
/// use throughline::messaging::{Class, EscalationStep, Message, Policy, Rendered};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let line = br#"{"type":"identify","messageId":"m-1","userId":"u-7","traits":{"phone":"+989124471000"}}"#;
/// let who = Who::Record(hub.record(&Event::from_segment(line, &hub.import())?)?.record);
/// let plan: Vec<EscalationStep> = serde_json::from_str(r#"[
///     {"channel": "push", "wait_seconds": 1800, "until": "opened"},
///     {"channel": "sms", "wait_seconds": 0, "until": "delivered"}
/// ]"#)?;
/// let message = Message::new("ready-4711", Class::Service, "service.order".parse()?);
/// let texts = BTreeMap::from([Channel::Push, Channel::Sms].map(|channel| (channel, Rendered::text("سفارش شما آماده است"))));
/// let (policy, zones) = (Policy::default(), Zones::bundled());
/// let request = Enqueue::new(&message, &texts, &policy, &zones);
/// // She has no app: the text message goes at once.
/// assert!(matches!(hub.escalate(&who, &plan, &request)?, EscalateOutcome::Put { position: 1, .. }));
/// assert!(matches!(hub.escalate(&who, &plan, &request)?, EscalateOutcome::Wait { .. }));
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in her messages, and for each step that is tried that of [`decide`](super::super::decide()).
pub fn escalate(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    plan: &[EscalationStep],
    request: &Enqueue<'_>,
) -> Result<EscalateOutcome, Stop> {
    let not_sent = |reason: Reason| Ok(EscalateOutcome::NotSent { reasons: vec![reason] });
    let Some(record) = who.record(tx, context)? else { return Ok(EscalateOutcome::Unknown) };
    if plan.len() > MAX_STEPS {
        return not_sent(Reason::new("plan_too_long"));
    }
    let records = records_of(tx, record)?;
    let of = (request.message.id.as_str(), request.attempt_class, request.step);
    let chain = Chain::of(tx, &records, of, plan)?;
    let first = match chain.next(plan, context.now) {
        Escalation::Stop { reason } => {
            chain.call_off(tx, context, reason)?;
            return Ok(EscalateOutcome::Stop { reason });
        }
        _ if let Some(until) = chain.under_way(plan, context.now) => {
            return Ok(EscalateOutcome::Wait { until });
        }
        Escalation::Wait { until } => return Ok(EscalateOutcome::Wait { until }),
        Escalation::Send { step } => step,
    };
    for (position, step) in plan.iter().enumerate().skip(first) {
        let name = EntryPlan::step(request.step, position);
        let contents: BTreeMap<Channel, Rendered> = request
            .contents
            .get_key_value(&step.channel)
            .map(|(c, text)| (c.clone(), text.clone()))
            .into_iter()
            .collect();
        let place = (position > 0).then(|| EntryPlan {
            first: request.step.to_owned(),
            position,
            steps: plan.to_vec(),
        });
        let again = request.again || position > 0;
        let request = Enqueue { step: &name, contents: &contents, again, ..*request };
        match put_in(tx, context, record, &request, place)? {
            EnqueueOutcome::Queued { entry, channel, .. } => {
                return Ok(EscalateOutcome::Put { position, entry, channel, due: context.now });
            }
            EnqueueOutcome::Waiting { entry, channel, until, .. } => {
                return Ok(EscalateOutcome::Put { position, entry, channel, due: until });
            }
            EnqueueOutcome::AlreadyTold { entry } => {
                return not_sent(Reason::new("already_told").evidence(entry.to_string()));
            }
            EnqueueOutcome::Ghost { reasons, .. } => return Ok(EscalateOutcome::NotSent { reasons }),
            EnqueueOutcome::Dropped { reasons } => {
                let whole = |reason: &Reason| matches!(&*reason.rule, "expired" | "suppressed");
                if reasons.first().is_some_and(whole) {
                    return Ok(EscalateOutcome::NotSent { reasons });
                }
            }
            EnqueueOutcome::Unknown | EnqueueOutcome::KeyReused => return Ok(EscalateOutcome::Unknown),
        }
    }
    Ok(EscalateOutcome::Stop { reason: EscalationEnd::Exhausted })
}

/// What becomes of a step of a plan that is about to be sent, because the plan is over meanwhile. What may have been sent
/// goes on.
pub(super) fn over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    records: &[(RecordId, Record)],
    entry: &Entry,
) -> Result<Option<Fact>, Stop> {
    let Some(plan) = &entry.plan else { return Ok(None) };
    if entry.uncertain || matches!(entry.state, EntryState::Claimed { .. }) {
        return Ok(None);
    }
    let of = (entry.message.id.as_str(), entry.attempt_class.as_str(), plan.first.as_str());
    let chain = Chain::of(tx, records, of, &plan.steps)?;
    Ok(match chain.next(&plan.steps, context.now) {
        Escalation::Stop { reason } => called_off(reason),
        _ => None,
    })
}

fn called_off(reason: EscalationEnd) -> Option<Fact> {
    let rule = match reason {
        EscalationEnd::Reached => "reached",
        EscalationEnd::OptedOut => "opted_out",
        EscalationEnd::Exhausted => return None,
    };
    Some(Fact::Drop { reasons: vec![Reason::new(rule)] })
}

/// The steps of a plan that are in the outbox.
struct Chain(Vec<(usize, Entry)>);

impl Chain {
    /// Those to any of these records, of that message, class of attempts and name of the first step.
    fn of(
        tx: &mut Tx<'_>,
        records: &[(RecordId, Record)],
        (message, class, first): (&str, &str, &str),
        plan: &[EscalationStep],
    ) -> Result<Self, Stop> {
        let names: Vec<String> = (0..plan.len()).map(|position| EntryPlan::step(first, position)).collect();
        let mut found = Vec::new();
        for (id, _) in records {
            for key in index(tx, &keys::entries_to(*id))? {
                let Some(entry) = entries::get(tx, key)? else { continue };
                if entry.message.id == message && entry.attempt_class == class {
                    let position = names.iter().position(|name| *name == entry.step);
                    found.extend(position.map(|position| (position, entry)));
                }
            }
        }
        Ok(Self(found))
    }

    /// What to do next, as if what waits in the outbox were not there.
    fn next(&self, plan: &[EscalationStep], now: DateTime<Utc>) -> Escalation {
        let mut plan = plan.to_vec();
        let (mut sends, mut events) = (Vec::new(), Vec::new());
        let alive: BTreeSet<usize> =
            self.0.iter().filter(|(_, entry)| !is_over(entry)).map(|(position, _)| *position).collect();
        for (position, entry) in &self.0 {
            let (step, log) = (*position, &entry.log);
            let bounced = entry.delivery().delivery == Delivery::HardBounced;
            let mut happened = |kind, at: Option<DateTime<Utc>>| {
                let event = |at| StepEvent { step, kind, at, received_at: None, bot: false };
                events.extend(at.map(event));
            };
            // A click, and passing it on, are no less than an open; a complaint and an unsubscription are refusals.
            happened(StepEventKind::Opened, log.first(DeliveryKind::Opened));
            happened(StepEventKind::Clicked, log.first(DeliveryKind::Clicked));
            happened(StepEventKind::Clicked, log.first(DeliveryKind::Shared));
            happened(StepEventKind::Replied, log.first(DeliveryKind::Replied));
            happened(StepEventKind::Unsubscribed, log.first(DeliveryKind::Unsubscribed));
            happened(StepEventKind::Complained, log.first(DeliveryKind::Complained));
            let failed_at = match entry.state {
                EntryState::Sent { at } => {
                    // The provider's clock may be slow.
                    let at =
                        log.first(DeliveryKind::Sent).map_or(at, |sent| sent.min(at)).max(entry.created_at);
                    sends.push(StepSend { step, at });
                    if !bounced {
                        happened(StepEventKind::Delivered, log.first(DeliveryKind::Delivered));
                        continue;
                    }
                    log.first(DeliveryKind::HardBounced).unwrap_or(at)
                }
                EntryState::Failed { at } | EntryState::Cancelled { at } | EntryState::Expired { at }
                    if !alive.contains(position) =>
                {
                    sends.push(StepSend { step, at });
                    at
                }
                _ => continue,
            };
            happened(StepEventKind::Failed, Some(failed_at));
            // What did not arrive is no goal that was reached by its leaving.
            if let Some(step) = plan.get_mut(*position) {
                step.until = step.until.max(Progress::Delivered);
            }
        }
        messaging::escalate(&plan, &sends, &events, now)
    }

    /// When what waits in the outbox will have had its time, if anything does.
    fn under_way(&self, plan: &[EscalationStep], now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let open = self.0.iter().filter_map(|(position, entry)| Some((*position, entry.state.due()?)));
        let (position, due) = open.max()?;
        let wait = plan.get(position).map_or(0, |step| step.wait_seconds);
        let until = due.max(now).checked_add_signed(TimeDelta::seconds(i64::from(wait)));
        Some(until.unwrap_or(DateTime::<Utc>::MAX_UTC))
    }

    /// Takes what waits out of the outbox, because the plan is over.
    fn call_off(self, tx: &mut Tx<'_>, context: &Context<'_>, reason: EscalationEnd) -> Result<(), Stop> {
        for (_, entry) in self.0 {
            if entry.plan.is_none() || entry.uncertain || !entry.state.is_open() {
                continue;
            }
            if let Some(fact) = called_off(reason) {
                let Advanced { entry: after, .. } =
                    advance(entry.clone(), fact, &context.rules.outbox, context.now);
                entries::save(tx, context, Some(&entry), &after)?;
            }
        }
        Ok(())
    }
}

/// Whether an entry neither was sent nor will be.
fn is_over(entry: &Entry) -> bool {
    !entry.state.is_open() && !matches!(entry.state, EntryState::Sent { .. })
}
