//! A customer's carts, from what happened in every channel.

use crate::cart::{Cart, CartAct, CartChange, LineKey, Quantity, Sku};
use crate::event::{CartAction, CartSignal, Event};
use crate::ids::{CartId, EventKey};
use crate::money::Currency;
use crate::pricing::{PriceError, PriceRules, Priced, Purchase, price};
use crate::store::{Stop, Tx};

use super::{Context, Rules, Who, event_log, keys, members};

/// The cart of that id, as all the profile's records filled it; `None` if nobody is meant or she has no such cart.
///
/// The cart is a function of the set of events: whichever channel's event arrives late takes its place in time.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// Linear in the profile's events.
pub fn cart(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    cart_id: &str,
    currency: Currency,
) -> Result<Option<Cart>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut changes: Vec<CartChange> = Vec::new();
    for member in members::cluster(tx, record)?.0 {
        event_log::each(tx, member, None, |key, stored| {
            if let (Some(event_key), Ok(event)) = (keys::event_of(&key), Event::from_stored(&stored))
                && let Some(signal) = event.cart()
                && signal.cart_id() == Some(cart_id)
            {
                changes.extend(changes_of(context.rules, event_key, &event, signal));
            }
        })?;
    }
    if changes.is_empty() {
        return Ok(None);
    }
    Ok(Some(Cart::fold(cart_key(context.rules, cart_id), currency, &changes)))
}

/// What the cart of that id costs now. No channel is asked for and none is known: the same cart at the same instant has
/// the same quote wherever it is asked.
///
/// # Errors
/// Of the store only; a price that cannot be computed is the inner error.
///
/// # Complexity
/// As [`cart`], and as [`price`].
pub fn quote(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    cart_id: &str,
    currency: Currency,
    purchase: &Purchase,
    rules: &PriceRules,
) -> Result<Option<Result<Priced, PriceError>>, Stop> {
    let Some(cart) = cart(tx, context, who, cart_id, currency)? else { return Ok(None) };
    let id = crate::ids::QuoteId::from_bytes(context.rules.pepper.digest(
        "quote",
        &[
            cart.id.as_bytes(),
            &cart.version.to_be_bytes(),
            currency.as_str().as_bytes(),
            rules.book.version().as_bytes(),
            rules.promotions.as_ref().map_or("", |promotions| promotions.version()).as_bytes(),
            &asked(purchase),
            &context.now.timestamp_millis().to_be_bytes(),
        ],
    ));
    Ok(Some(price(id, &cart, purchase, rules, context.now)))
}

/// What a purchase says, as bytes: two that differ have two quotes.
fn asked(purchase: &Purchase) -> Vec<u8> {
    let Purchase { buyer, coupons, budgets, refused_gifts, tax_zone, delivery, zones: _ } = purchase;
    serde_json::to_vec(&(buyer, coupons, budgets, refused_gifts, tax_zone, delivery)).unwrap_or_default()
}

fn cart_key(rules: &Rules, cart_id: &str) -> CartId {
    CartId::from_bytes(rules.pepper.digest("cart", &[cart_id.as_bytes()]))
}

/// What one event does to its cart.
fn changes_of(rules: &Rules, key: EventKey, event: &Event, signal: CartSignal<'_>) -> Vec<CartChange> {
    let change = |place: u64, act: CartAct| CartChange {
        at: event.time().corrected(),
        sequence: event.sequence(),
        id: EventKey::from_bytes(rules.pepper.digest("cart_change", &[key.as_bytes(), &place.to_be_bytes()])),
        act,
    };
    let act: fn(LineKey, Quantity) -> CartAct = match signal.action() {
        CartAction::Added => |line, quantity| CartAct::Add { line, quantity },
        CartAction::Removed => |line, quantity| CartAct::Remove { line, quantity: Some(quantity) },
        CartAction::Updated => |line, quantity| CartAct::SetQuantity { line, quantity },
        CartAction::Emptied => return vec![change(0, CartAct::Clear)],
        CartAction::Completed => return vec![change(0, CartAct::Ordered)],
        _ => return Vec::new(),
    };
    let lines = signal.lines().filter_map(|line| {
        let sku = Sku::parse(line.sku.or(line.product_id)?).ok()?;
        let key = match line.variant {
            Some(variant) => LineKey::new(sku, [("variant", variant)]).ok()?,
            None => LineKey::plain(sku),
        };
        Some((key, Quantity::new(line.quantity).ok()?))
    });
    (0..).zip(lines).map(|(place, (line, quantity))| change(place, act(line, quantity))).collect()
}
