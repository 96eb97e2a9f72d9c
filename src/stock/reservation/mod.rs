//! Who holds how many until when: keyed, all or nothing over lines and places, and never more than is there.
//!
//! A [`Shelf`] is a product at a location with the holds on it; a [`Ticket`] is what one key (a cart, an order) did. [`act`]
//! changes both together or neither. Nothing sweeps: a hold that has lapsed is judged when it is read.
//!
//! ```text
//! Reserve ──> Held ──Commit──> Committed ──Issue──> Done
//!             │  └─Extend        └─Cancel──> Done
//!             └─Release, or its end is reached: nothing is held
//! ```
//!
//! At every instant and at every shelf
//! `reserved + allocated <= on hand - damaged + permitted backorder` ([`Shelf::holds_what_it_promised`]).

mod act;
mod change;
mod shelf;
mod ticket;

#[cfg(test)]
mod schedules;
#[cfg(test)]
mod tests;

pub use act::{Awaited, Line, StockAct, StockOutcome, StockRefusal, Terms, act};
pub use change::{Broken, ChangeOutcome, ChangeRefusal, StockChange, Yield};
pub use shelf::{Hold, Shelf};
pub use ticket::{MAX_LINES, Ticket, TicketLine, TicketState};
