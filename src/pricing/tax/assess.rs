//! Net, tax and gross of every line, which always add up.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{TaxError, TaxErrorKind};
use super::policy::{RateName, TaxCategory, TaxLevel, TaxPolicy, TaxRate, TaxZone, ZoneTax};
use crate::money::{CurrencyUnit, Money, MoneyErrorKind, Rounding, Spread, ZeroWeights, allocate};

/// A line to be taxed, after discounts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxableLine {
    /// What its units cost together, with the tax in it if the zone's prices have it.
    pub amount: Money,
    /// How many units there are, at least one.
    pub units: u32,
    /// What it is to the tax office; none is the zone's standard.
    pub category: Option<TaxCategory>,
}

/// What is to be taxed, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxRequest {
    /// Where.
    pub zone: TaxZone,
    /// The currency of all amounts.
    pub unit: CurrencyUnit,
    /// The lines, delivery among them where it is taxed.
    pub lines: Vec<TaxableLine>,
}

/// The tax of one rate on a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateTax {
    /// The rate.
    pub rate: RateName,
    /// Its tax.
    pub tax: Money,
}

/// A line with its tax: `net + tax = gross`, and the taxes of all rates are the tax.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineTax {
    /// Without tax.
    pub net: Money,
    /// The tax.
    pub tax: Money,
    /// With tax.
    pub gross: Money,
    /// The tax of each rate, in the order of the policy.
    pub rates: Vec<RateTax>,
}

/// The lines of one rate together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RateTotal {
    /// The net amount that it is on.
    pub net: Money,
    /// The tax.
    pub tax: Money,
}

/// The tax of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taxes {
    /// Whether the prices had the tax in them.
    pub inclusive: bool,
    /// Each line, in the order of the request.
    pub lines: Vec<LineTax>,
    /// What an invoice lists for each rate.
    pub rates: BTreeMap<RateName, RateTotal>,
    /// All net amounts.
    pub net: Money,
    /// All tax.
    pub tax: Money,
    /// All gross amounts.
    pub gross: Money,
}

/// What assesses tax: [`TaxPolicy`], or an engine of the host's own, which must answer the same for the same request.
///
/// ```
/// use throughline::pricing::tax::{TaxEngine, TaxError, TaxPolicy, TaxRequest, Taxes};
/// /// Asks a table that the host loaded from its tax service before pricing.
/// struct Loaded(TaxPolicy);
/// impl TaxEngine for Loaded {
///     fn assess(&self, request: &TaxRequest) -> Result<Taxes, TaxError> {
///         self.0.assess(request)
///     }
/// }
/// ```
pub trait TaxEngine {
    /// Net, tax and gross of every line.
    ///
    /// # Errors
    /// Whatever keeps the tax from being known. Without tax there is no price.
    fn assess(&self, request: &TaxRequest) -> Result<Taxes, TaxError>;
}

/// Asks an engine and checks its answer before anything rests on it: one line for each of the request, every amount in
/// its currency, net and tax are gross on every line and in all, the gross (or net) amount is the one asked about, and
/// the rates add up.
///
/// # Errors
/// The engine's own, or [`TaxErrorKind::DoesNotAddUp`].
pub fn assess(engine: &dyn TaxEngine, request: &TaxRequest) -> Result<Taxes, TaxError> {
    let taxes = engine.assess(request)?;
    if adds_up(&taxes, request)? {
        return Ok(taxes);
    }
    Err(TaxError::new(TaxErrorKind::DoesNotAddUp, request.zone.as_str()))
}

fn adds_up(taxes: &Taxes, request: &TaxRequest) -> Result<bool, TaxError> {
    let unit = request.unit;
    if taxes.lines.len() != request.lines.len() {
        return Ok(false);
    }
    for (line, asked) in taxes.lines.iter().zip(&request.lines) {
        let priced = if taxes.inclusive { line.gross } else { line.net };
        let rates = Money::sum(unit, line.rates.iter().map(|rate| rate.tax))?;
        if line.net.plus(line.tax)? != line.gross || priced != asked.amount || rates != line.tax {
            return Ok(false);
        }
    }
    let sum = |of: fn(&LineTax) -> Money| Money::sum(unit, taxes.lines.iter().map(of));
    let rates = Money::sum(unit, taxes.rates.values().map(|rate| rate.tax))?;
    Ok(sum(|line| line.net)? == taxes.net
        && sum(|line| line.tax)? == taxes.tax
        && sum(|line| line.gross)? == taxes.gross
        && rates == taxes.tax)
}

