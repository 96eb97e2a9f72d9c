//! From JSON text to an [`Event`].

use std::fmt;

use faster_hex::Hex;
use sha2::{Digest, Sha256};

use super::clock::{ClockPolicy, RawTime, RawTimes, correct, whole_millis};
use super::draft::{Draft, Known, Scalar};
use super::error::{EventError, EventErrorKind};
use super::flags::Flag;
use super::limits::Limits;
use super::name::{EventKind, EventName};
use super::span::Span;
use super::walk::walk;
use super::{Event, cart, identifiers};
use crate::channel::Channel;
use crate::time::{DateTime, Utc};

/// Longest event id and event name, in bytes.
const LONGEST_NAME: usize = 256;
/// Longest source name, locale and zone, in bytes.
const LONGEST_WORD: usize = 64;

/// What the host knows about events that it hands in.
#[derive(Clone, PartialEq, Eq)]
pub struct Import {
    /// The host's clock: when it received the events.
    pub received_at: DateTime<Utc>,
    /// The channel of events that do not name theirs.
    pub channel: Option<Channel>,
    /// The source of events that do not name theirs: at most 64 of `A-Z a-z 0-9 . _ - : / @ +`.
    pub source: Option<String>,
    /// Whether `received_at`, `channel` and `source` are taken instead of what the events say of themselves. Set it for
    /// every endpoint that a customer's browser or app can write to: rules of trust go by channel and source, and a
    /// browser must not be able to call itself WhatsApp.
    pub pinned: bool,
    /// Caps.
    pub limits: Limits,
    /// How far clocks are believed.
    pub clock: ClockPolicy,
}

impl Import {
    /// Live events received at that instant, default limits.
    #[must_use]
    pub fn new(received_at: DateTime<Utc>) -> Self {
        Self {
            received_at,
            channel: None,
            source: None,
            pinned: false,
            limits: Limits::default(),
            clock: ClockPolicy::default(),
        }
    }

    /// The same from a source that is not believed when it names its channel, its source or the time of receipt:
    /// whatever a browser or an app sends by itself.
    ///
    /// ```
    /// use throughline::channel::Channel;
    /// use throughline::event::{Event, Import};
    /// let import = Import::pinned("2026-03-20T09:00:00Z".parse()?, Channel::Web, "web-shop");
    /// let event = Event::from_segment(br#"{"type":"page","context":{"channel":"whatsapp"}}"#, &import)?;
    /// assert_eq!((event.channel(), event.source()), (&Channel::Web, "web-shop"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn pinned(received_at: DateTime<Utc>, channel: Channel, source: &str) -> Self {
        Self {
            channel: Some(channel),
            source: Some(source.to_owned()),
            pinned: true,
            ..Self::new(received_at)
        }
    }

    /// The same, for history of any age.
    #[must_use]
    pub fn backfill(received_at: DateTime<Utc>) -> Self {
        Self { clock: ClockPolicy::backfill(), ..Self::new(received_at) }
    }
}

impl fmt::Debug for Import {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Import")
            .field("received_at", &self.received_at)
            .field("limits", &self.limits)
            .field("clock", &self.clock)
            .finish_non_exhaustive()
    }
}

pub(super) fn import(json: &[u8], import: &Import) -> Result<Event, EventError> {
    let raw = import.limits.admit(json)?;
    let mut draft = Draft::new(raw, import.limits);
    walk(&mut draft, raw)?;
    let kind = kind(&mut draft)?;
    let id = id(&mut draft, raw);
    let mut flags = draft.flags;
    let time = correct(times(&draft, import), import.received_at, import.clock, &mut flags);
    draft.flags = flags;
    let channel = channel(&mut draft, import);
    let source = source(&mut draft, import, &channel);
    let user_id = draft.identifier(Known::UserId);
    let anonymous_id = draft.identifier(Known::AnonymousId);
    let previous_id = draft.identifier(Known::PreviousId);
    let group_id = draft.identifier(Known::GroupId);
    let device_id = draft.identifier(Known::DeviceId);
    let identifiers = identifiers::collect(&mut draft, &kind)?;
    let cart = match &kind {
        EventKind::Track { name } => cart::collect(&mut draft, name).map(Box::new),
        _ => None,
    };
    let sequence = match draft.get(Known::Sequence) {
        Scalar::Number(span) | Scalar::Text(span) => draft.scribe.get(span).parse().ok(),
        _ => None,
    };
    let device_type = word(&mut draft, Known::DeviceType);
    let locale = word(&mut draft, Known::Locale);
    let timezone = word(&mut draft, Known::Timezone);
    let campaign = draft.identifier(Known::CampaignName);
    Ok(Event {
        id,
        kind,
        channel,
        source,
        user_id,
        anonymous_id,
        previous_id,
        group_id,
        device_id,
        device_type,
        locale,
        timezone,
        campaign,
        sequence,
        time,
        imported: whole_millis(import.received_at),
        flags: draft.flags,
        identifiers,
        attributes: draft.attributes,
        preferences: draft.preferences,
        cart,
        texts: draft.scribe.finish(),
    })
}

