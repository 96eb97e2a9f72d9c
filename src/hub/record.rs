//! Taking in what happened.

use crate::event::Event;
use crate::store::{Stop, Tx};

use super::fold::{Dirty, Recorded, fold};
use super::{Context, resolve};

/// Records one event: stores it, joins it into its record, and puts the profiles that it touches together again.
///
/// The event's own id is its idempotency key: the same event twice is a no-op that says so. An event that names nobody
/// is kept too. Any order and any repetition of the same events leaves the same store.
///
/// # Errors
/// Of the store only; what is odd about the event is told in the answer's reasons.
///
/// # Complexity
/// A few keys, whatever the size of the store; if the event brings new evidence, linear in the records of the
/// components that the evidence touches.
pub fn record(tx: &mut Tx<'_>, context: &Context<'_>, event: &Event) -> Result<Recorded, Stop> {
    let mut dirty = Dirty::default();
    let recorded = fold(tx, context, event, &mut dirty)?;
    resolve::resolve(tx, context.rules, dirty)?;
    Ok(recorded)
}

/// Records many events in one unit of work: the same outcome as one by one, and the profiles are put together once.
///
/// # Errors
/// As [`record`]; `TooLarge` if they are more than one batch can hold (about 10,000 events).
pub fn record_all(tx: &mut Tx<'_>, context: &Context<'_>, events: &[Event]) -> Result<Vec<Recorded>, Stop> {
    let mut dirty = Dirty::default();
    let recorded =
        events.iter().map(|event| fold(tx, context, event, &mut dirty)).collect::<Result<_, _>>()?;
    resolve::resolve(tx, context.rules, dirty)?;
    Ok(recorded)
}
