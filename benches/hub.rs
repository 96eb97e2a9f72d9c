//! How fast the hub records events, and how much memory profiles take.
//!
//! `cargo bench --bench hub` first runs criterion on small stores, then holds 1,000,000 profiles and prints one table.
//! `cargo bench --bench hub -- --test` runs everything once on a tiny scale. Settings, by environment variable:
//! * `HUB_PROFILES`: profiles held in memory; 1,000,000.
//! * `HUB_EVENTS`: events imported into redb; 200,000.
//! * `HUB_PARTS`: which parts of the table to run, such as `memory` or `redb`; all.
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
use std::fs::File;
use std::hint::black_box;
use std::io::{Seek, SeekFrom, Write as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion};
use throughline::event::{Event, Import, import_lines};
use throughline::hub::{Hub, Outcome, Rules};
use throughline::store::{MemoryStore, RedbStore, Store, Tenant};

const NOW: &str = "2026-03-20T12:00:00Z";
const CITIES: [&str; 6] = ["تهران", "Berlin", "القاهرة", "חיפה", "Казань", "Lyon"];
const NAMES: [&str; 6] = ["سارا", "Anna", "سارة", "שרה", "Сара", "Zoé"];
const CALLERS: usize = 64;
const CHUNK: usize = 1_000;

/// Splitmix64: the same numbers in every run.
fn scatter(number: usize, salt: u64) -> usize {
    let mut mixed = (number as u64)
        .wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15))
        .wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((mixed ^ (mixed >> 31)) >> 1) as usize
}

/// An instant of the days before [`NOW`], later for larger numbers.
fn instant(number: usize) -> String {
    let second = number / 20;
    let (day, rest) = (1 + second / 86_400 % 19, second % 86_400);
    let (hour, minute, second) = (rest / 3_600, rest / 60 % 60, rest % 60);
    format!("2026-03-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", number * 50 % 1_000)
}

/// The first word of a person: an account, a visitor id and an e-mail address, two fields.
fn signs_up(into: &mut String, number: usize, person: usize) {
    let (name, city) = (NAMES[person % 6], CITIES[person % 6]);
    let _ = writeln!(
        into,
        r#"{{"type":"identify","messageId":"m-{number}","timestamp":"{at}","userId":"u-{person}","anonymousId":"{visitor:016x}","traits":{{"email":"person.{person}@example.com","firstName":"{name}","city":"{city}"}},"context":{{"channel":"web"}}}}"#,
        at = instant(number),
        visitor = scatter(person, 7),
    );
}

/// A known person looks at a product.
fn looks(into: &mut String, number: usize, person: usize) {
    let product = scatter(number, 3) % 40_000;
    let _ = writeln!(
        into,
        r#"{{"type":"track","event":"Product Viewed","messageId":"m-{number}","timestamp":"{at}","userId":"u-{person}","anonymousId":"{visitor:016x}","properties":{{"product_id":"P-{product}","sku":"SKU-{product}","name":"Rain jacket, light","brand":"Nordwind","price":79.90,"currency":"EUR","quantity":1,"url":"https://shop.example/p/{product}"}},"context":{{"channel":"web","locale":"de-DE","page":{{"path":"/p/{product}","referrer":"https://shop.example/c/jackets"}},"userAgent":"Mozilla/5.0 (X11; Linux x86_64) Firefox/136.0"}}}}"#,
        at = instant(number),
        visitor = scatter(person, 7),
    );
}

