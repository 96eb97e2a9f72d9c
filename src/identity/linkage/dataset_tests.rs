use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;

#[test]
fn values_are_as_they_were_pushed() {
    let mut people = Dataset::new(["name", "phone", "phone"]);
    assert!(people.is_empty());
    for row in [["Sara", "1", ""], ["سارا", "", "2"], ["Sara", "1", "1"], ["", "", ""]] {
        people.push(&row).unwrap();
    }
    assert_eq!((people.len(), people.is_empty()), (4, false));
    assert_eq!(people.fields().collect::<Vec<_>>(), ["name", "phone", "phone"]);
    assert_eq!(
        (people.places("phone"), people.places("name"), people.places("e-mail")),
        (vec![1, 2], vec![0], vec![])
    );
    assert_eq!((people.value(1, 0), people.value(1, 1), people.value(1, 2)), (Some("سارا"), None, Some("2")));
    assert_eq!((people.value(4, 0), people.value(0, 3), people.value(3, 0)), (None, None, None));
    assert_eq!((people.filled(0), people.filled(1), people.filled(9)), ((3, 2), (2, 1), (0, 0)));
    let (cells, many) = people.cells(0);
    assert_eq!((cells, many), (&[1, 2, 1, 0][..], 3));
    assert_eq!(
        (people.text(0, 2), people.text(0, 0), people.text(0, 9), people.text(7, 1)),
        ("سارا", "", "", "")
    );
    assert_eq!(people.cells(9), (&[][..], 0));
}

#[test]
fn a_record_that_does_not_fit_changes_nothing() {
    let mut people = Dataset::new(["name", "phone"]);
    people.push(&["Sara", "1"]).unwrap();
    for values in [&[][..], &["x"], &["x", "y", "z"]] {
        assert_eq!(people.push(values), Err(DatasetError::Ragged));
    }
    assert_eq!((people.len(), people.filled(0)), (1, (1, 1)));
    let mut nothing = Dataset::new([]);
    nothing.push(&[]).unwrap();
    assert_eq!((nothing.len(), nothing.value(0, 0)), (1, None));
}

#[test]
fn debug_shows_no_value() {
    let mut people = Dataset::new(["name"]);
    people.push(&["Heydarnejad"]).unwrap();
    assert_eq!(format!("{people:?}"), r#"Dataset { fields: ["name"], rows: 1, .. }"#);
}

proptest! {
    #[test]
    fn each_distinct_value_is_kept_once(rows in prop::collection::vec(("(a|b|סא|سا|\u{0}|🌹){0,3}", ".{0,3}"), 0..40)) {
        let mut data = Dataset::new(["a", "b"]);
        for (a, b) in &rows {
            data.push(&[a, b]).unwrap();
        }
        for (at, (a, b)) in rows.iter().enumerate() {
            prop_assert_eq!(data.value(at, 0), Some(a.as_str()).filter(|text| !text.is_empty()));
            prop_assert_eq!(data.value(at, 1), Some(b.as_str()).filter(|text| !text.is_empty()));
        }
        let told: Vec<&String> = rows.iter().map(|row| &row.0).filter(|text| !text.is_empty()).collect();
        prop_assert_eq!(data.filled(0), (told.len(), told.into_iter().collect::<BTreeSet<_>>().len()));
    }
}
