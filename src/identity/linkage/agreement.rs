//! How far two people's data agree, fact by fact, in a few degrees each.

use chrono::{Datelike, NaiveDate};
use serde::{Deserialize, Serialize};

use super::address::{self, AddressGrade};
use super::compiled::{Values, find};
use super::email::EmailValue;
use super::error::{ModelError, ModelErrorKind};
use super::model::Column;
use super::pair::Pair;
use super::person_name::{self, NameGrade, PersonName};
use super::prepare::Prepared;
use super::value::ValueKind;
use crate::calendar::BirthDatePrecision;
use crate::similarity::{self, Text};

/// A fact about a person, compared with all that is known about writing it.
///
/// Every fact agrees in a degree: 0 where one side says nothing, 1 where they differ, higher the better they agree.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Agreement {
    /// The given name: 6 the same text, 5 the same in another script or a name used for it, 4 a slip or one part
    /// more, 3 an initial, 2 something in common. Names in each other's place are compared crosswise and reach 4.
    GivenName {
        /// The column of given names.
        given: String,
        /// The column of family names.
        family: String,
        /// The column of e-mail addresses: a name that two addresses spell which are nearly the same is not counted
        /// once more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// The family name, in the same degrees.
    FamilyName {
        /// The column of given names.
        given: String,
        /// The column of family names.
        family: String,
        /// As for given names.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        email: Option<String>,
    },
    /// The birth date: 5 the same day, 4 one digit wrong or day and month exchanged, 3 two of year, month and day,
    /// 2 at most a year apart.
    BirthDate {
        /// The column.
        column: String,
    },
    /// The e-mail address: 5 the same, 4 the same before the `@` or one slip, 3 much alike.
    Email {
        /// The column.
        column: String,
    },
    /// A number: 5 the same, 4 one slip.
    Code {
        /// The column.
        column: String,
    },
    /// Where somebody lives: 9 the same address in the same place, 8 nearly the same there, 7 the same address and nothing
    /// told of the place, 6 nearly the same or a place that half contradicts, 5 the same postcode, or street of a town, 4
    /// nearly the same postcode, 3 the same street (or address) elsewhere, 2 the same town. The place is the postcode or,
    /// where one side tells none, the town.
    Address {
        /// The column of addresses.
        address: String,
        /// The column of postcodes.
        postcode: String,
        /// The column of towns.
        city: String,
    },
    /// The name of a place or a trade: the degrees of a name.
    Place {
        /// The column.
        column: String,
    },
    /// A category: 5 the same.
    Category {
        /// The column.
        column: String,
    },
}

impl Agreement {
    /// The highest degree.
    pub(super) const MOST: u8 = 9;

    /// The columns that it looks at, with what their values are.
    pub(super) fn columns(&self) -> Vec<(&str, ValueKind)> {
        match self {
            Self::GivenName { given, family, email } | Self::FamilyName { given, family, email } => {
                let mut columns = vec![(&**given, ValueKind::Name), (family, ValueKind::Name)];
                columns.extend(email.as_deref().map(|email| (email, ValueKind::Email)));
                columns
            }
            Self::BirthDate { column } => vec![(column, ValueKind::Date)],
            Self::Email { column } => vec![(column, ValueKind::Email)],
            Self::Code { column } | Self::Category { column } => vec![(column, ValueKind::Text)],
            Self::Place { column } => vec![(column, ValueKind::Name)],
            Self::Address { address, postcode, city } => {
                vec![(address, ValueKind::Address), (postcode, ValueKind::Text), (city, ValueKind::Name)]
            }
        }
    }

    /// From which degree on it means to live together or to use one thing; nothing for what says neither.
    pub(super) const fn together(&self) -> Option<u8> {
        match self {
            Self::Address { .. } => Some(6),
            Self::Email { .. } | Self::Code { .. } => Some(5),
            _ => None,
        }
    }

