//! What do they hold with us? Stored value, points, gift cards and tiers, by double entry.
//!
//! | you want | use |
//! |---|---|
//! | to move, hold, capture or give back value | [`ledger`] |
//! | points that wait, count, are spent, run out, and come back with returned goods | [`points`] |
//! | what a purchase earns | [`EarnRules`](points::EarnRules) |
//! | the level that a customer has reached, and until when | [`tier`] |
//! | the last day of a month, quarter or year in the Gregorian or Iranian calendar | [`period`] |
//! | to show an account's lines, and prove them | [`statement`] |
//! | the code of a gift card or a voucher | [`GiftCode`] |
//! | on which terms one pays: once, a share of a basket, for a time | [`VoucherTerms`] |
//! | to fill up an account by itself | [`TopUpRule`] |
//!
//! Everything here is pure; the hub's use cases keep it over a store. Amounts are whole numbers of minor units of a
//! currency, or whole points. No floating point anywhere.
#![deny(clippy::float_arithmetic)]

mod gift;
pub mod ledger;
mod name;
pub mod period;
pub mod points;
pub mod statement;
pub mod tier;
mod top_up;
mod unit;
mod voucher;

pub use gift::{GiftCode, NotAGiftCode};
pub use name::{InvalidName, ProgrammeId, Purpose};
pub use top_up::{TopUpDecision, TopUpRule};
pub use unit::Unit;
pub use voucher::{VoucherRefusal, VoucherReturn, VoucherTerms};
