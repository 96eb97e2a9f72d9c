//! One goes back, in a shop where it was not bought.

use std::error::Error;

use throughline::cart::{Cart, LineKey, Quantity};
use throughline::hub::CommandKey;
use throughline::ids::{CartId, OrderId, QuoteId};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::order::{KeptGoods, OrderSplit, RefundRules, ReturnedSoFar, ReturnedUnits, refund};
use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Purchase, price};
use throughline::stock::order::{Effect, OrderAct};

use crate::orders::shelves;
use crate::page::Page;
use crate::town::{BAZAAR, CARPET, LAMP, NOW, SAMOVAR, Town, location, sku};

/// What the order cost, down to each piece.
fn split(order: OrderId) -> Result<OrderSplit, Box<dyn Error>> {
    // Nobody in Iran counts in the hundredths that the standard knows.
    let rial = CurrencyUnit::new(Currency::parse("IRR")?, 0)?;
    let mut prices = Vec::new();
    let mut cart = Cart::empty(CartId::from_bytes([1; 16]), rial.currency());
    for (of, amount, units) in [(SAMOVAR, "48500000", 2), (LAMP, "9200000", 1), (CARPET, "310000000", 1)] {
        prices.push(PriceEntry::always(PriceId::parse(of)?, sku(of)?, Money::parse(amount, rial)?));
        cart.lines.insert(LineKey::plain(sku(of)?), Quantity::new(units)?);
    }
    let rules = PriceRules::new(PriceBook::new("2026-05", prices)?);
    let priced = price(QuoteId::from_bytes([2; 16]), &cart, &Purchase::default(), &rules, NOW.parse()?)?;
    let quote = priced.quote().ok_or("a product has no price")?;
    Ok(OrderSplit::new(order, quote, Vec::new())?)
}

pub(crate) fn show(page: &mut Page, town: &Town, order: OrderId) -> Result<(), Box<dyn Error>> {
    page.section("One goes back, in another shop")?;
    let request = OrderAct::RequestReturn { id: "R-1".into(), units: vec![(0, 1)], exchange: Vec::new() };
    let receive = OrderAct::ReceiveReturn {
        id: "R-1".into(),
        at: location(BAZAAR)?,
        units: Vec::new(),
        damaged: Vec::new(),
    };
    let mut effects = Vec::new();
    for (time, act) in [("2026-05-09T10:00:00+03:30", &request), ("2026-05-09T12:30:00+03:30", &receive)] {
        town.at(time)?;
        let command = CommandKey::new(time);
        let done = town.hub.order_act(&command, order, act, &town.terms())?;
        let throughline::hub::OrderActed::Done { effects: called_for, .. } = done else {
            return Err(format!("{done:?}").into());
        };
        effects.extend(called_for);
    }
    let split = split(order)?;
    let mut paid_back = Money::zero(split.unit);
    let mut so_far = ReturnedSoFar::default();
    for effect in &effects {
        let Effect::Refund { units, .. } = effect else { continue };
        for (line, units) in units {
            // The quote lists its lines in the order of products; the order lists them as she put them in.
            let wanted = [SAMOVAR, LAMP, CARPET].get(usize::from(*line)).ok_or("no such line")?;
            let of = |line: &throughline::pricing::order::OrderLine| {
                line.line.as_ref().is_some_and(|line| line.sku().as_str() == *wanted)
            };
            let line = split.lines.iter().position(of).ok_or("no such line")?;
            let back = [ReturnedUnits { line, units: *units }];
            let refunded =
                refund(&split, &so_far, &back, &KeptGoods::KeepDiscount, RefundRules::withdrawal())?;
            paid_back = paid_back.plus(refunded.total)?;
            so_far = refunded.so_far;
        }
    }
    let command = CommandKey::new("refund-R-1");
    let refunded = OrderAct::Refunded { id: "R-1".into() };
    town.hub.order_act(&command, order, &refunded, &town.terms())?;
    page.paragraph(&format!(
        "She brings one samovar to the bazaar. It is on the shelf there at once, and of the {} that she paid {} come back: what \
         that piece cost her.",
        split.paid()?,
        paid_back
    ))?;
    shelves(page, town)?;
    if paid_back != Money::parse("48500000", split.unit)? {
        return Err("another amount came back than was paid".into());
    }
    Ok(())
}
