//! From a day of events to customers with their touchpoints.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use throughline::channel::Channel;
use throughline::event::{Attribute, CartAction, Event, EventKind, OrderKey, import_lines};
use throughline::hub::{Outcome, Who};
use throughline::ids::RecordId;
use throughline::journey::paths::{AliasRule, AliasRules, Aliases, Conversion, Touch};
use throughline::journey::{Feedback, Question, ThreadAct, Touchpoint, Work};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::time::{DateTime, Utc};

use crate::page::{Page, Table, number, text};
use crate::report::Report;
use crate::shop::Shop;
use crate::words;

/// Events that are stored as one unit.
const BATCH: usize = 1_000;

/// What was done to a cart.
pub(crate) struct CartStep {
    pub(crate) id: Option<String>,
    pub(crate) action: CartAction,
    pub(crate) skus: BTreeSet<String>,
    /// What that does to a cart, as the library sees it; whose cart it is, is still to be found out.
    pub(crate) act: ThreadAct,
}

/// One event of a customer.
pub(crate) struct Step {
    pub(crate) order: OrderKey,
    pub(crate) channel: String,
    /// The name of the touchpoint.
    pub(crate) name: String,
    /// Whether it is one; signing in, consent and the like are not.
    pub(crate) shown: bool,
    pub(crate) cart: Option<CartStep>,
    /// What an order or a refund is worth, in cents.
    value_minor: Option<i64>,
    /// The order that it is about.
    order_id: Option<String>,
    feedback: Option<Feedback>,
    /// Whether the channel had to know who it is, and knew without asking.
    known: Option<bool>,
}

/// One customer's day, in the total order of events.
pub(crate) struct Customer {
    pub(crate) steps: Vec<Step>,
}

/// All customers of the day, by their first event.
pub(crate) struct Day {
    pub(crate) customers: Vec<Customer>,
    events: u64,
    again: u64,
    refused: u64,
    foreign: u64,
    refunds_unknown: u64,
    /// By order: when it was paid back, and how much, below zero.
    refunds: BTreeMap<String, (DateTime<Utc>, i64)>,
}

impl Step {
    pub(crate) fn is_order(&self) -> bool {
        self.name == "Order Completed"
    }

    pub(crate) fn is_refund(&self) -> bool {
        self.name == "Order Refunded"
    }

    /// As the library sees it.
    pub(crate) fn touchpoint(&self) -> Touchpoint<'_> {
        let work = self.cart.as_ref().and_then(|cart| {
            let ends =
                matches!(cart.action, CartAction::Completed | CartAction::Emptied | CartAction::Cancelled);
            Some(Work { object: cart.id.as_deref()?, ends })
        });
        Touchpoint {
            feedback: self.feedback,
            work,
            question: self.known.map(|known| Question { topic: "who is it", known }),
            ..Touchpoint::new(&self.order, &self.channel, &self.name)
        }
    }
}

impl Customer {
    /// The touchpoints, in order.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.shown)
    }

    /// The same and signing out, which ends a day well.
    pub(crate) fn shown_to_the_end(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.shown || step.name == "Signed Out")
    }

    pub(crate) fn buys(&self) -> bool {
        self.steps.iter().any(Step::is_order)
    }

    /// What the channels did before orders: touches of attribution.
    pub(crate) fn touches(&self) -> Vec<Touch<'_>> {
        let before = self.shown().filter(|step| !step.is_order() && !step.is_refund());
        let touch = |step: &'_ Step| (step.order.time, step.name == "Product Added");
        before
            .map(|step| {
                let (at, key) = touch(step);
                Touch { channel: &step.channel, at, key }
            })
            .collect()
    }

    /// Orders, and refunds of them, whoever got the money back.
    pub(crate) fn conversions<'a>(&'a self, day: &'a Day) -> Vec<Conversion<'a>> {
        let of = |step: &'a Step| Conversion {
            at: step.order.time,
            value_minor: step.value_minor.unwrap_or(0),
            order: step.order_id.as_deref(),
        };
        let orders: Vec<Conversion<'_>> = self.steps.iter().filter(|step| step.is_order()).map(of).collect();
        let back = |one: &Conversion<'a>| {
            let (at, value_minor) = *day.refunds.get(one.order?)?;
            Some(Conversion { at, value_minor, order: one.order })
        };
        let refunds: BTreeSet<Conversion<'_>> = orders.iter().filter_map(back).collect();
        orders.into_iter().chain(refunds).collect()
    }
}

