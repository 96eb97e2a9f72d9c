//! SQL trees into conditions: the closed list of shapes that Splink's comparisons are made of.

use super::super::condition::{CalendarUnit, Condition, EditMeasure, Side, TextMeasure, TimeUnit};
use super::super::date_format::DateFormat;
use super::super::prepare::Transform;
use super::operand::{Columns, Derived, Operand, Refused, operand, refuse};
use super::sql::{Expression, Node, Operator, parse};
use super::templates;

/// Reads the condition of a level.
pub(super) fn condition(sql: &str, columns: &mut Columns) -> Result<Condition, Refused> {
    if sql.trim().eq_ignore_ascii_case("else") {
        return Ok(Condition::Else);
    }
    Shapes { columns }.condition(&parse(sql)?)
}

struct Shapes<'c> {
    columns: &'c mut Columns,
}

/// A threshold, itself included, and whether the condition is to be negated.
type Bound = (f64, bool);

impl Shapes<'_> {
    fn condition(&mut self, node: &Node) -> Result<Condition, Refused> {
        match &node.expression {
            Expression::Binary(Operator::Or, ..) => {
                let mut parts = Vec::new();
                flatten(node, Operator::Or, &mut parts);
                let read =
                    parts.into_iter().map(|part| self.condition(part)).collect::<Result<Vec<_>, _>>()?;
                Ok(single(join_nulls(read), Condition::Any))
            }
            Expression::Binary(Operator::And, ..) => {
                let mut parts = Vec::new();
                flatten(node, Operator::And, &mut parts);
                let mut read = Vec::new();
                let mut not_empty = Vec::new();
                for part in parts {
                    match self.not_empty(part) {
                        Some(column) => not_empty.push((column, part)),
                        None => read.push(self.condition(part)?),
                    }
                }
                for (name, part) in not_empty {
                    let subset = read.iter_mut().find_map(|one| match one {
                        Condition::Subset { column, empty } if *column == name => Some(empty),
                        _ => None,
                    });
                    match subset {
                        Some(empty) => *empty = false,
                        None => return refuse(part),
                    }
                }
                Ok(single(read, Condition::All))
            }
            Expression::Binary(operator, left, right) => self.comparison(node, *operator, left, right),
            Expression::Not(inner) => Ok(Condition::Not(Box::new(self.condition(inner)?))),
            Expression::IsNull(inner) => {
                let (operand, _) = operand(inner)?.without_day();
                let column = self.column(inner, &operand, None)?;
                Ok(Condition::Null { column, side: operand.side })
            }
            Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
                ("list_has_any" | "arrays_overlap", [left, right]) => {
                    let column = self.same_column(node, left, right, Some(Transform::List))?;
                    Ok(Condition::Shared { column, at_least: 1 })
                }
                _ => refuse(node),
            },
            _ => refuse(node),
        }
    }

    fn comparison(
        &mut self,
        node: &Node,
        operator: Operator,
        left: &Node,
        right: &Node,
    ) -> Result<Condition, Refused> {
        let flipped = match operator {
            Operator::Less => Operator::Greater,
            Operator::LessOrEqual => Operator::GreaterOrEqual,
            Operator::Greater => Operator::Less,
            Operator::GreaterOrEqual => Operator::LessOrEqual,
            same => same,
        };
        // For a measure that must be at least so much, and for one that must be at most so much.
        let bound = |operator, number: f64| match operator {
            Operator::Less => Some(((number, true), (number.next_down(), false))),
            Operator::LessOrEqual => Some(((number.next_up(), true), (number, false))),
            Operator::Greater => Some(((number.next_up(), false), (number, true))),
            Operator::GreaterOrEqual => Some(((number, false), (number.next_down(), true))),
            _ => None,
        };
        match operator {
            Operator::Equal => self.equal(node, left, right),
            Operator::Unequal => Ok(Condition::Not(Box::new(self.equal(node, left, right)?))),
            _ => {
                let found = match (constant(left), constant(right)) {
                    (None, Some(number)) => bound(operator, number).map(|bounds| (left, bounds)),
                    (Some(number), None) => bound(flipped, number).map(|bounds| (right, bounds)),
                    _ => None,
                };
                match found {
                    Some((measure, bounds)) => self.measure(node, measure, bounds),
                    None => refuse(node),
                }
            }
        }
    }

    fn equal(&mut self, node: &Node, left: &Node, right: &Node) -> Result<Condition, Refused> {
        for (shared, shorter) in [(left, right), (right, left)] {
            if let (Some((a, b)), true) = (intersection(shared), is_call(shorter, "least")) {
                let column = self.same_column(node, a, b, Some(Transform::List))?;
                if !self.is_shorter(shorter, a, b) {
                    return refuse(shorter);
                }
                return Ok(Condition::Subset { column, empty: true });
            }
        }
        for (literal_node, other) in [(left, right), (right, left)] {
            if let Some((value, need)) = literal(literal_node) {
                let operand = operand(other)?;
                let column = self.column(other, &operand, need)?;
                return Ok(Condition::Literal { column, side: operand.side, value });
            }
        }
        if matches!(operand(left)?.derived, Derived::Day(_)) {
            let (column, _) = self.instants(node, left, right)?;
            return Ok(Condition::Calendar { column, at_most: 0, unit: CalendarUnit::Day });
        }
        let (column, with) = self.pair(node, left, right, None)?;
        Ok(match with {
            None => Condition::Exact { column },
            Some(right) => Condition::Crossed { left: column, right },
        })
    }

    fn measure(
        &mut self,
        node: &Node,
        measure: &Node,
        (similar, apart): (Bound, Bound),
    ) -> Result<Condition, Refused> {
        let (condition, negated) = match &measure.expression {
            Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
                ("jaro_winkler_similarity" | "jaro_winkler" | "jaro_winkler_sim", [a, b]) => {
                    self.similar(measure, a, b, TextMeasure::JaroWinkler, similar)?
                }
                ("jaro_similarity" | "jaro_sim" | "jaro", [a, b]) => {
                    self.similar(measure, a, b, TextMeasure::Jaro, similar)?
                }
                ("jaccard" | "jaccard_sim", [a, b]) => {
                    self.similar(measure, a, b, TextMeasure::QgramJaccard(1), similar)?
                }
                ("levenshtein" | "editdist3", [a, b]) => {
                    self.edits(node, a, b, EditMeasure::Levenshtein, apart)?
                }
                ("damerau_levenshtein", [a, b]) => {
                    self.edits(node, a, b, EditMeasure::DamerauLevenshtein, apart)?
                }
                ("array_cosine_similarity" | "list_cosine_similarity", [a, b]) => {
                    let column = self.same_column(measure, a, b, Some(Transform::Vector))?;
                    let (at_least, negated) = similar;
                    (Condition::Cosine { column, at_least }, negated)
                }
                ("abs", [inner]) => self.absolute(node, inner, apart)?,
                _ => match intersection(measure) {
                    Some((a, b)) => {
                        let column = self.same_column(measure, a, b, Some(Transform::List))?;
                        let (number, negated) = similar;
                        let Some(at_least) = whole(number.ceil()) else { return refuse(node) };
                        (Condition::Shared { column, at_least }, negated)
                    }
                    None => return refuse(measure),
                },
            },
            Expression::Binary(Operator::Over, difference, _) => {
                let Expression::Call(function, arguments) = &difference.expression else {
                    return refuse(measure);
                };
                let ("abs", [inner]) = (function.as_str(), arguments.as_slice()) else {
                    return refuse(measure);
                };
                let Expression::Binary(Operator::Minus, a, b) = &inner.expression else {
                    return refuse(measure);
                };
                let (Some(a_name), Some(b_name)) = (name(a), name(b)) else { return refuse(measure) };
                let signed = is_template(measure, &templates::relative_difference(&a_name, &b_name));
                if !signed && !is_template(measure, &templates::absolute_share(&a_name, &b_name)) {
                    return refuse(measure);
                }
                let column = self.same_column(measure, a, b, Some(Transform::Number))?;
                let (at_most, negated) = apart;
                (Condition::RelativeDifference { column, at_most, signed }, negated)
            }
            Expression::Cast(..) => self.kilometres(measure, apart)?,
            Expression::Binary(Operator::Minus, both, _) => {
                // Splink 3 counts what two lists share as the sum of both less what is in either.
                let lists = match &both.expression {
                    Expression::Binary(Operator::Plus, a, b) => distinct(a).zip(distinct(b)),
                    _ => None,
                };
                let Some((a, b)) = lists else { return refuse(measure) };
                let names = name(a).zip(name(b));
                if !names.is_some_and(|(a, b)| is_template(measure, &templates::shared_by_counts(&a, &b))) {
                    return refuse(measure);
                }
                let column = self.same_column(measure, a, b, Some(Transform::List))?;
                let (number, negated) = similar;
                let Some(at_least) = whole(number.ceil()) else { return refuse(node) };
                (Condition::Shared { column, at_least }, negated)
            }
            _ => return refuse(measure),
        };
        Ok(if negated { Condition::Not(Box::new(condition)) } else { condition })
    }

    fn similar(
        &mut self,
        node: &Node,
        a: &Node,
        b: &Node,
        measure: TextMeasure,
        bound: Bound,
    ) -> Result<(Condition, bool), Refused> {
        let (column, with) = self.pair(node, a, b, None)?;
        let (at_least, negated) = bound;
        Ok((Condition::Similar { column, with, measure, at_least }, negated))
    }

    fn edits(
        &mut self,
        node: &Node,
        a: &Node,
        b: &Node,
        measure: EditMeasure,
        bound: Bound,
    ) -> Result<(Condition, bool), Refused> {
        let (column, with) = self.pair(node, a, b, None)?;
        let (number, negated) = bound;
        let Some(at_most) = whole(number.floor()) else { return refuse(node) };
        Ok((Condition::Edits { column, with, measure, at_most }, negated))
    }

    /// What stands within `abs(..)`: a difference of instants, of days or of numbers.
    fn absolute(&mut self, node: &Node, inner: &Node, bound: Bound) -> Result<(Condition, bool), Refused> {
        let (at_most, negated) = bound;
        match &inner.expression {
            Expression::Call(function, arguments) => {
                let (unit, a, b) = match (function.as_str(), arguments.as_slice()) {
                    ("datediff", [a, b]) => ("day", a, b),
                    ("date_diff" | "datediff", [unit, a, b]) => match &unit.expression {
                        Expression::Text(unit) => (unit.as_str(), a, b),
                        _ => return refuse(inner),
                    },
                    _ => return refuse(node),
                };
                let unit = match unit {
                    "day" => CalendarUnit::Day,
                    "month" => CalendarUnit::Month,
                    "year" => CalendarUnit::Year,
                    _ => return refuse(inner),
                };
                let (column, _) = self.instants(inner, a, b)?;
                let Some(at_most) = whole(at_most.floor()) else { return refuse(node) };
                Ok((Condition::Calendar { column, at_most, unit }, negated))
            }
            Expression::Binary(Operator::Minus, a, b) => {
                if let (Some(a), Some(b)) = (epoch(a), epoch(b)) {
                    let (column, days) = self.instants(inner, a, b)?;
                    if days {
                        let Some(at_most) = whole((at_most / 86_400.0).floor()) else { return refuse(node) };
                        return Ok((
                            Condition::Calendar { column, at_most, unit: CalendarUnit::Day },
                            negated,
                        ));
                    }
                    let unit = largest_unit(at_most);
                    let at_most = at_most / unit.seconds();
                    return Ok((Condition::Apart { column, at_most, unit }, negated));
                }
                let column = self.same_column(inner, a, b, Some(Transform::Number))?;
                Ok((Condition::Difference { column, at_most }, negated))
            }
            _ => refuse(node),
        }
    }

    fn kilometres(&mut self, measure: &Node, bound: Bound) -> Result<(Condition, bool), Refused> {
        let mut arguments = Vec::new();
        radians(measure, &mut arguments, 0);
        let latitude = arguments.iter().find_map(|argument| operand(argument).ok());
        let longitude = arguments.iter().find_map(|argument| match &argument.expression {
            Expression::Binary(Operator::Minus, _, left) => operand(left).ok(),
            _ => None,
        });
        let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return refuse(measure) };
        let sides = |operand: &Operand| {
            ["_l", "_r"].map(|side| templates::quoted(&format!("{}{side}", operand.field)))
        };
        let (latitudes, longitudes) = (sides(&latitude), sides(&longitude));
        let [latitudes, longitudes] =
            [&latitudes, &longitudes].map(|[left, right]| [left.as_str(), right.as_str()]);
        if !is_template(measure, &templates::kilometres(latitudes, longitudes)) {
            return refuse(measure);
        }
        let latitude = self.column(measure, &latitude, Some(Transform::Number))?;
        let longitude = self.column(measure, &longitude, Some(Transform::Number))?;
        let (at_most, negated) = bound;
        Ok((Condition::Kilometres { latitude, longitude, at_most }, negated))
    }

    /// The column whose lists `least(..) <> 0` says are not empty.
    fn not_empty(&mut self, node: &Node) -> Option<String> {
        let Expression::Binary(Operator::Unequal | Operator::Greater, shorter, zero) = &node.expression
        else {
            return None;
        };
        if zero.expression != Expression::Number(0.0) || !is_call(shorter, "least") {
            return None;
        }
        let Expression::Call(_, arguments) = &shorter.expression else { return None };
        let [a, b] = arguments.as_slice() else { return None };
        self.same_column(node, length(a)?, length(b)?, Some(Transform::List)).ok()
    }

    /// Whether a call of `least` is over the lengths of the two lists.
    fn is_shorter(&self, node: &Node, a: &Node, b: &Node) -> bool {
        let Expression::Call(_, arguments) = &node.expression else { return false };
        let [first, second] = arguments.as_slice() else { return false };
        let lengths = [length(first), length(second)];
        lengths == [Some(a), Some(b)] || lengths == [Some(b), Some(a)]
    }

    fn column(&mut self, node: &Node, operand: &Operand, need: Option<Transform>) -> Result<String, Refused> {
        self.columns.name(operand, need).map_or_else(|| refuse(node), Ok)
    }

    /// The left record's column, and the right record's if it is another.
    fn pair(
        &mut self,
        node: &Node,
        a: &Node,
        b: &Node,
        need: Option<Transform>,
    ) -> Result<(String, Option<String>), Refused> {
        let (a, b) = (operand(a)?, operand(b)?);
        self.sides(node, a, b, need)
    }

    fn sides(
        &mut self,
        node: &Node,
        a: Operand,
        b: Operand,
        need: Option<Transform>,
    ) -> Result<(String, Option<String>), Refused> {
        let (left, right) = match (a.side, b.side) {
            (Side::Left, Side::Right) => (a, b),
            (Side::Right, Side::Left) => (b, a),
            _ => return refuse(node),
        };
        let left = self.column(node, &left, need)?;
        let right = self.column(node, &right, need)?;
        Ok(if left == right { (left, None) } else { (left, Some(right)) })
    }

    fn same_column(
        &mut self,
        node: &Node,
        a: &Node,
        b: &Node,
        need: Option<Transform>,
    ) -> Result<String, Refused> {
        match self.pair(node, a, b, need)? {
            (column, None) => Ok(column),
            (_, Some(_)) => refuse(node),
        }
    }

    /// The column of instants, and whether their days are meant.
    fn instants(&mut self, node: &Node, a: &Node, b: &Node) -> Result<(String, bool), Refused> {
        let ((a, a_days), (b, b_days)) = (operand(a)?.without_day(), operand(b)?.without_day());
        let is_text = |one: &Operand| matches!(one.derived, Derived::Text | Derived::Part(_));
        if a_days != b_days || is_text(&a) || is_text(&b) {
            return refuse(node);
        }
        match self.sides(node, a, b, Some(Transform::Instant(DateFormat::iso())))? {
            (column, None) => Ok((column, a_days)),
            (_, Some(_)) => refuse(node),
        }
    }
}

