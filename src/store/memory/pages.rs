//! The memory store's map: keys in order, packed into small pages.
//!
//! Neighbours in key order are of one kind, so their keys and values begin alike: an entry holds only what differs from
//! the beginning of its page's first entry. With that, and one [`Room`] for a page instead of two allocations for an entry,
//! facts take little more than half the memory of an ordered map from keys to values.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use super::arena::{Arena, Room};
use crate::store::journal::{put_varint, varint};
use crate::store::{Bytes, Key, Version, Versioned};

/// Bytes above which a page of more than one entry is split.
const LARGEST: usize = 2 * 1024;

/// Bytes that a page may leave unused of its room before it moves to a smaller one.
const SPARE: usize = 512;

/// An ordered map from keys to versioned values.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// Each page under a key that is not above its own keys and above all keys of the pages before. No page is empty.
    pages: BTreeMap<Key, Page>,
    arena: Arena,
    len: usize,
    /// Where pages are put together.
    scratch: Vec<u8>,
}

/// Where a page is, and how many bytes of the room it takes.
#[derive(Debug, Clone, Copy)]
struct Page {
    room: Room,
    len: u32,
}

/// Entry after entry in key order: the key, the version, the value. A key or value is the number of bytes that it shares
/// with the first entry's, the number of its other bytes, and these. All numbers are base-128 varints.
#[derive(Debug, Clone, Copy)]
struct Packed<'a>(&'a [u8]);

/// One entry: key and value, each as what it shares with the first entry and what it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    key: (&'a [u8], &'a [u8]),
    version: u64,
    value: (&'a [u8], &'a [u8]),
    /// Where it is in its page.
    start: usize,
    end: usize,
}

impl Pages {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The entry of a key. One look-up among the pages, then along the entries of the page.
    pub(super) fn get(&self, key: &Key) -> Option<Line<'_>> {
        let (_, page) = self.pages.range::<Key, _>(..=key).next_back()?;
        page.packed(&self.arena).find(key).ok()
    }

    /// The entries from a key on.
    pub(super) fn from(&self, start: &Key) -> impl Iterator<Item = Line<'_>> {
        let first = self.pages.range::<Key, _>(..=start).next_back().map_or(start, |(bound, _)| bound);
        let (pages, start) = (self.pages.range::<Key, _>(first..), start.clone());
        let lines = pages.flat_map(|(_, page)| page.packed(&self.arena).lines());
        lines.skip_while(move |line| line.order(&start).is_lt())
    }

    /// Sets the value of a key.
    pub(super) fn set(&mut self, key: &Key, version: Version, value: &[u8]) {
        let fresh =
            Line { key: (&[], key.as_bytes()), version: version.0, value: (&[], value), start: 0, end: 0 };
        let Self { pages, arena, scratch, len } = self;
        let Some((_, page)) = pages.range_mut::<Key, _>(..=key).next_back() else {
            // Below every page: a page that begins with the least key there is.
            pack_all(std::iter::once(fresh), scratch);
            pages.insert(Key::empty(), Page::of(scratch, arena));
            *len += 1;
            return;
        };
        let found = page.packed(arena).find(key);
        *len += usize::from(found.is_err());
        let place = found.map_or_else(|start| (start, start), |line| (line.start, line.end));
        page.put(fresh, place, arena, scratch);
        if let Some((bound, right)) = page.split(arena, scratch) {
            pages.insert(bound, right);
        }
        scratch.shrink_to(16 * LARGEST);
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, key: &Key) {
        let Self { pages, arena, scratch, len } = self;
        let Some((bound, page)) = pages.range_mut::<Key, _>(..=key).next_back() else { return };
        let Ok(found) = page.packed(arena).find(key) else { return };
        *len -= 1;
        let start = found.start;
        pack_all(page.packed(arena).lines().filter(|line| line.start != start), scratch);
        if scratch.is_empty() {
            let (bound, room) = (bound.clone(), page.room);
            pages.remove(&bound);
            arena.give_back(room);
        } else {
            page.set(scratch, arena);
        }
        if arena.is_wasteful() {
            let mut fresh = Arena::default();
            for page in pages.values_mut() {
                *page = Page::of(page.packed(arena).0, &mut fresh);
            }
            *arena = fresh;
        }
    }
}

impl Page {
    /// A page of these bytes.
    fn of(bytes: &[u8], arena: &mut Arena) -> Self {
        let mut page = Self { room: arena.take(bytes.len()), len: 0 };
        page.set(bytes, arena);
        page
    }