impl TaxEngine for TaxPolicy {
    /// By the rules of the request's zone.
    ///
    /// On top of net prices each rate is rounded by itself, since each is owed to its own authority. Within gross prices
    /// the tax of all rates is rounded once and shared over them by the largest remainder, so that net and tax are
    /// always gross.
    ///
    /// # Errors
    /// The zone has no rules, an amount is below zero or of another currency, a line has no unit, or a sum overflows.
    ///
    /// # Complexity
    /// O(lines × rates), whatever the quantities.
    fn assess(&self, request: &TaxRequest) -> Result<Taxes, TaxError> {
        let zone = self
            .zone(&request.zone)
            .ok_or_else(|| TaxError::new(TaxErrorKind::UnknownZone, request.zone.as_str()))?;
        for line in &request.lines {
            request.unit.same(line.amount.unit())?;
            if line.amount.is_negative() {
                return Err(TaxError::new(TaxErrorKind::NegativeAmount, ""));
            }
            if line.units == 0 {
                return Err(TaxError::new(TaxErrorKind::NoUnits, ""));
            }
        }
        let taxes = match zone.level {
            TaxLevel::Unit => each(zone, &request.lines, tax_of_units)?,
            TaxLevel::Line => each(zone, &request.lines, |zone, rates, line| {
                tax_of(zone.inclusive, zone.rounding, rates, line.amount.minor())
            })?,
            TaxLevel::Total => together(zone, &request.lines)?,
        };
        gathered(zone, request, taxes)
    }
}

/// The tax of each rate, for each line.
type TaxOfRates = Vec<i64>;

fn each(
    zone: &ZoneTax,
    lines: &[TaxableLine],
    tax: impl Fn(&ZoneTax, &[TaxRate], &TaxableLine) -> Result<TaxOfRates, TaxError>,
) -> Result<Vec<TaxOfRates>, TaxError> {
    lines.iter().map(|line| tax(zone, zone.rates(line.category.as_ref()), line)).collect()
}

/// The tax of a line whose units are taxed one by one. At most two amounts occur among its units.
fn tax_of_units(zone: &ZoneTax, rates: &[TaxRate], line: &TaxableLine) -> Result<TaxOfRates, TaxError> {
    let mut total = vec![0_i64; rates.len()];
    for (amount, units) in Spread::new(line.amount.minor(), line.units, 0)?.bands() {
        let of_unit = tax_of(zone.inclusive, zone.rounding, rates, amount)?;
        for (total, tax) in total.iter_mut().zip(of_unit) {
            let of_all = tax.checked_mul(i64::from(units)).ok_or_else(overflow)?;
            *total = total.checked_add(of_all).ok_or_else(overflow)?;
        }
    }
    Ok(total)
}

/// The tax of all lines of one category rounded once, shared over the lines by the largest remainder.
fn together(zone: &ZoneTax, lines: &[TaxableLine]) -> Result<Vec<TaxOfRates>, TaxError> {
    let mut by_rates: BTreeMap<Option<&TaxCategory>, Vec<usize>> = BTreeMap::new();
    for (at, line) in lines.iter().enumerate() {
        let own = line.category.as_ref().filter(|category| zone.categories.contains_key(*category));
        by_rates.entry(own).or_default().push(at);
    }
    let mut taxes: Vec<TaxOfRates> = vec![Vec::new(); lines.len()];
    for (category, places) in by_rates {
        let rates = zone.rates(category);
        let amounts: Vec<i64> =
            places.iter().filter_map(|at| lines.get(*at)).map(|line| line.amount.minor()).collect();
        let all =
            amounts.iter().try_fold(0_i64, |sum, amount| sum.checked_add(*amount)).ok_or_else(overflow)?;
        let mut weights: Vec<u64> = amounts.iter().map(|amount| amount.unsigned_abs()).collect();
        let of_all = tax_of(zone.inclusive, zone.rounding, rates, all)?;
        if zone.inclusive {
            // The tax of all rates is shared first and then parted: rates that are each rounded up on one line could
            // take more than it costs.
            let tax = of_all.iter().fold(0, |sum: i64, tax| sum.saturating_add(*tax));
            let parts = allocate(tax, &weights, ZeroWeights::Nothing)?;
            weights = parts.iter().map(|part| part.unsigned_abs()).collect();
        }
        for tax in of_all {
            let parts = allocate(tax, &weights, ZeroWeights::Nothing)?;
            for ((at, part), weight) in places.iter().zip(parts).zip(&mut weights) {
                if zone.inclusive {
                    *weight = weight.saturating_sub(part.unsigned_abs());
                }
                if let Some(of_rates) = taxes.get_mut(*at) {
                    of_rates.push(part);
                }
            }
        }
    }
    Ok(taxes)
}

