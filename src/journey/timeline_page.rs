//! One page of a timeline at a time, forwards and backwards.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::timeline::Entry;
use crate::channel::Channel;
use crate::ids::EventKey;
use crate::record::Millis;
use crate::time::{DateTime, Utc};

/// A place in a timeline between two events. What arrives later on this side of it or on that does not move it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TimelineCursor {
    #[serde(rename = "t")]
    at: Millis,
    /// The event right at the cursor; without one the cursor is before all events of that instant.
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    event: Option<(Option<u64>, Box<str>, EventKey)>,
}

impl TimelineCursor {
    /// Before everything that happened at that instant or later.
    #[must_use]
    pub fn before(at: DateTime<Utc>) -> Self {
        Self { at: at.into(), event: None }
    }

    /// At an event.
    #[must_use]
    pub fn at(entry: &Entry) -> Self {
        let event = (entry.order.sequence, entry.order.id.clone(), entry.event);
        Self { at: entry.order.time.into(), event: Some(event) }
    }

    /// Its instant.
    #[must_use]
    pub fn time(&self) -> DateTime<Utc> {
        self.at.into()
    }

    /// Whether it is at an event, not before all events of its instant.
    #[must_use]
    pub const fn is_at_event(&self) -> bool {
        self.event.is_some()
    }
}

impl fmt::Debug for TimelineCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimelineCursor").field("at", &self.at).finish_non_exhaustive()
    }
}

/// In which direction a page is turned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// To what happened later.
    #[default]
    Later,
    /// To what happened earlier.
    Earlier,
}

/// Which entries are shown. An empty set admits everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TimelineFilter {
    /// In these channels.
    pub channels: BTreeSet<Channel>,
    /// Of these `type` words (`page`, `track`, …).
    pub kinds: BTreeSet<Box<str>>,
    /// From here on.
    pub from: Option<DateTime<Utc>>,
    /// Until here, exclusive.
    pub until: Option<DateTime<Utc>>,
}

impl TimelineFilter {
    /// Whether an entry is shown.
    #[must_use]
    pub fn admits(&self, entry: &Entry) -> bool {
        (self.channels.is_empty() || self.channels.contains(&entry.channel))
            && (self.kinds.is_empty() || self.kinds.contains(&entry.kind))
            && self.from.is_none_or(|from| entry.order.time >= from)
            && self.until.is_none_or(|until| entry.order.time < until)
    }
}

/// One page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimelinePage {
    /// The entries, earliest first, whichever way the page was turned. A page may be shorter than asked, or empty, though
    /// more follows: it looks at a bounded number of events.
    pub entries: Vec<Entry>,
    /// From where to go on in the same direction; `None` at the end.
    pub next: Option<TimelineCursor>,
}
