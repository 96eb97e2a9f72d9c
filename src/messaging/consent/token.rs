//! Signed tokens that a person brings back: what they mean, and for how long.

use std::fmt;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::signing::{Signature, SignatureError, SigningKeys, canonical_json};

/// Longest token that is looked at.
const MOST_BYTES: usize = 4_096;

/// What is wrong with a token that came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TokenErrorKind {
    /// It is not a token: cut off, or something else. Show a page that asks to open the link again.
    Malformed,
    /// It was not signed by us, or for another use.
    Forged,
    /// It was signed with a key that is no longer good.
    UnknownKey,
    /// Its time is over: offer a new one.
    Expired,
    /// The person has withdrawn since it was made.
    Withdrawn,
}

/// A token that is not honoured. Its text repeats nothing of the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TokenError(TokenErrorKind);

impl TokenError {
    pub(super) const fn new(kind: TokenErrorKind) -> Self {
        Self(kind)
    }

    /// What to do about it.
    #[must_use]
    pub const fn kind(&self) -> TokenErrorKind {
        self.0
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            TokenErrorKind::Malformed => "not a token",
            TokenErrorKind::Forged => "the token was not signed for this use",
            TokenErrorKind::UnknownKey => "the token was signed with a key that is not known",
            TokenErrorKind::Expired => "the token has expired",
            TokenErrorKind::Withdrawn => "the consent was withdrawn after the token was made",
        })
    }
}

impl std::error::Error for TokenError {}

/// A token: the content in base64url, the name of the key in the same, and the signature over use and content. Only
/// characters that a URL carries as they are.
pub(super) fn seal<T: Serialize>(meaning: &str, content: &T, keys: &SigningKeys) -> Option<String> {
    let content = canonical_json(&serde_json::to_value(content).ok()?);
    let signature = keys.sign(&signed(meaning, content.as_bytes()));
    Some(format!("{}.{}.{}", encode(content.as_bytes()), encode(signature.key.as_bytes()), signature.mac))
}

/// The content of a token that was made for this use.
pub(super) fn open<T: DeserializeOwned>(
    meaning: &str,
    token: &str,
    keys: &SigningKeys,
) -> Result<T, TokenError> {
    let malformed = TokenError(TokenErrorKind::Malformed);
    if token.len() > MOST_BYTES {
        return Err(malformed);
    }
    let mut parts = token.split('.');
    let (Some(content), Some(key), Some(mac), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(malformed);
    };
    let content = decode(content).ok_or(malformed)?;
    let key = decode(key).and_then(|key| String::from_utf8(key).ok()).ok_or(malformed)?;
    let signature = Signature { key, mac: mac.to_owned() };
    keys.check(&signature, &signed(meaning, &content)).map_err(|error| {
        TokenError(match error {
            SignatureError::UnknownKey => TokenErrorKind::UnknownKey,
            SignatureError::Wrong => TokenErrorKind::Forged,
        })
    })?;
    serde_json::from_slice(&content).map_err(|_| malformed)
}

/// The bytes that are signed: a token for one use is worth nothing for another.
fn signed(meaning: &str, content: &[u8]) -> Vec<u8> {
    let mut bytes = format!("throughline {meaning}\n").into_bytes();
    bytes.extend_from_slice(content);
    bytes
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// RFC 4648, section 5, without padding.
fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let group =
            chunk.iter().chain([&0, &0]).take(3).fold(0_u32, |group, byte| group << 8 | u32::from(*byte));
        for place in 0..=chunk.len() {
            let index = usize::try_from(group >> (18 - 6 * place) & 63).unwrap_or(0);
            text.push(ALPHABET.get(index).map_or('A', |byte| char::from(*byte)));
        }
    }
    text
}

/// Only what [`encode`] writes: one text for one list of bytes.
fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for chunk in text.as_bytes().chunks(4) {
        let mut group = 0_u32;
        for place in 0..4 {
            let value = match chunk.get(place) {
                Some(byte) => ALPHABET.iter().position(|known| known == byte)?,
                None => 0,
            };
            group = group << 6 | u32::try_from(value).ok()?;
        }
        let wanted = chunk.len().checked_sub(1).filter(|wanted| *wanted > 0)?;
        bytes.extend(group.to_be_bytes().into_iter().skip(1).take(wanted));
    }
    (encode(&bytes) == text).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_survive_the_text_and_there_is_one_text() {
        // RFC 4648, section 10, without padding.
        for (bytes, text) in [("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg")] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text).as_deref(), Some(bytes.as_bytes()));
        }
        let all: Vec<u8> = (0..=255).collect();
        assert_eq!(decode(&encode(&all)), Some(all));
        for odd in ["Z", "Zh", "Zg==", "Zm9v\n", "Zm 9v", "Zm9vY", "س"] {
            assert_eq!(decode(odd), None, "{odd}");
        }
    }

    #[test]
    fn a_token_is_good_for_one_use_and_as_it_was_signed() {
        let keys = SigningKeys::new("k", b"secret");
        let token = seal("one", &["a", "سارا"], &keys).unwrap();
        let read =
            |meaning, token: &str| open::<Vec<String>>(meaning, token, &keys).map_err(|error| error.kind());
        assert_eq!(read("one", &token).unwrap(), ["a", "سارا"]);
        assert_eq!(read("other", &token), Err(TokenErrorKind::Forged));
        for place in 0..token.len() {
            let mut other = token.clone().into_bytes();
            other[place] = if other[place] == b'A' { b'B' } else { b'A' };
            assert!(read("one", std::str::from_utf8(&other).unwrap()).is_err(), "{place}");
            assert!(read("one", token.get(..place).unwrap()).is_err(), "{place}");
        }
        assert_eq!(read("one", &"a".repeat(100_000)), Err(TokenErrorKind::Malformed));
        let others = SigningKeys::new("other", b"secret");
        assert_eq!(
            open::<Vec<String>>("one", &token, &others).unwrap_err().kind(),
            TokenErrorKind::UnknownKey
        );
    }
}
