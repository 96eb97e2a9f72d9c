//! Training without labels: how often people and strangers agree, from the data itself.

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::columns::{Interned, Table};
use super::compiled::find;
use super::em::{self, Pattern, Shape};
use super::error::ModelError;
use super::hash::{self, Draws};
use super::hubs::{self, Hubs};
use super::key;
use super::matcher::{Levels, Matcher, Memo, NO_LEVEL, level_of};
use super::missed;
use super::model::{BlockingRule, Comparison, KeyPart, Level, Model, TermFrequencies, TermKey};
use super::plausible;
use super::progress::{Progress, Stage};
use super::slips;
use super::weights;

/// How a model is trained.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TrainingSettings {
    /// How many pairs are drawn to see how often strangers agree by chance.
    pub sample_pairs: u64,
    /// Tell pairs of one household from pairs of one person.
    pub households: bool,
    /// Most iterations of expectation maximisation.
    pub iterations: u32,
    /// It has converged when no probability changes by more.
    pub convergence: f64,
}

impl Default for TrainingSettings {
    fn default() -> Self {
        Self { sample_pairs: 400_000, households: true, iterations: 3_000, convergence: 1e-5 }
    }
}

/// A trained model, and how training went.
#[derive(Debug, Clone)]
pub struct Training {
    /// The model.
    pub model: Model,
    /// After how many iterations it converged.
    pub iterations: u32,
    /// How many pairs of records it takes for one person's.
    pub expected_matches: f64,
    /// How many pairs of records it takes for two people of one household.
    pub expected_household_pairs: f64,
    /// The comparisons that were made to say nothing, by name: agreement in them spoke against a match.
    pub silent: Vec<String>,
}

/// Why training gives no model.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TrainingError {
    /// The model does not fit together.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The probabilities still changed after the last iteration.
    #[error("training did not converge within {iterations} iterations")]
    NotConverged {
        /// How many there were.
        iterations: u32,
    },
    /// What it found is not one person's: agreement in all comparisons together speaks against a match, most so in
    /// `comparison`.
    #[error("training took strangers for one person: agreement in `{comparison}` speaks against it")]
    Swapped {
        /// The name of the comparison.
        comparison: String,
    },
}

impl Candidates {
    /// Trains the model on the candidate pairs.
    ///
    /// Pairs are of one person, of two people of one household, or of strangers; expectation maximisation over the
    /// patterns of agreement finds how often each kind agrees. All pairs that are no candidates count as strangers', so
    /// the shares are of all pairs and the weights mean what they say. The same data gives the same model, to the last
    /// bit, in any order and with any number of threads.
    ///
    /// # Errors
    /// Training does not converge, or what it found is not one person's.
    ///
    /// # Complexity
    /// Linear in the patterns (some thousands) for each iteration, besides the sample and one pass over the pairs.
    pub fn train(
        &self,
        settings: &TrainingSettings,
        progress: &dyn Progress,
    ) -> Result<Training, TrainingError> {
        progress.report(Stage::Train, 0, 3);
        let matcher = Matcher::new(&self.model, &self.table)?;
        let all = self.table.possible_pairs();
        let sample = sample(&matcher, &self.table, true, settings.sample_pairs);
        progress.report(Stage::Train, 1, 3);
        let hubs = Hubs::new(&self.model, &self.table);
        let patterns = self.counted(&hubs);
        let shapes: Vec<Shape> = (0..)
            .zip(&self.model.comparisons)
            .map(|own| shape(own, &self.model, &self.table, &patterns, &sample, all))
            .collect();
        let width = self.model.comparisons.len();
        let patterns: Vec<Pattern> = patterns
            .into_iter()
            .map(|(levels, pairs)| Pattern {
                levels: (0..width).map(|at| level_of(levels, at)).collect(),
                pairs,
            })
            .collect();
        let records = count(self.table.rows);
        let limits = (settings.iterations, settings.convergence);
        let mut trained = em::train(&patterns, &shapes, all, records, settings.households, limits);
        progress.report(Stage::Train, 2, 3);
        if !trained.converged {
            return Err(TrainingError::NotConverged { iterations: trained.iterations });
        }
        let mut model = self.model.clone();
        missed::correct(&mut trained, &self.model, &shapes, &patterns);
        model.prior = trained.prior;
        model.household_prior = trained.household;
        for (at, comparison) in model.comparisons.iter_mut().enumerate() {
            for (level, own) in comparison.levels.iter_mut().enumerate().filter(|(_, level)| !level.null) {
                let of = |table: &[Vec<f64>]| table.get(at).and_then(|levels| levels.get(level)).copied();
                if !own.fixed_m {
                    own.m = of(&trained.m);
                }
                if !own.fixed_u {
                    own.u = of(&trained.u);
                }
                // Where people of one household differ as strangers do, what is known beforehand stays.
                if comparison.shared {
                    own.household = of(&trained.h);
                }
                if let Some(adjustment) =
                    own.term_frequency.as_mut().filter(|found| found.people_by.is_some())
                {
                    adjustment.minimum = own.u.unwrap_or(0.0);
                }
            }
        }
        let silent = plausible(&mut model, &shapes)?;
        model.term_frequencies = term_frequencies(&model, &self.table);
        progress.report(Stage::Train, 3, 3);
        Ok(Training {
            model,
            iterations: trained.iterations,
            expected_matches: trained.prior * all,
            expected_household_pairs: trained.household * all,
            silent,
        })
    }

