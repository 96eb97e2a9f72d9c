//! Orders through the hub: every unit is promised once, each state tells once, stock moves along, on every store and in a
//! storm.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use attack_support::{instant, said};
use stock_support::orders::{DEPOT, OPEN, Placing, SHOP, packed, placed, placing};
use stock_support::{Shop, accepted, count, in_every_shop, key, place, reserve};
use throughline::cart::Sku;
use throughline::hub::{
    Afterwards, CommandKey, OrderActed, OrderRequest, PlaceOutcome, PlaceRefusal, What, Who,
};
use throughline::ids::OrderId;
use throughline::keyed::Pepper;
use throughline::stock::LocationId;
use throughline::stock::availability::{Beyond, BeyondKind, Dated};
use throughline::stock::order::{
    Effect, HandOverCode, OrderAct, OrderHours, OrderRefusal, OrderedLine, ParcelState, Resolution,
};
use throughline::stock::reservation::{Line, StockAct, StockChange, StockRefusal, Yield};
use throughline::store::MemoryStore;

#[test]
fn ten_of_sixty_four_orders_are_placed_where_there_are_ten() {
    let fight = |shop: &Shop| {
        let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
        count(shop, &here, 10);
        count(shop, &there, 12);
        let won = shop.at_once(64, |buyer, hub| match placing(&format!("{buyer}")).place(shop, hub) {
            PlaceOutcome::Placed { .. } => vec![buyer],
            PlaceOutcome::Refused { why: PlaceRefusal::Stock { .. } } => vec![],
            PlaceOutcome::Refused { why } => panic!("{why:?}"),
        });
        assert_eq!(won.len(), 10);
        let levels: Vec<u32> =
            shop.answers(&[&here, &there]).iter().map(|answer| answer.level.allocated).collect();
        assert_eq!(levels, [10, 10]);
    };
    fight(&Shop::on(Arc::new(MemoryStore::new())));
    fight(&Shop::in_a_storm(5));
    #[cfg(feature = "redb")]
    {
        let directory = tempfile::tempdir().unwrap();
        let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
        fight(&Shop::on(Arc::new(store)));
    }
}

#[test]
fn an_order_takes_over_what_its_cart_held_and_nobody_comes_between() {
    in_every_shop(3, |shop| {
        let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
        count(shop, &here, 1);
        count(shop, &there, 1);
        let hub = shop.hub();
        let cart = key("cart-1");
        let hold = reserve(&[(&here, 1), (&there, 1)]);
        assert!(accepted(&shop.insist(|| hub.act_on_stock(&cart, &hold, &OPEN))));
        let other = placing("other").place(shop, &hub);
        assert!(matches!(other, PlaceOutcome::Refused { why: PlaceRefusal::Stock { .. } }));
        let own = Placing { held: Some(cart), ..placing("own") };
        let id = placed(own.place(shop, &hub));
        // The same command again is the same order; the same number under another is refused.
        assert_eq!(placed(own.place(shop, &hub)), id);
        let again = CommandKey::new("another command");
        let request = OrderRequest {
            number: "own",
            who: None,
            lines: &own.lines,
            parcels: &own.parcels,
            held: None,
            exchange_of: None,
            backorder: false,
            pay_by: None,
        };
        let refused = shop.insist(|| hub.place_order(&again, &request, &own.terms()));
        assert_eq!(refused, PlaceOutcome::Refused { why: PlaceRefusal::NumberReused });
        let levels: Vec<u32> =
            shop.answers(&[&here, &there]).iter().map(|answer| answer.level.allocated).collect();
        assert_eq!(levels, [1, 1]);
    });
}

