//! Which lines of a basket a promotion is about.

use serde::{Deserialize, Serialize};

use crate::cart::Sku;

/// A choice of lines by product and tag.
///
/// Tags are the host's own words (category, brand, season), compared byte for byte. JSON: `"everything"`,
/// `{"tag":"کفش"}`, `{"sku":"MUG-1"}`, `{"any_of":[…]}`, `{"all_of":[…]}`, `{"except":…}`, `{"named":"outlet"}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Selection {
    /// Every line.
    #[default]
    Everything,
    /// Lines of that product.
    Sku(Sku),
    /// Lines with that tag.
    Tag(String),
    /// Lines of any of these.
    AnyOf(Vec<Self>),
    /// Lines of all of these.
    AllOf(Vec<Self>),
    /// Lines that are not these.
    Except(Box<Self>),
    /// The [named selection](super::Promotions::with_selections) of that name.
    Named(String),
}

impl Selection {
    /// Lines with that tag.
    #[must_use]
    pub fn tag(tag: impl Into<String>) -> Self {
        Self::Tag(tag.into())
    }

    /// All of these but not those.
    #[must_use]
    pub fn but_not(self, other: Self) -> Self {
        Self::AllOf(vec![self, Self::Except(Box::new(other))])
    }
}
