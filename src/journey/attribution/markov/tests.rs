//! The chain against a naive one with dense matrices.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::journey::paths::{Outcome, Path};

/// The naive answer: states as lists of names, one elimination with pivots for each removed channel.
fn naive(paths: &Paths, settings: &MarkovSettings) -> BTreeMap<String, [f64; 2]> {
    let order = usize::from(settings.order);
    let nulls = |path: &Path<'_>| if settings.with_nulls { f64::from(path.outcome().nulls) } else { 0.0 };
    let walk = |path: &Path<'_>| -> Vec<Vec<String>> {
        let names: Vec<String> = path.channels().map(Into::into).collect();
        let mut states: Vec<Vec<String>> =
            names.windows(order.min(names.len()).max(1)).map(<[_]>::to_vec).collect();
        states.dedup();
        states
    };
    let mut numbers = BTreeMap::new();
    for path in paths.iter() {
        for state in walk(&path) {
            let next = numbers.len();
            numbers.entry(state).or_insert(next);
        }
    }
    let size = numbers.len();
    let (mut counts, mut out) = (vec![vec![0.0; size]; size], vec![0.0; size]);
    let (mut starts, mut won, mut value) = (vec![0.0; size], vec![0.0; size], vec![0.0; size]);
    for path in paths.iter() {
        let weight = f64::from(path.outcome().conversions) + nulls(&path);
        let states: Vec<usize> = walk(&path).iter().map(|state| numbers[state]).collect();
        if weight == 0.0 || states.is_empty() {
            continue;
        }
        starts[states[0]] += weight;
        for pair in states.windows(2) {
            counts[pair[0]][pair[1]] += weight;
            out[pair[0]] += weight;
        }
        let last = states[states.len() - 1];
        out[last] += weight;
        won[last] += f64::from(path.outcome().conversions);
        value[last] += path.outcome().value_minor.max(0) as f64;
    }
    let all: f64 = starts.iter().sum();
    let solve = |forbidden: &BTreeSet<usize>, collected: &[f64]| -> f64 {
        let kept: Vec<usize> =
            (0..size).filter(|state| !forbidden.contains(state) && out[*state] > 0.0).collect();
        let mut rows: Vec<Vec<f64>> = kept
            .iter()
            .map(|&from| {
                let mut row: Vec<f64> = kept
                    .iter()
                    .map(|&to| f64::from(u8::from(from == to)) - counts[from][to] / out[from])
                    .collect();
                row.push(collected[from] / out[from]);
                row
            })
            .collect();
        for pivot in 0..rows.len() {
            let best =
                (pivot..rows.len()).max_by(|&a, &b| rows[a][pivot].abs().total_cmp(&rows[b][pivot].abs()));
            rows.swap(pivot, best.unwrap());
            let above = rows[pivot].clone();
            for (place, row) in rows.iter_mut().enumerate() {
                if place != pivot {
                    let factor = row[pivot] / above[pivot];
                    row.iter_mut().zip(&above).for_each(|(cell, above)| *cell -= factor * above);
                }
            }
        }
        let x = |place: usize| rows[place][rows.len()] / rows[place][place];
        kept.iter().enumerate().map(|(place, &state)| starts[state] / all * x(place)).sum()
    };
    let mut effects = BTreeMap::new();
    for channel in paths.channels() {
        let forbidden = numbers.iter().filter(|(state, _)| state.iter().any(|name| name == channel));
        let forbidden: BTreeSet<usize> = forbidden.map(|(_, number)| *number).collect();
        let effect = [&won, &value].map(|collected| {
            let whole = solve(&BTreeSet::new(), collected);
            if whole > 0.0 { 1.0 - solve(&forbidden, collected) / whole } else { 0.0 }
        });
        effects.insert(channel.to_owned(), effect);
    }
    effects
}

fn made(rows: &[(Vec<u8>, u32, i64, u32)]) -> Paths {
    let mut paths = Paths::new();
    let names = ["وب", "app", "почта", "till", "חנות"];
    for (path, conversions, value_minor, nulls) in rows {
        let outcome = Outcome { conversions: *conversions, value_minor: *value_minor, nulls: *nulls };
        paths.push(path.iter().map(|&channel| names[usize::from(channel)]), outcome).unwrap();
    }
    paths
}

fn rows() -> impl Strategy<Value = Vec<(Vec<u8>, u32, i64, u32)>> {
    let row = (prop::collection::vec(0..5_u8, 0..9), 0..3_u32, -50..5000_i64, 0..3_u32);
    prop::collection::vec(row, 0..14)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn every_order_equals_the_naive_solve(rows in rows(), order in 1..4_u8, with_nulls: bool) {
        let paths = made(&rows);
        let settings = MarkovSettings { order, with_nulls };
        let solved = markov(&paths, &settings).unwrap();
        let naive = naive(&paths, &settings);
        prop_assert_eq!(solved.effects.len(), naive.len());
        let sales = rows.iter().any(|(path, conversions, value, nulls)| {
            !path.is_empty() && *value > 0 && (*conversions > 0 || (with_nulls && *nulls > 0))
        });
        for effect in &solved.effects {
            let [conversions, value] = naive[&*effect.channel];
            prop_assert!((effect.conversions - conversions).abs() < 1e-10);
            prop_assert!(!sales || (effect.value - value).abs() < 1e-10);
        }
        prop_assert_eq!(solved.credits.value_sum(), rows.iter().map(|row| i128::from(row.2)).sum::<i128>());
    }

    #[test]
    fn sparse_equals_the_inverse(rows in rows(), with_nulls: bool) {
        let chain = Chain::build(&made(&rows), &MarkovSettings { order: 1, with_nulls });
        for (one, other) in dense::effects(&chain).iter().zip(taboo::effects(&chain).unwrap()) {
            prop_assert!((one[0] - other[0]).abs() < 1e-11 && (one[1] - other[1]).abs() < 1e-11);
        }
    }
}

#[test]
fn a_chain_that_hardly_ends_is_solved_directly() {
    let mut paths = Paths::new();
    let long: Vec<&str> = ["a", "b", "b", "c"].into_iter().cycle().take(100_000).collect();
    paths.push(long, Outcome::won(5)).unwrap();
    paths.push(["a", "b", "b", "a"], Outcome::lost()).unwrap();
    for order in 1..=3 {
        let solved = markov(&paths, &MarkovSettings { order, with_nulls: true }).unwrap();
        assert!(solved.effects.iter().all(|effect| effect.conversions > 0.99), "{order}");
    }
}

#[test]
fn only_refunds_mirror_sales() {
    let rows = [(vec![0, 1, 2], 1, 1001, 0), (vec![1], 0, 0, 1), (vec![2, 3], 1, 100, 0)];
    let mirrored = rows.clone().map(|(path, conversions, value, nulls)| (path, conversions, -value, nulls));
    let [sold, refunded] =
        [made(&rows), made(&mirrored)].map(|paths| markov(&paths, &MarkovSettings::default()).unwrap());
    for (sale, refund) in sold.credits.channels.iter().zip(&refunded.credits.channels) {
        assert_eq!(sale.value_minor, -refund.value_minor);
    }
    assert!(sold.explain("till").iter().all(|reason| reason.weight.is_some()));
    assert!(sold.explain("elsewhere").is_empty());
    assert!(markov(&Paths::new(), &MarkovSettings { order: 4, with_nulls: true }).is_err());
    assert!(markov(&Paths::new(), &MarkovSettings { order: 0, with_nulls: true }).is_err());
    assert_eq!(markov(&Paths::new(), &MarkovSettings::default()).unwrap().states, 0);
}
