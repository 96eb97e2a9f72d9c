//! Warnings about text that could be made to look like something else.

use serde::{Deserialize, Serialize};
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};
use unicode_security::MixedScript;

use super::script::{Script, is_right_to_left};
use super::{controls, digits};

/// What is odd about a text. A warning for people and for rules about review; never a reason to match two texts, and
/// not proof of bad intent: honest names raise a flag now and then.
///
/// ```
/// use throughline::text::TextFlags;
/// assert!(TextFlags::of("pаypal").mixed_scripts); // the second letter is Cyrillic
/// assert_eq!(TextFlags::of("می\u{200c}رود ۱۲ / Smith"), TextFlags::default());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TextFlags {
    /// One word mixes scripts that no writing system mixes (Unicode Technical Standard 39, single-script sets; Han
    /// with kana, Hangul or bopomofo is one writing system). Several words in different scripts are not odd.
    pub mixed_scripts: bool,
    /// A word without ASCII letters looks like one made of them (its skeleton is ASCII), such as `сор` in Cyrillic.
    /// Not asked of right-to-left scripts, whose letters join.
    pub looks_like_ascii: bool,
    /// Holds characters that change the direction of the text around them. A mark at the edge of a text copied from
    /// a right-to-left page is the usual harmless case.
    pub bidi_controls: bool,
    /// Holds invisible characters where the script has no use for them. Joiners after letters of the Arabic, Indic
    /// and other scripts that need them, emoji joiners and variation selectors are in use.
    pub invisible: bool,
    /// Holds control characters other than tab and line ends.
    pub controls: bool,
    /// One number mixes the digits of two scripts.
    pub mixed_digits: bool,
    /// Holds private-use or unassigned characters, which look different, or like nothing, on every machine.
    pub unassigned: bool,
}

impl TextFlags {
    /// Looks at a text. Linear in its length; ASCII text is only searched for control characters.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let mut flags = Self::default();
        if text.is_ascii() {
            flags.controls = text.chars().any(is_odd_control);
            return flags;
        }
        let mut before = None;
        let mut zero = None;
        for c in text.chars() {
            flags.controls |= is_odd_control(c);
            flags.bidi_controls |= controls::is_bidi_control(c);
            if controls::is_invisible(c) {
                flags.invisible |= !controls::is_bidi_control(c) && !is_useful(c, before);
            } else {
                before = Some(c);
            }
            // Decimal digits of one family are consecutive, so code point less value names the family.
            let family = digits::value(c).map(|value| u32::from(c) - u32::from(value));
            flags.mixed_digits |= matches!((zero, family), (Some(one), Some(other)) if one != other);
            zero = family;
            flags.unassigned |= !c.is_ascii()
                && !controls::is_invisible(c)
                && matches!(c.general_category(), GeneralCategory::Unassigned | GeneralCategory::PrivateUse);
        }
        for word in text.split(|c: char| !is_in_word(c)).filter(|word| !word.is_ascii()) {
            flags.mixed_scripts |= !word.is_single_script();
            flags.looks_like_ascii |= word.chars().any(char::is_alphabetic)
                && !word.chars().any(|c| c.is_ascii_alphabetic() || is_right_to_left(c))
                && skeleton(word).is_ascii();
        }
        flags
    }

    /// Whether nothing is odd.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self == Self::default()
    }
}

fn is_odd_control(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r')
}

/// Letters, digits, marks and what may stand inside a word.
fn is_in_word(c: char) -> bool {
    c.is_alphanumeric()
        || controls::is_invisible(c)
        || unicode_normalization::char::is_combining_mark(c)
        || matches!(c, '\'' | '\u{2019}')
}

/// Whether an invisible character has a use after that visible one.
fn is_useful(invisible: char, before: Option<char>) -> bool {
    let Some(before) = before.filter(|c| !c.is_ascii()) else {
        return invisible == '\u{fe0f}' && before.is_some();
    };
    match invisible {
        '\u{200c}' | '\u{200d}' => !matches!(
            Script::of(before),
            Some(
                Script::Latin
                    | Script::Cyrillic
                    | Script::Greek
                    | Script::Hebrew
                    | Script::Armenian
                    | Script::Georgian
                    | Script::Han
                    | Script::Kana
                    | Script::Hangul
            )
        ),
        '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}' | '\u{180b}'..='\u{180f}' => true,
        // Tags spell out the flags of regions after a black flag.
        '\u{e0020}'..='\u{e007f}' => before == '\u{1f3f4}',
        _ => false,
    }
}

/// The skeleton of Unicode Technical Standard 39: two texts that look alike have the same one. For warnings only; it
/// is neither a normal form nor fit for matching people, as it makes `rn` and `m` one.
///
/// ```
/// use throughline::text::skeleton;
/// assert_eq!(skeleton("раypal"), skeleton("paypal")); // the first two letters are Cyrillic
/// ```
#[must_use]
pub fn skeleton(text: &str) -> String {
    unicode_security::skeleton(text).collect()
}

#[cfg(test)]
mod tests {
    use super::TextFlags;
    use proptest::prelude::*;

    #[test]
    fn honest_text_in_every_script_raises_no_flag() {
        for text in [
            "Jean-Luc O’Brien",
            "José Łukasz Straße",
            "علی\u{200c}رضا مُحَمَّدی",
            "می\u{200c}خواهم ۱۲۳",
            "מֹשֶׁה כהן",
            "Андрей Фёдорович",
            "Παπαδόπουλος",
            "東京タワー",
            "김철수",
            "हिन्दी क\u{94d}\u{200d}ष",
            "سارا (Sara) 123 ۴۵۶",
            "👨\u{200d}👩\u{200d}👧 ❤\u{fe0f} 1\u{fe0f}\u{20e3}",
            "a\tb\r\n",
            "",
        ] {
            assert_eq!(TextFlags::of(text), TextFlags::default(), "{text}");
        }
    }

    #[test]
    fn each_oddity_raises_its_flag() {
        let none = TextFlags::default();
        for (text, flags) in [
            ("Аnna", TextFlags { mixed_scripts: true, ..none }),
            ("сор", TextFlags { looks_like_ascii: true, ..none }),
            ("\u{202e}Аня", TextFlags { bidi_controls: true, ..none }),
            ("ab\u{200b}c", TextFlags { invisible: true, ..none }),
            ("an\u{200d}na", TextFlags { invisible: true, ..none }),
            ("\u{feff}x", TextFlags { invisible: true, ..none }),
            ("a\0b", TextFlags { controls: true, ..none }),
            ("ü\u{85}", TextFlags { controls: true, ..none }),
            ("1۲3", TextFlags { mixed_digits: true, ..none }),
            ("x\u{e000}", TextFlags { unassigned: true, ..none }),
            ("x\u{378}", TextFlags { unassigned: true, ..none }),
        ] {
            assert_eq!(TextFlags::of(text), flags, "{}", text.escape_unicode());
            assert!(!flags.is_empty());
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]
        #[test]
        fn looking_at_anything_ends_well(text in any::<String>()) {
            let flags = TextFlags::of(&text);
            prop_assert_eq!(flags.bidi_controls, text.chars().any(super::controls::is_bidi_control));
            let _ = super::skeleton(&text);
        }
    }
}
