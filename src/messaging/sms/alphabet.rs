//! The characters that a text message carries in seven bits.

use serde::{Deserialize, Serialize};

/// A national language table of 3GPP TS 23.038: letters that the default alphabet of text messages lacks.
///
/// Of the thirteen languages of the standard four are here. Left out are the nine Indian ones: Bengali, Gujarati, Hindi,
/// Kannada, Malayalam, Oriya, Punjabi, Tamil and Telugu. There is no table for Arabic, Persian or Hebrew; the Urdu one has
/// most Persian letters, but neither `غ` nor `ه`, so Persian is sent in UCS-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[non_exhaustive]
pub enum NationalTable {
    /// Turkish (language 1), both tables.
    #[serde(rename = "tr", alias = "TR")]
    Turkish,
    /// Spanish (language 2), a single-shift table only: as a locking table it is the default alphabet.
    #[serde(rename = "es", alias = "ES")]
    Spanish,
    /// Portuguese (language 3), both tables.
    #[serde(rename = "pt", alias = "PT")]
    Portuguese,
    /// Urdu (language 13), both tables.
    #[serde(rename = "ur", alias = "UR")]
    Urdu,
}

impl NationalTable {
    /// Whether the language has a locking-shift table of its own.
    #[must_use]
    pub const fn has_locking_table(self) -> bool {
        !matches!(self, Self::Spanish)
    }
}

/// The tables that one message is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Alphabet {
    pub(super) locking: Option<NationalTable>,
    pub(super) single: Option<NationalTable>,
}

impl Alphabet {
    /// How many septets the character takes: 1, 2 after an escape, 0 if it cannot be written.
    pub(super) fn septets(self, c: char) -> u8 {
        let basic = match self.locking {
            None => default_table(c) == 1,
            Some(table) => in_locking_table(table, c),
        };
        if basic {
            return 1;
        }
        let escaped = match self.single {
            None => default_table(c) == 2,
            Some(table) => in_single_table(table, c),
        };
        if escaped { 2 } else { 0 }
    }

    /// How many of the tables need a header of their own.
    pub(super) fn shifts(self) -> usize {
        usize::from(self.locking.is_some()) + usize::from(self.single.is_some())
    }
}

/// Septets of ASCII in the default alphabet and its extension.
const ASCII: [u8; 128] = {
    let mut table = [0; 128];
    let mut byte = 0_u8;
    while byte < 128 {
        #[expect(clippy::indexing_slicing, reason = "evaluated when compiling")]
        {
            table[byte as usize] = match byte {
                b'\n' | b'\r' => 1,
                0x0c | b'^' | b'{' | b'}' | b'\\' | b'[' | b'~' | b']' | b'|' => 2,
                b'`' => 0,
                b' '..=b'~' => 1,
                _ => 0,
            };
        }
        byte += 1;
    }
    table
};

/// Whether an ASCII byte takes one septet. Written so that many are looked at together.
pub(super) const fn is_plain(byte: u8) -> bool {
    let shown = byte.wrapping_sub(b' ') < 0x5f;
    let bracket = byte.wrapping_sub(b'[') < 4;
    let brace = byte.wrapping_sub(b'{') < 4;
    let line = (byte == b'\n') | (byte == b'\r');
    (shown & !bracket & !brace & (byte != b'`')) | line
}

/// Septets of a character in the GSM 7-bit default alphabet (1) and its extension table (2). Source: 3GPP TS 23.038,
/// sections 6.2.1 and 6.2.1.1.
pub(super) fn default_table(c: char) -> u8 {
    let code = u32::from(c);
    if let Some(septets) = usize::try_from(code).ok().and_then(|code| ASCII.get(code)) {
        return *septets;
    }
    match c {
        '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø' | 'Å' | 'å' | 'Æ' | 'æ' | 'ß' | 'É'
        | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à' => 1,
        'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' => 1,
        '€' => 2,
        _ => 0,
    }
}

/// Source: 3GPP TS 23.038, annex A.3.
const fn in_locking_table(table: NationalTable, c: char) -> bool {
    match table {
        NationalTable::Spanish => in_default_basic(c),
        NationalTable::Turkish => match c {
            '€' | 'ı' | 'Ğ' | 'ğ' | 'Ş' | 'ş' | 'İ' | 'ç' => true,
            'è' | 'ì' | 'Ø' | 'ø' | 'Æ' | 'æ' | '¡' | '¿' => false,
            _ => in_default_basic(c),
        },
        NationalTable::Portuguese => match c {
            'ê' | 'ú' | 'í' | 'ó' | 'ç' | 'Ô' | 'ô' | 'Á' | 'á' | 'ª' | 'À' | '∞' | '^' | '\\' | '€'
            | 'Ó' | '|' | 'Â' | 'â' | 'Ê' | 'º' | 'Í' | 'Ã' | 'Õ' | 'Ú' | '~' | 'ã' | 'õ' | '`' => {
                true
            }
            'è' | 'ù' | 'ì' | 'ò' | 'Ø' | 'ø' | 'Å' | 'å' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ'
            | 'Ξ' | 'Æ' | 'æ' | 'ß' | '¤' | '¡' | 'Ä' | 'Ö' | 'Ñ' | '¿' | 'ä' | 'ö' | 'ñ' => {
                false
            }
            _ => in_default_basic(c),
        },
        NationalTable::Urdu => matches!(c,
            '\n' | '\r' | ' ' | '!' | '(' | ')' | ',' | '.' | ':' | ';' | '?' | '0'..='9' | 'a'..='z'
            | '\u{621}' | '\u{622}' | '\u{627}' | '\u{628}' | '\u{62a}'..='\u{639}' | '\u{641}' | '\u{642}'
            | '\u{644}'..='\u{646}' | '\u{648}' | '\u{64d}' | '\u{64f}'..='\u{651}' | '\u{653}'..='\u{657}'
            | '\u{670}' | '\u{679}'..='\u{67f}' | '\u{680}' | '\u{681}' | '\u{683}'..='\u{68a}' | '\u{68c}'
            | '\u{68d}' | '\u{68f}' | '\u{691}' | '\u{693}' | '\u{696}' | '\u{698}'..='\u{69a}' | '\u{6a6}'
            | '\u{6a9}'..='\u{6ab}' | '\u{6af}' | '\u{6b1}' | '\u{6b3}' | '\u{6ba}'..='\u{6bc}' | '\u{6be}'
            | '\u{6c1}' | '\u{6c2}' | '\u{6c4}' | '\u{6cc}' | '\u{6d0}' | '\u{6d2}' | '\u{6d5}'),
    }
}

