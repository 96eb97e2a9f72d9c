use std::collections::BTreeMap;

use super::super::availability::{
    Beyond, BeyondKind, ChannelRules, CountSource, Dated, Safety, SafetyRule, SafetyRules,
};
use super::super::{LocationId, Place};
use super::*;
use crate::cart::Sku;
use crate::channel::Channel;
use crate::time::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;

pub(super) fn at(second: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(1_000_000 + second)
}

pub(super) fn place(location: &str, sku: &str) -> Place {
    Place::new(LocationId::parse(location).unwrap(), Sku::parse(sku).unwrap())
}

/// Shelves, and the tickets of all keys.
#[derive(Clone, Default)]
struct Shop {
    shelves: BTreeMap<Place, Shelf>,
    tickets: BTreeMap<String, Ticket>,
}

impl Shop {
    fn with(units: &[(&Place, u32)]) -> Self {
        let shelves = units.iter().map(|(place, units)| ((*place).clone(), Shelf::new(*units, at(0))));
        Self { shelves: shelves.collect(), ..Self::default() }
    }

    fn act(&mut self, key: &str, what: &StockAct, now: i64) -> StockOutcome {
        self.act_on(key, what, &Terms::default(), now)
    }

    fn act_on(&mut self, key: &str, what: &StockAct, terms: &Terms<'_>, now: i64) -> StockOutcome {
        let before = self.clone();
        let ticket = self.tickets.entry(key.to_owned()).or_default();
        let outcome = act(key, what, ticket, &mut self.shelves, terms, at(now));
        if !outcome.is_accepted() {
            assert_eq!(self.shelves, before.shelves, "a refusal changes nothing");
            assert_eq!(self.tickets[key], before.tickets.get(key).cloned().unwrap_or_default());
        }
        self.check(now);
        outcome
    }

    fn check(&self, now: i64) {
        for (place, shelf) in &self.shelves {
            assert!(shelf.holds_what_it_promised(at(now)), "{place:?}: {shelf:?}");
            let committed = |ticket: &&Ticket| ticket.state == TicketState::Committed;
            let open = self.tickets.values().filter(committed).flat_map(|ticket| &ticket.lines);
            let open: u32 = open.filter(|line| line.place == *place).map(TicketLine::open).sum();
            assert_eq!(shelf.allocated, open, "{place:?}");
        }
    }
}

fn reserve(lines: &[(&Place, u32)], until: Option<i64>) -> StockAct {
    let lines = lines.iter().map(|(place, units)| Line::new((*place).clone(), *units)).collect();
    StockAct::Reserve { lines, until: until.map(at), backorder: false }
}

fn refusals(outcome: StockOutcome) -> Vec<StockRefusal> {
    match outcome {
        StockOutcome::Refused { why } => why,
        StockOutcome::Accepted { .. } => panic!("{outcome:?}"),
    }
}

#[test]
fn all_or_nothing_over_lines_and_places() {
    let (a, b) = (place("tehran", "mug"), place("תל אביב", "mug"));
    let mut shop = Shop::with(&[(&a, 3), (&b, 1)]);
    let why = refusals(shop.act("k", &reserve(&[(&a, 2), (&b, 1), (&b, 1), (&a, 2)], None), 0));
    // Equal products of different lines are one demand, and every shortage is told.
    let wanted: Vec<_> = why
        .iter()
        .map(|why| match why {
            StockRefusal::Insufficient { wanted, available, .. } => (*wanted, available.units),
            _ => panic!("{why:?}"),
        })
        .collect();
    assert_eq!(wanted, [(4, 3), (2, 1)]);
    assert!(shop.act("k", &reserve(&[(&a, 1), (&b, 1), (&a, 2)], None), 0).is_accepted());
    assert_eq!(shop.tickets["k"].lines.len(), 2);
    assert!(shop.act("k", &StockAct::Commit, 0).is_accepted());
    assert_eq!((shop.shelves[&a].allocated, shop.shelves[&b].allocated), (3, 1));
}

