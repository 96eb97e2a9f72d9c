//! What happens to an order, with its stock moved along.

use serde::{Deserialize, Serialize};

use super::OrderTerms;
use super::kept::{KeptOrder, Moved};
use crate::hub::{CommandKey, Context};
use crate::ids::OrderId;
use crate::stock::order::{
    Effect, HandOverCode, Intent, OrderAct, OrderOutcome, OrderRefusal, OrderStep, ParcelState, Proof, act,
    due_acts,
};
use crate::stock::reservation::StockRefusal;
use crate::store::{Once, Stop, Stored, Tx};

/// What became of an act.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "order")]
pub enum OrderActed {
    /// It is taken in.
    Done {
        /// What is to be told: nothing that was told before.
        intents: Vec<Intent>,
        /// What it called for. What concerns stock is done; the rest is for the host.
        effects: Vec<Effect>,
        /// What did not fit with what was booked at a shelf, for somebody to count.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        miscounted: Vec<StockRefusal>,
    },
    /// It is not. Nothing has changed.
    Refused {
        /// Why.
        why: OrderRefusal,
    },
    /// There is not enough for a new parcel, or for what was to come instead. Nothing has changed.
    NotInStock {
        /// What is not there.
        refusals: Vec<StockRefusal>,
    },
    /// There is no such order.
    Unknown,
    /// The command key was used before for another command; nothing has changed.
    KeyReused,
}

impl OrderActed {
    /// What is to be told.
    #[must_use]
    pub fn intents(&self) -> &[Intent] {
        match self {
            Self::Done { intents, .. } => intents,
            _ => &[],
        }
    }

    /// Whether it was taken in.
    #[must_use]
    pub const fn is_done(&self) -> bool {
        matches!(self, Self::Done { .. })
    }
}

impl Stored for OrderActed {
    const KIND: &'static str = "order_acted";
    const VERSION: u16 = 1;
}

/// Takes in what happened to an order, once for each command key: see [`act`](crate::stock::order::act()). Stock moves with
/// it in the same unit of work: what left is booked out, what is called off is for sale again, what came back is on the
/// shelf where it came back.
///
/// ```
/// use std::sync::Arc;
/// use throughline::cart::Sku;
/// use throughline::hub::{CommandKey, Hub, OrderRequest, OrderTerms, PlaceOutcome, Rules};
/// use throughline::stock::order::*;
/// use throughline::stock::reservation::{StockChange, Terms, Yield};
/// use throughline::stock::{LocationId, Place};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let (shop, mug) = (LocationId::parse("Гостиный двор")?, Sku::parse("MUG")?);
/// let count = StockChange::Count { units: 3, at: hub.import().received_at, source: Default::default() };
/// let place = Place::new(shop.clone(), mug.clone());
/// hub.change_stock(&CommandKey::new("count-1"), &place, &count, Yield::Refuse)?;
///
/// let (rules, hours, stock) = (OrderRules::retail(), OrderHours::new(), Terms::default());
/// let terms = OrderTerms { rules: &rules, hours: &hours, stock: &stock };
/// let lines = [OrderedLine { sku: mug, units: 2, cancelled: 0 }];
/// let to_shop = Some(shop.clone());
/// let parcels = [NewParcel { from: shop.clone(), pick_up: to_shop, units: vec![(0, 2)], promised: None, kept_until: None }];
/// let request = OrderRequest {
///     number: "4711", who: None, lines: &lines, parcels: &parcels, held: None, exchange_of: None, backorder: false,
/// };
/// let placed = hub.place_order(&CommandKey::new("checkout-1"), &request, &terms)?;
/// let PlaceOutcome::Placed { id, .. } = placed else { return Err("refused".into()) };
/// let packed = OrderAct::Packed { parcel: 0, at: shop, units: vec![(0, 2)] };
/// let done = hub.order_act(&CommandKey::new("pack-1"), id, &packed, &terms)?;
/// assert_eq!(done.intents()[0].kind, IntentKind::Ready);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(lines + parcels), and the holds of the places.
pub fn order_act(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    order: OrderId,
    what: &OrderAct,
    terms: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let asked = serde_json::to_vec(&(order, what)).unwrap_or_default();
    let request = context.request("order_act", &[&asked]);
    let once = command
        .once(tx, context, request, |tx| take(tx, context, order, std::slice::from_ref(what), terms))?;
    Ok(match once {
        Once::First(acted) | Once::Repeated(acted) => acted,
        Once::KeyReused => OrderActed::KeyReused,
    })
}

/// Hands a parcel over to whoever gives its code; without a code, to whom a person at the shop knows to be her. The code is
/// [`HandOverCode::of`] the order with the tenant's secret. A wrong one is counted, and after as many as
/// [`OrderRules::wrong_codes`] says only a person helps.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`order_act`].
pub fn hand_over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    order: OrderId,
    parcel: u16,
    code: Option<&str>,
    terms: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let right = HandOverCode::of(&context.rules.pepper, order, parcel);
    let proof = match code {
        None => Proof::Identity,
        Some(typed) if right.matches(typed) => Proof::Code,
        Some(_) => Proof::WrongCode,
    };
    let known = KeptOrder::get(tx, order)?;
    let has_it = known
        .and_then(|kept| kept.order.parcels.get(usize::from(parcel)).map(|own| own.state))
        .is_some_and(|state| state == ParcelState::HandedOver);
    let what = OrderAct::HandOver { parcel, proof };
    let acted = take(tx, context, order, &[what], terms)?;
    Ok(match acted {
        OrderActed::Done { .. } if proof == Proof::WrongCode && !has_it => {
            OrderActed::Refused { why: OrderRefusal::WrongCode }
        }
        acted => acted,
    })
}

/// Does what time alone brings about: reminders and ends of what waits to be picked up. Asking again changes nothing.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`order_act`], for each parcel.
pub fn order_tick(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    order: OrderId,
    terms: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let Some(kept) = KeptOrder::get(tx, order)? else { return Ok(OrderActed::Unknown) };
    let due = due_acts(&kept.order, terms.rules, terms.hours, context.now);
    take(tx, context, order, &due, terms)
}

fn take(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    order: OrderId,
    acts: &[OrderAct],
    OrderTerms { rules, hours, stock }: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let Some(mut kept) = KeptOrder::get(tx, order)? else { return Ok(OrderActed::Unknown) };
    let (mut told, mut done) = (Vec::new(), Vec::new());
    for what in acts {
        match act(&kept.order, what, rules, hours, context.now) {
            OrderOutcome::Done(step) => {
                let OrderStep { order, intents, effects } = *step;
                kept.order = order;
                told.extend(intents);
                done.extend(effects);
            }
            OrderOutcome::Refused { why } => return Ok(OrderActed::Refused { why }),
        }
    }
    match kept.move_stock(tx, context, &done, stock)? {
        Moved::Refused(refusals) => Ok(OrderActed::NotInStock { refusals }),
        Moved::Done { reported } => {
            kept.put(tx, rules, hours)?;
            Ok(OrderActed::Done { intents: told, effects: done, miscounted: reported })
        }
    }
}
