//! Stock: counts, holds and what of it can be sold, kept by product and location.

mod ask;
mod front;
mod keys;
mod promises;
mod reserve;
mod route;
mod slots;

pub use ask::{StockAnswer, StockInquiry, stock_at, stock_everywhere};
pub use promises::{GivenPromise, PromiseEnd, give_promise, given_promise, promises_kept, score_promise};
pub(super) use promises::{pass_promise_on, settle_parcel};
pub use reserve::{act_on_stock, act_on_stock_once, change_stock, stock_ticket};
pub(super) use reserve::{all_on_stock, put_back};
pub use route::route_order;
pub use slots::{
    Booking, SlotOutcome, SlotPlace, SlotRequest, book_slot, booking, cancel_booking, free_slots, slots_left,
};
