//! Training in sessions and from labels: against the method as it is written down, pair by pair, and on data whose
//! answers are known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeSet;

use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, Comparison, Dataset, KeyForm, KeyPart, Labels, Model,
    ModelBuilder, SessionError, SessionSettings, Transform,
};

const FIELDS: [&str; 4] = ["given", "family", "city", "born"];

struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// Two records of each person; a value is another one in one record of ten.
fn people(persons: usize) -> Vec<[String; 4]> {
    let given = ["سارا", "علی", "Marina", "Иван", "שרה", "محمد", "Olga", "Пётр", "Reza", "Лейла"];
    let mut draws = Draws(7);
    let mut value = |field: usize| match field {
        0 => format!("{}{}", given[usize::try_from(draws.below(10)).unwrap()], draws.below(4)),
        1 => format!("خانواده{}", draws.below(60)),
        2 => format!("Город{}", draws.below(12)),
        _ => format!("{}", 1900 + draws.below(100)),
    };
    let mut slips = Draws(11);
    let mut records = Vec::new();
    for _ in 0..persons {
        let first: [String; 4] = std::array::from_fn(&mut value);
        let second = std::array::from_fn(|field| match slips.below(20) {
            0 | 1 => value(field),
            2 => String::new(),
            _ => first[field].clone(),
        });
        records.push(first);
        records.push(second);
    }
    records
}

fn rule(columns: &[&str]) -> BlockingRule {
    let parts = columns.iter().map(|column| KeyPart::new(column, KeyForm::Whole));
    BlockingRule { max_block: u32::MAX, ..BlockingRule::on(parts) }
}

fn builder() -> ModelBuilder {
    FIELDS.iter().fold(Model::builder(), |builder, field| {
        let compared = Comparison::exact(field, field);
        let compared = if *field == "family" { compared.with_term_frequency() } else { compared };
        builder.column(field, [*field], Transform::Raw).compare(compared)
    })
}

fn candidates(records: &[[String; 4]]) -> Candidates {
    let mut data = Dataset::new(FIELDS);
    for record in records {
        data.push(&record.each_ref().map(String::as_str)).unwrap();
    }
    let model = builder().block(rule(&["given", "family"])).build().unwrap();
    Candidates::new(&data, &model, &BlockingSettings::default(), &()).unwrap()
}

fn settings() -> SessionSettings {
    SessionSettings {
        rules: vec![rule(&["given", "city"]), rule(&["family"]), rule(&["born"])],
        deterministic: vec![rule(&["given", "family", "born"]), rule(&["given", "family", "city"])],
        recall: 0.85,
        iterations: 200,
        ..SessionSettings::default()
    }
}

/// 0 no value, 1 the same, 2 anything else.
fn level(records: &[[String; 4]], a: usize, b: usize, field: usize) -> usize {
    let (a, b) = (&records[a][field], &records[b][field]);
    if a.is_empty() || b.is_empty() {
        0
    } else if a == b {
        1
    } else {
        2
    }
}

fn all_pairs(records: &[[String; 4]]) -> Vec<(usize, usize)> {
    (0..records.len()).flat_map(|b| (0..b).map(move |a| (a, b))).collect()
}

fn agree(records: &[[String; 4]], (a, b): (usize, usize), rule: &BlockingRule) -> bool {
    let place = |column: &str| FIELDS.iter().position(|field| *field == column).unwrap();
    rule.parts.iter().all(|part| level(records, a, b, place(&part.column)) == 1)
}

/// How often pairs are of the levels that say something: the same, anything else.
fn shares(records: &[[String; 4]], pairs: &[(usize, usize)], field: usize) -> [f64; 2] {
    let of = |wanted| pairs.iter().filter(|(a, b)| level(records, *a, *b, field) == wanted).count() as f64;
    let (same, other) = (of(1), of(2));
    [same / (same + other), other / (same + other)]
}

