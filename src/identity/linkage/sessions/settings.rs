//! How training in sessions is done, and what is known before.

use serde::{Deserialize, Serialize};

use super::super::block::Pass;
use super::super::columns::Table;
use super::super::compiled::find;
use super::super::model::{BlockingRule, Model};
use super::super::pair_tally::{of_groups, of_pairs};
use super::error::SessionError;

/// How a model is trained in sessions.
///
/// ```
/// use throughline::identity::linkage::SessionSettings;
/// let settings: SessionSettings = serde_json::from_str(r#"{
///     "rules": [{ "parts": [{ "column": "surname" }] }, { "parts": [{ "column": "born" }] }],
///     "deterministic": [{ "parts": [{ "column": "email" }] }],
///     "recall": 0.7
/// }"#)?;
/// assert_eq!((settings.rules.len(), settings.iterations, settings.convergence), (2, 25, 1e-4));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// One session each, over the pairs that agree on all parts of the rule. Records of blocks larger than the rule's
    /// `max_block` take no part; `split` is not looked at.
    pub rules: Vec<BlockingRule>,
    /// Pairs that any of these finds are taken for matches when the prior is estimated, at most twelve rules. Without
    /// one the model keeps its prior. All pairs count that agree on all parts of a rule: neither `max_block` nor
    /// `split` is looked at.
    pub deterministic: Vec<BlockingRule>,
    /// What share of all matches the deterministic rules find, above 0 and at most 1.
    pub recall: f64,
    /// How many pairs are drawn to see how often strangers agree by chance.
    pub sample_pairs: u64,
    /// A session has converged when no probability changes by so much.
    pub convergence: f64,
    /// Most iterations of a session.
    pub iterations: u32,
    /// Let the rarity of values speak in the sessions too. Slower, since pairs then differ in more than their levels.
    pub with_term_frequencies: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            deterministic: Vec::new(),
            recall: 0.8,
            sample_pairs: 1_000_000,
            convergence: 1e-4,
            iterations: 25,
            with_term_frequencies: false,
        }
    }
}

/// Which records are known to be of one person.
#[derive(Debug, Clone, Copy)]
pub enum Labels<'a> {
    /// For each row whose it is, by any number; `None` where that is not known.
    Persons(&'a [Option<u32>]),
    /// Pairs of rows of one person. Which comes first, and how often a pair is named, does not matter.
    Matches(&'a [(u32, u32)]),
}

/// The pairs that any rule finds are counted by what the rules find together, of which there are many for many rules.
const MOST_DETERMINISTIC: usize = 12;

/// Checks what the settings name and the ranges of their numbers.
pub(super) fn check(model: &Model, settings: &SessionSettings) -> Result<(), SessionError> {
    for part in settings.rules.iter().chain(&settings.deterministic).flat_map(|rule| &rule.parts) {
        find(&model.columns, &part.column)?;
    }
    let share = |number: f64| number > 0.0 && number <= 1.0;
    for (fits, setting) in [
        (share(settings.recall), "recall"),
        (share(settings.convergence), "convergence"),
        (settings.iterations > 0, "iterations"),
        (settings.sample_pairs > 0, "sample_pairs"),
        (settings.deterministic.len() <= MOST_DETERMINISTIC, "deterministic"),
    ] {
        if !fits {
            return Err(SessionError::Setting { setting });
        }
    }
    Ok(())
}

/// The labelled pairs, as blocks of rows of one person.
pub(super) fn labelled(labels: Labels<'_>, table: &Table) -> Result<Pass, SessionError> {
    match labels {
        Labels::Persons(persons) if persons.len() == table.rows => Ok(of_groups(persons, &table.sources)),
        Labels::Persons(_) => Err(SessionError::Labels),
        Labels::Matches(pairs) => {
            let fits = |(a, b): &(u32, u32)| a != b && (*a.max(b) as usize) < table.rows;
            if pairs.iter().all(fits) {
                Ok(of_pairs(pairs, &table.sources))
            } else {
                Err(SessionError::Labels)
            }
        }
    }
}
