use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;

use super::super::model::{Model, TermFrequencies, TermKey};
use super::*;

const KEY: u64 = 0x1234_5678_9ABC_DEF0;

type Person = BTreeMap<&'static str, String>;

/// What people tell, alike and unlike, in several scripts.
fn person() -> impl Strategy<Value = Person> {
    let told = |name, values: &[&str]| {
        let values: Vec<String> = values.iter().map(|value| (*value).to_owned()).collect();
        prop::option::weighted(0.8, select(values)).prop_map(move |value| (name, value))
    };
    let first = (
        told(
            "given_name",
            &["Sara", "سارا", "Sarah", "S.", "Bob", "Robert", "Анна", "שרה", "Karimi", "Anna Maria", "Petr"],
        ),
        told(
            "family_name",
            &["Karimi", "کریمی", "Karimy", "Sara", "Иванова", "Cohen", "כהן", "van der Berg"],
        ),
        told(
            "birth_date",
            &[
                "1991-08-03",
                "1370/05/12",
                "1991-03-08",
                "1981-08-03",
                "1991-08",
                "1991",
                "2001-11-09",
                "1990-12-31",
                "1991-01-01",
                "05/06/1980",
                "06/05/1980",
            ],
        ),
        told(
            "email",
            &[
                "sara.karimi@web.de",
                "sara.karimi@gmx.de",
                "sarakarimi@web.de",
                "sra.karimi@web.de",
                "bob@web.de",
                "bo@web.de",
                "karimi.sara@mail.ir",
                "рина@почта.рф",
            ],
        ),
        told(
            "phone",
            &[
                "+49301234567",
                "+49301234576",
                "+49301234568",
                "030 1234567",
                "+4930124567",
                "+989121112233",
                "1234577",
            ],
        ),
        told(
            "address_line",
            &[
                "Lindenstr 12",
                "Lindnestr 12",
                "Lindenstr 13",
                "Lindenstraße 12a",
                "12",
                "13",
                "Am Markt 5",
                "خیابان ولیعصر پلاک ۱۲",
                "ул. Ленина 12",
                "Lenina 12",
                "Goethestr 99",
                "Goetheweg",
            ],
        ),
        told("postcode", &["10115", "10151", "10117", "SW1A 2AA", "SW1A2AB", "20095", "101"]),
        told("city", &["Berlin", "برلین", "Берлин", "Köln", "Tehran"]),
    );
    let second = (
        told("loyalty_card", &["AB123456", "AB123465", "AB12345", "XY999999", "CC1"]),
        told("gender", &["f", "m"]),
        told("occupation", &["teacher", "techer", "معلم"]),
    );
    // One value may have a slip.
    (first, second, any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0..4_u8).prop_map(
        |((a, b, c, d, e, f, g, h), (i, j, k), which, place, slip)| {
            let told = [a, b, c, d, e, f, g, h, i, j, k].into_iter();
            let mut person: Person = told.filter_map(|(name, value)| Some((name, value?))).collect();
            if slip > 0 && !person.is_empty() {
                let value = person.values_mut().nth(which.index(usize::MAX) % 3).map(std::mem::take);
                if let Some(mut letters) = value.map(|value| value.chars().collect::<Vec<_>>()) {
                    let at = place.index(letters.len());
                    match slip {
                        1 => drop(letters.remove(at)),
                        2 => letters.insert(at, '7'),
                        _ => letters.swap(at, at.saturating_sub(1)),
                    }
                    let emptied = person.iter_mut().find(|(_, value)| value.is_empty());
                    if let Some((_, value)) = emptied {
                        *value = letters.into_iter().collect();
                    }
                }
            }
            person
        },
    )
}

fn models() -> Vec<Model> {
    let mut rare = Model::person();
    let counts = [("karimi", 3), ("sara", 200), ("cohen", 1)].map(|(name, count)| (TermKey::of(name), count));
    for column in ["given", "family", "email", "phone", "loyalty_card"] {
        let counted = TermFrequencies { records: 1_000, counts: counts.into_iter().collect() };
        rare.term_frequencies.insert(column.to_owned(), counted);
    }
    let households = Model { household_prior: 0.001, ..rare.clone() };
    vec![Model::person(), rare, households]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3_000))]

    /// A pair that weighs so much is never given up, whichever of the two is known.
    #[test]
    fn no_pair_is_lost(mut a in person(), b in person(), copied in any::<u16>()) {
        // Pairs that have much in common.
        for (at, (name, value)) in (0_u32..).zip(&b) {
            if copied >> (at % 16) & 1 == 1 {
                a.insert(*name, value.clone());
            }
        }
        for model in models() {
            let scorer = Scorer::new(&model).unwrap();
            let [a, b] = [&a, &b].map(|person| scorer.prepare(&|name| person.get(name).map(String::as_str)));
            let [x, y] = [&a, &b].map(|record| scorer.sketch(record, KEY));
            for bits in [scorer.weight_bits(&a, &b), scorer.weight_bits(&b, &a)] {
                prop_assert!(scorer.bound(&a, &x).may_weigh(bits, &y));
                prop_assert!(scorer.bound(&b, &y).may_weigh(bits, &x));
            }
            prop_assert!(Sketch::from_bytes(x.to_bytes()) == x);
        }
    }

    /// One edit of a code or a street is not taken for another value.
    #[test]
    fn a_slip_is_seen_as_one(code in "[0-9a-c]{4,12}", at in any::<prop::sample::Index>(), kind in 0..4_u8) {
        let mut letters: Vec<char> = code.chars().collect();
        let at = at.index(letters.len());
        match kind {
            0 => drop(letters.remove(at)),
            1 => letters.insert(at, '0'),
            2 => letters[at] = 'b',
            _ => letters.swap(at, at.saturating_sub(1)),
        }
        let slipped: String = letters.into_iter().collect();
        let bits = [&code, &slipped].map(|text| Key(KEY).text(text, &Text::new(text)));
        prop_assert!(codes(bits[0], bits[1]) >= 4);
    }
}

#[test]
fn strangers_who_share_a_name_and_a_postcode_are_given_up() {
    let model = Model::person();
    let scorer = Scorer::new(&model).unwrap();
    let people = [
        ["Sara", "Karimi", "1991-08-03", "030 1234567", "Lindenstr 12", "10115"],
        ["Reza", "Karimi", "1958-11-27", "040 998 8776", "Goetheweg 77", "10115"],
    ];
    let names = ["given_name", "family_name", "birth_date", "phone", "address_line", "postcode"];
    let [a, b] = people
        .map(|told| scorer.prepare(&|name| names.iter().position(|known| *known == name).map(|at| told[at])));
    let [x, y] = [&a, &b].map(|record| scorer.sketch(record, KEY));
    assert!(!scorer.bound(&a, &x).may_weigh(1.5, &y) && scorer.bound(&a, &x).may_weigh(1.5, &x));
    assert_eq!(format!("{x:?}"), "Sketch(..)");
}
