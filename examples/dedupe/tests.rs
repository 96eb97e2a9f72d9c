//! Whole runs over small files.

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::arguments::{Arguments, Command, parse};

/// A run in a directory of its own: what is printed, the clusters' lines, the report.
fn run(records: &str, truth: Option<&str>, more: &str) -> Result<(String, Vec<String>, String), String> {
    let directory = tempfile::tempdir().unwrap();
    let file = |name: &str| directory.path().join(name);
    fs::write(file("records.csv"), records).unwrap();
    let mut words: Vec<String> = ["records.csv", "--out", "clusters.csv", "--report", "report.html"]
        .into_iter()
        .map(|word| {
            if Path::new(word).extension().is_some() { file(word).display().to_string() } else { word.into() }
        })
        .collect();
    if let Some(truth) = truth {
        fs::write(file("truth.csv"), truth).unwrap();
        words.extend(["--truth".to_owned(), file("truth.csv").display().to_string()]);
    }
    words.extend(more.split_whitespace().map(str::to_owned));
    let mut out = Vec::new();
    crate::dedupe(&arguments(words), &mut out).map_err(|error| error.to_string())?;
    let clusters = fs::read_to_string(file("clusters.csv")).unwrap().lines().map(str::to_owned).collect();
    let left = fs::read_dir(directory.path()).unwrap().count();
    assert_eq!(left, 3 + usize::from(truth.is_some()), "nothing else is left behind");
    Ok((String::from_utf8(out).unwrap(), clusters, fs::read_to_string(file("report.html")).unwrap()))
}

fn arguments(words: Vec<String>) -> Arguments {
    match parse(words).unwrap() {
        Command::Run(arguments) => *arguments,
        Command::Help => panic!("help"),
    }
}

fn last_line(printed: &str) -> Value {
    serde_json::from_str(printed.lines().last().unwrap()).unwrap()
}

const RECORDS: &str = "\
record_id,نام,email,loyalty colour,city
r3,Markersara,markermail@example.org,markerred,Markertown
r1,Маркер,MARKERMAIL@example.org,markerred,
r2,מרקר,,markerblue,Markertown
r4,Markerbob,markerbob@example.org,markerred,Markertown
";
const TRUTH: &str = "record_id,truth_id\nr1,markerperson\nr3,markerperson\nr2,b\nr9,c\n";

#[test]
fn a_run_writes_clusters_and_one_object_at_the_end() {
    let (printed, clusters, _) = run(RECORDS, Some(TRUTH), "").unwrap();
    assert_eq!(clusters.first().map(String::as_str), Some("record_id,cluster_id"));
    let ids: Vec<&str> = clusters.iter().skip(1).filter_map(|line| line.split(',').next()).collect();
    assert_eq!(ids, ["r3", "r1", "r2", "r4"]);
    let line = last_line(&printed);
    assert_eq!(line["records"], 4);
    for stage in ["read", "train", "predict", "cluster", "total"] {
        assert!(line["seconds"][stage].is_f64() && line["cpu_seconds"].get(stage).is_some(), "{stage}");
    }
    for measure in ["pairwise", "b_cubed"] {
        for figure in ["precision", "recall", "f1"] {
            assert!(line[measure][figure].is_f64(), "{measure} {figure}");
        }
    }
    assert!(line["mixed_cluster_share"].is_f64() && line["threshold"].is_f64());
    assert_eq!((&line["largest_true"], &line["records_without_truth"]), (&2.into(), &1.into()));
    assert!(printed.contains("loyalty colour") && printed.contains("--compare COLUMN"), "{printed}");
    assert!(printed.contains("1 lines of the truth are about no record"), "{printed}");
}

#[test]
fn the_order_of_rows_changes_no_cluster() {
    let (_, clusters, _) = run(RECORDS, None, "").unwrap();
    let (header, rows) = RECORDS.split_once('\n').unwrap();
    let reversed: String = rows.lines().rev().map(|row| format!("{row}\n")).collect();
    let (_, mut others, _) = run(&format!("{header}\n{reversed}"), None, "").unwrap();
    others[1..].reverse();
    assert_eq!(clusters, others);
}

