//! What happens to an order, with its stock moved along.

use serde::{Deserialize, Serialize};

use super::OrderTerms;
use super::kept::{KeptOrder, Moved};
use crate::hub::{CommandKey, Context};
use crate::ids::OrderId;
use crate::stock::order::{
    Effect, HandOverCode, Intent, OrderAct, OrderOutcome, OrderRefusal, OrderStep, Proof, act, due_acts,
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
        /// What did not fit with what was booked at a shelf, for somebody to count. What left though the shelf says that it was
        /// not there stays promised, and [`order_tick`] books it out when the shelf has it.
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
/// shelf where it came back. So does the score of what was promised: kept or broken when a parcel is there, broken when it is
/// lost or units of it are not found, and neither when it is called off before it is due.
///
/// A refusal is kept under the command key like any other answer: what is refused now and may be taken in later, such as a
/// report that came too early, is tried again under another key. Only of an order that is not there nothing is kept.
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
/// let parcels = [NewParcel { from: shop.clone(), pick_up: to_shop, units: vec![(0, 2)], promise: None }];
/// let request = OrderRequest {
///     number: "4711", who: None, lines: &lines, parcels: &parcels, held: None, exchange_of: None, backorder: false,
///     pay_by: None,
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
    once(tx, context, command, order, request, |tx, kept| {
        take(tx, context, kept, std::slice::from_ref(what), false, terms)
    })
}

/// Does something with an order once for each command key. A report that comes before its order is not kept, so that it can
/// come again under the same key.
fn once<'s>(
    tx: &mut Tx<'s>,
    context: &Context<'_>,
    command: &CommandKey,
    order: OrderId,
    request: [u8; 16],
    work: impl FnOnce(&mut Tx<'s>, KeptOrder) -> Result<OrderActed, Stop>,
) -> Result<OrderActed, Stop> {
    let Some(kept) = KeptOrder::get(tx, order)? else { return Ok(OrderActed::Unknown) };
    Ok(match command.once(tx, context, request, |tx| work(tx, kept))? {
        Once::First(acted) | Once::Repeated(acted) => acted,
        Once::KeyReused => OrderActed::KeyReused,
    })
}

/// Once for each command key: hands a parcel over to whoever gives its code; without a code, to whom a person at the shop knows to be her. The code is
/// [`HandOverCode::of`] the order with the tenant's secret. A wrong one is counted, and after as many as
/// [`OrderRules::wrong_codes`](crate::stock::order::OrderRules::wrong_codes) says only a person helps. The same command again counts a wrong code once; each attempt of
/// the customer needs a key of its own.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`order_act`].
pub fn hand_over(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
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
    let asked = serde_json::to_vec(&(order, parcel, code)).unwrap_or_default();
    let request = context.request("hand_over", &[&asked]);
    once(tx, context, command, order, request, |tx, kept| {
        let acted = take(tx, context, kept, &[OrderAct::HandOver { parcel, proof }], false, terms)?;
        Ok(match acted {
            OrderActed::Done { .. } if proof == Proof::WrongCode => {
                OrderActed::Refused { why: OrderRefusal::WrongCode }
            }
            acted => acted,
        })
    })
}

/// Does what time alone brings about, once for each command key: reminders and ends of what waits to be picked up, and of
/// orders that nobody pays. What left and could not be booked out is tried again, and told again if it still cannot.
///
/// A key stands for one look at the clock: whoever does not know whether it took effect asks again under the same key and
/// gets the same answer; the next look needs another key. So keep the key before it is used.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`order_act`], for each parcel.
pub fn order_tick(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    order: OrderId,
    terms: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let request = context.request("order_tick", &[order.as_bytes()]);
    once(tx, context, command, order, request, |tx, kept| {
        let due = due_acts(&kept.order, terms.rules, terms.hours, context.now);
        take(tx, context, kept, &due, true, terms)
    })
}

fn take(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    mut kept: KeptOrder,
    acts: &[OrderAct],
    of_time: bool,
    OrderTerms { rules, hours, stock }: &OrderTerms<'_>,
) -> Result<OrderActed, Stop> {
    let (mut told, mut done, before) = (Vec::new(), Vec::new(), kept.fulfilments());
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
    match kept.move_stock(tx, context, &done, stock, rules.stock_retry_minutes)? {
        Moved::Refused(refusals) => Ok(OrderActed::NotInStock { refusals }),
        Moved::Done { mut reported } => {
            if of_time {
                reported.extend(kept.try_owed(tx, context, stock, rules.stock_retry_minutes)?);
            }
            kept.score_promises(tx, context, &before, acts)?;
            kept.put(tx, rules, hours)?;
            Ok(OrderActed::Done { intents: told, effects: done, miscounted: reported })
        }
    }
}
