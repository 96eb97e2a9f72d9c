//! Jaro and Jaro-Winkler similarity.

use super::kernel::{Job, Pair, Positions, Symbols, lowest};
use super::text::Text;

/// Winkler's boost counts a common beginning up to this length.
const PREFIX: usize = 4;
/// What each character of the common beginning takes off the distance to 1.
const SCALE: f64 = 0.1;
/// The boost applies to Jaro similarities above this.
const BOOST_ABOVE: f64 = 0.7;
/// More than the rounding of a bound and of the value itself can amount to.
const SLACK: f64 = 1e-9;

/// Jaro similarity: 1 for equal texts (also both empty), 0 for texts without a common character near its place.
///
/// With `m` characters in common no farther apart than half the longer length less one, `t` half the number of them
/// that are out of order (rounded down), and the lengths: `(m/|a| + m/|b| + (m - t)/m) / 3` (M. A. Jaro, 1989).
/// Symmetric.
///
/// # Complexity
/// One step for each character of the shorter text, up to 64 characters; quadratic in the considered characters above.
///
/// ```
/// use throughline::similarity::{Text, jaro};
/// let value = jaro(&Text::new("martha"), &Text::new("marhta"));
/// assert!((value - 17.0 / 18.0).abs() < 1e-12);
/// ```
#[must_use]
pub fn jaro(a: &Text, b: &Text) -> f64 {
    similarity(&(a, b)).0
}

/// Jaro-Winkler similarity: [`jaro`], with a boost for a common beginning of up to four characters.
///
/// `j + 0.1 p (1 - j)` where `p` is the length of the common beginning, at most 4. The boost applies only when
/// `j > 0.7`, as in Winkler's own program (1990) and in the engines that record linkage commonly runs on, so it never
/// lifts a pair that is not alike.
///
/// # Complexity
/// That of [`jaro`].
///
/// ```
/// use throughline::similarity::{Text, jaro_winkler};
/// let value = jaro_winkler(&Text::new("martha"), &Text::new("marhta"));
/// assert!((value - 0.961_111).abs() < 1e-6);
/// ```
#[must_use]
pub fn jaro_winkler(a: &Text, b: &Text) -> f64 {
    boosted(&(a, b))
}

/// Whether [`jaro`] is at least `min`; mostly answered from the lengths and letters alone.
///
/// Always the same answer as `jaro(a, b) >= min`.
#[must_use]
pub fn jaro_at_least(a: &Text, b: &Text, min: f64) -> bool {
    plain_if_at_least(&(a, b), min).is_some()
}

/// [`jaro`] if it is at least `min`; mostly answered from the lengths and letters alone when it is not.
#[must_use]
pub fn jaro_if_at_least(a: &Text, b: &Text, min: f64) -> Option<f64> {
    plain_if_at_least(&(a, b), min)
}

/// Whether [`jaro_winkler`] is at least `min`; mostly answered from the lengths and letters alone.
///
/// Always the same answer as `jaro_winkler(a, b) >= min`.
///
/// ```
/// use throughline::similarity::{Text, jaro_winkler_at_least};
/// let (a, b) = (Text::new("Sárközi"), Text::new("Sárközy"));
/// assert!(jaro_winkler_at_least(&a, &b, 0.92));
/// assert!(!jaro_winkler_at_least(&a, &Text::new("Nagy"), 0.7));
/// ```
#[must_use]
pub fn jaro_winkler_at_least(a: &Text, b: &Text, min: f64) -> bool {
    boosted_if_at_least(&(a, b), min).is_some()
}

/// [`jaro_winkler`] if it is at least `min`: for a comparison of several levels, ask with the lowest.
///
/// Mostly answered from the lengths and letters alone when it is not.
///
/// ```
/// use throughline::similarity::{Text, jaro_winkler_if_at_least};
/// let level = |a: &str, b: &str| match jaro_winkler_if_at_least(&Text::new(a), &Text::new(b), 0.7) {
///     Some(value) if value >= 0.92 => 2,
///     Some(_) => 1,
///     None => 0,
/// };
/// assert_eq!([level("Дмитрий", "Дмитрии"), level("Дмитрий", "Митя"), level("Дмитрий", "Ольга")], [2, 0, 0]);
/// ```
#[must_use]
pub fn jaro_winkler_if_at_least(a: &Text, b: &Text, min: f64) -> Option<f64> {
    boosted_if_at_least(&(a, b), min)
}

/// The Jaro similarity and the length of the common beginning.
#[inline]
pub(super) fn similarity(pair: &impl Pair) -> (f64, usize) {
    if pair.strangers() { (0.0, 0) } else { pair.on(Jaro) }
}

#[inline]
pub(super) fn boosted(pair: &impl Pair) -> f64 {
    let (value, prefix) = similarity(pair);
    boost(value, prefix)
}

#[inline]
pub(super) fn plain_if_at_least(pair: &impl Pair, min: f64) -> Option<f64> {
    if can_reach(pair, min) { Some(similarity(pair).0).filter(|value| *value >= min) } else { None }
}

#[inline]
pub(super) fn boosted_if_at_least(pair: &impl Pair, min: f64) -> Option<f64> {
    // The plain value from which the boost leads to `min`; up to where there is no boost it is `min` itself.
    let taken_off = SCALE * float(pair.a().prefix_at_most(pair.b()));
    let plain = if min > BOOST_ABOVE { BOOST_ABOVE.max((min - taken_off) / (1.0 - taken_off)) } else { min };
    if can_reach(pair, plain) { Some(boosted(pair)).filter(|value| *value >= min) } else { None }
}

