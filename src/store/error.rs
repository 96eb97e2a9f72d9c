//! What can go wrong with storage, and what the caller does about it.

use std::error::Error;
use std::fmt;

/// What the caller does about a [`StoreError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StoreErrorKind {
    /// A guard did not hold: run the use case again on fresh data.
    Conflict,
    /// Surely not applied: retry later.
    Failed,
    /// Applied or not, nobody can tell: repeat with the same command key.
    Unknown,
    /// The store holds what no version of this crate wrote: page someone.
    Corrupt,
    /// The store was written by a newer version of this crate: upgrade.
    Newer,
    /// The batch, a key or a value breaks a size limit: fix the input.
    TooLarge,
}

/// A failure of storage. Its text names what was being done, never a customer's data.
#[derive(Debug)]
pub struct StoreError {
    kind: StoreErrorKind,
    doing: &'static str,
    source: Option<Box<dyn Error + Send + Sync>>,
}

impl StoreError {
    /// An error of that kind; `doing` says in a few words what was attempted.
    #[must_use]
    pub fn new(kind: StoreErrorKind, doing: &'static str) -> Self {
        Self { kind, doing, source: None }
    }

    /// The same with the underlying cause. The cause must not quote stored bytes.
    #[must_use]
    pub fn caused_by(
        kind: StoreErrorKind,
        doing: &'static str,
        source: impl Into<Box<dyn Error + Send + Sync>>,
    ) -> Self {
        Self { kind, doing, source: Some(source.into()) }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> StoreErrorKind {
        self.kind
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.kind {
            StoreErrorKind::Conflict => "conflict",
            StoreErrorKind::Failed => "not applied",
            StoreErrorKind::Unknown => "outcome unknown",
            StoreErrorKind::Corrupt => "store is corrupt",
            StoreErrorKind::Newer => "store is newer than this crate",
            StoreErrorKind::TooLarge => "over a size limit",
        };
        write!(f, "{outcome} while {}", self.doing)
    }
}

impl Error for StoreError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_ref().map(|source| &**source as &(dyn Error + 'static))
    }
}
