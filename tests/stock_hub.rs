//! Stock through the hub: nothing is sold twice, on every store, in a storm, and whoever asks again gets the same answer.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use attack_support::{NOON, instant};
use stock_support::{Shop, accepted, count, in_every_shop, key, place, reserve};
use throughline::cart::Sku;
use throughline::channel::Channel;
use throughline::hub::{CommandKey, SlotOutcome, SlotPlace, SlotRequest, StockInquiry};
use throughline::stock::availability::{ChannelRules, ConfidenceRules, Dated};
use throughline::stock::promise::{Promise, PromiseStanding, SlotPlan, SlotRefusal, Way};
use throughline::stock::reservation::{
    ChangeOutcome, ChangeRefusal, Line, StockAct, StockChange, StockOutcome, StockRefusal, Terms,
    TicketState, Yield,
};
use throughline::stock::{LocationId, Method};
use throughline::store::{MemoryStore, StoreErrorKind};
use throughline::time::TimeDelta;

const OPEN: Terms<'static> =
    Terms { safety: None, method: None, channels: None, channel: None, confidence: None };

#[test]
fn sixty_four_buyers_get_the_ten_units_that_there_are() {
    let fight = |shop: &Shop| {
        let (a, b) = (place("تهران", "MUG"), place("שוק", "MUG"));
        count(shop, &a, 10);
        count(shop, &b, 12);
        let won = shop.at_once(64, |buyer, hub| {
            // Half of them name the places the other way round.
            let mut lines = vec![(&a, 1), (&b, 1)];
            if buyer % 2 == 0 {
                lines.reverse();
            }
            let key = key(&format!("order-{buyer}"));
            let held = shop.insist(|| hub.act_on_stock(&key, &reserve(&lines), &OPEN));
            if !accepted(&held) {
                let StockOutcome::Refused { why } = held else { panic!() };
                assert!(why.iter().all(|why| matches!(why, StockRefusal::Insufficient { .. })), "{why:?}");
                return Vec::new();
            }
            let promised = shop.insist(|| hub.act_on_stock(&key, &StockAct::Commit, &OPEN));
            assert!(accepted(&promised), "a hold is a promise: {promised:?}");
            vec![buyer]
        });
        assert_eq!(won.len(), 10);
        let answers = shop.answers(&[&a, &b]);
        assert_eq!(answers.iter().map(|answer| answer.level.allocated).collect::<Vec<_>>(), [10, 10]);
        assert_eq!(answers.iter().map(|answer| answer.available.units).collect::<Vec<_>>(), [0, 2]);
    };
    fight(&Shop::on(Arc::new(MemoryStore::new())));
    fight(&Shop::in_a_storm(3));
    #[cfg(feature = "redb")]
    {
        let directory = tempfile::tempdir().unwrap();
        let store = throughline::store::RedbStore::open(directory.path().join("hub.redb")).unwrap();
        fight(&Shop::on(Arc::new(store)));
    }
}

