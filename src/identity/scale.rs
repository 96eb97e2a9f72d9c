//! What a match weight counts, in fixed point: sums are exact, so no order of adding can be seen in them.

use super::evidence::MatchWeight;
use super::policy::{MOST_BITS, MatchLinkage, Rules};

/// How many units a bit has: 2^24.
const UNITS: f64 = 16_777_216.0;

/// The units nearest to so many bits.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a cast from floating point stops at the largest integer"
)]
const fn units(bits: f64) -> i64 {
    (bits * UNITS).round() as i64
}

/// The threshold and the clip of the rules.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    threshold: i64,
    /// What the strongest pair against counts: always less than the threshold.
    floor: i64,
    ceiling: i64,
    linkage: MatchLinkage,
}

impl Scale {
    pub(super) fn of(rules: &Rules) -> Self {
        let most = units(MOST_BITS);
        let limited = |bits: f64| units(bits).clamp(-most, most);
        let bits = rules.match_threshold_bits;
        // Of rules that were not validated: what cannot be compared is never reached.
        let threshold = if bits.is_nan() { i64::MAX } else { units(bits).clamp(-most, most + 1) };
        Self {
            threshold,
            floor: limited(-rules.match_clip.low).min(threshold - 1),
            ceiling: limited(rules.match_clip.high),
            linkage: rules.match_linkage,
        }
    }

    /// Whether clusters join by the mean of the weights between them.
    pub(super) fn by_mean(&self) -> bool {
        self.linkage == MatchLinkage::Mean
    }

    /// Whether the weight alone reaches the threshold. Then what it counts does too, and conversely.
    pub(super) const fn links(&self, weight: f64) -> bool {
        self.threshold <= self.ceiling && units(weight) >= self.threshold
    }

    /// What the weight counts in a sum.
    pub(super) fn counted(&self, weight: f64) -> i64 {
        units(weight).min(self.ceiling).max(self.floor)
    }

    /// The sum of what the weights count, and their number.
    pub(super) fn sum(&self, weights: impl Iterator<Item = f64>) -> (i64, u32) {
        weights.fold((0, 0), |(sum, count), weight| (sum + self.counted(weight), count + 1))
    }

    /// Whether the mean of so many weights reaches the threshold.
    pub(super) fn reaches(&self, sum: i64, count: u32) -> bool {
        count > 0 && i128::from(sum) >= i128::from(self.threshold) * i128::from(count)
    }
}

/// The mean of so many weights with this sum.
#[expect(clippy::cast_precision_loss, reason = "a figure to look at")]
pub(super) fn mean(sum: i64, count: u32) -> MatchWeight {
    MatchWeight(sum as f64 / UNITS / f64::from(count))
}

#[cfg(test)]
mod tests {
    use super::super::policy::MatchClip;
    use super::*;

    #[test]
    fn a_weight_links_exactly_when_what_it_counts_reaches_the_threshold() {
        let thresholds = [-4.0, -3.0, 0.0, 1.0, 1.000_000_01, 10.0, 11.0, 200.0, f64::NAN, f64::INFINITY];
        let weights = [f64::NEG_INFINITY, -1e300, -3.0, -1.0, 0.0, 1.0, 1.000_000_02, 9.9, 10.0, 1e300];
        for threshold in thresholds {
            let rules = Rules { match_threshold_bits: threshold, ..Rules::retail() };
            let scale = Scale::of(&rules);
            for weight in weights {
                let alone = scale.reaches(scale.counted(weight), 1);
                assert_eq!(scale.links(weight), alone, "{threshold} {weight}");
                assert!(!alone || weight >= threshold - 1e-7, "{threshold} {weight}");
            }
        }
        let rules = Rules { match_clip: MatchClip { low: f64::NAN, high: f64::NAN }, ..Rules::retail() };
        assert!(!Scale::of(&rules).links(50.0));
    }

    #[test]
    fn the_clip_bounds_both_sides() {
        let scale = Scale::of(&Rules::retail());
        assert_eq!(mean(scale.counted(-40.0) + scale.counted(40.0), 2), MatchWeight(3.5));
        assert_eq!(mean(scale.counted(-2.5), 1), MatchWeight(-2.5));
    }
}
