//! Pain points: what is found, and what is not because it proves nothing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use throughline::event::OrderKey;
use throughline::journey::pain_points::{PainCounts, PainKind, PainReport, PainSettings};
use throughline::journey::{Feedback, Touchpoint};
use throughline::time::from_millis;

/// Seconds, channel, name.
type Journey<'a> = Vec<(i64, &'a str, &'a str)>;

fn add(counts: &mut PainCounts, journey: &[(i64, &str, &str)]) {
    let key = |(number, (at, ..)): (usize, &(i64, &str, &str))| OrderKey {
        time: from_millis(at * 1000),
        sequence: None,
        id: format!("e{number:05}").into(),
    };
    let orders: Vec<OrderKey> = journey.iter().enumerate().map(key).collect();
    let touchpoints: Vec<Touchpoint<'_>> = orders
        .iter()
        .zip(journey)
        .map(|(order, (_, channel, name))| {
            let (name, feedback) = match name.split_once('/') {
                Some((name, "bad")) => (name, Some(Feedback::Bad)),
                Some((name, _)) => (name, Some(Feedback::Good)),
                None => (*name, None),
            };
            Touchpoint { feedback, ..Touchpoint::new(order, channel, name) }
        })
        .collect();
    counts.add(&touchpoints);
}

fn report(settings: PainSettings, journeys: impl IntoIterator<Item = Journey<'static>>) -> PainReport {
    let mut counts = PainCounts::new(settings);
    journeys.into_iter().for_each(|journey| add(&mut counts, &journey));
    counts.finish()
}

fn found(report: &PainReport) -> Vec<(PainKind, &str, u64, u64)> {
    report
        .points
        .iter()
        .map(|point| (point.kind, &*point.step.name, point.affected, point.journeys))
        .collect()
}

#[test]
fn the_step_at_which_people_leave_is_found() {
    let journeys = (0..1000).map(|number| {
        let mut journey = vec![(0, "web", "Home"), (1, "web", "پرداخت")];
        if number % 2 == 0 {
            journey.push((2, "web", "Order Completed"));
        }
        journey
    });
    let report = report(PainSettings::retail(), journeys);
    assert_eq!((report.journeys, report.given_up), (1000, 500));
    assert_eq!(found(&report), [(PainKind::Exit, "پرداخت", 500, 1000)]);
    let point = &report.points[0];
    assert!(point.lower < 0.5 && 0.5 < point.upper && point.upper - point.lower < 0.063);
    // 500 of the 2,000 visits of steps at which one can give up ended a journey.
    assert!(
        (point.usual - 0.25).abs() < 1e-12 && (point.excess - (point.lower - 0.25) * 1000.0).abs() < 1e-9
    );
    assert_eq!(point.step.channel.as_deref(), Some("web"));
}

#[test]
fn small_numbers_do_not_shout() {
    // Nine of nine leave at a page that hardly anybody sees; of a thousand others one in ten leaves anywhere.
    let rare = (0..9).map(|_| vec![(0, "web", "rare")]);
    let others = (0..1000).map(|number| match number % 10 {
        0 => vec![(0, "web", "Home")],
        _ => vec![(0, "web", "Home"), (1, "web", "Order Completed")],
    });
    let few = report(PainSettings::retail(), rare.chain(others.clone()));
    assert_eq!(found(&few), []);
    let rare = (0..90).map(|_| vec![(0, "web", "rare")]);
    assert_eq!(
        found(&report(PainSettings::retail(), rare.chain(others))),
        [(PainKind::Exit, "rare", 90, 90)]
    );
    // As bad as all others is no finding, nor is what is rare in itself.
    let even = (0..500).map(|_| vec![(0, "web", "Home")]);
    assert_eq!(found(&report(PainSettings::retail(), even)), []);
}

