//! The columns of a model over a whole data set: each distinct value prepared once.

use std::sync::Arc;

use hashbrown::HashMap;

use super::compiled::Values;
use super::dataset::Dataset;
use super::model::{Column, TextUnit};
use super::person_name::{self, PersonName, Which};
use super::prepare::{Prepared, Transform, prepare};
use super::sources::Sources;
use crate::names::Name;

/// A column over all records.
pub(super) struct Interned {
    /// For each record one more than the place of its value; 0 for none.
    pub(super) cells: Vec<u32>,
    /// The distinct values.
    pub(super) values: Vec<Prepared>,
    /// How many records hold each.
    pub(super) counts: Vec<u32>,
}

impl Interned {
    /// A record's value.
    #[inline]
    pub(super) fn of(&self, row: u32) -> Option<&Prepared> {
        let cell = *self.cells.get(row as usize)?;
        self.values.get(cell.checked_sub(1)? as usize)
    }

    /// How many records hold any value.
    pub(super) fn filled(&self) -> u64 {
        self.counts.iter().map(|count| u64::from(*count)).sum()
    }
}

/// All columns of a model over one data set.
pub(super) struct Table {
    pub(super) rows: usize,
    /// In the model's order.
    pub(super) columns: Vec<Interned>,
    /// Which pairs are possible.
    pub(super) sources: Sources,
}

impl Table {
    /// A record as conditions see it.
    pub(super) const fn row(&self, row: u32) -> Row<'_> {
        Row { table: self, row }
    }
}

/// A record of a [`Table`].
pub(super) struct Row<'a> {
    table: &'a Table,
    row: u32,
}

impl Values for Row<'_> {
    fn get(&self, column: usize) -> Option<&Prepared> {
        self.table.columns.get(column)?.of(self.row)
    }
}

/// Makes a column. Each distinct combination of inputs is prepared once.
pub(super) fn make(dataset: &Dataset, column: &Column, unit: TextUnit) -> Interned {
    let which = match column.transform {
        Transform::GivenName => Some(Which::Given),
        Transform::FamilyName => Some(Which::Family),
        _ => None,
    };
    if let Some(which) = which {
        return names(dataset, column, which);
    }
    // Input fields in order; for a name each input is one field, the first that has a value.
    let inputs: Vec<Vec<usize>> = column.inputs.iter().map(|name| dataset.places(name)).collect();
    let (combinations, of_row) = combinations(dataset, &inputs);
    let prepared = prepare_all(dataset, column, unit, &inputs, &combinations);
    // Different combinations may give one value.
    let mut known: HashMap<String, u32> = HashMap::new();
    let mut values = Vec::new();
    let number: Vec<u32> = prepared
        .into_iter()
        .map(|value| {
            let Some((key, value)) = value else { return 0 };
            *known.entry(key).or_insert_with(|| {
                values.push(value);
                u32::try_from(values.len()).unwrap_or(0)
            })
        })
        .collect();
    let mut counts = vec![0_u32; values.len()];
    let cells: Vec<u32> = of_row
        .into_iter()
        .map(|combination| {
            let cell = number.get(combination as usize).copied().unwrap_or(0);
            if let Some(count) = cell.checked_sub(1).and_then(|at| counts.get_mut(at as usize)) {
                *count += 1;
            }
            cell
        })
        .collect();
    Interned { cells, values, counts }
}

