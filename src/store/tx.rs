//! The unit of work: straight-line code over loaded data that turns into one guarded batch.

use std::fmt;
use std::ops::Bound;

use super::envelope::{Unknown, decode, encode};
use super::session::{Buffered, Session, Slot};
use super::{Bytes, Key, MAX_VALUE, Page, Scan, Snapshot, StoreError, StoreErrorKind, Stored, Versioned};

/// Whose data it is. Every key of a [`Tx`] lives under its tenant, so a use case cannot reach another tenant's data.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Tenant(pub u32);

impl Tenant {
    /// Bytes that a tenant takes from each key.
    pub const LEN: usize = 4;

    /// The key under which the store holds a tenant's key: four bytes, most significant first, then the key.
    ///
    /// # Errors
    /// `TooLarge` if that is over [`Key::MAX_LEN`].
    pub fn physical(self, key: &Key) -> Result<Key, StoreError> {
        Key::join(&[&self.0.to_be_bytes(), key.as_bytes()])
            .map_err(|_| StoreError::new(StoreErrorKind::TooLarge, "building a key"))
    }

    /// The tenant's own key out of the store's; `None` if it is not this tenant's.
    #[must_use]
    pub fn logical(self, physical: &Key) -> Option<Key> {
        Key::new(physical.as_bytes().strip_prefix(&self.0.to_be_bytes())?).ok()
    }
}

/// Why a use case stopped before its end. Pass it on with `?`.
#[derive(Debug)]
pub enum Stop {
    /// Data is missing: the driver loads it and runs the use case again.
    Pause,
    /// The store failed.
    Failed(StoreError),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pause => f.write_str("paused for data"),
            Self::Failed(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Stop {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Pause => None,
            Self::Failed(error) => error.source(),
        }
    }
}

/// One page of typed values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found<T> {
    /// The values in byte order of their keys.
    pub items: Vec<(Key, T)>,
    /// Whether more keys of the prefix follow the last item.
    pub more: bool,
}

/// An optimistic unit of work on one tenant's data.
///
/// A use case is an ordinary function over a `Tx`; [`run`](super::run) and [`run_async`](super::run_async) drive it:
/// * What it reads is remembered with its version. When it ends, its writes and a guard on each key that it read
///   become one batch: it takes effect as if it had run alone, or not at all.
/// * It may be run several times, on other data each time: let it depend on its arguments and the `Tx` only, and
///   change nothing outside. It must not call the store itself: over an in-process store it holds a snapshot.
/// * A key that is written without being read is written blindly, whatever it holds.
/// * A put of what is already there is dropped; a unit of work without writes commits nothing.
/// * A scan guards the items it returned, not the gaps between them. A decision that depends on the whole range (there
///   is none, these are all) calls [`Tx::guard_range`], and every writer under the range calls [`Tx::bump_range`].
/// * Each error is to be passed on with `?`: a use case that swallows [`Stop::Pause`] is run again all the same.
///
/// ```
/// use throughline::store::{Key, MemoryStore, Stop, Stored, Tenant, Tx, run};
/// #[derive(serde::Serialize, serde::Deserialize)]
/// #[serde(deny_unknown_fields)]
/// struct Count { n: u64 }
/// impl Stored for Count {
///     const KIND: &'static str = "count";
///     const VERSION: u16 = 1;
/// }
/// fn increment(tx: &mut Tx<'_>, key: &Key) -> Result<u64, Stop> {
///     let n = tx.get::<Count>(key)?.map_or(0, |count| count.n) + 1;
///     tx.put(key, &Count { n })?;
///     Ok(n)
/// }
/// let store = MemoryStore::new();
/// let key = Key::new(b"visits")?;
/// assert_eq!(run(&store, Tenant(1), |tx| increment(tx, &key))?.value, 1);
/// assert_eq!(run(&store, Tenant(1), |tx| increment(tx, &key))?.value, 2);
/// assert_eq!(run(&store, Tenant(2), |tx| increment(tx, &key))?.value, 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Tx<'s> {
    tenant: Tenant,
    snapshot: Option<&'s dyn Snapshot>,
    session: &'s mut Session,
}

