//! Key figures of messages: a fold of what was sent and what was reported, in any order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::delivery::{Delivery, DeliveryKind, DeliveryLog};
use crate::channel::Channel;
use crate::ids::OutboxKey;

/// What the figures are told apart by.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KpiGroup {
    /// The host's id of the message.
    pub message: String,
    /// The variant of its text, if it has several.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub variant: Option<String>,
    /// The channel.
    pub channel: Channel,
    /// The segment that the person was in when it was sent, if the host said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
}

/// The figures of one group: numbers of messages, each counted once. What bots did is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Kpi {
    /// Accepted by the provider.
    pub sent: u64,
    /// Arrived. One that was opened has arrived, reported or not; one that bounced hard later has not.
    pub delivered: u64,
    /// Bounced, softly so far or for good.
    pub bounced: u64,
    /// Opened. One in which a link was followed was opened.
    pub opened: u64,
    /// In which a link was followed.
    pub clicked: u64,
    /// Passed on.
    pub shared: u64,
    /// Answered.
    pub replied: u64,
    /// By which the person unsubscribed.
    pub unsubscribed: u64,
    /// Reported as spam.
    pub complained: u64,
}

impl Kpi {
    /// The figures of one message. One that was never sent has none.
    #[must_use]
    pub fn of(log: &DeliveryLog) -> Self {
        let state = log.state();
        let on = |is: bool| u64::from(is);
        let did = |kind| on(state.engagement.contains(&kind));
        Self {
            sent: on(state.delivery >= Delivery::Sent || !state.engagement.is_empty()),
            delivered: on(state.delivery == Delivery::Delivered),
            bounced: on(matches!(state.delivery, Delivery::SoftBounced | Delivery::HardBounced)),
            opened: did(DeliveryKind::Opened),
            clicked: did(DeliveryKind::Clicked),
            shared: did(DeliveryKind::Shared),
            replied: did(DeliveryKind::Replied),
            unsubscribed: did(DeliveryKind::Unsubscribed),
            complained: did(DeliveryKind::Complained),
        }
    }

    /// The sum of two.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            delivered: self.delivered.saturating_add(other.delivered),
            bounced: self.bounced.saturating_add(other.bounced),
            opened: self.opened.saturating_add(other.opened),
            clicked: self.clicked.saturating_add(other.clicked),
            shared: self.shared.saturating_add(other.shared),
            replied: self.replied.saturating_add(other.replied),
            unsubscribed: self.unsubscribed.saturating_add(other.unsubscribed),
            complained: self.complained.saturating_add(other.complained),
        }
    }

    /// A figure as a part of another in basis points (hundredths of a percent), rounded half up; 0 of nothing is 0.
    ///
    /// ```
    /// use throughline::messaging::kpi::Kpi;
    /// let kpi = Kpi { sent: 800, delivered: 600, opened: 200, ..Kpi::default() };
    /// assert_eq!(Kpi::rate(kpi.opened, kpi.delivered), 3_333);
    /// assert_eq!(Kpi::rate(0, 0), 0);
    /// ```
    #[must_use]
    pub fn rate(part: u64, whole: u64) -> u64 {
        if whole == 0 {
            return 0;
        }
        let (part, whole) = (u128::from(part), u128::from(whole));
        u64::try_from((part * 20_000 + whole) / (2 * whole)).unwrap_or(u64::MAX)
    }

    /// The usual rates in basis points: delivered and bounced of sent, the rest of delivered.
    #[must_use]
    pub fn rates(&self) -> KpiRates {
        KpiRates {
            delivered: Self::rate(self.delivered, self.sent),
            bounced: Self::rate(self.bounced, self.sent),
            opened: Self::rate(self.opened, self.delivered),
            clicked: Self::rate(self.clicked, self.delivered),
            shared: Self::rate(self.shared, self.delivered),
            replied: Self::rate(self.replied, self.delivered),
            unsubscribed: Self::rate(self.unsubscribed, self.delivered),
            complained: Self::rate(self.complained, self.delivered),
        }
    }
}

/// Rates in basis points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KpiRates {
    /// Of those sent.
    pub delivered: u64,
    /// Of those sent.
    pub bounced: u64,
    /// Of those delivered.
    pub opened: u64,
    /// Of those delivered.
    pub clicked: u64,
    /// Of those delivered.
    pub shared: u64,
    /// Of those delivered.
    pub replied: u64,
    /// Of those delivered.
    pub unsubscribed: u64,
    /// Of those delivered.
    pub complained: u64,
}

