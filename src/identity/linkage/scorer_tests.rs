use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::condition::{Condition, EditMeasure, Side, TextMeasure};
use super::super::model::{BlockingRule, Column, KeyForm, KeyPart, Level, TermFrequencyAdjustment, TextUnit};
use super::super::prepare::Transform;
use super::*;

fn level(condition: Condition, m: Option<f64>, u: Option<f64>) -> Level {
    Level { m, u, ..Level::new("level", condition) }
}

fn exact(column: &str) -> Condition {
    Condition::Exact { column: column.into() }
}

fn model(comparisons: Vec<Comparison>) -> Model {
    let columns = ["a", "b"].map(|name| Column {
        name: name.into(),
        inputs: vec![name.into()],
        transform: Transform::Raw,
    });
    Model {
        columns: columns.into(),
        comparisons,
        blocking: Vec::new(),
        prior: 0.01,
        household_prior: 0.0,
        term_frequencies: BTreeMap::new(),
        text_unit: TextUnit::Characters,
    }
}

fn comparison(name: &str, levels: Vec<Level>) -> Comparison {
    Comparison { name: name.into(), levels, shared: false }
}

/// Names as they are met: one mistake apart, in several scripts, and none at all.
fn value() -> impl Strategy<Value = Option<&'static str>> {
    prop::option::weighted(
        0.85,
        prop::sample::select(vec![
            "sara", "sarah", "zara", "سارا", "ساره", "سارة", "שרה", "שרי", "Сара", "Зара", "x",
        ]),
    )
}

/// A number from 0 to 1 that a few decimals tell exactly.
fn share() -> impl Strategy<Value = f64> {
    (0..=64_u8).prop_map(|parts| f64::from(parts) / 64.0)
}

fn column() -> impl Strategy<Value = String> {
    prop::sample::select(vec!["a".to_owned(), "b".to_owned()])
}

fn condition() -> impl Strategy<Value = Condition> {
    let side = || prop::sample::select(vec![Side::Left, Side::Right]);
    let other = || prop::option::of(column());
    let leaf = prop_oneof![
        Just(Condition::Else),
        column().prop_map(|column| Condition::EitherNull { column }),
        (column(), side()).prop_map(|(column, side)| Condition::Null { column, side }),
        column().prop_map(|column| Condition::Exact { column }),
        (column(), column()).prop_map(|(left, right)| Condition::Crossed { left, right }),
        (column(), side()).prop_map(|(column, side)| Condition::Literal {
            column,
            side,
            value: "سارا".into()
        }),
        (column(), other(), share()).prop_map(|(column, with, at_least)| Condition::Similar {
            column,
            with,
            measure: TextMeasure::JaroWinkler,
            at_least
        }),
        (column(), other(), 0..4_u32).prop_map(|(column, with, at_most)| Condition::Edits {
            column,
            with,
            measure: EditMeasure::Levenshtein,
            at_most
        }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Condition::Any),
            inner.prop_map(|one| Condition::Not(Box::new(one))),
        ]
    })
}

fn levels() -> impl Strategy<Value = Vec<Level>> {
    let adjustment = (column(), share(), share()).prop_map(|(column, weight, minimum)| {
        TermFrequencyAdjustment { column, weight, minimum, people_by: None, own_u: true }
    });
    let one = (
        condition(),
        prop::bool::weighted(0.2),
        prop::option::of(share()),
        prop::option::of(share()),
        prop::option::of(adjustment),
    )
        .prop_map(|(condition, null, m, u, term_frequency)| Level {
            null,
            term_frequency,
            ..level(condition, m, u)
        });
    (prop::collection::vec(one, 0..5), Just(level(exact("a"), None, None))).prop_map(|(mut levels, last)| {
        levels.push(last);
        levels
    })
}

