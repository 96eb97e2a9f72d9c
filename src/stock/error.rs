//! What is wrong with what was given.

use std::fmt;

/// What is wrong; each is fixed in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StockErrorKind {
    /// A name is empty, longer than 128 bytes or has control characters.
    InvalidName,
    /// A share is over the whole, which is 10,000 basis points.
    InvalidShare,
    /// A setting is zero where that means nothing, or beyond what is computed.
    InvalidSetting,
    /// A location or a product is listed twice.
    Twice,
    /// A location or a product is not among those that were listed.
    Unknown,
    /// More locations, products, lines or entries than are computed.
    TooMany,
    /// A number is too large.
    Overflow,
}

/// Input that stock cannot be computed from. Its text never repeats the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StockError(StockErrorKind);

impl StockError {
    pub(crate) const fn new(kind: StockErrorKind) -> Self {
        Self(kind)
    }

    /// What to fix.
    #[must_use]
    pub const fn kind(&self) -> StockErrorKind {
        self.0
    }
}

impl fmt::Display for StockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            StockErrorKind::InvalidName => "a name must have 1 to 128 bytes and no control characters",
            StockErrorKind::InvalidShare => "a share is over 10000 basis points",
            StockErrorKind::InvalidSetting => "a setting is out of its range",
            StockErrorKind::Twice => "a location or a product is listed twice",
            StockErrorKind::Unknown => "a location or a product is not listed",
            StockErrorKind::TooMany => "too many locations, products, lines or entries",
            StockErrorKind::Overflow => "a number is too large",
        })
    }
}

impl std::error::Error for StockError {}
