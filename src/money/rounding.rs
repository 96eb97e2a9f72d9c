//! How a fraction of a minor unit becomes a whole one.

use serde::{Deserialize, Serialize};

/// A rounding mode. All are symmetric in the sign: rounding a refund mirrors rounding the charge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// To the nearest; a half goes to the even neighbour (banker's rounding).
    #[default]
    HalfEven,
    /// To the nearest; a half goes away from zero (commercial rounding).
    HalfUp,
    /// To the nearest; a half goes towards zero.
    HalfDown,
    /// Away from zero whenever anything is cut.
    Up,
    /// Towards zero: cut.
    Down,
}

impl Rounding {
    /// `numerator / denominator` as a whole number. `None` if the denominator is zero or less, or on overflow.
    ///
    /// ```
    /// use throughline::money::Rounding;
    /// assert_eq!(Rounding::HalfEven.divide(35, 2), Some(18));
    /// assert_eq!(Rounding::HalfDown.divide(-35, 2), Some(-17));
    /// assert_eq!(Rounding::Up.divide(1, 0), None);
    /// ```
    #[must_use]
    pub fn divide(self, numerator: i128, denominator: i128) -> Option<i128> {
        if denominator <= 0 {
            return None;
        }
        let quotient = numerator.checked_div(denominator)?;
        let rest = numerator.checked_rem(denominator)?.unsigned_abs();
        if rest == 0 {
            return Some(quotient);
        }
        // `denominator - rest` cannot overflow, `2 * rest` could.
        let beyond_half = rest.cmp(&(denominator.unsigned_abs() - rest));
        let away = match self {
            Self::Up => true,
            Self::Down => false,
            Self::HalfUp => beyond_half.is_ge(),
            Self::HalfDown => beyond_half.is_gt(),
            Self::HalfEven => {
                beyond_half.is_gt()
                    || (beyond_half.is_eq() && quotient.checked_rem(2).is_some_and(|odd| odd != 0))
            }
        };
        match (away, numerator < 0) {
            (false, _) => Some(quotient),
            (true, false) => quotient.checked_add(1),
            (true, true) => quotient.checked_sub(1),
        }
    }
}
