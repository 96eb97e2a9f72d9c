//! From touches to a path.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::Touch;
use crate::time::{DateTime, TimeDelta, Utc};

/// One step of cleaning.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum CleaningStep {
    /// Keeps all.
    Unique,
    /// Keeps the first of equal neighbours.
    Exposure,
    /// Keeps the first touch of each channel.
    First,
    /// Keeps the first touch of each channel, named with the count: `email(3)`.
    Frequency,
    /// Takes the channel's touches from the end of the path, unless the path has no other.
    RemoveIfLastAndNotAll(Box<str>),
    /// Takes the channel's touches from the whole path, unless the path has no other.
    RemoveIfNotAll(Box<str>),
}

/// Which touches before a conversion make its path, and what is done to them, in that order.
///
/// ```
/// use throughline::journey::paths::{Cleaning, CleaningStep};
/// use throughline::time::from_millis;
/// let at = |channel: &'static str, day: i64| (channel, from_millis(day * 86_400_000));
/// let touches = [at("display", 0), at("email", 10), at("email", 11), at("direct", 12)];
/// let mut cleaning = Cleaning::default();
/// let path = |cleaning: &Cleaning| -> Vec<String> {
///     cleaning.path(&touches, from_millis(35 * 86_400_000)).into_iter().map(|(name, _)| name).collect()
/// };
/// assert_eq!(path(&cleaning), ["email", "direct"]);
/// cleaning.steps.push(CleaningStep::RemoveIfLastAndNotAll("direct".into()));
/// assert_eq!(path(&cleaning), ["email"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Cleaning {
    /// Touches longer ago than this many days before the end of the path do not count; equal ones do. `None`: all count.
    pub look_back_days: Option<u32>,
    /// At most so many touches count, the latest. `None`: all.
    pub look_back_steps: Option<u32>,
    /// What is done then, in this order.
    pub steps: Vec<CleaningStep>,
}

impl Default for Cleaning {
    /// 30 days, any number of touches, equal neighbours collapsed.
    fn default() -> Self {
        Self { look_back_days: Some(30), look_back_steps: None, steps: vec![CleaningStep::Exposure] }
    }
}

impl Cleaning {
    /// Nothing is cleaned.
    #[must_use]
    pub const fn nothing() -> Self {
        Self { look_back_days: None, look_back_steps: None, steps: Vec::new() }
    }

    /// The path of touches (channel and instant, in the order of the timeline) that ended at `end`. Touches after `end`
    /// do not count.
    ///
    /// # Complexity
    /// O(n log n) for n touches and each step.
    #[must_use]
    pub fn path(
        &self,
        touches: &[(&str, DateTime<Utc>)],
        end: DateTime<Utc>,
    ) -> Vec<(String, DateTime<Utc>)> {
        let touches: Vec<Touch<'_>> =
            touches.iter().map(|&(channel, at)| Touch { channel, at, key: false }).collect();
        self.touches(&touches, end).into_iter().map(|touch| (touch.channel, touch.at)).collect()
    }

