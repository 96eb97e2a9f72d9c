//! Sessions against device histories with known answers, and their laws.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::sync::Arc;

use proptest::prelude::*;
use serde::Deserialize;
use throughline::calendar::Zone;
use throughline::event::{Event, Import, OrderKey};
use throughline::hub::{Hub, Rules, Who};
use throughline::journey::{
    Act, Boundary, Entry, Session, SessionSettings, restart, sessions, update_sessions,
};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::from_millis;

#[derive(Deserialize)]
struct Vectors {
    options: BTreeMap<String, Options>,
    profiles: Vec<Profile>,
}

#[derive(Deserialize)]
struct Options {
    midnight: Option<bool>,
    tz: Option<i64>,
    campaign: Option<bool>,
}

/// Id, device, seconds, what, campaign, user.
type Row = (String, String, i64, String, Option<String>, Option<String>);

#[derive(Deserialize)]
struct Profile {
    id: String,
    events: Vec<Row>,
    sessions: BTreeMap<String, BTreeMap<String, Option<String>>>,
}

/// The histories count seconds from a midnight; this one is 2024-01-01T00:00:00Z.
const MIDNIGHT: i64 = 1_704_067_200;

fn orders(rows: &[Row]) -> Vec<OrderKey> {
    rows.iter()
        .map(|row| OrderKey {
            time: from_millis((MIDNIGHT + row.2) * 1000),
            sequence: None,
            id: row.0.as_str().into(),
        })
        .collect()
}

fn acts<'a>(rows: &'a [Row], orders: &'a [OrderKey]) -> Vec<Act<'a>> {
    rows.iter()
        .zip(orders)
        .filter(|(row, _)| row.3 != "reset")
        .map(|(row, order)| Act {
            order,
            device: &row.1,
            user: row.5.as_deref(),
            campaign: row.4.as_deref(),
            outbound: row.3 == "sys",
        })
        .collect()
}

fn zone(options: &Options) -> Option<Zone> {
    match options.tz {
        None => Some(Zone::utc()),
        #[cfg(feature = "tzdb")]
        Some(12_600) => Some(throughline::calendar::Zones::bundled().named("Asia/Tehran").unwrap()),
        Some(_) => None,
    }
}

/// Session label of each event, as the vectors write it.
fn labels(rows: &[Row], settings: &SessionSettings, zone: &Zone) -> BTreeMap<String, String> {
    let orders = orders(rows);
    let mut labels = BTreeMap::new();
    for session in sessions(&acts(rows, &orders), settings, zone) {
        for event in &session.events {
            labels.insert(event.to_string(), format!("{}#{}", session.device, session.number));
        }
    }
    labels
}

#[test]
fn sessions_agree_with_the_vectors() {
    let vectors: Vectors = serde_json::from_str(include_str!("data/journey/sessions.json")).unwrap();
    let mut checked = 0;
    for (name, options) in &vectors.options {
        let Some(zone) = zone(options) else { continue };
        let settings = SessionSettings {
            midnight: options.midnight.unwrap_or(false),
            campaign_change: options.campaign.unwrap_or(true),
            ..SessionSettings::default()
        };
        for profile in &vectors.profiles {
            let want: BTreeMap<String, String> = profile.sessions[name]
                .iter()
                .filter_map(|(event, label)| Some((event.clone(), label.clone()?)))
                .collect();
            assert_eq!(labels(&profile.events, &settings, &zone), want, "{name} {}", profile.id);
            checked += want.len();
        }
    }
    assert!(checked > 7_500, "{checked}");
}

fn row(id: &str, seconds: i64, user: Option<&str>) -> Row {
    (id.to_owned(), "d".to_owned(), seconds, "act".to_owned(), None, user.map(str::to_owned))
}

#[test]
fn each_rule_cuts_where_it_says() {
    let rows = [row("a", 0, None), row("b", 10, Some("u1")), row("c", 20, Some("u2"))];
    let boundaries = |settings: SessionSettings| {
        let orders = orders(&rows);
        sessions(&acts(&rows, &orders), &settings, &Zone::utc())
            .iter()
            .map(|s| s.boundary)
            .collect::<Vec<_>>()
    };
    let base = SessionSettings::default();
    assert_eq!(boundaries(base.clone()), [Boundary::First, Boundary::User]);
    assert_eq!(boundaries(SessionSettings { user_switch: false, ..base.clone() }), [Boundary::First]);
    let login = SessionSettings { login: true, ..base.clone() };
    assert_eq!(boundaries(login), [Boundary::First, Boundary::Login, Boundary::User]);
    let count = SessionSettings { max_acts: 1, user_switch: false, ..base.clone() };
    assert_eq!(boundaries(count), [Boundary::First, Boundary::Count, Boundary::Count]);
    let span = SessionSettings { max_span_seconds: 15, user_switch: false, ..base };
    assert_eq!(boundaries(span), [Boundary::First, Boundary::Span]);
    let day: Vec<Row> = (0..100).map(|n| row(&format!("{n:03}"), n * 1800, None)).collect();
    let orders = orders(&day);
    let visits = sessions(&acts(&day, &orders), &SessionSettings::default(), &Zone::utc());
    assert_eq!(
        visits.iter().map(|visit| visit.acts).collect::<Vec<_>>(),
        [49, 49, 2],
        "24 hours, ends included"
    );
}

