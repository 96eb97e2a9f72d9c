//! The price function.

use super::{
    Buyer, Choice, ChoicePolicy, Pieces, PriceBook, PriceEntry, PriceQuery, Priced, PricingError, Quote,
    QuoteLine, QuoteRules, Refusal,
};
use crate::cart::{Cart, LineKey, Quantity, Sku};
use crate::ids::QuoteId;
use crate::money::Money;
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// All that a price may depend on. There is no channel, no device and no person in it: whoever adds one to
/// [`price`] has to change this line, in sight of every reviewer.
type Inputs = fn(QuoteId, &Cart, &PriceBook, &QuoteRules, DateTime<Utc>) -> Result<Priced, PricingError>;
const _: Inputs = price;

/// What a cart costs at an instant by a price book: a quote, or a refusal with reasons.
///
/// Every line is priced by [`PriceBook::choose`] in the cart's currency, for an anonymous buyer under the default
/// policy; the quote's total is the sum of the lines. Nothing is rounded. Options of a line do not change its price. The id is the
/// caller's, so that the function stays pure.
///
/// An empty cart and a product without a price are refusals; all such products are named at once.
///
/// # Errors
/// [`PricingErrorKind::Overflow`](super::PricingErrorKind::Overflow) if a line or the total does not fit 64 bits of
/// minor units.
///
/// # Complexity
/// O(l k) for l lines and k entries per product and currency.
pub fn price(
    id: QuoteId,
    cart: &Cart,
    book: &PriceBook,
    rules: &QuoteRules,
    now: DateTime<Utc>,
) -> Result<Priced, PricingError> {
    let view = book.seen_by(&Buyer::anonymous(), &ChoicePolicy::default());
    let mut found = Vec::with_capacity(cart.lines.len());
    let mut refused = Vec::new();
    let mut refused_sku = None;
    for (line, &quantity) in &cart.lines {
        let pieces = Pieces::line(quantity);
        let choice = view.choose(&PriceQuery { sku: line.sku(), currency: cart.currency, pieces, at: now });
        match choice.winner {
            Some(winner) => found.push((line, quantity, winner, choice)),
            // Lines of one product are neighbours; it is named once.
            None if refused_sku == Some(line.sku()) => {}
            None => {
                refused_sku = Some(line.sku());
                refused.extend(why_not(cart, book, line.sku(), &choice));
            }
        }
    }
    let unit = match found.first() {
        Some((_, _, winner, _)) if refused.is_empty() => winner.unit_price.unit(),
        _ => {
            if cart.lines.is_empty() {
                refused.push(Reason::new("empty_cart"));
            }
            return Ok(Priced::Refused(Refusal {
                id,
                cart: cart.id,
                cart_version: cart.version,
                price_book: book.version().to_owned(),
                priced_at: now,
                reasons: refused,
            }));
        }
    };

    let ends = found.iter().map(|(_, _, winner, choice)| (choice.ends(), *winner));
    let (valid_until, reasons) = validity(rules, now, ends);
    let lines = found
        .into_iter()
        .map(|(line, quantity, winner, choice)| price_line(line, quantity, winner, &choice))
        .collect::<Result<Vec<_>, _>>()?;
    let total = Money::sum(unit, lines.iter().map(|line| line.total)).map_err(PricingError::overflow)?;
    Ok(Priced::Quoted(Quote {
        id,
        cart: cart.id,
        cart_version: cart.version,
        price_book: book.version().to_owned(),
        priced_at: now,
        valid_until,
        lines,
        total,
        reasons,
    }))
}

fn price_line(
    line: &LineKey,
    quantity: Quantity,
    winner: &PriceEntry,
    choice: &Choice<'_>,
) -> Result<QuoteLine, PricingError> {
    let charge = winner.charge(Pieces::line(quantity), None)?;
    Ok(QuoteLine {
        line: line.clone(),
        quantity,
        unit_price: charge.unit_price().unwrap_or(winner.unit_price),
        total: charge.total,
        price: winner.id.clone(),
        reasons: choice.reasons(),
    })
}

/// Why a product has no price.
fn why_not(cart: &Cart, book: &PriceBook, sku: &Sku, choice: &Choice<'_>) -> Vec<Reason> {
    let about = |rule: &'static str| Reason::new(rule).evidence(format!("sku:{sku}"));
    let currency = format!("currency:{}", cart.currency);
    if !choice.losers.is_empty() {
        let mut reasons = vec![about("no_price_now").evidence(currency)];
        reasons.extend(choice.reasons());
        reasons
    } else if book.knows(sku) {
        vec![about("no_price_in_currency").evidence(currency)]
    } else {
        vec![about("unknown_product")]
    }
}

/// Until when a quote is valid: as long as the rules say, but no longer than any price in it.
fn validity<'a>(
    rules: &QuoteRules,
    now: DateTime<Utc>,
    prices: impl Iterator<Item = (Option<DateTime<Utc>>, &'a PriceEntry)>,
) -> (DateTime<Utc>, Vec<Reason>) {
    let by_rule = now
        .checked_add_signed(TimeDelta::seconds(i64::from(rules.valid_for_seconds)))
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let first_end = prices
        .filter_map(|(ends, entry)| ends.map(|until| (until, &entry.id)))
        .min()
        .filter(|(until, _)| *until < by_rule);
    match first_end {
        Some((until, id)) => (until, vec![Reason::new("price_ends_sooner").evidence(format!("price:{id}"))]),
        None => (by_rule, Vec::new()),
    }
}
