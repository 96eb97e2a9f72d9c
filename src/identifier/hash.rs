//! The keyed hash under which an identifier is looked up.

use std::fmt;
use std::str::FromStr;

use faster_hex::{CheckCase, Hex, hex_decode_array_with_case};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{IdentifierError, IdentifierErrorKind};

/// The keyed hash of an [`Identifier`](super::Identifier): what stands for the value in keys, indexes and reasons.
///
/// Shown and stored as 32 lower-case hexadecimal digits. Byte order is the order of the hashes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ValueHash([u8; 16]);

impl ValueHash {
    /// From its sixteen bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Its sixteen bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Display for ValueHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", Hex::new(&self.0))
    }
}

impl fmt::Debug for ValueHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ValueHash({self})")
    }
}

impl FromStr for ValueHash {
    type Err = IdentifierError;

    fn from_str(text: &str) -> Result<Self, IdentifierError> {
        hex_decode_array_with_case(text.as_bytes(), CheckCase::Lower)
            .map(Self)
            .map_err(|_| IdentifierError::new(IdentifierErrorKind::Malformed, "value hash"))
    }
}

impl Serialize for ValueHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for ValueHash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
