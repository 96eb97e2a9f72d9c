//! What starts a message: once for each thing, never too late, never after it was called off.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use throughline::calendar::{Zone, Zones};
use throughline::cart::Sku;
use throughline::messaging::trigger::{
    BirthdayCalendar, ReEntry, Signal, SignalKind, Start, Started, Trigger, TriggerFacts, Unless, fire,
    next_firing,
};
use throughline::time::{DateTime, TimeDelta, Utc};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn steps(triggers: &[Trigger], facts: &TriggerFacts<'_>, now: DateTime<Utc>) -> Vec<String> {
    fire(triggers, facts, now).into_iter().map(|one| one.step).collect()
}

fn facts(signals: &[Signal]) -> TriggerFacts<'_> {
    TriggerFacts { signals, ..TriggerFacts::default() }
}

fn delivered(order: &str, on: &str, products: &[(&str, u32)]) -> Signal {
    let products = products.iter().map(|(sku, units)| (Sku::parse(sku).unwrap(), *units)).collect();
    Signal { products, ..Signal::new(SignalKind::OrderDelivered, order, at(on)) }
}

#[test]
fn an_order_is_followed_step_by_step() {
    let triggers = Trigger::retail();
    let signals = [
        Signal::new(SignalKind::OrderPlaced, "o-1", at("2026-06-01T10:00:00Z")),
        Signal::new(SignalKind::OrderShipped, "o-1", at("2026-06-02T10:00:00Z")),
        delivered("o-1", "2026-06-03T10:00:00Z", &[("tea", 1)]),
    ];
    assert_eq!(steps(&triggers, &facts(&signals), at("2026-06-01T10:00:00Z")), ["order-placed/o-1"]);
    // What comes out later than it may is not told any more, and news that are overtaken neither.
    let day = at("2026-06-03T10:00:00Z");
    assert_eq!(steps(&triggers, &facts(&signals), day), ["order-delivered/o-1"]);
    let week = at("2026-06-10T10:00:00Z");
    assert_eq!(next_firing(&triggers, &facts(&signals), day), Some(week));
    assert_eq!(steps(&triggers, &facts(&signals), week), ["review/o-1"]);
    let returned = Signal::new(SignalKind::OrderReturned, "o-1", at("2026-06-08T10:00:00Z"));
    let with_return = [signals.to_vec(), vec![returned]].concat();
    assert!(steps(&triggers, &facts(&with_return), week).is_empty());
}

#[test]
fn a_falling_price_is_told_each_time_it_falls_enough() {
    let triggers = [Trigger::new("drop", "m", Start::PriceDrop { least_basis_points: 500 })];
    let drop = |on, points| Signal {
        drop_basis_points: points,
        ..Signal::new(SignalKind::PriceDropped, "shoe", at(on))
    };
    let signals = [
        drop("2026-06-01T10:00:00Z", Some(499)),
        drop("2026-06-01T11:00:00Z", Some(500)),
        drop("2026-06-01T12:00:00Z", None),
    ];
    assert_eq!(
        steps(&triggers, &facts(&signals), at("2026-06-01T12:00:00Z")),
        ["drop/shoe@2026-06-01T11:00:00Z"]
    );
}

#[test]
fn what_is_used_up_is_offered_again_unless_it_was_bought() {
    let days = BTreeMap::from([(Sku::parse("coffee").unwrap(), 10)]);
    let triggers = [Trigger::new("refill", "m", Start::Replenishment { days_a_unit: days, lead_days: 3 })];
    let first = delivered("o-1", "2026-06-01T10:00:00Z", &[("coffee", 2), ("cup", 1)]);
    let due = at("2026-06-18T10:00:00Z");
    assert_eq!(steps(&triggers, &facts(std::slice::from_ref(&first)), due), ["refill/o-1/coffee"]);
    assert!(steps(&triggers, &facts(std::slice::from_ref(&first)), due - TimeDelta::seconds(1)).is_empty());
    let again = Signal {
        kind: SignalKind::OrderPlaced,
        ..delivered("o-2", "2026-06-15T10:00:00Z", &[("coffee", 1)])
    };
    assert!(steps(&triggers, &facts(&[first, again]), due).is_empty());
}

#[test]
fn what_is_delivered_regularly_is_offered_regularly() {
    let triggers = [Trigger::new("regular", "m", Start::DeliveredAgain { times: 3 })];
    let mut signals: Vec<Signal> = ["01", "05", "09"]
        .iter()
        .map(|day| delivered(&format!("o-{day}"), &format!("2026-06-{day}T10:00:00Z"), &[("tea", 1)]))
        .collect();
    // The carrier tells the second one twice.
    signals.push(delivered("o-05", "2026-06-06T10:00:00Z", &[("tea", 1)]));
    assert!(steps(&triggers, &facts(&signals), at("2026-06-08T10:00:00Z")).is_empty());
    assert_eq!(steps(&triggers, &facts(&signals), at("2026-06-09T10:00:00Z")), ["regular/tea"]);
}

