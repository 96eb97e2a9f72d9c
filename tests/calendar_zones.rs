//! Wall time in zones that break simple assumptions. Expected instants come from another implementation of the IANA
//! data.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

use proptest::prelude::*;
use throughline::calendar::{
    Calendar, Exception, WallTime, Window, Windows, Zone, ZoneErrorKind, ZoneId, Zones,
};
use throughline::time::{DateTime, NaiveDate, TimeDelta, Utc};

fn zone(name: &str) -> Zone {
    Zones::bundled().named(name).unwrap()
}

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn date(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn wall(text: &str) -> WallTime {
    text.parse().unwrap()
}

fn daily(start: &str, end: &str) -> Windows {
    Windows::new([Window::daily(wall(start), wall(end))]).unwrap()
}

#[test]
fn skipped_wall_times_are_the_first_instant_after_the_skip() {
    for (name, day, time, after) in [
        ("Asia/Tehran", "2022-03-22", "00:30", "2022-03-21T20:30:00Z"),
        ("Africa/Cairo", "2026-04-24", "00:00", "2026-04-23T22:00:00Z"),
        ("Africa/Cairo", "2026-04-24", "00:59:59", "2026-04-23T22:00:00Z"),
        ("Asia/Jerusalem", "2026-03-27", "02:00", "2026-03-27T00:00:00Z"),
        ("Asia/Gaza", "2026-03-28", "02:30", "2026-03-28T00:00:00Z"),
        ("Europe/Moscow", "2011-03-27", "02:30", "2011-03-26T23:00:00Z"),
        ("Europe/Kyiv", "2026-03-29", "03:30", "2026-03-29T01:00:00Z"),
        ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00:00Z"),
        ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30:00Z"),
        ("Pacific/Apia", "2011-12-30", "00:00", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "23:59:59", "2011-12-30T10:00:00Z"),
        ("Africa/Casablanca", "2026-03-22", "02:30", "2026-03-22T02:00:00Z"),
        ("America/St_Johns", "2010-03-14", "00:01", "2010-03-14T03:31:00Z"),
    ] {
        let resolution = zone(name).resolve(date(day), wall(time));
        assert!(resolution.skipped, "{name} {day} {time}");
        assert_eq!((resolution.earliest, resolution.latest), (at(after), at(after)), "{name} {day} {time}");
    }
}

#[test]
fn repeated_wall_times_have_two_instants() {
    for (name, day, time, first, last) in [
        ("Asia/Tehran", "2022-09-21", "23:30", "2022-09-21T19:00:00Z", "2022-09-21T20:00:00Z"),
        ("Africa/Cairo", "2026-10-29", "23:00", "2026-10-29T20:00:00Z", "2026-10-29T21:00:00Z"),
        ("Asia/Jerusalem", "2026-10-25", "01:30", "2026-10-24T22:30:00Z", "2026-10-24T23:30:00Z"),
        ("Asia/Gaza", "2026-10-24", "01:59:59", "2026-10-23T22:59:59Z", "2026-10-23T23:59:59Z"),
        ("Europe/Moscow", "2014-10-26", "01:30", "2014-10-25T21:30:00Z", "2014-10-25T22:30:00Z"),
        ("Europe/Kyiv", "2026-10-25", "03:30", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"),
        ("America/New_York", "2026-11-01", "01:00", "2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z"),
        ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45:00Z", "2026-04-04T15:15:00Z"),
        ("Africa/Casablanca", "2026-02-15", "02:30", "2026-02-15T01:30:00Z", "2026-02-15T02:30:00Z"),
        ("America/Havana", "2026-11-01", "00:00", "2026-11-01T04:00:00Z", "2026-11-01T05:00:00Z"),
        ("America/St_Johns", "2010-11-07", "00:00", "2010-11-07T02:30:00Z", "2010-11-07T03:30:00Z"),
    ] {
        let resolution = zone(name).resolve(date(day), wall(time));
        assert!(!resolution.skipped);
        assert_eq!((resolution.earliest, resolution.latest), (at(first), at(last)), "{name} {day} {time}");
    }
}

#[test]
fn dates_begin_when_they_begin() {
    for (name, day, first) in [
        ("Africa/Cairo", "2026-04-24", "2026-04-23T22:00:00Z"),
        ("Asia/Beirut", "2026-03-29", "2026-03-28T22:00:00Z"),
        ("America/Asuncion", "2023-10-01", "2023-10-01T04:00:00Z"),
        ("America/Havana", "2026-03-08", "2026-03-08T05:00:00Z"),
        ("America/Havana", "2026-11-01", "2026-11-01T04:00:00Z"),
        ("Asia/Tehran", "2022-03-22", "2022-03-21T20:30:00Z"),
        ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z"),
        ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ("Asia/Kabul", "2026-03-21", "2026-03-20T19:30:00Z"),
        ("Asia/Tehran", "2026-03-22", "2026-03-21T20:30:00Z"),
    ] {
        assert_eq!(zone(name).start_of(date(day)), at(first), "{name} {day}");
    }
    assert_eq!(zone("Africa/Cairo").local(at("2026-04-23T22:00:00Z")).1.to_string(), "01:00:00");
}

#[test]
fn ramadan_in_casablanca_keeps_wall_time() {
    let (casablanca, hours) = (zone("Africa/Casablanca"), daily("09:00", "17:00"));
    let calendar = Calendar::new(&hours, &casablanca);
    assert_eq!(calendar.next_start(at("2026-02-14T00:00:00Z")), Some(at("2026-02-14T08:00:00Z")));
    assert_eq!(calendar.next_start(at("2026-02-15T00:00:00Z")), Some(at("2026-02-15T09:00:00Z")));
    assert_eq!(calendar.next_start(at("2026-03-22T00:00:00Z")), Some(at("2026-03-22T08:00:00Z")));
}

#[test]
fn a_skipped_date_has_no_open_time() {
    let (apia, hours) = (zone("Pacific/Apia"), daily("09:00", "17:00"));
    let calendar = Calendar::new(&hours, &apia);
    let (from, until) = (apia.start_of(date("2011-12-28")), apia.start_of(date("2012-01-01")));
    assert_eq!(calendar.between(from, until), Some(TimeDelta::hours(24)));
    // 13:00 on the 29th and eight open hours more is 13:00 on the 31st.
    let start = apia.earliest(date("2011-12-29"), wall("13:00"));
    assert_eq!(
        calendar.add(start, TimeDelta::hours(8)),
        Some(apia.earliest(date("2011-12-31"), wall("13:00")))
    );
}

#[test]
fn time_is_counted_on_the_utc_line() {
    let (new_york, night) = (zone("America/New_York"), daily("22:00", "06:00"));
    let calendar = Calendar::new(&night, &new_york);
    let hours = |from: &str, until: &str| calendar.between(at(from), at(until)).unwrap().num_hours();
    assert_eq!(hours("2026-03-07T12:00:00Z", "2026-03-08T20:00:00Z"), 7);
    assert_eq!(hours("2026-10-31T12:00:00Z", "2026-11-01T20:00:00Z"), 9);
    assert_eq!(hours("2026-06-01T12:00:00Z", "2026-06-02T20:00:00Z"), 8);
    let (lord_howe, early) = (zone("Australia/Lord_Howe"), daily("01:00", "03:00"));
    let early = Calendar::new(&early, &lord_howe);
    let minutes = |from: &str, until: &str| early.between(at(from), at(until)).unwrap().num_minutes();
    assert_eq!(minutes("2026-04-04T12:00:00Z", "2026-04-05T12:00:00Z"), 150);
    assert_eq!(minutes("2026-10-03T12:00:00Z", "2026-10-04T12:00:00Z"), 90);
}

#[test]
fn windows_are_half_open_to_the_nanosecond() {
    let (kabul, hours) = (zone("Asia/Kabul"), daily("09:00", "17:00"));
    let calendar = Calendar::new(&hours, &kabul);
    let (opens, closes) = (at("2026-06-01T04:30:00Z"), at("2026-06-01T12:30:00Z"));
    let tick = TimeDelta::nanoseconds(1);
    assert!(calendar.contains(opens) && !calendar.contains(opens - tick));
    assert!(!calendar.contains(closes) && calendar.contains(closes - tick));
    assert_eq!(calendar.next_start(opens - tick), Some(opens));
    assert_eq!(calendar.next_start(opens), Some(opens + TimeDelta::days(1)));
    assert_eq!(calendar.next_end(closes - tick), Some(closes));
    assert_eq!(calendar.add(opens + tick, TimeDelta::hours(8)), Some(opens + TimeDelta::days(1) + tick));
    assert_eq!(calendar.add(opens, TimeDelta::hours(8)), Some(closes), "used up exactly at closing time");
    assert_eq!(calendar.between(closes - tick, closes + tick), Some(tick));
}

#[test]
fn exceptions_replace_what_starts_on_their_date() {
    let jerusalem = zone("Asia/Jerusalem");
    let hours = daily("18:00", "02:00")
        .with_exception(date("2026-06-02"), Exception::Closed)
        .and_then(|hours| {
            hours.with_exception(date("2026-06-03"), Exception::Hours(vec![(wall("10:00"), wall("12:00"))]))
        })
        .and_then(|hours| hours.with_whole_days([date("2026-06-04")]))
        .unwrap();
    let calendar = Calendar::new(&hours, &jerusalem);
    let contains = |day: &str, time: &str| calendar.contains(jerusalem.earliest(date(day), wall(time)));
    assert!(contains("2026-06-02", "01:00"), "the evening before runs over");
    assert!(!contains("2026-06-02", "19:00") && !contains("2026-06-03", "01:00"));
    assert!(contains("2026-06-03", "11:00") && !contains("2026-06-03", "19:00"));
    assert!(
        contains("2026-06-04", "00:00") && contains("2026-06-04", "12:00") && contains("2026-06-05", "01:00")
    );
    assert_eq!(
        calendar.next_end(jerusalem.start_of(date("2026-06-04"))),
        Some(jerusalem.earliest(date("2026-06-05"), wall("02:00")))
    );
}

#[test]
fn weekly_windows_wrap_the_week() {
    let moscow = zone("Europe/Moscow");
    let weekend: Windows =
        serde_json::from_str(r#"{"windows": [{"from": ["fri", "18:00"], "to": ["mon", "09:00"]}]}"#).unwrap();
    let calendar = Calendar::new(&weekend, &moscow);
    assert!(calendar.contains(at("2026-06-07T12:00:00Z")) && calendar.contains(at("2026-06-08T05:59:59Z")));
    assert!(!calendar.contains(at("2026-06-08T06:00:00Z")) && !calendar.contains(at("2026-06-05T14:59:59Z")));
    assert_eq!(calendar.next_end(at("2026-06-05T15:00:00Z")), Some(at("2026-06-08T06:00:00Z")));
    assert_eq!(
        calendar.between(at("2026-06-01T06:00:00Z"), at("2026-06-15T06:00:00Z")),
        Some(TimeDelta::hours(126))
    );
    // Almost a whole week, open one second.
    let nearly: Windows =
        serde_json::from_str(r#"{"windows": [{"from": ["wed", "00:00:01"], "to": ["wed", "00:00"]}]}"#)
            .unwrap();
    let nearly = Calendar::new(&nearly, &moscow);
    let gap = moscow.start_of(date("2026-06-10"));
    assert!(
        !nearly.contains(gap)
            && nearly.contains(gap + TimeDelta::seconds(1))
            && nearly.contains(gap - TimeDelta::seconds(1))
    );
    assert_eq!(nearly.next_end(gap - TimeDelta::days(6)), Some(gap));
}

#[test]
fn never_and_always_end_the_search() {
    let tehran = zone("Asia/Tehran");
    let now = at("2026-06-01T00:00:00Z");
    let closed = Windows::default();
    let closed = Calendar::new(&closed, &tehran);
    assert!(!closed.contains(now));
    assert_eq!((closed.next_start(now), closed.next_end(now)), (None, None));
    assert_eq!(closed.add(now, TimeDelta::seconds(1)), None);
    assert_eq!(closed.between(now, now + TimeDelta::days(30)), Some(TimeDelta::zero()));
    let open = daily("00:00", "24:00");
    let open = Calendar::new(&open, &tehran);
    assert!(open.contains(now));
    assert_eq!((open.next_start(now), open.next_end(now)), (None, None));
    assert_eq!(open.add(now, TimeDelta::days(30)), Some(now + TimeDelta::days(30)));
    assert_eq!(open.add(now, TimeDelta::MAX), None);
    assert_eq!(open.between(now, DateTime::<Utc>::MAX_UTC), None);
}

#[test]
fn the_ends_of_time_do_not_panic() {
    for name in ["America/New_York", "Asia/Tehran", "Pacific/Apia", "UTC"] {
        let (zone, hours) = (zone(name), daily("21:00", "08:00"));
        let calendar = Calendar::new(&hours, &zone);
        for end in [
            DateTime::<Utc>::MIN_UTC,
            DateTime::<Utc>::MAX_UTC,
            at("9999-12-31T23:59:59Z"),
            at("0000-01-01T00:00:00Z"),
        ] {
            let _ =
                (calendar.contains(end), calendar.next_start(end), calendar.next_end(end), zone.local(end));
            let _ = (calendar.add(end, TimeDelta::hours(9)), calendar.between(end, end + TimeDelta::zero()));
        }
        for end in [NaiveDate::MIN, NaiveDate::MAX] {
            let _ = (zone.start_of(end), zone.latest(end, WallTime::END_OF_DAY));
        }
    }
}

#[test]
fn two_shops_in_two_zones() {
    let (tehran, kyiv) = (zone("Asia/Tehran"), zone("Europe/Kyiv"));
    let hours = daily("09:00", "17:00");
    let either = Calendar::new(&hours, &tehran).or(&hours, &kyiv);
    // Tehran 05:30 to 13:30 UTC, Kyiv 06:00 to 14:00 UTC in summer.
    assert_eq!(either.next_start(at("2026-06-01T00:00:00Z")), Some(at("2026-06-01T05:30:00Z")));
    assert_eq!(either.next_end(at("2026-06-01T05:30:00Z")), Some(at("2026-06-01T14:00:00Z")));
    assert_eq!(
        either.between(at("2026-06-01T00:00:00Z"), at("2026-06-02T00:00:00Z")),
        Some(TimeDelta::minutes(510))
    );
}

#[test]
fn an_unknown_zone_is_an_error_and_never_utc() {
    let zones = Zones::bundled();
    for name in ["Mars/Olympus", "Etc/Unknown", "Factory", "Asia"] {
        let error = zones.named(name).unwrap_err();
        assert_eq!(error.kind(), ZoneErrorKind::UnknownZone, "{name}");
        assert!(!error.to_string().contains(name));
    }
    for name in ["", "/", "Asia/", "/Asia", "Asia//Tehran", "../etc", "Asia/Tehrān", "a b", &"x".repeat(65)]
    {
        assert_eq!(zones.named(name).unwrap_err().kind(), ZoneErrorKind::MalformedName, "{name}");
    }
    assert_eq!(Zones::default().named("Asia/Tehran").unwrap_err().kind(), ZoneErrorKind::UnknownZone);
}

/// A TZif file of one fixed offset, by RFC 9636.
fn fixed_offset(hours: i32, footer: &str) -> Vec<u8> {
    let mut file = Vec::new();
    for version_block in 0..2 {
        file.extend(b"TZif2");
        file.extend([0; 15]);
        for count in [0_u32, 0, 0, 0, 1, 4] {
            file.extend(count.to_be_bytes());
        }
        file.extend((hours * 3_600).to_be_bytes());
        file.extend([0, 0]);
        file.extend(b"XXX\0");
        if version_block == 1 {
            file.extend(format!("\n{footer}\n").as_bytes());
        }
    }
    file
}

#[test]
fn the_host_injects_its_own_zones() {
    let id = ZoneId::parse("Asia/Tehran").unwrap();
    let own = Zones::from_tzif([("Asia/Tehran", fixed_offset(5, "XXX-5"))]).unwrap();
    let now = at("2026-06-01T00:00:00Z");
    assert_eq!(own.zone(&id).unwrap().offset_seconds(now), 5 * 3_600);
    assert_eq!(own.named("ASIA/tehran").unwrap().offset_seconds(now), 5 * 3_600);
    assert_eq!(own.named("Europe/Kyiv").unwrap_err().kind(), ZoneErrorKind::UnknownZone);
    let over = Zones::bundled().with_tzif([("Asia/Tehran", fixed_offset(5, "XXX-5"))]).unwrap();
    assert_eq!(over.zone(&id).unwrap().offset_seconds(now), 5 * 3_600);
    assert_eq!(over.named("Europe/Kyiv").unwrap().offset_seconds(now), 3 * 3_600);
    for junk in [
        &b""[..],
        b"TZif",
        b"TZif2 and then nonsense that is long enough to look like a header",
        &[0xff; 200],
    ] {
        let error = Zones::from_tzif([("Asia/Tehran", junk)]).unwrap_err();
        assert_eq!(error.kind(), ZoneErrorKind::MalformedData);
    }
}

#[test]
fn settings_refuse_what_could_mean_two_things() {
    for text in [
        r#"{"windows": [{"start": "08:00", "end": "08:00"}]}"#,
        r#"{"windows": [{"from": ["mon", "08:00"], "to": ["mon", "08:00"]}]}"#,
        r#"{"windows": [{"start": "24:00", "end": "08:00"}]}"#,
        r#"{"windows": [{"start": "08:00", "end": "09:00", "from": ["mon", "08:00"]}]}"#,
        r#"{"windows": [{"start": "08:00"}]}"#,
        r#"{"windows": [{"start": "8:00", "end": "09:00"}]}"#,
        r#"{"windows": [{"from": ["monday", "08:00"], "to": ["tue", "08:00"]}]}"#,
        r#"{"windows": [], "exceptions": {"2026-06-01": {"hours": [["09:00", "09:00"]]}}}"#,
        r#"{"windows": [], "exceptions": {"2026-02-30": "closed"}}"#,
        r#"{"window": []}"#,
    ] {
        assert!(serde_json::from_str::<Windows>(text).is_err(), "{text}");
    }
    let windows = r#"{"windows":[{"start":"21:00","end":"08:00"},{"from":["fri","16:00"],"to":["sat","20:00"]}],"exceptions":{"2026-06-01":"whole_day","2026-06-02":{"hours":[["10:00","24:00"]]}}}"#;
    let read: Windows = serde_json::from_str(windows).unwrap();
    assert_eq!(serde_json::to_string(&read).unwrap(), windows);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn damaged_zone_data_never_panics(
        hours in -30_i32..30,
        footer in "[-<>A-Z0-9:,./+]{0,24}",
        damage in prop::collection::vec((0_usize..140, any::<u8>()), 0..4),
        length in 0_usize..140,
    ) {
        let mut file = fixed_offset(hours, &footer);
        for (position, byte) in damage {
            if let Some(target) = file.get_mut(position) {
                *target = byte;
            }
        }
        file.truncate(length.max(20));
        if let Ok(zones) = Zones::from_tzif([("Own/Zone", file)]) {
            let zone = zones.named("own/zone").unwrap();
            let windows = daily("21:00", "08:00");
            let calendar = Calendar::new(&windows, &zone);
            let now = at("2026-06-01T00:00:00Z");
            let _ = (calendar.contains(now), calendar.next_end(now), zone.start_of(date("2026-06-01")));
        }
    }

    #[test]
    fn any_text_as_a_zone_name_is_a_zone_or_an_error(name in "\\PC{0,40}|[A-Za-z/_]{0,20}") {
        match Zones::bundled().named(&name) {
            Ok(zone) => prop_assert!(zone.id().as_str().eq_ignore_ascii_case(&name)),
            Err(error) => prop_assert!(name.len() < 3 || !error.to_string().contains(&name)),
        }
    }
}
