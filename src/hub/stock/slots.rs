//! Slots that are booked: delivery windows and appointments.

use serde::{Deserialize, Serialize};

use super::keys;
use crate::calendar::Zone;
use crate::hub::Context;
use crate::stock::promise::{Slot, SlotBook, SlotPlan, SlotRefusal};
use crate::stock::{LocationId, Method, ReservationKey};
use crate::store::{Key, Stop, Stored, Tx};
use crate::time::{DateTime, Days, NaiveDate, TimeDelta, Utc};

/// Where and for what slots can be booked: deliveries from a warehouse, fittings in a shop.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotPlace {
    /// Where.
    pub location: LocationId,
    /// For what, in the host's word for it.
    pub service: Method,
}

/// What is asked for.
#[derive(Debug, Clone, Copy)]
pub struct SlotRequest<'a> {
    /// Where and for what.
    pub place: &'a SlotPlace,
    /// Which slots there are.
    pub plan: &'a SlotPlan,
    /// The zone of the place.
    pub zone: &'a Zone,
    /// Which slot, by its beginning.
    pub start: DateTime<Utc>,
    /// How many places in it.
    pub places: u32,
    /// Until when they are held; they are booked if there is no end.
    pub until: Option<DateTime<Utc>>,
}

/// What became of a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "booking")]
pub enum SlotOutcome {
    /// The places are the key's.
    Booked {
        /// Which slot.
        slot: Slot,
    },
    /// The places are given back.
    Cancelled,
    /// Nothing has changed, and why.
    Refused {
        /// Why.
        refusal: SlotRefusal,
    },
}

/// A slot that a key booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Booking {
    /// Where and for what.
    pub place: SlotPlace,
    /// Which.
    pub slot: Slot,
    /// How many places.
    pub places: u32,
    /// Until when they are held; they are booked if there is no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Stored for SlotBook {
    const KIND: &'static str = "slot_book";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

