//! What journeys cost: credits, chains and maps of a million journeys, and a funnel of a hundred thousand people.
//!
//! `cargo bench --bench journey` tells processor time, not time on the clock, for all of it runs on one thread.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use throughline::event::OrderKey;
use throughline::journey::attribution::{
    MarkovSettings, OrderSettings, Rule, SamplingSettings, choose_order, credit, markov, shapley,
    shapley_rate, shapley_rate_sampled,
};
use throughline::journey::funnel::{Funnel, FunnelEvent};
use throughline::journey::measures::{MeasureCounts, MeasureSettings};
use throughline::journey::pain_points::{PainCounts, PainSettings};
use throughline::journey::paths::{follows, variants};
use throughline::journey::stages::{StageCounts, StageRules};
use throughline::journey::{Touchpoint, Work};
use throughline::time::from_millis;

#[path = "common/processor_time.rs"]
mod processor_time;
use processor_time::ProcessorTime;

#[path = "common/journeys.rs"]
mod journeys;
use journeys::{Numbers, journeys};

/// The most memory that the process has had so far, in MiB, where the system tells.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1024)
}

fn credits(c: &mut Criterion<ProcessorTime>) {
    let paths = journeys(11);
    let before = most_memory();
    println!("{} journeys, {} touches", paths.len(), paths.touches());
    let mut rules = Rule::usual().to_vec();
    rules.push(Rule::Custom(throughline::journey::attribution::CustomWeights::default()));
    let chain = |order| MarkovSettings { order, with_nulls: true };
    let mut group = c.benchmark_group("a million journeys");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
    group.bench_function("nine rules", |b| {
        b.iter(|| {
            rules.iter().map(|rule| credit(black_box(&paths), rule).unwrap().channels.len()).sum::<usize>()
        });
    });
    for order in 1..=3 {
        group.bench_function(format!("markov of order {order}"), |b| {
            b.iter(|| markov(black_box(&paths), &chain(order)).unwrap());
        });
    }
    group.bench_function("shapley, additive", |b| b.iter(|| shapley(black_box(&paths)).unwrap()));
    group.bench_function("shapley, rate", |b| b.iter(|| shapley_rate(black_box(&paths)).unwrap()));
    let settings = SamplingSettings { samples: 100, ..SamplingSettings::default() };
    group.bench_function("shapley, rate, a sample of 100", |b| {
        b.iter(|| shapley_rate_sampled(black_box(&paths), &settings).unwrap());
    });
    group.bench_function("directly-follows map", |b| b.iter(|| follows(black_box(&paths))));
    println!("memory at most {before:?} MiB with the input, {:?} MiB with all of these", most_memory());
    group.bench_function("choice of the order", |b| {
        b.iter(|| choose_order(black_box(&paths), &OrderSettings::default()).unwrap());
    });
    group.bench_function("variants", |b| b.iter(|| variants(black_box(&paths)).len()));
    drop(paths);
    let paths = journeys(1);
    group.bench_function("nine rules, every journey converting", |b| {
        b.iter(|| {
            rules.iter().map(|rule| credit(black_box(&paths), rule).unwrap().channels.len()).sum::<usize>()
        });
    });
    group.finish();
}

fn funnels(c: &mut Criterion<ProcessorTime>) {
    let mut numbers = Numbers(11);
    let people: Vec<Vec<FunnelEvent<'static>>> = (0..100_000)
        .map(|_| {
            let mut at = 0;
            (0..1 + numbers.below(12))
                .map(|_| {
                    at += numbers.below(200) as i64 * 1000;
                    let steps = [1, 2, 4, 8, 0][numbers.below(5) as usize];
                    FunnelEvent { steps, channel: Some("web"), ..FunnelEvent::at(from_millis(at)) }
                })
                .collect()
        })
        .collect();
    let mut group = c.benchmark_group("a hundred thousand people");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
    group.bench_function("funnel of four steps", |b| {
        let funnel = Funnel::new(4, 600);
        b.iter(|| funnel.report(people.iter().map(|events| (None, &events[..]))).unwrap());
    });
    group.finish();
}

fn touchpoints(c: &mut Criterion<ProcessorTime>) {
    let mut numbers = Numbers(13);
    let names =
        ["Home", "Product Viewed", "Product Added", "Checkout Started", "Order Completed", "Call Answered"];
    let orders: Vec<Vec<OrderKey>> = (0..100_000)
        .map(|customer| {
            let mut at = 0;
            let order = |number: u64| {
                at += numbers.below(9_000) as i64 * 1000;
                OrderKey { time: from_millis(at), sequence: None, id: format!("{customer}-{number}").into() }
            };
            (0..8).map(order).collect()
        })
        .collect();
    let people: Vec<Vec<Touchpoint<'_>>> = orders
        .iter()
        .map(|orders| {
            let touchpoint = |order| {
                let channel = ["web", "app", "till", "phone"][numbers.below(4) as usize];
                let name = names[numbers.below(6) as usize];
                let work = Some(Work { object: "cart", ends: name == "Order Completed" });
                Touchpoint { work, ..Touchpoint::new(order, channel, name) }
            };
            orders.iter().map(touchpoint).collect()
        })
        .collect();
    let mut group = c.benchmark_group("a hundred thousand people with eight touchpoints each");
    group.sample_size(10).warm_up_time(Duration::from_millis(1)).measurement_time(Duration::from_millis(1));
    group.bench_function("stages", |b| {
        b.iter(|| {
            let mut counts = StageCounts::new(StageRules::retail());
            people.iter().for_each(|one| drop(counts.add(black_box(one))));
            counts.finish()
        });
    });
    group.bench_function("pain points", |b| {
        b.iter(|| {
            let mut counts = PainCounts::new(PainSettings::retail());
            people.iter().for_each(|one| counts.add(black_box(one)));
            counts.finish()
        });
    });
    group.bench_function("measures", |b| {
        b.iter(|| {
            let mut counts = MeasureCounts::new(MeasureSettings::default());
            people.iter().for_each(|one| counts.add(black_box(one)));
            counts.finish()
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = credits, funnels, touchpoints
}
criterion_main!(benches);
