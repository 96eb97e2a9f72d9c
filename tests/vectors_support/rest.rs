//! Tax, quotes, parity, prior prices, coupons and refunds.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::cart::{LineKey, Sku};
use throughline::channel::Channel;
use throughline::ids::{OrderId, QuoteId};
use throughline::money::{Currency, CurrencyUnit, Money, Ratio, Rounding};
use throughline::pricing::coupon::{Counter, CouponAct, CouponUse, Limit, UsageLimit, UseOutcome, act};
use throughline::pricing::order::{
    KeptGoods, OrderLine, OrderSplit, RefundRules, ReturnedSoFar, ReturnedUnits, refund as pay_back,
};
use throughline::pricing::parity::{
    Basis, ChannelException, ExceptionId, ExceptionReason, Observation, ParityKey, ParityRules, Verdict,
    audit,
};
use throughline::pricing::prior_price::{PriceHistory, PriceStep, PriorPriceRules};
use throughline::pricing::tax::{
    LineTax, RateName, TaxEngine, TaxLevel, TaxPolicy, TaxRate, TaxRequest, TaxZone, TaxableLine, ZoneTax,
};
use throughline::signing::{SigningKeys, canonical_json};
use throughline::time::{DateTime, TimeDelta, Utc};

use super::Outcome;

fn unit(code: &str) -> Outcome<CurrencyUnit> {
    Ok(CurrencyUnit::new(Currency::parse(code)?, 2)?)
}

/// Days stand for their midnight.
fn instant(text: &str) -> Outcome<DateTime<Utc>> {
    Ok(if text.contains('T') { text.parse()? } else { format!("{text}T00:00:00Z").parse()? })
}

fn taxed(
    inclusive: bool,
    level: TaxLevel,
    rounding: Rounding,
    rate: i32,
    lines: &[(i64, u32)],
) -> Outcome<(i64, i64, i64)> {
    let zone = TaxZone::parse("vectors")?;
    let rate = TaxRate { name: RateName::parse("rate")?, rate: Ratio::basis_points(rate) };
    let rules = ZoneTax { inclusive, level, rounding, categories: BTreeMap::new(), standard: vec![rate] };
    let policy = TaxPolicy::new([(zone.clone(), rules)])?;
    let unit = unit("EUR")?;
    let line = |&(amount, units): &(i64, u32)| TaxableLine {
        amount: Money::new(amount, unit),
        units,
        category: None,
    };
    let taxes = policy.assess(&TaxRequest { zone, unit, lines: lines.iter().map(line).collect() })?;
    Ok((taxes.net.minor(), taxes.tax.minor(), taxes.gross.minor()))
}

pub(crate) fn tax(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        mode: String,
        unit: i64,
        qty: u32,
        rate_bp: i32,
        #[serde(default)]
        rounding: Rounding,
    }
    let input: Input = serde_json::from_str(input)?;
    let (inclusive, level) = match &*input.mode {
        "exclusive_unit" => (false, TaxLevel::Unit),
        "exclusive_line" => (false, TaxLevel::Line),
        "inclusive_unit" => (true, TaxLevel::Unit),
        "inclusive_line" => (true, TaxLevel::Line),
        _ => return Err("unknown mode".into()),
    };
    let amount = Money::new(input.unit, unit("EUR")?).times(i64::from(input.qty))?.minor();
    let (net, tax, gross) = taxed(inclusive, level, input.rounding, input.rate_bp, &[(amount, input.qty)])?;
    Ok(json!({ "net": net, "tax": tax, "gross": gross }))
}

pub(crate) fn tax_total(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        gross: Vec<i64>,
        rate_bp: i32,
        round_at: TaxLevel,
        #[serde(default)]
        rounding: Rounding,
    }
    let input: Input = serde_json::from_str(input)?;
    let lines: Vec<(i64, u32)> = input.gross.iter().map(|gross| (*gross, 1)).collect();
    let (_, tax, _) = taxed(true, input.round_at, input.rounding, input.rate_bp, &lines)?;
    Ok(json!({ "tax": tax }))
}

