use proptest::prelude::*;

use super::*;

fn shape(null: &[bool], u: &[f64]) -> SessionShape {
    SessionShape { null: null.to_vec(), u: u.to_vec(), fixed: vec![false; u.len()] }
}

fn pattern(levels: &[u8], pairs: f64) -> SessionPattern {
    SessionPattern { levels: levels.to_vec(), rarity_bits: 0.0, pairs }
}

/// Pair by pair, multiplying Bayes factors, as the method is written down.
fn literal(
    pairs: &[(Vec<u8>, f64)],
    shapes: &[SessionShape],
    start: &Estimate,
    (iterations, convergence): (u32, f64),
) -> (Estimate, u32, bool) {
    let mut now = start.clone();
    for iteration in 1..=iterations {
        let probabilities: Vec<f64> = pairs
            .iter()
            .map(|(levels, rarity)| {
                let mut odds = now.prior / (1.0 - now.prior) * rarity;
                for (at, level) in levels.iter().enumerate() {
                    let level = usize::from(*level);
                    if level < shapes[at].null.len() && !shapes[at].null[level] {
                        odds *= now.m[at][level] / shapes[at].u[level];
                    }
                }
                odds / (1.0 + odds)
            })
            .collect();
        let mut next = now.clone();
        next.prior = probabilities.iter().sum::<f64>() / pairs.len() as f64;
        for (at, shape) in shapes.iter().enumerate() {
            let said = |level: u8| usize::from(level) < shape.null.len() && !shape.null[usize::from(level)];
            let all: f64 =
                pairs.iter().zip(&probabilities).filter(|((l, _), _)| said(l[at])).map(|(_, p)| p).sum();
            for level in 0..shape.null.len() {
                if shape.null[level] || shape.fixed[level] || all == 0.0 {
                    continue;
                }
                let of = |levels: &[u8]| usize::from(levels[at]) == level;
                let any = pairs.iter().any(|(levels, _)| of(levels));
                let sum: f64 =
                    pairs.iter().zip(&probabilities).filter(|((l, _), _)| of(l)).map(|(_, p)| p).sum();
                next.m[at][level] = if any { sum / all } else { 1e-6 };
            }
        }
        let change = now.m.iter().flatten().zip(next.m.iter().flatten()).map(|(a, b)| (a - b).abs());
        let change = change.fold((now.prior - next.prior).abs(), f64::max);
        now = next;
        if change < convergence {
            return (now, iteration, true);
        }
    }
    (now, iterations, false)
}

