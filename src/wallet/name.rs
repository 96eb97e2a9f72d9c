//! The host's own names for programmes and purposes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The longest, in bytes.
const LONGEST: usize = 64;

/// A name that is empty, too long or has control characters: fix the input. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name in the wallet must have 1 to 64 bytes and no control characters")]
pub struct InvalidName(());

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 64 bytes without control characters, in any script; cheap to clone.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a name; white space around it is dropped.
            ///
            /// # Errors
            /// It is empty, longer than 64 bytes or has control characters.
            pub fn parse(text: &str) -> Result<Self, InvalidName> {
                let text = text.trim();
                if text.is_empty() || text.len() > LONGEST || text.contains(char::is_control) {
                    return Err(InvalidName(()));
                }
                Ok(Self(text.into()))
            }

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;

            fn try_from(text: String) -> Result<Self, InvalidName> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }
    )*};
}

names! {
    /// The host's name of a points programme.
    ProgrammeId;
    /// What a transfer is for, in a word of the host's: `top_up`, `order`, `return`. The books keep it for ever and an
    /// erasure does not touch it, so it must not say anything about a customer.
    Purpose;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_script_and_nothing_that_is_none() {
        for name in ["باشگاه", "نادي", "מועדון", "Клуб", "Club"] {
            assert_eq!(ProgrammeId::parse(&format!(" {name}\t")).unwrap().as_str(), name);
        }
        for text in ["", " ", "a\nb", &"x".repeat(65), &"ب".repeat(10_000)] {
            assert_eq!(Purpose::parse(text), Err(InvalidName(())));
        }
    }
}
