//! Conditions with their columns found, ready to be asked of pairs.

use super::agreement::Facts;
use super::condition::{CalendarUnit, Condition, EditMeasure, Side, TextMeasure};
use super::condition_text::TextValue;
use super::error::{ModelError, ModelErrorKind};
use super::measures;
use super::model::{Column, TextUnit};
use super::pair::Pair;
use super::prepare::{Prepared, Transform, prepare};
use super::value::ValueKind;

/// The values of one record, by the index of the column in the model.
pub(crate) trait Values {
    /// The value of a column.
    fn get(&self, column: usize) -> Option<&Prepared>;
}

impl Values for [Option<Prepared>] {
    fn get(&self, column: usize) -> Option<&Prepared> {
        <[Option<Prepared>]>::get(self, column)?.as_ref()
    }
}

/// A condition over columns by index.
#[derive(Clone, Debug)]
pub(crate) enum Compiled {
    /// Always true.
    Always,
    /// See [`Condition::All`].
    All(Box<[Compiled]>),
    /// See [`Condition::Any`].
    Any(Box<[Compiled]>),
    /// See [`Condition::Not`].
    Not(Box<Compiled>),
    /// A question about one value of each side.
    Test {
        /// The left record's column.
        left: usize,
        /// The right record's column.
        right: usize,
        /// The question.
        test: Test,
    },
    /// See [`Condition::Agreement`].
    Agreement { facts: Facts, at_least: u8 },
    /// See [`Condition::Untold`].
    Untold(Facts),
    /// See [`Condition::Kilometres`].
    Kilometres { latitude: usize, longitude: usize, at_most: f64 },
}

/// A question about one value of each side. The answer depends on nothing else, so it may be remembered.
#[derive(Clone, Debug)]
pub(crate) enum Test {
    EitherNull,
    Null(Side),
    Same,
    Literal(Side, Prepared),
    Similar(TextMeasure, f64),
    Edits(EditMeasure, u32),
    Shared(usize),
    Subset { empty: bool },
    Cosine(f64),
    Difference(f64),
    RelativeDifference(f64, bool),
    Seconds(f64),
    Calendar(CalendarUnit, u32),
    DateEdits(u32),
}

impl Test {
    /// The answer: unknown if a value that it needs is missing.
    pub(crate) fn holds(&self, left: Option<&Prepared>, right: Option<&Prepared>) -> Option<bool> {
        match self {
            Self::EitherNull => return Some(left.is_none() || right.is_none()),
            Self::Null(Side::Left) => return Some(left.is_none()),
            Self::Null(Side::Right) => return Some(right.is_none()),
            Self::Literal(Side::Left, literal) => return left?.same(literal),
            Self::Literal(Side::Right, literal) => return right?.same(literal),
            _ => {}
        }
        let (left, right) = (left?, right?);
        match (self, left, right) {
            (Self::Same, left, right) => left.same(right),
            (Self::Similar(measure, at_least), Prepared::Text(left), Prepared::Text(right)) => {
                Some(left.similar(right, *measure, *at_least))
            }
            (Self::Edits(measure, at_most), Prepared::Text(left), Prepared::Text(right)) => {
                Some(left.within(right, *measure, *at_most))
            }
            (Self::Shared(at_least), Prepared::List(left), Prepared::List(right)) => {
                Some(measures::shared(left, right) >= *at_least)
            }
            (Self::Subset { empty }, Prepared::List(left), Prepared::List(right)) => {
                let fewest = left.len().min(right.len());
                Some((*empty || fewest > 0) && measures::shared(left, right) == fewest)
            }
            (Self::Cosine(at_least), Prepared::Vector(left), Prepared::Vector(right)) => {
                Some(measures::cosine(left, right)? >= *at_least)
            }
            (Self::Difference(at_most), Prepared::Number(left), Prepared::Number(right)) => {
                Some((left - right).abs() <= *at_most)
            }
            (Self::RelativeDifference(at_most, signed), Prepared::Number(left), Prepared::Number(right)) => {
                Some(measures::relative_difference(*left, *right, *signed)? <= *at_most)
            }
            (Self::Seconds(at_most), Prepared::Instant(left), Prepared::Instant(right)) => {
                Some(measures::seconds_apart(*left, *right) <= *at_most)
            }
            (Self::Calendar(unit, at_most), Prepared::Instant(left), Prepared::Instant(right)) => {
                Some(measures::calendar(*left, *right, *unit)? <= *at_most)
            }
            (Self::DateEdits(at_most), Prepared::Instant(left), Prepared::Instant(right)) => {
                Some(measures::date_edits(*left, *right)? <= *at_most)
            }
            _ => None,
        }
    }

