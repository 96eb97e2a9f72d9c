//! The rate game: a set of channels is worth how often the journeys inside it convert.

use serde::{Deserialize, Serialize};

use super::additive::Distinct;
use crate::journey::attribution::{AttributionError, AttributionErrorKind};
use crate::journey::paths::Paths;
use crate::journey::touchpoint::share;

/// Up to so many channels the rate game is solved exactly.
pub const MAX_EXACT_CHANNELS: usize = 20;

/// What one channel adds to the rate of conversions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateValue {
    /// The channel.
    pub channel: Box<str>,
    /// What it adds, as a probability; negative if journeys convert less often where it takes part.
    pub value: f64,
    /// The value's standard error; 0 if it is exact.
    pub standard_error: f64,
}

/// The Shapley values of the rate game.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateShapley {
    /// By name of the channel. They sum to the rate of all journeys.
    pub values: Vec<RateValue>,
    /// The rate of all journeys with touches.
    pub rate: f64,
    /// How many orders were sampled; 0 if the values are exact.
    pub samples: u32,
    /// No value is further off than this, with the confidence asked for; 0 if the values are exact.
    pub error_bound: f64,
}

/// The Shapley value of each channel when a set of channels is worth the share of converting journeys among those whose
/// channels all lie in it (0 if there are none). Journeys without touches do not count.
///
/// The game gives rates only. They can be negative, and so are no shares of conversions or of value: for those take
/// [`shapley`](super::shapley).
///
/// Exact: sums over subsets by the transform of Yates, then Shapley's formula (1953).
///
/// # Errors
/// [`AttributionErrorKind::TooManyChannels`] over [`MAX_EXACT_CHANNELS`]; see
/// [`shapley_rate_sampled`](super::shapley_rate_sampled).
///
/// # Complexity
/// O(n) for n touches and O(c 2^c) for c channels; 24 bytes times 2^c.
///
/// ```
/// use throughline::journey::attribution::shapley_rate;
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search"], Outcome::lost())?;
/// paths.push(["search", "email"], Outcome::won(100))?;
/// let game = shapley_rate(&paths)?;
/// let values: Vec<f64> = game.values.iter().map(|one| one.value).collect();
/// assert_eq!((values, game.rate), (vec![0.25, 0.25], 0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shapley_rate(paths: &Paths) -> Result<RateShapley, AttributionError> {
    let (by_rank, ranks) = paths.ranks();
    let channels = by_rank.len();
    if channels > MAX_EXACT_CHANNELS {
        return Err(AttributionError::new(AttributionErrorKind::TooManyChannels));
    }
    let mut inside = vec![(0_u64, 0_u64); 1 << channels];
    let mut distinct = Distinct::new(channels);
    for path in paths.iter().filter(|path| !path.is_empty()) {
        let bits = distinct.of(&path).iter().filter_map(|&channel| ranks.get(usize::from(channel)));
        let set = bits.fold(0_usize, |set, &rank| set | (1 << rank));
        if let Some(sum) = inside.get_mut(set) {
            sum.0 += u64::from(path.outcome().conversions);
            sum.1 += path.outcome().journeys();
        }
    }
    sum_over_subsets(&mut inside);
    let worth: Vec<f64> = inside.iter().map(|&(won, all)| share(won, all)).collect();
    let weights = weights(channels);
    let mut values = vec![0.0; channels];
    for (set, &worth) in worth.iter().enumerate() {
        let size = usize::try_from(set.count_ones()).unwrap_or(0);
        // The set is what the channel adds to, or what it has been added to.
        let with =
            size.checked_sub(1).and_then(|size| weights.get(size)).map_or(0.0, |weight| weight * worth);
        let without = weights.get(size).map_or(0.0, |weight| weight * worth);
        for (channel, value) in values.iter_mut().enumerate() {
            *value += if set & (1 << channel) == 0 { -without } else { with };
        }
    }
    let name = |number: u16| paths.names().get(usize::from(number)).cloned().unwrap_or_default();
    Ok(RateShapley {
        values: by_rank
            .iter()
            .zip(values)
            .map(|(&number, value)| RateValue { channel: name(number), value, standard_error: 0.0 })
            .collect(),
        rate: worth.last().copied().unwrap_or(0.0),
        samples: 0,
        error_bound: 0.0,
    })
}

/// `|S|! (n - |S| - 1)! / n!` by the size of `S`.
fn weights(channels: usize) -> Vec<f64> {
    let mut weights = Vec::with_capacity(channels);
    // 1 / (n * C(n - 1, size)), all floats here being exact integers.
    let mut ways = 1.0;
    let channels = u32::try_from(channels).unwrap_or(0);
    for size in 0..channels {
        weights.push(1.0 / (f64::from(channels) * ways));
        ways = ways * f64::from(channels - 1 - size) / f64::from(size + 1);
    }
    weights
}

/// Adds to every set what its subsets hold.
fn sum_over_subsets(sums: &mut [(u64, u64)]) {
    let mut half = 1;
    while half < sums.len() {
        for block in sums.chunks_exact_mut(2 * half) {
            let (without, with) = block.split_at_mut(half);
            for (with, without) in with.iter_mut().zip(without) {
                with.0 += without.0;
                with.1 += without.1;
            }
        }
        half *= 2;
    }
}