type Fields = [Option<&'static str>; 2];

fn field<'a>(fields: &Fields, name: &str) -> Option<&'a str> {
    fields[usize::from(name == "b")]
}

/// Three-valued logic as it is defined: false under all, true under any, unknown otherwise.
fn ask(condition: &Condition, left: &Fields, right: &Fields) -> Option<bool> {
    let pair = |column: &str, with: &Option<String>| {
        Some((field(left, column)?, field(right, with.as_deref().unwrap_or(column))?))
    };
    match condition {
        Condition::Else => Some(true),
        Condition::EitherNull { column } => {
            Some(field(left, column).is_none() || field(right, column).is_none())
        }
        Condition::Null { column, side: Side::Left } => Some(field(left, column).is_none()),
        Condition::Null { column, side: Side::Right } => Some(field(right, column).is_none()),
        Condition::Exact { column } => pair(column, &None).map(|(a, b)| a == b),
        Condition::Crossed { left, right } => pair(left, &Some(right.clone())).map(|(a, b)| a == b),
        Condition::Literal { column, side: Side::Left, value } => field(left, column).map(|a| a == value),
        Condition::Literal { column, side: Side::Right, value } => field(right, column).map(|a| a == value),
        Condition::Similar { column, with, at_least, .. } => {
            pair(column, with).map(|(a, b)| strsim::jaro_winkler(a, b) >= *at_least)
        }
        Condition::Edits { column, with, at_most, .. } => {
            pair(column, with).map(|(a, b)| strsim::levenshtein(a, b) <= *at_most as usize)
        }
        Condition::All(all) => {
            let asked: Vec<_> = all.iter().map(|one| ask(one, left, right)).collect();
            if asked.contains(&Some(false)) {
                Some(false)
            } else if asked.contains(&None) {
                None
            } else {
                Some(true)
            }
        }
        Condition::Any(any) => {
            let asked: Vec<_> = any.iter().map(|one| ask(one, left, right)).collect();
            if asked.contains(&Some(true)) {
                Some(true)
            } else if asked.contains(&None) {
                None
            } else {
                Some(false)
            }
        }
        Condition::Not(not) => ask(not, left, right).map(|held| !held),
        other => panic!("not in the models of this test: {other:?}"),
    }
}

/// The weight by the formulas alone.
fn naive(model: &Model, left: &Fields, right: &Fields) -> f64 {
    let mut weight = (model.prior.max(1e-300) / (1.0 - model.prior).max(1e-300)).log2();
    for comparison in &model.comparisons {
        let Some(found) =
            comparison.levels.iter().find(|level| ask(&level.condition, left, right) == Some(true))
        else {
            continue;
        };
        if found.null {
            continue;
        }
        let speaking: Vec<&Level> = comparison.levels.iter().filter(|level| !level.null).collect();
        let count = speaking.len();
        let place = speaking.iter().position(|level| std::ptr::eq(*level, found)).unwrap();
        let (default_m, default_weight) = match (count, place) {
            (1, _) => (1.0, 0.0),
            (_, 0) => (0.95, 10.0),
            (2, _) => (0.05, -5.0),
            _ => (0.05 / (count - 1) as f64, 3.0 - 8.0 * (place - 1) as f64 / (count - 2) as f64),
        };
        let m = found.m.unwrap_or(default_m).max(1e-300);
        let u = found.u.unwrap_or(default_m / f64::exp2(default_weight)).max(1e-300);
        weight += (m / u).log2();
        if let (Some(adjustment), false) = (&found.term_frequency, found.condition == Condition::Else) {
            let frequency = |fields: &Fields| {
                let value = field(fields, &adjustment.column)?;
                let counted = model.term_frequencies.get(&adjustment.column)?;
                Some(
                    f64::from(counted.counts.get(&TermKey::of(value)).copied().unwrap_or(1))
                        / counted.records as f64,
                )
            };
            let found = [frequency(left), frequency(right)].into_iter().flatten().reduce(f64::max);
            if let Some(larger) = found {
                weight += adjustment.weight * (u.log2() - larger.max(adjustment.minimum).log2());
            }
        }
    }
    weight
}

fn counted() -> TermFrequencies {
    TermFrequencies { records: 64, counts: [(TermKey::of("sara"), 16), (TermKey::of("سارا"), 32)].into() }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_weight_is_what_the_formulas_say(
        all in prop::collection::vec(levels(), 1..4),
        prior in share(),
        frequencies in any::<bool>(),
        pairs in prop::collection::vec(([value(), value()], [value(), value()]), 4),
    ) {
        let named = all.into_iter().enumerate().map(|(at, levels)| comparison(&at.to_string(), levels));
        let mut model = Model { prior, ..model(named.collect()) };
        if frequencies {
            model.term_frequencies.insert("a".into(), counted());
        }
        let json = serde_json::to_string(&model).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Model>(&json).unwrap(), &model);
        let scorer = Scorer::new(&model).unwrap();
        for (left, right) in pairs {
            let [a, b] = [&left, &right].map(|fields| scorer.prepare(&|name| field(fields, name)));
            let weighed = scorer.weigh(&a, &b);
            let wanted = naive(&model, &left, &right);
            prop_assert!((weighed.weight_bits - wanted).abs() < 1e-9, "{} {}", weighed.weight_bits, wanted);
            prop_assert_eq!(weighed.sum_of_parts().to_bits(), weighed.weight_bits.to_bits());
            prop_assert_eq!(scorer.weight_bits(&a, &b).to_bits(), weighed.weight_bits.to_bits());
            let [x, y] = [&a, &b].map(|record| scorer.sketch(record, 7));
            prop_assert!(scorer.bound(&a, &x).may_weigh(weighed.weight_bits, &y));
            prop_assert!(scorer.bound(&a, &x).may_weigh(scorer.weight_bits(&b, &a), &y));
            prop_assert!((0.0..=1.0).contains(&weighed.probability()));
            let json = serde_json::to_string(&weighed).unwrap();
            let read: Weighed = serde_json::from_str(&json).unwrap();
            prop_assert!((read.weight_bits - weighed.weight_bits).abs() < 1e-9);
            prop_assert!(read.comparisons.iter().map(|part| part.level).eq(weighed.comparisons.iter().map(|part| part.level)));
            for value in left.into_iter().chain(right).flatten().filter(|value| value.len() > 1) {
                prop_assert!(!json.contains(value));
            }
        }
    }
}

