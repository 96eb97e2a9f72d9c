//! Names and ids that the host gives to things of its price rules.

/// The longest, in bytes.
pub(crate) const LONGEST: usize = 128;

/// A checked name: 1 to 128 bytes, trimmed, without control characters, in any script; cheap to clone. With `as`, a bad
/// one is that error.
macro_rules! checked_name {
    ($(#[$doc:meta])* $name:ident) => {
        $crate::pricing::name::checked_name!($(#[$doc])* $name as $crate::pricing::InvalidName: $crate::pricing::InvalidName::new());
    };
    ($(#[$doc:meta])* $name:ident as $error:ty: $wrong:expr) => {
        $(#[$doc])*
        ///
        /// 1 to 128 bytes without control characters, in any script; cheap to clone.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Reads a name; white space around it is dropped.
            ///
            /// # Errors
            /// It is empty, longer than 128 bytes or has control characters.
            pub fn parse(text: &str) -> Result<Self, $error> {
                $crate::pricing::name::checked(text).map(|text| Self(text.into())).ok_or_else(|| $wrong)
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
            type Error = $error;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.as_str().to_owned()
            }
        }
    };
}

pub(crate) use checked_name;

/// A name that is empty, too long or has control characters: fix the input. It never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a name must have 1 to 128 bytes and no control characters")]
pub struct InvalidName(());

impl InvalidName {
    pub(crate) const fn new() -> Self {
        Self(())
    }
}

/// The text without white space around it, if it may stand as a name.
pub(crate) fn checked(text: &str) -> Option<&str> {
    let text = text.trim();
    (!text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control)).then_some(text)
}
