//! Eight bugs planted in copies of a memory store: the conformance suite catches each by name, and passes the honest copy.
#![cfg(feature = "testkit")]
#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use throughline::store::conformance::{Report, Subject, check};
use throughline::store::{
    Batch, BoxFuture, Committed, Entry, Expect, Key, Page, ReadSet, Scan, Seq, Snapshot, Store, StoreError,
    StoreErrorKind, Version, Versioned, View, Write,
};

#[derive(Debug, Clone, Copy, PartialEq)]
enum Bug {
    None,
    /// Checks the guards, lets go of the lock, then writes.
    NonAtomicGuard,
    /// Counts commits from the newest version that is still there.
    ReusedVersion,
    /// Ends a prefix by adding one to its last byte, and 0xFF + 1 is 0xFF.
    WrongPrefixEnd,
    /// Checks the first guard only.
    FirstGuardOnly,
    /// Appends to the journal after it has let go of the lock.
    LateJournal,
    /// Starts a page with the cursor itself.
    InclusiveCursor,
    /// Looks at no guards of a batch that says when they held, whatever was committed since.
    AnyAsOf,
    /// Answers several keys of a snapshot in an order of its own.
    SnapshotOrder,
}

struct Copy {
    bug: Bug,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    values: BTreeMap<Key, Versioned>,
    journal: Vec<Entry>,
    seq: u64,
}

/// Pending once: what lets another commit go first, every time.
async fn let_others_go_first() {
    let mut waited = false;
    poll_fn(|context| {
        if std::mem::replace(&mut waited, true) {
            return Poll::Ready(());
        }
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

impl State {
    fn judge(&self, batch: &Batch, bug: Bug) -> Result<(), StoreError> {
        let checked = match bug {
            Bug::FirstGuardOnly => 1,
            Bug::AnyAsOf if batch.as_of.is_some() => 0,
            _ => usize::MAX,
        };
        for (key, expect) in batch.guards.iter().take(checked) {
            let now = self.values.get(key).map(|held| held.version);
            let holds = match expect {
                Expect::Absent => now.is_none(),
                Expect::At(version) => now == Some(*version),
            };
            if !holds {
                return Err(StoreError::new(StoreErrorKind::Conflict, "committing to the copy"));
            }
        }
        Ok(())
    }

    fn apply(&mut self, batch: &Batch, bug: Bug) -> Seq {
        if bug == Bug::ReusedVersion {
            self.seq = self.values.values().map(|held| held.version.0).max().unwrap_or(0);
        }
        self.seq += 1;
        for (key, write) in &batch.writes {
            match write {
                Write::Put(value) => {
                    let held = Versioned { version: Version(self.seq), value: Arc::clone(value) };
                    self.values.insert(key.clone(), held);
                }
                Write::Delete => drop(self.values.remove(key)),
            }
        }
        Seq(self.seq)
    }

    fn announce(&mut self, batch: &Batch, seq: Seq) {
        if !batch.journal.is_empty() {
            self.journal.push(Entry { seq, keys: batch.journal.clone() });
        }
    }

    fn page(&self, scan: &Scan, bug: Bug) -> Page {
        let inside = |key: &Key| {
            if bug != Bug::WrongPrefixEnd {
                return key.as_bytes().starts_with(scan.prefix.as_bytes());
            }
            let mut end = scan.prefix.as_bytes().to_vec();
            match end.last_mut() {
                None => true,
                Some(last) => {
                    *last = last.saturating_add(1);
                    key >= &scan.prefix && *key.as_bytes() < *end
                }
            }
        };
        let past = |key: &Key| {
            scan.after
                .as_ref()
                .is_none_or(|after| if bug == Bug::InclusiveCursor { key >= after } else { key > after })
        };
        let mut found = self.values.iter().filter(|(key, _)| inside(key) && past(key));
        let items = found.by_ref().take(scan.limit).map(|(key, held)| (key.clone(), held.clone())).collect();
        Page { items, more: found.next().is_some() }
    }
}

impl Store for Copy {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            let state = self.state.lock().unwrap();
            Ok(View {
                gets: want.gets.iter().map(|key| state.values.get(key).cloned()).collect(),
                scans: want.scans.iter().map(|scan| state.page(scan, self.bug)).collect(),
            })
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            batch.check()?;
            if self.bug == Bug::NonAtomicGuard {
                self.state.lock().unwrap().judge(batch, self.bug)?;
                let_others_go_first().await;
                let mut state = self.state.lock().unwrap();
                let seq = state.apply(batch, self.bug);
                state.announce(batch, seq);
                return Ok(Committed { seq });
            }
            let_others_go_first().await;
            let seq = {
                let mut state = self.state.lock().unwrap();
                state.judge(batch, self.bug)?;
                let seq = state.apply(batch, self.bug);
                if self.bug != Bug::LateJournal {
                    state.announce(batch, seq);
                }
                seq
            };
            let_others_go_first().await;
            if self.bug == Bug::LateJournal {
                self.state.lock().unwrap().announce(batch, seq);
            }
            Ok(Committed { seq })
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            let state = self.state.lock().unwrap();
            Ok(state.journal.iter().filter(|entry| entry.seq > after).take(limit).cloned().collect())
        })
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        let values = self.state.lock().unwrap().values.clone();
        Ok((self.bug == Bug::SnapshotOrder).then(|| Box::new(Backwards(values)) as _))
    }
}

/// See [`Bug::SnapshotOrder`].
struct Backwards(BTreeMap<Key, Versioned>);

impl Snapshot for Backwards {
    fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        Ok(self.0.get(key).cloned())
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        keys.iter().rev().map(|key| self.get(key)).collect()
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        let values = self.0.clone();
        Ok(State { values, ..State::default() }.page(scan, Bug::None))
    }
}

impl Subject for Bug {
    fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(Copy { bug: *self, state: Mutex::default() })
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        Some(store)
    }
}

fn caught(bug: Bug, groups: &[&str]) {
    let report: Report = check(&bug);
    for group in groups {
        assert!(report.broken().any(|broken| broken == *group), "{bug:?} passed `{group}`\n{report}");
    }
}

#[test]
fn the_honest_copy_passes() {
    let report = check(&Bug::None);
    assert!(report.is_clean(), "{report}");
}

#[test]
fn a_non_atomic_guard_check_is_caught() {
    caught(Bug::NonAtomicGuard, &["racing_increments", "write_skew", "both_expect_absent"]);
}

#[test]
fn a_reused_version_is_caught() {
    caught(Bug::ReusedVersion, &["versions"]);
}

#[test]
fn a_wrong_prefix_end_is_caught() {
    caught(Bug::WrongPrefixEnd, &["byte_order"]);
}

#[test]
fn a_single_checked_guard_is_caught() {
    caught(Bug::FirstGuardOnly, &["all_or_nothing", "write_skew"]);
}

#[test]
fn a_late_journal_append_is_caught() {
    caught(Bug::LateJournal, &["journal"]);
}

#[test]
fn an_inclusive_cursor_is_caught() {
    caught(Bug::InclusiveCursor, &["byte_order", "cursors"]);
}

#[test]
fn guards_that_are_skipped_by_their_word_alone_are_caught() {
    caught(Bug::AnyAsOf, &["guards"]);
}

#[test]
fn a_snapshot_that_mixes_up_its_answers_is_caught() {
    caught(Bug::SnapshotOrder, &["read_your_writes", "random_batches"]);
}
