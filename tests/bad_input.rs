//! Bad input through the front door: a typed error or a documented handling, never a panic, never a lost good event
//! beside it.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    reason = "a test may fail"
)]

mod attack_support;

use attack_support::{NOON, fresh, instant};
use proptest::prelude::*;
use throughline::event::{Event, EventErrorKind, Flag, Import, Limits, import_lines};
use throughline::hub::{Intake, Outcome, RefusedLine};
use throughline::time::TimeDelta;

/// What becomes of a line.
enum Then {
    /// It is no event.
    Refused(EventErrorKind),
    /// It is kept; these flags and reasons are among those told.
    Kept(&'static [&'static str]),
}
use Then::{Kept, Refused};

const TOO_LARGE: EventErrorKind = EventErrorKind::TooLarge { limit: 64 * 1024 };
const TOO_DEEP: EventErrorKind = EventErrorKind::TooDeep { limit: 32 };

fn malformed(column: usize) -> EventErrorKind {
    EventErrorKind::Malformed { line: 1, column }
}

fn track(members: &str) -> Vec<u8> {
    format!(r#"{{"type":"track","event":"Wave",{members}}}"#).into_bytes()
}

fn cart(members: &str) -> Vec<u8> {
    format!(r#"{{"type":"track","event":"Product Added","userId":"u-cart","properties":{{"cart_id":"c",{members}}}}}"#)
        .into_bytes()
}

fn many(count: usize, member: impl Fn(usize) -> String) -> String {
    (0..count).map(member).collect::<Vec<_>>().join(",")
}

fn externals(count: usize) -> String {
    format!(
        r#""context":{{"externalIds":[{}]}}"#,
        many(count, |at| format!(r#"{{"type":"crm","id":"x-{at}"}}"#))
    )
}

fn traits(count: usize) -> String {
    format!(r#""traits":{{{}}}"#, many(count, |at| format!(r#""t{at}":1"#)))
}

/// Every way to be wrong, and what is done about it.
fn cases() -> Vec<(&'static str, Vec<u8>, Then)> {
    let long = "x".repeat(1024 * 1024);
    vec![
        // Malformed JSON.
        ("not JSON", b"not json".to_vec(), Refused(malformed(1))),
        ("an open object", br#"{"type":"track""#.to_vec(), Refused(malformed(15))),
        ("a list", br#"[{"type":"track"}]"#.to_vec(), Refused(malformed(1))),
        ("a word", b"null".to_vec(), Refused(malformed(1))),
        ("two objects", br#"{"type":"page"}{"type":"page"}"#.to_vec(), Refused(malformed(16))),
        ("a trailing comma", br#"{"type":"page",}"#.to_vec(), Refused(malformed(16))),
        ("NaN", track(r#""properties":{"price":NaN}"#), Refused(malformed(54))),
        ("Infinity", track(r#""properties":{"price":-Infinity}"#), Refused(malformed(55))),
        ("a raw control character", track("\"userId\":\"a\u{1}b\""), Refused(malformed(42))),
        ("half a surrogate pair", track(r#""userId":"\ud800""#), Kept(&["wrong_shape"])),
        // No or an unknown type.
        ("no type", br#"{"userId":"u-1"}"#.to_vec(), Refused(EventErrorKind::MissingType)),
        ("a type that is no word", br#"{"type":7}"#.to_vec(), Refused(EventErrorKind::MissingType)),
        ("an empty type", br#"{"type":""}"#.to_vec(), Refused(EventErrorKind::MissingType)),
        ("an unknown type", br#"{"type":"wave"}"#.to_vec(), Kept(&["unknown_type"])),
        ("an unknown name", track(r#""messageId":"wave""#), Kept(&[])),
        ("no name", br#"{"type":"track","messageId":"nameless"}"#.to_vec(), Kept(&["missing_name"])),
        // Times.
        ("year 0", track(r#""timestamp":"0000-01-01T00:00:00Z""#), Kept(&["missing_time"])),
        ("year 1", track(r#""timestamp":"0001-01-01T00:00:00Z""#), Kept(&["absurd_time", "missing_time"])),
        ("year 9999", track(r#""timestamp":"9999-12-31T23:59:59Z""#), Kept(&["absurd_time", "missing_time"])),
        ("year 262142", track(r#""timestamp":"+262142-12-31T23:59:59Z""#), Kept(&["missing_time"])),
        ("year 262143 in milliseconds", track(r#""timestamp":8210298412799000"#), Kept(&["missing_time"])),
        (
            "more milliseconds than fit",
            track(r#""timestamp":99999999999999999999999999"#),
            Kept(&["unparsable_time"]),
        ),
        ("before 1970", track(r#""timestamp":-62135596800"#), Kept(&["absurd_time"])),
        ("a year ahead", track(r#""timestamp":"2027-03-20T12:00:00Z""#), Kept(&["far_ahead", "clamped"])),
        ("ten years ago", track(r#""timestamp":"2016-03-20T12:00:00Z""#), Kept(&["clamped"])),
        ("words for a time", track(r#""timestamp":"yesterday""#), Kept(&["unparsable_time"])),
        ("30 February", track(r#""timestamp":"2026-02-30T12:00:00Z""#), Kept(&["unparsable_time"])),
        ("a leap second", track(r#""timestamp":"2016-12-31T23:59:60Z""#), Kept(&["clamped"])),
        ("a time that is a list", track(r#""timestamp":[2026]"#), Kept(&["unparsable_time"])),
        (
            "a clock before its birth",
            track(r#""originalTimestamp":"1970-01-01T00:00:00Z","sentAt":"2999-12-31T00:00:00Z""#),
            Kept(&["skew_corrected", "clamped"]),
        ),
        // Size and shape.
        ("a string of 1 MiB", track(&format!(r#""userId":"{long}""#)), Refused(TOO_LARGE)),
        ("a value of 2 KiB", track(&format!(r#""userId":"{}""#, &long[..2048])), Kept(&["long_value"])),
        (
            "a name of 2 KiB",
            format!(r#"{{"type":"track","event":"{}"}}"#, &long[..2048]).into_bytes(),
            Kept(&["long_name"]),
        ),
        ("an id of 2 KiB", track(&format!(r#""messageId":"{}""#, &long[..2048])), Kept(&["long_id"])),
        ("a key of 2 KiB", track(&format!(r#""properties":{{"{}":1}}"#, &long[..2048])), Kept(&["long_key"])),
        (
            "1000 levels",
            track(&format!(r#""x":{}{}"#, "[".repeat(1000), "]".repeat(1000))),
            Refused(TOO_DEEP),
        ),
        ("20,000 open brackets", "[".repeat(20_000).into_bytes(), Refused(TOO_DEEP)),
        ("33 levels", track(&format!(r#""x":{}{}"#, "[".repeat(32), "]".repeat(32))), Refused(TOO_DEEP)),
        ("32 levels", track(&format!(r#""x":{}{}"#, "[".repeat(31), "]".repeat(31))), Kept(&[])),
        ("65 identifiers", track(&externals(65)), Refused(EventErrorKind::TooManyIdentifiers { limit: 64 })),
        ("64 identifiers", track(&externals(64)), Kept(&[])),
        ("257 attributes", track(&traits(257)), Refused(EventErrorKind::TooManyAttributes { limit: 256 })),
        ("256 attributes", track(&traits(256)), Kept(&[])),
        ("an account that is a list", track(r#""userId":["a"]"#), Kept(&["wrong_shape"])),
        ("traits that are a word", track(r#""traits":"all""#), Kept(&["wrong_shape"])),
        // Keys twice.
        (
            "two accounts",
            track(r#""userId":"a","userId":"b""#),
            Refused(EventErrorKind::DuplicateKey("userId")),
        ),
        (
            "two types",
            br#"{"type":"track","type":"page"}"#.to_vec(),
            Refused(EventErrorKind::DuplicateKey("type")),
        ),
        ("two prices", cart(r#""sku":"A","price":1,"price":99"#), Kept(&["duplicate_attribute"])),
        (
            "an escaped twin",
            track(r#""userId":"a","user\u0049d":"b""#),
            Refused(EventErrorKind::DuplicateKey("userId")),
        ),
        // Encoding.
        (
            "invalid UTF-8",
            b"{\"type\":\"track\",\"userId\":\"\xff\xfe\"}".to_vec(),
            Refused(EventErrorKind::NotUtf8),
        ),
        (
            "a cut character",
            b"{\"type\":\"track\",\"userId\":\"\xd8\"}".to_vec(),
            Refused(EventErrorKind::NotUtf8),
        ),
        ("UTF-16", b"{\0\"\0t\0y\0p\0e\0\"\0:\0\"\0p\0a\0g\0e\0\"\0}\0".to_vec(), Refused(malformed(2))),
        // Identifiers.
        ("a zero byte", track(r#""userId":"a\u0000b""#), Kept(&["identifier_refused"])),
        ("an escape sequence", track(r#""userId":"a\u001b[31mb""#), Kept(&["identifier_refused"])),
        ("a right-to-left override", track(r#""userId":"a\u202eb""#), Kept(&["identifier_refused"])),
        (
            "a zero-width space",
            track(r#""traits":{"email":"a\u200bb@example.com"}"#),
            Kept(&["identifier_refused"]),
        ),
        ("null as text", track(r#""userId":"null""#), Kept(&["identifier_blocked"])),
        ("undefined", track(r#""anonymousId":"undefined""#), Kept(&["identifier_blocked"])),
        ("zeros", track(r#""traits":{"phone":"0000000000"}"#), Kept(&["identifier_refused"])),
        ("zeros of an account", track(r#""userId":"0000000000""#), Kept(&["identifier_blocked"])),
        ("test@test.com", track(r#""traits":{"email":"test@test.com"}"#), Kept(&["identifier_blocked"])),
        ("an object's name", track(r#""userId":"[object Object]""#), Kept(&["identifier_blocked"])),
        ("no address", track(r#""traits":{"email":"@"}"#), Kept(&["identifier_refused"])),
        ("no number", track(r#""traits":{"phone":"call me"}"#), Kept(&["identifier_refused"])),
        (
            "an account that is a number",
            track(r#""userId":12345678901234567890123"#),
            Kept(&["numeric_identifier"]),
        ),
        ("blank identifiers", track(r#""userId":"  ","anonymousId":"""#), Kept(&[])),
        // Quantities, money.
        ("a negative quantity", cart(r#""sku":"A","quantity":-5"#), Kept(&["bad_quantity"])),
        ("no pieces", cart(r#""sku":"A","quantity":0"#), Kept(&["bad_quantity"])),
        ("half a piece", cart(r#""sku":"A","quantity":0.5"#), Kept(&["bad_quantity"])),
        ("a huge quantity", cart(r#""sku":"A","quantity":18446744073709551617"#), Kept(&["bad_quantity"])),
        ("an endless quantity", cart(r#""sku":"A","quantity":1e400"#), Kept(&["bad_quantity"])),
        ("NaN as text", cart(r#""sku":"A","quantity":"NaN""#), Kept(&["bad_quantity"])),
        ("a price of 10^400", cart(r#""sku":"A","price":1e400"#), Kept(&["bad_price"])),
        ("a price that is NaN", cart(r#""sku":"A","price":"NaN""#), Kept(&["bad_price"])),
        ("an unknown currency", cart(r#""sku":"A","currency":"XXQ""#), Kept(&["unknown_currency"])),
        ("a currency that is a number", cart(r#""sku":"A","currency":840"#), Kept(&["unknown_currency"])),
        ("a line without a product", cart(r#""quantity":1"#), Kept(&["nameless_line"])),
        ("products that are a word", cart(r#""products":"many""#), Kept(&["nameless_line"])),
        // Channels and sources.
        ("a channel that is no name", track(r#""context":{"channel":"web shop!"}"#), Kept(&["bad_channel"])),
        ("a source that is no name", track("\"context\":{\"source\":\"a\\nb\"}"), Kept(&["bad_source"])),
        (
            "a grant that is no yes",
            track(r#""context":{"consent":{"categoryPreferences":{"marketing":"maybe"}}}"#),
            Kept(&["odd_consent"]),
        ),
    ]
}

fn good(number: usize) -> Vec<u8> {
    format!(r#"{{"type":"identify","messageId":"good-{number}","userId":"good-{number}","traits":{{"firstName":"سارا"}}}}"#)
        .into_bytes()
}

/// One by one, each case is what the list says and nothing else happens.
#[test]
fn each_case_is_handled_as_documented() {
    let import = Import::new(instant(NOON));
    for (name, line, then) in cases() {
        let (_, hub) = fresh();
        match (Event::from_segment(&line, &import), then) {
            (Err(error), Refused(kind)) => assert_eq!(error.kind(), kind, "{name}"),
            (Ok(event), Kept(rules)) => {
                let recorded = hub.record(&event).unwrap();
                assert_eq!(recorded.outcome, Outcome::First, "{name}");
                let told: Vec<&str> = recorded.reasons.iter().map(|reason| &*reason.rule).collect();
                for rule in rules {
                    assert!(told.contains(rule), "{name}: `{rule}` is missing in {told:?}");
                }
                assert_eq!(hub.record(&event).unwrap().outcome, Outcome::Duplicate, "{name}");
                assert_eq!(event.to_segment().as_bytes(), line, "{name}: kept as it came");
                let bounds = instant("2025-12-20T12:00:00Z")..=instant(NOON);
                assert!(bounds.contains(&event.time().corrected()), "{name}: {:?}", event.time());
                let timeline = hub.timeline(&recorded.record.into(), None).unwrap().unwrap();
                assert_eq!(timeline.entries().len(), 1, "{name}: reads back");
            }
            (Ok(_), Refused(kind)) => panic!("{name}: accepted in spite of {kind:?}"),
            (Err(error), Kept(_)) => panic!("{name}: {error}"),
        }
    }
}

/// In one file: every bad line is named by its number, every good line beside it is stored.
#[test]
fn a_bad_line_costs_only_itself() {
    let (_, hub) = fresh();
    let (mut file, mut expected, mut number) = (Vec::new(), Vec::new(), 0_u64);
    let mut add = |line: &[u8], end: &[u8]| {
        file.extend_from_slice(line);
        file.extend_from_slice(end);
        number += 1;
        number
    };
    let (mut goods, mut kept) = (0, 0);
    add(&good(goods), b"\n");
    goods += 1;
    for (at, (_, line, then)) in cases().into_iter().enumerate() {
        let number = add(&line, if at % 2 == 0 { b"\n" } else { b"\r\n" });
        match then {
            Refused(kind) => expected.push(RefusedLine { number, kind }),
            Kept(_) => kept += 1,
        }
        add(&good(goods), b"\n");
        goods += 1;
        if at % 7 == 0 {
            add(b"  ", b"\n");
        }
    }
    let intake = hub.import_lines(&*file, &hub.import(), |_| {}).unwrap();
    assert_eq!(intake.refused_lines, expected);
    assert_eq!((intake.first, intake.refused), ((goods + kept) as u64, expected.len() as u64));
    for number in 0..goods {
        let event = Event::from_segment(&good(number), &hub.import()).unwrap();
        assert_eq!(hub.record(&event).unwrap().outcome, Outcome::Duplicate);
    }
    // The whole import can be repeated.
    let again = hub.import_lines(&*file, &hub.import(), |_| {}).unwrap();
    assert_eq!(again, Intake { first: 0, duplicates: intake.first, ..intake });
}

/// A file that is all bad, and one that ends in the middle.
#[test]
fn a_hopeless_file_is_told_and_changes_nothing() {
    let (store, hub) = fresh();
    let lines = "{\n".repeat(5_000);
    let intake = hub.import_lines(lines.as_bytes(), &hub.import(), |_| {}).unwrap();
    assert_eq!((intake.refused, intake.refused_lines.len(), intake.first), (5_000, 1_000, 0));
    assert!(store.is_empty());
    let cut = [good(1), b"\n".to_vec(), good(2)[..40].to_vec()].concat();
    let intake = hub.import_lines(&*cut, &hub.import(), |_| {}).unwrap();
    assert_eq!((intake.first, intake.refused_lines[0].number), (1, 2));
}

/// A reader that fails is told at its line; what came before is stored.
#[test]
fn a_failing_reader_is_told() {
    struct Failing<'a>(&'a [u8]);
    impl std::io::Read for Failing<'_> {
        fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
            match self.0.read(out)? {
                0 => Err(std::io::ErrorKind::ConnectionReset.into()),
                read => Ok(read),
            }
        }
    }
    let (_, hub) = fresh();
    let file = [good(1), b"\n".to_vec(), good(2), b"\n{\"type\"".to_vec()].concat();
    let reader = std::io::BufReader::new(Failing(&file));
    let intake = hub.import_lines(reader, &hub.import(), |_| {}).unwrap();
    assert_eq!(intake.first, 2);
    assert_eq!(intake.refused_lines, [RefusedLine { number: 3, kind: EventErrorKind::Unreadable }]);
}

/// Settings cannot lift the hard caps.
#[test]
fn the_hard_caps_hold_whatever_the_settings_say() {
    let limits =
        Limits { bytes: usize::MAX, depth: usize::MAX, identifiers: usize::MAX, attributes: usize::MAX };
    let import = Import { limits, ..Import::new(instant(NOON)) };
    let long = track(&format!(r#""x":"{}""#, "x".repeat(1024 * 1024)));
    let error = Event::from_segment(&long, &import).unwrap_err();
    assert_eq!(error.kind(), EventErrorKind::TooLarge { limit: Limits::HARD_BYTES });
    let deep = track(&format!(r#""x":{}{}"#, "[".repeat(1000), "]".repeat(1000)));
    assert_eq!(
        Event::from_segment(&deep, &import).unwrap_err().kind(),
        EventErrorKind::TooDeep { limit: 100 }
    );
}

/// Pieces of events, whole and broken, in any mixture.
fn fragment() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => (0..40_usize).prop_map(good),
        2 => prop::sample::select(cases().into_iter().map(|case| case.1).filter(|line| line.len() < 4_000).collect::<Vec<_>>()),
        1 => prop::collection::vec(any::<u8>().prop_filter("one line", |byte| *byte != b'\n'), 0..60),
        1 => ((0..40_usize).prop_map(good), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut line, at, byte)| {
            let place = at.index(line.len());
            line[place] = if byte == b'\n' { b' ' } else { byte };
            line
        }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in a file: each line is an event or a refusal with its number, read alone or among others.
    #[test]
    fn no_line_changes_its_neighbours(lines in prop::collection::vec(fragment(), 1..25)) {
        let (_, hub) = fresh();
        let import = Import::new(instant(NOON) + TimeDelta::seconds(1));
        let file = lines.join(&b'\n');
        let mut alone = Vec::new();
        for (number, line) in (1_u64..).zip(&lines) {
            let bare = line.strip_suffix(b"\r").unwrap_or(line);
            let bare = if number == 1 { bare.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bare) } else { bare };
            if !bare.iter().all(u8::is_ascii_whitespace) {
                alone.push((number, Event::from_segment(bare, &import)));
            }
        }
        let among: Vec<_> = import_lines(&*file, &import).map(|line| (line.number, line.result)).collect();
        prop_assert_eq!(&among, &alone);
        let intake = hub.import_lines(&*file, &import, |_| {}).unwrap();
        let refused: Vec<u64> = alone.iter().filter(|line| line.1.is_err()).map(|line| line.0).collect();
        prop_assert_eq!(intake.refused_lines.iter().map(|line| line.number).collect::<Vec<_>>(), refused);
        prop_assert_eq!(intake.lines(), alone.len() as u64);
        prop_assert_eq!(intake.erased, 0);
        for (_, event) in alone.iter().filter_map(|line| Some((line.0, line.1.as_ref().ok()?))) {
            let again = hub.record(event).unwrap();
            prop_assert!(matches!(again.outcome, Outcome::Duplicate | Outcome::Contradicted));
            prop_assert!(!again.reasons.iter().any(|reason| reason.rule == Flag::MissingId.as_str()) || event.id().starts_with("sha256:"));
        }
    }
}
