//! Two writers at the same place.

use super::probe::{
    Change, Check, attempt, commit, ensure, equal, get, key, number, overtake, read, threads, wait,
};
use super::{Subject, Verdict};
use crate::store::Key;

/// How often the first of two commits is polled before the second overtakes it.
const POLLS: std::ops::Range<usize> = 1..4;
const THREADS: usize = 4;
const EACH: u64 = 50;
/// Conflicts in a row that no bad luck explains.
const PATIENCE: usize = 10_000;

pub(super) fn racing_increments(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let counter = key("counter")?;

    let mut expected = 0;
    for polls in POLLS {
        let held = get(store, &counter)?;
        let next =
            Change::new().unchanged(&counter, held.as_ref()).put(&counter, (expected + 1_u64).to_be_bytes());
        let (one, other) = overtake(store.commit(&next.0), polls, async { store.commit(&next.0).await });
        let done = (attempt(one)?.is_some(), attempt(other)?.is_some());
        ensure(done.0 != done.1, || format!("of two commits on one version these succeeded: {done:?}"))?;
        expected += 1;
        equal("the counter after two commits", &number(get(store, &counter)?.as_ref())?, &expected)?;
    }

    threads(THREADS, |_| {
        for _ in 0..EACH {
            for tries in 0.. {
                ensure(tries < PATIENCE, || format!("{tries} conflicts in a row with three other writers"))?;
                let held = read(store, std::slice::from_ref(&counter), &[])?.gets.pop().flatten();
                let next = number(held.as_ref())? + 1;
                let change =
                    Change::new().unchanged(&counter, held.as_ref()).put(&counter, next.to_be_bytes());
                if attempt(wait(store.commit(&change.0)))?.is_some() {
                    break;
                }
            }
        }
        Ok(())
    })?;
    let total = number(get(store, &counter)?.as_ref())?;
    equal("the counter after 4 threads added 50 each", &(total - expected), &200)?;
    Ok(Verdict::Kept)
}

/// Two doctors are on call; each may leave if the other stays.
pub(super) fn write_skew(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let round = |name: String| {
        let (mine, yours) = (key(format!("{name}/a"))?, key(format!("{name}/b"))?);
        let version = commit(store, &Change::new().put(&mine, "on call").put(&yours, "on call"))?;
        let leave = |key: &Key| Change::new().at(&mine, version).at(&yours, version).put(key, "gone");
        Ok::<_, super::probe::Seen>((leave(&mine), leave(&yours)))
    };
    for polls in POLLS {
        let (mine, yours) = round(format!("overtaken {polls}"))?;
        let (one, other) = overtake(store.commit(&mine.0), polls, async { store.commit(&yours.0).await });
        let done = (attempt(one)?.is_some(), attempt(other)?.is_some());
        ensure(done.0 != done.1, || format!("of two commits that read both keys these succeeded: {done:?}"))?;
    }
    for n in 0..25 {
        let (mine, yours) = round(format!("raced {n}"))?;
        let changes = [mine, yours];
        let done = threads(2, |index| {
            let Some(change) = changes.get(index) else { return Ok(false) };
            Ok(attempt(wait(store.commit(&change.0)))?.is_some())
        })?;
        let winners = done.iter().filter(|done| **done).count();
        equal("how many of two commits that read both keys succeeded", &winners, &1)?;
    }
    Ok(Verdict::Kept)
}

pub(super) fn both_expect_absent(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let claim = |key: &Key, who: u64| Change::new().absent(key).put(key, who.to_be_bytes());
    for polls in POLLS {
        let seat = key(format!("overtaken {polls}"))?;
        let (first, second) = (claim(&seat, 1), claim(&seat, 2));
        let (one, other) = overtake(store.commit(&first.0), polls, async { store.commit(&second.0).await });
        let done = (attempt(one)?.is_some(), attempt(other)?.is_some());
        ensure(done.0 != done.1, || {
            format!("of two commits that expect a key absent these succeeded: {done:?}")
        })?;
        let winner = if done.0 { 1 } else { 2 };
        equal("whose value stayed", &number(get(store, &seat)?.as_ref())?, &winner)?;
    }
    for n in 0..25 {
        let seat = key(format!("raced {n}"))?;
        let done = threads(THREADS, |index| {
            let who = u64::try_from(index).unwrap_or(0) + 1;
            Ok(attempt(wait(store.commit(&claim(&seat, who).0)))?.map(|_| who))
        })?;
        let winners: Vec<u64> = done.into_iter().flatten().collect();
        equal("how many claimed one key", &winners.len(), &1)?;
        let stayed = number(get(store, &seat)?.as_ref())?;
        equal("whose value stayed", &Some(&stayed), &winners.first())?;
    }
    Ok(Verdict::Kept)
}
