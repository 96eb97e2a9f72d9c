//! Postcodes: by how much of its hierarchy two agree.
//!
//! ```
//! use throughline::similarity::postcode::{Level, UkPostcode, prefix_level};
//! let (one, two) = (UkPostcode::parse("SW1A 2AA"), UkPostcode::parse("sw1a2bq"));
//! assert_eq!(one.zip(two).and_then(|(one, two)| one.agreement(&two)), Some(Level::Sector));
//! // Elsewhere the first digits are the wider area: here all ten, the first five, the first three.
//! assert_eq!(prefix_level("11369-14813", "1136955555", &[10, 5, 3]), Some(1));
//! ```

use std::fmt;

/// How finely two British postcodes agree, finest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// The whole postcode: `SW1A 2AA`.
    Full,
    /// Outward code and the digit after it: `SW1A 2`.
    Sector,
    /// Outward code: `SW1A`.
    District,
    /// The letters at the front: `SW`.
    Area,
}

/// A British postcode, or the first part of one. `Debug` is redacted.
///
/// One or two letters, a digit, and a letter or digit that may be missing; then a digit and two letters. Letter case and
/// spaces do not matter.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct UkPostcode {
    /// Capital letters and digits without spaces, then zeros.
    text: [u8; 7],
    area: u8,
    district: u8,
    sector: u8,
    full: u8,
}

impl UkPostcode {
    /// Reads a postcode; `None` if it is not one, nor the area, district or sector of one.
    ///
    /// Only ASCII is read: fold full-width letters and other digits before.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        let mut text = [0; 7];
        let mut length = 0;
        let mut gap = None;
        for byte in value.trim_ascii().bytes() {
            if byte == b' ' {
                gap = gap.or(Some(length));
                continue;
            }
            *text.get_mut(length)? = byte.to_ascii_uppercase();
            length += 1;
        }
        let code = text.get(..length)?;
        let area = code.iter().take_while(|byte| byte.is_ascii_uppercase()).count();
        if !(1..=2).contains(&area) {
            return None;
        }
        let (mut district, mut sector, mut full) = (0, 0, 0);
        if length > area {
            (district, sector, full) = match (code, gap) {
                ([outward @ .., digit, one, two], _)
                    if digit.is_ascii_digit()
                        && one.is_ascii_uppercase()
                        && two.is_ascii_uppercase()
                        && gap.is_none_or(|gap| gap == outward.len())
                        && outward.len() > area =>
                {
                    (outward.len(), outward.len() + 1, length)
                }
                ([outward @ .., digit], Some(gap)) if gap == outward.len() && digit.is_ascii_digit() => {
                    (gap, length, 0)
                }
                (_, None) => (length, 0, 0),
                _ => return None,
            };
            let after = code.get(area..district)?;
            let plain = matches!(after, [first, rest @ ..]
                if first.is_ascii_digit() && rest.len() <= 1 && rest.iter().all(u8::is_ascii_alphanumeric));
            if !plain {
                return None;
            }
        }
        let byte = |length: usize| u8::try_from(length).ok();
        Some(Self {
            text,
            area: byte(area)?,
            district: byte(district)?,
            sector: byte(sector)?,
            full: byte(full)?,
        })
    }

    /// The finest level at which both are given and agree; `None` if not even the area does.
    #[must_use]
    pub fn agreement(&self, other: &Self) -> Option<Level> {
        let same = |own: u8, theirs: u8| {
            own > 0 && own == theirs && self.text.get(..own.into()) == other.text.get(..theirs.into())
        };
        [
            (Level::Full, self.full, other.full),
            (Level::Sector, self.sector, other.sector),
            (Level::District, self.district, other.district),
            (Level::Area, self.area, other.area),
        ]
        .into_iter()
        .find_map(|(level, own, theirs)| same(own, theirs).then_some(level))
    }

    /// Whether all of the postcode is there.
    #[must_use]
    pub const fn is_full(&self) -> bool {
        self.full > 0
    }
}

impl fmt::Debug for UkPostcode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UkPostcode").field("full", &self.is_full()).finish_non_exhaustive()
    }
}

/// How many letters and digits two postcodes of any country have in common at the front.
///
/// Everything but letters and digits is left out, and ASCII letter case does not matter. Fold other digits before.
///
/// # Complexity
/// Linear in the shorter value.
///
/// ```
/// use throughline::similarity::postcode::common_prefix;
/// assert_eq!(common_prefix("K1A 0B1", "k1a-0b6"), 5);
/// ```
#[must_use]
pub fn common_prefix(a: &str, b: &str) -> usize {
    symbols(a).zip(symbols(b)).take_while(|(one, two)| one == two).count()
}

/// The first of the given prefix lengths that two postcodes of any country share, as its index; `None` if none.
///
/// Give the lengths longest first: `[5, 3]` for a ZIP code and its sectional centre, `[10, 5, 3]` for an Iranian
/// postcode, its street and its area. Two postcodes that are the same although shorter than a length share it.
///
/// # Complexity
/// Linear in the values.
#[must_use]
pub fn prefix_level(a: &str, b: &str, lengths: &[usize]) -> Option<usize> {
    let shared = common_prefix(a, b);
    let same = shared > 0 && symbols(a).nth(shared).is_none() && symbols(b).nth(shared).is_none();
    lengths.iter().position(|length| same || (shared > 0 && shared >= *length))
}

fn symbols(value: &str) -> impl Iterator<Item = char> {
    value.chars().filter(|symbol| symbol.is_alphanumeric()).map(|symbol| symbol.to_ascii_uppercase())
}
