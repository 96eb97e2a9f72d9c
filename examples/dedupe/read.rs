//! Reads a CSV file into a [`Table`], and says in which row and column something is wrong.

mod encoding;
mod error;
mod source;
#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::Read;
use std::path::Path;

use csv::ByteRecord;
use throughline::identity::linkage::recognise;
use throughline::text;

pub(crate) use self::error::{Place, ReadError, ReadErrorKind};
use self::source::{Gauge, Metered};
use crate::progress::Progress;
use crate::table::{Field, Full, MISSING, Table};

/// Headers of the column that tells records apart, the best first.
const ID_HEADERS: [&str; 6] = ["record_id", "unique_id", "id", "recordid", "uniqueid", "row_id"];

/// The most bytes of one value. Longer ones come from a quotation mark that is closed far too late.
const MAX_VALUE: usize = 1 << 20;

/// Which columns are compared, and what the matching calls them; told from the headers.
pub(crate) type Fields<'a> = &'a dyn Fn(&[String]) -> Vec<Option<Field>>;

/// How to read.
#[derive(Clone, Default)]
pub(crate) struct Options<'a> {
    /// Pads short rows, cuts long ones and drops NUL characters, instead of failing.
    pub(crate) lenient: bool,
    /// The column that tells records apart.
    pub(crate) id: Option<String>,
    /// What goes into the data set.
    pub(crate) fields: Option<Fields<'a>>,
}

/// Why a column is the one that tells records apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum IdChoice {
    /// It was asked for.
    Asked,
    /// Its header says so.
    Header,
    /// It is the first one of unknown meaning whose values are all different.
    Unique,
}

/// What was put right while reading, as counts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Repairs {
    /// Values that are not UTF-8 and were read as Windows-1252 (Latin-1).
    pub(crate) latin: u64,
    /// The row of the first of them.
    pub(crate) first_latin: Option<u64>,
    /// Rows that were too short and were padded.
    pub(crate) padded: u64,
    /// Rows that were too long and were cut.
    pub(crate) cut: u64,
    /// Values from which NUL characters were dropped.
    pub(crate) nul: u64,
}

/// A file that was read.
#[derive(Debug)]
pub(crate) struct Loaded {
    pub(crate) table: Table,
    /// The place of the column that tells records apart.
    pub(crate) id: usize,
    pub(crate) id_choice: IdChoice,
    pub(crate) separator: u8,
    pub(crate) repairs: Repairs,
}

/// Reads a file.
pub(crate) fn file(path: &Path, options: &Options<'_>, progress: &mut Progress) -> Result<Loaded, ReadError> {
    let name = path.display().to_string();
    let open = |error| ReadError::new(&name, None, ReadErrorKind::Io(error));
    let file = File::open(path).map_err(open)?;
    let bytes = file.metadata().map_err(open)?.len();
    read(file, &name, options, |done| progress.tick(done, bytes))
}

/// Reads from anywhere; `tick` hears now and then how many bytes are read.
pub(crate) fn read(
    input: impl Read,
    name: &str,
    options: &Options<'_>,
    mut tick: impl FnMut(u64),
) -> Result<Loaded, ReadError> {
    let fail = |place, kind| ReadError::new(name, place, kind);
    let gauge = Gauge::default();
    let (metered, separator) = Metered::open(input, gauge.clone()).map_err(|kind| fail(None, kind))?;
    let mut rows = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(separator)
        .buffer_capacity(1 << 18)
        .from_reader(metered);

    let mut record = ByteRecord::new();
    if !rows.read_byte_record(&mut record).map_err(|error| fail(None, error.into()))? {
        return Err(fail(None, ReadErrorKind::Empty));
    }
    if gauge.is_unclosed(rows.position().byte()) {
        return Err(fail(None, ReadErrorKind::Unclosed));
    }
    let headers = headers(&record);
    let asked = options.id.as_deref();
    let (id, choice) = named_id(&headers, asked).map_err(|kind| fail(None, kind))?;

    let mut table = Table::new(headers.iter().map(String::as_str));
    if let Some(fields) = options.fields {
        let mut fields = fields(&headers);
        // What tells records apart says nothing about people.
        if let Some(own) = id.and_then(|id| fields.get_mut(id)) {
            *own = None;
        }
        table.compare(&fields);
    }
    let mut repairs = Repairs::default();
    loop {
        gauge.record_begins();
        let more = rows.read_byte_record(&mut record);
        let row = table.records() as u64 + 1;
        let line = record.position().map_or(0, csv::Position::line);
        let at = |column: Option<&str>| Some(Place { row, line, column: column.map(str::to_owned) });
        if !more.map_err(|error| fail(Some(Place { row, line: 0, column: None }), error.into()))? {
            break;
        }
        let header = |place: usize| headers.get(place).map(String::as_str);

        if gauge.is_unclosed(rows.position().byte()) {
            let place =
                record.iter().position(|value| value.iter().any(|byte| matches!(byte, b'\n' | b'\r')));
            return Err(fail(at(place.and_then(header)), ReadErrorKind::Unclosed));
        }
        if record.len() != headers.len() {
            let ragged = ReadErrorKind::Ragged { expected: headers.len(), found: record.len() };
            if !options.lenient {
                return Err(fail(at(header(record.len())), ragged));
            }
            let repaired = if record.len() < headers.len() { &mut repairs.padded } else { &mut repairs.cut };
            *repaired += 1;
            record.truncate(headers.len());
            while record.len() < headers.len() {
                record.push_field(b"");
            }
        }
        if let Some(place) = record.iter().position(|value| value.len() > MAX_VALUE) {
            return Err(fail(at(header(place)), ReadErrorKind::TooLong));
        }
        let nul = record.as_slice().contains(&0);
        if nul && !options.lenient {
            let place = record.iter().position(|value| value.contains(&0)).unwrap_or(0);
            return Err(fail(at(header(place)), ReadErrorKind::Nul));
        }

        // Checked as a whole, which is quicker. A row that is no UTF-8, or has a value that ends inside a character, is read
        // value by value below.
        let whole = str::from_utf8(record.as_slice()).ok().filter(|_| !nul);
        let value = |place: usize| whole?.get(record.range(place)?);
        let plain: Option<Vec<&str>> = (0..record.len()).map(value).collect();
        let pushed = match plain {
            Some(values) => table.push_row(&values),
            None => {
                let values = repaired(&record, row, &mut repairs);
                table.push_row(&values.iter().map(String::as_str).collect::<Vec<_>>())
            }
        };
        pushed.map_err(|full| match full {
            Full::Room { column } => fail(at(header(column)), ReadErrorKind::Full(full)),
            Full::Width { .. } | Full::Data => fail(at(None), ReadErrorKind::Full(full)),
        })?;
        if let Some(id) = id {
            check_id(&table, id).map_err(|kind| fail(at(header(id)), kind))?;
        }
        if row.is_multiple_of(4_096) {
            tick(gauge.bytes());
        }
    }

    let (id, id_choice) = match id {
        Some(id) => (id, choice),
        None => (unique_id(&table).ok_or_else(|| fail(None, ReadErrorKind::NoId))?, IdChoice::Unique),
    };
    Ok(Loaded { table, id, id_choice, separator, repairs })
}

