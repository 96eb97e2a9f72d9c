//! Training as Splink does: expectation maximisation in one block at a time, chance agreement from pairs drawn at
//! random, and labelled matches where there are any.

use serde::{Deserialize, Serialize};

use super::block::{Keys, Pass};
use super::candidates::Candidates;
use super::compiled::find;
use super::condition::Condition;
use super::error::ModelError;
use super::link::Weigher;
use super::matcher::{Levels, Matcher, NO_LEVEL, level_of};
use super::model::{BlockingRule, Column, Model};
use super::pair_tally::{Tally, of_groups, of_pairs, tally};
use super::prepare::Transform;
use super::progress::{Progress, Stage};
use super::session_em::{Estimate, SessionPattern, SessionShape, expectation_maximisation, swapped};
use super::train::{Training, canonical, pairs_of, sample, term_frequencies};
use super::weights;

/// How a model is trained in sessions.
///
/// ```
/// use throughline::identity::linkage::SessionSettings;
/// let settings: SessionSettings = serde_json::from_str(r#"{
///     "rules": [{ "parts": [{ "column": "surname" }] }, { "parts": [{ "column": "born" }] }],
///     "deterministic": [{ "parts": [{ "column": "email" }], "max_block": 1000 }],
///     "recall": 0.7
/// }"#)?;
/// assert_eq!((settings.rules.len(), settings.iterations, settings.convergence), (2, 25, 1e-4));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SessionSettings {
    /// One session each, over the pairs that agree on all parts of the rule. Records of blocks larger than the rule's
    /// `max_block` take no part; `split` is not looked at.
    pub rules: Vec<BlockingRule>,
    /// Pairs that any of these finds are taken for matches when the prior is estimated. Without one the model keeps
    /// its prior.
    pub deterministic: Vec<BlockingRule>,
    /// What share of all matches the deterministic rules find, above 0 and at most 1.
    pub recall: f64,
    /// How many pairs are drawn to see how often strangers agree by chance.
    pub sample_pairs: u64,
    /// A session has converged when no probability changes by so much.
    pub convergence: f64,
    /// Most iterations of a session.
    pub iterations: u32,
    /// Let the rarity of values speak in the sessions too. Slower, since pairs then differ in more than their levels.
    pub with_term_frequencies: bool,
}

impl Default for SessionSettings {
    fn default() -> Self {
        Self {
            rules: Vec::new(),
            deterministic: Vec::new(),
            recall: 0.8,
            sample_pairs: 1_000_000,
            convergence: 1e-4,
            iterations: 25,
            with_term_frequencies: false,
        }
    }
}

/// Which records are known to be of one person.
#[derive(Debug, Clone, Copy)]
pub enum Labels<'a> {
    /// For each row whose it is, by any number; `None` where that is not known.
    Persons(&'a [Option<u32>]),
    /// Pairs of rows of one person. Which comes first, and how often a pair is named, does not matter.
    Matches(&'a [(u32, u32)]),
}

/// A model trained in sessions, and how that went. Holds no value of any record.
#[derive(Debug, Clone)]
pub struct SessionTraining {
    /// The model.
    pub training: Training,
    /// Each session, in the order of the rules.
    pub sessions: Vec<Session>,
    /// How many labelled pairs took part.
    pub labelled_pairs: u64,
    /// What could not be estimated: the model keeps what it had, and where that is nothing, the scorer's default.
    pub unseen: Vec<UnseenLevel>,
}

/// How one session went.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Its rule.
    pub rule: BlockingRule,
    /// How many pairs took part.
    pub pairs: u64,
    /// How many records are in blocks that are too large: none of their pairs took part.
    pub records_in_large_blocks: u64,
    /// The comparisons that took no part, since they look at what the rule has made equal.
    pub switched_off: Vec<String>,
    /// The share of matches among the pairs that it started from.
    pub start_prior: f64,
    /// The share of matches that it found.
    pub prior: f64,
    /// How many iterations it took.
    pub iterations: u32,
}

