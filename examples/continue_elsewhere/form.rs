//! A half-filled medical form: who may see it, and who may not.

use throughline::channel::Channel;
use throughline::hub::Shown;
use throughline::journey::{Sensitivity, ThreadEdit, ThreadKind};

use crate::Told;
use crate::page::{Page, Table, text};
use crate::words;
use crate::world::{World, contents};

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Dana's form: what each channel may see")?;
    world.at("19:00")?;
    let dana = world.person("dana", "דנה", "he-IL")?;
    let form = ThreadEdit::new("1", ThreadKind::Form, "טופס-רפואי", Channel::Web)
        .set("שם", "דנה")
        .set("רגישות", "פניצילין")
        .guarded(Sensitivity::Sensitive)
        .done("פרטים")
        .open("חתימה")
        .at("חתימה");
    world.edit(&dana, &form)?;
    let appointment =
        ThreadEdit::new("2", ThreadKind::Appointment, "תור-4", Channel::Web).set("יום", "שלישי").open("שעה");
    world.edit(&dana, &appointment)?;
    let cart = ThreadEdit::new("3", ThreadKind::Cart, "סל-2", Channel::App).set("lines/פלסטרים", 2);
    world.edit(&dana, &cart)?;
    page.paragraph("She fills a medical form on the web as far as the signature, begins to make an appointment, and puts plasters into her cart.")?;
    let mut table = Table::new([text("Channel"), text("Medical form"), text("Appointment"), text("Cart")]);
    for channel in
        [Channel::Web, Channel::App, Channel::CallCentre, Channel::Till, Channel::WhatsApp, Channel::Kiosk]
    {
        let sees = |kind: &ThreadKind, object: &str| -> Result<&str, Box<dyn std::error::Error>> {
            Ok(match world.hub.thread(&dana, kind, object, &channel, &world.settings)? {
                Some(Shown::Whole { ask_first: true, .. }) => "all of it, after asking",
                Some(Shown::Whole { .. }) => "all of it",
                Some(Shown::Outline { .. }) => "that it waits",
                None => "nothing",
            })
        };
        table.row([
            words::channel(&channel),
            sees(&ThreadKind::Form, "טופס-רפואי")?.to_owned(),
            sees(&ThreadKind::Appointment, "תור-4")?.to_owned(),
            sees(&ThreadKind::Cart, "סל-2")?.to_owned(),
        ]);
    }
    page.table(&table)?;
    page.paragraph("In the app the form goes on where she left it:")?;
    page.table(&contents(&world.see(&dana, &ThreadKind::Form, "טופס-רפואי", &Channel::App)?))?;
    Ok(())
}
