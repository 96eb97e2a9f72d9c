//! The order, from the cart until she has it.

use std::collections::BTreeMap;
use std::error::Error;

use throughline::hub::{CommandKey, OrderActed, OrderRequest, PlaceOutcome};
use throughline::ids::OrderId;
use throughline::keyed::Pepper;
use throughline::stock::LocationId;
use throughline::stock::order::{
    HandOverCode, Intent, IntentKind, NewParcel, OrderAct, OrderRefusal, OrderedLine, Resolution,
};
use throughline::stock::reservation::Terms;
use throughline::stock::routing::{RouteRequest, RouteSettings, Routed, Supplier};

use crate::look::Promises;
use crate::page::{Page, Table, number, text};
use crate::town::{BAZAAR, CARPET, DEPOT, LAMP, METRO, SAMOVAR, TAJRISH, Town, VANAK, location, sku};
use crate::words;

/// The log that is printed.
struct Log<'t> {
    town: &'t Town,
    order: OrderId,
    table: Table,
    told: Vec<String>,
    steps: usize,
}

const fn name(kind: IntentKind) -> &'static str {
    match kind {
        IntentKind::Confirmation => "confirmation, with the promise",
        IntentKind::PaymentRetry => "pay again",
        IntentKind::Choice => "one is missing: wait, something else, or without it?",
        IntentKind::Ready => "it waits for you, with the code",
        IntentKind::PickupReminder => "it waits until tonight",
        IntentKind::PickupExpired => "it was put back",
        IntentKind::Tracking => "it is on its way",
        IntentKind::OutForDelivery => "it comes today",
        IntentKind::Delivered => "it has arrived",
        IntentKind::Receipt => "receipt",
        IntentKind::Review => "how was it? (in three days)",
        IntentKind::Delay => "it comes later",
        IntentKind::Lost => "it was lost; the money comes back",
        IntentKind::CameBack => "it came back to us; the money comes back",
        IntentKind::ReturnLabel => "how to give it back",
        IntentKind::ReturnReceipt => "we have it back",
        IntentKind::Refunded => "the money is on its way",
        IntentKind::Cancellation => "cancelled",
    }
}

impl Log<'_> {
    fn tell(&mut self, when: &str, what: &str, intents: &[Intent]) {
        let told: Vec<&str> = intents.iter().map(|intent| name(intent.kind)).collect();
        self.told.extend(intents.iter().map(|intent| intent.key.clone()));
        self.table.row([when, what, &told.join("; ")]);
    }

    fn act(&mut self, time: &str, what: &str, act: &OrderAct) -> Result<(), Box<dyn Error>> {
        let town = self.town;
        let now = town.at(time)?;
        self.steps += 1;
        let command = CommandKey::new(&format!("step-{}", self.steps));
        let once = |command: &CommandKey| town.hub.order_act(command, self.order, act, &town.terms());
        let done = once(&command)?;
        if !done.is_done() {
            return Err(format!("{what}: {done:?}").into());
        }
        // The same report under another key, as a carrier or an impatient system sends it: nothing is told again.
        let again = once(&CommandKey::new(&format!("step-{}/again", self.steps)))?;
        if !again.intents().is_empty() {
            return Err(format!("{what} was told twice").into());
        }
        self.tell(&town.wall(now), what, done.intents());
        Ok(())
    }
}

/// Who can send one samovar by then, at what it costs.
fn elsewhere(town: &Town) -> Result<LocationId, Box<dyn Error>> {
    let supplier = |at, shipping| {
        Ok::<_, Box<dyn Error>>(Supplier {
            location: location(at)?,
            stock: BTreeMap::new(),
            shipping,
            handling: 0,
            markdown: BTreeMap::new(),
            arrives: None,
            load: 0,
        })
    };
    // The bazaar is cheaper, and has only the one that stays on show.
    let suppliers = vec![supplier(VANAK, 900_000)?, supplier(BAZAAR, 600_000)?];
    let request = RouteRequest { demand: BTreeMap::from([(sku(SAMOVAR)?, 1)]), suppliers, promised: None };
    let terms = Terms { safety: Some(&town.safety), ..Terms::default() };
    let Ok(Routed::Routed(found)) = town.hub.route_order(&request, &RouteSettings::default(), &terms)? else {
        return Err("nobody has a samovar".into());
    };
    Ok(found.parcels.first().ok_or("nobody sends it")?.location.clone())
}

