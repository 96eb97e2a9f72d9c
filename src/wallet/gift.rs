//! The code of a gift card.

use std::fmt;

use crate::text::digits;

/// A gift card's code: whoever has it has what is on the card, so it is never shown by `Debug`, has no `Display`, and is
/// kept as a keyed hash only.
///
/// Fifteen random characters (75 bits) and a check character, of the digits and the letters without I, L, O and U, in
/// four groups of four. It is read in any spelling that people type: small letters, digits of any script, I and L for 1,
/// O for 0, with or without spaces and hyphens. The check character finds every wrong character and every exchange of two
/// neighbours, so that a slip is not taken for a guess.
///
/// ```
/// use throughline::wallet::GiftCode;
/// let code = GiftCode::from_entropy([7; 16]);
/// let printed = code.reveal();
/// assert_eq!(printed.len(), 19);
/// assert!(GiftCode::parse(&printed.to_lowercase().replace('-', " "))? == code);
/// # Ok::<(), throughline::wallet::NotAGiftCode>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct GiftCode([u8; 16]);

/// A text that is no gift card's code. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum NotAGiftCode {
    /// It has other characters, or more or fewer than sixteen.
    #[error("a gift card's code has sixteen letters and digits")]
    Shape,
    /// A character is wrong, or two are exchanged.
    #[error("a character of the gift card's code is wrong")]
    Mistyped,
}

const CHARACTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

impl GiftCode {
    /// The code that these random bytes make. Draw them from a secure source, once for each card.
    #[must_use]
    pub fn from_entropy(entropy: [u8; 16]) -> Self {
        let mut number = u128::from_be_bytes(entropy);
        let mut code = [0; 16];
        for place in code.iter_mut().take(15) {
            *place = u8::try_from(number & 31).unwrap_or(0);
            number >>= 5;
        }
        if let Some((last, others)) = code.split_last_mut() {
            *last = check(others);
        }
        Self(code)
    }

    /// Reads a code as it was typed, scanned or read out.
    ///
    /// # Errors
    /// It is no code, or a mistyped one.
    ///
    /// # Complexity
    /// Linear in the text, which is given up beyond 256 bytes.
    pub fn parse(text: &str) -> Result<Self, NotAGiftCode> {
        if text.len() > 256 {
            return Err(NotAGiftCode::Shape);
        }
        let mut code = [0; 16];
        let mut places = code.iter_mut();
        for character in text.chars() {
            if character.is_whitespace() || matches!(character, '-' | '_' | '\u{2010}'..='\u{2015}') {
                continue;
            }
            let value = value(digits::ascii(character)).ok_or(NotAGiftCode::Shape)?;
            *places.next().ok_or(NotAGiftCode::Shape)? = value;
        }
        if places.next().is_some() {
            return Err(NotAGiftCode::Shape);
        }
        match code.split_last() {
            Some((last, others)) if *last == check(others) => Ok(Self(code)),
            _ => Err(NotAGiftCode::Mistyped),
        }
    }

    /// The code in four groups, for a caller who means to print it.
    #[must_use]
    pub fn reveal(&self) -> String {
        let mut text = String::with_capacity(19);
        for (place, value) in self.0.iter().enumerate() {
            if place > 0 && place % 4 == 0 {
                text.push('-');
            }
            text.push(CHARACTERS.get(usize::from(*value)).map_or('0', |byte| char::from(*byte)));
        }
        text
    }

    /// What is hashed.
    pub(crate) const fn bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

fn value(character: char) -> Option<u8> {
    let byte = match character.to_ascii_uppercase() {
        'I' | 'L' => b'1',
        'O' => b'0',
        other => u8::try_from(other).ok()?,
    };
    CHARACTERS.iter().position(|known| *known == byte).and_then(|place| u8::try_from(place).ok())
}

/// The code as a polynomial over the field of 32 elements, by Horner's rule in its generator (x^5 = x^2 + 1): each place is
/// weighed by another power, so that the sum sees every change of one character and every exchange of two.
fn check(others: &[u8]) -> u8 {
    let sum = others.iter().fold(0, |sum, value| {
        let doubled = sum << 1;
        let folded = if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 };
        folded ^ value
    });
    // Once more, so that the exchange of the last character with this one is seen too.
    let doubled = sum << 1;
    if doubled & 32 == 0 { doubled } else { doubled ^ 0b10_0101 }
}

impl fmt::Debug for GiftCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "GiftCode({:04x})", crate::pii::tag(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_code_is_refused() {
        let long = "۱".repeat(10_000);
        for text in ["", "ABCD", "ABCD-EFGH-JKMN-PQRU", "ABCD EFGH JKMN PQRS T", "سلام", &long] {
            assert_eq!(GiftCode::parse(text), Err(NotAGiftCode::Shape), "{} bytes", text.len());
        }
        assert!(
            !format!("{:?}", GiftCode::from_entropy([9; 16]))
                .contains(&GiftCode::from_entropy([9; 16]).reveal())
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1_000))]

        #[test]
        fn slips_are_seen(entropy in any::<[u8; 16]>(), place in 0_usize..16, other in 0_usize..32) {
            let code = GiftCode::from_entropy(entropy);
            let printed = code.reveal();
            prop_assert_eq!(GiftCode::parse(&printed), Ok(code.clone()));
            let persian: String =
                printed.chars().map(|c| c.to_digit(10).and_then(|n| char::from_u32(0x6F0 + n)).unwrap_or(c)).collect();
            prop_assert_eq!(GiftCode::parse(&persian), Ok(code));
            let mut characters: Vec<char> = printed.chars().filter(|c| *c != '-').collect();
            let slip = char::from(CHARACTERS[other]);
            if characters[place] != slip {
                let mut wrong = characters.clone();
                wrong[place] = slip;
                let wrong: String = wrong.into_iter().collect();
                prop_assert_eq!(GiftCode::parse(&wrong), Err(NotAGiftCode::Mistyped));
            }
            if place < 15 && characters[place] != characters[place + 1] {
                characters.swap(place, place + 1);
                let wrong: String = characters.into_iter().collect();
                prop_assert_eq!(GiftCode::parse(&wrong), Err(NotAGiftCode::Mistyped));
            }
        }
    }
}
