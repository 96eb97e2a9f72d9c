//! Totals divided by shares: the end of every model that answers for all paths at once.

use super::credit::{ChannelCredit, Credits, Sharing, none};
use super::divide::{Divider, whole};
use super::{AttributionError, AttributionErrorKind};
use crate::journey::paths::Paths;

/// Sums over all paths.
#[derive(Debug, Default)]
pub(super) struct Totals {
    conversions: u64,
    sales: i128,
    refunds: i128,
    none_conversions: u64,
    none_value: i128,
}

impl Totals {
    pub(super) fn of(paths: &Paths) -> Self {
        let mut totals = Self::default();
        for path in paths.iter() {
            let outcome = path.outcome();
            let value = i128::from(outcome.value_minor);
            if path.is_empty() {
                totals.none_conversions += u64::from(outcome.conversions);
                totals.none_value += value;
                continue;
            }
            totals.conversions += u64::from(outcome.conversions);
            if value < 0 {
                totals.refunds += value;
            } else {
                totals.sales += value;
            }
        }
        totals
    }
}

/// Weights of channels in the order of their names.
#[derive(Debug, Default)]
pub(super) struct Shares {
    channels: Vec<Box<str>>,
    conversions: Vec<f64>,
    value: Vec<f64>,
}

impl Shares {
    pub(super) fn push(&mut self, channel: Box<str>, conversions: f64, value: f64) {
        self.channels.push(channel);
        self.conversions.push(conversions);
        self.value.push(value);
    }
}

/// Divides sales and, mirrored, refunds by the shares of value (those of conversions if no path had a value).
#[expect(clippy::cast_precision_loss, reason = "fewer than 2^53 conversions")]
pub(super) fn credits(shares: Shares, totals: &Totals) -> Result<Credits, AttributionError> {
    let overflow = AttributionError::new(AttributionErrorKind::Overflow);
    let minor = |value: i128| i64::try_from(value).map_err(|_| overflow.clone());
    let sum: f64 = shares.conversions.iter().sum();
    let value_sum: f64 = shares.value.iter().sum();
    let (weights, of) = if value_sum > 0.0 { (&shares.value, value_sum) } else { (&shares.conversions, sum) };
    let weights: Vec<u64> =
        weights.iter().map(|&weight| if of > 0.0 { whole(weight / of) } else { 0 }).collect();
    let mut divider = Divider::default();
    let sales: Vec<i64> = divider.divide(minor(totals.sales)?, &weights).collect();
    let refunds: Vec<i64> = divider.divide(minor(totals.refunds)?, &weights).collect();
    let all = shares.channels.len().max(1) as f64;
    let mut channels = Vec::with_capacity(sales.len());
    for (((channel, share), sale), refund) in
        shares.channels.into_iter().zip(shares.conversions).zip(sales).zip(refunds)
    {
        let share = if sum > 0.0 { share / sum } else { 1.0 / all };
        channels.push(ChannelCredit {
            channel,
            conversions: totals.conversions as f64 * share,
            value_minor: minor(i128::from(sale) + i128::from(refund))?,
        });
    }
    let none = none(totals.none_conversions, minor(totals.none_value)?);
    Ok(Credits { channels, none, sharing: Sharing::Divided })
}
