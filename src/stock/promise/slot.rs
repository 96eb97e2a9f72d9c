//! Slots that can be booked: a delivery window, an appointment in a shop. Both are so many places in a stretch of time.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::reservation::Hold;
use super::super::{StockError, StockErrorKind};
use crate::calendar::{Calendar, Windows, Zone};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// Which slots there are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotPlan {
    /// When there are any, in the zone of the place. Each stretch of hours is cut into slots from its start on; what is
    /// left at its end is none.
    pub hours: Windows,
    /// How many minutes a slot takes, 1 to 1,440.
    pub minutes: u16,
    /// How many places a slot has.
    pub capacity: u32,
    /// How many minutes before its start a slot can be booked at the latest.
    #[serde(default)]
    pub lead_minutes: u32,
    /// How many days ahead a slot can be booked at most.
    #[serde(default = "a_month")]
    pub horizon_days: u16,
}

const fn a_month() -> u16 {
    31
}

/// A stretch of time that can be booked: its start belongs to it, its end does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// When it begins.
    pub start: DateTime<Utc>,
    /// When it has ended.
    pub end: DateTime<Utc>,
}

/// Why a slot cannot be booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "why")]
pub enum SlotRefusal {
    /// No slot begins then.
    NoSuchSlot,
    /// It begins too soon, or has begun.
    TooLate,
    /// It is too far ahead.
    TooEarly,
    /// There are not enough places left.
    Full {
        /// How many are left.
        left: u32,
    },
    /// No place was asked for, or the hold would end at once.
    NothingAsked,
    /// The key has no booking.
    NoBooking,
    /// Too many keys have places in it ([`SlotBook::MOST_BOOKINGS`]).
    TooManyBookings,
}

/// The most slots of one day.
const MOST_SLOTS: usize = 1_440;
/// The longest hours, in days, of which slots are made.
const LONGEST_HOURS: i64 = 8;

impl SlotPlan {
    /// Checks the settings.
    ///
    /// # Errors
    /// `InvalidSetting` if a slot takes no time or more than a day.
    pub fn validate(&self) -> Result<(), StockError> {
        if (1..=1_440).contains(&self.minutes) {
            Ok(())
        } else {
            Err(StockError::new(StockErrorKind::InvalidSetting))
        }
    }

    /// The slots of the hours that begin on a date of the zone, in order: also those after midnight, if it is a night.
    ///
    /// ```
    /// use throughline::calendar::Zone;
    /// use throughline::stock::promise::SlotPlan;
    /// let plan: SlotPlan = serde_json::from_str(r#"{
    ///     "hours": {"windows": [{"start": "09:00", "end": "12:30"}]}, "minutes": 60, "capacity": 2
    /// }"#)?;
    /// let slots = plan.slots("2026-03-20".parse()?, &Zone::utc());
    /// assert_eq!(slots.len(), 3);
    /// assert_eq!(slots[2].end, "2026-03-20T12:00:00Z".parse::<throughline::time::DateTime<throughline::time::Utc>>()?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(windows + slots), at most 1,440 slots.
    #[must_use]
    pub fn slots(&self, date: NaiveDate, zone: &Zone) -> Vec<Slot> {
        let mut slots = Vec::new();
        let (Some(next), Some(last)) = (date.succ_opt(), self.hours.closes(date, zone)) else { return slots };
        if self.validate().is_err() {
            return slots;
        }
        let length = TimeDelta::minutes(i64::from(self.minutes));
        let (from, until) = (zone.start_of(date), zone.start_of(next));
        let calendar = Calendar::new(&self.hours, zone).starting_from(date);
        let mut at = if calendar.contains(from) { Some(from) } else { calendar.next_start(from) };
        while let Some(opens) = at.filter(|opens| *opens < until) {
            // Hours that go on into those of the next day end where their own do.
            let longest = TimeDelta::days(LONGEST_HOURS);
            let closes = calendar.next_end_within(opens, longest).map_or(last, |end| end.min(last));
            let mut start = opens;
            while let Some(end) = start.checked_add_signed(length)
                && end <= closes
                && slots.len() < MOST_SLOTS
            {
                slots.push(Slot { start, end });
                start = end;
            }
            at = calendar.next_start(opens);
        }
        slots
    }

