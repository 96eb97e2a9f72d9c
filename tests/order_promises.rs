//! What the parcels of an order were promised for is scored by what becomes of them: once, in every storm.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::sync::Arc;

use attack_support::{NOON, instant};
use stock_support::orders::{DEPOT, Placing, SHOP, packed, placed, placing};
use stock_support::{Shop, count, in_every_shop, place};
use throughline::hub::{CommandKey, Hub, OrderActed, parcel_promise};
use throughline::ids::OrderId;
use throughline::stock::LocationId;
use throughline::stock::availability::{Beyond, BeyondKind, Dated};
use throughline::stock::order::{OrderAct, Resolution};
use throughline::stock::promise::{Promise, PromiseScore, PromiseStanding, Way};
use throughline::stock::reservation::{StockChange, Yield};
use throughline::store::MemoryStore;
use throughline::time::{DateTime, Utc};

const BY: &str = "2026-03-20T16:00:00Z";

fn promise(by: &str) -> Promise {
    let (made, by) = (instant(NOON), instant(by));
    Promise { way: Way::PickUp, made, from: by, by, until: None, label: "same day".into(), steps: Vec::new() }
}

/// Both parcels are promised for four in the afternoon.
fn promising(number: &str) -> Placing {
    let mut order = placing(number);
    for parcel in &mut order.parcels {
        parcel.promise = Some(promise(BY));
    }
    order
}

fn score(shop: &Shop, hub: &Hub, at: &str) -> (u64, u64) {
    let (from, until) = ("2026-03-01".parse().unwrap(), "2026-04-30".parse().unwrap());
    let at = LocationId::parse(at).unwrap();
    let PromiseScore { kept, broken } = shop.insist(|| hub.promises_kept(&at, from, until));
    (kept, broken)
}

fn standing(shop: &Shop, hub: &Hub, order: OrderId, parcel: u16) -> PromiseStanding {
    let key = parcel_promise(order, parcel).unwrap();
    shop.insist(|| hub.score_promise(&key, None)).unwrap()
}

fn stocked(shop: &Shop, units: u32) {
    count(shop, &place(SHOP, "MUG"), units);
    count(shop, &place(DEPOT, "MUG"), units);
}

/// Does it at an instant; again under the same key, and heard again under another.
fn act(shop: &Shop, order: &Placing, id: OrderId, at: &str, name: &str, what: &OrderAct) {
    let (clock, hub) = shop.hub_with_clock();
    clock.set(instant(at));
    let done = order.act(shop, &hub, id, name, what);
    assert!(done.is_done(), "{name}: {done:?}");
    assert_eq!(order.act(shop, &hub, id, name, what), done);
    assert!(order.act(shop, &hub, id, &format!("{name}, heard again"), what).is_done(), "{name}");
}

#[test]
fn each_promise_is_kept_or_broken_once_by_what_becomes_of_its_parcel() {
    in_every_shop(8, |shop| {
        stocked(shop, 4);
        let (order, hub) = (promising("1"), shop.hub());
        let id = placed(order.place(shop, &hub));
        assert_eq!(placed(order.place(shop, &hub)), id);
        assert_eq!(standing(shop, &hub, id, 0), PromiseStanding::Open);
        assert_eq!((score(shop, &hub, SHOP), score(shop, &hub, DEPOT)), ((0, 0), (0, 0)));
        act(shop, &order, id, NOON, "paid", &OrderAct::Paid);
        act(shop, &order, id, "2026-03-20T15:50:00Z", "packed", &packed());
        assert_eq!(standing(shop, &hub, id, 0), PromiseStanding::Kept { early_seconds: 600 });
        act(shop, &order, id, "2026-03-20T15:00:00Z", "sent", &OrderAct::Shipped { parcel: 1 });
        act(shop, &order, id, "2026-03-20T16:01:00Z", "there", &OrderAct::Delivered { parcel: 1 });
        assert_eq!(standing(shop, &hub, id, 1), PromiseStanding::Broken { late_seconds: 60 });
        assert_eq!((score(shop, &hub, SHOP), score(shop, &hub, DEPOT)), ((1, 0), (0, 1)));
        // She fetches it days later, which is her own affair; nobody counts it again.
        let give = CommandKey::new("give");
        let (clock, later) = shop.hub_with_clock();
        clock.set(instant("2026-03-21T12:00:00Z"));
        for _ in 0..2 {
            let given = shop.insist(|| later.hand_over(&give, id, 0, None, &order.terms()));
            assert!(given.is_done());
        }
        assert_eq!((score(shop, &hub, SHOP), score(shop, &hub, DEPOT)), ((1, 0), (0, 1)));
    });
}

