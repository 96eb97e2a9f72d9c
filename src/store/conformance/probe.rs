//! What the groups share: short ways to ask the store, and to say what was seen.

use std::fmt;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use super::Verdict;
use crate::store::{
    Batch, Bytes, Committed, Entry, Expect, Key, KeyTooLong, Page, ReadSet, Scan, Seq, Store, StoreError,
    StoreErrorKind, Version, Versioned, View, Write,
};

/// A violation: what was seen.
#[derive(Debug)]
pub(super) struct Seen(String);

impl Seen {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Seen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<StoreError> for Seen {
    fn from(error: StoreError) -> Self {
        Self(format!("an unexpected error: {error} ({error:?})"))
    }
}

impl From<KeyTooLong> for Seen {
    fn from(error: KeyTooLong) -> Self {
        Self(error.to_string())
    }
}

/// How a group ends.
pub(super) type Check = Result<Verdict, Seen>;

/// A violation unless it holds.
pub(super) fn ensure(holds: bool, seen: impl FnOnce() -> String) -> Result<(), Seen> {
    if holds { Ok(()) } else { Err(Seen(seen())) }
}

/// A violation unless both are equal.
pub(super) fn equal<T: PartialEq + fmt::Debug>(what: &str, seen: &T, expected: &T) -> Result<(), Seen> {
    ensure(seen == expected, || {
        let mut text = format!("{what}: saw {seen:?}, expected {expected:?}");
        if let Some((cut, _)) = text.char_indices().nth(600) {
            text.truncate(cut);
            text.push('…');
        }
        text
    })
}

pub(super) fn key(bytes: impl AsRef<[u8]>) -> Result<Key, Seen> {
    Ok(Key::new(bytes.as_ref())?)
}

pub(super) fn wait<T>(future: impl Future<Output = T>) -> T {
    pollster::block_on(future)
}

/// A batch in the making.
#[derive(Debug, Clone, Default)]
pub(super) struct Change(pub(super) Batch);

impl Change {
    pub(super) fn new() -> Self {
        Self::default()
    }

    pub(super) fn guard(mut self, key: &Key, expect: Expect) -> Self {
        self.0.guards.push((key.clone(), expect));
        self
    }

    pub(super) fn at(self, key: &Key, version: Version) -> Self {
        self.guard(key, Expect::At(version))
    }

    pub(super) fn absent(self, key: &Key) -> Self {
        self.guard(key, Expect::Absent)
    }

    /// Guards the key as it was read.
    pub(super) fn unchanged(self, key: &Key, read: Option<&Versioned>) -> Self {
        self.guard(key, read.map_or(Expect::Absent, |held| Expect::At(held.version)))
    }

    pub(super) fn put(mut self, key: &Key, value: impl AsRef<[u8]>) -> Self {
        self.0.writes.push((key.clone(), Write::Put(Bytes::from(value.as_ref()))));
        self
    }

    pub(super) fn delete(mut self, key: &Key) -> Self {
        self.0.writes.push((key.clone(), Write::Delete));
        self
    }

