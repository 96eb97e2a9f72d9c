//! One card, one balance: stored value and points in every channel at once.
//!
//! ```text
//! cargo run --release --example loyalty_card
//! ```
//!
//! Six customers hold money and points with a chain of shops. The card is topped up in the app, on the web, by telephone
//! and at the till; two tills spend the last of a balance at the same time; points wait, run out and come back with
//! returned goods; a family shares an account within limits; a level is reached; a gift card pays in parts and
//! a voucher once. After every
//! single act the books of the house are summed, and the program stops if they are not zero.
//!
//! Read this file from top to bottom, then [`shop`]. Each section that is printed is one module. Clock and ids are fixed,
//! so every run prints the same, the timings at the end aside.

mod books;
mod channels;
mod family;
mod figures;
mod gift;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod points;
mod shop;
mod tiers;
mod tills;
mod voucher;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;

use std::error::Error;
use std::process::ExitCode;

use crate::figures::Figures;
use crate::page::Page;
use crate::shop::Shop;

fn tell() -> Result<(), Box<dyn Error>> {
    if let Some(word) = std::env::args().nth(1) {
        return Err(format!("unknown argument `{word}`; usage: loyalty_card").into());
    }
    let figures = Figures::start();
    let shop = Shop::open()?;
    let mut page = Page::new();
    page.title("The loyalty card: one balance, in every channel")?;
    channels::show(&mut page, &shop)?;
    tills::show(&mut page, &shop)?;
    points::show(&mut page, &shop)?;
    tiers::show(&mut page, &shop)?;
    family::show(&mut page, &shop)?;
    gift::show(&mut page, &shop)?;
    voucher::show(&mut page, &shop)?;
    books::show(&mut page, &shop)?;
    figures.show(&mut page, &shop)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("loyalty_card", tell())
}
