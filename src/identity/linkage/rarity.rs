//! How rare the values of a data set are, looked up once for each value and counted in bits once for each frequency.

use hashbrown::HashMap;

use super::columns::{Interned, Table};
use super::model::{Model, TermFrequencies, TermKey};
use super::scorer::{CompiledAdjustment, CompiledComparison};
use super::weights;

/// What the rarity of the values of a pair of rows adds: bit for bit what [`CompiledAdjustment`] says of them.
pub(super) struct Rarity<'a> {
    /// By column: for each value the number of its frequency, where an adjustment asks for it.
    columns: Vec<Option<Frequencies>>,
    /// By the number of the adjustment.
    adjustments: Vec<Counted>,
    table: &'a Table,
}

/// How frequent the values of a column are.
struct Frequencies {
    /// By value the place among the different ones.
    of_value: Vec<u32>,
    /// The different ones.
    different: Vec<f64>,
}

/// An adjustment's column with each of its frequencies in bits; NaN for those that do not count.
struct Counted {
    column: usize,
    bits: Vec<f64>,
}

impl<'a> Rarity<'a> {
    pub(super) fn new(model: &Model, comparisons: &[CompiledComparison], table: &'a Table) -> Self {
        let mut columns: Vec<Option<Frequencies>> = model.columns.iter().map(|_| None).collect();
        let levels = comparisons.iter().flat_map(|comparison| &comparison.levels);
        let mut adjustments = Vec::new();
        // In the order in which the scorer has numbered them.
        for adjustment in levels.filter_map(|level| level.term_frequency.as_ref()) {
            let column = adjustment.column;
            let (own, values) = (columns.get_mut(column), table.columns.get(column));
            let counted = model.columns.get(column).and_then(|own| model.term_frequencies.get(&own.name));
            let mut bits = Vec::new();
            if let (Some(own), Some(values), Some(counted)) = (own, values, counted) {
                let own = own.get_or_insert_with(|| Frequencies::new(values, counted));
                let of = |frequency| adjustment.frequency_bits(frequency).unwrap_or(f64::NAN);
                bits = own.different.iter().copied().map(of).collect();
            }
            adjustments.push(Counted { column, bits });
        }
        Self { columns, adjustments, table }
    }

    /// What the rarity of the values of two rows adds, in bits.
    pub(super) fn bits(&self, adjustment: &CompiledAdjustment, left: u32, right: u32) -> f64 {
        let Some(counted) = self.adjustments.get(adjustment.number) else { return 0.0 };
        let values = self.columns.get(counted.column).and_then(Option::as_ref);
        let column: Option<&Interned> = self.table.columns.get(counted.column);
        let of = |row: u32| {
            let cell = column?.cells.get(row as usize)?.checked_sub(1)?;
            let number = values?.of_value.get(cell as usize)?;
            counted.bits.get(*number as usize).copied().filter(|bits| !bits.is_nan())
        };
        weights::rarity_weight(adjustment.exact_u_bits, adjustment.weight, of(left), of(right))
    }
}

impl Frequencies {
    fn new(values: &Interned, counted: &TermFrequencies) -> Self {
        let known: HashMap<TermKey, u32> =
            counted.counts.iter().map(|(term, count)| (*term, *count)).collect();
        let mut numbers: HashMap<u32, u32> = HashMap::new();
        let mut different = Vec::new();
        let mut number = |count: u32| {
            *numbers.entry(count).or_insert_with(|| {
                different.push(counted.frequency(count).unwrap_or(f64::NAN));
                u32::try_from(different.len() - 1).unwrap_or(u32::MAX)
            })
        };
        let of_value = values.values.iter().map(|value| {
            let term = TermKey::of(&value.term());
            number(known.get(&term).copied().unwrap_or(TermFrequencies::NOT_COUNTED))
        });
        Self { of_value: of_value.collect(), different }
    }
}
