//! How long promotions take on one basket, fully explained.

use std::collections::BTreeSet;
use std::hint::black_box;

use criterion::Criterion;
use throughline::cart::Quantity;
use throughline::money::Ratio;
use throughline::pricing::promotion::{
    Action, Allocation, Basket, BasketLine, Bundle, BundlePart, BuyGet, Condition, GroupId, GroupMode, Off,
    Phase, Pick, Promotion, PromotionFacts, PromotionGroup, PromotionId, PromotionRules, Promotions,
    Selection, TakeMorePayFewer, apply,
};

use crate::common::{euro, money, product};
use crate::processor_time::ProcessorTime;

pub const TAGS: [&str; 5] = ["کفش", "حذاء", "נעליים", "обувь", "shoes"];

fn basket(lines: u32, quantity: u32) -> Basket {
    let lines = (0..lines).map(|place| {
        let tags = [TAGS[place as usize % 5], TAGS[(place as usize / 5) % 5]];
        BasketLine {
            sku: product(place as usize),
            tags: tags.into_iter().map(str::to_owned).collect::<BTreeSet<_>>(),
            quantity: Quantity::new(quantity + place % 3).unwrap(),
            amount: money((1_999 + 137 * i64::from(place)) * i64::from(quantity + place % 3)),
            floor: (place % 10 == 0).then(|| money(500)),
        }
    });
    Basket { unit: euro(), lines: lines.collect(), delivery: Some(money(490)) }
}

/// Seven kinds in turn: percentages by line and across, an amount, buy-get, a bundle, three for two, delivery.
fn promotion(place: usize) -> Promotion {
    let tag = || Selection::tag(TAGS[place % 5]);
    let action = match place % 7 {
        0 => Action::Percent { off: Ratio::basis_points(500), of: tag(), allocation: Allocation::EachLine },
        1 => Action::Amount { off: money(300), of: Selection::Everything, allocation: Allocation::Across },
        2 => Action::BuyGet(BuyGet {
            trigger: tag(),
            trigger_quantity: 2,
            reward: Selection::tag(TAGS[(place + 1) % 5]),
            reward_quantity: 1,
            off: Off::Percent(Ratio::basis_points(5_000)),
            pick: Pick::Cheapest,
            max_times: Some(2),
            share_with_triggers: true,
        }),
        3 => Action::Percent {
            off: Ratio::basis_points(200),
            of: Selection::Everything,
            allocation: Allocation::Across,
        },
        4 => Action::free_delivery(),
        5 => Action::Bundle(Bundle {
            parts: vec![BundlePart { of: tag(), quantity: 3 }],
            off: Off::Percent(Ratio::basis_points(1_000)),
            pick: Pick::Dearest,
            max_times: Some(3),
        }),
        _ => Action::TakeMorePayFewer(TakeMorePayFewer {
            of: tag(),
            take: 3,
            pay: 2,
            pick: Pick::Cheapest,
            max_times: Some(1),
            share_over_set: false,
        }),
    };
    let mut promotion = Promotion::new(PromotionId::parse(&format!("promotion-{place}")).unwrap(), action);
    if place.is_multiple_of(3) {
        promotion.conditions.push(Condition::subtotal(money(5_000)));
    }
    promotion
}

pub fn set(count: usize) -> Promotions {
    Promotions::new("bench", (0..count).map(promotion)).unwrap()
}

fn best_of(count: usize) -> Promotions {
    let group = GroupId::parse("best").unwrap();
    let groups = [PromotionGroup { id: group.clone(), phase: Phase::Line, mode: GroupMode::BestOf }];
    let all = (0..).map(promotion).filter(|one| one.phase == Phase::Line).take(count);
    let all = all.map(|one| Promotion { group: Some(group.clone()), ..one });
    Promotions::with_groups("bench", groups, all).unwrap()
}

pub fn promotions(c: &mut Criterion<ProcessorTime>) {
    let now = "2026-03-20T12:00:00Z".parse().unwrap();
    let (facts, rules) = (PromotionFacts::default(), PromotionRules::default());
    let mut group = c.benchmark_group("promotions");
    for (name, promotions, basket) in [
        ("20 lines, 5 promotions", set(5), basket(20, 2)),
        ("100 lines, 50 promotions", set(50), basket(100, 2)),
        ("1 line of 10 units, 7 promotions", set(7), basket(1, 10)),
        ("1 line of 10,000 units, 7 promotions", set(7), basket(1, 10_000)),
        ("1 line of 1,000,000 units, 7 promotions", set(7), basket(1, 1_000_000)),
        ("20 lines, best of 5", best_of(5), basket(20, 2)),
        ("20 lines, best of 12", best_of(12), basket(20, 2)),
        ("100 lines, best of 12", best_of(12), basket(100, 2)),
    ] {
        group.bench_function(name, |b| {
            b.iter(|| apply(black_box(&promotions), black_box(&basket), &facts, &rules, now).unwrap());
        });
    }
    group.finish();
}
