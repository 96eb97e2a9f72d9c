//! The redb store: reopening, grouping, and what it answers when the file or the disk is bad.
#![cfg(feature = "redb")]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod redb_disk;

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use pollster::block_on;
use redb_disk::Disk;
use throughline::store::{
    Batch, Entry, Expect, Key, ReadSet, RedbSettings, RedbStore, Scan, Seq, Store, StoreErrorKind, Version,
    View, Write,
};

fn key(text: &str) -> Key {
    Key::new(text.as_bytes()).unwrap()
}

fn put(name: &str, value: &[u8]) -> (Key, Write) {
    (key(name), Write::Put(value.into()))
}

fn writes(writes: impl IntoIterator<Item = (Key, Write)>) -> Batch {
    let writes: Vec<_> = writes.into_iter().collect();
    Batch { journal: writes.iter().map(|(key, _)| key.clone()).collect(), writes, ..Batch::default() }
}

fn get(store: &RedbStore, name: &str) -> Option<(u64, Vec<u8>)> {
    let view = block_on(store.read(&ReadSet { gets: vec![key(name)], scans: vec![] })).unwrap();
    view.gets[0].as_ref().map(|found| (found.version.0, found.value.to_vec()))
}

/// Everything as text, to compare two states.
fn dump(store: &RedbStore) -> (View, Vec<Entry>) {
    let all = Scan { prefix: Key::empty(), after: None, limit: usize::MAX };
    let view = block_on(store.read(&ReadSet { gets: vec![], scans: vec![all] })).unwrap();
    (view, block_on(store.journal(Seq(0), usize::MAX)).unwrap())
}

#[test]
fn reopening_keeps_data_versions_and_journal() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::open(&path).unwrap();
    for round in 0..5 {
        let batch = writes([put("سارا", &[round]), put(&format!("k{round}"), b"x")]);
        assert_eq!(block_on(store.commit(&batch)).unwrap().seq, Seq(u64::from(round) + 1));
    }
    block_on(store.commit(&writes([(key("k0"), Write::Delete)]))).unwrap();
    let before = dump(&store);
    drop(store);

    let store = RedbStore::open(&path).unwrap();
    assert_eq!(dump(&store), before);
    assert_eq!(get(&store, "سارا"), Some((5, vec![4])));
    assert_eq!(get(&store, "k0"), None);
    // A recreated key gets a version that nobody has seen before.
    assert_eq!(block_on(store.commit(&writes([put("k0", b"y")]))).unwrap().seq, Seq(7));
    assert_eq!(get(&store, "k0"), Some((7, b"y".to_vec())));
    assert_eq!(block_on(store.journal(Seq(5), 1)).unwrap()[0].keys, [key("k0")]);
    assert!(block_on(store.journal(Seq(u64::MAX), 10)).unwrap().is_empty());
}

#[test]
fn guards_see_the_earlier_batches_of_the_same_group() {
    let directory = tempfile::tempdir().unwrap();
    let settings = RedbSettings { group_wait_micros: 50_000, ..RedbSettings::default() };
    let store = RedbStore::open_with(directory.path().join("store.redb"), settings).unwrap();
    let won = AtomicU32::new(0);
    for round in 0..5 {
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    let name = format!("once{round}");
                    let mut batch = writes([put(&name, b"mine")]);
                    batch.guards.push((key(&name), Expect::Absent));
                    match block_on(store.commit(&batch)) {
                        Ok(_) => {
                            won.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict),
                    }
                });
            }
        });
    }
    assert_eq!(won.load(Ordering::Relaxed), 5);
    assert_eq!(block_on(store.journal(Seq(0), 100)).unwrap().len(), 5);
}

#[test]
fn sixty_four_callers_share_syncs_and_lose_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    std::thread::scope(|scope| {
        for caller in 0..64 {
            let store = store.clone();
            scope.spawn(move || {
                let mut last = Seq(0);
                for round in 0..8 {
                    let name = format!("{caller}/{round}");
                    let seq = block_on(store.commit(&writes([put(&name, name.as_bytes())]))).unwrap().seq;
                    assert!(seq > last);
                    last = seq;
                    assert_eq!(get(&store, &name), Some((seq.0, name.into_bytes())));
                }
            });
        }
    });
    let journal = block_on(store.journal(Seq(0), usize::MAX)).unwrap();
    assert_eq!(journal.iter().map(|entry| entry.seq.0).collect::<Vec<_>>(), (1..=512).collect::<Vec<_>>());
}