/// From the shelf to the customer and back, each step asked for again and again: nothing is told twice, and what is on the
/// shelves is what was counted, less what was not found and what she kept.
#[test]
fn stock_moves_along_with_the_order() {
    in_every_shop(12, |shop| {
        let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
        count(shop, &here, 2);
        count(shop, &there, 5);
        let hub = shop.hub();
        let order = placing("4711");
        let id = placed(order.place(shop, &hub));
        let depot = LocationId::parse(DEPOT).unwrap();
        let wait = Resolution::Wait { from: depot.clone(), pick_up: None, promise: None };
        let script = [
            ("paid", OrderAct::Paid),
            ("short", OrderAct::Short { parcel: 0, line: 0, units: 1 }),
            ("wait", OrderAct::Resolve { parcel: 0, line: 0, how: wait }),
            ("sent", OrderAct::Shipped { parcel: 1 }),
            ("sent too", OrderAct::Shipped { parcel: 2 }),
            ("there", OrderAct::Delivered { parcel: 1 }),
            ("there too", OrderAct::Delivered { parcel: 2 }),
            ("back", OrderAct::RequestReturn { id: "r".into(), units: vec![(0, 1)], exchange: Vec::new() }),
            (
                "in",
                OrderAct::ReceiveReturn {
                    id: "r".into(),
                    at: here.location.clone(),
                    units: Vec::new(),
                    damaged: vec![(0, 1)],
                },
            ),
            ("refund", OrderAct::Refunded { id: "r".into() }),
        ];
        let mut told = BTreeSet::new();
        for (name, act) in &script {
            let first = order.act(shop, &hub, id, name, act);
            let OrderActed::Done { intents, miscounted, .. } = &first else { panic!("{name}: {first:?}") };
            assert!(miscounted.is_empty());
            for intent in intents {
                assert!(told.insert(intent.key.clone()), "{} twice", intent.key);
            }
            assert_eq!(order.act(shop, &hub, id, name, act), first, "the same command, the same answer");
            let another = order.act(shop, &hub, id, &format!("{name}, heard again"), act);
            assert!(another.is_done() && another.intents().is_empty(), "{name}");
        }
        assert_eq!(told.len(), 9, "{told:?}");
        let answers = shop.answers(&[&here, &there]);
        let held: Vec<(u32, u32, u32)> = answers
            .iter()
            .map(|answer| (answer.level.on_hand, answer.level.damaged, answer.level.allocated))
            .collect();
        // One was not found in the shop, one came back there damaged; two left the depot.
        assert_eq!(held, [(2, 1, 0), (3, 0, 0)]);
    });
}

#[test]
fn a_parcel_that_nobody_fetches_is_for_sale_again() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let here = place(SHOP, "MUG");
    count(&shop, &here, 1);
    count(&shop, &place(DEPOT, "MUG"), 1);
    let (clock, hub) = shop.hub_with_clock();
    let order = placing("4711");
    let id = placed(order.place(&shop, &hub));
    assert!(order.act(&shop, &hub, id, "packed", &packed()).is_done());
    assert!(hub.orders_due(10).unwrap().is_empty());
    // Friday; Saturday, and Sunday until nine in the evening.
    clock.set(instant("2026-03-22T05:30:00Z"));
    assert_eq!(hub.orders_due(10).unwrap(), [id]);
    let tick = |name: &str| hub.order_tick(&CommandKey::new(name), id, &order.terms()).unwrap();
    let reminded = tick("saturday");
    assert_eq!(reminded.intents()[0].key, "parcel/0/pickup_reminder");
    assert!(hub.orders_due(10).unwrap().is_empty());
    assert_eq!(tick("saturday"), reminded, "the same look at the clock, the same answer");
    assert!(tick("again").intents().is_empty());
    clock.set(instant("2026-03-22T17:30:00Z"));
    assert_eq!(hub.orders_due(10).unwrap(), [id]);
    let expired = tick("sunday");
    assert_eq!(expired.intents()[0].key, "parcel/0/pickup_expired");
    assert!(hub.orders_due(10).unwrap().is_empty());
    assert_eq!(shop.answers(&[&here])[0].available.units, 1);
    assert_eq!(hub.order(id).unwrap().unwrap().parcels[0].state, ParcelState::PickupExpired);
}