/// The whole method over single pairs: the prior, and `u` and `m` by field.
fn literal(records: &[[String; 4]], settings: &SessionSettings) -> (f64, Vec<[f64; 2]>, Vec<[f64; 2]>) {
    let pairs = all_pairs(records);
    let sure =
        pairs.iter().filter(|pair| settings.deterministic.iter().any(|rule| agree(records, **pair, rule)));
    let prior = sure.count() as f64 / settings.recall / pairs.len() as f64;
    let u: Vec<[f64; 2]> = (0..4).map(|field| shares(records, &pairs, field)).collect();
    let families: Vec<&str> =
        records.iter().map(|record| &*record[1]).filter(|name| !name.is_empty()).collect();
    let frequency = |name: &str| {
        let held = families.iter().filter(|other| **other == name).count();
        held as f64 / families.len() as f64
    };
    let mut estimates = vec![Vec::new(); 4];
    for rule in &settings.rules {
        let blocked: BTreeSet<&str> = rule.parts.iter().map(|part| &*part.column).collect();
        let on: Vec<usize> = (0..4).filter(|field| !blocked.contains(FIELDS[*field])).collect();
        let block: Vec<(usize, usize)> =
            pairs.iter().filter(|pair| agree(records, **pair, rule)).copied().collect();
        let mut odds = prior / (1.0 - prior);
        for field in (0..4).filter(|field| blocked.contains(FIELDS[*field])) {
            odds *= 0.95 / u[field][0];
        }
        let mut share = odds / (1.0 + odds);
        let mut m = [[0.95, 0.05]; 4];
        loop {
            let probabilities: Vec<f64> = block
                .iter()
                .map(|(a, b)| {
                    let mut odds = share / (1.0 - share);
                    for field in &on {
                        let level = level(records, *a, *b, *field);
                        if level > 0 {
                            odds *= m[*field][level - 1] / u[*field][level - 1];
                        }
                        if settings.with_term_frequencies && *field == 1 && level == 1 {
                            odds *= u[1][0] / frequency(&records[*a][1]);
                        }
                    }
                    odds / (1.0 + odds)
                })
                .collect();
            let after = probabilities.iter().sum::<f64>() / block.len() as f64;
            let mut change = (after - share).abs();
            share = after;
            for field in &on {
                let of = |wanted: usize| -> f64 {
                    let counted = block.iter().zip(&probabilities);
                    counted
                        .filter(|((a, b), _)| level(records, *a, *b, *field) == wanted)
                        .map(|(_, p)| p)
                        .sum()
                };
                let (same, other) = (of(1), of(2));
                for (cell, after) in m[*field].iter_mut().zip([same, other]) {
                    let after = after / (same + other);
                    change = change.max((after - *cell).abs());
                    *cell = after;
                }
            }
            if change < settings.convergence {
                break;
            }
        }
        on.iter().for_each(|field| estimates[*field].push(m[*field]));
    }
    let median = |field: usize, level: usize| {
        let mut all: Vec<f64> = estimates[field].iter().map(|m| m[level]).collect();
        all.sort_by(f64::total_cmp);
        (all[(all.len() - 1) / 2] + all[all.len() / 2]) / 2.0
    };
    let m = (0..4).map(|field| [median(field, 0), median(field, 1)]).collect();
    (prior, u, m)
}

#[test]
fn sessions_are_the_method_as_written_down() {
    let records = people(150);
    let candidates = candidates(&records);
    let mut models = Vec::new();
    for with_term_frequencies in [false, true] {
        let settings = SessionSettings { with_term_frequencies, ..settings() };
        let found = candidates.train_by_sessions(&settings, &()).unwrap();
        let (prior, u, m) = literal(&records, &settings);
        let model = &found.training.model;
        assert!((model.prior - prior).abs() < 1e-12);
        for (at, comparison) in model.comparisons.iter().enumerate() {
            for (place, level) in comparison.levels.iter().skip(1).enumerate() {
                let (found_m, found_u) = (level.m.unwrap(), level.u.unwrap());
                assert!((found_u - u[at][place]).abs() < 1e-12, "u of {}", comparison.name);
                assert!((found_m - m[at][place]).abs() < 1e-12, "m of {}", comparison.name);
            }
        }
        assert_eq!(found.unseen, []);
        assert_eq!(found.sessions[0].switched_off, ["given", "city"]);
        assert_eq!(found.training.iterations, found.sessions.iter().map(|one| one.iterations).max().unwrap());
        models.push(found.training.model);
    }
    assert_ne!(models[0], models[1]);
}