/// The fold: what was sent to whom and what was reported on it. Any order and any repetition give the same figures.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::ids::OutboxKey;
/// use throughline::messaging::delivery::{DeliveryEvent, DeliveryKind, DeliveryLog};
/// use throughline::messaging::kpi::{KpiFold, KpiGroup};
/// let group = KpiGroup { message: "spring".into(), variant: None, channel: Channel::Email, segment: None };
/// let mut log = DeliveryLog::default();
/// log.add(&DeliveryEvent::new(DeliveryKind::Clicked, "2026-03-20T09:00:00Z".parse()?));
/// let mut fold = KpiFold::default();
/// for _ in 0..2 {
///     fold.add(OutboxKey::from_bytes([1; 16]), &group, &log);
/// }
/// let kpi = fold.table()[&group];
/// assert_eq!((kpi.sent, kpi.delivered, kpi.opened, kpi.clicked), (1, 1, 1, 1));
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KpiFold(BTreeMap<(OutboxKey, KpiGroup), DeliveryLog>);

impl KpiFold {
    /// Joins what is known of one message to one person.
    pub fn add(&mut self, message: OutboxKey, group: &KpiGroup, log: &DeliveryLog) {
        self.0.entry((message, group.clone())).or_default().join(log);
    }

    /// Joins another fold.
    pub fn join(&mut self, other: &Self) {
        other.0.iter().for_each(|((message, group), log)| self.add(*message, group, log));
    }

    /// The figures by message, variant, channel and segment.
    ///
    /// # Complexity
    /// O(n log g) for n messages in g groups.
    #[must_use]
    pub fn table(&self) -> BTreeMap<KpiGroup, Kpi> {
        let mut table: BTreeMap<KpiGroup, Kpi> = BTreeMap::new();
        for ((_, group), log) in &self.0 {
            match table.get_mut(group) {
                Some(sum) => *sum = sum.plus(Kpi::of(log)),
                None => {
                    table.insert(group.clone(), Kpi::of(log));
                }
            }
        }
        table
    }

    /// The figures of everything together.
    #[must_use]
    pub fn total(&self) -> Kpi {
        self.0.values().map(Kpi::of).fold(Kpi::default(), Kpi::plus)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::delivery::DeliveryEvent;
    use super::*;
    use crate::time::from_millis;

    fn fold(reports: &[(u8, DeliveryKind, bool, i64)]) -> KpiFold {
        let mut fold = KpiFold::default();
        for (message, kind, bot, at) in reports {
            let group = KpiGroup {
                message: format!("m-{}", message % 3),
                variant: None,
                channel: Channel::Email,
                segment: (message % 2 == 0).then(|| "new".to_owned()),
            };
            let mut log = DeliveryLog::default();
            log.add(&DeliveryEvent { bot: *bot, ..DeliveryEvent::new(*kind, from_millis(*at)) });
            fold.add(OutboxKey::from_bytes([*message; 16]), &group, &log);
        }
        fold
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn order_and_repetition_make_no_difference(
            (reports, again) in prop::collection::vec(
                (0..8_u8, prop::sample::select(DeliveryKind::ALL), any::<bool>(), 0..9_i64), 0..40,
            ).prop_flat_map(|reports| {
                let twice: Vec<_> = reports.iter().chain(&reports).copied().collect();
                (Just(reports), Just(twice).prop_shuffle())
            }),
        ) {
            let (one, other) = (fold(&reports), fold(&again));
            prop_assert_eq!(&one, &other);
            let total = one.table().into_values().fold(Kpi::default(), Kpi::plus);
            prop_assert_eq!(total, other.total());
            prop_assert!(total.clicked <= total.opened && total.delivered + total.bounced <= total.sent);
        }
    }

    #[test]
    fn what_bots_open_is_not_opened() {
        let fold = fold(&[(1, DeliveryKind::Opened, true, 1), (1, DeliveryKind::Clicked, true, 1)]);
        assert_eq!(fold.total(), Kpi { sent: 1, delivered: 1, ..Kpi::default() });
    }

    #[test]
    fn rates_are_whole_basis_points_of_any_size() {
        assert_eq!(Kpi::rate(1, 3), 3_333);
        assert_eq!(Kpi::rate(2, 3), 6_667);
        assert_eq!(Kpi::rate(u64::MAX, u64::MAX), 10_000);
        assert_eq!(Kpi { sent: 4, delivered: 2, opened: 1, ..Kpi::default() }.rates().opened, 5_000);
    }
}