#[test]
fn only_the_code_opens_the_locker() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 1);
    count(&shop, &place(DEPOT, "MUG"), 1);
    let hub = shop.hub();
    let order = placing("4711");
    let id = placed(order.place(&shop, &hub));
    let mut attempt = 0;
    let mut give = |code: Option<&str>| {
        attempt += 1;
        let command = CommandKey::new(&format!("attempt-{attempt}"));
        let given = hub.hand_over(&command, id, 0, code, &order.terms()).unwrap();
        // An answer that was lost: the same attempt again is not another one.
        assert_eq!(hub.hand_over(&command, id, 0, code, &order.terms()).unwrap(), given);
        given
    };
    let refused = |why| OrderActed::Refused { why };
    assert_eq!(give(None), refused(OrderRefusal::NotReady));
    order.act(&shop, &hub, id, "packed", &packed());
    let code = HandOverCode::of(&Pepper::new(b"a secret for tests"), id, 0);
    let other = HandOverCode::of(&Pepper::new(b"a secret for tests"), id, 1);
    for _ in 0..4 {
        assert_eq!(give(Some(other.reveal())), refused(OrderRefusal::WrongCode));
    }
    assert_eq!(hub.order(id).unwrap().unwrap().parcels[0].wrong_codes, 4);
    assert!(give(Some(code.reveal())).is_done());
    assert_eq!(shop.answers(&[&place(SHOP, "MUG")])[0].level.on_hand, 0);
    assert!(give(Some(code.reveal())).intents().is_empty());
    assert_eq!(
        give(Some(other.reveal())),
        refused(OrderRefusal::WrongCode),
        "she has it, and it is wrong still"
    );
}

/// An answer that is lost loses nothing: what is told and called for comes again under the same key.
#[test]
fn no_storm_loses_what_time_and_the_till_bring_about() {
    in_every_shop(6, |shop| {
        count(shop, &place(SHOP, "MUG"), 2);
        count(shop, &place(DEPOT, "MUG"), 2);
        let (clock, hub) = shop.hub_with_clock();
        let (fetched, left) = (placing("4711"), placing("4712"));
        let ids = [&fetched, &left].map(|order| {
            let id = placed(order.place(shop, &hub));
            order.act(shop, &hub, id, "paid", &OrderAct::Paid);
            assert!(order.act(shop, &hub, id, "packed", &packed()).is_done());
            id
        });
        let code = HandOverCode::of(&Pepper::new(b"a secret for tests"), ids[0], 0);
        let give = CommandKey::new("till-1");
        let done = shop.insist(|| hub.hand_over(&give, ids[0], 0, Some(code.reveal()), &fetched.terms()));
        let OrderActed::Done { intents, effects, .. } = &done else { panic!("{done:?}") };
        assert_eq!((intents[0].key.as_str(), effects.len()), ("parcel/0/receipt", 1));
        clock.set(instant("2026-03-25T17:30:00Z"));
        let tick = CommandKey::new("tick-1");
        let done = shop.insist(|| hub.order_tick(&tick, ids[1], &left.terms()));
        let OrderActed::Done { intents, effects, .. } = &done else { panic!("{done:?}") };
        assert_eq!(intents[0].key, "parcel/0/pickup_expired");
        assert!(effects.contains(&Effect::PayBack { units: vec![(0, 1)] }));
        assert_eq!(shop.insist(|| hub.order_tick(&tick, ids[1], &left.terms())), done);
    });
}