fn flatten<'n>(node: &'n Node, operator: Operator, parts: &mut Vec<&'n Node>) {
    match &node.expression {
        Expression::Binary(found, left, right) if *found == operator => {
            flatten(left, operator, parts);
            flatten(right, operator, parts);
        }
        _ => parts.push(node),
    }
}

fn single(mut parts: Vec<Condition>, several: fn(Vec<Condition>) -> Condition) -> Condition {
    if parts.len() == 1
        && let Some(one) = parts.pop()
    {
        return one;
    }
    several(parts)
}

/// Two null tests of one column on both sides are one.
fn join_nulls(parts: Vec<Condition>) -> Vec<Condition> {
    let mut joined: Vec<Condition> = Vec::with_capacity(parts.len());
    for part in parts {
        if let (
            Some(Condition::Null { column: before, side: Side::Left }),
            Condition::Null { column, side: Side::Right },
        ) = (joined.last(), &part)
            && before == column
        {
            let column = column.clone();
            joined.pop();
            joined.push(Condition::EitherNull { column });
        } else {
            joined.push(part);
        }
    }
    joined
}

fn whole(number: f64) -> Option<u32> {
    if !(0.0..=4_294_967_295.0).contains(&number) {
        return None;
    }
    format!("{number:.0}").parse().ok()
}

