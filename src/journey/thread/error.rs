//! What can be wrong with an edit, and what the caller does about it.

use serde::{Deserialize, Serialize};

/// What is wrong, and so what the caller fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum ThreadErrorKind {
    /// The object's id is empty, over 128 bytes, or has control characters.
    InvalidObject,
    /// The name of a field, a step or a device is empty, over 128 bytes, or has control characters.
    InvalidName,
    /// A value is over 64 KiB as JSON.
    ValueTooLarge,
    /// The thread would have more than 1,000 fields or 200 steps, or over 1 MiB of values.
    TooLarge,
}

/// An edit that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct ThreadError {
    kind: ThreadErrorKind,
}

impl ThreadError {
    pub(super) const fn new(kind: ThreadErrorKind) -> Self {
        Self { kind }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> ThreadErrorKind {
        self.kind
    }

    const fn text(&self) -> &'static str {
        match self.kind {
            ThreadErrorKind::InvalidObject => "invalid id of a thread's object",
            ThreadErrorKind::InvalidName => "invalid name of a field, step or device",
            ThreadErrorKind::ValueTooLarge => "a field's value is over 64 KiB",
            ThreadErrorKind::TooLarge => "too many fields or steps, or too large in all",
        }
    }
}
