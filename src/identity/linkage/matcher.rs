//! Comparing many pairs: every comparison over interned values.

use std::hint::black_box;

use super::address::AddressGrade;
use super::agreement::{self, Agreement, Compared};
use super::columns::Table;
use super::compiled::find;
use super::error::{ModelError, ModelErrorKind};
use super::graded::{LevelOfDegree, graded};
use super::model::Model;
use super::pair::Pair;
use super::person_name::{NameGrade, PersonName};
use super::prepare::Prepared;
use super::rows::{Cells, RowPair, Rows};
use super::scorer::{CompiledComparison, compile};
use super::validate::fits_training;
use crate::names::Token;

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
    Graded(Fact<'a>, LevelOfDegree),
    /// Anything else.
    General(CompiledComparison),
}

/// A fact with the columns that it looks at.
enum Fact<'a> {
    Given,
    Family,
    BirthDate(Cells<'a>),
    Email(Cells<'a>),
    Code(Cells<'a>),
    Address(Cells<'a>, Cells<'a>, Cells<'a>),
    Place(Cells<'a>),
    Category(Cells<'a>),
}

/// The columns of given names, family names and e-mail addresses.
type NameCells<'a> = (Cells<'a>, Cells<'a>, Option<Cells<'a>>);

/// All comparisons of a model over one data set.
pub(super) struct Matcher<'a> {
    table: &'a Table,
    rows: Rows<'a>,
    comparisons: Vec<Asked<'a>>,
    names: Option<NameCells<'a>>,
}

/// Names compared before, so that frequent pairs are compared once.
pub(super) struct Memo {
    /// Both numbers, 28 bits each, and the grade: small enough for a core's own cache.
    slots: Vec<u64>,
}

/// Higher numbers of names are not remembered.
const MOST_NAMES: u32 = (1 << 28) - 1;

const SLOTS: usize = 1 << 15;

impl Memo {
    pub(super) fn new() -> Self {
        Self { slots: vec![u64::MAX; SLOTS * 5] }
    }

    /// One that remembers nothing.
    pub(super) const fn none() -> Self {
        Self { slots: Vec::new() }
    }

    /// What stands for two names, and where.
    #[inline]
    fn place(of: usize, a: u32, b: u32) -> Option<(u64, usize)> {
        let key = (u64::from(a) << 28) | u64::from(b);
        let place = usize::try_from(super::hash::mix(key) & (SLOTS as u64 - 1)).ok()?;
        (a.max(b) < MOST_NAMES).then_some((key, of * SLOTS + place))
    }

    /// Whether these two were compared before.
    #[inline]
    fn knows(&self, of: usize, a: u32, b: u32) -> bool {
        let found = Self::place(of, a, b).and_then(|(key, at)| Some((key, *self.slots.get(at)?)));
        found.is_some_and(|(key, slot)| slot >> 8 == key)
    }

    /// Fetches the names of these pairs that were not compared before.
    fn fetch(&self, pairs: &[RowPair<'_>], (given, family, _): NameCells<'_>) {
        for (of, column) in [given, family].into_iter().enumerate() {
            let mut new = [None; SIDE_BY_SIDE];
            for (new, pair) in new.iter_mut().zip(pairs) {
                let (a, b) = column.ids(*pair);
                *new = (a != b && !self.knows(of, a, b)).then_some((a, b));
            }
            let each = |look: fn(&PersonName)| {
                for (a, b) in new.iter().flatten() {
                    [a, b].into_iter().filter_map(|id| column.name(*id)).for_each(look);
                }
            };
            each(|name| {
                black_box(name.key().len());
            });
            each(|name| {
                black_box(name.tokens().first().map(Token::is_initial));
            });
        }
    }

    #[inline]
    fn get(&mut self, of: usize, a: u32, b: u32, compute: impl FnOnce() -> u8) -> u8 {
        let place = Self::place(of, a, b);
        let Some((key, slot)) = place.and_then(|(key, at)| Some((key, self.slots.get_mut(at)?))) else {
            return compute();
        };
        if *slot >> 8 != key {
            *slot = key << 8 | u64::from(compute());
        }
        slot.to_le_bytes()[0]
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

impl<'a> Matcher<'a> {
    /// # Errors
    /// The model names a column that it does not have or that does not fit, or has more than 32 comparisons or a
    /// comparison of more than 15 levels.
    pub(super) fn new(model: &Model, table: &'a Table) -> Result<Self, ModelError> {
        let mut rows = Rows::new(table.rows);
        let mut of = |name: &str| {
            let found = find(&model.columns, name)?;
            let column = table.columns.get(found);
            column
                .map(|column| rows.cells(column))
                .ok_or_else(|| ModelError::new(ModelErrorKind::UnknownColumn, name))
        };
        fits_training(model)?;
        let mut names = None;
        let mut comparisons = Vec::new();
        for comparison in &model.comparisons {
            let compiled = compile(model, comparison)?;
            let Some((fact, level_of)) = graded(comparison) else {
                comparisons.push(Asked::General(compiled));
                continue;
            };
            let fact = match fact {
                Agreement::GivenName { given, family, email }
                | Agreement::FamilyName { given, family, email } => {
                    let own = (of(given)?, of(family)?, email.as_deref().map(&mut of).transpose()?);
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
            comparisons.push(Asked::Graded(fact, level_of));
        }
        let names = names.map(|(_, _, _, own)| own);
        rows.fill();
        Ok(Self { table, rows, comparisons, names })
    }

    /// The levels of a pair.
    pub(super) fn levels(&self, left: u32, right: u32, memo: &mut Memo) -> Levels {
        let mut levels = 0;
        self.levels_of(&[(left, right)], memo, |_, _, found| levels = found);
        levels
    }

    /// The levels of many pairs, in their order.
    pub(super) fn levels_of(
        &self,
        pairs: &[(u32, u32)],
        memo: &mut Memo,
        mut each: impl FnMut(u32, u32, Levels),
    ) {
        for pairs in pairs.chunks(SIDE_BY_SIDE) {
            let levels = self.side_by_side(pairs, memo);
            pairs.iter().zip(levels).for_each(|((left, right), levels)| each(*left, *right, levels));
        }
    }

    /// The levels of some pairs: fact after fact, and before each what it looks at is fetched for all of them, so that they
    /// wait for memory together.
    fn side_by_side(&self, pairs: &[(u32, u32)], memo: &mut Memo) -> [Levels; SIDE_BY_SIDE] {
        let mut of = [(&[] as &[u32], &[] as &[u32]); SIDE_BY_SIDE];
        for (of, (left, right)) in of.iter_mut().zip(pairs) {
            *of = (self.rows.row(*left), self.rows.row(*right));
        }
        let of = of.get(..pairs.len()).unwrap_or_default();
        of.iter().for_each(|(left, right)| {
            black_box((left.first(), right.first()));
        });
        // Names ask for the degree of the addresses too: it is found once.
        let mut addresses = [0; SIDE_BY_SIDE];
        let address = self.names.and_then(|(_, _, email)| email);
        if let Some(email) = address {
            email.fetch(of);
            addresses.iter_mut().zip(of).for_each(|(degree, pair)| {
                *degree = email.degree(*pair, 5, agreement::email);
            });
        }
        let mut named = [(0, 0); SIDE_BY_SIDE];
        if let Some(columns) = self.names {
            memo.fetch(of, columns);
            for ((named, pair), address) in named.iter_mut().zip(of).zip(addresses) {
                *named = names(columns, *pair, address, memo);
            }
        }
        let mut levels = [0; SIDE_BY_SIDE];
        for (at, comparison) in self.comparisons.iter().enumerate() {
            let (fact, level_of) = match comparison {
                Asked::Graded(fact, level_of) => (fact, level_of),
                Asked::General(compiled) => {
                    for (levels, (left, right)) in levels.iter_mut().zip(pairs) {
                        let (left, right) = (self.table.row(*left), self.table.row(*right));
                        let found = compiled.level(&mut Pair::new(&left, &right));
                        let level = found.and_then(|level| u8::try_from(level).ok()).unwrap_or(NO_LEVEL);
                        *levels |= Levels::from(level) << (at * 4);
                    }
                    continue;
                }
            };
            let mut set = |degree: &mut dyn FnMut(usize, RowPair<'_>) -> u8| {
                for (place, (levels, pair)) in levels.iter_mut().zip(of).enumerate() {
                    let degree = degree(place, *pair);
                    let level = level_of.get(usize::from(degree)).copied().unwrap_or(NO_LEVEL);
                    *levels |= Levels::from(level) << (at * 4);
                }
            };
            match fact {
                Fact::Given => set(&mut |place, _| named.get(place).map_or(0, |(given, _)| *given)),
                Fact::Family => set(&mut |place, _| named.get(place).map_or(0, |(_, family)| *family)),
                // Of a year alone the same is no sign of the same day.
                Fact::BirthDate(born) => {
                    born.fetch(of);
                    set(&mut |_, pair| born.both(pair).map_or(0, |(a, b)| agreement::birth_date(a, b)));
                }
                Fact::Email(email) if address.is_some_and(|address| address.place == email.place) => {
                    set(&mut |place, _| addresses.get(place).copied().unwrap_or(0));
                }
                Fact::Email(email) => {
                    email.fetch(of);
                    set(&mut |_, pair| email.degree(pair, 5, agreement::email));
                }
                Fact::Code(code) => {
                    code.fetch(of);
                    set(&mut |_, pair| code.degree(pair, 5, agreement::code));
                }
                Fact::Category(category) => set(&mut |_, pair| category.degree(pair, 5, agreement::category)),
                Fact::Place(place) => set(&mut |_, pair| place.degree(pair, 6, agreement::place)),
                Fact::Address(address, postcode, city) => {
                    address.fetch(of);
                    postcode.fetch(of);
                    set(&mut |_, pair| {
                        let address = address.grade(pair, AddressGrade::Same, agreement::addresses);
                        let postcode = postcode.grade(pair, 2, agreement::postcodes);
                        let ids = city.ids(pair);
                        let near = |a: &_, b: &_| {
                            memo.get(4, ids.0, ids.1, || u8::from(agreement::cities(a, b))) == 1
                        };
                        agreement::where_they_live(address, postcode, city.grade(pair, true, near))
                    });
                }
            }
        }
        levels
    }
}

/// So many pairs are compared side by side.
pub(super) const SIDE_BY_SIDE: usize = 32;

fn names(
    (given, family, email): NameCells<'_>,
    pair: RowPair<'_>,
    address_degree: u8,
    memo: &mut Memo,
) -> (u8, u8) {
    let (given_ids, family_ids) = (given.ids(pair), family.ids(pair));
    let same = |ids: (u32, u32)| ids.0 != 0 && ids.0 == ids.1;
    let sides = || {
        (
            (given.name(given_ids.0), family.name(family_ids.0)),
            (given.name(given_ids.1), family.name(family_ids.1)),
        )
    };
    let (mut given_degree, mut family_degree) = if same(given_ids) && same(family_ids) {
        (6, 6)
    } else {
        let mut compare = |compared: Compared, a: &PersonName, b: &PersonName| {
            let (of, ids) = match compared {
                Compared::Given => (0, given_ids),
                Compared::Family => (1, family_ids),
                Compared::GivenWithFamily => (2, (given_ids.0, family_ids.1)),
                Compared::FamilyWithGiven => (3, (family_ids.0, given_ids.1)),
            };
            if of < 2 && ids.0 == ids.1 {
                return NameGrade::Exact;
            }
            grade_of(memo.get(of, ids.0, ids.1, || compared.grade(a, b) as u8))
        };
        let (left, right) = sides();
        agreement::names(left, right, &mut compare)
    };
    if (2..=4).contains(&address_degree)
        && let Some((Prepared::Email(a), Prepared::Email(b))) = email.and_then(|email| email.both(pair))
    {
        let (left, right) = sides();
        let left = (a.as_ref(), left.0, left.1);
        let right = (b.as_ref(), right.0, right.1);
        agreement::spelled(address_degree, left, right, (&mut given_degree, &mut family_degree));
    }
    (given_degree, family_degree)
}
