//! Carts that were left, and which of them were bought elsewhere later.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use throughline::event::CartAction;
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::day::{Customer, Day};
use crate::page::Page;
use crate::report::{Report, Rows, duration, number, percent, text};
use crate::words;

/// A cart that nobody has touched for so long is left.
const LEFT_AFTER: TimeDelta = TimeDelta::hours(1);

/// A cart as far as it was followed.
struct Open<'a> {
    channel: &'a str,
    last: DateTime<Utc>,
    skus: BTreeSet<&'a str>,
}

/// A cart that was left.
struct Left<'a> {
    channel: &'a str,
    last: DateTime<Utc>,
    skus: BTreeSet<&'a str>,
    /// Where and how much later something of it was bought.
    bought: Option<(&'a str, i64)>,
    /// Whether somebody went on with it without buying.
    resumed: bool,
}

/// The carts of a customer that nobody touched for an hour after something was put in.
fn left<'a>(customer: &'a Customer, end: DateTime<Utc>) -> Vec<Left<'a>> {
    let mut open: BTreeMap<&str, Open<'_>> = BTreeMap::new();
    let mut all: Vec<Left<'_>> = Vec::new();
    for step in &customer.steps {
        let at = step.order.time;
        let Some(cart) = &step.cart else { continue };
        // A source that names no cart has one for each channel.
        let id = cart.id.as_deref().unwrap_or(&step.channel);
        let skus: BTreeSet<&str> = cart.skus.iter().map(String::as_str).collect();
        if let Some(before) = open.get(id).filter(|before| at - before.last > LEFT_AFTER) {
            let (channel, last) = (before.channel, before.last);
            let resumed = cart.action != CartAction::Completed;
            all.push(Left { channel, last, skus: before.skus.clone(), bought: None, resumed });
        }
        match cart.action {
            CartAction::Completed => {
                open.remove(id);
                // The cart itself, or the same goods in another one.
                for one in all.iter_mut().filter(|one| one.bought.is_none() && !one.skus.is_disjoint(&skus)) {
                    one.bought = Some((&step.channel, (at - one.last).num_milliseconds()));
                }
                let same = |one: &Open<'_>| !one.skus.is_disjoint(&skus);
                open.retain(|_, one| {
                    let bought = same(one);
                    if bought && at - one.last > LEFT_AFTER {
                        let took = (at - one.last).num_milliseconds();
                        all.push(Left {
                            channel: one.channel,
                            last: one.last,
                            skus: one.skus.clone(),
                            bought: Some((&step.channel, took)),
                            resumed: false,
                        });
                    }
                    !bought
                });
            }
            CartAction::Emptied | CartAction::Cancelled => {
                open.remove(id);
            }
            action => {
                let one = open.entry(id).or_insert(Open { channel: "", last: at, skus: BTreeSet::new() });
                (one.channel, one.last) = (&step.channel, at);
                if action == CartAction::Removed {
                    one.skus.retain(|sku| !skus.contains(sku));
                } else {
                    one.skus.extend(&skus);
                }
                if one.skus.is_empty() {
                    open.remove(id);
                }
            }
        }
    }
    let forgotten = open.into_values().filter(|one| end - one.last > LEFT_AFTER);
    all.extend(forgotten.map(|one| Left {
        channel: one.channel,
        last: one.last,
        skus: one.skus,
        bought: None,
        resumed: false,
    }));
    all
}

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Carts that were left")?;
    // A device's clock may be years ahead: the day ends with the last event that half an hour's company has.
    let mut times: Vec<DateTime<Utc>> =
        day.customers.iter().flat_map(|customer| &customer.steps).map(|step| step.order.time).collect();
    times.sort_unstable();
    let near = |pair: &&[DateTime<Utc>]| matches!(pair, [a, b] if *b - *a < TimeDelta::minutes(30));
    let end = times.windows(2).filter(near).filter_map(<[_]>::last).max().copied().unwrap_or_default();
    let all: Vec<Left<'_>> = day.customers.iter().flat_map(|customer| left(customer, end)).collect();
    let elsewhere =
        all.iter().filter(|one| one.bought.is_some_and(|(channel, _)| channel != one.channel)).count();
    let here = all.iter().filter(|one| one.bought.is_some_and(|(channel, _)| channel == one.channel)).count();
    let reading = format!(
        "{} carts were touched by nobody for more than an hour with something in them. Of {} something was bought later in the \
         same channel, of {} in another one: reminding those customers would only annoy them.",
        words::count(all.len()),
        words::count(here),
        words::count(elsewhere)
    );
    page.paragraph(&reading)?;
    let mut by_channel: BTreeMap<&str, Vec<&Left<'_>>> = BTreeMap::new();
    for one in &all {
        by_channel.entry(one.channel).or_default().push(one);
    }
    let mut table = Rows::new([
        text("Left in"),
        number("Carts"),
        number("Taken up again"),
        number("Bought there later"),
        number("Bought elsewhere later"),
        number("Share"),
        number("Median time"),
        text("Where"),
    ]);
    for (channel, carts) in by_channel {
        let mut places: BTreeMap<&str, u64> = BTreeMap::new();
        let mut times = Vec::new();
        let mut same = 0_u64;
        for (place, took) in carts.iter().filter_map(|one| one.bought) {
            if place == channel {
                same += 1;
            } else {
                *places.entry(place).or_default() += 1;
                times.push(took);
            }
        }
        times.sort_unstable();
        let other = u64::try_from(times.len())?;
        let middle = times.len().checked_sub(1).and_then(|last| times.get(last / 2));
        let places: Vec<String> = places
            .iter()
            .map(|(place, count)| format!("{} {}", words::quoted(place), words::count(*count)))
            .collect();
        table.row([
            words::quoted(channel),
            words::count(carts.len()),
            words::count(carts.iter().filter(|one| one.resumed).count()),
            words::count(same),
            words::count(other),
            percent(other, u64::try_from(carts.len())?),
            middle.map_or_else(String::new, |millis| duration(*millis)),
            places.join(", "),
        ]);
    }
    page.table(&table.page())?;
    report.table("Carts that were left", &reading, &table);
    Ok(())
}
