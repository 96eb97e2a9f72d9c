//! Why a pair weighs what it weighs, for people: no value of any record, only names of comparisons and bits.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::candidates::Candidates;
use super::columns::Row;
use super::compiled::Values;
use super::error::ModelError;
use super::model::Model;
use super::pair::Pair;
use super::scorer::{ComparisonWeight, PreparedRecord, Scorer, Sum, Weighed, frequency};
use super::weights;
use crate::text::{display_width, pad};

/// What a pair weighs, comparison by comparison.
///
/// Its text is a table of comparison, level, bits and the sum so far.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// What is said before anything is compared, in bits.
    pub prior_bits: f64,
    /// What each comparison says, in the model's order.
    pub lines: Vec<ExplanationLine>,
    /// What is taken off because the pair may be two people of one household, in bits; 0 or less.
    pub household_bits: f64,
    /// The whole, in bits.
    pub weight_bits: f64,
}

/// What one comparison says of a pair.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExplanationLine {
    /// The comparison's name.
    pub comparison: String,
    /// The level's name; nothing if no level's condition is true.
    pub level: Option<String>,
    /// What the level says, in bits.
    pub weight_bits: f64,
    /// What the rarity of the values adds, in bits.
    pub term_frequency_bits: f64,
    /// The sum so far, this line included, in bits.
    pub cumulative_bits: f64,
}

/// Why two records weigh what they weigh.
///
/// ```
/// use throughline::identity::linkage::{Model, Scorer, explain};
/// let model = Model::person();
/// let scorer = Scorer::new(&model)?;
/// let record = |name: &'static str| scorer.prepare(&move |field| (field == "given_name").then_some(name));
/// let explanation = explain(&scorer, &record("Sara"), &record("سارا"));
/// assert_eq!(explanation.lines[0].level.as_deref(), Some("same in another spelling"));
/// assert!(explanation.to_string().contains("given name"));
/// assert!(!explanation.to_string().contains("Sara"));
/// # Ok::<(), throughline::identity::linkage::ModelError>(())
/// ```
///
/// # Complexity
/// That of [`Scorer::weigh`].
#[must_use]
pub fn explain(scorer: &Scorer<'_>, left: &PreparedRecord, right: &PreparedRecord) -> Explanation {
    Explanation::new(scorer.model(), &scorer.weigh(left, right))
}

impl Explanation {
    /// Names the parts of what a pair weighs under this model.
    #[must_use]
    pub fn new(model: &Model, weighed: &Weighed) -> Self {
        let mut sum = Sum::new(weighed.prior_bits);
        let line = |(comparison, part): (&super::model::Comparison, &ComparisonWeight)| {
            sum.add(part.weight_bits, part.term_frequency_bits);
            let level = part.level.and_then(|level| comparison.levels.get(level));
            ExplanationLine {
                comparison: comparison.name.clone(),
                level: level.map(|level| level.name.clone()),
                weight_bits: part.weight_bits,
                term_frequency_bits: part.term_frequency_bits,
                cumulative_bits: sum.finish(0.0),
            }
        };
        Self {
            prior_bits: weighed.prior_bits,
            lines: model.comparisons.iter().zip(&weighed.comparisons).map(line).collect(),
            household_bits: weighed.household_bits,
            weight_bits: weighed.weight_bits,
        }
    }

    /// The probability that the two records are one person's, 0 to 1.
    #[must_use]
    pub fn probability(&self) -> f64 {
        weights::probability(self.weight_bits)
    }
}

/// The widest that a name is shown.
const WIDEST: usize = 44;

impl fmt::Display for Explanation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bits = |bits: f64| format!("{bits:+.2}");
        let mut rows: Vec<[String; 4]> = vec![
            ["comparison", "level", "bits", "sum"].map(str::to_owned),
            ["before looking".to_owned(), String::new(), bits(self.prior_bits), bits(self.prior_bits)],
        ];
        for line in &self.lines {
            let level = line.level.clone().unwrap_or_else(|| "no level fits".to_owned());
            let before = line.cumulative_bits - line.term_frequency_bits;
            rows.push([line.comparison.clone(), level, bits(line.weight_bits), bits(before)]);
            if line.term_frequency_bits != 0.0 {
                let rarity = if line.term_frequency_bits > 0.0 { "a rare value" } else { "a frequent value" };
                let (own, sum) = (bits(line.term_frequency_bits), bits(line.cumulative_bits));
                rows.push([String::new(), rarity.to_owned(), own, sum]);
            }
        }
        if self.household_bits != 0.0 {
            let what = "may be two people of one".to_owned();
            let (own, sum) = (bits(self.household_bits), bits(self.weight_bits));
            rows.push(["household".to_owned(), what, own, sum]);
        }
        let share = format!("probability {:.4}", self.probability());
        rows.push(["together".to_owned(), share, String::new(), bits(self.weight_bits)]);
        let mut widths = [0_usize; 4];
        for row in &rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(display_width(cell).min(WIDEST));
            }
        }
        for row in &rows {
            let mut line = String::new();
            for (place, (cell, width)) in row.iter().zip(widths).enumerate() {
                if place > 0 {
                    line.push_str("  ");
                }
                let used = display_width(cell).min(width);
                let room = " ".repeat(width - used);
                // Numbers stand at the right edge.
                line.push_str(&if place < 2 { pad(cell, used) + &room } else { room + &pad(cell, used) });
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

impl Candidates {
    /// What a pair of rows weighs, with its parts: also of a pair that is no candidate. The same, to the last bit, as
    /// [`Self::link`] and a [`Scorer`] say.
    ///
    /// # Errors
    /// The model does not fit together or is not the one that the pairs were compared with.
    ///
    /// # Complexity
    /// Linear in the model, its frequencies included: to look at a few pairs, not at all of them.
    pub fn weigh(&self, model: &Model, left: u32, right: u32) -> Result<Weighed, ModelError> {
        let scorer = Scorer::new(model)?;
        let (left, right) = (self.table.row(left.min(right)), self.table.row(left.max(right)));
        let frequency_of = |row: &Row<'_>, column: usize| {
            let counted = model.term_frequencies.get(&model.columns.get(column)?.name)?;
            frequency(counted, row.get(column)?)
        };
        let mut comparisons = Vec::with_capacity(scorer.comparisons().len());
        let mut pair = Pair::new(&left, &right);
        let added = scorer.add_up(
            |_, comparison| comparison.level(&mut pair),
            |adjustment| {
                let of = |row| frequency_of(row, adjustment.column);
                adjustment.of_frequencies(of(&left), of(&right))
            },
            |part| comparisons.push(part),
        );
        Ok(Weighed {
            prior_bits: scorer.prior_bits(),
            comparisons,
            household_bits: added.household_bits(),
            weight_bits: added.weight_bits(),
        })
    }

    /// Why a pair of rows weighs what it weighs.
    ///
    /// # Errors
    /// As [`Self::weigh`].
    ///
    /// # Complexity
    /// As [`Self::weigh`].
    pub fn explain(&self, model: &Model, left: u32, right: u32) -> Result<Explanation, ModelError> {
        Ok(Explanation::new(model, &self.weigh(model, left, right)?))
    }
}
