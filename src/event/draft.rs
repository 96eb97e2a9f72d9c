//! What one pass over an event's JSON collects, before it is made sense of.

use std::borrow::Cow;

use super::error::{EventError, EventErrorKind};
use super::flags::{EventFlags, Flag};
use super::limits::Limits;
use super::span::{Scribe, Span};

macro_rules! known_keys {
    ($($name:ident = $text:literal,)*) => {
        /// Keys that decide what an event means. Each may stand once.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum Known { $($name,)* }

        impl Known {
            pub(super) const COUNT: usize = [$(Known::$name),*].len();

            pub(super) const fn name(self) -> &'static str {
                match self { $(Known::$name => $text,)* }
            }
        }
    };
}

known_keys! {
    Type = "type",
    Event = "event",
    Name = "name",
    MessageId = "messageId",
    UserId = "userId",
    AnonymousId = "anonymousId",
    PreviousId = "previousId",
    GroupId = "groupId",
    Original = "originalTimestamp",
    Sent = "sentAt",
    Stamped = "timestamp",
    Received = "receivedAt",
    Channel = "channel",
    Context = "context",
    Traits = "traits",
    Properties = "properties",
    ContextTraits = "context.traits",
    ContextChannel = "context.channel",
    ContextSource = "context.source",
    Device = "context.device",
    DeviceId = "context.device.id",
    DeviceType = "context.device.type",
    Library = "context.library",
    LibraryName = "context.library.name",
    ExternalIds = "context.externalIds",
    Locale = "context.locale",
    Timezone = "context.timezone",
    Sequence = "context.sequence",
    Campaign = "context.campaign",
    CampaignName = "context.campaign.name",
    Consent = "context.consent",
    Preferences = "context.consent.categoryPreferences",
}

/// A JSON value that is no object, by its place in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Scalar {
    #[default]
    Absent,
    Null,
    Bool(bool),
    Number(Span),
    Text(Span),
    /// An array or object, or text that cannot be decoded.
    Other(Span),
}

/// Where a trait or property stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Traits,
    ContextTraits,
    Properties,
}

/// One trait or property.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) place: Place,
    pub(super) key: Span,
    pub(super) value: Scalar,
}

/// An element of `context.externalIds`.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct ExternalId {
    pub(super) id: Scalar,
    pub(super) kind: Scalar,
}

/// The collected pieces.
pub(super) struct Draft<'de> {
    pub(super) scribe: Scribe<'de>,
    pub(super) limits: Limits,
    pub(super) flags: EventFlags,
    pub(super) error: Option<EventErrorKind>,
    /// Whether each object is read on its own, so that one that cannot be decoded spoils no other.
    pub(super) careful: bool,
    pub(super) attributes: Vec<Slot>,
    pub(super) preferences: Vec<(Span, bool)>,
    pub(super) external_ids: Vec<ExternalId>,
    /// The text of `properties.products`.
    pub(super) products: Option<Span>,
    /// Traits, properties and consent categories so far, those left out included.
    entries: usize,
    known: [Scalar; Known::COUNT],
    seen: u64,
}

impl<'de> Draft<'de> {
    pub(super) fn new(raw: &'de str, limits: Limits) -> Self {
        Self {
            scribe: Scribe::new(raw),
            limits,
            flags: EventFlags::default(),
            error: None,
            careful: false,
            attributes: Vec::with_capacity(16),
            preferences: Vec::new(),
            external_ids: Vec::new(),
            products: None,
            entries: 0,
            known: [Scalar::Absent; Known::COUNT],
            seen: 0,
        }
    }

    /// Notes that a key stands there; false when it does for the second time.
    pub(super) fn once(&mut self, key: Known) -> Result<(), EventErrorKind> {
        let bit = 1_u64 << key as u32;
        if self.seen & bit != 0 {
            return Err(EventErrorKind::DuplicateKey(key.name()));
        }
        self.seen |= bit;
        Ok(())
    }

    pub(super) fn set(&mut self, key: Known, value: Scalar) {
        if let Some(slot) = self.known.get_mut(key as usize) {
            *slot = value;
        }
    }

    pub(super) fn get(&self, key: Known) -> Scalar {
        self.known.get(key as usize).copied().unwrap_or_default()
    }

    /// The text of a known key; anything but text and null is flagged.
    pub(super) fn text(&mut self, key: Known) -> Option<Span> {
        match self.get(key) {
            Scalar::Text(span) => Some(span),
            Scalar::Absent | Scalar::Null => None,
            _ => {
                self.flags.set(Flag::WrongShape);
                None
            }
        }
    }

    /// The text of a known key that names something; a number's digits count as text and are flagged, empty text is
    /// absent.
    pub(super) fn identifier(&mut self, key: Known) -> Option<Span> {
        self.identifier_of(self.get(key))
    }

    pub(super) fn identifier_of(&mut self, value: Scalar) -> Option<Span> {
        let span = match value {
            Scalar::Text(span) => span,
            Scalar::Number(span) => {
                self.flags.set(Flag::NumericIdentifier);
                span
            }
            Scalar::Absent | Scalar::Null => return None,
            Scalar::Bool(_) | Scalar::Other(_) => {
                self.flags.set(Flag::WrongShape);
                return None;
            }
        };
        if span.len() > Limits::VALUE_BYTES {
            self.flags.set(Flag::LongValue);
            return None;
        }
        (span.len() > 0).then_some(span)
    }

