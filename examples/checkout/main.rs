//! One basket, one price: how a retailer prices, explains, promises, refunds and audits across six channels.
//!
//! ```text
//! cargo run --release --example checkout [-- --report parity.html]
//! ```
//!
//! Reads a retailer's rules from `examples/data/checkout.json` (a price book with lists, tiers and customer groups,
//! promotions that stack and some that must not, taxes of three countries, coupon campaigns, a declared exception; all
//! of it plain data) and prints what a manager would ask: is the price the same everywhere, why is it this one, what
//! does it come to abroad, does the coupon hold, does the till honour the web's quote, what comes back with a return,
//! which percentage may be announced, and did any channel show another price today. `--report` writes the last answer
//! as a page of HTML.
//!
//! Read this file from top to bottom, then [`shop`]. Each section that is printed is one module. Clock and ids are
//! fixed, so every run prints the same.

mod arguments;
mod audit;
mod channels;
mod countries;
mod coupons;
mod lines;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod prior;
mod quotes;
mod returns;
mod shop;
mod why;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;

use std::error::Error;
use std::process::ExitCode;

use crate::arguments::Arguments;
use crate::page::Page;
use crate::shop::Shop;

fn tell() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    let shop = Shop::open()?;
    let mut page = Page::new();
    page.title("One basket at the checkout: six channels, one price")?;
    channels::show(&mut page, &shop)?;
    lines::show(&mut page, &shop)?;
    countries::show(&mut page, &shop)?;
    let campaign = coupons::show(&mut page, &shop)?;
    let quote = quotes::show(&mut page, &shop, &campaign)?;
    returns::show(&mut page, &shop, &quote)?;
    prior::show(&mut page, &shop)?;
    audit::show(&mut page, &shop, arguments.report.as_deref())?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("checkout", tell())
}
