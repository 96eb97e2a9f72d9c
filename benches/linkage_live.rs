//! How long it takes to match one new record against those that the hub holds.
//!
//! `cargo bench --bench linkage_live -- 1000000` trains a model on a sample, loads that many records into memory and
//! times new ones; `-- 100000 redb` does it on disk. Without a number it is 1,000,000. A fifth of the records are
//! second records of somebody, with slips of the pen and missing facts.
//!
//! Recording an event is more than matching: it is stored with its receipt, joined into its record, indexed and committed. So
//! the next ones are timed without a model over the same store; the difference is what matching takes.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a benchmark measures time, prints what it finds and stops when something fails"
)]

use std::hint::black_box;
use std::ops::Range;
use std::sync::Arc;
use std::time::{Duration, Instant};

use throughline::event::{Event, Import};
use throughline::hub::{Hub, Linkage, Rules};
use throughline::identity::linkage::{BlockingSettings, Candidates, Dataset, Model, TrainingSettings};
use throughline::store::{MemoryStore, RedbStore, Store, Tenant};

/// A service that holds millions of records in memory brings an allocator of its own; so does `dedupe`.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

const NOW: &str = "2026-03-20T12:00:00Z";
const CHUNK: usize = 1_000;
const FIELDS: [&str; 8] =
    ["given_name", "family_name", "birth_date", "email", "phone", "address_line", "postcode", "city"];
const TRAITS: [&str; 8] =
    ["firstName", "lastName", "birthday", "email", "phone", "street", "postalCode", "city"];

/// Splitmix64: the same numbers in every run.
fn scatter(number: usize, salt: u64) -> u64 {
    let mut mixed = (number as u64)
        .wrapping_mul(0xD134_2543_DE82_EF95)
        .wrapping_add(salt.wrapping_mul(0x9E37_79B9_7F4A_7C15));
    for factor in [0xBF58_476D_1CE4_E5B9, 0x94D0_49BB_1331_11EB] {
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(factor);
    }
    mixed ^ (mixed >> 31)
}

fn below(number: usize, salt: u64, most: u64) -> u64 {
    scatter(number, salt) % most
}

/// A rank below `most`, drawn as names are: of 80,000 family names the most frequent is held by 0.6 % of the people, of
/// 2,000 given names by 1.1 %, and then each about as often as its rank, and twenty more, divides.
fn rank(number: usize, salt: u64, most: u64) -> u64 {
    const FLAT: f64 = 20.0;
    let drawn = (scatter(number, salt) >> 11) as f64 / (1_u64 << 53) as f64;
    let spread = (most as f64 + FLAT) / FLAT;
    ((FLAT * spread.powf(drawn) - FLAT) as u64).min(most - 1)
}

