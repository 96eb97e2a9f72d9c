//! A song, and a page of a book.

use serde_json::json;
use throughline::channel::Channel;
use throughline::journey::{ThreadEdit, ThreadKind};

use crate::Told;
use crate::page::{Page, Table, number, text};
use crate::words;
use crate::world::{World, said};

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Nasrin's song and page")?;
    world.at("20:00")?;
    let nasrin = world.person("nasrin", "نسرین", "fa-IR")?;
    let song = |id: &str, channel| ThreadEdit::new(id, ThreadKind::Playlist, "صبح", channel);
    let kitchen = world.edit(
        &nasrin,
        &song("1", Channel::App).set("tracks", json!(["مرغ سحر", "Clair de lune"])).set("position", 41),
    )?;
    world.at("20:10")?;
    world.edit(&nasrin, &song("2", Channel::Wearable).on(&kitchen.versions).set("position", 95))?;
    let book = |id: &str, channel| ThreadEdit::new(id, ThreadKind::Position, "کتاب-بوف-کور", channel);
    let read = world.edit(&nasrin, &book("3", Channel::Web).set("position", 112))?;
    world.at("20:20")?;
    world.edit(&nasrin, &book("4", Channel::App).on(&read.versions).set("position", 127))?;
    let mut table = Table::new([
        text("What"),
        text("Goes on at"),
        text("Last on"),
        number("Version"),
        text("What comes"),
    ]);
    for (what, kind, object, unit) in [
        ("song", ThreadKind::Playlist, "صبح", "second"),
        ("book", ThreadKind::Position, "کتاب-بوف-کور", "page"),
    ] {
        let now = world.see(&nasrin, &kind, object, &Channel::Web)?;
        let place = now.fields.get("position").map_or_else(String::new, said);
        table.row([
            what.to_owned(),
            format!("{unit} {place}"),
            words::channel(&now.last.channel),
            now.versions.total().to_string(),
            now.fields.get("tracks").map_or_else(String::new, said),
        ]);
    }
    page.table(&table)?;
    Ok(())
}
