//! In which order prices are preferred.

use serde::{Deserialize, Serialize};

use super::{Counted, Dimension, PricingError};

/// One question by which a policy prefers a price to another.
///
/// Conditions of a price in a list are its own and the list's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Prices of override lists before all others.
    Override,
    /// Prices in lists before those in none, and of lists the smaller rank.
    Rank,
    /// The price with a condition in the first of these dimensions; if both or neither has one, in the second, and so
    /// on.
    Specificity(Vec<Dimension>),
    /// The price with more conditions: the price's and its list's are counted and added.
    RuleCount,
    /// The price that was changed last; one that does not say when comes after those that do.
    Latest,
    /// The lower amount for the quantity.
    Lowest,
}

/// How prices of sale lists compete.
///
/// In either case a sale price wins only if it is below the regular price for the quantity, which is what the buyer
/// would pay if there were no sale lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SaleRule {
    /// The cheapest sale price.
    #[default]
    Cheapest,
    /// The first sale price in the policy's order, and only if that prefers it to the regular price: so a contract of a
    /// smaller rank is not touched by a sale.
    InOrder,
}

/// By which criteria one of several valid prices is chosen. What they leave undecided falls to the order that
/// [`PriceBook`](super::PriceBook) documents, so that every policy is a total order.
///
/// | policy | first | then | as in |
/// |---|---|---|---|
/// | [`ChoicePolicy::layered`] | lists by rank | | |
/// | [`ChoicePolicy::specificity`] | the more specific conditions | | commercetools |
/// | [`ChoicePolicy::lowest`] | the lower amount | | |
/// | [`ChoicePolicy::rules_count`] | override lists | more conditions, then the lower amount | Medusa |
/// | [`ChoicePolicy::list_position`] | lists by position | | Spree |
/// | [`ChoicePolicy::country_then_latest`] | a price for the country | the latest | Solidus |
///
/// ```
/// use throughline::pricing::ChoicePolicy;
/// let policy = ChoicePolicy::specificity(["group", "country"])?;
/// assert_eq!(
///     serde_json::to_string(&policy)?,
///     r#"{"order":[{"specificity":["group","country"]}],"sales":"cheapest","bands":"per_line"}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChoicePolicy {
    /// What is asked first, second and so on.
    pub order: Vec<Criterion>,
    /// How sale prices compete.
    pub sales: SaleRule,
    /// Over what the quantity is counted that has to lie between the least and the most of a price. Tiers have a
    /// setting of their own.
    pub bands: Counted,
}

impl Default for ChoicePolicy {
    /// [`ChoicePolicy::layered`].
    fn default() -> Self {
        Self::layered()
    }
}

impl ChoicePolicy {
    fn of(order: Vec<Criterion>) -> Self {
        Self { order, sales: SaleRule::Cheapest, bands: Counted::PerLine }
    }

    /// Lists in layers by rank, with sales in their own layer; prices without a list last.
    #[must_use]
    pub fn layered() -> Self {
        Self { sales: SaleRule::InOrder, ..Self::of(vec![Criterion::Rank]) }
    }

    /// The price with the more specific conditions, by dimensions in the order of their weight.
    ///
    /// # Errors
    /// Those of [`Dimension::parse`].
    pub fn specificity<'a>(dimensions: impl IntoIterator<Item = &'a str>) -> Result<Self, PricingError> {
        let dimensions = dimensions.into_iter().map(Dimension::parse).collect::<Result<_, _>>()?;
        Ok(Self::of(vec![Criterion::Specificity(dimensions)]))
    }

    /// The lowest amount for the quantity.
    #[must_use]
    pub fn lowest() -> Self {
        Self::of(vec![Criterion::Lowest])
    }

    /// As Medusa chooses: override lists first, then the price with the most conditions, then the lowest; of the sale
    /// prices the cheapest.
    #[must_use]
    pub fn rules_count() -> Self {
        Self::of(vec![Criterion::Override, Criterion::RuleCount, Criterion::Lowest])
    }

    /// As Spree chooses: the first list by position ([`PriceList::rank`](super::PriceList::rank)), not the cheapest.
    #[must_use]
    pub fn list_position() -> Self {
        Self::layered()
    }

    /// As Solidus chooses: prices for the country first, then the latest.
    #[must_use]
    pub fn country_then_latest() -> Self {
        let country = Dimension::parse("country").into_iter().collect();
        Self::of(vec![Criterion::Specificity(country), Criterion::Latest])
    }
}
