//! What reports say about an address: gone, failing, or unwilling.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::event::{DeliveryEvent, DeliveryKind};
use crate::ids::OutboxKey;
use crate::messaging::Suppression;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc, from_millis};

/// When an address counts as failing. A hard bounce and a complaint need no count: they stop at once.
///
/// ```
/// use throughline::messaging::delivery::BounceRules;
/// let rules: BounceRules = serde_json::from_str(r#"{"soft_failures": 5, "within_hours": 240}"#)?;
/// assert_eq!((rules.soft_failures, rules.within_hours), (5, 240));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct BounceRules {
    /// So many different messages that bounced softly since the last one that arrived make the address unreachable;
    /// 0: never.
    pub soft_failures: u32,
    /// How far back they count, in hours.
    pub within_hours: u32,
    /// Where the figures come from.
    pub source: String,
    /// The date of this entry.
    pub as_of: NaiveDate,
}

impl Default for BounceRules {
    /// Three within a week: our own choice. listmonk's advice for Amazon SES is to do nothing about soft bounces before
    /// the second, and to block at the first hard bounce and the first complaint.
    fn default() -> Self {
        Self {
            soft_failures: 3,
            within_hours: 168,
            source: "own choice; compare listmonk docs, bounce processing (soft 2 none, hard 1 and complaint 1 blocklist)"
                .to_owned(),
            as_of: NaiveDate::from_ymd_opt(2026, 3, 1).unwrap_or_default(),
        }
    }
}

/// What is known about one address, whoever holds it. A join: any order and any repetition of the reports give the same.
///
/// ```
/// use throughline::ids::OutboxKey;
/// use throughline::messaging::Suppression;
/// use throughline::messaging::delivery::{AddressHealth, BounceRules, DeliveryEvent, DeliveryKind};
/// let now = "2026-03-20T09:00:00Z".parse()?;
/// let soft = DeliveryEvent::new(DeliveryKind::SoftBounced, now);
/// let mut health = AddressHealth::default();
/// for message in [1, 1, 1, 2] {
///     health.add(OutboxKey::from_bytes([message; 16]), &soft);
/// }
/// assert!(health.verdict(&BounceRules::default(), now).reachable, "two failures, however often reported");
/// health.add(OutboxKey::from_bytes([3; 16]), &soft);
/// assert!(!health.verdict(&BounceRules::default(), now).reachable);
/// health.add(OutboxKey::from_bytes([4; 16]), &DeliveryEvent::new(DeliveryKind::HardBounced, now));
/// assert_eq!(health.verdict(&BounceRules::default(), now).suppression, Some(Suppression::HardBounce));
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AddressHealth {
    /// The latest hard bounce, in milliseconds.
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    hard: Option<i64>,
    /// The first complaint.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    complained: Option<i64>,
    /// The latest proof that it works.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    arrived: Option<i64>,
    /// The latest soft bounce of each of the latest messages that bounced.
    #[serde(rename = "s", default, skip_serializing_if = "BTreeMap::is_empty")]
    soft: BTreeMap<OutboxKey, i64>,
}

/// What an address's history means now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AddressVerdict {
    /// Why nothing, or no marketing, goes there.
    pub suppression: Option<Suppression>,
    /// It has not failed too often of late.
    pub reachable: bool,
    /// How many different messages bounced softly since the last one arrived, within the window.
    pub soft_failures: u32,
}

impl AddressHealth {
    /// Most soft bounces that are remembered: the latest.
    pub const MAX_SOFT: usize = 64;

