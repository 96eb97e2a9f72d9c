use proptest::prelude::*;

use super::super::model::TextUnit;
use super::super::prepare::{Transform, prepare};
use super::*;

fn value(transform: Transform, raw: &str) -> Prepared {
    prepare(transform, &[Some(raw)], TextUnit::Characters).unwrap()
}

fn degree(of: fn(&Prepared, &Prepared) -> u8, transform: Transform, a: &str, b: &str) -> u8 {
    let (a, b) = (value(transform, a), value(transform, b));
    assert_eq!(of(&a, &b), of(&b, &a));
    of(&a, &b)
}

#[test]
fn birth_dates() {
    for (a, b, wanted) in [
        ("1991-08-03", "1991-08-03", 5),
        ("1991-08-03", "۱۳۷۰/۰۵/۱۲", 5),
        ("١٩٩١-٠٨-٠٣", "3 August 1991", 5),
        ("19910803", "1991-08-03", 5),
        // Day first or month first: one of the readings.
        ("03/08/1991", "1991-08-03", 5),
        ("03/08/1991", "1991-03-08", 5),
        ("13.08.1991", "1991-08-13", 5),
        // Exchanged, one digit wrong, two neighbours exchanged.
        ("1991-08-03", "1991-03-08", 4),
        ("1991-08-03", "1991-08-04", 4),
        ("1991-08-03", "1981-08-03", 4),
        ("1991-08-12", "1991-08-21", 4),
        // Two of year, month and day.
        ("1991-08-03", "1991-08-27", 3),
        ("1991-08-03", "1946-08-03", 3),
        // At most a year apart, or of one year.
        ("1991-12-31", "1992-01-01", 2),
        ("1991-02-03", "1991-11-27", 2),
        ("1991-08-03", "1955-02-27", 1),
        // A year or a month is less than a day.
        ("1991", "1991-08-13", 3),
        ("1991", "1991", 3),
        ("1991-08", "1991-08-13", 3),
        ("1991-08", "1991-09-13", 2),
        ("1991", "1992-08-13", 2),
        ("1991", "1995-08-13", 1),
    ] {
        assert_eq!(degree(birth_date, Transform::BirthDate, a, b), wanted, "{a} {b}");
    }
}

#[test]
fn telephones() {
    for (a, b, wanted) in [
        ("+44 (0)7152708469", "0715 270 8469", 5),
        ("+447152708469", "٠٧١٥٢٧٠٨٤٦٩", 5),
        ("0044 7152 708 469", "07152-708-469", 5),
        ("۰۹۱۲۳۴۵۶۷۰۱", "+98 912 345 6701", 5),
        ("8 (921) 555-01-77", "+7 921 555 01 77", 5),
        ("054-123-4567", "+972 54 1234567", 5),
        ("0715 270 8469", "0715 270 8496", 4),
        ("0715 270 8469", "0715 270 1234", 1),
    ] {
        assert_eq!(degree(code, Transform::Phone, a, b), wanted, "{a} {b}");
    }
    for nothing in ["", "12345", "0000000000", "1111111111", "123456789", "call me", "٠٠٠٠٠٠٠٠٠"] {
        assert!(prepare(Transform::Phone, &[Some(nothing)], TextUnit::Characters).is_none(), "{nothing}");
    }
}

#[test]
fn codes_and_categories() {
    for (a, b, wanted) in [
        ("LC-8714 709702", "lc8714709702", 5),
        ("۸۷۱۴۷۰۹۷", "87147097", 5),
        ("87147097", "87147079", 4),
        ("87147097", "8714709", 4),
        ("12345", "12354", 1),
        ("87147097", "11223344", 1),
    ] {
        assert_eq!(degree(code, Transform::Code, a, b), wanted, "{a} {b}");
    }
    for nothing in ["", "0", "00000", "xxx", "--", "ааа"] {
        assert!(prepare(Transform::Code, &[Some(nothing)], TextUnit::Characters).is_none(), "{nothing}");
    }
    assert_eq!(degree(category, Transform::Text, "Female", "female "), 5);
    assert_eq!(degree(category, Transform::Text, "زن", "مرد"), 1);
}

#[test]
fn places() {
    for (a, b, wanted) in [
        ("Shiraz", "SHIRAZ", 6),
        ("Shiraz", "شیراز", 5),
        ("Каир", "القاهرة", 1),
        ("Холон", "חולון", 5),
        ("Bradford", "Bradfort", 4),
        ("London", "Bradford", 1),
    ] {
        assert_eq!(degree(place, Transform::Place, a, b), wanted, "{a} {b}");
    }
    assert!(cities(&value(Transform::Place, "Tehran"), &value(Transform::Place, "تهران")));
    assert!(!cities(&value(Transform::Place, "Tehran"), &value(Transform::Place, "Шираз")));
}