/// List price, discounts one after the other, then tax.
pub(crate) fn price_pipeline(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        list: i64,
        qty: u32,
        includes_tax: bool,
        rate_bp: i32,
        discounts_bp: Vec<i64>,
    }
    use throughline::cart::{Cart, Quantity};
    use throughline::ids::CartId;
    use throughline::pricing::promotion::{
        Action, Allocation, Promotion, PromotionId, Promotions, Selection,
    };
    use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Priced, Purchase, price};
    let input: Input = serde_json::from_str(input)?;
    let (unit, sku, zone) = (unit("EUR")?, Sku::parse("product")?, TaxZone::parse("vectors")?);
    let entry = PriceEntry::always(PriceId::parse("list")?, sku.clone(), Money::new(input.list, unit));
    let mut promotions = Vec::new();
    for (place, points) in input.discounts_bp.iter().enumerate() {
        let action = Action::Percent {
            off: Ratio::new(*points, 10_000)?,
            of: Selection::Everything,
            allocation: Allocation::EachLine,
        };
        promotions.push(Promotion::new(PromotionId::parse(&format!("discount {place}"))?, action));
    }
    let rate = TaxRate { name: RateName::parse("rate")?, rate: Ratio::basis_points(input.rate_bp) };
    let rules = ZoneTax {
        inclusive: input.includes_tax,
        level: TaxLevel::Line,
        rounding: Rounding::HalfEven,
        categories: BTreeMap::new(),
        standard: vec![rate],
    };
    let rules = PriceRules {
        promotions: Some(Promotions::new("vectors", promotions)?),
        tax: TaxPolicy::new([(zone.clone(), rules)])?,
        ..PriceRules::new(PriceBook::new("vectors", [entry])?)
    };
    let mut cart = Cart::empty(CartId::from_bytes([1; 16]), unit.currency());
    cart.lines.insert(LineKey::plain(sku), Quantity::new(input.qty)?);
    let purchase = Purchase { tax_zone: Some(zone), ..Purchase::default() };
    match price(QuoteId::from_bytes([2; 16]), &cart, &purchase, &rules, instant("2026-11-21")?)? {
        Priced::Quoted(quote) => Ok(json!({ "net": quote.net.minor(), "gross": quote.total.minor() })),
        Priced::Refused(refusal) => Err(format!("{:?}", refusal.reasons).into()),
    }
}

pub(crate) fn quote(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        key: String,
        quote: Value,
        presented: Value,
        now: String,
    }
    let input: Input = serde_json::from_str(input)?;
    let now = instant(&input.now)?;
    let keys = SigningKeys::new("vectors", input.key.as_bytes());
    let signature = keys.sign(canonical_json(&input.quote).as_bytes());
    let genuine = keys.check(&signature, canonical_json(&input.presented).as_bytes()).is_ok();
    let expires = input.presented.get("expires").and_then(Value::as_str).map(instant).transpose()?;
    let verdict = match (genuine, expires) {
        (false, _) => "tampered",
        (true, Some(expires)) if now >= expires => "expired",
        (true, _) => "honoured",
    };
    Ok(json!({ "verdict": verdict }))
}

