//! Why every line costs what it costs.

use std::error::Error;

use throughline::money::Money;
use throughline::pricing::{Band, Buyer, Pieces, Quote, QuoteGift, QuoteLine};

use crate::page::{Page, Table, number, text};
use crate::shop::{HOME, Shop, parisa};
use crate::{why, words};

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Every line explained")?;
    let quote = shop.quote(&HOME)?;
    lines(page, shop, &quote)?;
    prices(page, shop, &quote)?;
    page.paragraph(&format!(
        "Promotions `{}`: these took something off, those did not, and why.",
        quote.promotions
    ))?;
    promotions(page, &quote)?;
    if let Some(QuoteGift { promotion, gift }) = quote.gifts.first() {
        page.paragraph(&format!(
            "`{promotion}` adds {} {} worth {} at nothing; the customer may refuse it.",
            gift.quantity.get(),
            shop.name(&gift.sku),
            gift.worth.map_or_else(|| "an unknown amount".to_owned(), |worth| worth.to_string()),
        ))?;
    }
    // Some promotions must not stack.
    let guest = Buyer::anonymous().with_group("gold")?.with_group("opening-night")?;
    let answer = shop.ask(&parisa()?, guest, &HOME)?;
    let quote = answer.quote().ok_or("a product of her cart has no price")?;
    let alone = quote.reasons.iter().filter(|reason| reason.rule == "promotion_applied").count();
    let excluded = quote.reasons.iter().filter(|reason| reason.rule == "promotion_excluded").count();
    page.paragraph(&format!(
        "Were she a guest of the opening night too, `opening-night` would stand alone ({alone} applied, {excluded} excluded by \
         it): {} off, {} to pay.",
        quote.discount, quote.total
    ))?;
    Ok(())
}

fn lines(page: &mut Page, shop: &Shop, quote: &Quote) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new([
        number("Pieces"),
        text("Product"),
        number("Each"),
        number("Instead of"),
        number("Together"),
        number("Off"),
        number("To pay"),
    ]);
    for line in &quote.lines {
        table.row([
            words::count(line.quantity.get()),
            shop.name(line.line.sku()),
            each(shop, line)?,
            line.reference.map_or_else(String::new, Money::plain),
            line.subtotal.plain(),
            line.subtotal.minus(line.total)?.plain(),
            line.total.to_string(),
        ]);
    }
    let mut together = quote.subtotal;
    if let Some(delivery) = &quote.delivery {
        together = together.plus(delivery.fee)?;
        let off = delivery.fee.minus(delivery.total)?;
        table.row([
            "1",
            "Delivery",
            &delivery.fee.plain(),
            "",
            &delivery.fee.plain(),
            &off.plain(),
            &delivery.total.to_string(),
        ]);
    }
    table.row(["", "In all", "", "", &together.plain(), &quote.discount.plain(), &quote.total.to_string()]);
    page.table(&table)?;
    Ok(())
}

/// What one piece costs; of graduated prices, how many at which.
fn each(shop: &Shop, line: &QuoteLine) -> Result<String, Box<dyn Error>> {
    let entry = shop.data.rules.book.entries().iter().find(|entry| entry.id == line.price);
    let Some(entry) = entry else { return Ok(line.unit_price.plain()) };
    let bands = entry.charge(Pieces::line(line.quantity), None)?.bands;
    Ok(match bands.as_slice() {
        [one] => one.unit_price.plain(),
        bands => {
            let band = |band: &Band| format!("{} at {}", band.count.get(), band.unit_price.plain());
            bands.iter().map(band).collect::<Vec<_>>().join(", ")
        }
    })
}

fn prices(page: &mut Page, shop: &Shop, quote: &Quote) -> Result<(), Box<dyn Error>> {
    page.paragraph(&format!(
        "Price book `{}`: the price of each line, and the prices that lost.",
        quote.price_book
    ))?;
    let mut table = Table::new([text("Product"), text("Price"), text("List"), text("What became of it")]);
    for line in &quote.lines {
        let mut name = shop.name(line.line.sku());
        for reason in &line.reasons {
            let id = why::evidence(reason, "price").join(", ");
            let entry = shop.data.rules.book.entries().iter().find(|entry| entry.id.as_str() == id);
            let list = entry.and_then(|entry| entry.list.as_ref()).map_or("", |list| list.as_str());
            table.row([std::mem::take(&mut name), id.clone(), list.to_owned(), why::words(&reason.rule)]);
        }
    }
    page.table(&table)?;
    Ok(())
}

fn promotions(page: &mut Page, quote: &Quote) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new([text("Promotion"), number("Off"), text("Why")]);
    let off = |id: &str| {
        let of_lines = quote.lines.iter().flat_map(|line| &line.discounts);
        let of_delivery = quote.delivery.iter().flat_map(|delivery| &delivery.discounts);
        let own = of_lines.chain(of_delivery).filter(|discount| discount.promotion.as_str() == id);
        Money::sum(quote.total.unit(), own.map(|discount| discount.off))
    };
    for reason in &quote.reasons {
        let named = why::evidence(reason, "promotion");
        let (Some(id), true) = (named.first(), reason.rule != "promotion_limited_by_floor") else { continue };
        let mut words = why::words(&reason.rule);
        if reason.rule == "promotion_applied" {
            let limits = quote.reasons.iter().filter(|other| other.rule.starts_with("promotion_limited"));
            let limits: Vec<String> = limits
                .filter(|other| why::evidence(other, "promotion").first() == Some(id))
                .map(|other| why::words(&other.rule))
                .collect();
            words = [vec!["applied".to_owned()], limits].concat().join(", ");
        } else if let Some(winner) = named.get(1) {
            words = format!("{words}: {winner}");
        } else if let Some(campaign) = why::evidence(reason, "campaign").first() {
            words = format!("{words} of `{campaign}`");
        }
        let taken = if reason.rule == "promotion_applied" { off(id)?.plain() } else { String::new() };
        table.row([(*id).to_owned(), taken, words]);
    }
    page.table(&table)?;
    Ok(())
}
