//! Why training in sessions gives no model.

use super::super::error::ModelError;

/// Why training in sessions gives no model. Rules are named by their place, counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The model, or a rule, does not fit.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There is neither a session nor a labelled match to train on.
    #[error("training needs a blocking rule or labelled matches")]
    NothingToTrainOn,
    /// A number of the settings cannot be used, or there are more than twelve deterministic rules.
    #[error("`{setting}` is out of range")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
    },
    /// The labels are not one for each row, name a row that does not exist, or match a row with itself.
    #[error("the labels do not fit the rows")]
    Labels,
    /// The labels name no two records of one person, or none whose pair is possible.
    #[error("the labels hold no pair")]
    NoLabelledPairs,
    /// The deterministic rules find no pair.
    #[error("the deterministic rules find no pair")]
    NoneFound,
    /// The deterministic rules find more pairs than there can be at the recall.
    #[error("the deterministic rules find {found} pairs, more than the recall allows")]
    TooManyFound {
        /// How many they find.
        found: u64,
    },
    /// No two records share a block of the rule.
    #[error("blocking rule {rule} finds no pair")]
    NoPairs {
        /// The rule's place.
        rule: usize,
    },
    /// The rule touches every comparison.
    #[error("blocking rule {rule} leaves no comparison to train")]
    NoComparison {
        /// The rule's place.
        rule: usize,
    },
    /// The probabilities of a session still changed after the last iteration.
    #[error("the session of blocking rule {rule} did not converge within {iterations} iterations")]
    NotConverged {
        /// The rule's place.
        rule: usize,
        /// How many iterations there were.
        iterations: u32,
    },
    /// What a session found is not one person's: agreement speaks against a match, most so in `comparison`.
    #[error("the session of blocking rule {rule} took strangers for one person: see `{comparison}`")]
    Swapped {
        /// The rule's place.
        rule: usize,
        /// The name of the comparison.
        comparison: String,
    },
}
