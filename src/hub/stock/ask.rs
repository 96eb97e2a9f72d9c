//! What of the stock can be sold.

use super::keys;
use super::reserve::KeptShelf;
use crate::cart::Sku;
use crate::hub::Context;
use crate::hub::scan::each;
use crate::stock::availability::{Available, Level};
use crate::stock::reservation::Terms;
use crate::stock::{LocationId, Place};
use crate::store::{Key, Stop, Tx};
use crate::time::{DateTime, Utc};

/// What is asked about products at locations.
#[derive(Debug, Clone, Copy)]
pub struct StockInquiry<'a> {
    /// Which products.
    pub skus: &'a [Sku],
    /// Where: the locations near her, in the host's order.
    pub locations: &'a [LocationId],
    /// What is kept back, for which channel and method, and how sure a count must be.
    pub terms: &'a Terms<'a>,
    /// At which instant; now if none is named.
    pub at: Option<DateTime<Utc>>,
}

/// What can be sold of a product at a location.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockAnswer {
    /// Where and what.
    pub place: Place,
    /// How many, and why not more; what is announced to come and go until the instant counts.
    pub available: Available,
    /// How many may be ordered beyond that, on backorder or preorder.
    pub beyond: u32,
    /// What it was computed from.
    pub level: Level,
}

fn answer(kept: KeptShelf, terms: &Terms<'_>, now: DateTime<Utc>, at: DateTime<Utc>) -> StockAnswer {
    let KeptShelf { place, shelf } = kept;
    let level = shelf.level(now, terms.confidence);
    let available = terms.available_at(&place, &level, at);
    let promised = i64::from(level.reserved) + i64::from(level.allocated) + i64::from(available.units);
    let beyond = shelf.beyond.map_or(0, |_| (shelf.most_promised() - promised).max(0));
    let beyond = u32::try_from(beyond).unwrap_or(u32::MAX);
    StockAnswer { place, available, beyond, level }
}

/// What can be sold of each product at each location, in their order; places that nobody ever counted are left out.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(products times locations), and the holds there.
pub fn stock_at(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    inquiry: &StockInquiry<'_>,
) -> Result<Vec<StockAnswer>, Stop> {
    let at = inquiry.at.unwrap_or(context.now);
    let places = inquiry.skus.iter().flat_map(|sku| {
        inquiry.locations.iter().map(move |location| Place::new(location.clone(), sku.clone()))
    });
    let of_shelves: Vec<Key> = places.map(|place| keys::shelf(context, &place)).collect();
    let kept = tx.get_many::<KeptShelf>(&of_shelves)?;
    Ok(kept.into_iter().flatten().map(|kept| answer(kept, inquiry.terms, context.now, at)).collect())
}

/// What can be sold of a product at every location that ever had it, in the order of locations.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(locations), and the holds there.
pub fn stock_everywhere(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    sku: &Sku,
    terms: &Terms<'_>,
) -> Result<Vec<StockAnswer>, Stop> {
    let prefix = keys::shelves_of(context, sku);
    let (mut answers, now) = (Vec::new(), context.now);
    each::<KeptShelf>(tx, &prefix, |_, kept| answers.push(answer(kept, terms, now, now)))?;
    answers.sort_unstable_by(|a, b| a.place.cmp(&b.place));
    Ok(answers)
}
