//! What rules of reading can be refused for.

use std::fmt;

use crate::journey::paths::AliasErrorKind;

/// What is wrong, and so what the caller does about it: fix the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum JourneyRulesErrorKind {
    /// A rule for addresses of pages.
    Page(AliasErrorKind),
    /// A name, channel, topic, kind or property that is empty.
    Empty,
    /// A name that reads as an earlier one, which is called something else.
    SameName,
    /// The currency needs a number of decimals, see [`CurrencyTable`](crate::money::CurrencyTable).
    DecimalsNotChosen,
    /// Feedback of which the bad is above the good, or bounds that are no numbers.
    InvalidFeedback,
    /// More than 1,000 rules of one sort.
    TooManyRules,
}

/// Rules that make no sense.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JourneyRulesError {
    kind: JourneyRulesErrorKind,
    field: &'static str,
    place: usize,
}

impl JourneyRulesError {
    pub(super) const fn new(kind: JourneyRulesErrorKind, field: &'static str, place: usize) -> Self {
        Self { kind, field, place }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> JourneyRulesErrorKind {
        self.kind
    }

    /// The field of [`JourneyRules`](super::JourneyRules) that is wrong.
    #[must_use]
    pub const fn field(&self) -> &'static str {
        self.field
    }

    /// The place of the rule in that field, from 0.
    #[must_use]
    pub const fn place(&self) -> usize {
        self.place
    }
}

impl fmt::Display for JourneyRulesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            JourneyRulesErrorKind::Page(_) => "the pattern or alias cannot be used",
            JourneyRulesErrorKind::Empty => "a name is empty",
            JourneyRulesErrorKind::SameName => "the name reads as an earlier one",
            JourneyRulesErrorKind::DecimalsNotChosen => "the currency needs a number of decimals",
            JourneyRulesErrorKind::InvalidFeedback => "good feedback must not begin below bad feedback",
            JourneyRulesErrorKind::TooManyRules => "there are too many rules",
        };
        write!(f, "rule {} of `{}`: {what}", self.place, self.field)
    }
}

impl std::error::Error for JourneyRulesError {}
