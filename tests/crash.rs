//! Crashes and bad networks: an operation happens whole or not at all, and sending it again gives one effect and the
//! first answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod support;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use proptest::prelude::*;
use support::{Draft, NOON, TENANT, event, rules, world};
use throughline::event::Event;
use throughline::hub::{
    Afterwards, Clock, CommandKey, DecisionOutcome, Hub, Outcome, Recorded, Verified, What, Who,
};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::ids::{DecisionId, RecordId};
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{MemoryStore, Store, StoreError, StoreErrorKind};
use throughline::time::{DateTime, TimeDelta, Utc};

/// A clock that stands still; the entropy is that of the command, so that sending it again mints the same ids.
struct OfCommand(Arc<AtomicU8>);

impl Clock for OfCommand {
    fn now(&self) -> DateTime<Utc> {
        NOON.parse().unwrap()
    }

    fn entropy(&self) -> [u8; 16] {
        [self.0.load(Ordering::SeqCst); 16]
    }
}

struct Bench {
    memory: Arc<MemoryStore>,
    faulty: Arc<FaultyStore>,
    /// Over the memory store: nothing goes wrong.
    calm: Hub,
    /// Over the faulty one.
    hub: Hub,
    command: Arc<AtomicU8>,
}

fn bench(seed: u64, plan: Plan, snapshots: bool) -> Bench {
    let memory = Arc::new(MemoryStore::new());
    let faulty = FaultyStore::new(memory.clone(), seed, plan);
    let faulty = Arc::new(if snapshots { faulty.with_snapshots() } else { faulty });
    let command = Arc::new(AtomicU8::new(1));
    let hub = |store: Arc<dyn Store>| {
        Hub::with_clock(store, TENANT, rules(), Arc::new(OfCommand(command.clone()))).unwrap()
    };
    Bench { calm: hub(memory.clone()), hub: hub(faulty.clone()), memory, faulty, command }
}

type Content = BTreeMap<Vec<u8>, String>;

/// Everything, the answers to commands too.
fn content(store: &MemoryStore) -> Content {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    store.dump().map(|(key, value)| (key.as_bytes().to_vec(), text(&value))).collect()
}

fn draft(user: Option<u8>, visitor: Option<u8>, channel: u8, minute: u16) -> Draft {
    Draft {
        user,
        anonymous: visitor,
        email: None,
        phone: None,
        card: None,
        device: None,
        name: Some(user.unwrap_or(3)),
        channel,
        minute,
        consent: None,
        track: false,
    }
}

/// The world before each operation: two accounts on two channels each, a visitor, and a decision.
struct World {
    records: Vec<RecordId>,
    decision: DecisionId,
    token: String,
}

fn email() -> Identifier {
    Identifier::parse(IdentifierKind::Email, "person1@example.com", &IdentifierSettings::default()).unwrap()
}

fn furnish(bench: &Bench) -> World {
    let drafts = [
        Draft { email: Some((0, true)), ..draft(Some(0), None, 0, 1) },
        Draft { card: Some(1), ..draft(Some(0), Some(0), 1, 2) },
        Draft { email: Some((1, false)), ..draft(Some(1), None, 0, 3) },
        Draft { device: Some(2), ..draft(Some(1), None, 1, 4) },
        Draft { device: Some(2), ..draft(None, Some(4), 5, 5) },
        Draft { card: Some(2), ..draft(None, None, 2, 6) },
    ];
    let record = |(number, draft): (usize, &Draft)| bench.calm.record(&event(number, draft)).unwrap().record;
    let records: Vec<RecordId> = drafts.iter().enumerate().map(record).collect();
    let made = bench.calm.keep_apart(&CommandKey::new("before"), &records[..1], &records[5..]).unwrap();
    let DecisionOutcome::Made { decision, .. } = made else { panic!("{made:?}") };
    let token = bench.calm.challenge(records[2], &email(), TimeDelta::hours(1)).unwrap().unwrap();
    bench.command.store(2, Ordering::SeqCst);
    World { records, decision, token }
}

