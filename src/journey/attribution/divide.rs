//! Whole minor units over weights, for many paths at a time.

use std::cmp::Reverse;

/// Divides as [`allocate`](crate::money::allocate) does, without a new vector for each path.
#[derive(Default)]
pub(super) struct Divider {
    parts: Vec<u64>,
    remainders: Vec<(Reverse<u128>, usize)>,
    raised: Vec<bool>,
}

impl Divider {
    /// The parts of a total in the order of the weights; they add up to the total. All weights zero: equal ones.
    pub(super) fn divide(&mut self, total: i64, weights: &[u64]) -> impl Iterator<Item = i64> + use<'_> {
        self.parts.clear();
        self.remainders.clear();
        self.raised.clear();
        self.raised.resize(weights.len(), false);
        let magnitude = total.unsigned_abs();
        let largest = weights.iter().copied().max().unwrap_or(0);
        let equal = largest == 0;
        let sum: u128 = if equal {
            weights.iter().map(|_| 1_u128).sum()
        } else {
            weights.iter().map(|&weight| u128::from(weight)).sum()
        };
        let mut given = 0_u64;
        // In 64 bits where they suffice, for division in 128 is slow.
        if let (Ok(sum), Some(_)) = (u64::try_from(sum), magnitude.checked_mul(largest.max(1))) {
            for (place, &weight) in weights.iter().enumerate() {
                let product = magnitude * if equal { 1 } else { weight };
                let part = product / sum;
                let remainder = product - part * sum;
                given += part;
                self.parts.push(part);
                if remainder > 0 {
                    self.remainders.push((Reverse(u128::from(remainder)), place));
                }
            }
        } else {
            for (place, &weight) in weights.iter().enumerate() {
                let product = u128::from(magnitude) * if equal { 1 } else { u128::from(weight) };
                let part = u64::try_from(product / sum).unwrap_or(u64::MAX);
                let remainder = product % sum;
                given += part;
                self.parts.push(part);
                if remainder > 0 {
                    self.remainders.push((Reverse(remainder), place));
                }
            }
        }
        if !weights.is_empty() {
            self.give_rest(magnitude - given);
        }
        let negative = total < 0;
        self.parts.iter().map(move |&part| signed(part, negative))
    }

    /// Which parts the last division rounded up.
    pub(super) fn raised(&self) -> &[bool] {
        &self.raised
    }

    fn give_rest(&mut self, left: u64) {
        if left == 0 {
            return;
        }
        self.remainders.sort_unstable();
        let left = usize::try_from(left).unwrap_or(usize::MAX);
        for &(_, place) in self.remainders.iter().take(left) {
            if let (Some(part), Some(raised)) = (self.parts.get_mut(place), self.raised.get_mut(place)) {
                *part += 1;
                *raised = true;
            }
        }
    }
}

/// The number with its sign; the magnitude is at most that of a number of 64 bits.
pub(super) fn signed(magnitude: u64, negative: bool) -> i64 {
    let value = i128::from(magnitude);
    i64::try_from(if negative { -value } else { value }).unwrap_or(i64::MAX)
}

/// An irrational share as a whole weight: `round(w * 2^40)`. Zero for a negative one.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a float cast saturates")]
pub(super) fn whole(share: f64) -> u64 {
    (share * 1_099_511_627_776.0).round() as u64
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::money::{ZeroWeights, allocate};

    proptest! {
        #[test]
        fn divides_as_money_does(total: i64, small in -1000..1000_i64, weights in prop::collection::vec(0..u64::MAX, 1..9),
            bits in 0..64_u32) {
            let weights: Vec<u64> = weights.into_iter().map(|weight| weight >> bits).collect();
            let mut divider = Divider::default();
            for total in [total, small, i64::MIN, i64::MAX, 0] {
                let parts: Vec<i64> = divider.divide(total, &weights).collect();
                prop_assert_eq!(&parts, &allocate(total, &weights, ZeroWeights::Equal).unwrap());
            }
        }
    }

    #[test]
    fn weights_of_shares() {
        assert_eq!([whole(0.5), whole(-1.0), whole(f64::NAN)], [1 << 39, 0, 0]);
    }
}
