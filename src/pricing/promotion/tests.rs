use super::*;
use crate::calendar::{Windows, Zone};
use crate::cart::{Quantity, Sku};
use crate::money::{Currency, CurrencyUnit, Money, Ratio};
use crate::time::{DateTime, Utc};

fn unit(code: &str, exponent: u8) -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse(code).unwrap(), exponent).unwrap()
}

fn euro(minor: i64) -> Money {
    Money::new(minor, unit("EUR", 2))
}

fn id(text: &str) -> PromotionId {
    PromotionId::parse(text).unwrap()
}

fn noon() -> DateTime<Utc> {
    "2026-03-20T12:00:00Z".parse().unwrap()
}

fn line(sku: &str, tags: &[&str], quantity: u32, amount: i64) -> BasketLine {
    BasketLine {
        sku: Sku::parse(sku).unwrap(),
        tags: tags.iter().map(|&tag| tag.to_owned()).collect(),
        quantity: Quantity::new(quantity).unwrap(),
        amount: euro(amount),
        floor: None,
    }
}

fn basket(lines: impl IntoIterator<Item = BasketLine>) -> Basket {
    Basket { unit: unit("EUR", 2), lines: lines.into_iter().collect(), delivery: Some(euro(490)) }
}

fn percent(points: i32, of: Selection) -> Action {
    Action::Percent { off: Ratio::basis_points(points), of, allocation: Allocation::EachLine }
}

fn new(name: &str, action: Action) -> Promotion {
    Promotion::new(id(name), action)
}

fn everything(points: i32) -> Action {
    percent(points, Selection::Everything)
}

fn amount(minor: i64) -> Action {
    Action::amount(euro(minor))
}

fn outcome(promotions: &Promotions, basket: &Basket, facts: &PromotionFacts) -> PromotionOutcome {
    apply(promotions, basket, facts, &PromotionRules::default(), noon()).unwrap()
}

fn ask(promotions: impl IntoIterator<Item = Promotion>, basket: &Basket) -> PromotionOutcome {
    outcome(&Promotions::new("v", promotions).unwrap(), basket, &PromotionFacts::default())
}

fn in_group(mode: GroupMode, promotions: impl IntoIterator<Item = Promotion>) -> Promotions {
    let group = GroupId::parse("گروه").unwrap();
    let all = promotions.into_iter().map(|one| Promotion { group: Some(group.clone()), ..one });
    Promotions::with_groups("v", [PromotionGroup { id: group.clone(), phase: Phase::Line, mode }], all)
        .unwrap()
}

fn applied(outcome: &PromotionOutcome) -> Vec<&str> {
    outcome.applied.iter().map(|one| one.promotion.as_str()).collect()
}

fn why<'a>(outcome: &'a PromotionOutcome, name: &str) -> &'a NotApplied {
    &outcome.not_applied.iter().find(|one| one.promotion.as_str() == name).unwrap().why
}

#[test]
fn tags_of_every_script_select_their_lines() {
    for tag in ["کفش", "حذاء", "נעליים", "обувь", "shoes"] {
        let basket = basket([line("a", &[tag, "x"], 1, 1000), line("b", &["x"], 1, 1000)]);
        let answer = ask([new(tag, percent(1000, Selection::tag(tag)))], &basket);
        assert_eq!(applied(&answer), [tag]);
        assert_eq!(answer.lines, [euro(900), euro(1000)]);
        let but_not =
            ask([new(tag, percent(1000, Selection::tag("x").but_not(Selection::tag(tag))))], &basket);
        assert_eq!(but_not.lines, [euro(1000), euro(900)]);
    }
}

#[test]
fn phases_and_priorities_set_the_order() {
    let order = Promotion { phase: Phase::Order, ..new("order", amount(1000)) };
    let unit = Promotion { phase: Phase::Unit, ..new("unit", everything(5000)) };
    let late = new("late", everything(1000));
    let early = Promotion { priority: 1, ..new("early", amount(500)) };
    let free = new("free", Action::free_delivery());
    let answer = ask([free, order, late, early, unit], &basket([line("a", &[], 1, 10_000)]));
    assert_eq!(applied(&answer), ["unit", "early", "late", "order", "free"]);
    // 100.00, half, less 5.00, less ten percent, less 10.00.
    assert_eq!(answer.total, euro(3050));
    assert_eq!(answer.delivery, Some(euro(0)));
    assert_eq!(answer.discount, euro(6950));
    let parts: Vec<i64> = answer.discounts_of(0).map(|(_, amount)| amount.minor()).collect();
    assert_eq!(parts, [5000, 500, 450, 1000]);
}