/// Holds, promises, releases, hand-overs and counts at once: what is left is what was there less what went.
#[test]
fn nothing_is_lost_and_nothing_is_sold_twice() {
    in_every_shop(4, |shop| {
        let (a, b) = (place("a", "MUG"), place("b", "CUP"));
        count(shop, &a, 6);
        count(shop, &b, 6);
        let standing = AtomicU32::new(0);
        let went = shop.at_once(4, |till, hub| {
            let mut went = Vec::new();
            for order in 0..10 {
                let key = key(&format!("order-{till}-{order}"));
                let act = |act: &StockAct| shop.insist(|| hub.act_on_stock(&key, act, &OPEN));
                if !accepted(&act(&reserve(&[(&a, 1), (&b, 1)]))) {
                    continue;
                }
                assert!(standing.fetch_add(1, Ordering::SeqCst) < 6, "never more than there are");
                let until = Some(instant(NOON) + TimeDelta::hours(2));
                assert!(accepted(&act(&StockAct::Extend { until })));
                match order % 3 {
                    0 => {
                        standing.fetch_sub(1, Ordering::SeqCst);
                        assert!(accepted(&act(&StockAct::Release)));
                    }
                    1 => {
                        assert!(accepted(&act(&StockAct::Commit)));
                        standing.fetch_sub(1, Ordering::SeqCst);
                        assert!(accepted(&act(&StockAct::Cancel { lines: None, not_found: false })));
                    }
                    _ => {
                        assert!(accepted(&act(&StockAct::Commit)));
                        assert!(accepted(&act(&StockAct::Issue { lines: None })));
                        // They are gone for good, so they stay counted; goods that come in make up for it.
                        for place in [&a, &b] {
                            let command =
                                CommandKey::new(&format!("receipt-{till}-{order}-{}", place.location));
                            let comes = StockChange::Receive { units: 1, announced: None };
                            let done =
                                shop.insist(|| hub.change_stock(&command, place, &comes, Yield::Refuse));
                            assert!(done.is_changed());
                        }
                        standing.fetch_sub(1, Ordering::SeqCst);
                        went.push(key);
                    }
                }
            }
            went
        });
        assert!(!went.is_empty());
        for answer in shop.answers(&[&a, &b]) {
            let level = answer.level;
            assert_eq!((level.on_hand, level.reserved, level.allocated), (6, 0, 0), "{:?}", answer.place);
        }
        let hub = shop.hub();
        for key in went {
            let ticket = shop.insist(|| hub.stock_ticket(&key)).unwrap();
            assert_eq!(ticket.state, TicketState::Done);
            assert!(ticket.lines.iter().all(|line| line.issued == 1 && line.cancelled == 0));
        }
    });
}

#[test]
fn parts_are_handed_over_once_for_each_command() {
    in_every_shop(3, |shop| {
        let a = place("a", "MUG");
        count(shop, &a, 9);
        let (hub, order) = (shop.hub(), key("order-1"));
        let act = |act: &StockAct| shop.insist(|| hub.act_on_stock(&order, act, &OPEN));
        assert!(accepted(&act(&reserve(&[(&a, 4)]))));
        assert!(accepted(&act(&StockAct::Commit)));
        let part = |units| Some(vec![Line::new(a.clone(), units)]);
        let once = |command: &str, act: &StockAct| {
            shop.insist(|| hub.act_on_stock_once(&CommandKey::new(command), &order, act, &OPEN))
        };
        for _ in 0..3 {
            assert!(accepted(&once("parcel-1", &StockAct::Issue { lines: part(1) })));
            assert!(accepted(&once("missing-1", &StockAct::Cancel { lines: part(1), not_found: true })));
        }
        assert_eq!(
            once("parcel-1", &StockAct::Issue { lines: part(2) }),
            StockOutcome::Refused { why: vec![StockRefusal::KeyReused] }
        );
        let level = &shop.answers(&[&a])[0].level;
        assert_eq!((level.on_hand, level.allocated), (7, 2));
        let refused =
            StockOutcome::Refused { why: vec![StockRefusal::MoreThanOpen { place: a.clone(), open: 2 }] };
        assert_eq!(once("parcel-2", &StockAct::Issue { lines: part(3) }), refused);
    });
}

