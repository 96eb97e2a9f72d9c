//! The memory store's map: keys in order, packed into small pages.
//!
//! Neighbours in key order are of one kind, so their keys and values begin alike: an entry holds only what differs from
//! the beginning of its page's first entry. With that, and one [`Room`] for a page instead of two allocations for an entry,
//! facts take little more than half the memory of an ordered map from keys to values. The keys of a page stand together
//! before the values, so that a look-up reads the keys and one value, not all values on the way.

use std::cmp::Ordering;

use super::arena::{Arena, Room};
use super::directory::Directory;
use super::{bring, common};
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
    pages: Directory<Page>,
    arena: Arena,
    len: usize,
    draft: Draft,
}

/// Where a page is, and how many bytes of the room it takes.
#[derive(Debug, Clone, Copy)]
struct Page {
    room: Room,
    len: u32,
}

/// The contents of a page: how long the heads are, which entries are marked, the heads, the values' own bytes.
///
/// Some entries in between are marked, so that a look-up passes a quarter of the heads instead of all before the key.
///
/// Entries stand in key order. The head of an entry is how many bytes its key shares with the first entry's key, the number
/// of its other bytes, and these; the version; how many bytes its value shares with the first entry's value, and the number
/// of its other bytes. All numbers are base-128 varints.
#[derive(Debug, Clone, Copy, Default)]
struct Packed<'a> {
    marks: Marks,
    heads: &'a [u8],
    values: &'a [u8],
}

/// Where some entries begin, in order; the beginning of the page stands for none.
type Marks = [At; 3];

/// Where pages are put together.
#[derive(Debug, Default)]
struct Draft {
    marks: Marks,
    heads: Vec<u8>,
    values: Vec<u8>,
}

/// A place between two entries of a page, or at its beginning or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct At {
    head: usize,
    value: usize,
}

/// One entry: key and value, each as what it shares with the first entry and what it does not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    key: (&'a [u8], &'a [u8]),
    version: u64,
    value: (&'a [u8], &'a [u8]),
    /// Where it is in its page.
    start: At,
    end: At,
}

impl Pages {
    pub(super) const fn len(&self) -> usize {
        self.len
    }

    /// The entry of a key. One look-up among the pages, then along the keys of the page.
    pub(super) fn get(&self, key: &Key) -> Option<Line<'_>> {
        let page = self.pages.get(self.pages.last_until(key)?)?;
        page.packed(&self.arena).find(key).ok()
    }

    /// The entry of each of several keys.
    ///
    /// # Complexity
    /// As one after the other, but each step is taken for all before the next: memory is asked for the pages of all, then
    /// for the values of all.
    pub(super) fn get_many(&self, keys: &[Key]) -> Vec<Option<Line<'_>>> {
        let places = self.pages.last_until_each(keys.iter());
        let pages: Vec<_> = places.into_iter().map(|place| self.pages.get(place?).copied()).collect();
        bring(pages.iter().flatten().map(|page| page.beginning(&self.arena)));
        let find = |(key, page): (&Key, Option<Page>)| page?.packed(&self.arena).find(key).ok();
        let lines: Vec<_> = keys.iter().zip(pages).map(find).collect();
        bring(lines.iter().flatten().map(|line| line.value.1));
        lines
    }

    /// The entries from a key on.
    pub(super) fn from(&self, start: &Key) -> impl Iterator<Item = Line<'_>> {
        let (pages, start) = (self.pages.values_from(self.pages.last_until(start)), start.clone());
        let lines = pages.flat_map(|page| page.packed(&self.arena).lines());
        lines.skip_while(move |line| line.order(&start).is_lt())
    }

    /// Sets the value of a key.
    pub(super) fn set(&mut self, key: &Key, version: Version, value: &[u8]) {
        let (start, end) = (At::default(), At::default());
        let fresh = Line { key: (&[], key.as_bytes()), version: version.0, value: (&[], value), start, end };
        let Self { pages, arena, draft, len } = self;
        let place = pages.last_until(key);
        let Some(page) = place.and_then(|place| pages.get_mut(place)) else {
            // Below every page: a page that begins with the least key there is.
            draft.set(std::iter::once(fresh));
            pages.insert(Key::empty(), Page::of(draft, arena));
            *len += 1;
            return;
        };
        let found = page.packed(arena).find(key);
        *len += usize::from(found.is_err());
        let place = found.map_or_else(|start| (start, start), |line| (line.start, line.end));
        page.put(fresh, place, arena, draft);
        if let Some((bound, right)) = page.split(arena, draft) {
            pages.insert(bound, right);
        }
        draft.shrink();
    }

    /// Removes a key.
    pub(super) fn remove(&mut self, key: &Key) {
        let Self { pages, arena, draft, len } = self;
        let Some(place) = pages.last_until(key) else { return };
        let Some(page) = pages.get_mut(place) else { return };
        let Ok(found) = page.packed(arena).find(key) else { return };
        *len -= 1;
        let start = found.start;
        draft.set(page.packed(arena).lines().filter(|line| line.start != start));
        if draft.heads.is_empty() {
            let room = page.room;
            pages.remove(place);
            arena.give_back(room);
        } else {
            page.set(draft, arena);
        }
        if arena.is_wasteful() {
            let mut fresh = Arena::default();
            pages.values_mut().for_each(|page| page.move_to(arena, &mut fresh));
            *arena = fresh;
        }
    }
}