/// A level of which a probability could not be estimated.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct UnseenLevel {
    /// The name of the comparison.
    pub comparison: String,
    /// The name of the level.
    pub level: String,
    /// Which probability.
    pub probability: Estimated,
}

/// A probability that training estimates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Estimated {
    /// How often records of one person are of the level: no session and no label showed it.
    M,
    /// How often strangers are: no drawn pair showed it.
    U,
}

/// Why training in sessions gives no model. Rules are named by their place, counted from 0.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum SessionError {
    /// The model, or a rule, does not fit.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// There is neither a session nor a labelled match to train on.
    #[error("training needs a blocking rule or labelled matches")]
    NothingToTrainOn,
    /// The recall, the convergence limit or the iterations cannot be used.
    #[error("`{setting}` is out of range")]
    Setting {
        /// The name of the setting.
        setting: &'static str,
    },
    /// The labels are not one for each row, name a row that does not exist, or match a row with itself.
    #[error("the labels do not fit the rows")]
    Labels,
    /// The deterministic rules find no pair.
    #[error("the deterministic rules find no pair")]
    NoneFound,
    /// The deterministic rules find more pairs than there can be at the recall.
    #[error("the deterministic rules find {found} pairs, more than the recall allows")]
    TooManyFound {
        /// How many they find.
        found: u64,
    },
    /// No two records share a block of the rule.
    #[error("blocking rule {rule} finds no pair")]
    NoPairs {
        /// The rule's place.
        rule: usize,
    },
    /// The rule touches every comparison.
    #[error("blocking rule {rule} leaves no comparison to train")]
    NoComparison {
        /// The rule's place.
        rule: usize,
    },
    /// The probabilities of a session still changed after the last iteration.
    #[error("the session of blocking rule {rule} did not converge within {iterations} iterations")]
    NotConverged {
        /// The rule's place.
        rule: usize,
        /// How many iterations there were.
        iterations: u32,
    },
    /// What a session found is not one person's: agreement speaks against a match, most so in `comparison`.
    #[error("the session of blocking rule {rule} took strangers for one person: see `{comparison}`")]
    Swapped {
        /// The rule's place.
        rule: usize,
        /// The name of the comparison.
        comparison: String,
    },
}

impl Candidates {
    /// Trains the model as Splink does, in place of [`train`](Self::train): for models and figures that must be
    /// comparable with those of Splink.
    ///
    /// The prior is the pairs that the deterministic rules find, divided by their recall and by all pairs. `u` is how
    /// often pairs drawn at random are of a level. Then each rule gives a session: in its blocks, comparisons that
    /// touch a blocked column are off, and expectation maximisation with `u` fixed finds `m`. It starts from the
    /// prior odds times the Bayes factors of the exact levels that the blocked columns imply; of levels over several
    /// columns and over one, the former count. The final `m` is the median over the sessions that show the level.
    /// Every session starts from the model as it is, so the order of the rules does not matter.
    ///
    /// All records are taken for one source. Where the training without sessions tells households apart, this does not.
    ///
    /// # Errors
    /// See [`SessionError`]; a session that does not converge, or that takes strangers for one person, is one.
    ///
    /// # Complexity
    /// Linear in the pairs of all rules and of the sample, each of which is compared once, and in the iterations times
    /// the distinct patterns.
    pub fn train_by_sessions(
        &self,
        settings: &SessionSettings,
        progress: &dyn Progress,
    ) -> Result<SessionTraining, SessionError> {
        self.train_by(None, settings, progress)
    }

    /// Trains the model on known matches: `m` is the share of the labelled pairs that are of a level, `u` and the prior
    /// are found as in [`train_by_sessions`](Self::train_by_sessions). The settings may have rules too: the labels then
    /// count as one more session. No rule has to find a labelled pair.
    ///
    /// # Errors
    /// As for sessions; the labels do not fit the rows.
    ///
    /// # Complexity
    /// As for sessions, and linear in the labelled pairs: quadratic in the records of one person.
    pub fn train_from_labels(
        &self,
        labels: Labels<'_>,
        settings: &SessionSettings,
        progress: &dyn Progress,
    ) -> Result<SessionTraining, SessionError> {
        self.train_by(Some(labels), settings, progress)
    }

