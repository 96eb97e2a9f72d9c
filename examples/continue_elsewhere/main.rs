//! Begin here, go on there: six people leave something unfinished in one channel and take it up in another.
//!
//! ```text
//! cargo run --release --example continue_elsewhere
//! ```
//!
//! A cart of the web at the till; a trip's plan from a laptop to a phone to the band at the gate; a loan's application begun
//! in the app, continued in the branch and finished on the telephone; what the chatbot asked, which the agent need not ask
//! again; a medical form that a till must not see; a song and a page. Each goes on with the same object and version, or
//! shows exactly what has changed. Then: how one channel learns of what another did, and what counts as abandoned.
//!
//! Read this file from top to bottom, then [`world`], which is what a service of your own would write first. Each section that
//! is printed is one module. The clock stands where the story says, so every run prints the same above `Timings`.

mod cart;
mod chat;
mod form;
mod live;
mod loan;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/page.rs"]
mod page;
mod places;
mod trip;
#[allow(dead_code, reason = "shared with the quickstart, which uses the rest")]
#[path = "../quickstart/words.rs"]
mod words;
mod world;

use std::error::Error;
use std::process::ExitCode;
use std::time::Instant;

use crate::page::{Page, Table, number, text};
use crate::world::World;

type Told = Result<(), Box<dyn Error>>;
/// A name, and what shows it.
type Section = (&'static str, fn(&World, &mut Page) -> Told);

#[expect(clippy::disallowed_methods, reason = "it measures how long the example took")]
fn tell() -> Told {
    let world = World::new()?;
    let mut page = Page::new();
    page.title("Begin here, go on there")?;
    let sections: [Section; 7] = [
        ("cart", cart::show),
        ("trip", trip::show),
        ("loan", loan::show),
        ("chat", chat::show),
        ("form", form::show),
        ("song and page", places::show),
        ("live", live::show),
    ];
    let mut timings = Table::new([text("Section"), number("Milliseconds")]);
    for (name, show) in sections {
        let started = Instant::now();
        show(&world, &mut page)?;
        timings.row([name.to_owned(), format!("{:.2}", started.elapsed().as_secs_f64() * 1e3)]);
    }
    page.heading("Timings")?;
    page.table(&timings)?;
    page.finish()?;
    Ok(())
}

fn main() -> ExitCode {
    page::exit("continue_elsewhere", tell())
}
