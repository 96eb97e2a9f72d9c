//! Exact decimal numbers from text and from JSON, never by way of floating point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

use super::{CurrencyUnit, Money, MoneyError, MoneyErrorKind, Rounding};
use crate::text::digits;

/// Longest text that is read as a number, in bytes.
const MAX_TEXT: usize = 160;
/// Largest power of ten, up or down, of a number that is kept.
const MAX_POWER: i32 = 60;

/// An exact decimal number: up to 38 significant digits times a power of ten from -60 to 60.
///
/// Equal numbers are equal values: `1.50`, `1.5` and `15e-1` compare equal.
///
/// # What parses
/// An optional sign (`-`, `+`, U+2212), digits of any script, an optional fraction, an optional exponent (`e3`).
/// The decimal mark is `.` or the Arabic U+066B. The Arabic thousands mark U+066C may separate groups of three in the
/// whole part. A comma is refused, since it means thousands in one country and decimals in the next. Directional
/// marks (U+200E, U+200F, U+061C) and white space around the number are ignored.
///
/// # JSON
/// Reads a JSON number or a JSON string by its text; `12.5`, `"12.5"` and `1.25e1` are the same. It serialises as a
/// string. It works with `serde_json` only, and not inside `#[serde(flatten)]`, `#[serde(untagged)]` or an internally
/// tagged enum, because those pass numbers through `f64`; there it fails, it never loses a digit.
///
/// ```
/// use throughline::money::{Currency, CurrencyUnit, Decimal, MoneyErrorKind};
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
/// assert_eq!(Decimal::parse("۱۲٫۵")?.to_money(euro)?.to_string(), "12.50 EUR");
/// assert_eq!(Decimal::parse("1e3")?.to_money(euro)?.minor(), 100_000);
/// assert_eq!(Decimal::parse("10.005")?.to_money(euro).err().map(|e| e.kind()), Some(MoneyErrorKind::LosesDigits));
/// assert_eq!(Decimal::parse("1e400").err().map(|e| e.kind()), Some(MoneyErrorKind::TooManyDigits));
/// assert!(Decimal::parse("NaN").is_err());
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    /// Never a multiple of ten, unless zero.
    coefficient: i128,
    power: i32,
}

impl Decimal {
    /// Zero.
    pub const ZERO: Self = Self { coefficient: 0, power: 0 };

