//! Laws of the importer: nothing is lost, nothing is shown, nothing panics.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::string_slice, reason = "helpers of tests")]

use proptest::prelude::*;
use throughline::event::{Event, EventBuilder, Import, import_lines};

fn now() -> Import {
    Import::new("2026-03-20T12:00:00Z".parse().unwrap())
}

/// Text of five scripts with everything that JSON escapes.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-Z0-9 ._@\"\\\\/\n\t]{0,12}",
        "[آ-ی‌ءئؤ۰-۹]{0,8}",
        "[א-ת\u{200f}]{0,8}",
        "[а-яА-ЯёЁ]{0,8}",
        "\\PC{0,6}",
        any::<String>().prop_map(|text| text.chars().take(10).collect()),
    ]
}

fn json_value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|value| value.to_string()),
        any::<i64>().prop_map(|value| value.to_string()),
        "-?(0|[1-9][0-9]{0,20})(\\.[0-9]{1,9})?([eE][+-]?[0-9]{1,3})?",
        text().prop_map(|text| serde_json::to_string(&text).unwrap()),
        Just(r#""\u0041\ud83d\ude00""#.to_owned()),
        Just(r#""\udc00""#.to_owned()),
        Just(r#""2026-03-20T11:00:00Z""#.to_owned()),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(|list| format!("[ {}]", list.join(" ,"))),
            proptest::collection::vec((key(), inner), 0..4).prop_map(object),
        ]
    })
}

fn object(members: Vec<(String, String)>) -> String {
    let mut seen = std::collections::BTreeSet::new();
    let members: Vec<_> = members
        .into_iter()
        .filter(|(key, _)| seen.insert(key.clone()))
        .map(|(key, value)| format!("{}:\t{value}", serde_json::to_string(&key).unwrap()))
        .collect();
    format!("{{{} }}", members.join(",\n"))
}

fn key() -> impl Strategy<Value = String> {
    let known = proptest::sample::select(vec![
        "event",
        "name",
        "messageId",
        "userId",
        "anonymousId",
        "previousId",
        "timestamp",
        "originalTimestamp",
        "sentAt",
        "receivedAt",
        "channel",
        "context",
        "traits",
        "properties",
        "device",
        "id",
        "library",
        "source",
        "locale",
        "externalIds",
        "consent",
        "categoryPreferences",
        "email",
        "email_verified",
        "phone",
        "address",
        "city",
        "products",
        "sku",
        "quantity",
        "price",
        "currency",
        "total",
        "sequence",
        "campaign",
    ]);
    prop_oneof![4 => known.prop_map(str::to_owned), 1 => text()]
}

fn event_json() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just(("type".to_owned(), "\"track\"".to_owned())),
        Just(("type".to_owned(), "\"identify\"".to_owned())),
        Just(("type".to_owned(), "\"alias\"".to_owned())),
        Just(("type".to_owned(), "\"موج\"".to_owned())),
    ];
    let name = prop_oneof![
        Just("\"Product Added\""),
        Just("\"Order Completed\""),
        Just("\"Consent Granted\""),
        Just("7")
    ];
    (word, name, proptest::collection::vec((key(), json_value()), 0..8)).prop_map(
        |(word, name, mut members)| {
            members.insert(members.len() / 2, word);
            members.push(("event".to_owned(), name.to_owned()));
            object(members)
        },
    )
}

/// Reads everything there is to read.
fn read_all(event: &Event) -> usize {
    let text = |text: Option<&str>| text.map_or(0, str::len);
    let mut read = event.id().len() + event.source().len() + event.channel().as_str().len();
    read += text(event.user_id())
        + text(event.anonymous_id())
        + text(event.previous_id())
        + text(event.device_id());
    read += event.identifiers().map(|found| found.value.len()).sum::<usize>();
    read += event.traits().iter().chain(event.properties().iter()).map(|(name, _)| name.len()).sum::<usize>();
    read += event.fields().map(|(name, value)| name.len() + value.len()).sum::<usize>();
    read += event.consents().map(|change| change.purpose.len()).sum::<usize>();
    read += event.cart().map_or(0, |cart| cart.lines().map(|line| text(line.sku)).sum::<usize>());
    read
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn export_gives_the_import_back(json in event_json()) {
        let event = Event::from_segment(json.as_bytes(), &now()).unwrap();
        prop_assert_eq!(event.to_segment(), &json);
        let stored = serde_json::to_string(&event.to_stored()).unwrap();
        let back = Event::from_stored(&serde_json::from_str(&stored).unwrap()).unwrap();
        prop_assert_eq!(&back, &event);
        prop_assert_eq!(back.to_segment(), &json);
        prop_assert_eq!(read_all(&back), read_all(&event));
    }

    #[test]
    fn time_never_lies_after_the_receipt(json in event_json()) {
        let import = now();
        let event = Event::from_segment(json.as_bytes(), &import).unwrap();
        let time = event.time();
        prop_assert!(time.corrected() <= time.received());
        prop_assert!(time.received() <= import.received_at + throughline::time::TimeDelta::seconds(300));
        prop_assert!(time.corrected() >= time.received() - throughline::time::TimeDelta::days(90));
    }

    #[test]
    fn attributes_agree_with_a_general_reader(pairs in proptest::collection::btree_map("[a-zа-яא-ت]{1,6}", text(), 0..8)) {
        let mut builder = EventBuilder::identify();
        for (name, value) in &pairs {
            builder = builder.person(name, value);
        }
        let event = builder.build(&now()).unwrap();
        let read: std::collections::BTreeMap<String, String> = event
            .traits()
            .iter()
            .map(|(name, value)| (name.to_owned(), value.as_text().unwrap().to_owned()))
            .collect();
        prop_assert_eq!(&read, &pairs);
        let general: serde_json::Value = serde_json::from_str(event.to_segment()).unwrap();
        for (name, value) in &pairs {
            prop_assert_eq!(general["traits"][name].as_str(), Some(value.as_str()));
        }
    }

    #[test]
    fn any_bytes_are_an_event_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        if let Ok(event) = Event::from_segment(&bytes, &now()) {
            read_all(&event);
        }
        for line in import_lines(&bytes[..], &now()) {
            prop_assert!(line.number > 0);
        }
    }

    #[test]
    fn damaged_events_are_events_or_errors(json in event_json(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut bytes = json.into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(event) = Event::from_segment(&bytes, &now()) {
            read_all(&event);
            let stored = serde_json::to_string(&event.to_stored()).unwrap();
            prop_assert_eq!(Event::from_stored(&serde_json::from_str(&stored).unwrap()).unwrap(), event);
        }
        let _ = Event::from_segment(&bytes[..at], &now());
    }

    #[test]
    fn lines_are_read_like_single_events(events in proptest::collection::vec(event_json(), 0..6)) {
        let lines: Vec<String> = events.iter().map(|json| json.replace('\n', " ")).collect();
        let read: Vec<_> = import_lines(lines.join("\r\n").as_bytes(), &now()).map(|line| line.result.unwrap()).collect();
        prop_assert_eq!(read.len(), lines.len());
        for (event, line) in read.iter().zip(&lines) {
            prop_assert_eq!(event, &Event::from_segment(line.as_bytes(), &now()).unwrap());
        }
    }
}

