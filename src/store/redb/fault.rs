//! From redb's errors and panics to what the caller does about them.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::store::{StoreError, StoreErrorKind};

/// The error for an operation that has surely changed nothing.
pub(super) fn failed(doing: &'static str, error: impl Into<::redb::Error>) -> StoreError {
    let error = error.into();
    StoreError::caused_by(kind(&error), doing, error)
}

/// The error for a commit that may have reached the disk.
pub(super) fn unknown(doing: &'static str, error: impl Into<::redb::Error>) -> StoreError {
    StoreError::caused_by(StoreErrorKind::Unknown, doing, error.into())
}

/// A file that holds what this store never wrote.
pub(super) fn corrupt(doing: &'static str) -> StoreError {
    StoreError::new(StoreErrorKind::Corrupt, doing)
}

/// Turns a panic inside redb into [`StoreErrorKind::Corrupt`].
///
/// redb checks a page by its checksum after a crash only; reading a page that changed behind its back may panic
/// (its documentation says so, and its debug builds assert it on purpose). That must not take the host down.
pub(super) fn contain<T>(
    doing: &'static str,
    work: impl FnOnce() -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| Err(corrupt(doing)))
}

/// A part of redb whose closing is contained too.
#[derive(Debug)]
pub(super) struct Contained<T>(Option<T>);

impl<T> Contained<T> {
    pub(super) const fn new(part: T) -> Self {
        Self(Some(part))
    }

    /// The part. It is there until it is dropped.
    pub(super) fn get(&self, doing: &'static str) -> Result<&T, StoreError> {
        self.0.as_ref().ok_or_else(|| StoreError::new(StoreErrorKind::Failed, doing))
    }
}

impl<T> Drop for Contained<T> {
    fn drop(&mut self) {
        let part = self.0.take();
        // What was acknowledged is on disk already; nobody is left to tell.
        let _ = catch_unwind(AssertUnwindSafe(|| drop(part)));
    }
}

fn kind(error: &::redb::Error) -> StoreErrorKind {
    use ::redb::Error;
    match error {
        Error::Corrupted(_)
        | Error::UpgradeRequired(_)
        | Error::TableTypeMismatch { .. }
        | Error::TableIsMultimap(_)
        | Error::TableIsNotMultimap(_)
        | Error::TypeDefinitionChanged { .. }
        | Error::TableDoesNotExist(_) => StoreErrorKind::Corrupt,
        Error::Io(io) if matches!(io.kind(), ErrorKind::InvalidData | ErrorKind::UnexpectedEof) => {
            StoreErrorKind::Corrupt
        }
        Error::ValueTooLarge(_) => StoreErrorKind::TooLarge,
        _ => StoreErrorKind::Failed,
    }
}
