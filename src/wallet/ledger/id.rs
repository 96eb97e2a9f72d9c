//! Ids of accounts and transfers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The text is not an id of that type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("invalid {0}")]
pub struct InvalidLedgerId(&'static str);

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $domain:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// From its sixteen bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// Its sixteen bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }

            /// The id that a word and a number make of this one: the first 128 bits of SHA-256 over all three. The same
            /// every time, so that what follows from one act has an id that a repeat finds again.
            #[must_use]
            pub fn derived(&self, word: &str, number: u64) -> Self {
                let mut hash = Sha256::new();
                hash.update($domain);
                hash.update(self.as_bytes());
                hash.update(number.to_be_bytes());
                hash.update(word.as_bytes());
                let full: [u8; 32] = hash.finalize().into();
                Self::from_bytes(full.first_chunk().copied().unwrap_or_default())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl FromStr for $name {
            type Err = InvalidLedgerId;

            fn from_str(text: &str) -> Result<Self, InvalidLedgerId> {
                Uuid::try_parse(text).map(Self).map_err(|_| InvalidLedgerId(stringify!($name)))
            }
        }
    )*};
}

ids! {
    /// An account of the ledger: 128 bits. It says nothing about whose it is.
    AccountId = b"account";
    /// A transfer: 128 bits made by whoever sends it, such as a random UUID, so that sending it again is harmless.
    TransferId = b"transfer";
}
