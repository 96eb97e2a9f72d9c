//! The price book: what a product costs, in which currency, from when until when.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::index::Index;
use super::tier::reduction;
use super::{Charge, Conditions, ListId, Pieces, PriceList, PricingError, PricingErrorKind, Tiers};
use crate::cart::{Quantity, Sku};
use crate::checked_name::checked_names;
use crate::money::{Currency, Money};
use crate::time::{DateTime, Utc};

checked_names! {
    128 bytes, PricingError: PricingError::new(PricingErrorKind::InvalidId);
    /// The host's id of one entry of its price book.
    PriceId;
}

/// What one piece of a product costs during `[from, until)`, for whom and from which quantity on.
///
/// ```
/// use throughline::cart::{Quantity, Sku};
/// use throughline::money::{Currency, CurrencyTable, Money};
/// use throughline::pricing::{Conditions, PriceEntry, PriceId};
/// let euro = CurrencyTable::iso().unit(Currency::parse("EUR")?)?;
/// let crate_for_gold = PriceEntry {
///     min_quantity: Some(Quantity::new(12)?),
///     conditions: Conditions::none().and("group", ["gold"])?,
///     ..PriceEntry::always(PriceId::parse("gold-crate")?, Sku::parse("TEA-1")?, Money::parse("7.50", euro)?)
/// };
/// assert!(!crate_for_gold.is_for(Quantity::ONE));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PriceEntry {
    /// The entry's id.
    pub id: PriceId,
    /// The product.
    pub sku: Sku,
    /// The price of one piece, zero or more; with tiers, the price before the first step.
    pub unit_price: Money,
    /// The first instant at which it is valid; absent means since ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<DateTime<Utc>>,
    /// The first instant at which it is valid no more; absent means open-ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<DateTime<Utc>>,
    /// The price list that it belongs to, if any. It is valid while the list is, for those whom the list is for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<ListId>,
    /// Whom it is for.
    #[serde(default, skip_serializing_if = "Conditions::is_none")]
    pub conditions: Conditions,
    /// The least quantity for which it is valid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_quantity: Option<Quantity>,
    /// The most for which it is valid, included.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_quantity: Option<Quantity>,
    /// When it was last changed, for policies that prefer the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated: Option<DateTime<Utc>>,
    /// The prices of larger quantities, if they differ.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Tiers>,
}

impl PriceEntry {
    /// A price without dates, for everybody and every quantity.
    #[must_use]
    pub const fn always(id: PriceId, sku: Sku, unit_price: Money) -> Self {
        Self {
            id,
            sku,
            unit_price,
            from: None,
            until: None,
            list: None,
            conditions: Conditions::none(),
            min_quantity: None,
            max_quantity: None,
            updated: None,
            tiers: None,
        }
    }

    /// Whether it has begun by then.
    #[must_use]
    pub fn has_begun(&self, at: DateTime<Utc>) -> bool {
        self.from.is_none_or(|from| from <= at)
    }

    /// Whether it has ended by then.
    #[must_use]
    pub fn has_ended(&self, at: DateTime<Utc>) -> bool {
        self.until.is_some_and(|until| until <= at)
    }

    /// Whether it is valid for that quantity.
    #[must_use]
    pub fn is_for(&self, quantity: Quantity) -> bool {
        self.is_for_count(u64::from(quantity.get()))
    }

    pub(super) fn is_for_count(&self, count: u64) -> bool {
        self.min_quantity.is_none_or(|least| u64::from(least.get()) <= count)
            && self.max_quantity.is_none_or(|most| count <= u64::from(most.get()))
    }

    /// What a line costs at this price, exactly. `reduced` is the price to which one piece was reduced, if it was;
    /// [`Tiers::charge`] says what becomes of the tiers then.
    ///
    /// # Errors
    /// Those of [`Tiers::charge`].
    ///
    /// # Complexity
    /// O(s) for s steps, whatever the quantity.
    pub fn charge(&self, pieces: Pieces, reduced: Option<Money>) -> Result<Charge, PricingError> {
        let charge = match &self.tiers {
            Some(tiers) => tiers.charge(self.unit_price, pieces, reduced),
            None => reduction(self.unit_price, reduced)
                .and_then(|reduced| Charge::flat(reduced.unwrap_or(self.unit_price), pieces.quantity)),
        };
        charge.map_err(|error| error.about(&self.id))
    }

