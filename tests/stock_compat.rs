//! What stock stores, byte for byte.
//!
//! `tests/compat/stock.jsonl` and `tests/compat/orders.jsonl` hold one line per key: the key in hexadecimal digits and the value. A change of it is a
//! change of a stored format: raise the version of the kind, add a case to its `upcast`, and keep the old lines.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod compat_support;
mod stock_support;

use std::sync::Arc;

use attack_support::{NOON, instant, said};
use compat_support::read;
use stock_support::{Shop, accepted, count, key, place, reserve};
use throughline::calendar::{Windows, Zone};
use throughline::hub::{
    CommandKey, OrderActed, OrderRequest, OrderTerms, PlaceOutcome, RenewRequest, RepeatDays, RepeatRequest,
    RepeatedLine, RetryRule, SlotPlace, SlotRequest, Who, parcel_promise,
};
use throughline::stock::availability::{Beyond, BeyondKind, CountSource, Dated};
use throughline::stock::order::{
    NewParcel, OrderAct, OrderHours, OrderRules, OrderedLine, Resolution, Subscription,
};
use throughline::stock::promise::{Promise, SlotPlan, Step, StepKind, Way};
use throughline::stock::reservation::{Line, StockAct, StockChange, Terms, Yield};
use throughline::stock::{LocationId, Method};
use throughline::store::MemoryStore;
use throughline::time::TimeDelta;

const FILE: &str = include_str!("compat/stock.jsonl");
const ORDERS: &str = include_str!("compat/orders.jsonl");

/// All that is stored, in lines.
fn content(store: &MemoryStore) -> String {
    compat_support::content(store, |_, _| true)
}

/// One of everything that is stored.
fn world() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let (a, b) = (place("تهران", "MUG"), place("Арбат", "MUG"));
    count(&shop, &a, 9);
    count(&shop, &b, 4);
    let hub = shop.hub();
    let later = instant(NOON) + TimeDelta::days(2);
    let dated = |units| vec![Dated { at: later, units }];
    let beyond = Some(Beyond { kind: BeyondKind::Preorder, cap: 5, not_before: Some(later) });
    for (at, change) in [
        StockChange::Count { units: 8, at: instant(NOON), source: CountSource::Counted },
        StockChange::Damaged { units: 1 },
        StockChange::InTransit { units: 2 },
        StockChange::Queued { units: 1 },
        StockChange::Supply { entries: dated(6) },
        StockChange::Demand { entries: dated(1) },
        StockChange::Beyond { beyond },
        StockChange::Withdrawn { withdrawn: true },
        StockChange::Withdrawn { withdrawn: false },
        StockChange::LeavesPerDay { milli: 250 },
    ]
    .iter()
    .enumerate()
    {
        let command = CommandKey::new(&format!("change-{at}"));
        assert!(hub.change_stock(&command, &a, change, Yield::Refuse).unwrap().is_changed());
    }
    let terms = Terms::default();
    let act = |cart: &str, what: &StockAct| {
        let outcome = hub.act_on_stock(&key(cart), what, &terms).unwrap();
        assert!(accepted(&outcome), "{cart}: {outcome:?}");
    };
    act("held", &reserve(&[(&a, 1), (&b, 1)]));
    act("endless", &StockAct::Reserve { lines: vec![Line::new(a.clone(), 9)], until: None, backorder: true });
    act("order", &reserve(&[(&b, 3)]));
    act("order", &StockAct::Commit);
    act("order", &StockAct::Issue { lines: Some(vec![Line::new(b.clone(), 1)]) });
    act("order", &StockAct::Cancel { lines: Some(vec![Line::new(b, 1)]), not_found: true });
    let at = SlotPlace {
        location: LocationId::parse("Арбат").unwrap(),
        service: Method::parse("fitting").unwrap(),
    };
    let plan: SlotPlan = serde_json::from_str(
        r#"{"hours": {"windows": [{"start": "09:00", "end": "18:00"}]}, "minutes": 60, "capacity": 3}"#,
    )
    .unwrap();
    let zone = Zone::utc();
    let start = instant("2026-03-20T15:00:00Z");
    for (customer, until) in [("visit-1", None), ("visit-2", Some(start))] {
        hub.book_slot(
            &key(customer),
            &SlotRequest { place: &at, plan: &plan, zone: &zone, start, places: 1, until },
        )
        .unwrap();
    }
    let promise = Promise {
        way: Way::PickUp,
        made: instant(NOON),
        from: start,
        by: start,
        until: Some(later),
        label: "same day".into(),
        steps: vec![Step { what: StepKind::Ready, at: start }],
    };
    hub.give_promise(&key("order"), &at.location, &promise).unwrap();
    hub.score_promise(&key("order"), Some(start)).unwrap();
    store
}

