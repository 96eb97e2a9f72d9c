//! What attribution can refuse.

use std::fmt;

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AttributionErrorKind {
    /// A half-life of zero: fix the rule.
    InvalidRule,
    /// An order other than 1, 2 or 3: fix the settings.
    UnsupportedOrder,
    /// Too many channels for the exact rate game: group them or sample.
    TooManyChannels,
    /// No samples, a confidence outside 0..1, or a share of journeys held out outside 1..=99 percent: fix the settings.
    InvalidSampling,
    /// A credit does not fit 64 bits of minor units: divide the paths.
    Overflow,
    /// The chain stays for too long on its way to be solved: lower the order or clean the paths.
    NotConverged,
    /// There is no such path: fix the calling code.
    UnknownPath,
    /// A touch without a channel, or more than a set of paths holds: leave it out.
    InvalidTouches,
}

/// A question to attribution that has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AttributionError {
    kind: AttributionErrorKind,
}

impl AttributionError {
    pub(super) const fn new(kind: AttributionErrorKind) -> Self {
        Self { kind }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> AttributionErrorKind {
        self.kind
    }
}

impl fmt::Display for AttributionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            AttributionErrorKind::InvalidRule => "the half-life must be at least one second",
            AttributionErrorKind::UnsupportedOrder => "the order of the chain must be 1, 2 or 3",
            AttributionErrorKind::TooManyChannels => "too many channels for the exact value of the rate game",
            AttributionErrorKind::InvalidSampling => {
                "sampling needs at least one sample, a confidence above 0 and below 1, and 1 to 99 percent held out"
            }
            AttributionErrorKind::Overflow => "a credit does not fit 64 bits",
            AttributionErrorKind::NotConverged => "the chain absorbs too slowly to be solved",
            AttributionErrorKind::UnknownPath => "no such path",
            AttributionErrorKind::InvalidTouches => "the touches do not make paths",
        })
    }
}

impl std::error::Error for AttributionError {}