    /// Whether columns of a kind can answer.
    fn fits(&self, kind: ValueKind) -> bool {
        match self {
            Self::EitherNull | Self::Null(_) | Self::Same | Self::Literal(..) => true,
            Self::Similar(..) | Self::Edits(..) => kind == ValueKind::Text,
            Self::Shared(_) | Self::Subset { .. } => kind == ValueKind::List,
            Self::Cosine(_) => kind == ValueKind::Vector,
            Self::Difference(_) | Self::RelativeDifference(..) => kind == ValueKind::Number,
            Self::Seconds(_) | Self::Calendar(..) | Self::DateEdits(_) => kind == ValueKind::Instant,
        }
    }

    fn threshold(&self) -> f64 {
        match self {
            Self::Similar(_, number)
            | Self::Cosine(number)
            | Self::Difference(number)
            | Self::RelativeDifference(number, _)
            | Self::Seconds(number) => *number,
            _ => 0.0,
        }
    }
}

impl Compiled {
    /// Whether the condition holds for a pair; nothing if that is unknown.
    pub(crate) fn holds<V: Values + ?Sized>(&self, left: &V, right: &V) -> Option<bool> {
        match self {
            Self::Always => Some(true),
            Self::All(all) => {
                let mut known = Some(true);
                for one in all {
                    match one.holds(left, right) {
                        Some(false) => return Some(false),
                        None => known = None,
                        Some(true) => {}
                    }
                }
                known
            }
            Self::Any(any) => {
                let mut known = Some(false);
                for one in any {
                    match one.holds(left, right) {
                        Some(true) => return Some(true),
                        None => known = None,
                        Some(false) => {}
                    }
                }
                known
            }
            Self::Not(not) => not.holds(left, right).map(|held| !held),
            Self::Test { left: left_column, right: right_column, test } => {
                test.holds(left.get(*left_column), right.get(*right_column))
            }
            Self::Agreement { facts, at_least } => match facts.degree(&mut Pair::new(left, right)) {
                0 => None,
                degree => Some(degree >= *at_least),
            },
            Self::Untold(facts) => Some(facts.degree(&mut Pair::new(left, right)) == 0),
            Self::Kilometres { latitude, longitude, at_most } => {
                let place = |record: &V| match (record.get(*latitude)?, record.get(*longitude)?) {
                    (Prepared::Number(latitude), Prepared::Number(longitude)) => {
                        Some((*latitude, *longitude))
                    }
                    _ => None,
                };
                Some(measures::kilometres(place(left)?, place(right)?) <= *at_most)
            }
        }
    }
}

impl Condition {
    /// Finds the columns.
    ///
    /// # Errors
    /// `UnknownColumn`, `WrongValues` (of the column), `Number` (a threshold that is not finite), `TooDeep`.
    pub(crate) fn compile(&self, columns: &[Column], unit: TextUnit) -> Result<Compiled, ModelError> {
        compile(self, columns, unit, 0)
    }
}

