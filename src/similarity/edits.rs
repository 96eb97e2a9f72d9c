//! Edit distances: how many typing mistakes lie between two texts.

use super::kernel::{Job, Pair, Positions, Symbols, lowest};
use super::text::Text;

/// Levenshtein distance: the fewest characters to insert, delete or replace that turn one text into the other.
///
/// Bit-parallel (G. Myers, 1999, as restated by H. Hyyrö, 2001). Symmetric; at most the longer length.
///
/// # Complexity
/// One step for each character, up to 64 characters; four steps above.
///
/// ```
/// use throughline::similarity::{Text, levenshtein};
/// assert_eq!(levenshtein(&Text::new("kitten"), &Text::new("sitting")), 3);
/// assert_eq!(levenshtein(&Text::new("Рахимов"), &Text::new("Рагимов")), 1); // two bytes differ, one letter
/// ```
#[must_use]
pub fn levenshtein(a: &Text, b: &Text) -> usize {
    distance::<false>(&(a, b))
}

/// [`levenshtein`] if it is at most `max`; mostly answered from the lengths and letters alone when it is not.
///
/// ```
/// use throughline::similarity::{Text, levenshtein_within};
/// let (a, b) = (Text::new("נועה"), Text::new("נעה"));
/// assert_eq!(levenshtein_within(&a, &b, 1), Some(1));
/// assert_eq!(levenshtein_within(&a, &Text::new("אבי"), 1), None);
/// ```
#[must_use]
pub fn levenshtein_within(a: &Text, b: &Text, max: usize) -> Option<usize> {
    within::<false>(&(a, b), max)
}

/// Optimal string alignment distance: [`levenshtein`], where swapping two neighbours is one edit too.
///
/// No part of the text is edited twice, so the distance from `ca` to `abc` is 3;
/// [`damerau_levenshtein`](super::damerau_levenshtein) has no such limit. Bit-parallel (H. Hyyrö, 2003). Symmetric, but not a metric.
///
/// # Complexity
/// That of [`levenshtein`].
///
/// ```
/// use throughline::similarity::{Text, optimal_string_alignment};
/// assert_eq!(optimal_string_alignment(&Text::new("1985-07-12"), &Text::new("1958-07-12")), 1);
/// assert_eq!(optimal_string_alignment(&Text::new("ca"), &Text::new("abc")), 3);
/// ```
#[must_use]
pub fn optimal_string_alignment(a: &Text, b: &Text) -> usize {
    distance::<true>(&(a, b))
}

/// [`optimal_string_alignment`] if it is at most `max`.
#[must_use]
pub fn optimal_string_alignment_within(a: &Text, b: &Text, max: usize) -> Option<usize> {
    within::<true>(&(a, b), max)
}

#[inline]
pub(super) fn distance<const SWAPS: bool>(pair: &impl Pair) -> usize {
    if pair.strangers() {
        return pair.a().len().max(pair.b().len());
    }
    pair.on(Edits::<SWAPS> { max: usize::MAX })
}

#[inline]
pub(super) fn within<const SWAPS: bool>(pair: &impl Pair, max: usize) -> Option<usize> {
    if at_least(pair) > max {
        return None;
    }
    Some(pair.on(Edits::<SWAPS> { max })).filter(|distance| *distance <= max)
}

/// No edit distance of the two is below this: what the longer text does not share must be inserted or replaced.
#[inline]
pub(super) fn at_least(pair: &impl Pair) -> usize {
    let (a, b) = (pair.a(), pair.b());
    let (longer, shorter) = (a.len().max(b.len()), a.len().min(b.len()));
    longer - a.common_at_most(b).min(shorter)
}

/// The number of edits, or some number above `max` as soon as it is certain to be above.
pub(super) struct Edits<const SWAPS: bool> {
    pub(super) max: usize,
}

impl<const SWAPS: bool> Job for Edits<SWAPS> {
    type Output = usize;