/// A known person changes her data: every other time a field, else a new telephone number.
fn changes(into: &mut String, number: usize, person: usize) {
    let change = if number.is_multiple_of(2) {
        format!(r#""city":"{}""#, CITIES[scatter(number, 5) % 6])
    } else {
        format!(r#""phone":"+4930{:08}""#, person % 100_000_000)
    };
    let _ = writeln!(
        into,
        r#"{{"type":"identify","messageId":"m-{number}","timestamp":"{at}","userId":"u-{person}","anonymousId":"{visitor:016x}","traits":{{{change}}},"context":{{"channel":"web","locale":"de-DE"}}}}"#,
        at = instant(number),
        visitor = scatter(person, 7),
    );
}

/// The day's mix, numbered from `first`: 80 % of the events are looks, 15 % changes, 5 % new people.
fn mix(first: usize, count: usize, people: usize) -> String {
    let mut lines = String::new();
    for number in first..first + count {
        let person = scatter(number, 1) % people;
        match scatter(number, 2) % 100 {
            0..80 => looks(&mut lines, number, person),
            80..95 => changes(&mut lines, number, person),
            _ => signs_up(&mut lines, number, people + number),
        }
    }
    lines
}

fn parsed(lines: &str) -> Vec<Event> {
    let import = Import::backfill(NOW.parse().unwrap());
    import_lines(lines.as_bytes(), &import).map(|line| line.result.unwrap()).collect()
}

fn hub(store: Arc<dyn Store>) -> Hub {
    Hub::new(store, Tenant(1), Rules::retail(b"a secret for benchmarks")).unwrap()
}

/// Everybody signs up, in chunks.
fn populate(hub: &Hub, people: usize) {
    let mut lines = String::new();
    for first in (0..people).step_by(CHUNK) {
        lines.clear();
        (first..people.min(first + CHUNK)).for_each(|person| signs_up(&mut lines, person, person));
        let recorded = hub.record_all(&parsed(&lines)).unwrap();
        assert!(recorded.iter().all(|recorded| recorded.outcome == Outcome::First));
    }
}

/// Resident bytes of this process.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}

/// One line of the table: what, how much, and what was to be reached.
struct Row(&'static str, String, &'static str);

fn per_second(count: usize, took: Duration) -> String {
    format!("{:.0} events/s", count as f64 / took.as_secs_f64())
}

fn micros(took: Duration) -> String {
    format!("{:.1} µs", took.as_secs_f64() * 1e6)
}

fn memory_rows(people: usize, rows: &mut Vec<Row>) {
    let hub = hub(Arc::new(MemoryStore::new()));
    let (before, started) = (resident(), Instant::now());
    populate(&hub, people);
    let (took, held) = (started.elapsed(), resident().saturating_sub(before));
    let gib = held as f64 / f64::from(1 << 30);
    rows.push(Row("memory: profiles held, of three identifiers and one event", people.to_string(), ""));
    rows.push(Row(
        "memory: resident for them",
        format!("{gib:.3} GiB, {} bytes each", held / people),
        "< 1.5 GiB for 1,000,000",
    ));
    rows.push(Row("memory: building them, JSON included", per_second(people, took), ""));
    let events = parsed(&mix(people, people.clamp(100, 200_000), people));
    let mut times: Vec<Duration> = Vec::with_capacity(events.len());
    for event in &events {
        let started = Instant::now();
        black_box(hub.record(event).unwrap());
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| micros(times[(times.len() * percent / 100).min(times.len() - 1)]);
    rows.push(Row("memory: record one event, median", at(50), "< 20 µs"));
    rows.push(Row("memory: record one event, 90th percentile", at(90), ""));
    rows.push(Row("memory: record one event, 99th percentile", at(99), "< 200 µs"));
}

/// Writes of one page a second, each synced: what the disk gives.
fn synced_writes(directory: &Path, at_most: usize) -> f64 {
    let mut file = File::create(directory.join("plain")).unwrap();
    file.write_all(&[1; 1 << 20]).unwrap();
    file.sync_all().unwrap();
    let started = Instant::now();
    let mut count = 0;
    while count < at_most && started.elapsed() < Duration::from_secs(1) {
        file.seek(SeekFrom::Start((count % 256) as u64 * 4_096)).unwrap();
        file.write_all(&[count as u8; 4_096]).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    count as f64 / started.elapsed().as_secs_f64()
}

fn redb_rows(count: usize, rows: &mut Vec<Row>) {
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let hub = hub(Arc::new(RedbStore::open(directory.path().join("hub.redb")).unwrap()));
    let people = (count / 5).max(10);
    let lines = mix(0, count, people);
    let import = Import::backfill(NOW.parse().unwrap());
    let mut chunk = Vec::with_capacity(CHUNK);
    let started = Instant::now();
    for line in import_lines(lines.as_bytes(), &import) {
        chunk.push(line.result.unwrap());
        if chunk.len() == CHUNK {
            hub.record_all(&chunk).unwrap();
            chunk.clear();
        }
    }
    hub.record_all(&chunk).unwrap();
    rows.push(Row(
        "redb: bulk import, JSON included",
        per_second(count, started.elapsed()),
        ">= 10,000 events/s",
    ));

    let events = parsed(&mix(count, (count / 8).max(CALLERS), people));
    let (next, started) = (AtomicUsize::new(0), Instant::now());
    std::thread::scope(|scope| {
        for _ in 0..CALLERS {
            scope.spawn(|| {
                while let Some(event) = events.get(next.fetch_add(1, Ordering::Relaxed)) {
                    hub.record(event).unwrap();
                }
            });
        }
    });
    rows.push(Row(
        "redb: durable, 64 callers",
        per_second(events.len(), started.elapsed()),
        ">= 2,000 events/s",
    ));

    // The disk of a shared machine is not always equally fast, so it is measured before and after.
    let before = synced_writes(directory.path(), count / 20);
    let events = parsed(&mix(2 * count, (count / 400).max(10), people));
    let started = Instant::now();
    for event in &events {
        hub.record(event).unwrap();
    }
    rows.push(Row(
        "redb: durable, one by one",
        per_second(events.len(), started.elapsed()),
        "what the disk syncs",
    ));
    let after = synced_writes(directory.path(), count / 20);
    rows.push(Row(
        "disk: plain writes of 4 KiB with fdatasync, before and after",
        format!("{before:.0} and {after:.0} writes/s"),
        "two per durable commit",
    ));
}

fn single_events(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("hub");
    group.sample_size(20);
    let people = 2_000;
    let lines = mix(people, 1_000, people);
    group.throughput(criterion::Throughput::Elements(1_000));
    group.bench_function(
        "1,000 events parsed and recorded one by one in memory, 2,000 profiles held",
        |bencher| {
            bencher.iter_batched(
                || {
                    let hub = hub(Arc::new(MemoryStore::new()));
                    populate(&hub, people);
                    hub
                },
                |hub| parsed(&lines).iter().for_each(|event| drop(black_box(hub.record(event).unwrap()))),
                BatchSize::PerIteration,
            );
        },
    );
    group.bench_function(
        "1,000 events parsed and recorded as one batch in memory, 2,000 profiles held",
        |bencher| {
            bencher.iter_batched(
                || {
                    let hub = hub(Arc::new(MemoryStore::new()));
                    populate(&hub, people);
                    hub
                },
                |hub| drop(black_box(hub.record_all(&parsed(&lines)).unwrap())),
                BatchSize::PerIteration,
            );
        },
    );
    group.finish();
}

fn setting(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
}

fn main() {
    let quick = std::env::args().any(|argument| argument == "--test");
    let parts = std::env::var("HUB_PARTS").unwrap_or_else(|_| "criterion memory redb".to_owned());
    if parts.contains("criterion") {
        let mut criterion = Criterion::default().configure_from_args();
        single_events(&mut criterion);
        criterion.final_summary();
    }
    let mut rows = Vec::new();
    if parts.contains("memory") {
        memory_rows(setting("HUB_PROFILES", if quick { 1_000 } else { 1_000_000 }), &mut rows);
    }
    if parts.contains("redb") {
        redb_rows(setting("HUB_EVENTS", if quick { 1_000 } else { 200_000 }), &mut rows);
    }
    println!("\n{:<62} {:>32}   to reach", "what", "measured");
    for Row(what, measured, to_reach) in rows {
        println!("{what:<62} {measured:>32}   {to_reach}");
    }
}
