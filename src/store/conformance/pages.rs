//! Byte order, prefix ends, cursors.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use super::probe::{
    Change, Check, Seen, commit, ensure, equal, key, read, read_quietly, scan, scan_of, threads,
};
use super::{Subject, Verdict};
use crate::store::{Key, Page, Scan};

/// Keys that sort differently as text, as signed bytes, by length, or by a careless end of a prefix.
const AWKWARD: &[&[u8]] = &[
    b"",
    b"\x00",
    b"\x00\x00",
    b"\x00\x01",
    b"A",
    b"a",
    b"a\x00",
    b"a\x00\xff",
    b"a\x01",
    b"a\x7f",
    b"a\x80",
    b"a\xfe",
    b"a\xfe\xff",
    b"a\xff",
    b"a\xff\x00",
    b"a\xff\xff",
    b"a\xff\xffz",
    b"b",
    b"b\x00",
    "ب".as_bytes(),
    "я".as_bytes(),
    b"\xfe",
    b"\xfe\xff",
    b"\xff",
    b"\xff\x00",
    b"\xff\xfe",
    b"\xff\xff",
    b"\xff\xff\x01",
    b"\xff\xff\xff",
    &[0xff; Key::MAX_LEN],
    &[b'm'; Key::MAX_LEN],
];

pub(super) fn byte_order(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let keys: BTreeSet<Key> = AWKWARD.iter().map(key).collect::<Result<_, _>>()?;
    // Written in another order than they are to be read.
    let scattered = keys.iter().step_by(2).chain(keys.iter().skip(1).step_by(2)).rev();
    commit(store, &scattered.fold(Change::new(), |change, key| change.put(key, key.as_bytes())))?;

    let absent = [b"a\xfe\xfe".as_slice(), b"ab", b"zz", b"\xff\xff\xff\xff"];
    let others: Vec<Key> = absent.iter().map(key).collect::<Result<_, _>>()?;
    for prefix in keys.iter().chain(&others) {
        let cursors = keys.iter().chain(&others).map(Some).chain([None]);
        let scans: Vec<Scan> =
            cursors.flat_map(|after| [0, 1, 3, 1000].map(|limit| scan_of(prefix, after, limit))).collect();
        let view = read_quietly(store, &[], &scans)?;
        for (scan, page) in scans.iter().zip(&view.scans) {
            let mut expected = keys
                .iter()
                .filter(|key| key.as_bytes().starts_with(prefix.as_bytes()))
                .filter(|key| scan.after.as_ref().is_none_or(|after| *key > after));
            let items: Vec<&Key> = expected.by_ref().take(scan.limit).collect();
            let told: Vec<&Key> = page.items.iter().map(|(key, _)| key).collect();
            equal(&format!("keys of {scan:?}"), &told, &items)?;
            equal(&format!("whether more follows {scan:?}"), &page.more, &expected.next().is_some())?;
            let intact = page.items.iter().all(|(key, held)| *held.value == *key.as_bytes());
            ensure(intact, || format!("{scan:?} gave a key with the value of another"))?;
        }
    }
    Ok(Verdict::Kept)
}

pub(super) fn cursors(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let prefix = key("page/")?;
    let numbered = |n: u16| key([b"page/", n.to_be_bytes().as_slice()].concat());
    let steady: Vec<Key> = (0..100).map(|n| numbered(n * 3)).collect::<Result<_, _>>()?;
    let fill = steady.iter().fold(Change::new(), |change, key| change.put(key, "steady"));
    commit(store, &fill.put(&key("page")?, "before").put(&key("page0")?, "after"))?;

    // Nobody else writes: the pages are the whole, and the last one says so.
    for limit in [1, 7, 99, 100, 101] {
        let pages = page_through(&prefix, limit, |after| scan(store, &prefix, after, limit))?;
        equal(&format!("keys in pages of {limit}"), &pages.concat(), &steady)?;
        equal("pages", &pages.len(), &steady.len().div_ceil(limit))?;
    }

    // Inserts between two pages: behind the cursor unseen, in front of it seen, the cursor itself never again.
    let mut expected = steady.clone();
    let mut inserted = 0_u16;
    let pages = page_through(&prefix, 9, |after| {
        if let (Some(after), true) = (after, inserted < 5) {
            let next = Key::join(&[after.as_bytes(), b"\x00"])?;
            let behind = numbered(inserted * 3 + 1)?;
            commit(store, &Change::new().put(&next, "new").put(&behind, "new").put(after, "again"))?;
            expected.push(next);
            inserted += 1;
        }
        scan(store, &prefix, after, 9)
    })?;
    expected.sort();
    equal("keys in pages with inserts between them", &pages.concat(), &expected)?;

    // Inserts and deletes at any time by another thread.
    let done = AtomicBool::new(false);
    threads(2, |index| {
        if index == 0 {
            let ended = (0..300).try_for_each(|n| {
                let (one, other) = (numbered(n)?, numbered(n + 1)?);
                let change = [&one, &other].into_iter().filter(|key| !steady.contains(key)).enumerate();
                let change = change.fold(Change::new(), |change, (at, key)| {
                    if at == 0 { change.put(key, "passing") } else { change.delete(key) }
                });
                commit(store, &change).map(|_| ())
            });
            done.store(true, Ordering::SeqCst);
            return ended;
        }
        loop {
            let last = done.load(Ordering::SeqCst);
            let pages = page_through(&prefix, 7, |after| {
                let mut view = read(store, &[], &[scan_of(&prefix, after, 7)])?;
                view.scans.pop().ok_or_else(|| Seen::new("no page"))
            })?;
            let seen: BTreeSet<Key> = pages.into_iter().flatten().collect();
            let lost = steady.iter().find(|key| !seen.contains(*key));
            ensure(lost.is_none(), || format!("paging lost {lost:?} while another thread inserted"))?;
            if last {
                return Ok(());
            }
        }
    })?;
    Ok(Verdict::Kept)
}

/// Reads page after page; each key must be greater than the one before.
fn page_through(
    prefix: &Key,
    limit: usize,
    mut page: impl FnMut(Option<&Key>) -> Result<Page, Seen>,
) -> Result<Vec<Vec<Key>>, Seen> {
    let mut pages: Vec<Vec<Key>> = Vec::new();
    let mut cursor: Option<Key> = None;
    loop {
        let Page { items, more } = page(cursor.as_ref())?;
        ensure(items.len() <= limit, || format!("a page of {} where {limit} were asked", items.len()))?;
        ensure(!(more && items.len() < limit), || {
            format!("a short page of {} of {limit} says more follows", items.len())
        })?;
        for (key, _) in &items {
            let rises = cursor.as_ref().is_none_or(|before| key > before);
            ensure(rises, || format!("{key:?} came after the cursor {cursor:?}"))?;
            let inside = key.as_bytes().starts_with(prefix.as_bytes());
            ensure(inside, || format!("{key:?} came under the prefix {prefix:?}"))?;
            cursor = Some(key.clone());
        }
        if !items.is_empty() {
            pages.push(items.into_iter().map(|(key, _)| key).collect());
        }
        if !more {
            return Ok(pages);
        }
    }
}
