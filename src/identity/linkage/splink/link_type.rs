//! Which pairs of records a Splink model is for.

use serde::{Deserialize, Serialize};

/// Which pairs of records a Splink model is for. Weights do not depend on it; what is compared, and what the prior is a
/// share of, does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LinkType {
    /// All pairs of one source.
    #[default]
    DedupeOnly,
    /// Pairs of different sources only.
    LinkOnly,
    /// All pairs of several sources.
    LinkAndDedupe,
}

impl LinkType {
    /// What Splink calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::DedupeOnly => "dedupe_only",
            Self::LinkOnly => "link_only",
            Self::LinkAndDedupe => "link_and_dedupe",
        }
    }
}
