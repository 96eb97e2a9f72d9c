//! The games against brute force over all subsets.

use proptest::prelude::*;

use super::*;
use crate::journey::attribution::{AttributionErrorKind, Rule, credit};
use crate::journey::paths::{Outcome, Paths};

const NAMES: [&str; 6] = ["web", "فروشگاه", "почта", "חנות", "متجر", "till"];

type Row = (Vec<usize>, u32, i64, u32);

fn made(rows: &[Row]) -> Paths {
    let mut paths = Paths::new();
    for (path, conversions, value_minor, nulls) in rows {
        let outcome = Outcome { conversions: *conversions, value_minor: *value_minor, nulls: *nulls };
        paths.push(path.iter().map(|&channel| NAMES[channel]), outcome).unwrap();
    }
    paths
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let row = (prop::collection::vec(0..6_usize, 0..7), 0..3_u32, -900..5000_i64, 0..3_u32);
    prop::collection::vec(row, 0..16)
}

/// Shapley's formula as it stands.
fn brute(rows: &[Row], worth: impl Fn(&[&Row]) -> f64) -> Vec<f64> {
    let of = |set: usize| {
        let inside: Vec<&Row> = rows
            .iter()
            .filter(|row| !row.0.is_empty() && row.0.iter().all(|channel| set & (1 << channel) != 0))
            .collect();
        worth(&inside)
    };
    let factorial = |n: usize| (1..=n).map(|n| n as f64).product::<f64>();
    // Channels that never occur are dummies: they get nothing, and change nothing for the others.
    (0..6_usize)
        .map(|channel| {
            (0..64_usize)
                .filter(|set| set & (1 << channel) == 0)
                .map(|set| {
                    let size = set.count_ones() as usize;
                    let weight = factorial(size) * factorial(5 - size) / factorial(6);
                    weight * (of(set | (1 << channel)) - of(set))
                })
                .sum()
        })
        .collect()
}

fn conversions(rows: &[&Row]) -> f64 {
    rows.iter().map(|row| f64::from(row.1)).sum()
}

fn share(rows: &[&Row]) -> f64 {
    let all: f64 = rows.iter().map(|row| f64::from(row.1) + f64::from(row.3)).sum();
    if all > 0.0 { conversions(rows) / all } else { 0.0 }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn both_games_equal_brute_force(rows in rows()) {
        let paths = made(&rows);
        let (additive, rates) = (shapley(&paths).unwrap(), shapley_rate(&paths).unwrap());
        let by_conversions = brute(&rows, conversions);
        let by_value = brute(&rows, |rows| rows.iter().map(|row| row.2 as f64).sum());
        let by_rate = brute(&rows, share);
        for (value, game) in additive.values.iter().zip(&rates.values) {
            let channel = NAMES.iter().position(|name| **name == *value.channel).unwrap();
            prop_assert!((value.conversions - by_conversions[channel]).abs() < 1e-9);
            prop_assert!((value.value - by_value[channel]).abs() < 1e-9);
            prop_assert!((game.value - by_rate[channel]).abs() < 1e-12);
        }
        let sum: f64 = rates.values.iter().map(|one| one.value).sum();
        prop_assert!((sum - rates.rate).abs() < 1e-12);
        prop_assert_eq!(additive.credits.value_sum(), rows.iter().map(|row| i128::from(row.2)).sum::<i128>());
    }

    #[test]
    fn places_sum_to_the_linear_rule_on_collapsed_paths(rows in rows()) {
        let collapsed: Vec<Row> = rows.iter().cloned().map(|mut row| { row.0.dedup(); row }).collect();
        let linear = credit(&made(&collapsed), &Rule::Linear).unwrap();
        let places = shapley_ordered(&made(&rows)).unwrap();
        for one in &linear.channels {
            let sum: f64 = places.iter().filter(|place| place.channel == one.channel).map(|place| place.conversions).sum();
            prop_assert!((sum - one.conversions).abs() < 1e-9);
            let value: i64 = places.iter().filter(|place| place.channel == one.channel).map(|place| place.value_minor).sum();
            prop_assert_eq!(value, one.value_minor);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(50))]
    #[test]
    fn samples_keep_their_bound(rows in rows(), seed: u64) {
        let paths = made(&rows);
        let exact = shapley_rate(&paths).unwrap();
        let settings = SamplingSettings { samples: 500, seed, confidence: 1.0 - 1e-9 };
        let sampled = shapley_rate_sampled(&paths, &settings).unwrap();
        prop_assert_eq!(&sampled, &shapley_rate_sampled(&paths, &settings).unwrap());
        for (one, other) in sampled.values.iter().zip(&exact.values) {
            prop_assert!((one.value - other.value).abs() <= sampled.error_bound);
            prop_assert!((one.value - other.value).abs() <= 8.0 * one.standard_error + 0.05);
        }
        let sum: f64 = sampled.values.iter().map(|one| one.value).sum();
        prop_assert!((sum - sampled.rate).abs() < 1e-9);
    }
}

#[test]
fn limits_are_errors() {
    let mut paths = Paths::new();
    let names: Vec<String> = (0..21).map(|number| number.to_string()).collect();
    paths.push(names.iter().map(String::as_str), Outcome::won(21)).unwrap();
    assert_eq!(shapley_rate(&paths).unwrap_err().kind(), AttributionErrorKind::TooManyChannels);
    assert_eq!(shapley(&paths).unwrap().credits.value_of("7"), Some(1));
    for (samples, confidence) in [(0, 0.5), (1, 1.0), (1, 0.0), (1, f64::NAN)] {
        let settings = SamplingSettings { samples, seed: 1, confidence };
        let error = shapley_rate_sampled(&paths, &settings).unwrap_err();
        assert_eq!(error.kind(), AttributionErrorKind::InvalidSampling);
    }
    assert!(shapley(&paths).unwrap().explain("7").iter().all(|reason| reason.weight.is_some()));
    assert!(shapley(&paths).unwrap().explain("elsewhere").is_empty());
    assert_eq!(shapley_rate(&Paths::new()).unwrap().values, []);
}
