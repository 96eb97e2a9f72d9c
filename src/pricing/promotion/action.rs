//! What a promotion gives.

use serde::{Deserialize, Serialize};

use super::Selection;
use crate::cart::{Quantity, Sku};
use crate::money::{Money, Ratio};

/// Which units come first where a promotion takes some of several.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// The cheapest; equal ones by the order of the lines.
    #[default]
    Cheapest,
    /// The dearest; equal ones by the order of the lines.
    Dearest,
}

/// Over what a percentage or an amount is computed, and so at which level it is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allocation {
    /// Off each unit, rounded for one unit; at most so many units of each line where a number is given.
    EachUnit {
        /// Most units of each line.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        most_units: Option<u32>,
    },
    /// Off each line, rounded for each line.
    #[default]
    EachLine,
    /// Once over all lines, shared by their amounts with the largest remainder; no line falls under its floor while
    /// another can bear its part.
    Across,
    /// Off each of so many units of the whole basket, rounded once.
    Once {
        /// How many units.
        units: u32,
        /// Which.
        #[serde(default)]
        pick: Pick,
    },
}

/// What is taken off the price of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Off {
    /// A share of it, over zero and at most one.
    Percent(Ratio),
    /// An amount, never more than it costs.
    Amount(Money),
    /// It costs this instead, never more than before.
    Price(Money),
}

/// Buy some, get some: `reward_quantity` units of `reward` are cheaper for every `trigger_quantity` units of
/// `trigger`.
///
/// Works on bands of equal units. A unit is a trigger or a reward once over all promotions. The offer repeats as
/// often as the units suffice, so a unit that could be both is spent where it lets the offer hold. Which units are
/// rewards is chosen over all repetitions together; triggers are taken from the other end of the prices.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BuyGet {
    /// What must be bought.
    pub trigger: Selection,
    /// How many of it.
    pub trigger_quantity: u32,
    /// What is cheaper for it.
    pub reward: Selection,
    /// How many of it.
    pub reward_quantity: u32,
    /// What each reward unit costs less. A percentage is rounded once for all rewards.
    pub off: Off,
    /// Which units are rewards.
    #[serde(default)]
    pub pick: Pick,
    /// Most repetitions in one basket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times: Option<u32>,
    /// Share the discount over triggers and rewards by their amounts, so that whichever unit comes back gives back
    /// its fair part.
    #[serde(default)]
    pub share_with_triggers: bool,
}

/// One part of a set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BundlePart {
    /// What.
    pub of: Selection,
    /// How many of it.
    pub quantity: u32,
}

/// A set of units sold together: two shirts for 99.00, a racket with three balls at ten percent off.
///
/// Sets repeat as often as the units suffice; the discount is shared over their units by amount. With
/// [`Pick::Dearest`] the dearest units form the first set, which is best for the customer. Parts whose selections
/// overlap are filled beginning with the one that fits the fewest lines, so a narrow part is not left without units by
/// a wider one that contains it; of units of one price those that fit the fewest parts come first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The parts.
    pub parts: Vec<BundlePart>,
    /// What one set costs less. A set that would cost more than its units is not formed.
    pub off: Off,
    /// Which units come first into a set.
    #[serde(default = "dearest")]
    pub pick: Pick,
    /// Most sets in one basket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times: Option<u32>,
}

const fn dearest() -> Pick {
    Pick::Dearest
}

/// Take `take` units and pay for `pay`: three for two.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TakeMorePayFewer {
    /// Of what.
    pub of: Selection,
    /// Units of one set.
    pub take: u32,
    /// How many of them are paid.
    pub pay: u32,
    /// Which units of all sets together are free.
    #[serde(default)]
    pub pick: Pick,
    /// Most sets in one basket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times: Option<u32>,
    /// Share the discount over all units of the sets.
    #[serde(default)]
    pub share_over_set: bool,
}

/// A line at zero that the customer may refuse. Gifts never count for the conditions of promotions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Gift {
    /// The product.
    pub sku: Sku,
    /// How many of it each time.
    pub quantity: Quantity,
    /// What it would cost, for the answer and for comparing promotions; a gift without it counts as nothing there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub worth: Option<Money>,
    /// Given once for so many units, which then are used; without it the gift comes once with the conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per: Option<BundlePart>,
    /// Most times in one basket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_times: Option<u32>,
}

/// What a promotion gives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Action {
    /// A percentage off.
    Percent {
        /// The share, over zero and at most one.
        off: Ratio,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
        /// Over what.
        #[serde(default)]
        allocation: Allocation,
    },
    /// An amount off, never more than there is.
    Amount {
        /// The amount.
        off: Money,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
        /// Over what.
        #[serde(default = "across")]
        allocation: Allocation,
    },
    /// Each unit costs this, never more than before.
    FixedPrice {
        /// The price of one unit.
        price: Money,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
    },
    /// Buy some, get some.
    BuyGet(BuyGet),
    /// A set of units.
    Bundle(Bundle),
    /// Three for two.
    TakeMorePayFewer(TakeMorePayFewer),
    /// A gift.
    Gift(Gift),
    /// Cheaper delivery; a hundred percent is free delivery.
    Delivery {
        /// What it costs less.
        off: Off,
    },
}

const fn across() -> Allocation {
    Allocation::Across
}

impl Action {
    /// A percentage of everything, line by line.
    #[must_use]
    pub const fn percent(off: Ratio) -> Self {
        Self::Percent { off, of: Selection::Everything, allocation: Allocation::EachLine }
    }

    /// An amount off the whole basket.
    #[must_use]
    pub const fn amount(off: Money) -> Self {
        Self::Amount { off, of: Selection::Everything, allocation: Allocation::Across }
    }

    /// Free delivery.
    #[must_use]
    pub const fn free_delivery() -> Self {
        Self::Delivery { off: Off::Percent(Ratio::ONE) }
    }
}