/// The basic table as a constant function, for the tables that differ from it in a few places.
const fn in_default_basic(c: char) -> bool {
    matches!(c, '\n' | '\r' | ' '..='Z' | '_' | 'a'..='z' | '£' | '¥' | 'è' | 'é' | 'ù' | 'ì' | 'ò' | 'Ç' | 'Ø' | 'ø'
        | 'Å' | 'å' | 'Δ' | 'Φ' | 'Γ' | 'Λ' | 'Ω' | 'Π' | 'Ψ' | 'Σ' | 'Θ' | 'Ξ' | 'Æ' | 'æ' | 'ß' | 'É' | '¤' | '¡'
        | 'Ä' | 'Ö' | 'Ñ' | 'Ü' | '§' | '¿' | 'ä' | 'ö' | 'ñ' | 'ü' | 'à')
}

/// Source: 3GPP TS 23.038, annex A.2. Each has the default extension too.
fn in_single_table(table: NationalTable, c: char) -> bool {
    if default_table(c) == 2 {
        return true;
    }
    match table {
        NationalTable::Turkish => matches!(c, 'Ğ' | 'İ' | 'Ş' | 'ç' | 'ğ' | 'ı' | 'ş'),
        NationalTable::Spanish => matches!(c, 'ç' | 'Á' | 'Í' | 'Ó' | 'Ú' | 'á' | 'í' | 'ó' | 'ú'),
        NationalTable::Portuguese => matches!(
            c,
            'ê' | 'ç'
                | 'Ô'
                | 'ô'
                | 'Á'
                | 'á'
                | 'Φ'
                | 'Γ'
                | 'Ω'
                | 'Π'
                | 'Ψ'
                | 'Σ'
                | 'Θ'
                | 'Ê'
                | 'À'
                | 'Í'
                | 'Ó'
                | 'Ú'
                | 'Ã'
                | 'Õ'
                | 'Â'
                | 'í'
                | 'ó'
                | 'ú'
                | 'ã'
                | 'õ'
                | 'â'
        ),
        NationalTable::Urdu => matches!(c,
            '@' | '£' | '$' | '¥' | '¿' | '"' | '¤' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '<' | '=' | '>'
            | '¡' | '_' | '#' | 'A'..='Z' | '\u{600}' | '\u{601}' | '\u{60c}'..='\u{614}' | '\u{61b}' | '\u{61f}'
            | '\u{640}' | '\u{652}' | '\u{658}' | '\u{66b}' | '\u{66c}' | '\u{672}' | '\u{673}' | '\u{6cd}'
            | '\u{6d4}' | '\u{6f0}'..='\u{6f9}'),
    }
}

#[cfg(test)]
mod tests {
    use super::{Alphabet, NationalTable, default_table, in_default_basic, in_locking_table, is_plain};

    fn all() -> impl Iterator<Item = char> {
        '\0'..=char::MAX
    }

    #[test]
    fn tables_have_as_many_characters_as_the_standard_gives_them() {
        // 128 positions less the escape; the extension has nine signs and the page break.
        assert_eq!(all().filter(|c| default_table(*c) == 1).count(), 127);
        assert_eq!(all().filter(|c| default_table(*c) == 2).count(), 10);
        for (table, locking, single) in [
            (NationalTable::Turkish, 127, 17),
            (NationalTable::Spanish, 127, 19),
            (NationalTable::Portuguese, 127, 37),
            (NationalTable::Urdu, 127, 88),
        ] {
            assert_eq!(all().filter(|c| in_locking_table(table, *c)).count(), locking, "{table:?}");
            let alphabet = Alphabet { locking: None, single: Some(table) };
            let in_single = all().filter(|c| super::in_single_table(table, *c)).count();
            assert_eq!(in_single, single, "{table:?}");
            assert_eq!(alphabet.septets('a'), 1);
        }
    }

    #[test]
    fn the_three_forms_of_the_basic_table_agree() {
        for c in all() {
            assert_eq!(default_table(c) == 1, in_default_basic(c), "{c:?}");
            if let Ok(byte) = u8::try_from(c)
                && c.is_ascii()
            {
                assert_eq!(is_plain(byte), default_table(c) == 1, "{c:?}");
            }
        }
        assert!((128..=255).all(|byte| !is_plain(byte)));
    }

    #[test]
    fn turkish_letters_take_one_septet_locked_and_two_shifted() {
        let locked = Alphabet { locking: Some(NationalTable::Turkish), single: None };
        let shifted = Alphabet { locking: None, single: Some(NationalTable::Turkish) };
        for c in "ğışİŞĞç".chars() {
            assert_eq!((locked.septets(c), shifted.septets(c), default_table(c)), (1, 2, 0), "{c}");
        }
    }
}
