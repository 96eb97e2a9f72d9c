//! The macro behind every name that the host gives: checked once, then carried as a type of its own.

/// Makes types of names: 1 to so many bytes, trimmed, without control characters, in any script; cheap to clone. A bad
/// name is the given error.
macro_rules! checked_names {
    ($longest:literal bytes, $error:ty: $wrong:expr; $($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        ///
        #[doc = concat!("1 to ", $longest, " bytes without control characters, in any script; cheap to clone.")]
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Reads a name; white space around it is dropped.
            ///
            /// # Errors
            #[doc = concat!("It is empty, longer than ", $longest, " bytes or has control characters.")]
            pub fn parse(text: &str) -> Result<Self, $error> {
                $crate::checked_name::checked(text, $longest).map(|text| Self(text.into())).ok_or_else(|| $wrong)
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
    )+};
}

pub(crate) use checked_names;

/// The text without white space around it, if it may stand as a name.
pub(crate) fn checked(text: &str, longest: usize) -> Option<&str> {
    let text = text.trim();
    is_name(text, longest).then_some(text)
}

/// Whether the text as it is has 1 to so many bytes and no control characters.
pub(crate) fn is_name(text: &str, longest: usize) -> bool {
    !text.is_empty() && text.len() <= longest && !text.contains(char::is_control)
}
