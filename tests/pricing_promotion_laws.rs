//! Laws of promotions over random baskets, and slow models that the bands and the exact search must equal.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a failure")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::cart::{Quantity, Sku};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use throughline::pricing::promotion::{
    Action, Allocation, Base, Basket, BasketLine, Bundle, BundlePart, BuyGet, Combination, Condition,
    Exclusive, Gift, GroupId, GroupMode, Off, Phase, Pick, Promotion, PromotionFacts, PromotionGroup,
    PromotionId, PromotionOutcome, PromotionRules, Promotions, RoundOn, Search, Selection, TakeMorePayFewer,
    apply,
};

const TAGS: [&str; 4] = ["کفش", "حذاء", "נעליים", "обувь"];

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

fn id(text: &str) -> PromotionId {
    PromotionId::parse(text).unwrap()
}

fn line(sku: usize, tags: &[usize], quantity: u32, amount: i64, floor: Option<i64>) -> BasketLine {
    BasketLine {
        sku: Sku::parse(&format!("s{sku}")).unwrap(),
        tags: tags.iter().map(|&tag| TAGS[tag].to_owned()).collect(),
        quantity: Quantity::new(quantity).unwrap(),
        amount: money(amount),
        floor: floor.map(money),
    }
}

fn basket(lines: Vec<BasketLine>, delivery: Option<i64>) -> Basket {
    Basket { unit: euro(), lines, delivery: delivery.map(money) }
}

fn run(
    mode: GroupMode,
    promotions: &[Promotion],
    basket: &Basket,
    facts: &PromotionFacts,
    rules: &PromotionRules,
) -> PromotionOutcome {
    let groups = Phase::ALL.map(|phase| PromotionGroup {
        id: GroupId::parse(&format!("{phase:?}")).unwrap(),
        phase,
        mode,
    });
    let grouped = promotions.iter().cloned().map(|mut promotion| {
        promotion.group = Some(GroupId::parse(&format!("{:?}", promotion.phase)).unwrap());
        promotion
    });
    let set = Promotions::with_groups("laws", groups, grouped).unwrap();
    apply(&set, basket, facts, rules, "2026-03-20T12:00:00Z".parse().unwrap()).unwrap()
}

fn plain(mode: GroupMode, promotions: &[Promotion], basket: &Basket) -> PromotionOutcome {
    run(mode, promotions, basket, &PromotionFacts::default(), &PromotionRules::default())
}

fn selection() -> impl Strategy<Value = Selection> {
    let leaf = prop_oneof![
        3 => Just(Selection::Everything),
        4 => (0..TAGS.len()).prop_map(|tag| Selection::tag(TAGS[tag])),
        1 => (0..6_usize).prop_map(|sku| Selection::Sku(Sku::parse(&format!("s{sku}")).unwrap())),
    ];
    prop_oneof![
        4 => leaf.clone(),
        1 => (leaf.clone(), leaf.clone()).prop_map(|(a, b)| Selection::AnyOf(vec![a, b])),
        1 => (0..TAGS.len()).prop_map(|tag| Selection::Everything.but_not(Selection::tag(TAGS[tag]))),
    ]
}

fn pick() -> impl Strategy<Value = Pick> {
    prop_oneof![Just(Pick::Cheapest), Just(Pick::Dearest)]
}

fn off() -> impl Strategy<Value = Off> {
    prop_oneof![
        (1..=10_000_i32).prop_map(|points| Off::Percent(Ratio::basis_points(points))),
        (1..3_000_i64).prop_map(|minor| Off::Amount(money(minor))),
        (0..3_000_i64).prop_map(|minor| Off::Price(money(minor))),
    ]
}

fn allocation() -> impl Strategy<Value = Allocation> {
    prop_oneof![
        proptest::option::of(1..4_u32).prop_map(|most_units| Allocation::EachUnit { most_units }),
        Just(Allocation::EachLine),
        Just(Allocation::Across),
        (1..6_u32, pick()).prop_map(|(units, pick)| Allocation::Once { units, pick }),
    ]
}

