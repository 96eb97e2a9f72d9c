//! Where facts are kept: one narrow trait for a host's own storage, and the unit of work over it.
//!
//! # Contract
//! A store is an ordered map from [`Key`] to bytes with a [`Version`] per key, changed by atomic batches:
//! 1. *Atomic*: all writes of a batch happen or none.
//! 2. *Guarded*: a batch commits only if every guard holds at the instant of commit; otherwise
//!    [`StoreErrorKind::Conflict`] and nothing has changed. Guards need not be looked at while [`Batch::as_of`] is the last
//!    commit.
//! 3. *Read your commit*: a read that starts after `commit` returned sees it.
//! 4. *One snapshot*: all gets and scans of one [`ReadSet`] see the same instant.
//! 5. *Durable* when `commit` returned `Ok`; `Unknown` if the outcome cannot be told, `Failed` only if surely not applied.
//! 6. *Versions are never reused*, not even after a delete and a recreate.
//! 7. *The journal is the commit order*, without holes.
//!
//! The crate ships a suite that checks all of this on your own store (`store::conformance`) and a store that fails on
//! purpose (`store::faulty`), both with the feature `testkit`.
//!
//! # Above it
//! Use cases never see the trait. They are straight-line code over a [`Tx`], which remembers every version that it read
//! and turns into one guarded batch of [`Stored`] values; [`run`] and [`run_async`] drive it, [`once`] makes a command
//! take effect once however often it is sent. [`MemoryStore`] is the store to start with.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::pii;

mod command;
#[cfg(any(test, feature = "testkit"))]
pub mod conformance;
#[cfg(any(test, feature = "testkit"))]
mod dice;
mod driver;
mod envelope;
mod error;
#[cfg(any(test, feature = "testkit"))]
pub mod faulty;
mod journal;
mod key;
mod limits;
mod memory;
#[cfg(feature = "redb")]
mod redb;
mod session;
mod tx;

pub use command::{Once, once};
pub use driver::{MAX_PAUSES, MAX_RUNS, Outcome, run, run_async};
pub use envelope::{Stored, Unknown, decode, encode};
pub use error::{StoreError, StoreErrorKind};
pub use key::{Key, KeyTooLong};
pub use memory::MemoryStore;
#[cfg(feature = "redb")]
pub use redb::{RedbStore, Scrubbed, Settings as RedbSettings};
pub use tx::{Found, Stop, Tenant, Tx};

/// A boxed future that may move between threads.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A stored value.
pub type Bytes = Arc<[u8]>;

/// Which write of a key this is. Equal versions mean equal bytes; a version is never used twice in a store's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(pub u64);

/// A place in the commit order; the first commit is 1.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

/// Largest value in bytes.
pub const MAX_VALUE: usize = 8 * 1024 * 1024;
/// Most writes in one batch.
pub const MAX_WRITES: usize = 100_000;

/// A value with the version under which it was written. `Debug` shows how long it is and a tag of it, not what it holds.
#[derive(Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The write it comes from.
    pub version: Version,
    /// The bytes.
    pub value: Bytes,
}

/// The keys that start with a prefix, after a cursor, in byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// What the keys start with; empty means every key.
    pub prefix: Key,
    /// Exclusive cursor: only keys greater than this one.
    pub after: Option<Key>,
    /// Most items in the page.
    pub limit: usize,
}

/// One page of a scan.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The items in byte order of their keys.
    pub items: Vec<(Key, Versioned)>,
    /// Whether more keys of the prefix follow the last item.
    pub more: bool,
}

/// What to read: gets and scans, answered from one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReadSet {
    /// Keys to get.
    pub gets: Vec<Key>,
    /// Scans to run.
    pub scans: Vec<Scan>,
}

/// The answer to a [`ReadSet`], each list in the order of the question.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// One answer per get; `None` where the key is absent.
    pub gets: Vec<Option<Versioned>>,
    /// One page per scan.
    pub scans: Vec<Page>,
}

/// What must hold of a key at the instant of commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// The key is absent.
    Absent,
    /// The key holds this very version.
    At(Version),
}

