//! Blocking rules for a model whose user gives none.

use std::collections::BTreeSet;

use super::block::Keys;
use super::model::{BlockingRule, KeyForm, KeyPart, Model};

/// Of more columns than this that the preset for people does not know, no pairs are made into rules.
const MOST_COLUMNS: usize = 12;

/// So many first characters of a value find it in spite of a slip further on.
const FIRST: u8 = 5;

/// The rules worth trying, the surest first: those for people whose columns the model has, then for its other columns,
/// alone and two together, those first by which fewer pairs of records agree.
///
/// # Complexity
/// O(c² n log n) for c columns that the rules for people do not name, at most twelve, and n records.
pub(super) fn worth_trying(model: &Model, keys: &mut Keys<'_>) -> Vec<BlockingRule> {
    let has: BTreeSet<&str> = model.columns.iter().map(|column| &*column.name).collect();
    let for_people = Model::person_rules();
    let known: BTreeSet<String> =
        for_people.iter().flat_map(|rule| &rule.parts).map(|part| part.column.clone()).collect();
    let mut rules: Vec<BlockingRule> = for_people
        .into_iter()
        .filter(|rule| rule.parts.iter().all(|part| has.contains(&*part.column)))
        .map(|mut rule| {
            rule.split.retain(|part| has.contains(&*part.column));
            rule
        })
        .collect();
    let others: Vec<&str> = has.into_iter().filter(|column| !known.contains(*column)).collect();
    let mut of_others = Vec::new();
    for (at, column) in others.iter().enumerate() {
        of_others.push(BlockingRule::on([KeyPart::new(column, KeyForm::Whole)]));
        of_others.push(BlockingRule::on([KeyPart::new(column, KeyForm::Prefix(FIRST))]));
        let with = if others.len() > MOST_COLUMNS { &[] } else { others.get(at + 1..).unwrap_or_default() };
        of_others.extend(with.iter().map(|other| {
            BlockingRule::on([KeyPart::new(column, KeyForm::Whole), KeyPart::new(other, KeyForm::Whole)])
        }));
    }
    of_others.sort_by_cached_key(|rule| keys.pairs(&rule.parts));
    rules.append(&mut of_others);
    rules
}

#[cfg(test)]
mod tests {
    use super::super::columns::{NameTexts, Table, make};
    use super::super::dataset::Dataset;
    use super::super::model::{Column, TextUnit};
    use super::super::prepare::Transform;
    use super::super::sources::Sources;
    use super::*;

    fn names(rules: &[BlockingRule]) -> Vec<String> {
        let part = |part: &KeyPart| format!("{} {:?}", part.column, part.form);
        rules.iter().map(|rule| rule.parts.iter().map(part).collect::<Vec<_>>().join(" + ")).collect()
    }

    #[test]
    fn a_model_of_products_gets_rules_of_its_own_columns() {
        let column =
            |name: &str| Column { name: name.into(), inputs: vec![name.into()], transform: Transform::Text };
        let model = Model {
            columns: vec![column("title"), column("brand"), column("email")],
            comparisons: Vec::new(),
            ..Model::person()
        };
        let mut products = Dataset::new(["title", "brand", "email"]);
        for row in [["kettle 1", "b", ""], ["kettle 2", "b", ""], ["kettle 1", "b", ""], ["lamp", "a", ""]] {
            products.push(&row).unwrap();
        }
        let columns = model
            .columns
            .iter()
            .map(|column| make(&products, column, TextUnit::Characters, &mut NameTexts::default()))
            .collect();
        let table = Table { rows: products.len(), columns, sources: Sources::default() };
        let rules = worth_trying(&model, &mut Keys::new(&model, &table));
        assert_eq!(
            names(&rules),
            [
                "email Whole",
                "email Local",
                "email Prefix(6)",
                // No brand has five characters; one pair has one title, three one brand.
                "brand Prefix(5)",
                "brand Whole + title Whole",
                "title Whole",
                "brand Whole",
                "title Prefix(5)",
            ]
        );
        let people = Model { columns: Model::person().columns, ..model };
        let table = Table { rows: 0, columns: Vec::new(), sources: Sources::default() };
        let rules = worth_trying(&people, &mut Keys::new(&people, &table));
        let (preset, gender) = rules.split_at(Model::person_rules().len());
        assert_eq!(preset, Model::person_rules());
        assert_eq!(names(gender), ["gender Whole", "gender Prefix(5)"]);
    }
}
