//! How near customers are.

use std::error::Error;

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, duration, number, percent, text};
use crate::words;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("How near customers are")?;
    let stages = &day.reports.stages;
    let reading = "Customers who were in each stage on this day, how many of them ended it there, and how long half of those who \
                   went on took.";
    page.paragraph(reading)?;
    let mut table = Rows::new([
        text("Stage"),
        number("Customers"),
        number("Of all"),
        number("Still there"),
        number("Touchpoints"),
        number("Median time"),
        text("Went on to"),
    ]);
    for one in &stages.stages {
        let moves = stages.moves.iter().filter(|step| step.from == one.stage);
        let moves: Vec<String> =
            moves.map(|step| format!("{} {}", step.to.as_str(), words::count(step.count))).collect();
        table.row([
            one.stage.as_str().to_owned(),
            words::count(one.customers),
            percent(one.customers, stages.customers),
            words::count(one.open),
            words::count(one.touchpoints),
            one.median_millis.map_or_else(String::new, duration),
            moves.join(", "),
        ]);
    }
    page.table(&table.page())?;
    report.table("How near customers are", reading, &table);
    Ok(())
}
