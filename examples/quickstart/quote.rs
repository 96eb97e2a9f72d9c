//! What the cart costs, asked from six channels.

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;

use serde::Deserialize;
use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::identifier::IdentifierKind;
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::pricing::{PriceBook, PriceEntry, PriceId, PriceRules, Priced, Purchase};

use crate::page::{Page, Table, number, text};
use crate::shop::{SARAS_CART, Shop, TEHRAN, known_as};
use crate::words;

const CATALOGUE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/catalogue.json");
/// She has put the last piece into the cart: 16:34 in Tehran.
const AT_THE_TILL: &str = "2026-03-20T13:04:00Z";

/// One product of the retailer's catalogue.
#[derive(Deserialize)]
struct Product {
    product: String,
    name: String,
    minor: i64,
    currency: String,
}

fn catalogue() -> Result<Vec<Product>, Box<dyn Error>> {
    let text =
        fs::read_to_string(CATALOGUE).map_err(|error| format!("cannot read `{CATALOGUE}`: {error}"))?;
    Ok(serde_json::from_str(&text)?)
}

fn price_book(catalogue: &[Product]) -> Result<PriceBook, Box<dyn Error>> {
    let entry = |product: &Product| -> Result<PriceEntry, Box<dyn Error>> {
        let unit = CurrencyUnit::new(Currency::parse(&product.currency)?, 2)?;
        let price = Money::new(product.minor, unit);
        Ok(PriceEntry::always(PriceId::parse(&product.product)?, Sku::parse(&product.product)?, price))
    };
    let entries = catalogue.iter().map(entry).collect::<Result<Vec<_>, _>>()?;
    Ok(PriceBook::new("nowruz-1405", entries)?)
}

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("One price in six channels")?;
    let catalogue = catalogue()?;
    let names: BTreeMap<&str, &str> =
        catalogue.iter().map(|product| (&*product.product, &*product.name)).collect();
    let rules = PriceRules::new(price_book(&catalogue)?);
    let (euro, purchase) = (Currency::parse("EUR")?, Purchase::default());
    let zone = shop.zone(TEHRAN)?;
    let now = shop.at(AT_THE_TILL)?;

    // Each channel names her by what it knows of her, and asks the same question.
    let askers = [
        (Channel::Web, IdentifierKind::UserId, "u-1001"),
        (Channel::App, IdentifierKind::DeviceId, "device-sara"),
        (Channel::WhatsApp, IdentifierKind::Phone, "+989127436580"),
        (Channel::CallCentre, IdentifierKind::Email, "sara.rahimi@example.ir"),
        (Channel::Till, IdentifierKind::LoyaltyCard, "NV-100-200-300"),
        (Channel::Wearable, IdentifierKind::DeviceId, "band-778"),
    ];
    let mut answers: Vec<Option<Priced>> = Vec::new();
    for (_, kind, value) in &askers {
        let who = known_as(kind.clone(), value)?;
        answers.push(shop.hub.quote(&who, SARAS_CART, euro, &purchase, &rules)?.transpose()?);
    }
    shop.at_end_of_day()?;

    let Some(quote) = answers.iter().flatten().find_map(Priced::quote) else {
        page.paragraph("There is no cart of Sara's to be priced on this day.")?;
        return Ok(());
    };
    page.paragraph(&format!(
        "What her cart costs at {} in Tehran, by the price book `{}`:",
        words::clock(&zone, now),
        quote.price_book
    ))?;
    let mut table = Table::new([number("Pieces"), text("Product"), number("Each"), number("Together")]);
    for line in &quote.lines {
        let sku = line.line.sku().as_str();
        table.row([
            words::count(line.quantity.get()),
            names.get(sku).copied().unwrap_or(sku).to_owned(),
            line.unit_price.to_string(),
            line.total.to_string(),
        ]);
    }
    table.row(["", "Total", "", &quote.total.to_string()]);
    page.table(&table)?;

    page.paragraph("The same question from six channels, each of which knows her by something else:")?;
    let mut table =
        Table::new([text("Channel"), text("Knows her by"), number("Total"), text("Quote"), number("Bytes")]);
    let mut texts = Vec::new();
    for ((channel, kind, _), answer) in askers.iter().zip(&answers) {
        let Some(answer) = answer else {
            table.row([words::channel(channel), words::kind(kind), "no answer".to_owned()]);
            continue;
        };
        let text = serde_json::to_string(answer)?;
        let (total, id) = answer
            .quote()
            .map_or_else(Default::default, |quote| (quote.total.to_string(), quote.id.to_string()));
        table.row([words::channel(channel), words::kind(kind), total, id, words::count(text.len())]);
        texts.push(text);
    }
    page.table(&table)?;
    let same = texts.windows(2).all(|pair| pair.first() == pair.last());
    page.paragraph(&match (same, texts.len()) {
        (true, 6) => {
            "The six answers are the same byte for byte: the price function has no channel among its \
                      arguments."
                .to_owned()
        }
        (true, answers) => {
            format!("The day knows her in {answers} of the six; their answers are the same byte for byte.")
        }
        (false, _) => "The answers differ: that must not happen.".to_owned(),
    })?;
    Ok(())
}
