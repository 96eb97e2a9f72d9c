//! A product at a location, with the holds on it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::availability::{Beyond, ConfidenceRules, Count, Dated, Level};
use crate::time::{DateTime, Utc};

/// Units held for a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// How many.
    #[serde(rename = "n")]
    pub units: u32,
    /// The hold counts before this instant; without one it does not lapse.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl Hold {
    /// Whether it counts at an instant.
    #[must_use]
    pub fn is_live(&self, now: DateTime<Utc>) -> bool {
        self.until.is_none_or(|until| now < until)
    }
}

/// What is kept of a product at a location.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Shelf {
    /// The last count, kept up to date by what was booked since. Its units are what is on hand.
    #[serde(rename = "c")]
    pub count: Count,
    /// Of those on hand, not to be sold.
    #[serde(rename = "d", default, skip_serializing_if = "is_zero")]
    pub damaged: u32,
    /// On their way here without a date.
    #[serde(rename = "t", default, skip_serializing_if = "is_zero")]
    pub in_transit: u32,
    /// Sold elsewhere and not yet known as orders.
    #[serde(rename = "q", default, skip_serializing_if = "is_zero")]
    pub queued: u32,
    /// Promised to orders.
    #[serde(rename = "a", default, skip_serializing_if = "is_zero")]
    pub allocated: u32,
    /// Held, by key.
    #[serde(rename = "h", default, skip_serializing_if = "BTreeMap::is_empty")]
    pub holds: BTreeMap<String, Hold>,
    /// What will come.
    #[serde(rename = "s", default, skip_serializing_if = "Vec::is_empty")]
    pub supply: Vec<Dated>,
    /// What will go.
    #[serde(rename = "g", default, skip_serializing_if = "Vec::is_empty")]
    pub demand: Vec<Dated>,
    /// Whether more may be sold than is there.
    #[serde(rename = "b", default, skip_serializing_if = "Option::is_none")]
    pub beyond: Option<Beyond>,
    /// Whether the location sells none of it now.
    #[serde(rename = "x", default, skip_serializing_if = "is_false")]
    pub withdrawn: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_zero(units: &u32) -> bool {
    *units == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is serde's")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

impl Shelf {
    /// The most holds at a time; more are refused, so that a shelf stays small.
    pub const MOST_HOLDS: usize = 1_000;

    /// A shelf with that many.
    #[must_use]
    pub const fn new(units: u32, at: DateTime<Utc>) -> Self {
        Self {
            count: Count::new(units, at),
            damaged: 0,
            in_transit: 0,
            queued: 0,
            allocated: 0,
            holds: BTreeMap::new(),
            supply: Vec::new(),
            demand: Vec::new(),
            beyond: None,
            withdrawn: false,
        }
    }

    /// How many are on hand.
    #[must_use]
    pub const fn on_hand(&self) -> u32 {
        self.count.units
    }

    /// How many are held at an instant.
    #[must_use]
    pub fn reserved(&self, now: DateTime<Utc>) -> u32 {
        self.reserved_without(None, now)
    }

    /// The same without what a key itself holds.
    pub(super) fn reserved_without(&self, key: Option<&str>, now: DateTime<Utc>) -> u32 {
        let others =
            self.holds.iter().filter(|(other, hold)| Some(other.as_str()) != key && hold.is_live(now));
        others.fold(0, |sum, (_, hold)| sum.saturating_add(hold.units))
    }

    /// What is known of it at an instant, for the questions of [`availability`](super::super::availability). With rules of
    /// confidence the level says how many are surely there. What was announced for an earlier instant and has not come does
    /// not count as supply: nobody knows when it comes.
    #[must_use]
    pub fn level(&self, now: DateTime<Utc>, confidence: Option<&ConfidenceRules>) -> Level {
        self.level_for(None, now, confidence)
    }

    pub(super) fn level_for(
        &self,
        key: Option<&str>,
        now: DateTime<Utc>,
        confidence: Option<&ConfidenceRules>,
    ) -> Level {
        Level {
            on_hand: self.count.units,
            reserved: self.reserved_without(key, now),
            allocated: self.allocated,
            damaged: self.damaged,
            in_transit: self.in_transit,
            queued: self.queued,
            sure: confidence.map(|rules| self.count.estimate(now, rules).sure),
            participates: !self.withdrawn,
            supply: self.supply.iter().copied().filter(|entry| entry.at > now).collect(),
            demand: self.demand.clone(),
            beyond: self.beyond,
        }
    }

    /// The most that may be promised here: what can be sold of what is on hand, and what may be sold beyond.
    #[must_use]
    pub fn most_promised(&self) -> i64 {
        let beyond = self.beyond.map_or(0, |beyond| {
            let announced = self.supply.iter().map(|entry| u64::from(entry.units)).sum::<u64>();
            announced.min(u64::from(beyond.cap))
        });
        let there = i64::from(self.count.units) - i64::from(self.damaged);
        there.saturating_add(i64::try_from(beyond).unwrap_or(i64::MAX))
    }

    /// Whether what is held and promised at an instant is there, or may be sold beyond.
    #[must_use]
    pub fn holds_what_it_promised(&self, now: DateTime<Utc>) -> bool {
        i64::from(self.reserved(now)) + i64::from(self.allocated) <= self.most_promised()
    }

    pub(super) fn forget_lapsed(&mut self, now: DateTime<Utc>) {
        self.holds.retain(|_, hold| hold.is_live(now));
    }
}