    /// Reads a number; see [the type](Self) for what parses.
    ///
    /// # Errors
    /// [`MoneyErrorKind::NotDecimal`] for anything else (also `NaN`, `Infinity`, an empty text, a text over 160
    /// bytes), [`MoneyErrorKind::TooManyDigits`] beyond 38 significant digits or powers of ten beyond 60.
    pub fn parse(text: &str) -> Result<Self, MoneyError> {
        let bad = || MoneyError::new(MoneyErrorKind::NotDecimal);
        if text.len() > MAX_TEXT {
            return Err(bad());
        }
        let around = |c: char| c.is_whitespace() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{061C}');
        let text = text.trim_matches(around);
        let (negative, text) = match text.strip_prefix(['-', '\u{2212}']) {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, parse_exponent(exponent).ok_or_else(bad)?),
            None => (text, 0),
        };
        let (whole, fraction) = match mantissa.split_once(['.', '\u{066B}']) {
            Some((_, "")) | Some(("", _)) => return Err(bad()),
            Some((whole, fraction)) => (whole, fraction),
            None => (mantissa, ""),
        };
        let mut digits = Significand::default();
        let mut groups = whole.split('\u{066C}');
        let first = groups.next().unwrap_or_default();
        let first_length = digits.push_all(first)?;
        for group in groups {
            if !(1..=3).contains(&first_length) || digits.push_all(group)? != 3 {
                return Err(bad());
            }
        }
        let decimals = if fraction.is_empty() { 0 } else { digits.push_all(fraction)? };
        let decimals = i32::try_from(decimals).map_err(|_| bad())?;
        digits.finish(negative, exponent.saturating_sub(decimals))
    }

    /// Reads the text of one JSON value: a number, or a string that holds one.
    ///
    /// # Errors
    /// As [`Decimal::parse`]; any other JSON value is [`MoneyErrorKind::NotDecimal`].
    pub fn from_json(literal: &str) -> Result<Self, MoneyError> {
        let bad = || MoneyError::new(MoneyErrorKind::NotDecimal);
        let literal = literal.trim();
        if literal.starts_with('"') {
            if literal.len() > MAX_TEXT.saturating_mul(6) {
                return Err(bad());
            }
            let text: String = serde_json::from_str(literal).map_err(|_| bad())?;
            Self::parse(&text)
        } else {
            Self::parse(literal)
        }
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.coefficient < 0
    }

    /// Itself, if it is zero or more.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Negative`].
    pub const fn not_negative(self) -> Result<Self, MoneyError> {
        if self.is_negative() { Err(MoneyError::new(MoneyErrorKind::Negative)) } else { Ok(self) }
    }

    /// The integer `self * 10^digits`, exactly.
    ///
    /// # Errors
    /// [`MoneyErrorKind::LosesDigits`] if that is no integer, [`MoneyErrorKind::Overflow`] if it does not fit.
    pub fn scaled(self, digits: u8) -> Result<i64, MoneyError> {
        let shift = self.power.saturating_add(i32::from(digits));
        let shift = u32::try_from(shift).map_err(|_| MoneyError::new(MoneyErrorKind::LosesDigits))?;
        self.raised(shift)
    }

    /// The integer nearest to `self * 10^digits` in a rounding mode: how a price such as 0.175 becomes minor units.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Overflow`].
    pub fn rounded(self, digits: u8, mode: Rounding) -> Result<i64, MoneyError> {
        let shift = self.power.saturating_add(i32::from(digits));
        if let Ok(up) = u32::try_from(shift) {
            return self.raised(up);
        }
        let whole = match 10_i128.checked_pow(shift.unsigned_abs()) {
            Some(denominator) => mode.divide(self.coefficient, denominator),
            // A divisor of 10^39 or more leaves less than a half of one.
            None => Some(if mode == Rounding::Up { self.coefficient.signum() } else { 0 }),
        };
        whole.and_then(|whole| i64::try_from(whole).ok()).ok_or(MoneyError::new(MoneyErrorKind::Overflow))
    }

    /// As money, exactly.
    ///
    /// # Errors
    /// [`MoneyErrorKind::LosesDigits`] if it has more decimals than the unit, [`MoneyErrorKind::Overflow`].
    pub fn to_money(self, unit: CurrencyUnit) -> Result<Money, MoneyError> {
        Ok(Money::new(self.scaled(unit.exponent())?, unit))
    }

    /// As money, rounded on purpose.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Overflow`].
    pub fn to_money_rounded(self, unit: CurrencyUnit, mode: Rounding) -> Result<Money, MoneyError> {
        Ok(Money::new(self.rounded(unit.exponent(), mode)?, unit))
    }

    /// How many decimals it has.
    pub(crate) fn decimals(self) -> u32 {
        if self.power < 0 { self.power.unsigned_abs() } else { 0 }
    }

    /// `self * 10^digits` as a wide integer, where that is an integer and fits.
    pub(crate) fn scaled_wide(self, digits: u32) -> Option<i128> {
        let shift = i32::try_from(digits).ok()?.checked_add(self.power)?;
        if self.coefficient == 0 {
            return Some(0);
        }
        self.coefficient.checked_mul(10_i128.checked_pow(u32::try_from(shift).ok()?)?)
    }

    fn raised(self, shift: u32) -> Result<i64, MoneyError> {
        if self.coefficient == 0 {
            return Ok(0);
        }
        10_i128
            .checked_pow(shift)
            .and_then(|factor| self.coefficient.checked_mul(factor))
            .and_then(|value| i64::try_from(value).ok())
            .ok_or(MoneyError::new(MoneyErrorKind::Overflow))
    }
}

