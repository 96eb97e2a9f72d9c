//! Amounts of money.

use std::cmp::Ordering;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::allocate::{allocate, allocate_with_floors};
use super::{
    Currency, CurrencyUnit, Decimal, Floored, LineWithFloor, MoneyError, MoneyErrorKind, Ratio, Rounding,
    ZeroWeights,
};

/// An amount: a whole number of minor units of one currency.
///
/// Equal only if amount, currency and exponent agree. There is no `Ord`: [`Money::compare`] fails on two currencies
/// instead of inventing an order. JSON: `{"minor":1250,"currency":"EUR","exponent":2}`, unknown fields refused.
///
/// ```
/// use throughline::money::{Currency, CurrencyUnit, Money};
/// let euro = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
/// let price = Money::parse("12.50", euro)?;
/// assert_eq!(price.times(3)?.to_string(), "37.50 EUR");
/// assert!(price.compare(Money::new(1, euro))?.is_gt());
/// assert!(Money::new(i64::MAX, euro).plus(price).is_err());
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawMoney", into = "RawMoney")]
pub struct Money {
    minor: i64,
    unit: CurrencyUnit,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMoney {
    minor: i64,
    currency: Currency,
    exponent: u8,
}

/// An amount made payable in coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CashRounded {
    /// What is paid: a multiple of the increment.
    pub payable: Money,
    /// What the bill shows as its own line: `payable` less the amount.
    pub rounding_line: Money,
}

impl Money {
    /// That many minor units.
    #[must_use]
    pub const fn new(minor: i64, unit: CurrencyUnit) -> Self {
        Self { minor, unit }
    }

    /// Nothing.
    #[must_use]
    pub const fn zero(unit: CurrencyUnit) -> Self {
        Self { minor: 0, unit }
    }

    /// Reads an amount in whole currency units, exactly; [`Decimal`] says what parses.
    ///
    /// # Errors
    /// As [`Decimal::parse`] and [`Decimal::to_money`].
    pub fn parse(text: &str, unit: CurrencyUnit) -> Result<Self, MoneyError> {
        Decimal::parse(text)?.to_money(unit)
    }

    /// The amount in minor units.
    #[must_use]
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// What it is counted in.
    #[must_use]
    pub const fn unit(self) -> CurrencyUnit {
        self.unit
    }

