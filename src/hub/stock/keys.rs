//! The keys of stock.

use crate::cart::Sku;
use crate::hub::Context;
use crate::hub::keys::{key, ordered};
use crate::record::Millis;
use crate::stock::{LocationId, Place, ReservationKey};
use crate::store::Key;
use crate::time::{DateTime, NaiveDate, Utc};

use super::SlotPlace;

fn product(context: &Context<'_>, sku: &Sku) -> [u8; 16] {
    context.rules.pepper.digest("stock_product", &[sku.as_str().as_bytes()])
}

pub(super) fn shelf(context: &Context<'_>, place: &Place) -> Key {
    let location = context.rules.pepper.digest("stock_location", &[place.location.as_str().as_bytes()]);
    key(&[b"L", &product(context, &place.sku), &location])
}

/// A product at every location.
pub(super) fn shelves_of(context: &Context<'_>, sku: &Sku) -> Key {
    key(&[b"L", &product(context, sku)])
}

pub(super) fn ticket(context: &Context<'_>, of: &ReservationKey) -> Key {
    key(&[b"Q", &context.rules.pepper.digest("stock_ticket", &[of.as_str().as_bytes()])])
}

/// A slot at a place.
pub(super) fn slot(context: &Context<'_>, of: &SlotPlace, start: DateTime<Utc>) -> Key {
    let parts = [of.location.as_str().as_bytes(), of.service.as_str().as_bytes()];
    let place = context.rules.pepper.digest("stock_slot", &parts);
    key(&[b"R", &place, &ordered(Millis::from(start))])
}

pub(super) fn booking(context: &Context<'_>, of: &ReservationKey) -> Key {
    key(&[b"V", &context.rules.pepper.digest("stock_booking", &[of.as_str().as_bytes()])])
}

pub(super) fn promise(context: &Context<'_>, of: &ReservationKey) -> Key {
    key(&[b"X", &context.rules.pepper.digest("stock_promise", &[of.as_str().as_bytes()])])
}

/// How promises fared at a location on a day.
pub(super) fn score(context: &Context<'_>, at: &LocationId, day: NaiveDate) -> Key {
    let place = context.rules.pepper.digest("stock_score", &[at.as_str().as_bytes()]);
    key(&[b"Y", &place, &ordered(Millis(i64::from(day.to_epoch_days())))])
}

/// Below every day from that one on, above every earlier one; and all days of a location.
pub(super) fn scores(context: &Context<'_>, at: &LocationId) -> Key {
    key(&[b"Y", &context.rules.pepper.digest("stock_score", &[at.as_str().as_bytes()])])
}
