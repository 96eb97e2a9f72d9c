//! How much room a text takes in a table of fixed-width characters.

use unicode_normalization::char::is_combining_mark;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use super::controls;
use super::script::Direction;

/// The columns that the text takes on a terminal: 0 for non-spacing marks, controls and invisible characters, 2 for
/// wide East Asian characters and emoji, 1 for all others.
///
/// ```
/// use throughline::text::display_width;
/// assert_eq!(display_width("مُحَمَّد"), 4);
/// assert_eq!(display_width("東京"), 4);
/// ```
#[must_use]
pub fn display_width(text: &str) -> usize {
    text.chars().map(character_width).sum()
}

fn character_width(c: char) -> usize {
    if c.is_ascii() {
        usize::from(!c.is_ascii_control())
    } else if c.is_control()
        || controls::is_invisible(c)
        || (is_combining_mark(c) && c.general_category() != GeneralCategory::SpacingMark)
    {
        0
    } else if is_wide(c) {
        2
    } else {
        1
    }
}

/// Source: the ranges with East_Asian_Width W or F in Unicode 16 (`EastAsianWidth.txt`), joined where only
/// unassigned characters lie between them.
const fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23ec}' | '\u{2614}'..='\u{2615}'
        | '\u{2e80}'..='\u{303e}' | '\u{3041}'..='\u{33ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{fe10}'..='\u{fe19}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff01}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{16fe0}'..='\u{18dff}'
        | '\u{1aff0}'..='\u{1b2ff}' | '\u{1f300}'..='\u{1f320}' | '\u{1f32d}'..='\u{1f335}'
        | '\u{1f337}'..='\u{1f37c}' | '\u{1f380}'..='\u{1f393}' | '\u{1f3a0}'..='\u{1f3ca}'
        | '\u{1f3e0}'..='\u{1f3f0}' | '\u{1f3f8}'..='\u{1f43e}' | '\u{1f440}' | '\u{1f442}'..='\u{1f4fc}'
        | '\u{1f4ff}'..='\u{1f53d}' | '\u{1f550}'..='\u{1f567}' | '\u{1f5fb}'..='\u{1f64f}'
        | '\u{1f680}'..='\u{1f6c5}' | '\u{1f90c}'..='\u{1f93a}' | '\u{1f93c}'..='\u{1f945}'
        | '\u{1f947}'..='\u{1f9ff}' | '\u{1fa70}'..='\u{1faff}' | '\u{20000}'..='\u{3fffd}')
}

/// One cell of a table: the text in exactly that many columns, cut with `…` when it is longer, filled with spaces
/// when it is shorter, on the side where its reading ends: a right-to-left text stands at the right edge of its cell.
///
/// A text with right-to-left letters is wrapped in the isolates U+2068 and U+2069, so that the cells beside it keep
/// their places. Control characters and bidirectional controls of the text itself are left out: a customer's name
/// cannot break a table.
///
/// ```
/// use throughline::text::pad;
/// assert_eq!(pad("Anna", 6), "Anna  ");
/// assert_eq!(pad("Anna Karenina", 6), "Anna …");
/// assert_eq!(pad("علی", 5), "  \u{2068}علی\u{2069}");
/// ```
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let shown = || text.chars().filter(|c| !c.is_control() && !controls::is_bidi_control(*c));
    let whole: usize = shown().map(character_width).sum();
    let mut cell = String::with_capacity(text.len() + columns);
    let mut used = 0;
    if whole <= columns {
        cell.extend(shown());
        used = whole;
    } else if columns > 0 {
        for c in shown() {
            let width = character_width(c);
            if used + width > columns - 1 {
                break;
            }
            used += width;
            cell.push(c);
        }
        cell.push('…');
        used += 1;
    }
    let fill = " ".repeat(columns.saturating_sub(used));
    if Direction::of(&cell) == Some(Direction::Rtl) {
        format!("{fill}\u{2068}{cell}\u{2069}")
    } else if cell.chars().any(|c| c.is_alphabetic() && super::script::is_right_to_left(c)) {
        format!("\u{2068}{cell}\u{2069}{fill}")
    } else {
        cell + &fill
    }
}

#[cfg(test)]
mod tests {
    use super::{display_width, pad};
    use proptest::prelude::*;

    #[test]
    fn widths() {
        for (text, width) in [
            ("Anna", 4),
            ("Ärger", 5),
            ("A\u{308}rger", 5),
            ("می\u{200c}رود", 5),
            ("שָׁלוֹם", 4),
            ("Фёдор", 5),
            ("한글", 4),
            ("ｶﾞ", 2),
            ("👋", 2),
            ("a\u{200b}\tb", 2),
        ] {
            assert_eq!(display_width(text), width, "{text}");
        }
    }

    #[test]
    fn right_to_left_cells_fill_on_the_left_and_mixed_ones_are_isolated() {
        assert_eq!(pad("שרה", 4), " \u{2068}שרה\u{2069}");
        assert_eq!(pad("a שרה", 6), "\u{2068}a שרה\u{2069} ");
        assert_eq!(pad("\u{202e}evil\n", 5), "evil ");
        assert_eq!(pad("東京都", 4), "東… ");
        assert_eq!(pad("x", 0), "");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn a_cell_has_its_width(text in any::<String>(), columns in 0_usize..20) {
            prop_assert_eq!(display_width(&pad(&text, columns)), columns);
        }
    }
}
