//! The records to link, as columns of interned values.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use super::sources::Sources;

/// Records with named text fields, each distinct value kept once.
///
/// Several fields may have one name: a transform then sees them in the order in which they were named.
///
/// ```
/// use throughline::identity::linkage::Dataset;
/// let mut people = Dataset::new(["given_name", "family_name"]);
/// people.push(&["سارا", "Heydarnejad"])?;
/// people.push(&["Sara", ""])?;
/// assert_eq!((people.len(), people.value(1, 0), people.value(1, 1)), (2, Some("Sara"), None));
/// # Ok::<(), throughline::identity::linkage::DatasetError>(())
/// ```
///
/// # Complexity
/// One hash look-up for each value that is pushed; four bytes for each value besides the distinct texts.
pub struct Dataset {
    fields: Vec<Field>,
    rows: usize,
    hasher: DefaultHashBuilder,
    sources: Sources,
}

struct Field {
    name: Box<str>,
    texts: Texts,
    cells: Vec<u32>,
}

/// Distinct texts in one allocation; number 0 is the empty one.
struct Texts {
    text: String,
    ends: Vec<u32>,
    /// The numbers under the upper half of their texts' hashes: growing looks at no text, and looking up at hardly any but
    /// the right one.
    table: HashTable<u64>,
}

impl Texts {
    fn new() -> Self {
        Self { text: String::new(), ends: vec![0], table: HashTable::new() }
    }

    fn get(&self, number: u32) -> &str {
        slice(&self.text, &self.ends, number)
    }
}

fn slice<'a>(text: &'a str, ends: &[u32], number: u32) -> &'a str {
    let Some(before) = number.checked_sub(1) else { return "" };
    let at = |index: u32| ends.get(index as usize).map_or(0, |end| *end as usize);
    text.get(at(before)..at(number)).unwrap_or("")
}

/// Why a record cannot be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DatasetError {
    /// The record does not have as many values as there are fields.
    #[error("a record needs as many values as there are fields")]
    Ragged,
    /// More records, or more text in one field, than 32 bits can number.
    #[error("more records, or more text in one field, than 32 bits can number")]
    TooLarge,
    /// Not one source for each record, or a record after the sources were told.
    #[error("one source for each record, told after the last record")]
    Sources,
}

impl std::fmt::Debug for Dataset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.fields.iter().map(|field| &*field.name).collect();
        f.debug_struct("Dataset").field("fields", &names).field("rows", &self.rows).finish_non_exhaustive()
    }
}

