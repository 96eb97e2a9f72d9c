use super::Email;
use crate::identifier::IdentifierErrorKind::{self, *};

fn key(raw: &str) -> Result<String, IdentifierErrorKind> {
    Email::parse(raw).map(|email| email.key().to_owned()).map_err(|error| error.kind())
}

#[test]
fn the_address_is_kept_and_the_key_is_folded() {
    for (raw, address, expected) in [
        ("\t Sara.Ahmadi+Shop@Example.IR\r\n", "Sara.Ahmadi+Shop@Example.IR", "sara.ahmadi+shop@example.ir"),
        ("سارا@مثال.ایران", "سارا@مثال.ایران", "سارا@xn--mgbh0fb.xn--mgba3a4f16a"),
        ("info@Пример.РФ", "info@Пример.РФ", "info@xn--e1afmkfd.xn--p1ai"),
        ("דנה@דוגמה.co.il", "דנה@דוגמה.co.il", "דנה@xn--6dbbec0c.co.il"),
        ("a@faß.de", "a@faß.de", "a@xn--fa-hia.de"),
        ("a@ＥＸＡＭＰＬＥ。com", "a@ＥＸＡＭＰＬＥ。com", "a@example.com"),
        ("a@XN--E1AFMKFD.xn--p1ai", "a@XN--E1AFMKFD.xn--p1ai", "a@xn--e1afmkfd.xn--p1ai"),
        ("\"Odd One\"@example.com", "\"Odd One\"@example.com", "\"odd one\"@example.com"),
        ("\"a@b\\\"\"@example.com", "\"a@b\\\"\"@example.com", "\"a@b\\\"\"@example.com"),
        ("o'brien@example.com", "o'brien@example.com", "o'brien@example.com"),
    ] {
        let email = Email::parse(raw).unwrap();
        assert_eq!((email.address(), email.key()), (address, expected));
    }
}

#[test]
fn letters_outside_ascii_are_never_folded_onto_others() {
    // Each of these would fall together under Unicode case mapping or compatibility normalisation.
    for (a, b) in [
        ("mıke@example.org", "mike@example.org"),
        ("ſam@example.org", "sam@example.org"),
        ("JOSÉ@example.org", "josé@example.org"),
        ("ｓara@example.org", "sara@example.org"),
        ("علي@example.org", "علی@example.org"),
        ("иван@example.org", "ИВАН@example.org"),
        ("strasse@example.org", "straße@example.org"),
    ] {
        assert_ne!(key(a).unwrap(), key(b).unwrap());
    }
    assert_eq!(key("mi\u{212a}e@example.org"), Err(Confusable));
    assert_eq!(key("jose\u{301}@example.org"), key("josé@example.org"));
    // No precomposed capital exists for this letter, so lower-casing makes a composition possible.
    assert_eq!(key("H\u{331}@example.org").unwrap(), "\u{1e96}@example.org");
}

#[test]
fn what_is_no_address_is_refused_with_the_reason() {
    for (raw, kind) in [
        ("", Empty),
        (" \n", Empty),
        ("sara", Malformed),
        ("@example.com", Malformed),
        ("sara@", Malformed),
        ("sara@@example.com", Malformed),
        ("sa ra@example.com", Malformed),
        ("sara.@example.com", Malformed),
        ("\"sara@example.com", Malformed),
        ("\"@example.com", Malformed),
        ("\"a\"b\"@example.com", Malformed),
        ("sara(home)@example.com", Malformed),
        ("sara@exa mple.com", Malformed),
        ("sara@-example.com", Malformed),
        ("sara@example-.com", Malformed),
        ("sara@example..com", Malformed),
        ("sara@example.com.", Malformed),
        ("sara@exa_mple.com", Malformed),
        ("sara@[192.0.2.1]", Malformed),
        ("sara@xn--a.com", Malformed),
        ("sara\u{a0}@example.com", Malformed),
        ("sa\0ra@example.com", ControlCharacter),
        ("sara\n@example.com", ControlCharacter),
        ("sara@exam\u{2028}ple.com", ControlCharacter),
        ("\u{202e}sara@example.com", BidiControl),
        ("sara@\u{200f}example.com", BidiControl),
        ("sa\u{200b}ra@example.com", Invisible),
        ("sa\u{200c}ra@example.com", Invisible),
        ("sara@exa\u{ad}mple.com", Invisible),
        ("sara@exa\u{200c}mple.com", Malformed),
    ] {
        assert_eq!(key(raw), Err(kind), "{}", raw.escape_unicode());
    }
}

#[test]
fn a_joiner_in_a_persian_domain_is_a_letter() {
    let with = key("a@نامه\u{200c}ای.com").unwrap();
    let without = key("a@نامهای.com").unwrap();
    assert_eq!((with.as_str(), without.as_str()), ("a@xn--mgba3gch31f060k.com", "a@xn--mgba3gch31f.com"));
}

#[test]
fn lengths_end_where_the_standard_says() {
    let local = |length| format!("{}@example.com", "a".repeat(length));
    assert!(key(&local(64)).is_ok());
    assert_eq!(key(&local(65)), Err(TooLong));
    assert_eq!(key(&format!("{}@example.com", "س".repeat(33))), Err(TooLong));
    let label = |length| format!("a@{}.com", "b".repeat(length));
    assert!(key(&label(63)).is_ok());
    assert_eq!(key(&label(64)), Err(Malformed));
    let long = |last| {
        let label = "b".repeat(63);
        format!("{}@{label}.{label}.{}", "a".repeat(64), "c".repeat(last))
    };
    assert_eq!(long(61).len(), 254);
    assert!(key(&long(61)).is_ok());
    assert_eq!(key(&long(62)), Err(TooLong));
    assert_eq!(key(&"a@".repeat(1 << 20)), Err(TooLong));
}

#[test]
fn it_is_stored_as_given_and_never_shown() {
    let email = Email::parse("Sara@Example.IR").unwrap();
    let json = serde_json::to_string(&email).unwrap();
    assert_eq!(json, r#""Sara@Example.IR""#);
    assert_eq!(serde_json::from_str::<Email>(&json).unwrap(), email);
    let shown = format!("{email:?}").to_lowercase();
    assert!(!shown.contains("sara") && !shown.contains("example"), "{shown}");
    let error = serde_json::from_str::<Email>(r#""sara nobody""#).unwrap_err().to_string();
    assert!(error.contains("malformed") && !error.contains("nobody"), "{error}");
}
