//! Identity at scale: records into profiles in bulk and live, and golden records of merged profiles.
//!
//! `cargo bench --bench profile_merge` also prints, in one run over the same interned pairs, the time of the real
//! partition and of a plain union-find, and their ratio.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::hint::black_box;
use std::sync::Arc;
use std::time::{Duration, Instant};

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use petgraph::unionfind::UnionFind;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{Hub, Rules as HubRules};
use throughline::identifier::{IdentifierKind, ValueHash};
use throughline::identity::{
    Explain, FieldValue, Graph, GraphBuilder, Rules, SurvivorshipRules, ValueInput, partition, survive,
};
use throughline::ids::{EventKey, RecordId};
use throughline::pii::Pii;
use throughline::record::{Claim, ClaimLevel, ProofKind};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc, from_millis};

/// A small generator with a seed: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u32) -> u32 {
        u32::try_from(self.next() % u64::from(n)).unwrap()
    }
}

fn id(n: u32) -> [u8; 16] {
    (u128::from(n) << 64 | 0xabcd).to_be_bytes()
}

/// Pairs of record and value as interning leaves them: people with one to five records, each record with up to three
/// values out of the person's own, a little junk that a great many records hold, all in random order.
///
/// With `devices`, one of a person's values is a device, which must not join two accounts or cards: about one profile in
/// sixteen then has a link held back. Without, nothing stands against anything but the junk.
struct Bulk {
    records: Vec<(RecordId, DateTime<Utc>)>,
    values: Vec<(ValueHash, u16)>,
    pairs: Vec<(u32, u32)>,
}

const KINDS: [IdentifierKind; 4] =
    [IdentifierKind::UserId, IdentifierKind::LoyaltyCard, IdentifierKind::Email, IdentifierKind::DeviceId];

fn bulk(count: usize, devices: bool) -> Bulk {
    let mut random = Random(7);
    let (mut owners, mut kinds, mut pairs) = (0_u32, Vec::new(), Vec::with_capacity(count));
    // The first twenty values are junk.
    kinds.resize(20, 3_u16);
    while pairs.len() < count {
        let records = 1 + random.below(5);
        let own = u32::try_from(kinds.len()).unwrap();
        // One account, two cards, an address, a device or another address.
        kinds.extend([0, 1, 1, 2, if devices { 3 } else { 2 }]);
        for record in owners..owners + records {
            for value in 0..1 + random.below(3) {
                pairs.push((record, own + (value * 2 + random.below(3)) % 5));
            }
            if random.below(50) == 0 {
                pairs.push((record, random.below(20)));
            }
        }
        owners += records;
    }
    pairs.truncate(count);
    // The order of arrival has nothing to do with the order of the ids.
    let mut rename: Vec<u32> = (0..owners).collect();
    shuffle(&mut rename, &mut random);
    let mut revalue: Vec<u32> = (0..u32::try_from(kinds.len()).unwrap()).collect();
    shuffle(&mut revalue, &mut random);
    shuffle(&mut pairs, &mut random);
    for (record, value) in &mut pairs {
        *record = rename[*record as usize];
        *value = revalue[*value as usize];
    }
    let mut values: Vec<(ValueHash, u16)> = vec![(ValueHash::from_bytes([0; 16]), 0); kinds.len()];
    for (old, new) in revalue.iter().enumerate() {
        values[*new as usize] = (ValueHash::from_bytes(id(*new)), kinds[old]);
    }
    let records =
        (0..owners).map(|n| (RecordId::from_bytes(id(n)), from_millis(i64::from(n % 1000)))).collect();
    Bulk { records, values, pairs }
}

fn shuffle<T>(list: &mut [T], random: &mut Random) {
    for at in (1..list.len()).rev() {
        list.swap(at, random.below(u32::try_from(at + 1).unwrap()) as usize);
    }
}

fn graph(bulk: &Bulk) -> Graph {
    let Bulk { records, values, pairs } = bulk;
    Graph::from_interned(records.clone(), KINDS.to_vec(), values, pairs.clone(), ClaimLevel::Verified)
        .unwrap()
}

/// A union-find over records and values, joined at each pair.
fn unions(bulk: &Bulk) -> UnionFind<u32> {
    let records = u32::try_from(bulk.records.len()).unwrap();
    let mut sets = UnionFind::<u32>::new(bulk.records.len() + bulk.values.len());
    for (record, value) in &bulk.pairs {
        sets.union(*record, records + *value);
    }
    sets
}

