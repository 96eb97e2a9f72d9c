//! Credits of 2,000 journeys with known answers, and the laws of attribution.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::Value;
use throughline::journey::attribution::{
    Credits, CustomWeights, MarkovSettings, Model, OrderSettings, RateShapley, Rule, SamplingSettings,
    Shapley, choose_order, credit, explain, explain_history, markov, shapley, shapley_ordered, shapley_rate,
    shapley_rate_sampled, words,
};
use throughline::journey::paths::{
    Cleaning, CleaningStep, Conversion, Fate, HistorySettings, Outcome, Paths, PathsErrorKind, Touch,
};
use throughline::time::{TimeDelta, from_millis};

#[path = "journey_support/mod.rs"]
mod support;
use support::{map, paths};

fn expected() -> Value {
    serde_json::from_str(include_str!("data/journey/paths_2k_expected.json")).unwrap()
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!((ours - theirs).abs() <= 1e-9 * theirs.abs().max(1.0), "{what}: {ours} and {theirs}");
}

fn same_values(credits: &Credits, expected: &Value, what: &str) {
    let ours: BTreeMap<String, i64> =
        credits.channels.iter().map(|one| (one.channel.to_string(), one.value_minor)).collect();
    assert_eq!(ours, map(expected), "{what}");
    assert_eq!(credits.value_sum(), 1_829_498, "{what}");
}

fn same_conversions(credits: &Credits, expected: &Value, what: &str) {
    let expected: BTreeMap<String, f64> = map(expected);
    assert_eq!(credits.channels.len(), expected.len());
    for one in &credits.channels {
        close(one.conversions, expected[&*one.channel], what);
    }
}

#[test]
fn rules_to_the_minor_unit() {
    let (paths, expected) = (paths(), expected());
    for (name, rule) in [
        ("first", Rule::First),
        ("last", Rule::Last),
        ("last_non_direct", Rule::last_non_direct()),
        ("linear", Rule::Linear),
        ("position_40_20_40", Rule::position()),
        ("w_shaped_30_30_30_10", Rule::w_shaped()),
    ] {
        let credits = credit(&paths, &rule).unwrap();
        same_values(&credits, &expected["heuristic"][name]["value"], name);
        same_conversions(&credits, &expected["heuristic"][name]["conversions"], name);
    }
}

#[test]
fn chains_to_a_billionth() {
    let (paths, expected) = (paths(), expected());
    for (name, order, with_nulls) in
        [("markov_1", 1, true), ("markov_2", 2, true), ("markov_3", 3, true), ("markov_1_no_null", 1, false)]
    {
        let solved = markov(&paths, &MarkovSettings { order, with_nulls }).unwrap();
        let expected = &expected[name];
        assert_eq!(solved.states as u64, expected["states"].as_u64().unwrap());
        close(solved.conversion_probability, expected["p_conv"].as_f64().unwrap(), name);
        close(solved.expected_value_minor, expected["expected_value"].as_f64().unwrap(), name);
        let (conversions, value): (BTreeMap<String, f64>, BTreeMap<String, f64>) =
            (map(&expected["removal_conv"]), map(&expected["removal_value"]));
        for effect in &solved.effects {
            close(effect.conversions, conversions[&*effect.channel], name);
            close(effect.value, value[&*effect.channel], name);
        }
        same_conversions(&solved.credits, &expected["conversions"], name);
        let off: f64 = solved
            .effects
            .iter()
            .flat_map(|effect| solved.explain(&effect.channel))
            .filter(|reason| reason.rule == "rounding")
            .map(|reason| reason.weight.unwrap().abs())
            .fold(0.0, f64::max);
        assert!(off < 1.0, "{name}: a channel got {off} more or less than its share");
        if expected.get("value_minor_exact").is_some() {
            same_values(&solved.credits, &expected["value_minor_exact"], name);
        }
        let value: BTreeMap<String, f64> = map(&expected["value"]);
        for one in &solved.credits.channels {
            assert!((one.value_minor as f64 - value[&*one.channel]).abs() < 1.0, "{name}");
        }
    }
    let solved = markov(&paths, &MarkovSettings::default()).unwrap();
    same_values(&solved.per_journey(&paths).unwrap(), &expected["markov_1_per_journey_minor"], "per journey");
}

