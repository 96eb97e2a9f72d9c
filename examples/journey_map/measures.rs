//! How well the channels work as one.

use std::error::Error;

use throughline::journey::measures::{Continuations, Grade};

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, duration, number, percent, share, text};
use crate::words;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("How well the channels work as one")?;
    let told = &day.reports.measures;
    let mut table = Rows::new([text("Measure"), number("Figure"), text("Of what")]);
    let mut row = |name: &str, figure: String, of: String| table.row([name.to_owned(), figure, of]);
    row(
        "Journeys that cross channels",
        share(told.crossing_rate),
        format!("{} of {}", words::count(told.crossing), words::count(told.journeys)),
    );
    row(
        "Work continued after a switch",
        share(told.continuation.rate),
        format!(
            "{} of {} switches with an open cart",
            words::count(told.continuation.continued),
            words::count(told.continuation.switches)
        ),
    );
    row(
        "Time to resume, median",
        told.resumed.median_millis.map_or_else(String::new, duration),
        format!("{} carts taken up in another channel", words::count(told.resumed.count)),
    );
    row(
        "Repeated questions avoided",
        share(told.questions.avoided_rate),
        format!(
            "{} times known (assumed), {} times asked again who it is",
            words::count(told.questions.avoided),
            words::count(told.questions.repeated)
        ),
    );
    for (channels, customers) in &told.by_channels {
        row(
            &format!("Customers with {}", words::plural(usize::try_from(*channels)?, "channel")),
            percent(*customers, told.customers),
            words::count(*customers),
        );
    }
    page.table(&table.page())?;
    let assumed = "No event says whether a channel had to ask who it is: it is assumed that WhatsApp, the till and the band know, and \
                   that the others ask.";
    page.paragraph(assumed)?;
    report.table("How well the channels work as one", &format!("Measures of the day. {assumed}"), &table);

    let reading = "A direction works if a tenth of the switches with open work is continued for sure; one makes a pair connected, \
                   both within an hour make it interactive. Fewer than 20 switches in both directions prove nothing.";
    page.paragraph(reading)?;
    let mut pairs = Rows::new([
        text("Pair"),
        number("Customers"),
        number("There"),
        number("Back"),
        number("Median time"),
        text("Grade"),
    ]);
    let direction =
        |one: &Continuations| format!("{} of {}", words::count(one.continued), words::count(one.switches));
    let seen =
        |one: &&throughline::journey::measures::ChannelPair| one.there.switches + one.back.switches > 0;
    for pair in told.pairs.iter().filter(seen) {
        let times = [pair.there.median_millis, pair.back.median_millis];
        let times: Vec<String> = times.into_iter().flatten().map(duration).collect();
        pairs.row([
            format!("{} ⇄ {}", words::quoted(&pair.first), words::quoted(&pair.second)),
            words::count(pair.customers),
            direction(&pair.there),
            direction(&pair.back),
            times.join(", "),
            match pair.grade {
                Some(Grade::Separate) => "separate",
                Some(Grade::Connected) => "connected",
                Some(Grade::Interactive) => "interactive",
                None => "too little seen",
            }
            .to_owned(),
        ]);
    }
    page.table(&pairs.page())?;
    report.table("Pairs of channels", reading, &pairs);
    Ok(())
}
