//! What stages, pain points and measures look at.

use std::collections::HashSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::event::OrderKey;
use crate::time::{DateTime, Utc};

/// What a person thought of a touchpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feedback {
    /// One or two stars of five, a complaint, a thumb down.
    Bad,
    /// Neither.
    Neutral,
    /// Four or five stars of five, praise, a thumb up.
    Good,
}

/// What a touchpoint does to the thing that is worked on: a cart, an application, a plan.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Work<'a> {
    /// The thing's id; ids of things of different kinds must differ.
    pub object: &'a str,
    /// Whether this ends it, so that nothing is left to be continued.
    pub ends: bool,
}

/// A question that a channel has.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question<'a> {
    /// What it is about (`order number`, `address`).
    pub topic: &'a str,
    /// Whether the answer was at hand, so that nobody was asked.
    pub known: bool,
}

/// One event of a customer, as stages, pain points and measures see it. Build it with
/// [`new`](Self::new) and set what is known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touchpoint<'a> {
    /// Its place in the total order.
    pub order: &'a OrderKey,
    /// Where.
    pub channel: &'a str,
    /// What (`Product Viewed`, `Call Answered`), in any script.
    pub name: &'a str,
    /// What the person thought of it, if they said.
    pub feedback: Option<Feedback>,
    /// What was worked on.
    pub work: Option<Work<'a>>,
    /// What the channel had to know.
    pub question: Option<Question<'a>>,
}

impl<'a> Touchpoint<'a> {
    /// A touchpoint without feedback, work or question.
    #[must_use]
    pub const fn new(order: &'a OrderKey, channel: &'a str, name: &'a str) -> Self {
        Self { order, channel, name, feedback: None, work: None, question: None }
    }

    /// When.
    #[must_use]
    pub const fn at(&self) -> DateTime<Utc> {
        self.order.time
    }

    pub(super) fn millis(&self) -> i64 {
        self.order.time.timestamp_millis()
    }
}

impl fmt::Debug for Touchpoint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Touchpoint")
            .field("order", &self.order)
            .field("feedback", &self.feedback)
            .finish_non_exhaustive()
    }
}

/// The touchpoints in their total order, each event once: what arrives twice or in another order changes nothing.
pub(super) fn in_order<'a>(touchpoints: &[Touchpoint<'a>]) -> Vec<Touchpoint<'a>> {
    let mut sorted = touchpoints.to_vec();
    sorted.sort_unstable();
    let mut seen = HashSet::with_capacity(sorted.len());
    sorted.retain(|touchpoint| seen.insert(&*touchpoint.order.id));
    sorted
}

/// Bounds of a proportion that hold with the confidence of so many standard deviations. Source: Wilson, *Probable
/// inference, the law of succession, and statistical inference* (1927).
#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 journeys")]
pub(super) fn bounds(affected: u64, of: u64, deviations: f64) -> (f64, f64) {
    if of == 0 {
        return (0.0, 1.0);
    }
    let (count, square) = (of as f64, deviations * deviations);
    let rate = affected.min(of) as f64 / count;
    let middle = rate + square / (2.0 * count);
    let half = deviations * (rate * (1.0 - rate) / count + square / (4.0 * count * count)).sqrt();
    let scale = 1.0 + square / count;
    (((middle - half) / scale).clamp(0.0, rate), ((middle + half) / scale).clamp(rate, 1.0))
}

#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 journeys")]
pub(super) fn share(part: u64, of: u64) -> f64 {
    if of > 0 { part as f64 / of as f64 } else { 0.0 }
}

/// The median (the lower of two) of instants' differences.
pub(super) fn median(times: &mut [i64]) -> Option<i64> {
    let place = times.len().checked_sub(1)? / 2;
    Some(*times.select_nth_unstable(place).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_those_of_wilson() {
        // The interval of 1 of 10 with 95 percent.
        let (lower, upper) = bounds(1, 10, 1.959_963_985);
        assert!((lower - 0.017_876).abs() < 1e-5 && (upper - 0.404_150).abs() < 1e-5, "{lower} {upper}");
        assert_eq!(bounds(0, 0, 2.0), (0.0, 1.0));
        assert_eq!(bounds(0, 7, 2.0).0, 0.0);
        assert_eq!(bounds(7, 7, 2.0).1, 1.0);
        assert!(bounds(3, 3, 1.96).0 < 0.5, "three of three prove little");
    }

    #[test]
    fn debug_tells_no_names() {
        let order = OrderKey { time: crate::time::from_millis(-1), sequence: None, id: "secret".into() };
        let touchpoint = Touchpoint::new(&order, "secret", "secret");
        assert!(!format!("{touchpoint:?}").contains("secret"));
    }
}
