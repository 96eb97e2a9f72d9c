//! The outbox: nothing lost, nothing delivered twice, whatever crashes; each person told once, whoever works on it.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use attack_support::{NOON, TENANT, identifier, instant, rules, said};
use proptest::prelude::*;
use throughline::calendar::Zones;
use throughline::channel::Channel;
use throughline::hub::{
    Afterwards, CommandKey, ConsentOutcome, DeliveryOf, DeliveryOutcome, Dispatch, Enqueue, EnqueueOutcome,
    ErasureOutcome, FixedClock, Hub, UnsubscribeOutcome, What, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::OutboxKey;
use throughline::messaging::delivery::{Delivery, DeliveryEvent, DeliveryKind};
use throughline::messaging::{
    Accepted, AddressId, Blocking, Class, ConsentQuestion, ConsentReason, ConsentRecord, ConsentRule,
    ConsentState, Message, Outgoing, Policy, Rendered, SendError, SendErrorKind, StopWords, Unsubscribe,
    UnsubscribeRequest,
};
use throughline::signing::SigningKeys;
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind};
use throughline::time::{DateTime, TimeDelta, Utc};

const TEXT: &str = "سفارش شما آماده است";

fn at(minute: i64) -> DateTime<Utc> {
    instant(NOON) + TimeDelta::minutes(minute)
}

fn phone(number: usize) -> String {
    format!("+98912{:07}", 4_471_000 + number)
}

fn message(id: &str) -> Message {
    Message {
        told_key: Some(id.to_owned()),
        ..Message::new(id, Class::Service, "service.order".parse().unwrap())
    }
}

fn texts() -> BTreeMap<Channel, Rendered> {
    [(Channel::Sms, Rendered::text(TEXT))].into()
}

struct World {
    clock: Arc<FixedClock>,
    policy: Policy,
    zones: Zones,
    texts: BTreeMap<Channel, Rendered>,
}

impl World {
    fn new() -> Self {
        Self {
            clock: Arc::new(FixedClock::at(at(0))),
            policy: Policy::default(),
            zones: Zones::bundled(),
            texts: texts(),
        }
    }

    fn hub(&self, store: &Arc<dyn Store>) -> Hub {
        Hub::with_clock(store.clone(), TENANT, rules(), self.clock.clone()).unwrap()
    }

    fn person(&self, hub: &Hub, number: usize) -> Who {
        let event = said(&format!("m-{number}"), "web", 1).user(&format!("u-{number}")).phone(&phone(number));
        Who::Record(hub.record(&event.event()).unwrap().record)
    }

    fn put(
        &self,
        hub: &Hub,
        command: &str,
        who: &Who,
        message: &Message,
    ) -> Result<EnqueueOutcome, StoreError> {
        let request = Enqueue::new(message, &self.texts, &self.policy, &self.zones);
        hub.enqueue(&CommandKey::new(command), who, &request)
    }

    fn entry(&self, hub: &Hub, who: &Who, message: &Message) -> OutboxKey {
        match self.put(hub, &format!("{}/{who:?}", message.id), who, message).unwrap() {
            EnqueueOutcome::Queued { entry, .. } => entry,
            other => panic!("{other:?}"),
        }
    }

    fn dispatch(&self) -> Dispatch<'_> {
        Dispatch::new(&self.policy, &self.zones)
    }

    fn later(&self, minutes: i64) {
        let now = throughline::hub::Clock::now(&*self.clock);
        self.clock.set(now + TimeDelta::minutes(minutes));
    }
}

/// A provider that honours idempotency keys: what it delivered, by key, and how often it was called.
#[derive(Default)]
struct Provider {
    delivered: Mutex<BTreeMap<String, Vec<String>>>,
    calls: AtomicUsize,
}

impl Provider {
    fn take(&self, outgoing: &Outgoing) -> Result<Accepted, SendError> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        let mut delivered = self.delivered.lock().unwrap();
        let key = outgoing.idempotency_key();
        // A key that is known delivers nothing again, and must be about the same.
        let known = delivered.entry(key.clone()).or_insert_with(|| vec![outgoing.address.reveal().clone()]);
        assert_eq!(known, &[outgoing.address.reveal().clone()]);
        Ok(Accepted::under(format!("sms/{key}")))
    }

    fn addresses(&self) -> Vec<String> {
        self.delivered.lock().unwrap().values().flatten().cloned().collect()
    }

    fn sender(&self) -> Blocking<impl Fn(&Outgoing) -> Result<Accepted, SendError> + Send + Sync + '_> {
        Blocking(|outgoing: &Outgoing| self.take(outgoing))
    }
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// Where the process dies.
#[derive(Debug, Clone, Copy)]
enum Kill {
    /// At that call of the store.
    Store(u64, Fault),
    /// When the provider was about to be called for the so manieth time.
    BeforeProvider(usize),
    /// When it had just accepted for the so manieth time.
    AfterProvider(usize),
}

