//! Whether a model can be used at all.

use std::collections::BTreeSet;

use super::compiled::find;
use super::error::{ModelError, ModelErrorKind};
use super::model::{Comparison, Model};

/// Checks everything but the conditions, which are checked where they are compiled.
pub(crate) fn validate(model: &Model) -> Result<(), ModelError> {
    let mut names = BTreeSet::new();
    for column in &model.columns {
        if !names.insert(&column.name) {
            return Err(ModelError::new(ModelErrorKind::DuplicateName, &column.name));
        }
    }
    probability(model.prior, "prior")?;
    probability(model.household_prior, "household_prior")?;
    probability(model.prior + model.household_prior, "household_prior")?;
    let mut names = BTreeSet::new();
    for one in &model.comparisons {
        if !names.insert(&one.name) {
            return Err(ModelError::new(ModelErrorKind::DuplicateName, &one.name));
        }
        comparison(model, one)?;
    }
    for part in model.blocking.iter().flat_map(|rule| rule.parts.iter().chain(&rule.split)) {
        find(&model.columns, &part.column)?;
    }
    for (column, frequencies) in &model.term_frequencies {
        find(&model.columns, column)?;
        if frequencies.counts.values().any(|&count| u64::from(count) > frequencies.records) {
            return Err(ModelError::new(ModelErrorKind::Probability, column));
        }
    }
    Ok(())
}

/// Whether training and linking can hold it: at most 32 comparisons of at most 15 levels. One pair can be weighed by
/// more.
pub(crate) fn fits_training(model: &Model) -> Result<(), ModelError> {
    if model.comparisons.len() > 32 {
        return Err(ModelError::new(ModelErrorKind::TooMany, "comparisons"));
    }
    match model.comparisons.iter().find(|comparison| comparison.levels.len() > 15) {
        Some(comparison) => Err(ModelError::new(ModelErrorKind::TooMany, &comparison.name)),
        None => Ok(()),
    }
}

fn comparison(model: &Model, comparison: &Comparison) -> Result<(), ModelError> {
    if comparison.levels.iter().all(|level| level.null) {
        return Err(ModelError::new(ModelErrorKind::NoLevels, &comparison.name));
    }
    for level in &comparison.levels {
        for one in [level.m, level.u, level.household].into_iter().flatten() {
            probability(one, &comparison.name)?;
        }
        if let Some(adjustment) = &level.term_frequency {
            find(&model.columns, &adjustment.column)?;
            probability(adjustment.minimum, &comparison.name)?;
            if !adjustment.weight.is_finite() {
                return Err(ModelError::new(ModelErrorKind::Number, &comparison.name));
            }
        }
    }
    Ok(())
}

fn probability(number: f64, what: &str) -> Result<(), ModelError> {
    if (0.0..=1.0).contains(&number) {
        return Ok(());
    }
    Err(ModelError::new(ModelErrorKind::Probability, what))
}