#[test]
fn no_hold_is_promised_to_two_orders() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
    count(&shop, &here, 9);
    count(&shop, &there, 9);
    let hub = shop.hub();
    let hold = reserve(&[(&here, 1), (&there, 1)]);
    assert!(accepted(&hub.act_on_stock(&key("cart-1"), &hold, &OPEN).unwrap()));
    let of_cart = |number: &str| Placing { held: Some(key("cart-1")), ..placing(number) };
    let refused = |order: Placing, refusal| {
        let why = PlaceRefusal::Stock { refusals: vec![refusal] };
        assert_eq!(order.place(&shop, &hub), PlaceOutcome::Refused { why });
    };
    let first = of_cart("1");
    let id = placed(first.place(&shop, &hub));
    refused(of_cart("2"), StockRefusal::AlreadyCommitted);
    assert!(first.act(&shop, &hub, id, "off", &OrderAct::Cancel).is_done());
    refused(of_cart("3"), StockRefusal::AlreadyDone);
    // Somebody's cart has the number of an order: it stays hers.
    assert!(accepted(&hub.act_on_stock(&key("5"), &hold, &OPEN).unwrap()));
    placed(placing("5").place(&shop, &hub));
    assert!(accepted(&hub.act_on_stock(&key("5"), &StockAct::Commit, &OPEN).unwrap()));
    // White space makes no other number.
    let again = placing("5 ").place(&shop, &hub);
    assert_eq!(again, PlaceOutcome::Refused { why: PlaceRefusal::NumberReused });
    let levels: Vec<u32> =
        shop.answers(&[&here, &there]).iter().map(|answer| answer.level.allocated).collect();
    assert_eq!(levels, [2, 2]);
    // Another person's order under the same command key is another command.
    let web = said("m-1", "web", 1).user("leila").to(&hub);
    let mine = Placing { who: Some(Who::Record(web.record)), ..placing("5") };
    assert_eq!(mine.place(&shop, &hub), PlaceOutcome::Refused { why: PlaceRefusal::KeyReused });
}

#[test]
fn what_stock_refuses_of_one_line_keeps_no_other_and_is_reported() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (mug, cup) = (place(SHOP, "MUG"), place(SHOP, "CUP"));
    count(&shop, &mug, 1);
    count(&shop, &cup, 1);
    let hub = shop.hub();
    let line = |sku: &str| OrderedLine { sku: Sku::parse(sku).unwrap(), units: 1, cancelled: 0 };
    let both = Placing { lines: vec![line("MUG"), line("CUP")], ..placing("1") };
    let mut parcels = vec![both.parcels[0].clone()];
    parcels[0].units = vec![(0, 1), (1, 1)];
    let both = Placing { parcels, ..both };
    let id = placed(both.place(&shop, &hub));
    let id_key = key(&format!("{id}/0"));
    let packed = OrderAct::Packed { parcel: 0, at: mug.location.clone(), units: vec![(0, 1), (1, 1)] };
    both.act(&shop, &hub, id, "packed", &packed);
    // The cup was given back behind the order's back.
    let lines = Some(vec![Line::new(cup.clone(), 1)]);
    let behind = StockAct::Cancel { lines, not_found: false };
    assert!(accepted(&hub.act_on_stock(&id_key, &behind, &OPEN).unwrap()));
    let given = hub.hand_over(&CommandKey::new("give"), id, 0, None, &both.terms()).unwrap();
    let OrderActed::Done { miscounted, .. } = given else { panic!("{given:?}") };
    assert_eq!(miscounted, [StockRefusal::MoreThanOpen { place: cup.clone(), open: 0 }]);
    let levels: Vec<(u32, u32)> = shop
        .answers(&[&mug, &cup])
        .iter()
        .map(|answer| (answer.level.on_hand, answer.level.allocated))
        .collect();
    assert_eq!(levels, [(0, 0), (1, 0)]);
}

#[test]
fn what_was_promised_before_it_came_and_is_not_found_is_promised_no_longer() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
    count(&shop, &here, 0);
    count(&shop, &there, 1);
    let hub = shop.hub();
    let entries = vec![Dated { at: instant("2026-03-21T08:00:00Z"), units: 3 }];
    let beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 3, not_before: None });
    for (name, change) in
        [("supply", StockChange::Supply { entries }), ("beyond", StockChange::Beyond { beyond })]
    {
        assert!(
            hub.change_stock(&CommandKey::new(name), &here, &change, Yield::Refuse).unwrap().is_changed()
        );
    }
    let order = Placing { backorder: true, ..placing("1") };
    let id = placed(order.place(&shop, &hub));
    let short = order.act(&shop, &hub, id, "short", &OrderAct::Short { parcel: 0, line: 0, units: 1 });
    let OrderActed::Done { miscounted, .. } = short else { panic!("{short:?}") };
    assert_eq!(miscounted, [StockRefusal::NotThere { place: here.clone(), on_hand: 0 }]);
    assert_eq!(shop.answers(&[&here])[0].level.allocated, 0);
}

