use super::super::candidates::BlockingSettings;
use super::super::dataset::Dataset;
use super::super::model::{Comparison, KeyForm, KeyPart};
use super::super::part::{Part, Pattern};
use super::estimates::median;
use super::*;

fn rule(columns: &[&str]) -> BlockingRule {
    BlockingRule::on(columns.iter().map(|column| KeyPart::new(column, KeyForm::Whole)))
}

#[test]
fn medians_are_in_the_middle() {
    assert_eq!(median(&mut []), None);
    assert_eq!(median(&mut [0.3]), Some(0.3));
    assert_eq!(median(&mut [0.9, 0.1]), Some(0.5));
    assert_eq!(median(&mut [0.9, 0.1, 0.2]), Some(0.2));
}

#[test]
fn comparisons_that_a_rule_touches_are_off() {
    let model = Model::builder()
        .column("postcode", ["postcode"], Transform::Raw)
        .column("city", ["city"], Transform::Raw)
        .column("given", ["given", "full"], Transform::GivenName)
        .column("family", ["family", "full"], Transform::FamilyName)
        .column("whole", ["full"], Transform::Raw)
        .compare(Comparison::postcode("postcode"))
        .compare(Comparison::exact("city", "city"))
        .compare(Comparison::exact("given", "given"))
        .compare(Comparison::exact("family", "family"))
        .compare(Comparison::exact("whole", "whole"))
        .build()
        .unwrap();
    let sector = model.columns.iter().find(|column| column.name == "postcode sector").unwrap();
    let part = Part { pattern: Some(Pattern::PostcodeSector), ..Part::default() };
    assert_eq!(sector.transform, Transform::Part(part));
    for (columns, off) in [
        (&["city"][..], &[1][..]),
        (&["postcode sector"], &[0]), // a part of what is compared as a whole
        (&["given"], &[2, 4]), // made from the full name, as the whole is; the family name is another fact
        (&["family", "city"], &[1, 3, 4]),
        (&["whole"], &[2, 3, 4]),
        (&[], &[]),
    ] {
        assert_eq!(switched_off(&model, &rule(columns)), off, "{columns:?}");
    }
}

/// Levels with these numbers; null first.
fn with_numbers(mut comparison: Comparison, numbers: &[(f64, f64)]) -> Comparison {
    for (level, (m, u)) in comparison.levels.iter_mut().skip(1).zip(numbers) {
        (level.m, level.u) = (Some(*m), Some(*u));
    }
    comparison
}

#[test]
fn a_session_starts_from_what_the_block_implies() {
    let numbers = [(0.8, 0.1), (0.2, 0.9)];
    let joint = Comparison::forename_surname("a", "b");
    let both: Vec<(f64, f64)> = (1..8).map(|_| (0.64, 0.02)).collect();
    let builder = || {
        ["a", "b", "c", "d"]
            .iter()
            .fold(Model::builder().prior(0.2), |builder, name| builder.column(name, [*name], Transform::Raw))
    };
    let model = builder()
        .compare(with_numbers(Comparison::exact("one", "a"), &numbers))
        .compare(with_numbers(joint, &both))
        .compare(with_numbers(Comparison::exact("c", "c"), &[(0.9, 0.3), (0.1, 0.7)]))
        .build()
        .unwrap();
    let near = |columns: &[&str], odds: f64| {
        let found = start_prior(&model, &rule(columns));
        assert!((found - odds / (1.0 + odds)).abs() < 1e-12, "{columns:?}: {found}");
    };
    near(&["d"], 0.25);
    near(&["c"], 0.25 * 3.0);
    near(&["a"], 0.25 * 8.0); // the first level on this column alone
    near(&["a", "b"], 0.25 * 32.0); // the level on both in place of those on one
    near(&["a", "b", "c"], 0.25 * 32.0 * 3.0);
    near(&["b", "c"], 0.25 * 32.0 * 3.0); // the surname's own level
}

/// Four records of one person and two of another, by `key`.
fn small() -> (Candidates, SessionSettings) {
    let mut data = Dataset::new(["key", "name"]);
    for (key, name) in [("k", "סרה"), ("k", "סרה"), ("k", "שרה"), ("k", "سارا"), ("l", "x"), ("l", "y")]
    {
        data.push(&[key, name]).unwrap();
    }
    let model = Model::builder()
        .column("key", ["key"], Transform::Raw)
        .column("name", ["name"], Transform::Raw)
        .compare(Comparison::exact("key", "key"))
        .compare(Comparison::levenshtein("name", &[1]))
        .block(rule(&["key"]))
        .build()
        .unwrap();
    let candidates = Candidates::new(&data, &model, &BlockingSettings::default(), &()).unwrap();
    let settings = SessionSettings { deterministic: vec![rule(&["key"])], ..SessionSettings::default() };
    (candidates, settings)
}

