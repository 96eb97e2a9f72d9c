//! The one thread that writes: it groups waiting batches and syncs once for all of them.

use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use ::redb::Database;
use futures_channel::oneshot;

use super::apply::{Group, Outcome, apply};
use super::fault::Contained;
use super::scrub::{Place, Scrubbed, scrub};
use super::settings::Settings;
use crate::store::{Batch, Committed, StoreError, StoreErrorKind, Write};

const DOING: &str = "committing to the redb store";

/// The database that reads and commits use now; a scrub puts another in its place.
#[derive(Debug)]
pub(super) struct Current(RwLock<Arc<Contained<Database>>>);

impl Current {
    pub(super) fn new(database: Contained<Database>) -> Self {
        Self(RwLock::new(Arc::new(database)))
    }

    pub(super) fn get(&self) -> Arc<Contained<Database>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn replace(&self, database: Contained<Database>) {
        let fresh = Arc::new(database);
        let old = std::mem::replace(&mut *self.0.write().unwrap_or_else(PoisonError::into_inner), fresh);
        // Closing the old database touches its file, so not under the lock.
        drop(old);
    }
}

/// What callers ask of the writer.
pub(super) enum Job {
    Commit { batch: Batch, answer: oneshot::Sender<Result<Committed, StoreError>> },
    Scrub { answer: SyncSender<Result<Scrubbed, StoreError>> },
}

struct Waiting {
    batch: Batch,
    answer: oneshot::Sender<Result<Committed, StoreError>>,
}

/// The writer's own state.
pub(super) struct Writer {
    pub(super) current: Arc<Current>,
    pub(super) place: Option<Place>,
    pub(super) settings: Settings,
    pub(super) jobs: Receiver<Job>,
}

impl Writer {
    /// Serves jobs until the last handle of the store is gone.
    pub(super) fn run(mut self) {
        // How many batches the previous group held: about as many callers are likely to come back.
        let mut expected = 1;
        let mut next = self.jobs.recv().ok();
        while let Some(job) = next {
            next = match job {
                Job::Commit { batch, answer } => {
                    let (group, after) = self.gather(Waiting { batch, answer }, expected);
                    expected = group.len();
                    self.commit(group);
                    after
                }
                Job::Scrub { answer } => {
                    let scrubbed = scrub(&self.current, self.place.as_mut(), &self.settings);
                    // A caller who no longer listens loses the report only.
                    let _ = answer.send(scrubbed);
                    None
                }
            };
            if next.is_none() {
                next = self.jobs.recv().ok();
            }
        }
    }

    /// The batches to commit together, and a job of another kind that came after them.
    ///
    /// Takes what is queued. If that is fewer than the previous group held, waits for the others to come back, at
    /// most the configured time: with one caller the expected number is one and nothing is waited.
    #[expect(clippy::disallowed_methods, reason = "the store writer measures how long a group waits")]
    fn gather(&self, first: Waiting, expected: usize) -> (Vec<Waiting>, Option<Job>) {
        let limit = self.settings.group_limit.max(1);
        let deadline = Instant::now() + self.settings.group_wait();
        let mut bytes = size(&first.batch);
        let mut group = vec![first];
        while group.len() < limit && bytes < self.settings.group_bytes {
            let wait = if group.len() < expected {
                deadline.saturating_duration_since(Instant::now())
            } else {
                std::time::Duration::ZERO
            };
            match self.jobs.recv_timeout(wait) {
                Ok(Job::Commit { batch, answer }) => {
                    bytes = bytes.saturating_add(size(&batch));
                    group.push(Waiting { batch, answer });
                }
                Ok(other) => return (group, Some(other)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
            }
        }
        (group, None)
    }

    fn commit(&mut self, group: Vec<Waiting>) {
        let settled = self.place.as_mut().map_or(Ok(()), Place::settle);
        let result = match settled {
            Ok(()) => apply(&self.current.get(), group.iter().map(|waiting| &waiting.batch)),
            Err(error) => Group::Failed(error, Vec::new()),
        };
        let (outcomes, rest) = match result {
            Group::Durable(outcomes) => (outcomes, None),
            Group::Failed(error, outcomes) => (outcomes, Some((error.kind(), Arc::new(error)))),
            Group::Unknown(error, outcomes) => (outcomes, Some((StoreErrorKind::Unknown, Arc::new(error)))),
        };
        let mut outcomes = outcomes.into_iter();
        for waiting in group {
            let answer = match (outcomes.next(), &rest) {
                (Some(Outcome::Conflict), _) => Err(StoreError::new(StoreErrorKind::Conflict, DOING)),
                (Some(Outcome::Applied(committed)), None) => Ok(committed),
                (_, Some((kind, cause))) => Err(StoreError::caused_by(*kind, DOING, Arc::clone(cause))),
                (None, None) => Err(StoreError::new(StoreErrorKind::Failed, DOING)),
            };
            // A caller who no longer listens is answered by nobody; the batch stands as it is.
            let _ = waiting.answer.send(answer);
        }
    }
}

/// Bytes of keys and values.
fn size(batch: &Batch) -> usize {
    let writes = batch.writes.iter().map(|(key, write)| {
        key.as_bytes().len()
            + match write {
                Write::Put(value) => value.len(),
                Write::Delete => 0,
            }
    });
    writes.sum()
}
