//! Weighing candidate pairs.

use super::candidates::{Candidate, Candidates};
use super::columns::Interned;
use super::condition::Condition;
use super::error::{ModelError, ModelErrorKind};
use super::matcher::{Levels, Matcher, Memo, level_of};
use super::model::{Comparison, Model};
use super::progress::{Progress, Stage};
use super::scorer::{CompiledLevel, Scorer, Sum, frequency};
use super::weights;

/// Weighs pairs of one data set: bit for bit what a [`Scorer`] says of them.
pub(super) struct Weigher<'a> {
    scorer: Scorer<'a>,
    candidates: &'a Candidates,
    matcher: Matcher<'a>,
    /// By column: how frequent each value is, where an adjustment asks for it.
    frequencies: Vec<Option<Vec<f64>>>,
}

impl<'a> Weigher<'a> {
    pub(super) fn new(candidates: &'a Candidates, model: &'a Model) -> Result<Self, ModelError> {
        let scorer = Scorer::new(model)?;
        check_same(&candidates.model, model)?;
        let matcher = Matcher::new(model, &candidates.table)?;
        let mut asked: Vec<bool> = vec![false; model.columns.len()];
        for level in scorer.comparisons().iter().flat_map(|comparison| &comparison.levels) {
            if let Some(slot) = level.term_frequency.as_ref().and_then(|found| asked.get_mut(found.column)) {
                *slot = true;
            }
        }
        let frequencies = model
            .columns
            .iter()
            .zip(&candidates.table.columns)
            .zip(asked)
            .map(|((column, values), asked)| {
                let counted = model.term_frequencies.get(&column.name).filter(|_| asked)?;
                let of = |value| frequency(counted, value).unwrap_or(f64::NAN);
                Some(values.values.iter().map(of).collect())
            })
            .collect();
        Ok(Self { scorer, candidates, matcher, frequencies })
    }

    /// The weight of a pair in bits.
    pub(super) fn weigh(&self, left: u32, right: u32, memo: &mut Memo) -> f64 {
        let (left, right) = (left.min(right), left.max(right));
        self.of_levels(self.matcher.levels(left, right, memo), left, right)
    }

    fn of_levels(&self, levels: Levels, left: u32, right: u32) -> f64 {
        let mut sum = Sum::new(self.scorer.prior_bits());
        let mut odds = self.scorer.household_prior_bits();
        for (at, comparison) in self.scorer.comparisons().iter().enumerate() {
            let level = comparison.levels.get(usize::from(level_of(levels, at)));
            let weight_bits = level.map_or(0.0, |level| level.weight_bits);
            let frequency_bits = level.map_or(0.0, |level| self.frequency_bits(level, left, right));
            sum.add(weight_bits, frequency_bits);
            if let (Some(odds), Some(level)) = (&mut odds, level) {
                *odds += level.household_odds_bits(frequency_bits);
            }
        }
        sum.finish(odds.map_or(0.0, weights::household_weight))
    }

    /// What the rarity of the values adds in all comparisons, in bits.
    pub(super) fn rarity_bits(&self, levels: Levels, left: u32, right: u32) -> f64 {
        let comparisons = self.scorer.comparisons().iter().enumerate();
        let levels = comparisons
            .filter_map(|(at, comparison)| comparison.levels.get(usize::from(level_of(levels, at))));
        levels.map(|level| self.frequency_bits(level, left, right)).sum()
    }

