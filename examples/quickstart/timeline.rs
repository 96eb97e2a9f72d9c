//! One customer's one timeline, whatever the channel.

use std::error::Error;

use throughline::channel::Channel;
use throughline::event::{Attribute, Event, EventKind, EventName};
use throughline::journey::Entry;

use crate::arrivals::Day;
use crate::page::{Page, Table, text};
use crate::shop::{Shop, TEHRAN, sara};
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Sara's day on one timeline")?;
    let zone = shop.zone(TEHRAN)?;
    let Some(timeline) = shop.hub.timeline(&sara()?, None)? else {
        page.paragraph("Sara is not in this day's file.")?;
        return Ok(());
    };
    let channels: Vec<String> = timeline.channels().into_iter().map(words::channel).collect();
    page.paragraph(&format!(
        "{} in {} channels: {}. The times are those on the wall in Tehran. What arrived late stands where it happened.",
        words::plural(timeline.entries().len(), "event"),
        channels.len(),
        words::list(&channels),
    ))?;
    let mut table = Table::new([text("Time"), text("Channel"), text("What happened"), text("Remark")]);
    for entry in timeline.entries() {
        let late = day.late.get(&entry.event).map(|at| format!("arrived at {}", words::clock(&zone, *at)));
        let again = day.again.contains_key(&entry.event).then(|| "came twice, counts once".to_owned());
        let remarks: Vec<String> = late.into_iter().chain(again).collect();
        table.row([
            words::clock(&zone, entry.order.time),
            words::channel(&entry.channel),
            what(shop, entry)?,
            words::list(&remarks),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

/// What one entry of a timeline was, in words.
fn what(shop: &Shop, entry: &Entry) -> Result<String, Box<dyn Error>> {
    Ok(shop.hub.event(entry)?.map_or_else(|| "erased".to_owned(), |event| describe(&event)))
}

fn describe(event: &Event) -> String {
    let said = |name: &str| {
        words::quoted(event.properties().get(name).and_then(Attribute::as_text).unwrap_or_default())
    };
    let way = || Channel::parse(&said("channel")).map_or_else(String::new, |way| words::channel(&way));
    let name = match event.kind() {
        EventKind::Identify => return identified(event).to_owned(),
        EventKind::Page { .. } => return format!("opened the page {}", said("title")),
        EventKind::Screen { name: Some(name) } => return format!("opened the screen {}", name.as_str()),
        kind => kind.name(),
    };
    match name {
        Some(EventName::ProductsSearched) => format!("searched for {}", said("query")),
        Some(EventName::ProductViewed) => format!("looked at: {}", said("name")),
        Some(EventName::ProductAdded) => {
            format!("put into the cart: {} x {}", said("quantity"), said("name"))
        }
        Some(EventName::CartViewed) => "opened the cart".to_owned(),
        Some(EventName::ConsentGranted) => format!("agreed to offers by {}", way()),
        Some(EventName::ConsentWithdrawn) => format!("wants no offers by {}", way()),
        Some(EventName::Other(name)) => match &**name {
            "Message Received" => format!("wrote: {}", said("text")),
            "Call Answered" => "called".to_owned(),
            "Call Ended" => "call ended".to_owned(),
            "Zone Entered" => format!("came to the {}", said("zone")),
            other => other.to_owned(),
        },
        other => other.map_or(event.kind().word(), EventName::as_str).to_owned(),
    }
}

/// How a channel comes to know who somebody is.
fn identified(event: &Event) -> &'static str {
    match event.channel() {
        Channel::Web | Channel::App => "signed in",
        Channel::WhatsApp => "wrote from her number, which WhatsApp vouches for",
        Channel::CallCentre => "was called back at her number",
        Channel::Till => "her loyalty card was scanned",
        Channel::Wearable => "a band was bound to her loyalty card",
        _ => "said who she is",
    }
}