#[test]
fn what_is_not_fetched_was_there() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    stocked(&shop, 1);
    let (clock, hub) = shop.hub_with_clock();
    let order = promising("1");
    let id = placed(order.place(&shop, &hub));
    act(&shop, &order, id, NOON, "packed", &packed());
    clock.set(instant("2026-03-25T17:30:00Z"));
    for tick in ["one", "two"] {
        assert!(hub.order_tick(&CommandKey::new(tick), id, &order.terms()).unwrap().is_done());
    }
    assert_eq!(score(&shop, &hub, SHOP), (1, 0));
    assert_eq!(standing(&shop, &hub, id, 0), PromiseStanding::Kept { early_seconds: 14_400 });
}

#[test]
fn what_is_lost_or_not_found_is_broken_whenever_that_is_known() {
    in_every_shop(4, |shop| {
        stocked(shop, 4);
        let hub = shop.hub();
        // Long before it is due.
        let at = "2026-03-20T13:00:00Z";
        let order = promising("lost");
        let id = placed(order.place(shop, &hub));
        act(shop, &order, id, at, "sent", &OrderAct::Shipped { parcel: 1 });
        act(shop, &order, id, at, "lost", &OrderAct::Lost { parcel: 1 });
        assert_eq!(standing(shop, &hub, id, 1), PromiseStanding::Missed);
        // It is found: that the promise is broken stays so.
        let back = OrderAct::CameBack { parcel: 1, at: LocationId::parse(DEPOT).unwrap() };
        act(shop, &order, id, at, "found", &back);
        assert_eq!(score(shop, &hub, DEPOT), (0, 1));
        let short = OrderAct::Short { parcel: 0, line: 0, units: 1 };
        let order = promising("without");
        let id = placed(order.place(shop, &hub));
        act(shop, &order, id, at, "short", &short);
        assert_eq!(score(shop, &hub, SHOP), (0, 0), "nothing is decided");
        let without = OrderAct::Resolve { parcel: 0, line: 0, how: Resolution::Cancel };
        act(shop, &order, id, at, "without", &without);
        assert_eq!(standing(shop, &hub, id, 0), PromiseStanding::Missed);
        assert_eq!((score(shop, &hub, SHOP), score(shop, &hub, DEPOT)), ((0, 1), (0, 1)));
    });
}

#[test]
fn what_is_called_off_counts_only_if_it_was_late_already() {
    in_every_shop(4, |shop| {
        stocked(shop, 4);
        let hub = shop.hub();
        for (number, at, expected) in [
            ("early", "2026-03-20T15:59:00Z", PromiseStanding::Withdrawn),
            ("at the instant", BY, PromiseStanding::Withdrawn),
            ("late", "2026-03-20T16:00:01Z", PromiseStanding::Missed),
        ] {
            let order = promising(number);
            let id = placed(order.place(shop, &hub));
            act(shop, &order, id, at, "off", &OrderAct::Cancel);
            assert_eq!(standing(shop, &hub, id, 0), expected, "{number}");
        }
        assert_eq!((score(shop, &hub, SHOP), score(shop, &hub, DEPOT)), ((0, 1), (0, 1)));
    });
}

/// Units that come from elsewhere are measured by what was promised first, where it was promised first.
#[test]
fn a_second_parcel_inherits_the_first_promise() {
    in_every_shop(4, |shop| {
        stocked(shop, 4);
        let (order, hub) = (promising("1"), shop.hub());
        let id = placed(order.place(shop, &hub));
        let at = "2026-03-20T13:00:00Z";
        act(shop, &order, id, at, "short", &OrderAct::Short { parcel: 0, line: 0, units: 1 });
        let depot = LocationId::parse(DEPOT).unwrap();
        let new = promise("2026-03-21T16:00:00Z");
        let how = Resolution::Wait { from: depot.clone(), pick_up: None, promise: Some(new.clone()) };
        act(shop, &order, id, at, "wait", &OrderAct::Resolve { parcel: 0, line: 0, how });
        // All of the first parcel comes in the other: that one stands for it.
        assert_eq!(standing(shop, &hub, id, 0), PromiseStanding::Withdrawn);
        let given = shop.insist(|| hub.given_promise(&parcel_promise(id, 2).unwrap())).unwrap();
        assert_eq!((given.first, given.now), (promise(BY), new.clone()));
        assert_eq!((given.first_location.as_str(), given.location), (SHOP, depot));
        act(shop, &order, id, at, "sent", &OrderAct::Shipped { parcel: 2 });
        let there: DateTime<Utc> = new.by;
        act(shop, &order, id, &there.to_rfc3339(), "there", &OrderAct::Delivered { parcel: 2 });
        assert_eq!(score(shop, &hub, SHOP), (0, 1), "kept as it was told last, broken as it was told first");
        assert_eq!(score(shop, &hub, DEPOT), (0, 0));
    });
}

