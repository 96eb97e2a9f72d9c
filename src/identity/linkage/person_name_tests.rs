use proptest::prelude::*;

use super::NameGrade::{Close, Different, Exact, Initial, Loose, Same};
use super::*;

fn grade(a: &str, b: &str) -> NameGrade {
    let (a, b) = (PersonName::parse(a).unwrap(), PersonName::parse(b).unwrap());
    assert_eq!(compare(&a, &b), compare(&b, &a), "{:?} {:?}", a.key(), b.key());
    compare(&a, &b)
}

#[test]
fn grades() {
    for (a, b, wanted) in [
        ("Sara", "SARA", Exact),
        ("José", "jose", Exact),
        ("علی", "علي", Exact),
        ("Sara", "سارا", Same),
        ("Sergey", "Сергей", Same),
        ("אייל", "Eyal", Same),
        ("Сидорова", "Sidorov", Same),
        ("Bob", "Robert", Same),
        ("Саша", "Александр", Same),
        ("Catherine", "Cathrine", Close),
        ("Mary Ann", "Mary", Close),
        ("S.", "Sara", Initial),
        ("ه.", "Hossein", Initial),
        ("Sara", "Peter", Different),
        ("سارا", "رضا", Different),
        ("Иван", "Пётр", Different),
        ("משה", "אייל", Different),
        ("Mary Ann", "Mary Peter", Loose),
    ] {
        assert_eq!(grade(a, b), wanted, "{a} {b}");
    }
}

#[test]
fn parts_may_change_places() {
    assert!(grade("Ann Mary", "Mary Ann") >= Same);
    assert!(grade("رضا علی", "Ali Reza") >= Close);
}

fn given(inputs: [&str; 3]) -> Option<String> {
    read(Which::Given, &inputs.map(Some)).map(|name| name.key().to_owned())
}

fn family(inputs: [&str; 3]) -> Option<String> {
    read(Which::Family, &inputs.map(Some)).map(|name| name.key().to_owned())
}

#[test]
fn names_are_found_wherever_they_stand() {
    for (inputs, wanted_given, wanted_family) in [
        (["Sara", "Milani", ""], Some("sara"), Some("milani")),
        (["Sara Jane", "Milani", ""], Some("sara jane"), Some("milani")),
        // A whole name in one field.
        (["", "", "Sara Milani"], Some("sara"), Some("milani")),
        (["", "", "Sara Jane Milani"], Some("sara jane"), Some("milani")),
        (["", "", "Milani, Sara Jane"], Some("sara jane"), Some("milani")),
        (["", "", "سارا میلانی"], Some("سارا"), Some("میلانی")),
        (["", "", "Иванов, Пётр"], Some("петр"), Some("иванов")),
        (["", "", "Sara"], Some("sara"), None),
        (["Sara Milani", "", ""], Some("sara"), Some("milani")),
        (["", "Sara Milani", ""], Some("sara"), Some("milani")),
        // One name in one field.
        (["Sara", "", ""], Some("sara"), None),
        (["", "Milani", ""], None, Some("milani")),
        // Placeholders are nothing.
        (["N/A", "unknown", "Sara Milani"], Some("sara"), Some("milani")),
        (["", "", ""], None, None),
        (["🌹", "--", "123"], None, None),
        (["", "", ","], None, None),
        (["", "", "Milani,"], Some("milani"), None),
    ] {
        assert_eq!(given(inputs).as_deref(), wanted_given, "{inputs:?}");
        assert_eq!(family(inputs).as_deref(), wanted_family, "{inputs:?}");
    }
    assert!(read(Which::Given, &[]).is_none());
    assert!(read(Which::Given, &[None, None, None, None]).is_none());
}

#[test]
fn given_and_family_name_never_share_a_part() {
    for given in 0..9 {
        for family in 0..9 {
            for full in 0..9 {
                for before_comma in [None, Some(0), Some(1), Some(3), Some(9)] {
                    let parts = [given, family, full];
                    let places =
                        [Which::Given, Which::Family].map(|which| find(which, parts, || before_comma));
                    for (field, range) in places.iter().flatten() {
                        assert!(
                            !range.is_empty() && range.end <= parts[*field],
                            "{parts:?} {before_comma:?}"
                        );
                    }
                    if let [Some((a, one)), Some((b, two))] = &places {
                        assert!(a != b || one.end <= two.start || two.end <= one.start, "{parts:?}");
                    }
                }
            }
        }
    }
}

#[test]
fn long_names() {
    let long = PersonName::parse(&"Abcdefgh ".repeat(2_000)).unwrap();
    assert_eq!(compare(&long, &long), Exact);
    let other = PersonName::parse(&"سارا ".repeat(2_000)).unwrap();
    assert_eq!(compare(&long, &other), Different);
    assert!(PersonName::parse(&"Abcdefgh".repeat(1_250)).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn comparing_is_symmetric(
        a in "((Anna|Ann|A|Ana|Mary|Marie|М|Анна|سارا|سارة|ساره|رضا|Reza|Rez|Müller|Muller|Mueller) ){1,3}",
        b in "((Anna|Ann|A|Ana|Mary|Marie|М|Анна|سارا|سارة|ساره|رضا|Reza|Rez|Müller|Muller|Mueller) ){1,3}",
    ) {
        let (Some(a), Some(b)) = (PersonName::parse(&a), PersonName::parse(&b)) else { return Ok(()) };
        prop_assert_eq!(compare(&a, &b), compare(&b, &a), "{:?} {:?}", a.key(), b.key());
        prop_assert_eq!(compare(&a, &a), Exact);
    }

    #[test]
    fn who_asks_for_close_names_only_hears_the_same_of_them(
        a in "((Anna|Anne|A|Ana|Marie|Maria|Мария|Марья|Мариа|سارا|سارة|رضا|Reza|Rezza|משה|Moshe|Müller|Muler) ){1,3}",
        b in "((Anna|Anne|A|Ana|Marie|Maria|Мария|Марья|Мариа|سارا|سارة|رضا|Reza|Rezza|משה|Moshe|Müller|Muler) ){1,3}",
    ) {
        let (Some(a), Some(b)) = (PersonName::parse(&a), PersonName::parse(&b)) else { return Ok(()) };
        let (exactly, closely) = (compare(&a, &b), compare_closely(&a, &b));
        prop_assert_eq!(exactly.max(Initial), closely.max(Initial), "{:?} {:?}", a.key(), b.key());
    }
}
