//! Weighing candidate pairs.

use super::candidates::{Candidate, Candidates};
use super::condition::Condition;
use super::error::{ModelError, ModelErrorKind};
use super::matcher::{Levels, Matcher, Memo, level_of};
use super::model::{Comparison, Model};
use super::progress::{Progress, Stage};
use super::rarity::Rarity;
use super::scorer::{Added, ComparisonWeight, CompiledComparison, Scorer};
use crate::identity::union_find::UnionFind;

/// Weighs pairs of one data set: bit for bit what a [`Scorer`] says of them.
pub(super) struct Weigher<'a> {
    pub(super) scorer: Scorer<'a>,
    candidates: &'a Candidates,
    matcher: Matcher<'a>,
    rarity: Rarity<'a>,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(candidates: &'a Candidates, model: &'a Model) -> Result<Self, ModelError> {
        let scorer = Scorer::new(model)?;
        check_same(&candidates.model, model)?;
        let matcher = Matcher::new(model, &candidates.table)?;
        let rarity = Rarity::new(model, scorer.comparisons(), &candidates.table);
        Ok(Self { scorer, candidates, matcher, rarity })
    }

    /// The weights of many pairs, the smaller row first, in bits and in their order.
    fn weigh(&self, pairs: &[(u32, u32)], memo: &mut Memo, mut each: impl FnMut(u32, u32, f64)) {
        self.matcher.levels_of(pairs, memo, |left, right, levels| {
            each(left, right, self.of_levels(levels, left, right));
        });
    }

    fn of_levels(&self, levels: Levels, left: u32, right: u32) -> f64 {
        self.added(levels, left, right).weight_bits()
    }

    /// What a pair of these levels weighs, added up.
    pub(super) fn added(&self, levels: Levels, left: u32, right: u32) -> Added {
        let level = |at: usize, _: &CompiledComparison| Some(usize::from(level_of(levels, at)));
        self.scorer.add_up(level, |adjustment| self.rarity.bits(adjustment, left, right), |_| {})
    }

    /// What the rarity of the values adds in all comparisons, in bits.
    pub(super) fn rarity_bits(&self, levels: Levels, left: u32, right: u32) -> f64 {
        let mut rarity_bits = 0.0;
        let level = |at: usize, _: &CompiledComparison| Some(usize::from(level_of(levels, at)));
        let part = |part: ComparisonWeight| rarity_bits += part.term_frequency_bits;
        self.scorer.add_up(level, |adjustment| self.rarity.bits(adjustment, left, right), part);
        rarity_bits
    }

    /// The weights of all candidate pairs, in their order.
    pub(super) fn all(&self, progress: &dyn Progress) -> Vec<f64> {
        let pairs = &self.candidates.pairs;
        progress.report(Stage::Score, 0, pairs.len() as u64);
        let one = |(left, right, pattern): &Candidate| {
            let levels = self.candidates.patterns.get(*pattern as usize).copied().unwrap_or(0);
            self.of_levels(levels, *left, *right)
        };
        #[cfg(feature = "parallel")]
        let weights = {
            use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
            pairs.par_iter().map(one).collect()
        };
        #[cfg(not(feature = "parallel"))]
        let weights = pairs.iter().map(one).collect();
        progress.report(Stage::Score, pairs.len() as u64, pairs.len() as u64);
        weights
    }
}

/// The pairs' patterns mean something only to the comparisons that made them; probabilities may differ.
fn check_same(compared: &Model, model: &Model) -> Result<(), ModelError> {
    let other = |what: &str| Err(ModelError::new(ModelErrorKind::OtherModel, what));
    if compared.columns != model.columns {
        return other("columns");
    }
    if compared.comparisons.len() != model.comparisons.len() {
        return other("comparisons");
    }
    for (one, own) in compared.comparisons.iter().zip(&model.comparisons) {
        let conditions = |comparison: &'_ Comparison| -> Vec<Condition> {
            comparison.levels.iter().map(|level| level.condition.clone()).collect()
        };
        if conditions(one) != conditions(own) {
            return other(&own.name);
        }
    }
    Ok(())
}

/// How records are put together.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LinkSettings {
    /// From which weight on, in bits, a pair speaks for one person.
    pub threshold_bits: f64,
    /// How many records a group may have whose pairs are all weighed, also those that no blocking rule found.
    pub weigh_all_within: u32,
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self { threshold_bits: 1.5, weigh_all_within: 256 }
    }
}

/// What links the records of a data set.
#[derive(Debug, Clone)]
pub struct Links {
    /// Pairs of rows, the smaller first, in order, with their votes in bits ([`Scorer::vote_bits`]): every pair of
    /// records that are connected through pairs above the threshold.
    pub pairs: Vec<(u32, u32, f64)>,
    /// How many candidate pairs have a weight of so many whole bits; the first entry is for -40 and less, the last for
    /// 40 and more.
    pub histogram: Vec<u64>,
    /// How many candidate pairs are at or above the threshold.
    pub links: u64,
}

