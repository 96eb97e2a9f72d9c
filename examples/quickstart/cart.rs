//! The cart that was filled on the web and goes on at the till.

use std::error::Error;

use throughline::channel::Channel;
use throughline::event::CartAction;
use throughline::hub::ThreadSettings;
use throughline::identifier::IdentifierKind;
use throughline::money::Currency;

use crate::page::{Page, Table, number, text};
use crate::shop::{SARAS_CART, Shop, TEHRAN, known_as, sara};
use crate::words;

/// Her loyalty card is scanned at the till: 16:30 in Tehran.
const CARD_SCANNED: &str = "2026-03-20T13:00:30Z";

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Sara's cart, from the web to the till")?;
    let zone = shop.zone(TEHRAN)?;

    // The till knows nothing but the card. What may she take up again here?
    let now = shop.at(CARD_SCANNED)?;
    let card = known_as(IdentifierKind::LoyaltyCard, "NV-100-200-300")?;
    let found = shop
        .hub
        .resume(&card, &Channel::Till, &ThreadSettings::retail())?
        .and_then(|continuation| continuation.resume);
    let Some(resumption) = found else {
        page.paragraph("No cart waits for Sara on this day.")?;
        return Ok(());
    };
    page.paragraph(&format!(
        "{}, store till: her card is scanned, and the till asks what she may take up again. The answer:",
        words::clock(&zone, now)
    ))?;
    let mut table = Table::new([text("The till asks"), text("The hub answers")]);
    let mut row = |question: &str, answer: String| table.row([question.to_owned(), answer]);
    row("What is open?", format!("her cart `{}`", resumption.thread.object));
    row("Where was it left?", words::channel(&resumption.from_channel));
    row(
        "Since when does it rest?",
        format!(
            "{}, for {}",
            words::clock(&zone, resumption.thread.last.time),
            words::span(resumption.idle_for)
        ),
    );
    let ask =
        if resumption.ask_first { "only after asking her" } else { "yes: nobody else sees this screen" };
    row("May it be shown?", ask.to_owned());
    page.table(&table)?;

    shop.at_end_of_day()?;
    page.paragraph("She goes on at the till. Who put what into the one cart:")?;
    let mut table = Table::new([text("Time"), text("Channel"), number("Pieces"), text("Product")]);
    if let Some(timeline) = shop.hub.timeline(&sara()?, None)? {
        for entry in timeline.entries() {
            let Some(event) = shop.hub.event(entry)? else { continue };
            let Some(signal) = event.cart() else { continue };
            if signal.action() != CartAction::Added || signal.cart_id() != Some(SARAS_CART) {
                continue;
            }
            for line in signal.lines() {
                table.row([
                    words::clock(&zone, entry.order.time),
                    words::channel(&entry.channel),
                    words::count(line.quantity),
                    line.name.unwrap_or_default().to_owned(),
                ]);
            }
        }
    }
    page.table(&table)?;
    if let Some(cart) = shop.hub.cart(&sara()?, SARAS_CART, Currency::parse("EUR")?)? {
        page.paragraph(&format!(
            "In the cart now: {} on {}. No order has closed it, so it stays open in every channel.",
            words::plural(usize::try_from(cart.pieces())?, "piece"),
            words::plural(cart.lines.len(), "line"),
        ))?;
    }
    Ok(())
}
