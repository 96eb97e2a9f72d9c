//! What a channel showed.

use serde::{Deserialize, Serialize};

use super::super::tax::TaxZone;
use super::super::{Quote, QuoteLine};
use crate::cart::Sku;
use crate::channel::Channel;
use crate::money::Money;
use crate::time::{DateTime, Utc};

/// What must agree for two prices to be comparable.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ParityKey {
    /// The product.
    pub sku: Sku,
    /// New, used, opened: the host's word, empty where it has none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub condition: String,
    /// The kind of customer that the price is for, empty for everybody.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub segment: String,
    /// The quantity from which the price holds.
    #[serde(default = "one")]
    pub from_quantity: u32,
}

const fn one() -> u32 {
    1
}

/// How a channel came to its price, as far as it says: where two of these first differ is what parted the prices.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Trace {
    /// The entry or the list of the price book.
    pub price: String,
    /// The promotions that applied, in order.
    pub promotions: Vec<String>,
    /// The rounding policy.
    pub rounding: String,
    /// The tax rates.
    pub tax: String,
}

/// What one channel showed from an instant on, until it showed something else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Where.
    pub channel: Channel,
    /// Of what.
    pub key: ParityKey,
    /// Where the goods are taxed.
    pub tax_zone: TaxZone,
    /// Without tax, the goods alone: fees for delivery or payment are lines of their own.
    pub net: Money,
    /// With tax.
    pub gross: Money,
    /// From when.
    pub at: DateTime<Utc>,
    /// How it came about.
    #[serde(default)]
    pub trace: Trace,
}

impl Observation {
    /// What a channel showed for the lines of a quote: what the goods of each line cost together, comparable with the
    /// same quantity elsewhere.
    #[must_use]
    pub fn of_quote(channel: &Channel, zone: &TaxZone, quote: &Quote, rounding: &str) -> Vec<Self> {
        let of_line = |line: &QuoteLine| Self {
            channel: channel.clone(),
            key: ParityKey {
                sku: line.line.sku().clone(),
                condition: String::new(),
                segment: String::new(),
                from_quantity: line.quantity.get(),
            },
            tax_zone: zone.clone(),
            net: line.tax.net,
            gross: line.tax.gross,
            at: quote.priced_at,
            trace: Trace {
                price: line.price.to_string(),
                promotions: line.discounts.iter().map(|discount| discount.promotion.to_string()).collect(),
                rounding: rounding.to_owned(),
                tax: line.tax.rates.iter().map(|rate| rate.rate.as_str()).collect::<Vec<_>>().join(" + "),
            },
        };
        quote.lines.iter().map(of_line).collect()
    }
}