fn action() -> impl Strategy<Value = Action> {
    let times = || proptest::option::of(1..4_u32);
    prop_oneof![
        4 => (1..=10_000_i32, selection(), allocation())
            .prop_map(|(points, of, allocation)| Action::Percent { off: Ratio::basis_points(points), of, allocation }),
        4 => (1..4_000_i64, selection(), allocation())
            .prop_map(|(minor, of, allocation)| Action::Amount { off: money(minor), of, allocation }),
        1 => (0..2_000_i64, selection()).prop_map(|(minor, of)| Action::FixedPrice { price: money(minor), of }),
        3 => (selection(), 1..4_u32, selection(), 1..3_u32, off(), pick(), times(), any::<bool>()).prop_map(
            |(trigger, trigger_quantity, reward, reward_quantity, off, pick, max_times, share_with_triggers)| {
                Action::BuyGet(BuyGet {
                    trigger, trigger_quantity, reward, reward_quantity, off, pick, max_times, share_with_triggers,
                })
            }
        ),
        2 => (proptest::collection::vec((selection(), 1..4_u32), 1..3), off(), pick(), times()).prop_map(
            |(parts, off, pick, max_times)| {
                let parts = parts.into_iter().map(|(of, quantity)| BundlePart { of, quantity }).collect();
                Action::Bundle(Bundle { parts, off, pick, max_times })
            }
        ),
        1 => (selection(), 1..3_u32, 1..3_u32, pick(), times(), any::<bool>()).prop_map(
            |(of, pay, free, pick, max_times, share_over_set)| {
                let take = pay + free;
                Action::TakeMorePayFewer(TakeMorePayFewer { of, take, pay, pick, max_times, share_over_set })
            }
        ),
        1 => (proptest::option::of(0..900_i64), proptest::option::of((selection(), 1..4_u32))).prop_map(
            |(worth, per)| Action::Gift(Gift {
                sku: Sku::parse("gift").unwrap(),
                quantity: Quantity::ONE,
                worth: worth.map(money),
                per: per.map(|(of, quantity)| BundlePart { of, quantity }),
                max_times: Some(2),
            })
        ),
        1 => off().prop_map(|off| Action::Delivery { off }),
    ]
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        (0..15_000_i64, selection())
            .prop_map(|(minor, of)| Condition::Subtotal { minimum: money(minor), of }),
        (0..6_u32, selection()).prop_map(|(minimum, of)| Condition::LineQuantity { minimum, of }),
        (0..9_u32, selection()).prop_map(|(minimum, of)| Condition::Units { minimum, of }),
        selection().prop_map(|of| Condition::Contains { of }),
        Just(Condition::CustomerGroup { any_of: ["اعضا".to_owned()].into() }),
    ];
    prop_oneof![
        4 => leaf.clone(),
        1 => leaf.clone().prop_map(|condition| Condition::Not { condition: Box::new(condition) }),
        1 => (leaf.clone(), leaf).prop_map(|(a, b)| Condition::AnyOf { conditions: vec![a, b] }),
    ]
}

prop_compose! {
    fn promotion()(
        action in action(),
        phase in 0..3_usize,
        base in any::<bool>(),
        priority in 0..3_i32,
        combination in 0..5_usize,
        exclusive in 0..20_usize,
        stop_after in proptest::bool::weighted(0.05),
        conditions in proptest::collection::vec(condition(), 0..2),
        cap in proptest::option::weighted(0.2, 1..3_000_i64),
        campaign in proptest::option::weighted(0.2, 0..2_usize),
    ) -> Promotion {
        let mut promotion = Promotion::new(id("p"), action);
        if promotion.phase != Phase::Delivery {
            promotion.phase = Phase::ALL[phase];
        }
        promotion.base = if base { Base::Running } else { Base::First };
        promotion.priority = priority;
        promotion.combination = match combination {
            0 => Combination::Best,
            1 => Combination::Exclusive,
            _ => Combination::Compound,
        };
        promotion.exclusive = match exclusive {
            0 => Some(Exclusive::InPhase),
            1 => Some(Exclusive::Everywhere),
            _ => None,
        };
        promotion.stop_after = stop_after;
        promotion.conditions = conditions;
        promotion.cap = cap.map(money);
        promotion.campaign = campaign.map(|number| format!("c{number}"));
        promotion
    }
}

fn promotions(most: usize) -> impl Strategy<Value = Vec<Promotion>> {
    proptest::collection::vec(promotion(), 0..=most).prop_map(|mut all| {
        for (place, promotion) in all.iter_mut().enumerate() {
            promotion.id = id(&format!("p{place}"));
        }
        all
    })
}

prop_compose! {
    fn any_line()(
        sku in 0..6_usize,
        tags in proptest::collection::btree_set(0..TAGS.len(), 0..3),
        quantity in 1..8_u32,
        amount in prop_oneof![9 => 0..9_000_i64, 1 => Just(0)],
        floor in proptest::option::weighted(0.2, 0..9_000_i64),
    ) -> BasketLine {
        line(sku, &tags.into_iter().collect::<Vec<_>>(), quantity, amount, floor)
    }
}

