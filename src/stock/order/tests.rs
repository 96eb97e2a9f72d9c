use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::calendar::{Windows, Zone};
use crate::cart::Sku;
use crate::ids::OrderId;
use crate::keyed::Pepper;
use crate::stock::LocationId;
use crate::stock::promise::{Promise, Way};
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

const SHOP: &str = "تجریش";
const DEPOT: &str = "Склад";

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn location(name: &str) -> LocationId {
    LocationId::parse(name).unwrap()
}

fn sku(name: &str) -> Sku {
    Sku::parse(name).unwrap()
}

fn promise(made: DateTime<Utc>, by: DateTime<Utc>) -> Promise {
    let label = "same day".into();
    Promise { way: Way::PickUp, made, from: by, by, until: None, label, steps: Vec::new() }
}

/// Two lines in three parcels: picked up in the shop, brought to the shop, brought home.
fn order(now: DateTime<Utc>) -> Order {
    let line = |name, units| OrderedLine { sku: sku(name), units, cancelled: 0 };
    let parcel = |from: &str, pick_up: Option<&str>, units| NewParcel {
        from: location(from),
        pick_up: pick_up.map(location),
        units,
        promise: Some(promise(now, now + TimeDelta::hours(2))),
    };
    let parcels = [
        parcel(SHOP, Some(SHOP), vec![(0, 2), (1, 1)]),
        parcel(DEPOT, Some(SHOP), vec![(0, 1)]),
        parcel(DEPOT, None, vec![(1, 3)]),
    ];
    let lines = vec![line("MUG", 3), line("לוח", 4)];
    Order::place(OrderId::from_bytes([1; 16]), lines, &parcels, &OrderRules::retail(), now).unwrap().0
}

fn hours() -> OrderHours {
    let day = |day| format!(r#"{{"from": ["{day}", "09:00"], "to": ["{day}", "21:00"]}}"#);
    let week = ["sat", "sun", "mon", "tue", "wed", "thu"].map(day).join(",");
    let open: Windows = serde_json::from_str(&format!(r#"{{"windows": [{week}]}}"#)).unwrap();
    OrderHours::new().with(location(SHOP), open, Zone::utc())
}

struct Run {
    order: Order,
    now: DateTime<Utc>,
    told: Vec<String>,
    effects: Vec<Effect>,
}

impl Run {
    fn new() -> Self {
        let now = at("2026-05-06T10:00:00Z");
        Self { order: order(now), now, told: Vec::new(), effects: Vec::new() }
    }

    fn act(&mut self, what: &OrderAct) -> Result<(), OrderRefusal> {
        match act(&self.order, what, &OrderRules::retail(), &hours(), self.now) {
            OrderOutcome::Done(step) => {
                let OrderStep { order, intents, effects } = *step;
                self.order = order;
                self.told.extend(intents.into_iter().map(|intent| intent.key));
                self.effects.extend(effects);
                Ok(())
            }
            OrderOutcome::Refused { why } => Err(why),
        }
    }

    fn state(&self, parcel: usize) -> ParcelState {
        self.order.parcels[parcel].state
    }
}

fn packed_in_shop() -> OrderAct {
    OrderAct::Packed { parcel: 0, at: location(SHOP), units: vec![(0, 2), (1, 1)] }
}

#[test]
fn the_table_names_every_state_once() {
    let states: BTreeSet<State> = TABLE.iter().map(|told| told.state).collect();
    assert_eq!(states.len(), TABLE.len());
    // 4 of orders, 12 of parcels, 4 of returns, and the delay.
    assert_eq!(TABLE.len(), 21);
}

#[test]
fn each_parcel_goes_its_own_way_and_each_state_tells_once() {
    let mut run = Run::new();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&packed_in_shop()).unwrap();
    run.act(&OrderAct::Shipped { parcel: 1 }).unwrap();
    assert_eq!(run.act(&OrderAct::HandOver { parcel: 1, proof: Proof::Code }), Err(OrderRefusal::NotReady));
    // Arrival at the shop is not completion.
    run.act(&OrderAct::Arrived { parcel: 1, at: location(SHOP) }).unwrap();
    assert!(!run.order.is_complete());
    run.act(&OrderAct::Delivered { parcel: 2 }).unwrap();
    // A late report of the start.
    run.act(&OrderAct::Shipped { parcel: 2 }).unwrap();
    run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::Code }).unwrap();
    run.act(&OrderAct::HandOver { parcel: 1, proof: Proof::Identity }).unwrap();
    assert!(run.order.is_complete());
    let told = [
        "parcel/0/ready",
        "parcel/1/tracking",
        "parcel/1/ready",
        "parcel/2/delivered",
        "parcel/0/receipt",
        "parcel/1/receipt",
        "order/review",
    ];
    assert_eq!(run.told, told);
    let issued = run.effects.iter().filter(|effect| matches!(effect, Effect::Issue { .. }));
    assert_eq!(issued.count(), 3);
}