#[test]
fn no_value_of_a_record_is_shown() {
    let (printed, _, report) = run(RECORDS, Some(TRUTH), "").unwrap();
    for shown in [printed, report] {
        let shown = shown.to_lowercase();
        for value in ["marker", "маркер", "מרקר", "example.org", "r1", "r4"] {
            assert!(!shown.contains(value), "{value}");
        }
    }
}

#[test]
fn little_is_no_error() {
    for records in [
        "record_id,email\n",
        "record_id,email\n1,a@example.org\n",
        "id\n1\n2\n",
        "id,email,city\n1,,\n2,,\n3,,\n",
    ] {
        let (printed, clusters, _) = run(records, None, "").unwrap();
        assert_eq!(clusters.len(), records.lines().count(), "{records}");
        assert_eq!(last_line(&printed)["records"], clusters.len() - 1, "{records}");
    }
    let same: String = (0..500).map(|id| format!("{id},same@example.org,Bob\n")).collect();
    let (printed, _, _) = run(&format!("id,email,name\n{same}"), None, "").unwrap();
    assert!(printed.contains("constant: says nothing"), "{printed}");
}

#[test]
fn quiet_prints_the_last_line_only() {
    let (printed, _, _) = run(RECORDS, None, "--quiet").unwrap();
    assert_eq!(printed.lines().count(), 1);
    assert!(last_line(&printed).get("pairwise").is_none());
}

#[test]
fn columns_that_are_not_there() {
    for option in ["--compare", "--link-column", "--id"] {
        let error = run(RECORDS, None, &format!("{option} shoe_size")).unwrap_err();
        assert!(error.contains("there is no column `shoe_size`"), "{error}");
    }
    let error = run(RECORDS, None, "--column shoe_size=email").unwrap_err();
    assert!(error.contains("there is no column `shoe_size`"), "{error}");
    let (printed, _, _) =
        run(RECORDS, None, "--compare CITY --column نام=given_name --link-column city").unwrap();
    assert!(printed.contains("source, records are linked across"), "{printed}");
}

/// People with a slip here and there: three records each, `people` of them.
fn people(people: usize) -> Vec<String> {
    const GIVEN: [&str; 8] = ["Sara", "Olivia", "Reza", "Пётр", "Daniel", "דוד", "Ingrid", "Tomas"];
    const FAMILY: [&str; 7] =
        ["Moradi", "Harrington", "Levi", "Kowalski", "Соколов", "Bergström", "Ashworth"];
    let mut rows = Vec::new();
    for person in 0..people {
        let (given, family) = (GIVEN[person % 8], FAMILY[person / 8 % 7]);
        let born = format!("{}-{:02}-{:02}", 1950 + person % 47, 1 + person % 12, 1 + person % 28);
        let mail = format!("person{person}@example.org");
        let phone = format!("07700{:06}", person * 7_919 % 1_000_000);
        rows.push(format!("a{person},{given},{family},{born},{mail},{phone},red"));
        rows.push(format!("b{person},{given},{family},{born},{mail},,red"));
        rows.push(format!("c{person},{given},{family},,,{phone},blue"));
    }
    rows
}

const HEADER: &str = "record_id,first_name,last_name,dob,email,phone,colour";