#[test]
fn an_exclusive_promotion_stands_alone() {
    let basket = basket([line("a", &[], 1, 10_000)]);
    let big = || Promotion { priority: 9, ..new("big", everything(5000)) };
    let alone = |exclusive| Promotion { exclusive: Some(exclusive), ..new("alone", everything(1000)) };
    let order = || Promotion { phase: Phase::Order, ..new("order", amount(100)) };
    let answer = ask([big(), alone(Exclusive::InPhase), order()], &basket);
    assert_eq!(applied(&answer), ["alone", "order"]);
    assert_eq!(*why(&answer, "big"), NotApplied::ExcludedBy { promotion: id("alone") });
    let answer = ask([big(), alone(Exclusive::Everywhere), order()], &basket);
    assert_eq!(applied(&answer), ["alone"]);
    // One that does not hold excludes nobody, and does not slip in later.
    let mut unmet = alone(Exclusive::Everywhere);
    unmet.conditions.push(Condition::subtotal(euro(10_001)));
    let answer = ask([big(), unmet, order()], &basket);
    assert_eq!(applied(&answer), ["big", "order"]);
    let needed = Unmet::Subtotal { needed: euro(10_001), found: euro(10_000) };
    assert_eq!(*why(&answer, "alone"), NotApplied::ConditionNotMet { condition: 0, unmet: needed });
}

#[test]
fn a_last_promotion_stops_delivery_too() {
    let last = Promotion { stop_after: true, ..new("last", everything(1000)) };
    let answer = ask([last, new("free", Action::free_delivery())], &basket([line("a", &[], 1, 1000)]));
    assert_eq!(applied(&answer), ["last"]);
    assert_eq!(*why(&answer, "free"), NotApplied::StoppedBy { promotion: id("last") });
}

#[test]
fn groups_choose() {
    let basket = basket([line("a", &[], 1, 10_000), line("b", &["t"], 1, 1000)]);
    let all = || {
        [
            new("ten", everything(1000)),
            new("amount", amount(2000)),
            new("tag", percent(9000, Selection::tag("t"))),
        ]
    };
    let first = outcome(&in_group(GroupMode::First, all()), &basket, &PromotionFacts::default());
    assert_eq!(applied(&first), ["ten"]);
    assert_eq!(*why(&first, "tag"), NotApplied::LostTo { winners: vec![id("ten")] });
    let single = outcome(&in_group(GroupMode::BestSingle, all()), &basket, &PromotionFacts::default());
    assert_eq!((applied(&single), single.total), (vec!["amount"], euro(9000)));
    let best = outcome(&in_group(GroupMode::BestOf, all()), &basket, &PromotionFacts::default());
    assert_eq!(applied(&best), ["ten", "amount", "tag"]);
    assert_eq!(best.groups[0].search, Some(Search::Exact));
    assert_eq!((best.groups[0].in_play, best.groups[0].applied.len()), (3, 3));
}

#[test]
fn the_best_combination_leaves_out_what_spoils_another() {
    // Ten percent first would take the basket under the threshold of the better one.
    let basket = basket([line("a", &[], 2, 10_000)]);
    let mut half = new("half", everything(5000));
    half.conditions.push(Condition::subtotal(euro(10_000)));
    let all = [new("ten", everything(1000)), half];
    let answer = outcome(&in_group(GroupMode::BestOf, all.clone()), &basket, &PromotionFacts::default());
    assert_eq!((applied(&answer), answer.total), (vec!["half"], euro(5000)));
    assert_eq!(*why(&answer, "ten"), NotApplied::LostTo { winners: vec![id("half")] });
    // Too many for the search: as declared, and the answer says so.
    let rules = PromotionRules { search_limit: 1, ..PromotionRules::default() };
    let declared =
        apply(&in_group(GroupMode::BestOf, all), &basket, &PromotionFacts::default(), &rules, noon());
    let declared = declared.unwrap();
    assert_eq!(declared.groups[0].search, Some(Search::DeclaredOrder));
    assert_eq!((applied(&declared), declared.total), (vec!["ten"], euro(9000)));
}

