//! How raw identifiers are read.

use serde::{Deserialize, Serialize};

use crate::region::Region;

/// How raw identifiers are read. The default assumes nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct IdentifierSettings {
    /// The country whose national formats phone numbers without a country code are in. None: such numbers are
    /// refused. Needs the feature `phone`.
    pub default_region: Option<Region>,
}

impl IdentifierSettings {
    /// Settings for customers of one country.
    #[must_use]
    pub const fn in_region(region: Region) -> Self {
        Self { default_region: Some(region) }
    }
}