impl Page {
    /// Bytes before the heads: two that tell how long they are, four for each mark. A page of two entries has less than
    /// [`LARGEST`] bytes of heads before it is split, besides those of one more.
    const PREFACE: usize = 2 + 4 * size_of::<Marks>() / size_of::<At>();

    fn of(draft: &Draft, arena: &mut Arena) -> Self {
        let mut page = Self { room: arena.take(draft.len()), len: 0 };
        page.set(draft, arena);
        page
    }

    fn bytes(self, arena: &Arena) -> &[u8] {
        arena.get(self.room).get(..self.len as usize).unwrap_or_default()
    }

    /// As much as the heads of most pages take.
    fn beginning(self, arena: &Arena) -> &[u8] {
        arena.get(self.room).get(..LARGEST / 8).unwrap_or_default()
    }

    fn packed(self, arena: &Arena) -> Packed<'_> {
        let parts = self.bytes(arena).split_first_chunk::<{ Self::PREFACE }>();
        let parts = parts.and_then(|(preface, rest)| Some((preface.as_chunks().0.split_first()?, rest)));
        let Some(((length, numbers), rest)) = parts else { return Packed::default() };
        let number = |bytes: &[u8; 2]| usize::from(u16::from_le_bytes(*bytes));
        let (heads, values) = rest.split_at_checked(number(length)).unwrap_or_default();
        let mut marks = Marks::default();
        for (mark, [head, value]) in marks.iter_mut().zip(numbers.as_chunks().0) {
            *mark = At { head: number(head), value: number(value) };
        }
        Packed { marks, heads, values }
    }

    /// Sets all of its bytes, and wipes those that are not wanted.
    fn set(&mut self, draft: &Draft, arena: &mut Arena) {
        let len = draft.len();
        let mut held = self.len as usize;
        if len > self.room.bytes() || len + SPARE < self.room.bytes() {
            let next = arena.take(len);
            arena.give_back(std::mem::replace(&mut self.room, next));
            held = 0;
        }
        let preface = draft.preface();
        let mut rest = arena.get_mut(self.room);
        for part in [&preface[..], &draft.heads, &draft.values] {
            let Some((own, after)) = rest.split_at_mut_checked(part.len()) else { return };
            own.copy_from_slice(part);
            rest = after;
        }
        if let Some(unwanted) = rest.get_mut(..held.saturating_sub(len)) {
            unwanted.fill(0);
        }
        // A value has a largest size, far below this.
        self.len = u32::try_from(len).unwrap_or(u32::MAX);
    }

    fn move_to(&mut self, from: &Arena, to: &mut Arena) {
        let bytes = self.bytes(from);
        self.room = to.take(bytes.len());
        if let Some(all) = to.get_mut(self.room).get_mut(..bytes.len()) {
            all.copy_from_slice(bytes);
        }
    }

    /// Puts an entry in place of what is from `start` to `end`.
    fn put(&mut self, fresh: Line<'_>, (start, end): (At, At), arena: &mut Arena, draft: &mut Draft) {
        let packed = self.packed(arena);
        if start == At::default() {
            // A new first entry: what the others share with it is found anew.
            let others = packed.lines().filter(|line| line.start.head >= end.head);
            draft.set(std::iter::once(fresh).chain(others));
        } else {
            let first =
                packed.lines().next().map_or((&[][..], &[][..]), |first| (first.key.1, first.value.1));
            draft.clear();
            draft.copy(packed, At::default(), start);
            draft.pack(&fresh, first);
            let moved = draft.end();
            draft.copy(packed, end, packed.end());
            let follow = |mark: At| At {
                head: mark.head - end.head + moved.head,
                value: mark.value - end.value + moved.value,
            };
            draft.marks = packed.marks.map(|mark| if mark.head > start.head { follow(mark) } else { mark });
        }
        self.set(draft, arena);
    }

    /// Keeps the first half of its entries and gives those that follow with their first key, if it is too large and can be
    /// split.
    fn split(&mut self, arena: &mut Arena, draft: &mut Draft) -> Option<(Key, Self)> {
        if self.len as usize <= LARGEST {
            return None;
        }
        let packed = self.packed(arena);
        let half = self.len as usize / 2;
        let middle = packed.lines().skip(1).find(|line| line.end.head + line.end.value > half)?;
        let (bound, start) = (middle.key(), middle.start);
        draft.set(packed.lines().filter(|line| line.start.head >= start.head));
        let right = Self::of(draft, arena);
        // The entries before keep the first that they are told by.
        draft.clear();
        draft.copy(self.packed(arena), At::default(), start);
        draft.mark();
        self.set(draft, arena);
        Some((bound, right))
    }
}

