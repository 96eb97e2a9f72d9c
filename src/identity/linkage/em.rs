//! Expectation maximisation over patterns of agreement: pairs of one person, of one household, of strangers.

/// Pairs that agree in the same way.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    /// The level of each comparison.
    pub(super) levels: Vec<u8>,
    /// How many pairs.
    pub(super) pairs: f64,
}

/// One comparison as training sees it.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// Which levels say nothing.
    pub(super) null: Vec<bool>,
    /// People of one household differ in it as strangers do.
    pub(super) personal: bool,
    /// What is known of `m`, the household's share and `u` before any data: counts for a few pairs.
    pub(super) m: Vec<f64>,
    pub(super) h: Vec<f64>,
    pub(super) u: Vec<f64>,
    /// Which levels keep their `m`, and their `u`.
    pub(super) fixed_m: Vec<bool>,
    pub(super) fixed_u: Vec<bool>,
    /// How many of all pairs are of each level, known or estimated.
    pub(super) totals: Vec<f64>,
}

/// What training found.
#[derive(Debug, Clone)]
pub(super) struct Trained {
    /// Of each comparison and level: how often pairs of one person, of one household, of strangers are of it.
    pub(super) m: Vec<Vec<f64>>,
    pub(super) h: Vec<Vec<f64>>,
    pub(super) u: Vec<Vec<f64>>,
    /// How many of all pairs are of one person, of one household.
    pub(super) prior: f64,
    pub(super) household: f64,
    pub(super) iterations: u32,
    pub(super) converged: bool,
}

impl Trained {
    /// How probable it is that a pair of this pattern is of one person.
    pub(super) fn matched(&self, pattern: &Pattern) -> f64 {
        let (m, h, u) = shares(self, pattern);
        let sum = m + h + u;
        if sum > 0.0 { m / sum } else { 0.0 }
    }
}

/// Starts where the best levels speak for one person.
fn start(shapes: &[Shape], all: f64, records: f64, households: bool) -> Trained {
    let mut trained = Trained {
        m: Vec::new(),
        h: Vec::new(),
        u: Vec::new(),
        prior: (0.5 * records / all).min(0.5),
        household: if households { (0.3 * records / all).min(0.25) } else { 0.0 },
        iterations: 0,
        converged: false,
    };
    for shape in shapes {
        let u = strangers(shape, &vec![0.0; shape.null.len()], &vec![0.0; shape.null.len()]);
        trained.m.push(shape.m.clone());
        trained.h.push(if shape.personal { u.clone() } else { shape.h.clone() });
        trained.u.push(u);
    }
    trained
}

/// Of all pairs so many are of one person or of one household at most: however alike the records are, it stays thinkable
/// that two of them are strangers'.
const MOST_RELATED: f64 = 0.9;

/// The shares of all pairs that are of one person and of one household, with what strangers need taken from both in
/// proportion: of the shares that are allowed those under which the counts are likeliest.
pub(super) fn priors(person: f64, household: f64) -> (f64, f64) {
    let times = (MOST_RELATED / (person + household)).min(1.0);
    (person * times, household * times)
}

/// No kind of pair that is looked for is rarer.
const RAREST: f64 = 1e-12;

/// How many pairs the prior knowledge of `m` and of households counts for.
const KNOWN_PAIRS: f64 = 4.0;
/// How many pairs the prior knowledge of strangers counts for.
const KNOWN_STRANGERS: f64 = 200.0;

/// How often strangers are of each level: all pairs but those of one person or household.
fn strangers(shape: &Shape, m: &[f64], h: &[f64]) -> Vec<f64> {
    let counts: Vec<f64> = shape
        .totals
        .iter()
        .zip(m.iter().zip(h))
        .zip(&shape.u)
        .map(|((total, (m, h)), known)| (total - m - h).max(0.0) + 0.5 + KNOWN_STRANGERS * known)
        .collect();
    held(normal(&counts, &shape.null), &shape.u, &shape.fixed_u, &shape.null)
}

/// No level that is free has less, however much the fixed ones take.
const LEAST: f64 = 1e-9;

/// The probabilities with the fixed levels at what is known of them: the free ones share what those leave.
pub(super) fn held(mut found: Vec<f64>, known: &[f64], fixed: &[bool], null: &[bool]) -> Vec<f64> {
    let speaking = || fixed.iter().zip(null).map(|(fixed, null)| (*fixed, !*null));
    if !speaking().any(|(fixed, speaks)| fixed && speaks) {
        return found;
    }
    let sum = |of: &[f64], wanted: bool| -> f64 {
        of.iter().zip(speaking()).filter(|(_, own)| *own == (wanted, true)).map(|(one, _)| one).sum()
    };
    let (left, free) = ((1.0 - sum(known, true)).max(0.0), sum(&found, false));
    for ((own, known), (fixed, speaks)) in found.iter_mut().zip(known).zip(speaking()) {
        if speaks && fixed {
            *own = *known;
        } else if speaks {
            *own = (*own * left / free.max(LEAST)).max(LEAST);
        }
    }
    found
}

