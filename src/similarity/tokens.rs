//! Similarity of texts whose words may be in another order, repeated or left out.

use super::subsequence::{insertion_deletion_similarity, longest_common_subsequence, share};
use super::text::Text;

/// Similarity after the words are put in order: [`insertion_deletion_similarity`] of the sorted words.
///
/// Words are what white space separates, in order of their characters. Of a text longer than [`Text::CONSIDERED`]
/// characters the first that many count. The scale is 0 to 1; peers that answer 0 to 100 give a hundred times this.
///
/// # Complexity
/// `n log n` in the words; allocates.
///
/// ```
/// use throughline::similarity::token_sort;
/// assert_eq!(token_sort("van der Berg Anna", "Anna van der Berg"), 1.0);
/// assert!(token_sort("رضا کریمی", "کریمی محمدرضا") > 0.7);
/// ```
#[must_use]
pub fn token_sort(a: &str, b: &str) -> f64 {
    let sorted = |value| {
        let mut words: Vec<&str> = considered(value).split_whitespace().collect();
        words.sort_unstable();
        Text::new(&words.join(" "))
    };
    insertion_deletion_similarity(&sorted(a), &sorted(b))
}

/// Similarity where shared words count once and words that only one text has count little.
///
/// With `S` the distinct words that both have, `A` and `B` those that one has alone, each sorted: the best
/// [`insertion_deletion_similarity`] among `S` against `S A`, `S` against `S B`, and `S A` against `S B`. It is 1 when the
/// words of one text are among those of the other, and 0 when a text has no word.
///
/// # Complexity
/// `n log n` in the words; allocates.
///
/// ```
/// use throughline::similarity::token_set;
/// assert_eq!(token_set("Maria Garcia", "Maria del Carmen Garcia Lopez"), 1.0);
/// assert!(token_set("Maria Garcia", "Marina Gracia") < 0.95);
/// ```
#[must_use]
pub fn token_set(a: &str, b: &str) -> f64 {
    let words = |value| {
        let mut words: Vec<&str> = considered(value).split_whitespace().collect();
        words.sort_unstable();
        words.dedup();
        words
    };
    let (a, b) = (words(a), words(b));
    if a.is_empty() || b.is_empty() {
        return 0.0;
    }
    let not_in = |own: &[&str], others: &[&str]| {
        let alone: Vec<&str> =
            own.iter().filter(|word| others.binary_search(word).is_err()).copied().collect();
        Text::new(&alone.join(" "))
    };
    let (only_a, only_b) = (not_in(&a, &b), not_in(&b, &a));
    let shared: Vec<&str> = a.iter().filter(|word| b.binary_search(word).is_ok()).copied().collect();
    if shared.is_empty() {
        return insertion_deletion_similarity(&only_a, &only_b);
    }
    if only_a.is_empty() || only_b.is_empty() {
        return 1.0;
    }
    // Every candidate begins with the shared words, so what they have in common is known.
    let common = Text::new(&shared.join(" ")).len();
    let (with_a, with_b) = (common + 1 + only_a.len(), common + 1 + only_b.len());
    let between = share(2 * (common + 1 + longest_common_subsequence(&only_a, &only_b)), with_a + with_b);
    between.max(share(2 * common, common + with_a)).max(share(2 * common, common + with_b))
}

/// The first [`Text::CONSIDERED`] characters.
fn considered(value: &str) -> &str {
    let end = value.char_indices().nth(Text::CONSIDERED).map_or(value.len(), |(at, _)| at);
    value.get(..end).unwrap_or(value)
}
