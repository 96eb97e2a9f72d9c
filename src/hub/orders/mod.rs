//! Orders: placed under a reservation, packed, sent, picked up, returned; each state told once, stock moved along with it.
//! Repeat orders: the same again on the next date.

mod acts;
mod front;
mod kept;
mod keys;
mod owed;
mod place;
mod promises;
mod renewals;
mod subscriptions;
mod views;

pub use acts::{OrderActed, hand_over, order_act, order_tick};
pub(crate) use kept::placed_at;
pub use place::{OrderRequest, OrderTerms, PlaceOutcome, PlaceRefusal, order_id, place_order};
pub use promises::parcel_promise;
pub use renewals::{RenewOutcome, RenewRequest, Retry, RetryRule, renew_order};
pub use subscriptions::{
    DueRepeat, RepeatChange, RepeatDays, RepeatOrder, RepeatOutcome, RepeatRefusal, RepeatRequest,
    RepeatState, RepeatedLine, change_subscription, subscribe_order, subscription, subscriptions_due,
    subscriptions_of,
};
pub(crate) use views::forget;
pub use views::{order, orders_due, orders_of};