#[test]
fn offers_compete_for_units() {
    // Three units: two for the price of one on two of them, or three for two on all.
    let offer = |name: &str, take, pay| {
        new(
            name,
            Action::TakeMorePayFewer(TakeMorePayFewer {
                of: Selection::Everything,
                take,
                pay,
                pick: Pick::Cheapest,
                max_times: None,
                share_over_set: true,
            }),
        )
    };
    let basket = basket([line("a", &[], 6, 6000)]);
    let all = [offer("3-for-2", 3, 2), offer("2-for-1", 2, 1)];
    let stacked = ask(all.clone(), &basket);
    assert_eq!((applied(&stacked), stacked.total), (vec!["3-for-2"], euro(4000)));
    assert_eq!(*why(&stacked, "2-for-1"), NotApplied::TooFewUnits);
    let best = outcome(&in_group(GroupMode::BestOf, all), &basket, &PromotionFacts::default());
    assert_eq!((applied(&best), best.total), (vec!["2-for-1"], euro(3000)));
}

#[test]
fn a_reward_that_is_also_a_trigger_is_spent_where_the_offer_holds() {
    // The dear shirt is the only reward; as a trigger it would be spent.
    let offer = Action::BuyGet(BuyGet {
        trigger: Selection::tag("پوشاک"),
        trigger_quantity: 4,
        reward: Selection::tag("تی‌شرت"),
        reward_quantity: 1,
        off: Off::Percent(Ratio::ONE),
        pick: Pick::Cheapest,
        max_times: None,
        share_with_triggers: false,
    });
    let lines = [line("shirt", &["پوشاک", "تی‌شرت"], 1, 9000), line("sock", &["پوشاک"], 4, 2000)];
    let answer = ask([new("o", offer.clone())], &basket(lines));
    assert_eq!(answer.lines, [euro(0), euro(2000)]);
    // Shared, whichever piece comes back gives back its part: 90 of 110 and 20 of 110.
    let Action::BuyGet(mut shared) = offer else { panic!() };
    shared.share_with_triggers = true;
    let lines = [line("shirt", &["پوشاک", "تی‌شرت"], 1, 9000), line("sock", &["پوشاک"], 4, 2000)];
    let answer = ask([new("o", Action::BuyGet(shared))], &basket(lines));
    assert_eq!(answer.lines, [euro(9000 - 7364), euro(2000 - 1636)]);
}

#[test]
fn half_off_the_second_is_not_a_quarter_off_both() {
    let lines = || basket([line("a", &["t"], 1, 10_000), line("b", &["t"], 1, 4000)]);
    let half = Action::BuyGet(BuyGet {
        trigger: Selection::tag("t"),
        trigger_quantity: 1,
        reward: Selection::tag("t"),
        reward_quantity: 1,
        off: Off::Percent(Ratio::basis_points(5000)),
        pick: Pick::Cheapest,
        max_times: None,
        share_with_triggers: false,
    });
    let quarter = Action::Bundle(Bundle {
        parts: vec![BundlePart { of: Selection::tag("t"), quantity: 2 }],
        off: Off::Percent(Ratio::basis_points(2500)),
        pick: Pick::Dearest,
        max_times: None,
    });
    assert_eq!(ask([new("half", half)], &lines()).discount, euro(2000));
    assert_eq!(ask([new("quarter", quarter)], &lines()).discount, euro(3500));
}

#[test]
fn a_set_of_several_parts() {
    let kit = |balls, off| {
        let parts = [(balls, 2), ("ракетка", 1)];
        let parts = parts.map(|(tag, quantity)| BundlePart { of: Selection::tag(tag), quantity }).into();
        new("kit", Action::Bundle(Bundle { parts, off, pick: Pick::Dearest, max_times: None }))
    };
    let lines = |rackets: u32| {
        let racket = line("racket", &["спорт", "ракетка"], rackets, 10_000 * i64::from(rackets));
        basket([racket, line("ball", &["спорт", "мяч"], 5, 1500)])
    };
    // Two sets of a racket and two balls, 106.00 each, for 90.00 each.
    let answer = ask([kit("мяч", Off::Price(euro(9000)))], &lines(2));
    assert_eq!(answer.discount, euro(2 * (10_600 - 9000)));
    // A set that costs more than its units is not formed.
    let dear = ask([kit("мяч", Off::Price(euro(10_600)))], &lines(2));
    assert_eq!(*why(&dear, "kit"), NotApplied::NotDearer);
    assert_eq!(ask([kit("мяч", Off::Amount(euro(100)))], &lines(2)).discount, euro(200));
    // The racket is also sport, but only it can be the racket.
    let narrow = ask([kit("спорт", Off::Price(euro(9000)))], &lines(1));
    assert_eq!(narrow.discount, euro(10_600 - 9000));
}

