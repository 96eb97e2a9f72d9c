//! What came in: the day's events, and what is odd about them.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;
use throughline::channel::Channel;
use throughline::event::{Attribute, Event, Flag, import_lines};
use throughline::hub::{Outcome, Recorded};
use throughline::ids::{EventKey, RecordId};
use throughline::text::{Script, dominant_script};
use throughline::time::{DateTime, TimeDelta, Utc};

use crate::page::{Page, Table, number, text};
use crate::shop::Shop;
use crate::words;

/// Events that are stored as one unit: one sync of the disk for all of them.
const BATCH: usize = 1_000;
/// An event that arrives this much after it happened is late.
const LATE: TimeDelta = TimeDelta::hours(1);
/// Refused lines that are listed.
const LISTED: usize = 40;

/// In which script the words of an event are written, Persian and Arabic told apart by its locale.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Writing {
    Latin,
    Persian,
    Arabic,
    Hebrew,
    Cyrillic,
    Other,
    /// Nobody's words: a click, a scan.
    None,
}

const WRITINGS: [Writing; 7] = [
    Writing::Latin,
    Writing::Persian,
    Writing::Arabic,
    Writing::Hebrew,
    Writing::Cyrillic,
    Writing::Other,
    Writing::None,
];

/// What came in, counted.
#[derive(Default)]
pub(crate) struct Day {
    stored: u64,
    channels: BTreeMap<Channel, BTreeMap<Writing, u64>>,
    /// Events that came again, by key.
    pub(crate) again: BTreeMap<EventKey, u64>,
    contradicted: u64,
    /// When late events arrived, by key.
    pub(crate) late: BTreeMap<EventKey, DateTime<Utc>>,
    nobody: u64,
    odd: u64,
    unusable: u64,
    refused: u64,
    refusals: Vec<(u64, String)>,
    /// Every record that an event hangs on.
    pub(crate) records: BTreeSet<RecordId>,
}

impl Day {
    /// How many events came in, whether for the first time or again.
    pub(crate) fn events(&self) -> u64 {
        self.stored + self.contradicted + self.again.values().sum::<u64>()
    }

    fn count(&mut self, event: &Event, recorded: &Recorded) {
        self.records.insert(recorded.record);
        match recorded.outcome {
            Outcome::First => {}
            Outcome::Duplicate => {
                *self.again.entry(recorded.event).or_default() += 1;
                return;
            }
            Outcome::Contradicted | Outcome::Erased => {
                self.contradicted += 1;
                return;
            }
        }
        self.stored += 1;
        let writings = self.channels.entry(event.channel().clone()).or_default();
        *writings.entry(writing(event)).or_default() += 1;
        let (happened, received) = (event.time().corrected(), event.time().received());
        if received - happened > LATE {
            self.late.insert(recorded.event, received);
        }
        // Values like `null` or `0000000000`, or with characters that nobody can see, name nobody.
        let unusable =
            recorded.reasons.iter().filter(|reason| reason.rule.starts_with("identifier_")).count();
        self.unusable += u64::from(unusable > 0);
        self.nobody += u64::from(unusable == event.identifiers().len());
        // A device's clock that is a little wrong is the usual case, and put right.
        self.odd += u64::from(event.flags().iter().any(|flag| flag != Flag::SkewCorrected));
    }
}

/// Reads the day and records every event in the hub, a batch at a time.
///
/// `Hub::import_lines` does this in one call; the loop stands here because the page wants to know more about each event.
pub(crate) fn take_in(shop: &Shop, path: &Path) -> Result<Day, Box<dyn Error>> {
    let unreadable = |error: io::Error| format!("cannot read `{}`: {error}", path.display());
    let reader = open(path).map_err(unreadable)?;
    let mut day = Day::default();
    let mut batch: Vec<Event> = Vec::with_capacity(BATCH);
    let mut lines = 0_u64;
    for line in import_lines(reader, &shop.hub.import()) {
        lines += 1;
        match line.result {
            Ok(event) => batch.push(event),
            Err(error) => {
                day.refused += 1;
                if day.refusals.len() < LISTED {
                    day.refusals.push((line.number, error.to_string()));
                }
            }
        }
        if batch.len() == BATCH {
            record(shop, &mut day, &mut batch)?;
        }
    }
    record(shop, &mut day, &mut batch)?;
    if lines == 0 {
        return Err(format!("`{}` is empty: there is no event in it", path.display()).into());
    }
    if day.refused == lines {
        let first =
            day.refusals.first().map_or_else(String::new, |(line, why)| format!("; line {line}: {why}"));
        return Err(format!(
            "`{}` holds no event; refused lines: {}{first}",
            path.display(),
            words::count(lines)
        )
        .into());
    }
    Ok(day)
}

