//! What products cost over time, to say the prior price of a reduction.

use crate::cart::Sku;
use crate::money::{Currency, MoneyError};
use crate::pricing::prior_price::{PriceHistory, PriceStep, PriorPrice, PriorPriceRules};
use crate::store::{Stop, Stored, Tx};

use super::{Context, keys};

impl Stored for PriceHistory {
    const KIND: &'static str = "price_history";
    const VERSION: u16 = 1;
    const JOURNAL: bool = true;
}

/// Whose price it is: a product in one price zone (a country, a region, all shops of one sign). The price is the same in
/// every channel, so there is no channel here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceSeries {
    /// The product.
    pub sku: Sku,
    /// The zone, in the host's words.
    pub zone: String,
    /// The currency.
    pub currency: Currency,
}

/// Notes that everybody could buy a product at a price from an instant on. Recording the same step twice changes
/// nothing, and steps may come in any order. Steps that no later answer needs are dropped.
///
/// # Errors
/// Of the store only; a step in another currency than the history's is the inner error.
pub fn record_price(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    of: &PriceSeries,
    step: PriceStep,
    rules: &PriorPriceRules,
) -> Result<Result<(), MoneyError>, Stop> {
    let key = key(context, of);
    let mut history = tx.get::<PriceHistory>(&key)?.unwrap_or_default();
    if let Err(error) = history.record(step) {
        return Ok(Err(error));
    }
    history.prune(context.now, rules);
    tx.put(&key, &history)?;
    Ok(Ok(()))
}

/// The prior price of the reduction that is in force now; see [`PriceHistory::prior`].
///
/// # Errors
/// Of the store only.
pub fn prior_price(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    of: &PriceSeries,
    rules: &PriorPriceRules,
) -> Result<PriorPrice, Stop> {
    let history = tx.get::<PriceHistory>(&key(context, of))?.unwrap_or_default();
    Ok(history.prior(context.now, rules))
}

fn key(context: &Context<'_>, of: &PriceSeries) -> crate::store::Key {
    let parts = [of.sku.as_str().as_bytes(), of.zone.as_bytes(), of.currency.as_str().as_bytes()];
    keys::price_history(context.rules.pepper.digest("price_history", &parts))
}