fn any_basket() -> impl Strategy<Value = Basket> {
    (proptest::collection::vec(any_line(), 0..6), proptest::option::of(0..1_000_i64))
        .prop_map(|(lines, delivery)| basket(lines, delivery))
}

fn mode() -> impl Strategy<Value = GroupMode> {
    prop_oneof![
        Just(GroupMode::All),
        Just(GroupMode::First),
        Just(GroupMode::BestSingle),
        Just(GroupMode::BestOf),
        Just(GroupMode::CompoundWithinPriority),
        Just(GroupMode::CompeteWithinPriority),
    ]
}

fn rules() -> impl Strategy<Value = PromotionRules> {
    let rounding = prop_oneof![
        Just(Rounding::HalfEven),
        Just(Rounding::HalfUp),
        Just(Rounding::HalfDown),
        Just(Rounding::Up),
        Just(Rounding::Down),
    ];
    let caps =
        (proptest::option::weighted(0.2, 0..5_000_i64), proptest::option::weighted(0.2, 0..=10_000_i32));
    (rounding, any::<bool>(), 0..8_u8, caps).prop_map(|(rounding, on_price, search_limit, (cap, share))| {
        PromotionRules {
            rounding,
            round_on: if on_price { RoundOn::Price } else { RoundOn::Discount },
            search_limit,
            order_cap: cap.map(money),
            order_cap_share: share.map(Ratio::basis_points),
        }
    })
}

/// What an answer must hold whatever was asked.
fn check(
    outcome: &PromotionOutcome,
    promotions: &[Promotion],
    basket: &Basket,
    facts: &PromotionFacts,
    rules: &PromotionRules,
) {
    let mut left: Vec<i64> = basket.lines.iter().map(|line| line.amount.minor()).collect();
    let mut all = 0;
    let mut delivery = basket.delivery.map_or(0, Money::minor);
    let mut spent: BTreeMap<&str, i64> = BTreeMap::new();
    for applied in &outcome.applied {
        let promotion = promotions.iter().find(|one| one.id == applied.promotion).unwrap();
        let mut sum = 0;
        assert!(applied.lines.windows(2).all(|pair| pair[0].line < pair[1].line));
        for part in &applied.lines {
            assert!(part.amount.minor() > 0);
            left[part.line] -= part.amount.minor();
            sum += part.amount.minor();
        }
        let off = applied.delivery.map_or(0, Money::minor);
        delivery -= off;
        assert_eq!(applied.total.minor(), sum + off);
        assert!(applied.total.minor() > 0 || applied.gift.is_some());
        assert!(promotion.cap.is_none_or(|cap| applied.total.minor() <= cap.minor()));
        all += applied.total.minor();
        if let Some(campaign) = &promotion.campaign {
            *spent.entry(campaign).or_default() += applied.total.minor();
        }
    }
    for (place, (&left, line)) in left.iter().zip(&basket.lines).enumerate() {
        assert_eq!(outcome.lines[place].minor(), left);
        let floor = line.floor.map_or(0, Money::minor).min(line.amount.minor());
        assert!(left >= floor, "line {place} at {left} under its floor {floor}");
        let parts: i64 = outcome.discounts_of(place).map(|(_, amount)| amount.minor()).sum();
        assert_eq!(parts, line.amount.minor() - left);
    }
    let first: i64 = basket.lines.iter().map(|line| line.amount.minor()).sum();
    assert_eq!(outcome.total.minor(), left.iter().sum::<i64>());
    assert_eq!(outcome.discount.minor(), first - outcome.total.minor());
    assert!(delivery >= 0);
    assert_eq!(outcome.delivery.map(Money::minor), basket.delivery.map(|_| delivery));
    assert!(rules.order_cap.is_none_or(|cap| all <= cap.minor()));
    for (campaign, spent) in spent {
        assert!(facts.budgets.get(campaign).is_none_or(|budget| spent <= budget.minor()));
    }
    let mut named: BTreeSet<&PromotionId> = outcome.applied.iter().map(|one| &one.promotion).collect();
    named.extend(outcome.not_applied.iter().map(|one| &one.promotion));
    assert_eq!(named.len(), promotions.len());
    assert_eq!(outcome.applied.len() + outcome.not_applied.len(), promotions.len());
    let phases: Vec<Phase> = outcome.applied.iter().map(|one| one.phase).collect();
    assert!(phases.is_sorted());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_adds_up(
        mode in mode(),
        promotions in promotions(7),
        basket in any_basket(),
        rules in rules(),
        budget in proptest::option::of(0..3_000_i64),
        member in any::<bool>(),
    ) {
        let facts = PromotionFacts {
            groups: member.then(|| "اعضا".to_owned()).into_iter().collect(),
            budgets: budget.map(|minor| ("c0".to_owned(), money(minor))).into_iter().collect(),
            ..PromotionFacts::default()
        };
        let outcome = run(mode, &promotions, &basket, &facts, &rules);
        check(&outcome, &promotions, &basket, &facts, &rules);
        let json = serde_json::to_string(&outcome).unwrap();
        prop_assert_eq!(&serde_json::from_str::<PromotionOutcome>(&json).unwrap(), &outcome);
        prop_assert_eq!(run(mode, &promotions, &basket, &facts, &rules), outcome);
    }

    #[test]
    fn promotions_survive_being_stored(promotions in promotions(5)) {
        let set = Promotions::new("stored", promotions).unwrap();
        let json = serde_json::to_string(&set).unwrap();
        prop_assert_eq!(serde_json::from_str::<Promotions>(&json).unwrap(), set);
    }

    #[test]
    fn the_order_of_lines_does_not_change_what_a_promotion_takes_off(
        promotion in promotion(), basket in any_basket(),
    ) {
        let mut reversed = basket.clone();
        reversed.lines.reverse();
        let (one, other) = (
            plain(GroupMode::All, std::slice::from_ref(&promotion), &basket),
            plain(GroupMode::All, std::slice::from_ref(&promotion), &reversed),
        );
        // Where a floor cuts in, it matters which of two units of one price is the reward.
        prop_assume!(basket.lines.iter().all(|line| line.floor.is_none()));
        prop_assert_eq!(one.total, other.total);
    }

    #[test]
    fn the_best_single_one_does_not_depend_on_the_order_of_promotions(
        mut promotions in promotions(6), basket in any_basket(),
    ) {
        promotions.retain(|one| one.exclusive.is_none() && !one.stop_after && one.phase == Phase::Line);
        let one = plain(GroupMode::BestSingle, &promotions, &basket);
        promotions.reverse();
        prop_assert_eq!(plain(GroupMode::BestSingle, &promotions, &basket).total, one.total);
    }
}

