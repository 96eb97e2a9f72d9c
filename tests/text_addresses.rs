//! The shared test vectors for phone numbers and e-mail addresses, through the public interface.

use serde::Deserialize;
use throughline::identifier::{Email, IdentifierSettings, Phone};

#[derive(Deserialize)]
struct Suite {
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: String,
    r#in: Input,
    out: Output,
    why: String,
}

#[derive(Deserialize)]
struct Input {
    kind: String,
    value: String,
}

#[derive(Deserialize)]
struct Output {
    valid: bool,
    normal: Option<String>,
    needs_smtputf8: Option<bool>,
}

#[test]
fn every_vector_holds() {
    let suite: Suite = serde_json::from_str(include_str!("vectors/messaging/addresses.json")).unwrap();
    let mut seen = 0;
    for Vector { id, r#in, out, why } in suite.vectors {
        match r#in.kind.as_str() {
            "e164" => {
                let phone = Phone::parse(&r#in.value, &IdentifierSettings::default());
                assert_eq!(phone.is_ok(), out.valid, "{id}: {why}");
                if let Some(normal) = out.normal {
                    assert_eq!(phone.unwrap().reveal(), normal, "{id}: {why}");
                }
            }
            "email" => {
                let email = Email::parse(&r#in.value);
                assert_eq!(email.is_ok(), out.valid, "{id}: {why}");
                if let Some(needs) = out.needs_smtputf8 {
                    assert_eq!(email.unwrap().needs_smtputf8(), needs, "{id}: {why}");
                }
            }
            other => panic!("{id} has the unknown kind {other}"),
        }
        seen += 1;
    }
    assert_eq!(seen, 14);
}
