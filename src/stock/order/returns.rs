//! What comes back.

use std::collections::BTreeMap;

use super::super::reservation::Line;
use super::super::{LocationId, Place};
use super::OrderRefusal;
use super::facts::{MAX_RETURNS, Order, Parcel, Return, ReturnedGoods, ReturnedLine};
use super::intent::{CameFrom, Effect};
use super::parcels::added;
use super::state::{ReturnState, State};
use super::step::{About, Taking};
use crate::cart::Sku;
use crate::checked_name::is_name;

/// The longest number of a return, in bytes.
const LONGEST_ID: usize = 128;

pub(super) fn request(
    taking: &mut Taking<'_>,
    id: &str,
    units: &[(u16, u32)],
    exchange: &[(Sku, u32)],
) -> Result<(), OrderRefusal> {
    if !is_name(id, LONGEST_ID) {
        return Err(OrderRefusal::Invalid);
    }
    let wanted = added(units.iter().copied().filter(|(_, units)| *units > 0));
    let lines: Vec<ReturnedLine> = wanted
        .into_iter()
        .map(|(line, units)| ReturnedLine { line, units, received: 0, damaged: 0 })
        .collect();
    if let Some(known) = taking.order.returns.get(id) {
        let asked = |own: &ReturnedLine| (own.line, own.units);
        // What came in, or will not come, changes nothing about what was asked for.
        let same = known.exchange == exchange && known.asked == lines.iter().map(asked).collect::<Vec<_>>();
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
    let fresh = Return {
        state: ReturnState::Requested,
        asked: lines.iter().map(|own| (own.line, own.units)).collect(),
        lines,
        exchange: exchange.to_vec(),
        at: None,
        goods: Vec::new(),
        receipts: 0,
    };
    taking.order.returns.insert(id.to_owned(), fresh);
    taking.tell(State::Return(ReturnState::Requested), &about(id));
    Ok(())
}

pub(super) fn receive(
    taking: &mut Taking<'_>,
    id: &str,
    at: &LocationId,
    units: &[(u16, u32)],
    damaged: &[(u16, u32)],
) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get(id).ok_or(OrderRefusal::Unknown)?;
    if known.state != ReturnState::Requested {
        return Ok(());
    }
    let all: BTreeMap<u16, u32> = if units.is_empty() {
        known.lines.iter().map(|own| (own.line, own.units)).collect()
    } else {
        added(units.iter().copied()).into_iter().collect()
    };
    let broken: BTreeMap<u16, u32> = added(damaged.iter().copied()).into_iter().collect();
    let known_lines: BTreeMap<u16, ReturnedLine> = known.lines.iter().map(|own| (own.line, *own)).collect();
    for (line, units) in &all {
        if *units > known_lines.get(line).ok_or(OrderRefusal::Unknown)?.units {
            return Err(OrderRefusal::TooMany);
        }
    }
    for (line, units) in &broken {
        let own = known_lines.get(line).ok_or(OrderRefusal::Unknown)?;
        if *units > all.get(line).copied().unwrap_or(0).max(own.received) {
            return Err(OrderRefusal::TooMany);
        }
    }
    let (mut whole, mut lost, mut fresh) = (Vec::new(), Vec::new(), Vec::new());
    let (mut came, mut lines) = (Vec::new(), Vec::new());
    for own in known_lines.values() {
        let more = all.get(&own.line).copied().unwrap_or(0).saturating_sub(own.received);
        let mut unsold = broken.get(&own.line).copied().unwrap_or(0).saturating_sub(own.damaged).min(more);
        lines.push(ReturnedLine {
            received: own.received.saturating_add(more),
            damaged: own.damaged.saturating_add(unsold),
            ..*own
        });
        if more > 0 {
            came.push((own.line, more));
        }
        for (sku, units) in goods(&taking.order, own.line, more) {
            let away = unsold.min(units);
            unsold = unsold.saturating_sub(away);
            let place = Place::new(at.clone(), sku.clone());
            if away > 0 {
                lost.push(Line::new(place.clone(), away));
            }
            if units > away {
                whole.push(Line::new(place, units.saturating_sub(away)));
            }
            fresh.push(ReturnedGoods { line: own.line, sku, units });
        }
    }
    // Heard of before.
    if came.is_empty() {
        return Ok(());
    }
    let known = taking.order.returns.get_mut(id).ok_or(OrderRefusal::Unknown)?;
    known.lines = lines;
    known.at = Some(at.clone());
    known.goods.extend(fresh);
    known.receipts = known.receipts.saturating_add(1);
    let which = (known.receipts > 1).then(|| known.receipts.to_string());
    let (is_in, is_exchange) =
        (known.lines.iter().all(|own| own.received >= own.units), !known.exchange.is_empty());
    taking.effects.push(Effect::Restock { of: CameFrom::Return(id.to_owned()), lines: whole, damaged: lost });
    if !is_exchange {
        taking.effects.push(Effect::Refund { of_return: id.to_owned(), units: came });
    }
    if is_in {
        close(taking, id)?;
    }
    let about = About { location: Some(at.clone()), which, ..about(id) };
    taking.tell(State::Return(ReturnState::Received), &about);
    Ok(())
}