#[test]
fn games_to_a_billionth() {
    let (paths, expected) = (paths(), expected());
    let Shapley { values, credits } = shapley(&paths).unwrap();
    let (conversions, value): (BTreeMap<String, f64>, BTreeMap<String, f64>) =
        (map(&expected["shapley_additive"]["conversions"]), map(&expected["shapley_additive"]["value"]));
    for one in &values {
        close(one.conversions, conversions[&*one.channel], "additive");
        close(one.value, value[&*one.channel], "additive");
        assert!((credits.value_of(&one.channel).unwrap() as f64 - one.value).abs() < 1.0);
    }
    same_conversions(&credits, &expected["shapley_additive"]["conversions"], "additive");
    assert_eq!(credits.value_sum(), 1_829_498);

    let RateShapley { values, rate, .. } = shapley_rate(&paths).unwrap();
    let phi: BTreeMap<String, f64> = map(&expected["shapley_rate"]["phi"]);
    close(rate, expected["shapley_rate"]["grand_rate"].as_f64().unwrap(), "rate");
    let sampled =
        shapley_rate_sampled(&paths, &SamplingSettings { samples: 1000, ..Default::default() }).unwrap();
    for (one, sampled) in values.iter().zip(&sampled.values) {
        assert!((one.value - phi[&*one.channel]).abs() < 1e-12);
        assert!((one.value - sampled.value).abs() < 5.0 * sampled.standard_error);
    }

    let places: BTreeMap<String, f64> = map(&expected["shapley_ordered_conversions"]);
    let ours = shapley_ordered(&paths).unwrap();
    assert_eq!(ours.len(), places.len());
    for one in ours {
        close(one.conversions, places[&format!("{}@{}", one.channel, one.position)], "ordered");
    }
}

#[test]
fn money_is_divided_as_in_the_examples() {
    for example in expected()["apportion_examples"].as_array().unwrap() {
        let weights: Vec<u32> = serde_json::from_value(example["weights"].clone()).unwrap();
        let names: Vec<String> = (0..weights.len()).map(|number| number.to_string()).collect();
        let mut paths = Paths::new();
        let outcome = Outcome::won(example["total"].as_i64().unwrap());
        paths.push(names.iter().map(String::as_str), outcome).unwrap();
        let channels = names.iter().map(|name| name.as_str().into()).zip(weights).collect();
        let rule = Rule::Custom(CustomWeights { channels, ..CustomWeights::default() });
        let ours: Vec<i64> = explain(&paths, 0, &rule).unwrap().iter().map(|one| one.value_minor).collect();
        assert_eq!(ours, serde_json::from_value::<Vec<i64>>(example["out"].clone()).unwrap());
    }
}

#[test]
fn a_half_life_halves() {
    let mut paths = Paths::new();
    let touch = |channel, days: i64| Touch { channel, at: from_millis(days * 86_400_000), key: false };
    paths.push_touches(&[touch("a", -7), touch("b", 0), touch("c", 7)], Outcome::won(700)).unwrap();
    let credits = credit(&paths, &Rule::time_decay()).unwrap();
    assert_eq!(credits.channels.iter().map(|one| one.value_minor).collect::<Vec<_>>(), [100, 200, 400]);
    assert!(credit(&paths, &Rule::TimeDecay { half_life_seconds: 0, untimed_gap_seconds: 1 }).is_err());
    let mut untimed = Paths::new();
    untimed.push(["a", "b"], Outcome::won(300)).unwrap();
    let rule = Rule::TimeDecay { half_life_seconds: 60, untimed_gap_seconds: 60 };
    assert_eq!(credit(&untimed, &rule).unwrap().value_of("b"), Some(200));
}

