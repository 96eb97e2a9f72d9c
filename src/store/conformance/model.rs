//! Random batches against a naive model.

use std::collections::BTreeMap;

use super::probe::{Change, Check, Seen, all, attempt, equal, journal_of, key, read_quietly, scan_of, wait};
use super::{Subject, Verdict};
use crate::store::dice::Dice;
use crate::store::{Entry, Expect, Key, Page, Scan, Seq, Store, Version, Versioned, Write};

const SEEDS: u64 = 3;
const STEPS: usize = 300;

#[derive(Default)]
struct Model {
    values: BTreeMap<Key, Versioned>,
    journal: Vec<Entry>,
}

impl Model {
    fn allows(&self, change: &Change) -> bool {
        change.0.guards.iter().all(|(key, expect)| match (self.values.get(key), expect) {
            (None, Expect::Absent) => true,
            (Some(held), Expect::At(version)) => held.version == *version,
            _ => false,
        })
    }

    fn apply(&mut self, change: Change, version: Version) {
        for (key, write) in change.0.writes {
            match write {
                Write::Put(value) => self.values.insert(key, Versioned { version, value }),
                Write::Delete => self.values.remove(&key),
            };
        }
        if !change.0.journal.is_empty() {
            self.journal.push(Entry { seq: Seq(version.0), keys: change.0.journal });
        }
    }

    fn page(&self, scan: &Scan) -> Page {
        let mut items = self.values.iter().filter(|(key, _)| {
            key.as_bytes().starts_with(scan.prefix.as_bytes())
                && scan.after.as_ref().is_none_or(|after| *key > after)
        });
        let page = items.by_ref().take(scan.limit).map(|(key, held)| (key.clone(), held.clone())).collect();
        Page { items: page, more: items.next().is_some() }
    }
}

pub(super) fn random_batches(subject: &dyn Subject) -> Check {
    for seed in 0..SEEDS {
        let store = subject.fresh();
        walk(store.as_ref(), seed).map_err(|seen| Seen::new(format!("seed {seed}: {seen}")))?;
    }
    Ok(Verdict::Kept)
}

fn walk(store: &dyn Store, seed: u64) -> Result<(), Seen> {
    let mut dice = Dice::new(seed);
    let bytes: [&[u8]; 12] = [
        b"",
        b"\x00",
        b"a",
        b"a\x00",
        b"a\x7f",
        b"a\x80",
        b"a\xff",
        b"a\xff\x01",
        b"b",
        b"\xff",
        b"\xff\xff",
        b"\xff\xff\xff",
    ];
    let keys: Vec<Key> = bytes.iter().map(key).collect::<Result<_, _>>()?;
    let mut model = Model::default();
    let mut seen = vec![Version(0)];
    for step in 0..STEPS {
        let mut change = Change::new();
        for key in &keys {
            let held = model.values.get(key);
            change = match dice.below(16) {
                0..3 => change.unchanged(key, held),
                3 if dice.per_mille(300) => match dice.pick(&seen) {
                    Some(version) => change.at(key, *version),
                    None => change,
                },
                4 if dice.per_mille(100) => change.absent(key),
                _ => change,
            };
            change = match dice.below(8) {
                0 => change.put(key, vec![dice.throw().to_le_bytes()[0]; dice.below(40)]),
                1 => change.delete(key),
                _ => change,
            };
            if dice.per_mille(80) {
                change = change.announce(key);
            }
        }
        let done = attempt(wait(store.commit(&change.0)))?;
        equal(&format!("whether batch {step} is applied"), &done.is_some(), &model.allows(&change))?;
        if let Some(version) = done {
            seen.push(version);
            model.apply(change, version);
        }
        let scan = scan_of(
            dice.pick(&keys).unwrap_or(&Key::empty()),
            dice.pick(&keys).filter(|_| step % 2 == 0),
            dice.below(6),
        );
        let gets = keys.iter().map(|key| model.values.get(key).cloned()).collect::<Vec<_>>();
        let view = read_quietly(store, &keys, std::slice::from_ref(&scan))?;
        equal(&format!("the keys after batch {step}"), &view.gets, &gets)?;
        equal(&format!("{scan:?} after batch {step}"), &view.scans, &vec![model.page(&scan)])?;
    }
    equal("everything at the end", &all(store)?, &model.values.into_iter().collect())?;
    equal("the journal at the end", &journal_of(store, 0, STEPS * 2)?, &model.journal)
}
