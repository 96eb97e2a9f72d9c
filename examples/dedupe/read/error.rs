//! What is wrong with a file, and where.

use std::error::Error;
use std::fmt;
use std::io;

use crate::table::Full;

/// Where in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    /// The record, the first one after the header being 1.
    pub(crate) row: u64,
    /// The line on which it begins, the header's being 1; 0 if unknown. Quoted values may hold line ends.
    pub(crate) line: u64,
    /// The column's header.
    pub(crate) column: Option<String>,
}

/// A file that cannot be used. Holds no value of the file.
#[derive(Debug)]
pub(crate) struct ReadError {
    file: String,
    place: Option<Box<Place>>,
    kind: ReadErrorKind,
}

/// What is wrong.
#[derive(Debug)]
pub(crate) enum ReadErrorKind {
    /// The file cannot be opened or read.
    Io(io::Error),
    /// There is nothing in the file, not even a header.
    Empty,
    /// The file is in UTF-16.
    Utf16,
    /// A row has more or fewer values than the header.
    Ragged {
        /// Values of the header.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// A value holds a NUL character.
    Nul,
    /// A value is longer than a megabyte.
    TooLong,
    /// A quotation mark is never closed, so that the value swallows the rows that follow.
    Unclosed,
    /// The record has no id.
    EmptyId,
    /// The record has the id of another one.
    DuplicateId {
        /// The row that had it first.
        first: u64,
    },
    /// No column tells records apart.
    NoId,
    /// There is no such column.
    UnknownColumn {
        /// The name that was asked for.
        column: String,
    },
    /// The table has no room.
    Full(Full),
}

impl ReadError {
    pub(crate) fn new(file: &str, place: Option<Place>, kind: ReadErrorKind) -> Self {
        Self { file: file.to_owned(), place: place.map(Box::new), kind }
    }

    /// Where.
    #[cfg(test)]
    pub(crate) fn place(&self) -> Option<&Place> {
        self.place.as_deref()
    }

    /// What.
    #[cfg(test)]
    pub(crate) const fn kind(&self) -> &ReadErrorKind {
        &self.kind
    }
}

impl From<csv::Error> for ReadErrorKind {
    fn from(error: csv::Error) -> Self {
        Self::Io(error.into())
    }
}

impl fmt::Display for ReadError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}`", self.file)?;
        if let Some(place) = &self.place {
            write!(out, ", row {}", place.row)?;
            if place.line > 0 {
                write!(out, " (line {})", place.line)?;
            }
            if let Some(column) = &place.column {
                write!(out, ", column `{column}`")?;
            }
        }
        write!(out, ": {}", self.kind)
    }
}

impl fmt::Display for ReadErrorKind {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(error) => write!(out, "{error}"),
            Self::Empty => out.write_str("the file is empty; the first line must name the columns"),
            Self::Utf16 => out.write_str("the file is in UTF-16; save it as UTF-8"),
            Self::Ragged { expected, found } if found < expected => write!(
                out,
                "the row has {found} values and the header {expected}, so this one is missing; `--lenient` reads \
                 missing ones as empty"
            ),
            Self::Ragged { expected, found } => write!(
                out,
                "the row has {found} values and the header {expected}, so the last ones belong to no column; is a \
                 separator not quoted? `--lenient` drops them"
            ),
            Self::Nul => {
                out.write_str("a NUL character; is the file in UTF-16, or binary? `--lenient` drops them")
            }
            Self::TooLong => out.write_str("a value is longer than 1 MiB; is a quotation mark never closed?"),
            Self::Unclosed => out.write_str(
                "a quotation mark is opened and not closed before the line ends, so that the value swallows rows that \
                 follow",
            ),
            Self::EmptyId => out.write_str("the record has no id"),
            Self::DuplicateId { first } => write!(out, "row {first} has the same id"),
            Self::NoId => out.write_str(
                "no column tells the records apart: none is called `record_id`, `unique_id` or `id`, and none of \
                 unknown meaning has a different value in every row; name one with `--id COLUMN`",
            ),
            Self::UnknownColumn { column } => write!(out, "there is no column `{column}`"),
            Self::Full(full) => write!(out, "{full}"),
        }
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match &self.kind {
            ReadErrorKind::Io(error) => Some(error),
            _ => None,
        }
    }
}