/// A campaign to a few people with a kill in the middle. Returns how many calls of the store and of the provider it took.
fn campaign(inner: Arc<dyn Store>, people: usize, kill: Option<Kill>, snapshots: bool) -> (u64, usize) {
    let world = World::new();
    let calm = world.hub(&inner);
    let who: Vec<Who> = (0..people).map(|number| world.person(&calm, number)).collect();
    let faulty = FaultyStore::new(inner, 1, Plan::calm());
    let faulty = Arc::new(if snapshots { faulty.with_snapshots() } else { faulty });
    let hub = world.hub(&(faulty.clone() as Arc<dyn Store>));
    if let Some(Kill::Store(step, fault)) = kill {
        faulty.fail_at(step, fault);
    }
    let provider = Provider::default();
    let died = AtomicBool::new(false);
    let sender = Blocking(|outgoing: &Outgoing| {
        let call = provider.calls.load(Ordering::SeqCst) + 1;
        let dies = |place: Option<usize>| place == Some(call) && !died.swap(true, Ordering::SeqCst);
        let place = |wanted: bool| match kill {
            Some(Kill::BeforeProvider(place)) if wanted => Some(place),
            Some(Kill::AfterProvider(place)) if !wanted => Some(place),
            _ => None,
        };
        // A dead process makes no further call: its next step of the store is its last.
        let die = || faulty.fail_at(faulty.steps() + 1, Fault::CrashBefore);
        if dies(place(true)) {
            provider.calls.fetch_add(1, Ordering::SeqCst);
            die();
            return Err(SendError::new(SendErrorKind::Unknown));
        }
        let answer = provider.take(outgoing);
        if dies(place(false)) {
            die();
        }
        answer
    });
    let mut kills = 0;
    let mut survive = |error: StoreError| {
        assert!(error.kind() != StoreErrorKind::Corrupt, "{kill:?}: {error}");
        kills += 1;
        assert!(kills < 5, "{kill:?}: {error}");
        faulty.revive();
    };
    let message = message("ready-4711");
    for (number, who) in who.iter().enumerate() {
        let command = format!("command-{number}");
        while let Err(error) = world.put(&hub, &command, who, &message) {
            survive(error);
        }
    }
    let mut idle = 0;
    while idle < 2 {
        match hub.dispatch(&sender, &world.dispatch()) {
            Ok(done) if done.entries.is_empty() => {
                // Past every lease and every wait.
                idle += 1;
                world.later(60);
            }
            Ok(_) => {}
            Err(error) => survive(error),
        }
    }
    let mut told = provider.addresses();
    told.sort();
    assert_eq!(told, (0..people).map(phone).collect::<Vec<_>>(), "{kill:?}: each told once");
    for who in &who {
        let told = calm.messages(who).unwrap().unwrap().messages;
        assert!(told.len() == 1 && told[0].is_sent(), "{kill:?}: {told:?}");
    }
    let calls = provider.calls.load(Ordering::SeqCst);
    if let Some(Kill::BeforeProvider(_) | Kill::AfterProvider(_)) = kill {
        assert_eq!(calls, people + 1, "{kill:?}: the same again under the same key");
    }
    (faulty.steps(), calls)
}

fn kill_points(people: usize, stride: usize, snapshots: bool, store: impl Fn() -> Arc<dyn Store>) -> usize {
    let (steps, calls) = campaign(store(), people, None, snapshots);
    assert_eq!(calls, people);
    let faults =
        [Fault::CrashBefore, Fault::CrashAfter, Fault::UnknownLost, Fault::UnknownApplied, Fault::Timeout];
    let mut kills: Vec<Kill> =
        (1..=steps).flat_map(|step| faults.map(|fault| Kill::Store(step, fault))).collect();
    for call in 1..=calls {
        kills.extend([Kill::BeforeProvider(call), Kill::AfterProvider(call)]);
    }
    let kills: Vec<Kill> = kills.into_iter().step_by(stride).collect();
    for kill in &kills {
        campaign(store(), people, Some(*kill), snapshots);
    }
    kills.len()
}

#[test]
fn a_thousand_kills_do_not_lose_a_message_and_do_not_deliver_one_twice() {
    let kills = kill_points(10, 1, false, memory) + kill_points(8, 1, true, memory);
    assert!(kills >= 1_000, "{kills}");
}

#[cfg(feature = "redb")]
#[test]
fn kills_over_the_embedded_store_do_neither() {
    let directory = tempfile::tempdir().unwrap();
    let number = AtomicUsize::new(0);
    let kills = kill_points(3, 5, true, || {
        let name = format!("hub-{}.redb", number.fetch_add(1, Ordering::SeqCst));
        Arc::new(throughline::store::RedbStore::open(directory.path().join(name)).unwrap())
    });
    assert!(kills >= 10, "{kills}");
}