#[test]
fn only_the_location_that_packs_says_that_it_is_ready() {
    let mut run = Run::new();
    let elsewhere = OrderAct::Packed { parcel: 0, at: location(DEPOT), units: vec![(0, 2), (1, 1)] };
    assert_eq!(run.act(&elsewhere), Err(OrderRefusal::WrongLocation));
    let wrong = OrderAct::Arrived { parcel: 1, at: location(DEPOT) };
    assert_eq!(run.act(&wrong), Err(OrderRefusal::WrongLocation));
    let part = OrderAct::Packed { parcel: 0, at: location(SHOP), units: vec![(0, 2)] };
    run.act(&part).unwrap();
    assert_eq!(run.state(0), ParcelState::Open);
    run.act(&packed_in_shop()).unwrap();
    assert_eq!(run.state(0), ParcelState::ReadyForPickup);
    assert_eq!(run.told, ["parcel/0/ready"]);
}

#[test]
fn what_is_short_is_asked_about_before_anything_is_told_to_be_ready() {
    for (how, parcels, kept) in [
        (Resolution::Cancel, 3, 1),
        (Resolution::Substitute { sku: sku("CUP") }, 3, 2),
        (Resolution::Wait { from: location(DEPOT), pick_up: Some(location(SHOP)), promise: None }, 4, 1),
    ] {
        let mut run = Run::new();
        run.act(&OrderAct::Paid).unwrap();
        let short = OrderAct::Short { parcel: 0, line: 0, units: 1 };
        run.act(&short).unwrap();
        run.act(&short).unwrap();
        assert_eq!(run.state(0), ParcelState::PartlyShort);
        run.act(&OrderAct::Packed { parcel: 0, at: location(SHOP), units: vec![(0, 1), (1, 1)] }).unwrap();
        assert_eq!(run.told, ["parcel/0/0/1/choice"]);
        run.act(&OrderAct::Resolve { parcel: 0, line: 0, how: how.clone() }).unwrap();
        assert_eq!(run.order.parcels.len(), parcels);
        let units: u32 = run.order.parcels[0].units().filter(|(line, ..)| *line == 0).map(|own| own.2).sum();
        assert_eq!(units, kept);
        run.act(&OrderAct::Packed { parcel: 0, at: location(SHOP), units: vec![(0, kept), (1, 1)] }).unwrap();
        assert_eq!(run.state(0), ParcelState::ReadyForPickup, "{how:?}");
        let pays_back = run.effects.contains(&Effect::PayBack { units: vec![(0, 1)] });
        assert_eq!(pays_back, how == Resolution::Cancel);
        assert_eq!(run.order.lines[0].cancelled, u32::from(how == Resolution::Cancel));
    }
}

#[test]
fn a_payment_is_asked_for_twice_and_not_when_it_came() {
    let mut run = Run::new();
    for attempt in [1, 1, 2, 3] {
        run.act(&OrderAct::PaymentFailed { attempt }).unwrap();
    }
    assert_eq!(run.told, ["payment/1/payment_retry", "payment/2/payment_retry"]);
    let mut run = Run::new();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&OrderAct::PaymentFailed { attempt: 1 }).unwrap();
    assert!(run.told.is_empty());
    assert_eq!(run.order.state, OrderState::Confirmed);
}

#[test]
fn what_is_not_fetched_goes_back_after_three_opening_days() {
    let mut run = Run::new();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&packed_in_shop()).unwrap();
    let rules = OrderRules::retail();
    // Wednesday, Thursday, and Saturday until nine in the evening.
    assert!(due_acts(&run.order, &rules, &hours(), at("2026-05-09T08:59:59Z")).is_empty());
    run.now = at("2026-05-09T09:00:00Z");
    let due = due_acts(&run.order, &rules, &hours(), run.now);
    assert_eq!(due, [OrderAct::RemindOfPickup { parcel: 0 }]);
    run.act(&due[0]).unwrap();
    assert!(due_acts(&run.order, &rules, &hours(), run.now).is_empty());
    assert_eq!(run.act(&OrderAct::ExpirePickup { parcel: 0 }), Err(OrderRefusal::NotReady));
    run.now = at("2026-05-09T21:00:00Z");
    let due = due_acts(&run.order, &rules, &hours(), run.now);
    assert_eq!(due, [OrderAct::ExpirePickup { parcel: 0 }]);
    run.act(&due[0]).unwrap();
    assert_eq!(run.told, ["parcel/0/ready", "parcel/0/pickup_reminder", "parcel/0/pickup_expired"]);
    assert!(run.effects.iter().any(|effect| matches!(effect, Effect::Release { parcel: 0, .. })));
    assert!(run.effects.contains(&Effect::PayBack { units: vec![(0, 2), (1, 1)] }));
    assert_eq!(run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::Code }), Err(OrderRefusal::Closed));
}

#[test]
fn wrong_codes_are_counted_and_then_she_shows_who_she_is() {
    let mut run = Run::new();
    run.act(&packed_in_shop()).unwrap();
    for _ in 0..5 {
        run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::WrongCode }).unwrap();
    }
    assert_eq!(
        run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::Code }),
        Err(OrderRefusal::IdentityNeeded)
    );
    run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::Identity }).unwrap();
    assert_eq!(run.state(0), ParcelState::HandedOver);
}

