//! Stock: counts, holds and what of it can be sold, kept by product and location.

mod ask;
mod front;
mod keys;
mod reserve;

pub use ask::{StockAnswer, StockInquiry, stock_at, stock_everywhere};
pub use reserve::{act_on_stock, act_on_stock_once, change_stock, stock_ticket};