/// A bad network on a bad machine, a provider that forgets to answer, and reports that get lost, come twice and late.
fn storm(seed: u64) {
    const PEOPLE: usize = 12;
    let world = World::new();
    let inner = memory();
    let calm = world.hub(&inner);
    let who: Vec<Who> = (0..PEOPLE).map(|number| world.person(&calm, number)).collect();
    let plan = Plan { crash_before: 5, crash_after: 5, ..Plan::rough() };
    let faulty = Arc::new(FaultyStore::new(inner.clone(), seed, plan).with_snapshots());
    let mut patient = rules();
    patient.outbox.max_attempts = 1_000;
    let hub = world.hub(&(faulty.clone() as Arc<dyn Store>)).under(patient).unwrap();
    let (provider, dice) = (Provider::default(), Mutex::new(seed | 1));
    let throw = |of: u64| {
        let mut state = dice.lock().unwrap();
        *state ^= *state << 13;
        *state ^= *state >> 7;
        *state ^= *state << 17;
        *state % of
    };
    let sender = Blocking(|outgoing: &Outgoing| match throw(6) {
        0 => Err(SendError::new(SendErrorKind::Transient)),
        1 => Err(SendError::new(SendErrorKind::Unknown)),
        2 => provider.take(outgoing).and(Err(SendError::new(SendErrorKind::Unknown))),
        _ => provider.take(outgoing),
    });
    let message = message("ready-4711");
    for (number, who) in who.iter().enumerate() {
        while world.put(&hub, &format!("command-{number}"), who, &message).is_err() {
            faulty.revive();
        }
    }
    for _ in 0..150 {
        if hub.dispatch(&sender, &world.dispatch()).is_err() {
            faulty.revive();
        }
        let known: Vec<String> = provider.delivered.lock().unwrap().keys().cloned().collect();
        let kinds = [DeliveryKind::Sent, DeliveryKind::Opened, DeliveryKind::Delivered];
        for (key, kind) in known.iter().flat_map(|key| kinds.map(|kind| (key, kind))) {
            if throw(20) == 0 {
                drop(hub.delivery(DeliveryOf::Key(key), &DeliveryEvent::new(kind, at(0))));
                faulty.revive();
            }
        }
        world.later(120);
    }
    let mut told = provider.addresses();
    told.sort();
    assert_eq!(told, (0..PEOPLE).map(phone).collect::<Vec<_>>(), "seed {seed}: each told once");
    for who in &who {
        let told = calm.messages(who).unwrap().unwrap().messages;
        assert!(told.len() == 1 && told[0].is_sent(), "seed {seed}: {told:?}");
    }
}

#[test]
fn a_storm_does_not_lose_a_message_and_does_not_deliver_one_twice() {
    (0..60).for_each(storm);
}

/// A busy writer tries again; nothing else may go wrong.
fn insist<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    loop {
        match work() {
            Ok(value) => return value,
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}"),
        }
    }
}

#[test]
fn eight_workers_tell_two_thousand_people_once_each() {
    const PEOPLE: usize = 2_000;
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let message = message("spring");
    for number in 0..PEOPLE {
        let who = world.person(&hub, number);
        world.entry(&hub, &who, &message);
    }
    let sent = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let (hub, sender) = (world.hub(&store), provider.sender());
                loop {
                    let done = hub.dispatch(&sender, &Dispatch { limit: 50, ..world.dispatch() }).unwrap();
                    sent.fetch_add(done.count("sent"), Ordering::SeqCst);
                    if done.entries.is_empty() && done.skipped == 0 {
                        return;
                    }
                }
            });
        }
    });
    assert_eq!(provider.calls.load(Ordering::SeqCst), PEOPLE, "no entry is taken up twice");
    assert_eq!(sent.load(Ordering::SeqCst), PEOPLE);
    let told: BTreeSet<String> = provider.addresses().into_iter().collect();
    assert_eq!(told.len(), PEOPLE);
    let figures = hub.kpi("spring").unwrap();
    assert_eq!(figures.into_values().map(|kpi| kpi.sent).collect::<Vec<_>>(), [2_000]);
}

/// Two records that are one person.
fn merged(world: &World, hub: &Hub) -> (Who, Who) {
    let web = world.person(hub, 1);
    let event = said("m-till", "till", 1).card("NV-1-77").phone(&phone(1)).event();
    let till = Who::Record(hub.record(&event).unwrap().record);
    let (Who::Record(a), Who::Record(b)) = (&web, &till) else { panic!() };
    hub.link(&CommandKey::new("link"), *a, *b).unwrap();
    (web, till)
}

#[test]
fn of_concurrent_calls_over_merged_records_one_puts_the_message_in() {
    for round in 0..20 {
        let (world, store, provider) = (World::new(), memory(), Provider::default());
        let hub = world.hub(&store);
        let (web, till) = merged(&world, &hub);
        let message = message("ready-4711");
        let answers: Vec<EnqueueOutcome> = std::thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    let (world, hub, message) = (&world, world.hub(&store), &message);
                    let who = if worker % 2 == 0 { &web } else { &till };
                    let command = format!("{round}/{worker}");
                    scope.spawn(move || insist(|| world.put(&hub, &command, who, message)))
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).collect()
        });
        let queued = answers.iter().filter(|answer| matches!(answer, EnqueueOutcome::Queued { .. })).count();
        assert_eq!(queued, 1, "{answers:?}");
        hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
        assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
        let again = world.put(&hub, "again", &till, &message).unwrap();
        assert!(matches!(again, EnqueueOutcome::AlreadyTold { .. }), "{again:?}");
    }
}