    /// What the line costs in minor units, of whatever size.
    pub(super) fn cost(&self, pieces: Pieces) -> i128 {
        match &self.tiers {
            Some(tiers) => tiers.cost(self.unit_price, pieces),
            None => i128::from(self.unit_price.minor()) * i128::from(pieces.quantity.get()),
        }
    }

    /// 0 for a window with an end, 1 for one with a beginning only, 2 for a price without dates. The window of a
    /// price in a list is what it and the list have in common.
    pub(super) const fn openness(&self, list: Option<&PriceList>) -> u8 {
        let (from, until) = match list {
            Some(list) => (list.from.is_some(), list.until.is_some()),
            None => (false, false),
        };
        if self.until.is_some() || until {
            0
        } else if self.from.is_some() || from {
            1
        } else {
            2
        }
    }

    /// The order in which the entries of one product and currency are held.
    fn held_order(&self, other: &Self) -> Ordering {
        (self.openness(None), self.unit_price.minor(), &self.id).cmp(&(
            other.openness(None),
            other.unit_price.minor(),
            &other.id,
        ))
    }
}

/// All prices of a business, and the price lists that they are in.
///
/// Where several entries of one product and currency are valid for one buyer, quantity and instant, a
/// [`ChoicePolicy`](super::ChoicePolicy) says in which order they are preferred. What the policy leaves undecided
/// falls to the first in this total order:
/// 1. a window with an end, before one with a beginning only, before a price without dates;
/// 2. the lower amount for the quantity;
/// 3. the smaller id, byte by byte.
///
/// So windows may overlap: a dated price takes precedence over the standing one while it lasts, and a price change
/// takes effect by ending the old price's window. The order of the entries and lists makes no difference.
///
/// JSON: `{"version":…,"lists":[…],"entries":[…]}`, checked when read.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(try_from = "RawPriceBook", into = "RawPriceBook")]
pub struct PriceBook {
    version: String,
    /// By id.
    lists: Vec<PriceList>,
    /// By product, currency and the order in which they are held.
    entries: Vec<PriceEntry>,
    index: Index,
}

impl PartialEq for PriceBook {
    fn eq(&self, other: &Self) -> bool {
        (&self.version, &self.lists, &self.entries) == (&other.version, &other.lists, &other.entries)
    }
}

impl Eq for PriceBook {}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawPriceBook {
    version: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    lists: Vec<PriceList>,
    entries: Vec<PriceEntry>,
}

impl PriceBook {
    /// A price book without price lists; `version` is the host's own name for this state of it, and each quote
    /// carries it. An entry that is given twice is held once.
    ///
    /// # Errors
    /// Those of [`PriceBook::with_lists`].
    ///
    /// # Complexity
    /// O(n log n).
    pub fn new(
        version: impl Into<String>,
        entries: impl IntoIterator<Item = PriceEntry>,
    ) -> Result<Self, PricingError> {
        Self::with_lists(version, [], entries)
    }

