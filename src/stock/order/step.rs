//! One step: what happened, taken into the order.

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use super::intent::{Effect, Intent, IntentKind};
use super::state::{Guard, OrderState, ParcelState, State, told};
use super::{Order, OrderAct, OrderHours, OrderRules, calling_off, parcels, payments, returns};
use crate::time::{DateTime, TimeDelta, Utc};

/// An order after a step, and what that calls for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderStep {
    /// The order as it stands now.
    pub order: Order,
    /// What is to be told, in this order; nothing that was told before.
    pub intents: Vec<Intent>,
    /// What else is to be done, in this order.
    pub effects: Vec<Effect>,
}

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum OrderOutcome {
    /// It is taken in. If it says nothing new, nothing has changed and nothing is called for.
    Done(Box<OrderStep>),
    /// It cannot be, and why. Nothing has changed.
    Refused {
        /// Why.
        why: OrderRefusal,
    },
}

/// Why an act is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderRefusal {
    /// There is no such parcel, line or return.
    Unknown,
    /// More units than there are.
    TooMany,
    /// Only the location where the parcel is put together packs it; it arrives only where it is picked up.
    WrongLocation,
    /// The order or parcel was called off, or its time is over.
    Closed,
    /// It has left, so it cannot be called off or be short any more.
    TooLate,
    /// It is not there yet, so it cannot be handed over.
    NotReady,
    /// It is brought to the customer, so it does not wait anywhere; or it waits, and nobody brings it.
    OtherWay,
    /// The payment was refused: nothing leaves before it is paid.
    Unpaid,
    /// A wrong code.
    WrongCode,
    /// Too many wrong codes: she has to show who she is.
    IdentityNeeded,
    /// The customer does not have so many units to give back.
    NotDelivered,
    /// The return's number was used before for other goods.
    NumberReused,
    /// A number or text is out of its range.
    Invalid,
}

/// What an intent is about, beside its state.
#[derive(Default)]
pub(super) struct About<'a> {
    pub(super) parcel: Option<u16>,
    pub(super) line: Option<u16>,
    pub(super) units: Option<u32>,
    pub(super) of_return: Option<&'a str>,
    /// Tells one attempt, shortage, move or receipt from another.
    pub(super) which: Option<String>,
    pub(super) instant: Option<DateTime<Utc>>,
    pub(super) location: Option<LocationId>,
    pub(super) apology: Option<u32>,
}

/// Raises what a state tells, unless it was told before.
pub(super) fn tell(
    order: &mut Order,
    state: State,
    about: &About<'_>,
    rules: &OrderRules,
    now: DateTime<Utc>,
    intents: &mut Vec<Intent>,
) {
    let Some(told) = told(state) else { return };
    let of = match told.guard {
        Guard::Order => "order".to_owned(),
        Guard::Attempt => format!("payment/{}", about.which.as_deref().unwrap_or_default()),
        Guard::Parcel => format!("parcel/{}", about.parcel.unwrap_or_default()),
        Guard::Shortage | Guard::Move => {
            format!(
                "parcel/{}/{}",
                about.parcel.unwrap_or_default(),
                about.which.as_deref().unwrap_or_default()
            )
        }
        Guard::Receipt if about.which.is_some() => {
            let (of, which) = (about.of_return.unwrap_or_default(), about.which.as_deref());
            format!("return/{of}/{}", which.unwrap_or_default())
        }
        Guard::Return | Guard::Receipt => format!("return/{}", about.of_return.unwrap_or_default()),
    };
    for kind in told.intents {
        let (mut key, mut not_before) = (format!("{of}/{}", name(*kind)), None);
        if *kind == IntentKind::Review {
            // One question for the whole order, when all of it is there.
            let Some(hours) = rules.review_after_hours.filter(|_| order.is_complete()) else { continue };
            key = format!("order/{}", name(*kind));
            not_before = now.checked_add_signed(TimeDelta::hours(i64::from(hours)));
        }
        if !order.told.insert(key.clone()) {
            continue;
        }
        intents.push(Intent {
            key,
            kind: *kind,
            state,
            parcel: about.parcel,
            line: about.line,
            units: about.units,
            of_return: about.of_return.map(str::to_owned),
            not_before,
            about: about.instant,
            location: about.location.clone(),
            reminder: told.reminder,
            apology: about.apology,
        });
    }
}