#[test]
fn of_equal_units_a_set_takes_those_first_that_fit_fewer_parts() {
    let parts =
        [Selection::tag("обувь"), Selection::Everything].map(|of| BundlePart { of, quantity: 1 }).into();
    let pick = Pick::Cheapest;
    let pair = new("pair", Action::Bundle(Bundle { parts, off: Off::Price(euro(0)), pick, max_times: None }));
    let mut lines = [line("a", &[], 7, 0), line("b", &["обувь"], 7, 0), line("c", &["обувь"], 3, 3)];
    // Seven sets of shoes and something else cost nothing; the eighth is of two shoes at a cent each.
    for _ in 0..2 {
        assert_eq!(ask([pair.clone()], &basket(lines.clone())).discount, euro(2));
        lines.reverse();
    }
}

#[test]
fn gifts_come_and_may_be_refused() {
    let gift = |per| Gift {
        sku: Sku::parse("هدیه").unwrap(),
        quantity: Quantity::ONE,
        worth: Some(euro(700)),
        per,
        max_times: Some(2),
    };
    let mut once = new("once", Action::Gift(gift(None)));
    once.conditions.push(Condition::subtotal(euro(5000)));
    let per = BundlePart { of: Selection::tag("t"), quantity: 2 };
    let each = new("each", Action::Gift(gift(Some(per))));
    let set = Promotions::new("v", [once, each]).unwrap();
    let basket = basket([line("a", &["t"], 7, 5000)]);
    let answer = outcome(&set, &basket, &PromotionFacts::default());
    let gifts: Vec<_> =
        answer.gifts().map(|(id, gift)| (id.as_str(), gift.quantity.get(), gift.worth)).collect();
    assert_eq!(gifts, [("once", 1, Some(euro(700))), ("each", 2, Some(euro(1400)))]);
    assert_eq!(answer.total, euro(5000));
    let facts = PromotionFacts { refused_gifts: [id("once")].into(), ..PromotionFacts::default() };
    let refused = outcome(&set, &basket, &facts);
    assert_eq!(*why(&refused, "once"), NotApplied::GiftRefused);
    assert_eq!(refused.gifts().count(), 1);
}

#[test]
fn a_gift_of_unknown_worth_is_better_than_none() {
    let gift = new(
        "gift",
        Action::Gift(Gift {
            sku: Sku::parse("g").unwrap(),
            quantity: Quantity::ONE,
            worth: None,
            per: None,
            max_times: None,
        }),
    );
    let basket = basket([line("a", &[], 1, 1000)]);
    for mode in [GroupMode::BestOf, GroupMode::BestSingle] {
        let answer = outcome(&in_group(mode, [gift.clone()]), &basket, &PromotionFacts::default());
        assert_eq!(applied(&answer), ["gift"]);
    }
}

#[test]
fn caps_budgets_and_floors_limit_and_say_so() {
    let mut capped = new("capped", everything(5000));
    capped.cap = Some(euro(300));
    let mut budget = new("budget", everything(5000));
    budget.campaign = Some("نوروز".into());
    let set = Promotions::new("v", [capped, budget, new("rest", everything(10_000)), new("late", amount(1))])
        .unwrap();
    let mut lines = basket([line("a", &[], 1, 1000), line("b", &[], 1, 2000)]);
    lines.lines[1].floor = Some(euro(1500));
    let facts = PromotionFacts {
        budgets: [("نوروز".to_owned(), euro(200))].into(),
        ..PromotionFacts::default()
    };
    let answer = outcome(&set, &lines, &facts);
    assert!(answer.applied[0].limited.by_cap && answer.applied[1].limited.by_budget);
    assert!(answer.applied[2].limited.by_floor);
    assert_eq!(answer.lines, [euro(0), euro(1500)]);
    assert_eq!(*why(&answer, "late"), NotApplied::FloorReached);
    let spent =
        PromotionFacts { budgets: [("نوروز".to_owned(), euro(0))].into(), ..PromotionFacts::default() };
    assert_eq!(
        *why(&outcome(&set, &lines, &spent), "budget"),
        NotApplied::BudgetUsedUp { campaign: "نوروز".into() }
    );

    let rules =
        PromotionRules { order_cap_share: Some(Ratio::basis_points(1000)), ..PromotionRules::default() };
    let answer = apply(&set, &lines, &facts, &rules, noon()).unwrap();
    assert_eq!(answer.discount, euro(300));
    assert_eq!(*why(&answer, "rest"), NotApplied::OrderCapUsedUp);
    let reasons = answer.reasons();
    assert_eq!(reasons[0].rule, "promotion_applied");
    assert!(reasons.iter().any(|reason| reason.rule == "promotion_order_cap_used_up"));
}

