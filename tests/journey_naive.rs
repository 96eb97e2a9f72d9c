//! What is fast against what is plain: funnels by trying every chain, chains of attribution by simulation, games by every order of
//! arrival of the players, maps by counting.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "helpers of tests"
)]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::journey::attribution::{MarkovSettings, Rule, credit, markov, shapley, shapley_rate};
use throughline::journey::funnel::{Exclusion, Funnel, FunnelEvent, StepOrder};
use throughline::journey::paths::{Outcome, Paths, follows};
use throughline::time::from_millis;

#[path = "journey_support/mod.rs"]
mod support;
use support::rows as reference_rows;

/// One event: the second, the steps that it matches, the exclusions.
type Happened = (i64, u32, u32);

/// What may not lie between two steps of a chain.
struct Between<'a> {
    events: &'a [Happened],
    strict: bool,
    exclusions: &'a [Exclusion],
}

impl Between<'_> {
    /// Whether a chain may go on from a step, the first being 1, reached at one instant, to the next at another.
    fn allows(&self, step: u32, from: i64, to: i64) -> bool {
        let excluded = self.exclusions.iter().enumerate().any(|(bit, exclusion)| {
            let between = u32::from(exclusion.from) <= step && step < u32::from(exclusion.to);
            let hit = |&&(at, _, bits): &&Happened| bits & (1 << bit) != 0 && from < at && at <= to;
            between && self.events.iter().any(|event| hit(&event))
        });
        // Whatever is alone at its instant, or there with its like, and is no repeat of the step.
        let interrupted = self.strict
            && self.events.iter().any(|&(at, steps, _)| {
                let alike = self.events.iter().all(|&(other, mask, _)| other != at || mask == steps);
                from < at && at < to && alike && steps & (1 << (step - 1)) == 0
            });
        !excluded && !interrupted
    }
}

/// The longest chain of all chains of different events.
fn longest(between: &Between<'_>, used: &mut Vec<usize>, steps: u32, window: i64) -> usize {
    let step = used.len() as u32;
    let mut best = used.len();
    if step == steps {
        return best;
    }
    for (place, &(at, mask, _)) in between.events.iter().enumerate() {
        let fits = mask & (1 << step) != 0 && !used.contains(&place);
        let follows = used.last().is_none_or(|&last| {
            let (before, first) = (between.events[last].0, between.events[used[0]].0);
            before <= at && at - first <= window && between.allows(step, before, at)
        });
        if fits && follows {
            used.push(place);
            best = best.max(longest(between, used, steps, window));
            used.pop();
        }
    }
    best
}

