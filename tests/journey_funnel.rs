//! Funnels of 2,017 profiles with known depths, and their laws.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::Deserialize;
use throughline::journey::funnel::{
    Counting, Entry, Exclusion, ExclusionPolicy, Funnel, FunnelErrorKind, FunnelEvent, Passage, StepOrder,
};
use throughline::time::from_millis;

#[derive(Deserialize)]
struct Vectors {
    window_s: u32,
    users: Vec<User>,
    counts: BTreeMap<String, [u64; 3]>,
    posthog: BTreeMap<String, Engine>,
}

/// What another engine counts: profiles, our depth, its depth.
#[derive(Deserialize)]
struct Engine {
    first_differences: Vec<(String, usize, usize)>,
}

#[derive(Deserialize)]
struct User {
    id: String,
    events: Vec<(i64, String)>,
    ordered: usize,
    strict: usize,
    any: usize,
    ordered_excl_x_after_a_drop_attempt: usize,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("data/journey/funnel.json")).unwrap()
}

fn event(seconds: i64, name: &str) -> FunnelEvent<'static> {
    let steps = match name {
        "A" => 1,
        "B" => 2,
        "C" => 4,
        _ => 0,
    };
    FunnelEvent { steps, exclusions: u32::from(name == "X"), ..FunnelEvent::at(from_millis(seconds * 1000)) }
}

fn events(user: &User) -> Vec<FunnelEvent<'static>> {
    user.events.iter().map(|(seconds, name)| event(*seconds, name)).collect()
}

fn check(funnel: &Funnel, name: &str, depth: impl Fn(&User) -> usize) {
    let vectors = vectors();
    assert_eq!((vectors.users.len(), vectors.window_s), (2017, 600));
    let all: Vec<Vec<FunnelEvent<'_>>> = vectors.users.iter().map(events).collect();
    for (user, events) in vectors.users.iter().zip(&all) {
        assert_eq!(funnel.profile(events).unwrap().depth(), depth(user), "{name}: {}", user.id);
        let mut reversed = events.clone();
        reversed.reverse();
        assert_eq!(funnel.profile(&reversed).unwrap().depth(), depth(user), "{name} reversed: {}", user.id);
    }
    let report = funnel.report(all.iter().map(|events| (None, &events[..]))).unwrap();
    let reached: Vec<u64> = report.total.steps.iter().map(|step| step.reached).collect();
    assert_eq!(reached, vectors.counts[name]);
}

#[test]
fn every_mode_equals_the_reference() {
    let ordered = Funnel::new(3, 600);
    check(&ordered, "ordered", |user| user.ordered);
    check(&Funnel { order: StepOrder::Strict, ..ordered.clone() }, "strict", |user| user.strict);
    check(&Funnel { order: StepOrder::Any, ..ordered.clone() }, "any", |user| user.any);
    let exclusions = vec![Exclusion { from: 1, to: 2 }];
    let dropping = Funnel { exclusions, ..ordered };
    check(&dropping, "ordered_excl_x_after_a_drop_attempt", |user| user.ordered_excl_x_after_a_drop_attempt);
}

/// `PostHog` ignores exclusions among different steps of one instant. With those taken away, the first profiles in which
/// its depth is not that of dropping attempts are those in which ours is not, to the same depth, and as many get to the second
/// and the third step. Of those who only enter, it takes out two more on balance, 1,413 being left: see the test after this one.
#[test]
fn excluding_profiles_is_close_to_posthog_without_ties() {
    let funnel = Funnel {
        exclusions: vec![Exclusion { from: 1, to: 2 }],
        exclusion_policy: ExclusionPolicy::ExcludeProfile,
        ..Funnel::new(3, 600)
    };
    let vectors = vectors();
    let mut all = Vec::new();
    for user in &vectors.users {
        let mixed = |at: i64| user.events.iter().any(|(other, name)| *other == at && "ABC".contains(&**name));
        let kept = user.events.iter().filter(|(at, name)| name != "X" || !mixed(*at));
        all.push(kept.map(|(at, name)| event(*at, name)).collect::<Vec<_>>());
    }
    let report = funnel.report(all.iter().map(|events| (None, &events[..]))).unwrap();
    let reached: Vec<u64> = report.total.steps.iter().map(|step| step.reached).collect();
    assert_eq!(reached, [1413 + 2, 857, 299]);
    assert_eq!(report.excluded + reached[0], 1482);
    let differences = vectors.users.iter().zip(&all).filter_map(|(user, events)| {
        let dropped = user.ordered_excl_x_after_a_drop_attempt;
        let ours = funnel.profile(events).unwrap().depth();
        (ours != dropped).then(|| (user.id.clone(), dropped, ours))
    });
    let first = &vectors.posthog["ordered_excl"].first_differences;
    assert_eq!(&differences.take(12).collect::<Vec<_>>(), first);
    assert_eq!(first.len(), 12);
}

