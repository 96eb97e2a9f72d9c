//! How long it took and how much room it needs: the only part that differs from run to run.

use std::error::Error;
use std::fs;
use std::time::{Duration, Instant};

use crate::arguments::StoreFile;
use crate::page::{Page, Table, number, text};
use crate::words;

/// A stopwatch.
pub(crate) struct Figures {
    started: Instant,
    import: Duration,
    events: u64,
}

#[expect(clippy::disallowed_methods, reason = "measures how long the example takes, which decides nothing")]
fn now() -> Instant {
    Instant::now()
}

impl Figures {
    pub(crate) fn start() -> Self {
        Self { started: now(), import: Duration::ZERO, events: 0 }
    }

    /// The day is in the store.
    pub(crate) fn imported(&mut self, events: u64) {
        self.import = now() - self.started;
        self.events = events;
    }

    pub(crate) fn show(&self, page: &mut Page, store: &StoreFile) -> Result<(), Box<dyn Error>> {
        let total = now() - self.started;
        let size = fs::metadata(store.path())?.len();
        page.heading("Timings")?;
        let mut table = Table::new([text("What"), number("Figure"), text("What it means")]);
        let mut row = |what: &str, figure: String, meaning: &str| {
            table.row([what.to_owned(), figure, meaning.to_owned()]);
        };
        row(
            "Taking in the day",
            seconds(self.import),
            "read, parsed, recognised and durably stored, on one thread",
        );
        row(
            "",
            format!("{} events/s", rate(self.events, self.import)),
            "in batches of 1,000, each synced to disk",
        );
        row("Answering", seconds(total - self.import), "every question above, from the store");
        row("The whole run", seconds(total), "");
        row("", format!("{} events/s", rate(self.events, total)), "");
        if let Some(kib) = peak_memory() {
            row("Peak memory", mib(kib * 1024), "the most that the process ever held, caches included");
        }
        row("Store on disk", mib(size), "one file, which survives a loss of power at any instant");
        if let Some(each) = size.checked_div(self.events) {
            row(
                "",
                format!("{} bytes", words::count(each)),
                "for each event: itself, what follows from it, the journal",
            );
        }
        page.table(&table)?;
        if store.is_kept() {
            page.paragraph(&format!("The store is kept in `{}`.", store.path().display()))?;
        }
        Ok(())
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn mib(bytes: u64) -> String {
    format!("{} MiB", words::count(bytes.div_ceil(1 << 20)))
}

fn rate(events: u64, time: Duration) -> String {
    let per_second = u128::from(events) * 1_000_000 / time.as_micros().max(1);
    words::count(u64::try_from(per_second).unwrap_or(u64::MAX))
}

/// The process's peak memory in KiB, where the operating system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse().ok()
}
