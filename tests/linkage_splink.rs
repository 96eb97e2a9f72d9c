//! Models that Splink saved weigh pairs here as they do there, and what cannot be taken over is refused by name.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::prelude::*;
use throughline::identity::linkage::{
    Condition, Dialect, EditMeasure, KeyForm, LinkType, Model, PreparedRecord, Scorer, Side, SplinkErrorKind,
    SplinkExport, SplinkImport, TermFrequencies, TermKey, TextUnit, Transform,
};

fn data(set: &str, file: &str) -> Vec<u8> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/linkage").join(set).join(file);
    std::fs::read(path).unwrap()
}

fn rows(set: &str, file: &str) -> Vec<BTreeMap<String, String>> {
    let bytes = data(set, file);
    csv::Reader::from_reader(&bytes[..]).deserialize().map(Result::unwrap).collect()
}

fn imported(set: &str) -> Model {
    let mut model = Model::from_splink_json(&data(set, "model.json"), SplinkImport::default()).unwrap();
    /// Frequencies with the values spelled out.
    #[derive(serde::Deserialize)]
    struct Spelled {
        records: u64,
        counts: BTreeMap<String, u32>,
    }
    let spelled: BTreeMap<String, Spelled> =
        serde_json::from_slice(&data(set, "term_frequencies.json")).unwrap();
    model.term_frequencies = spelled
        .into_iter()
        .map(|(column, Spelled { records, counts })| {
            let counts = counts.into_iter().map(|(term, count)| (TermKey::of(&term), count)).collect();
            (column, TermFrequencies { records, counts })
        })
        .collect();
    model
}

/// Checks the weight, its parts and the level of every comparison of each pair.
fn weighs_as_splink(set: &str, model: &Model) {
    let scorer = Scorer::new(model).unwrap();
    let records: BTreeMap<String, PreparedRecord> = rows(set, "records.csv")
        .into_iter()
        .map(|row| {
            let field = |name: &str| row.get(name).map(String::as_str).filter(|text| !text.is_empty());
            (row["record_id"].clone(), scorer.prepare(&field))
        })
        .collect();
    let pairs = rows(set, "pairs.csv");
    assert!(pairs.len() >= 200);
    for pair in pairs {
        let (left, right) = (&records[&pair["left"]], &records[&pair["right"]]);
        let weighed = scorer.weigh(left, right);
        let who = format!("{set}: {} and {}", pair["left"], pair["right"]);
        for (comparison, part) in model.comparisons.iter().zip(&weighed.comparisons) {
            let level = part.level.unwrap();
            // Splink counts from the last level up; null levels are -1.
            let gamma: i64 = pair[&comparison.name].parse().unwrap();
            let below = i64::try_from(comparison.levels.len() - 1 - level).unwrap();
            let ours = if comparison.levels[level].null { -1 } else { below };
            assert_eq!(ours, gamma, "{who}: level of {}", comparison.name);
        }
        let weight: f64 = pair["weight"].parse().unwrap();
        let probability: f64 = pair["probability"].parse().unwrap();
        assert!((weighed.weight_bits - weight).abs() < 1e-9, "{who}: {} not {weight}", weighed.weight_bits);
        assert!((weighed.probability() - probability).abs() < 1e-9, "{who}");
        assert_eq!(weighed.sum_of_parts().to_bits(), weighed.weight_bits.to_bits(), "{who}");
        assert_eq!(scorer.weight_bits(left, right).to_bits(), weighed.weight_bits.to_bits(), "{who}");
    }
}

const SETS: [&str; 5] = ["splink3", "splink4", "splink5", "splink4_shapes", "splink5_shapes"];

#[test]
fn weights_are_those_of_splink() {
    for set in SETS {
        weighs_as_splink(set, &imported(set));
    }
}

