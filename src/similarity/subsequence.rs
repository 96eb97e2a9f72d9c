//! Longest common subsequence, and similarity by insertions and deletions alone.

use super::edits::common_suffix;
use super::kernel::{Job, Pair, Positions, Symbols, lowest};
use super::text::Text;

/// Length of the longest common subsequence: the most characters that stand in both texts in the same order.
///
/// Bit-parallel (M. Crochemore and others, 2001; H. Hyyrö, 2004). Symmetric.
///
/// # Complexity
/// One step for each character, up to 64 characters; four steps above.
///
/// ```
/// use throughline::similarity::{Text, longest_common_subsequence};
/// assert_eq!(longest_common_subsequence(&Text::new("Katherine"), &Text::new("Kathryn")), 6);
/// ```
#[must_use]
pub fn longest_common_subsequence(a: &Text, b: &Text) -> usize {
    length(&(a, b))
}

pub(super) fn length(pair: &impl Pair) -> usize {
    if pair.strangers() { 0 } else { pair.on(Subsequence) }
}

/// [`longest_common_subsequence`] as a share of the longer length: 1 for equal texts, also for two empty ones.
#[must_use]
pub fn longest_common_subsequence_similarity(a: &Text, b: &Text) -> f64 {
    share(longest_common_subsequence(a, b), a.len().max(b.len()))
}

/// Similarity by insertions and deletions alone: the share of both texts' characters that lie in their longest common
/// subsequence, 1 for equal texts, also for two empty ones.
///
/// ```
/// use throughline::similarity::{Text, insertion_deletion_similarity};
/// let value = insertion_deletion_similarity(&Text::new("this is a test"), &Text::new("this is a test!"));
/// assert!((value - 28.0 / 29.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn insertion_deletion_similarity(a: &Text, b: &Text) -> f64 {
    share(2 * longest_common_subsequence(a, b), a.len() + b.len())
}

/// A part of a whole, all of it when there is nothing.
pub(super) fn share(part: usize, whole: usize) -> f64 {
    match (u32::try_from(part), u32::try_from(whole)) {
        (Ok(part), Ok(whole)) if whole > 0 => f64::from(part) / f64::from(whole),
        _ => 1.0,
    }
}

struct Subsequence;

impl Job for Subsequence {
    type Output = usize;

    #[inline]
    fn run<const W: usize, P, T>(self, pattern: &P, text: &T, prefix: usize) -> usize
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let suffix = common_suffix(pattern, text, prefix);
        // A zero bit says that the subsequence so far is one longer with this position of the pattern than without.
        let mut same = [0; W];
        for (word, same) in same.iter_mut().enumerate() {
            *same = !lowest(prefix.saturating_sub(64 * word));
        }
        for column in prefix..text.len() - suffix {
            let mut carry = false;
            for (same, places) in same.iter_mut().zip(pattern.positions(text.at(column))) {
                let found = *same & places;
                let (sum, over) = same.overflowing_add(found);
                let (sum, over_again) = sum.overflowing_add(u64::from(carry));
                carry = over | over_again;
                *same = sum | (*same & !found);
            }
        }
        let rows = pattern.len() - suffix;
        let found =
            |(word, same): (usize, u64)| (!same & lowest(rows.saturating_sub(64 * word))).count_ones();
        same.into_iter().enumerate().map(found).sum::<u32>() as usize + suffix
    }
}
