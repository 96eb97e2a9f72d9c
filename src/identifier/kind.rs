//! What an identifier identifies by.

use std::fmt;
use std::str::FromStr;

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::error::{IdentifierError, IdentifierErrorKind};

/// The longest name of a kind, in bytes.
const LONGEST: usize = 32;

/// The kind of an identifier.
///
/// Stored as text in snake case (`user_id`, `email`, …). Kinds that the crate does not know are
/// [`Other`](IdentifierKind::Other) and work the same, as opaque values.
///
/// ```
/// use throughline::identifier::IdentifierKind;
/// assert_eq!(IdentifierKind::parse("userId")?, IdentifierKind::UserId);
/// assert_eq!(IdentifierKind::parse("phone_number")?, IdentifierKind::Phone);
/// assert_eq!(IdentifierKind::parse("ios.idfa")?, IdentifierKind::Other("ios_idfa".into()));
/// # Ok::<(), throughline::identifier::IdentifierError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum IdentifierKind {
    /// The account in the host's own system.
    UserId,
    /// A visitor before login, given by a tracking library.
    AnonymousId,
    /// A device or an installation of an app.
    DeviceId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// The number on a loyalty card.
    LoyaltyCard,
    /// A number given by a state to a person.
    NationalId,
    /// A browser's cookie.
    CookieId,
    /// The name of an account in a social network.
    SocialHandle,
    /// One visit.
    SessionId,
    /// People who live together.
    HouseholdId,
    /// Any other kind: 1 to 32 of `a-z`, `0-9`, `_` and `-`, and not one of the names above. [`parse`](Self::parse)
    /// makes it from text; an identifier of a kind with another name cannot be made.
    Other(Box<str>),
}

impl IdentifierKind {
    /// The kind that a name in an event or a file stands for: camel case, snake case, kebab case, words or dotted;
    /// well-known synonyms (`phone_number`, `mobile`, `msisdn`, …) are understood.
    ///
    /// # Errors
    /// `Empty`, `TooLong` (over 32 bytes in the stored form) or `Malformed` (another character than ASCII letters,
    /// digits, and separators).
    pub fn parse(name: &str) -> Result<Self, IdentifierError> {
        let error = |kind| IdentifierError::new(kind, "identifier kind");
        let name = name.trim();
        if name.is_empty() {
            return Err(error(IdentifierErrorKind::Empty));
        }
        if name.len() > 2 * LONGEST {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        if let Some(kind) = known(name) {
            return Ok(kind);
        }
        let mut snake = String::with_capacity(name.len() + 4);
        let mut after_small = false;
        for c in name.chars() {
            match c {
                'A'..='Z' => {
                    if after_small {
                        snake.push('_');
                    }
                    snake.push(c.to_ascii_lowercase());
                }
                'a'..='z' | '0'..='9' | '_' | '-' => snake.push(c),
                '.' | ' ' | ':' | '/' | '$' => snake.push('_'),
                _ => return Err(error(IdentifierErrorKind::Malformed)),
            }
            after_small = matches!(c, 'a'..='z' | '0'..='9');
        }
        if snake.len() > LONGEST {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        Ok(known(&snake.replace('-', "_")).unwrap_or_else(|| Self::Other(snake.into_boxed_str())))
    }

    /// The stored name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::UserId => "user_id",
            Self::AnonymousId => "anonymous_id",
            Self::DeviceId => "device_id",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::LoyaltyCard => "loyalty_card",
            Self::NationalId => "national_id",
            Self::CookieId => "cookie_id",
            Self::SocialHandle => "social_handle",
            Self::SessionId => "session_id",
            Self::HouseholdId => "household_id",
            Self::Other(name) => name,
        }
    }

    /// Whether the name reads back as this kind; false for an `Other` that was not made by `parse`.
    pub(super) fn is_canonical(&self) -> bool {
        match self {
            Self::Other(name) => Self::parse(name).is_ok_and(|parsed| parsed == *self),
            _ => true,
        }
    }
}

/// The kinds that the crate knows, by all their names in snake case.
fn known(snake: &str) -> Option<IdentifierKind> {
    Some(match snake {
        "user_id" | "userid" | "uid" => IdentifierKind::UserId,
        "anonymous_id" | "anonymousid" | "anon_id" => IdentifierKind::AnonymousId,
        "device_id" | "deviceid" => IdentifierKind::DeviceId,
        "email" | "e_mail" | "email_address" | "mail" => IdentifierKind::Email,
        "phone" | "phone_number" | "telephone" | "tel" | "mobile" | "mobile_number" | "mobile_phone"
        | "cell_phone" | "msisdn" => IdentifierKind::Phone,
        "loyalty_card" | "loyalty_card_number" | "loyalty_number" | "loyalty_id" => {
            IdentifierKind::LoyaltyCard
        }
        "national_id" | "national_code" | "national_number" => IdentifierKind::NationalId,
        "cookie_id" | "cookieid" | "cookie" => IdentifierKind::CookieId,
        "social_handle" | "handle" => IdentifierKind::SocialHandle,
        "session_id" | "sessionid" => IdentifierKind::SessionId,
        "household_id" | "householdid" | "household" => IdentifierKind::HouseholdId,
        _ => return None,
    })
}

impl fmt::Display for IdentifierKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for IdentifierKind {
    type Err = IdentifierError;

    fn from_str(name: &str) -> Result<Self, IdentifierError> {
        Self::parse(name)
    }
}

impl Serialize for IdentifierKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for IdentifierKind {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = IdentifierKind;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the name of a kind of identifier")
            }
            fn visit_str<E: serde::de::Error>(self, name: &str) -> Result<IdentifierKind, E> {
                IdentifierKind::parse(name).map_err(E::custom)
            }
        }
        deserializer.deserialize_str(Name)
    }
}
