//! Which page a key is in: the pages' bounds in order, in sections of many instead of very many small nodes.
//!
//! With a million pages a tree of small nodes is most of a look-up: seven steps, each to another place in memory. Here keys
//! are told apart by numbers of eight bytes: by one search among those of the sections' first keys, which the processor
//! keeps at hand, and by one guess within a section. Most keys end with a hash, so their numbers lie evenly, and a key is
//! close to where its own says that it is.

use std::hint::black_box;

use super::common;
use crate::store::Key;

/// An ordered map in few sections: fewer than `MOST` entries in each.
#[derive(Debug)]
pub(super) struct Directory<T, const MOST: usize = 256> {
    /// What the first key of each section begins with.
    firsts: Vec<u64>,
    /// None is empty.
    sections: Vec<Section<T>>,
}

/// Entries in order of their keys.
#[derive(Debug)]
struct Section<T> {
    entries: Vec<(Key, T)>,
    /// What all keys begin with, and what follows in each.
    shared: Key,
    numbers: Vec<u64>,
    /// The first and the last of the numbers.
    least: u64,
    largest: u64,
}

/// Where an entry is until the next one is inserted or removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    section: usize,
    at: usize,
}

impl<T, const MOST: usize> Default for Directory<T, MOST> {
    fn default() -> Self {
        Self { firsts: Vec::new(), sections: Vec::new() }
    }
}

impl<T, const MOST: usize> Directory<T, MOST> {
    /// The last entry whose key is not above this one.
    ///
    /// # Complexity
    /// Logarithmic in the entries; where keys lie evenly, three or four places in memory that are not at hand.
    pub(super) fn last_until(&self, key: &Key) -> Option<Place> {
        let place = self.guess(key)?;
        self.settle(place, key)
    }

    /// The same for each of several keys.
    ///
    /// # Complexity
    /// As one after the other, but each step is taken for all before the next: what a look-up needs of memory comes while
    /// those of the others are under way.
    pub(super) fn last_until_each<'k>(
        &self,
        keys: impl Iterator<Item = &'k Key> + Clone,
    ) -> Vec<Option<Place>> {
        let mut places: Vec<_> = keys.clone().map(|key| self.guess(key)).collect();
        let near = |place: &Place| self.sections.get(place.section)?.numbers.get(place.at);
        black_box(places.iter().flatten().filter_map(near).fold(0, |all, number| all ^ number));
        places
            .iter_mut()
            .zip(keys)
            .for_each(|(place, key)| *place = place.and_then(|at| self.settle(at, key)));
        places
    }

    pub(super) fn get(&self, place: Place) -> Option<&T> {
        self.sections.get(place.section)?.entries.get(place.at).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.sections.get_mut(place.section)?.entries.get_mut(place.at).map(|(_, value)| value)
    }

    /// The values from a place on; all of them without one.
    pub(super) fn values_from(&self, place: Option<Place>) -> impl Iterator<Item = &T> {
        let Place { section, at } = place.unwrap_or(Place { section: 0, at: 0 });
        let entries = self.sections.iter().skip(section).flat_map(|section| &section.entries);
        entries.skip(at).map(|(_, value)| value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.sections.iter_mut().flat_map(|section| &mut section.entries).map(|(_, value)| value)
    }

    /// Puts an entry after all whose key is not above its own, of which none is equal.
    ///
    /// # Complexity
    /// Moves up to `MOST` entries, and once in half as many times what is known of the sections.
    pub(super) fn insert(&mut self, key: Key, value: T) {
        let place = self.last_until(&key);
        let (number, at) = place.map_or((0, 0), |place| (place.section, place.at + 1));
        let Some(section) = self.sections.get_mut(number) else {
            self.firsts.push(first_number(&key));
            self.sections.push(Section::new(vec![(key, value)]));
            return;
        };
        section.insert(at, key, value);
        let right = (section.entries.len() >= MOST).then(|| section.split());
        if let Some((first, known)) = section.first().zip(self.firsts.get_mut(number)) {
            *known = first_number(first);
        }
        if let Some(right) = right {
            self.firsts.splice(number + 1..=number, right.first().map(first_number));
            self.sections.insert(number + 1, right);
        }
    }

    pub(super) fn remove(&mut self, place: Place) {
        let Some(section) = self.sections.get_mut(place.section) else { return };
        section.remove(place.at);
        match (section.first(), self.firsts.get_mut(place.section)) {
            (Some(first), Some(known)) => *known = first_number(first),
            _ => {
                self.firsts.remove(place.section);
                self.sections.remove(place.section);
            }
        }
    }

    /// The section of a key, and where in it the key is if all lie evenly.
    fn guess(&self, key: &Key) -> Option<Place> {
        let number = first_number(key);
        let mut count = self.firsts.partition_point(|first| *first <= number);
        if count > 0 && self.firsts.get(count - 1) == Some(&number) {
            // First keys that begin alike are told apart as a whole.
            let start = self.firsts.partition_point(|first| *first < number);
            let alike = self.sections.get(start..count).unwrap_or_default();
            count =
                start + alike.partition_point(|section| section.first().is_some_and(|first| first <= key));
        }
        let section = count.checked_sub(1)?;
        Some(Place { section, at: self.sections.get(section)?.guess(key) })
    }

    /// The last entry of the guessed section whose key is not above this one.
    fn settle(&self, Place { section, at }: Place, key: &Key) -> Option<Place> {
        let at = self.sections.get(section)?.count_until(key, at).checked_sub(1)?;
        Some(Place { section, at })
    }
}

