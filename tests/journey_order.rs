//! Whatever order events arrive in, and however often: the same sessions, owners, funnels, paths, credits, stages, pain points and
//! measures, to the byte. 1,000 random histories, each in 20 orders of arrival.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_wrap,
    reason = "helpers of tests"
)]

use std::collections::BTreeSet;

use serde_json::{Value, json};
use throughline::calendar::Zone;
use throughline::event::OrderKey;
use throughline::journey::attribution::{
    MarkovSettings, OrderSettings, Rule, choose_order, credit, markov, shapley, shapley_ordered, shapley_rate,
};
use throughline::journey::funnel::{
    Counting, Entry, Exclusion, ExclusionPolicy, Funnel, FunnelEvent, StepOrder,
};
use throughline::journey::measures::{MeasureCounts, MeasureSettings};
use throughline::journey::pain_points::{PainCounts, PainSettings};
use throughline::journey::paths::{Conversion, HistorySettings, Paths, Touch, follows, variants};
use throughline::journey::stages::{StageCounts, StageRules};
use throughline::journey::{
    Act, DeviceAct, DeviceUser, Feedback, Owner, OwnershipPolicy, OwnershipSettings, Question,
    SessionSettings, Touchpoint, Work, owners, sessions,
};
use throughline::time::from_millis;

const HISTORIES: usize = 1_000;
const ORDERS: usize = 20;

/// Numbers that look random: a linear congruential generator, its high bits.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound).unwrap()
    }

    fn shuffle<T>(&mut self, all: &mut [T]) {
        for place in (1..all.len()).rev() {
            all.swap(place, self.below(place as u64 + 1));
        }
    }
}

const CHANNELS: [&str; 5] = ["web", "اپ", "почта", "חנות", "till"];
const NAMES: [&str; 7] = [
    "Nava",
    "Product Viewed",
    "Product Added",
    "Checkout Started",
    "Order Completed",
    "Call Answered",
    "Order Refunded",
];
const DEVICES: [&str; 3] = ["laptop", "phone", "till-3"];
const USERS: [Option<&str>; 3] = [None, Some("u1"), Some("u2")];

#[derive(Clone)]
struct Happened {
    order: OrderKey,
    channel: &'static str,
    name: &'static str,
    device: &'static str,
    user: Option<&'static str>,
    object: &'static str,
    value_minor: i64,
}

/// One customer: some events before 1970, some in one instant, some with one id.
fn history(numbers: &mut Numbers, customer: usize) -> Vec<Happened> {
    let count = numbers.below(24);
    let mut at = numbers.below(4) as i64 * 1_000_000 - 1_500_000;
    (0..count)
        .map(|number| {
            at += [0, 0, 7_000, 40_000, 900_000, 2_000_000][numbers.below(6)];
            let sequence = (numbers.below(3) == 0).then(|| numbers.below(4) as u64);
            Happened {
                order: OrderKey {
                    time: from_millis(at),
                    sequence,
                    id: format!("{customer}-{number}").into(),
                },
                channel: CHANNELS[numbers.below(5)],
                name: NAMES[numbers.below(7)],
                device: DEVICES[numbers.below(3)],
                user: USERS[numbers.below(3)],
                object: ["cart-1", "cart-2"][numbers.below(2)],
                value_minor: 500 + numbers.below(9_000) as i64,
            }
        })
        .collect()
}

/// A timeline gives its events in the total order, each once, whatever the order of arrival.
fn timeline(arrived: &[Happened]) -> Vec<&Happened> {
    let mut sorted: Vec<&Happened> = arrived.iter().collect();
    sorted.sort_by(|a, b| a.order.cmp(&b.order));
    sorted.dedup_by(|a, b| a.order.id == b.order.id);
    sorted
}

fn touchpoints(arrived: &[Happened]) -> Vec<Touchpoint<'_>> {
    let touchpoint = |one: &'_ Happened| -> (Option<Feedback>, bool) {
        let feedback = [None, Some(Feedback::Bad), Some(Feedback::Good)];
        (feedback[usize::try_from(one.value_minor % 3).unwrap()], one.value_minor % 2 == 0)
    };
    arrived
        .iter()
        .map(|one| {
            let (feedback, known) = touchpoint(one);
            Touchpoint {
                feedback,
                work: Some(Work { object: one.object, ends: one.name == "Order Completed" }),
                question: (one.name == "Call Answered").then_some(Question { topic: one.object, known }),
                ..Touchpoint::new(&one.order, one.channel, one.name)
            }
        })
        .collect()
}

