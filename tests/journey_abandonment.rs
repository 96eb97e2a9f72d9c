//! What was left standing: one episode once, in any order of arrival, taken back when something comes late.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use throughline::calendar::Zones;
use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::event::{Event, OrderKey};
use throughline::hub::{
    CommandKey, FixedClock, Hub, OrderRequest, OrderTerms, PlaceOutcome, Rules, ThreadSettings, Triggering,
    Who, abandonment_signal,
};
use throughline::journey::{
    Abandonment, AbandonmentNews, Closed, Effect, Sensitivity, Sequel, ThreadAct, ThreadEdit, ThreadKind,
    ThreadRules, Told, abandonment_news, abandonments,
};
use throughline::messaging::trigger::{SignalKind, Trigger};
use throughline::stock::availability::CountSource;
use throughline::stock::order::{NewParcel, OrderHours, OrderRules, OrderedLine};
use throughline::stock::reservation::{StockChange, Terms, Yield};
use throughline::stock::{LocationId, Place};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc, from_millis};

const HOUR: i64 = 3_600_000;

fn act(id: usize, object: &str, at: i64, effect: Effect) -> ThreadAct {
    ThreadAct {
        order: OrderKey { time: from_millis(at), sequence: None, id: format!("e{id:02}").into() },
        object: object.into(),
        kind: ThreadKind::Cart,
        effect,
        step: None,
        channel: Channel::KNOWN[id % 5].clone(),
        device: None,
    }
}

fn some_acts() -> impl Strategy<Value = (Vec<ThreadAct>, Vec<DateTime<Utc>>)> {
    let effect = proptest::sample::select(vec![
        Effect::Seen,
        Effect::Changed,
        Effect::Changed,
        Effect::Closed(Closed::Converted),
        Effect::Closed(Closed::HandedOver),
    ]);
    let step = proptest::sample::select(vec![0, 1, HOUR / 2, HOUR - 1, HOUR, HOUR + 1, 3 * HOUR]);
    let one = (step, 0..2_u8, effect);
    let orders = proptest::collection::vec((0..12_i64).prop_map(|half| from_millis(half * HOUR / 2)), 0..2);
    (proptest::collection::vec(one, 0..10), orders).prop_map(|(acts, orders)| {
        let mut clock = 0;
        let acts = acts.into_iter().enumerate().map(|(id, (step, object, effect))| {
            clock += step;
            act(id, &object.to_string(), clock, effect)
        });
        (acts.collect(), orders)
    })
}

