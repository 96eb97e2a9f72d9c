//! Comparators on pairs of prepared texts, against the same question put to strsim.
//!
//! `cargo bench --bench similarity` also prints, in one run over the same pairs, nanoseconds for each pair of both and
//! their ratio. Pairs are as blocking leaves them: half are the same value with a mistake, half are strangers.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::hint::black_box;
use std::time::Instant;

use criterion::{Criterion, criterion_group, criterion_main};
use throughline::similarity::{
    Query, Text, damerau_levenshtein, damerau_levenshtein_within, jaro, jaro_winkler, jaro_winkler_at_least,
    levenshtein, levenshtein_within, optimal_string_alignment, optimal_string_alignment_within,
};

const NAMES: [&str; 24] = [
    "james",
    "william",
    "catherine",
    "mohammed",
    "elizabeth",
    "smith",
    "johnson",
    "thompson",
    "macdonald",
    "fitzgerald",
    "anna",
    "lee",
    "o'connor",
    "hughes",
    "rodriguez",
    "kowalski",
    "hernandez",
    "papadopoulos",
    "ivanova",
    "richardson",
    "li",
    "nguyen",
    "schneider",
    "margaret",
];
const EMAILS: [&str; 12] = [
    "james.smith@example.com",
    "w.johnson84@mail.example",
    "catherine_t@example.org",
    "mo.ali@example.com",
    "liz.macdonald1990@example.net",
    "anna.lee@post.example",
    "sean.oconnor@example.ie",
    "mhughes@example.co.uk",
    "jrodriguez.perez@example.es",
    "kowalski.j@example.pl",
    "papadopoulos77@example.gr",
    "ivanova.anna@example.ru",
];
const PERSIAN: [&str; 12] = [
    "محمد",
    "فاطمه",
    "علیرضا",
    "زهرا",
    "حسین",
    "کریمی",
    "محمدی",
    "احمدی",
    "رضایی",
    "موسوی",
    "شیرازی",
    "نیک‌پور",
];
const CYRILLIC: [&str; 12] = [
    "александр",
    "екатерина",
    "мария",
    "дмитрий",
    "иванов",
    "смирнова",
    "кузнецов",
    "попова",
    "васильев",
    "петров",
    "соколова",
    "михайлов",
];
const HEBREW: [&str; 8] = ["יוסף", "שרה", "אברהם", "כהן", "לוי", "מזרחי", "פרידמן", "בן־דוד"];

/// A small generator with a seed: splitmix64.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(n).unwrap()).unwrap()
    }
}

/// One typing mistake.
fn mistyped(value: &str, random: &mut Random) -> String {
    let mut chars: Vec<char> = value.chars().collect();
    let (at, other) = (random.below(chars.len()), chars[random.below(chars.len())]);
    match random.below(4) {
        0 => chars.insert(at, other),
        1 if chars.len() > 1 => drop(chars.remove(at)),
        2 => chars[at] = other,
        _ if at > 0 => chars.swap(at, at - 1),
        _ => {}
    }
    chars.into_iter().collect()
}

type Pair = (String, String);

fn pairs(of: &[&[&str]], strangers: bool, seed: u64) -> Vec<Pair> {
    let mut random = Random(seed);
    let pick = |random: &mut Random| {
        let values = of[random.below(of.len())];
        values[random.below(values.len())].to_owned()
    };
    (0..1024)
        .map(|_| {
            let one = pick(&mut random);
            let two = if strangers { pick(&mut random) } else { mistyped(&one, &mut random) };
            (one, two)
        })
        .collect()
}

fn sets() -> Vec<(&'static str, Vec<Pair>)> {
    let half = |of: &[&[&str]]| {
        let mut all = pairs(of, false, 1);
        all.extend(pairs(of, true, 2));
        all
    };
    let joined: Vec<String> =
        NAMES.iter().map(|name| format!("{name} {name} {name} {name} {name} {name} {name} {name}")).collect();
    let joined: Vec<&str> = joined.iter().map(String::as_str).collect();
    vec![
        ("names", half(&[&NAMES])),
        ("names, strangers", pairs(&[&NAMES], true, 3)),
        ("e-mails", half(&[&EMAILS])),
        ("Persian", half(&[&PERSIAN])),
        ("Cyrillic", half(&[&CYRILLIC])),
        ("cross-script", pairs(&[&NAMES, &PERSIAN, &CYRILLIC, &HEBREW], true, 4)),
        ("40 to 100 characters", half(&[&joined])),
    ]
}