/// Whether the lengths and letters leave it open that the Jaro similarity is at least `min`.
///
/// With all that can be common in common and in order, `m/|a| + m/|b| + 1 >= 3 min`, here without its divisions. The
/// slack keeps rounding from ever denying what the value itself would grant; a `min` that is no number is left open.
#[inline]
fn can_reach(pair: &impl Pair, min: f64) -> bool {
    let (a, b) = (pair.a(), pair.b());
    let common = a.common_at_most(b).min(a.len()).min(b.len());
    if common == 0 {
        return min <= SLACK || (a.is_empty() && b.is_empty());
    }
    let denied = float(common * (a.len() + b.len())) < (3.0 * (min - SLACK) - 1.0) * float(a.len() * b.len());
    !denied
}

#[inline]
fn boost(value: f64, prefix: usize) -> f64 {
    if value > BOOST_ABOVE { value + SCALE * float(prefix.min(PREFIX)) * (1.0 - value) } else { value }
}

#[inline]
fn value(matches: usize, transpositions: usize, a: usize, b: usize) -> f64 {
    if matches == 0 {
        return if a == 0 && b == 0 { 1.0 } else { 0.0 };
    }
    let found = float(matches);
    (found / float(a) + found / float(b) + float(matches - transpositions) / found) / 3.0
}

/// Lengths and counts are at most [`Text::CONSIDERED`].
#[inline]
fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::INFINITY, f64::from)
}

/// The Jaro similarity and the length of the common beginning.
struct Jaro;

impl Job for Jaro {
    type Output = (f64, usize);

    #[inline]
    fn run<const W: usize, P, T>(self, pattern: &P, text: &T, prefix: usize) -> (f64, usize)
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let (one, two) = (pattern.len(), text.len());
        if prefix == one && prefix == two {
            return (1.0, prefix);
        }
        let reach = (one.max(two) / 2).saturating_sub(1);
        let (matches, out_of_order) =
            if W == 1 { narrow(pattern, text, prefix, reach) } else { broad(pattern, text, prefix, reach) };
        (value(matches, out_of_order / 2, one, two), prefix)
    }
}

/// Matches and matches out of order, with a bit for each position.
///
/// Each character of the text takes the first free equal one of the pattern within reach. The common beginning is thus
/// taken place by place: before each of its positions everything is taken, and the position itself is equal.
#[inline]
fn narrow<const W: usize, P, T>(pattern: &P, text: &T, prefix: usize, reach: usize) -> (usize, usize)
where
    P: Positions<W>,
    T: Symbols<Symbol = P::Symbol>,
{
    let mut taken = lowest(prefix);
    let mut takers = taken;
    let mut window = lowest(prefix + reach + 1) & !lowest(prefix.saturating_sub(reach));
    let mut in_order = true;
    for at in prefix..text.len().min(pattern.len() + reach) {
        let free = pattern.positions(text.at(at)).first().copied().unwrap_or(0) & window & !taken;
        let first = free & free.wrapping_neg();
        in_order &= first == 0 || first > taken;
        taken |= first;
        takers |= u64::from(first != 0) << at;
        window = (window << 1) | u64::from(at < reach);
    }
    let matches = taken.count_ones() as usize;
    if in_order {
        return (matches, 0);
    }
    let (mut taken, mut takers) = (taken & !lowest(prefix), takers & !lowest(prefix));
    let mut out_of_order = 0;
    while takers != 0 && taken != 0 {
        let (one, two) = (taken.trailing_zeros() as usize, takers.trailing_zeros() as usize);
        out_of_order += usize::from(pattern.at(one) != text.at(two));
        taken &= taken - 1;
        takers &= takers - 1;
    }
    (matches, out_of_order)
}

/// The same for texts of more than 64 characters.
fn broad<const W: usize, P, T>(pattern: &P, text: &T, prefix: usize, reach: usize) -> (usize, usize)
where
    P: Positions<W>,
    T: Symbols<Symbol = P::Symbol>,
{
    let up_to =
        |count: usize| std::array::from_fn::<u64, W, _>(|word| lowest(count.saturating_sub(64 * word)));
    let (mut taken, mut takers) = (up_to(prefix), up_to(prefix));
    for at in prefix..text.len().min(pattern.len() + reach) {
        let (before, up_to_last) = (up_to(at.saturating_sub(reach)), up_to(at + reach + 1));
        let windows = before.iter().zip(up_to_last).map(|(before, up_to_last)| up_to_last & !before);
        for ((taken, places), window) in taken.iter_mut().zip(pattern.positions(text.at(at))).zip(windows) {
            let free = places & window & !*taken;
            if free != 0 {
                *taken |= free & free.wrapping_neg();
                if let Some(word) = takers.get_mut(at / 64) {
                    *word |= 1 << (at % 64);
                }
                break;
            }
        }
    }
    let matches = taken.iter().map(|word| word.count_ones()).sum::<u32>() as usize;
    let pairs = places(&taken).zip(places(&takers));
    (matches, pairs.filter(|(one, two)| pattern.at(*one) != text.at(*two)).count())
}

/// The places of the bits that are set, in order.
fn places(words: &[u64]) -> impl Iterator<Item = usize> {
    words.iter().enumerate().flat_map(|(at, word)| {
        let next = |rest: &u64| Some(rest & (rest - 1)).filter(|rest| *rest != 0);
        let rests = std::iter::successors(Some(*word).filter(|word| *word != 0), next);
        rests.map(move |rest| 64 * at + rest.trailing_zeros() as usize)
    })
}
