//! What happens to a parcel.

use std::collections::BTreeMap;

use super::super::reservation::Line;
use super::super::{LocationId, Place, StockError, StockErrorKind};
use super::facts::{Content, MAX_PARCELS};
use super::intent::Effect;
use super::state::{OrderState, ParcelState, State};
use super::step::{About, Taking};
use super::{NewParcel, OrderRefusal, Parcel, Proof, Resolution};
use crate::time::{DateTime, TimeDelta, Utc};

type Taken = Result<(), OrderRefusal>;

/// Units of lines, those of one line added up.
pub(super) fn added(units: impl IntoIterator<Item = (u16, u32)>) -> Vec<(u16, u32)> {
    let mut sums: BTreeMap<u16, u32> = BTreeMap::new();
    for (line, units) in units {
        let sum = sums.entry(line).or_default();
        *sum = sum.saturating_add(units);
    }
    sums.into_iter().collect()
}

impl Taking<'_> {
    /// A parcel that something still happens to.
    fn parcel(&mut self, number: u16) -> Result<&mut Parcel, OrderRefusal> {
        if self.order.state == OrderState::Cancelled {
            return Err(OrderRefusal::Closed);
        }
        self.order.parcels.get_mut(usize::from(number)).ok_or(OrderRefusal::Unknown)
    }

    /// Moves a parcel on, tells it, and lets its goods leave where they do.
    pub(super) fn move_to(&mut self, number: u16, state: ParcelState) -> Taken {
        let (now, rules, hours) = (self.now, self.rules, self.hours);
        let parcel = self.order.parcels.get_mut(usize::from(number)).ok_or(OrderRefusal::Unknown)?;
        parcel.state = state;
        let mut about = About { parcel: Some(number), instant: parcel.promised, ..About::default() };
        if state.is_with_customer() {
            about.instant = None;
            parcel.ready_at = Some(now);
        }
        if matches!(state, ParcelState::ReadyForPickup | ParcelState::PickupExpiring) {
            about.location.clone_from(&parcel.pick_up);
            parcel.ready_at.get_or_insert(now);
            about.instant = parcel.waits(rules, hours).map(|window| window.until);
        }
        let leaves = match state {
            ParcelState::Shipped | ParcelState::OutForDelivery => true,
            state => state.is_with_customer(),
        };
        if leaves {
            self.issue(number)?;
        }
        self.tell(State::Parcel(state), &about);
        Ok(())
    }

    /// The goods leave the location, once.
    fn issue(&mut self, number: u16) -> Taken {
        let parcel = self.parcel(number)?;
        if !std::mem::replace(&mut parcel.issued, true) {
            let lines = parcel.goods();
            self.effects.push(Effect::Issue { parcel: number, lines });
        }
        Ok(())
    }
}

pub(super) fn short(taking: &mut Taking<'_>, number: u16, line: u16, units: u32) -> Taken {
    let parcel = taking.parcel(number)?;
    match parcel.state {
        ParcelState::Open | ParcelState::PartlyShort => {}
        ParcelState::Cancelled | ParcelState::PickupExpired => return Err(OrderRefusal::Closed),
        _ => return Err(OrderRefusal::TooLate),
    }
    let contents = parcel.contents.get_mut(&line).ok_or(OrderRefusal::Unknown)?;
    let there = contents.iter().fold(0_u32, |sum, content| sum.saturating_add(content.there()));
    // The act says how many were missing in all, so a late repeat of an earlier one loses no more.
    let ever = parcel.lost.entry(line).or_default();
    let mut more = units.saturating_sub(*ever);
    if more == 0 {
        parcel.lost.retain(|_, units| *units > 0);
        return Ok(());
    }
    if more > there {
        return Err(OrderRefusal::TooMany);
    }
    *ever = units;
    let (asked, mut lost) = (more, Vec::new());
    for content in contents.iter_mut() {
        let now_missing = more.min(content.there());
        content.missing = content.missing.saturating_add(now_missing);
        content.packed = content.packed.min(content.there());
        more = more.saturating_sub(now_missing);
        if now_missing > 0 {
            lost.push(Line::new(Place::new(parcel.from.clone(), content.sku.clone()), now_missing));
        }
    }
    parcel.state = ParcelState::PartlyShort;
    let location = Some(parcel.from.clone());
    taking.effects.push(Effect::Release { parcel: number, lines: lost, not_found: true });
    let about = About {
        parcel: Some(number),
        line: Some(line),
        units: Some(asked),
        which: Some(format!("{line}/{units}")),
        location,
        ..About::default()
    };
    taking.tell(State::Parcel(ParcelState::PartlyShort), &about);
    Ok(())
}

