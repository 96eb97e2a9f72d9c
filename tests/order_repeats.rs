//! Repeat orders through the hub: each date brings one order, in every storm; a refusal waits with its reason; what is left
//! out, paused or cancelled does not come; nobody's goods are ordered after she is erased.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::collections::BTreeSet;
use std::sync::Arc;

use attack_support::{instant, said};
use stock_support::orders::{Placing, SHOP, placing};
use stock_support::{Shop, count, in_every_shop, key, place};
use throughline::calendar::{Exception, Windows, Zone, Zones};
use throughline::cart::Sku;
use throughline::hub::{
    Afterwards, CommandKey, Hub, PlaceRefusal, RenewOutcome, RenewRequest, RepeatChange, RepeatDays,
    RepeatOutcome, RepeatRefusal, RepeatRequest, RepeatState, RepeatedLine, RetryRule, What, Who,
};
use throughline::stock::order::{Every, NewParcel, Subscription};
use throughline::store::MemoryStore;
use throughline::time::NaiveDate;

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

/// Closed on Friday; and on Sunday the 29th, a holiday.
fn week() -> Windows {
    let day = |day| format!(r#"{{"from": ["{day}", "09:00"], "to": ["{day}", "21:00"]}}"#);
    let week = ["sat", "sun", "mon", "tue", "wed", "thu"].map(day).join(",");
    let open: Windows = serde_json::from_str(&format!(r#"{{"windows": [{week}]}}"#)).unwrap();
    open.with_exception(date("2026-03-29"), Exception::Closed).unwrap()
}

fn tehran() -> Zone {
    Zones::bundled().named("Asia/Tehran").unwrap()
}

fn every(days: u16, first: &str) -> Subscription {
    let every = Every::Days { days };
    Subscription { first: date(first), every, skipped: BTreeSet::new(), paused_until: None, last: None }
}

/// A repeat order of mugs, and what is needed to deal with it.
struct Repeating {
    plan: Subscription,
    who: Option<Who>,
    open: Windows,
    zone: Zone,
    order: Placing,
    retry: RetryRule,
}

fn repeating(days: u16, first: &str) -> Repeating {
    Repeating {
        plan: every(days, first),
        who: None,
        open: week(),
        zone: tehran(),
        order: placing("unused"),
        retry: RetryRule { after_minutes: 60, most: 3 },
    }
}

impl Repeating {
    fn days(&self) -> RepeatDays<'_> {
        RepeatDays { open: &self.open, zone: &self.zone }
    }

    fn begin(&self, shop: &Shop, hub: &Hub, number: &str) -> RepeatOutcome {
        let lines = [RepeatedLine { sku: Sku::parse("MUG").unwrap(), units: 2 }];
        let request = RepeatRequest { number, who: self.who.as_ref(), lines: &lines, plan: &self.plan };
        let command = CommandKey::new(&format!("begin-{number}"));
        shop.insist(|| hub.subscribe_order(&command, &request, &self.days()))
    }

    fn change(&self, shop: &Shop, hub: &Hub, number: &str, change: &RepeatChange) -> RepeatOutcome {
        let command = CommandKey::new(&format!("change-{number}-{change:?}"));
        shop.insist(|| hub.change_subscription(&command, &key(number), change, &self.days()))
    }

    fn renew(&self, shop: &Shop, hub: &Hub, number: &str, on: &str) -> RenewOutcome {
        let from = place(SHOP, "MUG").location;
        let parcels = [NewParcel { from, pick_up: None, units: vec![(0, 2)], promise: None }];
        self.renew_with(shop, hub, number, on, &parcels)
    }

    fn renew_with(
        &self,
        shop: &Shop,
        hub: &Hub,
        number: &str,
        on: &str,
        parcels: &[NewParcel],
    ) -> RenewOutcome {
        let (number, date, retry) = (key(number), date(on), self.retry);
        let request = RenewRequest { number: &number, date, parcels, backorder: false, pay_by: None, retry };
        shop.insist(|| hub.renew_order(&request, &self.days(), &self.order.terms()))
    }
}

fn stands(next: &str) -> RepeatOutcome {
    RepeatOutcome::Stands { next: Some(date(next)) }
}

fn refused(why: RepeatRefusal) -> RepeatOutcome {
    RepeatOutcome::Refused { why }
}

#[test]
fn each_date_brings_one_order_in_every_storm() {
    in_every_shop(8, |shop| {
        count(shop, &place(SHOP, "MUG"), 20);
        let (clock, hub) = shop.hub_with_clock();
        // It is Friday, the 20th of March; the first comes on Saturday.
        let weekly = repeating(8, "2026-03-20");
        assert_eq!(weekly.begin(shop, &hub, "tea"), stands("2026-03-21"));
        assert_eq!(weekly.begin(shop, &hub, "tea"), stands("2026-03-21"));
        let begins = instant("2026-03-20T20:30:00Z");
        let due = |at| shop.insist(|| hub.subscriptions_due(at, 10));
        assert!(due(begins - throughline::time::TimeDelta::seconds(1)).is_empty());
        assert_eq!(due(begins)[0].date, date("2026-03-21"));
        assert_eq!(
            weekly.renew(shop, &hub, "tea", "2026-03-21"),
            RenewOutcome::NotDue { next: Some(date("2026-03-21")) }
        );
        // The 28th is a Saturday, the 5th of April a Sunday; the 13th a Monday.
        let mut placed = BTreeSet::new();
        for (at, on, after) in [
            ("2026-03-20T20:30:00Z", "2026-03-21", "2026-03-28"),
            ("2026-03-28T10:00:00Z", "2026-03-28", "2026-04-05"),
            ("2026-04-05T10:00:00Z", "2026-04-05", "2026-04-13"),
        ] {
            clock.set(instant(at));
            let first = weekly.renew(shop, &hub, "tea", on);
            let RenewOutcome::Placed { id, intents, next } = &first else { panic!("{first:?}") };
            assert_eq!((intents.len(), *next), (1, Some(date(after))));
            assert!(placed.insert(*id));
            assert_eq!(weekly.renew(shop, &hub, "tea", on), first, "the same date, the same order");
            assert!(due(instant(at)).is_empty());
        }
        assert_eq!(shop.answers(&[&place(SHOP, "MUG")])[0].level.allocated, 6);
        assert_eq!(weekly.renew(shop, &hub, "none", "2026-03-21"), RenewOutcome::Unknown);
    });
}

#[test]
fn many_at_once_place_one_order() {
    let fight = |shop: &Shop| {
        count(shop, &place(SHOP, "MUG"), 20);
        let daily = repeating(1, "2026-03-20");
        let outcome = daily.begin(shop, &shop.hub(), "tea");
        assert_eq!(outcome, stands("2026-03-21"));
        let ids = shop.at_once(16, |_, _| {
            let (clock, hub) = shop.hub_with_clock();
            clock.set(instant("2026-03-21T10:00:00Z"));
            match daily.renew(shop, &hub, "tea", "2026-03-21") {
                RenewOutcome::Placed { id, .. } => vec![id],
                other => panic!("{other:?}"),
            }
        });
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), 1);
        assert_eq!(shop.answers(&[&place(SHOP, "MUG")])[0].level.allocated, 2);
    };
    fight(&Shop::on(Arc::new(MemoryStore::new())));
    fight(&Shop::in_a_storm(7));
}