#[test]
fn sessions_find_what_the_data_was_made_with() {
    let records = people(600);
    let candidates = candidates(&records);
    let found = candidates.train_by_sessions(&settings(), &()).unwrap();
    for comparison in &found.training.model.comparisons {
        // Two of nineteen values that are there are drawn anew, and few of those are the same again.
        let m = comparison.levels[1].m.unwrap();
        assert!((m - 17.0 / 19.0).abs() < 0.06, "{}: {m}", comparison.name);
    }
    assert!((found.training.expected_matches - 600.0).abs() < 120.0, "{}", found.training.expected_matches);
    // In any order of the rules, to the last bit.
    let mut turned = settings();
    turned.rules.reverse();
    let again = candidates.train_by_sessions(&turned, &()).unwrap();
    assert_eq!(again.training.model, found.training.model);
    // And the rows: the model is that of the records, wherever they stand.
    let mut records = records;
    records.reverse();
    let again = self::candidates(&records).train_by_sessions(&settings(), &()).unwrap();
    assert_eq!(again.training.model, found.training.model);
}

#[test]
fn labels_give_the_shares_of_known_matches() {
    let records = people(200);
    let persons: Vec<Option<u32>> = (0..400).map(|row| Some(row / 2)).collect();
    let pairs: Vec<(usize, usize)> = (0..200).map(|person| (2 * person, 2 * person + 1)).collect();
    let only = SessionSettings { rules: Vec::new(), ..settings() };
    let found = candidates(&records).train_from_labels(Labels::Persons(&persons), &only, &()).unwrap();
    assert_eq!((found.labelled_pairs, found.sessions.len()), (200, 0));
    for (field, comparison) in found.training.model.comparisons.iter().enumerate() {
        let wanted = shares(&records, &pairs, field);
        assert!((comparison.levels[1].m.unwrap() - wanted[0]).abs() < 1e-12);
        assert!((comparison.levels[2].m.unwrap() - wanted[1]).abs() < 1e-12);
    }
    // With rules too, labels are one more estimate: the median moves.
    let with_rules =
        candidates(&records).train_from_labels(Labels::Persons(&persons), &settings(), &()).unwrap();
    let sessions = candidates(&records).train_by_sessions(&settings(), &()).unwrap();
    assert_eq!(with_rules.sessions, sessions.sessions);
    assert_ne!(with_rules.training.model, sessions.training.model);
}

#[test]
fn strangers_taken_for_one_person_are_an_error() {
    // Records of one group hardly ever share a colour, while records of different groups often do.
    let mut data = Dataset::new(["group", "colour", "size"]);
    for group in 0..100 {
        for place in 0..10 {
            let at = |step: usize| {
                ((place * step + group) % if group < 4 && place > 8 { 9 } else { 10 }).to_string()
            };
            data.push(&[&group.to_string(), &at(1), &at(3)]).unwrap();
        }
    }
    let model = ["group", "colour", "size"]
        .iter()
        .fold(Model::builder().prior(0.1), |builder, name| {
            builder.column(name, [*name], Transform::Raw).compare(Comparison::exact(name, name))
        })
        .block(rule(&["group"]))
        .build()
        .unwrap();
    let candidates = Candidates::new(&data, &model, &BlockingSettings::default(), &()).unwrap();
    let settings =
        SessionSettings { rules: vec![rule(&["group"])], iterations: 10_000, ..SessionSettings::default() };
    let found = candidates.train_by_sessions(&settings, &()).map(|found| found.sessions);
    assert!(matches!(found, Err(SessionError::Swapped { rule: 0, .. })), "{found:?}");
}

#[test]
fn sessions_that_do_not_come_to_rest_are_an_error() {
    let candidates = candidates(&people(100));
    let settings = SessionSettings { iterations: 2, ..settings() };
    let found = candidates.train_by_sessions(&settings, &()).unwrap_err();
    assert_eq!(found, SessionError::NotConverged { rule: 0, iterations: 2 });
    assert!(found.to_string().contains("did not converge within 2 iterations"));
}