#[test]
fn what_was_put_in_before_two_records_came_to_be_one_person_is_told_once() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let (one, other) = (world.person(&hub, 1), world.person(&hub, 2));
    let message = message("ready-4711");
    world.entry(&hub, &one, &message);
    world.entry(&hub, &other, &message);
    let (Who::Record(a), Who::Record(b)) = (&one, &other) else { panic!() };
    hub.link(&CommandKey::new("link"), *a, *b).unwrap();
    for _ in 0..4 {
        hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
        world.later(10);
    }
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
    let told = hub.messages(&one).unwrap().unwrap().messages;
    let states: BTreeSet<&str> = told.iter().map(|message| message.state.as_str()).collect();
    assert_eq!(states, ["cancelled", "sent"].into(), "{told:?}");
    assert!(told.iter().any(|message| message.reasons[0].rule == "already_told"));
}

fn no(purpose: &str, minute: i64) -> ConsentRecord {
    ConsentRecord::new(purpose.parse().unwrap(), "sms".parse().unwrap(), ConsentState::Withdrawn, at(minute))
}

#[test]
fn a_withdrawal_between_putting_in_and_sending_stops_the_message() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    world.entry(&hub, &who, &message("ready-1"));
    assert!(matches!(
        hub.consent(&who, &no("service", 0)).unwrap(),
        ConsentOutcome::Recorded { is_new: true, .. }
    ));
    let done = hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    assert_eq!(done.count("cancelled"), 1, "{done:?}");
    assert_eq!(provider.calls.load(Ordering::SeqCst), 0);
    let told = hub.messages(&who).unwrap().unwrap();
    assert!(told.messages[0].reasons.iter().any(|reason| reason.rule == "withdrawn"), "{told:?}");
    // She says yes again, and the same may be put in again under the same key.
    let yes = ConsentRecord { state: ConsentState::Granted, ..no("service", 0) };
    let yes = ConsentRecord { at: at(1), ..yes };
    assert!(
        matches!(hub.consent(&who, &yes).unwrap(), ConsentOutcome::Refused { .. }),
        "it is not one past noon yet"
    );
    world.later(2);
    hub.consent(&who, &yes).unwrap();
    let again = world.put(&hub, "again", &who, &message("ready-1")).unwrap();
    // Her number is not proved, so its own refusal stays.
    let EnqueueOutcome::Dropped { reasons } = again else { panic!("{again:?}") };
    assert_eq!(reasons[0].rule, "no_channel");
    let unsent = hub.messages(&who).unwrap().unwrap().unsent;
    assert_eq!((unsent.len(), unsent[0].ghost.clone()), (1, None));
}

#[test]
fn a_withdrawal_outlives_a_split_and_the_ledger_answers_as_of_any_instant() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let (web, till) = merged(&world, &hub);
    hub.consent(&web, &no("marketing", -10)).unwrap();
    let purpose = "marketing.offers".parse().unwrap();
    let question = |minute| ConsentQuestion {
        now: at(minute),
        class: Class::Marketing,
        purpose: &purpose,
        channel: &Channel::Sms,
        rule: ConsentRule::OptOut,
        suppression: None,
        relationship: None,
    };
    let asked = |who: &Who, minute| hub.consent_at(who, None, &question(minute)).unwrap().unwrap().reason;
    assert_eq!(asked(&till, 0), ConsentReason::Withdrawn);
    assert_eq!(asked(&till, -11), ConsentReason::Implied, "before she said so");
    let (Who::Record(a), Who::Record(b)) = (&web, &till) else { panic!() };
    hub.keep_apart(&CommandKey::new("apart"), &[*a], &[*b]).unwrap();
    assert_eq!(asked(&till, 0), ConsentReason::Implied, "her record never said so");
    let at_address = hub.consent_at(&till, Some(&number(1)), &question(0)).unwrap().unwrap();
    assert_eq!(at_address.reason, ConsentReason::Withdrawn, "the number did");
    let offer = Message::new("spring", Class::Marketing, purpose.clone());
    let mut lax = World::new();
    lax.policy.consent.marketing = ConsentRule::OptOut;
    let outcome = lax.put(&hub, "offer", &till, &offer).unwrap();
    assert!(matches!(outcome, EnqueueOutcome::Dropped { .. }), "{outcome:?}");
    let future = hub.consent(&till, &no("marketing", 1)).unwrap();
    assert!(
        matches!(&future, ConsentOutcome::Refused { reasons } if reasons[0].rule == "consent_from_the_future")
    );
}

