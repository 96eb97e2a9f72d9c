//! What very many records share: a placeholder, the number of the shop. It names nobody.

use super::columns::{Interned, Table};
use super::compiled::find;
use super::condition::Condition;
use super::matcher::{Levels, level_of};
use super::model::{BlockingRule, Model};

/// Whether so many records share a value that it names nobody.
pub(super) const fn is_hub(count: u32) -> bool {
    count > BlockingRule::default_max_block()
}

/// Telephones, cards and the like that more records share than a block may have.
pub(super) struct Hubs<'a> {
    /// For each comparison of such a column: its place, which levels agree, and the column.
    columns: Vec<(usize, Vec<bool>, &'a Interned)>,
}

impl<'a> Hubs<'a> {
    pub(super) fn new(model: &Model, table: &'a Table) -> Self {
        let mut columns = Vec::new();
        for (at, comparison) in model.comparisons.iter().enumerate() {
            let counted = comparison.levels.iter().filter_map(|level| level.term_frequency.as_ref());
            let Some(column) =
                counted.filter(|found| found.people_by.is_some()).map(|found| &found.column).next()
            else {
                continue;
            };
            let values = find(&model.columns, column).ok().and_then(|at| table.columns.get(at));
            let agree =
                comparison.levels.iter().map(|level| !level.null && level.condition != Condition::Else);
            // What fills a quarter of the file is weighed as it is: without those pairs nothing would be left to learn from.
            let fills = |count: u32| count as usize * 4 > table.rows;
            let some = |values: &&Interned| {
                values.counts.iter().any(|count| is_hub(*count))
                    && !values.counts.iter().any(|count| fills(*count))
            };
            if let Some(values) = values.filter(some) {
                columns.push((at, agree.collect(), values));
            }
        }
        Self { columns }
    }

    fn agreeing(&self, levels: Levels) -> impl Iterator<Item = &'a Interned> {
        let agrees = move |(at, agree, _): &&(usize, Vec<bool>, &'a Interned)| {
            agree.get(usize::from(level_of(levels, *at))).copied().unwrap_or(false)
        };
        self.columns.iter().filter(agrees).map(|(_, _, values)| *values)
    }

    /// Whether pairs of such levels may agree on one.
    pub(super) fn may_be(&self, levels: Levels) -> bool {
        self.agreeing(levels).next().is_some()
    }

    /// Whether a pair of such levels agrees on one, exactly or nearly.
    pub(super) fn joins(&self, levels: Levels, left: u32, right: u32) -> bool {
        let held = |values: &Interned, row: u32| {
            let cell = values.cells.get(row as usize)?.checked_sub(1)?;
            values.counts.get(cell as usize).copied()
        };
        self.agreeing(levels)
            .any(|values| [left, right].iter().any(|row| held(values, *row).is_some_and(is_hub)))
    }
}
