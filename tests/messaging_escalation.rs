//! Unread after so long: the next channel. Told once across channels, whatever crashes and whenever reports come.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use attack_support::{identifier, said};
use outbox_support::{Provider, World, at, insist, memory, message, no, phone};
use throughline::channel::Channel;
use throughline::hub::{
    CommandKey, DeliveryOf, DeliveryOutcome, Enqueue, EnqueueOutcome, EscalateOutcome, Hub, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::OutboxKey;
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::{
    Accepted, Blocking, ConsentRecord, EscalationEnd, EscalationStep, Message, Outgoing, Rendered, SendError,
    SendErrorKind,
};
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{Store, StoreError, StoreErrorKind};

#[test]
fn the_next_step_of_an_escalation_tells_the_fact_again_once() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let message = message("ready");
    world.entry(&hub, &who, &message);
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    let first = Enqueue::new(&message, &world.texts, &world.policy, &world.zones);
    let put =
        |command: &str, request: &Enqueue<'_>| hub.enqueue(&CommandKey::new(command), &who, request).unwrap();
    let second = Enqueue { step: "second", again: true, ..first };
    assert!(matches!(put("1", &Enqueue { step: "second", ..first }), EnqueueOutcome::AlreadyTold { .. }));
    assert!(matches!(put("2", &second), EnqueueOutcome::Queued { .. }));
    assert!(matches!(put("3", &second), EnqueueOutcome::AlreadyTold { .. }));
    for _ in 0..2 {
        hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    }
    assert_eq!(provider.calls.load(Ordering::SeqCst), 2);
}

/// Unread after half an hour on the telephone: an e-mail; unread after another hour: a text message.
fn plan() -> Vec<EscalationStep> {
    serde_json::from_str(
        r#"[{"channel": "push", "wait_seconds": 1800, "until": "opened"},
            {"channel": "email", "wait_seconds": 3600, "until": "opened"},
            {"channel": "sms", "wait_seconds": 600, "until": "delivered"}]"#,
    )
    .unwrap()
}

/// A person with an app, a mailbox and a number, and a message that is written for all three.
struct Case {
    world: World,
    hub: Hub,
    who: Who,
    provider: Provider,
    message: Message,
}

impl Case {
    fn over(store: &Arc<dyn Store>) -> Self {
        let mut world = World::new();
        for channel in [Channel::Push, Channel::Email] {
            world.texts.insert(channel, Rendered::text("سفارش شما آماده است"));
        }
        let hub = world.hub(store);
        let event = said("m-1", "app", 1).user("u-1").device("d-1").email("sara@example.ir").phone(&phone(1));
        let who = Who::Record(hub.record(&event.event()).unwrap().record);
        Self { world, hub, who, provider: Provider::default(), message: message("ready") }
    }

    fn new() -> Self {
        Self::over(&memory())
    }

    fn ask(&self) -> EscalateOutcome {
        insist(|| self.ask_by(&self.hub))
    }

    fn ask_by(&self, hub: &Hub) -> Result<EscalateOutcome, StoreError> {
        let World { texts, policy, zones, .. } = &self.world;
        hub.escalate(&self.who, &plan(), &Enqueue::new(&self.message, texts, policy, zones))
    }

    fn dispatch(&self) {
        self.hub.dispatch(&self.provider.sender(), &self.world.dispatch()).unwrap();
    }

    /// Puts in the step that is due, and sends it.
    fn send(&self, expected: usize) -> OutboxKey {
        let EscalateOutcome::Put { position, entry, channel, .. } = self.ask() else { panic!("not due") };
        assert_eq!((position, &channel), (expected, &plan()[expected].channel));
        self.dispatch();
        entry
    }

    fn report(&self, entry: OutboxKey, kind: DeliveryKind, bot: bool) {
        let now = throughline::hub::Clock::now(&*self.world.clock);
        let event = DeliveryEvent { bot, ..DeliveryEvent::new(kind, now) };
        let outcome = self.hub.delivery(DeliveryOf::Key(&entry.to_string()), &event).unwrap();
        assert!(!matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
    }

    fn sent(&self) -> Vec<String> {
        let mut told = self.hub.messages(&self.who).unwrap().unwrap().messages;
        told.sort_by_key(|told| plan().iter().position(|step| step.channel == told.channel));
        told.iter().map(|told| format!("{} {}", told.channel, told.state.as_str())).collect()
    }
}

fn stopped(reason: EscalationEnd) -> EscalateOutcome {
    EscalateOutcome::Stop { reason }
}

#[test]
fn unread_for_half_an_hour_it_goes_by_mail_then_by_text_message_and_read_late_it_stops() {
    let case = Case::new();
    let push = case.send(0);
    assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(30) });
    case.world.later(29);
    assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(30) });
    case.world.later(1);
    let email = case.send(1);
    assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(90) });
    // A mail scanner has looked at it, and the push notification arrived: neither says that she has read it.
    case.report(email, DeliveryKind::Opened, true);
    case.report(push, DeliveryKind::Delivered, false);
    case.world.later(60);
    case.send(2);
    // She opens the first one at last.
    case.report(push, DeliveryKind::Opened, false);
    assert_eq!(case.ask(), stopped(EscalationEnd::Reached));
    assert_eq!(case.sent(), ["push sent", "email sent", "sms sent"]);
    assert_eq!(case.provider.calls.load(Ordering::SeqCst), 3);
}

