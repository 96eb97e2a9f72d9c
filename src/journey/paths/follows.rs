//! The directly-follows map.

use std::collections::BTreeMap;

use hashbrown::HashMap;

use super::Paths;

/// Which touch follows which, and where journeys start and end, in journeys.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Follows {
    /// How often the second followed the first directly.
    pub pairs: BTreeMap<(Box<str>, Box<str>), u64>,
    /// How many journeys start there.
    pub starts: BTreeMap<Box<str>, u64>,
    /// How many journeys end there.
    pub ends: BTreeMap<Box<str>, u64>,
    /// How many journeys have no touch.
    pub empty: u64,
}

impl std::fmt::Debug for Follows {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follows")
            .field("pairs", &self.pairs.len())
            .field("transitions", &self.transitions())
            .field("empty", &self.empty)
            .finish_non_exhaustive()
    }
}

impl Follows {
    /// How many steps from one touch to the next there are.
    #[must_use]
    pub fn transitions(&self) -> u64 {
        self.pairs.values().sum()
    }
}

/// Up to so many channels the counts are a square.
const DENSE: usize = 1024;

/// Counts pairs of neighbours, starts and ends; a path counts once for each journey along it. Clean the paths first if
/// equal neighbours shall not count. A sum over paths, so their order makes no difference. Source: van der Aalst,
/// *Process Mining* (2016), section 6.1.
///
/// # Complexity
/// O(n) for n touches; memory for the square of the channels, or for the pairs found if there are more than 1,024.
///
/// ```
/// use throughline::journey::paths::{Outcome, Paths, follows};
/// let mut paths = Paths::new();
/// paths.push(["web", "app", "till"], Outcome::won(500))?;
/// paths.push(["web", "app"], Outcome { nulls: 3, ..Outcome::default() })?;
/// let map = follows(&paths);
/// assert_eq!(map.pairs.get(&("web".into(), "app".into())), Some(&4));
/// assert_eq!((map.starts.get("web"), map.ends.get("app")), (Some(&4), Some(&3)));
/// # Ok::<(), throughline::journey::paths::PathsError>(())
/// ```
#[must_use]
pub fn follows(paths: &Paths) -> Follows {
    let names = paths.names();
    let mut counted = if names.len() <= DENSE {
        Counts::Dense(vec![0; names.len() * names.len()])
    } else {
        Counts::Sparse(HashMap::new())
    };
    let mut starts = vec![0_u64; names.len()];
    let mut ends = starts.clone();
    let mut empty = 0;
    for path in paths.iter() {
        let journeys = path.outcome().journeys();
        let (Some(&first), Some(&last)) = (path.touches.first(), path.touches.last()) else {
            empty += journeys;
            continue;
        };
        if journeys == 0 {
            continue;
        }
        for (counts, place) in [(&mut starts, first), (&mut ends, last)] {
            if let Some(count) = counts.get_mut(usize::from(place)) {
                *count += journeys;
            }
        }
        counted.add(path.touches, names.len(), journeys);
    }
    let name = |place: usize| names.get(place).cloned().unwrap_or_default();
    let ends_of = |counts: Vec<u64>| {
        let counts = counts.into_iter().enumerate().filter(|(_, count)| *count > 0);
        counts.map(|(place, count)| (name(place), count)).collect()
    };
    Follows {
        pairs: counted
            .into_pairs(names.len())
            .map(|(from, to, count)| ((name(from), name(to)), count))
            .collect(),
        starts: ends_of(starts),
        ends: ends_of(ends),
        empty,
    }
}

enum Counts {
    Dense(Vec<u64>),
    Sparse(HashMap<(u16, u16), u64>),
}

impl Counts {
    fn add(&mut self, touches: &[u16], channels: usize, journeys: u64) {
        let pairs = touches.iter().zip(touches.iter().skip(1));
        match self {
            Self::Dense(square) => {
                for (&from, &to) in pairs {
                    if let Some(count) = square.get_mut(usize::from(from) * channels + usize::from(to)) {
                        *count += journeys;
                    }
                }
            }
            Self::Sparse(map) => {
                for (&from, &to) in pairs {
                    *map.entry((from, to)).or_insert(0) += journeys;
                }
            }
        }
    }

    fn into_pairs(self, channels: usize) -> Box<dyn Iterator<Item = (usize, usize, u64)>> {
        match self {
            Self::Dense(square) => Box::new(
                square
                    .into_iter()
                    .enumerate()
                    .filter(|(_, count)| *count > 0)
                    .map(move |(place, count)| (place / channels, place % channels, count)),
            ),
            Self::Sparse(map) => Box::new(
                map.into_iter().map(|((from, to), count)| (usize::from(from), usize::from(to), count)),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journey::paths::Outcome;

    #[test]
    fn many_channels_are_counted_as_few() {
        let channels: Vec<String> = (0..2000).map(|number| format!("c{number}")).collect();
        let mut paths = Paths::new();
        paths.push(channels.iter().map(String::as_str), Outcome::lost()).unwrap();
        paths.push(["c1", "c2", "c2"], Outcome { conversions: 2, value_minor: 1, nulls: 1 }).unwrap();
        paths.push([], Outcome::lost()).unwrap();
        paths.push(["c1"], Outcome::refund(4)).unwrap();
        let map = follows(&paths);
        assert_eq!((map.pairs.len(), map.transitions(), map.empty), (2000, 1999 + 6, 1));
        assert_eq!(map.pairs[&("c1".into(), "c2".into())], 4);
        assert_eq!(map.starts.values().sum::<u64>(), 4);
        assert_eq!(map.ends.get("c2"), Some(&3));
    }
}
