//! Reserve online, collect in the shop: what is promised is there, and every state is told once.
//!
//! ```text
//! cargo run --release --example click_and_collect
//! ```
//!
//! Leila lives in Tehran. She looks up on the web which shops have a samovar, reserves one, and is promised when she can
//! collect it; a lamp comes to the pick-up point beside the metro, a carpet to her office. One of the samovars is not found
//! and comes from another shop. She books an appointment with a click in an e-mail, and has her tea sent every other week.
//! Something goes back, in a shop where it was not bought. At the end 64 buyers want the last ten
//! pieces at once.
//!
//! Read this file from top to bottom, then [`town`]. Each section that is printed is one module. Clock and ids are fixed,
//! so every run prints the same.

mod again;
mod appointment;
mod back;
mod look;
mod orders;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod rush;
mod town;
mod weeks;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;

use std::error::Error;
use std::process::ExitCode;

use crate::page::Page;
use crate::town::Town;

fn tell() -> Result<(), Box<dyn Error>> {
    let town = Town::open()?;
    let mut page = Page::new();
    page.title("Click and collect: what is promised is there")?;
    weeks::show(&mut page)?;
    let promises = look::show(&mut page, &town)?;
    let order = orders::show(&mut page, &town, &promises)?;
    appointment::show(&mut page, &town)?;
    again::show(&mut page, &town)?;
    back::show(&mut page, &town, order)?;
    rush::show(&mut page)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("click_and_collect", tell())
}