    /// The slot that begins at an instant, if it can be booked now.
    ///
    /// # Errors
    /// Why not.
    ///
    /// # Complexity
    /// As [`SlotPlan::slots`], for each day on which the slot's hours may have begun, at most nine.
    pub fn bookable(
        &self,
        start: DateTime<Utc>,
        zone: &Zone,
        now: DateTime<Utc>,
    ) -> Result<Slot, SlotRefusal> {
        let (date, _) = zone.local(start);
        // Hours may have begun as many days before as the longest take.
        let dates = std::iter::successors(Some(date), NaiveDate::pred_opt).take(9);
        let slot = dates.flat_map(|date| self.slots(date, zone)).find(|slot| slot.start == start);
        let slot = slot.ok_or(SlotRefusal::NoSuchSlot)?;
        self.may_book(slot, now)?;
        Ok(slot)
    }
}

impl SlotPlan {
    /// Whether a slot of the plan can be booked now, by how far ahead it is.
    ///
    /// # Errors
    /// `TooLate`, `TooEarly`.
    pub fn may_book(&self, slot: Slot, now: DateTime<Utc>) -> Result<(), SlotRefusal> {
        let ahead = slot.start - now;
        // What begins now has begun.
        if ahead <= TimeDelta::zero() || ahead < TimeDelta::minutes(i64::from(self.lead_minutes)) {
            return Err(SlotRefusal::TooLate);
        }
        if ahead > TimeDelta::days(i64::from(self.horizon_days)) {
            return Err(SlotRefusal::TooEarly);
        }
        Ok(())
    }
}

/// Who has places in one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlotBook {
    /// Places by key; a booking with an end is held for a while, one without it stands.
    #[serde(rename = "h", default)]
    pub bookings: BTreeMap<String, Hold>,
}

impl SlotBook {
    /// The most keys with places in one slot.
    pub const MOST_BOOKINGS: usize = 1_000;

    /// How many places are left at an instant, what a key itself has not counted.
    #[must_use]
    pub fn left(&self, capacity: u32, key: Option<&str>, now: DateTime<Utc>) -> u32 {
        let others =
            self.bookings.iter().filter(|(other, hold)| Some(other.as_str()) != key && hold.is_live(now));
        others.fold(capacity, |left, (_, hold)| left.saturating_sub(hold.units))
    }

    /// Books places for a key, in place of what it had in this slot; with an end they are held until then.
    ///
    /// # Errors
    /// `Full`, `NothingAsked`, `TooManyBookings`; nothing has changed then.
    pub fn book(
        &mut self,
        key: &str,
        places: u32,
        until: Option<DateTime<Utc>>,
        capacity: u32,
        now: DateTime<Utc>,
    ) -> Result<(), SlotRefusal> {
        if places == 0 || until.is_some_and(|until| until <= now) {
            return Err(SlotRefusal::NothingAsked);
        }
        let left = self.left(capacity, Some(key), now);
        if places > left {
            return Err(SlotRefusal::Full { left });
        }
        let others = self.bookings.iter().filter(|(other, hold)| *other != key && hold.is_live(now));
        if others.count() >= Self::MOST_BOOKINGS {
            return Err(SlotRefusal::TooManyBookings);
        }
        self.bookings.retain(|_, hold| hold.is_live(now));
        self.bookings.insert(key.to_owned(), Hold { units: places, until });
        Ok(())
    }

    /// Gives a key's places back; whether it had any.
    pub fn cancel(&mut self, key: &str) -> bool {
        self.bookings.remove(key).is_some()
    }
}
