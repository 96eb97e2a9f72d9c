//! Finds the records of a CSV file that are one person: no labels, no shared key.
//!
//! ```text
//! cargo run --release --example dedupe -- RECORDS.csv --out CLUSTERS.csv [--truth TRUTH.csv] [--report REPORT.html]
//! ```
//!
//! Takes any CSV file of people, recognises the usual column names, matches, writes `record_id,cluster_id`, prints what
//! it did, and as its last line one JSON object with the figures. `--help` lists all options ([`arguments`]).
//!
//! Read this file from top to bottom. [`read`] turns bytes into a [`table`] or says in which row and column something is
//! wrong; [`columns`] says what each column holds; [`engine`] is the only part that knows how records are matched;
//! [`summary`] and [`report`] tell the result to people.

mod arguments;
mod columns;
mod cost;
mod engine;
mod progress;
mod read;
mod report;
mod summary;
mod table;
#[cfg(test)]
mod tests;
mod truth;
mod write;

use std::error::Error;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use throughline::identity::linkage::{FieldKind, measure};

use crate::arguments::{Arguments, Command};
use crate::columns::Use;
use crate::cost::{Cost, Stages, Stopwatch};
use crate::engine::{Plan, Task};
use crate::progress::Progress;
use crate::report::{ColumnRow, ReportInput, StageRow};

/// Millions of small values are held at a time, and both threads take and give them back.
#[cfg(not(target_env = "msvc"))]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn dedupe(arguments: &Arguments, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let mut stopwatch = Stopwatch::start();
    let mut progress = Progress::new(!arguments.quiet);

    let outputs = [Some(&arguments.out), arguments.report.as_ref(), arguments.save_model.as_ref()];
    let inputs = [Some(&arguments.records), arguments.truth.as_ref(), arguments.model.as_ref()];
    write::check(&paths(outputs), &paths(inputs))?;

    let mut plan = Plan::new(arguments)?;
    let inputs = plan.inputs();

    progress.stage("reading");
    let fields = |headers: &[String]| columns::fields(headers, arguments, &inputs);
    let options =
        read::Options { lenient: arguments.lenient, id: arguments.id.clone(), fields: Some(&fields) };
    let mut loaded = read::file(&arguments.records, &options, &mut progress)?;
    let (uses, link) = columns::uses(&loaded, arguments)?;
    let categories = loaded.table.columns().iter().zip(&uses);
    let categories = categories.filter(|(_, used)| used.kind() == FieldKind::Category);
    plan.compare(categories.map(|(column, _)| column.header()))?;
    let read = stopwatch.lap();

    // The truth is read now, while the table still finds a record by its id, and looked at when all is decided.
    let truth =
        arguments.truth.as_deref().map(|path| truth::read(path, &loaded, &mut progress)).transpose()?;
    let pair = shown(arguments, &loaded)?;
    loaded.table.finish();
    let mut input = ReportInput { across_sources: link.is_some(), ..described(&loaded, &uses) };
    if !arguments.quiet {
        progress.finish();
        summary::columns(out, &loaded, &input)?;
        out.flush()?;
    }
    let (data, [ids, sources]) = loaded.table.into_parts([Some(loaded.id), link]);
    let ids = &ids.ok_or("no column tells records apart")?;
    let aside = stopwatch.lap();

    let task = Task { data, ids, sources: sources.as_ref(), plan: &plan, pair, arguments };
    let mut outcome = engine::run(task, &mut progress).map_err(|error| error as Box<dyn Error>)?;
    progress.stage("writing");
    let names = write::names(&outcome.clusters, ids);
    write::clusters(&arguments.out, ids, &names)?;
    let all = stopwatch.total();
    let total = Cost {
        cpu_seconds: all.cpu_seconds.zip(aside.cpu_seconds).map(|(all, aside)| all - aside),
        ..all - aside
    };
    let stages =
        Stages { read, train: outcome.train, predict: outcome.predict, cluster: outcome.cluster, total };

    input.candidate_pairs = outcome.candidate_pairs;
    input.links = outcome.links;
    input.household_pairs = outcome.household_pairs;
    input.threshold = outcome.threshold;
    input.cluster_sizes = report::sizes_of(&names);
    input.clusters = input.cluster_sizes.iter().map(|(_, clusters)| clusters).sum();
    input.facts = std::mem::take(&mut outcome.facts);
    let row =
        |(name, cost): (_, Cost)| StageRow { name, seconds: cost.seconds, cpu_seconds: cost.cpu_seconds };
    input.stages = stages.named().map(row).into();
    if let Some(truth) = &truth {
        input.agreement = Some(measure(&names, &truth.persons)?);
        input.curve = outcome.curve(&truth.persons).map_err(|error| error as Box<dyn Error>)?;
    }
    if let Some(path) = &arguments.report {
        write::text(path, &report::html(&input))?;
    }

    progress.finish();
    if !arguments.quiet {
        summary::outcome(out, &input, truth.as_ref().map_or(0, |truth| truth.strangers))?;
        writeln!(out)?;
    }
    writeln!(out, "{}", summary::json(&input, &stages, cost::peak_megabytes()))?;
    out.flush()?;
    Ok(())
}

fn paths(given: [Option<&PathBuf>; 3]) -> Vec<&Path> {
    given.into_iter().flatten().map(PathBuf::as_path).collect()
}

/// The rows of the pair that the report is to show.
fn shown(arguments: &Arguments, loaded: &read::Loaded) -> Result<Option<(u32, u32)>, Box<dyn Error>> {
    let Some((a, b)) = &arguments.pair else { return Ok(None) };
    let ids = loaded.table.column(loaded.id).ok_or("no column tells records apart")?;
    let row = |id| ids.record_of(id).ok_or("`--pair`: there is no record with one of the two ids");
    Ok(Some((row(a)?, row(b)?)))
}

/// What was read, as the report shows it.
fn described(loaded: &read::Loaded, uses: &[Use]) -> ReportInput {
    let records = loaded.table.records();
    let column = |(column, used): (&table::Column, &Use)| ColumnRow {
        header: column.header().to_owned(),
        meaning: used.label(column.is_compared()),
        compared: column.is_compared(),
        filled: (records - column.missing()) as u64,
        distinct: column.distinct() as u64,
    };
    let columns = loaded.table.columns().iter().zip(uses).map(column).collect();
    ReportInput { records: records as u64, columns, ..ReportInput::default() }
}

fn run() -> Result<(), Box<dyn Error>> {
    match arguments::parse(std::env::args().skip(1))? {
        Command::Help => Ok(io::stdout().lock().write_all(arguments::HELP.as_bytes())?),
        Command::Run(arguments) => dedupe(&arguments, &mut io::stdout().lock()),
    }
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough, as in `dedupe | head`.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if this cannot be written either.
            let _ = writeln!(io::stderr(), "dedupe: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == ErrorKind::BrokenPipe)
}
