//! What a host decides about its orders.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use crate::calendar::{Windows, Zone};

/// What is given for a promise that was not kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Apology {
    /// If the new promise is at least so many minutes after the old one.
    pub from_minutes: u32,
    /// So much, in the host's own unit: minor units of money, or points.
    pub units: u32,
}

/// What a host decides about its orders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OrderRules {
    /// How often a customer is asked to pay again.
    pub payment_reminders: u32,
    /// A promise that moves by no more than so many minutes is not told.
    pub delay_grace_minutes: u32,
    /// What is given for a delay: the last that applies.
    pub apologies: Vec<Apology>,
    /// How many hours after the customer has everything she is asked how it was; `None` for never.
    pub review_after_hours: Option<u32>,
    /// On how many days on which the location opens a parcel is kept, the first one being that on which it is ready.
    pub keep_days: u8,
    /// How many opening days before the last one the customer is reminded, as the day begins: 0 on the last day itself.
    pub remind_days_before: u8,
    /// What left and could not be booked out, as the shelf does not have it, is tried again after so many minutes, then after
    /// twice as many, up to a day.
    pub stock_retry_minutes: u32,
    /// After so many wrong codes only who shows who she is gets the parcel.
    pub wrong_codes: u32,
}

impl OrderRules {
    /// Two payment reminders, half an hour of grace, no apology, a review after three days, goods kept for three opening
    /// days with a reminder as the last begins, an hour until stock is booked again, five wrong codes.
    #[must_use]
    pub const fn retail() -> Self {
        Self {
            payment_reminders: 2,
            delay_grace_minutes: 30,
            apologies: Vec::new(),
            review_after_hours: Some(72),
            keep_days: 3,
            remind_days_before: 0,
            stock_retry_minutes: 60,
            wrong_codes: 5,
        }
    }
}

impl Default for OrderRules {
    fn default() -> Self {
        Self::retail()
    }
}

/// When locations are open, each in its zone.
#[derive(Debug, Clone, Default)]
pub struct OrderHours(BTreeMap<LocationId, (Windows, Zone)>);

impl OrderHours {
    /// Of no location. What waits at a location whose hours are not known does not expire.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a location: its opening hours, holidays included, and its zone.
    #[must_use]
    pub fn with(mut self, location: LocationId, hours: Windows, zone: Zone) -> Self {
        self.0.insert(location, (hours, zone));
        self
    }

    /// The opening hours of a location, and its zone.
    pub(super) fn of(&self, location: &LocationId) -> Option<(&Windows, &Zone)> {
        self.0.get(location).map(|(hours, zone)| (hours, zone))
    }
}
