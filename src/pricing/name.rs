//! Names that the host gives to things of its price rules.

/// A checked name: 1 to 128 bytes, trimmed, nothing invisible.
macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Box<str>);

        impl $name {
            /// Takes a name of 1 to 128 bytes without control characters; spaces around it are dropped.
            ///
            /// # Errors
            /// It is empty, too long or has control characters.
            pub fn parse(text: &str) -> Result<Self, $crate::pricing::InvalidName> {
                $crate::pricing::name::checked(text).map(|text| Self(text.into()))
            }

            /// The name.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::pricing::InvalidName;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.0.into()
            }
        }
    };
}

pub(crate) use checked_name;

/// A name that is empty, too long or has control characters: fix the input. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to 128 bytes and no control characters")]
pub struct InvalidName(());

pub(crate) fn checked(text: &str) -> Result<&str, InvalidName> {
    let text = text.trim();
    if text.is_empty() || text.len() > 128 || text.contains(char::is_control) {
        return Err(InvalidName(()));
    }
    Ok(text)
}