#[test]
fn without_any_sign_of_her_it_ends_with_the_last_step() {
    let case = Case::new();
    case.send(0);
    case.world.later(30);
    case.send(1);
    case.world.later(60);
    case.send(2);
    case.world.later(10);
    for _ in 0..2 {
        assert_eq!(case.ask(), stopped(EscalationEnd::Exhausted));
        case.world.later(600);
        case.dispatch();
    }
    assert_eq!(case.provider.calls.load(Ordering::SeqCst), 3);
}

#[test]
fn what_she_reads_in_one_channel_calls_off_what_waits_in_the_next() {
    for (kind, reason, asks) in [
        (DeliveryKind::Opened, EscalationEnd::Reached, true),
        (DeliveryKind::Clicked, EscalationEnd::Reached, false),
        (DeliveryKind::Shared, EscalationEnd::Reached, false),
        (DeliveryKind::Replied, EscalationEnd::Reached, true),
        (DeliveryKind::Complained, EscalationEnd::OptedOut, false),
        (DeliveryKind::Unsubscribed, EscalationEnd::OptedOut, true),
    ] {
        let case = Case::new();
        let push = case.send(0);
        case.world.later(30);
        assert!(matches!(case.ask(), EscalateOutcome::Put { position: 1, .. }));
        case.report(push, kind, false);
        // Whether the host asks again or only the worker does.
        if asks {
            assert_eq!(case.ask(), stopped(reason));
        }
        case.dispatch();
        assert_eq!(case.sent(), ["push sent", "email cancelled"], "{kind:?}");
        assert_eq!(case.ask(), stopped(reason));
        let told = case.hub.messages(&case.who).unwrap().unwrap().messages;
        assert_eq!(told[1].channel, Channel::Email);
        let rule = if reason == EscalationEnd::Reached { "reached" } else { "opted_out" };
        assert_eq!(told[1].reasons[0].rule, rule);
    }
}

#[test]
fn what_cannot_arrive_gives_way_at_once() {
    // A report that the address does not exist.
    let case = Case::new();
    let push = case.send(0);
    case.report(push, DeliveryKind::HardBounced, false);
    let email = case.send(1);
    case.report(email, DeliveryKind::SoftBounced, false);
    assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(60) }, "it may arrive yet");

    // The provider says so when it is called.
    let case = Case::new();
    assert!(matches!(case.ask(), EscalateOutcome::Put { position: 0, .. }));
    let refuse = Blocking(|_: &Outgoing| Err::<Accepted, _>(SendError::new(SendErrorKind::NoSuchAddress)));
    case.hub.dispatch(&refuse, &case.world.dispatch()).unwrap();
    case.send(1);
    assert_eq!(case.sent(), ["push failed", "email sent"]);

    // She said no to that channel before, or between putting in and sending.
    for before in [true, false] {
        let case = Case::new();
        let refuse = |channel: &str| {
            let said = ConsentRecord { channel: channel.parse().unwrap(), ..no("service", 0) };
            case.hub.consent(&case.who, &said).unwrap();
        };
        if before {
            refuse("push");
            case.send(1);
            assert_eq!(case.sent(), ["email sent"]);
        } else {
            assert!(matches!(case.ask(), EscalateOutcome::Put { position: 0, .. }));
            refuse("push");
            case.dispatch();
            case.send(1);
            assert_eq!(case.sent(), ["push cancelled", "email sent"]);
        }
        assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(60) });
    }

    // A step for which there is no text.
    let mut case = Case::new();
    case.world.texts.remove(&Channel::Push);
    case.send(1);

    // Nothing is allowed at all.
    let case = Case::new();
    let said = ConsentRecord { channel: "*".parse().unwrap(), ..no("service", 0) };
    case.hub.consent(&case.who, &said).unwrap();
    assert_eq!(case.ask(), stopped(EscalationEnd::Exhausted));
    assert_eq!(case.hub.messages(&case.who).unwrap().unwrap().unsent.len(), 3);
}

