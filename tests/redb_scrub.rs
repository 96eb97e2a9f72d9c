//! Erasure in the redb store: after a scrub no byte of anything deleted is in the file.
#![cfg(feature = "redb")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::fs;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use pollster::block_on;
use throughline::store::{
    Batch, Entry, Expect, Key, ReadSet, RedbSettings, RedbStore, Scan, Seq, Store, StoreErrorKind, Version,
    View, Write,
};

/// What must be gone, in five scripts.
const CANARIES: [&str; 5] = [
    "سارا-محمدی-قناری",
    "עטלף-קנרית-סודי",
    "Канарейка-Иванова",
    "عصفور-الكناري-سر",
    "canary.smith@example.org",
];

fn key(text: &str) -> Key {
    Key::new(text.as_bytes()).unwrap()
}

fn commit(store: &RedbStore, writes: Vec<(Key, Write)>) -> u64 {
    block_on(store.commit(&Batch { writes, ..Batch::default() })).unwrap().seq.0
}

fn dump(store: &RedbStore) -> (View, Vec<Entry>) {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    (view, block_on(store.journal(Seq(0), usize::MAX)).unwrap())
}

/// Which canaries the bytes of a file contain.
fn found(path: &Path) -> Vec<&'static str> {
    let bytes = fs::read(path).unwrap();
    let within = |needle: &str| {
        let first = needle.as_bytes()[0];
        bytes
            .iter()
            .enumerate()
            .any(|(at, &byte)| byte == first && bytes[at..].starts_with(needle.as_bytes()))
    };
    CANARIES.into_iter().filter(|canary| within(canary)).collect()
}

/// A store full of canaries in keys and values, short and long, all of them overwritten or deleted again, among
/// data that stays.
fn erased(path: &Path) -> RedbStore {
    let settings = RedbSettings { cache_bytes: 256 * 1024, ..RedbSettings::default() };
    let store = RedbStore::open_with(path, settings).unwrap();
    for (turn, canary) in CANARIES.iter().enumerate() {
        let named = (0..60).map(|n| (key(&format!("person/{canary}/{n}")), Write::Put((*b"{}").into())));
        let valued = (0..200).map(|n| {
            (key(&format!("record/{turn}/{n}")), Write::Put(canary.repeat(1 + n % 40).as_bytes().into()))
        });
        let long = [(key(&format!("long/{turn}")), Write::Put(canary.repeat(20_000).as_bytes().into()))];
        commit(&store, named.chain(valued).chain(long).collect());
        let keep = (0..100).map(|n| (key(&format!("keep/{turn}/{n}")), Write::Put([7; 90].into())));
        commit(&store, keep.collect());
    }
    for (turn, canary) in CANARIES.iter().enumerate() {
        let named = (0..60).map(|n| (key(&format!("person/{canary}/{n}")), Write::Delete));
        let valued = (0..200).map(|n| {
            let write = if n % 2 == 0 { Write::Delete } else { Write::Put((*b"new").into()) };
            (key(&format!("record/{turn}/{n}")), write)
        });
        let long = [(key(&format!("long/{turn}")), Write::Put((*b"short").into()))];
        let journal = vec![key(&format!("erased/{turn}"))];
        let writes = named.chain(valued).chain(long).collect();
        block_on(store.commit(&Batch { writes, journal, ..Batch::default() })).unwrap();
    }
    store
}

#[test]
fn nothing_deleted_or_overwritten_remains_in_the_file() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = erased(&path);
    // Without a scrub the file is full of them: the search below can find something.
    assert_eq!(found(&path), CANARIES);
    let before = dump(&store);
    let last = commit(&store, vec![(key("last"), Write::Put([].into()))]);
    commit(&store, vec![(key("last"), Write::Delete)]);

    let scrubbed = store.scrub().unwrap();
    assert_eq!(found(&path), [""; 0]);
    assert_eq!(dump(&store), before);
    assert!(scrubbed.bytes_after < scrubbed.bytes_before, "{scrubbed:?}");
    assert_eq!(scrubbed.bytes_after, fs::metadata(&path).unwrap().len());
    assert_eq!(scrubbed.keys, 5 * (100 + 100 + 1));
    // The new file is as locked as the old one was.
    assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Failed);
    // Numbers go on where they were, so that old guards stay refused.
    assert_eq!(commit(&store, vec![(key("last"), Write::Put([1].into()))]), last + 2);
    let stale = Batch { guards: vec![(key("last"), Expect::At(Version(last)))], ..Batch::default() };
    assert_eq!(block_on(store.commit(&stale)).unwrap_err().kind(), StoreErrorKind::Conflict);
    let after = dump(&store);
    drop(store);

    assert_eq!(found(&path), [""; 0]);
    let names: Vec<_> =
        fs::read_dir(directory.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["store.redb"]);
    assert_eq!(dump(&RedbStore::open(&path).unwrap()), after);
}