/// What to do with a key. `Debug` shows how long a value is and a tag of it, not what it holds.
#[derive(Clone, PartialEq, Eq)]
pub enum Write {
    /// Set the value.
    Put(Bytes),
    /// Remove the key; removing an absent key is no error.
    Delete,
}

/// Prints bytes that may hold a customer's data.
fn masked(bytes: &[u8], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    write!(f, "{} bytes, {:04x}", bytes.len(), pii::tag(bytes))
}

impl fmt::Debug for Versioned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Versioned({}: ", self.version.0)?;
        masked(&self.value, f)?;
        f.write_str(")")
    }
}

impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Put(value) => {
                f.write_str("Put(")?;
                masked(value, f)?;
                f.write_str(")")
            }
            Self::Delete => f.write_str("Delete"),
        }
    }
}

/// Guards and writes that happen together or not at all. Each key appears at most once in `guards` and once in `writes`;
/// a store refuses any other batch, most easily by [`Batch::check`].
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Batch {
    /// Conditions, all of which must hold.
    pub guards: Vec<(Key, Expect)>,
    /// Changes.
    pub writes: Vec<(Key, Write)>,
    /// The keys of this batch to announce in the journal, in this order.
    pub journal: Vec<Key>,
    /// The last commit before the one instant at which all guards held, where that is known. A store whose last commit it
    /// still is need not look at the guards; any other store looks at all of them.
    pub as_of: Option<Seq>,
}

/// A batch that is applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed {
    /// Its place in the commit order. Every key that it put carries `Version(seq.0)`.
    pub seq: Seq,
}

/// One commit in the journal. A commit with an empty `journal` list leaves no entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the commit order.
    pub seq: Seq,
    /// What the batch announced.
    pub keys: Vec<Key>,
}

/// Storage that a host plugs in. Dyn-compatible: one `Arc<dyn Store>` serves the whole service.
///
/// To be correct, an implementation must keep the seven points of the [module's contract](self); run
/// `store::conformance` against it.
pub trait Store: Send + Sync {
    /// Answers all gets and scans from one snapshot.
    ///
    /// # Errors
    /// `Failed` if storage cannot be read now, `Corrupt` if it holds what no store of ours wrote, `Newer` if it was
    /// written by a later version of the crate.
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>>;

    /// Applies a batch if all its guards hold.
    ///
    /// # Errors
    /// `Conflict` if a guard does not hold (nothing is applied), `TooLarge` if the batch breaks a size limit,
    /// `Failed` if it is surely not applied, `Unknown` if nobody can tell.
    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>>;

    /// The commits after `after` in commit order, at most `limit`.
    ///
    /// # Errors
    /// As [`Store::read`].
    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>>;

    /// An in-process store's way to answer at once: a snapshot that a unit of work reads without pausing. A store
    /// across a network keeps the default and is read in batches.
    ///
    /// # Errors
    /// As [`Store::read`].
    fn snapshot(&self) -> Result<Option<Box<dyn Snapshot + '_>>, StoreError> {
        Ok(None)
    }
}

/// One instant of an in-process store. Commits may wait while it lives, so it is held for one run of a use case only.
pub trait Snapshot {
    /// One key.
    ///
    /// # Errors
    /// As [`Store::read`].
    fn get(&self, key: &Key) -> Result<Option<Versioned>, StoreError>;

    /// Several keys: one answer for each, in their order. To be written by a store that answers several sooner than one
    /// after the other.
    ///
    /// # Errors
    /// As [`Store::read`].
    ///
    /// # Complexity
    /// One [`Snapshot::get`] for each key if it is not written.
    fn get_many(&self, keys: &[Key]) -> Result<Vec<Option<Versioned>>, StoreError> {
        keys.iter().map(|key| self.get(key)).collect()
    }

    /// One page.
    ///
    /// # Errors
    /// As [`Store::read`].
    fn scan(&self, scan: &Scan) -> Result<Page, StoreError>;

    /// The last commit before this instant, if it is at hand: with it a store may spare itself the guards of a batch, see
    /// [`Batch::as_of`].
    fn as_of(&self) -> Option<Seq> {
        None
    }
}
