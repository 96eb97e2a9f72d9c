//! A cart becomes an order.

use serde::{Deserialize, Serialize};

use super::kept::{KeptOrder, OrderMark};
use super::keys;
use crate::hub::keys::event_range;
use crate::hub::stock::{all_on_stock, stock_ticket};
use crate::hub::{CommandKey, Context, Who};
use crate::ids::OrderId;
use crate::record::Millis;
use crate::stock::ReservationKey;
use crate::stock::StockErrorKind;
use crate::stock::order::{Intent, NewParcel, Order, OrderHours, OrderRules, OrderedLine};
use crate::stock::reservation::{Line, StockAct, StockOutcome, StockRefusal, Terms, TicketState};
use crate::store::{Once, Stop, Stored, Tx};
use crate::time::{DateTime, Utc};

/// An order as it is placed.
#[derive(Debug, Clone, Copy)]
pub struct OrderRequest<'a> {
    /// The host's number of the order, of 1 to 128 bytes. It names no person.
    pub number: &'a str,
    /// Whose it is, if she is known.
    pub who: Option<&'a Who>,
    /// What is ordered.
    pub lines: &'a [OrderedLine],
    /// What comes from where and goes where.
    pub parcels: &'a [NewParcel],
    /// Under which its units are held already, if they are: the cart's key. Its hold becomes the order's, of one order
    /// only: a key whose units were promised before is refused.
    pub held: Option<&'a ReservationKey>,
    /// The order for which this one is an exchange.
    pub exchange_of: Option<OrderId>,
    /// Whether units may be promised that are not there yet.
    pub backorder: bool,
    /// Until when it is to be paid: [`order_tick`](super::order_tick) calls it off then if it is not, and nothing has left.
    pub pay_by: Option<DateTime<Utc>>,
}

/// Under which terms orders are placed and dealt with.
#[derive(Debug, Clone, Copy)]
pub struct OrderTerms<'a> {
    /// What the host decided about orders.
    pub rules: &'a OrderRules,
    /// When locations are open.
    pub hours: &'a OrderHours,
    /// What a reservation must leave.
    pub stock: &'a Terms<'a>,
}

/// What became of an order that was to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "placed")]
pub enum PlaceOutcome {
    /// It is placed, and every unit of it is promised.
    Placed {
        /// Its id.
        id: OrderId,
        /// What is to be told.
        intents: Vec<Intent>,
    },
    /// It is not. Nothing has changed.
    Refused {
        /// Why.
        why: PlaceRefusal,
    },
}

impl Stored for PlaceOutcome {
    const KIND: &'static str = "place_outcome";
    const VERSION: u16 = 1;
}

/// Why an order is not placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum PlaceRefusal {
    /// The number is empty, too long or has control characters; or the lines and parcels do not fit together.
    Invalid,
    /// There are too many lines or parcels.
    TooMany,
    /// There is an order with that number.
    NumberReused,
    /// Units are not there.
    Stock {
        /// Which, and why.
        refusals: Vec<StockRefusal>,
    },
    /// The command key was used before for another command.
    KeyReused,
}

/// The id of the order with that number: a keyed hash. White space around the number is dropped.
#[must_use]
pub fn order_id(context: &Context<'_>, number: &str) -> OrderId {
    OrderId::from_bytes(context.rules.pepper.digest("order", &[number.trim().as_bytes()]))
}

/// Turns a cart into an order: promises every unit, all or none, and says what is to be told. Once for each command key.
///
/// What the parcels' plans promise is kept in mind under [`parcel_promise`](super::parcel_promise) in the same unit of work,
/// and scored once by what becomes of each parcel: see [`promises_kept`](crate::hub::promises_kept()).
///
/// Where units are held already under the cart's key, that hold becomes the order's, so that nobody can come between. A
/// refusal is kept under the command key as well: whoever tries again later does so under another.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(lines + parcels), and the holds of the places.
pub fn place_order(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    request: &OrderRequest<'_>,
    terms: &OrderTerms<'_>,
) -> Result<PlaceOutcome, Stop> {
    let OrderRequest { number, who, lines, parcels, held, exchange_of, backorder, pay_by } = request;
    let asked = (number, lines, parcels, held, exchange_of, backorder, pay_by);
    let asked = serde_json::to_vec(&asked).unwrap_or_default();
    let who = who.map(|who| who.bytes(context));
    let hash = context.request("place_order", &[&asked, who.as_ref().map_or(&[], <[u8; 17]>::as_slice)]);
    let once = command.once(tx, context, hash, |tx| place(tx, context, request, terms))?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => PlaceOutcome::Refused { why: PlaceRefusal::KeyReused },
    })
}

pub(super) fn place(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &OrderRequest<'_>,
    terms: &OrderTerms<'_>,
) -> Result<PlaceOutcome, Stop> {
    let refused = |why| Ok(PlaceOutcome::Refused { why });
    let Ok(number) = ReservationKey::parse(request.number) else { return refused(PlaceRefusal::Invalid) };
    let id = order_id(context, number.as_str());
    if KeptOrder::get(tx, id)?.is_some() {
        return refused(PlaceRefusal::NumberReused);
    }
    let placed = Order::place(id, request.lines.to_vec(), request.parcels, terms.rules, context.now);
    let (mut order, intents) = match placed {
        Ok(placed) => placed,
        Err(error) => {
            let too_many = matches!(error.kind(), StockErrorKind::TooMany | StockErrorKind::Overflow);
            return refused(if too_many { PlaceRefusal::TooMany } else { PlaceRefusal::Invalid });
        }
    };
    order.exchange_of = request.exchange_of;
    order.pay_by = request.pay_by;
    let record = match request.who {
        Some(who) => who.record(tx, context)?,
        None => None,
    };
    let Some(key) = request.held.cloned().or_else(|| keys::ticket(id, 0)) else {
        return refused(PlaceRefusal::Invalid);
    };
    // What was promised under the key belongs to another order: it is not promised twice.
    match stock_ticket(tx, context, &key)?.map(|ticket| ticket.state) {
        Some(TicketState::Committed) => {
            return refused(PlaceRefusal::Stock { refusals: vec![StockRefusal::AlreadyCommitted] });
        }
        Some(TicketState::Done) => {
            return refused(PlaceRefusal::Stock { refusals: vec![StockRefusal::AlreadyDone] });
        }
        _ => {}
    }
    let lines: Vec<Line> = order.parcels.iter().flat_map(crate::stock::order::Parcel::goods).collect();
    let reserve = StockAct::Reserve { lines, until: None, backorder: request.backorder };
    let promised = all_on_stock(tx, context, &key, &[reserve, StockAct::Commit], terms.stock)?;
    if let StockOutcome::Refused { why } = promised {
        return refused(PlaceRefusal::Stock { refusals: why });
    }
    let mut kept = KeptOrder {
        order,
        tickets: vec![key],
        record,
        due: None,
        placed: Some(Millis::from(context.now)),
        noted: None,
        owed: Vec::new(),
    };
    kept.give_promises(tx, context, 0, request.parcels.iter().map(|plan| plan.promise.as_ref()))?;
    kept.put(tx, terms.rules, terms.hours)?;
    if let Some(record) = record {
        // Whoever erases the record, or is about to say that its person left something standing, finds the order.
        tx.bump_range(&event_range(record))?;
        tx.put(&keys::of_record(record, id), &OrderMark {})?;
    }
    Ok(PlaceOutcome::Placed { id, intents })
}