impl Draft {
    /// How many bytes the page will have.
    const fn len(&self) -> usize {
        Page::PREFACE + self.heads.len() + self.values.len()
    }

    const fn end(&self) -> At {
        At { head: self.heads.len(), value: self.values.len() }
    }

    /// Marks entries about a quarter, half and three quarters along the heads.
    fn mark(&mut self) {
        let packed = Packed { marks: Marks::default(), heads: &self.heads, values: &self.values };
        let (len, parts) = (self.heads.len(), self.marks.len() + 1);
        let mut starts = std::iter::successors(packed.after(At::default()), |at| packed.after(*at));
        let mut from = 0;
        let next = |_| {
            from += len / parts;
            starts.find(|at| (from..len).contains(&at.head)).unwrap_or_default()
        };
        self.marks = Marks::default().map(next);
    }

    /// What stands before the heads.
    fn preface(&self) -> [u8; Page::PREFACE] {
        let number = |number: usize| u16::try_from(number).ok();
        let marks = self.marks.map(|mark| number(mark.head).zip(number(mark.value)).unwrap_or_default());
        let marks = marks.into_iter().flat_map(|(head, value)| [head, value]);
        let length = number(self.heads.len()).unwrap_or(u16::MAX);
        let mut preface = [0; Page::PREFACE];
        for (bytes, number) in preface.as_chunks_mut().0.iter_mut().zip(std::iter::once(length).chain(marks))
        {
            *bytes = number.to_le_bytes();
        }
        preface
    }

    fn clear(&mut self) {
        self.marks = Marks::default();
        self.heads.clear();
        self.values.clear();
    }

    fn shrink(&mut self) {
        self.heads.shrink_to(LARGEST);
        self.values.shrink_to(16 * LARGEST);
    }