fn largest_unit(seconds: f64) -> TimeUnit {
    [TimeUnit::Years, TimeUnit::Months, TimeUnit::Days]
        .into_iter()
        .find(|unit| {
            let count = seconds / unit.seconds();
            count >= 1.0 && count.fract() == 0.0 && count * unit.seconds() == seconds
        })
        .unwrap_or(TimeUnit::Seconds)
}

/// A number, or a calculation of numbers.
fn constant(node: &Node) -> Option<f64> {
    match &node.expression {
        Expression::Number(number) => Some(*number),
        Expression::Cast(inner, target) if !target.contains('(') => constant(inner),
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("floor", [inner]) => Some(constant(inner)?.floor()),
            _ => None,
        },
        Expression::Binary(operator @ (Operator::Over | Operator::Times), left, right) => {
            let (left, right) = (constant(left)?, constant(right)?);
            let number = if *operator == Operator::Over { left / right } else { left * right };
            number.is_finite().then_some(number)
        }
        _ => None,
    }
}

/// A value written in the SQL, and what it says of the column that it is compared with.
fn literal(node: &Node) -> Option<(String, Option<Transform>)> {
    match &node.expression {
        Expression::Text(text) => Some((text.clone(), None)),
        Expression::Number(number) => Some((number.to_string(), Some(Transform::Number))),
        Expression::Cast(inner, target) => match (&inner.expression, target.as_str()) {
            (Expression::Number(number), target) if !target.contains('(') => {
                Some((number.to_string(), Some(Transform::Number)))
            }
            (Expression::Text(text), "timestamp") => {
                Some((text.clone(), Some(Transform::Instant(DateFormat::iso()))))
            }
            // A time of day would be cut off.
            (Expression::Text(text), "date") if text.trim().len() <= "2020-01-01".len() => {
                Some((text.clone(), Some(Transform::Instant(DateFormat::iso()))))
            }
            (Expression::Text(text), "text" | "varchar" | "string") => Some((text.clone(), None)),
            _ => None,
        },
        _ => None,
    }
}

