//! What was sold, down to each unit, and what comes back when goods come back.

mod refund;
mod split;

pub use refund::{
    KeptGoods, LineRefund, Refund, RefundError, RefundErrorKind, RefundRules, ReturnedSoFar, ReturnedUnits,
    refund,
};
pub use split::{OrderDiscount, OrderLine, OrderSplit, OrderTax, SoldAmounts};
