//! What was sent to a person, as the caps count it.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::{Competing, PastSend, Policy};
use crate::record::Millis;
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::keys;
use crate::hub::scan::{each, each_after};

/// One send, or one that a worker has taken up and that may have been sent. What it counts as is as it was then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Booking {
    #[serde(rename = "c")]
    pub(crate) channel: Channel,
    #[serde(rename = "m")]
    pub(crate) message: String,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    pub(crate) category: Option<String>,
    #[serde(rename = "p", default)]
    pub(crate) priority: i64,
    #[serde(rename = "n", default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) bypasses: bool,
}

impl Stored for Booking {
    const KIND: &'static str = "booking";
    const VERSION: u16 = 1;
}

/// A message that waits in the outbox, as far as others have to keep away from it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct WaitingEntry {
    #[serde(rename = "t")]
    pub(crate) due: Millis,
    #[serde(rename = "p", default)]
    pub(crate) priority: i64,
}

impl Stored for WaitingEntry {
    const KIND: &'static str = "waiting_entry";
    const VERSION: u16 = 1;
}

/// How far back the longest cap looks, in days.
const HORIZON: i64 = 400;

/// The sends to these records since the horizon, but for those of one entry; and what competes with a message to them: the
/// sends that are near enough, and what waits in the outbox.
pub(crate) fn of(
    tx: &mut Tx<'_>,
    records: impl IntoIterator<Item = RecordId>,
    policy: &Policy,
    now: DateTime<Utc>,
    own: Option<OutboxKey>,
) -> Result<(Vec<PastSend>, Vec<Competing>), Stop> {
    let from = now.checked_sub_signed(TimeDelta::days(HORIZON)).unwrap_or(DateTime::<Utc>::MIN_UTC);
    let (mut sends, mut competing) = (Vec::new(), Vec::new());
    for record in records {
        each::<WaitingEntry>(tx, &keys::all_waiting(record), |key, waits| {
            if own.is_none() || own != keys::entry_of(&key) {
                // What is overdue goes as soon as a worker takes it up.
                let at = DateTime::<Utc>::from(waits.due).max(now);
                competing.push(Competing { priority: waits.priority, at });
            }
        })?;
        let prefix = keys::bookings(record);
        let from = Some(keys::bookings_before(record, Millis::from(from)));
        each_after::<Booking>(tx, &prefix, from, |key, booking| {
            let (Some(at), Some(entry)) = (keys::booked_at(&key), keys::entry_of(&key)) else { return };
            if own != Some(entry) {
                let at = DateTime::<Utc>::from(at);
                if now - at < policy.conflict() {
                    competing.push(Competing { priority: booking.priority, at });
                }
                sends.push(PastSend {
                    category: booking.category,
                    message: Some(booking.message),
                    counts: !booking.bypasses,
                    ..PastSend::new(at, booking.channel)
                });
            }
        })?;
    }
    Ok((sends, competing))
}
