//! Quiet hours against a model that looks at the clock on the wall minute by minute: every zone of the bundled database,
//! every change of its clocks from 2020 to 2030, with windows that begin and end in the hours that are skipped and repeated.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "a test may fail"
)]

use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use throughline::calendar::{WallTime, Window, Windows, Zones};
use throughline::messaging::{Whereabouts, quiet};
use throughline::time::{DateTime, Utc};

const DAY: i64 = 1_440;

/// What the wall clock shows in each minute of some days, as minutes on the local line.
struct Wall {
    /// The first minute, since 1970.
    first: i64,
    local: Vec<i64>,
    /// The greatest so far, and the least from here on: both rise.
    greatest: Vec<i64>,
    least: Vec<i64>,
}

impl Wall {
    fn new(rules: &TimeZone, first: i64, minutes: i64) -> Self {
        let shown = |minute: i64| {
            let at = Timestamp::from_second(minute * 60).unwrap();
            minute + i64::from(rules.to_offset(at).seconds()).div_euclid(60)
        };
        let local: Vec<i64> = (first..first + minutes).map(shown).collect();
        let mut greatest = local.clone();
        for place in 1..greatest.len() {
            greatest[place] = greatest[place].max(greatest[place - 1]);
        }
        let mut least = local.clone();
        for place in (1..least.len()).rev() {
            least[place - 1] = least[place - 1].min(least[place]);
        }
        Self { first, local, greatest, least }
    }

    /// The first minute that shows this time or a later one: the earliest of two, or the first after a skip.
    fn start(&self, wall: i64) -> usize {
        self.greatest.partition_point(|shown| *shown < wall)
    }

    /// The last minute that shows this time, or the first after a skip.
    fn end(&self, wall: i64) -> usize {
        let after = self.least.partition_point(|shown| *shown <= wall);
        let last = after.saturating_sub(1);
        if self.local[last] == wall { last } else { after }
    }

    /// In which minutes a daily window is quiet.
    fn quiet(&self, start: i64, end: i64) -> Vec<bool> {
        let mut quiet = vec![false; self.local.len()];
        let length = if end <= start { end + DAY - start } else { end - start };
        let (first, last) = (self.least[0], self.greatest[self.greatest.len() - 1]);
        for day in first.div_euclid(DAY) - 2..=last.div_euclid(DAY) + 1 {
            let start = day * DAY + start;
            let (from, to) = (self.start(start), self.end(start + length));
            if from < to {
                quiet[from..to].fill(true);
            }
        }
        quiet
    }
}

fn instant(minute: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(minute * 60, 0).unwrap()
}

fn time(minute: i64) -> WallTime {
    let minute = u32::try_from(minute.rem_euclid(DAY)).unwrap();
    WallTime::new(minute / 60, minute % 60, 0).unwrap()
}

#[test]
fn quiet_hours_equal_the_clock_on_the_wall_at_every_change() {
    let database = TimeZoneDatabase::bundled();
    let zones = Zones::bundled();
    let year = |year: i32| format!("{year}-01-01T00:00:00Z").parse::<Timestamp>().unwrap();
    let (mut named, mut changes, mut minutes, mut quiet_minutes) = (0, 0, 0_u64, 0_u64);
    for name in database.available() {
        let Ok(zone) = zones.named(name.as_str()) else {
            assert!(["Etc/Unknown", "Factory"].contains(&name.as_str()), "{name}");
            continue;
        };
        named += 1;
        let rules = database.get(name.as_str()).unwrap();
        let person = Whereabouts::Known(zone);
        for change in rules.following(year(2020)) {
            let at = change.timestamp();
            if at >= year(2031) {
                break;
            }
            let minute = at.as_second().div_euclid(60);
            let before = i64::from(rules.to_offset(at - jiff::SignedDuration::from_secs(1)).seconds()) / 60;
            let after = i64::from(change.offset().seconds()) / 60;
            if before == after {
                continue;
            }
            changes += 1;
            let (low, high) = (minute + before.min(after), minute + before.max(after));
            let middle = low + (high - low) / 2;
            // Inside the hour, over it, from its middle on, up to its middle, and all day but for it.
            let windows =
                [(low, high), (low - 30, high + 30), (middle, high + 60), (low - 60, middle), (high, low)];
            let wall = Wall::new(&rules, minute - 5 * DAY, 10 * DAY);
            for (start, end) in windows {
                let daily = Window::daily(time(start), time(end));
                let Ok(windows) = Windows::new([daily]) else { continue };
                let expected = wall.quiet(start.rem_euclid(DAY), end.rem_euclid(DAY));
                let around = (high - low) + 75;
                // Around the change, and on days when the clocks stand still.
                let later = (minute + 2 * DAY..minute + 4 * DAY).step_by(23);
                for now in (minute - around..=minute + around).chain(later) {
                    let place = usize::try_from(now - wall.first).unwrap();
                    let answer = quiet(&windows, &person, instant(now));
                    assert_eq!(answer.quiet, expected[place], "{name} {start} {end} at {}", instant(now));
                    minutes += 1;
                    if answer.quiet {
                        quiet_minutes += 1;
                        let until = expected[place..].iter().position(|quiet| !quiet).unwrap();
                        let until = instant(now + until as i64);
                        assert_eq!(answer.until, Some(until), "{name} {start} {end} at {}", instant(now));
                    }
                }
            }
        }
    }
    println!("{named} zones, {changes} changes, {minutes} minutes compared, {quiet_minutes} of them quiet");
    assert!(named > 400 && changes > 2_000 && quiet_minutes > 100_000 && minutes > quiet_minutes);
}
