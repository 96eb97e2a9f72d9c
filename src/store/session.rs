//! What a unit of work has loaded, read and buffered: the part that outlives a pause, without any borrow of the store.

use std::collections::BTreeMap;

use super::envelope::Unknown;
use super::{
    Batch, Bytes, Expect, Key, Page, ReadSet, Scan, Seq, StoreError, StoreErrorKind, Versioned, View, Write,
};

/// What the unit of work will do to a key.
#[derive(Debug, Clone)]
pub(super) enum Buffered {
    Put(Bytes),
    /// A put that counts only beside another write.
    Bump(Bytes),
    Delete,
}

/// Everything about one key. Kept to 64 bytes: a map node of these is then small enough for the allocator's fast path.
#[derive(Debug, Default)]
pub(super) struct Slot {
    /// What the store holds, if `known`.
    pub(super) loaded: Option<Versioned>,
    /// The store was asked and has answered.
    pub(super) known: bool,
    /// The load was a get of its own, not a line of a scan.
    pub(super) asked: bool,
    /// The present run looked at it, so the batch guards it.
    pub(super) read: bool,
    /// Already in the list of announcements.
    pub(super) announced: bool,
    pub(super) buffered: Option<Buffered>,
    pub(super) unknown: Option<Box<Unknown>>,
}

impl Slot {
    /// Takes in what the store holds.
    pub(super) fn learn(&mut self, held: Option<Versioned>) {
        self.loaded = held;
        self.known = true;
    }
}

/// A scan that was asked of the store.
#[derive(Debug)]
struct Asked {
    scan: Scan,
    page: Option<Page>,
    read: bool,
}

/// See the module.
#[derive(Debug, Default)]
pub(super) struct Session {
    pub(super) slots: BTreeMap<Key, Slot>,
    /// The last commit before the instant that all is read from, if it is known.
    pub(super) as_of: Option<Seq>,
    scans: Vec<Asked>,
    wanted: Vec<Key>,
    /// Keys for the journal in order of announcement; `true` if announced without regard to a write.
    announcements: Vec<(Key, bool)>,
    /// How many slots may hold a buffered write; zero lets scans skip the merge.
    pub(super) writes: usize,
    /// The present run was told to pause.
    pub(super) paused: bool,
    /// How many separate reads the loaded data comes from.
    pub(super) loads: usize,
    /// Scratch for encoding.
    pub(super) scratch: Vec<u8>,
}

impl Session {
    /// Forgets everything; the next run starts from the store as it is then.
    pub(super) fn clear(&mut self) {
        let scratch = std::mem::take(&mut self.scratch);
        *self = Self { scratch, ..Self::default() };
    }

    /// Forgets what the last run did, keeps what was loaded.
    pub(super) fn rewind(&mut self) {
        for slot in self.slots.values_mut() {
            slot.read = false;
            slot.announced = false;
            slot.buffered = None;
            slot.unknown = None;
        }
        for asked in &mut self.scans {
            asked.read = false;
        }
        self.wanted.clear();
        self.announcements.clear();
        self.writes = 0;
        self.paused = false;
    }

    /// Forgets the writes and announcements of the present run, keeps what it has read.
    pub(super) fn discard(&mut self) {
        for slot in self.slots.values_mut() {
            slot.announced = false;
            slot.buffered = None;
        }
        self.announcements.clear();
        self.writes = 0;
    }

    /// Whether the store has said what the key holds.
    pub(super) fn knows(&self, key: &Key) -> bool {
        self.slots.get(key).is_some_and(|slot| slot.known)
    }

    /// Notes that the next load should bring the key.
    pub(super) fn want(&mut self, key: Key) {
        let slot = self.slots.entry(key.clone()).or_default();
        if !slot.known {
            self.wanted.push(key);
        }
    }

    /// The loaded page of a scan, or a note that the next load should bring it.
    pub(super) fn page(&mut self, scan: &Scan) -> Option<Page> {
        match self.scans.iter_mut().find(|asked| asked.scan == *scan) {
            Some(asked) => {
                asked.read = true;
                asked.page.clone()
            }
            None => {
                self.scans.push(Asked { scan: scan.clone(), page: None, read: true });
                None
            }
        }
    }

    /// Puts a key on the list for the journal.
    pub(super) fn announce(&mut self, key: &Key, always: bool) {
        let slot = self.slots.entry(key.clone()).or_default();
        if !slot.announced {
            slot.announced = true;
            self.announcements.push((key.clone(), always));
        } else if always {
            self.announcements.iter_mut().filter(|(known, _)| known == key).for_each(|known| known.1 = true);
        }
    }