#[test]
fn a_count_is_taken_once_and_may_break_holds() {
    in_every_shop(3, |shop| {
        let a = place("Арбат", "MUG");
        let (hub, one, other) = (shop.hub(), key("cart-1"), key("cart-2"));
        let change = |command: &str, change: &StockChange, gives_way| {
            shop.insist(|| hub.change_stock(&CommandKey::new(command), &a, change, gives_way))
        };
        assert_eq!(
            change("sale-0", &StockChange::Adjust { by: -1 }, Yield::Refuse),
            ChangeOutcome::Refused { why: ChangeRefusal::UnknownPlace }
        );
        count(shop, &a, 3);
        assert!(accepted(&shop.insist(|| hub.act_on_stock(&one, &reserve(&[(&a, 2)]), &OPEN))));
        assert!(accepted(&shop.insist(|| hub.act_on_stock(&other, &reserve(&[(&a, 1)]), &OPEN))));
        let gone = StockChange::Adjust { by: -1 };
        assert!(!change("sale-1", &gone, Yield::Refuse).is_changed());
        for _ in 0..2 {
            let ChangeOutcome::Changed { on_hand, broken } = change("sale-2", &gone, Yield::BreakHolds)
            else {
                panic!()
            };
            let broken: Vec<_> = broken.iter().map(|broken| (broken.key.as_str(), broken.units)).collect();
            assert_eq!((on_hand, broken), (2, vec![("cart-2", 1)]));
        }
        assert_eq!(
            change("sale-2", &StockChange::Adjust { by: -2 }, Yield::Refuse),
            ChangeOutcome::Refused { why: ChangeRefusal::KeyReused }
        );
        assert_eq!(
            shop.insist(|| hub.act_on_stock(&other, &StockAct::Commit, &OPEN)),
            StockOutcome::Refused { why: vec![StockRefusal::Broken { place: a.clone() }] }
        );
        assert!(accepted(&shop.insist(|| hub.act_on_stock(&one, &StockAct::Commit, &OPEN))));
    });
}

#[test]
fn a_hold_lapses_by_the_clock_without_anybody_sweeping() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let a = place("a", "MUG");
    count(&shop, &a, 1);
    let (clock, hub) = shop.hub_with_clock();
    let held = reserve(&[(&a, 1)]);
    assert!(accepted(&hub.act_on_stock(&key("x"), &held, &OPEN).unwrap()));
    // `reserve` holds for an hour.
    clock.set(instant(NOON) + TimeDelta::hours(1) - TimeDelta::seconds(1));
    let late = |act: StockAct| match act {
        StockAct::Reserve { lines, backorder, .. } => {
            let until = Some(instant(NOON) + TimeDelta::hours(9));
            StockAct::Reserve { lines, until, backorder }
        }
        other => other,
    };
    assert!(!accepted(&hub.act_on_stock(&key("y"), &late(held.clone()), &OPEN).unwrap()));
    clock.set(instant(NOON) + TimeDelta::hours(1));
    assert_eq!(shop.answers(&[&a]).len(), 1);
    assert!(accepted(&hub.act_on_stock(&key("y"), &late(held), &OPEN).unwrap()));
    // The clock jumps back: what was taken stays taken.
    clock.set(instant(NOON));
    assert!(!accepted(&hub.act_on_stock(&key("x"), &StockAct::Commit, &OPEN).unwrap()));
    assert!(accepted(&hub.act_on_stock(&key("y"), &StockAct::Commit, &OPEN).unwrap()));
}