    fn frequency_bits(&self, level: &CompiledLevel, left: u32, right: u32) -> f64 {
        let Some(adjustment) = &level.term_frequency else { return 0.0 };
        let found = self.frequencies.get(adjustment.column).and_then(Option::as_ref);
        let values: Option<&Interned> = self.candidates.table.columns.get(adjustment.column);
        let of = |row: u32| {
            let cell = values?.cells.get(row as usize)?.checked_sub(1)?;
            found?.get(cell as usize).copied().filter(|frequency| !frequency.is_nan())
        };
        adjustment.of_frequencies(of(left), of(right))
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
    /// `also` names pairs of rows that other evidence connects: their groups are weighed as one.
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
        let mut sets = Sets::new(self.table.rows);
        let mut links = 0;
        for ((left, right, _), weight) in self.pairs.iter().zip(&weights) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
            let bin = (weight.floor().clamp(-40.0, 40.0) + 40.0) as usize;
            if let Some(bin) = histogram.get_mut(bin) {
                *bin += 1;
            }
            if *weight >= settings.threshold_bits {
                links += 1;
                sets.join(*left, *right);
            }
        }
        also.iter().for_each(|(a, b)| sets.join(*a, *b));
        progress.report(Stage::Cluster, 0, 2);
        // Records of one group, group after group.
        let mut grouped: Vec<(u32, u32)> = (0..self.table.rows)
            .filter_map(|row| u32::try_from(row).ok())
            .map(|row| (sets.find(row), row))
            .collect();
        grouped.sort_unstable();
        let large =
            |root: u32| sets.sizes.get(root as usize).is_some_and(|size| *size > settings.weigh_all_within);
        // Two records that nothing else connects are a candidate pair, weighed already.
        let pairs_are_candidates = also.is_empty();
        let mut pairs: Vec<(u32, u32, f64)> = Vec::new();
        for ((left, right, _), weight) in self.pairs.iter().zip(&weights) {
            let (a, b) = (sets.root(*left), sets.root(*right));
            let size = sets.sizes.get(a as usize).copied().unwrap_or(0);
            if a == b && ((size == 2 && pairs_are_candidates) || large(a)) {
                pairs.push((*left, *right, weigher.scorer.vote_bits(*weight, settings.threshold_bits)));
            }
        }
        let groups: Vec<&[(u32, u32)]> = grouped.chunk_by(|a, b| a.0 == b.0).collect();
        let one = |memo: &mut Memo, group: &[(u32, u32)]| {
            let mut found = Vec::new();
            let known = group.len() == 2 && pairs_are_candidates;
            if group.len() > 1 && !known && group.len() <= settings.weigh_all_within as usize {
                for (at, (_, left)) in group.iter().enumerate() {
                    for (_, right) in group.iter().skip(at + 1) {
                        let weight = weigher.weigh(*left, *right, memo);
                        found.push((
                            *left,
                            *right,
                            weigher.scorer.vote_bits(weight, settings.threshold_bits),
                        ));
                    }
                }
            }
            found
        };
        #[cfg(feature = "parallel")]
        {
            use rayon::iter::ParallelIterator;
            use rayon::slice::ParallelSlice;
            let found: Vec<Vec<(u32, u32, f64)>> = groups
                .par_chunks(4096)
                .map_init(Memo::new, |memo, groups| {
                    groups.iter().flat_map(|group| one(memo, group)).collect()
                })
                .collect();
            pairs.extend(found.into_iter().flatten());
        }
        #[cfg(not(feature = "parallel"))]
        {
            let mut memo = Memo::new();
            groups.iter().for_each(|group| pairs.extend(one(&mut memo, group)));
        }
        pairs.sort_unstable_by_key(|(left, right, _)| (*left, *right));
        progress.report(Stage::Cluster, 1, 2);
        Ok(Links { pairs, histogram, links })
    }
}

/// Disjoint sets of rows.
struct Sets {
    parents: Vec<u32>,
    sizes: Vec<u32>,
}

impl Sets {
    fn new(rows: usize) -> Self {
        Self { parents: (0..rows).filter_map(|row| u32::try_from(row).ok()).collect(), sizes: vec![1; rows] }
    }

    fn root(&self, mut row: u32) -> u32 {
        while let Some(parent) = self.parents.get(row as usize).copied()
            && parent != row
        {
            row = parent;
        }
        row
    }

    fn find(&mut self, row: u32) -> u32 {
        let root = self.root(row);
        let mut at = row;
        while let Some(parent) = self.parents.get_mut(at as usize)
            && *parent != root
        {
            at = std::mem::replace(parent, root);
        }
        root
    }

    fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return;
        }
        let (low, high) = (a.min(b), a.max(b));
        if let Some(parent) = self.parents.get_mut(high as usize) {
            *parent = low;
        }
        let more = self.sizes.get(high as usize).copied().unwrap_or(0);
        if let Some(size) = self.sizes.get_mut(low as usize) {
            *size += more;
        }
    }
}
