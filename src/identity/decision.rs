//! What people decided about records: these two are one, these are not.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::identifier::ValueHash;
use crate::ids::{DecisionId, RecordId};
use crate::time::{DateTime, Utc};

/// What was decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum DecisionKind {
    /// The two records are one person.
    Link(RecordId, RecordId),
    /// No record of the first list is the same person as a record of the second: an un-merge.
    KeepApart(Vec<RecordId>, Vec<RecordId>),
}

/// A person's decision. A fact like any other: it can be retracted, and then everything is as if it never was.
///
/// Where decisions contradict each other about a pair of records, the newest speaks; of two at one instant the one that
/// keeps apart, as a merge too few can be made good and a merge too many has been seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// Its id.
    pub id: DecisionId,
    /// When it was decided.
    pub at: DateTime<Utc>,
    /// What was decided.
    pub kind: DecisionKind,
    /// The keyed hash of who decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<ValueHash>,
    /// Whether it was taken back.
    #[serde(default)]
    pub retracted: bool,
}

/// The word that holds on each pair of records.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Verdicts {
    /// Pairs to link, the smaller index first, sorted.
    pub(super) links: Vec<(u32, u32, DecisionId)>,
    /// Pairs to keep apart, the smaller index first, sorted.
    pub(super) aparts: Vec<(u32, u32, DecisionId)>,
}

/// Finds the newest decision on each pair of records that are present. Linear in the pairs named, times a logarithm.
pub(super) fn verdicts(decisions: &[Decision], index: impl Fn(RecordId) -> Option<u32>) -> Verdicts {
    let mut newest: BTreeMap<(u32, u32), (DateTime<Utc>, bool, DecisionId)> = BTreeMap::new();
    for decision in decisions.iter().filter(|decision| !decision.retracted) {
        let mut say = |a: u32, b: u32, link: bool| {
            if a != b {
                let word = (decision.at, !link, decision.id);
                newest.entry((a.min(b), a.max(b))).and_modify(|old| *old = word.max(*old)).or_insert(word);
            }
        };
        match &decision.kind {
            DecisionKind::Link(a, b) => {
                if let (Some(a), Some(b)) = (index(*a), index(*b)) {
                    say(a, b, true);
                }
            }
            DecisionKind::KeepApart(left, right) => {
                let right: Vec<u32> = right.iter().filter_map(|id| index(*id)).collect();
                for a in left.iter().filter_map(|id| index(*id)) {
                    for b in &right {
                        say(a, *b, false);
                    }
                }
            }
        }
    }
    let mut verdicts = Verdicts::default();
    for ((a, b), (_, apart, id)) in newest {
        if !apart { &mut verdicts.links } else { &mut verdicts.aparts }.push((a, b, id));
    }
    verdicts
}
