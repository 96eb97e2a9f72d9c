//! Our side of the comparison with Medusa: writes the carts and promotions that both compute, and times ours.
//!
//! `cargo bench --bench peer_medusa` prints one line of JSON for each cart; with `-- CARTS.json` it also writes the carts
//! for `medusa.mjs`. See `run.sh`.
#![allow(
    missing_docs,
    unreachable_pub,
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark may stop at a failure, and says what it measured"
)]

use std::hint::black_box;
use std::time::Duration;

use serde_json::json;
use throughline::cart::Quantity;
use throughline::money::Ratio;
use throughline::pricing::promotion::{
    Action, Allocation, Basket, BasketLine, BuyGet, Condition, Off, Pick, Promotion, PromotionFacts,
    PromotionId, PromotionRules, Promotions, Selection, apply,
};

#[path = "../../pricing/common.rs"]
mod common;
#[allow(dead_code, reason = "shared with the benchmarks, which measure by it")]
#[path = "../../common/processor_time.rs"]
mod processor_time;
use common::{euro, money, product};
use processor_time::processor_time;

struct Comparison {
    name: &'static str,
    basket: Basket,
    promotions: Promotions,
}

/// Prices whose percentages are whole cents, since Medusa keeps fractions of a cent and we do not.
fn basket(lines: usize, quantity: u32) -> Basket {
    let line = |place: usize| {
        let quantity = quantity + u32::try_from(place % 3).unwrap();
        let brands = lines.min(60) / 5;
        BasketLine {
            sku: product(place),
            tags: [
                format!("brand-{}", place % brands.max(1)),
                format!("season-{}", place / 2 % brands.max(1)),
            ]
            .into(),
            quantity: Quantity::new(quantity).unwrap(),
            amount: money(2_000 * (1 + i64::try_from(place).unwrap() % 7) * i64::from(quantity)),
            floor: None,
        }
    };
    Basket { unit: euro(), lines: (0..lines).map(line).collect(), delivery: Some(money(490)) }
}

fn buy_get(trigger: Selection, reward: Selection, most: u32) -> Action {
    Action::BuyGet(BuyGet {
        trigger,
        trigger_quantity: 2,
        reward,
        reward_quantity: 1,
        off: Off::Percent(Ratio::basis_points(5_000)),
        pick: Pick::Cheapest,
        max_times: Some(most),
        share_with_triggers: false,
    })
}

fn percent(points: i32, of: Selection) -> Action {
    Action::Percent { off: Ratio::basis_points(points), of, allocation: Allocation::EachLine }
}

fn off_each_unit(cents: i64, of: Selection) -> Action {
    Action::Amount { off: money(cents), of, allocation: Allocation::EachUnit { most_units: None } }
}

fn off_all(cents: i64) -> Action {
    Action::Amount { off: money(cents), of: Selection::Everything, allocation: Allocation::Across }
}

/// In the order in which Medusa takes them: buy-get first, then by the number of the percentage or amount, downwards.
fn promotions(actions: impl IntoIterator<Item = Action>) -> Promotions {
    let promotion = |(place, action): (usize, Action)| {
        let id = PromotionId::parse(&format!("promotion-{place}")).unwrap();
        let mut promotion = Promotion::new(id, action);
        if place % 3 == 1 {
            promotion.conditions.push(Condition::subtotal(money(1_000)));
        }
        promotion
    };
    Promotions::new("peer", actions.into_iter().enumerate().map(promotion)).unwrap()
}

fn of_20() -> Promotions {
    let tag = |name: &str| Selection::tag(name);
    promotions([
        buy_get(Selection::Sku(product(1)), Selection::Sku(product(3)), 1),
        percent(1_000, tag("brand-0")),
        percent(500, tag("season-1")),
        off_all(300),
        Action::free_delivery(),
    ])
}

fn of_100() -> Promotions {
    let offers = (0..8).map(|n| buy_get(Selection::Sku(product(20 + n)), Selection::Sku(product(60 + n)), 1));
    let brands = (0..12).map(|n| percent(1_000, Selection::tag(format!("brand-{n}"))));
    let seasons = (0..12).map(|n| percent(500, Selection::tag(format!("season-{n}"))));
    let units = (0..12).map(|n| off_each_unit(200 - 10 * n, Selection::tag(format!("brand-{n}"))));
    let all = (0..5).map(|n| off_all(80 - 10 * n));
    promotions(offers.chain(brands).chain(seasons).chain(units).chain(all).chain([Action::free_delivery()]))
}

/// Buy two, get a third at half price, as often as the units suffice.
fn of_one(quantity: u32) -> Comparison {
    let name = if quantity == 10 { "1 line of 10 units, 1 offer" } else { "1 line of 2,900 units, 1 offer" };
    let offer = buy_get(Selection::Sku(product(0)), Selection::Sku(product(0)), quantity);
    Comparison { name, basket: basket(1, quantity), promotions: promotions([offer]) }
}

fn comparisons() -> [Comparison; 4] {
    [
        Comparison { name: "20 lines, 5 promotions", basket: basket(20, 2), promotions: of_20() },
        Comparison { name: "100 lines, 50 promotions", basket: basket(100, 2), promotions: of_100() },
        of_one(10),
        of_one(2_900),
    ]
}

fn main() {
    let comparisons = comparisons();
    if let Some(path) = std::env::args().skip(1).find(|argument| !argument.starts_with('-')) {
        let carts = comparisons.iter().map(|one| {
            json!({
                "name": one.name, "lines": one.basket.lines, "delivery": one.basket.delivery,
                "promotions": one.promotions.list(),
            })
        });
        std::fs::write(path, serde_json::to_vec(&carts.collect::<Vec<_>>()).unwrap()).unwrap();
    }
    let (facts, rules) = (PromotionFacts::default(), PromotionRules::default());
    let now = "2026-03-20T12:00:00Z".parse().unwrap();
    for Comparison { name, basket, promotions } in &comparisons {
        let once = || apply(black_box(promotions), black_box(basket), &facts, &rules, now).unwrap();
        let outcome = once();
        let off: serde_json::Map<_, _> =
            outcome.applied.iter().map(|one| (one.promotion.to_string(), one.total.minor().into())).collect();
        let (mut calls, mut start) = (0_u32, processor_time());
        let mut warm = false;
        let spent = loop {
            for _ in 0..100 {
                black_box(once());
            }
            calls += 100;
            let spent = processor_time() - start;
            if !warm && spent > Duration::from_millis(300) {
                (warm, calls, start) = (true, 0, processor_time());
            } else if warm && spent > Duration::from_secs(1) {
                break spent;
            }
        };
        let microseconds = spent.as_secs_f64() * 1e6 / f64::from(calls);
        println!("{}", json!({ "cart": name, "microseconds": microseconds, "calls": calls, "off": off }));
    }
}