fn is_call(node: &Node, function: &str) -> bool {
    matches!(&node.expression, Expression::Call(found, _) if found == function)
}

/// The list whose length is asked for.
fn length(node: &Node) -> Option<&Node> {
    match &node.expression {
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("array_length" | "len" | "length" | "size" | "cardinality", [list]) => Some(list),
            _ => None,
        },
        _ => None,
    }
}

/// The lists whose number of common values is asked for.
fn intersection(node: &Node) -> Option<(&Node, &Node)> {
    match &length(node)?.expression {
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("list_intersect" | "array_intersect", [a, b]) => Some((a, b)),
            _ => None,
        },
        _ => None,
    }
}

/// The list whose different values are counted.
fn distinct(node: &Node) -> Option<&Node> {
    match &node.expression {
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("list_unique", [list]) => Some(list),
            _ => None,
        },
        _ => None,
    }
}

/// The instant whose seconds since 1970 are asked for.
fn epoch(node: &Node) -> Option<&Node> {
    match &node.expression {
        Expression::Call(function, arguments) => match (function.as_str(), arguments.as_slice()) {
            ("epoch" | "unix_timestamp", [instant]) => Some(instant),
            _ => None,
        },
        _ => None,
    }
}

/// A bare name as SQL.
fn name(node: &Node) -> Option<String> {
    match &node.expression {
        Expression::Name(None, name) => Some(templates::quoted(name)),
        _ => None,
    }
}

fn is_template(node: &Node, sql: &str) -> bool {
    parse(sql).is_ok_and(|template| template == *node)
}

/// What `radians(..)` is called with, in the order of the text.
fn radians<'n>(node: &'n Node, found: &mut Vec<&'n Node>, depth: usize) {
    if depth > 64 {
        return;
    }
    match &node.expression {
        Expression::Call(function, arguments) => {
            if let ("radians", [argument]) = (function.as_str(), arguments.as_slice()) {
                found.push(argument);
            }
            for argument in arguments {
                radians(argument, found, depth + 1);
            }
        }
        Expression::Cast(inner, _) | Expression::Not(inner) | Expression::IsNull(inner) => {
            radians(inner, found, depth + 1);
        }
        Expression::Binary(_, left, right) => {
            radians(left, found, depth + 1);
            radians(right, found, depth + 1);
        }
        Expression::Case(branches, otherwise) => {
            for (condition, then) in branches {
                radians(condition, found, depth + 1);
                radians(then, found, depth + 1);
            }
            if let Some(otherwise) = otherwise {
                radians(otherwise, found, depth + 1);
            }
        }
        Expression::Name(..) | Expression::Number(_) | Expression::Text(_) => {}
    }
}
