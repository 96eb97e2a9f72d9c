//! What can be wrong with promotions and with a basket, and what the caller does about it.

use std::fmt;

use super::PromotionId;

/// What is wrong, and so what the caller does about it. Unless it says otherwise: fix the promotion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PromotionErrorKind {
    /// An id, tag, customer group or campaign is empty, over 128 bytes or has control characters.
    InvalidName,
    /// Two promotions, groups or named selections have one id.
    DuplicateId,
    /// It names a promotion, a group or a named selection that is not there.
    UnknownReference,
    /// It refers to itself, through others or directly: selections, bundles and required promotions form a circle.
    Circular,
    /// It requires a promotion that comes after it, so the requirement can never hold.
    RequiresLater,
    /// A selection or a list of alternatives is empty: it refers to nothing.
    RefersToNothing,
    /// A percentage below zero or over a hundred.
    PercentOutOfRange,
    /// An amount, a cap or a price is below zero.
    Negative,
    /// It takes nothing off: zero percent, an amount or a cap of zero, a set that costs what it costs.
    NoEffect,
    /// A quantity is zero, over a million, or a set pays for as many units as it has.
    InvalidQuantity,
    /// It ends before or when it begins.
    EmptyWindow,
    /// Amounts of one promotion are in two currencies, or one currency has two numbers of decimals.
    MixedCurrencies,
    /// It needs a coupon but names no campaign.
    NoCampaign,
    /// The action and the phase do not fit: delivery is discounted in the delivery phase and nothing else is; a
    /// promotion's phase is that of its group.
    WrongPhase,
    /// Nested too deep, or too many promotions, parts or alternatives.
    TooLarge,
    /// A line's amount or floor, or the delivery, is below zero: fix the basket.
    NegativeBasket,
    /// The amounts add up to more than 64 bits of minor units: fix the basket.
    Overflow,
    /// A line, a cap or a budget is not in the basket's currency and decimals: fix the basket or the rules.
    BasketCurrency,
    /// A promotion has hours in a zone that was not handed in: hand it in.
    MissingZone,
    /// The rules allow more than [`MAX_SEARCH`](super::MAX_SEARCH) promotions for the exact search, or a share over one:
    /// fix the rules.
    InvalidRules,
}

/// Promotions that cannot be, or a basket they cannot be applied to. It names promotions only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionError {
    kind: PromotionErrorKind,
    promotion: Option<PromotionId>,
}

impl PromotionError {
    pub(super) const fn new(kind: PromotionErrorKind) -> Self {
        Self { kind, promotion: None }
    }

    pub(super) fn at(kind: PromotionErrorKind, promotion: &PromotionId) -> Self {
        Self { kind, promotion: Some(promotion.clone()) }
    }

    /// The same about that promotion, unless it already names one.
    pub(super) fn of(mut self, promotion: &PromotionId) -> Self {
        self.promotion.get_or_insert_with(|| promotion.clone());
        self
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> PromotionErrorKind {
        self.kind
    }

    /// The promotion that it is about, where there is one.
    #[must_use]
    pub const fn promotion(&self) -> Option<&PromotionId> {
        self.promotion.as_ref()
    }
}

impl fmt::Display for PromotionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            PromotionErrorKind::InvalidName => "invalid id, tag, group or campaign",
            PromotionErrorKind::DuplicateId => "one id stands for two things",
            PromotionErrorKind::UnknownReference => "refers to something that is not there",
            PromotionErrorKind::Circular => "refers to itself in a circle",
            PromotionErrorKind::RequiresLater => "requires a promotion that comes later",
            PromotionErrorKind::RefersToNothing => "refers to nothing",
            PromotionErrorKind::PercentOutOfRange => "a percentage is below zero or over a hundred",
            PromotionErrorKind::Negative => "an amount is below zero",
            PromotionErrorKind::NoEffect => "takes nothing off",
            PromotionErrorKind::InvalidQuantity => "a quantity is zero, too large or leaves nothing to give",
            PromotionErrorKind::EmptyWindow => "ends before it begins",
            PromotionErrorKind::MixedCurrencies => {
                "amounts in two currencies or with two numbers of decimals"
            }
            PromotionErrorKind::NoCampaign => "needs a coupon of a campaign that is not named",
            PromotionErrorKind::WrongPhase => "action, group and phase do not fit",
            PromotionErrorKind::TooLarge => "too many parts or nested too deep",
            PromotionErrorKind::NegativeBasket => "an amount of the basket is below zero",
            PromotionErrorKind::Overflow => "the basket is too large",
            PromotionErrorKind::BasketCurrency => "an amount is not in the currency of the basket",
            PromotionErrorKind::MissingZone => "the zone of the hours was not handed in",
            PromotionErrorKind::InvalidRules => "the rules of applying promotions are out of range",
        })?;
        match &self.promotion {
            Some(promotion) => write!(f, ": `{promotion}`"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for PromotionError {}
