//! Opening and creating the file.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::Path;

use ::redb::backends::FileBackend;
use ::redb::{Database, ReadableDatabase, StorageBackend, TableHandle};

use super::apply::begin;
use super::fault::{Contained, contain, corrupt, failed};
use super::layout::{DATA, FORMAT, FORMAT_NOW, JOURNAL, META, SEQUENCE};
use super::settings::Settings;
use crate::store::{StoreError, StoreErrorKind};

const OPENING: &str = "opening the redb store";

/// No creation writes more than this before it is complete.
const UNFINISHED_MAX: u64 = 16 * 1024 * 1024;
/// The header page, the only one that a creation writes.
const PAGE: usize = 4096;
/// Length of the mark that redb writes last of all when it creates a file.
const MARK: usize = 9;

/// Opens a file, or creates it where there is none.
pub(super) fn open_file(path: &Path, settings: &Settings) -> Result<Contained<Database>, StoreError> {
    let existed = path.try_exists().map_err(io_failed)?;
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)
        .map_err(io_failed)?;
    // A creation by another process goes on only while it holds the lock.
    match file.try_lock() {
        Ok(()) => {
            let backend = FileBackend::new(file.try_clone().map_err(io_failed)?)
                .map_err(|error| failed(OPENING, error))?;
            restart_unfinished(&backend)?;
            file.unlock().map_err(io_failed)?;
        }
        Err(TryLockError::WouldBlock) => {
            return Err(failed(OPENING, ::redb::Error::DatabaseAlreadyOpen));
        }
        // A file system without locks: leave unfinished creations alone.
        Err(TryLockError::Error(_)) => {}
    }
    // At every opening, because a process may have been killed between creating the file and this.
    match sync_directory(path) {
        // A directory that we may enter but not list; whoever created the file could.
        Err(error) if existed && error.kind() == io::ErrorKind::PermissionDenied => {}
        synced => synced.map_err(io_failed)?,
    }
    let opened = file.metadata().map_err(io_failed)?;
    let backend = FileBackend::new(file).map_err(|error| failed(OPENING, error))?;
    let database = open_backend(backend, settings)?;
    // Now that the lock is ours: a scrub may have put another file in place since we opened this one.
    if same_file(&opened, &fs::metadata(path).map_err(io_failed)?) {
        Ok(database)
    } else {
        Err(failed(OPENING, ::redb::Error::DatabaseAlreadyOpen))
    }
}

#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Elsewhere a file that somebody has open keeps its name.
#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

/// Opens any storage that redb can use, or creates a store in it where it is empty.
pub(super) fn open_backend(
    backend: impl StorageBackend,
    settings: &Settings,
) -> Result<Contained<Database>, StoreError> {
    contain(OPENING, || {
        restart_unfinished(&backend)?;
        let mut builder = Database::builder();
        builder.set_cache_size(settings.cache_bytes).set_check_integrity_on_open(settings.verify_on_open);
        let database = builder.create_with_backend(backend).map_err(|error| failed(OPENING, error))?;
        let database = Contained::new(database);
        prepare(database.get(OPENING)?)?;
        Ok(database)
    })
}

/// Checks the layout of a store, or lays it out in an empty database.
fn prepare(database: &Database) -> Result<(), StoreError> {
    let reading = database.begin_read().map_err(|error| failed(OPENING, error))?;
    let names: Vec<String> = reading
        .list_tables()
        .map_err(|error| failed(OPENING, error))?
        .map(|table| table.name().to_owned())
        .collect();
    let foreign = reading.list_multimap_tables().map_err(|error| failed(OPENING, error))?.next().is_some();
    if names.is_empty() && !foreign {
        drop(reading);
        return lay_out(database);
    }
    let format = reading
        .open_table(META)
        .map_err(|error| failed(OPENING, error))?
        .get(FORMAT)
        .map_err(|error| failed(OPENING, error))?
        .ok_or_else(|| corrupt(OPENING))?
        .value();
    match format {
        FORMAT_NOW => {
            reading.open_table(DATA).map_err(|error| failed(OPENING, error))?;
            reading.open_table(JOURNAL).map_err(|error| failed(OPENING, error))?;
            Ok(())
        }
        0 => Err(corrupt(OPENING)),
        _ => Err(StoreError::new(StoreErrorKind::Newer, OPENING)),
    }
}

fn lay_out(database: &Database) -> Result<(), StoreError> {
    let transaction = begin(database)?;
    {
        let mut meta = transaction.open_table(META).map_err(|error| failed(OPENING, error))?;
        meta.insert(FORMAT, FORMAT_NOW).map_err(|error| failed(OPENING, error))?;
        meta.insert(SEQUENCE, 0).map_err(|error| failed(OPENING, error))?;
        transaction.open_table(DATA).map_err(|error| failed(OPENING, error))?;
        transaction.open_table(JOURNAL).map_err(|error| failed(OPENING, error))?;
    }
    transaction.commit().map_err(|error| failed(OPENING, error))
}

/// Empties storage in which the power failed during the very first creation, before anything could be stored.
///
/// redb grows the storage, writes one header page without its mark, syncs, and only then writes the mark. So storage
/// without the mark and with zeros behind the first page has never held a commit. Anything else is left as it is.
fn restart_unfinished(backend: &impl StorageBackend) -> Result<(), StoreError> {
    let length = backend.len().map_err(io_failed)?;
    if length == 0 || length > UNFINISHED_MAX {
        return Ok(());
    }
    let mut chunk = vec![0; PAGE];
    let mut offset = 0;
    while offset < length {
        let here = usize::try_from(length - offset).unwrap_or(PAGE).min(PAGE);
        let chunk = chunk.get_mut(..here).unwrap_or_default();
        backend.read(offset, chunk).map_err(io_failed)?;
        let zeros = if offset == 0 { chunk.get(..MARK).unwrap_or(chunk) } else { chunk };
        if zeros.iter().any(|&byte| byte != 0) {
            return Ok(());
        }
        offset += u64::try_from(here).unwrap_or(u64::MAX);
    }
    backend.set_len(0).and_then(|()| backend.sync_data()).map_err(io_failed)
}

/// Makes a new or renamed directory entry survive a power failure.
pub(super) fn sync_directory(path: &Path) -> io::Result<()> {
    // Only Unix lets a program open a directory to sync it.
    if cfg!(unix) {
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
        File::open(parent.unwrap_or(Path::new(".")))?.sync_all()?;
    }
    Ok(())
}

fn io_failed(error: io::Error) -> StoreError {
    StoreError::caused_by(StoreErrorKind::Failed, OPENING, error)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_was_replaced_is_not_the_same() {
        let directory = tempfile::tempdir().unwrap();
        let [old, new] = ["old", "new"].map(|name| directory.path().join(name));
        fs::write(&old, b"1").unwrap();
        fs::write(&new, b"1").unwrap();
        let open = File::open(&old).unwrap().metadata().unwrap();
        assert!(same_file(&open, &fs::metadata(&old).unwrap()));
        fs::rename(&new, &old).unwrap();
        assert!(!same_file(&open, &fs::metadata(&old).unwrap()));
    }
}