#[test]
fn byte_mode_measures_as_duckdb_does() {
    let asked = |sql: &str, left: &str, right: &str| {
        let json = one_comparison(&[(sql, false), ("ELSE", false)]);
        let model = Model::from_splink_json(json.as_bytes(), SplinkImport::default()).unwrap();
        let scorer = Scorer::new(&model).unwrap();
        let [left, right] = [left, right].map(|text| scorer.prepare(&|_| Some(text)));
        scorer.weigh(&left, &right).comparisons[0].level == Some(0)
    };
    for row in rows("", "duckdb_text.csv") {
        let (left, right) = (&row["left"], &row["right"]);
        for (column, function) in
            [("jaro", "jaro_similarity"), ("jaro_winkler", "jaro_winkler_similarity"), ("jaccard", "jaccard")]
        {
            let value: f64 = row[column].parse().unwrap();
            for (slack, holds) in [(-1e-12, true), (1e-12, false)] {
                let sql = format!("{function}(a_l, a_r) >= {:.17}", (value + slack).max(0.0));
                assert_eq!(asked(&sql, left, right), holds || value + slack <= 0.0, "{left} {right} {sql}");
            }
        }
        for function in ["levenshtein", "damerau_levenshtein"] {
            let value: u32 = row[function].parse().unwrap();
            assert!(
                asked(&format!("{function}(a_l, a_r) <= {value}"), left, right),
                "{left} {right} {function}"
            );
            if let Some(fewer) = value.checked_sub(1) {
                assert!(
                    !asked(&format!("{function}(a_l, a_r) <= {fewer}"), left, right),
                    "{left} {right} {function}"
                );
            }
        }
    }
}

#[test]
fn an_exported_model_reads_back_as_it_was() {
    for set in SETS {
        let model = imported(set);
        let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
        let mut again = Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).unwrap();
        again.term_frequencies = model.term_frequencies.clone();
        assert_eq!(again, model);
        assert_eq!(again.to_splink_json(Dialect::DuckDb).unwrap(), exported);
    }
}

fn one_comparison(levels: &[(&str, bool)]) -> String {
    let levels: Vec<_> = levels
        .iter()
        .map(|(sql, silent)| serde_json::json!({ "sql_condition": sql, "is_null_level": silent }))
        .collect();
    serde_json::json!({ "comparisons": [{ "output_column_name": "what", "comparison_levels": levels }] })
        .to_string()
}

fn read(sql: &str) -> Result<Model, (SplinkErrorKind, String, String)> {
    Model::from_splink_json(one_comparison(&[(sql, false)]).as_bytes(), SplinkImport::default())
        .map_err(|error| (error.kind(), error.place().to_owned(), error.text().to_owned()))
}

fn condition(sql: &str) -> Condition {
    read(sql).unwrap().comparisons[0].levels[0].condition.clone()
}

