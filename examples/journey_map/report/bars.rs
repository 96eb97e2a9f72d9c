//! Bars: the steps of a funnel, and the credits of channels under many models.

use super::markup::{float, label, name, picture, rect, room};
use crate::words;

/// One bar.
pub(crate) struct Bar {
    pub(crate) name: String,
    pub(crate) count: u64,
    pub(crate) note: String,
}

const WIDTH: f64 = 940.0;
const ROW: f64 = 40.0;

/// Bars under one another, each in proportion to the longest.
pub(crate) fn draw(bars: &[Bar], title: &str) -> String {
    const NOTES: f64 = 260.0;
    let names = room(bars.iter().map(|bar| bar.name.as_str())).max(170.0);
    let most = float(bars.iter().map(|bar| bar.count).max().unwrap_or(0)).max(1.0);
    let room = WIDTH - names - NOTES;
    let (mut drawn, mut y) = (String::new(), 6.0);
    let mut said = Vec::new();
    for bar in bars {
        let length = float(bar.count) / most * room;
        let hint = format!("{}: {} {}", bar.name, words::count(bar.count), bar.note);
        drawn += &label((names - 12.0, y + 19.0), "end", "", &name(&bar.name));
        drawn += &rect((names, y), (room, ROW - 12.0), "track", &hint);
        drawn += &rect((names, y), (length, ROW - 12.0), "bar", &hint);
        let note = format!("{} · {}", words::count(bar.count), bar.note);
        drawn += &label((names + room + 12.0, y + 19.0), "start", "num", &super::escape(&note));
        said.push(hint);
        y += ROW;
    }
    picture(WIDTH, y + 2.0, "funnel", title, &said.join("; "), &drawn)
}

/// One model: cents for each channel.
pub(crate) struct Column {
    pub(crate) name: String,
    pub(crate) values: Vec<i64>,
}

/// A bar for each channel and model, all on one scale. Less than nothing has no bar, but its number.
pub(crate) fn matrix(channels: &[String], columns: &[Column], title: &str) -> String {
    const TOP: f64 = 54.0;
    let names = room(channels.iter().map(String::as_str)).max(104.0);
    let each = (WIDTH - names) / float(u64::try_from(columns.len().max(1)).unwrap_or(1));
    let most = columns.iter().flat_map(|column| &column.values).copied().max().unwrap_or(0).max(1);
    let most = float(most.unsigned_abs());
    let mut drawn = String::new();
    let mut said = Vec::new();
    let mut x = names;
    for column in columns {
        // Long names stand aslant.
        let at = (x + 4.0, TOP - 10.0);
        drawn += &format!(
            "<g transform=\"rotate(-28 {:.1} {:.1})\">{}</g>",
            at.0,
            at.1,
            label(at, "start", "soft", &name(&column.name))
        );
        let mut y = TOP;
        for (channel, value) in channels.iter().zip(&column.values) {
            let hint = format!("{channel}, {}: {}", column.name, euros(*value));
            let length = float(u64::try_from(*value).unwrap_or(0)) / most * (each - 10.0);
            drawn += &label((x, y + 12.0), "start", "soft num", &short(*value));
            drawn += &rect((x, y + 17.0), (each - 10.0, 9.0), "track", &hint);
            drawn += &rect((x, y + 17.0), (length, 9.0), "bar", &hint);
            y += ROW;
        }
        x += each;
    }
    let mut y = TOP;
    for (place, channel) in channels.iter().enumerate() {
        drawn += &label((names - 10.0, y + 22.0), "end", "", &name(channel));
        let values = columns.iter().filter_map(|column| Some((column, column.values.get(place)?)));
        let values: Vec<String> =
            values.map(|(column, value)| format!("{} {}", column.name, euros(*value))).collect();
        said.push(format!("{channel}: {}", values.join(", ")));
        y += ROW;
    }
    picture(WIDTH, y + 2.0, "credits", title, &said.join("; "), &drawn)
}

fn euros(minor: i64) -> String {
    let sign = if minor < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", words::count(minor.unsigned_abs() / 100), minor.unsigned_abs() % 100)
}

/// Whole euros, thousands as `k`.
fn short(minor: i64) -> String {
    let sign = if minor < 0 { "\u{2212}" } else { "" };
    let whole = (minor.unsigned_abs() + 50) / 100;
    match whole {
        0..10_000 => format!("{sign}{}", words::count(whole)),
        _ => format!("{sign}{}.{}k", (whole + 50) / 1_000, (whole + 50) % 1_000 / 100),
    }
}