/// The difference, found by the counts and the profiles that the reference names: it judges a person by the first attempt that got
/// furthest, and we by the attempt that stands there last. Seven people whose first entrance is hit enter again unharmed and get
/// no further: it takes them out, we keep them (in some a step after the exclusion makes the hit attempt the furthest). Five
/// enter again and are hit then, too late for the first window: it keeps them, we take them out. That is two on balance. This
/// model of it gives all of the reference's counts exactly: 1,413, 857 and 299 profiles, 96 that differ from dropping
/// attempts, and the twelve of them that it names; which the others are it does not say.
#[test]
fn excluding_by_the_first_furthest_attempt_gives_every_count_of_posthog() {
    const WINDOW: i64 = 600;
    /// The latest chain at a step: its start, and whether it was hit.
    type Chain = Option<(i64, bool)>;
    fn furthest(events: &[(i64, String)]) -> usize {
        let step = |name: &str| "ABC".find(name).map(|place| place + 1);
        let mut sorted: Vec<&(i64, String)> =
            events.iter().filter(|(_, name)| "ABCX".contains(&**name)).collect();
        sorted.sort_by_key(|event| event.0);
        let mut chains: [Chain; 4] = [None; 4];
        // The first attempt that got furthest: how far, when it began, whether it was hit.
        let (mut depth, mut began, mut hit) = (0, 0, false);
        for instant in sorted.chunk_by(|a, b| a.0 == b.0) {
            let at = instant[0].0;
            chains[0] = Some((at, false));
            let one_kind = instant.iter().all(|event| event.1 == instant[0].1);
            let mut names: Vec<&str> = instant.iter().map(|event| &*event.1).collect();
            names.retain(|name| one_kind || *name != "X");
            names.sort_unstable();
            for name in names {
                let to = step(name).unwrap_or(2);
                let Some((start, was_hit)) = chains[to - 1] else { continue };
                let taken = chains[to].is_some_and(|(other, _)| other == start);
                if at - start > WINDOW || taken {
                    continue;
                }
                if name == "X" {
                    chains[1] = Some((start, true));
                    hit |= depth == 1 && at - began <= WINDOW;
                    continue;
                }
                if !was_hit {
                    chains[to] = Some((start, false));
                }
                if to > depth || (to == depth && hit) {
                    (depth, began, hit) = (to, start, was_hit);
                }
            }
            if chains[3].is_some() {
                return 3;
            }
        }
        if hit { 0 } else { depth }
    }
    let vectors = vectors();
    let depths: Vec<usize> = vectors.users.iter().map(|user| furthest(&user.events)).collect();
    let reached = [1, 2, 3].map(|step| depths.iter().filter(|depth| **depth >= step).count());
    assert_eq!(reached, [1413, 857, 299]);
    let differences: Vec<_> = vectors
        .users
        .iter()
        .zip(&depths)
        .filter(|(user, depth)| user.ordered_excl_x_after_a_drop_attempt != **depth)
        .map(|(user, depth)| (user.id.clone(), user.ordered_excl_x_after_a_drop_attempt, *depth))
        .collect();
    assert_eq!(differences.len(), 96);
    assert_eq!(&differences[..12], &vectors.posthog["ordered_excl"].first_differences[..]);
}

