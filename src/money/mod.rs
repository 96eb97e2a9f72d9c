//! Money: exact integers in the minor unit of a currency. No floating point anywhere, and nothing that can panic.
//!
//! | you have | you want | use |
//! |---|---|---|
//! | a code such as `EUR` | a currency | [`Currency::parse`] |
//! | a currency | how many decimals it has here | [`CurrencyTable::unit`] |
//! | `"12.50"`, `۱۲٫۵۰`, `1e3` | an exact number | [`Decimal::parse`] |
//! | a number and a unit | money | [`Money::parse`], [`Decimal::to_money`] |
//! | a percentage | a share of money | [`Ratio`], [`Money::times_ratio`] |
//! | a discount over several lines | whole minor units that add up | [`Money::allocate`], [`Money::allocate_with_floors`] |
//! | an amount to pay in coins | a payable amount and its own rounding line | [`Money::cash_round`] |
//!
//! Arithmetic is by named methods that return a [`MoneyError`]; there are no operators, since `+` could only panic on
//! overflow or on two currencies. Two amounts mix only if both the currency and the exponent agree.
//!
//! ```
//! use throughline::money::{Currency, CurrencyTable, Money, Ratio, Rounding};
//! let table = CurrencyTable::new([(Currency::parse("IRR")?, 0)])?;
//! let euro = table.unit(Currency::parse("EUR")?)?;
//! let price = Money::parse("19.99", euro)?;
//! let off = price.times_ratio(Ratio::basis_points(2500), Rounding::HalfEven)?;
//! assert_eq!(off.to_string(), "5.00 EUR");
//! assert_eq!(price.minus(off)?.to_string(), "14.99 EUR");
//! let rial = table.unit(Currency::parse("IRR")?)?;
//! assert_eq!(Money::parse("۱٬۲۵۰٬۰۰۰", rial)?.in_toman()?, "125000");
//! assert!(price.plus(Money::zero(rial)).is_err());
//! # Ok::<(), throughline::money::MoneyError>(())
//! ```
#![deny(clippy::float_arithmetic)]

mod allocate;
mod amount;
mod currency;
mod decimal;
mod error;
mod format;
mod ratio;
mod rounding;
mod spread;
mod table;

#[cfg(test)]
mod tests;

pub use allocate::{Floored, LineWithFloor, ZeroWeights, allocate, allocate_with_floors, whole_weights};
pub use amount::{CashRounded, Money};
pub use currency::{Currency, CurrencyDigits};
pub use decimal::Decimal;
pub use error::{MoneyError, MoneyErrorKind};
pub use format::MoneyFormat;
pub use ratio::Ratio;
pub use rounding::Rounding;
pub use spread::Spread;
pub use table::{CurrencyTable, CurrencyUnit, MAX_EXPONENT};
