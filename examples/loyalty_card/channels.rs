//! The card is topped up anywhere, and seen everywhere.

use std::error::Error;

use throughline::channel::Channel;

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Topped up anywhere, seen everywhere")?;
    let sara = shop.customer("سارا")?;
    let mut table = Table::new([
        text("At"),
        text("Channel"),
        text("What happens"),
        number("Amount"),
        text("Answer"),
        number("Then at the till"),
        text("And in her app"),
    ]);
    let steps = [
        ("09:02", Channel::App, "top-up, at breakfast", "tu-1", "20.00", true),
        ("09:40", Channel::Web, "top-up", "tu-2", "15.00", true),
        ("10:15", Channel::CallCentre, "top-up by telephone", "tu-3", "5.00", true),
        ("11:04", Channel::Till, "coffee for the office", "buy-1", "48.50", false),
        ("11:05", Channel::App, "top-up, standing in the queue", "tu-4", "10.00", true),
        ("11:05", Channel::App, "the network was down: sent again", "tu-4", "10.00", true),
        ("11:06", Channel::Till, "coffee for the office", "buy-1", "48.50", false),
        ("11:06", Channel::Till, "the till asks again", "buy-1", "48.50", false),
        ("11:07", Channel::Till, "the same number, another amount", "buy-1", "4.85", false),
        ("11:08", Channel::Till, "top-up in cash", "tu-5", "28.50", true),
    ];
    for (at, channel, what, id, amount, comes_in) in steps {
        shop.at(&format!("2026-11-22T{at}:00Z"))?;
        let deed = if comes_in {
            let from = if channel == Channel::Till { "tills" } else { "bank cards" };
            shop.top_up(sara, from, amount)?
        } else {
            shop.pay(sara, amount)?
        };
        let outcome = shop.act(id, if comes_in { "top_up" } else { "purchase" }, deed)?;
        let sign = if comes_in { "" } else { "-" };
        table.row([
            at.to_owned(),
            words::channel(&channel),
            what.to_owned(),
            format!("{sign}{amount}"),
            shop.answer(&outcome),
            shop.balance(sara)?.to_string(),
            shop.shown(sara)?,
        ]);
    }
    page.table(&table)?;
    page.paragraph(&format!(
        "{} pays with one card. At 11:04 the till refuses; a minute later, in the queue, she tops up in her app, and the till \
         sees it as soon as the app does. Whatever is sent twice happens once.",
        words::quoted(sara.name)
    ))?;
    Ok(())
}
