//! The page: self-contained, charts as inline SVG, no script, light and dark, nothing fetched.

pub(crate) mod bars;
mod markup;
pub(crate) mod sankey;
#[cfg(test)]
mod tests;

use self::markup::{STYLE, escape};
use crate::page::{self, Table};
use crate::words;

/// A column: its title, and whether it holds numbers.
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

/// Rows that are printed and drawn.
pub(crate) struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<String>>,
}

impl Rows {
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self { columns: columns.into_iter().collect(), rows: Vec::new() }
    }

    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = String>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// For printing.
    pub(crate) fn page(&self) -> Table {
        let column = |column: &Column| match column.number {
            true => page::number(column.title),
            false => page::text(column.title),
        };
        let mut table = Table::new(self.columns.iter().map(column));
        for row in &self.rows {
            table.row(row.iter().map(String::as_str));
        }
        table
    }

    fn html(&self) -> String {
        let class = |column: &Column| if column.number { " class=\"n\"" } else { "" };
        let mut out = String::from("<table><thead><tr>");
        for column in &self.columns {
            out += &format!("<th scope=\"col\"{}>{}</th>", class(column), escape(column.title));
        }
        out += "</tr></thead><tbody>";
        for row in &self.rows {
            out += "<tr>";
            for (column, cell) in self.columns.iter().zip(row) {
                out += &format!("<td{} dir=\"auto\">{}</td>", class(column), escape(cell));
            }
            out += "</tr>";
        }
        out + "</tbody></table>"
    }
}

/// The page in the making.
pub(crate) struct Report {
    out: String,
}

impl Report {
    pub(crate) fn new(title: &str) -> Self {
        let title = escape(title);
        Self {
            out: format!(
                "<!doctype html>\n<html lang=\"en\" dir=\"ltr\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
                 content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
                 <main>\n<h1>{title}</h1>\n"
            ),
        }
    }

    pub(crate) fn tiles(&mut self, tiles: &[(String, &str)]) {
        self.out += "<div class=\"tiles\">\n";
        for (figure, what) in tiles {
            self.out += &format!(
                "<div class=\"tile\"><b>{}</b><span>{}</span></div>\n",
                escape(figure),
                escape(what)
            );
        }
        self.out += "</div>\n";
    }

    /// A title, how to read it, and markup.
    pub(crate) fn section(&mut self, title: &str, reading: &str, markup: &str) {
        self.out += &format!(
            "<section>\n<h2>{}</h2>\n<p>{}</p>\n<div class=\"wide\">{markup}</div>\n</section>\n",
            escape(title),
            escape(reading)
        );
    }

    pub(crate) fn table(&mut self, title: &str, reading: &str, rows: &Rows) {
        self.section(title, reading, &rows.html());
    }

    pub(crate) fn finish(self) -> String {
        self.out + "</main>\n</body>\n</html>\n"
    }
}

/// A part of a whole in per cent, to a tenth.
pub(crate) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    let thousandths = (u128::from(part) * 2_000 + u128::from(whole)) / (u128::from(whole) * 2);
    format!("{}.{} %", thousandths / 10, thousandths % 10)
}

/// A share from 0 to 1 in per cent, to a tenth.
pub(crate) fn share(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// `2 h 5 min`, `35 s`
pub(crate) fn duration(millis: i64) -> String {
    match millis {
        0..1_000 => format!("{millis} ms"),
        1_000..60_000 => format!("{} s", millis / 1_000),
        _ => words::span(throughline::time::TimeDelta::milliseconds(millis)),
    }
}
