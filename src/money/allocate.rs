//! Spreading an amount over lines so that whole minor units add up.

use super::{Decimal, MoneyError, MoneyErrorKind};

/// What to do when every weight is zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ZeroWeights {
    /// Every line weighs the same.
    #[default]
    Equal,
    /// No line gets anything: the parts do not add up to the total, on purpose.
    Nothing,
}

/// A line and the amount under which it must not fall, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineWithFloor {
    /// What the line costs before; also its weight. Zero or more.
    pub amount: i64,
    /// What it costs at least afterwards. A floor above the amount means that nothing may be taken off.
    pub floor: i64,
}

/// What was taken off each line, and what no line could bear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Floored {
    /// One part per line, in the order of the lines, in minor units, with the sign of the total.
    pub parts: Vec<i64>,
    /// The rest of the total that would have taken a line under its floor, with the sign of the total.
    pub left: i64,
}

/// Spreads a total over weights by the largest remainder: exact, fair and mirrored for negative totals.
///
/// Each part is the exact share `total * weight / sum`, rounded down or up (in magnitude); the parts add up to the
/// total. Minor units that are left go to the largest remainders, ties to the lower index. A zero weight gets nothing.
/// `allocate(-t, w) == -allocate(t, w)`. Source: the Hare quota with largest remainders.
///
/// # Errors
/// [`MoneyErrorKind::NothingToShare`] for a total other than zero over no weights at all.
///
/// # Complexity
/// O(n log n).
///
/// ```
/// use throughline::money::{ZeroWeights, allocate};
/// assert_eq!(allocate(1000, &[1, 1, 1], ZeroWeights::Equal)?, [334, 333, 333]);
/// assert_eq!(allocate(-5, &[7, 3], ZeroWeights::Equal)?, [-4, -1]);
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
pub fn allocate(total: i64, weights: &[u64], zero_weights: ZeroWeights) -> Result<Vec<i64>, MoneyError> {
    if weights.is_empty() && total != 0 && zero_weights == ZeroWeights::Equal {
        return Err(MoneyError::new(MoneyErrorKind::NothingToShare));
    }
    let all_zero = weights.iter().all(|&weight| weight == 0);
    if all_zero && zero_weights == ZeroWeights::Nothing {
        return Ok(vec![0; weights.len()]);
    }
    let weight_of = |weight: u64| u128::from(if all_zero { 1 } else { weight });
    let sum: u128 = weights.iter().map(|&weight| weight_of(weight)).sum();
    let magnitude = u128::from(total.unsigned_abs());

    let mut left = magnitude;
    let mut parts = Vec::with_capacity(weights.len());
    let mut remainders = Vec::with_capacity(weights.len());
    for (index, &weight) in weights.iter().enumerate() {
        // At most 2^63 * 2^64; the sum of the weights is not zero here.
        let product = magnitude * weight_of(weight);
        let (share, remainder) =
            (product.checked_div(sum).unwrap_or(0), product.checked_rem(sum).unwrap_or(0));
        left = left.saturating_sub(share);
        parts.push(share);
        if remainder > 0 {
            remainders.push((std::cmp::Reverse(remainder), index));
        }
    }
    // The remainders add up to `left * sum` and each is below `sum`, so there are more of them than units left.
    remainders.sort_unstable();
    for (_, index) in remainders.into_iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        if let Some(part) = parts.get_mut(index) {
            *part += 1;
        }
    }
    parts.into_iter().map(|part| signed(part, total < 0)).collect()
}