fn file(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[test]
fn order_and_threads_change_no_cluster() {
    let rows = people(120);
    let (printed, clusters, _) = run(&file(&rows), None, "--threads 1 --compare colour").unwrap();
    let clusters = sorted(clusters);
    let line = last_line(&printed);
    let mut shuffled = rows.clone();
    shuffled.sort_by_key(|row| row.bytes().rev().map(|byte| byte.wrapping_mul(37)).collect::<Vec<_>>());
    assert_ne!(rows, shuffled);
    for (rows, threads) in [(&rows, 2), (&shuffled, 1), (&shuffled, 3)] {
        let more = format!("--threads {threads} --compare colour");
        let (printed, others, _) = run(&file(rows), None, &more).unwrap();
        assert_eq!(clusters, sorted(others), "{threads}");
        for figure in ["candidate_pairs", "links", "clusters", "household_pairs", "threshold"] {
            assert_eq!(last_line(&printed)[figure], line[figure], "{figure}");
        }
    }
    assert!(line["clusters"].as_u64().unwrap() < 150, "{line}");
}

#[test]
fn the_smallest_files_are_right() {
    let record = "Sara,Moradi,1991-08-03,sara@example.org,07700900123,red";
    let (_, clusters, _) = run(&format!("{HEADER}\nb,{record}\na,{record}\n"), None, "").unwrap();
    assert_eq!(clusters[1..], ["b,a", "a,a"]);
    let others = "c,Пётр,Соколов,1950-01-20,petr@example.net,07700900555,red\n\
                  d,Ingrid,Bergström,1979-11-30,ib@example.com,07700911222,blue\n";
    let (_, clusters, _) = run(&format!("{HEADER}\na,{record}\n{others}"), None, "").unwrap();
    assert_eq!(clusters[1..], ["a,a", "c,c", "d,d"]);
    // A household is no person.
    let other = "Reza,Moradi,1988-01-20,reza@example.org,07700900123,red";
    let (_, clusters, _) = run(&format!("{HEADER}\na,{record}\nb,{other}\n"), None, "").unwrap();
    assert_eq!(clusters[1..], ["a,a", "b,b"]);
}

#[test]
fn every_record_identical_and_one_value_shared_by_half() {
    let record = "Sara,Moradi,1991-08-03,sara@example.org,07700900123,red";
    let rows: Vec<String> = (0..40).map(|id| format!("{id},{record}")).collect();
    let (printed, _, _) = run(&file(&rows), None, "").unwrap();
    assert_eq!(last_line(&printed)["clusters"], 1);
    // So many that no block is small enough: nothing tells anybody, and it says so.
    let rows: Vec<String> = (0..400).map(|id| format!("{id},{record}")).collect();
    let (printed, _, _) = run(&file(&rows), None, "").unwrap();
    assert!(
        printed.contains("constant: says nothing") && printed.contains("no two records agree"),
        "{printed}"
    );
    // Half of the file gave the shop's own address: it links nobody who has another name.
    let rows: Vec<String> = people(150)
        .into_iter()
        .enumerate()
        .map(|(at, row)| {
            let mut cells: Vec<&str> = row.split(',').collect();
            if at % 2 == 0 {
                cells[4] = "till@example.org";
            }
            cells.join(",")
        })
        .collect();
    let (printed, _, _) = run(&file(&rows), None, "").unwrap();
    let line = last_line(&printed);
    assert!(line["clusters"].as_u64().unwrap() >= 140, "{line}");
}

#[test]
fn odd_values_are_no_error() {
    let mut rows = people(60);
    // Ages for dates, dates to come, a constant column, and names of 10,000 letters.
    for (at, row) in rows.iter_mut().enumerate() {
        let mut cells: Vec<String> = row.split(',').map(str::to_owned).collect();
        cells[3] = if at % 2 == 0 { "47".to_owned() } else { "2199-01-01".to_owned() };
        cells[6] = "red".to_owned();
        if at % 30 == 0 {
            cells[1] = "Ша".repeat(5_000);
            cells[2] = "x".repeat(10_000);
        }
        *row = cells.join(",");
    }
    let (printed, clusters, _) = run(&file(&rows), None, "--compare colour").unwrap();
    assert_eq!(clusters.len(), rows.len() + 1);
    assert!(printed.contains("constant: says nothing"), "{printed}");
}

/// The F1 of a run over people with a column more.
fn f1(persons: usize, header: &str, value: impl Fn(usize) -> String, more: &str) -> f64 {
    let rows: Vec<String> =
        people(persons).iter().enumerate().map(|(at, row)| format!("{row},{}", value(at))).collect();
    let id = |row: &String| row.split(',').next().unwrap_or_default().to_owned();
    let truth: String = rows
        .iter()
        .map(|row| format!("{0},{1}\n", id(row), id(row).trim_start_matches(['a', 'b', 'c'])))
        .collect();
    let records = format!("{HEADER},{header}\n{}\n", rows.join("\n"));
    let (printed, _, _) = run(&records, Some(&format!("record_id,truth_id\n{truth}")), more).unwrap();
    last_line(&printed)["pairwise"]["f1"].as_f64().unwrap()
}

#[test]
fn a_column_that_tells_nothing_spoils_nothing() {
    let hashed = |at: usize| (at + 1).wrapping_mul(2_654_435_761) >> 7;
    for persons in [30, 120] {
        let plain = f1(persons, "remark", |_| String::new(), "");
        assert!(plain > 0.9, "{plain}");
        for header in ["national_id", "device_id", "loyalty_card", "address", "mobile"] {
            for every in [1, 2, 10] {
                let of = |at: usize| {
                    if at.is_multiple_of(every) { "0770012345678".to_owned() } else { String::new() }
                };
                let found = f1(persons, header, of, "");
                assert!(found > plain - 0.05, "{header}, {persons} people, every {every}: {found}, {plain}");
            }
        }
        // Of fewer records nothing is learned, noise neither.
        for kinds in if persons == 120 { 2..4 } else { 0..0 } {
            let found = f1(persons, "gender", |at| format!("kind{}", hashed(at) % kinds), "");
            assert!(found > plain - 0.05, "gender, {persons} people: {found}, {plain}");
            let found = f1(persons, "mood", |at| format!("kind{}", hashed(at) % kinds), "--compare mood");
            assert!(found > plain - 0.05, "mood, {persons} people: {found}, {plain}");
        }
    }
}

#[test]
fn links_across_sources_only() {
    let record = "Sara,Moradi,1991-08-03,sara@example.org,07700900123";
    let mut rows: Vec<String> =
        people(60).iter().map(|row| format!("{},web", row.rsplit_once(',').unwrap().0)).collect();
    rows.extend(["x1", "x2"].map(|id| format!("{id},{record},web")));
    let apart = file(&rows).replace("colour", "channel");
    let (_, clusters, _) = run(&apart, None, "--link-column channel").unwrap();
    assert!(clusters[1..].iter().all(|line| line.split(',').next() == line.split(',').nth(1)));
    rows.push(format!("y,{record},till"));
    let third = file(&rows).replace("colour", "channel");
    let of = |more: &str| {
        let (_, clusters, _) = run(&third, None, &format!("--link-column channel {more}")).unwrap();
        let together = clusters.iter().filter(|line| line.ends_with(",x1") || line.ends_with(",x2"));
        together.count()
    };
    assert_eq!(of(""), 3);
    assert_eq!(of("--one-to-one"), 3);
    let (_, clusters, _) = run(&third, None, "--link-column channel --one-to-one").unwrap();
    assert!(clusters.contains(&"x2,x2".to_owned()) && clusters.contains(&"y,x1".to_owned()));
}

#[test]
fn a_saved_model_gives_the_same_clusters() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("model.json").display().to_string();
    let rows = file(&people(120));
    let (_, trained, _) = run(&rows, None, &format!("--save-model {path} --compare colour")).unwrap();
    let (_, given, report) =
        run(&rows, None, &format!("--model {path} --compare colour --pair a1,c1")).unwrap();
    assert_eq!(trained, given);
    assert!(report.contains("The pair that was asked for"), "the report shows it");
    let refused = run(&rows, None, &format!("--model {path} --pair a1,nobody")).unwrap_err();
    assert!(refused.contains("no record") && !refused.contains("nobody"), "{refused}");
    fs::write(&path, "{").unwrap();
    let refused = run(&rows, None, &format!("--model {path}")).unwrap_err();
    assert!(refused.contains("not JSON"), "{refused}");
}

#[test]
fn the_report_shows_the_model() {
    let rows = people(120);
    let truth: String = rows
        .iter()
        .filter_map(|row| row.split(',').next())
        .map(|id| format!("{id},{}\n", id.trim_start_matches(['a', 'b', 'c'])))
        .collect();
    let (printed, _, report) = run(&file(&rows), Some(&format!("record_id,truth_id\n{truth}")), "").unwrap();
    for title in [
        "What each agreement is worth",
        "How one pair adds up",
        "Weights of all pairs",
        "Precision and recall over thresholds",
        "Which pairs are looked at",
    ] {
        assert!(report.contains(title), "{title}");
    }
    assert!(last_line(&printed)["pairwise"]["f1"].as_f64().unwrap() > 0.9, "{printed}");
}