    /// The patterns with the number of their pairs, in order. Pairs that agree on what very many share are left out: who
    /// types the same placeholder is neither one person nor a stranger by chance.
    fn counted(&self, hubs: &Hubs<'_>) -> Vec<(Levels, f64)> {
        let mut counts = vec![0_u64; self.patterns.len()];
        let agrees: Vec<bool> = self.patterns.iter().map(|levels| hubs.may_be(*levels)).collect();
        for (left, right, pattern) in &self.pairs {
            let pattern = *pattern as usize;
            if agrees.get(pattern) == Some(&true)
                && self.patterns.get(pattern).is_some_and(|levels| hubs.joins(*levels, *left, *right))
            {
                continue;
            }
            if let Some(count) = counts.get_mut(pattern) {
                *count += 1;
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
        let mut patterns: Vec<(Levels, f64)> =
            self.patterns.iter().copied().zip(counts.into_iter().map(|count| count as f64)).collect();
        patterns.sort_unstable_by_key(|(levels, _)| *levels);
        patterns
    }
}

#[expect(clippy::cast_precision_loss, reason = "at most 2^32 records")]
const fn count(records: usize) -> f64 {
    records as f64
}

/// Pairs drawn at random.
pub(super) struct Sample {
    /// Their patterns, in order, with the share of each.
    pub(super) shares: Vec<(Levels, f64)>,
    /// How many there are.
    drawn: f64,
}

/// Patterns of pairs drawn at random. Small data is looked at whole.
pub(super) fn sample(matcher: &Matcher<'_>, table: &Table, once: bool, most: u64) -> Sample {
    let mut pairs = Vec::new();
    let mut look = |a: u32, b: u32| pairs.push((a.min(b), a.max(b)));
    if table.sources.told() {
        table.sources.sample(&hashed(table), once, most, look);
    } else {
        let rows = canonical(table, once);
        let many = rows.len() as u64;
        if many.saturating_mul(many.saturating_sub(1)) / 2 <= most {
            for (at, a) in rows.iter().enumerate() {
                rows.iter().skip(at + 1).for_each(|b| look(*a, *b));
            }
        } else {
            let mut draws = Draws(0x7468_726f_7567_686c);
            let mut draw = || usize::try_from(draws.below(many)).ok().and_then(|at| rows.get(at)).copied();
            for _ in 0..most {
                if let (Some(a), Some(b)) = (draw(), draw())
                    && a != b
                {
                    look(a, b);
                }
            }
        }
    }
    let mut seen: HashMap<Levels, u64> = HashMap::new();
    matcher.levels_of(&pairs, &mut Memo::new(), |_, _, levels| *seen.entry(levels).or_default() += 1);
    sampled(seen, pairs.len() as u64)
}

fn sampled(seen: HashMap<Levels, u64>, total: u64) -> Sample {
    let mut shares: Vec<(Levels, u64)> = seen.into_iter().collect();
    shares.sort_unstable_by_key(|(levels, _)| *levels);
    #[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
    Sample {
        shares: shares
            .into_iter()
            .map(|(levels, seen)| (levels, seen as f64 / total.max(1) as f64))
            .collect(),
        drawn: total as f64,
    }
}

/// How many pairs of records have the same value of a column, of those that at most so many share: known without
/// looking at any pair.
fn equal_pairs(model: &Model, table: &Table, column: &str, most: u32) -> Option<f64> {
    let values = table.columns.get(find(&model.columns, column).ok()?)?;
    if table.sources.told() {
        #[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
        return Some(table.sources.equal_pairs(values, most) as f64);
    }
    let pairs = |count: &u32| f64::from(*count) * (f64::from(*count) - 1.0) / 2.0;
    Some(values.counts.iter().filter(|count| **count <= most).map(pairs).sum())
}

/// The rows in an order that depends on what they say only; with `once`, those that say the same once: a record that
/// was stored a thousand times tells nothing of how often strangers agree.
fn canonical(table: &Table, once: bool) -> Vec<u32> {
    let mut rows = hashed(table);
    if once {
        rows.dedup_by_key(|(hash, _)| *hash);
    }
    rows.into_iter().map(|(_, row)| row).collect()
}

/// The rows with a hash of what they say, in order.
fn hashed(table: &Table) -> Vec<(u64, u32)> {
    let mut hashes = vec![1_u64; table.rows];
    for values in &table.columns {
        let of_value: Vec<u64> =
            values.values.iter().map(|value| hash::hash(0, value.identity().as_bytes())).collect();
        for (hash, cell) in hashes.iter_mut().zip(&values.cells) {
            let own = cell.checked_sub(1).and_then(|at| of_value.get(at as usize)).copied().unwrap_or(7);
            *hash = hash::join(*hash, own);
        }
    }
    let mut rows: Vec<(u64, u32)> = hashes.into_iter().zip(0..).collect();
    rows.sort_unstable();
    rows
}

/// How many pairs of the sample must be of a level for the sample to tell how frequent it is.
const ENOUGH: f64 = 100.0;
/// So many of a level that blocking rarely finds say that it is not as rare.
const TELLING: f64 = 3.0;

fn shape(
    (at, comparison): (usize, &Comparison),
    model: &Model,
    table: &Table,
    patterns: &[(Levels, f64)],
    sample: &Sample,
    all: f64,
) -> Shape {
    let levels = comparison.levels.len();
    let mut totals = vec![0.0; levels];
    let mut seen = vec![0.0; levels];
    let add = |into: &mut Vec<f64>, pattern: Levels, many: f64| {
        let level = level_of(pattern, at);
        if level != NO_LEVEL
            && let Some(cell) = into.get_mut(usize::from(level))
        {
            *cell += many;
        }
    };
    sample.shares.iter().for_each(|(pattern, share)| add(&mut totals, *pattern, share * all));
    patterns.iter().for_each(|(pattern, pairs)| add(&mut seen, *pattern, *pairs));
    for (level, (total, seen)) in comparison.levels.iter().zip(totals.iter_mut().zip(&seen)) {
        // What very many share is no chance agreement of two strangers: such values have their own frequencies.
        let by_people = level.term_frequency.as_ref().is_some_and(|found| found.people_by.is_some());
        let most = if by_people { BlockingRule::default_max_block() } else { u32::MAX };
        let column = level.condition.exact_column();
        let exact = column.and_then(|column| equal_pairs(model, table, column, most));
        let drawn = *total * sample.drawn / all;
        if drawn >= ENOUGH {
            // The sample tells, what very many share included.
        } else if let Some(exact) = exact {
            *total = exact;
        } else if let Some(near) = slips::level_pairs(model, table, level) {
            *total = near;
        } else if !(drawn >= TELLING && *total > 3.0 * *seen) {
            // Too rare for the sample, which does not say that blocking misses many: blocking finds nearly all of them.
            *total = total.min(*seen * 1.2);
        }
        *total = total.max(*seen);
    }
    let null: Vec<bool> = comparison.levels.iter().map(|level| level.null).collect();
    let defaults = weights::filled(&comparison.levels);
    let fixed = |of: fn(&Level) -> bool| -> Vec<bool> { comparison.levels.iter().map(of).collect() };
    let (fixed_m, fixed_u) = (fixed(|level| level.fixed_m), fixed(|level| level.fixed_u));
    let filled = |of: &dyn Fn(usize) -> Option<f64>, default: fn(&(f64, f64)) -> f64, fixed: &[bool]| {
        let mut defaults = defaults.iter().map(default);
        let raw: Vec<f64> = (0..levels)
            .map(|level| {
                if null.get(level).copied().unwrap_or(false) {
                    return 1.0;
                }
                let default = defaults.next().unwrap_or(0.5);
                of(level).unwrap_or(default)
            })
            .collect();
        em::held(em::normal(&raw, &null), &raw, fixed, &null)
    };
    let level = |at: usize| comparison.levels.get(at);
    let m = filled(&|at| level(at)?.m, |(m, _)| *m, &fixed_m);
    let u = filled(&|at| level(at)?.u, |(_, u)| *u, &fixed_u);
    let h = filled(&|at| level(at)?.household.or(level(at)?.m), |(m, _)| *m, &[]);
    Shape { null, personal: !comparison.shared, m, h, u, fixed_m, fixed_u, totals }
}

/// Whether what was found is one person's. A comparison of which the best level says less than the worst, as happens to a
/// column that is noise, is made to say nothing: gives the names of those.
fn plausible(model: &mut Model, shapes: &[Shape]) -> Result<Vec<String>, TrainingError> {
    let spans = model.comparisons.iter().zip(shapes).map(|(comparison, shape)| {
        let levels = comparison.levels.iter().zip(&shape.totals).filter(|(level, _)| !level.null);
        let weight = |level: &Level| Some(weights::level_weight(level.m?, level.u?));
        plausible::span(levels.filter_map(|(level, total)| Some((weight(level)?, *total > 0.0))))
    });
    let spans: Vec<f64> = spans.collect();
    if let Some(comparison) = plausible::swapped(&spans).and_then(|at| model.comparisons.get(at)) {
        return Err(TrainingError::Swapped { comparison: comparison.name.clone() });
    }
    let mut silent = Vec::new();
    for (comparison, _) in model.comparisons.iter_mut().zip(spans).filter(|(_, span)| *span < 0.0) {
        let free =
            comparison.levels.iter_mut().filter(|level| !level.null && !level.fixed_m && !level.fixed_u);
        free.for_each(|level| level.m = level.u);
        silent.push(comparison.name.clone());
    }
    Ok(silent)
}

/// The frequencies that adjustments ask for.
pub(super) fn term_frequencies(
    model: &Model,
    table: &Table,
) -> std::collections::BTreeMap<String, TermFrequencies> {
    let levels = model.comparisons.iter().flat_map(|comparison| &comparison.levels);
    let mut tables = std::collections::BTreeMap::new();
    for adjustment in levels.filter_map(|level| level.term_frequency.as_ref()) {
        let values = find(&model.columns, &adjustment.column).ok().and_then(|at| table.columns.get(at));
        let Some(values) = values else { continue };
        let counts = match &adjustment.people_by {
            None => values.counts.clone(),
            Some(part) => people(model, table, values, part),
        };
        let terms = values.values.iter().map(|value| TermKey::of(&value.term()));
        let mut held: Vec<(TermKey, u32)> = terms.zip(counts).collect();
        held.sort_unstable_by_key(|(term, _)| *term);
        let total = |same: &[(TermKey, u32)]| {
            let count = same.iter().fold(0_u32, |total, (_, count)| total.saturating_add(*count));
            same.first().map(|(term, _)| (*term, count)).filter(|(_, count)| *count > 1)
        };
        let counts = held.chunk_by(|a, b| a.0 == b.0).filter_map(total).collect();
        let counted = TermFrequencies { records: values.filled(), counts };
        tables.insert(adjustment.column.clone(), counted);
    }
    tables
}

/// How many people seem to share each value, and 1 for values that few enough share for one household.
fn people(model: &Model, table: &Table, values: &Interned, part: &KeyPart) -> Vec<u32> {
    let mut counts = vec![1_u32; values.values.len()];
    let Some(names) = find(&model.columns, &part.column).ok().and_then(|at| table.columns.get(at)) else {
        return counts;
    };
    let of_name: Vec<u64> = names.values.iter().map(|name| key::number(Some(name), part.form, 0)).collect();
    let mut seen: Vec<(u32, u64)> = Vec::new();
    for (cell, name) in values.cells.iter().zip(&names.cells) {
        let Some(value) = cell.checked_sub(1) else { continue };
        let shared = values.counts.get(value as usize).is_some_and(|count| *count > HOUSEHOLD);
        let name = name.checked_sub(1).and_then(|at| of_name.get(at as usize)).copied().unwrap_or(0);
        if shared && name != 0 {
            seen.push((value, name));
        }
    }
    seen.sort_unstable();
    seen.dedup();
    for group in seen.chunk_by(|a, b| a.0 == b.0) {
        let people = u32::try_from(group.len()).unwrap_or(u32::MAX);
        let Some((value, _)) = group.first().copied() else { continue };
        if let Some(count) = counts.get_mut(value as usize)
            && people > HOUSEHOLD
        {
            // Of what very many share: first letters do not tell them apart any more.
            let records = values.counts.get(value as usize).copied().unwrap_or(0);
            *count = if hubs::is_hub(records) { records } else { people };
        }
    }
    counts
}

/// So many different first letters of given names may share a telephone or card before it says less.
const HOUSEHOLD: u32 = 4;