/// Asked at every instant: is the object, by what happened up to then, left standing now?
fn stands(acts: &[ThreadAct], orders: &[DateTime<Utc>], object: &str, now: i64) -> bool {
    let mut mine: Vec<(DateTime<Utc>, bool, Option<Effect>)> = acts
        .iter()
        .filter(|act| *act.object == *object && act.order.time <= from_millis(now))
        .map(|act| (act.order.time, false, Some(act.effect)))
        .collect();
    mine.extend(orders.iter().filter(|at| **at <= from_millis(now)).map(|at| (*at, true, None)));
    mine.sort_by_key(|(at, is_order, _)| (*at, *is_order));
    let closes = |effect: &Option<Effect>| matches!(effect, None | Some(Effect::Closed(_)));
    let since_end = mine.iter().rposition(|(_, _, effect)| closes(effect)).map_or(0, |end| end + 1);
    let rest = &mine[since_end..];
    let changed = rest.iter().any(|(_, _, effect)| *effect == Some(Effect::Changed));
    changed && rest.last().is_some_and(|(at, ..)| at.timestamp_millis() + HOUR <= now)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn an_episode_is_told_once_and_only_while_it_stands(
        ((acts, orders), shuffled) in some_acts().prop_flat_map(|(acts, orders)| {
            let twice: Vec<ThreadAct> = acts.iter().chain(acts.iter().take(3)).cloned().collect();
            (Just((acts, orders)), Just(twice).prop_shuffle())
        })
    ) {
        let rules = ThreadRules::retail();
        let mut told: Vec<Told> = Vec::new();
        for now in (0..40).map(|quarter| quarter * HOUR / 4) {
            let present = abandonments(&acts, &orders, &rules, from_millis(now));
            prop_assert_eq!(&abandonments(&shuffled, &orders, &rules, from_millis(now)), &present);
            for object in ["0", "1"] {
                let standing = present.iter().filter(|one| *one.object == *object && one.then.is_none()).count();
                prop_assert_eq!(standing, usize::from(stands(&acts, &orders, object, now)), "{} at {}", object, now);
            }
            let news = abandonment_news(&present, &told, DateTime::<Utc>::MIN_UTC);
            prop_assert!(news.revoked.is_empty(), "nothing came late");
            for one in &news.due {
                prop_assert!(one.due <= from_millis(now) && one.began <= one.last);
                told.push(Told { kind: one.kind.clone(), object: one.object.clone(), last: one.last });
            }
            prop_assert!(abandonment_news(&present, &told, DateTime::<Utc>::MIN_UTC).due.is_empty(), "once");
        }
        let mut once = told.clone();
        once.dedup();
        prop_assert_eq!(once, told);
    }

    #[test]
    fn what_comes_late_takes_back_or_adds_nothing_twice(((acts, orders), late) in (some_acts(), 0..10_usize)) {
        let Some(late) = late.checked_rem(acts.len()) else { return Ok(()) };
        let rules = ThreadRules::retail();
        let early: Vec<ThreadAct> = acts.iter().enumerate().filter(|(n, _)| *n != late).map(|(_, act)| act.clone()).collect();
        let now = from_millis(100 * HOUR);
        let told: Vec<Told> = abandonments(&early, &orders, &rules, now)
            .into_iter()
            .map(|one| Told { kind: one.kind, object: one.object, last: one.last })
            .collect();
        let present = abandonments(&acts, &orders, &rules, now);
        let news = abandonment_news(&present, &told, DateTime::<Utc>::MIN_UTC);
        for one in &news.revoked {
            // What is taken back is not true by all that is known.
            prop_assert!(!present.iter().any(|episode| episode.object == one.object && (episode.began..=episode.due).contains(&one.last)));
        }
        if let Effect::Seen = acts[late].effect {
            prop_assert!(news.due.len() <= 1);
        }
    }
}

#[test]
fn a_late_purchase_at_the_till_takes_it_back() {
    let rules = ThreadRules::retail();
    let acts = [act(0, "c", 0, Effect::Changed)];
    let two = from_millis(2 * HOUR);
    let before = abandonments(&acts, &[], &rules, two);
    assert_eq!(before.len(), 1);
    let told = [Told { kind: ThreadKind::Cart, object: "c".into(), last: before[0].last }];
    // She bought at the till within the hour; the till was off line.
    let in_time = abandonments(&acts, &[from_millis(HOUR / 2)], &rules, two);
    let news = abandonment_news(&in_time, &told, DateTime::<Utc>::MIN_UTC);
    assert_eq!((news.due.len(), news.revoked.len(), news.recovered.len()), (0, 1, 0));
    // She bought after it was told: true then, recovered since.
    let after = abandonments(&acts, &[from_millis(HOUR * 3 / 2)], &rules, two);
    assert_eq!(after[0].then.map(|(then, _)| then), Some(Sequel::Ended(Closed::Converted)));
    let news = abandonment_news(&after, &told, DateTime::<Utc>::MIN_UTC);
    assert_eq!((news.due.len(), news.revoked.len(), news.recovered.len()), (0, 0, 1));
    // Merely looking at it, without anything in it, is no cart; nor is what is not of the rules.
    assert!(abandonments(&[act(0, "c", 0, Effect::Seen)], &[], &rules, two).is_empty());
    let chat = ThreadAct { kind: ThreadKind::Conversation, ..act(0, "c", 0, Effect::Changed) };
    assert!(abandonments(&[chat], &[], &rules, two).is_empty());
    let extreme = ThreadAct {
        order: OrderKey { time: DateTime::<Utc>::MAX_UTC, ..acts[0].order.clone() },
        ..acts[0].clone()
    };
    assert!(abandonments(&[extreme], &[], &rules, DateTime::<Utc>::MAX_UTC).is_empty());
}