/// The reference has credits of time decay, but its 2,000 paths have no times: they were left out when the file was written. No
/// constant gap between touches, from an hour to a week, gives its credits; a day comes nearest, and is off by half a percent
/// of the value moved. So no exact check of the decay itself can be made of it. What can be is made here: without any gap the
/// decay is the linear rule, with a half-life that no gap survives it is the last touch, both to the minor unit; and with a gap of a
/// day it is near. With times the formula is held against exact powers of two above, and against a naive model below.
#[test]
fn time_decay_lies_between_linear_and_last() {
    let (paths, expected) = (paths(), expected());
    let decay = |half_life_seconds, untimed_gap_seconds| {
        credit(&paths, &Rule::TimeDecay { half_life_seconds, untimed_gap_seconds }).unwrap()
    };
    same_values(&decay(604_800, 0), &expected["heuristic"]["linear"]["value"], "no gap");
    same_conversions(&decay(604_800, 0), &expected["heuristic"]["linear"]["conversions"], "no gap");
    same_values(&decay(1, 60), &expected["heuristic"]["last"]["value"], "no memory");
    let moved = |gap: u32| {
        let theirs: BTreeMap<String, i64> = map(&expected["heuristic"]["time_decay_7d"]["value"]);
        let credits = decay(604_800, gap);
        assert_eq!(credits.value_sum(), 1_829_498);
        theirs.iter().map(|(name, value)| (credits.value_of(name).unwrap() - value).abs()).sum::<i64>() / 2
    };
    let gaps = [3_600, 21_600, 86_400, 172_800, 604_800].map(moved);
    assert_eq!(gaps.iter().min(), Some(&gaps[2]));
    assert!(gaps[2] > 0 && gaps[2] < 1_829_498 / 200, "{gaps:?}");
}

type Row = (Vec<(u8, i64)>, Option<u8>, u32, i64, u32);

const NAMES: [&str; 6] = ["direct", "فروشگاه", "почта", "חנות", "متجر", "till"];

fn made(rows: &[Row], timed: bool) -> Paths {
    let mut paths = Paths::new();
    for (path, key, conversions, value_minor, nulls) in rows {
        let outcome = Outcome { conversions: *conversions, value_minor: *value_minor, nulls: *nulls };
        let mut at = 0;
        let touches: Vec<Touch<'_>> = path
            .iter()
            .enumerate()
            .map(|(place, (channel, gap))| {
                at += gap;
                let key = key.is_some_and(|key| usize::from(key) == place);
                Touch { channel: NAMES[usize::from(*channel)], at: from_millis(at), key }
            })
            .collect();
        if timed {
            paths.push_touches(&touches, outcome).unwrap();
        } else {
            paths.push(touches.iter().map(|touch| touch.channel), outcome).unwrap();
        }
    }
    paths
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let path = prop::collection::vec((0..5_u8, 0..900_000_000_i64), 0..9);
    let row = (path, prop::option::of(0..9_u8), 0..3_u32, -5000..9000_i64, 0..3_u32);
    prop::collection::vec(row, 0..12)
}

fn rules() -> Vec<Rule> {
    let custom = CustomWeights { first: 3, middle: 0, last: 2, channels: [("till".into(), 0)].into() };
    Rule::usual().into_iter().chain([Rule::Custom(custom)]).collect()
}

