//! Cutting a text without breaking what is seen as one.

use std::borrow::Cow;

use unicode_normalization::char::{canonical_combining_class, is_combining_mark};

/// The text, or as much of it as has room, with `…` where it was cut.
///
/// `cost` says what a character takes (a byte, a UTF-16 unit, 1). It is never cut inside of a letter with its marks, an
/// emoji, a flag or a Korean syllable (extended grapheme clusters of Unicode Standard Annex 29; in scripts with conjuncts
/// rather earlier), nor inside of a directional isolate, so that what follows never turns around. Where not even the
/// ellipsis has room the answer is empty.
///
/// # Complexity
/// O(n).
///
/// ```
/// use throughline::messaging::limits::truncate;
/// assert_eq!(truncate("سلام سارا جان", 10, |_| 1), "سلام سارا…");
/// assert_eq!(truncate("ok 👩\u{200d}👧\u{200d}👦!", 6, |_| 1), "ok…");
/// assert_eq!(truncate("Call \u{2068}+98 912\u{2069} now", 9, |_| 1), "Call…");
/// ```
#[must_use]
pub fn truncate(text: &str, room: usize, cost: impl Fn(char) -> usize) -> Cow<'_, str> {
    let ellipsis = cost('…');
    let (mut used, mut end) = (0_usize, 0);
    let mut depth = 0_usize;
    let mut before = Before::default();
    let mut fits = true;
    for (at, c) in text.char_indices() {
        if depth == 0 && used.saturating_add(ellipsis) <= room && !before.joins(c) {
            end = at;
        }
        match c {
            '\u{2066}'..='\u{2068}' | '\u{202a}' | '\u{202b}' | '\u{202d}' | '\u{202e}' => depth += 1,
            '\u{2069}' | '\u{202c}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        used = used.saturating_add(cost(c));
        before.push(c);
        if used > room {
            fits = false;
            break;
        }
    }
    if fits {
        return Cow::Borrowed(text);
    }
    if ellipsis > room {
        return Cow::Borrowed("");
    }
    Cow::Owned([text.get(..end).unwrap_or_default().trim_end(), "…"].concat())
}

/// What stands before a place in a text.
#[derive(Default)]
struct Before {
    last: Option<char>,
    /// How many regional indicators in a row; two make a flag.
    flags: usize,
}

impl Before {
    fn push(&mut self, c: char) {
        self.flags = if is_regional(c) { self.flags + 1 } else { 0 };
        self.last = Some(c);
    }

    /// Whether the character belongs to what stands before it. It says so a little too often, never too seldom.
    fn joins(&self, c: char) -> bool {
        let Some(last) = self.last else { return false };
        let extends = is_combining_mark(c)
            || matches!(c, '\u{200c}' | '\u{200d}' | '\u{e33}' | '\u{eb3}' | '\u{1160}'..='\u{11ff}'
                | '\u{d7b0}'..='\u{d7fb}' | '\u{1f3fb}'..='\u{1f3ff}' | '\u{ff9e}' | '\u{ff9f}' | '\u{e0020}'..='\u{e007f}');
        let prepends = matches!(last, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
            | '\u{d4e}' | '\u{110bd}' | '\u{110cd}' | '\u{111c2}' | '\u{111c3}' | '\u{1193f}' | '\u{11941}'
            | '\u{11a3a}' | '\u{11a84}'..='\u{11a89}' | '\u{11d46}' | '\u{11f02}');
        let leads = matches!(last, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}')
            && matches!(c, '\u{1100}'..='\u{115f}' | '\u{a960}'..='\u{a97c}' | '\u{ac00}'..='\u{d7a3}');
        extends
            || prepends
            || leads
            || last == '\u{200d}'
            || canonical_combining_class(last) == 9
            || (last == '\r' && c == '\n')
            || (is_regional(c) && self.flags % 2 == 1)
    }
}

const fn is_regional(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::truncate;

    #[test]
    fn what_is_seen_as_one_is_kept_whole() {
        for (text, room, cut) in [
            ("Анна Каренина", 5, "Анна…"),
            ("שלום שרה", 6, "שלום…"),
            ("e\u{301}e\u{301}", 3, "e\u{301}…"),
            ("🇮🇷🇹🇷🇺🇦", 4, "🇮🇷…"),
            ("👍🏽👍🏽", 2, "…"),
            ("हिन्दी", 4, "हि…"),
            ("각각", 1, "…"),
            ("a\r\nb", 3, "a…"),
            ("\u{2068}علی\u{2069} x", 4, "…"),
            ("abc", 0, ""),
            ("", 0, ""),
            ("abc", 3, "abc"),
        ] {
            assert_eq!(truncate(text, room, |_| 1), cut, "{text}");
        }
        let marks = "\u{301}".repeat(10_000);
        assert_eq!(truncate(&marks, 100, |_| 1), "…");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn the_cut_fits_and_is_a_beginning(text in "[a-zسلام \u{301}\u{200d}👩🇮🇷\u{2068}\u{2069}한]{0,40}", room in 0_usize..60) {
            let cut = truncate(&text, room, char::len_utf8);
            prop_assert!(cut.len() <= room);
            let kept = cut.strip_suffix('…').unwrap_or(&cut);
            prop_assert!(text.starts_with(kept));
            prop_assert_eq!(cut == text, text.len() <= room);
            if cut != text {
                let opened = kept.chars().filter(|c| *c == '\u{2068}').count();
                let closed = kept.chars().filter(|c| *c == '\u{2069}').count();
                prop_assert!(opened <= closed);
            }
        }
    }
}
