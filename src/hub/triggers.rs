//! Which messages are due to a person by what happened to her, in whatever channel.

use std::collections::BTreeMap;

use crate::calendar::{BirthDate, Zone, Zones};
use crate::cart::Sku;
use crate::event::{Event, EventKind, EventName};
use crate::ids::RecordId;
use crate::journey::{Thread, ThreadKind, ThreadState, drop_bought, threads};
use crate::messaging::trigger::{Firing, Signal, SignalKind, Started, Trigger, TriggerFacts, fire};
use crate::store::{Stop, Tx};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

use super::decide::records_of;
use super::threads::ordered_at;
use super::timelines::{act, streams};
use super::{Context, Who, messages};

/// How far back events are looked at, in days: a year for last year's season, and what a delay adds.
const HORIZON_DAYS: i64 = 800;

/// What may start a message.
#[derive(Debug, Clone, Copy)]
pub struct Triggering<'a> {
    /// The triggers.
    pub triggers: &'a [Trigger],
    /// What happened that no event tells: a watched price fell, a product is there again.
    pub signals: &'a [Signal],
    /// The zone database.
    pub zones: &'a Zones,
}

/// The messages that are due to a person now, by her events in every channel, her birthday, and what the host adds; `None`
/// if nobody is meant.
///
/// Orders are read from `Order Completed`, `Order Cancelled`, `Order Refunded` and `Order Returned`, and from `Order
/// Shipped`, `Order Ready`, `Order Collected` and `Order Delivered` with an `order_id`; a cart that waits to be continued
/// counts as left at its last act, so what was bought in another channel or under another record is not called
/// abandoned; nor is that into which nothing was put since an order, be it told by `Order Completed`, of whatever cart, or
/// placed through [`place_order`](super::place_order()), which tells of nothing else here. What the outbox has under a firing's
/// step was started before: put a due message in under [`Firing::message`] as its id and [`Firing::step`] as its step.
///
/// # Errors
/// Of the store only.
///
/// # Complexity
/// As [`timeline`](super::timeline()) and [`fire`].
///
/// ```
/// # #[cfg(feature = "tzdb")] {
/// use std::sync::Arc;
/// use throughline::calendar::Zones;
/// use throughline::event::Event;
/// use throughline::hub::{FixedClock, Hub, Rules, Triggering};
/// use throughline::messaging::trigger::Trigger;
/// use throughline::store::{MemoryStore, Tenant};
///
/// let clock = Arc::new(FixedClock::at("2026-03-20T10:00:00Z".parse()?));
/// let rules = Rules::retail(b"from your secret manager");
/// let hub = Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock.clone())?;
/// let line = br#"{"type":"track","event":"Product Added","messageId":"1","userId":"u-7","timestamp":"2026-03-20T10:00:00Z",
///     "properties":{"cart_id":"c-1","product_id":"TEA","quantity":1}}"#;
/// let record = hub.record(&Event::from_segment(line, &hub.import())?)?.record;
/// let (triggers, zones) = (Trigger::retail(), Zones::bundled());
/// let asked = Triggering { triggers: &triggers, signals: &[], zones: &zones };
/// assert!(hub.due_triggers(&record.into(), &asked)?.ok_or("nobody")?.is_empty());
/// clock.set("2026-03-20T11:00:00Z".parse()?);
/// let due = hub.due_triggers(&record.into(), &asked)?.ok_or("nobody")?;
/// assert_eq!(due[0].step, "cart-abandoned/c-1");
/// # }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn due_triggers(
    tx: &mut Tx<'_>,
    context: &Context<'_>,
    who: &Who,
    asked: &Triggering<'_>,
) -> Result<Option<Vec<Firing>>, Stop> {
    let since = context.now.checked_sub_signed(TimeDelta::days(HORIZON_DAYS));
    let Some(streams) = streams(tx, context, who, since)? else { return Ok(None) };
    let Some(record) = who.record(tx, context)? else { return Ok(None) };
    let mut signals = asked.signals.to_vec();
    signals.extend(streams.iter().flatten().filter_map(|(entry, event)| signal(event, entry.order.time)));
    // A carrier tells which order arrived, not what was in it.
    let ordered: BTreeMap<String, Vec<(Sku, u32)>> = signals
        .iter()
        .filter(|signal| signal.kind == SignalKind::OrderPlaced)
        .map(|signal| (signal.subject.clone(), signal.products.clone()))
        .collect();
    for signal in signals.iter_mut().filter(|signal| signal.products.is_empty()) {
        signal.products = ordered.get(&signal.subject).cloned().unwrap_or_default();
    }
    let acts: Vec<_> = streams
        .iter()
        .flatten()
        .filter(|(entry, _)| entry.order.time <= context.now)
        .filter_map(act)
        .collect();
    let records = records_of(tx, record)?;
    let ids: Vec<RecordId> = records.iter().map(|(id, _)| *id).collect();
    let last_order = ordered_at(tx, &ids, &streams)?.into_iter().filter(|at| *at <= context.now).max();
    let mut left = threads(&acts);
    left.retain(|thread| thread.kind == ThreadKind::Cart && thread.state == ThreadState::Open);
    // Whoever looks at what she has bought has not left it standing.
    drop_bought(&mut left, &acts, last_order, |_| true);
    let abandoned =
        |thread: &Thread| Signal::new(SignalKind::CartAbandoned, &*thread.object, thread.last.time);
    signals.extend(left.iter().map(abandoned));
    let latest = |name: &str| {
        let fields = records.iter().filter_map(|(_, record)| record.fields.get(name));
        fields.max_by_key(|field| (field.at, field.event)).map(|field| &**field.value.reveal())
    };
    let zone: Option<Zone> = latest("timezone").and_then(|name| asked.zones.named(name).ok());
    let born: Option<NaiveDate> =
        latest("birthday").and_then(|text| BirthDate::parse(text).ok()).and_then(|date| date.day());
    let told = messages(tx, context, who)?.unwrap_or_default().messages;
    let started: Vec<Started> = told
        .iter()
        .filter_map(|told| {
            let (trigger, subject) = told.step.split_once('/')?;
            Some(Started { trigger: trigger.to_owned(), subject: subject.to_owned(), at: told.created_at })
        })
        .collect();
    let facts = TriggerFacts { signals: &signals, born, zone: zone.as_ref(), started: &started };
    Ok(Some(fire(asked.triggers, &facts, context.now)))
}