#[test]
fn birthdays_are_mornings_of_the_person() {
    let zones = Zones::bundled();
    let zone = |name: &str| zones.named(name).unwrap();
    let birthday = |calendar| {
        [Trigger::new(
            "birthday",
            "m",
            Start::Birthday { lead_days: 0, at: "09:00".parse().unwrap(), calendar },
        )]
    };
    let born = Some("1991-08-03".parse().unwrap());
    let of = |zone: &Zone, calendar, now: &str| {
        let facts = TriggerFacts { born, zone: Some(zone), ..TriggerFacts::default() };
        fire(&birthday(calendar), &facts, at(now)).into_iter().map(|one| one.due).collect::<Vec<_>>()
    };
    let gregorian = BirthdayCalendar::Gregorian;
    assert_eq!(of(&zone("Asia/Tehran"), gregorian, "2026-08-03T05:30:00Z"), [at("2026-08-03T05:30:00Z")]);
    assert!(of(&zone("Asia/Tehran"), gregorian, "2026-08-03T05:29:59Z").is_empty());
    assert_eq!(
        of(&zone("Pacific/Honolulu"), gregorian, "2026-08-03T19:00:00Z"),
        [at("2026-08-03T19:00:00Z")]
    );
    // 12 Mordad 1370 comes round on 3 August in 2026 too, and on 2 August in the leap year 1403 (2024).
    let iranian = BirthdayCalendar::Iranian;
    assert_eq!(of(&zone("Asia/Tehran"), iranian, "2024-08-02T05:30:00Z"), [at("2024-08-02T05:30:00Z")]);
    let nowhere = TriggerFacts { born, ..TriggerFacts::default() };
    assert!(fire(&birthday(gregorian), &nowhere, at("2026-08-03T12:00:00Z")).is_empty());
}

#[test]
fn last_years_season_comes_round() {
    let zones = Zones::bundled();
    let zone = zones.named("Asia/Jerusalem").unwrap();
    let start = Start::SeasonLastYear { lead_days: 14, at: "10:00".parse().unwrap() };
    let signals = [Signal::new(SignalKind::OrderPlaced, "o-1", at("2024-02-29T21:00:00Z"))];
    let facts = TriggerFacts { signals: &signals, zone: Some(&zone), ..TriggerFacts::default() };
    let due = fire(&[Trigger::new("season", "m", start)], &facts, at("2025-02-14T12:00:00Z"));
    assert_eq!(due[0].due, at("2025-02-14T08:00:00Z"));
}

