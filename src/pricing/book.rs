//! The price book: what a product costs, in which currency, from when until when.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{PricingError, PricingErrorKind};
use crate::cart::Sku;
use crate::money::{Currency, Money};
use crate::time::{DateTime, Utc};

/// The host's id of one entry of its price book: 1 to 128 bytes without control characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PriceId(Box<str>);

impl PriceId {
    /// Reads an id; white space around it is dropped.
    ///
    /// # Errors
    /// [`PricingErrorKind::InvalidId`].
    pub fn parse(text: &str) -> Result<Self, PricingError> {
        let text = text.trim();
        if text.is_empty() || text.len() > 128 || text.contains(char::is_control) {
            return Err(PricingError::new(PricingErrorKind::InvalidId));
        }
        Ok(Self(text.into()))
    }

    /// The id.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PriceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for PriceId {
    type Error = PricingError;

    fn try_from(text: String) -> Result<Self, PricingError> {
        Self::parse(&text)
    }
}

impl From<PriceId> for String {
    fn from(id: PriceId) -> Self {
        id.0.into()
    }
}

/// What one piece of a product costs during `[from, until)`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// The entry's id.
    pub id: PriceId,
    /// The product.
    pub sku: Sku,
    /// The price of one piece, zero or more.
    pub unit_price: Money,
    /// The first instant at which it is valid; absent means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The first instant at which it is valid no more; absent means open-ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
}

impl PriceEntry {
    /// A price without dates.
    #[must_use]
    pub const fn always(id: PriceId, sku: Sku, unit_price: Money) -> Self {
        Self { id, sku, unit_price, from: None, until: None }
    }

    /// Whether it has begun by then.
    #[must_use]
    pub fn has_begun(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at)
    }

    /// Whether it has ended by then.
    #[must_use]
    pub fn has_ended(&self, at: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// 0 for a window with an end, 1 for one with a beginning only, 2 for a price without dates.
    pub(super) const fn openness(&self) -> u8 {
        match (self.from, self.until) {
            (_, Some(_)) => 0,
            (Some(_), None) => 1,
            (None, None) => 2,
        }
    }

    /// The order of preference among the entries of one product and currency.
    fn preference(&self, other: &Self) -> Ordering {
        (self.openness(), self.unit_price.minor(), &self.id).cmp(&(
            other.openness(),
            other.unit_price.minor(),
            &other.id,
        ))
    }
}

/// All prices of a business: one per product, currency and time.
///
/// Where two entries of one product and currency are valid at one instant, the first in this total order is the price:
/// 1. a window with an end, before one with a beginning only, before a price without dates;
/// 2. the lower amount;
/// 3. the smaller id, byte by byte.
///
/// So a dated price takes precedence over the standing one while it lasts, and a price change takes effect by ending
/// the old price's window. The order of the entries makes no difference.
///
/// JSON: `{"version":…,"entries":[…]}`, checked when read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawPriceBook", into = "RawPriceBook")]
pub struct PriceBook {
    version: String,
    /// By product, currency and preference.
    entries: Vec<PriceEntry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPriceBook {
    version: String,
    entries: Vec<PriceEntry>,
}

impl PriceBook {
    /// A price book; `version` is the host's own name for this state of it, and each quote carries it.
    /// An entry that is given twice is held once.
    ///
    /// # Errors
    /// [`PricingErrorKind::NegativePrice`], [`PricingErrorKind::EmptyWindow`], [`PricingErrorKind::DuplicateId`],
    /// [`PricingErrorKind::MixedExponents`], for the first such entry in the order of preference.
    ///
    /// # Complexity
    /// O(n log n).
    pub fn new(
        version: impl Into<String>,
        entries: impl IntoIterator<Item = PriceEntry>,
    ) -> Result<Self, PricingError> {
        let mut entries: Vec<PriceEntry> = entries.into_iter().collect();
        entries.sort_by(|a, b| {
            group(a)
                .cmp(&group(b))
                .then_with(|| a.preference(b))
                .then_with(|| (a.from, a.until).cmp(&(b.from, b.until)))
                .then_with(|| a.unit_price.exponent().cmp(&b.unit_price.exponent()))
        });
        entries.dedup();
        let mut ids = std::collections::BTreeSet::new();
        let mut units = BTreeMap::new();
        for entry in &entries {
            let wrong = |kind| Err(PricingError::at(kind, &entry.id));
            if entry.unit_price.is_negative() {
                return wrong(PricingErrorKind::NegativePrice);
            }
            if entry.from.zip(entry.until).is_some_and(|(from, until)| from >= until) {
                return wrong(PricingErrorKind::EmptyWindow);
            }
            if !ids.insert(&entry.id) {
                return wrong(PricingErrorKind::DuplicateId);
            }
            let unit = entry.unit_price.unit();
            if *units.entry(unit.currency()).or_insert(unit) != unit {
                return wrong(PricingErrorKind::MixedExponents);
            }
        }
        Ok(Self { version: version.into(), entries })
    }

    /// The host's name for this state of the price book.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All entries, by product, currency and preference.
    #[must_use]
    pub fn entries(&self) -> &[PriceEntry] {
        &self.entries
    }

    /// The entries of one product in one currency, in the order of preference. O(log n).
    pub(super) fn candidates(&self, sku: &Sku, currency: Currency) -> &[PriceEntry] {
        let start = self.entries.partition_point(|entry| group(entry) < (sku, currency));
        let rest = self.entries.get(start..).unwrap_or_default();
        let end = rest.partition_point(|entry| group(entry) <= (sku, currency));
        rest.get(..end).unwrap_or_default()
    }

    /// Whether it has any price of the product, in whatever currency and time. O(log n).
    pub(super) fn knows(&self, sku: &Sku) -> bool {
        let start = self.entries.partition_point(|entry| entry.sku < *sku);
        self.entries.get(start).is_some_and(|entry| entry.sku == *sku)
    }
}

const fn group(entry: &PriceEntry) -> (&Sku, Currency) {
    (&entry.sku, entry.unit_price.currency())
}

impl TryFrom<RawPriceBook> for PriceBook {
    type Error = PricingError;

    fn try_from(raw: RawPriceBook) -> Result<Self, PricingError> {
        Self::new(raw.version, raw.entries)
    }
}

impl From<PriceBook> for RawPriceBook {
    fn from(book: PriceBook) -> Self {
        Self { version: book.version, entries: book.entries }
    }
}