#[test]
fn what_is_not_in_stock_stays_due_with_its_reason_and_is_given_up_in_the_end() {
    in_every_shop(4, |shop| {
        count(shop, &place(SHOP, "MUG"), 1);
        let (clock, hub) = shop.hub_with_clock();
        let weekly = repeating(7, "2026-03-21");
        weekly.begin(shop, &hub, "tea");
        let mut now = instant("2026-03-21T08:00:00Z");
        for tried in [1, 2] {
            clock.set(now);
            let first = weekly.renew(shop, &hub, "tea", "2026-03-21");
            let RenewOutcome::Refused { retry } = &first else { panic!("{first:?}") };
            assert!(matches!(retry.why, PlaceRefusal::Stock { .. }));
            assert_eq!((retry.tried, retry.again_at), (tried, now + throughline::time::TimeDelta::hours(1)));
            assert_eq!(weekly.renew(shop, &hub, "tea", "2026-03-21"), first, "too early is no other try");
            assert!(shop.insist(|| hub.subscriptions_due(now, 10)).is_empty());
            now = retry.again_at;
            let due = shop.insist(|| hub.subscriptions_due(now, 10));
            assert_eq!(due[0].retry.as_ref().map(|retry| retry.tried), Some(tried));
        }
        clock.set(now);
        let last = weekly.renew(shop, &hub, "tea", "2026-03-21");
        let RenewOutcome::GivenUp { why: PlaceRefusal::Stock { .. }, next } = &last else {
            panic!("{last:?}")
        };
        assert_eq!(*next, Some(date("2026-03-28")));
        assert_eq!(weekly.renew(shop, &hub, "tea", "2026-03-21"), last);
        // What came in meanwhile is for the next date.
        assert_eq!(shop.answers(&[&place(SHOP, "MUG")])[0].level.allocated, 0);
    });
}

