//! One retailer's day, followed across eight channels.
//!
//! ```text
//! cargo run --release --example quickstart -- [--day FILE] [--store FILE]
//! ```
//!
//! Reads a day of events (`examples/data/day.jsonl.gz` unless `--day` names another, plain or gzip), finds out who is
//! who in an embedded durable store, and prints what a manager would ask: what came in, who is one person and why, one
//! customer's single view, her timeline, the cart that she goes on with at the till, what it costs wherever she asks,
//! and whether to send her a message. The store lies in a temporary directory that is removed at the end; `--store`
//! keeps it in a file.
//!
//! Read this file from top to bottom, then [`shop`], which is what a service of your own would write first. Each
//! section that is printed is one module. Everything above the heading `Timings` is the same in every run.
//!
//! Who the people of the day are stands at the top of `examples/generate_day/main.rs`.

mod arguments;
mod arrivals;
mod cart;
mod figures;
mod message;
mod page;
mod quote;
mod shop;
mod single_view;
mod timeline;
mod who;
mod words;

use std::error::Error;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::figures::Figures;
use crate::page::Page;
use crate::shop::Shop;

fn tell() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let mut figures = Figures::start();
    let shop = Shop::open(&arguments.store)?;

    // Every event of the day goes into the store; whom it concerns is worked out on the way.
    let day = arrivals::take_in(&shop, &arguments.day)?;
    figures.imported(day.events());

    // From here on the store is asked questions.
    let mut page = Page::new();
    page.title("One day of a retailer: eight channels, one view of each customer")?;
    arrivals::show(&mut page, &day)?;
    who::show(&mut page, &shop, &day)?;
    single_view::show(&mut page, &shop)?;
    timeline::show(&mut page, &shop, &day)?;
    cart::show(&mut page, &shop)?;
    quote::show(&mut page, &shop)?;
    message::show(&mut page, &shop)?;

    figures.show(&mut page, &arguments.store)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("quickstart", tell())
}
