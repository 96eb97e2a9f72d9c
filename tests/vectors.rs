//! Every case of the shared vectors through the public interface: input and expected output per suite.
//!
//! `THROUGHLINE_VECTORS` may name another folder with the same layout (`commerce/*.json`, `messaging/*.json`). Prints
//! `suite: N passed, M failed` for each file and lists what failed. An operation that nobody knows is a failure; one of a
//! part that the crate does not have yet is named as pending.
#![cfg(feature = "tzdb")]
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test may fail"
)]

#[path = "vectors_support/choice.rs"]
mod choice;
#[path = "vectors_support/content.rs"]
mod content;
#[path = "vectors_support/gates.rs"]
mod gates;
#[path = "vectors_support/messaging.rs"]
mod messaging;
#[path = "vectors_support/money.rs"]
mod money;
#[path = "vectors_support/outbox.rs"]
mod outbox;
#[path = "vectors_support/promotions.rs"]
mod promotions;
#[path = "vectors_support/rest.rs"]
mod rest;
#[path = "vectors_support/stock.rs"]
mod stock;
#[path = "vectors_support/wallet.rs"]
mod wallet;

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// What a case comes to, or what keeps it from being asked.
type Outcome<T> = Result<T, Box<dyn std::error::Error>>;

/// Operations of commerce that belong to parts that are not there yet.
const PENDING_OPERATIONS: [&str; 2] = ["atp_pool", "safety_factor"];
/// Suites of messages that belong to parts that are not there yet.
const PENDING_SUITES: &[&str] = &["continuity", "redaction", "skills_routing", "sla"];

#[expect(clippy::disallowed_methods, reason = "the folder of the cases is the test's own setting")]
fn folder(set: &str) -> PathBuf {
    std::env::var("THROUGHLINE_VECTORS")
        .map_or_else(|_| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/vectors"), PathBuf::from)
        .join(set)
}

/// The files of a set with their names, in order.
fn files(set: &str) -> Vec<(String, String)> {
    let mut files: Vec<(String, String)> = std::fs::read_dir(folder(set))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .map(|path| {
            let name = path.file_stem().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read_to_string(path).unwrap())
        })
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no cases of {set}");
    files
}

#[derive(Default)]
struct Score {
    passed: usize,
    pending: usize,
    failed: Vec<String>,
}

impl Score {
    fn told(self, suite: &str, failures: &mut Vec<String>) {
        println!("{suite}: {} passed, {} failed", self.passed, self.failed.len());
        if self.pending > 0 {
            println!("{suite}: {} pending", self.pending);
        }
        failures.extend(self.failed.into_iter().map(|failure| format!("{suite}/{failure}")));
    }
}

/// Whether an answer has all that is expected, with equal values; it and the entries of a list of findings may say more.
fn agrees(actual: &Value, expected: &Value) -> bool {
    let Some(fields) = expected.as_object() else { return actual == expected };
    fields.iter().all(|(name, expected)| match (name.as_str(), actual.get(name), expected) {
        ("findings", Some(Value::Array(actual)), Value::Array(expected)) => {
            actual.len() == expected.len()
                && actual.iter().zip(expected).all(|(actual, expected)| agrees(actual, expected))
        }
        (_, actual, expected) => actual == Some(expected),
    })
}

fn commerce(op: &str, input: &str) -> Outcome<Value> {
    match op {
        "allocate" | "allocate_floor" | "round" | "cash_round" | "currency_digits" => money::money(op, input),
        "select_price" => choice::select_price(input),
        "tier" => choice::tier(input),
        "promo_stack" => promotions::promo_stack(input),
        "bxgy" => promotions::bxgy(input),
        "tax" => rest::tax(input),
        "tax_total" => rest::tax_total(input),
        "price_pipeline" => rest::price_pipeline(input),
        "quote" => rest::quote(input),
        "parity" => rest::parity(input),
        "omnibus" => rest::omnibus(input),
        "coupon_seq" => rest::coupon_seq(input),
        "refund" => rest::refund(input),
        "atp" => stock::atp(input),
        "safety_level" => stock::safety_level(input),
        "allocate_stock" => stock::allocate_stock(input),
        "reserve_seq" => stock::reserve_seq(input),
        "route" => stock::route(input),
        "pickup" => stock::pickup(input),
        "ledger" => wallet::ledger(input),
        "points" => wallet::points(input),
        "points_rollback" => wallet::points_rollback(input),
        "period_end" => wallet::period_end(input),
        _ => Err("unknown op".into()),
    }
}

#[test]
fn every_case_of_commerce_holds() {
    #[derive(Deserialize)]
    struct File {
        schema: String,
        cases: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        id: String,
        op: String,
        input: Box<RawValue>,
        expected: Value,
    }
    let mut failures = Vec::new();
    for (suite, text) in files("commerce") {
        let file: File = serde_json::from_str(&text).unwrap();
        assert_eq!(file.schema, "commerce-vectors/1");
        let mut score = Score::default();
        for case in &file.cases {
            if PENDING_OPERATIONS.contains(&&*case.op) {
                score.pending += 1;
                continue;
            }
            let expected = &case.expected;
            match commerce(&case.op, case.input.get()) {
                Ok(actual) if agrees(&actual, expected) => score.passed += 1,
                Ok(actual) => score.failed.push(format!("{}: expected {expected}, got {actual}", case.id)),
                Err(error) => score.failed.push(format!("{}: expected {expected}, got {error}", case.id)),
            }
        }
        score.told(&suite, &mut failures);
    }
    assert!(failures.is_empty(), "{failures:#?}");
}

#[test]
fn every_case_of_messages_holds() {
    #[derive(Deserialize)]
    struct File {
        vectors: Vec<Case>,
    }
    #[derive(Deserialize)]
    struct Case {
        id: String,
        #[serde(rename = "in")]
        given: Value,
        out: Map<String, Value>,
    }
    let mut failures = Vec::new();
    for (suite, text) in files("messaging") {
        let file: File = serde_json::from_str(&text).unwrap();
        let mut score = Score::default();
        let answer = match &*suite {
            "addresses" => messaging::addresses(),
            "bidi" => content::bidi(),
            "consent" => messaging::consent_ledger(),
            "decision" => messaging::decision(),
            "frequency_caps" => gates::caps(),
            "locale" => content::locale(),
            "near_duplicates" => content::near_duplicates(),
            "plurals" => content::plurals(),
            "delivery_states" => outbox::delivery_states(),
            "digest" => outbox::digests(),
            "quiet_hours" => messaging::quiet_hours(),
            "cta" => content::cta(),
            "push_payload" => content::push_payload(),
            "sms_segments" => content::sms_segments(),
            "routing" => gates::routing(),
            "service_windows" => gates::service_windows(),
            "stop_keywords" => gates::stop_keywords(),
            "unsubscribe" => gates::unsubscribe(),
            "weekend" => messaging::weekend(),
            pending if PENDING_SUITES.contains(&pending) => {
                score.pending = file.vectors.len();
                score.told(&suite, &mut failures);
                continue;
            }
            _ => panic!("unknown suite `{suite}`"),
        };
        for case in &file.vectors {
            let actual = answer(&case.given);
            let matches = case.out.iter().all(|(key, value)| actual.get(key) == Some(value));
            let refused = actual.get("error").is_some() && !case.out.contains_key("error");
            if matches && !refused {
                score.passed += 1;
            } else {
                let expected = Value::Object(case.out.clone());
                score.failed.push(format!("{}: expected {expected}, got {actual}", case.id));
            }
        }
        score.told(&suite, &mut failures);
    }
    assert!(failures.is_empty(), "{failures:#?}");
}
