//! Channels that take free text only as an answer, for some hours after the person wrote.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::input::MessageKind;
use crate::channel::Channel;
use crate::time::{DateTime, NaiveDate, TimeDelta, Utc};

/// For how long one channel takes free text after the person last wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServiceWindow {
    /// Seconds after the person's last message; the end does not belong to them.
    pub free_form_seconds: u32,
    /// The same for what a person of the business writes by hand; `None` as for any free text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub human_reply_seconds: Option<u32>,
    /// Whether a template goes at any time.
    #[serde(default)]
    pub templates: bool,
    /// Where it is written.
    pub source: String,
    /// The date of this entry. Operators change their terms: read the source before you rely on it.
    pub as_of: NaiveDate,
}

/// The service windows by channel: data with source and date, which a host can override. A channel that is not listed
/// has none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ServiceWindows(BTreeMap<Channel, ServiceWindow>);

/// Why a service window answers as it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServiceWindowReason {
    /// The channel takes free text at any time.
    NoWindow,
    /// It is a template, and the channel takes those at any time.
    Template,
    /// The person wrote recently.
    InWindow,
    /// The person did not write, or too long ago.
    WindowClosed,
}

impl ServiceWindowReason {
    /// Its stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoWindow => "no_window",
            Self::Template => "template",
            Self::InWindow => "in_window",
            Self::WindowClosed => "window_closed",
        }
    }
}

/// Whether a channel takes a message now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceWindowAnswer {
    /// Why.
    pub reason: ServiceWindowReason,
    /// When the window closes or closed; `None` without a window, or if the person never wrote.
    pub closes_at: Option<DateTime<Utc>>,
}

impl ServiceWindowAnswer {
    /// Whether the channel takes it.
    #[must_use]
    pub const fn allowed(&self) -> bool {
        !matches!(self.reason, ServiceWindowReason::WindowClosed)
    }
}

impl ServiceWindows {
    /// The windows this version of the crate knows of.
    ///
    /// ```
    /// use throughline::channel::Channel;
    /// use throughline::messaging::{MessageKind, ServiceWindowReason, ServiceWindows};
    /// let windows = ServiceWindows::published();
    /// let wrote = Some("2026-06-01T10:00:00Z".parse()?);
    /// let answer = windows.ask(&Channel::WhatsApp, MessageKind::FreeForm, wrote, "2026-06-02T10:00:00Z".parse()?);
    /// assert_eq!(answer.reason, ServiceWindowReason::WindowClosed); // 24 hours to the second
    /// # Ok::<(), chrono::ParseError>(())
    /// ```
    #[must_use]
    pub fn published() -> Self {
        let entry = |entry: &Entry| {
            let window = ServiceWindow {
                free_form_seconds: entry.hours * 3_600,
                human_reply_seconds: entry.human_reply_hours.map(|hours| hours * 3_600),
                templates: entry.templates,
                source: entry.source.to_owned(),
                as_of: NaiveDate::from_ymd_opt(2026, 11, 1)?,
            };
            Some((Channel::parse(entry.channel)?, window))
        };
        Self(PUBLISHED.iter().filter_map(entry).collect())
    }

    /// No windows at all.
    #[must_use]
    pub const fn none() -> Self {
        Self(BTreeMap::new())
    }

    /// The same with another window for a channel.
    #[must_use]
    pub fn with(mut self, channel: Channel, window: ServiceWindow) -> Self {
        self.0.insert(channel, window);
        self
    }

    /// The window of a channel.
    #[must_use]
    pub fn window(&self, channel: &Channel) -> Option<&ServiceWindow> {
        self.0.get(channel)
    }

    /// All windows, by channel.
    pub fn iter(&self) -> impl Iterator<Item = (&Channel, &ServiceWindow)> {
        self.0.iter()
    }

    /// Whether a channel takes a message of that kind now, when the person last wrote at `last_inbound`.
    ///
    /// # Complexity
    /// O(log w) in the number of windows.
    #[must_use]
    pub fn ask(
        &self,
        channel: &Channel,
        kind: MessageKind,
        last_inbound: Option<DateTime<Utc>>,
        now: DateTime<Utc>,
    ) -> ServiceWindowAnswer {
        let Some(window) = self.0.get(channel) else {
            return ServiceWindowAnswer { reason: ServiceWindowReason::NoWindow, closes_at: None };
        };
        let by_hand = window.human_reply_seconds.filter(|_| kind == MessageKind::HumanReply);
        let length = TimeDelta::seconds(i64::from(by_hand.unwrap_or(window.free_form_seconds)));
        let closes_at = last_inbound.and_then(|at| at.checked_add_signed(length));
        let reason = if window.templates && kind == MessageKind::Template {
            ServiceWindowReason::Template
        } else if closes_at.is_some_and(|end| now < end) {
            ServiceWindowReason::InWindow
        } else {
            ServiceWindowReason::WindowClosed
        };
        ServiceWindowAnswer { reason, closes_at }
    }
}

impl Default for ServiceWindows {
    /// [`ServiceWindows::published`].
    fn default() -> Self {
        Self::published()
    }
}

struct Entry {
    channel: &'static str,
    hours: u32,
    human_reply_hours: Option<u32>,
    templates: bool,
    source: &'static str,
}

const META: &str = "chatwoot/chatwoot, app/services/conversations/message_window_service.rb: 24 hours, 7 days with the tag \
                    human_agent";

const PUBLISHED: &[Entry] = &[
    Entry {
        channel: "whatsapp",
        hours: 24,
        human_reply_hours: None,
        templates: true,
        source: "developer.exotel.com, WhatsApp session messages: 24 hours after the customer's last message; templates at \
                 any time",
    },
    Entry { channel: "messenger", hours: 24, human_reply_hours: Some(168), templates: false, source: META },
    Entry { channel: "instagram", hours: 24, human_reply_hours: Some(168), templates: false, source: META },
    Entry {
        channel: "tiktok",
        hours: 48,
        human_reply_hours: None,
        templates: false,
        source: "chatwoot/chatwoot, app/services/conversations/message_window_service.rb: 48 hours",
    },
];