#[test]
fn spellings_of_other_versions_and_engines() {
    let exact = Condition::Exact { column: "name".into() };
    for sql in [
        "name_l = name_r",
        "\"name_r\"=\"name_l\"",
        "`name_l` == `name_r`",
        "(l.name = r.\"name\")",
        "name_l::VARCHAR = CAST(name_r AS STRING)",
        "nullif(name_l, '') = NULLIF(name_r, '')",
    ] {
        assert_eq!(condition(sql), exact, "{sql}");
    }
    let winkler = condition("jaro_winkler_similarity(name_l, name_r) >= 0.9");
    for sql in ["jaro_winkler(`name_l`, `name_r`) >= 0.9", "0.9 <= jaro_winkler(name_r, name_l)"] {
        assert_eq!(condition(sql), winkler, "{sql}");
    }
    let edits = condition("levenshtein(name_l, name_r) <= 2");
    for sql in [
        "levenshtein(name_l, name_r) < 3",
        "LEVENSHTEIN(name_l,name_r) <= 2.5",
        "3 > levenshtein(name_l, name_r)",
    ] {
        assert_eq!(condition(sql), edits, "{sql}");
    }
    assert_eq!(condition("levenshtein(name_l, name_r) > 2"), Condition::Not(Box::new(edits)));
    let year = condition("ABS(EPOCH(\"born_l\") - EPOCH(\"born_r\")) <= 31557600.0");
    assert_eq!(year, condition("abs(unix_timestamp(`born_r`) - unix_timestamp(`born_l`)) <= 31557600"));
    assert_eq!(
        condition(
            "abs(datediff(date(try_to_timestamp(`d_l`, 'yyyy-MM-dd')), date(try_to_timestamp(`d_r`, 'yyyy-MM-dd')))) <= floor(86400 / 86400)"
        ),
        condition("abs(date_diff('day', strptime(d_l, '%Y-%m-%d'), strptime(d_r, '%Y-%m-%d'))) <= 1"),
    );
    assert_eq!(
        condition("SIZE(ARRAY_INTERSECT(`tags_l`, `tags_r`)) >= 1"),
        condition("len(list_intersect(tags_l, tags_r)) > 0"),
    );
    let null = Condition::EitherNull { column: "name".into() };
    assert_eq!(condition("name_l IS NULL OR name_r IS NULL"), null);
    assert_eq!(condition("NOT (name_l IS NULL OR name_r IS NULL)"), Condition::Not(Box::new(null.clone())));
    assert_eq!(
        condition("(a_l is null or name_l = name_r and NOT b_r is not null)"),
        Condition::Any(vec![
            Condition::Null { column: "a".into(), side: Side::Left },
            Condition::All(vec![
                exact,
                Condition::Not(Box::new(Condition::Not(Box::new(Condition::Null {
                    column: "b".into(),
                    side: Side::Right
                }))))
            ]),
        ])
    );
    assert_eq!(
        condition("levenshtein(a_l, b_r) <= 1"),
        Condition::Edits {
            column: "a".into(),
            with: Some("b".into()),
            measure: EditMeasure::Levenshtein,
            at_most: 1
        }
    );
}

