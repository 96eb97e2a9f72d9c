//! Laws of what a message says, through the public interface: text messages, directions, locales, near copies, limits.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may fail")]

use proptest::prelude::*;
use throughline::locale::{AvailableLocales, Locale, Requested, lookup};
use throughline::messaging::claims::claims_equal;
use throughline::messaging::limits::{header_value, truncate};
use throughline::messaging::near_copy::{NearCopyIndex, Verdict, compare};
use throughline::messaging::sms::{SmsSettings, cost, rewrite, segments, split};
use throughline::money::{Currency, CurrencyUnit, Money};
use throughline::text::Direction;
use throughline::text::bidi::{Markup, isolate};

const SENTENCES: [&str; 5] = [
    "Your order is ready, 20% off with SPRING20 until Sunday evening",
    "سفارش شما آماده است، ۲۰٪ تخفیف با کد SPRING20 تا یکشنبه",
    "طلبك جاهز، خصم ٢٠٪ مع الرمز SPRING20 حتى يوم الأحد",
    "ההזמנה שלך מוכנה, 20% הנחה עם הקוד SPRING20 עד יום ראשון",
    "Ваш заказ готов, скидка 20% с кодом SPRING20 до воскресенья",
];

#[test]
fn variants_of_one_message_make_the_same_claims_and_are_no_copies() {
    for a in SENTENCES {
        for b in SENTENCES {
            assert!(claims_equal(a, b), "{a} / {b}");
            assert_eq!(compare(a, b).verdict == Verdict::Duplicate, a == b);
        }
    }
    let index = NearCopyIndex::new(90, SENTENCES);
    assert!(SENTENCES.iter().all(|text| index.matches(text).len() == 1));
    assert!(index.pairs(10).pairs.is_empty());
}

#[test]
fn an_all_latin_message_stays_cheap_with_every_value() {
    let price = Money::new(8, CurrencyUnit::new(Currency::parse("EUR").unwrap(), 2).unwrap());
    let settings = SmsSettings::default();
    for (name, segments_wanted) in [("Anna", 1), ("سارا", 2), ("שרה", 2), ("Анна", 2)] {
        let body = format!("Hello {}, {}", isolate(name, Direction::Ltr, Markup::Text), SENTENCES[0]);
        let count = segments(&body, &settings).unwrap();
        assert_eq!(count.segments, segments_wanted, "{name}");
        assert_eq!(cost(&count, price).unwrap().minor(), 8 * i64::try_from(segments_wanted).unwrap());
    }
}

fn tag() -> impl Strategy<Value = Locale> {
    prop::sample::select(vec!["fa", "fa-AF", "ar-EG", "he", "ru-KZ", "en-GB", "zh-TW", "az-IR", "sr-ME"])
        .prop_map(|tag| tag.parse().unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn a_reader_of_a_language_gets_it_in_its_script(asked in tag(), there in prop::collection::vec(tag(), 1..6)) {
        let default = there[0].clone();
        let found = lookup(std::slice::from_ref(&asked), &there, &default).unwrap();
        prop_assert!(there.contains(&found.chosen));
        prop_assert_eq!(found.direction, found.chosen.direction());
        prop_assert!(found.is_default || found.chosen.script() == asked.script());
        if there.contains(&asked) {
            prop_assert_eq!(&found.chosen, &asked);
        }
        let prepared = AvailableLocales::new(there);
        prop_assert_eq!(prepared.lookup(&Requested::new([&asked]), &Requested::new([&default])), Ok(found));
    }

    #[test]
    fn texts_of_every_script_survive(at in 0..SENTENCES.len(), times in 1_usize..12, end in any::<String>(), room in 0_usize..200) {
        let body = SENTENCES[at].repeat(times) + &end;
        let settings = SmsSettings::default();
        prop_assert_eq!(split(&body, &settings).unwrap().texts.concat(), body.as_str());
        prop_assert!(rewrite(&body, &settings).unwrap().after.segments <= segments(&body, &settings).unwrap().segments);
        prop_assert!(truncate(&body, room, char::len_utf16).encode_utf16().count() <= room);
        let breaks = body.chars().any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'));
        prop_assert_eq!(header_value(&body).is_err(), breaks);
    }
}
