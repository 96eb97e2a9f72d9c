//! The importer on whole events, good and bad.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use throughline::channel::Channel;
use throughline::event::{
    Attribute, CartAction, ClockPolicy, Event, EventBuilder, EventErrorKind, EventKind, EventName, Flag,
    Import, Origin, StoredEvent, import_lines,
};
use throughline::identifier::IdentifierKind;

fn at(text: &str) -> throughline::time::DateTime<throughline::time::Utc> {
    text.parse().unwrap()
}

fn now() -> Import {
    Import::new(at("2026-03-20T12:00:00Z"))
}

fn event(json: &str) -> Event {
    Event::from_segment(json.as_bytes(), &now()).unwrap()
}

fn refused(json: impl AsRef<[u8]>) -> EventErrorKind {
    Event::from_segment(json.as_ref(), &now()).unwrap_err().kind()
}

const IDENTIFY: &str = r#"{
  "type": "identify", "messageId": "m-1", "userId": "u-7", "anonymousId": "a-9",
  "originalTimestamp": "2026-03-20T11:00:00.000Z", "sentAt": "2026-03-20T11:00:10.000Z",
  "receivedAt": "2026-03-20T11:30:10.000Z", "timestamp": "2026-03-20T11:30:00.000Z",
  "context": {
    "channel": "WhatsApp", "source": "crm.eu", "locale": "fa-IR", "timezone": "Asia/Tehran", "sequence": 41,
    "device": {"id": "d-1", "type": "android"}, "library": {"name": "analytics.js"},
    "campaign": {"name": "nowruz"},
    "externalIds": [{"id": "99", "type": "ios.idfa", "collection": "users", "encoding": "none"},
                    {"id": "0123456789", "type": "national_id"}],
    "traits": {"email": "second@example.ir", "plan": "gold"},
    "consent": {"categoryPreferences": {"marketing.email": true, "analytics": false}}
  },
  "traits": {"email": "Sara@Example.ir", "email_verified": true, "phone": "۰۹۱۲۳۴۵۶۷۸۹", "firstName": "سارا",
    "lastName": "Cohen \u05db\u05d4\u05df", "age": 31.50, "vip": true, "old": null, "tags": ["a", "b"],
    "loyaltyCard": 77001, "address": {"city": "שיראז", "postalCode": "71345"}}
}"#;

