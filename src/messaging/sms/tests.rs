use proptest::prelude::*;

use super::alphabet::default_table;
use super::*;

fn count(body: &str) -> SmsCount {
    segments(body, &SmsSettings::default()).unwrap()
}

/// One character after the other, as the standard says it.
fn naive(body: &str, settings: &SmsSettings) -> (usize, usize) {
    let seven = body.chars().all(|c| default_table(c) > 0);
    let (alone, several) = if seven { settings.septet_limits(0) } else { settings.ucs2_limits() };
    let widths: Vec<usize> =
        body.chars().map(|c| if seven { usize::from(default_table(c)) } else { c.len_utf16() }).collect();
    let units = widths.iter().sum();
    if units <= alone {
        return (units, 1);
    }
    let (mut segments, mut used) = (1, 0);
    for width in widths {
        if used + width > several {
            segments += 1;
            used = 0;
        }
        used += width;
    }
    (units, segments)
}

#[test]
fn every_script_is_counted() {
    for (text, encoding, units) in [
        ("Your order is ready.", SmsEncoding::Gsm7, 20),
        ("سفارش شما آماده است", SmsEncoding::Ucs2, 19),
        ("طلبك جاهز", SmsEncoding::Ucs2, 9),
        ("ההזמנה מוכנה", SmsEncoding::Ucs2, 12),
        ("Ваш заказ готов", SmsEncoding::Ucs2, 15),
        ("Größe für Ägypten", SmsEncoding::Gsm7, 17),
        ("ΣΟΦΙΑ", SmsEncoding::Ucs2, 5), // the alphabet has no Greek letters that look Latin
        ("👩‍👩‍👧", SmsEncoding::Ucs2, 8),
    ] {
        let found = count(text);
        assert_eq!((found.encoding, found.units, found.segments), (encoding, units, 1), "{text}");
    }
}

#[test]
fn national_tables_are_announced_only_where_they_are_needed() {
    let shift = SmsSettings { single_shift: Some(NationalTable::Turkish), ..SmsSettings::default() };
    assert_eq!(segments(&"a".repeat(160), &shift).unwrap().segments, 1);
    let always = SmsSettings { announce: Announce::Always, ..shift };
    assert_eq!(segments(&"a".repeat(160), &always).unwrap().segments, 2);
    let both = SmsSettings::national(NationalTable::Turkish);
    let body = "ş".repeat(155);
    let count = segments(&body, &both).unwrap();
    assert_eq!((count.encoding, count.units, count.segments), (SmsEncoding::Gsm7, 155, 1));
    // Æ is in the default alphabet and not in the Turkish locking table, so only a single shift can write both.
    let mixed = segments("Æş", &both).unwrap();
    assert_eq!((mixed.encoding, mixed.units), (SmsEncoding::Gsm7, 3));
    let urdu = SmsSettings::national(NationalTable::Urdu);
    assert_eq!(segments("آپ کا آرڈر تیار ہے", &urdu).unwrap().encoding, SmsEncoding::Gsm7);
    assert_eq!(segments("سفارش شما آماده است", &urdu).unwrap().encoding, SmsEncoding::Ucs2);
    assert_eq!(
        segments("Seu pedido está pronto, João", &SmsSettings::national(NationalTable::Portuguese))
            .unwrap()
            .units,
        30
    );
    let spanish = SmsSettings::national(NationalTable::Spanish);
    assert_eq!((spanish.locking_shift, segments("aquí", &spanish).unwrap().units), (None, 5));
}

#[test]
fn pairs_and_escapes_are_not_split() {
    let euro = format!("{}€{}", "a".repeat(152), "b".repeat(20));
    let parts = split(&euro, &SmsSettings::default()).unwrap();
    assert_eq!(parts.texts.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), [152, 21]);
    let smile = format!("{}😀{}", "س".repeat(66), "س".repeat(5));
    let parts = split(&smile, &SmsSettings::default()).unwrap();
    assert_eq!(parts.texts.iter().map(|text| text.chars().count()).collect::<Vec<_>>(), [66, 6]);
    assert!(!format!("{parts:?}").contains('س'));
}