/// Runs an operation against a fault at every step, with and without snapshots.
///
/// `repeats` says whether the answer to sending it again is right, given the answer of a calm run.
fn at_every_step<A: Debug + PartialEq>(
    name: &str,
    operate: impl Fn(&Hub, &World) -> Result<A, StoreError>,
    repeats: impl Fn(&A, &A) -> bool,
) {
    for snapshots in [false, true] {
        let calm = bench(0, Plan::calm(), snapshots);
        let world = furnish(&calm);
        let before = content(&calm.memory);
        let answer = operate(&calm.hub, &world).unwrap();
        let after = content(&calm.memory);
        assert_ne!(before, after, "{name}: it does something");
        let steps = calm.faulty.steps();
        assert!(steps >= 2, "{name}: {steps} steps");
        let (mut kept, mut lost) = (0, 0);
        for step in 1..=steps {
            for &fault in Fault::ALL {
                let told = format!("{name}, {fault:?} at step {step} of {steps}, snapshots {snapshots}");
                let bench = bench(0, Plan::calm(), snapshots);
                let world = furnish(&bench);
                assert_eq!(content(&bench.memory), before, "{told}: the same world");
                bench.faulty.fail_at(step, fault);
                let result = operate(&bench.hub, &world);
                assert_eq!(bench.faulty.injected(), 1, "{told}");
                bench.faulty.revive();
                let now = content(&bench.memory);
                match &result {
                    Ok(given) => {
                        assert!(matches!(fault, Fault::Slow | Fault::Conflict), "{told}");
                        assert_eq!((given, &now), (&answer, &after), "{told}");
                    }
                    Err(error) => {
                        let sure = error.kind() == StoreErrorKind::Failed;
                        assert!(sure || error.kind() == StoreErrorKind::Unknown, "{told}: {error}");
                        assert!(
                            now == before || (now == after && !sure),
                            "{told}: half of it, or more than told"
                        );
                    }
                }
                *(if now == after { &mut kept } else { &mut lost }) += 1;
                let again = operate(&bench.hub, &world).unwrap();
                assert!(again == answer || (now == after && repeats(&answer, &again)), "{told}: {again:?}");
                assert_eq!(content(&bench.memory), after, "{told}: one effect");
            }
        }
        assert!(kept > 0 && lost > 0, "{name}: {kept} and {lost}");
    }
}

/// An event that joins the visitor's records to the first account and names a new value.
fn joining() -> Event {
    event(100, &Draft { device: Some(3), card: Some(1), ..draft(Some(0), Some(4), 5, 50) })
}

#[test]
fn a_recorded_event_does_not_half_happen() {
    at_every_step(
        "record",
        |hub, _| hub.record(&joining()),
        |first, again| *again == Recorded { outcome: Outcome::Duplicate, ..first.clone() },
    );
}

#[test]
fn a_batch_of_events_does_not_half_happen() {
    let events =
        [joining(), event(101, &draft(Some(3), None, 0, 9)), event(102, &draft(Some(3), Some(0), 1, 10))];
    at_every_step(
        "record_all",
        |hub, _| hub.record_all(&events),
        |_, again| again.iter().all(|recorded| recorded.outcome == Outcome::Duplicate),
    );
    let lines = events.iter().map(Event::to_segment).collect::<Vec<_>>().join("\n");
    at_every_step(
        "import_lines",
        |hub, _| hub.import_lines(lines.as_bytes(), &hub.import(), |_| {}),
        |first, again| again.duplicates == first.first && again.first == 0,
    );
}

#[test]
fn a_decision_does_not_half_happen() {
    let key = CommandKey::new("ticket-1");
    let same = |first: &DecisionOutcome, again: &DecisionOutcome| first == again;
    at_every_step("link", |hub, world| hub.link(&key, world.records[2], world.records[5]), same);
    at_every_step(
        "keep_apart",
        |hub, world| hub.keep_apart(&key, &world.records[2..3], &world.records[3..5]),
        same,
    );
    at_every_step("retract", |hub, world| hub.retract(&key, world.decision), same);
}

