//! How many of what was counted are there when the customer arrives.

use serde::{Deserialize, Serialize};

use super::super::{StockError, StockErrorKind};
use super::{Count, CountSource};
use crate::time::{DateTime, Utc};

/// How sure a shop must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConfidenceRules {
    /// The units named are there in at least this part of all cases, in hundredths of a percent; under 10,000.
    pub sure: u16,
    /// What is assumed of a place before anything was picked there: so many units found ...
    pub assumed_found: u32,
    /// ... and so many not found. At least one, as no place is perfect.
    pub assumed_not_found: u32,
    /// Picks count up to so many; older ones fade, in proportion.
    pub picks_remembered: u32,
    /// A count that somebody made on the shelf counts as if it were only this part of its age, in hundredths of a percent.
    pub counted_age: u16,
}

impl Default for ConfidenceRules {
    fn default() -> Self {
        Self::retail()
    }
}

impl ConfidenceRules {
    /// Right nine times in ten; 97 of 100 units are found where nothing is known.
    #[must_use]
    pub const fn retail() -> Self {
        Self {
            sure: 9_000,
            assumed_found: 97,
            assumed_not_found: 3,
            picks_remembered: 500,
            counted_age: 10_000,
        }
    }

    /// Checks the settings.
    ///
    /// # Errors
    /// `InvalidSetting` for a `sure` of 10,000 or more, for nothing assumed, for more than a million assumed or remembered;
    /// `InvalidShare` for an age over 10,000.
    pub fn validate(&self) -> Result<(), StockError> {
        let most = 1_000_000;
        let counted = [self.assumed_found, self.assumed_not_found];
        if self.sure >= 10_000
            || counted.iter().any(|units| *units == 0 || *units > most)
            || self.picks_remembered > most
        {
            return Err(StockError::new(StockErrorKind::InvalidSetting));
        }
        if self.counted_age > 10_000 {
            return Err(StockError::new(StockErrorKind::InvalidShare));
        }
        Ok(())
    }
}

/// What is believed of a count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Estimate {
    /// How many are there, as surely as was asked for. Never more than were counted.
    pub sure: u32,
    /// How many may have left since the count, as surely.
    pub left: u32,
    /// How many of the rest may not be found, as surely.
    pub not_found: u32,
}

/// Beyond so many units the share that is found is taken from this many.
const MOST_EXACT: u32 = 2_000;
/// Beyond this mean (in millionths) the number that left is bounded by a formula.
const MOST_EXACT_MEAN: u128 = 10_000_000_000;
/// What the most likely number weighs in the sums.
const HEAVY: u128 = 1 << 60;

impl Count {
    /// How many are there at an instant, as surely as the rules ask for.
    ///
    /// Two things take units away. Each is allowed half of what may go wrong (Bonferroni's inequality), so the answer holds
    /// with the probability asked for whether or not they depend on one another; where nothing leaves, the other is allowed
    /// all of it:
    ///
    /// * *time*: what left since the count is Poisson with the mean of its daily rate times its age; the smallest number that
    ///   is not exceeded as surely;
    /// * *the shelf*: how many of the rest a picker finds is beta-binomial with the picks found and not found so far on top
    ///   of what the rules assume (Bayes's rule for a proportion); the largest number that is reached as surely.
    ///
    /// All in whole numbers: the weights of both distributions follow from one another by fractions, starting at the most
    /// likely number, so no logarithm or exponential is needed. Weights under 2^-60 of the greatest count as nothing. Means
    /// over 10,000 use `mean + 8 sqrt(mean)`, which is never too low; over 2,000 units the share that is found is that of
    /// 2,000.
    ///
    /// A count from the future (a clock that jumped) has no age.
    ///
    /// ```
    /// use throughline::stock::availability::{ConfidenceRules, Count};
    /// let rules = ConfidenceRules::retail();
    /// let morning = "2026-03-20T09:00:00Z".parse()?;
    /// let count = Count { leaves_per_day_milli: 1_500, ..Count::new(6, morning) };
    /// assert_eq!(count.estimate(morning, &rules).sure, 5);
    /// assert_eq!(count.estimate("2026-03-22T09:00:00Z".parse()?, &rules).sure, 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(min(units, 2,000) + the square root of the mean), at most some thousands of steps.
    #[must_use]
    pub fn estimate(&self, at: DateTime<Utc>, rules: &ConfidenceRules) -> Estimate {
        // Half of the error, in 20,000ths.
        let half = 10_000_u128.saturating_sub(u128::from(rules.sure)).max(1);
        let mean = self.mean_left(at, rules);
        let (left, error) = if mean == 0 { (0, 2 * half) } else { (left(mean, half), half) };
        let left = left.min(self.units);
        let rest = self.units - left;
        let sure = self.found(rest, rules, error);
        Estimate { sure, left, not_found: rest - sure }
    }