#[test]
fn typographic_signs_are_replaced_only_where_that_saves_a_segment() {
    let settings = SmsSettings::default();
    let short = rewrite("It’s ready…", &settings).unwrap();
    assert!(short.replaced.is_empty());
    let long = format!("It’s ready… {}", "a".repeat(70));
    let cheap = rewrite(&long, &settings).unwrap();
    assert_eq!(cheap.text, format!("It's ready... {}", "a".repeat(70)));
    assert_eq!((cheap.before.segments, cheap.after.segments), (2, 1));
    let listed: Vec<(&str, &str)> = cheap.replaced.iter().map(|one| (&*one.from, &*one.to)).collect();
    assert_eq!(listed, [("’", "'"), ("…", "...")]);
    // 157 letters and an ellipsis fit in one segment; 158 do not, but two are fewer than three.
    let ellipsis = rewrite(&format!("{}…", "a".repeat(158)), &settings).map(|one| one.after.segments);
    assert_eq!(ellipsis, Ok(2));
    let kept = format!("{}…", "a".repeat(133));
    let kept = rewrite(&kept, &settings).unwrap();
    assert_eq!((kept.before.segments, kept.after.segments), (2, 1));
}

#[test]
fn letters_of_a_language_are_never_changed() {
    let settings = SmsSettings::default();
    for text in [
        "garçon « très » ",
        "سلام «سارا»… می\u{200c}خواهم ",
        "שלום “שרה” ",
        "Привет «Анна» — ",
        "Þór “x” ",
        "oʻzbek “x” ",
    ] {
        let body = text.repeat(8);
        let cheap = rewrite(&body, &settings).unwrap();
        assert_eq!(cheap.text, body, "{text}");
    }
    // Decomposed letters become composed ones and then are in the alphabet; é stays é.
    let body = "Cafe\u{301} “Noe\u{308}l”, ta\u{300} ".repeat(5);
    assert_eq!(rewrite(&body, &settings).unwrap().after.encoding, SmsEncoding::Ucs2); // ë is not in it
    let body = "Cafe\u{301} “Mo\u{308}ve” a\u{300} la carte ".repeat(4);
    let cheap = rewrite(&body, &settings).unwrap();
    assert_eq!(cheap.text, "Café \"Möve\" à la carte ".repeat(4));
    assert_eq!((cheap.before.segments, cheap.after.segments), (2, 1));
}

#[test]
fn other_scripts_gain_from_composing_and_from_dropping_what_shows_nothing() {
    let settings = SmsSettings::default();
    let body = "\u{feff}سلا\u{200b}م ".repeat(12) + "م";
    let cheap = rewrite(&body, &settings).unwrap();
    assert_eq!((cheap.before.segments, cheap.after.segments), (2, 1));
    assert_eq!(cheap.text, "سلام ".repeat(12) + "م");
    let russian = "и\u{306}".repeat(70);
    assert_eq!(rewrite(&russian, &settings).unwrap().text, "й".repeat(70));
    // The zero-width non-joiner is spelling, and in Thai the zero-width space says where a line may break.
    for text in ["می\u{200c}خواهم ".repeat(10), "ไทย\u{200b}ไทย ".repeat(12)] {
        assert_eq!(rewrite(&text, &settings).unwrap().text, text);
    }
    let isolates = format!("Hello \u{2068}Sara\u{2069}, {}", "a".repeat(80));
    assert_eq!(rewrite(&isolates, &settings).unwrap().text, format!("Hello Sara, {}", "a".repeat(80)));
    let wide = "ＳＡＬＥ　５０％！ ".repeat(8);
    assert_eq!(rewrite(&wide, &settings).unwrap().text, "SALE 50%! ".repeat(8));
}

#[test]
fn bad_input_is_answered() {
    let settings = SmsSettings::default();
    assert_eq!(segments("", &settings).unwrap_err().kind(), SmsErrorKind::EmptyBody);
    assert_eq!(split("", &settings).unwrap_err().to_string(), "the body is empty");
    assert!(rewrite("", &settings).is_err());
    assert_eq!(rewrite(&"\u{200b}".repeat(100), &settings).unwrap().text, "\u{200b}".repeat(100));
    let marks = format!("a{}", "\u{301}".repeat(10_000));
    assert!(rewrite(&marks, &settings).unwrap().after.segments <= count(&marks).segments);
    let long = "a’".repeat(100_000);
    assert!(!count(&long).is_sendable());
    assert_eq!(
        rewrite(&long, &settings).unwrap().replaced,
        [Replacement { from: "’".into(), to: "'".into(), times: 100_000 }]
    );
}