#[test]
fn a_moved_promise_is_told_once_for_each_move_past_the_grace() {
    let mut run = Run::new();
    let promised = run.now + TimeDelta::hours(2);
    let mut found = run.now;
    let mut moved = |minutes: i64| {
        let to = promised + TimeDelta::minutes(minutes);
        found += TimeDelta::minutes(1);
        let moved = OrderAct::PromiseMoved { parcel: 2, to, found_at: found };
        run.act(&moved).unwrap();
        run.act(&moved).unwrap();
        run.told.len()
    };
    // Small moves add up.
    assert_eq!([moved(20), moved(30), moved(40), moved(40), moved(35), moved(200)], [0, 0, 1, 1, 1, 2]);
    // A late report of an earlier move, and a move of what is there.
    let late = OrderAct::PromiseMoved {
        parcel: 2,
        to: promised + TimeDelta::minutes(40),
        found_at: at("2026-05-06T10:03:00Z"),
    };
    run.act(&late).unwrap();
    assert_eq!(run.order.parcels[2].promised, Some(promised + TimeDelta::minutes(200)));
    run.act(&packed_in_shop()).unwrap();
    let before = run.told.len();
    let to = promised + TimeDelta::hours(30);
    run.act(&OrderAct::PromiseMoved { parcel: 0, to, found_at: to }).unwrap();
    assert_eq!((run.told.len(), run.order.parcels[0].promised), (before, Some(promised)));
}

#[test]
fn returns_come_back_anywhere_and_no_unit_twice() {
    let mut run = Run::new();
    let request = |id: &str, units: u32| OrderAct::RequestReturn {
        id: id.into(),
        units: vec![(1, units)],
        exchange: Vec::new(),
    };
    assert_eq!(run.act(&request("r-1", 1)), Err(OrderRefusal::NotDelivered));
    run.act(&OrderAct::Delivered { parcel: 2 }).unwrap();
    run.act(&request("r-1", 2)).unwrap();
    run.act(&request("r-1", 2)).unwrap();
    assert_eq!(run.act(&request("r-1", 1)), Err(OrderRefusal::NumberReused));
    assert_eq!(run.act(&request("r-2", 2)), Err(OrderRefusal::NotDelivered));
    assert_eq!(run.act(&OrderAct::Refunded { id: "r-1".into() }), Err(OrderRefusal::NotReady));
    let receive = OrderAct::ReceiveReturn {
        id: "r-1".into(),
        at: location(SHOP),
        units: Vec::new(),
        damaged: vec![(1, 1)],
    };
    run.effects.clear();
    run.act(&receive).unwrap();
    run.act(&receive).unwrap();
    run.act(&OrderAct::Refunded { id: "r-1".into() }).unwrap();
    let line = |units| {
        crate::stock::reservation::Line::new(crate::stock::Place::new(location(SHOP), sku("לוח")), units)
    };
    let back =
        Effect::Restock { of: CameFrom::Return("r-1".into()), lines: vec![line(1)], damaged: vec![line(1)] };
    let refund = Effect::Refund { of_return: "r-1".into(), units: vec![(1, 2)] };
    assert_eq!(run.effects, [back, refund]);
    let told =
        ["parcel/2/delivered", "return/r-1/return_label", "return/r-1/return_receipt", "return/r-1/refunded"];
    assert_eq!(run.told, told);
}

#[test]
fn about_what_is_called_off_nothing_is_decided_any_more() {
    let mut run = Run::new();
    run.act(&OrderAct::Short { parcel: 0, line: 1, units: 1 }).unwrap();
    run.act(&OrderAct::CancelParcel { parcel: 0 }).unwrap();
    let before = run.order.clone();
    run.effects.clear();
    run.act(&OrderAct::Resolve { parcel: 0, line: 1, how: Resolution::Cancel }).unwrap();
    assert_eq!((run.order, run.effects), (before, Vec::new()));
}

#[test]
fn an_order_is_called_off_until_something_has_left() {
    let mut run = Run::new();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&packed_in_shop()).unwrap();
    run.act(&OrderAct::Cancel).unwrap();
    run.act(&OrderAct::Cancel).unwrap();
    assert_eq!(run.told, ["parcel/0/ready", "order/cancellation"]);
    assert!(run.effects.contains(&Effect::PayBack { units: vec![(0, 3), (1, 4)] }));
    assert_eq!(run.effects.iter().filter(|effect| matches!(effect, Effect::GiveBack)).count(), 1);
    let mut run = Run::new();
    run.act(&OrderAct::Shipped { parcel: 2 }).unwrap();
    assert_eq!(run.act(&OrderAct::Cancel), Err(OrderRefusal::TooLate));
}

