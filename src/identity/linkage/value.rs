//! What prepared values have in common.

use std::borrow::Cow;
use std::hash::BuildHasher;

use super::prepare::{Prepared, Transform};

/// What the values of a column are: decides which conditions may ask for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ValueKind {
    /// Texts.
    Text,
    /// Lists of texts.
    List,
    /// Numbers.
    Number,
    /// Seconds since 1970.
    Instant,
    /// Lists of numbers.
    Vector,
    /// Names.
    Name,
    /// E-mail addresses.
    Email,
    /// Birth dates.
    Date,
    /// Addresses.
    Address,
}

impl Transform {
    pub(crate) const fn kind(self) -> ValueKind {
        match self {
            Self::Raw | Self::Text | Self::Part(_) | Self::Phone | Self::Code => ValueKind::Text,
            Self::GivenName | Self::FamilyName | Self::Place => ValueKind::Name,
            Self::Email => ValueKind::Email,
            Self::BirthDate => ValueKind::Date,
            Self::Address => ValueKind::Address,
            Self::List => ValueKind::List,
            Self::Number => ValueKind::Number,
            Self::Instant(_) => ValueKind::Instant,
            Self::Vector => ValueKind::Vector,
        }
    }
}

impl Prepared {
    /// Whether two values are the same one; unknown if they are of different kinds.
    pub(crate) fn same(&self, other: &Self) -> Option<bool> {
        Some(match (self, other) {
            (Self::Text(a), Self::Text(b)) => a.as_str() == b.as_str(),
            (Self::List(a), Self::List(b)) => a == b,
            (Self::Number(a), Self::Number(b)) => a == b,
            (Self::Instant(a), Self::Instant(b)) => a == b,
            (Self::Vector(a), Self::Vector(b)) => a == b,
            (Self::Name(a), Self::Name(b)) => a.key() == b.key(),
            (Self::Email(a), Self::Email(b)) => a.as_str() == b.as_str(),
            (Self::Date(a), Self::Date(b)) => a == b,
            (Self::Address(a), Self::Address(b)) => a.key() == b.key(),
            _ => return None,
        })
    }

    /// The form under which term frequencies count it.
    pub(crate) fn term(&self) -> Cow<'_, str> {
        match self {
            Self::Text(text) => Cow::Borrowed(text.as_str()),
            Self::List(list) => Cow::Owned(list.join("|")),
            Self::Number(number) => Cow::Owned(number.to_string()),
            Self::Instant(seconds) => Cow::Owned(seconds.to_string()),
            Self::Name(name) => Cow::Borrowed(name.key()),
            Self::Email(address) => Cow::Borrowed(address.as_str()),
            Self::Date(date) => {
                Cow::Owned(date.readings().map(|day| day.to_string()).collect::<Vec<_>>().join("|"))
            }
            Self::Address(address) => Cow::Owned(address.key()),
            Self::Vector(parts) => Cow::Owned(parts.iter().map(f64::to_string).collect::<Vec<_>>().join("|")),
        }
    }

    /// What a comparison looks at first behind the value itself; says nothing.
    pub(super) fn beginning(&self) -> u8 {
        match self {
            Self::Address(address) => address.beginning(),
            Self::Email(address) => address.beginning(),
            _ => 0,
        }
    }

    /// A text that two values have in common only if they compare alike with every other value: the term, and what it
    /// leaves out.
    pub(super) fn identity(&self) -> Cow<'_, str> {
        match self {
            Self::Name(name) => name.identity(),
            Self::Date(date) => Cow::Owned(format!("{} {:?}", self.term(), date.precision())),
            _ => self.term(),
        }
    }

    /// Whether two values have one [`Self::identity`]. Of addresses it asks for the same parts, which is quicker to see.
    pub(super) fn is_identical(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Address(a), Self::Address(b)) => a.is_identical(b),
            _ => self.identity() == other.identity(),
        }
    }

    /// A hash that identical values have in common.
    pub(super) fn identity_hash(&self, hasher: &impl BuildHasher) -> u64 {
        match self {
            // A name's identity begins with its key; an address's parts are what is said, cut.
            Self::Name(name) => hasher.hash_one(name.key()),
            Self::Address(address) => hasher.hash_one(address.said()),
            _ => hasher.hash_one(&*self.identity()),
        }
    }
}
