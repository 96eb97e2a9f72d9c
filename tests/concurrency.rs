//! Many writers on one customer: nothing is lost, and the outcome is that of one writer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Barrier};

use attack_support::{NOON, TENANT, identifier, instant, rules, said};
use pollster::block_on;
use throughline::event::Event;
use throughline::hub::{
    Afterwards, Clock, CommandKey, DecisionOutcome, ErasureOutcome, Hub, Outcome, Recorded, What, Who,
};
use throughline::identifier::IdentifierKind;
use throughline::ids::RecordId;
use throughline::store::{Key, MemoryStore, ReadSet, Scan, Store, StoreError, StoreErrorKind};
use throughline::time::{DateTime, Utc};

const WRITERS: usize = 4;

/// A clock that stands still and gives one writer's entropy, so that what a writer mints does not depend on the race.
struct OfWriter(u8);

impl Clock for OfWriter {
    fn now(&self) -> DateTime<Utc> {
        instant(NOON)
    }

    fn entropy(&self) -> [u8; 16] {
        [self.0; 16]
    }
}

fn hub(store: &Arc<dyn Store>, writer: usize) -> Hub {
    Hub::with_clock(store.clone(), TENANT, rules(), Arc::new(OfWriter(writer.try_into().unwrap()))).unwrap()
}

fn content(store: &Arc<dyn Store>) -> BTreeMap<Vec<u8>, String> {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    view.scans[0].items.iter().map(|(key, held)| (key.as_bytes().to_vec(), text(&held.value))).collect()
}

/// A writer who lost against others too often tries again; nothing else may go wrong.
fn insist<T>(mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    loop {
        match work() {
            Ok(value) => return value,
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict, "{error}"),
        }
    }
}

fn record(hub: &Hub, event: &Event) -> Recorded {
    insist(|| hub.record(event))
}

/// One customer in every channel: all events touch the same component, many the same record.
fn events(count: usize) -> Vec<Event> {
    let channels = ["web", "app", "till", "call_centre", "whatsapp", "kiosk"];
    (0..count)
        .map(|at| {
            let said =
                said(&format!("m-{at}"), channels[at % channels.len()], i64::try_from(at * 7 % 50).unwrap())
                    .with("firstName", format!("Name-{}", at % 5))
                    .context(
                        "consent",
                        serde_json::json!({"categoryPreferences": {"marketing": at % 2 == 0}}),
                    );
            match at % 4 {
                0 => said.user("u-1").device(&format!("d-{}", at % 3)),
                1 => said.source("accounts").user("u-1").proved_email("sara@example.ir"),
                2 => said.visitor(&format!("v-{}", at % 5)).device(&format!("d-{}", at % 3)),
                _ => said.phone("+989121112233").card("NV-1-77").user("u-1"),
            }
            .event()
        })
        .collect()
}

/// Runs the writers at once, each with its share of the events and the same store.
fn race<T: Send>(
    store: &Arc<dyn Store>,
    events: &[Event],
    extra: impl Fn(usize, &Hub) -> T + Sync,
) -> Vec<T> {
    let start = Barrier::new(WRITERS);
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let (hub, start, extra) = (hub(store, writer), &start, &extra);
                let share = events.iter().skip(writer).step_by(WRITERS);
                scope.spawn(move || {
                    start.wait();
                    let mut share = share.peekable();
                    let half = share.len() / 2;
                    share.by_ref().take(half).for_each(|event| drop(record(&hub, event)));
                    let answer = extra(writer, &hub);
                    share.for_each(|event| drop(record(&hub, event)));
                    answer
                })
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().unwrap()).collect()
    })
}

fn memory() -> Arc<dyn Store> {
    Arc::new(MemoryStore::new())
}

/// Each test's body on the memory store, some rounds, and on the redb store.
fn on_all_stores(rounds: usize, body: impl Fn(Arc<dyn Store>)) {
    for _ in 0..rounds {
        body(memory());
    }
    #[cfg(feature = "redb")]
    {
        let directory = tempfile::tempdir().unwrap();
        body(Arc::new(throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap()));
    }
}

fn sequential(events: &[Event], extra: impl Fn(&Hub)) -> BTreeMap<Vec<u8>, String> {
    let store = memory();
    let hub = hub(&store, 0);
    events.iter().for_each(|event| drop(record(&hub, event)));
    extra(&hub);
    content(&store)
}

#[test]
fn two_writers_do_not_lose_an_update() {
    let events = events(120);
    let expected = sequential(&events, |_| ());
    on_all_stores(6, |store| {
        race(&store, &events, |_, _| ());
        assert_eq!(content(&store), expected);
        // Everybody again: everything is known.
        let outcomes = race(&store, &[], |_, hub| record(hub, &events[0]).outcome);
        assert!(outcomes.into_iter().all(|outcome| outcome == Outcome::Duplicate));
        assert_eq!(content(&store), expected);
    });
}

#[test]
fn the_same_event_from_many_writers_is_not_stored_twice() {
    let events = events(12);
    let expected = sequential(&events, |_| ());
    on_all_stores(10, |store| {
        let answers = race(&store, &[], |_, hub| {
            events.iter().map(|event| record(hub, event).outcome).collect::<Vec<_>>()
        });
        for at in 0..events.len() {
            let first = answers.iter().filter(|outcomes| outcomes[at] == Outcome::First).count();
            assert_eq!(first, 1, "exactly one writer stored it");
        }
        assert_eq!(content(&store), expected);
    });
}

