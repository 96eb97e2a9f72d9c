//! What prices cost: look-ups among a million rows, promotions, a whole cart, quotes and returns, the parity audit.
//!
//! `cargo bench --bench pricing` tells processor time, not time on the clock, for all of it runs on one thread. It also
//! prints how long a price book of a million rows takes to build and how much memory it and its index take, by the
//! resident size of the process.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::time::Duration;

use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use criterion::{Criterion, criterion_group, criterion_main};

#[path = "pricing/choice.rs"]
mod choice;
#[path = "pricing/common.rs"]
mod common;
#[path = "pricing/parity.rs"]
mod parity;
#[path = "pricing/pipeline.rs"]
mod pipeline;
#[path = "pricing/promotions.rs"]
mod promotions;

/// Processor time of the thread, which is not longer because the machine is busy.
pub struct ProcessorTime;

impl Measurement for ProcessorTime {
    type Intermediate = Duration;
    type Value = Duration;

    fn start(&self) -> Duration {
        common::processor_time()
    }

    fn end(&self, start: Duration) -> Duration {
        common::processor_time().saturating_sub(start)
    }

    fn add(&self, one: &Duration, other: &Duration) -> Duration {
        *one + *other
    }

    fn zero(&self) -> Duration {
        Duration::ZERO
    }

    fn to_f64(&self, time: &Duration) -> f64 {
        WallTime.to_f64(time)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = promotions::promotions, pipeline::pipeline, choice::look_ups, parity::parity
}
criterion_main!(benches);