#[test]
fn an_erasure_does_not_half_happen() {
    let key = CommandKey::new("gdpr-1");
    for afterwards in [Afterwards::Suppress, Afterwards::Admit] {
        at_every_step(
            "erase a record",
            |hub, world| hub.erase(&key, &What::Record(world.records[3]), afterwards),
            |first, again| first == again,
        );
        at_every_step(
            "erase a profile",
            |hub, world| hub.erase(&key, &What::Profile(Who::Record(world.records[0])), afterwards),
            |first, again| first == again,
        );
    }
}

#[test]
fn a_proof_does_not_half_happen() {
    at_every_step(
        "verify",
        |hub, world| hub.verify(world.records[2], &email(), &world.token),
        |first, again| (*first, *again) == (Verified::Proved, Verified::Used),
    );
}

/// The same word for "again" as long as the store is not calm.
fn insist<T>(bench: &Bench, mut work: impl FnMut() -> Result<T, StoreError>) -> T {
    for _ in 0..2_000 {
        match work() {
            Ok(value) => return value,
            Err(error) => {
                let expected = [StoreErrorKind::Failed, StoreErrorKind::Unknown, StoreErrorKind::Conflict];
                assert!(expected.contains(&error.kind()), "{error}");
                assert!(bench.faulty.injected() > 0, "on a calm day: {error}");
                bench.faulty.revive();
            }
        }
    }
    panic!("the storm never lets anything through");
}

/// For a store without snapshots, where one operation takes dozens of steps, each of which may fail.
fn drizzle() -> Plan {
    Plan {
        failed: 4,
        timeout: 4,
        unknown_applied: 6,
        unknown_lost: 6,
        conflict: 60,
        slow: 20,
        crash_before: 4,
        crash_after: 4,
    }
}

/// A day of events and commands; the same ids whatever had to be sent again.
fn day(bench: &Bench, hub: &Hub, events: &[Event]) -> Vec<String> {
    let mut records: Vec<RecordId> = Vec::new();
    let mut answers = Vec::new();
    for (at, event) in events.iter().enumerate() {
        bench.command.store(u8::try_from(at).unwrap(), Ordering::SeqCst);
        let record = if at % 3 == 1 {
            let hub = hub.asynchronous();
            insist(bench, || pollster::block_on(hub.record(event))).record
        } else {
            insist(bench, || hub.record(event)).record
        };
        records.push(record);
        let (one, other) = (records[at / 2], records[at / 3]);
        let key = CommandKey::new(&format!("command-{at}"));
        let answer = match at % 7 {
            2 => format!("{:?}", insist(bench, || hub.link(&key, one, other))),
            4 => format!("{:?}", insist(bench, || hub.keep_apart(&key, &[one], &[record]))),
            6 => {
                let afterwards = if at % 2 == 0 { Afterwards::Suppress } else { Afterwards::Admit };
                format!("{:?}", insist(bench, || hub.erase(&key, &What::Record(other), afterwards)))
            }
            _ => continue,
        };
        answers.push(answer);
    }
    answers
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 80, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever goes wrong on the way: the content and the answers are those of a calm day.
    #[test]
    fn a_storm_leaves_what_a_calm_day_leaves(
        events in world(1..14),
        seed in any::<u64>(),
        snapshots in any::<bool>(),
    ) {
        let calm = bench(0, Plan::calm(), snapshots);
        let expected = day(&calm, &calm.calm, &events);
        let stormy = bench(seed, if snapshots { Plan::stormy() } else { drizzle() }, snapshots);
        let answers = day(&stormy, &stormy.hub, &events);
        prop_assert_eq!(answers, expected);
        prop_assert_eq!(content(&stormy.memory), content(&calm.memory));
    }

    /// A store without snapshots, read in batches, and one with them give the same.
    #[test]
    fn a_store_without_snapshots_does_not_differ(events in world(1..14)) {
        let with = bench(0, Plan::calm(), true);
        let without = bench(0, Plan::calm(), false);
        prop_assert_eq!(day(&with, &with.hub, &events), day(&without, &without.hub, &events));
        prop_assert_eq!(content(&with.memory), content(&without.memory));
    }
}