#[test]
fn each_channel_and_each_place_is_told_what_it_can_sell() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (a, b) = (place("a", "MUG"), place("b", "MUG"));
    count(&shop, &a, 5);
    count(&shop, &b, 2);
    let hub = shop.hub();
    let tomorrow = instant(NOON) + TimeDelta::days(1);
    let supply = StockChange::Supply { entries: vec![Dated { at: tomorrow, units: 4 }] };
    assert!(hub.change_stock(&CommandKey::new("supply"), &b, &supply, Yield::Refuse).unwrap().is_changed());
    let rate = StockChange::LeavesPerDay { milli: 1_000 };
    assert!(hub.change_stock(&CommandKey::new("rate"), &a, &rate, Yield::Refuse).unwrap().is_changed());
    let channels: ChannelRules = serde_json::from_str(r#"{"till": {"reserve": 1}}"#).unwrap();
    let web = Terms { channels: Some(&channels), channel: Some(&Channel::Web), ..OPEN };
    let units = |at, terms: &Terms<'_>| -> Vec<u32> {
        let skus = [Sku::parse("MUG").unwrap(), Sku::parse("NONE").unwrap()];
        let locations = [b.location.clone(), a.location.clone()];
        let inquiry = StockInquiry { skus: &skus, locations: &locations, terms, at };
        hub.stock_at(&inquiry).unwrap().iter().map(|answer| answer.available.units).collect()
    };
    assert_eq!(units(None, &OPEN), [2, 5]);
    assert_eq!(units(None, &web), [1, 4]);
    assert_eq!(units(Some(tomorrow), &OPEN), [6, 5]);
    let confidence = ConfidenceRules::retail();
    let sure = Terms { confidence: Some(&confidence), ..OPEN };
    assert_eq!(units(None, &sure), [2, 4]);
    let (clock, later) = shop.hub_with_clock();
    clock.set(tomorrow + TimeDelta::days(2));
    let everywhere = later.stock_everywhere(&Sku::parse("MUG").unwrap(), &sure).unwrap();
    assert_eq!(everywhere.len(), 2);
    assert!(everywhere[0].available.units < 2, "an old count of a shelf that empties is not believed");
    assert!(later.stock_everywhere(&Sku::parse("NONE").unwrap(), &OPEN).unwrap().is_empty());
}

#[test]
fn as_many_book_a_slot_as_it_has_places() {
    in_every_shop(3, |shop| {
        let place = SlotPlace {
            location: LocationId::parse("Арбат").unwrap(),
            service: Method::parse("fitting").unwrap(),
        };
        let plan: SlotPlan = serde_json::from_str(
            r#"{"hours": {"windows": [{"start": "09:00", "end": "18:00"}]}, "minutes": 60, "capacity": 3}"#,
        )
        .unwrap();
        let zone = throughline::calendar::Zone::utc();
        let (three, four) = (instant("2026-03-20T15:00:00Z"), instant("2026-03-20T16:00:00Z"));
        let request =
            |start| SlotRequest { place: &place, plan: &plan, zone: &zone, start, places: 1, until: None };
        let booked = |outcome: &SlotOutcome| matches!(outcome, SlotOutcome::Booked { .. });
        let won = shop.at_once(8, |customer, hub| {
            let key = key(&format!("appointment-{customer}"));
            let outcome = shop.insist(|| hub.book_slot(&key, &request(three)));
            if booked(&outcome) { vec![key] } else { Vec::new() }
        });
        assert_eq!(won.len(), 3);
        let hub = shop.hub();
        let left = |start| {
            let slots = shop.insist(|| hub.slots_left(&place, &plan, &zone, start_date())).into_iter();
            slots.collect::<BTreeMap<_, _>>().into_iter().find(|(slot, _)| slot.start == start).unwrap().1
        };
        assert_eq!([left(three), left(four)], [0, 3]);
        // What to offer to whom it was refused: not what begins now, not what is full, and tomorrow too.
        let free = |places, limit| {
            let slots = shop.insist(|| hub.free_slots(&place, &plan, &zone, places, limit));
            slots.iter().map(|slot| slot.start.format("%d %H").to_string()).collect::<Vec<_>>()
        };
        assert_eq!(free(1, 5), ["20 13", "20 14", "20 16", "20 17", "21 09"]);
        assert_eq!((free(4, 5), free(1, 0)), (vec![], vec![]));
        // She moves to another hour: her place is free again.
        assert!(booked(&shop.insist(|| hub.book_slot(&won[0], &request(four)))));
        assert_eq!([left(three), left(four)], [1, 2]);
        let booking = shop.insist(|| hub.booking(&won[0])).unwrap();
        assert_eq!(booking.slot.start, four);
        let past = shop.insist(|| hub.book_slot(&won[0], &request(instant("2026-03-20T12:00:00Z"))));
        assert_eq!(past, SlotOutcome::Refused { refusal: SlotRefusal::TooLate });
        let first = shop.insist(|| hub.cancel_booking(&won[0]));
        assert!(first == SlotOutcome::Cancelled || shop.is_stormy(), "{first:?}");
        assert_eq!([left(three), left(four)], [1, 3]);
        let none = SlotOutcome::Refused { refusal: SlotRefusal::NoBooking };
        assert_eq!(shop.insist(|| hub.cancel_booking(&won[0])), none);
    });
}