fn history() -> impl Strategy<Value = Vec<Row>> {
    let word = |options: &'static [&'static str]| {
        proptest::option::of(proptest::sample::select(options)).prop_map(|word| word.map(str::to_owned))
    };
    let act = (
        0..40_i64,
        proptest::sample::select(&["گوشی", "d2"][..]),
        proptest::sample::select(vec![0, 1, 600, 1799, 1800, 1801, 3600, 90_000]),
        proptest::sample::select(&["act", "act", "act", "sys"][..]),
        word(&["summer", "נורוז"]),
        word(&["u1", "u2"]),
    );
    proptest::collection::vec(act, 0..25).prop_map(|acts| {
        let mut clock = 0;
        acts.into_iter()
            .map(|(id, device, step, what, campaign, user)| {
                clock += step;
                (format!("e{id}"), device.to_owned(), clock, what.to_owned(), campaign, user)
            })
            .collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn arrival_does_not_matter((rows, shuffled) in history().prop_flat_map(|rows| {
        let twice: Vec<Row> = rows.iter().chain(rows.iter().take(5)).cloned().collect();
        (Just(rows), Just(twice).prop_shuffle())
    })) {
        let settings = SessionSettings { midnight: true, ..SessionSettings::default() };
        let (a, b) = (orders(&rows), orders(&shuffled));
        let straight = sessions(&acts(&rows, &a), &settings, &Zone::utc());
        let mixed = sessions(&acts(&shuffled, &b), &settings, &Zone::utc());
        prop_assert_eq!(serde_json::to_string(&straight).unwrap(), serde_json::to_string(&mixed).unwrap());
    }

    #[test]
    fn outbound_acts_change_no_session(rows in history()) {
        // Distinct ids, or an outbound act could stand in for a person's act of the same id.
        let rows: Vec<Row> = rows.into_iter().enumerate().map(|(n, mut row)| { row.0 = format!("e{n}"); row }).collect();
        let quiet: Vec<Row> = rows.iter().filter(|row| row.3 != "sys").cloned().collect();
        let (a, b) = (orders(&rows), orders(&quiet));
        let settings = SessionSettings::default();
        let spans = |acts: &[Act<'_>]| {
            sessions(acts, &settings, &Zone::utc())
                .into_iter()
                .map(|s| (s.device, s.number, s.boundary, s.started, s.last, s.acts))
                .collect::<Vec<_>>()
        };
        prop_assert_eq!(spans(&acts(&rows, &a)), spans(&acts(&quiet, &b)));
    }

    #[test]
    fn every_act_is_in_one_session_without_long_breaks(rows in history()) {
        let rows: Vec<Row> = rows.into_iter().enumerate().map(|(n, mut row)| { row.0 = format!("e{n}"); row }).collect();
        let orders = orders(&rows);
        let visits = sessions(&acts(&rows, &orders), &SessionSettings::default(), &Zone::utc());
        let people = rows.iter().filter(|row| row.3 == "act").count();
        prop_assert_eq!(visits.iter().map(|visit| visit.acts as usize).sum::<usize>(), people);
        for visit in &visits {
            let times: Vec<i64> = rows
                .iter()
                .filter(|row| row.3 == "act" && visit.events.iter().any(|event| **event == *row.0))
                .map(|row| row.2)
                .collect();
            prop_assert!(times.windows(2).all(|pair| pair[1] - pair[0] <= 1800));
            prop_assert!(times.last().unwrap() - times[0] <= 86_400);
        }
    }

    #[test]
    fn a_late_act_recomputes_from_the_session_before_it(
        (rows, late, midnight) in (history(), proptest::collection::vec(0..25_usize, 1..4), any::<bool>())
    ) {
        let rows: Vec<Row> = rows.into_iter().enumerate().map(|(n, mut row)| { row.0 = format!("e{:02}", n * 7 % 25); row }).collect();
        let Some(device) = late.iter().find_map(|n| rows.get(*n)).map(|row| row.1.clone()) else { return Ok(()) };
        let orders = orders(&rows);
        let all = acts(&rows, &orders);
        let is_late = |n: usize| late.contains(&n) && rows[n].1 == device;
        let early: Vec<Act<'_>> = (0..all.len()).filter(|n| !is_late(*n)).map(|n| all[n]).collect();
        let settings = SessionSettings { midnight, login: midnight, max_acts: 5, ..SessionSettings::default() };
        let known = sessions(&early, &settings, &Zone::utc());
        let earliest = (0..all.len()).filter(|n| is_late(*n)).map(|n| all[n].order.time).min().unwrap();
        let from = restart(&known, &device, earliest);
        let needed: Vec<Act<'_>> =
            all.iter().rev().filter(|act| from.since.is_none_or(|since| act.order.time >= since)).copied().collect();
        prop_assert_eq!(
            update_sessions(&known, &device, &from, &needed, &settings, &Zone::utc()),
            sessions(&all, &settings, &Zone::utc())
        );
    }
}

fn hub_of(lines: &[(u32, &str)]) -> (Hub, Who, Vec<Entry>) {
    let hub = Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret")).unwrap();
    let mut last = None;
    for (minute, rest) in lines {
        let json = format!(
            r#"{{"messageId":"m{minute}","anonymousId":"v","timestamp":"2026-03-20T{:02}:{:02}:00Z",{rest}}}"#,
            8 + minute / 60,
            minute % 60
        );
        last = Some(
            hub.record(
                &Event::from_segment(
                    json.as_bytes(),
                    &Import::backfill("2026-03-21T00:00:00Z".parse().unwrap()),
                )
                .unwrap(),
            )
            .unwrap()
            .record,
        );
    }
    let who = Who::Record(last.unwrap());
    let entries = hub.timeline(&who, None).unwrap().unwrap().entries().to_vec();
    (hub, who, entries)
}

#[test]
fn what_we_send_neither_begins_nor_lengthens_a_visit() {
    let settings = SessionSettings::default();
    let page = r#""type":"page""#;
    let ours = [
        r#""type":"track","event":"Email Sent""#,
        r#""type":"track","event":"Email Delivered""#,
        r#""type":"track","event":"SMS Delivered""#,
        r#""type":"track","event":"Push Notification Sent""#,
        r#""type":"track","event":"Message Sent""#,
        r#""type":"track","event":"پیام رفت","properties":{"direction":"outbound"}"#,
    ];
    for sent in ours {
        // A visit of ten minutes, a message of ours 25 minutes later, and a page 20 minutes after that: two visits.
        let lines = [(0, page), (10, page), (35, sent), (55, page), (300, sent)];
        let (hub, who, entries) = hub_of(&lines);
        let visits = hub.sessions(&who, &settings, &Zone::utc()).unwrap().unwrap();
        assert_eq!(visits.iter().map(|visit| visit.acts).collect::<Vec<_>>(), [2, 1], "{sent}");
        assert_eq!((visits[0].last - visits[0].started).num_minutes(), 10);
        // The same when the message is heard of late.
        let (before, _, _) = hub_of(&[(0, page), (10, page), (55, page)]);
        let known = before.sessions(&who, &settings, &Zone::utc()).unwrap().unwrap();
        let arrived: Vec<Entry> = entries
            .into_iter()
            .filter(|entry| matches!(entry.order.time.timestamp() / 60 % 1440, 515 | 780))
            .collect();
        assert_eq!(arrived.len(), 2);
        let now = hub.update_sessions(&who, &known, &arrived, &settings, &Zone::utc()).unwrap().unwrap();
        let shape = |visits: &[Session]| {
            visits.iter().map(|visit| (visit.acts, visit.started, visit.last)).collect::<Vec<_>>()
        };
        assert_eq!(shape(&now), shape(&visits));
    }
    let hers = [
        r#""type":"track","event":"Email Opened""#,
        r#""type":"track","event":"Message Received""#,
        r#""type":"track","event":"Order Delivered""#,
        r#""type":"track","event":"Message Sent","properties":{"direction":"inbound"}"#,
    ];
    for act in hers {
        let (hub, who, _) = hub_of(&[(0, page), (10, page), (35, act), (55, page), (300, act)]);
        let visits = hub.sessions(&who, &settings, &Zone::utc()).unwrap().unwrap();
        assert_eq!(visits.iter().map(|visit| visit.acts).collect::<Vec<_>>(), [4, 1], "{act}");
    }
}
