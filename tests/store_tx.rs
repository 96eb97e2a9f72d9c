//! The unit of work over a store with snapshots and over one without: the same results.
#![cfg(feature = "testkit")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use proptest::prelude::*;
use serde::{Deserialize, Serialize};
use throughline::store::faulty::{Fault, FaultyStore, Plan};
use throughline::store::{
    Batch, BoxFuture, Bytes, Committed, Entry, Expect, Found, Key, MAX_PAUSES, MAX_RUNS, MAX_VALUE,
    MemoryStore, Once, Outcome, ReadSet, Seq, Snapshot, Stop, Store, StoreError, StoreErrorKind, Stored,
    Tenant, Tx, Version, View, Write, encode, once, run, run_async,
};

const TENANT: Tenant = Tenant(7);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Number {
    n: u64,
}

impl Stored for Number {
    const KIND: &'static str = "number";
    const VERSION: u16 = 1;
}

/// The same in the journal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct News {
    text: String,
}

impl Stored for News {
    const KIND: &'static str = "news";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

fn key(text: &str) -> Key {
    Key::new(text.as_bytes()).unwrap()
}

fn number(n: u64) -> Number {
    Number { n }
}

/// A store across a network: no snapshots, counted calls, and something that happens before a call of choice.
struct Remote {
    inner: Arc<MemoryStore>,
    reads: AtomicUsize,
    commits: Mutex<Vec<Batch>>,
    before_read: Mutex<BTreeMap<usize, Batch>>,
    before_commit: Mutex<Option<Batch>>,
    always_in_the_way: Option<Batch>,
}

impl Remote {
    fn new(inner: &Arc<MemoryStore>) -> Self {
        Self {
            inner: Arc::clone(inner),
            reads: AtomicUsize::new(0),
            commits: Mutex::default(),
            before_read: Mutex::default(),
            before_commit: Mutex::default(),
            always_in_the_way: None,
        }
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }

    fn last_batch(&self) -> Batch {
        self.commits.lock().unwrap().last().cloned().unwrap()
    }
}

impl Store for Remote {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            let number = self.reads.fetch_add(1, Ordering::SeqCst) + 1;
            let batch = self.before_read.lock().unwrap().remove(&number);
            if let Some(batch) = batch.as_ref().or(self.always_in_the_way.as_ref()) {
                self.inner.commit(batch).await?;
            }
            self.inner.read(want).await
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            self.commits.lock().unwrap().push(batch.clone());
            let between = self.before_commit.lock().unwrap().take();
            if let Some(between) = between {
                self.inner.commit(&between).await?;
            }
            self.inner.commit(batch).await
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.inner.journal(after, limit)
    }
}

/// A memory store that keeps what was committed to it.
struct Local(Remote);

impl Store for Local {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        self.0.read(want)
    }
    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        self.0.commit(batch)
    }
    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.0.journal(after, limit)
    }
    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        self.0.inner.snapshot()
    }
}

/// Runs a check over a fresh store of both sorts.
fn on_both(check: impl Fn(&dyn Store, &Remote)) {
    let remote = Remote::new(&Arc::new(MemoryStore::new()));
    check(&remote, &remote);
    let local = Local(Remote::new(&Arc::new(MemoryStore::new())));
    check(&local, &local.0);
    assert_eq!(local.0.reads(), 0, "a store with snapshots is never read in batches");
}