#[test]
fn a_field_is_what_its_conditions_take_it_for() {
    let model =
        read("CAST(born_l AS TEXT) = CAST(born_r AS TEXT) AND ABS(EPOCH(born_l) - EPOCH(born_r)) < 9")
            .unwrap();
    let transforms: Vec<_> =
        model.columns.iter().map(|column| (column.name.as_str(), column.transform)).collect();
    assert_eq!(transforms[0], ("born as text", Transform::Raw));
    assert!(matches!(transforms[1], ("born", Transform::Instant(_))));
    let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
    assert!(exported.contains(r#"CAST(\"born_l\" AS TEXT)"#), "{exported}");
    assert_eq!(Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).unwrap(), model);
    // A number cannot be a list too.
    assert_eq!(
        read("ABS(x_l - x_r) < 1 OR len(list_intersect(x_l, x_r)) > 1").unwrap_err(),
        (SplinkErrorKind::UnsupportedSql, "what".into(), "len(list_intersect(x_l, x_r))".into())
    );
}

#[test]
fn what_is_not_understood_is_named_exactly() {
    for (sql, part) in [
        ("hamming(name_l, name_r) <= 1", "hamming(name_l, name_r)"),
        ("name_l = name_r AND soundex(name_l) = soundex(name_r)", "soundex(name_l)"),
        ("name_l = surname_l", "name_l = surname_l"),
        ("x_l LIKE 'a%'", "LIKE 'a%'"),
        ("CAST(a_l AS VARCHAR(10)) = CAST(a_r AS VARCHAR(10))", "CAST(a_l AS VARCHAR(10))"),
        ("a_l::decimal(4, 1) = a_r::decimal(4, 1)", "a_l::decimal(4, 1)"),
        ("CAST(a_l AS DATE) = '2020-01-01'", "CAST(a_l AS DATE)"),
        ("CAST(a_l AS DATE) = CAST(a_r AS TIMESTAMP)", "CAST(a_l AS DATE) = CAST(a_r AS TIMESTAMP)"),
        ("a_l = CAST('2020-01-01 10:00' AS DATE)", "'2020-01-01 10:00'"),
        ("name_l = name_r AND", "name_l = name_r AND"),
        (
            "regexp_extract(x_l, '^[0-9]+', 0) = regexp_extract(x_r, '^[0-9]+', 0)",
            "regexp_extract(x_l, '^[0-9]+', 0)",
        ),
        ("levenshtein(name_l, name_r) <= -1", "levenshtein(name_l, name_r) <= -1"),
        ("abs(date_diff('week', a_l, a_r)) <= 1", "date_diff('week', a_l, a_r)"),
        (
            "list_unique(a_l) + list_unique(a_r) - list_unique(list_concat(a_l, b_r)) >= 1",
            "list_unique(a_l) + list_unique(a_r) - list_unique(list_concat(a_l, b_r))",
        ),
        ("name = name_r", "name"),
        ("name_l = name_r; DROP TABLE x", "; DROP TABLE x"),
        (
            "cast(acos(sin(radians(a_l)) * radians(b_r - b_l)) * 6371 as float) <= 1",
            "cast(acos(sin(radians(a_l)) * radians(b_r - b_l)) * 6371 as float)",
        ),
        ("LEAST(len(a_l), len(a_r)) <> 0 AND b_l = b_r", "LEAST(len(a_l), len(a_r)) <> 0"),
        ("ARRAY_LENGTH(ARRAY_INTERSECT(a_l, a_r)) = LEAST(len(a_l), len(b_r))", "LEAST(len(a_l), len(b_r))"),
    ] {
        let refused = (SplinkErrorKind::UnsupportedSql, "what".to_owned(), part.to_owned());
        assert_eq!(read(sql).unwrap_err(), refused, "{sql}");
    }
    let error =
        Model::from_splink_json(one_comparison(&[("f(a_l)", false)]).as_bytes(), SplinkImport::default());
    assert_eq!(error.unwrap_err().to_string(), "what: unsupported sql `f(a_l)`");
    let rule = |rule: serde_json::Value| {
        let json = serde_json::json!({ "comparisons": [], "blocking_rules_to_generate_predictions": ["l.a = r.a", rule] });
        let error =
            Model::from_splink_json(json.to_string().as_bytes(), SplinkImport::default()).unwrap_err();
        (error.kind(), error.place().to_owned(), error.text().to_owned())
    };
    let place = "blocking rule 1".to_owned();
    assert_eq!(
        rule("l.a = r.b".into()),
        (SplinkErrorKind::UnsupportedSql, place.clone(), "l.a = r.b".into())
    );
    assert_eq!(rule("1=1".into()), (SplinkErrorKind::UnsupportedSql, place.clone(), "1".into()));
    let exploded = serde_json::json!({ "blocking_rule": "l.a = r.a", "arrays_to_explode": ["a"] });
    assert_eq!(rule(exploded), (SplinkErrorKind::UnsupportedSetting, place, "arrays_to_explode".into()));
    for json in [
        "",
        "[]",
        "{}",
        r#"{"comparisons": [], "probability_two_random_records_match": [1]}"#,
        "{\"comparisons\": [{}]}",
        "\u{feff}{}",
    ] {
        let error = Model::from_splink_json(json.as_bytes(), SplinkImport::default()).unwrap_err();
        assert_eq!(error.kind(), SplinkErrorKind::Json, "{json}");
    }
    let senseless = one_comparison(&[("a_l is null", true)]);
    let error = Model::from_splink_json(senseless.as_bytes(), SplinkImport::default()).unwrap_err();
    assert_eq!(error.kind(), SplinkErrorKind::Model);
}

#[test]
fn days_begin_at_midnight() {
    let first_level = |sql: &str, left: &'static str, right: &'static str| {
        let json = one_comparison(&[(sql, false), ("ELSE", false)]);
        let model = Model::from_splink_json(json.as_bytes(), SplinkImport::default()).unwrap();
        let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
        assert_eq!(Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).unwrap(), model);
        let scorer = Scorer::new(&model).unwrap();
        let [left, right] = [left, right].map(|text| scorer.prepare(&|_| Some(text)));
        scorer.weigh(&left, &right).comparisons[0].level == Some(0)
    };
    let (morning, noon) = ("2020-01-01 10:00:00", "2020-01-01 12:00:00");
    let (before, after) = ("2019-12-31 23:59:59", "2020-01-01 00:00:01");
    for sql in [
        "CAST(a_l AS DATE) = CAST(a_r AS DATE)",
        "a_l::date = a_r::date",
        "date(try_strptime(a_l, '%Y-%m-%d %H:%M:%S')) = date(try_strptime(a_r, '%Y-%m-%d %H:%M:%S'))",
        "abs(date_diff('day', CAST(a_l AS TIMESTAMP), CAST(a_r AS TIMESTAMP))) <= 0",
        "abs(datediff(date(try_to_timestamp(a_l, 'yyyy-MM-dd HH:mm:ss')), \
         date(try_to_timestamp(a_r, 'yyyy-MM-dd HH:mm:ss')))) < 1",
        "ABS(EPOCH(CAST(a_l AS DATE)) - EPOCH(CAST(a_r AS DATE))) <= 86399",
    ] {
        assert!(first_level(sql, morning, noon), "{sql}");
        assert!(!first_level(sql, before, after), "{sql}");
    }
    for sql in [
        "abs(date_diff('day', CAST(a_l AS TIMESTAMP), CAST(a_r AS TIMESTAMP))) <= 1",
        "ABS(EPOCH(CAST(a_l AS DATE)) - EPOCH(CAST(a_r AS DATE))) < 86401",
    ] {
        assert!(first_level(sql, "2020-01-01 01:00:00", "2020-01-02 23:00:00"), "{sql}");
        assert!(!first_level(sql, "2020-01-01 23:00:00", "2020-01-03 01:00:00"), "{sql}");
    }
    // Before 1970 too.
    let one = "abs(date_diff('day', CAST(a_l AS TIMESTAMP), CAST(a_r AS TIMESTAMP))) <= 1";
    assert!(first_level(one, "1969-12-31 01:00:00", "1970-01-01 23:00:00"));
    assert!(!first_level(one, "1969-12-30 23:00:00", "1970-01-01 01:00:00"));
    // A date without a time of day is its day.
    let plain = "try_strptime(a_l, '%d/%m/%Y')::date = try_strptime(a_r, '%d/%m/%Y')::date";
    assert!(matches!(condition(plain), Condition::Exact { .. }));
    let rule = serde_json::json!({ "comparisons": [], "blocking_rules_to_generate_predictions":
        ["CAST(l.a AS DATE) = CAST(r.a AS DATE)"] });
    let error = Model::from_splink_json(rule.to_string().as_bytes(), SplinkImport::default()).unwrap_err();
    assert_eq!((error.kind(), error.place()), (SplinkErrorKind::UnsupportedSql, "blocking rule 0"));
}