pub(crate) fn parity(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        reference: String,
        at: String,
        observations: Vec<Seen>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Seen {
        channel: String,
        currency: String,
        tax_zone: String,
        net: i64,
        gross: i64,
        exception: Option<Declared>,
    }
    #[derive(Deserialize)]
    struct Declared {
        reason: String,
        from: Option<String>,
        until: Option<String>,
    }
    let input: Input = serde_json::from_str(input)?;
    let at = instant(&input.at)?;
    let channel = |text: &str| Channel::parse(&text.replace('-', "_")).ok_or("no channel");
    let sku = Sku::parse("product")?;
    let (mut observations, mut exceptions) = (Vec::new(), Vec::new());
    // Names of channels as the cases write them.
    let mut names = BTreeMap::new();
    let mut reasons = BTreeMap::new();
    for (place, seen) in input.observations.iter().enumerate() {
        let unit = unit(&seen.currency)?;
        let own = channel(&seen.channel)?;
        names.insert(own.clone(), seen.channel.clone());
        if let Some(declared) = &seen.exception {
            let reason: ExceptionReason =
                serde_json::from_value(json!(declared.reason)).unwrap_or(ExceptionReason::MarketplaceTerms);
            let from = declared.from.as_deref().map(instant).transpose()?.unwrap_or(DateTime::<Utc>::MIN_UTC);
            let until =
                declared.until.as_deref().map(instant).transpose()?.unwrap_or(DateTime::<Utc>::MAX_UTC);
            let id = ExceptionId::parse(&format!("exception {place}"))?;
            reasons.insert(id.clone(), declared.reason.clone());
            exceptions.push(ChannelException::new(id, reason, "owner", [own.clone()], [], (from, until))?);
        }
        observations.push(Observation {
            channel: own,
            key: ParityKey {
                sku: sku.clone(),
                condition: String::new(),
                segment: String::new(),
                from_quantity: 1,
            },
            tax_zone: TaxZone::parse(&seen.tax_zone)?,
            net: Money::new(seen.net, unit),
            gross: Money::new(seen.gross, unit),
            at,
            trace: Default::default(),
        });
    }
    let rules = ParityRules { reference: channel(&input.reference)?, exceptions, rates: Vec::new() };
    let report = audit(&observations, &rules, at);
    let findings: Vec<Value> = report
        .findings
        .iter()
        .map(|finding| {
            let mut answer = json!({ "channel": names.get(&finding.channel), "verdict": finding.verdict });
            if finding.verdict != Verdict::NotComparableCurrency {
                answer["gap"] = json!(finding.gap.map(Money::minor));
                answer["basis"] = json!(finding.basis.unwrap_or(Basis::Gross));
            }
            if let Some(excused) = &finding.exception {
                answer["reason"] = json!(reasons.get(&excused.id));
            }
            answer
        })
        .collect();
    Ok(json!({ "findings": findings }))
}

pub(crate) fn omnibus(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        history: Vec<Step>,
        days: u32,
        progressive_max_days: Option<u32>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Step {
        at: String,
        price: i64,
        original: Option<i64>,
    }
    let input: Input = serde_json::from_str(input)?;
    let unit = unit("EUR")?;
    let mut history = PriceHistory::default();
    let mut last = instant("1970-01-01")?;
    for (sequence, step) in (0..).zip(&input.history) {
        let money = |minor| Money::new(minor, unit);
        let (price, original) = (money(step.price), step.original.map(money));
        last = last.max(instant(&step.at)?);
        history.record(PriceStep { at: instant(&step.at)?, sequence, price, original })?;
    }
    let rules = PriorPriceRules {
        days: input.days,
        progressive_max_days: input.progressive_max_days,
        ..PriorPriceRules::directive()
    };
    Ok(json!({ "prior": history.prior(last, &rules).prior.map(Money::minor) }))
}

