//! A shopping cart: what somebody means to buy, without prices and without the channel it was filled in.
//!
//! A cart is a *view*: [`Cart::fold`] computes it from the set of its changes. The same changes in any order of
//! arrival, with any repetition, give the same cart, so it can be filled on the web, continued at a till and completed
//! by an event that arrives a day late.
//!
//! A cart holds products and quantities only. What they cost is asked anew of `pricing`, so a cart never carries a
//! stale price from one channel into another.
#![deny(clippy::float_arithmetic)]

mod change;
mod error;
mod fold;
mod line;
mod merge;
mod quantity;

#[cfg(test)]
mod tests;

pub use change::{CartAct, CartChange};
pub use error::{CartError, CartErrorKind};
pub use fold::{Cart, CartState};
pub use line::{LineKey, MAX_LINES, MAX_OPTIONS, MAX_TEXT, Sku};
pub use merge::{LineChange, MergeReport, MergeStrategy, Merged, merge};
pub use quantity::Quantity;