#[test]
fn pending_denied_and_expiring_consent_is_kept_as_it_was_said() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let mut said = no("marketing", -9);
    let purpose = "marketing".parse().unwrap();
    let reason = |hub: &Hub| {
        let question = ConsentQuestion {
            now: at(0),
            class: Class::Marketing,
            purpose: &purpose,
            channel: &Channel::Email,
            rule: ConsentRule::OptIn,
            suppression: None,
            relationship: None,
        };
        hub.consent_at(&who, None, &question).unwrap().unwrap().reason
    };
    said.channel = "email".parse().unwrap();
    for (minute, state, expires_at, expected) in [
        (-8, ConsentState::Pending, None, ConsentReason::PendingConfirmation),
        (-7, ConsentState::Granted, None, ConsentReason::Granted),
        (-6, ConsentState::Denied, None, ConsentReason::Denied),
        (-5, ConsentState::Granted, Some(at(-1)), ConsentReason::Expired),
        (-4, ConsentState::Granted, Some(at(1)), ConsentReason::Granted),
    ] {
        let entry = ConsentRecord {
            at: at(minute),
            state,
            expires_at,
            evidence: Some(throughline::pii::Pii::new("form 7, سارا".to_owned())),
            ..said.clone()
        };
        hub.consent(&who, &entry).unwrap();
        assert_eq!(reason(&hub), expected);
    }
}

#[test]
fn a_bad_recipient_does_not_stop_the_others() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let message = message("ready");
    let who: Vec<Who> = (0..9).map(|number| world.person(&hub, number)).collect();
    who.iter().for_each(|who| {
        world.entry(&hub, who, &message);
    });
    let calls = Mutex::new(BTreeMap::<String, u32>::new());
    let sender = Blocking(|outgoing: &Outgoing| {
        let address = outgoing.address.reveal().clone();
        let mut calls = calls.lock().unwrap();
        let call = calls.entry(address.clone()).or_default();
        *call += 1;
        let fails = |kind| Err(SendError::new(kind).code("E-1"));
        match address.as_str() {
            a if a == phone(0) => fails(SendErrorKind::Permanent),
            a if a == phone(1) => fails(SendErrorKind::NoSuchAddress),
            a if a == phone(2) && *call < 4 => fails(SendErrorKind::Transient),
            a if a == phone(3) && *call < 3 => fails(SendErrorKind::Unknown),
            a if a == phone(4) => fails(SendErrorKind::Transient),
            _ => Ok(Accepted::nameless()),
        }
    });
    for _ in 0..40 {
        hub.dispatch(&sender, &world.dispatch()).unwrap();
        world.later(60);
    }
    let state = |number: usize| hub.messages(&who[number]).unwrap().unwrap().messages[0].state.as_str();
    assert_eq!(
        (0..9).map(state).collect::<Vec<_>>(),
        ["failed", "failed", "sent", "sent", "failed", "sent", "sent", "sent", "sent"]
    );
    let calls = calls.into_inner().unwrap();
    let called: Vec<u32> = (0..5).map(|number| calls[&phone(number)]).collect();
    assert_eq!(called, [1, 1, 4, 3, 10]);
    // The number that does not exist is not tried again by another message.
    let outcome =
        world.put(&hub, "other", &who[1], &Message::new("other", Class::Service, "service".parse().unwrap()));
    let EnqueueOutcome::Dropped { reasons } = outcome.unwrap() else { panic!() };
    assert!(reasons.iter().any(|reason| reason.rule == "suppressed_hard_bounce"), "{reasons:?}");
}

#[test]
fn caps_hold_when_two_messages_to_one_person_go_at_once() {
    for _ in 0..20 {
        let (mut world, store, provider) = (World::new(), memory(), Provider::default());
        world.policy = serde_json::from_str(
            r#"{"consent": {"marketing": "opt_out"}, "caps": [{"id": "one", "limit": 1, "window": {"calendar": "day", "zone": "UTC"}}]}"#,
        )
        .unwrap();
        let hub = world.hub(&store);
        let who = world.person(&hub, 1);
        for id in ["a", "b", "c"] {
            let offer = Message::new(id, Class::Marketing, "marketing".parse().unwrap());
            world.entry(&hub, &who, &offer);
        }
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| {
                    insist(|| world.hub(&store).dispatch(&provider.sender(), &world.dispatch()));
                });
            }
        });
        assert_eq!(provider.calls.load(Ordering::SeqCst), 1);
        let states = hub.messages(&who).unwrap().unwrap().messages;
        assert_eq!(
            states.iter().filter(|message| message.state.as_str() == "waiting").count(),
            2,
            "{states:?}"
        );
    }
}