#[test]
fn a_hold_ends_at_its_end() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, 1)]);
    assert!(shop.act("x", &reserve(&[(&a, 1)], Some(600)), 0).is_accepted());
    assert!(!shop.act("y", &reserve(&[(&a, 1)], Some(900)), 599).is_accepted());
    assert!(shop.act("x", &StockAct::Extend { until: Some(at(700)) }, 599).is_accepted());
    // An earlier end changes nothing.
    assert!(shop.act("x", &StockAct::Extend { until: Some(at(650)) }, 600).is_accepted());
    assert!(!shop.act("y", &reserve(&[(&a, 1)], Some(900)), 699).is_accepted());
    assert!(shop.act("y", &reserve(&[(&a, 1)], Some(900)), 700).is_accepted());
    // The clock jumps back: the hold is gone all the same.
    let why = refusals(shop.act("x", &StockAct::Commit, 650));
    assert_eq!(why, [StockRefusal::Broken { place: a.clone() }]);
    assert_eq!(refusals(shop.act("x", &StockAct::Commit, 700)), [StockRefusal::NoReservation]);
    let past = shop.act("z", &reserve(&[(&a, 1)], Some(650)), 650);
    assert_eq!(refusals(past), [StockRefusal::EndsInThePast]);
}

#[test]
fn every_act_can_be_repeated() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, 5)]);
    let asked = reserve(&[(&a, 2)], Some(600));
    for (act, state) in [
        (&asked, TicketState::Held),
        (&StockAct::Extend { until: Some(at(700)) }, TicketState::Held),
        (&StockAct::Release, TicketState::None),
        (&asked, TicketState::Held),
        (&StockAct::Commit, TicketState::Committed),
        (&asked, TicketState::Committed),
        (&StockAct::Issue { lines: None }, TicketState::Done),
        (&StockAct::Commit, TicketState::Done),
    ] {
        let first = shop.act("k", act, 1);
        let after = shop.shelves.clone();
        assert_eq!(first, StockOutcome::Accepted { state, awaited: Vec::new() }, "{act:?}");
        assert_eq!(shop.act("k", act, 2), first);
        assert_eq!(shop.shelves, after);
    }
    assert_eq!(shop.shelves[&a].on_hand(), 3);
    assert_eq!(refusals(shop.act("k", &reserve(&[(&a, 1)], None), 3)), [StockRefusal::AlreadyDone]);
    assert_eq!(refusals(shop.act("k", &StockAct::Release, 3)), [StockRefusal::AlreadyDone]);
    assert_eq!(refusals(shop.act("new", &StockAct::Release, 3)), [StockRefusal::NoReservation]);
    assert_eq!(refusals(shop.act("new", &StockAct::Issue { lines: None }, 3)), [StockRefusal::NotCommitted]);
}

#[test]
fn parts_are_issued_and_given_back() {
    let (a, b) = (place("a", "mug"), place("a", "cup"));
    let mut shop = Shop::with(&[(&a, 5), (&b, 5)]);
    shop.act("k", &reserve(&[(&a, 3), (&b, 2)], None), 0);
    shop.act("k", &StockAct::Commit, 0);
    let part = |place: &Place, units| Some(vec![Line::new(place.clone(), units)]);
    assert!(shop.act("k", &StockAct::Issue { lines: part(&a, 1) }, 0).is_accepted());
    let missing = StockAct::Cancel { lines: part(&a, 1), not_found: true };
    assert!(shop.act("k", &missing, 0).is_accepted());
    assert_eq!(
        refusals(shop.act("k", &StockAct::Issue { lines: part(&a, 2) }, 0)),
        [StockRefusal::MoreThanOpen { place: a.clone(), open: 1 }]
    );
    let all = StockAct::Cancel { lines: None, not_found: false };
    assert_eq!(
        shop.act("k", &all, 0),
        StockOutcome::Accepted { state: TicketState::Done, awaited: Vec::new() }
    );
    let (mugs, cups) = (&shop.shelves[&a], &shop.shelves[&b]);
    assert_eq!((mugs.on_hand(), mugs.allocated, mugs.count.picks, mugs.count.not_found), (3, 0, 2, 1));
    assert_eq!((cups.on_hand(), cups.allocated), (5, 0));
}

