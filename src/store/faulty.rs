//! A store that fails on purpose, the same way for the same seed.

use std::collections::BTreeMap;
use std::fmt;
use std::future::poll_fn;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::Poll;

use super::dice::Dice;
use super::{
    Batch, BoxFuture, Committed, Entry, ReadSet, Seq, Snapshot, Store, StoreError, StoreErrorKind, View,
};

/// One thing that can go wrong with one call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Fault {
    /// An error before anything is applied.
    Failed,
    /// The answer takes long and then does not come: a read fails, a commit is unknown, applied or not.
    Timeout,
    /// A commit is applied and its answer lost. A read fails.
    UnknownApplied,
    /// A commit is lost before it is applied, and nobody can tell. A read fails.
    UnknownLost,
    /// A commit conflicts with nobody. Reads are left alone.
    Conflict,
    /// The answer comes late but is right.
    Slow,
    /// The process dies before the call does anything.
    CrashBefore,
    /// The process dies after a commit is applied and before it is answered. A read fails.
    CrashAfter,
}

impl Fault {
    /// Every fault.
    pub const ALL: &[Self] = &[
        Self::Failed,
        Self::Timeout,
        Self::UnknownApplied,
        Self::UnknownLost,
        Self::Conflict,
        Self::Slow,
        Self::CrashBefore,
        Self::CrashAfter,
    ];
}

/// How often each [`Fault`] happens, per thousand calls. Chances add up; over a thousand in all, the first ones win.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Plan {
    /// [`Fault::Failed`].
    pub failed: u16,
    /// [`Fault::Timeout`].
    pub timeout: u16,
    /// [`Fault::UnknownApplied`].
    pub unknown_applied: u16,
    /// [`Fault::UnknownLost`].
    pub unknown_lost: u16,
    /// [`Fault::Conflict`].
    pub conflict: u16,
    /// [`Fault::Slow`].
    pub slow: u16,
    /// [`Fault::CrashBefore`].
    pub crash_before: u16,
    /// [`Fault::CrashAfter`].
    pub crash_after: u16,
}

impl Plan {
    /// Nothing happens but what the script says.
    #[must_use]
    pub fn calm() -> Self {
        Self::default()
    }

    /// A bad network: every fault but crashes, each now and then.
    #[must_use]
    pub fn rough() -> Self {
        Self {
            failed: 30,
            timeout: 20,
            unknown_applied: 30,
            unknown_lost: 30,
            conflict: 60,
            slow: 100,
            ..Self::default()
        }
    }

    /// A bad network on a bad machine: all of it.
    #[must_use]
    pub fn stormy() -> Self {
        Self { crash_before: 20, crash_after: 20, ..Self::rough() }
    }

    fn throw(&self, dice: &mut Dice) -> Option<Fault> {
        let chances = [
            (self.failed, Fault::Failed),
            (self.timeout, Fault::Timeout),
            (self.unknown_applied, Fault::UnknownApplied),
            (self.unknown_lost, Fault::UnknownLost),
            (self.conflict, Fault::Conflict),
            (self.slow, Fault::Slow),
            (self.crash_before, Fault::CrashBefore),
            (self.crash_after, Fault::CrashAfter),
        ];
        let mut left = dice.throw() % 1000;
        for (chance, fault) in chances {
            match left.checked_sub(u64::from(chance)) {
                Some(rest) => left = rest,
                None => return Some(fault),
            }
        }
        None
    }
}

/// Wraps a store and makes its calls fail by a seeded [`Plan`], by a script, or both.
///
/// Every call of `read`, `commit` and `journal` (and of `snapshot`, if offered) is a step, counted from 1. What
/// happens at a step depends on the seed and the number of the step only. After a crash every call fails until
/// [`FaultyStore::revive`].
///
/// ```
/// use std::sync::Arc;
/// use throughline::store::faulty::{Fault, FaultyStore, Plan};
/// use throughline::store::{MemoryStore, ReadSet, Store, StoreErrorKind};
/// let store = FaultyStore::new(Arc::new(MemoryStore::new()), 7, Plan::calm());
/// store.fail_at(2, Fault::CrashBefore);
/// let want = ReadSet::default();
/// assert!(pollster::block_on(store.read(&want)).is_ok());
/// assert_eq!(pollster::block_on(store.read(&want)).map_err(|e| e.kind()), Err(StoreErrorKind::Failed));
/// assert!(store.is_crashed() && pollster::block_on(store.read(&want)).is_err());
/// store.revive();
/// assert!(pollster::block_on(store.read(&want)).is_ok());
/// ```
pub struct FaultyStore {
    inner: Arc<dyn Store>,
    seed: u64,
    plan: Plan,
    script: Mutex<BTreeMap<u64, Fault>>,
    steps: AtomicU64,
    injected: AtomicU64,
    crashed: AtomicBool,
    snapshots: bool,
}

impl FaultyStore {
    /// Wraps a store. It offers no snapshots, so that every read of a unit of work is a step.
    #[must_use]
    pub fn new(inner: Arc<dyn Store>, seed: u64, plan: Plan) -> Self {
        Self {
            inner,
            seed,
            plan,
            script: Mutex::default(),
            steps: AtomicU64::new(0),
            injected: AtomicU64::new(0),
            crashed: AtomicBool::new(false),
            snapshots: false,
        }
    }