#[test]
fn batches_in_flight_together_share_syncs() {
    let disk = Disk::new(Vec::new(), None, false);
    let settings = RedbSettings { group_wait_micros: 20_000, ..RedbSettings::default() };
    let store = RedbStore::with_backend(disk.clone(), settings).unwrap();
    let before = disk.syncs();
    let batches: Vec<Batch> = (0..200).map(|n| writes([put(&format!("{n}"), b"x")])).collect();
    let mut flying: Vec<_> = batches.iter().map(|batch| store.commit(batch)).collect();
    let mut answers = Vec::new();
    let mut context = Context::from_waker(Waker::noop());
    flying.retain_mut(|commit| match commit.as_mut().poll(&mut context) {
        Poll::Ready(answer) => {
            answers.push(answer);
            false
        }
        Poll::Pending => true,
    });
    answers.extend(flying.into_iter().map(block_on));
    assert!(answers.iter().all(Result::is_ok) && answers.len() == 200);
    let syncs = disk.syncs() - before;
    assert!(syncs <= 100, "{syncs} syncs for 200 batches");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "what is tested is that no time passes")]
fn a_lone_caller_pays_two_syncs_and_never_waits() {
    let disk = Disk::new(Vec::new(), None, false);
    let settings = RedbSettings { group_wait_micros: 3_000_000, ..RedbSettings::default() };
    let store = RedbStore::with_backend(disk.clone(), settings).unwrap();
    let (start, before) = (std::time::Instant::now(), disk.syncs());
    for n in 0..20 {
        block_on(store.commit(&writes([put(&format!("{n}"), b"x")]))).unwrap();
    }
    assert_eq!(disk.syncs() - before, 40);
    // A batch that is refused costs none.
    let stale = Batch { guards: vec![(key("0"), Expect::Absent)], ..writes([put("0", b"y")]) };
    assert_eq!(block_on(store.commit(&stale)).unwrap_err().kind(), StoreErrorKind::Conflict);
    assert_eq!(disk.syncs() - before, 40);
    assert!(start.elapsed().as_secs() < 3, "waited for others");
}

#[test]
fn a_racing_counter_loses_no_increment() {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for _ in 0..50 {
                    loop {
                        let (expect, next) = match get(&store, "counter") {
                            None => (Expect::Absent, 1_u32),
                            Some((version, value)) => (
                                Expect::At(Version(version)),
                                u32::from_le_bytes(value.try_into().unwrap()) + 1,
                            ),
                        };
                        let mut batch = writes([put("counter", &next.to_le_bytes())]);
                        batch.guards.push((key("counter"), expect));
                        match block_on(store.commit(&batch)) {
                            Ok(_) => break,
                            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Conflict),
                        }
                    }
                }
            });
        }
    });
    assert_eq!(get(&store, "counter").unwrap().1, 200_u32.to_le_bytes());
}

#[test]
fn a_snapshot_stays_at_its_instant_while_commits_go_on() {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    block_on(store.commit(&writes([put("a", b"1"), put("b", b"1")]))).unwrap();
    let snapshot = store.snapshot().unwrap().unwrap();
    block_on(store.commit(&writes([put("a", b"2"), (key("b"), Write::Delete), put("c", b"2")]))).unwrap();
    store.scrub().unwrap();
    assert_eq!(&snapshot.get(&key("a")).unwrap().unwrap().value[..], b"1");
    let page = snapshot.scan(&Scan { prefix: Key::empty(), after: None, limit: 9 }).unwrap();
    assert_eq!(page.items.len(), 2);
    assert_eq!(get(&store, "b"), None);
}

