//! Linking generated people: preparing values, comparing blocked pairs, training, linking.
//!
//! `cargo bench --bench linkage` also prints how many blocked pairs one thread compares in a second.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_precision_loss,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::cell::Cell;
use std::hint::black_box;
use std::time::{Duration, Instant};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use throughline::identity::linkage::{
    BlockingSettings, Candidates, Column, Dataset, LinkSettings, Model, Scorer, Stage, TextUnit,
    TrainingSettings, Transform,
};

/// Numbers that look random and are the same in every run (SplitMix64).
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut state = self.0;
        state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((state ^ (state >> 31)) % bound as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

const FIELDS: [&str; 8] =
    ["given_name", "family_name", "birth_date", "email", "phone", "address_line", "postcode", "city"];

const GIVEN: [&[&str]; 12] = [
    &["Sara", "سارا", "Sarah"],
    &["Reza", "رضا"],
    &["Sergey", "Сергей", "Sergei"],
    &["Eyal", "אייל"],
    &["Anna", "Анна"],
    &["Ahmed", "أحمد", "Ahmad"],
    &["Mary"],
    &["Peter", "Pete"],
    &["Catherine", "Kate"],
    &["Omid", "امید"],
    &["Noa", "נועה"],
    &["Dmitri", "Дмитрий"],
];
const BEGIN: [&str; 20] = [
    "Mil", "Kar", "Hed", "Sch", "Pet", "Kov", "Bar", "Yaz", "Tor", "Nov", "Wal", "Fer", "Gil", "Ros", "Sil",
    "Hor", "Mag", "Dan", "Lev", "Ben",
];
const MIDDLE: [&str; 10] = ["a", "im", "arn", "ro", "al", "ov", "en", "ak", "is", "ur"];
const END: [&str; 12] = ["ni", "i", "ejad", "ov", "enko", "er", "man", "son", "ton", "di", "ez", "sky"];
const STREETS: [&str; 8] = ["Rowan", "Sycamore", "Queens", "Mill", "Ferdousi", "Hafez", "Church", "Station"];
const CITIES: [&str; 6] = ["Shiraz", "Tehran", "London", "Bradford", "Holon", "Cairo"];

fn slip(text: &str, draws: &mut Draws) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    if letters.len() > 2 && draws.below(12) == 0 {
        let at = draws.below(letters.len() - 1);
        letters.swap(at, at + 1);
    }
    letters.into_iter().collect()
}

/// Records of people, about two and a half of each, with slips, other writings and missing values.
fn people(records: usize) -> Vec<[String; 8]> {
    let mut draws = Draws(1);
    let mut rows: Vec<[String; 8]> = Vec::with_capacity(records);
    while rows.len() < records {
        let given = GIVEN[draws.below(GIVEN.len())];
        let family = format!("{}{}{}", draws.pick(&BEGIN), draws.pick(&MIDDLE), draws.pick(&END));
        let born =
            format!("{}-{:02}-{:02}", 1940 + draws.below(65), 1 + draws.below(12), 1 + draws.below(28));
        let email = format!("{}.{}{}@mail.ir", given[0], family, draws.below(1_000)).to_lowercase();
        let phone = format!("09{:09}", draws.below(1_000_000_000));
        let address = format!("{} {} Street", 1 + draws.below(300), draws.pick(&STREETS));
        let postcode = format!("{:05}", 10_000 + draws.below(20_000));
        let city = draws.pick(&CITIES);
        for _ in 0..1 + draws.below(4) {
            let mut told = |text: String| if draws.below(4) == 0 { String::new() } else { text };
            let some =
                [told(email.clone()), told(phone.clone()), told(address.clone()), told(postcode.clone())];
            let [email, phone, address, postcode] = some;
            rows.push([
                slip(draws.pick(given), &mut draws),
                slip(&family, &mut draws),
                slip(&born, &mut draws),
                slip(&email, &mut draws),
                phone,
                address,
                postcode,
                city.to_owned(),
            ]);
        }
    }
    rows.truncate(records);
    rows
}

fn dataset(rows: &[[String; 8]]) -> Dataset {
    let mut dataset = Dataset::new(FIELDS);
    for row in rows {
        dataset.push(&row.each_ref().map(String::as_str)).unwrap();
    }
    dataset
}

/// On one thread, so that seconds are seconds of one core.
fn alone<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    #[cfg(feature = "parallel")]
    {
        rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(work)
    }
    #[cfg(not(feature = "parallel"))]
    work()
}