    /// The column of which both sides have the same value when they agree in this degree.
    pub(super) fn exact_column(&self, at_least: u8) -> Option<&str> {
        match (self, at_least) {
            (Self::GivenName { given, .. }, 6) => Some(given),
            (Self::FamilyName { family, .. }, 6) => Some(family),
            (Self::Place { column }, 6)
            | (
                Self::BirthDate { column }
                | Self::Email { column }
                | Self::Code { column }
                | Self::Category { column },
                5,
            ) => Some(column),
            _ => None,
        }
    }
}

/// A fact whose columns were found.
#[derive(Clone, Debug)]
pub(crate) struct Facts {
    on: Agreement,
    columns: Vec<usize>,
}

impl Compared {
    /// How far two names agree, as far as it matters here.
    pub(super) fn grade(self, a: &PersonName, b: &PersonName) -> NameGrade {
        match self {
            Self::Given | Self::Family => person_name::compare(a, b),
            Self::GivenWithFamily | Self::FamilyWithGiven => person_name::compare_closely(a, b),
        }
    }
}

impl Facts {
    pub(super) fn new(on: &Agreement, columns: &[Column]) -> Result<Self, ModelError> {
        let found = |(name, kind): (&str, ValueKind)| {
            let found = find(columns, name)?;
            match columns.get(found).map(|column| column.transform.kind()) {
                Some(known) if known == kind => Ok(found),
                _ => Err(ModelError::new(ModelErrorKind::WrongValues, name)),
            }
        };
        Ok(Self { on: on.clone(), columns: on.columns().into_iter().map(found).collect::<Result<_, _>>()? })
    }

    /// What is compared, and the columns that it looks at.
    pub(super) fn looks_at(&self) -> (&Agreement, &[usize]) {
        (&self.on, &self.columns)
    }

    /// The degree in which a pair agrees.
    pub(super) fn degree<V: Values + ?Sized>(&self, pair: &mut Pair<'_, V>) -> u8 {
        let column = |place: usize| self.columns.get(place).copied().unwrap_or(usize::MAX);
        let names = || (column(0), column(1), self.columns.get(2).copied());
        match &self.on {
            Agreement::GivenName { .. } => pair.names(names()).0,
            Agreement::FamilyName { .. } => pair.names(names()).1,
            Agreement::BirthDate { .. } => pair.both(column(0)).map_or(0, |(a, b)| birth_date(a, b)),
            Agreement::Email { .. } => pair.email(column(0)),
            Agreement::Code { .. } => pair.both(column(0)).map_or(0, |(a, b)| code(a, b)),
            Agreement::Place { .. } => pair.both(column(0)).map_or(0, |(a, b)| place(a, b)),
            Agreement::Category { .. } => pair.both(column(0)).map_or(0, |(a, b)| category(a, b)),
            Agreement::Address { .. } => where_they_live(
                pair.both(column(0)).map(|(a, b)| addresses(a, b)),
                pair.both(column(1)).map(|(a, b)| postcodes(a, b)),
                pair.both(column(2)).map(|(a, b)| cities(a, b)),
            ),
        }
    }
}

/// Which names are compared, for those who remember results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Compared {
    Given,
    Family,
    GivenWithFamily,
    FamilyWithGiven,
}

/// The degrees of given and family name. Where neither agrees straight they are compared crosswise.
#[inline]
pub(super) fn names<'a>(
    (given_a, family_a): (Option<&'a PersonName>, Option<&'a PersonName>),
    (given_b, family_b): (Option<&'a PersonName>, Option<&'a PersonName>),
    compare: &mut impl FnMut(Compared, &'a PersonName, &'a PersonName) -> NameGrade,
) -> (u8, u8) {
    let mut of = |compared, a: Option<&'a PersonName>, b: Option<&'a PersonName>| match (a, b) {
        (Some(a), Some(b)) => compare(compared, a, b),
        _ => NameGrade::Unknown,
    };
    let given = of(Compared::Given, given_a, given_b);
    let family = of(Compared::Family, family_a, family_b);
    if given.max(family) <= NameGrade::Initial {
        let one = of(Compared::GivenWithFamily, given_a, family_b);
        // Both must be close, where both are told.
        if one != NameGrade::Unknown && one < NameGrade::Close {
            return (given as u8, family as u8);
        }
        let two = of(Compared::FamilyWithGiven, family_a, given_b);
        let worst = if one == NameGrade::Unknown {
            two
        } else if two == NameGrade::Unknown {
            one
        } else {
            one.min(two)
        };
        if worst >= NameGrade::Close {
            // The same whichever side is left: where only one pair of fields is told, it is a family name on one side.
            let degree = worst.min(NameGrade::Close) as u8;
            let both = one != NameGrade::Unknown && two != NameGrade::Unknown;
            return (if both { degree } else { NameGrade::Unknown as u8 }, degree);
        }
    }
    (given as u8, family as u8)
}

