//! Credit by rules.

use serde::{Deserialize, Serialize};

use super::divide::{Divider, signed};
use super::rule::Rule;
use super::weights::Weigher;
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::{Path, Paths};

/// What one channel earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelCredit {
    /// The channel.
    pub channel: Box<str>,
    /// Its part of the conversions.
    pub conversions: f64,
    /// Its part of the value, in minor units.
    pub value_minor: i64,
}

/// Whether credits add up to what was earned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// They do, exactly.
    Divided,
    /// Everyone who took part is given the whole, so they sum to more.
    Participation,
}

/// What the channels earned.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Credits {
    /// By name of the channel; channels that earned nothing are there too.
    pub channels: Vec<ChannelCredit>,
    /// What conversions without any touch earned; its channel is `(none)`.
    pub none: ChannelCredit,
    /// Whether the credits add up.
    pub sharing: Sharing,
}

impl Credits {
    /// What that channel earned in minor units.
    #[must_use]
    pub fn value_of(&self, channel: &str) -> Option<i64> {
        self.of(channel).map(|credit| credit.value_minor)
    }

    /// What that channel earned.
    #[must_use]
    pub fn of(&self, channel: &str) -> Option<&ChannelCredit> {
        let place = self.channels.binary_search_by(|credit| (*credit.channel).cmp(channel)).ok()?;
        self.channels.get(place)
    }

    /// What the money rule added to a channel's exact share of all that the channels earned, in minor units.
    #[expect(clippy::cast_precision_loss, reason = "an explanation, of less than 2^53 minor units")]
    pub(super) fn rounding(&self, channel: &str, share: f64) -> Option<f64> {
        let all = self.value_sum() - i128::from(self.none.value_minor);
        Some(self.value_of(channel)? as f64 - share * all as f64)
    }

    /// The value of all channels and of [`none`](Self::none) in minor units.
    #[must_use]
    pub fn value_sum(&self) -> i128 {
        let all = self.channels.iter().chain([&self.none]);
        all.map(|credit| i128::from(credit.value_minor)).sum()
    }
}

/// Gives every channel its part under a rule.
///
/// Conversions are summed as multiples of 2^-60, so the order of the paths makes no difference to the last bit.
///
/// # Errors
/// [`AttributionErrorKind::InvalidRule`], [`AttributionErrorKind::Overflow`].
///
/// # Complexity
/// O(n) for n touches, and the sorting of each path's remainders.
///
/// ```
/// use throughline::journey::attribution::{Rule, credit};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["web", "till"], Outcome::won(101))?;
/// paths.push(["web", "till"], Outcome::refund(101))?;
/// paths.push([], Outcome::won(7))?;
/// let credits = credit(&paths, &Rule::position())?;
/// assert_eq!((credits.value_of("web"), credits.none.value_minor), (Some(0), 7));
/// assert_eq!(credits.value_sum(), 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn credit(paths: &Paths, rule: &Rule) -> Result<Credits, AttributionError> {
    let mut weigher = Weigher::new(rule, paths)?;
    let mut tally = Tally::new(paths);
    match rule {
        Rule::First | Rule::Last | Rule::LastNonDirect { .. } => {
            for path in earning(paths) {
                let only = weigher.only(&path).and_then(|place| path.touches.get(place));
                if let Some(&channel) = only {
                    let outcome = path.outcome();
                    tally.give(channel, f64::from(outcome.conversions), outcome.value_minor);
                }
            }
            tally.finish(paths, Sharing::Divided)
        }
        Rule::Linear => {
            for path in earning(paths) {
                tally.give_equally(&path);
            }
            tally.finish(paths, Sharing::Divided)
        }
        Rule::Participation => {
            let mut weights = Vec::new();
            for path in earning(paths) {
                weights.clear();
                weigher.weigh(&path, &mut weights);
                let outcome = path.outcome();
                for (&channel, _) in path.touches.iter().zip(&weights).filter(|(_, weight)| **weight > 0) {
                    tally.give(channel, f64::from(outcome.conversions), outcome.value_minor);
                }
            }
            tally.finish(paths, Sharing::Participation)
        }
        _ => credit_with(paths, tally, |path, weights| weigher.weigh(path, weights)),
    }
}

/// Gives every channel its part under a rule of your own: the closure pushes one weight for each touch of the path onto
/// the empty vector. Weights that are missing are zero, those that are too many are ignored.
///
/// # Errors
/// [`AttributionErrorKind::Overflow`].
///
/// # Complexity
/// O(n) for n touches and what the closure costs.
///
/// ```
/// use throughline::journey::attribution::credit_by;
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["web", "chat", "till"], Outcome::won(60))?;
/// let rising = credit_by(&paths, |path, weights| weights.extend((1..).take(path.len())))?;
/// assert_eq!(rising.value_of("till"), Some(30));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn credit_by(
    paths: &Paths,
    weigh: impl FnMut(&Path<'_>, &mut Vec<u64>),
) -> Result<Credits, AttributionError> {
    credit_with(paths, Tally::new(paths), weigh)
}

