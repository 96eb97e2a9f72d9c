use std::collections::BTreeSet;

use super::*;
use crate::store::MemoryStore;

struct Memory;

impl Subject for Memory {
    fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }
}

/// A memory store that outlives its process: what reopening means for it.
struct Kept;

impl Subject for Kept {
    fn fresh(&self) -> Arc<dyn Store> {
        Arc::new(MemoryStore::new())
    }

    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        Some(store)
    }

    fn crash(&self, store: Arc<dyn Store>, batch: &Batch, step: usize) -> Option<Arc<dyn Store>> {
        if step == 1 {
            pollster::block_on(store.commit(batch)).unwrap();
        }
        (step < 2).then_some(store)
    }
}

#[test]
fn the_memory_store_keeps_every_group() {
    let report = check(&Memory);
    assert!(report.is_clean(), "{report}");
    assert_eq!(report.findings.len(), groups().len());
    let untried: Vec<_> =
        report.findings.iter().filter(|f| f.verdict != Verdict::Kept).map(|f| f.group).collect();
    assert_eq!(untried, ["crash"]);
}

#[test]
fn a_kept_memory_store_keeps_the_crash_group() {
    for group in ["crash", "journal"] {
        let report = check_group(&Kept, group);
        assert_eq!(report.findings.first().map(|f| f.verdict.clone()), Some(Verdict::Kept), "{report}");
    }
}

#[test]
fn groups_have_names_of_their_own() {
    let names: BTreeSet<_> = groups().iter().map(Group::name).collect();
    assert_eq!(names.len(), groups().len());
    assert!(!check_group(&Memory, "no such group").is_clean());
    assert!(groups().iter().all(|group| !group.rule().is_empty()));
}

#[test]
fn a_store_that_panics_is_reported() {
    struct Broken;
    impl Subject for Broken {
        fn fresh(&self) -> Arc<dyn Store> {
            panic!("on purpose")
        }
    }
    let report = check_group(&Broken, "guards");
    assert_eq!(report.broken().collect::<Vec<_>>(), ["guards"]);
    assert!(report.to_string().contains("the store panicked"));
}
