//! Timelines page by page, both ways; sessions after late events; owners through the hub.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, reason = "helpers of tests")]

use std::sync::Arc;

use proptest::prelude::*;
use throughline::calendar::Zone;
use throughline::channel::Channel;
use throughline::event::Event;
use throughline::hub::{Hub, Rules, Who};
use throughline::identifier::{Identifier, IdentifierKind, IdentifierSettings};
use throughline::journey::{Entry, OwnershipSettings, SessionSettings, TimelineCursor, TimelineFilter, Turn};
use throughline::store::{MemoryStore, Tenant};
use throughline::time::{DateTime, Utc, from_millis};

fn hub() -> Hub {
    Hub::new(Arc::new(MemoryStore::new()), Tenant(1), Rules::retail(b"secret")).unwrap()
}

const BASE: i64 = 1_700_000_000_000;

fn at(millis: i64) -> DateTime<Utc> {
    from_millis(BASE + millis)
}

fn event(hub: &Hub, id: usize, millis: i64, channel: &str, kind: &str) -> Event {
    let time = at(millis).format("%Y-%m-%dT%H:%M:%S%.3fZ");
    let json = format!(
        r#"{{"type":"{kind}","event":"E","messageId":"m{:05}","userId":"سارا","timestamp":"{time}","context":{{"channel":"{channel}"}}}}"#,
        id * 7_919 % 100_003
    );
    Event::from_segment(json.as_bytes(), &hub.import()).unwrap()
}

fn sara() -> Who {
    Who::Identifier(
        Identifier::parse(IdentifierKind::UserId, "سارا", &IdentifierSettings::default()).unwrap(),
    )
}

/// All pages, put together; each page's length is returned too.
fn turn_all(hub: &Hub, filter: &TimelineFilter, turn: Turn, limit: usize) -> (Vec<Entry>, Vec<usize>) {
    let (mut all, mut lengths, mut cursor): (Vec<Entry>, Vec<usize>, Option<TimelineCursor>) =
        Default::default();
    for _ in 0..100_000 {
        let page = hub.timeline_page(&sara(), filter, cursor.as_ref(), turn, limit).unwrap().unwrap();
        assert!(page.entries.len() <= limit);
        lengths.push(page.entries.len());
        match turn {
            Turn::Later => all.extend(page.entries),
            Turn::Earlier => all.splice(0..0, page.entries).for_each(drop),
        }
        // The cursor goes to the host and back as text.
        cursor = page.next.map(|next| serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap());
        if cursor.is_none() {
            return (all, lengths);
        }
    }
    panic!("no end");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn pages_make_up_the_timeline_both_ways(
        acts in proptest::collection::vec(
            (
                prop_oneof![0..5_i64, 0..100_000_i64, 0..40_000_000_000_i64],
                proptest::sample::select(&["web", "app", "till"][..]),
                proptest::sample::select(&["page", "track"][..]),
            ),
            1..60,
        ),
        limit in 1..9_usize,
        channel in proptest::option::of(proptest::sample::select(vec![Channel::Web, Channel::Till])),
        kind in proptest::option::of(Just("track")),
        period in proptest::option::of((0..100_000_i64, 0..30_000_000_000_i64)),
    ) {
        let hub = hub();
        let events: Vec<Event> =
            acts.iter().enumerate().map(|(id, (millis, channel, kind))| event(&hub, id, *millis, channel, kind)).collect();
        hub.record_all(&events).unwrap();
        let filter = TimelineFilter {
            channels: channel.into_iter().collect(),
            kinds: kind.into_iter().map(Into::into).collect(),
            from: period.map(|(from, _)| at(from)),
            until: period.map(|(_, until)| at(until)),
        };
        let timeline = hub.timeline(&sara(), None).unwrap().unwrap();
        let want: Vec<Entry> = timeline.entries().iter().filter(|entry| filter.admits(entry)).cloned().collect();
        prop_assert_eq!(&turn_all(&hub, &filter, Turn::Later, limit).0, &want);
        prop_assert_eq!(&turn_all(&hub, &filter, Turn::Earlier, limit).0, &want);
        // From the middle both ways.
        if let Some(middle) = want.get(want.len() / 2) {
            let cursor = TimelineCursor::at(middle);
            let page = |turn| hub.timeline_page(&sara(), &filter, Some(&cursor), turn, 1_000).unwrap().unwrap().entries;
            let both: Vec<Entry> = page(Turn::Earlier).into_iter().chain([middle.clone()]).chain(page(Turn::Later)).collect();
            prop_assert_eq!(&both, &want);
        }
    }
}

