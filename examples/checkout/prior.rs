//! Which percentage may be announced.

use std::error::Error;

use throughline::hub::PriceSeries;
use throughline::money::{Currency, Money};
use throughline::pricing::prior_price::PriorPriceRules;

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::why;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Which reduction may be announced")?;
    shop.at("2026-11-22T14:00:00Z")?;
    page.paragraph(
        "In the European Union a reduction names the lowest price of the 30 days before it began (Directive 98/6/EC, article 6a). \
         What the price tag would like to say, and what it may:",
    )?;
    let rules = PriorPriceRules::directive();
    let mut table = Table::new([
        text("Product"),
        number("Crossed out"),
        number("Now"),
        text("Since"),
        number("Lowest before"),
        number("Wished"),
        number("Allowed"),
        text("Why"),
    ]);
    for (sku, steps) in &shop.data.histories {
        let of = PriceSeries { sku: sku.clone(), zone: "DE".to_owned(), currency: Currency::parse("EUR")? };
        for step in steps {
            shop.hub.record_price(&of, *step, &rules)??;
        }
        let prior = shop.hub.prior_price(&of, &rules)?;
        let last = steps.last().ok_or("a product without a price")?;
        let wished = last.original.and_then(|original| percent(original, last.price));
        let shown = |money: Option<Money>| money.map_or_else(String::new, Money::plain);
        table.row([
            shop.name(sku),
            shown(last.original),
            shown(prior.price),
            prior.reduced_from.map_or_else(String::new, |from| from.format("%d %b").to_string()),
            shown(prior.prior),
            wished.map_or_else(String::new, |percent| format!("-{percent} %")),
            prior.percent_off().map_or_else(|| "none".to_owned(), |percent| format!("-{percent} %")),
            why::all(&prior.reasons),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

fn percent(from: Money, to: Money) -> Option<i64> {
    from.minor().checked_sub(to.minor())?.checked_mul(100)?.checked_div(from.minor())
}