#[test]
fn repetition_and_back_and_forth_and_bad_feedback_are_found() {
    let journeys = (0..400).map(|number| {
        let mut journey: Journey<'static> = vec![(0, "web", "Products Searched")];
        if number % 4 == 0 {
            journey.extend([(300, "web", "Products Searched"), (600, "web", "Products Searched")]);
        }
        journey.push((700, "web", "Checkout Started"));
        if number % 2 == 0 {
            journey.extend([(800, "звонок", "Call Answered/bad"), (900, "web", "Cart Viewed/good")]);
        } else {
            journey.push((800, "web", "Cart Viewed/good"));
        }
        journey.push((1000, "web", "Order Completed"));
        journey
    });
    let report = report(PainSettings::retail(), journeys.clone());
    let mut all = found(&report);
    all.sort_unstable();
    assert_eq!(
        all,
        [
            (PainKind::Repetition, "Products Searched", 100, 400),
            (PainKind::BackAndForth, "Checkout Started", 200, 400),
            (PainKind::BadFeedback, "Call Answered", 200, 200),
        ]
    );
    // Worst first: 200 of 200 bad where a third is usual, then half back and forth.
    assert_eq!(report.points[0].kind, PainKind::BackAndForth);
    assert_eq!(report.given_up, 0);
    let slow = PainSettings { repeat_seconds: 599, back_seconds: 199, ..PainSettings::retail() };
    assert_eq!(
        found(&self::report(slow, journeys.clone())),
        [(PainKind::BadFeedback, "Call Answered", 200, 200)]
    );
    let liked = PainSettings { repeatable: ["Products Searched".into()].into(), ..PainSettings::retail() };
    let liked = self::report(liked, journeys);
    assert!(liked.points.iter().all(|point| point.kind != PainKind::Repetition));
}

#[test]
fn steps_are_counted_by_channel_or_without() {
    let journeys = [vec![(0, "web", "Home")], vec![(0, "app", "Home"), (1, "web", "Home")]];
    let apart = report(PainSettings::default(), journeys.clone());
    let steps: Vec<_> =
        apart.steps.iter().map(|one| (one.step.channel.as_deref(), one.journeys, one.visits)).collect();
    assert_eq!(steps, [(Some("app"), 1, 1), (Some("web"), 2, 2)]);
    let together = report(PainSettings { by_channel: false, ..PainSettings::default() }, journeys);
    let steps: Vec<_> =
        together.steps.iter().map(|one| (one.step.channel.as_deref(), one.journeys, one.visits)).collect();
    assert_eq!(steps, [(None, 2, 3)]);
    assert_eq!(together.steps[0].affected.get(&PainKind::Exit), Some(&2));
}

