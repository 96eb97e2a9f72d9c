//! What comes back.

use std::collections::BTreeMap;

use super::super::reservation::Line;
use super::super::{LocationId, Place};
use super::OrderRefusal;
use super::facts::{MAX_RETURNS, Order, Parcel, Return, ReturnedLine};
use super::intent::Effect;
use super::parcels::added;
use super::state::{ReturnState, State};
use super::step::{About, Taking};
use crate::cart::Sku;

/// The longest number of a return, in bytes.
const LONGEST_ID: usize = 128;

pub(super) fn request(
    taking: &mut Taking<'_>,
    id: &str,
    units: &[(u16, u32)],
    exchange: &[(Sku, u32)],
) -> Result<(), OrderRefusal> {
    if id.is_empty() || id.len() > LONGEST_ID || id.contains(char::is_control) {
        return Err(OrderRefusal::Invalid);
    }
    let wanted = added(units.iter().copied().filter(|(_, units)| *units > 0));
    let lines: Vec<ReturnedLine> =
        wanted.into_iter().map(|(line, units)| ReturnedLine { line, units }).collect();
    if let Some(known) = taking.order.returns.get(id) {
        let same = known.lines == lines && known.exchange == exchange;
        return if same { Ok(()) } else { Err(OrderRefusal::NumberReused) };
    }
    if lines.is_empty() || exchange.iter().any(|(_, units)| *units == 0) {
        return Err(OrderRefusal::Invalid);
    }
    if taking.order.returns.len() >= MAX_RETURNS || exchange.len() > MAX_RETURNS {
        return Err(OrderRefusal::TooMany);
    }
    for own in &lines {
        if usize::from(own.line) >= taking.order.lines.len() {
            return Err(OrderRefusal::Unknown);
        }
        let left = taking.order.delivered(own.line).saturating_sub(taking.order.returned(own.line));
        if own.units > left {
            return Err(OrderRefusal::NotDelivered);
        }
    }
    let fresh = Return { state: ReturnState::Requested, lines, exchange: exchange.to_vec(), at: None };
    taking.order.returns.insert(id.to_owned(), fresh);
    taking.tell(State::Return(ReturnState::Requested), &about(id));
    Ok(())
}

pub(super) fn receive(
    taking: &mut Taking<'_>,
    id: &str,
    at: &LocationId,
    damaged: &[(u16, u32)],
) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get(id).ok_or(OrderRefusal::Unknown)?;
    if known.state != ReturnState::Requested {
        return Ok(());
    }
    let broken: BTreeMap<u16, u32> = added(damaged.iter().copied()).into_iter().collect();
    for (line, units) in &broken {
        let of_line = known.lines.iter().find(|own| own.line == *line).ok_or(OrderRefusal::Unknown)?;
        if *units > of_line.units {
            return Err(OrderRefusal::TooMany);
        }
    }
    let (mut whole, mut lost) = (Vec::new(), Vec::new());
    for own in &known.lines {
        let mut unsold = broken.get(&own.line).copied().unwrap_or(0);
        for (sku, units) in goods(&taking.order, id, own.line, own.units) {
            let away = unsold.min(units);
            unsold -= away;
            let place = Place::new(at.clone(), sku);
            if away > 0 {
                lost.push(Line::new(place.clone(), away));
            }
            if units > away {
                whole.push(Line::new(place, units - away));
            }
        }
    }
    let units: Vec<(u16, u32)> = known.lines.iter().map(|own| (own.line, own.units)).collect();
    let exchange = known.exchange.clone();
    taking.effects.push(Effect::Restock { of_return: id.to_owned(), lines: whole, damaged: lost });
    taking.effects.push(if exchange.is_empty() {
        Effect::Refund { of_return: id.to_owned(), units }
    } else {
        Effect::Exchange { of_return: id.to_owned(), goods: exchange }
    });
    if let Some(known) = taking.order.returns.get_mut(id) {
        known.state = ReturnState::Received;
        known.at = Some(at.clone());
    }
    taking.tell(State::Return(ReturnState::Received), &About { location: Some(at.clone()), ..about(id) });
    Ok(())
}

pub(super) fn refunded(taking: &mut Taking<'_>, id: &str) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get_mut(id).ok_or(OrderRefusal::Unknown)?;
    match known.state {
        ReturnState::Requested => Err(OrderRefusal::NotReady),
        ReturnState::Refunded => Ok(()),
        ReturnState::Received => {
            known.state = ReturnState::Refunded;
            taking.tell(State::Return(ReturnState::Refunded), &about(id));
            Ok(())
        }
    }
}

fn about(id: &str) -> About<'_> {
    About { of_return: Some(id), ..About::default() }
}

/// Which products these units of a line are: in the order in which they were delivered, after those of earlier returns.
fn goods(order: &Order, id: &str, line: u16, units: u32) -> Vec<(Sku, u32)> {
    let earlier = order.returns.iter().take_while(|(own, _)| own.as_str() != id);
    let lines = earlier.flat_map(|(_, own)| &own.lines).filter(|own| own.line == line);
    let mut skip = lines.fold(0_u32, |sum, own| sum.saturating_add(own.units));
    let (mut left, mut found) = (units, Vec::new());
    let with_customer = order.parcels.iter().filter(|parcel| parcel.state.is_with_customer());
    for (_, sku, held) in with_customer.flat_map(Parcel::units).filter(|(own, _, _)| *own == line) {
        let passed = skip.min(held);
        skip -= passed;
        let here = left.min(held - passed);
        left -= here;
        if here > 0 {
            found.push((sku.clone(), here));
        }
    }
    found
}