    /// How many are expected to have left, in millionths.
    fn mean_left(&self, at: DateTime<Utc>, rules: &ConfidenceRules) -> u128 {
        let seconds = u128::from((at - self.at).num_seconds().max(0).unsigned_abs());
        let age = match self.source {
            CountSource::Counted => seconds * u128::from(rules.counted_age) / 10_000,
            CountSource::Scanned | CountSource::Booked | CountSource::Imported => seconds,
        };
        u128::from(self.leaves_per_day_milli) * 1_000 * age / 86_400
    }

    /// The largest number of `rest` that is missed with at most that probability (in 20,000ths).
    fn found(&self, rest: u32, rules: &ConfidenceRules, error: u128) -> u32 {
        if rest == 0 {
            return 0;
        }
        let remembered = u64::from(rules.picks_remembered.min(self.picks));
        let missed = u64::from(self.not_found.min(self.picks));
        // Both fade in proportion, the misses rounded up.
        let missed = if self.picks == 0 { 0 } else { (missed * remembered).div_ceil(u64::from(self.picks)) };
        let yes = u128::from(rules.assumed_found.max(1)) + u128::from(remembered.saturating_sub(missed));
        let no = u128::from(rules.assumed_not_found.max(1)) + u128::from(missed);
        let exact = u128::from(rest.min(MOST_EXACT));
        let number = missed_at_most(exact, yes, no, error);
        let scaled = number * u128::from(rest) / exact;
        u32::try_from(scaled).unwrap_or(rest).min(rest)
    }
}

/// For the Poisson distribution of a mean above zero (in millionths): the smallest number that is exceeded with at most that
/// probability (in 20,000ths).
fn left(mean: u128, error: u128) -> u32 {
    if mean > MOST_EXACT_MEAN {
        let units = mean / 1_000_000 + 1;
        return u32::try_from(units + 8 * (units.isqrt() + 1)).unwrap_or(u32::MAX);
    }
    let mode = mean / 1_000_000;
    let mut below = Vec::new();
    let (mut weight, mut at) = (HEAVY, mode);
    while weight > 0 {
        below.push(weight);
        if at == 0 {
            break;
        }
        weight = weight * at * 1_000_000 / mean;
        at -= 1;
    }
    let mut above = Vec::new();
    let (mut weight, mut at) = (HEAVY, mode);
    loop {
        at += 1;
        weight = weight * mean / (at * 1_000_000);
        if weight == 0 {
            break;
        }
        above.push(weight);
    }
    let whole: u128 = below.iter().chain(&above).sum();
    // From the top: how much lies above a number.
    let (mut tail, mut number) = (0_u128, mode + above.len() as u128);
    for weight in above.iter().rev().chain(&below) {
        tail += weight;
        if tail * 20_000 > whole * error {
            return u32::try_from(number).unwrap_or(u32::MAX);
        }
        number = number.saturating_sub(1);
    }
    0
}

/// For the beta-binomial distribution of `n` with `yes` and `no`: the largest number such that fewer come out with at most
/// that probability (in 20,000ths).
fn missed_at_most(n: u128, yes: u128, no: u128, error: u128) -> u128 {
    // The weight of k + 1 over that of k is (n - k) (k + yes) / ((k + 1) (n - k - 1 + no)); with both at least one it falls
    // as k grows, so the weights have one peak.
    let over = |k: u128| (n - k) * (k + yes);
    let under = |k: u128| (k + 1) * (n - k - 1 + no);
    let (mut low, mut high) = (0, n);
    while low < high {
        let middle = low + (high - low) / 2;
        if over(middle) >= under(middle) { low = middle + 1 } else { high = middle }
    }
    let mode = low;
    let mut below = Vec::new();
    let (mut weight, mut k) = (HEAVY, mode);
    while k > 0 {
        weight = weight * under(k - 1) / over(k - 1);
        if weight == 0 {
            break;
        }
        below.push(weight);
        k -= 1;
    }
    let first = k;
    let mut from_mode = vec![HEAVY];
    let (mut weight, mut k) = (HEAVY, mode);
    while k < n {
        weight = weight * over(k) / under(k);
        if weight == 0 {
            break;
        }
        from_mode.push(weight);
        k += 1;
    }
    let whole: u128 = below.iter().chain(&from_mode).sum();
    let (mut fewer, mut number) = (0_u128, first);
    for weight in below.iter().rev().chain(&from_mode) {
        fewer += weight;
        if fewer * 20_000 > whole * error {
            return number;
        }
        number += 1;
    }
    n
}
