//! Which form of a word goes with a number.

use fixed_decimal::Decimal;
use icu_plurals::{PluralCategory as IcuCategory, PluralOperands, PluralRules, PluralRulesOptions};
use serde::{Deserialize, Serialize};

use super::Locale;
use crate::text::digits;

/// Longest number that is read, in characters.
const MAX_NUMBER: usize = 64;

/// The plural category of CLDR that a number belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PluralCategory {
    /// For zero, where a language has a form for it (Arabic).
    Zero,
    /// Singular.
    One,
    /// Dual.
    Two,
    /// A few.
    Few,
    /// Many.
    Many,
    /// Everything else; every language has it.
    Other,
}

impl PluralCategory {
    /// Its name in CLDR.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Zero => "zero",
            Self::One => "one",
            Self::Two => "two",
            Self::Few => "few",
            Self::Many => "many",
            Self::Other => "other",
        }
    }
}

impl From<IcuCategory> for PluralCategory {
    fn from(category: IcuCategory) -> Self {
        match category {
            IcuCategory::Zero => Self::Zero,
            IcuCategory::One => Self::One,
            IcuCategory::Two => Self::Two,
            IcuCategory::Few => Self::Few,
            IcuCategory::Many => Self::Many,
            IcuCategory::Other => Self::Other,
        }
    }
}

/// The text is not a plain decimal number, or longer than 64 characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a plain decimal number")]
pub struct InvalidNumber(());

/// The cardinal plural rules of one language, found once and asked often.
///
/// ```
/// use throughline::locale::{PluralCategory, Plurals};
/// let russian = Plurals::new(&"ru".parse()?);
/// assert_eq!(russian.category("22")?, PluralCategory::Few);
/// assert_eq!(russian.category_of(25), PluralCategory::Many);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Plurals {
    /// None for a language that CLDR has no rules for: everything is `other`.
    rules: Option<PluralRules>,
}

impl Plurals {
    /// The rules of the locale's language.
    #[must_use]
    pub fn new(locale: &Locale) -> Self {
        Self { rules: PluralRules::try_new(locale.id().into(), PluralRulesOptions::default()).ok() }
    }

    /// The category of a number as it is shown. Fraction digits count: English has `1 day` and `1.0 days`. Digits of any
    /// script, `.` or `٫` before the fraction; a sign does not count.
    ///
    /// # Errors
    /// The text is no such number.
    pub fn category(&self, number: &str) -> Result<PluralCategory, InvalidNumber> {
        let decimal = decimal(number)?;
        Ok(self.of_operands((&decimal).into()))
    }

    /// The category of a whole number.
    #[must_use]
    pub fn category_of(&self, number: u64) -> PluralCategory {
        self.of_operands(number.into())
    }

    fn of_operands(&self, operands: PluralOperands) -> PluralCategory {
        self.rules.as_ref().map_or(PluralCategory::Other, |rules| rules.category_for(operands).into())
    }
}

/// The CLDR cardinal plural category of a number, as it is shown, in a language.
///
/// # Errors
/// The text is no number; see [`Plurals::category`].
///
/// ```
/// use throughline::locale::{PluralCategory, plural};
/// assert_eq!(plural(&"ar".parse()?, "۱۱")?, PluralCategory::Many);
/// assert_eq!(plural(&"en".parse()?, "1.0")?, PluralCategory::Other);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn plural(locale: &Locale, number: &str) -> Result<PluralCategory, InvalidNumber> {
    Plurals::new(locale).category(number)
}

fn decimal(number: &str) -> Result<Decimal, InvalidNumber> {
    let unsigned =
        number.trim().trim_start_matches(['-', '+', '\u{2212}', '\u{200e}', '\u{200f}', '\u{61c}']);
    let mut plain = String::with_capacity(unsigned.len());
    for c in unsigned.chars() {
        match c {
            '.' | '\u{66b}' => plain.push('.'),
            '\u{66c}' => {}
            c => plain.push(char::from(b'0' + digits::value(c).ok_or(InvalidNumber(()))?)),
        }
        if plain.len() > MAX_NUMBER {
            return Err(InvalidNumber(()));
        }
    }
    Decimal::try_from_str(&plain).map_err(|_| InvalidNumber(()))
}
