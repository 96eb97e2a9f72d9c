//! The store in memory: for tests, for batch work, and for services that can lose everything with the process.

mod arena;
mod directory;
mod pages;

use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use self::pages::Pages;
use super::journal::Journal;
use super::{
    Batch, BoxFuture, Bytes, Committed, Entry, Expect, Key, Page, ReadSet, Scan, Seq, Snapshot, Store,
    StoreError, StoreErrorKind, Version, Versioned, View, Write,
};

/// A [`Store`] in memory: an ordered map, packed closely, behind one lock.
///
/// A snapshot is the lock held for reading, so a commit waits while a unit of work runs; two units of work read side
/// by side. A unit of work must therefore not call the same store from inside itself: it would wait for itself. A
/// delete frees the bytes; nothing of them stays.
///
/// ```
/// use throughline::store::{Batch, Bytes, Key, MemoryStore, Store, Write};
/// let store = MemoryStore::new();
/// let batch = Batch { writes: vec![(Key::new(b"a")?, Write::Put(Bytes::from(*b"1")))], ..Batch::default() };
/// let committed = pollster::block_on(store.commit(&batch))?;
/// assert_eq!(committed.seq.0, 1);
/// assert_eq!(store.dump().count(), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct MemoryStore {
    state: RwLock<State>,
}

#[derive(Default)]
struct State {
    values: Pages,
    journal: Journal,
    /// The last commit.
    seq: u64,
}

impl MemoryStore {
    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All keys with their values, in key order, as of now: to compare the states of two stores.
    pub fn dump(&self) -> impl Iterator<Item = (Key, Bytes)> + use<> {
        let state = self.held();
        let all: Vec<_> = state.values.from(&Key::empty()).map(|held| (held.key(), held.value())).collect();
        all.into_iter()
    }

    /// Whether these bytes appear in any key, value or journal entry: to prove that erased data is gone.
    ///
    /// # Complexity
    /// Reads everything that the store holds.
    #[must_use]
    pub fn holds(&self, needle: &[u8]) -> bool {
        let state = self.held();
        let within = |bytes: &[u8]| bytes.windows(needle.len().max(1)).any(|window| window == needle);
        state.journal.holds(needle)
            || state
                .values
                .from(&Key::empty())
                .any(|held| within(held.key().as_bytes()) || within(&held.value()))
    }

    /// How many keys it holds.
    #[must_use]
    pub fn len(&self) -> usize {
        self.held().values.len()
    }

    /// Whether it holds no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // A thread that panicked cannot have left a batch half applied: nothing in `State::apply` panics once it writes.
    fn held(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn changed(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Most values are not longer.
    const MOST_VALUES: usize = 1_024;

    fn get_many(&self, keys: &[Key]) -> Vec<Option<Versioned>> {
        let mut scratch = Vec::with_capacity(Self::MOST_VALUES);
        let lines = self.values.get_many(keys).into_iter();
        lines.map(|held| held.map(|held| held.versioned(&mut scratch))).collect()
    }

    fn page(&self, scan: &Scan) -> Page {
        let start = scan.after.as_ref().map_or(&scan.prefix, |after| after.max(&scan.prefix));
        let (mut items, mut scratch) = (Vec::new(), Vec::new());
        for held in self.values.from(start) {
            let key = held.key();
            if scan.after.as_ref() == Some(&key) {
                continue;
            }
            if !key.as_bytes().starts_with(scan.prefix.as_bytes()) {
                break;
            }
            if items.len() == scan.limit {
                return Page { items, more: true };
            }
            items.push((key, held.versioned(&mut scratch)));
        }
        Page { items, more: false }
    }

    fn apply(&mut self, batch: &Batch) -> Result<Committed, StoreError> {
        batch.check()?;
        // Of what was read after the last commit nothing has changed.
        let is_fresh = batch.as_of == Some(Seq(self.seq));
        for (key, expect) in batch.guards.iter().filter(|_| !is_fresh) {
            let now = self.values.get(key).map(|held| held.version());
            let holds = match expect {
                Expect::Absent => now.is_none(),
                Expect::At(version) => now == Some(*version),
            };
            if !holds {
                return Err(StoreError::new(StoreErrorKind::Conflict, "committing to memory"));
            }
        }
        let seq = self.seq.checked_add(1);
        self.seq = seq.ok_or_else(|| StoreError::new(StoreErrorKind::Failed, "counting commits"))?;
        for (key, write) in &batch.writes {
            match write {
                Write::Put(value) => self.values.set(key, Version(self.seq), value),
                Write::Delete => self.values.remove(key),
            }
        }
        self.journal.append(self.seq, &batch.journal);
        Ok(Committed { seq: Seq(self.seq) })
    }
}

impl Store for MemoryStore {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            let state = self.held();
            Ok(View {
                gets: state.get_many(&want.gets),
                scans: want.scans.iter().map(|scan| state.page(scan)).collect(),
            })
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move { self.changed().apply(batch) })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            self.held()
                .journal
                .after(after, limit)
                .ok_or_else(|| StoreError::new(StoreErrorKind::Corrupt, "reading the journal in memory"))
        })
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        Ok(Some(Box::new(Held(self.held()))))
    }
}