pub(super) fn resolve(taking: &mut Taking<'_>, number: u16, line: u16, how: &Resolution) -> Taken {
    if taking.order.parcels.len() >= MAX_PARCELS && matches!(how, Resolution::Wait { .. }) {
        return Err(OrderRefusal::TooMany);
    }
    let parcel = taking.parcel(number)?;
    let contents = parcel.contents.get_mut(&line).ok_or(OrderRefusal::Unknown)?;
    let mut missing: Vec<Content> = Vec::new();
    for content in contents.iter_mut().filter(|content| content.missing > 0) {
        let units = std::mem::take(&mut content.missing);
        content.units = content.units.saturating_sub(units);
        missing.push(Content { sku: content.sku.clone(), units, packed: 0, missing: 0 });
    }
    // Decided before.
    if missing.is_empty() {
        return Ok(());
    }
    let units = missing.iter().fold(0_u32, |sum, content| sum.saturating_add(content.units));
    match how {
        Resolution::Cancel => {
            parcel.without = true;
            taking.give_up(&[(line, units)]);
        }
        Resolution::Substitute { sku } => {
            match contents.iter_mut().find(|content| content.sku == *sku) {
                Some(content) => content.units = content.units.saturating_add(units),
                None => contents.push(Content { sku: sku.clone(), units, packed: 0, missing: 0 }),
            }
            let lines = vec![Line::new(Place::new(parcel.from.clone(), sku.clone()), units)];
            taking.effects.push(Effect::Allocate { parcel: number, lines });
            taking.effects.push(Effect::Reprice { line, sku: sku.clone(), units });
        }
        Resolution::Wait { from, pick_up, promise } => {
            let plan = NewParcel {
                from: from.clone(),
                pick_up: pick_up.clone(),
                units: vec![(line, units)],
                promise: promise.clone(),
            };
            let mut fresh = Parcel::new(&plan, &taking.order.lines)?;
            fresh.instead_of = Some(number);
            fresh.contents.insert(line, missing);
            let at = u16::try_from(taking.order.parcels.len()).map_err(|_| OrderRefusal::TooMany)?;
            taking.effects.push(Effect::Allocate { parcel: at, lines: fresh.goods() });
            taking.order.parcels.push(fresh);
            if taking.parcel(number)?.by_line().is_empty() {
                // All of it comes in the other parcel: nothing is called off.
                taking.parcel(number)?.state = ParcelState::Cancelled;
                return Ok(());
            }
        }
    }
    settled(taking, number)
}

/// A parcel about which nothing is open any more.
fn settled(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = taking.parcel(number)?;
    if parcel.contents.values().flatten().any(|content| content.missing > 0) {
        return Ok(());
    }
    if parcel.state == ParcelState::PartlyShort {
        parcel.state = ParcelState::Open;
    }
    if parcel.by_line().is_empty() {
        if taking.order.is_nothing() {
            // The order tells it.
            return Ok(());
        }
        taking.move_to(number, ParcelState::Cancelled)
    } else {
        ready_where_packed(taking, number)
    }
}

pub(super) fn packed(taking: &mut Taking<'_>, number: u16, at: &LocationId, units: &[(u16, u32)]) -> Taken {
    let parcel = taking.parcel(number)?;
    if parcel.from != *at {
        return Err(OrderRefusal::WrongLocation);
    }
    match parcel.state {
        ParcelState::Open | ParcelState::PartlyShort => {}
        ParcelState::Cancelled | ParcelState::PickupExpired => return Err(OrderRefusal::Closed),
        // Heard of before.
        _ => return Ok(()),
    }
    for (line, units) in units {
        let contents = parcel.contents.get_mut(line).ok_or(OrderRefusal::Unknown)?;
        let mut left = *units;
        for content in contents.iter_mut() {
            let here = left.min(content.there());
            content.packed = content.packed.max(here);
            left = left.saturating_sub(here);
        }
        if left > 0 {
            return Err(OrderRefusal::TooMany);
        }
    }
    ready_where_packed(taking, number)
}