/// The exponent after `e`; absurdly long ones saturate. `None` if it is not an integer.
fn parse_exponent(text: &str) -> Option<i32> {
    let (negative, digits) = match text.strip_prefix(['-', '\u{2212}']) {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if digits.is_empty() {
        return None;
    }
    let value = digits.chars().try_fold(0_i32, |value, c| {
        Some(value.saturating_mul(10).saturating_add(i32::from(digits::value(c)?)))
    })?;
    Some(if negative { value.saturating_neg() } else { value })
}

/// Digits read so far. Zeros are held back until a later digit needs them, so that `1.000…0` costs nothing.
#[derive(Default)]
struct Significand {
    value: i128,
    zeros: u32,
}

impl Significand {
    /// Reads digits only; returns how many, at least one.
    fn push_all(&mut self, text: &str) -> Result<usize, MoneyError> {
        let mut count = 0;
        for character in text.chars() {
            let digit = digits::value(character).ok_or(MoneyError::new(MoneyErrorKind::NotDecimal))?;
            self.push(digit).ok_or(MoneyError::new(MoneyErrorKind::TooManyDigits))?;
            count += 1;
        }
        if count == 0 { Err(MoneyError::new(MoneyErrorKind::NotDecimal)) } else { Ok(count) }
    }

    fn push(&mut self, digit: u8) -> Option<()> {
        if digit == 0 {
            self.zeros = self.zeros.checked_add(1)?;
        } else if self.value == 0 {
            (self.value, self.zeros) = (i128::from(digit), 0);
        } else {
            let places = self.zeros.checked_add(1)?;
            self.value =
                self.value.checked_mul(10_i128.checked_pow(places)?)?.checked_add(i128::from(digit))?;
            self.zeros = 0;
        }
        Some(())
    }

    fn finish(self, negative: bool, power: i32) -> Result<Decimal, MoneyError> {
        if self.value == 0 {
            return Ok(Decimal::ZERO);
        }
        let power = i32::try_from(self.zeros).map_or(i32::MAX, |zeros| power.saturating_add(zeros));
        if power.unsigned_abs() > MAX_POWER.unsigned_abs() {
            return Err(MoneyError::new(MoneyErrorKind::TooManyDigits));
        }
        let coefficient = if negative { self.value.checked_neg() } else { Some(self.value) };
        coefficient
            .map(|coefficient| Decimal { coefficient, power })
            .ok_or(MoneyError::new(MoneyErrorKind::TooManyDigits))
    }
}

impl From<i64> for Decimal {
    fn from(whole: i64) -> Self {
        let (mut coefficient, mut power) = (i128::from(whole), 0);
        while coefficient != 0 && coefficient % 10 == 0 {
            coefficient /= 10;
            power += 1;
        }
        Self { coefficient, power }
    }
}

impl FromStr for Decimal {
    type Err = MoneyError;

    fn from_str(text: &str) -> Result<Self, MoneyError> {
        Self::parse(text)
    }
}

/// Plain notation, never with an exponent: `12.5`, `-0.001`, `1000`.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.coefficient < 0 { "-" } else { "" };
        let digits = self.coefficient.unsigned_abs().to_string();
        let zeros = usize::try_from(self.power.unsigned_abs()).unwrap_or(0);
        if self.power >= 0 {
            return write!(f, "{sign}{digits}{:0<zeros$}", "");
        }
        match digits.len().checked_sub(zeros).filter(|&whole| whole > 0) {
            Some(whole) => {
                let (whole, fraction) = digits.split_at_checked(whole).unwrap_or((&digits, ""));
                write!(f, "{sign}{whole}.{fraction}")
            }
            None => write!(f, "{sign}0.{digits:0>zeros$}"),
        }
    }
}

impl Serialize for Decimal {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::from_json(raw.get()).map_err(serde::de::Error::custom)
    }
}
