use super::super::condition::TimeUnit;
use super::super::date_format::DateFormat;
use super::super::model::{KeyForm, KeyPart};
use super::*;

fn raw(builder: ModelBuilder, names: &[&str]) -> ModelBuilder {
    names.iter().fold(builder, |builder, name| builder.column(name, [*name], Transform::Raw))
}

/// The name of the level of a pair of records, by field; `None` if no level's condition is true.
fn found(model: &Model, left: &[(&str, &str)], right: &[(&str, &str)]) -> String {
    let scorer = Scorer::new(model).unwrap();
    let prepare = |record: &[(&str, &str)]| {
        let own: BTreeMap<String, String> =
            record.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned())).collect();
        scorer.prepare(&|field: &str| own.get(field).map(String::as_str))
    };
    let weighed = scorer.weigh(&prepare(left), &prepare(right));
    let level = weighed.comparisons[0].level.unwrap();
    model.comparisons[0].levels[level].name.clone()
}

fn of_values(model: &Model, column: &str, left: &str, right: &str) -> String {
    found(model, &[(column, left)], &[(column, right)])
}

fn text(comparison: Comparison) -> Model {
    raw(Model::builder(), &["a"]).compare(comparison).build().unwrap()
}

#[test]
fn names_have_their_levels_in_every_script() {
    let model = text(Comparison::name("a"));
    for (left, right, level) in [
        ("Heydarnejad", "Heydarnejad", "same"),
        ("Heydarnejad", "Heydarnejat", "Jaro-Winkler at least 0.92"),
        ("حیدرنژاد", "حیدرنژاد", "same"),
        ("حیدرنژاد", "حیدرنژاذ", "Jaro-Winkler at least 0.92"),
        ("الحسيني", "الحسينى", "Jaro-Winkler at least 0.92"),
        ("כהן", "כהנ", "Jaro-Winkler at least 0.7"),
        ("Иванова", "Иванов", "Jaro-Winkler at least 0.92"),
        ("Иванова", "Smith", "anything else"),
        ("Иванова", "", "no value"),
    ] {
        assert_eq!(of_values(&model, "a", left, right), level, "{left} {right}");
    }
    let adjusted: Vec<bool> =
        model.comparisons[0].levels.iter().map(|level| level.term_frequency.is_some()).collect();
    assert_eq!(adjusted, [false, true, false, false, false, false]);
}

