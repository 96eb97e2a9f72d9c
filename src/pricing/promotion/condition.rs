//! When a promotion holds.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::{PromotionId, Selection};
use crate::money::Money;

/// A condition over the basket as it stands when the promotion's turn comes: after the discounts before it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// The lines cost at least that now.
    Subtotal {
        /// The least sum.
        minimum: Money,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
    },
    /// One line has at least so many units.
    LineQuantity {
        /// The least number.
        minimum: u32,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
    },
    /// The lines have at least so many units together.
    Units {
        /// The least number.
        minimum: u32,
        /// Of which lines.
        #[serde(default)]
        of: Selection,
    },
    /// There is such a line.
    Contains {
        /// Which lines.
        of: Selection,
    },
    /// The customer is in one of these groups.
    CustomerGroup {
        /// The groups.
        any_of: BTreeSet<String>,
    },
    /// Another promotion, one that comes before this, was applied.
    Applied {
        /// That promotion.
        promotion: PromotionId,
    },
    /// One of these holds.
    AnyOf {
        /// The alternatives.
        conditions: Vec<Self>,
    },
    /// All of these hold.
    AllOf {
        /// The parts.
        conditions: Vec<Self>,
    },
    /// This does not hold.
    Not {
        /// What must not hold.
        condition: Box<Self>,
    },
}

impl Condition {
    /// The whole basket costs at least that now.
    #[must_use]
    pub const fn subtotal(minimum: Money) -> Self {
        Self::Subtotal { minimum, of: Selection::Everything }
    }
}

/// In which way a condition does not hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Unmet {
    /// The lines cost too little.
    Subtotal {
        /// The least sum.
        needed: Money,
        /// What they cost.
        found: Money,
    },
    /// No line has enough units.
    LineQuantity {
        /// The least number.
        needed: u64,
        /// The most of one line.
        found: u64,
    },
    /// Too few units.
    Units {
        /// The least number.
        needed: u64,
        /// What there is.
        found: u64,
    },
    /// No such line.
    Contains,
    /// The customer is in none of the groups.
    CustomerGroup,
    /// The other promotion was not applied.
    Applied,
    /// None of the alternatives holds.
    AnyOf,
    /// What must not hold does.
    Not,
}
