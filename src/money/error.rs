//! What can be wrong with an amount, and what the caller does about it.

use std::fmt;

use super::Currency;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum MoneyErrorKind {
    /// The text is no ISO 4217 code: fix the input.
    UnknownCurrency,
    /// ISO 4217 and CLDR disagree about this currency: choose its exponent when the service starts.
    ExponentNotChosen,
    /// ISO 4217 gives this code no minor unit (metals, test codes): choose an exponent or use another currency.
    NoMinorUnit,
    /// The exponent is over [`MAX_EXPONENT`](super::MAX_EXPONENT), or chosen twice with two values: fix the settings.
    InvalidExponent,
    /// Two currencies met in one operation: fix the calling code or convert first.
    CurrencyMismatch,
    /// One currency with two exponents met in one operation: fix the settings of one side.
    ExponentMismatch,
    /// The result does not fit 64 bits of minor units: fix the input.
    Overflow,
    /// The text is no decimal number: fix the input.
    NotDecimal,
    /// The number has more digits or a larger power of ten than this crate keeps exactly: fix the input.
    TooManyDigits,
    /// The number has more decimals than the currency: round it on purpose or fix the input.
    LosesDigits,
    /// Negative where only zero or more makes sense: fix the input.
    Negative,
    /// A fraction with a denominator of zero or less, or a rounding step of zero or less: fix the input.
    InvalidRatio,
    /// There is no line to spread an amount over: handle the empty case first.
    NothingToShare,
}

/// An operation on money that has no answer. The text never quotes an amount.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoneyError {
    kind: MoneyErrorKind,
    currency: Option<Currency>,
    other: Option<Currency>,
}

impl MoneyError {
    pub(crate) const fn new(kind: MoneyErrorKind) -> Self {
        Self { kind, currency: None, other: None }
    }

    pub(crate) const fn of(kind: MoneyErrorKind, currency: Currency) -> Self {
        Self { kind, currency: Some(currency), other: None }
    }

    pub(crate) const fn between(kind: MoneyErrorKind, one: Currency, other: Currency) -> Self {
        Self { kind, currency: Some(one), other: Some(other) }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> MoneyErrorKind {
        self.kind
    }

    /// The currency it is about, where there is one.
    #[must_use]
    pub const fn currency(&self) -> Option<Currency> {
        self.currency
    }
}

impl fmt::Display for MoneyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            MoneyErrorKind::UnknownCurrency => "not a currency code of iso 4217",
            MoneyErrorKind::ExponentNotChosen => {
                "the number of decimals must be chosen at start-up, since iso 4217 and cldr disagree"
            }
            MoneyErrorKind::NoMinorUnit => "the currency has no minor unit in iso 4217",
            MoneyErrorKind::InvalidExponent => "the number of decimals is too large or chosen twice",
            MoneyErrorKind::CurrencyMismatch => "two currencies in one operation",
            MoneyErrorKind::ExponentMismatch => "one currency with two numbers of decimals in one operation",
            MoneyErrorKind::Overflow => "the amount is too large",
            MoneyErrorKind::NotDecimal => "not a decimal number",
            MoneyErrorKind::TooManyDigits => "too many digits for an exact number",
            MoneyErrorKind::LosesDigits => "the amount has more decimals than its currency",
            MoneyErrorKind::Negative => "a negative number where zero or more is expected",
            MoneyErrorKind::InvalidRatio => "a denominator or a rounding step must be at least one",
            MoneyErrorKind::NothingToShare => "no line to spread the amount over",
        })?;
        match (self.currency, self.other) {
            (Some(one), Some(other)) if one != other => write!(f, ": `{one}` and `{other}`"),
            (Some(one), _) => write!(f, ": `{one}`"),
            _ => Ok(()),
        }
    }
}

impl std::error::Error for MoneyError {}