impl<T> Section<T> {
    fn new(entries: Vec<(Key, T)>) -> Self {
        let mut section = Self { entries, shared: Key::empty(), numbers: Vec::new(), least: 0, largest: 0 };
        section.renumber();
        section
    }

    fn first(&self) -> Option<&Key> {
        self.entries.first().map(|(key, _)| key)
    }

    /// What the first and the last key begin alike with, and so all.
    fn shared(&self) -> &[u8] {
        let (Some((first, _)), Some((last, _))) = (self.entries.first(), self.entries.last()) else {
            return &[];
        };
        let first = first.as_bytes();
        first.get(..common(first, last.as_bytes())).unwrap_or_default()
    }

    /// Numbers all keys anew.
    fn renumber(&mut self) {
        self.shared = Key::new(self.shared()).unwrap_or_else(|_| Key::empty());
        let shared = self.shared.as_bytes().len();
        self.numbers.clear();
        self.numbers.extend(self.entries.iter().map(|(key, _)| number(key.as_bytes(), shared)));
        self.look();
    }

    /// Notes between which numbers its own are.
    fn look(&mut self) {
        self.least = self.numbers.first().copied().unwrap_or_default();
        self.largest = self.numbers.last().copied().unwrap_or_default();
    }

    fn insert(&mut self, at: usize, key: Key, value: T) {
        let number = number(key.as_bytes(), self.shared.as_bytes().len());
        self.entries.insert(at, (key, value));
        if self.shared() == self.shared.as_bytes() {
            self.numbers.insert(at, number);
            self.look();
        } else {
            self.renumber();
        }
    }

    fn remove(&mut self, at: usize) {
        self.entries.remove(at);
        self.numbers.remove(at);
        self.look();
        if self.shared() != self.shared.as_bytes() {
            self.renumber();
        }
    }

    /// Keeps the first half and gives the other.
    fn split(&mut self) -> Self {
        let right = self.entries.split_off(self.entries.len() / 2);
        self.renumber();
        Self::new(right)
    }

    /// Where the key is if all lie evenly.
    fn guess(&self, key: &Key) -> usize {
        let span = (self.largest - self.least).max(1);
        let from_first = number(key.as_bytes(), self.shared.as_bytes().len()).saturating_sub(self.least);
        let last = self.numbers.len().saturating_sub(1);
        // A section is far shorter than the precision of such a number.
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a guess"
        )]
        let at = (from_first as f64 / span as f64 * last as f64) as usize;
        at.min(last)
    }

    /// How many keys are not above this one, which is not below the first; looks from a guess on.
    fn count_until(&self, key: &Key, guess: usize) -> usize {
        let Some(rest) = key.as_bytes().strip_prefix(self.shared.as_bytes()) else {
            // Not below the first, so above what all begin with.
            return self.entries.len();
        };
        let own = number(rest, 0);
        let is_until = |at: usize| self.numbers.get(at).is_some_and(|known| *known <= own);
        let (mut start, mut end, mut step) = (guess, guess, 4);
        if is_until(guess) {
            end += step;
            while is_until(end) {
                step *= 2;
                (start, end) = (end, end + step);
            }
        } else {
            start = start.saturating_sub(step);
            while start > 0 && !is_until(start) {
                step *= 2;
                (start, end) = (start.saturating_sub(step), start);
            }
        }
        let end = end.min(self.numbers.len());
        let between = self.numbers.get(start..end).unwrap_or_default();
        let count = start + between.partition_point(|known| *known <= own);
        // Keys with the same number are told apart as a whole.
        let alike = self.numbers.iter().take(count).rev().take_while(|known| **known == own).count();
        let alike = self.entries.get(count - alike..count).unwrap_or_default();
        count - alike.len() + alike.partition_point(|(known, _)| known <= key)
    }
}

