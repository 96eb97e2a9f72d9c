//! The use cases of stock as methods of both drivers.

use super::{StockAnswer, StockInquiry};
use crate::cart::Sku;
use crate::hub::CommandKey;
use crate::hub::front::use_cases;
use crate::stock::reservation::{ChangeOutcome, StockAct, StockChange, StockOutcome, Terms, Ticket, Yield};
use crate::stock::{Place, ReservationKey};

use_cases! {
    /// Changes a count or an announcement; see [`change_stock`](crate::hub::change_stock()).
    change_stock(command: &CommandKey, place: &Place, change: &StockChange, gives_way: Yield) -> ChangeOutcome;
    /// Reserves, extends, commits, releases, issues or gives back; see [`act_on_stock`](crate::hub::act_on_stock()).
    act_on_stock(key: &ReservationKey, act: &StockAct, terms: &Terms<'_>) -> StockOutcome;
    /// The same, once for each command key; see [`act_on_stock_once`](crate::hub::act_on_stock_once()).
    act_on_stock_once(command: &CommandKey, key: &ReservationKey, act: &StockAct, terms: &Terms<'_>) -> StockOutcome;
    /// What a key did with stock; see [`stock_ticket`](crate::hub::stock_ticket()).
    stock_ticket(key: &ReservationKey) -> Option<Ticket>;
    /// What can be sold at some locations; see [`stock_at`](crate::hub::stock_at()).
    stock_at(inquiry: &StockInquiry<'_>) -> Vec<StockAnswer>;
    /// What can be sold of a product anywhere; see [`stock_everywhere`](crate::hub::stock_everywhere()).
    stock_everywhere(sku: &Sku, terms: &Terms<'_>) -> Vec<StockAnswer>;
}
