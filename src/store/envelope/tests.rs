use proptest::prelude::*;
use serde::{Deserialize, Serialize};

use super::*;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Person {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    city: Option<String>,
    age: u8,
}

impl Stored for Person {
    const KIND: &'static str = "person";
    const VERSION: u16 = 12;

    fn upcast(version: u16, data: &str) -> Option<String> {
        #[derive(Deserialize)]
        struct Eleven {
            full_name: String,
        }
        (version == 11).then(|| serde_json::from_str(data).ok()).flatten().and_then(|old: Eleven| {
            serde_json::to_string(&Person { name: old.full_name, city: None, age: 0 }).ok()
        })
    }
}

#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
struct Wrapped(Person);

impl Stored for Wrapped {
    const KIND: &'static str = "wrapped";
    const VERSION: u16 = 1;
}

fn sara() -> Person {
    Person { name: "سارا".into(), city: None, age: 41 }
}

fn kind_of(bytes: &str) -> StoreErrorKind {
    decode::<Person>(bytes.as_bytes()).unwrap_err().kind()
}

#[test]
fn it_is_written_compactly_and_read_back() {
    let mut bytes = b"before".to_vec();
    encode(&sara(), None, &mut bytes).unwrap();
    let text = r#"{"kind":"person","v":12,"d":{"name":"سارا","age":41}}"#;
    assert_eq!(bytes, [b"before", text.as_bytes()].concat());
    assert_eq!(canonical::<Person>(text.as_bytes()).unwrap(), r#"{"name":"سارا","age":41}"#.as_bytes());
    let (back, unknown) = decode::<Person>(text.as_bytes()).unwrap();
    assert_eq!((back, unknown.is_none()), (sara(), true));
}

#[test]
fn a_database_may_lay_it_out_anew() {
    let text = r#" { "d": { "age" : 41, "name" : "\u0633\u0627\u0631\u0627" }, "v": 12, "kind": "person" } "#;
    assert_eq!(decode::<Person>(text.as_bytes()).unwrap().0, sara());
    let text = r#"{"kind":"person","v":12,"d":{"name":"سارا","age":41},"at":3}"#;
    assert_eq!(decode::<Person>(text.as_bytes()).unwrap().0, sara());
}

#[test]
fn an_older_version_is_upcast_and_a_newer_one_refused() {
    let old = r#"{"kind":"person","v":11,"d":{"full_name":"Сара"}}"#;
    assert_eq!(decode::<Person>(old.as_bytes()).unwrap().0.name, "Сара");
    assert_eq!(kind_of(r#"{"kind":"person","v":10,"d":{}}"#), StoreErrorKind::Corrupt);
    for newer in ["13", "65535", "65536", "18446744073709551615"] {
        assert_eq!(kind_of(&format!(r#"{{"kind":"person","v":{newer},"d":[]}}"#)), StoreErrorKind::Newer);
    }
}

#[test]
fn unknown_fields_survive_a_rewrite() {
    let text =
        r#"{"kind":"person","v":12,"d":{"shoe\n":{"size":[39.50, null]},"name":"שרה","age":41,"z":1e2}}"#;
    let (mut person, unknown) = decode::<Person>(text.as_bytes()).unwrap();
    let unknown = unknown.unwrap();
    assert_eq!((unknown.len(), unknown.is_empty()), (2, false));
    assert_eq!(format!("{unknown:?}"), "Unknown(2 fields of `person`)");
    person.age = 42;
    let mut bytes = Vec::new();
    encode(&person, Some(&unknown), &mut bytes).unwrap();
    let expected =
        r#"{"kind":"person","v":12,"d":{"name":"שרה","age":42,"shoe\n":{"size":[39.50, null]},"z":1e2}}"#;
    assert_eq!(String::from_utf8(bytes.clone()).unwrap(), expected);
    let (again, unknown) = decode::<Person>(&bytes).unwrap();
    assert_eq!((again, unknown.unwrap().len()), (person, 2));
}

#[test]
fn unknown_fields_survive_a_wrapper_but_never_change_kinds() {
    let text = r#"{"kind":"wrapped","v":1,"d":{"new":1,"name":"a","age":1}}"#;
    let (wrapped, unknown) = decode::<Wrapped>(text.as_bytes()).unwrap();
    let unknown = unknown.unwrap();
    assert_eq!(unknown.len(), 1);
    let mut bytes = Vec::new();
    encode(&wrapped.0, Some(&unknown), &mut bytes).unwrap();
    assert_eq!(bytes, br#"{"kind":"person","v":12,"d":{"name":"a","age":1}}"#);
}

#[test]
fn garbage_is_corrupt_and_not_quoted() {
    for bad in [
        "",
        "{}",
        "null",
        "سارا",
        r#"{"kind":"person","v":12,"d":{"name":"secret-value","age":"secret-value"}}"#,
        r#"{"kind":"person","v":12,"d":{"name":"secret-value","age":41}"#,
        r#"{"kind":"person","v":12,"d":{"name":"secret-value","age":41}}}"#,
        r#"{"kind":"person","v":12,"d":{"name":"secret-value","name":"b","age":41}}"#,
        r#"{"kind":"person","v":12,"d":{"new":1,"name":"secret-value"}}"#,
        r#"{"kind":"secret-value","v":12,"d":{"name":"a","age":41}}"#,
        r#"{"kind":"person","v":-1,"d":{"name":"secret-value","age":41}}"#,
        r#"{"kind":"person","v":012,"d":{"name":"secret-value","age":41},"x":}"#,
        r#"{"kind":"person","v":12,"d":"secret-value"}"#,
    ] {
        let error = decode::<Person>(bad.as_bytes()).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Corrupt, "{bad}");
        let shown = format!("{error} {error:?} {}", error.source().unwrap());
        assert!(!shown.contains("secret-value"), "{shown}");
    }
    let nested = format!(r#"{{"kind":"person","v":12,"d":{}}}"#, "[".repeat(10_000));
    assert_eq!(kind_of(&nested), StoreErrorKind::Corrupt);
    assert_eq!(decode::<Person>(&[0xff, 0xfe, b'{']).unwrap_err().kind(), StoreErrorKind::Corrupt);
}

#[test]
fn what_is_no_json_is_refused_whole() {
    #[derive(Serialize, Deserialize)]
    struct Odd(std::collections::BTreeMap<Vec<u8>, u8>);
    impl Stored for Odd {
        const KIND: &'static str = "odd";
        const VERSION: u16 = 1;
    }
    let mut bytes = b"kept".to_vec();
    let odd = Odd([(vec![1], 1)].into());
    assert_eq!(encode(&odd, None, &mut bytes).unwrap_err().kind(), StoreErrorKind::Failed);
    assert_eq!(bytes, b"kept");
}

#[test]
fn golden_files_of_every_version_stay_readable() {
    let lines = include_str!("../../../tests/compat/envelope.jsonl").lines();
    let read: Vec<Result<(String, u8, usize), StoreErrorKind>> = lines
        .map(|line| match decode::<Person>(line.as_bytes()) {
            Ok((person, unknown)) => {
                Ok((person.name, person.age, unknown.map_or(0, |unknown| unknown.len())))
            }
            Err(error) => Err(error.kind()),
        })
        .collect();
    assert_eq!(
        read,
        [
            Ok(("سارا".to_owned(), 41, 0)),
            Ok(("שרה".to_owned(), 41, 2)),
            Ok(("Сара".to_owned(), 0, 0)),
            Err(StoreErrorKind::Newer),
            Err(StoreErrorKind::Corrupt),
        ]
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn any_value_round_trips(name in ".{0,40}", city in proptest::option::of(".{0,9}"), age: u8) {
        let person = Person { name, city, age };
        let mut bytes = Vec::new();
        encode(&person, None, &mut bytes).unwrap();
        prop_assert!(canonical::<Person>(&bytes).is_some());
        prop_assert_eq!(decode::<Person>(&bytes).unwrap().0, person);
    }

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60), cut in 0_usize..60) {
        let _ = decode::<Person>(&bytes);
        let mut good = Vec::new();
        encode(&sara(), None, &mut good).unwrap();
        good.truncate(cut);
        prop_assert!(decode::<Person>(&good).is_err() || cut >= good.len());
    }
}