/// A column of given or family names: each distinct text of each field is parsed once.
fn names(dataset: &Dataset, column: &Column, which: Which) -> Interned {
    let fields: Vec<Vec<usize>> = column.inputs.iter().take(3).map(|name| dataset.places(name)).collect();
    /// The names of one field's texts, and how many parts of each stand before a comma.
    struct Parsed<'a> {
        cells: &'a [u32],
        names: Vec<Option<Name>>,
        before_comma: Vec<Option<usize>>,
    }
    let parse = |field: &usize, full: bool| {
        let (cells, many) = dataset.cells(*field);
        let numbers: Vec<u32> = (0..u32::try_from(many).unwrap_or(u32::MAX)).collect();
        let one = |number: &u32| Name::parse(dataset.text(*field, *number));
        #[cfg(feature = "parallel")]
        let names = {
            use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
            numbers.par_iter().map(one).collect()
        };
        #[cfg(not(feature = "parallel"))]
        let names = numbers.iter().map(one).collect();
        let before_comma = if full {
            numbers.iter().map(|number| person_name::before_comma(dataset.text(*field, *number))).collect()
        } else {
            Vec::new()
        };
        Parsed { cells, names, before_comma }
    };
    let parsed: Vec<Vec<Parsed<'_>>> = (0..)
        .zip(&fields)
        .map(|(at, fields)| fields.iter().map(|field| parse(field, at == 2)).collect())
        .collect();
    // Of several fields with one name the first that has a text.
    let of = |input: usize, row: usize| -> Option<(usize, u32)> {
        let fields = parsed.get(input)?;
        let cell = |field: &Parsed<'_>| field.cells.get(row).copied().filter(|cell| *cell != 0);
        (0..).zip(fields).find_map(|(at, field)| Some((at, cell(field)?)))
    };
    let mut known: HashMap<(usize, usize, u32, usize, usize), u32> = HashMap::new();
    let mut keys: HashMap<Box<str>, u32> = HashMap::new();
    let mut found =
        Interned { cells: Vec::with_capacity(dataset.len()), values: Vec::new(), counts: Vec::new() };
    for row in 0..dataset.len() {
        let mut parts = [0; 3];
        let mut before = None;
        for (input, parts) in parts.iter_mut().enumerate() {
            let Some((at, cell)) = of(input, row) else { continue };
            let Some(field) = parsed.get(input).and_then(|fields| fields.get(at)) else { continue };
            *parts =
                field.names.get(cell as usize).and_then(Option::as_ref).map_or(0, |name| name.tokens().len());
            before = field.before_comma.get(cell as usize).copied().flatten();
        }
        let place = person_name::find(which, parts, before).and_then(|(input, range)| {
            let (at, cell) = of(input, row)?;
            let place = (input, at, cell, range.start, range.end);
            if let Some(known) = known.get(&place) {
                return Some(*known);
            }
            let name = parsed.get(input)?.get(at)?.names.get(cell as usize)?.as_ref()?;
            let name = PersonName::part(name, range)?;
            let number = *keys.entry(name.identity().into()).or_insert_with(|| {
                found.values.push(Prepared::Name(Arc::new(name)));
                found.counts.push(0);
                u32::try_from(found.values.len()).unwrap_or(0)
            });
            known.insert(place, number);
            Some(number)
        });
        let cell = place.unwrap_or(0);
        if let Some(count) = cell.checked_sub(1).and_then(|at| found.counts.get_mut(at as usize)) {
            *count += 1;
        }
        found.cells.push(cell);
    }
    found
}

/// The distinct combinations of input values, and which each record has. A combination names for each field its value.
fn combinations(dataset: &Dataset, inputs: &[Vec<usize>]) -> (Vec<Vec<u32>>, Vec<u32>) {
    let fields: Vec<usize> = inputs.iter().flatten().copied().collect();
    if let [field] = *fields {
        let (cells, many) = dataset.cells(field);
        let all = u32::try_from(many).unwrap_or(u32::MAX);
        return ((0..all).map(|number| vec![number]).collect(), cells.to_vec());
    }
    let columns: Vec<&[u32]> = fields.iter().map(|field| dataset.cells(*field).0).collect();
    // Fold the columns one after another: the number of the combination so far with the next value.
    let mut combinations: Vec<Vec<u32>> = vec![Vec::new()];
    let mut of_row = vec![0_u32; dataset.len()];
    for cells in columns {
        let mut known: HashMap<(u32, u32), u32> = HashMap::new();
        let mut next: Vec<Vec<u32>> = Vec::new();
        for (of, cell) in of_row.iter_mut().zip(cells) {
            *of = *known.entry((*of, *cell)).or_insert_with(|| {
                let mut longer = combinations.get(*of as usize).cloned().unwrap_or_default();
                longer.push(*cell);
                next.push(longer);
                u32::try_from(next.len() - 1).unwrap_or(u32::MAX)
            });
        }
        combinations = next;
    }
    (combinations, of_row)
}

fn prepare_all(
    dataset: &Dataset,
    column: &Column,
    unit: TextUnit,
    inputs: &[Vec<usize>],
    combinations: &[Vec<u32>],
) -> Vec<Option<(String, Prepared)>> {
    let one = |combination: &Vec<u32>| {
        let mut numbers = combination.iter();
        let mut texts: Vec<Option<&str>> = Vec::with_capacity(inputs.len());
        for fields in inputs {
            // Of several fields with one name the first that has a value.
            let found =
                fields.iter().zip(numbers.by_ref()).map(|(field, number)| dataset.text(*field, *number));
            let found: Vec<&str> = found.collect();
            texts.push(found.into_iter().find(|text| !text.is_empty()));
        }
        let value = prepare(column.transform, &texts, unit)?;
        Some((value.identity().into_owned(), value))
    };
    #[cfg(feature = "parallel")]
    {
        use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
        combinations.par_iter().map(one).collect()
    }
    #[cfg(not(feature = "parallel"))]
    combinations.iter().map(one).collect()
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
