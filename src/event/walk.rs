//! One pass over an event's JSON into a [`Draft`], without building a tree of values.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::draft::{Draft, ExternalId, Known, Place};
use super::error::{EventError, EventErrorKind};
use super::flags::Flag;

/// Which object is being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Section {
    Envelope,
    Context,
    Attributes(Place),
    Address(Place),
    Device,
    Library,
    Campaign,
    Consent,
    Preferences,
    ExternalIds,
    ExternalId,
}

/// Reads a whole event.
pub(super) fn walk<'de>(draft: &mut Draft<'de>, raw: &'de str) -> Result<(), EventError> {
    if !raw.starts_with('{') {
        return Err(EventErrorKind::Malformed { line: 1, column: 1 }.into());
    }
    let Err(error) = envelope(draft, raw) else { return Ok(()) };
    if draft.error.is_none() && serde_json::from_str::<&RawValue>(raw).is_ok() {
        // Good JSON with something in it that has no value (half a surrogate pair, a number without bounds) where an
        // object belongs: once more, part by part, to leave out no more than that part.
        *draft = Draft::new(raw, draft.limits);
        draft.careful = true;
        return envelope(draft, raw).map_err(|error| draft.fail(&error));
    }
    Err(draft.fail(&error))
}

fn envelope<'de>(draft: &mut Draft<'de>, raw: &'de str) -> Result<(), serde_json::Error> {
    let mut json = serde_json::Deserializer::from_str(raw);
    Walk { draft, section: Section::Envelope }.deserialize(&mut json)?;
    json.end()
}

struct Walk<'w, 'de> {
    draft: &'w mut Draft<'de>,
    section: Section,
}

impl<'de> DeserializeSeed<'de> for Walk<'_, 'de> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

/// What stands where an object should be is passed over and flagged; `null` is nothing.
impl<'de> Visitor<'de> for Walk<'_, 'de> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an event")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.odd()
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.odd()
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.odd()
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.odd()
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<(), E> {
        self.odd()
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.section != Section::ExternalIds {
            while seq.next_element::<IgnoredAny>()?.is_some() {}
            return self.odd();
        }
        while seq.next_element_seed(Walk { draft: &mut *self.draft, section: Section::ExternalId })?.is_some()
        {
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        if self.section == Section::ExternalIds {
            while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
            return self.odd();
        }
        let mut external = ExternalId::default();
        while let Some(key) = map.next_key_seed(Key)? {
            let step = self.entry(&key, &mut map, &mut external)?;
            if let Err(kind) = step {
                self.draft.error = Some(kind);
                return Err(A::Error::custom("refused"));
            }
        }
        if self.section == Section::ExternalId {
            let limit = self.draft.limits.identifiers;
            if self.draft.external_ids.len() >= limit {
                self.draft.error = Some(EventErrorKind::TooManyIdentifiers { limit });
                return Err(A::Error::custom("refused"));
            }
            self.draft.external_ids.push(external);
        }
        Ok(())
    }
}

