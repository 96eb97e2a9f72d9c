//! What the host calls its places and its ways of handing over.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{StockError, StockErrorKind};
use crate::cart::Sku;

/// The longest name, in bytes.
const LONGEST: usize = 128;

macro_rules! names {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        ///
        /// 1 to 128 bytes without control characters, in any script; cheap to clone.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Reads a name; white space around it is dropped.
            ///
            /// # Errors
            /// [`StockErrorKind::InvalidName`].
            pub fn parse(text: &str) -> Result<Self, StockError> {
                let text = text.trim();
                let fits = !text.is_empty() && text.len() <= LONGEST && !text.contains(char::is_control);
                if fits { Ok(Self(text.into())) } else { Err(StockError::new(StockErrorKind::InvalidName)) }
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
            type Error = StockError;

            fn try_from(text: String) -> Result<Self, StockError> {
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
    /// A shop, a warehouse, a supplier: wherever goods lie, in the host's word for it.
    LocationId;
    /// Under which units are held: the number of a cart or an order, made by the host. It stands in what is stored and
    /// told, so let it name no person.
    ReservationKey;
    /// A way to hand goods over (`pick_up`, `ship`, `locker`), in the host's word for it.
    Method;
}

/// A product at a location: what a count is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// Where.
    #[serde(rename = "at")]
    pub location: LocationId,
    /// What.
    pub sku: Sku,
}

impl Place {
    /// A product at a location.
    #[must_use]
    pub const fn new(location: LocationId, sku: Sku) -> Self {
        Self { location, sku }
    }
}
