//! What can be wrong with a path.

use std::fmt;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathsErrorKind {
    /// A touch without a channel: fix the input, or leave the touch out.
    EmptyChannel,
    /// A touch earlier than the one before it: sort the touches first.
    OutOfOrder,
    /// A path with times among paths without, or the reverse: use two sets.
    MixedTimes,
    /// More than one touch of a path is the key one: mark one.
    TwoKeys,
    /// More than 65,535 channels: group them.
    TooManyChannels,
    /// More than 4,294,967,295 touches: use several sets.
    TooManyTouches,
}

/// A path that cannot be taken in. The text never quotes the path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PathsError {
    kind: PathsErrorKind,
    touch: usize,
}

impl PathsError {
    pub(super) const fn new(kind: PathsErrorKind, touch: usize) -> Self {
        Self { kind, touch }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> PathsErrorKind {
        self.kind
    }

    /// The place of the touch in its path, from 0.
    #[must_use]
    pub const fn touch(&self) -> usize {
        self.touch
    }
}

impl fmt::Display for PathsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.kind {
            PathsErrorKind::EmptyChannel => "no channel",
            PathsErrorKind::OutOfOrder => "earlier than the touch before it",
            PathsErrorKind::MixedTimes => "paths with and without times in one set",
            PathsErrorKind::TwoKeys => "a second key touch",
            PathsErrorKind::TooManyChannels => "more than 65535 channels",
            PathsErrorKind::TooManyTouches => "more than 4294967295 touches",
        };
        write!(f, "{what}, at touch `{}`", self.touch)
    }
}

impl std::error::Error for PathsError {}
