//! A model, ready to weigh pairs of records one by one.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::agreement::Facts;
use super::compiled::{Compiled, Values, find};
use super::error::{ModelError, ModelErrorKind};
use super::graded::{LevelOfDegree, graded};
use super::key::{self, BlockKey, CompiledRule};
use super::model::{Comparison, Model, TermFrequencies, TermFrequencyAdjustment, TermKey};
use super::names_seen::NamesSeen;
use super::pair::Pair;
use super::prepare::{Prepared, prepare};
use super::validate::validate;
use super::weights;

/// A [`Model`] that has been checked and compiled: it prepares records and weighs pairs of them.
///
/// ```
/// use throughline::identity::linkage::{
///     Column, Comparison, Condition, Level, Model, Scorer, TextUnit, Transform,
/// };
/// let level = |name, condition, m, u| Level { m, u, ..Level::new(name, condition) };
/// let model = Model {
///     columns: vec![Column { name: "city".into(), inputs: vec!["town".into()], transform: Transform::Text }],
///     comparisons: vec![Comparison {
///         name: "city".into(),
///         levels: vec![
///             level("same", Condition::Exact { column: "city".into() }, Some(0.8), Some(0.1)),
///             level("other", Condition::Else, Some(0.2), Some(0.9)),
///         ],
///         shared: false,
///     }],
///     blocking: vec![], prior: 0.5, household_prior: 0.0,
///     term_frequencies: Default::default(), text_unit: TextUnit::Characters,
/// };
/// let scorer = Scorer::new(&model)?;
/// let shiraz = scorer.prepare(&|field| (field == "town").then_some("Shiraz"));
/// let weighed = scorer.weigh(&shiraz, &shiraz);
/// assert_eq!(weighed.weight_bits, 3.0); // log2(0.8 / 0.1)
/// assert_eq!(weighed.sum_of_parts(), weighed.weight_bits);
/// # Ok::<(), throughline::identity::linkage::ModelError>(())
/// ```
#[derive(Debug)]
pub struct Scorer<'m> {
    model: Held<'m>,
    prior_bits: f64,
    household_prior_bits: Option<f64>,
    comparisons: Vec<CompiledComparison>,
    /// By column: whether an adjustment asks for its frequencies, and the model has them.
    counted: Vec<bool>,
    rules: Vec<CompiledRule>,
    /// Where records are prepared one by one for long.
    names: Option<NamesSeen>,
}

/// The model: somebody else's, or shared.
#[derive(Debug)]
enum Held<'m> {
    Borrowed(&'m Model),
    Shared(Arc<Model>),
}

impl Held<'_> {
    fn get(&self) -> &Model {
        match self {
            Self::Borrowed(model) => model,
            Self::Shared(model) => model,
        }
    }
}

/// A comparison with its columns found and its weights computed.
#[derive(Debug)]
pub(crate) struct CompiledComparison {
    /// In the model's order.
    pub(crate) levels: Vec<CompiledLevel>,
    /// The fact of which all levels are degrees, if there is one.
    graded: Option<(Facts, LevelOfDegree)>,
}

/// A level with its columns found and its weights computed.
#[derive(Debug)]
pub(crate) struct CompiledLevel {
    /// When a pair is of it.
    pub(crate) condition: Compiled,
    /// `log2(m / u)`; 0 for a null level.
    pub(crate) weight_bits: f64,
    /// `log2(h / u)`; nothing where people of one household are like any others.
    pub(crate) household_bits: Option<f64>,
    /// How the weight follows the frequency of the values.
    pub(crate) term_frequency: Option<CompiledAdjustment>,
}

/// A term frequency adjustment with its column found.
#[derive(Debug)]
pub(crate) struct CompiledAdjustment {
    /// Its place among all adjustments of a [`Scorer`], which numbers them; 0 in a comparison that was compiled alone.
    pub(crate) number: usize,
    /// The column.
    pub(crate) column: usize,
    /// `log2` of the exact level's `u`.
    pub(crate) exact_u_bits: f64,
    /// See [`TermFrequencyAdjustment::weight`](super::TermFrequencyAdjustment::weight).
    pub(crate) weight: f64,
    /// See [`TermFrequencyAdjustment::minimum`](super::TermFrequencyAdjustment::minimum).
    pub(crate) minimum: f64,
    /// Values that are not more frequent than this are not counted: their weight is the level's own.
    pub(crate) uncounted: f64,
}