    /// Packs these entries, in their order, and no others.
    fn set<'a>(&mut self, lines: impl Iterator<Item = Line<'a>>) {
        self.clear();
        let (mut key, mut value) = (Vec::new(), Vec::new());
        for line in lines {
            let is_first = self.heads.is_empty();
            self.pack(&line, (&key, &value));
            if is_first {
                key = [line.key.0, line.key.1].concat();
                value = [line.value.0, line.value.1].concat();
            }
        }
        self.mark();
    }

    /// Appends an entry to a page whose first entry has this key and this value; both empty for the first itself.
    fn pack(&mut self, line: &Line<'_>, (key, value): (&[u8], &[u8])) {
        let Self { heads, values, .. } = self;
        let shared = shared(key, line.key);
        put_varint(heads, shared as u64);
        put_varint(heads, (line.key.0.len() + line.key.1.len() - shared) as u64);
        put_rest(heads, line.key, shared);
        put_varint(heads, line.version);
        let shared = self::shared(value, line.value);
        put_varint(heads, shared as u64);
        put_varint(heads, (line.value.0.len() + line.value.1.len() - shared) as u64);
        put_rest(values, line.value, shared);
    }

    /// Appends the entries from one place of a page to another as they stand there. The page's first entry comes first here
    /// too.
    fn copy(&mut self, packed: Packed<'_>, start: At, end: At) {
        self.heads.extend_from_slice(packed.heads.get(start.head..end.head).unwrap_or_default());
        self.values.extend_from_slice(packed.values.get(start.value..end.value).unwrap_or_default());
    }
}

impl<'a> Packed<'a> {
    const fn lines(self) -> Lines<'a> {
        Lines { packed: self, at: At { head: 0, value: 0 }, first: None }
    }

    const fn end(self) -> At {
        At { head: self.heads.len(), value: self.values.len() }
    }

    /// The entry of a key, or where in the page it would begin.
    ///
    /// How much the key shares with the first entry's tells of most entries that they come before it, unread.
    fn find(self, key: &Key) -> Result<Line<'a>, At> {
        let mut lines = self.lines();
        let Some(first) = lines.next() else { return Err(At::default()) };
        match first.order(key) {
            Ordering::Less => {}
            Ordering::Equal => return Ok(first),
            Ordering::Greater => return Err(first.start),
        }
        let key = key.as_bytes();
        let alike = common(first.key.1, key);
        let own = key.get(alike..).unwrap_or_default();
        let order = |(shared, other): (usize, &[u8])| match shared.cmp(&alike) {
            // Like the first key for longer, and the key comes after that one.
            Ordering::Greater => Ordering::Less,
            // Comes after the first key where the key is still like it.
            Ordering::Less => Ordering::Greater,
            Ordering::Equal => other.cmp(own),
        };
        for mark in self.marks.into_iter().rev().filter(|mark| *mark != At::default()) {
            if self.key_at(mark.head).is_some_and(|(shared, other, _)| order((shared, other)).is_le()) {
                lines.at = mark;
                break;
            }
        }
        while let Some((shared, other, rest)) = self.key_at(lines.at.head) {
            match order((shared, other)) {
                Ordering::Less => lines.at = self.behind(lines.at, rest).unwrap_or(self.end()),
                Ordering::Equal => return lines.next().ok_or(self.end()),
                Ordering::Greater => return Err(lines.at),
            }
        }
        Err(self.end())
    }

    /// Where the entry that begins there ends.
    fn after(self, at: At) -> Option<At> {
        let (_, _, rest) = self.key_at(at.head)?;
        self.behind(at, rest)
    }

    /// The same, from what follows its key.
    fn behind(self, at: At, rest: &[u8]) -> Option<At> {
        let (value, len) = third(rest)?;
        Some(At { head: self.heads.len() - rest.len() + len, value: at.value + value })
    }

    /// How much the key of the entry that begins there shares with the first key, its other bytes, and what follows them.
    fn key_at(self, head: usize) -> Option<(usize, &'a [u8], &'a [u8])> {
        let mut rest = self.heads.get(head..)?;
        let (shared, len) = match rest {
            [shared @ ..0x80, len @ ..0x80, after @ ..] => {
                rest = after;
                (usize::from(*shared), usize::from(*len))
            }
            _ => (usize::try_from(varint(&mut rest)?).ok()?, usize::try_from(varint(&mut rest)?).ok()?),
        };
        let (own, rest) = rest.split_at_checked(len)?;
        Some((shared, own, rest))
    }

    /// The head of the entry that begins there, and where it ends.
    fn head_at(self, at: At) -> Option<(Head<'a>, At)> {
        let (key_shared, key, mut rest) = self.key_at(at.head)?;
        let version = varint(&mut rest)?;
        let value_shared = usize::try_from(varint(&mut rest)?).ok()?;
        let value = usize::try_from(varint(&mut rest)?).ok()?;
        let end = At { head: self.heads.len() - rest.len(), value: at.value.checked_add(value)? };
        Some((Head { key_shared, key, version, value_shared }, end))
    }
}