impl fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStore").field("keys", &self.len()).finish_non_exhaustive()
    }
}

struct Held<'a>(RwLockReadGuard<'a, State>);

impl Snapshot for Held<'_> {
    fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError> {
        Ok(self.0.values.get(key).map(|held| held.versioned(&mut Vec::new())))
    }

    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        Ok(self.0.get_many(keys))
    }

    fn scan(&self, scan: &Scan) -> Result<Page, StoreError> {
        Ok(self.0.page(scan))
    }

    fn as_of(&self) -> Option<Seq> {
        Some(Seq(self.0.seq))
    }
}

/// How many bytes two texts begin alike with.
fn common(a: &[u8], b: &[u8]) -> usize {
    let mut alike = 0;
    for (a, b) in a.as_chunks().0.iter().zip(b.as_chunks().0) {
        let different = u64::from_le_bytes(*a) ^ u64::from_le_bytes(*b);
        if different != 0 {
            return alike + usize::try_from(different.trailing_zeros() / 8).unwrap_or_default();
        }
        alike += size_of::<u64>();
    }
    alike + std::iter::zip(a, b).skip(alike).take_while(|(a, b)| a == b).count()
}

/// Asks memory for all of these, side by side: a byte of every line of a cache is read, and nobody waits for one of them.
fn bring<'b>(pieces: impl Iterator<Item = &'b [u8]>) {
    const LINE: usize = 64;
    let seen = pieces.flat_map(|piece| piece.iter().step_by(LINE)).fold(0, |all, byte| all ^ byte);
    std::hint::black_box(seen);
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    fn key(text: &str) -> Key {
        Key::new(text.as_bytes()).unwrap()
    }

    fn put(name: &str, value: &[u8]) -> Batch {
        Batch {
            writes: vec![(key(name), Write::Put(Bytes::from(value)))],
            journal: vec![key(name)],
            ..Batch::default()
        }
    }

    #[test]
    fn a_delete_frees_the_bytes() {
        let store = MemoryStore::new();
        pollster::block_on(store.commit(&put("a", b"1"))).unwrap();
        pollster::block_on(store.commit(&put("b", b"erase me"))).unwrap();
        assert!(store.holds(b"erase me"));
        let batch = Batch { writes: vec![(key("b"), Write::Delete)], ..Batch::default() };
        pollster::block_on(store.commit(&batch)).unwrap();
        assert!(!store.holds(b"erase me"));
        assert_eq!((store.len(), store.is_empty()), (1, false));
    }

    #[test]
    fn a_poisoned_lock_is_still_served() {
        let store = Arc::new(MemoryStore::new());
        pollster::block_on(store.commit(&put("a", b"1"))).unwrap();
        let shared = Arc::clone(&store);
        let panicked = std::thread::spawn(move || {
            let _guard = shared.state.write();
            panic!("on purpose");
        })
        .join();
        assert!(panicked.is_err() && store.state.is_poisoned());
        pollster::block_on(store.commit(&put("b", b"2"))).unwrap();
        assert_eq!(store.dump().count(), 2);
        assert_eq!(pollster::block_on(store.journal(Seq(1), 10)).unwrap().len(), 1);
    }

    #[test]
    fn a_commit_that_is_never_polled_does_nothing() {
        let store = MemoryStore::new();
        drop(store.commit(&put("a", b"1")));
        assert!(store.is_empty());
    }

    #[test]
    fn debug_shows_no_data() {
        let store = MemoryStore::new();
        pollster::block_on(store.commit(&put("سارا", "سارا".as_bytes()))).unwrap();
        assert_eq!(format!("{store:?}"), "MemoryStore { keys: 1, .. }");
    }
}
