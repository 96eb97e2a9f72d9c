//! Whole paths and how often each was taken.

use std::fmt;

use hashbrown::HashMap;

use super::{Outcome, Paths};

/// One way from start to end.
#[derive(Clone, PartialEq, Eq)]
pub struct Variant {
    /// The channels in order.
    pub path: Vec<Box<str>>,
    /// How many journeys went along it.
    pub journeys: u64,
    /// How many of them converted.
    pub conversions: u64,
    /// What they were worth together, in minor units.
    pub value_minor: i128,
}

impl fmt::Debug for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Variant")
            .field("length", &self.path.len())
            .field("journeys", &self.journeys)
            .field("conversions", &self.conversions)
            .finish_non_exhaustive()
    }
}

/// The variants, most journeys first, ties by path.
///
/// # Complexity
/// O(n + v log v) for n touches and v variants.
///
/// ```
/// use throughline::journey::paths::{Outcome, Paths, variants};
/// let mut paths = Paths::new();
/// for path in [&["app"][..], &["web", "till"], &["web", "till"]] {
///     paths.push(path.iter().copied(), Outcome::lost())?;
/// }
/// let all = variants(&paths);
/// assert_eq!(all.first().map(|most| (most.path.len(), most.journeys)), Some((2, 2)));
/// # Ok::<(), throughline::journey::paths::PathsError>(())
/// ```
#[must_use]
pub fn variants(paths: &Paths) -> Vec<Variant> {
    let mut counts: HashMap<&[u16], (u64, u64, i128)> = HashMap::new();
    for path in paths.iter() {
        let Outcome { conversions, value_minor, .. } = path.outcome();
        let count = counts.entry(path.touches).or_insert((0, 0, 0));
        count.0 += path.outcome().journeys();
        count.1 += u64::from(conversions);
        count.2 += i128::from(value_minor);
    }
    let names = paths.names();
    let mut all: Vec<Variant> = counts
        .into_iter()
        .map(|(touches, (journeys, conversions, value_minor))| Variant {
            path: touches.iter().filter_map(|&channel| names.get(usize::from(channel)).cloned()).collect(),
            journeys,
            conversions,
            value_minor,
        })
        .collect();
    all.sort_unstable_by(|a, b| b.journeys.cmp(&a.journeys).then_with(|| a.path.cmp(&b.path)));
    all
}