/// The headers, made different: an empty one becomes `column 3`, a repeated one `phone (column 7)`.
fn headers(record: &ByteRecord) -> Vec<String> {
    let mut headers: Vec<String> = Vec::with_capacity(record.len());
    let mut seen = hashbrown::HashSet::new();
    for (place, bytes) in record.iter().enumerate() {
        let text = encoding::decode(bytes).0.replace('\0', "");
        let mut header = text.trim().to_owned();
        if header.is_empty() {
            header = format!("column {}", place + 1);
        }
        if !seen.insert(header.clone()) {
            header = format!("{header} (column {})", place + 1);
        }
        headers.push(header);
    }
    headers
}

/// The column that tells records apart, if it was asked for or its header says so.
fn named_id(headers: &[String], asked: Option<&str>) -> Result<(Option<usize>, IdChoice), ReadErrorKind> {
    if let Some(asked) = asked {
        let place = find(headers.iter().map(String::as_str), asked);
        let unknown = || ReadErrorKind::UnknownColumn { column: asked.to_owned() };
        return place.ok_or_else(unknown).map(|place| (Some(place), IdChoice::Asked));
    }
    let usual =
        |name: &&str| headers.iter().position(|header| text::fold(header).replace([' ', '-'], "_") == **name);
    Ok((ID_HEADERS.iter().find_map(usual), IdChoice::Header))
}

/// The place of the column with this header: as it is written, or else in another case.
pub(crate) fn find<'a>(headers: impl IntoIterator<Item = &'a str>, name: &str) -> Option<usize> {
    let folded = text::fold(name);
    let mut loosely = None;
    for (place, header) in headers.into_iter().enumerate() {
        if header == name {
            return Some(place);
        }
        if loosely.is_none() && text::fold(header) == folded {
            loosely = Some(place);
        }
    }
    loosely
}

/// The last row's id must be there, and new.
fn check_id(table: &Table, id: usize) -> Result<(), ReadErrorKind> {
    let Some(column) = table.column(id) else { return Ok(()) };
    match column.cells().last() {
        Some(&MISSING) => Err(ReadErrorKind::EmptyId),
        // Up to here every record had a new value, so value number n came with record n.
        Some(&number) if column.distinct() < table.records() => {
            Err(ReadErrorKind::DuplicateId { first: number.into() })
        }
        _ => Ok(()),
    }
}

/// The first column of unknown meaning whose values are all different. A column of known meaning says who a person is:
/// to take it for a record's number would keep it out of the comparison.
fn unique_id(table: &Table) -> Option<usize> {
    table.columns().iter().position(|column| column.is_unique() && recognise(column.header()).is_none())
}

/// The values of a row that holds something other than UTF-8, or NUL characters.
fn repaired(record: &ByteRecord, row: u64, repairs: &mut Repairs) -> Vec<String> {
    let decode = |bytes: &[u8]| {
        let (text, latin) = encoding::decode(bytes);
        if latin {
            repairs.latin += 1;
            repairs.first_latin.get_or_insert(row);
        }
        if text.contains('\0') {
            repairs.nul += 1;
        }
        text.replace('\0', "")
    };
    record.iter().map(decode).collect()
}
