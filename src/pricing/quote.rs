//! What the price function answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::promotion::{GiftLine, PromotionId};
use super::tax::{LineTax, RateName, RateTotal, TaxZone};
use super::{ListId, PriceId};
use crate::cart::{LineKey, Quantity};
use crate::ids::{CartId, QuoteId};
use crate::money::Money;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// The answer of [`price`](super::price()).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "an answer is made once and moved a few times")]
pub enum Priced {
    /// A price for the whole cart.
    Quoted(Quote),
    /// No price, and why. Not an error: somebody asked for what is not sold like that.
    Refused(Refusal),
}

impl Priced {
    /// The quote, if there is one.
    #[must_use]
    pub fn quote(&self) -> Option<&Quote> {
        match self {
            Self::Quoted(quote) => Some(quote),
            Self::Refused(_) => None,
        }
    }
}

/// What a cart costs: every line, what came off and why, tax, delivery and the total, promised until an instant.
///
/// It names what it rests on: the cart's version, the versions of the price book and of the promotions, and the instant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// Its id.
    pub id: QuoteId,
    /// The cart.
    pub cart: CartId,
    /// The version of the cart; a cart that changed since needs a new quote.
    pub cart_version: u64,
    /// The version of the price book.
    pub price_book: String,
    /// The version of the promotions.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub promotions: String,
    /// When it was made.
    pub priced_at: DateTime<Utc>,
    /// Until when it holds, without that instant.
    pub valid_until: DateTime<Utc>,
    /// The lines, in the cart's order.
    pub lines: Vec<QuoteLine>,
    /// What is given for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gifts: Vec<QuoteGift>,
    /// Delivery, if it was chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivery: Option<QuoteDelivery>,
    /// Where it is taxed, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tax_zone: Option<TaxZone>,
    /// Whether prices have the tax in them.
    pub inclusive: bool,
    /// What an invoice lists for each rate.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rates: BTreeMap<RateName, RateTotal>,
    /// All lines before promotions, in the price book's own terms.
    pub subtotal: Money,
    /// What came off, delivery included.
    pub discount: Money,
    /// Without tax.
    pub net: Money,
    /// Tax.
    pub tax: Money,
    /// What is paid: goods and delivery, with tax.
    pub total: Money,
    /// Which promotions applied and why the others did not, and what bounds the quote.
    pub reasons: Vec<Reason>,
}

impl Quote {
    /// Whether it holds at an instant.
    #[must_use]
    pub fn is_valid_at(&self, at: DateTime<Utc>) -> bool {
        self.priced_at <= at && at < self.valid_until
    }
}

/// What a promotion took off a line or the delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteDiscount {
    /// The promotion.
    pub promotion: PromotionId,
    /// What it took off.
    pub off: Money,
}

/// One line of a quote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteLine {
    /// The cart's line.
    pub line: LineKey,
    /// How many.
    pub quantity: Quantity,
    /// What one costs before promotions; of pieces at several prices the price of the first.
    pub unit_price: Money,
    /// What one would cost this customer without the sale that the price is from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Money>,
    /// All of them before promotions.
    pub subtotal: Money,
    /// What came off, in the order in which it did.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<QuoteDiscount>,
    /// All of them after promotions, in the price book's own terms.
    pub total: Money,
    /// The same without tax, the tax, and with it.
    pub tax: LineTax,
    /// The entry of the price book.
    pub price: PriceId,
    /// The list that the entry is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    /// Why this price and no other.
    pub reasons: Vec<Reason>,
}

/// Something that a promotion gives for nothing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteGift {
    /// The promotion; the customer may refuse its gift by this id.
    pub promotion: PromotionId,
    /// What it gives.
    pub gift: GiftLine,
}

/// The delivery of a quote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteDelivery {
    /// The service.
    pub service: String,
    /// The fee before promotions.
    pub fee: Money,
    /// What came off.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<QuoteDiscount>,
    /// The fee after promotions.
    pub total: Money,
    /// The same without tax, the tax, and with it.
    pub tax: LineTax,
}

/// Why a cart has no price.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The id that the quote would have had.
    pub id: QuoteId,
    /// The cart.
    pub cart: CartId,
    /// The version of the cart.
    pub cart_version: u64,
    /// The version of the price book.
    pub price_book: String,
    /// When it was asked.
    pub priced_at: DateTime<Utc>,
    /// Every product without a price, and why.
    pub reasons: Vec<Reason>,
}
