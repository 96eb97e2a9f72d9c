//! A column that is constant, half filled, shared by half of the file, or noise: the result stays near what it is
//! without it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests")]

mod linkage_support;

use linkage_support::{clusters, labels, numbers};
use throughline::identity::linkage::{
    BlockingSettings, Candidates, Comparison, Dataset, LinkSettings, Model, TrainingSettings, Transform,
    measure,
};

/// Numbers that look random.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % bound
    }
}

const GIVEN: [&str; 16] = [
    "Sara",
    "Olivia",
    "Reza",
    "Пётр",
    "Daniel",
    "דוד",
    "Ingrid",
    "Tomas",
    "ליאורה",
    "Jamal",
    "Камила",
    "Fatima",
    "Hugo",
    "پروین",
    "Nina",
    "William",
];
const FAMILY: [&str; 14] = [
    "Moradi",
    "Harrington",
    "לוי",
    "Kowalski",
    "Соколов",
    "Bergström",
    "Ashworth",
    "Nguyen",
    "Castellano",
    "رضایی",
    "Okafor",
    "Dubois",
    "Vandermeer",
    "Yilmaz",
];

/// Two or three records of each person, a value now and then missing or another: fields, rows, whose each row is.
fn people(persons: usize) -> (Vec<&'static str>, Vec<Vec<String>>, Vec<u32>) {
    let mut draws = Draws(5);
    let (mut rows, mut truth) = (Vec::new(), Vec::new());
    for person in 0..persons {
        let (given, family) = (GIVEN[draws.below(16)], FAMILY[draws.below(14)]);
        let born =
            format!("{}-{:02}-{:02}", 1945 + draws.below(55), 1 + draws.below(12), 1 + draws.below(28));
        let local: String =
            (0..9).map(|_| char::from(b'a' + u8::try_from(draws.below(26)).unwrap())).collect();
        let whole = [given.to_owned(), family.to_owned(), born, format!("{local}@mail.example")];
        for _ in 0..2 + draws.below(2) {
            let mut row = whole.to_vec();
            for (at, value) in row.iter_mut().enumerate() {
                match draws.below(10) {
                    0 => value.clear(),
                    1 if at == 3 => *value = format!("other{}@post.example", draws.below(100_000)),
                    1 if at < 2 => value.extend(['x']),
                    _ => {}
                }
            }
            rows.push(row);
            truth.push(u32::try_from(person).unwrap());
        }
    }
    (vec!["given_name", "family_name", "birth_date", "email"], rows, truth)
}

enum With<'a> {
    Training(&'a Model),
    Untrained,
}