/// What one side tells: its address, its given and its family name.
pub(super) type Told<'a> = (&'a EmailValue, Option<&'a PersonName>, Option<&'a PersonName>);

/// Takes back the names that nearly equal addresses spell, one of them at least: the addresses have said it.
pub(super) fn spelled(
    degree: u8,
    left: Told<'_>,
    right: Told<'_>,
    (given_degree, family_degree): (&mut u8, &mut u8),
) {
    if !(2..=4).contains(&degree) {
        return;
    }
    let spells =
        |address: &EmailValue, name: Option<&PersonName>| name.is_some_and(|name| address.spells(name));
    for (a, b, degree) in [(left.1, right.1, given_degree), (left.2, right.2, family_degree)] {
        if *degree >= NameGrade::Initial as u8 && (spells(left.0, a) || spells(right.0, b)) {
            *degree = NameGrade::Unknown as u8;
        }
    }
}

pub(super) fn birth_date(a: &Prepared, b: &Prepared) -> u8 {
    let (Prepared::Date(a), Prepared::Date(b)) = (a, b) else { return 0 };
    if a.precision() != BirthDatePrecision::Day || b.precision() != BirthDatePrecision::Day {
        // Only as much as both tell: a year says less than a day.
        return match (a.year().abs_diff(b.year()), a.precision().min(b.precision())) {
            (0, BirthDatePrecision::Year) => 3,
            (0, _) if a.readings().any(|x| b.readings().any(|y| x.month() == y.month())) => 3,
            (0 | 1, _) => 2,
            _ => 1,
        };
    }
    a.readings().flat_map(|x| b.readings().map(move |y| days(x, y))).max().unwrap_or(0)
}

fn days(a: NaiveDate, b: NaiveDate) -> u8 {
    if a == b {
        return 5;
    }
    let (year, month, day) = (a.year() == b.year(), a.month() == b.month(), a.day() == b.day());
    let parts = u8::from(year) + u8::from(month) + u8::from(day);
    // One slip leaves one of the three as it is at least.
    if parts > 0 && (year && a.month() == b.day() && a.day() == b.month() || is_one_slip(a, b)) {
        4
    } else if parts == 2 {
        3
    } else if year || (a - b).num_days().abs() <= 366 {
        2
    } else {
        1
    }
}

/// Whether one digit of eight is another, or two neighbours are exchanged.
fn is_one_slip(a: NaiveDate, b: NaiveDate) -> bool {
    let (x, y) = (digits(a), digits(b));
    let mut wrong = (0..).zip(x.iter().zip(&y)).filter(|(_, (p, q))| p != q);
    match (wrong.next(), wrong.next(), wrong.next()) {
        (Some(_), None, _) => true,
        (Some((i, (p, q))), Some((j, (r, s))), None) => i + 1 == j && p == s && q == r,
        _ => false,
    }
}

/// Year, month and day, in eight digits.
fn digits(date: NaiveDate) -> [u8; 8] {
    let mut rest = date.year().unsigned_abs() * 10_000 + date.month() * 100 + date.day();
    let mut digits = [0_u8; 8];
    for digit in digits.iter_mut().rev() {
        *digit = u8::try_from(rest % 10).unwrap_or(0);
        rest /= 10;
    }
    digits
}

