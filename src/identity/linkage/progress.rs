//! Telling how far long work is.

/// A stage of linking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Preparing values; counted in columns.
    Prepare,
    /// Blocking; counted in rules.
    Block,
    /// Comparing; counted in pairs.
    Compare,
    /// Training.
    Train,
    /// Scoring; counted in pairs.
    Score,
    /// Putting records together.
    Cluster,
}

/// Hears how far the work is. It is told a few hundred times at most.
pub trait Progress {
    /// So much of so much is done.
    fn report(&self, stage: Stage, done: u64, of: u64);
}

/// Nobody listens.
impl Progress for () {
    fn report(&self, _: Stage, _: u64, _: u64) {}
}

impl<F: Fn(Stage, u64, u64)> Progress for F {
    fn report(&self, stage: Stage, done: u64, of: u64) {
        self(stage, done, of);
    }
}
