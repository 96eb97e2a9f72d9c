//! Power loss under the redb store, on a simulated disk.
#![cfg(feature = "redb")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

mod redb_disk;

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use pollster::block_on;
use redb_disk::{Disk, Random, place};
use throughline::store::{
    Batch, Committed, Expect, Key, ReadSet, RedbSettings, RedbStore, Scan, Seq, Store, StoreError,
    StoreErrorKind, Version, Write,
};

const SEEDS: u64 = 400;

fn key(text: &str) -> Key {
    Key::new(text.as_bytes()).unwrap()
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    Acknowledged(u64),
    Absent,
    Open,
}

/// What one seed has been through: every batch ever tried, by its stamp.
struct History {
    random: Random,
    tried: Vec<(Batch, Fate)>,
    /// The state as last verified or acknowledged: key to version and value.
    state: BTreeMap<Key, (u64, Vec<u8>)>,
    highest: u64,
    survived_unknown: usize,
    lost_unknown: usize,
}

impl History {
    /// A batch that writes one stamp under several keys and announces them all, guarded on what is known. The second
    /// answer says whether its guards hold if nothing else happens first.
    fn batch(&mut self) -> (Batch, bool) {
        let stamp = self.tried.len() as u64;
        let mut batch = Batch::default();
        batch.journal.push(key(&format!("stamp/{stamp}")));
        let mut holds = true;
        for slot in 0..12 {
            if self.random.below(3) != 0 {
                continue;
            }
            let name = key(&format!("slot/{slot}"));
            if self.random.below(2) == 0 {
                let now = self.state.get(&name).map(|(version, _)| Version(*version));
                let expect = if self.random.below(24) == 0 {
                    holds = false;
                    now.map_or(Expect::At(Version(u64::MAX)), |_| Expect::Absent)
                } else {
                    now.map_or(Expect::Absent, Expect::At)
                };
                batch.guards.push((name.clone(), expect));
            }
            let write = if self.random.below(6) == 0 {
                Write::Delete
            } else {
                let mut value = stamp.to_le_bytes().to_vec();
                value.resize(8 + place(self.random.below(4000)), b'.');
                Write::Put(value.into())
            };
            batch.writes.push((name, write));
        }
        (batch, holds)
    }

    fn settle(&mut self, batch: Batch, answer: &Result<Committed, StoreError>) {
        let fate = match answer {
            Ok(committed) => {
                assert!(committed.seq.0 > self.highest, "a commit number was used twice");
                self.highest = committed.seq.0;
                Self::apply(&mut self.state, &batch, committed.seq.0);
                Fate::Acknowledged(committed.seq.0)
            }
            Err(error) => match error.kind() {
                StoreErrorKind::Conflict | StoreErrorKind::Failed => Fate::Absent,
                StoreErrorKind::Unknown => Fate::Open,
                kind => panic!("a healthy store answered {kind:?}"),
            },
        };
        self.tried.push((batch, fate));
    }

    fn apply(state: &mut BTreeMap<Key, (u64, Vec<u8>)>, batch: &Batch, seq: u64) {
        for (key, write) in &batch.writes {
            match write {
                Write::Put(value) => state.insert(key.clone(), (seq, value.to_vec())),
                Write::Delete => state.remove(key),
            };
        }
    }

    /// One batch alone, which must be answered as its guards say unless the power goes.
    fn one(&mut self, store: &RedbStore, disk: &Disk) {
        let (batch, holds) = self.batch();
        let answer = block_on(store.commit(&batch));
        if !disk.is_off() {
            match &answer {
                Ok(_) => assert!(holds),
                Err(error) => assert_eq!((error.kind(), holds), (StoreErrorKind::Conflict, false)),
            }
        }
        self.settle(batch, &answer);
    }

    /// Several batches in flight at once, so that some share a transaction.
    fn several(&mut self, store: &RedbStore) {
        let base = self.tried.len();
        let batches: Vec<Batch> = (0..4)
            .map(|_| {
                let (batch, _) = self.batch();
                // Stamps are numbers of tries: hold the place until the answer is there.
                self.tried.push((batch.clone(), Fate::Open));
                batch
            })
            .collect();
        self.tried.truncate(base);
        let mut flying: Vec<_> = batches.iter().map(|batch| store.commit(batch)).collect();
        let mut early: Vec<Option<Result<Committed, StoreError>>> = flying
            .iter_mut()
            .map(|commit| match Pin::new(commit).poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(answer) => Some(answer),
                Poll::Pending => None,
            })
            .collect();
        let answers: Vec<_> = flying
            .into_iter()
            .zip(&mut early)
            .map(|(commit, early)| early.take().unwrap_or_else(|| block_on(commit)))
            .collect();
        for (batch, answer) in batches.into_iter().zip(answers) {
            self.settle(batch, &answer);
        }
    }

    fn work(&mut self, store: &RedbStore, disk: &Disk, rounds: u64) {
        for _ in 0..rounds {
            if self.random.below(4) == 0 {
                self.several(store);
            } else {
                self.one(store, disk);
            }
            if disk.is_off() {
                break;
            }
        }
        // Without power, what can still be read from memory is what was acknowledged, or nothing.
        if let Ok((data, _)) = read(store)
            && disk.is_off()
        {
            assert_eq!(data, self.state, "a read saw what was never acknowledged");
        }
    }

    /// Compares a reopened store with the history, batch by batch in the order of its journal.
    fn verify(&mut self, store: &RedbStore) {
        let (data, journal) = read(store).unwrap();
        let mut state = BTreeMap::new();
        let mut present = vec![None; self.tried.len()];
        for (turn, (seq, stamp)) in journal.iter().enumerate() {
            assert_eq!(*seq, turn as u64 + 1, "the journal has a hole");
            assert!(present[*stamp].replace(*seq).is_none(), "a batch is there twice");
            Self::apply(&mut state, &self.tried[*stamp].0, *seq);
        }
        assert_eq!(data, state, "data and journal disagree, or half a batch is there");
        for (stamp, (_, fate)) in self.tried.iter_mut().enumerate() {
            match fate {
                Fate::Acknowledged(seq) => {
                    assert_eq!(present[stamp], Some(*seq), "an acknowledged batch is lost");
                }
                Fate::Absent => assert_eq!(present[stamp], None, "a refused batch is there"),
                // Now that it has been read, it has to stay.
                Fate::Open => {
                    *fate = present[stamp].map_or(Fate::Absent, Fate::Acknowledged);
                    match fate {
                        Fate::Absent => self.lost_unknown += 1,
                        _ => self.survived_unknown += 1,
                    }
                }
            }
        }
        self.state = state;
        self.highest = journal.len() as u64;
    }
}

