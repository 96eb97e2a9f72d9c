//! Traits and properties: typed, ordered, and never shown by `Debug`.

use std::fmt;

use super::draft::{Place, Scalar, Slot};
use super::span::Texts;

/// The value of a trait or property.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Attribute<'a> {
    /// Text, its escapes decoded.
    Text(&'a str),
    /// A number, as it was written.
    Number(&'a str),
    /// True or false.
    Bool(bool),
    /// `null`: in a trait, the wish to remove it.
    Null,
    /// An array or object, as its JSON text.
    Other(&'a str),
}

impl<'a> Attribute<'a> {
    /// The text or the number as written; `None` for anything else.
    #[must_use]
    pub const fn as_text(self) -> Option<&'a str> {
        match self {
            Self::Text(text) | Self::Number(text) => Some(text),
            _ => None,
        }
    }
}

impl fmt::Debug for Attribute<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text(..)",
            Self::Number(_) => "Number(..)",
            Self::Bool(_) => "Bool(..)",
            Self::Null => "Null",
            Self::Other(_) => "Other(..)",
        })
    }
}

/// A view of an event's traits or properties, in the order in which they stand in it.
#[derive(Clone, Copy)]
pub struct Attributes<'a> {
    pub(super) texts: &'a Texts,
    pub(super) slots: &'a [Slot],
    /// Places in the order of their right of way: a name counts where it stands first.
    pub(super) places: &'static [Place],
}

impl<'a> Attributes<'a> {
    /// The names with their values. Linear for one place; where two places are merged (`traits` and `context.traits`)
    /// each name of the second is looked up in the first.
    pub fn iter(self) -> impl Iterator<Item = (&'a str, Attribute<'a>)> {
        self.places.iter().enumerate().flat_map(move |(rank, &place)| {
            self.slots.iter().filter(move |slot| slot.place == place).filter_map(move |slot| {
                let name = self.texts.get(slot.key);
                let earlier = self.places.get(..rank).unwrap_or_default();
                let shadowed = earlier.iter().any(|&before| self.find(before, name).is_some());
                if shadowed { None } else { Some((name, self.value(slot)?)) }
            })
        })
    }

    /// The value of that name, exactly as written. Linear in the number of attributes.
    #[must_use]
    pub fn get(self, name: &str) -> Option<Attribute<'a>> {
        self.value(self.places.iter().find_map(|&place| self.find(place, name))?)
    }

    fn find(self, place: Place, name: &str) -> Option<&'a Slot> {
        self.slots.iter().find(|slot| {
            slot.place == place && slot.key.len() == name.len() && self.texts.get(slot.key) == name
        })
    }

    fn value(self, slot: &Slot) -> Option<Attribute<'a>> {
        Some(match slot.value {
            Scalar::Text(span) => Attribute::Text(self.texts.get(span)),
            Scalar::Number(span) => Attribute::Number(self.texts.get(span)),
            Scalar::Other(span) => Attribute::Other(self.texts.get(span)),
            Scalar::Bool(value) => Attribute::Bool(value),
            Scalar::Null => Attribute::Null,
            Scalar::Absent => return None,
        })
    }
}

impl fmt::Debug for Attributes<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Attributes({})", self.iter().count())
    }
}
