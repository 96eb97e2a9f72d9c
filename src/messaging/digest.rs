//! Digests: many events of one subject, one message.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::ids::{ProfileId, RecordId};
use crate::keyed::Pepper;
use crate::time::{DateTime, TimeDelta, Utc};

/// When the events of one digest are delivered together.
///
/// ```
/// use throughline::messaging::digest::DigestPolicy;
/// let policy: DigestPolicy = serde_json::from_str(r#"{"window_s": 43200, "sliding": true, "max_s": 86400}"#)?;
/// assert!(policy.sliding && !policy.flush_leading);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DigestPolicy {
    /// How long a window stays open after its first event, in seconds. An event at its very end belongs to the next one.
    pub window_s: u32,
    /// Each further event keeps the window open for as long again.
    pub sliding: bool,
    /// A sliding window is closed so many seconds after its first event at the latest; none: no limit.
    pub max_s: Option<u32>,
    /// The event that makes so many closes the window; none: no limit. One that went alone does not count.
    pub max_items: Option<u32>,
    /// The first event of a window goes alone and at once, the rest together.
    pub flush_leading: bool,
}

impl Default for DigestPolicy {
    /// One fixed hour.
    fn default() -> Self {
        Self { window_s: 3_600, sliding: false, max_s: None, max_items: None, flush_leading: false }
    }
}

/// Events that go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestDelivery<T> {
    /// When.
    pub at: DateTime<Utc>,
    /// Which, in the order of their arrival.
    pub items: Vec<T>,
}

/// A window that is open.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Window<T> {
    opened: DateTime<Utc>,
    closes: DateTime<Utc>,
    items: Vec<T>,
}

/// The digest of one person and one [key](digest_key) as it stands: fold events into it, ask what is due.
///
/// The policy is not part of it, and neither is a template, so that changing either opens no second window.
/// `Debug` shows how many events wait, not which.
///
/// ```
/// use throughline::messaging::digest::{Digest, DigestPolicy};
/// let policy = DigestPolicy { window_s: 60, ..DigestPolicy::default() };
/// let noon = "2026-03-20T12:00:00Z".parse()?;
/// let mut digest = Digest::default();
/// assert!(digest.add("a comment", noon, &policy).is_empty());
/// assert!(digest.add("another", noon, &policy).is_empty(), "in one instant: one digest");
/// let closes = digest.closes_at().ok_or("nothing waits")?;
/// let due = digest.due(closes).ok_or("nothing is due")?;
/// assert_eq!((due.at, due.items), (closes, vec!["a comment", "another"]));
/// assert!(digest.due(closes).is_none(), "delivered once");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest<T> {
    #[serde(rename = "w", default = "Option::default", skip_serializing_if = "Option::is_none")]
    window: Option<Window<T>>,
}

impl<T> Default for Digest<T> {
    fn default() -> Self {
        Self { window: None }
    }
}

impl<T> fmt::Debug for Digest<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let waiting = self.waiting();
        f.debug_struct("Digest").field("closes_at", &self.closes_at()).field("waiting", &waiting).finish()
    }
}

impl<T> Digest<T> {
    /// Adds an event, and returns what is to be delivered by then: a window that had closed before, the event itself if it
    /// goes alone or closes the window. At most two. An event that arrives late joins the window that is open.
    ///
    /// # Complexity
    /// O(1).
    pub fn add(&mut self, item: T, at: DateTime<Utc>, policy: &DigestPolicy) -> Vec<DigestDelivery<T>> {
        let mut out: Vec<_> = self.due(at).into_iter().collect();
        let Some(window) = &mut self.window else {
            let closes = after(at, policy.window_s);
            if policy.flush_leading {
                self.window = Some(Window { opened: at, closes, items: Vec::new() });
                out.push(DigestDelivery { at, items: vec![item] });
            } else {
                self.window = Some(Window { opened: at, closes, items: vec![item] });
                out.extend(self.full(at, policy));
            }
            return out;
        };
        window.items.push(item);
        let at = at.max(window.opened);
        if policy.sliding {
            let limit = policy.max_s.map(|limit| after(window.opened, limit));
            let closes = after(at, policy.window_s);
            window.closes = limit.map_or(closes, |limit| closes.min(limit));
            if window.closes <= at {
                out.extend(self.close(at));
                return out;
            }
        }
        out.extend(self.full(at, policy));
        out
    }