fn kind(draft: &mut Draft<'_>) -> Result<EventKind, EventError> {
    let Scalar::Text(word) = draft.get(Known::Type) else { return Err(EventErrorKind::MissingType.into()) };
    let word = draft.scribe.get(word).trim().to_ascii_lowercase();
    Ok(match word.as_str() {
        "" => return Err(EventErrorKind::MissingType.into()),
        "identify" => EventKind::Identify,
        "track" => {
            let name = name(draft, Known::Event);
            if name.is_none() {
                draft.flags.set(Flag::MissingName);
            }
            EventKind::Track { name: name.unwrap_or_else(|| EventName::Other("".into())) }
        }
        "page" => EventKind::Page { name: name(draft, Known::Name) },
        "screen" => EventKind::Screen { name: name(draft, Known::Name) },
        "alias" => EventKind::Alias,
        "group" => EventKind::Group,
        _ => {
            draft.flags.set(Flag::UnknownType);
            let word = name(draft, Known::Type).unwrap_or_else(|| EventName::Other("".into()));
            EventKind::Custom { word }
        }
    })
}

fn name(draft: &mut Draft<'_>, key: Known) -> Option<EventName> {
    let span = draft.text(key)?;
    let text = draft.scribe.get(span).trim();
    let cut = text.get(..text.floor_char_boundary(LONGEST_NAME)).unwrap_or(text);
    let long = cut.len() < text.len();
    let name = (!cut.is_empty()).then(|| EventName::parse(cut));
    if long {
        draft.flags.set(Flag::LongName);
    }
    name
}

fn id(draft: &mut Draft<'_>, raw: &str) -> Span {
    let sent = match draft.get(Known::MessageId) {
        Scalar::Text(span) | Scalar::Number(span) if span.len() > 0 => span,
        other => {
            if !matches!(other, Scalar::Absent | Scalar::Null | Scalar::Text(_)) {
                draft.flags.set(Flag::WrongShape);
            }
            draft.flags.set(Flag::MissingId);
            let hash = Hex::new(&Sha256::digest(raw.as_bytes())).to_string();
            return draft.scribe.write(&["sha256:", &hash]);
        }
    };
    if sent.len() <= LONGEST_NAME {
        return sent;
    }
    draft.flags.set(Flag::LongId);
    let hash = Hex::new(&Sha256::digest(draft.scribe.get(sent).as_bytes())).to_string();
    draft.scribe.write(&["sha256:", &hash])
}

fn times<'a>(draft: &'a Draft<'_>, import: &Import) -> RawTimes<'a> {
    let time = |key| match draft.get(key) {
        Scalar::Absent | Scalar::Null => RawTime::Absent,
        Scalar::Text(span) => RawTime::Text(draft.scribe.get(span)),
        Scalar::Number(span) => RawTime::Number(draft.scribe.get(span)),
        Scalar::Bool(_) | Scalar::Other(_) => RawTime::Wrong,
    };
    RawTimes {
        original: time(Known::Original),
        sent: time(Known::Sent),
        stamped: time(Known::Stamped),
        received: if import.pinned { RawTime::Absent } else { time(Known::Received) },
    }
}

fn channel(draft: &mut Draft<'_>, import: &Import) -> Channel {
    if let (true, Some(channel)) = (import.pinned, &import.channel) {
        return channel.clone();
    }
    for key in [Known::ContextChannel, Known::Channel] {
        if let Some(span) = draft.text(key) {
            if let Some(channel) = Channel::parse(draft.scribe.get(span).trim()) {
                return channel;
            }
            draft.flags.set(Flag::BadChannel);
        }
    }
    if let Some(channel) = &import.channel {
        return channel.clone();
    }
    let library = draft.text(Known::LibraryName).map_or("", |span| draft.scribe.get(span));
    match library.trim_start_matches("@segment/") {
        "analytics.js" | "analytics-next" => Channel::Web,
        "analytics-ios"
        | "analytics-swift"
        | "analytics-android"
        | "analytics-kotlin"
        | "analytics-flutter"
        | "analytics-react-native" => Channel::App,
        _ => Channel::Server,
    }
}

fn source(draft: &mut Draft<'_>, import: &Import, channel: &Channel) -> Span {
    if let Some(span) = draft.text(Known::ContextSource).filter(|_| !import.pinned) {
        if is_source(draft.scribe.get(span)) {
            return span;
        }
        draft.flags.set(Flag::BadSource);
    }
    match import.source.as_deref() {
        Some(source) if is_source(source) => draft.scribe.keep(source),
        Some(_) => {
            draft.flags.set(Flag::BadSource);
            draft.scribe.keep(channel.as_str())
        }
        None => draft.scribe.keep(channel.as_str()),
    }
}

fn is_source(text: &str) -> bool {
    (1..=LONGEST_WORD).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-:/@+".contains(&byte))
}

fn word(draft: &mut Draft<'_>, key: Known) -> Option<Span> {
    let span = draft.text(key)?;
    if span.len() > LONGEST_WORD {
        draft.flags.set(Flag::LongValue);
        return None;
    }
    (span.len() > 0).then_some(span)
}
