//! Records of several sources of which only pairs between two sources are possible: each source names everybody once.

use super::columns::{Interned, Table};
use super::hash::Draws;

/// How many pairs so many records make.
const fn pairs_of(records: u64) -> u64 {
    records * records.saturating_sub(1) / 2
}

/// From which source each record is; nothing where every pair is possible.
#[derive(Debug, Clone, Default)]
pub(super) struct Sources(Option<Vec<u32>>);

impl Sources {
    pub(super) const fn new(of_row: Option<Vec<u32>>) -> Self {
        Self(of_row)
    }

    /// Whether only pairs between sources are possible.
    pub(super) const fn told(&self) -> bool {
        self.0.is_some()
    }

    /// Whether two records may be one person.
    #[inline]
    pub(super) fn possible(&self, a: u32, b: u32) -> bool {
        self.0.as_ref().is_none_or(|of_row| of_row.get(a as usize) != of_row.get(b as usize))
    }

    /// How many possible pairs these rows make.
    ///
    /// # Complexity
    /// O(n log n) with sources.
    pub(super) fn pairs(&self, rows: impl ExactSizeIterator<Item = u32>) -> u64 {
        let all = pairs_of(rows.len() as u64);
        let Some(of_row) = &self.0 else { return all };
        let mut sources: Vec<Option<&u32>> = rows.map(|row| of_row.get(row as usize)).collect();
        sources.sort_unstable();
        all - sources.chunk_by(|a, b| a == b).map(|one| pairs_of(one.len() as u64)).sum::<u64>()
    }

    /// How many possible pairs have the same value of a column, of the values that at most so many records hold.
    pub(super) fn equal_pairs(&self, values: &Interned, most: u32) -> u64 {
        let mut held: Vec<(u32, u32)> = values.cells.iter().copied().zip(0..).collect();
        held.retain(|(cell, _)| *cell != 0);
        held.sort_unstable();
        let same = held.chunk_by(|a, b| a.0 == b.0).filter(|same| same.len() <= most as usize);
        same.map(|same| self.pairs(same.iter().map(|(_, row)| *row))).sum()
    }

    /// The rows of each source, rows and sources in an order that depends on what the records say only: `hashed` is
    /// every row with a hash of that, in order. With `once`, those of one source that say the same once.
    fn parted(&self, hashed: &[(u64, u32)], once: bool) -> Vec<Vec<(u64, u32)>> {
        let source = |row: u32| self.0.as_ref().and_then(|of_row| of_row.get(row as usize));
        let mut rows: Vec<(Option<&u32>, u64, u32)> =
            hashed.iter().map(|(hash, row)| (source(*row), *hash, *row)).collect();
        rows.sort_unstable();
        if once {
            rows.dedup_by_key(|(source, hash, _)| (*source, *hash));
        }
        let of_source = rows.chunk_by(|a, b| a.0 == b.0);
        let mut parted: Vec<Vec<(u64, u32)>> =
            of_source.map(|rows| rows.iter().map(|(_, hash, row)| (*hash, *row)).collect()).collect();
        parted.sort_by(|a, b| a.iter().map(|(hash, _)| hash).cmp(b.iter().map(|(hash, _)| hash)));
        parted
    }

    /// Looks at so many pairs between sources, drawn at random, or at all of them where there are fewer: every pair is
    /// as likely as any other, so that a source takes part by its size.
    pub(super) fn sample(
        &self,
        hashed: &[(u64, u32)],
        once: bool,
        most: u64,
        mut look: impl FnMut(u32, u32),
    ) {
        let parted = self.parted(hashed, once);
        let rows: Vec<u32> = parted.iter().flatten().map(|(_, row)| *row).collect();
        // Where each source begins and ends, and how many pairs have their first record in it.
        let mut end = 0;
        let bounds: Vec<(usize, usize)> = parted
            .iter()
            .map(|own| {
                let start = end;
                end += own.len();
                (start, end)
            })
            .collect();
        let ordered = |(start, end): &(usize, usize)| {
            let own = (end - start) as u64;
            own * (rows.len() as u64 - own)
        };
        let total: u64 = bounds.iter().map(ordered).sum();
        if total / 2 <= most {
            for (start, end) in &bounds {
                for a in rows.get(*start..*end).unwrap_or_default() {
                    rows.get(*end..).unwrap_or_default().iter().for_each(|b| look(*a, *b));
                }
            }
            return;
        }
        let mut draws = Draws(0x7468_726f_7567_686c);
        for _ in 0..most {
            // One number names the source, the record of it, and the record of the others.
            let mut number = draws.below(total);
            for (start, end) in &bounds {
                let of_source = ordered(&(*start, *end));
                if number >= of_source {
                    number -= of_source;
                    continue;
                }
                let others = (rows.len() - (end - start)) as u64;
                let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
                let (a, b) = (start + place(number / others), place(number % others));
                let b = if b < *start { b } else { b + (end - start) };
                if let (Some(a), Some(b)) = (rows.get(a), rows.get(b)) {
                    look(*a, *b);
                }
                break;
            }
        }
    }
}

