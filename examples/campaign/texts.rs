//! What the messages look like: in each channel, each language, on each device.

use std::error::Error;

use throughline::channel::Channel;
use throughline::messaging::content::{Reader, Rendering, render};
use throughline::messaging::cta::{CtaDevice, Intent, Os, call_to_action};

use crate::page::{Page, Table, number, text};
use crate::people::Customer;
use crate::shop::Shop;
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("What it looks like")?;
    channels(page, shop)?;
    text_messages(page, shop)?;
    links(page, shop)
}

fn rendering(
    shop: &Shop,
    content: &str,
    customer: &Customer,
    channel: &Channel,
) -> Result<Rendering, Box<dyn Error>> {
    let values = shop.values(customer)?;
    let locales = std::slice::from_ref(&customer.locale);
    let kiosk = CtaDevice { os: Os::Kiosk, app: None };
    let links = if channel.nature().public { &kiosk } else { &customer.device };
    let reader = Reader { channel, locales, device: None, links };
    Ok(render(shop.content(content)?, &reader, &values, &shop.settings)?)
}

/// Somebody who reads a language.
fn reader<'s>(shop: &'s Shop, language: &str) -> Option<&'s Customer> {
    shop.customers.iter().find(|one| one.locale.language() == language)
}

fn channels(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let Some(customer) = reader(shop, "fa") else { return Ok(()) };
    page.paragraph(&format!(
        "The spring offer to {} in Persian: the same price, percentage, code and day in each channel, the day in her \
         calendar, and on the shop's display and in public without her name.",
        words::quoted(customer.name)
    ))?;
    for channel in [
        Channel::Sms,
        Channel::Email,
        Channel::Push,
        Channel::WhatsApp,
        Channel::Web,
        Channel::CallCentre,
        Channel::Kiosk,
    ] {
        let shown = rendering(shop, "spring", customer, &channel)?;
        let name = match channel {
            Channel::Web => "banner of the web shop".to_owned(),
            Channel::CallCentre => "script for the agent".to_owned(),
            Channel::Kiosk => "display in the shop".to_owned(),
            ref other => words::channel(other),
        };
        let mut notes = Vec::new();
        notes.extend(shown.sms.map(|sms| format!("{} segments of {} units", sms.segments, sms.units)));
        notes.extend(shown.cost.map(|cost| cost.to_string()));
        notes.extend(shown.template.map(|template| format!("template `{template}`")));
        notes.extend(shown.label.map(|label| format!("button {}", words::quoted(label.reveal()))));
        notes.extend(shown.call_to_action.map(|link| format!("{}: {}", link.kind.as_str(), link.link)));
        page.points([format!("{name} ({})", notes.join("; "))])?;
        let title = shown.title.map(|title| format!("[{}] ", title.reveal())).unwrap_or_default();
        page.paragraph(&format!("{title}{}", shown.body.reveal()))?;
    }
    Ok(())
}

fn text_messages(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.paragraph(
        "The news of the order as a text message in each language, and what it takes: letters outside the seven-bit \
         alphabet make a segment of 70 characters instead of 160.",
    )?;
    let mut table = Table::new([
        text("Language"),
        text("Alphabet"),
        number("Units"),
        number("Segments"),
        number("Cost"),
        text("Text"),
    ]);
    for language in ["en", "de", "fa", "ar", "he", "ru"] {
        let Some(customer) = reader(shop, language) else { continue };
        let shown = rendering(shop, "ready", customer, &Channel::Sms)?;
        let sms = shown.sms.ok_or("a text message has segments")?;
        table.row([
            shown.locale.to_string(),
            sms.encoding.as_str().to_owned(),
            words::count(sms.units),
            words::count(sms.segments),
            shown.cost.map(|cost| cost.to_string()).unwrap_or_default(),
            shown.body.into_inner(),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

fn links(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.paragraph("Where the button leads, by what is asked, channel and device:")?;
    let mut table = Table::new([
        text("Device"),
        text("Channel"),
        text("see it"),
        text("call us"),
        text("make an appointment"),
    ]);
    let links = &shop.content("spring")?.links;
    for (name, os, app) in [
        ("iPhone with the app", Os::Ios, Some("7.3")),
        ("Android without it", Os::Android, None),
        ("Windows", Os::Windows, None),
        ("kiosk", Os::Kiosk, None),
    ] {
        let device = CtaDevice { os, app: app.map(str::parse).transpose()? };
        for channel in [Channel::Push, Channel::Email, Channel::Kiosk] {
            if (channel == Channel::Kiosk) != (os == Os::Kiosk)
                || (channel == Channel::Push && os == Os::Windows)
            {
                continue;
            }
            let leads =
                |intent| call_to_action(intent, &device, &channel, links).map(|link| link.kind.as_str());
            table.row([
                name.to_owned(),
                words::channel(&channel),
                leads(Intent::View)?.to_owned(),
                leads(Intent::Call)?.to_owned(),
                leads(Intent::Book)?.to_owned(),
            ]);
        }
    }
    page.table(&table)?;
    Ok(())
}