fn credit_with(
    paths: &Paths,
    mut tally: Tally,
    mut weigh: impl FnMut(&Path<'_>, &mut Vec<u64>),
) -> Result<Credits, AttributionError> {
    let mut weights = Vec::new();
    let mut divider = Divider::default();
    for path in earning(paths) {
        weights.clear();
        weigh(&path, &mut weights);
        weights.resize(path.len(), 0);
        let outcome = path.outcome();
        let mut parts = divider.divide(outcome.value_minor, &weights);
        let unit = conversions_per_weight(outcome.conversions, &weights);
        for (&channel, &weight) in path.touches.iter().zip(&weights) {
            tally.give(channel, unit.of(weight), parts.next().unwrap_or(0));
        }
    }
    tally.finish(paths, Sharing::Divided)
}

/// How many conversions a weight stands for.
pub(super) struct Unit {
    conversions: f64,
    sum: f64,
    equal: bool,
}

impl Unit {
    #[expect(clippy::cast_precision_loss, reason = "a share of conversions is a float anyway")]
    pub(super) fn of(&self, weight: u64) -> f64 {
        self.conversions * (if self.equal { 1.0 } else { weight as f64 } / self.sum)
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share of conversions is a float anyway")]
pub(super) fn conversions_per_weight(conversions: u32, weights: &[u64]) -> Unit {
    let sum: u128 = weights.iter().map(|&weight| u128::from(weight)).sum();
    let equal = sum == 0;
    Unit {
        conversions: f64::from(conversions),
        sum: if equal { weights.len() as f64 } else { sum as f64 },
        equal,
    }
}

/// 2^60: conversions are summed as multiples of its inverse.
const SCALE: f64 = 1_152_921_504_606_846_976.0;

/// A number of conversions as whole multiples of 2^-60.
#[expect(clippy::cast_possible_truncation, reason = "2^32 conversions times 2^60 fit 128 bits")]
pub(super) fn fixed(conversions: f64) -> i128 {
    let scaled = conversions * SCALE;
    if scaled.abs() < 9.0e18 { i128::from(scaled as i64) } else { scaled as i128 }
}

/// And back.
#[expect(clippy::cast_precision_loss, reason = "the answer is a float")]
pub(super) fn unfixed(sum: i128) -> f64 {
    sum as f64 / SCALE
}

/// The paths that earned something and have touches.
pub(super) fn earning(paths: &Paths) -> impl Iterator<Item = Path<'_>> {
    paths.iter().filter(|path| {
        let outcome = path.outcome();
        !path.is_empty() && (outcome.conversions > 0 || outcome.value_minor != 0)
    })
}

/// Minor units in that many equal parts; what is over goes to the earlier ones, and negative totals mirror positive ones.
pub(super) fn equal_parts(total: i64, count: u32) -> impl Iterator<Item = i64> {
    let (magnitude, count) = (total.unsigned_abs(), u64::from(count.max(1)));
    let (part, left) = (magnitude / count, magnitude % count);
    (0..count).map(move |place| signed(part + u64::from(place < left), total < 0))
}

/// Sums by number of the channel.
struct Tally {
    conversions: Vec<i128>,
    value: Vec<i128>,
    none: (u64, i128),
}

impl Tally {
    fn new(paths: &Paths) -> Self {
        let none = paths.iter().filter(Path::is_empty).fold((0, 0), |(conversions, value), path| {
            let outcome = path.outcome();
            (conversions + u64::from(outcome.conversions), value + i128::from(outcome.value_minor))
        });
        let channels = paths.names().len();
        Self { conversions: vec![0; channels], value: vec![0; channels], none }
    }

    fn give(&mut self, channel: u16, conversions: f64, value: i64) {
        let place = usize::from(channel);
        if let (Some(sum), Some(money)) = (self.conversions.get_mut(place), self.value.get_mut(place)) {
            *sum += fixed(conversions);
            *money += i128::from(value);
        }
    }

    fn give_equally(&mut self, path: &Path<'_>) {
        let outcome = path.outcome();
        let count = u32::try_from(path.len()).unwrap_or(u32::MAX).max(1);
        let conversions = f64::from(outcome.conversions) / f64::from(count);
        for (&channel, part) in path.touches.iter().zip(equal_parts(outcome.value_minor, count)) {
            self.give(channel, conversions, part);
        }
    }

    fn finish(self, paths: &Paths, sharing: Sharing) -> Result<Credits, AttributionError> {
        let overflow = AttributionError::new(AttributionErrorKind::Overflow);
        let minor = |value: i128| i64::try_from(value).map_err(|_| overflow.clone());
        let mut channels = Vec::with_capacity(self.value.len());
        for ((name, conversions), value) in paths.names().iter().zip(self.conversions).zip(self.value) {
            channels.push(ChannelCredit {
                channel: name.clone(),
                conversions: unfixed(conversions),
                value_minor: minor(value)?,
            });
        }
        channels.sort_unstable_by(|a, b| a.channel.cmp(&b.channel));
        Ok(Credits { channels, none: none(self.none.0, minor(self.none.1)?), sharing })
    }
}

/// The bucket of conversions without a touch.
#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 conversions")]
pub(super) fn none(conversions: u64, value_minor: i64) -> ChannelCredit {
    ChannelCredit { channel: "(none)".into(), conversions: conversions as f64, value_minor }
}