fn first_number(key: &Key) -> u64 {
    number(key.as_bytes(), 0)
}

/// The eight bytes that follow so many, as a number; none counts as zero.
fn number(key: &[u8], after: usize) -> u64 {
    let rest = key.get(after..).unwrap_or_default();
    if let Some(whole) = rest.first_chunk() {
        return u64::from_be_bytes(*whole);
    }
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(rest).for_each(|(byte, own)| *byte = *own);
    u64::from_be_bytes(bytes)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    /// Keys of which many begin alike, for up to 30 bytes, and many follow each other closely.
    fn key() -> impl Strategy<Value = Key> {
        let beginning = prop_oneof![Just(0), Just(5), Just(30)];
        let end = prop_oneof![vec(0..4_u8, 0..4), vec(any::<u8>(), 0..12)];
        let join = |(alike, end): (usize, Vec<u8>)| Key::join(&[&vec![7; alike], &end]).unwrap();
        (beginning, end).prop_map(join)
    }

    /// Does each step to a directory and to the standard library's map, and compares them.
    fn compare<const MOST: usize>(steps: &[(Key, bool)]) -> Result<(), TestCaseError> {
        let (mut directory, mut model) = (Directory::<usize, MOST>::default(), BTreeMap::new());
        for (number, (key, inserts)) in steps.iter().enumerate() {
            let before = model.range::<Key, _>(..=key).next_back();
            let expected = before.map(|(known, value): (&Key, &usize)| (known.clone(), *value));
            let found = directory.last_until(key);
            prop_assert_eq!(
                found.and_then(|place| directory.get(place)).copied(),
                expected.as_ref().map(|(_, value)| *value)
            );
            let after: Vec<usize> = match &expected {
                Some((known, _)) => model.range::<Key, _>(known..).map(|(_, value)| *value).collect(),
                None => model.values().copied().collect(),
            };
            prop_assert_eq!(directory.values_from(found).copied().collect::<Vec<_>>(), after);
            match (found, expected.is_some_and(|(known, _)| known == *key), inserts) {
                (Some(place), true, true) => {
                    *directory.get_mut(place).unwrap() = number;
                    model.insert(key.clone(), number);
                }
                (_, false, true) => {
                    directory.insert(key.clone(), number);
                    model.insert(key.clone(), number);
                }
                (Some(place), true, false) => {
                    directory.remove(place);
                    model.remove(key);
                }
                _ => {}
            }
            let own: Vec<usize> = directory.values_mut().map(|value| *value).collect();
            prop_assert_eq!(own, model.values().copied().collect::<Vec<_>>());
        }
        let keys = || steps.iter().map(|(key, _)| key);
        let value = |place: Option<Place>| directory.get(place?).copied();
        let each: Vec<_> = directory.last_until_each(keys()).into_iter().map(value).collect();
        prop_assert_eq!(each, keys().map(|key| value(directory.last_until(key))).collect::<Vec<_>>());
        let firsts = directory.sections.iter().filter_map(|section| section.first().map(first_number));
        prop_assert!(directory.firsts.iter().copied().eq(firsts));
        for section in &directory.sections {
            prop_assert!((1..MOST).contains(&section.entries.len()));
            let numbered = Section::new(section.entries.clone());
            prop_assert_eq!(&numbered.shared, &section.shared);
            prop_assert_eq!(&numbered.numbers, &section.numbers);
            prop_assert_eq!((numbered.least, numbered.largest), (section.least, section.largest));
        }
        Ok(())
    }

    proptest! {
        #[test]
        fn it_is_the_ordered_map_of_the_standard_library(
            steps in vec((key(), prop::bool::weighted(0.7)), 0..400),
        ) {
            compare::<4>(&steps)?;
            compare::<64>(&steps)?;
        }
    }
}
