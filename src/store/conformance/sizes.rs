//! Size limits.

use super::probe::{Change, Check, all, commit, ensure, equal, get, journal_of, key, scan, wait};
use super::{Subject, Verdict};
use crate::store::{Expect, Key, MAX_VALUE, MAX_WRITES, StoreErrorKind};

pub(super) fn size_limits(subject: &dyn Subject) -> Check {
    let store = subject.fresh();
    let store = store.as_ref();
    let (a, b, long) = (key("a")?, key("b")?, key([b'k'; Key::MAX_LEN])?);

    let full = vec![7_u8; MAX_VALUE];
    commit(store, &Change::new().put(&a, &full))?;
    let held = get(store, &a)?.ok_or_else(|| super::probe::Seen::new("the largest value was not there"))?;
    ensure(*held.value == *full, || format!("the largest value came back with {} bytes", held.value.len()))?;
    commit(store, &Change::new().put(&long, "longest key").at(&a, held.version).delete(&a).announce(&long))?;
    equal(
        "the value of the longest key",
        &get(store, &long)?.map(|held| held.value.to_vec()),
        &Some(b"longest key".to_vec()),
    )?;

    let before = (all(store)?, journal_of(store, 0, 100)?);
    let mut over = full;
    over.push(7);
    let mut many = Change::new();
    for n in 0..=u32::try_from(MAX_WRITES).unwrap_or(u32::MAX) {
        many = many.put(&key([b"many/", n.to_be_bytes().as_slice()].concat())?, "");
    }
    let twice = |change: Change| change.put(&b, "1").announce(&b);
    let refused = [
        ("a value over the limit", Change::new().put(&b, "small").put(&a, &over).announce(&b), false),
        ("one write too many", many.clone(), false),
        ("a key written twice", twice(Change::new().put(&b, "2")), true),
        ("a key put and deleted", twice(Change::new().delete(&b)), true),
        ("a key guarded twice", twice(Change::new().absent(&a).guard(&a, Expect::Absent)), true),
    ];
    for (what, change, lenient) in refused {
        let kind = match wait(store.commit(&change.0)) {
            Ok(_) => return Err(super::probe::Seen::new(format!("{what} was accepted"))),
            Err(error) => error.kind(),
        };
        let fits = kind == StoreErrorKind::TooLarge || (lenient && kind == StoreErrorKind::Failed);
        ensure(fits, || format!("{what} was refused as {kind:?}"))?;
        equal(&format!("the store after {what}"), &(all(store)?, journal_of(store, 0, 100)?), &before)?;
    }
    many.0.writes.pop();
    let version = commit(store, &many)?;
    let page = scan(store, &key("many/")?, None, MAX_WRITES + 1)?;
    equal("keys after the largest batch", &(page.items.len(), page.more), &(MAX_WRITES, false))?;
    let same = page.items.iter().all(|(_, held)| held.version == version);
    ensure(same, || "the keys of one batch have different versions".to_owned())?;
    Ok(Verdict::Kept)
}
