//! A cart filled on the web before anybody knew whose it was, continued at the till.

use throughline::channel::Channel;
use throughline::hub::{EditOutcome, Shown};
use throughline::journey::{FieldMove, ThreadEdit, ThreadKind};

use crate::Told;
use crate::page::{Page, Table, text};
use crate::words;
use crate::world::{World, changes, contents, said};

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Zoé's cart: from the web to the till")?;
    world.at("08:00")?;
    let zoe = world.person("zoe", "Zoé", "fr-FR")?;
    let cart = |id: &str, object: &str, channel| ThreadEdit::new(id, ThreadKind::Cart, object, channel);
    world.edit(
        &zoe,
        &cart("1", "cart-app", Channel::App)
            .set("lines/TASSE-1", 1)
            .set("lines/THÉ-5", 2)
            .set("currency", "EUR"),
    )?;
    let visitor = world.record(
        r#"{"type":"page","messageId":"zv","anonymousId":"visitor-3","context":{"channel":"web"}}"#,
    )?;
    let web = world.edit(
        &visitor,
        &cart("2", "cart-web", Channel::Web)
            .set("lines/TASSE-1", 3)
            .set("lines/MIEL-2", 1)
            .set("currency", "CHF"),
    )?;
    page.paragraph(
        "Yesterday she put a cup and two packets of tea into her cart in the app. Today, not signed in, she puts three cups \
         and honey into a cart on the web, in Swiss francs. Then she signs in: the carts meet.",
    )?;
    world.at("08:20")?;
    world.record(r#"{"type":"identify","messageId":"zs","userId":"zoe","anonymousId":"visitor-3","context":{"channel":"web"}}"#)?;
    let shown = world.hub.thread(&zoe, &ThreadKind::Cart, "cart-app", &Channel::Till, &world.settings)?;
    let Some(Shown::Whole { met, .. }) = shown else { return Err("the till sees no cart".into()) };
    page.table(&contents(&met.document))?;
    page.paragraph("The till says what the meeting did, so that she buys nothing unseen:")?;
    let mut report = Table::new([text("What"), text("Line"), text("Was"), text("Is")]);
    let mut list = |what: &str, moves: &[FieldMove]| {
        for moved in moves {
            let side = |value: &Option<_>| value.as_ref().map_or_else(|| "-".to_owned(), said);
            report.row([what.to_owned(), moved.name.to_string(), side(&moved.from), side(&moved.to)]);
        }
    };
    list("added", &met.report.added);
    list("changed", &met.report.changed);
    list("dropped", &met.report.dropped);
    for currency in &met.report.repriced_from {
        report.row(["priced anew".to_owned(), "currency".to_owned(), said(currency), "EUR".to_owned()]);
    }
    page.table(&report)?;

    world.at("08:30")?;
    let at_the_till = cart("3", "cart-app", Channel::Till).on(&met.document.versions).set("lines/TASSE-1", 1);
    world.edit(&zoe, &at_the_till)?;
    page.paragraph(
        "At the till she takes the cups down to one. Her browser still shows the old cart and wants to add jam: it does not \
         win, it is shown what has changed, and adds the jam to that.",
    )?;
    let jam = cart("4", "cart-web", Channel::Web).on(&web.versions).set("lines/CONFITURE-1", 1);
    let EditOutcome::Changed { difference, document } = world.hub.edit_thread(&zoe, &jam, &world.settings)?
    else {
        return Err("an edit on an old version won".into());
    };
    page.table(&changes(&difference))?;
    let again = jam.on(&document.versions);
    let now = world.edit(&zoe, &again)?;
    page.paragraph(&format!(
        "What both channels have now, after {} edits, in {}:",
        now.versions.total(),
        words::plural(now.objects.len(), "cart")
    ))?;
    page.table(&contents(&now))?;
    Ok(())
}
