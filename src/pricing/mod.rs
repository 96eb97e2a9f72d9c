//! What does it cost? The same in every channel.
//!
//! [`price`] is a pure function of a cart, a price book, the quote's rules and the instant. **None of its inputs has a
//! channel**, so it cannot ask for one price on the web and another at the till: the signature of [`price`] is checked
//! when the crate is built, and a test takes its input types apart field by field.
//!
//! Which of several prices is the one is a question of its own: [`PriceBook::choose`] answers it for a [`Buyer`] under a
//! [`ChoicePolicy`], with price lists, conditions, quantity bands, tiers and sales, and says why each other price lost.
//!
//! # What it does not do
//! [`price`] asks for an anonymous buyer under the default policy. Promotions, coupons, tax, delivery fees and signed
//! quotes are not here: a total is the sum of what the lines cost, in the price book's own terms (with or without tax,
//! as the host keeps it).
//!
//! ```
//! use throughline::cart::{Cart, LineKey, Quantity, Sku};
//! use throughline::ids::{CartId, QuoteId};
//! use throughline::money::{Currency, CurrencyTable, Money};
//! use throughline::pricing::{PriceBook, PriceEntry, PriceId, QuoteRules, price};
//! let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
//! let mug = Sku::parse("MUG-1")?;
//! let book = PriceBook::new("2026-03", [PriceEntry::always(
//!     PriceId::parse("p1")?, mug.clone(), Money::parse("12.50", euro)?,
//! )])?;
//! let mut cart = Cart::empty(CartId::from_bytes([1; 16]), euro.currency());
//! cart.lines.insert(LineKey::plain(mug), Quantity::new(3)?);
//! let now = "2026-03-20T09:00:00Z".parse()?;
//! let answer = price(QuoteId::from_bytes([2; 16]), &cart, &book, &QuoteRules::default(), now)?;
//! assert_eq!(answer.quote().map(|quote| quote.total.to_string()).as_deref(), Some("37.50 EUR"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::float_arithmetic)]

mod book;
mod buyer;
mod choose;
mod conditions;
mod error;
mod index;
mod list;
mod policy;
mod price;
pub mod promotion;
mod quote;
mod tier;

#[cfg(test)]
mod choice_tests;
#[cfg(test)]
mod tests;

pub use book::{PriceBook, PriceEntry, PriceId};
pub use buyer::Buyer;
pub use choose::{BuyerView, Choice, Lost, PriceQuery};
pub use conditions::{Conditions, Dimension, MAX_DIMENSIONS, MAX_VALUE};
pub use error::{PricingError, PricingErrorKind};
pub use list::{ListId, ListKind, PriceList};
pub use policy::{ChoicePolicy, Criterion, SaleRule};
pub use price::price;
pub use quote::{Priced, Quote, QuoteLine, QuoteRules, Refusal};
pub use tier::{Band, Charge, Counted, Pieces, TierMode, TierStep, Tiers};
