//! Damerau-Levenshtein distance without limits on what is edited twice.

use super::edits::{Edits, at_least, common_suffix};
use super::kernel::{Job, Pair, Positions, Symbols};
use super::text::Text;

/// Damerau-Levenshtein distance: the fewest insertions, deletions, replacements and swaps of neighbours.
///
/// Unlike [`optimal_string_alignment`](super::optimal_string_alignment) a swapped pair may be edited again, so the
/// distance from `ca` to `abc` is 2; it is a metric. Computed by rows in linear space (R. Lowrance and R. Wagner, 1975;
/// C. Zhao and S. Sahni, 2019); distances of up to 2 come from the bit-parallel alignment, which then agrees.
///
/// # Complexity
/// One step for each character when at most two edits apart, else the product of the considered lengths.
///
/// ```
/// use throughline::similarity::{Text, damerau_levenshtein};
/// assert_eq!(damerau_levenshtein(&Text::new("ca"), &Text::new("abc")), 2);
/// assert_eq!(damerau_levenshtein(&Text::new("حمید"), &Text::new("حیمد")), 1);
/// ```
#[must_use]
pub fn damerau_levenshtein(a: &Text, b: &Text) -> usize {
    distance(&(a, b), usize::MAX)
}

/// [`damerau_levenshtein`] if it is at most `max`; mostly answered from the lengths and letters alone when it is not.
#[must_use]
pub fn damerau_levenshtein_within(a: &Text, b: &Text, max: usize) -> Option<usize> {
    within(&(a, b), max)
}

pub(super) fn within(pair: &impl Pair, max: usize) -> Option<usize> {
    if at_least(pair) > max {
        return None;
    }
    Some(distance(pair, max)).filter(|distance| *distance <= max)
}

/// The distance, or some number above `max`.
pub(super) fn distance(pair: &impl Pair, max: usize) -> usize {
    if pair.strangers() {
        return pair.a().len().max(pair.b().len());
    }
    // One edit, or two that do not overlap, are the same in both models; two that overlap are at least three there.
    let aligned = pair.on(Edits::<true> { max: usize::MAX });
    if aligned <= 2 || max < 2 { aligned } else { pair.on(Rows) }
}

struct Rows;

impl Job for Rows {
    type Output = usize;

    fn run<const W: usize, P, T>(self, pattern: &P, text: &T, prefix: usize) -> usize
    where
        P: Positions<W>,
        T: Symbols<Symbol = P::Symbol>,
    {
        let suffix = common_suffix(pattern, text, prefix);
        let (rows, columns) = (pattern.len() - suffix - prefix, text.len() - suffix - prefix);
        match columns {
            0..=16 => table::<17, _, _>(pattern, text, prefix, rows, columns),
            17..=64 => table::<65, _, _>(pattern, text, prefix, rows, columns),
            _ => table::<{ Text::CONSIDERED + 1 }, _, _>(pattern, text, prefix, rows, columns),
        }
    }
}

/// What the table remembers of a column: the last row whose symbol equals the column's, and the entry two columns back
/// in the row before that.
#[derive(Clone, Copy, Default)]
struct Column {
    row: u16,
    entry: u16,
}

/// The last entry of the table of distances, by rows of at most `L` entries.
///
/// A swap joins row `i` to an earlier row with the column's symbol and column `j` to an earlier column with the row's
/// symbol. It can beat replacements only if one of the two gaps is empty, so one remembered entry for each column, and one
/// for the row, stand for the whole table.
#[expect(
    clippy::indexing_slicing,
    reason = "columns are below L, which the callers choose by the longest text"
)]
fn table<const L: usize, P, T>(pattern: &P, text: &T, prefix: usize, rows: usize, columns: usize) -> usize
where
    P: Symbols,
    T: Symbols<Symbol = P::Symbol>,
{
    let mut last = [Column::default(); L];
    let mut lines = [[0_u16; L]; 3];
    let [before, above, here] = &mut lines;
    let (mut before, mut above, mut here) = (before, above, here);
    for (column, entry) in (0..).zip(here.iter_mut()) {
        *entry = column;
    }
    for (row, at) in (1..).zip(prefix..prefix + rows) {
        (before, above, here) = (above, here, before);
        here[0] = row;
        let symbol = pattern.at(at);
        // The last column of this row with its symbol, and the entry two rows up in the column before that.
        let (mut last_column, mut two_up) = (0, 0);
        for column in 1..=columns {
            if text.at(prefix + column - 1) == symbol {
                here[column] = above[column - 1];
                last[column] = Column { row, entry: if column > 1 { above[column - 2] } else { 0 } };
                (last_column, two_up) = (column, before[column - 1]);
                continue;
            }
            let mut best = above[column - 1].min(above[column]).min(here[column - 1]) + 1;
            let Column { row: last_row, entry } = last[column];
            if last_column > 0 && last_row > 0 {
                let gap = u16::try_from(column - last_column).unwrap_or(u16::MAX >> 1);
                if gap == 1 {
                    best = best.min(entry + row - last_row);
                } else if row - last_row == 1 {
                    best = best.min(two_up + gap);
                }
            }
            here[column] = best;
        }
    }
    usize::from(here[columns])
}
