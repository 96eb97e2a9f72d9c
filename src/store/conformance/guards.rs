//! Guards one by one, versions, all or nothing.

use std::collections::BTreeSet;

use super::probe::{Change, Check, Seen, all, attempt, commit, ensure, equal, get, journal_of, key, wait};
use super::{Subject, Verdict};
use crate::store::{Expect, Key, Seq, Version};

/// How a key came to be what it is.
const HISTORIES: &[&[Step]] = &[
    &[],
    &[Step::Put],
    &[Step::Put, Step::Put],
    &[Step::Put, Step::Delete],
    &[Step::Put, Step::Delete, Step::Put],
    &[Step::Put, Step::Delete, Step::Put, Step::Delete],
    &[Step::Delete],
    &[Step::Delete, Step::Put],
    &[Step::Put, Step::PutSame],
];

#[derive(Debug, Clone, Copy, PartialEq)]
enum Step {
    Put,
    PutSame,
    Delete,
}

pub(super) fn guards(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let other = key("other")?;
    let mut number = 0_u32;
    for history in HISTORIES {
        for guard in 0..8 {
            for write in [Some(Step::Put), Some(Step::Delete), None] {
                number += 1;
                let target = key(format!("target/{number}"))?;
                let mut versions = Vec::new();
                for step in *history {
                    let version = commit(store, &step.apply(Change::new(), &target, &number.to_be_bytes()))?;
                    versions.push((version, *step != Step::Delete));
                }
                let now = versions.last().filter(|(_, present)| *present).map(|(version, _)| *version);
                let earlier = |back: usize| versions.iter().rev().nth(back).map(|(version, _)| *version);
                let expect = match guard {
                    0 => None,
                    1 => Some(Expect::Absent),
                    2 => Some(Expect::At(Version(0))),
                    3 => Some(Expect::At(Version(u64::MAX))),
                    back => match earlier(back - 4) {
                        Some(version) => Some(Expect::At(version)),
                        None => continue,
                    },
                };
                let holds = match expect {
                    None => true,
                    Some(Expect::Absent) => now.is_none(),
                    Some(Expect::At(version)) => now == Some(version),
                };
                let before = (get(store, &target)?, get(store, &other)?);
                equal("the version after a history", &before.0.as_ref().map(|held| held.version), &now)?;
                let mut change = Change::new().put(&other, number.to_be_bytes());
                if let Some(expect) = expect {
                    change = change.guard(&target, expect);
                }
                if let Some(step) = write {
                    change = step.apply(change, &target, b"after");
                }
                // Of what was read before the last commit, or is said to be read later, every guard is looked at.
                let last = versions.last().map_or(1, |(version, _)| version.0);
                change.0.as_of = match number % 4 {
                    0 => None,
                    1 => Some(Seq(0)),
                    2 => Some(Seq(last - 1)),
                    _ => Some(Seq(u64::MAX)),
                };
                let done = attempt(wait(store.commit(&change.0)))?;
                let case = format!("{expect:?} on a key with the history {history:?}, then {write:?}");
                equal(&case, &done.is_some(), &holds)?;
                let after = (get(store, &target)?, get(store, &other)?);
                let Some(version) = done else {
                    equal(&format!("the store after a conflict of {case}"), &after, &before)?;
                    continue;
                };
                let expected = match write {
                    Some(Step::Delete) => None,
                    Some(_) => Some(version),
                    None => now,
                };
                equal(&format!("the key after {case}"), &after.0.map(|held| held.version), &expected)?;
                equal(
                    &format!("the other key after {case}"),
                    &after.1.map(|held| held.version),
                    &Some(version),
                )?;
            }
        }
    }
    // A batch of guards alone is judged too.
    let version = commit(store, &Change::new().put(&other, "last"))?;
    let alone = |expect| attempt(wait(store.commit(&Change::new().guard(&other, expect).0)));
    equal("a batch of one good guard", &alone(Expect::At(version))?.is_some(), &true)?;
    equal("a batch of one bad guard", &alone(Expect::Absent)?.is_some(), &false)?;
    Ok(Verdict::Kept)
}

impl Step {
    fn apply(self, change: Change, key: &Key, value: &[u8]) -> Change {
        match self {
            Self::Put | Self::PutSame => change.put(key, value),
            Self::Delete => change.delete(key),
        }
    }
}

