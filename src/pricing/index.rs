//! What a price book prepares once, so that a price is found without comparing texts.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::BuildHasher;
use std::ops::Range;

use hashbrown::{DefaultHashBuilder, HashMap, HashTable};

use super::book::group;
use super::{Buyer, Conditions, Dimension, PriceEntry, PriceList, PricingError, PricingErrorKind};
use crate::cart::Sku;
use crate::money::Currency;

/// The set of conditions that is for everybody.
const NONE: u32 = 0;
/// The place of a list that is none.
const NO_LIST: u32 = u32::MAX;

/// What is prepared of an entry: 8 bytes.
#[derive(Clone, Copy)]
struct Row {
    list: u32,
    conditions: u32,
}

/// The entries of one product and currency.
#[derive(Clone, Copy)]
struct Group {
    start: u32,
    end: u32,
}

/// A set of conditions with numbers for dimensions and values. Values of two dimensions never share a number.
#[derive(Clone)]
struct Prepared(Box<[(u32, Box<[u32]>)]>);

/// The dimensions and values that any price or list names.
#[derive(Clone, Default)]
struct Names {
    dimensions: BTreeMap<Dimension, (u32, HashMap<Box<str>, u32>)>,
    values: u32,
}

/// The index of a price book's entries and lists, by their places.
#[derive(Clone)]
pub(super) struct Index {
    hasher: DefaultHashBuilder,
    groups: HashTable<Group>,
    rows: Vec<Row>,
    /// The conditions of each list.
    lists: Vec<u32>,
    /// Every different set of conditions once; the first is the empty one.
    sets: Vec<Prepared>,
    names: Names,
}

/// The number of something by its place.
fn number(place: usize) -> Result<u32, PricingError> {
    u32::try_from(place)
        .ok()
        .filter(|&number| number != NO_LIST)
        .ok_or(PricingError::new(PricingErrorKind::TooManyPrices))
}

impl Names {
    fn dimension(&self, dimension: &Dimension) -> Option<u32> {
        self.dimensions.get(dimension).map(|&(number, _)| number)
    }

    fn prepare(&mut self, conditions: &Conditions) -> Result<Prepared, PricingError> {
        let mut prepared = Vec::with_capacity(conditions.len());
        for (dimension, values) in conditions.iter() {
            if !self.dimensions.contains_key(dimension) {
                let next = number(self.dimensions.len())?;
                self.dimensions.insert(dimension.clone(), (next, HashMap::new()));
            }
            let Some((of_dimension, known)) = self.dimensions.get_mut(dimension) else { continue };
            let mut numbers = Vec::with_capacity(values.len());
            for value in values {
                let next = self.values;
                let held = *known.entry(value.clone()).or_insert(next);
                if held == next {
                    self.values =
                        next.checked_add(1).ok_or(PricingError::new(PricingErrorKind::TooManyPrices))?;
                }
                numbers.push(held);
            }
            numbers.sort_unstable();
            prepared.push((*of_dimension, numbers.into()));
        }
        Ok(Prepared(prepared.into()))
    }
}

impl Index {
    /// Prepares lists by id and entries by product and currency.
    pub(super) fn new(lists: &[PriceList], entries: &[PriceEntry]) -> Result<Self, PricingError> {
        let mut names = Names::default();
        let mut sets = vec![Prepared(Box::default())];
        let mut seen: HashMap<&Conditions, u32> = HashMap::new();
        let mut prepare = |conditions| -> Result<u32, PricingError> {
            if Conditions::is_none(conditions) {
                return Ok(NONE);
            }
            if let Some(&held) = seen.get(conditions) {
                return Ok(held);
            }
            let next = number(sets.len())?;
            sets.push(names.prepare(conditions)?);
            seen.insert(conditions, next);
            Ok(next)
        };
        let of_lists = lists.iter().map(|list| prepare(&list.conditions)).collect::<Result<_, _>>()?;
        let mut rows = Vec::with_capacity(entries.len());
        for entry in entries {
            let list = match &entry.list {
                None => NO_LIST,
                Some(id) => match lists.binary_search_by(|list| list.id.cmp(id)) {
                    Ok(place) => number(place)?,
                    Err(_) => return Err(PricingError::at(PricingErrorKind::UnknownList, &entry.id)),
                },
            };
            rows.push(Row { list, conditions: prepare(&entry.conditions)? });
        }
        drop(seen);
        let hasher = DefaultHashBuilder::default();
        let groups = Self::group(&hasher, entries)?;
        Ok(Self { hasher, groups, rows, lists: of_lists, sets, names })
    }

