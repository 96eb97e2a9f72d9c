//! What messages cost: decisions, texts, near copies.
//!
//! `cargo bench --bench messaging` tells processor time, not time on the clock, for all of it runs on one thread.
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

#[path = "messaging/decide.rs"]
mod decide;
#[path = "messaging/processor_time.rs"]
mod processor_time;

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(processor_time::ProcessorTime);
    targets = decide::decisions
}
criterion_main!(benches);
