//! Links between sources only: nothing is found, trained on or weighed within one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, Comparison, Dataset, DatasetError, KeyForm, KeyPart, Labels,
    LinkSettings, Model, SessionError, SessionSettings, TrainingSettings, Transform,
};

const GIVEN: [&str; 8] = ["سارا", "علی", "Marina", "Иван", "שרה", "محمد", "Olga", "Пётр"];
const FIELDS: [&str; 3] = ["given", "born", "city"];

/// Each of 60 people once in each of two sources, and 15 of them in a third.
fn rows() -> Vec<([String; 3], u32, u32)> {
    let mut rows = Vec::new();
    for person in 0..60_u32 {
        let whole = [
            GIVEN[person as usize % 8].to_owned(),
            format!("{}", 1930 + person),
            format!("Город{}", person * person % 7),
        ];
        for source in 0..if person < 15 { 3 } else { 2 } {
            let mut row = whole.clone();
            if (person + source).is_multiple_of(9) {
                row[(person % 3) as usize] = "other".to_owned();
            }
            rows.push((row, source, person));
        }
    }
    rows
}

fn rule(columns: &[&str]) -> BlockingRule {
    BlockingRule::on(columns.iter().map(|column| KeyPart::new(column, KeyForm::Whole)))
}

fn candidates(rows: &[([String; 3], u32, u32)], name: impl Fn(u32) -> u32) -> Candidates {
    let mut data = Dataset::new(FIELDS);
    for (row, ..) in rows {
        data.push(&row.each_ref().map(String::as_str)).unwrap();
    }
    data.link_only(rows.iter().map(|(_, source, _)| name(*source)).collect()).unwrap();
    let model = FIELDS.iter().fold(Model::builder(), |builder, field| {
        builder.column(field, [*field], Transform::Raw).compare(Comparison::exact(field, field))
    });
    let model = model.block(rule(&["given"])).block(rule(&["born"])).build().unwrap();
    Candidates::new(&data, &model, &BlockingSettings::default(), &()).unwrap()
}

/// All pairs between sources that agree on a field.
fn agreeing(rows: &[([String; 3], u32, u32)], fields: &[usize]) -> u64 {
    let mut found = 0;
    for (at, (left, source, _)) in rows.iter().enumerate() {
        for (right, other, _) in &rows[at + 1..] {
            found += u64::from(source != other && fields.iter().all(|field| left[*field] == right[*field]));
        }
    }
    found
}

#[test]
fn only_pairs_between_sources_are_found_and_counted() {
    let rows = rows();
    let candidates = candidates(&rows, |source| source);
    let (given, born, both) = (agreeing(&rows, &[0]), agreeing(&rows, &[1]), agreeing(&rows, &[0, 1]));
    let rules = candidates.rules();
    assert_eq!((rules[0].pairs, rules[0].new_pairs), (given, given));
    assert_eq!((rules[1].pairs, rules[1].new_pairs), (born, born - both));
    assert_eq!(candidates.len() as u64, given + born - both);
}

#[test]
fn training_and_links_know_no_pair_within_a_source() {
    let rows = rows();
    let train = |rows: &[([String; 3], u32, u32)], name: fn(u32) -> u32| {
        let candidates = candidates(rows, name);
        let settings = TrainingSettings { households: false, ..TrainingSettings::default() };
        let training = candidates.train(&settings, &()).unwrap();
        (candidates, training)
    };
    let (found, training) = train(&rows, |source| source);
    let all = agreeing(&rows, &[]) as f64;
    assert!((training.model.prior * all - training.expected_matches).abs() < 1e-9);
    assert!((70.0..110.0).contains(&training.expected_matches), "{}", training.expected_matches);
    // The model is that of the records, whatever their order and the numbers of their sources.
    let mut turned = rows.clone();
    turned.reverse();
    assert_eq!(train(&turned, |source| 70 - source * source).1.model, training.model);

    let settings = LinkSettings { threshold_bits: 0.0, ..LinkSettings::default() };
    let links = found.link(&training.model, &settings, &[(0, 1), (1, 2), (2, 3), (3, 4)], &()).unwrap();
    let of = |row: u32| &rows[row as usize];
    assert!(links.pairs.iter().all(|(a, b, _)| of(*a).1 != of(*b).1));
    assert_eq!(links.histogram.iter().sum::<u64>(), found.len() as u64);
    let right = links.pairs.iter().filter(|(a, b, bits)| *bits >= 0.0 && of(*a).2 == of(*b).2).count();
    assert!(right > 70, "{right}");
}

#[test]
fn sessions_take_their_shares_of_the_pairs_between_sources() {
    let rows = rows();
    let candidates = candidates(&rows, |source| source);
    let settings = SessionSettings {
        rules: vec![rule(&["born"])],
        deterministic: vec![rule(&["given", "born"]), rule(&["born", "city"])],
        iterations: 1_000,
        ..SessionSettings::default()
    };
    let found = candidates.train_by_sessions(&settings, &()).unwrap();
    let all = agreeing(&rows, &[]) as f64;
    let sure = agreeing(&rows, &[0, 1]) + agreeing(&rows, &[1, 2]) - agreeing(&rows, &[0, 1, 2]);
    assert!((found.training.model.prior - sure as f64 / 0.8 / all).abs() < 1e-12);
    assert_eq!(found.sessions[0].pairs, agreeing(&rows, &[1]));
    for (field, comparison) in found.training.model.comparisons.iter().enumerate() {
        // Fewer pairs than are drawn: all are looked at.
        let u = comparison.levels[1].u.unwrap();
        assert!((u - agreeing(&rows, &[field]) as f64 / all).abs() < 1e-12, "{}", comparison.name);
    }
    // Labels within a source are no pairs.
    let of = |a: u32, b: u32| candidates.train_from_labels(Labels::Matches(&[(a, b)]), &settings, &());
    let first: Vec<u32> =
        (0..).zip(&rows).filter(|(_, (_, source, _))| *source == 0).map(|(row, _)| row).collect();
    assert!(matches!(of(first[0], first[1]), Err(SessionError::NoLabelledPairs)));
    assert_eq!(of(0, 1).unwrap().labelled_pairs, 1);
}

#[test]
fn every_record_needs_a_source() {
    let mut data = Dataset::new(["given"]);
    data.push(&["Сара"]).unwrap();
    assert_eq!(data.link_only(vec![1, 2]), Err(DatasetError::Sources));
    data.link_only(vec![1]).unwrap();
    assert_eq!(data.push(&["سارا"]), Err(DatasetError::Sources));
    let candidates = Candidates::new(&data, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    assert!(candidates.is_empty());
}