#[test]
fn every_later_scrub_removes_what_came_after_the_one_before() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::open(&path).unwrap();
    for canary in CANARIES {
        commit(&store, vec![(key("a"), Write::Put(canary.as_bytes().into()))]);
        assert_eq!(found(&path), [canary]);
        // A live value stays.
        store.scrub().unwrap();
        assert_eq!(found(&path), [canary]);
        commit(&store, vec![(key("a"), Write::Delete)]);
        store.scrub().unwrap();
        assert_eq!(found(&path), [""; 0]);
    }
}

#[test]
fn reads_and_commits_go_on_around_a_scrub() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = erased(&path);
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..6 {
                store.scrub().unwrap();
            }
            done.store(true, Ordering::Release);
        });
        scope.spawn(|| {
            for n in 0..40_u32 {
                commit(&store, vec![(key(&format!("during/{n}")), Write::Put(n.to_le_bytes().into()))]);
            }
        });
        while !done.load(Ordering::Acquire) {
            let kept = Scan { prefix: key("keep/"), after: None, limit: usize::MAX };
            let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![kept] })).unwrap();
            assert_eq!(view.scans[0].items.len(), 500);
        }
    });
    let during = Scan { prefix: key("during/"), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![during] })).unwrap();
    assert_eq!(view.scans[0].items.len(), 40);
    assert_eq!(found(&path), [""; 0]);
}

/// The file as a killed process leaves it: read twice until both are the same, as what is read while it is written is of no
/// one instant.
fn at_one_instant(path: &Path) -> Vec<u8> {
    loop {
        let (first, second) = (fs::read(path).unwrap(), fs::read(path).unwrap());
        if first == second {
            return first;
        }
    }
}

#[test]
fn a_crash_in_the_middle_leaves_a_whole_store() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = erased(&path);
    let state = dump(&store);
    let beside = directory.path().join("store.redb.scrub");
    let done = AtomicBool::new(false);
    let middle = AtomicU32::new(0);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..2000 {
                store.scrub().unwrap();
                if middle.load(Ordering::Acquire) > 5 {
                    break;
                }
            }
            done.store(true, Ordering::Release);
        });
        // What a process leaves that is killed now: both files as they are.
        while !done.load(Ordering::Acquire) {
            let crashed = tempfile::tempdir().unwrap();
            let copy = crashed.path().join("store.redb");
            let leftover = crashed.path().join("store.redb.scrub");
            middle.fetch_add(u32::from(fs::copy(&beside, &leftover).is_ok()), Ordering::AcqRel);
            fs::write(&copy, at_one_instant(&path)).unwrap();
            let reopened = RedbStore::open(&copy).unwrap();
            assert_eq!(dump(&reopened), state);
            assert!(!leftover.exists());
            reopened.scrub().unwrap();
            assert_eq!(found(&copy), [""; 0]);
        }
    });
    assert!(middle.into_inner() > 5, "no copy was taken in the middle of a scrub");
}

#[test]
fn a_scrub_that_cannot_write_leaves_the_store_working() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = erased(&path);
    let state = dump(&store);
    fs::create_dir_all(directory.path().join("store.redb.scrub/in the way")).unwrap();
    assert_eq!(store.scrub().unwrap_err().kind(), StoreErrorKind::Failed);
    assert_eq!(dump(&store), state);
    commit(&store, vec![(key("after"), Write::Put([1].into()))]);
    fs::remove_dir_all(directory.path().join("store.redb.scrub")).unwrap();
    store.scrub().unwrap();
    assert_eq!(found(&path), [""; 0]);
}

#[test]
fn storage_of_your_own_cannot_be_scrubbed() {
    let backend = redb::backends::InMemoryBackend::new();
    let store = RedbStore::with_backend(backend, RedbSettings::default()).unwrap();
    commit(&store, vec![(key("a"), Write::Put([1].into()))]);
    assert_eq!(store.scrub().unwrap_err().kind(), StoreErrorKind::Failed);
    commit(&store, vec![(key("b"), Write::Put([1].into()))]);
}

#[test]
#[cfg(unix)]
fn links_and_permissions_outlive_a_scrub() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("real")).unwrap();
    let path = directory.path().join("real/store.redb");
    let link = directory.path().join("link.redb");
    drop(erased(&path));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    std::os::unix::fs::symlink(&path, &link).unwrap();
    let store = RedbStore::open(&link).unwrap();
    store.scrub().unwrap();
    assert!(link.is_symlink() && !path.is_symlink());
    assert_eq!(found(&path), [""; 0]);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
}