/// The tax of each rate on one amount.
fn tax_of(
    inclusive: bool,
    rounding: Rounding,
    rates: &[TaxRate],
    amount: i64,
) -> Result<TaxOfRates, TaxError> {
    if !inclusive {
        let of = |rate: &TaxRate| {
            share(amount, rate.rate.numerator().into(), rate.rate.denominator().into(), rounding)
        };
        return rates.iter().map(of).collect();
    }
    // All rates over one denominator: the tax is gross * rate / (1 + rate).
    let denominator =
        rates.iter().try_fold(1_i128, |all, rate| least_common_multiple(all, rate.rate.denominator().into()));
    let denominator = denominator.ok_or_else(overflow)?;
    let weights: Option<Vec<u64>> = rates
        .iter()
        .map(|rate| {
            let times = denominator.checked_div(rate.rate.denominator().into())?;
            u64::try_from(times.checked_mul(rate.rate.numerator().into())?).ok()
        })
        .collect();
    let weights = weights.ok_or_else(overflow)?;
    let numerator: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
    let tax = share(amount, numerator, denominator.checked_add(numerator).ok_or_else(overflow)?, rounding)?;
    Ok(allocate(tax, &weights, ZeroWeights::Nothing)?)
}

fn share(amount: i64, numerator: i128, denominator: i128, rounding: Rounding) -> Result<i64, TaxError> {
    let product = i128::from(amount).checked_mul(numerator);
    let share = product.and_then(|product| rounding.divide(product, denominator));
    share.and_then(|share| i64::try_from(share).ok()).ok_or_else(overflow)
}

fn least_common_multiple(a: i128, b: i128) -> Option<i128> {
    let (mut x, mut y) = (a, b);
    while let Some(rest) = x.checked_rem(y) {
        (x, y) = (y, rest);
    }
    a.checked_div(x)?.checked_mul(b)
}

fn overflow() -> TaxError {
    crate::money::MoneyError::new(MoneyErrorKind::Overflow).into()
}

fn gathered(zone: &ZoneTax, request: &TaxRequest, taxes: Vec<TaxOfRates>) -> Result<Taxes, TaxError> {
    let zero = Money::zero(request.unit);
    let mut lines = Vec::with_capacity(request.lines.len());
    let mut totals: BTreeMap<RateName, RateTotal> = BTreeMap::new();
    for (line, of_rates) in request.lines.iter().zip(taxes) {
        let money = |minor| Money::new(minor, request.unit);
        let tax = Money::sum(request.unit, of_rates.iter().map(|tax| money(*tax)))?;
        let (net, gross) = if zone.inclusive {
            (line.amount.minus(tax)?, line.amount)
        } else {
            (line.amount, line.amount.plus(tax)?)
        };
        let mut rates = Vec::with_capacity(of_rates.len());
        for (rate, tax) in zone.rates(line.category.as_ref()).iter().zip(of_rates) {
            let total = totals.entry(rate.name.clone()).or_insert_with(|| RateTotal { net: zero, tax: zero });
            total.net = total.net.plus(net)?;
            total.tax = total.tax.plus(money(tax))?;
            rates.push(RateTax { rate: rate.name.clone(), tax: money(tax) });
        }
        lines.push(LineTax { net, tax, gross, rates });
    }
    let sum = |of: fn(&LineTax) -> Money| Money::sum(request.unit, lines.iter().map(of));
    let (net, tax, gross) = (sum(|line| line.net)?, sum(|line| line.tax)?, sum(|line| line.gross)?);
    Ok(Taxes { inclusive: zone.inclusive, lines, rates: totals, net, tax, gross })
}