pub(super) fn code(a: &Prepared, b: &Prepared) -> u8 {
    let (Prepared::Text(a), Prepared::Text(b)) = (a, b) else { return 0 };
    if a.text() == b.text() {
        5
    } else if a.text().len().min(b.text().len()) >= 6 && within(a.text(), b.text(), 1) {
        4
    } else {
        1
    }
}

pub(super) fn category(a: &Prepared, b: &Prepared) -> u8 {
    if a.same(b) == Some(true) { 5 } else { 1 }
}

pub(super) fn place(a: &Prepared, b: &Prepared) -> u8 {
    match (a, b) {
        (Prepared::Name(a), Prepared::Name(b)) => person_name::compare(a, b) as u8,
        _ => 0,
    }
}

pub(super) fn email(a: &Prepared, b: &Prepared) -> u8 {
    match (a, b) {
        (Prepared::Email(a), Prepared::Email(b)) => EmailValue::degree(a, b),
        _ => 0,
    }
}

/// Whether the optimal string alignment distance is at most `most`.
fn within(a: &Text, b: &Text, most: usize) -> bool {
    similarity::optimal_string_alignment_within(a, b, most).is_some()
}

pub(super) fn addresses(a: &Prepared, b: &Prepared) -> AddressGrade {
    match (a, b) {
        (Prepared::Address(a), Prepared::Address(b)) => address::compare(a, b),
        _ => AddressGrade::Different,
    }
}

/// 2 the same, 1 nearly, 0 different.
pub(super) fn postcodes(a: &Prepared, b: &Prepared) -> u8 {
    let (Prepared::Text(a), Prepared::Text(b)) = (a, b) else { return 0 };
    if a.text() == b.text() { 2 } else { u8::from(within(a.text(), b.text(), 1)) }
}

pub(super) fn cities(a: &Prepared, b: &Prepared) -> bool {
    match (a, b) {
        (Prepared::Name(a), Prepared::Name(b)) => person_name::compare_closely(a, b) >= NameGrade::Close,
        _ => false,
    }
}

/// Whether two addresses are in one place, as far as postcode and town tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whereabouts {
    Same,
    Untold,
    /// One of the two speaks against it.
    Doubted,
    /// Both speak against it.
    Other,
}

const fn whereabouts(postcode: Option<u8>, city: Option<bool>) -> Whereabouts {
    match (postcode, city) {
        (Some(2), _) | (Some(1) | None, Some(true)) => Whereabouts::Same,
        (None, None) => Whereabouts::Untold,
        (Some(0), Some(false)) => Whereabouts::Other,
        _ => Whereabouts::Doubted,
    }
}

/// The degree in which two records agree on where somebody lives. Streets and house numbers come back in many towns: among
/// a million people most pairs with the same address live in different ones, so the place is part of the degree.
pub(super) fn where_they_live(address: Option<AddressGrade>, postcode: Option<u8>, city: Option<bool>) -> u8 {
    use AddressGrade::{Near, Numbers, Same, Street};
    match (address, whereabouts(postcode, city)) {
        (None, Whereabouts::Untold) => 0,
        (Some(Same), Whereabouts::Same) => 9,
        (Some(Near), Whereabouts::Same) => 8,
        (Some(Numbers), _) if postcode == Some(2) => 8,
        (Some(Same), Whereabouts::Untold) => 7,
        (Some(Same), Whereabouts::Doubted) | (Some(Near), Whereabouts::Untold | Whereabouts::Doubted) => 6,
        _ if postcode == Some(2) => 5,
        (Some(Street), Whereabouts::Same) if postcode.is_none() => 5,
        _ if postcode == Some(1) => 4,
        (Some(Numbers), Whereabouts::Same) => 4,
        (Some(Same | Near | Street), _) => 3,
        _ if city == Some(true) => 2,
        _ => 1,
    }
}

#[cfg(test)]
#[path = "agreement_tests.rs"]
mod tests;