#[test]
fn a_probability_is_a_number_or_was_not_observed() {
    let read = |setting: &str, value: serde_json::Value| {
        let mut level = serde_json::json!({ "sql_condition": "a_l = a_r", "tf_adjustment_column": "a" });
        level[setting] = value;
        let json = serde_json::json!({ "comparisons": [
            { "output_column_name": "what", "comparison_levels": [level, { "sql_condition": "ELSE" }] }] });
        Model::from_splink_json(json.to_string().as_bytes(), SplinkImport::default())
    };
    let m = |model: Model| model.comparisons[0].levels[0].m;
    assert_eq!(m(read("m_probability", "level not observed in training dataset".into()).unwrap()), None);
    assert_eq!(m(read("m_probability", serde_json::Value::Null).unwrap()), None);
    assert_eq!(m(read("m_probability", 0.9.into()).unwrap()), Some(0.9));
    for (setting, value) in [
        ("m_probability", "0.9"),
        ("u_probability", "not a thing"),
        ("tf_adjustment_weight", "level not observed in training dataset"),
        ("tf_minimum_u_value", ""),
    ] {
        let error = read(setting, value.into()).unwrap_err();
        assert_eq!((error.kind(), error.place()), (SplinkErrorKind::Json, "what"), "{setting}");
        let named = format!("`{setting}` is \"{value}\"");
        assert!(error.text().contains(&named), "{error}");
    }
    for rule in [serde_json::json!({ "rule": "l.a = r.a" }), 5.into(), serde_json::json!([1])] {
        let json = serde_json::json!({ "comparisons": [], "blocking_rules_to_generate_predictions": [rule] });
        let error =
            Model::from_splink_json(json.to_string().as_bytes(), SplinkImport::default()).unwrap_err();
        assert!(error.text().contains("blocking_rule"), "{error}");
    }
}

