use super::super::date_format::DateFormat;
use super::super::part::{Part, Pattern};
use super::super::{CalendarUnit, Condition, EditMeasure, ModelErrorKind, Side, TextMeasure, TimeUnit};
use super::*;

/// The columns that the tests ask about, one of each kind, each made from the field of its own name.
fn columns() -> Vec<Column> {
    let column = |name: &str, input: &str, transform| Column {
        name: name.into(),
        inputs: vec![input.into()],
        transform,
    };
    let part = |pattern| Transform::Part(Part { pattern: Some(pattern), ..Part::default() });
    vec![
        column("name", "name", Transform::Raw),
        column("surname", "surname", Transform::Raw),
        column("tags", "tags", Transform::List),
        column("age", "age", Transform::Number),
        column("dob", "dob", Transform::Instant(DateFormat::iso_date())),
        column("vector", "vector", Transform::Vector),
        column("lat", "lat", Transform::Number),
        column("long", "long", Transform::Number),
        column("district", "postcode", part(Pattern::PostcodeDistrict)),
        column("sector", "postcode", part(Pattern::PostcodeSector)),
        column("local", "email", part(Pattern::EmailLocalPart)),
        column(
            "start",
            "name",
            Transform::Part(Part { lower: true, start: 1, length: 3, ..Part::default() }),
        ),
    ]
}

fn record(fields: &[(&str, &str)], unit: TextUnit) -> Vec<Option<Prepared>> {
    let field = |name: &str| fields.iter().find(|(key, _)| *key == name).map(|(_, value)| *value);
    columns().iter().map(|column| prepare(column.transform, &[field(&column.inputs[0])], unit)).collect()
}

fn asked_in(
    unit: TextUnit,
    condition: &Condition,
    left: &[(&str, &str)],
    right: &[(&str, &str)],
) -> Option<bool> {
    let compiled = condition.compile(&columns(), unit).unwrap();
    compiled.holds(&record(left, unit)[..], &record(right, unit)[..])
}

fn asked(condition: &Condition, left: &[(&str, &str)], right: &[(&str, &str)]) -> Option<bool> {
    asked_in(TextUnit::Characters, condition, left, right)
}

fn edits(column: &str, at_most: u32) -> Condition {
    Condition::Edits { column: column.into(), with: None, measure: EditMeasure::Levenshtein, at_most }
}

#[test]
fn unknown_follows_sql() {
    let exact = Condition::Exact { column: "name".into() };
    let known = |truth: bool| if truth { Condition::Else } else { Condition::Not(Box::new(Condition::Else)) };
    let (left, right) = (&[("name", "a")][..], &[][..]);
    assert_eq!(asked(&exact, left, right), None);
    assert_eq!(asked(&Condition::Not(Box::new(exact.clone())), left, right), None);
    assert_eq!(asked(&Condition::All(vec![exact.clone(), known(false)]), left, right), Some(false));
    assert_eq!(asked(&Condition::All(vec![exact.clone(), known(true)]), left, right), None);
    assert_eq!(asked(&Condition::Any(vec![exact.clone(), known(false)]), left, right), None);
    assert_eq!(asked(&Condition::Any(vec![exact, known(true)]), left, right), Some(true));
    assert_eq!(asked(&Condition::All(vec![]), left, right), Some(true));
    assert_eq!(asked(&Condition::Any(vec![]), left, right), Some(false));
    assert_eq!(asked(&Condition::EitherNull { column: "name".into() }, left, right), Some(true));
    for (side, missing) in [(Side::Left, false), (Side::Right, true)] {
        assert_eq!(asked(&Condition::Null { column: "name".into(), side }, left, right), Some(missing));
    }
}