#[test]
fn where_people_live_is_told_by_address_and_place_together() {
    use AddressGrade::{Different, Near, Numbers, Same, Street};
    for (address, postcode, city, wanted) in [
        (None, None, None, 0),
        (Some(Same), Some(2), Some(false), 9),
        (Some(Same), Some(1), Some(true), 9),
        (Some(Same), None, Some(true), 9),
        (Some(Near), None, Some(true), 8),
        (Some(Numbers), Some(2), Some(true), 8),
        (Some(Same), None, None, 7),
        (Some(Near), None, None, 6),
        // A postcode in which more than a slip is wrong, a town that one side calls otherwise.
        (Some(Same), Some(0), Some(true), 6),
        (Some(Near), Some(0), None, 6),
        (Some(Same), None, Some(false), 6),
        (Some(Different), Some(2), None, 5),
        (None, Some(2), None, 5),
        (Some(Street), Some(2), Some(true), 5),
        (Some(Street), None, Some(true), 5),
        (None, Some(1), Some(true), 4),
        (Some(Street), Some(1), None, 4),
        (Some(Numbers), None, Some(true), 4),
        // Every town has a station road.
        (Some(Same), Some(0), Some(false), 3),
        (Some(Near), Some(0), Some(false), 3),
        (Some(Street), None, None, 3),
        (Some(Street), Some(0), Some(true), 3),
        (Some(Different), Some(0), Some(true), 2),
        (None, None, Some(true), 2),
        (Some(Numbers), None, None, 1),
        (Some(Different), Some(0), Some(false), 1),
    ] {
        assert_eq!(where_they_live(address, postcode, city), wanted, "{address:?} {postcode:?} {city:?}");
    }
}

/// What gives pairs up by an upper bound counts on it.
#[test]
fn more_in_common_is_never_a_lower_degree() {
    use AddressGrade::{Different, Near, Numbers, Same, Street};
    let postcodes = [None, Some(0), Some(1), Some(2)];
    let cities = [None, Some(false), Some(true)];
    for postcode in postcodes {
        for city in cities {
            let of = |address| where_they_live(Some(address), postcode, city);
            let degrees = [Different, Street, Near, Same].map(of);
            assert!(degrees.is_sorted(), "{postcode:?} {city:?} {degrees:?}");
            let degrees = [Different, Numbers, Same].map(of);
            assert!(degrees.is_sorted(), "{postcode:?} {city:?} {degrees:?}");
        }
    }
    for address in [None, Some(Different), Some(Numbers), Some(Street), Some(Near), Some(Same)] {
        for city in cities {
            let degrees =
                [Some(0), Some(1), Some(2)].map(|postcode| where_they_live(address, postcode, city));
            assert!(degrees.is_sorted(), "{address:?} {city:?} {degrees:?}");
        }
        for postcode in postcodes {
            let degrees = [Some(false), Some(true)].map(|city| where_they_live(address, postcode, city));
            assert!(degrees.is_sorted(), "{address:?} {postcode:?} {degrees:?}");
        }
    }
}

fn person(raw: &str) -> Option<PersonName> {
    PersonName::parse(raw)
}

/// The degrees of given and family name of two people, `given | family`.
fn both(a: (&str, &str), b: (&str, &str)) -> (u8, u8) {
    let [a, b] = [a, b].map(|(given, family)| (person(given), person(family)));
    let sides = |(given, family): &(Option<PersonName>, Option<PersonName>)| (given.clone(), family.clone());
    let (x, y) = (sides(&a), sides(&b));
    let of = |a: &(Option<PersonName>, Option<PersonName>), b: &(Option<PersonName>, Option<PersonName>)| {
        names((a.0.as_ref(), a.1.as_ref()), (b.0.as_ref(), b.1.as_ref()), &mut |_, a, b| {
            person_name::compare(a, b)
        })
    };
    assert_eq!(of(&x, &y), of(&y, &x), "depends on which comes first");
    of(&x, &y)
}

#[test]
fn names_in_the_wrong_fields_are_found() {
    for (a, b, wanted) in [
        (("Sara", "Milani"), ("Sara", "Milani"), (6, 6)),
        (("Sara", "Milani"), ("سارا", "میلانی"), (5, 5)),
        (("Sara", "Milani"), ("Milani", "Sara"), (4, 4)),
        (("سارا", "میلانی"), ("Milani", "Sara"), (4, 4)),
        (("Пётр", "Иванов"), ("Ivanov", "Petr"), (4, 4)),
        (("אייל", "אזולאי"), ("Azoulay", "Eyal"), (4, 4)),
        (("S.", "Milani"), ("Sara", "Milani"), (3, 6)),
        (("Sara", "Milani"), ("Peter", "Milani"), (1, 6)),
        (("Sara", "Milani"), ("Peter", "Karimi"), (1, 1)),
        (("Sara", ""), ("Sara", "Milani"), (6, 0)),
        (("", ""), ("Sara", "Milani"), (0, 0)),
        (("", "Milani"), ("Milani", ""), (0, 4)),
        // One that fits crosswise is not enough.
        (("Sara", "Milani"), ("Milani", "Peter"), (1, 1)),
    ] {
        assert_eq!(both(a, b), wanted, "{a:?} {b:?}");
    }
}

