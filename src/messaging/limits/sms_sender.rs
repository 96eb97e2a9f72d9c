//! Who a text message is from.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Most characters of a name: 20 half-octets hold eleven septets (3GPP TS 23.040, section 9.1.2.5).
const NAME: usize = 11;
/// Most digits of a number (ITU-T E.164).
const NUMBER: usize = 15;
/// Most digits of a short code.
const SHORT: usize = 8;

/// The sender that a text message shows: a name, a number or a short code.
///
/// A name has at most eleven letters and digits of ASCII, spaces and `. _ - & +` between them, at least one letter; nobody
/// can answer it, and countries differ in whether it must be registered. Names in other scripts cannot be sent.
///
/// ```
/// use throughline::messaging::limits::SmsSender;
/// assert_eq!("Carpets".parse(), Ok(SmsSender::Name("Carpets".into())));
/// assert_eq!("+982112345678".parse(), Ok(SmsSender::Number("+982112345678".into())));
/// assert_eq!("30001".parse(), Ok(SmsSender::ShortCode("30001".into())));
/// assert!("Carpets & Rugs".parse::<SmsSender>().is_err()); // 14 characters
/// assert!("فروشگاه".parse::<SmsSender>().is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SmsSender {
    /// A name that nobody can answer.
    Name(Box<str>),
    /// A number with its country, `+` and digits.
    Number(Box<str>),
    /// A number of three to eight digits of one country.
    ShortCode(Box<str>),
}

/// The text is none of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a sender of text messages: a name of at most 11 letters, a number with its country or a short code"
)]
pub struct InvalidSmsSender(());

impl SmsSender {
    /// What is shown.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Name(text) | Self::Number(text) | Self::ShortCode(text) => text,
        }
    }

    /// Whether a customer can answer it.
    #[must_use]
    pub const fn carries_reply(&self) -> bool {
        !matches!(self, Self::Name(_))
    }
}

impl FromStr for SmsSender {
    type Err = InvalidSmsSender;

    fn from_str(text: &str) -> Result<Self, InvalidSmsSender> {
        let digits = |text: &str, least: usize, most: usize| {
            (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if text.strip_prefix('+').is_some_and(|number| digits(number, 7, NUMBER) && !number.starts_with('0'))
        {
            return Ok(Self::Number(text.into()));
        }
        if digits(text, 3, SHORT) {
            return Ok(Self::ShortCode(text.into()));
        }
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b" ._-&+".contains(&byte);
        let name = (1..=NAME).contains(&text.len())
            && text.bytes().all(allowed)
            && text.bytes().any(|byte| byte.is_ascii_alphabetic())
            && text.trim() == text;
        if name { Ok(Self::Name(text.into())) } else { Err(InvalidSmsSender(())) }
    }
}

impl fmt::Display for SmsSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for SmsSender {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for SmsSender {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}
