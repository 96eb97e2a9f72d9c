use proptest::prelude::*;

use super::*;

/// What was planted: for each comparison and level how often pairs of one person, one household, strangers are of it.
struct Planted {
    m: Vec<Vec<f64>>,
    h: Vec<Vec<f64>>,
    u: Vec<Vec<f64>>,
    personal: Vec<bool>,
    prior: f64,
    household: f64,
    /// How often a comparison says nothing.
    untold: f64,
}

const ALL: f64 = 2e6;
const RECORDS: f64 = 2_000.0;

impl Planted {
    /// The number of pairs of every pattern, as expected: level 0 of each comparison is null.
    fn patterns(&self) -> Vec<Pattern> {
        let width = self.m.len();
        let mut patterns =
            vec![(Vec::new(), [self.prior, self.household, 1.0 - self.prior - self.household])];
        for at in 0..width {
            let mut longer = Vec::new();
            for (levels, [a, b, c]) in &patterns {
                let mut push = |level: usize, [x, y, z]: [f64; 3]| {
                    let mut levels: Vec<u8> = levels.clone();
                    levels.push(u8::try_from(level).unwrap());
                    longer.push((levels, [a * x, b * y, c * z]));
                };
                push(0, [self.untold; 3]);
                let told = 1.0 - self.untold;
                for level in 0..self.m[at].len() {
                    push(
                        level + 1,
                        [told * self.m[at][level], told * self.h[at][level], told * self.u[at][level]],
                    );
                }
            }
            patterns = longer;
        }
        patterns
            .into_iter()
            .map(|(levels, parts)| Pattern { levels, pairs: ALL * parts.iter().sum::<f64>() })
            .collect()
    }

    /// What training is told before: nothing but which levels are better.
    fn shapes(&self, patterns: &[Pattern]) -> Vec<Shape> {
        (0..self.m.len())
            .map(|at| {
                let levels = self.m[at].len() + 1;
                let mut totals = vec![0.0; levels];
                for pattern in patterns {
                    totals[usize::from(pattern.levels[at])] += pattern.pairs;
                }
                let guess = |best: f64| {
                    let mut guess = vec![(1.0 - best) / (levels - 2) as f64; levels];
                    guess[0] = 1.0;
                    guess[1] = best;
                    guess
                };
                Shape {
                    null: (0..levels).map(|level| level == 0).collect(),
                    personal: self.personal[at],
                    m: guess(0.7),
                    h: guess(if self.personal[at] { 0.05 } else { 0.6 }),
                    u: guess(0.05),
                    fixed_m: vec![false; levels],
                    fixed_u: vec![false; levels],
                    totals,
                }
            })
            .collect()
    }
}

fn planted(untold: f64) -> Planted {
    Planted {
        m: vec![
            vec![0.8, 0.15, 0.05],
            vec![0.9, 0.06, 0.04],
            vec![0.85, 0.1, 0.05],
            vec![0.7, 0.3],
            vec![0.75, 0.25],
        ],
        h: vec![
            vec![0.01, 0.02, 0.97],
            vec![0.85, 0.05, 0.1],
            vec![0.003, 0.01, 0.987],
            vec![0.6, 0.4],
            vec![0.8, 0.2],
        ],
        u: vec![
            vec![0.01, 0.02, 0.97],
            vec![0.005, 0.01, 0.985],
            vec![0.003, 0.01, 0.987],
            vec![0.001, 0.999],
            vec![0.002, 0.998],
        ],
        personal: vec![true, false, true, false, false],
        prior: 0.001,
        household: 0.002,
        untold,
    }
}

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!((found - wanted).abs() <= tolerance, "{what}: found {found}, planted {wanted}");
}

#[test]
fn what_was_planted_is_recovered() {
    for untold in [0.0, 0.2] {
        let planted = planted(untold);
        let patterns = planted.patterns();
        let shapes = planted.shapes(&patterns);
        let trained = train(&patterns, &shapes, ALL, RECORDS, true, (500, 1e-6));
        assert!(trained.converged, "{} iterations", trained.iterations);
        near(trained.prior, planted.prior, 0.05 * planted.prior, "share of pairs of one person");
        near(trained.household, planted.household, 0.05 * planted.household, "share of pairs of a household");
        for at in 0..planted.m.len() {
            for level in 0..planted.m[at].len() {
                let of = |table: &[Vec<f64>]| table[at][level + 1];
                near(of(&trained.m), planted.m[at][level], 0.02, "m");
                near(of(&trained.u), planted.u[at][level], 0.001, "u");
                near(of(&trained.h), planted.h[at][level], 0.02, "household");
            }
            assert_eq!((trained.m[at][0], trained.u[at][0], trained.h[at][0]), (1.0, 1.0, 1.0));
        }
    }
}

