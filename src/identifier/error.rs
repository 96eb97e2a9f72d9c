//! Why a raw value is not an identifier.

/// What is wrong with a raw identifier. In every case the input needs fixing; trying again does not help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IdentifierErrorKind {
    /// Nothing is left once surrounding white space (and for cards the separators) is removed.
    Empty,
    /// Longer than values of the kind may be.
    TooLong,
    /// Holds a control character, such as a line feed.
    ControlCharacter,
    /// Holds a character that changes the direction of the text around it.
    BidiControl,
    /// Holds a character that a person cannot see, such as a zero-width space.
    Invisible,
    /// Holds a character that Unicode itself calls the same as a different ASCII character, such as the Kelvin sign
    /// for `K`.
    Confusable,
    /// A phone number in a national format, and no default region is set.
    RegionNeeded,
    /// Does not have the form of its kind.
    Malformed,
}

/// A raw value is not an identifier of the wanted kind. The text never quotes the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct IdentifierError {
    kind: IdentifierErrorKind,
    what: &'static str,
}

impl IdentifierError {
    pub(super) const fn new(kind: IdentifierErrorKind, what: &'static str) -> Self {
        Self { kind, what }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> IdentifierErrorKind {
        self.kind
    }
}

impl std::fmt::Display for IdentifierError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let problem = match self.kind {
            IdentifierErrorKind::Empty => "is empty",
            IdentifierErrorKind::TooLong => "is too long",
            IdentifierErrorKind::ControlCharacter => "holds a control character",
            IdentifierErrorKind::BidiControl => "holds a bidirectional control character",
            IdentifierErrorKind::Invisible => "holds an invisible character",
            IdentifierErrorKind::Confusable => "holds a character that stands for another",
            IdentifierErrorKind::RegionNeeded => "is in a national format and no default region is set",
            IdentifierErrorKind::Malformed => "is malformed",
        };
        write!(f, "{} {problem}", self.what)
    }
}

impl std::error::Error for IdentifierError {}
