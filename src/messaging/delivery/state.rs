//! The state of a message as the join of all reports on it: any order and any repetition give the same state.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::event::{DeliveryEvent, DeliveryKind};
use crate::time::{DateTime, Utc, from_millis};

/// How far a message came, the further the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It waits, or nothing is known of it.
    #[default]
    Queued,
    /// It was taken back.
    Cancelled,
    /// It expired.
    Expired,
    /// The provider accepted it.
    Sent,
    /// The address could not be reached, so far.
    SoftBounced,
    /// It arrived.
    Delivered,
    /// The address does not exist, whatever was reported before.
    HardBounced,
}

impl Delivery {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Cancelled => "cancelled",
            Self::Expired => "expired",
            Self::Sent => "sent",
            Self::SoftBounced => "soft_bounced",
            Self::Delivered => "delivered",
            Self::HardBounced => "hard_bounced",
        }
    }

    /// What one report proves.
    const fn of(kind: DeliveryKind) -> Self {
        match kind {
            DeliveryKind::Queued | DeliveryKind::Unsubscribed | DeliveryKind::Complained => Self::Queued,
            DeliveryKind::Cancelled => Self::Cancelled,
            DeliveryKind::Expired => Self::Expired,
            DeliveryKind::Sent => Self::Sent,
            DeliveryKind::SoftBounced => Self::SoftBounced,
            DeliveryKind::Delivered
            | DeliveryKind::Opened
            | DeliveryKind::Clicked
            | DeliveryKind::Shared
            | DeliveryKind::Replied => Self::Delivered,
            DeliveryKind::HardBounced => Self::HardBounced,
        }
    }
}

/// What a message's reports stop from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SuppressScope {
    /// Everything to that address: it does not exist.
    Endpoint,
    /// Marketing: the person complained or unsubscribed.
    Marketing,
}

/// The state of one message.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryState {
    /// How far it came.
    pub delivery: Delivery,
    /// What the person did with it. A click implies an open. Bots' doings are left out.
    pub engagement: BTreeSet<DeliveryKind>,
    /// What is to be stopped.
    pub suppress: Option<SuppressScope>,
    /// The reports contradict each other: cancelled or expired, yet sent; of no such address, yet opened. Kept as it is
    /// and flagged, for a person to look at.
    pub anomaly: bool,
}

/// All that was reported on one message: of each kind the earliest instant, bots apart. A join: commutative, associative
/// and idempotent, and never larger than two entries a kind.
///
/// ```
/// use throughline::messaging::delivery::{Delivery, DeliveryEvent, DeliveryKind, DeliveryLog};
/// let at = "2026-03-20T09:00:00Z".parse()?;
/// let (sent, clicked) = (DeliveryEvent::new(DeliveryKind::Sent, at), DeliveryEvent::new(DeliveryKind::Clicked, at));
/// let (mut one, mut other) = (DeliveryLog::default(), DeliveryLog::default());
/// [&clicked, &sent, &clicked].map(|event| one.add(event));
/// [&sent, &clicked].map(|event| other.add(event));
/// assert_eq!(one, other);
/// assert_eq!(one.state().delivery, Delivery::Delivered);
/// assert_eq!(one.state().engagement, [DeliveryKind::Opened, DeliveryKind::Clicked].into());
/// # Ok::<(), chrono::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DeliveryLog {
    /// Milliseconds of the earliest report of each kind.
    #[serde(rename = "e", default, skip_serializing_if = "BTreeMap::is_empty")]
    events: BTreeMap<DeliveryKind, i64>,
    /// The same of bots.
    #[serde(rename = "b", default, skip_serializing_if = "BTreeMap::is_empty")]
    bots: BTreeMap<DeliveryKind, i64>,
}

impl DeliveryLog {
    /// Joins a report. Returns whether it says anything new.
    pub fn add(&mut self, event: &DeliveryEvent) -> bool {
        let of_bots = event.bot && event.kind.is_of_the_person();
        let side = if of_bots { &mut self.bots } else { &mut self.events };
        earlier(side, event.kind, event.happened_at().timestamp_millis())
    }

    /// Joins another log.
    pub fn join(&mut self, other: &Self) {
        other.events.iter().for_each(|(kind, at)| {
            earlier(&mut self.events, *kind, *at);
        });
        other.bots.iter().for_each(|(kind, at)| {
            earlier(&mut self.bots, *kind, *at);
        });
    }

    /// When the first thing was reported to have happened, bots' doings among them.
    #[must_use]
    pub fn earliest(&self) -> Option<DateTime<Utc>> {
        self.events.values().chain(self.bots.values()).min().map(|millis| from_millis(*millis))
    }

