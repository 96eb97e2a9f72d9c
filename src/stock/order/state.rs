//! The states, and what each tells: one table.

use serde::{Deserialize, Serialize};

use super::IntentKind;

/// Where an order stands as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// A cart was turned into an order, under reservation.
    Placed,
    /// The payment was refused, or an authorised amount could not be captured; the goods are kept until the hold's end.
    PaymentFailed,
    /// It is paid, or the payment is authorised.
    Confirmed,
    /// It was called off, or no unit of it is still to come.
    Cancelled,
}

/// Where a parcel stands. Later states are greater: a report of an earlier one changes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// It is being put together.
    Open,
    /// Less was found than was ordered, and the customer has the choice.
    PartlyShort,
    /// The carrier has it.
    Shipped,
    /// It is on the last way.
    OutForDelivery,
    /// All of it is packed and waits where it is picked up.
    ReadyForPickup,
    /// It waits, and its time is nearly over.
    PickupExpiring,
    /// Nobody came in time: the goods go back on the shelf.
    PickupExpired,
    /// The carrier left it with the customer.
    Delivered,
    /// The customer took it.
    HandedOver,
    /// It was lost on the way.
    Lost,
    /// It came back without having reached the customer.
    CameBack,
    /// It was called off, or nothing is left in it.
    Cancelled,
}

impl ParcelState {
    /// Whether nothing more becomes of it.
    #[must_use]
    pub const fn is_final(self) -> bool {
        self.is_with_customer() || self.is_off()
    }

    /// Whether its units are called off: nothing of it reaches the customer.
    #[must_use]
    pub const fn is_off(self) -> bool {
        matches!(self, Self::PickupExpired | Self::Lost | Self::CameBack | Self::Cancelled)
    }

    /// Whether the customer has the goods.
    #[must_use]
    pub const fn is_with_customer(self) -> bool {
        matches!(self, Self::Delivered | Self::HandedOver)
    }
}

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// The customer wants to send goods back, or bring them.
    Requested,
    /// The goods came in.
    Received,
    /// The money is paid back.
    Refunded,
    /// None of it comes back.
    Withdrawn,
}

/// A state of any of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "of", content = "state")]
pub enum State {
    /// Of an order.
    Order(OrderState),
    /// Of a parcel.
    Parcel(ParcelState),
    /// A promise that moved past its grace: no state of its own, as the parcel stays where it is.
    Delayed,
    /// Of a return.
    Return(ReturnState),
}

/// How often a state tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Guard {
    /// Once for an order.
    Order,
    /// Once for each attempt, at most as often as [`OrderRules::payment_reminders`](super::OrderRules), and not any more
    /// when it is paid.
    Attempt,
    /// Once for a parcel.
    Parcel,
    /// Once for each shortage of a line in a parcel.
    Shortage,
    /// Once for each move of the promise.
    Move,
    /// Once for each time that goods of a return come in.
    Receipt,
    /// Once for a return.
    Return,
}

/// What entering a state tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Told {
    /// The state that is entered.
    pub state: State,
    /// What is told, in this order.
    pub intents: &'static [IntentKind],
    /// How often.
    pub guard: Guard,
    /// Whether it is a reminder, which keeps quiet hours, rather than an answer to what the customer did or waits for.
    pub reminder: bool,
}

/// Every state and what it tells.
///
/// A state that tells nothing is in it too: confirmed, as the confirmation was sent when the order was placed, the
/// parcel's beginning, and a return that is withdrawn. Where the last open parcel is called off, only the order tells it.
pub const TABLE: &[Told] = &[
    row(State::Order(OrderState::Placed), &[IntentKind::Confirmation], Guard::Order),
    row(State::Order(OrderState::PaymentFailed), &[IntentKind::PaymentRetry], Guard::Attempt),
    row(State::Order(OrderState::Confirmed), &[], Guard::Order),
    row(State::Order(OrderState::Cancelled), &[IntentKind::Cancellation], Guard::Order),
    row(State::Parcel(ParcelState::Open), &[], Guard::Parcel),
    row(State::Parcel(ParcelState::PartlyShort), &[IntentKind::Choice], Guard::Shortage),
    row(State::Parcel(ParcelState::Shipped), &[IntentKind::Tracking], Guard::Parcel),
    row(State::Parcel(ParcelState::OutForDelivery), &[IntentKind::OutForDelivery], Guard::Parcel),
    row(State::Parcel(ParcelState::ReadyForPickup), &[IntentKind::Ready], Guard::Parcel),
    Told {
        reminder: true,
        ..row(State::Parcel(ParcelState::PickupExpiring), &[IntentKind::PickupReminder], Guard::Parcel)
    },
    row(
        State::Parcel(ParcelState::PickupExpired),
        &[IntentKind::PickupExpired, IntentKind::Review],
        Guard::Parcel,
    ),
    row(State::Parcel(ParcelState::Delivered), &[IntentKind::Delivered, IntentKind::Review], Guard::Parcel),
    row(State::Parcel(ParcelState::HandedOver), &[IntentKind::Receipt, IntentKind::Review], Guard::Parcel),
    row(State::Parcel(ParcelState::Lost), &[IntentKind::Lost, IntentKind::Review], Guard::Parcel),
    row(State::Parcel(ParcelState::CameBack), &[IntentKind::CameBack, IntentKind::Review], Guard::Parcel),
    row(
        State::Parcel(ParcelState::Cancelled),
        &[IntentKind::Cancellation, IntentKind::Review],
        Guard::Parcel,
    ),
    row(State::Delayed, &[IntentKind::Delay], Guard::Move),
    row(State::Return(ReturnState::Requested), &[IntentKind::ReturnLabel], Guard::Return),
    row(State::Return(ReturnState::Received), &[IntentKind::ReturnReceipt], Guard::Receipt),
    row(State::Return(ReturnState::Refunded), &[IntentKind::Refunded], Guard::Return),
    row(State::Return(ReturnState::Withdrawn), &[], Guard::Return),
];

const fn row(state: State, intents: &'static [IntentKind], guard: Guard) -> Told {
    Told { state, intents, guard, reminder: false }
}

/// What entering the state tells.
pub(super) fn told(state: State) -> Option<&'static Told> {
    TABLE.iter().find(|told| told.state == state)
}
