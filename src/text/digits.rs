//! Decimal digits of every script.

/// The zeros of Unicode's decimal digits (general category Nd); each family is ten characters in order.
/// Source: Unicode 18, `UnicodeData.txt`; a test compares it with the tables of the crate's Unicode library.
const ZEROS: &[u32] = &[
    0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0xDE6, 0xE50,
    0xED0, 0xF20, 0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40,
    0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0, 0xAA50, 0xABF0, 0xFF10, 0x104A0, 0x10D30, 0x10D40,
    0x11066, 0x110F0, 0x11136, 0x111D0, 0x112F0, 0x11450, 0x114D0, 0x11650, 0x116C0, 0x116D0, 0x116DA,
    0x11730, 0x118E0, 0x11950, 0x11BF0, 0x11C50, 0x11D50, 0x11DA0, 0x11DE0, 0x11F50, 0x16130, 0x16A60,
    0x16AC0, 0x16B50, 0x16D70, 0x1CCF0, 0x1D7CE, 0x1D7D8, 0x1D7E2, 0x1D7EC, 0x1D7F6, 0x1E140, 0x1E2F0,
    0x1E4F0, 0x1E5F1, 0x1E950, 0x1FBF0,
];

/// The value 0 to 9 of a decimal digit of any script.
#[must_use]
pub fn value(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.to_digit(10).and_then(|digit| u8::try_from(digit).ok());
    }
    let code = u32::from(c);
    let family = ZEROS.partition_point(|zero| *zero <= code).checked_sub(1)?;
    let offset = code - ZEROS.get(family)?;
    u8::try_from(offset).ok().filter(|digit| *digit < 10)
}

/// The ASCII digit with the same value; any other character as it is.
#[must_use]
pub fn ascii(c: char) -> char {
    if c.is_ascii() {
        return c;
    }
    value(c).map_or(c, |digit| char::from(b'0' + digit))
}

/// The text with every decimal digit in ASCII, and nothing else changed.
///
/// ```
/// assert_eq!(throughline::text::digits::fold("کد ۱۲۳ و ٤٥٦"), "کد 123 و 456");
/// ```
#[must_use]
pub fn fold(text: &str) -> String {
    text.chars().map(ascii).collect()
}

/// Whether the character is a dash that joins or separates words and numbers: a hyphen, a dash of any length (general
/// category Pd without the wave dashes and the double hyphen of kana), a minus sign or a hyphen bullet.
#[must_use]
pub const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '\u{2d7}' | '\u{58a}' | '\u{5be}' | '\u{1400}' | '\u{1806}' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2043}'
                | '\u{2212}'
                | '\u{2e17}'
                | '\u{2e1a}'
                | '\u{2e3a}'
                | '\u{2e3b}'
                | '\u{2e40}'
                | '\u{2e5d}'
                | '\u{fe31}'
                | '\u{fe32}'
                | '\u{fe58}'
                | '\u{fe63}'
                | '\u{ff0d}'
                | '\u{10d6e}'
                | '\u{10ead}'
    )
}

#[cfg(test)]
mod tests {
    use super::{ascii, fold, is_dash, value};
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    #[test]
    fn the_table_holds_exactly_the_decimal_digits() {
        let mut runs = Vec::new();
        let mut previous = None;
        for c in '\0'..=char::MAX {
            let is_digit = c.general_category() == GeneralCategory::DecimalNumber;
            assert_eq!(value(c).is_some(), is_digit, "{}", c.escape_unicode());
            if is_digit {
                // Families follow one another without a gap in one place (the mathematical digits), each has ten.
                match previous {
                    Some(before) if u32::from(c) == before + 1 => *runs.last_mut().unwrap() += 1,
                    _ => runs.push(1),
                }
                previous = Some(u32::from(c));
            }
        }
        assert!(runs.iter().all(|run| run % 10 == 0));
        assert_eq!(runs.iter().sum::<usize>(), 10 * super::ZEROS.len());
    }

    #[test]
    fn values_agree_with_the_standard_library_on_ascii_and_follow_the_order_elsewhere() {
        for (digit, c) in ('0'..='9').enumerate() {
            assert_eq!(value(c).map(usize::from), Some(digit));
        }
        for zero in super::ZEROS {
            for digit in 0..10_u8 {
                let c = char::from_u32(zero + u32::from(digit)).unwrap();
                assert_eq!(value(c), Some(digit));
                assert_eq!(ascii(c), char::from(b'0' + digit));
            }
        }
    }

    #[test]
    fn folding_changes_digits_only() {
        for (text, folded) in [
            ("+۹۸ ۹۱۲ ۳۴۵", "+98 912 345"),
            ("٠١٢٣٤٥٦٧٨٩", "0123456789"),
            ("०१२३४५६७८९", "0123456789"),
            ("０１２３４５６７８９", "0123456789"),
            ("Straße ² ½ Ⅳ", "Straße ² ½ Ⅳ"),
            ("каб. 5", "каб. 5"),
            ("חדר 5", "חדר 5"),
        ] {
            assert_eq!(fold(text), folded);
        }
    }

    #[test]
    fn dashes_are_the_dash_punctuation_that_joins_words_and_the_minus_signs() {
        for c in '\0'..=char::MAX {
            // The wave dash and its kin, and the double hyphen of kana, separate; they are no hyphens.
            let excluded = matches!(c, '\u{301c}' | '\u{3030}' | '\u{30a0}');
            let expected = c.general_category() == GeneralCategory::DashPunctuation && !excluded
                || matches!(c, '\u{2043}' | '\u{2212}' | '\u{2d7}');
            assert_eq!(is_dash(c), expected, "{}", c.escape_unicode());
        }
    }
}
