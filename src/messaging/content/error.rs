//! Why a message has no text for a channel.

use std::fmt;

use super::slot::SlotName;
use crate::reason::Reason;

/// Why a message cannot be written for a channel. It names slots and limits, never a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenderError {
    kind: RenderErrorKind,
    slot: Option<SlotName>,
}

/// The kinds of [`RenderError`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RenderErrorKind {
    /// The channel has no text in a language that the person reads, nor in the default one: write it.
    MissingVariant,
    /// A slot has no value: give it.
    MissingValue,
    /// A slot has a value of another kind than the message has a place for.
    WrongKind,
    /// A slot that chooses a plural form is no number.
    NotANumber,
    /// A slot that chooses by words has none.
    NotWords,
    /// There is no text.
    Empty,
    /// The text is longer than any is written.
    TooLong,
    /// More segments than a text message may have.
    TooManySegments,
    /// More bytes than a push message may have.
    TooManyBytes,
    /// More characters than the provider's template may have.
    TooManyCharacters,
    /// A line break or another control character in a subject, a sender or another header.
    HeaderInjection,
    /// No link leads the person from this channel and device to what the message is about.
    NoCallToAction,
    /// The template engine refused the text, gave up on it, or is not built in.
    Template,
    /// A rule of the audience keeps this content from the person in this channel.
    Audience,
}

impl RenderErrorKind {
    /// Its stable name, which is also the rule of the [`Reason`].
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MissingVariant => "missing_variant",
            Self::MissingValue => "missing_value",
            Self::WrongKind => "wrong_kind",
            Self::NotANumber => "not_a_number",
            Self::NotWords => "not_words",
            Self::Empty => "empty",
            Self::TooLong => "too_long",
            Self::TooManySegments => "too_many_segments",
            Self::TooManyBytes => "too_many_bytes",
            Self::TooManyCharacters => "too_many_characters",
            Self::HeaderInjection => "header_injection",
            Self::NoCallToAction => "no_call_to_action",
            Self::Template => "template",
            Self::Audience => "audience",
        }
    }
}

impl RenderError {
    pub(super) const fn new(kind: RenderErrorKind) -> Self {
        Self { kind, slot: None }
    }

    pub(super) fn of_slot(kind: RenderErrorKind, slot: &SlotName) -> Self {
        Self { kind, slot: Some(slot.clone()) }
    }

    /// What is wrong.
    #[must_use]
    pub const fn kind(&self) -> RenderErrorKind {
        self.kind
    }

    /// The slot that it is about, if one is.
    #[must_use]
    pub const fn slot(&self) -> Option<&SlotName> {
        self.slot.as_ref()
    }

    /// As a reason of a refusal: the kind, and the slot as evidence.
    #[must_use]
    pub fn to_reason(&self) -> Reason {
        let reason = Reason::new(self.kind.as_str());
        match &self.slot {
            Some(slot) => reason.evidence(format!("slot:{slot}")),
            None => reason,
        }
    }
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self.kind {
            RenderErrorKind::MissingVariant => "no text for this channel and language",
            RenderErrorKind::MissingValue => "a slot has no value",
            RenderErrorKind::WrongKind => "a slot has a value of another kind",
            RenderErrorKind::NotANumber => "a slot that chooses a plural form is no number",
            RenderErrorKind::NotWords => "a slot that chooses by words has none",
            RenderErrorKind::Empty => "there is no text",
            RenderErrorKind::TooLong => "the text is too long",
            RenderErrorKind::TooManySegments => "the text message has too many segments",
            RenderErrorKind::TooManyBytes => "the push message has too many bytes",
            RenderErrorKind::TooManyCharacters => "the provider's template would be too long",
            RenderErrorKind::HeaderInjection => "a header has a line break or a control character",
            RenderErrorKind::NoCallToAction => "no link serves this channel and device",
            RenderErrorKind::Template => "the template cannot be rendered",
            RenderErrorKind::Audience => "kept from this audience in this channel",
        };
        match &self.slot {
            Some(slot) => write!(f, "`{slot}`: {text}"),
            None => f.write_str(text),
        }
    }
}

impl std::error::Error for RenderError {}