#[test]
fn the_control_group_is_recorded_and_gets_nothing() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let message = message("ready");
    let request =
        Enqueue { holdout: true, ..Enqueue::new(&message, &world.texts, &world.policy, &world.zones) };
    let outcome = hub.enqueue(&CommandKey::new("k"), &who, &request).unwrap();
    assert!(matches!(outcome, EnqueueOutcome::Ghost { .. }), "{outcome:?}");
    assert_eq!(hub.enqueue(&CommandKey::new("k"), &who, &request).unwrap(), outcome);
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    assert_eq!(provider.calls.load(Ordering::SeqCst), 0);
    let unsent = hub.messages(&who).unwrap().unwrap().unsent;
    assert_eq!(unsent[0].ghost, Some(Channel::Sms));
    let other = Enqueue { step: "second", ..request };
    assert_eq!(hub.enqueue(&CommandKey::new("k"), &who, &other).unwrap(), EnqueueOutcome::KeyReused);
}

fn number(of: usize) -> AddressId {
    AddressId::new(identifier(IdentifierKind::Phone, &phone(of)).digest(&rules().pepper).to_string())
}

#[test]
fn a_link_stops_what_it_is_for_once_and_nothing_else() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    let keys = SigningKeys::new("2026", b"from your secret manager");
    let link = |subject: &str| {
        let purpose = "service.order".parse().unwrap();
        Unsubscribe::new(subject, purpose, "sms".parse().unwrap(), "spring-sale").token(&keys)
    };
    let token = link(number(1).as_str());
    let (look, click) = (
        UnsubscribeRequest { method: "GET", body: "" },
        UnsubscribeRequest { method: "POST", body: "List-Unsubscribe=One-Click" },
    );
    assert_eq!(hub.unsubscribe(&look, &token, &keys).unwrap(), UnsubscribeOutcome::ConfirmPage);
    let forged = link(number(2).as_str()).replace('A', "B");
    let forged = hub.unsubscribe(&click, &forged, &keys).unwrap();
    assert!(matches!(forged, UnsubscribeOutcome::Rejected(_)), "{forged:?}");
    let queued = world.put(&hub, "a", &who, &message("a")).unwrap();
    assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{queued:?}");
    for is_new in [true, false, false] {
        assert_eq!(hub.unsubscribe(&click, &token, &keys).unwrap(), UnsubscribeOutcome::Stopped { is_new });
        world.later(1);
    }
    let dropped = world.put(&hub, "b", &who, &message("b")).unwrap();
    assert!(matches!(dropped, EnqueueOutcome::Dropped { .. }), "{dropped:?}");
    let other = Message::new("c", Class::Service, "service.repair".parse().unwrap());
    let queued = world.put(&hub, "c", &who, &other).unwrap();
    assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{queued:?}");
    // A link that names the profile, and one that names nobody.
    let Who::Record(id) = &who else { panic!() };
    let profile = throughline::ids::ProfileId::from(*id).to_string();
    for is_new in [true, false] {
        let stopped = hub.unsubscribe(&click, &link(&profile), &keys).unwrap();
        assert_eq!(stopped, UnsubscribeOutcome::Stopped { is_new });
    }
    assert_eq!(hub.unsubscribe(&click, &link("nobody"), &keys).unwrap(), UnsubscribeOutcome::Unknown);
}

#[test]
fn a_stop_word_stops_the_number_and_start_lets_it_go_on() {
    for (language, stop) in [("en", "STOP"), ("fa", "لغو"), ("ar", "إلغاء"), ("he", "הסר"), ("ru", "стоп")]
    {
        let (world, store) = (World::new(), memory());
        let hub = world.hub(&store);
        let who = world.person(&hub, 1);
        let words = StopWords::in_languages([language, "en"]);
        let purpose = "service".parse().unwrap();
        let said = words.record(stop, &Channel::Sms, &purpose, at(0)).unwrap();
        for is_new in [true, false] {
            let outcome = hub.address_consent(&number(1), &said).unwrap();
            assert_eq!(outcome, ConsentOutcome::Recorded { record: None, is_new });
        }
        let receipt = Message::new("receipt", Class::Transactional, "service.order".parse().unwrap());
        let dropped = world.put(&hub, "a", &who, &receipt).unwrap();
        assert!(matches!(dropped, EnqueueOutcome::Dropped { .. }), "{language}: {dropped:?}");
        world.later(1);
        let start = words.record("start", &Channel::Sms, &purpose, at(1)).unwrap();
        hub.address_consent(&number(1), &start).unwrap();
        let queued = world.put(&hub, "b", &who, &receipt).unwrap();
        assert!(matches!(queued, EnqueueOutcome::Queued { .. }), "{language}: {queued:?}");
        let stranger = hub.address_consent(&number(2), &start).unwrap();
        assert_eq!(stranger, ConsentOutcome::Unknown, "a grant of nobody that we know");
    }
}

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

/// What is stored but for answers to commands.
fn content(store: &MemoryStore) -> BTreeMap<Vec<u8>, String> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let all = store.dump().map(|(key, value)| (key.as_bytes().to_vec(), text(&value)));
    all.filter(|(key, _)| key.get(4) != Some(&b'c')).collect()
}