#[test]
fn names_may_sound_alike() {
    let model = Model::builder()
        .column("a", ["a"], Transform::Raw)
        .column("sounds", ["codes"], Transform::List)
        .compare(Comparison::name_with_sounds("a", "sounds"))
        .build()
        .unwrap();
    let of = |left: [&'static str; 2], right: [&'static str; 2]| {
        let fields = |record: [&'static str; 2]| [("a", record[0]), ("codes", record[1])];
        found(&model, &fields(left), &fields(right))
    };
    assert_eq!(of(["Smith", "SM0|XMT"], ["Schmidt", "XMT|SMT"]), "a sound in common");
    assert_eq!(of(["حسین", "HSN"], ["حسین", "HSN"]), "same");
    assert_eq!(of(["Иванова", "AFNF"], ["Иванов", "AFNF"]), "Jaro-Winkler at least 0.92");
    assert_eq!(of(["כהן", "KHN"], ["כהנ", "KN"]), "Jaro-Winkler at least 0.7");
    assert_eq!(of(["Smith", ""], ["Weber", "FPR"]), "anything else");
    assert_eq!(of(["", "SM0"], ["Smith", "SM0"]), "no value");
}

#[test]
fn postcodes_may_be_near_or_not_whole() {
    let model = raw(Model::builder(), &["a"])
        .column("lat", ["lat"], Transform::Number)
        .column("lon", ["lon"], Transform::Number)
        .compare(Comparison::postcode_with_place("a", "lat", "lon"))
        .build()
        .unwrap();
    let palace = [("a", "SW1A 1AA"), ("lat", "51.501"), ("lon", "-0.142")];
    for (postcode, latitude, longitude, level) in [
        ("SW1A 1AA", "51.501", "-0.142", "same"),
        ("SW1A 1AB", "", "", "same sector"),
        ("SW1E 5ND", "51.498", "-0.138", "at most 1 km apart"),
        ("E1 6AN", "51.517", "-0.073", "at most 10 km apart"),
        ("OX1 1AA", "51.752", "-1.258", "at most 100 km apart"),
        ("M1 1AE", "53.477", "-2.235", "anything else"),
        ("M1 1AE", "", "", "anything else"),
        ("", "51.501", "-0.142", "no value"),
    ] {
        let other = [("a", postcode), ("lat", latitude), ("lon", longitude)];
        assert_eq!(found(&model, &palace, &other), level, "{postcode}");
    }
    let model = text(Comparison::postcode("a").only_valid(Pattern::PostcodeFull));
    for (right, level) in [
        ("SW1A 2AA", "same"),
        ("SW1A 2AB", "same sector"),
        ("SW1A 2", "no value"),
        ("SW1A2AB", "no value"),
        ("تهران", "no value"),
    ] {
        assert_eq!(of_values(&model, "a", "SW1A 2AA", right), level, "{right}");
    }
    assert_eq!(of_values(&model, "a", "none", "none"), "no value");
    let model = text(Comparison::email("a").only_valid(Pattern::EmailAddress));
    assert_eq!(of_values(&model, "a", "nobody", "nobody"), "no value");
    assert_eq!(of_values(&model, "a", "a@example.org", "a@example.org"), "same");
    let exported = model.to_splink_json(crate::identity::linkage::Dialect::DuckDb).unwrap();
    assert!(exported.contains("IS NULL"), "{exported}");
}

#[test]
fn both_names_may_be_exchanged_or_alone() {
    let model = raw(Model::builder(), &["given", "family"])
        .compare(Comparison::forename_surname("given", "family"))
        .build()
        .unwrap();
    let of = |a: [&str; 2], b: [&str; 2]| {
        let fields = |names: [&str; 2]| [("given", names[0].to_owned()), ("family", names[1].to_owned())];
        let (a, b) = (fields(a), fields(b));
        let slices = |record: &[(&'static str, String); 2]| {
            record.iter().map(|(field, value)| (*field, value.clone())).collect::<Vec<_>>()
        };
        let (a, b) = (slices(&a), slices(&b));
        let borrow = |record: &'_ [(&'static str, String)]| -> Vec<(&'static str, &'static str)> {
            record.iter().map(|(field, value)| (*field, &*value.clone().leak())).collect()
        };
        found(&model, &borrow(&a), &borrow(&b))
    };
    assert_eq!(of(["سارا", "کریمی"], ["سارا", "کریمی"]), "both the same");
    assert_eq!(of(["سارا", "کریمی"], ["کریمی", "سارا"]), "exchanged");
    assert_eq!(of(["Marina", "Petrova"], ["Marinna", "Petrovva"]), "both Jaro-Winkler at least 0.92");
    assert_eq!(of(["Marina", "Petrova"], ["Olga", "Petrova"]), "family the same");
    assert_eq!(of(["Marina", "Petrova"], ["Marina", "Sidorenko"]), "given the same");
    assert_eq!(of(["Marina", ""], ["Marina", "Sidorenko"]), "given the same");
    assert_eq!(of(["", "Petrova"], ["Marina", ""]), "no value");
    assert_eq!(of(["Marina", "Petrova"], ["Olga", "Sidorenko"]), "anything else");
    let levels = &model.comparisons[0].levels;
    let columns: Vec<Option<&str>> =
        levels.iter().map(|level| Some(&*level.term_frequency.as_ref()?.column)).collect();
    assert_eq!(columns, [None, None, None, None, None, Some("family"), Some("given"), None]);
}

