//! Can they have it, where and when?
//!
//! | question | answer |
//! |---|---|
//! | How many can be sold, where, through which channel? | [`availability`] |
//! | Which location gives how many of one product? | [`allocate`] |
//! | Who holds how many until when? | [`reservation`] |
//! | When can she have it? | [`promise`] |
//! | From where is an order sent? | [`routing`] |
//! | Where does an order stand, and what is told about it? | [`order`] |
//!
//! Stock is counted in whole pieces, and without floating point. Nothing here reads a clock or keeps anything: what is
//! kept, and what many tills do at once, is in [`hub`](crate::hub).
#![deny(clippy::float_arithmetic)]

pub mod allocate;
pub mod availability;
mod error;
mod name;
pub mod order;
pub mod promise;
pub mod reservation;
pub mod routing;

pub use error::{StockError, StockErrorKind};
pub use name::{LocationId, Method, Place, ReservationKey};