/// All of an entry but its value's own bytes.
struct Head<'a> {
    key_shared: usize,
    key: &'a [u8],
    version: u64,
    value_shared: usize,
}

struct Lines<'a> {
    packed: Packed<'a>,
    at: At,
    first: Option<Line<'a>>,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Line<'a>;

    fn next(&mut self) -> Option<Line<'a>> {
        let (head, end) = self.packed.head_at(self.at)?;
        let (key, value): (&[u8], &[u8]) =
            self.first.map_or((&[], &[]), |first| (first.key.1, first.value.1));
        let line = Line {
            key: (key.get(..head.key_shared)?, head.key),
            version: head.version,
            value: (value.get(..head.value_shared)?, self.packed.values.get(self.at.value..end.value)?),
            start: self.at,
            end,
        };
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
        self.value_by(&mut Vec::new())
    }

    /// The value, put together where there is room already.
    fn value_by(&self, scratch: &mut Vec<u8>) -> Bytes {
        if self.value.0.is_empty() {
            return self.value.1.into();
        }
        scratch.clear();
        scratch.extend_from_slice(self.value.0);
        scratch.extend_from_slice(self.value.1);
        scratch.as_slice().into()
    }

    pub(super) fn versioned(&self, scratch: &mut Vec<u8>) -> Versioned {
        Versioned { version: self.version(), value: self.value_by(scratch) }
    }

    fn order(&self, key: &Key) -> Ordering {
        let key = key.as_bytes();
        let (head, tail) = key.split_at_checked(self.key.0.len()).unwrap_or((key, &[]));
        self.key.0.cmp(head).then_with(|| self.key.1.cmp(tail))
    }
}

/// The last of three numbers, and how many bytes all three take: eight bytes are mostly enough to see where each ends.
fn third(mut rest: &[u8]) -> Option<(usize, usize)> {
    if let Some(bytes) = rest.first_chunk() {
        let word = u64::from_le_bytes(*bytes);
        let ends = !word & 0x8080_8080_8080_8080;
        let after_one = ends & ends.wrapping_sub(1);
        let after_two = after_one & after_one.wrapping_sub(1);
        if after_two != 0 {
            let (start, end) = (after_one.trailing_zeros() + 1, after_two.trailing_zeros() + 1);
            let own = word << (64 - end) >> (64 - end + start);
            // Four groups of seven bits: a value has a largest size, below what they can tell.
            if end - start <= 32 {
                let group = |place: u32| own >> place & 0x7F << (7 * place);
                let number = group(0) | group(1) | group(2) | group(3);
                return Some((usize::try_from(number).ok()?, usize::try_from(end / 8).ok()?));
            }
        }
    }
    let all = rest.len();
    varint(&mut rest)?;
    varint(&mut rest)?;
    let number = usize::try_from(varint(&mut rest)?).ok()?;
    Some((number, all - rest.len()))
}

/// How many bytes something that comes in two pieces begins alike with the first entry's.
fn shared(first: &[u8], (head, tail): (&[u8], &[u8])) -> usize {
    let shared = common(first, head);
    if shared < head.len() {
        return shared;
    }
    shared + common(first.get(shared..).unwrap_or_default(), tail)
}

