//! Read your writes; one snapshot.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;

use super::probe::{Change, Check, Seen, all, attempt, commit, ensure, equal, get, journal_of, key, number};
use super::probe::{overtake, read, read_quietly, scan, scan_of, threads, wait};
use super::{Subject, Verdict};
use crate::store::{Key, ReadSet, Versioned, View};

pub(super) fn read_your_writes(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let (a, b, c) = (key("a")?, key("b")?, key("c")?);
    equal("keys of a fresh store", &all(store)?.len(), &0)?;
    equal("a get from a fresh store", &get(store, &a)?, &None)?;
    equal("the journal of a fresh store", &journal_of(store, 0, 10)?.len(), &0)?;

    let first = commit(store, &Change::new().put(&a, "one").put(&b, ""))?;
    let read_back =
        |key: &Key| Ok::<_, Seen>(get(store, key)?.map(|held| (held.version, held.value.to_vec())));
    equal("a value just put", &read_back(&a)?, &Some((first, b"one".to_vec())))?;
    equal("an empty value just put", &read_back(&b)?, &Some((first, Vec::new())))?;
    let second = commit(store, &Change::new().put(&a, "two").delete(&b).delete(&c))?;
    ensure(second > first, || format!("commit {second:?} came after {first:?}"))?;
    equal("a value overwritten", &read_back(&a)?, &Some((second, b"two".to_vec())))?;
    equal("a value deleted", &read_back(&b)?, &None)?;
    let page = scan(store, &Key::empty(), None, 10)?;
    equal("keys after a delete", &page.items.iter().map(|(key, _)| key).collect::<Vec<_>>(), &vec![&a])?;

    // Answers come in the order of the questions, and a key may be asked twice.
    commit(store, &Change::new().put(&c, "three"))?;
    let asked = [c.clone(), b.clone(), a.clone(), c.clone()];
    let view = read_quietly(store, &asked, &[scan_of(&c, None, 5), scan_of(&a, None, 5)])?;
    let texts = |held: &Option<Versioned>| held.as_ref().map(|held| held.value.to_vec());
    let three = Some(b"three".to_vec());
    equal(
        "answers in the order of the questions",
        &view.gets.iter().map(texts).collect::<Vec<_>>(),
        &vec![three.clone(), None, Some(b"two".to_vec()), three],
    )?;
    let firsts: Vec<_> = view.scans.iter().map(|page| page.items.first().map(|(key, _)| key)).collect();
    equal("pages in the order of the questions", &firsts, &vec![Some(&c), Some(&a)])?;

    // What one thread commits, another sees as soon as it is told.
    let (tell, told) = mpsc::channel::<u64>();
    let (tell, told) = (std::sync::Mutex::new(Some(tell)), std::sync::Mutex::new(Some(told)));
    threads(2, |index| {
        if index == 0 {
            let tell = tell.lock().ok().and_then(|mut tell| tell.take());
            for n in 1..=50_u64 {
                commit(store, &Change::new().put(&a, n.to_be_bytes()))?;
                let _ = tell.as_ref().map(|tell| tell.send(n));
            }
        } else if let Some(told) = told.lock().ok().and_then(|mut told| told.take()) {
            for n in told {
                let view = read(store, std::slice::from_ref(&a), &[])?;
                let seen = number(view.gets.first().and_then(Option::as_ref))?;
                ensure(seen >= n, || format!("another thread had committed {n} and a read saw {seen}"))?;
            }
        }
        Ok(())
    })?;
    Ok(Verdict::Kept)
}

/// All keys under the prefix always hold one number; every look at them must show one.
pub(super) fn one_snapshot(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let prefix = key("all/")?;
    let keys: Vec<Key> =
        (0..8_u8).map(|n| key([b"all/", [n].as_slice()].concat())).collect::<Result<_, _>>()?;
    let beside = key("beside")?;
    let set = |n: u64| {
        let change = keys.iter().fold(Change::new(), |change, key| change.put(key, n.to_be_bytes()));
        change.put(&beside, n.to_be_bytes())
    };
    let want = ReadSet {
        gets: vec![
            keys.last().cloned().unwrap_or_else(Key::empty),
            beside.clone(),
            keys.first().cloned().unwrap_or_else(Key::empty),
        ],
        scans: vec![
            scan_of(&prefix, None, 100),
            scan_of(&prefix, keys.get(3), 100),
            scan_of(&beside, None, 1),
        ],
    };
    let one_number = |view: &View| {
        let gets = view.gets.iter().map(Option::as_ref);
        let lines = view.scans.iter().flat_map(|page| page.items.iter().map(|(_, held)| Some(held)));
        let seen: Vec<u64> = gets.chain(lines).map(number).collect::<Result<_, _>>()?;
        ensure(seen.len() == 3 + 8 + 4 + 1, || format!("{} lines instead of 16", seen.len()))?;
        let first = seen.first().copied().unwrap_or(0);
        ensure(seen.iter().all(|n| *n == first), || format!("one read saw several instants: {seen:?}"))?;
        Ok::<u64, Seen>(first)
    };
    commit(store, &set(1))?;

    // A commit in the middle of a read.
    for polls in 1..4 {
        let (view, done) = overtake(store.read(&want), polls, async { store.commit(&set(2).0).await });
        attempt(done)?;
        one_number(&view?)?;
    }

    // Two writers, two readers.
    let done = AtomicBool::new(false);
    threads(4, |index| {
        if index < 2 {
            let ended = (0..100).try_for_each(|_| {
                for tries in 0.. {
                    ensure(tries < 10_000, || format!("{tries} conflicts in a row with one other writer"))?;
                    let held = read(store, std::slice::from_ref(&beside), &[])?.gets.pop().flatten();
                    let next = set(number(held.as_ref())? + 1).unchanged(&beside, held.as_ref());
                    if attempt(wait(store.commit(&next.0)))?.is_some() {
                        break;
                    }
                }
                Ok(())
            });
            if index == 0 || ended.is_err() {
                done.store(true, Ordering::SeqCst);
            }
            return ended;
        }
        let mut last = 0;
        while !done.load(Ordering::SeqCst) {
            let seen = one_number(&wait(store.read(&want))?)?;
            ensure(seen >= last, || format!("a later read saw {seen}, an earlier one {last}"))?;
            last = seen;
            if let Some(snapshot) = store.snapshot()? {
                let gets = snapshot.get_many(&want.gets)?;
                let scans = want.scans.iter().map(|scan| snapshot.scan(scan)).collect::<Result<_, _>>()?;
                last = one_number(&View { gets, scans })?;
            }
        }
        Ok(())
    })?;
    Ok(Verdict::Kept)
}
