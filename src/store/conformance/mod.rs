//! The suite that a host runs against its own store.
//!
//! Implement [`Subject`] for something that opens your store, call [`check`], and print the [`Report`] if it is not
//! clean. The suite knows nothing but the [`Store`] trait, panics at nothing, and tells what it saw. A store that keeps
//! all groups is one that a unit of work can rely on.
//!
//! ```
//! use std::sync::Arc;
//! use throughline::store::conformance::{Subject, check_group};
//! use throughline::store::{MemoryStore, Store};
//!
//! struct Memory;
//! impl Subject for Memory {
//!     fn fresh(&self) -> Arc<dyn Store> {
//!         Arc::new(MemoryStore::new())
//!     }
//! }
//! // `check(&Memory)` runs all groups.
//! let report = check_group(&Memory, "guards");
//! assert!(report.is_clean(), "{report}");
//! ```

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use super::{Batch, Store};

mod crash;
mod guards;
mod journal;
mod model;
mod pages;
mod probe;
mod races;
mod reads;
mod sizes;

use probe::Check;

/// Opens the store under test.
pub trait Subject {
    /// A new and empty store.
    fn fresh(&self) -> Arc<dyn Store>;

    /// Closes the store, as a killed process would, and opens it again with what it kept. `None` (the default) says
    /// that it keeps nothing, as a store in memory; then the crash group is not tried.
    fn reopen(&self, store: Arc<dyn Store>) -> Option<Arc<dyn Store>> {
        let _ = store;
        None
    }

    /// Starts to commit the batch, kills the store at the `step`-th point at which that can be told apart (a write to
    /// disk, a message sent), counted from 0, and opens it again. `None` (the default) when there is no such step.
    fn crash(&self, store: Arc<dyn Store>, batch: &Batch, step: usize) -> Option<Arc<dyn Store>> {
        let _ = (store, batch, step);
        None
    }
}

/// Checks that belong together.
pub struct Group {
    name: &'static str,
    rule: &'static str,
    run: fn(&dyn Subject) -> Check,
}

impl Group {
    /// Its name, in lower case with underscores.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What a store must do to keep it.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        self.rule
    }
}

impl fmt::Debug for Group {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Group({})", self.name)
    }
}

/// All groups, in the order in which they run.
#[must_use]
pub fn groups() -> &'static [Group] {
    const fn group(name: &'static str, rule: &'static str, run: fn(&dyn Subject) -> Check) -> Group {
        Group { name, rule, run }
    }
    const {
        &[
            group(
                "read_your_writes",
                "a read after a commit sees it, from every thread",
                reads::read_your_writes,
            ),
            group("one_snapshot", "all gets and scans of one read see one instant", reads::one_snapshot),
            group("byte_order", "scans follow byte order and end where the prefix ends", pages::byte_order),
            group("cursors", "paging loses and repeats nothing while others insert", pages::cursors),
            group("guards", "a batch commits if and only if every guard holds", guards::guards),
            group("versions", "a version is the commit's place and is never used twice", guards::versions),
            group(
                "all_or_nothing",
                "one bad guard of many leaves everything as it was",
                guards::all_or_nothing,
            ),
            group("racing_increments", "no increment is lost", races::racing_increments),
            group("write_skew", "a guard on a key that is only read counts too", races::write_skew),
            group(
                "both_expect_absent",
                "of writers who expect a key absent one wins",
                races::both_expect_absent,
            ),
            group("journal", "the journal is the commit order, without holes", journal::journal),
            group(
                "size_limits",
                "limits hold exactly, and a refused batch changes nothing",
                sizes::size_limits,
            ),
            group("random_batches", "random batches do what a naive model does", model::random_batches),
            group("crash", "after a crash each batch is there whole or not at all", crash::crash),
        ]
    }
}

/// How a group ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// The store keeps it.
    Kept,
    /// The store breaks it; what was seen.
    Broken(String),
    /// It does not apply; why.
    NotTried(&'static str),
}

/// One group's line in the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The group's name.
    pub group: &'static str,
    /// The group's rule.
    pub rule: &'static str,
    /// How it ended.
    pub verdict: Verdict,
}

/// What the suite found; `Display` is a table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// One finding per group that was run.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether something was run and nothing is broken.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        !self.findings.is_empty() && self.broken().next().is_none()
    }

    /// The names of the groups that the store breaks.
    pub fn broken(&self) -> impl Iterator<Item = &'static str> + '_ {
        let broken = |finding: &&Finding| matches!(finding.verdict, Verdict::Broken(_));
        self.findings.iter().filter(broken).map(|finding| finding.group)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{:<20}{:<10}rule, and what was seen instead", "group", "verdict")?;
        for Finding { group, rule, verdict } in &self.findings {
            match verdict {
                Verdict::Kept => writeln!(f, "{group:<20}{:<10}{rule}", "kept"),
                Verdict::Broken(seen) => writeln!(f, "{group:<20}{:<10}{rule}\n{:<30}{seen}", "BROKEN", ""),
                Verdict::NotTried(why) => {
                    writeln!(f, "{group:<20}{:<10}{rule}\n{:<30}{why}", "not tried", "")
                }
            }?;
        }
        Ok(())
    }
}

/// Runs all groups against the store.
#[must_use]
pub fn check(subject: &dyn Subject) -> Report {
    Report { findings: groups().iter().map(|group| find(subject, group)).collect() }
}

/// Runs the group of that name; the report is empty (and not clean) if there is none.
#[must_use]
pub fn check_group(subject: &dyn Subject, name: &str) -> Report {
    let named = groups().iter().filter(|group| group.name == name);
    Report { findings: named.map(|group| find(subject, group)).collect() }
}

fn find(subject: &dyn Subject, group: &Group) -> Finding {
    let verdict = match catch_unwind(AssertUnwindSafe(|| (group.run)(subject))) {
        Ok(Ok(verdict)) => verdict,
        Ok(Err(seen)) => Verdict::Broken(seen.to_string()),
        Err(_) => Verdict::Broken("the store panicked".to_owned()),
    };
    Finding { group: group.name, rule: group.rule, verdict }
}

#[cfg(test)]
mod tests;
