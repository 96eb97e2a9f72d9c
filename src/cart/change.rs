//! One change of a cart.

use serde::{Deserialize, Serialize};

use super::{LineKey, Quantity};
use crate::ids::EventKey;
use crate::time::{DateTime, Utc};

/// What somebody did to a cart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum CartAct {
    /// Puts more of something in.
    Add {
        /// The line.
        line: LineKey,
        /// How many more; a line holds at most [`Quantity::MAX`].
        quantity: Quantity,
    },
    /// Says how many there shall be.
    SetQuantity {
        /// The line.
        line: LineKey,
        /// How many there are from now on.
        quantity: Quantity,
    },
    /// Takes something out.
    Remove {
        /// The line.
        line: LineKey,
        /// How many to take out; all of them if absent.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quantity: Option<Quantity>,
    },
    /// Empties the cart.
    Clear,
    /// Buys what is in it. The cart is empty afterwards and says so; a later `Add` opens it again.
    Ordered,
}

/// A change with its place in the order of changes.
///
/// Changes are ordered by time (corrected by the importer of events), then by the source's sequence number (none
/// before any), then by id. Two changes with one id are one change: the first in that order counts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CartChange {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The source's own count of its events, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The event that it comes from.
    pub id: EventKey,
    /// What was done.
    pub act: CartAct,
}

impl CartChange {
    /// A change without a sequence number.
    #[must_use]
    pub const fn new(id: EventKey, at: DateTime<Utc>, act: CartAct) -> Self {
        Self { at, sequence: None, id, act }
    }
}
