//! Journeys as columns.

use std::fmt;

use hashbrown::HashMap;

use super::{PathsError, PathsErrorKind};
use crate::time::{DateTime, Utc};

/// One contact on the way.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Touch<'a> {
    /// Where: any name that is not empty, in any script.
    pub channel: &'a str,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is the key touch of its path (the one that made a lead), for the W-shaped rule. At most one is.
    pub key: bool,
}

impl fmt::Debug for Touch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Touch").field("at", &self.at).field("key", &self.key).finish_non_exhaustive()
    }
}

/// What the journeys along a path came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// How many ended in a conversion.
    pub conversions: u32,
    /// What the conversions were worth together, in minor units of one currency. Negative for a refund.
    pub value_minor: i64,
    /// How many ended without one.
    pub nulls: u32,
}

impl Outcome {
    /// One conversion of that value in minor units.
    #[must_use]
    pub const fn won(value_minor: i64) -> Self {
        Self { conversions: 1, value_minor, nulls: 0 }
    }

    /// One journey that came to nothing.
    #[must_use]
    pub const fn lost() -> Self {
        Self { conversions: 0, value_minor: 0, nulls: 1 }
    }

    /// Value taken back: no journey of its own, a negative value.
    #[must_use]
    pub const fn refund(value_minor: u32) -> Self {
        Self { conversions: 0, value_minor: -(value_minor as i64), nulls: 0 }
    }

    /// How many journeys went along the path.
    #[must_use]
    pub fn journeys(&self) -> u64 {
        u64::from(self.conversions) + u64::from(self.nulls)
    }
}

/// One path of a set.
#[derive(Clone, Copy)]
pub struct Path<'a> {
    pub(in crate::journey) touches: &'a [u16],
    pub(in crate::journey) times: Option<&'a [i64]>,
    pub(in crate::journey) key: Option<u32>,
    names: &'a [Box<str>],
    outcome: Outcome,
}

impl<'a> Path<'a> {
    /// How many touches it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.touches.len()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.touches.is_empty()
    }

    /// The channels in order.
    pub fn channels(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        let names = self.names;
        self.touches.iter().filter_map(move |&channel| names.get(usize::from(channel)).map(|name| &**name))
    }

    /// The instants of the touches in milliseconds since 1970, if the set has them.
    #[must_use]
    pub fn times(&self) -> Option<&'a [i64]> {
        self.times
    }

    /// The place of the key touch, if one is named.
    #[must_use]
    pub fn key(&self) -> Option<usize> {
        self.key.and_then(|key| usize::try_from(key).ok())
    }

    /// What it came to.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

impl fmt::Debug for Path<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Path")
            .field("touches", &self.touches.len())
            .field("key", &self.key)
            .field("outcome", &self.outcome)
            .finish_non_exhaustive()
    }
}

/// Journeys with what they came to, for [`follows`](super::follows), [`variants`](super::variants) and
/// [`attribution`](crate::journey::attribution). Two bytes a touch, ten with times, and 28 bytes a path.
///
/// ```
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["web", "ایمیل", "till"], Outcome::won(4_990))?;
/// paths.push(["web"], Outcome::lost())?;
/// assert_eq!((paths.len(), paths.touches()), (2, 4));
/// assert!(paths.push(["web", ""], Outcome::lost()).is_err());
/// # Ok::<(), throughline::journey::paths::PathsError>(())
/// ```
#[derive(Clone, Default)]
pub struct Paths {
    names: Vec<Box<str>>,
    numbers: HashMap<Box<str>, u16>,
    ends: Vec<u32>,
    touches: Vec<u16>,
    times: Vec<i64>,
    keys: Vec<Option<u32>>,
    outcomes: Vec<Outcome>,
}

impl fmt::Debug for Paths {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paths")
            .field("channels", &self.names.len())
            .field("paths", &self.ends.len())
            .field("touches", &self.touches.len())
            .finish_non_exhaustive()
    }
}