#[test]
fn the_exact_level_lends_its_u() {
    let adjusted = |own_u| Level {
        term_frequency: Some(TermFrequencyAdjustment {
            column: "a".into(),
            weight: 1.0,
            minimum: 0.0,
            people_by: None,
            own_u,
        }),
        ..level(
            Condition::Edits {
                column: "a".into(),
                with: None,
                measure: EditMeasure::Levenshtein,
                at_most: 1,
            },
            Some(0.5),
            Some(0.125),
        )
    };
    let with = |own_u| {
        let mut model = model(vec![comparison(
            "a",
            vec![
                level(exact("a"), Some(0.5), Some(0.25)),
                adjusted(own_u),
                level(Condition::Else, None, None),
            ],
        )]);
        model.term_frequencies.insert("a".into(), counted());
        let scorer = Scorer::new(&model).unwrap();
        let [sara, sarah] = ["sara", "sarah"].map(|name| scorer.prepare(&|_| Some(name)));
        scorer.weigh(&sara, &sarah).comparisons[0]
    };
    // The larger frequency is 16 of 64.
    assert_eq!((with(false).level, with(false).term_frequency_bits), (Some(1), 0.0));
    assert_eq!(with(true).term_frequency_bits, -1.0);
}

#[test]
fn household_pairs_take_off_their_share() {
    let mut surname = level(exact("a"), Some(0.9), Some(0.01));
    surname.household = Some(0.95);
    let given = level(exact("b"), Some(0.8), Some(0.02));
    let mut model = model(vec![
        comparison("a", vec![surname, level(Condition::Else, Some(0.1), Some(0.99))]),
        comparison("b", vec![given, level(Condition::Else, Some(0.2), Some(0.98))]),
    ]);
    model.household_prior = 0.005;
    let scorer = Scorer::new(&model).unwrap();
    let record = |b: &'static str| scorer.prepare(&|name| Some(if name == "a" { "کریمی" } else { b }));
    let (same, different) = (record("سارا"), record("رضا"));
    for (right, m, u) in [(&same, 0.8, 0.02), (&different, 0.2, 0.98)] {
        let weighed = scorer.weigh(&same, right);
        let matches = 0.01 * 0.9 * m;
        let household = 0.005 * 0.95 * u;
        let unrelated = (1.0 - 0.01 - 0.005) * 0.01 * u;
        let wanted = f64::log2(matches / (household + unrelated));
        assert!((weighed.weight_bits - wanted).abs() < 1e-12, "{} {wanted}", weighed.weight_bits);
        assert!(weighed.household_bits < 0.0);
        assert_eq!(weighed.sum_of_parts().to_bits(), weighed.weight_bits.to_bits());
    }
}

