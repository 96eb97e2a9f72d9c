//! What is known of orders.

use super::kept::{KeptOrder, OrderMark};
use super::{keys, subscriptions};
use crate::hub::keys::prefix;
use crate::hub::scan::first_keys;
use crate::hub::{Context, Who, members};
use crate::ids::{OrderId, RecordId};
use crate::record::Millis;
use crate::stock::order::Order;
use crate::store::{Key, Stop, Tx};

/// An order as it stands; `None` if there is none with that id.
///
/// # Errors
/// Of the store only.
pub fn order(tx: &mut Tx<'_>, _context: &Context<'_>, id: OrderId) -> Result<Option<Order>, Stop> {
    Ok(KeptOrder::get(tx, id)?.map(|kept| kept.order))
}

/// Her orders, of all records of her profile, in the order of their ids; `None` if nobody is meant.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(records + orders).
pub fn orders_of(tx: &mut Tx<'_>, context: &Context<'_>, who: &Who) -> Result<Option<Vec<Order>>, Stop> {
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut ids: Vec<OrderId> = Vec::new();
    for member in members::cluster(tx, record)?.0 {
        ids.extend(
            first_keys::<OrderMark>(tx, &keys::all_of_record(member), usize::MAX)?
                .iter()
                .filter_map(keys::order_of),
        );
    }
    ids.sort_unstable();
    ids.dedup();
    let wanted: Vec<Key> = ids.into_iter().map(keys::order).collect();
    Ok(Some(tx.get_many::<KeptOrder>(&wanted)?.into_iter().flatten().map(|kept| kept.order).collect()))
}

/// The orders about which time alone brings something about by now, at most `limit`, the longest due first: run
/// [`order_tick`](super::order_tick) for each.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(limit).
pub fn orders_due(tx: &mut Tx<'_>, context: &Context<'_>, limit: usize) -> Result<Vec<OrderId>, Stop> {
    let end = keys::due_after(Millis::from(context.now));
    let found = first_keys::<OrderMark>(tx, &prefix(keys::DUE), limit)?;
    Ok(found.iter().take_while(|key| **key < end).filter_map(keys::order_of).collect())
}

/// Severs a record's orders from its person. The orders stay, as books do; they hold nothing that names her. Her repeat orders
/// are forgotten.
pub(crate) fn forget(tx: &mut Tx<'_>, record: RecordId) -> Result<(), Stop> {
    for key in first_keys::<OrderMark>(tx, &keys::all_of_record(record), usize::MAX)? {
        if let Some(id) = keys::order_of(&key)
            && let Some(mut kept) = KeptOrder::get(tx, id)?
        {
            kept.record = None;
            tx.put(&keys::order(id), &kept)?;
        }
        tx.delete(&key);
        tx.announce(&key);
    }
    subscriptions::forget(tx, record)
}
