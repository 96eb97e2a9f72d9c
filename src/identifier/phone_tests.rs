use super::Phone;
use crate::identifier::IdentifierErrorKind::{self, *};
use crate::identifier::IdentifierSettings;

fn parse(raw: &str) -> Result<String, IdentifierErrorKind> {
    Phone::parse(raw, &IdentifierSettings::default())
        .map(|phone| phone.reveal().to_owned())
        .map_err(|error| error.kind())
}

#[test]
fn international_numbers_in_every_digit_and_punctuation() {
    for raw in [
        "+982112345678",
        "00982112345678",
        "+98 21 1234 5678",
        "+98 (21) 1234-5678",
        "+98 (0)21 1234 5678",
        "+98.21.1234.5678",
        "(+98) 21 1234 5678",
        "(0098) 21 1234 5678",
        "+۹۸۲۱۱۲۳۴۵۶۷۸",
        "۰۰۹۸۲۱۱۲۳۴۵۶۷۸",
        "+٩٨٢١١٢٣٤٥٦٧٨",
        "+९८२११२३४५६७८",
        "＋９８（２１）１２３４－５６７８",
        "\u{202a}+98 21 1234 5678\u{202c}",
        "\u{200e}+98\u{200e}21\u{200f}12345678",
        "\t+98\u{a0}21\u{2009}1234\u{2013}5678 \n",
        "\u{feff}+982112345678",
    ] {
        assert_eq!(parse(raw).as_deref(), Ok("+982112345678"), "{}", raw.escape_unicode());
    }
    assert_eq!(parse("+39 (0)6 1234 5678").as_deref(), Ok("+390612345678"));
    assert_eq!(parse("+683 4000").as_deref(), Ok("+6834000"));
    assert_eq!(parse("+7 (495) 123-45-67").as_deref(), Ok("+74951234567"));
    assert_eq!(parse("+972-3-123-4567").as_deref(), Ok("+97231234567"));
}

#[test]
fn what_is_no_number_is_refused_with_the_reason() {
    for (raw, kind) in [
        ("", Empty),
        (" \u{200e} ", Empty),
        ("-", Empty),
        ("+", Malformed),
        ("()", Malformed),
        ("00", Malformed),
        ("+98 21 123x4567", Malformed),
        ("+98 21 1234567 ext. 5", Malformed),
        ("++982112345678", Malformed),
        ("+98+2112345678", Malformed),
        ("982112345678+", Malformed),
        ("+00982112345678", Malformed),
        ("+0123456789", Malformed),
        ("+123456", Malformed),
        ("+1234567890123456", Malformed),
        ("+98\n21 12345678", ControlCharacter),
        ("+98\u{0}2112345678", ControlCharacter),
        ("сор", Malformed),
    ] {
        assert_eq!(parse(raw), Err(kind), "{}", raw.escape_unicode());
    }
    assert_eq!(parse(&"1".repeat(33)), Err(TooLong));
    assert_eq!(parse(&" ".repeat(65)), Err(TooLong));
    assert_eq!(parse(&"+1".repeat(1 << 20)), Err(TooLong));
}

