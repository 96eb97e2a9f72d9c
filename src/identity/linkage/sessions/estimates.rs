//! What pairs say of how often the records of one person, and of strangers, are of each level.

use super::super::matcher::{Levels, level_of};
use super::super::model::{Comparison, Model};
use super::super::pair_tally::Tally;
use super::many;

/// A level of which a probability could not be estimated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnseenLevel {
    /// The name of the comparison.
    pub comparison: String,
    /// The name of the level.
    pub level: String,
    /// Which probability.
    pub probability: Estimated,
}

/// A probability that training estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Estimated {
    /// How often records of one person are of the level: no session and no label showed it.
    M,
    /// How often strangers are: no drawn pair showed it.
    U,
}

/// By comparison and level: its share of the pairs of which the comparison says something; nothing where no pair is of
/// it.
pub(super) fn shares(model: &Model, found: &Tally<Levels>) -> Vec<Vec<Option<f64>>> {
    let found: Vec<(Levels, f64)> = found.iter().map(|(levels, pairs)| (*levels, many(*pairs))).collect();
    weighted_shares(model, &found)
}

pub(super) fn weighted_shares(model: &Model, found: &[(Levels, f64)]) -> Vec<Vec<Option<f64>>> {
    let of = |(at, comparison): (usize, &Comparison)| {
        let mut counts = vec![0.0; comparison.levels.len()];
        for (levels, pairs) in found {
            let level = usize::from(level_of(*levels, at));
            if comparison.levels.get(level).is_some_and(|level| !level.null)
                && let Some(count) = counts.get_mut(level)
            {
                *count += pairs;
            }
        }
        let all: f64 = counts.iter().sum();
        counts.into_iter().map(|count| (count > 0.0).then(|| count / all)).collect()
    };
    model.comparisons.iter().enumerate().map(of).collect()
}

/// Sets how often strangers are of each level, from pairs drawn at random.
pub(super) fn set_u(model: &mut Model, sample: &[(Levels, f64)], unseen: &mut Vec<UnseenLevel>) {
    let shares = weighted_shares(model, sample);
    for (comparison, shares) in model.comparisons.iter_mut().zip(shares) {
        for (level, share) in comparison.levels.iter_mut().zip(shares) {
            level.household = None;
            if level.null || level.fixed_u {
                continue;
            }
            match share {
                Some(share) => {
                    level.u = Some(share);
                    if let Some(adjustment) =
                        level.term_frequency.as_mut().filter(|found| found.people_by.is_some())
                    {
                        adjustment.minimum = share;
                    }
                }
                None => unseen.push(UnseenLevel {
                    comparison: comparison.name.clone(),
                    level: level.name.clone(),
                    probability: Estimated::U,
                }),
            }
        }
    }
}

/// Sets `m` to the median of all that is said of it.
pub(super) fn set_m(model: &mut Model, estimates: Vec<Vec<Vec<f64>>>, unseen: &mut Vec<UnseenLevel>) {
    for (comparison, estimates) in model.comparisons.iter_mut().zip(estimates) {
        for (level, mut estimates) in comparison.levels.iter_mut().zip(estimates) {
            if level.null || level.fixed_m {
                continue;
            }
            match median(&mut estimates) {
                Some(m) => level.m = Some(m),
                None => unseen.push(UnseenLevel {
                    comparison: comparison.name.clone(),
                    level: level.name.clone(),
                    probability: Estimated::M,
                }),
            }
        }
    }
}

/// The middle one; of an even number the mean of the middle two.
pub(super) fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let upper = numbers.get(numbers.len() / 2)?;
    if numbers.len() % 2 == 1 {
        return Some(*upper);
    }
    numbers.get(numbers.len() / 2 - 1).map(|lower| f64::midpoint(*lower, *upper))
}
