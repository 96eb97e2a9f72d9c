//! What comes back when goods come back.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::split::{OrderLine, OrderSplit};
use crate::money::{Money, MoneyError, MoneyErrorKind};
use crate::reason::Reason;

/// When a discount needed more goods than are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "policy", deny_unknown_fields)]
pub enum KeptGoods {
    /// The discount on what is kept stays: each unit gives back what was paid for it.
    #[default]
    KeepDiscount,
    /// What is kept is priced anew by the rules of the day of the order: what was paid beyond that comes back.
    Reprice {
        /// What the goods that are kept, delivery among them, would have cost alone, with tax.
        price: Money,
    },
}

/// What the shop gives back beside the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RefundRules {
    /// Whether the delivery fee comes back with the last unit.
    pub delivery: bool,
    /// Whether coupons may be used again once everything came back.
    pub coupons: bool,
}

impl RefundRules {
    /// What European consumer law asks of a withdrawal from a sale at a distance: the standard delivery fee comes back
    /// (Directive 2011/83/EU, article 13), and coupons are good again.
    #[must_use]
    pub const fn withdrawal() -> Self {
        Self { delivery: true, coupons: true }
    }
}

/// Some units of a line that come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReturnedUnits {
    /// The line's place in the order.
    pub line: usize,
    /// How many.
    pub units: u32,
}

/// What came back of an order before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ReturnedSoFar {
    /// How many units of each line; missing lines count as none.
    pub units: Vec<u32>,
    /// What was paid back for them, in minor units.
    pub refunded: i64,
}

/// What one line gives back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineRefund {
    /// The line's place in the order.
    pub line: usize,
    /// How many units.
    pub units: u32,
    /// Without tax.
    pub net: Money,
    /// The tax to reclaim.
    pub tax: Money,
    /// What was paid.
    pub gross: Money,
}

/// What is paid back, and what follows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Refund {
    /// The lines as they were sold, delivery among them where it comes back.
    pub lines: Vec<LineRefund>,
    /// What is paid back: the lines' gross amounts, less what the kept goods cost more where they are priced anew.
    pub total: Money,
    /// Points that were earned with what comes back and are taken back.
    pub points: i64,
    /// Keys of coupon redemptions to roll back.
    pub coupons: Vec<String>,
    /// What stands now: pass it to the next refund.
    pub so_far: ReturnedSoFar,
    /// Why the total is what it is.
    pub reasons: Vec<Reason>,
}

/// What is wrong, and so what the caller does about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RefundErrorKind {
    /// The order has no such line of goods: fix the input.
    UnknownLine,
    /// More units than were sold and are still out: refuse the return.
    TooManyUnits,
    /// No unit comes back: fix the input.
    NoUnits,
    /// Two currencies, a price below zero, or an amount that does not fit.
    Money,
}

/// A return that cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundError {
    kind: RefundErrorKind,
    source: Option<MoneyError>,
}

impl RefundError {
    const fn new(kind: RefundErrorKind) -> Self {
        Self { kind, source: None }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> RefundErrorKind {
        self.kind
    }
}

impl From<MoneyError> for RefundError {
    fn from(source: MoneyError) -> Self {
        Self { kind: RefundErrorKind::Money, source: Some(source) }
    }
}

impl fmt::Display for RefundError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.kind {
            RefundErrorKind::UnknownLine => "the order has no such line of goods",
            RefundErrorKind::TooManyUnits => "more units come back than are out",
            RefundErrorKind::NoUnits => "no unit comes back",
            RefundErrorKind::Money => "the refund cannot be computed",
        })
    }
}

impl std::error::Error for RefundError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_ref().map(|source| source as &(dyn std::error::Error + 'static))
    }
}

