//! What one look-up costs in a price book of a million rows, with every loser explained.
//!
//! The products asked for come in an order without pattern, so that most look-ups find their rows outside the
//! processor's caches.

use std::hint::black_box;

use criterion::Criterion;
use throughline::cart::{Quantity, Sku};
use throughline::pricing::{
    Buyer, ChoicePolicy, Conditions, ListId, ListKind, Pieces, PriceBook, PriceEntry, PriceId, PriceList,
    PriceQuery, TierMode, TierStep, Tiers,
};

use crate::common::{euro, money, product};
use crate::processor_time::ProcessorTime;
use crate::processor_time::processor_time;

const PRODUCTS: usize = 125_000;
const ROWS_PER_PRODUCT: usize = 8;
const LISTS: usize = 40;
const GROUPS: [&str; 4] = ["gold", "مشتری ویژه", "постоянный", "לקוח"];

fn lists() -> Vec<PriceList> {
    (0..LISTS)
        .map(|n| {
            let kind = [ListKind::Base, ListKind::Override, ListKind::Sale][n % 3];
            let conditions = match n % 4 {
                0 => Conditions::none(),
                group => Conditions::none().and("group", [GROUPS[group]]).unwrap(),
            };
            PriceList {
                rank: n as u32,
                conditions,
                ..PriceList::new(ListId::parse(&format!("list-{n}")).unwrap(), kind)
            }
        })
        .collect()
}

/// Of every product: a price for all, two countries', two in lists, one by quantity, one with tiers, one of next year.
fn rows(of: usize) -> impl Iterator<Item = PriceEntry> {
    let price = |minor: usize| money(1000 + minor as i64);
    (0..ROWS_PER_PRODUCT).map(move |n| {
        let id = PriceId::parse(&format!("price-{of:07}-{n}")).unwrap();
        let plain = PriceEntry::always(id, product(of), price(n * 7 % 5));
        let country = |code: &str| Conditions::none().and("country", [code]).unwrap();
        match n {
            1 => PriceEntry { conditions: country("DE"), ..plain },
            2 => PriceEntry { conditions: country("IR"), ..plain },
            3 | 4 => {
                let list = ListId::parse(&format!("list-{}", (of * 7 + n) % LISTS)).unwrap();
                PriceEntry { list: Some(list), ..plain }
            }
            5 => PriceEntry { min_quantity: Some(Quantity::new(10).unwrap()), ..plain },
            6 => {
                let step =
                    |from, minor| TierStep { from: Quantity::new(from).unwrap(), unit_price: price(minor) };
                let tiers = Tiers::new(TierMode::Graduated, [step(5, 90), step(10, 80)]).unwrap();
                PriceEntry { tiers: Some(tiers), ..plain }
            }
            7 => PriceEntry { from: Some("2027-01-01T00:00:00Z".parse().unwrap()), ..plain },
            _ => plain,
        }
    })
}

/// The resident size of this process in bytes, where the system tells.
fn resident() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split(' ').nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

pub fn look_ups(c: &mut Criterion<ProcessorTime>) {
    let empty = resident();
    let entries: Vec<PriceEntry> = (0..PRODUCTS).flat_map(rows).collect();
    let loaded = resident();
    let start = processor_time();
    let book = PriceBook::with_lists("bench", lists(), entries).unwrap();
    let took = processor_time() - start;
    let indexed = resident();
    println!("{} rows built in {took:?}", book.entries().len());
    if let (Some(empty), Some(loaded), Some(indexed)) = (empty, loaded, indexed) {
        let mib = |bytes: usize| bytes / (1024 * 1024);
        println!("resident: entries {} MiB, with index {} MiB", mib(loaded - empty), mib(indexed - empty));
    }

    let buyer = Buyer::anonymous()
        .with_group(GROUPS[1])
        .unwrap()
        .with_group(GROUPS[2])
        .unwrap()
        .with_fact("country", "IR");
    let buyer = buyer.unwrap();
    let at = "2026-06-01T12:00:00Z".parse().unwrap();
    // A step that shares no factor with the number of products visits them all, far from one another.
    let asked: Vec<Sku> = (0..PRODUCTS).map(|n| product(n * 48_271 % PRODUCTS)).collect();
    let pieces = Pieces::line(Quantity::new(7).unwrap());
    let mut next = 0;
    let mut query = || {
        next = (next + 1) % PRODUCTS;
        PriceQuery { sku: &asked[next], currency: euro().currency(), pieces, at }
    };
    for (name, policy) in [
        ("layered", ChoicePolicy::layered()),
        ("specificity", ChoicePolicy::specificity(["group", "country"]).unwrap()),
        ("rules_count", ChoicePolicy::rules_count()),
    ] {
        let view = book.seen_by(&buyer, &policy);
        c.bench_function(&format!("look-up of 1,000,000 rows, {name}, prepared buyer"), |b| {
            b.iter(|| black_box(view.choose(&query())));
        });
        c.bench_function(&format!("look-up of 1,000,000 rows, {name}, new buyer"), |b| {
            b.iter(|| black_box(book.choose(&query(), black_box(&buyer), &policy)));
        });
    }
}
