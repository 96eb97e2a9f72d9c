//! What each channel earned, under every model.

use std::error::Error;

use throughline::journey::attribution::{
    Credits, MarkovSettings, OrderSettings, Rule, Sharing, choose_order, credit, markov, shapley,
};

use crate::day::Day;
use crate::page::Page;
use crate::report::{Report, Rows, bars, number, text};
use crate::words;

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("What each channel earned")?;
    let paths = &day.reports.credit;
    // A refund takes back what the sale gave: the day's earnings are what is left.
    let earned: i128 = paths.iter().map(|path| i128::from(path.outcome().value_minor)).sum();
    let choice = choose_order(paths, &OrderSettings::default())?;
    let mut models: Vec<(&'static str, Credits)> = Vec::new();
    for rule in Rule::usual() {
        let rule = match rule {
            // People come to the shop by themselves, and to the till with what they have chosen.
            Rule::LastNonDirect { .. } => Rule::LastNonDirect { direct: ["store till".into()].into() },
            rule => rule,
        };
        models.push((name(&rule), credit(paths, &rule)?));
    }
    for (order, name) in [(1, "Markov 1"), (2, "Markov 2"), (3, "Markov 3")] {
        let solved = markov(paths, &MarkovSettings { order, with_nulls: true })?;
        models.push((name, solved.credits));
    }
    models.push(("Shapley", shapley(paths)?.credits));
    for (name, credits) in models.iter().filter(|(_, credits)| credits.sharing == Sharing::Divided) {
        let divided = credits.value_sum();
        if divided != earned {
            let (divided, earned) = (euros(divided), euros(earned));
            return Err(
                format!("the model `{name}` divides {divided} euros, and {earned} were earned").into()
            );
        }
    }

    let reading = format!(
        "Euros of the day's orders, refunds taken back, by what was done before each order. All models divide the same money to \
         the cent, save participation, which gives the whole to everyone who took part. A Markov chain of order {} foretells \
         journeys that it has not seen best. None of them says what a channel causes: only an experiment does.",
        choice.order
    );
    page.paragraph(&reading)?;
    let sums: Vec<i128> = models.iter().map(|(_, credits)| credits.value_sum()).collect();
    for halves in [0..models.len() / 2, models.len() / 2..models.len()] {
        let some = models.get(halves.clone()).unwrap_or_default();
        let mut table =
            Rows::new([text("Channel")].into_iter().chain(some.iter().map(|(name, _)| number(name))));
        for channel in paths.channels() {
            let cells =
                some.iter().map(|(_, credits)| euros(i128::from(credits.value_of(channel).unwrap_or(0))));
            table.row([words::quoted(channel)].into_iter().chain(cells));
        }
        let none = some.iter().map(|(_, credits)| euros(i128::from(credits.none.value_minor)));
        table.row(["(none)".to_owned()].into_iter().chain(none));
        let sums = sums.get(halves).unwrap_or_default().iter().map(|sum| euros(*sum));
        table.row(["all".to_owned()].into_iter().chain(sums));
        page.table(&table.page())?;
    }
    let channels: Vec<String> = paths.channels().into_iter().map(str::to_owned).collect();
    let columns: Vec<bars::Column> = models
        .iter()
        .map(|(name, credits)| bars::Column {
            name: if credits.sharing == Sharing::Participation {
                format!("{name} *")
            } else {
                (*name).to_owned()
            },
            values: channels.iter().map(|channel| credits.value_of(channel).unwrap_or(0)).collect(),
        })
        .collect();
    report.section(
        "What each channel earned",
        &format!("{reading} * sums to more than was earned."),
        &bars::matrix(&channels, &columns, "Credit of each channel under every model, in euros"),
    );
    let mut table =
        Rows::new([text("Model"), number("All channels together"), number("Without any touch before")]);
    for ((name, credits), sum) in models.iter().zip(&sums) {
        table.row([(*name).to_owned(), euros(*sum), euros(i128::from(credits.none.value_minor))]);
    }
    report.table("Sums", "In euros.", &table);
    Ok(())
}

fn name(rule: &Rule) -> &'static str {
    match rule {
        Rule::First => "First",
        Rule::Last => "Last",
        Rule::LastNonDirect { .. } => "Last but till",
        Rule::Linear => "Linear",
        Rule::TimeDecay { .. } => "Time decay",
        Rule::Position { .. } => "Position",
        Rule::WShaped { .. } => "W-shaped",
        Rule::Participation => "Participation",
        _ => "Custom",
    }
}

/// Cents as euros with two decimals.
fn euros(minor: i128) -> String {
    let magnitude = minor.unsigned_abs();
    let sign = if minor < 0 { "-" } else { "" };
    let whole = u64::try_from(magnitude / 100).unwrap_or(u64::MAX);
    format!("{sign}{}.{:02}", words::count(whole), magnitude % 100)
}
