//! An embedded durable store in one file, on redb.
//!
//! One thread writes. It takes the batches that wait (at most [`RedbSettings::group_limit`](Settings::group_limit)),
//! checks the guards of each against the state that the earlier ones leave, applies them in one redb transaction and
//! syncs the disk once for all. Readers see redb's snapshots and never wait for the writer, nor it for them.

mod apply;
mod fault;
mod layout;
mod open;
mod read;
mod scrub;
mod settings;
mod writer;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{self, Sender};
use std::thread::{Builder, JoinHandle};

use ::redb::{Database, StorageBackend};
use futures_channel::oneshot;

pub use scrub::Scrubbed;
pub use settings::Settings;

use self::fault::Contained;
use self::read::Moment;
use self::scrub::Place;
use self::writer::{Current, Job, Writer};
use super::{
    Batch, BoxFuture, Committed, Entry, ReadSet, Seq, Snapshot, Store, StoreError, StoreErrorKind, View,
};

/// A [`Store`] in one file.
///
/// Clones share the file; it is closed when the last one is dropped, after every commit that was asked for has been
/// made. One file is open once at a time, in this process or another.
///
/// ```
/// use throughline::store::{Batch, Key, ReadSet, RedbStore, Store, Write};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// let store = RedbStore::open(directory.path().join("customers.redb"))?;
/// let key = Key::new(b"record/1")?;
/// let batch = Batch { writes: vec![(key.clone(), Write::Put((*b"{}").into()))], ..Batch::default() };
/// let committed = pollster::block_on(store.commit(&batch))?;
/// let view = pollster::block_on(store.read(&ReadSet { gets: vec![key], ..ReadSet::default() }))?;
/// assert_eq!(view.gets[0].as_ref().map(|found| found.version.0), Some(committed.seq.0));
/// # Ok(())
/// # }
/// ```
///
/// # After a failure
/// A disk that fails during a commit may leave that commit on disk or not: its callers get `Unknown`. redb then takes
/// no more commits, because a kernel that failed to write a page may have forgotten it; reads and commits answer
/// `Failed` until the store is dropped and opened again, best by a new process.
///
/// # Threads
/// Reads work in the calling thread and answer at the first poll; a page that is not cached is read from the file
/// there. Commits work in the store's own thread, and their futures wait without blocking.
///
/// # Complexity
/// A read or write of a key costs O(log n) pages, a page of a scan O(log n + items). A group of batches costs two
/// syncs of the disk: redb writes the new state, syncs, switches over, and syncs again, which is what makes
/// reopening after a crash take milliseconds at any size.
#[derive(Clone)]
pub struct RedbStore(Arc<Handle>);

struct Handle {
    current: Arc<Current>,
    /// `None` only while dropping.
    jobs: Option<Sender<Job>>,
    /// `None` only while dropping.
    thread: Option<JoinHandle<()>>,
}

impl Drop for Handle {
    fn drop(&mut self) {
        // Without a sender the writer finishes what is queued and ends.
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // A writer that panicked has answered its callers `Unknown` already.
            let _ = thread.join();
        }
    }
}

impl fmt::Debug for RedbStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RedbStore").finish_non_exhaustive()
    }
}

