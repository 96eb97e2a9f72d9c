//! Making erased bytes disappear from the file.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use ::redb::{Database, ReadableDatabase, ReadableTable};

use super::apply::begin;
use super::fault::{Contained, contain, corrupt, failed};
use super::layout::{DATA, JOURNAL, META, SEQUENCE};
use super::open::{open_file, sync_directory};
use super::settings::Settings;
use super::writer::Current;
use crate::store::{StoreError, StoreErrorKind};

const DOING: &str = "scrubbing the redb store";

/// What a scrub did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scrubbed {
    /// Length of the file before, in bytes.
    pub bytes_before: u64,
    /// Length of the file after, in bytes.
    pub bytes_after: u64,
    /// Keys that were carried over.
    pub keys: u64,
}

/// Where the file of a store is.
#[derive(Debug, Clone)]
pub(super) struct Place {
    path: PathBuf,
    /// Whether a scrub put a new file in place without knowing that the directory is on disk.
    unsettled: bool,
}

impl Place {
    /// The place of an open store: symbolic links resolved, so that a rename replaces the file and not the link.
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        Ok(Self { path: path.canonicalize().map_err(io_failed)?, unsettled: false })
    }

    /// The file that a scrub writes before it takes the place of the store's.
    fn beside(&self) -> PathBuf {
        let mut name = self.path.file_name().map(OsString::from).unwrap_or_default();
        name.push(".scrub");
        self.path.with_file_name(name)
    }

    /// Makes sure that the name of the file is on disk. Without that, a commit to the file could vanish with the name.
    pub(super) fn settle(&mut self) -> Result<(), StoreError> {
        if self.unsettled {
            sync_directory(&self.path).map_err(io_failed)?;
            self.unsettled = false;
        }
        Ok(())
    }

    /// Removes what a scrub left that a crash interrupted. Only for who holds the lock of the store's file.
    pub(super) fn tidy(&self) -> Result<(), StoreError> {
        match fs::remove_file(self.beside()) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io_failed(error)),
            _ => Ok(()),
        }
    }
}

/// Copies the live content into a fresh file and puts that in the place of the old one.
pub(super) fn scrub(
    current: &Current,
    place: Option<&mut Place>,
    settings: &Settings,
) -> Result<Scrubbed, StoreError> {
    let place = place.ok_or_else(|| StoreError::new(StoreErrorKind::Failed, DOING))?;
    contain(DOING, || {
        place.tidy()?;
        let beside = place.beside();
        let bytes_before = length(&place.path)?;
        let written = write_beside(current.get().get(DOING)?, &beside, place, settings);
        let (fresh, keys) = written.inspect_err(|_| {
            // The error that led here says more than one about the leftover, which the next opening removes.
            let _ = fs::remove_file(&beside);
        })?;
        fs::rename(&beside, &place.path).map_err(io_failed)?;
        // From here on the old file has no name: everything must go to the new one.
        current.replace(fresh);
        place.unsettled = true;
        place.settle()?;
        Ok(Scrubbed { bytes_before, bytes_after: length(&place.path)?, keys })
    })
}

/// A complete and synced copy of the live content, open under its preliminary name.
fn write_beside(
    old: &Database,
    beside: &Path,
    place: &Place,
    settings: &Settings,
) -> Result<(Contained<Database>, u64), StoreError> {
    // Nobody may read the copy who may not read the original.
    let permissions = fs::metadata(&place.path).map_err(io_failed)?.permissions();
    fs::File::create_new(beside).and_then(|file| file.set_permissions(permissions)).map_err(io_failed)?;
    let fresh = open_file(beside, settings)?;
    let keys = copy(old, fresh.get(DOING)?)?;
    Ok((fresh, keys))
}

/// Inserts every live entry in key order, so that no page of the copy has ever held anything else.
fn copy(old: &Database, fresh: &Database) -> Result<u64, StoreError> {
    let reading = old.begin_read().map_err(|error| failed(DOING, error))?;
    let transaction = begin(fresh)?;
    let mut keys = 0_u64;
    {
        let mut data = transaction.open_table(DATA).map_err(|error| failed(DOING, error))?;
        let from = reading.open_table(DATA).map_err(|error| failed(DOING, error))?;
        for item in from.iter().map_err(|error| failed(DOING, error))? {
            let (key, value) = item.map_err(|error| failed(DOING, error))?;
            data.insert(key.value(), value.value()).map_err(|error| failed(DOING, error))?;
            keys += 1;
        }
        let mut journal = transaction.open_table(JOURNAL).map_err(|error| failed(DOING, error))?;
        let from = reading.open_table(JOURNAL).map_err(|error| failed(DOING, error))?;
        for item in from.iter().map_err(|error| failed(DOING, error))? {
            let (seq, announced) = item.map_err(|error| failed(DOING, error))?;
            journal.insert(seq.value(), announced.value()).map_err(|error| failed(DOING, error))?;
        }
        let mut meta = transaction.open_table(META).map_err(|error| failed(DOING, error))?;
        let from = reading.open_table(META).map_err(|error| failed(DOING, error))?;
        let sequence = from.get(SEQUENCE).map_err(|error| failed(DOING, error))?;
        let sequence = sequence.ok_or_else(|| corrupt(DOING))?.value();
        meta.insert(SEQUENCE, sequence).map_err(|error| failed(DOING, error))?;
    }
    transaction.commit().map_err(|error| failed(DOING, error))?;
    Ok(keys)
}

fn length(path: &Path) -> Result<u64, StoreError> {
    Ok(fs::metadata(path).map_err(io_failed)?.len())
}

fn io_failed(error: std::io::Error) -> StoreError {
    StoreError::caused_by(StoreErrorKind::Failed, DOING, error)
}
