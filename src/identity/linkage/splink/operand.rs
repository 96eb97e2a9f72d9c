//! What a condition looks at: a field of one side, as it is or a part of it.

use std::collections::BTreeMap;

use super::super::condition::Side;
use super::super::date_format::DateFormat;
use super::super::model::Column;
use super::super::part::{Part, Pattern};
use super::super::prepare::Transform;
use super::sql::{Expression, Node};

/// The place of SQL that is not understood.
pub(super) type Refused = (usize, usize);

pub(super) fn refuse<T>(node: &Node) -> Result<T, Refused> {
    Err((node.start, node.end))
}

/// A field of one side and what is made of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub(super) side: Side,
    pub(super) field: String,
    pub(super) derived: Derived,
}

/// What is made of a field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Derived {
    /// The field as the engine holds it.
    Base,
    /// The field as text.
    Text,
    /// A part of the field's text.
    Part(Part),
    /// The field's text read as a date, and a time of day if the format has one.
    Date(DateFormat),
    /// The day of that.
    Day(DateFormat),
}

/// The day of a date; the date itself where the format has no time of day.
fn day(format: DateFormat) -> Derived {
    let timed = ["%+", "%H", "%M", "%S"].iter().any(|directive| format.as_str().contains(directive));
    if timed { Derived::Day(format) } else { Derived::Date(format) }
}

impl Operand {
    /// The instant that it is a day of, or itself; and whether it is a day.
    pub(super) fn without_day(self) -> (Self, bool) {
        match self.derived {
            Derived::Day(format) => (Self { derived: Derived::Date(format), ..self }, true),
            _ => (self, false),
        }
    }
}

/// The regular expressions that are known, and what they find.
pub(super) const PATTERNS: [(&str, Pattern); 7] = [
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9][A-Za-z]{2}$", Pattern::PostcodeFull),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]? [0-9]", Pattern::PostcodeSector),
    ("^[A-Za-z]{1,2}[0-9][A-Za-z0-9]?", Pattern::PostcodeDistrict),
    ("^[A-Za-z]{1,2}", Pattern::PostcodeArea),
    ("^[^@]+", Pattern::EmailLocalPart),
    ("@([^@]+)$", Pattern::EmailDomain),
    ("^[a-zA-Z0-9._%+-]+@[a-zA-Z0-9.-]+[.][a-zA-Z]{2,}$", Pattern::EmailAddress),
];

/// Reads a field of one side: `"name_l"`, `l."name"`, or something made of it.
pub(super) fn operand(node: &Node) -> Result<Operand, Refused> {
    match &node.expression {
        Expression::Name(qualifier, name) => {
            field(qualifier.as_deref(), name).map_or_else(|| refuse(node), Ok)
        }
        Expression::Cast(inner, target) => {
            let inner = operand(inner)?;
            let derived = match (target.as_str(), inner.derived) {
                ("text" | "varchar" | "string", Derived::Base) => Derived::Text,
                ("text" | "varchar" | "string", text @ (Derived::Text | Derived::Part(_))) => text,
                ("timestamp", Derived::Base | Derived::Text) => Derived::Date(DateFormat::iso()),
                ("date", Derived::Base | Derived::Text) => day(DateFormat::iso()),
                ("date", Derived::Date(format) | Derived::Day(format)) => day(format),
                _ => return refuse(node),
            };
            Ok(Operand { derived, ..inner })
        }
        Expression::Call(function, arguments) => call(node, function, arguments),
        _ => refuse(node),
    }
}

fn field(qualifier: Option<&str>, name: &str) -> Option<Operand> {
    let (side, field) = match qualifier {
        Some("l" | "L") => (Side::Left, name),
        Some("r" | "R") => (Side::Right, name),
        Some(_) => return None,
        None => match (name.strip_suffix("_l"), name.strip_suffix("_r")) {
            (Some(field), _) => (Side::Left, field),
            (_, Some(field)) => (Side::Right, field),
            _ => return None,
        },
    };
    let derived = Derived::Base;
    (!field.is_empty()).then(|| Operand { side, field: field.to_owned(), derived })
}

