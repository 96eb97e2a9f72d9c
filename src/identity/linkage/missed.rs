//! What blocking does not find, judged by what it does.
//!
//! Pairs of one person that share little but a frequent name are in no block that is small enough, the more of them the
//! more records there are: taken as the candidates show them, people are rarer and their data agrees better than is true.
//! Who shares a telephone number is found whatever else differs. So how often two e-mail addresses of one person differ is
//! seen in those pairs, how often two telephone numbers do in those that share an e-mail address; and if of those that share
//! the one a tenth share the other too, those that share the other are a tenth of all (capture and recapture: C. G. J.
//! Petersen 1896, F. C. Lincoln 1930).

use super::em::{self, Pattern, Shape, Trained};
use super::model::Model;

/// So many pairs must share two things for either to judge the other.
const ENOUGH: f64 = 1000.0;
/// The most pairs of one person for each that is found: sources that tell one thing only mislead.
const MOST: f64 = 2.0;

/// The comparisons whose best level names few people, by their places, with that level.
fn named(model: &Model) -> Vec<(usize, u8)> {
    let of = |(at, comparison): (usize, &super::model::Comparison)| {
        let best = comparison.levels.iter().position(|level| !level.null)?;
        let counted = comparison.levels.get(best)?.term_frequency.as_ref()?;
        counted.people_by.is_some().then_some((at, u8::try_from(best).ok()?))
    };
    model.comparisons.iter().enumerate().filter_map(of).collect()
}

/// Puts right how many pairs are of one person, and how often these agree. Nothing changes where no two things that name
/// few people are shared by enough pairs.
pub(super) fn correct(trained: &mut Trained, model: &Model, shapes: &[Shape], patterns: &[Pattern]) {
    let named = named(model);
    let matched: Vec<f64> = patterns.iter().map(|pattern| pattern.pairs * trained.matched(pattern)).collect();
    let shares = |pattern: &Pattern, (at, best): &(usize, u8)| pattern.levels.get(*at) == Some(best);
    let sum = |wanted: &dyn Fn(&Pattern) -> bool| -> f64 {
        patterns.iter().zip(&matched).filter(|(pattern, _)| wanted(pattern)).map(|(_, many)| many).sum()
    };
    let mut best: Option<(f64, f64)> = None;
    for (place, one) in named.iter().enumerate() {
        for other in named.iter().skip(place + 1) {
            let both = sum(&|pattern| shares(pattern, one) && shares(pattern, other));
            if both >= ENOUGH && best.is_none_or(|(most, _)| both > most) {
                let (a, b) = (sum(&|pattern| shares(pattern, one)), sum(&|pattern| shares(pattern, other)));
                best = Some((both, a * b / both));
            }
        }
    }
    let Some((_, people)) = best else { return };
    let found: f64 = matched.iter().sum();
    let times = (people / found).clamp(1.0, MOST);
    let prior = (trained.prior * times).min(trained.prior.max(0.5));
    (trained.prior, trained.household) = em::priors(prior, trained.household);
    for (at, (shape, m)) in shapes.iter().zip(&mut trained.m).enumerate() {
        let mut counts = vec![0.0; m.len()];
        for (pattern, many) in patterns.iter().zip(&matched) {
            let seen = named.iter().any(|one| one.0 != at && shares(pattern, one));
            let level = pattern.levels.get(at).and_then(|level| counts.get_mut(usize::from(*level)));
            if let Some(count) = level.filter(|_| seen) {
                *count += many;
            }
        }
        let told: f64 =
            counts.iter().zip(&shape.null).filter(|(_, null)| !**null).map(|(count, _)| count).sum();
        if told >= ENOUGH {
            *m = em::held(em::smooth(&counts, &shape.m, &shape.null), &shape.m, &shape.fixed_m, &shape.null);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of people who share an e-mail address with .7 and a telephone with .8, those that share either are found.
    fn trained(people: f64) -> (Trained, Model, Vec<Shape>, Vec<Pattern>) {
        let mut model = Model::person();
        let keep = ["e-mail", "telephone"];
        model.comparisons.retain(|comparison| keep.contains(&comparison.name.as_str()));
        let shape = |null: Vec<bool>, m: Vec<f64>| Shape {
            personal: false,
            h: m.clone(),
            u: m.clone(),
            fixed_m: vec![false; m.len()],
            fixed_u: vec![false; m.len()],
            totals: vec![1.0; m.len()],
            null,
            m,
        };
        let shapes = vec![
            shape(vec![true, false, false, false, false], vec![1.0, 0.7, 0.05, 0.05, 0.2]),
            shape(vec![true, false, false, false], vec![1.0, 0.8, 0.05, 0.15]),
        ];
        let pattern = |levels: &[u8], share: f64| Pattern { levels: levels.into(), pairs: people * share };
        let patterns = vec![pattern(&[1, 1], 0.56), pattern(&[1, 3], 0.14), pattern(&[4, 1], 0.24)];
        let strangers = |levels: usize| vec![1e-9; levels];
        let trained = Trained {
            m: vec![vec![1.0, 0.75, 1e-6, 1e-6, 0.25], vec![1.0, 0.85, 1e-6, 0.15]],
            h: vec![strangers(5), strangers(4)],
            u: vec![strangers(5), strangers(4)],
            prior: 0.001,
            household: 0.0,
            iterations: 1,
            converged: true,
        };
        (trained, model, shapes, patterns)
    }

    #[test]
    fn what_differs_in_both_is_counted_too() {
        let (mut trained, model, shapes, patterns) = trained(100_000.0);
        correct(&mut trained, &model, &shapes, &patterns);
        assert!((trained.prior / 0.001 - 1.0 / 0.94).abs() < 1e-3, "{}", trained.prior);
        assert!(
            (trained.m[0][1] - 0.7).abs() < 1e-3 && (trained.m[0][4] - 0.3).abs() < 1e-3,
            "{:?}",
            trained.m
        );
        assert!(
            (trained.m[1][1] - 0.8).abs() < 1e-3 && (trained.m[1][3] - 0.2).abs() < 1e-3,
            "{:?}",
            trained.m
        );
    }

    #[test]
    fn strangers_stay_thinkable() {
        for (prior, household) in [(0.45, 0.45), (0.25, 0.65), (0.8, 0.1)] {
            let (mut trained, model, shapes, patterns) = trained(100_000.0);
            (trained.prior, trained.household) = (prior, household);
            correct(&mut trained, &model, &shapes, &patterns);
            assert!(trained.prior + trained.household < 0.9 + 1e-12);
            assert!(
                trained.prior / trained.household >= prior / household,
                "of one person they are no fewer"
            );
        }
    }

    #[test]
    fn few_pairs_change_nothing() {
        let (mut trained, model, shapes, patterns) = trained(1_000.0);
        let before = trained.clone();
        correct(&mut trained, &model, &shapes, &patterns);
        assert_eq!((trained.prior, trained.m), (before.prior, before.m));
    }
}
