//! Telephone numbers.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{IdentifierError, IdentifierErrorKind};
use super::kind::IdentifierKind;
use super::settings::IdentifierSettings;
use super::value::Identifier;
use crate::pii;
use crate::text::{controls, digits};

/// Digits of a number with its country code: at most 15 (E.164); the shortest in use have 7 (Niue, +683 and four).
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;
/// Raw values with more characters are not looked at.
const LONGEST_RAW: usize = 64;
/// More digits than this are not looked at.
const LONGEST_DIGITS: usize = 32;

/// A telephone number in E.164: `+` and 7 to 15 digits, the first of them not 0.
///
/// * Digits of every script are read, so are full-width signs, spaces, hyphens, dots, slashes and parentheses.
/// * Bidirectional marks and other invisible characters are removed: numbers copied from right-to-left text carry
///   them, and between digits they mean nothing.
/// * An international number starts with `+` or `00`, or with what the default region dials before it (`011`, `810`,
///   …), if the number behind it is in use. A trunk zero in parentheses, `+44 (0)20 …`, is dropped, except
///   after +39, where the zero belongs to the number. Whether the number is in use is not asked, because numbering
///   plans change faster than software is updated; `is_in_use` answers that.
/// * A number in a national format needs the feature `phone` and a default region, and must be in use in that
///   region's numbering plan: there the plan is what says where the number begins.
///
/// Extensions, letters (`1-800-FLOWERS`) and short codes are refused.
///
/// ```
/// use throughline::identifier::{IdentifierSettings, Phone};
/// let phone = Phone::parse("+۹۸ (۲۱) ۱۲۳۴-۵۶۷۸", &IdentifierSettings::default())?;
/// assert_eq!(phone.reveal(), "+982112345678");
/// # #[cfg(feature = "phone")] {
/// let iran = IdentifierSettings::in_region("IR".parse()?);
/// assert_eq!(Phone::parse("۰۲۱ ۱۲۳۴ ۵۶۷۸", &iran)?, phone);
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Phone(Box<str>);

const WHAT: &str = "phone number";

const fn error(kind: IdentifierErrorKind) -> IdentifierError {
    IdentifierError::new(kind, WHAT)
}

impl Phone {
    /// Parses a number. Linear in its length, which is checked first.
    ///
    /// # Errors
    /// `Empty`; `TooLong`: over 64 characters or 32 digits; `ControlCharacter`; `RegionNeeded`: a national format and
    /// no default region; `Malformed`, also for national formats without the feature `phone`.
    pub fn parse(raw: &str, settings: &IdentifierSettings) -> Result<Self, IdentifierError> {
        if raw.chars().nth(LONGEST_RAW).is_some() {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        let bare = bare(raw.trim_ascii())?;
        let bare = bare.trim_start_matches('(');
        let international = bare.strip_prefix('+').or_else(|| bare.strip_prefix("00"));
        let (text, trunk_zero) = match international {
            Some(text) => (text, !text.starts_with("39")),
            None => (bare, false),
        };
        let mut text = std::borrow::Cow::Borrowed(text);
        if trunk_zero && text.contains("(0)") {
            text = text.replacen("(0)", "", 1).into();
        }
        let digits: String = text.chars().filter(|c| !matches!(c, '(' | ')')).collect();
        if digits.is_empty() {
            return Err(error(if bare.is_empty() {
                IdentifierErrorKind::Empty
            } else {
                IdentifierErrorKind::Malformed
            }));
        }
        if !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(error(IdentifierErrorKind::Malformed));
        }
        if digits.len() > LONGEST_DIGITS {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        if international.is_none() {
            Self::national(&digits, settings)
        } else if bare.starts_with('+') {
            Self::from_digits(&digits)
        } else {
            Self::after_double_zero(&digits, settings)
        }
    }

    /// Where 00 is not what one dials before a country code, it may begin something longer: 0011 in Australia.
    #[cfg(feature = "phone")]
    fn after_double_zero(digits: &str, settings: &IdentifierSettings) -> Result<Self, IdentifierError> {
        let dialled = format!("00{digits}");
        match settings.default_region {
            Some(region) if !super::national::in_use(digits) => {
                Self::from_digits(super::national::abroad(&dialled, region).unwrap_or(digits))
            }
            _ => Self::from_digits(digits),
        }
    }

    #[cfg(not(feature = "phone"))]
    fn after_double_zero(digits: &str, _settings: &IdentifierSettings) -> Result<Self, IdentifierError> {
        Self::from_digits(digits)
    }

    #[cfg(feature = "phone")]
    fn national(digits: &str, settings: &IdentifierSettings) -> Result<Self, IdentifierError> {
        let region = settings.default_region.ok_or(error(IdentifierErrorKind::RegionNeeded))?;
        let international = super::national::international(digits, region);
        Self::from_digits(&international.ok_or(error(IdentifierErrorKind::Malformed))?)
    }

    #[cfg(not(feature = "phone"))]
    fn national(_digits: &str, _settings: &IdentifierSettings) -> Result<Self, IdentifierError> {
        Err(error(IdentifierErrorKind::Malformed))
    }

    fn from_digits(digits: &str) -> Result<Self, IdentifierError> {
        let well_formed = DIGITS.contains(&digits.len())
            && !digits.starts_with('0')
            && digits.bytes().all(|b| b.is_ascii_digit());
        if well_formed {
            Ok(Self(format!("+{digits}").into_boxed_str()))
        } else {
            Err(error(IdentifierErrorKind::Malformed))
        }
    }

    /// The number in E.164, for a caller who means it: personal data, not for logs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether some country's numbering plan, as known when the crate was built, has the number. A guess for showing
    /// and for ordering attempts; never a reason to refuse a customer.
    #[cfg(feature = "phone")]
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        super::national::in_use(self.0.trim_start_matches('+'))
    }

