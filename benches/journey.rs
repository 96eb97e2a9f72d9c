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
use throughline::journey::attribution::{
    MarkovSettings, Rule, SamplingSettings, credit, markov, shapley, shapley_rate, shapley_rate_sampled,
};
use throughline::journey::funnel::{Funnel, FunnelEvent};
use throughline::journey::paths::{Outcome, Paths, follows, variants};
use throughline::time::from_millis;

#[path = "shared/processor_time.rs"]
mod processor_time;
use processor_time::ProcessorTime;

const JOURNEYS: usize = 1_000_000;

/// Numbers that look random: a linear congruential generator, its high bits.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

/// A million journeys over twelve channels, some more frequent than others, 3.6 touches each, of which one in that many
/// converts.
fn journeys(one_in: u64) -> Paths {
    const CHANNELS: [&str; 12] = [
        "direct",
        "organic",
        "paid_search",
        "email",
        "social",
        "display",
        "affiliate",
        "store",
        "call_center",
        "app_push",
        "sms",
        "marketplace",
    ];
    let mut numbers = Numbers(7);
    let mut paths = Paths::new();
    let mut path = Vec::new();
    for _ in 0..JOURNEYS {
        path.clear();
        loop {
            let channel = numbers.below(12).min(numbers.below(14));
            path.push(CHANNELS[channel as usize]);
            if path.len() == 20 || numbers.below(100) < 27 {
                break;
            }
        }
        let won = numbers.below(one_in) == 0;
        let value = 500 + numbers.below(20_000) as i64;
        paths.push(path.iter().copied(), if won { Outcome::won(value) } else { Outcome::lost() }).unwrap();
    }
    paths
}

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

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = credits, funnels
}
criterion_main!(benches);