#[test]
fn a_late_report_of_a_shortage_loses_no_other_unit_and_the_next_one_is_asked_about() {
    let mut run = Run::new();
    let short = |units| OrderAct::Short { parcel: 2, line: 1, units };
    let off = OrderAct::Resolve { parcel: 2, line: 1, how: Resolution::Cancel };
    run.act(&short(1)).unwrap();
    run.act(&off).unwrap();
    run.act(&short(1)).unwrap();
    assert_eq!((run.state(2), run.order.lines[1].cancelled), (ParcelState::Open, 1));
    run.act(&short(2)).unwrap();
    assert_eq!(run.told, ["parcel/2/1/1/choice", "parcel/2/1/2/choice"]);
    assert_eq!(run.act(&short(4)), Err(OrderRefusal::TooMany));
    // All of it is missing: what is empty is not sent.
    run.act(&short(3)).unwrap();
    run.act(&OrderAct::Shipped { parcel: 2 }).unwrap();
    assert_eq!(run.state(2), ParcelState::Cancelled);
    assert!(!run.effects.iter().any(|effect| matches!(effect, Effect::Issue { .. })));
    assert_eq!(run.told.last().map(String::as_str), Some("parcel/2/cancellation"));
}

#[test]
fn money_that_comes_for_what_was_called_off_goes_back() {
    let mut run = Run::new();
    run.act(&OrderAct::CancelParcel { parcel: 2 }).unwrap();
    assert!(!run.effects.iter().any(|effect| matches!(effect, Effect::PayBack { .. })));
    run.effects.clear();
    run.act(&OrderAct::Authorised { attempt: 1 }).unwrap();
    run.act(&OrderAct::Paid).unwrap();
    assert_eq!(run.effects, [Effect::PayBack { units: vec![(1, 3)] }]);
    for parcel in [0, 1] {
        run.act(&OrderAct::CancelParcel { parcel }).unwrap();
    }
    assert_eq!(run.order.state, OrderState::Cancelled);
    assert_eq!(run.effects.iter().filter(|effect| matches!(effect, Effect::GiveBack)).count(), 1);
    assert_eq!(run.told, ["parcel/2/cancellation", "parcel/0/cancellation", "order/cancellation"]);
    let mut run = Run::new();
    run.act(&OrderAct::Cancel).unwrap();
    run.effects.clear();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&OrderAct::Paid).unwrap();
    assert_eq!(run.effects, [Effect::PayBack { units: vec![(0, 3), (1, 4)] }]);
}

#[test]
fn what_was_authorised_and_cannot_be_captured_is_not_sent() {
    let mut run = Run::new();
    run.act(&OrderAct::Authorised { attempt: 1 }).unwrap();
    run.act(&OrderAct::PaymentFailed { attempt: 1 }).unwrap();
    assert_eq!(run.order.state, OrderState::PaymentFailed);
    run.act(&OrderAct::Authorised { attempt: 1 }).unwrap();
    assert_eq!(run.act(&OrderAct::Shipped { parcel: 2 }), Err(OrderRefusal::Unpaid));
    run.act(&packed_in_shop()).unwrap();
    assert_eq!(run.act(&OrderAct::HandOver { parcel: 0, proof: Proof::Code }), Err(OrderRefusal::Unpaid));
    run.act(&OrderAct::Authorised { attempt: 2 }).unwrap();
    run.act(&OrderAct::Shipped { parcel: 2 }).unwrap();
    run.act(&OrderAct::Paid).unwrap();
    run.act(&OrderAct::PaymentFailed { attempt: 2 }).unwrap();
    assert_eq!(run.order.state, OrderState::Confirmed);
    assert_eq!(run.told, ["payment/1/payment_retry", "parcel/0/ready", "parcel/2/tracking"]);
}

#[test]
fn what_expired_lets_the_rest_be_called_off_and_reviewed() {
    let mut run = Run::new();
    run.act(&packed_in_shop()).unwrap();
    run.now = at("2026-05-09T21:00:00Z");
    let blind = act(
        &run.order,
        &OrderAct::ExpirePickup { parcel: 0 },
        &OrderRules::retail(),
        &OrderHours::new(),
        run.now,
    );
    assert_eq!(blind, OrderOutcome::Refused { why: OrderRefusal::NotReady });
    run.act(&OrderAct::ExpirePickup { parcel: 0 }).unwrap();
    let mut other = Run { order: run.order.clone(), now: run.now, told: Vec::new(), effects: Vec::new() };
    other.act(&OrderAct::Cancel).unwrap();
    assert_eq!(other.order.state, OrderState::Cancelled);
    run.act(&OrderAct::Delivered { parcel: 2 }).unwrap();
    run.act(&OrderAct::Shipped { parcel: 1 }).unwrap();
    assert_eq!(run.act(&OrderAct::Cancel), Err(OrderRefusal::TooLate));
    run.told.clear();
    run.act(&OrderAct::Lost { parcel: 1 }).unwrap();
    assert_eq!(run.told, ["parcel/1/lost", "order/review"]);
    run.act(&OrderAct::Arrived { parcel: 1, at: location(SHOP) }).unwrap();
    assert_eq!(run.state(1), ParcelState::Lost);
    run.effects.clear();
    run.act(&OrderAct::CameBack { parcel: 1, at: location(SHOP) }).unwrap();
    assert!(matches!(run.effects.as_slice(), [Effect::Restock { of: CameFrom::Parcel(1), .. }]));
}

