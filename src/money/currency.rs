//! Currencies: the closed set of ISO 4217 alphabetic codes.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::{MoneyError, MoneyErrorKind};

/// A currency of ISO 4217, by its alphabetic code. The set is closed: what ISO 4217 does not list does not parse.
///
/// Source of the list and of the minor units: the `iso_currency` crate, version 0.7. Ordered by code. Replaced
/// currencies (`BGN`, `VES`) still parse, since old orders hold them.
///
/// ```
/// use throughline::money::Currency;
/// assert_eq!(Currency::parse("eur")?.as_str(), "EUR");
/// assert!(Currency::parse("toman").is_err());
/// assert!(Currency::parse("IRR")?.digits().must_be_explicit);
/// # Ok::<(), throughline::money::MoneyError>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Currency(iso_currency::Currency);

/// How many decimals a currency has, by two authorities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CurrencyDigits {
    /// By ISO 4217 (`iso_currency` 0.7); `None` where ISO 4217 names no minor unit.
    pub iso_4217: Option<u8>,
    /// By CLDR 45, `supplemental/currencyData/fractions`, the digits of ordinary (not cash) amounts.
    pub cldr: u8,
    /// The host must choose when its service starts; see [`CurrencyTable`](super::CurrencyTable).
    pub must_be_explicit: bool,
}

/// The currencies that refuse to start without a choice: ISO 4217 says 2 or 3 decimals, CLDR and daily use say none.
const MUST_CHOOSE: [&str; 6] = ["AFN", "IQD", "IRR", "LBP", "SYP", "YER"];

impl Currency {
    /// Reads a three-letter code. ASCII case is folded; nothing else is (no names, no symbols, no spaces).
    ///
    /// # Errors
    /// [`MoneyErrorKind::UnknownCurrency`].
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        let unknown = MoneyError::new(MoneyErrorKind::UnknownCurrency);
        if code.len() != 3 || !code.is_ascii() {
            return Err(unknown);
        }
        iso_currency::Currency::from_code(&code.to_ascii_uppercase()).map(Self).ok_or(unknown)
    }

    /// Its code in capital letters.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals ISO 4217 and CLDR give it.
    ///
    /// The six that [must be chosen](CurrencyDigits::must_be_explicit) are AFN, IQD, IRR, LBP, SYP and YER. For a few
    /// others (ALL, KPW, LAK, MGA, MMK, RSD, SLL, SOS) CLDR shows no decimals either, but the two in ISO 4217 are
    /// what banks settle in, so ISO 4217 stands unless the host overrides it.
    #[must_use]
    pub fn digits(self) -> CurrencyDigits {
        let code = self.as_str();
        CurrencyDigits {
            iso_4217: self.0.exponent().and_then(|digits| u8::try_from(digits).ok()),
            cldr: cldr_digits(code),
            must_be_explicit: MUST_CHOOSE.contains(&code),
        }
    }
}

/// CLDR 45, `supplemental/currencyData/fractions/*/_digits`; every other code has `DEFAULT` = 2.
fn cldr_digits(code: &str) -> u8 {
    match code {
        "ADP" | "AFN" | "ALL" | "BIF" | "BYR" | "CLP" | "DJF" | "ESP" | "GNF" | "IQD" | "IRR" | "ISK"
        | "ITL" | "JPY" | "KMF" | "KPW" | "KRW" | "LAK" | "LBP" | "LUF" | "MGA" | "MGF" | "MMK" | "MRO"
        | "PYG" | "RSD" | "RWF" | "SLL" | "SOS" | "STD" | "SYP" | "TMM" | "TRL" | "UGX" | "UYI" | "VND"
        | "VUV" | "XAF" | "XOF" | "XPF" | "YER" | "ZMK" | "ZWD" => 0,
        "BHD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
        "CLF" | "UYW" => 4,
        _ => 2,
    }
}

impl PartialOrd for Currency {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Currency {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for Currency {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Currency({})", self.as_str())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        Self::parse(code)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Code;
        impl serde::de::Visitor<'_> for Code {
            type Value = Currency;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a currency code of iso 4217")
            }
            fn visit_str<E: serde::de::Error>(self, code: &str) -> Result<Currency, E> {
                Currency::parse(code).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Code)
    }
}
