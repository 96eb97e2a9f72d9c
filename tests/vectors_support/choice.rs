//! Price choice and tiers.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::cart::{Quantity, Sku};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::{
    Buyer, ChoicePolicy, Conditions, ListId, ListKind, Pieces, PriceBook, PriceEntry, PriceId, PriceList,
    PriceQuery, TierMode, TierStep, Tiers,
};
use throughline::time::{DateTime, Utc};

use super::Outcome;

/// One value or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Values {
    One(String),
    Several(Vec<String>),
}

impl Values {
    fn into_vec(self) -> Vec<String> {
        match self {
            Self::One(value) => vec![value],
            Self::Several(values) => values,
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SelectPrice {
    policy: String,
    #[serde(default)]
    dims: Vec<String>,
    context: BTreeMap<String, Value>,
    prices: Vec<Price>,
    #[serde(default)]
    want_reference: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    id: String,
    currency: String,
    amount: i64,
    min_qty: Option<u32>,
    max_qty: Option<u32>,
    #[serde(default, rename = "match")]
    conditions: BTreeMap<String, Values>,
    from: Option<String>,
    until: Option<String>,
    updated: Option<String>,
    list: Option<List>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    id: Option<String>,
    kind: Option<ListKind>,
    position: Option<u32>,
    #[serde(default, rename = "match")]
    conditions: BTreeMap<String, Values>,
    from: Option<String>,
    until: Option<String>,
    active: Option<bool>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Tier {
    base: i64,
    tiers: Vec<Step>,
    qty: u32,
    mode: TierMode,
    discounted: Option<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    min: u32,
    amount: i64,
}

/// A peer's dimension under our name: ours has no `channel`, and customer groups are called `group`.
fn dimension(name: &str) -> &str {
    match name {
        "channel" => "store",
        "customer_group" => "group",
        other => other,
    }
}

fn unit(currency: &str) -> Outcome<CurrencyUnit> {
    Ok(CurrencyUnit::new(Currency::parse(currency)?, 2)?)
}

fn instant(text: &str) -> Outcome<DateTime<Utc>> {
    Ok(if text.contains('T') { text.parse()? } else { format!("{text}T00:00:00Z").parse()? })
}

fn instant_of(text: Option<&str>) -> Outcome<Option<DateTime<Utc>>> {
    text.map(instant).transpose()
}

fn conditions(of: BTreeMap<String, Values>) -> Outcome<Conditions> {
    let mut conditions = Conditions::none();
    for (name, values) in of {
        conditions = conditions.and(dimension(&name), values.into_vec())?;
    }
    Ok(conditions)
}

fn quantity(pieces: Option<u32>) -> Outcome<Option<Quantity>> {
    Ok(pieces.filter(|&pieces| pieces > 0).map(Quantity::new).transpose()?)
}

fn policy(name: &str, dims: &[String]) -> Outcome<ChoicePolicy> {
    Ok(match name {
        "rules_count" => ChoicePolicy::rules_count(),
        "specificity" => ChoicePolicy::specificity(dims.iter().map(|name| dimension(name)))?,
        "list_position" => ChoicePolicy::list_position(),
        "country_then_latest" => ChoicePolicy::country_then_latest(),
        "lowest" => ChoicePolicy::lowest(),
        "layered" => ChoicePolicy::layered(),
        other => return Err(format!("unknown policy `{other}`").into()),
    })
}

pub(crate) fn select_price(input: &str) -> Outcome<Value> {
    let input: SelectPrice = serde_json::from_str(input)?;
    let product = Sku::parse("product")?;
    let (mut lists, mut entries) = (Vec::new(), Vec::new());
    for price in input.prices {
        let list = match price.list {
            None => None,
            Some(list) => {
                let id = ListId::parse(&list.id.unwrap_or_else(|| format!("list of {}", price.id)))?;
                lists.push(PriceList {
                    rank: list.position.unwrap_or(0),
                    from: instant_of(list.from.as_deref())?,
                    until: instant_of(list.until.as_deref())?,
                    conditions: conditions(list.conditions)?,
                    active: list.active.unwrap_or(true),
                    ..PriceList::new(id.clone(), list.kind.unwrap_or(ListKind::Override))
                });
                Some(id)
            }
        };
        entries.push(PriceEntry {
            from: instant_of(price.from.as_deref())?,
            until: instant_of(price.until.as_deref())?,
            list,
            conditions: conditions(price.conditions)?,
            min_quantity: quantity(price.min_qty)?,
            max_quantity: quantity(price.max_qty)?,
            updated: instant_of(price.updated.as_deref())?,
            ..PriceEntry::always(
                PriceId::parse(&price.id)?,
                product.clone(),
                Money::new(price.amount, unit(&price.currency)?),
            )
        });
    }
    let (mut buyer, mut currency, mut pieces) = (Buyer::anonymous(), None, Quantity::ONE);
    let mut at = instant("2026-10-01")?;
    for (name, value) in input.context {
        match &*name {
            "currency" => currency = Some(Currency::parse(value.as_str().ok_or("no currency")?)?),
            "at" => at = instant(value.as_str().ok_or("no instant")?)?,
            "qty" | "quantity" => {
                let count = value.as_u64().ok_or("no quantity")?;
                pieces = Quantity::new(u32::try_from(count)?)?;
            }
            name => {
                for value in serde_json::from_value::<Values>(value)?.into_vec() {
                    buyer = match dimension(name) {
                        "group" => buyer.with_group(&value)?,
                        other => buyer.with_fact(other, &value)?,
                    };
                }
            }
        }
    }
    let book = PriceBook::with_lists("vectors", lists, entries)?;
    let query = PriceQuery {
        sku: &product,
        currency: currency.ok_or("no currency")?,
        pieces: Pieces::line(pieces),
        at,
    };
    let choice = book.choose(&query, &buyer, &policy(&input.policy, &input.dims)?);
    let Some(winner) = choice.winner else { return Ok(json!({ "price_id": null })) };
    let mut answer = json!({ "price_id": winner.id.as_str(), "amount": winner.unit_price.minor() });
    if input.want_reference {
        answer["reference_amount"] = json!(choice.regular.map(|regular| regular.unit_price.minor()));
    }
    Ok(answer)
}

pub(crate) fn tier(input: &str) -> Outcome<Value> {
    let input: Tier = serde_json::from_str(input)?;
    let unit = unit("EUR")?;
    let mut steps = Vec::new();
    for step in input.tiers {
        steps.push(TierStep { from: Quantity::new(step.min)?, unit_price: Money::new(step.amount, unit) });
    }
    let entry = PriceEntry {
        tiers: Some(Tiers::new(input.mode, steps)?),
        ..PriceEntry::always(PriceId::parse("price")?, Sku::parse("product")?, Money::new(input.base, unit))
    };
    let reduced = input.discounted.map(|minor| Money::new(minor, unit));
    let charge = entry.charge(Pieces::line(Quantity::new(input.qty)?), reduced)?;
    Ok(json!({ "total": charge.total.minor(), "unit": charge.unit_price().map(Money::minor) }))
}
