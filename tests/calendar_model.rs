//! The calendar against a naive model that steps minute by minute.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use proptest::prelude::*;
use throughline::calendar::{Calendar, Exception, WallTime, WeekTime, Window, Windows, Zone, Zones};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

const DAY: i64 = 1_440;

/// Twelve days before and six after an instant at which something odd happens to the clocks, by the minute.
struct Stage {
    zone: Zone,
    /// The first minute of the table, on the UTC line.
    first: i64,
    /// What the wall clock shows, in minutes on the local line.
    shows: Vec<i64>,
    /// First and last minute that shows it.
    shown: BTreeMap<i64, (i64, i64)>,
}

static STAGES: LazyLock<Vec<Stage>> = LazyLock::new(|| {
    [
        ("Asia/Tehran", "2022-03-21T20:30:00Z"),
        ("Asia/Tehran", "2022-09-21T19:30:00Z"),
        ("Asia/Kabul", "2026-06-01T00:00:00Z"),
        ("Africa/Cairo", "2026-04-23T22:00:00Z"),
        ("Africa/Cairo", "2026-10-29T21:00:00Z"),
        ("Asia/Jerusalem", "2026-03-27T00:00:00Z"),
        ("Asia/Jerusalem", "2026-10-24T23:00:00Z"),
        ("Europe/Moscow", "2014-10-25T22:00:00Z"),
        ("Europe/Kyiv", "2026-10-25T01:00:00Z"),
        ("America/New_York", "2026-03-08T07:00:00Z"),
        ("America/New_York", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-04T15:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("Africa/Casablanca", "2026-02-15T02:00:00Z"),
        ("Africa/Casablanca", "2026-03-22T02:00:00Z"),
        ("Asia/Gaza", "2026-10-23T23:00:00Z"),
        ("America/Havana", "2026-11-01T05:00:00Z"),
        ("America/St_Johns", "2010-11-07T02:31:00Z"),
        ("America/St_Johns", "2010-03-14T03:31:00Z"),
    ]
    .into_iter()
    .map(|(name, at)| {
        let zone = Zones::bundled().named(name).unwrap();
        let first = at.parse::<DateTime<Utc>>().unwrap().timestamp() / 60 - 12 * DAY;
        let shows: Vec<i64> = (first..first + 18 * DAY)
            .map(|minute| {
                let (date, time) = zone.local(minute_at(minute));
                date.and_time(time).and_utc().timestamp() / 60
            })
            .collect();
        let mut shown = BTreeMap::new();
        for (minute, wall) in (first..).zip(&shows) {
            shown.entry(*wall).or_insert((minute, minute)).1 = minute;
        }
        Stage { zone, first, shows, shown }
    })
    .collect()
});

fn minute_at(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap()
}

impl Stage {
    fn shows(&self, minute: i64) -> i64 {
        self.shows[usize::try_from(minute - self.first).unwrap()]
    }

    /// First and last minute that shows that wall time, or the first that shows a later one.
    fn resolve(&self, wall: i64) -> Option<(i64, i64)> {
        match self.shown.get(&wall) {
            Some(found) => Some(*found),
            None => self.shown.range(wall..).map(|(_, (first, _))| (*first, *first)).next(),
        }
    }

    /// The minutes of the table that lie in a window, by looking at every date and every window.
    fn inside(&self, windows: &[Window], exceptions: &BTreeMap<NaiveDate, Exception>) -> Vec<bool> {
        let mut inside = vec![false; self.shows.len()];
        let last = self.shows.iter().max().unwrap() / DAY;
        for day in self.shows[0] / DAY + 1..last {
            let date = NaiveDate::from_epoch_days(i32::try_from(day).unwrap()).unwrap();
            let mut spans = Vec::new();
            let exception = exceptions.get(&date);
            match exception {
                Some(Exception::Hours(hours)) => {
                    spans.extend(hours.iter().map(|(start, end)| daily(*start, *end)));
                }
                Some(Exception::WholeDay) => spans.push((0, DAY)),
                _ => {}
            }
            if matches!(exception, None | Some(Exception::WholeDay)) {
                for window in windows {
                    match *window {
                        Window::Daily { start, end } => spans.push(daily(start, end)),
                        Window::Weekly { from, to } => {
                            if chrono::Datelike::weekday(&date) == from.day {
                                let mut end = minutes(to.time);
                                let mut weekday = from.day;
                                while weekday != to.day {
                                    weekday = weekday.succ();
                                    end += DAY;
                                }
                                let start = minutes(from.time);
                                spans.push((start, if end <= start { end + 7 * DAY } else { end }));
                            }
                        }
                    }
                }
            }
            for (start, end) in spans {
                let from = self.resolve(day * DAY + start).map(|(first, _)| first);
                let until = self.resolve(day * DAY + end).map(|(_, last)| last);
                let end_of_table = self.first + i64::try_from(self.shows.len()).unwrap();
                for minute in from.unwrap_or(end_of_table)..until.unwrap_or(end_of_table) {
                    inside[usize::try_from(minute - self.first).unwrap()] = true;
                }
            }
        }
        inside
    }
}

fn minutes(time: WallTime) -> i64 {
    i64::from(time.seconds() / 60)
}

fn daily(start: WallTime, end: WallTime) -> (i64, i64) {
    let (start, end) = (minutes(start), minutes(end));
    (start, if end <= start { end + DAY } else { end })
}

fn wall_time() -> impl Strategy<Value = WallTime> {
    // Often near midnight and the hours at which clocks change.
    prop_oneof![
        (0_u32..24, 0_u32..60),
        (0_u32..4, prop::sample::select(vec![0_u32, 1, 15, 29, 30, 31, 59])),
        (22_u32..24, 0_u32..60),
    ]
    .prop_map(|(hours, minutes)| WallTime::new(hours, minutes, 0).unwrap())
}

fn week_time() -> impl Strategy<Value = WeekTime> {
    use Weekday::{Fri, Mon, Sat, Sun, Thu, Tue, Wed};
    (prop::sample::select(vec![Mon, Tue, Wed, Thu, Fri, Sat, Sun]), wall_time())
        .prop_map(|(day, time)| WeekTime::new(day, time))
}

fn window() -> impl Strategy<Value = Window> {
    prop_oneof![
        4 => (wall_time(), wall_time()).prop_map(|(start, end)| Window::daily(start, end)),
        1 => wall_time().prop_map(|start| Window::daily(start, WallTime::END_OF_DAY)),
        2 => (week_time(), week_time()).prop_map(|(from, to)| Window::weekly(from, to)),
    ]
    .prop_filter("not empty", |window| Windows::new([*window]).is_ok())
}

fn exception() -> impl Strategy<Value = Exception> {
    let hours = (wall_time(), wall_time()).prop_filter("not empty", |(start, end)| start != end);
    prop_oneof![
        Just(Exception::Closed),
        Just(Exception::WholeDay),
        prop::collection::vec(hours, 1..3).prop_map(Exception::Hours),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn agrees_with_the_minute_by_minute_model(
        stage in 0_usize..20,
        windows in prop::collection::vec(window(), 0..4),
        exceptions in prop::collection::vec((-4_i64..4, exception()), 0..3),
        now in -2 * DAY..2 * DAY,
        later in 0..2 * DAY,
        length in 1_i64..600,
    ) {
        let stage = &STAGES[stage];
        let exceptions: BTreeMap<NaiveDate, Exception> = exceptions
            .into_iter()
            .map(|(offset, exception)| (stage.zone.local(minute_at(stage.first + (12 + offset) * DAY)).0, exception))
            .collect();
        let inside = stage.inside(&windows, &exceptions);
        let is_inside = |minute: i64| inside[usize::try_from(minute - stage.first).unwrap()];
        let now = stage.first + 12 * DAY + now;
        // Where the model knows everything: its last date is not whole.
        let known = stage.first + 16 * DAY;

        let set = exceptions
            .iter()
            .try_fold(Windows::new(windows).unwrap(), |set, (date, exception)| set.with_exception(*date, exception.clone()))
            .unwrap();
        let calendar = Calendar::new(&set, &stage.zone);
        prop_assert_eq!(calendar.contains(minute_at(now)), is_inside(now));

        let start = (now + 1..known).find(|minute| is_inside(*minute) && !is_inside(*minute - 1));
        let end = (now + 1..known).find(|minute| !is_inside(*minute) && is_inside(*minute - 1));
        for (answer, model) in [(calendar.next_start(minute_at(now)), start), (calendar.next_end(minute_at(now)), end)] {
            match model {
                Some(minute) => prop_assert_eq!(answer, Some(minute_at(minute))),
                None => prop_assert!(answer.is_none_or(|at| at >= minute_at(known))),
            }
        }

        let open = i64::try_from((now..now + later).filter(|minute| is_inside(*minute)).count()).unwrap();
        prop_assert_eq!(calendar.between(minute_at(now), minute_at(now + later)), Some(TimeDelta::minutes(open)));

        let due = (now..known).filter(|minute| is_inside(*minute)).nth(usize::try_from(length - 1).unwrap());
        let answer = calendar.add(minute_at(now), TimeDelta::minutes(length));
        match due {
            Some(minute) => prop_assert_eq!(answer, Some(minute_at(minute + 1))),
            None => prop_assert!(answer.is_none_or(|at| at > minute_at(known))),
        }
    }

    #[test]
    fn wall_times_resolve_as_the_table_says(stage in 0_usize..20, offset in -5 * DAY..5 * DAY) {
        let stage = &STAGES[stage];
        let wall = stage.shows(stage.first + 12 * DAY) + offset;
        let date = NaiveDate::from_epoch_days(i32::try_from(wall.div_euclid(DAY)).unwrap()).unwrap();
        let minute = u32::try_from(wall.rem_euclid(DAY)).unwrap();
        let found = stage.zone.resolve(date, WallTime::new(minute / 60, minute % 60, 0).unwrap());
        let (first, last) = stage.resolve(wall).unwrap();
        prop_assert_eq!((found.earliest, found.latest), (minute_at(first), minute_at(last)));
        prop_assert_eq!(found.skipped, !stage.shown.contains_key(&wall));
    }

    #[test]
    fn adding_is_the_inverse_of_measuring(
        stage in 0_usize..20,
        windows in prop::collection::vec(window(), 1..4),
        now in -5 * 86_400_i64..5 * 86_400,
        nanos in 0_u32..1_000_000_000,
        millis in 1_i64..30 * 86_400_000,
    ) {
        let stage = &STAGES[stage];
        let set = Windows::new(windows).unwrap();
        let calendar = Calendar::new(&set, &stage.zone);
        let start = DateTime::from_timestamp((stage.first + 12 * DAY) * 60 + now, nanos).unwrap();
        let length = TimeDelta::milliseconds(millis);
        if let Some(due) = calendar.add(start, length) {
            prop_assert_eq!(calendar.between(start, due), Some(length));
            let before = calendar.between(start, due - TimeDelta::nanoseconds(1)).unwrap();
            prop_assert!(before < length);
        }
    }
}