/// All that is answered for a set of paths, as text.
fn all(paths: &Paths) -> String {
    let mut text = String::new();
    for rule in rules() {
        text += &serde_json::to_string(&credit(paths, &rule).unwrap()).unwrap();
    }
    for order in 1..=3 {
        let solved = markov(paths, &MarkovSettings { order, with_nulls: true }).unwrap();
        text += &serde_json::to_string(&solved).unwrap();
        text += &serde_json::to_string(&solved.per_journey(paths).unwrap()).unwrap();
    }
    text += &serde_json::to_string(&choose_order(paths, &OrderSettings::default()).unwrap()).unwrap();
    text += &serde_json::to_string(&shapley(paths).unwrap()).unwrap();
    text += &serde_json::to_string(&shapley_rate(paths).unwrap()).unwrap();
    let settings = SamplingSettings { samples: 20, ..SamplingSettings::default() };
    text += &serde_json::to_string(&shapley_rate_sampled(paths, &settings).unwrap()).unwrap();
    text + &serde_json::to_string(&shapley_ordered(paths).unwrap()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn credits_sum_exactly_and_refunds_take_back_what_sales_gave(rows in rows(), timed: bool) {
        let paths = made(&rows, timed);
        let total: i128 = rows.iter().map(|row| i128::from(row.3)).sum();
        let conversions: f64 = rows.iter().map(|row| f64::from(row.2)).sum();
        let negative: Vec<Row> = rows.iter().cloned().map(|mut row| { row.3 = -row.3; row }).collect();
        let refunded = made(&negative, timed);
        for rule in rules() {
            let credits = credit(&paths, &rule).unwrap();
            let mirrored = credit(&refunded, &rule).unwrap();
            for (one, other) in credits.channels.iter().zip(&mirrored.channels) {
                prop_assert_eq!(one.value_minor, -other.value_minor);
            }
            if rule != Rule::Participation {
                prop_assert_eq!(credits.value_sum(), total);
                let sum: f64 = credits.channels.iter().map(|one| one.conversions).sum();
                prop_assert!((sum + credits.none.conversions - conversions).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn time_decay_equals_a_naive_model(path in prop::collection::vec((0..5_u8, 0..900_000_000_i64), 1..9), value in -5000..9000_i64) {
        let paths = made(&[(path.clone(), None, 1, value, 0)], true);
        let mut at = 0;
        let times: Vec<i64> = path.iter().map(|(_, gap)| { at += gap; at }).collect();
        // Shares as they are defined, without whole weights: each part is within a minor unit of its share.
        let weights: Vec<f64> = times.iter().map(|time| (-((at - time) as f64) / 604_800_000.0).exp2()).collect();
        let sum: f64 = weights.iter().sum();
        let why = explain(&paths, 0, &Rule::time_decay()).unwrap();
        for (touch, weight) in why.iter().zip(&weights) {
            prop_assert!((touch.share - weight / sum).abs() < 1e-9);
            prop_assert!((touch.value_minor as f64 - value as f64 * weight / sum).abs() < 1.0 + 1e-6);
        }
        prop_assert_eq!(why.iter().map(|touch| touch.value_minor).sum::<i64>(), value);
    }

    #[test]
    fn every_model_explains_each_touch_of_a_history(
        touches in prop::collection::vec((0..5_u8, 0..100_i64, any::<bool>()), 0..12),
        conversions in prop::collection::vec((0..100_i64, -900..2000_i64, prop::option::of(0..3_u8)), 0..6),
        reuse: bool,
        steps in prop::collection::vec(0..6_usize, 0..3),
        days in prop::option::of(0..60_u32),
        most in prop::option::of(0..5_u32),
    ) {
        let day = |day: i64| from_millis(day * 86_400_000);
        let touches: Vec<Touch<'_>> =
            touches.iter().map(|(name, at, key)| Touch { channel: NAMES[usize::from(*name)], at: day(*at), key: *key }).collect();
        let orders = ["o1", "o2", "o3"];
        let conversions: Vec<Conversion<'_>> = conversions.iter().map(|(at, value_minor, order)| Conversion {
            at: day(*at), value_minor: *value_minor, order: order.map(|order| orders[usize::from(order)]),
        }).collect();
        let step = |number: &usize| match number {
            0 => CleaningStep::Unique,
            1 => CleaningStep::Exposure,
            2 => CleaningStep::First,
            3 => CleaningStep::Frequency,
            4 => CleaningStep::RemoveIfLastAndNotAll("direct".into()),
            _ => CleaningStep::RemoveIfNotAll("direct".into()),
        };
        let cleaning = Cleaning { look_back_days: days, look_back_steps: most, steps: steps.iter().map(step).collect() };
        let settings = HistorySettings { cleaning, reuse };
        let mut paths = Paths::new();
        paths.push_history(&touches, &conversions, &settings).unwrap();
        let solved = markov(&paths, &MarkovSettings::default()).unwrap();
        let usual = rules();
        let models = usual.iter().map(Model::Rule).chain([Model::Markov(&solved), Model::Shapley]);
        for model in models {
            let why = explain_history(&touches, &conversions, &settings, model).unwrap();
            prop_assert_eq!(why.len(), conversions.len());
            let mut sums: BTreeMap<Box<str>, i64> = BTreeMap::new();
            let mut none = 0;
            for one in &why {
                prop_assert_eq!(one.touches.len(), touches.len());
                let counted = one.touches.iter().filter(|touch| matches!(touch.fate, Fate::Counts(_))).count();
                prop_assert_eq!(counted, one.credits.len());
                for (place, touch) in one.touches.iter().enumerate() {
                    let reasons = one.reasons(place);
                    prop_assert!(!reasons.is_empty());
                    prop_assert!(reasons.iter().all(|reason| words(&reason.rule).is_some()), "{:?}", reasons);
                    if let Fate::Counts(place) = touch.fate {
                        prop_assert!(one.credits[place].channel.starts_with(&*touch.channel));
                    }
                    // A touch too old is so by the definition, unless a refund has the path of its sale.
                    if touch.fate == Fate::BeforeDays && one.value_minor >= 0 {
                        prop_assert!(one.at - touch.at > TimeDelta::days(i64::from(days.unwrap())));
                    }
                    if touch.fate == Fate::AfterEnd && one.value_minor >= 0 {
                        prop_assert!(touch.at > one.at);
                    }
                }
                for credit in &one.credits {
                    *sums.entry(credit.channel.clone()).or_default() += credit.value_minor;
                }
                none += if one.credits.is_empty() { one.value_minor } else { 0 };
                prop_assert!(one.to_text().lines().count() > touches.len());
            }
            let credits = match model {
                Model::Rule(rule) => credit(&paths, rule).unwrap(),
                Model::Markov(markov) => markov.per_journey(&paths).unwrap(),
                // Each path is rounded for itself here, and all together there.
                Model::Shapley => {
                    let fair = shapley(&paths).unwrap();
                    for value in &fair.values {
                        let ours = sums.get(&value.channel).copied().unwrap_or(0);
                        prop_assert!((ours as f64 - value.value).abs() <= conversions.len() as f64);
                    }
                    continue;
                }
            };
            prop_assert_eq!(credits.none.value_minor, none);
            for one in &credits.channels {
                prop_assert_eq!(one.value_minor, sums.get(&one.channel).copied().unwrap_or(0), "{:?}", model);
            }
        }
    }

    #[test]
    fn explanations_sum_to_credits(rows in rows(), timed: bool) {
        let paths = made(&rows, timed);
        for rule in rules() {
            let mut sums = BTreeMap::new();
            for path in 0..paths.len() {
                for touch in explain(&paths, path, &rule).unwrap() {
                    prop_assert!(!touch.reasons.is_empty());
                    *sums.entry(touch.channel).or_insert(0) += touch.value_minor;
                }
            }
            for one in &credit(&paths, &rule).unwrap().channels {
                prop_assert_eq!(one.value_minor, sums.get(&one.channel).copied().unwrap_or(0));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn the_order_of_paths_makes_no_difference(
        (rows, shuffled) in rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        timed: bool,
    ) {
        prop_assert_eq!(all(&made(&rows, timed)), all(&made(&shuffled, timed)));
    }

    #[test]
    fn a_channel_that_earns_nothing_changes_nothing(rows in rows()) {
        // `till` never occurs in the rows; a path that nobody took names it.
        let paths = made(&rows, false);
        let mut with = paths.clone();
        with.push(["till"], Outcome::default()).unwrap();
        for rule in rules() {
            let (before, after) = (credit(&paths, &rule).unwrap(), credit(&with, &rule).unwrap());
            let kept: Vec<_> = after.channels.into_iter().filter(|one| &*one.channel != "till").collect();
            prop_assert_eq!(before.channels, kept);
        }
        let (before, after) = (shapley(&paths).unwrap(), shapley(&with).unwrap());
        let kept: Vec<_> = after.values.into_iter().filter(|one| &*one.channel != "till").collect();
        prop_assert_eq!(before.values, kept);
        let (before, after) = (shapley_rate(&paths).unwrap(), shapley_rate(&with).unwrap());
        for (one, other) in before.values.iter().zip(after.values.iter().filter(|one| &*one.channel != "till")) {
            prop_assert!((one.value - other.value).abs() < 1e-12);
        }
        for order in 1..=3 {
            let settings = MarkovSettings { order, with_nulls: true };
            let (before, after) = (markov(&paths, &settings).unwrap(), markov(&with, &settings).unwrap());
            let kept: Vec<_> = after.effects.into_iter().filter(|one| &*one.channel != "till").collect();
            prop_assert_eq!(before.effects, kept);
        }
    }
}

#[test]
fn large_values_are_divided_or_refused() {
    let mut paths = Paths::new();
    paths.push(["a", "b", "c"], Outcome::won(i64::MAX)).unwrap();
    paths.push(["a", "b", "c", "c"], Outcome::won(i64::MIN)).unwrap();
    for rule in rules() {
        assert!(credit(&paths, &rule).is_ok(), "{}", rule.name());
    }
    paths.push(["a"], Outcome::won(i64::MAX)).unwrap();
    paths.push(["a"], Outcome::won(i64::MAX)).unwrap();
    assert!(credit(&paths, &Rule::First).is_err());
    assert!(markov(&paths, &MarkovSettings::default()).is_err());
    assert!(shapley(&paths).is_err());
}

/// Journeys in which the next touch depends on the last `order` ones.
fn chained(order: usize, count: u64) -> Paths {
    let mut state = 9_u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let mut paths = Paths::new();
    for _ in 0..count {
        let mut path: Vec<u64> = Vec::new();
        while path.len() < 12 && below(6) > 0 {
            let context =
                path.iter().rev().take(order).fold(order as u64, |context, next| context * 5 + next + 1);
            // Mostly what the context asks for, sometimes anything.
            path.push(if below(4) > 0 { context.wrapping_mul(2_654_435_761) / 7 % 4 } else { below(4) });
        }
        let won = below(3) == 0;
        let outcome = if won { Outcome::won(100) } else { Outcome::lost() };
        paths.push(path.iter().map(|&channel| NAMES[usize::try_from(channel).unwrap()]), outcome).unwrap();
    }
    paths
}

#[test]
fn the_order_of_the_chain_that_made_the_journeys_is_chosen() {
    for order in 1..=3 {
        let choice = choose_order(&chained(order, 20_000), &OrderSettings::default()).unwrap();
        assert_eq!(usize::from(choice.order), order, "{choice:?}");
        let share = choice.held_out as f64 / (choice.held_out + choice.training) as f64;
        assert!((share - 0.2).abs() < 0.01, "{share}");
        assert!(choice.fits.iter().all(|fit| fit.log_likelihood < 0.0 && fit.unseen < 0.01));
        assert!(choice.fits.windows(2).all(|pair| pair[0].contexts < pair[1].contexts));
    }
    // Few journeys of a chain of order 3 do not pay for it.
    assert!(choose_order(&chained(3, 12), &OrderSettings::default()).unwrap().order < 3);
    let empty = choose_order(&Paths::new(), &OrderSettings::default()).unwrap();
    assert_eq!((empty.order, empty.training, empty.held_out), (1, 0, 0));
    let known = choose_order(&paths(), &OrderSettings { highest: 2, ..OrderSettings::default() }).unwrap();
    assert_eq!((known.order, known.fits.len(), known.training + known.held_out), (1, 2, 2_000));
    assert!(choose_order(&Paths::new(), &OrderSettings { highest: 4, ..OrderSettings::default() }).is_err());
    assert!(
        choose_order(&Paths::new(), &OrderSettings { held_out_percent: 0, ..OrderSettings::default() })
            .is_err()
    );
}

#[test]
fn as_many_channels_as_there_can_be_are_told_apart_from_the_end() {
    let names: Vec<String> = (0..65_535).map(|number| format!("c{number}")).collect();
    let choices = [false, true].map(|turned| {
        let mut paths = Paths::new();
        let mut all: Vec<&str> = names.iter().map(String::as_str).collect();
        if turned {
            all.reverse();
        }
        // A path that nobody took gives the channels their numbers.
        paths.push(all, Outcome::default()).unwrap();
        paths.push(["c7", "c65534"], Outcome { conversions: 500, value_minor: 0, nulls: 500 }).unwrap();
        paths.push(["c7"], Outcome { conversions: 0, value_minor: 0, nulls: 900 }).unwrap();
        choose_order(&paths, &OrderSettings::default()).unwrap()
    });
    assert_eq!(choices[0], choices[1]);
    let mut paths = Paths::new();
    let most = names.iter().map(String::as_str).chain(["one more"]);
    assert_eq!(paths.push(most, Outcome::lost()).unwrap_err().kind(), PathsErrorKind::TooManyChannels);
    assert!(paths.is_empty() && paths.channels().is_empty());
}
