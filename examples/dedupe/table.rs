//! A table of texts in memory: every distinct value of a column is kept once, a cell is a number.
//!
//! No input or output here: rows come in by [`Table::push_row`]. What is to be compared goes straight into the [`Dataset`]
//! that the matching takes, so nothing is held twice; the other columns are kept here. A million records of twelve columns
//! take four bytes per cell and each distinct text once; the indexes that find a text again while rows come in are dropped
//! by [`Table::finish`].

use std::fmt;
use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};
use throughline::identity::linkage::Dataset;

/// The number of the empty text in every column: the value is missing.
pub(crate) const MISSING: u32 = 0;

/// Why a row was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Full {
    /// The row does not have as many values as there are columns.
    Width {
        /// Columns of the table.
        expected: usize,
        /// Values of the row.
        found: usize,
    },
    /// A column's distinct texts are longer than four gigabytes together, or there are more than four thousand million
    /// of them.
    Room {
        /// The place of the column.
        column: usize,
    },
    /// What is compared is longer than four gigabytes in one column, or there are more than four thousand million
    /// records.
    Data,
}

impl fmt::Display for Full {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Width { expected, found } => write!(out, "a row of {found} values for {expected} columns"),
            Self::Room { column } => {
                write!(out, "column {} holds more than 4 GiB of different texts", column + 1)
            }
            Self::Data => {
                out.write_str("more records, or more different texts in one column, than there is room for")
            }
        }
    }
}

/// Texts one behind the other, each known by its number.
#[derive(Clone, Default)]
struct Arena {
    text: String,
    /// Where each text ends.
    ends: Vec<u32>,
}

impl Arena {
    fn get(&self, number: u32) -> &str {
        let place = number as usize;
        let start = place.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied());
        let span = start.zip(self.ends.get(place).copied());
        span.and_then(|(start, end)| self.text.get(start as usize..end as usize)).unwrap_or("")
    }

    /// The new text's number; `None` if there is no room.
    fn push(&mut self, text: &str) -> Option<u32> {
        let number = u32::try_from(self.ends.len()).ok()?;
        let end = u32::try_from(self.text.len().checked_add(text.len())?).ok()?;
        self.text.push_str(text);
        self.ends.push(end);
        Some(number)
    }

    fn len(&self) -> usize {
        self.ends.len()
    }
}

/// Finds a text's number. The upper half of an entry is the text's hash, so that growing looks at no text and a
/// look-up at hardly any but the right one.
#[derive(Clone, Default)]
struct Index {
    entries: HashTable<u64>,
    hasher: DefaultHashBuilder,
}

impl Index {
    /// The text's number, and whether it is new.
    fn intern(&mut self, arena: &mut Arena, text: &str) -> Option<(u32, bool)> {
        let hash = self.hash(text);
        let found =
            self.entries.find(spread(hash), |entry| entry >> 32 == hash && arena.get(low(*entry)) == text);
        if let Some(entry) = found {
            return Some((low(*entry), false));
        }
        let number = arena.push(text)?;
        self.entries.insert_unique(spread(hash), hash << 32 | u64::from(number), |entry| spread(entry >> 32));
        Some((number, true))
    }

    fn find(&self, arena: &Arena, text: &str) -> Option<u32> {
        let hash = self.hash(text);
        let found =
            self.entries.find(spread(hash), |entry| entry >> 32 == hash && arena.get(low(*entry)) == text);
        found.map(|entry| low(*entry))
    }

    /// 32 bits of hash.
    fn hash(&self, text: &str) -> u64 {
        self.hasher.hash_one(text) >> 32
    }
}

/// The table takes its place from the low bits of a hash and its tag from the high ones.
const fn spread(hash: u64) -> u64 {
    hash << 32 | hash
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn low(entry: u64) -> u32 {
    entry as u32
}

/// One column: what its header says, its distinct values and a number per record.
#[derive(Clone)]
pub(crate) struct Column {
    header: String,
    values: Arena,
    cells: Vec<u32>,
    index: Index,
    missing: usize,
    /// For a column whose values are in the data set: how many different ones there are, as soon as that is known.
    compared: Option<usize>,
}

/// The name of a field of the data set. Of several fields of one name the lowest rank goes first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Field {
    pub(crate) rank: u8,
    pub(crate) name: String,
}

