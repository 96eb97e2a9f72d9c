//! Exact fractions for percentages and rates.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{MoneyError, MoneyErrorKind};

/// An exact fraction in lowest terms, such as a discount of 15 percent (`3/20`) or a rate.
///
/// ```
/// use throughline::money::Ratio;
/// assert_eq!(Ratio::basis_points(1500), Ratio::new(3, 20)?);
/// assert_eq!(Ratio::new(2, 6)?.to_string(), "1/3");
/// assert!(Ratio::new(1, 0).is_err());
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawRatio", into = "RawRatio")]
pub struct Ratio {
    numerator: i64,
    denominator: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRatio {
    numerator: i64,
    denominator: i64,
}

impl Ratio {
    /// The whole.
    pub const ONE: Self = Self { numerator: 1, denominator: 1 };

    /// A fraction; it is brought to lowest terms.
    ///
    /// # Errors
    /// [`MoneyErrorKind::InvalidRatio`] for a denominator of zero or less.
    pub fn new(numerator: i64, denominator: i64) -> Result<Self, MoneyError> {
        if denominator <= 0 {
            return Err(MoneyError::new(MoneyErrorKind::InvalidRatio));
        }
        let common = greatest_common_divisor(numerator.unsigned_abs(), denominator.unsigned_abs());
        // The divisor is at most the denominator, so it is in 1..=i64::MAX and both divisions are exact.
        let common = i64::try_from(common).unwrap_or(1).max(1);
        Ok(Self { numerator: numerator / common, denominator: denominator / common })
    }

    /// So many hundredths of a percent: 10,000 is the whole.
    #[must_use]
    pub fn basis_points(points: i32) -> Self {
        Self::new(i64::from(points), 10_000).unwrap_or(Self::ONE)
    }

    /// The number above the line.
    #[must_use]
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// The number below the line, at least 1.
    #[must_use]
    pub const fn denominator(self) -> i64 {
        self.denominator
    }
}

fn greatest_common_divisor(mut a: u64, mut b: u64) -> u64 {
    while let Some(rest) = a.checked_rem(b) {
        (a, b) = (b, rest);
    }
    a
}

impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

impl TryFrom<RawRatio> for Ratio {
    type Error = MoneyError;

    fn try_from(raw: RawRatio) -> Result<Self, MoneyError> {
        Self::new(raw.numerator, raw.denominator)
    }
}

impl From<Ratio> for RawRatio {
    fn from(ratio: Ratio) -> Self {
        Self { numerator: ratio.numerator, denominator: ratio.denominator }
    }
}
