//! The steps where people leave, repeat themselves, go back and forth, or say that it was bad.

use std::error::Error;

use throughline::journey::pain_points::PainKind;

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, number, share, text};
use crate::words;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Pain points")?;
    let pains = &day.reports.pains;
    let reading = format!(
        "{} of {} days came to nothing. Steps that are worse than the others for sure (30 customers at least, 95 percent \
         confidence), by how many customers more than usual they hit at least.",
        words::count(pains.given_up),
        words::count(pains.journeys)
    );
    page.paragraph(&reading)?;
    let mut table = Rows::new([
        text("What"),
        text("Step"),
        number("Customers"),
        number("Hit"),
        number("Share"),
        number("At least"),
        number("Usual"),
    ]);
    for point in pains.points.iter().take(15) {
        let what = match point.kind {
            PainKind::Exit => "leave",
            PainKind::Repetition => "again and again",
            PainKind::BackAndForth => "back and forth",
            PainKind::BadFeedback => "bad feedback",
        };
        let channel = point.step.channel.as_deref().unwrap_or_default();
        table.row([
            what.to_owned(),
            words::quoted(&format!("{} ({channel})", point.step.name)),
            words::count(point.journeys),
            words::count(point.affected),
            share(point.rate),
            share(point.lower),
            share(point.usual),
        ]);
    }
    page.table(&table.page())?;
    report.table("Pain points", &reading, &table);
    Ok(())
}
