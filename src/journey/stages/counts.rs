//! The stages of many customers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::rules::{Stage, StageRules};
use super::stay::{Stay, StayEnd, stages};
use crate::journey::touchpoint::{Touchpoint, median};

/// One stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageCount {
    /// The stage.
    pub stage: Stage,
    /// How many customers were in it at any time.
    pub customers: u64,
    /// How many times it was entered.
    pub stays: u64,
    /// How many stays go on.
    pub open: u64,
    /// How many ended because the customer has left.
    pub left: u64,
    /// How many touchpoints there were in it.
    pub touchpoints: u64,
    /// Half of the stays that ended with going on to another stage took at most so long, in milliseconds.
    pub median_millis: Option<i64>,
}

/// How often customers went from one stage to another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Out of it.
    pub from: Stage,
    /// Into it.
    pub to: Stage,
    /// How often.
    pub count: u64,
}

/// The stages of many customers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageReport {
    /// How many customers there were.
    pub customers: u64,
    /// All five stages in order.
    pub stages: Vec<StageCount>,
    /// By stage left, then stage entered; those that never happened are left out.
    pub moves: Vec<Move>,
}

/// Counts the stages of one customer after another; their order makes no difference.
///
/// ```
/// use throughline::journey::stages::{StageCounts, StageRules};
/// let mut counts = StageCounts::new(StageRules::retail());
/// counts.add(&[]);
/// assert_eq!(counts.finish().customers, 1);
/// ```
#[derive(Debug, Clone)]
pub struct StageCounts {
    rules: StageRules,
    customers: u64,
    stages: BTreeMap<Stage, Sum>,
    moves: BTreeMap<(Stage, Stage), u64>,
}

#[derive(Debug, Clone, Default)]
struct Sum {
    customers: u64,
    stays: u64,
    open: u64,
    left: u64,
    touchpoints: u64,
    took: Vec<i64>,
}

impl StageCounts {
    /// None yet.
    #[must_use]
    pub fn new(rules: StageRules) -> Self {
        Self { rules, customers: 0, stages: BTreeMap::new(), moves: BTreeMap::new() }
    }

    /// Counts one customer, and gives their stays.
    ///
    /// # Complexity
    /// That of [`stages`].
    pub fn add(&mut self, touchpoints: &[Touchpoint<'_>]) -> Vec<Stay> {
        let stays = stages(touchpoints, &self.rules);
        self.customers += 1;
        let mut been = Vec::new();
        for stay in &stays {
            let sum = self.stages.entry(stay.stage).or_default();
            if !been.contains(&stay.stage) {
                been.push(stay.stage);
                sum.customers += 1;
            }
            sum.stays += 1;
            sum.touchpoints += u64::from(stay.touchpoints);
            match (stay.end, stay.exited) {
                (StayEnd::Moved, Some(exited)) => {
                    sum.took.push(exited.timestamp_millis() - stay.entered.timestamp_millis());
                }
                (StayEnd::Left, _) => sum.left += 1,
                _ => sum.open += 1,
            }
        }
        for (before, after) in stays.iter().zip(stays.iter().skip(1)) {
            if before.end == StayEnd::Moved {
                *self.moves.entry((before.stage, after.stage)).or_default() += 1;
            }
        }
        stays
    }

    /// The counts.
    ///
    /// # Complexity
    /// O(n) for n stays.
    #[must_use]
    pub fn finish(mut self) -> StageReport {
        let stages = Stage::ALL.map(|stage| {
            let mut sum = self.stages.remove(&stage).unwrap_or_default();
            StageCount {
                stage,
                customers: sum.customers,
                stays: sum.stays,
                open: sum.open,
                left: sum.left,
                touchpoints: sum.touchpoints,
                median_millis: median(&mut sum.took),
            }
        });
        let moves = self.moves.into_iter().map(|((from, to), count)| Move { from, to, count });
        StageReport { customers: self.customers, stages: stages.into(), moves: moves.collect() }
    }
}