struct World {
    hub: Hub,
    clock: Arc<FixedClock>,
}

impl World {
    fn record(&self, json: &str) -> Who {
        Who::Record(
            self.hub
                .record(&Event::from_segment(json.as_bytes(), &self.hub.import()).unwrap())
                .unwrap()
                .record,
        )
    }

    fn at(&self, time: &str) {
        self.clock.set(format!("2026-03-20T{time}:00Z").parse().unwrap());
    }

    fn mark(&self, who: &Who, episode: &Abandonment) -> bool {
        self.hub.mark_abandonment(who, episode, &Channel::App, &ThreadSettings::retail()).unwrap()
    }

    fn due(&self, who: &Who) -> Vec<Abandonment> {
        self.hub.abandoned(who, &Channel::App, &ThreadSettings::retail(), true).unwrap().unwrap().due
    }
}

#[test]
fn the_hub_tells_once_and_takes_back() {
    let clock = Arc::new(FixedClock::at("2026-03-20T10:00:00Z".parse().unwrap()));
    let hub =
        Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret"), clock.clone())
            .unwrap();
    let world = World { hub, clock };
    let who = world.record(
        r#"{"type":"track","event":"Product Added","messageId":"1","userId":"u-7","timestamp":"2026-03-20T10:00:00Z",
        "properties":{"cart_id":"سبد-۱","product_id":"TEA","quantity":1},"context":{"channel":"web"}}"#,
    );
    let plan = ThreadEdit::new("1", ThreadKind::Application, "кредит-1", Channel::App).set("сумма", 900_000);
    world.hub.edit_thread(&who, &plan, &ThreadSettings::retail()).unwrap();
    assert!(world.due(&who).is_empty());
    world.at("11:00");
    let due = world.due(&who);
    assert_eq!(due.iter().map(|one| &*one.object).collect::<Vec<_>>(), ["سبد-۱"]);
    assert_eq!(abandonment_signal(&due[0]).kind, SignalKind::CartAbandoned);
    let quiet = world.hub.abandoned(&who, &Channel::App, &ThreadSettings::retail(), false).unwrap().unwrap();
    assert!(quiet.due.is_empty(), "she may not be contacted");
    let marked: usize = std::thread::scope(|scope| {
        let (world, who, due) = (&world, &who, &due);
        let running: Vec<_> = (0..6).map(|_| scope.spawn(move || world.mark(who, &due[0]))).collect();
        running.into_iter().map(|one| usize::from(one.join().unwrap())).sum()
    });
    assert_eq!(marked, 1);
    assert!(world.due(&who).is_empty());
    // The till was off line: she bought at half past ten.
    world.record(
        r#"{"type":"track","event":"Order Completed","messageId":"2","userId":"u-7","timestamp":"2026-03-20T10:30:00Z",
        "properties":{"order_id":"o-1"},"context":{"channel":"till"}}"#,
    );
    let account = throughline::identifier::Identifier::parse(
        throughline::identifier::IdentifierKind::UserId,
        "u-7",
        &Default::default(),
    )
    .unwrap();
    let everywhere = Who::Identifier(account);
    let news =
        world.hub.abandoned(&everywhere, &Channel::App, &ThreadSettings::retail(), true).unwrap().unwrap();
    assert_eq!((news.due.len(), news.revoked.len()), (0, 1));
    assert!(world.hub.settle_abandonment(&everywhere, &news.revoked[0]).unwrap());
    assert!(!world.hub.settle_abandonment(&everywhere, &news.revoked[0]).unwrap());
    assert!(
        world
            .hub
            .abandoned(&everywhere, &Channel::App, &ThreadSettings::retail(), true)
            .unwrap()
            .unwrap()
            .revoked
            .is_empty()
    );
    world.clock.set("2026-03-21T10:00:00Z".parse().unwrap());
    let due = world.due(&everywhere);
    assert_eq!(due.iter().map(|one| &*one.object).collect::<Vec<_>>(), ["кредит-1"]);
    assert_eq!(abandonment_signal(&due[0]).kind, SignalKind::Custom);
    assert!(!format!("{due:?} {news:?}").contains("кредит"));
}

