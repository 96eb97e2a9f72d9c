//! Price rules of any shape are read or refused; what was read is written and read again the same, and a small cart has a
//! price that adds up, a refusal or an error.

#![no_main]

use libfuzzer_sys::fuzz_target;
use throughline::cart::{Cart, LineKey, Quantity, Sku};
use throughline::ids::{CartId, OrderId, QuoteId};
use throughline::money::Currency;
use throughline::pricing::order::OrderSplit;
use throughline::pricing::tax::TaxZone;
use throughline::pricing::{DeliveryFee, PriceRules, Purchase, price};

fuzz_target!(|data: &[u8]| {
    let Ok(rules) = serde_json::from_slice::<PriceRules>(data) else { return };
    let written = serde_json::to_string(&rules).expect("rules serialise");
    let again: PriceRules = serde_json::from_str(&written).expect("what was written reads back");
    assert_eq!(again, rules);

    let first = rules.book.entries().first();
    let currency = first.map_or(Currency::parse("EUR").expect("a currency"), |entry| entry.unit_price.currency());
    let mut cart = Cart::empty(CartId::from_bytes([1; 16]), currency);
    for (place, entry) in rules.book.entries().iter().take(4).enumerate() {
        let pieces = [3, 1, 1_000_000, 12].get(place).copied().unwrap_or(1);
        let quantity = Quantity::new(pieces).expect("a quantity");
        cart.lines.insert(LineKey::plain(entry.sku.clone()), quantity);
        let engraved = LineKey::new(entry.sku.clone(), [("engraving", "x")]).expect("an option");
        cart.lines.insert(engraved, Quantity::ONE);
    }
    cart.lines.insert(LineKey::plain(Sku::parse("A").expect("a product")), Quantity::ONE);
    let delivery = first.map(|entry| DeliveryFee {
        service: "home".to_owned(),
        fee: entry.unit_price,
        tax_category: None,
    });
    let now = "2026-03-20T12:00:00Z".parse().expect("an instant");
    for (tax_zone, delivery) in [(None, None), (TaxZone::parse("DE").ok(), delivery)] {
        let purchase = Purchase { tax_zone, delivery, ..Purchase::default() };
        let answer = price(QuoteId::from_bytes([2; 16]), &cart, &purchase, &rules, now);
        let Ok(answer) = answer else { continue };
        let Some(quote) = answer.quote() else { continue };
        assert_eq!(quote.net.plus(quote.tax), Ok(quote.total));
        let order = OrderSplit::new(OrderId::from_bytes([3; 16]), quote, Vec::new()).expect("an order");
        assert_eq!(order.paid(), Ok(quote.total));
    }
});
