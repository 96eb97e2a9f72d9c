//! Codes by the million that need no list: each carries its number, a proof and a check character.

use super::code::CouponCode;
use crate::keyed::{Pepper, same};

/// What a code is to a family.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FamilyVerdict {
    /// The code of this number.
    Member(u32),
    /// It begins as the family's codes do, but a character is wrong or two are exchanged: ask again.
    Mistyped,
    /// It begins as the family's codes do and is well formed, but nobody handed it out: a guess.
    Forged,
    /// It is of no shape that the family has.
    Other,
}

/// The codes of one campaign: prefix, number (5 characters), proof (8 characters, 40 bits of HMAC-SHA-256 under the
/// campaign's secret) and a check character.
///
/// The characters are the digits and the letters without I, L, O and U (Crockford's base 32), so that a code can be read
/// out; I and L read as 1, O as 0. The check character finds every wrong character and every exchange of two neighbours
/// before any list is asked. Guessing one of a million codes takes a million tries in the mean, each of which is visible.
///
/// ```
/// use throughline::keyed::Pepper;
/// use throughline::pricing::coupon::{CodeFamily, CouponCode, FamilyVerdict};
/// let spring = CodeFamily::new(&CouponCode::parse("SPRING")?, Pepper::new(b"from your secret manager"));
/// let code = spring.code(4_711).unwrap();
/// assert_eq!(code.as_str().len(), 20);
/// assert_eq!(spring.check(&CouponCode::parse(&code.as_str().to_lowercase())?), FamilyVerdict::Member(4_711));
/// # Ok::<(), throughline::pricing::coupon::CouponCodeError>(())
/// ```
#[derive(Debug, Clone)]
pub struct CodeFamily {
    prefix: CouponCode,
    secret: Pepper,
}

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const NUMBER: usize = 5;
const PROOF: usize = 8;

impl CodeFamily {
    /// How many codes a family has.
    pub const SIZE: u32 = 1 << 25;

    /// A family of codes that begin with `prefix`. Keep the secret: whoever has it can make codes.
    #[must_use]
    pub fn new(prefix: &CouponCode, secret: Pepper) -> Self {
        Self { prefix: prefix.clone(), secret }
    }

    /// With what its codes begin.
    #[must_use]
    pub const fn prefix(&self) -> &CouponCode {
        &self.prefix
    }

    /// The code of a number below [`CodeFamily::SIZE`].
    #[must_use]
    pub fn code(&self, number: u32) -> Option<CouponCode> {
        if number >= Self::SIZE {
            return None;
        }
        let mut text = self.prefix.as_str().to_owned();
        text.push_str(&written(number.into(), NUMBER));
        text.push_str(&self.proof(number));
        text.push(check_character(&text)?);
        CouponCode::parse(&text).ok()
    }

    /// What a code is to this family.
    #[must_use]
    pub fn check(&self, code: &CouponCode) -> FamilyVerdict {
        let Some(body) = code.as_str().strip_prefix(self.prefix.as_str()) else {
            return FamilyVerdict::Other;
        };
        let body: String = body.chars().map(read_out).collect();
        if body.len() != NUMBER + PROOF + 1 || !body.is_ascii() {
            return FamilyVerdict::Other;
        }
        let (told, check) = body.split_at(NUMBER + PROOF);
        let own = check_character(&format!("{}{told}", self.prefix.as_str()));
        if own.map(String::from).as_deref() != Some(check) {
            return FamilyVerdict::Mistyped;
        }
        let (number, proof) = told.split_at(NUMBER);
        match read(number) {
            Some(number) if same(self.proof(number).as_bytes(), proof.as_bytes()) => {
                FamilyVerdict::Member(number)
            }
            _ => FamilyVerdict::Forged,
        }
    }

    fn proof(&self, number: u32) -> String {
        let digest =
            self.secret.digest("coupon_family", &[self.prefix.as_str().as_bytes(), &number.to_be_bytes()]);
        let bits = digest.iter().take(5).fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        written(bits, PROOF)
    }
}

fn written(mut value: u64, length: usize) -> String {
    let mut digits = vec!['0'; length];
    for digit in digits.iter_mut().rev() {
        let place = usize::try_from(value & 31).unwrap_or(0);
        *digit = DIGITS.get(place).copied().map_or('0', char::from);
        value >>= 5;
    }
    digits.into_iter().collect()
}

fn read(text: &str) -> Option<u32> {
    text.bytes().try_fold(0_u32, |value, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        value.checked_mul(32)?.checked_add(u32::try_from(digit).ok()?)
    })
}

const fn read_out(c: char) -> char {
    match c {
        'I' | 'L' => '1',
        'O' => '0',
        _ => c,
    }
}

/// The character with which the code is a multiple of its generator: the characters are elements of the field of 32
/// (x⁵ + x² + 1) and the coefficients of a polynomial that is 0 at the generator x, a Reed-Solomon code with one check
/// symbol.
fn check_character(text: &str) -> Option<char> {
    let value = |c: char| {
        let digit = DIGITS
            .iter()
            .position(|digit| char::from(*digit) == c)
            .and_then(|place| u32::try_from(place).ok());
        digit.unwrap_or(u32::from(c) % 32)
    };
    let sum = text.chars().fold(0, |sum, c| times_generator(sum) ^ value(c));
    DIGITS.get(usize::try_from(times_generator(sum)).ok()?).copied().map(char::from)
}

const fn times_generator(element: u32) -> u32 {
    let doubled = element << 1;
    if doubled & 0b10_0000 == 0 { doubled } else { doubled ^ 0b10_0101 }
}
