//! The stages of customers: rules as data, times of entry and exit.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeSet;

use proptest::prelude::*;
use throughline::event::OrderKey;
use throughline::journey::Touchpoint;
use throughline::journey::stages::{Move, Stage, StageCounts, StageRule, StageRules, Stay, StayEnd, stages};
use throughline::time::from_millis;

const DAY: i64 = 86_400_000;

fn orders(times: &[i64]) -> Vec<OrderKey> {
    let key = |(number, &at): (usize, &i64)| OrderKey {
        time: from_millis(at),
        sequence: None,
        id: format!("e{number:03}").into(),
    };
    times.iter().enumerate().map(key).collect()
}

fn told(history: &[(i64, &str)], rules: &StageRules) -> Vec<Stay> {
    let orders = orders(&history.iter().map(|(at, _)| *at).collect::<Vec<_>>());
    let touchpoints: Vec<Touchpoint<'_>> =
        orders.iter().zip(history).map(|(order, (_, name))| Touchpoint::new(order, "web", name)).collect();
    stages(&touchpoints, rules)
}

#[test]
fn a_customer_goes_from_awareness_to_loyalty() {
    use Stage::{Awareness, Consideration, Loyalty, Purchase, Service};
    // Before 1970, at the epoch, and after.
    let history = [
        (-5, "Nava"),
        (-4, "Products Searched"),
        (-3, "Nava"),
        (-2, "Call Answered"),
        (0, "Order Completed"),
        (1, "Product Viewed"),
        (2, "Call Answered"),
        (3, "Order Completed"),
        (4, "Call Answered"),
        (5, "Order Refunded"),
        (6, "Product Reviewed"),
    ];
    let stays = told(&history, &StageRules::retail());
    let short: Vec<(Stage, i64, Option<i64>, u32)> = stays
        .iter()
        .map(|stay| {
            let millis = |at: throughline::time::DateTime<_>| at.timestamp_millis();
            (stay.stage, millis(stay.entered), stay.exited.map(millis), stay.touchpoints)
        })
        .collect();
    assert_eq!(
        short,
        [
            (Awareness, -5, Some(-4), 1),
            // A page seen again and a call before the order belong to it.
            (Consideration, -4, Some(0), 3),
            (Purchase, 0, Some(2), 2),
            (Service, 2, Some(3), 1),
            (Loyalty, 3, Some(5), 2),
            (Service, 5, Some(6), 1),
            (Loyalty, 6, None, 1),
        ]
    );
    assert_eq!((stays[6].end, stays[5].end, &*stays[3].by), (StayEnd::Open, StayEnd::Moved, "e006"));
}

#[test]
fn walking_through_the_shop_is_shopping_and_no_service() {
    let history =
        [(0, "Nava"), (1, "Zone Entered"), (2, "Order Completed"), (3, "Zone Entered"), (4, "Chat Started")];
    let stays = told(&history, &StageRules::retail());
    let stages: Vec<_> = stays.iter().map(|stay| (stay.stage, stay.touchpoints)).collect();
    let expected =
        [(Stage::Awareness, 1), (Stage::Consideration, 1), (Stage::Purchase, 2), (Stage::Service, 1)];
    assert_eq!(stages, expected);
}

#[test]
fn who_was_away_begins_anew() {
    let history = [
        (0, "Order Completed"),
        (365 * DAY, "Nava"),
        (731 * DAY, "Product Viewed"),
        (732 * DAY, "Call Answered"),
    ];
    let stays = told(&history, &StageRules::retail());
    let stage_and_end: Vec<_> = stays.iter().map(|stay| (stay.stage, stay.end, stay.exited)).collect();
    assert_eq!(
        stage_and_end,
        [
            (Stage::Purchase, StayEnd::Left, Some(from_millis(365 * DAY))),
            // The call is no service: the order was in another life.
            (Stage::Consideration, StayEnd::Open, None),
        ]
    );
    let for_ever = StageRules { left_after_days: None, ..StageRules::retail() };
    assert_eq!(told(&history, &for_ever).last().unwrap().stage, Stage::Service);
}

