//! How many decimals each currency has in this service, decided once when it starts.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Currency, MoneyError, MoneyErrorKind};

/// Most decimals of a minor unit. ISO 4217 goes to 4; the rest is room for unit prices such as fuel per litre.
pub const MAX_EXPONENT: u8 = 9;

/// A currency with the number of decimals of its minor unit: what an amount is counted in.
///
/// Making one with [`CurrencyUnit::new`] is an explicit choice of exponent; [`CurrencyTable::unit`] applies the choice
/// that the host made when its service started.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "RawUnit")]
pub struct CurrencyUnit {
    currency: Currency,
    exponent: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawUnit {
    currency: Currency,
    exponent: u8,
}

impl TryFrom<RawUnit> for CurrencyUnit {
    type Error = MoneyError;

    fn try_from(raw: RawUnit) -> Result<Self, MoneyError> {
        Self::new(raw.currency, raw.exponent)
    }
}

impl CurrencyUnit {
    /// A unit with an exponent chosen by the caller.
    ///
    /// # Errors
    /// [`MoneyErrorKind::InvalidExponent`] over [`MAX_EXPONENT`].
    pub const fn new(currency: Currency, exponent: u8) -> Result<Self, MoneyError> {
        if exponent > MAX_EXPONENT {
            return Err(MoneyError::of(MoneyErrorKind::InvalidExponent, currency));
        }
        Ok(Self { currency, exponent })
    }

    /// The currency.
    #[must_use]
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// How many decimals its minor unit stands for: 2 means that 1 is a hundredth.
    #[must_use]
    pub const fn exponent(self) -> u8 {
        self.exponent
    }

    /// Fails unless both sides count the same thing.
    pub(crate) fn same(self, other: Self) -> Result<(), MoneyError> {
        if self.currency != other.currency {
            Err(MoneyError::between(MoneyErrorKind::CurrencyMismatch, self.currency, other.currency))
        } else if self.exponent != other.exponent {
            Err(MoneyError::of(MoneyErrorKind::ExponentMismatch, self.currency))
        } else {
            Ok(())
        }
    }
}

impl fmt::Display for CurrencyUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.currency, self.exponent)
    }
}

/// The exponent of each currency in this service: ISO 4217 (source: `iso_currency` 0.7) under the host's own choices.
///
/// For AFN, IQD, IRR, LBP, SYP and YER ISO 4217 says 2 or 3 decimals while CLDR, price tags and payment providers use
/// none. A wrong guess is wrong by a factor of 100 or 1,000, so there is no default: without a choice these six have
/// no unit. Call [`CurrencyTable::require`] with the currencies that you trade in when your service starts.
///
/// Serialises as the map of choices, `{"IRR":0}`.
///
/// ```
/// use throughline::money::{Currency, CurrencyTable, MoneyErrorKind};
/// let rial = Currency::parse("IRR")?;
/// let refused = CurrencyTable::iso().unit(rial).err();
/// assert_eq!(refused.map(|e| e.kind()), Some(MoneyErrorKind::ExponentNotChosen));
/// let table = CurrencyTable::new([(rial, 0)])?;
/// table.require(&[rial, Currency::parse("EUR")?])?;
/// assert_eq!(table.unit(rial)?.exponent(), 0);
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(try_from = "BTreeMap<Currency, u8>", into = "BTreeMap<Currency, u8>")]
pub struct CurrencyTable {
    chosen: BTreeMap<Currency, u8>,
}

impl CurrencyTable {
    /// ISO 4217 alone: lacks the six currencies that need a choice and the codes without a minor unit.
    #[must_use]
    pub fn iso() -> Self {
        Self::default()
    }

    /// ISO 4217 under these choices. A choice may override any currency.
    ///
    /// # Errors
    /// [`MoneyErrorKind::InvalidExponent`] for one over [`MAX_EXPONENT`] or for a currency chosen twice differently.
    pub fn new(choices: impl IntoIterator<Item = (Currency, u8)>) -> Result<Self, MoneyError> {
        let mut chosen = BTreeMap::new();
        for (currency, exponent) in choices {
            CurrencyUnit::new(currency, exponent)?;
            if chosen.insert(currency, exponent).is_some_and(|before| before != exponent) {
                return Err(MoneyError::of(MoneyErrorKind::InvalidExponent, currency));
            }
        }
        Ok(Self { chosen })
    }

    /// The unit of a currency. O(log n) in the number of choices.
    ///
    /// # Errors
    /// [`MoneyErrorKind::ExponentNotChosen`] for the six without a choice, [`MoneyErrorKind::NoMinorUnit`] for codes
    /// to which ISO 4217 gives none; both name the currency.
    pub fn unit(&self, currency: Currency) -> Result<CurrencyUnit, MoneyError> {
        if let Some(&exponent) = self.chosen.get(&currency) {
            return CurrencyUnit::new(currency, exponent);
        }
        let digits = currency.digits();
        if digits.must_be_explicit {
            return Err(MoneyError::of(MoneyErrorKind::ExponentNotChosen, currency));
        }
        let exponent =
            digits.iso_4217.ok_or_else(|| MoneyError::of(MoneyErrorKind::NoMinorUnit, currency))?;
        CurrencyUnit::new(currency, exponent)
    }

    /// Checks at start-up that every currency that the service trades in has a unit.
    ///
    /// # Errors
    /// As [`CurrencyTable::unit`], for the first currency that has none.
    pub fn require(&self, traded: &[Currency]) -> Result<(), MoneyError> {
        traded.iter().try_for_each(|&currency| self.unit(currency).map(drop))
    }
}

impl TryFrom<BTreeMap<Currency, u8>> for CurrencyTable {
    type Error = MoneyError;

    fn try_from(choices: BTreeMap<Currency, u8>) -> Result<Self, MoneyError> {
        Self::new(choices)
    }
}

impl From<CurrencyTable> for BTreeMap<Currency, u8> {
    fn from(table: CurrencyTable) -> Self {
        table.chosen
    }
}