#[test]
fn a_return_comes_in_parts_each_the_product_that_she_had() {
    let mut run = Run::new();
    // One of three is another product.
    run.act(&OrderAct::Short { parcel: 2, line: 1, units: 1 }).unwrap();
    let how = Resolution::Substitute { sku: sku("CUP") };
    run.act(&OrderAct::Resolve { parcel: 2, line: 1, how }).unwrap();
    assert!(run.effects.contains(&Effect::Reprice { line: 1, sku: sku("CUP"), units: 1 }));
    run.act(&OrderAct::Delivered { parcel: 2 }).unwrap();
    let request = |id: &str, units| OrderAct::RequestReturn {
        id: id.into(),
        units: vec![(1, units)],
        exchange: Vec::new(),
    };
    run.act(&request("9", 2)).unwrap();
    run.act(&request("10", 1)).unwrap();
    let receive = |id: &str, units| OrderAct::ReceiveReturn {
        id: id.into(),
        at: location(DEPOT),
        units: vec![(1, units)],
        damaged: Vec::new(),
    };
    run.told.clear();
    run.effects.clear();
    for (id, units) in [("10", 1), ("9", 1), ("9", 1), ("9", 2)] {
        run.act(&receive(id, units)).unwrap();
    }
    let back: Vec<(String, u32)> = run
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Restock { lines, .. } => Some((lines[0].place.sku.to_string(), lines[0].units)),
            _ => None,
        })
        .collect();
    assert_eq!(back, [("לוח".to_owned(), 1), ("לוח".to_owned(), 1), ("CUP".to_owned(), 1)]);
    assert_eq!(
        run.told,
        ["return/10/return_receipt", "return/9/return_receipt", "return/9/2/return_receipt"]
    );
}

#[test]
fn a_return_is_withdrawn_and_an_exchange_refunds_the_rest() {
    let mut run = Run::new();
    run.act(&OrderAct::Delivered { parcel: 2 }).unwrap();
    let request = |id: &str, exchange: &[(Sku, u32)]| OrderAct::RequestReturn {
        id: id.into(),
        units: vec![(1, 3)],
        exchange: exchange.to_vec(),
    };
    let withdraw = |id: &str| OrderAct::WithdrawReturn { id: id.into() };
    run.act(&request("a", &[])).unwrap();
    run.act(&withdraw("a")).unwrap();
    assert_eq!(run.act(&OrderAct::Refunded { id: "a".into() }), Err(OrderRefusal::Closed));
    run.act(&request("a", &[])).unwrap();
    run.act(&request("b", &[(sku("CUP"), 1)])).unwrap();
    run.effects.clear();
    let some = OrderAct::ReceiveReturn {
        id: "b".into(),
        at: location(SHOP),
        units: vec![(1, 2)],
        damaged: Vec::new(),
    };
    run.act(&some).unwrap();
    assert_eq!(run.effects.len(), 1);
    run.act(&withdraw("b")).unwrap();
    let exchange =
        Effect::Exchange { of_return: "b".into(), goods: vec![(sku("CUP"), 1)], units: vec![(1, 1)] };
    assert_eq!(run.effects[1..], [exchange, Effect::Refund { of_return: "b".into(), units: vec![(1, 1)] }]);
    assert_eq!(run.order.returned(1), 2);
}

#[test]
fn a_customer_outside_is_brought_it_once_and_an_outcome_is_read_back() {
    let mut run = Run::new();
    run.act(&packed_in_shop()).unwrap();
    for _ in 0..2 {
        run.act(&OrderAct::CheckedIn { parcel: 0 }).unwrap();
    }
    assert_eq!(run.effects, [Effect::BringOut { parcel: 0, location: location(SHOP) }]);
    let short = OrderAct::Short { parcel: 2, line: 1, units: 1 };
    let outcome = act(&run.order, &short, &OrderRules::retail(), &hours(), run.now);
    let text = serde_json::to_string(&outcome).unwrap();
    assert_eq!(serde_json::from_str::<OrderOutcome>(&text).unwrap(), outcome);
}

#[test]
fn she_is_reminded_on_the_last_day_of_what_was_promised() {
    let mut run = Run::new();
    run.order.parcels[0].kept_until = Some(at("2026-05-14T18:00:00Z"));
    run.act(&packed_in_shop()).unwrap();
    assert_eq!(next_due(&run.order, &OrderRules::retail(), &hours()), Some(at("2026-05-14T09:00:00Z")));
}

