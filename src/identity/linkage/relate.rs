//! What two people are to each other when they are not one.

use serde::{Deserialize, Serialize};

use super::agreement::Agreement;
use super::candidates::Candidates;
use super::condition::Condition;
use super::error::ModelError;
use super::link::Weigher;
use super::matcher::{Levels, level_of};
use super::model::{Comparison, Model};
use super::scorer::{CompiledComparison, Weighed};

/// What two people are to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Relation {
    /// They share an address, a telephone, a card, a mailbox or a device, and their given names or birth dates say that
    /// they are two.
    Household,
}

/// Two clusters of records that are two related people. Holds no value of any record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Related {
    /// What they are to each other.
    pub relation: Relation,
    /// A row of the one, the smaller of the two rows.
    pub left: u32,
    /// A row of the other.
    pub right: u32,
    /// How probable it is that the two rows are of two people of one household, 0 to 1: the highest of all pairs of the
    /// two clusters that were compared.
    pub probability: f64,
    /// The comparisons that show that they belong together, by their place in the model, ascending: those of any pair.
    pub shared: Vec<u8>,
    /// The comparisons that show that they are two, likewise.
    pub apart: Vec<u8>,
}

impl Weighed {
    /// The probability that the two records are of two people of one household, 0 to 1: 0 under a model that does not
    /// know households.
    #[must_use]
    pub fn household_probability(&self) -> f64 {
        // What is taken off is log2(1 + household odds).
        let odds = (-self.household_bits).exp2() - 1.0;
        let match_odds = (self.weight_bits - self.household_bits).exp2();
        share(odds, match_odds)
    }

    /// What the two records are to each other if they are two people: the test that [`Candidates::relations`] puts to
    /// each pair, for a pair of your own. `model` is the one that they were weighed by; one that does not know
    /// households finds nothing.
    ///
    /// ```
    /// use throughline::identity::linkage::{Model, Relation, Scorer};
    /// let model = Model { prior: 0.001, household_prior: 0.001, ..Model::person() };
    /// let scorer = Scorer::new(&model)?;
    /// let record = |name: &'static str, born: &'static str| {
    ///     scorer.prepare(&move |field| match field {
    ///         "given_name" => Some(name),
    ///         "birth_date" => Some(born),
    ///         "address_line" => Some("12 Rowan Lane"),
    ///         _ => None,
    ///     })
    /// };
    /// let two = scorer.weigh(&record("Sara", "1991-08-03"), &record("Reza", "1988-01-20"));
    /// assert_eq!(two.relation(&model), Some(Relation::Household));
    /// # Ok::<(), throughline::identity::linkage::ModelError>(())
    /// ```
    #[must_use]
    pub fn relation(&self, model: &Model) -> Option<Relation> {
        let (mut shared, mut apart) = (false, false);
        for (comparison, found) in model.comparisons.iter().zip(&self.comparisons) {
            let shows =
                found.level.map_or((false, false), |level| says(comparison, level, found.weight_bits));
            shared |= shows.0;
            apart |= shows.1;
        }
        (shared && apart && is_household(self.household_probability())).then_some(Relation::Household)
    }
}

/// Whether a pair that lives together and is two is more probably of one household than anything else.
fn is_household(probability: f64) -> bool {
    probability > 0.5
}

/// The share of households, given their odds and those of one person, each against strangers.
fn share(household: f64, one: f64) -> f64 {
    if household.is_infinite() {
        if one.is_infinite() { 0.5 } else { 1.0 }
    } else {
        household / (1.0 + household + one)
    }
}

/// Whether agreement in this level means to live together or to use one thing.
fn belongs_together(comparison: &Comparison, level: usize) -> bool {
    let Some(found) = comparison.levels.get(level).filter(|level| comparison.shared && !level.null) else {
        return false;
    };
    match &found.condition {
        Condition::Agreement { on, at_least } => on.together().is_some_and(|least| least <= *at_least),
        _ => comparison.levels.iter().position(|level| !level.null) == Some(level),
    }
}

/// Whether disagreement in this comparison means to be two.
fn tells_apart(comparison: &Comparison) -> bool {
    let facts = comparison.levels.iter().find_map(|level| match &level.condition {
        Condition::Agreement { on, .. } => Some(on),
        _ => None,
    });
    !comparison.shared
        && facts.is_none_or(|on| matches!(on, Agreement::GivenName { .. } | Agreement::BirthDate { .. }))
}

/// Whether a level of a comparison, of such a weight, shows that the two belong together, and that they are two.
fn says(comparison: &Comparison, level: usize, weight_bits: f64) -> (bool, bool) {
    (belongs_together(comparison, level), weight_bits < 0.0 && tells_apart(comparison))
}

