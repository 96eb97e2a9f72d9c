//! The price function.

use super::promotion::{
    AppliedPromotion, Basket, BasketLine, PromotionError, PromotionFacts, PromotionOutcome, apply,
};
use super::tax::{LineTax, TaxEngine, TaxError, TaxRequest, TaxableLine, Taxes, assess};
use super::{
    Charge, Choice, Pieces, PriceBook, PriceEntry, PriceQuery, PriceRules, Priced, PricingError, Purchase,
    Quote, QuoteDelivery, QuoteDiscount, QuoteGift, QuoteLine, Refusal,
};
use crate::cart::{Cart, LineKey, Quantity, Sku};
use crate::ids::QuoteId;
use crate::money::{CurrencyUnit, Money, MoneyError};
use crate::reason::Reason;
use crate::time::{DateTime, TimeDelta, Utc};

/// The whole input of a price. It has no channel; adding one breaks this line and the test of the law.
type Inputs = fn(QuoteId, &Cart, &Purchase, &PriceRules, DateTime<Utc>) -> Result<Priced, PriceError>;
const _: Inputs = price;

/// Why no price can be computed: fix the rules or the amounts. What is not sold is a [`Refusal`], not an error.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PriceError {
    /// A price, a line or the total.
    #[error(transparent)]
    Price(#[from] PricingError),
    /// A promotion.
    #[error(transparent)]
    Promotion(#[from] PromotionError),
    /// The tax.
    #[error(transparent)]
    Tax(#[from] TaxError),
}

impl From<MoneyError> for PriceError {
    fn from(error: MoneyError) -> Self {
        Self::Price(PricingError::overflow(error))
    }
}

/// What a cart costs at an instant: a quote in which every line, discount, tax and the delivery says why, or a refusal.
///
/// In this order:
/// 1. each line's price: [`PriceBook::choose`] for the buyer under the policy, with tiers;
/// 2. promotions on the lines and the delivery ([`apply`]), no line below its product's floor;
/// 3. tax of the zone on what is left ([`TaxPolicy`](super::tax::TaxPolicy));
/// 4. the totals: `subtotal - discount` is what net (or, where prices have the tax in them, gross) says.
///
/// The id is the caller's, so that the function stays pure. An empty cart and a product without a price are refusals;
/// all such products are named at once. The quote ends with the first price or promotion in it that ends.
///
/// # Errors
/// A line or the total that does not fit 64 bits of minor units, a promotion that cannot be computed, a tax zone without
/// rules.
///
/// # Complexity
/// O(l k) for l lines and k entries per product and currency, and that of [`apply`]; no quantity matters.
pub fn price(
    id: QuoteId,
    cart: &Cart,
    purchase: &Purchase,
    rules: &PriceRules,
    now: DateTime<Utc>,
) -> Result<Priced, PriceError> {
    price_with(id, cart, purchase, rules, &rules.tax, now)
}

/// The same, with the host's own tax engine, whose answer is checked to add up.
///
/// # Errors
/// Those of [`price`], and the engine's.
pub fn price_with(
    id: QuoteId,
    cart: &Cart,
    purchase: &Purchase,
    rules: &PriceRules,
    engine: &dyn TaxEngine,
    now: DateTime<Utc>,
) -> Result<Priced, PriceError> {
    let chosen = match choose(cart, purchase, rules, now) {
        Ok(chosen) => chosen,
        Err(reasons) => {
            return Ok(Priced::Refused(Refusal {
                id,
                cart: cart.id,
                cart_version: cart.version,
                price_book: rules.book.version().to_owned(),
                priced_at: now,
                reasons,
            }));
        }
    };
    let Some(unit) = chosen.first().map(|line| line.entry.unit_price.unit()) else {
        return Ok(Priced::Refused(empty(id, cart, rules, now)));
    };
    let charges = chosen
        .iter()
        .map(|line| line.entry.charge(line.pieces, None))
        .collect::<Result<Vec<Charge>, PricingError>>()?;
    let basket = basket(unit, &chosen, &charges, purchase, rules)?;
    let outcome = promoted(&basket, purchase, rules, now)?;
    let taxes = taxed(unit, &basket, outcome.as_ref(), purchase, rules, engine)?;
    Ok(Priced::Quoted(assembled(
        id,
        cart,
        purchase,
        rules,
        now,
        &Computed { unit, chosen, charges, basket, outcome, taxes },
    )?))
}

/// A line with its price.
struct Chosen<'a> {
    key: &'a LineKey,
    pieces: Pieces,
    entry: &'a PriceEntry,
    choice: Choice<'a>,
}

/// Everything that a quote is made of.
struct Computed<'a> {
    unit: CurrencyUnit,
    chosen: Vec<Chosen<'a>>,
    charges: Vec<Charge>,
    basket: Basket,
    outcome: Option<PromotionOutcome>,
    taxes: Taxes,
}

