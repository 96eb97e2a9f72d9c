//! Characters that a person cannot see.

/// Whether the character steers the direction of the text around it (the property `Bidi_Control`).
#[must_use]
pub const fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Whether the character shows nothing: default-ignorable (the property `Default_Ignorable_Code_Point`: zero-width
/// spaces and joiners, the soft hyphen, variation selectors, tags, fillers, the bidirectional controls) or an
/// interlinear annotation mark. Source: Unicode 18, `DerivedCoreProperties.txt`.
#[must_use]
pub const fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}'
            | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}'
            | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}'
            | '\u{e0000}'..='\u{e0fff}'
    )
}

/// The text without bidirectional controls and invisible characters.
#[must_use]
pub fn strip(text: &str) -> String {
    text.chars().filter(|c| !is_invisible(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_bidi_control, is_invisible, strip};
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    #[test]
    fn bidirectional_controls_are_invisible_and_there_are_twelve() {
        let controls: Vec<char> = ('\0'..=char::MAX).filter(|c| is_bidi_control(*c)).collect();
        assert_eq!(controls.len(), 12);
        assert!(controls.into_iter().all(is_invisible));
    }

    #[test]
    fn format_characters_are_invisible_unless_they_show_something() {
        for c in '\0'..=char::MAX {
            if c.general_category() == GeneralCategory::Format {
                // Signs over or under numbers, abbreviation marks, shorthand and hieroglyph controls have a shape.
                let shown = matches!(c, '\u{600}'..='\u{605}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}'
                    | '\u{8e2}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}');
                assert_eq!(is_invisible(c), !shown, "{}", c.escape_unicode());
            }
        }
    }

    #[test]
    fn no_letter_or_digit_is_invisible_but_the_fillers() {
        for c in ('\0'..=char::MAX).filter(|c| is_invisible(*c) && c.is_alphanumeric()) {
            assert!(matches!(c, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}'), "{}", c.escape_unicode());
        }
    }

    #[test]
    fn stripping_leaves_what_can_be_seen() {
        assert_eq!(strip("\u{202b}سلام\u{202c}\u{200c} A\u{ad}b"), "سلام Ab");
        assert_eq!(strip("שָׁלוֹם\u{200f}"), "שָׁלוֹם");
    }
}
