//! The same again, every other week.

use std::error::Error;

use throughline::hub::{
    CommandKey, RenewOutcome, RenewRequest, RepeatDays, RepeatOutcome, RepeatRequest, RepeatedLine, RetryRule,
};
use throughline::stock::order::{Every, NewParcel, Subscription};

use crate::page::Page;
use crate::town::{DEPOT, TEA, Town, location, sku};
use crate::words;

pub(crate) fn show(page: &mut Page, town: &Town) -> Result<(), Box<dyn Error>> {
    page.section("The same again, every other week")?;
    town.at("2026-05-07T18:30:00+03:30")?;
    let lines = [RepeatedLine { sku: sku(TEA)?, units: 2 }];
    // A Friday.
    let plan = Subscription {
        first: "2026-05-08".parse()?,
        every: Every::Days { days: 14 },
        skipped: std::collections::BTreeSet::new(),
        paused_until: None,
        last: None,
    };
    let request = RepeatRequest { number: "tea-leila-7", who: Some(&town.leila), lines: &lines, plan: &plan };
    let days = RepeatDays { open: &town.preparation.hours, zone: &town.zone };
    let begun = town.hub.subscribe_order(&CommandKey::new("subscribe-tea"), &request, &days)?;
    let RepeatOutcome::Stands { next: Some(first) } = begun else { return Err(format!("{begun:?}").into()) };
    let now = town.at("2026-05-09T00:05:00+03:30")?;
    let due = town.hub.subscriptions_due(now, 10)?;
    let [due] = due.as_slice() else { return Err("one is due".into()) };
    let parcels = [NewParcel { from: location(DEPOT)?, pick_up: None, units: vec![(0, 2)], promise: None }];
    let renew = RenewRequest {
        number: &due.number,
        date: due.date,
        parcels: &parcels,
        backorder: false,
        pay_by: None,
        retry: RetryRule::retail(),
    };
    let placed = town.hub.renew_order(&renew, &days, &town.terms())?;
    // The answer was lost on the way: the same again.
    if town.hub.renew_order(&renew, &days, &town.terms())? != placed {
        return Err("one date brought two orders".into());
    }
    let RenewOutcome::Placed { intents, next: Some(next), .. } = placed else {
        return Err(format!("{placed:?}").into());
    };
    if !town.hub.subscriptions_due(now, 10)?.is_empty()
        || town.hub.orders_of(&town.leila)?.map(|all| all.len()) != Some(2)
    {
        return Err("the repeat order is due still, or was placed twice".into());
    }
    let date = |date: throughline::time::NaiveDate| date.format("%a %-d %b").to_string();
    page.paragraph(&format!(
        "Tea every 14 days from Friday, 8 May, on: the shop is closed on Friday, so it comes on {}, and then on {}. It is placed \
         once though it was asked for twice, and tells her once ({} message).",
        date(first),
        date(next),
        words::count(intents.len())
    ))?;
    Ok(())
}