/// Appends what comes in two pieces, without its first bytes.
fn put_rest(into: &mut Vec<u8>, (head, tail): (&[u8], &[u8]), shared: usize) {
    into.extend_from_slice(head.get(shared..).unwrap_or_default());
    into.extend_from_slice(tail.get(shared.saturating_sub(head.len())..).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Keys and values that begin alike often, short ones and some larger than a page.
    fn bytes(longest: usize) -> impl Strategy<Value = Vec<u8>> {
        let text =
            (0..4_usize, vec(0..3_u8, 0..4)).prop_map(|(alike, end)| [vec![7; alike * 30], end].concat());
        prop_oneof![4 => text, 1 => vec(0..3_u8, 0..longest)]
    }

    /// Values, a few of them too large for a mark behind them.
    fn value() -> impl Strategy<Value = Vec<u8>> {
        prop_oneof![20 => bytes(3000), 1 => Just(vec![1; 70_000])]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn it_is_the_ordered_map_of_the_standard_library(
            steps in vec((bytes(200), prop_oneof![3 => value().prop_map(Some), 2 => Just(None)]), 0..120),
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
                prop_assert_eq!(pages.get(&key).map(|line| line.versioned(&mut Vec::new())), model.get(&key).cloned());
            }
            prop_assert_eq!(pages.len(), model.len());
            for page in pages.pages.values_from(None) {
                let packed = page.packed(&pages.arena);
                let starts: Vec<At> = packed.lines().map(|line| line.start).collect();
                prop_assert!(!starts.is_empty() && packed.marks.iter().all(|mark| starts.contains(mark)));
                prop_assert!(packed.marks.iter().filter(|mark| **mark != At::default()).is_sorted_by_key(|mark| mark.head));
            }
            let start = Key::new(&start).unwrap();
            for from in [Key::empty(), start] {
                let found: Vec<_> = pages.from(&from).map(|line| (line.key(), line.versioned(&mut Vec::new()))).collect();
                let expected: Vec<_> = model.range::<Key, _>(&from..).map(|(key, held)| (key.clone(), held.clone())).collect();
                prop_assert_eq!(found, expected);
            }
            let asked: Vec<_> = steps.iter().map(|(key, _)| Key::new(key).unwrap()).collect();
            let found: Vec<_> = pages.get_many(&asked).into_iter().map(|line| line.map(|line| line.versioned(&mut Vec::new()))).collect();
            prop_assert_eq!(found, asked.iter().map(|key| model.get(key).cloned()).collect::<Vec<_>>());
            for key in model.keys() {
                prop_assert!(pages.get(key).is_some());
            }
        }
    }

    proptest! {
        #[test]
        fn the_third_of_three_numbers_is_found_whatever_their_length(
            numbers in [0..64_u32, 0..64, 0..60].prop_flat_map(|bits| bits.map(|bits| 0..=1_u64 << bits)),
            more in vec(any::<u8>(), 0..10),
        ) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| put_varint(&mut bytes, *number));
            let len = bytes.len();
            bytes.extend(more);
            let expected = numbers.last().map(|last| (usize::try_from(*last).unwrap(), len));
            prop_assert_eq!(third(&bytes), expected);
        }

        #[test]
        fn what_two_texts_share_is_counted_byte_by_byte(
            alike in vec(any::<u8>(), 0..40), a in vec(0..2_u8, 0..12), b in vec(0..2_u8, 0..12),
        ) {
            let (a, b) = ([&alike[..], &a].concat(), [&alike[..], &b].concat());
            let expected = std::iter::zip(&a, &b).take_while(|(a, b)| a == b).count();
            prop_assert_eq!((common(&a, &b), common(&b, &a)), (expected, expected));
        }
    }

    #[test]
    fn entries_that_begin_alike_take_little_room() {
        let mut pages = Pages::default();
        for number in 0..1_000_u32 {
            let key = Key::new(&[&[1; 16][..], &number.to_be_bytes()].concat()).unwrap();
            pages.set(&key, Version(1), &[&[2; 100][..], &number.to_be_bytes()].concat());
        }
        let held: usize = pages.pages.values_from(None).map(|page| page.len as usize).sum();
        assert!(held < 1_000 * 20, "{held}");
    }
}
