//! How many of a product.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CartError, CartErrorKind};
use crate::money::Decimal;

/// A whole number of pieces from 1 to [`Quantity::MAX`]. Zero is not a quantity: it is a line that is removed.
///
/// ```
/// use throughline::cart::Quantity;
/// use throughline::money::Decimal;
/// assert_eq!(Quantity::from_decimal(Decimal::parse("۲").unwrap_or(Decimal::ZERO))?, Quantity::new(2)?);
/// assert!(Quantity::new(0).is_err());
/// # Ok::<(), throughline::cart::CartError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct Quantity(u32);

impl Quantity {
    /// One piece.
    pub const ONE: Self = Self(1);
    /// The most of one product in one cart: a million.
    pub const MAX: Self = Self(1_000_000);

    /// That many.
    ///
    /// # Errors
    /// [`CartErrorKind::InvalidQuantity`] outside 1 to [`Quantity::MAX`].
    pub const fn new(pieces: u32) -> Result<Self, CartError> {
        if pieces >= 1 && pieces <= Self::MAX.0 {
            Ok(Self(pieces))
        } else {
            Err(CartError::new(CartErrorKind::InvalidQuantity))
        }
    }

    /// From a number as it came in: `2`, `2.0` and `"۲"` are two; `-1`, `0`, `1.5` and `1e9` are errors.
    ///
    /// # Errors
    /// [`CartErrorKind::InvalidQuantity`].
    pub fn from_decimal(number: Decimal) -> Result<Self, CartError> {
        number
            .scaled(0)
            .ok()
            .and_then(|pieces| u32::try_from(pieces).ok())
            .ok_or(CartError::new(CartErrorKind::InvalidQuantity))
            .and_then(Self::new)
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The sum, at most [`Quantity::MAX`].
    #[must_use]
    pub fn plus_capped(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0)).min(Self::MAX)
    }

    /// What remains, if anything does.
    #[must_use]
    pub fn minus(self, other: Self) -> Option<Self> {
        self.0.checked_sub(other.0).and_then(|rest| Self::new(rest).ok())
    }
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl TryFrom<u32> for Quantity {
    type Error = CartError;

    fn try_from(pieces: u32) -> Result<Self, CartError> {
        Self::new(pieces)
    }
}

impl From<Quantity> for u32 {
    fn from(quantity: Quantity) -> Self {
        quantity.0
    }
}
