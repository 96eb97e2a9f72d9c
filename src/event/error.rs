//! Why a piece of text is not an event, without repeating any of it.

use std::fmt;

/// What is wrong with the input. Every kind means *fix the input*, except [`Unreadable`](Self::Unreadable): read again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum EventErrorKind {
    /// More bytes than the limit that is named; nothing was parsed.
    TooLarge {
        /// The limit, in bytes.
        limit: usize,
    },
    /// The bytes are not UTF-8.
    NotUtf8,
    /// Not one JSON object, or broken JSON. Counted from 1 within the event's own text.
    Malformed {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
    },
    /// Objects and arrays nested deeper than the limit.
    TooDeep {
        /// The limit.
        limit: usize,
    },
    /// No `type`, or one that is no word.
    MissingType,
    /// A key that decides what the event means stands there twice.
    DuplicateKey(&'static str),
    /// More identifiers than the limit.
    TooManyIdentifiers {
        /// The limit.
        limit: usize,
    },
    /// More traits, properties and consent categories together than the limit.
    TooManyAttributes {
        /// The limit.
        limit: usize,
    },
    /// The reader failed; only from [`import_lines`](super::import_lines).
    Unreadable,
}

/// An event that could not be imported. Neither `Debug` nor `Display` repeats the input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventError {
    kind: EventErrorKind,
}

impl EventError {
    pub(super) const fn new(kind: EventErrorKind) -> Self {
        Self { kind }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> EventErrorKind {
        self.kind
    }
}

impl From<EventErrorKind> for EventError {
    fn from(kind: EventErrorKind) -> Self {
        Self::new(kind)
    }
}

impl fmt::Display for EventError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            EventErrorKind::TooLarge { limit } => write!(f, "event larger than {limit} bytes"),
            EventErrorKind::NotUtf8 => f.write_str("event is not UTF-8"),
            EventErrorKind::Malformed { line, column } => {
                write!(f, "event is not one JSON object: line {line} column {column}")
            }
            EventErrorKind::TooDeep { limit } => write!(f, "event nested deeper than {limit} levels"),
            EventErrorKind::MissingType => f.write_str("event without a `type`"),
            EventErrorKind::DuplicateKey(name) => write!(f, "key `{name}` appears twice"),
            EventErrorKind::TooManyIdentifiers { limit } => write!(f, "more than {limit} identifiers"),
            EventErrorKind::TooManyAttributes { limit } => write!(f, "more than {limit} attributes"),
            EventErrorKind::Unreadable => f.write_str("the reader of the events failed"),
        }
    }
}

impl std::error::Error for EventError {}