    fn train_by(
        &self,
        labels: Option<Labels<'_>>,
        settings: &SessionSettings,
        progress: &dyn Progress,
    ) -> Result<SessionTraining, SessionError> {
        check(&self.model, settings)?;
        if settings.rules.is_empty() && labels.is_none() {
            return Err(SessionError::NothingToTrainOn);
        }
        let labelled = labels.map(|labels| labelled(labels, self.table.rows)).transpose()?;
        let steps = settings.rules.len() as u64 + 2;
        progress.report(Stage::Train, 0, steps);
        let mut model = self.model.clone();
        let all = pairs_of(self.table.rows);
        if !settings.deterministic.is_empty() {
            model.prior = self.prior(settings, all)?;
        }
        let matcher = Matcher::new(&model, &self.table)?;
        let mut unseen = Vec::new();
        set_u(
            &mut model,
            &sample(&matcher, &canonical(&self.table, false), settings.sample_pairs).shares,
            &mut unseen,
        );
        model.term_frequencies = term_frequencies(&model, &self.table);
        progress.report(Stage::Train, 1, steps);

        // By comparison and level: what every session and the labels say of `m`.
        let mut estimates: Vec<Vec<Vec<f64>>> =
            model.comparisons.iter().map(|comparison| vec![Vec::new(); comparison.levels.len()]).collect();
        let mut sessions = Vec::new();
        for (place, rule) in settings.rules.iter().enumerate() {
            sessions.push(self.session(&model, &matcher, (place, rule), settings, &mut estimates)?);
            progress.report(Stage::Train, place as u64 + 2, steps);
        }
        let mut labelled_pairs = 0;
        if let Some(pass) = labelled {
            let found =
                tally(&[pass], self.table.rows, &|left, right, memo| matcher.levels(left, right, memo));
            labelled_pairs = found.iter().map(|(_, pairs)| pairs).sum();
            if labelled_pairs == 0 {
                return Err(SessionError::NothingToTrainOn);
            }
            for (shares, estimates) in shares(&model, &found).into_iter().zip(&mut estimates) {
                shares.into_iter().zip(estimates).for_each(|(share, of_level)| of_level.extend(share));
            }
        }
        set_m(&mut model, estimates, &mut unseen);
        model.household_prior = 0.0;
        unseen.sort();
        progress.report(Stage::Train, steps, steps);
        let training = Training {
            iterations: sessions.iter().map(|session| session.iterations).max().unwrap_or(0),
            expected_matches: model.prior * all,
            expected_household_pairs: 0.0,
            model,
        };
        Ok(SessionTraining { training, sessions, labelled_pairs, unseen })
    }

    /// The share of all pairs that are matches, from those that the deterministic rules find.
    fn prior(&self, settings: &SessionSettings, all: f64) -> Result<f64, SessionError> {
        let mut keys = Keys::new(&self.model, &self.table);
        let rules = settings.deterministic.iter().enumerate();
        let passes: Vec<Pass> = rules
            .filter_map(|(place, rule)| keys.passes(&whole(rule), place, None))
            .flat_map(|(_, passes)| passes)
            .collect();
        let found = tally(&passes, self.table.rows, &|_, _, _| ()).first().map_or(0, |(_, pairs)| *pairs);
        if found == 0 {
            return Err(SessionError::NoneFound);
        }
        let matches = many(found) / settings.recall;
        if matches > all {
            return Err(SessionError::TooManyFound { found });
        }
        Ok(matches / all)
    }

