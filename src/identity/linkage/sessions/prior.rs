//! The share of matches: among all pairs, and among those of a session's block.

use std::collections::{BTreeMap, BTreeSet};

use super::super::block::Keys;
use super::super::candidates::Candidates;
use super::super::condition::Condition;
use super::super::model::{BlockingRule, KeyPart, Model};
use super::super::weights;
use super::error::SessionError;
use super::many;
use super::settings::SessionSettings;

impl Candidates {
    /// The share of all pairs that are matches, from those that the deterministic rules find.
    pub(super) fn prior(&self, settings: &SessionSettings, all: f64) -> Result<f64, SessionError> {
        let found = found_by_any(&mut Keys::new(&self.model, &self.table), &settings.deterministic);
        if found == 0 {
            return Err(SessionError::NoneFound);
        }
        let matches = many(found) / settings.recall;
        if matches > all {
            return Err(SessionError::TooManyFound { found });
        }
        Ok(matches / all)
    }
}

/// How many pairs agree on all parts of any rule, however large their blocks: those of each rule, less those of two
/// rules at once, and those of three again, and so on. What several combinations of rules ask for is counted once.
fn found_by_any(keys: &mut Keys<'_>, rules: &[BlockingRule]) -> u64 {
    let mut times: BTreeMap<BTreeSet<&KeyPart>, i128> = BTreeMap::new();
    for rule in rules {
        let own: BTreeSet<&KeyPart> = rule.parts.iter().collect();
        let before: Vec<_> = times.iter().map(|(parts, times)| (parts | &own, *times)).collect();
        *times.entry(own).or_default() += 1;
        for (parts, before) in before {
            *times.entry(parts).or_default() -= before;
        }
        times.retain(|_, times| *times != 0);
    }
    let pairs = times.into_iter().map(|(parts, times)| {
        let parts: Vec<KeyPart> = parts.into_iter().cloned().collect();
        times * i128::from(keys.pairs(&parts))
    });
    u64::try_from(pairs.sum::<i128>()).unwrap_or(0)
}

/// The columns whose equality a condition says, and nothing else.
fn exact_columns(condition: &Condition) -> Option<Vec<&str>> {
    if let Condition::All(all) = condition {
        let columns: Option<Vec<Vec<&str>>> = all.iter().map(exact_columns).collect();
        return columns.map(|columns| columns.concat()).filter(|columns| !columns.is_empty());
    }
    condition.exact_column().map(|column| vec![column])
}

/// The share of matches among the pairs of a block, as far as that the block's columns agree tells it.
pub(super) fn start_prior(model: &Model, rule: &BlockingRule) -> f64 {
    let mut implied: Vec<(Vec<&str>, f64)> = Vec::new();
    for comparison in &model.comparisons {
        let speaking = comparison.levels.iter().filter(|level| !level.null);
        for (level, (m, u)) in speaking.zip(weights::filled(&comparison.levels)) {
            let columns = exact_columns(&level.condition);
            implied.extend(columns.map(|columns| (columns, weights::level_weight(m, u))));
        }
    }
    // The levels over most columns first.
    implied.sort_by_key(|(columns, _)| std::cmp::Reverse(columns.len()));
    let mut left: Vec<&str> = rule.parts.iter().map(|part| &*part.column).collect();
    let mut bits = weights::prior_weight(model.prior);
    for (columns, own) in implied {
        if columns.iter().all(|column| left.contains(column)) {
            left.retain(|column| !columns.contains(column));
            bits += own;
        }
    }
    weights::probability(bits)
}