#[test]
fn a_report_may_come_before_its_order() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 1);
    count(&shop, &place(DEPOT, "MUG"), 1);
    let hub = shop.hub();
    let order = placing("1");
    let id = placed(order.place(&Shop::on(Arc::new(MemoryStore::new())), &{
        let other = Shop::on(Arc::new(MemoryStore::new()));
        count(&other, &place(SHOP, "MUG"), 1);
        count(&other, &place(DEPOT, "MUG"), 1);
        other.hub()
    }));
    let sent = OrderAct::Shipped { parcel: 1 };
    assert_eq!(order.act(&shop, &hub, id, "sent", &sent), OrderActed::Unknown);
    assert_eq!(placed(order.place(&shop, &hub)), id);
    assert!(order.act(&shop, &hub, id, "sent", &sent).is_done());
}

#[test]
fn an_act_with_other_hours_forgets_no_timer() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 1);
    count(&shop, &place(DEPOT, "MUG"), 1);
    let (clock, hub) = shop.hub_with_clock();
    let order = placing("1");
    let id = placed(order.place(&shop, &hub));
    order.act(&shop, &hub, id, "packed", &packed());
    let blind = Placing { hours: OrderHours::new(), ..placing("1") };
    blind.act(&shop, &hub, id, "paid", &OrderAct::Paid);
    clock.set(instant("2026-03-22T17:30:00Z"));
    assert_eq!(hub.orders_due(10).unwrap(), [id]);
    let tick =
        |name: &str, order: &Placing| hub.order_tick(&CommandKey::new(name), id, &order.terms()).unwrap();
    assert!(tick("blind", &blind).intents().is_empty());
    assert_eq!(tick("seeing", &order).intents()[0].key, "parcel/0/pickup_expired");
}

#[test]
fn what_cannot_be_had_refuses_the_whole_step() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
    count(&shop, &here, 1);
    count(&shop, &there, 1);
    let hub = shop.hub();
    let order = placing("4711");
    let id = placed(order.place(&shop, &hub));
    order.act(&shop, &hub, id, "short", &OrderAct::Short { parcel: 0, line: 0, units: 1 });
    let before = hub.order(id).unwrap();
    let how = Resolution::Wait { from: there.location.clone(), pick_up: None, promise: None };
    let acted = order.act(&shop, &hub, id, "wait", &OrderAct::Resolve { parcel: 0, line: 0, how });
    let OrderActed::NotInStock { refusals } = acted else { panic!("{acted:?}") };
    assert!(matches!(refusals[0], StockRefusal::Insufficient { .. }));
    assert_eq!(hub.order(id).unwrap(), before);
    let unknown = OrderId::from_bytes([9; 16]);
    assert_eq!(order.act(&shop, &hub, unknown, "paid", &OrderAct::Paid), OrderActed::Unknown);
}

#[test]
fn orders_are_hers_under_every_record_and_nobodys_after_she_is_erased() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    count(&shop, &place(SHOP, "MUG"), 2);
    count(&shop, &place(DEPOT, "MUG"), 2);
    let hub = shop.hub();
    let web = said("m-1", "web", 1).visitor("browser-1").to(&hub);
    let account = said("m-2", "web", 2).visitor("browser-1").user("leila").to(&hub);
    let order = Placing { who: Some(Who::Record(web.record)), ..placing("4711") };
    let id = placed(order.place(&shop, &hub));
    for who in [web.record, account.record] {
        let orders = hub.orders_of(&Who::Record(who)).unwrap().unwrap();
        assert_eq!(orders.iter().map(|order| order.id).collect::<Vec<_>>(), [id]);
    }
    let erased = What::Profile(Who::Record(account.record));
    hub.erase(&CommandKey::new("erase"), &erased, Afterwards::Suppress).unwrap();
    assert_eq!(hub.orders_of(&Who::Record(web.record)).unwrap(), None);
    assert!(hub.order(id).unwrap().is_some());
    let name = web.record.to_string();
    assert!(!store.dump().any(|(_, value)| String::from_utf8_lossy(&value).contains(&name)));
}