    /// Runs one session and adds what it says of `m`.
    fn session(
        &self,
        model: &Model,
        matcher: &Matcher<'_>,
        (place, rule): (usize, &BlockingRule),
        settings: &SessionSettings,
        estimates: &mut [Vec<Vec<f64>>],
    ) -> Result<Session, SessionError> {
        let off = switched_off(model, rule);
        let on: Vec<usize> = (0..model.comparisons.len()).filter(|at| !off.contains(at)).collect();
        if on.is_empty() {
            return Err(SessionError::NoComparison { rule: place });
        }
        let passes = Keys::new(&self.model, &self.table).passes(&whole(rule), place, None);
        let passes = passes.map_or_else(Vec::new, |(_, passes)| passes);
        // Levels of comparisons that are off are blotted out, so that fewer patterns are left.
        let blot = off.iter().fold(0, |blot: Levels, at| blot | Levels::from(NO_LEVEL) << (at * 4));
        let patterns: Vec<SessionPattern> = if settings.with_term_frequencies {
            let weigher = Weigher::new(self, model)?;
            let found = tally(&passes, self.table.rows, &|left, right, memo| {
                let levels = matcher.levels(left, right, memo) | blot;
                (levels, weigher.rarity_bits(levels, left, right).to_bits())
            });
            found.iter().map(|((levels, bits), pairs)| pattern(*levels, *bits, *pairs, &on)).collect()
        } else {
            let found = tally(&passes, self.table.rows, &|left, right, memo| {
                matcher.levels(left, right, memo) | blot
            });
            found.iter().map(|(levels, pairs)| pattern(*levels, 0, *pairs, &on)).collect()
        };
        let pairs: u64 = passes.iter().map(Pass::pairs).sum();
        if pairs == 0 {
            return Err(SessionError::NoPairs { rule: place });
        }
        let (shapes, m) = shapes(model, &on);
        let start = Estimate { prior: start_prior(model, rule), m };
        let limits = (settings.iterations, settings.convergence);
        let fit = expectation_maximisation(&patterns, &shapes, &start, limits);
        let comparisons = |places: &[usize]| -> Vec<String> {
            let name = |at: &usize| Some(model.comparisons.get(*at)?.name.clone());
            places.iter().filter_map(name).collect()
        };
        if !fit.converged {
            return Err(SessionError::NotConverged { rule: place, iterations: fit.iterations });
        }
        if let Some(at) = swapped(&shapes, &fit) {
            let comparison = on.get(at).map_or_else(Vec::new, |at| comparisons(&[*at])).pop();
            return Err(SessionError::Swapped { rule: place, comparison: comparison.unwrap_or_default() });
        }
        for ((at, m), seen) in on.iter().zip(&fit.estimate.m).zip(&fit.seen) {
            let Some(estimates) = estimates.get_mut(*at) else { continue };
            for ((of_level, m), _) in estimates.iter_mut().zip(m).zip(seen).filter(|(_, seen)| **seen) {
                of_level.push(*m);
            }
        }
        Ok(Session {
            rule: rule.clone(),
            pairs,
            records_in_large_blocks: passes.iter().map(|pass| pass.skipped).sum(),
            switched_off: comparisons(&off),
            start_prior: start.prior,
            prior: fit.estimate.prior,
            iterations: fit.iterations,
        })
    }
}

/// The rule without the parts that split its large blocks.
fn whole(rule: &BlockingRule) -> BlockingRule {
    BlockingRule { split: Vec::new(), ..rule.clone() }
}

#[expect(clippy::cast_precision_loss, reason = "counts of pairs are far below 2^53")]
const fn many(pairs: u64) -> f64 {
    pairs as f64
}

/// Checks what the settings name and the ranges of their numbers.
fn check(model: &Model, settings: &SessionSettings) -> Result<(), SessionError> {
    for part in settings.rules.iter().chain(&settings.deterministic).flat_map(|rule| &rule.parts) {
        find(&model.columns, &part.column)?;
    }
    let share = |number: f64| number > 0.0 && number <= 1.0;
    for (fits, setting) in [
        (share(settings.recall), "recall"),
        (share(settings.convergence), "convergence"),
        (settings.iterations > 0, "iterations"),
        (settings.sample_pairs > 0, "sample_pairs"),
    ] {
        if !fits {
            return Err(SessionError::Setting { setting });
        }
    }
    Ok(())
}

