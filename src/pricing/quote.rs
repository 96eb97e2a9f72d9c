//! What the price function answers.

use serde::{Deserialize, Serialize};

use super::PriceId;
use crate::cart::{LineKey, Quantity};
use crate::ids::{CartId, QuoteId};
use crate::money::Money;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// How quotes are made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuoteRules {
    /// For how many seconds a quote is valid. It ends sooner if a price in it does.
    pub valid_for_seconds: u32,
}

impl Default for QuoteRules {
    /// [`QuoteRules::retail`].
    fn default() -> Self {
        Self::retail()
    }
}

impl QuoteRules {
    /// A quote is valid for a day.
    #[must_use]
    pub const fn retail() -> Self {
        Self { valid_for_seconds: 86_400 }
    }
}

/// The answer of the price function. Not an error in either case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Priced {
    /// The cart costs this.
    Quoted(Quote),
    /// The cart has no price, and here is why.
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

/// What a cart costs, until when, and why. The total is the sum of the lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The quote's id, given by the caller.
    pub id: QuoteId,
    /// The cart.
    pub cart: CartId,
    /// The version of the cart that was priced.
    pub cart_version: u64,
    /// The version of the price book.
    pub price_book: String,
    /// When it was made.
    pub priced_at: DateTime<Utc>,
    /// The first instant at which it is valid no more.
    pub valid_until: DateTime<Utc>,
    /// One line for each of the cart, in the order of their keys.
    pub lines: Vec<QuoteLine>,
    /// What it all costs.
    pub total: Money,
    /// What shaped the quote as a whole, such as a price that ends before the quote would.
    pub reasons: Vec<Reason>,
}

impl Quote {
    /// Whether it is valid at that instant: from when it was made until just before its end.
    #[must_use]
    pub fn is_valid_at(&self, at: DateTime<Utc>) -> bool {
        self.priced_at <= at && at < self.valid_until
    }
}

/// What one line costs and why.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuoteLine {
    /// The product and its options.
    pub line: LineKey,
    /// How many.
    pub quantity: Quantity,
    /// What one costs.
    pub unit_price: Money,
    /// What all of them cost.
    pub total: Money,
    /// The entry of the price book.
    pub price: PriceId,
    /// `price_chosen` for that entry, then each other entry of the product and currency with why it lost.
    pub reasons: Vec<Reason>,
}

/// A cart that has no price. Every line that stands in the way is named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refusal {
    /// The quote's id, given by the caller.
    pub id: QuoteId,
    /// The cart.
    pub cart: CartId,
    /// The version of the cart.
    pub cart_version: u64,
    /// The version of the price book.
    pub price_book: String,
    /// When it was asked.
    pub priced_at: DateTime<Utc>,
    /// `empty_cart`; or for each product without a price `unknown_product`, `no_price_in_currency` or
    /// `no_price_now`, the last followed by the entries that lost. The evidence is `sku:…`, `currency:…`, `price:…`.
    pub reasons: Vec<Reason>,
}