/// A record's values as a [`Scorer`] compares them. Personal: `Debug` shows nothing of them.
#[derive(Clone)]
pub struct PreparedRecord {
    values: Box<[Option<Prepared>]>,
    /// By column: how frequent the value is, 0 to 1.
    frequencies: Box<[Option<f64>]>,
}

impl fmt::Debug for PreparedRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PreparedRecord(..)")
    }
}

/// What a pair weighs, and of what that is the sum. Holds no value of any record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Weighed {
    /// What is said before anything is compared, in bits.
    pub prior_bits: f64,
    /// What each comparison says, in the model's order.
    pub comparisons: Vec<ComparisonWeight>,
    /// What is taken off because the pair may be two people of one household, in bits; 0 or less.
    pub household_bits: f64,
    /// The whole, in bits: the parts added up in the order in which they stand here.
    pub weight_bits: f64,
}

/// What one comparison says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ComparisonWeight {
    /// The level's place in the comparison, counted from 0; nothing if no level's condition is true.
    pub level: Option<usize>,
    /// What the level says, in bits.
    pub weight_bits: f64,
    /// What the rarity of the values adds, in bits.
    pub term_frequency_bits: f64,
}

impl Weighed {
    /// The probability that the two records are one person's, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        weights::probability(self.weight_bits)
    }

    /// The parts added up again in their order: equal to [`Self::weight_bits`], to the last bit.
    #[must_use]
    pub fn sum_of_parts(&self) -> f64 {
        let mut sum = Sum::new(self.prior_bits);
        for part in &self.comparisons {
            sum.add(part.weight_bits, part.term_frequency_bits);
        }
        sum.finish(self.household_bits)
    }
}

/// Adds up a weight in the one order that all of them are added up in.
#[derive(Clone, Copy)]
pub(crate) struct Sum(f64);

impl Sum {
    pub(crate) const fn new(prior_bits: f64) -> Self {
        Self(prior_bits)
    }

    /// One comparison, in the model's order.
    pub(crate) const fn add(&mut self, weight_bits: f64, term_frequency_bits: f64) {
        self.0 += weight_bits;
        self.0 += term_frequency_bits;
    }

    pub(crate) const fn finish(self, household_bits: f64) -> f64 {
        self.0 + household_bits
    }
}

impl PreparedRecord {
    /// The column's value.
    pub(crate) fn value(&self, column: usize) -> Option<&Prepared> {
        self.values.get(column)?.as_ref()
    }

    /// The columns' values, in the model's order.
    pub(super) fn values(&self) -> impl Iterator<Item = Option<&Prepared>> {
        self.values.iter().map(Option::as_ref)
    }

    /// How frequent the column's value is, 0 to 1.
    pub(super) fn frequency(&self, column: usize) -> Option<f64> {
        self.frequencies.get(column).copied().flatten()
    }
}

impl Values for PreparedRecord {
    fn get(&self, column: usize) -> Option<&Prepared> {
        self.value(column)
    }
}

impl Scorer<'static> {
    /// As [`Scorer::new`], of a model that several owners share. It remembers some ten thousand names that it prepared,
    /// so that frequent names are prepared once; what it says does not depend on that.
    ///
    /// # Errors
    /// As [`Scorer::new`].
    pub fn shared(model: Arc<Model>) -> Result<Self, ModelError> {
        Ok(Self { names: Some(NamesSeen::new()), ..Self::of(Held::Shared(model))? })
    }
}

impl<'m> Scorer<'m> {
    /// Checks and compiles a model.
    ///
    /// # Errors
    /// Whatever [`ModelErrorKind`] names.
    ///
    /// # Complexity
    /// Linear in the model, its frequencies included.
    pub fn new(model: &'m Model) -> Result<Self, ModelError> {
        Self::of(Held::Borrowed(model))
    }

