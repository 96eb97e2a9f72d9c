//! The total order of events.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::time::{DateTime, Utc};

/// The place of an event in the total order of timelines: corrected time, then the source's sequence number (events
/// without one first), then the event's id. Never the order of arrival.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderKey {
    /// The corrected time, in whole milliseconds.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub time: DateTime<Utc>,
    /// The source's sequence number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The event's id.
    pub id: Box<str>,
}

impl fmt::Debug for OrderKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderKey")
            .field("time", &self.time)
            .field("sequence", &self.sequence)
            .finish_non_exhaustive()
    }
}
