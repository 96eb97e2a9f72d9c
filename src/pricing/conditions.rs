//! What a price or a price list asks of the buyer.

use std::fmt;

use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{PricingError, PricingErrorKind};

/// Most dimensions of one set of conditions.
pub const MAX_DIMENSIONS: usize = 16;
/// Longest value of a condition or of a fact about the buyer, in bytes.
pub const MAX_VALUE: usize = 128;

/// The name of something that a price may depend on, such as `group`, `country`, `region`, `market` or `company`.
///
/// 1 to 64 ASCII letters, digits, `_`, `-` and `.`, compared byte for byte. **A name with `channel` in it is
/// refused**, in whatever case: a price that differs by channel is never the answer of a condition.
///
/// ```
/// use throughline::pricing::{Dimension, PricingErrorKind};
/// assert_eq!(Dimension::parse("country")?.as_str(), "country");
/// let refused = Dimension::parse("sales_Channel").map_err(|error| error.kind());
/// assert_eq!(refused, Err(PricingErrorKind::ChannelDimension));
/// # Ok::<(), throughline::pricing::PricingError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Dimension(Box<str>);

impl Dimension {
    /// The dimension of customer groups.
    pub const GROUP: &'static str = "group";

    /// Reads a name; white space around it is dropped.
    ///
    /// # Errors
    /// [`PricingErrorKind::InvalidDimension`], [`PricingErrorKind::ChannelDimension`].
    pub fn parse(text: &str) -> Result<Self, PricingError> {
        let text = text.trim();
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.');
        if text.is_empty() || text.len() > 64 || !text.bytes().all(allowed) {
            return Err(PricingError::new(PricingErrorKind::InvalidDimension));
        }
        if text.to_ascii_lowercase().contains("channel") {
            return Err(PricingError::new(PricingErrorKind::ChannelDimension));
        }
        Ok(Self(text.into()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is the dimension of customer groups.
    #[must_use]
    pub fn is_group(&self) -> bool {
        &*self.0 == Self::GROUP
    }
}

impl std::borrow::Borrow<str> for Dimension {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Dimension {
    type Error = PricingError;

    fn try_from(text: String) -> Result<Self, PricingError> {
        Self::parse(&text)
    }
}

impl From<Dimension> for String {
    fn from(dimension: Dimension) -> Self {
        dimension.0.into()
    }
}

/// A value without white space around it, if it may stand in a condition: not empty, at most [`MAX_VALUE`] bytes,
/// without control and directional characters. The joiners of Persian and other scripts may stand in it.
pub(super) fn value(text: &str) -> Result<&str, PricingError> {
    let text = text.trim();
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    if text.is_empty() || text.len() > MAX_VALUE || text.contains(hidden) {
        return Err(PricingError::new(PricingErrorKind::InvalidValue));
    }
    Ok(text)
}

/// Which buyers a price or a price list is for: of every dimension named here, the buyer has one of the values.
/// Without conditions it is for everybody. `Debug` does not show the values, which may name a customer.
///
/// JSON: `{"country":["DE","AT"],"group":["gold"]}`.
///
/// ```
/// use throughline::pricing::{Buyer, Conditions};
/// let gold_in_dach = Conditions::none().and("group", ["gold"])?.and("country", ["DE", "AT", "CH"])?;
/// let buyer = Buyer::anonymous().with_group("gold")?.with_fact("country", "AT")?;
/// assert!(buyer.meets(&gold_in_dach) && buyer.meets(&Conditions::none()));
/// assert!(!Buyer::anonymous().meets(&gold_in_dach));
/// # Ok::<(), throughline::pricing::PricingError>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Conditions(Vec<(Dimension, Box<[Box<str>]>)>);

impl Conditions {
    /// For everybody.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// The same, and in this dimension the buyer must have one of these values. White space around them is dropped;
    /// a value that is given twice is held once.
    ///
    /// # Errors
    /// Those of [`Dimension::parse`]; [`PricingErrorKind::InvalidValue`] for a value that is empty, too long or has
    /// hidden characters, and for no value at all; [`PricingErrorKind::DuplicateDimension`];
    /// [`PricingErrorKind::TooManyDimensions`] beyond [`MAX_DIMENSIONS`].
    ///
    /// # Complexity
    /// O(n log n) for n values.
    pub fn and<V: AsRef<str>>(
        mut self,
        dimension: &str,
        values: impl IntoIterator<Item = V>,
    ) -> Result<Self, PricingError> {
        let dimension = Dimension::parse(dimension)?;
        let mut held = Vec::new();
        for one in values {
            held.push(Box::from(value(one.as_ref())?));
        }
        held.sort();
        held.dedup();
        let wrong = |kind| Err(PricingError::new(kind));
        if held.is_empty() {
            return wrong(PricingErrorKind::InvalidValue);
        }
        match self.0.binary_search_by(|(other, _)| other.cmp(&dimension)) {
            Ok(_) => wrong(PricingErrorKind::DuplicateDimension),
            Err(_) if self.0.len() >= MAX_DIMENSIONS => wrong(PricingErrorKind::TooManyDimensions),
            Err(place) => {
                self.0.insert(place, (dimension, held.into()));
                Ok(self)
            }
        }
    }

    /// Whether it is for everybody.
    #[must_use]
    pub const fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// How many dimensions it names.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it names none, as [`Conditions::is_none`].
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it asks for something in this dimension.
    #[must_use]
    pub fn names(&self, dimension: &Dimension) -> bool {
        self.0.iter().any(|(named, _)| named == dimension)
    }

    /// Each dimension with its values, both in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&Dimension, &[Box<str>])> {
        self.0.iter().map(|(dimension, values)| (dimension, &**values))
    }
}

impl fmt::Debug for Conditions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map()
            .entries(self.0.iter().map(|(dimension, values)| (dimension.as_str(), values.len())))
            .finish()
    }
}

impl Serialize for Conditions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

impl<'de> Deserialize<'de> for Conditions {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Named;

        impl<'de> Visitor<'de> for Named {
            type Value = Conditions;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a map from dimensions to lists of values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Conditions, A::Error> {
                let mut conditions = Conditions::none();
                while let Some((dimension, values)) = map.next_entry::<String, Vec<String>>()? {
                    conditions = conditions.and(&dimension, values).map_err(A::Error::custom)?;
                }
                Ok(conditions)
            }
        }

        deserializer.deserialize_map(Named)
    }
}