impl Dataset {
    /// Records of these fields; none yet.
    #[must_use]
    pub fn new<'a>(fields: impl IntoIterator<Item = &'a str>) -> Self {
        let field = |name: &str| Field { name: name.into(), texts: Texts::new(), cells: Vec::new() };
        Self {
            fields: fields.into_iter().map(field).collect(),
            rows: 0,
            hasher: DefaultHashBuilder::default(),
            sources: Sources::default(),
        }
    }

    /// Adds a record: one text for each field, empty where it has no value.
    ///
    /// # Errors
    /// Not one value for each field, the sources were told already, or the data is larger than 32 bits can number.
    pub fn push(&mut self, values: &[&str]) -> Result<(), DatasetError> {
        if values.len() != self.fields.len() {
            return Err(DatasetError::Ragged);
        }
        if self.sources.told() {
            return Err(DatasetError::Sources);
        }
        if self.rows >= (u32::MAX - 1) as usize {
            return Err(DatasetError::TooLarge);
        }
        let fits = |(field, value): (&Field, &&str)| {
            u32::try_from(field.texts.text.len() + value.len()).is_ok()
                && field.texts.ends.len() < u32::MAX as usize
        };
        if !self.fields.iter().zip(values).all(fits) {
            return Err(DatasetError::TooLarge);
        }
        for (field, value) in self.fields.iter_mut().zip(values) {
            let number = if value.is_empty() { 0 } else { intern(&mut field.texts, &self.hasher, value) };
            field.cells.push(number);
        }
        self.rows += 1;
        Ok(())
    }

    /// Says from which source each record is, by any numbers: from now on only records of different sources can be one
    /// person, as where each source names everybody once. Only their pairs are found, compared, trained on and weighed.
    /// Without sources every pair is possible; to link within and across sources, leave them out.
    ///
    /// ```
    /// use throughline::identity::linkage::{BlockingSettings, Candidates, Dataset, Model};
    /// let mut people = Dataset::new(["email"]);
    /// ["sara@shop.org", "sara@shop.org", "sara@shop.org"].iter().try_for_each(|email| people.push(&[email]))?;
    /// people.link_only(vec![0, 0, 1])?;
    /// let candidates = Candidates::new(&people, &Model::person(), &BlockingSettings::default(), &())?;
    /// assert_eq!(candidates.len(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// Not one source for each record.
    pub fn link_only(&mut self, sources: Vec<u32>) -> Result<(), DatasetError> {
        if sources.len() != self.rows {
            return Err(DatasetError::Sources);
        }
        self.sources = Sources::new(Some(sources));
        Ok(())
    }

    /// Which pairs of records are possible.
    pub(super) const fn sources(&self) -> &Sources {
        &self.sources
    }

    /// How many records there are.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.rows
    }

    /// Whether there is no record.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The names of the fields, in order.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().map(|field| &*field.name)
    }

    /// A record's value of a field, by their places; `None` where it has none.
    #[must_use]
    pub fn value(&self, row: usize, field: usize) -> Option<&str> {
        let field = self.fields.get(field)?;
        let number = *field.cells.get(row)?;
        (number != 0).then(|| field.texts.get(number))
    }

    /// How many records have a value of the field, and how many different ones.
    #[must_use]
    pub fn filled(&self, field: usize) -> (usize, usize) {
        self.fields.get(field).map_or((0, 0), |field| {
            (field.cells.iter().filter(|cell| **cell != 0).count(), field.texts.ends.len() - 1)
        })
    }

    /// The places of the fields of this name.
    pub(super) fn places(&self, name: &str) -> Vec<usize> {
        (0..).zip(&self.fields).filter(|(_, field)| *field.name == *name).map(|(place, _)| place).collect()
    }

    /// The numbers of a field's values, 0 for none, and how many numbers there are.
    pub(super) fn cells(&self, field: usize) -> (&[u32], usize) {
        self.fields.get(field).map_or((&[], 0), |field| (&field.cells, field.texts.ends.len()))
    }

    /// The text of a number of a field.
    pub(super) fn text(&self, field: usize, number: u32) -> &str {
        self.fields.get(field).map_or("", |field| field.texts.get(number))
    }
}

fn intern(texts: &mut Texts, hasher: &DefaultHashBuilder, value: &str) -> u32 {
    let Texts { text, ends, table } = texts;
    let hash = hasher.hash_one(value) >> 32;
    let is_it = |entry: &u64| entry >> 32 == hash && slice(text, ends, low(*entry)) == value;
    if let Some(known) = table.find(spread(hash), is_it) {
        return low(*known);
    }
    let number = u32::try_from(ends.len()).unwrap_or(u32::MAX);
    text.push_str(value);
    ends.push(u32::try_from(text.len()).unwrap_or(u32::MAX));
    table.insert_unique(spread(hash), hash << 32 | u64::from(number), |entry| spread(entry >> 32));
    number
}

/// The table takes its place from the low bits of a hash and its tag from the high ones.
const fn spread(hash: u64) -> u64 {
    hash << 32 | hash
}

#[expect(clippy::cast_possible_truncation, reason = "the lower half is meant")]
const fn low(entry: u64) -> u32 {
    entry as u32
}

#[cfg(test)]
#[path = "dataset_tests.rs"]
mod tests;
