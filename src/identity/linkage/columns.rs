//! The columns of a model over a whole data set: each distinct value prepared once.

use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::address::{Address, Sounds};
use super::combinations::Combinations;
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

/// Distinct values, numbered from one in the order in which they come.
#[derive(Default)]
struct Numbered {
    values: Vec<Prepared>,
    table: HashTable<u32>,
}

impl Numbered {
    /// The number of a value, of which `hash` is the [`Prepared::identity_hash`].
    fn number(&mut self, hash: u64, value: Prepared, hasher: &DefaultHashBuilder) -> u32 {
        let Self { values, table } = self;
        let at = |number: u32| values.get(number.checked_sub(1)? as usize);
        let is_it = |number: &u32| at(*number).is_some_and(|known| known.is_identical(&value));
        if let Some(known) = table.find(hash, is_it) {
            return *known;
        }
        let number = u32::try_from(values.len() + 1).unwrap_or(0);
        let rehash = |number: &u32| at(*number).map_or(0, |known| known.identity_hash(hasher));
        table.insert_unique(hash, number, rehash);
        values.push(value);
        number
    }

    /// The column in which each record has the value of this number.
    fn column(self, cells: Vec<u32>) -> Interned {
        let mut counts = vec![0_u32; self.values.len()];
        for cell in &cells {
            if let Some(count) = cell.checked_sub(1).and_then(|at| counts.get_mut(at as usize)) {
                *count += 1;
            }
        }
        Interned { cells, values: self.values, counts }
    }
}

/// The names of the texts of those fields that were asked for: given and family names look at the same ones.
#[derive(Default)]
pub(super) struct NameTexts(HashMap<usize, Vec<Option<Name>>>);

impl NameTexts {
    fn parse(&mut self, dataset: &Dataset, field: usize) {
        self.0.entry(field).or_insert_with(|| {
            let (_, many) = dataset.cells(field);
            let numbers: Vec<u32> = (0..u32::try_from(many).unwrap_or(u32::MAX)).collect();
            let one = |number: &u32| Name::parse(dataset.text(field, *number));
            #[cfg(feature = "parallel")]
            {
                use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
                numbers.par_iter().map(one).collect()
            }
            #[cfg(not(feature = "parallel"))]
            numbers.iter().map(one).collect()
        });
    }

    /// A field whose texts are parsed.
    fn of<'a>(&'a self, dataset: &'a Dataset, field: usize) -> Named<'a> {
        Named { field, cells: dataset.cells(field).0, names: self.0.get(&field).map_or(&[], Vec::as_slice) }
    }
}

/// A field with the names of its texts.
#[derive(Clone, Copy)]
struct Named<'a> {
    field: usize,
    cells: &'a [u32],
    names: &'a [Option<Name>],
}

impl<'a> Named<'a> {
    fn name(self, cell: u32) -> Option<&'a Name> {
        self.names.get(cell as usize)?.as_ref()
    }
}

/// Makes a column. Each distinct combination of inputs is prepared once, and each text of a name once for all columns
/// of names that are made one after another.
pub(super) fn make(dataset: &Dataset, column: &Column, unit: TextUnit, texts: &mut NameTexts) -> Interned {
    let which = match column.transform {
        Transform::GivenName => Which::Given,
        Transform::FamilyName => Which::Family,
        _ => {
            texts.0 = HashMap::new();
            return others(dataset, column, unit);
        }
    };
    names(dataset, column, which, texts)
}

/// A column of anything but given or family names.
fn others(dataset: &Dataset, column: &Column, unit: TextUnit) -> Interned {
    // Input fields in order; of several fields with one name the first that has a value.
    let inputs: Vec<Vec<usize>> = column.inputs.iter().map(|name| dataset.places(name)).collect();
    let combinations = Combinations::new(dataset, inputs.iter().flatten().copied());
    let hasher = DefaultHashBuilder::default();
    // Different combinations may give one value.
    let mut numbered = Numbered::default();
    let mut numbers: Vec<u32> = Vec::with_capacity(combinations.len());
    for range in combinations.ranges() {
        let prepared = prepare_all(dataset, column, unit, &inputs, &combinations, range, &hasher);
        let number = |found| match found {
            Some((hash, value)) => numbered.number(hash, value, &hasher),
            None => 0,
        };
        numbers.extend(prepared.into_iter().map(number));
    }
    let cell = |combination: &u32| numbers.get(*combination as usize).copied().unwrap_or(0);
    numbered.column(combinations.of_row.iter().map(cell).collect())
}