/// A word that is put everywhere in an event must not show anywhere in what is printed about it.
#[test]
fn nothing_that_was_sent_is_shown() {
    let canary = "CANARYqx";
    let good = format!(
        r#"{{"type":"{canary}","event":"{canary}","messageId":"{canary}","userId":"{canary}","anonymousId":"{canary}",
        "previousId":"{canary}","groupId":"{canary}","channel":"{canary}","timestamp":"{canary}","{canary}":"{canary}",
        "context":{{"channel":"{canary}","source":"{canary}","locale":"{canary}","timezone":"{canary}",
          "device":{{"id":"{canary}"}},"library":{{"name":"{canary}"}},"campaign":{{"name":"{canary}"}},
          "externalIds":[{{"id":"{canary}","type":"{canary}"}}],"traits":{{"{canary}":"{canary}"}},
          "consent":{{"categoryPreferences":{{"{canary}":true}}}}}},
        "traits":{{"email":"{canary}","phone":"{canary}","{canary}":"{canary}","address":{{"city":"{canary}"}}}},
        "properties":{{"{canary}":"{canary}","products":[{{"sku":"{canary}","quantity":"{canary}"}}]}}}}"#
    );
    let mut shown = String::new();
    let import = Import { source: Some(canary.to_owned()), ..now() };
    for json in [
        good.clone(),
        good.replacen(canary, "track", 1),
        good.replacen(&format!("{canary}\",\"event\":\"{canary}"), "track\",\"event\":\"Order Completed", 1),
    ] {
        let event = Event::from_segment(json.as_bytes(), &import).unwrap();
        shown += &format!("{event:?} {:#?} {:?} {:?} {import:?}", event, event.kind(), event.flags());
        shown += &format!("{:?} {:?}", event.traits(), event.to_stored());
        shown += &format!("{:?} {:?}", event.order_key(), event.time());
        shown += &format!("{:?}", event.identifiers().collect::<Vec<_>>());
        shown += &format!("{:?}", event.traits().iter().map(|(_, value)| value).collect::<Vec<_>>());
        shown += &format!("{:?}", event.consents().collect::<Vec<_>>());
        shown += &format!("{:?}", event.cart().map(|cart| (cart, cart.lines().collect::<Vec<_>>())));
        shown += &format!("{:?}", EventBuilder::track(canary).user_id(canary));
    }
    for at in 0..good.len() {
        for broken in [good[..at].to_owned(), format!("{}\u{1}{}", &good[..at], &good[at..])] {
            for line in import_lines(broken.as_bytes(), &import) {
                if let Err(error) = &line.result {
                    shown += &format!("{error} {error:?} {line:?}");
                }
            }
        }
    }
    for bad in [
        format!(r#"{{"type":"track","userId":"{canary}","userId":"{canary}"}}"#),
        format!(r#"{{"userId":"{canary}"}}"#),
        format!(r#"{{"type":"track","x":{}"{canary}"{}}}"#, "[".repeat(50), "]".repeat(50)),
        format!(r#"{{"type":"track","x":"{}"}}"#, canary.repeat(10_000)),
    ] {
        let error = Event::from_segment(bad.as_bytes(), &import).unwrap_err();
        shown += &format!("{error} {error:?}");
    }
    assert!(shown.len() > 10_000);
    assert!(!shown.to_lowercase().contains(&canary.to_lowercase()));
}