    /// What the next load brings; empty if nothing is missing.
    pub(super) fn missing(&self) -> ReadSet {
        let mut gets = self.wanted.clone();
        gets.sort_unstable();
        gets.dedup();
        let scans = self.scans.iter().filter(|asked| asked.page.is_none());
        ReadSet { gets, scans: scans.map(|asked| asked.scan.clone()).collect() }
    }

    /// All that was ever asked, to load it again in one piece.
    pub(super) fn everything(&self) -> ReadSet {
        ReadSet {
            gets: self.slots.iter().filter(|(_, slot)| slot.asked).map(|(key, _)| key.clone()).collect(),
            scans: self.scans.iter().map(|asked| asked.scan.clone()).collect(),
        }
    }

    /// Takes in the answer to [`Session::missing`].
    pub(super) fn fill(&mut self, want: ReadSet, view: View) -> Result<(), StoreError> {
        if view.gets.len() != want.gets.len() || view.scans.len() != want.scans.len() {
            return Err(StoreError::new(
                StoreErrorKind::Corrupt,
                "matching the answer of the store to the question",
            ));
        }
        for (key, answer) in want.gets.into_iter().zip(view.gets) {
            let slot = self.slots.entry(key).or_default();
            slot.asked = true;
            slot.learn(answer);
        }
        for (scan, page) in want.scans.into_iter().zip(view.scans) {
            match self.scans.iter_mut().find(|asked| asked.scan == scan) {
                Some(asked) => asked.page = Some(page),
                None => self.scans.push(Asked { scan, page: Some(page), read: false }),
            }
        }
        self.loads += 1;
        Ok(())
    }

    /// Starts over from one answer to [`Session::everything`].
    pub(super) fn adopt(&mut self, want: ReadSet, view: View) -> Result<(), StoreError> {
        self.clear();
        self.fill(want, view)
    }

    /// Whether a fresh answer to [`Session::everything`] agrees with all that the present run looked at.
    pub(super) fn agrees(&self, want: &ReadSet, view: &View) -> bool {
        let gets = want.gets.iter().zip(&view.gets).all(|(key, fresh)| match self.slots.get(key) {
            Some(slot) if slot.read => {
                slot.loaded.as_ref().map(|held| held.version) == fresh.as_ref().map(|held| held.version)
            }
            _ => true,
        });
        gets && want.scans.iter().zip(&view.scans).all(|(scan, fresh)| {
            let Some(asked) = self.scans.iter().find(|asked| asked.scan == *scan && asked.read) else {
                return true;
            };
            asked.page.as_ref().is_some_and(|page| same_page(page, fresh))
        })
    }

    /// The batch of the present run: writes, a guard on each key that was read, the journal. Empty of writes if
    /// nothing is to change.
    pub(super) fn batch(&self) -> Batch {
        let mut batch = Batch { as_of: self.as_of, ..Batch::default() };
        let moves = |slot: &Slot| matches!(slot.buffered, Some(Buffered::Put(_) | Buffered::Delete));
        if self.writes == 0 || !self.slots.values().any(moves) {
            return batch;
        }
        batch.guards.reserve(self.slots.len());
        batch.writes.reserve(self.writes.min(self.slots.len()));
        for (key, slot) in &self.slots {
            if slot.read {
                let expect = slot.loaded.as_ref().map_or(Expect::Absent, |held| Expect::At(held.version));
                batch.guards.push((key.clone(), expect));
            }
            match &slot.buffered {
                Some(Buffered::Put(bytes) | Buffered::Bump(bytes)) => {
                    batch.writes.push((key.clone(), Write::Put(Bytes::clone(bytes))));
                }
                Some(Buffered::Delete) => batch.writes.push((key.clone(), Write::Delete)),
                None => {}
            }
        }
        let written = |key: &Key| self.slots.get(key).is_some_and(|slot| slot.buffered.is_some());
        batch.journal = self
            .announcements
            .iter()
            .filter(|(key, always)| *always || written(key))
            .map(|(key, _)| key.clone())
            .collect();
        batch
    }
}

fn same_page(held: &Page, fresh: &Page) -> bool {
    held.more == fresh.more
        && held.items.len() == fresh.items.len()
        && held.items.iter().zip(&fresh.items).all(|(a, b)| a.0 == b.0 && a.1.version == b.1.version)
}

#[cfg(test)]
mod tests {
    use super::Slot;

    #[test]
    fn a_slot_is_small() {
        assert!(size_of::<Slot>() <= 64);
    }
}