#[test]
fn what_pairs_a_model_is_for_is_not_passed_over() {
    let linking = |link_type: &str| {
        let mut json: serde_json::Value = serde_json::from_slice(&data("splink5", "model.json")).unwrap();
        json["link_type"] = link_type.into();
        json["unique_id_column_name"] = "person_id".into();
        json["source_dataset_column_name"] = "shop".into();
        json.to_string()
    };
    for (text, link_type) in [("link_only", LinkType::LinkOnly), ("link_and_dedupe", LinkType::LinkAndDedupe)]
    {
        let json = linking(text);
        let error = Model::from_splink_json(json.as_bytes(), SplinkImport::default()).unwrap_err();
        assert_eq!(error.kind(), SplinkErrorKind::UnsupportedSetting);
        assert_eq!(error.text(), format!("link_type: {text}"));
        let import = SplinkImport { link_type, ..SplinkImport::default() };
        let model = Model::from_splink_json(json.as_bytes(), import).unwrap();
        let export = SplinkExport::like(json.as_bytes()).unwrap();
        let exported = model.to_splink_json(export.clone()).unwrap();
        let written: serde_json::Value = serde_json::from_str(&exported).unwrap();
        assert_eq!(written["link_type"], text);
        assert_eq!(written["unique_id_column_name"], "person_id");
        assert_eq!(written["source_dataset_column_name"], "shop");
        assert_eq!(Model::from_splink_json(exported.as_bytes(), import).unwrap(), model);
        assert_eq!(SplinkExport::like(exported.as_bytes()).unwrap(), export);
        let duplicates = data("splink5", "model.json");
        assert!(Model::from_splink_json(&duplicates, import).is_err());
    }
    assert_eq!(SplinkExport::like(b"{}").unwrap(), Dialect::DuckDb.into());
    assert_eq!(SplinkExport::like(b"[").unwrap_err().kind(), SplinkErrorKind::Json);
    let unknown = Model::from_splink_json(linking("other").as_bytes(), SplinkImport::default());
    assert_eq!(unknown.unwrap_err().kind(), SplinkErrorKind::UnsupportedSetting);
}

#[test]
fn what_splink_cannot_say_is_not_exported() {
    let refuses = |change: &dyn Fn(&mut Model), place: &str| {
        let mut model = imported("splink5");
        change(&mut model);
        let error = model.to_splink_json(Dialect::DuckDb).unwrap_err();
        assert_eq!((error.kind(), error.place()), (SplinkErrorKind::NotExpressible, place), "{error}");
    };
    refuses(&|model| model.household_prior = 0.1, "model");
    refuses(&|model| model.columns[0].transform = Transform::Text, "first_name");
    refuses(&|model| model.columns[0].inputs.push("nickname".into()), "first_name");
    refuses(
        &|model| {
            model.comparisons[1].levels[2].condition = Condition::Edits {
                column: "surname".into(),
                with: None,
                measure: EditMeasure::OptimalStringAlignment,
                at_most: 1,
            };
        },
        "surname",
    );
    refuses(&|model| model.blocking[2].parts.clear(), "blocking rule 2");
}