#[test]
fn what_does_not_fit_together_is_not_placed() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let hub = shop.hub();
    let invalid = |order: Placing| {
        assert_eq!(order.place(&shop, &hub), PlaceOutcome::Refused { why: PlaceRefusal::Invalid });
    };
    invalid(placing(""));
    invalid(placing(&"9".repeat(200)));
    invalid(placing("a\nb"));
    invalid(Placing { lines: Vec::new(), ..placing("1") });
    invalid(Placing { parcels: Vec::new(), ..placing("2") });
    let mut more = placing("3");
    more.parcels[0].units = vec![(0, u32::MAX)];
    invalid(more);
    let mut twice = placing("4");
    twice.parcels[0].units = vec![(0, 1), (0, 1)];
    invalid(twice);
    let mut other = placing("5");
    other.parcels[0].units = vec![(7, 1)];
    invalid(other);
    let many = placing("6");
    let parcels = vec![many.parcels[0].clone(); 201];
    let outcome = Placing { parcels, ..many }.place(&shop, &hub);
    assert_eq!(outcome, PlaceOutcome::Refused { why: PlaceRefusal::TooMany });
    let nowhere = placing("7").place(&shop, &hub);
    assert!(matches!(nowhere, PlaceOutcome::Refused { why: PlaceRefusal::Stock { .. } }));
}

#[test]
fn an_order_that_nobody_pays_in_time_is_called_off() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
    count(&shop, &here, 2);
    count(&shop, &there, 2);
    let (clock, hub) = shop.hub_with_clock();
    let by = Some(instant("2026-03-21T08:00:00Z"));
    let orders = ["1", "2"].map(|number| Placing { pay_by: by, ..placing(number) });
    let ids = orders.each_ref().map(|order| placed(order.place(&shop, &hub)));
    assert!(orders[1].act(&shop, &hub, ids[1], "set aside", &OrderAct::Authorised { attempt: 1 }).is_done());
    clock.set(instant("2026-03-21T08:00:00Z"));
    assert_eq!(hub.orders_due(10).unwrap(), [ids[0]]);
    let ended = hub.order_tick(&CommandKey::new("tick"), ids[0], &orders[0].terms()).unwrap();
    assert_eq!(ended.intents()[0].key, "order/cancellation");
    assert!(hub.orders_due(10).unwrap().is_empty());
    let levels: Vec<u32> =
        shop.answers(&[&here, &there]).iter().map(|answer| answer.level.allocated).collect();
    assert_eq!(levels, [1, 1]);
    // The money came after all.
    let paid = orders[0].act(&shop, &hub, ids[0], "paid", &OrderAct::Paid);
    let OrderActed::Done { effects, .. } = paid else { panic!("{paid:?}") };
    assert_eq!(effects, [Effect::PayBack { units: vec![(0, 2)] }]);
}

#[test]
fn a_parcel_that_comes_back_is_on_the_shelf_where_it_came() {
    in_every_shop(3, |shop| {
        let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
        count(shop, &here, 1);
        count(shop, &there, 1);
        let hub = shop.hub();
        let order = placing("1");
        let id = placed(order.place(shop, &hub));
        let back = OrderAct::CameBack { parcel: 1, at: here.location.clone() };
        let script = [
            ("paid", OrderAct::Paid),
            ("sent", OrderAct::Shipped { parcel: 1 }),
            ("lost", OrderAct::Lost { parcel: 1 }),
            ("found", back),
        ];
        for (name, act) in &script {
            assert!(order.act(shop, &hub, id, name, act).is_done(), "{name}");
            assert!(order.act(shop, &hub, id, &format!("{name} again"), act).intents().is_empty());
        }
        let held: Vec<(u32, u32)> = shop
            .answers(&[&here, &there])
            .iter()
            .map(|answer| (answer.level.on_hand, answer.level.allocated))
            .collect();
        assert_eq!(held, [(2, 1), (0, 0)]);
    });
}

