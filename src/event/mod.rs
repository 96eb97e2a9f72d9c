//! What happened: one event of the Segment specification, imported without loss.
//!
//! [`Event::from_segment`] reads one JSON object, [`import_lines`] a stream of them, [`EventBuilder`] makes one in code.
//! The text that came in is kept byte for byte ([`Event::to_segment`]); everything else is a typed view of it. What is
//! merely odd about an event is told by its [`Flag`]s, so that no good event is lost; what cannot be an event at all is
//! an [`EventError`], which never repeats the input.
//!
//! ```
//! use throughline::channel::Channel;
//! use throughline::event::{Event, EventName, Import};
//!
//! let json = r#"{"type":"track","event":"Order Completed","messageId":"m-1","userId":"u-7",
//!     "context":{"channel":"till"},"properties":{"order_id":"o-9","products":[{"sku":"A","quantity":2}]}}"#;
//! let event = Event::from_segment(json.as_bytes(), &Import::new("2026-03-20T09:00:00Z".parse()?))?;
//! assert_eq!(event.kind().name(), Some(&EventName::OrderCompleted));
//! assert_eq!(event.channel(), &Channel::Till);
//! assert_eq!(event.user_id(), Some("u-7"));
//! assert_eq!(event.cart().map(|cart| cart.lines().map(|line| line.quantity).sum()), Some(2));
//! assert_eq!(event.to_segment(), json);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;

mod attribute;
mod builder;
mod cart;
mod clock;
mod consent;
mod draft;
mod error;
mod fields;
mod flags;
mod identifiers;
mod import;
mod limits;
mod lines;
mod name;
mod order;
mod ours;
mod span;
mod stored;
mod walk;

pub use attribute::{Attribute, Attributes};
pub use builder::EventBuilder;
pub use cart::{CartAction, CartLine, CartSignal};
pub use clock::{ClockPolicy, EventTime};
pub use consent::ConsentChange;
pub use error::{EventError, EventErrorKind};
pub use flags::{EventFlags, Flag};
pub use identifiers::{Origin, RawIdentifier};
pub use import::Import;
pub use limits::Limits;
pub use lines::{Line, import_lines};
pub use name::{EventKind, EventName};
pub use order::OrderKey;
pub use stored::StoredEvent;

use crate::channel::Channel;
use crate::device::{Device, DeviceKind};
use crate::pii::Pii;
use crate::time::{DateTime, Utc};
use draft::Place;
use span::{Span, Texts};

/// One event: the raw text and a typed view of it. `Debug` shows its kind, times and flags, nothing that was sent.
#[derive(Clone)]
pub struct Event {
    texts: Texts,
    id: Span,
    kind: EventKind,
    channel: Channel,
    source: Span,
    user_id: Option<Span>,
    anonymous_id: Option<Span>,
    previous_id: Option<Span>,
    group_id: Option<Span>,
    device_id: Option<Span>,
    device_type: Option<Span>,
    locale: Option<Span>,
    timezone: Option<Span>,
    campaign: Option<Span>,
    sequence: Option<u64>,
    time: EventTime,
    imported: DateTime<Utc>,
    flags: EventFlags,
    identifiers: Vec<identifiers::Slot>,
    attributes: Vec<draft::Slot>,
    preferences: Vec<(Span, bool)>,
    cart: Option<Box<cart::Parts>>,
}

impl Event {
    /// Reads one event of the Segment specification. White space around the JSON object is not part of the event.
    ///
    /// # Errors
    /// [`EventErrorKind`] tells what to fix; the error never repeats the input.
    ///
    /// # Complexity
    /// One pass over the text, quadratic only in the number of attributes, which the limits cap; about 2 µs for a
    /// 700-byte event.
    pub fn from_segment(json: &[u8], import: &Import) -> Result<Self, EventError> {
        import::import(json, import)
    }

    /// The JSON text that came in, byte for byte.
    #[must_use]
    pub fn to_segment(&self) -> &str {
        &self.texts.raw
    }

    /// The event's id: `messageId`; without one `sha256:` and the hash of the raw text, so that identical lines are one
    /// event.
    #[must_use]
    pub fn id(&self) -> &str {
        self.texts.get(self.id)
    }

    /// What kind of event it is.
    #[must_use]
    pub const fn kind(&self) -> &EventKind {
        &self.kind
    }

    /// Where it happened: `context.channel`, else `channel`, else what the import says, else deduced from the tracking
    /// library, else [`Channel::Server`].
    #[must_use]
    pub const fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Which system sent it: `context.source`, else what the import says, else the channel's name.
    #[must_use]
    pub fn source(&self) -> &str {
        self.texts.get(self.source)
    }

