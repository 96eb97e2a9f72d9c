//! What can be wrong with a text message.

use std::fmt;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SmsErrorKind {
    /// There is nothing to send: fix the template or its variables.
    EmptyBody,
}

/// A body that cannot be sent. The text never quotes the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SmsError {
    kind: SmsErrorKind,
}

impl SmsError {
    pub(super) const fn new(kind: SmsErrorKind) -> Self {
        Self { kind }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> SmsErrorKind {
        self.kind
    }
}

impl fmt::Display for SmsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            SmsErrorKind::EmptyBody => "the body is empty",
        })
    }
}

impl std::error::Error for SmsError {}