/// The price of each line, or why there is none.
fn choose<'a>(
    cart: &'a Cart,
    purchase: &Purchase,
    rules: &'a PriceRules,
    now: DateTime<Utc>,
) -> Result<Vec<Chosen<'a>>, Vec<Reason>> {
    let view = rules.book.seen_by(&purchase.buyer, &rules.policy);
    let lines: Vec<(&LineKey, Quantity)> =
        cart.lines.iter().map(|(line, quantity)| (line, *quantity)).collect();
    let mut chosen = Vec::with_capacity(lines.len());
    let mut refused = Vec::new();
    // Lines of one product are neighbours, and may share its tiers.
    for lines in lines.chunk_by(|a, b| a.0.sku() == b.0.sku()) {
        let quantities: Vec<Quantity> = lines.iter().map(|(_, quantity)| *quantity).collect();
        let mut named = false;
        for ((key, _), pieces) in lines.iter().zip(Pieces::of_lines(&quantities)) {
            let query = PriceQuery { sku: key.sku(), currency: cart.currency, pieces, at: now };
            let choice = view.choose(&query);
            match choice.winner {
                Some(entry) => chosen.push(Chosen { key, pieces, entry, choice }),
                None if named => {}
                None => {
                    named = true;
                    refused.extend(why_not(cart, &rules.book, key.sku(), &choice));
                }
            }
        }
    }
    if refused.is_empty() { Ok(chosen) } else { Err(refused) }
}

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

fn empty(id: QuoteId, cart: &Cart, rules: &PriceRules, now: DateTime<Utc>) -> Refusal {
    Refusal {
        id,
        cart: cart.id,
        cart_version: cart.version,
        price_book: rules.book.version().to_owned(),
        priced_at: now,
        reasons: vec![Reason::new("empty_cart")],
    }
}