impl RedbStore {
    /// Opens the store in this file with the default settings, or creates it.
    ///
    /// # Errors
    /// As [`RedbStore::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Self::open_with(path, Settings::default())
    }

    /// Opens the store in this file, or creates it if there is no file or an empty one.
    ///
    /// # Errors
    /// `Failed` if the file is open elsewhere or cannot be read, written or created; `Corrupt` if it is no store of
    /// this crate, cut short or otherwise damaged; `Newer` if a later version of this crate has written it.
    ///
    /// # Complexity
    /// Constant, after a crash too; linear in the file with [`Settings::verify_on_open`].
    pub fn open_with(path: impl AsRef<Path>, settings: Settings) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let database = open::open_file(path, &settings)?;
        let place = Place::of(path)?;
        place.tidy()?;
        Self::start(database, Some(place), settings)
    }

    /// Opens the store in storage of your own, or creates it if that is empty. [`RedbStore::scrub`] cannot replace
    /// such storage and answers `Failed`.
    ///
    /// # Errors
    /// As [`RedbStore::open_with`].
    pub fn with_backend(backend: impl StorageBackend, settings: Settings) -> Result<Self, StoreError> {
        let database = open::open_backend(backend, &settings)?;
        Self::start(database, None, settings)
    }

    fn start(
        database: Contained<Database>,
        place: Option<Place>,
        settings: Settings,
    ) -> Result<Self, StoreError> {
        let current = Arc::new(Current::new(database));
        let (sender, jobs) = mpsc::channel();
        let writer = Writer { current: Arc::clone(&current), place, settings, jobs };
        let thread = Builder::new().name("throughline-redb".to_owned()).spawn(move || writer.run()).map_err(
            |error| {
                StoreError::caused_by(StoreErrorKind::Failed, "starting the writer of the redb store", error)
            },
        )?;
        Ok(Self(Arc::new(Handle { current, jobs: Some(sender), thread: Some(thread) })))
    }

    /// Rewrites the file so that no byte of anything deleted or overwritten before remains in it, and waits for it.
    ///
    /// redb never writes in place: a page that held a value keeps its bytes until it is used again, and an inner page
    /// may keep a deleted key as a signpost. So the live content goes, in key order, into a fresh file beside the
    /// store's (`<name>.scrub`), which is synced and then takes its name in one step. A crash leaves either the old
    /// file or the new one, both complete; what it leaves of an unfinished copy the next opening removes. Reads go on
    /// meanwhile, commits wait. Versions, commit numbers and the journal stay as they are.
    ///
    /// The bytes leave the file, not the medium: blocks that the file system freed, its snapshots and your backups
    /// are out of reach. A snapshot that is open across the scrub keeps the old, nameless file until it is dropped.
    ///
    /// # Errors
    /// `Failed` if the fresh file cannot be made (the store goes on with the old one), or if the store is on storage
    /// of your own ([`RedbStore::with_backend`]); `Corrupt` if the old content cannot be read.
    ///
    /// # Complexity
    /// O(live bytes) in time and in disk space until it ends; memory stays within [`Settings::cache_bytes`].
    pub fn scrub(&self) -> Result<Scrubbed, StoreError> {
        const DOING: &str = "scrubbing the redb store";
        let (answer, scrubbed) = mpsc::sync_channel(1);
        self.send(Job::Scrub { answer }, DOING)?;
        scrubbed.recv().unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Unknown, DOING)))
    }

    fn send(&self, job: Job, doing: &'static str) -> Result<(), StoreError> {
        let sent = self.0.jobs.as_ref().is_some_and(|jobs| jobs.send(job).is_ok());
        if sent { Ok(()) } else { Err(StoreError::new(StoreErrorKind::Failed, doing)) }
    }
}

impl Store for RedbStore {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            let instant = Moment::of(self.0.current.get())?;
            Ok(View {
                gets: want.gets.iter().map(|key| instant.get(key)).collect::<Result<_, _>>()?,
                scans: want.scans.iter().map(|scan| instant.scan(scan)).collect::<Result<_, _>>()?,
            })
        })
    }

    /// A future that is dropped while it waits leaves open whether the batch is applied.
    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        const DOING: &str = "committing to the redb store";
        Box::pin(async move {
            batch.check()?;
            let (answer, committed) = oneshot::channel();
            self.send(Job::Commit { batch: batch.clone(), answer }, DOING)?;
            committed.await.unwrap_or_else(|_| Err(StoreError::new(StoreErrorKind::Unknown, DOING)))
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move { read::journal(&self.0.current.get(), after, limit) })
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        Ok(Some(Box::new(Moment::of(self.0.current.get())?)))
    }
}