fn compile(
    condition: &Condition,
    columns: &[Column],
    unit: TextUnit,
    depth: usize,
) -> Result<Compiled, ModelError> {
    if depth > Condition::MAX_DEPTH {
        return Err(ModelError::new(ModelErrorKind::TooDeep, "condition"));
    }
    let nested = |all: &[Condition]| -> Result<Box<[Compiled]>, ModelError> {
        all.iter().map(|one| compile(one, columns, unit, depth + 1)).collect()
    };
    let same_column = |column: &str, test: Test| on_columns(columns, column, column, test);
    let crossed = |column: &str, with: Option<&String>, test: Test| {
        on_columns(columns, column, with.map_or(column, String::as_str), test)
    };
    Ok(match condition {
        Condition::Else => Compiled::Always,
        Condition::All(all) => Compiled::All(nested(all)?),
        Condition::Any(any) => Compiled::Any(nested(any)?),
        Condition::Not(not) => Compiled::Not(Box::new(compile(not, columns, unit, depth + 1)?)),
        Condition::Agreement { on, at_least } => {
            Compiled::Agreement { facts: Facts::new(on, columns)?, at_least: *at_least }
        }
        Condition::Untold { on } => Compiled::Untold(Facts::new(on, columns)?),
        Condition::EitherNull { column } => same_column(column, Test::EitherNull)?,
        Condition::Null { column, side } => same_column(column, Test::Null(*side))?,
        Condition::Exact { column } => same_column(column, Test::Same)?,
        Condition::Crossed { left, right } => on_columns(columns, left, right, Test::Same)?,
        Condition::Literal { column, side, value } => {
            let found = find(columns, column)?;
            let value = match columns.get(found).map(|column| column.transform) {
                Some(Transform::Raw | Transform::Part(_)) => {
                    Some(Prepared::Text(TextValue::new(value, unit)))
                }
                Some(transform) => prepare(transform, &[Some(value)], unit),
                None => None,
            }
            .ok_or_else(|| ModelError::new(ModelErrorKind::WrongValues, column))?;
            same_column(column, Test::Literal(*side, value))?
        }
        Condition::Similar { column, with, measure, at_least } => {
            crossed(column, with.as_ref(), Test::Similar(*measure, *at_least))?
        }
        Condition::Edits { column, with, measure, at_most } => {
            crossed(column, with.as_ref(), Test::Edits(*measure, *at_most))?
        }
        Condition::Shared { column, at_least } => {
            same_column(column, Test::Shared(usize::try_from(*at_least).unwrap_or(usize::MAX)))?
        }
        Condition::Subset { column, empty } => same_column(column, Test::Subset { empty: *empty })?,
        Condition::Cosine { column, at_least } => same_column(column, Test::Cosine(*at_least))?,
        Condition::Difference { column, at_most } => same_column(column, Test::Difference(*at_most))?,
        Condition::RelativeDifference { column, at_most, signed } => {
            same_column(column, Test::RelativeDifference(*at_most, *signed))?
        }
        Condition::Apart { column, at_most, unit } => {
            same_column(column, Test::Seconds(*at_most * unit.seconds()))?
        }
        Condition::Calendar { column, at_most, unit } => {
            same_column(column, Test::Calendar(*unit, *at_most))?
        }
        Condition::DateEdits { column, at_most } => same_column(column, Test::DateEdits(*at_most))?,
        Condition::Kilometres { latitude, longitude, at_most } => {
            let of_numbers = |name: &str| {
                let found = find(columns, name)?;
                match columns.get(found).map(|column| column.transform.kind()) {
                    Some(ValueKind::Number) => Ok(found),
                    _ => Err(ModelError::new(ModelErrorKind::WrongValues, name)),
                }
            };
            if !at_most.is_finite() {
                return Err(ModelError::new(ModelErrorKind::Number, latitude));
            }
            Compiled::Kilometres {
                latitude: of_numbers(latitude)?,
                longitude: of_numbers(longitude)?,
                at_most: *at_most,
            }
        }
    })
}

/// The index of a column.
pub(crate) fn find(columns: &[Column], name: &str) -> Result<usize, ModelError> {
    columns
        .iter()
        .position(|column| column.name == name)
        .ok_or_else(|| ModelError::new(ModelErrorKind::UnknownColumn, name))
}

fn on_columns(columns: &[Column], left: &str, right: &str, test: Test) -> Result<Compiled, ModelError> {
    if !test.threshold().is_finite() {
        return Err(ModelError::new(ModelErrorKind::Number, left));
    }
    let [left_index, right_index] = [find(columns, left)?, find(columns, right)?];
    let kind = |index: usize| columns.get(index).map(|column| column.transform.kind());
    for (index, name) in [(left_index, left), (right_index, right)] {
        if kind(index) != kind(left_index) || !kind(index).is_some_and(|kind| test.fits(kind)) {
            return Err(ModelError::new(ModelErrorKind::WrongValues, name));
        }
    }
    Ok(Compiled::Test { left: left_index, right: right_index, test })
}

#[cfg(test)]
#[path = "compiled_tests.rs"]
mod tests;