/// What is picked up where it was packed is ready when all of it is packed.
fn ready_where_packed(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = taking.parcel(number)?;
    let waits_here = parcel.pick_up.as_ref() == Some(&parcel.from);
    if waits_here && parcel.state == ParcelState::Open && parcel.is_packed() {
        return taking.move_to(number, ParcelState::ReadyForPickup);
    }
    Ok(())
}

pub(super) fn moved(taking: &mut Taking<'_>, number: u16, to: ParcelState) -> Taken {
    let parcel = taking.parcel(number)?;
    let brought = parcel.pick_up.is_none();
    let on_the_way = parcel.pick_up.as_ref() != Some(&parcel.from) && to == ParcelState::Shipped;
    if !brought && !on_the_way {
        return Err(OrderRefusal::OtherWay);
    }
    if parcel.state == ParcelState::Cancelled {
        return Err(OrderRefusal::Closed);
    }
    // Late reports: it is further already.
    if parcel.state >= to {
        return Ok(());
    }
    if !leaves(taking, number)? {
        return Ok(());
    }
    taking.move_to(number, to)
}

/// A parcel leaves, without what was missing; answers whether there is anything in it.
fn leaves(taking: &mut Taking<'_>, number: u16) -> Result<bool, OrderRefusal> {
    let unpaid = taking.order.state == OrderState::PaymentFailed;
    if unpaid && !taking.parcel(number)?.issued {
        return Err(OrderRefusal::Unpaid);
    }
    give_up_missing(taking, number)?;
    let parcel = taking.parcel(number)?;
    Ok(parcel.state != ParcelState::Cancelled && !parcel.by_line().is_empty())
}

/// It left without what was missing, whatever was to be decided about that.
fn give_up_missing(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = taking.parcel(number)?;
    let open = parcel.contents.iter().filter(|(_, all)| all.iter().any(|content| content.missing > 0));
    let lines: Vec<u16> = open.map(|(line, _)| *line).collect();
    for line in lines {
        resolve(taking, number, line, &Resolution::Cancel)?;
    }
    Ok(())
}

pub(super) fn arrived(taking: &mut Taking<'_>, number: u16, at: &LocationId) -> Taken {
    let parcel = taking.parcel(number)?;
    let Some(place) = parcel.pick_up.as_ref() else { return Err(OrderRefusal::OtherWay) };
    if place != at || *place == parcel.from {
        return Err(OrderRefusal::WrongLocation);
    }
    if parcel.state == ParcelState::Cancelled {
        return Err(OrderRefusal::Closed);
    }
    if parcel.state >= ParcelState::ReadyForPickup {
        return Ok(());
    }
    if !leaves(taking, number)? {
        return Ok(());
    }
    // The carrier's own report of the start may be late, or never come.
    taking.issue(number)?;
    taking.move_to(number, ParcelState::ReadyForPickup)
}

/// A parcel that waits where it is picked up.
fn waiting<'t>(taking: &'t mut Taking<'_>, number: u16) -> Result<&'t mut Parcel, OrderRefusal> {
    let parcel = taking.parcel(number)?;
    if parcel.pick_up.is_none() {
        return Err(OrderRefusal::OtherWay);
    }
    match parcel.state {
        ParcelState::Open | ParcelState::PartlyShort | ParcelState::Shipped | ParcelState::OutForDelivery => {
            Err(OrderRefusal::NotReady)
        }
        state if state.is_off() => Err(OrderRefusal::Closed),
        _ => Ok(parcel),
    }
}

pub(super) fn checked_in(taking: &mut Taking<'_>, number: u16) -> Taken {
    let parcel = waiting(taking, number)?;
    if parcel.state == ParcelState::HandedOver || std::mem::replace(&mut parcel.checked_in, true) {
        return Ok(());
    }
    let location = parcel.pick_up.clone().ok_or(OrderRefusal::OtherWay)?;
    taking.effects.push(Effect::BringOut { parcel: number, location });
    Ok(())
}

