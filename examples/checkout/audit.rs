//! Did any channel show another price today?

use std::error::Error;
use std::fs;
use std::path::Path;

use throughline::cart::{Cart, LineKey, Quantity, Sku};
use throughline::channel::Channel;
use throughline::ids::{CartId, QuoteId};
use throughline::money::{Currency, Money, Ratio, Rounding};
use throughline::pricing::parity::{Observation, ParityReport, ParityRules, Trace, Verdict, audit};
use throughline::pricing::tax::TaxZone;
use throughline::pricing::{Buyer, Quote, price};
use throughline::time::{DateTime, Utc};

use crate::channels::askers;
use crate::page::{Page, Table, number, text};
use crate::shop::{HOME, MORNING, Shop, gold};
use crate::words;

/// How every quote of this retailer is rounded.
const ROUNDING: &str = "discounts half to even";

pub(crate) fn show(page: &mut Page, shop: &Shop, file: Option<&Path>) -> Result<(), Box<dyn Error>> {
    page.section("The day's parity audit")?;
    let seen = observations(shop)?;
    let rules =
        ParityRules { reference: Channel::Web, exceptions: shop.data.exceptions.clone(), rates: Vec::new() };
    let report = audit(&seen, &rules, "2026-11-22T23:00:00Z".parse()?);
    page.paragraph(&format!(
        "{} prices that {} channels showed in the course of the day, each held against the web's at the same time: {} violations, \
         {} declared exception.",
        report.observations,
        report.by_channel.len(),
        report.of(Verdict::Violation).count(),
        report.of(Verdict::DeclaredException).count(),
    ))?;
    findings(page, shop, &report)?;
    if let Some(file) = file {
        fs::write(file, report.to_html())
            .map_err(|error| format!("cannot write `{}`: {error}", file.display()))?;
        page.paragraph(&format!("The same as a page: `{}`.", file.display()))?;
    }
    Ok(())
}

/// What the channels showed: every product three times, Parisa's basket once, and three prices that no rule made.
fn observations(shop: &Shop) -> Result<Vec<Observation>, Box<dyn Error>> {
    let zone = TaxZone::parse(HOME.zone)?;
    let mut seen = Vec::new();
    for at in ["2026-11-22T06:00:00Z", "2026-11-22T12:00:00Z", "2026-11-22T18:00:00Z"] {
        let quote = one_of_each(shop, at.parse()?)?;
        for (channel, ..) in askers()? {
            seen.extend(Observation::of_quote(&channel, &zone, &quote, ROUNDING));
        }
    }
    shop.at(MORNING)?;
    for (channel, _, who) in askers()? {
        let answer = shop.ask(&who, gold()?, &HOME)?;
        let quote = answer.quote().ok_or("a product of her cart has no price")?;
        // Prices of gold customers are held against prices of gold customers.
        seen.extend(Observation::of_quote(&channel, &zone, quote, ROUNDING).into_iter().map(|mut one| {
            one.key.segment = "gold".to_owned();
            one
        }));
    }
    // The app showed the price without the sale from a stale cache, for an hour and a half.
    plant(
        &mut seen,
        &Channel::App,
        "KILIM-80",
        "2026-11-22T16:30:00Z",
        shop.money("149.00", "EUR")?,
        |trace| {
            trace.price = "kilim".to_owned();
            trace.promotions.clear();
        },
    )?;
    // The call centre forgot the week's promotion.
    plant(
        &mut seen,
        &Channel::CallCentre,
        "CANDLE-6",
        "2026-11-22T19:15:00Z",
        shop.money("18.90", "EUR")?,
        |trace| {
            trace.promotions.clear();
        },
    )?;
    // The outlet's kiosk sells off mugs, as declared.
    plant(
        &mut seen,
        &Channel::Kiosk,
        "MUG-BLUE",
        "2026-11-22T18:30:00Z",
        shop.money("4.99", "EUR")?,
        |trace| {
            trace.price = "outlet".to_owned();
        },
    )?;
    Ok(seen)
}

/// What anybody pays for one piece of each product.
fn one_of_each(shop: &Shop, at: DateTime<Utc>) -> Result<Quote, Box<dyn Error>> {
    let mut cart = Cart::empty(CartId::from_bytes([8; 16]), Currency::parse(HOME.currency)?);
    for sku in shop.data.histories.keys() {
        cart.lines.insert(LineKey::plain(sku.clone()), Quantity::ONE);
    }
    cart.lines.insert(LineKey::plain(Sku::parse("MUG-BLUE")?), Quantity::ONE);
    let purchase = shop.purchase(Buyer::anonymous(), &HOME)?;
    let answer = price(QuoteId::from_bytes([8; 16]), &cart, &purchase, &shop.data.rules, at)?;
    Ok(answer.quote().cloned().ok_or("a product has no price")?)
}

/// Another price than the rules make, shown by one channel.
fn plant(
    seen: &mut Vec<Observation>,
    channel: &Channel,
    sku: &str,
    at: &str,
    gross: Money,
    say: impl FnOnce(&mut Trace),
) -> Result<(), Box<dyn Error>> {
    let shown = |one: &&Observation| {
        one.channel == *channel && one.key.sku.as_str() == sku && one.key.segment.is_empty()
    };
    let mut other = seen.iter().rfind(shown).cloned().ok_or("the channel shows no such product")?;
    other.at = at.parse()?;
    other.gross = gross;
    other.net = gross.times_ratio(Ratio::new(100, 119)?, Rounding::HalfEven)?;
    say(&mut other.trace);
    seen.push(other);
    Ok(())
}

fn findings(page: &mut Page, shop: &Shop, report: &ParityReport) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new([
        text("What"),
        text("Product"),
        text("Channel"),
        number("Gap"),
        text("From"),
        text("To"),
        text("Parted by"),
        text("Answered for by"),
    ]);
    let clock = |at: DateTime<Utc>| at.format("%H:%M").to_string();
    for finding in &report.findings {
        let what = match finding.verdict {
            Verdict::Violation => "violation",
            Verdict::DeclaredException => "declared exception",
            Verdict::NotComparableCurrency => "another currency",
        };
        let owner = finding.exception.as_ref().map_or_else(String::new, |excused| {
            format!("{} until {}", excused.owner, excused.until.format("%d %b"))
        });
        table.row([
            what.to_owned(),
            shop.name(&finding.key.sku),
            words::channel(&finding.channel),
            finding.gap.map_or_else(String::new, |gap| gap.to_string()),
            clock(finding.since),
            finding.until.map_or_else(|| "still".to_owned(), clock),
            serde_json::to_value(finding.parted_by)?.as_str().unwrap_or_default().to_owned(),
            owner,
        ]);
    }
    page.table(&table)?;
    Ok(())
}
