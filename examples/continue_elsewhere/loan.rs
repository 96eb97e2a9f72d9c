//! An application for a loan: begun in the app, continued in the branch, finished on the telephone.

use throughline::channel::Channel;
use throughline::hub::EditOutcome;
use throughline::journey::{Closed, StepState, ThreadEdit, ThreadKind, ThreadState};

use crate::Told;
use crate::page::{Page, Table, number, text};
use crate::words;
use crate::world::{World, changes, contents};

pub(crate) fn show(world: &World, page: &mut Page) -> Told {
    page.section("Ivan's loan: app, branch, telephone")?;
    world.at("10:00")?;
    let ivan = world.person("ivan", "Иван", "ru-RU")?;
    let loan = |id: &str, channel| ThreadEdit::new(id, ThreadKind::Application, "кредит-17", channel);
    let mut table = Table::new([
        text("Time"),
        text("Channel"),
        text("What he did"),
        number("Version"),
        text("Still to do"),
    ]);
    let mut seen = Default::default();
    let steps = [
        (
            "10:00",
            Channel::App,
            "asks for the sum",
            loan("1", Channel::App)
                .set("сумма", 900_000)
                .set("цель", "ремонт")
                .done("сумма")
                .open("доход")
                .open("подпись"),
        ),
        (
            "13:00",
            Channel::Till,
            "shows his payslip in the branch",
            loan("2", Channel::Till).set("доход", 120_000).done("доход"),
        ),
        (
            "17:30",
            Channel::CallCentre,
            "signs by a code on the telephone",
            loan("3", Channel::CallCentre)
                .set("подпись", "код подтверждён")
                .done("подпись")
                .close(Closed::Converted),
        ),
    ];
    for (time, channel, what, edit) in steps {
        world.at(time)?;
        let done = world.edit(&ivan, &edit.on(&seen))?;
        let open: Vec<String> = done.steps_in(StepState::Open).map(str::to_owned).collect();
        table.row([
            time.to_owned(),
            words::channel(&channel),
            what.to_owned(),
            done.versions.total().to_string(),
            words::list(&open),
        ]);
        if channel == Channel::Till {
            let app = loan("late", Channel::App).on(&seen).set("доход", 95_000);
            let EditOutcome::Changed { difference, .. } =
                world.hub.edit_thread(&ivan, &app, &world.settings)?
            else {
                return Err("an edit on an old version won".into());
            };
            page.paragraph(
                "While the clerk types, Ivan's wife opens the app and enters another income. The branch was first; the app \
                 is told, and nothing is lost:",
            )?;
            page.table(&changes(&difference))?;
        }
        seen = done.versions;
    }
    page.paragraph("How it went:")?;
    page.table(&table)?;
    let end = world.see(&ivan, &ThreadKind::Application, "кредит-17", &Channel::App)?;
    let state = if end.state == ThreadState::Open { "open" } else { "closed: it was signed" };
    page.paragraph(&format!("In the app it is {state}:"))?;
    page.table(&contents(&end))?;
    Ok(())
}