/// What left before it was counted in is booked out as soon as it is there, and told until then.
#[test]
fn what_left_uncounted_is_booked_out_when_the_shelf_has_it() {
    in_every_shop(6, |shop| {
        let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
        count(shop, &here, 0);
        count(shop, &there, 1);
        let (clock, hub) = shop.hub_with_clock();
        let entries = vec![Dated { at: instant("2026-03-21T08:00:00Z"), units: 3 }];
        let beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 3, not_before: None });
        let change = |name: &str, what: StockChange| {
            let done = || hub.change_stock(&CommandKey::new(name), &here, &what, Yield::Refuse);
            assert!(shop.insist(done).is_changed());
        };
        change("supply", StockChange::Supply { entries });
        change("beyond", StockChange::Beyond { beyond });
        let order = Placing { backorder: true, ..placing("1") };
        let id = placed(order.place(shop, &hub));
        assert!(order.act(shop, &hub, id, "packed", &packed()).is_done());
        let missing = vec![StockRefusal::NotThere { place: here.clone(), on_hand: 0 }];
        let give = CommandKey::new("give");
        for _ in 0..2 {
            let given = shop.insist(|| hub.hand_over(&give, id, 0, None, &order.terms()));
            let OrderActed::Done { miscounted, .. } = given else { panic!("{given:?}") };
            assert_eq!(miscounted, missing);
        }
        let held = || {
            let level = shop.answers(&[&here])[0].level.clone();
            (level.on_hand, level.allocated)
        };
        let due = || shop.insist(|| hub.orders_due(10));
        assert_eq!((held(), due()), ((0, 1), vec![]));
        let tick = |name: &str, at: &str| {
            clock.set(instant(at));
            assert_eq!(due(), [id], "{name}");
            let done = shop.insist(|| hub.order_tick(&CommandKey::new(name), id, &order.terms()));
            let OrderActed::Done { miscounted, intents, .. } = done else { panic!("{done:?}") };
            assert!(intents.is_empty());
            assert_eq!(due(), []);
            miscounted
        };
        assert_eq!(tick("one", "2026-03-20T13:00:00Z"), missing);
        clock.set(instant("2026-03-20T14:59:59Z"));
        assert_eq!(due(), []);
        // Twice as long.
        change("came", StockChange::Receive { units: 3, announced: None });
        assert_eq!(tick("two", "2026-03-20T15:00:00Z"), []);
        assert_eq!(held(), (2, 0));
        clock.set(instant("2026-04-20T15:00:00Z"));
        assert_eq!(due(), []);
    });
}

#[test]
fn an_order_that_is_refused_in_the_end_holds_nothing() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (here, there) = (place(SHOP, "MUG"), place(DEPOT, "MUG"));
    count(&shop, &here, u32::MAX);
    count(&shop, &there, 1);
    let hub = shop.hub();
    let entries = vec![Dated { at: instant("2026-03-21T08:00:00Z"), units: 9 }];
    let beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 9, not_before: None });
    for (name, change) in
        [("supply", StockChange::Supply { entries }), ("beyond", StockChange::Beyond { beyond })]
    {
        assert!(
            hub.change_stock(&CommandKey::new(name), &here, &change, Yield::Refuse).unwrap().is_changed()
        );
    }
    let all = reserve(&[(&here, u32::MAX)]);
    for act in [&all, &StockAct::Commit] {
        assert!(accepted(&hub.act_on_stock(&key("wholesale"), act, &OPEN).unwrap()));
    }
    // Her cart's hold is what it was after her order is refused.
    let hold = StockAct::Reserve { lines: vec![Line::new(there.clone(), 1)], until: None, backorder: false };
    assert!(accepted(&hub.act_on_stock(&key("cart"), &hold, &OPEN).unwrap()));
    let before = hub.stock_ticket(&key("cart")).unwrap();
    let order = Placing { backorder: true, held: Some(key("cart")), ..placing("1") };
    let refused = order.place(&shop, &hub);
    let why = PlaceRefusal::Stock { refusals: vec![StockRefusal::Overflow] };
    assert_eq!(refused, PlaceOutcome::Refused { why });
    assert_eq!(hub.stock_ticket(&key("cart")).unwrap(), before);
    let levels: Vec<u32> =
        shop.answers(&[&here, &there]).iter().map(|answer| answer.level.reserved).collect();
    assert_eq!(levels, [0, 1]);
}
