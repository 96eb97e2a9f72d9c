//! What is wrong with a model.

use std::fmt;

/// Why a [`Model`](super::Model) cannot be used: fix the model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelError {
    kind: ModelErrorKind,
    what: String,
}

/// The kind of a [`ModelError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ModelErrorKind {
    /// A condition, a rule or an adjustment names a column that the model does not have.
    UnknownColumn,
    /// Two columns, or two comparisons, have the same name.
    DuplicateName,
    /// A condition asks of a column what its values cannot answer, such as the difference of two texts.
    WrongValues,
    /// A probability or a frequency is outside of 0 to 1 or is not a number.
    Probability,
    /// A threshold, a weight or a count is not a finite number of the right sign.
    Number,
    /// A comparison has no level that says anything.
    NoLevels,
    /// A term frequency adjustment finds no exact level on its column in the comparison.
    NoExactLevel,
    /// Conditions are nested too deeply.
    TooDeep,
    /// More than 32 comparisons, or more than 15 levels in one.
    TooMany,
    /// A blocking rule finds more pairs than are allowed: narrow it, or lower its largest block.
    TooManyPairs,
    /// The pairs were compared with a model of other columns or comparisons.
    OtherModel,
}

impl ModelError {
    pub(crate) fn new(kind: ModelErrorKind, what: impl Into<String>) -> Self {
        Self { kind, what: what.into() }
    }

    /// What to fix.
    #[must_use]
    pub const fn kind(&self) -> ModelErrorKind {
        self.kind
    }

    /// The name of the column, comparison or level that is wrong.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for ModelError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = &self.what;
        match self.kind {
            ModelErrorKind::UnknownColumn => write!(f, "the model has no column `{what}`"),
            ModelErrorKind::DuplicateName => write!(f, "the name `{what}` is used twice"),
            ModelErrorKind::WrongValues => {
                write!(f, "the values of column `{what}` cannot be compared like that")
            }
            ModelErrorKind::Probability => write!(f, "`{what}` has a probability outside of 0 to 1"),
            ModelErrorKind::Number => write!(f, "`{what}` has a number that cannot be used"),
            ModelErrorKind::NoLevels => write!(f, "comparison `{what}` has no level that says anything"),
            ModelErrorKind::NoExactLevel => {
                write!(f, "no exact level for the term frequency adjustment on `{what}`")
            }
            ModelErrorKind::TooDeep => write!(f, "the conditions of `{what}` are nested too deeply"),
            ModelErrorKind::OtherModel => {
                write!(f, "the pairs were compared with another model than one of `{what}`")
            }
            ModelErrorKind::TooManyPairs => {
                write!(
                    f,
                    "with {what} there are more pairs than are allowed: narrow it, or lower its largest block"
                )
            }
            ModelErrorKind::TooMany => write!(f, "`{what}`: more than 32 comparisons or 15 levels"),
        }
    }
}

impl std::error::Error for ModelError {}
