//! Events that a host makes in code.

use std::fmt::{self, Write as _};

use serde_json::value::RawValue;

use super::{Event, EventError, Import};
use crate::channel::Channel;
use crate::time::{DateTime, Utc};

/// Builds the JSON of an event and hands it to the importer, so that made events obey the same rules as received ones.
///
/// ```
/// use throughline::channel::Channel;
/// use throughline::event::{EventBuilder, Import};
/// let event = EventBuilder::track("Order Completed")
///     .user_id("u-7")
///     .channel(&Channel::Till)
///     .property("order_id", "o-9")
///     .property_number("total", "129.90")
///     .build(&Import::new("2026-03-20T09:00:00Z".parse()?))?;
/// assert_eq!(event.cart().and_then(|cart| cart.total()), Some("129.90"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
#[must_use = "a builder does nothing until `build`"]
pub struct EventBuilder {
    envelope: Members,
    context: Members,
    device: Members,
    traits: Members,
    properties: Members,
    consents: Members,
    external_ids: Vec<String>,
}

/// The members of a JSON object, in the order of their insertion.
#[derive(Clone, Default)]
struct Members(String);

impl Members {
    fn raw(&mut self, key: &str, json: &str) {
        if !self.0.is_empty() {
            self.0.push(',');
        }
        quote(&mut self.0, key);
        self.0.push(':');
        self.0.push_str(json);
    }

    fn text(&mut self, key: &str, text: &str) {
        let mut json = String::with_capacity(text.len() + 2);
        quote(&mut json, text);
        self.raw(key, &json);
    }

    fn object(&mut self, key: &str, members: &Self) {
        if !members.0.is_empty() {
            self.raw(key, &format!("{{{}}}", members.0));
        }
    }
}

fn quote(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            c if c < ' ' => {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// What stands for text that is no JSON value, so that the importer refuses the event.
const BROKEN: &str = "!";

/// The text if it is exactly one JSON value, so that it cannot close the object that it is put into.
fn checked(json: &str) -> &str {
    serde_json::from_str::<&RawValue>(json).map_or(BROKEN, RawValue::get)
}

impl EventBuilder {
    fn of(word: &str) -> Self {
        let mut envelope = Members::default();
        envelope.text("type", word);
        Self {
            envelope,
            context: Members::default(),
            device: Members::default(),
            traits: Members::default(),
            properties: Members::default(),
            consents: Members::default(),
            external_ids: Vec::new(),
        }
    }

    /// Somebody says who they are.
    pub fn identify() -> Self {
        Self::of("identify")
    }

    /// Somebody did something.
    pub fn track(name: &str) -> Self {
        let mut builder = Self::of("track");
        builder.envelope.text("event", name);
        builder
    }

    /// Somebody saw a page.
    pub fn page(name: &str) -> Self {
        let mut builder = Self::of("page");
        builder.envelope.text("name", name);
        builder
    }

    /// Somebody saw a screen of an application.
    pub fn screen(name: &str) -> Self {
        let mut builder = Self::of("screen");
        builder.envelope.text("name", name);
        builder
    }

    /// An earlier id of the same person.
    pub fn alias(previous_id: &str) -> Self {
        let mut builder = Self::of("alias");
        builder.envelope.text("previousId", previous_id);
        builder
    }

    /// The event's id. Without one, equal events are one event.
    pub fn message_id(mut self, id: &str) -> Self {
        self.envelope.text("messageId", id);
        self
    }

    /// The account.
    pub fn user_id(mut self, id: &str) -> Self {
        self.envelope.text("userId", id);
        self
    }

    /// The visitor.
    pub fn anonymous_id(mut self, id: &str) -> Self {
        self.envelope.text("anonymousId", id);
        self
    }

    /// When it happened.
    pub fn timestamp(mut self, at: DateTime<Utc>) -> Self {
        self.envelope.text("timestamp", &at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true));
        self
    }

    /// Where it happened.
    pub fn channel(mut self, channel: &Channel) -> Self {
        self.context.text("channel", channel.as_str());
        self
    }

    /// Which system saw it.
    pub fn source(mut self, source: &str) -> Self {
        self.context.text("source", source);
        self
    }

    /// The device.
    pub fn device_id(mut self, id: &str) -> Self {
        self.device.text("id", id);
        self
    }

    /// The source's own sequence number.
    pub fn sequence(mut self, number: u64) -> Self {
        self.context.raw("sequence", &number.to_string());
        self
    }

    /// The locale.
    pub fn locale(mut self, locale: &str) -> Self {
        self.context.text("locale", locale);
        self
    }

    /// The time zone, by its IANA name.
    pub fn timezone(mut self, zone: &str) -> Self {
        self.context.text("timezone", zone);
        self
    }

    /// An identifier of any kind.
    pub fn external_id(mut self, kind: &str, id: &str) -> Self {
        let mut members = Members::default();
        members.text("id", id);
        members.text("type", kind);
        self.external_ids.push(format!("{{{}}}", members.0));
        self
    }

    /// A consent category, such as `marketing.email`.
    pub fn consent(mut self, category: &str, granted: bool) -> Self {
        self.consents.raw(category, if granted { "true" } else { "false" });
        self
    }

    /// A trait with text.
    pub fn person(mut self, name: &str, text: &str) -> Self {
        self.traits.text(name, text);
        self
    }

    /// A trait that is true or false.
    pub fn person_bool(mut self, name: &str, value: bool) -> Self {
        self.traits.raw(name, if value { "true" } else { "false" });
        self
    }

    /// A property with text.
    pub fn property(mut self, name: &str, text: &str) -> Self {
        self.properties.text(name, text);
        self
    }

    /// A property with a number, decimal text as it shall stand in the event. Text that is no JSON number makes
    /// [`build`](Self::build) fail.
    pub fn property_number(mut self, name: &str, decimal: &str) -> Self {
        let number = decimal.starts_with(|c: char| c == '-' || c.is_ascii_digit());
        self.properties.raw(name, if number { checked(decimal) } else { BROKEN });
        self
    }

    /// A property with any JSON, such as a list of products. Text that is no JSON makes [`build`](Self::build) fail.
    pub fn property_json(mut self, name: &str, json: &str) -> Self {
        self.properties.raw(name, checked(json));
        self
    }

    /// The JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut context = self.context.clone();
        context.object("device", &self.device);
        if !self.external_ids.is_empty() {
            context.raw("externalIds", &format!("[{}]", self.external_ids.join(",")));
        }
        let mut consent = Members::default();
        consent.object("categoryPreferences", &self.consents);
        context.object("consent", &consent);
        let mut envelope = self.envelope.clone();
        envelope.object("context", &context);
        envelope.object("traits", &self.traits);
        envelope.object("properties", &self.properties);
        format!("{{{}}}", envelope.0)
    }

    /// The event.
    ///
    /// # Errors
    /// As [`Event::from_segment`]: over a limit, a key set twice, text that is no JSON.
    pub fn build(&self, import: &Import) -> Result<Event, EventError> {
        Event::from_segment(self.to_json().as_bytes(), import)
    }
}

impl fmt::Debug for EventBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventBuilder").finish_non_exhaustive()
    }
}
