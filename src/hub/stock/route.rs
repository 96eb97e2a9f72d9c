//! From where an order is sent, by what can be sold there now.

use crate::cart::Sku;
use crate::hub::Context;
use crate::stock::reservation::Terms;
use crate::stock::routing::{MAX_CANDIDATES, MAX_PRODUCTS, RouteRequest, RouteSettings, Routed, route};
use crate::stock::{LocationId, StockErrorKind};
use crate::store::{Stop, Tx};

use super::{StockInquiry, stock_at};

/// Most locations times products that are looked up.
const MOST_PLACES: usize = 100_000;

/// From which of the locations an order is sent: as [`route`](crate::stock::routing::route()), with what can be sold there
/// now, under the terms, in place of the stock that the question names. Nothing is held by it: place the order, or resolve
/// what is short, with what it answers, and ask again if that is refused.
///
/// ```
/// use std::sync::Arc;
/// use throughline::cart::Sku;
/// use throughline::hub::{CommandKey, Hub, Rules};
/// use throughline::stock::reservation::{StockChange, Terms, Yield};
/// use throughline::stock::routing::{RouteRequest, RouteSettings, Routed};
/// use throughline::stock::{LocationId, Place};
/// use throughline::store::{MemoryStore, Tenant};
///
/// let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"from your secret manager"))?;
/// let place = Place::new(LocationId::parse("ونک")?, Sku::parse("MUG")?);
/// let count = StockChange::Count { units: 1, at: hub.import().received_at, source: Default::default() };
/// hub.change_stock(&CommandKey::new("count-1"), &place, &count, Yield::Refuse)?;
/// let request: RouteRequest = serde_json::from_str(r#"{
///     "demand": {"MUG": 1}, "suppliers": [{"location": "تجریش", "stock": {}}, {"location": "ونک", "stock": {}}]
/// }"#)?;
/// let routed = hub.route_order(&request, &RouteSettings::default(), &Terms::default())?;
/// let Ok(Routed::Routed(found)) = routed else { return Err("not enough".into()) };
/// assert_eq!(found.parcels[0].location, place.location);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// Answers `Err` with what is wrong with the question: too many locations or products, one given twice, costs too large.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// O(products times locations) and the holds there, and as [`route`](crate::stock::routing::route()).
pub fn route_order(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    request: &RouteRequest,
    settings: &RouteSettings,
    terms: &Terms<'_>,
) -> Result<Result<Routed, StockErrorKind>, Stop> {
    let (many, products) = (request.suppliers.len(), request.demand.len());
    if many > MAX_CANDIDATES || products > MAX_PRODUCTS || many.saturating_mul(products) > MOST_PLACES {
        return Ok(Err(StockErrorKind::TooMany));
    }
    let skus: Vec<Sku> = request.demand.keys().cloned().collect();
    let locations: Vec<LocationId> = request.suppliers.iter().map(|own| own.location.clone()).collect();
    let inquiry = StockInquiry { skus: &skus, locations: &locations, terms, at: None };
    let mut asked = request.clone();
    for supplier in &mut asked.suppliers {
        supplier.stock.clear();
    }
    let answers = stock_at(tx, context, &inquiry)?;
    for answer in answers.into_iter().filter(|answer| answer.available.units > 0) {
        let here = asked.suppliers.iter_mut().find(|own| own.location == answer.place.location);
        if let Some(supplier) = here {
            supplier.stock.insert(answer.place.sku, answer.available.units);
        }
    }
    Ok(route(&asked, settings).map_err(|error| error.kind()))
}
