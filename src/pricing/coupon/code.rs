//! A coupon's code as people type it.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

use crate::text::{TextFlags, controls, digits, skeleton};

/// A coupon's code in the one form in which codes are compared: `spring-10`, `SPRING 10` and `ＳＰＲＩＮＧ１０` are one,
/// and so are `نوروز۱۴۰۵` and `نوروز 1405`.
///
/// Case, width, digits of any script, spaces, hyphens and invisible characters do not count. Letters of two scripts in
/// one code are refused: nobody types them but to make one code look like another.
///
/// ```
/// use throughline::pricing::coupon::{CouponCode, CouponCodeError};
/// assert_eq!(CouponCode::parse("spring-۱۰")?, CouponCode::parse(" SPRING 10 ")?);
/// // The first letter is Cyrillic.
/// assert_eq!(CouponCode::parse("СPRING10"), Err(CouponCodeError::MixedScripts));
/// # Ok::<(), CouponCodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CouponCode(Box<str>);

/// A text that is no coupon code. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum CouponCodeError {
    /// Nothing is left of it, or it is too long.
    #[error("a coupon code must have 1 to 64 letters and digits")]
    Length,
    /// It has something other than letters, marks and digits.
    #[error("a coupon code has letters and digits only")]
    NotLetters,
    /// Its letters are of two scripts.
    #[error("a coupon code has letters of one script only")]
    MixedScripts,
}

/// The most characters of a code.
const LONGEST: usize = 64;

impl CouponCode {
    /// Takes a code as it was typed, scanned or read out.
    ///
    /// # Errors
    /// Nothing is left of it, it is longer than 64 characters, has other characters than letters and digits, or letters
    /// of two scripts.
    ///
    /// # Complexity
    /// Linear in the text, which is given up beyond 1,024 bytes.
    pub fn parse(text: &str) -> Result<Self, CouponCodeError> {
        if text.len() > 1_024 {
            return Err(CouponCodeError::Length);
        }
        let plain: String = digits::fold(&controls::strip(text)).nfkc().collect();
        let code: String = digits::fold(&plain)
            .chars()
            .filter(|c| !c.is_whitespace() && !is_dash(*c) && !controls::is_invisible(*c))
            .map(letter)
            .flat_map(char::to_uppercase)
            .collect();
        let code: String = code.nfc().collect();
        let characters = code.chars().count();
        if characters == 0 || characters > LONGEST {
            return Err(CouponCodeError::Length);
        }
        let is_mark = |c| unicode_normalization::char::is_combining_mark(c);
        if !code.chars().all(|c| c.is_alphanumeric() || is_mark(c)) {
            return Err(CouponCodeError::NotLetters);
        }
        if TextFlags::of(&code).mixed_scripts {
            return Err(CouponCodeError::MixedScripts);
        }
        Ok(Self(code.into()))
    }

    /// The code in the form that is compared.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The code as it looks: two codes with one look are told apart by no eye. `СОРЕ` in Cyrillic letters looks like
    /// `COPE`.
    #[must_use]
    pub fn look(&self) -> String {
        skeleton(&self.0)
    }
}

const fn is_dash(c: char) -> bool {
    matches!(
        c,
        '-' | '_' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{FE58}' | '\u{FE63}' | '\u{0640}' | '\u{05BE}'
    )
}

/// One letter for those that keyboards of two countries write differently.
const fn letter(c: char) -> char {
    match c {
        '\u{064A}' | '\u{0649}' => '\u{06CC}',
        '\u{0643}' => '\u{06A9}',
        'ё' => 'е',
        'Ё' => 'Е',
        _ => c,
    }
}

impl fmt::Display for CouponCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for CouponCode {
    type Error = CouponCodeError;

    fn try_from(text: String) -> Result<Self, CouponCodeError> {
        Self::parse(&text)
    }
}

impl From<CouponCode> for String {
    fn from(code: CouponCode) -> Self {
        code.0.into()
    }
}
