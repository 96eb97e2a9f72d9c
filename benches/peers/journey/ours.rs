//! Our side of the comparison with `ChannelAttribution` and `pm4py`.
//!
//! `cargo bench --bench peer_journey -- write FILE.csv` writes a million journeys, `-- time FILE.csv` reads them, and prints
//! one line of JSON: seconds of the processor and the answers; `-- compare OURS.json PEER.json...` holds them against one
//! another. See `run.sh`.
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

use std::collections::BTreeMap;
use std::fs::{File, read_to_string};
use std::hint::black_box;
use std::io::{BufWriter, Write};
use std::time::Duration;

use serde_json::{Value, json};
use throughline::journey::attribution::{Credits, MarkovSettings, Rule, credit, markov};
use throughline::journey::paths::{Outcome, Paths, follows};

#[allow(dead_code, reason = "shared with the benchmarks, which measure by it")]
#[path = "../../common/processor_time.rs"]
mod processor_time;
use processor_time::processor_time;

#[path = "../../common/journeys.rs"]
mod journeys;
mod side_by_side;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with("--")).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["write", file] => write(file),
        ["time", file] => time(file),
        ["compare", ours, ref peers @ ..] => side_by_side::compare(ours, peers),
        _ => {}
    }
}

fn write(file: &str) {
    let mut out = BufWriter::new(File::create(file).unwrap());
    writeln!(out, "path,conversions,value_minor,nulls").unwrap();
    let paths = journeys::journeys(11);
    assert_eq!(paths.len(), journeys::JOURNEYS);
    for path in paths.iter() {
        let Outcome { conversions, value_minor, nulls } = path.outcome();
        let names: Vec<&str> = path.channels().collect();
        let value = if conversions > 0 { value_minor } else { 0 };
        writeln!(out, "{},{conversions},{value},{nulls}", names.join(" > ")).unwrap();
    }
    out.flush().unwrap();
}

/// The least of three runs, and the answer.
fn least<T>(mut work: impl FnMut() -> T) -> (f64, T) {
    let mut best: Option<(Duration, T)> = None;
    for _ in 0..3 {
        let start = processor_time();
        let answer = black_box(work());
        let spent = processor_time() - start;
        if best.as_ref().is_none_or(|(best, _)| spent < *best) {
            best = Some((spent, answer));
        }
    }
    let (spent, answer) = best.unwrap();
    (spent.as_secs_f64(), answer)
}

fn named(credits: &Credits) -> Value {
    let channels: BTreeMap<&str, (f64, i64)> =
        credits.channels.iter().map(|one| (&*one.channel, (one.conversions, one.value_minor))).collect();
    json!(channels)
}

fn most_memory() -> u64 {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("0 kB");
    line.trim().trim_end_matches("kB").trim().parse::<u64>().unwrap_or(0) / 1024
}

fn time(file: &str) {
    let mut paths = Paths::new();
    let text = read_to_string(file).unwrap();
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split(',').collect();
        let outcome = Outcome {
            conversions: cells[1].parse().unwrap(),
            value_minor: cells[2].parse().unwrap(),
            nulls: cells[3].parse().unwrap(),
        };
        paths.push(cells[0].split(" > "), outcome).unwrap();
    }
    drop(text);
    let three = [Rule::First, Rule::Last, Rule::Linear];
    let (heuristics, credits) = least(|| three.each_ref().map(|rule| credit(&paths, rule).unwrap()));
    let (all, _) = least(|| Rule::usual().map(|rule| credit(&paths, &rule).unwrap()));
    let chain = |order| MarkovSettings { order, with_nulls: true };
    let (first, one) = least(|| markov(&paths, &chain(1)).unwrap());
    let (third, order_three) = least(|| markov(&paths, &chain(3)).unwrap());
    let (map, pairs) = least(|| follows(&paths));
    let pairs: BTreeMap<String, u64> =
        pairs.pairs.iter().map(|((from, to), count)| (format!("{from} > {to}"), *count)).collect();
    println!(
        "{}",
        json!({
            "journeys": paths.len(),
            "touches": paths.touches(),
            "seconds": {
                "first, last, linear": heuristics, "all eight rules": all, "markov 1": first, "markov 3": third,
                "directly-follows": map,
            },
            "peak_mib": most_memory(),
            "first": named(&credits[0]),
            "last": named(&credits[1]),
            "linear": named(&credits[2]),
            "markov 1": named(&one.credits),
            "markov 3": named(&order_three.credits),
            "pairs": pairs,
        })
    );
}