impl Day {
    /// What the day's orders came to, less what was paid back of each, in cents: told by the events themselves.
    pub(crate) fn earned(&self) -> i128 {
        let steps = || self.customers.iter().flat_map(|customer| &customer.steps);
        let orders = steps().filter(|step| step.is_order()).filter_map(|step| step.value_minor);
        let refunds: BTreeMap<&str, i64> = steps()
            .filter(|step| step.is_refund())
            .filter_map(|step| Some((step.order_id.as_deref()?, step.value_minor?)))
            .collect();
        orders.chain(refunds.into_values()).map(i128::from).sum()
    }
}

/// Reads the day, has the hub find out who is who, and gives each customer their events.
pub(crate) fn take_in(shop: &Shop, path: &Path) -> Result<Day, Box<dyn Error>> {
    let reader = open(path).map_err(|error| format!("cannot read `{}`: {error}", path.display()))?;
    let mut day = Day {
        customers: Vec::new(),
        events: 0,
        again: 0,
        refused: 0,
        foreign: 0,
        refunds_unknown: 0,
        refunds: BTreeMap::new(),
    };
    let mut batch: Vec<Event> = Vec::with_capacity(BATCH);
    let mut stored: Vec<(RecordId, Event)> = Vec::new();
    let mut record = |day: &mut Day, batch: &mut Vec<Event>| -> Result<(), Box<dyn Error>> {
        let recorded = shop.hub.record_all(batch)?;
        for (event, recorded) in batch.drain(..).zip(recorded) {
            match recorded.outcome {
                Outcome::First => stored.push((recorded.record, event)),
                _ => day.again += 1,
            }
        }
        Ok(())
    };
    for line in import_lines(reader, &shop.hub.import()) {
        match line.result {
            Ok(event) => batch.push(event),
            Err(_) => day.refused += 1,
        }
        if batch.len() == BATCH {
            record(&mut day, &mut batch)?;
        }
    }
    record(&mut day, &mut batch)?;
    if stored.is_empty() {
        return Err(format!("`{}` holds no event", path.display()).into());
    }
    day.events = u64::try_from(stored.len())?;

    let unit = CurrencyUnit::new(Currency::parse("EUR")?, 2)?;
    let orders = order_values(&stored, unit);
    let aliases = pages().compile()?;
    let mut owners = BTreeMap::new();
    let mut customers: BTreeMap<String, Vec<Step>> = BTreeMap::new();
    for (record, event) in &stored {
        let owner = match owners.get(record) {
            Some(owner) => Clone::clone(owner),
            None => {
                let profile = shop.hub.profile(&Who::from(*record))?;
                let owner = profile.map_or_else(|| record.to_string(), |profile| profile.id.to_string());
                owners.insert(*record, owner.clone());
                owner
            }
        };
        customers.entry(owner).or_default().push(step(event, &aliases, &orders, unit, &mut day));
    }
    day.customers = customers
        .into_values()
        .map(|mut steps| {
            steps.sort_by(|a, b| a.order.cmp(&b.order));
            Customer { steps }
        })
        .collect();
    day.customers
        .sort_by(|a, b| a.steps.first().map(|one| &one.order).cmp(&b.steps.first().map(|one| &one.order)));
    Ok(day)
}

/// Addresses of pages as names of touchpoints.
fn pages() -> AliasRules {
    let rules = [
        (r"^https?://[^/]+", ""),
        (r"^/?$", "Home"),
        (r"^/p/[^/]+/?$", "Product page"),
        (r"^/cart/?$", "Cart page"),
        (r"^$", "Page"),
    ];
    AliasRules {
        rules: rules.map(|(pattern, alias)| AliasRule::new(pattern, alias)).into(),
        ..AliasRules::default()
    }
}