impl Stored for Booking {
    const KIND: &'static str = "slot_booking";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// The slots of a date at a place that can be booked now, each with the places that are left.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(slots of the day), and who has places in them.
pub fn slots_left(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    place: &SlotPlace,
    plan: &SlotPlan,
    zone: &Zone,
    date: NaiveDate,
) -> Result<Vec<(Slot, u32)>, Stop> {
    let mut slots = plan.slots(date, zone);
    slots.retain(|slot| plan.may_book(*slot, context.now).is_ok());
    let of_slots: Vec<Key> = slots.iter().map(|slot| keys::slot(context, place, slot.start)).collect();
    let books = tx.get_many::<SlotBook>(&of_slots)?;
    let left = |book: Option<SlotBook>| book.unwrap_or_default().left(plan.capacity, None, context.now);
    Ok(slots.into_iter().zip(books.into_iter().map(left)).collect())
}

/// Days that are looked through for free slots.
const MOST_DAYS: usize = 62 + 8;

/// Hours may last so many days.
const LONGEST_HOURS: u64 = 8;

/// The next slots at a place that have so many places left now, at most `limit`, in the order of time: what to offer to whom
/// a slot was refused. Two months are looked through, from the first day on that may be booked.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(slots) of the days until then, two months at most, and who has places in them.
pub fn free_slots(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    place: &SlotPlace,
    plan: &SlotPlan,
    zone: &Zone,
    places: u32,
    limit: usize,
) -> Result<Vec<Slot>, Stop> {
    let lead = TimeDelta::minutes(i64::from(plan.lead_minutes));
    let (first, _) = zone.local(context.now.checked_add_signed(lead).unwrap_or(context.now));
    // A slot belongs to the day on which the hours began that it is in.
    let from = first.checked_sub_days(Days::new(LONGEST_HOURS)).unwrap_or(first);
    let mut free: Vec<Slot> = Vec::new();
    let mut enough = 0;
    for date in std::iter::successors(Some(from), NaiveDate::succ_opt).take(MOST_DAYS) {
        let left = slots_left(tx, context, place, plan, zone, date)?;
        let fits = left.into_iter().filter(|(_, left)| *left >= places.max(1));
        free.extend(fits.map(|(slot, _)| slot));
        free.sort_unstable();
        free.dedup();
        // Hours that began on one day may have slots after those that begin on the next.
        if free.len() >= limit {
            enough += 1;
            if enough > LONGEST_HOURS {
                break;
            }
        }
    }
    free.truncate(limit);
    Ok(free)
}

/// Books places in a slot for a key, in place of the slot that it had before: she changes her appointment in one step, and
/// keeps the old one if the new one is full. Booking the same again changes nothing.
///
/// The slot is guarded, so of any number of concurrent customers exactly as many succeed as it has places, on every store.
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use std::sync::Arc;
/// use throughline::calendar::Zones;
/// use throughline::hub::{FixedClock, Hub, Rules, SlotOutcome, SlotPlace, SlotRequest};
/// use throughline::stock::promise::SlotPlan;
/// use throughline::stock::{LocationId, Method, ReservationKey};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let clock = Arc::new(FixedClock::at("2026-03-20T08:00:00Z".parse()?));
/// let rules = Rules::retail(b"from your secret manager");
/// let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock)?;
/// let moscow = Zones::bundled().named("Europe/Moscow")?;
/// let place = SlotPlace { location: LocationId::parse("Арбат 1")?, service: Method::parse("fitting")? };
/// let plan: SlotPlan = serde_json::from_str(r#"{
///     "hours": {"windows": [{"start": "10:00", "end": "18:00"}]}, "minutes": 30, "capacity": 1
/// }"#)?;
/// let left = hub.slots_left(&place, &plan, &moscow, "2026-03-20".parse()?)?;
/// let (slot, places) = left[0];
/// assert_eq!((slot.start.to_string().as_str(), places), ("2026-03-20 08:30:00 UTC", 1));
/// let request =
///     SlotRequest { place: &place, plan: &plan, zone: &moscow, start: slot.start, places: 1, until: None };
/// let (sara, dan) = (ReservationKey::parse("appointment-1")?, ReservationKey::parse("appointment-2")?);
/// assert_eq!(hub.book_slot(&sara, &request)?, SlotOutcome::Booked { slot });
/// assert!(matches!(hub.book_slot(&dan, &request)?, SlotOutcome::Refused { .. }));
/// assert_eq!(hub.cancel_booking(&sara)?, SlotOutcome::Cancelled);
/// assert_eq!(hub.book_slot(&dan, &request)?, SlotOutcome::Booked { slot });
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(slots of the day), and who has places in the slot.
pub fn book_slot(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    request: &SlotRequest<'_>,
) -> Result<SlotOutcome, Stop> {
    let SlotRequest { place, plan, zone, start, places, until } = *request;
    let refused = |refusal| Ok(SlotOutcome::Refused { refusal });
    let of_booking = keys::booking(context, key);
    let before = tx.get::<Booking>(&of_booking)?;
    let same = before.as_ref().filter(|before| before.place == *place && before.slot.start == start);
    let slot = match plan.bookable(start, zone, context.now) {
        Ok(slot) => slot,
        // It is booked already, and that stands.
        Err(SlotRefusal::TooLate)
            if same.is_some_and(|same| same.places == places && same.until.is_none()) =>
        {
            return Ok(SlotOutcome::Booked {
                slot: same.map_or(Slot { start, end: start }, |same| same.slot),
            });
        }
        Err(refusal) => return refused(refusal),
    };
    let of_slot = keys::slot(context, place, start);
    let mut book = tx.get::<SlotBook>(&of_slot)?.unwrap_or_default();
    if let Err(refusal) = book.book(key.as_str(), places, until, plan.capacity, context.now) {
        return refused(refusal);
    }
    tx.put(&of_slot, &book)?;
    if let Some(before) = before.as_ref().filter(|_| same.is_none()) {
        give_back(tx, context, key, before)?;
    }
    tx.put(&of_booking, &Booking { place: place.clone(), slot, places, until })?;
    Ok(SlotOutcome::Booked { slot })
}

/// Gives back the places that a key booked or holds.
///
/// # Errors
/// Of the store only.
pub fn cancel_booking(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
) -> Result<SlotOutcome, Stop> {
    let of_booking = keys::booking(context, key);
    let Some(booking) = tx.get::<Booking>(&of_booking)? else {
        return Ok(SlotOutcome::Refused { refusal: SlotRefusal::NoBooking });
    };
    give_back(tx, context, key, &booking)?;
    tx.delete(&of_booking);
    Ok(SlotOutcome::Cancelled)
}

/// The slot that a key booked; `None` if it has none, or its hold has lapsed.
///
/// # Errors
/// Of the store only.
pub fn booking(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
) -> Result<Option<Booking>, Stop> {
    let booking = tx.get::<Booking>(&keys::booking(context, key))?;
    Ok(booking.filter(|booking| booking.until.is_none_or(|until| context.now < until)))
}

fn give_back(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    key: &ReservationKey,
    booking: &Booking,
) -> Result<(), Stop> {
    let of_slot = keys::slot(context, &booking.place, booking.slot.start);
    if let Some(mut book) = tx.get::<SlotBook>(&of_slot)?
        && book.cancel(key.as_str())
    {
        tx.put(&of_slot, &book)?;
    }
    Ok(())
}