#[test]
fn a_code_is_read_in_any_script_and_nothing_else_is() {
    let pepper = Pepper::new(b"secret");
    let code = HandOverCode::of(&pepper, OrderId::from_bytes([2; 16]), 3);
    let typed = code.reveal().to_owned();
    assert!(code.matches(&typed) && code.matches(&typed.to_lowercase()));
    let (first, last) = typed.split_at(3);
    assert!(code.matches(&format!("\u{200F}{first} {last}")));
    let persian: String = typed
        .chars()
        .map(|own| own.to_digit(10).map_or(own, |digit| char::from_u32('۰' as u32 + digit).unwrap()))
        .collect();
    assert!(code.matches(&persian));
    for wrong in ["", "000000", first, &format!("{typed}0"), &"9".repeat(10_000)] {
        assert!(!code.matches(wrong), "{wrong}");
    }
    assert_ne!(code, HandOverCode::of(&pepper, OrderId::from_bytes([2; 16]), 4));
    assert!(!format!("{code:?}").contains(&typed));
}

#[test]
fn repeat_orders_keep_their_day_in_both_calendars() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let monthly = |first: &str, calendar| Subscription {
        first: day(first),
        every: Every::Months { months: 1, calendar },
        skipped: BTreeSet::new(),
        paused_until: None,
        last: None,
    };
    // The 31st of Shahrivar 1405: the months that follow have 30 days, the last 29.
    let jalali = monthly("2026-09-22", MonthCalendar::Jalali);
    let mut due = vec![day("2026-09-22")];
    for _ in 0..7 {
        due.push(jalali.next_after(*due.last().unwrap(), |_| true).unwrap());
    }
    let days: Vec<u32> = due.iter().map(|own| crate::calendar::to_jalali(*own).unwrap().day).collect();
    assert_eq!(days, [31, 30, 30, 30, 30, 30, 29, 31]);
    let mut own = monthly("2026-01-31", MonthCalendar::Gregorian);
    own.skipped.insert(1);
    assert_eq!(own.next_after(day("2026-01-31"), |_| true), Some(day("2026-03-31")));
    own.paused_until = Some(day("2026-04-15"));
    assert_eq!(own.next_after(day("2026-01-31"), |_| true), Some(day("2026-04-30")));
    // Closed on that day.
    assert_eq!(own.next_after(day("2026-01-31"), |own| own != day("2026-04-30")), Some(day("2026-05-01")));
    own.last = Some(day("2026-04-29"));
    assert_eq!(own.next_after(day("2026-01-31"), |_| true), None);
    assert_eq!(own.next_after(day("2026-01-31"), |_| false), None);
    let years = monthly("1990-01-01", MonthCalendar::Gregorian);
    assert_eq!(years.next_after(day("2400-05-03"), |_| true), Some(day("2400-06-01")));
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Every day from the end of January on.
fn yearlong() -> Subscription {
    Subscription {
        first: date("2026-01-31"),
        every: Every::Days { days: 1 },
        skipped: BTreeSet::new(),
        paused_until: None,
        last: None,
    }
}

#[test]
fn a_shop_that_never_opens_is_not_asked_for_ever() {
    let asked = std::cell::Cell::new(0_u32);
    let never = |_| {
        asked.set(asked.get() + 1);
        false
    };
    for every in [Every::Days { days: 1 }, Every::Months { months: 1, calendar: MonthCalendar::Jalali }] {
        let own = Subscription { every, ..yearlong() };
        asked.set(0);
        assert_eq!(own.next_after(date("2026-01-31"), never), None);
        assert!(asked.get() < 3_000, "{}", asked.get());
        asked.set(0);
        assert!(own.numbers_on(date("2027-01-31"), never).is_empty());
        assert!(asked.get() < 300, "{}", asked.get());
        // A pause of centuries is not counted through, and neither is the time after the last day.
        let paused = Subscription { paused_until: Some(date("9999-01-01")), ..own.clone() };
        let next = paused.next_after(date("2026-01-31"), |_| true);
        // The Iranian calendar is not known so far ahead.
        assert!(next == Some(date("9999-01-01")) || next.is_none() && own.every != yearlong().every);
        let over = Subscription { last: Some(date("2026-02-01")), ..own };
        asked.set(0);
        assert_eq!(over.next_after(date("2026-02-01"), never), None);
        assert!(asked.get() < 300, "{}", asked.get());
    }
}

/// Day by day: what the dates are that no cleverness is needed for.
fn dates_by_the_day(
    own: &Subscription,
    is_open: impl Fn(NaiveDate) -> bool,
    from: NaiveDate,
) -> BTreeMap<NaiveDate, Vec<u32>> {
    let mut dates: BTreeMap<NaiveDate, Vec<u32>> = BTreeMap::new();
    let Every::Days { days } = own.every else { panic!() };
    for number in 0..200_u32 {
        let due = own.first + TimeDelta::days(i64::from(number) * i64::from(days));
        if let Some(open) = (0..60).map(|later| due + TimeDelta::days(later)).find(|day| is_open(*day))
            && open > from
        {
            dates.entry(open).or_default().push(number);
        }
    }
    dates
}