/// Numbers that are as good as random, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn strict_funnels_and_exclusions_equal_every_chain_tried(
        mut events in prop::collection::vec((0..9_i64, 0..8_u32, 0..4_u32), 0..7),
        window in 0..9_u32,
        strict: bool,
        excluding: bool,
    ) {
        events.sort_unstable();
        let order = if strict { StepOrder::Strict } else { StepOrder::Ordered };
        let exclusions = if excluding { vec![Exclusion { from: 1, to: 2 }, Exclusion { from: 1, to: 3 }] } else { vec![] };
        let funnel = Funnel { order, exclusions, ..Funnel::new(3, window) };
        let marked: Vec<FunnelEvent<'_>> = events.iter()
            .map(|&(at, steps, exclusions)| FunnelEvent { steps, exclusions, ..FunnelEvent::at(from_millis(at * 1_000)) })
            .collect();
        let between = Between { events: &events, strict, exclusions: &funnel.exclusions };
        let naive = longest(&between, &mut Vec::new(), 3, i64::from(window));
        prop_assert_eq!(funnel.profile(&marked).unwrap().depth(), naive);
    }

    #[test]
    fn maps_are_counted(rows in prop::collection::vec((prop::collection::vec(0..6_usize, 0..7), 0..3_u32, 0..3_u32), 0..12)) {
        const NAMES: [&str; 6] = ["web", "فروشگاه", "почта", "חנות", "متجر", "till"];
        let mut paths = Paths::new();
        let (mut pairs, mut starts, mut ends, mut empty) =
            (BTreeMap::<(Box<str>, Box<str>), u64>::new(), BTreeMap::<Box<str>, u64>::new(), BTreeMap::<Box<str>, u64>::new(), 0);
        for (path, conversions, nulls) in &rows {
            let names: Vec<&str> = path.iter().map(|place| NAMES[*place]).collect();
            paths.push(names.iter().copied(), Outcome { conversions: *conversions, nulls: *nulls, value_minor: 0 }).unwrap();
            for _ in 0..conversions + nulls {
                match (names.first(), names.last()) {
                    (Some(first), Some(last)) => {
                        *starts.entry((*first).into()).or_default() += 1;
                        *ends.entry((*last).into()).or_default() += 1;
                    }
                    _ => empty += 1,
                }
                for pair in names.windows(2) {
                    *pairs.entry((pair[0].into(), pair[1].into())).or_default() += 1;
                }
            }
        }
        let map = follows(&paths);
        prop_assert_eq!((map.pairs, map.starts, map.ends, map.empty), (pairs, starts, ends, empty));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// The Shapley value by its definition: what a player adds, on average over all orders in which the players come.
    #[test]
    fn games_equal_every_order_of_the_players(
        rows in prop::collection::vec((prop::collection::btree_set(0..5_usize, 1..5), 0..4_u32, 0..900_i64, 0..4_u32), 1..9),
    ) {
        const NAMES: [&str; 5] = ["a", "б", "ג", "د", "ی"];
        let mut paths = Paths::new();
        for (set, conversions, value, nulls) in &rows {
            let outcome = Outcome { conversions: *conversions, value_minor: *value, nulls: *nulls };
            paths.push(set.iter().map(|place| NAMES[*place]), outcome).unwrap();
        }
        let inside = |players: &BTreeSet<usize>| {
            let all = rows.iter().filter(|row| row.0.is_subset(players));
            let [mut won, mut earned, mut journeys] = [0.0_f64; 3];
            for (_, conversions, value, nulls) in all {
                won += f64::from(*conversions);
                earned += *value as f64;
                journeys += f64::from(conversions + nulls);
            }
            [won, earned, if journeys > 0.0 { won / journeys } else { 0.0 }]
        };
        let present: BTreeSet<usize> = rows.iter().flat_map(|row| row.0.iter().copied()).collect();
        let mut sums = BTreeMap::<usize, [f64; 3]>::new();
        let mut orders = 0.0;
        let mut line: Vec<usize> = present.iter().copied().collect();
        permute(&mut line, 0, &mut |order| {
            orders += 1.0;
            let mut players = BTreeSet::new();
            let mut before = [0.0; 3];
            for &player in order {
                players.insert(player);
                let after = inside(&players);
                let sum = sums.entry(player).or_default();
                for game in 0..3 {
                    sum[game] += after[game] - before[game];
                }
                before = after;
            }
        });
        let (fair, rate) = (shapley(&paths).unwrap(), shapley_rate(&paths).unwrap());
        for (player, sum) in &sums {
            let name = NAMES[*player];
            let exact = fair.values.iter().find(|value| &*value.channel == name).unwrap();
            let rate = rate.values.iter().find(|value| &*value.channel == name).unwrap();
            prop_assert!((exact.conversions - sum[0] / orders).abs() < 1e-9);
            prop_assert!((exact.value - sum[1] / orders).abs() < 1e-6);
            prop_assert!((rate.value - sum[2] / orders).abs() < 1e-9);
        }
        prop_assert_eq!(fair.credits.value_sum(), credit(&paths, &Rule::Linear).unwrap().value_sum());
    }
}

fn permute(line: &mut Vec<usize>, from: usize, saw: &mut impl FnMut(&[usize])) {
    if from == line.len() {
        return saw(line);
    }
    for place in from..line.len() {
        line.swap(from, place);
        permute(line, from + 1, saw);
        line.swap(from, place);
    }
}