pub(super) fn hand_over(taking: &mut Taking<'_>, number: u16, proof: Proof) -> Taken {
    let most = taking.rules.wrong_codes;
    let unpaid = taking.order.state == OrderState::PaymentFailed;
    let parcel = waiting(taking, number)?;
    if parcel.state == ParcelState::HandedOver {
        return if proof == Proof::WrongCode { Err(OrderRefusal::WrongCode) } else { Ok(()) };
    }
    if unpaid {
        return Err(OrderRefusal::Unpaid);
    }
    match proof {
        Proof::Identity => {}
        _ if parcel.wrong_codes >= most => return Err(OrderRefusal::IdentityNeeded),
        Proof::Code => {}
        Proof::WrongCode => {
            parcel.wrong_codes = parcel.wrong_codes.saturating_add(1);
            return Ok(());
        }
    }
    taking.move_to(number, ParcelState::HandedOver)
}

pub(super) fn remind(taking: &mut Taking<'_>, number: u16) -> Taken {
    let (now, rules, hours) = (taking.now, taking.rules, taking.hours);
    let parcel = waiting(taking, number)?;
    if parcel.state != ParcelState::ReadyForPickup {
        return Ok(());
    }
    // Whoever runs the timer may be early.
    if parcel.waits(rules, hours).is_none_or(|window| now < window.remind_at) {
        return Err(OrderRefusal::NotReady);
    }
    taking.move_to(number, ParcelState::PickupExpiring)
}

pub(super) fn expire(taking: &mut Taking<'_>, number: u16) -> Taken {
    let (now, rules, hours) = (taking.now, taking.rules, taking.hours);
    let parcel = taking.parcel(number)?;
    if parcel.state == ParcelState::PickupExpired {
        return Ok(());
    }
    let parcel = waiting(taking, number)?;
    if parcel.state == ParcelState::HandedOver {
        return Ok(());
    }
    let (lines, units, left) = (parcel.goods(), parcel.by_line(), parcel.issued);
    // Whoever runs the timer may be early, or have other opening hours in mind. Where none are known nothing ends.
    if parcel.waits(rules, hours).is_none_or(|window| now < window.until) {
        return Err(OrderRefusal::NotReady);
    }
    taking.give_up(&units);
    taking.move_to(number, ParcelState::PickupExpired)?;
    // What was brought there from elsewhere is stock again where it comes back to.
    if !left {
        taking.effects.push(Effect::Release { parcel: number, lines, not_found: false });
    }
    Ok(())
}

pub(super) fn promise_moved(
    taking: &mut Taking<'_>,
    number: u16,
    to: DateTime<Utc>,
    found_at: DateTime<Utc>,
) -> Taken {
    let grace = TimeDelta::minutes(i64::from(taking.rules.delay_grace_minutes));
    let apologies = taking.rules.apologies.clone();
    let parcel = taking.parcel(number)?;
    // What is there, or waits, is not late any more; and what was found later stands.
    let settled = parcel.state.is_final() || parcel.state >= ParcelState::ReadyForPickup;
    if settled || parcel.moved_at.is_some_and(|before| found_at <= before) {
        return Ok(());
    }
    parcel.moved_at = Some(found_at);
    let Some(before) = parcel.promised.replace(to) else { return Ok(()) };
    let later = to.signed_duration_since(before);
    if later <= grace {
        // Within the grace the customer keeps what she was told, so that small moves add up.
        if later > TimeDelta::zero() {
            parcel.promised = Some(before);
        }
        return Ok(());
    }
    let due = apologies.iter().rfind(|own| later >= TimeDelta::minutes(i64::from(own.from_minutes)));
    let about = About {
        parcel: Some(number),
        which: Some(format!("{}/{}", to.timestamp(), found_at.timestamp())),
        instant: Some(to),
        apology: due.map(|own| own.units),
        ..About::default()
    };
    taking.tell(State::Delayed, &about);
    Ok(())
}

impl From<StockError> for OrderRefusal {
    fn from(error: StockError) -> Self {
        match error.kind() {
            StockErrorKind::Unknown => Self::Unknown,
            StockErrorKind::TooMany | StockErrorKind::Overflow => Self::TooMany,
            _ => Self::Invalid,
        }
    }
}
