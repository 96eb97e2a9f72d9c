//! Opening hours of any shape, at any instant in any zone: what is promised comes in the order of its steps and not before it
//! was asked for, slots can be booked where they are listed, and the next date of a repeat order is an open one after the last.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use throughline::calendar::{Exception, WallTime, WeekTime, Window, Windows, Zone, Zones};
use throughline::stock::Method;
use throughline::stock::order::{Every, MonthCalendar, OrderRules, Subscription, pick_up_window};
use throughline::stock::promise::{
    Carrier, Destination, PickupRules, Promise, SlotPlan, Transit, Way, deliver, pickup,
};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc, Weekday};

const ZONES: [&str; 8] = [
    "Asia/Tehran",
    "Asia/Jerusalem",
    "Europe/Berlin",
    "Europe/Lisbon",
    "Europe/Moscow",
    "Pacific/Apia",
    "Australia/Lord_Howe",
    "America/St_Johns",
];

/// Bytes, from the first on; zeros when there are no more.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else { return 0 };
        self.0 = rest;
        *first
    }

    fn two(&mut self) -> u16 {
        u16::from_be_bytes([self.next(), self.next()])
    }

    fn time(&mut self) -> WallTime {
        let minutes = u32::from(self.two()) % 1_441;
        WallTime::new(minutes / 60, minutes % 60, 0).expect("a time")
    }

    fn some_time(&mut self) -> Option<WallTime> {
        (self.next() % 2 == 0).then(|| self.time())
    }

    fn week_time(&mut self) -> WeekTime {
        let day = Weekday::try_from(self.next() % 7).expect("a day");
        WeekTime::new(day, self.time())
    }

    fn date(&mut self, around: NaiveDate) -> NaiveDate {
        around + TimeDelta::days(i64::from(self.next()) - 100)
    }

    /// Hours; of shapes that are refused, none.
    fn windows(&mut self, around: NaiveDate) -> Windows {
        let many = self.next() % 6;
        let windows: Vec<Window> =
            (0..many).map(|_| Window::weekly(self.week_time(), self.week_time())).collect();
        let mut windows = Windows::new(windows).unwrap_or_default();
        for _ in 0..self.next() % 4 {
            let exception = match self.next() % 3 {
                0 => Exception::Closed,
                _ => Exception::Hours((0..self.next() % 3).map(|_| (self.time(), self.time())).collect()),
            };
            let date = self.date(around);
            windows = windows.clone().with_exception(date, exception).unwrap_or(windows);
        }
        windows
    }

    /// An instant: mostly of these years, now and then at the ends of time.
    fn instant(&mut self) -> DateTime<Utc> {
        match self.next() {
            255 => DateTime::<Utc>::MAX_UTC,
            254 => DateTime::<Utc>::MIN_UTC,
            253 => DateTime::<Utc>::MAX_UTC - TimeDelta::days(i64::from(self.next())),
            _ => {
                let seconds = i64::from(u32::from_be_bytes([0, self.next(), self.next(), self.next()])) * 300;
                DateTime::<Utc>::from_timestamp(seconds, 0).expect("an instant")
            }
        }
    }
}

fn holds(promise: &Promise, now: DateTime<Utc>) {
    assert!(promise.made == now && now <= promise.from && promise.from <= promise.by);
    assert!(promise.until.is_none_or(|until| until > promise.from));
    assert!(promise.steps.iter().all(|step| step.at >= now));
    let text = serde_json::to_string(promise).expect("a promise is written");
    assert_eq!(serde_json::from_str::<Promise>(&text).expect("what was written reads back"), *promise);
}

