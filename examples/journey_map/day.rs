//! From a day of events to the answers of the library, and the carts of each customer.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use throughline::calendar::Zone;
use throughline::channel::Channel;
use throughline::event::{CartAction, Event, OrderKey, import_lines};
use throughline::hub::{JourneySettings, Outcome, Who};
use throughline::ids::RecordId;
use throughline::journey::ThreadAct;
use throughline::journey::reading::{
    ChannelRule, FunnelRules, JourneyReports, JourneyRules, TallySettings, Which,
};
use throughline::money::Currency;

use crate::page::{Page, Table, number, text};
use crate::report::Report;
use crate::shop::Shop;
use crate::words;

/// Events that are stored as one unit.
const BATCH: usize = 1_000;
/// The steps from looking to buying.
pub(crate) const STEPS: [&str; 4] =
    ["Product Viewed", "Product Added", "Checkout Started", "Order Completed"];

/// What was done to a cart.
pub(crate) struct CartStep {
    pub(crate) order: OrderKey,
    pub(crate) channel: String,
    pub(crate) id: Option<String>,
    pub(crate) action: CartAction,
    pub(crate) skus: BTreeSet<String>,
    /// What that does to a cart, as the library sees it; whose cart it is, is still to be found out.
    pub(crate) act: ThreadAct,
}

/// The day.
pub(crate) struct Day {
    /// What the library says about all journeys.
    pub(crate) reports: JourneyReports,
    /// What each customer did to carts, in the total order of events.
    pub(crate) carts: Vec<Vec<CartStep>>,
    events: u64,
    again: u64,
    refused: u64,
}

/// Which events are touches, and what they are worth: the rules of retail, with a name for each channel.
fn rules() -> Result<JourneyRules, Box<dyn Error>> {
    let named = |channel: &Channel| ChannelRule {
        which: Which { channels: [channel.clone()].into(), ..Which::default() },
        channel: words::channel(channel).into(),
    };
    Ok(JourneyRules {
        channels: Channel::KNOWN.iter().map(named).collect(),
        ..JourneyRules::retail(Currency::parse("EUR")?)
    })
}

/// Reads the day, has the hub find out who is who, and asks it everything.
pub(crate) fn take_in(shop: &Shop, path: &Path) -> Result<Day, Box<dyn Error>> {
    let reader = open(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let (mut events, mut again, mut refused) = (0, 0, 0);
    let mut batch: Vec<Event> = Vec::with_capacity(BATCH);
    let mut signals: Vec<(RecordId, CartStep)> = Vec::new();
    let mut record = |batch: &mut Vec<Event>| -> Result<(), Box<dyn Error>> {
        let recorded = shop.hub.record_all(batch)?;
        for (event, recorded) in batch.drain(..).zip(recorded) {
            match recorded.outcome {
                Outcome::First => {
                    events += 1;
                    signals.extend(cart_step(&event).map(|step| (recorded.record, step)));
                }
                _ => again += 1,
            }
        }
        Ok(())
    };
    for line in import_lines(reader, &shop.hub.import()) {
        match line.result {
            Ok(event) => batch.push(event),
            Err(_) => refused += 1,
        }
        if batch.len() == BATCH {
            record(&mut batch)?;
        }
    }
    record(&mut batch)?;
    if events == 0 {
        return Err(format!("`{}` holds no event", path.display()).into());
    }
    let settings = TallySettings {
        funnels: vec![FunnelRules::ordered("purchase", STEPS, 86_400)],
        ..TallySettings::retail()
    };
    let rules = rules()?.compile()?;
    let reports = shop.hub.journey_reports(&rules, &JourneySettings::retail(), &Zone::utc(), settings)??;
    Ok(Day { reports, carts: carts(shop, signals)?, events, again, refused })
}

/// What was done to carts, by customer.
fn carts(shop: &Shop, signals: Vec<(RecordId, CartStep)>) -> Result<Vec<Vec<CartStep>>, Box<dyn Error>> {
    let mut owners = BTreeMap::new();
    let mut carts: BTreeMap<String, Vec<CartStep>> = BTreeMap::new();
    for (record, step) in signals {
        let owner = match owners.get(&record) {
            Some(owner) => Clone::clone(owner),
            None => {
                let profile = shop.hub.profile(&Who::from(record))?;
                let owner = profile.map_or_else(|| record.to_string(), |profile| profile.id.to_string());
                owners.insert(record, owner.clone());
                owner
            }
        };
        carts.entry(owner).or_default().push(step);
    }
    let mut carts: Vec<Vec<CartStep>> = carts.into_values().collect();
    carts.iter_mut().for_each(|steps| steps.sort_by(|a, b| a.order.cmp(&b.order)));
    Ok(carts)
}

fn cart_step(event: &Event) -> Option<CartStep> {
    let (cart, act) = event.cart().zip(ThreadAct::of_cart(event, ""))?;
    Some(CartStep {
        order: event.order_key(),
        channel: words::channel(event.channel()),
        id: cart.cart_id().map(str::to_owned),
        action: cart.action(),
        skus: cart.lines().filter_map(|line| line.sku.or(line.product_id)).map(str::to_owned).collect(),
        act,
    })
}

/// A plain file, or one compressed by gzip.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let compressed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if compressed {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    })
}

pub(crate) fn show(page: &mut Page, report: &mut Report, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("What came in")?;
    let counts = &day.reports.counts;
    let rows = [
        (day.events, "events, each once"),
        (day.again, "that came again or under an id that was taken, left out"),
        (day.refused, "broken lines, refused"),
        (counts.customers, "customers, known by name or not"),
        (counts.left_out, "customers who refused to be looked at, left out from here on"),
        (counts.touchpoints, "touchpoints of the others"),
        (counts.converted, "customers who bought"),
        (counts.foreign, "orders in another currency than the euro: counted, without value"),
        (counts.refunds_unknown, "refunds of orders of other days: a touchpoint, without value"),
    ];
    let mut table = Table::new([number("Number"), text("Of what")]);
    for (count, what) in rows {
        table.row([words::count(count), what.to_owned()]);
    }
    page.table(&table)?;
    let told = rows.iter().filter(|(count, _)| *count > 0);
    report.tiles(&told.map(|(count, what)| (words::count(*count), *what)).collect::<Vec<_>>());
    Ok(())
}