/// Nanoseconds for each pair, the best of several rounds.
fn time<T, R>(pairs: &[T], mut work: impl FnMut(&T) -> R) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..15 {
        let rounds = 8;
        let start = Instant::now();
        for _ in 0..rounds {
            for pair in pairs {
                black_box(work(black_box(pair)));
            }
        }
        let each = start.elapsed().as_secs_f64() * 1e9 / (f64::from(rounds) * pairs.len() as f64);
        best = best.min(each);
    }
    best
}

fn table() {
    println!("nanoseconds for each pair: ours, strsim, and how many times less");
    for (set, pairs) in sets() {
        let texts: Vec<(Text, Text)> =
            pairs.iter().map(|(one, two)| (Text::new(one), Text::new(two))).collect();
        let queries: Vec<(Query, Text)> =
            texts.iter().take(256).map(|(one, two)| (Query::new(one), two.clone())).collect();
        let row = |what: &str, ours: f64, theirs: f64| {
            println!("{set:22} {what:36} {ours:8.1} {theirs:8.1} {:6.1}", theirs / ours);
        };
        let theirs = time(&pairs, |(a, b)| strsim::jaro(a, b));
        row("jaro", time(&texts, |(a, b)| jaro(a, b)), theirs);
        let theirs = time(&pairs, |(a, b)| strsim::jaro_winkler(a, b));
        row("jaro_winkler", time(&texts, |(a, b)| jaro_winkler(a, b)), theirs);
        let query_theirs = time(&pairs[..256], |(a, b)| strsim::jaro_winkler(a, b));
        row("query.jaro_winkler", time(&queries, |(a, b)| a.jaro_winkler(b)), query_theirs);
        row("jaro_winkler_at_least(.88)", time(&texts, |(a, b)| jaro_winkler_at_least(a, b, 0.88)), theirs);
        let theirs = time(&pairs, |(a, b)| strsim::levenshtein(a, b));
        row("levenshtein", time(&texts, |(a, b)| levenshtein(a, b)), theirs);
        let query_theirs = time(&pairs[..256], |(a, b)| strsim::levenshtein(a, b));
        row("query.levenshtein", time(&queries, |(a, b)| a.levenshtein(b)), query_theirs);
        row("levenshtein_within(2)", time(&texts, |(a, b)| levenshtein_within(a, b, 2)), theirs);
        let theirs = time(&pairs, |(a, b)| strsim::osa_distance(a, b));
        row("optimal_string_alignment", time(&texts, |(a, b)| optimal_string_alignment(a, b)), theirs);
        row(
            "optimal_string_alignment_within(1)",
            time(&texts, |(a, b)| optimal_string_alignment_within(a, b, 1)),
            theirs,
        );
        let theirs = time(&pairs, |(a, b)| strsim::damerau_levenshtein(a, b));
        row("damerau_levenshtein", time(&texts, |(a, b)| damerau_levenshtein(a, b)), theirs);
        row(
            "damerau_levenshtein_within(2)",
            time(&texts, |(a, b)| damerau_levenshtein_within(a, b, 2)),
            theirs,
        );
        println!(
            "{set:22} {:36} {:8.1}",
            "Text::new, both",
            time(&pairs, |(a, b)| (Text::new(a), Text::new(b)))
        );
    }
}

fn comparators(c: &mut Criterion) {
    table();
    for (set, pairs) in sets().into_iter().take(3) {
        let texts: Vec<(Text, Text)> =
            pairs.iter().map(|(one, two)| (Text::new(one), Text::new(two))).collect();
        let mut group = c.benchmark_group(format!("jaro_winkler of {} pairs, {set}", pairs.len()));
        group.sample_size(20);
        group.bench_function("throughline", |b| {
            b.iter(|| texts.iter().map(|(one, two)| jaro_winkler(one, two)).sum::<f64>());
        });
        group.bench_function("strsim", |b| {
            b.iter(|| pairs.iter().map(|(one, two)| strsim::jaro_winkler(one, two)).sum::<f64>());
        });
        group.finish();
    }
}

criterion_group!(benches, comparators);
criterion_main!(benches);
