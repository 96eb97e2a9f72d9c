//! A model for data too small, or too odd, to learn from: its own figures, as far as the data lets them stand.

use hashbrown::HashSet;

use super::candidates::Candidates;
use super::columns::{Interned, Table};
use super::compiled::find;
use super::condition::Condition;
use super::key;
use super::model::{
    Comparison, KeyForm, KeyPart, Level, Model, TermFrequencies, TermFrequencyAdjustment, TermKey,
};
use super::weights;

/// What so many people share may be a household's: it says as much as what one person has alone.
const HOUSEHOLD: usize = 4;

/// Between whom values are shared: the first letter of a given name tells people apart, whatever the language.
const PEOPLE_BY: &str = "given";

impl Candidates {
    /// The model untrained, for data that training cannot learn from: weights from the figures that the model came with,
    /// or the defaults where there are none.
    ///
    /// Only what is no matter of chance is taken from the data: a value that more than a household shares, as a column
    /// that is constant or filled with one value by half, counts as frequent as it is. Two people of one household are
    /// taken for as likely as two records of one person, where the model does not know better.
    ///
    /// # Complexity
    /// O(c n log n) for c comparisons and n records.
    #[must_use]
    pub fn untrained(&self) -> Model {
        let mut model = self.model.clone();
        if model.household_prior <= 0.0 {
            model.household_prior = model.prior.min(1.0 - model.prior);
        }
        for comparison in &mut model.comparisons {
            let defaults = weights::filled(&comparison.levels);
            let speaking = comparison.levels.iter_mut().filter(|level| !level.null);
            for (level, (m, u)) in speaking.zip(defaults) {
                (level.m, level.u) = (Some(m), Some(u));
            }
            adjust(comparison);
        }
        let mut tables = std::mem::take(&mut model.term_frequencies);
        for adjustment in
            model.comparisons.iter().flat_map(|one| &one.levels).filter_map(|l| l.term_frequency.as_ref())
        {
            let column =
                find(&model.columns, &adjustment.column).ok().and_then(|at| self.table.columns.get(at));
            if let Some(values) = column.filter(|_| !tables.contains_key(&adjustment.column)) {
                let counted = frequent(&model, &self.table, values, adjustment);
                tables.insert(adjustment.column.clone(), counted);
            }
        }
        model.term_frequencies = tables;
        model
    }
}

/// The column whose value both sides share when they are of the best level.
fn main_column(comparison: &Comparison) -> Option<String> {
    let best = comparison.levels.iter().find(|level| !level.null)?;
    if let Some(column) = best.condition.exact_column() {
        return Some(column.to_owned());
    }
    let mut columns = Vec::new();
    if let Condition::Agreement { .. } = best.condition {
        best.condition.columns(&mut columns);
    }
    columns.first().map(|column| (*column).to_owned())
}

/// Lets the best level follow how frequent the value is, and no value count as rarer than the model expects.
fn adjust(comparison: &mut Comparison) {
    let column = main_column(comparison);
    let exact = comparison.levels.iter().find(|level| !level.null).and_then(|level| level.u).unwrap_or(0.0);
    let mut speaking = comparison.levels.iter_mut().filter(|level| !level.null);
    if let (Some(Level { m: Some(m), u: Some(u), term_frequency, .. }), Some(column)) =
        (speaking.next(), column)
        && m > u
        && term_frequency.is_none()
    {
        *term_frequency =
            Some(TermFrequencyAdjustment { column, weight: 1.0, minimum: 0.0, people_by: None, own_u: true });
    }
    for level in &mut comparison.levels {
        let own = level.u.unwrap_or(exact);
        if let Some(adjustment) = &mut level.term_frequency {
            adjustment.minimum = adjustment.minimum.max(if adjustment.own_u { own } else { exact });
        }
    }
}

/// The values that more than a household shares, with as many records as hold them: all others are held once, and that
/// is no more frequent than the model expects.
fn frequent(
    model: &Model,
    table: &Table,
    values: &Interned,
    adjustment: &TermFrequencyAdjustment,
) -> TermFrequencies {
    let people = people(model, table, values, adjustment);
    let filled = values.filled();
    // As if there were as many records as make one of them as rare as expected.
    let least = 1.0 / adjustment.minimum.max(1e-9);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "at most 1e9")]
    let times = (least.ceil() as u64).div_ceil(filled.max(1)).max(1);
    let mut counts = std::collections::BTreeMap::new();
    for ((value, held), people) in values.values.iter().zip(&values.counts).zip(people) {
        if people > HOUSEHOLD {
            let all = u64::from(*held).saturating_mul(times);
            let count: &mut u32 = counts.entry(TermKey::of(&value.term())).or_default();
            *count = count.saturating_add(u32::try_from(all).unwrap_or(u32::MAX));
        }
    }
    TermFrequencies { records: filled.saturating_mul(times), counts }
}

/// How many people seem to share each value; of names, and where no record tells one, how many records.
fn people(
    model: &Model,
    table: &Table,
    values: &Interned,
    adjustment: &TermFrequencyAdjustment,
) -> Vec<usize> {
    let initial = KeyPart::new(PEOPLE_BY, KeyForm::Initial);
    let part = adjustment.people_by.as_ref().unwrap_or(&initial);
    let is_name = ["given", "family"].contains(&&*adjustment.column);
    let names = find(&model.columns, &part.column).ok().and_then(|at| table.columns.get(at));
    let Some(names) = names.filter(|names| !is_name && !names.values.is_empty()) else {
        return values.counts.iter().map(|count| *count as usize).collect();
    };
    let of_name: Vec<u64> = names.values.iter().map(|name| key::number(Some(name), part.form, 0)).collect();
    let mut seen: HashSet<(u32, u64)> = HashSet::new();
    let mut people = vec![0; values.values.len()];
    for (value, name) in values.cells.iter().zip(&names.cells) {
        let Some(value) = value.checked_sub(1) else { continue };
        let name = name.checked_sub(1).and_then(|at| of_name.get(at as usize)).copied().unwrap_or(0);
        if let Some(people) =
            people.get_mut(value as usize).filter(|_| name != 0 && seen.insert((value, name)))
        {
            *people += 1;
        }
    }
    people
}