fn fresh() -> World {
    let clock = Arc::new(FixedClock::at("2026-03-20T10:00:00Z".parse().unwrap()));
    let rules = Rules::retail(b"secret");
    World {
        hub: Hub::with_clock(Arc::new(MemoryStore::new()), Tenant(1), rules, clock.clone()).unwrap(),
        clock,
    }
}

#[test]
fn what_was_bought_since_it_was_listed_is_not_told() {
    let world = fresh();
    let who = world.record(r#"{"type":"identify","messageId":"1","userId":"u-7"}"#);
    let settings = ThreadSettings::retail();
    let cart = |id: &str| ThreadEdit::new(id, ThreadKind::Cart, "корзина", Channel::Web);
    world.hub.edit_thread(&who, &cart("1").set("lines/TEA", 1), &settings).unwrap();
    world.at("11:00");
    let due = world.due(&who);
    world.record(
        r#"{"type":"track","event":"Order Completed","messageId":"2","userId":"u-7","timestamp":"2026-03-20T10:59:00Z",
        "properties":{"order_id":"o-1"},"context":{"channel":"till"}}"#,
    );
    assert!(!world.mark(&who, &due[0]));
}

#[test]
fn a_merged_cart_is_told_once_and_its_recovery_settled() {
    let world = fresh();
    let settings = ThreadSettings::retail();
    let user = world.record(r#"{"type":"identify","messageId":"1","userId":"u-7"}"#);
    let visitor = world.record(r#"{"type":"page","messageId":"2","anonymousId":"v-1"}"#);
    let cart = |id: &str, object: &str| ThreadEdit::new(id, ThreadKind::Cart, object, Channel::Web);
    world.hub.edit_thread(&user, &cart("1", "a").set("lines/TEA", 1), &settings).unwrap();
    world.hub.edit_thread(&visitor, &cart("2", "b").set("lines/MUG", 1), &settings).unwrap();
    world.record(r#"{"type":"identify","messageId":"3","userId":"u-7","anonymousId":"v-1"}"#);
    world.at("11:00");
    let due = world.due(&user);
    assert_eq!(due.len(), 1, "one cart");
    assert!(world.mark(&user, &due[0]) && !world.mark(&visitor, &due[0]));
    assert!(world.due(&visitor).is_empty());
    world.at("12:00");
    world.record(
        r#"{"type":"track","event":"Order Completed","messageId":"4","userId":"u-7","timestamp":"2026-03-20T11:30:00Z",
        "properties":{"order_id":"o-1"},"context":{"channel":"till"}}"#,
    );
    let recovered = || world.hub.abandoned(&user, &Channel::App, &settings, true).unwrap().unwrap().recovered;
    let now = recovered();
    assert_eq!(now.len(), 1);
    assert!(world.hub.settle_abandonment(&user, &now[0].0).unwrap());
    assert!(recovered().is_empty());
}

#[test]
fn an_emptied_cart_is_not_abandoned_and_a_busy_one_is_not_taken_back() {
    let world = fresh();
    let settings = ThreadSettings::retail();
    let who = world.record(r#"{"type":"identify","messageId":"1","userId":"u-7"}"#);
    let cart = |id: &str| ThreadEdit::new(id, ThreadKind::Cart, "סל", Channel::Web);
    let edit = |edit: ThreadEdit| {
        let shown = world.hub.thread(&who, &ThreadKind::Cart, "סל", &Channel::Web, &settings).unwrap();
        let seen = shown.and_then(|shown| shown.document().map(|document| document.versions.clone()));
        let edit = edit.on(&seen.unwrap_or_default());
        assert!(matches!(
            world.hub.edit_thread(&who, &edit, &settings).unwrap(),
            throughline::hub::EditOutcome::Applied { .. }
        ));
    };
    edit(cart("1").set("lines/TEA", 1).set("currency", "IRR"));
    edit(cart("2").remove("lines/TEA"));
    world.at("12:00");
    assert!(world.due(&who).is_empty(), "nothing is in it");
    edit(cart("3").set("lines/TEA", 2));
    world.at("13:00");
    let due = world.due(&who);
    assert_eq!(due.len(), 1);
    assert!(world.mark(&who, &due[0]));
    for n in 0..40 {
        edit(cart(&format!("later-{n}")).set("lines/MUG", n + 1));
    }
    let news = world.hub.abandoned(&who, &Channel::App, &settings, true).unwrap().unwrap();
    assert!(news.revoked.is_empty(), "it was so, though that is remembered no more");
}

#[test]
fn nobody_is_reminded_of_a_sensitive_form_unless_the_rules_say_so() {
    let world = fresh();
    let settings = ThreadSettings::retail();
    let who = world.record(r#"{"type":"identify","messageId":"1","userId":"u-7"}"#);
    let form = ThreadEdit::new("1", ThreadKind::Form, "анкета", Channel::App)
        .set("аллергия", "пыльца")
        .guarded(Sensitivity::Sensitive);
    world.hub.edit_thread(&who, &form, &settings).unwrap();
    world.clock.set("2026-03-22T10:00:00Z".parse().unwrap());
    assert!(world.due(&who).is_empty());
    let mut telling = ThreadSettings::retail();
    telling.rules.kinds.entry(ThreadKind::Form).or_default().remind_of_sensitive = true;
    let due = |channel: &Channel| world.hub.abandoned(&who, channel, &telling, true).unwrap().unwrap().due;
    let standing = due(&Channel::App);
    assert_eq!(standing.len(), 1);
    // And then in no channel that may not see it.
    for channel in [Channel::Email, Channel::Sms, Channel::WhatsApp, Channel::Till, Channel::Kiosk] {
        assert!(due(&channel).is_empty(), "{channel}");
        assert!(!world.hub.mark_abandonment(&who, &standing[0], &channel, &telling).unwrap(), "{channel}");
    }
    assert!(world.hub.mark_abandonment(&who, &standing[0], &Channel::App, &telling).unwrap());
    // She sends it in: the channel that told her learns it, no other does.
    let seen =
        world.hub.thread(&who, &ThreadKind::Form, "анкета", &Channel::App, &settings).unwrap().unwrap();
    let sent = ThreadEdit::new("2", ThreadKind::Form, "анкета", Channel::Web)
        .on(&seen.document().unwrap().versions)
        .close(Closed::Converted);
    world.hub.edit_thread(&who, &sent, &settings).unwrap();
    let recovered = |channel: &Channel| {
        world.hub.abandoned(&who, channel, &telling, true).unwrap().unwrap().recovered.len()
    };
    assert_eq!((recovered(&Channel::App), recovered(&Channel::Email)), (1, 0));
}

impl World {
    /// Places an order through the hub.
    fn order(&self, number: &str, who: &Who) {
        let (shop, tea) = (LocationId::parse("تجریش").unwrap(), Sku::parse("TEA").unwrap());
        let count = StockChange::Count {
            units: 1,
            at: "2026-03-20T08:00:00Z".parse().unwrap(),
            source: CountSource::default(),
        };
        let place = Place::new(shop.clone(), tea.clone());
        self.hub.change_stock(&CommandKey::new("count"), &place, &count, Yield::Refuse).unwrap();
        let (rules, hours, stock) = (OrderRules::retail(), OrderHours::new(), Terms::default());
        let terms = OrderTerms { rules: &rules, hours: &hours, stock: &stock };
        let request = OrderRequest {
            number,
            who: Some(who),
            lines: &[OrderedLine { sku: tea, units: 1, cancelled: 0 }],
            parcels: &[NewParcel { from: shop, pick_up: None, units: vec![(0, 1)], promise: None }],
            held: None,
            exchange_of: None,
            backorder: false,
            pay_by: None,
        };
        let placed = self.hub.place_order(&CommandKey::new(number), &request, &terms).unwrap();
        assert!(matches!(placed, PlaceOutcome::Placed { .. }), "{placed:?}");
    }

    fn news(&self, who: &Who) -> AbandonmentNews {
        self.hub.abandoned(who, &Channel::App, &ThreadSettings::retail(), true).unwrap().unwrap()
    }
}

#[test]
fn an_order_placed_through_the_hub_ends_it() {
    let settings = ThreadSettings::retail();
    let filled = |world: &World| {
        let who = world.record(r#"{"type":"identify","messageId":"1","userId":"u-7"}"#);
        let visitor = world.record(r#"{"type":"page","messageId":"2","anonymousId":"v-1"}"#);
        world.record(r#"{"type":"identify","messageId":"3","userId":"u-7","anonymousId":"v-1"}"#);
        let cart = ThreadEdit::new("1", ThreadKind::Cart, "سبد", Channel::Web).set("lines/TEA", 1);
        world.hub.edit_thread(&who, &cart, &settings).unwrap();
        (who, visitor)
    };
    // In time, at whichever of her records: nothing is abandoned.
    let world = fresh();
    let (who, visitor) = filled(&world);
    world.at("10:30");
    world.order("4711", &visitor);
    world.at("12:00");
    assert!(world.due(&who).is_empty());
    // After it was told: recovered.
    let world = fresh();
    let (who, _) = filled(&world);
    world.at("11:00");
    let due = world.due(&who);
    assert!(world.mark(&who, &due[0]));
    world.at("11:30");
    world.order("4711", &who);
    let news = world.news(&who);
    assert_eq!((news.due.len(), news.revoked.len(), news.recovered.len()), (0, 0, 1));
    assert_eq!(news.recovered[0].1.then.map(|(then, _)| then), Some(Sequel::Ended(Closed::Converted)));
    // In time, by the clock of a machine that was behind, and kept after it was told: taken back.
    let world = fresh();
    let (who, _) = filled(&world);
    world.at("11:00");
    let due = world.due(&who);
    assert!(world.mark(&who, &due[0]));
    world.at("10:59");
    world.order("4711", &who);
    world.at("11:30");
    let news = world.news(&who);
    assert_eq!((news.due.len(), news.revoked.len(), news.recovered.len()), (0, 1, 0));
    // Placed between listing and marking: not told.
    let world = fresh();
    let (who, _) = filled(&world);
    world.at("11:00");
    let due = world.due(&who);
    world.order("4711", &who);
    assert!(!world.mark(&who, &due[0]));
}

#[test]
fn no_message_about_a_cart_is_due_after_such_an_order() {
    let added = r#"{"type":"track","event":"Product Added","messageId":"1","userId":"u-7","timestamp":"2026-03-20T09:00:00Z",
        "properties":{"cart_id":"سبد","product_id":"TEA","quantity":1}}"#;
    let (triggers, zones) = (Trigger::retail(), Zones::bundled());
    let asked = Triggering { triggers: &triggers, signals: &[], zones: &zones };
    let due = |world: &World, who: &Who| {
        let due = world.hub.due_triggers(who, &asked).unwrap().unwrap();
        due.into_iter().map(|one| one.step).collect::<Vec<_>>()
    };
    for (ordered, left) in [(None, 1), (Some("10:30"), 0), (Some("08:30"), 1)] {
        let world = fresh();
        let who = world.record(added);
        if let Some(at) = ordered {
            world.at(at);
            world.order("4711", &who);
        }
        world.at("12:00");
        assert_eq!(due(&world, &who).len(), left, "{ordered:?}");
    }
}

#[test]
fn who_looks_at_what_she_bought_gets_no_message_about_it() {
    let event = |name: &str, id: &str, at: &str, properties: &str| {
        format!(
            r#"{{"type":"track","event":"{name}","messageId":"{id}","userId":"u-7","timestamp":"2026-03-20T{at}:00Z","properties":{{{properties}}}}}"#
        )
    };
    let cart = r#""cart_id":"корзина","product_id":"TEA","quantity":1"#;
    let (triggers, zones) = (Trigger::retail(), Zones::bundled());
    let asked = Triggering { triggers: &triggers, signals: &[], zones: &zones };
    let told_by_an_event = |world: &World| {
        world.record(&event("Order Completed", "o", "10:30", r#""order_id":"4711","cart_id":"другая""#));
    };
    for (then, is_left) in [("Cart Viewed", false), ("Checkout Started", false), ("Product Added", true)] {
        for begins_with in ["Product Added", "Checkout Started"] {
            for is_placed_here in [true, false] {
                let world = fresh();
                let who = world.record(&event(begins_with, "1", "10:00", cart));
                world.at("10:30");
                if is_placed_here {
                    world.order("4711", &who);
                } else {
                    told_by_an_event(&world);
                }
                world.at("10:31");
                world.record(&event(then, "2", "10:31", cart));
                world.at("12:00");
                let due = world.hub.due_triggers(&who, &asked).unwrap().unwrap();
                let left = due.iter().any(|one| one.step.starts_with("cart-abandoned/"));
                assert_eq!(left, is_left, "{begins_with} {then} {is_placed_here}");
                let says = world.due(&who).len();
                assert_eq!(says, usize::from(is_left), "{begins_with} {then} {is_placed_here}");
            }
        }
    }
}

#[test]
fn what_was_bought_is_not_taken_up_again() {
    let settings = ThreadSettings::retail();
    let event = |name: &str, id: &str, at: &str| {
        format!(
            r#"{{"type":"track","event":"{name}","messageId":"{id}","userId":"u-7","timestamp":"2026-03-20T{at}:00Z","properties":{{"cart_id":"סל","product_id":"TEA","quantity":1}},"context":{{"channel":"web"}}}}"#
        )
    };
    for is_thread in [false, true] {
        for (then, waits) in [(None, false), (Some("Cart Viewed"), false), (Some("Product Added"), true)] {
            let world = fresh();
            let who =
                world.record(&event(if is_thread { "Cart Viewed" } else { "Product Added" }, "1", "10:00"));
            if is_thread {
                let cart = ThreadEdit::new("1", ThreadKind::Cart, "סל", Channel::Web).set("lines/TEA", 1);
                world.hub.edit_thread(&who, &cart, &settings).unwrap();
            }
            let form = ThreadEdit::new("2", ThreadKind::Application, "loan", Channel::Web).set("sum", 5);
            world.hub.edit_thread(&who, &form, &settings).unwrap();
            let carts = || {
                let found = world.hub.resume(&who, &Channel::Till, &settings).unwrap().unwrap();
                let all: Vec<_> = found.resume.iter().map(|one| &one.thread.kind).collect();
                let others = found.others.iter().map(|other| &other.kind);
                let all: Vec<_> = all.into_iter().chain(others).cloned().collect();
                assert!(all.contains(&ThreadKind::Application), "no order ends an application");
                all.iter().filter(|kind| **kind == ThreadKind::Cart).count()
            };
            assert_eq!(carts(), 1);
            world.at("10:30");
            world.order("4711", &who);
            assert_eq!(carts(), 0, "{is_thread}");
            world.at("10:45");
            if let Some(then) = then {
                world.record(&event(then, "2", "10:45"));
            }
            assert_eq!(carts(), usize::from(waits), "{is_thread} {then:?}");
        }
    }
}
