//! A level is reached, kept and lost.

use std::error::Error;

use throughline::calendar::DateFormat;
use throughline::hub::Deed;
use throughline::wallet::tier::{Tier, TierRules};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("A level is reached, kept and lost")?;
    let clara = shop.customer("Clara")?;
    let tier = |name: &str, from| Tier { name: name.to_owned(), from };
    let rules = TierRules::retail(vec![tier("silver", 500), tier("gold", 1_500)]);
    rules.check()?;
    let mut table = Table::new([
        text("Day"),
        text("What happens"),
        number("Points of a year"),
        text("Level"),
        text("Until"),
        text("Next"),
    ]);
    for (day, what, points) in [
        ("2027-08-02", "earns 450", 450),
        ("2027-09-10", "earns 300", 300),
        ("2027-12-18", "earns 900", 900),
        ("2028-08-01", "earns 100", 100),
        ("2028-12-31", "the last day of gold", 0),
        ("2029-01-15", "in the days of grace", 0),
        ("2029-02-01", "one step down", 0),
        ("2030-03-05", "a year later, below the first", 0),
    ] {
        shop.at(&format!("{day}T12:00:00Z"))?;
        if points > 0 {
            let earn = Deed::Earn { to: &clara.who, programme: &shop.club, points, from: None, until: None };
            shop.done(&format!("earn {day}"), "points", earn)?;
        }
        let standing = shop.hub.tier(&clara.who, &shop.club, &rules, &shop.zone)?.ok_or("she is gone")?;
        table.row([
            day.to_owned(),
            what.to_owned(),
            standing.points.to_string(),
            standing.tier.unwrap_or_else(|| "-".to_owned()),
            standing.until.map_or_else(String::new, |until| DateFormat::of(clara.language).format(until)),
            standing
                .next
                .map_or_else(String::new, |(name, missing)| format!("{} to {name}", words::count(missing))),
        ]);
    }
    page.table(&table)?;
    page.paragraph(
        "A level counts the points of the last 365 days and lasts a year from the day on which it was reached, to the end of that \
         month, with 30 days of grace. Whoever does not reach it again goes one step down.",
    )?;
    Ok(())
}
