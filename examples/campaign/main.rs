//! One message to ten thousand customers in five countries and six languages, each told exactly once.
//!
//! ```text
//! cargo run --release --example campaign [-- --customers 10000]
//! ```
//!
//! Reads what is said from `examples/data/campaign.json` (two messages with their variants by channel and language, and the
//! rules of who gets what; plain data) and shows what a manager would ask: who gets the message now, who later, who never,
//! and why; what it looks like in each channel and language and what it costs; which mistakes of the authors are refused;
//! and, with a provider that loses, repeats and reorders its reports, that nobody is told twice and nobody forgotten.
//!
//! Read this file from top to bottom, then [`shop`]. Each section that is printed is one module. Clock, customers and the
//! provider's moods are fixed, so every run prints the same above `Timings`.

mod arguments;
mod decisions;
mod delivery;
mod guard;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod people;
mod provider;
mod shop;
mod texts;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use crate::arguments::Arguments;
use crate::page::{Page, Table, number, text};
use crate::shop::{READY, SPRING, Shop};

#[expect(clippy::disallowed_methods, reason = "it measures how long the example took")]
fn tell() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let mut timings = Table::new([text("Step"), number("Seconds")]);
    let mut since = Instant::now();
    let mut lap = |step: &str| {
        timings.row([step.to_owned(), format!("{:.2}", since.elapsed().as_secs_f64())]);
        since = Instant::now();
    };
    let mut page = Page::new();
    page.title("One message to everybody: told once, in time, with consent")?;
    let shop = Shop::open(arguments.customers)?;
    lap("take in the customers");
    people::show(&mut page, &shop)?;
    texts::show(&mut page, &shop)?;
    guard::show(&mut page, &shop)?;
    lap("write and check the texts");
    let entries = decisions::show(&mut page, &shop, &READY)?;
    lap("decide on the news of the order, and put it into the outbox");
    delivery::show(&mut page, &shop, &READY, entries)?;
    lap("send it");
    let entries = decisions::show(&mut page, &shop, &SPRING)?;
    lap("decide on the offer, and put it into the outbox");
    delivery::show(&mut page, &shop, &SPRING, entries)?;
    lap("send it");
    page.heading("Timings")?;
    page.table(&timings)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("campaign", tell())
}