#[test]
fn scans_page_without_loss_or_repeat() {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    let keys: Vec<Key> = [&b""[..], b"a", b"a\0", b"a\xFF", b"a\xFF\xFF", b"b", b"\xFF", b"\xFF\xFF"]
        .iter()
        .map(|bytes| Key::new(bytes).unwrap())
        .collect();
    block_on(store.commit(&writes(keys.iter().map(|key| (key.clone(), Write::Put(key.as_bytes().into()))))))
        .unwrap();
    for prefix in &keys {
        let expected: Vec<&Key> =
            keys.iter().filter(|key| key.as_bytes().starts_with(prefix.as_bytes())).collect();
        for limit in 1..4 {
            let mut found = Vec::new();
            let mut after = None;
            loop {
                let scan = Scan { prefix: prefix.clone(), after: after.clone(), limit };
                let page = block_on(store.read(&ReadSet { gets: vec![], scans: vec![scan] }))
                    .unwrap()
                    .scans
                    .remove(0);
                found.extend(page.items.iter().map(|(key, _)| key.clone()));
                after = page.items.last().map(|(key, _)| key.clone());
                if !page.more {
                    break;
                }
            }
            assert_eq!(found.iter().collect::<Vec<_>>(), expected);
        }
        // Cursors before and behind the prefix.
        for after in &keys {
            let scan = Scan { prefix: prefix.clone(), after: Some(after.clone()), limit: 99 };
            let page =
                block_on(store.read(&ReadSet { gets: vec![], scans: vec![scan] })).unwrap().scans.remove(0);
            let left = expected.iter().filter(|key| **key > after).count();
            assert_eq!((page.items.len(), page.more), (left, false));
        }
    }
}

#[test]
fn limits_are_kept_and_a_full_batch_fits() {
    let directory = tempfile::tempdir().unwrap();
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    let refused = |batch: &Batch| {
        assert_eq!(block_on(store.commit(batch)).unwrap_err().kind(), StoreErrorKind::TooLarge);
    };
    refused(&writes([put("a", &vec![0; throughline::store::MAX_VALUE + 1])]));
    refused(&writes([put("a", b"1"), put("b", b"1"), put("a", b"2")]));
    refused(&Batch {
        guards: vec![(key("a"), Expect::Absent), (key("a"), Expect::Absent)],
        ..Batch::default()
    });
    let count = throughline::store::MAX_WRITES;
    let mut full = writes((0..count).rev().map(|n| put(&format!("bulk/{n:08}"), &n.to_le_bytes())));
    block_on(store.commit(&full)).unwrap();
    assert_eq!(get(&store, "bulk/00000007").unwrap().1, 7_usize.to_le_bytes());
    full.writes.push(put("one more", b""));
    refused(&full);
    block_on(store.commit(&writes([put("big", &vec![7; throughline::store::MAX_VALUE])]))).unwrap();
    assert_eq!(get(&store, "big").unwrap().1.len(), throughline::store::MAX_VALUE);
}

#[test]
fn one_file_is_open_once_at_a_time_and_closes_with_the_last_clone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::open(&path).unwrap();
    let clone = store.clone();
    for _ in 0..2 {
        assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Failed);
    }
    block_on(store.commit(&writes([put("a", b"1")]))).unwrap();
    drop(store);
    assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Failed);
    // The refused openings took nothing from the one that holds the file.
    block_on(clone.commit(&writes([put("b", b"1")]))).unwrap();
    drop(clone);
    let store = RedbStore::open(&path).unwrap();
    assert!(get(&store, "a").is_some() && get(&store, "b").is_some());
}

#[test]
fn a_copy_taken_while_the_store_runs_opens_with_every_acknowledged_batch() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let store = RedbStore::open(&path).unwrap();
    for round in 0..20_u8 {
        block_on(store.commit(&writes([put("a", &[round]), put(&format!("k{round}"), &[round; 3000])])))
            .unwrap();
        // What a killed process leaves: the file as it is, not closed.
        let copy = directory.path().join(format!("copy{round}.redb"));
        fs::copy(&path, &copy).unwrap();
        let killed = RedbStore::open(&copy).unwrap();
        assert_eq!(dump(&killed), dump(&store));
        assert_eq!(get(&killed, "a").unwrap().1, [round]);
        drop(killed);
        fs::remove_file(copy).unwrap();
    }
}