fn slots(bytes: &mut Bytes<'_>, hours: &Windows, zone: &Zone, now: DateTime<Utc>) {
    let plan = SlotPlan {
        hours: hours.clone(),
        minutes: bytes.two() % 1_500,
        capacity: 1,
        lead_minutes: u32::from(bytes.next()),
        horizon_days: u16::from(bytes.next()),
    };
    let date = bytes.date(
        zone.local(now).0.clamp(NaiveDate::MIN + TimeDelta::days(400), NaiveDate::MAX - TimeDelta::days(400)),
    );
    let slots = plan.slots(date, zone);
    assert!(slots.len() <= 1_440);
    for pair in slots.windows(2) {
        assert!(pair[0].end <= pair[1].start);
    }
    for slot in slots.iter().take(3) {
        assert_eq!(slot.end - slot.start, TimeDelta::minutes(i64::from(plan.minutes)));
        assert_eq!(plan.bookable(slot.start, zone, now).is_ok(), plan.may_book(*slot, now).is_ok());
    }
}

fn repeats(bytes: &mut Bytes<'_>, hours: &Windows, first: NaiveDate) {
    let count = u16::from(bytes.next() % 70);
    let every = match bytes.next() % 3 {
        0 => Every::Days { days: count },
        1 => Every::Months { months: count, calendar: MonthCalendar::Gregorian },
        _ => Every::Months { months: count, calendar: MonthCalendar::Jalali },
    };
    let plan = Subscription {
        first,
        every,
        skipped: (0..bytes.next() % 4).map(u32::from).collect::<BTreeSet<u32>>(),
        paused_until: (bytes.next() % 2 == 0).then(|| bytes.date(first)),
        last: (bytes.next() % 4 == 0).then(|| bytes.date(first)),
    };
    let is_open = |date| hours.opens_on(date);
    let mut day = bytes.date(first);
    for _ in 0..3 {
        let Some(next) = plan.next_after(day, is_open) else { break };
        assert!(next > day && is_open(next));
        assert!(plan.last.is_none_or(|last| next <= last));
        assert!(plan.paused_until.is_none_or(|until| next >= until));
        let numbers = plan.numbers_on(next, is_open);
        assert!(numbers.iter().any(|number| !plan.skipped.contains(number)));
        day = next;
    }
}

fuzz_target!(|data: &[u8]| {
    let mut bytes = Bytes(data);
    let zone = Zones::bundled().named(ZONES[usize::from(bytes.next() % 8)]).expect("a zone");
    let now = bytes.instant();
    let year = TimeDelta::days(400);
    let date = zone.local(now).0.clamp(NaiveDate::MIN + year, NaiveDate::MAX - year);
    let rules = PickupRules {
        hours: bytes.windows(date),
        collection_hours: (bytes.next() % 3 == 0).then(|| bytes.windows(date)),
        prep_minutes: match bytes.next() {
            255 => u32::MAX,
            _ => u32::from(bytes.two() % 3_000),
        },
        work_cutoff: bytes.some_time(),
        pickup_cutoff: bytes.some_time(),
        keep_days: bytes.next(),
    };
    if let Ok(promise) = pickup(&rules, &zone, now) {
        holds(&promise, now);
    }
    let carrier = Carrier {
        service: Method::parse("post").expect("a method"),
        works: bytes.windows(date),
        collects: (0..bytes.next() % 3).map(|_| bytes.time()).collect(),
        transit: match bytes.next() % 2 {
            0 => Transit::Days(bytes.next() % 9),
            _ => Transit::Minutes(u32::from(bytes.two())),
        },
        delivers: (bytes.time(), bytes.time()),
    };
    let there = bytes.windows(date);
    let other = Zones::bundled().named(ZONES[usize::from(bytes.next() % 8)]).expect("a zone");
    let to = Destination {
        way: [Way::Home, Way::Work, Way::PickupPoint, Way::Locker][usize::from(bytes.next() % 4)],
        zone: &other,
        hours: (bytes.next() % 2 == 0).then_some(&there),
        keep_days: bytes.next() % 9,
    };
    if let Ok(promise) = deliver(&rules, &zone, &carrier, &to, now) {
        holds(&promise, now);
    }
    if let Some(window) = pick_up_window(now, &there, &other, &OrderRules::retail(), None) {
        assert!(now < window.until && window.remind_at <= window.until);
    }
    slots(&mut bytes, &there, &other, now);
    repeats(&mut bytes, &there, date);
});
