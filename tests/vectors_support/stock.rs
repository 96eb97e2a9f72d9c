//! Availability, allocation, reservations, routing and the promise of collection.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Value, json};
use throughline::calendar::{Exception, WallTime, WeekTime, Window, Windows, Zones};
use throughline::cart::Sku;
use throughline::stock::allocate::{Allocation, AllocationStrategy, Offer, allocate};
use throughline::stock::availability::{
    Assortment, ChannelRules, Dated, Level, Network, Safety, SafetyRule, SafetyRules,
};
use throughline::stock::promise::{PickupRules, pickup as promised};
use throughline::stock::reservation::{
    Line, Shelf, StockAct, StockOutcome, StockRefusal, Terms, Ticket, act,
};
use throughline::stock::routing::{RouteRequest, RouteSettings, Routed, Supplier, route as routed};
use throughline::stock::{LocationId, Method, Place};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

use super::Outcome;

/// A location as the cases write it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Location {
    id: Option<String>,
    on_hand: u32,
    #[serde(default)]
    reserved: u32,
    #[serde(default)]
    allocated: u32,
    #[serde(default)]
    damaged: u32,
    #[serde(default)]
    safety: u32,
    #[serde(default = "yes")]
    participates: bool,
    #[serde(default)]
    supply: Vec<Entry>,
    #[serde(default)]
    demand: Vec<Entry>,
}

const fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    #[serde(alias = "t", alias = "date")]
    at: Value,
    #[serde(alias = "units")]
    qty: u32,
}

/// Seconds, a date or an instant.
fn instant(value: &Value) -> Outcome<DateTime<Utc>> {
    Ok(match value {
        Value::String(text) if text.contains('T') => DateTime::parse_from_rfc3339(text)?.to_utc(),
        Value::String(text) => format!("{text}T00:00:00Z").parse()?,
        number => second(number.as_i64().ok_or("neither seconds nor a date")?),
    })
}

fn second(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(second)
}

impl Location {
    fn place(&self, index: usize) -> Outcome<Place> {
        let name = self.id.clone().unwrap_or_else(|| format!("location-{index}"));
        Ok(Place::new(LocationId::parse(&name)?, Sku::parse("item")?))
    }

    fn level(&self) -> Outcome<Level> {
        let dated = |entries: &[Entry]| -> Outcome<Vec<Dated>> {
            entries.iter().map(|entry| Ok(Dated { at: instant(&entry.at)?, units: entry.qty })).collect()
        };
        Ok(Level {
            on_hand: self.on_hand,
            reserved: self.reserved,
            allocated: self.allocated,
            damaged: self.damaged,
            participates: self.participates,
            supply: dated(&self.supply)?,
            demand: dated(&self.demand)?,
            ..Level::default()
        })
    }
}

pub(crate) fn atp(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        locations: Vec<Location>,
        #[serde(default)]
        threshold: u32,
        #[serde(default)]
        queued: u32,
        #[serde(alias = "t")]
        at: Option<Value>,
    }
    let input: Input = serde_json::from_str(input)?;
    let at = input.at.as_ref().map_or(Ok(second(0)), instant)?;
    let item = Sku::parse("item")?;
    let (mut levels, mut rules) = (Vec::new(), Vec::new());
    for (index, location) in input.locations.iter().enumerate() {
        let place = location.place(index)?;
        rules.push(SafetyRule {
            sku: place.sku.clone(),
            location: Some(place.location.clone()),
            method: None,
            keep: Safety::Units(location.safety),
        });
        levels.push((place, location.level()?));
    }
    let network = Network {
        threshold: input.threshold,
        queued: BTreeMap::from([(item.clone(), input.queued)]),
        ..Network::default()
    };
    let assortment = Assortment::new(levels, &SafetyRules::new(rules)?, None, &network)?;
    let total = assortment.view(&ChannelRules::default(), None, at).total(&item).ok_or("no location")?;
    Ok(json!({ "atp": total.units, "raw": total.raw }))
}

pub(crate) fn safety_level(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        table: BTreeMap<String, u32>,
        item: String,
        node: String,
        method: Option<String>,
        on_hand: u32,
    }
    let input: Input = serde_json::from_str(input)?;
    let rules = input.table.iter().map(|(key, units)| -> Outcome<SafetyRule> {
        let mut parts = key.split('|');
        Ok(SafetyRule {
            sku: Sku::parse(parts.next().unwrap_or_default())?,
            location: parts.next().map(LocationId::parse).transpose()?,
            method: parts.next().map(Method::parse).transpose()?,
            keep: Safety::Units(*units),
        })
    });
    let rules = SafetyRules::new(rules.collect::<Outcome<Vec<_>>>()?)?;
    let method = input.method.as_deref().map(Method::parse).transpose()?;
    let keep = rules.keep(&Sku::parse(&input.item)?, &LocationId::parse(&input.node)?, method.as_ref());
    let safety = keep.units(input.on_hand);
    let level = Level { on_hand: input.on_hand, ..Level::default() };
    Ok(json!({ "safety": safety, "available": level.available(safety, second(0)).units }))
}