#[test]
fn ten_thousand_events_in_a_second_and_thousands_in_an_instant() {
    let hub = hub();
    let events: Vec<Event> = (0..14_000)
        .map(|id| {
            let millis = if id < 10_000 { i64::try_from(id).unwrap() / 10 } else { 500 };
            event(&hub, id, millis, "web", if id % 1_000 == 0 { "page" } else { "track" })
        })
        .chain([
            event(&hub, 20_000, -90_000_000_000, "app", "track"),
            event(&hub, 20_001, 90_000_000, "till", "track"),
        ])
        .collect();
    for chunk in events.chunks(2_000) {
        hub.record_all(chunk).unwrap();
    }
    let all = TimelineFilter::default();
    let want = hub.timeline(&sara(), None).unwrap().unwrap();
    for turn in [Turn::Later, Turn::Earlier] {
        let (entries, lengths) = turn_all(&hub, &all, turn, 1_000);
        assert_eq!(entries, want.entries());
        assert!(lengths.len() <= 40, "{lengths:?}");
        let rare = TimelineFilter { kinds: ["page".into()].into(), ..TimelineFilter::default() };
        let (entries, lengths) = turn_all(&hub, &rare, turn, 1_000);
        assert_eq!(entries.len(), 14);
        assert!(lengths.len() <= 40, "{lengths:?}");
    }
    assert!(
        hub.timeline_page(
            &Who::Record(throughline::ids::RecordId::from_bytes([9; 16])),
            &all,
            None,
            Turn::Later,
            5
        )
        .unwrap()
        .is_none()
    );
    let huge = hub.timeline_page(&sara(), &all, None, Turn::Later, usize::MAX).unwrap().unwrap();
    assert_eq!(huge.entries.len(), 1_000);
    assert_eq!(hub.timeline_page(&sara(), &all, None, Turn::Later, 0).unwrap().unwrap().entries.len(), 1);
}

#[test]
fn late_events_recompute_only_what_they_may_change() {
    let hub = hub();
    let settings = SessionSettings::default();
    let device = |id: usize, minute: i64, device: &str| {
        let time = at(minute * 60_000).format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let json = format!(
            r#"{{"type":"page","messageId":"d{id}","userId":"سارا","timestamp":"{time}","context":{{"channel":"web","device":{{"id":"{device}"}}}}}}"#
        );
        Event::from_segment(json.as_bytes(), &hub.import()).unwrap()
    };
    for (id, minute) in [0, 10, 50, 60, 120, 125].into_iter().enumerate() {
        hub.record(&device(id, minute, "گوشی")).unwrap();
        hub.record(&device(100 + id, minute, "laptop")).unwrap();
    }
    let known = hub.sessions(&sara(), &settings, &Zone::utc()).unwrap().unwrap();
    let late = hub.record(&device(7, 85, "گوشی")).unwrap();
    let timeline = hub.timeline(&sara(), None).unwrap().unwrap();
    let arrived: Vec<Entry> =
        timeline.entries().iter().filter(|entry| entry.event == late.event).cloned().collect();
    let updated = hub.update_sessions(&sara(), &known, &arrived, &settings, &Zone::utc()).unwrap().unwrap();
    assert_eq!(updated, hub.sessions(&sara(), &settings, &Zone::utc()).unwrap().unwrap());
    assert_ne!(updated, known);
}

#[test]
fn the_owners_of_a_family_tablet() {
    let hub = hub();
    let tablet = |id: usize, what: &str, user: Option<&str>| {
        let user = user.map_or_else(String::new, |user| format!(r#""userId":"{user}","#));
        let time = at(i64::try_from(id).unwrap() * 60_000).format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let json = format!(
            r#"{{"type":"track","event":"{what}","messageId":"t{id}",{user}"anonymousId":"tablet","timestamp":"{time}","context":{{"channel":"app"}}}}"#
        );
        hub.record(&Event::from_segment(json.as_bytes(), &hub.import()).unwrap()).unwrap().record
    };
    let record = tablet(0, "Looked", None);
    for (id, (what, user)) in [
        ("Signed In", Some("دنا")),
        ("Looked", None),
        ("Signed Out", None),
        ("Looked", Some("null")),
        ("Looked", None),
    ]
    .into_iter()
    .enumerate()
    {
        tablet(id + 1, what, user);
    }
    let owned = hub.owners(&record.into(), &OwnershipSettings::default()).unwrap().unwrap();
    let names: Vec<Option<&str>> =
        owned.iter().map(|one| one.account.as_ref().map(|name| &**name.reveal())).collect();
    let dina = Some("دنا");
    assert_eq!(names, [dina, dina, dina, dina, None, None], "nobody is called null");
    assert!(!format!("{owned:?}").contains("دنا"));
}

#[test]
fn another_persons_sign_in_on_a_shared_device_counts() {
    let hub = hub();
    let tell = |id: i64, what: &str, who: &str, device: &str| {
        let time = at(id * 60_000).format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let json = format!(
            r#"{{"type":"track","event":"{what}","messageId":"t{id}",{who},"timestamp":"{time}","context":{{"channel":"app","device":{{"id":"{device}"}}}}}}"#
        );
        hub.record(&Event::from_segment(json.as_bytes(), &hub.import()).unwrap()).unwrap().record
    };
    let dana = tell(0, "Signed In", r#""userId":"דנה""#, "tablet-7");
    tell(1, "Signed In", r#""userId":"Иван""#, "tablet-7");
    tell(2, "Looked", r#""anonymousId":"visitor-1""#, "tablet-7");
    tell(3, "Looked", r#""userId":"דנה","anonymousId":"visitor-1""#, "phone-8");
    let owned = hub.owners(&dana.into(), &OwnershipSettings::default()).unwrap().unwrap();
    let names: Vec<Option<&str>> =
        owned.iter().map(|one| one.account.as_ref().map(|name| &**name.reveal())).collect();
    assert_eq!(names, [Some("דנה"), Some("Иван"), Some("דנה")], "he had signed in before the visitor looked");
}
