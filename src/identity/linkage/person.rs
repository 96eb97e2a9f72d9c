//! A model for people.

use std::collections::BTreeMap;

use super::agreement::Agreement;
use super::condition::Condition;
use super::model::{
    BlockingRule, Column, Comparison, KeyForm, KeyPart, Level, Model, TermFrequencyAdjustment, TextUnit,
};
use super::prepare::Transform;

/// A degree of agreement: its name, and how often records of one person, of one household, of strangers reach it. The
/// figures are where training starts and what it falls back on where the data says nothing.
type Degree = (u8, &'static str, f64, f64, f64);

fn comparison(name: &str, on: &Agreement, shared: bool, degrees: &[Degree]) -> Comparison {
    let mut levels = vec![Level { null: true, ..Level::new("untold", Condition::Untold { on: on.clone() }) }];
    for (at_least, name, m, household, u) in degrees {
        let condition = if *at_least <= 1 {
            Condition::Else
        } else {
            Condition::Agreement { on: on.clone(), at_least: *at_least }
        };
        levels.push(Level {
            m: Some(*m),
            u: Some(*u),
            household: shared.then_some(*household),
            ..Level::new(*name, condition)
        });
    }
    Comparison { name: name.to_owned(), levels, shared }
}

/// Lets the weights of the best levels follow how frequent the value is: of a slip the more frequent of both counts, so
/// that it cannot pass for a rare name.
fn by_frequency(
    mut comparison: Comparison,
    column: &str,
    levels: usize,
    people_by: Option<&KeyPart>,
) -> Comparison {
    for level in comparison.levels.iter_mut().skip(1).take(levels) {
        level.term_frequency = Some(TermFrequencyAdjustment {
            column: column.to_owned(),
            weight: 1.0,
            minimum: 0.0,
            people_by: people_by.cloned(),
            own_u: false,
        });
    }
    comparison
}

/// How often two people of one household are born on one day: 12 of 1,000 births are of twins (Monden, Pison and Smits,
/// "Twin peaks", Human Reproduction 36, 2021), and perhaps every third pair of a household are brothers and sisters.
const BORN_TOGETHER: f64 = 0.005;

/// A birth date in common is less proof where people live together.
fn born_together(mut birth_date: Comparison) -> Comparison {
    if let Some(same_day) = birth_date.levels.get_mut(1) {
        same_day.household = Some(BORN_TOGETHER);
    }
    birth_date
}

const GIVEN: &[Degree] = &[
    (6, "same", 0.72, 0.01, 0.01),
    (5, "same in another spelling", 0.06, 0.002, 0.002),
    (4, "a slip, one part more, or exchanged", 0.08, 0.002, 0.002),
    (3, "initial", 0.05, 0.01, 0.01),
    (2, "something in common", 0.03, 0.01, 0.01),
    (1, "different", 0.06, 0.966, 0.966),
];
const FAMILY: &[Degree] = &[
    (6, "same", 0.8, 0.8, 0.005),
    (5, "same in another spelling", 0.05, 0.05, 0.001),
    (4, "a slip, one part more, or exchanged", 0.08, 0.08, 0.001),
    (3, "initial", 0.01, 0.01, 0.001),
    (2, "something in common", 0.02, 0.02, 0.01),
    (1, "different", 0.04, 0.04, 0.982),
];
const DATE: &[Degree] = &[
    (5, "same day", 0.86, 0.001, 0.0001),
    (4, "one slip", 0.07, 0.002, 0.002),
    (3, "two parts same", 0.04, 0.004, 0.004),
    (2, "a year apart", 0.01, 0.04, 0.04),
    (1, "different", 0.02, 0.953, 0.9539),
];
const EMAIL: &[Degree] = &[
    (5, "same", 0.7, 0.05, 0.00001),
    (4, "same before the @, or a slip", 0.06, 0.005, 0.00001),
    (3, "much alike", 0.02, 0.005, 0.00001),
    (1, "different", 0.22, 0.94, 0.99997),
];
const CODE: &[Degree] = &[
    (5, "same", 0.8, 0.1, 0.00001),
    (4, "a slip", 0.03, 0.002, 0.00001),
    (1, "different", 0.17, 0.898, 0.99998),
];
const ADDRESS: &[Degree] = &[
    (9, "same address", 0.66, 0.7, 0.00002),
    (8, "nearly the same address", 0.11, 0.1, 0.0001),
    (7, "same address, place untold", 0.06, 0.06, 0.00002),
    (6, "perhaps the same address", 0.04, 0.04, 0.0005),
    (5, "same postcode", 0.03, 0.03, 0.01),
    (4, "nearly the same postcode", 0.01, 0.01, 0.001),
    (3, "same street elsewhere", 0.01, 0.01, 0.01),
    (2, "same town", 0.03, 0.03, 0.04),
    (1, "different", 0.05, 0.02, 0.93836),
];
const CATEGORY: &[Degree] = &[(5, "same", 0.95, 0.5, 0.5), (1, "different", 0.05, 0.5, 0.5)];
const PLACE: &[Degree] =
    &[(6, "same", 0.8, 0.5, 0.05), (4, "nearly the same", 0.1, 0.1, 0.02), (1, "different", 0.1, 0.4, 0.93)];

impl Model {
    /// Compares people by name, birth date, e-mail, telephone, address, cards, devices and what else is usual. Facts
    /// that no record tells are left out when the model is trained.
    #[must_use]
    pub fn person() -> Self {
        let column = |name: &str, inputs: &[&str], transform| Column {
            name: name.to_owned(),
            inputs: inputs.iter().map(|input| (*input).to_owned()).collect(),
            transform,
        };
        let names = ["given_name", "family_name", "full_name"];
        let columns = vec![
            column("given", &names, Transform::GivenName),
            column("family", &names, Transform::FamilyName),
            column("born", &["birth_date"], Transform::BirthDate),
            column("email", &["email"], Transform::Email),
            column("phone", &["phone"], Transform::Phone),
            column("address", &["house_number", "address_line", "address_extra"], Transform::Address),
            column("postcode", &["postcode"], Transform::Code),
            column("city", &["city"], Transform::Place),
            column("national_id", &["national_id"], Transform::Code),
            column("passport", &["passport"], Transform::Code),
            column("driving_licence", &["driving_licence"], Transform::Code),
            column("tax_id", &["tax_id"], Transform::Code),
            column("loyalty_card", &["loyalty_card"], Transform::Code),
            column("device", &["device"], Transform::Code),
            column("gender", &["gender"], Transform::Text),
            column("occupation", &["occupation"], Transform::Place),
            column("birth_place", &["birth_place"], Transform::Place),
        ];
        let own = str::to_owned;
        let (given, family) = (|| own("given"), || own("family"));
        let initials = KeyPart::new("given", KeyForm::Initial);
        let people = || Some(&initials);
        let address = || Some(own("email"));
        let given_name = Agreement::GivenName { given: given(), family: family(), email: address() };
        let family_name = Agreement::FamilyName { given: given(), family: family(), email: address() };
        let email = Agreement::Email { column: own("email") };
        let lives =
            Agreement::Address { address: own("address"), postcode: own("postcode"), city: own("city") };
        let code = |column: &str| Agreement::Code { column: own(column) };
        let mut comparisons = vec![
            by_frequency(comparison("given name", &given_name, false, GIVEN), "given", 3, None),
            by_frequency(comparison("family name", &family_name, true, FAMILY), "family", 3, None),
            born_together(comparison(
                "birth date",
                &Agreement::BirthDate { column: own("born") },
                false,
                DATE,
            )),
            by_frequency(comparison("e-mail", &email, true, EMAIL), "email", 1, people()),
            by_frequency(comparison("telephone", &code("phone"), true, CODE), "phone", 1, people()),
            comparison("address", &lives, true, ADDRESS),
        ];
        for column in ["national_id", "passport", "driving_licence", "tax_id"] {
            let compared = comparison(&column.replace('_', " "), &code(column), false, CODE);
            comparisons.push(by_frequency(compared, column, 1, people()));
        }
        for column in ["loyalty_card", "device"] {
            let compared = comparison(&column.replace('_', " "), &code(column), true, CODE);
            comparisons.push(by_frequency(compared, column, 1, people()));
        }
        let gender = Agreement::Category { column: own("gender") };
        comparisons.push(comparison("gender", &gender, false, CATEGORY));
        for (column, shared) in [("occupation", false), ("birth_place", true)] {
            let place = Agreement::Place { column: own(column) };
            let compared = comparison(&column.replace('_', " "), &place, shared, PLACE);
            comparisons.push(by_frequency(compared, column, 2, None));
        }
        Self {
            columns,
            comparisons,
            blocking: Vec::new(),
            prior: 0.0001,
            household_prior: 0.0,
            term_frequencies: BTreeMap::new(),
            text_unit: TextUnit::Characters,
        }
    }

    /// [`Model::person`] for records of people whose names are written now in one script and now in another: where the
    /// data is too small to tell, a name is expected in another spelling as often as in the same.
    #[must_use]
    pub fn person_in_scripts() -> Self {
        let mut model = Self::person();
        for comparison in model.comparisons.iter_mut().take(2) {
            let spellings = [0.42, 0.36];
            for (level, m) in comparison.levels.iter_mut().skip(1).zip(spellings) {
                level.m = Some(m);
                level.household = level.household.map(|_| m);
            }
        }
        model
    }

    /// Blocking rules worth trying for people, the surest first.
    pub(super) fn person_rules() -> Vec<BlockingRule> {
        use KeyForm::{Initial, Local, MonthDay, Numbers, Place, Prefix, Sound, Suffix, Whole, Year};
        let part = KeyPart::new;
        let rule = |parts: &[(&str, KeyForm)]| {
            BlockingRule::on(parts.iter().map(|(column, form)| part(column, *form)))
        };
        let split = |mut rule: BlockingRule, parts: &[(&str, KeyForm)]| {
            rule.split = parts.iter().map(|(column, form)| part(column, *form)).collect();
            rule
        };
        vec![
            rule(&[("national_id", Whole)]),
            rule(&[("passport", Whole)]),
            rule(&[("driving_licence", Whole)]),
            rule(&[("tax_id", Whole)]),
            rule(&[("email", Whole)]),
            rule(&[("phone", Whole)]),
            rule(&[("loyalty_card", Whole)]),
            rule(&[("device", Whole)]),
            rule(&[("born", Whole), ("given", Initial)]),
            split(rule(&[("given", Sound), ("family", Sound)]), &[("city", Sound), ("born", Year)]),
            split(rule(&[("address", Place)]), &[("city", Sound), ("family", Sound)]),
            rule(&[("born", Whole), ("family", Initial)]),
            rule(&[("given", Sound), ("postcode", Whole)]),
            rule(&[("family", Sound), ("postcode", Whole)]),
            rule(&[("email", Local)]),
            rule(&[("given", Sound), ("phone", Suffix(4))]),
            rule(&[("given", Sound), ("phone", Prefix(5))]),
            rule(&[("given", Sound), ("city", Sound), ("address", Numbers)]),
            rule(&[("family", Sound), ("city", Sound), ("address", Numbers)]),
            rule(&[("given", Sound), ("family", Sound), ("address", Numbers)]),
            rule(&[("born", Whole), ("city", Sound)]),
            rule(&[("address", Numbers), ("postcode", Whole)]),
            rule(&[("given", Sound), ("address", Numbers)]),
            rule(&[("family", Sound), ("address", Numbers)]),
            rule(&[("given", Sound), ("born", Year)]),
            rule(&[("family", Sound), ("born", Year)]),
            rule(&[("given", Sound), ("born", MonthDay)]),
            rule(&[("family", Sound), ("born", MonthDay)]),
            rule(&[("email", Prefix(6))]),
            rule(&[("born", Whole)]),
            rule(&[("given", Sound), ("city", Sound)]),
            rule(&[("family", Sound), ("city", Sound)]),
            rule(&[("given", Initial), ("family", Sound)]),
            rule(&[("given", Sound), ("family", Initial)]),
            rule(&[("birth_place", Sound), ("born", Year), ("given", Initial)]),
            rule(&[("family", Sound), ("birth_place", Sound)]),
            rule(&[("given", Sound), ("birth_place", Sound), ("occupation", Sound)]),
            rule(&[("postcode", Whole)]),
            rule(&[("family", Sound)]),
            rule(&[("given", Sound)]),
            rule(&[("born", MonthDay)]),
            rule(&[("born", Year), ("city", Sound)]),
            rule(&[("born", Year), ("given", Initial)]),
            rule(&[("born", Year), ("family", Initial)]),
        ]
    }
}
