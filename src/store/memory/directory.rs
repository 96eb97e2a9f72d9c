//! Which page a key is in: the pages' bounds in order, in stretches of many instead of very many small nodes.
//!
//! With a million pages a tree of small nodes is most of a look-up: seven steps, each to another place in memory. Here it is
//! one search among the first keys of the stretches, which the processor keeps at hand, and one guess: most keys end with a
//! hash, so within a stretch they lie evenly, and a key is close to where its bytes say that it is.

use crate::store::Key;

/// An ordered map in few stretches: at most `MOST` entries in each.
#[derive(Debug)]
pub(super) struct Directory<T, const MOST: usize = 256> {
    /// The first key of each stretch.
    firsts: Vec<Key>,
    /// None is empty.
    stretches: Vec<Stretch<T>>,
}

/// Entries in order of their keys.
#[derive(Debug)]
struct Stretch<T> {
    entries: Vec<(Key, T)>,
    /// How many bytes the first and the last key begin alike with, and what follows in the first and in the last.
    shared: usize,
    least: u64,
    largest: u64,
}

/// Where an entry is until the next one is inserted or removed.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    stretch: usize,
    at: usize,
}

impl<T, const MOST: usize> Default for Directory<T, MOST> {
    fn default() -> Self {
        Self { firsts: Vec::new(), stretches: Vec::new() }
    }
}

impl<T, const MOST: usize> Directory<T, MOST> {
    /// The last entry whose key is not above this one.
    ///
    /// # Complexity
    /// Logarithmic in the entries; where keys lie evenly, two or three places in memory that are not at hand.
    pub(super) fn last_until(&self, key: &Key) -> Option<Place> {
        let stretch = self.firsts.partition_point(|first| first <= key).checked_sub(1)?;
        let at = self.stretches.get(stretch)?.count_until(key).checked_sub(1)?;
        Some(Place { stretch, at })
    }

    pub(super) fn get(&self, place: Place) -> Option<&T> {
        self.stretches.get(place.stretch)?.entries.get(place.at).map(|(_, value)| value)
    }

    pub(super) fn get_mut(&mut self, place: Place) -> Option<&mut T> {
        self.stretches.get_mut(place.stretch)?.entries.get_mut(place.at).map(|(_, value)| value)
    }

    /// The values from a place on; all of them without one.
    pub(super) fn values_from(&self, place: Option<Place>) -> impl Iterator<Item = &T> {
        let Place { stretch, at } = place.unwrap_or(Place { stretch: 0, at: 0 });
        let entries = self.stretches.iter().skip(stretch).flat_map(|stretch| &stretch.entries);
        entries.skip(at).map(|(_, value)| value)
    }

    pub(super) fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.stretches.iter_mut().flat_map(|stretch| &mut stretch.entries).map(|(_, value)| value)
    }

    /// Puts an entry after all whose key is not above its own, of which none is equal.
    ///
    /// # Complexity
    /// Moves up to `MOST` entries, and once in half as many times what is known of the stretches.
    pub(super) fn insert(&mut self, key: Key, value: T) {
        let place = self.last_until(&key);
        let (number, at) = place.map_or((0, 0), |place| (place.stretch, place.at + 1));
        let Some(stretch) = self.stretches.get_mut(number) else {
            self.firsts.push(key.clone());
            self.stretches.push(Stretch::new(vec![(key, value)]));
            return;
        };
        if at == 0
            && let Some(first) = self.firsts.get_mut(number)
        {
            first.clone_from(&key);
        }
        stretch.entries.insert(at, (key, value));
        if stretch.entries.len() >= MOST {
            let right = Stretch::new(stretch.entries.split_off(stretch.entries.len() / 2));
            self.firsts.splice(number + 1..=number, right.entries.first().map(|(key, _)| key.clone()));
            stretch.look();
            self.stretches.insert(number + 1, right);
        } else {
            stretch.look();
        }
    }

    pub(super) fn remove(&mut self, place: Place) {
        let Some(stretch) = self.stretches.get_mut(place.stretch) else { return };
        stretch.entries.remove(place.at);
        stretch.look();
        match (stretch.entries.first(), self.firsts.get_mut(place.stretch)) {
            (Some((first, _)), Some(known)) => known.clone_from(first),
            _ => {
                self.firsts.remove(place.stretch);
                self.stretches.remove(place.stretch);
            }
        }
    }
}