#[test]
fn birth_dates_have_their_levels() {
    let model = Model::builder()
        .column("born", ["born"], Transform::Instant(DateFormat::iso_date()))
        .compare(Comparison::date_of_birth("born"))
        .build()
        .unwrap();
    for (right, level) in [
        ("1980-05-17", "same"),
        ("1980-05-18", "one edit"),
        ("1980-05-71", "no value"),
        ("1980-06-02", "at most 1 months apart"),
        ("1980-12-02", "at most 1 years apart"),
        ("1985-12-02", "at most 10 years apart"),
        ("1999-12-02", "anything else"),
    ] {
        assert_eq!(of_values(&model, "born", "1980-05-17", right), level, "{right}");
    }
}

#[test]
fn parts_of_postcodes_and_addresses_are_added() {
    let model = text(Comparison::postcode("a"));
    for (right, level) in [
        ("SW1A 2AA", "same"),
        ("SW1A 2AB", "same sector"),
        ("SW1A 3AB", "same district"),
        ("SW9 3AB", "same area"),
        ("N9 3AB", "anything else"),
    ] {
        assert_eq!(of_values(&model, "a", "SW1A 2AA", right), level, "{right}");
    }
    let model = text(Comparison::email("a"));
    for (right, level) in [
        ("marina@mail.ru", "same"),
        ("marina@yandex.ru", "same before the @"),
        ("marinna@mail.ru", "Jaro-Winkler at least 0.88"),
        ("marinna@verylongexample.example", "before the @ Jaro-Winkler at least 0.88"),
        ("سارا@mail.ru", "anything else"),
    ] {
        assert_eq!(of_values(&model, "a", "marina@mail.ru", right), level, "{right}");
    }
    // A rule may name a part too, and a part that exists is taken as it is.
    let model = raw(Model::builder(), &["post", "post area"])
        .compare(Comparison::postcode("post"))
        .block(BlockingRule::on([KeyPart::new("post district", KeyForm::Whole)]))
        .build()
        .unwrap();
    let names: Vec<&str> = model.columns.iter().map(|column| &*column.name).collect();
    assert_eq!(names, ["post", "post area", "post district", "post sector"]);
    // Folded texts are in small letters.
    let model = Model::builder()
        .column("a", ["a"], Transform::Text)
        .compare(Comparison::postcode("a"))
        .build()
        .unwrap();
    assert_eq!(of_values(&model, "a", "SW1A 2AA", "sw1a 2ab"), "same sector");
}