pub(crate) fn coupon_seq(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        limit: u64,
        #[serde(default)]
        used: u64,
        events: Vec<Event>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Event {
        #[serde(rename = "do")]
        act: String,
        key: String,
        t: Option<i64>,
        ttl: Option<i64>,
    }
    let input: Input = serde_json::from_str(input)?;
    let mut counter = Counter { redeemed: input.used, ..Counter::default() };
    let mut uses: BTreeMap<String, CouponUse> = BTreeMap::new();
    let start = instant("2026-11-21")?;
    let mut now = start;
    let mut results = Vec::new();
    for event in input.events {
        now = event.t.map_or(now, |seconds| start + TimeDelta::seconds(seconds));
        let doing = match &*event.act {
            "hold" => CouponAct::Hold { until: now + TimeDelta::seconds(event.ttl.ok_or("no ttl")?) },
            "redeem" => CouponAct::Redeem,
            "rollback" => CouponAct::Rollback,
            "release" => CouponAct::Release,
            _ => return Err("unknown act".into()),
        };
        let mut counted =
            [UsageLimit { of: Limit::Code, counter: &mut counter, elsewhere: 0, most: Some(input.limit) }];
        let used = uses.entry(event.key.clone()).or_default();
        results.push(match act(doing, &event.key, used, &mut counted, now) {
            UseOutcome::Ok => "ok",
            UseOutcome::LimitReached { .. } => "limit_reached",
            UseOutcome::NothingToRollBack => "nothing_to_roll_back",
            UseOutcome::NothingToRelease => "nothing_to_release",
        });
    }
    Ok(json!({ "results": results, "used": counter.redeemed }))
}

pub(crate) fn refund(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        lines: Vec<Line>,
        returns: Vec<Back>,
        clawback: Option<Clawback>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Line {
        id: String,
        unit: i64,
        qty: u32,
        #[serde(default)]
        discount: i64,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Back {
        id: String,
        qty: u32,
        #[serde(default)]
        already_returned: u32,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Clawback {
        min_subtotal: i64,
        percent_bp: i64,
    }
    let input: Input = serde_json::from_str(input)?;
    let unit = unit("EUR")?;
    let money = |minor| Money::new(minor, unit);
    let mut lines = Vec::new();
    for line in &input.lines {
        let price = money(line.unit).times(i64::from(line.qty))?;
        let tax = LineTax { net: price, tax: money(0), gross: price, rates: Vec::new() };
        let discount = [("order".to_owned(), money(line.discount))];
        lines.push(OrderLine::new(
            Some(LineKey::plain(Sku::parse(&line.id)?)),
            line.qty,
            price,
            discount,
            &tax,
        )?);
    }
    let order = OrderSplit {
        id: OrderId::from_bytes([1; 16]),
        quote: QuoteId::from_bytes([2; 16]),
        unit,
        inclusive: true,
        lines,
        coupons: Vec::new(),
        points: Vec::new(),
    };
    let place = |id: &str| input.lines.iter().position(|line| line.id == id).ok_or("no such line");
    let mut before = ReturnedSoFar { units: vec![0; input.lines.len()], refunded: 0 };
    let mut returns = Vec::new();
    for back in &input.returns {
        let line = place(&back.id)?;
        if !returns.iter().any(|back: &ReturnedUnits| back.line == line) {
            before.units[line] = back.already_returned;
            before.refunded += order.lines[line].part(0, back.already_returned, true).gross;
        }
        returns.push(ReturnedUnits { line, units: back.qty });
    }
    let mut kept = KeptGoods::KeepDiscount;
    if let Some(clawback) = &input.clawback {
        let mut units: Vec<u32> =
            input.lines.iter().zip(&before.units).map(|(line, gone)| line.qty - gone).collect();
        returns.iter().for_each(|back| units[back.line] -= back.units);
        let left: i64 =
            input.lines.iter().zip(&units).map(|(line, units)| line.unit * i64::from(*units)).sum();
        let off = if left >= clawback.min_subtotal {
            money(left).times_ratio(Ratio::new(clawback.percent_bp, 10_000)?, Rounding::HalfEven)?
        } else {
            money(0)
        };
        kept = KeptGoods::Reprice { price: money(left).minus(off)? };
    }
    let answer = pay_back(&order, &before, &returns, &kept, RefundRules::default())?;
    let mut result = json!({ "refund": answer.total.minor() });
    if input.clawback.is_none() {
        let mut per_line: BTreeMap<&str, i64> = BTreeMap::new();
        for line in &answer.lines {
            *per_line.entry(&input.lines[line.line].id).or_default() += line.gross.minor();
        }
        result["per_line"] = json!(per_line);
    }
    Ok(result)
}
