//! The figures at the top, and the tables at the end.

use super::page::{Page, table};
use super::svg::{escape, name};
use super::{ReportInput, count, float, percent};

/// The main figures, and how good they are.
pub(super) fn head(page: &mut Page, input: &ReportInput) {
    let across = if input.across_sources { " across sources" } else { "" };
    page.add(&format!(
        "<p>{} records were compared{across} and put together into {} clusters.</p>",
        count(input.records),
        count(input.clusters)
    ));
    tiles(
        page,
        &[
            ("records", count(input.records)),
            ("clusters", count(input.clusters)),
            ("pairs scored", count(input.candidate_pairs)),
            ("links", count(input.links)),
            ("households: pairs of people", count(input.household_pairs)),
            ("threshold, probability", format!("{:.4}", input.threshold)),
        ],
    );
    if let Some(agreement) = &input.agreement {
        tiles(
            page,
            &[
                ("F1 over pairs", format!("{:.4}", agreement.pairwise.f1)),
                ("B-cubed F1", format!("{:.4}", agreement.b_cubed.f1)),
                ("clusters that mix people", percent(agreement.mixed_cluster_share())),
            ],
        );
    }
    for note in &input.facts.notes {
        page.add(&format!("<div class=\"note\">{}</div>", escape(note)));
    }
    let Some(agreement) = &input.agreement else { return };
    let row = |what: &str, quality: throughline::identity::linkage::Quality| {
        let figures = [quality.precision, quality.recall, quality.f1].map(|figure| format!("{figure:.4}"));
        std::iter::once(what.to_owned()).chain(figures).collect()
    };
    let rows = [row("pairs of records", agreement.pairwise), row("B-cubed", agreement.b_cubed)];
    page.section(
        "Against the truth",
        &format!(
            "Of {} records with a known person. Precision: how much of what was put together belongs together. Recall: how \
             much of what belongs together was put together. B-cubed counts every record once; pairs count large clusters \
             more. {} of {} clusters mix people; the largest has {} records, the person with the most {}.",
            count(agreement.records),
            count(agreement.mixed_clusters),
            count(agreement.clusters),
            count(agreement.largest_cluster),
            count(agreement.largest_person),
        ),
        &table(&["", ">precision", ">recall", ">F1"], rows),
    );
}

fn tiles(page: &mut Page, tiles: &[(&str, String)]) {
    let tile = |(label, figure): &(&str, String)| {
        format!("<div class=\"tile\"><b>{figure}</b><span>{label}</span></div>")
    };
    page.add(&format!("<div class=\"tiles\">{}</div>", tiles.iter().map(tile).collect::<String>()));
}

/// What was held back.
pub(super) fn quarantine(page: &mut Page, input: &ReportInput) {
    if input.facts.quarantine.is_empty() {
        return;
    }
    let most = input.facts.quarantine.iter().map(|(_, times)| *times).max().unwrap_or(0);
    let row = |(reason, times): &(String, u64)| vec![escape(reason), bar(*times, 0, most), count(*times)];
    page.section(
        "Held back",
        "Links that were not followed although the evidence reached the threshold, and evidence that counts for nothing \
         because too many share it. Nothing is lost: each has a reason, and a decision of yours goes before it.",
        &table(&["reason", "", ">times"], input.facts.quarantine.iter().map(row)),
    );
}

/// A bar within a track: what is new before what was seen.
pub(super) fn bar(new: u64, seen: u64, of: u64) -> String {
    let share = |part: u64| if of == 0 { 0.0 } else { 100.0 * float(part) / float(of) };
    let seen = share(new.saturating_add(seen));
    format!(
        "<div class=\"track\"><i class=\"seen\" style=\"width:{seen:.2}%\"></i><i style=\"width:{:.2}%\"></i></div>",
        share(new)
    )
}

/// The columns, and what they were taken for.
pub(super) fn columns(page: &mut Page, input: &ReportInput) {
    if input.columns.is_empty() {
        return;
    }
    let rows = input.columns.iter().map(|column| {
        let class = if column.compared { "" } else { " class=\"off\"" };
        let share = if input.records == 0 { 0.0 } else { float(column.filled) / float(input.records) };
        vec![
            format!("<span{class}>{}</span>", name(&column.header)),
            format!("<span{class}>{}</span>", escape(&column.meaning)),
            bar(
                if column.compared { column.filled } else { 0 },
                if column.compared { 0 } else { column.filled },
                input.records,
            ),
            percent(share),
            count(column.distinct),
        ]
    });
    page.section(
        "Columns",
        "What each column of the file was taken for, how many records have a value, and how many different ones there are. \
         Grey columns are not compared.",
        &table(&["column", "holds", "filled", ">", ">different values"], rows),
    );
}

/// What the run cost.
pub(super) fn stages(page: &mut Page, input: &ReportInput) {
    if input.stages.is_empty() {
        return;
    }
    let row = |stage: &super::StageRow| {
        let cpu = stage.cpu_seconds.map_or_else(|| "–".to_owned(), |seconds| format!("{seconds:.2}"));
        vec![stage.name.to_owned(), format!("{:.2}", stage.seconds), cpu]
    };
    page.section(
        "Time",
        "Seconds on the clock, and of all processors together. The total includes writing the clusters.",
        &table(&["stage", ">seconds", ">processor seconds"], input.stages.iter().map(row)),
    );
}