#[test]
fn names_that_nearly_equal_addresses_spell_are_said_once() {
    let address = |raw: &str| EmailValue::parse(raw).unwrap();
    let (sara, milani) = (person("Sara").unwrap(), person("میلانی").unwrap());
    let of = |degree, raw: &str, names: (u8, u8)| {
        let (mut given, mut family) = names;
        let (own, other) = (address(raw), address("x@post.de"));
        let left = (&own, Some(&sara), Some(&milani));
        spelled(degree, left, (&other, None, Some(&milani)), (&mut given, &mut family));
        // Whichever side comes first.
        let (mut given_back, mut family_back) = names;
        spelled(degree, (&other, None, Some(&milani)), left, (&mut given_back, &mut family_back));
        assert_eq!((given, family), (given_back, family_back));
        (given, family)
    };
    assert_eq!(of(4, "sara.milani@mail.ir", (6, 5)), (0, 0));
    assert_eq!(of(3, "milani77@mail.ir", (6, 5)), (6, 0));
    // Equal and different addresses take nothing back, nor do names that do not agree.
    assert_eq!(of(5, "sara.milani@mail.ir", (6, 5)), (6, 5));
    assert_eq!(of(1, "sara.milani@mail.ir", (6, 5)), (6, 5));
    assert_eq!(of(4, "sara.milani@mail.ir", (1, 2)), (1, 2));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn names_agree_the_same_whichever_comes_first(
        a in ("(Sara|Sarah|S|سارا|Milani|Milany|میلانی|Mary Ann|)", "(Milani|میلانی|Sara|سارا|Ann|Karimi|)"),
        b in ("(Sara|Sarah|S|سارا|Milani|Milany|میلانی|Mary Ann|)", "(Milani|میلانی|Sara|سارا|Ann|Karimi|)"),
    ) {
        both((&a.0, &a.1), (&b.0, &b.1));
    }

    /// Digit by digit, by definition.
    #[test]
    fn days_agree_as_their_digits_do(
        a in (1959_i32..1962, 1_u32..13, 1_u32..29),
        b in (1959_i32..1962, 1_u32..13, 1_u32..29),
    ) {
        let date = |(year, month, day)| NaiveDate::from_ymd_opt(year, month, day).unwrap();
        let (x, y) = (date(a), date(b));
        let written = |date: NaiveDate| date.format("%Y%m%d").to_string().into_bytes();
        let (one, two) = (written(x), written(y));
        let wrong: Vec<usize> = (0..8).filter(|at| one[*at] != two[*at]).collect();
        let exchanged = a.0 == b.0 && (a.1, a.2) == (b.2, b.1);
        let neighbours =
            matches!(*wrong, [i, j] if i + 1 == j && one[i] == two[j] && one[j] == two[i]);
        let parts = [a.0 == b.0, a.1 == b.1, a.2 == b.2].into_iter().filter(|same| *same).count();
        let wanted = match (wrong.len(), parts) {
            (0, _) => 5,
            (1, _) => 4,
            _ if exchanged || neighbours => 4,
            (_, 2) => 3,
            _ if a.0 == b.0 || (x - y).num_days().abs() <= 366 => 2,
            _ => 1,
        };
        prop_assert_eq!(days(x, y), wanted);
        prop_assert_eq!(days(y, x), wanted);
    }

    #[test]
    fn dates_agree_the_same_whichever_comes_first(
        a in (1960_i32..1963, 1_u32..13, 1_u32..29),
        b in (1960_i32..1963, 1_u32..13, 1_u32..29),
        forms in any::<[u8; 2]>(),
    ) {
        let write = |(year, month, day): (i32, u32, u32), form: u8| match form % 4 {
            0 => format!("{year}-{month:02}-{day:02}"),
            1 => format!("{day:02}/{month:02}/{year}"),
            2 => format!("{year}-{month:02}"),
            _ => year.to_string(),
        };
        let (x, y) = (write(a, forms[0]), write(b, forms[1]));
        let found = degree(birth_date, Transform::BirthDate, &x, &y);
        prop_assert!((1..=5).contains(&found));
        if a == b && forms[0] % 4 < 2 && forms[1] % 4 < 2 {
            prop_assert_eq!(found, 5);
        }
    }
}
