//! Carts that were left, and which of them were bought elsewhere later.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use throughline::event::CartAction;
use throughline::journey::{Closed, Effect, Sequel, ThreadAct, ThreadRules, abandonments};
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::day::{CartStep, Day};
use crate::page::Page;
use crate::report::{Report, Rows, duration, number, percent, text};
use crate::words;

/// A cart that was left.
struct Left<'a> {
    channel: String,
    /// Where and how much later it, or something of it, was bought.
    bought: Option<(&'a str, i64)>,
    /// Whether somebody went on with it without buying.
    resumed: bool,
}

/// The carts of a customer that nobody touched for an hour after something was put in. An order ends its own cart, and any
/// other one that holds some of the same goods.
fn left<'a>(steps: &'a [CartStep], rules: &ThreadRules, end: DateTime<Utc>) -> Vec<Left<'a>> {
    let mut inside: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut acts: Vec<ThreadAct> = Vec::new();
    let mut sales: Vec<(&str, DateTime<Utc>, &str)> = Vec::new();
    for cart in steps.iter().filter(|step| step.order.time <= end) {
        // A source that names no cart has one for each channel.
        let own = cart.id.as_deref().unwrap_or(&cart.channel);
        let act = |object: &str, effect| ThreadAct { object: object.into(), effect, ..cart.act.clone() };
        let skus: BTreeSet<&str> = cart.skus.iter().map(String::as_str).collect();
        let mut effect = cart.act.effect;
        match cart.action {
            CartAction::Completed => {
                inside.retain(|&id, goods| {
                    let sold = id == own || !goods.is_disjoint(&skus);
                    if sold {
                        acts.push(act(id, effect));
                        sales.push((id, cart.order.time, &cart.channel));
                    }
                    !sold
                });
                continue;
            }
            CartAction::Emptied | CartAction::Cancelled => {
                inside.remove(own);
            }
            CartAction::Removed => {
                let goods = inside.entry(own).or_default();
                goods.retain(|sku| !skus.contains(sku));
                if goods.is_empty() {
                    effect = Effect::Closed(Closed::Emptied);
                    inside.remove(own);
                }
            }
            _ => inside.entry(own).or_default().extend(&skus),
        }
        acts.push(act(own, effect));
    }
    // Which orders end which carts was found out above, by their goods.
    let episodes = abandonments(&acts, &[], rules, end);
    let left = episodes.into_iter().map(|episode| {
        let sale = sales.iter().find(|(id, at, _)| **id == *episode.object && *at > episode.last);
        Left {
            channel: words::channel(&episode.channel),
            bought: sale.map(|(_, at, channel)| (*channel, (*at - episode.last).num_milliseconds())),
            resumed: matches!(episode.then, Some((Sequel::Resumed, _))),
        }
    });
    left.collect()
}

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("Carts that were left")?;
    // A device's clock may be years ahead: the day ends with the last event that half an hour's company has.
    let mut times: Vec<DateTime<Utc>> = day.carts.iter().flatten().map(|step| step.order.time).collect();
    times.sort_unstable();
    let near = |pair: &&[DateTime<Utc>]| matches!(pair, [a, b] if *b - *a < TimeDelta::minutes(30));
    let end = times.windows(2).filter(near).filter_map(<[_]>::last).max().or(times.last());
    let end = end.copied().unwrap_or_default();
    let rules = ThreadRules::retail();
    let all: Vec<Left<'_>> = day.carts.iter().flat_map(|steps| left(steps, &rules, end)).collect();
    let elsewhere =
        all.iter().filter(|one| one.bought.is_some_and(|(channel, _)| channel != one.channel)).count();
    let here = all.iter().filter(|one| one.bought.is_some_and(|(channel, _)| channel == one.channel)).count();
    let reading = format!(
        "{} carts were touched by nobody for more than an hour with something in them. {} of them were bought later in the \
         same channel, in whole or in part, and {} in another one: reminding those customers would only annoy them.",
        words::count(all.len()),
        words::count(here),
        words::count(elsewhere)
    );
    page.paragraph(&reading)?;
    let mut by_channel: BTreeMap<&str, Vec<&Left<'_>>> = BTreeMap::new();
    for one in &all {
        by_channel.entry(&one.channel).or_default().push(one);
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
