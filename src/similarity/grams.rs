//! Similarity by q-grams, the runs of `q` characters of a text.

use super::subsequence::share;
use super::text::Text;

/// Characters in a gram that fits in one word: 21 bits hold any scalar value.
const IN_A_WORD: usize = 3;

/// Jaccard similarity of the distinct q-grams: how many the two share, of those that either has.
///
/// Grams are not padded; a text shorter than `q` is one gram itself, and `q = 0` means 1. Two empty texts give 1, one
/// empty text 0. With `q = 1` this compares the sets of characters.
///
/// # Complexity
/// `n log n` in the considered characters.
///
/// ```
/// use throughline::similarity::{Text, qgram_jaccard};
/// // ni ig gh ht against na ac ch ht: one of seven.
/// assert_eq!(qgram_jaccard(&Text::new("night"), &Text::new("nacht"), 2), 1.0 / 7.0);
/// ```
#[must_use]
pub fn qgram_jaccard(a: &Text, b: &Text, q: usize) -> f64 {
    let counts = Counts::of(a, b, q);
    share(counts.shared, counts.distinct_a + counts.distinct_b - counts.shared)
}

/// Cosine similarity of the two vectors of q-gram counts.
///
/// Grams as in [`qgram_jaccard`], but one that occurs twice weighs twice. Two empty texts give 1, one empty text 0.
///
/// # Complexity
/// `n log n` in the considered characters.
///
/// ```
/// use throughline::similarity::{Text, qgram_cosine};
/// let value = qgram_cosine(&Text::new("تهران"), &Text::new("تهرانی"), 2);
/// assert!((value - 4.0 / 20_f64.sqrt()).abs() < 1e-12);
/// ```
#[must_use]
pub fn qgram_cosine(a: &Text, b: &Text, q: usize) -> f64 {
    let counts = Counts::of(a, b, q);
    if counts.squares_a == counts.product && counts.squares_b == counts.product {
        return 1.0; // the same counts, also none at all
    }
    match (u32::try_from(counts.product), u32::try_from(counts.squares_a * counts.squares_b)) {
        (Ok(product), Ok(squares)) if squares > 0 => f64::from(product) / f64::from(squares).sqrt(),
        _ => 0.0,
    }
}

/// What the two lists of grams have in common; every number is below 2 to the 17th, a square sum's product below 2 to
/// the 32nd.
#[derive(Default)]
struct Counts {
    distinct_a: usize,
    distinct_b: usize,
    shared: usize,
    squares_a: usize,
    squares_b: usize,
    product: usize,
}

impl Counts {
    fn of(a: &Text, b: &Text, q: usize) -> Self {
        let (mut one, mut two) = ([0; Text::CONSIDERED], [0; Text::CONSIDERED]);
        let (a, b) = (a.spread(&mut one), b.spread(&mut two));
        if q <= IN_A_WORD {
            // The one at the front tells a short gram from a longer one that begins with zeros.
            let key = |gram: &[u32]| gram.iter().fold(1_u64, |key, symbol| (key << 21) | u64::from(*symbol));
            Self::by(windows(a, q).map(key), windows(b, q).map(key))
        } else {
            Self::by(windows(a, q), windows(b, q))
        }
    }

    fn by<K: Ord + Copy + Default>(a: impl Iterator<Item = K>, b: impl Iterator<Item = K>) -> Self {
        let (mut one, mut two) = ([K::default(); Text::CONSIDERED], [K::default(); Text::CONSIDERED]);
        let mut runs_a = sorted(&mut one, a).chunk_by(K::eq).map(run);
        let mut runs_b = sorted(&mut two, b).chunk_by(K::eq).map(run);
        let mut counts = Self::default();
        let (mut next_a, mut next_b) = (runs_a.next(), runs_b.next());
        while next_a.is_some() || next_b.is_some() {
            // A list that has ended comes last.
            let ahead = match (&next_a, &next_b) {
                (Some((gram_a, _)), Some((gram_b, _))) => gram_a.cmp(gram_b),
                (Some(_), None) => std::cmp::Ordering::Less,
                (None, _) => std::cmp::Ordering::Greater,
            };
            let count_a = next_a.filter(|_| ahead.is_le()).map_or(0, |(_, count)| count);
            let count_b = next_b.filter(|_| ahead.is_ge()).map_or(0, |(_, count)| count);
            counts.distinct_a += usize::from(count_a > 0);
            counts.distinct_b += usize::from(count_b > 0);
            counts.shared += usize::from(count_a > 0 && count_b > 0);
            counts.squares_a += count_a * count_a;
            counts.squares_b += count_b * count_b;
            counts.product += count_a * count_b;
            if ahead.is_le() {
                next_a = runs_a.next();
            }
            if ahead.is_ge() {
                next_b = runs_b.next();
            }
        }
        counts
    }
}

/// A gram and how often it occurs.
fn run<K: Copy + Default>(run: &[K]) -> (K, usize) {
    (run.first().copied().unwrap_or_default(), run.len())
}

fn windows(symbols: &[u32], q: usize) -> impl Iterator<Item = &[u32]> {
    let q = q.clamp(1, symbols.len().max(1));
    symbols.windows(q)
}

fn sorted<K: Ord + Copy>(into: &mut [K], keys: impl Iterator<Item = K>) -> &[K] {
    let mut count = 0;
    for (slot, key) in into.iter_mut().zip(keys) {
        *slot = key;
        count += 1;
    }
    let keys = into.get_mut(..count).unwrap_or_default();
    keys.sort_unstable();
    keys
}