    fn of(held: Held<'m>) -> Result<Self, ModelError> {
        let model = held.get();
        validate(model)?;
        let mut comparisons: Vec<_> = model
            .comparisons
            .iter()
            .map(|comparison| compile(model, comparison))
            .collect::<Result<_, _>>()?;
        let levels = comparisons.iter_mut().flat_map(|comparison| &mut comparison.levels);
        for (number, own) in levels.filter_map(|level| level.term_frequency.as_mut()).enumerate() {
            own.number = number;
        }
        let mut counted = vec![false; model.columns.len()];
        for level in comparisons.iter().flat_map(|comparison| &comparison.levels) {
            let Some(adjustment) = &level.term_frequency else { continue };
            let column = model.columns.get(adjustment.column);
            let found = column.and_then(|column| model.term_frequencies.get(&column.name));
            if let Some(slot) = counted.get_mut(adjustment.column) {
                *slot = found.is_some_and(|found| found.records > 0);
            }
        }
        let unrelated = 1.0 - model.prior - model.household_prior;
        let household = model.household_prior > 0.0;
        let prior_bits = if household {
            weights::level_weight(model.prior, unrelated)
        } else {
            weights::prior_weight(model.prior)
        };
        let household_prior_bits = household.then(|| weights::level_weight(model.household_prior, unrelated));
        let rules = key::compile_rules(model)?;
        Ok(Self { model: held, prior_bits, household_prior_bits, comparisons, counted, rules, names: None })
    }

    /// Forgets the names that were prepared before.
    pub(crate) fn forget_names(&self) {
        if let Some(names) = &self.names {
            names.forget();
        }
    }

    /// The model.
    #[must_use]
    pub fn model(&self) -> &Model {
        self.model.get()
    }

    /// What is said before anything is compared, in bits.
    pub(crate) const fn prior_bits(&self) -> f64 {
        self.prior_bits
    }

    /// The comparisons, compiled, in the model's order.
    pub(crate) fn comparisons(&self) -> &[CompiledComparison] {
        &self.comparisons
    }

    /// Whether an adjustment asks for the column's frequencies, and the model has them.
    pub(super) fn counts(&self, column: usize) -> bool {
        self.counted.get(column).copied().unwrap_or(false)
    }

