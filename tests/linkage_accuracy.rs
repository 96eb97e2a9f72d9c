//! How well the preset for people, as it comes, finds the people of sets whose truth is known.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test may stop at a failure")]

mod linkage_support;

use std::collections::BTreeMap;
use std::path::Path;

use linkage_support::{clusters, labels, linked, numbers};
use throughline::identity::linkage::{Accuracy, Dataset, FieldKind, Model, measure, recognise};

fn rows(set: &str, file: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/linkage/people").join(set).join(file);
    let mut reader = csv::Reader::from_path(path).unwrap();
    let head = reader.headers().unwrap().iter().map(str::to_owned).collect();
    let rows = reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    (head, rows)
}

/// Reads a set, links it with all defaults, and measures the clusters.
fn accuracy(set: &str) -> Accuracy {
    let (head, records) = rows(set, "records.csv");
    // The record's id and what is no field of a person are no input.
    let kinds: Vec<&str> = head
        .iter()
        .map(|header| if header == "record_id" { None } else { recognise(header) })
        .map(|kind| kind.map_or("ignored", FieldKind::as_str))
        .collect();
    let known = Model::person().columns.into_iter().flat_map(|column| column.inputs);
    assert!(known.filter(|input| kinds.contains(&input.as_str())).count() >= 5, "{kinds:?}");
    let mut dataset = Dataset::new(kinds.iter().copied());
    for record in &records {
        let values: Vec<&str> = record.iter().map(|value| value.trim()).collect();
        dataset.push(&values).unwrap();
    }
    let truth: BTreeMap<String, String> =
        rows(set, "truth.csv").1.into_iter().map(|row| (row[0].clone(), row[1].clone())).collect();
    let mut people: BTreeMap<&str, u32> = BTreeMap::new();
    let truth: Vec<u32> = records
        .iter()
        .map(|record| {
            let next = u32::try_from(people.len()).unwrap();
            *people.entry(&truth[&record[0]]).or_insert(next)
        })
        .collect();
    let (_, links) = linked(&dataset).unwrap();
    let clusters = clusters(&numbers(records.len()), &links);
    let accuracy = measure(&labels(records.len(), &clusters), &truth).unwrap();
    assert_eq!(accuracy.records, records.len() as u64);
    accuracy
}

#[test]
fn fake_1000() {
    let found = accuracy("fake_1000");
    assert_eq!(found.persons, 251);
    assert!(found.pairwise.f1 >= 0.93, "{found:?}");
    assert!(found.largest_cluster <= 2 * found.largest_person, "{found:?}");
}

#[test]
fn febrl1() {
    let found = accuracy("febrl1");
    assert_eq!(found.persons, 500);
    assert!(found.pairwise.f1 >= 0.995, "{found:?}");
    assert_eq!(found.mixed_clusters, 0, "{found:?}");
    assert!(found.largest_cluster <= 2 * found.largest_person, "{found:?}");
}
