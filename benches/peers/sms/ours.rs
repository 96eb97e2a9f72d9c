//! Our side of the comparison with the npm package `sms-segments-calculator`: counts the segments of the same texts.
//!
//! `cargo bench --bench peer_sms -- TEXTS.json` prints one line of JSON for each text. See `run.sh`.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::hint::black_box;
use std::time::Duration;

use serde_json::{Value, json};
use throughline::messaging::sms::{SmsSettings, segments};

#[allow(dead_code, reason = "shared with the benchmarks, which measure by it")]
#[path = "../../common/processor_time.rs"]
mod processor_time;
use processor_time::processor_time;

fn main() {
    let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with("--")) else { return };
    let texts: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let settings = SmsSettings::default();
    for one in &texts {
        let text = one["text"].as_str().unwrap();
        let count = segments(text, &settings).unwrap();
        let (mut calls, mut warm, mut start) = (0_u32, false, processor_time());
        let spent = loop {
            for _ in 0..10_000 {
                black_box(segments(black_box(text), black_box(&settings)).unwrap());
            }
            calls += 10_000;
            let spent = processor_time() - start;
            if !warm && spent > Duration::from_millis(100) {
                (warm, calls, start) = (true, 0, processor_time());
            } else if warm && spent > Duration::from_millis(300) {
                break spent;
            }
        };
        let nanoseconds = spent.as_secs_f64() * 1e9 / f64::from(calls);
        let answer =
            [count.encoding.as_str().to_owned(), count.units.to_string(), count.segments.to_string()]
                .join(" ");
        println!("{}", json!({"text": one["name"], "nanoseconds": nanoseconds, "answer": answer}));
    }
}