#[test]
fn without_households_their_share_stays_zero() {
    let planted = Planted { household: 0.0, ..planted(0.1) };
    let patterns = planted.patterns();
    let shapes = planted.shapes(&patterns);
    let trained = train(&patterns, &shapes, ALL, RECORDS, false, (500, 1e-6));
    assert!(trained.converged);
    assert_eq!(trained.household, 0.0);
    near(trained.prior, planted.prior, 0.05 * planted.prior, "share of pairs of one person");
    // Asked for, households that are not there are found to be few.
    let asked = train(&patterns, &shapes, ALL, RECORDS, true, (500, 1e-6));
    assert!(asked.household < 0.1 * planted.prior, "{}", asked.household);
    near(asked.prior, planted.prior, 0.1 * planted.prior, "share of pairs of one person");
}

/// The logarithm of how likely the patterns are, with what is known before: what each step may only raise.
fn likelihood(trained: &Trained, patterns: &[Pattern], shapes: &[Shape]) -> f64 {
    let of_pairs: f64 = patterns
        .iter()
        .map(|pattern| {
            let (a, b, c) = shares(trained, pattern);
            pattern.pairs * (a + b + c).ln()
        })
        .sum();
    let known = |table: &[Vec<f64>], weight: &dyn Fn(&Shape, usize) -> f64| -> f64 {
        let mut sum = 0.0;
        for (shape, levels) in shapes.iter().zip(table) {
            for (level, probability) in levels.iter().enumerate().filter(|(level, _)| !shape.null[*level]) {
                sum += weight(shape, level) * probability.ln();
            }
        }
        sum
    };
    of_pairs
        + known(&trained.m, &|shape, level| KNOWN_PAIRS * shape.m[level])
        + known(&trained.u, &|shape, level| 0.5 + KNOWN_STRANGERS * shape.u[level])
        + if trained.household > 0.0 {
            known(&trained.h, &|shape, level| KNOWN_PAIRS * shape.h[level])
        } else {
            0.0
        }
}

#[test]
fn every_iteration_makes_the_data_more_likely() {
    for households in [false, true] {
        // Where household pairs have probabilities of their own everywhere, each step is a whole maximisation.
        let planted = Planted { personal: vec![false; 5], ..planted(0.1) };
        let patterns = planted.patterns();
        let shapes = planted.shapes(&patterns);
        let mut last = f64::NEG_INFINITY;
        for iterations in 1..40 {
            let trained = train(&patterns, &shapes, ALL, RECORDS, households, (iterations, 0.0));
            let now = likelihood(&trained, &patterns, &shapes);
            assert!(now >= last - last.abs() * 1e-12, "iteration {iterations}: {now} after {last}");
            last = now;
        }
    }
}

#[test]
fn what_has_not_converged_says_so() {
    let planted = planted(0.0);
    let patterns = planted.patterns();
    let shapes = planted.shapes(&patterns);
    let trained = train(&patterns, &shapes, ALL, RECORDS, true, (2, 1e-9));
    assert_eq!((trained.converged, trained.iterations), (false, 2));
    let none = train(&patterns, &shapes, ALL, RECORDS, true, (0, 1e-9));
    assert_eq!((none.converged, none.iterations), (false, 0));
}

fn is_sound(trained: &Trained, shapes: &[Shape]) {
    for number in [trained.prior, trained.household] {
        assert!((0.0..=1.0).contains(&number), "{number}");
    }
    assert!(trained.prior + trained.household < MOST_RELATED + 1e-9);
    for table in [&trained.m, &trained.h, &trained.u] {
        assert_eq!(table.len(), shapes.len());
        for (levels, shape) in table.iter().zip(shapes) {
            assert!(levels.iter().all(|level| (0.0..=1.0).contains(level)), "{levels:?}");
            let told = levels.iter().zip(&shape.null).filter(|(_, null)| !**null).map(|(level, _)| level);
            let (sum, count) = (told.clone().sum::<f64>(), told.count());
            assert!(count == 0 || (sum - 1.0).abs() < 1e-9, "{levels:?}");
        }
    }
}

fn shape(null: &[bool], known: &[f64], totals: &[f64]) -> Shape {
    Shape {
        null: null.into(),
        personal: false,
        m: known.into(),
        h: known.into(),
        u: known.into(),
        fixed_m: vec![false; null.len()],
        fixed_u: vec![false; null.len()],
        totals: totals.into(),
    }
}

#[test]
fn fixed_levels_keep_their_numbers_and_the_others_are_fitted_to_them() {
    let planted = planted(0.1);
    let patterns = planted.patterns();
    let mut shapes = planted.shapes(&patterns);
    // The first comparison may not believe what the data shows.
    shapes[0].m = vec![1.0, 0.5, 0.3, 0.2];
    shapes[0].fixed_m = vec![false, true, false, false];
    shapes[1].u = vec![1.0, 0.2, 0.4, 0.4];
    shapes[1].fixed_u = vec![false, true, true, true];
    let trained = train(&patterns, &shapes, ALL, RECORDS, true, (3_000, 1e-6));
    is_sound(&trained, &shapes);
    assert_eq!(trained.m[0][1], 0.5);
    assert_eq!(trained.u[1][1..], [0.2, 0.4, 0.4]);
    assert!(trained.m[0][2] > 1.5 * trained.m[0][3], "the free levels share the rest as the data says");
    // The next step changes nothing: all other numbers belong to the fixed ones.
    let again = step(&trained, &patterns, &shapes, ALL);
    assert!(distance(&trained, &again) < 1e-5);
    let free = train(&patterns, &planted.shapes(&patterns), ALL, RECORDS, true, (3_000, 1e-6));
    assert!((free.prior - trained.prior).abs() > 1e-6);
}

