//! What one key did.

use serde::{Deserialize, Serialize};

use super::super::Place;
use crate::time::{DateTime, Utc};

/// Most lines of one ticket, equal places merged.
pub const MAX_LINES: usize = 500;

/// Where a ticket stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TicketState {
    /// Nothing is held.
    #[default]
    None,
    /// Units are held, until the ticket's end.
    Held,
    /// Units are promised to an order.
    Committed,
    /// All that was promised was issued or given back.
    Done,
}

/// Units of a ticket at one place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TicketLine {
    /// Where and what.
    #[serde(rename = "p")]
    pub place: Place,
    /// How many were asked for.
    #[serde(rename = "n")]
    pub units: u32,
    /// Of those, how many were issued: the customer or the carrier has them.
    #[serde(rename = "i", default)]
    pub issued: u32,
    /// Of those, how many were given back before they were issued.
    #[serde(rename = "c", default)]
    pub cancelled: u32,
}

impl TicketLine {
    /// How many are still promised.
    #[must_use]
    pub const fn open(&self) -> u32 {
        self.units.saturating_sub(self.issued).saturating_sub(self.cancelled)
    }
}

/// What one key reserved, and what became of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ticket {
    /// Where it stands. A ticket that is held has lapsed from its end on.
    #[serde(rename = "s", default)]
    pub state: TicketState,
    /// When the hold ends; without an end it does not lapse.
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// One line for each place, in the order of places.
    #[serde(rename = "l", default)]
    pub lines: Vec<TicketLine>,
    /// Whether it may take what is not there yet.
    #[serde(rename = "b", default)]
    pub backorder: bool,
}

impl Ticket {
    /// Whether it holds units at an instant, by its own end. Whether every shelf still has them is checked when it is
    /// committed.
    #[must_use]
    pub fn is_held(&self, now: DateTime<Utc>) -> bool {
        self.state == TicketState::Held && self.until.is_none_or(|until| now < until)
    }

    /// The places it is about.
    pub fn places(&self) -> impl Iterator<Item = &Place> {
        self.lines.iter().map(|line| &line.place)
    }
}