#[test]
fn it_is_stored_as_e164_and_never_shown() {
    let phone = Phone::parse("+98 21 1234 5678", &IdentifierSettings::default()).unwrap();
    let json = serde_json::to_string(&phone).unwrap();
    assert_eq!(json, r#""+982112345678""#);
    assert_eq!(serde_json::from_str::<Phone>(&json).unwrap(), phone);
    assert!(!format!("{phone:?}").contains("1234"));
    let error = serde_json::from_str::<Phone>(r#""+9x""#).unwrap_err().to_string();
    assert!(!error.contains("9x"), "{error}");
}

#[cfg(not(feature = "phone"))]
#[test]
fn without_numbering_plans_national_numbers_are_refused() {
    let settings = IdentifierSettings::in_region("IR".parse().unwrap());
    assert_eq!(Phone::parse("021 12345678", &settings).unwrap_err().kind(), Malformed);
    assert_eq!(parse("021 12345678"), Err(Malformed));
}

#[cfg(feature = "phone")]
mod national {
    use super::*;

    fn in_region(region: &str, raw: &str) -> Result<String, IdentifierErrorKind> {
        Phone::parse(raw, &IdentifierSettings::in_region(region.parse().unwrap()))
            .map(|phone| phone.reveal().to_owned())
            .map_err(|error| error.kind())
    }

    #[test]
    fn national_formats_are_read_by_the_regions_plan() {
        for (region, raw, expected) in [
            ("IR", "۰۹۱۲ ۱۲۳ ۴۵۶۷", "+989121234567"),
            ("IR", "0912-123-4567", "+989121234567"),
            ("IR", "9121234567", "+989121234567"),
            ("IR", "989121234567", "+989121234567"),
            ("IR", "(021) 1234 5678", "+982112345678"),
            ("IR", "+49 30 123456", "+4930123456"),
            ("IQ", "٠٧٩٠ ١٢٣ ٤٥٦٧", "+9647901234567"),
            ("IL", "03-512-3456", "+97235123456"),
            ("IL", "050-234-5678", "+972502345678"),
            ("RU", "8 (912) 345-67-89", "+79123456789"),
            ("RU", "8 800 555 35 35", "+78005553535"),
            ("RU", "8 (812) 234-56-78", "+78122345678"),
            ("RU", "8 10 98 912 123 45 67", "+989121234567"),
            ("US", "(650) 253-0000", "+16502530000"),
            ("US", "1 650 253 0000", "+16502530000"),
            ("US", "(416) 555-0123", "+14165550123"),
            ("AU", "0011 98 912 123 4567", "+989121234567"),
            ("AU", "0098 912 123 4567", "+989121234567"),
            ("SG", "0044 20 7946 0018", "+442079460018"),
            ("SG", "001 98 912 123 4567", "+989121234567"),
            ("JP", "010 98 912 123 4567", "+989121234567"),
            ("IR", "00 1 234 567 890 123", "+1234567890123"),
            ("GB", "01534 456789", "+441534456789"),
            ("US", "011 98 912 123 4567", "+989121234567"),
            ("GB", "020 7946 0018", "+442079460018"),
            ("IT", "06 698 12345", "+390669812345"),
            ("IT", "312 345 6789", "+393123456789"),
            ("DE", "030 123456", "+4930123456"),
            ("FR", "01 23 45 67 89", "+33123456789"),
            ("TR", "0501 234 56 78", "+905012345678"),
            ("AE", "050 123 4567", "+971501234567"),
            ("AR", "011 15-2345-6789", "+5491123456789"),
            ("BR", "0 15 11 96123-4567", "+5511961234567"),
            ("IN", "०८१२३ ४५६७८९", "+918123456789"),
        ] {
            assert_eq!(in_region(region, raw).as_deref(), Ok(expected), "{region} {raw}");
        }
    }

    #[test]
    fn numbers_that_the_plan_does_not_have_are_refused() {
        for (region, raw) in [
            ("IR", "0912 123"),
            ("IR", "0000000000"),
            ("IR", "110"),
            ("US", "123 456 7890"),
            ("US", "09121234567"),
            ("AQ", "09121234567"),
        ] {
            assert_eq!(in_region(region, raw), Err(Malformed), "{region} {raw}");
        }
        assert_eq!(parse("09121234567"), Err(RegionNeeded));
    }

    #[test]
    fn use_is_asked_apart_from_form() {
        let phone = |raw| Phone::parse(raw, &IdentifierSettings::default()).unwrap();
        assert!(phone("+989121234567").is_in_use());
        assert!(phone("+390669812345").is_in_use());
        assert!(phone("+80012345678").is_in_use());
        assert!(!phone("+123456789012345").is_in_use());
        assert!(!phone("+2101234567").is_in_use());
    }

    #[test]
    fn every_plans_own_examples_are_read_in_their_region() {
        use phonenumber::metadata::DATABASE;
        let mut plans: Vec<_> = DATABASE.iter().collect();
        plans.sort_by_key(|plan| plan.id().to_owned());
        let mut read = 0;
        for plan in plans {
            let Ok(region) = plan.id().parse::<crate::region::Region>() else { continue };
            let settings = IdentifierSettings::in_region(region);
            let types = plan.descriptors();
            for example in [types.fixed_line(), types.mobile(), types.toll_free()]
                .into_iter()
                .flatten()
                .filter_map(|descriptor| descriptor.example())
            {
                let expected = format!("+{}{example}", plan.country_code());
                if expected.len() < 8 {
                    continue; // shorter than the shortest number that is accepted
                }
                let with_trunk_prefix = format!("{}{example}", plan.national_prefix().unwrap_or_default());
                for raw in [example, expected.as_str(), with_trunk_prefix.as_str()] {
                    let phone = Phone::parse(raw, &settings);
                    assert_eq!(
                        phone.map(|p| p.reveal().to_owned()).as_deref(),
                        Ok(expected.as_str()),
                        "{region} {raw}"
                    );
                    read += 1;
                }
            }
        }
        assert!(read > 1_500, "{read}");
    }
}
