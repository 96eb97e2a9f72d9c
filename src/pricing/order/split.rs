//! What was sold, fixed to each unit when the order is placed: every later refund reads it and nothing is computed anew.

use serde::{Deserialize, Serialize};

use super::super::tax::{LineTax, RateName};
use super::super::{Quote, QuoteDiscount};
use crate::cart::LineKey;
use crate::ids::{OrderId, QuoteId};
use crate::money::{CurrencyUnit, Money, MoneyError, Spread, ZeroWeights, allocate};

/// A promotion's share of a line, over the line's units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderDiscount {
    /// The promotion's id.
    pub promotion: String,
    /// What it took off, zero or more.
    pub off: Spread,
}

/// A rate's tax on a line, over the line's units.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderTax {
    /// The rate.
    pub rate: RateName,
    /// Its tax.
    pub tax: Spread,
}

/// One line of an order: the goods of a cart's line, or a delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderLine {
    /// What was sold; none for delivery.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<LineKey>,
    /// What all units cost before discounts.
    pub price: Spread,
    /// What came off, promotion by promotion.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub discounts: Vec<OrderDiscount>,
    /// The tax of each rate: within the price or on top of it, as the order says.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taxes: Vec<OrderTax>,
}

/// Some units of a line, as they were sold, in minor units of the order's currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldAmounts {
    /// Without tax, after discounts.
    pub net: i64,
    /// Tax.
    pub tax: i64,
    /// What was paid.
    pub gross: i64,
}

impl OrderLine {
    /// Fixes a line to its units: the price, each discount and each rate's tax by the largest remainder, one after the
    /// other round the units, so that no unit bears more than one minor unit more than another, of the net amount, the
    /// tax and the gross amount alike, and none falls below zero.
    ///
    /// # Errors
    /// There is no unit.
    ///
    /// # Complexity
    /// O(discounts + rates), whatever the quantity.
    pub fn new(
        line: Option<LineKey>,
        units: u32,
        price: Money,
        discounts: impl IntoIterator<Item = (String, Money)>,
        tax: &LineTax,
    ) -> Result<Self, MoneyError> {
        let price = Spread::new(price.minor(), units, 0)?;
        let mut left = price.total();
        let mut first = 0;
        let mut fixed = Vec::new();
        for (promotion, off) in discounts {
            let off = Spread::new(off.minor(), units, first)?;
            left = left.saturating_sub(off.total());
            first = off.next_first();
            fixed.push(OrderDiscount { promotion, off });
        }
        let mut taxes = Vec::with_capacity(tax.rates.len());
        // After the discounts the dearer units are those from `first` on. Tax within the price begins with them; on top
        // of it, behind them, which is where those end that the price itself made dearer.
        if tax.net.minor() == left {
            first = price.next_first();
        }
        for rate in &tax.rates {
            let tax = Spread::new(rate.tax.minor(), units, first)?;
            first = tax.next_first();
            taxes.push(OrderTax { rate: rate.rate.clone(), tax });
        }
        Ok(Self { line, price, discounts: fixed, taxes })
    }

    /// How many units there are.
    #[must_use]
    pub const fn units(&self) -> u32 {
        self.price.units()
    }

    /// What the units from number `from` up to, without, `until` were sold for; `inclusive` says whether the price has
    /// the tax in it.
    #[must_use]
    pub fn part(&self, from: u32, until: u32, inclusive: bool) -> SoldAmounts {
        let off = self.discounts.iter().map(|discount| discount.off.of(from, until));
        let tax = self.taxes.iter().map(|tax| tax.tax.of(from, until));
        let (off, tax) = (off.fold(0, i64::saturating_add), tax.fold(0, i64::saturating_add));
        let amount = self.price.of(from, until).saturating_sub(off);
        if inclusive {
            SoldAmounts { net: amount.saturating_sub(tax), tax, gross: amount }
        } else {
            SoldAmounts { net: amount, tax, gross: amount.saturating_add(tax) }
        }
    }
}

/// An order as it was sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OrderSplit {
    /// The order.
    pub id: OrderId,
    /// The quote that it was placed under.
    pub quote: QuoteId,
    /// The currency of all amounts.
    pub unit: CurrencyUnit,
    /// Whether prices have the tax in them.
    pub inclusive: bool,
    /// The lines, in the order of the quote; delivery among them.
    pub lines: Vec<OrderLine>,
    /// The keys under which coupons were redeemed for it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coupons: Vec<String>,
    /// Points earned with it, over the goods in proportion to what was paid: one entry for each line.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Spread>,
}

impl OrderSplit {
    /// Fixes a quote to units as it is ordered: its lines, its gifts at nothing, and its delivery as the last line.
    ///
    /// # Errors
    /// An amount that does not fit.
    ///
    /// # Complexity
    /// O(lines × (discounts + rates)), whatever the quantities.
    pub fn new(id: OrderId, quote: &Quote, coupons: Vec<String>) -> Result<Self, MoneyError> {
        let unit = quote.total.unit();
        let zero = Money::zero(unit);
        let nothing = LineTax { net: zero, tax: zero, gross: zero, rates: Vec::new() };
        let named = |discount: &QuoteDiscount| (discount.promotion.to_string(), discount.off);
        let mut lines = Vec::with_capacity(quote.lines.len() + 1);
        for line in &quote.lines {
            let discounts = line.discounts.iter().map(named);
            lines.push(OrderLine::new(
                Some(line.line.clone()),
                line.quantity.get(),
                line.subtotal,
                discounts,
                &line.tax,
            )?);
        }
        for gift in quote.gifts.iter().map(|given| &given.gift) {
            let key = Some(LineKey::plain(gift.sku.clone()));
            lines.push(OrderLine::new(key, gift.quantity.get(), zero, [], &nothing)?);
        }
        if let Some(delivery) = &quote.delivery {
            let discounts = delivery.discounts.iter().map(named);
            lines.push(OrderLine::new(None, 1, delivery.fee, discounts, &delivery.tax)?);
        }
        Ok(Self { id, quote: quote.id, unit, inclusive: quote.inclusive, lines, coupons, points: Vec::new() })
    }

    /// The same order with points that were earned with it, shared over the lines by what was paid for them.
    ///
    /// # Errors
    /// What was paid does not fit 64 bits.
    pub fn with_points(mut self, points: u32) -> Result<Self, MoneyError> {
        let paid = self.lines.iter().map(|line| {
            let goods =
                if line.line.is_some() { line.part(0, line.units(), self.inclusive).gross } else { 0 };
            goods.unsigned_abs()
        });
        let weights: Vec<u64> = paid.collect();
        let shares = allocate(i64::from(points), &weights, ZeroWeights::Nothing)?;
        let shared: Result<Vec<Spread>, MoneyError> =
            self.lines.iter().zip(shares).map(|(line, share)| Spread::new(share, line.units(), 0)).collect();
        self.points = shared?;
        Ok(self)
    }

    /// What was paid in all.
    ///
    /// # Errors
    /// The sum does not fit 64 bits.
    pub fn paid(&self) -> Result<Money, MoneyError> {
        let of = |line: &OrderLine| Money::new(line.part(0, line.units(), self.inclusive).gross, self.unit);
        Money::sum(self.unit, self.lines.iter().map(of))
    }
}
