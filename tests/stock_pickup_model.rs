//! When she may come, minute by minute: the promise of collection against a model that only looks at the clock on the wall, on
//! both sides of clock changes and in an hour that comes twice, at year ends, over a date that a country skipped, with
//! holidays and special days.
#![cfg(feature = "tzdb")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "a test may fail")]

use std::collections::BTreeMap;

use chrono::{Datelike as _, Timelike as _};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use throughline::calendar::{Exception, WallTime, WeekTime, Window, Windows, Zone, Zones};
use throughline::stock::promise::{NoPromise, PickupRules, StepKind, pickup};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

/// Zones, and instants a few days before something happens to their clocks.
const NIGHTS: [(&str, &str); 10] = [
    ("Europe/Berlin", "2026-10-23T00:00:00Z"),
    ("Europe/Berlin", "2026-03-27T00:00:00Z"),
    ("Europe/Lisbon", "2026-12-29T00:00:00Z"),
    ("Asia/Tehran", "2022-09-19T00:00:00Z"),
    ("Asia/Tehran", "2026-03-18T00:00:00Z"),
    ("Asia/Jerusalem", "2026-03-25T00:00:00Z"),
    ("Europe/Moscow", "2026-12-30T00:00:00Z"),
    ("Pacific/Apia", "2011-12-27T00:00:00Z"),
    ("Australia/Lord_Howe", "2026-04-03T00:00:00Z"),
    ("Asia/Kathmandu", "2028-02-27T00:00:00Z"),
];

/// Days that the model looks ahead.
const AHEAD: i64 = 25;

/// Days that it looks back: more than any clock is ever set by.
const BACK: i64 = 3;

const DAY: i64 = 1_440;

/// Minutes of a day: from, until.
type Hours = Vec<(u32, u32)>;

#[derive(Debug, Clone)]
struct Shop {
    week: BTreeMap<u8, Hours>,
    special: BTreeMap<u8, Hours>,
    prep: u32,
    work_cutoff: Option<u32>,
    pickup_cutoff: Option<u32>,
}

/// Half hours from five in the morning to midnight. Clocks change in the last hour only, in Tehran.
fn half_hour() -> impl Strategy<Value = u32> {
    (10_u32..=48).prop_map(|half| half * 30)
}

fn hours() -> impl Strategy<Value = Hours> {
    vec((half_hour(), half_hour()), 0..3)
        .prop_map(|hours| hours.into_iter().filter(|(from, until)| from < until).collect())
}

fn shop() -> impl Strategy<Value = Shop> {
    let cut_off = || option::of((10_u32..48).prop_map(|half| half * 30));
    let prep = prop_oneof![Just(0_u32), Just(30), 1_u32..400, 400_u32..3_000];
    (btree_map(0_u8..7, hours(), 0..8), btree_map(0_u8..12, hours(), 0..5), prep, cut_off(), cut_off())
        .prop_map(|(week, special, prep, work_cutoff, pickup_cutoff)| Shop {
            week,
            special,
            prep,
            work_cutoff,
            pickup_cutoff,
        })
}

fn time(minutes: u32) -> WallTime {
    WallTime::new(minutes / 60, minutes % 60, 0).unwrap()
}

impl Shop {
    fn rules(&self, first: NaiveDate) -> PickupRules {
        let day = |number: u8| Weekday::try_from(number).unwrap();
        let windows = self.week.iter().flat_map(|(number, hours)| {
            hours.iter().map(move |(from, until)| {
                let end = if *until == 1_440 {
                    WeekTime::new(day(*number).succ(), WallTime::MIDNIGHT)
                } else {
                    WeekTime::new(day(*number), time(*until))
                };
                Window::weekly(WeekTime::new(day(*number), time(*from)), end)
            })
        });
        let mut all = Windows::new(windows).unwrap();
        for (number, hours) in &self.special {
            let date = first + TimeDelta::days(i64::from(*number));
            let exception = if hours.is_empty() {
                Exception::Closed
            } else {
                Exception::Hours(hours.iter().map(|(from, until)| (time(*from), time(*until))).collect())
            };
            all = all.with_exception(date, exception).unwrap();
        }
        PickupRules {
            hours: all,
            prep_minutes: self.prep,
            work_cutoff: self.work_cutoff.map(time),
            pickup_cutoff: self.pickup_cutoff.map(time),
            ..PickupRules::default()
        }
    }

    /// The hours of a date, in minutes of it.
    fn hours_of(&self, first: NaiveDate, date: NaiveDate) -> &[(u32, u32)] {
        let special =
            u8::try_from((date - first).num_days()).ok().and_then(|number| self.special.get(&number));
        let weekday = u8::try_from(date.weekday().num_days_from_monday()).unwrap();
        special.or_else(|| self.week.get(&weekday)).map_or(&[], Vec::as_slice)
    }