    /// Makes a record's values from its fields.
    ///
    /// # Complexity
    /// Linear in the fields' lengths.
    #[must_use]
    pub fn prepare<'a>(&self, fields: &dyn Fn(&str) -> Option<&'a str>) -> PreparedRecord {
        let mut inputs: Vec<Option<&'a str>> = Vec::new();
        let model = self.model.get();
        let mut values = Vec::with_capacity(model.columns.len());
        let mut frequencies = Vec::with_capacity(model.columns.len());
        for (column, counted) in model.columns.iter().zip(&self.counted) {
            inputs.clear();
            inputs.extend(column.inputs.iter().map(|input| fields(input)));
            let seen = self.names.as_ref().and_then(|names| names.prepare(column.transform, &inputs));
            let value = seen.or_else(|| prepare(column.transform, &inputs, model.text_unit));
            let counted = if *counted { model.term_frequencies.get(&column.name) } else { None };
            frequencies.push(match (counted, &value) {
                (Some(counted), Some(value)) => frequency(counted, value),
                _ => None,
            });
            values.push(value);
        }
        PreparedRecord { values: values.into(), frequencies: frequencies.into() }
    }

    /// The blocks that a record is in, by the model's blocking rules: records that share a block are candidates as long
    /// as the block has at most [`max_block`](super::BlockingRule::max_block) records, those that share a block of a
    /// `split` where the rule's own block has more.
    ///
    /// # Complexity
    /// Linear in the parts of the rules.
    #[must_use]
    pub fn block_keys(&self, record: &PreparedRecord) -> Vec<BlockKey> {
        key::block_keys(&self.rules, record)
    }

    /// What a pair weighs, with its parts.
    ///
    /// # Complexity
    /// Linear in the levels, times the comparators' own.
    #[must_use]
    pub fn weigh(&self, left: &PreparedRecord, right: &PreparedRecord) -> Weighed {
        let mut comparisons = Vec::with_capacity(self.comparisons.len());
        let (household_bits, weight_bits) = self.walk(left, right, |part| comparisons.push(part));
        Weighed { prior_bits: self.prior_bits, comparisons, household_bits, weight_bits }
    }

    /// What a pair weighs: equal to [`Weighed::weight_bits`] of [`Self::weigh`], without allocating.
    #[must_use]
    pub fn weight_bits(&self, left: &PreparedRecord, right: &PreparedRecord) -> f64 {
        self.walk(left, right, |_| {}).1
    }

    /// How a pair speaks for or against joining the clusters of its records, in bits, given its weight.
    ///
    /// From the threshold on it is the weight. Below, a pair speaks against only as far as its data contradicts: that two
    /// records tell too little to overcome the prior is no reason to part them when others hold them together, however
    /// many records there are. Whatever the threshold, the vote of a pair reaches it exactly when its weight does.
    #[must_use]
    pub fn vote_bits(&self, weight_bits: f64, threshold_bits: f64) -> f64 {
        if weight_bits >= threshold_bits {
            return weight_bits;
        }
        weight_bits.max((weight_bits - self.prior_bits).min(0.0)).min(threshold_bits - BELOW)
    }

    fn walk(
        &self,
        left: &PreparedRecord,
        right: &PreparedRecord,
        mut each: impl FnMut(ComparisonWeight),
    ) -> (f64, f64) {
        let mut pair = Pair::new(left, right);
        let level = |_: usize, comparison: &CompiledComparison| comparison.level(&mut pair);
        let added = self.add_up(level, |adjustment| adjustment.bits(left, right), &mut each);
        (added.household_bits(), added.weight_bits())
    }

    /// Adds up what a pair weighs, given the level of each comparison and what rarity adds: the one place and order in
    /// which it is done.
    pub(crate) fn add_up(
        &self,
        mut level: impl FnMut(usize, &CompiledComparison) -> Option<usize>,
        rarity: impl Fn(&CompiledAdjustment) -> f64,
        mut each: impl FnMut(ComparisonWeight),
    ) -> Added {
        let mut added =
            Added { sum: Sum::new(self.prior_bits), household_odds_bits: self.household_prior_bits };
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let level = level(at, comparison).filter(|level| *level < comparison.levels.len());
            let found = level.and_then(|level| comparison.levels.get(level));
            let weight_bits = found.map_or(0.0, |level| level.weight_bits);
            let term_frequency_bits =
                found.and_then(|level| level.term_frequency.as_ref()).map_or(0.0, &rarity);
            added.sum.add(weight_bits, term_frequency_bits);
            if let (Some(odds), Some(level)) = (&mut added.household_odds_bits, found) {
                *odds += level.household_odds_bits(term_frequency_bits);
            }
            each(ComparisonWeight { level, weight_bits, term_frequency_bits });
        }
        added
    }
}

/// So many bits below the threshold a vote stays that does not reach it: more than rounding can take away.
const BELOW: f64 = 1.0 / 65_536.0;

/// What a pair weighs, added up.
pub(crate) struct Added {
    sum: Sum,
    household_odds_bits: Option<f64>,
}

impl Added {
    /// What is taken off because the pair may be two people of one household, in bits.
    pub(crate) fn household_bits(&self) -> f64 {
        self.household_odds_bits.map_or(0.0, weights::household_weight)
    }

    /// The whole, in bits.
    pub(crate) fn weight_bits(&self) -> f64 {
        self.sum.finish(self.household_bits())
    }

    /// The odds of one person and those of a household, each against strangers, in bits; without households `None`.
    pub(crate) fn odds_bits(&self) -> (f64, Option<f64>) {
        (self.sum.finish(0.0), self.household_odds_bits)
    }
}

/// The frequency of a value: one that is not counted is held once.
pub(crate) fn frequency(counted: &TermFrequencies, value: &Prepared) -> Option<f64> {
    let count = counted.counts.get(&TermKey::of(&value.term())).copied();
    counted.frequency(count.unwrap_or(TermFrequencies::NOT_COUNTED))
}

impl CompiledComparison {
    /// The place of the first level whose condition is true.
    pub(crate) fn level<V: Values + ?Sized>(&self, pair: &mut Pair<'_, V>) -> Option<usize> {
        if let Some((fact, level_of)) = &self.graded {
            return level_of.get(usize::from(fact.degree(pair))).copied().map(usize::from);
        }
        self.levels.iter().position(|level| level.condition.holds(pair.left, pair.right) == Some(true))
    }
}

