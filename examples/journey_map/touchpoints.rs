//! Which touchpoints lead to a purchase.

use std::collections::BTreeMap;
use std::error::Error;

use throughline::journey::attribution::{MarkovSettings, markov};

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, number, percent, share, text};
use crate::words;

/// Touchpoints that fewer customers have are left out.
const LEAST: u64 = 30;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Touchpoints that lead to a purchase")?;
    // What was before the first order, or everything.
    let paths = &day.reports.to_conversion;
    let mut with: BTreeMap<&str, (u64, u64)> = BTreeMap::new();
    for path in paths.iter() {
        let mut names: Vec<&str> = path.channels().collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let count = with.entry(name).or_default();
            count.0 += 1;
            count.1 += u64::from(path.outcome().conversions);
        }
    }
    let solved = markov(paths, &MarkovSettings::default())?;
    let mut effects: Vec<_> = solved
        .effects
        .iter()
        .filter_map(|effect| Some((effect, with.get(&*effect.channel).filter(|count| count.0 >= LEAST)?)))
        .collect();
    effects.sort_by(|a, b| {
        b.0.conversions.total_cmp(&a.0.conversions).then_with(|| a.0.channel.cmp(&b.0.channel))
    });
    let mut table = Rows::new([
        text("Touchpoint"),
        number("Customers"),
        number("Of them bought"),
        number("Would be lost"),
    ]);
    for (effect, (customers, bought)) in effects.into_iter().take(15) {
        table.row([
            words::quoted(&effect.channel),
            words::count(*customers),
            percent(*bought, *customers),
            share(effect.conversions),
        ]);
    }
    let reading = format!(
        "How many of the purchases would be lost without the touchpoint, by a Markov chain of what customers did before their \
         first order; {} of the chain's journeys end with one.",
        share(solved.conversion_probability)
    );
    page.paragraph(&reading)?;
    page.table(&table.page())?;
    report.table("Touchpoints that lead to a purchase", &reading, &table);
    Ok(())
}
