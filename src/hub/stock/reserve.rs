//! Counts that change, and units that are held, promised, handed over and given back.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::keys;
use crate::hub::stored::stored;
use crate::hub::{CommandKey, Context};
use crate::stock::reservation::{
    self, ChangeOutcome, ChangeRefusal, Shelf, StockAct, StockChange, StockOutcome, StockRefusal, Terms,
    Ticket, Yield,
};
use crate::stock::{Place, ReservationKey};
use crate::store::{Key, Once, Stop, Tx};

/// A shelf with where it is, which its key does not tell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct KeptShelf {
    #[serde(rename = "p")]
    pub(super) place: Place,
    #[serde(rename = "s")]
    pub(super) shelf: Shelf,
}

stored! {
    KeptShelf = "stock_shelf", journal true;
    Ticket = "stock_ticket", journal true;
    ChangeOutcome = "stock_change_outcome", journal false;
    StockOutcome = "stock_outcome", journal false;
}

/// Changes what is known of a product at a location, once for each command key; see
/// [`Shelf::change`](crate::stock::reservation::Shelf::change).
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(holds and dated entries of the place).
pub fn change_stock(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    place: &Place,
    change: &StockChange,
    gives_way: Yield,
) -> Result<ChangeOutcome, Stop> {
    let asked = serde_json::to_vec(&(place, change, gives_way)).unwrap_or_default();
    let request = context.request("change_stock", &[&asked]);
    let once = command.once(tx, context, request, |tx| {
        let key = keys::shelf(context, place);
        let mut shelf = tx.get::<KeptShelf>(&key)?.map(|kept| kept.shelf);
        let outcome = Shelf::change(&mut shelf, change, gives_way, context.now);
        if let (ChangeOutcome::Changed { .. }, Some(shelf)) = (&outcome, shelf) {
            tx.put(&key, &KeptShelf { place: place.clone(), shelf })?;
        }
        Ok(outcome)
    })?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => ChangeOutcome::Refused { why: ChangeRefusal::KeyReused },
    })
}

/// Reserves, extends, commits, releases, issues or gives back units at any number of places under one key: all or
/// nothing; see [`act`](crate::stock::reservation::act()).
///
/// Every shelf is guarded, so of any number of concurrent buyers of L units exactly L get one, on every store. Repeating
/// an act changes nothing, so whoever does not know whether it took effect does it again. Only a part that is issued or
/// given back needs a command key, as a second part looks like the first: [`act_on_stock_once`].
///
/// ```
/// use std::sync::Arc;
/// use throughline::cart::Sku;
/// use throughline::hub::{CommandKey, Hub, Rules};
/// use throughline::stock::reservation::*;
/// use throughline::stock::{LocationId, Place, ReservationKey};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let place = Place::new(LocationId::parse("שוק הכרמל")?, Sku::parse("MUG")?);
/// let count = StockChange::Count { units: 1, at: hub.import().received_at, source: Default::default() };
/// hub.change_stock(&CommandKey::new("count-1"), &place, &count, Yield::Refuse)?;
///
/// let reserve = StockAct::Reserve { lines: vec![Line::new(place, 1)], until: None, backorder: false };
/// let (one, other) = (ReservationKey::parse("cart-1")?, ReservationKey::parse("cart-2")?);
/// assert!(hub.act_on_stock(&one, &reserve, &Terms::default())?.is_accepted());
/// assert!(!hub.act_on_stock(&other, &reserve, &Terms::default())?.is_accepted());
/// assert!(hub.act_on_stock(&one, &StockAct::Commit, &Terms::default())?.is_accepted());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(holds of the places).
pub fn act_on_stock(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    act: &StockAct,
    terms: &Terms<'_>,
) -> Result<StockOutcome, Stop> {
    all_on_stock(tx, context, key, std::slice::from_ref(act), terms)
}

