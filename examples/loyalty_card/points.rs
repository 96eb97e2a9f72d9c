//! Points that wait, count, run out and come back.

use std::error::Error;

use throughline::hub::{Deed, UnitHeld};
use throughline::wallet::Unit;
use throughline::wallet::period::{Cycle, PeriodRule, Reckoning, Span};
use throughline::wallet::points::{EarnRules, ReturnPolicy, ReturnedPoints};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

pub(crate) fn show(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    page.section("Points that wait, count, run out and come back")?;
    let layla = shop.customer("ليلى")?;
    // A point for each euro, after two weeks, for six months and to the end of that month.
    let rules = EarnRules {
        pending_days: 14,
        lasts: Some(PeriodRule { after: Some(Span::Months(6)), ..PeriodRule::end_of(Cycle::Month) }),
        ..EarnRules::one_per(shop.money("1.00")?)
    };
    let points = Unit::Points(shop.club.clone());
    let mut table = Table::new([
        text("Day"),
        text("What happens"),
        number("Points"),
        text("Answer"),
        number("Waiting"),
        number("Can be spent"),
        text("Next to run out"),
    ]);
    let earn = |at: &str, paid: &str| -> Result<Deed<'_>, Box<dyn Error>> {
        let at = at.parse()?;
        let (from, until) = rules.window(at, &shop.zone);
        let points = rules.points(shop.money(paid)?, None)?;
        Ok(Deed::Earn { to: &layla.who, programme: &shop.club, points, from: Some(from), until })
    };
    let spend = |points| Deed::Spend {
        by: throughline::hub::Payer::Customer(&layla.who),
        programme: &shop.club,
        points,
    };
    let give = |of: &str, points| Deed::GiveBack { of: shop.id(of), points, how: ReturnedPoints::TimeLeft };
    let take = |of: &str, points, policy| Deed::TakeBack { of: shop.id(of), points, policy };
    let steps = [
        ("2026-11-23", "buys for 120.80", "earn-1", earn("2026-11-23T12:00:00Z", "120.80")?, 120),
        ("2026-11-24", "wants to spend at once", "spend-0", spend(50), -50),
        ("2026-12-07", "two weeks later", "spend-1", spend(50), -50),
        ("2026-12-20", "buys for 80.00", "earn-2", earn("2026-12-20T12:00:00Z", "80.00")?, 80),
        ("2026-12-21", "half of it comes back", "take-1", take("earn-2", 40, ReturnPolicy::OnlyPending), -40),
        ("2027-02-01", "spends: what ends first", "spend-2", spend(80), -80),
        ("2027-05-31", "that purchase comes back", "give-1", give("spend-2", 80), 80),
        ("2027-06-01", "wants more than there is", "spend-3", spend(200), -200),
        ("2027-08-01", "spends of what came back", "spend-4", spend(41), -41),
    ];
    for (day, what, id, deed, moves) in steps {
        shop.at(&format!("{day}T12:00:00Z"))?;
        let outcome = shop.act(id, "points", deed)?;
        let held = shop.hub.wallet(&layla.who)?.ok_or("she is gone")?;
        let held = held.of(&points);
        let end = held.and_then(|held| held.accounts.first()).and_then(|account| account.points?.next_end);
        table.row([
            day.to_owned(),
            what.to_owned(),
            format!("{moves:+}"),
            shop.answer(&outcome),
            held.map_or(0, UnitHeld::pending).to_string(),
            held.map_or(0, UnitHeld::available).to_string(),
            end.map_or_else(String::new, |(at, points)| {
                let last = shop.zone.local(at).0.pred_opt().unwrap_or_default();
                format!("{} after {last}", words::plural(usize::try_from(points).unwrap_or(0), "point"))
            }),
        ]);
    }
    page.table(&table)?;
    page.paragraph(&format!(
        "{} never loses a point twice: a spend remembers which lot it took from, so what ends takes only what is left of it. What \
         comes back with returned goods has as much time again as it had when it was spent.",
        words::quoted(layla.name)
    ))?;
    iranian(page, shop)
}

/// The same rule by another calendar.
fn iranian(page: &mut Page, shop: &Shop) -> Result<(), Box<dyn Error>> {
    let rule = PeriodRule { reckoning: Reckoning::Iranian, ..PeriodRule::end_of(Cycle::Year) };
    let last = rule.last_day("2026-11-23".parse()?).ok_or("no such day")?;
    let shown = throughline::calendar::DateFormat::of("fa").format(last);
    page.paragraph(&format!(
        "In Tehran the year ends in March: points of 23 November that last to the end of the year count until {last}, which {} \
         reads as {}.",
        words::quoted(shop.customer("سارا")?.name),
        words::quoted(&shown)
    ))?;
    Ok(())
}