impl Candidates {
    /// Weighs all candidate pairs, and within each group of connected records the pairs that were no candidates too.
    ///
    /// `also` names pairs of rows that other evidence connects: their groups are weighed as one. Pairs of rows that there
    /// are not are passed over.
    ///
    /// # Errors
    /// The model does not fit together or is not the one that the pairs were compared with.
    ///
    /// # Complexity
    /// Linear in the candidate pairs, and in the square of the size of each group up to `weigh_all_within`.
    pub fn link(
        &self,
        model: &Model,
        settings: &LinkSettings,
        also: &[(u32, u32)],
        progress: &dyn Progress,
    ) -> Result<Links, ModelError> {
        let weigher = Weigher::new(self, model)?;
        let weights = weigher.all(progress);
        let mut histogram = vec![0_u64; 81];
        let mut sets = UnionFind::new(self.table.rows);
        let mut links = 0;
        for ((left, right, _), weight) in self.pairs.iter().zip(&weights) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let bin = (weight.floor().clamp(-40.0, 40.0) + 40.0) as usize;
            if let Some(bin) = histogram.get_mut(bin) {
                *bin += 1;
            }
            if *weight >= settings.threshold_bits {
                links += 1;
                sets.union(*left, *right);
            }
        }
        let is_row = |row: u32| (row as usize) < self.table.rows;
        for (a, b) in also.iter().filter(|(a, b)| is_row(*a) && is_row(*b)) {
            sets.union(*a, *b);
        }
        progress.report(Stage::Cluster, 0, 2);
        let roots = sets.into_roots();
        let root = |row: u32| roots.get(row as usize).copied().unwrap_or(row);
        let mut sizes = vec![0_u32; roots.len()];
        for root in &roots {
            if let Some(size) = sizes.get_mut(*root as usize) {
                *size += 1;
            }
        }
        // Records of one group, group after group.
        let mut grouped: Vec<(u32, u32)> = roots.iter().copied().zip(0..).collect();
        grouped.sort_unstable();
        // Two records that nothing else connects are a candidate pair, weighed already.
        let pairs_are_candidates = also.is_empty();
        let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
        let vote = |weight: f64| weigher.scorer.vote_bits(weight, settings.threshold_bits);
        // Of larger groups the pairs that were candidates, by group.
        let mut weighed: Vec<(u32, u32, u32, f64)> = Vec::new();
        for ((left, right, _), weight) in self.pairs.iter().zip(&weights) {
            let (a, b) = (root(*left), root(*right));
            if a != b {
                continue;
            }
            let size = sizes.get(a as usize).copied().unwrap_or(0);
            if (size == 2 && pairs_are_candidates) || size > settings.weigh_all_within {
                pairs.push((*left, *right, vote(*weight)));
            } else {
                weighed.push((a, *left, *right, *weight));
            }
        }
        weighed.sort_unstable_by_key(|(group, left, right, _)| (*group, *left, *right));
        let groups: Vec<&[(u32, u32)]> = grouped.chunk_by(|a, b| a.0 == b.0).collect();
        let some = |memo: &mut Memo, groups: &[&[(u32, u32)]]| {
            let mut found = Vec::new();
            let mut others: Vec<(u32, u32)> = Vec::new();
            let first = groups.first().and_then(|group| group.first()).map_or(0, |(root, _)| *root);
            let start = weighed.partition_point(|(group, ..)| *group < first);
            let mut known = weighed.iter().skip(start).peekable();
            for group in groups {
                let is_known = group.len() == 2 && pairs_are_candidates;
                if group.len() < 2 || is_known || group.len() > settings.weigh_all_within as usize {
                    continue;
                }
                for (at, (root, left)) in group.iter().enumerate() {
                    let rights = group.iter().skip(at + 1).map(|(_, right)| *right);
                    for right in rights.filter(|right| self.table.sources.possible(*left, *right)) {
                        match known.next_if(|known| (known.0, known.1, known.2) == (*root, *left, right)) {
                            Some((.., weight)) => found.push((*left, right, vote(*weight))),
                            None => others.push((*left, right)),
                        }
                    }
                }
            }
            weigher.weigh(&others, memo, |left, right, weight| found.push((left, right, vote(weight))));
            found
        };
        #[cfg(feature = "parallel")]
        {
            use rayon::iter::ParallelIterator;
            use rayon::slice::ParallelSlice;
            let found: Vec<Vec<(u32, u32, f64)>> =
                groups.par_chunks(4096).map_init(Memo::new, |memo, groups| some(memo, groups)).collect();
            pairs.extend(found.into_iter().flatten());
        }
        #[cfg(not(feature = "parallel"))]
        pairs.extend(some(&mut Memo::new(), &groups));
        pairs.sort_unstable_by_key(|(left, right, _)| (*left, *right));
        progress.report(Stage::Cluster, 1, 2);
        Ok(Links { pairs, histogram, links })
    }
}
