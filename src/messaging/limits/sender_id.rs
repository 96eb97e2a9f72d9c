//! Who a text message says that it comes from.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The sender of a text message: a number with its country, a short code, or a name.
///
/// A name has 1 to 11 Latin letters, digits, spaces, `-`, `_` and `.`, at least one of them a letter: the address field of
/// 3GPP TS 23.040 (9.1.2.5) holds eleven characters of the GSM alphabet, and operators accept no others. Nobody can answer
/// a name. Whether a country allows names, or asks to register them, is the provider's to say.
///
/// ```
/// use throughline::messaging::limits::SenderId;
/// let name: SenderId = "Saba Shop".parse()?;
/// assert!(!name.takes_answers());
/// assert!("+982112345678".parse::<SenderId>()?.takes_answers());
/// assert!("A far too long name".parse::<SenderId>().is_err());
/// # Ok::<(), throughline::messaging::limits::InvalidSenderId>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct SenderId(Box<str>);

/// The text is no sender of text messages: fix the settings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a sender: a number with its country, a short code of 3 to 8 digits, or a name of 1 to 11 Latin characters"
)]
pub struct InvalidSenderId(());

impl SenderId {
    /// The sender as it is given to the provider.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a person can answer, with STOP for instance.
    #[must_use]
    pub fn takes_answers(&self) -> bool {
        !self.0.contains(|c: char| c.is_ascii_alphabetic())
    }
}

impl FromStr for SenderId {
    type Err = InvalidSenderId;

    fn from_str(text: &str) -> Result<Self, InvalidSenderId> {
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        let number = text.strip_prefix('+').is_some_and(|number| {
            (4..=15).contains(&number.len()) && digits(number) && !number.starts_with('0')
        });
        let short_code = (3..=8).contains(&text.len()) && digits(text);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b' ' | b'-' | b'_' | b'.');
        let name = (1..=11).contains(&text.len())
            && text.bytes().all(plain)
            && text.trim() == text
            && text.contains(|c: char| c.is_ascii_alphabetic());
        if number || short_code || name { Ok(Self(text.into())) } else { Err(InvalidSenderId(())) }
    }
}

impl TryFrom<String> for SenderId {
    type Error = InvalidSenderId;

    fn try_from(text: String) -> Result<Self, InvalidSenderId> {
        text.parse()
    }
}

impl From<SenderId> for String {
    fn from(id: SenderId) -> Self {
        id.0.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_numbers_codes_and_short_names() {
        for good in ["Saba", "20SABA20", "a", "12345", "+491711234567"] {
            assert!(good.parse::<SenderId>().is_ok(), "{good}");
        }
        for bad in
            ["", "12", "123456789", "صبا", " Saba", "Saba\n", "+0912", "+1234567890123456", "Twelve chars"]
        {
            assert!(bad.parse::<SenderId>().is_err(), "{bad}");
        }
    }
}