#[test]
fn odd_settings_and_ten_thousand_events_in_a_second_do_no_harm() {
    let many: Journey<'static> = (0..10_000)
        .map(|number| (0, ["web", "app"][number % 2], ["Home", "Cart Viewed", ""][number % 3]))
        .collect();
    for repeats in [0, 2, u32::MAX] {
        let settings = PainSettings {
            repeats,
            deviations: f64::NAN,
            least_rate: -1.0,
            least_journeys: 0,
            ..PainSettings::default()
        };
        let report = report(settings, [many.clone(), Vec::new()]);
        assert_eq!((report.journeys, report.steps.len()), (1, 6));
        assert_eq!(report.steps.iter().map(|step| step.visits).sum::<u64>(), 10_000);
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<PainReport>(&text).unwrap().steps, report.steps);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn the_order_of_journeys_makes_no_difference_and_counts_are_those_of_a_simple_model(
        (journeys, shuffled) in prop::collection::vec(prop::collection::vec((0..900_i64, 0..3_usize, 0..4_usize), 1..7), 0..12)
            .prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
    ) {
        let (channels, names) = (["web", "app", "till"], ["Home", "Order Completed", "جستجو", "x/bad"]);
        let settings = PainSettings { least_journeys: 2, least_rate: 0.0, deviations: 0.1, ..PainSettings::retail() };
        let told = |all: &[Vec<(i64, usize, usize)>]| {
            let mut counts = PainCounts::new(settings.clone());
            for journey in all {
                let mut journey: Journey<'_> =
                    journey.iter().map(|(at, channel, name)| (*at, channels[*channel], names[*name])).collect();
                journey.sort_unstable();
                add(&mut counts, &journey);
            }
            counts.finish()
        };
        let report = told(&journeys);
        prop_assert_eq!(serde_json::to_string(&report).unwrap(), serde_json::to_string(&told(&shuffled)).unwrap());
        let exits: u64 = report.steps.iter().filter_map(|step| step.affected.get(&PainKind::Exit)).sum();
        let given_up = journeys.iter().filter(|journey| journey.iter().all(|(_, _, name)| *name != 1)).count();
        prop_assert_eq!((exits, report.given_up), (given_up as u64, given_up as u64));
        // Each step by looking at all of every journey again.
        let mut steps = BTreeMap::<(&str, &str), [u64; 7]>::new();
        for journey in &journeys {
            let mut journey = journey.clone();
            journey.sort_unstable_by_key(|&(at, channel, name)| (at, channels[channel], names[name]));
            let named = |&(_, channel, name): &(i64, usize, usize)| {
                (names[name].split('/').next().unwrap(), channels[channel])
            };
            let runs: Vec<&[(i64, usize, usize)]> = journey.chunk_by(|a, b| a.1 == b.1).collect();
            let mut visited: Vec<(&str, &str)> = journey.iter().map(named).collect();
            visited.sort_unstable();
            visited.dedup();
            for step in visited {
                let here: Vec<&(i64, usize, usize)> = journey.iter().filter(|one| named(one) == step).collect();
                let bad = here.iter().any(|one| names[one.2] == "x/bad");
                let near = |from: i64| here.iter().filter(|one| (from..=from + 600).contains(&one.0)).count();
                let again = here.iter().any(|one| near(one.0) >= 3);
                let last = journey.last().is_some_and(|last| named(last) == step);
                let exit = last && journey.iter().all(|one| one.2 != 1);
                let back = runs.windows(3).any(|three| {
                    let (left, back) = (three[0].last().unwrap(), three[2][0]);
                    named(left) == step && left.1 == back.1 && back.0 - left.0 <= 3600
                });
                let hit = [1, here.len() as u64, bad.into(), exit.into(), again.into(), back.into(), bad.into()];
                let sums = steps.entry(step).or_default();
                (0..7).for_each(|place| sums[place] += hit[place]);
            }
        }
        let found: BTreeMap<(&str, &str), [u64; 7]> = report.steps.iter().map(|one| {
            let hit = |kind| one.affected.get(&kind).copied().unwrap_or(0);
            let [exit, again, back, bad] = PainKind::ALL.map(hit);
            let step = (&*one.step.name, one.step.channel.as_deref().unwrap());
            (step, [one.journeys, one.visits, one.rated, exit, again, back, bad])
        }).collect();
        prop_assert_eq!(found, steps);
        for point in &report.points {
            prop_assert!(point.affected <= point.journeys && point.lower <= point.rate && point.rate <= point.upper);
            prop_assert!(point.lower > point.usual && point.excess > 0.0);
        }
    }
}

#[test]
fn debug_tells_no_names() {
    let journeys = (0..1000).map(|number| {
        let mut journey = vec![(0, "secret", "secret page")];
        if number % 3 == 0 {
            journey.push((2, "secret", "Order Completed"));
        }
        journey.push((3, "web", "secret other"));
        journey
    });
    let report = report(PainSettings::retail(), journeys);
    assert!(!report.points.is_empty() && !report.steps.is_empty());
    let told = format!("{report:?} {:?} {:?} {:?}", report.points, report.steps, report.steps[0].step);
    assert!(!told.contains("secret"), "{told}");
}