fn start_date() -> throughline::time::NaiveDate {
    "2026-03-20".parse().unwrap()
}

#[test]
fn the_first_promise_is_the_one_that_is_scored() {
    in_every_shop(2, |shop| {
        let (hub, order) = (shop.hub(), key("order-1"));
        let arbat = LocationId::parse("Арбат").unwrap();
        let promise = |hour: i64| {
            let by = instant(NOON) + TimeDelta::hours(hour);
            Promise {
                way: Way::PickUp,
                made: instant(NOON),
                from: by,
                by,
                until: None,
                label: "same day".into(),
                steps: vec![],
            }
        };
        let elsewhere = LocationId::parse("Тверская 7").unwrap();
        assert_eq!(shop.insist(|| hub.score_promise(&order, None)), None);
        shop.insist(|| hub.give_promise(&order, &arbat, &promise(4)));
        // Another location takes it over; what is scored stays where it was promised first.
        shop.insist(|| hub.give_promise(&order, &elsewhere, &promise(6)));
        let given = shop.insist(|| hub.given_promise(&order)).unwrap();
        assert_eq!((given.first, given.now), (promise(4), promise(6)));
        assert_eq!(shop.insist(|| hub.score_promise(&order, None)), Some(PromiseStanding::Open));
        for happened in [5, 3] {
            let at = Some(instant(NOON) + TimeDelta::hours(happened));
            let standing = shop.insist(|| hub.score_promise(&order, at));
            assert_eq!(standing, Some(PromiseStanding::Broken { late_seconds: 3_600 }));
        }
        let on_time = key("order-2");
        shop.insist(|| hub.give_promise(&on_time, &arbat, &promise(4)));
        shop.insist(|| hub.score_promise(&on_time, Some(instant(NOON))));
        let day = |text: &str| text.parse().unwrap();
        let score = |from, until| shop.insist(|| hub.promises_kept(&arbat, day(from), day(until)));
        let all = score("2026-03-20", "2026-03-21");
        assert_eq!((all.kept, all.broken, all.kept_share()), (1, 1, Some(5_000)));
        assert_eq!(score("2026-03-21", "2026-03-22").kept_share(), None);
        assert_eq!(score("2026-03-01", "2026-03-20").kept_share(), None);
    });
}

#[test]
fn a_store_that_fails_is_told_and_nothing_is_half_done() {
    let shop = Shop::in_a_storm(1);
    let a = place("a", "MUG");
    count(&shop, &a, 5);
    let hub = shop.hub();
    let mut failures = 0;
    for order in 0..300 {
        let key = key(&format!("order-{order}"));
        if let Err(error) = hub.act_on_stock(&key, &reserve(&[(&a, 1)]), &OPEN) {
            assert!(matches!(
                error.kind(),
                StoreErrorKind::Failed | StoreErrorKind::Unknown | StoreErrorKind::Conflict
            ));
            failures += 1;
            shop.revive();
        }
    }
    assert!(failures > 0);
    let level = &shop.answers(&[&a])[0].level;
    let mut held = 0;
    for order in 0..300 {
        let ticket = shop.insist(|| hub.stock_ticket(&key(&format!("order-{order}"))));
        held += ticket.map_or(0, |ticket| ticket.lines.iter().map(|line| line.units).sum::<u32>());
    }
    assert_eq!((level.reserved, held), (5, 5), "every hold has its ticket, and every ticket its hold");
}
