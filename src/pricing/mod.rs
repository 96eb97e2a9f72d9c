//! What does it cost? The same in every channel, exact to the last minor unit, and able to say why.
//!
//! [`price`] is a pure function of a cart, the [`Purchase`], the [`PriceRules`] and the instant. **None of its inputs has
//! a channel**, so it cannot ask for one price on the web and another at the till: the signature of [`price`] is checked
//! when the crate is built, and a test takes its input types apart field by field.
//!
//! | question | answer |
//! |---|---|
//! | Which price of a product? | [`PriceBook::choose`], [`ChoicePolicy`], tiers, lists, buyers |
//! | What comes off? | [`promotion`] |
//! | Which coupons open it, how often? | [`coupon`] |
//! | What tax? | [`tax`] |
//! | What does the cart cost? | [`price`], a [`Quote`] |
//! | What was sold, what comes back? | [`order`] |
//! | Is it honoured in another channel? | [`seal`] |
//! | Which price may a reduction name? | [`prior_price`] |
//! | Is it the same everywhere? | [`parity`] |
//!
//! Which of several prices is the one is a question of its own: [`PriceBook::choose`] answers it for a [`Buyer`] under a
//! [`ChoicePolicy`], with price lists, conditions, quantity bands, tiers and sales, and says why each other price lost.
//! What needs storage (coupons that are held and used, quotes that are used up, price histories) is in
//! [`hub`](crate::hub).
//!
//! # What it does not do
//! It knows no stock, collects no payment and asks no tax service: a host's own engine stands behind
//! [`tax::TaxEngine`], with what it needs loaded before. The example `checkout` shows the whole.
//!
//! ```
//! use throughline::cart::{Cart, LineKey, Quantity, Sku};
//! use throughline::ids::{CartId, QuoteId};
//! use throughline::money::{Currency, CurrencyTable, Money};
//! use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Purchase, price};
//! let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
//! let mug = Sku::parse("MUG-1")?;
//! let rules = PriceRules::new(PriceBook::new("2026-03", [PriceEntry::always(
//!     PriceId::parse("p1")?, mug.clone(), Money::parse("12.50", euro)?,
//! )])?);
//! let mut cart = Cart::empty(CartId::from_bytes([1; 16]), euro.currency());
//! cart.lines.insert(LineKey::plain(mug), Quantity::new(3)?);
//! let now = "2026-03-20T09:00:00Z".parse()?;
//! let answer = price(QuoteId::from_bytes([2; 16]), &cart, &Purchase::default(), &rules, now)?;
//! assert_eq!(answer.quote().map(|quote| quote.total.to_string()).as_deref(), Some("37.50 EUR"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![deny(clippy::float_arithmetic)]

mod book;
mod buyer;
mod catalogue;
mod choose;
mod conditions;
pub mod coupon;
mod error;
mod facts;
mod index;
mod list;
mod name;
pub mod order;
pub mod parity;
mod policy;
mod price;
pub mod prior_price;
pub mod promotion;
mod quote;
pub mod seal;
pub mod tax;
mod tier;

#[cfg(test)]
mod choice_tests;
#[cfg(test)]
mod tests;

pub use book::{PriceBook, PriceEntry, PriceId};
pub use buyer::Buyer;
pub use catalogue::{Catalogue, Product};
pub use choose::{BuyerView, Choice, Lost, PriceQuery};
pub use conditions::{Conditions, Dimension, MAX_DIMENSIONS, MAX_VALUE};
pub use error::{PricingError, PricingErrorKind};
pub use facts::{DeliveryFee, PriceRules, Purchase};
pub use list::{ListId, ListKind, PriceList};
pub use name::InvalidName;
pub use policy::{ChoicePolicy, Criterion, SaleRule};
pub use price::{PriceError, price, price_with};
pub use quote::{Priced, Quote, QuoteDelivery, QuoteDiscount, QuoteGift, QuoteLine, Refusal};
pub use tier::{Band, Charge, Counted, Pieces, TierMode, TierStep, Tiers};
