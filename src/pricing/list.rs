//! Price lists: prices that come and go together.

use serde::{Deserialize, Serialize};

use super::{Conditions, PricingError, PricingErrorKind};
use crate::checked_name::checked_names;
use crate::time::{DateTime, Utc};

checked_names! {
    128 bytes, PricingError: PricingError::new(PricingErrorKind::InvalidId);
    /// The host's id of a price list.
    ListId;
}

/// What the prices of a list are to the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Regular prices, like those without a list.
    Base,
    /// Prices that stand in for the regular ones, lower or higher: a contract, a customer group, a market.
    Override,
    /// Reductions for a time. A sale never raises a price, and the price without it is the reference price.
    Sale,
}

/// A price list: what its prices are, where it ranks, when it is valid and for whom.
///
/// A price in a list is valid while both are, for those who meet the conditions of both.
///
/// ```
/// use throughline::pricing::{Conditions, ListId, ListKind, PriceList};
/// let autumn = PriceList {
///     rank: 2,
///     from: Some("2026-09-01T00:00:00Z".parse()?),
///     until: Some("2026-10-01T00:00:00Z".parse()?),
///     conditions: Conditions::none().and("country", ["DE", "AT"])?,
///     ..PriceList::new(ListId::parse("autumn")?, ListKind::Sale)
/// };
/// assert!(autumn.active && autumn.has_begun("2026-09-01T00:00:00Z".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// The list's id.
    pub id: ListId,
    /// What its prices are to the others.
    pub kind: ListKind,
    /// Its rank: the list with the smaller one comes first, where the policy asks for ranks.
    #[serde(default)]
    pub rank: u32,
    /// The first instant at which it is valid; absent means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The first instant at which it is valid no more; absent means open-ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "Conditions::is_none")]
    pub conditions: Conditions,
    /// Whether it is switched on.
    #[serde(default = "switched_on")]
    pub active: bool,
}

const fn switched_on() -> bool {
    true
}

impl PriceList {
    /// An active list of rank 0 without dates, for everybody.
    #[must_use]
    pub const fn new(id: ListId, kind: ListKind) -> Self {
        Self { id, kind, rank: 0, from: None, until: None, conditions: Conditions::none(), active: true }
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
}
