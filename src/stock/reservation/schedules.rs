//! Every schedule of three clients with three operations each, against a ledger that is kept the slow way.

use std::collections::BTreeMap;

use super::tests::{at, place};
use super::*;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Op {
    Reserve(u32, Option<i64>),
    Extend(i64),
    Commit,
    Release,
    Issue,
    Adjust(i64),
}

/// A list of what each key has, and nothing else.
#[derive(Default)]
struct Ledger {
    on_hand: i64,
    held: Vec<(usize, i64, Option<i64>)>,
    promised: Vec<(usize, i64)>,
    done: Vec<(usize, i64)>,
}

impl Ledger {
    fn live(&self, now: i64) -> Vec<(usize, i64, Option<i64>)> {
        self.held.iter().copied().filter(|(_, _, until)| until.is_none_or(|until| now < until)).collect()
    }

    fn taken(&self, but: usize, now: i64) -> i64 {
        let held: i64 =
            self.live(now).iter().filter(|(who, ..)| *who != but).map(|(_, units, _)| units).sum();
        held + self.promised.iter().map(|(_, units)| units).sum::<i64>()
    }

    fn step(&mut self, who: usize, op: Op, now: i64) -> bool {
        let promised = self.promised.iter().find(|(other, _)| *other == who).copied();
        let done = self.done.iter().find(|(other, _)| *other == who).copied();
        let own = self.live(now).into_iter().find(|(other, ..)| *other == who);
        match op {
            Op::Reserve(units, until) => {
                if let Some((_, before)) = promised.or(done) {
                    return before == i64::from(units);
                }
                if until.is_some_and(|until| until <= now)
                    || self.taken(who, now) + i64::from(units) > self.on_hand
                {
                    return false;
                }
                self.held.retain(|(other, ..)| *other != who);
                self.held.push((who, i64::from(units), until));
            }
            Op::Extend(until) => {
                if own.is_none() || until <= now {
                    return false;
                }
                for (other, _, end) in &mut self.held {
                    if *other == who {
                        *end = end.map(|end| end.max(until));
                    }
                }
            }
            Op::Commit => match (promised.or(done), own) {
                (Some(_), _) => {}
                (None, Some((_, units, _))) => {
                    self.held.retain(|(other, ..)| *other != who);
                    self.promised.push((who, units));
                }
                (None, None) => return false,
            },
            Op::Release => {
                // Also what has lapsed, or was released before.
                if promised.or(done).is_some() || !self.held.iter().any(|(other, ..)| *other == who) {
                    return false;
                }
                for (other, units, _) in &mut self.held {
                    if *other == who {
                        *units = 0;
                    }
                }
            }
            Op::Issue => {
                let Some((_, units)) = promised else { return done.is_some() };
                if units > self.on_hand {
                    return false;
                }
                self.promised.retain(|(other, _)| *other != who);
                self.done.push((who, units));
                self.on_hand -= units;
            }
            Op::Adjust(by) => {
                if self.on_hand + by < self.taken(usize::MAX, now) || self.on_hand + by < 0 {
                    return false;
                }
                self.on_hand += by;
            }
        }
        true
    }
}

/// All orders in which three clients can do three things each.
fn schedules() -> Vec<[usize; 9]> {
    fn grow(left: [usize; 3], at: usize, now: &mut [usize; 9], all: &mut Vec<[usize; 9]>) {
        if at == 9 {
            all.push(*now);
            return;
        }
        for who in 0..3 {
            if left[who] > 0 {
                let mut left = left;
                left[who] -= 1;
                now[at] = who;
                grow(left, at + 1, now, all);
            }
        }
    }
    let mut all = Vec::new();
    grow([3; 3], 0, &mut [0; 9], &mut all);
    assert_eq!(all.len(), 1_680);
    all
}

fn run(schedule: &[usize; 9], programs: &[[Op; 3]; 3], on_hand: u32, second: i64) {
    let a = place("a", "mug");
    let mut shelves = BTreeMap::from([(a.clone(), Shelf::new(on_hand, at(0)))]);
    let mut tickets = [Ticket::default(), Ticket::default(), Ticket::default()];
    let mut ledger = Ledger { on_hand: i64::from(on_hand), ..Ledger::default() };
    let mut next = [0; 3];
    for (step, who) in schedule.iter().copied().enumerate() {
        let now = i64::try_from(step).unwrap() * second;
        let op = programs[who][next[who]];
        next[who] += 1;
        let what = match op {
            Op::Reserve(units, until) => StockAct::Reserve {
                lines: vec![Line::new(a.clone(), units)],
                until: until.map(at),
                backorder: false,
            },
            Op::Extend(until) => StockAct::Extend { until: Some(at(until)) },
            Op::Commit => StockAct::Commit,
            Op::Release => StockAct::Release,
            Op::Issue => StockAct::Issue { lines: None },
            Op::Adjust(by) => {
                let mut shelf = shelves.remove(&a);
                let change = StockChange::Adjust { by };
                let changed = Shelf::change(&mut shelf, &change, Yield::Refuse, at(now)).is_changed();
                shelves.insert(a.clone(), shelf.unwrap());
                assert_eq!(changed, ledger.step(who, op, now), "{schedule:?} {programs:?} step {step}");
                continue;
            }
        };
        let key = ["x", "y", "z"][who];
        let did = act(key, &what, &mut tickets[who], &mut shelves, &Terms::default(), at(now)).is_accepted();
        assert_eq!(did, ledger.step(who, op, now), "{schedule:?} {programs:?} step {step}");
        let shelf = &shelves[&a];
        assert!(shelf.holds_what_it_promised(at(now)));
        assert_eq!(i64::from(shelf.on_hand()), ledger.on_hand);
        let reserved: i64 = ledger.live(now).iter().map(|(_, units, _)| units).sum();
        assert_eq!(i64::from(shelf.reserved(at(now))), reserved);
        assert_eq!(i64::from(shelf.allocated), ledger.promised.iter().map(|(_, units)| units).sum::<i64>());
    }
}

#[test]
fn every_schedule_of_three_clients_is_that_of_the_ledger() {
    use Op::{Adjust, Commit, Extend, Issue, Release, Reserve};
    let programs = [
        [Reserve(1, Some(4)), Extend(7), Commit],
        [Reserve(2, Some(3)), Commit, Issue],
        [Reserve(1, None), Release, Reserve(2, None)],
        [Reserve(2, Some(5)), Reserve(1, Some(8)), Commit],
        [Adjust(-1), Adjust(1), Adjust(-2)],
        [Commit, Reserve(1, Some(6)), Release],
        [Reserve(1, Some(2)), Commit, Reserve(1, None)],
        [Reserve(2, None), Commit, Release],
    ];
    let schedules = schedules();
    for one in 0..programs.len() {
        for other in one..programs.len() {
            for third in other..programs.len() {
                let programs = [programs[one], programs[other], programs[third]];
                for schedule in &schedules {
                    run(schedule, &programs, 2, 1);
                }
            }
        }
    }
}