/// Opens and, if that works, reads everything and writes once. Whatever happens, it is no panic.
fn poke(bytes: Vec<u8>, verify: bool) -> Result<String, StoreErrorKind> {
    let settings = RedbSettings { verify_on_open: verify, ..RedbSettings::default() };
    let disk = Disk::new(bytes, None, false);
    let store = RedbStore::with_backend(disk, settings).map_err(|error| error.kind())?;
    let all =
        ReadSet { gets: vec![], scans: vec![Scan { prefix: Key::empty(), after: None, limit: usize::MAX }] };
    let view = block_on(store.read(&all)).map_err(|error| error.kind())?;
    let journal = block_on(store.journal(Seq(0), usize::MAX)).map_err(|error| error.kind())?;
    block_on(store.commit(&writes([put("poke", b"")]))).map_err(|error| error.kind())?;
    Ok(format!("{view:?} {journal:?}"))
}

#[test]
fn files_that_are_no_store_are_corrupt_and_left_as_they_are() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    let mut header_only = b"redb\x1A\x0A\xA9\x0D\x0A".to_vec();
    header_only.resize(5000, 0);
    for bytes in [
        b"x".to_vec(),
        b"SQLite format 3\0".repeat(1000),
        vec![0xFF; 100_000],
        header_only,
        b"redb".to_vec(),
        [vec![0; 9000], b"somebody's data".to_vec()].concat(),
        vec![0; 17 * 1024 * 1024],
    ] {
        fs::write(&path, &bytes).unwrap();
        assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Corrupt);
        assert_eq!(fs::read(&path).unwrap(), bytes);
    }
}

#[test]
fn an_unfinished_creation_is_begun_again() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    // The header page torn before its mark, and zeros.
    let mut torn = vec![0; 1_056_768];
    torn[9..64].fill(3);
    for bytes in [vec![], vec![0; 12], vec![0; 4096], torn] {
        fs::write(&path, &bytes).unwrap();
        let store = RedbStore::open(&path).unwrap();
        block_on(store.commit(&writes([put("a", b"1")]))).unwrap();
    }
}

#[test]
fn a_redb_file_of_somebody_else_is_corrupt_and_a_later_format_is_newer() {
    use redb::{MultimapTableDefinition, TableDefinition};
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("theirs.redb");
    let database = redb::Database::create(&path).unwrap();
    let write = database.begin_write().unwrap();
    write.open_table(TableDefinition::<u64, u64>::new("theirs")).unwrap().insert(1, 1).unwrap();
    write.commit().unwrap();
    drop(database);
    assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Corrupt);

    let path = directory.path().join("multimap.redb");
    let database = redb::Database::create(&path).unwrap();
    let write = database.begin_write().unwrap();
    write.open_multimap_table(MultimapTableDefinition::<u64, u64>::new("theirs")).unwrap();
    write.commit().unwrap();
    drop(database);
    assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Corrupt);

    let path = directory.path().join("ours.redb");
    for (format, kind) in
        [(2_u64, StoreErrorKind::Newer), (u64::MAX, StoreErrorKind::Newer), (0, StoreErrorKind::Corrupt)]
    {
        drop(RedbStore::open(&path));
        let database = redb::Database::open(&path).unwrap();
        let write = database.begin_write().unwrap();
        write
            .open_table(TableDefinition::<&str, u64>::new("meta"))
            .unwrap()
            .insert("format", format)
            .unwrap();
        write.commit().unwrap();
        drop(database);
        assert_eq!(RedbStore::open(&path).unwrap_err().kind(), kind);
    }
}

/// A store with a few pages: its bytes after closing, and what it holds.
fn sample() -> (Vec<u8>, String) {
    let disk = Disk::new(Vec::new(), None, false);
    let store = RedbStore::with_backend(disk.clone(), RedbSettings::default()).unwrap();
    for round in 0..6_u8 {
        let many = (0..40).map(|n| put(&format!("key/{n:03}/{round}"), &[round; 50]));
        block_on(store.commit(&writes(many))).unwrap();
    }
    drop(store);
    (disk.image(), poke(disk.image(), false).unwrap())
}

