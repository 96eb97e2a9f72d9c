//! The conformance suite as a host runs it: on the memory store in several dresses, and on a store that logs to a disk
//! and is killed between any two records of its log.
#![cfg(feature = "testkit")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::sync::{Arc, Mutex};

use throughline::store::conformance::{Group, Subject, Verdict, check, check_group, groups};
use throughline::store::faulty::{FaultyStore, Plan};
use throughline::store::{
    Batch, BoxFuture, Committed, Entry, Key, MemoryStore, ReadSet, Seq, Store, StoreError, View, Write,
};

/// A store whose every second answer comes late, without snapshots: the shape of a database across a network.
struct Slow(u64);

impl Subject for Slow {
    fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), self.0, Plan { slow: 500, ..Plan::calm() }))
    }
}

#[test]
fn a_slow_store_is_as_good_as_a_quick_one() {
    for seed in 0..3 {
        let report = check(&Slow(seed));
        assert!(report.is_clean(), "{report}");
    }
}

#[test]
fn a_failing_store_is_no_good() {
    struct Failing;
    impl Subject for Failing {
        fn fresh(&self) -> Arc<dyn Store> {
            Arc::new(FaultyStore::new(Arc::new(MemoryStore::new()), 1, Plan { failed: 500, ..Plan::calm() }))
        }
    }
    let report = check(&Failing);
    let tried = groups().iter().map(Group::name).filter(|name| *name != "crash");
    assert!(report.broken().eq(tried), "{report}");
}

/// One record of a log.
#[derive(Clone)]
enum Record {
    Put(Key, Write),
    Announce(Key),
    /// All records since the last one of these belong together.
    Commit,
}

type Disk = Arc<Mutex<Vec<Record>>>;

/// What the log store does wrong when it is opened.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Opening {
    Right,
    /// Replays records that no commit record follows.
    HalfBatches,
    /// Does not replay announcements.
    NoJournal,
    /// Replays what is there now, not how it came about, and counts commits from there.
    CountsAnew,
    /// Forgets the last commit: it was answered before it was written.
    AnswersTooEarly,
}

struct Logged {
    memory: MemoryStore,
    disk: Disk,
}

fn records(batch: &Batch) -> Vec<Record> {
    let writes = batch.writes.iter().map(|(key, write)| Record::Put(key.clone(), write.clone()));
    writes.chain(batch.journal.iter().cloned().map(Record::Announce)).chain([Record::Commit]).collect()
}

impl Logged {
    fn open(disk: Disk, opening: Opening) -> Self {
        let memory = MemoryStore::new();
        let mut log = disk.lock().unwrap().clone();
        match opening {
            Opening::AnswersTooEarly => {
                let commits: Vec<usize> =
                    (0..log.len()).filter(|at| matches!(log[*at], Record::Commit)).collect();
                let kept = commits.len().checked_sub(2).map_or(0, |last| commits[last] + 1);
                log.truncate(if commits.is_empty() { log.len() } else { kept });
            }
            Opening::HalfBatches if !matches!(log.last(), None | Some(Record::Commit)) => {
                log.push(Record::Commit);
            }
            _ => {}
        }
        let mut batch = Batch::default();
        for record in &log {
            match record {
                Record::Put(key, write) => batch.writes.push((key.clone(), write.clone())),
                Record::Announce(key) if opening != Opening::NoJournal => batch.journal.push(key.clone()),
                Record::Announce(_) => {}
                Record::Commit if opening == Opening::CountsAnew && batch.journal.is_empty() => {
                    // Nothing is announced, so it cannot matter when it was.
                    continue;
                }
                Record::Commit => {
                    let ready = std::mem::take(&mut batch);
                    pollster::block_on(memory.commit(&one_per_key(ready))).unwrap();
                }
            }
        }
        // What no commit record follows was never answered.
        while !matches!(log.last(), None | Some(Record::Commit)) {
            log.pop();
        }
        *disk.lock().unwrap() = log;
        Self { memory, disk }
    }
}

/// The last write to each key.
fn one_per_key(mut batch: Batch) -> Batch {
    let mut seen = std::collections::BTreeSet::new();
    batch.writes.reverse();
    batch.writes.retain(|(key, _)| seen.insert(key.clone()));
    batch
}

impl Store for Logged {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        self.memory.read(want)
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            let mut disk = self.disk.lock().unwrap();
            let committed = pollster::block_on(self.memory.commit(batch))?;
            disk.extend(records(batch));
            Ok(committed)
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.memory.journal(after, limit)
    }
}

/// The last disk that was handed out: the suite works on one store at a time.
struct Machine {
    opening: Opening,
    disk: Mutex<Disk>,
}

impl Machine {
    fn new(opening: Opening) -> Self {
        Self { opening, disk: Mutex::default() }
    }
}

impl Subject for Machine {
    fn fresh(&self) -> Arc<dyn Store> {
        let disk = Disk::default();
        *self.disk.lock().unwrap() = Arc::clone(&disk);
        Arc::new(Logged::open(disk, Opening::Right))
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        drop(store);
        let disk = Arc::clone(&self.disk.lock().unwrap());
        Some(Arc::new(Logged::open(disk, self.opening)))
    }

    fn crash(&self, store: Arc<dyn Store>, batch: &Batch, step: usize) -> Option<Arc<dyn Store>> {
        let records = records(batch);
        if step > records.len() {
            return None;
        }
        self.disk.lock().unwrap().lock().unwrap().extend(records.into_iter().take(step));
        self.reopen(store)
    }
}

#[test]
fn a_log_survives_a_kill_between_any_two_records() {
    let report = check(&Machine::new(Opening::Right));
    assert!(report.is_clean(), "{report}");
    assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Kept), "{report}");
}

#[test]
fn a_log_that_is_opened_wrongly_is_caught() {
    for (opening, group) in [
        (Opening::HalfBatches, "crash"),
        (Opening::NoJournal, "journal"),
        (Opening::NoJournal, "crash"),
        (Opening::CountsAnew, "crash"),
        (Opening::AnswersTooEarly, "crash"),
    ] {
        let report = check_group(&Machine::new(opening), group);
        assert_eq!(report.broken().collect::<Vec<_>>(), [group], "{opening:?}\n{report}");
    }
}