pub(crate) fn allocate_stock(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        locations: Vec<Location>,
        qty: u32,
        strategy: String,
        pickup: Option<String>,
    }
    let input: Input = serde_json::from_str(input)?;
    let strategy = match &*input.strategy {
        "listed_order" => AllocationStrategy::ListedOrder,
        "high_stock_greedy" => AllocationStrategy::HighStockGreedy,
        "min_splits" => AllocationStrategy::MinSplits,
        "pickup_first" => AllocationStrategy::PickupFirst {
            pickup: LocationId::parse(&input.pickup.ok_or("pickup_first without pickup")?)?,
        },
        _ => return Err("unknown strategy".into()),
    };
    let mut offers = Vec::new();
    for (index, location) in input.locations.iter().enumerate() {
        let units = location.level()?.available(location.safety, second(0)).units;
        offers.push(Offer { location: location.place(index)?.location, units });
    }
    Ok(match allocate(input.qty, &offers, &strategy) {
        Allocation::Allocated { parts } => {
            let by_id: BTreeMap<_, _> =
                parts.iter().map(|part| (part.location.to_string(), part.units)).collect();
            json!({ "allocations": by_id, "shipments": parts.len() })
        }
        Allocation::Insufficient { short } => json!({ "error": "insufficient_stock", "short": short }),
    })
}

pub(crate) fn reserve_seq(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        on_hand: u32,
        events: Vec<Event>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Event {
        r#do: String,
        key: String,
        qty: Option<u32>,
        t: Option<i64>,
        ttl: Option<i64>,
    }
    let input: Input = serde_json::from_str(input)?;
    let place = Place::new(LocationId::parse("shop")?, Sku::parse("item")?);
    let mut shelves = BTreeMap::from([(place.clone(), Shelf::new(input.on_hand, second(0)))]);
    let mut tickets = BTreeMap::<String, Ticket>::new();
    let (mut results, mut now) = (Vec::new(), second(0));
    for event in &input.events {
        now = event.t.map_or(now, second);
        let until = event.ttl.map(|ttl| now + TimeDelta::seconds(ttl));
        let asked = match &*event.r#do {
            "reserve" => StockAct::Reserve {
                lines: vec![Line::new(place.clone(), event.qty.ok_or("reserve without qty")?)],
                until,
                backorder: false,
            },
            "extend" => StockAct::Extend { until },
            "commit" => StockAct::Commit,
            "release" => StockAct::Release,
            _ => return Err("unknown event".into()),
        };
        let ticket = tickets.entry(event.key.clone()).or_default();
        let mut step =
            |asked: &StockAct| act(&event.key, asked, ticket, &mut shelves, &Terms::default(), now);
        results.push(match step(&asked) {
            StockOutcome::Accepted { .. } => "ok",
            StockOutcome::Refused { why } => match why.first() {
                Some(StockRefusal::Insufficient { .. }) => "insufficient_stock",
                Some(StockRefusal::NoReservation) => "no_reservation",
                _ => return Err(format!("refused: {why:?}").into()),
            },
        });
        // The cases hand over what is committed.
        if asked == StockAct::Commit {
            step(&StockAct::Issue { lines: None });
        }
    }
    let shelf = &shelves[&place];
    Ok(json!({ "results": results, "on_hand": shelf.on_hand(), "reserved": shelf.reserved(now) }))
}

pub(crate) fn route(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        demand: BTreeMap<Sku, u32>,
        locations: Vec<Source>,
    }
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Source {
        id: LocationId,
        stock: BTreeMap<Sku, u32>,
        #[serde(default)]
        cost: u64,
    }
    let input: Input = serde_json::from_str(input)?;
    let suppliers = input.locations.into_iter().map(|source| Supplier {
        location: source.id,
        stock: source.stock,
        shipping: source.cost,
        handling: 0,
        markdown: BTreeMap::new(),
        arrives: None,
        load: 0,
    });
    let request = RouteRequest { demand: input.demand, suppliers: suppliers.collect(), promised: None };
    Ok(match routed(&request, &RouteSettings::default())? {
        Routed::Routed(route) => {
            let locations: Vec<&str> = route.parcels.iter().map(|parcel| parcel.location.as_str()).collect();
            json!({ "shipments": locations.len(), "locations": locations, "cost": route.cost })
        }
        Routed::CannotFulfil(_) => json!({ "error": "cannot_fulfil" }),
    })
}

pub(crate) fn pickup(input: &str) -> Outcome<Value> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Input {
        tz: String,
        now: String,
        hours: BTreeMap<String, Vec<(WallTime, WallTime)>>,
        #[serde(default)]
        holidays: Vec<NaiveDate>,
        #[serde(default)]
        special: BTreeMap<NaiveDate, Vec<(WallTime, WallTime)>>,
        prep_minutes: u32,
        work_cutoff: Option<WallTime>,
        pickup_cutoff: Option<WallTime>,
    }
    let input: Input = serde_json::from_str(input)?;
    let mut windows = Vec::new();
    for (day, hours) in &input.hours {
        let day: Weekday = day.parse().map_err(|_| "unknown day")?;
        for (start, end) in hours {
            let last = if end <= start { day.succ() } else { day };
            windows.push(Window::weekly(WeekTime::new(day, *start), WeekTime::new(last, *end)));
        }
    }
    let mut hours = Windows::new(windows)?;
    for holiday in input.holidays {
        hours = hours.with_exception(holiday, Exception::Closed)?;
    }
    for (date, special) in input.special {
        hours = hours.with_exception(date, Exception::Hours(special))?;
    }
    let rules = PickupRules {
        hours,
        prep_minutes: input.prep_minutes,
        work_cutoff: input.work_cutoff,
        pickup_cutoff: input.pickup_cutoff,
        ..PickupRules::default()
    };
    let zone = Zones::bundled().named(&input.tz)?;
    let now = DateTime::parse_from_rfc3339(&input.now)?.to_utc();
    Ok(match promised(&rules, &zone, now) {
        Ok(promise) => {
            let offset =
                chrono::FixedOffset::east_opt(zone.offset_seconds(promise.from)).ok_or("no offset")?;
            json!({ "ready_at": promise.from.with_timezone(&offset).to_rfc3339() })
        }
        Err(why) => json!({ "error": why }),
    })
}