impl Column {
    fn new(header: &str) -> Self {
        let (mut values, mut index) = (Arena::default(), Index::default());
        // An empty arena has room for an empty text.
        let _ = index.intern(&mut values, "");
        Self { header: header.to_owned(), values, cells: Vec::new(), index, missing: 0, compared: None }
    }

    /// The header.
    pub(crate) fn header(&self) -> &str {
        &self.header
    }

    /// The number of the value of each record, in the order of the rows; [`MISSING`] if there is none.
    pub(crate) fn cells(&self) -> &[u32] {
        &self.cells
    }

    /// The value that a number stands for; the empty text if it stands for none.
    pub(crate) fn value(&self, number: u32) -> &str {
        self.values.get(number)
    }

    /// How many different values there are, the missing one not counted.
    pub(crate) fn distinct(&self) -> usize {
        self.compared.unwrap_or_else(|| self.values.len().saturating_sub(1))
    }

    /// Whether its values are compared: they are in the data set and not here.
    pub(crate) const fn is_compared(&self) -> bool {
        self.compared.is_some()
    }

    /// How many records have no value.
    pub(crate) fn missing(&self) -> usize {
        self.missing
    }

    /// The value of a record.
    pub(crate) fn at(&self, record: usize) -> &str {
        self.cells.get(record).map_or("", |number| self.value(*number))
    }

    /// Whether every record has a value that no other record has; never for what is compared.
    pub(crate) fn is_unique(&self) -> bool {
        self.compared.is_none() && self.missing == 0 && self.distinct() == self.cells.len()
    }

    /// The record that holds a value of a column whose values are unique, if rows may still come in.
    pub(crate) fn record_of(&self, value: &str) -> Option<u32> {
        // The missing value is number 0 and records come in order, so the value of record r is number r + 1.
        self.index.find(&self.values, value).and_then(|number| number.checked_sub(1))
    }
}

/// A column shows its size, never its values.
impl fmt::Debug for Column {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (records, distinct) = (self.cells.len(), self.distinct());
        out.debug_struct("Column")
            .field("header", &self.header)
            .field("records", &records)
            .field("distinct", &distinct)
            .finish_non_exhaustive()
    }
}

/// Rows of texts under headers.
#[derive(Debug)]
pub(crate) struct Table {
    columns: Vec<Column>,
    records: usize,
    data: Dataset,
    /// The column of each field of the data set.
    fields: Vec<usize>,
}