#[test]
fn texts_are_compared_by_character_or_by_byte() {
    for (left, right, characters, bytes) in
        [("Рахимов", "Рагимов", 1, 2), ("علی", "علي", 1, 2), ("כהן", "כהנ", 1, 1), ("smith", "smyth", 1, 1)]
    {
        let (left, right) = ([("name", left)], [("name", right)]);
        for at_most in 0..4 {
            let ask = |unit| asked_in(unit, &edits("name", at_most), &left, &right);
            assert_eq!(ask(TextUnit::Characters), Some(at_most >= characters));
            assert_eq!(ask(TextUnit::Bytes), Some(at_most >= bytes));
        }
    }
    let winkler = |at_least| Condition::Similar {
        column: "name".into(),
        with: None,
        measure: TextMeasure::JaroWinkler,
        at_least,
    };
    let (left, right) = ([("name", "martha")], [("name", "marhta")]);
    assert_eq!(asked(&winkler(0.961), &left, &right), Some(true));
    assert_eq!(asked(&winkler(0.962), &left, &right), Some(false));
}

#[test]
fn columns_may_be_crossed() {
    let left = [("name", "maria"), ("surname", "jose")];
    let right = [("name", "jose"), ("surname", "marja")];
    let crossed = |left: &str, right: &str| Condition::Crossed { left: left.into(), right: right.into() };
    assert_eq!(asked(&crossed("surname", "name"), &left, &right), Some(true));
    assert_eq!(asked(&crossed("name", "surname"), &left, &right), Some(false));
    let close = Condition::Edits {
        column: "name".into(),
        with: Some("surname".into()),
        measure: EditMeasure::Levenshtein,
        at_most: 1,
    };
    assert_eq!(asked(&close, &left, &right), Some(true));
}

#[test]
fn literals_lists_numbers_and_vectors() {
    let literal = |side| Condition::Literal { column: "name".into(), side, value: "x".into() };
    assert_eq!(asked(&literal(Side::Left), &[("name", "x")], &[]), Some(true));
    assert_eq!(asked(&literal(Side::Right), &[("name", "x")], &[]), None);
    let start =
        |value: &str| Condition::Literal { column: "start".into(), side: Side::Left, value: value.into() };
    assert_eq!(asked(&start("сар"), &[("name", "САРА")], &[]), Some(true));
    assert_eq!(asked(&start("САРА"), &[("name", "САРА")], &[]), Some(false));
    let shared = |at_least| Condition::Shared { column: "tags".into(), at_least };
    let (left, right) = ([("tags", "b|a|c|a")], [("tags", "c|b|x|y")]);
    assert_eq!(asked(&shared(2), &left, &right), Some(true));
    assert_eq!(asked(&shared(3), &left, &right), Some(false));
    let subset = Condition::Subset { column: "tags".into(), empty: false };
    assert_eq!(asked(&subset, &left, &right), Some(false));
    assert_eq!(asked(&subset, &left, &[("tags", "a|c")]), Some(true));
    let difference = |at_most| Condition::Difference { column: "age".into(), at_most };
    assert_eq!(asked(&difference(2.0), &[("age", "40")], &[("age", "42.0")]), Some(true));
    assert_eq!(asked(&difference(1.9), &[("age", "40")], &[("age", "42.0")]), Some(false));
    assert_eq!(asked(&difference(1.9), &[("age", "forty")], &[("age", "42.0")]), None);
    let share = |at_most| Condition::RelativeDifference { column: "age".into(), at_most, signed: false };
    assert_eq!(asked(&share(0.05), &[("age", "100")], &[("age", "95")]), Some(true));
    assert_eq!(asked(&share(0.04), &[("age", "100")], &[("age", "95")]), Some(false));
    let cosine = |at_least| Condition::Cosine { column: "vector".into(), at_least };
    assert_eq!(asked(&cosine(0.7), &[("vector", "1,1")], &[("vector", "1|0")]), Some(true));
    assert_eq!(asked(&cosine(0.71), &[("vector", "1,1")], &[("vector", "1|0")]), Some(false));
    assert_eq!(asked(&cosine(0.7), &[("vector", "1,1")], &[("vector", "1")]), None);
}

