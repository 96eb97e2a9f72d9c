//! What is kept back for safety.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::{LocationId, Method, StockError, StockErrorKind};
use crate::cart::Sku;

/// How much is kept back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Safety {
    /// So many pieces.
    Units(u32),
    /// So many hundredths of a percent of what is on hand, rounded up: 10,000 is all of it.
    Share(u16),
}

impl Safety {
    /// The pieces to keep back where so many are on hand.
    #[must_use]
    pub fn units(self, on_hand: u32) -> u32 {
        match self {
            Self::Units(units) => units,
            Self::Share(points) => {
                let kept = (u64::from(on_hand) * u64::from(points)).div_ceil(10_000);
                u32::try_from(kept).unwrap_or(u32::MAX)
            }
        }
    }
}

/// A rule: what is kept back of an item, of an item at a location, or of an item at a location for a method.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SafetyRule {
    /// Of which item.
    pub sku: Sku,
    /// At which location; everywhere if none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub location: Option<LocationId>,
    /// For which method; for all if none is named. Needs a location.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Method>,
    /// How much.
    pub keep: Safety,
}

/// What is kept back, on three levels. The most specific rule decides alone, also if it keeps nothing back.
///
/// ```
/// use throughline::cart::Sku;
/// use throughline::stock::availability::{Safety, SafetyRules};
/// use throughline::stock::{LocationId, Method};
/// let rules: SafetyRules = serde_json::from_str(r#"[
///     {"sku": "tshirt", "keep": {"units": 5}},
///     {"sku": "tshirt", "location": "store1", "keep": {"units": 3}},
///     {"sku": "tshirt", "location": "store1", "method": "ship", "keep": {"units": 0}}
/// ]"#)?;
/// let (tshirt, store) = (Sku::parse("tshirt")?, LocationId::parse("store1")?);
/// assert_eq!(rules.keep(&tshirt, &store, None), Safety::Units(3));
/// assert_eq!(rules.keep(&tshirt, &store, Some(&Method::parse("ship")?)), Safety::Units(0));
/// assert_eq!(rules.keep(&tshirt, &LocationId::parse("store2")?, None), Safety::Units(5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<SafetyRule>", into = "Vec<SafetyRule>")]
pub struct SafetyRules {
    by_item: BTreeMap<Sku, OfItem>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct OfItem {
    anywhere: Option<Safety>,
    at: BTreeMap<LocationId, AtLocation>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct AtLocation {
    any_method: Option<Safety>,
    by_method: BTreeMap<Method, Safety>,
}

impl SafetyRules {
    /// These rules.
    ///
    /// # Errors
    /// `Twice` for two rules about the same, `InvalidShare` for more than all, `InvalidSetting` for a method without a
    /// location.
    pub fn new(rules: impl IntoIterator<Item = SafetyRule>) -> Result<Self, StockError> {
        let mut by_item: BTreeMap<Sku, OfItem> = BTreeMap::new();
        for SafetyRule { sku, location, method, keep } in rules {
            if matches!(keep, Safety::Share(points) if points > 10_000) {
                return Err(StockError::new(StockErrorKind::InvalidShare));
            }
            let of_item = by_item.entry(sku).or_default();
            let earlier = match (location, method) {
                (None, None) => of_item.anywhere.replace(keep),
                (None, Some(_)) => return Err(StockError::new(StockErrorKind::InvalidSetting)),
                (Some(location), None) => of_item.at.entry(location).or_default().any_method.replace(keep),
                (Some(location), Some(method)) => {
                    of_item.at.entry(location).or_default().by_method.insert(method, keep)
                }
            };
            if earlier.is_some() {
                return Err(StockError::new(StockErrorKind::Twice));
            }
        }
        Ok(Self { by_item })
    }

    /// What to keep back of an item at a location, for a method if one is named.
    ///
    /// # Complexity
    /// O(log rules).
    #[must_use]
    pub fn keep(&self, sku: &Sku, location: &LocationId, method: Option<&Method>) -> Safety {
        let Some(of_item) = self.by_item.get(sku) else { return Safety::Units(0) };
        let here = of_item.at.get(location);
        let for_method = method.and_then(|method| here?.by_method.get(method).copied());
        for_method.or_else(|| here?.any_method).or(of_item.anywhere).unwrap_or(Safety::Units(0))
    }
}

impl TryFrom<Vec<SafetyRule>> for SafetyRules {
    type Error = StockError;

    fn try_from(rules: Vec<SafetyRule>) -> Result<Self, StockError> {
        Self::new(rules)
    }
}

impl From<SafetyRules> for Vec<SafetyRule> {
    fn from(rules: SafetyRules) -> Self {
        let mut all = Self::new();
        for (sku, of_item) in rules.by_item {
            let mut rule = |location: Option<&LocationId>, method: Option<Method>, keep| {
                all.push(SafetyRule { sku: sku.clone(), location: location.cloned(), method, keep });
            };
            of_item.anywhere.into_iter().for_each(|keep| rule(None, None, keep));
            for (location, here) in of_item.at {
                here.any_method.into_iter().for_each(|keep| rule(Some(&location), None, keep));
                here.by_method
                    .into_iter()
                    .for_each(|(method, keep)| rule(Some(&location), Some(method), keep));
            }
        }
        all
    }
}