fn shares(levels: usize) -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(1..50_u8, levels).prop_map(|parts| {
        let sum: f64 = parts.iter().map(|part| f64::from(*part)).sum();
        parts.iter().map(|part| f64::from(*part) / sum).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn patterns_say_what_pairs_say(
        u in (shares(2), shares(3), shares(4)),
        m in (shares(2), shares(3), shares(4)),
        fixed in any::<bool>(),
        prior in 1..99_u8,
        pairs in prop::collection::vec(
            (0..3_u8, prop::sample::select(vec![0, 1, 2, 3, NO_LEVEL]), 0..5_u8, 0..3_u8),
            1..60,
        ),
    ) {
        // A null level first, then the levels that speak.
        let speaking = |u: &[f64]| [&[1.0], u].concat();
        let of = |u: &[f64]| {
            let mut null = vec![false; u.len() + 1];
            null[0] = true;
            shape(&null, &speaking(u))
        };
        let mut shapes = [of(&u.0), of(&u.1), of(&u.2)];
        shapes[1].fixed[2] = fixed;
        let start = Estimate {
            prior: f64::from(prior) / 100.0,
            m: vec![speaking(&m.0), speaking(&m.1), speaking(&m.2)],
        };
        let single: Vec<(Vec<u8>, f64)> =
            pairs.iter().map(|(a, b, c, rarity)| (vec![*a, *b, *c], f64::from(*rarity).exp2())).collect();
        let mut counted: Vec<SessionPattern> = Vec::new();
        for (a, b, c, rarity) in &pairs {
            let own = SessionPattern {
                levels: vec![*a, *b, *c], rarity_bits: f64::from(*rarity), pairs: 1.0,
            };
            let known = counted
                .iter_mut()
                .find(|known| known.levels == own.levels && known.rarity_bits == own.rarity_bits);
            match known {
                Some(known) => known.pairs += 1.0,
                None => counted.push(own),
            }
        }
        let (wanted, iterations, converged) = literal(&single, &shapes, &start, (12, 1e-4));
        let found = expectation_maximisation(&counted, &shapes, &start, (12, 1e-4));
        prop_assert_eq!((found.iterations, found.converged), (iterations, converged));
        prop_assert!((found.estimate.prior - wanted.prior).abs() < 1e-12);
        for (found, wanted) in found.estimate.m.iter().flatten().zip(wanted.m.iter().flatten()) {
            prop_assert!((found - wanted).abs() < 1e-12, "{} {}", found, wanted);
        }
    }
}

/// One comparison, `u` = (1/4, 3/4), `m` = (3/4, 1/4), prior 1/2; three pairs agree and five do not.
///
/// Agreement: odds 3, probability 3/4. Disagreement: odds 1/3, probability 1/4. Matches: 3 * 3/4 = 9/4 that agree and
/// 5 * 1/4 = 5/4 that do not, 14/4 of 8 pairs: prior 7/16, m = (9/14, 5/14).
#[test]
fn one_iteration_by_hand() {
    let shapes = [shape(&[false, false], &[0.25, 0.75])];
    let start = Estimate { prior: 0.5, m: vec![vec![0.75, 0.25]] };
    let patterns = [pattern(&[0], 3.0), pattern(&[1], 5.0)];
    let fit = expectation_maximisation(&patterns, &shapes, &start, (1, 1e-4));
    assert!((fit.estimate.prior - 7.0 / 16.0).abs() < 1e-15);
    assert!((fit.estimate.m[0][0] - 9.0 / 14.0).abs() < 1e-15);
    assert!((fit.estimate.m[0][1] - 5.0 / 14.0).abs() < 1e-15);
    assert_eq!((fit.iterations, fit.converged), (1, false));
}

/// With one comparison the shares can be fitted without a rest: prior * m + (1 - prior) * u is what was seen. In the
/// end the fit must be of that kind.
#[test]
fn it_comes_to_rest_where_the_shares_are_those_seen() {
    let shapes = [shape(&[false, false], &[0.1, 0.9]), shape(&[false, false], &[0.2, 0.8])];
    let start = Estimate { prior: 0.3, m: vec![vec![0.95, 0.05], vec![0.95, 0.05]] };
    let patterns =
        [pattern(&[0, 0], 400.0), pattern(&[0, 1], 60.0), pattern(&[1, 0], 120.0), pattern(&[1, 1], 420.0)];
    let fit = expectation_maximisation(&patterns, &shapes, &start, (1000, 1e-9));
    assert!(fit.converged);
    let Estimate { prior, m } = &fit.estimate;
    let seen = [0.46, 0.52];
    for at in 0..2 {
        let fitted = prior * m[at][0] + (1.0 - prior) * shapes[at].u[0];
        assert!((fitted - seen[at]).abs() < 1e-6, "{fitted}");
        assert!((m[at][0] + m[at][1] - 1.0).abs() < 1e-12);
    }
    assert_eq!(swapped(&shapes, &fit), None);
}

#[test]
fn levels_that_no_pair_shows_are_absent_and_null_ones_untouched() {
    let shapes = [shape(&[true, false, false, false], &[1.0, 0.1, 0.1, 0.8])];
    let start = Estimate { prior: 0.2, m: vec![vec![1.0, 0.9, 0.05, 0.05]] };
    let patterns = [pattern(&[0], 50.0), pattern(&[1], 30.0), pattern(&[3], 20.0)];
    let fit = expectation_maximisation(&patterns, &shapes, &start, (25, 1e-4));
    assert_eq!(fit.seen[0], [false, true, false, true]); // null levels are not looked at
    assert_eq!((fit.estimate.m[0][0], fit.estimate.m[0][2]), (1.0, ABSENT));
    assert!((fit.estimate.m[0][1] + fit.estimate.m[0][3] - 1.0).abs() < 1e-12);
}

#[test]
fn nothing_to_count_changes_nothing() {
    let shapes = [shape(&[true, false, false], &[1.0, 0.1, 0.9])];
    let start = Estimate { prior: 0.2, m: vec![vec![1.0, 0.9, 0.1]] };
    let fit = expectation_maximisation(&[], &shapes, &start, (25, 1e-4));
    assert_eq!((&fit.estimate, fit.converged), (&start, true));
    // Pairs that say nothing: the prior stays and so does `m`.
    let fit = expectation_maximisation(&[pattern(&[0], 9.0)], &shapes, &start, (25, 1e-4));
    assert!((fit.estimate.prior - 0.2).abs() < 1e-12);
    assert_eq!(fit.estimate.m, start.m);
}

#[test]
fn strangers_taken_for_matches_are_told() {
    // In this block strangers agree less than elsewhere: the free class can only become theirs.
    let shapes = [shape(&[false, false], &[0.5, 0.5]), shape(&[false, false], &[0.5, 0.5])];
    let start = Estimate { prior: 0.5, m: vec![vec![0.6, 0.4], vec![0.6, 0.4]] };
    let patterns =
        [pattern(&[0, 0], 1.0), pattern(&[0, 1], 9.0), pattern(&[1, 0], 30.0), pattern(&[1, 1], 960.0)];
    let fit = expectation_maximisation(&patterns, &shapes, &start, (1000, 1e-6));
    assert!(fit.converged);
    assert_eq!(swapped(&shapes, &fit), Some(0)); // it agrees least
}
