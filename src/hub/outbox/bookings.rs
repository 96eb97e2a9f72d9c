//! What was sent to a person, as the caps count it.

use serde::{Deserialize, Serialize};

use crate::channel::Channel;
use crate::ids::{OutboxKey, RecordId};
use crate::messaging::{Competing, PastSend, Policy};
use crate::record::Millis;
use crate::store::{Stop, Stored, Tx};
use crate::time::{DateTime, TimeDelta, Utc};

use super::super::keys;

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

/// How far back the longest cap looks, in days.
const HORIZON: i64 = 400;
const PAGE: usize = 256;

/// The sends to these records since the horizon, but for those of one entry, and of these the ones that are near enough
/// to compete.
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
        let prefix = keys::bookings(record);
        let mut after = Some(keys::bookings_before(record, Millis::from(from)));
        loop {
            let found = tx.scan::<Booking>(&prefix, after.as_ref(), PAGE)?;
            after = found.items.last().map(|(key, _)| key.clone());
            for (key, booking) in found.items {
                let (Some(at), Some(entry)) = (keys::booked_at(&key), keys::entry_of(&key)) else { continue };
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
            }
            if !found.more || after.is_none() {
                break;
            }
        }
    }
    Ok((sends, competing))
}
