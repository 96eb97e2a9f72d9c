//! How long it takes to find the near copies among 100,000 texts, and which share of them is found.

use std::collections::BTreeSet;
use std::hint::black_box;
use std::time::Duration;

use criterion::Criterion;
use throughline::messaging::claims::claims;
use throughline::messaging::near_copy::{NearCopyIndex, compare, simhash64};

use crate::processor_time::{ProcessorTime, processor_time};

const TEXTS: usize = 100_000;
/// One text in so many is an edited copy of an earlier one.
const COPY: usize = 10;

/// Numbers that look random and are the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % end
    }
}

/// Posts of 20 to 80 words of five languages, common words often; one in ten an earlier one with up to three words
/// changed, whose similarity is around .9. Returns each copy with its original.
fn posts() -> (Vec<String>, Vec<(usize, usize)>) {
    let stems = ["sale", "کفش", "обувь", "נעליים", "حذاء"];
    let mut numbers = Numbers(7);
    let mut posts: Vec<Vec<String>> = Vec::with_capacity(TEXTS);
    let mut copies = Vec::new();
    for place in 0..TEXTS {
        if place % COPY == COPY - 1 {
            let original = numbers.below(place);
            let mut post = posts[original].clone();
            for _ in 0..numbers.below(4) {
                let at = numbers.below(post.len());
                post[at] = format!("edit{}", numbers.below(1_000));
            }
            posts.push(post);
            copies.push((original, place));
            continue;
        }
        let stem = stems[place % stems.len()];
        let words = 20 + numbers.below(61);
        // The product of two numbers is small often: common words.
        let word = |numbers: &mut Numbers| format!("{stem}{}", numbers.below(200) * numbers.below(200) / 20);
        posts.push((0..words).map(|_| word(&mut numbers)).collect());
    }
    (posts.into_iter().map(|words| words.join(" ")).collect(), copies)
}

pub fn near_copy(c: &mut Criterion<ProcessorTime>) {
    let (posts, copies) = posts();
    let start = processor_time();
    let index = NearCopyIndex::new(90, &posts);
    let built = processor_time() - start;
    let start = processor_time();
    let found = index.pairs(usize::MAX);
    let joined = processor_time() - start;
    let mut pairs: BTreeSet<(usize, usize)> = found.pairs.iter().map(|pair| (pair.a, pair.b)).collect();
    for group in &found.identical {
        pairs.extend(group.iter().skip(1).map(|later| (group[0], *later)));
    }
    let first = |place: usize| {
        found.identical.iter().find(|group| group.contains(&place)).map_or(place, |group| group[0])
    };
    let expected: Vec<(usize, usize)> = copies
        .iter()
        .filter(|(a, b)| {
            let compared = compare(&posts[*a], &posts[*b]);
            compared.inter * 10 >= compared.union * 9
        })
        .copied()
        .collect();
    let hits = expected
        .iter()
        .filter(|(a, b)| {
            let (one, two) = (first(*a), first(*b));
            one == two || pairs.contains(&(one.min(two), one.max(two)))
        })
        .count();
    println!(
        "{TEXTS} texts: built in {built:.2?}, all pairs at .9 in {joined:.2?}: {} pairs and {} groups, recall {hits} of {} planted",
        found.pairs.len(),
        found.identical.len(),
        expected.len(),
    );
    let mut group = c.benchmark_group("near copy");
    group.sample_size(20).measurement_time(Duration::from_secs(2));
    group.bench_function("one text against 100,000", |b| {
        b.iter(|| index.matches(black_box(&posts[TEXTS - 1])));
    });
    group.bench_function("a new text against 100,000", |b| {
        b.iter(|| {
            index.matches(black_box(
                "something else about our new shop in the old town, open from Monday to Friday",
            ))
        });
    });
    group.bench_function("compare two", |b| b.iter(|| compare(black_box(&posts[0]), black_box(&posts[5]))));
    group.bench_function("fingerprint", |b| b.iter(|| simhash64(black_box(&posts[0]))));
    group.bench_function("claims", |b| {
        b.iter(|| {
            claims(black_box(
                "قیمت ویژه: ۴۹٬۹۰۰ تومان، ۲۰٪ تخفیف with SPRING20, now only €49.90 until Sunday",
            ))
        });
    });
    group.finish();
}
