//! The printed page: headings, paragraphs, and tables whose columns line up in every script.

use std::error::Error;
use std::io::{self, BufWriter, StdoutLock, Write as _};
use std::process::ExitCode;

use throughline::text::{display_width, pad};

use crate::words;

/// Columns of a line of text.
const WIDTH: usize = 100;
/// The widest column of a table.
const WIDEST: usize = 72;

/// How the program ends: what went wrong is said once, and whoever reads no further, as in `quickstart | head`, has seen
/// enough.
pub(crate) fn exit(program: &str, told: Result<(), Box<dyn Error>>) -> ExitCode {
    let Err(error) = told else { return ExitCode::SUCCESS };
    if error.downcast_ref::<io::Error>().is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe) {
        return ExitCode::SUCCESS;
    }
    // Nothing is left to do if this cannot be written either.
    let _ = writeln!(io::stderr(), "{program}: {}", words::causes(&*error));
    ExitCode::FAILURE
}

/// What is printed on.
pub(crate) struct Page {
    out: BufWriter<StdoutLock<'static>>,
    sections: usize,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self { out: BufWriter::new(io::stdout().lock()), sections: 0 }
    }

    /// What it is all about.
    pub(crate) fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "{title}\n{}", "#".repeat(display_width(title)))
    }

    /// A numbered heading, underlined.
    pub(crate) fn section(&mut self, title: &str) -> io::Result<()> {
        self.sections += 1;
        let title = format!("{}. {title}", self.sections);
        self.heading(&title)
    }

    /// A heading without a number.
    pub(crate) fn heading(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out, "\n\n{title}\n{}", "=".repeat(display_width(title)))
    }

    /// A paragraph, broken into lines between words.
    pub(crate) fn paragraph(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.wrapped("", "", text)
    }

    /// Points under one another, with a free line above them.
    pub(crate) fn points<T: AsRef<str>>(&mut self, points: impl IntoIterator<Item = T>) -> io::Result<()> {
        writeln!(self.out)?;
        points.into_iter().try_for_each(|point| self.wrapped("  * ", "    ", point.as_ref()))
    }

    fn wrapped(&mut self, first: &str, others: &str, text: &str) -> io::Result<()> {
        let mut line = first.to_owned();
        let mut empty = true;
        for word in text.split_ascii_whitespace() {
            if !empty && display_width(&line) + 1 + display_width(word) > WIDTH {
                writeln!(self.out, "{line}")?;
                others.clone_into(&mut line);
                empty = true;
            }
            if !empty {
                line.push(' ');
            }
            line.push_str(word);
            empty = false;
        }
        writeln!(self.out, "{line}")
    }

    /// A table, with a free line above it.
    pub(crate) fn table(&mut self, table: &Table) -> io::Result<()> {
        let widths = table.widths();
        writeln!(self.out)?;
        self.row(&widths, &table.columns, table.columns.iter().map(|column| column.title))?;
        let lines: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
        self.row(&widths, &table.columns, lines.iter().map(String::as_str))?;
        for row in &table.rows {
            self.row(&widths, &table.columns, row.iter().map(String::as_str))?;
        }
        Ok(())
    }

    fn row<'a>(
        &mut self,
        widths: &[usize],
        columns: &[Column],
        cells: impl Iterator<Item = &'a str>,
    ) -> io::Result<()> {
        let mut line = String::new();
        for ((cell, &width), column) in cells.zip(widths).zip(columns) {
            line.push_str("  ");
            let used = display_width(cell).min(width);
            let room = " ".repeat(width - used);
            // `pad` isolates right-to-left text, so that it does not carry its neighbours away, and cuts what is too
            // long. The room is left beside it, so that texts of both directions begin at the same edge.
            let cell = pad(cell, used);
            line.push_str(&if column.number { room + &cell } else { cell + &room });
        }
        writeln!(self.out, "{}", line.trim_end())
    }

    pub(crate) fn finish(mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// One column: its title, and whether it holds numbers, which stand at its right edge.
#[derive(Clone, Copy)]
pub(crate) struct Column {
    title: &'static str,
    number: bool,
}

pub(crate) const fn text(title: &'static str) -> Column {
    Column { title, number: false }
}

pub(crate) const fn number(title: &'static str) -> Column {
    Column { title, number: true }
}

/// Rows under titles.
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(crate) fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    fn widths(&self) -> Vec<usize> {
        let widest = |(place, column): (usize, &Column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(place));
            let widest = cells.map(|cell| display_width(cell)).max().unwrap_or(0);
            widest.max(display_width(column.title)).min(WIDEST)
        };
        self.columns.iter().enumerate().map(widest).collect()
    }
}
