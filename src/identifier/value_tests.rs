use super::Identifier;
use crate::identifier::IdentifierErrorKind::{self, *};
use crate::identifier::{IdentifierKind, IdentifierSettings, ValueHash};
use crate::keyed::Pepper;
use crate::region::Region;

fn value(kind: &IdentifierKind, raw: &str) -> Result<String, IdentifierErrorKind> {
    Identifier::parse(kind.clone(), raw, &IdentifierSettings::default())
        .map(|identifier| identifier.reveal().to_owned())
        .map_err(|error| error.kind())
}

#[test]
fn opaque_values_keep_their_case_and_are_normalised() {
    for kind in [
        IdentifierKind::UserId,
        IdentifierKind::AnonymousId,
        IdentifierKind::DeviceId,
        IdentifierKind::CookieId,
        IdentifierKind::SessionId,
        IdentifierKind::HouseholdId,
        IdentifierKind::Other("crm_id".into()),
    ] {
        for (raw, expected) in [
            (" aB-9_x\r\n", "aB-9_x"),
            ("کاربر ۱۲", "کاربر ۱۲"),
            ("Jose\u{301}", "José"),
            ("Ж", "Ж"),
            ("משה", "משה"),
        ] {
            assert_eq!(value(&kind, raw).as_deref(), Ok(expected));
        }
        assert_ne!(value(&kind, "Ab"), value(&kind, "ab"));
    }
}

#[test]
fn cards_and_national_ids_are_digits_and_capitals() {
    for kind in [IdentifierKind::LoyaltyCard, IdentifierKind::NationalId] {
        for (raw, expected) in
            [("۱۲۳۴-۵۶۷۸ ۹۰", "1234567890"), ("٠٠١٢", "0012"), ("ab–12\u{a0}cd", "AB12CD"), ("１２３", "123")]
        {
            assert_eq!(value(&kind, raw).as_deref(), Ok(expected));
        }
        assert_eq!(value(&kind, "- –"), Err(Empty));
    }
}

#[test]
fn handles_lose_the_sign_and_the_case() {
    let kind = IdentifierKind::SocialHandle;
    assert_eq!(value(&kind, " @Sara_Ahmadi").as_deref(), Ok("sara_ahmadi"));
    assert_eq!(value(&kind, "@@ @x").as_deref(), Ok("x"));
    assert_eq!(value(&kind, "@"), Err(Empty));
    assert_eq!(value(&kind, "@سارا").as_deref(), Ok("سارا"));
}

#[test]
fn what_cannot_be_seen_is_refused_in_every_kind_but_phones() {
    for kind in [
        IdentifierKind::UserId,
        IdentifierKind::LoyaltyCard,
        IdentifierKind::NationalId,
        IdentifierKind::SocialHandle,
        IdentifierKind::Other("x".into()),
    ] {
        for (raw, error) in [
            ("", Empty),
            (" \t\n", Empty),
            ("a\0b", ControlCharacter),
            ("a\nb", ControlCharacter),
            ("a\u{7f}", ControlCharacter),
            ("a\u{85}b", ControlCharacter),
            ("a\u{202e}b", BidiControl),
            ("\u{200f}علی", BidiControl),
            ("a\u{2066}b", BidiControl),
            ("a\u{200b}b", Invisible),
            ("علی\u{200c}رضا", Invisible),
            ("a\u{ad}b", Invisible),
            ("\u{feff}a", Invisible),
            ("a\u{e0041}", Invisible),
            ("ㅤ", Invisible),
            ("\u{212a}arl", Confusable),
        ] {
            assert_eq!(value(&kind, raw), Err(error), "{kind} {}", raw.escape_unicode());
        }
        assert!(value(&kind, &"9".repeat(255)).is_ok());
        assert_eq!(value(&kind, &"9".repeat(256)), Err(TooLong));
        assert_eq!(value(&kind, &" ".repeat(1 << 20)), Err(TooLong));
    }
}

#[test]
fn the_kind_of_another_name_must_have_the_form() {
    for name in ["", "user_id", "userId", "Crm", "a b", "é", &"x".repeat(33)] {
        assert_eq!(value(&IdentifierKind::Other(name.into()), "1"), Err(Malformed), "{name}");
    }
    assert!(value(&IdentifierKind::Other("x".repeat(32).into()), "1").is_ok());
}

