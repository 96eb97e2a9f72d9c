//! Laws of folding and of parsing identifiers, on anything that can be typed. The fuzz targets hold the same laws.

use proptest::prelude::*;
use throughline::identifier::{Email, Identifier, IdentifierKind, IdentifierSettings, Phone};
use throughline::text::{self, digits};

fn settings() -> Vec<IdentifierSettings> {
    let regions = ["IR", "IQ", "IL", "RU", "US", "GB", "IT", "AR", "BR", "MX", "AQ"];
    let in_regions =
        regions.iter().filter_map(|region| region.parse().ok()).map(IdentifierSettings::in_region);
    std::iter::once(IdentifierSettings::default()).chain(in_regions).collect()
}

fn kinds() -> Vec<IdentifierKind> {
    vec![
        IdentifierKind::UserId,
        IdentifierKind::AnonymousId,
        IdentifierKind::DeviceId,
        IdentifierKind::Email,
        IdentifierKind::Phone,
        IdentifierKind::LoyaltyCard,
        IdentifierKind::NationalId,
        IdentifierKind::CookieId,
        IdentifierKind::SocialHandle,
        IdentifierKind::SessionId,
        IdentifierKind::HouseholdId,
        IdentifierKind::Other("crm_id".into()),
    ]
}

/// Letters, marks, joiners, controls and punctuation of many scripts side by side.
fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        3 => any::<char>().prop_map(String::from),
        2 => "[a-zA-Z0-9]{1,6}",
        1 => "[ @._+(),\t\n\u{0}\"-]",
        1 => "[\u{300}-\u{345}\u{64b}-\u{652}\u{5b0}-\u{5bd}]",
        2 => "[آ-ی]{1,5}|[א-ת]{1,5}|[А-я]{1,5}|[α-ω]{1,4}",
        1 => "[۰-۹]{1,4}|[٠-٩]{1,4}|[０-９]{1,4}",
        1 => "[\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2066}-\u{2069}\u{ad}\u{feff}]",
    ];
    prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
}

fn email() -> impl Strategy<Value = String> {
    let local =
        prop_oneof![text(), "[a-zA-Z0-9.+_'-]{1,20}", "[a-zH\u{300}-\u{345}é]{1,12}", "\"[ -~]{0,10}\""];
    let domain = prop_oneof![
        text(),
        "[a-zA-Z0-9-]{1,12}(\\.[a-zA-Z]{2,5}){0,2}",
        "(xn--)?[a-z0-9-]{1,12}\\.com",
        "[а-яА-Яßςİ。．]{1,8}\\.рф",
        "[آ-ی\u{200c}]{1,8}\\.ایران",
        "[א-ת]{1,8}\\.co\\.il",
    ];
    (local, domain).prop_map(|(local, domain)| format!("{local}@{domain}"))
}

fn phone() -> impl Strategy<Value = String> {
    prop_oneof![
        text(),
        "[+]?[0-9]{1,16}",
        "(\u{202a}|\u{200e})?[+＋]?([0-9]|[۰-۹]|[٠-٩]|[०-९]|[０-９]|[ ()./-]|\u{200f}){1,30}",
        "(0|00|011|8|810|15|0115|\\+39\\(0\\))[0-9 ]{4,14}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn folding_is_idempotent(text in text()) {
        let folded = text::fold(&text);
        prop_assert_eq!(text::fold(&folded), folded);
        let digits_folded = digits::fold(&text);
        prop_assert_eq!(digits::fold(&digits_folded), digits_folded);
    }

    #[test]
    fn a_parsed_identifier_parses_to_itself_and_survives_storage(text in text()) {
        let settings = IdentifierSettings::default();
        for kind in kinds() {
            let Ok(parsed) = Identifier::parse(kind.clone(), &text, &settings) else { continue };
            prop_assert_eq!(parsed.kind(), &kind);
            prop_assert!((1..=255).contains(&parsed.reveal().len()));
            prop_assert_eq!(&Identifier::parse(kind, parsed.reveal(), &settings).unwrap(), &parsed);
            let json = serde_json::to_string(&parsed).unwrap();
            prop_assert_eq!(serde_json::from_str::<Identifier>(&json).unwrap(), parsed);
        }
    }

    #[test]
    fn an_email_parses_to_itself(raw in email()) {
        if let Ok(email) = Email::parse(&raw) {
            prop_assert_eq!(email.address(), raw.trim_ascii());
            prop_assert!(email.key().len() <= 254);
            let again = Email::parse(email.key()).unwrap();
            prop_assert_eq!(again.key(), email.key());
            prop_assert_eq!(&Email::parse(email.address()).unwrap(), &email);
            let (_, domain) = email.key().rsplit_once('@').unwrap();
            prop_assert!(domain.is_ascii() && !domain.bytes().any(|b| b.is_ascii_uppercase()));
        }
    }

    #[test]
    fn a_phone_number_parses_to_itself_in_every_region(raw in phone()) {
        for settings in settings() {
            if let Ok(phone) = Phone::parse(&raw, &settings) {
                let digits = phone.reveal().strip_prefix('+').unwrap();
                prop_assert!((7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(&Phone::parse(phone.reveal(), &settings).unwrap(), &phone);
                prop_assert_eq!(&Phone::parse(phone.reveal(), &IdentifierSettings::default()).unwrap(), &phone);
                let marked = format!("\u{202b}{}\u{202c}", phone.reveal());
                prop_assert_eq!(Phone::parse(&marked, &settings).unwrap(), phone);
            }
        }
    }

    #[test]
    fn the_kind_of_any_name_parses_to_itself(name in prop_oneof![text(), "[a-zA-Z0-9._ -]{1,40}"]) {
        if let Ok(kind) = IdentifierKind::parse(&name) {
            prop_assert_eq!(&IdentifierKind::parse(kind.as_str()).unwrap(), &kind);
            prop_assert!(Identifier::parse(kind.clone(), "a@example.com", &IdentifierSettings::default()).is_ok()
                || kind == IdentifierKind::Phone);
        }
    }
}

/// The strategies above would prove nothing if next to nothing they make were accepted.
#[test]
fn the_laws_are_not_empty() {
    assert_eq!(settings().len(), 12);
    use proptest::strategy::ValueTree;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut accepted = [0; 3];
    let iran = IdentifierSettings::in_region("IR".parse().unwrap());
    for _ in 0..1000 {
        accepted[0] += usize::from(Email::parse(&email().new_tree(&mut runner).unwrap().current()).is_ok());
        accepted[1] +=
            usize::from(Phone::parse(&phone().new_tree(&mut runner).unwrap().current(), &iran).is_ok());
        let text = text().new_tree(&mut runner).unwrap().current();
        accepted[2] += usize::from(
            Identifier::parse(IdentifierKind::UserId, &text, &IdentifierSettings::default()).is_ok(),
        );
    }
    assert!(accepted.iter().all(|count| *count > 100), "{accepted:?}");
}
