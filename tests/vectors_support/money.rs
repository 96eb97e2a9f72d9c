//! Money.

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::money::{
    Currency, CurrencyUnit, Decimal, LineWithFloor, Money, Rounding, ZeroWeights, allocate,
    allocate_with_floors, whole_weights,
};

use super::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allocate {
    total: i64,
    weights: Vec<Decimal>,
    zero_weights: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AllocateFloor {
    total: i64,
    lines: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    amount: i64,
    floor: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Round {
    value: Decimal,
    digits: u8,
    mode: Rounding,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CashRound {
    amount: i64,
    increment: i64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Digits {
    currency: Currency,
}

pub(crate) fn money(op: &str, input: &str) -> Outcome<Value> {
    Ok(match op {
        "allocate" => {
            let input: Allocate = serde_json::from_str(input)?;
            let zero_weights = match input.zero_weights.as_deref() {
                None | Some("equal") => ZeroWeights::Equal,
                Some("none") => ZeroWeights::Nothing,
                Some(_) => return Err("unknown zero_weights".into()),
            };
            json!({ "parts": allocate(input.total, &whole_weights(&input.weights)?, zero_weights)? })
        }
        "allocate_floor" => {
            let input: AllocateFloor = serde_json::from_str(input)?;
            let lines: Vec<_> = input
                .lines
                .iter()
                .map(|line| LineWithFloor { amount: line.amount, floor: line.floor })
                .collect();
            json!({ "parts": allocate_with_floors(input.total, &lines)?.parts })
        }
        "round" => {
            let input: Round = serde_json::from_str(input)?;
            json!({ "minor": input.value.rounded(input.digits, input.mode)? })
        }
        "cash_round" => {
            let input: CashRound = serde_json::from_str(input)?;
            let unit = CurrencyUnit::new(Currency::parse("CHF")?, 2)?;
            let rounded = Money::new(input.amount, unit).cash_round(input.increment)?;
            json!({ "payable": rounded.payable.minor(), "rounding_line": rounded.rounding_line.minor() })
        }
        "currency_digits" => {
            let digits = serde_json::from_str::<Digits>(input)?.currency.digits();
            json!({
                "iso4217": digits.iso_4217, "cldr": digits.cldr, "must_be_explicit": digits.must_be_explicit,
            })
        }
        _ => return Err("unknown op".into()),
    })
}