/// What a range key holds: its version is what counts.
const RANGE: &[u8] = b"{\"kind\":\"range\",\"v\":1,\"d\":null}";

impl<'s> Tx<'s> {
    /// Most values are not longer.
    const MOST_VALUES: usize = 1_024;

    pub(super) fn new(tenant: Tenant, snapshot: Option<&'s dyn Snapshot>, session: &'s mut Session) -> Self {
        Self { tenant, snapshot, session }
    }

    /// Whose data this is about.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        self.tenant
    }

    /// The value of a key, with this unit's own writes in it.
    ///
    /// # Errors
    /// `Pause` if it is not loaded; failures of the store; `Corrupt` or `Newer` if the value is not a `T`.
    ///
    /// # Complexity
    /// One look-up in the store the first time, one in what is loaded afterwards; decodes at each call.
    pub fn get<T: Stored>(&mut self, key: &Key) -> Result<Option<T>, Stop> {
        let key = self.tenant.physical(key)?;
        let slot = load(self.snapshot, self.session, &key, false)?;
        match slot {
            Some(slot) => value(slot),
            None => Err(self.pause()),
        }
    }

    /// The values of several keys, in their order; all that is missing is asked for at once.
    ///
    /// # Errors
    /// As [`Tx::get`].
    pub fn get_many<T: Stored>(&mut self, keys: &[Key]) -> Result<Vec<Option<T>>, Stop> {
        if self.snapshot.is_some() {
            self.want(keys);
        } else {
            let mut missing = false;
            for key in keys {
                missing |= load(None, self.session, &self.tenant.physical(key)?, false)?.is_none();
            }
            if missing {
                return Err(self.pause());
            }
        }
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// A hint that these keys will be read: the next load brings them along, an in-process store is asked for all of them
    /// at once. A key that is wanted and never read is not guarded.
    ///
    /// # Complexity
    /// One look-up in an in-process store for each key that is not loaded, if they are more than one.
    pub fn want(&mut self, keys: &[Key]) {
        let keys = keys.iter().filter_map(|key| self.tenant.physical(key).ok());
        let Some(snapshot) = self.snapshot else {
            keys.for_each(|key| self.session.want(key));
            return;
        };
        let mut missing: Vec<Key> = Vec::with_capacity(keys.size_hint().1.unwrap_or_default());
        missing.extend(keys.filter(|key| !self.session.knows(key)));
        // One key is asked for when it is read, and what fails now fails again then.
        if missing.len() > 1
            && let Ok(found) = snapshot.get_many(&missing)
        {
            for (key, held) in missing.into_iter().zip(found) {
                self.session.slots.entry(key).or_default().learn(held);
            }
        }
    }

    /// Whether the key holds anything.
    ///
    /// # Errors
    /// `Pause` if it is not loaded; failures of the store.
    pub fn exists(&mut self, key: &Key) -> Result<bool, Stop> {
        let key = self.tenant.physical(key)?;
        let slot = load(self.snapshot, self.session, &key, false)?;
        match slot {
            Some(slot) => Ok(slot.look().is_some()),
            None => Err(self.pause()),
        }
    }

    /// Sets the value of a key when the unit commits. Fields that were unknown when this unit read the key are kept.
    /// A kind with [`Stored::JOURNAL`] is announced in the journal, in order of first put.
    ///
    /// # Errors
    /// `TooLarge` if the key or the value is over its limit, `Failed` if the value cannot be written as JSON.
    pub fn put<T: Stored>(&mut self, key: &Key, value: &T) -> Result<(), Stop> {
        let key = self.tenant.physical(key)?;
        let mut scratch = std::mem::take(&mut self.session.scratch);
        scratch.clear();
        scratch.reserve(Self::MOST_VALUES);
        let slot = self.session.slots.entry(key.clone()).or_default();
        let encoded = encode(value, slot.unknown.as_deref(), &mut scratch);
        let same = slot.read && slot.loaded.as_ref().is_some_and(|held| *held.value == *scratch);
        let small = scratch.len() <= MAX_VALUE;
        if encoded.is_ok() && small {
            slot.buffered = (!same).then(|| Buffered::Put(Bytes::from(scratch.as_slice())));
            self.session.writes += 1;
        }
        self.session.scratch = scratch;
        encoded?;
        if !small {
            return Err(StoreError::new(StoreErrorKind::TooLarge, "putting a value").into());
        }
        if T::JOURNAL {
            self.session.announce(&key, false);
        }
        Ok(())
    }

    /// Removes a key when the unit commits. Nothing of the value stays; a key already read as absent is left alone.
    /// A key too long to exist is absent.
    pub fn delete(&mut self, key: &Key) {
        if let Ok(key) = self.tenant.physical(key) {
            let slot = self.session.slots.entry(key).or_default();
            slot.buffered = (!(slot.read && slot.loaded.is_none())).then_some(Buffered::Delete);
            slot.unknown = None;
            self.session.writes += 1;
        }
    }

    /// Announces a key in the journal if this unit commits anything: for a delete that readers of the journal should
    /// learn of. A key is announced once, at the place of its first announcement.
    pub fn announce(&mut self, key: &Key) {
        if let Ok(key) = self.tenant.physical(key) {
            self.session.announce(&key, true);
        }
    }

    /// Drops every write and announcement so far: the unit ends as a reader. For a use case that decides to refuse.
    pub fn discard(&mut self) {
        self.session.discard();
    }

    /// The values under a prefix after an exclusive cursor, at most `limit`, with this unit's own writes in them.
    ///
    /// # Errors
    /// As [`Tx::get`].
    ///
    /// # Complexity
    /// Linear in the items returned and in this unit's own writes under the prefix.
    pub fn scan<T: Stored>(
        &mut self,
        prefix: &Key,
        after: Option<&Key>,
        limit: usize,
    ) -> Result<Found<T>, Stop> {
        let prefix = self.tenant.physical(prefix)?;
        let mut after = after.map(|key| self.tenant.physical(key)).transpose()?;
        // One more than wanted, to know whether anything follows.
        let enough = limit.saturating_add(1);
        let mut lines: Vec<(Key, Line)> = Vec::new();
        loop {
            let page = self.page(&Scan { prefix: prefix.clone(), after: after.clone(), limit: enough })?;
            let end = if page.more { page.items.last().map(|(key, _)| key.clone()) } else { None };
            if page.more && (end.is_none() || end <= after) {
                return Err(StoreError::new(StoreErrorKind::Corrupt, "paging through a scan").into());
            }
            self.merge(page, &prefix, after.as_ref(), end.as_ref(), &mut lines);
            if end.is_none() || lines.len() >= enough {
                break;
            }
            after = end;
        }
        let more = lines.len() > limit;
        lines.truncate(limit);
        let items = lines.into_iter().map(|(key, line)| {
            let logical = self.tenant.logical(&key);
            let value = match line {
                Line::Own(bytes) => decode(&bytes)?.0,
                Line::Held(held) => {
                    let (value, unknown) = decode(&held.value)?;
                    let slot = self.session.slots.entry(key).or_default();
                    slot.keep(unknown);
                    slot.read = true;
                    if !slot.known {
                        slot.learn(Some(held));
                    }
                    value
                }
            };
            let outside = || StoreError::new(StoreErrorKind::Corrupt, "scanning inside a prefix");
            Ok((logical.ok_or_else(outside)?, value))
        });
        Ok(Found { items: items.collect::<Result<_, StoreError>>()?, more })
    }

    /// Makes this unit depend on a whole range: it conflicts with every unit that bumps the range before it commits.
    /// `range` is a key of its own, outside the range that it stands for.
    ///
    /// # Errors
    /// As [`Tx::exists`].
    pub fn guard_range(&mut self, range: &Key) -> Result<(), Stop> {
        let key = self.tenant.physical(range)?;
        match load(self.snapshot, self.session, &key, true)? {
            Some(slot) => {
                // Also if this unit bumps the range itself: it still depends on nobody else having done so.
                slot.read = true;
                Ok(())
            }
            None => Err(self.pause()),
        }
    }

    /// Tells the units that guard the range that something under it changes. It is a blind write, so two writers
    /// under one range do not conflict; it happens only if this unit changes something else too.
    ///
    /// # Errors
    /// `TooLarge` if the key is too long.
    pub fn bump_range(&mut self, range: &Key) -> Result<(), Stop> {
        let key = self.tenant.physical(range)?;
        self.session.slots.entry(key).or_default().buffered = Some(Buffered::Bump(Bytes::from(RANGE)));
        self.session.writes += 1;
        Ok(())
    }

    fn pause(&mut self) -> Stop {
        self.session.paused = true;
        Stop::Pause
    }

    fn page(&mut self, scan: &Scan) -> Result<Page, Stop> {
        match self.snapshot {
            Some(snapshot) => Ok(snapshot.scan(scan)?),
            None => self.session.page(scan).ok_or_else(|| self.pause()),
        }
    }

    /// Adds a page with the buffered writes of its stretch (after `after`, up to `end`) to the lines.
    fn merge(
        &self,
        page: Page,
        prefix: &Key,
        after: Option<&Key>,
        end: Option<&Key>,
        lines: &mut Vec<(Key, Line)>,
    ) {
        let mut held = page.items.into_iter().peekable();
        if self.session.writes > 0 {
            let start = match after {
                Some(after) if after >= prefix => Bound::Excluded(after),
                _ => Bound::Included(prefix),
            };
            let buffered = self
                .session
                .slots
                .range::<Key, _>((start, Bound::Unbounded))
                .take_while(|(key, _)| key.as_bytes().starts_with(prefix.as_bytes()))
                .take_while(|(key, _)| end.is_none_or(|end| *key <= end))
                .filter_map(|(key, slot)| Some((key, slot.buffered.as_ref()?)));
            for (key, write) in buffered {
                while let Some((before, versioned)) = held.next_if(|(other, _)| other < key) {
                    lines.push((before, Line::Held(versioned)));
                }
                let _replaced = held.next_if(|(other, _)| other == key);
                if let Buffered::Put(bytes) | Buffered::Bump(bytes) = write {
                    lines.push((key.clone(), Line::Own(Bytes::clone(bytes))));
                }
            }
        }
        lines.extend(held.map(|(key, versioned)| (key, Line::Held(versioned))));
    }
}

