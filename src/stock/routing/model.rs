//! What is asked of routing, and what it answers.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::super::LocationId;
use crate::cart::Sku;
use crate::time::{DateTime, Utc};

/// Most locations of one question.
pub const MAX_CANDIDATES: usize = 1_000;
/// Most products of one question.
pub const MAX_PRODUCTS: usize = 500;

/// A location that could send. Costs are in minor units of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supplier {
    /// Which location.
    pub location: LocationId,
    /// What can be sold there.
    pub stock: BTreeMap<Sku, u32>,
    /// What a parcel from there costs to ship.
    #[serde(default)]
    pub shipping: u64,
    /// What picking and packing a unit costs there.
    #[serde(default)]
    pub handling: u64,
    /// By product: what a unit is expected to lose if this location sends it and another keeps its own for the sale: the
    /// risk of marking down what stays elsewhere, and of selling out here.
    #[serde(default)]
    pub markdown: BTreeMap<Sku, u64>,
    /// When a parcel from there would be with the customer, if that is known.
    #[serde(default)]
    pub arrives: Option<DateTime<Utc>>,
    /// How busy it is: orders waiting there for each picker, or whatever the host counts. Less is better.
    #[serde(default)]
    pub load: u32,
}

/// What is to be sent, by whom it could be, and until when.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteRequest {
    /// How many of which product.
    pub demand: BTreeMap<Sku, u32>,
    /// The locations, in any order.
    pub suppliers: Vec<Supplier>,
    /// When all must be with the customer. A location that is late, or does not know, is left out.
    #[serde(default)]
    pub promised: Option<DateTime<Utc>>,
}

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RouteSettings {
    /// So many steps of the search, each O(products).
    pub budget: u32,
}

impl Default for RouteSettings {
    fn default() -> Self {
        Self { budget: 50_000 }
    }
}

/// So many of a product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteLine {
    /// The product.
    pub sku: Sku,
    /// How many.
    pub units: u32,
}

/// What one location sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parcel {
    /// From where.
    pub location: LocationId,
    /// What, in the order of products; never nothing.
    pub lines: Vec<RouteLine>,
    /// What it costs: shipping, handling and markdown risk, in minor units.
    pub cost: u64,
}

/// What no answer can be better than.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// No fewer parcels.
    pub parcels: u32,
    /// With that number of parcels, no lower cost.
    pub cost: u64,
}

/// Who sends what.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// One for each location that sends, in the order of their ids.
    pub parcels: Vec<Parcel>,
    /// What all of it costs, in minor units.
    pub cost: u64,
    /// Whether nothing better exists: the search came to its end.
    pub exact: bool,
    /// What nothing can be better than. Of an exact answer, the answer itself.
    pub bound: Bound,
    /// How many steps the search took.
    pub steps: u32,
}

impl Route {
    /// How far it can be from the best at most: parcels too many, and cost too high.
    #[must_use]
    pub fn gap(&self) -> Bound {
        let parcels = u32::try_from(self.parcels.len()).unwrap_or(u32::MAX);
        Bound {
            parcels: parcels.saturating_sub(self.bound.parcels),
            cost: self.cost.saturating_sub(self.bound.cost),
        }
    }
}

/// Why an order cannot be sent.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NotRouted {
    /// How many of which product are missing.
    pub short: BTreeMap<Sku, u64>,
    /// Locations that were left out because they would be late, in the order of their ids.
    pub late: Vec<LocationId>,
}

/// What became of the question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "route")]
pub enum Routed {
    /// It can be sent.
    Routed(Route),
    /// It cannot.
    CannotFulfil(NotRouted),
}
