//! What the parcels of an order were promised for.

use super::kept::KeptOrder;
use crate::hub::Context;
use crate::hub::stock::{pass_promise_on, settle_parcel};
use crate::ids::OrderId;
use crate::stock::ReservationKey;
use crate::stock::order::{Fulfilment, OrderAct, Parcel, Resolution};
use crate::stock::promise::Promise;
use crate::store::{Stop, Tx};

/// Under which the promise of a parcel is kept in mind, for [`given_promise`](crate::hub::given_promise()); with
/// [`give_promise`](crate::hub::give_promise()) under it the shop tells her a new one, and the first stays the one that is
/// scored. `None` if there is no such name, which does not happen.
///
/// An act scores a promise by the instant at which it is heard. Whoever knows better when goods were there, as a carrier's
/// report says, calls [`score_promise`](crate::hub::score_promise()) with that instant before the act.
#[must_use]
pub fn parcel_promise(order: OrderId, parcel: u16) -> Option<ReservationKey> {
    ReservationKey::parse(&format!("{order}/promise/{parcel}")).ok()
}

impl KeptOrder {
    /// How each parcel stands, as far as promises are concerned.
    pub(super) fn fulfilments(&self) -> Vec<Fulfilment> {
        self.order.parcels.iter().map(Parcel::fulfilment).collect()
    }

    /// Keeps in mind what the parcels from that one on were promised for.
    pub(super) fn give_promises<'p>(
        &self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        first: usize,
        promises: impl Iterator<Item = Option<&'p Promise>>,
    ) -> Result<(), Stop> {
        for ((number, parcel), promise) in (0_u16..).zip(&self.order.parcels).skip(first).zip(promises) {
            let Some(key) = parcel_promise(self.order.id, number) else { continue };
            let before = parcel.instead_of.and_then(|before| parcel_promise(self.order.id, before));
            pass_promise_on(tx, context, before.as_ref(), &key, &parcel.from, promise)?;
        }
        Ok(())
    }

    /// Scores the promises of what was settled by these acts, before which the parcels stood like that.
    pub(super) fn score_promises(
        &self,
        tx: &mut Tx<'_>,
        context: &Context<'_>,
        before: &[Fulfilment],
        acts: &[OrderAct],
    ) -> Result<(), Stop> {
        let fresh = acts.iter().filter_map(|act| match act {
            OrderAct::Resolve { how: Resolution::Wait { promise, .. }, .. } => Some(promise.as_ref()),
            _ => None,
        });
        self.give_promises(tx, context, before.len(), fresh)?;
        for (number, parcel) in (0_u16..).zip(&self.order.parcels) {
            let became = match parcel.fulfilment() {
                // Who did not pay in time was not let down.
                Fulfilment::CalledOff if self.order.ended_unpaid(context.now) => Fulfilment::Replaced,
                became => became,
            };
            let known = before.get(usize::from(number)).copied().unwrap_or(Fulfilment::Open);
            // What is settled stays as it is scored.
            if known == Fulfilment::Open
                && became != known
                && let Some(key) = parcel_promise(self.order.id, number)
            {
                settle_parcel(tx, context, &key, became)?;
            }
        }
        Ok(())
    }
}
