//! The two drivers of a unit of work: blocking and async. No other code here is async.

use super::session::Session;
use super::{Batch, Committed, Stop, Store, StoreError, StoreErrorKind, Tenant, Tx};

/// Most runs of a unit of work on fresh data before a driver gives up with `Conflict`.
pub const MAX_RUNS: usize = 16;
/// Most pauses within one run before a driver gives up with `Failed`: a unit that asks for more at every turn.
pub const MAX_PAUSES: usize = 64;

/// What came of a unit of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome<R> {
    /// What the unit returned.
    pub value: R,
    /// Its commit; `None` if it wrote nothing.
    pub committed: Option<Committed>,
}

/// Runs a unit of work on this thread until it is committed.
///
/// The unit may be run several times; see [`Tx`] for what it must not do. There is no waiting between runs: a conflict
/// means that another unit made progress.
///
/// # Errors
/// `Conflict` after [`MAX_RUNS`] runs, `Failed` after [`MAX_PAUSES`] pauses, else what the store or the unit reported.
/// `Unknown` is never run again by itself: repeat the command with the same key ([`once`](super::once)).
pub fn run<R>(
    store: &dyn Store,
    tenant: Tenant,
    work: impl FnMut(&mut Tx<'_>) -> Result<R, Stop>,
) -> Result<Outcome<R>, StoreError> {
    pollster::block_on(run_async(store, tenant, work))
}

/// Runs a unit of work until it is committed, waiting for the store asynchronously on any executor.
///
/// The future is `Send` if the unit and its result are. No snapshot and no lock is held while it waits. Dropping it
/// before it is done leaves the commit's outcome unknown.
///
/// ```
/// use throughline::store::{Key, MemoryStore, Tenant, run_async};
/// let store = MemoryStore::new();
/// let key = Key::new(b"a")?;
/// let known = pollster::block_on(run_async(&store, Tenant(1), |tx| tx.exists(&key)))?;
/// assert!(!known.value && known.committed.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// As [`run`].
pub async fn run_async<R>(
    store: &dyn Store,
    tenant: Tenant,
    mut work: impl FnMut(&mut Tx<'_>) -> Result<R, Stop>,
) -> Result<Outcome<R>, StoreError> {
    let mut session = Session::default();
    let (mut runs, mut pauses) = (1, 0);
    loop {
        let ended = match step(store, tenant, &mut session, &mut work)? {
            Step::Load => {
                pauses += 1;
                if pauses > MAX_PAUSES {
                    return Err(StoreError::new(StoreErrorKind::Failed, "pausing again and again for data"));
                }
                let want = session.missing();
                let view = store.read(&want).await?;
                session.fill(want, view)?;
                continue;
            }
            Step::Finished(value, batch) if batch.writes.is_empty() => Ok(value),
            Step::Finished(value, batch) => match store.commit(&batch).await {
                Ok(committed) => return Ok(Outcome { value, committed: Some(committed) }),
                Err(error) if error.kind() == StoreErrorKind::Conflict && runs < MAX_RUNS => {
                    runs += 1;
                    pauses = 0;
                    if session.loads > 0 {
                        let want = session.everything();
                        let view = store.read(&want).await?;
                        session.adopt(want, view)?;
                    }
                    continue;
                }
                Err(error) => return Err(error),
            },
            Step::Stopped(error) => Err(error),
        };
        // Nothing to commit. What came in one load (or from a snapshot) is of one instant; what came in several is
        // only if it still stands.
        if session.loads > 1 {
            let want = session.everything();
            let view = store.read(&want).await?;
            if !session.agrees(&want, &view) {
                if runs >= MAX_RUNS {
                    return Err(StoreError::new(
                        StoreErrorKind::Conflict,
                        "reading what others keep changing",
                    ));
                }
                runs += 1;
                pauses = 0;
                session.adopt(want, view)?;
                continue;
            }
        }
        return ended.map(|value| Outcome { value, committed: None });
    }
}

enum Step<R> {
    /// Data is missing.
    Load,
    /// The unit came to its end.
    Finished(R, Batch),
    /// The unit or the store gave up.
    Stopped(StoreError),
}

/// One run. The snapshot lives in here only.
fn step<R>(
    store: &dyn Store,
    tenant: Tenant,
    session: &mut Session,
    work: &mut impl FnMut(&mut Tx<'_>) -> Result<R, Stop>,
) -> Result<Step<R>, StoreError> {
    let snapshot = store.snapshot()?;
    if let Some(snapshot) = &snapshot {
        session.clear();
        session.as_of = snapshot.as_of();
    } else {
        session.rewind();
    }
    let result = work(&mut Tx::new(tenant, snapshot.as_deref(), session));
    drop(snapshot);
    if session.paused {
        return Ok(Step::Load);
    }
    Ok(match result {
        Ok(value) => Step::Finished(value, session.batch()),
        Err(Stop::Failed(error)) => Step::Stopped(error),
        Err(Stop::Pause) => {
            Step::Stopped(StoreError::new(StoreErrorKind::Failed, "pausing without asking for data"))
        }
    })
}
