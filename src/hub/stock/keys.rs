//! The keys of stock.

use crate::cart::Sku;
use crate::hub::Context;
use crate::hub::keys::key;
use crate::stock::{Place, ReservationKey};
use crate::store::Key;

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