    /// The same for touches of which one may be the key one. If a step takes the key touch away and keeps an equal one
    /// for it, that becomes the key touch; if it takes all of its channel away, the path has none.
    ///
    /// # Complexity
    /// O(n log n) for n touches and each step.
    ///
    /// ```
    /// use throughline::journey::paths::{Cleaning, Touch};
    /// use throughline::time::from_millis;
    /// let touch = |channel, at, key| Touch { channel, at: from_millis(at), key };
    /// let path = Cleaning::default().touches(&[touch("web", 0, false), touch("web", 1, true)], from_millis(2));
    /// assert_eq!(path.iter().map(|touch| (&*touch.channel, touch.key)).collect::<Vec<_>>(), [("web", true)]);
    /// ```
    #[must_use]
    pub fn touches(&self, touches: &[Touch<'_>], end: DateTime<Utc>) -> Vec<CleanTouch> {
        let mut path = self.look_back(touches, end, |_, _| ());
        for step in &self.steps {
            step.apply(&mut path);
        }
        path.into_iter().map(|placed| placed.touch).collect()
    }

    /// The same, and what became of each touch.
    ///
    /// # Complexity
    /// As [`touches`](Self::touches).
    ///
    /// ```
    /// use throughline::journey::paths::{Cleaning, Fate, Touch};
    /// use throughline::time::from_millis;
    /// let touch = |channel, day: i64| Touch { channel, at: from_millis(day * 86_400_000), key: false };
    /// let touches = [touch("web", 0), touch("web", 20), touch("web", 21), touch("app", 60)];
    /// let (path, fates) = Cleaning::default().traced(&touches, from_millis(40 * 86_400_000));
    /// assert_eq!(path.len(), 1);
    /// assert_eq!(fates, [Fate::BeforeDays, Fate::Counts(0), Fate::Cleaned(0), Fate::AfterEnd]);
    /// ```
    #[must_use]
    pub fn traced(&self, touches: &[Touch<'_>], end: DateTime<Utc>) -> (Vec<CleanTouch>, Vec<Fate>) {
        let mut fates = vec![Fate::Counts(0); touches.len()];
        let mut path = self.look_back(touches, end, |place, fate| {
            if let Some(known) = fates.get_mut(place) {
                *known = fate;
            }
        });
        for (number, step) in self.steps.iter().enumerate() {
            let before: Vec<usize> = path.iter().map(|placed| placed.place).collect();
            step.apply(&mut path);
            let mut kept = path.iter().map(|placed| placed.place).peekable();
            for place in before {
                if kept.next_if_eq(&place).is_none()
                    && let Some(fate) = fates.get_mut(place)
                {
                    *fate = Fate::Cleaned(number);
                }
            }
        }
        for (number, placed) in path.iter().enumerate() {
            if let Some(fate) = fates.get_mut(placed.place) {
                *fate = Fate::Counts(number);
            }
        }
        (path.into_iter().map(|placed| placed.touch).collect(), fates)
    }

    /// The touches that the look-back leaves; `lost` is told the place of each other one.
    fn look_back(
        &self,
        touches: &[Touch<'_>],
        end: DateTime<Utc>,
        mut lost: impl FnMut(usize, Fate),
    ) -> Vec<Placed> {
        let oldest = self.look_back_days.map(|days| TimeDelta::days(i64::from(days)));
        let mut path = Vec::with_capacity(touches.len());
        for (place, touch) in touches.iter().enumerate() {
            if touch.at > end {
                lost(place, Fate::AfterEnd);
            } else if oldest.is_some_and(|oldest| end.signed_duration_since(touch.at) > oldest) {
                lost(place, Fate::BeforeDays);
            } else {
                let touch = CleanTouch { channel: touch.channel.to_owned(), at: touch.at, key: touch.key };
                path.push(Placed { touch, place });
            }
        }
        if let Some(most) = self.look_back_steps {
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            for placed in path.drain(..path.len().saturating_sub(most)) {
                lost(placed.place, Fate::BeforeSteps);
            }
        }
        path
    }

    /// Of touches in the order of time, none after `end`, those that the look-back leaves: in O(log n), so that the others
    /// cost nothing.
    pub(super) fn counted<'t, 'a>(&self, touches: &'t [Touch<'a>], end: DateTime<Utc>) -> &'t [Touch<'a>] {
        let days = self.look_back_days.map(|days| TimeDelta::days(i64::from(days)));
        let oldest = days.and_then(|days| end.checked_sub_signed(days));
        let by_time = oldest.map_or(0, |oldest| touches.partition_point(|touch| touch.at < oldest));
        let most =
            self.look_back_steps.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        touches.get(by_time.max(touches.len().saturating_sub(most))..).unwrap_or_default()
    }
}

/// What became of a touch when a path was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// It counts, at that place of the path, from 0.
    Counts(usize),
    /// It came after the end of the path.
    AfterEnd,
    /// It belongs to an earlier conversion, and touches count once.
    UsedBefore,
    /// It was longer ago than the days one looks back.
    BeforeDays,
    /// More touches came after it than one looks back.
    BeforeSteps,
    /// That step of the cleaning took it away, from 0.
    Cleaned(usize),
}

/// A touch and its place among those given.
struct Placed {
    touch: CleanTouch,
    place: usize,
}

/// A touch of a cleaned path.
#[derive(Clone, PartialEq, Eq)]
pub struct CleanTouch {
    /// The channel, with its count after [`CleaningStep::Frequency`].
    pub channel: String,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it is the key touch of its path.
    pub key: bool,
}

impl CleanTouch {
    /// As [`Paths::push_touches`](super::Paths::push_touches) takes it.
    #[must_use]
    pub fn as_touch(&self) -> Touch<'_> {
        Touch { channel: &self.channel, at: self.at, key: self.key }
    }
}

impl fmt::Debug for CleanTouch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.as_touch(), f)
    }
}

