//! The outbox: nothing lost, nothing delivered twice, whatever crashes; each person told once, whoever works on it.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod outbox_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use attack_support::rules;
use outbox_support::{Provider, TEXT, World, at, insist, memory, merged, message, no, phone};
use throughline::channel::Channel;
use throughline::hub::{CommandKey, DeliveryOf, Dispatch, Enqueue, EnqueueOutcome, Who};
use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind};
use throughline::messaging::{Accepted, Blocking, Class, Message, Outgoing, SendError, SendErrorKind};
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{Store, StoreError, StoreErrorKind};

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
