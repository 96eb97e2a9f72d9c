//! What is printed: tables for a manager, and the last line for a program.

use std::io::{self, Write};

use serde_json::{Value, json};
use throughline::identity::linkage::{Accuracy, Quality};
use throughline::text::{display_width, pad};

use crate::cost::Stages;
use crate::read::{IdChoice, Loaded};
use crate::report::{ReportInput, count};

/// The widest column of a table.
const WIDEST: usize = 44;

/// A table whose columns line up in every script; numbers stand at the right edge.
pub(crate) struct Lines {
    titles: Vec<(&'static str, bool)>,
    rows: Vec<Vec<String>>,
}

impl Lines {
    /// Titles; a `>` in front of one says that its column holds numbers.
    fn new(titles: &[&'static str]) -> Self {
        let title =
            |title: &&'static str| title.strip_prefix('>').map_or((*title, false), |title| (title, true));
        Self { titles: titles.iter().map(title).collect(), rows: Vec::new() }
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        self.rows.push(cells.into());
    }

    fn print(&self, out: &mut impl Write) -> io::Result<()> {
        let width = |(place, (title, _)): (usize, &(&str, bool))| {
            let cells = self.rows.iter().filter_map(|row| row.get(place)).map(|cell| display_width(cell));
            cells.max().unwrap_or(0).max(display_width(title)).min(WIDEST)
        };
        let widths: Vec<usize> = self.titles.iter().enumerate().map(width).collect();
        let titles = self.titles.iter().map(|(title, _)| (*title).to_owned()).collect();
        let rule = widths.iter().map(|width| "-".repeat(*width)).collect();
        for row in [&titles, &rule].into_iter().chain(&self.rows) {
            let mut line = String::new();
            for ((cell, width), (_, number)) in row.iter().zip(&widths).zip(&self.titles) {
                let used = display_width(cell).min(*width);
                let (room, cell) = (" ".repeat(width - used), pad(cell, used));
                line.push_str("  ");
                line.push_str(&if *number { room + &cell } else { cell + &room });
            }
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// What was read, and what is made of it.
pub(crate) fn columns(out: &mut impl Write, loaded: &Loaded, input: &ReportInput) -> io::Result<()> {
    let id = loaded.table.column(loaded.id).map_or("", crate::table::Column::header);
    let why = match loaded.id_choice {
        IdChoice::Asked => "as asked",
        IdChoice::Header => "by its header",
        IdChoice::Unique => "the first column of unknown meaning whose values are all different",
    };
    writeln!(out, "{} records. Column `{id}` tells them apart ({why}).", count(input.records))?;
    if loaded.separator != b',' {
        writeln!(out, "Values are separated by {:?}.", char::from(loaded.separator))?;
    }
    let repairs = &loaded.repairs;
    if let Some(row) = repairs.first_latin {
        writeln!(
            out,
            "{} values are not UTF-8 and were read as Windows-1252, the first in row {row}.",
            count(repairs.latin)
        )?;
    }
    for (number, what) in [
        (repairs.padded, "rows were too short; what is missing was read as empty"),
        (repairs.cut, "rows were too long and were cut"),
        (repairs.nul, "values held NUL characters, which were dropped"),
    ] {
        if number > 0 {
            writeln!(out, "{} {what}.", count(number))?;
        }
    }
    writeln!(out, "\nColumns")?;
    let mut table = Lines::new(&["column", "holds", ">filled", ">different", ""]);
    for column in &input.columns {
        let hint = match (column.filled, column.distinct) {
            (0, _) if input.records > 0 => "empty: says nothing",
            (filled, 1) if filled > 1 => "constant: says nothing",
            _ => "",
        };
        let filled = percent(column.filled, input.records);
        table.row([
            column.header.clone(),
            column.meaning.clone(),
            filled,
            count(column.distinct),
            hint.to_owned(),
        ]);
    }
    table.print(out)?;
    if input.columns.iter().any(|column| column.meaning.starts_with("unknown")) {
        writeln!(
            out,
            "\nUnknown columns are not compared. `--compare COLUMN` compares one as a plain category, \
             `--column COLUMN=KIND` says what it holds."
        )?;
    }
    Ok(())
}

/// What came out.
pub(crate) fn outcome(out: &mut impl Write, input: &ReportInput, strangers: u64) -> io::Result<()> {
    writeln!(out, "\nResult")?;
    let mut table = Lines::new(&["what", ">figure", ""]);
    let mut row =
        |what: &str, figure: String, meaning: &str| table.row([what.into(), figure, meaning.into()]);
    row("candidate pairs", count(input.candidate_pairs), "pairs of records that were scored");
    row("links", count(input.links), "pairs at or above the threshold");
    row("threshold", format!("{:.4}", input.threshold), "probability that two records are one person");
    row("clusters", count(input.clusters), "people, as far as the records tell");
    row("household pairs", count(input.household_pairs), "pairs of clusters: two people, one household");
    if let Some((size, _)) = input.cluster_sizes.last() {
        row("largest cluster", count(*size), "records");
    }
    table.print(out)?;
    if !input.facts.quarantine.is_empty() {
        writeln!(out, "\nHeld back")?;
        let mut table = Lines::new(&["reason", ">times"]);
        for (reason, times) in &input.facts.quarantine {
            table.row([reason.clone(), count(*times)]);
        }
        table.print(out)?;
    }
    for note in &input.facts.notes {
        writeln!(out, "\nNote: {note}.")?;
    }

    if let Some(agreement) = &input.agreement {
        writeln!(out, "\nAgainst the truth")?;
        let mut table = Lines::new(&["measure", ">precision", ">recall", ">F1"]);
        for (what, quality) in [("pairs of records", agreement.pairwise), ("B-cubed", agreement.b_cubed)] {
            let cell = |figure: f64| format!("{figure:.4}");
            table.row([what.to_owned(), cell(quality.precision), cell(quality.recall), cell(quality.f1)]);
        }
        table.print(out)?;
        writeln!(
            out,
            "\n{} of {} clusters ({}) hold more than one person. The largest cluster has {} records, the person with \
             the most {}.",
            count(agreement.mixed_clusters),
            count(agreement.clusters),
            percent(agreement.mixed_clusters, agreement.clusters),
            count(agreement.largest_cluster),
            count(agreement.largest_person),
        )?;
        if agreement.without_truth > 0 {
            writeln!(
                out,
                "{} records are not in the truth and were left out.",
                count(agreement.without_truth)
            )?;
        }
        if strangers > 0 {
            writeln!(out, "{} lines of the truth are about no record of the file.", count(strangers))?;
        }
    }

    writeln!(out, "\nTime")?;
    let mut table = Lines::new(&["stage", ">seconds", ">of processors"]);
    for stage in &input.stages {
        let cpu = stage.cpu_seconds.map_or_else(|| "-".to_owned(), |seconds| format!("{seconds:.2}"));
        table.row([stage.name.to_owned(), format!("{:.2}", stage.seconds), cpu]);
    }
    table.print(out)
}

/// The last line: one JSON object. Shares and probabilities are 0..=1; what is not known is null.
pub(crate) fn json(input: &ReportInput, stages: &Stages, peak_rss_mb: Option<f64>) -> Value {
    let mut line = json!({
        "records": input.records,
        "candidate_pairs": input.candidate_pairs,
        "links": input.links,
        "clusters": input.clusters,
        "household_pairs": input.household_pairs,
        "seconds": stages.seconds(),
        "cpu_seconds": stages.cpu_seconds(),
        "peak_rss_mb": peak_rss_mb,
        "threshold": input.threshold,
    });
    if let (Some(agreement), Some(line)) = (&input.agreement, line.as_object_mut()) {
        line.extend(measures(agreement));
    }
    line
}

fn measures(agreement: &Accuracy) -> Vec<(String, Value)> {
    let quality = |quality: Quality| json!({ "precision": quality.precision, "recall": quality.recall, "f1": quality.f1 });
    [
        ("pairwise", quality(agreement.pairwise)),
        ("b_cubed", quality(agreement.b_cubed)),
        ("mixed_cluster_share", json!(agreement.mixed_cluster_share())),
        ("largest_cluster", json!(agreement.largest_cluster)),
        ("largest_true", json!(agreement.largest_person)),
        ("records_without_truth", json!(agreement.without_truth)),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = (u128::from(part) * 1000 + u128::from(whole) / 2).checked_div(whole.into());
    tenths.map_or_else(|| "-".to_owned(), |tenths| format!("{}.{} %", tenths / 10, tenths % 10))
}
