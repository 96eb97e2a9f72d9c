//! What messages cost: decisions, counting and cheapening text messages, finding near copies.
//!
//! `cargo bench --bench messaging` tells processor time, not time on the clock, for all of it runs on one thread.
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

use criterion::{Criterion, criterion_group, criterion_main};

#[path = "messaging/decide.rs"]
mod decide;
#[path = "messaging/locale.rs"]
mod locale;
#[path = "messaging/near_copy.rs"]
mod near_copy;
#[path = "common/processor_time.rs"]
mod processor_time;
#[path = "messaging/sms.rs"]
mod sms;

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(processor_time::ProcessorTime);
    targets = decide::decisions, sms::sms, locale::locale, near_copy::near_copy
}
criterion_main!(benches);