fn acts() -> impl Strategy<Value = OrderAct> {
    let parcel = 0_u16..5;
    let place = prop_oneof![Just(SHOP), Just(DEPOT)].prop_map(location);
    let line = 0_u16..3;
    let units = 0_u32..4;
    let how = prop_oneof![
        Just(Resolution::Cancel),
        Just(Resolution::Substitute { sku: sku("CUP") }),
        place.clone().prop_map(|from| Resolution::Wait { from, pick_up: None, promise: None }),
        Just(Resolution::Wait { from: location(SHOP), pick_up: Some(location(SHOP)), promise: None }),
    ];
    let id = prop_oneof![Just("r-1"), Just("r-2")].prop_map(str::to_owned);
    let proof = prop_oneof![Just(Proof::Code), Just(Proof::WrongCode), Just(Proof::Identity)];
    prop_oneof![
        (0_u32..4).prop_map(|attempt| OrderAct::PaymentFailed { attempt }),
        (0_u32..4).prop_map(|attempt| OrderAct::Authorised { attempt }),
        Just(OrderAct::Paid),
        Just(OrderAct::Cancel),
        parcel.clone().prop_map(|parcel| OrderAct::CancelParcel { parcel }),
        parcel.clone().prop_map(|parcel| OrderAct::Lost { parcel }),
        (parcel.clone(), place.clone()).prop_map(|(parcel, at)| OrderAct::CameBack { parcel, at }),
        id.clone().prop_map(|id| OrderAct::WithdrawReturn { id }),
        (parcel.clone(), line.clone(), units.clone()).prop_map(|(parcel, line, units)| OrderAct::Short {
            parcel,
            line,
            units
        }),
        (parcel.clone(), line.clone(), how).prop_map(|(parcel, line, how)| OrderAct::Resolve {
            parcel,
            line,
            how
        }),
        (parcel.clone(), place.clone(), vec((line.clone(), units.clone()), 0..3))
            .prop_map(|(parcel, at, units)| OrderAct::Packed { parcel, at, units }),
        Just(packed_in_shop()),
        Just(packed_in_shop()),
        parcel.clone().prop_map(|parcel| OrderAct::Shipped { parcel }),
        parcel.clone().prop_map(|parcel| OrderAct::OutForDelivery { parcel }),
        parcel.clone().prop_map(|parcel| OrderAct::Delivered { parcel }),
        (parcel.clone(), place.clone()).prop_map(|(parcel, at)| OrderAct::Arrived { parcel, at }),
        parcel.clone().prop_map(|parcel| OrderAct::CheckedIn { parcel }),
        (parcel.clone(), proof).prop_map(|(parcel, proof)| OrderAct::HandOver { parcel, proof }),
        parcel.clone().prop_map(|parcel| OrderAct::RemindOfPickup { parcel }),
        parcel.clone().prop_map(|parcel| OrderAct::ExpirePickup { parcel }),
        (parcel, -100_i64..300, 0_i64..9).prop_map(|(parcel, minutes, found)| OrderAct::PromiseMoved {
            parcel,
            to: at("2026-05-06T12:00:00Z") + TimeDelta::minutes(minutes),
            found_at: at("2026-05-06T10:00:00Z") + TimeDelta::minutes(found),
        }),
        (id.clone(), vec((line.clone(), units.clone()), 0..3))
            .prop_map(|(id, units)| OrderAct::RequestReturn { id, units, exchange: Vec::new() }),
        (id.clone(), place, vec((line.clone(), units.clone()), 0..2), vec((line, units), 0..2))
            .prop_map(|(id, at, units, damaged)| OrderAct::ReceiveReturn { id, at, units, damaged }),
        id.prop_map(|id| OrderAct::Refunded { id }),
    ]
}

