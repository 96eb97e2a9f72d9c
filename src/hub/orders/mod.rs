//! Orders: placed under a reservation, packed, sent, picked up, returned; each state told once, stock moved along with it.

mod acts;
mod front;
mod kept;
mod keys;
mod place;
mod views;

pub use acts::{OrderActed, hand_over, order_act, order_tick};
pub(crate) use kept::placed_at;
pub use place::{OrderRequest, OrderTerms, PlaceOutcome, PlaceRefusal, order_id, place_order};
pub(crate) use views::forget;
pub use views::{order, orders_due, orders_of};
