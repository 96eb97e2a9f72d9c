//! A disk that fails once, at any operation: the redb store answers cleanly, and the next opening has everything
//! that was acknowledged.
#![cfg(feature = "redb")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::io;
use std::sync::{Arc, Mutex};

use pollster::block_on;
use redb::StorageBackend;
use throughline::store::{
    Batch, Key, ReadSet, RedbSettings, RedbStore, Scan, Seq, Store, StoreErrorKind, Write,
};

#[derive(Debug, Default)]
struct Medium {
    bytes: Vec<u8>,
    operations: u64,
    /// The operation that fails.
    bad: Option<u64>,
    failed: bool,
}

#[derive(Debug, Clone, Default)]
struct Disk(Arc<Mutex<Medium>>);

impl Disk {
    fn with<T>(&self, work: impl FnOnce(&mut Medium) -> T) -> io::Result<T> {
        let mut medium = self.0.lock().unwrap();
        medium.operations += 1;
        if medium.bad == Some(medium.operations) {
            medium.failed = true;
            return Err(io::ErrorKind::StorageFull.into());
        }
        Ok(work(&mut medium))
    }
}

fn place(offset: u64) -> usize {
    usize::try_from(offset).unwrap()
}

impl StorageBackend for Disk {
    fn len(&self) -> io::Result<u64> {
        self.with(|medium| medium.bytes.len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.with(|medium| {
            let from = place(offset);
            let bytes = medium.bytes.get(from..from + out.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
            out.copy_from_slice(bytes);
            Ok(())
        })?
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.with(|medium| medium.bytes.resize(place(len), 0))
    }

    fn sync_data(&self) -> io::Result<()> {
        self.with(|_| ())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.with(|medium| medium.bytes[place(offset)..place(offset) + data.len()].copy_from_slice(data))
    }
}

/// A batch that leaves its number under two keys.
fn batch(number: u64) -> Batch {
    let number: Arc<[u8]> = number.to_le_bytes().into();
    let keys = [Key::new(b"left").unwrap(), Key::new(b"right").unwrap()];
    Batch {
        writes: keys.iter().map(|key| (key.clone(), Write::Put(Arc::clone(&number)))).collect(),
        journal: keys.to_vec(),
        ..Batch::default()
    }
}

fn everything() -> ReadSet {
    ReadSet { gets: vec![], scans: vec![Scan { prefix: Key::empty(), after: None, limit: 99 }] }
}

#[test]
fn one_failure_anywhere_is_answered_cleanly_and_loses_nothing() {
    let settings = RedbSettings { cache_bytes: 0, ..RedbSettings::default() };
    let (mut failed, mut unknown, mut applied) = (0, 0, 0);
    for bad in 1..400 {
        let disk = Disk::default();
        disk.0.lock().unwrap().bad = Some(bad);
        let mut acknowledged = 0;
        let mut open = None;
        match RedbStore::with_backend(disk.clone(), settings.clone()) {
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Failed, "operation {bad}"),
            Ok(store) => {
                for number in 1..=12 {
                    match block_on(store.commit(&batch(number))) {
                        Ok(committed) => {
                            assert_eq!(open, None, "a store that did not know went on");
                            assert_eq!(committed.seq, Seq(acknowledged + 1));
                            acknowledged += 1;
                        }
                        Err(error) if error.kind() == StoreErrorKind::Unknown => {
                            assert_eq!(open.replace(number), None);
                            unknown += 1;
                        }
                        Err(error) => {
                            assert_eq!(error.kind(), StoreErrorKind::Failed, "operation {bad}");
                            assert!(std::error::Error::source(&error).is_some());
                            failed += 1;
                        }
                    }
                    match block_on(store.read(&everything())) {
                        Ok(view) => assert!(view.scans[0].items.len() <= 2),
                        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Failed, "operation {bad}"),
                    }
                }
            }
        }
        assert!(disk.0.lock().unwrap().failed, "operation {bad} was never reached");
        disk.0.lock().unwrap().bad = None;

        let store = RedbStore::with_backend(disk, settings.clone()).unwrap();
        let entries = block_on(store.journal(Seq(0), 99)).unwrap().len() as u64;
        let survived = entries == acknowledged + 1 && open.is_some();
        assert!(entries == acknowledged || survived, "operation {bad}: {entries} of {acknowledged}");
        applied += u64::from(survived);
        let view = block_on(store.read(&everything())).unwrap();
        for (_, held) in &view.scans[0].items {
            assert_eq!(held.version.0, entries);
        }
        assert_eq!(view.scans[0].items.len(), if entries == 0 { 0 } else { 2 });
        assert_eq!(block_on(store.commit(&batch(99))).unwrap().seq, Seq(entries + 1));
    }
    assert!(failed > 0 && unknown > 0 && applied > 0 && applied < unknown, "{failed} {unknown} {applied}");
}
