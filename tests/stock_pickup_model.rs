//! When she may come, minute by minute: the promise of collection against a model that only looks at the clock on the wall, on
//! both sides of clock changes, at year ends, over a date that a country skipped, with holidays and special days.
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

/// Half hours from five in the morning to midnight, when no clock changes.
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

    /// Whether somebody is there, by the clock on the wall.
    fn is_open(&self, first: NaiveDate, zone: &Zone, at: DateTime<Utc>) -> bool {
        let (date, minute) = wall(zone, at);
        let number = (date - first).num_days();
        let special = u8::try_from(number).ok().and_then(|number| self.special.get(&number));
        let weekday = u8::try_from(date.weekday().num_days_from_monday()).unwrap();
        let hours = special.or_else(|| self.week.get(&weekday));
        hours.is_some_and(|hours| hours.iter().any(|(from, until)| (*from..*until).contains(&minute)))
    }

    /// The first minute from an instant on at which it is open, on a later date than that if there is one.
    fn opens(
        &self,
        first: NaiveDate,
        zone: &Zone,
        from: DateTime<Utc>,
        after: Option<NaiveDate>,
    ) -> Option<DateTime<Utc>> {
        (0..AHEAD * 1_440)
            .map(|minute| from + TimeDelta::minutes(minute))
            .find(|at| self.is_open(first, zone, *at) && after.is_none_or(|after| wall(zone, *at).0 > after))
    }

    fn model(&self, first: NaiveDate, zone: &Zone, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let dealt_with = |at: DateTime<Utc>, cut_off: Option<u32>| {
            let (date, minute) = wall(zone, at);
            let late = cut_off.is_some_and(|cut_off| minute >= cut_off);
            self.opens(first, zone, at, late.then_some(date))
        };
        let mut at = dealt_with(now, self.work_cutoff)?;
        let mut left = self.prep;
        while left > 0 {
            if self.is_open(first, zone, at) {
                left -= 1;
            }
            at += TimeDelta::minutes(1);
            if at - now > TimeDelta::days(AHEAD) {
                return None;
            }
        }
        dealt_with(at, self.pickup_cutoff)
    }
}

fn wall(zone: &Zone, at: DateTime<Utc>) -> (NaiveDate, u32) {
    let (date, time) = zone.local(at);
    (date, time.hour() * 60 + time.minute())
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
