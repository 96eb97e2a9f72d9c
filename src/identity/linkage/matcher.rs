//! Comparing many pairs: every comparison over interned values.

use super::agreement::{self, Agreement, Compared};
use super::columns::{Interned, Table};
use super::compiled::find;
use super::condition::Condition;
use super::error::{ModelError, ModelErrorKind};
use super::model::{Comparison, Model};
use super::person_name::{self, NameGrade, PersonName};
use super::prepare::Prepared;
use super::scorer::{CompiledComparison, compile};
use super::validate::fits_training;

/// The levels of all comparisons of a pair, four bits each.
pub(super) type Levels = u128;

/// In place of a level: no level's condition is true.
pub(super) const NO_LEVEL: u8 = 15;

/// The level of a comparison.
#[inline]
pub(super) const fn level_of(levels: Levels, comparison: usize) -> u8 {
    ((levels >> (comparison * 4)) & 15) as u8
}

/// A comparison, as fast as it can be asked.
enum Asked<'a> {
    /// Its levels are degrees of one fact: the level of each degree.
    Graded(Fact<'a>, [u8; Agreement::MOST as usize + 1]),
    /// Anything else.
    General(CompiledComparison),
}

/// A fact with the columns that it looks at.
enum Fact<'a> {
    Given,
    Family,
    BirthDate(&'a Interned),
    Email(&'a Interned),
    Code(&'a Interned),
    Address(&'a Interned, &'a Interned, &'a Interned),
    Place(&'a Interned),
    Category(&'a Interned),
}

/// All comparisons of a model over one data set.
pub(super) struct Matcher<'a> {
    table: &'a Table,
    comparisons: Vec<Asked<'a>>,
    names: Option<(&'a Interned, &'a Interned, Option<&'a Interned>)>,
}

/// Names compared before, so that frequent pairs are compared once.
pub(super) struct Memo {
    slots: Vec<(u64, u8)>,
}

const SLOTS: usize = 1 << 15;

impl Memo {
    pub(super) fn new() -> Self {
        Self { slots: vec![(u64::MAX, 0); SLOTS * 5] }
    }

    #[inline]
    fn get(&mut self, of: usize, a: u32, b: u32, compute: impl FnOnce() -> u8) -> u8 {
        let key = (u64::from(a) << 32) | u64::from(b);
        let place = super::hash::mix(key) & (SLOTS as u64 - 1);
        let at = of * SLOTS + usize::try_from(place).unwrap_or(0);
        let Some(slot) = self.slots.get_mut(at) else { return compute() };
        if slot.0 != key {
            *slot = (key, compute());
        }
        slot.1
    }
}

const fn grade_of(number: u8) -> NameGrade {
    match number {
        0 => NameGrade::Unknown,
        1 => NameGrade::Different,
        2 => NameGrade::Loose,
        3 => NameGrade::Initial,
        4 => NameGrade::Close,
        5 => NameGrade::Same,
        _ => NameGrade::Exact,
    }
}

fn degrees(comparison: &Comparison) -> Option<(&Agreement, [u8; Agreement::MOST as usize + 1])> {
    let fact = comparison.levels.iter().find_map(|level| match &level.condition {
        Condition::Agreement { on, .. } | Condition::Untold { on } => Some(on),
        _ => None,
    })?;
    let mut table = [15; Agreement::MOST as usize + 1];
    for (degree, cell) in (0_u8..).zip(&mut table) {
        let holds = |condition: &Condition| match condition {
            Condition::Agreement { on, at_least } => on == fact && degree >= *at_least && degree > 0,
            Condition::Untold { on } => on == fact && degree == 0,
            Condition::Else => true,
            _ => false,
        };
        let level = comparison.levels.iter().position(|level| holds(&level.condition))?;
        *cell = u8::try_from(level).ok()?;
    }
    Some((fact, table))
}

impl<'a> Matcher<'a> {
    /// # Errors
    /// The model names a column that it does not have or that does not fit, or has more than 32 comparisons or a
    /// comparison of more than 15 levels.
    pub(super) fn new(model: &Model, table: &'a Table) -> Result<Self, ModelError> {
        let of = |name: &str| {
            let found = find(&model.columns, name)?;
            table.columns.get(found).ok_or_else(|| ModelError::new(ModelErrorKind::UnknownColumn, name))
        };
        fits_training(model)?;
        let mut names = None;
        let mut comparisons = Vec::new();
        for comparison in &model.comparisons {
            let compiled = compile(model, comparison)?;
            let Some((fact, table)) = degrees(comparison) else {
                comparisons.push(Asked::General(compiled));
                continue;
            };
            let fact = match fact {
                Agreement::GivenName { given, family, email }
                | Agreement::FamilyName { given, family, email } => {
                    let own = (of(given)?, of(family)?, email.as_deref().map(of).transpose()?);
                    let first = *names.get_or_insert((given, family, email, own));
                    if (first.0, first.1, first.2) != (given, family, email) {
                        comparisons.push(Asked::General(compiled));
                        continue;
                    }
                    if matches!(fact, Agreement::GivenName { .. }) { Fact::Given } else { Fact::Family }
                }
                Agreement::BirthDate { column } => Fact::BirthDate(of(column)?),
                Agreement::Email { column } => Fact::Email(of(column)?),
                Agreement::Code { column } => Fact::Code(of(column)?),
                Agreement::Place { column } => Fact::Place(of(column)?),
                Agreement::Category { column } => Fact::Category(of(column)?),
                Agreement::Address { address, postcode, city } => {
                    Fact::Address(of(address)?, of(postcode)?, of(city)?)
                }
            };
            comparisons.push(Asked::Graded(fact, table));
        }
        Ok(Self { table, comparisons, names: names.map(|(_, _, _, own)| own) })
    }

    /// The levels of a pair.
    pub(super) fn levels(&self, left: u32, right: u32, memo: &mut Memo) -> Levels {
        // Names ask for the degree of the addresses too: it is found once.
        let address = self.names.and_then(|(_, _, email)| email);
        let address_degree = address.map_or(0, |email| cells(email, left, right, 5, agreement::email));
        let (given, family) =
            self.names.map_or((0, 0), |columns| names(columns, left, right, address_degree, memo));
        let mut levels = 0;
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let (fact, table) = match comparison {
                Asked::Graded(fact, table) => (fact, table),
                Asked::General(compiled) => {
                    let found = compiled.level(&self.table.row(left), &self.table.row(right));
                    let level = found.and_then(|level| u8::try_from(level).ok()).unwrap_or(NO_LEVEL);
                    levels |= Levels::from(level) << (at * 4);
                    continue;
                }
            };
            let degree = match fact {
                Fact::Given => given,
                Fact::Family => family,
                // Of a year alone the same is no sign of the same day.
                Fact::BirthDate(values) => {
                    both(values, left, right).map_or(0, |(_, a, b)| agreement::birth_date(a, b))
                }
                Fact::Email(values) if address.is_some_and(|address| std::ptr::eq(address, *values)) => {
                    address_degree
                }
                Fact::Email(values) => cells(values, left, right, 5, agreement::email),
                Fact::Code(values) => cells(values, left, right, 5, agreement::code),
                Fact::Category(values) => cells(values, left, right, 5, agreement::category),
                Fact::Place(values) => cells(values, left, right, 6, agreement::place),
                Fact::Address(address, postcode, city) => {
                    let address = both(address, left, right).map(|(same, a, b)| {
                        if same { super::address::AddressGrade::Same } else { agreement::addresses(a, b) }
                    });
                    if address == Some(super::address::AddressGrade::Same) {
                        6
                    } else {
                        agreement::where_they_live(
                            address,
                            both(postcode, left, right)
                                .map(|(same, a, b)| if same { 2 } else { agreement::postcodes(a, b) }),
                            both(city, left, right).map(|(same, a, b)| {
                                same || {
                                    let ids = (cell(city, left), cell(city, right));
                                    memo.get(4, ids.0, ids.1, || u8::from(agreement::cities(a, b))) == 1
                                }
                            }),
                        )
                    }
                }
            };
            let level = table.get(usize::from(degree)).copied().unwrap_or(NO_LEVEL);
            levels |= Levels::from(level) << (at * 4);
        }
        levels
    }
}

#[inline]
fn cell(values: &Interned, row: u32) -> u32 {
    values.cells.get(row as usize).copied().unwrap_or(0)
}

#[inline]
fn both(values: &Interned, left: u32, right: u32) -> Option<(bool, &Prepared, &Prepared)> {
    let (a, b) = (cell(values, left), cell(values, right));
    let at = |cell: u32| values.values.get(cell.checked_sub(1)? as usize);
    Some((a == b, at(a)?, at(b)?))
}

#[inline]
fn cells(
    values: &Interned,
    left: u32,
    right: u32,
    same: u8,
    degree: impl FnOnce(&Prepared, &Prepared) -> u8,
) -> u8 {
    match both(values, left, right) {
        None => 0,
        Some((true, ..)) => same,
        Some((false, a, b)) => degree(a, b),
    }
}

fn name(values: &Interned, cell: u32) -> Option<&PersonName> {
    match values.values.get(cell.checked_sub(1)? as usize)? {
        Prepared::Name(name) => Some(name),
        _ => None,
    }
}

fn names(
    (given, family, email): (&Interned, &Interned, Option<&Interned>),
    left: u32,
    right: u32,
    address_degree: u8,
    memo: &mut Memo,
) -> (u8, u8) {
    let ids = (cell(given, left), cell(family, left), cell(given, right), cell(family, right));
    let mut compare = |compared: Compared, a: &PersonName, b: &PersonName| {
        let (of, x, y) = match compared {
            Compared::Given => (0, ids.0, ids.2),
            Compared::Family => (1, ids.1, ids.3),
            Compared::GivenWithFamily => (2, ids.0, ids.3),
            Compared::FamilyWithGiven => (3, ids.1, ids.2),
        };
        if of < 2 && x == y {
            return NameGrade::Exact;
        }
        grade_of(memo.get(of, x, y, || person_name::compare(a, b) as u8))
    };
    let (mut given_degree, mut family_degree) =
        if ids.0 != 0 && ids.1 != 0 && ids.0 == ids.2 && ids.1 == ids.3 {
            (6, 6)
        } else {
            agreement::names(
                (name(given, ids.0), name(family, ids.1)),
                (name(given, ids.2), name(family, ids.3)),
                &mut compare,
            )
        };
    if (2..=4).contains(&address_degree)
        && let Some((_, Prepared::Email(a), Prepared::Email(b))) =
            email.and_then(|email| both(email, left, right))
    {
        let left = (a.as_ref(), name(given, ids.0), name(family, ids.1));
        let right = (b.as_ref(), name(given, ids.2), name(family, ids.3));
        agreement::spelled(address_degree, left, right, (&mut given_degree, &mut family_degree));
    }
    (given_degree, family_degree)
}
