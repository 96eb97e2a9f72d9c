//! How well channels work as one.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::event::OrderKey;
use throughline::journey::measures::{Grade, MeasureCounts, MeasureReport, MeasureSettings};
use throughline::journey::{Question, Touchpoint, Work};
use throughline::time::from_millis;

/// Minutes, channel, object (`!` at its end: this ends it), topic (`!`: the answer was known).
type One<'a> = (i64, &'a str, &'a str, &'a str);

fn add(counts: &mut MeasureCounts, history: &[One<'_>]) {
    let key = |(number, one): (usize, &One<'_>)| OrderKey {
        time: from_millis(one.0 * 60_000),
        sequence: None,
        id: format!("e{number:05}").into(),
    };
    let orders: Vec<OrderKey> = history.iter().enumerate().map(key).collect();
    let touchpoints: Vec<Touchpoint<'_>> = orders
        .iter()
        .zip(history)
        .map(|(order, &(_, channel, object, topic))| Touchpoint {
            work: (!object.is_empty())
                .then(|| Work { object: object.trim_end_matches('!'), ends: object.ends_with('!') }),
            question: (!topic.is_empty())
                .then(|| Question { topic: topic.trim_end_matches('!'), known: topic.ends_with('!') }),
            ..Touchpoint::new(order, channel, "touched")
        })
        .collect();
    counts.add(&touchpoints);
}

fn measured(settings: MeasureSettings, histories: &[Vec<One<'_>>]) -> MeasureReport {
    let mut counts = MeasureCounts::new(settings);
    histories.iter().for_each(|history| add(&mut counts, history));
    counts.finish()
}

const WEEK: i64 = 7 * 24 * 60;

#[test]
fn journeys_cross_channels_and_customers_use_some() {
    let histories = vec![
        vec![(-9, "web", "", ""), (0, "web", "", ""), (WEEK, "تلفن", "", "")],
        // A minute more than a week is another journey.
        vec![(0, "web", "", ""), (WEEK + 1, "till", "", "")],
        vec![(0, "till", "", "")],
        vec![],
    ];
    let report = measured(MeasureSettings::default(), &histories);
    assert_eq!((report.customers, report.journeys, report.crossing, report.switches), (4, 4, 1, 1));
    assert_eq!(report.crossing_rate, 0.25);
    assert_eq!(report.by_channels, BTreeMap::from([(0, 1), (1, 1), (2, 2)]));
    let pairs: Vec<_> =
        report.pairs.iter().map(|pair| (&*pair.first, &*pair.second, pair.customers)).collect();
    assert_eq!(pairs, [("till", "web", 1), ("web", "تلفن", 1)]);
    assert!(report.pairs.iter().all(|pair| pair.grade.is_none()));
}

#[test]
fn work_is_continued_or_not() {
    let day = 24 * 60;
    let histories = vec![
        // Continued at the till; then there is nothing left to be continued.
        vec![(0, "web", "cart", ""), (30, "till", "", ""), (40, "till", "cart!", ""), (50, "web", "", "")],
        // Another thing is worked on.
        vec![(0, "web", "cart", ""), (30, "till", "other", ""), (31, "till", "other!", "")],
        // By way of a channel that cannot: it is waited for there, and continued at the till.
        vec![(0, "web", "cart", ""), (10, "store", "", ""), (20, "till", "cart", "")],
        // Too late to be waited for, yet resumed.
        vec![(0, "web", "cart", ""), (day + 1, "till", "cart", "")],
    ];
    let report = measured(MeasureSettings::default(), &histories);
    let pair = |first: &str, second: &str| {
        let pair = report.pairs.iter().find(|pair| (&*pair.first, &*pair.second) == (first, second)).unwrap();
        let short = |one: &throughline::journey::measures::Continuations| (one.switches, one.continued);
        (short(&pair.there), short(&pair.back))
    };
    assert_eq!(pair("till", "web"), ((0, 0), (3, 2)));
    assert_eq!(pair("store", "web"), ((0, 0), (1, 0)));
    assert_eq!((report.continuation.switches, report.continuation.continued), (4, 2));
    assert_eq!(report.continuation.median_millis, Some(20 * 60_000));
    assert_eq!((report.resumed.count, report.resumed.median_millis), (3, Some(40 * 60_000)));
    assert_eq!(report.resumed.longest_millis, Some((day + 1) * 60_000));
}

#[test]
fn pairs_are_graded() {
    let graded = |count: usize, history: &[One<'_>]| {
        let settings = MeasureSettings { interactive_seconds: 600, ..MeasureSettings::default() };
        measured(settings, &vec![history.to_vec(); count]).pairs[0].grade
    };
    let separate = [(0, "app", "cart", ""), (5, "web", "other", ""), (9, "web", "other!", "")];
    let connected = [(0, "app", "cart", ""), (5, "web", "cart!", "")];
    let slow = [(0, "app", "cart", ""), (30, "web", "cart", ""), (60, "app", "cart", "")];
    let interactive = [(0, "app", "cart", ""), (10, "web", "cart", ""), (20, "app", "cart", "")];
    assert_eq!(graded(100, &separate), Some(Grade::Separate));
    assert_eq!(graded(100, &connected), Some(Grade::Connected));
    assert_eq!(graded(100, &slow), Some(Grade::Connected));
    assert_eq!(graded(100, &interactive), Some(Grade::Interactive));
    assert_eq!(graded(19, &interactive), None);
    assert_eq!(graded(20, &interactive), Some(Grade::Interactive));
    // 3 of 30 are a tenth, but prove less.
    let few: Vec<Vec<One<'_>>> =
        (0..30).map(|number| if number < 3 { connected.to_vec() } else { separate.to_vec() }).collect();
    assert_eq!(measured(MeasureSettings::default(), &few).pairs[0].grade, Some(Grade::Separate));
}

#[test]
fn questions_that_nobody_answers_twice() {
    let histories = vec![
        vec![
            (0, "chat", "", "адрес"),
            (1, "phone", "", "адрес!"),
            (2, "till", "", "адрес"),
            (3, "till", "", "карта!"),
        ],
        vec![(0, "chat", "", "адрес")],
    ];
    let questions = measured(MeasureSettings::default(), &histories).questions;
    assert_eq!((questions.first, questions.repeated, questions.avoided), (3, 1, 1));
    assert_eq!(questions.avoided_rate, 0.5);
}

#[test]
fn many_channels_things_and_events_in_one_second_stay_cheap() {
    let names: Vec<String> = (0..10_000).map(|number| format!("c{number}")).collect();
    let history: Vec<One<'_>> = names.iter().map(|name| (0, &**name, &**name, &**name)).collect();
    let report = measured(MeasureSettings::default(), &[history]);
    assert_eq!((report.switches, report.by_channels.get(&10_000)), (9_999, Some(&1)));
    assert_eq!(report.pairs.len(), 64 * 63 / 2);
    let things: Vec<One<'_>> =
        names.iter().enumerate().map(|(place, name)| (0, ["web", "app"][place % 2], &**name, "")).collect();
    let report = measured(MeasureSettings::default(), &[things]);
    assert_eq!((report.continuation.switches, report.continuation.continued), (9_999, 0));
    let text = serde_json::to_string(&report).unwrap();
    assert_eq!(serde_json::from_str::<MeasureReport>(&text).unwrap(), report);
}

#[test]
fn channels_that_do_not_count_hide_none_that_do() {
    let names: Vec<String> = (0..63).map(|number| format!("x{number:02}")).collect();
    let late: Vec<String> = (0..70).map(|number| format!("a{number:02}")).collect();
    // 64 channels that count, then 70 of earlier names with work of their own that do not.
    let mut history: Vec<One<'_>> = vec![(0, "web", "cart", "")];
    history.extend(names.iter().map(|name| (1, &**name, "", "")));
    history.extend(late.iter().map(|name| (2, &**name, &**name, "")));
    history.push((3, "x05", "cart!", ""));
    let report = measured(MeasureSettings::default(), &[history]);
    assert_eq!((report.continuation.switches, report.continuation.continued), (64, 1));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn continuations_are_those_of_a_simple_model(
        mut history in prop::collection::vec((0..3000_i64, 0..4_usize, 0..4_usize, any::<bool>()), 0..14),
    ) {
        history.sort_unstable();
        let (channels, objects) = (["web", "app", "till", "ווצאפ"], ["", "a", "b", "c"]);
        let ended = ["", "a!", "b!", "c!"];
        let told: Vec<One<'_>> = history
            .iter()
            .map(|&(at, channel, object, ends)| (at, channels[channel], if ends { ended[object] } else { objects[object] }, ""))
            .collect();
        let report = measured(MeasureSettings::default(), std::slice::from_ref(&told));
        // For each switch every other channel in which, by looking back, something lay open and not too long.
        let (mut switches, mut continued) = (0, 0);
        for start in (1..told.len()).filter(|&place| told[place].1 != told[place - 1].1) {
            let here = told[start].1;
            let end = (start..told.len()).find(|&place| told[place].1 != here).unwrap_or(told.len());
            let mut waiting: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            let mut seen: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for object in ["a", "b", "c"] {
                let last = (0..start).rev().find(|&place| told[place].2.trim_end_matches('!') == object);
                if let Some(last) = last.filter(|&last| !told[last].2.ends_with('!') && told[last].1 != here) {
                    if told[start].0 - told[last].0 <= 1440 {
                        waiting.entry(told[last].1).or_default();
                    }
                    seen.entry(told[last].1).or_default().insert(object);
                }
            }
            for (from, objects) in seen {
                if waiting.contains_key(from) {
                    switches += 1;
                    continued += u64::from((start..end).any(|place| objects.contains(told[place].2.trim_end_matches('!'))));
                }
            }
        }
        prop_assert_eq!((report.continuation.switches, report.continuation.continued), (switches, continued));
    }
}

#[test]
fn debug_tells_no_names() {
    let report = measured(
        MeasureSettings::default(),
        &[vec![(0, "secret", "cart", ""), (1, "secret two", "cart", "")]],
    );
    assert_eq!(report.pairs.len(), 1);
    assert!(!format!("{report:?} {:?}", report.pairs).contains("secret"));
}
