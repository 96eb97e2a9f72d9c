//! What the price rules know of products.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::tax::TaxCategory;
use crate::cart::Sku;
use crate::money::Money;

/// A product, as far as its price depends on it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Product {
    /// What promotions select it by: category, brand, season.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub tags: BTreeSet<String>,
    /// What it is to the tax office; none is the zone's standard.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tax_category: Option<TaxCategory>,
    /// The least that a unit is sold for, whatever promotions say: its cost, or what the law or the maker demands. It
    /// binds carts in its own currency only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub floor: Option<Money>,
}

/// The products that have more to them than a price.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Catalogue {
    products: BTreeMap<Sku, Product>,
}

impl Catalogue {
    /// A catalogue of these products.
    #[must_use]
    pub fn new(products: impl IntoIterator<Item = (Sku, Product)>) -> Self {
        Self { products: products.into_iter().collect() }
    }

    /// A product; none if it has only a price.
    #[must_use]
    pub fn product(&self, sku: &Sku) -> Option<&Product> {
        self.products.get(sku)
    }
}