#[test]
fn models_that_make_no_sense_are_refused() {
    let sound = || {
        model(vec![comparison(
            "first",
            vec![level(exact("a"), Some(0.9), Some(0.1)), level(Condition::Else, None, None)],
        )])
    };
    assert!(Scorer::new(&sound()).is_ok());
    let refused = |change: &dyn Fn(&mut Model), kind: ModelErrorKind, what: &str| {
        let mut model = sound();
        change(&mut model);
        let error = Scorer::new(&model).unwrap_err();
        assert_eq!((error.kind(), error.what()), (kind, what));
        assert!(error.to_string().contains(what) || kind == ModelErrorKind::TooDeep);
    };
    use ModelErrorKind as Kind;
    let first = |model: &mut Model, change: &dyn Fn(&mut Level)| change(&mut model.comparisons[0].levels[0]);
    refused(&|model| model.prior = 1.5, Kind::Probability, "prior");
    refused(&|model| model.prior = f64::NAN, Kind::Probability, "prior");
    refused(&|model| model.household_prior = 0.995, Kind::Probability, "household_prior");
    refused(&|model| first(model, &|level| level.m = Some(-0.1)), Kind::Probability, "first");
    refused(&|model| first(model, &|level| level.u = Some(f64::INFINITY)), Kind::Probability, "first");
    refused(&|model| first(model, &|level| level.household = Some(2.0)), Kind::Probability, "first");
    refused(&|model| first(model, &|level| level.condition = exact("c")), Kind::UnknownColumn, "c");
    refused(&|model| model.columns[1].name = "a".into(), Kind::DuplicateName, "a");
    refused(&|model| model.comparisons.extend_from_within(..), Kind::DuplicateName, "first");
    refused(&|model| model.comparisons[0].levels.clear(), Kind::NoLevels, "first");
    refused(
        &|model| model.comparisons[0].levels.iter_mut().for_each(|level| level.null = true),
        Kind::NoLevels,
        "first",
    );
    let rule = |column: &str| BlockingRule {
        parts: vec![KeyPart::new(column, KeyForm::Whole)],
        split: Vec::new(),
        max_block: 10,
    };
    refused(&|model| model.blocking.push(rule("zip")), Kind::UnknownColumn, "zip");
    refused(
        &|model| model.blocking.push(BlockingRule { split: rule("zip").parts, ..rule("a") }),
        Kind::UnknownColumn,
        "zip",
    );
    let adjustment = |column: &str, weight, minimum| TermFrequencyAdjustment {
        column: column.into(),
        weight,
        minimum,
        people_by: None,
        own_u: false,
    };
    let adjusted = |model: &mut Model, found: TermFrequencyAdjustment| {
        model.comparisons[0].levels[0].term_frequency = Some(found);
    };
    refused(&|model| adjusted(model, adjustment("b", 1.0, 0.0)), Kind::NoExactLevel, "b");
    refused(&|model| adjusted(model, adjustment("c", 1.0, 0.0)), Kind::UnknownColumn, "c");
    refused(&|model| adjusted(model, adjustment("a", f64::NAN, 0.0)), Kind::Number, "first");
    refused(&|model| adjusted(model, adjustment("a", 1.0, 2.0)), Kind::Probability, "first");
    let impossible = TermFrequencies { records: 1, ..counted() };
    refused(
        &|model| _ = model.term_frequencies.insert("a".into(), impossible.clone()),
        Kind::Probability,
        "a",
    );
    refused(&|model| _ = model.term_frequencies.insert("c".into(), counted()), Kind::UnknownColumn, "c");
}

#[test]
fn nothing_counts_as_rarer_than_the_minimum_and_what_is_uncounted_not_at_all() {
    let adjustment = |minimum, uncounted| {
        let exact_u_bits = weights::bits(0.25);
        CompiledAdjustment { number: 0, column: 0, exact_u_bits, weight: 1.0, minimum, uncounted }
    };
    assert_eq!(adjustment(0.25, 0.0).of_frequencies(Some(0.001), None), 0.0);
    assert_eq!(adjustment(0.125, 0.0).of_frequencies(Some(0.001), Some(0.002)), 1.0);
    assert_eq!(adjustment(0.0, 0.0).of_frequencies(Some(0.0625), None), 2.0);
    assert_eq!(adjustment(0.0, 0.0625).of_frequencies(Some(0.0625), None), 0.0);
    assert_eq!(adjustment(0.0, 0.0625).of_frequencies(Some(0.0625), Some(0.125)), 1.0);
}