#[test]
fn rules_look_at_names_and_channels_in_every_script_and_travel_as_data() {
    let till = StageRule {
        channels: BTreeSet::from(["فروشگاه".into()]),
        ..StageRule::new(Stage::Purchase, ["خرید", "покупка"])
    };
    let rules = StageRules { rules: vec![till], left_after_days: None };
    let orders = orders(&[0, 1, 2]);
    let touchpoints = [
        Touchpoint::new(&orders[0], "web", "خرید"),
        Touchpoint::new(&orders[1], "فروشگاه", "קנייה"),
        Touchpoint::new(&orders[2], "فروشگاه", "покупка"),
    ];
    let stays = stages(&touchpoints, &rules);
    assert_eq!((stays.len(), stays[0].entered), (1, from_millis(2)));
    let text = serde_json::to_string(&StageRules::retail()).unwrap();
    assert_eq!(serde_json::from_str::<StageRules>(&text).unwrap(), StageRules::retail());
    let stay = serde_json::to_string(&stays[0]).unwrap();
    assert_eq!(serde_json::from_str::<Stay>(&stay).unwrap(), stays[0]);
    assert!(serde_json::from_str::<StageRules>(r#"{"rules":[],"unknown":1}"#).is_err());
    assert!(!format!("{stays:?}").contains("فروشگاه"));
}

#[test]
fn many_customers_are_counted() {
    let mut counts = StageCounts::new(StageRules::retail());
    for wait in [10, 30, 20, 40] {
        let orders = orders(&[0, wait, wait + 5]);
        let names = ["Product Viewed", "Order Completed", "Order Completed"];
        let all: Vec<_> =
            orders.iter().zip(names).map(|(order, name)| Touchpoint::new(order, "app", name)).collect();
        counts.add(&all);
    }
    counts.add(&[]);
    let report = counts.finish();
    assert_eq!(report.customers, 5);
    let consideration = &report.stages[1];
    assert_eq!((consideration.customers, consideration.stays, consideration.median_millis), (4, 4, Some(20)));
    assert_eq!((report.stages[4].open, report.stages[0].customers), (4, 0));
    let moves = [
        Move { from: Stage::Consideration, to: Stage::Purchase, count: 4 },
        Move { from: Stage::Purchase, to: Stage::Loyalty, count: 4 },
    ];
    assert_eq!(report.moves, moves);
}

#[test]
fn ten_thousand_events_in_one_second() {
    let orders = orders(&(0..10_000).map(|number| number / 10).collect::<Vec<_>>());
    let names = ["Product Viewed", "Order Completed", "Order Refunded"];
    let all: Vec<_> = orders
        .iter()
        .enumerate()
        .map(|(place, order)| Touchpoint::new(order, "web", names[place % 3]))
        .collect();
    let touched: u32 = stages(&all, &StageRules::retail()).iter().map(|stay| stay.touchpoints).sum();
    assert_eq!(touched, 10_000);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]
    #[test]
    fn stays_follow_one_another_and_hold_every_touchpoint(
        history in prop::collection::vec((-9_i64..9, 0..6_usize), 0..14),
        shuffle in any::<prop::sample::Index>(),
        days in prop::option::of(1..9_u32),
    ) {
        let names = ["Nava", "Product Viewed", "Order Completed", "Call Answered", "Product Reviewed", "Order Refunded"];
        let rules = StageRules { left_after_days: days, ..StageRules::retail() };
        let orders = orders(&history.iter().map(|(day, _)| day * DAY).collect::<Vec<_>>());
        let mut all: Vec<Touchpoint<'_>> =
            orders.iter().zip(&history).map(|(order, (_, name))| Touchpoint::new(order, "web", names[*name])).collect();
        let stays = stages(&all, &rules);
        prop_assert_eq!(stays.iter().map(|stay| stay.touchpoints as usize).sum::<usize>(), history.len());
        for pair in stays.windows(2) {
            prop_assert!(pair[0].exited.unwrap() <= pair[1].entered);
            if pair[0].end == StayEnd::Moved {
                prop_assert!(pair[0].exited == Some(pair[1].entered) && pair[0].stage != pair[1].stage);
            }
        }
        if !all.is_empty() {
            let place = shuffle.index(all.len());
            all.rotate_left(place);
            let again = all[0];
            all.push(again);
        }
        prop_assert_eq!(stages(&all, &rules), stays);
    }
}
