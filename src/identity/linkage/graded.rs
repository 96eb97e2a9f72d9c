//! Comparisons whose levels are degrees of one fact: the fact is asked for once, and the level looked up.

use super::agreement::Agreement;
use super::condition::Condition;
use super::model::{Comparison, Level};

/// The level of each degree.
pub(super) type LevelOfDegree = [u8; Agreement::MOST as usize + 1];

/// The fact of which all levels are degrees, and the level of each degree; nothing where a level asks for something
/// else or a degree has no level.
pub(super) fn graded(comparison: &Comparison) -> Option<(&Agreement, LevelOfDegree)> {
    let fact = comparison.levels.iter().find_map(fact_of)?;
    let is_of_it = |level: &Level| {
        level.condition == Condition::Else || fact_of(level).is_some_and(|other| other == fact)
    };
    if !comparison.levels.iter().all(is_of_it) {
        return None;
    }
    let mut level_of = LevelOfDegree::default();
    for (degree, cell) in (0..).zip(&mut level_of) {
        let found = comparison.levels.iter().position(|level| holds(&level.condition, degree))?;
        *cell = u8::try_from(found).ok()?;
    }
    Some((fact, level_of))
}

const fn fact_of(level: &Level) -> Option<&Agreement> {
    match &level.condition {
        Condition::Agreement { on, .. } | Condition::Untold { on } => Some(on),
        _ => None,
    }
}

/// Whether a condition of the fact holds for a pair that agrees in this degree.
const fn holds(condition: &Condition, degree: u8) -> bool {
    match condition {
        Condition::Agreement { at_least, .. } => degree > 0 && degree >= *at_least,
        Condition::Untold { .. } => degree == 0,
        Condition::Else => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn comparison(conditions: Vec<Condition>) -> Comparison {
        let levels = conditions.into_iter().map(|condition| Level::new("level", condition)).collect();
        Comparison { name: "compared".to_owned(), levels, shared: false }
    }

    fn code(column: &str, at_least: u8) -> Condition {
        Condition::Agreement { on: Agreement::Code { column: column.to_owned() }, at_least }
    }

    #[test]
    fn each_degree_has_the_first_level_that_holds() {
        let on = Agreement::Code { column: "card".to_owned() };
        let untold = Condition::Untold { on: on.clone() };
        let all = comparison(vec![untold, code("card", 5), code("card", 4), Condition::Else]);
        assert_eq!(graded(&all), Some((&on, [0, 3, 3, 3, 2, 1, 1, 1, 1, 1])));
        // What is untold reaches no degree, not even the lowest.
        let all = comparison(vec![code("card", 0), Condition::Else]);
        assert_eq!(graded(&all), Some((&on, [1, 0, 0, 0, 0, 0, 0, 0, 0, 0])));
    }

    #[test]
    fn anything_else_is_asked_level_by_level() {
        for conditions in [
            vec![],
            vec![Condition::Else],
            // Some degree has no level.
            vec![code("card", 5), code("card", 1)],
            // Two facts, and a fact beside another condition.
            vec![code("card", 5), code("phone", 5), Condition::Else],
            vec![Condition::EitherNull { column: "card".to_owned() }, code("card", 5), Condition::Else],
        ] {
            assert_eq!(graded(&comparison(conditions)), None);
        }
    }
}
