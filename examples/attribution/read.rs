//! From CSV to paths.

use std::error::Error;
use std::io::Read;

use csv::{ReaderBuilder, StringRecord, Trim};
use throughline::journey::paths::{Outcome, Paths};

/// Reads `path,conversions,value_minor,nulls`, in any order of columns. Without a column of values or of nulls, they are 0.
pub(crate) fn paths(input: impl Read) -> Result<Paths, Box<dyn Error>> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(input);
    let headers = reader.headers()?.clone();
    let find = |name: &str| headers.iter().position(|header| header.trim_start_matches('\u{feff}') == name);
    let need = |name: &str| find(name).ok_or_else(|| format!("there is no column `{name}`"));
    let columns = (need("path")?, need("conversions")?, find("value_minor"), find("nulls"));
    let mut paths = Paths::new();
    let mut row = StringRecord::new();
    while reader.read_record(&mut row)? {
        let line = row.position().map_or(0, csv::Position::line);
        take(&mut paths, &row, columns).map_err(|error| format!("line {line}: {error}"))?;
    }
    Ok(paths)
}

fn take(
    paths: &mut Paths,
    row: &StringRecord,
    (path, conversions, value, nulls): (usize, usize, Option<usize>, Option<usize>),
) -> Result<(), Box<dyn Error>> {
    let outcome = Outcome {
        conversions: number(row, Some(conversions), "conversions")?,
        value_minor: number(row, value, "value_minor")?,
        nulls: number(row, nulls, "nulls")?,
    };
    let path = row.get(path).unwrap_or_default();
    if path.is_empty() {
        paths.push([], outcome)?;
    } else {
        paths.push(path.split('>').map(str::trim), outcome)?;
    }
    Ok(())
}

/// A whole number, however it is written: `1` or `1.0`. An empty cell is 0.
fn number<T: TryFrom<i64>>(row: &StringRecord, column: Option<usize>, name: &str) -> Result<T, String> {
    let text = column.and_then(|column| row.get(column)).unwrap_or_default();
    let whole = match text.split_once('.') {
        Some((whole, zeros)) if zeros.bytes().all(|digit| digit == b'0') => whole,
        _ => text,
    };
    let number: Option<i64> = if whole.is_empty() { Some(0) } else { whole.parse().ok() };
    let number = number.and_then(|number| T::try_from(number).ok());
    number.ok_or_else(|| format!("`{name}` is not a whole number in range"))
}