/// The labelled pairs, as blocks of rows of one person.
fn labelled(labels: Labels<'_>, rows: usize) -> Result<Pass, SessionError> {
    match labels {
        Labels::Persons(persons) if persons.len() == rows => Ok(of_groups(persons)),
        Labels::Persons(_) => Err(SessionError::Labels),
        Labels::Matches(pairs) => {
            let fits = |(a, b): &(u32, u32)| a != b && (*a.max(b) as usize) < rows;
            if pairs.iter().all(fits) { Ok(of_pairs(pairs)) } else { Err(SessionError::Labels) }
        }
    }
}

/// Whether two columns tell the same fact: made from a common field, but for the two parts of a name.
fn same_fact(a: &Column, b: &Column) -> bool {
    let name = |column: &Column| matches!(column.transform, Transform::GivenName | Transform::FamilyName);
    let parts_of_name = name(a) && name(b) && a.transform != b.transform;
    a.name == b.name || !parts_of_name && a.inputs.iter().any(|input| b.inputs.contains(input))
}

/// The places of the comparisons that touch a column that the rule blocks on, or one that is made from the same field.
fn switched_off(model: &Model, rule: &BlockingRule) -> Vec<usize> {
    let column = |name: &str| model.columns.iter().find(|column| column.name == name);
    let blocked: Vec<&Column> = rule.parts.iter().filter_map(|part| column(&part.column)).collect();
    let touches = |at: &usize| {
        let mut names = Vec::new();
        let levels = model.comparisons.get(*at).map_or(&[][..], |comparison| &comparison.levels);
        levels.iter().for_each(|level| level.condition.columns(&mut names));
        let touched = |name: &str| {
            column(name).is_some_and(|own| blocked.iter().any(|blocked| same_fact(own, blocked)))
        };
        names.into_iter().any(touched)
    };
    (0..model.comparisons.len()).filter(touches).collect()
}

/// The columns whose equality a condition says, and nothing else.
fn exact_columns(condition: &Condition) -> Option<Vec<&str>> {
    if let Condition::All(all) = condition {
        let columns: Option<Vec<Vec<&str>>> = all.iter().map(exact_columns).collect();
        return columns.map(|columns| columns.concat()).filter(|columns| !columns.is_empty());
    }
    condition.exact_column().map(|column| vec![column])
}

/// The share of matches among the pairs of a block, as far as that the block's columns agree tells it.
fn start_prior(model: &Model, rule: &BlockingRule) -> f64 {
    let mut implied: Vec<(Vec<&str>, f64)> = Vec::new();
    for comparison in &model.comparisons {
        let speaking = comparison.levels.iter().filter(|level| !level.null);
        for (level, (m, u)) in speaking.zip(weights::filled(&comparison.levels)) {
            let columns = exact_columns(&level.condition);
            implied.extend(columns.map(|columns| (columns, weights::level_weight(m, u))));
        }
    }
    // The levels over most columns first.
    implied.sort_by_key(|(columns, _)| std::cmp::Reverse(columns.len()));
    let mut left: Vec<&str> = rule.parts.iter().map(|part| &*part.column).collect();
    let mut bits = weights::prior_weight(model.prior);
    for (columns, own) in implied {
        if columns.iter().all(|column| left.contains(column)) {
            left.retain(|column| !columns.contains(column));
            bits += own;
        }
    }
    weights::probability(bits)
}

fn pattern(levels: Levels, bits: u64, pairs: u64, on: &[usize]) -> SessionPattern {
    SessionPattern {
        levels: on.iter().map(|at| level_of(levels, *at)).collect(),
        rarity_bits: f64::from_bits(bits),
        pairs: many(pairs),
    }
}