#[test]
fn what_is_not_there_yet_can_be_promised_up_to_the_cap() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, 1)]);
    let shelf = shop.shelves.get_mut(&a).unwrap();
    shelf.supply = vec![Dated { at: at(5_000), units: 4 }];
    shelf.beyond = Some(Beyond { kind: BeyondKind::Backorder, cap: 2, not_before: None });
    let order =
        |units| StockAct::Reserve { lines: vec![Line::new(a.clone(), units)], until: None, backorder: true };
    assert!(!shop.act("x", &order(4), 0).is_accepted(), "one, and two beyond");
    let StockOutcome::Accepted { awaited, .. } = shop.act("x", &order(3), 0) else { panic!() };
    assert_eq!(awaited, [Awaited { place: a.clone(), units: 2, at: Some(at(5_000)) }]);
    assert!(!shop.act("y", &order(1), 0).is_accepted());
    // What is overdue may still be sold, without a date.
    let StockOutcome::Accepted { awaited, .. } = shop.act("x", &order(3), 5_000) else { panic!() };
    assert_eq!(awaited[0].at, None);
    assert_eq!(shop.shelves[&a].level(at(5_000), None).available(0, at(9_000)).raw, -2);
    shop.act("x", &StockAct::Commit, 0);
    let why = refusals(shop.act("x", &StockAct::Issue { lines: None }, 0));
    assert_eq!(why, [StockRefusal::NotThere { place: a.clone(), on_hand: 1 }]);
    // A supply on which promises rest cannot be taken off; one that comes can.
    let mut shelf = shop.shelves.remove(&a);
    let withdrawn =
        Shelf::change(&mut shelf, &StockChange::Supply { entries: Vec::new() }, Yield::BreakHolds, at(1));
    assert_eq!(
        withdrawn,
        ChangeOutcome::Refused { why: ChangeRefusal::Promised { reserved: 0, allocated: 3, most: 1 } }
    );
    let comes = StockChange::Receive { units: 3, announced: Some(at(5_000)) };
    assert!(Shelf::change(&mut shelf, &comes, Yield::Refuse, at(1)).is_changed());
    shop.shelves.insert(a, shelf.unwrap());
    assert!(shop.act("x", &StockAct::Issue { lines: None }, 1).is_accepted());
}

#[test]
fn what_is_kept_back_is_not_reserved() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, 5)]);
    let rule = SafetyRule { sku: a.sku.clone(), location: None, method: None, keep: Safety::Units(1) };
    let safety = SafetyRules::new([rule]).unwrap();
    let channels: ChannelRules = serde_json::from_str(r#"{"till": {"reserve": 2}}"#).unwrap();
    let terms = |channel| Terms {
        safety: Some(&safety),
        channels: Some(&channels),
        channel: Some(channel),
        ..Terms::default()
    };
    let all = |units| reserve(&[(&a, units)], None);
    assert!(!shop.act_on("web", &all(3), &terms(&Channel::Web), 0).is_accepted());
    assert!(shop.act_on("web", &all(2), &terms(&Channel::Web), 0).is_accepted());
    assert!(shop.act_on("till", &all(2), &terms(&Channel::Till), 0).is_accepted());
    assert!(!shop.act_on("more", &all(1), &terms(&Channel::Till), 0).is_accepted());
    shop.shelves.get_mut(&a).unwrap().withdrawn = true;
    assert!(!shop.act("gone", &all(1), 0).is_accepted());
}

