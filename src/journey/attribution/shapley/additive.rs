//! The additive game: a set of channels is worth what the paths inside it earned.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::journey::attribution::credit::{Credits, earning, equal_parts, fixed, unfixed};
use crate::journey::attribution::shared::{Shares, Totals, credits};
use crate::journey::attribution::{AttributionError, AttributionErrorKind};
use crate::journey::paths::{Path, Paths};
use crate::reason::Reason;

/// What one channel is worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapleyValue {
    /// The channel.
    pub channel: Box<str>,
    /// In conversions.
    pub conversions: f64,
    /// In minor units, refunds taken off, before the money rule.
    pub value: f64,
    /// For each number of channels on a path: the conversions of the paths with the channel and that many channels.
    pub conversions_by_channels: BTreeMap<u32, u64>,
}

/// The Shapley values of the additive game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shapley {
    /// By name of the channel.
    pub values: Vec<ShapleyValue>,
    /// The same under the money rule.
    pub credits: Credits,
}

/// The Shapley value of each channel when a set of channels is worth what the paths inside it earned:
/// `sum of R(T) / |T|` over the sets `T` of channels of paths with the channel, where `R` is what those paths earned.
///
/// Exact for any number of channels. Source: Shapley, *A value for n-person games* (1953); Zhao, Mahboobi and Bagheri,
/// *Shapley value methods for attribution modeling in online advertising* (2018), where this game is reduced to the sum.
///
/// # Errors
/// [`AttributionErrorKind::Overflow`](crate::journey::attribution::AttributionErrorKind::Overflow).
///
/// # Complexity
/// O(n) for n touches: neither subsets nor a limit of channels.
///
/// ```
/// use throughline::journey::attribution::shapley;
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search", "email", "search"], Outcome::won(100))?;
/// paths.push(["email"], Outcome::won(10))?;
/// let fair = shapley(&paths)?;
/// assert_eq!((fair.credits.value_of("email"), fair.credits.value_of("search")), (Some(60), Some(50)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shapley(paths: &Paths) -> Result<Shapley, AttributionError> {
    /// Conversions, sales and refunds of paths with so many channels.
    type Sums = (u64, i128, i128);
    let channels = paths.names().len();
    // By channel, and by the number of channels on the path, from 1.
    let mut sums: Vec<Vec<Sums>> = vec![Vec::new(); channels];
    let mut distinct = Distinct::new(channels);
    for path in paths.iter() {
        let outcome = path.outcome();
        if outcome.conversions == 0 && outcome.value_minor == 0 {
            continue;
        }
        let set = distinct.of(&path);
        let value = i128::from(outcome.value_minor);
        for &channel in set {
            let Some(by_size) = sums.get_mut(usize::from(channel)) else { continue };
            if by_size.len() < set.len() {
                by_size.resize(set.len(), (0, 0, 0));
            }
            if let Some(sum) = by_size.get_mut(set.len() - 1) {
                sum.0 += u64::from(outcome.conversions);
                sum.1 += value.max(0);
                sum.2 += value.max(0) - value;
            }
        }
    }
    let (by_rank, _) = paths.ranks();
    let sold = sums.iter().flatten().any(|sum| sum.1 > 0);
    let mut shares = Shares::default();
    let mut values = Vec::with_capacity(channels);
    for number in by_rank {
        let by_size = sums.get(usize::from(number)).map(Vec::as_slice).unwrap_or_default();
        let sum = |of: fn(&Sums) -> i128| total(by_size.iter().map(of));
        let (conversions, sales, refunds) =
            (sum(|sum| i128::from(sum.0)), sum(|sum| sum.1), sum(|sum| sum.2));
        let channel = paths.names().get(usize::from(number)).cloned().unwrap_or_default();
        shares.push(channel.clone(), conversions, if sold { sales } else { refunds });
        let sizes = (1_u32..).zip(by_size).filter(|(_, sum)| sum.0 > 0);
        values.push(ShapleyValue {
            channel,
            conversions,
            value: sales - refunds,
            conversions_by_channels: sizes.map(|(size, sum)| (size, sum.0)).collect(),
        });
    }
    Ok(Shapley { values, credits: credits(shares, &Totals::of(paths))? })
}

#[expect(clippy::cast_precision_loss, reason = "the answer is a float")]
fn total(by_size: impl Iterator<Item = i128>) -> f64 {
    by_size.zip(1_u32..).map(|(sum, size)| sum as f64 / f64::from(size)).sum()
}

