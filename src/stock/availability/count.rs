//! What was counted, when, by whom, and how well that held.

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, Utc};

/// Where a count comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CountSource {
    /// Somebody counted the shelf.
    Counted,
    /// Readers of radio tags.
    Scanned,
    /// Booked by the tills and the goods receipts.
    #[default]
    Booked,
    /// Another system said so.
    Imported,
}

/// A count and what is known of how far to trust it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// How many.
    pub units: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    #[serde(default)]
    pub source: CountSource,
    /// How many leave the shelf a day without being booked here at once, in thousandths: sales that a till reports at
    /// night, theft, breakage. Zero if every sale is booked as it happens and nothing is lost.
    #[serde(default)]
    pub leaves_per_day_milli: u32,
    /// How many units pickers looked for here, of this product.
    #[serde(default)]
    pub picks: u32,
    /// How many of those they did not find.
    #[serde(default)]
    pub not_found: u32,
}

impl Count {
    /// A count without a history.
    #[must_use]
    pub const fn new(units: u32, at: DateTime<Utc>) -> Self {
        Self { units, at, source: CountSource::Booked, leaves_per_day_milli: 0, picks: 0, not_found: 0 }
    }
}
