//! The use cases of orders as methods of both drivers.

use super::{OrderActed, OrderRequest, OrderTerms, PlaceOutcome};
use crate::hub::front::use_cases;
use crate::hub::{CommandKey, Who};
use crate::ids::OrderId;
use crate::stock::order::{Order, OrderAct};

use_cases! {
    /// Turns a cart into an order; see [`place_order`](crate::hub::place_order()).
    place_order(command: &CommandKey, request: &OrderRequest<'_>, terms: &OrderTerms<'_>) -> PlaceOutcome;
    /// Takes in what happened to an order; see [`order_act`](crate::hub::order_act()).
    order_act(command: &CommandKey, order: OrderId, what: &OrderAct, terms: &OrderTerms<'_>) -> OrderActed;
    /// Hands a parcel over to whoever gives its code; see [`hand_over`](crate::hub::hand_over()).
    hand_over(command: &CommandKey, order: OrderId, parcel: u16, code: Option<&str>, terms: &OrderTerms<'_>) -> OrderActed;
    /// Does what time alone brings about; see [`order_tick`](crate::hub::order_tick()).
    order_tick(command: &CommandKey, order: OrderId, terms: &OrderTerms<'_>) -> OrderActed;
    /// An order as it stands; see [`order`](crate::hub::order()).
    order(id: OrderId) -> Option<Order>;
    /// Her orders; see [`orders_of`](crate::hub::orders_of()).
    orders_of(who: &Who) -> Option<Vec<Order>>;
    /// The orders about which time alone brings something about; see [`orders_due`](crate::hub::orders_due()).
    orders_due(limit: usize) -> Vec<OrderId>;
}