/// A fact that is asked for once gives the level that asking level by level gives, whatever was asked before.
#[test]
fn a_level_looked_up_is_the_first_level_that_holds() {
    let model = Model::person();
    let scorer = Scorer::new(&model).unwrap();
    let rows = [
        ["Sara", "Milani", "1991-08-03", "sara.milani@mail.ir", "07152708469", "12 Mill Road", "Shiraz"],
        ["سارا", "میلانی", "1991-08-30", "s.milani@mail.ir", "07152708496", "12 Mill Raod", "شیراز"],
        ["Milani", "Sara", "1991", "sara.milany@mail.ir", "", "14 Mill Road", "Tehran"],
        ["Сергей", "Иванов", "", "sergey.ivanov@mail.ru", "89215550177", "", "Москва"],
        ["Sergey", "", "1985-02-11", "sergei.ivanov@mail.ru", "+79215550177", "Hafez 3", "Moskva"],
        ["שרה", "כהן", "11/02/1985", "", "", "", ""],
        ["", "", "", "", "", "", ""],
    ];
    let fields = ["given_name", "family_name", "birth_date", "email", "phone", "address_line", "city"];
    let records = rows.map(|row| {
        scorer.prepare(&|name| {
            let at = fields.iter().position(|field| *field == name)?;
            Some(row[at]).filter(|text| !text.is_empty())
        })
    });
    for left in &records {
        for right in &records {
            let mut pair = Pair::new(left, right);
            for comparison in scorer.comparisons() {
                assert!(comparison.graded.is_some());
                let holds = |level: &CompiledLevel| level.condition.holds(left, right) == Some(true);
                assert_eq!(comparison.level(&mut pair), comparison.levels.iter().position(holds));
            }
        }
    }
}

#[test]
fn records_show_nothing_of_themselves() {
    let model = model(vec![comparison("a", vec![level(exact("a"), None, None)])]);
    let scorer = Scorer::new(&model).unwrap();
    let record = scorer.prepare(&|_| Some("sara"));
    assert!(!format!("{record:?} {scorer:?} {:?}", scorer.weigh(&record, &record)).contains("sara"));
    let long = scorer.prepare(&|_| Some("long"));
    let endless = "ж".repeat(10_000);
    let record = scorer.prepare(&|_| Some(&endless));
    assert!(scorer.weight_bits(&record, &long).is_finite());
}

#[test]
fn a_vote_reaches_the_threshold_exactly_when_the_weight_does() {
    let model = Model { prior: 0.0001, ..Model::person() };
    let scorer = Scorer::new(&model).unwrap();
    for threshold in [-12.0, -1.0, -1e-9, 0.0, 1e-9, 1.5, 10.0] {
        for weight in [-40.0, -13.3, -12.0, -8.39, -1.0, -1e-12, 0.0, 1e-12, 1.0, 1.5, 9.999, 10.0, 30.0] {
            let vote = scorer.vote_bits(weight, threshold);
            if weight >= threshold {
                assert_eq!(vote, weight, "{threshold}");
            } else {
                // Further below than sums of weights are rounded to.
                assert!(vote < threshold - 1e-6, "{weight} {threshold}: {vote}");
                assert!(vote >= weight.min(threshold - 1e-4), "{weight} {threshold}: {vote}");
            }
        }
    }
}

#[test]
fn what_a_household_may_share_says_what_its_level_says() {
    let with = |people_by| {
        let mut first = level(exact("a"), Some(0.5), Some(0.25));
        first.term_frequency = Some(TermFrequencyAdjustment {
            column: "a".into(),
            weight: 1.0,
            minimum: 0.0,
            people_by,
            own_u: false,
        });
        let mut model = model(vec![comparison("a", vec![first, level(Condition::Else, None, None)])]);
        model.term_frequencies.insert("a".into(), counted());
        let scorer = Scorer::new(&model).unwrap();
        ["sara", "nobody else"].map(|name| {
            let record = scorer.prepare(&|_| Some(name));
            scorer.weigh(&record, &record).comparisons[0].term_frequency_bits
        })
    };
    // Of 64 records one has a value that is not counted.
    let [counted, uncounted] = with(None);
    assert_eq!(uncounted, 4.0);
    let people = KeyPart { column: "a".into(), form: KeyForm::Initial };
    assert_eq!(with(Some(people)), [counted, 0.0]);
}