    /// Whether text messages may reach the number: not a fixed line, a free-call number or another service by its country's
    /// numbering plan, as known when the crate was built. Where the plan does not tell, and without the feature `phone`,
    /// they may.
    ///
    /// ```
    /// use throughline::identifier::{IdentifierSettings, Phone};
    /// let takes_texts = |raw: &str| Phone::parse(raw, &IdentifierSettings::default()).map(|phone| phone.takes_texts());
    /// assert!(takes_texts("+98 912 447 1000")?);
    /// # #[cfg(feature = "phone")]
    /// assert!(!takes_texts("+98 21 8888 1234")?); // a fixed line in Tehran
    /// # Ok::<(), throughline::identifier::IdentifierError>(())
    /// ```
    #[must_use]
    pub fn takes_texts(&self) -> bool {
        takes_texts(&self.0)
    }

    /// The identifier with this number.
    #[must_use]
    pub fn identifier(&self) -> Identifier {
        Identifier::from_parsed(IdentifierKind::Phone, &self.0)
    }
}

/// [`Phone::takes_texts`] of a number in E.164.
pub(crate) fn takes_texts(international: &str) -> bool {
    #[cfg(feature = "phone")]
    return !super::national::is_without_texts(international.trim_start_matches('+'));
    #[cfg(not(feature = "phone"))]
    {
        let _ = international;
        true
    }
}

/// The number in ASCII: digits, plus signs and parentheses; separators and invisible characters removed.
fn bare(raw: &str) -> Result<String, IdentifierError> {
    let mut bare = String::with_capacity(raw.len());
    for c in raw.chars() {
        match digits::ascii(c) {
            kept @ ('0'..='9' | '+' | '(' | ')') => bare.push(kept),
            '\u{ff0b}' => bare.push('+'),
            '\u{ff08}' => bare.push('('),
            '\u{ff09}' => bare.push(')'),
            '.' | '/' | '\u{ff0e}' | '\u{ff0f}' => {}
            c if c.is_control() => return Err(error(IdentifierErrorKind::ControlCharacter)),
            c if c.is_whitespace() || digits::is_dash(c) || controls::is_invisible(c) => {}
            _ => return Err(error(IdentifierErrorKind::Malformed)),
        }
    }
    Ok(bare)
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({:04x})", pii::tag(&*self.0))
    }
}

impl Serialize for Phone {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Phone {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?, &IdentifierSettings::default())
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "phone_tests.rs"]
mod tests;
