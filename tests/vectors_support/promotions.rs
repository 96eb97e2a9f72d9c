//! Promotions.

use std::collections::{BTreeMap, BTreeSet};

use super::Outcome;
use serde::Deserialize;
use serde_json::{Value, json};
use throughline::cart::{Quantity, Sku};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use throughline::pricing::promotion::{
    Action, Allocation, Base, Basket, BasketLine, Bundle, BundlePart, BuyGet, Combination, Condition,
    Exclusive, GroupId, GroupMode, Off, Pick, Promotion, PromotionFacts, PromotionGroup, PromotionId,
    PromotionOutcome, PromotionRules, Promotions, RoundOn, Selection, apply,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stack {
    lines: Vec<StackLine>,
    promos: Vec<StackPromotion>,
    mode: Option<String>,
    #[serde(default)]
    rounding: Rounding,
    #[serde(default)]
    round_on: RoundOn,
    #[serde(default)]
    want_lines: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StackLine {
    id: String,
    qty: u32,
    amount: i64,
    floor: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StackPromotion {
    id: String,
    #[serde(rename = "type")]
    kind: String,
    value: i64,
    alloc: Option<String>,
    base: Option<String>,
    cap: Option<i64>,
    min_subtotal: Option<i64>,
    min_line_qty: Option<u32>,
    #[serde(default)]
    priority: i32,
    #[serde(default)]
    concurrency: Combination,
    #[serde(default)]
    exclusive: bool,
    #[serde(default)]
    stop_after: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offers {
    lines: Vec<OfferLine>,
    offers: Vec<Offer>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfferLine {
    id: String,
    qty: u32,
    unit: i64,
    #[serde(default)]
    tags: BTreeSet<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offer {
    id: String,
    kind: String,
    buy: Option<Units>,
    get: Option<Units>,
    set: Option<Units>,
    max_times: Option<u32>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Units {
    tag: String,
    qty: u32,
    percent_bp: Option<i32>,
    price: Option<i64>,
}

fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

const fn money(minor: i64, unit: CurrencyUnit) -> Money {
    Money::new(minor, unit)
}

/// The cases allow one line to be given twice under one id.
fn line(id: &str, tags: &BTreeSet<String>, qty: u32, amount: i64, floor: Option<i64>) -> BasketLine {
    BasketLine {
        sku: Sku::parse(id).unwrap(),
        tags: tags.clone(),
        quantity: Quantity::new(qty).unwrap(),
        amount: money(amount, euro()),
        floor: floor.map(|floor| money(floor, euro())),
    }
}

fn answer(
    lines: Vec<BasketLine>,
    groups: Vec<PromotionGroup>,
    promotions: Vec<Promotion>,
    rules: &PromotionRules,
) -> Result<PromotionOutcome, Box<dyn std::error::Error>> {
    let promotions = Promotions::with_groups("vectors", groups, promotions)?;
    let basket = Basket { unit: euro(), lines, delivery: None };
    let now = "2026-03-20T12:00:00Z".parse()?;
    Ok(apply(&promotions, &basket, &PromotionFacts::default(), rules, now)?)
}

pub(crate) fn promo_stack(input: &str) -> Outcome<Value> {
    let input: Stack = serde_json::from_str(input)?;
    let (mode, by_priority) = match input.mode.as_deref() {
        None => (GroupMode::All, false),
        Some("priority_desc" | "exclusive_highest") => (GroupMode::All, true),
        Some("best_single") => (GroupMode::BestSingle, false),
        Some("compound_within_priority") => (GroupMode::CompoundWithinPriority, true),
        Some("compete_within_priority_compound_across") => (GroupMode::CompeteWithinPriority, true),
        Some(_) => return Err("unknown mode".into()),
    };
    let group = GroupId::parse("g")?;
    let mut promotions = Vec::new();
    for one in input.promos {
        let allocation = match one.alloc.as_deref() {
            Some("across") => Allocation::Across,
            None | Some("each") if one.kind == "amount" => Allocation::EachUnit { most_units: None },
            None | Some("each") => Allocation::EachLine,
            Some(_) => return Err("unknown alloc".into()),
        };
        let of = Selection::Everything;
        let action = match one.kind.as_str() {
            "percent" => Action::Percent { off: Ratio::new(one.value, 10_000)?, of, allocation },
            "amount" => Action::Amount { off: money(one.value, euro()), of, allocation },
            "fixed_price" => Action::FixedPrice { price: money(one.value, euro()), of },
            _ => return Err("unknown type".into()),
        };
        let mut promotion = Promotion::new(PromotionId::parse(&one.id)?, action);
        promotion.group = Some(group.clone());
        promotion.priority = if by_priority { one.priority } else { 0 };
        promotion.combination = one.concurrency;
        promotion.exclusive = one.exclusive.then_some(Exclusive::InPhase);
        promotion.stop_after = one.stop_after;
        promotion.cap = one.cap.map(|cap| money(cap, euro()));
        promotion.base = match one.base.as_deref() {
            None | Some("running") => Base::Running,
            Some("initial") => Base::First,
            Some(_) => return Err("unknown base".into()),
        };
        promotion
            .conditions
            .extend(one.min_subtotal.map(|minimum| Condition::subtotal(money(minimum, euro()))));
        promotion.conditions.extend(
            one.min_line_qty.map(|minimum| Condition::LineQuantity { minimum, of: Selection::Everything }),
        );
        promotions.push(promotion);
    }
    let none = BTreeSet::new();
    let lines = input.lines.iter().map(|one| line(&one.id, &none, one.qty, one.amount, one.floor)).collect();
    let groups = vec![PromotionGroup { id: group, phase: Default::default(), mode }];
    let rules =
        PromotionRules { rounding: input.rounding, round_on: input.round_on, ..PromotionRules::default() };
    let outcome = answer(lines, groups, promotions, &rules)?;
    let applied: Vec<&str> = outcome.applied.iter().map(|one| one.promotion.as_str()).collect();
    let mut result = json!({ "applied": applied, "total": outcome.total.minor() });
    if input.want_lines {
        let discounts: BTreeMap<&str, BTreeMap<&str, i64>> = outcome
            .applied
            .iter()
            .map(|one| {
                let lines = one.lines.iter().map(|part| (&*input.lines[part.line].id, part.amount.minor()));
                (one.promotion.as_str(), lines.collect())
            })
            .collect();
        result["discounts"] = json!(discounts);
    }
    Ok(result)
}

fn off(units: &Units) -> Result<Off, Box<dyn std::error::Error>> {
    match (units.percent_bp, units.price) {
        (Some(points), None) => Ok(Off::Percent(Ratio::basis_points(points))),
        (None, Some(price)) => Ok(Off::Price(money(price, euro()))),
        _ => Err("either `percent_bp` or `price`".into()),
    }
}

pub(crate) fn bxgy(input: &str) -> Outcome<Value> {
    let input: Offers = serde_json::from_str(input)?;
    let mut promotions = Vec::new();
    for offer in &input.offers {
        let action = match (offer.kind.as_str(), &offer.buy, &offer.get, &offer.set) {
            ("buy_get", Some(buy), Some(get), None) => Action::BuyGet(BuyGet {
                trigger: Selection::tag(&buy.tag),
                trigger_quantity: buy.qty,
                reward: Selection::tag(&get.tag),
                reward_quantity: get.qty,
                off: off(get)?,
                pick: Pick::Cheapest,
                max_times: offer.max_times,
                share_with_triggers: false,
            }),
            ("bundle", None, None, Some(set)) => Action::Bundle(Bundle {
                parts: vec![BundlePart { of: Selection::tag(&set.tag), quantity: set.qty }],
                off: off(set)?,
                pick: Pick::Dearest,
                max_times: offer.max_times,
            }),
            _ => return Err("unknown kind".into()),
        };
        promotions.push(Promotion::new(PromotionId::parse(&offer.id)?, action));
    }
    let lines = input
        .lines
        .iter()
        .map(|one| line(&one.id, &one.tags, one.qty, one.unit * i64::from(one.qty), None))
        .collect();
    let outcome = answer(lines, Vec::new(), promotions, &PromotionRules::default())?;
    let per_offer: BTreeMap<&str, i64> =
        outcome.applied.iter().map(|one| (one.promotion.as_str(), one.total.minor())).collect();
    Ok(json!({ "per_offer": per_offer, "total": outcome.total.minor() }))
}
