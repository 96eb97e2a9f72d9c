//! One channel learns at once of what another did; what is left standing is noticed once.

use throughline::channel::Channel;
use throughline::hub::{ChangeKind, Changed, Subscription, Who};
use throughline::identifier::{Identifier, IdentifierKind};
use throughline::journey::{ThreadEdit, ThreadKind};

use crate::Told;
use crate::page::{Page, Table, text};
use crate::words;
use crate::world::World;

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("The next channel is up to date at once")?;
    world.at("21:00")?;
    world.hub.subscribe_from_now("till-3")?;
    let name = Identifier::parse(IdentifierKind::UserId, "sara", &world.hub.rules().identifiers)?;
    let sara = Who::Identifier(name);
    world.record(
        r#"{"type":"track","event":"Card Topped Up","messageId":"s1","userId":"sara","properties":{"value":25},"context":{"channel":"app"}}"#,
    )?;
    let till = Subscription::new("till-3")
        .of(&sara)
        .kinds([ChangeKind::Event, ChangeKind::Thread])
        .channel(&Channel::Till)
        .seeing(&world.settings);
    let news = world.hub.changes(&till)?;
    let mut table = Table::new([text("The till learns"), text("From")]);
    for change in &news.items {
        let (what, from) = match &change.what {
            Changed::Event(entry) => {
                (entry.name.as_deref().unwrap_or(&entry.kind).to_owned(), words::channel(&entry.channel))
            }
            Changed::Thread(thread) => {
                (format!("{} changed", thread.kind), words::channel(&thread.last.channel))
            }
            _ => continue,
        };
        table.row([what, from]);
    }
    page.table(&table)?;
    world.hub.acknowledge("till-3", news.upto)?;
    let last = world.hub.last_state(&sara, &Channel::Till, &world.settings)?.ok_or("she is unknown")?;
    page.paragraph(&format!(
        "After it said so, nothing is left for it ({} changes). Whoever meets Sara next knows that she was last in the {}.",
        world.hub.changes(&till)?.items.len(),
        words::channel(&last.channel),
    ))?;

    page.section("What is left standing is noticed once")?;
    let omar = world.person("omar", "عمر", "ar-MA")?;
    let cart = ThreadEdit::new("1", ThreadKind::Cart, "سلة-١", Channel::Web).set("lines/شاي", 2);
    world.edit(&omar, &cart)?;
    let mut table = Table::new([text("Time"), text("What happened"), text("What is to be done")]);
    let settings = &world.settings;
    let mut ask = |time: &str, what: &str| -> Told {
        world.at(time)?;
        let name = Identifier::parse(IdentifierKind::UserId, "omar", &world.hub.rules().identifiers)?;
        let omar = Who::Identifier(name);
        let news = world.hub.abandoned(&omar, &Channel::Email, settings, true)?.ok_or("he is unknown")?;
        let mut todo = Vec::new();
        for episode in &news.due {
            if !world.hub.mark_abandonment(&omar, episode, &Channel::Email, settings)? {
                continue;
            }
            todo.push(format!(
                "remind him of the {} left in the {}",
                episode.kind,
                words::channel(&episode.channel)
            ));
        }
        for told in &news.revoked {
            world.hub.settle_abandonment(&omar, told)?;
            todo.push(format!("take it back: the {} was not abandoned", told.kind));
        }
        let todo = if todo.is_empty() { "nothing".to_owned() } else { words::list(&todo) };
        table.row([time.to_owned(), what.to_owned(), todo]);
        Ok(())
    };
    ask("21:30", "half an hour later")?;
    ask("22:00", "an hour later")?;
    ask("22:05", "asked again")?;
    world.record(
        r#"{"type":"track","event":"Order Completed","messageId":"o1","userId":"omar","timestamp":"2026-03-20T21:40:00Z","properties":{"order_id":"9"},"context":{"channel":"till"}}"#,
    )?;
    ask("22:10", "the till comes back on line: he bought at 21:40")?;
    ask("22:15", "asked again")?;
    page.table(&table)?;
    Ok(())
}