impl Shapley {
    /// Why a channel is worth what it is: for each number of channels on a path one reason `shared_paths`, whose
    /// evidence is the channel and that number (`channels:3`) and whose weight is what it got of their conversions; then
    /// `value` with what it is worth, and `rounding` with what the money rule added to that, both in minor units. Empty for an
    /// unknown channel.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 conversions and minor units")]
    pub fn explain(&self, channel: &str) -> Vec<Reason> {
        let place = self.values.binary_search_by(|value| (*value.channel).cmp(channel)).ok();
        let Some(value) = place.and_then(|place| self.values.get(place)) else { return Vec::new() };
        let sizes = value.conversions_by_channels.iter().map(|(size, conversions)| {
            let reason = Reason::new("shared_paths").evidence(channel).evidence(format!("channels:{size}"));
            reason.weight(*conversions as f64 / f64::from(*size))
        });
        let money = |rule: &'static str, minor: f64| Reason::new(rule).evidence(channel).weight(minor);
        let given = self.credits.value_of(channel).map(|given| money("rounding", given as f64 - value.value));
        sizes.chain([money("value", value.value)]).chain(given).collect()
    }
}

/// The set of a path's channels.
pub(super) struct Distinct {
    seen: Vec<u64>,
    path: u64,
    set: Vec<u16>,
}

impl Distinct {
    pub(super) fn new(channels: usize) -> Self {
        Self { seen: vec![0; channels], path: 0, set: Vec::new() }
    }

    /// In the order of first appearance.
    pub(super) fn of(&mut self, path: &Path<'_>) -> &[u16] {
        self.path += 1;
        self.set.clear();
        for &channel in path.touches {
            if let Some(seen) = self.seen.get_mut(usize::from(channel))
                && std::mem::replace(seen, self.path) != self.path
            {
                self.set.push(channel);
            }
        }
        &self.set
    }
}

/// What a channel is worth at one place of the paths.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Position {
    /// The channel.
    pub channel: Box<str>,
    /// The place in the path, from 1, equal neighbours counted once.
    pub position: u32,
    /// The conversions that it is worth there.
    pub conversions: f64,
    /// And the value, in minor units, refunds taken off.
    pub value_minor: i64,
}

impl fmt::Debug for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}@{}: {}, {}", self.channel, self.position, self.conversions, self.value_minor)
    }
}

/// The additive game played by places: the worth of a path is shared equally by the places of the path with equal
/// neighbours collapsed, value by the money rule: a path's minor units that are over go to its earlier places, and a refund
/// takes back from each place what the sale gave. Summed over places it is the linear rule on collapsed paths, to the minor
/// unit. By channel, then place; those without conversions and value are left out, and so are paths without touches, which
/// have no place ([`Credits::none`] has them). Source: Zhao, Mahboobi and Bagheri (2018), the ordered Shapley value.
///
/// # Errors
/// [`AttributionErrorKind::Overflow`].
///
/// # Complexity
/// O(n log n) for n touches.
///
/// ```
/// use throughline::journey::attribution::shapley_ordered;
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["web", "web", "till"], Outcome::won(100))?;
/// let places = shapley_ordered(&paths)?;
/// let told: Vec<_> = places.iter().map(|one| (&*one.channel, one.position, one.value_minor)).collect();
/// assert_eq!(told, [("till", 2, 50), ("web", 1, 50)]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shapley_ordered(paths: &Paths) -> Result<Vec<Position>, AttributionError> {
    let mut sums: BTreeMap<(u16, u32), (i128, i128)> = BTreeMap::new();
    let (by_rank, ranks) = paths.ranks();
    let mut collapsed = Vec::new();
    for path in earning(paths) {
        let outcome = path.outcome();
        collapsed.clear();
        collapsed.extend_from_slice(path.touches);
        collapsed.dedup();
        let places = u32::try_from(collapsed.len()).unwrap_or(u32::MAX);
        let part = fixed(f64::from(outcome.conversions) / f64::from(places.max(1)));
        for ((&channel, position), value) in
            collapsed.iter().zip(1..).zip(equal_parts(outcome.value_minor, places))
        {
            let rank = ranks.get(usize::from(channel)).copied().unwrap_or(0);
            let sum = sums.entry((rank, position)).or_insert((0, 0));
            *sum = (sum.0 + part, sum.1 + i128::from(value));
        }
    }
    let name = |rank: u16| {
        let number = by_rank.get(usize::from(rank)).copied().unwrap_or(0);
        paths.names().get(usize::from(number)).cloned().unwrap_or_default()
    };
    let mut positions = Vec::with_capacity(sums.len());
    for ((rank, position), (conversions, value)) in sums.into_iter().filter(|(_, sum)| *sum != (0, 0)) {
        let value_minor =
            i64::try_from(value).map_err(|_| AttributionError::new(AttributionErrorKind::Overflow))?;
        positions.push(Position {
            channel: name(rank),
            position,
            conversions: unfixed(conversions),
            value_minor,
        });
    }
    Ok(positions)
}