impl CleaningStep {
    fn apply(&self, path: &mut Vec<Placed>) {
        match self {
            Self::Unique => {}
            Self::Exposure => path.dedup_by(|later, earlier| {
                let equal = later.touch.channel == earlier.touch.channel;
                earlier.touch.key |= equal && later.touch.key;
                equal
            }),
            Self::First | Self::Frequency => {
                // How often, and whether one of them is the key touch.
                let mut counts = BTreeMap::<String, (usize, bool)>::new();
                path.retain(|Placed { touch, .. }| {
                    let count = counts.entry(touch.channel.clone()).or_insert((0, false));
                    count.0 += 1;
                    count.1 |= touch.key;
                    count.0 == 1
                });
                for Placed { touch, .. } in path {
                    let (count, key) = counts.get(&touch.channel).copied().unwrap_or((1, touch.key));
                    touch.key = key;
                    if *self == Self::Frequency {
                        touch.channel = format!("{}({count})", touch.channel);
                    }
                }
            }
            Self::RemoveIfLastAndNotAll(name) => {
                if path.iter().any(|placed| *placed.touch.channel != **name) {
                    while path.last().is_some_and(|placed| *placed.touch.channel == **name) {
                        path.pop();
                    }
                }
            }
            Self::RemoveIfNotAll(name) => {
                if path.iter().any(|placed| *placed.touch.channel != **name) {
                    path.retain(|placed| *placed.touch.channel != **name);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::from_millis;

    fn cleaned(channels: &[&str], steps: &[CleaningStep]) -> Vec<String> {
        let touches: Vec<_> = channels.iter().zip(0..).map(|(name, at)| (*name, from_millis(at))).collect();
        let cleaning = Cleaning { steps: steps.to_vec(), ..Cleaning::nothing() };
        cleaning.path(&touches, from_millis(1000)).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn steps_do_what_their_names_say() {
        use CleaningStep::{Exposure, First, Frequency, RemoveIfLastAndNotAll, RemoveIfNotAll, Unique};
        let path = ["آ", "آ", "Я", "آ", "Я", "Я"];
        assert_eq!(cleaned(&path, &[Unique]), path);
        assert_eq!(cleaned(&path, &[Exposure]), ["آ", "Я", "آ", "Я"]);
        assert_eq!(cleaned(&path, &[First]), ["آ", "Я"]);
        assert_eq!(cleaned(&path, &[Frequency]), ["آ(3)", "Я(3)"]);
        assert_eq!(cleaned(&path, &[Exposure, Frequency]), ["آ(2)", "Я(2)"]);
        assert_eq!(cleaned(&path, &[RemoveIfLastAndNotAll("Я".into())]), ["آ", "آ", "Я", "آ"]);
        assert_eq!(cleaned(&path, &[RemoveIfNotAll("Я".into())]), ["آ", "آ", "آ"]);
        assert_eq!(cleaned(&["Я", "Я"], &[RemoveIfNotAll("Я".into())]), ["Я", "Я"]);
        assert_eq!(cleaned(&["Я", "Я"], &[RemoveIfLastAndNotAll("Я".into())]), ["Я", "Я"]);
        assert_eq!(cleaned(&[], &[Exposure, First, Frequency]), [""; 0]);
    }

    #[test]
    fn looks_back_days_inclusive_and_steps() {
        let day = 86_400_000;
        let touches = [("a", from_millis(0)), ("b", from_millis(1)), ("c", from_millis(30 * day + 2))];
        let end = from_millis(30 * day + 1);
        let names = |cleaning: &Cleaning| -> Vec<String> {
            cleaning.path(&touches, end).into_iter().map(|(name, _)| name).collect()
        };
        assert_eq!(names(&Cleaning::default()), ["b"]);
        assert_eq!(names(&Cleaning::nothing()), ["a", "b"]);
        assert_eq!(names(&Cleaning { look_back_steps: Some(1), ..Cleaning::nothing() }), ["b"]);
        assert_eq!(names(&Cleaning { look_back_steps: Some(0), ..Cleaning::nothing() }), [""; 0]);
    }

    #[test]
    fn the_key_touch_moves_to_the_one_that_is_kept() {
        use CleaningStep::{Exposure, First, Frequency, RemoveIfNotAll};
        let touch = |channel, at, key| Touch { channel, at: from_millis(at), key };
        let touches = [touch("آ", 0, false), touch("Я", 1, false), touch("Я", 2, true), touch("آ", 3, false)];
        let keys = |step: CleaningStep| -> Vec<bool> {
            let cleaning = Cleaning { steps: vec![step], ..Cleaning::nothing() };
            cleaning.touches(&touches, from_millis(9)).iter().map(|touch| touch.key).collect()
        };
        assert_eq!(keys(Exposure), [false, true, false]);
        assert_eq!(keys(First), [false, true]);
        assert_eq!(keys(Frequency), [false, true]);
        assert_eq!(keys(RemoveIfNotAll("Я".into())), [false, false]);
    }
}
