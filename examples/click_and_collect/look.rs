//! She looks, and is promised.

use std::error::Error;

use throughline::hub::StockInquiry;
use throughline::stock::ReservationKey;
use throughline::stock::promise::{Destination, Promise, Way, deliver, pickup};
use throughline::stock::reservation::{Line, StockAct, Terms};
use throughline::time::TimeDelta;

use crate::page::{Page, Table, number, text};
use crate::town::{BAZAAR, CARPET, DEPOT, LAMP, METRO, SAMOVAR, TAJRISH, Town, VANAK, location, place, sku};
use crate::words;

/// What she was promised: in the shop, at the pick-up point, at her office.
pub(crate) struct Promises {
    pub(crate) shop: Promise,
    pub(crate) point: Promise,
    pub(crate) office: Promise,
    pub(crate) cart: ReservationKey,
}

fn near(page: &mut Page, town: &Town) -> Result<(), Box<dyn Error>> {
    let terms = Terms { safety: Some(&town.safety), ..Terms::default() };
    let locations = [location(TAJRISH)?, location(VANAK)?, location(BAZAAR)?];
    let skus = [sku(SAMOVAR)?];
    let asked = StockInquiry { skus: &skus, locations: &locations, terms: &terms, at: None };
    let mut table = Table::new([text("Shop"), number("On hand"), number("Held"), number("For sale")]);
    for answer in town.hub.stock_at(&asked)? {
        table.row([
            answer.place.location.as_str().to_owned(),
            words::count(answer.level.on_hand),
            words::count(answer.level.reserved),
            words::count(answer.available.units),
        ]);
    }
    page.table(&table)?;
    Ok(())
}

pub(crate) fn show(page: &mut Page, town: &Town) -> Result<Promises, Box<dyn Error>> {
    page.section("What is near her")?;
    let now = town.at(crate::town::NOW)?;
    page.paragraph(&format!("On the web, {}: where is the samovar?", town.wall(now)))?;
    near(page, town)?;
    let shop = pickup(&town.preparation, &town.zone, now).map_err(|_| "the shop never opens")?;
    let carrier = Town::carrier()?;
    let point = Destination {
        way: Way::PickupPoint,
        zone: &town.zone,
        hours: Some(&town.preparation.hours),
        keep_days: 3,
    };
    let office = Destination { way: Way::Work, zone: &town.zone, hours: None, keep_days: 0 };
    let no = |_| "nothing can be promised";
    let point = deliver(&town.preparation, &town.zone, &carrier, &point, now).map_err(no)?;
    let office = deliver(&town.preparation, &town.zone, &carrier, &office, now).map_err(no)?;

    let cart = ReservationKey::parse("cart-leila-7")?;
    let until = now + TimeDelta::minutes(15);
    let reserve = StockAct::Reserve {
        lines: vec![
            Line::new(place(TAJRISH, SAMOVAR)?, 2),
            Line::new(place(DEPOT, LAMP)?, 1),
            Line::new(place(DEPOT, CARPET)?, 1),
        ],
        until: Some(until),
        backorder: false,
    };
    let held = town.hub.act_on_stock(&cart, &reserve, &Terms::default())?;
    if !held.is_accepted() {
        return Err("the goods are there, and were refused".into());
    }
    page.paragraph(&format!(
        "She puts two into her cart, a lamp and a carpet with them. All of it is held for her until {}, in three places at once \
         or not at all.",
        town.wall(until)
    ))?;
    near(page, town)?;
    let more = StockAct::Reserve {
        lines: vec![Line::new(place(TAJRISH, SAMOVAR)?, 2)],
        until: None,
        backorder: false,
    };
    let other = town.hub.act_on_stock(&ReservationKey::parse("cart-other")?, &more, &Terms::default())?;
    if other.is_accepted() {
        return Err("the same samovar was promised to two people".into());
    }
    page.paragraph("Somebody else wants two in the same shop at that moment, and is refused.")?;

    page.section("What she is promised")?;
    let mut table = Table::new([
        text("What"),
        text("Where"),
        text("From"),
        text("By"),
        text("Waits until"),
        text("Label"),
    ]);
    for (what, to, promise) in
        [(SAMOVAR, TAJRISH, &shop), (LAMP, METRO, &point), (CARPET, "her office", &office)]
    {
        table.row([
            what.to_owned(),
            to.to_owned(),
            town.wall(promise.from),
            town.wall(promise.by),
            promise.until.map_or_else(String::new, |until| town.wall(until)),
            promise.label.clone().into_owned(),
        ]);
    }
    page.table(&table)?;
    Ok(Promises { shop, point, office, cart })
}