    /// The account (`userId`), as it was sent.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.piece(self.user_id)
    }

    /// The visitor (`anonymousId`), as it was sent.
    #[must_use]
    pub fn anonymous_id(&self) -> Option<&str> {
        self.piece(self.anonymous_id)
    }

    /// The earlier id of an alias call (`previousId`), as it was sent: a visitor's or an account's.
    #[must_use]
    pub fn previous_id(&self) -> Option<&str> {
        self.piece(self.previous_id)
    }

    /// The group of a group call (`groupId`), as it was sent.
    #[must_use]
    pub fn group_id(&self) -> Option<&str> {
        self.piece(self.group_id)
    }

    /// The device (`context.device.id`), as it was sent.
    #[must_use]
    pub fn device_id(&self) -> Option<&str> {
        self.piece(self.device_id)
    }

    /// The device with its kind (`context.device.type`).
    ///
    /// ```
    /// use throughline::device::DeviceKind;
    /// use throughline::event::{Event, Import};
    /// let json = br#"{"type":"page","context":{"device":{"id":"d-1","type":"ios"}}}"#;
    /// let event = Event::from_segment(json, &Import::new("2026-03-20T09:00:00Z".parse()?))?;
    /// assert_eq!(event.device().and_then(|device| device.kind), Some(DeviceKind::Phone));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn device(&self) -> Option<Device> {
        let id = Pii::new(self.device_id()?.into());
        Some(Device { id, kind: self.piece(self.device_type).and_then(DeviceKind::parse) })
    }

    /// The locale (`context.locale`), as it was sent.
    #[must_use]
    pub fn locale(&self) -> Option<&str> {
        self.piece(self.locale)
    }

    /// The time zone (`context.timezone`), as it was sent.
    #[must_use]
    pub fn timezone(&self) -> Option<&str> {
        self.piece(self.timezone)
    }

    /// The campaign that led here (`context.campaign.name`), as it was sent.
    #[must_use]
    pub fn campaign(&self) -> Option<&str> {
        self.piece(self.campaign)
    }

    /// The source's own sequence number (`context.sequence`), where it counts its events.
    #[must_use]
    pub const fn sequence(&self) -> Option<u64> {
        self.sequence
    }

    /// When it happened.
    #[must_use]
    pub const fn time(&self) -> &EventTime {
        &self.time
    }

    /// What was odd about it.
    #[must_use]
    pub const fn flags(&self) -> EventFlags {
        self.flags
    }

    /// The place of the event in the total order of timelines.
    #[must_use]
    pub fn order_key(&self) -> OrderKey {
        OrderKey { time: self.time.corrected(), sequence: self.sequence, id: self.id().into() }
    }

    /// All identifiers, each kind and value once: `userId`, `anonymousId`, an alias call's `previousId` (as an
    /// anonymous id), the device, e-mail, phone and loyalty card in `traits` and `context.traits`,
    /// `context.externalIds` (but no account there: it would be a second one beside `userId`).
    pub fn identifiers(&self) -> impl ExactSizeIterator<Item = RawIdentifier<'_>> {
        self.identifiers.iter().map(|slot| RawIdentifier {
            kind: &slot.kind,
            value: self.texts.get(slot.value),
            verified_flag: slot.verified,
            origin: slot.origin,
        })
    }

    /// The traits: `traits`, then those of `context.traits` under other names. The parts of an address are named
    /// `address.city` and so on.
    #[must_use]
    pub fn traits(&self) -> Attributes<'_> {
        self.attributes(&[Place::Traits, Place::ContextTraits])
    }

    /// The properties.
    #[must_use]
    pub fn properties(&self) -> Attributes<'_> {
        self.attributes(&[Place::Properties])
    }

    /// The traits that describe a person, each under one canonical `snake_case` name (`first_name`, `address.city`, …),
    /// then `locale` and `timezone` of the context. Numbers come as written. The traits of a group call describe the
    /// group, so it has none of them.
    pub fn fields(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        let places: &[Place] = if self.kind == EventKind::Group {
            &[Place::ContextTraits]
        } else {
            &[Place::Traits, Place::ContextTraits]
        };
        fields::collect(self.attributes(places), self.locale(), self.timezone()).into_iter()
    }

    /// What the event says about consent: the categories of `context.consent.categoryPreferences`, and the track
    /// events `Consent Granted`, `Consent Withdrawn` and `Unsubscribed` with the properties `purpose` and `channel`.
    /// A refusal that cannot be understood in full is a refusal of everything; such a grant is none.
    pub fn consents(&self) -> impl Iterator<Item = ConsentChange<'_>> {
        let tracked = match &self.kind {
            EventKind::Track { name: EventName::ConsentGranted } => Some((true, "*")),
            EventKind::Track { name: EventName::ConsentWithdrawn } => Some((false, "*")),
            EventKind::Track { name: EventName::Unsubscribed } => Some((false, "email")),
            _ => None,
        };
        let tracked = tracked.and_then(|(granted, channel)| {
            let text = |name| self.properties().get(name).and_then(Attribute::as_text);
            consent::change(granted, text("purpose"), text("channel").or(Some(channel)))
        });
        let preferences =
            self.preferences.iter().map(|(key, granted)| consent::preference(self.texts.get(*key), *granted));
        preferences.chain(tracked)
    }

    /// What the event says about a cart or an order.
    #[must_use]
    pub fn cart(&self) -> Option<CartSignal<'_>> {
        self.cart.as_ref().map(|parts| parts.signal(&self.texts))
    }

    fn piece(&self, span: Option<Span>) -> Option<&str> {
        span.map(|span| self.texts.get(span))
    }

    const fn attributes(&self, places: &'static [Place]) -> Attributes<'_> {
        Attributes { texts: &self.texts, slots: self.attributes.as_slice(), places }
    }
}

/// Equal raw text, received at the same instant, understood in the same way.
impl PartialEq for Event {
    fn eq(&self, other: &Self) -> bool {
        self.texts.raw == other.texts.raw
            && self.imported == other.imported
            && self.time == other.time
            && self.flags == other.flags
            && self.channel == other.channel
            && self.source() == other.source()
    }
}

impl Eq for Event {}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let channel = match &self.channel {
            Channel::Other(_) => "other",
            known => known.as_str(),
        };
        f.debug_struct("Event")
            .field("kind", &self.kind)
            .field("channel", &channel)
            .field("corrected", &self.time.corrected)
            .field("flags", &self.flags)
            .finish_non_exhaustive()
    }
}
