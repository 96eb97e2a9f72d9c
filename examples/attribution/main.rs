//! The credit of each channel under every attribution model, side by side.
//!
//! ```text
//! cargo run --release --example attribution -- PATHS.csv [--model all] [--order 1] [--with-nulls true]
//! ```
//!
//! `PATHS.csv` has the columns `path` (channels joined by ` > `, empty if there was none), `conversions`, `value_minor`
//! and `nulls`. Prints one JSON object: for each model the conversions and the value of each channel (in minor units,
//! which add up exactly), for Markov chains the removal effects too, and the seconds that it took. `(none)` is the bucket of
//! conversions without a touch.
//!
//! Read this file, then [`read`] (bytes to paths, or in which row something is wrong) and [`models`] (paths to JSON).

mod arguments;
mod models;
mod read;
#[cfg(test)]
mod tests;

use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::process::ExitCode;
use std::time::Instant;

use crate::arguments::Arguments;

#[expect(clippy::disallowed_methods, reason = "it measures how long the models took")]
fn attribute(arguments: &Arguments, out: &mut impl Write) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let paths = read::paths(File::open(&arguments.paths)?)?;
    let read_in = start.elapsed();
    let mut clock = || start.elapsed();
    let answer = models::all(&paths, arguments, read_in, &mut clock)?;
    serde_json::to_writer_pretty(&mut *out, &answer)?;
    writeln!(out)?;
    out.flush()?;
    Ok(())
}

fn main() -> ExitCode {
    let done = match Arguments::parse(std::env::args().skip(1)) {
        Ok(Some(arguments)) => attribute(&arguments, &mut BufWriter::new(io::stdout().lock())),
        Ok(None) => writeln!(io::stdout(), "{}", arguments::HELP).map_err(Into::into),
        Err(error) => Err(error),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads our output has seen enough, as in `attribution | head`.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do if this cannot be written either.
            let _ = writeln!(io::stderr(), "attribution: {error}");
            ExitCode::FAILURE
        }
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let json = error.downcast_ref::<serde_json::Error>().and_then(serde_json::Error::io_error_kind);
    let plain = error.downcast_ref::<io::Error>().map(io::Error::kind);
    json.or(plain) == Some(ErrorKind::BrokenPipe)
}