/// What comes back for `returns`, after what came back before.
///
/// Every unit was given its price, discounts and tax when the order was placed ([`OrderLine`]), so any sequence of
/// returns gives back exactly what was paid, and nothing that is kept changes its price unless [`KeptGoods::Reprice`]
/// says so. A refund is never below zero: where the kept goods cost more than was paid for all, nothing is paid back and
/// a reason says so; and all refunds together are never more than was paid.
///
/// # Errors
/// A line that is not of goods, more units than are still out, none at all, a price below zero, or amounts that do not
/// fit.
///
/// # Complexity
/// O(lines × (discounts + rates)), whatever the quantities.
pub fn refund(
    order: &OrderSplit,
    before: &ReturnedSoFar,
    returns: &[ReturnedUnits],
    kept: &KeptGoods,
    rules: RefundRules,
) -> Result<Refund, RefundError> {
    let mut units = before.units.clone();
    units.resize(order.lines.len(), 0);
    let mut lines = Vec::with_capacity(returns.len());
    let mut points = 0_i64;
    for back in returns {
        let line = order.lines.get(back.line).filter(|line| line.line.is_some());
        let (Some(line), Some(gone)) = (line, units.get_mut(back.line)) else {
            return Err(RefundError::new(RefundErrorKind::UnknownLine));
        };
        if back.units == 0 {
            return Err(RefundError::new(RefundErrorKind::NoUnits));
        }
        let from = *gone;
        let until = from.checked_add(back.units).filter(|until| *until <= line.units());
        *gone = until.ok_or(RefundError::new(RefundErrorKind::TooManyUnits))?;
        lines.push(line_refund(order, back.line, line, from, *gone));
        points =
            points.saturating_add(order.points.get(back.line).map_or(0, |spread| spread.of(from, *gone)));
    }
    if lines.is_empty() {
        return Err(RefundError::new(RefundErrorKind::NoUnits));
    }
    let all_back =
        order.lines.iter().zip(&units).all(|(line, gone)| line.line.is_none() || *gone == line.units());
    let mut reasons = vec![Reason::new("as_sold")];
    if all_back && rules.delivery {
        for (place, (line, gone)) in order.lines.iter().zip(&mut units).enumerate() {
            if line.line.is_none() && *gone < line.units() {
                lines.push(line_refund(order, place, line, *gone, line.units()));
                *gone = line.units();
                reasons.push(Reason::new("delivery_comes_back"));
            }
        }
    }
    let mut total = Money::sum(order.unit, lines.iter().map(|line| line.gross))?;
    let left = order.paid()?.minus(Money::new(before.refunded, order.unit))?;
    if let KeptGoods::Reprice { price } = kept {
        if price.is_negative() {
            return Err(MoneyError::new(MoneyErrorKind::Negative).into());
        }
        let beyond = left.minus(*price)?;
        reasons = vec![Reason::new("kept_goods_priced_anew")];
        if beyond.is_negative() {
            reasons.push(Reason::new("kept_goods_cost_more_than_was_paid"));
        }
        total = if beyond.is_negative() { Money::zero(order.unit) } else { beyond };
    } else if total.compare(left)?.is_gt() {
        // Goods that were priced anew before gave back more than their own part.
        reasons.push(Reason::new("no_more_than_was_paid"));
        total = if left.is_negative() { Money::zero(order.unit) } else { left };
    }
    let coupons = if all_back && rules.coupons { order.coupons.clone() } else { Vec::new() };
    let refunded = Money::new(before.refunded, order.unit).plus(total)?.minor();
    Ok(Refund { lines, total, points, coupons, so_far: ReturnedSoFar { units, refunded }, reasons })
}

fn line_refund(order: &OrderSplit, place: usize, line: &OrderLine, from: u32, until: u32) -> LineRefund {
    let part = line.part(from, until, order.inclusive);
    let money = |minor| Money::new(minor, order.unit);
    LineRefund {
        line: place,
        units: until - from,
        net: money(part.net),
        tax: money(part.tax),
        gross: money(part.gross),
    }
}