/// The comparisons that take part, and the `m` that they start from.
fn shapes(model: &Model, on: &[usize]) -> (Vec<SessionShape>, Vec<Vec<f64>>) {
    let mut starts = Vec::new();
    let mut shapes = Vec::new();
    for comparison in on.iter().filter_map(|at| model.comparisons.get(*at)) {
        let mut filled = weights::filled(&comparison.levels).into_iter();
        let levels = comparison.levels.iter();
        let probabilities: Vec<(f64, f64)> =
            levels.map(|level| if level.null { None } else { filled.next() }.unwrap_or((1.0, 1.0))).collect();
        starts.push(probabilities.iter().map(|(m, _)| *m).collect());
        shapes.push(SessionShape {
            null: comparison.levels.iter().map(|level| level.null).collect(),
            u: probabilities.iter().map(|(_, u)| *u).collect(),
            fixed: comparison.levels.iter().map(|level| level.fixed_m).collect(),
        });
    }
    (shapes, starts)
}

/// By comparison and level: its share of the pairs of which the comparison says something; nothing where no pair is of
/// it.
fn shares(model: &Model, found: &Tally<Levels>) -> Vec<Vec<Option<f64>>> {
    let found: Vec<(Levels, f64)> = found.iter().map(|(levels, pairs)| (*levels, many(*pairs))).collect();
    weighted_shares(model, &found)
}

fn weighted_shares(model: &Model, found: &[(Levels, f64)]) -> Vec<Vec<Option<f64>>> {
    let of = |(at, comparison): (usize, &super::model::Comparison)| {
        let mut counts = vec![0.0; comparison.levels.len()];
        for (levels, pairs) in found {
            let level = usize::from(level_of(*levels, at));
            if comparison.levels.get(level).is_some_and(|level| !level.null)
                && let Some(count) = counts.get_mut(level)
            {
                *count += pairs;
            }
        }
        let all: f64 = counts.iter().sum();
        counts.into_iter().map(|count| (count > 0.0).then(|| count / all)).collect()
    };
    model.comparisons.iter().enumerate().map(of).collect()
}

/// Sets how often strangers are of each level, from pairs drawn at random.
fn set_u(model: &mut Model, sample: &[(Levels, f64)], unseen: &mut Vec<UnseenLevel>) {
    let shares = weighted_shares(model, sample);
    for (comparison, shares) in model.comparisons.iter_mut().zip(shares) {
        for (level, share) in comparison.levels.iter_mut().zip(shares) {
            level.household = None;
            if level.null || level.fixed_u {
                continue;
            }
            match share {
                Some(share) => {
                    level.u = Some(share);
                    if let Some(adjustment) =
                        level.term_frequency.as_mut().filter(|found| found.people_by.is_some())
                    {
                        adjustment.minimum = share;
                    }
                }
                None => unseen.push(UnseenLevel {
                    comparison: comparison.name.clone(),
                    level: level.name.clone(),
                    probability: Estimated::U,
                }),
            }
        }
    }
}

/// Sets `m` to the median of all that is said of it.
fn set_m(model: &mut Model, estimates: Vec<Vec<Vec<f64>>>, unseen: &mut Vec<UnseenLevel>) {
    for (comparison, estimates) in model.comparisons.iter_mut().zip(estimates) {
        for (level, mut estimates) in comparison.levels.iter_mut().zip(estimates) {
            if level.null || level.fixed_m {
                continue;
            }
            match median(&mut estimates) {
                Some(m) => level.m = Some(m),
                None => unseen.push(UnseenLevel {
                    comparison: comparison.name.clone(),
                    level: level.name.clone(),
                    probability: Estimated::M,
                }),
            }
        }
    }
}

/// The middle one; of an even number the mean of the middle two.
fn median(numbers: &mut [f64]) -> Option<f64> {
    numbers.sort_unstable_by(f64::total_cmp);
    let upper = numbers.get(numbers.len() / 2)?;
    if numbers.len() % 2 == 1 {
        return Some(*upper);
    }
    numbers.get(numbers.len() / 2 - 1).map(|lower| f64::midpoint(*lower, *upper))
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