impl CompiledLevel {
    /// What the level adds to the odds of a household pair against an unrelated pair, in bits.
    ///
    /// Term frequencies make an agreement of unrelated people rarer. People of one household agree on a rare surname or
    /// address as often as on a frequent one, so where the level has its own `household` probability only `u` follows
    /// the frequency; where it has none, household pairs are like unrelated ones and both follow it.
    pub(crate) fn household_odds_bits(&self, term_frequency_bits: f64) -> f64 {
        self.household_bits.map_or(0.0, |bits| bits + term_frequency_bits)
    }
}

impl CompiledAdjustment {
    /// What the rarity of the values adds, in bits.
    fn bits(&self, left: &PreparedRecord, right: &PreparedRecord) -> f64 {
        let of = |record: &PreparedRecord| record.frequencies.get(self.column).copied().flatten();
        self.of_frequencies(of(left), of(right))
    }

    /// What the rarity of values of such frequencies adds, in bits.
    pub(crate) fn of_frequencies(&self, left: Option<f64>, right: Option<f64>) -> f64 {
        let bits = |frequency: Option<f64>| frequency.and_then(|frequency| self.frequency_bits(frequency));
        weights::rarity_weight(self.exact_u_bits, self.weight, bits(left), bits(right))
    }

    /// A frequency in bits; `None` if it does not count.
    pub(crate) fn frequency_bits(&self, frequency: f64) -> Option<f64> {
        (frequency > self.uncounted).then(|| weights::bits(frequency.max(self.minimum)))
    }
}

/// How frequent a value is that the table of frequencies does not have, where it counts people: those that a household
/// may share say what the level says. 0 where it counts records.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
fn uncounted(model: &Model, adjustment: &TermFrequencyAdjustment) -> f64 {
    let counted = model.term_frequencies.get(&adjustment.column).filter(|counted| counted.records > 0);
    match (&adjustment.people_by, counted) {
        (Some(_), Some(counted)) => 1.0 / counted.records as f64,
        _ => 0.0,
    }
}

/// Finds a comparison's columns and computes its weights.
pub(crate) fn compile(model: &Model, comparison: &Comparison) -> Result<CompiledComparison, ModelError> {
    let mut filled = weights::filled(&comparison.levels).into_iter();
    let probabilities: Vec<Option<(f64, f64)>> =
        comparison.levels.iter().map(|level| if level.null { None } else { filled.next() }).collect();
    let mut levels = Vec::with_capacity(comparison.levels.len());
    for (level, probability) in comparison.levels.iter().zip(&probabilities) {
        let condition = level.condition.compile(&model.columns, model.text_unit)?;
        let speaks = probability.is_some() && !matches!(condition, Compiled::Always);
        let adjustment = level.term_frequency.as_ref().filter(|found| speaks && found.weight != 0.0);
        let term_frequency = match adjustment {
            None => None,
            Some(adjustment) => {
                let exact =
                    comparison.levels.iter().zip(&probabilities).find(|(other, other_probability)| {
                        other_probability.is_some()
                            && other.condition.exact_column() == Some(adjustment.column.as_str())
                    });
                let own = adjustment.own_u.then_some(*probability).flatten();
                let (_, u) = own
                    .or(exact.and_then(|(_, probability)| *probability))
                    .ok_or_else(|| ModelError::new(ModelErrorKind::NoExactLevel, &adjustment.column))?;
                Some(CompiledAdjustment {
                    number: 0,
                    column: find(&model.columns, &adjustment.column)?,
                    exact_u_bits: weights::bits(u),
                    weight: adjustment.weight,
                    minimum: adjustment.minimum,
                    uncounted: uncounted(model, adjustment),
                })
            }
        };
        levels.push(CompiledLevel {
            condition,
            weight_bits: probability.map_or(0.0, |(m, u)| weights::level_weight(m, u)),
            household_bits: probability
                .and_then(|(_, u)| level.household.map(|household| weights::level_weight(household, u))),
            term_frequency,
        });
    }
    let graded = match graded(comparison) {
        Some((fact, level_of)) => Some((Facts::new(fact, &model.columns)?, level_of)),
        None => None,
    };
    Ok(CompiledComparison { levels, graded })
}

#[cfg(test)]
#[path = "scorer_tests.rs"]
mod tests;