    fn packed(self, arena: &Arena) -> Packed<'_> {
        Packed(arena.get(self.room).get(..self.len as usize).unwrap_or_default())
    }

    /// Sets all of its bytes.
    fn set(&mut self, bytes: &[u8], arena: &mut Arena) {
        self.resize(bytes.len(), arena);
        if let Some(all) = arena.get_mut(self.room).get_mut(..bytes.len()) {
            all.copy_from_slice(bytes);
        }
    }

    /// Makes room for so many bytes, keeps those that are there, and wipes those that are not wanted.
    fn resize(&mut self, bytes: usize, arena: &mut Arena) {
        let held = self.len as usize;
        if bytes > self.room.bytes() || bytes + SPARE < self.room.bytes() {
            let next = arena.take(bytes);
            arena.copy(self.room, next, held.min(bytes));
            arena.give_back(std::mem::replace(&mut self.room, next));
        } else if let Some(unwanted) = arena.get_mut(self.room).get_mut(bytes..held) {
            unwanted.fill(0);
        }
        // A value has a largest size, far below this.
        self.len = u32::try_from(bytes).unwrap_or(u32::MAX);
    }

    /// Puts an entry in place of what is from `start` to `end`.
    fn put(
        &mut self,
        fresh: Line<'_>,
        (start, end): (usize, usize),
        arena: &mut Arena,
        scratch: &mut Vec<u8>,
    ) {
        let packed = self.packed(arena);
        if start == 0 {
            // A new first entry: what the others share with it is found anew.
            let others = packed.lines().filter(|line| line.start >= end);
            pack_all(std::iter::once(fresh).chain(others), scratch);
            return self.set(scratch, arena);
        }
        scratch.clear();
        let first = packed.lines().next().map_or((&[][..], &[][..]), |first| (first.key.1, first.value.1));
        fresh.pack(first, scratch);
        let held = packed.0.len();
        let needed = held + scratch.len() - (end - start);
        // The end moves, then the entry goes into the gap.
        self.resize(needed.max(held), arena);
        if let Some(bytes) = arena.get_mut(self.room).get_mut(..needed.max(held)) {
            bytes.copy_within(end..held, start + scratch.len());
            if let Some(gap) = bytes.get_mut(start..start + scratch.len()) {
                gap.copy_from_slice(scratch);
            }
        }
        self.resize(needed, arena);
    }

    /// Keeps the first half of its entries and gives those that follow with their first key, if it is too large and can be
    /// split.
    fn split(&mut self, arena: &mut Arena, scratch: &mut Vec<u8>) -> Option<(Key, Self)> {
        let packed = self.packed(arena);
        if packed.0.len() <= LARGEST {
            return None;
        }
        let middle = packed.lines().skip(1).find(|line| line.end > packed.0.len() / 2)?;
        let (bound, start) = (middle.key(), middle.start);
        pack_all(packed.lines().filter(|line| line.start >= start), scratch);
        let right = Self::of(scratch, arena);
        // The entries before keep the first that they are told by.
        self.resize(start, arena);
        Some((bound, right))
    }
}

impl<'a> Packed<'a> {
    fn lines(self) -> Lines<'a> {
        Lines { page: self.0, at: 0, first: None }
    }

    /// The entry of a key, or where in the page it would begin.
    ///
    /// How much the key shares with the first entry's tells of most entries that they come before it, unread.
    fn find(self, key: &Key) -> Result<Line<'a>, usize> {
        let mut lines = self.lines();
        let Some(first) = lines.next() else { return Err(0) };
        match first.order(key) {
            Ordering::Less => {}
            Ordering::Equal => return Ok(first),
            Ordering::Greater => return Err(first.start),
        }
        let key = key.as_bytes();
        let alike = common(first.key.1, key);
        while let Some((shared, own, after)) = self.key_at(lines.at) {
            let order = match key.get(shared..).filter(|_| shared <= alike) {
                // Like the first key for longer, and the key comes after that one.
                None => Ordering::Less,
                Some(rest) => own.cmp(rest),
            };
            match order {
                Ordering::Less => match self.next_at(after) {
                    Some(next) => lines.at = next,
                    None => break,
                },
                Ordering::Equal => return lines.next().ok_or(self.0.len()),
                Ordering::Greater => return Err(lines.at),
            }
        }
        Err(self.0.len())
    }

    /// The key of the entry that begins there: how much it shares with the first, the rest of it, and where it ends.
    fn key_at(self, at: usize) -> Option<(usize, &'a [u8], usize)> {
        let mut rest = self.0.get(at..)?;
        let shared = usize::try_from(varint(&mut rest)?).ok()?;
        let own = usize::try_from(varint(&mut rest)?).ok()?;
        let (own, rest) = rest.split_at_checked(own)?;
        Some((shared, own, self.0.len() - rest.len()))
    }

    /// Where the entry ends whose key ends there.
    fn next_at(self, at: usize) -> Option<usize> {
        let mut rest = self.0.get(at..)?;
        let (_version, _shared) = (varint(&mut rest)?, varint(&mut rest)?);
        let own = usize::try_from(varint(&mut rest)?).ok()?;
        Some(self.0.len() - rest.get(own..)?.len())
    }
}

struct Lines<'a> {
    page: &'a [u8],
    at: usize,
    first: Option<Line<'a>>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let mut rest = self.page.get(self.at..)?;
        let (key, value): (&[u8], &[u8]) =
            self.first.map_or((&[], &[]), |first| (first.key.1, first.value.1));
        let key = pieces(&mut rest, key)?;
        let version = varint(&mut rest)?;
        let value = pieces(&mut rest, value)?;
        let end = self.page.len() - rest.len();
        let line = Line { key, version, value, start: self.at, end };
        self.at = end;
        self.first = self.first.or(Some(line));
        Some(line)
    }
}