/// A store in which two people were told, and their entries.
fn told() -> (Arc<MemoryStore>, World, [OutboxKey; 2]) {
    let (world, store, provider) = (World::new(), Arc::new(MemoryStore::new()), Provider::default());
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let message = message("ready");
    let keys = [0, 1].map(|number| world.entry(&hub, &world.person(&hub, number), &message));
    hub.dispatch(&provider.sender(), &world.dispatch()).unwrap();
    world.later(60);
    (store, world, keys)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    /// A provider that repeats and reorders its reports leaves what one leaves that does not.
    #[test]
    fn reports_in_any_order_and_repetition_leave_the_same_store(
        (reports, again) in prop::collection::vec(
            (0..2_usize, prop::sample::select(DeliveryKind::ALL), any::<bool>(), 1..50_i64), 0..12,
        ).prop_flat_map(|reports| {
            let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
            (Just(reports), Just(twice).prop_shuffle())
        }),
    ) {
        let run = |reports: &[(usize, DeliveryKind, bool, i64)]| {
            let (store, world, keys) = told();
            let hub = world.hub(&(store.clone() as Arc<dyn Store>));
            for (number, kind, bot, minute) in reports {
                let event = DeliveryEvent { bot: *bot, ..DeliveryEvent::new(*kind, at(*minute)) };
                let key = keys[*number].to_string();
                // By our key and by the provider's id in turn.
                let id = format!("sms/{key}");
                let of = if minute % 2 == 0 {
                    DeliveryOf::Key(&key)
                } else {
                    DeliveryOf::Provider { channel: &Channel::Sms, id: &id }
                };
                let outcome = hub.delivery(of, &event).unwrap();
                assert!(!matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
                let outcome = hub.delivery(of, &event).unwrap();
                assert!(matches!(outcome, DeliveryOutcome::Known { .. }), "{outcome:?}");
            }
            content(&store)
        };
        prop_assert_eq!(run(&reports), run(&again));
    }
}

#[test]
fn reports_change_what_is_sent_next() {
    let (store, world, [first, second]) = told();
    let hub = world.hub(&(store as Arc<dyn Store>));
    let report = |key: OutboxKey, kind| {
        hub.delivery(DeliveryOf::Key(&key.to_string()), &DeliveryEvent::new(kind, at(1))).unwrap()
    };
    let people: Vec<Who> = (0..2)
        .map(|number| {
            let user = identifier(IdentifierKind::UserId, &format!("u-{number}"));
            let profile = hub.profile(&Who::Identifier(user)).unwrap().unwrap();
            Who::Profile(profile.id)
        })
        .collect();
    let DeliveryOutcome::Recorded { state, .. } = report(first, DeliveryKind::Unsubscribed) else { panic!() };
    assert_eq!(state.delivery, Delivery::Sent);
    let DeliveryOutcome::Recorded { state, .. } = report(second, DeliveryKind::HardBounced) else { panic!() };
    assert_eq!(state.delivery, Delivery::HardBounced);
    for (who, expected) in people.iter().zip(["withdrawn", "suppressed_hard_bounce"]) {
        let outcome = world.put(&hub, &format!("next/{expected}"), who, &message("next")).unwrap();
        let EnqueueOutcome::Dropped { reasons } = outcome else { panic!("{outcome:?}") };
        assert!(reasons.iter().any(|reason| reason.rule == expected), "{reasons:?}");
    }
    let stranger = OutboxKey::from_bytes([9; 16]).to_string();
    for of in [
        DeliveryOf::Key(&stranger),
        DeliveryOf::Key("no key; sara@example.ir"),
        DeliveryOf::Provider { channel: &Channel::Sms, id: "unknown" },
        DeliveryOf::Provider { channel: &Channel::Email, id: &format!("sms/{first}") },
    ] {
        let outcome = hub.delivery(of, &DeliveryEvent::new(DeliveryKind::Opened, at(1))).unwrap();
        assert!(matches!(outcome, DeliveryOutcome::Refused { .. }), "{outcome:?}");
    }
    let figures = hub.kpi("ready").unwrap().into_values().next().unwrap();
    assert_eq!((figures.sent, figures.bounced, figures.unsubscribed), (2, 1, 1));
}

#[test]
fn a_report_that_comes_before_the_answer_of_the_provider_settles_the_message() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let who = world.person(&hub, 1);
    world.entry(&hub, &who, &message("ready"));
    let sender = Blocking(|outgoing: &Outgoing| {
        provider.take(outgoing).unwrap();
        let key = outgoing.idempotency_key();
        hub.delivery(DeliveryOf::Key(&key), &DeliveryEvent::new(DeliveryKind::Delivered, at(0))).unwrap();
        Err(SendError::new(SendErrorKind::Unknown))
    });
    for _ in 0..3 {
        hub.dispatch(&sender, &world.dispatch()).unwrap();
        world.later(600);
    }
    assert_eq!(provider.calls.load(Ordering::SeqCst), 1, "it is known to be sent");
    assert!(hub.messages(&who).unwrap().unwrap().messages[0].is_sent());
}

