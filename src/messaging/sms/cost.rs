//! What a text message costs.

use super::SmsCount;
use crate::money::{Money, MoneyError};

/// The price of a body, by the price of a segment in the country it goes to.
///
/// # Errors
/// The amount does not fit.
///
/// ```
/// use throughline::messaging::sms::{SmsSettings, cost, segments};
/// use throughline::money::{Currency, CurrencyUnit, Money};
/// let price = Money::new(75, CurrencyUnit::new(Currency::parse("EUR")?, 3)?); // 7.5 cents
/// let count = segments(&"س".repeat(71), &SmsSettings::default())?;
/// assert_eq!(cost(&count, price)?.minor(), 150);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn cost(count: &SmsCount, price_per_segment: Money) -> Result<Money, MoneyError> {
    // More segments than an `i64` counts do not fit a text; the product would not fit either.
    price_per_segment.times(i64::try_from(count.segments).unwrap_or(i64::MAX))
}