/// What a customer gains, with what the gifts are worth.
fn gain(outcome: &PromotionOutcome) -> i64 {
    let gifts = outcome.gifts().map(|(_, gift)| gift.worth.map_or(0, Money::minor)).sum::<i64>();
    outcome.applied.iter().map(|one| one.total.minor()).sum::<i64>() + gifts
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn the_exact_search_equals_every_subset_tried(
        mut promotions in promotions(6), basket in any_basket(), rules in rules(),
    ) {
        promotions.iter_mut().for_each(|one| one.exclusive = None);
        promotions.retain(|one| one.phase == Phase::Line);
        let rules = PromotionRules { search_limit: 12, ..rules };
        let facts = PromotionFacts::default();
        let found = run(GroupMode::BestOf, &promotions, &basket, &facts, &rules);
        let most = (0..1_usize << promotions.len())
            .map(|subset| {
                let chosen: Vec<Promotion> = promotions
                    .iter()
                    .enumerate()
                    .filter(|(place, _)| subset >> place & 1 == 1)
                    .map(|(_, promotion)| promotion.clone())
                    .collect();
                gain(&run(GroupMode::All, &chosen, &basket, &facts, &rules))
            })
            .max();
        prop_assert_eq!(Some(gain(&found)), most);
        if !promotions.is_empty() {
            prop_assert_eq!(found.groups[0].search, Some(Search::Exact));
        }
    }
}

/// Every unit by itself, with its price and what it may be.
fn units(lines: &[(u32, i64, bool, bool)]) -> Vec<(i64, bool, bool)> {
    lines
        .iter()
        .flat_map(|&(quantity, price, trigger, reward)| {
            std::iter::repeat_n((price, trigger, reward), usize::try_from(quantity).unwrap())
        })
        .collect()
}

/// The most repetitions, and then the least or the greatest sum of rewards, over every way to use the units.
fn naive_buy_get(units: &[(i64, bool, bool)], buy: u32, get: u32, pick: Pick) -> i64 {
    let mut best: Option<(u32, i64)> = None;
    for rewards in 0..1_usize << units.len() {
        let chosen = |place: usize| rewards >> place & 1 == 1;
        let all = || units.iter().enumerate();
        let valid = all().filter(|&(place, _)| chosen(place)).all(|(_, unit)| unit.2);
        let count = rewards.count_ones();
        if !valid || count % get != 0 || count == 0 {
            continue;
        }
        let times = count / get;
        let triggers = all().filter(|&(place, unit)| !chosen(place) && unit.1).count();
        if u32::try_from(triggers).unwrap() < times * buy {
            continue;
        }
        let sum: i64 = all().filter(|&(place, _)| chosen(place)).map(|(_, unit)| unit.0).sum();
        let better = best.is_none_or(|(most, value)| {
            times > most
                || times == most
                    && match pick {
                        Pick::Cheapest => sum < value,
                        Pick::Dearest => sum > value,
                    }
        });
        if better {
            best = Some((times, sum));
        }
    }
    best.map_or(0, |(_, sum)| sum)
}

