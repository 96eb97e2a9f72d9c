//! Data made to hurt: nothing panics, no number is lost, memory stays within the pair budget, and nobody is merged with
//! everybody.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    clippy::disallowed_methods,
    reason = "a test may stop at a failure"
)]

mod linkage_support;

use std::collections::BTreeSet;

use linkage_support::{FIELDS, Row, clusters, dataset, numbers};
use throughline::identity::linkage::{
    BlockingRule, BlockingSettings, Candidates, Dataset, DatasetError, KeyForm, KeyPart, LinkSettings, Model,
    ModelErrorKind, Scorer, TrainingError, TrainingSettings,
};

/// A record with these fields.
fn row(fields: &[(&str, &str)]) -> Row {
    FIELDS.map(|name| {
        fields.iter().find(|(field, _)| *field == name).map_or_else(String::new, |(_, text)| (*text).into())
    })
}

const GIVEN: [&str; 20] = [
    "Sara",
    "رضا",
    "Пётр",
    "אייל",
    "Anna",
    "Omid",
    "Dmitri",
    "فاطمه",
    "Noa",
    "Karl",
    "Leyla",
    "احمد",
    "Mary",
    "Юрий",
    "יעל",
    "Hugo",
    "Nasrin",
    "Boris",
    "Tamar",
    "حسن",
];
const FAMILY: [&str; 25] = [
    "Milani",
    "کریمی",
    "Иванов",
    "אזולאי",
    "Schmidt",
    "Tehrani",
    "Kovalenko",
    "السيد",
    "Cohen",
    "Baker",
    "Yazdi",
    "منصور",
    "Walsh",
    "Петров",
    "פרידמן",
    "Duval",
    "Gilani",
    "Novak",
    "Peretz",
    "قاسمی",
    "Fuchs",
    "Olsen",
    "Rossi",
    "Silva",
    "Horvat",
];

/// The record of a person of their own: nothing is shared on purpose but first and family names.
fn person(number: usize) -> Vec<(&'static str, String)> {
    let (given, family) = (GIVEN[number % 20], FAMILY[(number / 20 + number * 7) % 25]);
    let day = number * 7_919 % 20_000;
    vec![
        ("given_name", given.to_owned()),
        ("family_name", family.to_owned()),
        ("birth_date", format!("{}-{:02}-{:02}", 1940 + day / 336, day / 28 % 12 + 1, day % 28 + 1)),
        ("email", format!("{:x}q{number}@mail.ir", number * 48_271 + 65_537)),
        ("phone", format!("09{:09}", (number * 48_271 * 7 + 123_457) % 1_000_000_000)),
        ("address_line", format!("{} {} Street", number % 300 + 1, FAMILY[number * 11 % 25])),
        ("postcode", format!("{:05}", number * 31 % 90_000 + 10_000)),
        ("city", ["Shiraz", "London", "Хабаровск", "חולון"][number % 4].to_owned()),
    ]
}

fn write(fields: &[(&'static str, String)]) -> Row {
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, text)| (*name, text.as_str())).collect();
    row(&fields)
}

/// Two records of each of so many people; the second lacks the address.
fn population(people: usize) -> Vec<Row> {
    (0..people)
        .flat_map(|number| {
            let fields = person(number);
            let fewer: Vec<_> = fields.iter().filter(|(name, _)| *name != "address_line").cloned().collect();
            [write(&fields), write(&fewer)]
        })
        .collect()
}

struct Found {
    clusters: BTreeSet<Vec<u32>>,
    candidates: usize,
}

