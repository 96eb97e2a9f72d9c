//! What was written, counted while it is written.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

use crate::people::{Channel, Person};
use crate::plan::{Act, Mess};
use crate::random::hash;

/// The counts. Identifiers are counted by hash, as they are spelled in the file.
#[derive(Debug, Default)]
pub(crate) struct Report {
    channels: BTreeMap<Channel, u64>,
    /// People and events by the script of the person's language.
    scripts: BTreeMap<&'static str, (u64, u64)>,
    identifiers: BTreeMap<&'static str, HashSet<u64>>,
    people: u64,
    late: u64,
    junk: u64,
    absurd: u64,
    pub(crate) duplicates: u64,
    pub(crate) bad: u64,
    pub(crate) bytes: u64,
}

impl Report {
    /// Counts one person.
    pub(crate) fn person(&mut self, person: &Person) {
        self.people += 1;
        self.scripts.entry(person.language.script()).or_default().0 += 1;
    }

    /// Counts one line that is an event.
    pub(crate) fn event(&mut self, person: &Person, act: &Act) {
        self.scripts.entry(person.language.script()).or_default().1 += 1;
        *self.channels.entry(act.channel).or_default() += 1;
        self.late += u64::from(act.late);
        match act.mess {
            Mess::None => {}
            Mess::Junk(_) => self.junk += 1,
            Mess::Absurd(_) => self.absurd += 1,
        }
    }

    /// Counts one value of an identifier.
    pub(crate) fn identifier(&mut self, kind: &'static str, value: &str) {
        self.identifiers.entry(kind).or_default().insert(hash(value));
    }

    /// The table for people to read.
    pub(crate) fn table(&self) -> String {
        let events: u64 = self.channels.values().sum();
        let share = |part: u64| {
            let tenths = (part * 1000).checked_div(events).unwrap_or(0);
            format!("{part} ({}.{} %)", tenths / 10, tenths % 10)
        };
        let mut text = String::new();
        let mut line = |name: &str, value: &str| {
            // Writing into a String cannot fail.
            let _ = writeln!(text, "{name:<24}{value}");
        };
        line("events", &events.to_string());
        for channel in Channel::ALL {
            let count = self.channels.get(&channel).copied().unwrap_or(0);
            line(&format!("  {}", channel.name()), &share(count));
        }
        line("people", &self.people.to_string());
        for (script, (people, events)) in &self.scripts {
            line(&format!("  {script}"), &format!("{people} with {events} events"));
        }
        let all: usize = self.identifiers.values().map(HashSet::len).sum();
        line("identifiers as written", &all.to_string());
        for (kind, values) in &self.identifiers {
            line(&format!("  {kind}"), &values.len().to_string());
        }
        line("duplicates", &share(self.duplicates));
        line("late", &share(self.late));
        line("junk identifiers", &share(self.junk));
        line("absurd timestamps", &self.absurd.to_string());
        line("bad or odd lines", &format!("{} (on top of the events)", self.bad));
        line("bytes", &self.bytes.to_string());
        text
    }
}