impl<'de> Walk<'_, 'de> {
    fn odd<E>(self) -> Result<(), E> {
        self.draft.flags.set(Flag::WrongShape);
        Ok(())
    }

    /// Reads the value of one key: the outer error is the JSON's, the inner one ours.
    fn entry<A: MapAccess<'de>>(
        &mut self,
        key: &Cow<'de, str>,
        map: &mut A,
        external: &mut ExternalId,
    ) -> Result<Result<(), EventErrorKind>, A::Error> {
        match self.section {
            Section::Attributes(place) => {
                let json = map.next_value::<&'de RawValue>()?.get();
                if key == "address" && json.starts_with('{') {
                    return Ok(self.nested(Section::Address(place), json));
                }
                return Ok(self.draft.attribute(place, "", key, json));
            }
            Section::Address(place) => {
                let json = map.next_value::<&'de RawValue>()?.get();
                return Ok(self.draft.attribute(place, "address.", key, json));
            }
            Section::Preferences => {
                let json = map.next_value::<&'de RawValue>()?.get();
                return Ok(self.draft.preference(key, json));
            }
            Section::ExternalId => {
                match &**key {
                    "id" => external.id = self.draft.scalar(map.next_value::<&'de RawValue>()?.get()),
                    "type" => external.kind = self.draft.scalar(map.next_value::<&'de RawValue>()?.get()),
                    _ => _ = map.next_value::<IgnoredAny>()?,
                }
                return Ok(Ok(()));
            }
            _ => {}
        }
        let Some((known, inner)) = self.known(key) else {
            map.next_value::<IgnoredAny>()?;
            return Ok(Ok(()));
        };
        if let Err(kind) = self.draft.once(known) {
            return Ok(Err(kind));
        }
        if let (true, Some(section)) = (self.draft.careful, inner) {
            let json = map.next_value::<&'de RawValue>()?.get();
            return Ok(self.nested(section, json));
        }
        if let Some(section) = inner {
            map.next_value_seed(Walk { draft: &mut *self.draft, section })?;
        } else {
            let value = self.draft.scalar(map.next_value::<&'de RawValue>()?.get());
            self.draft.set(known, value);
        }
        Ok(Ok(()))
    }

    /// What a key of the present section means, and the section that its value opens.
    fn known(&self, key: &str) -> Option<(Known, Option<Section>)> {
        let plain = |known| Some((known, None));
        let opens = |known, section| Some((known, Some(section)));
        match (self.section, key) {
            (Section::Envelope, "type") => plain(Known::Type),
            (Section::Envelope, "event") => plain(Known::Event),
            (Section::Envelope, "name") => plain(Known::Name),
            (Section::Envelope, "messageId") => plain(Known::MessageId),
            (Section::Envelope, "userId") => plain(Known::UserId),
            (Section::Envelope, "anonymousId") => plain(Known::AnonymousId),
            (Section::Envelope, "previousId") => plain(Known::PreviousId),
            (Section::Envelope, "groupId") => plain(Known::GroupId),
            (Section::Envelope, "originalTimestamp") => plain(Known::Original),
            (Section::Envelope, "sentAt") => plain(Known::Sent),
            (Section::Envelope, "timestamp") => plain(Known::Stamped),
            (Section::Envelope, "receivedAt") => plain(Known::Received),
            (Section::Envelope, "channel") => plain(Known::Channel),
            (Section::Envelope, "context") => opens(Known::Context, Section::Context),
            (Section::Envelope, "traits") => opens(Known::Traits, Section::Attributes(Place::Traits)),
            (Section::Envelope, "properties") => {
                opens(Known::Properties, Section::Attributes(Place::Properties))
            }
            (Section::Context, "traits") => {
                opens(Known::ContextTraits, Section::Attributes(Place::ContextTraits))
            }
            (Section::Context, "channel") => plain(Known::ContextChannel),
            (Section::Context, "source") => plain(Known::ContextSource),
            (Section::Context, "locale") => plain(Known::Locale),
            (Section::Context, "timezone") => plain(Known::Timezone),
            (Section::Context, "sequence") => plain(Known::Sequence),
            (Section::Context, "device") => opens(Known::Device, Section::Device),
            (Section::Context, "library") => opens(Known::Library, Section::Library),
            (Section::Context, "campaign") => opens(Known::Campaign, Section::Campaign),
            (Section::Context, "externalIds") => opens(Known::ExternalIds, Section::ExternalIds),
            (Section::Context, "consent") => opens(Known::Consent, Section::Consent),
            (Section::Device, "id") => plain(Known::DeviceId),
            (Section::Device, "type") => plain(Known::DeviceType),
            (Section::Library, "name") => plain(Known::LibraryName),
            (Section::Campaign, "name") => plain(Known::CampaignName),
            (Section::Consent, "categoryPreferences") => opens(Known::Preferences, Section::Preferences),
            _ => None,
        }
    }

    /// Reads an object that has been passed over once, so that it is surely well formed; text in it that cannot be
    /// decoded leaves the rest of it out.
    fn nested(&mut self, section: Section, json: &'de str) -> Result<(), EventErrorKind> {
        let mut inner = serde_json::Deserializer::from_str(json);
        let read = Walk { draft: &mut *self.draft, section }.deserialize(&mut inner);
        if read.is_err() {
            if let Some(kind) = self.draft.error {
                return Err(kind);
            }
            self.draft.flags.set(Flag::WrongShape);
        }
        Ok(())
    }
}

/// An object's key: borrowed, unless it carries escapes.
pub(super) struct Key;

impl<'de> DeserializeSeed<'de> for Key {
    type Value = Cow<'de, str>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Cow<'de, str>, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<'de> Visitor<'de> for Key {
    type Value = Cow<'de, str>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: Error>(self, key: &'de str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Borrowed(key))
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Cow<'de, str>, E> {
        Ok(Cow::Owned(key.to_owned()))
    }
}
