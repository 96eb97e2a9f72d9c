//! Scripts and writing directions.

use unicode_normalization::char::is_combining_mark;
use unicode_script::{Script as UnicodeScriptValue, UnicodeScript};

/// The script that a text is written in, as far as showing and comparing names needs to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Script {
    /// Latin.
    Latin,
    /// Arabic, Persian, Urdu, Kurdish, …
    Arabic,
    /// Hebrew, Yiddish.
    Hebrew,
    /// Cyrillic.
    Cyrillic,
    /// Greek.
    Greek,
    /// Armenian.
    Armenian,
    /// Georgian.
    Georgian,
    /// Devanagari.
    Devanagari,
    /// Thai.
    Thai,
    /// Chinese characters.
    Han,
    /// Japanese hiragana and katakana.
    Kana,
    /// Korean.
    Hangul,
    /// Any other script.
    Other,
}

impl Script {
    /// The script of one character; none for what belongs to all scripts (digits, punctuation, marks, emoji) and for
    /// unassigned characters.
    #[must_use]
    pub fn of(c: char) -> Option<Self> {
        use UnicodeScriptValue as U;
        if c.is_ascii() {
            return c.is_ascii_alphabetic().then_some(Self::Latin);
        }
        Some(match c.script() {
            U::Common | U::Inherited | U::Unknown => return None,
            U::Latin => Self::Latin,
            U::Arabic => Self::Arabic,
            U::Hebrew => Self::Hebrew,
            U::Cyrillic => Self::Cyrillic,
            U::Greek => Self::Greek,
            U::Armenian => Self::Armenian,
            U::Georgian => Self::Georgian,
            U::Devanagari => Self::Devanagari,
            U::Thai => Self::Thai,
            U::Han => Self::Han,
            U::Hiragana | U::Katakana => Self::Kana,
            U::Hangul => Self::Hangul,
            _ => Self::Other,
        })
    }
}

/// The script that most letters of the text are in; of equally many the one that comes first in the text. None for a
/// text without letters. Marks and digits do not count.
///
/// ```
/// use throughline::text::{Script, dominant_script};
/// assert_eq!(dominant_script("سارا (Sara) احمدی"), Some(Script::Arabic));
/// assert_eq!(dominant_script("12-34"), None);
/// ```
#[must_use]
pub fn dominant_script(text: &str) -> Option<Script> {
    let mut counts: Vec<(Script, usize)> = Vec::new();
    for script in text.chars().filter(|c| c.is_alphabetic() && !is_combining_mark(*c)).filter_map(Script::of)
    {
        match counts.iter_mut().find(|(known, _)| *known == script) {
            Some((_, count)) => *count += 1,
            None => counts.push((script, 1)),
        }
    }
    // `max_by_key` takes the last of equals.
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(script, _)| script)
}

/// The direction in which a text runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// Left to right.
    Ltr,
    /// Right to left.
    Rtl,
}

impl Direction {
    /// The direction of the first letter, which is how text without markup gets its direction (Unicode Standard Annex
    /// 9, rules P2 and P3, without isolates); none when there is no letter. Digits do not decide: `۱۲۳` alone has no
    /// direction.
    ///
    /// ```
    /// use throughline::text::Direction;
    /// assert_eq!(Direction::of("۱. علی Smith"), Some(Direction::Rtl));
    /// assert_eq!(Direction::of("Smith علی"), Some(Direction::Ltr));
    /// assert_eq!(Direction::of("+98 21"), None);
    /// ```
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        text.chars().find_map(|c| match c {
            '\u{200e}' => Some(Self::Ltr),
            '\u{200f}' | '\u{61c}' => Some(Self::Rtl),
            c if c.is_alphabetic() && !is_combining_mark(c) => {
                Some(if is_right_to_left(c) { Self::Rtl } else { Self::Ltr })
            }
            _ => None,
        })
    }
}

/// Whether a letter runs right to left. Source: the blocks to which Unicode assigns the bidirectional classes R and
/// AL (`DerivedBidiClass.txt`, Unicode 16).
pub(super) const fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::{Direction, Script, dominant_script};

    #[test]
    fn the_script_with_most_letters_wins_and_the_first_of_equals() {
        for (text, script) in [
            ("فاطمه", Some(Script::Arabic)),
            ("שרה Cohen", Some(Script::Latin)),
            ("אב ab", Some(Script::Hebrew)),
            ("ab אב", Some(Script::Latin)),
            ("Анна", Some(Script::Cyrillic)),
            ("東京タワーズ", Some(Script::Kana)),
            ("東京タワー", Some(Script::Han)),
            ("ሀሁ", Some(Script::Other)),
            ("مُحَمَّد ab", Some(Script::Arabic)),
            ("", None),
            ("👋 ۱۲", None),
        ] {
            assert_eq!(dominant_script(text), script, "{text}");
        }
    }

    #[test]
    fn the_first_letter_gives_the_direction() {
        for (text, direction) in [
            ("«علی»", Some(Direction::Rtl)),
            ("(שרה)", Some(Direction::Rtl)),
            ("7 Анна", Some(Direction::Ltr)),
            ("\u{200f}12 ab", Some(Direction::Rtl)),
            ("ܐ", Some(Direction::Rtl)),
            ("+98 ۰۲۱", None),
        ] {
            assert_eq!(Direction::of(text), direction, "{text}");
        }
    }
}
