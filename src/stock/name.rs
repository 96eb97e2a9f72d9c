//! What the host calls its places and its ways of handing over.

use serde::{Deserialize, Serialize};

use super::{StockError, StockErrorKind};
use crate::cart::Sku;
use crate::checked_name::checked_names;

checked_names! {
    128 bytes, StockError: StockError::new(StockErrorKind::InvalidName);
    /// A shop, a warehouse, a supplier: wherever goods lie, in the host's word for it.
    LocationId;
    /// Under which units are held: the number of a cart or an order, made by the host. It stands in what is stored and
    /// told, so let it name no person.
    ReservationKey;
    /// A way to hand goods over (`pick_up`, `ship`, `locker`), in the host's word for it.
    Method;
}

/// A product at a location: what a count is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Where.
    #[serde(rename = "at")]
    pub location: LocationId,
    /// What.
    pub sku: Sku,
}

impl Place {
    /// A product at a location.
    #[must_use]
    pub const fn new(location: LocationId, sku: Sku) -> Self {
        Self { location, sku }
    }
}