    /// What is due by then. A window that has closed with nothing in it just ends.
    ///
    /// # Complexity
    /// O(1).
    pub fn due(&mut self, now: DateTime<Utc>) -> Option<DigestDelivery<T>> {
        let at = self.closes_at().filter(|closes| *closes <= now)?;
        self.close(at)
    }

    /// When the open window closes, if no event changes that.
    #[must_use]
    pub fn closes_at(&self) -> Option<DateTime<Utc>> {
        self.window.as_ref().map(|window| window.closes)
    }

    /// How many events wait in the open window.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.window.as_ref().map_or(0, |window| window.items.len())
    }

    fn full(&mut self, at: DateTime<Utc>, policy: &DigestPolicy) -> Option<DigestDelivery<T>> {
        let waiting = self.window.as_ref()?.items.len();
        let full =
            policy.max_items.is_some_and(|most| waiting >= usize::try_from(most).unwrap_or(usize::MAX));
        if full { self.close(at) } else { None }
    }

    fn close(&mut self, at: DateTime<Utc>) -> Option<DigestDelivery<T>> {
        let items = self.window.take()?.items;
        (!items.is_empty()).then_some(DigestDelivery { at, items })
    }
}

fn after(at: DateTime<Utc>, seconds: u32) -> DateTime<Utc> {
    at.checked_add_signed(TimeDelta::seconds(i64::from(seconds))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// All deliveries of a list of events, in time order. Events may come in any order; those of one instant stay in theirs.
///
/// # Complexity
/// O(n log n).
pub fn digest<T>(
    policy: &DigestPolicy,
    events: impl IntoIterator<Item = (DateTime<Utc>, T)>,
) -> Vec<DigestDelivery<T>> {
    let mut events: Vec<_> = events.into_iter().collect();
    events.sort_by_key(|(at, _)| *at);
    let mut state = Digest::default();
    let mut out = Vec::new();
    for (at, item) in events {
        out.extend(state.add(item, at, policy));
    }
    out.extend(state.due(DateTime::<Utc>::MAX_UTC));
    out
}

/// Which digest an event goes into: a keyed hash of the person and the host's word for it, such as the order it is about.
#[must_use]
pub fn digest_key(pepper: &Pepper, person: ProfileId, key: &str) -> [u8; 16] {
    pepper.digest("digest", &[RecordId::from(person).as_bytes(), key.as_bytes()])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::time::from_millis;

    fn policies() -> impl Strategy<Value = DigestPolicy> {
        let some = |most: u32| prop::option::of(1..most);
        (0..50_u32, any::<bool>(), some(90), some(5), any::<bool>()).prop_map(
            |(window_s, sliding, max_s, max_items, flush_leading)| DigestPolicy {
                window_s,
                sliding,
                max_s,
                max_items,
                flush_leading,
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn every_event_is_delivered_once_not_before_it_happened(
            policy in policies(),
            events in prop::collection::vec(0..200_i64, 0..30),
        ) {
            let given = events.iter().enumerate().map(|(id, at)| (from_millis(at * 1_000), (id, *at)));
            let all = digest(&policy, given);
            let mut delivered: Vec<usize> = Vec::new();
            for delivery in &all {
                prop_assert!(!delivery.items.is_empty());
                for (id, at) in &delivery.items {
                    prop_assert!(from_millis(at * 1_000) <= delivery.at);
                    delivered.push(*id);
                }
                if let Some(most) = policy.max_items {
                    prop_assert!(delivery.items.len() <= most as usize);
                }
            }
            prop_assert!(all.windows(2).all(|pair| pair[0].at <= pair[1].at));
            delivered.sort_unstable();
            prop_assert_eq!(delivered, (0..events.len()).collect::<Vec<_>>());
        }

        #[test]
        fn asking_what_is_due_between_events_changes_nothing(
            policy in policies(),
            mut events in prop::collection::vec(0..200_i64, 0..30),
        ) {
            events.sort_unstable();
            let at = |second: i64| from_millis(second * 1_000);
            let (mut asked, mut deliveries) = (Digest::default(), Vec::new());
            let mut now = 0;
            for event in &events {
                while now < *event {
                    deliveries.extend(asked.due(at(now)));
                    now += 1;
                }
                deliveries.extend(asked.add(*event, at(*event), &policy));
            }
            deliveries.extend(asked.due(at(10_000)));
            prop_assert_eq!(deliveries, digest(&policy, events.iter().map(|event| (at(*event), *event))));
        }
    }
}