/// The same, and then asked for the set of each record, as any use of it must.
fn plain(bulk: &Bulk) -> Vec<u32> {
    unions(bulk).into_labeling()
}

/// The processor time of all threads of this process, where the system says (Linux), in hundredths of a second.
fn processor() -> Option<u64> {
    let line = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = line.rsplit_once(')')?.1.split_ascii_whitespace().skip(11);
    Some(fields.next()?.parse::<u64>().ok()? + fields.next()?.parse::<u64>().ok()?)
}

/// The shortest time that passed in a run, and the mean processor time.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures time")]
fn measure<T>(runs: u32, mut work: impl FnMut() -> T) -> (Duration, Option<Duration>) {
    let before = processor();
    let run = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    let best = (0..runs).map(run).min().unwrap_or_default();
    let spent =
        processor().zip(before).map(|(after, before)| Duration::from_millis((after - before) * 10) / runs);
    (best, spent)
}

fn bulk_partition(criterion: &mut Criterion) {
    let rules = Rules::retail();
    let cases = [
        ("1_000_000", 1_000_000, false, 40),
        ("1_000_000 contested", 1_000_000, true, 40),
        ("10_000_000", 10_000_000, false, 5),
        ("10_000_000 contested", 10_000_000, true, 5),
    ];
    for (name, count, devices, runs) in cases {
        let bulk = bulk(count, devices);
        let graph = graph(&bulk);
        let people = partition(&graph, &rules, Explain::No);
        let bare = measure(runs, || unions(&bulk));
        let labelled = measure(runs, || plain(&bulk));
        let real = measure(runs, || partition(&graph, &rules, Explain::No));
        println!(
            "{name} pairs, {} records, {} profiles, {} generic values, {} links held back",
            bulk.records.len(),
            people.clusters().len(),
            people.generic().len(),
            people.quarantined().len(),
        );
        let line = |what: &str, (best, spent): (Duration, Option<Duration>)| {
            let times = |a: Duration, b: Duration| b.as_secs_f64() / a.as_secs_f64();
            let wall = format!("{:.1} ms ({:.2} times)", best.as_secs_f64() * 1e3, times(bare.0, best));
            let processor = bare.1.zip(spent).map_or_else(String::new, |(bare, spent)| {
                format!(", processor {:.1} ms ({:.2} times)", spent.as_secs_f64() * 1e3, times(bare, spent))
            });
            println!("  {what}: shortest {wall}{processor}");
        };
        line("plain union-find", bare);
        line("plain union-find, asked for the set of each record", labelled);
        line("partition", real);
        let mut group = criterion.benchmark_group("partition");
        group.sample_size(10);
        group.bench_function(format!("plain union-find of {name} pairs"), |b| b.iter(|| plain(&bulk)));
        group.bench_function(format!("{name} pairs"), |b| {
            b.iter(|| partition(&graph, &rules, Explain::No));
        });
        group.finish();
    }
}

/// Records, and match weights of pairs of them.
type Compared = (Vec<(RecordId, DateTime<Utc>)>, Vec<(u32, u32, f64)>);

/// People with one to six records each, all pairs of a person's records compared, a seventh of them with a weight that
/// speaks against; every tenth person is compared with another one too, and one of the weights is large by mistake. In
/// random order.
fn compared(records: u32) -> Compared {
    let mut random = Random(13);
    let mut weights = Vec::new();
    let mut bits = |from: i32, to: u32| f64::from(from) + f64::from(random.below(to * 1000)) / 1000.0;
    let (mut first, mut before) = (0, 0);
    let mut turn = 0_u32;
    while first < records {
        turn = turn.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let own = 1 + (turn >> 16) % 6;
        for a in first..first + own {
            for b in a + 1..first + own {
                let against = (a + b).is_multiple_of(7);
                weights.push((a, b, if against { bits(-8, 9) } else { bits(1, 14) }));
            }
        }
        if (turn >> 8).is_multiple_of(10) && before < first {
            weights.push((before, first, bits(2, 6)));
            for a in before + 1..first {
                weights.push((a, first, bits(-9, 10)));
            }
        }
        before = first;
        first += own;
    }
    let mut rename: Vec<u32> = (0..first).collect();
    shuffle(&mut rename, &mut random);
    for (a, b, _) in &mut weights {
        (*a, *b) = (rename[*a as usize], rename[*b as usize]);
    }
    shuffle(&mut weights, &mut random);
    ((0..first).map(|n| (RecordId::from_bytes(id(n)), from_millis(0))).collect(), weights)
}