    /// The same, offering the snapshots of the wrapped store; taking one is a step.
    #[must_use]
    pub fn with_snapshots(mut self) -> Self {
        self.snapshots = true;
        self
    }

    /// Scripts a fault for a step; it comes before the plan.
    pub fn fail_at(&self, step: u64, fault: Fault) {
        self.script.lock().unwrap_or_else(PoisonError::into_inner).insert(step, fault);
    }

    /// How many steps there were.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.steps.load(Ordering::SeqCst)
    }

    /// How many faults there were.
    #[must_use]
    pub fn injected(&self) -> u64 {
        self.injected.load(Ordering::SeqCst)
    }

    /// Whether it is down.
    #[must_use]
    pub fn is_crashed(&self) -> bool {
        self.crashed.load(Ordering::SeqCst)
    }

    /// Starts it again after a crash, with what the wrapped store holds.
    pub fn revive(&self) {
        self.crashed.store(false, Ordering::SeqCst);
    }

    /// The wrapped store.
    #[must_use]
    pub fn inner(&self) -> &Arc<dyn Store> {
        &self.inner
    }

    fn crash(&self) {
        self.crashed.store(true, Ordering::SeqCst);
    }

    /// Counts a step and draws its fault; a store that is down counts nothing.
    fn step(&self) -> Result<(Option<Fault>, Dice), StoreError> {
        if self.is_crashed() {
            return Err(StoreError::new(StoreErrorKind::Failed, "asking a store that is down"));
        }
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        let mut dice = Dice::new(self.seed ^ step.wrapping_mul(0xD6E8_FEB8_6659_FD93));
        let scripted = self.script.lock().unwrap_or_else(PoisonError::into_inner).remove(&step);
        let fault = scripted.or_else(|| self.plan.throw(&mut dice));
        if fault.is_some() {
            self.injected.fetch_add(1, Ordering::SeqCst);
        }
        Ok((fault, dice))
    }

    /// What a fault does to a call that only reads.
    async fn before_reading(&self) -> Result<(), StoreError> {
        let (fault, mut dice) = self.step()?;
        match fault {
            None | Some(Fault::Conflict) => Ok(()),
            Some(Fault::Slow) => {
                dawdle(&mut dice).await;
                Ok(())
            }
            Some(Fault::CrashBefore | Fault::CrashAfter) => {
                self.crash();
                failed()
            }
            Some(Fault::Timeout) => {
                dawdle(&mut dice).await;
                failed()
            }
            Some(Fault::Failed | Fault::UnknownApplied | Fault::UnknownLost) => failed(),
        }
    }
}

fn failed<T>() -> Result<T, StoreError> {
    Err(StoreError::new(StoreErrorKind::Failed, "failing on purpose"))
}

fn unknown<T>() -> Result<T, StoreError> {
    Err(StoreError::new(StoreErrorKind::Unknown, "losing an answer on purpose"))
}

/// Is pending one to three times, waking at once.
async fn dawdle(dice: &mut Dice) {
    for _ in 0..=dice.below(3) {
        let mut waited = false;
        poll_fn(|context| {
            if std::mem::replace(&mut waited, true) {
                return Poll::Ready(());
            }
            context.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

impl Store for FaultyStore {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        Box::pin(async move {
            self.before_reading().await?;
            self.inner.read(want).await
        })
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            let (fault, mut dice) = self.step()?;
            // An error of the wrapped store says what happened better than the fault would.
            match fault {
                None => self.inner.commit(batch).await,
                Some(Fault::Slow) => {
                    dawdle(&mut dice).await;
                    self.inner.commit(batch).await
                }
                Some(Fault::Failed) => failed(),
                Some(Fault::Conflict) => {
                    Err(StoreError::new(StoreErrorKind::Conflict, "conflicting on purpose"))
                }
                Some(Fault::UnknownLost) => unknown(),
                Some(Fault::UnknownApplied) => {
                    self.inner.commit(batch).await?;
                    unknown()
                }
                Some(Fault::Timeout) => {
                    dawdle(&mut dice).await;
                    if dice.per_mille(500) {
                        self.inner.commit(batch).await?;
                    }
                    unknown()
                }
                Some(Fault::CrashBefore) => {
                    self.crash();
                    unknown()
                }
                Some(Fault::CrashAfter) => {
                    let applied = self.inner.commit(batch).await;
                    self.crash();
                    applied?;
                    unknown()
                }
            }
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        Box::pin(async move {
            self.before_reading().await?;
            self.inner.journal(after, limit).await
        })
    }

    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        if !self.snapshots {
            return Ok(None);
        }
        let (fault, _) = self.step()?;
        match fault {
            None | Some(Fault::Slow | Fault::Conflict) => self.inner.snapshot(),
            Some(Fault::CrashBefore | Fault::CrashAfter) => {
                self.crash();
                failed()
            }
            Some(_) => failed(),
        }
    }
}

impl fmt::Debug for FaultyStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultyStore")
            .field("seed", &self.seed)
            .field("plan", &self.plan)
            .field("steps", &self.steps())
            .field("crashed", &self.is_crashed())
            .finish_non_exhaustive()
    }
}