/// Sets of the dearest units first, as long as they save something.
fn naive_bundle(mut prices: Vec<i64>, count: usize, set_price: i64) -> i64 {
    prices.sort_unstable_by(|a, b| b.cmp(a));
    prices.chunks_exact(count).map(|set| (set.iter().sum::<i64>() - set_price).max(0)).sum()
}

fn two_tags(trigger: bool, reward: bool) -> Vec<usize> {
    [(trigger, 0), (reward, 1)].into_iter().filter(|&(has, _)| has).map(|(_, tag)| tag).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn bands_equal_every_use_of_single_units(
        lines in proptest::collection::vec((1..4_u32, 1..20_i64, any::<bool>(), any::<bool>()), 1..5),
        buy in 1..4_u32,
        get in 1..3_u32,
        pick in pick(),
    ) {
        let units = units(&lines);
        prop_assume!(units.len() <= 10);
        let offer = Promotion::new(id("o"), Action::BuyGet(BuyGet {
            trigger: Selection::tag(TAGS[0]),
            trigger_quantity: buy,
            reward: Selection::tag(TAGS[1]),
            reward_quantity: get,
            off: Off::Percent(Ratio::ONE),
            pick,
            max_times: None,
            share_with_triggers: false,
        }));
        let lines = lines.iter().enumerate().map(|(place, &(quantity, price, trigger, reward))| {
            line(place, &two_tags(trigger, reward), quantity, price * i64::from(quantity), None)
        });
        let outcome = plain(GroupMode::All, &[offer], &basket(lines.collect(), None));
        prop_assert_eq!(outcome.discount.minor(), naive_buy_get(&units, buy, get, pick));
    }

    #[test]
    fn sets_equal_sets_of_single_units(
        lines in proptest::collection::vec((1..40_u32, 1..2_000_i64), 1..7),
        count in 1..6_u32,
        price in 0..6_000_i64,
    ) {
        let set = Promotion::new(id("b"), Action::Bundle(Bundle {
            parts: vec![BundlePart { of: Selection::tag(TAGS[0]), quantity: count }],
            off: Off::Price(money(price)),
            pick: Pick::Dearest,
            max_times: None,
        }));
        let prices = lines
            .iter()
            .flat_map(|&(quantity, price)| std::iter::repeat_n(price, usize::try_from(quantity).unwrap()))
            .collect();
        let lines = lines.iter().enumerate().map(|(place, &(quantity, price))| {
            line(place, &[0], quantity, price * i64::from(quantity), None)
        });
        let outcome = plain(GroupMode::All, &[set], &basket(lines.collect(), None));
        prop_assert_eq!(outcome.discount.minor(), naive_bundle(prices, usize::try_from(count).unwrap(), price));
    }

    #[test]
    fn a_thousand_times_the_units_is_a_thousand_times_the_discount(
        sets in 1..9_u32, price in 1..5_000_i64, buy in 1..4_u32, get in 1..4_u32, set_price in 0..4_000_i64,
    ) {
        let offer = Action::BuyGet(BuyGet {
            trigger: Selection::Everything,
            trigger_quantity: buy,
            reward: Selection::Everything,
            reward_quantity: get,
            off: Off::Percent(Ratio::ONE),
            pick: Pick::Cheapest,
            max_times: None,
            share_with_triggers: true,
        });
        let set = Action::Bundle(Bundle {
            parts: vec![BundlePart { of: Selection::Everything, quantity: buy + get }],
            off: Off::Price(money(set_price)),
            pick: Pick::Dearest,
            max_times: None,
        });
        for action in [offer, set] {
            let promotion = Promotion::new(id("o"), action);
            let off = |quantity: u32| {
                let basket = basket(vec![line(0, &[], quantity, price * i64::from(quantity), None)], None);
                plain(GroupMode::All, std::slice::from_ref(&promotion), &basket).discount.minor()
            };
            let few = sets * (buy + get);
            prop_assert_eq!(off(few * 1_000), off(few) * 1_000);
        }
    }
}