/// A plain file, or one compressed by gzip.
fn open(path: &Path) -> io::Result<Box<dyn BufRead>> {
    let mut file = BufReader::with_capacity(1 << 16, File::open(path)?);
    let compressed = file.fill_buf()?.starts_with(&[0x1f, 0x8b]);
    Ok(if compressed {
        Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(file)))
    } else {
        Box::new(file)
    })
}

fn record(shop: &Shop, day: &mut Day, batch: &mut Vec<Event>) -> Result<(), Box<dyn Error>> {
    let recorded = shop.hub.record_all(batch)?;
    for (event, recorded) in batch.iter().zip(&recorded) {
        day.count(event, recorded);
    }
    batch.clear();
    Ok(())
}

/// The script of the customer's own words in an event: names, places, what was searched or written.
fn writing(event: &Event) -> Writing {
    let own = |name: &str| name.contains("name") || name == "address.city" || name == "company";
    let mut words = String::new();
    for (_, value) in event.fields().filter(|(name, _)| own(name)) {
        words.push_str(value);
    }
    for name in ["query", "text"] {
        words.push_str(event.properties().get(name).and_then(Attribute::as_text).unwrap_or_default());
    }
    match dominant_script(&words) {
        None => Writing::None,
        Some(Script::Latin) => Writing::Latin,
        Some(Script::Arabic) if event.locale().is_some_and(|locale| locale.starts_with("fa")) => {
            Writing::Persian
        }
        Some(Script::Arabic) => Writing::Arabic,
        Some(Script::Hebrew) => Writing::Hebrew,
        Some(Script::Cyrillic) => Writing::Cyrillic,
        Some(_) => Writing::Other,
    }
}

pub(crate) fn show(page: &mut Page, day: &Day) -> Result<(), Box<dyn Error>> {
    page.section("What came in")?;
    let again: u64 = day.again.values().sum();
    let mut table = Table::new([number("Number"), text("Of what")]);
    let mut row = |count: u64, what: &str| table.row([words::count(count), what.to_owned()]);
    row(day.events() + day.refused, "lines in the day's file, of which");
    row(day.stored, "  are events, now in the store");
    row(again, "  came again and changed nothing");
    if day.contradicted > 0 {
        row(day.contradicted, "  had the id of another event and were left out");
    }
    row(day.refused, "  are broken and were refused, see below");
    row(day.stored, "events in the store, of which");
    row(u64::try_from(day.late.len())?, "  arrived more than an hour late: they stand where they happened");
    row(day.odd, "  had an odd value, such as a time in the year 9999: kept and marked");
    row(day.unusable, "  had an identifier that is nobody's, such as `null`: not believed");
    row(day.nobody, "  named nobody: kept, in no customer's view");
    page.table(&table)?;

    if day.stored == 0 {
        page.paragraph("All of them were in the store before this run, so nothing has changed.")?;
        return Ok(());
    }
    page.paragraph("Stored events by channel, and by the script of the customer's words in them:")?;
    let used: Vec<Writing> =
        WRITINGS.into_iter().filter(|one| day.channels.values().any(|by| by.contains_key(one))).collect();
    let titles = used.iter().map(|writing| {
        number(match writing {
            Writing::Latin => "Latin",
            Writing::Persian => "Persian",
            Writing::Arabic => "Arabic",
            Writing::Hebrew => "Hebrew",
            Writing::Cyrillic => "Cyrillic",
            Writing::Other => "other",
            Writing::None => "no words",
        })
    });
    let mut table = Table::new([text("Channel"), number("Events")].into_iter().chain(titles));
    for (channel, by) in &day.channels {
        let numbers = used.iter().map(|writing| words::count(by.get(writing).copied().unwrap_or(0)));
        let total = words::count(by.values().sum::<u64>());
        table.row([words::channel(channel), total].into_iter().chain(numbers));
    }
    page.table(&table)?;

    if day.refused > 0 {
        page.paragraph("Refused lines. The reason never repeats what the line held:")?;
        let mut table = Table::new([number("Line"), text("Why")]);
        for (line, why) in &day.refusals {
            table.row([words::count(*line), why.clone()]);
        }
        page.table(&table)?;
        let more = day.refused.saturating_sub(u64::try_from(day.refusals.len())?);
        if more > 0 {
            page.paragraph(&format!("And {} more.", words::count(more)))?;
        }
    }
    Ok(())
}
