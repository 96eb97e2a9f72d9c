//! One customer's way through the stages.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::rules::{Stage, StageRules};
use crate::journey::touchpoint::{Touchpoint, in_order};
use crate::time::{DateTime, TimeDelta, Utc};

/// How a stay in a stage ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StayEnd {
    /// It goes on.
    Open,
    /// The customer went on to another stage.
    Moved,
    /// The customer has left.
    Left,
}

/// A time that a customer spent in one stage.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stay {
    /// The stage.
    pub stage: Stage,
    /// When it was entered.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub entered: DateTime<Utc>,
    /// The id of the event that led there.
    pub by: Box<str>,
    /// The channel of that event.
    pub channel: Box<str>,
    /// When the customer went on to another stage; the last touchpoint of one who has left. `None` while it goes on.
    #[serde(with = "chrono::serde::ts_milliseconds_option")]
    pub exited: Option<DateTime<Utc>>,
    /// The last touchpoint so far.
    #[serde(with = "chrono::serde::ts_milliseconds")]
    pub last: DateTime<Utc>,
    /// How it ended.
    pub end: StayEnd,
    /// How many touchpoints there were.
    pub touchpoints: u32,
}

impl fmt::Debug for Stay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stay")
            .field("stage", &self.stage)
            .field("entered", &self.entered)
            .field("exited", &self.exited)
            .field("touchpoints", &self.touchpoints)
            .finish_non_exhaustive()
    }
}

/// The stays of one customer, earliest first. A function of the set of touchpoints: order and repetition of the input
/// do not matter; of touchpoints with one event id the first in order counts.
///
/// Touchpoints before the first that a rule fits belong to no stage. Whether the last stay goes on or the customer has
/// left by now is for the caller to say, who knows the time: `end` is [`StayEnd::Open`].
///
/// # Complexity
/// O(n log n) for n touchpoints, and O(n r) for r rules.
#[must_use]
pub fn stages(touchpoints: &[Touchpoint<'_>], rules: &StageRules) -> Vec<Stay> {
    let longest = rules.left_after_days.map(|days| TimeDelta::days(i64::from(days)));
    let mut stays: Vec<Stay> = Vec::new();
    let mut been = BTreeSet::new();
    for touchpoint in in_order(touchpoints) {
        let at = touchpoint.at();
        let mut running = stays.last_mut().filter(|stay| stay.end == StayEnd::Open);
        if let Some(stay) = running
            .take_if(|stay| longest.is_some_and(|longest| at.signed_duration_since(stay.last) > longest))
        {
            (stay.end, stay.exited) = (StayEnd::Left, Some(stay.last));
            been.clear();
        }
        let now = running.as_ref().map(|stay| stay.stage);
        let to = rules.decide(&touchpoint, now, &been);
        match (running, to) {
            (Some(stay), to) if to.is_none_or(|to| to == stay.stage) => {
                stay.last = at;
                stay.touchpoints = stay.touchpoints.saturating_add(1);
            }
            (running, Some(to)) => {
                if let Some(stay) = running {
                    (stay.end, stay.exited) = (StayEnd::Moved, Some(at));
                }
                been.insert(to);
                stays.push(Stay {
                    stage: to,
                    entered: at,
                    by: touchpoint.order.id.clone(),
                    channel: touchpoint.channel.into(),
                    exited: None,
                    last: at,
                    end: StayEnd::Open,
                    touchpoints: 1,
                });
            }
            (_, None) => {}
        }
    }
    stays
}
