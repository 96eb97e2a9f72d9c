//! What the model has learned, as the report shows it.

use throughline::identity::linkage::{BlockingRule, Explanation, KeyForm, KeyPart, Model, RuleCount};

use super::cluster::Pair;
use crate::report::{Bin, ComparisonRow, Facts, LevelRow, RuleRow, Waterfall, WaterfallStep};

/// The weight of each level of each comparison.
pub(super) fn of_model(model: &Model) -> Facts {
    let comparisons = model
        .comparisons
        .iter()
        .map(|comparison| ComparisonRow {
            name: comparison.name.clone(),
            levels: comparison
                .levels
                .iter()
                .filter(|level| !level.null)
                .filter_map(|level| {
                    let (m, u) = (level.m?, level.u?);
                    let bits = (m.max(1e-300) / u.max(1e-300)).log2();
                    Some(LevelRow { label: level.name.clone(), bits, m, u, household: level.household })
                })
                .collect(),
        })
        .collect();
    let unrelated = 1.0 - model.prior - model.household_prior;
    let prior_bits = (model.prior.max(1e-300) / unrelated.max(1e-300)).log2();
    Facts { prior_bits, comparisons, ..Facts::default() }
}

/// The link that is nearest above the threshold; of equal ones the first.
pub(super) fn nearest(pairs: &[Pair], threshold_bits: f64) -> Option<(u32, u32)> {
    let links = pairs.iter().filter(|pair| pair.2 >= threshold_bits);
    links.min_by(|a, b| a.2.total_cmp(&b.2)).map(|(left, right, _)| (*left, *right))
}

/// How the weight of a pair adds up.
pub(super) fn waterfall(explanation: Explanation, model: &Model, asked: bool) -> Waterfall {
    let mut steps = Vec::new();
    for line in explanation.lines {
        let level = line.level.unwrap_or_else(|| "no level fits".to_owned());
        let step = |level: String, bits| WaterfallStep { comparison: line.comparison.clone(), level, bits };
        if line.term_frequency_bits != 0.0 {
            let rare = if line.term_frequency_bits > 0.0 { "a rare value" } else { "a frequent value" };
            steps.push(step(level, line.weight_bits));
            steps.push(step(rare.to_owned(), line.term_frequency_bits));
        } else {
            steps.push(step(level, line.weight_bits));
        }
    }
    if model.household_prior > 0.0 {
        steps.push(WaterfallStep {
            comparison: "household".to_owned(),
            level: "may be two people of one".to_owned(),
            bits: explanation.household_bits,
        });
    }
    let pair =
        if asked { "The pair that was asked for" } else { "The link that is nearest above the threshold" };
    Waterfall { pair: pair.to_owned(), prior_bits: explanation.prior_bits, steps }
}

/// Pairs by whole bits.
pub(super) fn histogram(counts: &[u64]) -> Vec<Bin> {
    let bins = (-40_i32..).zip(counts);
    let bins =
        bins.map(|(from, pairs)| Bin { from: f64::from(from), to: f64::from(from + 1), pairs: *pairs });
    let bins: Vec<Bin> = bins.collect();
    let full = |bin: &Bin| bin.pairs > 0;
    match (bins.iter().position(full), bins.iter().rposition(full)) {
        (Some(first), Some(last)) => bins.get(first..=last).unwrap_or_default().to_vec(),
        _ => Vec::new(),
    }
}

/// What each blocking rule that finds pairs adds.
pub(super) fn rules(counts: &[RuleCount]) -> Vec<RuleRow> {
    let found = counts.iter().filter(|count| count.pairs > 0);
    let row = |count: &RuleCount| RuleRow {
        name: if count.used {
            rule_name(&count.rule)
        } else {
            format!("{} (too many, not used)", rule_name(&count.rule))
        },
        pairs: count.pairs,
        new_pairs: count.new_pairs,
        largest_block: count.largest_block.into(),
        held_back: count.records_in_large_blocks,
    };
    found.map(row).collect()
}

fn rule_name(rule: &BlockingRule) -> String {
    let parts: Vec<String> = rule.parts.iter().map(part_name).collect();
    parts.join(", ")
}

fn part_name(part: &KeyPart) -> String {
    let column = part.column.replace('_', " ");
    match part.form {
        KeyForm::Whole => column,
        KeyForm::Prefix(length) => format!("first {length} of {column}"),
        KeyForm::Suffix(length) => format!("last {length} of {column}"),
        KeyForm::Sound => format!("sound of {column}"),
        KeyForm::Initial => format!("initial of {column}"),
        KeyForm::Year => format!("year of {column}"),
        KeyForm::MonthDay => format!("month and day of {column}"),
        KeyForm::Numbers => format!("numbers of {column}"),
        KeyForm::Place => format!("place of {column}"),
        KeyForm::Local => format!("{column} before the @"),
    }
}
