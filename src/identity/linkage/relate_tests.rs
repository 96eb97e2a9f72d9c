use super::super::candidates::BlockingSettings;
use super::super::dataset::Dataset;
use super::super::link::LinkSettings;
use super::super::model::{TermFrequencies, TermKey};
use super::super::scorer::Scorer;
use super::*;

/// Two of one household, one of them twice, and a stranger.
const PEOPLE: [[&str; 5]; 4] = [
    ["Sara", "Moradi", "1991-08-03", "12 Rowan Lane", "07700900123"],
    ["Reza", "Moradi", "1988-01-20", "12 Rowan Lane", "07700900123"],
    ["Sara", "Moradi", "1991-08-03", "12 Rowan Lane", ""],
    ["Olga", "Petrova", "1979-05-30", "7 Mill Street", "07700900999"],
];

fn candidates(people: &[[&str; 5]], model: &Model) -> Candidates {
    let mut data = Dataset::new(["given_name", "family_name", "birth_date", "address_line", "phone"]);
    people.iter().for_each(|person| data.push(person).unwrap());
    Candidates::new(&data, model, &BlockingSettings::default(), &()).unwrap()
}

fn model(household_prior: f64) -> Model {
    Model { prior: 0.001, household_prior, ..Model::person() }
}

#[test]
fn a_household_is_no_person() {
    let candidates = candidates(&PEOPLE, &model(0.001));
    let model = candidates.model();
    let related = candidates.relations(model, &[0, 1, 0, 3]).unwrap();
    let [one] = &related[..] else { panic!("{related:?}") };
    // The pair with less to say for one person is the surest household.
    assert_eq!((one.relation, one.left, one.right), (Relation::Household, 1, 2));
    assert_eq!(one.shared_names(model).collect::<Vec<_>>(), ["telephone", "address"]);
    assert_eq!(one.apart_names(model).collect::<Vec<_>>(), ["given name", "birth date"]);
    assert!(one.probability > 0.9 && one.probability <= 1.0);
    // Who is in one cluster is one person.
    assert!(candidates.relations(model, &[0, 0, 0, 3]).unwrap().is_empty());
}

/// Neighbours share a postcode, and many towns have the same street.
#[test]
fn to_live_together_is_to_share_an_address() {
    let model = Model::person();
    let together = |name: &str| -> Vec<String> {
        let comparison = model.comparisons.iter().find(|comparison| comparison.name == name).unwrap();
        let levels = comparison.levels.iter().enumerate();
        let shared = levels.filter(|(level, _)| belongs_together(comparison, *level));
        shared.map(|(_, level)| level.name.clone()).collect()
    };
    let address =
        ["same address", "nearly the same address", "same address, place untold", "perhaps the same address"];
    assert_eq!(together("address"), address);
    assert_eq!(together("telephone"), ["same"]);
    assert_eq!(together("given name"), [""; 0]);
}

#[test]
fn the_parts_say_the_same() {
    let candidates = candidates(&PEOPLE, &model(0.001));
    let model = candidates.model();
    let of = |left, right| candidates.weigh(model, left, right).unwrap().household_probability();
    let related = candidates.relations(model, &[0, 1, 0, 3]).unwrap();
    assert!((related[0].probability - of(1, 2)).abs() < 1e-9);
    assert!(of(0, 2) < 0.1 && of(0, 3) < 0.1, "{} {}", of(0, 2), of(0, 3));
}

#[test]
fn a_pair_of_ones_own_is_judged_alike() {
    let mut people = PEOPLE.to_vec();
    // Like those who live together, but nothing tells that they do, or that they are two.
    people.push(["Maryam", "Moradi", "1960-02-11", "", ""]);
    people.push(["Sara", "", "", "12 Rowan Lane", "07700900123"]);
    let candidates = candidates(&people, &model(0.001));
    let model = candidates.model();
    let rows: Vec<u32> = (0..6).collect();
    let related: Vec<(u32, u32)> =
        candidates.relations(model, &rows).unwrap().iter().map(|one| (one.left, one.right)).collect();
    assert!(related.len() >= 2);
    for left in 0..6 {
        for right in left + 1..6 {
            let own = candidates.weigh(model, left, right).unwrap().relation(model);
            assert_eq!(own.is_some(), related.contains(&(left, right)), "{left} {right}");
        }
    }
    // More probable is not enough.
    let mut unshared = model.clone();
    unshared.comparisons.iter_mut().for_each(|comparison| comparison.shared = false);
    let weighed = candidates.weigh(model, 0, 1).unwrap();
    assert!(weighed.household_probability() > 0.5 && weighed.relation(model).is_some());
    assert_eq!(weighed.relation(&unshared), None);
}

