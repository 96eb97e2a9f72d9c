//! When a person ordered, wherever that is told.

use crate::event::{CartAction, Event};
use crate::ids::RecordId;
use crate::store::{Stop, Tx};
use crate::time::{DateTime, Utc};

use super::super::orders;
use super::super::timelines::Told;

/// The instants of all orders of those records: told by their events, and placed here, whatever became of them since. In no
/// order.
///
/// # Complexity
/// Linear in the events and in the orders.
pub(crate) fn ordered_at(
    tx: &mut Tx<'_>,
    members: &[RecordId],
    streams: &[Vec<Told>],
) -> Result<Vec<DateTime<Utc>>, Stop> {
    let is_order = |event: &Event| event.cart().is_some_and(|cart| cart.action() == CartAction::Completed);
    let mut orders = orders::placed_at(tx, members)?;
    let told = streams.iter().flatten().filter(|(_, event)| is_order(event));
    orders.extend(told.map(|(entry, _)| entry.order.time));
    Ok(orders)
}
