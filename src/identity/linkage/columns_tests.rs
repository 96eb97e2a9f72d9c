use super::super::model::Model;
use super::super::scorer::Scorer;
use super::*;

fn data(fields: &[&str], rows: &[&[&str]]) -> Dataset {
    let mut data = Dataset::new(fields.iter().copied());
    rows.iter().for_each(|row| data.push(row).unwrap());
    data
}

fn made(data: &Dataset, inputs: &[&str], transform: Transform) -> Interned {
    let inputs = inputs.iter().map(|input| (*input).to_owned()).collect();
    make(
        data,
        &Column { name: "column".into(), inputs, transform },
        TextUnit::Characters,
        &mut NameTexts::default(),
    )
}

fn terms(column: &Interned, rows: u32) -> Vec<Option<String>> {
    (0..rows).map(|row| column.of(row).map(|value| value.term().into_owned())).collect()
}

fn some(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| (!text.is_empty()).then(|| (*text).to_owned())).collect()
}

#[test]
fn one_value_in_several_writings_is_kept_once() {
    let data =
        data(&["phone"], &[&["0715 270 8469"], &["+44 7152 708469"], &["٠٧١٥٢٧٠٨٤٦٩"], &["none"], &[""]]);
    let column = made(&data, &["phone"], Transform::Phone);
    assert_eq!(
        (column.cells.clone(), column.counts.clone(), column.values.len()),
        (vec![1, 1, 1, 0, 0], vec![3], 1)
    );
    assert_eq!(column.filled(), 3);
    assert!(column.of(3).is_none() && column.of(99).is_none());
}

#[test]
fn of_several_fields_with_one_name_the_first_that_tells_counts() {
    let data = data(&["phone", "phone"], &[&["07152708469", "07152701111"], &["", "07152701111"], &["", ""]]);
    let column = made(&data, &["phone"], Transform::Phone);
    assert_eq!(terms(&column, 3), some(&["152708469", "152701111", ""]));
    let missing = made(&data, &["e-mail"], Transform::Email);
    assert_eq!((missing.cells, missing.values.len()), (vec![0, 0, 0], 0));
}

#[test]
fn names_are_taken_from_the_fields_that_tell_them() {
    let data = data(
        &["given_name", "family_name", "full_name"],
        &[
            &["Sara", "Milani", ""],
            &["", "", "Sara Milani"],
            &["", "", "Milani, Sara"],
            &["Sara Milani", "", ""],
            &["", "Sara Milani", ""],
            &["", "", "سارا میلانی"],
            &["N/A", "", ""],
            &["", "", ""],
        ],
    );
    let inputs = ["given_name", "family_name", "full_name"];
    let given = made(&data, &inputs, Transform::GivenName);
    let family = made(&data, &inputs, Transform::FamilyName);
    assert_eq!(terms(&given, 8), some(&["sara", "sara", "sara", "sara", "sara", "سارا", "", ""]));
    assert_eq!(terms(&family, 8), some(&["milani", "milani", "milani", "milani", "milani", "میلانی", "", ""]));
    assert_eq!((given.counts, family.counts), (vec![5, 1], vec![5, 1]));
}

/// Values that are written alike once they are folded, and are not the same.
#[test]
fn what_compares_in_another_way_is_kept_apart() {
    let names = data(&["given_name"], &[&["Muller"], &["Müller"], &["MÜLLER"], &["muller"], &["Mueller"]]);
    let column = made(&names, &["given_name", "family_name", "full_name"], Transform::GivenName);
    assert_eq!(column.cells, [1, 2, 2, 1, 3]);
    let places = made(&names, &["given_name"], Transform::Place);
    assert_eq!(places.cells, [1, 2, 2, 1, 3]);
    let dates = data(&["born"], &[&["1991"], &["1991-05"], &["1991-05-01"], &["01.05.1991"], &["1991-05"]]);
    let column = made(&dates, &["born"], Transform::BirthDate);
    assert_eq!(column.cells, [1, 2, 3, 3, 2]);
}

#[test]
fn a_column_holds_what_a_scorer_makes_of_each_record() {
    let texts = [
        "",
        "Sara",
        "سارا",
        "Müller, Jürgen",
        "1991-08-03",
        "03/08/1991",
        "1991",
        "a.b+c@mail.ir",
        "12 Rowan St",
        "12/3 خیابان فردوسی",
        "0715 270 8469",
        "🌹",
        "N/A",
        "\u{0}",
        "x|y",
    ];
    let model = Model::person();
    let fields: Vec<String> = {
        let inputs = model.columns.iter().flat_map(|column| column.inputs.clone());
        inputs.collect::<std::collections::BTreeSet<_>>().into_iter().collect()
    };
    let rows: Vec<Vec<&str>> = (0..60)
        .map(|row| {
            (0..fields.len()).map(|field| texts[(row * 7 + field * (row % 5 + 1)) % texts.len()]).collect()
        })
        .collect();
    let mut data = Dataset::new(fields.iter().map(String::as_str));
    rows.iter().for_each(|row| data.push(row).unwrap());
    let scorer = Scorer::new(&model).unwrap();
    for (at, column) in model.columns.iter().enumerate() {
        let made = make(&data, column, model.text_unit, &mut NameTexts::default());
        for (place, row) in (0_u32..).zip(&rows) {
            let record = scorer.prepare(&|name| {
                let field = fields.iter().position(|field| field == name)?;
                Some(row[field]).filter(|text| !text.is_empty())
            });
            let alone = record.value(at).map(|value| value.identity().into_owned());
            assert_eq!(made.of(place).map(|value| value.identity().into_owned()), alone, "{}", column.name);
        }
        assert_eq!(made.filled(), made.cells.iter().filter(|cell| **cell != 0).count() as u64);
    }
}