pub(crate) fn show(page: &mut Page, town: &Town, promises: &Promises) -> Result<OrderId, Box<dyn Error>> {
    page.section("The order, state by state")?;
    let line = |of, units| Ok::<_, Box<dyn Error>>(OrderedLine { sku: sku(of)?, units, cancelled: 0 });
    let lines = [line(SAMOVAR, 2)?, line(LAMP, 1)?, line(CARPET, 1)?];
    let parcels = [
        NewParcel {
            from: location(TAJRISH)?,
            pick_up: Some(location(TAJRISH)?),
            units: vec![(0, 2)],
            promise: Some(promises.shop.clone()),
        },
        NewParcel {
            from: location(DEPOT)?,
            pick_up: Some(location(METRO)?),
            units: vec![(1, 1)],
            promise: Some(promises.point.clone()),
        },
        NewParcel {
            from: location(DEPOT)?,
            pick_up: None,
            units: vec![(2, 1)],
            promise: Some(promises.office.clone()),
        },
    ];
    let now = town.at("2026-05-06T14:52:00+03:30")?;
    let request = OrderRequest {
        number: "4711",
        who: Some(&town.leila),
        lines: &lines,
        parcels: &parcels,
        held: Some(&promises.cart),
        exchange_of: None,
        backorder: false,
        pay_by: None,
    };
    let placed = town.hub.place_order(&CommandKey::new("checkout-4711"), &request, &town.terms())?;
    let PlaceOutcome::Placed { id, intents } = placed else { return Err("the order was refused".into()) };
    let table = Table::new([text("When"), text("What happens"), text("What she is told")]);
    let mut log = Log { town, order: id, table, told: Vec::new(), steps: 0 };
    log.tell(&town.wall(now), "placed, under what her cart held", &intents);
    log.act("2026-05-06T14:53:00+03:30", "paid", &OrderAct::Paid)?;
    let short = OrderAct::Short { parcel: 0, line: 0, units: 1 };
    log.act("2026-05-06T15:30:00+03:30", "one samovar is not found in Tajrish", &short)?;
    let how = Resolution::Wait {
        from: elsewhere(town)?,
        pick_up: Some(location(TAJRISH)?),
        promise: Some(promises.point.clone()),
    };
    let wait = OrderAct::Resolve { parcel: 0, line: 0, how };
    log.act("2026-05-06T15:40:00+03:30", "she waits: it comes from Vanak", &wait)?;
    let packed = OrderAct::Packed { parcel: 0, at: location(TAJRISH)?, units: vec![(0, 1)] };
    log.act("2026-05-06T16:30:00+03:30", "the first samovar is packed", &packed)?;
    log.act("2026-05-06T17:05:00+03:30", "the carrier has the lamp", &OrderAct::Shipped { parcel: 1 })?;
    log.act("2026-05-06T17:05:00+03:30", "the carrier has the carpet", &OrderAct::Shipped { parcel: 2 })?;
    log.act("2026-05-07T09:10:00+03:30", "Vanak sends the samovar", &OrderAct::Shipped { parcel: 3 })?;
    log.act("2026-05-07T11:20:00+03:30", "the carpet is at her office", &OrderAct::Delivered { parcel: 2 })?;
    log.act(
        "2026-05-07T11:40:00+03:30",
        "a late report: out for delivery",
        &OrderAct::OutForDelivery { parcel: 2 },
    )?;
    let arrived = OrderAct::Arrived { parcel: 1, at: location(METRO)? };
    log.act("2026-05-07T13:00:00+03:30", "the lamp is at the pick-up point", &arrived)?;
    let arrived = OrderAct::Arrived { parcel: 3, at: location(TAJRISH)? };
    log.act("2026-05-07T15:00:00+03:30", "the second samovar is in Tajrish", &arrived)?;
    collect(&mut log)?;
    let Log { table, mut told, .. } = log;
    page.table(&table)?;
    let all = told.len();
    told.sort_unstable();
    told.dedup();
    if told.len() != all {
        return Err("something was told twice".into());
    }
    page.paragraph(&format!(
        "{} messages, each once, though every report came twice and one came late.",
        words::count(all)
    ))?;
    let (from, until) = ("2026-05-06".parse()?, "2026-05-16".parse()?);
    for at in [TAJRISH, DEPOT] {
        let score = town.hub.promises_kept(&location(at)?, from, until)?;
        page.paragraph(&format!(
            "Promises of {}: {} kept, {} broken.",
            words::quoted(at),
            words::count(score.kept),
            words::count(score.broken)
        ))?;
    }
    shelves(page, town)?;
    Ok(id)
}

/// She comes for it, with a code; once it is read out wrong.
fn collect(log: &mut Log<'_>) -> Result<(), Box<dyn Error>> {
    let town = log.town;
    let pepper = Pepper::new(b"a secret for the example");
    let now = town.at("2026-05-07T17:20:00+03:30")?;
    let wrong = {
        let command = CommandKey::new("till-wrong");
        town.hub.hand_over(&command, log.order, 0, Some("۱۲۳۴۵۶"), &town.terms())?
    };
    if wrong != (OrderActed::Refused { why: OrderRefusal::WrongCode }) {
        return Err("a wrong code was taken".into());
    }
    log.tell(&town.wall(now), "in Tajrish: a wrong code, nothing is handed over", &[]);
    for (parcel, what) in
        [(0, "in Tajrish: the first samovar"), (3, "and the second"), (1, "at the metro: the lamp")]
    {
        let code = HandOverCode::of(&pepper, log.order, parcel);
        let give = |name: &str| {
            let command = CommandKey::new(&format!("till-{parcel}{name}"));
            town.hub.hand_over(&command, log.order, parcel, Some(code.reveal()), &town.terms())
        };
        let done = give("")?;
        if !done.is_done() {
            return Err(format!("{what}: {done:?}").into());
        }
        let again = give("/again")?;
        if !again.intents().is_empty() {
            return Err("a parcel was handed over twice".into());
        }
        log.tell(&town.wall(now), what, done.intents());
    }
    Ok(())
}

/// What is on the shelves.
pub(crate) fn shelves(page: &mut Page, town: &Town) -> Result<(), Box<dyn Error>> {
    let mut table = Table::new([
        text("Product"),
        text("Where"),
        number("On hand"),
        number("Promised"),
        number("For sale"),
    ]);
    for of in [SAMOVAR, LAMP, CARPET] {
        for answer in town.hub.stock_everywhere(&sku(of)?, &Terms::default())? {
            table.row([
                of.to_owned(),
                answer.place.location.as_str().to_owned(),
                words::count(answer.level.on_hand),
                words::count(answer.level.allocated),
                words::count(answer.available.units),
            ]);
        }
    }
    page.table(&table)?;
    Ok(())
}
