//! What do they hold with us? Stored value, points, gift cards and tiers, by double entry.
//!
//! | you want | use |
//! |---|---|
//! | to move, hold, capture or give back value | [`ledger`] |
//! | points that wait, count, are spent and run out | [`points`] |
//!
//! Amounts are whole numbers of minor units of a currency, or whole points. No floating point anywhere.
#![deny(clippy::float_arithmetic)]

pub mod ledger;
mod name;
mod unit;

pub use name::{InvalidName, ProgrammeId, Purpose};
pub use unit::Unit;