#[test]
fn dates_and_places() {
    let apart = |at_most, unit| Condition::Apart { column: "dob".into(), at_most, unit };
    let (left, right) = ([("dob", "2000-02-01")], [("dob", "2000-03-02")]);
    assert_eq!(asked(&apart(30.0, TimeUnit::Days), &left, &right), Some(true));
    assert_eq!(asked(&apart(29.0, TimeUnit::Days), &left, &right), Some(false));
    assert_eq!(asked(&apart(1.0, TimeUnit::Months), &left, &right), Some(true));
    assert_eq!(asked(&apart(1.0, TimeUnit::Years), &left, &[("dob", "2001-02-01")]), Some(false));
    assert_eq!(asked(&apart(1.0, TimeUnit::Years), &left, &[("dob", "2001-02-30")]), None);
    let calendar = |at_most, unit| Condition::Calendar { column: "dob".into(), at_most, unit };
    let (end, start) = ([("dob", "1999-12-31")], [("dob", "2000-01-01")]);
    for (unit, right, count) in [
        (CalendarUnit::Day, &start, 1),
        (CalendarUnit::Day, &end, 0),
        (CalendarUnit::Day, &[("dob", "2001-02-01")], 398),
        (CalendarUnit::Month, &start, 1),
        (CalendarUnit::Year, &start, 1),
        (CalendarUnit::Month, &end, 0),
        (CalendarUnit::Month, &[("dob", "2001-02-01")], 14),
        (CalendarUnit::Year, &[("dob", "1990-12-31")], 9),
    ] {
        assert_eq!(asked(&calendar(count, unit), &end, right), Some(true));
        if let Some(fewer) = count.checked_sub(1) {
            assert_eq!(asked(&calendar(fewer, unit), &end, right), Some(false));
        }
    }
    let date_edits = |at_most| Condition::DateEdits { column: "dob".into(), at_most };
    assert_eq!(asked(&date_edits(1), &left, &[("dob", "2000-02-10")]), Some(true));
    assert_eq!(asked(&date_edits(0), &left, &[("dob", "2000-02-10")]), Some(false));
    let near = |at_most| Condition::Kilometres { latitude: "lat".into(), longitude: "long".into(), at_most };
    // Tehran to Isfahan.
    let (left, right) = ([("lat", "35.69"), ("long", "51.39")], [("lat", "32.65"), ("long", "51.67")]);
    assert_eq!(asked(&near(340.0), &left, &right), Some(true));
    assert_eq!(asked(&near(335.0), &left, &right), Some(false));
    assert_eq!(asked(&near(335.0), &left, &[("lat", "32.65")]), None);
    assert_eq!(asked(&near(0.0), &left, &left), Some(true));
}

#[test]
fn parts_are_equal_where_the_rest_differs() {
    let exact = |column: &str| Condition::Exact { column: column.into() };
    let (left, right) = ([("postcode", "SW1A 2AA")], [("postcode", "SW1A 1AA")]);
    assert_eq!(asked(&exact("district"), &left, &right), Some(true));
    assert_eq!(asked(&exact("sector"), &left, &right), Some(false));
    assert_eq!(asked(&exact("sector"), &left, &[("postcode", "no code")]), None);
    let (left, right) =
        ([("email", "sara@a.ir"), ("name", "Марина")], [("email", "sara@b.ir"), ("name", "МАРК")]);
    assert_eq!(asked(&exact("local"), &left, &right), Some(true));
    assert_eq!(asked(&exact("start"), &left, &right), Some(true));
}

#[test]
fn a_column_that_cannot_answer_is_an_error() {
    let fails = |condition: &Condition| {
        let error = condition.compile(&columns(), TextUnit::Characters).unwrap_err();
        (error.kind(), error.what().to_owned())
    };
    assert_eq!(fails(&edits("nme", 1)), (ModelErrorKind::UnknownColumn, "nme".into()));
    assert_eq!(fails(&edits("age", 1)), (ModelErrorKind::WrongValues, "age".into()));
    let crossed = Condition::Crossed { left: "name".into(), right: "tags".into() };
    assert_eq!(fails(&crossed), (ModelErrorKind::WrongValues, "tags".into()));
    let literal = Condition::Literal { column: "age".into(), side: Side::Left, value: "old".into() };
    assert_eq!(fails(&literal), (ModelErrorKind::WrongValues, "age".into()));
    let endless = Condition::Difference { column: "age".into(), at_most: f64::NAN };
    assert_eq!(fails(&endless), (ModelErrorKind::Number, "age".into()));
    let deep = (0..100).fold(Condition::Else, |inner, _| Condition::Not(Box::new(inner)));
    assert_eq!(fails(&deep).0, ModelErrorKind::TooDeep);
}
