//! The plan of a trip: from a laptop to a phone to the band at the gate.

use throughline::channel::Channel;
use throughline::hub::OpenOutcome;
use throughline::journey::{ResumeToken, ThreadEdit, ThreadKind};
use throughline::store::Tenant;

use crate::Told;
use crate::page::{Page, Table, number, text};
use crate::words;
use crate::world::{World, changes, contents, opened};

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Sara's trip: laptop, phone, band")?;
    world.at("09:00")?;
    let sara = world.person("sara", "سارا", "fa-IR")?;
    let plan = |id: &str, channel| ThreadEdit::new(id, ThreadKind::Plan, "سفر-شیراز", channel);
    let begun = plan("1", Channel::Web)
        .set("مقصد", "شیراز")
        .set("شب", 3)
        .done("مقصد")
        .open("هتل")
        .open("بلیت")
        .at("هتل");
    world.edit(&sara, &begun)?;
    let spoken = world.token(&sara, &ThreadKind::Plan, "سفر-شیراز", &Channel::Web, false)?;
    let pepper = &world.hub.rules().pepper;
    let token = ResumeToken::open(&spoken, pepper, Tenant(1).0, "2026-03-20T09:00:00Z".parse()?)?;
    let code = token.qr(pepper, "HTTPS://REISE.EXAMPLE/R/");
    page.paragraph(&format!(
        "She plans on the laptop as far as the hotel. The page shows a QR code ({} characters, {} squares wide) and the same \
         as text to be read aloud ({} characters). It names no person:",
        code.text.len(),
        code.modules().unwrap_or(0),
        spoken.len(),
    ))?;
    page.points([&*spoken])?;

    world.at("09:10")?;
    let phone = world.hub.open_token(&code_only(&code.text), &Channel::App, &world.settings)?;
    let OpenOutcome::Same { document, .. } = &phone else { return Err("not the same version".into()) };
    page.paragraph(&format!("The phone scans it: {}, and goes on.", opened(&phone)))?;
    let hotel = plan("2", Channel::App).on(&document.versions).set("هتل", "زندیه").done("هتل").at("بلیت");
    let booked = world.edit(&sara, &hotel)?;
    let ticket = plan("3", Channel::App)
        .on(&booked.versions)
        .set("بلیت", "IR-423")
        .set("درِ سوار شدن", "۷")
        .done("بلیت");
    world.edit(&sara, &ticket)?;

    world.at("15:40")?;
    let gate = world.hub.open_token(&spoken, &Channel::Wearable, &world.settings)?;
    page.paragraph(&format!(
        "At the gate the band still has the first token: {}. It shows what is new:",
        opened(&gate)
    ))?;
    if let OpenOutcome::Changed { difference, document, .. } = &gate {
        page.table(&changes(difference))?;
        page.paragraph("and has the whole plan:")?;
        page.table(&contents(document))?;
    }

    page.paragraph("What becomes of a token that is not as it should be:")?;
    let mut table =
        Table::new([text("Token"), text("Where"), text("What comes of it"), number("Characters")]);
    let once = world.token(&sara, &ThreadKind::Plan, "سفر-شیراز", &Channel::App, true)?;
    let typed = spoken.to_lowercase().replace('0', "o").replace('1', "l").replace('-', " ");
    let mut slip = spoken.clone();
    let last = slip.pop().unwrap_or('0');
    slip.push(if last == '7' { '8' } else { '7' });
    let tries = [
        ("typed in small letters, o for 0 and l for 1", &typed, Channel::CallCentre),
        ("with one wrong character", &slip, Channel::App),
        ("to be used once", &once, Channel::App),
        ("the same again", &once, Channel::App),
        ("on a kiosk, whose screen strangers see", &spoken, Channel::Kiosk),
    ];
    for (what, text, channel) in tries {
        let outcome = world.hub.open_token(text, &channel, &world.settings)?;
        table.row([what.to_owned(), words::channel(&channel), opened(&outcome), text.len().to_string()]);
    }
    world.at("21:00")?;
    let late = world.hub.open_token(&spoken, &Channel::App, &world.settings)?;
    table.row([
        "after twelve hours".to_owned(),
        words::channel(&Channel::App),
        opened(&late),
        spoken.len().to_string(),
    ]);
    page.table(&table)?;
    world.at("16:00")?;
    Ok(())
}

/// What stands behind the address in the code.
fn code_only(text: &str) -> String {
    text.rsplit('/').next().unwrap_or(text).to_owned()
}