    /// Its currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.unit.currency()
    }

    /// The decimals of its minor unit.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        self.unit.exponent()
    }

    /// Whether it is below zero.
    #[must_use]
    pub const fn is_negative(self) -> bool {
        self.minor < 0
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_zero(self) -> bool {
        self.minor == 0
    }

    /// The sum of two.
    ///
    /// # Errors
    /// [`MoneyErrorKind::CurrencyMismatch`], [`MoneyErrorKind::ExponentMismatch`], [`MoneyErrorKind::Overflow`].
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        self.unit.same(other.unit)?;
        self.with(self.minor.checked_add(other.minor))
    }

    /// This less the other.
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn minus(self, other: Self) -> Result<Self, MoneyError> {
        self.unit.same(other.unit)?;
        self.with(self.minor.checked_sub(other.minor))
    }

    /// The same with the other sign.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Overflow`] for the least amount of all.
    pub fn negated(self) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_neg())
    }

    /// So many times.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Overflow`].
    pub fn times(self, count: i64) -> Result<Self, MoneyError> {
        self.with(self.minor.checked_mul(count))
    }

    /// A fraction of it, rounded once.
    ///
    /// # Errors
    /// [`MoneyErrorKind::Overflow`].
    pub fn times_ratio(self, ratio: Ratio, mode: Rounding) -> Result<Self, MoneyError> {
        // Two 64-bit factors fit in 128 bits.
        let product = i128::from(self.minor).checked_mul(i128::from(ratio.numerator()));
        let share = product.and_then(|product| mode.divide(product, i128::from(ratio.denominator())));
        self.with(share.and_then(|share| i64::try_from(share).ok()))
    }

    /// The sum of many. Whether it overflows depends on the sum alone, never on the order. O(n).
    ///
    /// # Errors
    /// As [`Money::plus`].
    pub fn sum(unit: CurrencyUnit, amounts: impl IntoIterator<Item = Self>) -> Result<Self, MoneyError> {
        let mut total = 0_i128;
        for amount in amounts {
            unit.same(amount.unit)?;
            total = total.checked_add(i128::from(amount.minor)).ok_or_else(|| Self::zero(unit).overflow())?;
        }
        Self::zero(unit).with(i64::try_from(total).ok())
    }

    /// Which is more.
    ///
    /// # Errors
    /// [`MoneyErrorKind::CurrencyMismatch`], [`MoneyErrorKind::ExponentMismatch`].
    pub fn compare(self, other: Self) -> Result<Ordering, MoneyError> {
        self.unit.same(other.unit)?;
        Ok(self.minor.cmp(&other.minor))
    }

    /// Spreads it over lines by weight; see [`allocate`].
    ///
    /// # Errors
    /// As [`allocate`].
    pub fn allocate(self, weights: &[u64], zero_weights: ZeroWeights) -> Result<Vec<Self>, MoneyError> {
        let parts = allocate(self.minor, weights, zero_weights)?;
        Ok(parts.into_iter().map(|minor| Self { minor, ..self }).collect())
    }

    /// Takes it off lines without taking any line under its floor, all in minor units of this amount's unit; see
    /// [`allocate_with_floors`].
    ///
    /// # Errors
    /// As [`allocate_with_floors`].
    pub fn allocate_with_floors(self, lines: &[LineWithFloor]) -> Result<Floored, MoneyError> {
        allocate_with_floors(self.minor, lines)
    }

    /// The nearest multiple of `increment` minor units, a half away from zero as cash registers do, and the rounding
    /// as a line of its own: 5 for Swiss francs, 50 for Danish kroner, 100 for Swedish kronor (CLDR 45, cash rounding).
    ///
    /// # Errors
    /// [`MoneyErrorKind::InvalidRatio`] for an increment below 1, [`MoneyErrorKind::Overflow`].
    pub fn cash_round(self, increment: i64) -> Result<CashRounded, MoneyError> {
        self.cash_round_by(increment, Rounding::HalfUp)
    }

    /// As [`Money::cash_round`] in another rounding mode.
    ///
    /// # Errors
    /// As [`Money::cash_round`].
    pub fn cash_round_by(self, increment: i64, mode: Rounding) -> Result<CashRounded, MoneyError> {
        let steps = mode
            .divide(i128::from(self.minor), i128::from(increment))
            .ok_or(MoneyError::new(MoneyErrorKind::InvalidRatio))?;
        let minor = steps.checked_mul(i128::from(increment)).and_then(|minor| i64::try_from(minor).ok());
        let payable = self.with(minor)?;
        Ok(CashRounded { payable, rounding_line: payable.minus(self)? })
    }

    /// The bare number in whole currency units with all its decimals: `12.50`, `-0.05`, `1250`.
    #[must_use]
    pub fn plain(self) -> String {
        plain(i128::from(self.minor), usize::from(self.exponent()))
    }

    /// The number of toman, the everyday unit of Iran: ten rial. Without decimals unless it has some: `125000`, `0.5`.
    ///
    /// # Errors
    /// [`MoneyErrorKind::CurrencyMismatch`] for another currency than IRR.
    pub fn in_toman(self) -> Result<String, MoneyError> {
        self.must_be_rial()?;
        let text = plain(i128::from(self.minor), usize::from(self.exponent()).saturating_add(1));
        Ok(text.trim_end_matches('0').trim_end_matches('.').to_owned())
    }

    /// Reads a number of toman as rial.
    ///
    /// # Errors
    /// [`MoneyErrorKind::CurrencyMismatch`] for a unit of another currency than IRR; otherwise as [`Money::parse`].
    pub fn parse_toman(text: &str, rial: CurrencyUnit) -> Result<Self, MoneyError> {
        Self::zero(rial).must_be_rial()?;
        Ok(Self::new(Decimal::parse(text)?.scaled(rial.exponent().saturating_add(1))?, rial))
    }

    fn must_be_rial(self) -> Result<(), MoneyError> {
        if self.currency().as_str() == "IRR" {
            return Ok(());
        }
        let rial = Currency::parse("IRR")?;
        Err(MoneyError::between(MoneyErrorKind::CurrencyMismatch, self.currency(), rial))
    }

    fn with(self, minor: Option<i64>) -> Result<Self, MoneyError> {
        minor.map(|minor| Self { minor, ..self }).ok_or_else(|| self.overflow())
    }

    fn overflow(self) -> MoneyError {
        MoneyError::of(MoneyErrorKind::Overflow, self.currency())
    }
}

/// `minor` with `decimals` digits after the point.
fn plain(minor: i128, decimals: usize) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    let width = decimals.saturating_add(1);
    let digits = format!("{:0>width$}", minor.unsigned_abs());
    match digits.split_at_checked(digits.len().saturating_sub(decimals)) {
        Some((whole, fraction)) if !fraction.is_empty() => format!("{sign}{whole}.{fraction}"),
        _ => format!("{sign}{digits}"),
    }
}

/// `12.50 EUR`: the same in every locale, exact, and it parses back.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.plain(), self.currency())
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Money({self})")
    }
}

impl TryFrom<RawMoney> for Money {
    type Error = MoneyError;

    fn try_from(raw: RawMoney) -> Result<Self, MoneyError> {
        Ok(Self::new(raw.minor, CurrencyUnit::new(raw.currency, raw.exponent)?))
    }
}

impl From<Money> for RawMoney {
    fn from(money: Money) -> Self {
        Self { minor: money.minor, currency: money.currency(), exponent: money.exponent() }
    }
}