/// The comparisons of a pattern of agreement that show that the two belong together, and those that show that they are
/// two: a bit each.
fn shows(model: &Model, compiled: &[CompiledComparison], levels: Levels) -> (u32, u32) {
    let (mut shared, mut apart) = (0, 0);
    for (at, (comparison, compiled)) in model.comparisons.iter().zip(compiled).enumerate() {
        let level = usize::from(level_of(levels, at));
        let Some(found) = compiled.levels.get(level) else { continue };
        let (together, two) = says(comparison, level, found.weight_bits);
        shared |= u32::from(together) << at;
        apart |= u32::from(two) << at;
    }
    (shared, apart)
}

/// A pair of clusters with what one pair of rows shows.
struct Found {
    clusters: (u32, u32),
    rows: (u32, u32),
    probability: f64,
    shared: u32,
    apart: u32,
}

impl Candidates {
    /// The people of one household, as pairs of clusters: pairs of rows of different clusters that share an address, a
    /// telephone, a card, a mailbox or a device, differ in given name or birth date, and are more probably two people
    /// of one household than anything else. One entry for each pair of clusters, in the order of their rows.
    ///
    /// `clusters` names the cluster of each row. A model that does not know households finds none.
    ///
    /// # Errors
    /// The model does not fit together or is not the one that the pairs were compared with.
    ///
    /// # Complexity
    /// Linear in the candidate pairs, and a sort of those that are found.
    pub fn relations(&self, model: &Model, clusters: &[u32]) -> Result<Vec<Related>, ModelError> {
        if model.household_prior == 0.0 {
            return Ok(Vec::new());
        }
        let weigher = Weigher::new(self, model)?;
        let compiled = weigher.scorer.comparisons();
        let shown: Vec<(u32, u32)> =
            self.patterns.iter().map(|levels| shows(model, compiled, *levels)).collect();
        let mut found = Vec::new();
        for (left, right, pattern) in &self.pairs {
            let Some((shared, apart)) = shown.get(*pattern as usize).filter(|(s, a)| *s != 0 && *a != 0)
            else {
                continue;
            };
            let cluster = |row: u32| clusters.get(row as usize).copied().unwrap_or(u32::MAX);
            let (a, b) = (cluster(*left), cluster(*right));
            if a == b {
                continue;
            }
            let levels = self.patterns.get(*pattern as usize).copied().unwrap_or(0);
            let (one, household) = weigher.added(levels, *left, *right).odds_bits();
            let probability = household.map_or(0.0, |household| share(household.exp2(), one.exp2()));
            if is_household(probability) {
                let clusters = (a.min(b), a.max(b));
                found.push(Found {
                    clusters,
                    rows: (*left, *right),
                    probability,
                    shared: *shared,
                    apart: *apart,
                });
            }
        }
        found.sort_unstable_by(|x, y| {
            let key = |found: &Found| (found.clusters, found.rows);
            x.clusters
                .cmp(&y.clusters)
                .then_with(|| y.probability.total_cmp(&x.probability))
                .then_with(|| key(x).cmp(&key(y)))
        });
        let mut related: Vec<Related> = found
            .chunk_by(|x, y| x.clusters == y.clusters)
            .filter_map(|pairs| {
                let best = pairs.first()?;
                let places = |of: fn(&Found) -> u32| {
                    let all = pairs.iter().fold(0, |all, pair| all | of(pair));
                    (0..32).filter(|at| all >> at & 1 == 1).collect()
                };
                Some(Related {
                    relation: Relation::Household,
                    left: best.rows.0,
                    right: best.rows.1,
                    probability: best.probability,
                    shared: places(|pair| pair.shared),
                    apart: places(|pair| pair.apart),
                })
            })
            .collect();
        related.sort_unstable_by_key(|related| (related.left, related.right));
        Ok(related)
    }
}

impl Related {
    /// The names of the comparisons that show that they belong together.
    pub fn shared_names<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m str> {
        names(model, &self.shared)
    }

    /// The names of the comparisons that show that they are two.
    pub fn apart_names<'m>(&self, model: &'m Model) -> impl Iterator<Item = &'m str> {
        names(model, &self.apart)
    }
}

fn names<'m>(model: &'m Model, places: &[u8]) -> impl Iterator<Item = &'m str> {
    places.iter().filter_map(|at| model.comparisons.get(usize::from(*at))).map(|one| one.name.as_str())
}

#[cfg(test)]
#[path = "relate_tests.rs"]
mod tests;