#[test]
fn graded_comparisons_have_their_levels() {
    for (comparison, left, right, level) in [
        (Comparison::levenshtein("a", &[1, 2]), "تهران", "تهرون", "at most 1 edits"),
        (Comparison::levenshtein("a", &[1, 2]), "abcd", "abdc", "at most 2 edits"),
        (Comparison::damerau_levenshtein("a", &[1, 2]), "abcd", "abdc", "at most 1 edits"),
        (Comparison::damerau_levenshtein("a", &[1, 2]), "Москва", "Моксав", "at most 2 edits"),
        (Comparison::jaro("a", &[0.9]), "שלמה", "שלמה", "same"),
        (Comparison::jaro_winkler("a", &[0.92, 0.88]), "Tehran", "Teheran", "Jaro-Winkler at least 0.92"),
        (Comparison::jaccard("a", &[0.9, 0.7]), "abcd", "abcde", "Jaccard at least 0.7"),
        (Comparison::exact("brand", "a"), "بهمن", "بهمن", "same"),
        (Comparison::exact("brand", "a").with_term_frequency(), "x", "y", "anything else"),
    ] {
        assert_eq!(of_values(&text(comparison), "a", left, right), level, "{left} {right}");
    }
    let of = |transform, comparison, left: &str, right: &str| {
        let model = Model::builder().column("a", ["a"], transform).compare(comparison).build().unwrap();
        of_values(&model, "a", left, right)
    };
    let number = Transform::Number;
    assert_eq!(of(number, Comparison::number_difference("a", &[0.5]), "1", "1.0"), "same");
    assert_eq!(of(number, Comparison::number_difference("a", &[0.5]), "1", "1.5"), "at most 0.5 apart");
    let percent = || Comparison::percentage_difference("a", &[0.07]);
    assert_eq!(of(number, percent(), "100", "93.5"), "at most 7 percent apart");
    assert_eq!(of(number, percent(), "-100", "-93.5"), "at most 7 percent apart");
    assert_eq!(of(number, percent(), "-100", "-5"), "anything else");
    assert_eq!(of(number, percent(), "-100", "5"), "anything else");
    assert_eq!(of(number, percent(), "0", "0"), "same");
    let subset = |empty| Comparison::array_subset("a", empty);
    assert_eq!(of(Transform::List, subset(false), "سفید|سیاه", "سیاه"), "one within the other");
    assert_eq!(of(Transform::List, subset(false), "سفید|سیاه", "سیاه|red"), "anything else");
    assert_eq!(of(Transform::List, subset(false), "a|b", "|"), "anything else");
    assert_eq!(of(Transform::List, subset(true), "a|b", "|"), "one within the other");
    assert_eq!(of(Transform::List, subset(true), "a|b", ""), "no value");
    let list = Comparison::array_intersect("a", &[2, 1]);
    assert_eq!(of(Transform::List, list, "سفید|سیاه", "سیاه|red"), "at least 1 in common");
    let cosine = Comparison::cosine("a", &[0.9, 0.7]);
    assert_eq!(of(Transform::Vector, cosine, "1,0", "1,1"), "cosine at least 0.7");
    let apart = Comparison::time_apart("a", &[(2.0, TimeUnit::Days)]);
    let instant = Transform::Instant(DateFormat::iso_date());
    assert_eq!(of(instant, apart, "2024-02-28", "2024-03-01"), "at most 2 days apart");
    let model = Model::builder()
        .column("lat", ["lat"], number)
        .column("lon", ["lon"], number)
        .compare(Comparison::kilometres("lat", "lon", &[1.0, 10.0, 100.0]).named("where"))
        .build()
        .unwrap();
    let tehran = [("lat", "35.6892"), ("lon", "51.3890")];
    assert_eq!(found(&model, &tehran, &[("lat", "35.8400"), ("lon", "50.9391")]), "at most 100 km apart");
    assert_eq!(found(&model, &tehran, &[("lat", "35.8400")]), "no value");
    assert_eq!(found(&model, &tehran, &[("lat", "29.6"), ("lon", "52.5")]), "anything else");
}

#[test]
fn what_does_not_fit_is_told() {
    use ModelErrorKind::{
        DuplicateName, NoExactLevel, NoLevels, Number, Probability, TooMany, UnknownColumn, WrongValues,
    };
    let builder = || raw(Model::builder(), &["a"]).column("n", ["n"], Transform::Number);
    let compare = |comparison| builder().compare(comparison);
    let nothing = Comparison { name: "none".into(), levels: Vec::new(), shared: false };
    let mut unadjusted = Comparison::jaro("a", &[0.9]).with_term_frequency();
    let adjusted = unadjusted.levels.remove(1).term_frequency;
    unadjusted.levels[1].term_frequency = adjusted;
    let mut many = builder();
    for at in 0..33 {
        many = many.compare(Comparison::exact(&at.to_string(), "a"));
    }
    for (builder, kind, what) in [
        (compare(Comparison::name("b")), UnknownColumn, "b"),
        (compare(Comparison::name("n")), WrongValues, "n"),
        (compare(Comparison::email("n")), WrongValues, "n"),
        (compare(Comparison::postcode("none")), UnknownColumn, "none"),
        (compare(Comparison::jaro("a", &[f64::NAN])), Number, "a"),
        (compare(nothing), NoLevels, "none"),
        (compare(unadjusted), NoExactLevel, "a"),
        (compare(Comparison::name("a")).compare(Comparison::jaro("a", &[0.9])), DuplicateName, "a"),
        (raw(builder(), &["a"]), DuplicateName, "a"),
        (builder().prior(1.5), Probability, "prior"),
        (builder().block(BlockingRule::on([KeyPart::new("c", KeyForm::Whole)])), UnknownColumn, "c"),
        (compare(Comparison::levenshtein("a", &[0; 13])), TooMany, "a"),
        (many, TooMany, "comparisons"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!((error.kind(), error.what()), (kind, what));
    }
}