/// A state of a chain, the weight of all that follows, and what follows: the weight so far, where it is, whether it is the end
/// that counts.
type Row<'a> = (Vec<&'a str>, u32, Vec<(u32, Option<usize>, bool)>);

/// Journeys drawn at random from the chain that the 2,000 journeys make, 400,000 for each order: what is solved exactly lies within
/// four and a half standard deviations of what is drawn, for the whole and without each channel.
#[test]
fn chains_are_what_a_simulation_tends_to() {
    const DRAWN: u32 = 400_000;
    let rows = reference_rows();
    let mut paths = Paths::new();
    for (path, outcome) in &rows {
        paths.push(path.iter().copied(), *outcome).unwrap();
    }
    for (order, with_nulls) in [(1_u8, true), (2, true), (3, true), (1, false)] {
        // States are the last touches, one after another, equal neighbours once; weights are journeys.
        let mut next: BTreeMap<Vec<&str>, BTreeMap<Vec<&str>, u32>> = BTreeMap::new();
        let (won, lost) = (vec!["won"; 9], vec!["lost"; 9]);
        for (path, outcome) in &rows {
            let size = usize::from(order);
            let mut states: Vec<Vec<&str>> = if path.len() < size {
                vec![path.clone()]
            } else {
                path.windows(size).map(<[&str]>::to_vec).collect()
            };
            states.dedup();
            states.insert(0, Vec::new());
            let nulls = if with_nulls { outcome.nulls } else { 0 };
            let weight = outcome.conversions + nulls;
            for pair in states.windows(2) {
                *next.entry(pair[0].clone()).or_default().entry(pair[1].clone()).or_default() += weight;
            }
            let last = next.entry(states.pop().unwrap()).or_default();
            *last.entry(won.clone()).or_default() += outcome.conversions;
            *last.entry(lost.clone()).or_default() += nulls;
        }
        // A chain may go on in the state in which it is; that changes no probability.
        let places: BTreeMap<&Vec<&str>, usize> = next.keys().zip(0..).collect();
        let table: Vec<Row<'_>> = next
            .iter()
            .map(|(state, to)| {
                let mut sum = 0;
                let row = to.iter().map(|(state, weight)| {
                    sum += weight;
                    (sum, places.get(state).copied(), *state == won)
                });
                let row: Vec<_> = row.collect();
                (state.clone(), sum, row)
            })
            .collect();
        let start = places[&Vec::new()];
        let mut numbers = Numbers(u64::from(order));
        let mut conversions = 0_u32;
        let mut with: BTreeMap<&str, u32> = BTreeMap::new();
        for _ in 0..DRAWN {
            let (mut at, mut seen) = (start, BTreeSet::new());
            let converted = loop {
                let (state, sum, row) = &table[at];
                seen.extend(state.iter().copied());
                let drawn = numbers.unit() * f64::from(*sum);
                let place = row.partition_point(|(until, ..)| f64::from(*until) <= drawn);
                match row[place] {
                    (_, Some(next), _) => at = next,
                    (_, None, converted) => break converted,
                }
            };
            if converted {
                conversions += 1;
                seen.into_iter().for_each(|channel| *with.entry(channel).or_default() += 1);
            }
        }
        let solved = markov(&paths, &MarkovSettings { order, with_nulls }).unwrap();
        let share = |part: u32, of: u32| f64::from(part) / f64::from(of);
        let near = |exact: f64, drawn: f64, of: u32, what: &str| {
            let deviation = (exact * (1.0 - exact) / f64::from(of)).sqrt().max(1e-9);
            assert!((exact - drawn).abs() < 4.5 * deviation, "order {order}, {what}: {exact} and {drawn}");
        };
        near(solved.conversion_probability.min(1.0), share(conversions, DRAWN), DRAWN, "all");
        for effect in &solved.effects {
            let drawn = share(with.get(&*effect.channel).copied().unwrap_or(0), conversions);
            near(effect.conversions, drawn, conversions, &effect.channel);
        }
    }
}