#[test]
fn it_is_stored_as_a_pair_and_never_shown() {
    let settings = IdentifierSettings::default();
    for (kind, raw, json) in [
        (IdentifierKind::Email, "Sara@Example.ir", r#"["email","sara@example.ir"]"#),
        (IdentifierKind::Phone, "+98 21 1234 5678", r#"["phone","+982112345678"]"#),
        (IdentifierKind::Other("ios_idfa".into()), "AB-1", r#"["ios_idfa","AB-1"]"#),
    ] {
        let identifier = Identifier::parse(kind.clone(), raw, &settings).unwrap();
        assert_eq!(serde_json::to_string(&identifier).unwrap(), json);
        assert_eq!(serde_json::from_str::<Identifier>(json).unwrap(), identifier);
        let shown = format!("{identifier:?}");
        assert!(shown.contains(kind.as_str()) && !shown.contains(identifier.reveal()), "{shown}");
    }
    assert!(serde_json::from_str::<Identifier>(r#"["email",""]"#).is_err());
    let long = serde_json::to_string(&("email", "x".repeat(256))).unwrap();
    let error = serde_json::from_str::<Identifier>(&long).unwrap_err().to_string();
    assert!(error.contains("too long") && !error.contains("xx"), "{error}");
}

#[test]
fn digests_tell_kinds_values_and_secrets_apart() {
    let settings = IdentifierSettings::default();
    let id = |kind, raw| Identifier::parse(kind, raw, &settings).unwrap();
    let (pepper, other) = (Pepper::new(b"one"), Pepper::new(b"two"));
    let user = id(IdentifierKind::UserId, "12");
    assert_eq!(user.digest(&pepper), id(IdentifierKind::UserId, " 12 ").digest(&pepper));
    assert_ne!(user.digest(&pepper), id(IdentifierKind::DeviceId, "12").digest(&pepper));
    assert_ne!(user.digest(&pepper), id(IdentifierKind::UserId, "13").digest(&pepper));
    assert_ne!(user.digest(&pepper), user.digest(&other));

    let hash = user.digest(&pepper);
    let json = serde_json::to_string(&hash).unwrap();
    assert_eq!(json.len(), 34);
    assert_eq!(serde_json::from_str::<ValueHash>(&json).unwrap(), hash);
    assert_eq!(hash.to_string().parse::<ValueHash>().unwrap(), hash);
    assert_eq!(ValueHash::from_bytes([0; 16]).to_string(), "0".repeat(32));
    for wrong in ["", "00", &"g".repeat(32), &"A".repeat(32), &format!("+{}", "0".repeat(31))] {
        assert!(wrong.parse::<ValueHash>().is_err(), "{wrong}");
    }
}

#[test]
fn kinds_are_read_from_their_common_spellings() {
    for (name, kind) in [
        ("userId", IdentifierKind::UserId),
        ("user-id", IdentifierKind::UserId),
        ("User ID", IdentifierKind::UserId),
        ("userID", IdentifierKind::UserId),
        ("anonymousId", IdentifierKind::AnonymousId),
        ("email", IdentifierKind::Email),
        ("E-Mail", IdentifierKind::Email),
        ("phoneNumber", IdentifierKind::Phone),
        ("msisdn", IdentifierKind::Phone),
        ("loyaltyCard", IdentifierKind::LoyaltyCard),
        ("national_id", IdentifierKind::NationalId),
        ("ios.idfa", IdentifierKind::Other("ios_idfa".into())),
        ("android.push_token", IdentifierKind::Other("android_push_token".into())),
        ("crm-id", IdentifierKind::Other("crm-id".into())),
    ] {
        assert_eq!(IdentifierKind::parse(name).as_ref(), Ok(&kind), "{name}");
        assert_eq!(IdentifierKind::parse(kind.as_str()).as_ref(), Ok(&kind));
        let json = serde_json::to_string(&kind).unwrap();
        assert_eq!(serde_json::from_str::<IdentifierKind>(&json).unwrap(), kind);
    }
    for (name, error) in [("", Empty), ("کاربر", Malformed), ("a\0", Malformed), (&"x".repeat(33), TooLong)]
    {
        assert_eq!(IdentifierKind::parse(name).unwrap_err().kind(), error);
    }
}

#[test]
fn regions_are_a_closed_list() {
    assert_eq!("ir".parse::<Region>().unwrap().as_str(), "IR");
    for wrong in ["", "I", "IRN", "ZZ", "98", "A A", "D A"] {
        assert!(wrong.parse::<Region>().is_err(), "{wrong}");
    }
    let settings: IdentifierSettings = serde_json::from_str(r#"{"default_region":"GB"}"#).unwrap();
    assert_eq!(settings, IdentifierSettings::in_region("GB".parse().unwrap()));
    assert_eq!(serde_json::from_str::<IdentifierSettings>("{}").unwrap(), IdentifierSettings::default());
}