/// The lines as promotions see them.
fn basket(
    unit: CurrencyUnit,
    chosen: &[Chosen<'_>],
    charges: &[Charge],
    purchase: &Purchase,
    rules: &PriceRules,
) -> Result<Basket, PriceError> {
    let mut lines = Vec::with_capacity(chosen.len());
    for (line, charge) in chosen.iter().zip(charges) {
        let product = rules.catalogue.product(line.key.sku());
        // A least price in one currency says nothing about prices in another.
        let floor =
            product.and_then(|product| product.floor).filter(|floor| floor.currency() == unit.currency());
        let floor = floor.map(|floor| floor.times(i64::from(line.pieces.quantity.get()))).transpose()?;
        lines.push(BasketLine {
            sku: line.key.sku().clone(),
            tags: product.map(|product| product.tags.clone()).unwrap_or_default(),
            quantity: line.pieces.quantity,
            amount: charge.total,
            floor,
        });
    }
    Ok(Basket { unit, lines, delivery: purchase.delivery.as_ref().map(|delivery| delivery.fee) })
}

fn promoted(
    basket: &Basket,
    purchase: &Purchase,
    rules: &PriceRules,
    now: DateTime<Utc>,
) -> Result<Option<PromotionOutcome>, PriceError> {
    let Some(promotions) = &rules.promotions else { return Ok(None) };
    let facts = PromotionFacts {
        groups: purchase.buyer.groups().clone(),
        coupons: purchase.coupons.iter().map(ToString::to_string).collect(),
        budgets: purchase.budgets.iter().map(|(campaign, left)| (campaign.to_string(), *left)).collect(),
        refused_gifts: purchase.refused_gifts.clone(),
        zones: purchase.zones.clone(),
    };
    Ok(Some(apply(promotions, basket, &facts, &rules.promotion_rules, now)?))
}

/// Tax on what promotions left: the lines, then the delivery.
fn taxed(
    unit: CurrencyUnit,
    basket: &Basket,
    outcome: Option<&PromotionOutcome>,
    purchase: &Purchase,
    rules: &PriceRules,
    engine: &dyn TaxEngine,
) -> Result<Taxes, PriceError> {
    let mut lines: Vec<TaxableLine> = basket
        .lines
        .iter()
        .enumerate()
        .map(|(place, line)| TaxableLine {
            amount: outcome.and_then(|outcome| outcome.lines.get(place)).copied().unwrap_or(line.amount),
            units: line.quantity.get(),
            category: rules.catalogue.product(&line.sku).and_then(|product| product.tax_category.clone()),
        })
        .collect();
    if let Some(delivery) = &purchase.delivery {
        lines.push(TaxableLine {
            amount: outcome.and_then(|outcome| outcome.delivery).unwrap_or(delivery.fee),
            units: 1,
            category: delivery.tax_category.clone(),
        });
    }
    match &purchase.tax_zone {
        Some(zone) => Ok(assess(engine, &TaxRequest { zone: zone.clone(), unit, lines })?),
        None => untaxed(unit, &lines),
    }
}

/// Where it is not known where the goods are taxed, no tax is told.
fn untaxed(unit: CurrencyUnit, lines: &[TaxableLine]) -> Result<Taxes, PriceError> {
    let zero = Money::zero(unit);
    let all = Money::sum(unit, lines.iter().map(|line| line.amount))?;
    let line =
        |line: &TaxableLine| LineTax { net: line.amount, tax: zero, gross: line.amount, rates: Vec::new() };
    Ok(Taxes {
        inclusive: true,
        lines: lines.iter().map(line).collect(),
        rates: std::collections::BTreeMap::new(),
        net: all,
        tax: zero,
        gross: all,
    })
}

fn assembled(
    id: QuoteId,
    cart: &Cart,
    purchase: &Purchase,
    rules: &PriceRules,
    now: DateTime<Utc>,
    computed: &Computed<'_>,
) -> Result<Quote, PriceError> {
    let Computed { unit, chosen, charges, basket, outcome, taxes } = computed;
    let untaxed = || LineTax {
        net: Money::zero(*unit),
        tax: Money::zero(*unit),
        gross: Money::zero(*unit),
        rates: Vec::new(),
    };
    let mut lines = Vec::with_capacity(chosen.len());
    let mut taxed = taxes.lines.iter();
    for (place, (line, charge)) in chosen.iter().zip(charges).enumerate() {
        let discounts = outcome.iter().flat_map(|outcome| outcome.discounts_of(place));
        let total = outcome.as_ref().and_then(|outcome| outcome.lines.get(place)).copied();
        lines.push(QuoteLine {
            line: line.key.clone(),
            quantity: line.pieces.quantity,
            unit_price: charge.bands.first().map_or(line.entry.unit_price, |band| band.unit_price),
            reference: line
                .choice
                .regular
                .filter(|regular| regular.id != line.entry.id)
                .map(|regular| regular.unit_price),
            subtotal: charge.total,
            discounts: discounts.map(|(id, off)| QuoteDiscount { promotion: id.clone(), off }).collect(),
            total: total.unwrap_or(charge.total),
            tax: taxed.next().cloned().unwrap_or_else(untaxed),
            price: line.entry.id.clone(),
            list: line.choice.list.map(|list| list.id.clone()),
            reasons: line.choice.reasons(),
        });
    }
    let applied = || outcome.iter().flat_map(|outcome| &outcome.applied);
    let gift = |one: &AppliedPromotion| {
        Some(QuoteGift { promotion: one.promotion.clone(), gift: one.gift.clone()? })
    };
    let delivery = purchase.delivery.as_ref().map(|asked| QuoteDelivery {
        service: asked.service.clone(),
        fee: asked.fee,
        discounts: applied()
            .filter_map(|one| Some(QuoteDiscount { promotion: one.promotion.clone(), off: one.delivery? }))
            .collect(),
        total: outcome.as_ref().and_then(|outcome| outcome.delivery).unwrap_or(asked.fee),
        tax: taxed.next().cloned().unwrap_or_else(untaxed),
    });
    let subtotal = Money::sum(*unit, basket.lines.iter().map(|line| line.amount))?;
    let discount = Money::sum(*unit, applied().map(|one| one.total))?;
    let (valid_until, mut reasons) = validity(rules, now, chosen, outcome.as_ref());
    reasons.extend(outcome.iter().flat_map(PromotionOutcome::reasons));
    Ok(Quote {
        id,
        cart: cart.id,
        cart_version: cart.version,
        price_book: rules.book.version().to_owned(),
        promotions: outcome.as_ref().map(|outcome| outcome.version.clone()).unwrap_or_default(),
        priced_at: now,
        valid_until,
        gifts: applied().filter_map(gift).collect(),
        lines,
        delivery,
        tax_zone: purchase.tax_zone.clone(),
        inclusive: taxes.inclusive,
        rates: taxes.rates.clone(),
        subtotal,
        discount,
        net: taxes.net,
        tax: taxes.tax,
        total: taxes.gross,
        reasons,
    })
}

/// Until when the quote holds: the rules' time, or sooner if a price or an applied promotion ends.
fn validity(
    rules: &PriceRules,
    now: DateTime<Utc>,
    chosen: &[Chosen<'_>],
    outcome: Option<&PromotionOutcome>,
) -> (DateTime<Utc>, Vec<Reason>) {
    let by_rule = now
        .checked_add_signed(TimeDelta::seconds(i64::from(rules.valid_for_seconds)))
        .unwrap_or(DateTime::<Utc>::MAX_UTC);
    let of_prices = chosen.iter().filter_map(|line| {
        Some((line.choice.ends()?, "price_ends_sooner", format!("price:{}", line.entry.id)))
    });
    let of_promotions = outcome.iter().flat_map(|outcome| &outcome.applied).filter_map(|applied| {
        let declared = rules.promotions.as_ref()?.list().iter().find(|one| one.id == applied.promotion)?;
        Some((declared.until?, "promotion_ends_sooner", format!("promotion:{}", applied.promotion)))
    });
    match of_prices.chain(of_promotions).min().filter(|(until, ..)| *until < by_rule) {
        Some((until, rule, evidence)) => (until, vec![Reason::new(rule).evidence(evidence)]),
        None => (by_rule, Vec::new()),
    }
}