    /// Joins a report on a message to this address. Returns whether anything is known now that was not.
    pub fn add(&mut self, message: OutboxKey, event: &DeliveryEvent) -> bool {
        let before = self.clone();
        let at = event.happened_at().timestamp_millis();
        match event.kind {
            DeliveryKind::HardBounced => self.hard = self.hard.max(Some(at)),
            DeliveryKind::Complained => {
                self.complained = Some(self.complained.map_or(at, |known| known.min(at)));
            }
            DeliveryKind::SoftBounced => {
                let known = self.soft.entry(message).or_insert(at);
                *known = at.max(*known);
                self.shorten();
            }
            DeliveryKind::Delivered
            | DeliveryKind::Opened
            | DeliveryKind::Clicked
            | DeliveryKind::Shared
            | DeliveryKind::Replied => self.arrived = self.arrived.max(Some(at)),
            DeliveryKind::Queued
            | DeliveryKind::Cancelled
            | DeliveryKind::Expired
            | DeliveryKind::Sent
            | DeliveryKind::Unsubscribed => {}
        }
        *self != before
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Forgets a hard bounce and the soft ones: the host knows that the address works again. A complaint stays.
    pub fn works_again(&mut self) {
        self.hard = None;
        self.soft.clear();
    }

    /// What it means now. Only what had happened by then counts.
    #[must_use]
    pub fn verdict(&self, rules: &BounceRules, now: DateTime<Utc>) -> AddressVerdict {
        let known = |at: &Option<i64>| at.is_some_and(|at| from_millis(at) <= now);
        let suppression = if known(&self.hard) {
            Some(Suppression::HardBounce)
        } else if known(&self.complained) {
            Some(Suppression::Complaint)
        } else {
            None
        };
        let from = now.checked_sub_signed(TimeDelta::hours(i64::from(rules.within_hours)));
        let counts = |at: &&i64| {
            let at = **at;
            self.arrived.is_none_or(|arrived| arrived < at)
                && from_millis(at) <= now
                && from.is_none_or(|from| from_millis(at) > from)
        };
        let failures = u32::try_from(self.soft.values().filter(counts).count()).unwrap_or(u32::MAX);
        let failing = rules.soft_failures > 0 && failures >= rules.soft_failures;
        AddressVerdict { suppression, reachable: !failing, soft_failures: failures }
    }

    /// The latest stay: as each message's instant only grows, this does not depend on the order of arrival.
    fn shorten(&mut self) {
        while self.soft.len() > Self::MAX_SOFT {
            let oldest = self.soft.iter().min_by_key(|(key, at)| (**at, **key)).map(|(key, _)| *key);
            if oldest.and_then(|key| self.soft.remove(&key)).is_none() {
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn health(reports: &[(u8, DeliveryKind, i64)]) -> AddressHealth {
        let mut health = AddressHealth::default();
        for (message, kind, at) in reports {
            let event = DeliveryEvent::new(*kind, from_millis(*at * 3_600_000));
            health.add(OutboxKey::from_bytes([*message; 16]), &event);
        }
        health
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn order_and_repetition_make_no_difference(
            (reports, again) in prop::collection::vec(
                (any::<u8>(), prop::sample::select(DeliveryKind::ALL), 0..400_i64), 0..200,
            ).prop_flat_map(|reports| {
                let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
                (Just(reports), Just(twice).prop_shuffle())
            }),
        ) {
            prop_assert_eq!(health(&reports), health(&again));
        }
    }

    #[test]
    fn soft_bounces_count_within_the_window_and_since_the_last_arrival() {
        let rules = BounceRules { soft_failures: 2, within_hours: 10, ..BounceRules::default() };
        let at = |hour: i64| from_millis(hour * 3_600_000);
        let soft = DeliveryKind::SoftBounced;
        let two = health(&[(1, soft, 0), (2, soft, 5)]);
        assert!(!two.verdict(&rules, at(9)).reachable);
        assert!(two.verdict(&rules, at(10)).reachable, "one exactly as old as the window is out");
        assert!(two.verdict(&rules, at(4)).reachable, "as of then");
        let arrived = health(&[(1, soft, 0), (2, soft, 5), (3, DeliveryKind::Delivered, 2)]);
        assert!(arrived.verdict(&rules, at(6)).reachable);
        let off = BounceRules { soft_failures: 0, ..rules };
        assert!(two.verdict(&off, at(6)).reachable);
    }

    #[test]
    fn a_hard_bounce_stops_everything_and_a_complaint_marketing() {
        let rules = BounceRules::default();
        let now = from_millis(1_000_000_000);
        let complained = health(&[(1, DeliveryKind::Complained, 1)]);
        assert_eq!(complained.verdict(&rules, now).suppression, Some(Suppression::Complaint));
        let mut both = health(&[(1, DeliveryKind::Complained, 1), (2, DeliveryKind::HardBounced, 2)]);
        assert_eq!(both.verdict(&rules, now).suppression, Some(Suppression::HardBounce));
        both.works_again();
        assert_eq!(both.verdict(&rules, now).suppression, Some(Suppression::Complaint));
    }
}
