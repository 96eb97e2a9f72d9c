//! The wallet.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value, json};
use throughline::money::{Currency, CurrencyUnit};
use throughline::time::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use throughline::wallet::Unit;
use throughline::wallet::ledger::{
    Account, AccountId, Field, Ledger, Limits, Outcome as Applied, Refusal, Side, Transfer, TransferId,
};
use throughline::wallet::period::{Cycle, PeriodRule, Reckoning, Span};
use throughline::wallet::points::{Lots, ReturnPolicy};

use super::Outcome;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LedgerInput {
    accounts: Vec<AccountInput>,
    transfers: Vec<TransferInput>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AccountInput {
    id: String,
    #[serde(default)]
    dr: u64,
    #[serde(default)]
    cr: u64,
    #[serde(default)]
    limit: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransferInput {
    id: String,
    #[serde(default)]
    kind: Option<String>,
    dr: Option<String>,
    cr: Option<String>,
    amount: Option<u64>,
    pending: Option<String>,
    t: Option<i64>,
    timeout: Option<i64>,
}

fn second(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

/// The names by which the cases know what becomes of a transfer.
const fn result(outcome: &Applied) -> &'static str {
    let why = match outcome {
        Applied::Posted(()) => return "created",
        Applied::Known(()) => return "exists",
        Applied::Refused(why) => why,
    };
    match why {
        Refusal::IdReused { field } => match field {
            Field::Act | Field::Purpose => "exists_with_different_flags",
            Field::Debit => "exists_with_different_debit_account_id",
            Field::Credit => "exists_with_different_credit_account_id",
            Field::Amount => "exists_with_different_amount",
            Field::Until => "exists_with_different_timeout",
            Field::Hold => "exists_with_different_pending_id",
        },
        Refusal::ZeroAmount => "amount_must_not_be_zero",
        Refusal::SameAccount => "accounts_must_be_different",
        Refusal::NoAccount { side: Side::Debit } => "debit_account_not_found",
        Refusal::NoAccount { side: Side::Credit } => "credit_account_not_found",
        Refusal::UnitsDiffer => "accounts_must_have_the_same_ledger",
        Refusal::ExceedsCredits { .. } => "exceeds_credits",
        Refusal::ExceedsDebits { .. } => "exceeds_debits",
        Refusal::Overflow { .. } => "overflows",
        Refusal::EndsBeforeItBegins { .. } => "overflows_timeout",
        Refusal::HoldUnknown => "pending_transfer_not_found",
        Refusal::NotAHold => "pending_transfer_not_pending",
        Refusal::HoldPosted { .. } => "pending_transfer_already_posted",
        Refusal::HoldVoided { .. } => "pending_transfer_already_voided",
        Refusal::HoldEnded { .. } => "pending_transfer_expired",
        Refusal::ExceedsHold { .. } => "exceeds_pending_transfer_amount",
        Refusal::TooManyHolds { .. } | Refusal::PartlyKnown => "linked_event_failed",
    }
}

fn named(name: Option<&String>) -> Result<&str, &'static str> {
    name.map(String::as_str).ok_or("a transfer names no account")
}

pub(crate) fn ledger(input: &str) -> Outcome<Value> {
    let input: LedgerInput = serde_json::from_str(input)?;
    let unit = Unit::Money(CurrencyUnit::new(Currency::parse("EUR")?, 2)?);
    let of_house = AccountId::from_bytes([0; 16]);
    let account = |id: &str| of_house.derived(id, 1);
    let transfer = |id: &str| TransferId::from_bytes([0; 16]).derived(id, 1);
    let mut ledger = Ledger::new();
    ledger.open(Account::new(of_house, unit.clone(), Limits::none()))?;
    for one in &input.accounts {
        let id = account(&one.id);
        ledger.open(Account::new(id, unit.clone(), Limits::none()))?;
        // What it begins with came from somewhere.
        for (word, debit, credit, amount) in
            [("dr", id, of_house, one.dr), ("cr", of_house, id, one.cr)].into_iter().filter(|one| one.3 > 0)
        {
            let opening = Transfer::new(transfer(&one.id).derived(word, 0), debit, credit, amount);
            ledger.apply(&opening, second(-1_000_000_000));
        }
        ledger.limit(id, if one.limit { Limits::no_debt() } else { Limits::none() });
    }
    let (mut now, mut results) = (0, Vec::new());
    for one in &input.transfers {
        now = one.t.unwrap_or(now);
        let id = transfer(&one.id);
        let hold = || one.pending.as_deref().map(transfer).ok_or("a transfer names no pending one");
        let made = match one.kind.as_deref() {
            Some("pending") => {
                let until = one.timeout.filter(|seconds| *seconds != 0).map(|seconds| second(now + seconds));
                let (debit, credit) = (account(named(one.dr.as_ref())?), account(named(one.cr.as_ref())?));
                Transfer::hold(id, debit, credit, one.amount.ok_or("no amount")?, until)
            }
            Some("post") if one.pending.is_some() => Transfer::post(id, hold()?, one.amount),
            Some("void") => Transfer::void(id, hold()?),
            None | Some("post" | "posted" | "transfer" | "single" | "direct" | "plain" | "move") => {
                let (debit, credit) = (account(named(one.dr.as_ref())?), account(named(one.cr.as_ref())?));
                Transfer::new(id, debit, credit, one.amount.ok_or("no amount")?)
            }
            Some(_) => return Err("unknown kind of transfer".into()),
        };
        results.push(result(&ledger.apply(&made, second(now))));
    }
    let mut balances = Map::new();
    for one in &input.accounts {
        let of = ledger.balances(account(&one.id), second(now)).ok_or("an account is gone")?;
        balances.insert(one.id.clone(), serde_json::to_value(of)?);
    }
    let sums = ledger.sums(&unit, second(now)).ok_or("the sums overflow")?;
    if sums.debits_posted != sums.credits_posted || sums.debits_pending != sums.credits_pending {
        return Err("the ledger does not sum to zero".into());
    }
    Ok(json!({ "results": results, "balances": balances }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PointsInput {
    events: Vec<PointsEvent>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case", tag = "do", deny_unknown_fields)]
enum PointsEvent {
    Earn { at: NaiveDate, points: u64, active_from: Option<NaiveDate>, expires: Option<NaiveDate> },
    Spend { at: NaiveDate, points: u64 },
    Balance { at: NaiveDate },
}

fn midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

pub(crate) fn points(input: &str) -> Outcome<Value> {
    let input: PointsInput = serde_json::from_str(input)?;
    let (mut lots, mut log) = (Lots::default(), Vec::new());
    for (number, event) in (0..).zip(&input.events) {
        let outcome = match event {
            PointsEvent::Earn { at, points, active_from, expires } => {
                // In the order in which they were earned where nothing else decides.
                let mut id = [0; 16];
                id[8..].copy_from_slice(&u64::to_be_bytes(number));
                let (from, until) = (active_from.unwrap_or(*at), expires.map(midnight));
                lots.earn(TransferId::from_bytes(id), *points, midnight(from), until, midnight(*at))
            }
            PointsEvent::Spend { at, points } => lots.spend(*points, midnight(*at)).map(drop),
            PointsEvent::Balance { at } => {
                log.push(lots.balance(midnight(*at)).active.into());
                continue;
            }
        };
        log.push(Value::from(match outcome {
            Ok(()) => "ok",
            Err(throughline::wallet::points::PointsRefusal::NotEnough { .. }) => "insufficient_points",
            Err(_) => "refused",
        }));
    }
    Ok(json!({ "log": log }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RollbackInput {
    policy: ReturnPolicy,
    pending: u64,
    active: u64,
    rollback: u64,
}

pub(crate) fn points_rollback(input: &str) -> Outcome<Value> {
    let input: RollbackInput = serde_json::from_str(input)?;
    let id = |n| TransferId::from_bytes([n; 16]);
    let mut lots = Lots::default();
    let (now, later) = (second(0), second(100));
    for (n, points, from) in [(1, input.pending, later), (2, input.active, now)] {
        if points > 0 {
            lots.earn(id(n), points, from, None, now)?;
        }
    }
    let back = lots.take_back(id(3), input.rollback, input.policy, now);
    let left = lots.balance(now);
    Ok(json!({ "taken": back.taken, "pending": left.pending, "active": left.active }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PeriodInput {
    start: NaiveDate,
    rule: String,
    days: Option<u32>,
    months: Option<u32>,
    years: Option<u32>,
    #[serde(default)]
    grace_days: u32,
    #[serde(default)]
    calendar: Reckoning,
}

pub(crate) fn period_end(input: &str) -> Outcome<Value> {
    let input: PeriodInput = serde_json::from_str(input)?;
    let (span, end) = match input.rule.split_once("_then_") {
        Some((span, end)) => (Some(span), Some(end)),
        None if input.rule.starts_with("end_of_") => (None, Some(&*input.rule)),
        None => (Some(&*input.rule), None),
    };
    let after = match span {
        None => None,
        Some("days") => Some(Span::Days(input.days.ok_or("no days")?)),
        Some("months") => Some(Span::Months(input.months.ok_or("no months")?)),
        Some("years") => Some(Span::Years(input.years.ok_or("no years")?)),
        Some(_) => return Err("unknown rule".into()),
    };
    let end = end.map(|end| end.strip_prefix("end_of_").ok_or("unknown rule")).transpose()?;
    let next = end.is_some_and(|end| end.starts_with("next_"));
    let cycles = BTreeMap::from([
        ("month", Cycle::Month),
        ("quarter", Cycle::Quarter),
        ("half_year", Cycle::HalfYear),
        ("year", Cycle::Year),
    ]);
    let cycle = |end: &str| cycles.get(end.trim_start_matches("next_")).copied().ok_or("unknown rule");
    let end_of = end.map(cycle).transpose()?;
    let rule = PeriodRule { after, end_of, next, grace_days: input.grace_days, reckoning: input.calendar };
    Ok(json!({ "until": rule.last_day(input.start).ok_or("no such day")?.to_string() }))
}
