//! Orders through the hub: every unit is promised once, each state tells once, stock moves along, on every store and in a
//! storm.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use attack_support::{instant, said};
use stock_support::{Shop, accepted, count, in_every_shop, key, place, reserve};
use throughline::calendar::{Windows, Zones};
use throughline::cart::Sku;
use throughline::hub::{
    Afterwards, CommandKey, Hub, OrderActed, OrderRequest, OrderTerms, PlaceOutcome, PlaceRefusal, What, Who,
};
use throughline::ids::OrderId;
use throughline::keyed::Pepper;
use throughline::stock::order::{
    HandOverCode, NewParcel, OrderAct, OrderHours, OrderRefusal, OrderRules, OrderedLine, ParcelState,
    Resolution,
};
use throughline::stock::reservation::{StockRefusal, Terms};
use throughline::stock::{LocationId, ReservationKey};
use throughline::store::MemoryStore;

const OPEN: Terms<'static> =
    Terms { safety: None, method: None, channels: None, channel: None, confidence: None };
const SHOP: &str = "تجریش";
const DEPOT: &str = "Склад";

struct Placing {
    number: String,
    lines: Vec<OrderedLine>,
    parcels: Vec<NewParcel>,
    held: Option<ReservationKey>,
    who: Option<Who>,
    rules: OrderRules,
    hours: OrderHours,
}

/// Two mugs: one to be picked up in the shop, one sent from the depot.
fn placing(number: &str) -> Placing {
    let parcel = |from: &str, pick_up: Option<&str>| NewParcel {
        from: LocationId::parse(from).unwrap(),
        pick_up: pick_up.map(|name| LocationId::parse(name).unwrap()),
        units: vec![(0, 1)],
        promised: None,
        kept_until: None,
    };
    let open: Windows = serde_json::from_str(r#"{"windows": [{"start": "09:00", "end": "21:00"}]}"#).unwrap();
    let zone = Zones::bundled().named("Asia/Tehran").unwrap();
    Placing {
        number: number.to_owned(),
        lines: vec![OrderedLine { sku: Sku::parse("MUG").unwrap(), units: 2, cancelled: 0 }],
        parcels: vec![parcel(SHOP, Some(SHOP)), parcel(DEPOT, None)],
        held: None,
        who: None,
        rules: OrderRules::retail(),
        hours: OrderHours::new().with(LocationId::parse(SHOP).unwrap(), open, zone),
    }
}

impl Placing {
    fn terms(&self) -> OrderTerms<'_> {
        OrderTerms { rules: &self.rules, hours: &self.hours, stock: &OPEN }
    }

    fn place(&self, shop: &Shop, hub: &Hub) -> PlaceOutcome {
        let request = OrderRequest {
            number: &self.number,
            who: self.who.as_ref(),
            lines: &self.lines,
            parcels: &self.parcels,
            held: self.held.as_ref(),
            exchange_of: None,
            backorder: false,
        };
        let command = CommandKey::new(&format!("place-{}", self.number));
        shop.insist(|| hub.place_order(&command, &request, &self.terms()))
    }

    fn act(&self, shop: &Shop, hub: &Hub, id: OrderId, name: &str, act: &OrderAct) -> OrderActed {
        let command = CommandKey::new(&format!("{}-{name}", self.number));
        shop.insist(|| hub.order_act(&command, id, act, &self.terms()))
    }
}

fn placed(outcome: PlaceOutcome) -> OrderId {
    match outcome {
        PlaceOutcome::Placed { id, .. } => id,
        PlaceOutcome::Refused { why } => panic!("{why:?}"),
    }
}

fn packed() -> OrderAct {
    OrderAct::Packed { parcel: 0, at: LocationId::parse(SHOP).unwrap(), units: vec![(0, 1)] }
}

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
        let wait = Resolution::Wait { from: depot.clone(), pick_up: None, promised: None };
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
                OrderAct::ReceiveReturn { id: "r".into(), at: here.location.clone(), damaged: vec![(0, 1)] },
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
    let reminded = hub.order_tick(id, &order.terms()).unwrap();
    assert_eq!(reminded.intents()[0].key, "parcel/0/pickup_reminder");
    assert!(hub.orders_due(10).unwrap().is_empty());
    assert!(hub.order_tick(id, &order.terms()).unwrap().intents().is_empty());
    clock.set(instant("2026-03-22T17:30:00Z"));
    assert_eq!(hub.orders_due(10).unwrap(), [id]);
    let expired = hub.order_tick(id, &order.terms()).unwrap();
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
    let give = |code: Option<&str>| hub.hand_over(id, 0, code, &order.terms()).unwrap();
    let refused = |why| OrderActed::Refused { why };
    assert_eq!(give(None), refused(OrderRefusal::NotReady));
    order.act(&shop, &hub, id, "packed", &packed());
    let code = HandOverCode::of(&Pepper::new(b"a secret for tests"), id, 0);
    let other = HandOverCode::of(&Pepper::new(b"a secret for tests"), id, 1);
    for _ in 0..4 {
        assert_eq!(give(Some(other.reveal())), refused(OrderRefusal::WrongCode));
    }
    assert!(give(Some(code.reveal())).is_done());
    assert_eq!(shop.answers(&[&place(SHOP, "MUG")])[0].level.on_hand, 0);
    assert!(give(Some(code.reveal())).intents().is_empty());
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
    let how = Resolution::Wait { from: there.location.clone(), pick_up: None, promised: None };
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
