//! Who asks for a price, as far as prices may know.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::conditions::value;
use super::{Conditions, Dimension, PricingError, PricingErrorKind};

/// What a price may depend on of the one who asks: customer groups, and facts such as the country of delivery, the
/// market or the company. Several values of one dimension are all candidates.
///
/// It knows no channel: a dimension with that name is refused. An empty buyer sees the prices without conditions only.
/// `Debug` does not show the values.
///
/// JSON: `{"groups":["gold"],"facts":{"country":["DE"]}}`, checked when read.
///
/// ```
/// use throughline::pricing::{Buyer, PricingErrorKind};
/// let buyer = Buyer::anonymous().with_group("مشتری ویژه")?.with_fact("country", "IR")?;
/// assert!(buyer.groups().contains("مشتری ویژه"));
/// let refused = Buyer::anonymous().with_fact("channel", "web").map_err(|error| error.kind());
/// assert_eq!(refused, Err(PricingErrorKind::ChannelDimension));
/// # Ok::<(), throughline::pricing::PricingError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawBuyer")]
pub struct Buyer {
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    groups: BTreeSet<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    facts: BTreeMap<Dimension, BTreeSet<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawBuyer {
    #[serde(default)]
    groups: BTreeSet<String>,
    #[serde(default)]
    facts: BTreeMap<Dimension, BTreeSet<String>>,
}

impl Buyer {
    /// Somebody of whom nothing is known.
    #[must_use]
    pub const fn anonymous() -> Self {
        Self { groups: BTreeSet::new(), facts: BTreeMap::new() }
    }

    /// The same buyer, also in this customer group.
    ///
    /// # Errors
    /// [`PricingErrorKind::InvalidValue`].
    pub fn with_group(mut self, group: &str) -> Result<Self, PricingError> {
        self.groups.insert(value(group)?.to_owned());
        Ok(self)
    }

    /// The same buyer, also with this value in this dimension.
    ///
    /// # Errors
    /// Those of [`Dimension::parse`]; [`PricingErrorKind::GroupAsFact`] for the dimension of customer groups, which
    /// has its own place; [`PricingErrorKind::InvalidValue`].
    pub fn with_fact(mut self, dimension: &str, text: &str) -> Result<Self, PricingError> {
        let dimension = Dimension::parse(dimension)?;
        if dimension.is_group() {
            return Err(PricingError::new(PricingErrorKind::GroupAsFact));
        }
        self.facts.entry(dimension).or_default().insert(value(text)?.to_owned());
        Ok(self)
    }

    /// The customer groups.
    #[must_use]
    pub const fn groups(&self) -> &BTreeSet<String> {
        &self.groups
    }

    /// What else is known, by dimension.
    #[must_use]
    pub const fn facts(&self) -> &BTreeMap<Dimension, BTreeSet<String>> {
        &self.facts
    }

    /// The buyer's values of a dimension, customer groups included.
    #[must_use]
    pub fn values(&self, dimension: &str) -> Option<&BTreeSet<String>> {
        if dimension == Dimension::GROUP { Some(&self.groups) } else { self.facts.get(dimension) }
    }

    /// Whether the buyer has, of every dimension of the conditions, one of the values.
    ///
    /// # Complexity
    /// O(n log m) for n values of the conditions and m of the buyer.
    #[must_use]
    pub fn meets(&self, conditions: &Conditions) -> bool {
        conditions.iter().all(|(dimension, wanted)| {
            self.values(dimension.as_str())
                .is_some_and(|known| wanted.iter().any(|value| known.contains(&**value)))
        })
    }
}

impl fmt::Debug for Buyer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let dimensions: Vec<&str> = self.facts.keys().map(Dimension::as_str).collect();
        f.debug_struct("Buyer").field("groups", &self.groups.len()).field("facts", &dimensions).finish()
    }
}

impl TryFrom<RawBuyer> for Buyer {
    type Error = PricingError;

    fn try_from(raw: RawBuyer) -> Result<Self, PricingError> {
        let mut buyer = Self::anonymous();
        for group in raw.groups {
            buyer = buyer.with_group(&group)?;
        }
        for (dimension, values) in raw.facts {
            for one in values {
                buyer = buyer.with_fact(dimension.as_str(), &one)?;
            }
        }
        Ok(buyer)
    }
}
