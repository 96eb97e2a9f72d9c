//! Tax on exclusive and inclusive prices, by zone, category and rate.

mod assess;
mod error;
mod policy;

#[cfg(test)]
mod tests;

pub use assess::{LineTax, RateTax, RateTotal, TaxEngine, TaxRequest, TaxableLine, Taxes, assess};
pub use error::{TaxError, TaxErrorKind};
pub use policy::{RateName, TaxCategory, TaxLevel, TaxPolicy, TaxRate, TaxZone, ZoneTax};
