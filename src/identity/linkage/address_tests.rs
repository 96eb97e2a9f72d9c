use proptest::prelude::*;

use super::AddressGrade::{Different, Near, Numbers, Same, Street};
use super::*;

fn of(raw: &str) -> Address {
    Address::parse(&[Some(raw)]).unwrap()
}

fn grade(a: &str, b: &str) -> AddressGrade {
    let (a, b) = (of(a), of(b));
    let (there, back) = (compare(&a, &b), compare(&b, &a));
    assert_eq!(there, back, "{:?} {:?}", a.key(), b.key());
    there
}

#[test]
fn one_address_in_many_writings() {
    for (a, b) in [
        ("Flat 31, 3 Sycamore Gardens", "31/3 Sycamore Gdns"),
        ("66 Queens Avenue", "Queens Ave, 66"),
        ("12B Mill Lane", "12b mill ln."),
        ("007 Rowan Lane", "7 Rowan Lane"),
        ("1 O'Brien Court", "1 O’Brien Ct"),
        ("Königstraße 5", "königstrasse 5"),
        ("خیابان فردوسی، پلاک ۱۴۱، واحد ۲۰", "No. 141, Ferdousi St, Unit 20"),
        ("خیابان فردوسی، پلاک ۱۴۱، واحد ۲۰", "141 Ferdowsi Street, apt 20"),
        ("خيابان فردوسي پلاك ١٤١ واحد ٢٠", "خیابان فردوسی، پلاک ۱۴۱، واحد ۲۰"),
        ("ул. Пушкина, д. 5, кв. 12", "Pushkina ulitsa 5-12"),
        ("улица Пушкина дом 5 квартира 12", "ул Пушкина 5/12"),
        ("١٢ شارع التحرير، شقة ٤", "١٢ شارع التحرير ٤"),
        ("طريق الجيزة ٣، حي المعادي", "الجيزة ٣ المعادي"),
        ("רחוב הרצל 5 דירה 3", "הרצל 5/3"),
    ] {
        let sounds = |raw: &str| of(raw).place();
        assert_eq!(grade(a, b), Same, "{a} | {b}: {:?} {:?}", sounds(a), sounds(b));
    }
}

#[test]
fn degrees_of_agreement() {
    for (a, b, wanted) in [
        // A slip in the street, in the number, or one number left out.
        ("3 Sycamore Gardens", "3 Sycamroe Gardens", Same),
        ("31/3 Sycamore Gardens", "3 Sycamore Gardens", Near),
        ("13 Sycamore Gardens", "31 Sycamore Gardens", Near),
        ("12 خیابان فردوسی", "13 خیابان فردوسی", Near),
        // The same street.
        ("5 Sycamore Gardens", "77 Sycamore Gardens", Street),
        ("ул. Ленина, 5", "ул. Ленина, 128", Street),
        ("הרצל 5", "הרצל 128", Street),
        // The same number somewhere else.
        ("66 Queens Avenue", "66 Rowan Lane", Numbers),
        ("۱۴۱ فردوسی", "۱۴۱ سعدی", Numbers),
        ("66 Queens Avenue", "12 Rowan Lane", Different),
        // That it is a street says nothing.
        ("5 Street", "6 Street", Different),
        ("Sycamore Gardens", "Rowan Gardens", Different),
        ("Sycamore Gardens", "Sycamore Gardens", Same),
    ] {
        assert_eq!(grade(a, b), wanted, "{a} | {b}");
    }
}

#[test]
fn inputs_are_put_together() {
    let parts = Address::parse(&[Some("6"), Some("tullaroop street"), Some("willaroo")]).unwrap();
    assert_eq!(compare(&parts, &of("willaroo, 6 Tullaroop St")), Same);
    assert_eq!(parts.numbers().as_deref(), Some("6"));
    for nothing in ["", "  ", "Street", "ул.", "خیابان", "רחוב", "--", "0", "\u{200e}\u{200f}", "🏠"]
    {
        assert!(Address::parse(&[None, Some(nothing)]).is_none(), "{nothing:?}");
    }
    assert!(Address::parse(&[]).is_none());
}

#[test]
fn places_are_the_same_in_every_script() {
    let place = |raw: &str| of(raw).place();
    assert_eq!(place("خیابان فردوسی، پلاک ۱۴۱"), place("No. 141, Ferdousi St"));
    assert_eq!(place("ул. Пушкина, 5"), place("5 Pushkina"));
    assert_ne!(place("5 Rowan Lane"), place("6 Rowan Lane"));
    assert_eq!(place("Rowan Lane"), None);
    assert_eq!(place("5"), None);
    assert_eq!(of("Rowan Lane").numbers(), None);
    assert_eq!(of("Flat 20, 141 Rowan").numbers(), of("141-20 Rowan").numbers());
}

#[test]
fn words_that_say_what_a_thing_is_are_written_as_they_are_compared() {
    for word in GENERIC {
        assert_eq!(text::fold(word), *word, "is never met");
    }
}

#[test]
fn long_and_strange_texts() {
    for raw in
        ["x".repeat(10_000), "1 ".repeat(10_000), "שלום 5 ".repeat(2_000), "\u{0}\u{202e}5 a".repeat(3_000)]
    {
        let address = of(&raw);
        assert_eq!(compare(&address, &address), Same);
        assert!(address.numbers.len() + address.words.len() <= 24);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn comparing_is_symmetric(
        a in "[0-9]{0,2}[ /,][0-9]{0,2} (Rowan|Roawn|Mill|Миля|فردوسی|Ferdosi|הרצל|St| ){1,3}",
        b in "[0-9]{0,2}[ /,][0-9]{0,2} (Rowan|Roawn|Mill|Миля|فردوسی|Ferdosi|הרצל|St| ){1,3}",
    ) {
        let (Some(a), Some(b)) = (Address::parse(&[Some(&a)]), Address::parse(&[Some(&b)])) else { return Ok(()) };
        prop_assert_eq!(compare(&a, &b), compare(&b, &a));
        prop_assert_eq!(compare(&a, &a), Same);
        if a.key() == b.key() {
            prop_assert_eq!(compare(&a, &b), Same);
        }
    }

    #[test]
    fn any_text_is_read(raw in ".{0,60}") {
        if let Some(address) = Address::parse(&[Some(&raw)]) {
            prop_assert_eq!(compare(&address, &address), Same);
        }
    }
}
