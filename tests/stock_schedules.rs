//! Every schedule of three clients with three operations each through a unit of work, with reads as stale as can be.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

mod attack_support;
mod stock_support;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use attack_support::{NOON, TENANT, instant, rules};
use stock_support::{key, place};
use throughline::hub::{AsyncHub, CommandKey, FixedClock, Hub, StockInquiry};
use throughline::stock::Place;
use throughline::stock::reservation::{Line, Shelf, StockAct, StockChange, Terms, Ticket, Yield, act};
use throughline::store::{
    Batch, BoxFuture, Committed, Entry, MemoryStore, ReadSet, Seq, Store, StoreError, View,
};

const OPEN: Terms<'static> =
    Terms { safety: None, method: None, channels: None, channel: None, confidence: None };

/// Answers a read at once, and lets everybody else run before each commit.
struct Gate(MemoryStore);

impl Store for Gate {
    fn read<'a>(&'a self, want: &'a ReadSet) -> BoxFuture<'a, Result<View, StoreError>> {
        self.0.read(want)
    }

    fn commit<'a>(&'a self, batch: &'a Batch) -> BoxFuture<'a, Result<Committed, StoreError>> {
        Box::pin(async move {
            let mut waited = false;
            std::future::poll_fn(|_| {
                if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
            })
            .await;
            self.0.commit(batch).await
        })
    }

    fn journal<'a>(&'a self, after: Seq, limit: usize) -> BoxFuture<'a, Result<Vec<Entry>, StoreError>> {
        self.0.journal(after, limit)
    }
}

#[derive(Debug, Clone)]
enum Op {
    Act(StockAct),
    Change(StockChange),
}

fn reserve(lines: &[(&Place, u32)]) -> Op {
    let lines = lines.iter().map(|(place, units)| Line::new((*place).clone(), *units)).collect();
    Op::Act(StockAct::Reserve { lines, until: None, backorder: false })
}

type Running<'a> = Pin<Box<dyn Future<Output = Result<bool, StoreError>> + 'a>>;

fn start<'a>(hub: &'a AsyncHub, who: usize, step: usize, op: &'a Op, at: &'a Place) -> Running<'a> {
    Box::pin(async move {
        Ok(match op {
            Op::Act(act) => hub.act_on_stock(&key(&format!("client-{who}")), act, &OPEN).await?.is_accepted(),
            Op::Change(change) => {
                let command = CommandKey::new(&format!("change-{who}-{step}"));
                hub.change_stock(&command, at, change, Yield::Refuse).await?.is_changed()
            }
        })
    })
}

/// What one client after the other would have done.
struct Model {
    shelves: BTreeMap<Place, Shelf>,
    tickets: [Ticket; 3],
}

impl Model {
    fn step(&mut self, who: usize, op: &Op, at: &Place) -> bool {
        let now = instant(NOON);
        match op {
            Op::Act(what) => {
                let key = format!("client-{who}");
                act(&key, what, &mut self.tickets[who], &mut self.shelves, &OPEN, now).is_accepted()
            }
            Op::Change(change) => {
                let mut shelf = self.shelves.remove(at);
                let changed = Shelf::change(&mut shelf, change, Yield::Refuse, now).is_changed();
                self.shelves.insert(at.clone(), shelf.unwrap());
                changed
            }
        }
    }
}

fn schedules() -> Vec<[usize; 9]> {
    fn grow(left: [usize; 3], at: usize, now: &mut [usize; 9], all: &mut Vec<[usize; 9]>) {
        if at == 9 {
            all.push(*now);
            return;
        }
        for who in (0..3).filter(|who| left[*who] > 0) {
            let mut left = left;
            left[who] -= 1;
            now[at] = who;
            grow(left, at + 1, now, all);
        }
    }
    let mut all = Vec::new();
    grow([3; 3], 0, &mut [0; 9], &mut all);
    all
}