#[test]
fn what_came_in_between_two_tries_is_sent() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let (clock, hub) = shop.hub_with_clock();
    let weekly = repeating(7, "2026-03-21");
    weekly.begin(&shop, &hub, "tea");
    clock.set(instant("2026-03-21T08:00:00Z"));
    assert!(matches!(weekly.renew(&shop, &hub, "tea", "2026-03-21"), RenewOutcome::Refused { .. }));
    count(&shop, &place(SHOP, "MUG"), 2);
    clock.set(instant("2026-03-21T09:00:00Z"));
    assert!(matches!(weekly.renew(&shop, &hub, "tea", "2026-03-21"), RenewOutcome::Placed { .. }));
    assert_eq!(hub.subscription(&key("tea")).unwrap().unwrap().retry, None);
}

#[test]
fn she_leaves_one_out_pauses_changes_and_cancels() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 20);
    let (clock, hub) = shop.hub_with_clock();
    let weekly = repeating(7, "2026-03-22");
    assert_eq!(weekly.begin(&shop, &hub, "tea"), stands("2026-03-22"));
    let change = |what: &RepeatChange| weekly.change(&shop, &hub, "tea", what);
    let skip = |on: &str| RepeatChange::Skip { date: date(on) };
    assert_eq!(change(&skip("2026-03-23")), refused(RepeatRefusal::NoSuchDate));
    // The 29th is a holiday: that one comes, and is left out, on the 30th.
    assert_eq!(change(&skip("2026-03-29")), refused(RepeatRefusal::NoSuchDate));
    assert_eq!(change(&skip("2026-03-30")), stands("2026-03-22"));
    assert_eq!(change(&skip("2026-03-22")), stands("2026-04-05"));
    assert_eq!(change(&RepeatChange::Pause { until: Some(date("2026-04-06")) }), stands("2026-04-12"));
    assert_eq!(change(&RepeatChange::Pause { until: None }), RepeatOutcome::Stands { next: None });
    assert!(hub.subscriptions_due(instant("2027-01-01T00:00:00Z"), 10).unwrap().is_empty());
    // What the pause kept away does not come any more.
    clock.set(instant("2026-04-20T08:00:00Z"));
    assert_eq!(change(&RepeatChange::Resume), stands("2026-04-26"));
    let lines = vec![RepeatedLine { sku: Sku::parse("MUG").unwrap(), units: 3 }];
    assert_eq!(change(&RepeatChange::Lines { lines }), stands("2026-04-26"));
    assert_eq!(change(&RepeatChange::Lines { lines: Vec::new() }), refused(RepeatRefusal::Invalid));
    assert_eq!(change(&RepeatChange::Plan { plan: every(0, "2026-04-20") }), refused(RepeatRefusal::Invalid));
    assert_eq!(change(&RepeatChange::Plan { plan: every(30, "2026-04-20") }), stands("2026-04-20"));
    // Two are not what is ordered now; then the host sends three.
    let from = place(SHOP, "MUG").location;
    assert!(matches!(weekly.renew(&shop, &hub, "tea", "2026-04-20"), RenewOutcome::Invalid { .. }));
    let parcels = [NewParcel { from, pick_up: None, units: vec![(0, 3)], promise: None }];
    let placed = weekly.renew_with(&shop, &hub, "tea", "2026-04-20", &parcels);
    assert!(matches!(placed, RenewOutcome::Placed { next: Some(_), .. }), "{placed:?}");
    assert_eq!(change(&RepeatChange::Cancel), RepeatOutcome::Stands { next: None });
    assert_eq!(change(&skip("2026-06-19")), refused(RepeatRefusal::Cancelled));
    let stands = hub.subscription(&key("tea")).unwrap().unwrap();
    assert_eq!((stands.state, stands.next), (RepeatState::Cancelled, None));
    // Cancelled, it still tells what became of its last date.
    assert_eq!(weekly.renew_with(&shop, &hub, "tea", "2026-04-20", &parcels), placed);
}