fn body() -> impl Strategy<Value = String> {
    let character = prop_oneof![
        8 => proptest::char::range(' ', '~'),
        1 => Just('\n'),
        2 => prop::sample::select("€^{}éñß¿ΔΩ".chars().collect::<Vec<_>>()),
        2 => prop::sample::select("’“”–—…\u{a0}\u{200b}\u{301}\u{ad}ﬁ！\u{2068}".chars().collect::<Vec<_>>()),
        1 => prop::sample::select("سلامИйשş😀👩👩‍👧می\u{200c}ا".chars().collect::<Vec<_>>()),
    ];
    let plain = prop::collection::vec(proptest::char::range(' ', 'Z'), 0..400);
    prop_oneof![
        prop::collection::vec(character, 1..400).prop_map(String::from_iter),
        (plain, "[€a-z’سш😀]{1,3}").prop_map(|(text, end)| String::from_iter(text) + &end),
        any::<String>().prop_map(|text| text + "x"),
    ]
}

fn settings() -> impl Strategy<Value = SmsSettings> {
    let tables = || {
        prop::option::of(prop::sample::select(vec![
            NationalTable::Turkish,
            NationalTable::Spanish,
            NationalTable::Portuguese,
            NationalTable::Urdu,
        ]))
    };
    (any::<bool>(), tables(), tables(), any::<bool>()).prop_map(
        |(long, single_shift, locking_shift, always)| SmsSettings {
            reference_bits: if long { ReferenceBits::Sixteen } else { ReferenceBits::Eight },
            single_shift,
            locking_shift,
            announce: if always { Announce::Always } else { Announce::WhenNeeded },
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn the_fast_count_is_the_naive_one(body in body(), long in any::<bool>()) {
        let reference_bits = if long { ReferenceBits::Sixteen } else { ReferenceBits::Eight };
        let settings = SmsSettings { reference_bits, ..SmsSettings::default() };
        let count = segments(&body, &settings).unwrap();
        prop_assert_eq!((count.units, count.segments), naive(&body, &settings));
    }

    #[test]
    fn segment_texts_are_the_body_and_each_fits(body in body(), settings in settings()) {
        let parts = split(&body, &settings).unwrap();
        prop_assert_eq!(parts.texts.concat(), body.as_str());
        prop_assert_eq!(parts.texts.len(), parts.count.segments);
        prop_assert_eq!(parts.count, segments(&body, &settings).unwrap());
        prop_assert!(parts.texts.iter().all(|text| !text.is_empty()));
        if parts.count.encoding == SmsEncoding::Ucs2 && parts.count.segments > 1 {
            let limit = settings.ucs2_limits().1;
            prop_assert!(parts.texts.iter().all(|text| text.encode_utf16().count() <= limit));
        }
    }

    #[test]
    fn a_rewriting_never_costs_more_and_keeps_letters(body in body(), settings in settings()) {
        let cheap = rewrite(&body, &settings).unwrap();
        prop_assert!(cheap.after.segments <= cheap.before.segments);
        prop_assert_eq!(cheap.after, segments(&cheap.text, &settings).unwrap());
        prop_assert_eq!(cheap.replaced.is_empty(), cheap.text == body);
        if cheap.replaced.is_empty() {
            prop_assert!(matches!(cheap.text, std::borrow::Cow::Borrowed(_)));
        } else {
            prop_assert!(cheap.after.segments < cheap.before.segments);
        }
        // Letters and digits are the same but for their composition and the width of Latin ones.
        let letters = |text: &str| -> String {
            use unicode_normalization::UnicodeNormalization;
            text.nfkc().filter(|c| c.is_alphanumeric()).collect()
        };
        prop_assert_eq!(letters(&cheap.text), letters(&body));
    }
}