pub(super) fn withdraw(taking: &mut Taking<'_>, id: &str) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get_mut(id).ok_or(OrderRefusal::Unknown)?;
    if known.state != ReturnState::Requested {
        return Ok(());
    }
    for own in &mut known.lines {
        own.units = own.received;
    }
    if known.receipts == 0 {
        known.state = ReturnState::Withdrawn;
        return Ok(());
    }
    close(taking, id)
}

/// No more of a return comes in. Each unit is exchanged for one, as far as she wanted others; the rest is refunded.
fn close(taking: &mut Taking<'_>, id: &str) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get_mut(id).ok_or(OrderRefusal::Unknown)?;
    known.state = ReturnState::Received;
    if known.exchange.is_empty() {
        return Ok(());
    }
    let goods = known.exchange.clone();
    let mut wanted = goods.iter().fold(0_u32, |sum, (_, units)| sum.saturating_add(*units));
    let (mut given, mut rest) = (Vec::new(), Vec::new());
    for own in known.lines.iter().filter(|own| own.received > 0) {
        let here = own.received.min(wanted);
        wanted = wanted.saturating_sub(here);
        if here > 0 {
            given.push((own.line, here));
        }
        if own.received > here {
            rest.push((own.line, own.received.saturating_sub(here)));
        }
    }
    taking.effects.push(Effect::Exchange { of_return: id.to_owned(), goods, units: given });
    if !rest.is_empty() {
        taking.effects.push(Effect::Refund { of_return: id.to_owned(), units: rest });
    }
    Ok(())
}

pub(super) fn refunded(taking: &mut Taking<'_>, id: &str) -> Result<(), OrderRefusal> {
    let known = taking.order.returns.get_mut(id).ok_or(OrderRefusal::Unknown)?;
    match known.state {
        ReturnState::Requested => Err(OrderRefusal::NotReady),
        ReturnState::Withdrawn => Err(OrderRefusal::Closed),
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

/// Which products these units of a line are: in the order in which they were delivered, after those that came back before.
fn goods(order: &Order, line: u16, units: u32) -> Vec<(Sku, u32)> {
    let mut before: BTreeMap<&Sku, u32> = BTreeMap::new();
    for own in order.returns.values().flat_map(|own| &own.goods).filter(|own| own.line == line) {
        let sum = before.entry(&own.sku).or_default();
        *sum = sum.saturating_add(own.units);
    }
    let (mut left, mut found) = (units, Vec::new());
    let with_customer = order.parcels.iter().filter(|parcel| parcel.state.is_with_customer());
    for (_, sku, held) in with_customer.flat_map(Parcel::units).filter(|(own, _, _)| *own == line) {
        let passed = before.get(sku).copied().unwrap_or(0).min(held);
        if let Some(skip) = before.get_mut(sku) {
            *skip = skip.saturating_sub(passed);
        }
        let here = left.min(held.saturating_sub(passed));
        left = left.saturating_sub(here);
        if here > 0 {
            found.push((sku.clone(), here));
        }
    }
    found
}
