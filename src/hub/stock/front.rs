//! The use cases of stock as methods of both drivers.

use super::{Booking, GivenPromise, SlotOutcome, SlotPlace, SlotRequest, StockAnswer, StockInquiry};
use crate::calendar::Zone;
use crate::cart::Sku;
use crate::hub::CommandKey;
use crate::hub::front::use_cases;
use crate::stock::promise::{Promise, PromiseScore, PromiseStanding, Slot, SlotPlan};
use crate::stock::reservation::{ChangeOutcome, StockAct, StockChange, StockOutcome, Terms, Ticket, Yield};
use crate::stock::routing::{RouteRequest, RouteSettings, Routed};
use crate::stock::{LocationId, Place, ReservationKey, StockErrorKind};
use crate::time::{DateTime, NaiveDate, Utc};

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
    /// The slots of a date that can be booked; see [`slots_left`](crate::hub::slots_left()).
    slots_left(place: &SlotPlace, plan: &SlotPlan, zone: &Zone, date: NaiveDate) -> Vec<(Slot, u32)>;
    /// The next slots that are free; see [`free_slots`](crate::hub::free_slots()).
    free_slots(place: &SlotPlace, plan: &SlotPlan, zone: &Zone, places: u32, limit: usize) -> Vec<Slot>;
    /// Books places in a slot; see [`book_slot`](crate::hub::book_slot()).
    book_slot(key: &ReservationKey, request: &SlotRequest<'_>) -> SlotOutcome;
    /// Gives them back; see [`cancel_booking`](crate::hub::cancel_booking()).
    cancel_booking(key: &ReservationKey) -> SlotOutcome;
    /// The slot that a key booked; see [`booking`](crate::hub::booking()).
    booking(key: &ReservationKey) -> Option<Booking>;
    /// Keeps a promise in mind; see [`give_promise`](crate::hub::give_promise()).
    give_promise(key: &ReservationKey, location: &LocationId, promise: &Promise) -> ();
    /// What a key was promised; see [`given_promise`](crate::hub::given_promise()).
    given_promise(key: &ReservationKey) -> Option<GivenPromise>;
    /// Scores a promise; see [`score_promise`](crate::hub::score_promise()).
    score_promise(key: &ReservationKey, happened: Option<DateTime<Utc>>) -> Option<PromiseStanding>;
    /// How many promises a location kept; see [`promises_kept`](crate::hub::promises_kept()).
    promises_kept(location: &LocationId, from: NaiveDate, until: NaiveDate) -> PromiseScore;
    /// From where an order is sent; see [`route_order`](crate::hub::route_order()).
    route_order(request: &RouteRequest, settings: &RouteSettings, terms: &Terms<'_>) -> Result<Routed, StockErrorKind>;
    /// What can be sold of a product anywhere; see [`stock_everywhere`](crate::hub::stock_everywhere()).
    stock_everywhere(sku: &Sku, terms: &Terms<'_>) -> Vec<StockAnswer>;
}