    fn group(hasher: &DefaultHashBuilder, entries: &[PriceEntry]) -> Result<HashTable<Group>, PricingError> {
        number(entries.len())?;
        let mut found = Vec::new();
        let mut start = 0;
        for run in entries.chunk_by(|one, next| group(one) == group(next)) {
            let end = start + run.len();
            found.push((run, Group { start: number(start)?, end: number(end)? }));
            start = end;
        }
        let mut groups = HashTable::with_capacity(found.len());
        for (run, of_run) in found {
            if let Some(first) = run.first() {
                let hash = hasher.hash_one(group(first));
                // The table has room for all, so that nothing is ever hashed again.
                groups.insert_unique(hash, of_run, |_| hash);
            }
        }
        Ok(groups)
    }

    /// The places of the entries of one product in one currency. O(1).
    pub(super) fn candidates(&self, entries: &[PriceEntry], sku: &Sku, currency: Currency) -> Range<usize> {
        let wanted = (sku, currency);
        let of_first =
            |of_run: &Group| entries.get(of_run.start as usize).is_some_and(|first| group(first) == wanted);
        match self.groups.find(self.hasher.hash_one(wanted), of_first) {
            Some(of_run) => of_run.start as usize..of_run.end as usize,
            None => 0..0,
        }
    }

    /// The place of an entry's list.
    pub(super) fn list(&self, entry: usize) -> Option<usize> {
        self.rows.get(entry).filter(|row| row.list != NO_LIST).map(|row| row.list as usize)
    }

    /// The number of an entry's set of conditions.
    pub(super) fn conditions(&self, entry: usize) -> u32 {
        self.rows.get(entry).map_or(NONE, |row| row.conditions)
    }

    /// The number of a list's set of conditions.
    pub(super) fn list_conditions(&self, list: usize) -> u32 {
        self.lists.get(list).copied().unwrap_or(NONE)
    }

    /// The number of a dimension, if any condition names it.
    pub(super) fn dimension(&self, dimension: &Dimension) -> Option<u32> {
        self.names.dimension(dimension)
    }

    /// The numbers of what is known of a buyer, ascending; what no condition names is left out.
    pub(super) fn facts(&self, buyer: &Buyer) -> Vec<u32> {
        let groups = Dimension::GROUP;
        let mut numbers = Vec::new();
        for (dimension, values) in buyer
            .facts()
            .iter()
            .map(|(dimension, values)| (dimension.as_str(), values))
            .chain([(groups, buyer.groups())])
        {
            if let Some((_, known)) = self.names.dimensions.get(dimension) {
                numbers.extend(values.iter().filter_map(|value| known.get(value.as_str())));
            }
        }
        numbers.sort_unstable();
        numbers
    }

    fn set(&self, set: u32) -> &[(u32, Box<[u32]>)] {
        self.sets.get(set as usize).map_or(&[], |set| &set.0)
    }

    /// Whether somebody of whom this is known meets a set of conditions.
    pub(super) fn is_met(&self, set: u32, facts: &[u32]) -> bool {
        set == NONE
            || self.set(set).iter().all(|(_, wanted)| {
                let (few, many) =
                    if wanted.len() < facts.len() { (&**wanted, facts) } else { (facts, &**wanted) };
                few.iter().any(|value| many.binary_search(value).is_ok())
            })
    }

    /// How many dimensions a set of conditions names.
    pub(super) fn count(&self, set: u32) -> usize {
        self.set(set).len()
    }

    /// Whether a set of conditions names a dimension.
    pub(super) fn names(&self, set: u32, dimension: u32) -> bool {
        self.set(set).iter().any(|&(named, _)| named == dimension)
    }
}

impl fmt::Debug for Index {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Index")
            .field("groups", &self.groups.len())
            .field("rows", &self.rows.len())
            .field("conditions", &self.sets.len())
            .finish()
    }
}