fn depths(funnel: &Funnel, events: &[FunnelEvent<'_>]) -> Vec<usize> {
    funnel.profile(events).unwrap().passages.iter().map(Passage::depth).collect()
}

#[test]
fn entries_ties_totals_and_sessions() {
    let rescued = [event(0, "A"), event(500, "A"), event(700, "B"), event(900, "C")];
    let any = Funnel::new(3, 600);
    assert_eq!(depths(&any, &rescued), [3]);
    assert_eq!(depths(&Funnel { entry: Entry::First, ..any.clone() }, &rescued), [1]);
    // An event at the epoch is an event; equality with the window is in time.
    assert_eq!(any.profile(&rescued[1..]).unwrap().passages[0].times, [500_000, 700_000, 900_000]);
    assert_eq!(depths(&any, &[event(-600, "A"), event(0, "B"), event(0, "C")]), [3]);

    let close = [event(1, "B"), event(0, "A"), event(2, "C")];
    assert_eq!(depths(&any, &close), [3]);
    let swapped = [event(0, "B"), event(1, "A"), event(2, "C")];
    assert_eq!(depths(&any, &swapped), [1]);
    assert_eq!(depths(&Funnel { tie_tolerance_millis: 2000, ..any.clone() }, &swapped), [3]);

    let totals = Funnel { counting: Counting::Totals, ..any.clone() };
    let twice = [0, 10, 20, 30, 40, 50, 5000]
        .map(|at| event(at, ["A", "B", "C"][usize::try_from(at / 10 % 3).unwrap()]));
    assert_eq!(depths(&totals, &twice), [3, 3]);
    let timed_out = [event(0, "A"), event(700, "A"), event(701, "B")];
    assert_eq!(depths(&totals, &timed_out), [1, 2]);
    let dropped = Funnel { exclusions: vec![Exclusion { from: 1, to: 3 }], ..totals };
    let retried = [event(0, "A"), event(1, "B"), event(2, "X"), event(3, "A"), event(4, "B"), event(5, "C")];
    assert_eq!(depths(&dropped, &retried), [2, 3]);
    let out = Funnel { exclusion_policy: ExclusionPolicy::ExcludeProfile, ..dropped };
    assert_eq!(depths(&out, &retried), [3]);
    assert!(out.profile(&retried).unwrap().excluded);

    let sessions = Funnel { counting: Counting::Sessions, ..any };
    let of = |session, event| FunnelEvent { session, ..event };
    let visits = [of(1, event(0, "A")), of(1, event(1, "B")), of(2, event(2, "C")), of(2, event(3, "A"))];
    assert_eq!(depths(&sessions, &visits), [2, 1]);
}

#[test]
fn properties_segments_and_channels() {
    let with = |hold, channel, event| FunnelEvent { hold: Some(hold), channel: Some(channel), ..event };
    let mixed = [
        with("كتاب", "web", event(0, "A")),
        with("чай", "app", event(1, "A")),
        with("чай", "app", event(2, "B")),
        with("كتاب", "till", event(3, "C")),
    ];
    let free = Funnel::new(3, 600);
    let held = Funnel { hold_constant: true, ..free.clone() };
    assert_eq!((depths(&free, &mixed), depths(&held, &mixed)), (vec![3], vec![2]));
    let totals = Funnel { counting: Counting::Totals, ..held.clone() };
    assert_eq!(depths(&totals, &mixed), [2, 1]);
    let other = [with("чай", "web", event(9, "A")), with("чай", "web", event(14, "B"))];
    let people = [(Some("new"), &mixed[..]), (Some("loyal"), &other[..]), (None, &other[..])];
    let report = held.report(people).unwrap();
    assert_eq!(report.total.steps.iter().map(|step| step.reached).collect::<Vec<_>>(), [3, 3, 0]);
    assert_eq!(report.total.steps[1].median_millis, Some(5000));
    assert_eq!(report.total.steps[1].mean_millis, Some(11_000.0 / 3.0));
    assert_eq!(report.by_segment["loyal"].steps[0].reached, 1);
    assert_eq!(
        (report.by_channel["web"].steps[1].reached, report.by_channel["app"].steps[1].reached),
        (2, 1)
    );
    assert_eq!((report.total.conversion(2), report.total.conversion(3)), (Some(1.0), Some(0.0)));
    assert_eq!((report.total.conversion(0), report.total.median_millis), (None, None));
    let mut reversed = people;
    reversed.reverse();
    assert_eq!(held.report(reversed).unwrap(), report);
}

#[test]
fn senseless_settings_are_errors() {
    let kind = |funnel: Funnel| funnel.profile(&[]).unwrap_err().kind();
    assert_eq!(kind(Funnel::new(0, 1)), FunnelErrorKind::StepsOutOfRange);
    assert_eq!(kind(Funnel::new(33, 1)), FunnelErrorKind::StepsOutOfRange);
    for (from, to) in [(0, 1), (2, 2), (1, 3)] {
        let funnel = Funnel { exclusions: vec![Exclusion { from, to }], ..Funnel::new(2, 1) };
        assert_eq!(kind(funnel), FunnelErrorKind::InvalidExclusion);
    }
    let any = Funnel { order: StepOrder::Any, ..Funnel::new(2, 1) };
    let exclusions = vec![Exclusion { from: 1, to: 2 }];
    assert_eq!(kind(Funnel { exclusions, ..any.clone() }), FunnelErrorKind::ExclusionWithoutOrder);
    assert_eq!(kind(Funnel { counting: Counting::Totals, ..any }), FunnelErrorKind::TotalsWithoutOrder);
}

#[test]
fn ten_thousand_events_in_one_second_and_a_long_timeline() {
    let masks = (0..10_000_u32).map(|number| number.wrapping_mul(2_654_435_761));
    let same: Vec<_> = masks.map(|steps| FunnelEvent { steps, ..FunnelEvent::at(from_millis(5)) }).collect();
    let long: Vec<_> =
        (0..200_000).map(|at| event(at, ["B", "A", "Z"][usize::try_from(at % 3).unwrap()])).collect();
    for order in [StepOrder::Ordered, StepOrder::Strict, StepOrder::Any] {
        let funnel = Funnel { order, ..Funnel::new(32, u32::MAX) };
        assert_eq!(funnel.profile(&same).unwrap().depth(), 32);
        assert!(funnel.profile(&long).unwrap().depth() >= 1);
    }
}

/// The deepest funnel by trying every choice of different events, in time, with equal instants in any order.
fn brute(events: &[(i64, u32)], steps: u32, window: i64, any: bool) -> usize {
    fn go(events: &[(i64, u32)], used: &mut Vec<usize>, step: u32, steps: u32, window: i64) -> usize {
        let mut best = used.len();
        if step == steps {
            return best;
        }
        for (place, &(at, mask)) in events.iter().enumerate() {
            let fits = mask & (1 << step) != 0 && !used.contains(&place);
            let in_time = used.last().is_none_or(|&last| events[last].0 <= at)
                && used.first().is_none_or(|&first| at - events[first].0 <= window);
            if fits && in_time {
                used.push(place);
                best = best.max(go(events, used, step + 1, steps, window));
                used.pop();
            }
        }
        best
    }
    fn choose(events: &[(i64, u32)], taken: u32, steps: u32) -> usize {
        let Some(((_, mask), rest)) = events.split_first() else { return taken.count_ones() as usize };
        let mut best = choose(rest, taken, steps);
        for step in (0..steps).filter(|step| mask & (1 << step) != 0 && taken & (1 << step) == 0) {
            best = best.max(choose(rest, taken | (1 << step), steps));
        }
        best
    }
    if !any {
        return go(events, &mut Vec::new(), 0, steps, window);
    }
    let windows = events.iter().map(|&(start, _)| {
        let inside: Vec<(i64, u32)> =
            events.iter().copied().filter(|(at, _)| (start..=start + window).contains(at)).collect();
        choose(&inside, 0, steps)
    });
    windows.max().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn equal_to_brute_force_with_events_that_match_several_steps(
        mut events in prop::collection::vec((0..9_i64, 0..16_u32), 0..7),
        window in 0..7_u32,
        any: bool,
    ) {
        events.sort_unstable();
        let order = if any { StepOrder::Any } else { StepOrder::Ordered };
        let funnel = Funnel { order, ..Funnel::new(4, window) };
        let marked: Vec<_> = events
            .iter()
            .map(|&(at, steps)| FunnelEvent { steps, ..FunnelEvent::at(from_millis(at * 1000)) })
            .collect();
        let found = funnel.profile(&marked).unwrap();
        prop_assert_eq!(found.depth(), brute(&events, 4, i64::from(window), any));
        for passage in found.passages {
            prop_assert!(passage.times.is_sorted());
            let span = passage.times[passage.times.len() - 1] - passage.times[0];
            prop_assert!(span <= i64::from(window) * 1000);
        }
    }

    #[test]
    fn the_order_of_events_and_people_makes_no_difference(
        (people, shuffled) in prop::collection::vec(prop::collection::vec((0..9_i64, 0..8_u32, 0..2_u32, 0..3_usize), 0..10), 0..5)
            .prop_flat_map(|people| {
                let each: Vec<_> = people.iter().map(|events| Just(events.clone()).prop_shuffle()).collect();
                (Just(people), each.prop_flat_map(|people| Just(people).prop_shuffle()))
            }),
        order in 0..3_usize, counting in 0..3_usize, out: bool, hold_constant: bool, tie_tolerance_millis in 0..2_u32,
    ) {
        // With everything that an event can differ in: held, channel, session, segment of the person.
        let marked = |people: &[Vec<(i64, u32, u32, usize)>]| -> Vec<(Option<&'static str>, Vec<FunnelEvent<'static>>)> {
            let of = |&(at, steps, exclusions, other): &(i64, u32, u32, usize)| FunnelEvent {
                steps,
                exclusions,
                hold: [None, Some("чай"), Some("كتاب")][other],
                channel: [Some("web"), None, Some("till")][other],
                session: other as u64 % 2,
                ..FunnelEvent::at(from_millis(at * 1000))
            };
            let segment = |events: &[FunnelEvent<'_>]| events.len().is_multiple_of(2).then_some("חדש");
            people
                .iter()
                .map(|events| events.iter().map(of).collect::<Vec<_>>())
                .map(|events| (segment(&events), events))
                .collect()
        };
        let any = order == 2;
        let counting = [Counting::Uniques, Counting::Sessions, Counting::Totals][if any { counting % 2 } else { counting }];
        let funnel = Funnel {
            order: [StepOrder::Ordered, StepOrder::Strict, StepOrder::Any][order],
            counting,
            exclusions: if any { vec![] } else { vec![Exclusion { from: 1, to: 3 }] },
            exclusion_policy: if out { ExclusionPolicy::ExcludeProfile } else { ExclusionPolicy::DropAttempt },
            hold_constant,
            tie_tolerance_millis: tie_tolerance_millis * 1000,
            ..Funnel::new(3, 5)
        };
        let told = |people: &[(Option<&str>, Vec<FunnelEvent<'_>>)]| {
            funnel.report(people.iter().map(|(segment, events)| (*segment, &events[..]))).unwrap()
        };
        let (before, after) = (told(&marked(&people)), told(&marked(&shuffled)));
        prop_assert_eq!(serde_json::to_string(&before).unwrap(), serde_json::to_string(&after).unwrap());
    }
}

#[test]
fn the_entry_is_the_event_that_serves_the_first_step() {
    // One instant, two events that could begin; only if the app's does, the web's can serve the second step.
    let event =
        |steps, channel| FunnelEvent { steps, channel: Some(channel), ..FunnelEvent::at(from_millis(1_000)) };
    for events in [[event(0b011, "web"), event(0b101, "app")], [event(0b101, "app"), event(0b011, "web")]] {
        let report = Funnel::new(2, 60).report([(None, &events[..])]).unwrap();
        assert_eq!(report.by_channel.keys().map(|name| &**name).collect::<Vec<_>>(), ["app"]);
        assert_eq!(report.by_channel["app"].steps[1].reached, 1);
    }
}

#[test]
fn debug_tells_no_names() {
    let events = [FunnelEvent { steps: 1, channel: Some("secret"), ..FunnelEvent::at(from_millis(0)) }];
    let report = Funnel::new(1, 60).report([(Some("secret segment"), &events[..])]).unwrap();
    assert_eq!((report.by_segment.len(), report.by_channel.len()), (1, 1));
    assert!(!format!("{report:?}").contains("secret"));
}