    /// A price book with price lists. An entry or a list that is given twice is held once.
    ///
    /// # Errors
    /// For the first such list by id: [`PricingErrorKind::EmptyWindow`], [`PricingErrorKind::DuplicateId`]. Then for
    /// the first such entry in the order of [`PriceBook::entries`]: [`PricingErrorKind::NegativePrice`],
    /// [`PricingErrorKind::EmptyWindow`], [`PricingErrorKind::EmptyBand`], [`PricingErrorKind::MixedUnits`] between an
    /// entry and its tiers, [`PricingErrorKind::DuplicateId`], [`PricingErrorKind::MixedExponents`],
    /// [`PricingErrorKind::UnknownList`]. [`PricingErrorKind::TooManyPrices`] from 2³² entries on.
    ///
    /// # Complexity
    /// O(n log n).
    pub fn with_lists(
        version: impl Into<String>,
        lists: impl IntoIterator<Item = PriceList>,
        entries: impl IntoIterator<Item = PriceEntry>,
    ) -> Result<Self, PricingError> {
        let lists = checked_lists(lists.into_iter().collect())?;
        let mut entries: Vec<PriceEntry> = entries.into_iter().collect();
        entries.sort_by(|a, b| group(a).cmp(&group(b)).then_with(|| a.held_order(b)));
        // Equal ones are neighbours, unless a different one of the same id is between them: an error below.
        entries.dedup();
        let mut ids = hashbrown::HashSet::with_capacity(entries.len());
        let mut units = BTreeMap::new();
        for entry in &entries {
            let wrong = |kind| Err(PricingError::at(kind, &entry.id));
            let unit = entry.unit_price.unit();
            if entry.unit_price.is_negative() {
                return wrong(PricingErrorKind::NegativePrice);
            }
            if entry.from.zip(entry.until).is_some_and(|(from, until)| from >= until) {
                return wrong(PricingErrorKind::EmptyWindow);
            }
            if entry.min_quantity.zip(entry.max_quantity).is_some_and(|(least, most)| least > most) {
                return wrong(PricingErrorKind::EmptyBand);
            }
            let step = entry.tiers.as_ref().and_then(|tiers| tiers.steps().first());
            if step.is_some_and(|step| step.unit_price.unit() != unit) {
                return wrong(PricingErrorKind::MixedUnits);
            }
            if !ids.insert(&entry.id) {
                return wrong(PricingErrorKind::DuplicateId);
            }
            if *units.entry(unit.currency()).or_insert(unit) != unit {
                return wrong(PricingErrorKind::MixedExponents);
            }
        }
        drop(ids);
        let index = Index::new(&lists, &entries)?;
        Ok(Self { version: version.into(), lists, entries, index })
    }

    /// The host's name for this state of the price book.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// All price lists, by id.
    #[must_use]
    pub fn lists(&self) -> &[PriceList] {
        &self.lists
    }

    /// The price list of that id. O(log n).
    #[must_use]
    pub fn list(&self, id: &ListId) -> Option<&PriceList> {
        self.lists.binary_search_by(|list| list.id.cmp(id)).ok().and_then(|place| self.lists.get(place))
    }

    /// All entries, by product, currency, dates (as in [`PriceBook`]), amount and id.
    #[must_use]
    pub fn entries(&self) -> &[PriceEntry] {
        &self.entries
    }

    pub(super) const fn index(&self) -> &Index {
        &self.index
    }

    /// Whether it has any price of the product, in whatever currency and time. O(log n).
    pub(super) fn knows(&self, sku: &Sku) -> bool {
        let start = self.entries.partition_point(|entry| entry.sku < *sku);
        self.entries.get(start).is_some_and(|entry| entry.sku == *sku)
    }
}

fn checked_lists(mut lists: Vec<PriceList>) -> Result<Vec<PriceList>, PricingError> {
    lists.sort_by(|a, b| a.id.cmp(&b.id));
    // Equal ones are neighbours, unless a different one of the same id is between them: an error below.
    lists.dedup();
    for list in &lists {
        if list.from.zip(list.until).is_some_and(|(from, until)| from >= until) {
            return Err(PricingError::of_list(PricingErrorKind::EmptyWindow, &list.id));
        }
    }
    for (one, next) in lists.iter().zip(lists.iter().skip(1)) {
        if one.id == next.id {
            return Err(PricingError::of_list(PricingErrorKind::DuplicateId, &one.id));
        }
    }
    Ok(lists)
}

pub(super) const fn group(entry: &PriceEntry) -> (&Sku, Currency) {
    (&entry.sku, entry.unit_price.currency())
}

impl TryFrom<RawPriceBook> for PriceBook {
    type Error = PricingError;

    fn try_from(raw: RawPriceBook) -> Result<Self, PricingError> {
        Self::with_lists(raw.version, raw.lists, raw.entries)
    }
}

impl From<PriceBook> for RawPriceBook {
    fn from(book: PriceBook) -> Self {
        Self { version: book.version, lists: book.lists, entries: book.entries }
    }
}