impl Table {
    /// All possible pairs of records, and at least one.
    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
    pub(super) fn possible_pairs(&self) -> f64 {
        let rows = 0..u32::try_from(self.rows).unwrap_or(u32::MAX);
        (self.sources.pairs(rows) as f64).max(1.0)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn sources() -> Sources {
        Sources::new(Some(vec![5, 5, 5, 9, 9, 2]))
    }

    fn hashed(order: &[u64]) -> Vec<(u64, u32)> {
        let mut hashed: Vec<(u64, u32)> = order.iter().copied().zip(0..).collect();
        hashed.sort_unstable();
        hashed
    }

    fn drawn(sources: &Sources, hashed: &[(u64, u32)], most: u64) -> BTreeMap<(u32, u32), u32> {
        let mut seen = BTreeMap::new();
        sources.sample(hashed, true, most, |a, b| *seen.entry((a.min(b), a.max(b))).or_default() += 1);
        seen
    }

    #[test]
    fn only_pairs_between_sources_are_counted() {
        assert_eq!(sources().pairs(0..6), 3 * 2 + 3 + 2);
        assert_eq!(sources().pairs([0, 1, 2].into_iter()), 0);
        assert_eq!(Sources::default().pairs(0..6), 15);
        assert!(sources().possible(2, 3) && !sources().possible(3, 4) && Sources::default().possible(3, 4));
        let values = Interned { cells: vec![1, 1, 2, 1, 2, 0], values: Vec::new(), counts: vec![3, 2] };
        assert_eq!(sources().equal_pairs(&values, 9), 2 + 1);
        assert_eq!(sources().equal_pairs(&values, 2), 1);
        assert_eq!(Sources::default().equal_pairs(&values, 9), 3 + 1);
    }

    #[test]
    fn every_pair_between_sources_is_as_likely() {
        let all = drawn(&sources(), &hashed(&[1, 2, 3, 4, 5, 6]), 11);
        assert_eq!(all.values().copied().collect::<Vec<_>>(), [1; 11]);
        assert!(all.keys().all(|(a, b)| sources().possible(*a, *b)));
        // Records of one source that say the same count once, those of two sources each.
        assert_eq!(drawn(&sources(), &hashed(&[1, 1, 3, 3, 4, 4]), 100).len(), 2 * 2 + 2 + 2);
        // Far more records than pairs to draw.
        let many = Sources::new(Some((0..400).map(|row| u32::from(row >= 4)).collect()));
        let order: Vec<u64> = (0..400).collect();
        let seen = drawn(&many, &hashed(&order), 1_000);
        assert_eq!(seen.values().sum::<u32>(), 1_000);
        assert!(seen.keys().all(|(a, b)| *a < 4 && *b >= 4));
        for row in 0..4 {
            let own: u32 = seen.iter().filter(|((a, _), _)| *a == row).map(|(_, times)| times).sum();
            assert!((190..310).contains(&own), "{row}: {own}");
        }
    }

    #[test]
    fn neither_rows_nor_numbers_of_sources_matter() {
        let of = |sources: &[u32], order: &[u64]| {
            let mut seen = Vec::new();
            let (sources, hashed) = (Sources::new(Some(sources.to_vec())), hashed(order));
            let say = |row: u32| order[row as usize];
            sources.sample(&hashed, true, 5, |a, b| seen.push((say(a), say(b))));
            seen
        };
        let first = of(&[1, 1, 1, 2, 2, 3], &[10, 20, 30, 10, 50, 60]);
        assert_eq!(first, of(&[4, 8, 8, 7, 7, 7], &[60, 10, 50, 30, 20, 10]));
        assert_eq!(first.len(), 5);
    }
}
