//! What does it cost? The same in every channel.
//!
//! [`price`] is a pure function of a cart, a price book, the quote's rules and the instant. **None of its inputs has a
//! channel**, so it cannot ask for one price on the web and another at the till: the signature of [`price`] is checked
//! when the crate is built, and a test takes its input types apart field by field.
//!
//! # What it does not do
//! It knows one price per product, currency and time. Price lists, tiers, customer groups, promotions, coupons, tax,
//! delivery fees and signed quotes are not here: a total is the sum of quantity times unit price, in the price book's
//! own terms (with or without tax, as the host keeps it).
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
mod choose;
mod error;
mod price;
mod quote;

#[cfg(test)]
mod tests;

pub use book::{PriceBook, PriceEntry, PriceId};
pub use choose::{Choice, Lost};
pub use error::{PricingError, PricingErrorKind};
pub use price::price;
pub use quote::{Priced, Quote, QuoteLine, QuoteRules, Refusal};
