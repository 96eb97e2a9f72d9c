//! What stock costs: availability over 500 locations and 100 products, routing over 12 and 30, promises, reservations.
//!
//! `cargo bench --bench stock` tells processor time, not time on the clock, for all of it runs on one thread.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "a benchmark may stop at a failure"
)]

use std::collections::BTreeMap;
use std::hint::black_box;
use std::sync::Arc;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use processor_time::ProcessorTime;
use throughline::calendar::Zones;
use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, FixedClock, Hub, Rules};
use throughline::stock::availability::{
    Assortment, ChannelRules, ConfidenceRules, Count, Dated, Level, Network, SafetyRules,
};
use throughline::stock::promise::{Carrier, Destination, PickupRules, Way, deliver, pickup};
use throughline::stock::reservation::{Line, Shelf, StockAct, StockChange, Terms, Ticket, Yield, act};
use throughline::stock::routing::{RouteRequest, RouteSettings, Routed, Supplier, route};
use throughline::stock::{LocationId, Place, ReservationKey};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, TimeDelta, Utc};

#[path = "common/processor_time.rs"]
mod processor_time;

fn now() -> DateTime<Utc> {
    "2026-03-20T09:00:00Z".parse().unwrap()
}

/// The same throws every time.
struct Dice(u32);

impl Dice {
    fn below(&mut self, most: u32) -> u32 {
        self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.0 >> 8) % most
    }
}

fn location(at: usize) -> LocationId {
    LocationId::parse(&format!("shop-{at:03}")).unwrap()
}

fn sku(at: usize) -> Sku {
    Sku::parse(&format!("SKU-{at:04}")).unwrap()
}