#[test]
fn truncated_files_are_corrupt() {
    let (bytes, _) = sample();
    for part in 1..24 {
        let cut = &bytes[..bytes.len() * part / 24];
        for verify in [false, true] {
            assert_eq!(poke(cut.to_vec(), verify).unwrap_err(), StoreErrorKind::Corrupt, "{part} of 24");
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("store.redb");
    for length in [1, 320, 4096, bytes.len() / 2, bytes.len() - 1] {
        fs::write(&path, &bytes[..length]).unwrap();
        assert_eq!(RedbStore::open(&path).unwrap_err().kind(), StoreErrorKind::Corrupt, "{length} bytes");
        assert_eq!(fs::read(&path).unwrap(), bytes[..length]);
    }
}

#[test]
fn flipped_bits_never_panic_and_verification_finds_them() {
    let (bytes, state) = sample();
    // Every used page, at steps that are no multiple of anything in the format, and the header densely.
    let used = bytes.iter().rposition(|&byte| byte != 0).unwrap();
    let (mut tried, mut found) = (0, 0);
    for (turn, offset) in (0..320).step_by(3).chain((320..used).step_by(1013)).enumerate() {
        let mut bad = bytes.clone();
        bad[offset] ^= 1 << (turn % 8);
        // Unverified, a flipped value may be read as it is; it must only not bring the process down.
        let _ = poke(bad.clone(), false);
        tried += 1;
        match poke(bad, true) {
            Ok(read) => assert_eq!(read, state, "a flip at {offset} went unnoticed"),
            Err(kind) => {
                assert_eq!(kind, StoreErrorKind::Corrupt, "a flip at {offset}");
                found += 1;
            }
        }
    }
    assert!(found > 20 && found < tried, "{found} of {tried}");
}

#[test]
fn places_that_cannot_hold_a_file_are_failures() {
    let directory = tempfile::tempdir().unwrap();
    let kind = |path: &Path| RedbStore::open(path).unwrap_err().kind();
    assert_eq!(kind(&directory.path().join("missing/store.redb")), StoreErrorKind::Failed);
    assert_eq!(kind(directory.path()), StoreErrorKind::Failed);
    fs::write(directory.path().join("file"), b"").unwrap();
    assert_eq!(kind(&directory.path().join("file/store.redb")), StoreErrorKind::Failed);
}

#[test]
#[cfg(unix)]
fn a_read_only_directory_is_a_failure() {
    use std::os::unix::fs::PermissionsExt as _;
    let directory = tempfile::tempdir().unwrap();
    let locked = directory.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    // A privileged user may write anyway; then the store just works.
    let allowed = fs::write(locked.join("probe"), b"").is_ok();
    let opened = RedbStore::open(locked.join("store.redb"));
    match opened {
        Ok(_) => assert!(allowed),
        Err(error) => assert_eq!((error.kind(), allowed), (StoreErrorKind::Failed, false)),
    }
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_place_where_no_file_can_be_is_a_failure() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    fs::write(&file, b"no directory").unwrap();
    for place in [file.join("store.redb"), directory.path().join("missing/store.redb")] {
        assert_eq!(RedbStore::open(place).unwrap_err().kind(), StoreErrorKind::Failed);
    }
}

#[test]
fn a_trait_object_serves_threads_and_debug_shows_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let store: Arc<dyn Store> = Arc::new(RedbStore::open(directory.path().join("store.redb")).unwrap());
    let shared = Arc::clone(&store);
    std::thread::spawn(move || block_on(shared.commit(&writes([put("a", b"secret")]))).unwrap())
        .join()
        .unwrap();
    let found = block_on(store.read(&ReadSet { gets: vec![key("a")], scans: vec![] })).unwrap();
    assert!(found.gets[0].is_some());
    drop(store);
    let store = RedbStore::open(directory.path().join("store.redb")).unwrap();
    assert_eq!(format!("{store:?}"), "RedbStore { .. }");
}
