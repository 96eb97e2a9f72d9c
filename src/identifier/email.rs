//! E-mail addresses.

use std::fmt;

use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use unicode_normalization::UnicodeNormalization;

use super::error::{IdentifierError, IdentifierErrorKind};
use super::kind::IdentifierKind;
use super::opaque;
use super::value::Identifier;
use crate::pii;

/// Octets before the `@` (RFC 5321, 4.5.3.1.1).
const LONGEST_LOCAL: usize = 64;
/// Octets of the whole address: a path of 256 without its angle brackets (RFC 5321, 4.5.3.1.3).
const LONGEST: usize = 254;

/// An e-mail address: where to send, and the key for comparing.
///
/// The two are kept apart on purpose. Mail goes to [`address`](Email::address), exactly what the customer gave; two
/// addresses belong to one customer when their [`key`](Email::key)s are equal. Whoever sends to a folded form sends
/// password resets to somebody else's mailbox.
///
/// * The part before the `@` is a dot-atom or a quoted string of RFC 5322 with the characters of RFC 6531. For the key
///   its ASCII letters are lower-cased (no provider in use tells `Sara` from `sara`) and the rest is brought to
///   normalisation form C and nothing more: `ı`, `ſ` and full-width letters stay what they are. Tags (`sara+shop`)
///   and dots are kept, because only the receiving host knows what they mean.
/// * The domain is brought to its ASCII form by UTS 46, so `пример.рф` and `xn--e1afmkfd.xn--p1ai` are one domain.
///   Comments and domain literals (`[192.0.2.1]`) are refused.
///
/// Ordered and compared by the address as given; compare [`key`](Email::key)s to know whether two are the same
/// mailbox. Stored as the address.
///
/// ```
/// use throughline::identifier::Email;
/// let email = Email::parse(" Sara@Example.IR ")?;
/// assert_eq!(email.address(), "Sara@Example.IR");
/// assert_eq!(email.key(), "sara@example.ir");
/// # Ok::<(), throughline::identifier::IdentifierError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email {
    address: Box<str>,
    key: Box<str>,
}

const WHAT: &str = "e-mail address";

const fn error(kind: IdentifierErrorKind) -> IdentifierError {
    IdentifierError::new(kind, WHAT)
}

impl Email {
    /// Parses an address. Surrounding ASCII white space is removed; nothing else is forgiven.
    ///
    /// # Errors
    /// `Empty`; `TooLong`: 64 octets before the `@`, 254 in all (RFC 5321), in the given or in the comparison form;
    /// `ControlCharacter`, `BidiControl`, `Invisible`, `Confusable`, `Malformed`.
    pub fn parse(raw: &str) -> Result<Self, IdentifierError> {
        let address = opaque::trimmed(raw, WHAT)?;
        if address.len() > LONGEST {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        let (local, domain) = address.rsplit_once('@').ok_or(error(IdentifierErrorKind::Malformed))?;
        if local.len() > LONGEST_LOCAL {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        opaque::visible(local, WHAT)?;
        for c in domain.chars() {
            // The two joiners are letters of Persian and Indic domain names; UTS 46 checks where they stand.
            if !matches!(c, '\u{200c}' | '\u{200d}') {
                opaque::refuse(c, WHAT)?;
            }
        }
        let mut key: String = local.nfc().map(|c| c.to_ascii_lowercase()).nfc().collect();
        if !is_local_part(local) || !is_local_part(&key) {
            return Err(error(IdentifierErrorKind::Malformed));
        }
        if key.len() > LONGEST_LOCAL {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        let domain = Uts46::new()
            .to_ascii(domain.as_bytes(), AsciiDenyList::STD3, Hyphens::CheckFirstLast, DnsLength::Verify)
            .map_err(|_| error(IdentifierErrorKind::Malformed))?;
        key.push('@');
        key.push_str(&domain);
        if key.len() > LONGEST {
            return Err(error(IdentifierErrorKind::TooLong));
        }
        Ok(Self { address: address.into(), key: key.into_boxed_str() })
    }

    /// The address as the customer gave it: the one to send to.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The comparison form: equal for two spellings of one mailbox.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether sending to it needs a mail server that speaks SMTPUTF8 (RFC 6531): the part before the `@` is not ASCII.
    #[must_use]
    pub fn needs_smtputf8(&self) -> bool {
        !self.key.is_ascii()
    }

    /// The identifier with this address's key.
    #[must_use]
    pub fn identifier(&self) -> Identifier {
        Identifier::from_parsed(IdentifierKind::Email, &self.key)
    }
}

/// Whether the text is a dot-atom or a quoted string (RFC 5322, 3.2.3 and 3.2.4; RFC 6531 adds non-ASCII characters).
fn is_local_part(text: &str) -> bool {
    if let Some(quoted) = text.strip_prefix('"').filter(|rest| !rest.is_empty()) {
        let Some(content) = quoted.strip_suffix('"') else { return false };
        let mut characters = content.chars();
        while let Some(c) = characters.next() {
            let fine = match c {
                '"' => false,
                '\\' => matches!(characters.next(), Some(' '..='~')),
                _ => true,
            };
            if !fine {
                return false;
            }
        }
        return true;
    }
    text.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom_character))
}

fn is_atom_character(c: char) -> bool {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '!' | '#' | '$' | '%' | '&' | '\'' | '*' | '+' | '-' | '/' | '=' | '?' | '^' | '_' | '`' | '{'
        | '|' | '}' | '~' => true,
        _ => !c.is_ascii() && !c.is_whitespace(),
    }
}

impl fmt::Debug for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Email({:04x})", pii::tag(&*self.address))
    }
}

impl Serialize for Email {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.address)
    }
}

impl<'de> Deserialize<'de> for Email {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[path = "email_tests.rs"]
mod tests;