impl Table {
    /// A table without rows.
    pub(crate) fn new<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let columns = headers.into_iter().map(Column::new).collect();
        Self { columns, records: 0, data: Dataset::new([]), fields: Vec::new() }
    }

    /// Columns that have a field go into the data set. For a table without rows.
    pub(crate) fn compare(&mut self, fields: &[Option<Field>]) {
        let named = fields.iter().enumerate().filter_map(|(place, field)| Some((field.as_ref()?, place)));
        let mut named: Vec<(&Field, usize)> = named.collect();
        named.sort_by_key(|(field, place)| (field.rank, *place));
        self.data = Dataset::new(named.iter().map(|(field, _)| field.name.as_str()));
        self.fields = named.into_iter().map(|(_, place)| place).collect();
        for place in &self.fields {
            if let Some(column) = self.columns.get_mut(*place) {
                column.compared = Some(0);
            }
        }
    }

    /// Takes one row. White space around a value is dropped; an empty value is a missing one.
    pub(crate) fn push_row(&mut self, row: &[&str]) -> Result<(), Full> {
        if row.len() != self.columns.len() {
            return Err(Full::Width { expected: self.columns.len(), found: row.len() });
        }
        let row: Vec<&str> = row.iter().map(|value| value.trim()).collect();
        for (place, (column, value)) in self.columns.iter_mut().zip(&row).enumerate() {
            column.missing += usize::from(value.is_empty());
            if column.is_compared() {
                continue;
            }
            let number = if value.is_empty() {
                MISSING
            } else {
                let interned = column.index.intern(&mut column.values, value);
                interned.ok_or(Full::Room { column: place })?.0
            };
            column.cells.push(number);
        }
        let compared = self.fields.iter().map(|place| row.get(*place).copied().unwrap_or_default());
        self.data.push(&compared.collect::<Vec<_>>()).map_err(|_| Full::Data)?;
        self.records += 1;
        Ok(())
    }

    /// The rows so far.
    pub(crate) fn records(&self) -> usize {
        self.records
    }

    /// The columns, in the order of the headers.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The column at a place.
    pub(crate) fn column(&self, place: usize) -> Option<&Column> {
        self.columns.get(place)
    }

    /// Gives back the memory that only coming rows would need.
    pub(crate) fn finish(&mut self) {
        for (field, place) in self.fields.iter().enumerate() {
            if let Some(column) = self.columns.get_mut(*place) {
                column.compared = Some(self.data.filled(field).1);
            }
        }
        for column in &mut self.columns {
            column.index = Index::default();
            column.values.text.shrink_to_fit();
            column.values.ends.shrink_to_fit();
            column.cells.shrink_to_fit();
        }
    }

    /// What is compared, and the columns at these places. All else is dropped.
    pub(crate) fn into_parts<const N: usize>(
        self,
        keep: [Option<usize>; N],
    ) -> (Dataset, [Option<Column>; N]) {
        let mut columns: Vec<Option<Column>> = self.columns.into_iter().map(Some).collect();
        (self.data, keep.map(|place| columns.get_mut(place?)?.take()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_value_is_kept_once() {
        let mut table = Table::new(["نام", "city"]);
        table.push_row(&["سارا", "London"]).unwrap();
        table.push_row(&[" سارا ", ""]).unwrap();
        table.push_row(&["Пётр", "London"]).unwrap();
        let [name, city] = table.columns() else { panic!("two columns") };
        assert_eq!((name.distinct(), name.missing(), name.cells()), (2, 0, &[1, 1, 2][..]));
        assert_eq!((city.distinct(), city.missing(), city.cells()), (1, 1, &[1, MISSING, 1][..]));
        assert_eq!((name.at(1), city.at(1), city.at(9)), ("سارا", "", ""));
        assert_eq!(table.push_row(&["x"]), Err(Full::Width { expected: 2, found: 1 }));
        assert_eq!(table.records(), 3);
    }

    #[test]
    fn what_is_compared_is_in_the_data_set_only() {
        let mut table = Table::new(["year", "id", "born"]);
        let field = |rank| Some(Field { rank, name: "birth_date".to_owned() });
        table.compare(&[field(1), None, field(0)]);
        table.push_row(&["1970", "a", " 1970-01-02 "]).unwrap();
        table.push_row(&["1970", "b", ""]).unwrap();
        table.finish();
        let [year, id, born] = table.columns() else { panic!("three columns") };
        assert_eq!((year.distinct(), year.missing(), year.is_unique(), year.cells().len()), (1, 0, false, 0));
        assert_eq!((born.distinct(), born.missing(), id.is_unique()), (1, 1, true));
        let (data, [ids, none]) = table.into_parts([Some(1), None]);
        assert_eq!(
            (data.value(0, 0), data.value(1, 0), data.value(1, 1)),
            (Some("1970-01-02"), None, Some("1970"))
        );
        assert_eq!((ids.unwrap().at(1), none.is_none()), ("b", true));
    }

    #[test]
    fn nobody_reads_a_value_in_debug() {
        let mut table = Table::new(["name"]);
        table.push_row(&["Sensitive"]).unwrap();
        assert!(!format!("{table:?}").contains("Sensitive"));
    }

    proptest! {
        #[test]
        fn what_goes_in_comes_out(rows in prop::collection::vec(prop::collection::vec("[a-cא-ג ]{0,3}", 3), 0..60)) {
            let mut table = Table::new(["a", "b", "c"]);
            for row in &rows {
                let row: Vec<&str> = row.iter().map(String::as_str).collect();
                table.push_row(&row).unwrap();
            }
            for finished in [false, true] {
                for (record, row) in rows.iter().enumerate() {
                    for (column, value) in table.columns().iter().zip(row) {
                        prop_assert_eq!(column.at(record), value.trim());
                        if !finished && column.is_unique() {
                            prop_assert_eq!(column.record_of(value.trim()), u32::try_from(record).ok());
                        }
                    }
                }
                for column in table.columns() {
                    let distinct: std::collections::BTreeSet<u32> =
                        column.cells().iter().copied().filter(|number| *number != MISSING).collect();
                    prop_assert_eq!(column.distinct(), distinct.len());
                }
                table.finish();
            }
        }
    }
}