impl Found {
    fn largest(&self) -> usize {
        self.clusters.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Links the records with the defaults; whatever they are, numbers are numbers and pairs stay within the budget.
fn link(rows: &[Row]) -> Result<Found, TrainingError> {
    link_within(rows, &BlockingSettings::default())
}

fn link_within(rows: &[Row], settings: &BlockingSettings) -> Result<Found, TrainingError> {
    let dataset = dataset(rows);
    let candidates = Candidates::new(&dataset, &Model::person(), settings, &()).unwrap();
    let budget = settings.least_pairs.max(u64::from(settings.pairs_per_record) * rows.len() as u64);
    assert!(candidates.len() as u64 <= budget, "{} pairs of {budget}", candidates.len());
    assert!(!format!("{candidates:?}").is_empty());
    let training = candidates.train(&TrainingSettings::default(), &())?;
    let model = &training.model;
    assert!((0.0..=1.0).contains(&model.prior) && (0.0..=1.0).contains(&model.household_prior));
    assert!(training.expected_matches.is_finite() && training.expected_household_pairs.is_finite());
    for level in model.comparisons.iter().flat_map(|comparison| &comparison.levels) {
        let known = [level.m, level.u, level.household];
        assert!(known.iter().flatten().all(|number| (0.0..=1.0).contains(number)), "{level:?}");
    }
    // What was trained can be used and stored.
    Scorer::new(model).unwrap();
    assert_eq!(&serde_json::from_str::<Model>(&serde_json::to_string(model).unwrap()).unwrap(), model);
    let links = candidates.link(model, &LinkSettings::default(), &[], &()).unwrap();
    assert!(links.pairs.iter().all(|(left, right, vote)| left < right && vote.is_finite()));
    assert_eq!(links.histogram.iter().sum::<u64>(), candidates.len() as u64);
    let clusters = clusters(&numbers(rows.len()), &links);
    assert_eq!(clusters.iter().map(Vec::len).sum::<usize>(), rows.len());
    Ok(Found { clusters, candidates: candidates.len() })
}

/// Whether the two records of each person are together, and how many are.
fn together(found: &Found, people: u32) -> u32 {
    (0..people)
        .filter(|person| {
            found
                .clusters
                .iter()
                .any(|cluster| cluster.contains(&(person * 2)) && cluster.contains(&(person * 2 + 1)))
        })
        .count() as u32
}

#[test]
fn no_record_and_few_records() {
    for rows in [0, 1, 2, 3] {
        for own in [true, false] {
            let rows: Vec<Row> =
                (0..rows).map(|number| write(&person(if own { number } else { 0 }))).collect();
            if let Ok(found) = link(&rows) {
                assert!(!own || found.largest() <= 1, "strangers are together");
            }
            let empty = vec![row(&[]); rows.len()];
            if let Ok(found) = link(&empty) {
                assert!(found.largest() <= 1, "nothing was told");
                assert_eq!(found.candidates, 0);
            }
        }
    }
}

#[test]
fn columns_that_are_empty_or_constant() {
    let empty = link(&vec![row(&[]); 500]).unwrap();
    assert_eq!((empty.candidates, empty.largest()), (0, 1));
    // Without any field at all.
    let mut nothing = Dataset::new([]);
    (0..10).for_each(|_| nothing.push(&[]).unwrap());
    let candidates = Candidates::new(&nothing, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    assert!(candidates.is_empty() && candidates.train(&TrainingSettings::default(), &()).is_ok());
    // A column in which everybody says the same changes nothing of what the others say.
    let mut rows = population(150);
    let before = link(&rows).unwrap();
    let place = FIELDS.iter().position(|field| *field == "gender").unwrap();
    rows.iter_mut().for_each(|row| row[place] = "f".into());
    let after = link(&rows).unwrap();
    assert_eq!(before.clusters, after.clusters);
    assert!(together(&before, 150) >= 145, "{}", together(&before, 150));
    assert!(before.largest() <= 3);
}

#[test]
fn every_record_the_same() {
    for many in [2, 10, 90, 400, 3_000] {
        let rows = vec![write(&person(1)); many];
        // Nobody to compare with: whatever is found, it is all or nothing.
        if let Ok(found) = link(&rows) {
            assert!(found.largest() == 1 || found.largest() == many.min(512), "{many}: {}", found.largest());
        }
    }
}

#[test]
fn one_value_shared_by_half_of_the_records() {
    for field in
        ["phone", "email", "address_line", "family_name", "given_name", "birth_date", "postcode", "city"]
    {
        let mut rows = population(300);
        let place = FIELDS.iter().position(|name| *name == field).unwrap();
        let shared = write(&person(5_000))[place].clone();
        for person in 0..150 {
            rows[person * 4][place].clone_from(&shared);
            rows[person * 4 + 1][place].clone_from(&shared);
        }
        let found = link(&rows).unwrap();
        assert!(found.largest() <= 4, "{field}: {}", found.largest());
        assert!(together(&found, 300) >= 285, "{field}: {} of 300 people found", together(&found, 300));
    }
}

#[test]
fn everything_of_a_shop_shared_by_half_of_the_records() {
    // The shop's own telephone, address and e-mail in the records of half of its customers.
    let mut rows = population(300);
    let shop = write(&person(5_000));
    for row in rows.iter_mut().step_by(2).take(150) {
        for (place, field) in FIELDS.iter().enumerate() {
            if ["phone", "email", "address_line", "postcode", "city"].contains(field) {
                row[place].clone_from(&shop[place]);
            }
        }
    }
    let found = link(&rows).unwrap();
    assert!(found.largest() <= 6, "{}", found.largest());
}

#[test]
fn long_and_strange_values() {
    let long = |text: &str| text.repeat(10_000 / text.chars().count());
    let strange = [
        long("x"),
        long("سارا "),
        long("ab "),
        long("1"),
        long("۱/"),
        long("a@"),
        long("🌹"),
        long("e\u{301}\u{302}\u{303}"),
        "\u{0}Sara\u{0}".into(),
        "\u{202e}araS\u{202c}".into(),
        "\u{200f}\u{200e}\u{200d}\u{200c}".into(),
        "🌹👩\u{200d}👩\u{200d}👧🏽".into(),
        "\u{feff}Sara".into(),
        "\u{fdfa}\u{fdfa}".into(),
        "-1".into(),
        "0".into(),
        "42".into(),
        "9999-99-99".into(),
        "2099-01-01".into(),
        "\r\n\t".into(),
        "\u{e000}\u{10ffff}".into(),
    ];
    let mut rows = population(40);
    for text in &strange {
        rows.push(FIELDS.map(|_| text.clone()));
        rows.push(FIELDS.map(|_| text.clone()));
        for (place, _) in FIELDS.iter().enumerate() {
            let mut one = write(&person(place));
            one[place].clone_from(text);
            rows.push(one);
        }
    }
    let started = std::time::Instant::now();
    assert!(link(&rows).is_ok());
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
}

#[test]
fn a_thousand_records_of_one_person() {
    let mut rows = population(150);
    let people = rows.len();
    rows.extend(vec![write(&person(7_777)); 1_000]);
    let found = link(&rows).unwrap();
    for cluster in &found.clusters {
        let own = cluster.iter().filter(|member| **member as usize >= people).count();
        assert!(own == 0 || own == cluster.len(), "others are mixed in");
    }
    assert!(together(&found, 150) >= 145, "{}", together(&found, 150));
}

#[test]
fn namesakes_stay_apart() {
    let mut rows = population(200);
    let from = rows.len();
    for number in 0..300 {
        let mut one = write(&person(10_000 + number));
        one[0] = "محمد".into();
        one[1] = "محمدی".into();
        rows.push(one);
    }
    let found = link(&rows).unwrap();
    let apart = found
        .clusters
        .iter()
        .filter(|cluster| cluster.iter().filter(|member| **member as usize >= from).count() <= 1)
        .count();
    assert!(
        apart + 3 >= found.clusters.len(),
        "{} clusters of several namesakes",
        found.clusters.len() - apart
    );
    assert!(found.largest() <= 3, "{}", found.largest());
}

#[test]
fn chains_do_not_swallow_everybody() {
    // Each record shares a telephone with the one before and an e-mail address with the one after, and nothing else.
    let mut rows = population(200);
    for number in 0..400 {
        let mut one = write(&person(20_000 + number));
        let place = |name| FIELDS.iter().position(|field| *field == name).unwrap();
        one[place("phone")].clone_from(&write(&person(30_000 + number / 2))[place("phone")]);
        one[place("email")].clone_from(&write(&person(40_000 + number.div_ceil(2)))[place("email")]);
        rows.push(one);
    }
    let found = link(&rows).unwrap();
    assert!(found.largest() <= 4, "{}", found.largest());

    // Each differs from the one before by one letter of the family name and one day of the birth date: all share the
    // given name and the town.
    let mut rows = population(200);
    for number in 0_u32..400 {
        let letters: String =
            (0..6).map(|at| char::from(b'a' + (((number + at) / 6 * 7 + at * 3) % 26) as u8)).collect();
        let (month, day) = (number / 28 % 12 + 1, number % 28 + 1);
        rows.push(row(&[
            ("given_name", "Nasrin"),
            ("family_name", &letters),
            ("birth_date", &format!("1980-{month:02}-{day:02}")),
            ("city", "Shiraz"),
        ]));
    }
    let found = link(&rows).unwrap();
    assert!(found.largest() <= 40, "{}", found.largest());
}

#[test]
fn memory_is_bounded_by_the_pair_budget() {
    // Every field is shared by many: every rule finds blocks of all sizes.
    let rows: Vec<Row> = (0..3_000_usize)
        .map(|number| {
            let mut one = write(&person(number % 90));
            one[4] = format!("user{}@mail.ir", number % 70);
            one[5] = format!("09121112{:03}", number % 60);
            one
        })
        .collect();
    for (pairs_per_record, least_pairs) in [(0, 0), (1, 0), (10, 1_000), (0, 50_000), (u32::MAX, u64::MAX)] {
        let settings = BlockingSettings { pairs_per_record, least_pairs, ..BlockingSettings::default() };
        let _ = link_within(&rows, &settings).map(|found| assert!(found.candidates < 3_000 * 3_000 / 2));
    }
}

#[test]
fn errors_say_what_is_wrong() {
    let data = dataset(&population(20));
    let new = |model: &Model| Candidates::new(&data, model, &BlockingSettings::default(), &());
    let mut unknown = Model::person();
    unknown.columns.retain(|column| column.name != "phone");
    assert_eq!(new(&unknown).unwrap_err().kind(), ModelErrorKind::UnknownColumn);

    let mut blocking = Model::person();
    blocking.blocking = vec![BlockingRule::on([KeyPart::new("no such column", KeyForm::Whole)])];
    assert_eq!(new(&blocking).unwrap_err().kind(), ModelErrorKind::UnknownColumn);

    let mut twice = Model::person();
    twice.comparisons.push(twice.comparisons[0].clone());
    assert_eq!(new(&twice).unwrap_err().kind(), ModelErrorKind::DuplicateName);

    let mut odd = Model::person();
    odd.comparisons[0].levels[1].m = Some(f64::NAN);
    assert_eq!(new(&odd).unwrap_err().kind(), ModelErrorKind::Probability);

    let mut many = Model::person();
    for number in 0..40 {
        let mut one = many.comparisons[2].clone();
        one.name = format!("birth date {number}");
        many.comparisons.push(one);
    }
    assert_eq!(new(&many).unwrap_err().kind(), ModelErrorKind::TooMany);

    let candidates = new(&Model::person()).unwrap();
    let never = TrainingSettings { iterations: 1, ..TrainingSettings::default() };
    assert_eq!(candidates.train(&never, &()).unwrap_err(), TrainingError::NotConverged { iterations: 1 });
    for convergence in [f64::NAN, -1.0] {
        let settings = TrainingSettings { convergence, iterations: 20, ..TrainingSettings::default() };
        assert!(matches!(
            candidates.train(&settings, &()),
            Err(TrainingError::NotConverged { iterations: 20 })
        ));
    }
    // Probabilities that leave nothing to train from.
    let mut zeros = Model::person();
    for level in zeros.comparisons.iter_mut().flat_map(|comparison| &mut comparison.levels) {
        (level.m, level.u, level.household) = (Some(0.0), Some(0.0), None);
    }
    let trained = new(&zeros).unwrap().train(&TrainingSettings::default(), &());
    if let Ok(training) = trained {
        let levels = training.model.comparisons.iter().flat_map(|comparison| &comparison.levels);
        assert!(
            levels.flat_map(|level| [level.m, level.u]).flatten().all(|number| (0.0..=1.0).contains(&number))
        );
    }
    // A model that the pairs were not compared with.
    let mut other = candidates.train(&TrainingSettings::default(), &()).unwrap().model;
    other.comparisons.remove(0);
    assert!(candidates.link(&other, &LinkSettings::default(), &[], &()).is_err());

    let mut ragged = Dataset::new(["given_name", "phone"]);
    assert_eq!(ragged.push(&["Sara"]), Err(DatasetError::Ragged));
    assert_eq!(ragged.push(&["Sara", "", ""]), Err(DatasetError::Ragged));
    assert!(ragged.is_empty());
}

#[test]
fn pairs_that_other_evidence_connects_are_weighed() {
    let data = dataset(&population(30));
    let candidates = Candidates::new(&data, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    let model = candidates.train(&TrainingSettings::default(), &()).unwrap().model;
    let settings = LinkSettings::default();
    let all = candidates.link(&model, &settings, &[(0, 40)], &()).unwrap();
    assert!(all.pairs.iter().any(|(left, right, vote)| (*left, *right) == (0, 40) && *vote < 0.0));
    // Places that do not exist connect nobody.
    let beyond = candidates.link(&model, &settings, &[(0, 9_999), (u32::MAX, 1), (3, 3)], &()).unwrap();
    assert_eq!(beyond.pairs, candidates.link(&model, &settings, &[], &()).unwrap().pairs);
    // Two records alone.
    let two = dataset(&[write(&person(1)), write(&person(2))]);
    let candidates = Candidates::new(&two, &Model::person(), &BlockingSettings::default(), &()).unwrap();
    let links = candidates.link(candidates.model(), &settings, &[(1, 0)], &()).unwrap();
    assert_eq!(links.pairs.iter().map(|(left, right, _)| (*left, *right)).collect::<Vec<_>>(), [(0, 1)]);
}