/// What is about whatever is there when it is said: about other units when it is said late.
const fn is_about_now(what: &OrderAct) -> bool {
    matches!(what, OrderAct::Packed { .. } | OrderAct::Resolve { .. })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    /// Whatever happens: no unit is lost or made, no state goes back, nothing is told twice, and hearing of an act again
    /// changes nothing, at once or late (a wrong code aside, which is counted each time). Money is paid back for what is
    /// called off, once, and only while it is there.
    #[test]
    fn orders_keep_their_laws(acts in vec((acts(), 0_i64..40), 0..40)) {
        let mut run = Run::new();
        let (mut issued, mut released, mut allocated) = (0_u32, 0_u32, 7_u32);
        let mut taken = Vec::new();
        for (what, hours_later) in acts {
            run.now += TimeDelta::hours(hours_later);
            let before = run.order.clone();
            run.effects.clear();
            if run.act(&what).is_err() {
                prop_assert_eq!(&run.order, &before);
                continue;
            }
            for (old, new) in before.parcels.iter().zip(&run.order.parcels) {
                let settles = old.state == ParcelState::PartlyShort && new.state == ParcelState::Open;
                prop_assert!(new.state >= old.state || settles, "{:?} -> {:?}", old.state, new.state);
            }
            let refused = before.payment == Payment::Authorised && run.order.state == OrderState::PaymentFailed;
            prop_assert!(run.order.state >= before.state || refused);
            // Units of each line: in parcels, or called off.
            let mut held: BTreeMap<u16, u32> = BTreeMap::new();
            for parcel in run.order.parcels.iter().filter(|own| !own.state.is_off()) {
                for (line, units) in parcel.by_line() {
                    *held.entry(line).or_default() += units;
                }
            }
            for (number, line) in (0_u16..).zip(&run.order.lines) {
                prop_assert_eq!(held.get(&number).copied().unwrap_or(0) + line.cancelled, line.units);
                prop_assert!(run.order.returned(number) <= run.order.delivered(number));
            }
            for effect in &run.effects {
                let sum = |lines: &[crate::stock::reservation::Line]| lines.iter().map(|own| own.units).sum::<u32>();
                match effect {
                    Effect::Allocate { lines, .. } => allocated += sum(lines),
                    Effect::Issue { lines, .. } => issued += sum(lines),
                    Effect::Release { lines, .. } => released += sum(lines),
                    _ => {}
                }
            }
            prop_assert!(issued + released <= allocated);
            let told: BTreeSet<&String> = run.told.iter().collect();
            prop_assert_eq!(told.len(), run.told.len());
            let counted = matches!(what, OrderAct::HandOver { proof: Proof::WrongCode, .. });
            if !counted {
                let (once, count) = (run.order.clone(), run.told.len());
                run.effects.clear();
                if run.act(&what).is_ok() {
                    prop_assert_eq!(&run.order, &once, "{:?}", &what);
                    prop_assert!(run.effects.is_empty() && run.told.len() == count, "{:?}", what);
                }
            }
            let text = serde_json::to_string(&run.order).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Order>(&text).unwrap(), &run.order);
            let due = |line: &OrderedLine| if run.order.payment == Payment::Open { 0 } else { line.cancelled };
            for (number, line) in (0_u16..).zip(&run.order.lines) {
                prop_assert_eq!(run.order.paid_back.get(&number).copied().unwrap_or(0), due(line));
            }
            if !matches!(what, OrderAct::HandOver { proof: Proof::WrongCode, .. }) {
                taken.push(what);
            }
        }
        // Late: whatever was taken in is heard once more, when all is over.
        for what in taken.iter().filter(|what| !is_about_now(what)) {
            let (before, count) = (run.order.clone(), run.told.len());
            run.effects.clear();
            if run.act(what).is_ok() {
                prop_assert_eq!(&run.order, &before, "{:?}", what);
                prop_assert!(run.effects.is_empty() && run.told.len() == count, "{:?}", what);
            }
        }
    }

    /// The next date is the one that is found by looking at every day.
    #[test]
    fn the_next_date_is_found_by_the_day(
        days in 1_u16..20, skipped in proptest::collection::btree_set(0_u32..30, 0..6), pause in proptest::option::of(0_i64..90),
        closed in proptest::collection::btree_set(0_i64..120, 0..80), from in -20_i64..120,
    ) {
        let first = date("2026-12-20");
        let paused_until = pause.map(|pause| first + TimeDelta::days(pause));
        let own = Subscription { first, every: Every::Days { days }, skipped, paused_until, last: None };
        let is_open = |day: NaiveDate| !closed.contains(&day.signed_duration_since(first).num_days());
        let from = first + TimeDelta::days(from);
        let all = dates_by_the_day(&own, is_open, from);
        let comes = |numbers: &Vec<u32>| numbers.iter().any(|number| !own.skipped.contains(number));
        let expected = all.iter().find(|(date, numbers)| {
            comes(numbers) && own.paused_until.is_none_or(|until| **date >= until)
        });
        prop_assert_eq!(own.next_after(from, is_open), expected.map(|(date, _)| *date));
        for (date, numbers) in all.iter().take(5) {
            prop_assert_eq!(&own.numbers_on(*date, is_open), numbers);
        }
    }

    /// A carrier's reports in any order, each any number of times, lead to the same state.
    #[test]
    fn reports_of_a_carrier_come_in_any_order(
        order in Just(vec![ParcelState::Shipped, ParcelState::OutForDelivery, ParcelState::Delivered]).prop_shuffle(),
        again in vec(0_usize..3, 0..5),
    ) {
        let report = |state| match state {
            ParcelState::Shipped => OrderAct::Shipped { parcel: 2 },
            ParcelState::OutForDelivery => OrderAct::OutForDelivery { parcel: 2 },
            _ => OrderAct::Delivered { parcel: 2 },
        };
        let mut run = Run::new();
        for state in order.iter().chain(again.iter().map(|at| &order[*at])) {
            run.act(&report(*state)).unwrap();
        }
        prop_assert_eq!(run.state(2), ParcelState::Delivered);
        prop_assert_eq!(run.told.iter().filter(|key| key.ends_with("delivered")).count(), 1);
        let issued = run.effects.iter().filter(|effect| matches!(effect, Effect::Issue { .. }));
        prop_assert_eq!(issued.count(), 1);
    }
}