fn availability(c: &mut Criterion<ProcessorTime>) {
    let mut dice = Dice(1);
    let mut levels = Vec::new();
    for product in 0..100 {
        for at in 0..500 {
            let supply = if dice.below(10) == 0 {
                vec![Dated { at: now() + TimeDelta::days(i64::from(dice.below(9))), units: 5 }]
            } else {
                Vec::new()
            };
            let (on_hand, reserved) = (dice.below(30), dice.below(4));
            levels.push((
                Place::new(location(at), sku(product)),
                Level { on_hand, reserved, supply, ..Level::default() },
            ));
        }
    }
    let network = Network { threshold: 10, ..Network::default() };
    let assortment = Assortment::new(levels, &SafetyRules::default(), None, &network).unwrap();
    let rules: ChannelRules =
        serde_json::from_str(r#"{"till": {"reserve": 1}, "marketplace": {"share": 4000}}"#).unwrap();
    let at = now() + TimeDelta::days(4);
    c.bench_function("availability of 100 products in 500 locations for one channel", |b| {
        b.iter(|| black_box(&assortment).view(&rules, Some(&Channel::Web), at));
    });
    let confidence = ConfidenceRules::retail();
    let count = Count { leaves_per_day_milli: 700, picks: 90, not_found: 4, ..Count::new(12, now()) };
    c.bench_function("how many of 12 counted four days ago are there", |b| {
        b.iter(|| black_box(&count).estimate(at, &confidence));
    });
}

fn routing(c: &mut Criterion<ProcessorTime>) {
    let question = |locations: usize, products: usize, chance: u32, seed: u32| {
        let mut dice = Dice(seed);
        let mut suppliers = Vec::new();
        for at in 0..locations {
            let mut stock = BTreeMap::new();
            for product in 0..products {
                if dice.below(100) < chance {
                    stock.insert(sku(product), 1 + dice.below(4));
                }
            }
            suppliers.push(Supplier {
                location: location(at),
                stock,
                shipping: u64::from(390 + dice.below(300)),
                handling: u64::from(20 + dice.below(30)),
                markdown: (0..products).map(|product| (sku(product), u64::from(dice.below(200)))).collect(),
                arrives: None,
                load: dice.below(50),
            });
        }
        let demand = (0..products).map(|product| (sku(product), 1 + dice.below(3))).collect();
        RouteRequest { demand, suppliers, promised: None }
    };
    // The hardest of a hundred questions that can be answered at all.
    for (locations, products, chance) in [(12, 30, 55), (12, 30, 75), (100, 30, 30)] {
        let hardest = (0..100)
            .filter_map(|seed| {
                let request = question(locations, products, chance, seed);
                match route(&request, &RouteSettings::default()).unwrap() {
                    Routed::Routed(answer) => Some((answer.steps, answer.exact, request)),
                    Routed::CannotFulfil(_) => None,
                }
            })
            .max_by_key(|(steps, ..)| *steps);
        let (steps, exact, request) = hardest.unwrap();
        let name = format!(
            "route of {products} products, {locations} locations, {chance} % in stock ({steps} steps, exact: {exact})"
        );
        c.bench_function(&name, |b| {
            b.iter(|| route(black_box(&request), &RouteSettings::default()).unwrap());
        });
    }
}

fn promises(c: &mut Criterion<ProcessorTime>) {
    let tehran = Zones::bundled().named("Asia/Tehran").unwrap();
    let berlin = Zones::bundled().named("Europe/Berlin").unwrap();
    let days = |days: &[&str], start: &str, end: &str| {
        let one = |day: &&str| format!(r#"{{"from": ["{day}", "{start}"], "to": ["{day}", "{end}"]}}"#);
        let exceptions = (1..=12).map(|month| format!(r#""2026-{month:02}-21": "closed""#));
        format!(
            r#"{{"windows": [{}], "exceptions": {{{}}}}}"#,
            days.iter().map(one).collect::<Vec<_>>().join(","),
            exceptions.collect::<Vec<_>>().join(",")
        )
    };
    let shop = days(&["sat", "sun", "mon", "tue", "wed", "thu"], "09:00", "20:00");
    let rules: PickupRules = serde_json::from_str(&format!(
        r#"{{"hours": {shop}, "prep_minutes": 90, "work_cutoff": "18:30", "pickup_cutoff": "19:30"}}"#
    ))
    .unwrap();
    // Thursday evening after the cut-off; Friday is closed, the day after is a holiday.
    let late: DateTime<Utc> = "2026-11-19T15:30:00Z".parse().unwrap();
    c.bench_function("promise of collection, after the cut-off, before two closed days", |b| {
        b.iter(|| pickup(black_box(&rules), &tehran, late).unwrap());
    });
    let week = days(&["mon", "tue", "wed", "thu", "fri"], "08:00", "18:00");
    let store: PickupRules =
        serde_json::from_str(&format!(r#"{{"hours": {week}, "prep_minutes": 90}}"#)).unwrap();
    let carrier: Carrier = serde_json::from_str(&format!(
        r#"{{"service": "post", "works": {week}, "collects": ["12:00", "17:00"], "transit": {{"days": 2}},
            "delivers": ["08:00", "16:00"]}}"#
    ))
    .unwrap();
    let point = serde_json::from_str(&week).unwrap();
    let to = Destination { way: Way::PickupPoint, zone: &berlin, hours: Some(&point), keep_days: 7 };
    c.bench_function("promise of delivery to a pick-up point over a weekend", |b| {
        b.iter(|| {
            deliver(black_box(&store), &berlin, &carrier, &to, "2026-11-19T16:30:00Z".parse().unwrap())
                .unwrap()
        });
    });
}

fn reservations(c: &mut Criterion<ProcessorTime>) {
    let lines: Vec<Line> = (0..5).map(|at| Line::new(Place::new(location(at), sku(at)), 2)).collect();
    let shelves: BTreeMap<Place, Shelf> =
        lines.iter().map(|line| (line.place.clone(), Shelf::new(1_000_000, now()))).collect();
    let reserve = StockAct::Reserve {
        lines: lines.clone(),
        until: Some(now() + TimeDelta::minutes(10)),
        backorder: false,
    };
    c.bench_function("reserve five lines", |b| {
        b.iter_batched(
            || (Ticket::default(), shelves.clone()),
            |(mut ticket, mut shelves)| {
                let outcome = act("cart", &reserve, &mut ticket, &mut shelves, &Terms::default(), now());
                (outcome, ticket, shelves)
            },
            BatchSize::SmallInput,
        );
    });
    let clock = Arc::new(FixedClock::at(now()));
    let rules = Rules::retail(b"a secret of the benchmark");
    let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock).unwrap();
    for line in &lines {
        let count = StockChange::Count { units: u32::MAX, at: now(), source: Default::default() };
        let command = CommandKey::new(line.place.location.as_str());
        assert!(hub.change_stock(&command, &line.place, &count, Yield::Refuse).unwrap().is_changed());
    }
    let mut order = 0_u32;
    c.bench_function("reserve five lines and commit them, in the hub over memory", |b| {
        b.iter(|| {
            order += 1;
            let key = ReservationKey::parse(&order.to_string()).unwrap();
            assert!(hub.act_on_stock(&key, &reserve, &Terms::default()).unwrap().is_accepted());
            assert!(hub.act_on_stock(&key, &StockAct::Commit, &Terms::default()).unwrap().is_accepted());
        });
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = availability, routing, promises, reservations
}
criterion_main!(benches);
