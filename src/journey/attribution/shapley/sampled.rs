//! The rate game for more channels than can be solved exactly: a sample of the orders in which channels join.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::additive::Distinct;
use super::rate::{RateShapley, RateValue};
use crate::hash::Draws;
use crate::journey::attribution::{AttributionError, AttributionErrorKind};
use crate::journey::paths::Paths;
use crate::journey::touchpoint::share;

/// How to sample.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SamplingSettings {
    /// How many orders are drawn.
    pub samples: u32,
    /// The same seed draws the same orders, on every machine.
    pub seed: u64,
    /// With which probability no value may be off by more than the bound.
    pub confidence: f64,
}

impl Default for SamplingSettings {
    /// 10,000 orders, seed 0, 0.95.
    fn default() -> Self {
        Self { samples: 10_000, seed: 0, confidence: 0.95 }
    }
}

/// The Shapley values of the [rate game](super::shapley_rate) from a sample of orders, for any number of channels.
///
/// Each value is the mean of what the channel adds when it joins those before it in a random order. The values sum to
/// the rate exactly. The stated bound holds for all values at once (Hoeffding's inequality and a union bound: each
/// addition is in -1..=1), `sqrt(2 ln(2 c / (1 - confidence)) / samples)`; the standard errors are usually far smaller.
/// Source: Castro, Gómez and Tejada, *Polynomial calculation of the Shapley value based on sampling* (2009).
///
/// # Errors
/// [`AttributionErrorKind::InvalidSampling`].
///
/// # Complexity
/// O(n) for n touches, and for each sample O(d) where d is the size of all different sets of channels on paths together.
///
/// ```
/// use throughline::journey::attribution::{SamplingSettings, shapley_rate_sampled};
/// use throughline::journey::paths::{Outcome, Paths};
/// let mut paths = Paths::new();
/// paths.push(["search"], Outcome::lost())?;
/// paths.push(["search", "email"], Outcome::won(100))?;
/// let game = shapley_rate_sampled(&paths, &SamplingSettings::default())?;
/// assert!(game.values.iter().all(|one| (one.value - 0.25).abs() < game.error_bound));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn shapley_rate_sampled(
    paths: &Paths,
    settings: &SamplingSettings,
) -> Result<RateShapley, AttributionError> {
    // A confidence that is not a number is outside, too.
    let confident = settings.confidence > 0.0 && settings.confidence < 1.0;
    if settings.samples == 0 || !confident {
        return Err(AttributionError::new(AttributionErrorKind::InvalidSampling));
    }
    let (by_rank, _) = paths.ranks();
    let channels = by_rank.len();
    let sets = sets(paths);
    let samples = f64::from(settings.samples);
    let mut random = Draws(settings.seed);
    let mut order: Vec<usize> = (0..channels).collect();
    let mut place_of = vec![0_usize; channels];
    let mut joined = vec![(0_u64, 0_u64); channels];
    let mut sums = vec![(0.0, 0.0); channels];
    for _ in 0..settings.samples {
        random.shuffle(&mut order);
        for (place, &channel) in order.iter().enumerate() {
            if let Some(slot) = place_of.get_mut(channel) {
                *slot = place;
            }
        }
        // A set of channels is complete when the last of them has joined.
        joined.fill((0, 0));
        for (set, conversions, journeys) in &sets {
            let places = set.iter().filter_map(|&rank| place_of.get(usize::from(rank)));
            if let Some(slot) = places.max().and_then(|&last| joined.get_mut(last)) {
                slot.0 += conversions;
                slot.1 += journeys;
            }
        }
        let (mut inside, mut before) = ((0, 0), 0.0);
        for (&channel, &(conversions, journeys)) in order.iter().zip(&joined) {
            inside = (inside.0 + conversions, inside.1 + journeys);
            let now = share(inside.0, inside.1);
            if let Some((sum, squares)) = sums.get_mut(channel) {
                *sum += now - before;
                *squares += (now - before) * (now - before);
            }
            before = now;
        }
    }
    let all = sets.iter().fold((0, 0), |sum, set| (sum.0 + set.1, sum.1 + set.2));
    let values = by_rank.iter().zip(sums).map(|(&number, (sum, squares))| {
        let mean: f64 = sum / samples;
        let variance = (squares / samples - mean * mean).max(0.0);
        RateValue {
            channel: paths.names().get(usize::from(number)).cloned().unwrap_or_default(),
            value: mean,
            standard_error: (variance / (samples - 1.0).max(1.0)).sqrt(),
        }
    });
    let doubt =
        f64::from(u32::try_from(channels).unwrap_or(u32::MAX).max(1)) * 2.0 / (1.0 - settings.confidence);
    Ok(RateShapley {
        values: values.collect(),
        rate: share(all.0, all.1),
        samples: settings.samples,
        error_bound: (2.0 * doubt.ln() / samples).sqrt(),
    })
}

/// The different sets of channels (by rank, ascending) on paths with their conversions and journeys, in a total order.
fn sets(paths: &Paths) -> Vec<(Vec<u16>, u64, u64)> {
    let (by_rank, ranks) = paths.ranks();
    let mut counts: HashMap<Vec<u16>, (u64, u64)> = HashMap::new();
    let mut distinct = Distinct::new(by_rank.len());
    let mut set = Vec::new();
    for path in paths.iter().filter(|path| !path.is_empty()) {
        set.clear();
        let channels = distinct.of(&path).iter();
        set.extend(channels.filter_map(|&channel| ranks.get(usize::from(channel)).copied()));
        set.sort_unstable();
        let (conversions, journeys) = (u64::from(path.outcome().conversions), path.outcome().journeys());
        if let Some(sum) = counts.get_mut(&set) {
            *sum = (sum.0 + conversions, sum.1 + journeys);
        } else {
            counts.insert(set.clone(), (conversions, journeys));
        }
    }
    let mut sets: Vec<_> =
        counts.into_iter().map(|(set, (conversions, journeys))| (set, conversions, journeys)).collect();
    sets.sort_unstable();
    sets
}
