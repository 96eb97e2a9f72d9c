//! What can be wrong with prices, and what the caller does about it.

use std::fmt;

use super::{ListId, PriceId};
use crate::money::MoneyError;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PricingErrorKind {
    /// The id of a price or a price list is empty, over 128 bytes or has control characters: fix the price book.
    InvalidId,
    /// A price is below zero: fix the price book.
    NegativePrice,
    /// A price or a price list ends before or when it begins: fix the price book.
    EmptyWindow,
    /// One id stands for two different prices or two different price lists: fix the price book.
    DuplicateId,
    /// One currency with two numbers of decimals in one price book: fix the price book or the currency table.
    MixedExponents,
    /// The least quantity of a price is above its most: fix the price book.
    EmptyBand,
    /// A price is in a price list that the price book does not have: fix the price book.
    UnknownList,
    /// The steps of a price do not ascend by quantity: fix the price book.
    TiersOutOfOrder,
    /// A step or a reduced price is in another currency, or has other decimals, than its price: fix the prices.
    MixedUnits,
    /// A dimension's name is empty, over 64 bytes or has characters other than ASCII letters, digits, `_`, `-`, `.`.
    InvalidDimension,
    /// A dimension is called after a channel: prices are the same in every channel.
    ChannelDimension,
    /// A buyer's groups are given as a fact: give them as groups.
    GroupAsFact,
    /// A value of a condition or of a buyer is empty, too long or has hidden characters, or a condition has no value.
    InvalidValue,
    /// One dimension stands twice in one set of conditions: give all its values at once.
    DuplicateDimension,
    /// There are more dimensions in one set of conditions than [`MAX_DIMENSIONS`](super::MAX_DIMENSIONS).
    TooManyDimensions,
    /// A price book has more entries than 32 bits can count: split it.
    TooManyPrices,
    /// A line or the total does not fit 64 bits of minor units: fix the price or the quantity.
    Overflow,
}

/// A price book that cannot be, or a total that cannot be computed. It names the ids of prices and price lists only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PricingError {
    kind: PricingErrorKind,
    price: Option<PriceId>,
    list: Option<ListId>,
    source: Option<MoneyError>,
}

impl PricingError {
    pub(super) const fn new(kind: PricingErrorKind) -> Self {
        Self { kind, price: None, list: None, source: None }
    }

    pub(super) fn at(kind: PricingErrorKind, price: &PriceId) -> Self {
        Self { kind, price: Some(price.clone()), list: None, source: None }
    }

    /// The same error, about that price.
    pub(super) fn about(self, price: &PriceId) -> Self {
        Self { price: Some(price.clone()), ..self }
    }

    pub(super) fn of_list(kind: PricingErrorKind, list: &ListId) -> Self {
        Self { kind, price: None, list: Some(list.clone()), source: None }
    }

    pub(super) const fn overflow(source: MoneyError) -> Self {
        Self { kind: PricingErrorKind::Overflow, price: None, list: None, source: Some(source) }
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

    /// The price list that it is about, where there is one.
    #[must_use]
    pub const fn list(&self) -> Option<&ListId> {
        self.list.as_ref()
    }
}

impl fmt::Display for PricingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            PricingErrorKind::InvalidId => "invalid id of a price or price list",
            PricingErrorKind::NegativePrice => "a price is below zero",
            PricingErrorKind::EmptyWindow => "a price or price list ends before it begins",
            PricingErrorKind::DuplicateId => "one id stands for two entries",
            PricingErrorKind::MixedExponents => "one currency with two numbers of decimals in one price book",
            PricingErrorKind::EmptyBand => "the least quantity of a price is above its most",
            PricingErrorKind::UnknownList => "a price is in an unknown price list",
            PricingErrorKind::TiersOutOfOrder => "the steps of a price do not ascend by quantity",
            PricingErrorKind::MixedUnits => "a step or a reduced price is in another unit than its price",
            PricingErrorKind::InvalidDimension => "invalid name of a dimension",
            PricingErrorKind::ChannelDimension => "a price cannot depend on the channel",
            PricingErrorKind::GroupAsFact => "groups are not given as a fact",
            PricingErrorKind::InvalidValue => "invalid value of a dimension, or none",
            PricingErrorKind::DuplicateDimension => "a dimension stands twice in the conditions",
            PricingErrorKind::TooManyDimensions => "too many dimensions in the conditions",
            PricingErrorKind::TooManyPrices => "too many prices",
            PricingErrorKind::Overflow => "the total is too large",
        })?;
        if let Some(price) = &self.price {
            write!(f, ": `{price}`")?;
        }
        match &self.list {
            Some(list) => write!(f, ": `{list}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PricingError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}
