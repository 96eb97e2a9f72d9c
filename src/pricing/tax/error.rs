//! What can be wrong with tax rules, and what the caller does about it.

use std::fmt;

use crate::money::MoneyError;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaxErrorKind {
    /// The policy has no rates for this zone: add them, or fix the buyer's zone.
    UnknownZone,
    /// A rate is below zero: fix the policy.
    NegativeRate,
    /// One rate is twice in one category: fix the policy.
    DuplicateRate,
    /// An amount is below zero: tax is assessed on what is sold; a refund takes back what was fixed on the order.
    NegativeAmount,
    /// A line of no unit: fix the input.
    NoUnits,
    /// Two currencies, or an amount that does not fit 64 bits: fix the input.
    Money,
    /// A host's own tax engine gave an answer in which net and tax are not gross, or lines or rates do not add up.
    DoesNotAddUp,
}

/// Tax that cannot be assessed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxError {
    kind: TaxErrorKind,
    what: String,
    source: Option<MoneyError>,
}

impl TaxError {
    pub(crate) fn new(kind: TaxErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into(), source: None }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> TaxErrorKind {
        self.kind
    }
}

impl From<MoneyError> for TaxError {
    fn from(source: MoneyError) -> Self {
        Self { kind: TaxErrorKind::Money, what: String::new(), source: Some(source) }
    }
}

impl fmt::Display for TaxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            TaxErrorKind::UnknownZone => "no tax rates for the zone",
            TaxErrorKind::NegativeRate => "a tax rate is below zero",
            TaxErrorKind::DuplicateRate => "one tax rate is twice in one category",
            TaxErrorKind::NegativeAmount => "an amount to be taxed is below zero",
            TaxErrorKind::NoUnits => "a line to be taxed has no unit",
            TaxErrorKind::Money => "the tax cannot be computed",
            TaxErrorKind::DoesNotAddUp => "a tax engine's answer does not add up",
        })?;
        if self.what.is_empty() { Ok(()) } else { write!(f, ": `{}`", self.what) }
    }
}

impl std::error::Error for TaxError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