#[test]
fn re_entry_is_kept() {
    let trigger = |re_entry| {
        [Trigger { re_entry, ..Trigger::new("t", "m", Start::Signal { kind: SignalKind::CartAbandoned }) }]
    };
    let signals = ["01", "03", "09"]
        .map(|day| Signal::new(SignalKind::CartAbandoned, day, at(&format!("2026-06-{day}T10:00:00Z"))));
    let mut started: Vec<Started> = Vec::new();
    let mut told = |re_entry: ReEntry| {
        started.clear();
        let mut all = Vec::new();
        for hour in 0..24 * 12 {
            let now = at("2026-06-01T00:00:00Z") + TimeDelta::hours(hour);
            let facts = TriggerFacts { signals: &signals, started: &started, ..TriggerFacts::default() };
            let due = fire(&trigger(re_entry), &facts, now);
            started.extend(due.iter().map(throughline::messaging::trigger::Firing::started));
            all.extend(due.into_iter().map(|one| one.subject));
        }
        all
    };
    assert_eq!(told(ReEntry::OncePerSubject), ["01", "03", "09"]);
    assert_eq!(told(ReEntry::Once), ["01"]);
    assert_eq!(told(ReEntry::AfterDays(7)), ["01", "09"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// The order of what happened makes no difference, nothing starts twice, and what is asked early comes at its time.
    #[test]
    fn starts_are_a_function_of_what_happened(
        raw in prop::collection::vec((0..6_u8, 0..4_u8, 0..240_i64), 0..14),
        hour in 0..300_i64,
        seed in any::<u64>(),
    ) {
        let kinds = [
            SignalKind::OrderPlaced, SignalKind::CartAbandoned, SignalKind::OrderDelivered,
            SignalKind::OrderReturned, SignalKind::BackInStock, SignalKind::OrderShipped,
        ];
        let start = at("2026-06-01T00:00:00Z");
        let signals: Vec<Signal> = raw
            .iter()
            .map(|(kind, subject, hour)| {
                Signal::new(kinds[usize::from(*kind)], format!("s-{subject}"), start + TimeDelta::hours(*hour))
            })
            .collect();
        let mut triggers = Trigger::retail();
        triggers[0].unless = BTreeSet::from([Unless { kind: SignalKind::OrderShipped, same_subject: true }]);
        let now = start + TimeDelta::hours(hour);
        let fired = fire(&triggers, &facts(&signals), now);
        let mut shuffled = signals.clone();
        let length = shuffled.len().max(1);
        for place in 0..shuffled.len() {
            shuffled.swap(place, usize::try_from(seed >> (place % 60)).unwrap() % length);
        }
        shuffled.extend(signals.iter().cloned());
        prop_assert_eq!(&fire(&triggers, &facts(&shuffled), now), &fired);
        let unique: BTreeSet<&String> = fired.iter().map(|one| &one.step).collect();
        prop_assert_eq!(unique.len(), fired.len());
        prop_assert!(fired.iter().all(|one| one.due <= now && now < one.expires));
        let started: Vec<Started> = fired.iter().map(throughline::messaging::trigger::Firing::started).collect();
        let after = TriggerFacts { signals: &signals, started: &started, ..TriggerFacts::default() };
        prop_assert!(fire(&triggers, &after, now).is_empty());
        // If nothing else happens.
        let known: Vec<Signal> = signals.iter().filter(|signal| signal.at <= now).cloned().collect();
        let after = TriggerFacts { signals: &known, started: &started, ..TriggerFacts::default() };
        if let Some(next) = next_firing(&triggers, &after, now) {
            prop_assert!(next > now);
            prop_assert!(fire(&triggers, &after, next - TimeDelta::seconds(1)).is_empty());
        }
    }
}

#[test]
fn the_hub_starts_messages_by_events_of_every_channel() {
    use std::sync::Arc;
    use throughline::channel::Channel;
    use throughline::event::Event;
    use throughline::hub::{CommandKey, Enqueue, FixedClock, Hub, Rules, Triggering, Who};
    use throughline::messaging::{Class, Message, Policy, Rendered};
    use throughline::store::{MemoryStore, Tenant};

    let clock = Arc::new(FixedClock::at(at("2026-06-01T08:00:00Z")));
    let hub =
        Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret"), clock.clone())
            .unwrap();
    let tell = |channel: &str, name: &str, id: &str, when: &str, properties: serde_json::Value| -> Who {
        clock.set(at(when));
        let line = serde_json::json!({
            "type": "track", "event": name, "messageId": id, "userId": "u-7", "timestamp": when,
            "properties": properties, "context": {"channel": channel, "source": channel, "timezone": "Asia/Tehran"},
        });
        let event = Event::from_segment(line.to_string().as_bytes(), &hub.import()).unwrap();
        Who::Record(hub.record(&event).unwrap().record)
    };
    let (mut triggers, zones) = (Trigger::retail(), Zones::bundled());
    let days = BTreeMap::from([(Sku::parse("TEA").unwrap(), 20)]);
    triggers.push(Trigger::new("refill", "refill", Start::Replenishment { days_a_unit: days, lead_days: 2 }));
    let due = |who: &Who, now: &str| {
        clock.set(at(now));
        let asked = Triggering { triggers: &triggers, signals: &[], zones: &zones };
        hub.due_triggers(who, &asked).unwrap().unwrap().into_iter().map(|one| one.step).collect::<Vec<_>>()
    };
    let line = serde_json::json!({"cart_id": "c-1", "product_id": "TEA", "quantity": 2});
    let who = tell("web", "Product Added", "1", "2026-06-01T08:00:00Z", line.clone());
    assert_eq!(due(&who, "2026-06-01T09:00:00Z"), ["cart-abandoned/c-1"]);
    // Bought at the till half an hour later: nothing was abandoned, and the order is news.
    let order = serde_json::json!({"cart_id": "c-1", "order_id": "o-1", "products": [{"product_id": "TEA", "quantity": 2}]});
    tell("till", "Order Completed", "2", "2026-06-01T08:30:00Z", order);
    assert_eq!(due(&who, "2026-06-01T09:00:00Z"), ["order-placed/o-1"]);
    // What is in the outbox under that step was started.
    let message = Message::new("order-placed", Class::Transactional, "service.orders".parse().unwrap());
    let texts = BTreeMap::from([(Channel::Email, Rendered::text("خرید شما ثبت شد"))]);
    let policy = Policy::default();
    let event = r#"{"type":"identify","messageId":"e","userId":"u-7","traits":{"email":"sara@example.ir"},"context":{"source":"web"}}"#;
    hub.record(&Event::from_segment(event.as_bytes(), &hub.import()).unwrap()).unwrap();
    let request = Enqueue { step: "order-placed/o-1", ..Enqueue::new(&message, &texts, &policy, &zones) };
    hub.enqueue(&CommandKey::new("order-placed/o-1"), &who, &request).unwrap();
    assert!(due(&who, "2026-06-01T09:10:00Z").is_empty());
    tell("server", "Order Delivered", "3", "2026-06-03T10:00:00Z", serde_json::json!({"order_id": "o-1"}));
    assert_eq!(due(&who, "2026-06-03T10:00:00Z"), ["order-delivered/o-1"]);
    assert_eq!(due(&who, "2026-06-10T10:00:00Z"), ["review/o-1"]);
    // Two packets of twenty days each, two days before they are used up.
    assert_eq!(due(&who, "2026-07-11T10:00:00Z"), ["refill/o-1/TEA"]);
}
