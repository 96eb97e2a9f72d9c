//! Whether the money is there.

use super::OrderRefusal;
use super::facts::Payment;
use super::state::{OrderState, State};
use super::step::{About, Taking};

/// Most attempts that are refused.
const MOST_ATTEMPTS: usize = 1_000;

/// An attempt was refused. Of an authorised attempt that is news too: its amount could not be captured.
pub(super) fn failed(taking: &mut Taking<'_>, attempt: u32) -> Result<(), OrderRefusal> {
    let order = &mut taking.order;
    // Heard before, or late news of an attempt before the one that worked.
    if order.payment == Payment::Paid || order.refused.contains(&attempt) {
        return Ok(());
    }
    if order.refused.len() >= MOST_ATTEMPTS {
        return Err(OrderRefusal::TooMany);
    }
    order.refused.insert(attempt);
    if order.payment == Payment::Authorised && attempt != order.authorised {
        return Ok(());
    }
    // What was authorised is gone: the next payment is again one for all that was ordered.
    order.payment = Payment::Open;
    order.paid_back.clear();
    if order.state == OrderState::Cancelled {
        return Ok(());
    }
    order.state = OrderState::PaymentFailed;
    let told = order.told.iter().filter(|key| key.starts_with("payment/")).count();
    if u32::try_from(told).is_ok_and(|told| told < taking.rules.payment_reminders) {
        let about = About { which: Some(attempt.to_string()), ..About::default() };
        taking.tell(State::Order(OrderState::PaymentFailed), &about);
    }
    Ok(())
}

/// The amount is set aside, unless that attempt was refused since.
pub(super) fn authorised(taking: &mut Taking<'_>, attempt: u32) {
    let order = &taking.order;
    if order.payment == Payment::Paid || attempt < order.authorised || order.refused.contains(&attempt) {
        return;
    }
    taking.order.authorised = attempt;
    taking.order.payment = Payment::Authorised;
    confirm(taking);
}

pub(super) fn paid(taking: &mut Taking<'_>) {
    taking.order.payment = Payment::Paid;
    confirm(taking);
}

fn confirm(taking: &mut Taking<'_>) {
    if matches!(taking.order.state, OrderState::Placed | OrderState::PaymentFailed) {
        taking.enter(OrderState::Confirmed);
    }
}