/// Each client starts its next operation, and reads, as soon as the one before is done; it commits when the schedule says
/// so. Whatever others did between must count.
fn run(schedule: &[usize; 9], programs: &[&[Op; 3]; 3], a: &Place, b: &Place) {
    let clock = Arc::new(FixedClock::at(instant(NOON)));
    let hub =
        Hub::with_clock(Arc::new(Gate(MemoryStore::new())), TENANT, rules(), clock).unwrap().asynchronous();
    let mut context = Context::from_waker(Waker::noop());
    let mut finish = |mut running: Running<'_>| loop {
        if let Poll::Ready(done) = running.as_mut().poll(&mut context) {
            break done.unwrap();
        }
    };
    let mut model = Model { shelves: BTreeMap::new(), tickets: Default::default() };
    for (place, units) in [(a, 2), (b, 1)] {
        let count = Op::Change(StockChange::Count { units, at: instant(NOON), source: Default::default() });
        let step = usize::try_from(units).unwrap();
        assert!(finish(start(&hub, 9, step, &count, place)));
        model.shelves.insert(place.clone(), Shelf::new(units, instant(NOON)));
    }
    let mut context = Context::from_waker(Waker::noop());
    let mut next = [0; 3];
    let mut done = Vec::new();
    let mut begin = |who: usize, next: &mut [usize; 3], done: &mut Vec<(usize, usize, bool)>| {
        // What changes nothing is done when it has read.
        while next[who] < 3 {
            let step = next[who];
            next[who] += 1;
            let mut one = start(&hub, who, step, &programs[who][step], a);
            match one.as_mut().poll(&mut context) {
                Poll::Pending => return Some(one),
                Poll::Ready(outcome) => done.push((who, step, outcome.unwrap())),
            }
        }
        None
    };
    let mut running: [Option<Running<'_>>; 3] = std::array::from_fn(|who| begin(who, &mut next, &mut done));
    let mut context = Context::from_waker(Waker::noop());
    for who in schedule.iter().copied() {
        let Some(mut one) = running[who].take() else { continue };
        let step = next[who] - 1;
        let outcome = loop {
            if let Poll::Ready(outcome) = one.as_mut().poll(&mut context) {
                break outcome.unwrap();
            }
        };
        done.push((who, step, outcome));
        running[who] = begin(who, &mut next, &mut done);
    }
    assert_eq!(done.len(), 9);
    for (who, step, outcome) in done {
        let expected = model.step(who, &programs[who][step], a);
        assert_eq!(outcome, expected, "{schedule:?} {programs:?} client {who} step {step}");
    }
    let places = [a, b];
    for place in places {
        let (skus, locations) = ([place.sku.clone()], [place.location.clone()]);
        let inquiry = StockInquiry { skus: &skus, locations: &locations, terms: &OPEN, at: None };
        let answer = pollster::block_on(hub.stock_at(&inquiry)).unwrap().remove(0);
        assert_eq!(answer.level, model.shelves[place].level(instant(NOON), None));
        assert!(model.shelves[place].holds_what_it_promised(instant(NOON)));
    }
}

#[test]
fn every_schedule_is_that_of_one_client_after_the_other() {
    let (a, b) = (place("a", "MUG"), place("b", "MUG"));
    let adjust = |by| Op::Change(StockChange::Adjust { by });
    let issue = || Op::Act(StockAct::Issue { lines: None });
    let programs = [
        [reserve(&[(&a, 1), (&b, 1)]), Op::Act(StockAct::Commit), issue()],
        [reserve(&[(&b, 1), (&a, 2)]), Op::Act(StockAct::Release), reserve(&[(&a, 1)])],
        [adjust(-1), adjust(1), adjust(-2)],
        [reserve(&[(&a, 1)]), reserve(&[(&a, 2)]), Op::Act(StockAct::Extend { until: None })],
    ];
    let schedules = schedules();
    assert_eq!(schedules.len(), 1_680);
    for choice in [[0, 0, 0], [0, 1, 2], [1, 3, 2], [0, 1, 3]] {
        let programs = choice.map(|at: usize| &programs[at]);
        for schedule in &schedules {
            run(schedule, &programs, &a, &b);
        }
    }
}
