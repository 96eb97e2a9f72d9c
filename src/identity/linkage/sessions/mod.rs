//! Training as Splink does: expectation maximisation in one block at a time, chance agreement from pairs drawn at
//! random, and labelled matches where there are any.

mod error;
mod estimates;
mod prior;
mod settings;

pub use error::SessionError;
pub use estimates::{Estimated, UnseenLevel};
pub use settings::{Labels, SessionSettings};

use super::block::{Keys, Pass};
use super::candidates::Candidates;
use super::link::Weigher;
use super::matcher::{Levels, Matcher, NO_LEVEL, level_of};
use super::model::{BlockingRule, Column, Model};
use super::pair_tally::tally;
use super::prepare::Transform;
use super::progress::{Progress, Stage};
use super::session_em::{Estimate, SessionPattern, SessionShape, expectation_maximisation, swapped};
use super::train::{Training, sample, term_frequencies};
use super::weights;
use estimates::{set_m, set_u, shares};
use prior::start_prior;
use settings::{check, labelled};

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
        let labelled = labels.map(|labels| labelled(labels, &self.table)).transpose()?;
        if labelled.as_ref().is_some_and(|pass| pass.pairs() == 0) {
            return Err(SessionError::NoLabelledPairs);
        }
        let steps = settings.rules.len() as u64 + 2;
        progress.report(Stage::Train, 0, steps);
        let mut model = self.model.clone();
        let all = self.table.possible_pairs();
        if !settings.deterministic.is_empty() {
            model.prior = self.prior(settings, all)?;
        }
        let matcher = Matcher::new(&model, &self.table)?;
        let mut unseen = Vec::new();
        set_u(&mut model, &sample(&matcher, &self.table, false, settings.sample_pairs).shares, &mut unseen);
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
            let found = tally(&[pass], &self.table, &|left, right, memo| matcher.levels(left, right, memo));
            labelled_pairs = found.iter().map(|(_, pairs)| pairs).sum();
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
            silent: Vec::new(),
            model,
        };
        Ok(SessionTraining { training, sessions, labelled_pairs, unseen })
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
            let found = tally(&passes, &self.table, &|left, right, memo| {
                let levels = matcher.levels(left, right, memo) | blot;
                (levels, weigher.rarity_bits(levels, left, right).to_bits())
            });
            found.iter().map(|((levels, bits), pairs)| pattern(*levels, *bits, *pairs, &on)).collect()
        } else {
            let found =
                tally(&passes, &self.table, &|left, right, memo| matcher.levels(left, right, memo) | blot);
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

#[cfg(test)]
mod tests;
