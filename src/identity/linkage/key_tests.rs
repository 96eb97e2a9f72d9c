use super::super::model::TextUnit;
use super::super::prepare::{Transform, prepare};
use super::*;

fn key_of(transform: Transform, form: KeyForm, raw: &str) -> Option<String> {
    key(&prepare(transform, &[Some(raw)], TextUnit::Characters)?, form).map(Cow::into_owned)
}

#[test]
fn keys_of_dates_are_the_same_for_every_writing() {
    let date = |form, raw| key_of(Transform::BirthDate, form, raw);
    for form in [KeyForm::Whole, KeyForm::MonthDay, KeyForm::Year] {
        let wanted = date(form, "1991-08-03");
        assert!(wanted.is_some());
        for raw in ["۱۳۷۰/۰۵/۱۲", "03/08/1991", "08/03/1991", "19910803", "1991-03-08"] {
            assert_eq!(date(form, raw), wanted, "{raw} {form:?}");
        }
    }
    // A year alone is in the block of its year only.
    for raw in ["1991", "1991-08"] {
        assert_eq!(date(KeyForm::Whole, raw), None, "{raw}");
        assert_eq!(date(KeyForm::MonthDay, raw), None, "{raw}");
        assert_eq!(date(KeyForm::Year, raw).as_deref(), Some("1991"));
    }
    assert_eq!(date(KeyForm::Sound, "1991-08-03"), None);
}

#[test]
fn keys_of_names_are_the_same_in_every_script() {
    for (form, writings) in [
        (KeyForm::Sound, vec!["Milani", "میلانی", "ميلاني", "Милани", "מילני"]),
        (KeyForm::Sound, vec!["Sara", "سارا", "سارة", "Сара", "שרה", "Sarah"]),
        (KeyForm::Initial, vec!["Sara", "سارا", "Сергей", "שרה", "S."]),
        (KeyForm::Initial, vec!["Reza", "رضا", "Роман", "רון"]),
    ] {
        let keys: Vec<_> = writings.iter().map(|raw| key_of(Transform::GivenName, form, raw)).collect();
        assert!(keys[0].is_some());
        for (key, raw) in keys.iter().zip(&writings) {
            assert_eq!(key, &keys[0], "{raw}");
        }
    }
    // Of several parts the last: the family's own.
    assert_eq!(
        key_of(Transform::Place, KeyForm::Sound, "Garcia Lopez"),
        key_of(Transform::Place, KeyForm::Sound, "Lopez")
    );
}

#[test]
fn beginnings_and_ends_count_characters_and_are_whole() {
    let text = |form, raw| key_of(Transform::Text, form, raw);
    assert_eq!(text(KeyForm::Prefix(3), "کریمی").as_deref(), Some("کری"));
    assert_eq!(text(KeyForm::Suffix(3), "כהן לוי").as_deref(), Some("לוי"));
    assert_eq!(text(KeyForm::Suffix(4), "Иванов").as_deref(), Some("анов"));
    assert_eq!(text(KeyForm::Prefix(4), "ali"), None);
    assert_eq!(text(KeyForm::Suffix(4), "ali"), None);
    assert_eq!(text(KeyForm::Whole, "ＡLI").as_deref(), Some("ali"));
    for form in
        [KeyForm::Initial, KeyForm::Year, KeyForm::MonthDay, KeyForm::Numbers, KeyForm::Place, KeyForm::Local]
    {
        assert_eq!(text(form, "1991-08-03"), None, "{form:?}");
    }
}

#[test]
fn numbers_are_never_that_of_no_key() {
    let name = prepare(Transform::Place, &[Some("Sara")], TextUnit::Characters);
    assert_ne!(number(name.as_ref(), KeyForm::Sound, 0), 0);
    assert_ne!(number(name.as_ref(), KeyForm::Sound, 0), number(name.as_ref(), KeyForm::Sound, 1));
    assert_eq!(number(name.as_ref(), KeyForm::Year, 0), 0);
    assert_eq!(number(None, KeyForm::Whole, 0), 0);
    assert_ne!(number(name.as_ref(), KeyForm::Prefix(0), 0), 0);
}

#[test]
fn a_record_is_in_the_blocks_of_what_it_tells() {
    let part = |column: &str, form| KeyPart::new(column, form);
    let split = BlockingRule {
        split: vec![part("city", KeyForm::Sound), part("born", KeyForm::Year)],
        ..BlockingRule::on([part("family", KeyForm::Sound)])
    };
    let model =
        Model { blocking: vec![BlockingRule::on([part("phone", KeyForm::Whole)]), split], ..Model::person() };
    let rules = compile_rules(&model).unwrap();
    let keys = |fields: &[(&str, &str)]| {
        let scorer = super::super::scorer::Scorer::new(&model).unwrap();
        let record =
            scorer.prepare(&|name| fields.iter().find(|(field, _)| *field == name).map(|(_, text)| *text));
        let places = block_keys(&rules, &record);
        assert!(places.iter().all(|block| block.key != 0));
        places.iter().map(|block| (block.rule, block.split)).collect::<Vec<_>>()
    };
    assert_eq!(keys(&[]), []);
    assert_eq!(keys(&[("phone", "07152708469")]), [(0, None)]);
    assert_eq!(keys(&[("city", "Shiraz")]), []);
    assert_eq!(keys(&[("family_name", "Milani")]), [(1, None)]);
    assert_eq!(
        keys(&[
            ("family_name", "Milani"),
            ("city", "Shiraz"),
            ("birth_date", "1991"),
            ("phone", "07152708469")
        ]),
        [(0, None), (1, None), (1, Some(0)), (1, Some(1))]
    );
}