impl Paths {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in a path without times; it may be empty.
    ///
    /// # Errors
    /// [`PathsErrorKind::EmptyChannel`], [`PathsErrorKind::MixedTimes`], or a limit; the set is as before.
    ///
    /// # Complexity
    /// O(n) for n touches.
    pub fn push<'a>(
        &mut self,
        channels: impl IntoIterator<Item = &'a str>,
        outcome: Outcome,
    ) -> Result<(), PathsError> {
        let before = self.mark();
        let mut place = 0;
        let all = || {
            for channel in channels {
                self.touch(channel, place)?;
                place += 1;
            }
            if place > 0 && !self.times.is_empty() {
                return Err(PathsError::new(PathsErrorKind::MixedTimes, 0));
            }
            self.close(None, outcome, place)
        };
        let done = all();
        if done.is_err() {
            self.go_back(before);
        }
        done
    }

    /// Takes in a path with times, in the order of time (equal times are allowed); it may be empty.
    ///
    /// # Errors
    /// [`PathsErrorKind::EmptyChannel`], [`PathsErrorKind::OutOfOrder`], [`PathsErrorKind::MixedTimes`],
    /// [`PathsErrorKind::TwoKeys`], or a limit; the set is as before.
    ///
    /// # Complexity
    /// O(n) for n touches.
    pub fn push_touches(&mut self, touches: &[Touch<'_>], outcome: Outcome) -> Result<(), PathsError> {
        let before = self.mark();
        if !touches.is_empty() && self.times.len() != self.touches.len() {
            return Err(PathsError::new(PathsErrorKind::MixedTimes, 0));
        }
        let mut all = || {
            let mut last = None;
            let mut key = None;
            for (place, touch) in touches.iter().enumerate() {
                if last.is_some_and(|last| touch.at < last) {
                    return Err(PathsError::new(PathsErrorKind::OutOfOrder, place));
                }
                if touch.key && key.is_some() {
                    return Err(PathsError::new(PathsErrorKind::TwoKeys, place));
                }
                if touch.key {
                    key = u32::try_from(place).ok();
                }
                last = Some(touch.at);
                self.touch(touch.channel, place)?;
                self.times.push(touch.at.timestamp_millis());
            }
            self.close(key, outcome, touches.len())
        };
        let done = all();
        if done.is_err() {
            self.go_back(before);
        }
        done
    }

    /// Takes in the touches of a path of the set once more, with another outcome.
    pub(super) fn push_again(&mut self, place: usize, outcome: Outcome) -> Result<(), PathsError> {
        let before = self.mark();
        let before_it = place.checked_sub(1).and_then(|before| self.ends.get(before)).copied();
        let end = self.ends.get(place).copied().unwrap_or(0);
        let [start, end] =
            [before_it.unwrap_or(0), end].map(|bound| usize::try_from(bound).unwrap_or(usize::MAX));
        self.touches.extend_from_within(start..end);
        if !self.times.is_empty() {
            self.times.extend_from_within(start..end);
        }
        let done = self.close(self.keys.get(place).copied().flatten(), outcome, end - start);
        if done.is_err() {
            self.go_back(before);
        }
        done
    }

    fn touch(&mut self, channel: &str, place: usize) -> Result<(), PathsError> {
        if channel.is_empty() {
            return Err(PathsError::new(PathsErrorKind::EmptyChannel, place));
        }
        let number = match self.numbers.get(channel) {
            Some(&number) => number,
            None => {
                let number = u16::try_from(self.names.len()).ok().filter(|&number| number < u16::MAX);
                let number = number.ok_or(PathsError::new(PathsErrorKind::TooManyChannels, place))?;
                self.names.push(channel.into());
                self.numbers.insert(channel.into(), number);
                number
            }
        };
        self.touches.push(number);
        Ok(())
    }

    fn close(&mut self, key: Option<u32>, outcome: Outcome, place: usize) -> Result<(), PathsError> {
        let end = u32::try_from(self.touches.len())
            .map_err(|_| PathsError::new(PathsErrorKind::TooManyTouches, place))?;
        self.ends.push(end);
        self.keys.push(key);
        self.outcomes.push(outcome);
        Ok(())
    }

    /// Where the set ends, to go back to.
    pub(super) fn mark(&self) -> [usize; 4] {
        [self.ends.len(), self.touches.len(), self.times.len(), self.names.len()]
    }

    /// Takes off what came after a mark, channels that were new among it.
    pub(super) fn go_back(&mut self, [paths, touches, times, names]: [usize; 4]) {
        for name in self.names.drain(names.min(self.names.len())..) {
            self.numbers.remove(&name);
        }
        self.ends.truncate(paths);
        self.keys.truncate(paths);
        self.outcomes.truncate(paths);
        self.touches.truncate(touches);
        self.times.truncate(times);
    }

    /// How many paths there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many touches there are in all paths together.
    #[must_use]
    pub fn touches(&self) -> usize {
        self.touches.len()
    }

    /// The channels by name.
    #[must_use]
    pub fn channels(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.names.iter().map(|name| &**name).collect();
        names.sort_unstable();
        names
    }

    /// One path.
    #[must_use]
    pub fn get(&self, place: usize) -> Option<Path<'_>> {
        let end = usize::try_from(*self.ends.get(place)?).ok()?;
        let before = place.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.map_or(0, |&end| usize::try_from(end).unwrap_or(0));
        Some(Path {
            touches: self.touches.get(start..end)?,
            times: self.times.get(start..end).filter(|_| !self.times.is_empty()),
            key: self.keys.get(place).copied().flatten(),
            names: &self.names,
            outcome: self.outcomes.get(place).copied()?,
        })
    }

    /// All paths in the order in which they came.
    pub fn iter(&self) -> impl Iterator<Item = Path<'_>> {
        let mut start = 0_usize;
        self.ends.iter().zip(&self.keys).zip(&self.outcomes).map(move |((&end, &key), &outcome)| {
            let end = usize::try_from(end).unwrap_or(usize::MAX);
            let range = start..end;
            start = end;
            Path {
                touches: self.touches.get(range.clone()).unwrap_or_default(),
                times: if self.times.is_empty() { None } else { self.times.get(range) },
                key,
                names: &self.names,
                outcome,
            }
        })
    }

    /// The channels by number of first appearance.
    pub(in crate::journey) fn names(&self) -> &[Box<str>] {
        &self.names
    }

    /// The number of each channel in the order of names, and its reverse: rank by number.
    pub(in crate::journey) fn ranks(&self) -> (Vec<u16>, Vec<u16>) {
        let mut numbers: Vec<u16> = (0..u16::MAX).take(self.names.len()).collect();
        numbers
            .sort_unstable_by(|&a, &b| self.names.get(usize::from(a)).cmp(&self.names.get(usize::from(b))));
        let mut ranks = vec![0; numbers.len()];
        for (rank, &number) in (0..u16::MAX).zip(&numbers) {
            if let Some(place) = ranks.get_mut(usize::from(number)) {
                *place = rank;
            }
        }
        (numbers, ranks)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millis;

    #[test]
    fn refuses_what_is_wrong_and_stays_as_it_was() {
        let at = |channel, millis, key| Touch { channel, at: from_millis(millis), key };
        let mut paths = Paths::new();
        paths.push_touches(&[at("веб", -5, false), at("بازار", 7, true)], Outcome::won(5)).unwrap();
        let kind = |result: Result<(), PathsError>| result.unwrap_err().kind();
        assert_eq!(kind(paths.push(["a"], Outcome::lost())), PathsErrorKind::MixedTimes);
        let late = [at("a", 5, false), at("a", 4, false)];
        assert_eq!(kind(paths.push_touches(&late, Outcome::lost())), PathsErrorKind::OutOfOrder);
        let keys = [at("a", 5, true), at("a", 5, true)];
        assert_eq!(kind(paths.push_touches(&keys, Outcome::lost())), PathsErrorKind::TwoKeys);
        let empty = [at("a", 5, true), at("", 5, false)];
        let error = paths.push_touches(&empty, Outcome::lost()).unwrap_err();
        assert_eq!((error.kind(), error.touch()), (PathsErrorKind::EmptyChannel, 1));
        // Nor are channels left of which no path is.
        let new = [at("новый", 5, true), at("", 5, false)];
        assert_eq!(kind(paths.push_touches(&new, Outcome::lost())), PathsErrorKind::EmptyChannel);
        assert_eq!(kind(paths.push(["نو"], Outcome::lost())), PathsErrorKind::MixedTimes);
        assert_eq!(paths.channels(), ["веб", "بازار"]);
        paths.push([], Outcome::refund(3)).unwrap();
        assert_eq!((paths.len(), paths.touches()), (2, 2));
        let first = paths.get(0).unwrap();
        assert_eq!(first.channels().collect::<Vec<_>>(), ["веб", "بازار"]);
        assert_eq!((first.times(), first.key()), (Some(&[-5, 7][..]), Some(1)));
        assert_eq!(paths.iter().map(|path| path.outcome().value_minor).collect::<Vec<_>>(), [5, -3]);
        let mut untimed = Paths::new();
        untimed.push(["a"], Outcome::lost()).unwrap();
        assert_eq!(
            kind(untimed.push_touches(&[at("a", 5, true)], Outcome::lost())),
            PathsErrorKind::MixedTimes
        );
    }

    #[test]
    fn debug_tells_no_names() {
        let mut paths = Paths::new();
        paths.push(["secret"], Outcome::lost()).unwrap();
        let path = paths.get(0).unwrap();
        assert!(!format!("{paths:?} {path:?}").contains("secret"));
    }
}