/// The name of a kind of message, as it is written in keys.
const fn name(kind: IntentKind) -> &'static str {
    match kind {
        IntentKind::Confirmation => "confirmation",
        IntentKind::PaymentRetry => "payment_retry",
        IntentKind::Choice => "choice",
        IntentKind::Ready => "ready",
        IntentKind::PickupReminder => "pickup_reminder",
        IntentKind::PickupExpired => "pickup_expired",
        IntentKind::Tracking => "tracking",
        IntentKind::OutForDelivery => "out_for_delivery",
        IntentKind::Delivered => "delivered",
        IntentKind::Receipt => "receipt",
        IntentKind::Review => "review",
        IntentKind::Delay => "delay",
        IntentKind::Lost => "lost",
        IntentKind::CameBack => "came_back",
        IntentKind::ReturnLabel => "return_label",
        IntentKind::ReturnReceipt => "return_receipt",
        IntentKind::Refunded => "refunded",
        IntentKind::Cancellation => "cancellation",
    }
}

/// The step while it is taken.
pub(super) struct Taking<'a> {
    pub(super) order: Order,
    pub(super) intents: Vec<Intent>,
    pub(super) effects: Vec<Effect>,
    pub(super) rules: &'a OrderRules,
    pub(super) hours: &'a OrderHours,
    pub(super) now: DateTime<Utc>,
}

impl Taking<'_> {
    pub(super) fn tell(&mut self, state: State, about: &About<'_>) {
        tell(&mut self.order, state, about, self.rules, self.now, &mut self.intents);
    }

    pub(super) fn enter(&mut self, state: OrderState) {
        self.order.state = state;
        self.tell(State::Order(state), &About::default());
    }
}

/// Takes in what happened. Pure: the same order, act, rules and instant give the same step.
///
/// An act that says what is known already, or a carrier's report of a state that was passed, changes nothing and calls for
/// nothing. `hours` tell until when a parcel waits.
///
/// Whatever is called off while money is there for it is paid back with the step, and so is what was called off before the
/// money came. An order of which no unit is still to come is cancelled.
///
/// # Complexity
/// O(lines + contents of the parcels + goods of the returns + what was told), all of which is copied. A parcel that leaves
/// without m lines that were missing takes m times what it holds.
#[must_use]
pub fn act(
    order: &Order,
    act: &OrderAct,
    rules: &OrderRules,
    hours: &OrderHours,
    now: DateTime<Utc>,
) -> OrderOutcome {
    let mut taking =
        Taking { order: order.clone(), intents: Vec::new(), effects: Vec::new(), rules, hours, now };
    match take(&mut taking, act) {
        Ok(()) => {
            calling_off::finish(&mut taking);
            let Taking { order, intents, effects, .. } = taking;
            OrderOutcome::Done(Box::new(OrderStep { order, intents, effects }))
        }
        Err(why) => OrderOutcome::Refused { why },
    }
}

fn take(taking: &mut Taking<'_>, act: &OrderAct) -> Result<(), OrderRefusal> {
    match act {
        OrderAct::PaymentFailed { attempt } => payments::failed(taking, *attempt),
        OrderAct::Authorised { attempt } => {
            payments::authorised(taking, *attempt);
            Ok(())
        }
        OrderAct::Paid => {
            payments::paid(taking);
            Ok(())
        }
        OrderAct::Cancel => calling_off::cancel(taking),
        OrderAct::CancelParcel { parcel } => calling_off::cancel_parcel(taking, *parcel),
        OrderAct::Lost { parcel } => calling_off::lost(taking, *parcel),
        OrderAct::CameBack { parcel, at } => calling_off::came_back(taking, *parcel, at),
        OrderAct::WithdrawReturn { id } => returns::withdraw(taking, id),
        OrderAct::RequestReturn { id, units, exchange } => returns::request(taking, id, units, exchange),
        OrderAct::ReceiveReturn { id, at, units, damaged } => {
            returns::receive(taking, id, at, units, damaged)
        }
        OrderAct::Refunded { id } => returns::refunded(taking, id),
        OrderAct::Short { parcel, line, units } => parcels::short(taking, *parcel, *line, *units),
        OrderAct::Resolve { parcel, line, how } => parcels::resolve(taking, *parcel, *line, how),
        OrderAct::Packed { parcel, at, units } => parcels::packed(taking, *parcel, at, units),
        OrderAct::Shipped { parcel } => parcels::moved(taking, *parcel, ParcelState::Shipped),
        OrderAct::OutForDelivery { parcel } => parcels::moved(taking, *parcel, ParcelState::OutForDelivery),
        OrderAct::Delivered { parcel } => parcels::moved(taking, *parcel, ParcelState::Delivered),
        OrderAct::Arrived { parcel, at } => parcels::arrived(taking, *parcel, at),
        OrderAct::CheckedIn { parcel } => parcels::checked_in(taking, *parcel),
        OrderAct::HandOver { parcel, proof } => parcels::hand_over(taking, *parcel, *proof),
        OrderAct::RemindOfPickup { parcel } => parcels::remind(taking, *parcel),
        OrderAct::ExpirePickup { parcel } => parcels::expire(taking, *parcel),
        OrderAct::PromiseMoved { parcel, to, found_at } => {
            parcels::promise_moved(taking, *parcel, *to, *found_at)
        }
    }
}