#[test]
fn a_step_that_stock_refuses_scores_nothing() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    stocked(&shop, 1);
    let (order, hub) = (promising("1"), shop.hub());
    let id = placed(order.place(&shop, &hub));
    order.act(&shop, &hub, id, "short", &OrderAct::Short { parcel: 0, line: 0, units: 1 });
    let nowhere = LocationId::parse("Nowhere").unwrap();
    let how = Resolution::Wait { from: nowhere, pick_up: None, promise: Some(promise(BY)) };
    let acted = order.act(&shop, &hub, id, "wait", &OrderAct::Resolve { parcel: 0, line: 0, how });
    assert!(matches!(acted, OrderActed::NotInStock { .. }), "{acted:?}");
    assert_eq!(standing(&shop, &hub, id, 0), PromiseStanding::Open);
    assert_eq!(hub.given_promise(&parcel_promise(id, 2).unwrap()).unwrap(), None);
}

/// Who does not pay in time is not let down, whenever the clockwork comes by.
#[test]
fn an_order_that_nobody_paid_breaks_no_promise() {
    for tick in ["2026-03-20T15:05:00Z", "2026-03-20T16:05:00Z"] {
        let shop = Shop::on(Arc::new(MemoryStore::new()));
        stocked(&shop, 1);
        let (clock, hub) = shop.hub_with_clock();
        let order = Placing { pay_by: Some(instant("2026-03-20T15:00:00Z")), ..promising("1") };
        let id = placed(order.place(&shop, &hub));
        clock.set(instant(tick));
        assert!(hub.order_tick(&CommandKey::new("tick"), id, &order.terms()).unwrap().is_done());
        assert_eq!(standing(&shop, &hub, id, 0), PromiseStanding::Withdrawn, "{tick}");
        assert_eq!((score(&shop, &hub, SHOP), score(&shop, &hub, DEPOT)), ((0, 0), (0, 0)));
    }
}

/// What left and is to be booked out is not booked out again for another parcel.
#[test]
fn what_is_owed_at_a_place_is_spoken_for() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let here = place(SHOP, "MUG");
    count(&shop, &here, 0);
    count(&shop, &place(DEPOT, "MUG"), 1);
    let (clock, hub) = shop.hub_with_clock();
    let change = |name: &str, what: StockChange| {
        let done = hub.change_stock(&CommandKey::new(name), &here, &what, Yield::Refuse);
        assert!(done.unwrap().is_changed());
    };
    let entries = vec![Dated { at: instant("2026-03-21T08:00:00Z"), units: 3 }];
    change("supply", StockChange::Supply { entries });
    let beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 3, not_before: None });
    change("beyond", StockChange::Beyond { beyond });
    let order = Placing { backorder: true, ..placing("1") };
    let id = placed(order.place(&shop, &hub));
    let done = |name: &str, what: &OrderAct| order.act(&shop, &hub, id, name, what);
    // The shop's mug leaves though the shelf says that there is none.
    assert!(done("packed", &packed()).is_done());
    assert!(hub.hand_over(&CommandKey::new("give"), id, 0, None, &order.terms()).unwrap().is_done());
    // The depot's is missing and comes from the shop, where ten came in.
    assert!(done("short", &OrderAct::Short { parcel: 1, line: 0, units: 1 }).is_done());
    change("came", StockChange::Receive { units: 10, announced: None });
    let how = Resolution::Wait { from: LocationId::parse(SHOP).unwrap(), pick_up: None, promise: None };
    assert!(done("wait", &OrderAct::Resolve { parcel: 1, line: 0, how }).is_done());
    assert!(done("sent", &OrderAct::Shipped { parcel: 2 }).is_done());
    clock.set(instant("2026-03-21T12:00:00Z"));
    assert!(hub.order_tick(&CommandKey::new("tick"), id, &order.terms()).unwrap().is_done());
    let level = shop.answers(&[&here])[0].level.clone();
    assert_eq!((level.on_hand, level.allocated), (8, 0));
}