#[test]
fn what_a_host_slept_through_is_not_made_up_for() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 20);
    let (clock, hub) = shop.hub_with_clock();
    let weekly = repeating(7, "2026-03-22");
    weekly.begin(&shop, &hub, "tea");
    clock.set(instant("2026-04-15T08:00:00Z"));
    // What is due stays so, and changing something else does not take it away.
    let lines = vec![RepeatedLine { sku: Sku::parse("MUG").unwrap(), units: 2 }];
    let changed = weekly.change(&shop, &hub, "tea", &RepeatChange::Lines { lines });
    assert_eq!(changed, stands("2026-03-22"));
    let placed = weekly.renew(&shop, &hub, "tea", "2026-03-22");
    assert!(
        matches!(placed, RenewOutcome::Placed { next: Some(next), .. } if next == date("2026-04-19")),
        "{placed:?}"
    );
    assert_eq!(
        weekly.renew(&shop, &hub, "tea", "2026-04-05"),
        RenewOutcome::NotDue { next: Some(date("2026-04-19")) }
    );
}

#[test]
fn what_is_no_repeat_order_is_refused() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    let hub = shop.hub();
    let weekly = repeating(7, "2026-03-22");
    assert_eq!(weekly.begin(&shop, &hub, ""), refused(RepeatRefusal::Invalid));
    assert_eq!(weekly.begin(&shop, &hub, &"9".repeat(101)), refused(RepeatRefusal::Invalid));
    assert_eq!(repeating(0, "2026-03-22").begin(&shop, &hub, "none"), refused(RepeatRefusal::Invalid));
    assert_eq!(weekly.begin(&shop, &hub, "tea"), stands("2026-03-22"));
    assert_eq!(repeating(8, "2026-03-22").begin(&shop, &hub, "tea"), refused(RepeatRefusal::KeyReused));
    let command = CommandKey::new("another");
    let lines = [RepeatedLine { sku: Sku::parse("MUG").unwrap(), units: 2 }];
    let request = RepeatRequest { number: "tea", who: None, lines: &lines, plan: &weekly.plan };
    let again = hub.subscribe_order(&command, &request, &weekly.days()).unwrap();
    assert_eq!(again, refused(RepeatRefusal::NumberReused));
    assert_eq!(weekly.change(&shop, &hub, "none", &RepeatChange::Resume), refused(RepeatRefusal::Unknown));
    let never = Repeating { open: Windows::new(Vec::new()).unwrap(), ..repeating(7, "2026-03-22") };
    assert_eq!(never.begin(&shop, &hub, "never"), RepeatOutcome::Stands { next: None });
    let far = repeating(7, "9999-12-31");
    assert!(matches!(far.begin(&shop, &hub, "far"), RepeatOutcome::Stands { .. }));
}

