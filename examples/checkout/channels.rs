//! One basket through six channels.

use std::error::Error;

use throughline::channel::Channel;
use throughline::hub::Who;
use throughline::identifier::IdentifierKind;

use crate::page::{Page, Table, number, text};
use crate::shop::{HOME, MORNING, Shop, gold, known_as};
use crate::words;

/// A channel, and by what it knows her.
type Asker = (Channel, IdentifierKind, Who);

/// The six channels.
pub(crate) fn askers() -> Result<Vec<Asker>, Box<dyn Error>> {
    [
        (Channel::Web, IdentifierKind::UserId, "u-2001"),
        (Channel::App, IdentifierKind::DeviceId, "phone-71"),
        (Channel::WhatsApp, IdentifierKind::Phone, "+4915127894360"),
        (Channel::CallCentre, IdentifierKind::Email, "parisa@example.org"),
        (Channel::Till, IdentifierKind::LoyaltyCard, "GOLD-2001"),
        (Channel::Kiosk, IdentifierKind::LoyaltyCard, "gold 2001"),
    ]
    .into_iter()
    .map(|(channel, kind, value)| Ok((channel, kind.clone(), known_as(kind, value)?)))
    .collect()
}

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("One basket, six channels")?;
    shop.at(MORNING)?;
    page.paragraph(
        "Parisa, a gold customer, filled a basket on the web. Six channels ask what it costs; each knows her by something \
         else.",
    )?;
    let mut table = Table::new([
        text("Channel"),
        text("Knows her by"),
        number("Goods"),
        number("Off"),
        number("To pay"),
        text("Quote"),
        number("Bytes"),
    ]);
    let mut answers = Vec::new();
    for (channel, kind, who) in askers()? {
        let answer = shop
            .ask(&who, gold()?, &HOME)
            .map_err(|error| format!("the {} gets no answer: {error}", words::channel(&channel)))?;
        let bytes = serde_json::to_string(&answer)?;
        let quote = answer.quote().ok_or("a product of her cart has no price")?;
        table.row([
            words::channel(&channel),
            words::kind(&kind),
            quote.subtotal.to_string(),
            quote.discount.to_string(),
            quote.total.to_string(),
            quote.id.to_string(),
            words::count(bytes.len()),
        ]);
        answers.push(bytes);
    }
    page.table(&table)?;
    let same = answers.windows(2).all(|pair| pair.first() == pair.last());
    page.paragraph(if same {
        "All six answers, every line and every reason of them, are the same byte for byte: the price function has no \
         channel among its arguments."
    } else {
        "The answers differ: that must not happen."
    })?;
    Ok(())
}
