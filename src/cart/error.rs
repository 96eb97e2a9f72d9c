//! What can be wrong with a part of a cart, and what the caller does about it.

/// What is wrong, and so what the caller fixes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum CartErrorKind {
    /// Not a whole number from 1 to [`Quantity::MAX`](super::Quantity::MAX): refuse the line or remove it.
    InvalidQuantity,
    /// Empty, too long, or with control or directional characters: fix the product code.
    InvalidSku,
    /// An option's name or value is empty, too long or has control characters, or there are too many: fix the options.
    InvalidOption,
    /// A stored cart has too many lines or names one line twice: fix the input.
    InvalidLines,
}

/// A part of a cart that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.text())]
pub struct CartError {
    kind: CartErrorKind,
}

impl CartError {
    pub(crate) const fn new(kind: CartErrorKind) -> Self {
        Self { kind }
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> CartErrorKind {
        self.kind
    }

    const fn text(&self) -> &'static str {
        match self.kind {
            CartErrorKind::InvalidQuantity => "not a whole quantity from 1 to 1000000",
            CartErrorKind::InvalidSku => "invalid product code",
            CartErrorKind::InvalidOption => "invalid product option",
            CartErrorKind::InvalidLines => "too many cart lines, or one line twice",
        }
    }
}