/// The F1 of all pairs.
fn f1(fields: &[&str], rows: &[Vec<String>], truth: &[u32], with: &With<'_>) -> f64 {
    let mut data = Dataset::new(fields.iter().copied());
    for row in rows {
        data.push(&row.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
    }
    let person = Model::person();
    let start = if let With::Training(model) = with { model } else { &person };
    let candidates = Candidates::new(&data, start, &BlockingSettings::default(), &()).unwrap();
    let model = match with {
        With::Training(_) => candidates.train(&TrainingSettings::default(), &()).unwrap().model,
        With::Untrained => candidates.untrained(),
    };
    let links = candidates.link(&model, &LinkSettings::default(), &[], &()).unwrap();
    let found = labels(rows.len(), &clusters(&numbers(rows.len()), &links));
    measure(&found, truth).unwrap().pairwise.f1
}

/// The rows with a column more, or another one in its place.
fn with_column(
    (fields, rows): (&[&'static str], &[Vec<String>]),
    name: &'static str,
    mut value: impl FnMut(usize, &str) -> String,
) -> (Vec<&'static str>, Vec<Vec<String>>) {
    let (mut fields, mut rows) = (fields.to_vec(), rows.to_vec());
    let at = fields.iter().position(|field| *field == name).unwrap_or(fields.len());
    if at == fields.len() {
        fields.push(name);
        rows.iter_mut().for_each(|row| row.push(String::new()));
    }
    for (number, row) in rows.iter_mut().enumerate() {
        row[at] = value(number, &row[at]);
    }
    (fields, rows)
}

/// Values of each kind of column that everybody, or half of the file, may share.
const SHARED: [(&str, &str); 6] = [
    ("national_id", "QQ123456C"),
    ("phone", "07700900123"),
    ("device", "kiosk"),
    ("loyalty_card", "LC0000000001"),
    ("address_line", "1 High Street"),
    ("city", "London"),
];

#[test]
fn a_constant_column_does_not_spoil_training() {
    let (fields, rows, truth) = people(150);
    let person = Model::person();
    let plain = f1(&fields, &rows, &truth, &With::Training(&person));
    assert!(plain > 0.9, "{plain}");
    for (name, value) in SHARED {
        for every in [1, 2, 10] {
            let shared = |row: usize, _: &str| {
                if row.is_multiple_of(every) { value.to_owned() } else { String::new() }
            };
            let (fields, rows) = with_column((&fields, &rows), name, shared);
            let found = f1(&fields, &rows, &truth, &With::Training(&person));
            assert!(found > plain - 0.03, "{name} in every row of {every}: {found}, without it {plain}");
        }
    }
}

#[test]
fn a_value_that_half_of_the_file_shares_does_not_spoil_training() {
    let (fields, rows, truth) = people(150);
    let person = Model::person();
    let plain = f1(&fields, &rows, &truth, &With::Training(&person));
    let mut draws = Draws(3);
    for (name, value) in
        [("national_id", "QQ123456C"), ("phone", "07700900123"), ("loyalty_card", "LC0000000001")]
    {
        let half = |row: usize, _: &str| {
            if row.is_multiple_of(2) {
                value.to_owned()
            } else {
                format!("07{:09}", draws.below(1_000_000_000))
            }
        };
        let (fields, rows) = with_column((&fields, &rows), name, half);
        let found = f1(&fields, &rows, &truth, &With::Training(&person));
        assert!(found > plain - 0.03, "{name}: {found}, without it {plain}");
    }
    // A column that told people apart, and half of whose values are now the shop's own.
    for (name, value) in [("email", "till@example.org"), ("birth_date", "1980-05-05")] {
        let at = fields.iter().position(|field| *field == name).unwrap();
        let without: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                row.iter()
                    .enumerate()
                    .map(|(field, own)| if field == at { "" } else { own }.to_owned())
                    .collect()
            })
            .collect();
        let plain = f1(&fields, &without, &truth, &With::Training(&person));
        for every in [1, 2] {
            let shared =
                |row: usize, own: &str| if row.is_multiple_of(every) { value } else { own }.to_owned();
            let (fields, rows) = with_column((&fields, &rows), name, shared);
            let found = f1(&fields, &rows, &truth, &With::Training(&person));
            assert!(found > plain - 0.03, "{name} in every row of {every}: {found}, without it {plain}");
        }
    }
}

#[test]
fn a_column_of_noise_does_not_spoil_training() {
    let (fields, rows, truth) = people(150);
    let plain = f1(&fields, &rows, &truth, &With::Training(&Model::person()));
    let mut model = Model::person();
    let colours = Model::builder()
        .column("colour", ["colour"], Transform::Text)
        .compare(Comparison::exact("colour", "colour"));
    let colours = colours.build().unwrap();
    model.columns.extend(colours.columns);
    model.comparisons.extend(colours.comparisons);
    for name in ["gender", "colour"] {
        for kinds in [2, 3, 20] {
            for seed in 0..3 {
                let mut draws = Draws(seed * 17 + 1);
                let (fields, rows) =
                    with_column((&fields, &rows), name, |_, _| format!("v{}", draws.below(kinds)));
                let found = f1(&fields, &rows, &truth, &With::Training(&model));
                assert!(found > plain - 0.05, "{name} of {kinds} values: {found}, without it {plain}");
            }
        }
    }
}

#[test]
fn a_constant_column_of_a_model_of_ones_own_does_not_stop_training() {
    let (_, rows, _) = people(120);
    let mut data = Dataset::new(["given", "born", "shop"]);
    for row in &rows {
        data.push(&[&row[0], &row[2], "Kiel"]).unwrap();
    }
    let model = ["given", "born", "shop"].iter().fold(Model::builder(), |builder, name| {
        builder.column(name, [*name], Transform::Raw).compare(Comparison::exact(name, name))
    });
    let candidates =
        Candidates::new(&data, &model.build().unwrap(), &BlockingSettings::default(), &()).unwrap();
    let training = candidates.train(&TrainingSettings::default(), &()).unwrap();
    let weight = |comparison: usize| {
        let level = training.model.comparisons[comparison].levels.iter().find(|level| !level.null).unwrap();
        (level.m.unwrap() / level.u.unwrap()).log2()
    };
    assert!(weight(1) > 3.0 && weight(2).abs() < 0.1, "{} {}", weight(1), weight(2));
}

#[test]
fn a_shared_value_does_not_spoil_the_figures_for_few_records() {
    let (fields, rows, truth) = people(36);
    let plain = f1(&fields, &rows, &truth, &With::Untrained);
    assert!(plain > 0.85, "{plain}");
    for (name, value) in SHARED {
        for every in [1, 2] {
            let shared = |row: usize, _: &str| {
                if row.is_multiple_of(every) { value.to_owned() } else { String::new() }
            };
            let (fields, rows) = with_column((&fields, &rows), name, shared);
            let found = f1(&fields, &rows, &truth, &With::Untrained);
            assert!(found > plain - 0.06, "{name} in every row of {every}: {found}, without it {plain}");
        }
    }
    // Of facts that told people apart: nobody is taken for another because of them.
    for (name, value) in [("email", "till@example.org"), ("birth_date", "1980-05-05")] {
        for every in [1, 2] {
            let shared =
                |row: usize, own: &str| if row.is_multiple_of(every) { value } else { own }.to_owned();
            let (fields, rows) = with_column((&fields, &rows), name, shared);
            let found = f1(&fields, &rows, &truth, &With::Untrained);
            assert!(found > 0.5, "{name} in every row of {every}: {found}");
        }
    }
}