fn funnels() -> Vec<Funnel> {
    let mut all = Vec::new();
    for order in [StepOrder::Ordered, StepOrder::Strict, StepOrder::Any] {
        for counting in [Counting::Uniques, Counting::Sessions, Counting::Totals] {
            for (entry, tie_tolerance_millis) in [(Entry::Any, 0), (Entry::First, 8_000)] {
                let exclusions =
                    if order == StepOrder::Any { vec![] } else { vec![Exclusion { from: 1, to: 3 }] };
                let policies = [ExclusionPolicy::DropAttempt, ExclusionPolicy::ExcludeProfile];
                let funnel = Funnel {
                    order,
                    counting,
                    entry,
                    tie_tolerance_millis,
                    exclusions,
                    exclusion_policy: policies[all.len() % 2],
                    hold_constant: all.len() % 3 == 0,
                    ..Funnel::new(3, 3_600)
                };
                if funnel.check().is_ok() {
                    all.push(funnel);
                }
            }
        }
    }
    all
}

/// Everything that is told of these customers, whose events have arrived in the order given.
fn told(customers: &[Vec<Happened>]) -> Value {
    let mut paths = Paths::new();
    let mut visits = Vec::new();
    let mut owned: Vec<String> = Vec::new();
    let mut stages = StageCounts::new(StageRules::retail());
    let mut stays = Vec::new();
    let mut pains = PainCounts::new(PainSettings { least_journeys: 3, ..PainSettings::retail() });
    let mut measures =
        MeasureCounts::new(MeasureSettings { least_switches: 3, ..MeasureSettings::default() });
    let mut people: Vec<(&str, Vec<FunnelEvent<'_>>)> = Vec::new();
    for arrived in customers {
        let act = |one: &'_ Happened| -> (&'static str, Option<&'static str>) { (one.device, one.user) };
        let acts: Vec<Act<'_>> = arrived
            .iter()
            .map(|one| {
                let (device, user) = act(one);
                let campaign = (one.value_minor % 5 == 0).then_some("nowruz");
                Act { order: &one.order, device, user, campaign, outbound: one.value_minor % 7 == 0 }
            })
            .collect();
        visits.push(sessions(&acts, &SessionSettings::default(), &Zone::utc()));
        let said = |one: &Happened| match one.user {
            Some(user) => DeviceUser::User(user),
            None if one.name == "Order Refunded" => DeviceUser::SignedOut,
            None => DeviceUser::Unsaid,
        };
        let used: Vec<DeviceAct<'_>> = arrived
            .iter()
            .map(|one| DeviceAct { order: &one.order, device: one.device, user: said(one) })
            .collect();
        for policy in [OwnershipPolicy::Intervals, OwnershipPolicy::LastUserWins] {
            let whose = owners(&used, &OwnershipSettings { policy, look_back_seconds: 1_800 });
            let whose: BTreeSet<String> = arrived
                .iter()
                .zip(whose)
                .map(|(one, owner)| {
                    let owner = match owner {
                        Owner::User(user) => format!("user {user}"),
                        Owner::Device(device) => format!("device {device}"),
                    };
                    format!("{} {policy:?} {owner}", one.order.id)
                })
                .collect();
            owned.extend(whose);
        }
        let points = touchpoints(arrived);
        stays.push(stages.add(&points));
        pains.add(&points);
        measures.add(&points);
        let timeline = timeline(arrived);
        let touches: Vec<Touch<'_>> = timeline
            .iter()
            .map(|one| Touch { channel: one.channel, at: one.order.time, key: one.name == "Product Added" })
            .collect();
        // Conversions come as they arrive, save those that have arrived already.
        let mut seen = BTreeSet::new();
        let bought = arrived.iter().filter(|one| one.name.starts_with("Order") && seen.insert(&one.order.id));
        let bought: Vec<Conversion<'_>> = bought
            .map(|one| Conversion {
                at: one.order.time,
                order: Some(one.object),
                value_minor: if one.name == "Order Refunded" { -one.value_minor } else { one.value_minor },
            })
            .collect();
        paths.push_history(&touches, &bought, &HistorySettings::default()).unwrap();
        // Funnels take their events as they arrive, save those that have arrived already.
        let mut seen = BTreeSet::new();
        let events = arrived.iter().filter(|one| seen.insert(&one.order.id)).map(|one| {
            let step = NAMES.iter().position(|name| *name == one.name).unwrap();
            FunnelEvent {
                steps: [0, 0b001, 0b011, 0b010, 0b100, 0, 0][step],
                exclusions: u32::from(one.name == "Call Answered"),
                hold: Some(one.object),
                channel: Some(one.channel),
                session: one.value_minor.unsigned_abs() % 3,
                ..FunnelEvent::at(one.order.time)
            }
        });
        let segment = arrived.iter().map(|one| one.channel).min().unwrap_or("none");
        people.push((segment, events.collect()));
    }
    let people = || people.iter().map(|(segment, events)| (Some(*segment), &events[..]));
    let funnels: Vec<Value> =
        funnels().iter().map(|funnel| json!(funnel.report(people()).unwrap())).collect();
    let rules: Vec<Value> = Rule::usual().iter().map(|rule| json!(credit(&paths, rule).unwrap())).collect();
    let chains: Vec<Value> = (1..=3)
        .map(|order| json!(markov(&paths, &MarkovSettings { order, with_nulls: true }).unwrap()))
        .collect();
    let map = follows(&paths);
    let pairs: Vec<_> = map.pairs.iter().collect();
    let ways: Vec<Value> = variants(&paths)
        .into_iter()
        .map(|one| json!([one.path, one.journeys, one.conversions, one.value_minor.to_string()]))
        .collect();
    // The order of customers is that of arrival too; what is told of one of them is put into that of their events.
    let mut stays: Vec<String> = stays.iter().map(|one| json!(one).to_string()).collect();
    let mut visits: Vec<String> = visits.iter().map(|one| json!(one).to_string()).collect();
    stays.sort_unstable();
    visits.sort_unstable();
    owned.sort_unstable();
    json!({
        "sessions": visits,
        "owners": owned,
        "funnels": funnels,
        "paths": [json!(pairs), json!([map.starts, map.ends, map.empty]), json!(ways)],
        "credits": [json!(rules), json!(chains), json!(shapley(&paths).unwrap()), json!(shapley_rate(&paths).unwrap()),
            json!(shapley_ordered(&paths).unwrap()), json!(choose_order(&paths, &OrderSettings::default()).unwrap())],
        "stages": [json!(stays), json!(stages.finish())],
        "pain_points": pains.finish(),
        "measures": measures.finish(),
    })
}

#[test]
fn twenty_orders_of_arrival_of_a_thousand_histories_are_one() {
    let mut numbers = Numbers(6);
    let customers: Vec<Vec<Happened>> =
        (0..HISTORIES).map(|customer| history(&mut numbers, customer)).collect();
    let first = told(&customers);
    // Something is told of everything.
    for part in ["sessions", "owners", "funnels", "paths", "credits", "stages", "pain_points", "measures"] {
        assert!(first[part].to_string().len() > 500, "{part}");
    }
    assert!(first["measures"]["pairs"][0]["grade"].is_string());
    let mut arrived = customers;
    for order in 1..ORDERS {
        numbers.shuffle(&mut arrived);
        for history in &mut arrived {
            if order % 4 == 3 && !history.is_empty() {
                // Some arrive again.
                let again = history[numbers.below(history.len() as u64)].clone();
                if history.iter().filter(|one| one.order.id == again.order.id).count() == 1 {
                    history.push(again);
                }
            }
            numbers.shuffle(history);
        }
        let now = told(&arrived);
        for (part, told) in first.as_object().unwrap() {
            // As text, for the bytes shall be the same.
            let (before, after) = (told.to_string(), now[part].to_string());
            assert!(before == after, "{part} in the order of arrival {order}");
        }
    }
}