#[test]
fn the_prior_is_what_the_rules_find() {
    let (candidates, mut settings) = small();
    let of = |settings: &SessionSettings| candidates.prior(settings, 15.0);
    settings.recall = 0.7;
    assert!((of(&settings).unwrap() - 7.0 / 0.7 / 15.0).abs() < 1e-15); // 6 pairs by k, 1 by l
    settings.deterministic.push(rule(&["name"])); // finds one of them again
    assert!((of(&settings).unwrap() - 7.0 / 0.7 / 15.0).abs() < 1e-15);
    settings.recall = 0.4;
    assert_eq!(of(&settings), Err(SessionError::TooManyFound { found: 7 }));
    settings.deterministic = vec![rule(&["key", "name"])];
    assert!((of(&settings).unwrap() - 1.0 / 0.4 / 15.0).abs() < 1e-15);
    settings.deterministic = vec![BlockingRule { max_block: 1, ..rule(&["key"]) }]; // not looked at
    assert_eq!(of(&settings), Err(SessionError::TooManyFound { found: 7 }));
    settings.deterministic.extend([rule(&["name"]), rule(&["name", "key"]), rule(&["key", "name"])]);
    assert_eq!(of(&settings), Err(SessionError::TooManyFound { found: 7 }));
    settings.deterministic = vec![BlockingRule::on([KeyPart::new("name", KeyForm::Year)])];
    assert_eq!(of(&settings), Err(SessionError::NoneFound));
}

#[test]
fn labels_are_counted() {
    let (candidates, settings) = small();
    let persons = [Some(7), Some(7), Some(7), None, Some(9), Some(9)];
    let matches = [(1, 0), (0, 2), (2, 1), (4, 5), (5, 4)];
    for labels in [Labels::Persons(&persons), Labels::Matches(&matches)] {
        let found = candidates.train_from_labels(labels, &settings, &()).unwrap();
        assert_eq!(found.labelled_pairs, 4);
        // Among them 1 of the same name, 3 within an edit (two of them סרה and שרה), none beyond.
        let name = &found.training.model.comparisons[1];
        let m: Vec<Option<f64>> = name.levels.iter().map(|level| level.m).collect();
        assert_eq!(m, [None, Some(0.25), Some(0.75), None]);
        // Of all 15 pairs: 1, 3 and 11.
        let u: Vec<Option<f64>> = name.levels.iter().map(|level| level.u).collect();
        for (found, wanted) in u.iter().skip(1).zip([1.0, 3.0, 11.0]) {
            assert!((found.unwrap() - wanted / 15.0).abs() < 1e-12);
        }
        let unseen: Vec<(&str, &str, Estimated)> =
            found.unseen.iter().map(|one| (&*one.comparison, &*one.level, one.probability)).collect();
        assert_eq!(unseen, [("key", "anything else", Estimated::M), ("name", "anything else", Estimated::M)]);
    }
}

#[test]
fn what_cannot_be_trained_on_is_told() {
    let (candidates, settings) = small();
    let none = SessionSettings::default();
    assert!(matches!(candidates.train_by_sessions(&none, &()), Err(SessionError::NothingToTrainOn)));
    let with = |change: &dyn Fn(&mut SessionSettings)| {
        let mut settings = settings.clone();
        settings.rules = vec![rule(&["key"])];
        change(&mut settings);
        candidates.train_by_sessions(&settings, &()).map(|_| ()).unwrap_err()
    };
    assert_eq!(with(&|settings| settings.recall = 0.0), SessionError::Setting { setting: "recall" });
    assert_eq!(with(&|settings| settings.recall = f64::NAN), SessionError::Setting { setting: "recall" });
    let many = with(&|settings| settings.deterministic = vec![rule(&["key"]); 13]);
    assert_eq!(many, SessionError::Setting { setting: "deterministic" });
    assert_eq!(with(&|settings| settings.iterations = 0), SessionError::Setting { setting: "iterations" });
    assert!(matches!(with(&|settings| settings.rules.push(rule(&["none"]))), SessionError::Model(_)));
    let all = with(&|settings| settings.rules.push(rule(&["name", "key"])));
    assert_eq!(all, SessionError::NoComparison { rule: 1 });
    let tiny = with(&|settings| settings.rules = vec![BlockingRule { max_block: 1, ..rule(&["name"]) }]);
    assert_eq!(tiny, SessionError::NoPairs { rule: 0 });
    let slow = with(&|settings| settings.iterations = 1);
    assert_eq!(slow, SessionError::NotConverged { rule: 0, iterations: 1 });
    for labels in [Labels::Persons(&[None]), Labels::Matches(&[(0, 6)]), Labels::Matches(&[(1, 1)])] {
        assert!(matches!(candidates.train_from_labels(labels, &settings, &()), Err(SessionError::Labels)));
    }
    for labels in [Labels::Persons(&[Some(1), Some(2), None, None, None, None]), Labels::Matches(&[])] {
        // Told before any session is run.
        let settings = SessionSettings { rules: vec![rule(&["name", "key"])], ..settings.clone() };
        let found = candidates.train_from_labels(labels, &settings, &());
        assert!(matches!(found, Err(SessionError::NoLabelledPairs)));
    }
}