fn promise(by: &str) -> Promise {
    let (made, by) = (instant(NOON), instant(by));
    Promise { way: Way::PickUp, made, from: by, by, until: None, label: "same day".into(), steps: Vec::new() }
}

/// An order with promises, of which one parcel left uncounted and another is lost in part; and repeat orders.
fn order_world() -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    let (a, b) = (place("تهران", "MUG"), place("Арбат", "MUG"));
    count(&shop, &a, 1);
    count(&shop, &b, 4);
    let hub = shop.hub();
    let entries = vec![Dated { at: instant("2026-03-21T08:00:00Z"), units: 3 }];
    let beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 1, not_before: None });
    for (name, change) in
        [("supply", StockChange::Supply { entries }), ("beyond", StockChange::Beyond { beyond })]
    {
        let changed = hub.change_stock(&CommandKey::new(name), &a, &change, Yield::Refuse).unwrap();
        assert!(changed.is_changed());
    }
    let (rules, hours, stock) = (OrderRules::retail(), OrderHours::new(), Terms::default());
    let terms = OrderTerms { rules: &rules, hours: &hours, stock: &stock };
    let leila = said("m-1", "web", 1).user("leila").to(&hub).record;
    let who = Who::Record(leila);
    let parcel = |from: &LocationId, pick_up: Option<&LocationId>, units| NewParcel {
        from: from.clone(),
        pick_up: pick_up.cloned(),
        units,
        promise: Some(promise("2026-03-20T16:00:00Z")),
    };
    let parcels =
        [parcel(&a.location, Some(&a.location), vec![(0, 2)]), parcel(&b.location, None, vec![(1, 1)])];
    let line = |units| OrderedLine { sku: a.sku.clone(), units, cancelled: 0 };
    let request = OrderRequest {
        number: "4711",
        who: Some(&who),
        lines: &[line(2), line(1)],
        parcels: &parcels,
        held: None,
        exchange_of: None,
        backorder: true,
        pay_by: Some(instant("2026-03-22T12:00:00Z")),
    };
    let placed = hub.place_order(&CommandKey::new("place"), &request, &terms).unwrap();
    let PlaceOutcome::Placed { id, .. } = placed else { panic!("{placed:?}") };
    let wait = Resolution::Wait {
        from: b.location.clone(),
        pick_up: None,
        promise: Some(promise("2026-03-21T16:00:00Z")),
    };
    for (name, what) in [
        ("failed", OrderAct::PaymentFailed { attempt: 1 }),
        ("set aside", OrderAct::Authorised { attempt: 2 }),
        ("short", OrderAct::Short { parcel: 0, line: 0, units: 1 }),
        ("wait", OrderAct::Resolve { parcel: 0, line: 0, how: wait }),
        ("packed", OrderAct::Packed { parcel: 0, at: a.location.clone(), units: vec![(0, 1)] }),
        ("sent", OrderAct::Shipped { parcel: 1 }),
        (
            "moved",
            OrderAct::PromiseMoved {
                parcel: 2,
                to: instant("2026-03-23T16:00:00Z"),
                found_at: instant(NOON),
            },
        ),
        ("there", OrderAct::Delivered { parcel: 1 }),
        ("back", OrderAct::RequestReturn { id: "r-1".into(), units: vec![(1, 1)], exchange: Vec::new() }),
        (
            "in",
            OrderAct::ReceiveReturn {
                id: "r-1".into(),
                at: b.location.clone(),
                units: Vec::new(),
                damaged: vec![(1, 1)],
            },
        ),
        ("outside", OrderAct::CheckedIn { parcel: 0 }),
    ] {
        let done = hub.order_act(&CommandKey::new(name), id, &what, &terms).unwrap();
        assert!(done.is_done(), "{name}: {done:?}");
    }
    // What is handed over was not counted in yet.
    for code in [Some("wrong"), None] {
        let command = CommandKey::new(&format!("give {code:?}"));
        hub.hand_over(&command, id, 0, code, &terms).unwrap();
    }
    let open: Windows = serde_json::from_str(r#"{"windows": [{"start": "09:00", "end": "18:00"}]}"#).unwrap();
    let zone = Zone::utc();
    let days = RepeatDays { open: &open, zone: &zone };
    let lines = [RepeatedLine { sku: a.sku.clone(), units: 1 }];
    let plan: Subscription = serde_json::from_str(
        r#"{"first": "2026-03-20", "every": {"every": "months", "months": 1, "calendar": "jalali"},
            "skipped": [3], "paused_until": "2026-03-01", "last": "2027-03-20"}"#,
    )
    .unwrap();
    for (number, from) in [("placed", &b.location), ("refused", &a.location)] {
        let request = RepeatRequest { number, who: Some(&who), lines: &lines, plan: &plan };
        hub.subscribe_order(&CommandKey::new(number), &request, &days).unwrap();
        let parcels = [NewParcel { from: from.clone(), pick_up: None, units: vec![(0, 1)], promise: None }];
        let renew = RenewRequest {
            number: &key(number),
            date: "2026-03-20".parse().unwrap(),
            parcels: &parcels,
            backorder: false,
            pay_by: None,
            retry: RetryRule::retail(),
        };
        hub.renew_order(&renew, &days, &terms).unwrap();
    }
    store
}

