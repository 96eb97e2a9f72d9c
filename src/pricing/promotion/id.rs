//! Names of promotions and of their groups.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{PromotionError, PromotionErrorKind};

/// Longest id, tag, customer group and campaign name, in bytes.
pub const MAX_NAME: usize = 128;

/// Whether the text may stand as a name: 1 to [`MAX_NAME`] bytes, without white space around it and control characters.
pub(super) fn is_name(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_NAME && text.trim() == text && !text.contains(char::is_control)
}

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 128 bytes without control characters, in any script; cheap to clone.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads an id; white space around it is dropped.
            ///
            /// # Errors
            /// [`PromotionErrorKind::InvalidName`].
            pub fn parse(text: &str) -> Result<Self, PromotionError> {
                let text = text.trim();
                if is_name(text) {
                    Ok(Self(text.into()))
                } else {
                    Err(PromotionError::new(PromotionErrorKind::InvalidName))
                }
            }

            /// The id.
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
            type Error = PromotionError;

            fn try_from(text: String) -> Result<Self, PromotionError> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().into()
            }
        }
    )*};
}

names! {
    /// The host's id of a promotion.
    PromotionId;
    /// The host's id of a group of promotions.
    GroupId;
}