type Read = (BTreeMap<Key, (u64, Vec<u8>)>, Vec<(u64, usize)>);

/// All data, and all commits with the stamps that they announced.
fn read(store: &RedbStore) -> Result<Read, StoreError> {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] }))?;
    let data = view.scans[0].items.iter();
    let data = data.map(|(key, held)| (key.clone(), (held.version.0, held.value.to_vec()))).collect();
    let journal = block_on(store.journal(Seq(0), usize::MAX))?;
    let stamp = |key: &Key| str::from_utf8(&key.as_bytes()["stamp/".len()..]).unwrap().parse().unwrap();
    Ok((data, journal.iter().map(|entry| (entry.seq.0, stamp(&entry.keys[0]))).collect()))
}

/// What happened, to be sure that the test tests something.
#[derive(Debug, Default)]
struct Count {
    losses: usize,
    acknowledged: usize,
    absent: usize,
    survived_unknown: usize,
    lost_unknown: usize,
}

/// Lives and dies three times on one disk.
fn lives(seed: u64, lies: bool) -> Count {
    // A cache of a few pages makes redb write in the middle of transactions too.
    let settings = RedbSettings { cache_bytes: 64 * 1024, group_wait_micros: 0, ..RedbSettings::default() };
    let open = |disk: &Disk| RedbStore::with_backend(disk.clone(), settings.clone());
    let mut history = History {
        random: Random(seed),
        tried: Vec::new(),
        state: BTreeMap::new(),
        highest: 0,
        survived_unknown: 0,
        lost_unknown: 0,
    };
    let mut image = Vec::new();
    let mut count = Count::default();
    for _ in 0..3 {
        // While working: early enough to hit the creation at times, late enough to build up a history.
        let reach = if history.random.below(4) == 0 { 12 } else { 600 };
        let disk = Disk::new(image, Some(1 + history.random.below(reach)), lies);
        match open(&disk) {
            Ok(store) => history.work(&store, &disk, 60),
            Err(error) => assert!(disk.is_off(), "{error:?}"),
        }
        image = disk.after_power_loss(&mut history.random);
        count.losses += 1;
        // While recovering from that, and from that.
        while history.random.below(2) == 0 {
            let disk = Disk::new(image, Some(1 + history.random.below(6)), lies);
            match open(&disk) {
                Ok(store) => history.verify(&store),
                Err(error) => assert!(disk.is_off(), "{error:?}"),
            }
            image = disk.after_power_loss(&mut history.random);
            count.losses += 1;
        }
        let disk = Disk::new(image, None, lies);
        let store = open(&disk).unwrap();
        history.verify(&store);
        history.work(&store, &disk, 2);
        drop(store);
        image = disk.after_power_loss(&mut history.random);
    }
    count.survived_unknown = history.survived_unknown;
    count.lost_unknown = history.lost_unknown;
    for (_, fate) in &history.tried {
        match fate {
            Fate::Acknowledged(_) => count.acknowledged += 1,
            _ => count.absent += 1,
        }
    }
    count
}

#[test]
fn every_acknowledged_batch_survives_and_no_half_batch_appears() {
    let counts: Vec<Count> = std::thread::scope(|scope| {
        let halves = [0, 1].map(|half| {
            scope.spawn(move || (0..SEEDS / 2).map(|n| lives(n * 2 + half, false)).collect::<Vec<_>>())
        });
        halves.into_iter().flat_map(|half| half.join().unwrap()).collect()
    });
    let sum = |of: fn(&Count) -> usize| counts.iter().map(of).sum::<usize>();
    let losses = sum(|count| count.losses);
    assert!(losses > 1000, "only {losses} power losses");
    assert!(sum(|count| count.acknowledged) > 4 * losses, "too little was acknowledged");
    assert!(sum(|count| count.absent) > losses / 10, "too few batches were refused");
    // The power must also have gone in the narrow moments around the switch to the new state.
    assert!(sum(|count| count.survived_unknown) > 10, "no unacknowledged batch survived");
    assert!(sum(|count| count.lost_unknown) > 10, "no unacknowledged batch was lost");
}

#[test]
#[should_panic]
fn a_disk_that_lies_about_syncing_is_caught() {
    for seed in 0..10 {
        lives(seed, true);
    }
}
