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

use criterion::{Criterion, criterion_group, criterion_main};

#[path = "pricing/choice.rs"]
mod choice;
#[path = "pricing/common.rs"]
mod common;
#[path = "pricing/parity.rs"]
mod parity;
#[path = "pricing/pipeline.rs"]
mod pipeline;
#[path = "common/processor_time.rs"]
mod processor_time;
#[path = "pricing/promotions.rs"]
mod promotions;

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(processor_time::ProcessorTime);
    targets = promotions::promotions, pipeline::pipeline, choice::look_ups, parity::parity
}
criterion_main!(benches);