#[test]
fn rules_of_every_version_are_read() {
    let json = r#"{ "comparisons": [], "blocking_rules_to_generate_predictions": [
        "l.first_name = r.first_name and substr(l.dob,1,4) = substr(r.dob,1,4)",
        {"blocking_rule": "SUBSTRING(LOWER(l.\"city\"), 1, 3) = SUBSTRING(LOWER(r.\"city\"), 1, 3)",
         "sql_dialect": "duckdb", "salting_partitions": 4, "arrays_to_explode": []} ] }"#;
    let by_characters = SplinkImport { text_unit: TextUnit::Characters, ..SplinkImport::default() };
    let model = Model::from_splink_json(json.as_bytes(), by_characters).unwrap();
    assert_eq!(model.text_unit, TextUnit::Characters);
    let parts: Vec<Vec<(&str, KeyForm)>> = model
        .blocking
        .iter()
        .map(|rule| rule.parts.iter().map(|part| (part.column.as_str(), part.form)).collect())
        .collect();
    assert_eq!(parts[0], [("first_name", KeyForm::Whole), ("dob", KeyForm::Prefix(4))]);
    assert_eq!(parts[1], [("city in small letters", KeyForm::Prefix(3))]);
    let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
    assert_eq!(Model::from_splink_json(exported.as_bytes(), by_characters).unwrap(), model);
}

#[test]
fn counted_values_become_frequencies() {
    let counts = [("سارا", 3), ("Сара", 1), ("שרה", 4)].map(|(value, count)| (value.to_owned(), count));
    let model = imported("splink5").with_term_frequencies("first_name", counts);
    let frequencies = &model.term_frequencies["first_name"];
    assert_eq!(frequencies.records, 8);
    assert_eq!(frequencies.counts.len(), 2);
    let scorer = Scorer::new(&model).unwrap();
    let adjustment = |name: &'static str| {
        let record = scorer.prepare(&|field| (field == "first_name").then_some(name));
        scorer.weigh(&record, &record).comparisons[0].term_frequency_bits
    };
    assert!((adjustment("Сара") - adjustment("שרה") - 2.0).abs() < 1e-12);
    assert_eq!(adjustment("Сара"), adjustment("never counted"));
}

/// Words and signs that conditions are made of, in any order.
fn soup() -> impl Strategy<Value = String> {
    let words = [
        "a_l",
        "a_r",
        "\"b_l\"",
        "`b_r`",
        "l.",
        "r.",
        "x",
        "(",
        ")",
        "(",
        ")",
        ",",
        "=",
        "<>",
        "<=",
        ">",
        "AND",
        "OR",
        "NOT",
        "IS",
        "NULL",
        "CASE",
        "WHEN",
        "THEN",
        "ELSE",
        "END",
        "CAST",
        "AS",
        "float",
        "::",
        "1",
        "0.9",
        "-",
        "'%Y-%m-%d'",
        "''",
        "abs",
        "epoch",
        "try_strptime",
        "nullif",
        "regexp_extract",
        "'^[^@]+'",
        "levenshtein",
        "jaro_similarity",
        "list_intersect",
        "len",
        "least",
        "radians",
        "acos",
        "/",
        "*",
        "+",
        "سارا",
        "\"",
        "'",
    ];
    prop::collection::vec(prop::sample::select(words.to_vec()), 0..40).prop_map(|words| words.join(" "))
}