#[test]
fn a_message_that_may_not_be_sent_at_all_is_no_matter_of_channels() {
    let not_sent = |case: &Case| match case.ask() {
        EscalateOutcome::NotSent { reasons } => reasons[0].rule.to_string(),
        other => panic!("{other:?}"),
    };
    let mut case = Case::new();
    case.message.expires_at = Some(at(0));
    assert_eq!(not_sent(&case), "expired");
    // Another message told her the same fact.
    let case = Case::new();
    let other = Message { told_key: case.message.told_key.clone(), ..message("shop-window") };
    case.world.entry(&case.hub, &case.who, &other);
    assert_eq!(not_sent(&case), "already_told");
    let long: Vec<EscalationStep> = plan().into_iter().cycle().take(17).collect();
    let World { texts, policy, zones, .. } = &case.world;
    let request = Enqueue::new(&case.message, texts, policy, zones);
    let outcome = case.hub.escalate(&case.who, &long, &request).unwrap();
    assert!(matches!(outcome, EscalateOutcome::NotSent { .. }), "{outcome:?}");
    let held = Enqueue { holdout: true, ..request };
    let outcome = case.hub.escalate(&case.who, &plan(), &held).unwrap();
    assert!(matches!(outcome, EscalateOutcome::NotSent { .. }), "{outcome:?}");
    assert_eq!(case.hub.escalate(&case.who, &[], &request).unwrap(), stopped(EscalationEnd::Exhausted));
    let stranger = Who::Identifier(identifier(IdentifierKind::UserId, "u-9"));
    assert_eq!(case.hub.escalate(&stranger, &plan(), &request).unwrap(), EscalateOutcome::Unknown);
}

#[test]
fn of_concurrent_calls_one_puts_the_next_step_in() {
    for _ in 0..20 {
        let store = memory();
        let case = Case::over(&store);
        for (position, minutes) in [(0, 30), (1, 60), (2, 10)] {
            let put = std::thread::scope(|scope| {
                let workers: Vec<_> =
                    (0..4).map(|_| scope.spawn(|| insist(|| case.ask_by(&case.hub)))).collect();
                let answers = workers.into_iter().map(|worker| worker.join().unwrap());
                answers.filter(|answer| matches!(answer, EscalateOutcome::Put { .. })).collect::<Vec<_>>()
            });
            assert!(
                matches!(put[..], [EscalateOutcome::Put { position: at, .. }] if at == position),
                "{put:?}"
            );
            case.dispatch();
            case.world.later(minutes);
        }
        assert_eq!(case.provider.calls.load(Ordering::SeqCst), 3);
    }
}

/// A plan with a death of the process at that call of the store. Returns how many calls it took.
fn with_a_kill(kill: Option<(u64, Fault)>, read: bool) -> u64 {
    let inner = memory();
    let case = Case::over(&inner);
    let faulty = Arc::new(FaultyStore::new(inner, 1, Plan::calm()));
    let hub = case.world.hub(&(faulty.clone() as Arc<dyn Store>));
    if let Some((step, fault)) = kill {
        faulty.fail_at(step, fault);
    }
    let sender = case.provider.sender();
    let survive = |error: StoreError| {
        assert!(error.kind() != StoreErrorKind::Corrupt, "{kill:?}: {error}");
        faulty.revive();
    };
    // A worker that asks and sends every ten minutes, for five hours.
    for round in 0..30 {
        if let Err(error) = case.ask_by(&hub) {
            survive(error);
        }
        if let Err(error) = hub.dispatch(&sender, &case.world.dispatch()) {
            survive(error);
        }
        let told = case.hub.messages(&case.who).unwrap().unwrap().messages;
        if read && round >= 5 && told.len() == 2 {
            case.report(told[0].entry, DeliveryKind::Opened, false);
        }
        case.world.later(10);
    }
    let expected: &[&str] =
        if read { &["push sent", "email sent"] } else { &["push sent", "email sent", "sms sent"] };
    assert_eq!(case.sent(), expected, "{kill:?}");
    assert_eq!(case.provider.addresses().len(), expected.len(), "{kill:?}: each step delivered once");
    faulty.steps()
}

#[test]
fn a_death_at_any_point_loses_no_step_and_repeats_none() {
    for read in [false, true] {
        let steps = with_a_kill(None, read);
        for step in 1..=steps.min(120) {
            for fault in [Fault::CrashBefore, Fault::CrashAfter, Fault::UnknownLost, Fault::UnknownApplied] {
                with_a_kill(Some((step, fault)), read);
            }
        }
    }
}

#[test]
fn two_records_that_come_to_be_one_person_go_on_with_one_plan() {
    let case = Case::new();
    let push = case.send(0);
    let event = said("m-till", "till", 1).card("NV-1-77").event();
    let till = case.hub.record(&event).unwrap().record;
    let Who::Record(app) = case.who else { panic!() };
    case.hub.link(&CommandKey::new("link"), app, till).unwrap();
    let case = Case { who: Who::Record(till), ..case };
    assert_eq!(case.ask(), EscalateOutcome::Wait { until: at(30) });
    case.world.later(30);
    case.send(1);
    case.report(push, DeliveryKind::Clicked, false);
    case.world.later(600);
    assert_eq!(case.ask(), stopped(EscalationEnd::Reached));
}