#[test]
fn a_lower_count_breaks_holds_only_if_it_may() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, 6)]);
    shop.act("early", &reserve(&[(&a, 1)], Some(100)), 0);
    shop.act("late", &reserve(&[(&a, 2)], Some(500)), 0);
    shop.act("endless", &reserve(&[(&a, 1)], None), 0);
    shop.act("order", &reserve(&[(&a, 2)], None), 0);
    shop.act("order", &StockAct::Commit, 0);
    let mut shelf = shop.shelves.get(&a).cloned();
    let count = |units, when| StockChange::Count { units, at: at(when), source: CountSource::Counted };
    let mut change =
        |change: &StockChange, gives_way, now| Shelf::change(&mut shelf, change, gives_way, at(now));
    let refused = change(&count(5, 1), Yield::Refuse, 1);
    let why = ChangeRefusal::Promised { reserved: 4, allocated: 2, most: 5 };
    assert_eq!(refused, ChangeOutcome::Refused { why });
    let broken = |key: &str, units| Broken { key: key.to_owned(), units };
    assert_eq!(
        change(&count(5, 1), Yield::BreakHolds, 1),
        ChangeOutcome::Changed { on_hand: 5, broken: vec![broken("late", 2)] }
    );
    assert_eq!(
        change(&StockChange::Adjust { by: -3 }, Yield::BreakHolds, 2),
        ChangeOutcome::Changed { on_hand: 2, broken: vec![broken("early", 1), broken("endless", 1)] }
    );
    assert!(
        !change(&StockChange::Adjust { by: -1 }, Yield::BreakHolds, 3).is_changed(),
        "the order's two stay"
    );
    for (wrong, why) in [
        (StockChange::Adjust { by: -3 }, ChangeRefusal::BelowZero { on_hand: 2 }),
        (StockChange::Adjust { by: i64::MAX }, ChangeRefusal::Overflow),
        (StockChange::Adjust { by: i64::MIN }, ChangeRefusal::BelowZero { on_hand: 2 }),
        (StockChange::Receive { units: u32::MAX, announced: None }, ChangeRefusal::Overflow),
        (StockChange::Receive { units: 1, announced: Some(at(9)) }, ChangeRefusal::NotAnnounced),
        (StockChange::Damaged { units: 3 }, ChangeRefusal::DamagedOverOnHand { on_hand: 2 }),
        (count(9, 0), ChangeRefusal::Outdated { counted_at: at(1) }),
        (
            StockChange::Supply { entries: vec![Dated { at: at(1), units: 1 }; 501] },
            ChangeRefusal::TooManyEntries,
        ),
        (
            StockChange::Demand { entries: vec![Dated { at: at(1), units: u32::MAX }; 2] },
            ChangeRefusal::Overflow,
        ),
    ] {
        assert_eq!(change(&wrong, Yield::BreakHolds, 3), ChangeOutcome::Refused { why }, "{wrong:?}");
    }
    assert_eq!(
        Shelf::change(&mut None, &StockChange::Adjust { by: 1 }, Yield::Refuse, at(0)),
        ChangeOutcome::Refused { why: ChangeRefusal::UnknownPlace }
    );
}

#[test]
fn bad_input_is_refused() {
    let a = place("a", "mug");
    let mut shop = Shop::with(&[(&a, u32::MAX)]);
    let unknown = place("nowhere", "mug");
    for (act, why) in [
        (reserve(&[], None), StockRefusal::NothingAsked),
        (reserve(&[(&a, 0)], None), StockRefusal::NothingAsked),
        (reserve(&[(&a, u32::MAX), (&a, 1)], None), StockRefusal::Overflow),
        (reserve(&[(&unknown, 1)], None), StockRefusal::UnknownPlace { place: unknown.clone() }),
        (StockAct::Extend { until: None }, StockRefusal::NoReservation),
        (StockAct::Commit, StockRefusal::NoReservation),
    ] {
        assert_eq!(refusals(shop.act("k", &act, 0)), [why]);
    }
    let many: Vec<Place> = (0..=MAX_LINES).map(|at| place("a", &format!("mug-{at}"))).collect();
    let many: Vec<_> = many.iter().map(|place| (place, 1)).collect();
    assert_eq!(refusals(shop.act("k", &reserve(&many, None), 0)), [StockRefusal::TooManyLines]);
    for key in 0..Shelf::MOST_HOLDS {
        let ticket = &mut Ticket::default();
        act(
            &key.to_string(),
            &reserve(&[(&a, 1)], Some(9)),
            ticket,
            &mut shop.shelves,
            &Terms::default(),
            at(0),
        );
    }
    let one = reserve(&[(&a, 1)], Some(20));
    assert_eq!(refusals(shop.act("k", &one, 0)), [StockRefusal::TooManyHolds { place: a.clone() }]);
    assert!(shop.act("k", &one, 9).is_accepted());
    assert_eq!(shop.shelves[&a].holds.len(), 1, "lapsed holds are forgotten on the way");
    assert!(
        serde_json::from_str::<StockAct>(
            r#"{"do":"reserve","lines":[{"at":"a","sku":"b","units":-1}],"until":null}"#
        )
        .is_err()
    );
}