/// One component: `n` records of people with five records each, five weights to each record, every fourth of them
/// between two people and from `far_from` bits on.
fn tangled(n: u32, far_from: i32) -> Compared {
    let mut random = Random(17);
    let mut weights = Vec::new();
    for a in 0..n {
        weights.push((a, (a + 1) % n, 1.5));
        for _ in 0..4 {
            let near = a - a % 5 + random.below(5);
            let far = random.below(n);
            let (b, from) = if random.below(4) > 0 { (near.min(n - 1), 3) } else { (far, far_from) };
            weights.push((a, b, f64::from(from) + f64::from(random.below(9_000)) / 1000.0));
        }
    }
    ((0..n).map(|n| (RecordId::from_bytes(id(n)), from_millis(0))).collect(), weights)
}

/// Match weights alone, as linkage in bulk leaves them.
fn matches(criterion: &mut Criterion) {
    let rules = Rules::retail();
    let quick = std::env::args().any(|argument| argument == "--test");
    let (records, weights) = compared(if quick { 1_000 } else { 1_000_000 });
    let build = || Graph::from_matches(records.clone(), weights.clone()).unwrap();
    let graph = build();
    let people = partition(&graph, &rules, Explain::No);
    let mut components: Vec<RecordId> = people.clusters().map(|cluster| cluster.component()).collect();
    components.sort_unstable();
    components.dedup();
    println!(
        "{} records, {} weights: {} raw components, {} profiles, {} links held back",
        records.len(),
        weights.len(),
        components.len(),
        people.clusters().len(),
        people.quarantined().len(),
    );
    if !quick {
        let line = |what: &str, (best, spent): (Duration, Option<Duration>)| {
            println!("  {what}: shortest {best:.0?}, processor {spent:.0?}");
        };
        line("copying the input", measure(10, || (records.clone(), weights.clone())));
        line("copying it and building the graph", measure(10, build));
        line("partition", measure(10, || partition(&graph, &rules, Explain::No)));
        line("partition, explained", measure(5, || partition(&graph, &rules, Explain::Yes)));
    }
    let mut group = criterion.benchmark_group("matches");
    group.sample_size(10);
    group.bench_function(format!("{} weights", weights.len()), |b| {
        b.iter(|| partition(&graph, &rules, Explain::No));
    });
    let cases = [(200, -6, ""), (2_000, -6, ""), (20_000, -6, ""), (20_000, 2, ", all alike")];
    for (n, far_from, alike) in cases {
        let (records, weights) = tangled(n, far_from);
        let graph = Graph::from_matches(records, weights).unwrap();
        group.bench_function(format!("one component of {n} records{alike}"), |b| {
            b.iter(|| partition(&graph, &rules, Explain::No));
        });
    }
    group.finish();
}

/// A person with `n` records that share one card, each with an own device.
fn live(n: u8) -> GraphBuilder {
    let at = from_millis(1_000);
    let seen = Claim::new(ClaimLevel::Observed, at, ProofKind::Source);
    let mut graph = GraphBuilder::default();
    let card = graph.value(&ValueInput::new(ValueHash::from_bytes([0; 16]), IdentifierKind::LoyaltyCard));
    for n in 1..=n {
        let record = graph.record(RecordId::from_bytes([n; 16]), at);
        graph.hold(record, card, &seen, false);
        let device = graph.value(&ValueInput::new(ValueHash::from_bytes([n; 16]), IdentifierKind::DeviceId));
        graph.hold(record, device, &seen, true);
    }
    graph
}

fn live_partition(criterion: &mut Criterion) {
    let rules = Rules::retail();
    let mut group = criterion.benchmark_group("partition");
    for n in [1, 3, 5] {
        let graph = live(n).build();
        group.bench_function(format!("{n} records"), |b| b.iter(|| partition(&graph, &rules, Explain::No)));
        group.bench_function(format!("{n} records, graph built too"), |b| {
            b.iter_batched(
                || live(n),
                |graph| partition(&graph.build(), &rules, Explain::No),
                BatchSize::SmallInput,
            );
        });
    }
    group.finish();
}

