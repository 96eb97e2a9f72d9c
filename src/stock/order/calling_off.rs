//! What does not reach the customer: parcels and orders that are called off, lost or come back; and what follows for the money.

use super::super::reservation::Line;
use super::super::{LocationId, Place};
use super::OrderRefusal;
use super::facts::{Parcel, Payment};
use super::intent::{CameFrom, Effect};
use super::state::{OrderState, ParcelState};
use super::step::Taking;

type Taken = Result<(), OrderRefusal>;

/// What every step ends with: what is called off is paid back where there is money for it, and an order of which nothing is
/// still to come is over.
pub(super) fn finish(taking: &mut Taking<'_>) {
    if taking.order.state != OrderState::Cancelled && taking.order.is_nothing() {
        for parcel in &mut taking.order.parcels {
            if !parcel.state.is_off() {
                parcel.state = ParcelState::Cancelled;
            }
        }
        taking.effects.push(Effect::GiveBack);
        taking.enter(OrderState::Cancelled);
    }
    if taking.order.payment == Payment::Open {
        return;
    }
    let mut units = Vec::new();
    for (number, line) in (0_u16..).zip(&taking.order.lines) {
        let before = taking.order.paid_back.entry(number).or_default();
        let more = line.cancelled.saturating_sub(*before);
        *before = line.cancelled.max(*before);
        if more > 0 {
            units.push((number, more));
        }
    }
    taking.order.paid_back.retain(|_, units| *units > 0);
    if !units.is_empty() {
        taking.effects.push(Effect::PayBack { units });
    }
}

pub(super) fn cancel(taking: &mut Taking<'_>) -> Taken {
    if taking.order.state == OrderState::Cancelled {
        return Ok(());
    }
    // What waits to be picked up where it was packed has not left yet.
    if !taking.order.can_be_called_off() {
        return Err(OrderRefusal::TooLate);
    }
    for number in 0..taking.order.parcels.len() {
        let Ok(number) = u16::try_from(number) else { continue };
        call_off(taking, number);
    }
    Ok(())
}

pub(super) fn cancel_parcel(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = taking.order.parcels.get(usize::from(number)).ok_or(OrderRefusal::Unknown)?;
    if parcel.state.is_off() {
        return Ok(());
    }
    if !parcel.is_here() {
        return Err(OrderRefusal::TooLate);
    }
    call_off(taking, number);
    if taking.order.is_nothing() {
        return Ok(());
    }
    taking.move_to(number, ParcelState::Cancelled)
}

/// Calls a parcel off that has not left, and gives back what it holds.
fn call_off(taking: &mut Taking<'_>, number: u16) {
    let Some(parcel) = taking.order.parcels.get_mut(usize::from(number)) else { return };
    if parcel.state.is_off() {
        return;
    }
    let (lines, units) = (parcel.goods(), parcel.by_line());
    parcel.state = ParcelState::Cancelled;
    // About what was missing nothing is to be decided any more.
    for content in parcel.contents.values_mut().flatten() {
        parcel.without |= content.missing > 0;
        content.units = content.units.saturating_sub(std::mem::take(&mut content.missing));
    }
    if !lines.is_empty() {
        taking.effects.push(Effect::Release { parcel: number, lines, not_found: false });
    }
    taking.give_up(&units);
}

/// A parcel that is on its way, or was.
fn away<'t>(taking: &'t Taking<'_>, number: u16) -> Result<&'t Parcel, OrderRefusal> {
    let parcel = taking.order.parcels.get(usize::from(number)).ok_or(OrderRefusal::Unknown)?;
    match parcel.state {
        // The customer has it.
        ParcelState::Delivered | ParcelState::HandedOver => Err(OrderRefusal::TooLate),
        ParcelState::Cancelled => Err(OrderRefusal::Closed),
        _ if parcel.issued => Ok(parcel),
        ParcelState::PickupExpired => Err(OrderRefusal::Closed),
        _ => Err(OrderRefusal::NotReady),
    }
}

pub(super) fn lost(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = away(taking, number)?;
    let (known, units) = (parcel.state, parcel.by_line());
    if matches!(known, ParcelState::Lost | ParcelState::CameBack) {
        return Ok(());
    }
    if known == ParcelState::PickupExpired {
        // She was told, and its units were called off.
        taking.order.parcels.get_mut(usize::from(number)).ok_or(OrderRefusal::Unknown)?.state =
            ParcelState::Lost;
        return Ok(());
    }
    taking.give_up(&units);
    taking.move_to(number, ParcelState::Lost)
}

pub(super) fn came_back(taking: &mut Taking<'_>, number: u16, at: &LocationId) -> Taken {
    let parcel = away(taking, number)?;
    let (known, units, goods) = (parcel.state, parcel.by_line(), parcel.goods());
    if known == ParcelState::CameBack {
        return Ok(());
    }
    let here = goods.into_iter().map(|own| Line::new(Place::new(at.clone(), own.place.sku), own.units));
    let of = CameFrom::Parcel(number);
    taking.effects.push(Effect::Restock { of, lines: here.collect(), damaged: Vec::new() });
    if known.is_off() {
        taking.order.parcels.get_mut(usize::from(number)).ok_or(OrderRefusal::Unknown)?.state =
            ParcelState::CameBack;
        return Ok(());
    }
    taking.give_up(&units);
    taking.move_to(number, ParcelState::CameBack)
}

impl Taking<'_> {
    /// These units are not coming.
    pub(super) fn give_up(&mut self, units: &[(u16, u32)]) {
        for (line, units) in units {
            if let Some(own) = self.order.lines.get_mut(usize::from(*line)) {
                own.cancelled = own.cancelled.saturating_add(*units).min(own.units);
            }
        }
    }
}
