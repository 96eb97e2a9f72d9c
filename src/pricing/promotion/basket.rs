//! What promotions are applied to, and the facts and rules around it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::PromotionId;
use crate::calendar::Zone;
use crate::cart::{Quantity, Sku};
use crate::money::{CurrencyUnit, Money, Ratio, Rounding};

/// One line of a basket before promotions. In pure functions a line is named by its place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BasketLine {
    /// The product.
    pub sku: Sku,
    /// The host's tags of the product (category, brand, season), compared byte for byte.
    #[serde(default)]
    pub tags: BTreeSet<String>,
    /// How many.
    pub quantity: Quantity,
    /// What all of them cost before promotions, zero or more.
    pub amount: Money,
    /// What they cost at least afterwards. A floor above the amount means that nothing may be taken off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub floor: Option<Money>,
}

/// Lines with their prices, and what delivery costs. It has no channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basket {
    /// What everything is counted in.
    pub unit: CurrencyUnit,
    /// The lines, in the order of the cart.
    pub lines: Vec<BasketLine>,
    /// What delivery costs before promotions, where it is known.
    pub delivery: Option<Money>,
}

/// What is known besides the basket. It has no channel.
#[derive(Debug, Clone, Default)]
pub struct PromotionFacts {
    /// The customer groups of the buyer.
    pub groups: BTreeSet<String>,
    /// The campaigns of which the buyer presented a valid coupon.
    pub coupons: BTreeSet<String>,
    /// What is left of the budgets of campaigns; a campaign that is not here has no limit.
    pub budgets: BTreeMap<String, Money>,
    /// The promotions whose gift the customer does not want.
    pub refused_gifts: BTreeSet<PromotionId>,
    /// The zones in which promotions have hours.
    pub zones: Vec<Zone>,
}

/// Whether the price or the discount is rounded; the two differ by one minor unit on halves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoundOn {
    /// What is left after the discount.
    Price,
    /// What is taken off.
    #[default]
    Discount,
}

/// Most promotions in one exact search: 2^16 combinations.
pub const MAX_SEARCH: u8 = 16;

/// How promotions are applied. Part of every price, since two channels with other rules would disagree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PromotionRules {
    /// How a fraction of a minor unit becomes a whole one.
    pub rounding: Rounding,
    /// What is rounded.
    pub round_on: RoundOn,
    /// Most promotions of a best-of group that are searched exactly, at most [`MAX_SEARCH`].
    pub search_limit: u8,
    /// The most that all promotions together take off an order, delivery included; gifts do not count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_cap: Option<Money>,
    /// The same as a share of the lines' first amount, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub order_cap_share: Option<Ratio>,
}

impl Default for PromotionRules {
    /// [`PromotionRules::retail`].
    fn default() -> Self {
        Self::retail()
    }
}

impl PromotionRules {
    /// Discounts rounded half to even, exact search up to twelve promotions, no cap.
    #[must_use]
    pub const fn retail() -> Self {
        Self {
            rounding: Rounding::HalfEven,
            round_on: RoundOn::Discount,
            search_limit: 12,
            order_cap: None,
            order_cap_share: None,
        }
    }
}