/// Conditions of known shape, within one another.
fn shaped() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "\"a_l\" = \"a_r\"",
        "a_l = b_r",
        "a_r = 'x'",
        "a_l IS NULL OR a_r IS NULL",
        "b_r IS NOT NULL",
        "jaro_winkler_similarity(a_l, a_r) > 0.88",
        "damerau_levenshtein(lower(a_l), lower(a_r)) < 2",
        "abs(n_l - n_r) <= 3.5",
        "ABS(EPOCH(try_strptime(d_l, '%d/%m/%Y')) - EPOCH(try_strptime(d_r, '%d/%m/%Y'))) <= 2629800.0",
        "array_length(list_intersect(t_l, t_r)) >= 2",
        "abs(date_diff('month', strptime(d_l, '%d/%m/%Y'), strptime(d_r, '%d/%m/%Y'))) <= 3",
        "regexp_extract(lower(p_l), '^[A-Za-z]{1,2}') = regexp_extract(lower(p_r), '^[A-Za-z]{1,2}')",
        "array_cosine_similarity(v_l, v_r) >= 0.9",
        "substr(a_l, 2, 3) <> substr(a_r, 2, 3)",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(|all| format!("({})", all.join(") AND ("))),
            prop::collection::vec(inner.clone(), 2..4).prop_map(|any| format!("({})", any.join(") OR ("))),
            inner.prop_map(|one| format!("NOT ({one})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text_is_read_or_refused(text in ".{0,60}", soup in soup()) {
        let _ = Model::from_splink_json(text.as_bytes(), SplinkImport::default());
        for sql in [text, soup] {
            match read(&sql) {
                Err((kind, _, part)) => {
                    prop_assert!(kind == SplinkErrorKind::Model || sql.contains(&part));
                }
                Ok(model) => {
                    let scorer = Scorer::new(&model).unwrap();
                    let record = scorer.prepare(&|_| Some("2000-01-02"));
                    prop_assert!(!scorer.weight_bits(&record, &record).is_nan());
                    let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
                    prop_assert!(Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).is_ok());
                }
            }
        }
    }

    #[test]
    fn export_is_stable(sql in shaped()) {
        let model = read(&sql).unwrap();
        let stored = serde_json::to_string(&model).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Model>(&stored).unwrap(), &model);
        let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
        let again = Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).unwrap();
        prop_assert_eq!(&again.columns, &model.columns);
        let once_more = again.to_splink_json(Dialect::DuckDb).unwrap();
        let last = Model::from_splink_json(once_more.as_bytes(), SplinkImport::default()).unwrap();
        prop_assert_eq!(&last, &again);
    }
}

#[test]
fn deep_conditions_read_back_until_they_are_too_deep() {
    let deep = |count: usize, start: &str, end: &str| start.repeat(count) + "a_l = a_r" + &end.repeat(count);
    for (start, end) in [("NOT ", ""), ("NOT (", ")"), ("(b_l = b_r AND (a_l = b_r OR ", "))")] {
        let model = read(&deep(12, start, end)).unwrap();
        let exported = model.to_splink_json(Dialect::DuckDb).unwrap();
        assert_eq!(Model::from_splink_json(exported.as_bytes(), SplinkImport::default()).unwrap(), model);
        assert!(read(&deep(40, start, end)).is_err());
        assert_eq!(read(&deep(300, start, end)).unwrap_err().0, SplinkErrorKind::UnsupportedSql);
    }
}

#[test]
fn long_sql_is_refused_without_a_fuss() {
    for sql in [
        "(".repeat(10_000),
        "NOT ".repeat(4_000) + "a_l IS NULL",
        vec!["a_l = a_r"; 5_000].join(" OR "),
        "a_l".to_owned() + &"::text".repeat(2_500) + " = a_r",
        "1".to_owned() + &" + 1".repeat(4_000) + " < jaro(a_l, a_r)",
        "x".repeat(1_000_000),
    ] {
        assert_eq!(read(&sql).unwrap_err().0, SplinkErrorKind::UnsupportedSql);
    }
}
