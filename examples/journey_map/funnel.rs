//! How far people get, and how fast.

use std::error::Error;

use throughline::journey::funnel::FunnelCounts;

use crate::day::{Day, STEPS};
use crate::page::Page;
use crate::report::{Report, Rows, bars, duration, number, percent, text};
use crate::words;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("From looking to buying")?;
    let answer = day.reports.funnels.first().ok_or("no funnel was asked for")?;
    let reading = "Each customer once, in whatever channels the steps were; other things may happen between them. The time is \
                   that of half of those who got there, from the step before.";
    page.paragraph(reading)?;
    let mut table = Rows::new([
        text("Step"),
        number("Customers"),
        number("Of the first"),
        number("Of the step before"),
        number("Median time"),
    ]);
    let mut drawn = Vec::new();
    let (mut entered, mut before) = (0, 0);
    for (name, step) in STEPS.iter().zip(&answer.total.steps) {
        if before == 0 {
            (entered, before) = (step.reached, step.reached);
        }
        let time = step.median_millis.map_or_else(String::new, duration);
        table.row([
            (*name).to_owned(),
            words::count(step.reached),
            percent(step.reached, entered),
            percent(step.reached, before),
            time.clone(),
        ]);
        drawn.push(bars::Bar {
            name: (*name).to_owned(),
            count: step.reached,
            note: [percent(step.reached, entered), time].join(" · ").trim_end_matches(" · ").to_owned(),
        });
        before = step.reached;
    }
    page.table(&table.page())?;
    page.paragraph("By the channel in which they began:")?;
    let mut channels = Rows::new(
        [text("Channel")]
            .into_iter()
            .chain(STEPS.map(number))
            .chain([number("Conversion"), number("Median time")]),
    );
    for (channel, counts) in &answer.by_channel {
        channels.row(row(channel, counts));
    }
    page.table(&channels.page())?;
    report.section(
        "From looking to buying",
        reading,
        &bars::draw(&drawn, "Customers at each step of the funnel"),
    );
    report.table("By the channel in which they began", "The same steps.", &channels);
    Ok(())
}

fn row(channel: &str, counts: &FunnelCounts) -> Vec<String> {
    let first = counts.steps.first().map_or(0, |step| step.reached);
    let last = counts.steps.last().map_or(0, |step| step.reached);
    let reached = counts.steps.iter().map(|step| words::count(step.reached));
    [words::quoted(channel)]
        .into_iter()
        .chain(reached)
        .chain([percent(last, first), counts.median_millis.map_or_else(String::new, duration)])
        .collect()
}