/// A column of given or family names.
fn names(dataset: &Dataset, column: &Column, which: Which, texts: &mut NameTexts) -> Interned {
    let fields: Vec<Vec<usize>> = column.inputs.iter().take(3).map(|name| dataset.places(name)).collect();
    fields.iter().flatten().for_each(|field| texts.parse(dataset, *field));
    let texts = &*texts;
    let fields: Vec<Vec<Named<'_>>> =
        fields.iter().map(|fields| fields.iter().map(|field| texts.of(dataset, *field)).collect()).collect();
    // Of several fields with one name the first that has a text.
    let of = |input: usize, row: usize| -> Option<(Named<'_>, u32)> {
        let cell = |field: &Named<'_>| field.cells.get(row).copied().filter(|cell| *cell != 0);
        fields.get(input)?.iter().find_map(|field| Some((*field, cell(field)?)))
    };
    let hasher = DefaultHashBuilder::default();
    let mut numbered = Numbered::default();
    // By input, field and text, and from which part to which.
    let mut known: HashMap<(usize, u32, u8, u8), u32> = HashMap::new();
    let one = |row: usize| {
        let found = [0, 1, 2].map(|input| of(input, row));
        let parts = found.map(|found| {
            found.and_then(|(field, cell)| field.name(cell)).map_or(0, |name| name.tokens().len())
        });
        let before =
            || found[2].and_then(|(field, cell)| person_name::before_comma(dataset.text(field.field, cell)));
        let (input, range) = person_name::find(which, parts, before)?;
        let (field, cell) = found.get(input).copied().flatten()?;
        let part = |at: usize| u8::try_from(at).ok();
        let place = (field.field, cell, part(range.start)?, part(range.end)?);
        if let Some(known) = known.get(&place) {
            return Some(*known);
        }
        let value = Prepared::Name(PersonName::part(field.name(cell)?, range)?);
        let number = numbered.number(value.identity_hash(&hasher), value, &hasher);
        known.insert(place, number);
        Some(number)
    };
    let cells = (0..dataset.len()).map(one).map(Option::unwrap_or_default).collect();
    numbered.column(cells)
}

/// The values of these combinations, each with the hash of its identity.
fn prepare_all(
    dataset: &Dataset,
    column: &Column,
    unit: TextUnit,
    inputs: &[Vec<usize>],
    combinations: &Combinations<'_>,
    range: Range<usize>,
    hasher: &DefaultHashBuilder,
) -> Vec<Option<(u64, Prepared)>> {
    let one = |sounds: &mut Sounds, combination: usize| {
        let mut numbers = combinations.get(combination).iter();
        let texts = inputs.iter().map(|fields| {
            let mut text = None;
            for (field, number) in fields.iter().zip(numbers.by_ref()) {
                text = text.or_else(|| Some(dataset.text(*field, *number)).filter(|text| !text.is_empty()));
            }
            text
        });
        let texts: Vec<Option<&str>> = texts.collect();
        let value = match column.transform {
            Transform::Address => Address::parse_with(&texts, sounds).map(Prepared::Address),
            transform => prepare(transform, &texts, unit),
        }?;
        Some((value.identity_hash(hasher), value))
    };
    #[cfg(feature = "parallel")]
    {
        use rayon::iter::{IntoParallelIterator, ParallelIterator};
        range.into_par_iter().map_init(Sounds::default, one).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        let mut sounds = Sounds::default();
        range.map(|combination| one(&mut sounds, combination)).collect()
    }
}

#[cfg(test)]
#[path = "columns_tests.rs"]
mod tests;