/// What each order of the day came to: a refund names the order only.
fn order_values(stored: &[(RecordId, Event)], unit: CurrencyUnit) -> BTreeMap<String, i64> {
    let orders = stored.iter().filter_map(|(_, event)| {
        let cart = event.cart().filter(|cart| cart.action() == CartAction::Completed)?;
        Some((cart.order_id()?.to_owned(), euro(cart.currency(), cart.total(), unit)?))
    });
    orders.collect()
}

fn euro(currency: Option<&str>, total: Option<&str>, unit: CurrencyUnit) -> Option<i64> {
    let money = Money::parse(total?, unit).ok().filter(|_| currency == Some(unit.currency().as_str()))?;
    Some(money.minor())
}

fn step(
    event: &Event,
    aliases: &Aliases,
    orders: &BTreeMap<String, i64>,
    unit: CurrencyUnit,
    day: &mut Day,
) -> Step {
    let property = |name: &str| event.properties().get(name).and_then(Attribute::as_text);
    let kind = event.kind();
    let name = match kind {
        EventKind::Page { .. } => {
            let address = property("path").or_else(|| property("url")).unwrap_or_default();
            aliases.name(address).into_owned()
        }
        kind => kind.name().map_or_else(String::new, |name| name.as_str().to_owned()),
    };
    let silent = name.is_empty()
        || name.starts_with("Consent ")
        || matches!(kind, EventKind::Identify)
        || matches!(name.as_str(), "Signed Out" | "Unsubscribed");
    let signal = event.cart();
    let mut value_minor = None;
    if name == "Order Completed" {
        value_minor = signal.and_then(|cart| euro(cart.currency(), cart.total(), unit));
        day.foreign += u64::from(value_minor.is_none());
    } else if name == "Order Refunded" {
        let order = property("order_id").and_then(|order| Some((order, -*orders.get(order)?)));
        value_minor = order.map(|(_, value)| value);
        day.refunds_unknown += u64::from(order.is_none());
        if let Some((order, value)) = order {
            // An order is paid back once, however often it is said.
            day.refunds.entry(order.to_owned()).or_insert((event.order_key().time, value));
        }
    }
    let rating = property("rating").and_then(|rating| rating.parse::<f64>().ok());
    Step {
        order: event.order_key(),
        channel: words::channel(event.channel()),
        shown: !silent,
        name,
        cart: signal.zip(ThreadAct::of_cart(event, "")).map(|(cart, act)| CartStep {
            id: cart.cart_id().map(str::to_owned),
            action: cart.action(),
            skus: cart.lines().filter_map(|line| line.sku.or(line.product_id)).map(str::to_owned).collect(),
            act,
        }),
        value_minor,
        order_id: property("order_id").map(str::to_owned),
        feedback: rating.map(|stars| match stars {
            stars if stars < 2.5 => Feedback::Bad,
            stars if stars < 3.5 => Feedback::Neutral,
            _ => Feedback::Good,
        }),
        // WhatsApp knows the number, the till and the band read the card; elsewhere people have to say who they are.
        known: matches!(kind, EventKind::Identify)
            .then(|| matches!(event.channel(), Channel::WhatsApp | Channel::Till | Channel::Wearable)),
    }
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
    let touchpoints: usize = day.customers.iter().map(|customer| customer.shown().count()).sum();
    let buyers = day.customers.iter().filter(|customer| customer.buys()).count();
    let rows = [
        (day.events, "events, each once"),
        (day.again, "that came again or under an id that was taken, left out"),
        (day.refused, "broken lines, refused"),
        (u64::try_from(day.customers.len())?, "customers, known by name or not"),
        (u64::try_from(touchpoints)?, "touchpoints of theirs"),
        (u64::try_from(buyers)?, "customers who bought"),
        (day.foreign, "orders in another currency than the euro: counted, without value"),
        (day.refunds_unknown, "refunds of orders of other days: a touchpoint, without value"),
    ];
    let mut table = Table::new([number("Number"), text("Of what")]);
    for (count, what) in rows {
        table.row([words::count(count), what.to_owned()]);
    }
    page.table(&table)?;
    report.tiles(&rows.map(|(count, what)| (words::count(count), what)));
    Ok(())
}
