//! What a level says, in bits.
//!
//! I. P. Fellegi and A. B. Sunter, "A Theory for Record Linkage" (1969); the values that stand in for untrained ones
//! are those of Splink.

use super::model::Level;

/// No probability counts as less.
const FLOOR: f64 = 1e-300;

/// `log2(m / u)`, with both at least 1e-300.
pub(crate) fn level_weight(m: f64, u: f64) -> f64 {
    (m.max(FLOOR) / u.max(FLOOR)).log2()
}

/// `log2(λ / (1 - λ))`, finite for 0 and 1.
pub(crate) fn prior_weight(prior: f64) -> f64 {
    (prior.max(FLOOR) / (1.0 - prior).max(FLOOR)).log2()
}

/// The probability that a weight in bits stands for: `1 / (1 + 2^-weight)`.
///
/// ```
/// use throughline::identity::linkage::probability;
/// assert_eq!(probability(0.0), 0.5);
/// assert!(probability(10.0) > 0.999);
/// ```
#[must_use]
pub fn probability(weight_bits: f64) -> f64 {
    1.0 / (1.0 + (-weight_bits).exp2())
}

/// The `m` and `u` of each level that is not null, in order; a missing one takes its own default:
/// `m` 0.95 for the first and the rest shared equally; `u` the default `m` over `2^w`, `w` 10 for the first and, over
/// the others, equally spaced from 3 down to -5.
pub(crate) fn filled(levels: &[Level]) -> Vec<(f64, f64)> {
    let count = levels.iter().filter(|level| !level.null).count();
    let speaking = levels.iter().filter(|level| !level.null).enumerate();
    speaking
        .map(|(at, level)| {
            let (m, u) = defaults(at, count);
            (level.m.unwrap_or(m), level.u.unwrap_or(u))
        })
        .collect()
}

/// The defaults of the level at a place, from the top, among so many.
#[expect(clippy::cast_precision_loss, reason = "levels are few")]
fn defaults(at: usize, count: usize) -> (f64, f64) {
    if count <= 1 {
        return (1.0, 1.0);
    }
    let lower = count - 1;
    let m = if at == 0 { 0.95 } else { (1.0 - 0.95) / lower as f64 };
    let weight = match (at, lower) {
        (0, _) => 10.0,
        (_, 1) => -5.0,
        _ => -5.0 + 8.0 * (count - 1 - at) as f64 / (lower - 1) as f64,
    };
    (m, m / weight.exp2())
}

/// The term frequency adjustment in bits of a pair of values: `weight * (log2(exact u) - log2(max(left, right,
/// minimum)))`, given each frequency in bits ([`bits`]) and at least the minimum. A value without a frequency is as
/// frequent as the other one; without both, 0.
pub(crate) fn rarity_weight(exact_u_bits: f64, weight: f64, left: Option<f64>, right: Option<f64>) -> f64 {
    let Some(either) = left.or(right) else { return 0.0 };
    weight * (exact_u_bits - left.unwrap_or(either).max(right.unwrap_or(either)))
}

/// `log2` of a probability of at least 1e-300.
pub(crate) fn bits(probability: f64) -> f64 {
    probability.max(FLOOR).log2()
}

/// The bits taken off because the pair may be two people of one household: `-log2(1 + odds)`, where the odds are
/// those of a household pair against an unrelated pair, in bits. Never above 0.
pub(crate) fn household_weight(odds_bits: f64) -> f64 {
    // log2(1 + 2^x), without overflow for large x.
    let positive = odds_bits.max(0.0);
    -(positive + (1.0 + (-odds_bits.abs()).exp2()).log2())
}

#[cfg(test)]
mod tests {
    use super::super::condition::Condition;
    use super::*;

    fn level(null: bool) -> Level {
        Level { null, ..Level::new("level", Condition::Else) }
    }

    #[test]
    fn untrained_levels_take_the_defaults_of_splink() {
        let weights = |count: usize| -> Vec<f64> {
            let mut levels = vec![level(true)];
            levels.extend((0..count).map(|_| level(false)));
            filled(&levels).into_iter().map(|(m, u)| level_weight(m, u)).collect()
        };
        let near = |found: Vec<f64>, wanted: &[f64]| {
            assert_eq!(found.len(), wanted.len());
            for (found, wanted) in found.iter().zip(wanted) {
                assert!((found - wanted).abs() < 1e-12, "{found} {wanted}");
            }
        };
        near(weights(1), &[0.0]);
        near(weights(2), &[10.0, -5.0]);
        near(weights(3), &[10.0, 3.0, -5.0]);
        near(weights(5), &[10.0, 3.0, 3.0 - 8.0 / 3.0, 3.0 - 16.0 / 3.0, -5.0]);
        let mut levels = vec![level(false), level(false), level(false)];
        levels[0].m = Some(0.5);
        let found = filled(&levels);
        assert_eq!(found[0], (0.5, 0.95 / 1024.0)); // the default u follows the default m, not the trained one
        assert!((found[1].0 - 0.025).abs() < 1e-15 && (found[1].1 - 0.025 / 8.0).abs() < 1e-15);
    }

    #[test]
    fn weights_are_finite_at_the_edges() {
        assert!(level_weight(1.0, 0.0).is_finite() && level_weight(0.0, 1.0).is_finite());
        assert!(prior_weight(0.0).is_finite() && prior_weight(1.0).is_finite());
        assert_eq!(prior_weight(0.5), 0.0);
        assert_eq!((probability(2000.0), probability(-2000.0)), (1.0, 0.0));
    }

    #[test]
    fn rare_values_say_more() {
        let weighed = |weight, left: Option<f64>, right: Option<f64>| {
            rarity_weight(bits(0.25), weight, left.map(bits), right.map(bits))
        };
        let of = |left, right| weighed(1.0, left, right);
        assert_eq!(of(Some(0.125), Some(0.0625)), 1.0); // the larger one
        assert_eq!(of(Some(0.125), None), 1.0); // the other side's
        assert_eq!(of(None, Some(0.5)), -1.0);
        assert_eq!(of(None, None), 0.0);
        assert_eq!(weighed(0.5, Some(0.125), None), 0.5);
        assert!(of(Some(0.0), None).is_finite());
    }

    #[test]
    fn households_take_off_what_their_odds_say() {
        assert_eq!(household_weight(0.0), -1.0);
        for odds in [0.001, 0.5, 3.0, 1000.0_f64] {
            assert!((household_weight(odds.log2()) + (1.0 + odds).log2()).abs() < 1e-12);
        }
        assert_eq!(household_weight(5000.0), -5000.0);
        assert_eq!(household_weight(-5000.0), 0.0);
    }
}
