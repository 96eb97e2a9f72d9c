//! How long it takes to find the text for a reader, and the plural form.

use std::hint::black_box;

use criterion::Criterion;
use throughline::locale::{AvailableLocales, Locale, Plurals, Requested, lookup};

use crate::processor_time::ProcessorTime;

pub fn locale(c: &mut Criterion<ProcessorTime>) {
    let locales = |tags: &[&str]| -> Vec<Locale> { tags.iter().map(|tag| tag.parse().unwrap()).collect() };
    let there = locales(&["en", "fa", "ar", "he", "ru", "tr", "es-419", "es", "zh", "zh-Hant"]);
    let asked = locales(&["de-AT", "es-MX"]);
    let default = there[0].clone();
    let prepared = AvailableLocales::new(there.clone());
    let (requested, english) = (Requested::new(&asked), Requested::new([&default]));
    let mut group = c.benchmark_group("locale");
    group.bench_function("parse", |b| b.iter(|| black_box("zh_TW").parse::<Locale>()));
    group.bench_function("lookup", |b| b.iter(|| lookup(black_box(&asked), &there, &default)));
    group.bench_function("lookup, prepared", |b| {
        b.iter(|| prepared.position(black_box(&requested), &english));
    });
    let arabic = Plurals::new(&there[2]);
    group.bench_function("plural", |b| b.iter(|| arabic.category_of(black_box(11))));
    group.bench_function("plural of a text", |b| b.iter(|| arabic.category(black_box("۱۱"))));
    group.finish();
}
