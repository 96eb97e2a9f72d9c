//! Fields of a record into the values that are compared.

use serde::{Deserialize, Serialize};

use super::address::Address;
use super::condition_text::TextValue;
use super::date_format::DateFormat;
use super::email::EmailValue;
use super::model::TextUnit;
use super::part::Part;
use super::person_name::{self, PersonName, Which};
use crate::calendar::BirthDate;
use crate::text;

/// How a column is made from its input fields.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transform {
    /// The text as it is; an empty text is no value.
    Raw,
    /// The text folded: case, width, digits, spaces.
    Text,
    /// A list of texts parted by `|`.
    List,
    /// A part of the text as it is.
    Part(Part),
    /// A number written with ASCII digits.
    Number,
    /// A date or a date and time, in seconds since 1970. A text that is not of the format is no value.
    Instant(DateFormat),
    /// A list of numbers parted by `|` or `,`.
    Vector,
    /// A given name, of the inputs given name, family name, full name: a given name field that holds a whole name
    /// is parted.
    GivenName,
    /// A family name, of the same inputs.
    FamilyName,
    /// A birth date in any usual writing, Gregorian or Jalali. Dates that stand for "unknown" are no value.
    BirthDate,
    /// An e-mail address without tag and case. Addresses that stand for "none", and those of relays, are no value.
    Email,
    /// The last nine digits of a telephone number. Numbers of one digit repeated are no value.
    Phone,
    /// Letters and digits of a card, passport or similar number. One letter repeated is no value.
    Code,
    /// House, flat and street of all inputs together.
    Address,
    /// A place, in any script.
    Place,
}

/// A value, ready to be compared. Values of one column are all of one variant.
#[derive(Clone)]
pub(crate) enum Prepared {
    /// [`Transform::Raw`], [`Transform::Text`], [`Transform::Part`], [`Transform::Phone`], [`Transform::Code`].
    Text(TextValue),
    /// [`Transform::List`]: sorted, each once.
    List(Box<[Box<str>]>),
    /// [`Transform::Number`]: finite.
    Number(f64),
    /// [`Transform::Instant`].
    Instant(i64),
    /// [`Transform::Vector`]: finite.
    Vector(Box<[f64]>),
    /// [`Transform::GivenName`], [`Transform::FamilyName`], [`Transform::Place`].
    Name(PersonName),
    /// [`Transform::Email`].
    Email(Box<EmailValue>),
    /// [`Transform::BirthDate`].
    Date(BirthDate),
    /// [`Transform::Address`].
    Address(Address),
}

impl std::fmt::Debug for Prepared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Prepared(..)")
    }
}

/// The column's value of one record, given its input fields in the order of [`Column::inputs`](super::Column::inputs).
pub(crate) fn prepare(transform: Transform, inputs: &[Option<&str>], unit: TextUnit) -> Option<Prepared> {
    let first = || inputs.iter().find_map(|input| input.filter(|text| !text.is_empty()));
    let own = |text: &str| (!text.is_empty()).then(|| Prepared::Text(TextValue::new(text, unit)));
    match transform {
        Transform::Raw => own(first()?),
        Transform::Text => own(&text::fold(first()?)),
        Transform::List => {
            let mut parts: Vec<Box<str>> =
                first()?.split('|').map(str::trim).filter(|part| !part.is_empty()).map(Into::into).collect();
            parts.sort();
            parts.dedup();
            Some(Prepared::List(parts.into()))
        }
        Transform::Part(part) => Some(Prepared::Text(TextValue::new(&part.of(first()?)?, unit))),
        Transform::Number => Some(Prepared::Number(number(first()?)?)),
        Transform::Instant(format) => Some(Prepared::Instant(format.seconds(first()?)?)),
        Transform::Vector => {
            let parts: Option<Vec<f64>> = first()?.split(['|', ',']).map(number).collect();
            Some(Prepared::Vector(parts?.into()))
        }
        Transform::GivenName => person_name::read(Which::Given, inputs).map(Prepared::Name),
        Transform::FamilyName => person_name::read(Which::Family, inputs).map(Prepared::Name),
        Transform::Place => PersonName::parse(first()?).map(Prepared::Name),
        Transform::BirthDate => BirthDate::parse(first()?).ok().map(Prepared::Date),
        Transform::Email => EmailValue::parse(first()?).map(|address| Prepared::Email(Box::new(address))),
        Transform::Phone => own(&phone(first()?)?),
        Transform::Code => own(&code(first()?)?),
        Transform::Address => Address::parse(inputs).map(Prepared::Address),
    }
}

fn number(text: &str) -> Option<f64> {
    text.trim().parse().ok().filter(|number: &f64| number.is_finite())
}

fn phone(raw: &str) -> Option<String> {
    let mut digits = String::with_capacity(raw.len());
    digits.extend(raw.chars().filter_map(text::digits::value).map(|digit| char::from(b'0' + digit.min(9))));
    let trimmed = digits.trim_start_matches('0');
    let tail = trimmed.len().saturating_sub(9);
    let last = trimmed.get(tail..)?;
    let first = last.chars().next()?;
    (last.len() >= 6 && last.chars().any(|digit| digit != first) && !run(last)).then(|| last.to_owned())
}

/// 123456789 and the like.
fn run(digits: &str) -> bool {
    digits.as_bytes().windows(2).all(|pair| matches!(pair, [a, b] if b.wrapping_sub(*a) == 1))
}

fn code(raw: &str) -> Option<String> {
    let mut code = text::fold(raw);
    code.retain(char::is_alphanumeric);
    let first = code.chars().next()?;
    (code.chars().any(|c| c != first)).then_some(code)
}