    /// Reads one value's text.
    pub(super) fn scalar(&mut self, json: &'de str) -> Scalar {
        match json.as_bytes().first() {
            Some(b'"') => match decode(json) {
                Some(text) => Scalar::Text(self.scribe.keep(&text)),
                None => {
                    self.flags.set(Flag::WrongShape);
                    Scalar::Other(self.scribe.keep(json))
                }
            },
            Some(b't') => Scalar::Bool(true),
            Some(b'f') => Scalar::Bool(false),
            Some(b'n') => Scalar::Null,
            Some(b'{' | b'[') => Scalar::Other(self.scribe.keep(json)),
            _ => Scalar::Number(self.scribe.keep(json)),
        }
    }

    /// Takes a trait or property into the typed view, within the limits.
    pub(super) fn attribute(
        &mut self,
        place: Place,
        prefix: &str,
        key: &str,
        json: &'de str,
    ) -> Result<(), EventErrorKind> {
        self.count()?;
        if prefix.len() + key.len() > Limits::KEY_BYTES {
            self.flags.set(Flag::LongKey);
            return Ok(());
        }
        let value = self.scalar(json);
        let products = place == Place::Properties && prefix.is_empty() && key == "products";
        if products {
            self.products = match value {
                Scalar::Other(span) if json.starts_with('[') => Some(span),
                _ => None,
            };
        } else if let Scalar::Text(span) | Scalar::Number(span) | Scalar::Other(span) = value
            && span.len() > Limits::VALUE_BYTES
        {
            self.flags.set(Flag::LongValue);
            return Ok(());
        }
        let scribe = &self.scribe;
        let twin = self.attributes.iter_mut().find(|slot| {
            slot.place == place
                && slot.key.len() == prefix.len() + key.len()
                && scribe.get(slot.key).strip_prefix(prefix) == Some(key)
        });
        if let Some(twin) = twin {
            twin.value = value;
            self.flags.set(Flag::DuplicateAttribute);
            return Ok(());
        }
        let key = if prefix.is_empty() { self.scribe.keep(key) } else { self.scribe.write(&[prefix, key]) };
        self.attributes.push(Slot { place, key, value });
        Ok(())
    }

    /// Takes a consent category. A refusal is understood in many spellings, a grant only as `true`; where a category
    /// stands twice, refusal wins.
    pub(super) fn preference(&mut self, key: &str, json: &'de str) -> Result<(), EventErrorKind> {
        self.count()?;
        let Some(granted) = self.consent_state(json) else { return Ok(()) };
        if key.len() > Limits::KEY_BYTES {
            self.flags.set(Flag::LongKey);
            return Ok(());
        }
        let scribe = &self.scribe;
        if let Some(twin) = self.preferences.iter_mut().find(|(name, _)| scribe.get(*name) == key) {
            twin.1 &= granted;
            self.flags.set(Flag::DuplicateAttribute);
            return Ok(());
        }
        let key = self.scribe.keep(key);
        self.preferences.push((key, granted));
        Ok(())
    }

    fn consent_state(&mut self, json: &'de str) -> Option<bool> {
        match self.scalar(json) {
            Scalar::Bool(granted) => Some(granted),
            Scalar::Null | Scalar::Absent => None,
            Scalar::Text(span) | Scalar::Number(span) => {
                let word = self.scribe.get(span).trim().to_ascii_lowercase();
                self.flags.set(Flag::OddConsent);
                let refused = [
                    "0",
                    "false",
                    "no",
                    "off",
                    "denied",
                    "refused",
                    "withdrawn",
                    "revoked",
                    "opt_out",
                    "unsubscribed",
                ];
                refused.contains(&word.as_str()).then_some(false)
            }
            Scalar::Other(_) => {
                self.flags.set(Flag::OddConsent);
                None
            }
        }
    }

    /// Counts one more entry. Repeated ones count too, or a flood of them would be compared with each other.
    fn count(&mut self) -> Result<(), EventErrorKind> {
        let limit = self.limits.attributes;
        if self.entries >= limit {
            return Err(EventErrorKind::TooManyAttributes { limit });
        }
        self.entries += 1;
        Ok(())
    }

    pub(super) fn find(&self, place: Place, key: &str) -> Option<Scalar> {
        self.attributes
            .iter()
            .find(|slot| slot.place == place && self.scribe.get(slot.key) == key)
            .map(|slot| slot.value)
    }

    pub(super) fn fail(&self, error: &serde_json::Error) -> EventError {
        self.error.unwrap_or(EventErrorKind::Malformed { line: error.line(), column: error.column() }).into()
    }
}

/// The content of a JSON string; `None` where its escapes are no Unicode (a lone surrogate).
pub(super) fn decode(json: &str) -> Option<Cow<'_, str>> {
    let inside = json.strip_prefix('"')?.strip_suffix('"')?;
    if inside.bytes().all(|byte| byte != b'\\') {
        return Some(Cow::Borrowed(inside));
    }
    serde_json::from_str(json).ok().map(Cow::Owned)
}
