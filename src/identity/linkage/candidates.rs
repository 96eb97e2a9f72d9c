//! The pairs that are compared, and how each agrees.

use std::borrow::Borrow;

use hashbrown::HashMap;

use super::automatic::worth_trying;
use super::block::{Keys, Pass};
use super::columns::{NameTexts, Table, make};
use super::dataset::Dataset;
use super::error::{ModelError, ModelErrorKind};
use super::matcher::{Levels, Matcher, Memo};
use super::model::{BlockingRule, Model};
use super::pair_loop::PairLoop;
use super::progress::{Progress, Stage};
use super::validate::validate;

/// How candidate pairs are found.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlockingSettings {
    /// At most so many pairs for each record, when rules are chosen automatically.
    pub pairs_per_record: u32,
    /// But at least so many pairs in all: small data can afford to look at every pair.
    pub least_pairs: u64,
    /// At most so many pairs in all, when the rules are the user's: more are an error, not an answer of a part of them.
    /// A pair takes 12 bytes.
    pub most_pairs: u64,
}

impl Default for BlockingSettings {
    fn default() -> Self {
        Self { pairs_per_record: 10, least_pairs: 2_000_000, most_pairs: 200_000_000 }
    }
}

/// What one blocking rule finds.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RuleCount {
    /// The rule.
    pub rule: BlockingRule,
    /// How many pairs of records agree on its key, in blocks that are small enough or were split.
    pub pairs: u64,
    /// How many of them no rule before it finds.
    pub new_pairs: u64,
    /// The records of its largest block.
    pub largest_block: u32,
    /// How many records are in blocks that are too large, also after they were split: the rule does not compare them.
    pub records_in_large_blocks: u64,
    /// Whether the rule is used; one that would find more pairs than the budget allows is not.
    pub used: bool,
}

impl RuleCount {
    fn of(rule: BlockingRule, found: &[Pass]) -> Self {
        let pairs: u64 = found.iter().map(Pass::pairs).sum();
        Self {
            rule,
            pairs,
            new_pairs: 0,
            largest_block: found.first().map_or(0, |pass| pass.largest),
            records_in_large_blocks: found.last().map_or(0, |pass| pass.skipped),
            used: pairs > 0,
        }
    }
}

/// A pair of rows, the smaller first, and the number of its pattern.
pub(super) type Candidate = (u32, u32, u32);

/// A data set with its candidate pairs, compared: what training and linking start from.
pub struct Candidates {
    pub(super) model: Model,
    pub(super) table: Table,
    pub(super) pairs: Vec<Candidate>,
    pub(super) patterns: Vec<Levels>,
    rules: Vec<RuleCount>,
}

impl std::fmt::Debug for Candidates {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Candidates")
            .field("records", &self.table.rows)
            .field("pairs", &self.pairs.len())
            .field("patterns", &self.patterns.len())
            .finish_non_exhaustive()
    }
}

impl Candidates {
    /// Prepares the data, blocks it and compares each candidate pair once. Data that is given away, not lent, is dropped as
    /// soon as it is prepared.
    ///
    /// A model without blocking rules gets those that fit the pair budget, the surest first: those for people as far as
    /// it has their columns, then equal values of its other columns. Comparisons of facts that no record tells are left
    /// out.
    ///
    /// # Errors
    /// The model names a column that it does not have, has more comparisons or levels than fit, or its blocking rules
    /// find more pairs than [`BlockingSettings::most_pairs`].
    ///
    /// # Complexity
    /// O(r n log n) for r rules and n records, and the candidate pairs: 12 bytes and a comparison each.
    pub fn new(
        dataset: impl Borrow<Dataset>,
        model: &Model,
        settings: &BlockingSettings,
        progress: &dyn Progress,
    ) -> Result<Self, ModelError> {
        validate(model)?;
        let table = prepared(dataset.borrow(), model, progress);
        drop(dataset);
        Self::compared(model.clone(), table, settings, progress)
    }

    fn compared(
        mut model: Model,
        table: Table,
        settings: &BlockingSettings,
        progress: &dyn Progress,
    ) -> Result<Self, ModelError> {
        leave_out(&mut model, &table);
        let matcher = Matcher::new(&model, &table)?;
        let chosen = model.blocking.is_empty();
        let mut keys = Keys::new(&model, &table);
        let (passes, mut counts) = if chosen {
            let budget = settings.least_pairs.max(u64::from(settings.pairs_per_record) * table.rows as u64);
            choose(&worth_trying(&model, &mut keys), &mut keys, budget, progress)
        } else {
            follow(&model.blocking, &mut keys, settings.most_pairs, progress)?
        };
        let (pairs, patterns) = compare(&matcher, &table, &passes, &mut counts, progress);
        if chosen {
            model.blocking =
                counts.iter().filter(|count| count.used).map(|count| count.rule.clone()).collect();
        }
        Ok(Self { model, table, pairs, patterns, rules: counts })
    }

    /// How many records there are.
    #[must_use]
    pub const fn records(&self) -> usize {
        self.table.rows
    }

    /// How many pairs are compared.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether no two records share a block.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// What each blocking rule finds, in the order in which they are tried.
    #[must_use]
    pub fn rules(&self) -> &[RuleCount] {
        &self.rules
    }

    /// The model, without what no record tells, and with the blocking rules that are used.
    #[must_use]
    pub const fn model(&self) -> &Model {
        &self.model
    }
}