pub(super) fn normal(weights: &[f64], null: &[bool]) -> Vec<f64> {
    let sum: f64 = weights.iter().zip(null).filter(|(_, null)| !**null).map(|(weight, _)| weight).sum();
    // Where nothing is known all are as likely.
    let speaking = null.iter().filter(|null| !**null).map(|_| 1.0).sum::<f64>().max(1.0);
    let share = |weight: &f64| if sum > 0.0 { weight / sum } else { 1.0 / speaking };
    weights.iter().zip(null).map(|(weight, null)| if *null { 1.0 } else { share(weight) }).collect()
}

/// How likely the pattern is among pairs of one person, of one household, of strangers, times how many there are.
fn shares(trained: &Trained, pattern: &Pattern) -> (f64, f64, f64) {
    let mut m = trained.prior;
    let mut h = trained.household;
    let mut u = 1.0 - trained.prior - trained.household;
    for (at, level) in pattern.levels.iter().enumerate() {
        let of = |table: &Vec<Vec<f64>>| {
            table.get(at).and_then(|levels| levels.get(usize::from(*level))).copied().unwrap_or(1.0)
        };
        m *= of(&trained.m);
        h *= of(&trained.h);
        u *= of(&trained.u);
    }
    (m, h, u)
}

/// Trains on candidate pairs. All other pairs, of which there are `all` in total, count as strangers'.
pub(super) fn train(
    patterns: &[Pattern],
    shapes: &[Shape],
    all: f64,
    records: f64,
    households: bool,
    (iterations, convergence): (u32, f64),
) -> Trained {
    let mut trained = start(shapes, all, records, households);
    for iteration in 1..=iterations {
        let next = step(&trained, patterns, shapes, all);
        let change = distance(&trained, &next);
        trained = next;
        trained.iterations = iteration;
        if change < convergence {
            trained.converged = true;
            break;
        }
    }
    trained
}

fn step(trained: &Trained, patterns: &[Pattern], shapes: &[Shape], all: f64) -> Trained {
    let zeros = || shapes.iter().map(|shape| vec![0.0; shape.null.len()]).collect::<Vec<Vec<f64>>>();
    let (mut m, mut h) = (zeros(), zeros());
    let (mut matched, mut household) = (0.0, 0.0);
    for pattern in patterns {
        let (a, b, c) = shares(trained, pattern);
        let sum = a + b + c;
        if sum <= 0.0 {
            continue;
        }
        let (a, b) = (pattern.pairs * a / sum, pattern.pairs * b / sum);
        matched += a;
        household += b;
        for (at, level) in pattern.levels.iter().enumerate() {
            let level = usize::from(*level);
            if let Some(cell) = m.get_mut(at).and_then(|levels| levels.get_mut(level)) {
                *cell += a;
            }
            if let Some(cell) = h.get_mut(at).and_then(|levels| levels.get_mut(level)) {
                *cell += b;
            }
        }
    }
    let (prior, household) = priors(matched / all, household / all);
    let mut next = Trained {
        prior: prior.max(RAREST),
        household: if trained.household > 0.0 { household.max(RAREST) } else { 0.0 },
        m: Vec::new(),
        h: Vec::new(),
        u: Vec::new(),
        iterations: 0,
        converged: false,
    };
    for ((shape, m), h) in shapes.iter().zip(m).zip(h) {
        let u = strangers(shape, &m, &h);
        next.h.push(if shape.personal { u.clone() } else { smooth(&h, &shape.h, &shape.null) });
        next.m.push(held(smooth(&m, &shape.m, &shape.null), &shape.m, &shape.fixed_m, &shape.null));
        next.u.push(u);
    }
    next
}

/// The share of each level, with what is known of it before any data.
pub(super) fn smooth(counts: &[f64], known: &[f64], null: &[bool]) -> Vec<f64> {
    let counts: Vec<f64> =
        counts.iter().zip(known).map(|(count, known)| count + KNOWN_PAIRS * known).collect();
    normal(&counts, null)
}

fn distance(a: &Trained, b: &Trained) -> f64 {
    let tables = |a: &[Vec<f64>], b: &[Vec<f64>]| {
        a.iter().flatten().zip(b.iter().flatten()).map(|(x, y)| (x - y).abs()).fold(0.0, f64::max)
    };
    let odds = |a: f64, b: f64| if a > 0.0 { (a.ln() - b.ln()).abs() } else { 0.0 };
    tables(&a.m, &b.m)
        .max(tables(&a.h, &b.h))
        .max(odds(a.prior, b.prior) * 0.1)
        .max(odds(a.household, b.household) * 0.1)
}

#[cfg(test)]
#[path = "em_tests.rs"]
mod tests;
