//! Which entry of the price book is the price of a product at an instant.

use super::{PriceBook, PriceEntry};
use crate::cart::Sku;
use crate::money::Currency;
use crate::reason::Reason;
use crate::time::{DateTime, Utc};

/// Why an entry is not the price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lost {
    /// It has not begun.
    NotBegun,
    /// It has ended.
    Ended,
    /// Another entry has dates that bind it more closely.
    LessDated,
    /// Another entry is cheaper.
    Dearer,
    /// Another entry has the smaller id.
    LargerId,
}

impl Lost {
    /// The reason's rule id.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::NotBegun => "price_not_begun",
            Self::Ended => "price_ended",
            Self::LessDated => "price_less_dated",
            Self::Dearer => "price_dearer",
            Self::LargerId => "price_larger_id",
        }
    }
}

/// The price that was chosen, if any, and every other entry of that product and currency with why it lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice<'a> {
    /// The price.
    pub winner: Option<&'a PriceEntry>,
    /// The others in the order of preference.
    pub losers: Vec<(&'a PriceEntry, Lost)>,
}

impl PriceBook {
    /// The price of a product in a currency at an instant; [`PriceBook`] says which entry that is.
    ///
    /// # Complexity
    /// O(log n + k) for k entries of that product and currency.
    #[must_use]
    pub fn choose(&self, sku: &Sku, currency: Currency, at: DateTime<Utc>) -> Choice<'_> {
        let mut choice = Choice { winner: None, losers: Vec::new() };
        for entry in self.candidates(sku, currency) {
            let lost = if !entry.has_begun(at) {
                Lost::NotBegun
            } else if entry.has_ended(at) {
                Lost::Ended
            } else if let Some(winner) = choice.winner {
                if entry.openness() != winner.openness() {
                    Lost::LessDated
                } else if entry.unit_price != winner.unit_price {
                    Lost::Dearer
                } else {
                    Lost::LargerId
                }
            } else {
                choice.winner = Some(entry);
                continue;
            };
            choice.losers.push((entry, lost));
        }
        choice
    }
}

impl Choice<'_> {
    /// The choice as data: the winner first, then the losers.
    pub(super) fn reasons(&self) -> Vec<Reason> {
        let won = self.winner.map(|entry| ("price_chosen", entry));
        let lost = self.losers.iter().map(|&(entry, lost)| (lost.rule(), entry));
        won.into_iter().chain(lost).map(|(rule, entry)| Reason::new(rule).evidence(evidence(entry))).collect()
    }
}

fn evidence(entry: &PriceEntry) -> String {
    format!("price:{}", entry.id)
}