fn done<R>(store: &dyn Store, work: impl FnMut(&mut Tx<'_>) -> Result<R, Stop>) -> R {
    run(store, TENANT, work).unwrap().value
}

fn raw(name: &str, json: &str) -> Batch {
    let physical = TENANT.physical(&key(name)).unwrap();
    Batch { writes: vec![(physical, Write::Put(Bytes::from(json.as_bytes())))], ..Batch::default() }
}

fn apply(store: &dyn Store, batch: &Batch) -> Version {
    Version(pollster::block_on(store.commit(batch)).unwrap().seq.0)
}

#[test]
fn a_unit_reads_its_own_writes() {
    on_both(|store, _| {
        done(store, |tx| {
            assert_eq!(tx.tenant(), TENANT);
            assert_eq!(tx.get::<Number>(&key("a"))?, None);
            tx.put(&key("a"), &number(1))?;
            assert_eq!(tx.get::<Number>(&key("a"))?, Some(number(1)));
            assert!(tx.exists(&key("a"))?);
            tx.delete(&key("a"));
            assert_eq!(tx.get::<Number>(&key("a"))?, None);
            assert!(!tx.exists(&key("a"))?);
            tx.put(&key("a"), &number(2))?;
            tx.put(&key("b"), &number(3))?;
            assert_eq!(
                tx.get_many::<Number>(&[key("b"), key("none"), key("a")])?,
                [Some(number(3)), None, Some(number(2))]
            );
            Ok(())
        });
        let both = done(store, |tx| tx.get_many::<Number>(&[key("a"), key("b")]));
        assert_eq!(both, [Some(number(2)), Some(number(3))]);
    });
}

#[test]
fn the_batch_guards_what_was_read_and_nothing_else() {
    on_both(|store, calls| {
        let version = apply(store, &raw("read", r#"{"kind":"number","v":1,"d":{"n":1}}"#));
        done(store, |tx| {
            tx.want(&[key("wanted")]);
            tx.put(&key("z blind"), &number(1))?;
            tx.delete(&key("gone blind"));
            assert!(tx.exists(&key("read"))?);
            assert_eq!(tx.get::<Number>(&key("absent"))?, None);
            tx.put(&key("absent"), &number(2))?;
            Ok(())
        });
        let physical = |name: &str| TENANT.physical(&key(name)).unwrap();
        let batch = calls.last_batch();
        assert_eq!(
            batch.guards,
            [(physical("absent"), Expect::Absent), (physical("read"), Expect::At(version))]
        );
        let written: Vec<Key> = batch.writes.iter().map(|(key, _)| key.clone()).collect();
        assert_eq!(written, [physical("absent"), physical("gone blind"), physical("z blind")]);
        assert!(batch.journal.is_empty());
    });
}

#[test]
fn what_changes_nothing_commits_nothing() {
    on_both(|store, calls| {
        let outcome = run(store, TENANT, |tx| {
            tx.put(&key("a"), &number(1))?;
            tx.put(&key("news"), &News { text: "سلام".into() })
        });
        assert_eq!(outcome.unwrap().committed, Some(Committed { seq: Seq(1) }));
        let outcome = run(store, TENANT, |tx| {
            let a: Option<Number> = tx.get(&key("a"))?;
            tx.put(&key("a"), &number(9))?;
            tx.put(&key("a"), &a.unwrap())?;
            let news: Option<News> = tx.get(&key("news"))?;
            tx.put(&key("news"), &news.unwrap())?;
            assert!(!tx.exists(&key("none"))?);
            tx.put(&key("none"), &number(9))?;
            tx.delete(&key("none"));
            tx.announce(&key("a"));
            tx.bump_range(&key("range"))
        });
        assert_eq!(outcome.unwrap(), Outcome { value: (), committed: None });
        assert_eq!(calls.commits.lock().unwrap().len(), 1);
        // Written blindly, the same bytes are a write: nobody has looked.
        let blind = run(store, TENANT, |tx| tx.put(&key("a"), &number(1))).unwrap();
        assert_eq!(blind.committed, Some(Committed { seq: Seq(2) }));
        // A unit that refuses drops what it had written.
        let refused = run(store, TENANT, |tx| {
            tx.put(&key("a"), &number(5))?;
            tx.discard();
            tx.get::<Number>(&key("a"))
        });
        assert_eq!(refused.unwrap(), Outcome { value: Some(number(1)), committed: None });
    });
}

#[test]
fn the_journal_tells_kinds_that_want_it_in_order_of_first_put() {
    on_both(|store, _| {
        let news = |text: &str| News { text: text.into() };
        done(store, |tx| {
            tx.put(&key("z"), &news("1"))?;
            tx.put(&key("quiet"), &number(1))?;
            tx.put(&key("a"), &news("2"))?;
            tx.announce(&key("gone"));
            tx.put(&key("z"), &news("3"))?;
            tx.delete(&key("gone"));
            Ok(())
        });
        let entries = pollster::block_on(store.journal(Seq(0), 10)).unwrap();
        let told: Vec<Key> = entries.into_iter().flat_map(|entry| entry.keys).collect();
        let told: Vec<Key> = told.iter().map(|key| TENANT.logical(key).unwrap()).collect();
        assert_eq!(told, [key("z"), key("a"), key("gone")]);
    });
}

#[test]
fn the_journal_does_not_tell_what_did_not_happen() {
    on_both(|store, calls| {
        let news = |text: &str| News { text: text.into() };
        done(store, |tx| tx.put(&key("same"), &news("same")));
        done(store, |tx| {
            let same: News = tx.get(&key("same"))?.unwrap();
            tx.put(&key("same"), &same)?;
            assert!(!tx.exists(&key("passing"))?);
            tx.put(&key("passing"), &news("1"))?;
            tx.delete(&key("passing"));
            tx.put(&key("quiet"), &number(1))
        });
        assert!(calls.last_batch().journal.is_empty());
        done(store, |tx| {
            tx.put(&key("discarded"), &news("1"))?;
            tx.announce(&key("discarded too"));
            tx.discard();
            tx.put(&key("quiet"), &number(2))
        });
        assert!(calls.last_batch().journal.is_empty());
        assert_eq!(calls.last_batch().writes.len(), 1);
    });
}

#[test]
fn a_blind_write_is_kept_though_the_same_happens_to_be_loaded() {
    on_both(|store, calls| {
        done(store, |tx| tx.put(&key("a"), &number(1)));
        done(store, |tx| {
            tx.want(&[key("a")]);
            tx.get::<Number>(&key("b"))?;
            tx.put(&key("a"), &number(1))
        });
        let guarded: Vec<Key> = calls.last_batch().guards.into_iter().map(|(key, _)| key).collect();
        assert_eq!(guarded, [TENANT.physical(&key("b")).unwrap()]);
        assert_eq!(calls.last_batch().writes.len(), 1);
        assert_eq!(calls.inner.dump().count(), 1);
        assert_eq!(calls.commits.lock().unwrap().len(), 2);
    });
}

#[test]
fn tenants_never_meet() {
    on_both(|store, _| {
        for tenant in [0, 1, 0x0100_0000, u32::MAX - 1, u32::MAX] {
            let name = key("same");
            run(store, Tenant(tenant), |tx| tx.put(&name, &number(u64::from(tenant)))).unwrap();
        }
        for tenant in [0, 1, 0x0100_0000, u32::MAX - 1, u32::MAX] {
            let all =
                run(store, Tenant(tenant), |tx| tx.scan::<Number>(&Key::empty(), None, 10)).unwrap().value;
            assert_eq!(all, Found { items: vec![(key("same"), number(u64::from(tenant)))], more: false });
        }
        let other = run(store, Tenant(5), |tx| tx.scan::<Number>(&Key::empty(), None, 10)).unwrap().value;
        assert!(other.items.is_empty() && !other.more);
    });
}

#[test]
fn scans_show_own_writes_and_page_exactly() {
    on_both(|store, _| {
        done(store, |tx| (0..10).try_for_each(|n| tx.put(&key(&format!("s/{n}")), &number(n))));
        let pages = done(store, |tx| {
            tx.delete(&key("s/0"));
            tx.delete(&key("s/4"));
            tx.delete(&key("s/9"));
            tx.put(&key("s/5"), &number(50))?;
            tx.put(&key("s/55"), &number(55))?;
            tx.put(&key("s"), &number(0))?;
            tx.put(&key("t"), &number(0))?;
            let mut pages = Vec::new();
            let mut after = None;
            loop {
                let page = tx.scan::<Number>(&key("s/"), after.as_ref(), 2)?;
                after = page.items.last().map(|(key, _)| key.clone());
                pages.push((page.items.iter().map(|(_, number)| number.n).collect::<Vec<_>>(), page.more));
                if !page.more {
                    return Ok(pages);
                }
            }
        });
        let expected = [(vec![1, 2], true), (vec![3, 50], true), (vec![55, 6], true), (vec![7, 8], false)];
        assert_eq!(pages, expected);
        assert!(done(store, |tx| tx.scan::<Number>(&key("s/"), None, 0)).more);
    });
}

#[test]
fn a_scanned_item_is_guarded_and_a_repeated_put_dropped() {
    on_both(|store, calls| {
        done(store, |tx| (0..3).try_for_each(|n| tx.put(&key(&format!("s/{n}")), &number(n))));
        done(store, |tx| {
            let found = tx.scan::<Number>(&key("s/"), None, 2)?;
            for (key, value) in &found.items {
                tx.put(key, value)?;
            }
            tx.put(&key("sum"), &number(found.items.iter().map(|(_, number)| number.n).sum()))
        });
        let batch = calls.last_batch();
        assert_eq!(batch.guards.len(), 2, "not the line that only tells that more follows");
        assert_eq!(batch.writes.len(), 1);
    });
}

/// Three seats; who counts those taken depends on the whole range.
fn take_a_seat(tx: &mut Tx<'_>) -> Result<bool, Stop> {
    tx.guard_range(&key("range/seats"))?;
    let taken = tx.scan::<Number>(&key("seat/"), None, 100)?.items.len();
    if taken >= 3 {
        return Ok(false);
    }
    tx.bump_range(&key("range/seats"))?;
    tx.put(&key(&format!("seat/{taken}")), &number(1))?;
    Ok(true)
}

#[test]
fn a_range_is_guarded_and_bumped() {
    on_both(|store, calls| {
        let range = TENANT.physical(&key("range/seats")).unwrap();
        let mut expected = Expect::Absent;
        for _ in 0..3 {
            assert!(done(store, take_a_seat));
            let batch = calls.last_batch();
            let guard = batch.guards.iter().find(|(key, _)| *key == range).unwrap();
            assert_eq!(guard.1, expected);
            assert!(batch.writes.iter().any(|(key, _)| *key == range));
            expected =
                Expect::At(Version(pollster::block_on(store.commit(&Batch::default())).unwrap().seq.0 - 1));
        }
        assert!(!done(store, take_a_seat));
        assert_eq!(done(store, |tx| tx.scan::<Number>(&key("seat/"), None, 100)).items.len(), 3);
    });
}

#[test]
fn a_guarded_range_sees_phantoms() {
    let remote = Remote::new(&Arc::new(MemoryStore::new()));
    for _ in 0..2 {
        assert!(done(&remote, take_a_seat));
    }
    // Somebody takes the last seat while this unit is on its way to commit.
    let mut runs = 0;
    let outcome = run(&remote, TENANT, |tx| {
        let taken = take_a_seat(tx)?;
        runs += 1;
        if runs == 1 {
            assert!(taken);
            let mut batch = raw("seat/9", r#"{"kind":"number","v":1,"d":{"n":1}}"#);
            batch.writes.extend(raw("range/seats", "{}").writes);
            apply(&*remote.inner, &batch);
        }
        Ok(taken)
    });
    assert_eq!((outcome.unwrap(), runs), (Outcome { value: false, committed: None }, 2));
}

#[test]
fn unknown_fields_survive_a_unit_of_work() {
    on_both(|store, calls| {
        apply(store, &raw("a", r#"{"kind":"number","v":1,"d":{"later":[1, 2],"n":1}}"#));
        done(store, |tx| {
            let a: Number = tx.get(&key("a"))?.unwrap();
            tx.put(&key("a"), &number(a.n + 1))
        });
        let value = |calls: &Remote| calls.inner.dump().next().unwrap().1.to_vec();
        let expected = br#"{"kind":"number","v":1,"d":{"n":2,"later":[1, 2]}}"#;
        assert_eq!(String::from_utf8(value(calls)), String::from_utf8(expected.to_vec()));
        let scanned = run(store, TENANT, |tx| {
            let found = tx.scan::<Number>(&key("a"), None, 5)?;
            found.items.iter().try_for_each(|(key, value)| tx.put(key, value))
        });
        assert_eq!(
            scanned.unwrap().committed,
            None,
            "a rewrite of the same is dropped, unknown fields and all"
        );
    });
}

#[test]
fn errors_say_what_to_do() {
    on_both(|store, _| {
        apply(store, &raw("newer", r#"{"kind":"number","v":2,"d":{}}"#));
        apply(store, &raw("junk", "{"));
        let kind = |error: StoreError| error.kind();
        let newer = run(store, TENANT, |tx| tx.get::<Number>(&key("newer"))).map_err(kind);
        assert_eq!(newer, Err(StoreErrorKind::Newer));
        let junk = run(store, TENANT, |tx| tx.scan::<Number>(&key("junk"), None, 9)).map_err(kind);
        assert_eq!(junk, Err(StoreErrorKind::Corrupt));
        let long = Key::new(&[b'k'; Key::MAX_LEN]).unwrap();
        let longer = run(store, TENANT, |tx| tx.get::<Number>(&long)).map_err(kind);
        assert_eq!(longer, Err(StoreErrorKind::TooLarge));
        let large = News { text: "x".repeat(MAX_VALUE) };
        let larger = run(store, TENANT, |tx| tx.put(&key("large"), &large)).map_err(kind);
        assert_eq!(larger, Err(StoreErrorKind::TooLarge));
    });
}

#[test]
fn pauses_load_everything_wanted_at_once() {
    let memory = Arc::new(MemoryStore::new());
    run(&*memory, TENANT, |tx| (0..9).try_for_each(|n| tx.put(&key(&format!("{n}")), &number(n)))).unwrap();
    let remote = Remote::new(&memory);
    let keys: Vec<Key> = (0..9).map(|n| key(&format!("{n}"))).collect();
    assert_eq!(done(&remote, |tx| tx.get_many::<Number>(&keys)).len(), 9);
    assert_eq!(remote.reads(), 1);
    let sum = done(&remote, |tx| {
        tx.want(&keys);
        keys.iter().try_fold(0, |sum, key| Ok(sum + tx.get::<Number>(key)?.map_or(0, |number| number.n)))
    });
    assert_eq!((sum, remote.reads()), (36, 2));
}

#[test]
fn a_conflict_is_run_again_on_data_loaded_in_one_piece() {
    let memory = Arc::new(MemoryStore::new());
    let remote = Remote::new(&memory);
    remote.before_read.lock().unwrap().insert(2, raw("a", r#"{"kind":"number","v":1,"d":{"n":10}}"#));
    let outcome = run(&remote, TENANT, |tx| {
        let a = tx.get::<Number>(&key("a"))?.map_or(0, |number| number.n);
        let b = tx.get::<Number>(&key("b"))?.map_or(0, |number| number.n);
        tx.put(&key("a"), &number(a + b + 1))
    });
    assert!(outcome.unwrap().committed.is_some());
    assert_eq!(remote.reads(), 3, "two pauses, and one load for the second run");
    assert_eq!(done(&*memory, |tx| tx.get::<Number>(&key("a"))), Some(number(11)));
}

#[test]
fn what_is_committed_between_a_look_and_its_commit_is_looked_at_again() {
    on_both(|store, calls| {
        for (before, after) in [("a", 11), ("b", 1)] {
            let between = raw(before, r#"{"kind":"number","v":1,"d":{"n":10}}"#);
            *calls.before_commit.lock().unwrap() = Some(between);
            let counted = done(store, |tx| {
                let n = tx.get::<Number>(&key("a"))?.map_or(0, |held| held.n) + 1;
                tx.put(&key("a"), &number(n))?;
                Ok(n)
            });
            assert_eq!(counted, after);
            apply(
                store,
                &Batch {
                    writes: vec![(TENANT.physical(&key("a")).unwrap(), Write::Delete)],
                    ..Batch::default()
                },
            );
        }
    });
}

#[test]
fn endless_conflicts_and_pauses_come_to_an_end() {
    let mut runs = 0;
    let memory: Arc<dyn Store> = Arc::new(MemoryStore::new());
    let faulty = FaultyStore::new(memory, 1, Plan { conflict: 1000, ..Plan::calm() });
    let error = run(&faulty, TENANT, |tx| {
        runs += 1;
        tx.put(&key("a"), &number(1))
    });
    assert_eq!((error.unwrap_err().kind(), runs), (StoreErrorKind::Conflict, MAX_RUNS));

    let remote = Remote::new(&Arc::new(MemoryStore::new()));
    let mut runs = 0;
    let error = run(&remote, TENANT, |tx| {
        runs += 1;
        tx.exists(&key(&format!("{runs}")))
    });
    assert_eq!((error.unwrap_err().kind(), runs), (StoreErrorKind::Failed, MAX_PAUSES + 1));
    let error = run::<()>(&remote, TENANT, |_| Err(Stop::Pause));
    assert_eq!(error.unwrap_err().kind(), StoreErrorKind::Failed);
}

#[test]
fn a_swallowed_pause_is_no_answer() {
    let memory = Arc::new(MemoryStore::new());
    apply(&*memory, &raw("a", r#"{"kind":"number","v":1,"d":{"n":10}}"#));
    let remote = Remote::new(&memory);
    let seen = done(&remote, |tx| Ok(tx.get::<Number>(&key("a")).ok().flatten()));
    assert_eq!(seen, Some(number(10)));
}

/// Two keys always sum up to ten; a reader that loads them one after the other must not see anything else.
#[test]
fn a_reader_over_several_loads_sees_one_instant() {
    let memory = Arc::new(MemoryStore::new());
    let set = |a: u64| {
        let mut batch = raw("a", &format!(r#"{{"kind":"number","v":1,"d":{{"n":{a}}}}}"#));
        batch.writes.extend(raw("b", &format!(r#"{{"kind":"number","v":1,"d":{{"n":{}}}}}"#, 10 - a)).writes);
        batch
    };
    apply(&*memory, &set(1));
    let sum = |tx: &mut Tx<'_>| {
        let a = tx.get::<Number>(&key("a"))?.map_or(0, |number| number.n);
        let b = tx.scan::<Number>(&key("b"), None, 1)?.items.first().map_or(0, |(_, number)| number.n);
        if a + b == 10 {
            Ok(10)
        } else {
            // What is seen half-way may well look corrupt; it must be looked at again before it is told.
            Err(StoreError::new(StoreErrorKind::Corrupt, "adding up").into())
        }
    };
    for at in 1..6 {
        let remote = Remote::new(&memory);
        remote.before_read.lock().unwrap().insert(at, set(u64::try_from(at).unwrap() + 2));
        remote.before_read.lock().unwrap().insert(at + 1, set(9));
        assert_eq!(done(&remote, sum), 10);
    }
    let mut remote = Remote::new(&memory);
    remote.always_in_the_way = Some(set(4));
    assert_eq!((done(&remote, sum), remote.reads()), (10, 3), "what was loaded again came in one piece");
}

#[test]
fn sixty_four_threads_lose_no_increment() {
    on_both(|store, _| {
        std::thread::scope(|scope| {
            for _ in 0..64 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        loop {
                            let done = run(store, TENANT, |tx| {
                                let n = tx.get::<Number>(&key("counter"))?.map_or(0, |number| number.n);
                                tx.put(&key("counter"), &number(n + 1))
                            });
                            match done {
                                Ok(_) => break,
                                Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict),
                            }
                        }
                    }
                });
            }
        });
        // Counted by the versions, so as not to read a store that counts its reads.
        let total = done(store, |tx| tx.get::<Number>(&key("counter")));
        assert_eq!(total, Some(number(64 * 25)));
    });
}

#[test]
fn the_async_driver_may_move_between_threads() {
    fn sendable<T: Send>(future: T) -> T {
        future
    }
    on_both(|store, _| {
        let increment = |tx: &mut Tx<'_>| {
            let n = tx.get::<Number>(&key("a"))?.map_or(0, |number| number.n);
            tx.put(&key("a"), &number(n + 1))?;
            Ok(n + 1)
        };
        let future = sendable(run_async(store, TENANT, increment));
        let value = std::thread::scope(|scope| {
            scope.spawn(|| pollster::block_on(future).unwrap().value).join().unwrap()
        });
        assert_eq!(value, 1);
        assert_eq!(done(store, increment), 2);
    });
}

fn pay(tx: &mut Tx<'_>, command: &Key, request: [u8; 16]) -> Result<Once<Number>, Stop> {
    once(tx, command, request, |tx| {
        let balance = tx.get::<Number>(&key("balance"))?.map_or(0, |number| number.n) + 5;
        tx.put(&key("balance"), &number(balance))?;
        Ok(number(balance))
    })
}

#[test]
fn a_command_takes_effect_once() {
    on_both(|store, _| {
        let (first, second) = (key("command/1"), key("command/2"));
        assert_eq!(done(store, |tx| pay(tx, &first, [1; 16])), Once::First(number(5)));
        assert_eq!(done(store, |tx| pay(tx, &second, [1; 16])), Once::First(number(10)));
        let repeated = run(store, TENANT, |tx| pay(tx, &first, [1; 16])).unwrap();
        assert_eq!(repeated, Outcome { value: Once::Repeated(number(5)), committed: None });
        assert_eq!(done(store, |tx| pay(tx, &first, [0x1f; 16])), Once::KeyReused);
        assert_eq!(done(store, |tx| tx.get::<Number>(&key("balance"))), Some(number(10)));
    });
}

/// Every fault at every step of a command, then the command again until it is answered: one effect, one answer.
#[test]
fn a_command_takes_effect_once_whatever_fails_at_whichever_step() {
    for snapshots in [false, true] {
        for fault in Fault::ALL {
            for step in 1..8 {
                let memory = Arc::new(MemoryStore::new());
                let mut store = FaultyStore::new(Arc::clone(&memory) as Arc<dyn Store>, 3, Plan::calm());
                if snapshots {
                    store = store.with_snapshots();
                }
                store.fail_at(step, *fault);
                assert_eq!(insist(&store), number(5), "{fault:?} at step {step}");
                assert_eq!(done(&*memory, |tx| tx.get::<Number>(&key("balance"))), Some(number(5)));
            }
        }
    }
}

#[test]
fn commands_survive_a_storm() {
    for seed in 0..300 {
        let memory = Arc::new(MemoryStore::new());
        let store = FaultyStore::new(Arc::clone(&memory) as Arc<dyn Store>, seed, Plan::stormy());
        assert_eq!(insist(&store), number(5));
        assert_eq!(insist(&store), number(5));
        assert_eq!(done(&*memory, |tx| tx.get::<Number>(&key("balance"))), Some(number(5)), "seed {seed}");
    }
}

/// Sends one command until it is answered, starting the store again when it is down.
fn insist(store: &FaultyStore) -> Number {
    loop {
        match run(store, TENANT, |tx| pay(tx, &key("command"), [9; 16])) {
            Ok(Outcome { value: Once::First(answer) | Once::Repeated(answer), .. }) => return answer,
            Ok(Outcome { value: Once::KeyReused, .. }) => panic!("the request is the same"),
            Err(error) => {
                assert!(!matches!(error.kind(), StoreErrorKind::Corrupt | StoreErrorKind::Newer), "{error}");
                store.revive();
            }
        }
    }
}

#[test]
fn the_same_seed_fails_the_same_way() {
    let trace = |seed| {
        let store = FaultyStore::new(Arc::new(MemoryStore::new()), seed, Plan::stormy());
        let kinds: Vec<Option<StoreErrorKind>> = (0..200)
            .map(|n| {
                let done = run(&store, TENANT, |tx| tx.put(&key("a"), &number(n)));
                store.revive();
                done.err().map(|error| error.kind())
            })
            .collect();
        (kinds, store.steps(), store.injected())
    };
    assert_eq!(trace(1), trace(1));
    assert_ne!(trace(1).0, trace(2).0);
    assert!(trace(1).2 > 20);
}

#[test]
fn an_envelope_is_what_the_unit_writes() {
    let mut bytes = Vec::new();
    encode(&number(3), None, &mut bytes).unwrap();
    let memory = MemoryStore::new();
    done(&memory, |tx| tx.put(&key("a"), &number(3)));
    assert_eq!(memory.dump().next().unwrap().1.to_vec(), bytes);
}

/// One step of a random unit of work.
#[derive(Debug, Clone)]
enum Step {
    Get(u8),
    GetMany(Vec<u8>),
    Exists(u8),
    Want(Vec<u8>),
    Put(u8, u64),
    PutBack(u8),
    Delete(u8),
    Scan(u8, Option<u8>, usize),
    Bump,
    Guard,
    Discard,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = 0_u8..12;
    let step = prop_oneof![
        3 => name.clone().prop_map(Step::Get),
        1 => proptest::collection::vec(name.clone(), 0..4).prop_map(Step::GetMany),
        1 => name.clone().prop_map(Step::Exists),
        1 => proptest::collection::vec(name.clone(), 0..4).prop_map(Step::Want),
        4 => (name.clone(), 0_u64..4).prop_map(|(name, n)| Step::Put(name, n)),
        1 => name.clone().prop_map(Step::PutBack),
        2 => name.clone().prop_map(Step::Delete),
        3 => (0_u8..5, proptest::option::of(name), 0_usize..5).prop_map(|(p, a, l)| Step::Scan(p, a, l)),
        1 => Just(Step::Bump),
        1 => Just(Step::Guard),
        1 => Just(Step::Discard),
    ];
    proptest::collection::vec(step, 0..12)
}

/// Twelve keys under a few prefixes, some of which are prefixes of others.
fn named(name: u8) -> Key {
    let bytes: [&[u8]; 12] =
        [b"", b"a", b"a\x00", b"a\xff", b"a\xff\xff", b"b", b"ba", b"bb", b"bc", b"c", b"\xff", b"\xff\xff"];
    Key::new(bytes[usize::from(name)]).unwrap()
}

fn program(tx: &mut Tx<'_>, steps: &[Step]) -> Result<Vec<String>, Stop> {
    let prefixes: [&[u8]; 5] = [b"", b"a", b"a\xff", b"b", b"\xff"];
    let mut seen = Vec::new();
    for step in steps {
        match step {
            Step::Get(name) => seen.push(format!("{:?}", tx.get::<Number>(&named(*name))?)),
            Step::GetMany(names) => {
                let keys: Vec<Key> = names.iter().map(|name| named(*name)).collect();
                seen.push(format!("{:?}", tx.get_many::<Number>(&keys)?));
            }
            Step::Exists(name) => seen.push(format!("{:?}", tx.exists(&named(*name))?)),
            Step::Want(names) => tx.want(&names.iter().map(|name| named(*name)).collect::<Vec<_>>()),
            Step::Put(name, n) => tx.put(&named(*name), &number(*n))?,
            Step::PutBack(name) => {
                if let Some(value) = tx.get::<Number>(&named(*name))? {
                    tx.put(&named(*name), &value)?;
                }
            }
            Step::Delete(name) => tx.delete(&named(*name)),
            Step::Scan(prefix, after, limit) => {
                let prefix = Key::new(prefixes[usize::from(*prefix)]).unwrap();
                let page = tx.scan::<Number>(&prefix, after.map(named).as_ref(), *limit)?;
                seen.push(format!("{page:?}"));
            }
            Step::Bump => tx.bump_range(&key("zz"))?,
            Step::Guard => tx.guard_range(&key("zz"))?,
            Step::Discard => tx.discard(),
        }
    }
    Ok(seen)
}

/// The simplest thing that could be right: a map, changed at once.
fn naive(values: &mut BTreeMap<Key, u64>, steps: &[Step]) -> Vec<String> {
    let before = values.clone();
    let prefixes: [&[u8]; 5] = [b"", b"a", b"a\xff", b"b", b"\xff"];
    let mut seen = Vec::new();
    for step in steps {
        let look = |name: &u8| values.get(&named(*name)).map(|n| number(*n));
        match step {
            Step::Get(name) => seen.push(format!("{:?}", look(name))),
            Step::GetMany(names) => seen.push(format!("{:?}", names.iter().map(look).collect::<Vec<_>>())),
            Step::Exists(name) => seen.push(format!("{:?}", look(name).is_some())),
            Step::Want(_) | Step::PutBack(_) | Step::Bump | Step::Guard => {}
            Step::Put(name, n) => drop(values.insert(named(*name), *n)),
            Step::Delete(name) => drop(values.remove(&named(*name))),
            Step::Scan(prefix, after, limit) => {
                let prefix = prefixes[usize::from(*prefix)];
                let mut found = values
                    .iter()
                    .filter(|(key, _)| key.as_bytes().starts_with(prefix))
                    .filter(|(key, _)| after.is_none_or(|after| **key > named(after)));
                let items: Vec<_> =
                    found.by_ref().take(*limit).map(|(key, n)| (key.clone(), number(*n))).collect();
                seen.push(format!("{:?}", Found { items, more: found.next().is_some() }));
            }
            Step::Discard => *values = before.clone(),
        }
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn random_units_do_the_same_everywhere(units in proptest::collection::vec(steps(), 1..6)) {
        let (near, far) = (Arc::new(MemoryStore::new()), Arc::new(MemoryStore::new()));
        let remote = Remote::new(&far);
        let mut model = BTreeMap::new();
        // A bumped range key is not a number: no unit of this case may then scan everything.
        let everything = units.iter().flatten().any(|step| matches!(step, Step::Scan(0, ..)));
        for unit in &units {
            let mut unit = unit.clone();
            unit.retain(|step| !(everything && matches!(step, Step::Bump)));
            let here = run(&*near, TENANT, |tx| program(tx, &unit)).unwrap();
            let there = run(&remote, TENANT, |tx| program(tx, &unit)).unwrap();
            prop_assert_eq!(&here, &there);
            prop_assert_eq!(&here.value, &naive(&mut model, &unit));
        }
        prop_assert!(near.dump().eq(far.dump()));
        let range = TENANT.physical(&key("zz")).unwrap();
        let held: Vec<Key> = near.dump().map(|(key, _)| key).filter(|key| *key != range).collect();
        let expected: Vec<Key> = model.keys().map(|key| TENANT.physical(key).unwrap()).collect();
        prop_assert_eq!(held, expected);
    }
}