impl<T> Stretch<T> {
    fn new(entries: Vec<(Key, T)>) -> Self {
        let mut stretch = Self { entries, shared: 0, least: 0, largest: 0 };
        stretch.look();
        stretch
    }

    /// Notes between which keys its own are.
    fn look(&mut self) {
        let (Some((first, _)), Some((last, _))) = (self.entries.first(), self.entries.last()) else { return };
        let (first, last) = (first.as_bytes(), last.as_bytes());
        self.shared = first.iter().zip(last).take_while(|(a, b)| a == b).count();
        (self.least, self.largest) = (number(first, self.shared), number(last, self.shared));
    }

    /// How many keys are not above this one, which is not below the first.
    fn count_until(&self, key: &Key) -> usize {
        let is_until = |at: usize| self.entries.get(at).is_some_and(|(known, _)| known <= key);
        let mut start = self.guess(key);
        let mut end;
        let mut step = 4;
        if is_until(start) {
            end = start + step;
            while is_until(end) {
                step *= 2;
                (start, end) = (end, end + step);
            }
        } else {
            end = start;
            start = end.saturating_sub(step);
            while start > 0 && !is_until(start) {
                step *= 2;
                (start, end) = (start.saturating_sub(step), start);
            }
        }
        let end = end.min(self.entries.len());
        let between = self.entries.get(start..end).unwrap_or_default();
        start + between.partition_point(|(known, _)| known <= key)
    }

    /// Where the key is if all lie evenly.
    fn guess(&self, key: &Key) -> usize {
        let from_first = number(key.as_bytes(), self.shared).saturating_sub(self.least);
        let span = (self.largest - self.least).max(1);
        let last = self.entries.len().saturating_sub(1);
        // A stretch is far shorter than the precision of such a number.
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a guess"
        )]
        let at = (from_first as f64 / span as f64 * last as f64) as usize;
        at.min(last)
    }
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

    proptest! {
        #[test]
        fn it_is_the_ordered_map_of_the_standard_library(
            steps in vec((vec(0..4_u8, 0..4), any::<bool>()), 0..200),
        ) {
            let (mut directory, mut model) = (Directory::<usize, 4>::default(), BTreeMap::new());
            for (number, (key, inserts)) in steps.iter().enumerate() {
                let key = Key::new(key).unwrap();
                let found = directory.last_until(&key);
                let expected = model.range::<Key, _>(..=&key).next_back().map(|(known, value): (&Key, &usize)| (known.clone(), *value));
                prop_assert_eq!(found.and_then(|place| directory.get(place)), expected.as_ref().map(|(_, value)| value));
                let after: Vec<usize> = match &expected {
                    Some((known, _)) => model.range::<Key, _>(known..).map(|(_, value)| *value).collect(),
                    None => model.values().copied().collect(),
                };
                prop_assert_eq!(directory.values_from(found).copied().collect::<Vec<_>>(), after);
                match (found, expected.is_some_and(|(known, _)| known == key), inserts) {
                    (Some(place), true, true) => {
                        *directory.get_mut(place).unwrap() = number;
                        model.insert(key, number);
                    }
                    (_, false, true) => {
                        directory.insert(key.clone(), number);
                        model.insert(key, number);
                    }
                    (Some(place), true, false) => {
                        directory.remove(place);
                        model.remove(&key);
                    }
                    _ => {}
                }
                prop_assert_eq!(directory.values_mut().map(|value| *value).collect::<Vec<_>>(), model.values().copied().collect::<Vec<_>>());
                let firsts = directory.stretches.iter().map(|stretch| stretch.entries.first().map(|(key, _)| key));
                prop_assert!(directory.firsts.iter().map(Some).eq(firsts));
                prop_assert!(directory.stretches.iter().all(|stretch| stretch.entries.len() < 4));
            }
        }
    }
}
