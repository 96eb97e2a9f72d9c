//! A crash between any two steps.

use std::sync::Arc;
use std::task::{Context, Waker};

use super::probe::{Change, Check, Seen, all, commit, ensure, equal, journal_of, key};
use super::{Subject, Verdict};
use crate::store::{Batch, Entry, Key, Seq, Store, Version, Versioned, Write};

type State = (Vec<(Key, Versioned)>, Vec<Entry>);

fn state(store: &dyn Store) -> Result<State, Seen> {
    Ok((all(store)?, journal_of(store, 0, 10_000)?))
}

/// The steps of a small history: puts, overwrites, deletes, several keys at once, with and without announcements; at
/// the end nothing is left, so that only a store that remembers knows which versions are used up.
fn history() -> Result<Vec<Change>, Seen> {
    let keys: Vec<Key> = (0..6_u8).map(|n| key([b'k', n])).collect::<Result<_, _>>()?;
    let steps = (0..8_usize).map(|step| {
        keys.iter().enumerate().fold(Change::new(), |change, (at, key)| {
            let change = match (step + at) % 4 {
                0 => change.put(key, format!("step {step}")),
                1 => change.put(key, vec![b'x'; step * 100]),
                2 => change.delete(key),
                _ => return change,
            };
            if step % 3 == 2 { change } else { change.announce(key) }
        })
    });
    let mut steps: Vec<Change> = steps.collect();
    steps.push(keys.iter().fold(Change::new(), Change::delete));
    Ok(steps)
}

pub(super) fn crash(subject: &dyn Subject) -> Check {
    let steps = history()?;
    let Some(_) = subject.reopen(subject.fresh()) else {
        return Ok(Verdict::NotTried("the subject cannot be reopened"));
    };
    // A kill between two commits.
    for cut in 0..=steps.len() {
        let (store, last) = play(subject, &steps, cut)?;
        let before = state(store.as_ref())?;
        let store = reopen(subject, store)?;
        equal(&format!("the store reopened after {cut} commits"), &state(store.as_ref())?, &before)?;
        go_on(store.as_ref(), &before, last)?;
    }
    // A commit that was begun and never awaited, and a kill.
    for (cut, next) in steps.iter().enumerate() {
        let (store, last) = play(subject, &steps, cut)?;
        let before = state(store.as_ref())?;
        {
            let mut begun = store.commit(&next.0);
            let _ = begun.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        let store = reopen(subject, store)?;
        whole_or_nothing(store.as_ref(), &before, last, &next.0, &format!("commit {cut} was abandoned"))?;
    }
    // A kill inside a commit, wherever the subject can place it.
    for (cut, next) in steps.iter().enumerate() {
        for at in 0..1000 {
            let (store, last) = play(subject, &steps, cut)?;
            let before = state(store.as_ref())?;
            let Some(store) = subject.crash(store, &next.0, at) else { break };
            whole_or_nothing(
                store.as_ref(),
                &before,
                last,
                &next.0,
                &format!("commit {cut} crashed at step {at}"),
            )?;
        }
    }
    Ok(Verdict::Kept)
}

/// A store with the first steps in it, and the version of the last one.
fn play(subject: &dyn Subject, steps: &[Change], cut: usize) -> Result<(Arc<dyn Store>, Version), Seen> {
    let store = subject.fresh();
    let mut last = Version(0);
    for step in steps.iter().take(cut) {
        last = commit(store.as_ref(), step)?;
    }
    Ok((store, last))
}

fn reopen(subject: &dyn Subject, store: Arc<dyn Store>) -> Result<Arc<dyn Store>, Seen> {
    subject.reopen(store).ok_or_else(|| Seen::new("the store reopened once and then not again"))
}

/// The state is the one before the batch or the one after it, and work goes on from there.
fn whole_or_nothing(
    store: &dyn Store,
    before: &State,
    last: Version,
    batch: &Batch,
    when: &str,
) -> Result<(), Seen> {
    let after = state(store)?;
    if after != *before {
        let newest = after.0.iter().map(|(_, held)| held.version.0);
        let seq = newest.chain(after.1.iter().map(|entry| entry.seq.0)).max().unwrap_or(0);
        let mut expected = before.clone();
        for (key, write) in &batch.writes {
            expected.0.retain(|(other, _)| other != key);
            if let Write::Put(value) = write {
                let held = Versioned { version: Version(seq), value: value.clone() };
                expected.0.push((key.clone(), held));
            }
        }
        expected.0.sort_by(|(a, _), (b, _)| a.cmp(b));
        if !batch.journal.is_empty() {
            expected.1.push(Entry { seq: Seq(seq), keys: batch.journal.clone() });
        }
        equal(&format!("the store after {when}"), &after, &expected)?;
    }
    go_on(store, &after, last)
}

/// The next commit gets a place behind everything that was kept or acknowledged.
fn go_on(store: &dyn Store, kept: &State, last: Version) -> Result<(), Seen> {
    let seen = kept.0.iter().map(|(_, held)| held.version.0).chain(kept.1.iter().map(|entry| entry.seq.0));
    let newest = seen.chain([last.0]).max().unwrap_or(0);
    let next = commit(store, &Change::new().put(&key("next")?, "next"))?;
    ensure(next.0 > newest, || format!("after reopening, commit {next:?} came after {newest}"))
}
