//! Exact shares of amounts, without allocation and in 64 bits where the numbers are small.
//!
//! The answers equal those of [`Rounding::divide`](crate::money::Rounding::divide),
//! [`allocate`](crate::money::allocate) and [`allocate_with_floors`](crate::money::allocate_with_floors); tests hold
//! them against each other.

use super::basket::{PromotionRules, RoundOn};
use crate::money::{LineWithFloor, Ratio, Rounding, allocate_with_floors};

/// `numerator / denominator`, both positive or zero and the latter not zero.
fn divide(mode: Rounding, numerator: u64, denominator: u64) -> u64 {
    let quotient = numerator.checked_div(denominator).unwrap_or(0);
    let rest = numerator.checked_rem(denominator).unwrap_or(0);
    if rest == 0 {
        return quotient;
    }
    let beyond_half = rest.cmp(&(denominator - rest));
    let away = match mode {
        Rounding::Up => true,
        Rounding::Down => false,
        Rounding::HalfUp => beyond_half.is_ge(),
        Rounding::HalfDown => beyond_half.is_gt(),
        Rounding::HalfEven => beyond_half.is_gt() || (beyond_half.is_eq() && quotient & 1 == 1),
    };
    quotient + u64::from(away)
}

/// A fraction of an amount, rounded; the fraction is from zero to one and the amount not negative.
fn fraction(mode: Rounding, amount: i64, numerator: i64, denominator: i64) -> i64 {
    let (wide, narrow) = (amount.unsigned_abs(), denominator.unsigned_abs());
    let share = match wide.checked_mul(numerator.unsigned_abs()) {
        Some(product) => i64::try_from(divide(mode, product, narrow)).ok(),
        None => mode
            .divide(i128::from(amount) * i128::from(numerator), i128::from(denominator))
            .and_then(|share| i64::try_from(share).ok()),
    };
    share.unwrap_or(amount).clamp(0, amount.max(0))
}

/// What a share off an amount is, from zero to the amount.
pub(super) fn share_off(amount: i64, share: Ratio, rules: &PromotionRules) -> i64 {
    let (numerator, denominator) = (share.numerator(), share.denominator());
    match rules.round_on {
        RoundOn::Discount => fraction(rules.rounding, amount, numerator, denominator),
        RoundOn::Price => amount - fraction(rules.rounding, amount, denominator - numerator, denominator),
    }
}

/// `amount * part / whole` rounded down; `part` is at most `whole`.
pub(super) fn proportion(amount: i64, part: i64, whole: i64) -> i64 {
    if whole <= 0 { 0 } else { fraction(Rounding::Down, amount, part, whole) }
}

/// What the first `count` of `units` equal units cost together; the minor units that do not divide are on the first.
pub(super) fn amount_of(amount: i64, units: u64, count: u64) -> i64 {
    if count >= units {
        return amount;
    }
    let (Ok(units), Ok(count)) = (i64::try_from(units), i64::try_from(count)) else { return amount };
    let (each, rest) = (amount.checked_div(units).unwrap_or(0), amount.checked_rem(units).unwrap_or(0));
    // At most the amount.
    each * count + rest.min(count)
}

/// A line that bears a part of a discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bearer {
    pub(super) line: usize,
    pub(super) weight: i64,
    /// The most that it can bear.
    pub(super) room: i64,
}

/// Buffers of [`spread`].
#[derive(Debug, Default)]
pub(super) struct Spreader {
    remainders: Vec<(u128, usize)>,
}

impl Spreader {
    /// Spreads a total over lines by weight with the largest remainder, ties to the first; no line bears more than its
    /// room while another can. Says what no line could bear. The total is at most the sum of the weights.
    pub(super) fn spread(&mut self, total: i64, bearers: &[Bearer], parts: &mut Vec<(usize, i64)>) -> i64 {
        parts.clear();
        let sum: u128 = bearers.iter().map(|one| u128::from(one.weight.unsigned_abs())).sum();
        let total = total.min(i64::try_from(sum).unwrap_or(i64::MAX));
        if total <= 0 {
            return 0;
        }
        let whole = u128::from(total.unsigned_abs());
        if whole == sum && bearers.iter().all(|one| one.room >= one.weight) {
            let whole = bearers.iter().filter(|one| one.weight > 0);
            parts.extend(whole.map(|one| (one.line, one.weight)));
            return 0;
        }
        let fits = |one: &Bearer| {
            let weight = u128::from(one.weight.unsigned_abs());
            one.room >= one.weight || whole * weight <= u128::from(one.room.unsigned_abs()) * sum
        };
        if !bearers.iter().all(fits) {
            return flooded(total, bearers, parts);
        }
        self.remainders.clear();
        let mut left = total;
        // Where every product fits 64 bits, the division is many times faster.
        let largest = bearers.iter().map(|one| one.weight.unsigned_abs()).max().unwrap_or(0);
        let narrow = u64::try_from(sum).ok().filter(|_| total.unsigned_abs().checked_mul(largest).is_some());
        for (place, one) in bearers.iter().enumerate() {
            let (share, remainder) = match narrow {
                Some(sum) => {
                    let product = total.unsigned_abs() * one.weight.unsigned_abs();
                    let share = product.checked_div(sum).unwrap_or(0);
                    (i64::try_from(share).unwrap_or(0), u128::from(product - share * sum))
                }
                None => {
                    let product = whole * u128::from(one.weight.unsigned_abs());
                    let share = product.checked_div(sum).unwrap_or(0);
                    (i64::try_from(share).unwrap_or(0), product - share * sum)
                }
            };
            left -= share;
            self.remainders.push((remainder, place));
            parts.push((one.line, share));
        }
        let left = usize::try_from(left).unwrap_or(0);
        if left > 0 {
            let largest_first = |a: &(u128, usize), b: &(u128, usize)| b.0.cmp(&a.0).then(a.1.cmp(&b.1));
            if left < self.remainders.len() {
                self.remainders.select_nth_unstable_by(left - 1, largest_first);
            }
            for &(_, place) in self.remainders.iter().take(left) {
                if let Some(part) = parts.get_mut(place) {
                    part.1 += 1;
                }
            }
        }
        parts.retain(|&(_, part)| part > 0);
        0
    }
}

/// The rare case that a line reaches its floor: the others bear more, level by level.
fn flooded(total: i64, bearers: &[Bearer], parts: &mut Vec<(usize, i64)>) -> i64 {
    let lines: Vec<LineWithFloor> = bearers
        .iter()
        .map(|one| LineWithFloor { amount: one.weight, floor: one.weight - one.room.min(one.weight) })
        .collect();
    match allocate_with_floors(total, &lines) {
        Ok(taken) => {
            let shares = bearers.iter().map(|one| one.line).zip(taken.parts);
            parts.extend(shares.filter(|&(_, part)| part > 0));
            taken.left
        }
        // Weights are not negative and add up to less than 64 bits, so this cannot be; nothing is taken off.
        Err(_) => total,
    }
}

#[cfg(test)]
#[path = "share_tests.rs"]
mod tests;
