//! One identifier.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::email::Email;
use super::error::{IdentifierError, IdentifierErrorKind};
use super::hash::ValueHash;
use super::kind::IdentifierKind;
use super::opaque;
use super::phone::Phone;
use super::settings::IdentifierSettings;
use crate::keyed::Pepper;
use crate::pii;

/// The longest value of any kind, in bytes.
pub(super) const LONGEST: usize = 255;

/// A kind and a value, in the form in which values of the kind are compared.
///
/// `Debug` shows the kind and a tag that is salted afresh in every process; there is no `Display`. Stored as the pair
/// `["email","sara@example.ir"]`; reading it back checks the length only, as the value was parsed before it was stored.
///
/// ```
/// use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
/// let settings = IdentifierSettings::default();
/// let typed = Identifier::parse(IdentifierKind::Email, " Sara@Example.IR", &settings)?;
/// assert_eq!(typed.reveal(), "sara@example.ir");
/// assert_eq!(typed, Identifier::parse(IdentifierKind::Email, "sara@example.ir", &settings)?);
/// assert!(!format!("{typed:?}").contains("sara"));
/// # Ok::<(), throughline::identifier::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identifier {
    kind: IdentifierKind,
    value: Box<str>,
}

impl Identifier {
    /// Parses a raw value as its kind demands; see the [module](super) for what happens to which kind.
    ///
    /// Idempotent: the result's value parses to the same identifier. Linear in the length of the value, which is
    /// checked first.
    ///
    /// # Errors
    /// The value, or the name of an [`Other`](IdentifierKind::Other) kind, does not have the form; the kind of the
    /// error says why.
    pub fn parse(
        kind: IdentifierKind,
        raw: &str,
        settings: &IdentifierSettings,
    ) -> Result<Self, IdentifierError> {
        if !kind.is_canonical() {
            return Err(IdentifierError::new(IdentifierErrorKind::Malformed, "identifier kind"));
        }
        let value = match kind {
            IdentifierKind::Email => return Email::parse(raw).map(|email| email.identifier()),
            IdentifierKind::Phone => return Phone::parse(raw, settings).map(|phone| phone.identifier()),
            IdentifierKind::LoyaltyCard => opaque::card(raw, "loyalty card")?,
            IdentifierKind::NationalId => opaque::card(raw, "national id")?,
            IdentifierKind::SocialHandle => opaque::handle(raw)?,
            _ => opaque::opaque(raw, "identifier")?,
        };
        Ok(Self { kind, value })
    }

    /// From a value that is already in the form for comparing.
    pub(super) fn from_parsed(kind: IdentifierKind, value: &str) -> Self {
        Self { kind, value: value.into() }
    }

    /// Stands for the person of whom an event names nothing.
    pub(crate) fn nobody() -> Self {
        Self { kind: IdentifierKind::Other(Self::NOBODY.into()), value: Self::NOBODY.into() }
    }

    /// The kind and the value of [`Identifier::nobody`].
    pub(crate) const NOBODY: &'static str = "nobody";

    /// What it identifies by.
    #[must_use]
    pub const fn kind(&self) -> &IdentifierKind {
        &self.kind
    }

    /// The value, for a caller who means it: personal data, not for logs.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.value
    }

    /// The hash that stands for this identifier in keys: equal for equal kind and value under one secret.
    #[must_use]
    pub fn digest(&self, pepper: &Pepper) -> ValueHash {
        ValueHash::from_bytes(
            pepper.digest("identifier", &[self.kind.as_str().as_bytes(), self.value.as_bytes()]),
        )
    }
}

impl fmt::Debug for Identifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Identifier({} {:04x})", self.kind, pii::tag(&*self.value))
    }
}

impl Serialize for Identifier {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (&self.kind, &self.value).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Identifier {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (kind, value) = <(IdentifierKind, Box<str>)>::deserialize(deserializer)?;
        let error = |kind| serde::de::Error::custom(IdentifierError::new(kind, "identifier"));
        match value.len() {
            0 => Err(error(IdentifierErrorKind::Empty)),
            1..=LONGEST => Ok(Self { kind, value }),
            _ => Err(error(IdentifierErrorKind::TooLong)),
        }
    }
}

#[cfg(test)]
#[path = "value_tests.rs"]
mod tests;