#[test]
fn who_when_and_with_which_coupon() {
    let basket = basket([line("a", &[], 1, 1000)]);
    let mut member = new("member", everything(1000));
    member.conditions.push(Condition::CustomerGroup { any_of: ["اعضا".to_owned()].into() });
    let mut coupon = new("coupon", everything(1000));
    (coupon.campaign, coupon.coupon_required) = (Some("лето".into()), true);
    let window = |name: &str, from: Option<&str>, until: Option<&str>| Promotion {
        from: from.map(|at| at.parse().unwrap()),
        until: until.map(|at| at.parse().unwrap()),
        ..new(name, everything(1000))
    };
    let past = window("past", None, Some("2026-03-20T12:00:00Z"));
    let now = window("now", Some("2026-03-20T12:00:00Z"), Some("2026-03-20T12:00:01Z"));
    let future = window("future", Some("2026-03-20T12:00:01Z"), None);
    let hours = |name: &str, windows: &str| Promotion {
        hours: Some(PromotionHours {
            zone: "utc".parse().unwrap(),
            windows: serde_json::from_str::<Windows>(windows).unwrap(),
        }),
        ..new(name, everything(1000))
    };
    let friday = hours("friday", r#"{"windows":[{"from":["fri","09:00"],"to":["fri","18:00"]}]}"#);
    let night = hours("night", r#"{"windows":[{"start":"21:00","end":"08:00"}]}"#);
    let set = Promotions::new("v", [member, coupon, past, now, future, friday, night]).unwrap();
    let missing = apply(&set, &basket, &PromotionFacts::default(), &PromotionRules::default(), noon());
    assert_eq!(missing.unwrap_err().kind(), PromotionErrorKind::MissingZone);
    let facts = PromotionFacts { zones: vec![Zone::utc()], ..PromotionFacts::default() };
    let answer = outcome(&set, &basket, &facts);
    assert_eq!(applied(&answer), ["now", "friday"]);
    let unmet = Unmet::CustomerGroup;
    assert_eq!(*why(&answer, "member"), NotApplied::ConditionNotMet { condition: 0, unmet });
    assert_eq!(*why(&answer, "coupon"), NotApplied::CouponMissing { campaign: "лето".into() });
    assert!(matches!(why(&answer, "past"), NotApplied::Ended { .. }));
    assert!(matches!(why(&answer, "future"), NotApplied::NotBegun { .. }));
    assert_eq!(*why(&answer, "night"), NotApplied::OutsideHours);
    let facts =
        PromotionFacts {
            groups: ["اعضا".to_owned()].into(), coupons: ["лето".to_owned()].into(), ..facts
        };
    assert_eq!(applied(&outcome(&set, &basket, &facts)), ["member", "coupon", "now", "friday"]);
}

#[test]
fn requirements_follow_what_was_applied() {
    let basket = basket([line("a", &[], 1, 1000)]);
    let mut first = new("first", everything(1000));
    first.conditions.push(Condition::subtotal(euro(2000)));
    let mut second = new("second", everything(1000));
    second.conditions.push(Condition::Applied { promotion: id("first") });
    let mut instead = new("instead", everything(500));
    instead.conditions.push(Condition::Not { condition: Box::new(second.conditions[0].clone()) });
    let answer = ask([first, second, instead], &basket);
    assert_eq!(applied(&answer), ["instead"]);
    assert_eq!(*why(&answer, "second"), NotApplied::ConditionNotMet { condition: 0, unmet: Unmet::Applied });
}

#[test]
fn every_reason_of_a_promotion_that_gives_nothing() {
    let lines = basket([line("a", &["t"], 1, 1000), line("free", &["zero"], 1, 0)]);
    let rial = Money::new(1000, unit("IRR", 0));
    let price = |minor| Action::FixedPrice { price: euro(minor), of: Selection::Everything };
    let answer = ask(
        [
            new("absent", percent(1000, Selection::tag("غایب"))),
            new("zero", percent(1000, Selection::tag("zero"))),
            new("price", price(1000)),
            new("rial", Action::amount(rial)),
            new("tiny", percent(1, Selection::tag("t"))),
        ],
        &lines,
    );
    assert!(answer.applied.is_empty());
    assert_eq!(*why(&answer, "absent"), NotApplied::NothingSelected);
    assert_eq!(*why(&answer, "zero"), NotApplied::NothingLeft);
    assert_eq!(*why(&answer, "price"), NotApplied::NotDearer);
    assert_eq!(*why(&answer, "rial"), NotApplied::OtherCurrency);
    assert_eq!(*why(&answer, "tiny"), NotApplied::RoundedAway);
    let no_delivery = Basket { delivery: None, ..lines };
    assert_eq!(
        *why(&ask([new("free", Action::free_delivery())], &no_delivery), "free"),
        NotApplied::NoDelivery
    );
    let empty = Basket { lines: Vec::new(), ..no_delivery };
    assert_eq!(*why(&ask([new("p", everything(1000))], &empty), "p"), NotApplied::NothingSelected);
}

#[test]
fn an_amount_off_each_unit_and_off_a_few() {
    let lines = || basket([line("a", &[], 3, 1000), line("b", &[], 2, 1000)]);
    let off = |allocation| {
        let action = Action::Amount { off: euro(400), of: Selection::Everything, allocation };
        ask([new("p", action)], &lines()).lines
    };
    // Units of 3.34, 3.33, 3.33 cannot bear 4.00.
    assert_eq!(off(Allocation::EachUnit { most_units: None }), [euro(0), euro(200)]);
    assert_eq!(off(Allocation::EachUnit { most_units: Some(1) }), [euro(666), euro(600)]);
    assert_eq!(off(Allocation::EachLine), [euro(600), euro(600)]);
    assert_eq!(off(Allocation::Across), [euro(800), euro(800)]);
    assert_eq!(off(Allocation::Once { units: 1, pick: Pick::Dearest }), [euro(1000), euro(600)]);
    assert_eq!(off(Allocation::Once { units: 4, pick: Pick::Cheapest }), [euro(0), euro(600)]);
}

#[test]
fn what_is_exclusive_at_a_priority_closes_its_lines() {
    let basket = basket([line("a", &["a"], 1, 1000), line("b", &["b"], 1, 1000)]);
    let on = |name, points, tag, combination, priority| Promotion {
        combination,
        priority,
        ..new(name, percent(points, Selection::tag(tag)))
    };
    let all = || {
        [
            on("only", 500, "a", Combination::Exclusive, 9),
            on("more", 5000, "a", Combination::Compound, 9),
            on("b", 1000, "b", Combination::Compound, 9),
            on("low", 1000, "b", Combination::Compound, 1),
        ]
    };
    let within =
        outcome(&in_group(GroupMode::CompoundWithinPriority, all()), &basket, &PromotionFacts::default());
    assert_eq!((applied(&within), &*within.lines), (vec!["only", "b"], &[euro(950), euro(900)][..]));
    let across =
        outcome(&in_group(GroupMode::CompeteWithinPriority, all()), &basket, &PromotionFacts::default());
    assert_eq!((applied(&across), &*across.lines), (vec!["only", "b", "low"], &[euro(950), euro(810)][..]));
}

#[test]
fn a_million_units_and_the_largest_amounts() {
    let units = Quantity::MAX.get();
    let mut big = basket([line("a", &["t"], units, i64::MAX - 1000)]);
    let offer = Action::BuyGet(BuyGet {
        trigger: Selection::tag("t"),
        trigger_quantity: 2,
        reward: Selection::tag("t"),
        reward_quantity: 1,
        off: Off::Price(euro(i64::MAX)),
        pick: Pick::Dearest,
        max_times: None,
        share_with_triggers: true,
    });
    let half = Action::Percent {
        off: Ratio::new(i64::MAX - 1, i64::MAX).unwrap(),
        of: Selection::Everything,
        allocation: Allocation::Across,
    };
    let each = Action::Amount {
        off: euro(i64::MAX),
        of: Selection::Everything,
        allocation: Allocation::EachUnit { most_units: None },
    };
    let answer = ask([new("o", offer), new("h", half), new("e", each)], &big);
    assert_eq!(answer.total, euro(0));
    assert_eq!(*why(&answer, "o"), NotApplied::NotDearer);
    big.lines.push(line("b", &[], 1, i64::MAX - 1000));
    let set = Promotions::new("v", []).unwrap();
    let error =
        apply(&set, &big, &PromotionFacts::default(), &PromotionRules::default(), noon()).unwrap_err();
    assert_eq!(error.kind(), PromotionErrorKind::Overflow);
}

#[test]
fn promotions_that_cannot_be() {
    use PromotionErrorKind as Kind;
    let kind = |one: Promotion| Promotions::new("v", [one]).unwrap_err().kind();
    assert_eq!(kind(new("p", everything(10_001))), Kind::PercentOutOfRange);
    assert_eq!(kind(new("p", everything(-1))), Kind::PercentOutOfRange);
    assert_eq!(kind(new("p", everything(0))), Kind::NoEffect);
    assert_eq!(kind(new("p", amount(0))), Kind::NoEffect);
    assert_eq!(kind(new("p", amount(-1))), Kind::Negative);
    assert_eq!(kind(Promotion { cap: Some(euro(-1)), ..new("p", amount(1)) }), Kind::Negative);
    let yen = Money::new(1, unit("JPY", 0));
    assert_eq!(kind(Promotion { cap: Some(yen), ..new("p", amount(1)) }), Kind::MixedCurrencies);
    let finer = new("q", Action::amount(Money::new(1, unit("EUR", 4))));
    assert_eq!(Promotions::new("v", [new("p", amount(1)), finer]).unwrap_err().kind(), Kind::MixedCurrencies);
    let at = |text: &str| Some(text.parse().unwrap());
    let backwards = Promotion {
        from: at("2026-03-02T00:00:00Z"),
        until: at("2026-03-02T00:00:00Z"),
        ..new("p", amount(1))
    };
    assert_eq!(kind(backwards), Kind::EmptyWindow);
    assert_eq!(kind(Promotion { coupon_required: true, ..new("p", amount(1)) }), Kind::NoCampaign);
    assert_eq!(kind(Promotion { phase: Phase::Delivery, ..new("p", amount(1)) }), Kind::WrongPhase);
    assert_eq!(kind(Promotion { phase: Phase::Line, ..new("p", Action::free_delivery()) }), Kind::WrongPhase);
    assert_eq!(
        kind(Promotion { group: Some(GroupId::parse("g").unwrap()), ..new("p", amount(1)) }),
        Kind::UnknownReference
    );
    let with = |condition| Promotion { conditions: vec![condition], ..new("p", amount(1)) };
    assert_eq!(kind(with(Condition::Applied { promotion: id("ghost") })), Kind::UnknownReference);
    assert_eq!(kind(with(Condition::Applied { promotion: id("p") })), Kind::Circular);
    assert_eq!(kind(with(Condition::AnyOf { conditions: vec![] })), Kind::RefersToNothing);
    assert_eq!(kind(with(Condition::CustomerGroup { any_of: Default::default() })), Kind::RefersToNothing);
    assert_eq!(kind(with(Condition::subtotal(euro(-1)))), Kind::Negative);
    let deep =
        (0..40).fold(Condition::subtotal(euro(1)), |inner, _| Condition::Not { condition: Box::new(inner) });
    assert_eq!(kind(with(deep)), Kind::TooLarge);
    let of = |of| new("p", percent(1000, of));
    assert_eq!(kind(of(Selection::AnyOf(vec![]))), Kind::RefersToNothing);
    assert_eq!(kind(of(Selection::Except(Box::new(Selection::Everything)))), Kind::RefersToNothing);
    assert_eq!(kind(of(Selection::tag(" "))), Kind::InvalidName);
    assert_eq!(kind(of(Selection::tag("x".repeat(10_000)))), Kind::InvalidName);
    assert_eq!(kind(of(Selection::Named("ghost".into()))), Kind::UnknownReference);
    let set = |take, pay| {
        new(
            "p",
            Action::TakeMorePayFewer(TakeMorePayFewer {
                of: Selection::Everything,
                take,
                pay,
                pick: Pick::Cheapest,
                max_times: None,
                share_over_set: false,
            }),
        )
    };
    for (take, pay) in [(3, 3), (2, 3), (3, 0), (2_000_000, 1)] {
        assert_eq!(kind(set(take, pay)), Kind::InvalidQuantity);
    }
    let bundle = |parts| {
        new(
            "p",
            Action::Bundle(Bundle { parts, off: Off::Price(euro(1)), pick: Pick::Dearest, max_times: None }),
        )
    };
    assert_eq!(kind(bundle(vec![])), Kind::RefersToNothing);
    assert_eq!(
        kind(bundle(vec![BundlePart { of: Selection::Everything, quantity: 0 }])),
        Kind::InvalidQuantity
    );
    let error = Promotions::new("v", [new("تکراری", amount(1)), new("تکراری", amount(2))]).unwrap_err();
    assert_eq!((error.kind(), error.promotion()), (Kind::DuplicateId, Some(&id("تکراری"))));
    assert_eq!(error.to_string(), "one id stands for two things: `تکراری`");
    for bad in ["", " ", "a\u{0}", &"x".repeat(129)] {
        assert_eq!(PromotionId::parse(bad).unwrap_err().kind(), Kind::InvalidName);
    }
}

#[test]
fn circles_are_refused() {
    use PromotionErrorKind as Kind;
    let requires = |name: &str, other: &str| Promotion {
        conditions: vec![Condition::Applied { promotion: id(other) }],
        ..new(name, amount(1))
    };
    let kind = |all: Vec<Promotion>| Promotions::new("v", all).unwrap_err().kind();
    assert_eq!(kind(vec![requires("a", "b"), requires("b", "c"), requires("c", "a")]), Kind::Circular);
    assert_eq!(kind(vec![requires("a", "b"), new("b", amount(1))]), Kind::RequiresLater);
    assert!(Promotions::new("v", [new("b", amount(1)), requires("a", "b")]).is_ok());
    let named = |name: &str, other: &str| {
        (name.to_owned(), Selection::AnyOf(vec![Selection::tag("t"), Selection::Named(other.into())]))
    };
    let circle = Promotions::with_selections("v", [named("ست", "набор"), named("набор", "ست")], [], []);
    assert_eq!(circle.unwrap_err().kind(), Kind::Circular);
    let twice = Promotions::with_selections(
        "v",
        [("x".to_owned(), Selection::tag("t")), ("x".to_owned(), Selection::tag("u"))],
        [],
        [],
    );
    assert_eq!(twice.unwrap_err().kind(), Kind::DuplicateId);
}

#[test]
fn baskets_and_rules_that_cannot_be() {
    use PromotionErrorKind as Kind;
    let set = Promotions::new("v", [new("p", amount(1))]).unwrap();
    let kind = |basket: &Basket, facts: &PromotionFacts, rules: &PromotionRules| {
        apply(&set, basket, facts, rules, noon()).unwrap_err().kind()
    };
    let (facts, rules) = (PromotionFacts::default(), PromotionRules::default());
    assert_eq!(kind(&basket([line("a", &[], 1, -1)]), &facts, &rules), Kind::NegativeBasket);
    let mut mixed = basket([line("a", &[], 1, 1)]);
    mixed.lines[0].amount = Money::new(1, unit("USD", 2));
    assert_eq!(kind(&mixed, &facts, &rules), Kind::BasketCurrency);
    let finer = Basket { unit: unit("EUR", 4), lines: vec![], delivery: None };
    assert_eq!(kind(&finer, &facts, &rules), Kind::BasketCurrency);
    let good = basket([line("a", &[], 1, 1)]);
    assert_eq!(
        kind(&good, &facts, &PromotionRules { search_limit: 17, ..rules.clone() }),
        Kind::InvalidRules
    );
    let over = PromotionRules { order_cap_share: Some(Ratio::basis_points(10_001)), ..rules.clone() };
    assert_eq!(kind(&good, &facts, &over), Kind::InvalidRules);
    let mut budgeted = new("b", amount(1));
    budgeted.campaign = Some("c".into());
    let set = Promotions::new("v", [budgeted]).unwrap();
    let facts = PromotionFacts { budgets: [("c".to_owned(), Money::new(1, unit("USD", 2)))].into(), ..facts };
    assert_eq!(apply(&set, &good, &facts, &rules, noon()).unwrap_err().kind(), Kind::BasketCurrency);
}

#[test]
fn stored_promotions_are_checked_when_read() {
    let json = r#"{"version":"v","promotions":[{"id":"p","action":{"kind":"percent","off":{"numerator":1,"denominator":10}}}]}"#;
    assert!(serde_json::from_str::<Promotions>(json).is_ok());
    for (from, to) in [
        (r#""numerator":1"#, r#""numerator":11"#),
        (r#""id":"p""#, r#""id":"p","channel":"web""#),
        (r#""kind":"percent""#, r#""kind":"percent","channel":"web""#),
        (r#""percent""#, r#""gift""#),
    ] {
        assert!(serde_json::from_str::<Promotions>(&json.replace(from, to)).is_err(), "{to}");
    }
}