/// Takes a total off lines in proportion to their amounts, but never takes a line under its floor (water-filling):
/// a line that reaches its floor gives what it can, and the others share the rest in proportion.
///
/// What no line can bear is returned as [`Floored::left`]. Mirrored for negative totals. A line of zero gives nothing.
///
/// # Errors
/// [`MoneyErrorKind::Negative`] for a line below zero, [`MoneyErrorKind::Overflow`] if the lines add up to more than
/// 64 bits.
///
/// # Complexity
/// O(n log n).
///
/// ```
/// use throughline::money::{LineWithFloor, allocate_with_floors};
/// let lines = [LineWithFloor { amount: 5000, floor: 4500 }, LineWithFloor { amount: 6000, floor: 0 }];
/// let taken = allocate_with_floors(2500, &lines)?;
/// assert_eq!((taken.parts, taken.left), (vec![500, 2000], 0));
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
pub fn allocate_with_floors(total: i64, lines: &[LineWithFloor]) -> Result<Floored, MoneyError> {
    struct Line {
        index: usize,
        weight: u128,
        cap: u128,
    }
    let negative = total < 0;
    let mut left = u128::from(total.unsigned_abs());
    let mut weight_left = 0_u128;
    let mut open = Vec::with_capacity(lines.len());
    for (index, line) in lines.iter().enumerate() {
        let weight = u128::try_from(line.amount).map_err(|_| MoneyError::new(MoneyErrorKind::Negative))?;
        let room = i128::from(line.amount) - i128::from(line.floor);
        let cap = u128::try_from(room).unwrap_or(0).min(left);
        weight_left += weight;
        if weight > 0 {
            open.push(Line { index, weight, cap });
        }
    }
    if i64::try_from(weight_left).is_err() {
        return Err(MoneyError::new(MoneyErrorKind::Overflow));
    }
    // All factors below are at most 2^63, so no product overflows. The first line to reach its floor as the level
    // rises is the one with the least room for its weight.
    open.sort_unstable_by(|a, b| (a.cap * b.weight).cmp(&(b.cap * a.weight)).then(a.index.cmp(&b.index)));
    let mut parts = vec![0_u128; lines.len()];
    let mut full = 0;
    for line in &open {
        if left * line.weight < line.cap * weight_left {
            break;
        }
        if let Some(part) = parts.get_mut(line.index) {
            *part = line.cap;
        }
        left -= line.cap;
        weight_left -= line.weight;
        full += 1;
    }
    let mut free: Vec<&Line> = open.iter().skip(full).collect();
    free.sort_unstable_by_key(|line| line.index);
    if !free.is_empty() {
        let weights: Vec<u64> =
            free.iter().map(|line| u64::try_from(line.weight).unwrap_or(u64::MAX)).collect();
        let overflow = MoneyError::new(MoneyErrorKind::Overflow);
        let shared = allocate(i64::try_from(left).map_err(|_| overflow)?, &weights, ZeroWeights::Nothing)?;
        for (line, share) in free.iter().zip(shared) {
            if let Some(part) = parts.get_mut(line.index) {
                *part = u128::from(share.unsigned_abs());
            }
        }
        left = 0;
    }
    let parts = parts.into_iter().map(|part| signed(part, negative)).collect::<Result<_, _>>()?;
    Ok(Floored { parts, left: signed(left, negative)? })
}

/// Weights that are decimal numbers (kilograms, hours, shares such as 0.1) as whole ones in the same proportion.
///
/// # Errors
/// [`MoneyErrorKind::Negative`], or [`MoneyErrorKind::TooManyDigits`] if no whole weights of 64 bits keep the
/// proportion exactly.
///
/// # Complexity
/// O(n).
pub fn whole_weights(weights: &[Decimal]) -> Result<Vec<u64>, MoneyError> {
    let decimals = weights.iter().map(|weight| weight.decimals()).max().unwrap_or(0);
    weights
        .iter()
        .map(|weight| {
            let whole = weight.not_negative()?.scaled_wide(decimals);
            whole
                .and_then(|whole| u64::try_from(whole).ok())
                .ok_or(MoneyError::new(MoneyErrorKind::TooManyDigits))
        })
        .collect()
}

fn signed(magnitude: u128, negative: bool) -> Result<i64, MoneyError> {
    let overflow = MoneyError::new(MoneyErrorKind::Overflow);
    let value = i128::try_from(magnitude).map_err(|_| overflow.clone())?;
    i64::try_from(if negative { -value } else { value }).map_err(|_| overflow)
}
