//! The journal is the commit order.

use std::sync::atomic::{AtomicBool, Ordering};

use super::probe::{Change, Check, Seen, attempt, commit, ensure, equal, journal_of, key, overtake, read};
use super::probe::{threads, wait};
use super::{Subject, Verdict};
use crate::store::{Entry, Key, Seq, Version};

pub(super) fn journal(subject: &dyn Subject) -> Check {
    quiet(subject)?;
    overtaken(subject)?;
    racing(subject)?;
    reopened(subject)?;
    Ok(Verdict::Kept)
}

/// One after the other: entries as announced, paging, nothing from silent and refused batches.
fn quiet(subject: &dyn Subject) -> Result<(), Seen> {
    let store = subject.fresh();
    let store = store.as_ref();
    let (a, b, c) = (key("a")?, key("b")?, key([0xff; Key::MAX_LEN])?);
    let mut expected = Vec::new();
    let mut say = |change: Change| {
        let Version(seq) = commit(store, &change)?;
        if !change.0.journal.is_empty() {
            expected.push(Entry { seq: Seq(seq), keys: change.0.journal });
        }
        Ok::<(), Seen>(())
    };
    say(Change::new().put(&a, "1").put(&b, "1").announce(&b).announce(&a))?;
    say(Change::new().put(&a, "2"))?;
    say(Change::new().put(&c, "3").delete(&a).announce(&c))?;
    say(Change::new().delete(&b).announce(&b))?;
    for n in 0..20_u8 {
        say(Change::new().put(&a, [n]).announce(&a))?;
    }
    let refused = Change::new().absent(&a).put(&a, "never").announce(&a);
    ensure(attempt(wait(store.commit(&refused.0)))?.is_none(), || "a bad guard held".to_owned())?;
    let last = expected.last().map_or(0, |entry| entry.seq.0);
    for after in (0..=last + 1).chain([u64::MAX]) {
        for limit in [0, 1, 4, 1000] {
            let rest = expected.iter().filter(|entry| entry.seq.0 > after).take(limit).cloned().collect();
            equal(&format!("the journal after {after}"), &journal_of(store, after, limit)?, &rest)?;
        }
    }
    Ok(())
}

/// A commit that another one overtakes half-way: nobody may read past it and find it behind later.
fn overtaken(subject: &dyn Subject) -> Result<(), Seen> {
    let store = subject.fresh();
    let store = store.as_ref();
    let (slow, quick) = (key("slow")?, key("quick")?);
    for polls in 1..4 {
        let start = journal_of(store, 0, 1000)?.last().map_or(0, |entry| entry.seq.0);
        let first = Change::new().put(&slow, "1").announce(&slow);
        let second = Change::new().put(&quick, "2").announce(&quick);
        let (one, (other, tail)) = overtake(store.commit(&first.0), polls, async {
            (store.commit(&second.0).await, store.journal(Seq(start), 1000).await)
        });
        let (one, other, mut tail) = (one?, other?, tail?);
        let cursor = tail.last().map_or(start, |entry| entry.seq.0);
        tail.extend(journal_of(store, cursor, 1000)?);
        let mut expected = vec![(one.seq, slow.clone()), (other.seq, quick.clone())];
        expected.sort();
        let told = |entries: Vec<Entry>| -> Vec<(Seq, Key)> {
            entries
                .into_iter()
                .flat_map(|entry| entry.keys.into_iter().map(move |key| (entry.seq, key)))
                .collect()
        };
        equal("what a reader of the journal was told in turn", &told(tail), &expected)?;
        equal("the journal afterwards", &told(journal_of(store, start, 1000)?), &expected)?;
    }
    Ok(())
}

/// Four writers, one who follows the journal, one who looks up in it what a value says.
fn racing(subject: &dyn Subject) -> Result<(), Seen> {
    const WRITERS: usize = 4;
    const EACH: usize = 40;
    let store = subject.fresh();
    let store = store.as_ref();
    let keys: Vec<Key> = (0..WRITERS).map(|n| key(format!("writer/{n}"))).collect::<Result<_, _>>()?;
    let done = AtomicBool::new(false);
    let ended = threads(WRITERS + 2, |index| {
        if let Some(key) = keys.get(index) {
            let change = Change::new().put(key, "value").announce(key);
            let committed: Result<Vec<u64>, Seen> =
                (0..EACH).map(|_| Ok(commit(store, &change)?.0)).collect();
            if index == 0 || committed.is_err() {
                done.store(true, Ordering::SeqCst);
            }
            return Ok((committed?, Vec::new()));
        }
        if index == WRITERS {
            let (mut cursor, mut told) = (0, Vec::new());
            while !done.load(Ordering::SeqCst) {
                for entry in journal_of(store, cursor, 5)? {
                    ensure(entry.seq.0 > cursor, || format!("{:?} came after {cursor}", entry.seq))?;
                    cursor = entry.seq.0;
                    told.push(cursor);
                }
            }
            return Ok((Vec::new(), told));
        }
        while !done.load(Ordering::SeqCst) {
            for held in read(store, &keys, &[])?.gets.into_iter().flatten() {
                let before =
                    held.version.0.checked_sub(1).ok_or_else(|| Seen::new("a put with version 0"))?;
                let entry = journal_of(store, before, 1)?.first().map(|entry| entry.seq.0);
                equal("the journal entry of a value that can be read", &entry, &Some(held.version.0))?;
            }
        }
        Ok((Vec::new(), Vec::new()))
    })?;
    let mut committed: Vec<u64> = ended.iter().flat_map(|(committed, _)| committed.iter().copied()).collect();
    committed.sort_unstable();
    let journal: Vec<u64> = journal_of(store, 0, 1000)?.iter().map(|entry| entry.seq.0).collect();
    equal("the journal beside the commits", &journal, &committed)?;
    let told: Vec<u64> = ended.into_iter().flat_map(|(_, told)| told).collect();
    let heads: Vec<u64> = committed.iter().copied().take(told.len()).collect();
    equal("what a reader who followed the journal was told", &told, &heads)
}

/// The journal outlives the process, and later commits go on behind it.
fn reopened(subject: &dyn Subject) -> Result<(), Seen> {
    let mut store = subject.fresh();
    let a = key("a")?;
    let mut last = 0;
    for round in 0..3 {
        for _ in 0..5 {
            let seq = commit(store.as_ref(), &Change::new().put(&a, "value").announce(&a))?.0;
            ensure(seq > last, || format!("commit {seq} after {last}, opened {round} times"))?;
            last = seq;
        }
        last = commit(store.as_ref(), &Change::new().delete(&a))?.0;
        let before = journal_of(store.as_ref(), 0, 1000)?;
        equal("entries", &before.len(), &(5 * (round + 1)))?;
        let Some(again) = subject.reopen(store) else { return Ok(()) };
        store = again;
        equal("the journal after reopening", &journal_of(store.as_ref(), 0, 1000)?, &before)?;
    }
    Ok(())
}
