//! Names and ids that the host gives to things of its price rules.

/// A name that is empty, too long or has control characters: fix the input. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to 128 bytes and no control characters")]
pub struct InvalidName(());

impl InvalidName {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}