pub(super) fn versions(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let keys = [key("a")?, key("b")?];
    let mut used = BTreeSet::new();
    let mut last = Version(0);
    let mut fresh = |version: Version| {
        ensure(version > last, || format!("commit {version:?} came after {last:?}"))?;
        last = version;
        Ok::<(), Seen>(())
    };
    for round in 0..12_u8 {
        for key in &keys {
            // The same bytes again are a new write all the same.
            let version = commit(store, &Change::new().put(key, "same"))?;
            fresh(version)?;
            ensure(used.insert(version), || format!("{version:?} was used twice"))?;
            equal("the version of a put", &get(store, key)?.map(|held| held.version), &Some(version))?;
        }
        // One key, both keys, both by two commits: the store is empty at times, and must remember.
        match round % 3 {
            0 => fresh(commit(store, &Change::new().delete(&keys[0]))?)?,
            1 => fresh(commit(store, &Change::new().delete(&keys[0]).delete(&keys[1]))?)?,
            _ => {
                fresh(commit(store, &Change::new().delete(&keys[1]))?)?;
                fresh(commit(store, &Change::new().delete(&keys[0]))?)?;
            }
        }
    }
    // A reader from before a delete and a recreate must not pass for one from after.
    let old = commit(store, &Change::new().put(&keys[0], "old"))?;
    commit(store, &Change::new().delete(&keys[0]).delete(&keys[1]))?;
    commit(store, &Change::new().put(&keys[0], "new"))?;
    let stale = attempt(wait(store.commit(&Change::new().at(&keys[0], old).put(&keys[0], "stale").0)))?;
    ensure(stale.is_none(), || "a guard from before a delete and a recreate held after them".to_owned())?;
    Ok(Verdict::Kept)
}

pub(super) fn all_or_nothing(subject: &dyn Subject) -> Check {
    const GUARDS: usize = 24;
    let store = subject.fresh();
    let store = store.as_ref();
    let guarded: Vec<Key> = (0..GUARDS).map(|n| key(format!("guarded/{n:02}"))).collect::<Result<_, _>>()?;
    let written: Vec<Key> = (0..GUARDS).map(|n| key(format!("written/{n:02}"))).collect::<Result<_, _>>()?;
    // Every second guarded key is present, every third written key too.
    let present = guarded.iter().step_by(2).chain(written.iter().step_by(3));
    let change = present.fold(Change::new(), |change, key| change.put(key, "before").announce(key));
    let version = commit(store, &change)?;
    let batch = |bad: Option<(usize, Expect)>| {
        let mut change = Change::new();
        for (n, key) in guarded.iter().enumerate() {
            let good = if n % 2 == 0 { Expect::At(version) } else { Expect::Absent };
            change = change.guard(key, bad.filter(|(at, _)| *at == n).map_or(good, |(_, expect)| expect));
        }
        for (n, key) in written.iter().enumerate() {
            change = if n % 4 == 0 { change.delete(key) } else { change.put(key, "after") };
            change = change.announce(key);
        }
        change
    };
    let before = (all(store)?, journal_of(store, 0, 100)?);
    for at in 0..GUARDS {
        let bad: &[Expect] = if at % 2 == 0 {
            &[Expect::Absent, Expect::At(Version(version.0 + 1)), Expect::At(Version(0))]
        } else {
            &[Expect::At(version)]
        };
        for expect in bad {
            let done = attempt(wait(store.commit(&batch(Some((at, *expect))).0)))?;
            ensure(done.is_none(), || {
                format!("a batch with one bad guard, number {at} of {GUARDS}, was applied")
            })?;
            let after = (all(store)?, journal_of(store, 0, 100)?);
            equal("the store after a refused batch", &after, &before)?;
        }
    }
    let done = commit(store, &batch(None))?;
    let seen = all(store)?.into_iter().filter(|(key, _)| written.contains(key));
    let expected: Vec<_> =
        written.iter().enumerate().filter(|(n, _)| n % 4 != 0).map(|(_, key)| (key.clone(), done)).collect();
    equal("what a good batch wrote", &seen.map(|(key, held)| (key, held.version)).collect(), &expected)?;
    let entry = journal_of(store, version.0, 100)?;
    let keys: Vec<_> = entry.into_iter().map(|entry| (entry.seq.0, entry.keys)).collect();
    equal("the journal of a good batch", &keys, &vec![(done.0, written)])?;
    Ok(Verdict::Kept)
}