#[test]
fn an_erased_person_leaves_nothing_in_the_outbox_and_others_keep_theirs() {
    let (store, world, [first, second]) = told();
    let hub = world.hub(&(store.clone() as Arc<dyn Store>));
    let user = Who::Identifier(identifier(IdentifierKind::UserId, "u-0"));
    let mut evidence = no("marketing", 1);
    evidence.evidence = Some(throughline::pii::Pii::new("canary-evidence".to_owned()));
    hub.consent(&user, &evidence).unwrap();
    hub.delivery(DeliveryOf::Key(&first.to_string()), &DeliveryEvent::new(DeliveryKind::SoftBounced, at(1)))
        .unwrap();
    world.put(&hub, "next", &user, &message("next")).unwrap();
    world
        .put(&hub, "offer", &user, &Message::new("offer", Class::Marketing, "marketing".parse().unwrap()))
        .unwrap();
    assert!(store.holds(b"canary-evidence") && store.holds(first.to_string().as_bytes()));
    let gone =
        hub.erase(&CommandKey::new("gdpr"), &What::Profile(user.clone()), Afterwards::Suppress).unwrap();
    assert!(matches!(gone, ErasureOutcome::Erased { records: 1, .. }), "{gone:?}");
    assert!(!store.holds(b"canary-evidence"));
    let left = content(&store);
    for letter in [b'O', b'M', b'N', b'f', b'K', b'W', b'A'] {
        let mut kept = left.iter().filter(|(key, _)| key.get(4) == Some(&letter));
        assert!(kept.all(|(key, value)| {
            let (first, second) = (first.as_bytes(), second.to_string());
            !key.windows(16).any(|part| part == first) && (letter != b'O' || value.contains(&second))
        }));
        let count = left.keys().filter(|key| key.get(4) == Some(&letter)).count();
        assert_eq!(count, 1, "what is the other's: {}", char::from(letter));
    }
    assert_eq!(left.keys().filter(|key| matches!(key.get(4), Some(b'T' | b'F'))).count(), 0);
    let late =
        hub.delivery(DeliveryOf::Key(&first.to_string()), &DeliveryEvent::new(DeliveryKind::Opened, at(1)));
    assert!(matches!(late.unwrap(), DeliveryOutcome::Refused { .. }));
}

#[test]
fn neither_an_address_nor_a_text_shows_in_what_is_logged() {
    let (world, store) = (World::new(), memory());
    let hub = world.hub(&store);
    let who = world.person(&hub, 7);
    let mut shown: Vec<String> = Vec::new();
    let message = message("ready");
    let request = Enqueue::new(&message, &world.texts, &world.policy, &world.zones);
    shown.push(format!("{request:?}"));
    shown.push(format!("{:?}", hub.enqueue(&CommandKey::new("k"), &who, &request).unwrap()));
    let seen = Mutex::new(Vec::new());
    let sender = Blocking(|outgoing: &Outgoing| {
        seen.lock().unwrap().push(format!("{outgoing:?}"));
        let error = SendError::new(SendErrorKind::Transient).code(outgoing.address.reveal());
        seen.lock().unwrap().push(format!("{error:?} {error}"));
        Err(error)
    });
    let dispatched = hub.dispatch(&sender, &world.dispatch()).unwrap();
    assert_eq!(dispatched.count("queued"), 1);
    shown.push(format!("{dispatched:?} {sender:?}"));
    shown.append(&mut seen.lock().unwrap());
    let told = hub.messages(&who).unwrap().unwrap();
    assert_eq!(told.messages[0].rendered.as_ref().map(|text| text.body.as_str()), Some(TEXT));
    shown.push(format!("{told:?}"));
    shown.push(format!("{:?}", hub.consent(&who, &no("service", 0)).unwrap()));
    world.later(100);
    shown.push(format!("{:?}", hub.dispatch(&sender, &world.dispatch()).unwrap()));
    shown.push(serde_json::to_string(&hub.messages(&who).unwrap().unwrap().messages[0].reasons).unwrap());
    for text in &shown {
        assert!(!text.contains(TEXT) && !text.contains("9124471007"), "{text}");
    }
}

#[test]
fn the_asynchronous_hub_does_not_differ() {
    let (world, store, provider) = (World::new(), memory(), Provider::default());
    let hub = world.hub(&store);
    let (who, asynchronous) = (world.person(&hub, 1), hub.asynchronous());
    let message = message("ready");
    let request = Enqueue::new(&message, &world.texts, &world.policy, &world.zones);
    let key = CommandKey::new("k");
    let queued = pollster::block_on(asynchronous.enqueue(&key, &who, &request)).unwrap();
    assert!(matches!(queued, EnqueueOutcome::Queued { .. }));
    let (sender, dispatch) = (provider.sender(), world.dispatch());
    let sending = asynchronous.dispatch(&sender, &dispatch);
    fn moves<T: Send>(future: T) -> T {
        future
    }
    assert_eq!(pollster::block_on(moves(sending)).unwrap().count("sent"), 1);
}