    pub(super) fn announce(mut self, key: &Key) -> Self {
        self.0.journal.push(key.clone());
        self
    }
}

/// Commits what must succeed.
pub(super) fn commit(store: &dyn Store, change: &Change) -> Result<Version, Seen> {
    Ok(Version(wait(store.commit(&change.0))?.seq.0))
}

/// Commits what may conflict; `None` if it does.
pub(super) fn attempt(result: Result<Committed, StoreError>) -> Result<Option<Version>, Seen> {
    match result {
        Ok(committed) => Ok(Some(Version(committed.seq.0))),
        Err(error) if error.kind() == StoreErrorKind::Conflict => Ok(None),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn read(store: &dyn Store, gets: &[Key], scans: &[Scan]) -> Result<View, Seen> {
    let want = ReadSet { gets: gets.to_vec(), scans: scans.to_vec() };
    let view = wait(store.read(&want))?;
    equal("number of answers", &(view.gets.len(), view.scans.len()), &(gets.len(), scans.len()))?;
    Ok(view)
}

/// Reads while nobody writes: a snapshot, if the store has them, must agree.
pub(super) fn read_quietly(store: &dyn Store, gets: &[Key], scans: &[Scan]) -> Result<View, Seen> {
    let view = read(store, gets, scans)?;
    if let Some(snapshot) = store.snapshot()? {
        let together = snapshot.get_many(gets)?;
        let gets = gets.iter().map(|key| snapshot.get(key)).collect::<Result<Vec<_>, _>>()?;
        equal("keys of a snapshot together beside one by one", &together, &gets)?;
        let scans = scans.iter().map(|scan| snapshot.scan(scan)).collect::<Result<_, _>>()?;
        equal("a snapshot beside a read", &View { gets, scans }, &view)?;
    }
    Ok(view)
}

pub(super) fn get(store: &dyn Store, key: &Key) -> Result<Option<Versioned>, Seen> {
    Ok(read_quietly(store, std::slice::from_ref(key), &[])?.gets.pop().flatten())
}

pub(super) fn scan_of(prefix: &Key, after: Option<&Key>, limit: usize) -> Scan {
    Scan { prefix: prefix.clone(), after: after.cloned(), limit }
}

pub(super) fn scan(store: &dyn Store, prefix: &Key, after: Option<&Key>, limit: usize) -> Result<Page, Seen> {
    let mut view = read_quietly(store, &[], &[scan_of(prefix, after, limit)])?;
    view.scans.pop().ok_or_else(|| Seen::new("no page"))
}

/// Everything in the store.
pub(super) fn all(store: &dyn Store) -> Result<Vec<(Key, Versioned)>, Seen> {
    let page = scan(store, &Key::empty(), None, 1_000_000)?;
    ensure(!page.more, || "a page of everything says that more follows".to_owned())?;
    Ok(page.items)
}

pub(super) fn journal_of(store: &dyn Store, after: u64, limit: usize) -> Result<Vec<Entry>, Seen> {
    Ok(wait(store.journal(Seq(after), limit))?)
}

/// A number as a value.
pub(super) fn number(value: Option<&Versioned>) -> Result<u64, Seen> {
    let Some(held) = value else { return Ok(0) };
    let bytes = (*held.value).try_into().map_err(|_| Seen::new("a value came back with other bytes"))?;
    Ok(u64::from_be_bytes(bytes))
}

/// Runs the same work on several threads that start together.
pub(super) fn threads<T: Send>(
    count: usize,
    work: impl Fn(usize) -> Result<T, Seen> + Sync,
) -> Result<Vec<T>, Seen> {
    let start = std::sync::Barrier::new(count);
    thread::scope(|scope| {
        let spawned: Vec<_> = (0..count)
            .map(|index| {
                let (start, work) = (&start, &work);
                scope.spawn(move || {
                    start.wait();
                    work(index)
                })
            })
            .collect();
        // All are joined before the first violation is passed on.
        let ended: Vec<_> = spawned.into_iter().map(thread::ScopedJoinHandle::join).collect();
        ended.into_iter().map(|end| end.unwrap_or_else(|_| Err(Seen::new("the store panicked")))).collect()
    })
}

/// Polls `first` a few times, then `second` to its end while `first` hangs in the middle, then `first` to its end.
///
/// This is how two units that yield at the wrong place are caught every time instead of now and then. If `second` does
/// not end by itself (it may rightly wait for `first`), both are polled in turn.
pub(super) fn overtake<A, B>(
    first: impl Future<Output = A>,
    polls: usize,
    second: impl Future<Output = B>,
) -> (A, B) {
    const PATIENCE: usize = 200;
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    let (mut first, mut second) = (pin!(first), pin!(second));
    let (mut first_end, mut second_end) = (None, None);
    for _ in 0..polls {
        if first_end.is_none()
            && let Poll::Ready(end) = first.as_mut().poll(&mut context)
        {
            first_end = Some(end);
        }
    }
    let mut turn = 0_usize;
    loop {
        if second_end.is_none()
            && let Poll::Ready(end) = second.as_mut().poll(&mut context)
        {
            second_end = Some(end);
        }
        if (second_end.is_some() || turn >= PATIENCE)
            && first_end.is_none()
            && let Poll::Ready(end) = first.as_mut().poll(&mut context)
        {
            first_end = Some(end);
        }
        match (first_end, second_end) {
            (Some(first), Some(second)) => return (first, second),
            ends => (first_end, second_end) = ends,
        }
        turn = turn.saturating_add(1);
        thread::park_timeout(Duration::from_micros(200));
    }
}
