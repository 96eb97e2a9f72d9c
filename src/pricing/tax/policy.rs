//! Which rates apply where, as data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::error::{TaxError, TaxErrorKind};
use crate::checked_name::checked_names;
use crate::money::{Ratio, Rounding};
use crate::pricing::InvalidName;

checked_names! {
    128 bytes, InvalidName: InvalidName::new();
    /// Where the goods are taxed: a country, a state, a special territory. The host chooses the names.
    TaxZone;
    /// What kind of goods a line is to the tax office: food, books, services.
    TaxCategory;
    /// The name of a rate on an invoice: `VAT 19 %`, `GST`, `PST`.
    RateName;
}

/// On what a fraction of a minor unit of tax is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxLevel {
    /// Each unit: 1.08 at 19 percent is 0.21 of tax, three of them 0.63.
    Unit,
    /// Each line: three of 1.08 are 3.24, whose tax is 0.62.
    #[default]
    Line,
    /// All lines of one category together, shared over the lines by the largest remainder.
    Total,
}

/// One rate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRate {
    /// Its name on an invoice.
    pub name: RateName,
    /// The share of the net amount.
    pub rate: Ratio,
}

/// The tax rules of one zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ZoneTax {
    /// Whether prices have the tax in them, as customers in Europe see them, or get it on top.
    pub inclusive: bool,
    /// What is rounded.
    #[serde(default)]
    pub level: TaxLevel,
    /// How.
    #[serde(default)]
    pub rounding: Rounding,
    /// The rates of categories; several of one category are each on the net amount.
    #[serde(default)]
    pub categories: BTreeMap<TaxCategory, Vec<TaxRate>>,
    /// The rates of every other category; none is no tax.
    #[serde(default)]
    pub standard: Vec<TaxRate>,
}

impl ZoneTax {
    /// The rates of a category.
    #[must_use]
    pub fn rates(&self, category: Option<&TaxCategory>) -> &[TaxRate] {
        category.and_then(|category| self.categories.get(category)).unwrap_or(&self.standard)
    }
}

/// The tax rules of all zones, checked.
///
/// ```
/// use throughline::money::Ratio;
/// use throughline::pricing::tax::{RateName, TaxPolicy, TaxRate, TaxZone, ZoneTax};
/// let vat = TaxRate { name: RateName::parse("НДС 20 %")?, rate: Ratio::basis_points(2_000) };
/// let russia = ZoneTax {
///     inclusive: true,
///     level: Default::default(),
///     rounding: Default::default(),
///     categories: Default::default(),
///     standard: vec![vat],
/// };
/// let policy = TaxPolicy::new([(TaxZone::parse("RU")?, russia)])?;
/// assert!(policy.zone(&TaxZone::parse("RU")?).is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<TaxZone, ZoneTax>", into = "BTreeMap<TaxZone, ZoneTax>")]
pub struct TaxPolicy {
    zones: BTreeMap<TaxZone, ZoneTax>,
}

impl TaxPolicy {
    /// Checks the rules. The later of two rules of one zone stands.
    ///
    /// # Errors
    /// A rate is below zero, or named twice in one category.
    pub fn new(zones: impl IntoIterator<Item = (TaxZone, ZoneTax)>) -> Result<Self, TaxError> {
        let zones: BTreeMap<TaxZone, ZoneTax> = zones.into_iter().collect();
        for rates in zones.values().flat_map(|zone| zone.categories.values().chain([&zone.standard])) {
            for (at, rate) in rates.iter().enumerate() {
                if rate.rate.numerator() < 0 {
                    return Err(TaxError::new(TaxErrorKind::NegativeRate, rate.name.as_str()));
                }
                if rates.iter().take(at).any(|other| other.name == rate.name) {
                    return Err(TaxError::new(TaxErrorKind::DuplicateRate, rate.name.as_str()));
                }
            }
        }
        Ok(Self { zones })
    }

    /// The rules of a zone.
    #[must_use]
    pub fn zone(&self, zone: &TaxZone) -> Option<&ZoneTax> {
        self.zones.get(zone)
    }
}

impl TryFrom<BTreeMap<TaxZone, ZoneTax>> for TaxPolicy {
    type Error = TaxError;

    fn try_from(zones: BTreeMap<TaxZone, ZoneTax>) -> Result<Self, TaxError> {
        Self::new(zones)
    }
}

impl From<TaxPolicy> for BTreeMap<TaxZone, ZoneTax> {
    fn from(policy: TaxPolicy) -> Self {
        policy.zones
    }
}