fn call(node: &Node, function: &str, arguments: &[Node]) -> Result<Operand, Refused> {
    match (function, arguments) {
        ("lower", [inner]) => {
            let inner = operand(inner)?;
            match inner.derived {
                Derived::Base | Derived::Text => {
                    let derived = Derived::Part(Part { lower: true, ..Part::default() });
                    Ok(Operand { derived, ..inner })
                }
                _ => refuse(node),
            }
        }
        ("substr" | "substring", [inner, start, length]) => {
            let inner = operand(inner)?;
            let (Some(start), Some(length)) = (whole(start), whole(length)) else { return refuse(node) };
            match part_of(&inner) {
                Some(part) if part.start == 0 && part.length == 0 && start > 0 && length > 0 => {
                    Ok(Operand { derived: Derived::Part(Part { start, length, ..part }), ..inner })
                }
                _ => refuse(node),
            }
        }
        ("nullif", [inner, empty]) if empty.expression == Expression::Text(String::new()) => {
            let inner = operand(inner)?;
            match inner.derived {
                Derived::Part(part) if part.or_empty && part.start == 0 => {
                    Ok(Operand { derived: Derived::Part(Part { or_empty: false, ..part }), ..inner })
                }
                // Empty texts are no values here already.
                Derived::Base | Derived::Text => Ok(inner),
                _ => refuse(node),
            }
        }
        ("regexp_extract", [inner, pattern, rest @ ..]) => {
            let whole_match = match rest {
                [] => true,
                [group] => group.expression == Expression::Number(0.0),
                _ => false,
            };
            let inner = operand(inner)?;
            let found =
                PATTERNS.iter().find(|(text, _)| pattern.expression == Expression::Text((*text).into()));
            match (found, part_of(&inner)) {
                (Some((_, pattern)), Some(part))
                    if whole_match && part.pattern.is_none() && part.start == 0 =>
                {
                    let part = Part { pattern: Some(*pattern), or_empty: true, ..part };
                    Ok(Operand { derived: Derived::Part(part), ..inner })
                }
                _ => refuse(node),
            }
        }
        (
            "try_strptime" | "strptime" | "try_to_timestamp" | "to_timestamp" | "try_to_date" | "to_date",
            [inner, format],
        ) => {
            let inner = operand(inner)?;
            let Expression::Text(text) = &format.expression else { return refuse(format) };
            let parsed = if function.contains("strp") { text.parse() } else { of_java(text).parse() };
            match (inner.derived, parsed) {
                (Derived::Base | Derived::Text, Ok(format)) => {
                    Ok(Operand { derived: Derived::Date(format), ..inner })
                }
                _ => refuse(node),
            }
        }
        ("date", [inner]) => {
            let inner = operand(inner)?;
            match inner.derived {
                Derived::Date(format) | Derived::Day(format) => Ok(Operand { derived: day(format), ..inner }),
                _ => refuse(node),
            }
        }
        _ => refuse(node),
    }
}

fn part_of(operand: &Operand) -> Option<Part> {
    match operand.derived {
        Derived::Base | Derived::Text => Some(Part::default()),
        Derived::Part(part) => Some(part),
        Derived::Date(_) | Derived::Day(_) => None,
    }
}

/// A date format of Spark; one that has no equal stays as it is and is refused.
fn of_java(format: &str) -> String {
    let mut format = format.to_owned();
    for (java, ours) in [("yyyy", "%Y"), ("MM", "%m"), ("dd", "%d"), ("HH", "%H"), ("mm", "%M"), ("ss", "%S")]
    {
        format = format.replace(java, ours);
    }
    format
}

fn whole(node: &Node) -> Option<u16> {
    let Expression::Number(number) = node.expression else { return None };
    (0..=1000).find(|whole| f64::from(*whole) == number)
}

/// The columns that the conditions read so far need.
#[derive(Debug, Default)]
pub(super) struct Columns {
    /// What a field as the engine holds it must be, where a condition says so.
    needs: BTreeMap<String, Transform>,
    columns: Vec<Column>,
}

impl Columns {
    /// The columns, and nothing but what is known of the fields stays.
    pub(super) fn take(&mut self) -> Vec<Column> {
        std::mem::take(&mut self.columns)
    }

    /// The name of the column for an operand. `need`: what the condition takes it for; false if another condition
    /// takes it for something else, and for days.
    pub(super) fn name(&mut self, operand: &Operand, need: Option<Transform>) -> Option<String> {
        let field = &operand.field;
        if let (Derived::Base, Some(need)) = (operand.derived, need)
            && *self.needs.entry(field.clone()).or_insert(need) != need
        {
            return None;
        }
        let base = self.needs.get(field).copied().unwrap_or(Transform::Raw);
        let (name, transform) = match operand.derived {
            Derived::Base => (field.clone(), base),
            Derived::Text if base == Transform::Raw => (field.clone(), base),
            Derived::Text => (format!("{field} as text"), Transform::Raw),
            Derived::Part(part) => (format!("{field}{}", described(&part)), Transform::Part(part)),
            Derived::Date(format) => {
                (format!("{field} as date {}", format.as_str()), Transform::Instant(format))
            }
            // No column holds days: a condition counts them.
            Derived::Day(_) => return None,
        };
        if !self.columns.iter().any(|column| column.name == name) {
            self.columns.push(Column { name: name.clone(), inputs: vec![field.clone()], transform });
        }
        Some(name)
    }
}

fn described(part: &Part) -> String {
    let mut text = String::new();
    if part.lower {
        text.push_str(" in small letters");
    }
    if let Some(pattern) = part.pattern {
        text.push_str(match pattern {
            Pattern::PostcodeFull => " full postcode",
            Pattern::PostcodeSector => " sector",
            Pattern::PostcodeDistrict => " district",
            Pattern::PostcodeArea => " area",
            Pattern::EmailLocalPart => " local part",
            Pattern::EmailDomain => " domain",
            Pattern::EmailAddress => " full address",
        });
    }
    if part.or_empty {
        text.push_str(" or empty");
    }
    if part.start > 0 || part.length > 0 {
        text.push_str(&format!(" from {} for {}", part.start, part.length));
    }
    text
}