    /// Whether nothing was reported.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.bots.is_empty()
    }

    /// When something was first reported to have happened, bots left out.
    #[must_use]
    pub fn first(&self, kind: DeliveryKind) -> Option<DateTime<Utc>> {
        self.events.get(&kind).map(|millis| from_millis(*millis))
    }

    /// When the person first opened, followed, shared or answered it, as far as it was known at that instant.
    #[must_use]
    pub fn engaged_by(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let kinds =
            [DeliveryKind::Opened, DeliveryKind::Clicked, DeliveryKind::Shared, DeliveryKind::Replied];
        kinds.iter().filter_map(|kind| self.first(*kind)).min().filter(|at| *at <= now)
    }

    /// Whether any report shows that the provider had accepted it.
    #[must_use]
    pub fn shows_sent(&self) -> bool {
        self.state().delivery >= Delivery::Sent
    }

    /// The state.
    ///
    /// # Complexity
    /// O(1): there are thirteen kinds.
    #[must_use]
    pub fn state(&self) -> DeliveryState {
        // What a bot fetched had arrived, too.
        let arrived = self.bots.keys().filter(|kind| **kind != DeliveryKind::Unsubscribed);
        fold(self.events.keys().copied(), arrived.copied())
    }
}

fn earlier(events: &mut BTreeMap<DeliveryKind, i64>, kind: DeliveryKind, at: i64) -> bool {
    match events.get_mut(&kind) {
        Some(known) if *known <= at => false,
        Some(known) => {
            *known = at;
            true
        }
        None => {
            events.insert(kind, at);
            true
        }
    }
}

/// The state that a set of reports comes to, for a caller who has only their kinds.
#[must_use]
pub fn delivery_state(kinds: impl IntoIterator<Item = DeliveryKind>) -> DeliveryState {
    fold(kinds.into_iter(), std::iter::empty())
}

fn fold(
    kinds: impl Iterator<Item = DeliveryKind>,
    of_bots: impl Iterator<Item = DeliveryKind>,
) -> DeliveryState {
    let mut state = DeliveryState::default();
    let mut called_off = false;
    for kind in kinds {
        state.delivery = state.delivery.max(Delivery::of(kind));
        called_off |= matches!(kind, DeliveryKind::Cancelled | DeliveryKind::Expired);
        if kind == DeliveryKind::Clicked {
            state.engagement.insert(DeliveryKind::Opened);
        }
        if kind.is_of_the_person() || kind == DeliveryKind::Complained {
            state.engagement.insert(kind);
        }
    }
    state.delivery = of_bots.map(Delivery::of).fold(state.delivery, Delivery::max);
    let marketing = [DeliveryKind::Complained, DeliveryKind::Unsubscribed];
    state.suppress = if state.delivery == Delivery::HardBounced {
        Some(SuppressScope::Endpoint)
    } else if marketing.iter().any(|kind| state.engagement.contains(kind)) {
        Some(SuppressScope::Marketing)
    } else {
        None
    };
    let opened = [DeliveryKind::Opened, DeliveryKind::Clicked];
    let read = opened.iter().any(|kind| state.engagement.contains(kind));
    state.anomaly =
        (called_off && state.delivery >= Delivery::Sent) || (state.delivery == Delivery::HardBounced && read);
    state
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn events() -> impl Strategy<Value = Vec<DeliveryEvent>> {
        let event = (prop::sample::select(DeliveryKind::ALL), 0..50_i64, any::<bool>())
            .prop_map(|(kind, at, bot)| DeliveryEvent { bot, ..DeliveryEvent::new(kind, from_millis(at)) });
        prop::collection::vec(event, 0..12)
    }

    fn log(events: &[DeliveryEvent]) -> DeliveryLog {
        let mut log = DeliveryLog::default();
        events.iter().for_each(|event| {
            log.add(event);
        });
        log
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn order_and_repetition_make_no_difference(
            (events, again) in events().prop_flat_map(|events| {
                let twice: Vec<_> = events.iter().chain(&events).cloned().collect();
                (Just(events), Just(twice).prop_shuffle())
            }),
            at in 0..24_usize,
        ) {
            let whole = log(&events);
            prop_assert_eq!(&log(&again), &whole);
            let at = at.min(again.len());
            let mut joined = log(&again[at..]);
            joined.join(&log(&again[..at]));
            prop_assert_eq!(&joined, &whole);
            prop_assert_eq!(joined.state(), whole.state());
            let text = serde_json::to_string(&whole).unwrap();
            prop_assert_eq!(serde_json::from_str::<DeliveryLog>(&text).unwrap(), whole);
        }

        #[test]
        fn what_bots_do_is_never_engagement(events in events()) {
            let bots: Vec<_> = events.into_iter().map(|event| DeliveryEvent { bot: true, ..event }).collect();
            let state = log(&bots).state();
            prop_assert!(state.engagement.iter().all(|kind| *kind == DeliveryKind::Complained));
        }
    }

    #[test]
    fn a_bot_that_follows_the_link_to_unsubscribe_unsubscribes_nobody() {
        let at = from_millis(0);
        let event = DeliveryEvent { bot: true, ..DeliveryEvent::new(DeliveryKind::Unsubscribed, at) };
        assert_eq!(log(&[event]).state(), DeliveryState::default());
    }
}