impl fmt::Debug for Tx<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("tenant", &self.tenant)
            .field("keys", &self.session.slots.len())
            .finish_non_exhaustive()
    }
}

/// A line of a scan: this unit's own write, or what the store holds.
enum Line {
    Own(Bytes),
    Held(Versioned),
}

/// The slot of a key that is known: loaded, or (unless `held` is asked for) written by this unit. `None` after noting
/// that it must be loaded.
fn load<'a>(
    snapshot: Option<&dyn Snapshot>,
    session: &'a mut Session,
    key: &Key,
    held: bool,
) -> Result<Option<&'a mut Slot>, StoreError> {
    match snapshot {
        Some(snapshot) => {
            let slot = session.slots.entry(key.clone()).or_default();
            if !slot.known && (held || slot.buffered.is_none()) {
                slot.learn(snapshot.get(key)?);
            }
            Ok(Some(slot))
        }
        None => {
            let missing = |slot: &Slot| !slot.known && (held || slot.buffered.is_none());
            if session.slots.get(key).is_none_or(missing) {
                session.want(key.clone());
                return Ok(None);
            }
            Ok(session.slots.get_mut(key))
        }
    }
}

/// Decodes what a slot holds and marks it as read.
fn value<T: Stored>(slot: &mut Slot) -> Result<Option<T>, Stop> {
    let Some(bytes) = slot.look() else { return Ok(None) };
    let (value, unknown) = decode(bytes)?;
    slot.keep(unknown);
    Ok(Some(value))
}

impl Slot {
    /// What a reader sees: the buffered write if there is one, else what was loaded, which is then guarded.
    fn look(&mut self) -> Option<&[u8]> {
        match &self.buffered {
            Some(Buffered::Put(bytes) | Buffered::Bump(bytes)) => Some(bytes),
            Some(Buffered::Delete) => None,
            None => {
                self.read = true;
                self.loaded.as_ref().map(|held| &*held.value)
            }
        }
    }

    fn keep(&mut self, unknown: Option<Unknown>) {
        if let Some(unknown) = unknown {
            self.unknown = Some(Box::new(unknown));
        }
    }
}