/// What the records of two profiles say about a name, an address and a phone: every record says something.
fn said(records: u32) -> Vec<FieldValue<'static>> {
    const NAMES: [&str; 6] =
        ["سارا کریمی", "سارا كريمي", "Sara Karimi", "SARA KARIMI", "Сара Карими", "שרה כרימי"];
    let mut random = Random(11);
    (0..records)
        .map(|record| FieldValue {
            value: Pii::new(NAMES[random.below(6) as usize].to_owned()),
            at: from_millis(i64::from(random.below(1_000_000))),
            source: ["shop", "till", "call_centre"][random.below(3) as usize],
            channel: Channel::Web,
            record: RecordId::from_bytes(id(record)),
            event: EventKey::from_bytes(id(record)),
            verified: random.below(4) == 0,
        })
        .collect()
}

/// Two profiles of `n` records each that a verified address makes one, and the golden values of four fields.
fn merge_profiles(criterion: &mut Criterion) {
    // Two thousand records with a device each are over every usual limit.
    let mut rules = Rules { max_records_per_profile: 4_096, ..Rules::retail() };
    rules.other.limit = None;
    if let Some(device) = rules.kinds.get_mut(&IdentifierKind::DeviceId) {
        device.limit = None;
    }
    let golden = SurvivorshipRules::retail();
    let at = from_millis(1_000);
    let mut group = criterion.benchmark_group("merge two profiles");
    for n in [10_u32, 1_000] {
        let mut builder = GraphBuilder::default();
        let observed = Claim::new(ClaimLevel::Observed, at, ProofKind::Source);
        let verified = Claim::new(ClaimLevel::Verified, at, ProofKind::Token);
        let mut values = 0;
        let mut value = |builder: &mut GraphBuilder, kind: &IdentifierKind| {
            values += 1;
            let hash = ValueHash::from_bytes(id(values));
            builder.value(&ValueInput::new(hash, kind.clone()))
        };
        let email = value(&mut builder, &IdentifierKind::Email);
        for profile in 0..2 {
            // Records hang together in chains of up to 32 records to a handle.
            let mut handle = value(&mut builder, &IdentifierKind::Other("member".into()));
            for record in 0..n {
                let ix = builder.record(RecordId::from_bytes(id(profile * n + record)), at);
                builder.hold(ix, handle, &verified, false);
                if record % 15 == 14 {
                    handle = value(&mut builder, &IdentifierKind::Other("member".into()));
                    builder.hold(ix, handle, &verified, false);
                }
                if record == 0 {
                    builder.hold(ix, email, &verified, false);
                }
                let device = value(&mut builder, &IdentifierKind::DeviceId);
                builder.hold(ix, device, &observed, true);
            }
        }
        let graph = builder.build();
        assert_eq!(partition(&graph, &rules, Explain::No).clusters().len(), 1);
        group.bench_function(format!("of {n} records: partition"), |b| {
            b.iter(|| partition(&graph, &rules, Explain::No));
        });
        let values = said(2 * n);
        group.bench_function(format!("of {n} records: four golden fields"), |b| {
            b.iter(|| {
                ["name", "email", "birthday", "city"].map(|field| survive(field, &values, &golden).is_some())
            });
        });
    }
    group.finish();
}

/// One event that names a known address on a new device, against a million known identifiers in memory.
fn resolve_one(criterion: &mut Criterion) {
    let people: u32 = if std::env::args().any(|argument| argument == "--test") { 1_000 } else { 333_334 };
    let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), HubRules::retail(b"bench")).unwrap();
    let import = hub.import();
    let event = |json: String| Event::from_segment(json.as_bytes(), &import).unwrap();
    for chunk in (0..people).collect::<Vec<_>>().chunks(1_000) {
        let known = |person: &u32| {
            event(format!(
                r#"{{"type":"identify","messageId":"k{person}","userId":"u-{person}","anonymousId":"a-{person}",
                "context":{{"device":{{"id":"d-{person}"}}}}}}"#
            ))
        };
        hub.record_all(&chunk.iter().map(known).collect::<Vec<_>>()).unwrap();
    }
    let mut count = 0;
    let mut random = Random(5);
    let mut group = criterion.benchmark_group("resolve one event");
    group.bench_function(format!("against {} known identifiers", people * 3), |b| {
        b.iter_batched(
            || {
                count += 1;
                let person = random.below(people);
                event(format!(
                    r#"{{"type":"identify","messageId":"n{count}","userId":"u-{person}","anonymousId":"b-{count}",
                    "context":{{"channel":"app","device":{{"id":"d-{person}"}}}}}}"#
                ))
            },
            |event| hub.record(&event).unwrap(),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, live_partition, merge_profiles, resolve_one, matches, bulk_partition);
criterion_main!(benches);