/// Does several acts under one key, one after the other: all of them or none. The last one's answer, or the first refusal.
pub(in crate::hub) fn all_on_stock(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    acts: &[StockAct],
    terms: &Terms<'_>,
) -> Result<StockOutcome, Stop> {
    let of_ticket = keys::ticket(context, key);
    let mut ticket = tx.get::<Ticket>(&of_ticket)?.unwrap_or_default();
    let mut places: BTreeMap<Place, Key> = BTreeMap::new();
    // Parts are of what the ticket has.
    let asked = acts.iter().flat_map(|act| match act {
        StockAct::Reserve { lines, .. } => lines.as_slice(),
        _ => &[],
    });
    // More places than a ticket may have are refused before any is loaded.
    for place in ticket.places().chain(asked.map(|line| &line.place)) {
        if places.len() > 2 * reservation::MAX_LINES {
            return Ok(StockOutcome::Refused { why: vec![StockRefusal::TooManyLines] });
        }
        places.entry(place.clone()).or_insert_with(|| keys::shelf(context, place));
    }
    let of_shelves: Vec<Key> = places.values().cloned().collect();
    let loaded = tx.get_many::<KeptShelf>(&of_shelves)?;
    let known = places.keys().zip(loaded).filter_map(|(place, kept)| Some((place.clone(), kept?.shelf)));
    let mut shelves: BTreeMap<Place, Shelf> = known.collect();
    let mut last = StockOutcome::Accepted { state: ticket.state, awaited: Vec::new() };
    for act in acts {
        last = reservation::act(key.as_str(), act, &mut ticket, &mut shelves, terms, context.now);
        if !last.is_accepted() {
            return Ok(last);
        }
    }
    for (place, shelf) in shelves {
        if let Some(of_shelf) = places.get(&place) {
            tx.put(of_shelf, &KeptShelf { place, shelf })?;
        }
    }
    tx.put(&of_ticket, &ticket)?;
    Ok(last)
}

/// The same, once for each command key: for parts that are issued or given back.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`act_on_stock`].
pub fn act_on_stock_once(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    command: &CommandKey,
    key: &ReservationKey,
    act: &StockAct,
    terms: &Terms<'_>,
) -> Result<StockOutcome, Stop> {
    let asked = serde_json::to_vec(&(key, act)).unwrap_or_default();
    let request = context.request("act_on_stock", &[&asked]);
    let once = command.once(tx, context, request, |tx| act_on_stock(tx, context, key, act, terms))?;
    Ok(match once {
        Once::First(outcome) | Once::Repeated(outcome) => outcome,
        Once::KeyReused => StockOutcome::Refused { why: vec![StockRefusal::KeyReused] },
    })
}

/// What a key did with stock; `None` if it never did anything.
///
/// # Errors
/// Of the store only.
pub fn stock_ticket(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
) -> Result<Option<Ticket>, Stop> {
    tx.get(&keys::ticket(context, key))
}

/// Goods that came back: these are for sale again, those are on the shelf but damaged. They are counted where they are, at a
/// location that never had the product too.
pub(in crate::hub) fn put_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    lines: &[reservation::Line],
    damaged: &[reservation::Line],
) -> Result<(), Stop> {
    let whole = lines.iter().map(|line| (line, 0));
    for (line, broken) in whole.chain(damaged.iter().map(|line| (line, line.units))) {
        let key = keys::shelf(context, &line.place);
        let mut shelf = tx.get::<KeptShelf>(&key)?.map(|kept| kept.shelf);
        let receive = StockChange::Receive { units: line.units, announced: None };
        Shelf::change(&mut shelf, &receive, Yield::Refuse, context.now);
        if broken > 0 {
            let units = shelf.as_ref().map_or(0, |shelf| shelf.damaged).saturating_add(broken);
            Shelf::change(&mut shelf, &StockChange::Damaged { units }, Yield::Refuse, context.now);
        }
        if let Some(shelf) = shelf {
            tx.put(&key, &KeptShelf { place: line.place.clone(), shelf })?;
        }
    }
    Ok(())
}