/// What an event tells of an order.
fn signal(event: &Event, at: DateTime<Utc>) -> Option<Signal> {
    let EventKind::Track { name } = event.kind() else { return None };
    let kind = match name {
        EventName::OrderCompleted => SignalKind::OrderPlaced,
        EventName::OrderCancelled => SignalKind::OrderCancelled,
        EventName::OrderRefunded => SignalKind::OrderReturned,
        other => match other.as_str() {
            "Order Shipped" => SignalKind::OrderShipped,
            "Order Ready" => SignalKind::OrderReady,
            "Order Collected" => SignalKind::OrderCollected,
            "Order Delivered" => SignalKind::OrderDelivered,
            "Order Returned" => SignalKind::OrderReturned,
            _ => return None,
        },
    };
    let cart = event.cart();
    let named = ["order_id", "orderId"]
        .into_iter()
        .find_map(|name| event.properties().get(name).and_then(crate::event::Attribute::as_text));
    let order = cart.and_then(crate::event::CartSignal::order_id).or(named)?;
    let products = cart.into_iter().flat_map(crate::event::CartSignal::lines).filter_map(|line| {
        let sku = line.sku.or(line.product_id).and_then(|sku| Sku::parse(sku).ok())?;
        Some((sku, line.quantity))
    });
    Some(Signal { products: products.collect(), ..Signal::new(kind, order, at) })
}
