//! One step: what happened, taken into the order.

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use super::intent::{Effect, Intent, IntentKind};
use super::state::{Guard, OrderState, ParcelState, State, told};
use super::{Order, OrderAct, OrderHours, OrderRules, parcels, returns};
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
#[serde(rename_all = "snake_case", tag = "order")]
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
    pub(super) of_return: Option<&'a str>,
    /// Tells one attempt or move from another.
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
        Guard::Move => {
            format!(
                "parcel/{}/{}",
                about.parcel.unwrap_or_default(),
                about.which.as_deref().unwrap_or_default()
            )
        }
        Guard::Return => format!("return/{}", about.of_return.unwrap_or_default()),
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
/// # Complexity
/// O(lines + parcels + what was told).
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
            let Taking { order, intents, effects, .. } = taking;
            OrderOutcome::Done(Box::new(OrderStep { order, intents, effects }))
        }
        Err(why) => OrderOutcome::Refused { why },
    }
}

fn take(taking: &mut Taking<'_>, act: &OrderAct) -> Result<(), OrderRefusal> {
    match act {
        OrderAct::PaymentFailed { attempt } => payment_failed(taking, *attempt),
        OrderAct::Paid => paid(taking),
        OrderAct::Cancel => cancel(taking),
        OrderAct::RequestReturn { id, units, exchange } => returns::request(taking, id, units, exchange),
        OrderAct::ReceiveReturn { id, at, damaged } => returns::receive(taking, id, at, damaged),
        OrderAct::Refunded { id } => returns::refunded(taking, id),
        OrderAct::Short { parcel, line, units } => parcels::short(taking, *parcel, *line, *units),
        OrderAct::Resolve { parcel, line, how } => parcels::resolve(taking, *parcel, *line, how),
        OrderAct::Packed { parcel, at, units } => parcels::packed(taking, *parcel, at, units),
        OrderAct::Shipped { parcel } => parcels::moved(taking, *parcel, ParcelState::Shipped),
        OrderAct::OutForDelivery { parcel } => parcels::moved(taking, *parcel, ParcelState::OutForDelivery),
        OrderAct::Delivered { parcel } => parcels::moved(taking, *parcel, ParcelState::Delivered),
        OrderAct::Arrived { parcel, at } => parcels::arrived(taking, *parcel, at),
        OrderAct::CheckedIn { parcel, spot } => parcels::checked_in(taking, *parcel, spot),
        OrderAct::HandOver { parcel, proof } => parcels::hand_over(taking, *parcel, *proof),
        OrderAct::RemindOfPickup { parcel } => parcels::remind(taking, *parcel),
        OrderAct::ExpirePickup { parcel } => parcels::expire(taking, *parcel),
        OrderAct::PromiseMoved { parcel, to } => parcels::promise_moved(taking, *parcel, *to),
    }
}

fn payment_failed(taking: &mut Taking<'_>, attempt: u32) -> Result<(), OrderRefusal> {
    match taking.order.state {
        // Late news of an attempt before the one that worked.
        OrderState::Confirmed => Ok(()),
        OrderState::Cancelled => Err(OrderRefusal::Closed),
        OrderState::Placed | OrderState::PaymentFailed => {
            taking.order.state = OrderState::PaymentFailed;
            let told = taking.order.told.iter().filter(|key| key.starts_with("payment/")).count();
            if u32::try_from(told).is_ok_and(|told| told < taking.rules.payment_reminders) {
                let about = About { which: Some(attempt.to_string()), ..About::default() };
                taking.tell(State::Order(OrderState::PaymentFailed), &about);
            }
            Ok(())
        }
    }
}

fn paid(taking: &mut Taking<'_>) -> Result<(), OrderRefusal> {
    match taking.order.state {
        OrderState::Confirmed => {}
        // The money came after all: nothing is delivered, so it goes back.
        OrderState::Cancelled => return Err(OrderRefusal::Closed),
        OrderState::Placed | OrderState::PaymentFailed => taking.enter(OrderState::Confirmed),
    }
    Ok(())
}

fn cancel(taking: &mut Taking<'_>) -> Result<(), OrderRefusal> {
    if taking.order.state == OrderState::Cancelled {
        return Ok(());
    }
    // What waits to be picked up has not left yet.
    let has_left = |state: ParcelState| {
        !matches!(
            state,
            ParcelState::Open
                | ParcelState::PartlyShort
                | ParcelState::ReadyForPickup
                | ParcelState::PickupExpiring
                | ParcelState::Cancelled
        )
    };
    if taking.order.parcels.iter().any(|parcel| has_left(parcel.state) || parcel.issued) {
        return Err(OrderRefusal::TooLate);
    }
    let was_paid = taking.order.state == OrderState::Confirmed;
    let mut units = Vec::new();
    for number in 0..taking.order.parcels.len() {
        let Ok(number) = u16::try_from(number) else { continue };
        units.extend(parcels::call_off(taking, number));
    }
    if was_paid && !units.is_empty() {
        taking.effects.push(Effect::PayBack { units: parcels::added(units) });
    }
    taking.effects.push(Effect::GiveBack);
    taking.enter(OrderState::Cancelled);
    Ok(())
}
