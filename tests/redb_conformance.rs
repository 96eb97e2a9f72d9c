//! The conformance suite on the redb store: on a simulated disk that loses power inside commits, and on a real file.
#![cfg(all(feature = "redb", feature = "testkit"))]
#![expect(clippy::unwrap_used, reason = "helpers of tests")]

mod redb_disk;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use pollster::block_on;
use redb_disk::{Disk, Random};
use tempfile::TempDir;
use throughline::store::conformance::{Report, Subject, Verdict, check, check_group};
use throughline::store::{Batch, RedbSettings, RedbStore, Store};

/// Stores by the address of their handle, with what they live on.
struct Opened<T>(Mutex<BTreeMap<usize, T>>);

impl<T> Opened<T> {
    fn new() -> Self {
        Self(Mutex::new(BTreeMap::new()))
    }

    fn remember(&self, store: RedbStore, on: T) -> Arc<dyn Store> {
        let store: Arc<dyn Store> = Arc::new(store);
        self.0.lock().unwrap().insert(Arc::as_ptr(&store).addr(), on);
        store
    }

    fn forget(&self, store: &Arc<dyn Store>) -> T {
        self.0.lock().unwrap().remove(&Arc::as_ptr(store).addr()).unwrap()
    }
}

struct Simulated {
    opened: Opened<Disk>,
    random: Mutex<Random>,
}

impl Simulated {
    fn open(&self, image: Vec<u8>) -> Arc<dyn Store> {
        let disk = Disk::new(image, None, false);
        let settings = RedbSettings { cache_bytes: 256 * 1024, ..RedbSettings::default() };
        self.opened.remember(RedbStore::with_backend(disk.clone(), settings).unwrap(), disk)
    }
}

impl Subject for Simulated {
    fn fresh(&self) -> Arc<dyn Store> {
        self.open(Vec::new())
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        Some(self.open(self.opened.forget(&store).image()))
    }

    fn crash(&self, store: Arc<dyn Store>, batch: &Batch, step: usize) -> Option<Arc<dyn Store>> {
        let disk = self.opened.forget(&store);
        disk.arm(step as u64 + 1);
        let answer = block_on(store.commit(batch));
        if !disk.is_off() {
            assert!(answer.is_ok());
            return None;
        }
        assert!(answer.is_err());
        let image = disk.after_power_loss(&mut self.random.lock().unwrap());
        Some(self.open(image))
    }
}

struct OnFile(Opened<TempDir>);

impl OnFile {
    fn open(&self, directory: TempDir) -> Arc<dyn Store> {
        self.0.remember(RedbStore::open(directory.path().join("store.redb")).unwrap(), directory)
    }
}

impl Subject for OnFile {
    fn fresh(&self) -> Arc<dyn Store> {
        self.open(tempfile::tempdir().unwrap())
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let directory = self.0.forget(&store);
        drop(store);
        Some(self.open(directory))
    }
}

fn all_kept(report: &Report) {
    assert!(report.is_clean(), "{report}");
    assert!(report.findings.iter().all(|finding| finding.verdict == Verdict::Kept), "{report}");
}

#[test]
fn on_a_disk_that_loses_power() {
    all_kept(&check(&Simulated { opened: Opened::new(), random: Mutex::new(Random(1)) }));
}

#[test]
fn on_a_file() {
    // Only what a real file can change: the others are a matter of logic, and would wait for the disk.
    for group in ["one_snapshot", "versions", "racing_increments", "journal", "size_limits", "crash"] {
        all_kept(&check_group(&OnFile(Opened::new()), group));
    }
}