fn any_act() -> impl Strategy<Value = StockAct> {
    let lines = || {
        prop::collection::vec((0_usize..2, 0_u32..4), 1..3).prop_map(|lines| {
            let places = [place("a", "mug"), place("b", "mug")];
            lines.into_iter().map(|(at, units)| Line::new(places[at].clone(), units)).collect::<Vec<_>>()
        })
    };
    let until = || prop::option::of((0_i64..40).prop_map(at));
    prop_oneof![
        4 => (lines(), until(), any::<bool>())
            .prop_map(|(lines, until, backorder)| StockAct::Reserve { lines, until, backorder }),
        1 => until().prop_map(|until| StockAct::Extend { until }),
        2 => Just(StockAct::Commit),
        1 => Just(StockAct::Release),
        1 => prop::option::of(lines()).prop_map(|lines| StockAct::Issue { lines }),
        1 => (prop::option::of(lines()), any::<bool>())
            .prop_map(|(lines, not_found)| StockAct::Cancel { lines, not_found }),
    ]
}

fn any_change() -> impl Strategy<Value = StockChange> {
    prop_oneof![
        (-3_i64..4).prop_map(|by| StockChange::Adjust { by }),
        (0_u32..6, 0_i64..30).prop_map(|(units, when)| StockChange::Count {
            units,
            at: at(when),
            source: CountSource::Counted
        }),
        (0_u32..3).prop_map(|units| StockChange::Damaged { units }),
        (0_u32..4).prop_map(|units| StockChange::Supply { entries: vec![Dated { at: at(15), units }] }),
        (0_u32..3).prop_map(|units| StockChange::Receive { units, announced: Some(at(15)) }),
        (0_u32..4).prop_map(|cap| StockChange::Beyond {
            beyond: Some(Beyond { kind: BeyondKind::Backorder, cap, not_before: None })
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// Whatever three customers and the stock room do, the promise is kept at every shelf, allocations are those of the
    /// tickets, and refusals change nothing. The clock jumps both ways.
    #[test]
    fn no_shelf_ever_promises_more_than_it_has(
        steps in prop::collection::vec(
            (0_usize..3, 0_i64..30, prop_oneof![
                4 => any_act().prop_map(Ok),
                1 => (any_change(), any::<bool>(), 0_usize..2).prop_map(Err),
            ]), 1..30)
    ) {
        let places = [place("a", "mug"), place("b", "mug")];
        let mut shop = Shop::with(&[(&places[0], 4), (&places[1], 2)]);
        for (key, now, step) in steps {
            match step {
                Ok(act) => { shop.act(["x", "y", "z"][key], &act, now); }
                Err((change, breaks, of)) => {
                    let gives_way = if breaks { Yield::BreakHolds } else { Yield::Refuse };
                    let mut shelf = shop.shelves.get(&places[of]).cloned();
                    Shelf::change(&mut shelf, &change, gives_way, at(now));
                    shop.shelves.insert(places[of].clone(), shelf.unwrap());
                    shop.check(now);
                }
            }
        }
    }
}

#[test]
fn nobody_counts_tomorrow() {
    let mut shelf = None;
    let count = |units, when| StockChange::Count { units, at: at(when), source: CountSource::Counted };
    let mut change = |change: &StockChange, now| Shelf::change(&mut shelf, change, Yield::Refuse, at(now));
    let refused = change(&count(5, 86_400), 0);
    assert_eq!(refused, ChangeOutcome::Refused { why: ChangeRefusal::InTheFuture });
    // A clock that is a little fast does not keep the next count away.
    assert!(change(&count(5, 200), 0).is_changed());
    assert!(change(&count(4, 10), 10).is_changed());
    assert_eq!(shelf.map(|shelf| shelf.on_hand()), Some(4));
}
