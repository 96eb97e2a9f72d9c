//! What a line of a cart is about.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{CartError, CartErrorKind};
use crate::pii::Pii;

/// Most lines of one cart.
pub const MAX_LINES: usize = 1_000;
/// Most options of one line.
pub const MAX_OPTIONS: usize = 16;
/// Longest product code, option name and option value, in bytes.
pub const MAX_TEXT: usize = 128;

/// The business's code of a product as it is sold: a stock keeping unit.
///
/// Compared byte for byte; white space around it is dropped. Never empty, at most [`MAX_TEXT`] bytes, without control
/// and directional characters, which could make two codes look alike.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Sku(Box<str>);

impl Sku {
    /// Reads a code.
    ///
    /// # Errors
    /// [`CartErrorKind::InvalidSku`].
    pub fn parse(text: &str) -> Result<Self, CartError> {
        clean(text).map(|text| Self(text.into())).ok_or(CartError::new(CartErrorKind::InvalidSku))
    }

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The text without white space around it, if it may stand in a key.
fn clean(text: &str) -> Option<&str> {
    let text = text.trim();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{061C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    (!text.is_empty() && text.len() <= MAX_TEXT && !text.contains(hidden)).then_some(text)
}

impl fmt::Display for Sku {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Sku {
    type Error = CartError;

    fn try_from(text: String) -> Result<Self, CartError> {
        Self::parse(&text)
    }
}

impl From<Sku> for String {
    fn from(sku: Sku) -> Self {
        sku.0.into()
    }
}

/// What makes two additions the same line: the product and the options chosen for it (size, engraving).
///
/// Options are held in the order of their names, so the order in which a page sends them makes no difference. Their
/// values may be the customer's own words (an engraving), so `Debug` does not show them.
///
/// ```
/// use throughline::cart::{LineKey, Sku};
/// let key = LineKey::new(Sku::parse("SHIRT-7")?, [("size", "M"), ("colour", "آبی")])?;
/// assert_eq!(key, LineKey::new(Sku::parse("SHIRT-7")?, [("colour", "آبی"), ("size", "M")])?);
/// assert_ne!(key, LineKey::plain(Sku::parse("SHIRT-7")?));
/// # Ok::<(), throughline::cart::CartError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawLineKey")]
pub struct LineKey {
    sku: Sku,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    options: BTreeMap<String, Pii<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLineKey {
    sku: Sku,
    #[serde(default)]
    options: BTreeMap<String, String>,
}

impl LineKey {
    /// A product without options.
    #[must_use]
    pub const fn plain(sku: Sku) -> Self {
        Self { sku, options: BTreeMap::new() }
    }

    /// A product with options; white space around names and values is dropped.
    ///
    /// # Errors
    /// [`CartErrorKind::InvalidOption`] for more than [`MAX_OPTIONS`], for one name twice, and for names and values
    /// that break the rules of a [`Sku`].
    pub fn new<N: AsRef<str>, V: AsRef<str>>(
        sku: Sku,
        options: impl IntoIterator<Item = (N, V)>,
    ) -> Result<Self, CartError> {
        let invalid = || CartError::new(CartErrorKind::InvalidOption);
        let mut held = BTreeMap::new();
        for (name, value) in options {
            let name = clean(name.as_ref()).ok_or_else(invalid)?;
            let value = clean(value.as_ref()).ok_or_else(invalid)?;
            if held.len() >= MAX_OPTIONS || held.insert(name.to_owned(), Pii::new(value.to_owned())).is_some()
            {
                return Err(invalid());
            }
        }
        Ok(Self { sku, options: held })
    }

    /// The product.
    #[must_use]
    pub const fn sku(&self) -> &Sku {
        &self.sku
    }

    /// The options by name.
    #[must_use]
    pub const fn options(&self) -> &BTreeMap<String, Pii<String>> {
        &self.options
    }
}

impl TryFrom<RawLineKey> for LineKey {
    type Error = CartError;

    fn try_from(raw: RawLineKey) -> Result<Self, CartError> {
        Self::new(raw.sku, raw.options)
    }
}