    /// Whether somebody is there at a minute: from when the clock first showed the start, or later than it, until it
    /// shows the end for the last time.
    fn is_open(&self, first: NaiveDate, clock: &Clock, minute: usize) -> bool {
        let today = clock.shows[minute].div_euclid(DAY);
        (today - 1..=today + 1).any(|day| {
            let hours = self.hours_of(first, first + TimeDelta::days(day));
            hours.iter().any(|(from, until)| {
                let (start, end) = (day * DAY + i64::from(*from), day * DAY + i64::from(*until));
                let begun = start <= clock.most_so_far[minute];
                let over = clock.shows[minute] >= end && clock.least_from_then_on[minute + 1] > end;
                begun && !over
            })
        })
    }

    /// The first minute from one on at which it is open, on a later date than that if there is one.
    fn opens(&self, first: NaiveDate, clock: &Clock, from: usize, after: Option<i64>) -> Option<usize> {
        (from..clock.shows.len()).find(|minute| {
            self.is_open(first, clock, *minute)
                && after.is_none_or(|after| clock.shows[*minute].div_euclid(DAY) > after)
        })
    }

    fn model(&self, first: NaiveDate, zone: &Zone, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let begin = now - TimeDelta::days(BACK);
        let clock = Clock::watched(zone, first, begin);
        let dealt_with = |minute: usize, cut_off: Option<u32>| {
            let (date, shown) = (clock.shows[minute].div_euclid(DAY), clock.shows[minute].rem_euclid(DAY));
            let late = cut_off.is_some_and(|cut_off| shown >= i64::from(cut_off));
            self.opens(first, &clock, minute, late.then_some(date))
        };
        let mut minute = dealt_with(usize::try_from(BACK * DAY).unwrap(), self.work_cutoff)?;
        let mut left = self.prep;
        while left > 0 {
            if self.is_open(first, &clock, minute) {
                left -= 1;
            }
            minute += 1;
            if minute == clock.shows.len() {
                return None;
            }
        }
        let minute = dealt_with(minute, self.pickup_cutoff)?;
        Some(begin + TimeDelta::minutes(i64::try_from(minute).unwrap()))
    }
}

/// A clock on the wall, watched minute by minute. What it shows is in minutes since the beginning of the first date.
struct Clock {
    shows: Vec<i64>,
    /// The latest time that it has shown up to a minute.
    most_so_far: Vec<i64>,
    /// The earliest time that it shows from a minute on.
    least_from_then_on: Vec<i64>,
}

impl Clock {
    fn watched(zone: &Zone, first: NaiveDate, begin: DateTime<Utc>) -> Self {
        let shows: Vec<i64> = (0..(BACK + AHEAD) * DAY)
            .map(|minute| {
                let (date, time) = zone.local(begin + TimeDelta::minutes(minute));
                (date - first).num_days() * DAY + i64::from(time.hour() * 60 + time.minute())
            })
            .collect();
        let mut most_so_far = shows.clone();
        for minute in 1..shows.len() {
            most_so_far[minute] = most_so_far[minute].max(most_so_far[minute - 1]);
        }
        let mut least_from_then_on = shows.clone();
        least_from_then_on.push(i64::MAX);
        for minute in (0..shows.len()).rev() {
            least_from_then_on[minute] = least_from_then_on[minute].min(least_from_then_on[minute + 1]);
        }
        Self { shows, most_so_far, least_from_then_on }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn she_may_come_when_the_clock_on_the_wall_says_so(
        shop in shop(), night in 0_usize..10, minutes in 0_i64..5 * 1_440,
    ) {
        let (name, around) = NIGHTS[night];
        let zone = Zones::bundled().named(name).unwrap();
        let around: DateTime<Utc> = around.parse().unwrap();
        let first = zone.local(around).0;
        let now = around + TimeDelta::minutes(minutes);
        let promise = pickup(&shop.rules(first), &zone, now);
        match shop.model(first, &zone, now) {
            Some(expected) => {
                let promise = promise.map_err(|why| TestCaseError::fail(format!("{why:?}, not {expected}")))?;
                prop_assert_eq!(promise.from, expected);
                prop_assert_eq!(promise.by, expected);
                let ready = promise.steps.iter().find(|step| step.what == StepKind::Ready).unwrap().at;
                prop_assert!(ready <= promise.from);
            }
            // Beyond what the model looks at, or never.
            None => {
                let late = now + TimeDelta::days(AHEAD) - TimeDelta::days(1);
                prop_assert!(promise.as_ref().map_or_else(
                    |why| *why == NoPromise::NeverOpens,
                    |promise| promise.from > late
                ));
            }
        }
    }
}
