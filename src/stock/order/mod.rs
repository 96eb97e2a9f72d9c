//! Orders after they are placed: where each parcel stands, and what is told about it, once.
//!
//! [`act`] takes an [`Order`], what happened ([`OrderAct`]) and an instant, and says how the order stands then, which
//! messages that calls for ([`Intent`]) and what else is to be done ([`Effect`]). One [table](TABLE) says what each state
//! tells. Whatever is reported twice, late or in another order changes nothing and tells nothing anew, and a state never
//! goes back: a carrier's reports may come in any order.
//!
//! | an order | each of its parcels | each return |
//! |---|---|---|
//! | placed, payment failed, confirmed, cancelled | open, partly short, shipped, out for delivery, ready for pick-up, delivered, handed over, expired, lost, came back, cancelled | requested, received, refunded, withdrawn |
//!
//! Beside it: when a parcel at a shop is reminded of and given up, in opening days ([`pick_up_window`]), the code with which
//! it is handed over ([`HandOverCode`]), and repeat orders ([`Subscription`]).

mod act;
mod calling_off;
mod code;
mod facts;
mod intent;
mod pairs;
mod parcels;
mod payments;
mod promises;
mod returns;
mod rules;
mod state;
mod step;
mod subscription;
#[cfg(test)]
mod tests;
mod timers;

pub use act::{NewParcel, OrderAct, Proof, Resolution};
pub use code::HandOverCode;
pub use facts::{Order, OrderedLine, Parcel, Payment, Return, ReturnedGoods, ReturnedLine};
pub use intent::{CameFrom, Effect, Intent, IntentKind};
pub use promises::Fulfilment;
pub use rules::{Apology, OrderHours, OrderRules};
pub use state::{Guard, OrderState, ParcelState, ReturnState, State, TABLE, Told};
pub use step::{OrderOutcome, OrderRefusal, OrderStep, act};
pub use subscription::{Every, MonthCalendar, Subscription};
pub use timers::{PickUpWindow, due_acts, next_due, pick_up_window};