#[test]
fn without_households_there_are_none() {
    let candidates = candidates(&PEOPLE, &model(0.0));
    assert!(candidates.relations(candidates.model(), &[0, 1, 2, 3]).unwrap().is_empty());
    assert_eq!(candidates.weigh(candidates.model(), 0, 1).unwrap().household_probability(), 0.0);
}

#[test]
fn the_order_of_rows_changes_no_relation() {
    let people: Vec<[&str; 5]> = PEOPLE.into_iter().rev().collect();
    let candidates = candidates(&people, &model(0.001));
    let related = candidates.relations(candidates.model(), &[3, 0, 1, 0]).unwrap();
    assert_eq!(related.len(), 1);
    assert_eq!((people[related[0].left as usize][0], people[related[0].right as usize][0]), ("Sara", "Reza"));
    assert_eq!((related[0].left, related[0].right), (1, 2));
}

#[test]
fn shares_stay_shares() {
    assert_eq!(share(f64::INFINITY, f64::INFINITY), 0.5);
    assert_eq!(share(f64::INFINITY, 3.0), 1.0);
    assert_eq!(share(0.0, 0.0), 0.0);
    assert_eq!(share(1.0, f64::INFINITY), 0.0);
}

#[test]
fn rows_weigh_what_links_and_scorers_say() {
    let mut people: Vec<[String; 5]> = Vec::new();
    for number in 0..60 {
        let given = ["Sara", "سارا", "Reza", "Ольга", "דוד"][number % 5];
        let family = ["Moradi", "Petrova", "Levi"][number % 3];
        let born = format!("19{}-08-03", 50 + number % 20);
        let phone = format!("0770090{:04}", number % 17);
        people.push([given.into(), family.into(), born, format!("{} Rowan Lane", 1 + number % 9), phone]);
    }
    let people: Vec<[&str; 5]> =
        people.iter().map(|person| std::array::from_fn(|at| person[at].as_str())).collect();
    let candidates = candidates(&people, &model(0.001));
    let mut model = candidates.model().clone();
    for column in ["given", "family", "phone"] {
        let counts =
            [("sara", 12), ("moradi", 20), ("770090001", 4)].map(|(term, count)| (TermKey::of(term), count));
        let frequencies = TermFrequencies { records: 60, counts: counts.into() };
        model.term_frequencies.insert(column.to_owned(), frequencies);
    }
    let scorer = Scorer::new(&model).unwrap();
    let fields = ["given_name", "family_name", "birth_date", "address_line", "phone"];
    let prepared: Vec<_> = people
        .iter()
        .map(|person| {
            scorer.prepare(&|field| fields.iter().position(|known| *known == field).map(|at| person[at]))
        })
        .collect();
    let settings = LinkSettings { threshold_bits: -100.0, ..LinkSettings::default() };
    let links = candidates.link(&model, &settings, &[], &()).unwrap();
    assert!(links.pairs.len() > 1_000, "{}", links.pairs.len());
    for (left, right, bits) in links.pairs {
        let weighed = candidates.weigh(&model, left, right).unwrap();
        assert_eq!(weighed, scorer.weigh(&prepared[left as usize], &prepared[right as usize]));
        let explanation = candidates.explain(&model, right, left).unwrap();
        let pair = (people[left as usize], people[right as usize]);
        assert_eq!((weighed.weight_bits, weighed.sum_of_parts()), (bits, bits), "{pair:?}\n{explanation}");
        let before = explanation.lines.last().unwrap().cumulative_bits;
        assert_eq!(before + explanation.household_bits, bits);
        let shown = explanation.to_string().to_lowercase();
        for value in people[left as usize].iter().chain(&people[right as usize]) {
            assert!(!shown.contains(&value.to_lowercase()));
        }
    }
}
