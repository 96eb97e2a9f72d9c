//! The use cases of orders as methods of both drivers.

use super::{
    DueRepeat, OrderActed, OrderRequest, OrderTerms, PlaceOutcome, RenewOutcome, RenewRequest, RepeatChange,
    RepeatDays, RepeatOrder, RepeatOutcome, RepeatRequest,
};
use crate::hub::front::use_cases;
use crate::hub::{CommandKey, Who};
use crate::ids::OrderId;
use crate::stock::ReservationKey;
use crate::stock::order::{Order, OrderAct};
use crate::time::{DateTime, Utc};

use_cases! {
    /// Turns a cart into an order; see [`place_order`](crate::hub::place_order()).
    place_order(command: &CommandKey, request: &OrderRequest<'_>, terms: &OrderTerms<'_>) -> PlaceOutcome;
    /// Takes in what happened to an order; see [`order_act`](crate::hub::order_act()).
    order_act(command: &CommandKey, order: OrderId, what: &OrderAct, terms: &OrderTerms<'_>) -> OrderActed;
    /// Hands a parcel over to whoever gives its code; see [`hand_over`](crate::hub::hand_over()).
    hand_over(command: &CommandKey, order: OrderId, parcel: u16, code: Option<&str>, terms: &OrderTerms<'_>) -> OrderActed;
    /// Does what time alone brings about; see [`order_tick`](crate::hub::order_tick()).
    order_tick(command: &CommandKey, order: OrderId, terms: &OrderTerms<'_>) -> OrderActed;
    /// Begins a repeat order; see [`subscribe_order`](crate::hub::subscribe_order()).
    subscribe_order(command: &CommandKey, request: &RepeatRequest<'_>, days: &RepeatDays<'_>) -> RepeatOutcome;
    /// Leaves one out, pauses, goes on, changes, cancels; see [`change_subscription`](crate::hub::change_subscription()).
    change_subscription(command: &CommandKey, number: &ReservationKey, change: &RepeatChange, days: &RepeatDays<'_>)
        -> RepeatOutcome;
    /// A repeat order as it stands; see [`subscription`](crate::hub::subscription()).
    subscription(number: &ReservationKey) -> Option<RepeatOrder>;
    /// Her repeat orders; see [`subscriptions_of`](crate::hub::subscriptions_of()).
    subscriptions_of(who: &Who) -> Option<Vec<RepeatOrder>>;
    /// The repeat orders that are due; see [`subscriptions_due`](crate::hub::subscriptions_due()).
    subscriptions_due(until: DateTime<Utc>, limit: usize) -> Vec<DueRepeat>;
    /// Places the next order, once for each date; see [`renew_order`](crate::hub::renew_order()).
    renew_order(request: &RenewRequest<'_>, days: &RepeatDays<'_>, terms: &OrderTerms<'_>) -> RenewOutcome;
    /// An order as it stands; see [`order`](crate::hub::order()).
    order(id: OrderId) -> Option<Order>;
    /// Her orders; see [`orders_of`](crate::hub::orders_of()).
    orders_of(who: &Who) -> Option<Vec<Order>>;
    /// The orders about which time alone brings something about; see [`orders_due`](crate::hub::orders_due()).
    orders_due(limit: usize) -> Vec<OrderId>;
}