impl Line<'_> {
    pub(super) fn key(&self) -> Key {
        // It was a key when it came in.
        Key::join(&[self.key.0, self.key.1]).unwrap_or_else(|_| Key::empty())
    }

    pub(super) const fn version(&self) -> Version {
        Version(self.version)
    }

    pub(super) fn value(&self) -> Bytes {
        [self.value.0, self.value.1].concat().into()
    }

    pub(super) fn versioned(&self) -> Versioned {
        Versioned { version: self.version(), value: self.value() }
    }

    fn order(&self, key: &Key) -> Ordering {
        let key = key.as_bytes();
        let (head, tail) = key.split_at_checked(self.key.0.len()).unwrap_or((key, &[]));
        self.key.0.cmp(head).then_with(|| self.key.1.cmp(tail))
    }

    /// Appends the entry to a page whose first entry has this key and this value.
    fn pack(&self, (key, value): (&[u8], &[u8]), into: &mut Vec<u8>) {
        pack(into, key, self.key);
        put_varint(into, self.version);
        pack(into, value, self.value);
    }
}

/// Packs entries in their order into an empty `into`.
fn pack_all<'a>(lines: impl Iterator<Item = Line<'a>>, into: &mut Vec<u8>) {
    into.clear();
    let (mut key, mut value) = (Vec::new(), Vec::new());
    for line in lines {
        if into.is_empty() {
            line.pack((&[], &[]), into);
            key = [line.key.0, line.key.1].concat();
            value = [line.value.0, line.value.1].concat();
        } else {
            line.pack((&key, &value), into);
        }
    }
}

/// Appends what comes in two pieces.
fn pack(into: &mut Vec<u8>, first: &[u8], (head, tail): (&[u8], &[u8])) {
    let mut shared = common(first, head);
    if shared == head.len() {
        shared += common(first.get(shared..).unwrap_or_default(), tail);
    }
    put_varint(into, shared as u64);
    put_varint(into, (head.len() + tail.len() - shared) as u64);
    into.extend_from_slice(head.get(shared..).unwrap_or_default());
    into.extend_from_slice(tail.get(shared.saturating_sub(head.len())..).unwrap_or_default());
}

/// Takes the two pieces of a key or a value off the rest of a page.
fn pieces<'a>(rest: &mut &'a [u8], first: &'a [u8]) -> Option<(&'a [u8], &'a [u8])> {
    let shared = usize::try_from(varint(rest)?).ok()?;
    let own = usize::try_from(varint(rest)?).ok()?;
    let (own, after) = rest.split_at_checked(own)?;
    *rest = after;
    Some((first.get(..shared)?, own))
}

/// How many bytes two texts begin alike with.
fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Keys and values that begin alike often, short ones and some larger than a page.
    fn bytes(longest: usize) -> impl Strategy<Value = Vec<u8>> {
        let text =
            (0..4_usize, vec(0..3_u8, 0..4)).prop_map(|(alike, end)| [vec![7; alike * 30], end].concat());
        prop_oneof![4 => text, 1 => vec(0..3_u8, 0..longest)]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn it_is_the_ordered_map_of_the_standard_library(
            steps in vec((bytes(200), prop_oneof![3 => bytes(3000).prop_map(Some), 2 => Just(None)]), 0..120),
            start in bytes(200),
        ) {
            let (mut pages, mut model) = (Pages::default(), BTreeMap::new());
            for (version, (key, value)) in (1..).zip(&steps) {
                let key = Key::new(key).unwrap();
                match value {
                    Some(value) => {
                        pages.set(&key, Version(version), value);
                        model.insert(key.clone(), Versioned { version: Version(version), value: Bytes::from(&value[..]) });
                    }
                    None => {
                        pages.remove(&key);
                        model.remove(&key);
                    }
                }
                prop_assert_eq!(pages.get(&key).map(|line| line.versioned()), model.get(&key).cloned());
            }
            prop_assert_eq!(pages.len(), model.len());
            prop_assert!(pages.pages.values().all(|page| page.packed(&pages.arena).lines().next().is_some()));
            let start = Key::new(&start).unwrap();
            for from in [Key::empty(), start] {
                let found: Vec<_> = pages.from(&from).map(|line| (line.key(), line.versioned())).collect();
                let expected: Vec<_> = model.range::<Key, _>(&from..).map(|(key, held)| (key.clone(), held.clone())).collect();
                prop_assert_eq!(found, expected);
            }
            for key in model.keys() {
                prop_assert!(pages.get(key).is_some());
            }
        }
    }

    #[test]
    fn entries_that_begin_alike_take_little_room() {
        let mut pages = Pages::default();
        for number in 0..1_000_u32 {
            let key = Key::new(&[&[1; 16][..], &number.to_be_bytes()].concat()).unwrap();
            pages.set(&key, Version(1), &[&[2; 100][..], &number.to_be_bytes()].concat());
        }
        let held: usize = pages.pages.values().map(|page| page.len as usize).sum();
        assert!(held < 1_000 * 20, "{held}");
    }
}