#[test]
fn decisions_and_events_do_not_overwrite_one_another() {
    let events = events(60);
    let seeds = [
        said("seed-1", "web", 0).user("u-1").event(),
        said("seed-2", "chat", 0).visitor("v-chat").event(),
        said("seed-3", "till", 0).card("NV-9-99").event(),
    ];
    let seed = |store: &Arc<dyn Store>| -> Vec<RecordId> {
        seeds.iter().map(|event| record(&hub(store, 9), event).record).collect()
    };
    // Each decision is one writer's own, so that its id does not depend on who was faster.
    let decide = |writer: usize, hub: &Hub, records: &[RecordId]| {
        let key = CommandKey::new(&format!("decision-{writer}"));
        let made = match writer {
            0 => insist(|| hub.link(&key, records[0], records[1])),
            1 => insist(|| hub.keep_apart(&key, &records[..2], &records[2..])),
            2 => insist(|| hub.link(&key, records[1], records[0])),
            _ => insist(|| hub.link(&key, records[1], records[2])),
        };
        let DecisionOutcome::Made { decision, .. } = made else { panic!("{made:?}") };
        if writer == 3 {
            let key = CommandKey::new("taken-back");
            assert!(matches!(insist(|| hub.retract(&key, decision)), DecisionOutcome::Made { .. }));
        }
    };
    // The answers of commands name the profiles of their instant; everything else is the same.
    let facts = |store: &Arc<dyn Store>| {
        let mut content = content(store);
        content.retain(|key, _| key.get(4) != Some(&b'c'));
        content
    };
    let expected = {
        let store = memory();
        let records = seed(&store);
        (0..WRITERS).for_each(|writer| decide(writer, &hub(&store, writer), &records));
        events.iter().for_each(|event| drop(record(&hub(&store, 0), event)));
        facts(&store)
    };
    on_all_stores(6, |store| {
        let records = seed(&store);
        race(&store, &events, |writer, hub| decide(writer, hub, &records));
        assert_eq!(facts(&store), expected);
    });
}

#[test]
fn one_command_from_many_writers_does_not_take_effect_twice() {
    on_all_stores(10, |store| {
        let one = record(&hub(&store, 9), &said("m-1", "web", 1).user("u-1").event()).record;
        let two = record(&hub(&store, 9), &said("m-2", "chat", 1).visitor("v-2").event()).record;
        let key = CommandKey::new("ticket-1");
        let answers = race(&store, &[], |_, hub| insist(|| hub.link(&key, one, two)));
        assert!(answers.iter().all(|answer| *answer == answers[0]), "one decision, one answer: {answers:?}");
        let decisions = content(&store).into_keys().filter(|key| key.get(4) == Some(&b'D')).count();
        assert_eq!(decisions, 1);
    });
}

/// All her events name her account, so whatever comes after the erasure is refused and whatever came before is gone.
#[test]
fn an_erasure_does_not_lose_against_a_writer() {
    let events: Vec<Event> = (0..60)
        .map(|at| {
            let channel = ["web", "app", "till"][at % 3];
            said(&format!("m-{at}"), channel, 1).user("u-1").card("NV-1-77").with("note", "canary").event()
        })
        .collect();
    let user = Who::from(identifier(IdentifierKind::UserId, "u-1"));
    let expected = {
        let store = memory();
        let hub = hub(&store, 0);
        record(&hub, &events[0]);
        let gone =
            hub.erase(&CommandKey::new("gdpr"), &What::Profile(user.clone()), Afterwards::Suppress).unwrap();
        assert!(matches!(gone, ErasureOutcome::Erased { .. }));
        events.iter().for_each(|event| assert_eq!(record(&hub, event).outcome, Outcome::Erased));
        let mut left = content(&store);
        left.retain(|key, _| key.get(4) != Some(&b'c'));
        left
    };
    on_all_stores(10, |store| {
        record(&hub(&store, 0), &events[0]);
        let key = CommandKey::new("gdpr");
        let what = What::Profile(user.clone());
        race(&store, &events[1..], |writer, hub| {
            if writer == 2 {
                let gone = insist(|| hub.erase(&key, &what, Afterwards::Suppress));
                assert!(matches!(gone, ErasureOutcome::Erased { records: 1..=3, .. }), "{gone:?}");
            }
        });
        let mut left = content(&store);
        left.retain(|key, _| key.get(4) != Some(&b'c'));
        assert_eq!(left, expected);
    });
}

/// Without suppression what came after the erasure is there and nothing else: as if only that had ever been seen.
#[test]
fn what_comes_after_an_erasure_does_not_mix_with_what_was_before() {
    let events = events(60);
    on_all_stores(6, |store| {
        let victim = record(&hub(&store, 0), &said("seed", "web", 0).user("u-1").event()).record;
        let key = CommandKey::new("gdpr");
        race(&store, &events, |writer, hub| {
            if writer == 1 {
                insist(|| hub.erase(&key, &What::Record(victim), Afterwards::Admit));
            }
        });
        let mut left = content(&store);
        left.retain(|key, _| key.get(4) != Some(&b'c'));
        let reader = hub(&store, 0);
        let mut kept: BTreeSet<String> = BTreeSet::new();
        for key in left.keys().filter(|key| key.get(4) == Some(&b'r')) {
            let id = RecordId::from_bytes(key[5..].try_into().unwrap());
            let timeline = reader.timeline(&Who::Record(id), None).unwrap().unwrap();
            kept.extend(timeline.entries().iter().map(|entry| entry.order.id.to_string()));
        }
        let survivors: Vec<Event> =
            events.iter().filter(|event| kept.contains(event.id())).cloned().collect();
        assert_eq!(survivors.len(), kept.len());
        let web =
            events.iter().filter(|event| event.source() == "web" && event.user_id() == Some("u-1")).count();
        assert!(survivors.len() + web >= events.len(), "only her record's events may be gone");
        let mut expected = sequential(&survivors, |_| ());
        expected.retain(|key, _| key.get(4) != Some(&b'c'));
        assert_eq!(left, expected);
    });
}