#[test]
fn what_is_stored_is_what_was_stored() {
    for (stored, file) in [(content(&world()), FILE), (content(&order_world()), ORDERS)] {
        if stored != file {
            let told = stored.lines().zip(file.lines()).find(|(now, then)| now != then);
            panic!("the stored shape of stock changed: {told:?}\n{stored}");
        }
    }
}

#[test]
fn what_was_stored_of_orders_still_reads() {
    let shop = Shop::on(read(ORDERS));
    let (clock, hub) = shop.hub_with_clock();
    let (rules, hours, stock) = (OrderRules::retail(), OrderHours::new(), Terms::default());
    let terms = OrderTerms { rules: &rules, hours: &hours, stock: &stock };
    let tea = hub.subscription(&key("placed")).unwrap().unwrap();
    assert_eq!((tea.done.unwrap().to_string(), tea.plan.skipped.len()), ("2026-03-20".to_owned(), 1));
    let refused = hub.subscription(&key("refused")).unwrap().unwrap();
    assert_eq!(refused.retry.unwrap().tried, 1);
    // What left uncounted is owed still.
    clock.set(instant("2026-03-20T13:00:00Z"));
    let due = hub.orders_due(10).unwrap();
    assert_eq!(due.len(), 1);
    let order = hub.order(due[0]).unwrap().unwrap();
    assert_eq!((order.parcels.len(), order.parcels[2].instead_of), (3, Some(0)));
    let ticked = hub.order_tick(&CommandKey::new("tick"), order.id, &terms).unwrap();
    let OrderActed::Done { miscounted, .. } = ticked else { panic!("{ticked:?}") };
    assert_eq!(miscounted.len(), 1);
    let first = hub.given_promise(&parcel_promise(order.id, 2).unwrap()).unwrap().unwrap();
    assert_eq!(first.first, promise("2026-03-20T16:00:00Z"));
    assert!(!first.is_settled());
}

#[test]
fn what_was_stored_still_reads() {
    let shop = Shop::on(read(FILE));
    let hub = shop.hub();
    let (a, b) = (place("تهران", "MUG"), place("Арбат", "MUG"));
    let answers = shop.answers(&[&a, &b]);
    assert_eq!((answers[0].level.on_hand, answers[0].level.reserved), (8, 10));
    assert_eq!((answers[1].level.on_hand, answers[1].level.allocated), (2, 1));
    assert_eq!(hub.stock_ticket(&key("order")).unwrap().unwrap().lines[0].issued, 1);
    assert_eq!(hub.booking(&key("visit-1")).unwrap().unwrap().places, 1);
    assert!(hub.given_promise(&key("order")).unwrap().unwrap().happened.is_some());
    let all = Terms::default();
    assert!(accepted(&hub.act_on_stock(&key("order"), &StockAct::Issue { lines: None }, &all).unwrap()));
}