/// How long the comparing of the candidate pairs takes, and how many there are.
fn compare(dataset: &Dataset) -> (Duration, usize) {
    let started: Cell<Option<Instant>> = Cell::new(None);
    let spent = Cell::new(Duration::ZERO);
    let watch = |stage: Stage, _: u64, _: u64| match stage {
        Stage::Block => started.set(Some(Instant::now())),
        Stage::Compare => spent.set(started.get().map_or(Duration::ZERO, |started| started.elapsed())),
        _ => {}
    };
    let found = Candidates::new(dataset, &Model::person(), &BlockingSettings::default(), &watch).unwrap();
    (spent.get(), found.len())
}

fn pairs(criterion: &mut Criterion) {
    let dataset = dataset(&people(10_000));
    let (mut best, mut pairs) = (Duration::MAX, 0);
    for _ in 0..3 {
        let (spent, found) = alone(|| compare(&dataset));
        (best, pairs) = (best.min(spent), found);
    }
    let seconds = best.as_secs_f64();
    println!(
        "{pairs} blocked pairs compared by one thread: {:.0} ns each, {:.2} million a second",
        seconds * 1e9 / pairs as f64,
        pairs as f64 / seconds / 1e6
    );
    let mut group = criterion.benchmark_group("linkage/10k");
    group
        .sample_size(10)
        .measurement_time(Duration::from_secs(4))
        .throughput(Throughput::Elements(pairs as u64));
    group.bench_function("block and compare, one thread", |bencher| {
        bencher.iter(|| alone(|| black_box(compare(&dataset))));
    });
    let candidates = Candidates::new(&dataset, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    group.bench_function("train, one thread", |bencher| {
        bencher.iter(|| alone(|| black_box(candidates.train(&TrainingSettings::default(), &()).unwrap())));
    });
    let model = candidates.train(&TrainingSettings::default(), &()).unwrap().model;
    group.bench_function("link, one thread", |bencher| {
        bencher.iter(|| {
            alone(|| black_box(candidates.link(&model, &LinkSettings::default(), &[], &()).unwrap()))
        });
    });
    group.finish();
}

fn prepare(criterion: &mut Criterion) {
    let rows = people(1_000);
    let mut group = criterion.benchmark_group("linkage/prepare 1,000");
    group.sample_size(20).measurement_time(Duration::from_secs(2)).throughput(Throughput::Elements(1_000));
    for (name, field, transform) in [
        ("given name", 0, Transform::GivenName),
        ("birth date", 2, Transform::BirthDate),
        ("e-mail", 3, Transform::Email),
        ("telephone", 4, Transform::Phone),
        ("address", 5, Transform::Address),
    ] {
        let column = Column { name: "value".to_owned(), inputs: vec![FIELDS[field].to_owned()], transform };
        let model = Model {
            columns: vec![column],
            comparisons: Vec::new(),
            blocking: Vec::new(),
            prior: 0.5,
            household_prior: 0.0,
            term_frequencies: Default::default(),
            text_unit: TextUnit::Characters,
        };
        let scorer = Scorer::new(&model).unwrap();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for row in &rows {
                    black_box(scorer.prepare(&|_| Some(row[field].as_str())));
                }
            });
        });
    }
    group.finish();
}

/// One pair by itself, as a live record is compared.
fn single(criterion: &mut Criterion) {
    let rows = people(1_000);
    let data = dataset(&rows);
    let candidates = Candidates::new(&data, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    let model = candidates.train(&TrainingSettings::default(), &()).unwrap().model;
    let scorer = Scorer::new(&model).unwrap();
    let prepared: Vec<_> = rows
        .iter()
        .map(|row| {
            scorer.prepare(&|name| {
                let place = FIELDS.iter().position(|field| *field == name)?;
                Some(row[place].as_str()).filter(|text| !text.is_empty())
            })
        })
        .collect();
    let mut group = criterion.benchmark_group("linkage/single");
    group.sample_size(20).measurement_time(Duration::from_secs(2)).throughput(Throughput::Elements(999));
    group.bench_function("999 neighbouring pairs weighed", |bencher| {
        bencher.iter(|| {
            for pair in prepared.windows(2) {
                black_box(scorer.weight_bits(&pair[0], &pair[1]));
            }
        });
    });
    group.finish();
}

criterion_group!(benches, pairs, prepare, single);
criterion_main!(benches);
