//! How fast the next channel knows what a customer was doing last.
//!
//! `cargo bench --bench journey_live` holds 1,000,000 customers in memory, each with two records and three events, every
//! tenth with an unfinished application, and asks for the last state of customers all over them. `-- --test` does so
//! once on a tiny scale. `LIVE_PROFILES` sets how many customers.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    reason = "a benchmark measures time, prints what it finds and stops when something fails"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throughline::channel::Channel;
use throughline::event::{Event, Import, import_lines};
use throughline::hub::{ChangeKind, Hub, Rules, Subscription, ThreadSettings, Who};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::journey::{ThreadEdit, ThreadKind};
use throughline::store::{MemoryStore, Tenant};

const CHUNK: usize = 500;

/// Splitmix64: the same numbers in every run.
fn scatter(number: usize, salt: u64) -> usize {
    let mut mixed = (number as u64)
        .wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 1) as usize
}

fn instant(number: usize) -> String {
    let (hour, minute, second) = (number / 3_600 % 24, number / 60 % 60, number % 60);
    format!("2026-03-{:02}T{hour:02}:{minute:02}:{second:02}Z", 1 + number / 86_400 % 19)
}

/// She signs up on the web, looks around, and tops up her card in the app.
fn lives(into: &mut String, person: usize) {
    let _ = writeln!(
        into,
        r#"{{"type":"identify","messageId":"a-{person}","timestamp":"{}","userId":"u-{person}","traits":{{"firstName":"سارا"}},"context":{{"channel":"web"}}}}"#,
        instant(person)
    );
    let _ = writeln!(
        into,
        r#"{{"type":"page","name":"Home","messageId":"b-{person}","timestamp":"{}","userId":"u-{person}","context":{{"channel":"web"}}}}"#,
        instant(person + 60)
    );
    let _ = writeln!(
        into,
        r#"{{"type":"track","event":"Card Topped Up","messageId":"c-{person}","timestamp":"{}","userId":"u-{person}","properties":{{"value":25.00}},"context":{{"channel":"app"}}}}"#,
        instant(person + 90)
    );
}

fn user(person: usize) -> Who {
    let name = format!("u-{person}");
    Who::Identifier(Identifier::parse(IdentifierKind::UserId, &name, &IdentifierSettings::default()).unwrap())
}

fn percentiles(what: &str, mut times: Vec<Duration>, target: &str) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e6;
    println!("{what:<58} median {:>7.1} µs   99th percentile {:>7.1} µs   {target}", at(50), at(99));
}

fn main() {
    let tiny = std::env::args().any(|argument| argument == "--test");
    let asked = std::env::var("LIVE_PROFILES").ok().and_then(|count| count.parse().ok());
    let people: usize = if tiny { 200 } else { asked.unwrap_or(1_000_000) };
    let hub =
        Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"a secret for benchmarks")).unwrap();
    let import = Import::backfill("2026-03-21T00:00:00Z".parse().unwrap());
    let mut lines = String::new();
    for first in (0..people).step_by(CHUNK) {
        lines.clear();
        (first..people.min(first + CHUNK)).for_each(|person| lives(&mut lines, person));
        let events: Vec<Event> =
            import_lines(lines.as_bytes(), &import).map(|line| line.result.unwrap()).collect();
        hub.record_all(&events).unwrap();
    }
    let settings = ThreadSettings::retail();
    for person in (0..people.min(100_000)).step_by(10) {
        let edit = ThreadEdit::new("1", ThreadKind::Application, "loan", Channel::App)
            .set("sum", 900_000)
            .at("income");
        hub.edit_thread(&user(person), &edit, &settings).unwrap();
    }
    println!("{people} customers of two records and three events are held in memory");
    let questions = if tiny { 100 } else { 100_000 };
    let mut by_record = Vec::with_capacity(questions);
    let mut by_name = Vec::with_capacity(questions);
    for number in 0..questions {
        let who = user(scatter(number, 1) % people);
        let started = Instant::now();
        let last = black_box(hub.last_state(&who, &Channel::Till, &settings)).unwrap().unwrap();
        by_name.push(started.elapsed());
        let record = Who::Record(last.event.unwrap().record);
        let started = Instant::now();
        black_box(hub.last_state(&record, &Channel::Till, &settings)).unwrap().unwrap();
        by_record.push(started.elapsed());
    }
    percentiles("last_state: found by her account's name", by_name, "");
    percentiles("last_state: of a record that was just seen", by_record, "< 20 µs");
    hub.subscribe_from_now("till").unwrap();
    let who = user(7);
    let mut learned = Vec::new();
    for number in 0..questions.min(2_000) {
        lines.clear();
        let _ = writeln!(
            lines,
            r#"{{"type":"track","event":"Card Topped Up","messageId":"n-{number}","timestamp":"2026-03-20T23:00:00Z","userId":"u-7","context":{{"channel":"app"}}}}"#
        );
        let event = import_lines(lines.as_bytes(), &import).next().unwrap().result.unwrap();
        hub.record(&event).unwrap();
        let started = Instant::now();
        let till = Subscription::new("till").of(&who).kinds([ChangeKind::Event]).channel(&Channel::Till);
        let news = hub.changes(&till).unwrap();
        assert_eq!(news.items.len(), 1);
        hub.acknowledge("till", news.upto).unwrap();
        learned.push(started.elapsed());
    }
    percentiles("changes: the till learns of a card topped up in the app", learned, "< 1,000 µs");
}
