//! What an account counts.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ProgrammeId;
use crate::money::CurrencyUnit;

/// What an account counts. Value moves only between accounts that count the same.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Minor units of a currency.
    Money(CurrencyUnit),
    /// Points of a programme.
    Points(ProgrammeId),
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(unit) => write!(f, "money:{unit}"),
            Self::Points(programme) => write!(f, "points:{programme}"),
        }
    }
}

impl From<CurrencyUnit> for Unit {
    fn from(unit: CurrencyUnit) -> Self {
        Self::Money(unit)
    }
}

impl From<ProgrammeId> for Unit {
    fn from(programme: ProgrammeId) -> Self {
        Self::Points(programme)
    }
}
