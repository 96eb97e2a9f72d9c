//! How journeys run from channel to channel and from touchpoint to touchpoint.

use std::collections::BTreeMap;
use std::error::Error;

use throughline::journey::paths::{follows, variants};

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, number, percent, sankey, text};
use crate::words;

/// Rows of a table that is cut.
const MOST: usize = 15;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("From channel to channel")?;
    let (by_channel, by_touchpoint) = (&day.reports.channels, &day.reports.touchpoints);
    let map = follows(by_channel);
    let mut visited: BTreeMap<&str, u64> = BTreeMap::new();
    for path in by_channel.iter() {
        let mut names: Vec<&str> = path.channels().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            *visited.entry(name).or_default() += 1;
        }
    }
    let mut table = Rows::new([
        text("Channel"),
        number("Customers"),
        number("Days that start there"),
        number("Days that end there"),
        text("Then most often"),
    ]);
    let mut by_count: Vec<(&str, u64)> = visited.into_iter().collect();
    by_count.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(b.0)));
    for (channel, count) in &by_count {
        let mut next: Vec<(u64, &str)> = map
            .pairs
            .iter()
            .filter(|((from, _), _)| **from == **channel)
            .map(|((_, to), count)| (*count, &**to))
            .collect();
        next.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(b.1)));
        let next: Vec<String> = next
            .iter()
            .take(3)
            .map(|(count, to)| format!("{} {}", words::quoted(to), words::count(*count)))
            .collect();
        table.row([
            words::quoted(channel),
            words::count(*count),
            words::count(map.starts.get(*channel).copied().unwrap_or(0)),
            words::count(map.ends.get(*channel).copied().unwrap_or(0)),
            next.join(", "),
        ]);
    }
    page.paragraph(&format!(
        "{} changes of channel by {} customers; a stay in one channel counts once.",
        words::count(map.transitions()),
        words::count(day.reports.counts.customers)
    ))?;
    page.table(&table.page())?;

    page.paragraph("The ways of customers who used more than one channel:")?;
    let mut ways = Rows::new([number("Customers"), number("Bought"), text("Way")]);
    let all = variants(by_channel);
    for way in all.iter().filter(|way| way.path.len() > 1).take(MOST) {
        let path: Vec<String> = way.path.iter().map(|name| words::quoted(name)).collect();
        ways.row([words::count(way.journeys), percent(way.conversions, way.journeys), path.join(" → ")]);
    }
    page.table(&ways.page())?;
    let flows: Vec<sankey::Way> = all
        .iter()
        .map(|way| sankey::Way {
            path: way.path.clone(),
            bought: way.conversions,
            left: way.journeys - way.conversions,
        })
        .collect();
    report.section(
        "From channel to channel",
        "The days of customers who used more than one channel, a stay in one channel being one step. What ended is carried on \
         to the right.",
        &sankey::draw(&flows),
    );
    report.table("Channels", "Where days start and end, and where they go on.", &table);

    page.section("From touchpoint to touchpoint")?;
    let map = follows(by_touchpoint);
    let mut pairs: Vec<_> = map.pairs.iter().collect();
    pairs.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    let mut table = Rows::new([number("Times"), text("From"), text("To")]);
    for ((from, to), count) in pairs.into_iter().take(MOST) {
        table.row([words::count(*count), words::quoted(from), words::quoted(to)]);
    }
    page.paragraph(&format!(
        "{} different steps from one touchpoint to another, {} in all. The most frequent:",
        words::count(map.pairs.len()),
        words::count(map.transitions())
    ))?;
    page.table(&table.page())?;
    let mut ends = Rows::new([number("Days"), text("Start at")]);
    let mut starts: Vec<_> = map.starts.iter().collect();
    starts.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    for (name, count) in starts.into_iter().take(5) {
        ends.row([words::count(*count), words::quoted(name)]);
    }
    page.table(&ends.page())?;
    let mut last = Rows::new([number("Days"), text("End at")]);
    let mut stops: Vec<_> = map.ends.iter().collect();
    stops.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
    for (name, count) in stops.into_iter().take(5) {
        last.row([words::count(*count), words::quoted(name)]);
    }
    page.table(&last.page())?;
    report.table("From touchpoint to touchpoint", "The most frequent steps.", &table);
    Ok(())
}
