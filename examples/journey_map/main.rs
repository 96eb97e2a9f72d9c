//! The map of a day's journeys: where they lead, where they hurt, and which channel earned what.
//!
//! ```text
//! cargo run --release --example journey_map -- [day.jsonl] [--report FILE]
//! ```
//!
//! Reads a day of events (`examples/data/day.jsonl.gz` unless another is named, plain or gzip), finds out who is who, and
//! prints what a manager of all channels would ask: how journeys run from touchpoint to touchpoint, which of them lead to a
//! purchase, where people give up, how far they get and how fast, which carts were left and bought elsewhere later, what
//! each channel earned under every model, and how well the channels work as one. The same is written as one page of HTML
//! (`target/journey_map.html` unless `--report` names another), charts as inline SVG, nothing fetched.
//!
//! Read this file from top to bottom, then [`day`], which says by rules which events are touches. Each section that is printed is one
//! module; [`report`] draws the page. Everything above the heading `Timings` is the same in every run.

mod arguments;
mod carts;
mod credits;
mod day;
mod funnel;
mod maps;
mod measures;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod pains;
mod report;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/shop.rs"]
mod shop;
mod stages;
mod touchpoints;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;

use std::error::Error;
use std::fs;
use std::process::ExitCode;
use std::time::Instant;

use crate::arguments::{Arguments, StoreFile};
use crate::page::{Page, Table, number, text};
use crate::report::Report;
use crate::shop::Shop;

#[expect(clippy::disallowed_methods, reason = "it measures how long the example took")]
fn tell() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let mut timings = Table::new([text("Step"), number("Seconds")]);
    let mut since = Instant::now();
    let mut lap = |step: &str| {
        timings.row([step.to_owned(), format!("{:.3}", since.elapsed().as_secs_f64())]);
        since = Instant::now();
    };
    let shop = Shop::open(&StoreFile::Temporary(tempfile::tempdir()?))?;
    let day = day::take_in(&shop, &arguments.day)?;
    lap("take in the day, and find out who is who");

    let mut page = Page::new();
    let mut report = Report::new("The map of a day's journeys");
    page.title("The map of a day's journeys")?;
    day::show(&mut page, &mut report, &day)?;
    maps::show(&mut page, &mut report, &day)?;
    touchpoints::show(&mut page, &mut report, &day)?;
    pains::show(&mut page, &mut report, &day)?;
    funnel::show(&mut page, &mut report, &day)?;
    stages::show(&mut page, &mut report, &day)?;
    carts::show(&mut page, &mut report, &day)?;
    credits::show(&mut page, &mut report, &day)?;
    measures::show(&mut page, &mut report, &day)?;
    lap("answer every question above");

    fs::write(&arguments.report, report.finish())
        .map_err(|error| format!("cannot write `{}`: {error}", arguments.report.display()))?;
    lap("write the page");
    page.heading("The same as a page")?;
    page.paragraph(&format!("`{}`", arguments.report.display()))?;
    page.heading("Timings")?;
    page.table(&timings)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("journey_map", tell())
}