#[test]
fn an_identify_call_is_read_whole() {
    let event = event(IDENTIFY);
    assert_eq!(event.kind(), &EventKind::Identify);
    assert_eq!((event.id(), event.user_id(), event.anonymous_id()), ("m-1", Some("u-7"), Some("a-9")));
    assert_eq!((event.device_id(), event.source()), (Some("d-1"), "crm.eu"));
    assert_eq!(event.channel(), &Channel::WhatsApp);
    assert_eq!((event.locale(), event.timezone()), (Some("fa-IR"), Some("Asia/Tehran")));
    assert_eq!((event.sequence(), event.campaign()), (Some(41), Some("nowruz")));
    assert_eq!(event.time().corrected(), at("2026-03-20T11:30:00Z"));
    let found: Vec<_> = event
        .identifiers()
        .map(|found| {
            (found.kind.as_str().to_owned(), found.value.to_owned(), found.verified_flag, found.origin)
        })
        .collect();
    let want = [
        ("user_id", "u-7", false, Origin::UserId),
        ("anonymous_id", "a-9", false, Origin::AnonymousId),
        ("device_id", "d-1", false, Origin::Device),
        ("email", "Sara@Example.ir", true, Origin::Traits),
        ("phone", "۰۹۱۲۳۴۵۶۷۸۹", false, Origin::Traits),
        ("loyalty_card", "77001", false, Origin::Traits),
        ("email", "second@example.ir", false, Origin::ContextTraits),
        ("ios_idfa", "99", false, Origin::ExternalIds),
        ("national_id", "0123456789", false, Origin::ExternalIds),
    ]
    .map(|(kind, value, verified, origin)| (kind.to_owned(), value.to_owned(), verified, origin));
    assert_eq!(found, want);
    assert_eq!(event.traits().get("lastName"), Some(Attribute::Text("Cohen כהן")));
    assert_eq!(event.traits().get("age"), Some(Attribute::Number("31.50")));
    assert_eq!(event.traits().get("vip"), Some(Attribute::Bool(true)));
    assert_eq!(event.traits().get("old"), Some(Attribute::Null));
    assert_eq!(event.traits().get("tags"), Some(Attribute::Other(r#"["a", "b"]"#)));
    assert_eq!(event.traits().get("plan"), Some(Attribute::Text("gold")));
    assert_eq!(event.traits().get("email"), Some(Attribute::Text("Sara@Example.ir")));
    let fields: Vec<_> = event.fields().collect();
    assert_eq!(
        fields,
        [
            ("email", "Sara@Example.ir"),
            ("phone", "۰۹۱۲۳۴۵۶۷۸۹"),
            ("first_name", "سارا"),
            ("last_name", "Cohen כהן"),
            ("address.city", "שיראז"),
            ("address.postal_code", "71345"),
            ("locale", "fa-IR"),
            ("timezone", "Asia/Tehran"),
        ]
    );
    let consents: Vec<_> =
        event.consents().map(|change| (change.purpose, change.channel, change.granted)).collect();
    assert_eq!(consents, [("marketing", Some(Channel::Email), true), ("analytics", None, false)]);
    assert_eq!(event.to_segment(), IDENTIFY);
    assert!(event.flags().contains(Flag::SkewCorrected) && event.flags().contains(Flag::NumericIdentifier));
    let kinds: Vec<_> = event.identifiers().map(|found| found.kind.clone()).collect();
    assert!(kinds.contains(&IdentifierKind::NationalId));
}

#[test]
fn the_stored_form_gives_the_same_event_back() {
    let import = Import {
        channel: Some(Channel::Kiosk),
        source: Some("hall-3".to_owned()),
        ..Import::new(at("2026-03-20T12:00:00.123456Z"))
    };
    for json in [IDENTIFY, "{\"type\":\"page\" , \"n\":1.0e2,\n \"x\":\"\\u00e9\\/\"}", r#"{"type":"Wink"}"#]
    {
        let event = Event::from_segment(json.as_bytes(), &import).unwrap();
        let stored = serde_json::to_vec(&event.to_stored()).unwrap();
        assert!(!String::from_utf8_lossy(&stored).contains(r#""raw":""#), "raw is JSON, not a string");
        let back = Event::from_stored(&serde_json::from_slice::<StoredEvent>(&stored).unwrap()).unwrap();
        assert_eq!(back, event);
        assert_eq!(back.to_segment(), json);
        assert_eq!(back.order_key(), event.order_key());
        assert_eq!(back.identifiers().count(), event.identifiers().count());
        assert_eq!(serde_json::to_vec(&back.to_stored()).unwrap(), stored);
    }
}

#[test]
fn bad_envelopes_are_typed_errors() {
    for json in
        ["", "  ", "[]", "null", "\"track\"", "{", "{\"type\":\"track\"", "{\"type\":\"track\"}}", "NaN"]
    {
        assert!(matches!(refused(json), EventErrorKind::Malformed { .. }), "{json}");
    }
    assert_eq!(refused(r#"{"userId":"u"}"#), EventErrorKind::MissingType);
    for json in [r#"{"type":null}"#, r#"{"type":7}"#, r#"{"type":" "}"#, r#"{"type":["track"]}"#] {
        assert_eq!(refused(json), EventErrorKind::MissingType);
    }
    assert_eq!(refused(b"{\"type\":\"track\",\"event\":\"\xff\"}"), EventErrorKind::NotUtf8);
    assert_eq!(refused(vec![b' '; 70_000]), EventErrorKind::TooLarge { limit: 65_536 });
    let mega =
        Import { limits: throughline::event::Limits { bytes: usize::MAX, ..Default::default() }, ..now() };
    let big = format!(r#"{{"type":"track","event":"{}"}}"#, "x".repeat(1024 * 1024 - 30));
    assert!(Event::from_segment(big.as_bytes(), &mega).unwrap().flags().contains(Flag::LongName));
    let bigger = format!(r#"{{"type":"track","event":"{}"}}"#, "x".repeat(1024 * 1024));
    let error = Event::from_segment(bigger.as_bytes(), &mega).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::TooLarge { limit: 1024 * 1024 });
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!(r#"{{"type":"track","x":{}1{}}}"#, open.repeat(5000), close.repeat(5000));
        assert_eq!(refused(deep), EventErrorKind::TooDeep { limit: 32 });
        let fits = format!(r#"{{"type":"track","x":{}1{}}}"#, open.repeat(31), close.repeat(31));
        event(&fits);
    }
    let malformed = refused("{\"type\":\"track\",\n \"userId\" \"sara\"}");
    assert_eq!(malformed, EventErrorKind::Malformed { line: 2, column: 11 });
}

#[test]
fn keys_that_decide_may_stand_once() {
    let twice = [
        (r#"{"type":"track","type":"identify"}"#, "type"),
        (r#"{"type":"track","userId":"a","userId":"b"}"#, "userId"),
        (r#"{"type":"track","userId":"a","\u0075serId":"b"}"#, "userId"),
        (r#"{"type":"track","messageId":"a","messageId":"a"}"#, "messageId"),
        (r#"{"type":"track","context":{},"context":{}}"#, "context"),
        (r#"{"type":"track","traits":{},"traits":{}}"#, "traits"),
        (r#"{"type":"track","context":{"device":{"id":"1","id":"2"}}}"#, "context.device.id"),
        (r#"{"type":"track","context":{"consent":{},"consent":{}}}"#, "context.consent"),
    ];
    for (json, name) in twice {
        assert_eq!(refused(json), EventErrorKind::DuplicateKey(name));
    }
    let last = event(r#"{"type":"identify","traits":{"email":"a@x.ir","email":"b@x.ir"}}"#);
    assert!(last.flags().contains(Flag::DuplicateAttribute));
    assert_eq!(last.identifiers().map(|found| found.value).collect::<Vec<_>>(), ["b@x.ir"]);
    let refusal = event(
        r#"{"type":"track","event":"x","context":{"consent":{"categoryPreferences":{"a":false,"a":true}}}}"#,
    );
    assert_eq!(refusal.consents().map(|change| change.granted).collect::<Vec<_>>(), [false]);
}

#[test]
fn counts_are_capped() {
    let ids = |n: usize| {
        let list: Vec<_> = (0..n).map(|i| format!(r#"{{"id":"{i}","type":"email"}}"#)).collect();
        format!(r#"{{"type":"identify","userId":"u","context":{{"externalIds":[{}]}}}}"#, list.join(","))
    };
    assert_eq!(event(&ids(63)).identifiers().count(), 64);
    assert_eq!(refused(ids(64)), EventErrorKind::TooManyIdentifiers { limit: 64 });
    assert_eq!(refused(ids(1000)), EventErrorKind::TooManyIdentifiers { limit: 64 });
    let traits = |n: usize| {
        let list: Vec<_> = (0..n).map(|i| format!(r#""k{i}":{i}"#)).collect();
        format!(r#"{{"type":"identify","traits":{{{}}}}}"#, list.join(","))
    };
    assert_eq!(event(&traits(256)).traits().iter().count(), 256);
    assert_eq!(refused(traits(257)), EventErrorKind::TooManyAttributes { limit: 256 });
    let flood = format!(r#"{{"type":"identify","traits":{{{}}}}}"#, vec![r#""a":1"#; 257].join(","));
    assert_eq!(refused(flood), EventErrorKind::TooManyAttributes { limit: 256 });
    let long = event(&format!(
        r#"{{"type":"identify","userId":"{0}","traits":{{"bio":"{0}","{0}":1,"ok":2}}}}"#,
        "ش".repeat(600)
    ));
    assert_eq!(long.traits().iter().map(|(name, _)| name).collect::<Vec<_>>(), ["ok"]);
    assert_eq!(long.user_id(), None);
    assert!(long.flags().contains(Flag::LongValue) && long.flags().contains(Flag::LongKey));
    assert!(long.to_segment().contains(&"ش".repeat(600)));
}

#[test]
fn odd_shapes_are_kept_and_flagged() {
    for json in [
        r#"{"type":"track","event":"x","context":"web"}"#,
        r#"{"type":"track","event":"x","traits":[1,{"a":2}]}"#,
        r#"{"type":"track","event":"x","properties":7}"#,
        r#"{"type":"track","event":"x","userId":{"id":1}}"#,
        r#"{"type":"track","event":"x","userId":true}"#,
        r#"{"type":"track","event":"x","userId":"\ud800"}"#,
        r#"{"type":"track","event":{"name":1}}"#,
        r#"{"type":"track","event":"x","context":{"externalIds":[1,"a",null,{"id":"1"}]}}"#,
        r#"{"type":"track","event":"x","context":{"externalIds":{"id":"1"}}}"#,
        r#"{"type":"track","event":"x","context":"\ud800"}"#,
        r#"{"type":"track","event":"x","context":{"device":1e999}}"#,
        r#"{"type":"identify","traits":{"address":{"\ud800":1,"city":"x"}}}"#,
    ] {
        let event = event(json);
        assert!(event.flags().contains(Flag::WrongShape), "{json}");
        assert_eq!(event.identifiers().count(), 0, "{json}");
        assert_eq!(event.to_segment(), json);
    }
    for word in ["null", "undefined", "0000000000", "test@test.com", "NaN", "\\u202e\\u0000", "\u{200f}سارا"]
    {
        let event = event(&format!(r#"{{"type":"identify","userId":"{word}"}}"#));
        assert!(event.user_id().is_some(), "junk is for the identifier's policy to judge, not lost here");
    }
    let custom = event(r#"{"type":"wave","event":"x"}"#);
    assert_eq!(custom.kind().word(), "wave");
    assert!(custom.flags().contains(Flag::UnknownType));
    let unknown = event(r#"{"type":"track","event":"Bracelet Worn"}"#);
    assert_eq!(unknown.kind(), &EventKind::Track { name: EventName::parse("Bracelet Worn") });
    assert!(event(r#"{"type":"track"}"#).flags().contains(Flag::MissingName));
    assert_eq!(
        event(r#"{"type":"TRACK","event":"Order Completed"}"#).kind().name(),
        Some(&EventName::OrderCompleted)
    );
}

#[test]
fn channel_and_source_have_an_order_of_places() {
    let channel = |json: &str| event(json).channel().clone();
    assert_eq!(channel(r#"{"type":"page","channel":"web","context":{"channel":"kiosk"}}"#), Channel::Kiosk);
    assert_eq!(channel(r#"{"type":"page","channel":"mobile"}"#), Channel::App);
    assert_eq!(channel(r#"{"type":"page","context":{"library":{"name":"analytics.js"}}}"#), Channel::Web);
    assert_eq!(channel(r#"{"type":"page","context":{"library":{"name":"analytics-ios"}}}"#), Channel::App);
    assert_eq!(channel(r#"{"type":"page"}"#), Channel::Server);
    let bad = event(r#"{"type":"page","context":{"channel":"no such!","source":"a b"}}"#);
    assert!(bad.flags().contains(Flag::BadChannel) && bad.flags().contains(Flag::BadSource));
    assert_eq!((bad.channel(), bad.source()), (&Channel::Server, "server"));
    let import = Import { channel: Some(Channel::Till), source: Some("shop-4".into()), ..now() };
    let told =
        Event::from_segment(br#"{"type":"page","context":{"library":{"name":"analytics.js"}}}"#, &import);
    assert_eq!(
        told.as_ref().map(|told| (told.channel().clone(), told.source().to_owned())).unwrap(),
        (Channel::Till, "shop-4".to_owned())
    );
}

#[test]
fn consent_events_are_understood_towards_refusal() {
    let consents = |json: &str| {
        event(json)
            .consents()
            .map(|change| (change.purpose.to_owned(), change.channel, change.granted))
            .collect::<Vec<_>>()
    };
    let track = |name: &str, properties: &str| {
        consents(&format!(r#"{{"type":"track","event":"{name}","properties":{properties}}}"#))
    };
    let one = |purpose: &str, channel, granted| vec![(purpose.to_owned(), channel, granted)];
    assert_eq!(
        track("Consent Granted", r#"{"purpose":"marketing","channel":"sms"}"#),
        one("marketing", Some(Channel::Sms), true)
    );
    assert_eq!(
        track("Consent Granted", r#"{"purpose":"marketing","channel":"*"}"#),
        one("marketing", None, true)
    );
    assert_eq!(track("Consent Granted", r#"{"channel":"sms"}"#), []);
    assert_eq!(track("Consent Granted", r#"{"purpose":"*"}"#), []);
    assert_eq!(track("Consent Granted", r#"{"purpose":"marketing","channel":"??"}"#), []);
    assert_eq!(
        track("Consent Withdrawn", r#"{"purpose":"marketing","channel":"??"}"#),
        one("marketing", None, false)
    );
    assert_eq!(track("Consent Withdrawn", "{}"), one("*", None, false));
    assert_eq!(track("Unsubscribed", "{}"), one("*", Some(Channel::Email), false));
    let odd = |value: &str| {
        consents(&format!(
            r#"{{"type":"page","context":{{"consent":{{"categoryPreferences":{{"ads.sms":{value}}}}}}}}}"#
        ))
    };
    assert_eq!(odd(r#""true""#), []);
    assert_eq!(odd("1"), []);
    assert_eq!(odd("null"), []);
    assert_eq!(odd("[true]"), []);
    for refusal in ["false", "0", r#""false""#, r#"" Denied ""#] {
        assert_eq!(odd(refusal), one("ads", Some(Channel::Sms), false));
    }
}

#[test]
fn cart_signals_hold_checked_lines() {
    let json = r#"{"type":"track","event":"Order Completed","properties":{"cart_id":"c-1","order_id":"o-1",
        "currency":"IRR","total":1250000,"products":[
        {"product_id":"p1","sku":"s1","name":"کفش","variant":"42","quantity":2,"price":"12.50"},
        {"sku":"s2"},{"sku":"s3","quantity":-1},{"sku":"s4","quantity":"NaN"},{"sku":"s5","quantity":1e9},
        {"sku":"s6","quantity":1.5},{"sku":"s7","quantity":0},{"sku":"s8","quantity":1000000},
        {"sku":"s9","quantity":99999999999999999999999},{"quantity":1},{"sku":"t1","sku":"t2"},7,
        {"sku":"t3","quantity":"3","price":"-1"}]}}"#;
    let event = event(json);
    let cart = event.cart().unwrap();
    assert_eq!(
        (cart.action(), cart.cart_id(), cart.order_id()),
        (CartAction::Completed, Some("c-1"), Some("o-1"))
    );
    assert_eq!((cart.currency(), cart.total()), (Some("IRR"), Some("1250000")));
    let lines: Vec<_> = cart.lines().map(|line| (line.sku.unwrap(), line.quantity, line.price)).collect();
    assert_eq!(lines, [("s1", 2, Some("12.50")), ("s2", 1, None), ("s8", 1_000_000, None), ("t3", 3, None)]);
    for flag in [Flag::BadQuantity, Flag::NamelessLine, Flag::WrongShape, Flag::BadPrice] {
        assert!(event.flags().contains(flag), "{flag:?}");
    }
    assert!(!event.flags().contains(Flag::UnknownCurrency));
    let added = self::event(
        r#"{"type":"track","event":"Product Added","properties":{"sku":"x","quantity":4,"currency":"ZZQ"}}"#,
    );
    assert_eq!(added.cart().unwrap().lines().next().unwrap().quantity, 4);
    assert!(added.flags().contains(Flag::UnknownCurrency));
    let viewed = self::event(r#"{"type":"track","event":"Cart Viewed","properties":{"cart_id":"c"}}"#);
    assert!(!viewed.cart().unwrap().lists_lines());
    let many = format!(
        r#"{{"type":"track","event":"Cart Updated","properties":{{"products":[{}]}}}}"#,
        vec![r#"{"sku":"a"}"#; 1001].join(",")
    );
    let many = self::event(&many);
    assert_eq!(many.cart().unwrap().lines().len(), 1000);
    assert!(many.flags().contains(Flag::ManyLines));
}

#[test]
fn lines_go_on_after_a_bad_one_in_bounded_memory() {
    let mut text = b"\xEF\xBB\xBF{\"type\":\"page\"}\r\n\r\n  \nnot json\n{\"type\":\"\xff\"}\n".to_vec();
    text.extend(std::iter::repeat_n(b'x', 200_000));
    text.extend(b"\n{\"type\":\"screen\"}\n{\"type\":\"track\"\n{\"type\":\"group\"}");
    for capacity in [1, 7, 8192] {
        let reader = std::io::BufReader::with_capacity(capacity, &text[..]);
        let read: Vec<_> = import_lines(reader, &now())
            .map(|line| {
                (line.number, line.result.map(|event| event.kind().word().to_owned()).map_err(|e| e.kind()))
            })
            .collect();
        assert_eq!(read[0], (1, Ok("page".to_owned())));
        assert!(matches!(read[1], (4, Err(EventErrorKind::Malformed { .. }))));
        assert_eq!(read[2], (5, Err(EventErrorKind::NotUtf8)));
        assert_eq!(read[3], (6, Err(EventErrorKind::TooLarge { limit: 65_536 })));
        assert_eq!(read[4], (7, Ok("screen".to_owned())));
        assert!(matches!(read[5], (8, Err(EventErrorKind::Malformed { line: 1, .. }))));
        assert_eq!(read[6], (9, Ok("group".to_owned())));
        assert_eq!(read.len(), 7);
    }
}

#[test]
fn a_built_event_cannot_be_broken_out_of() {
    let built = EventBuilder::track("Cart \"Viewed\"\n")
        .user_id("u\\\u{1}")
        .property("x", "\"},\"userId\":\"evil")
        .property_json("list", "[1,2]")
        .external_id("email", "a@b.ir")
        .consent("marketing.sms", true)
        .device_id("d")
        .sequence(7)
        .timestamp(at("2026-03-20T10:00:00Z"))
        .build(&now())
        .unwrap();
    assert_eq!((built.user_id(), built.sequence()), (Some("u\\\u{1}"), Some(7)));
    assert_eq!(built.properties().get("x"), Some(Attribute::Text("\"},\"userId\":\"evil")));
    assert_eq!(built.time().corrected(), at("2026-03-20T10:00:00Z"));
    assert_eq!(built.identifiers().count(), 3);
    for raw in ["1,\"y\":2", "1}", "x", ""] {
        assert!(EventBuilder::track("x").property_number("n", raw).build(&now()).is_err(), "{raw}");
        assert!(EventBuilder::track("x").property_json("n", raw).build(&now()).is_err(), "{raw}");
    }
}

fn timed(members: &str, import: &Import) -> Event {
    Event::from_segment(format!(r#"{{"type":"page"{members}}}"#).as_bytes(), import).unwrap()
}

#[test]
fn clocks_are_corrected_clamped_and_flagged() {
    let corrected = |members: &str| {
        let event = timed(members, &now());
        (
            event.time().corrected().to_rfc3339(),
            event.flags().iter().filter(|f| *f != Flag::MissingId).collect::<Vec<_>>(),
        )
    };
    let noon = "2026-03-20T12:00:00+00:00".to_owned();
    // A device a year behind, 10 s from act to sending.
    let skewed = corrected(r#","originalTimestamp":"2025-03-20T08:00:00Z","sentAt":"2025-03-20T08:00:10Z""#);
    assert_eq!(skewed, ("2026-03-20T11:59:50+00:00".to_owned(), vec![Flag::SkewCorrected]));
    assert_eq!(corrected(""), (noon.clone(), vec![Flag::MissingTime]));
    assert_eq!(
        corrected(r#","originalTimestamp":"2026-03-20T08:00:00Z""#),
        (noon.clone(), vec![Flag::MissingTime])
    );
    assert_eq!(
        corrected(r#","timestamp":"2026-03-20T15:00:00+03:30""#),
        ("2026-03-20T11:30:00+00:00".to_owned(), vec![])
    );
    assert_eq!(corrected(r#","timestamp":"2026-03-20T12:00:01Z""#), (noon.clone(), vec![Flag::Clamped]));
    assert_eq!(
        corrected(r#","timestamp":"2026-03-20T13:00:00Z""#),
        (noon.clone(), vec![Flag::Clamped, Flag::FarAhead])
    );
    assert_eq!(
        corrected(r#","timestamp":"2025-03-20T12:00:00Z""#),
        ("2025-12-20T12:00:00+00:00".to_owned(), vec![Flag::Clamped])
    );
    for absurd in
        ["0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "1969-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"]
    {
        let (at, flags) = corrected(&format!(r#","timestamp":"{absurd}""#));
        assert_eq!((at, flags.contains(&Flag::AbsurdTime)), (noon.clone(), true), "{absurd}");
    }
    for unreadable in [
        r#""262142-12-31T00:00:00Z""#,
        r#""yesterday""#,
        r#""""#,
        "true",
        "{}",
        "[1]",
        r#""2026-02-30T00:00:00Z""#,
        "1e300",
        "-1e5",
        "99999999999999999999999999",
        r#""NaN""#,
        r#""2026-03-20T24:00:00Z""#,
    ] {
        let (at, flags) = corrected(&format!(r#","timestamp":{unreadable}"#));
        assert_eq!((at, flags.contains(&Flag::UnparsableTime)), (noon.clone(), true), "{unreadable}");
    }
    assert_eq!(
        corrected(r#","timestamp":1774000800000"#),
        ("2026-03-20T10:00:00+00:00".to_owned(), vec![Flag::EpochTime])
    );
    assert_eq!(
        corrected(r#","timestamp":"1774000800""#),
        ("2026-03-20T10:00:00+00:00".to_owned(), vec![Flag::EpochTime])
    );
    assert_eq!(
        corrected(r#","timestamp":1774000800.75"#),
        ("2026-03-20T10:00:00+00:00".to_owned(), vec![Flag::EpochTime])
    );
    assert_eq!(
        corrected(r#","timestamp":"2026-03-20 10:00:00""#),
        ("2026-03-20T10:00:00+00:00".to_owned(), vec![Flag::AssumedUtc])
    );
    assert_eq!(
        corrected(r#","timestamp":"2026-03-20""#),
        ("2026-03-20T00:00:00+00:00".to_owned(), vec![Flag::AssumedUtc])
    );
    assert_eq!(corrected(r#","timestamp":"2026-03-20T09:59:60Z""#).0, "2026-03-20T10:00:00+00:00");
    // The receipt in the event is believed within the host's own bounds only.
    let replay = corrected(r#","receivedAt":"2026-01-01T00:00:00Z","timestamp":"2025-12-31T00:00:00Z""#);
    assert_eq!(replay, ("2025-12-31T00:00:00+00:00".to_owned(), vec![]));
    let future = corrected(r#","receivedAt":"2027-01-01T00:00:00Z","timestamp":"2027-01-01T00:00:00Z""#);
    assert_eq!(future.0, "2026-03-20T12:05:00+00:00");
    assert!(future.1.contains(&Flag::ReceiptClamped));
    let history = Import { clock: ClockPolicy::backfill(), ..now() };
    let old = timed(r#","receivedAt":"2014-01-01T00:00:00Z","timestamp":"2013-12-31T00:00:00Z""#, &history);
    assert_eq!(old.time().corrected(), at("2013-12-31T00:00:00Z"));
}

#[test]
fn a_missing_id_is_the_hash_of_the_text() {
    let a = event(r#"{"type":"page","n":1}"#);
    assert_eq!(a.id(), event(" {\"type\":\"page\",\"n\":1}\r\n").id());
    assert_ne!(a.id(), event(r#"{"type":"page","n":2}"#).id());
    assert!(a.id().starts_with("sha256:") && a.id().len() == 71);
    let long = event(&format!(r#"{{"type":"page","messageId":"{}"}}"#, "m".repeat(257)));
    assert!(long.flags().contains(Flag::LongId) && long.id().len() == 71);
}
