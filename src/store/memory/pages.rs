//! The memory store's map: keys in order, packed into small pages.
//!
//! Neighbours in key order are of one kind, so their keys and values begin alike: an entry holds only what differs from
//! the beginning of its page's first entry. With that, and one allocation for a page instead of two for an entry, facts
//! take little more than half the memory of an ordered map from keys to values.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::store::journal::{put_varint, varint};
use crate::store::{Bytes, Key, Version, Versioned};

/// Bytes above which a page of more than one entry is split.
const LARGEST: usize = 2 * 1024;

/// A page's room is a multiple of so many bytes: it grows in place a few times before it moves, and the allocator sees
/// few sizes.
const ROOM: usize = 128;

/// An ordered map from keys to versioned values.
#[derive(Debug, Default)]
pub(super) struct Pages {
    /// Each page under a key that is not above its own keys and above all keys of the pages before. No page is empty.
    pages: BTreeMap<Key, Page>,
    len: usize,
    /// Where pages are put together.
    scratch: Vec<u8>,
}

/// Entry after entry in key order: the key, the version, the value. A key or value is the number of bytes that it shares
/// with the first entry's, the number of its other bytes, and these. All numbers are base-128 varints.
#[derive(Debug)]
struct Page(Vec<u8>);

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
        page.find(key).ok()
    }

    /// The entries from a key on.
    pub(super) fn from(&self, start: &Key) -> impl Iterator<Item = Line<'_>> {
        let first = self.pages.range::<Key, _>(..=start).next_back().map_or(start, |(bound, _)| bound);
        let (pages, start) = (self.pages.range::<Key, _>(first..), start.clone());
        pages.flat_map(|(_, page)| page.lines()).skip_while(move |line| line.order(&start).is_lt())
    }

    /// Sets the value of a key.
    pub(super) fn set(&mut self, key: &Key, version: Version, value: &[u8]) {
        let fresh =
            Line { key: (&[], key.as_bytes()), version: version.0, value: (&[], value), start: 0, end: 0 };
        let Some((_, page)) = self.pages.range_mut::<Key, _>(..=key).next_back() else {
            // Below every page: a page that begins with the least key there is.
            self.pages.insert(Key::empty(), Page::of(std::iter::once(fresh), &mut self.scratch));
            self.len += 1;
            return;
        };
        let found = page.find(key);
        self.len += usize::from(found.is_err());
        let place = found.map_or_else(|start| (start, start), |line| (line.start, line.end));
        page.put(fresh, place, &mut self.scratch);
        if let Some((left, bound, right)) = page.halves(&mut self.scratch) {
            *page = left;
            self.pages.insert(bound, right);
        }
        self.scratch.shrink_to(16 * LARGEST);
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, key: &Key) {
        let Some((bound, page)) = self.pages.range_mut::<Key, _>(..=key).next_back() else { return };
        let Ok(found) = page.find(key) else { return };
        self.len -= 1;
        let others = page.lines().filter(|line| line.start != found.start);
        let left = Page::of(others, &mut self.scratch);
        if left.0.is_empty() {
            let bound = bound.clone();
            self.pages.remove(&bound);
        } else {
            *page = left;
        }
    }
}

impl Page {
    fn of<'a>(lines: impl Iterator<Item = Line<'a>>, scratch: &mut Vec<u8>) -> Self {
        scratch.clear();
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for line in lines {
            if scratch.is_empty() {
                line.pack((&[], &[]), scratch);
                key = [line.key.0, line.key.1].concat();
                value = [line.value.0, line.value.1].concat();
            } else {
                line.pack((&key, &value), scratch);
            }
        }
        let mut page = Vec::with_capacity(room(scratch.len()));
        page.extend_from_slice(scratch);
        Self(page)
    }

    fn lines(&self) -> Lines<'_> {
        Lines { page: &self.0, at: 0, first: None }
    }

    /// The entry of a key, or where in the page it would begin.
    ///
    /// How much the key shares with the first entry's tells of most entries that they come before it, unread.
    fn find(&self, key: &Key) -> Result<Line<'_>, usize> {
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
    fn key_at(&self, at: usize) -> Option<(usize, &[u8], usize)> {
        let mut rest = self.0.get(at..)?;
        let shared = usize::try_from(varint(&mut rest)?).ok()?;
        let own = usize::try_from(varint(&mut rest)?).ok()?;
        let (own, rest) = rest.split_at_checked(own)?;
        Some((shared, own, self.0.len() - rest.len()))
    }

    /// Where the entry ends whose key ends there.
    fn next_at(&self, at: usize) -> Option<usize> {
        let mut rest = self.0.get(at..)?;
        let (_version, _shared) = (varint(&mut rest)?, varint(&mut rest)?);
        let own = usize::try_from(varint(&mut rest)?).ok()?;
        Some(self.0.len() - rest.get(own..)?.len())
    }

    /// Puts an entry in place of what is from `start` to `end`.
    fn put(&mut self, fresh: Line<'_>, (start, end): (usize, usize), scratch: &mut Vec<u8>) {
        if start == 0 {
            // A new first entry: what the others share with it is found anew.
            let others = self.lines().filter(|line| line.start >= end);
            *self = Self::of(std::iter::once(fresh).chain(others), scratch);
            return;
        }
        scratch.clear();
        let first = self.lines().next().map_or((&[][..], &[][..]), |first| (first.key.1, first.value.1));
        fresh.pack(first, scratch);
        let held = self.0.len();
        let needed = held + scratch.len() - (end - start);
        if needed > self.0.capacity() {
            self.0.reserve_exact(room(needed) - held);
        }
        // The end moves, then the entry goes into the gap.
        self.0.resize(needed.max(held), 0);
        self.0.copy_within(end..held, start + scratch.len());
        self.0.truncate(needed);
        if let Some(gap) = self.0.get_mut(start..start + scratch.len()) {
            gap.copy_from_slice(scratch);
        }
    }

    /// Two pages, with the first key of the second, if this one is too large and can be split.
    fn halves(&self, scratch: &mut Vec<u8>) -> Option<(Self, Key, Self)> {
        if self.0.len() <= LARGEST {
            return None;
        }
        let middle = self.lines().skip(1).find(|line| line.end > self.0.len() / 2)?;
        let left = self.lines().take_while(|line| line.start < middle.start);
        let right = self.lines().filter(|line| line.start >= middle.start);
        Some((Self::of(left, scratch), middle.key(), Self::of(right, scratch)))
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

/// The room for so many bytes.
const fn room(bytes: usize) -> usize {
    bytes.next_multiple_of(ROOM)
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
            prop_assert!(pages.pages.values().all(|page| page.lines().next().is_some()));
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
        let held: usize = pages.pages.values().map(|page| page.0.len()).sum();
        assert!(held < 1_000 * 20, "{held}");
    }
}
