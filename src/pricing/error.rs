//! What can be wrong with prices, and what the caller does about it.

use std::fmt;

use super::PriceId;
use crate::money::MoneyError;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PricingErrorKind {
    /// A price id is empty, over 128 bytes or has control characters: fix the price book.
    InvalidId,
    /// A price is below zero: fix the price book.
    NegativePrice,
    /// A price ends before or when it begins: fix the price book.
    EmptyWindow,
    /// One price id stands for two different entries: fix the price book.
    DuplicateId,
    /// One currency with two numbers of decimals in one price book: fix the price book or the currency table.
    MixedExponents,
    /// A line or the total does not fit 64 bits of minor units: fix the price or the quantity.
    Overflow,
}

/// A price book that cannot be, or a total that cannot be computed. It names price ids only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricingError {
    kind: PricingErrorKind,
    price: Option<PriceId>,
    source: Option<MoneyError>,
}

impl PricingError {
    pub(super) const fn new(kind: PricingErrorKind) -> Self {
        Self { kind, price: None, source: None }
    }

    pub(super) fn at(kind: PricingErrorKind, price: &PriceId) -> Self {
        Self { kind, price: Some(price.clone()), source: None }
    }

    pub(super) const fn overflow(source: MoneyError) -> Self {
        Self { kind: PricingErrorKind::Overflow, price: None, source: Some(source) }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> PricingErrorKind {
        self.kind
    }

    /// The price book's entry that it is about, where there is one.
    #[must_use]
    pub const fn price(&self) -> Option<&PriceId> {
        self.price.as_ref()
    }
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            PricingErrorKind::InvalidId => "invalid price id",
            PricingErrorKind::NegativePrice => "a price is below zero",
            PricingErrorKind::EmptyWindow => "a price ends before it begins",
            PricingErrorKind::DuplicateId => "one price id stands for two entries",
            PricingErrorKind::MixedExponents => "one currency with two numbers of decimals in one price book",
            PricingErrorKind::Overflow => "the total is too large",
        })?;
        match &self.price {
            Some(price) => write!(f, ": `{price}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PricingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