#[test]
fn fixed_levels_that_leave_nothing_leave_the_others_something() {
    let null = [true, false, false, false];
    let found = held(vec![1.0, 0.2, 0.3, 0.5], &[1.0, 0.7, 0.6, 0.0], &[false, true, true, false], &null);
    assert_eq!(found, [1.0, 0.7, 0.6, LEAST]);
    let found = held(vec![1.0, 0.2, 0.3, 0.5], &[1.0, 0.6, 0.0, 0.0], &[true, true, false, false], &null);
    near(found[2], 0.15, 1e-12, "three eighths of the rest");
    near(found[3], 0.25, 1e-12, "five eighths of the rest");
}

#[test]
fn strangers_stay_thinkable() {
    assert_eq!(priors(0.0, 0.0), (0.0, 0.0));
    assert_eq!(priors(0.3, 0.5), (0.3, 0.5));
    let (person, household) = priors(0.75, 0.25);
    near(person, 0.675, 1e-12, "three quarters of what is left");
    near(household, 0.225, 1e-12, "one quarter of what is left");
    // No other shares that leave a tenth to strangers make such counts likelier.
    let of = |person: f64| 0.75 * person.ln() + 0.25 * (0.9 - person).ln() + 1e-9 * 0.1_f64.ln();
    assert!([0.1, 0.5, 0.67, 0.68, 0.8].iter().all(|other| of(*other) < of(person)));
}

#[test]
fn degenerate_data_gives_finite_numbers() {
    let two = || shape(&[true, false, false], &[1.0, 0.9, 0.1], &[0.0, 0.0, 0.0]);
    let pattern = |levels: &[u8], pairs| Pattern { levels: levels.into(), pairs };
    let all_null = shape(&[true, true], &[1.0, 1.0], &[0.0, 0.0]);
    let never = shape(&[false, false], &[0.0, 0.0], &[0.0, 0.0]);
    for (patterns, shapes, all, records) in [
        (vec![], vec![], 1.0, 0.0),
        (vec![], vec![two()], 1.0, 1.0),
        (vec![], vec![two(), two()], 1e12, 1e6),
        (vec![pattern(&[1], 1.0)], vec![two()], 1.0, 2.0),
        (vec![pattern(&[2], 1.0)], vec![two()], 1.0, 2.0),
        (vec![pattern(&[0], 5.0)], vec![two()], 10.0, 5.0),
        (vec![pattern(&[0], 5.0)], vec![all_null.clone()], 10.0, 5.0),
        (vec![pattern(&[15], 5.0)], vec![two()], 10.0, 5.0),
        (vec![pattern(&[1, 0], 10.0)], vec![two(), all_null], 10.0, 5.0),
        (vec![pattern(&[1], 0.0)], vec![two()], 10.0, 5.0),
        (vec![pattern(&[0], 5.0), pattern(&[1], 5.0)], vec![never], 10.0, 5.0),
        (vec![pattern(&[], 5.0)], vec![], 10.0, 5.0),
        (vec![pattern(&[1; 32], 1e9)], (0..32).map(|_| two()).collect(), 1e9, 1e5),
        (vec![pattern(&[2; 32], 1e9)], (0..32).map(|_| two()).collect(), 1e9, 1e5),
    ] {
        for households in [false, true] {
            let trained = train(&patterns, &shapes, all, records, households, (200, 1e-6));
            is_sound(&trained, &shapes);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn any_counts_give_sound_numbers(
        pairs in prop::collection::vec((prop::collection::vec(0_u8..5, 4), 0.0..1e6_f64), 0..12),
        known in prop::collection::vec(prop_oneof![Just(0.0), 1e-9..1.0_f64], 4),
        personal in any::<[bool; 4]>(),
        households in any::<bool>(),
    ) {
        let patterns: Vec<Pattern> =
            pairs.into_iter().map(|(levels, pairs)| Pattern { levels, pairs }).collect();
        let all = patterns.iter().map(|pattern| pattern.pairs).sum::<f64>().max(1.0);
        let shapes: Vec<Shape> = personal
            .iter()
            .enumerate()
            .map(|(at, personal)| {
                let mut totals = vec![0.0; 4];
                for pattern in &patterns {
                    if let Some(total) = totals.get_mut(usize::from(pattern.levels[at])) {
                        *total += pattern.pairs;
                    }
                }
                let null = [true, false, false, false];
                Shape { personal: *personal, ..shape(&null, &normal(&known, &null), &totals) }
            })
            .collect();
        for iterations in [0, 1, 7, 100] {
            is_sound(&train(&patterns, &shapes, all, 100.0, households, (iterations, 1e-5)), &shapes);
        }
    }
}
