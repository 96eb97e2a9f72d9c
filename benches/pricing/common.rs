//! What the pricing benchmarks and the comparison with a peer share.

use throughline::cart::Sku;
use throughline::money::{Currency, CurrencyUnit, Money};

pub fn euro() -> CurrencyUnit {
    CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap()
}

pub fn money(minor: i64) -> Money {
    Money::new(minor, euro())
}

pub fn product(n: usize) -> Sku {
    Sku::parse(&format!("SKU-{n:07}")).unwrap()
}