#[test]
fn repeat_orders_are_hers_and_nothing_is_ordered_after_she_is_erased() {
    let store = Arc::new(MemoryStore::new());
    let shop = Shop::on(store.clone());
    count(&shop, &place(SHOP, "MUG"), 20);
    let (clock, hub) = shop.hub_with_clock();
    let leila = said("m-1", "web", 1).user("leila").to(&hub).record;
    let weekly = Repeating { who: Some(Who::Record(leila)), ..repeating(7, "2026-03-22") };
    for number in ["tea", "more tea"] {
        weekly.begin(&shop, &hub, number);
    }
    let hers = |who| hub.subscriptions_of(&Who::Record(who)).unwrap();
    let numbers: Vec<String> =
        hers(leila).unwrap().into_iter().map(|order| order.number.to_string()).collect();
    assert_eq!(numbers, ["more tea", "tea"]);
    clock.set(instant("2026-03-22T08:00:00Z"));
    let placed = weekly.renew(&shop, &hub, "tea", "2026-03-22");
    let RenewOutcome::Placed { id, .. } = placed else { panic!("{placed:?}") };
    assert_eq!(hub.orders_of(&Who::Record(leila)).unwrap().unwrap()[0].id, id);
    let erased = What::Profile(Who::Record(leila));
    hub.erase(&CommandKey::new("erase"), &erased, Afterwards::Suppress).unwrap();
    assert_eq!(hers(leila), None);
    assert!(hub.subscriptions_due(instant("2030-01-01T00:00:00Z"), 10).unwrap().is_empty());
    assert_eq!(hub.subscription(&key("tea")).unwrap(), None);
    assert_eq!(weekly.renew(&shop, &hub, "tea", "2026-03-22"), RenewOutcome::Unknown);
    assert!(hub.order(id).unwrap().is_some());
    let name = leila.to_string();
    assert!(!store.dump().any(|(_, value)| String::from_utf8_lossy(&value).contains(&name)));
}

#[test]
fn hours_that_changed_since_a_date_was_found_count() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 10);
    let (clock, hub) = shop.hub_with_clock();
    let mut weekly = repeating(7, "2026-03-22");
    assert_eq!(weekly.begin(&shop, &hub, "tea"), stands("2026-03-22"));
    weekly.open = week().with_exception(date("2026-03-22"), Exception::Closed).unwrap();
    clock.set(instant("2026-03-22T09:00:00Z"));
    let next = Some(date("2026-03-23"));
    assert_eq!(weekly.renew(&shop, &hub, "tea", "2026-03-22"), RenewOutcome::NotDue { next });
    // Nothing is left out on which no order would come.
    for day in ["2026-03-15", "2026-03-21"] {
        let skip = RepeatChange::Skip { date: date(day) };
        assert_eq!(weekly.change(&shop, &hub, "tea", &skip), refused(RepeatRefusal::NoSuchDate), "{day}");
    }
}

#[test]
fn what_the_host_asked_wrongly_makes_room_for_others() {
    let shop = Shop::on(Arc::new(MemoryStore::new()));
    count(&shop, &place(SHOP, "MUG"), 10);
    let (clock, hub) = shop.hub_with_clock();
    let weekly = repeating(7, "2026-03-22");
    for number in ["one", "two"] {
        assert_eq!(weekly.begin(&shop, &hub, number), stands("2026-03-22"));
    }
    clock.set(instant("2026-03-22T09:00:00Z"));
    let due = || {
        let due = hub.subscriptions_due(instant("2026-03-22T09:00:00Z"), 1).unwrap();
        due.into_iter().map(|due| due.number).collect::<Vec<_>>()
    };
    let first = due();
    let other = if first == [key("one")] { "two" } else { "one" };
    assert!(matches!(
        weekly.renew_with(&shop, &hub, first[0].as_str(), "2026-03-22", &[]),
        RenewOutcome::Invalid { .. }
    ));
    assert_eq!(due(), [key(other)]);
    // It may be asked rightly at once.
    assert!(matches!(
        weekly.renew(&shop, &hub, first[0].as_str(), "2026-03-22"),
        RenewOutcome::Placed { .. }
    ));
}