/// A word of its own for each number, of syllables.
fn word(number: u64, salt: u64) -> String {
    const ONSETS: [&str; 16] =
        ["b", "d", "f", "g", "h", "j", "k", "l", "m", "n", "p", "r", "s", "t", "v", "sch"];
    const VOWELS: [&str; 5] = ["a", "e", "i", "o", "u"];
    let mut rest = number * 0x1_0001 + salt * 7;
    let mut word = String::new();
    for _ in 0..3 {
        word.push_str(ONSETS[(rest % 16) as usize]);
        word.push_str(VOWELS[(rest / 16 % 5) as usize]);
        rest = rest / 80 + 3;
    }
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// The facts about a record, in the order of [`FIELDS`].
fn facts(number: usize) -> [String; 8] {
    let second = number > 10 && below(number, 1, 5) == 0;
    let person = if second { below(number, 2, number as u64) as usize } else { number };
    let year = 1940 + below(person, 3, 65);
    let place = rank(person, 4, 5_000);
    let mut facts = [
        word(rank(person, 5, 2_000), 1),
        word(rank(person, 6, 80_000), 2),
        format!("{year}-{:02}-{:02}", 1 + below(person, 7, 12), 1 + below(person, 8, 28)),
        format!("{}{}@example.com", word(below(person, 9, 80_000), 3), below(person, 10, 1_000_000)),
        format!("+4930{:08}", below(person, 11, 100_000_000)),
        format!("{}strasse {}", word(below(person, 12, 3_000), 4), 1 + below(person, 13, 120)),
        format!("{:05}", 10_000 + place),
        word(place / 20, 5),
    ];
    if second {
        // A slip in one name, and up to three facts not told.
        let name = below(number, 14, 3) as usize;
        if name < 2 {
            let at = 1 + below(number, 15, facts[name].len() as u64 - 1) as usize;
            facts[name].remove(at);
        }
        for salt in 16..19 {
            facts[2 + below(number, salt, 6) as usize].clear();
        }
    } else {
        for (fact, salt) in facts.iter_mut().skip(3).zip(20..) {
            if below(number, salt, 4) == 0 {
                fact.clear();
            }
        }
    }
    facts
}

fn event(number: usize, import: &Import) -> Event {
    let facts = facts(number);
    let traits: serde_json::Map<String, serde_json::Value> = TRAITS
        .iter()
        .zip(&facts)
        .filter(|(_, fact)| !fact.is_empty())
        .map(|(name, fact)| ((*name).to_owned(), fact.as_str().into()))
        .collect();
    let json = serde_json::json!({
        "type": "identify", "messageId": format!("m-{number}"), "anonymousId": format!("v-{number}"),
        "timestamp": "2026-03-20T10:00:00Z", "context": {"channel": "web", "locale": "de-DE"}, "traits": traits,
    });
    Event::from_segment(json.to_string().as_bytes(), import).unwrap()
}

fn trained(records: usize) -> Model {
    let mut dataset = Dataset::new(FIELDS);
    for number in 0..records {
        let facts = facts(number);
        dataset.push(&facts.each_ref().map(String::as_str)).unwrap();
    }
    let candidates = Candidates::new(&dataset, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    let mut model = candidates.train(&TrainingSettings::default(), &()).unwrap().model;
    model.blocking = Linkage::blocking(&model);
    model
}

/// Resident bytes of this process.
fn resident() -> usize {
    let text = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    text.split(' ').nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0) * 4_096
}

/// Records new ones one by one and returns the median, in microseconds.
fn time(hub: &Hub, numbers: Range<usize>, import: &Import, how: &str) -> f64 {
    let count = numbers.len();
    let mut times: Vec<Duration> = Vec::with_capacity(count);
    for number in numbers {
        // It has just come in.
        let event = event(number, import);
        let started = Instant::now();
        black_box(hub.record(&event).unwrap());
        times.push(started.elapsed());
    }
    let mean = times.iter().sum::<Duration>().as_secs_f64() * 1e6 / count as f64;
    times.sort_unstable();
    let at = |per_mille: usize| times[(count * per_mille / 1_000).min(count - 1)].as_secs_f64() * 1e6;
    println!(
        "record one of {count} new ones, {how}: median {:.1} µs, mean {mean:.1}, 90 % {:.1}, 99 % {:.1}, 99.9 % {:.1}, longest {:.1}",
        at(500),
        at(900),
        at(990),
        at(999),
        at(1_000)
    );
    at(500)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let quick = arguments.iter().any(|argument| argument == "--test");
    let given = arguments.iter().find_map(|argument| argument.parse::<usize>().ok());
    let records = given.unwrap_or(if quick { 2_000 } else { 1_000_000 });
    let on_disk = arguments.iter().any(|argument| argument == "redb");
    let plain = arguments.iter().any(|argument| argument == "plain");

    let started = Instant::now();
    let model = trained(records.min(100_000));
    println!("trained on {} records in {:.1} s", records.min(100_000), started.elapsed().as_secs_f64());
    let mut rules = Rules::retail(b"a secret for benchmarks");
    if !plain {
        rules.linkage = Some(Linkage::new(model).unwrap());
    }
    let directory = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store: Arc<dyn Store> = if on_disk {
        Arc::new(RedbStore::open(directory.path().join("hub.redb")).unwrap())
    } else {
        Arc::new(MemoryStore::new())
    };
    let hub = Hub::new(store, Tenant(1), rules.clone()).unwrap();
    let import = Import::backfill(NOW.parse().unwrap());

    let (before, started) = (resident(), Instant::now());
    for first in (0..records).step_by(CHUNK) {
        let events: Vec<Event> =
            (first..records.min(first + CHUNK)).map(|number| event(number, &import)).collect();
        hub.record_all(&events).unwrap();
    }
    let took = started.elapsed();
    println!(
        "loaded {records} records in {:.1} s, {:.1} µs each; {} bytes resident each",
        took.as_secs_f64(),
        took.as_secs_f64() * 1e6 / records as f64,
        resident().saturating_sub(before) / records
    );
    let count = if quick {
        100
    } else if on_disk {
        1_000
    } else {
        20_000
    };
    let how = if plain { "without a model" } else { "matched" };
    let median = time(&hub, records..records + count, &import, how);
    // What was recorded without a model is not matched with anybody later.
    if !plain {
        rules.linkage = None;
        let bare = hub.under(rules).unwrap();
        let next = records + count..records + 2 * count;
        let alone = time(&bare, next, &import, "without a model");
        println!("matching takes {:.1} µs of the median", median - alone);
    }
    let census = hub.census().unwrap();
    println!("{} records are {} profiles", census.records, census.profiles);
}