    #[inline]
    fn run<const W: usize, P, T>(self, pattern: &P, text: &T, prefix: usize) -> usize
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let suffix = common_suffix(pattern, text, prefix);
        let (rows, columns) = (pattern.len() - suffix, text.len() - suffix);
        if rows == prefix || columns == prefix {
            return rows.max(columns) - prefix;
        }
        if (rows - prefix).min(columns - prefix) == 1 && rows == columns {
            return 1;
        }
        Columns::<W, SWAPS>::after(prefix, pattern, text).run(pattern, text, prefix..columns, rows, self.max)
    }
}

/// Length of the common ending of what follows the common beginning.
#[inline]
pub(super) fn common_suffix<A, B>(a: &A, b: &B, prefix: usize) -> usize
where
    A: Symbols,
    B: Symbols<Symbol = A::Symbol>,
{
    let most = a.len().min(b.len()) - prefix;
    (1..=most).take_while(|back| a.at(a.len() - back) == b.at(b.len() - back)).count()
}

/// One column of the table of distances, as the differences between neighbours: bit `i` of `plus` says that the entry of
/// row `i + 1` is one above that of row `i`, of `minus` that it is one below, of `diagonal` that it equals the entry of
/// row `i` in the column before.
struct Columns<const W: usize, const SWAPS: bool> {
    plus: [u64; W],
    minus: [u64; W],
    diagonal: [u64; W],
    places: [u64; W],
}

impl<const W: usize, const SWAPS: bool> Columns<W, SWAPS> {
    /// The column after a common beginning, known without work: row `i` holds the distance of `i` from its length.
    #[inline]
    fn after<P, T>(prefix: usize, pattern: &P, text: &T) -> Self
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let mut minus = [0; W];
        for (word, minus) in minus.iter_mut().enumerate() {
            *minus = lowest(prefix.saturating_sub(64 * word));
        }
        let places = if SWAPS && prefix > 0 { pattern.positions(text.at(prefix - 1)) } else { [0; W] };
        Self { plus: minus.map(|word| !word), minus, diagonal: [u64::MAX; W], places }
    }

    /// The distance in the given row after the given columns of the text.
    #[inline]
    fn run<P, T>(
        mut self,
        pattern: &P,
        text: &T,
        columns: std::ops::Range<usize>,
        rows: usize,
        max: usize,
    ) -> usize
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let end = columns.end;
        let mut distance = rows - columns.start;
        for column in columns {
            let (up, down) = self.step(pattern.positions(text.at(column)), rows - 1);
            distance = distance.wrapping_add(up).wrapping_sub(down);
            // Each further column can take off one at most.
            if distance > max.saturating_add(end - 1 - column) {
                return usize::MAX;
            }
        }
        distance
    }

    /// Moves on by one character of the text, whose places in the pattern are given, and says by how much the entry of
    /// the last row rises and falls.
    #[inline]
    #[expect(clippy::indexing_slicing, reason = "every index is below W")]
    fn step(&mut self, places: [u64; W], last: usize) -> (usize, usize) {
        let (mut up, mut down) = (0, 0);
        // What comes in from the row above: the top row rises by one with every column.
        let (mut plus_in, mut minus_in) = (1, 0);
        let mut swap_in = 0;
        for (word, here) in places.into_iter().enumerate() {
            let (plus, minus) = (self.plus[word], self.minus[word]);
            let same = here | minus_in;
            let mut diagonal = ((same & plus).wrapping_add(plus) ^ plus) | same | minus;
            if SWAPS {
                // This character one row up, the one before it here, and the diagonal between them not free.
                let open = !self.diagonal[word] & here;
                diagonal |= ((open << 1) | swap_in) & self.places[word];
                swap_in = open >> 63;
            }
            let rising = minus | !(diagonal | plus);
            let falling = diagonal & plus;
            if word == last / 64 {
                up = usize::from(rising >> (last % 64) & 1 != 0);
                down = usize::from(falling >> (last % 64) & 1 != 0);
            }
            let (shifted_rising, shifted_falling) = ((rising << 1) | plus_in, (falling << 1) | minus_in);
            (plus_in, minus_in) = (rising >> 63, falling >> 63);
            self.plus[word] = shifted_falling | !(diagonal | shifted_rising);
            self.minus[word] = shifted_rising & diagonal;
            self.diagonal[word] = diagonal;
        }
        self.places = places;
        (up, down)
    }
}
