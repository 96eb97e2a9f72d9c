//! Expectation maximisation with fixed chances for strangers: two classes, pairs of one block, counted by pattern.

use super::matcher::NO_LEVEL;
use super::plausible;
use super::weights;

/// Pairs that agree in the same way.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SessionPattern {
    /// The level of each comparison that takes part; [`NO_LEVEL`] where none is true.
    pub(super) levels: Vec<u8>,
    /// What the rarity of the values adds, in bits.
    pub(super) rarity_bits: f64,
    /// How many pairs.
    pub(super) pairs: f64,
}

/// A comparison that takes part.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct SessionShape {
    /// Which levels say nothing.
    pub(super) null: Vec<bool>,
    /// How often strangers are of each level.
    pub(super) u: Vec<f64>,
    /// Which levels keep their `m`.
    pub(super) fixed: Vec<bool>,
}

/// Where a session starts, or where it came to.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Estimate {
    /// The share of the block's pairs that are of one person.
    pub(super) prior: f64,
    /// By comparison and level: how often pairs of one person are of it.
    pub(super) m: Vec<Vec<f64>>,
}

/// What a session found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Fit {
    /// The estimate. Levels that no pair of the block is of are at [`ABSENT`].
    pub(super) estimate: Estimate,
    /// By comparison and level: whether it says something and a pair of the block is of it.
    pub(super) seen: Vec<Vec<bool>>,
    /// How many iterations it took.
    pub(super) iterations: u32,
    /// Whether the last one changed no number by the limit or more.
    pub(super) converged: bool,
}

/// What a level counts as that no pair of the block is of.
pub(super) const ABSENT: f64 = 1e-6;

/// A zero for every level of every comparison.
fn zeros(shapes: &[SessionShape]) -> Vec<Vec<f64>> {
    shapes.iter().map(|shape| vec![0.0; shape.null.len()]).collect()
}

/// Adds to the level of each comparison that says something.
fn count(into: &mut [Vec<f64>], shapes: &[SessionShape], levels: &[u8], many: f64) {
    for ((cells, shape), level) in into.iter_mut().zip(shapes).zip(levels) {
        let level = usize::from(*level);
        if shape.null.get(level) == Some(&false)
            && let Some(cell) = cells.get_mut(level)
        {
            *cell += many;
        }
    }
}

/// What each level says, in bits; 0 for null levels.
pub(super) fn level_bits(shapes: &[SessionShape], m: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let of = |(shape, m): (&SessionShape, &Vec<f64>)| {
        let levels = m.iter().zip(&shape.u).zip(&shape.null);
        levels.map(|((m, u), null)| if *null { 0.0 } else { weights::level_weight(*m, *u) }).collect()
    };
    shapes.iter().zip(m).map(of).collect()
}

/// Finds how often pairs of one person are of each level, given how often strangers are.
///
/// Each iteration takes the probability of each pattern under the numbers so far, then the shares that those
/// probabilities give. It ends when neither `m` nor the prior changes by `convergence` or after so many `iterations`.
///
/// # Complexity
/// Linear in the patterns times the comparisons, for each iteration.
pub(super) fn expectation_maximisation(
    patterns: &[SessionPattern],
    shapes: &[SessionShape],
    start: &Estimate,
    (iterations, convergence): (u32, f64),
) -> Fit {
    let mut pairs_of_level = zeros(shapes);
    patterns.iter().for_each(|one| count(&mut pairs_of_level, shapes, &one.levels, one.pairs));
    let seen = pairs_of_level.iter().map(|pairs| pairs.iter().map(|pairs| *pairs > 0.0).collect()).collect();
    let pairs: f64 = patterns.iter().map(|pattern| pattern.pairs).sum();
    let mut fit = Fit { estimate: start.clone(), seen, iterations: 0, converged: false };
    while fit.iterations < iterations && !fit.converged {
        let bits = level_bits(shapes, &fit.estimate.m);
        let prior_bits = weights::prior_weight(fit.estimate.prior);
        let mut matches = zeros(shapes);
        let mut matched = 0.0;
        for pattern in patterns {
            let mut weight = prior_bits + pattern.rarity_bits;
            for (bits, level) in bits.iter().zip(&pattern.levels).filter(|(_, level)| **level != NO_LEVEL) {
                weight += bits.get(usize::from(*level)).copied().unwrap_or(0.0);
            }
            let many = pattern.pairs * weights::probability(weight);
            matched += many;
            count(&mut matches, shapes, &pattern.levels, many);
        }
        let prior = if pairs > 0.0 { matched / pairs } else { fit.estimate.prior };
        let mut change = (prior - fit.estimate.prior).abs();
        let mut m = Vec::with_capacity(shapes.len());
        for (((shape, matches), before), seen) in
            shapes.iter().zip(&matches).zip(&fit.estimate.m).zip(&fit.seen)
        {
            let all: f64 = matches.iter().sum();
            let mut after = before.clone();
            let speaking = after.iter_mut().zip(&shape.null).zip(&shape.fixed);
            for (((m, null), fixed), (many, seen)) in speaking.zip(matches.iter().zip(seen)) {
                if !*null && !*fixed && all > 0.0 {
                    *m = if *seen { many / all } else { ABSENT };
                }
            }
            change = after.iter().zip(before).map(|(a, b)| (a - b).abs()).fold(change, f64::max);
            m.push(after);
        }
        fit.estimate = Estimate { prior, m };
        fit.iterations += 1;
        fit.converged = change < convergence;
    }
    fit
}

/// Whether the class of one person is that of strangers; gives the comparison that says so loudest.
pub(super) fn swapped(shapes: &[SessionShape], fit: &Fit) -> Option<usize> {
    let bits = level_bits(shapes, &fit.estimate.m);
    let spans = bits.iter().zip(shapes).zip(&fit.seen).map(|((bits, shape), seen)| {
        let levels = bits.iter().zip(seen).zip(&shape.null).filter(|(_, null)| !**null);
        plausible::span(levels.map(|((bits, seen), _)| (*bits, *seen)))
    });
    plausible::swapped(&spans.collect::<Vec<f64>>())
}

#[cfg(test)]
#[path = "session_em_tests.rs"]
mod tests;
