//! The identifiers in an event, as they were sent.

use std::fmt;

use super::draft::{Draft, Known, Place, Scalar};
use super::error::EventErrorKind;
use super::flags::Flag;
use super::name::EventKind;
use super::span::Span;
use crate::identifier::IdentifierKind;

/// Where in the event an identifier stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Origin {
    /// `userId`.
    UserId,
    /// `anonymousId`.
    AnonymousId,
    /// `previousId` of an alias call.
    PreviousId,
    /// `context.device.id`.
    Device,
    /// `traits`.
    Traits,
    /// `context.traits`.
    ContextTraits,
    /// `context.externalIds`.
    ExternalIds,
}

/// An identifier as it was sent: not normalised, not believed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct RawIdentifier<'a> {
    /// What it identifies by.
    pub kind: &'a IdentifierKind,
    /// The text, as it was sent.
    pub value: &'a str,
    /// Whether the sender says that it is verified (`email_verified`, `phone_number_verified` beside it). Whether the
    /// sender may say so is decided elsewhere.
    pub verified_flag: bool,
    /// Where it stood.
    pub origin: Origin,
}

impl fmt::Debug for RawIdentifier<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The name of an unknown kind is the sender's text too.
        let kind = match self.kind {
            IdentifierKind::Other(_) => "other",
            known => known.as_str(),
        };
        f.debug_struct("RawIdentifier")
            .field("kind", &kind)
            .field("verified_flag", &self.verified_flag)
            .field("origin", &self.origin)
            .finish_non_exhaustive()
    }
}

/// A [`RawIdentifier`] by places.
#[derive(Clone)]
pub(super) struct Slot {
    pub(super) kind: IdentifierKind,
    pub(super) value: Span,
    pub(super) verified: bool,
    pub(super) origin: Origin,
}

/// Trait names that hold identifiers.
const TRAITS: &[(&str, IdentifierKind, Option<&str>)] = &[
    ("email", IdentifierKind::Email, Some("email_verified")),
    ("phone", IdentifierKind::Phone, Some("phone_number_verified")),
    ("phone_number", IdentifierKind::Phone, Some("phone_number_verified")),
    ("phoneNumber", IdentifierKind::Phone, Some("phone_number_verified")),
    ("loyaltyCard", IdentifierKind::LoyaltyCard, None),
    ("loyalty_card", IdentifierKind::LoyaltyCard, None),
];

/// All identifiers, each kind and value once, in a fixed order of origins.
pub(super) fn collect(draft: &mut Draft<'_>, kind: &EventKind) -> Result<Vec<Slot>, EventErrorKind> {
    let mut found = Vec::with_capacity(6);
    let mut add = |draft: &mut Draft<'_>, kind: IdentifierKind, value: Scalar, verified, origin| {
        if let Some(value) = draft.identifier_of(value) {
            found.push(Slot { kind, value, verified, origin });
        }
    };
    let user = draft.get(Known::UserId);
    add(draft, IdentifierKind::UserId, user, false, Origin::UserId);
    let anonymous = draft.get(Known::AnonymousId);
    add(draft, IdentifierKind::AnonymousId, anonymous, false, Origin::AnonymousId);
    if *kind == EventKind::Alias {
        let previous = draft.get(Known::PreviousId);
        add(draft, IdentifierKind::AnonymousId, previous, false, Origin::PreviousId);
    }
    let device = draft.get(Known::DeviceId);
    add(draft, IdentifierKind::DeviceId, device, false, Origin::Device);
    for (place, origin) in [(Place::Traits, Origin::Traits), (Place::ContextTraits, Origin::ContextTraits)] {
        // The traits of a group call describe the group.
        if place == Place::Traits && *kind == EventKind::Group {
            continue;
        }
        for (name, kind, claim) in TRAITS {
            if let Some(value) = draft.find(place, name) {
                let verified =
                    claim.is_some_and(|claim| draft.find(place, claim) == Some(Scalar::Bool(true)));
                add(draft, kind.clone(), value, verified, origin);
            }
        }
    }
    for external in std::mem::take(&mut draft.external_ids) {
        let kind = match external.kind {
            Scalar::Text(span) => IdentifierKind::parse(draft.scribe.get(span)).ok(),
            _ => None,
        };
        match kind {
            // An account stands in `userId` and nowhere else, where a host's check of it can find it.
            Some(IdentifierKind::UserId) | None => draft.flags.set(Flag::WrongShape),
            Some(kind) => add(draft, kind, external.id, false, Origin::ExternalIds),
        }
    }
    let limit = draft.limits.identifiers;
    if found.len() > limit {
        return Err(EventErrorKind::TooManyIdentifiers { limit });
    }
    let mut kept: Vec<Slot> = Vec::with_capacity(found.len());
    for slot in found {
        let scribe = &draft.scribe;
        let twin = kept.iter_mut().find(|before| {
            before.kind == slot.kind
                && before.value.len() == slot.value.len()
                && scribe.get(before.value) == scribe.get(slot.value)
        });
        match twin {
            Some(twin) => twin.verified |= slot.verified,
            None => kept.push(slot),
        }
    }
    Ok(kept)
}
