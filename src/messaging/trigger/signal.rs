//! What happens to a person that a message may follow.

use serde::{Deserialize, Serialize};

use crate::cart::Sku;
use crate::time::{DateTime, Utc};

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum SignalKind {
    /// An order was placed.
    OrderPlaced,
    /// It left the house.
    OrderShipped,
    /// It waits to be picked up.
    OrderReady,
    /// It was picked up.
    OrderCollected,
    /// It arrived.
    OrderDelivered,
    /// It came back.
    OrderReturned,
    /// It was called off.
    OrderCancelled,
    /// A cart was left standing.
    CartAbandoned,
    /// The price of something that the person watches fell.
    PriceDropped,
    /// Something that the person waits for is there again.
    BackInStock,
    /// The host's own.
    Custom,
}

/// One thing that happened to a person.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signal {
    /// When.
    pub at: DateTime<Utc>,
    /// What.
    pub kind: SignalKind,
    /// What it happened to, by the host's id: an order, a cart, a product. No personal data.
    pub subject: String,
    /// The products and how many of each, where it matters.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub products: Vec<(Sku, u32)>,
    /// By how much a price fell, in basis points of the old one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drop_basis_points: Option<u32>,
}

impl Signal {
    /// Something that happened to a subject.
    #[must_use]
    pub fn new(kind: SignalKind, subject: impl Into<String>, at: DateTime<Utc>) -> Self {
        Self { at, kind, subject: subject.into(), products: Vec::new(), drop_basis_points: None }
    }
}