/// The columns of the model, made of the data.
fn prepared(dataset: &Dataset, model: &Model, progress: &dyn Progress) -> Table {
    progress.report(Stage::Prepare, 0, model.columns.len() as u64);
    let mut columns = Vec::with_capacity(model.columns.len());
    let mut texts = NameTexts::default();
    for (done, column) in (1..).zip(&model.columns) {
        columns.push(make(dataset, column, model.text_unit, &mut texts));
        progress.report(Stage::Prepare, done, model.columns.len() as u64);
    }
    Table { rows: dataset.len(), columns, sources: dataset.sources().clone() }
}

/// Drops comparisons that look only at columns without a value.
fn leave_out(model: &mut Model, table: &Table) {
    let place: HashMap<&str, usize> =
        model.columns.iter().enumerate().map(|(at, column)| (&*column.name, at)).collect();
    let told = |name: &str| {
        place.get(name).and_then(|at| table.columns.get(*at)).is_none_or(|values| !values.values.is_empty())
    };
    let keep: Vec<bool> = model
        .comparisons
        .iter()
        .map(|comparison| {
            let mut columns = Vec::new();
            comparison.levels.iter().for_each(|level| level.condition.columns(&mut columns));
            columns.is_empty() || columns.iter().any(|name| told(name))
        })
        .collect();
    let mut keep = keep.into_iter();
    model.comparisons.retain(|_| keep.next().unwrap_or(true));
}

/// Into how many shares the pair budget is parted.
const SHARES: u64 = 8;

/// Blocks by each rule and takes those that fit the budget.
fn choose(
    rules: &[BlockingRule],
    keys: &mut Keys<'_>,
    mut budget: u64,
    progress: &dyn Progress,
) -> (Vec<Pass>, Vec<RuleCount>) {
    // No rule may take more than its share, so that many rules find pairs.
    let share = budget / SHARES;
    let mut passes = Vec::new();
    let mut counts = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        progress.report(Stage::Block, place as u64, rules.len() as u64);
        let Some((rule, found)) = keys.passes(rule, place, Some(share.min(budget))) else {
            counts.push(RuleCount { rule: rule.clone(), ..RuleCount::default() });
            continue;
        };
        let count = RuleCount::of(rule, &found);
        budget -= count.pairs;
        counts.push(count);
        passes.extend(found.into_iter().filter(|pass| !pass.rows.is_empty()));
    }
    (passes, counts)
}

/// Blocks by each rule of the user.
fn follow(
    rules: &[BlockingRule],
    keys: &mut Keys<'_>,
    most_pairs: u64,
    progress: &dyn Progress,
) -> Result<(Vec<Pass>, Vec<RuleCount>), ModelError> {
    let mut total = 0_u64;
    let mut passes = Vec::new();
    let mut counts = Vec::new();
    for (place, rule) in rules.iter().enumerate() {
        progress.report(Stage::Block, place as u64, rules.len() as u64);
        let Some((rule, found)) = keys.passes(rule, place, None) else { continue };
        let count = RuleCount::of(rule, &found);
        total = total.saturating_add(count.pairs);
        if total > most_pairs {
            let what = format!("blocking rule {}", place + 1);
            return Err(ModelError::new(ModelErrorKind::TooManyPairs, what));
        }
        counts.push(count);
        passes.extend(found.into_iter().filter(|pass| !pass.rows.is_empty()));
    }
    Ok((passes, counts))
}

/// Blocks at a time for one thread.
const CHUNK: usize = 1024;

/// Compares the pairs of all passes, each pair in the first pass that finds it.
fn compare(
    matcher: &Matcher<'_>,
    table: &Table,
    passes: &[Pass],
    counts: &mut [RuleCount],
    progress: &dyn Progress,
) -> (Vec<Candidate>, Vec<Levels>) {
    let every = PairLoop::new(passes, table);
    let each = |found: &mut Found, pairs: &[(u32, u32)], memo: &mut Memo| {
        matcher.levels_of(pairs, memo, |left, right, levels| found.add(left, right, levels));
    };
    let total: u64 = passes.iter().map(Pass::pairs).sum();
    let mut done = 0;
    let mut pairs: Vec<Candidate> = Vec::new();
    let mut patterns: Vec<Levels> = Vec::new();
    let mut numbers: HashMap<Levels, u32> = HashMap::new();
    for (at, pass) in passes.iter().enumerate() {
        let before = pairs.len();
        let blocks: Vec<&[u32]> = pass.blocks().collect();
        // As many chunks at a time as keep all cores busy and little in memory.
        for group in blocks.chunks(CHUNK * 64) {
            for found in every.visit(at, group, CHUNK, &each) {
                let global: Vec<u32> = found
                    .patterns
                    .iter()
                    .map(|levels| {
                        *numbers.entry(*levels).or_insert_with(|| {
                            patterns.push(*levels);
                            u32::try_from(patterns.len() - 1).unwrap_or(u32::MAX)
                        })
                    })
                    .collect();
                pairs.extend(found.pairs.iter().map(|(left, right, local)| {
                    (*left, *right, global.get(*local as usize).copied().unwrap_or(0))
                }));
            }
        }
        done += pass.pairs();
        progress.report(Stage::Compare, done, total);
        if let Some(count) = counts.get_mut(pass.rule) {
            count.new_pairs += (pairs.len() - before) as u64;
        }
    }
    (pairs, patterns)
}

/// Pairs of one chunk, with patterns numbered by themselves.
#[derive(Default)]
struct Found {
    pairs: Vec<Candidate>,
    patterns: Vec<Levels>,
    numbers: HashMap<Levels, u32>,
}

impl Found {
    fn add(&mut self, left: u32, right: u32, levels: Levels) {
        let patterns = &mut self.patterns;
        let number = *self.numbers.entry(levels).or_insert_with(|| {
            patterns.push(levels);
            u32::try_from(patterns.len() - 1).unwrap_or(u32::MAX)
        });
        self.pairs.push((left, right, number));
    }
}
