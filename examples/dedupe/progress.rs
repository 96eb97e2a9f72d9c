//! Progress of long work, on the standard error stream. Work of less than a second says nothing.

use std::io::{IsTerminal as _, Write as _, stderr};
use std::time::{Duration, Instant};

use crate::cost::now;

/// Tells how far the work is.
pub(crate) struct Progress {
    shown: bool,
    terminal: bool,
    started: Instant,
    last: Option<Instant>,
    stage: &'static str,
}

impl Progress {
    pub(crate) fn new(shown: bool) -> Self {
        Self { shown, terminal: stderr().is_terminal(), started: now(), last: None, stage: "" }
    }

    /// Another stage begins.
    pub(crate) fn stage(&mut self, stage: &'static str) {
        self.stage = stage;
        if self.started.elapsed() > Duration::from_secs(1) {
            self.show("");
        }
    }

    /// So much of the stage is done.
    pub(crate) fn tick(&mut self, done: u64, of: u64) {
        // A terminal's line is written over; a log gets a line every five seconds.
        let pause = if self.terminal { Duration::from_millis(200) } else { Duration::from_secs(5) };
        let waited = self.last.unwrap_or(self.started).elapsed();
        if waited < pause.max(Duration::from_secs(u64::from(self.last.is_none()))) {
            return;
        }
        let percent = (u128::from(done.min(of)) * 100).checked_div(of.into()).unwrap_or(100);
        self.show(&format!(" {percent} %"));
    }

    fn show(&mut self, what: &str) {
        self.last = Some(now());
        if !self.shown {
            return;
        }
        let line = format!("dedupe: {}{what}, {} s", self.stage, self.started.elapsed().as_secs());
        let mut out = stderr().lock();
        // Progress that cannot be shown is no reason to stop.
        let _ = if self.terminal { write!(out, "\r{line:<60}") } else { writeln!(out, "{line}") };
        let _ = out.flush();
    }

    /// All is done: the line is cleared.
    pub(crate) fn finish(&mut self) {
        if self.shown && self.terminal && self.last.is_some() {
            let _ = write!(stderr().lock(), "\r{:60}\r", "");
        }
    }
}
