use proptest::prelude::*;

use super::*;
use crate::text::Direction;

fn locale(tag: &str) -> Locale {
    tag.parse().unwrap()
}

fn locales(tags: &[&str]) -> Vec<Locale> {
    tags.iter().map(|tag| locale(tag)).collect()
}

#[test]
fn tags_are_canonical() {
    for (given, canonical) in [
        ("FA_ir", "fa-IR"),
        ("iw-IL", "he-IL"),
        ("prs", "fa-AF"),
        ("zh_tw", "zh-Hant-TW"),
        ("zh-CN", "zh-CN"),
        ("az-IR", "az-Arab-IR"),
        ("uz-AF", "uz-Arab-AF"),
        ("sr-ME", "sr-Latn-ME"),
        ("ru-KZ", "ru-KZ"),
        ("pa-PK", "pa-Arab-PK"),
        ("fa-IR-u-ca-persian", "fa-IR"),
        ("de-1996", "de-1996"),
        ("qaa", "qaa"),
    ] {
        assert_eq!(locale(given).as_str(), canonical, "{given}");
        assert_eq!(locale(canonical).as_str(), canonical);
    }
    for bad in ["", "*", "und", "e", "persian language", "en--US", "سلام", "en_US.UTF-8", &"a-".repeat(5_000)]
    {
        assert!(bad.parse::<Locale>().is_err(), "{bad}");
    }
}

#[test]
fn chains_stop_at_another_script() {
    for (tag, chain) in [
        ("sr-Latn-ME", &["sr-Latn-ME", "sr-Latn"][..]),
        ("zh-MO", &["zh-Hant-MO", "zh-Hant-HK", "zh-Hant"]),
        ("sr-RS", &["sr-RS", "sr"]),
        ("fa-Latn", &["fa-Latn"]),
        ("zh-Hans-CN", &["zh-Hans-CN", "zh-Hans", "zh"]),
        ("en-GB", &["en-GB", "en-001", "en"]),
        ("de-CH-1996", &["de-CH-1996", "de-CH", "de"]),
        ("ar-Latn-EG", &["ar-Latn-EG", "ar-Latn"]),
        ("ckb-IQ", &["ckb-IQ", "ckb"]),
        ("qaa-IR", &["qaa-IR", "qaa"]),
    ] {
        let found: Vec<String> = locale(tag).chain().iter().map(Locale::to_string).collect();
        assert_eq!(found, chain, "{tag}");
    }
}

#[test]
fn directions_follow_the_script() {
    for (tag, direction) in [
        ("fa", Direction::Rtl),
        ("ar", Direction::Rtl),
        ("he", Direction::Rtl),
        ("ur-Latn", Direction::Ltr),
        ("ru", Direction::Ltr),
        ("dv", Direction::Rtl),
        ("az-IR", Direction::Rtl),
        ("yi", Direction::Rtl),
        ("qaa", Direction::Ltr),
    ] {
        assert_eq!(locale(tag).direction(), direction, "{tag}");
    }
    assert_eq!((locale("fa-IR").language(), locale("fa-IR").region()), ("fa", Some("IR")));
    assert_eq!(locale("sr").script().as_deref(), Some("Cyrl"));
}

#[test]
fn an_equal_tag_goes_before_an_equivalent_one_and_nothing_is_an_error() {
    let available = locales(&["en-US", "en", "fa"]);
    let found = lookup(&locales(&["en"]), &available, &locale("fa")).unwrap();
    assert_eq!((found.position, found.is_default), (1, false));
    let found = lookup(&[], &available, &locale("fa-IR")).unwrap();
    assert_eq!((found.chosen.as_str(), found.is_default, found.chain.len()), ("fa", true, 0));
    assert!(lookup(&locales(&["de"]), &available, &locale("fr")).is_err());
    assert!(lookup(&locales(&["de"]), &[], &locale("fr")).is_err());
}

#[test]
fn numbers_are_read_in_every_script() {
    for (tag, number, category) in [
        ("fa", "۱", PluralCategory::One),
        ("fa", "۲", PluralCategory::Other),
        ("ar", "٣", PluralCategory::Few),
        ("he", "2", PluralCategory::Two),
        ("ru", "-21", PluralCategory::One),
        ("ru", "1٬001", PluralCategory::One),
        ("ru", "1000000000000000000000000000011", PluralCategory::Many),
        ("en", "1", PluralCategory::One),
        ("qaa", "1", PluralCategory::Other),
        ("ru", "0.5", PluralCategory::Other),
    ] {
        assert_eq!(plural(&locale(tag), number), Ok(category), "{tag} {number}");
    }
    for bad in ["", "-", ".", "1.2.3", "1,5", "one", "1e3", &"1".repeat(10_000)] {
        assert!(plural(&locale("en"), bad).is_err(), "{bad}");
    }
}

#[test]
fn locales_are_written_as_text() {
    let tag: Locale = serde_json::from_str("\"fa_IR\"").unwrap();
    assert_eq!(serde_json::to_string(&tag).unwrap(), "\"fa-IR\"");
    assert!(serde_json::from_str::<Locale>("\"\"").is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn reading_is_stable(tag in "[a-zA-Z]{2,3}([-_][a-zA-Z]{4})?([-_][a-zA-Z]{2})?") {
        if let Ok(read) = tag.parse::<Locale>() {
            let again: Locale = read.as_str().parse().unwrap();
            prop_assert_eq!(&again, &read);
            let chain = read.chain();
            let script = read.script();
            prop_assert!(chain.iter().all(|step| step.script() == script), "{:?}", chain);
        }
    }

    #[test]
    fn no_text_panics(text in any::<String>()) {
        let _ = text.parse::<Locale>();
        let _ = plural(&locale("ar"), &text);
    }

    #[test]
    fn the_prepared_answer_is_the_plain_one(
        asked in prop::collection::vec(prop::sample::select(vec!["fa", "ar-EG", "he", "ru-KZ", "en-GB", "zh-TW", "es-MX"]), 0..3),
        there in prop::collection::vec(prop::sample::select(vec!["fa-IR", "ar", "he", "ru", "en", "zh", "es-419", "es"]), 1..5),
    ) {
        let (asked, there) = (locales(&asked), locales(&there));
        // As the rule is written: requests in order, their chains, the available ones.
        let matches = |tag: &Locale| there.iter().position(|a| a == tag).or_else(|| there.iter().position(|a| a.maximised() == tag.maximised()));
        let english = locale("en");
        let naive = asked.iter().chain([&english]).find_map(|tag| tag.chain().iter().find_map(matches));
        let found = lookup(&asked, &there, &english).ok();
        prop_assert_eq!(found.as_ref().map(|found| found.position), naive);
        let prepared = AvailableLocales::new(there.clone());
        prop_assert_eq!(prepared.position(&Requested::new(&asked), &Requested::new([&english])), naive);
    }
}
